/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Translation: an IOVA reaches the memory that the tables name for it, and no other. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(translate, write_lands,
     .claim = "A DMA write to a mapped IOVA lands at the mapped address and nowhere else.",
     .rules = RULES(VTD_SS_01, VTD_SS_02, VTD_FS_03, AMD_HPT_02, AMD_GT_16, AMD_GT_06),
     .basic = true, .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
}

TEST(translate, read_sees,
     .claim = "A DMA read of a mapped IOVA returns the bytes at the mapped address.",
     .rules = RULES(VTD_SS_01, VTD_SS_02, VTD_FS_03, AMD_HPT_02, AMD_GT_16, AMD_GT_06),
     .basic = true, .needs = NEEDS_DMA_READ)
{
	struct span s = map_leaves(b, 1, RW);

	expect_read_sees(b, &s, 0);
}

TEST(translate, neighbours_stay_apart,
     .claim = "Neighbouring leaves lead to their own memory each.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 4, RW);

	for (unsigned i = s.count; i-- > 0;)
		expect_write_lands(b, &s, i);
}

TEST(translate, transfer_crosses_leaves,
     .claim = "A transfer that crosses from one leaf into the next is split at the boundary.",
     .rules = RULES(VTD_ADDR_03, AMD_HPT_20),
     .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_edge(b, RW);
	uint32_t bytes = write_bytes(b, 64);
	uint32_t before = bytes / 2;
	uint8_t *tail = s.window[0] + PAGE_SIZE - before;

	device_writes(b, iova_add(leaf(&s, 1), -(uint64_t)before), bytes);
	expect(b, !memory_is_poison(tail, before), "the end of the first leaf was not written");
	expect(b, !memory_is_poison(s.window[1], bytes - before),
	       "the start of the second leaf was not written");
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE - before),
	       "the first leaf was written before the transfer's start");
	expect(b, memory_is_poison(s.window[1] + bytes - before, PAGE_SIZE - (bytes - before)),
	       "the second leaf was written beyond the transfer's end");
}

TEST(translate, takes_place,
     .claim = "A DMA write reaches the memory that the table names, not the address that the device gives.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED, .sweep = SWEEP_REGIMES, .premise = true)
{
	const uint8_t *decoy;
	struct span s = map_decoy(b, RW, &decoy);

	(void)device_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	expect(b, memory_is_poison(decoy, PAGE_SIZE),
	       "DMA is not translated: it reached memory at the address that the device gave");
	expect_write_lands(b, &s, 0);
}

TEST(translate, many_to_one,
     .claim = "Two IOVAs that map the same memory both reach it.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 1, RW);
	struct span twin = map_alias(b, &s, 0, RW);

	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &twin, 0);
}

TEST(translate, memory_above_4g,
     .claim = "A leaf leads to memory above 4 GiB as to any other.",
     .rules = RULES(VTD_SS_01, VTD_SS_02, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_high_leaf(b, RW), low = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &low, 0);
}

