/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d scalable mode: malformed root, context, PASID directory and PASID entries (7.1.3, 9.2 .. 9.6). */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_SCALABLE)
#define SCALABLE .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE
#define FIRST_STAGE .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE | NEEDS_FIRST_STAGE

TEST(vtd_scalable, root_half_not_present, SCALABLE, .faults = true,
     .claim = "A half of a scalable-mode root entry that is not present refuses its functions with reason 39h.",
     .rules = RULES(VTD_SM_02, VTD_SM_01))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *root = root_word(b);
	struct plant planted = plant(b, root, *root & ~VTD_SRE_P);

	expect_write_fault(b, leaf(&s, 0), 0x39, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_scalable, root_reserved_bits, SCALABLE, .faults = true,
     .claim = "Each reserved bit of the half of a root entry that is used refuses with reason 3Ah.",
     .rules = RULES(VTD_SM_02))
{
	struct span s = map_leaves(b, 1, RW);

	expect_each_bit_faults(b, root_word(b), GENMASK64(11, 1) | beyond_haw(b, 63), leaf(&s, 0),
			       0x3a);
}

TEST(vtd_scalable, context_not_present, SCALABLE, .faults = true,
     .claim = "A scalable-mode context entry that is not present refuses its source with reason 41h.",
     .rules = RULES(VTD_SM_04))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	struct plant planted = plant(b, context, *context & ~VTD_SCE0_P);

	expect_write_fault(b, leaf(&s, 0), 0x41, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_scalable, context_reserved_bits, SCALABLE, .faults = true,
     .claim = "Each reserved bit of a scalable-mode context entry refuses its source with reason 42h.",
     .rules = RULES(VTD_SM_05))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);

	expect_each_bit_faults(b, &context[0], GENMASK64(8, 7) | beyond_haw(b, 63), leaf(&s, 0),
			       0x42);
	expect_each_bit_faults(b, &context[1], GENMASK64(63, 21), leaf(&s, 0), 0x42);
	expect_each_bit_faults(b, &context[2], UINT64_MAX, leaf(&s, 0), 0x42);
	expect_each_bit_faults(b, &context[3], UINT64_MAX, leaf(&s, 0), 0x42);
}

TEST(vtd_scalable, context_asks_for_permission_tables, SCALABLE, .faults = true,
     .claim = "HPTE and EPTR of a context entry are reserved (42h) where the unit lacks what they turn on.",
     .rules = RULES(VTD_SM_05))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t ecap = raw_vtd(b)->ecap;
	uint64_t bits = (ecap & VTD_ECAP_HPTS ? 0 : VTD_SCE0_HPTE) |
			(ecap & VTD_ECAP_PTRS ? 0 : VTD_SCE0_EPTR);

	if (!bits)
		skip(b, "a unit without ECAP.HPTS or ECAP.PTRS");
	expect_each_bit_faults(b, context_words(b), bits, leaf(&s, 0), 0x42);
}

TEST(vtd_scalable, context_asks_for_device_tlbs, SCALABLE, .faults = true,
     .claim = "DTE, PASIDE and PRE of a context entry are reserved (42h) where the unit lacks what they turn on.",
     .rules = RULES(VTD_SM_05))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t ecap = raw_vtd(b)->ecap, bits = 0;

	bits |= ecap & VTD_ECAP_DT ? 0 : VTD_SCE0_DTE;
	bits |= ecap & VTD_ECAP_PASID ? 0 : VTD_SCE0_PASIDE;
	bits |= ecap & VTD_ECAP_PRS ? 0 : VTD_SCE0_PRE;
	if (!bits)
		skip(b, "a unit without ECAP.DT, ECAP.PASID or ECAP.PRS");
	expect_each_bit_faults(b, context_words(b), bits, leaf(&s, 0), 0x42);
}

TEST(vtd_scalable, context_names_a_pasid, SCALABLE, .faults = true,
     .claim = "RID_PASID and RID_PRIV of a context entry are reserved (42h) where the unit lacks them.",
     .rules = RULES(VTD_SM_05))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t ecap = raw_vtd(b)->ecap, bits = 0;

	bits |= ecap & VTD_ECAP_RPS ? 0 : VTD_SCE1_RID_PASID;
	bits |= ecap & VTD_ECAP_RPRIVS ? 0 : VTD_SCE1_RID_PRIV;
	if (!bits)
		skip(b, "a unit without ECAP.RPS or ECAP.RPRIVS");
	expect_each_bit_faults(b, &context_words(b)[1], bits, leaf(&s, 0), 0x42);
}

