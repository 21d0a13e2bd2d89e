/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The mode in the VT-d root table address register: one that is reserved, one that the unit lacks, abort-dma
 * mode, and translation off (3.1, 3.4.4, 7.1.3, 11.4.5).
 *
 * In a mode of these no invalidation may be queued (11.4.9.9), so every cache is emptied before, and what
 * was recorded is looked at after the mode is the case's own again.
 */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define NEEDS_HERE (NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED)
#define ROOT .vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE, .faults = true, .risky = true
#define FAULT_US 100000u

static uint64_t found;
static uint64_t *quiet;		/* a context entry whose FPD the case has set */

/* 11.4.5: with ESRTPS the mode may change while the unit translates; otherwise it is off meanwhile. */
static bool set_root(struct bench *b, uint64_t rtaddr)
{
	bool on = raw_vtd(b)->cap & VTD_CAP_ESRTPS;
	bool done = on || raw_command(b, VTD_GCMD_TE, false);

	write64(&b->iommu->mmio, VTD_RTADDR, rtaddr);
	return done && raw_command(b, VTD_GCMD_SRTP, true) && raw_command(b, VTD_GCMD_TE, true);
}

static void set_quiet(struct bench *b, uint64_t *context, bool on)
{
	quiet = on ? context : NULL;
	arch_store64(context, (*context & ~VTD_CE0_FPD) | (on ? VTD_CE0_FPD : 0));
	(void)!vtd_publish_words(raw_vtd(b), context, sizeof(*context));
}

static void put_back(struct bench *b)
{
	bool on = read32(&b->iommu->mmio, VTD_GSTS) & VTD_GSTS_TES;

	if (quiet != NULL)
		set_quiet(b, quiet, false);
	if (read64(&b->iommu->mmio, VTD_RTADDR) != found)
		(void)set_root(b, found);
	else if (!on)
		(void)raw_command(b, VTD_GCMD_TE, true);
}

static void take_root(struct bench *b, bool must_be_off)
{
	if (raw_vtd(b)->keep_translation && (must_be_off || !(raw_vtd(b)->cap & VTD_CAP_ESRTPS)))
		skip(b, "a unit whose translation can be turned off");
	found = read64(&b->iommu->mmio, VTD_RTADDR);
	quiet = NULL;
	b->undo = put_back;
	flush_all(b);
}

/* With these bits in RTADDR a write is refused with `reason`; afterwards the unit works as before. */
static void expect_root_refuses(struct bench *b, uint64_t rtaddr, unsigned reason)
{
	struct deadline deadline;
	struct span s = map_leaves(b, 1, RW);
	bool accepted;

	note(b, "RTADDR 0x%llx", (unsigned long long)rtaddr);
	expect(b, set_root(b, rtaddr), "the root table pointer is not taken");
	accepted = device_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	deadline = deadline_in_us(FAULT_US);
	(void)wait_until(read32(&b->iommu->mmio, VTD_FSTS) & VTD_FSTS_PPF, deadline);
	expect(b, set_root(b, found), "the root table pointer is not taken back");
	flush_all(b);
	expect(b, !accepted, "the write was accepted");
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "the write changed memory");
	expect_write_recorded(b, leaf(&s, 0), reason, 0);
	expect_write_lands(b, &s, 0);
}

static uint64_t with_mode(uint64_t mode)
{
	return (found & ~VTD_RTADDR_TTM) | FIELD_PREP(VTD_RTADDR_TTM, mode);
}

TEST(vtd_root, reserved_mode_refuses, ROOT,
     .claim = "With the reserved translation table mode every request is refused with reason 30h, FPD or not.",
     .rules = RULES(VTD_ROOT_05))
{
	uint64_t *context = context_words(b);

	_Static_assert(VTD_CE0_FPD == VTD_SCE0_FPD, "FPD is bit 1 in both modes");
	take_root(b, false);
	expect_root_refuses(b, with_mode(2), 0x30);
	set_quiet(b, context, true);
	flush_all(b);
	expect_root_refuses(b, with_mode(2), 0x30);
}

TEST(vtd_root, scalable_mode_without_support, ROOT,
     .claim = "Scalable mode on a unit that lacks it refuses every request with reason 30h.",
     .rules = RULES(VTD_ROOT_06))
{
	if (raw_vtd(b)->ecap & VTD_ECAP_SMTS)
		skip(b, "a unit without scalable mode (ECAP.SMTS is set)");
	take_root(b, false);
	expect_root_refuses(b, with_mode(VTD_TTM_SCALABLE), 0x30);
}

TEST(vtd_root, abort_mode_without_support, ROOT,
     .claim = "Abort-dma mode on a unit that lacks it refuses every request with reason 30h.",
     .rules = RULES(VTD_ROOT_06))
{
	if (raw_vtd(b)->ecap & VTD_ECAP_ADMS)
		skip(b, "a unit without abort-dma mode (ECAP.ADMS is set)");
	take_root(b, false);
	expect_root_refuses(b, with_mode(VTD_TTM_ABORT), 0x30);
}

TEST(vtd_root, abort_mode_refuses, ROOT,
     .claim = "In abort-dma mode every request is refused with reason 33h, whatever the tables say.",
     .rules = RULES(VTD_ROOT_07))
{
	if (!(raw_vtd(b)->ecap & VTD_ECAP_ADMS))
		skip(b, "abort-dma mode (ECAP.ADMS)");
	take_root(b, false);
	expect_root_refuses(b, with_mode(VTD_TTM_ABORT), 0x33);
}

