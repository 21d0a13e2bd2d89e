/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d legacy mode: malformed root and context entries, one bit at a time (7.1.3, 9.1, 9.3). */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_LEGACY)
#define LEGACY .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE

TEST(vtd_legacy, root_not_present, LEGACY, .faults = true,
     .claim = "A root entry that is not present refuses its bus with reason 01h.",
     .rules = RULES(VTD_LEG_03))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *root = root_word(b);
	struct plant planted = plant(b, root, *root & ~VTD_RE0_P);

	expect_write_fault(b, leaf(&s, 0), 0x01, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_legacy, root_not_present_ignores_the_rest, LEGACY, .faults = true,
     .claim = "Reserved bits of a root entry that is not present do not matter.",
     .rules = RULES(VTD_LEG_04))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *root = root_word(b);
	struct plant planted = plant(b, root, (*root & ~VTD_RE0_P) | GENMASK64(11, 1));

	expect_write_fault(b, leaf(&s, 0), 0x01, 0);
	withdraw(b, &planted);
}

TEST(vtd_legacy, root_reserved_bits, LEGACY, .faults = true,
     .claim = "Each reserved bit of a present root entry refuses its bus with reason 0Ah.",
     .rules = RULES(VTD_LEG_05))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *root = root_word(b);

	expect_each_bit_faults(b, &root[0], GENMASK64(11, 1) | beyond_haw(b, 63), leaf(&s, 0),
			       0x0a);
	expect_each_bit_faults(b, &root[1], UINT64_MAX, leaf(&s, 0), 0x0a);
}

TEST(vtd_legacy, context_not_present, LEGACY, .faults = true,
     .claim = "A context entry that is not present refuses its source with reason 02h.",
     .rules = RULES(VTD_LEG_06))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	struct plant planted = plant(b, context, *context & ~VTD_CE0_P);

	expect_write_fault(b, leaf(&s, 0), 0x02, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_legacy, context_not_present_ignores_the_rest, LEGACY, .faults = true,
     .claim = "Reserved bits of a context entry that is not present do not matter.",
     .rules = RULES(VTD_LEG_07))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	struct plant planted = plant(b, context, (*context & ~VTD_CE0_P) | GENMASK64(11, 4));

	expect_write_fault(b, leaf(&s, 0), 0x02, 0);
	withdraw(b, &planted);
}

TEST(vtd_legacy, fault_disable_counts_when_not_present, LEGACY, .faults = true,
     .claim = "FPD silences the faults of a context entry that is not present.",
     .rules = RULES(VTD_LEG_07, VTD_LEG_18))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	struct plant planted = plant(b, context, (*context & ~VTD_CE0_P) | VTD_CE0_FPD);

	expect_write_fault_unrecorded(b, leaf(&s, 0));
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_legacy, fault_disable_spares_the_root, LEGACY, .faults = true,
     .claim = "FPD of a context entry does not silence the faults of the root entry above it.",
     .rules = RULES(VTD_LEG_18, VTD_LEG_03))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b), *root = root_word(b);
	struct plant quiet = plant(b, context, *context | VTD_CE0_FPD);
	struct plant planted = plant(b, root, *root & ~VTD_RE0_P);

	expect_write_fault(b, leaf(&s, 0), 0x01, 0);
	withdraw(b, &planted);
	withdraw(b, &quiet);
}

TEST(vtd_legacy, context_reserved_bits, LEGACY, .faults = true,
     .claim = "Each reserved bit of a present context entry refuses its source with reason 0Bh.",
     .rules = RULES(VTD_LEG_08))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);

	expect_each_bit_faults(b, &context[0], GENMASK64(11, 4) | beyond_haw(b, 63), leaf(&s, 0),
			       0x0b);
	expect_each_bit_faults(b, &context[1], GENMASK64(63, 24) | BIT64(7), leaf(&s, 0), 0x0b);
}

TEST(vtd_legacy, wide_domain_id, LEGACY, .faults = true,
     .claim = "Domain id bits beyond CAP.ND refuse the source with reason 0Bh.",
     .rules = RULES(VTD_LEG_08))
{
	struct span s = map_leaves(b, 1, RW);
	unsigned bits = b->iommu->caps.domain_id_bits;

	if (bits >= 16)
		skip(b, "a domain id of fewer than 16 bits (CAP.ND)");
	expect_each_bit_faults(b, &context_words(b)[1], GENMASK64(23, 8 + bits), leaf(&s, 0), 0x0b);
}

TEST(vtd_legacy, context_ignored_bits, LEGACY,
     .claim = "Bits 70:67 of a context entry are ignored.",
     .rules = RULES(VTD_LEG_09))
{
	struct span s = map_leaves(b, 1, RW);

	expect_bits_ignored(b, &context_words(b)[1], GENMASK64(6, 3), &s, 0);
}

TEST(vtd_legacy, address_widths, LEGACY, .faults = true,
     .claim = "An address width that the unit lacks refuses the source with reason 03h.",
     .rules = RULES(VTD_LEG_10))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	uint64_t sagaw = FIELD_GET(VTD_CAP_SAGAW, raw_vtd(b)->cap);

	for (uint64_t aw = 0; aw < 8; aw++) {
		struct plant planted;

		if (aw >= 1 && aw <= 3 && (sagaw & BIT64(aw)))
			continue;
		note(b, "AW %llu", (unsigned long long)aw);
		planted = plant(b, &context[1],
				(context[1] & ~VTD_CE1_AW) | FIELD_PREP(VTD_CE1_AW, aw));
		expect_write_fault(b, leaf(&s, 0), 0x03, 0);
		withdraw(b, &planted);
	}
}

TEST(vtd_legacy, translation_types, LEGACY, .faults = true,
     .claim = "A translation type that the unit lacks refuses the source with reason 03h.",
     .rules = RULES(VTD_LEG_11))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b), ecap = raw_vtd(b)->ecap;

	for (uint64_t tt = 1; tt < 4; tt++) {
		struct plant planted;

		if ((tt == VTD_CE0_TT_ATS && (ecap & VTD_ECAP_DT)) ||
		    (tt == VTD_CE0_TT_PASS && (ecap & VTD_ECAP_PT)))
			continue;
		note(b, "TT %llu", (unsigned long long)tt);
		planted = plant(b, context, (*context & ~VTD_CE0_TT) | FIELD_PREP(VTD_CE0_TT, tt));
		expect_write_fault(b, leaf(&s, 0), 0x03, 0);
		withdraw(b, &planted);
	}
}

TEST(vtd_legacy, reasons_are_legacy, LEGACY, .faults = true,
     .claim = "In legacy mode no fault has a reason of scalable mode.",
     .rules = RULES(VTD_SM_25))
{
	struct span hole = unmapped_leaves(b, 1);
	struct iommu_fault fault;

	(void)device_tries_to_write(b, leaf(&hole, 0), write_bytes(b, 64));
	expect(b, take_fault(b, &fault), "no fault was recorded");
	expect(b, fault.reason >= 0x01 && fault.reason <= 0x0e, "reason %02Xh", fault.reason);
}
