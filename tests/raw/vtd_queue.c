/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The VT-d invalidation queue: wait descriptors, illegal descriptors, errors and recovery (6.5.2, 11.4.9).
 * Descriptors are built here word by word, by the positions that 6.5.2.1 to 6.5.2.11 give.
 */
#include "tests/raw/vtd_raw.h"

#define RW		(PT_READ | PT_WRITE)
#define QUEUE(needs_)	.vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_QUEUE | (needs_)
#define QUEUE_US	100000u

#define WAIT		0x5ull
#define WAIT_IF		BIT64(4)
#define WAIT_SW		BIT64(5)
#define WAIT_FN		BIT64(6)
#define DATA(x)		((uint64_t)(x) << 32)

enum { IQEI_TAIL = 1, IQEI_TYPE = 3, IQEI_RESERVED = 4, IQEI_ALIGN = 6 };

static bool queue_error(const struct bench *b)
{
	return read32(&b->iommu->mmio, VTD_FSTS) & VTD_FSTS_IQE;
}

static bool queue_empty(const struct bench *b)
{
	const struct mmio *mmio = &b->iommu->mmio;

	return read64(mmio, VTD_IQH) == (read64(mmio, VTD_IQT) & VTD_IQT_QT);
}

/* The queue runs empty without an error. */
static void expect_accepted(struct bench *b, const char *what)
{
	struct deadline deadline = deadline_in_us(QUEUE_US);
	bool empty = wait_until(queue_empty(b) || queue_error(b), deadline) && queue_empty(b);
	uint64_t code = queue_error(b)
				? FIELD_GET(VTD_IQERCD_IQEI, read64(&b->iommu->mmio, VTD_IQERCD))
				: 0;

	if (!empty)
		expect_done(b, vtd_queue_recover(raw_vtd(b)), "recover the queue");
	expect(b, empty, "%s was not accepted: IQEI %llu", what, (unsigned long long)code);
}

/*
 * The queue stops at the descriptor at `head`. What stopped it stands in IQEI, or 0 (11.4.9.9: no information),
 * which errors_are_named judges: returned. Recovers.
 */
static uint64_t expect_rejected(struct bench *b, const char *what, uint64_t head, uint64_t code, uint64_t alternative)
{
	struct deadline deadline = deadline_in_us(QUEUE_US);
	bool rejected = wait_until(queue_error(b), deadline);
	uint64_t got = FIELD_GET(VTD_IQERCD_IQEI, read64(&b->iommu->mmio, VTD_IQERCD));
	uint64_t stopped = read64(&b->iommu->mmio, VTD_IQH);

	expect_done(b, vtd_queue_recover(raw_vtd(b)), "recover the queue");
	expect(b, rejected, "%s was accepted", what);
	expect_equal(b, "IQH at the error", stopped, head);
	expect(b, got == 0 || got == code || got == alternative,
	       "IQEI is %llu after %s, expected %llu", (unsigned long long)got, what,
	       (unsigned long long)code);
	return got;
}

static uint64_t head(const struct bench *b)
{
	return read64(&b->iommu->mmio, VTD_IQH);
}

static uint64_t queue_bytes(const struct bench *b)
{
	return (uint64_t)PAGE_SIZE << FIELD_GET(VTD_IQA_QS, read64(&b->iommu->mmio, VTD_IQA));
}

/* A page for status words. */
static uint32_t *status_page(struct bench *b)
{
	return (uint32_t *)(void *)fresh_window(b);
}

TEST(vtd_queue, wait_writes_its_status, QUEUE(0),
     .claim = "A wait descriptor writes its status data, and nothing beside it.",
     .rules = RULES(VTD_WAIT_01, VTD_SNP_03))
{
	uint32_t *page = status_page(b);

	submit(b, WAIT | WAIT_SW | DATA(0x1234abcd), pa_of(&page[5]).v, 0, 0);
	expect_accepted(b, "a wait with SW");
	expect_equal(b, "status data", page[5], 0x1234abcd);
	for (unsigned i = 0; i < PAGE_SIZE / sizeof(page[0]); i++)
		expect(b, i == 5 || page[i] == 0x5a5a5a5a, "word %u beside the status was written",
		       i);
}

