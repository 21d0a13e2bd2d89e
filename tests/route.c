/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Routes: what a unit does with a source as a whole. Blocked, passed through, translated, and changed. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(route, blocked_source_is_refused,
     .claim = "A source without a route reaches nothing, and the refusal is recorded.",
     .rules = RULES(VTD_LEG_06, VTD_SM_04, VTD_SM_15, VTD_FLT_01, AMD_DTE_06, AMD_PERM_09),
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	detach(b);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "a blocked write changed memory");
}

TEST(route, attached_again_works,
     .claim = "A source that was detached and attached again is translated again.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	detach(b);
	attach(b, &b->hwpt);
	expect_write_lands(b, &s, 0);
}

TEST(route, bypass_is_identity,
     .claim = "A source that is passed through reaches the address that it issues.",
     .rules = RULES(VTD_PT_01, AMD_DTE_05),
     .needs = NEEDS_DMA_WRITE | NEEDS_BYPASS | NEEDS_SELF_CONTAINED, .sweep = SWEEP_ENGINES)
{
	uint8_t *window = fresh_window(b);

	bypass(b);
	expect_write_lands_in(b, iova(pa_of(window).v), window, write_bytes(b, 64));
}

TEST(route, bypass_ignores_tables,
     .claim = "A source that is passed through no longer uses the tables it had.",
     .rules = RULES(VTD_PT_01, AMD_DTE_05),
     .needs = NEEDS_DMA_WRITE | NEEDS_BYPASS | NEEDS_SELF_CONTAINED, .sweep = SWEEP_ENGINES)
{
	uint8_t *window = fresh_window(b);
	struct span s = map_leaves_at(b, iova(pa_of(window).v), 1, RW);

	expect_write_lands(b, &s, 0);
	bypass(b);
	expect_write_lands_in(b, iova(pa_of(window).v), window, write_bytes(b, 64));
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "the old tables were still in use");
}

TEST(route, identity_map_is_identity,
     .claim = "A table that maps a page to itself passes its accesses through.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES)
{
	struct span s = map_identity(b, RW);

	expect_write_lands(b, &s, 0);
}

TEST(route, bypass_ends_at_the_flush,
     .claim = "A source that was passed through and is translated again uses the tables.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE | NEEDS_BYPASS | NEEDS_SELF_CONTAINED, .sweep = SWEEP_ENGINES)
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *window = fresh_window(b);

	bypass(b);
	expect_write_lands_in(b, iova(pa_of(window).v), window, write_bytes(b, 64));
	attach(b, &b->hwpt);
	expect_write_lands(b, &s, 0);
}

TEST(route, replaced_table_takes_over,
     .claim = "A source that is given another table reaches that table's memory and no longer the old one's.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES)
{
	struct span old = map_leaves(b, 1, RW);
	struct hwpt *next = second_hwpt(b);
	struct span new = map_leaves_in(b, next, old.iova, 1, RW);

	expect_write_lands(b, &old, 0);
	attach(b, next);
	expect_write_lands(b, &new, 0);
}

TEST(route, stale_route_ends_at_the_flush,
     .claim = "A source whose route is taken away is refused once the route's cache is invalidated.",
     .rules = RULES(VTD_INV_02, VTD_INV_24, VTD_INV_30, AMD_DT_12, AMD_INV_01, AMD_INV_03),
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale;

	expect_write_lands(b, &s, 0);
	block_quietly(b);
	stale = write_reaches(b, leaf(&s, 0), s.window[0]);
	flush_source(b);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	if (!stale)
		unproven(b, "the old route was gone before the flush");
}

TEST(route, wrong_source_is_refused,
     .claim = "A route opens the unit to its own source only.",
     .rules = RULES(VTD_LEG_01, VTD_SM_01, VTD_CACHE_05, AMD_DT_01),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_GROUP, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	(void)other_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE),
	       "another source's write changed memory");
	expect_fault(b, b->other_source, IOMMU_WRITE, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
}
