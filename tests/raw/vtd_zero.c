/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Zero-length reads, as VT-d takes them: what they need, and what they leave (3.14, 3.15). */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define ZERO(needs_) .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_DMA_READ | NEEDS_SELF_CONTAINED | (needs_)

static bool reads_nothing(struct bench *b, iova_t at)
{
	if (!b->engine->dma.limits.zero_reads)
		skip(b, "an engine that issues zero-length reads");
	return device_tries_to_read(b, at, 0);
}

TEST(vtd_zero, write_only_pages, ZERO(NEEDS_WRITE_ONLY), .faults = true,
     .claim = "A zero-length read of a write-only page works with CAP.ZLR, and is refused without.",
     .rules = RULES(VTD_ADDR_04, VTD_ADDR_05))
{
	struct span s = map_leaves(b, 1, PT_WRITE);
	bool allowed = raw_vtd(b)->cap & VTD_CAP_ZLR;

	expect_equal(b, "the read worked", reads_nothing(b, leaf(&s, 0)), allowed);
	if (!allowed)
		expect_reason(b, leaf(&s, 0), IOMMU_READ, b->regime->mode ? 0x86 : 0x06);
	expect_no_fault(b);
}

TEST(vtd_zero, pages_without_mapping, ZERO(0), .faults = true,
     .claim = "A zero-length read of what is not mapped is refused like any other.",
     .rules = RULES(VTD_ADDR_04, VTD_ADDR_05))
{
	struct span s = map_leaves(b, 1, RW), hole = unmapped_leaves(b, 1);

	expect(b, reads_nothing(b, leaf(&s, 0)), "a zero-length read of a mapped page was refused");
	expect_no_fault(b);
	expect(b, !reads_nothing(b, leaf(&hole, 0)), "a zero-length read of a hole was accepted");
	expect_reason(b, leaf(&hole, 0), IOMMU_READ,
		      !b->regime->mode                        ? 0x06
		      : b->regime->stage == IOMMU_STAGE_FIRST ? 0x71
							      : 0x79);
}

TEST(vtd_zero, interrupt_range, ZERO(0),
     .claim = "A zero-length read of the interrupt range works, though nothing maps it.",
     .rules = RULES(VTD_ADDR_07))
{
	expect(b, reads_nothing(b, iova(0xfee00000)), "the zero-length read was refused");
	expect_no_fault(b);
}

TEST(vtd_zero, marks_nothing_dirty, ZERO(NEEDS_DIRTY | NEEDS_DMA_WRITE),
     .claim = "A zero-length read sets no dirty flag.",
     .rules = RULES(VTD_AD_41))
{
	struct span s = map_leaves(b, 2, RW);

	expect(b, reads_nothing(b, leaf(&s, 0)), "the zero-length read was refused");
	expect_write_lands(b, &s, 1);
	expect_dirty(b, &s, "-D");
}
