/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d registers and the command protocol (11.2, 11.4.4 .. 11.4.6, 11.4.9). */
#include <string.h>

#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)

TEST(vtd_register, split_reads,
     .claim = "A 64-bit register reads the same as one quadword and as two doublewords.",
     .rules = RULES(VTD_REG_01), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	const struct mmio *mmio = &b->iommu->mmio;
	const reg64_t regs[] = { VTD_CAP, VTD_ECAP, VTD_RTADDR };

	for (unsigned i = 0; i < ARRAY_COUNT(regs); i++) {
		reg32_t low = { regs[i].offset }, high = { regs[i].offset + 4 };
		uint64_t halves = read32(mmio, low);

		halves |= (uint64_t)read32(mmio, high) << 32;
		note(b, "register at 0x%x", regs[i].offset);
		expect_equal(b, "two halves", halves, read64(mmio, regs[i]));
	}
}

TEST(vtd_register, split_writes,
     .claim = "A 64-bit register takes a write as one quadword and as two doublewords.",
     .rules = RULES(VTD_REG_01), .vendor = "vtd", .sweep = SWEEP_REGIMES, .risky = true)
{
	const struct mmio *mmio = &b->iommu->mmio;
	reg32_t low = { VTD_RTADDR.offset }, high = { VTD_RTADDR.offset + 4 };
	uint64_t before = read64(mmio, VTD_RTADDR);
	uint64_t page = pa_of(fresh_window(b)).v | BIT64(raw_vtd(b)->haw - 1);

	write64(mmio, VTD_RTADDR, page | (before & VTD_RTADDR_TTM));
	expect_equal(b, "after a quadword", read64(mmio, VTD_RTADDR),
		     page | (before & VTD_RTADDR_TTM));
	write32(mmio, low, (uint32_t)before);
	write32(mmio, high, (uint32_t)(before >> 32));
	expect_equal(b, "after two doublewords", read64(mmio, VTD_RTADDR), before);
}

static unsigned unit_index(const struct bench *b)
{
	for (unsigned i = 0; i < b->platform->unit_count; i++) {
		if (b->platform->units[i] == b->iommu)
			return i;
	}
	return 0;
}

TEST(vtd_register, every_mode_can_be_enabled,
     .claim = "In every mode the unit takes the root table, completes invalidations, and translates.",
     .rules = RULES(VTD_REG_04, VTD_REG_05), .vendor = "vtd", .sweep = SWEEP_UNITS, .risky = true)
{
	for (unsigned i = 0; i < b->iommu->regime_count; i++) {
		const struct iommu_regime *regime = &b->iommu->regimes[i];
		enum status status = platform_enable(b->platform, unit_index(b), regime);

		note(b, "mode of %s", regime->name);
		if (status == STATUS_UNSUPPORTED)	/* reserved memory that this mode cannot map */
			continue;
		expect_done(b, status, regime->name);
		expect(b, read32(&b->iommu->mmio, VTD_GSTS) & VTD_GSTS_TES,
		       "GSTS.TES is clear after enabling %s", regime->name);
	}
}

TEST(vtd_register, status_follows_commands,
     .claim = "GSTS shows what GCMD has turned on.",
     .rules = RULES(VTD_REG_04, VTD_REG_05), .vendor = "vtd", .sweep = SWEEP_REGIMES)
{
	uint32_t gsts = read32(&b->iommu->mmio, VTD_GSTS);

	expect(b, gsts & VTD_GSTS_TES, "GSTS.TES is clear while translation is on");
	expect(b, gsts & VTD_GSTS_RTPS, "GSTS.RTPS is clear after SRTP");
	expect(b, !b->iommu->caps.queued_invalidation || (gsts & VTD_GSTS_QIES),
	       "GSTS.QIES is clear while the queue is on");
	expect_equal(b, "reserved bits of GSTS", gsts & (GENMASK(29, 28) | GENMASK(22, 0)), 0);
}

