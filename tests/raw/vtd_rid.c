/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d scalable mode: what requests without PASID take from their context entry, RID_PASID and RID_PRIV, and
 * which entries of the PASID tables that selects (3.4.3, 3.6.1, 7.1.3, 9.4 .. 9.6).
 */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_SCALABLE)
#define SCALABLE .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE
#define FIRST_STAGE(needs_) .vendor = "vtd", .sweep = SWEEP_REGIMES, \
			    .needs = NEEDS_HERE | NEEDS_FIRST_STAGE | (needs_)
#define ENTRY_WORDS 8u

static uint64_t with_rid_pasid(const uint64_t *context, uint64_t pasid)
{
	return (context[1] & ~VTD_SCE1_RID_PASID) | FIELD_PREP(VTD_SCE1_RID_PASID, pasid);
}

static void need_rid_pasid(struct bench *b)
{
	if (!(raw_vtd(b)->ecap & VTD_ECAP_RPS))
		skip(b, "RID_PASID (ECAP.RPS)");
}

/* Requests without PASID seek supervisor privilege from here on. */
static struct plant plant_privilege(struct bench *b)
{
	uint64_t *context = context_words(b);

	if (!(raw_vtd(b)->ecap & VTD_ECAP_RPRIVS))
		skip(b, "RID_PRIV (ECAP.RPRIVS)");
	return plant(b, &context[1], context[1] | VTD_SCE1_RID_PRIV);
}

TEST(vtd_rid, pasid_selects_the_entry, SCALABLE,
     .claim = "Requests without PASID use the PASID table entry that RID_PASID names, by each of bits 5:0.",
     .rules = RULES(VTD_SM_08, VTD_SM_13))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b), *entry = pasid_words(b);

	need_rid_pasid(b);
	for (uint64_t pasid = 1; pasid < 64; pasid <<= 1) {
		uint64_t *named = entry + ENTRY_WORDS * pasid;
		struct plant planted[] = {
			plant(b, &named[2], entry[2]),
			plant(b, &named[1], entry[1]),
			plant(b, &named[0], entry[0]),
			plant(b, &entry[0], entry[0] & ~VTD_PE0_P),
			plant(b, &context[1], with_rid_pasid(context, pasid)),
		};

		note(b, "RID_PASID %llu", (unsigned long long)pasid);
		expect_write_lands(b, &s, 0);
		for (unsigned i = ARRAY_COUNT(planted); i > 0; i--)
			withdraw(b, &planted[i - 1]);
	}
	expect_write_lands(b, &s, 0);
}

TEST(vtd_rid, pasid_selects_the_directory_entry, SCALABLE,
     .claim = "Bits 19:6 of RID_PASID select the PASID directory entry.",
     .rules = RULES(VTD_SM_08, VTD_SM_13))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b), *directory = directory_word(b);

	need_rid_pasid(b);
	for (uint64_t pasid = 64; pasid < BIT64(VTD_PASID_BITS_MAX); pasid <<= 1) {
		struct plant planted[] = {
			plant(b, &directory[pasid >> 6], *directory),
			plant(b, directory, *directory & ~VTD_PDE0_P),
			plant(b, &context[1], with_rid_pasid(context, pasid)),
		};

		note(b, "RID_PASID %llu", (unsigned long long)pasid);
		expect_write_lands(b, &s, 0);
		for (unsigned i = ARRAY_COUNT(planted); i > 0; i--)
			withdraw(b, &planted[i - 1]);
	}
	expect_write_lands(b, &s, 0);
}

