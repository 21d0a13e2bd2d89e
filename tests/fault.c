/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Fault records: a refused request leaves exactly one, with its source, address, direction, reason. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(fault, record_names_a_write,
     .claim = "The record of a refused write names its source, page, direction and reason.",
     .rules = RULES(VTD_FLT_11, VTD_FLT_14, VTD_SM_25, AMD_PERM_03, AMD_PERM_08, AMD_PERM_15,
                    AMD_DT_06),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = unmapped_leaves(b, 1);
	uint32_t bytes = write_bytes(b, 64);

	(void)device_tries_to_write(b, leaf(&s, 0), bytes);
	expect_fault(b, b->source, IOMMU_WRITE, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
	expect_no_other_fault(b, b->source, IOMMU_WRITE, leaf(&s, 0), bytes,
			      IOMMU_REFUSE_NOT_PRESENT);
}

TEST(fault, record_names_a_read,
     .claim = "The record of a refused read names its source, page, direction and reason.",
     .rules = RULES(VTD_FLT_11, VTD_FLT_14, VTD_SM_25, AMD_PERM_03, AMD_PERM_08, AMD_PERM_15,
                    AMD_DT_06),
     .needs = NEEDS_DMA_READ, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = unmapped_leaves(b, 1);
	uint32_t bytes = read_bytes(b, 64);

	(void)device_tries_to_read(b, leaf(&s, 0), bytes);
	expect_fault(b, b->source, IOMMU_READ, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
	expect_no_other_fault(b, b->source, IOMMU_READ, leaf(&s, 0), bytes,
			      IOMMU_REFUSE_NOT_PRESENT);
}

TEST(fault, record_names_the_page,
     .claim = "The record holds the page of the refused address, whatever the offset in it.",
     .rules = RULES(VTD_FLT_10, VTD_FLT_11, AMD_PERM_08),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = unmapped_leaves(b, 1);
	uint32_t bytes = write_bytes(b, 4);

	for (unsigned i = 0; i < 4; i++) {
		iova_t at = iova_add(leaf(&s, 0), (uint64_t)i * 512);

		if (i * 512 + bytes > PAGE_SIZE)
			break;
		(void)device_tries_to_write(b, at, bytes);
		expect_fault(b, b->source, IOMMU_WRITE, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
	}
}

TEST(fault, working_access_leaves_no_record,
     .claim = "An access that works leaves no fault record.",
     .rules = RULES(VTD_FLT_04, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &s, 1);
	expect_no_fault(b);
}

TEST(fault, each_is_recorded_after_clearing,
     .claim = "After a record was taken and cleared, the next refused access is recorded.",
     .rules = RULES(VTD_FLT_09, VTD_FLT_18, VTD_FLT_19, AMD_PERM_09),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = unmapped_leaves(b, 8);

	for (unsigned i = 0; i < s.count; i++)
		expect_write_refused(b, leaf(&s, i), IOMMU_REFUSE_NOT_PRESENT);
}

TEST(fault, records_wrap_around,
     .claim = "Records are reused in turn, for many more faults than there are records.",
     .rules = RULES(VTD_FLT_03, VTD_FLT_09, AMD_RING_01),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_REGIMES, .faults = true)
{
	struct span s = unmapped_leaves(b, 1);
	unsigned count = 2 * b->iommu->caps.fault_records + 3;

	for (unsigned i = 0; i < count; i++)
		expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
}

TEST(fault, access_works_after_a_fault,
     .claim = "A fault of one address leaves the translation of others as it was.",
     .rules = RULES(VTD_FLT_01, VTD_CACHE_02, AMD_PERM_09),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span hole = unmapped_leaves(b, 1);
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	expect_write_refused(b, leaf(&hole, 0), IOMMU_REFUSE_NOT_PRESENT);
	expect_write_lands(b, &s, 0);
}

TEST(fault, quiet_source_leaves_no_record,
     .claim = "A source whose faults are disabled is refused without a record.",
     .rules = RULES(VTD_LEG_18, VTD_SM_17, VTD_FLT_15, AMD_SUP_01, AMD_SUP_07),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES, .faults = true)
{
	struct span s = map_leaves(b, 2, RW);

	protect_quietly(b, &s, 1, PT_READ);
	attach_quiet(b, &b->hwpt);
	(void)device_tries_to_write(b, leaf(&s, 1), write_bytes(b, 64));
	expect(b, memory_is_poison(s.window[1], PAGE_SIZE),
	       "a write to a read-only page changed memory");
	expect_no_fault(b);
	expect_write_lands(b, &s, 0);
	attach(b, &b->hwpt);
	expect_write_refused(b, leaf(&s, 1), IOMMU_REFUSE_WRITE);
}

TEST(fault, overflow_is_reported,
     .claim = "More faults of different sources than there are records end in an overflow, not in silence.",
     .rules = RULES(VTD_FLT_07, VTD_FLT_09, AMD_RING_06, AMD_ENA_07),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_ENGINE, .sweep = SWEEP_REGIMES, .faults = true)
{
	struct span s = unmapped_leaves(b, 1);
	unsigned records = b->iommu->caps.fault_records, taken = 0;
	struct iommu_fault fault;
	bool overflow = false;

	attach_other(b, &b->hwpt);
	for (unsigned i = 0; i < 2 * records + 2 && !overflow; i++) {
		if (i % 2)
			(void)other_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
		else
			(void)device_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
		overflow = i > records && fault_overflowed(b);
	}
	while (taken <= 2 * records && take_fault(b, &fault))
		taken++;
	forget_faults(b);
	/* Where faults of one source are folded together, two sources fill no more than two records. */
	if (!overflow && records >= 2 && taken <= 2)
		unproven(b, "two sources, whose faults are folded, did not overflow %u records",
			 records);
	expect(b, overflow, "no overflow was reported");
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
}

TEST(fault, event_raises_an_interrupt,
     .claim = "The first fault record raises the fault event's interrupt, once.",
     .rules = RULES(VTD_FEV_01, VTD_FEV_03, AMD_RING_12, AMD_RING_16),
     .needs = NEEDS_DMA_WRITE | NEEDS_FAULT_EVENT, .sweep = SWEEP_REGIMES, .faults = true)
{
	struct span s = unmapped_leaves(b, 1);
	uint32_t before = fault_events(b);

	(void)device_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	expect_equal(b, "fault events", wait_for_fault_events(b, before + 1) - before, 1);
	(void)device_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	expect_equal(b, "fault events after a second fault",
		     wait_for_fault_events(b, before + 2) - before, 1);
	forget_faults(b);
	(void)device_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	expect_equal(b, "fault events after clearing",
		     wait_for_fault_events(b, before + 2) - before, 2);
	forget_faults(b);
}
