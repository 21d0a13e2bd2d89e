/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d nested translation: what the second stage refuses, and by which reason (3.8.1, 7.1.3). */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NESTED .vendor = "vtd", .sweep = SWEEP_REGIMES, .faults = true
#define NEEDS_HERE (NEEDS_NESTED | NEEDS_DMA_READ | NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED)

static void let(struct bench *b, const void *memory, unsigned prot)
{
	if (prot == RW)
		parent_remap_quietly(b, memory, memory);
	else
		parent_protect_quietly(b, memory, prot);
	flush_all(b);
}

static void expect_read_fault(struct bench *b, iova_t at, unsigned reason)
{
	expect(b, !device_tries_to_read(b, at, read_bytes(b, 64)), "the read was accepted");
	expect_reason(b, at, IOMMU_READ, reason);
}

TEST(vtd_nested, second_stage_refuses, NESTED, .needs = NEEDS_HERE,
     .claim = "What the second stage does not grant is refused: 85h for a write, 86h for a read, 79h for either.",
     .rules = RULES(VTD_NEST_07, VTD_NEST_09, VTD_SS_08, VTD_SS_10))
{
	struct span s = map_leaves(b, 1, RW);

	let(b, s.window[0], PT_READ);
	expect_write_fault(b, leaf(&s, 0), 0x85, 0);
	expect_read_sees(b, &s, 0);
	let(b, s.window[0], PT_WRITE);
	expect_read_fault(b, leaf(&s, 0), 0x86);
	expect_write_lands(b, &s, 0);
	let(b, s.window[0], 0);
	expect_write_fault(b, leaf(&s, 0), 0x79, 0);
	expect_read_fault(b, leaf(&s, 0), 0x79);
}

TEST(vtd_nested, second_stage_is_malformed, NESTED, .needs = NEEDS_HERE,
     .claim = "A reserved bit of a second-stage entry is refused with 7Ah, below a leaf and below a table.",
     .rules = RULES(VTD_NEST_09))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t bit = BIT64(raw_vtd(b)->haw);

	if (raw_vtd(b)->haw > 51)
		skip(b, "an address width below 52 bits");
	for (unsigned level = 0; level <= b->hwpt.level_count; level++) {
		bool top = level == b->hwpt.level_count;
		const void *page = top ? s.window[0] : table_page(b, &s, 0, level);
		uint64_t *word = parent_word(b, page);
		struct plant planted = plant(b, word, *word | bit);

		note(b, top ? "the leaf's page" : "the table of level %u", level);
		expect_write_fault(b, leaf(&s, 0), 0x7a, 0);
		withdraw(b, &planted);
	}
	expect_write_lands(b, &s, 0);
}

/*
 * Reasons of a table that the second stage refuses, at the top and below. SFS.6 and SFS.7 speak of it; SFS.1 leads to
 * the second stage's own reasons (SSS.1 to SSS.5, SGN.5 to SGN.7), and 3.8.1 names none for what SSADE adds.
 */
static const uint8_t unreadable[][4] = { { 0x75, 0x86 }, { 0x76, 0x86 } };
static const uint8_t absent[][4] = { { 0x79, 0x75 }, { 0x79, 0x76 } };
static const uint8_t unwritable[][4] = { { 0x75, 0x77, 0x85 }, { 0x76, 0x77, 0x85 } };

TEST(vtd_nested, unreadable_tables, NESTED, .needs = NEEDS_HERE,
     .claim = "A first-stage table that the second stage does not let be read is refused, at every level.",
     .rules = RULES(VTD_NEST_04))
{
	struct span s = map_leaves(b, 1, RW);
	unsigned top = b->hwpt.level_count - 1;

	for (unsigned level = 0; level <= top; level++) {
		const void *page = table_page(b, &s, 0, level);

		note(b, "level %u", level);
		let(b, page, PT_WRITE);
		expect_write_fault_of(b, leaf(&s, 0), unreadable[level < top]);
		let(b, page, 0);
		expect_write_fault_of(b, leaf(&s, 0), absent[level < top]);
		let(b, page, RW);
	}
	expect_write_lands(b, &s, 0);
}