TEST(translate, tables_above_4g,
     .claim = "Page tables above 4 GiB translate as any others.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE)
{
	struct hwpt *hwpt = second_hwpt_high(b);
	struct span s = map_leaves_in(b, hwpt, aligned_iova(b, 1), 1, RW);

	attach(b, hwpt);
	expect_write_lands(b, &s, 0);
}

TEST(translate, first_iova,
     .claim = "IOVA 0 is an address like any other.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_leaves_at(b, iova(0), 1, RW);

	expect_write_lands(b, &s, 0);
}

TEST(translate, last_iova,
     .claim = "The last leaf below the address width is translated.",
     .rules = RULES(VTD_ADDR_01, VTD_LEG_14, VTD_FS_01, AMD_DTE_10, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE)
{
	uint64_t end = BIT64(iova_bits(b));
	struct span s = map_leaves_at(b, iova(end - BIT64(b->leaf_lg2)), 1, RW);

	expect_write_lands(b, &s, 0);
}

TEST(translate, beyond_width_is_refused,
     .claim = "An IOVA beyond the address width is refused and recorded.",
     .rules = RULES(VTD_LEG_14, VTD_ADDR_01, VTD_ADDR_02, VTD_FS_01, AMD_HPT_01, AMD_DTE_10,
                    AMD_GT_29),
     .needs = NEEDS_DMA_WRITE | NEEDS_WIDE_ENGINE,
     .sweep = SWEEP_ENGINES, .faults = true)
{
	expect_write_refused(b, iova(BIT64(iova_bits(b))), IOMMU_REFUSE_WIDTH);
}

TEST(translate, each_level_selects,
     .claim = "Every level of the walk picks its entry by its own bits of the IOVA.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE)
{
	struct span base = map_leaves(b, 1, RW);
	unsigned bits = iova_bits(b);

	expect_write_lands(b, &base, 0);
	for (unsigned lg2 = PAGE_LG2; lg2 < bits; lg2 += b->regime->format->index_bits) {
		struct span apart;

		if (lg2 < b->leaf_lg2)
			continue;
		/* Of the largest leaves, every other window shares the base's block. */
		if (lg2 > b->leaf_lg2)
			(void)fresh_window(b);
		apart = map_leaves_at(b, iova(base.iova.v ^ BIT64(lg2)), 1, RW);
		expect_write_lands(b, &apart, 0);
		expect_write_lands(b, &base, 0);
	}
}

TEST(translate, each_iova_bit_counts,
     .claim = "Two IOVAs that differ in a single bit above the leaf never share a translation.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span base = map_leaves(b, 1, RW);

	expect_write_lands(b, &base, 0);
	for (unsigned bit = b->leaf_lg2; bit < iova_bits(b); bit++) {
		uint64_t other = base.iova.v ^ BIT64(bit);

		if (is_mapped(b, iova(other)))
			continue;
		expect_write_refused(b, iova(leaf(&base, 0).v ^ BIT64(bit)),
				     IOMMU_REFUSE_NOT_PRESENT);
	}
}

TEST(translate, each_start_and_length,
     .claim = "A transfer of any start and length moves exactly its own bytes.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES)
{
	struct span s = map_leaves(b, 1, RW);
	const struct dma_limits *limits = &b->engine->dma.limits;
	uint32_t most = MIN(limits->write_max, (uint32_t)PAGE_SIZE);

	for (uint32_t bytes = limits->write_min; bytes <= most; bytes *= 2) {
		uint32_t room = (uint32_t)PAGE_SIZE - bytes;
		uint32_t start = (uint32_t)random_below(b, room + 1);

		start -= start % limits->write_align;
		expect_write_lands_in(b, iova_add(leaf(&s, 0), start), s.window[0] + start, bytes);
	}
}

TEST(translate, leaf_sizes_mix,
     .claim = "Leaves of every size live side by side in one table.",
     .rules = RULES(VTD_SS_02, VTD_FS_03, AMD_HPT_11, AMD_SP_01, AMD_SP_05, AMD_GT_17),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES)
{
	for (unsigned lg2 = PAGE_LG2; lg2 < 40; lg2++) {
		struct span s;

		if (!(b->regime->leaf_sizes & BIT64(lg2)))
			continue;
		s = map_leaves_of(b, lg2, 2, RW);
		expect_write_lands(b, &s, 1);
		expect_write_lands(b, &s, 0);
	}
}

TEST(translate, each_level_count,
     .claim = "Tables of every level count that the unit offers are walked from their own root.",
     .rules = RULES(VTD_SS_01, VTD_FS_12, VTD_LEG_10, AMD_HPT_02, AMD_GT_11),
     .needs = NEEDS_DMA_WRITE | NEEDS_LEVELS)
{
	for (unsigned n = 1; n <= PT_LEVELS_MAX; n++) {
		struct hwpt *hwpt;
		struct span s;

		if (!(b->regime->level_counts & BIT(n)) || !levels_reach(b, n))
			continue;
		hwpt = second_hwpt_of(b, n);
		s = map_leaves_in(b, hwpt, iova(BIT64(b->leaf_lg2)), 1, RW);
		attach(b, hwpt);
		expect_write_lands(b, &s, 0);
	}
}

TEST(translate, unmapped_write_is_refused,
     .claim = "A DMA write to an unmapped IOVA is refused and recorded.",
     .rules = RULES(VTD_LEG_15, VTD_SS_03, VTD_FS_04, VTD_FLT_01, AMD_HPT_03, AMD_GT_18,
                    AMD_PERM_03, AMD_PERM_09),
     .basic = true, .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span s = unmapped_leaves(b, 1);

	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
}

TEST(translate, unmapped_read_is_refused,
     .claim = "A DMA read of an unmapped IOVA is refused and recorded.",
     .rules = RULES(VTD_LEG_15, VTD_SS_03, VTD_FS_04, VTD_FLT_01, AMD_HPT_03, AMD_GT_18,
                    AMD_PERM_03, AMD_PERM_09),
     .basic = true, .needs = NEEDS_DMA_READ, .faults = true)
{
	struct span s = unmapped_leaves(b, 1);

	expect_read_refused(b, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
}

TEST(translate, hole_between_leaves_is_refused,
     .claim = "A hole between two mapped leaves is refused, and the leaves still work.",
     .rules = RULES(VTD_LEG_15, VTD_SS_03, VTD_FS_04, AMD_HPT_03, AMD_GT_18),
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span s = map_leaves(b, 3, RW);

	unmap_quietly(b, &s, 1);
	flush_leaves(b, &s);
	expect_write_refused(b, leaf(&s, 1), IOMMU_REFUSE_NOT_PRESENT);
	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &s, 2);
}

TEST(translate, new_mapping_needs_no_flush,
     .claim = "A not-present entry that becomes present is used without an invalidation.",
     .rules = RULES(VTD_CACHE_02, VTD_FS_13, VTD_INV_35, AMD_INV_30, AMD_GT_23),
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span hole = unmapped_leaves(b, 1);
	struct span s;

	if (b->iommu->caps.caching_mode && b->regime->stage == IOMMU_STAGE_SECOND)
		skip(b, "the unit caches not-present entries (CAP.CM)");
	expect_write_refused(b, leaf(&hole, 0), IOMMU_REFUSE_NOT_PRESENT);
	s = map_leaves_at(b, hole.iova, 1, RW);
	expect_write_lands(b, &s, 0);
}
