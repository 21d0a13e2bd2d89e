/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d invalidation through registers, with the queue off (6.5.1, 11.4.6), and write buffers (6.8). The queue is
 * on again, as it was, with the route.
 */
#include "tests/raw/vtd_raw.h"

#define RW		(PT_READ | PT_WRITE)
#define LEGACY(needs_)	.vendor = "vtd", .sweep = SWEEP_REGIMES, .risky = true, \
			.needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_LEGACY | (needs_)
#define BUFFERS		.vendor = "vtd", .sweep = SWEEP_REGIMES, .faults = true, \
			.needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED
#define LAST_VERSION	5u		/* that has the registers */

static bool was_on;

static void put_back(struct bench *b)
{
	struct vtd *vtd = raw_vtd(b);

	if (!(read32(&b->iommu->mmio, VTD_GSTS) & VTD_GSTS_TES))
		(void)raw_command(b, VTD_GCMD_TE, true);
	if (was_on && !vtd->queue.on)
		(void)!vtd_queue_start(vtd, vtd->queue.words == 4);
}

/* What the bench invalidates goes through registers from here on, where the unit has them. */
static void turn_queue_off(struct bench *b)
{
	flush_all(b);
	was_on = raw_vtd(b)->queue.on;
	b->undo = put_back;
	if (was_on)
		expect_done(b, vtd_queue_stop(raw_vtd(b)), "the queue off");
}

static void need_registers(struct bench *b)
{
	if (raw_vtd(b)->version > LAST_VERSION)
		skip(b, "a unit of version %u or earlier (VER.MAX is %u)", LAST_VERSION,
		     raw_vtd(b)->version);
	turn_queue_off(b);
}

/* Each gives the granularity that the unit says it has done. */
static uint64_t invalidate_contexts(struct bench *b, uint64_t granularity)
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);

	write64(mmio, VTD_CCMD,
		VTD_CCMD_ICC | FIELD_PREP(VTD_CCMD_CIRG, granularity) |
			FIELD_PREP(VTD_CCMD_SID, (uint64_t)b->source.rid) |
			FIELD_PREP(VTD_CCMD_DID, (uint64_t)b->hwpt.domain_id));
	expect(b, wait_until(!(read64(mmio, VTD_CCMD) & VTD_CCMD_ICC), deadline),
	       "CCMD.ICC stays set");
	return FIELD_GET(VTD_CCMD_CAIG, read64(mmio, VTD_CCMD));
}

static uint64_t done_by_iotlb(struct bench *b)
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);

	expect(b, wait_until(!(read64(mmio, raw_vtd(b)->iotlb) & VTD_IOTLB_IVT), deadline),
	       "IOTLB.IVT stays set");
	return FIELD_GET(VTD_IOTLB_IAIG, read64(mmio, raw_vtd(b)->iotlb));
}

static uint64_t iotlb_command(const struct bench *b, uint64_t granularity)
{
	return VTD_IOTLB_IVT | VTD_IOTLB_DR | VTD_IOTLB_DW |
	       FIELD_PREP(VTD_IOTLB_IIRG, granularity) |
	       FIELD_PREP(VTD_IOTLB_DID, (uint64_t)b->hwpt.domain_id);
}

static uint64_t invalidate_translations(struct bench *b, uint64_t granularity)
{
	write64(&b->iommu->mmio, raw_vtd(b)->iotlb, iotlb_command(b, granularity));
	return done_by_iotlb(b);
}

/* Leaf 0 is cached and then leads elsewhere; is the old place still reached? */
static bool redirect(struct bench *b, struct span *s)
{
	uint8_t *next = twin_window(b, s, 0), *old = s->window[0];

	expect_write_lands(b, s, 0);
	remap_quietly(b, s, 0, next);
	return write_reaches(b, leaf(s, 0), old);
}

