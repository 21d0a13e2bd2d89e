/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The registers that are commands: VT-d 5.10, clauses 11.4.4.1 (global command), 6.6 (set root table
 * pointer), 6.5.1, 11.4.6.1 and 11.4.6.3 (invalidation by register). Each is done before the write returns.
 */
#include "model/vtd_unit.h"

#define COMMAND_ICC	(1u << 31)	/* bit 63 of CCMD and of IOTLB: in the high doubleword */

/* Translation disable is a global invalidation where scalable mode exists. */
static void translation_enable(struct vtd *vtd, bool on)
{
	bool was = vtd->status & GCMD_TE;

	if (on == was)
		return;
	if (!on && defective(vtd, TRANSLATION_STAYS_ON))
		return;
	vtd->status = on ? vtd->status | GCMD_TE : vtd->status & ~GCMD_TE;
	if (!on && vtd_has(vtd, ECAP_SMTS) && !defective(vtd, DISABLE_KEEPS_CACHES))
		vtd_cache_flush(vtd);
}

/* 6.6: RTPS goes and comes back; with ESRTPS every DMA cache is invalidated. */
static void root_set(struct vtd *vtd)
{
	vtd->status |= GCMD_SRTP;
	if (!defective(vtd, ROOT_OF_FIRST_COMMAND) || !vtd->root)
		vtd->root = vtd->rtaddr;
	if (vtd_cap(vtd, CAP_ESRTPS) && !defective(vtd, ROOT_SET_KEEPS_CACHES))
		vtd_cache_flush(vtd);
}

/* 6.5.2: when the queue is disabled its head goes back to 0. */
static void queue_enable(struct vtd *vtd, bool on)
{
	if (on == ((vtd->status & GCMD_QIE) != 0))
		return;
	vtd->status = on ? vtd->status | GCMD_QIE : vtd->status & ~GCMD_QIE;
	if (!on && !defective(vtd, QUEUE_HEAD_KEPT))
		vtd->iqh = 0;
}

static void global_command(struct vtd *vtd, uint32_t value)
{
	if (value & GCMD_SRTP)
		root_set(vtd);
	if (value & GCMD_WBF && vtd_cap(vtd, CAP_RWBF) &&
	    !defective(vtd, WRITE_BUFFER_FLUSH_IGNORED))
		vtd_cache_drain(vtd);
	if (vtd_has(vtd, ECAP_QI))
		queue_enable(vtd, value & GCMD_QIE);
	vtd_interrupt_commands(vtd, value);
	translation_enable(vtd, value & GCMD_TE);
	/* 7.2.1 */
	if (!(vtd->status & (GCMD_TE | GCMD_IRE)) && !defective(vtd, RECORD_INDEX_KEPT))
		vtd->record_next = 0;
}

/* 6.5.1: legacy mode alone, not beside the queue, and not from major version 6 on */
static bool by_register(const struct vtd *vtd)
{
	if (defective(vtd, REGISTERS_TAKEN_ALWAYS))
		return true;
	if (defective(vtd, REGISTERS_NEED_TRANSLATION) && !(vtd->status & GCMD_TE))
		return false;
	return vtd_major(vtd) <= 5 && vtd_ttm(vtd) == TTM_LEGACY && !(vtd->status & GCMD_QIE);
}

static void context_command(struct vtd *vtd)
{
	unsigned granularity = (unsigned)vtd_bits(vtd->ccmd, 62, 61), done = granularity;

	if (!by_register(vtd))
		done = 0;
	if (done)
		vtd_invalidate_contexts(vtd, granularity, (uint16_t)vtd->ccmd,
					(uint16_t)(vtd->ccmd >> 16),
					(unsigned)vtd_bits(vtd->ccmd, 33, 32));
	vtd->ccmd = (vtd->ccmd & (vtd_mask(62, 61) | vtd_mask(15, 0))) | (uint64_t)done << 59;
	if (defective(vtd, CONTEXT_COMMAND_HANGS))
		vtd->ccmd |= VTD_ONE(63);
}

static void iotlb_command(struct vtd *vtd)
{
	unsigned granularity = (unsigned)vtd_bits(vtd->iotlb, 61, 60), done = granularity;
	struct vtd_range range = {
		.address = vtd->iva & vtd_mask(63, 12),
		.mask = (unsigned)vtd_bits(vtd->iva, 5, 0), .hint = vtd->iva & VTD_ONE(6),
	};

	if (!by_register(vtd))
		done = 0;
	/* Without PSI pages are invalidated as their domain; a mask beyond MAMV is an error. */
	if (done == 3 && !vtd_cap(vtd, CAP_PSI))
		done = 2;
	if (done == 3 && range.mask > CAP_MAMV(vtd->config.cap) &&
	    !defective(vtd, REGISTER_MASK_UNCHECKED))
		done = 0;
	if (done)
		vtd_invalidate_iotlb(vtd, done, (uint16_t)(vtd->iotlb >> 32), range);
	if (done && defective(vtd, REGISTER_GRANULARITY_FINE))
		done = 3;
	vtd->iotlb = (vtd->iotlb & (vtd_mask(61, 60) | vtd_mask(49, 32))) | (uint64_t)done << 57;
	vtd_flags_late(vtd);
	if (defective(vtd, IOTLB_COMMAND_HANGS))
		vtd->iotlb |= VTD_ONE(63);
}

static void set_half(uint64_t *word, uint32_t offset, uint32_t value)
{
	*word = offset & 4 ? (*word & 0xffffffff) | (uint64_t)value << 32
			   : (*word & ~UINT64_C(0xffffffff)) | value;
}

/* GCMD, CCMD, IVA and IOTLB. The uppermost byte with its command bit set is what starts one. */
void vtd_commands_write(struct vtd *vtd, uint32_t offset, uint32_t value)
{
	if (offset == 0x18) {
		global_command(vtd, value);
	} else if (offset == 0x28 || offset == 0x2c) {
		set_half(&vtd->ccmd, offset, value);
		if (offset == 0x2c && value & COMMAND_ICC)
			context_command(vtd);
	} else if (offset & 8) {
		set_half(&vtd->iotlb, offset, value);
		if (offset & 4 && value & COMMAND_ICC)
			iotlb_command(vtd);
	} else {
		set_half(&vtd->iva, offset, value);
	}
}
