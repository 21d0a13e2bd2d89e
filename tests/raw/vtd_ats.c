/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d and devices that translate by themselves: translation requests, translated requests, and who may issue
 * them (4.2.1 to 4.2.5, 7.1.2, 9.3, 9.4). The driver never allows them; these tests do, in the context entry.
 */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_DMA_ATS)
#define ATS .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE

enum { REQUEST = 1, TRANSLATED = 2 };	/* 11.4.7.6, AT */

static void need_device_tlbs(struct bench *b)
{
	if (!(raw_vtd(b)->ecap & VTD_ECAP_DT))
		skip(b, "a unit that answers translation requests (ECAP.DT)");
}

static void allow_device_tlbs(struct bench *b)
{
	uint64_t *context = context_words(b);

	need_device_tlbs(b);
	if (b->regime->mode == VTD_TTM_LEGACY)
		(void)plant(b, context,
			    (*context & ~VTD_CE0_TT) |
				    FIELD_PREP(VTD_CE0_TT, (uint64_t)VTD_CE0_TT_ATS));
	else
		(void)plant(b, context, *context | VTD_SCE0_DTE);
}

static void expect_rights(struct bench *b, const struct dma_answer *a, bool readable, bool writable)
{
	expect(b, a->readable == readable && a->writable == writable,
	       "the translation may be %sread and %swritten, expected %sread and %swritten",
	       a->readable ? "" : "not ", a->writable ? "" : "not ", readable ? "" : "not ",
	       writable ? "" : "not ");
}

static void expect_leads_to(struct bench *b, const struct dma_answer *a, const struct span *s, unsigned i)
{
	expect_equal(b, "the page of the translation", ALIGN_DOWN(a->value, (uint64_t)PAGE_SIZE),
		     pa_of(s->window[i]).v);
	expect(b, a->size_lg2 >= PAGE_LG2 && a->size_lg2 <= s->leaf_lg2,
	       "the translation is of 2^%u bytes, the leaf of 2^%u", a->size_lg2, s->leaf_lg2);
}

/* A translated write at the page that the answer names. */
static void expect_translated_write_lands(struct bench *b, const struct dma_answer *a, uint8_t *memory)
{
	use_translated(b, true);
	expect_write_lands_in(b, iova(ALIGN_DOWN(a->value, (uint64_t)PAGE_SIZE)), memory,
			      write_bytes(b, 64));
	use_translated(b, false);
}

TEST(vtd_ats, answer_is_the_translation,
     .claim = "A translation request is answered with the page that a request would reach, and its rights.",
     .rules = RULES(VTD_ATS_03, VTD_ATS_08, VTD_ATS_13), .vendor = "vtd", .needs = NEEDS_HERE)
{
	struct span s = map_leaves(b, 2, RW);

	allow_device_tlbs(b);
	for (unsigned i = 0; i < s.count; i++) {
		struct dma_answer a = device_translates(b, leaf(&s, i));

		expect_rights(b, &a, true, true);
		expect_leads_to(b, &a, &s, i);
		expect_translated_write_lands(b, &a, s.window[i]);
	}
	expect_write_lands(b, &s, 0);
}

TEST(vtd_ats, answer_grants_no_more_than_the_tables, ATS,
     .claim = "A translation request is granted what all levels grant; where that is nothing, without a fault.",
     .rules = RULES(VTD_ATS_03, VTD_ATS_11, VTD_FLT_16))
{
	struct span hole = unmapped_leaves(b, 1);
	struct span readable = map_leaves(b, 1, PT_READ);
	struct dma_answer a;

	allow_device_tlbs(b);
	a = device_translates(b, leaf(&hole, 0));
	expect_rights(b, &a, false, false);
	a = device_translates(b, leaf(&readable, 0));
	expect_rights(b, &a, true, false);
	if (b->regime->format->write_only) {
		struct span writable = map_leaves(b, 1, PT_WRITE);

		a = device_translates(b, leaf(&writable, 0));
		expect_rights(b, &a, false, true);
	}
	if (b->regime->format->table_prot) {
		struct span s = map_leaves(b, 1, RW);

		protect_level_quietly(b, &s, 0, leaf_level(b) + 1, PT_READ);
		flush_all(b);
		a = device_translates(b, leaf(&s, 0));
		expect_rights(b, &a, true, false);
	}
}