TEST(vtd_queue, wait_without_status_writes_nothing, QUEUE(0),
     .claim = "A wait descriptor without SW ignores its status address.",
     .rules = RULES(VTD_WAIT_03, VTD_WAIT_04))
{
	uint32_t *page = status_page(b);

	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
	submit(b, WAIT | WAIT_IF | DATA(0x1234abcd), pa_of(page).v, 0, 0);
	expect_accepted(b, "a wait with IF");
	flush_all(b);
	expect_equal(b, "the word at the status address", page[0], 0x5a5a5a5a);
	expect(b, read32(&b->iommu->mmio, VTD_ICS) & VTD_ICS_IWC,
	       "ICS.IWC is clear after a wait with IF");
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
	expect(b, !(read32(&b->iommu->mmio, VTD_ICS) & VTD_ICS_IWC), "ICS.IWC cannot be cleared");
}

TEST(vtd_queue, wait_as_a_fence, QUEUE(0),
     .claim = "A wait descriptor with neither SW nor IF is legal.",
     .rules = RULES(VTD_WAIT_05))
{
	submit(b, WAIT | WAIT_FN, 0, 0, 0);
	expect_accepted(b, "a wait with FN alone");
	flush_all(b);
}

TEST(vtd_queue, wait_does_both, QUEUE(0),
     .claim = "A wait descriptor with SW and IF writes its status and sets ICS.IWC.",
     .rules = RULES(VTD_WAIT_06, VTD_WAIT_04), .risky = true)
{
	uint32_t *page = status_page(b);

	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
	submit(b, WAIT | WAIT_SW | WAIT_IF | DATA(0x77), pa_of(page).v, 0, 0);
	expect_accepted(b, "a wait with SW and IF");
	flush_all(b);
	expect_equal(b, "status data", page[0], 0x77);
	expect(b, read32(&b->iommu->mmio, VTD_ICS) & VTD_ICS_IWC,
	       "ICS.IWC is clear after a wait with IF");
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
}

TEST(vtd_queue, wait_address_width, QUEUE(0),
     .claim = "Status address bits beyond the host address width are ignored.",
     .rules = RULES(VTD_WAIT_02))
{
	uint32_t *page = status_page(b);

	submit(b, WAIT | WAIT_SW | DATA(0x99), pa_of(page).v | beyond_haw(b, 63), 0, 0);
	expect_accepted(b, "a wait with high address bits");
	flush_all(b);
	expect_equal(b, "status data", page[0], 0x99);
}

TEST(vtd_queue, wait_address_alignment, QUEUE(0), .risky = true,
     .claim = "Bits 65:64, below the status address of a wait descriptor, stop the queue.",
     .rules = RULES(VTD_WAIT_02, VTD_QERR_09))
{
	uint32_t *page = status_page(b);

	for (uint64_t bit = 0; bit < 2; bit++) {
		uint64_t at = head(b);

		submit(b, WAIT | WAIT_SW | DATA(0x99), pa_of(page).v | BIT64(bit), 0, 0);
		(void)expect_rejected(b, "a misaligned status address", at, IQEI_RESERVED,
				      IQEI_RESERVED);
	}
	expect(b, memory_is_poison((const uint8_t *)page, PAGE_SIZE), "status data was written");
}

TEST(vtd_queue, waits_complete_in_order, QUEUE(0),
     .claim = "A wait is complete only after every descriptor before it is.",
     .rules = RULES(VTD_QI_02))
{
	uint32_t *page = status_page(b);

	for (uint32_t i = 0; i < 16; i++)
		submit(b, WAIT | WAIT_SW | DATA(i), pa_of(&page[i]).v, 0, 0);
	expect_accepted(b, "a train of waits");
	flush_all(b);
	for (uint32_t i = 0; i < 16; i++)
		expect_equal(b, "status data", page[i], i);
}