TEST(vtd_scalable, directory_not_present, SCALABLE, .faults = true,
     .claim = "A PASID directory entry that is not present refuses with reason 51h.",
     .rules = RULES(VTD_SM_14))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *directory = directory_word(b);
	struct plant planted = plant(b, directory, *directory & ~VTD_PDE0_P);

	expect_write_fault(b, leaf(&s, 0), 0x51, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_scalable, directory_reserved_bits, SCALABLE, .faults = true,
     .claim = "Each reserved bit of a PASID directory entry refuses with reason 52h.",
     .rules = RULES(VTD_SM_14))
{
	struct span s = map_leaves(b, 1, RW);

	expect_each_bit_faults(b, directory_word(b), GENMASK64(11, 2), leaf(&s, 0), 0x52);
}

TEST(vtd_scalable, directory_points_beyond_memory, SCALABLE, .faults = true,
     .claim = "Each bit from the host address width up in a PASID directory entry refuses with reason 52h.",
     .rules = RULES(VTD_SM_14))
{
	struct span s = map_leaves(b, 1, RW);

	expect_each_bit_faults(b, directory_word(b), beyond_haw(b, 63), leaf(&s, 0), 0x52);
}

TEST(vtd_scalable, pasid_not_present, SCALABLE, .faults = true,
     .claim = "A PASID entry that is not present refuses with reason 59h.",
     .rules = RULES(VTD_SM_15))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b);
	struct plant planted = plant(b, entry, *entry & ~VTD_PE0_P);

	expect_write_fault(b, leaf(&s, 0), 0x59, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_scalable, pasid_not_present_ignores_the_rest, SCALABLE, .faults = true,
     .claim = "A PASID entry that is not present refuses with reason 59h, whatever type and width it names.",
     .rules = RULES(VTD_SM_15))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b);

	for (uint64_t type = 0; type < 8; type++) {
		struct plant planted = plant(b, entry, FIELD_PREP(VTD_PE0_PGTT, type));

		note(b, "PGTT %llu, AW 0", (unsigned long long)type);
		expect_write_fault(b, leaf(&s, 0), 0x59, 0);
		withdraw(b, &planted);
	}
	expect_write_lands(b, &s, 0);
}

TEST(vtd_scalable, pasid_reserved_bits_63_0, SCALABLE, .faults = true,
     .claim = "Each reserved bit in bits 63:0 of a PASID entry refuses with reason 5Ah.",
     .rules = RULES(VTD_SM_15, VTD_AD_43))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t ecap = raw_vtd(b)->ecap, bits = GENMASK64(11, 10) | BIT64(5);

	bits |= ecap & VTD_ECAP_SSTS ? 0 : VTD_PE0_SSPTPTR | VTD_PE0_AW;
	/* Of a first stage SSADE is ignored, too: 9.6 does not say which of the two goes before. */
	if (!(ecap & VTD_ECAP_SSADS) && b->regime->stage == IOMMU_STAGE_SECOND)
		bits |= VTD_PE0_SSADE;
	expect_each_bit_faults(b, pasid_words(b), bits, leaf(&s, 0), 0x5a);
}

TEST(vtd_scalable, pasid_reserved_bits_127_64, SCALABLE, .faults = true,
     .claim = "Each reserved bit in bits 127:64 of a PASID entry refuses with reason 5Ah.",
     .rules = RULES(VTD_SM_15, VTD_SNP_05))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t ecap = raw_vtd(b)->ecap, bits = GENMASK64(31, 27) | GENMASK64(22, 16);

	bits |= ecap & VTD_ECAP_SMPWCS ? 0 : VTD_PE1_PWSNP;
	bits |= ecap & VTD_ECAP_SC ? 0 : VTD_PE1_PGSNP;
	bits |= ecap & VTD_ECAP_MTS ? 0 : VTD_PE1_PAT | VTD_PE1_EMTE | VTD_PE1_CD;
	expect_each_bit_faults(b, &pasid_words(b)[1], bits, leaf(&s, 0), 0x5a);
}

TEST(vtd_scalable, pasid_reserved_bits_191_128, SCALABLE, .faults = true,
     .claim = "Each reserved bit in bits 191:128 of a PASID entry refuses with reason 5Ah.",
     .rules = RULES(VTD_SM_15, VTD_AD_43))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t ecap = raw_vtd(b)->ecap, bits = GENMASK64(11, 8) | BIT64(1);

	bits |= ecap & VTD_ECAP_SRS ? 0 : VTD_PE2_SRE;
	/* Without a first stage EAFE is ignored, too: 9.6 does not say which of the two goes before. */
	if (!(ecap & VTD_ECAP_EAFS) && b->regime->stage == IOMMU_STAGE_FIRST)
		bits |= VTD_PE2_EAFE;
	expect_each_bit_faults(b, &pasid_words(b)[2], bits, leaf(&s, 0), 0x5a);
}

