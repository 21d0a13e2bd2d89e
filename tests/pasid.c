/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* PASIDs: one source, many tables. Each request is led by its own PASID, or by none. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_DMA_PASID | NEEDS_PASID)
#define PASIDS .needs = NEEDS_HERE, .sweep = SWEEP_ENGINES

TEST(pasid, each_has_its_own_table, PASIDS,
     .claim = "Requests without PASID, and with two PASIDs, reach memory of their own at the same IOVA.",
     .rules = RULES(VTD_CACHE_03, VTD_CACHE_06, VTD_CACHE_07, VTD_SM_13, AMD_GT_01, AMD_GT_02))
{
	struct hwpt *tables[] = { &b->hwpt, pasid_hwpt(b), pasid_hwpt(b) };
	uint32_t p = some_pasid(b), pasids[] = { IOMMU_NO_PASID, p, p ^ 1 };
	struct span spans[] = { map_leaves(b, 1, RW), { .count = 0 }, { .count = 0 } };

	for (unsigned i = 1; i < ARRAY_COUNT(tables); i++) {
		spans[i] = map_leaves_in(b, tables[i], spans[0].iova, 1, RW);
		attach_pasid(b, pasids[i], tables[i]);
	}
	for (unsigned i = 0; i < 2 * ARRAY_COUNT(tables); i++) {
		use_pasid(b, pasids[i % ARRAY_COUNT(tables)]);
		expect_write_lands(b, &spans[i % ARRAY_COUNT(tables)], 0);
	}
}

TEST(pasid, each_bit_counts, PASIDS,
     .claim = "PASIDs that differ in one bit, whichever it is, have routes of their own.",
     .rules = RULES(VTD_SM_13, VTD_CACHE_06, AMD_GT_21))
{
	struct span here = map_leaves(b, 1, RW);
	struct hwpt *table = pasid_hwpt(b);
	struct span there = map_leaves_in(b, table, here.iova, 1, RW);
	uint32_t pasid = some_pasid(b);

	attach_pasid(b, pasid, &b->hwpt);
	for (unsigned bit = 0; bit < pasid_bits(b); bit++) {
		note(b, "bit %u", bit);
		attach_pasid(b, pasid ^ BIT(bit), table);
		use_pasid(b, pasid ^ BIT(bit));
		expect_write_lands(b, &there, 0);
		use_pasid(b, pasid);
		expect_write_lands(b, &here, 0);
		detach_pasid(b, pasid ^ BIT(bit));
	}
}

TEST(pasid, unrouted_is_refused, PASIDS, .faults = true,
     .claim = "A PASID without a route reaches nothing, whatever the source reaches without it.",
     .rules = RULES(VTD_SM_14, VTD_SM_15, VTD_FLT_01, AMD_GT_02))
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	use_pasid(b, some_pasid(b));
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	use_pasid(b, IOMMU_NO_PASID);
	expect_write_lands(b, &s, 0);
}

TEST(pasid, fault_names_the_pasid, PASIDS, .faults = true,
     .claim = "The fault record of a request with PASID names it, and that of one without names none.",
     .rules = RULES(VTD_FLT_11, VTD_FLT_14, AMD_PERM_07))
{
	struct span hole = unmapped_leaves(b, 1);
	uint32_t pasid = some_pasid(b);

	attach_pasid(b, pasid, &b->hwpt);
	attach_pasid(b, pasid ^ 1, &b->hwpt);
	use_pasid(b, pasid);
	expect_write_refused(b, leaf(&hole, 0), IOMMU_REFUSE_NOT_PRESENT);
	use_pasid(b, IOMMU_NO_PASID);
	expect_write_refused(b, leaf(&hole, 0), IOMMU_REFUSE_NOT_PRESENT);
	use_pasid(b, pasid ^ 1);
	expect_write_refused(b, leaf(&hole, 0), IOMMU_REFUSE_NOT_PRESENT);
}

TEST(pasid, detached_is_gone, PASIDS, .faults = true,
     .claim = "A PASID that was detached reaches nothing, and those beside it what they did.",
     .rules = RULES(VTD_INV_05, VTD_CACHE_06, AMD_GT_02))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);

	attach_pasid(b, pasid, &b->hwpt);
	attach_pasid(b, pasid ^ 1, &b->hwpt);
	use_pasid(b, pasid);
	expect_write_lands(b, &s, 0);
	detach_pasid(b, pasid);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	use_pasid(b, pasid ^ 1);
	expect_write_lands(b, &s, 0);
	use_pasid(b, IOMMU_NO_PASID);
	expect_write_lands(b, &s, 0);
}

TEST(pasid, new_route_needs_no_flush, PASIDS, .faults = true,
     .claim = "A PASID that was refused for want of a route works once it has one, without an invalidation.",
     .rules = RULES(VTD_CACHE_02, AMD_GT_26))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);

	if (b->iommu->caps.caching_mode)
		skip(b, "a unit that does not cache what is absent (CAP.CM is set)");
	attach_pasid(b, pasid ^ 1, &b->hwpt);
	use_pasid(b, pasid);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	attach_pasid_unflushed(b, pasid, &b->hwpt);
	expect_write_lands(b, &s, 0);
}

TEST(pasid, flush_of_the_pasid_ends_stale_translations, PASIDS,
     .claim = "After an invalidation of a PASID a leaf that was changed is used by its requests.",
     .rules = RULES(VTD_INV_15, VTD_INV_08, VTD_CACHE_04, AMD_INV_09, AMD_GT_15))
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *old = s.window[0];
	uint32_t pasid = some_pasid(b);
	bool stale;

	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	expect_write_lands(b, &s, 0);
	remap_quietly(b, &s, 0, twin_window(b, &s, 0));
	stale = write_reaches(b, leaf(&s, 0), old);
	flush_pasid(b);
	expect_write_lands(b, &s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(pasid, flush_of_a_page_ends_stale_translations,
     .claim = "After an invalidation of a page of a PASID the changed leaf is used by its requests.",
     .rules = RULES(VTD_INV_16, VTD_INV_09, VTD_CACHE_04, AMD_INV_09, AMD_GT_15),
     .needs = NEEDS_HERE | NEEDS_RANGE)
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *old = s.window[0];
	uint32_t pasid = some_pasid(b);
	bool stale;

	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	expect_write_lands(b, &s, 0);
	remap_quietly(b, &s, 0, twin_window(b, &s, 0));
	stale = write_reaches(b, leaf(&s, 0), old);
	flush_leaves(b, &s);
	expect_write_lands(b, &s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(pasid, marks_its_own_table,
     .claim = "A write with PASID marks the table of that PASID, and no other that maps the same IOVA.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, VTD_CACHE_03, AMD_AD_44),
     .needs = NEEDS_HERE | NEEDS_DIRTY, .sweep = SWEEP_ENGINES)
{
	struct span plain = map_leaves(b, 2, RW);
	struct hwpt *table = pasid_hwpt(b);
	struct span s = map_leaves_in(b, table, plain.iova, 2, RW);
	uint32_t pasid = some_pasid(b);

	attach_pasid(b, pasid, table);
	use_pasid(b, pasid);
	expect_write_lands(b, &s, 0);
	expect_dirty_in(b, table, &s, "D-");
	expect_dirty(b, &plain, "--");
	use_pasid(b, IOMMU_NO_PASID);
	expect_write_lands(b, &plain, 1);
	expect_dirty_in(b, table, &s, "D-");
	expect_dirty(b, &plain, "-D");
}
