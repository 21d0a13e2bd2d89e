/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Routes in memory, against words taken from VT-d 5.10, 9.1 .. 9.6, and the order in which they get there. */
#include "tests/host/check.h"
#include "tests/host/vtd_fake.h"

#define ROOT 0x0000004512345000ull

static enum status set(struct iommu_source source, const struct iommu_route *route)
{
	return vtd.iommu.ops->set_route(&vtd.iommu, source, route);
}

static struct iommu_route to(const struct iommu_regime *regime, unsigned levels, uint16_t did)
{
	return (struct iommu_route){ .kind = IOMMU_TRANSLATE,
				     .regime = regime,
				     .root = pa(ROOT),
				     .level_count = levels,
				     .domain_id = did };
}

static struct iommu_source with_pasid(uint16_t rid, uint32_t pasid)
{
	return (struct iommu_source){ 0, rid, pasid };
}

static const uint64_t *at(uint64_t link)
{
	return (const uint64_t *)(uintptr_t)(link & ~0xfffull);
}

/* 9.1, 9.3: bus 3 is root entry 3; devfn 12h is context entry 12h, two words each. */
HOST_TEST(legacy_words)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	struct iommu_route route = to(r, 4, 0x21);
	const uint64_t *root = at(fake_get(0x20, 8)), *context;

	CHECK_EQ(set(fake_source(0x0312), &route), STATUS_OK);
	CHECK_EQ(root[6] & 0xfff, 1);
	CHECK_EQ(root[7], 0);
	context = at(root[6]);
	CHECK_EQ(context[0x24], 0x0000004512345001);
	CHECK_EQ(context[0x25], 0x0000000000002102);
	CHECK_EQ(context[0x22], 0);
	CHECK_EQ(context[0x26], 0);

	route = to(r, 3, 0xffff);
	route.quiet = true;
	CHECK_EQ(set(fake_source(0x0312), &route), STATUS_OK);
	CHECK_EQ(context[0x24], 0x0000004512345003);
	CHECK_EQ(context[0x25], 0x0000000000ffff01);

	/* TT 10b; AW is the largest that SAGAW has: 48 bits. */
	route = (struct iommu_route){ .kind = IOMMU_BYPASS, .regime = r, .domain_id = 5 };
	CHECK_EQ(set(fake_source(0x0312), &route), STATUS_OK);
	CHECK_EQ(context[0x24], 0x9);
	CHECK_EQ(context[0x25], 0x502);

	route = (struct iommu_route){ .kind = IOMMU_BLOCK };
	CHECK_EQ(set(fake_source(0x0312), &route), STATUS_OK);
	CHECK_EQ(context[0x24], 0);
	route.quiet = true;
	CHECK_EQ(set(fake_source(0x0312), &route), STATUS_OK);
	CHECK_EQ(context[0x24], 2); /* FPD counts without P */
}

HOST_TEST(legacy_five_levels)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN | 0x800, ECAP_LEGACY, "legacy");
	struct iommu_route route = to(r, 5, 1);

	CHECK_EQ(set(fake_source(0), &route), STATUS_OK);
	CHECK_EQ(at(at(fake_get(0x20, 8))[0])[1], 0x103);
}

/* 9.2, 9.4, 9.5: devfn 80h and up use the second word; a context entry has 4 words, of 128 in a table. */
HOST_TEST(scalable_way)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	struct iommu_route route = to(r, 4, 0x21);
	const uint64_t *root = at(fake_get(0x20, 8)), *context, *directory;

	CHECK_EQ(set(fake_source(0x0183), &route), STATUS_OK);
	CHECK_EQ(root[2], 0);
	CHECK_EQ(root[3] & 0xfff, 1);
	context = at(root[3]);
	CHECK_EQ(context[12] & 0xfff, 0x401); /* PDTS 2: 512 directory entries; no PASIDE */
	CHECK_EQ(context[13] | context[14] | context[15], 0);
	directory = at(context[12]);
	CHECK_EQ(directory[0] & 0xfff, 1);
	CHECK_EQ(set(fake_source(0x0103), &route), STATUS_OK);
	CHECK_EQ(root[2] & 0xfff, 1);
	CHECK_EQ(at(root[2])[12] & 0xfff, 0x401);
}