TEST(vtd_by_register, stale_translations_end, LEGACY(0),
     .claim = "With the queue off, each granularity of the IOTLB register ends a stale translation.",
     .rules = RULES(VTD_INV_37))
{
	struct span s = map_leaves(b, 1, RW);
	bool stale = true;

	need_registers(b);
	for (uint64_t granularity = 1; granularity <= 3; granularity++) {
		note(b, "IIRG %llu", (unsigned long long)granularity);
		stale &= redirect(b, &s);
		write64(&b->iommu->mmio, raw_vtd(b)->iva, s.iova.v);
		(void)invalidate_translations(b, granularity);
		expect_write_lands(b, &s, 0);
	}
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(vtd_by_register, commands_work_while_off, LEGACY(0),
     .claim = "The invalidation registers work while translation is off.",
     .rules = RULES(VTD_INV_37))
{
	uint64_t contexts, translations;

	need_registers(b);
	if (raw_vtd(b)->keep_translation)
		skip(b, "a unit whose translation can be turned off");
	expect(b, raw_command(b, VTD_GCMD_TE, false), "GSTS.TES does not follow GCMD.TE");
	contexts = invalidate_contexts(b, VTD_CC_GLOBAL);
	translations = invalidate_translations(b, VTD_TLB_GLOBAL);
	expect(b, raw_command(b, VTD_GCMD_SRTP, true) && raw_command(b, VTD_GCMD_TE, true),
	       "translation does not come back");
	expect_equal(b, "CCMD.CAIG", contexts, VTD_CC_GLOBAL);
	expect_equal(b, "IOTLB.IAIG", translations, VTD_TLB_GLOBAL);
}

TEST(vtd_by_register, granularity_is_no_finer, LEGACY(0),
     .claim = "An invalidation by register is done, and at no finer granularity than was asked for.",
     .rules = RULES(VTD_INV_39))
{
	need_registers(b);
	write64(&b->iommu->mmio, raw_vtd(b)->iva, 0);
	for (uint64_t granularity = 1; granularity <= 3; granularity++) {
		uint64_t contexts = invalidate_contexts(b, granularity);
		uint64_t translations = invalidate_translations(b, granularity);

		note(b, "granularity %llu: CAIG %llu, IAIG %llu", (unsigned long long)granularity,
		     (unsigned long long)contexts, (unsigned long long)translations);
		expect(b, contexts >= 1 && contexts <= granularity, "CCMD.CAIG is wrong");
		expect(b, translations >= 1 && translations <= granularity, "IOTLB.IAIG is wrong");
	}
}

TEST(vtd_by_register, masks_beyond_mamv_are_errors, LEGACY(0),
     .claim = "A page-selective invalidation by register with a mask beyond CAP.MAMV is refused.",
     .rules = RULES(VTD_INV_40))
{
	uint64_t mamv = FIELD_GET(VTD_CAP_MAMV, raw_vtd(b)->cap);

	if (!(raw_vtd(b)->cap & VTD_CAP_PSI) || mamv >= 63)
		skip(b, "page-selective invalidation with a largest mask (CAP.PSI, CAP.MAMV)");
	need_registers(b);
	write64(&b->iommu->mmio, raw_vtd(b)->iva, mamv + 1);
	expect_equal(b, "IOTLB.IAIG", invalidate_translations(b, VTD_TLB_PAGE), 0);
}

TEST(vtd_by_register, upper_half_starts_the_command, LEGACY(0),
     .claim = "Written as two doublewords, the IOTLB register starts with the upper one.",
     .rules = RULES(VTD_INV_41))
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct span s = map_leaves(b, 1, RW);
	reg32_t low, high;
	bool stale;

	need_registers(b);
	low.offset = raw_vtd(b)->iotlb.offset;
	high.offset = low.offset + 4;
	stale = redirect(b, &s);
	write32(mmio, low, read32(mmio, low));
	write32(mmio, high, (uint32_t)(iotlb_command(b, VTD_TLB_DOMAIN) >> 32));
	expect(b, done_by_iotlb(b) != 0, "IOTLB.IAIG says that nothing was done");
	expect_write_lands(b, &s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(vtd_by_register, requests_are_refused_elsewhere, .vendor = "vtd", .sweep = SWEEP_REGIMES, .risky = true,
     .claim = "In scalable mode, and from version 6 on in any, invalidations by register are refused at once.",
     .rules = RULES(VTD_INV_38))
{
	if (b->regime->mode == VTD_TTM_LEGACY && raw_vtd(b)->version <= LAST_VERSION)
		skip(b, "scalable mode, or a unit of version 6 or later");
	turn_queue_off(b);
	expect_equal(b, "CCMD.CAIG", invalidate_contexts(b, VTD_CC_GLOBAL), 0);
	expect_equal(b, "IOTLB.IAIG", invalidate_translations(b, VTD_TLB_GLOBAL), 0);
}

/* ---- Write buffers ---- */

/* Leaf 1 appears again, in the CPU's eyes: does the unit still not see it? */
static bool map_into_buffer(struct bench *b, struct span *s)
{
	uint64_t *word = table_word(b, leaf(s, 1), leaf_level(b)), mapped = *word;

	arch_store64(word, 0);
	published(b, word, 1);
	flush_all(b);
	(void)write_reaches(b, leaf(s, 1), s->window[1]);	/* the unit has looked at the table */
	arch_store64(word, mapped);
	return !write_reaches(b, leaf(s, 1), s->window[1]);
}

static void expect_out_of_buffer(struct bench *b, const struct span *s, bool hidden)
{
	expect_write_lands(b, s, 1);
	published(b, table_word(b, leaf(s, 1), leaf_level(b)), 1);
	if (!hidden)
		unproven(b, "no write was held back in a buffer");
}

static void need_buffers(struct bench *b)
{
	if (!(raw_vtd(b)->cap & VTD_CAP_RWBF))
		skip(b, "write buffers that need a flush (CAP.RWBF)");
	if (b->iommu->caps.caching_mode)
		skip(b, "a unit that keeps nothing that faults (CAP.CM is set)");
}

TEST(vtd_by_register, command_flushes_write_buffers, BUFFERS,
     .claim = "GCMD.WBF makes the unit see what was written, and GSTS.WBFS says when that is done.",
     .rules = RULES(VTD_WBF_03))
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	struct span s = map_leaves(b, 2, RW);
	bool hidden;

	need_buffers(b);
	hidden = map_into_buffer(b, &s);
	write32(mmio, VTD_GCMD, (read32(mmio, VTD_GSTS) & VTD_GSTS_KEEP) | VTD_GCMD_WBF);
	expect(b, wait_until(!(read32(mmio, VTD_GSTS) & VTD_GSTS_WBFS), deadline),
	       "GSTS.WBFS stays set");
	expect_out_of_buffer(b, &s, hidden);
}

TEST(vtd_by_register, invalidations_flush_write_buffers, BUFFERS,
     .claim = "An invalidation of contexts or translations makes the unit see what was written.",
     .rules = RULES(VTD_WBF_02))
{
	struct span s = map_leaves(b, 2, RW);
	bool hidden;

	need_buffers(b);
	need_registers(b);
	hidden = map_into_buffer(b, &s);
	(void)invalidate_contexts(b, VTD_CC_DEVICE);
	expect_out_of_buffer(b, &s, hidden);
	hidden = map_into_buffer(b, &s);
	(void)invalidate_translations(b, VTD_TLB_DOMAIN);
	expect_out_of_buffer(b, &s, hidden);
}
