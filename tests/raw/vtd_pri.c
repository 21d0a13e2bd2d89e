/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d page requests: what arrives in the queue, what does not and how it is answered, the event, and the way back to
 * the device (6.5.3.1, 7.1.3, 7.4 to 7.8, 11.4.11). The driver never allows them; these tests do, in the context
 * entry, with a queue of one page.
 */
#include <string.h>

#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_DMA_ATS | NEEDS_DMA_PRI | NEEDS_QUEUE)
#define PRI(needs_) .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE | NEEDS_SCALABLE | (needs_)

/* 7.4.1.1: word 0, then word 1 */
#define DESCRIPTOR	0x01ull
#define WITH_PASID	BIT64(8)
#define RID(x)		((uint64_t)(x) << 16)
#define PASID(x)	((uint64_t)(x) << 32)
#define PMR		BIT64(53)
#define WITHOUT_PASID	(GENMASK64(31, 0) | GENMASK64(63, 54))	/* 53:32 say nothing then */
#define RDR		BIT64(0)
#define WRR		BIT64(1)
#define LPIG		BIT64(2)
#define PRGI(x)		((uint64_t)(x) << 3)

#define WORDS		4u			/* of a descriptor */
#define BYTES		32u
#define ENTRIES		((unsigned)(PAGE_SIZE / BYTES))
#define RESPONSE_US	100000u

enum { SUCCESS = 0, INVALID_REQUEST = 1, RESPONSE_FAILURE = 0xf };	/* Table 32 */

static uint64_t *queue;
static uint64_t found;				/* PQA */
static const struct dma_page_group LAST_WRITE = { .index = 0x155, .last = true, .write = true };

/* ---- The queue ---- */

static uint32_t status_of(const struct bench *b)
{
	return read32(&b->iommu->mmio, VTD_PRS);
}

static void clear_status(struct bench *b, uint32_t bits)
{
	write32(&b->iommu->mmio, VTD_PRS, bits);
}

static void close_queue(struct bench *b)
{
	const struct mmio *mmio = &b->iommu->mmio;

	withdraw_all(b);
	flush_all(b);
	write32(mmio, VTD_PECTL, VTD_PECTL_IM);
	clear_status(b, VTD_PRS_PRO | VTD_PRS_PPR);
	write64(mmio, VTD_PQH, 0);
	write64(mmio, VTD_PQT, 0);
	write64(mmio, VTD_PQA, found);
}

/* The event is masked: a case that wants it says so afterwards. */
static void open_queue(struct bench *b)
{
	const struct mmio *mmio = &b->iommu->mmio;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_PRS))
		skip(b, "a unit that takes page requests (ECAP.PRS)");
	queue = (uint64_t *)(void *)fresh_window(b);
	found = read64(mmio, VTD_PQA);
	write32(mmio, VTD_PECTL, VTD_PECTL_IM);
	clear_status(b, VTD_PRS_PRO | VTD_PRS_PPR);
	write64(mmio, VTD_PQH, 0);
	write64(mmio, VTD_PQT, 0);
	write64(mmio, VTD_PQA, pa_of(queue).v);
}

/* DTE and PRE, or what is given, in the source's context entry. */
static void allow(struct bench *b, uint64_t bits)
{
	uint64_t *context = context_words(b);

	(void)plant(b, context, (*context & ~(VTD_SCE0_DTE | VTD_SCE0_PRE)) | bits);
	b->undo = close_queue;
}

static void take_page_requests(struct bench *b)
{
	open_queue(b);
	allow(b, VTD_SCE0_DTE | VTD_SCE0_PRE);
}

/* All that the device sent before has arrived, or was dropped: its registers are read behind its requests. */
static unsigned tail(const struct bench *b)
{
	return (unsigned)read64(&b->iommu->mmio, VTD_PQT) / BYTES;
}