TEST(vtd_ats, interrupt_range_may_be_written, ATS,
     .claim = "A translation request for the interrupt range is granted writes alone, or, for reading, nothing.",
     .rules = RULES(VTD_ATS_09))
{
	struct span s = map_leaves(b, 1, RW);
	struct dma_answer a;

	allow_device_tlbs(b);
	expect_write_lands(b, &s, 0);
	a = device_translates(b, iova(0xfee00000));
	expect_rights(b, &a, false, true);
	a = device_translates_to_read(b, iova(0xfee00000));
	expect_rights(b, &a, false, !(raw_vtd(b)->ecap & VTD_ECAP_NWFS));
}

TEST(vtd_ats, request_for_reading, ATS,
     .claim = "With NWFS a translation that need not be writable is not; without it all that there is is granted.",
     .rules = RULES(VTD_ATS_03))
{
	struct span s = map_leaves(b, 1, RW);
	struct dma_answer a;

	allow_device_tlbs(b);
	a = device_translates_to_read(b, leaf(&s, 0));
	expect_rights(b, &a, true, !(raw_vtd(b)->ecap & VTD_ECAP_NWFS));
	expect_leads_to(b, &a, &s, 0);
}

TEST(vtd_ats, request_marks,
     .claim = "A translation request for writing sets accessed and dirty, one for reading what the unit's NWFS says.",
     .rules = RULES(VTD_AD_32, VTD_AD_33, VTD_AD_34), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_ACCESSED | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 3, RW);

	allow_device_tlbs(b);
	(void)device_translates(b, leaf(&s, 0));
	(void)device_translates_to_read(b, leaf(&s, 2));
	expect_accessed(b, &s, "A-A");
	expect_dirty(b, &s, raw_vtd(b)->ecap & VTD_ECAP_NWFS ? "D--" : "D-D");
}

TEST(vtd_ats, translated_request_marks_nothing,
     .claim = "A translated write touches no table: flags that were taken back stay so.",
     .rules = RULES(VTD_AD_36), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_ACCESSED | NEEDS_DIRTY)
{
	struct span s = map_leaves(b, 2, RW);
	struct dma_answer a;

	allow_device_tlbs(b);
	a = device_translates(b, leaf(&s, 0));
	expect_dirty(b, &s, "D-");
	clear_accessed(b, &s);
	clear_dirty(b, &s);
	expect_translated_write_lands(b, &a, s.window[0]);
	expect_write_lands(b, &s, 1);
	expect_dirty(b, &s, "-D");
	expect_accessed(b, &s, "-A");
}

/* ---- Who may ---- */

/* What was just tried has left one fault, with this address type. */
static void expect_fault_of(struct bench *b, unsigned type, unsigned legacy, unsigned scalable)
{
	struct iommu_fault fault;

	expect(b, take_fault(b, &fault), "no fault was recorded");
	expect_equal(b, "source of the fault", fault.source.rid, b->source.rid);
	expect_equal(b, "address type of the fault", FIELD_GET(VTD_FRCD_HI_AT, fault.raw[1]), type);
	expect_reason_of(b, &fault, b->regime->mode == VTD_TTM_LEGACY ? legacy : scalable);
	expect_no_fault(b);
}

TEST(vtd_ats, needs_the_enable, ATS, .faults = true,
     .claim = "A source that is not allowed to translate gets no translation, and no memory by a translated request.",
     .rules = RULES(VTD_ATS_12, VTD_LEG_12, VTD_FLT_01))
{
	struct span s = map_leaves(b, 1, RW);

	need_device_tlbs(b);
	expect(b, !device_tries_to_translate(b, leaf(&s, 0)),
	       "the translation request was answered");
	expect_fault_of(b, REQUEST, 0x0d, 0x44);
	use_translated(b, true);
	expect(b, !device_tries_to_write(b, iova(pa_of(s.window[0]).v), write_bytes(b, 64)),
	       "the translated write was accepted");
	expect_fault_of(b, TRANSLATED, 0x0d, 0x44);
	use_translated(b, false);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_ats, translated_address_is_checked, ATS, .faults = true,
     .claim = "A translated request beyond the host's width, or into the interrupt range, is refused.",
     .rules = RULES(VTD_ATS_13, VTD_ADDR_09))
{
	struct span s = map_leaves(b, 1, RW);
	struct dma_answer a;

	allow_device_tlbs(b);
	a = device_translates(b, leaf(&s, 0));
	use_translated(b, true);
	(void)device_tries_to_write(b, iova(BIT64(raw_vtd(b)->haw)), write_bytes(b, 64));
	expect_fault_of(b, TRANSLATED, 0x04, 0x83);
	(void)device_tries_to_write(b, iova(0xfee00000u), write_bytes(b, 64));
	expect_fault_of(b, TRANSLATED, 0x0e, 0x87);
	expect_translated_write_lands(b, &a, s.window[0]);
}

