/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Dirty flags. Dirty means that the device wrote to the output address. One lost flag is one corrupted
 * page of a migrated machine: after a flush, every write marks again; a read, a refused write and a
 * neighbour's write never mark.
 */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(dirty, set_by_write,
     .claim = "A completed write has set the dirty flag of the leaf that it used.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, VTD_AD_24, AMD_AD_15),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 0);
	expect_dirty(b, &s, "D-");
}

TEST(dirty, set_with_accessed,
     .claim = "A leaf with its dirty flag set has its accessed flag set.",
     .rules = RULES(VTD_AD_05, VTD_AD_08, VTD_AD_09, AMD_AD_05, AMD_AD_47),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 3, RW);

	expect_write_lands(b, &s, 1);
	expect_dirty(b, &s, "-D-");
	expect_accessed(b, &s, "-A-");
}

TEST(dirty, read_leaves_pages_clean,
     .claim = "A DMA read never sets a dirty flag.",
     .rules = RULES(VTD_AD_10, AMD_AD_10, AMD_AD_44),
     .needs = NEEDS_DMA_READ | NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 2, RW);

	expect_read_sees(b, &s, 0);
	expect_write_lands(b, &s, 1);
	expect_dirty(b, &s, "-D");
}

TEST(dirty, neighbours_stay_clean,
     .claim = "A write marks its own leaf and no neighbour.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, AMD_AD_44),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 5, RW);

	expect_write_lands(b, &s, 1);
	expect_write_lands(b, &s, 3);
	expect_dirty(b, &s, "-D-D-");
}

TEST(dirty, crossing_marks_both,
     .claim = "A write that crosses from one leaf into the next marks both.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, VTD_ADDR_03, AMD_HPT_20, AMD_AD_15),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_edge(b, RW);
	uint32_t bytes = write_bytes(b, 64);

	device_writes(b, iova_add(leaf(&s, 1), -(uint64_t)(bytes / 2)), bytes);
	expect_dirty(b, &s, "DD");
}

TEST(dirty, refused_write_leaves_clean,
     .claim = "A write that permissions refuse never sets a dirty flag.",
     .rules = RULES(VTD_AD_13, AMD_AD_44),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY, .faults = true)
{
	struct span s = map_leaves(b, 2, RW);

	protect_quietly(b, &s, 0, PT_READ);
	flush_leaves(b, &s);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
	expect_write_lands(b, &s, 1);
	expect_dirty(b, &s, "-D");
}

TEST(dirty, write_refused_above_leaves_clean,
     .claim = "A write that a table entry refuses never sets the dirty flag of the leaf below.",
     .rules = RULES(VTD_AD_13, AMD_AD_44),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY | NEEDS_TABLE_PROT, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		protect_level_quietly(b, &s, 0, level, PT_READ);
		flush_domain(b);
		expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
		expect_dirty(b, &s, "-");
		protect_level_quietly(b, &s, 0, level, RW);
	}
	flush_domain(b);
	expect_write_lands(b, &s, 0);
	expect_dirty(b, &s, "D");
}

TEST(dirty, blocked_source_leaves_clean,
     .claim = "A write of a blocked source never sets a dirty flag.",
     .rules = RULES(VTD_AD_13, VTD_AD_44, AMD_AD_44, AMD_AD_46),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY | NEEDS_SELF_CONTAINED, .sweep = SWEEP_ENGINES,
     .faults = true)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 1);
	detach(b);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	expect_dirty(b, &s, "-D");
}

TEST(dirty, write_after_read_marks,
     .claim = "A write through a translation that a read has cached sets the dirty flag.",
     .rules = RULES(VTD_AD_18, VTD_AD_05, VTD_AD_09, AMD_AD_23),
     .needs = NEEDS_DMA_READ | NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 1, RW);

	expect_read_sees(b, &s, 0);
	expect_dirty(b, &s, "-");
	expect_write_lands(b, &s, 0);
	expect_dirty(b, &s, "D");
}

TEST(dirty, set_where_accessed_is_set,
     .claim = "A write sets the dirty flag of a leaf whose accessed flag is set already.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, AMD_AD_15),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 1, RW);

	mark_quietly(b, &s, 0, true, false);
	flush_leaves(b, &s);
	expect_write_lands(b, &s, 0);
	expect_dirty(b, &s, "D");
}

TEST(dirty, set_again_after_clear,
     .claim = "After the dirty flag was taken back and flushed, the next write sets it again.",
     .rules = RULES(VTD_AD_20, VTD_AD_23, AMD_AD_42),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 0);
	expect_dirty(b, &s, "D-");
	for (unsigned round = 0; round < 3; round++) {
		clear_dirty(b, &s);
		expect_dirty(b, &s, "--");
		expect_write_lands(b, &s, 0);
		expect_dirty(b, &s, "D-");
	}
}

TEST(dirty, set_again_after_both_were_cleared,
     .claim = "After accessed and dirty were taken back and flushed, the next write sets both again.",
     .rules = RULES(VTD_AD_20, AMD_AD_18, AMD_AD_42),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 2, RW);

	for (unsigned round = 0; round < 3; round++) {
		expect_write_lands(b, &s, 1);
		expect_dirty(b, &s, "-D");
		expect_accessed(b, &s, "-A");
		clear_accessed(b, &s);
		clear_dirty(b, &s);
		expect_dirty(b, &s, "--");
		expect_accessed(b, &s, "--");
	}
}