static void take_until(const struct bench *b, unsigned head)
{
	write64(&b->iommu->mmio, VTD_PQH, (uint64_t)head * BYTES);
}

static void expect_tail(struct bench *b, unsigned entry)
{
	wait_until(tail(b) == entry, deadline_in_us(RESPONSE_US));
	expect_equal(b, "entry that PQT points to", tail(b), entry);
}

static uint64_t word1(iova_t at, struct dma_page_group group)
{
	return ALIGN_DOWN(at.v, (uint64_t)PAGE_SIZE) | PRGI(group.index) | (group.last ? LPIG : 0) |
	       (group.write ? WRR : 0) | (group.read ? RDR : 0);
}

static void expect_descriptor(struct bench *b, unsigned entry, uint64_t w0, uint64_t mask, uint64_t w1)
{
	const uint64_t *words = queue + (size_t)entry * WORDS;

	expect_equal(b, "word 0 of the descriptor", words[0] & mask, w0);
	expect_equal(b, "word 1 of the descriptor", words[1], w1);
	expect_equal(b, "word 2 of the descriptor", words[2], 0);
	expect_equal(b, "word 3 of the descriptor", words[3], 0);
}

/* ---- Responses ---- */

/* The device has got exactly one response more. */
static void expect_response(struct bench *b, uint32_t before, unsigned group, unsigned code)
{
	struct dma_responses r = device_responses(b);

	expect_equal(b, "responses that the device got", r.count - before, 1);
	expect_equal(b, "group of the response", r.group, group);
	expect_equal(b, "code of the response", r.code, code);
	expect_equal(b, "PASID of the response", r.with_pasid ? r.pasid : IOMMU_NO_PASID,
		     b->source.pasid);
}

/* One that ends its group is dropped with this answer, and one that does not with none. */
static void expect_dropped(struct bench *b, iova_t at, unsigned code)
{
	struct dma_page_group within = LAST_WRITE;
	uint32_t before = device_responses(b).count;
	unsigned entry = tail(b);

	within.last = false;
	device_asks_for_page(b, at, within);
	settle(b);
	expect_equal(b, "responses to a dropped request without LPIG",
		     device_responses(b).count - before, 0);
	device_asks_for_page(b, at, LAST_WRITE);
	wait_until(device_responses(b).count != before, deadline_in_us(RESPONSE_US));
	expect_response(b, before, LAST_WRITE.index, code);
	expect_tail(b, entry);
}

/* ---- What arrives ---- */

TEST(vtd_pri, request_is_queued, PRI(0),
     .claim = "A page request arrives in the queue with its source, page, group and rights, and sets PRS.PPR.",
     .rules = RULES(VTD_PRI_01))
{
	static const struct dma_page_group groups[] = {
		{ .index = 0x155, .read = true },
		{ .index = 0x0aa, .write = true },
		{ .index = 0x1ff, .read = true, .write = true, .last = true },
		{ .index = 0, .read = true, .last = true },
	};
	struct span s = map_leaves(b, 1, RW);

	take_page_requests(b);
	for (unsigned i = 0; i < ARRAY_COUNT(groups); i++) {
		iova_t at = iova(s.iova.v + 64);

		device_asks_for_page(b, at, groups[i]);
		expect_tail(b, i + 1);
		expect_descriptor(b, i, DESCRIPTOR | RID(b->source.rid), WITHOUT_PASID,
				  word1(at, groups[i]));
	}
	expect_equal(b, "PRS", status_of(b), VTD_PRS_PPR);
	expect_no_fault(b);
}

