/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* AtomicOps: a read and a write in one, which need the rights of both and mark like both. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(atomic, each_kind_lands,
     .claim = "A fetch-and-add, a swap and a compare-and-swap change the word that the leaf leads to.",
     .rules = RULES(VTD_SS_07, VTD_FS_08, AMD_HPT_21),
     .needs = NEEDS_DMA_ATOMIC)
{
	struct span s = map_leaves(b, 2, RW);

	expect_atomic_lands(b, &s, 0, DMA_ADD);
	expect_atomic_lands(b, &s, 1, DMA_SWAP);
	expect_atomic_lands(b, &s, 0, DMA_COMPARE_SWAP);
}

TEST(atomic, read_only_refuses,
     .claim = "An AtomicOp on a read-only leaf is refused, recorded as one, and changes nothing.",
     .rules = RULES(VTD_SS_07, VTD_SS_08, VTD_FS_08, VTD_FLT_11, AMD_HPT_21),
     .needs = NEEDS_DMA_ATOMIC, .faults = true)
{
	struct span s = map_leaves(b, 1, PT_READ);

	expect_atomic_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
}

TEST(atomic, write_only_refuses,
     .claim = "An AtomicOp on a write-only leaf is refused, recorded as one, and changes nothing.",
     .rules = RULES(VTD_SS_07, VTD_SS_08, VTD_FLT_11, AMD_HPT_21),
     .needs = NEEDS_DMA_ATOMIC | NEEDS_DMA_WRITE | NEEDS_WRITE_ONLY, .faults = true)
{
	struct span s = map_leaves(b, 1, PT_WRITE);

	expect_atomic_refused(b, leaf(&s, 0), IOMMU_REFUSE_READ);
	expect_write_lands(b, &s, 0);
}

TEST(atomic, tables_refuse,
     .claim = "An AtomicOp is refused where a table entry at any level lacks write permission.",
     .rules = RULES(VTD_SS_07, VTD_FS_08, AMD_HPT_21),
     .needs = NEEDS_DMA_ATOMIC | NEEDS_TABLE_PROT, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		protect_level_quietly(b, &s, 0, level, PT_READ);
		flush_domain(b);
		expect_atomic_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
		protect_level_quietly(b, &s, 0, level, RW);
		flush_domain(b);
		expect_atomic_lands(b, &s, 0, DMA_SWAP);
	}
}

TEST(atomic, unmapped_is_refused,
     .claim = "An AtomicOp at an address that nothing maps is refused and recorded as one.",
     .rules = RULES(VTD_SS_03, VTD_FS_04, VTD_LEG_15, VTD_FLT_11, AMD_HPT_03, AMD_GT_18),
     .needs = NEEDS_DMA_ATOMIC, .faults = true, .sweep = SWEEP_ENGINES)
{
	struct span hole = unmapped_leaves(b, 1);

	expect_atomic_refused(b, leaf(&hole, 0), IOMMU_REFUSE_NOT_PRESENT);
}

TEST(atomic, sets_accessed_and_dirty,
     .claim = "An AtomicOp sets the accessed and the dirty flag of its leaf, of whatever kind it is.",
     .rules = RULES(VTD_AD_11, AMD_AD_15, AMD_AD_47),
     .needs = NEEDS_DMA_ATOMIC | NEEDS_DIRTY | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 4, RW);

	expect_atomic_lands(b, &s, 0, DMA_ADD);
	expect_atomic_lands(b, &s, 1, DMA_SWAP);
	expect_atomic_lands(b, &s, 3, DMA_COMPARE_SWAP);
	expect_dirty(b, &s, "DD-D");
	expect_accessed(b, &s, "AA-A");
}

TEST(atomic, marks_after_a_read,
     .claim = "An AtomicOp through a translation that a read has cached sets the dirty flag.",
     .rules = RULES(VTD_AD_11, VTD_AD_18, AMD_AD_23),
     .needs = NEEDS_DMA_ATOMIC | NEEDS_DMA_READ | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 1, RW);

	expect_read_sees(b, &s, 0);
	expect_dirty(b, &s, "-");
	expect_atomic_lands(b, &s, 0, DMA_ADD);
	expect_dirty(b, &s, "D");
}

TEST(atomic, refused_leaves_clean,
     .claim = "An AtomicOp that permissions refuse never sets a dirty flag.",
     .rules = RULES(VTD_AD_13, AMD_AD_44),
     .needs = NEEDS_DMA_ATOMIC | NEEDS_DIRTY, .faults = true)
{
	struct span s = map_leaves(b, 2, RW);

	protect_quietly(b, &s, 0, PT_READ);
	flush_leaves(b, &s);
	expect_atomic_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
	expect_atomic_lands(b, &s, 1, DMA_ADD);
	expect_dirty(b, &s, "-D");
}