TEST(vtd_nested, flags_in_read_only_tables, NESTED, .needs = NEEDS_HERE,
     .claim = "A flag that must be set in a table that the second stage maps read-only is refused with 77h.",
     .rules = RULES(VTD_NEST_05, VTD_AD_28))
{
	struct span s = map_leaves(b, 2, RW);
	const void *page = table_page(b, &s, 0, leaf_level(b));

	expect_read_sees(b, &s, 1);
	let(b, page, PT_READ);
	expect_read_sees(b, &s, 1);			/* its flag stands already */
	expect_write_fault(b, leaf(&s, 1), 0x77, 0);	/* dirty */
	expect_write_fault(b, leaf(&s, 0), 0x77, 0);	/* accessed */
	expect_accessed(b, &s, "-A");
	expect_dirty(b, &s, "--");
	let(b, page, RW);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_nested, tracking_wants_writable_tables, NESTED, .needs = NEEDS_HERE | NEEDS_DIRTY,
     .claim = "With SSADE a table that the second stage maps read-only is not even read.",
     .rules = RULES(VTD_NEST_06))
{
	struct span s = map_leaves(b, 1, RW);
	unsigned top = b->hwpt.level_count - 1;

	if (!b->hwpt.parent->dirty_tracking)
		skip(b, "dirty tracking in the second stage (ECAP.SSADS)");
	expect_write_lands(b, &s, 0);			/* all flags stand */
	for (unsigned level = 0; level <= top; level++) {
		const void *page = table_page(b, &s, 0, level);

		note(b, "level %u", level);
		let(b, page, PT_READ);
		expect_write_fault_of(b, leaf(&s, 0), unwritable[level < top]);
		let(b, page, RW);
	}
	expect_write_lands(b, &s, 0);
}

/* The first address beyond the second stage's input; skips where the unit has no wider output. */
static uint64_t beyond_parent(struct bench *b)
{
	unsigned bits = b->hwpt.parent->pt.config.iova_bits;

	if (bits >= raw_vtd(b)->haw)
		skip(b, "a host address width beyond the second stage's %u bits", bits);
	return BIT64(bits);
}

TEST(vtd_nested, addresses_beyond_the_second_stage, NESTED, .needs = NEEDS_HERE,
     .claim = "A first-stage entry that leads beyond the second stage's width is refused with 74h, at every level.",
     .rules = RULES(VTD_NEST_03, VTD_ADDR_02))
{
	uint64_t beyond = beyond_parent(b);
	struct span s = map_leaves(b, 1, RW);

	for (unsigned level = 0; level < b->hwpt.level_count; level++) {
		uint64_t *word = table_word(b, leaf(&s, 0), level);
		struct plant planted = plant(b, word, *word | beyond);

		note(b, "level %u", level);
		expect_write_fault(b, leaf(&s, 0), 0x74, 0);
		withdraw(b, &planted);
	}
	expect_write_lands(b, &s, 0);
}

TEST(vtd_nested, root_beyond_the_second_stage, NESTED, .needs = NEEDS_HERE,
     .claim = "A first-stage root beyond the second stage's width is refused with 5Bh.",
     .rules = RULES(VTD_SM_21))
{
	uint64_t beyond = beyond_parent(b), *entry = pasid_words(b);
	struct span s = map_leaves(b, 1, RW);
	struct plant planted = plant(b, &entry[2], entry[2] | beyond);

	expect_write_fault(b, leaf(&s, 0), 0x5b, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_nested, output_in_interrupt_range, NESTED, .needs = NEEDS_HERE,
     .claim = "A nested address whose translation by both stages lies in the interrupt range is refused with 87h.",
     .rules = RULES(VTD_ADDR_09))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *word = parent_word(b, s.window[0]);
	struct plant planted = plant(b, word, (*word & ~GENMASK64(51, 12)) | 0xfee00000u);

	expect_write_fault(b, leaf(&s, 0), 0x87, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}
