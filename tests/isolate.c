/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Isolation: what one source or domain can reach says nothing about another. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(isolate, same_iova_other_source,
     .claim = "Two sources with tables of their own reach different memory at the same IOVA.",
     .rules = RULES(VTD_CACHE_03, VTD_CACHE_05, VTD_LEG_01, VTD_SM_01, AMD_DTE_12, AMD_DT_01),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_GROUP)
{
	struct span mine = map_leaves(b, 1, RW);
	struct hwpt *other = second_hwpt(b);
	struct span theirs = map_leaves_in(b, other, mine.iova, 1, RW);

	if (mine.oa[0].v == theirs.oa[0].v)	/* either table would do for both */
		skip(b, "memory in two blocks of %llu MiB",
		     (unsigned long long)(BIT64(b->leaf_lg2) >> 20));
	attach_other(b, other);
	expect_write_lands(b, &mine, 0);
	expect_other_write_lands(b, &theirs, 0);
	expect_write_lands(b, &mine, 0);
}

TEST(isolate, same_function_on_another_bus,
     .claim = "Two sources that differ in the bus number alone reach their own memory.",
     .rules = RULES(VTD_CACHE_05, VTD_CACHE_06, VTD_CACHE_03, AMD_DTE_12, AMD_DT_01),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_GROUP | NEEDS_OTHER_BUS, .sweep = SWEEP_ENGINES)
{
	struct span mine = map_leaves(b, 1, RW);
	struct hwpt *other = second_hwpt(b);
	struct span theirs = map_leaves_in(b, other, mine.iova, 1, RW);

	attach_other(b, other);
	expect_write_lands(b, &mine, 0);
	expect_other_write_lands(b, &theirs, 0);
	expect_write_lands(b, &mine, 0);
}

TEST(isolate, unmapped_for_the_other_source,
     .claim = "What one source has mapped is not reachable for another.",
     .rules = RULES(VTD_CACHE_03, VTD_FLT_11, AMD_DTE_12, AMD_PERM_15),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_GROUP, .faults = true)
{
	struct span mine = map_leaves(b, 1, RW);
	struct hwpt *other = second_hwpt(b);
	uint32_t bytes = write_bytes(b, 64);

	attach_other(b, other);
	expect_write_lands(b, &mine, 0);
	(void)other_tries_to_write(b, leaf(&mine, 0), bytes);
	expect_fault(b, b->other_source, IOMMU_WRITE, leaf(&mine, 0), IOMMU_REFUSE_NOT_PRESENT);
	expect_no_other_fault(b, b->other_source, IOMMU_WRITE, leaf(&mine, 0), bytes,
			      IOMMU_REFUSE_NOT_PRESENT);
	expect(b, memory_is_poison(mine.window[0], PAGE_SIZE), "the other source changed memory");
}

TEST(isolate, shared_table_serves_both,
     .claim = "Two sources that share a table reach the same memory.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_ENGINE)
{
	struct span s = map_leaves(b, 1, RW);

	attach_other(b, &b->hwpt);
	expect_write_lands(b, &s, 0);
	expect_other_write_lands(b, &s, 0);
}

TEST(isolate, one_flush_serves_both,
     .claim = "One invalidation of a shared domain ends the stale translations of every source in it.",
     .rules = RULES(VTD_CACHE_07, VTD_INV_08, AMD_INV_12, AMD_INV_23),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_ENGINE)
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *old = s.window[0];
	bool stale;

	attach_other(b, &b->hwpt);
	expect_write_lands(b, &s, 0);
	expect_other_write_lands(b, &s, 0);
	remap_quietly(b, &s, 0, twin_window(b, &s, 0));
	stale = write_reaches(b, leaf(&s, 0), old);
	flush_domain(b);
	expect_write_lands(b, &s, 0);
	expect_other_write_lands(b, &s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(isolate, detached_domain_is_gone,
     .claim = "After a detach the source reaches nothing of its former domain, even at a cached IOVA.",
     .rules = RULES(VTD_FLT_01, AMD_PERM_09),
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	detach(b);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "the detached source changed memory");
}

TEST(isolate, detach_leaves_the_other_source,
     .claim = "Detaching one source leaves the other source of the domain as it was.",
     .rules = RULES(VTD_CACHE_05, AMD_DT_01),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_GROUP | NEEDS_SELF_CONTAINED)
{
	struct span s = map_leaves(b, 1, RW);

	attach_other(b, &b->hwpt);
	expect_write_lands(b, &s, 0);
	detach(b);
	expect_other_write_lands(b, &s, 0);
}

TEST(isolate, reused_domain_id_is_fresh,
     .claim = "A domain id that is given to another table after an invalidation reaches that table's memory only.",
     .rules = RULES(VTD_LEG_15, VTD_SS_03, VTD_FS_04, AMD_HPT_03, AMD_GT_18),
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);
	struct hwpt *next;

	expect_write_lands(b, &s, 0);
	next = reuse_domain_id(b);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
	s = map_leaves_in(b, next, s.iova, 1, RW);
	expect_write_lands(b, &s, 0);
}

TEST(isolate, random_addresses_reach_nothing,
     .claim = "A source reaches no memory outside its tables, at random addresses.",
     .rules = RULES(VTD_FLT_01, VTD_LEG_15, VTD_SS_03, VTD_FS_04, AMD_HPT_03, AMD_GT_18,
                    AMD_PERM_09),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned n = 0; n < rounds(b, 32); n++) {
		uint64_t page = random_below(b, BIT64(iova_bits(b) - PAGE_LG2));

		if (is_mapped(b, iova(page << PAGE_LG2)))
			continue;
		expect_write_refused(b, iova(page << PAGE_LG2), IOMMU_REFUSE_NOT_PRESENT);
	}
	expect_write_lands(b, &s, 0);
}
