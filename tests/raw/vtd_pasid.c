/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d: what context and PASID entries say of requests with PASID, of the PASID that stands for none, and of
 * requests that ask for more than a user's rights (3.4.3, 3.6.1, 6.2.1, 6.5.2.4, 7.1.3, 9.4, 9.6).
 */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_DMA_PASID)
#define PASIDS .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE | NEEDS_PASID
#define INTERRUPT_RANGE	0xfee00000u

TEST(vtd_pasid, refused_in_legacy_mode, .faults = true,
     .claim = "In legacy mode a request with PASID is refused with reason 31h, whatever the tables map.",
     .rules = RULES(VTD_LEG_02, VTD_FLT_13), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_LEGACY)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	use_pasid(b, 5);
	expect_write_fault(b, leaf(&s, 0), 0x31, 0);
	use_pasid(b, IOMMU_NO_PASID);
	expect_write_lands(b, &s, 0);
}

/* ---- The context entry ---- */

TEST(vtd_pasid, needs_the_enable, PASIDS, .faults = true,
     .claim = "With PASIDE clear a request with PASID is refused with reason 45h, and one without works.",
     .rules = RULES(VTD_SM_09))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	uint32_t pasid = some_pasid(b);
	struct plant planted;

	attach_pasid(b, pasid, &b->hwpt);
	planted = plant(b, context, *context & ~VTD_SCE0_PASIDE);
	expect_write_lands(b, &s, 0);
	use_pasid(b, pasid);
	expect_write_fault(b, leaf(&s, 0), 0x45, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_pasid, beyond_the_directory, PASIDS, .faults = true,
     .claim = "A PASID that the directory is too small for is refused with reason 46h.",
     .rules = RULES(VTD_SM_10))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	uint32_t first_beyond = BIT(13);		/* PDTS 0: 2^7 directory entries */
	struct plant planted;

	if (pasid_bits(b) < 14)
		skip(b, "PASIDs of 14 bits");
	attach_pasid(b, first_beyond, &b->hwpt);
	attach_pasid(b, first_beyond - 1, &b->hwpt);
	planted = plant(b, context, *context & ~VTD_SCE0_PDTS);
	use_pasid(b, first_beyond - 1);
	expect_write_lands(b, &s, 0);
	use_pasid(b, first_beyond);
	expect_write_fault(b, leaf(&s, 0), 0x46, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_pasid, of_requests_without_is_taken, PASIDS, .faults = true,
     .claim = "A request that carries the PASID which stands for none is refused with reason 48h.",
     .rules = RULES(VTD_SM_11))
{
	struct span s = map_leaves(b, 1, RW);

	/* First: once it is cached, the translation of a request without PASID may serve it (6.2.1). */
	use_pasid(b, 0);
	expect_write_fault(b, leaf(&s, 0), 0x48, 0);
	use_pasid(b, IOMMU_NO_PASID);
	expect_write_lands(b, &s, 0);
}

static struct plant plant_rid_pasid(struct bench *b, uint32_t pasid)
{
	uint64_t *word = &context_words(b)[1];

	if (!(raw_vtd(b)->ecap & VTD_ECAP_RPS))
		skip(b, "a unit with RID_PASID (ECAP.RPS)");
	return plant(b, word,
		     (*word & ~VTD_SCE1_RID_PASID) |
			     FIELD_PREP(VTD_SCE1_RID_PASID, (uint64_t)pasid));
}

TEST(vtd_pasid, rid_pasid_selects_the_route, PASIDS, .faults = true,
     .claim = "Requests without PASID take the route of RID_PASID, and none may carry that PASID.",
     .rules = RULES(VTD_SM_08, VTD_SM_11))
{
	struct span plain = map_leaves(b, 1, RW);
	struct hwpt *table = pasid_hwpt(b);
	struct span s = map_leaves_in(b, table, plain.iova, 1, RW);
	uint32_t pasid = some_pasid(b);
	struct plant planted;

	attach_pasid(b, pasid, table);
	expect_write_lands(b, &plain, 0);
	planted = plant_rid_pasid(b, pasid);
	use_pasid(b, pasid);
	expect_write_fault(b, leaf(&s, 0), 0x48, 0);
	use_pasid(b, IOMMU_NO_PASID);
	expect_write_lands(b, &s, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &plain, 0);
}