TEST(vtd_register, one_shots_ignore_zero,
     .claim = "Writing 0 to the one-shot bits of GCMD changes nothing.",
     .rules = RULES(VTD_REG_06), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_DMA_WRITE, .risky = true)
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct span s = map_leaves(b, 1, RW);
	uint32_t before = read32(mmio, VTD_GSTS);

	write32(mmio, VTD_GCMD, before & VTD_GSTS_KEEP);
	expect_equal(b, "GSTS", read32(mmio, VTD_GSTS), before);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_register, root_pointer_waits_for_the_command,
     .claim = "A new root table address takes effect with SRTP and not before.",
     .rules = RULES(VTD_REG_10), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_DMA_WRITE, .risky = true)
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct span s = map_leaves(b, 2, RW);
	uint64_t before = read64(mmio, VTD_RTADDR);

	expect_write_lands(b, &s, 0);
	write64(mmio, VTD_RTADDR, pa_of(fresh_window(b)).v | (before & VTD_RTADDR_TTM));
	flush_all(b);
	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &s, 1);
	write64(mmio, VTD_RTADDR, before);
}

static uint64_t root_before;

static void set_root(struct bench *b, uint64_t rtaddr)
{
	write64(&b->iommu->mmio, VTD_RTADDR, rtaddr);
	expect(b, raw_command(b, VTD_GCMD_SRTP, true), "GSTS.RTPS does not follow GCMD.SRTP");
	flush_all(b);
}

static void put_root_back(struct bench *b)
{
	write64(&b->iommu->mmio, VTD_RTADDR, root_before);
	(void)raw_command(b, VTD_GCMD_SRTP, true);
}

/* A copy of the page that `word` stands in; where the word stands in it. */
static uint64_t *copy_page(struct bench *b, const uint64_t *word)
{
	uint64_t in_page = pa_of(word).v & (PAGE_SIZE - 1);
	uint8_t *copy = fresh_window(b);

	memcpy(copy, pa_ptr(pa(pa_of(word).v - in_page)), PAGE_SIZE);
	return (uint64_t *)(void *)(copy + in_page);
}

static pa_t page_of(const uint64_t *word)
{
	return pa(ALIGN_DOWN(pa_of(word).v, (uint64_t)PAGE_SIZE));
}

/* Root and context table as they are, for every source but this one: its context entry is not present. */
static pa_t tables_without_source(struct bench *b)
{
	uint64_t *context = copy_page(b, context_words(b)), *root = copy_page(b, root_word(b));

	*context &= ~VTD_CE0_P;
	*root = (*root & ~VTD_RE0_CTP) | page_of(context).v;
	expect_done(b, vtd_publish_words(raw_vtd(b), pa_ptr(page_of(context)), PAGE_SIZE),
		    "publish");
	expect_done(b, vtd_publish_words(raw_vtd(b), pa_ptr(page_of(root)), PAGE_SIZE), "publish");
	return page_of(root);
}

TEST(vtd_register, root_pointer_takes_effect,
     .claim = "After SRTP requests are looked up in the new root table, and after another in that of before.",
     .rules = RULES(VTD_REG_10), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED, .faults = true, .risky = true)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	root_before = read64(&b->iommu->mmio, VTD_RTADDR);
	b->undo = put_root_back;
	set_root(b, tables_without_source(b).v | (root_before & ~VTD_RTADDR_RTA));
	expect_write_fault(b, leaf(&s, 0), b->regime->mode == VTD_TTM_LEGACY ? 0x02 : 0x41, 0);
	set_root(b, root_before);
	b->undo = NULL;
	expect_write_lands(b, &s, 0);
}

/* Leaf 0 is cached and then leads elsewhere; is the old place still reached? */
static bool make_stale(struct bench *b, struct span *s)
{
	uint8_t *next = twin_window(b, s, 0), *old = s->window[0];

	expect_write_lands(b, s, 0);
	remap_quietly(b, s, 0, next);
	return write_reaches(b, leaf(s, 0), old);
}