/* 9.6, PGTT 001b: FSPTPTR and FSPM in word 2. */
HOST_TEST(first_stage_words)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN | BIT64(60), ECAP_FIRST, "first");
	struct iommu_route route = to(r, 4, 0x1234);
	uint64_t *w;

	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	w = vtd_pasid_entry(&vtd, fake_source(8));
	CHECK_EQ(w[0], 0x41);
	CHECK_EQ(w[1], 0x1234);
	CHECK_EQ(w[2], 0x0000004512345000);
	for (unsigned i = 3; i < 8; i++)
		CHECK_EQ(w[i], 0);
	route.level_count = 5;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(w[0], 0x41);
	CHECK_EQ(w[2], 0x0000004512345004);
	route = (struct iommu_route){
		.kind = IOMMU_BYPASS, .regime = r, .domain_id = 9, .quiet = true
	};
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(w[0], 0x103);
	CHECK_EQ(w[1], 9);
	CHECK_EQ(w[2], 0);
}

/* 9.6, PGTT 010b: SSPTPTR, AW and SSADE in word 0; SMPWCS lets PWSNP (bit 87) be set. */
HOST_TEST(second_stage_words)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_SECOND, "second");
	struct iommu_route route = to(r, 4, 0x55);
	uint64_t *w;

	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	w = vtd_pasid_entry(&vtd, fake_source(8));
	CHECK_EQ(w[0], 0x0000004512345089);
	CHECK_EQ(w[1], 0x0000000000800055);
	CHECK_EQ(w[2], 0);
	route.level_count = 3;
	route.dirty_tracking = true;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(w[0], 0x0000004512345285);
	route = (struct iommu_route){ .kind = IOMMU_BLOCK, .quiet = true };
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(w[0], 0x02);
	CHECK_EQ(w[1], 0x0000000000800055); /* what the unit may be reading stays */
}

/* Units that look at AW of a first-stage entry, and at PGTT and AW of one that is not present. */
HOST_TEST(ignored_fields_can_be_filled)
{
	const struct iommu_route blocked = { .kind = IOMMU_BLOCK, .quiet = true };
	struct iommu_route route;
	uint64_t *w;

	route = to(fake_on(CAP_PLAIN | BIT64(60), ECAP_FIRST, "first"), 4, 0x1234);
	vtd.fill_ignored = true;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	w = vtd_pasid_entry(&vtd, fake_source(8));
	CHECK_EQ(w[0], 0x49);
	route.level_count = 5;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(w[0], 0x4d);
	CHECK_EQ(set(fake_source(8), &blocked), STATUS_OK);
	CHECK_EQ(w[0], 0x42);
	route = to(fake_on(CAP_PLAIN, ECAP_SECOND, "second"), 4, 0x55);
	vtd.fill_ignored = true;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(set(fake_source(8), &blocked), STATUS_OK);
	CHECK_EQ(vtd_pasid_entry(&vtd, fake_source(8))[0], 0x8a);
}

/* A link that was changed behind the driver leads to a page that is none of its own: it is not followed. */
HOST_TEST(foreign_links_are_not_followed)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_SECOND, "second");
	struct iommu_route route = to(r, 4, 0x55), got;
	struct iommu_words words = { .count = 0 };
	uint64_t *context;

	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	context = vtd_context_entry(&vtd, fake_source(8));
	context[0] ^= 0x7700000000;
	CHECK(vtd_pasid_directory_entry(&vtd, fake_source(8)) == NULL);
	CHECK(vtd_pasid_entry(&vtd, fake_source(8)) == NULL);
	CHECK_EQ(set(fake_source(8), &route), STATUS_MALFORMED);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, &words), STATUS_OK);
	CHECK_EQ(got.kind, IOMMU_BLOCK);
	CHECK_EQ(words.count, 5);		/* the root and the context entry */
	context[0] ^= 0x7700000000;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
}

HOST_TEST(dirty_tracking_is_one_bit_of_a_live_entry)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_SECOND, "second");
	struct iommu_route route = to(r, 4, 0x55), got;
	uint64_t *w;

	CHECK_EQ(vtd.iommu.ops->set_dirty_tracking(&vtd.iommu, fake_source(8), true),
		 STATUS_NOT_FOUND);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	w = vtd_pasid_entry(&vtd, fake_source(8));
	CHECK_EQ(vtd.iommu.ops->set_dirty_tracking(&vtd.iommu, fake_source(8), true), STATUS_OK);
	CHECK_EQ(w[0], 0x0000004512345289);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL), STATUS_OK);
	CHECK(got.dirty_tracking);
	CHECK_EQ(vtd.iommu.ops->set_dirty_tracking(&vtd.iommu, fake_source(8), false), STATUS_OK);
	CHECK_EQ(w[0], 0x0000004512345089);
	route = (struct iommu_route){ .kind = IOMMU_BYPASS, .regime = r, .domain_id = 9 };
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->set_dirty_tracking(&vtd.iommu, fake_source(8), true),
		 STATUS_UNSUPPORTED);
}

