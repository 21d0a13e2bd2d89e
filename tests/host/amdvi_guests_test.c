/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Guest and nested routes: GCR3 tables and DTEs made from 48882 3.11, tables 7, 24 to 28, and what is invalidated. */
#include "tests/host/check.h"
#include "tests/host/amdvi_fake.h"

#define ROOT	0x0000004512345000ull
#define PARENT	0x0000001111000000ull

static enum status set(struct iommu_source source, const struct iommu_route *route)
{
	return amdvi.iommu.ops->set_route(&amdvi.iommu, source, route);
}

static struct iommu_route get(struct iommu_source source)
{
	struct iommu_route route;

	CHECK_EQ(amdvi.iommu.ops->get_route(&amdvi.iommu, source, &route, NULL), STATUS_OK);
	return route;
}

static struct iommu_route guest(unsigned levels, uint16_t did, uint64_t root)
{
	return (struct iommu_route){ .kind = IOMMU_TRANSLATE,
				     .regime = fake_regime("guest"),
				     .root = pa(root),
				     .level_count = levels,
				     .domain_id = did,
				     .dirty_tracking = true };
}

static struct iommu_route nested(unsigned levels, uint16_t did, uint64_t root)
{
	struct iommu_route route = guest(levels, did, root);

	route.regime = fake_regime("nested");
	route.parent = (struct iommu_parent){ pa(PARENT), 4, false };
	return route;
}

static struct iommu_route host(uint16_t did, uint64_t root)
{
	return (struct iommu_route){ .kind = IOMMU_TRANSLATE,
				     .regime = fake_regime("host"),
				     .root = pa(root),
				     .level_count = 4,
				     .domain_id = did };
}

static const struct iommu_route blocked = { .kind = IOMMU_BLOCK };

static struct iommu_route bypass(uint16_t did)
{
	return (struct iommu_route){ .kind = IOMMU_BYPASS,
				     .regime = fake_regime("guest"),
				     .domain_id = did };
}

static const uint64_t *dte(uint16_t id)
{
	return amdvi_device_entry(&amdvi, id);
}

static uint64_t gcr3_root(uint16_t id)
{
	const uint64_t *w = dte(id);

	return (w[0] >> 58 & 7) << 12 | (w[1] >> 16 & 0xffff) << 15 | w[1] >> 43 << 31;
}

static uint64_t gcr3(uint16_t rid, uint32_t pasid)
{
	uint64_t *entry = amdvi_gcr3_entry(&amdvi, fake_pasid(rid, pasid));

	return entry ? *entry : 0xdead;
}

/* IW 62, IR 61, GLX 57:56, GV 55, GIoV 54, Mode 11:9, TV, V; less the root of the GCR3 table. */
#define WORD0(id) (dte(id)[0] & ~0x1c00000000000000ull)
#define WORD1(id) (dte(id)[1] & 0x000007ff0000ffff)

HOST_TEST(requests_without_pasid_are_pasid_0s)
{
	struct iommu_route route, seen;

	fake_on(EFR_GUEST, "guest");
	route = guest(4, 0x77, ROOT);
	CHECK_EQ(set(fake_source(0x108), &route), STATUS_OK);
	CHECK_EQ(WORD0(0x108), 0x60c0000000000003);
	CHECK_EQ(WORD1(0x108), 0x8000); /* the device's own DomainID */
	CHECK_EQ(dte(0x108)[2], 0);
	CHECK_EQ(*(uint64_t *)(uintptr_t)gcr3_root(0x108), ROOT | 1);
	CHECK_EQ(gcr3(0x108, IOMMU_NO_PASID), ROOT | 1);
	seen = get(fake_source(0x108));
	CHECK(seen.kind == IOMMU_TRANSLATE && seen.regime == fake_regime("guest"));
	CHECK(seen.root.v == ROOT && seen.level_count == 4 && seen.domain_id == 0x77);
	route = guest(5, 0x78, ROOT + 0x1000);
	route.quiet = true;
	CHECK_EQ(set(fake_source(0x108), &route), STATUS_OK);
	CHECK_EQ(WORD1(0x108), 0x0000000400008000); /* SA */
	CHECK_EQ(dte(0x108)[2], 0x0040000000000000); /* GuestPagingMode 1 */
	CHECK(get(fake_source(0x108)).quiet);
	CHECK_EQ(get(fake_source(0x108)).level_count, 5);
	CHECK_EQ(set(fake_source(0x108), &blocked), STATUS_OK);
	CHECK_EQ(dte(0x108)[0], 3);
	CHECK_EQ(dte(0x108)[1], 0);
	CHECK_EQ(dte(0x108)[2], 0);
	CHECK_EQ(gcr3(0x108, IOMMU_NO_PASID), 0);
	/* Another device has another DomainID. */
	CHECK_EQ(set(fake_source(0x109), &route), STATUS_OK);
	CHECK_EQ(WORD1(0x109) & 0xffff, 0x8001);
}

