/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d paging entries, bit by bit, at every level: not present, reserved, ignored, and where the output
 * may not lead (3.6, 3.7, 3.15, 9.7, 9.8). The tables of reserved bits are the specification's own, written
 * here a second time: the page-table code is not asked.
 */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED)

/*
 * 9.7, tables 34 to 40, and 9.8, tables 41 to 47: reserved bits of a present entry, by level from 0 up. SNP of
 * a leaf has a test of its own.
 */
static uint64_t reserved_bits(const struct bench *b, unsigned level)
{
	const struct vtd *vtd = raw_vtd(b);
	uint64_t bits = beyond_haw(b, 51);
	bool is_leaf = level == leaf_level(b);

	if (level >= 3)
		bits |= BIT64(7);
	if (is_leaf && level == 1)
		bits |= GENMASK64(20, 13);
	if (is_leaf && level == 2)
		bits |= GENMASK64(29, 13);
	if (b->regime->stage == IOMMU_STAGE_FIRST)
		return bits;
	if (is_leaf && level > 0)
		bits |= BIT64(12);
	if (!is_leaf)
		bits |= BIT64(11);
	/* Bit 62 of a leaf was TM before revision 4.0, legal where Device-TLBs are. */
	if (!is_leaf || !(vtd->ecap & VTD_ECAP_DT))
		bits |= BIT64(62);
	return bits;
}

static uint64_t ignored_bits(const struct bench *b)
{
	/* 9.7: 63:52, 11, 9. 9.8: what every revision ignores: 63, 60:52, 10. */
	return b->regime->stage == IOMMU_STAGE_FIRST ? GENMASK64(62, 52) | BIT64(11) | BIT64(9)
						     : BIT64(63) | GENMASK64(60, 52) | BIT64(10);
}

static unsigned not_present_reason(const struct bench *b)
{
	if (!b->regime->mode)
		return 0x05;
	return b->regime->stage == IOMMU_STAGE_FIRST ? 0x71 : 0x79;
}

static unsigned reserved_reason(const struct bench *b)
{
	if (!b->regime->mode)
		return 0x0c;
	return b->regime->stage == IOMMU_STAGE_FIRST ? 0x72 : 0x7a;
}

/* The bits that make an entry present. */
static uint64_t present_bits(const struct bench *b)
{
	return b->regime->stage == IOMMU_STAGE_FIRST ? BIT64(0) : BIT64(1) | BIT64(0);
}

TEST(vtd_entry, not_present_at_each_level,
     .claim = "An entry that is not present refuses at every level, whatever else it holds.",
     .rules = RULES(VTD_FS_04, VTD_SS_03, VTD_LEG_15), .vendor = "vtd", .needs = NEEDS_HERE, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++) {
		uint64_t *word = table_word(b, leaf(&s, 0), level);
		struct plant planted = plant(b, word, *word & ~present_bits(b));

		note(b, "level %u", level);
		expect_write_fault(b, leaf(&s, 0), not_present_reason(b), 0);
		(void)plant(b, word, (*word & ~present_bits(b)) | reserved_bits(b, level));
		expect_write_fault(b, leaf(&s, 0), not_present_reason(b), 0);
		withdraw(b, &planted);
	}
	expect_write_lands(b, &s, 0);
}

TEST(vtd_entry, reserved_bits_of_leaves,
     .claim = "Each reserved bit of a leaf refuses the access with the reason for reserved bits.",
     .rules = RULES(VTD_FS_04, VTD_SS_04, VTD_LEG_16), .vendor = "vtd", .needs = NEEDS_HERE, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);
	unsigned level = leaf_level(b);

	expect_each_bit_faults(b, table_word(b, leaf(&s, 0), level), reserved_bits(b, level),
			       leaf(&s, 0), reserved_reason(b));
	expect_write_lands(b, &s, 0);
}

TEST(vtd_entry, snoop_bit_without_snoop_control,
     .claim = "SNP of a second-stage leaf refuses the access where the unit has no snoop control.",
     .rules = RULES(VTD_SS_05), .vendor = "vtd", .needs = NEEDS_HERE | NEEDS_SECOND_STAGE, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	if (raw_vtd(b)->ecap & VTD_ECAP_SC)
		skip(b, "a unit without snoop control (ECAP.SC is set)");
	expect_each_bit_faults(b, table_word(b, leaf(&s, 0), leaf_level(b)), BIT64(11), leaf(&s, 0),
			       reserved_reason(b));
	expect_write_lands(b, &s, 0);
}

TEST(vtd_entry, reserved_bits_of_tables,
     .claim = "Each reserved bit of an entry that leads to a table refuses the access, at every level.",
     .rules = RULES(VTD_FS_04, VTD_SS_04, VTD_LEG_16), .vendor = "vtd", .needs = NEEDS_HERE, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		note(b, "level %u", level);
		expect_each_bit_faults(b, table_word(b, leaf(&s, 0), level),
				       reserved_bits(b, level), leaf(&s, 0), reserved_reason(b));
	}
	expect_write_lands(b, &s, 0);
}

TEST(vtd_entry, ignored_bits,
     .claim = "Ignored bits of an entry change nothing, at any level, and keep their value.",
     .rules = RULES(VTD_FS_05, VTD_SS_06, VTD_AD_15), .vendor = "vtd", .needs = NEEDS_HERE)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++) {
		uint64_t *word = table_word(b, leaf(&s, 0), level);
		struct plant planted = plant(b, word, *word | ignored_bits(b));

		note(b, "level %u", level);
		expect_write_lands(b, &s, 0);
		expect_equal(b, "ignored bits afterwards", *word & ignored_bits(b),
			     ignored_bits(b));
		planted.before |= *word & ~ignored_bits(b);
		withdraw(b, &planted);
	}
}