TEST(vtd_register, root_pointer_invalidates,
     .claim = "With CAP.ESRTPS, setting the root table pointer ends every stale translation by itself.",
     .rules = RULES(VTD_ROOT_02), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_DMA_WRITE, .risky = true)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale;

	if (!(raw_vtd(b)->cap & VTD_CAP_ESRTPS))
		skip(b, "a root pointer that invalidates (CAP.ESRTPS)");
	stale = make_stale(b, &s);
	expect(b, raw_command(b, VTD_GCMD_SRTP, true), "GSTS.RTPS does not follow GCMD.SRTP");
	expect_write_lands(b, &s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the root pointer was set");
}

TEST(vtd_register, turning_off_invalidates,
     .claim = "On a unit with scalable mode, turning translation off ends every stale translation.",
     .rules = RULES(VTD_REG_16, VTD_REG_04), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_DMA_WRITE, .risky = true)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale, off, on;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_SMTS))
		skip(b, "scalable mode (ECAP.SMTS)");
	if (raw_vtd(b)->keep_translation)
		skip(b, "a unit whose translation can be turned off");
	stale = make_stale(b, &s);
	off = raw_command(b, VTD_GCMD_TE, false);
	on = raw_command(b, VTD_GCMD_TE, true);
	expect(b, off && on, "GSTS.TES does not follow GCMD.TE");
	expect_write_lands(b, &s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before translation was turned off");
}

TEST(vtd_register, fault_status_is_clear,
     .claim = "Without a fault FSTS shows no condition.",
     .rules = RULES(VTD_FLT_04), .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 1, RW);
	uint32_t conditions = VTD_FSTS_PPF | VTD_FSTS_PFO | VTD_FSTS_IQE | VTD_FSTS_ICE |
			      VTD_FSTS_ITE;

	expect_write_lands(b, &s, 0);
	expect_equal(b, "conditions in FSTS", read32(&b->iommu->mmio, VTD_FSTS) & conditions, 0);
}

TEST(vtd_register, pending_follows_records,
     .claim = "FSTS.PPF is set while a fault record is, names it in FRI, and ends with it.",
     .rules = RULES(VTD_FLT_04, VTD_FLT_18), .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct span s = unmapped_leaves(b, 1);
	uint32_t fsts;
	uint64_t record;

	(void)device_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	flush_all(b);
	fsts = read32(mmio, VTD_FSTS);
	expect(b, fsts & VTD_FSTS_PPF, "FSTS.PPF is clear after a fault");
	record = FIELD_GET(VTD_CAP_FRO, raw_vtd(b)->cap) * 16 +
		 (uint64_t)FIELD_GET(VTD_FSTS_FRI, fsts) * 16 + 8;
	expect(b, read64(mmio, (reg64_t){ (uint32_t)record }) & VTD_FRCD_HI_F,
	       "the record that FRI names is empty");
	write64(mmio, (reg64_t){ (uint32_t)record }, 0);
	expect(b, read64(mmio, (reg64_t){ (uint32_t)record }) & VTD_FRCD_HI_F,
	       "writing 0 cleared the record");
	expect_fault(b, b->source, IOMMU_WRITE, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
	expect(b, !(read32(mmio, VTD_FSTS) & VTD_FSTS_PPF), "FSTS.PPF outlives the record");
}

TEST(vtd_register, protected_memory_is_off,
     .claim = "Protected memory regions are off while translation is on, and PMEN.PRS says so.",
     .rules = RULES(VTD_PMR_02), .vendor = "vtd", .sweep = SWEEP_REGIMES)
{
	uint32_t pmen;

	if (!(raw_vtd(b)->cap & (VTD_CAP_PLMR | VTD_CAP_PHMR)))
		skip(b, "protected memory regions (CAP.PLMR, CAP.PHMR)");
	pmen = read32(&b->iommu->mmio, VTD_PMEN);
	expect_equal(b, "PMEN.EPM and PMEN.PRS", pmen & (VTD_PMEN_EPM | VTD_PMEN_PRS), 0);
}