HOST_TEST(every_pasid_has_an_entry)
{
	struct iommu_route route;

	fake_on(EFR_GUEST, "guest");
	for (uint32_t pasid = 1; pasid < 512; pasid++) {
		route = guest(4, 5, ROOT + pasid * 0x1000ull);
		CHECK_EQ(set(fake_pasid(8, pasid), &route), STATUS_OK);
	}
	for (uint32_t pasid = 1; pasid < 512; pasid++)
		CHECK_EQ(((uint64_t *)(uintptr_t)gcr3_root(8))[pasid],
			 (ROOT + pasid * 0x1000ull) | 1);
	/* Requests without PASID have none: GIoV, and entry 0 is empty. */
	CHECK_EQ(WORD0(8), 0x60c0000000000003);
	CHECK_EQ(gcr3(8, IOMMU_NO_PASID), 0);
	CHECK_EQ(get(fake_source(8)).kind, IOMMU_BLOCK);
	CHECK_EQ(get(fake_pasid(8, 0x123)).root.v, ROOT + 0x123000);
	CHECK_EQ(set(fake_pasid(8, 0x123), &blocked), STATUS_OK);
	CHECK_EQ(get(fake_pasid(8, 0x123)).kind, IOMMU_BLOCK);
	CHECK_EQ(gcr3(8, 0x123), 0);
	CHECK_EQ(gcr3(8, 0x122), (ROOT + 0x122000) | 1);
	CHECK_EQ(set(fake_pasid(8, 512), &route), STATUS_BAD_ARGUMENT);
	CHECK_EQ(set(fake_pasid(8, 0), &route), STATUS_BAD_ARGUMENT);
	route.quiet = true;
	CHECK_EQ(set(fake_pasid(8, 1), &route), STATUS_UNSUPPORTED);
	route = bypass(3);
	CHECK_EQ(set(fake_pasid(8, 1), &route), STATUS_UNSUPPORTED);
	/* A PASID of a device that never had a table is blocked already. */
	CHECK_EQ(set(fake_pasid(9, 1), &blocked), STATUS_OK);
	CHECK_EQ(dte(9)[0], 3);
	CHECK_EQ(get(fake_pasid(9, 1)).kind, IOMMU_BLOCK);
}

/* 2.2.6.3, tables 27 and 28: PASID 19:18, 17:9 and 8:0; upper entries hold a table and V. */
HOST_TEST(gcr3_tables_have_up_to_three_levels)
{
	for (unsigned levels = 1; levels <= 3; levels++) {
		uint32_t pasid = levels == 3 ? 0xabcde : levels == 2 ? 0x2bcde : 0xde;
		struct iommu_route route;
		uint64_t at;

		fake_start(EFR_GUEST);
		CHECK_EQ(fake_open(), STATUS_OK);
		amdvi.gcr3_levels = levels;
		CHECK_EQ(amdvi.iommu.ops->open(&amdvi.iommu, &pool), STATUS_OK);
		CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("guest")), STATUS_OK);
		route = guest(4, 5, ROOT);
		CHECK_EQ(set(fake_pasid(8, pasid), &route), STATUS_OK);
		CHECK_EQ(dte(8)[0] >> 56 & 3, levels - 1);
		at = gcr3_root(8) | 1;
		for (unsigned level = levels; level-- > 0;) {
			CHECK_EQ(at & 0xfff, 1);
			at = ((uint64_t *)(uintptr_t)(at & ~0xfffull))[pasid >> 9 * level & 0x1ff];
		}
		CHECK_EQ(at, ROOT | 1);
		CHECK_EQ(get(fake_pasid(8, pasid)).root.v, ROOT);
		CHECK_EQ(get(fake_pasid(8, pasid ^ 1)).kind, IOMMU_BLOCK);
		if (levels > 1)
			CHECK_EQ(gcr3(8, pasid ^ 0x200), 0xdead); /* nothing leads there */
		CHECK_EQ(set(fake_pasid(8, BIT(levels == 3 ? 20 : 9 * levels)), &route),
			 STATUS_BAD_ARGUMENT);
	}
}