TEST(vtd_pasid, rid_pasid_beyond_the_directory, PASIDS, .faults = true,
     .claim = "A RID_PASID that the directory is too small for refuses every request with reason 43h.",
     .rules = RULES(VTD_SM_07))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	uint32_t pasid = some_pasid(b);
	struct plant small, planted;

	attach_pasid(b, pasid, &b->hwpt);
	small = plant(b, context, *context & ~VTD_SCE0_PDTS);
	planted = plant_rid_pasid(b, BIT(13));
	expect_write_fault(b, leaf(&s, 0), 0x43, 0);
	use_pasid(b, pasid);
	expect_write_fault(b, leaf(&s, 0), 0x43, 0);
	withdraw(b, &planted);
	expect_write_lands(b, &s, 0);
	withdraw(b, &small);
}

/* ---- PASID-selective invalidation ---- */

/* 6.5.2.4: every translation of one PASID of one domain. */
static void invalidate_pasid(struct bench *b, uint32_t pasid)
{
	uint64_t descriptor[4] = {
		VTD_QI_PIOTLB | FIELD_PREP(VTD_QI0_PTLB_G, (uint64_t)VTD_PTLB_PASID) |
			FIELD_PREP(VTD_QI0_PTLB_DID, (uint64_t)b->hwpt.domain_id) |
			FIELD_PREP(VTD_QI0_PTLB_PASID, (uint64_t)pasid),
	};

	require_ok(b, vtd_queue_raw(raw_vtd(b), descriptor), "queue a descriptor");
	expect_done(b, b->iommu->ops->sync(b->iommu, deadline_in_us(VTD_COMMAND_US)),
		    "an invalidation");
}

static void expect_invalidation_of(struct bench *b, struct span *s, uint32_t pasid)
{
	uint8_t *old = s->window[0];
	bool stale;

	expect_write_lands(b, s, 0);
	remap_quietly(b, s, 0, twin_window(b, s, 0));
	stale = write_reaches(b, leaf(s, 0), old);
	invalidate_pasid(b, pasid);
	expect_write_lands(b, s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(vtd_pasid, invalidation_is_of_every_stage,
     .claim = "A PASID-selective invalidation ends stale translations of the second stage, too.",
     .rules = RULES(VTD_INV_15), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_DMA_WRITE | NEEDS_SCALABLE | NEEDS_QUEUE)
{
	struct span s = map_leaves(b, 1, RW);

	expect_invalidation_of(b, &s, 0);
}

TEST(vtd_pasid, invalidation_knows_rid_pasid, PASIDS,
     .claim = "An invalidation of RID_PASID ends stale translations of requests without PASID.",
     .rules = RULES(VTD_CACHE_08, VTD_INV_15))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);

	attach_pasid(b, pasid, &b->hwpt);
	(void)plant_rid_pasid(b, pasid);
	expect_invalidation_of(b, &s, pasid);
}

/* ---- Rights ---- */

/* A read or a write is refused; the record names the PASID, and what the request asked for. */
static void expect_refused_as(struct bench *b, iova_t at, bool reads, unsigned reason, uint64_t asked)
{
	struct iommu_fault fault;
	bool accepted = reads ? device_tries_to_read(b, at, read_bytes(b, 64))
			      : device_tries_to_write(b, at, write_bytes(b, 64));

	expect(b, !accepted, "the request at 0x%llx was accepted", (unsigned long long)at.v);
	expect(b, take_fault(b, &fault), "no fault was recorded; expected reason %02Xh", reason);
	expect_equal(b, "PASID of the fault", fault.source.pasid, b->source.pasid);
	expect_equal(b, "what the record says was asked for",
		     fault.raw[1] & (VTD_FRCD_HI_PRIV | VTD_FRCD_HI_EXE), asked);
	expect_reason_of(b, &fault, reason);
	expect_no_fault(b);
}