/* ---- What the device has to forget ---- */

/* The device has answered exactly one request more, for these addresses. */
static void expect_forgot(struct bench *b, uint32_t before, iova_t at, unsigned size_lg2)
{
	struct dma_invalidations forgot = device_forgot(b);

	expect_equal(b, "invalidation requests that the device took", forgot.count, before + 1);
	expect_equal(b, "the address of the request", forgot.iova.v, at.v);
	expect_equal(b, "the request's size, log2 of bytes", forgot.size_lg2, size_lg2);
	expect_equal(b, "the PASID of the request",
		     forgot.with_pasid ? forgot.pasid : IOMMU_NO_PASID, b->source.pasid);
}

TEST(vtd_ats, invalidation_reaches_the_device,
     .claim = "A device-TLB invalidation that was waited for has reached the device, with its address and size.",
     .rules = RULES(VTD_ATS_15), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_QUEUE)
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t w0 = VTD_QI_DEVTLB | FIELD_PREP(VTD_QI0_DTLB_SID, (uint64_t)b->source.rid) |
		      pfsid(b);
	uint64_t block = ALIGN_DOWN(s.iova.v, (uint64_t)1 << 21);
	uint32_t before;

	allow_device_tlbs(b);
	(void)device_translates(b, leaf(&s, 0));
	before = device_forgot(b).count;
	submit(b, w0, s.iova.v, 0, 0);
	settle(b);
	expect_forgot(b, before, s.iova, PAGE_LG2);
	submit(b, w0, block | GENMASK64(19, 12) | VTD_QI1_DTLB_S, 0, 0);
	settle(b);
	expect_forgot(b, before + 1, iova(block), 21);
}

TEST(vtd_ats, invalidation_with_pasid_reaches_the_device,
     .claim = "A PASID-based device-TLB invalidation that was waited for has reached the device, with its PASID.",
     .rules = RULES(VTD_ATS_15), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_DMA_PASID | NEEDS_PASID | NEEDS_QUEUE)
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b), before;

	allow_device_tlbs(b);
	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	(void)device_translates(b, leaf(&s, 0));
	before = device_forgot(b).count;
	submit(b,
	       VTD_QI_PDEVTLB | FIELD_PREP(VTD_QI0_PDTLB_SID, (uint64_t)b->source.rid) |
		       FIELD_PREP(VTD_QI0_PDTLB_PASID, (uint64_t)pasid) | pfsid(b),
	       s.iova.v, 0, 0);
	settle(b);
	expect_forgot(b, before, s.iova, PAGE_LG2);
}

/* ---- With PASID ---- */

TEST(vtd_ats, answer_is_of_the_pasid,
     .claim = "A translation request with PASID is answered from the table of that PASID.",
     .rules = RULES(VTD_ATS_03, VTD_ATS_08), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_DMA_PASID | NEEDS_PASID)
{
	struct span plain = map_leaves(b, 1, RW);
	struct hwpt *table = pasid_hwpt(b);
	struct span s = map_leaves_in(b, table, plain.iova, 1, PT_READ);
	uint32_t pasid = some_pasid(b);
	struct dma_answer a;

	allow_device_tlbs(b);
	attach_pasid(b, pasid, table);
	a = device_translates(b, leaf(&plain, 0));
	expect_leads_to(b, &a, &plain, 0);
	use_pasid(b, pasid);
	a = device_translates(b, leaf(&s, 0));
	expect_leads_to(b, &a, &s, 0);
	expect_rights(b, &a, true, false);
}

TEST(vtd_ats, supervisor_is_granted_nothing,
     .claim = "A supervisor's translation request is granted nothing where SRE is clear, without a fault.",
     .rules = RULES(VTD_ATS_05, VTD_FLT_16), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_DMA_PASID | NEEDS_PASID)
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);
	struct dma_answer a;

	allow_device_tlbs(b);
	attach_pasid(b, pasid, &b->hwpt);
	use_pasid_as(b, pasid, AS_SUPERVISOR);
	a = device_translates(b, leaf(&s, 0));
	expect_rights(b, &a, false, false);
	use_pasid(b, pasid);
	a = device_translates(b, leaf(&s, 0));
	expect_rights(b, &a, true, true);
}