HOST_TEST(nested_routes_have_host_tables_too)
{
	struct iommu_route route, seen;

	fake_on(EFR_GUEST, "nested");
	route = nested(4, 0x77, 0x7fff12345000);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(WORD0(8), 0x60c0001111000803); /* Mode 4 and the parent's root */
	CHECK_EQ(gcr3(8, IOMMU_NO_PASID), 0x7fff12345001);
	seen = get(fake_source(8));
	CHECK(seen.regime == fake_regime("nested") && seen.root.v == 0x7fff12345000);
	CHECK(seen.parent.root.v == PARENT && seen.parent.level_count == 4 &&
	      !seen.parent.dirty_tracking);
	route.parent.dirty_tracking = true;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(WORD0(8), 0x60c0001111000983);
	/* The parent's tracking is switched in the DTE, and stays when a PASID comes. */
	CHECK_EQ(amdvi.iommu.ops->set_dirty_tracking(&amdvi.iommu, fake_source(8), false),
		 STATUS_OK);
	CHECK_EQ(WORD0(8), 0x60c0001111000803);
	CHECK_EQ(set(fake_pasid(8, 3), &blocked), STATUS_OK);
	CHECK_EQ(WORD0(8), 0x60c0001111000803);
	route = nested(4, 0x77, BIT64(52));
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_RANGE);
	route = nested(4, 0x77, ROOT);
	route.parent.root.v = BIT64(48);
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_RANGE);
	route = nested(4, 0x77, ROOT);
	route.parent.level_count = 7;
	CHECK_EQ(set(fake_source(8), &route), STATUS_UNSUPPORTED);
}

/* What stands in one DTE for all PASIDs cannot be two things. */
HOST_TEST(routes_that_would_change_another_are_refused)
{
	struct iommu_route route;

	fake_on(EFR_GUEST, "guest");
	route = guest(4, 5, ROOT);
	CHECK_EQ(set(fake_pasid(8, 1), &route), STATUS_OK);
	route = guest(5, 5, ROOT);
	CHECK_EQ(set(fake_pasid(8, 2), &route), STATUS_UNSUPPORTED); /* other levels */
	CHECK_EQ(set(fake_pasid(8, 1), &route), STATUS_OK);          /* but it may change itself */
	route = nested(5, 5, ROOT);
	CHECK_EQ(set(fake_pasid(8, 2), &route), STATUS_UNSUPPORTED); /* host tables */
	route = host(6, ROOT);
	CHECK_EQ(set(fake_source(8), &route), STATUS_UNSUPPORTED);
	CHECK_EQ(get(fake_source(8)).kind, IOMMU_BLOCK);
	CHECK_EQ(get(fake_pasid(8, 1)).level_count, 5);
	route = bypass(6);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(WORD0(8), 0x6080000000000003); /* GV, and GIoV is clear */
	CHECK_EQ(WORD1(8), 0x8000);
	CHECK_EQ(get(fake_source(8)).kind, IOMMU_BYPASS);
	CHECK_EQ(get(fake_source(8)).domain_id, 6);
	route = nested(4, 5, ROOT);
	CHECK_EQ(set(fake_pasid(8, 1), &route), STATUS_UNSUPPORTED); /* what is passed has no host tables */
	CHECK_EQ(set(fake_pasid(8, 1), &blocked), STATUS_OK);
	CHECK_EQ(WORD0(8), 0x6000000000000003); /* no guest route: a DTE like any other */
	CHECK_EQ(dte(8)[1], 6);

	route = host(6, PARENT);
	CHECK_EQ(set(fake_source(9), &route), STATUS_OK);
	CHECK_EQ(dte(9)[1], 6);
	route = nested(4, 5, ROOT);
	CHECK_EQ(set(fake_pasid(9, 1), &route), STATUS_OK);
	CHECK_EQ(WORD0(9), 0x6080001111000803);
	CHECK_EQ(get(fake_source(9)).regime == fake_regime("host"), true);
	CHECK_EQ(get(fake_source(9)).domain_id, 6);
	route.parent.root.v += 0x1000;
	CHECK_EQ(set(fake_pasid(9, 2), &route), STATUS_UNSUPPORTED);
	route = guest(4, 5, ROOT);
	CHECK_EQ(set(fake_pasid(9, 2), &route), STATUS_UNSUPPORTED);
	CHECK_EQ(set(fake_pasid(9, 1), &blocked), STATUS_OK);
	CHECK_EQ(dte(9)[0], 0x6000001111000803);
	CHECK_EQ(dte(9)[1], 6);
}

