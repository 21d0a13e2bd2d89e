/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Interrupt remapping: VT-d 5.10, clauses 5.1.2 to 5.1.4.1, 6.4 and 9.9. Posting (5.2) is not modelled: an entry
 * in posted format has a reserved bit set (CAP.PI = 0).
 */
#include "model/vtd_unit.h"

/* 9.9, first word */
#define IRTE_P		VTD_ONE(0)
#define IRTE_FPD	VTD_ONE(1)
#define IRTE_DM		VTD_ONE(2)
#define IRTE_RH		VTD_ONE(3)
#define IRTE_TM		VTD_ONE(4)

static struct silicon_answer refuse(struct vtd *vtd, const struct silicon_request *request, unsigned reason,
				    unsigned index, bool fpd)
{
	static const struct silicon_answer refused;
	struct silicon_request about = *request;

	/* 11.4.7.6: of 20h and 25h nothing is said; here it is nothing. */
	about.address = reason == 0x20 || reason == 0x25 ? 0 : (uint64_t)index << 48;
	if (defective(vtd, INTERRUPT_INDEX_UNRECORDED))
		about.address = 0;
	vtd_fault_record(vtd, &about, reason, fpd);
	return refused;
}

static struct silicon_answer deliver(uint64_t address, uint32_t data)
{
	return (struct silicon_answer){
		.allowed = true,
		.message = true,
		.address = address,
		.data = data,
	};
}

/* 9.9: SVT, SQ and SID */
static bool source_is_right(const struct vtd *vtd, const uint64_t *w, uint16_t source)
{
	static const uint16_t ignored[4] = { 0, 4, 6, 7 };
	uint16_t sid = (uint16_t)w[1];
	unsigned bus = source >> 8;

	if (defective(vtd, INTERRUPT_SOURCE_UNCHECKED))
		return true;
	switch (vtd_bits(w[1], 19, 18)) {
	case 1:
		return !((source ^ sid) & ~ignored[vtd_bits(w[1], 17, 16)] & 0xffff);
	case 2:
		return bus >= sid >> 8 && bus <= (sid & 0xff);
	default:
		return true;
	}
}

static bool extended(const struct vtd *vtd)
{
	return vtd->irt & VTD_ONE(11);
}

/* Without extended mode the destination is bits 47:40; IM is reserved without posting. */
static bool reserved(const struct vtd *vtd, const uint64_t *w)
{
	uint64_t low = vtd_mask(14, 12) | VTD_ONE(15) | vtd_mask(31, 24);

	low |= extended(vtd) ? 0 : vtd_mask(39, 32) | vtd_mask(63, 48);
	if (defective(vtd, INTERRUPT_RESERVED_UNCHECKED))
		return false;
	return w[0] & low || w[1] & vtd_mask(63, 20) || vtd_bits(w[1], 19, 18) == 3;
}

static struct vtd_interrupt_entry *find(struct vtd *vtd, unsigned index)
{
	for (unsigned i = 0; i < VTD_INTERRUPTS; i++)
		if (vtd->interrupt[i].valid && vtd->interrupt[i].index == index)
			return &vtd->interrupt[i];
	return NULL;
}

static void keep(struct vtd *vtd, unsigned index, const uint64_t *w)
{
	struct vtd_interrupt_entry *entry = &vtd->interrupt[vtd->interrupt_next++ % VTD_INTERRUPTS];

	*entry = (struct vtd_interrupt_entry){ .valid = true, .index = index, .w = { w[0], w[1] } };
}

/* The entry of an index: cached, or one read of 128 bits. 0, or the reason. */
static unsigned fetch(struct vtd *vtd, unsigned index, uint64_t *w)
{
	const struct vtd_interrupt_entry *kept = find(vtd, index);
	uint64_t table = vtd->irt & vtd_mask(63, 12);

	if (kept) {
		w[0] = kept->w[0];
		w[1] = kept->w[1];
		return 0;
	}
	return vtd_fetch(vtd, table + 16 * (uint64_t)index, w, 16, vtd_has(vtd, ECAP_C)) ? 0 : 0x23;
}

/* 5.1.4.1, in the order of 5.1.4; a fault is of the entry, and so not kept without caching mode. */
static unsigned entry_reason(struct vtd *vtd, const struct silicon_request *request, const uint64_t *w)
{
	if (!(w[0] & IRTE_P))
		return 0x22;
	if (!source_is_right(vtd, w, request->source))
		return 0x26;
	return reserved(vtd, w) ? 0x24 : 0;
}