TEST(vtd_scalable, pasid_reserved_bits_255_192, SCALABLE, .faults = true,
     .claim = "Each bit of bits 255:192 of a PASID entry is reserved and refuses with reason 5Ah.",
     .rules = RULES(VTD_SM_15))
{
	struct span s = map_leaves(b, 1, RW);

	expect_each_bit_faults(b, &pasid_words(b)[3], UINT64_MAX, leaf(&s, 0), 0x5a);
}

TEST(vtd_scalable, translation_types, SCALABLE, .faults = true,
     .claim = "A PASID entry with a translation type that the unit lacks refuses with reason 5Bh.",
     .rules = RULES(VTD_SM_18))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b), ecap = raw_vtd(b)->ecap;

	for (uint64_t pgtt = 0; pgtt < 8; pgtt++) {
		struct plant planted;

		if ((pgtt == VTD_PE0_PGTT_FIRST && (ecap & VTD_ECAP_FSTS)) ||
		    (pgtt == VTD_PE0_PGTT_SECOND && (ecap & VTD_ECAP_SSTS)) ||
		    (pgtt == VTD_PE0_PGTT_NESTED && (ecap & VTD_ECAP_NEST)) ||
		    (pgtt == VTD_PE0_PGTT_PASS && (ecap & VTD_ECAP_PT)))
			continue;
		note(b, "PGTT %llu", (unsigned long long)pgtt);
		planted = plant(b, entry,
				(*entry & ~VTD_PE0_PGTT) | FIELD_PREP(VTD_PE0_PGTT, pgtt));
		expect_write_fault(b, leaf(&s, 0), 0x5b, 0);
		withdraw(b, &planted);
	}
}

TEST(vtd_scalable, first_stage_modes, FIRST_STAGE, .faults = true,
     .claim = "A first-stage paging mode that the unit lacks refuses with reason 5Bh.",
     .rules = RULES(VTD_SM_20))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b);

	for (uint64_t mode = 1; mode < 4; mode++) {
		struct plant planted;

		if (mode == 1 && (raw_vtd(b)->cap & VTD_CAP_FS5LP))
			continue;
		note(b, "FSPM %llu", (unsigned long long)mode);
		planted = plant(b, &entry[2],
				(entry[2] & ~VTD_PE2_FSPM) | FIELD_PREP(VTD_PE2_FSPM, mode));
		expect_write_fault(b, leaf(&s, 0), 0x5b, 0x5a);
		withdraw(b, &planted);
	}
}

TEST(vtd_scalable, address_widths, .vendor = "vtd", .sweep = SWEEP_REGIMES, .faults = true,
     .needs = NEEDS_HERE | NEEDS_SECOND_STAGE,
     .claim = "A PASID entry with an address width that the unit lacks refuses with reason 5Bh.",
     .rules = RULES(VTD_SM_19))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b);
	uint64_t sagaw = FIELD_GET(VTD_CAP_SAGAW, raw_vtd(b)->cap);

	for (uint64_t aw = 0; aw < 8; aw++) {
		struct plant planted;

		if (aw >= 1 && aw <= 3 && (sagaw & BIT64(aw)))
			continue;
		note(b, "AW %llu", (unsigned long long)aw);
		planted = plant(b, entry, (*entry & ~VTD_PE0_AW) | FIELD_PREP(VTD_PE0_AW, aw));
		expect_write_fault(b, leaf(&s, 0), 0x5b, 0);
		withdraw(b, &planted);
	}
}

TEST(vtd_scalable, address_width_of_the_first_stage, FIRST_STAGE,
     .claim = "The address width of a PASID entry is ignored where its translation has no second stage.",
     .rules = RULES(VTD_SM_19))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b);

	if (!(raw_vtd(b)->ecap & VTD_ECAP_SSTS))
		skip(b, "a second stage in scalable mode (ECAP.SSTS)");
	if (b->regime->parent != NULL)
		skip(b, "a translation that has no second stage");
	for (uint64_t aw = 0; aw < 8; aw++) {
		struct plant planted = plant(b, entry,
					     (*entry & ~VTD_PE0_AW) | FIELD_PREP(VTD_PE0_AW, aw));

		note(b, "AW %llu", (unsigned long long)aw);
		expect_write_lands(b, &s, 0);
		withdraw(b, &planted);
	}
}

TEST(vtd_scalable, pasid_ignored_bits, SCALABLE,
     .claim = "Bits 134:133 of a PASID entry are ignored.",
     .rules = RULES(VTD_SM_24))
{
	struct span s = map_leaves(b, 1, RW);

	expect_bits_ignored(b, &pasid_words(b)[2], GENMASK64(6, 5), &s, 0);
}

TEST(vtd_scalable, fault_disable_of_the_context, SCALABLE, .faults = true,
     .claim = "FPD of a context entry silences the faults of everything below it.",
     .rules = RULES(VTD_SM_17, VTD_FLT_15))
{
	struct span s = map_leaves(b, 1, RW);
	struct span hole = unmapped_leaves(b, 1);
	uint64_t *context = context_words(b);
	struct plant planted = plant(b, context, *context | VTD_SCE0_FPD);

	expect_write_fault_unrecorded(b, leaf(&hole, 0));
	expect_write_lands(b, &s, 0);
	withdraw(b, &planted);
}