TEST(vtd_entry, execute_disable_is_ignored,
     .claim = "Bit 63 of a first-stage entry refuses no plain request.",
     .rules = RULES(VTD_FS_05), .vendor = "vtd", .needs = NEEDS_HERE | NEEDS_FIRST_STAGE)
{
	struct span s = map_leaves(b, 1, RW);

	expect_bits_ignored(b, table_word(b, leaf(&s, 0), leaf_level(b)), BIT64(63), &s, 0);
}

TEST(vtd_entry, global_is_ignored,
     .claim = "The global bit of a first-stage leaf does not keep its translation from being invalidated.",
     .rules = RULES(VTD_FS_06), .vendor = "vtd", .needs = NEEDS_HERE | NEEDS_FIRST_STAGE)
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *word = table_word(b, leaf(&s, 0), leaf_level(b));
	struct plant planted = plant(b, word, *word | BIT64(8));
	bool stale;

	expect_write_lands(b, &s, 0);
	planted.before |= *word & (BIT64(5) | BIT64(6));
	arch_store64(word, planted.before & ~BIT64(1));
	published(b, word, 1);
	stale = write_reaches(b, leaf(&s, 0), s.window[0]);
	flush_pasid(b);
	expect_write_fault(b, leaf(&s, 0), 0x85, 0);
	withdraw(b, &planted);
	published(b, planted.word, 1);
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(vtd_entry, supervisor_entry_refuses,
     .claim = "A first-stage entry without U/S refuses plain requests with reason 81h, at every level.",
     .rules = RULES(VTD_FS_07), .vendor = "vtd", .needs = NEEDS_HERE | NEEDS_FIRST_STAGE, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++) {
		uint64_t *word = table_word(b, leaf(&s, 0), level);
		struct plant planted = plant(b, word, *word & ~BIT64(2));

		note(b, "level %u", level);
		expect_write_fault(b, leaf(&s, 0), 0x81, 0);
		withdraw(b, &planted);
	}
}

TEST(vtd_entry, refused_reads_of_the_first_stage, .vendor = "vtd", .faults = true,
     .needs = NEEDS_DMA_READ | NEEDS_SELF_CONTAINED | NEEDS_FIRST_STAGE,
     .claim = "The first stage refuses a read for want of an entry or of U/S, never of read permission.",
     .rules = RULES(VTD_FS_11, VTD_FS_07))
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++) {
		uint64_t *word = table_word(b, leaf(&s, 0), level);
		struct plant planted = plant(b, word, *word & ~BIT64(2));

		note(b, "level %u", level);
		expect(b, !device_tries_to_read(b, leaf(&s, 0), read_bytes(b, 64)),
		       "the read was accepted");
		expect_reason(b, leaf(&s, 0), IOMMU_READ, 0x81);
		(void)plant(b, word, *word & ~BIT64(0));
		expect(b, !device_tries_to_read(b, leaf(&s, 0), read_bytes(b, 64)),
		       "the read was accepted");
		expect_reason(b, leaf(&s, 0), IOMMU_READ, 0x71);
		withdraw(b, &planted);
	}
}

TEST(vtd_entry, output_in_interrupt_range,
     .claim = "An address whose translation lies in the interrupt range is refused.",
     .rules = RULES(VTD_ADDR_09, VTD_LEG_17), .vendor = "vtd", .needs = NEEDS_HERE, .sweep = SWEEP_ENGINES,
     .faults = true)
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *word = table_word(b, leaf(&s, 0), 0);
	struct plant planted;

	if (b->regime->parent != NULL)
		skip(b, "a leaf whose output is not translated once more");
	planted = plant(b, word, (*word & ~GENMASK64(51, 12)) | 0xfee00000u);
	expect_write_fault(b, leaf(&s, 0), b->regime->mode ? 0x87 : 0x0e, 0);
	withdraw(b, &planted);
}

TEST(vtd_entry, nothing_left_of_permissions,
     .claim = "Permissions that leave nothing along the walk count as not present (79h).",
     .rules = RULES(VTD_SS_09), .vendor = "vtd", .needs = NEEDS_HERE | NEEDS_SECOND_STAGE | NEEDS_SCALABLE,
     .faults = true)
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *word = table_word(b, leaf(&s, 0), leaf_level(b));
	uint64_t *above;
	struct plant leaf_plant, table_plant;

	if (leaf_level(b) + 1 >= b->hwpt.level_count)
		skip(b, "a leaf at the root level has no table above it");
	above = table_word(b, leaf(&s, 0), leaf_level(b) + 1);
	leaf_plant = plant(b, word, (*word & ~GENMASK64(1, 0)) | BIT64(1));
	table_plant = plant(b, above, (*above & ~GENMASK64(1, 0)) | BIT64(0));
	expect_write_fault(b, leaf(&s, 0), 0x79, 0);
	withdraw(b, &table_plant);
	withdraw(b, &leaf_plant);
}

TEST(vtd_entry, flags_are_untouched_without_tracking,
     .claim = "Bits 9:8 of a second-stage entry keep their value where the unit does not track.",
     .rules = RULES(VTD_AD_07, VTD_SS_13), .vendor = "vtd", .needs = NEEDS_HERE | NEEDS_SECOND_STAGE)
{
	struct span s = map_leaves(b, 2, RW);
	uint64_t *word = table_word(b, leaf(&s, 0), leaf_level(b));
	uint64_t before = *word;

	require(b, !b->hwpt.dirty_tracking, "the case's table has dirty tracking on");
	expect_write_lands(b, &s, 0);
	expect_equal(b, "the entry", *word, before);
}