TEST(vtd_queue, unknown_types_are_rejected, QUEUE(0), .risky = true,
     .claim = "A descriptor of an undefined type stops the queue there.",
     .rules = RULES(VTD_QERR_08, VTD_QERR_01, VTD_QERR_05, VTD_QI_04))
{
	static const uint64_t types[] = { 0x0, 0xb, 0xc, 0xd, 0xe, 0xf };

	for (unsigned i = 0; i < ARRAY_COUNT(types); i++) {
		uint64_t at = head(b);

		note(b, "type %llxh", (unsigned long long)types[i]);
		submit(b, types[i], 0, 0, 0);
		(void)expect_rejected(b, "an undefined type", at, IQEI_TYPE, IQEI_TYPE);
	}
}

TEST(vtd_queue, errors_are_named, QUEUE(0), .risky = true,
     .claim = "IQEI says what stopped the queue: the tail, a type, or a reserved bit.",
     .rules = RULES(VTD_QERR_05, VTD_QERR_07, VTD_QERR_08, VTD_QERR_09))
{
	uint64_t at = head(b), codes[3];

	if (!follows_revision_3_1(b))
		skip(b, "a unit that follows revision 3.1 or later");
	submit(b, 0xf, 0, 0, 0);
	codes[0] = expect_rejected(b, "an undefined type", at, IQEI_TYPE, IQEI_TYPE);
	at = head(b);
	submit(b, WAIT | WAIT_FN | BIT64(8), 0, 0, 0);
	codes[1] = expect_rejected(b, "a reserved bit", at, IQEI_RESERVED, IQEI_RESERVED);
	at = head(b);
	vtd_queue_tail_raw(raw_vtd(b), queue_bytes(b));
	codes[2] = expect_rejected(b, "a tail beyond the queue", at, IQEI_TAIL, IQEI_TAIL);
	for (unsigned i = 0; i < ARRAY_COUNT(codes); i++)
		expect(b, codes[i] != 0, "IQEI is 0 after queue error %u of 3", i + 1);
}

TEST(vtd_queue, type_has_seven_bits, QUEUE(0), .risky = true,
     .claim = "Bits 11:9 belong to the type: a wait with one of them set is no wait.",
     .rules = RULES(VTD_QERR_08))
{
	for (unsigned bit = 9; bit <= 11; bit++) {
		uint64_t at = head(b);

		note(b, "bit %u", bit);
		submit(b, WAIT | WAIT_FN | BIT64(bit), 0, 0, 0);
		(void)expect_rejected(b, "a type beyond 15", at, IQEI_TYPE, IQEI_RESERVED);
	}
}

TEST(vtd_queue, types_of_scalable_mode_in_legacy_mode, QUEUE(NEEDS_LEGACY), .risky = true,
     .claim = "In legacy mode the descriptors of scalable mode stop the queue.",
     .rules = RULES(VTD_QI_06))
{
	for (uint64_t type = 6; type <= 9; type++) {
		uint64_t at = head(b);

		note(b, "type %llu", (unsigned long long)type);
		submit(b, type, 0, 0, 0);
		(void)expect_rejected(b, "a descriptor of scalable mode", at, IQEI_TYPE, IQEI_TYPE);
	}
}

TEST(vtd_queue, device_tlb_without_device_tlbs, QUEUE(0), .risky = true,
     .claim = "Without Device-TLBs their descriptors stop the queue.",
     .rules = RULES(VTD_QI_11))
{
	uint64_t at = head(b);

	if (raw_vtd(b)->ecap & VTD_ECAP_DT)
		skip(b, "a unit without Device-TLBs (ECAP.DT is set)");
	submit(b, 0x3, 0, 0, 0);
	(void)expect_rejected(b, "a Device-TLB invalidation", at, IQEI_TYPE, IQEI_TYPE);
	if (!b->regime->mode)
		return;
	at = head(b);
	submit(b, 0x8, 0, 0, 0);
	(void)expect_rejected(b, "a PASID-based Device-TLB invalidation", at, IQEI_TYPE, IQEI_TYPE);
}