TEST(vtd_scalable, fault_disable_of_the_directory, SCALABLE, .faults = true,
     .claim = "FPD of a PASID directory entry silences the faults of everything below it.",
     .rules = RULES(VTD_SM_17, VTD_SM_16, VTD_FLT_15))
{
	struct span s = map_leaves(b, 1, RW);
	struct span hole = unmapped_leaves(b, 1);
	uint64_t *directory = directory_word(b);
	struct plant planted = plant(b, directory, *directory | VTD_PDE0_FPD);

	expect_write_fault_unrecorded(b, leaf(&hole, 0));
	expect_write_lands(b, &s, 0);
	withdraw(b, &planted);
}

/* The entry that `word` begins: P clear, FPD set. Both stand at the same place in all three kinds. */
static void expect_silent_when_not_present(struct bench *b, const struct span *s, uint64_t *word)
{
	struct plant planted = plant(b, word, (*word & ~VTD_PE0_P) | VTD_PE0_FPD);

	_Static_assert(VTD_SCE0_FPD == VTD_PDE0_FPD && VTD_PDE0_FPD == VTD_PE0_FPD,
		       "FPD is bit 1 in all");
	expect_write_fault_unrecorded(b, leaf(s, 0));
	withdraw(b, &planted);
	expect_write_lands(b, s, 0);
}

TEST(vtd_scalable, fault_disable_of_an_absent_context, SCALABLE, .faults = true,
     .claim = "FPD silences the faults of a context entry that is not present.",
     .rules = RULES(VTD_SM_04))
{
	struct span s = map_leaves(b, 1, RW);

	expect_silent_when_not_present(b, &s, context_words(b));
}

TEST(vtd_scalable, fault_disable_of_an_absent_directory, SCALABLE, .faults = true,
     .claim = "FPD silences the faults of a PASID directory entry that is not present.",
     .rules = RULES(VTD_SM_16))
{
	struct span s = map_leaves(b, 1, RW);

	expect_silent_when_not_present(b, &s, directory_word(b));
}

TEST(vtd_scalable, fault_disable_of_an_absent_pasid, SCALABLE, .faults = true,
     .claim = "FPD silences the faults of a PASID entry that is not present.",
     .rules = RULES(VTD_SM_16))
{
	struct span s = map_leaves(b, 1, RW);

	expect_silent_when_not_present(b, &s, pasid_words(b));
}

TEST(vtd_scalable, fault_disable_spares_the_root, SCALABLE, .faults = true,
     .claim = "FPD of a context entry does not silence the faults of the root entry above it.",
     .rules = RULES(VTD_SM_03))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b), *root = root_word(b);
	struct plant quiet = plant(b, context, *context | VTD_SCE0_FPD);
	struct plant planted = plant(b, root, *root & ~VTD_SRE_P);

	expect_write_fault(b, leaf(&s, 0), 0x39, 0);
	withdraw(b, &planted);
	withdraw(b, &quiet);
}

/* The write's fault names 50h: the unit met an error where the directory should be. */
static bool directory_is_unreachable(struct bench *b, iova_t at)
{
	struct iommu_fault fault;

	(void)device_tries_to_write(b, at, write_bytes(b, 64));
	return take_fault(b, &fault) && fault.reason == 0x50;
}

TEST(vtd_scalable, fault_disable_spares_failed_reads, SCALABLE, .faults = true, .risky = true,
     .claim = "FPD of a context entry does not silence the fault of a directory that cannot be read (50h).",
     .rules = RULES(VTD_SM_03))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	uint64_t lost = (*context & ~VTD_SCE0_PASIDDIRPTR) | absent_page(b).v;
	struct plant planted = plant(b, context, lost);

	if (!directory_is_unreachable(b, leaf(&s, 0)))
		unproven(b, "a read of an address without memory is no error here");
	withdraw(b, &planted);
	planted = plant(b, context, lost | VTD_SCE0_FPD);
	expect_write_fault(b, leaf(&s, 0), 0x50, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_scalable, reasons_are_scalable, SCALABLE, .faults = true,
     .claim = "In scalable mode no fault has a reason of legacy mode.",
     .rules = RULES(VTD_SM_25))
{
	struct span hole = unmapped_leaves(b, 1);
	struct iommu_fault fault;

	(void)device_tries_to_write(b, leaf(&hole, 0), write_bytes(b, 64));
	expect(b, take_fault(b, &fault), "no fault was recorded");
	expect(b, fault.reason >= 0x38 && fault.reason <= 0x91, "reason %02Xh", fault.reason);
}