/* Address bits of an APIC id: 19:12, and of a wide one the rest in 63:40. */
static uint64_t destination(const struct vtd *vtd, uint64_t word)
{
	uint64_t id = extended(vtd) ? word >> 32 : vtd_bits(word, 47, 40);

	return (id & 0xff) << 12 | (id & 0xffffff00) << 32;
}

static struct silicon_answer remap(struct vtd *vtd, const struct silicon_request *request)
{
	unsigned handle = (unsigned)(vtd_bits(request->address, 19, 5) |
				     vtd_bits(request->address, 2, 2) << 15);
	bool sub = request->address & 8;
	unsigned index = handle + (sub && !defective(vtd, INTERRUPT_SUBHANDLE_IGNORED)
					   ? request->data & 0xffff
					   : 0);
	uint64_t w[2];
	unsigned reason;

	if (sub && request->data >> 16 && !defective(vtd, INTERRUPT_DATA_UNCHECKED))
		return refuse(vtd, request, 0x20, index, false);
	if (index >= 2u << (vtd->irt & 15) && !defective(vtd, INTERRUPT_INDEX_UNCHECKED))
		return refuse(vtd, request, 0x21, index, false);
	reason = fetch(vtd, index, w);
	if (reason)
		return refuse(vtd, request, reason, index, false);
	reason = find(vtd, index) && defective(vtd, INTERRUPT_SOURCE_OF_FIRST)
			 ? 0
			 : entry_reason(vtd, request, w);
	if (!find(vtd, index) && (!reason || defective(vtd, FAULTING_INTERRUPT_CACHED)))
		keep(vtd, index, w);
	if (reason)
		return refuse(vtd, request, reason, index, w[0] & IRTE_FPD);
	return deliver(0xfee00000 | destination(vtd, w[0]) | (w[0] & IRTE_RH) | (w[0] & IRTE_DM),
		       (uint32_t)(vtd_bits(w[0], 23, 16) | vtd_bits(w[0], 7, 5) << 8 |
				  (w[0] & IRTE_TM ? 0xc000 : 0)));
}

/* A doubleword written to FEEx_xxxxh without PASID. */
struct silicon_answer vtd_interrupt(struct vtd *vtd, const struct silicon_request *request)
{
	bool remappable = request->address & 16;

	if (!(vtd->status & GCMD_IRE) || defective(vtd, INTERRUPTS_NOT_REMAPPED))
		return deliver(request->address, request->data);
	if (remappable)
		return remap(vtd, request);
	if ((vtd->status & GCMD_CFI && (!extended(vtd) || defective(vtd, EXTENDED_MODE_IGNORED))) ||
	    defective(vtd, COMPATIBILITY_FORMAT_PASSES))
		return deliver(request->address, request->data);
	return refuse(vtd, request, 0x25, 0, false);
}

/* 6.5.2.8: G = 0 all, else 2^IM entries around the index */
void vtd_invalidate_interrupts(struct vtd *vtd, bool all, unsigned index, unsigned mask)
{
	if (defective(vtd, INTERRUPT_INVALIDATION_IGNORED))
		return;
	if (defective(vtd, INTERRUPT_MASK_IGNORED))
		mask = 0;
	for (unsigned i = 0; i < VTD_INTERRUPTS; i++)
		if (all || vtd->interrupt[i].index >> mask == index >> mask)
			vtd->interrupt[i].valid = false;
}

/* 11.4.4.1: IRE, CFI and SIRTP; with ESIRTPS the table pointer and turning off invalidate. */
void vtd_interrupt_commands(struct vtd *vtd, uint32_t value)
{
	bool off = vtd->status & GCMD_IRE && !(value & GCMD_IRE);
	bool taken = value & GCMD_SIRTP;

	if (!vtd_has(vtd, ECAP_IR))
		return;
	vtd->status = (vtd->status & ~(GCMD_IRE | GCMD_CFI)) | (value & (GCMD_IRE | GCMD_CFI));
	if (taken) {
		vtd->status |= GCMD_SIRTP;
		vtd->irt = vtd->irta;
	}
	if (off && vtd_cap(vtd, CAP_ESIRTPS))
		vtd_invalidate_interrupts(vtd, true, 0, 0);
	if (taken && vtd_cap(vtd, CAP_ESIRTPS) && !defective(vtd, INTERRUPT_TABLE_KEEPS_CACHE))
		vtd_invalidate_interrupts(vtd, true, 0, 0);
}