TEST(vtd_rid, page_requests_need_a_device_tlb, SCALABLE, .faults = true,
     .claim = "A context entry with PRE and without DTE refuses its source with reason 43h.",
     .rules = RULES(VTD_SM_06))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	struct plant planted;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_PRS))
		skip(b, "page requests (ECAP.PRS)");
	planted = plant(b, context, (*context & ~VTD_SCE0_DTE) | VTD_SCE0_PRE);
	expect_write_fault(b, leaf(&s, 0), 0x43, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_rid, privilege_needs_the_entry_to_allow_it, SCALABLE, .faults = true,
     .claim = "With RID_PRIV and without SRE every request without PASID is refused with reason 5Dh.",
     .rules = RULES(VTD_SM_22, VTD_SM_08))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b);
	struct plant privileged = plant_privilege(b), allowed;

	expect_write_fault(b, leaf(&s, 0), 0x5d, 0);
	allowed = plant(b, &entry[2], entry[2] | VTD_PE2_SRE);
	expect_write_lands(b, &s, 0);
	withdraw(b, &allowed);
	withdraw(b, &privileged);
	expect_write_lands(b, &s, 0);
}

/* Supervisor requests are allowed; leaf 0 of `s` is a supervisor's page that is not writable. */
static void plant_supervisor(struct bench *b, const struct span *s)
{
	uint64_t *entry = pasid_words(b), *word = table_word(b, leaf(s, 0), leaf_level(b));

	(void)plant_privilege(b);
	(void)plant(b, &entry[2], entry[2] | VTD_PE2_SRE);
	arch_store64(word, *word & ~(BIT64(2) | BIT64(1)));
	published(b, word, 1);
	flush_all(b);
}

TEST(vtd_rid, supervisor_writes_what_is_read_only, FIRST_STAGE(0),
     .claim = "Without WPE a supervisor request writes to a page that is not writable.",
     .rules = RULES(VTD_FS_09))
{
	struct span s = map_leaves(b, 1, RW);

	plant_supervisor(b, &s);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_rid, supervisor_reads_what_is_supervisors, FIRST_STAGE(NEEDS_DMA_READ),
     .claim = "A supervisor request reads from a page that user requests cannot read.",
     .rules = RULES(VTD_FS_09))
{
	struct span s = map_leaves(b, 1, RW);

	plant_supervisor(b, &s);
	expect_read_sees(b, &s, 0);
}

TEST(vtd_rid, protection_binds_supervisors, FIRST_STAGE(0), .faults = true,
     .claim = "With WPE a supervisor request needs R/W at every level to write (85h).",
     .rules = RULES(VTD_FS_09))
{
	struct span s = map_leaves(b, 2, RW);
	uint64_t *entry = pasid_words(b);

	plant_supervisor(b, &s);
	(void)plant(b, &entry[2], entry[2] | VTD_PE2_WPE);
	expect_write_fault(b, leaf(&s, 0), 0x85, 0);
	expect_write_lands(b, &s, 1);
	for (unsigned level = leaf_level(b) + 1; level < b->hwpt.level_count; level++) {
		uint64_t *word = table_word(b, leaf(&s, 1), level);
		struct plant planted = plant(b, word, *word & ~BIT64(1));

		note(b, "level %u", level);
		expect_write_fault(b, leaf(&s, 1), 0x85, 0);
		withdraw(b, &planted);
	}
}

TEST(vtd_rid, protection_spares_users, FIRST_STAGE(0), .faults = true,
     .claim = "WPE changes nothing for user requests.",
     .rules = RULES(VTD_FS_10))
{
	struct span s = map_leaves(b, 2, RW);
	uint64_t *entry = pasid_words(b), *word = table_word(b, leaf(&s, 0), leaf_level(b));
	struct plant read_only = plant(b, word, *word & ~BIT64(1)), planted;

	for (unsigned on = 0; on < 2; on++) {
		note(b, "WPE %u", on);
		planted = plant(b, &entry[2], (entry[2] & ~VTD_PE2_WPE) | (on ? VTD_PE2_WPE : 0));
		expect_write_fault(b, leaf(&s, 0), 0x85, 0);
		expect_write_lands(b, &s, 1);
		withdraw(b, &planted);
	}
	withdraw(b, &read_only);
}