TEST(vtd_pasid, supervisor_needs_the_enable, PASIDS, .faults = true,
     .claim = "A supervisor's request is refused with reason 5Dh where SRE of the PASID entry is clear.",
     .rules = RULES(VTD_SM_22, VTD_FLT_11))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);
	struct plant planted;
	uint64_t *entry;

	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	entry = pasid_words(b);
	expect_write_lands(b, &s, 0);
	use_pasid_as(b, pasid, AS_SUPERVISOR);
	expect_refused_as(b, leaf(&s, 0), false, 0x5d, VTD_FRCD_HI_PRIV);
	if (!(raw_vtd(b)->ecap & VTD_ECAP_SRS))
		return;
	planted = plant(b, &entry[2], entry[2] | VTD_PE2_SRE);
	expect_write_lands(b, &s, 0);
	withdraw(b, &planted);
}

TEST(vtd_pasid, supervisor_rights, .faults = true,
     .claim = "A supervisor writes where a user may not, but with WPE set only what is writable at every level.",
     .rules = RULES(VTD_FS_09, VTD_FS_08), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_DMA_READ | NEEDS_PASID | NEEDS_FIRST_STAGE)
{
	struct span s = map_leaves(b, 1, PT_READ);
	uint32_t pasid = some_pasid(b);
	struct plant planted;
	uint64_t *entry;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_SRS))
		skip(b, "a unit that takes supervisor requests (ECAP.SRS)");
	attach_pasid(b, pasid, &b->hwpt);
	use_pasid_as(b, pasid, AS_SUPERVISOR);
	entry = pasid_words(b);
	planted = plant(b, &entry[2], entry[2] | VTD_PE2_SRE);
	expect_write_lands(b, &s, 0);
	use_pasid(b, pasid);
	expect_refused_as(b, leaf(&s, 0), false, 0x85, 0);
	(void)plant(b, &entry[2], entry[2] | VTD_PE2_WPE);
	use_pasid_as(b, pasid, AS_SUPERVISOR);
	expect_read_sees(b, &s, 0);
	expect_refused_as(b, leaf(&s, 0), false, 0x85, VTD_FRCD_HI_PRIV);
	withdraw(b, &planted);
}

TEST(vtd_pasid, execute_is_refused, .faults = true,
     .claim = "A read that asks to execute is refused where the unit has no execute permission.",
     .rules = RULES(VTD_SM_23, VTD_FLT_11), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_DMA_READ | NEEDS_PASID)
{
	struct span s = map_leaves(b, 1, RW);
	const struct vtd *vtd = raw_vtd(b);
	uint32_t pasid = some_pasid(b);

	if (vtd->ecap & VTD_ECAP_ERS)
		skip(b, "a unit without execute permission (ECAP.ERS is set)");
	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	expect_read_sees(b, &s, 0);
	use_pasid_as(b, pasid, TO_EXECUTE);
	expect_refused_as(b, leaf(&s, 0), true, vtd->version >= 8 ? 0x34 : 0x5c, VTD_FRCD_HI_EXE);
}

/* ---- The interrupt range ---- */

TEST(vtd_pasid, interrupt_range_is_memory, PASIDS,
     .claim = "A request with PASID to FEEx_xxxxh is translated like any other.",
     .rules = RULES(VTD_ADDR_10))
{
	struct span s = map_leaves_at(b, iova(INTERRUPT_RANGE), 1, RW);
	uint32_t pasid = some_pasid(b);

	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	expect_write_lands(b, &s, 0);
	expect_write_lands_in(b, leaf(&s, 0), s.window[0], write_bytes(b, 4));
}

TEST(vtd_pasid, interrupt_range_passes_nothing_through,
     .claim = "A request with PASID to FEEx_xxxxh that is passed through is refused with reason 87h.",
     .rules = RULES(VTD_PT_03), .vendor = "vtd", .sweep = SWEEP_REGIMES, .faults = true,
     .needs = NEEDS_HERE | NEEDS_PASID | NEEDS_BYPASS)
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);
	struct plant planted;
	uint64_t *entry;

	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	expect_write_lands(b, &s, 0);
	entry = pasid_words(b);
	planted = plant(b, entry,
			(*entry & ~VTD_PE0_PGTT) |
				FIELD_PREP(VTD_PE0_PGTT, (uint64_t)VTD_PE0_PGTT_PASS));
	expect_write_fault(b, iova(INTERRUPT_RANGE), 0x87, 0);
	withdraw(b, &planted);
}
