/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d tables at addresses where there is no memory (7.1.3). Whether such a read is an error is the platform's
 * affair: the test looks first, with a structure above, and is unproven where none is seen.
 */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define POINTER	GENMASK64(51, 12)	/* in every structure that leads to a table */

static uint64_t lost(const uint64_t *word, pa_t absent)
{
	return (*word & ~POINTER) | absent.v;
}

/* The next structure of every request is lost: is that recorded as a read that failed (09h, 50h)? */
static void need_errors(struct bench *b, const struct span *s, pa_t absent)
{
	bool legacy = b->regime->mode == VTD_TTM_LEGACY;
	uint64_t *word = legacy ? root_word(b) : context_words(b);
	struct plant planted = plant(b, word, lost(word, absent));
	struct iommu_fault fault;
	bool seen;

	(void)device_tries_to_write(b, leaf(s, 0), write_bytes(b, 64));
	seen = take_fault(b, &fault) && fault.reason == (legacy ? 0x09 : 0x50);
	withdraw(b, &planted);
	forget_faults(b);
	if (!seen)
		unproven(b, "a read of an address without memory is no error here");
}

static unsigned reason_of(const struct bench *b, bool top)
{
	if (b->regime->mode == VTD_TTM_LEGACY)
		return top ? 0x03 : 0x07;
	if (b->regime->stage == IOMMU_STAGE_FIRST)
		return top ? 0x73 : 0x70;
	return top ? 0x7b : 0x78;
}

static uint64_t *root_pointer(struct bench *b)
{
	if (b->regime->mode == VTD_TTM_LEGACY)
		return context_words(b);
	return b->regime->stage == IOMMU_STAGE_FIRST ? &pasid_words(b)[2] : pasid_words(b);
}

TEST(vtd_unreadable, tables_refuse, .vendor = "vtd", .sweep = SWEEP_REGIMES, .faults = true, .risky = true,
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED,
     .claim = "A table that cannot be read refuses, with one reason for the top and one for the others.",
     .rules = RULES(VTD_SS_12, VTD_FS_14))
{
	struct span s = map_leaves(b, 1, RW);
	pa_t absent = absent_page(b);
	uint64_t *word = root_pointer(b);
	struct plant planted;

	if (b->regime->parent != NULL)
		skip(b, "a first stage that is not nested");
	need_errors(b, &s, absent);
	planted = plant(b, word, lost(word, absent));
	expect_write_fault(b, leaf(&s, 0), reason_of(b, true), 0);
	withdraw(b, &planted);
	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		word = table_word(b, leaf(&s, 0), level);
		note(b, "level %u", level);
		planted = plant(b, word, lost(word, absent));
		expect_write_fault(b, leaf(&s, 0), reason_of(b, false), 0);
		planted.before |= *word & ~POINTER;	/* flags */
		withdraw(b, &planted);
	}
	expect_write_lands(b, &s, 0);
}
