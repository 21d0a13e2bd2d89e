/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d: addresses that no table is asked about: beyond the host's width, and the interrupt range (3.9, 3.15). */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define RANGE(needs_) .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_SELF_CONTAINED | (needs_), .faults = true

#define INTERRUPTS	0xfee00000u	/* FEEx_xxxxh */
#define NOT_AN_INTERRUPT 0x29		/* reason: an inappropriate request to that range */

TEST(vtd_range, pass_through_ends_at_the_host_width, RANGE(NEEDS_BYPASS | NEEDS_DMA_WRITE),
     .claim = "A request that is passed through is refused beyond the host address width.",
     .rules = RULES(VTD_PT_02))
{
	unsigned reason = b->regime->mode == VTD_TTM_LEGACY ? 0x04 : 0x83;
	unsigned haw = raw_vtd(b)->haw;
	struct span s;

	if (b->engine->dma.limits.address_bits <= haw)
		skip(b, "an engine that issues addresses beyond the host's");
	s = map_identity(b, RW);
	bypass(b);
	expect_write_lands(b, &s, 0);
	expect_write_fault(b, iova(leaf(&s, 0).v | BIT64(haw)), reason, 0);
	expect_write_lands(b, &s, 0);
}

/*
 * Reads, because a unit that takes a write of several doublewords for as many messages would interrupt the CPU with
 * what the engine happens to write. Revision 3.1 gave the fault its reason.
 */
TEST(vtd_range, interrupt_range_is_not_translated, RANGE(NEEDS_DMA_READ), .risky = true,
     .claim = "A read without PASID of the interrupt range is blocked, whatever the tables map there.",
     .rules = RULES(VTD_ADDR_08))
{
	struct span s = map_leaves_at(b, iova(INTERRUPTS), 1, RW);
	struct iommu_fault fault;

	if (!b->engine->dma.limits.reports_read_errors)
		skip(b, "an engine that reports refused reads");
	expect(b, !device_tries_to_read(b, leaf(&s, 0), read_bytes(b, 64)),
	       "a read at 0x%x was answered", INTERRUPTS);
	if (follows_revision_3_1(b)) {
		expect(b, take_fault(b, &fault), "a read at 0x%x left no fault", INTERRUPTS);
		expect_reason_of(b, &fault, NOT_AN_INTERRUPT);
	}
	forget_faults(b);
	s = map_leaves(b, 1, RW);
	expect_read_sees(b, &s, 0);
}

/*
 * Where in the page this engine would write a message of a harmless kind: fixed delivery, edge. False: what
 * it writes is not known, or never like that.
 */
static bool harmless_message(struct bench *b, iova_t page, iova_t *at)
{
	struct dma_op op = { .direction = DMA_WRITE, .bytes = 4 };
	uint8_t data[4];

	for (unsigned i = 0; i < PAGE_SIZE; i += 16) {
		op.iova = iova_add(page, i);
		if (!b->engine->dma.driver->ops->fill(&b->engine->dma, &op, data))
			return false;
		if (!(data[1] & 0x87)) {
			*at = op.iova;
			return true;
		}
	}
	return false;
}

TEST(vtd_range, messages_are_not_translated, RANGE(NEEDS_DMA_WRITE), .risky = true,
     .claim = "A doubleword written to the interrupt range is an interrupt, even where a table maps it.",
     .rules = RULES(VTD_ADDR_06))
{
	/* As an interrupt it names APIC FEh, which no machine has. */
	struct span s = map_leaf_of_at(b, PAGE_LG2, iova(INTERRUPTS | 0xfe000u), RW);
	struct iommu_fault fault;
	iova_t at;

	if (write_bytes(b, 4) != 4 || !harmless_message(b, s.iova, &at))
		skip(b, "an engine that writes a doubleword which is a harmless message");
	(void)device_tries_to_write(b, at, 4);
	flush_all(b);
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "the mapping was used");
	/* Interrupt remapping, where firmware left it on, may refuse the message with a reason of its own. */
	while (take_fault(b, &fault))
		expect(b, fault.reason >= 0x20 && fault.reason <= 0x2b, "reason %02Xh",
		       fault.reason);
}