TEST(vtd_pri, request_with_pasid_is_queued, PRI(NEEDS_DMA_PASID | NEEDS_PASID),
     .claim = "A page request with PASID arrives in the queue with its PASID and its privilege.",
     .rules = RULES(VTD_PRI_01))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);
	uint64_t w0 = DESCRIPTOR | WITH_PASID | RID(b->source.rid) | PASID(pasid);

	take_page_requests(b);
	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_tail(b, 1);
	expect_descriptor(b, 0, w0, UINT64_MAX, word1(s.iova, LAST_WRITE));
	use_pasid_as(b, pasid, AS_SUPERVISOR);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_tail(b, 2);
	expect_descriptor(b, 1, w0 | PMR, UINT64_MAX, word1(s.iova, LAST_WRITE));
}

TEST(vtd_pri, request_invalidates_its_page, PRI(0),
     .claim = "A page request ends the cached translation of its page.",
     .rules = RULES(VTD_PRI_01, VTD_INV_36))
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *next = twin_window(b, &s, 0), *old = s.window[0];
	bool stale;

	take_page_requests(b);
	expect_write_lands(b, &s, 0);
	remap_quietly(b, &s, 0, next);
	stale = write_reaches(b, leaf(&s, 0), old);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_tail(b, 1);
	expect_write_lands(b, &s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the page request");
}

/* ---- The ring ---- */

/* The queue is full, nothing of it taken. */
static void fill_queue(struct bench *b, iova_t at)
{
	for (unsigned i = 0; i < ENTRIES - 1; i++)
		device_asks_for_page(b, at, LAST_WRITE);
	expect_tail(b, ENTRIES - 1);
	expect_equal(b, "PRS of a full queue", status_of(b), VTD_PRS_PPR);
}

TEST(vtd_pri, queue_wraps, PRI(0),
     .claim = "After the last entry of its queue the unit goes on with the first.",
     .rules = RULES(VTD_PRI_01, VTD_PRI_02))
{
	struct dma_page_group group = { .index = 1, .read = true, .last = true };
	struct span s = map_leaves(b, 1, RW);

	take_page_requests(b);
	fill_queue(b, leaf(&s, 0));
	take_until(b, ENTRIES - 1);
	memset(queue, 0xff, PAGE_SIZE);
	for (unsigned i = 0; i < 2; i++) {
		unsigned entry = (ENTRIES - 1 + i) % ENTRIES;

		group.index++;
		device_asks_for_page(b, leaf(&s, 0), group);
		expect_tail(b, i);
		expect_descriptor(b, entry, DESCRIPTOR | RID(b->source.rid), WITHOUT_PASID,
				  word1(s.iova, group));
	}
}

TEST(vtd_pri, full_queue_drops, PRI(0),
     .claim = "A request that finds the queue full is dropped, answered with Success, and sets PRS.PRO.",
     .rules = RULES(VTD_PRI_02, VTD_PRI_03))
{
	struct span s = map_leaves(b, 1, RW);

	take_page_requests(b);
	fill_queue(b, leaf(&s, 0));
	expect_dropped(b, leaf(&s, 0), SUCCESS);
	expect_equal(b, "PRS", status_of(b), VTD_PRS_PRO | VTD_PRS_PPR);
	expect_no_fault(b);
}

TEST(vtd_pri, overflow_drops_until_cleared, PRI(0),
     .claim = "While PRS.PRO is set requests are dropped though there is room; once it is cleared they are queued.",
     .rules = RULES(VTD_PRI_03, VTD_PRI_04))
{
	struct span s = map_leaves(b, 1, RW);

	take_page_requests(b);
	fill_queue(b, leaf(&s, 0));
	expect_dropped(b, leaf(&s, 0), SUCCESS);
	take_until(b, ENTRIES - 1);
	expect_dropped(b, leaf(&s, 0), SUCCESS);
	clear_status(b, VTD_PRS_PRO | VTD_PRS_PPR);
	expect_equal(b, "PRS after it was cleared", status_of(b), 0);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_tail(b, 0);
	expect_equal(b, "PRS", status_of(b), VTD_PRS_PPR);
}

/* ---- Faults ---- */

