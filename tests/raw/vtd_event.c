/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The VT-d fault event: mask, pending, and when a message is sent (7.3, 11.4.7.2). */
#include "tests/raw/vtd_raw.h"

#define EVENT .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_DMA_WRITE | NEEDS_FAULT_EVENT, .faults = true

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