TEST(vtd_queue, page_responses_without_page_requests, QUEUE(0), .risky = true,
     .claim = "Without page requests their responses stop the queue.",
     .rules = RULES(VTD_QI_11))
{
	uint64_t at = head(b);

	if (raw_vtd(b)->ecap & VTD_ECAP_PRS)
		skip(b, "a unit without page requests (ECAP.PRS is set)");
	submit(b, 0x9, 0, 0, 0);
	(void)expect_rejected(b, "a page group response", at, IQEI_TYPE, IQEI_TYPE);
}

TEST(vtd_queue, permission_tables_without_hpts, QUEUE(0), .risky = true,
     .claim = "Without host permission tables their invalidations stop the queue.",
     .rules = RULES(VTD_QI_11))
{
	uint64_t at = head(b);

	if (raw_vtd(b)->ecap & VTD_ECAP_HPTS)
		skip(b, "a unit without host permission tables (ECAP.HPTS is set)");
	submit(b, 0xa | 1 << 4, 0, 0, 0);
	(void)expect_rejected(b, "an HPT cache invalidation", at, IQEI_TYPE, IQEI_TYPE);
}

TEST(vtd_queue, reserved_granularities, QUEUE(0), .risky = true,
     .claim = "A reserved granularity stops the queue.",
     .rules = RULES(VTD_QI_10))
{
	static const struct { uint64_t word; bool scalable; const char *name; } cases[] = {
		{ 0x1, false, "context-cache, G 00" },
		{ 0x2, false, "IOTLB, G 00" },
		{ 0x6, true, "PASID-based IOTLB, G 00" },
		{ 0x6 | 1 << 4, true, "PASID-based IOTLB, G 01" },
		{ 0x7 | 2 << 4, true, "PASID-cache, G 10" },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
		uint64_t at = head(b);

		if (cases[i].scalable && !b->regime->mode)
			continue;
		note(b, "%s", cases[i].name);
		submit(b, cases[i].word, 0, 0, 0);
		(void)expect_rejected(b, cases[i].name, at, IQEI_RESERVED, IQEI_TYPE);
	}
}

TEST(vtd_queue, reserved_bits_of_waits, QUEUE(0), .risky = true,
     .claim = "Each reserved bit of a wait descriptor stops the queue.",
     .rules = RULES(VTD_QERR_09, VTD_WAIT_02, VTD_QI_12))
{
	uint64_t reserved = GENMASK64(31, 12) | BIT64(8);

	if (!(raw_vtd(b)->ecap & VTD_ECAP_PDS))
		reserved |= BIT64(7);
	for (unsigned bit = 0; bit < 32; bit++) {
		uint64_t at = head(b);

		if (!(reserved & BIT64(bit)))
			continue;
		note(b, "bit %u", bit);
		submit(b, WAIT | WAIT_FN | BIT64(bit), 0, 0, 0);
		(void)expect_rejected(b, "a reserved bit", at, IQEI_RESERVED, IQEI_RESERVED);
	}
}

TEST(vtd_queue, throttling_of_device_tlbs, QUEUE(0), .risky = true,
     .claim = "Without throttling (ECAP.DIT) each bit of PFSID in a Device-TLB invalidation stops the queue.",
     .rules = RULES(VTD_QI_12))
{
	uint64_t fields = GENMASK64(63, 52) | GENMASK64(15, 12);

	if (!(raw_vtd(b)->ecap & VTD_ECAP_DT) || (raw_vtd(b)->ecap & VTD_ECAP_DIT))
		skip(b, "Device-TLBs without throttling (ECAP.DT, ECAP.DIT)");
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t at = head(b);

		if (!(fields & BIT64(bit)))
			continue;
		note(b, "bit %u", bit);
		submit(b, VTD_QI_DEVTLB | (uint64_t)b->source.rid << 32 | BIT64(bit), 0, 0, 0);
		(void)expect_rejected(b, "a bit of PFSID", at, IQEI_RESERVED, IQEI_RESERVED);
	}
}