TEST(dirty, stays_set,
     .claim = "The unit never clears a dirty flag.",
     .rules = RULES(VTD_AD_14, AMD_AD_16),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 0);
	flush_all(b);
	expect_write_lands(b, &s, 0);
	flush_leaves(b, &s);
	expect_write_lands(b, &s, 1);
	expect_dirty(b, &s, "DD");
}

TEST(dirty, any_part_of_a_leaf_marks_it,
     .claim = "A write at any place of a page sets the dirty flag of its leaf.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, AMD_AD_15, AMD_AD_42),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t bytes = write_bytes(b, 4);
	uint32_t last = (uint32_t)PAGE_SIZE - bytes;

	for (unsigned i = 0; i < 4; i++) {
		device_writes(b, iova_add(leaf(&s, 0), last / 3 * i / 64 * 64), bytes);
		expect_dirty(b, &s, "D");
		clear_accessed(b, &s);
		clear_dirty(b, &s);
		expect_dirty(b, &s, "-");
	}
}

TEST(dirty, any_page_of_a_large_leaf_marks_it,
     .claim = "A large leaf that was taken back and flushed as a whole is marked by a write to any of its pages.",
     .rules = RULES(VTD_AD_45, VTD_AD_20, AMD_AD_42),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_edge(b, RW);

	if (b->leaf_lg2 == PAGE_LG2 || s.oa[0].v != s.oa[1].v)
		skip(b, "a leaf with memory at both of its ends");
	for (unsigned round = 0; round < 3; round++) {
		expect_write_lands(b, &s, 0);		/* its last page */
		expect_dirty(b, &s, "D-");
		clear_accessed(b, &s);
		clear_dirty(b, &s);
		expect_write_lands_in(b, s.iova, s.window[1], write_bytes(b, 64));
		expect_dirty(b, &s, "D-");
		clear_accessed(b, &s);
		clear_dirty(b, &s);
	}
}

TEST(dirty, random_writes_match_an_oracle,
     .claim = "After random writes exactly the written leaves are dirty.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, VTD_AD_24, AMD_AD_15, AMD_AD_44),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, SPAN_LEAVES_MAX, RW);

	for (unsigned round = 0; round < 4; round++) {
		char picture[SPAN_LEAVES_MAX + 1] = "----------------";

		for (unsigned n = 0; n < 6; n++) {
			unsigned i = (unsigned)random_below(b, s.count);

			expect_write_lands(b, &s, i);
			picture[i] = 'D';
		}
		expect_dirty(b, &s, picture);
		clear_accessed(b, &s);
		clear_dirty(b, &s);
	}
}

TEST(dirty, unmapped_and_mapped_again_is_clean,
     .claim = "A leaf that was unmapped, flushed and mapped again starts clean and is marked anew.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, AMD_AD_15),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 1, RW);
	struct span again;

	expect_write_lands(b, &s, 0);
	unmap_quietly(b, &s, 0);
	flush_leaves(b, &s);
	again = map_leaves_at(b, s.iova, 1, RW);
	expect_dirty(b, &again, "-");
	expect_write_lands(b, &again, 0);
	expect_dirty(b, &again, "D");
}

TEST(dirty, other_domain_stays_clean,
     .claim = "A write marks the table of its own domain and no other table that maps the same IOVA.",
     .rules = RULES(VTD_AD_05, VTD_AD_09, AMD_AD_44),
     .needs = NEEDS_DMA_WRITE | NEEDS_DIRTY, .sweep = SWEEP_ENGINES)
{
	struct span s = map_leaves(b, 1, RW);
	struct hwpt *other = second_hwpt(b);
	struct span t = map_leaves_in(b, other, s.iova, 1, RW);

	expect_write_lands(b, &s, 0);
	expect_dirty(b, &s, "D");
	expect_dirty_in(b, other, &t, "-");
	attach(b, other);
	clear_accessed(b, &s);
	clear_dirty(b, &s);
	expect_write_lands(b, &t, 0);
	expect_dirty_in(b, other, &t, "D");
	expect_dirty(b, &s, "-");
}

TEST(dirty, not_tracked_unless_asked,
     .claim = "Without dirty tracking no flag of a second-stage table changes.",
     .rules = RULES(VTD_AD_07, VTD_SS_13, AMD_AD_03),
     .needs = NEEDS_DMA_WRITE | NEEDS_SECOND_STAGE)
{
	struct span s = map_leaves(b, 2, RW);

	require(b, !b->hwpt.dirty_tracking, "the case's table has dirty tracking on");
	expect_write_lands(b, &s, 0);
	expect_table_unchanged(b);
}

TEST(dirty, storm_loses_no_write,
     .claim = "While a device writes without end, what it writes after a page was harvested marks the page again.",
     .rules = RULES(VTD_AD_20, VTD_AD_23, VTD_AD_15, AMD_AD_43),
     .needs = NEEDS_DMA_WRITE | NEEDS_DMA_STORM | NEEDS_DIRTY, .sweep = SWEEP_ENGINES)
{
	struct span s = map_leaves(b, 8, RW);
	unsigned taken = 0;

	device_storms(b, &s);
	for (unsigned n = 0; n < 64; n++)
		taken += harvest(b);
	storm_ends(b);
	(void)harvest(b);
	expect_harvested(b);
	expect_dirty(b, &s, "--------");
	if (taken <= s.count)
		unproven(b, "the device did not write between the harvests");
}
