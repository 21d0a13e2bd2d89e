/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The VT-d fault event and the invalidation completion event: mask, pending, and when a message is sent (7.3,
 * 11.4.7.2, 6.5.2.10, 11.4.9.5).
 */
#include "tests/raw/vtd_raw.h"

#define EVENT .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_DMA_WRITE | NEEDS_FAULT_EVENT, .faults = true

#define COMPLETION .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_QUEUE | NEEDS_FAULT_EVENT

static void mask(struct bench *b, bool on)
{
	uint32_t fectl = read32(&b->iommu->mmio, VTD_FECTL);

	write32(&b->iommu->mmio, VTD_FECTL, (fectl & ~VTD_FECTL_IM) | (on ? VTD_FECTL_IM : 0));
}

static bool pending(struct bench *b)
{
	return read32(&b->iommu->mmio, VTD_FECTL) & VTD_FECTL_IP;
}

/* One refused write, recorded by the time this returns. */
static void provoke(struct bench *b)
{
	struct span hole = unmapped_leaves(b, 1);

	(void)device_tries_to_write(b, leaf(&hole, 0), write_bytes(b, 64));
	flush_all(b);
	expect(b, read32(&b->iommu->mmio, VTD_FSTS) & VTD_FSTS_PPF,
	       "FSTS.PPF is clear after a fault");
}

TEST(vtd_event, masked_event_is_pending, EVENT,
     .claim = "A masked fault event stays pending, and sends no message.",
     .rules = RULES(VTD_FEV_03))
{
	uint32_t before = fault_events(b);

	mask(b, true);
	provoke(b);
	expect(b, pending(b), "FECTL.IP is clear after a fault with FECTL.IM set");
	expect_equal(b, "messages while masked", wait_for_fault_events(b, before + 1) - before, 0);
	forget_faults(b);
}

TEST(vtd_event, unmasking_sends_what_is_pending, EVENT,
     .claim = "Unmasking sends the message of a pending fault event, and ends the pending.",
     .rules = RULES(VTD_FEV_03))
{
	uint32_t before = fault_events(b);

	mask(b, true);
	provoke(b);
	mask(b, false);
	expect_equal(b, "messages after unmasking", wait_for_fault_events(b, before + 1) - before,
		     1);
	expect(b, !pending(b), "FECTL.IP is set after its message was sent");
	forget_faults(b);
}

TEST(vtd_event, cleared_event_is_not_sent, EVENT,
     .claim = "A pending fault event whose conditions were cleared sends no message when unmasked.",
     .rules = RULES(VTD_FEV_04))
{
	uint32_t before = fault_events(b);

	mask(b, true);
	provoke(b);
	expect(b, pending(b), "FECTL.IP is clear after a fault with FECTL.IM set");
	forget_faults(b);
	expect(b, !pending(b), "FECTL.IP outlives the conditions in FSTS");
	mask(b, false);
	expect_equal(b, "messages after unmasking", wait_for_fault_events(b, before + 1) - before,
		     0);
}

TEST(vtd_event, queue_error_raises_the_event, EVENT,
     .claim = "An invalidation queue error raises the fault event.",
     .rules = RULES(VTD_QERR_14))
{
	static const uint64_t undefined_type[4] = { 0xf };
	uint32_t before = fault_events(b), after;

	if (!b->iommu->caps.queued_invalidation)
		skip(b, "queued invalidation (ECAP.QI)");
	require_ok(b, vtd_queue_raw(raw_vtd(b), undefined_type), "queue a descriptor");
	after = wait_for_fault_events(b, before + 1);
	expect_done(b, vtd_queue_recover(raw_vtd(b)), "recover the queue");
	expect_equal(b, "messages after a queue error", after - before, 1);
}

/* ---- Completion ---- */

static void unhook(struct bench *b)
{
	(void)!vtd_completion_interrupt(raw_vtd(b), NULL);
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
}

/* Completion events go to the case's line, on which nothing else happens; how many came before. */
static uint32_t hook(struct bench *b)
{
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
	b->undo = unhook;
	require_ok(b, vtd_completion_interrupt(raw_vtd(b), event_line(b)), "completion_interrupt");
	return fault_events(b);
}

static void mask_completion(struct bench *b, bool on)
{
	uint32_t iectl = read32(&b->iommu->mmio, VTD_IECTL);

	write32(&b->iommu->mmio, VTD_IECTL, (iectl & ~VTD_IECTL_IM) | (on ? VTD_IECTL_IM : 0));
}

static bool completion_pending(struct bench *b)
{
	return read32(&b->iommu->mmio, VTD_IECTL) & VTD_IECTL_IP;
}

/* A wait descriptor with IF, and all that it does is done. */
static void complete(struct bench *b)
{
	submit(b, 0x5 | BIT64(4), 0, 0, 0);
	settle(b);
	expect(b, read32(&b->iommu->mmio, VTD_ICS) & VTD_ICS_IWC,
	       "ICS.IWC is clear after a wait with IF");
}

TEST(vtd_event, completion_raises_an_interrupt, COMPLETION,
     .claim = "A wait with IF sends the completion event, once until ICS.IWC is cleared, and then again.",
     .rules = RULES(VTD_WAIT_04, VTD_WAIT_07))
{
	uint32_t before = hook(b);

	complete(b);
	expect_equal(b, "messages", wait_for_fault_events(b, before + 1) - before, 1);
	complete(b);
	expect_equal(b, "messages while ICS.IWC was set",
		     wait_for_fault_events(b, before + 2) - before, 1);
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
	complete(b);
	expect_equal(b, "messages after ICS.IWC was cleared",
		     wait_for_fault_events(b, before + 2) - before, 2);
}

TEST(vtd_event, masked_completion_is_pending, COMPLETION,
     .claim = "A masked completion event stays pending; unmasking sends it and ends the pending.",
     .rules = RULES(VTD_WAIT_08))
{
	uint32_t before = hook(b);

	mask_completion(b, true);
	complete(b);
	expect(b, completion_pending(b), "IECTL.IP is clear after a completion with IECTL.IM set");
	expect_equal(b, "messages while masked", wait_for_fault_events(b, before + 1) - before, 0);
	mask_completion(b, false);
	expect_equal(b, "messages after unmasking", wait_for_fault_events(b, before + 1) - before,
		     1);
	expect(b, !completion_pending(b), "IECTL.IP is set after its message was sent");
}

TEST(vtd_event, serviced_completion_is_not_sent, COMPLETION,
     .claim = "A pending completion event ends when ICS.IWC is cleared, and unmasking sends nothing.",
     .rules = RULES(VTD_WAIT_08))
{
	uint32_t before = hook(b);

	mask_completion(b, true);
	complete(b);
	expect(b, completion_pending(b), "IECTL.IP is clear after a completion with IECTL.IM set");
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
	expect(b, !completion_pending(b), "IECTL.IP outlives ICS.IWC");
	mask_completion(b, false);
	expect_equal(b, "messages after unmasking", wait_for_fault_events(b, before + 1) - before,
		     0);
}
