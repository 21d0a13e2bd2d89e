/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Permissions: what an entry forbids is refused, at whatever level of the walk it stands. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(permission, read_only_refuses_writes,
     .claim = "A write to a read-only leaf is refused, recorded, and changes nothing.",
     .rules = RULES(VTD_SS_07, VTD_SS_08, VTD_FS_08, VTD_FLT_01, AMD_HPT_08, AMD_GT_19,
                    AMD_PERM_01, AMD_PERM_09),
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span s = map_leaves(b, 1, PT_READ);

	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
}

TEST(permission, read_only_allows_reads,
     .claim = "A read of a read-only leaf works.",
     .rules = RULES(VTD_SS_07, VTD_FS_07, AMD_HPT_08, AMD_GT_19),
     .needs = NEEDS_DMA_READ)
{
	struct span s = map_leaves(b, 1, PT_READ);

	expect_read_sees(b, &s, 0);
}

TEST(permission, write_only_allows_writes,
     .claim = "A write to a write-only leaf works.",
     .rules = RULES(VTD_SS_10, VTD_SS_07, AMD_PERM_12, AMD_HPT_08),
     .needs = NEEDS_DMA_WRITE | NEEDS_WRITE_ONLY)
{
	struct span s = map_leaves(b, 1, PT_WRITE);

	expect_write_lands(b, &s, 0);
}

TEST(permission, write_only_refuses_reads,
     .claim = "A read of a write-only leaf is refused and recorded.",
     .rules = RULES(VTD_SS_10, VTD_SS_08, AMD_PERM_12, AMD_HPT_08, AMD_PERM_02),
     .needs = NEEDS_DMA_READ | NEEDS_WRITE_ONLY, .faults = true)
{
	struct span s = map_leaves(b, 1, PT_WRITE);

	expect_read_refused(b, leaf(&s, 0), IOMMU_REFUSE_READ);
}

TEST(permission, read_only_neighbour_changes_nothing,
     .claim = "A read-only leaf leaves its writable neighbours writable.",
     .rules = RULES(VTD_SS_07, VTD_FS_08, AMD_HPT_08, AMD_GT_19),
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span s = map_leaves(b, 3, RW);

	protect_quietly(b, &s, 1, PT_READ);
	flush_leaves(b, &s);
	expect_write_refused(b, leaf(&s, 1), IOMMU_REFUSE_WRITE);
	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &s, 2);
}

TEST(permission, read_only_table_refuses_writes,
     .claim = "A write is refused where a table entry at any level lacks write permission.",
     .rules = RULES(VTD_SS_07, VTD_FS_08, AMD_HPT_08, AMD_GT_19, AMD_PERM_11),
     .needs = NEEDS_DMA_WRITE | NEEDS_TABLE_PROT, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		protect_level_quietly(b, &s, 0, level, PT_READ);
		flush_domain(b);
		expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
		protect_level_quietly(b, &s, 0, level, RW);
		flush_domain(b);
		expect_write_lands(b, &s, 0);
	}
}

TEST(permission, read_only_table_allows_reads,
     .claim = "A read works where a table entry at any level lacks only write permission.",
     .rules = RULES(VTD_SS_07, VTD_FS_07, AMD_HPT_08, AMD_GT_19),
     .needs = NEEDS_DMA_READ | NEEDS_TABLE_PROT)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		protect_level_quietly(b, &s, 0, level, PT_READ);
		flush_domain(b);
		expect_read_sees(b, &s, 0);
		protect_level_quietly(b, &s, 0, level, RW);
	}
}

TEST(permission, write_only_table_refuses_reads,
     .claim = "A read is refused where a table entry at any level lacks read permission.",
     .rules = RULES(VTD_SS_07, VTD_SS_08, AMD_HPT_08, AMD_PERM_11),
     .needs = NEEDS_DMA_READ | NEEDS_TABLE_PROT | NEEDS_WRITE_ONLY, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		protect_level_quietly(b, &s, 0, level, PT_WRITE);
		flush_domain(b);
		expect_read_refused(b, leaf(&s, 0), IOMMU_REFUSE_READ);
		protect_level_quietly(b, &s, 0, level, RW);
		flush_domain(b);
		expect_read_sees(b, &s, 0);
	}
}

TEST(permission, upgrade_needs_a_flush_at_most,
     .claim = "A read-only leaf that becomes writable is writable after the flush.",
     .rules = RULES(VTD_SS_07, VTD_FS_08, AMD_HPT_08, AMD_GT_19),
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span s = map_leaves(b, 1, PT_READ);

	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
	protect_quietly(b, &s, 0, RW);
	flush_leaves(b, &s);
	expect_write_lands(b, &s, 0);
}

TEST(permission, downgrade_holds_after_the_flush,
     .claim = "A writable leaf that becomes read-only refuses writes after the flush.",
     .rules = RULES(VTD_SS_07, VTD_FS_08, AMD_HPT_08, AMD_GT_19),
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	protect_quietly(b, &s, 0, PT_READ);
	flush_leaves(b, &s);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
}
