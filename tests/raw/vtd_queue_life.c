/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The VT-d invalidation queue turned off and on again, with the width of the mode and with another (6.5.2, 11.4.9). */
#include "tests/raw/vtd_raw.h"

#define LIFE(needs_)	.vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_QUEUE | (needs_), .risky = true
#define FENCE		(0x5ull | BIT64(6))	/* a wait that writes nothing */
#define IQEI_WIDTH	5u
#define QUEUE_US	100000u

static bool queue_error(const struct bench *b)
{
	return read32(&b->iommu->mmio, VTD_FSTS) & VTD_FSTS_IQE;
}

TEST(vtd_queue, narrow_descriptors_in_scalable_mode, LIFE(NEEDS_SCALABLE),
     .claim = "In scalable mode a queue of 128-bit descriptors stops at once.",
     .rules = RULES(VTD_QI_07))
{
	bool stopped;
	uint64_t code;

	expect_done(b, vtd_queue_restart(raw_vtd(b), false), "a queue of 128-bit descriptors");
	submit(b, FENCE, 0, 0, 0);
	stopped = wait_until(queue_error(b), deadline_in_us(QUEUE_US));
	code = FIELD_GET(VTD_IQERCD_IQEI, read64(&b->iommu->mmio, VTD_IQERCD));
	expect_done(b, vtd_queue_restart(raw_vtd(b), true), "a queue of 256-bit descriptors");
	settle(b);
	expect(b, stopped, "a 128-bit descriptor was accepted");
	expect(b, code == 0 || code == IQEI_WIDTH, "IQEI is %llu, expected %u",
	       (unsigned long long)code, IQEI_WIDTH);
}

TEST(vtd_queue, head_starts_over, LIFE(0),
     .claim = "A queue that was turned off begins at its first descriptor when it is turned on.",
     .rules = RULES(VTD_QI_14, VTD_REG_18))
{
	const struct mmio *mmio = &b->iommu->mmio;
	bool wide = read64(mmio, VTD_IQA) & VTD_IQA_DW;

	submit(b, FENCE, 0, 0, 0);
	settle(b);
	expect_done(b, vtd_queue_restart(raw_vtd(b), wide), "the queue off and on");
	expect_equal(b, "IQH of an empty queue", read64(mmio, VTD_IQH), 0);
	submit(b, FENCE, 0, 0, 0);
	settle(b);
}

static void put_back(struct bench *b)
{
	if (!raw_vtd(b)->queue.on)
		(void)!vtd_queue_start(raw_vtd(b), false);
}

/*
 * By hand: the driver does not speak to a queue of a width that the unit lacks. The descriptor is two fences
 * where the width is not looked at; either way the queue is empty, or in error, when it is turned off.
 */
TEST(vtd_queue, wide_descriptors_without_modes, LIFE(0),
     .claim = "256-bit descriptors stop the queue of a unit that has neither scalable nor abort-dma mode.",
     .rules = RULES(VTD_QI_08))
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct vtd_queue *queue = &raw_vtd(b)->queue;
	bool stopped;
	uint64_t code;

	if (raw_vtd(b)->ecap & (VTD_ECAP_SMTS | VTD_ECAP_ADMS))
		skip(b,
		     "a unit without scalable and abort-dma mode (ECAP.SMTS or ECAP.ADMS is set)");
	expect_done(b, vtd_queue_stop(raw_vtd(b)), "the queue off");
	b->undo = put_back;
	queue->ring[0] = queue->ring[2] = FENCE;
	queue->ring[1] = queue->ring[3] = 0;
	write64(mmio, VTD_IQT, 0);
	write64(mmio, VTD_IQA, pa_of(queue->ring).v | VTD_IQA_DW);
	expect(b, raw_command(b, VTD_GCMD_QIE, true), "GSTS.QIES does not follow GCMD.QIE");
	vtd_queue_tail_raw(raw_vtd(b), 32);
	stopped = wait_until(queue_error(b) || read64(mmio, VTD_IQH) == 32,
			     deadline_in_us(QUEUE_US)) &&
		  queue_error(b);
	code = FIELD_GET(VTD_IQERCD_IQEI, read64(mmio, VTD_IQERCD));
	if (stopped)
		write64(mmio, VTD_IQT, read64(mmio, VTD_IQH));
	write32(mmio, VTD_FSTS, VTD_FSTS_IQE);
	expect(b, raw_command(b, VTD_GCMD_QIE, false), "GSTS.QIES does not follow GCMD.QIE");
	expect_done(b, vtd_queue_start(raw_vtd(b), false), "a queue of 128-bit descriptors");
	flush_all(b);
	expect(b, stopped, "a 256-bit descriptor was accepted");
	expect(b, code == 0 || code == IQEI_WIDTH, "IQEI is %llu, expected %u",
	       (unsigned long long)code, IQEI_WIDTH);
}
