/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d accessed and dirty flags where a PASID entry says more of them than a driver asks for (3.6.2, 3.10, 9.6). */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_READ | NEEDS_DMA_WRITE | NEEDS_ACCESSED | NEEDS_DIRTY | NEEDS_SCALABLE)

/* 9.7, 9.8 */
static uint64_t accessed_bit(const struct bench *b)
{
	return b->regime->stage == IOMMU_STAGE_FIRST ? BIT64(5) : BIT64(8);
}

static uint64_t dirty_bit(const struct bench *b)
{
	return b->regime->stage == IOMMU_STAGE_FIRST ? BIT64(6) : BIT64(9);
}

#define EXTENDED_ACCESSED	BIT64(10)

static void change(struct bench *b, uint64_t *word, uint64_t set, uint64_t clear)
{
	arch_store64(word, (arch_load64(word) & ~clear) | set);
	arch_flush(word, sizeof(*word));
	published(b, word, 1);
}

TEST(vtd_flags, extended_accessed_is_set,
     .claim = "With EAFE set every entry on a walk gets its extended-accessed and its accessed flag.",
     .rules = RULES(VTD_AD_03), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_FIRST_STAGE)
{
	struct span s = map_leaves(b, 2, RW);
	uint64_t *entry = pasid_words(b), both = EXTENDED_ACCESSED | accessed_bit(b);
	struct plant planted;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_EAFS))
		skip(b, "a unit with extended-accessed flags (ECAP.EAFS)");
	planted = plant(b, &entry[2], entry[2] | VTD_PE2_EAFE);
	expect_read_sees(b, &s, 0);
	expect_write_lands(b, &s, 1);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++) {
		for (unsigned i = 0; i < s.count; i++) {
			uint64_t *word = table_word(b, leaf(&s, i), level);

			note(b, "leaf %u, level %u", i, level);
			expect_equal(b, "flags of the entry", *word & both, both);
		}
	}
	expect_dirty(b, &s, "-D");
	withdraw(b, &planted);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++) {
		for (unsigned i = 0; i < s.count; i++)
			change(b, table_word(b, leaf(&s, i), level), 0, EXTENDED_ACCESSED);
	}
}

static void write_back(const struct pt *pt)
{
	for (unsigned i = 0; i < pt->page_count; i++)
		arch_flush(pt->pages[i], PAGE_SIZE);
}

/* From here on the unit need not see what is in the CPU's caches: all of the tables is written back. */
static struct plant unsnoop(struct bench *b)
{
	uint64_t *entry = pasid_words(b);

	write_back(&b->hwpt.pt);
	if (b->hwpt.parent != NULL)
		write_back(&b->hwpt.parent->pt);
	return plant(b, &entry[1], entry[1] & ~VTD_PE1_PWSNP);
}

/* A write that needs a flag: refused, and no entry on its walk has changed. */
static void expect_flag_refused(struct bench *b, iova_t at)
{
	uint64_t before[PT_LEVELS_MAX] = { 0 };

	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++)
		before[level] = *table_word(b, at, level);
	expect_write_fault(b, at, b->regime->stage == IOMMU_STAGE_FIRST ? 0x90 : 0x7c, 0);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++)
		expect_equal(b, "an entry of the walk", *table_word(b, at, level), before[level]);
}

TEST(vtd_flags, unsnooped_walk_sets_none, .faults = true,
     .claim = "A walk that is not snooped refuses what needs a flag set, and changes no entry.",
     .rules = RULES(VTD_AD_25, VTD_AD_26, VTD_SNP_02), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE)
{
	struct span s = map_leaves(b, 2, RW);
	struct plant planted = unsnoop(b);

	if (b->hwpt.parent != NULL) {		/* flags of the second stage are needed first */
		expect_write_fault(b, leaf(&s, 0), b->hwpt.parent->dirty_tracking ? 0x7c : 0x90, 0);
		parent_mark_all_quietly(b);
		write_back(&b->hwpt.parent->pt);
		flush_all(b);
	}
	expect_flag_refused(b, leaf(&s, 0));
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++) {
		change(b, table_word(b, leaf(&s, 0), level), accessed_bit(b), 0);
		change(b, table_word(b, leaf(&s, 1), level), accessed_bit(b), 0);
	}
	expect_flag_refused(b, leaf(&s, 1));		/* dirty is missing */
	expect_read_sees(b, &s, 1);
	change(b, table_word(b, leaf(&s, 1), leaf_level(b)), dirty_bit(b), 0);
	flush_all(b);
	expect_write_lands(b, &s, 1);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);			/* flags are set again */
}

TEST(vtd_flags, extended_accessed_rests, .vendor = "vtd",
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_FIRST_STAGE,
     .claim = "Without EAFE the extended accessed flag is neither written nor looked at.",
     .rules = RULES(VTD_AD_04))
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++)
		expect_equal(b, "EA", *table_word(b, leaf(&s, 0), level) & EXTENDED_ACCESSED, 0);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++)
		change(b, table_word(b, leaf(&s, 0), level), EXTENDED_ACCESSED, 0);
	flush_all(b);
	expect_write_lands(b, &s, 0);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++)
		expect_equal(b, "EA", *table_word(b, leaf(&s, 0), level) & EXTENDED_ACCESSED,
			     EXTENDED_ACCESSED);
}

TEST(vtd_flags, dirty_of_tables_is_ignored, .vendor = "vtd",
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_FIRST_STAGE,
     .claim = "Bit 6 of a first-stage entry that leads to a table is neither written nor looked at.",
     .rules = RULES(VTD_AD_06))
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		note(b, "level %u", level);
		expect_equal(b, "bit 6", *table_word(b, leaf(&s, 0), level) & dirty_bit(b), 0);
	}
	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++)
		change(b, table_word(b, leaf(&s, 0), level), dirty_bit(b), 0);
	flush_all(b);
	expect_write_lands(b, &s, 0);
	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++)
		expect_equal(b, "bit 6", *table_word(b, leaf(&s, 0), level) & dirty_bit(b),
			     dirty_bit(b));
}

TEST(vtd_flags, tracking_turned_on_marks, .vendor = "vtd",
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_SCALABLE | NEEDS_SECOND_STAGE,
     .claim = "SSADE that is set in a present entry marks, once its PASID and its domain are invalidated.",
     .rules = RULES(VTD_AD_38))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b), *word = table_word(b, leaf(&s, 0), leaf_level(b));
	uint64_t did = (uint64_t)b->hwpt.domain_id << 16;
	struct plant planted;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_SSADS))
		skip(b, "second-stage flags (ECAP.SSADS)");
	expect_write_lands(b, &s, 0);
	expect_equal(b, "D without SSADE", *word & dirty_bit(b), 0);
	planted = plant_quietly(b, entry, *entry | VTD_PE0_SSADE);
	submit(b, VTD_QI_PASID | (uint64_t)VTD_PC_PASID << 4 | did, 0, 0, 0);
	submit(b, VTD_QI_IOTLB | (uint64_t)VTD_TLB_DOMAIN << 4 | did, 0, 0, 0);
	settle(b);
	expect_write_lands(b, &s, 0);
	flush_all(b);
	expect_equal(b, "D with SSADE", *word & dirty_bit(b), dirty_bit(b));
	withdraw(b, &planted);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++)
		change(b, table_word(b, leaf(&s, 0), level), 0, accessed_bit(b) | dirty_bit(b));
}