TEST(vtd_queue, reserved_bits_of_iotlb_invalidations, QUEUE(0), .risky = true,
     .claim = "Each reserved bit of an IOTLB invalidation stops the queue.",
     .rules = RULES(VTD_QERR_09))
{
	uint64_t reserved = GENMASK64(63, 32) | GENMASK64(15, 12) | BIT64(8);

	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t at = head(b);

		if (!(reserved & BIT64(bit)))
			continue;
		note(b, "bit %u", bit);
		submit(b, 0x2 | 1 << 4 | BIT64(bit), 0, 0, 0);
		(void)expect_rejected(b, "a reserved bit", at, IQEI_RESERVED, IQEI_RESERVED);
	}
}

TEST(vtd_queue, upper_half_is_reserved, QUEUE(0), .risky = true,
     .claim = "In a 256-bit descriptor of a 128-bit kind the upper half must be zero.",
     .rules = RULES(VTD_QI_09))
{
	if (!(read64(&b->iommu->mmio, VTD_IQA) & VTD_IQA_DW))
		skip(b, "256-bit descriptors (IQA.DW)");
	for (unsigned bit = 0; bit < 128; bit += 21) {
		uint64_t at = head(b);

		note(b, "bit %u", 128 + bit);
		submit(b, WAIT | WAIT_FN, 0, bit < 64 ? BIT64(bit) : 0,
		       bit < 64 ? 0 : BIT64(bit - 64));
		(void)expect_rejected(b, "an upper half", at, IQEI_RESERVED, IQEI_TYPE);
	}
}

TEST(vtd_queue, error_stops_the_queue, QUEUE(0), .risky = true,
     .claim = "After an error nothing behind the bad descriptor is executed, and what was before it is.",
     .rules = RULES(VTD_QERR_01, VTD_QERR_02, VTD_QERR_03))
{
	uint32_t *page = status_page(b);
	struct deadline deadline = deadline_in_us(QUEUE_US);
	bool stopped;
	uint32_t before, behind;

	submit(b, WAIT | WAIT_SW | DATA(1), pa_of(&page[0]).v, 0, 0);
	submit(b, 0xf, 0, 0, 0);
	submit(b, WAIT | WAIT_SW | DATA(2), pa_of(&page[1]).v, 0, 0);
	stopped = wait_until(queue_error(b), deadline);
	before = page[0];
	behind = page[1];
	expect_done(b, vtd_queue_recover(raw_vtd(b)), "recover the queue");
	expect(b, stopped, "an undefined type was accepted");
	expect_equal(b, "the wait before the error", before, 1);
	expect_equal(b, "the wait behind the error", behind, 0x5a5a5a5a);
}

TEST(vtd_queue, queue_resumes_after_an_error, QUEUE(NEEDS_DMA_WRITE), .risky = true,
     .claim = "Once the bad descriptor is replaced and IQE is cleared, the queue goes on.",
     .rules = RULES(VTD_QERR_04))
{
	uint32_t *page = status_page(b);
	struct span s = map_leaves(b, 1, RW);
	struct deadline deadline = deadline_in_us(QUEUE_US);

	submit(b, 0xf, 0, 0, 0);
	submit(b, WAIT | WAIT_SW | DATA(2), pa_of(page).v, 0, 0);
	expect(b, wait_until(queue_error(b), deadline), "an undefined type was accepted");
	expect_done(b, vtd_queue_recover(raw_vtd(b)), "recover the queue");
	expect(b, !queue_error(b), "FSTS.IQE cannot be cleared");
	expect_equal(b, "the wait behind the error", page[0], 2);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_queue, misaligned_tail, QUEUE(0), .risky = true,
     .claim = "With 256-bit descriptors a tail in the middle of one stops the queue.",
     .rules = RULES(VTD_QERR_06))
{
	uint64_t at = head(b);

	if (!(read64(&b->iommu->mmio, VTD_IQA) & VTD_IQA_DW))
		skip(b, "256-bit descriptors (IQA.DW)");
	vtd_queue_tail_raw(raw_vtd(b), read64(&b->iommu->mmio, VTD_IQT) ^ BIT64(4));
	(void)expect_rejected(b, "a misaligned tail", at, IQEI_ALIGN, IQEI_ALIGN);
}