static void expect_fault_recorded(struct bench *b, iova_t at, unsigned reason)
{
	struct iommu_fault fault;

	expect(b, take_fault(b, &fault), "no fault was recorded; expected reason %02Xh", reason);
	expect_equal(b, "source of the fault", fault.source.rid, b->source.rid);
	expect_equal(b, "address of the fault", fault.address, at.v);
	expect_equal(b, "access of the fault", fault.access, IOMMU_PAGE_REQUEST);
	expect_reason_of(b, &fault, reason);
}

/* Both requests of expect_dropped() meet the fault; a unit that compresses records one. */
static void expect_page_request_faults(struct bench *b, iova_t at, unsigned reason)
{
	expect_dropped(b, at, INVALID_REQUEST);
	expect_equal(b, "PRS", status_of(b), 0);
	expect_fault_recorded(b, at, reason);
	forget_faults(b);
}

TEST(vtd_pri, needs_the_enable, PRI(0), .faults = true,
     .claim = "Where PRE is clear a page request is dropped, recorded as 47h, and answered with Invalid Request.",
     .rules = RULES(VTD_PRI_03, VTD_PRI_05, VTD_PRI_06, VTD_PRI_12))
{
	struct span s = map_leaves(b, 1, RW);

	open_queue(b);
	allow(b, VTD_SCE0_DTE);
	expect_page_request_faults(b, leaf(&s, 0), 0x47);
	allow(b, VTD_SCE0_DTE | VTD_SCE0_PRE);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_tail(b, 1);
}

TEST(vtd_pri, needs_a_pasid_entry, PRI(NEEDS_DMA_PASID | NEEDS_PASID), .faults = true,
     .claim = "A page request whose PASID has no entry is dropped, recorded, and answered with Invalid Request.",
     .rules = RULES(VTD_PRI_03, VTD_PRI_05, VTD_PRI_12))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);
	uint64_t *words;

	take_page_requests(b);
	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	words = pasid_words(b);
	(void)plant(b, words, *words & ~VTD_PE0_P);
	b->undo = close_queue;
	expect_page_request_faults(b, leaf(&s, 0), 0x59);
}

TEST(vtd_pri, never_in_legacy_mode, .vendor = "vtd", .sweep = SWEEP_REGIMES, .faults = true,
     .needs = NEEDS_HERE | NEEDS_LEGACY,
     .claim = "In legacy mode a page request is dropped, recorded as 32h, and answered with Invalid Request.",
     .rules = RULES(VTD_PRI_06))
{
	struct span s = map_leaves(b, 1, RW);

	open_queue(b);
	b->undo = close_queue;
	expect_page_request_faults(b, leaf(&s, 0), 0x32);
}

/* ---- The event ---- */

static void mask(struct bench *b, bool on)
{
	write32(&b->iommu->mmio, VTD_PECTL, on ? VTD_PECTL_IM : 0);
}

static bool pending(struct bench *b)
{
	return read32(&b->iommu->mmio, VTD_PECTL) & VTD_PECTL_IP;
}

/* The event goes to the case's line, on which nothing else happens; how many came before. */
static uint32_t hook(struct bench *b)
{
	const struct mmio *mmio = &b->iommu->mmio;
	const struct arch_msi *line = event_line(b);

	take_page_requests(b);
	write32(mmio, VTD_PEDATA, line->data);
	write32(mmio, VTD_PEADDR, (uint32_t)line->address);
	write32(mmio, VTD_PEUADDR, (uint32_t)(line->address >> 32));
	return fault_events(b);
}

TEST(vtd_pri, request_raises_an_interrupt, PRI(NEEDS_FAULT_EVENT),
     .claim = "A page request sends the event, once until PRS is clear, and then again.",
     .rules = RULES(VTD_PRI_07))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t before = hook(b);

	mask(b, false);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_equal(b, "messages", wait_for_fault_events(b, before + 1) - before, 1);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_equal(b, "messages while PRS.PPR was set",
		     wait_for_fault_events(b, before + 2) - before, 1);
	clear_status(b, VTD_PRS_PPR);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_equal(b, "messages after PRS.PPR was cleared",
		     wait_for_fault_events(b, before + 2) - before, 2);
}