/* PASID 123h: directory entry 4, table entry 23h. PASIDE is bit 3 of the context entry. */
HOST_TEST(pasid_routes)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_FIRST | BIT64(40) | 19ull << 35,
					       "first");
	struct iommu_route route = to(r, 4, 7), got;
	const uint64_t *context, *directory;

	CHECK_EQ(vtd.iommu.caps.pasid_bits, 15);
	CHECK_EQ(set(with_pasid(8, 0x123), &route), STATUS_OK);
	context = at(at(fake_get(0x20, 8))[0]) + 32;
	CHECK_EQ(context[0] & 0xfff, 0x409);
	directory = at(context[0]);
	CHECK_EQ(directory[0], 0);
	CHECK_EQ(directory[4] & 0xfff, 1);
	CHECK_EQ(at(directory[4])[0x23 * 8], 0x41);
	CHECK_EQ(at(directory[4])[0x22 * 8], 0);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, with_pasid(8, 0x123), &got, NULL), STATUS_OK);
	CHECK_EQ(got.kind, IOMMU_TRANSLATE);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL), STATUS_OK);
	CHECK_EQ(got.kind, IOMMU_BLOCK);
	CHECK_EQ(set(with_pasid(8, 0), &route), STATUS_BAD_ARGUMENT);
	CHECK_EQ(set(with_pasid(8, 0x7fff), &route), STATUS_OK);
	CHECK_EQ(directory[511] & 0xfff, 1);
	CHECK_EQ(set(with_pasid(8, 0x8000), &route), STATUS_BAD_ARGUMENT);
	r = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	route = to(r, 4, 7);
	CHECK_EQ(set(with_pasid(8, 1), &route), STATUS_UNSUPPORTED);
}

static void round_trip(const struct iommu_route *route)
{
	struct iommu_words words = { .count = 0 };
	struct iommu_route got;

	CHECK_EQ(set(fake_source(0x1fe), route), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(0x1fe), &got, &words), STATUS_OK);
	CHECK_EQ(got.kind, route->kind);
	CHECK_EQ(got.quiet, route->quiet);
	CHECK(words.count >= 3);
	CHECK_STR(words.word[0].name, "root");
	if (route->kind == IOMMU_BLOCK)
		return;
	CHECK_EQ(got.domain_id, route->domain_id);
	CHECK_EQ(got.regime->mode, route->regime->mode);
	if (route->kind == IOMMU_BYPASS)
		return;
	CHECK(got.regime == route->regime);
	CHECK_EQ(got.root.v, route->root.v);
	CHECK_EQ(got.level_count, route->level_count);
}

HOST_TEST(routes_are_read_back)
{
	static const char *const names[] = { "legacy", "second", "first" };

	for (unsigned n = 0; n < 3; n++) {
		const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_SECOND | BIT64(47),
						       names[n]);
		struct iommu_route route = to(r, 4, 0x77);

		round_trip(&route);
		route.quiet = true;
		round_trip(&route);
		route.kind = IOMMU_BYPASS;
		round_trip(&route);
		route.kind = IOMMU_BLOCK;
		round_trip(&route);
	}
}

HOST_TEST(a_malformed_entry_is_said_to_be_one)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	struct iommu_route route = to(r, 4, 7), got;

	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	vtd_pasid_entry(&vtd, fake_source(8))[0] = 0x141; /* PGTT 101b */
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL),
		 STATUS_MALFORMED);
	r = fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	route = to(r, 4, 7);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	vtd_context_entry(&vtd, fake_source(8))[0] |= 0xc; /* TT 11b */
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL),
		 STATUS_MALFORMED);
}

/* Bits from HAW up are reserved; a test may set them, and the evidence is taken then. */
HOST_TEST(reserved_bits_of_links_are_no_address)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	struct iommu_source source = fake_source(8);
	struct iommu_route route = to(r, 4, 7), got;
	struct iommu_words words = { .count = 0 };

	CHECK_EQ(set(source, &route), STATUS_OK);
	CHECK(vtd.haw < 64);
	*vtd_root_entry(&vtd, source) |= BIT64(63);
	*vtd_context_entry(&vtd, source) |= BIT64(62);
	*vtd_pasid_directory_entry(&vtd, source) |= BIT64(vtd.haw);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, source, &got, &words), STATUS_OK);
	CHECK_EQ(got.root.v, ROOT);
	CHECK_EQ(got.domain_id, 7);
}