TEST(vtd_queue, tail_beyond_the_queue, QUEUE(0), .risky = true,
     .claim = "A tail beyond the queue stops it.",
     .rules = RULES(VTD_QERR_07))
{
	uint64_t at = head(b);

	vtd_queue_tail_raw(raw_vtd(b), queue_bytes(b));
	(void)expect_rejected(b, "a tail beyond the queue", at, IQEI_TAIL, IQEI_TAIL);
}

TEST(vtd_queue, page_selective_without_psi, QUEUE(0), .risky = true,
     .claim = "Without CAP.PSI a page-selective IOTLB invalidation stops the queue.",
     .rules = RULES(VTD_INV_14))
{
	uint64_t at = head(b);

	if (raw_vtd(b)->cap & VTD_CAP_PSI)
		skip(b, "a unit without page-selective IOTLB invalidation (CAP.PSI is set)");
	submit(b, 0x2 | 3 << 4 | (uint64_t)b->hwpt.domain_id << 16, 0, 0, 0);
	(void)expect_rejected(b, "a page-selective invalidation", at, IQEI_TYPE, IQEI_RESERVED);
}

static void expect_mask_accepted(struct bench *b, uint64_t mask)
{
	note(b, "AM %llu", (unsigned long long)mask);
	submit(b, 0x6 | 3 << 4 | (uint64_t)b->hwpt.domain_id << 16, mask, 0, 0);
	expect_accepted(b, "a PASID-based IOTLB invalidation");
}

TEST(vtd_queue, masks_of_pasid_invalidations, QUEUE(NEEDS_SCALABLE),
     .claim = "A PASID-based IOTLB invalidation takes every address mask up to CAP.MAMV.",
     .rules = RULES(VTD_INV_18))
{
	uint64_t mamv = FIELD_GET(VTD_CAP_MAMV, raw_vtd(b)->cap);

	for (uint64_t mask = 0; mask <= mamv; mask++)
		expect_mask_accepted(b, mask);
}

TEST(vtd_queue, masks_of_pasid_invalidations_beyond_mamv, QUEUE(NEEDS_SCALABLE), .risky = true,
     .claim = "A PASID-based IOTLB invalidation takes address masks beyond CAP.MAMV, which does not bind it.",
     .rules = RULES(VTD_INV_18))
{
	uint64_t mamv = FIELD_GET(VTD_CAP_MAMV, raw_vtd(b)->cap);

	for (uint64_t mask = mamv + 1; mask <= 27; mask++)
		expect_mask_accepted(b, mask);
}

TEST(vtd_queue, head_steps_by_the_width, QUEUE(0),
     .claim = "With 256-bit descriptors IQH never has bit 4 set, and it follows the tail.",
     .rules = RULES(VTD_QI_05, VTD_QI_03))
{
	uint64_t step = read64(&b->iommu->mmio, VTD_IQA) & VTD_IQA_DW ? 32 : 16;
	uint64_t size = queue_bytes(b);

	for (unsigned i = 0; i < 10; i++) {
		uint64_t at = head(b);

		submit(b, WAIT | WAIT_FN | WAIT_IF, 0, 0, 0);
		expect_accepted(b, "a wait");
		expect_equal(b, "IQH", head(b), (at + step) % size);
	}
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
}