HOST_TEST(what_is_planted_is_gone_with_the_route)
{
	struct iommu_route route;

	fake_on(EFR_GUEST, "guest");
	route = guest(4, 5, ROOT);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(set(fake_pasid(8, 1), &route), STATUS_OK);
	*amdvi_gcr3_entry(&amdvi, fake_pasid(8, 1)) = 0;
	*amdvi_gcr3_entry(&amdvi, fake_pasid(8, 2)) = ROOT | 1;
	CHECK_EQ(set(fake_pasid(8, 1), &blocked), STATUS_OK);
	amdvi_device_entry(&amdvi, 8)[0] = 0x0e00; /* V 0, and a mode that is none */
	route = guest(5, 5, ROOT);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK); /* it is alone: its levels may change */
	CHECK_EQ(WORD0(8), 0x60c0000000000003);
	CHECK_EQ(set(fake_pasid(8, 2), &blocked), STATUS_OK);
	CHECK_EQ(gcr3(8, 2), 0);
	CHECK_EQ(set(fake_source(8), &blocked), STATUS_OK);
	CHECK_EQ(dte(8)[0], 3);
	CHECK_EQ(dte(8)[1], 0);
	amdvi_device_entry(&amdvi, 9)[0] = 0; /* V 0: no route of requests without PASID */
	CHECK_EQ(set(fake_pasid(9, 1), &route), STATUS_OK);
	CHECK_EQ(WORD0(9), 0x60c0000000000003);
}

HOST_TEST(limits_are_reached_and_change_nothing)
{
	struct iommu_route route;
	size_t mark;

	fake_on(EFR_GUEST, "guest");
	route = guest(4, 5, ROOT);
	pool_fail_in(&pool, 1);
	CHECK_EQ(set(fake_source(8), &route), STATUS_EXHAUSTED);
	pool_fail_in(&pool, 2); /* the page of domains */
	mark = pool_mark(&pool);
	CHECK_EQ(set(fake_source(8), &route), STATUS_EXHAUSTED);
	CHECK_EQ(pool_mark(&pool), mark);
	CHECK_EQ(dte(8)[0], 3);
	for (unsigned i = 0; i < 64; i++)
		CHECK_EQ(set(fake_source((uint16_t)i), &route), STATUS_OK);
	CHECK_EQ(WORD1(63) & 0xffff, 0x803f);
	CHECK_EQ(set(fake_source(64), &route), STATUS_EXHAUSTED);
	CHECK_EQ(dte(64)[0], 3);
	CHECK_EQ(set(fake_source(63), &blocked), STATUS_OK);
	route = host(5, ROOT);
	CHECK_EQ(set(fake_source(64), &route), STATUS_OK);
}

/* ---- Invalidation: DomainIDs of devices stand for those of callers ---- */

static enum status invalidate(enum iommu_scope scope, const char *regime, struct iommu_source source,
			      uint16_t did)
{
	struct iommu_invalidation what = { .scope = scope,
					   .regime = fake_regime(regime),
					   .source = source,
					   .domain_id = did,
					   .iova = iova(0x12345000),
					   .bytes = 4096,
					   .leaf_only = true };

	fake.done_count = 0;
	return amdvi.iommu.ops->invalidate(&amdvi.iommu, &what);
}

#define CHECK_DONE(n, w0, w1) \
	do { \
		CHECK_EQ(fake.done[n][0], w0); \
		CHECK_EQ(fake.done[n][1], w1); \
	} while (0)