HOST_TEST(bad_routes_are_refused_and_change_nothing)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN & ~7ull, ECAP_FIRST, "first");
	const struct iommu_regime other = *r;
	struct iommu_route route;
	size_t taken = pool.next;

	route = to(r, 3, 1);
	CHECK_EQ(set(fake_source(8), &route), STATUS_UNSUPPORTED);
	route = to(r, 4, 0);
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_ARGUMENT);
	route = to(r, 4, 16); /* ND 0: 4 bits */
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_ARGUMENT);
	route = to(&other, 4, 1);
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_ARGUMENT);
	route = to(fake_regime("legacy"), 4, 1);
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_ARGUMENT);
	route = to(r, 4, 1);
	route.root = pa(ROOT + 8);
	CHECK_EQ(set(fake_source(8), &route), STATUS_UNALIGNED);
	route.root = pa(BIT64(39));
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_RANGE);
	route = to(r, 4, 1);
	CHECK_EQ(set((struct iommu_source){ 1, 8, IOMMU_NO_PASID }, &route), STATUS_BAD_ARGUMENT);
	CHECK_EQ(pool.next, taken);
	CHECK_EQ(vtd_root_entry(&vtd, fake_source(8))[0], 0);

	r = fake_on(CAP_PLAIN, ECAP_LEGACY & ~0x40ull, "legacy"); /* PT 0 */
	route = (struct iommu_route){ .kind = IOMMU_BYPASS, .regime = r, .domain_id = 1 };
	CHECK_EQ(set(fake_source(8), &route), STATUS_UNSUPPORTED);
	route = to(r, 4, 1);
	route.dirty_tracking = true;
	CHECK_EQ(set(fake_source(8), &route), STATUS_UNSUPPORTED);
}

HOST_TEST(a_way_without_memory_is_not_begun)
{
	for (unsigned n = 1; n <= 3; n++) {
		const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
		struct iommu_route route = to(r, 4, 1);
		size_t taken;

		pool_fail_in(&pool, n);
		CHECK_EQ(set(fake_source(8), &route), STATUS_EXHAUSTED);
		CHECK_EQ(vtd_root_entry(&vtd, fake_source(8))[0], 0);
		/* What was taken on the way is used the next time. */
		taken = pool.next;
		CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
		CHECK_EQ(pool.next - taken, 4 - n);
	}
}

HOST_TEST(table_pages_end_at_their_limit)
{
	size_t pages = VTD_TABLE_PAGES_MAX + 16;
	void *large = arch_host_arena(pages);
	const struct iommu_regime *r;
	struct iommu_route route;
	enum status s = STATUS_OK;
	unsigned n;

	CHECK(large != NULL);
	fake_start(CAP_PLAIN, ECAP_FIRST);
	pool_init(&pool, large, pages);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	r = fake_regime("first");
	CHECK_EQ(vtd.iommu.ops->enable(&vtd.iommu, r), STATUS_OK);
	route = to(r, 4, 1);
	for (n = 0; n < 2048 && s == STATUS_OK; n++)
		s = set(fake_source((uint16_t)n), &route);
	CHECK_EQ(s, STATUS_EXHAUSTED);
	/* The root; a context table for each 128 sources; a directory and a table for each. */
	CHECK(n > 500 && n < 515);
	CHECK(vtd.sets[0].page_count <= VTD_TABLE_PAGES_MAX);
	route.domain_id = 2;
	CHECK_EQ(set(fake_source(3), &route), STATUS_OK);
	arch_host_arena_free(large, pages);
}

/* Routes may be set before enable(), so that a source that needs one is never without. */
HOST_TEST(routes_before_enable)
{
	struct iommu_route route;

	fake_start(CAP_PLAIN, ECAP_FIRST);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	route = to(fake_regime("first"), 4, 1);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(fake.log_count, 0);
	CHECK_EQ(vtd.iommu.ops->enable(&vtd.iommu, fake_regime("first")), STATUS_OK);
	CHECK_EQ(vtd_pasid_entry(&vtd, fake_source(8))[0], 0x41);
	CHECK_EQ(fake_get(0x20, 8), (uintptr_t)vtd.tables->root | 0x400);
}

HOST_TEST(blocked_sources_have_a_reason)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	struct iommu_route route = { .kind = IOMMU_BLOCK, .regime = r };

	CHECK_EQ(vtd_blocked_reason(&vtd, fake_source(8)), 0x39);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(vtd_blocked_reason(&vtd, fake_source(8)), 0x59);
	CHECK_EQ(vtd_blocked_reason(&vtd, fake_source(9)), 0x41);
	CHECK_EQ(vtd_blocked_reason(&vtd, with_pasid(8, 64)), 0x51);
	CHECK_EQ(vtd_blocked_reason(&vtd, fake_source(0x88)), 0x39);
	r = fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	route.regime = r;
	CHECK_EQ(vtd_blocked_reason(&vtd, fake_source(8)), 0x01);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(vtd_blocked_reason(&vtd, fake_source(8)), 0x02);
	CHECK_EQ(vtd_blocked_reason(&vtd, fake_source(0x108)), 0x01);
}

HOST_MAIN()