TEST(vtd_pri, masked_event_is_pending, PRI(NEEDS_FAULT_EVENT),
     .claim = "A masked page request event stays pending; unmasking sends it, and clearing PRS ends it.",
     .rules = RULES(VTD_PRI_07))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t before = hook(b);

	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_tail(b, 1);
	expect(b, pending(b), "PECTL.IP is clear after a request with PECTL.IM set");
	expect_equal(b, "messages while masked", wait_for_fault_events(b, before + 1) - before, 0);
	mask(b, false);
	expect_equal(b, "messages after unmasking", wait_for_fault_events(b, before + 1) - before,
		     1);
	expect(b, !pending(b), "PECTL.IP is set after its message was sent");
	mask(b, true);
	clear_status(b, VTD_PRS_PPR);
	device_asks_for_page(b, leaf(&s, 0), LAST_WRITE);
	expect_tail(b, 2);
	clear_status(b, VTD_PRS_PPR);
	expect(b, !pending(b), "PECTL.IP outlives PRS.PPR");
}

/* ---- The way back ---- */

/* 7.8: the device-TLB invalidation behind it pushes the response, so that the device has it when that is done. */
static void respond(struct bench *b, unsigned group, unsigned code)
{
	uint32_t pasid = b->source.pasid;
	uint64_t prefix = pasid == IOMMU_NO_PASID
				  ? 0
				  : VTD_QI0_PGRSP_PP |
					    FIELD_PREP(VTD_QI0_PGRSP_PASID, (uint64_t)pasid);

	submit(b,
	       VTD_QI_PGRSP | prefix | FIELD_PREP(VTD_QI0_PGRSP_RID, (uint64_t)b->source.rid) |
		       FIELD_PREP(VTD_QI0_PGRSP_RC, (uint64_t)code),
	       FIELD_PREP(VTD_QI1_PGRSP_PRGI, (uint64_t)group), 0, 0);
	submit(b, VTD_QI_DEVTLB | FIELD_PREP(VTD_QI0_DTLB_SID, (uint64_t)b->source.rid) | pfsid(b),
	       0, 0, 0);
	settle(b);
}

static void expect_each_response_arrives(struct bench *b, iova_t at)
{
	static const uint8_t codes[] = { SUCCESS, INVALID_REQUEST, RESPONSE_FAILURE };
	struct dma_page_group group = { .index = 0x155, .last = true, .read = true };

	for (unsigned i = 0; i < ARRAY_COUNT(codes); i++) {
		uint32_t before = device_responses(b).count;

		group.index ^= 0x1ff;
		device_asks_for_page(b, at, group);
		expect_tail(b, i + 1);
		respond(b, group.index, codes[i]);
		expect_response(b, before, group.index, codes[i]);
	}
}

TEST(vtd_pri, response_reaches_the_device, PRI(0),
     .claim = "A page group response reaches the device that asked, with its group and its code.",
     .rules = RULES(VTD_QI_20, VTD_PRI_13))
{
	struct span s = map_leaves(b, 1, RW);

	take_page_requests(b);
	expect_each_response_arrives(b, leaf(&s, 0));
}

TEST(vtd_pri, response_with_pasid_reaches_the_device, PRI(NEEDS_DMA_PASID | NEEDS_PASID),
     .claim = "A page group response with PASID reaches the device that asked, with its PASID.",
     .rules = RULES(VTD_QI_20, VTD_PRI_13))
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t pasid = some_pasid(b);

	take_page_requests(b);
	attach_pasid(b, pasid, &b->hwpt);
	use_pasid(b, pasid);
	expect_each_response_arrives(b, leaf(&s, 0));
}
