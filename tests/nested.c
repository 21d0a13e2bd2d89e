/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Nested translation: a second table, the parent, translates every address that the first one holds, of its
 * own tables and of its leaves.
 */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(nested, output_goes_through_parent,
     .claim = "What a nested leaf leads to is found through the parent.",
     .rules = RULES(VTD_NEST_01, VTD_NEST_02, AMD_GT_07),
     .needs = NEEDS_NESTED | NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 2, RW);
	uint8_t *other = fresh_window(b);

	parent_remap_quietly(b, s.window[0], other);
	flush_parent(b, s.window[0]);
	expect_write_lands_in(b, leaf(&s, 0), other, write_bytes(b, 64));
	expect_write_lands(b, &s, 1);
}

/* Two leaves with the same index in different tables; the parent gives the first the table of the second. */
TEST(nested, tables_go_through_parent,
     .claim = "The tables of a nested walk are found through the parent, at every level.",
     .rules = RULES(VTD_NEST_01, AMD_GT_07),
     .needs = NEEDS_NESTED | NEEDS_DMA_WRITE)
{
	unsigned leaves = BIT(b->regime->format->index_bits);
	iova_t at = aligned_iova(b, 2 * leaves);
	struct span one = map_leaves_at(b, at, 1, RW);
	struct span two = map_leaves_at(b, iova_add(at, (uint64_t)leaves << b->leaf_lg2), 1, RW);
	iova_t meant = iova_add(at, leaf(&two, 0).v - two.iova.v);
	const void *table = table_page(b, &one, 0, leaf_level(b));

	parent_remap_quietly(b, table, table_page(b, &two, 0, leaf_level(b)));
	flush_parent(b, table);
	expect_write_lands_in(b, meant, two.window[0], write_bytes(b, 64));
}

TEST(nested, smaller_leaf_counts,
     .claim = "A translation reaches no further than the smaller leaf of the two stages.",
     .rules = RULES(VTD_NEST_08, AMD_SP_06),
     .needs = NEEDS_NESTED | NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *next = s.window[0] + PAGE_SIZE, *other = fresh_window(b);

	if (b->leaf_lg2 == PAGE_LG2)
		skip(b, "a leaf larger than the parent's");
	parent_remap_quietly(b, next, other);
	flush_parent(b, next);
	expect_write_lands(b, &s, 0);
	expect_write_lands_in(b, iova_add(leaf(&s, 0), PAGE_SIZE), other, write_bytes(b, 64));
}

TEST(nested, parent_invalidation_ends_translations,
     .claim = "A page-selective invalidation of the parent ends nested translations that came by that page.",
     .rules = RULES(VTD_INV_09, AMD_INV_08),
     .needs = NEEDS_NESTED | NEEDS_DMA_WRITE | NEEDS_RANGE)
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *other = fresh_window(b);
	bool stale;

	expect_write_lands(b, &s, 0);
	parent_remap_quietly(b, s.window[0], other);
	stale = write_reaches(b, leaf(&s, 0), s.window[0]);
	flush_parent(b, s.window[0]);
	expect_write_lands_in(b, leaf(&s, 0), other, write_bytes(b, 64));
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(nested, parent_invalidation_ends_tables,
     .claim = "A page-selective invalidation of the parent ends cached tables that were found by that page.",
     .rules = RULES(VTD_INV_09, AMD_INV_08),
     .needs = NEEDS_NESTED | NEEDS_DMA_WRITE | NEEDS_RANGE)
{
	unsigned leaves = BIT(b->regime->format->index_bits);
	iova_t at = aligned_iova(b, 2 * leaves);
	struct span one = map_leaves_at(b, at, 1, RW);
	struct span two = map_leaves_at(b, iova_add(at, (uint64_t)leaves << b->leaf_lg2), 1, RW);
	const void *table = table_page(b, &one, 0, leaf_level(b));
	bool stale;

	remap_quietly(b, &two, 0, twin_window(b, &one, 0));
	expect_write_lands(b, &one, 0);
	parent_remap_quietly(b, table, table_page(b, &two, 0, leaf_level(b)));
	flush_leaves(b, &one);		/* the translation goes; the table that it was found in need not */
	stale = write_reaches(b, leaf(&one, 0), one.window[0]);
	flush_parent(b, table);
	expect_write_lands_in(b, leaf(&one, 0), two.window[0], write_bytes(b, 64));
	if (!stale)
		unproven(b, "no stale table was seen before the invalidation");
}

TEST(nested, both_stages_mark,
     .claim = "A nested access marks the leaf of both stages: accessed by any, dirty by a write.",
     .rules = RULES(VTD_AD_29, VTD_AD_08, VTD_AD_09, AMD_AD_45),
     .needs = NEEDS_NESTED | NEEDS_DIRTY | NEEDS_DMA_READ | NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 3, RW);

	expect_read_sees(b, &s, 0);
	expect_write_lands(b, &s, 1);
	expect_accessed(b, &s, "AA-");
	expect_dirty(b, &s, "-D-");
	expect_parent(b, s.window[0], "A-");
	expect_parent(b, s.window[1], "AD");
	expect_parent(b, s.window[2], "--");
}

TEST(nested, parent_marks_alone,
     .claim = "A nested write marks the parent's leaf dirty where the first stage's is dirty already.",
     .rules = RULES(VTD_AD_29, AMD_AD_45),
     .needs = NEEDS_NESTED | NEEDS_DIRTY | NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 1, RW);

	mark_quietly(b, &s, 0, true, true);
	expect_write_lands(b, &s, 0);
	expect_parent(b, s.window[0], "AD");
	parent_clear_quietly(b, s.window[0]);
	flush_parent(b, s.window[0]);
	expect_write_lands(b, &s, 0);
	expect_parent(b, s.window[0], "AD");
	expect_dirty(b, &s, "D");
}

TEST(nested, marking_tables_dirties_them,
     .claim = "A flag that hardware sets in a nested table makes the page of that table dirty in the parent.",
     .rules = RULES(VTD_AD_29, VTD_AD_30, AMD_AD_35),
     .needs = NEEDS_NESTED | NEEDS_DIRTY | NEEDS_DMA_READ)
{
	struct span s = map_leaves(b, 1, RW);

	expect_read_sees(b, &s, 0);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++) {
		note(b, "level %u", level);
		expect_parent(b, table_page(b, &s, 0, level), "AD");
		parent_clear_quietly(b, table_page(b, &s, 0, level));
	}
	flush_all(b);
	expect_read_sees(b, &s, 0);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++)
		expect_parent(b, table_page(b, &s, 0, level), "A?");
}
