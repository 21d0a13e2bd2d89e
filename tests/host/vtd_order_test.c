/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a VT-d unit can see while routes are written: never half an entry, and never a stale line. */
#include "tests/host/check.h"
#include "tests/host/vtd_fake.h"

#define ROOT	0x0000004512345000ull

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

/* ---- What the unit sees while an entry changes ---- */

static uint64_t *watched;
static unsigned watched_words, snapshots;
static uint64_t seen[64][8];

static void snapshot(void *context)
{
	(void)context;
	if (watched && snapshots < 64)
		memcpy(seen[snapshots++], watched, watched_words * 8);
}

static void watch(uint64_t *entry, unsigned words)
{
	watched = entry;
	watched_words = words;
	snapshots = 0;
	arch_host_barrier_hook(snapshot, NULL);
}

/* Present means old or new, whole; between them, not present; the new words are there before the new P. */
static void check_order(const uint64_t *before, const uint64_t *after)
{
	bool absent = false, ready = false;

	snapshot(NULL);
	for (unsigned i = 0; i < snapshots; i++) {
		bool is_old = memcmp(seen[i], before, watched_words * 8) == 0;
		bool is_new = memcmp(seen[i], after, watched_words * 8) == 0;

		if (!(seen[i][0] & 1)) {
			absent = true;
			ready = memcmp(&seen[i][1], &after[1], (watched_words - 1) * 8) == 0;
		} else if (is_new) {
			CHECK(absent && ready);
		} else {
			CHECK(is_old);
		}
	}
	CHECK(snapshots > 2);
	CHECK(memcmp(watched, after, watched_words * 8) == 0);
	watched = NULL;
}

HOST_TEST(no_entry_is_seen_torn)
{
	static const uint64_t old_first[8] = { 0x41, 7, 0x4512345000 };
	static const uint64_t new_first[8] = { 0x41, 8, 0x4500001000 };
	static const uint64_t old_legacy[2] = { 0x4512345001, 0x702 };
	static const uint64_t new_legacy[2] = { 0x4500001001, 0x801 };
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	struct iommu_route route = to(r, 4, 7);

	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	watch(vtd_pasid_entry(&vtd, fake_source(8)), 8);
	route.root = pa(0x4500001000);
	route.domain_id = 8;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	check_order(old_first, new_first);

	r = fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	route = to(r, 4, 7);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	watch(vtd_context_entry(&vtd, fake_source(8)), 2);
	route.root = pa(0x4500001000);
	route.domain_id = 8;
	route.level_count = 3;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	check_order(old_legacy, new_legacy);
}

HOST_TEST(an_equal_route_is_not_written)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	struct iommu_route route = to(r, 4, 7);

	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	watch(vtd_pasid_entry(&vtd, fake_source(8)), 8);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	for (unsigned i = 0; i < snapshots; i++)
		CHECK_EQ(seen[i][0], 0x41);
	CHECK_EQ(watched[0], 0x41);
	watched = NULL;
}

/* A unit that reads memory alone, not the CPU's caches: it sees what was flushed. */
static uint8_t memory[FAKE_PAGES * 4096];
static unsigned flushes;

static void flushed(void *context, const void *from, size_t bytes)
{
	uintptr_t offset = (uintptr_t)from - (uintptr_t)arena;

	(void)context;
	flushes++;
	if (offset < sizeof(memory) && bytes <= sizeof(memory) - offset)
		memcpy(memory + offset, from, bytes);
}

static const uint64_t *in_memory(uint64_t address)
{
	return (const uint64_t *)(memory + ((address & ~0xfffull) - (uintptr_t)arena));
}

HOST_TEST(tables_are_flushed_where_walks_are_not_snooped)
{
	struct iommu_route route;
	const uint64_t *w;

	fake_start(CAP_PLAIN, ECAP_FIRST);
	memset(memory, 0xee, sizeof(memory));
	arch_host_flush_hook(flushed, NULL);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->enable(&vtd.iommu, fake_regime("first")), STATUS_OK);
	route = to(fake_regime("first"), 4, 7);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	w = in_memory(fake_get(0x20, 8));
	for (unsigned i = 1; i < 512; i++)
		CHECK_EQ(w[i], 0); /* nothing else is present on bus 0 or elsewhere */
	w = in_memory(w[0]);
	CHECK_EQ(w[32] & 0xfff, 0x401);
	w = in_memory(w[32]);
	CHECK_EQ(w[0] & 0xfff, 1);
	w = in_memory(w[0]);
	CHECK_EQ(w[0], 0x41);
	CHECK_EQ(w[1], 7);
	CHECK_EQ(w[2], ROOT);
	CHECK_EQ(w[3], 0);
	route.kind = IOMMU_BLOCK;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(w[0], 0);

	/* C: every structure is snooped, and nothing is flushed. */
	fake_start(CAP_PLAIN, ECAP_FIRST | 1);
	arch_host_flush_hook(flushed, NULL);
	flushes = 0;
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->enable(&vtd.iommu, fake_regime("first")), STATUS_OK);
	route = to(fake_regime("first"), 4, 7);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(flushes, 0);
}

HOST_MAIN()