HOST_TEST(guest_translations_are_named_by_device_and_pasid)
{
	struct iommu_route five, six;

	fake_on(EFR_GUEST, "guest");
	five = guest(4, 5, ROOT);
	six = guest(4, 6, ROOT + 0x1000);
	CHECK_EQ(set(fake_source(8), &five), STATUS_OK);
	CHECK_EQ(set(fake_pasid(8, 0x12), &six), STATUS_OK);
	CHECK_EQ(set(fake_pasid(9, 0x12), &five), STATUS_OK);
	CHECK_EQ(invalidate(IOMMU_SCOPE_RANGE, "guest", fake_source(8), 5), STATUS_OK);
	CHECK_EQ(fake.done_count, 1);
	CHECK_DONE(0, 0x3000800000000000, 0x12345004); /* GN, PASID 0 */
	CHECK_EQ(invalidate(IOMMU_SCOPE_RANGE, "guest", fake_pasid(8, 0x12), 6), STATUS_OK);
	CHECK_EQ(fake.done_count, 1);
	CHECK_DONE(0, 0x3000800000000012, 0x12345004);
	CHECK_EQ(invalidate(IOMMU_SCOPE_PASID, "guest", fake_pasid(0, 0x12), 5), STATUS_OK);
	CHECK_EQ(fake.done_count, 1);
	CHECK_DONE(0, 0x3000800100000012, 0x7ffffffffffff007); /* of device 9; with directories */
	CHECK_EQ(invalidate(IOMMU_SCOPE_PASID, "guest", fake_pasid(0, 0x13), 5), STATUS_OK);
	CHECK_EQ(fake.done_count, 0); /* nobody has it */
	CHECK_EQ(invalidate(IOMMU_SCOPE_DOMAIN, "guest", fake_source(8), 5), STATUS_OK);
	CHECK_EQ(fake.done_count, 3);
	CHECK_DONE(0, 0x3000000500000000, 0x7ffffffffffff003);
	CHECK_DONE(1, 0x3000800000000000, 0x7ffffffffffff003);
	CHECK_DONE(2, 0x3000800100000000, 0x7ffffffffffff003);
	CHECK_EQ(invalidate(IOMMU_SCOPE_DOMAIN, "guest", fake_source(8), 6), STATUS_OK);
	CHECK_EQ(fake.done_count, 2);
	CHECK_DONE(1, 0x3000800000000000, 0x7ffffffffffff003);
	CHECK_EQ(invalidate(IOMMU_SCOPE_SOURCE, "guest", fake_source(8), 5), STATUS_OK);
	CHECK_EQ(fake.done_count, 3);
	CHECK_DONE(0, 0x2000000000000008, 0);
	CHECK_DONE(1, 0x3000000500000000, 0x7ffffffffffff003);
	CHECK_DONE(2, 0x3000800000000000, 0x7ffffffffffff003);
	/* A route that is gone may be cached still. */
	CHECK_EQ(set(fake_pasid(8, 0x12), &blocked), STATUS_OK);
	CHECK_EQ(invalidate(IOMMU_SCOPE_PASID, "guest", fake_pasid(8, 0x12), 6), STATUS_OK);
	CHECK_EQ(fake.done_count, 1);
	CHECK_DONE(0, 0x3000800000000012, 0x7ffffffffffff007);
}

HOST_TEST(host_translations_are_those_of_every_device_behind_them)
{
	struct iommu_route route;

	fake_on(EFR_GUEST, "nested");
	route = nested(4, 5, ROOT);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	route = host(6, PARENT);
	CHECK_EQ(set(fake_source(9), &route), STATUS_OK);
	/* The parent's change, in the child's domain: by GPA, and guest translations go with it. */
	CHECK_EQ(invalidate(IOMMU_SCOPE_RANGE, "host", fake_source(0), 5), STATUS_OK);
	CHECK_EQ(fake.done_count, 2);
	CHECK_DONE(0, 0x3000000500000000, 0x12345000);
	CHECK_DONE(1, 0x3000800000000000, 0x12345000);
	CHECK_EQ(invalidate(IOMMU_SCOPE_RANGE, "host", fake_source(0), 6), STATUS_OK);
	CHECK_EQ(fake.done_count, 1);
	/* Requests without PASID of a device with a guest record are cached under its DomainID. */
	route = nested(4, 7, ROOT);
	CHECK_EQ(set(fake_pasid(9, 1), &route), STATUS_OK);
	CHECK_EQ(invalidate(IOMMU_SCOPE_RANGE, "host", fake_source(0), 6), STATUS_OK);
	CHECK_EQ(fake.done_count, 2);
	CHECK_DONE(1, 0x3000800100000000, 0x12345000);
}

/* ---- What the unit sees ---- */

static const uint64_t *watched, *watched_entry;
static unsigned torn;

static void look(void *context)
{
	(void)context;
	/* GV with an entry 0 that is not there yet, or half a DTE: V, TV and GV without the device's domain. */
	if (watched && (watched[0] & 0x0080000000000000) &&
	    ((watched[1] & 0xffff) != 0x8000 || !watched_entry || !(*watched_entry & 1)))
		torn++;
	if (watched && !watched_entry)
		watched_entry = amdvi_gcr3_entry(&amdvi, fake_source(8));
}

HOST_TEST(guest_routes_are_opened_from_their_end)
{
	struct iommu_route route;

	fake_on(EFR_GUEST, "guest");
	watched = dte(8);
	watched_entry = NULL;
	torn = 0;
	arch_host_barrier_hook(look, NULL);
	route = guest(5, 5, ROOT);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	look(NULL);
	CHECK_EQ(torn, 0);
	CHECK_EQ(WORD0(8), 0x60c0000000000003);
	watched = NULL;
}

HOST_MAIN()