TEST(vtd_root, other_permission_bits_in_legacy_mode, .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_HERE | NEEDS_LEGACY, .faults = true, .risky = true,
     .claim = "SSIRWE in legacy mode refuses every request with reason 30h.",
     .rules = RULES(VTD_ROOT_08))
{
	if (!(raw_vtd(b)->ecap & VTD_ECAP_SSIRWS))
		skip(b, "permission bits IR and IW of the second stage (ECAP.SSIRWS)");
	take_root(b, false);
	expect_root_refuses(b, found | VTD_RTADDR_SSIRWE, 0x30);
}

/* Every word of a walk loses `clear` and gains `set`. */
static void change(struct bench *b, uint64_t *const *words, unsigned count, uint64_t clear, uint64_t set)
{
	for (unsigned i = 0; i < count; i++) {
		arch_store64(words[i], (*words[i] & ~clear) | set);
		published(b, words[i], 1);
	}
	flush_all(b);
}

TEST(vtd_root, other_permission_bits, .vendor = "vtd", .sweep = SWEEP_REGIMES, .risky = true, .faults = true,
     .needs = NEEDS_HERE | NEEDS_SCALABLE | NEEDS_SECOND_STAGE,
     .claim = "With SSIRWE bits 61 and 62 of second-stage entries permit, and bits 0 and 1 do not.",
     .rules = RULES(VTD_SS_11))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t plain = BIT64(1) | BIT64(0), other = BIT64(62) | BIT64(61);
	uint64_t *words[PT_LEVELS_MAX];
	unsigned count = 0;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_SSIRWS))
		skip(b, "permission bits IR and IW of the second stage (ECAP.SSIRWS)");
	take_root(b, false);
	for (unsigned level = leaf_level(b); level < b->hwpt.level_count; level++)
		words[count++] = table_word(b, leaf(&s, 0), level);
	expect(b, set_root(b, found | VTD_RTADDR_SSIRWE), "the root table pointer is not taken");
	flush_all(b);
	expect_write_fault(b, leaf(&s, 0), 0x79, 0);
	change(b, words, count, plain, other);
	expect_write_lands(b, &s, 0);
	change(b, words, count, other, plain);
	expect(b, set_root(b, found), "the root table pointer is not taken back");
	flush_all(b);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_root, reserved_mode_stops_the_queue, .vendor = "vtd", .sweep = SWEEP_REGIMES, .risky = true,
     .needs = NEEDS_HERE | NEEDS_QUEUE,
     .claim = "With the reserved translation table mode every descriptor stops the queue (IQEI 7).",
     .rules = RULES(VTD_QERR_10))
{
	const struct mmio *mmio = &b->iommu->mmio;
	bool stopped;
	uint64_t code;

	take_root(b, false);
	expect(b, set_root(b, with_mode(2)), "the root table pointer is not taken");
	submit(b, VTD_QI_WAIT | BIT64(6), 0, 0, 0);
	stopped = wait_until(read32(mmio, VTD_FSTS) & VTD_FSTS_IQE, deadline_in_us(FAULT_US));
	code = FIELD_GET(VTD_IQERCD_IQEI, read64(mmio, VTD_IQERCD));
	expect(b, set_root(b, found), "the root table pointer is not taken back");
	expect_done(b, vtd_queue_recover(raw_vtd(b)), "recover the queue");
	expect(b, stopped, "the descriptor was accepted");
	expect(b, code == VTD_IQEI_TTM || (code == 0 && !follows_revision_3_1(b)),
	       "IQEI is %llu, expected %u", (unsigned long long)code, VTD_IQEI_TTM);
}

TEST(vtd_root, nothing_is_remapped_while_off, ROOT,
     .claim = "While translation is off a write lands at the address that the device issues.",
     .rules = RULES(VTD_ROOT_09))
{
	uint8_t *window = fresh_window(b);
	iova_t at = iova(pa_of(window).v);
	struct span s = map_leaves_at(b, at, 1, RW);

	take_root(b, true);
	expect_write_lands(b, &s, 0);
	expect(b, raw_command(b, VTD_GCMD_TE, false), "GSTS.TES does not follow GCMD.TE");
	expect_write_lands_in(b, at, window, write_bytes(b, 64));
	expect(b, raw_command(b, VTD_GCMD_SRTP, true) && raw_command(b, VTD_GCMD_TE, true),
	       "translation does not come back");
	flush_all(b);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_root, no_device_tlbs_while_off, .vendor = "vtd", .sweep = SWEEP_REGIMES, .risky = true,
     .needs = NEEDS_HERE | NEEDS_DMA_ATS,
     .claim = "While translation is off, translation requests and translated requests are refused.",
     .rules = RULES(VTD_ROOT_10))
{
	uint8_t *window = fresh_window(b);
	iova_t at = iova(pa_of(window).v);
	bool answered, accepted;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_DT))
		skip(b, "a unit that answers translation requests (ECAP.DT)");
	take_root(b, true);
	expect(b, raw_command(b, VTD_GCMD_TE, false), "GSTS.TES does not follow GCMD.TE");
	expect_write_lands_in(b, at, window, write_bytes(b, 64));
	answered = device_tries_to_translate(b, at);
	use_translated(b, true);
	accepted = device_tries_to_write(b, at, write_bytes(b, 64));
	use_translated(b, false);
	expect(b, raw_command(b, VTD_GCMD_SRTP, true) && raw_command(b, VTD_GCMD_TE, true),
	       "translation does not come back");
	flush_all(b);
	expect(b, !answered, "the translation request was answered");
	expect(b, !accepted, "the translated write was accepted");
	expect(b, memory_is_poison(window, PAGE_SIZE), "the translated write changed memory");
}
