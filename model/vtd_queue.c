/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The invalidation queue: VT-d 5.10, clauses 6.5.2, 6.5.2.1 to .12, 7.6.1 and 11.4.9. Descriptors are
 * executed one after the other, which is the strictest of the orders that 6.5.2.12 allows.
 */
#include <string.h>

#include "model/vtd_unit.h"

/* Table 26: types 1 to 5 exist in both widths, 6 to 9 with 256 bits alone. */
struct form {
	uint64_t reserved[2];
};

static const struct form forms[10] = {
	[1] = { { 0xfffc00000000f1c0, ~UINT64_C(0) } },
	[2] = { { 0xffffffff0000f100, 0x0000000000000f80 } },
	[3] = { { 0x000f0000ffe001f0, 0x0000000000000ffe } },
	[4] = { { 0xffff000007fff1e0, ~UINT64_C(0) } },
	[5] = { { 0x00000000fffff100, 0x0000000000000003 } },
	[6] = { { 0xfff000000000f1c0, 0x0000000000000f80 } },
	[7] = { { 0xfff000000000f1c0, ~UINT64_C(0) } },
	[8] = { { 0x0000000000000000, 0x00000000000007fe } },
	[9] = { { 0xfff00000000001e0, 0xfffffffffffff003 } },
};

static unsigned width_of(const struct vtd *vtd)
{
	return vtd->iqa & VTD_ONE(11) ? 32 : 16;
}

static uint64_t queue_bytes(const struct vtd *vtd)
{
	return VTD_ONE(vtd_bits(vtd->iqa, 2, 0) + 12);
}

/* 6.5.2.11: the head stays, and nothing is fetched until software clears IQE. */
static bool queue_error(struct vtd *vtd, unsigned information)
{
	if (defective(vtd, QUEUE_ERROR_UNREPORTED)) {
		vtd->iqh = (vtd->iqh + width_of(vtd)) & (queue_bytes(vtd) - 1);
		return false;
	}
	if (defective(vtd, QUEUE_ERROR_PASSES_DESCRIPTOR))
		vtd->iqh = (vtd->iqh + width_of(vtd)) & (queue_bytes(vtd) - 1);
	vtd->iqercd = (vtd->iqercd & ~UINT64_C(15)) |
		      (defective(vtd, QUEUE_ERROR_WITHOUT_CODE) ? 0 : information);
	vtd_fault_set(vtd, FSTS_IQE);
	return false;
}

static unsigned type_of(uint64_t word)
{
	return (unsigned)(vtd_bits(word, 11, 9) << 4 | vtd_bits(word, 3, 0));
}

static bool type_exists(const struct vtd *vtd, unsigned type)
{
	switch (type) {
	case 1:
	case 2:
	case 5:
		return true;
	case 3:
		return vtd_has(vtd, ECAP_DT);
	case 4:
		return true;
	case 6:
	case 7:
		return vtd_ttm(vtd) != TTM_LEGACY;
	case 8:
		return vtd_ttm(vtd) != TTM_LEGACY && vtd_has(vtd, ECAP_DT);
	case 9:
		return vtd_ttm(vtd) != TTM_LEGACY && vtd_has(vtd, ECAP_PRS);
	default:
		return false;
	}
}

/* Reserved values of G, and page selection without PSI (6.5.2.1 to .4) */
static bool granularity_exists(const struct vtd *vtd, unsigned type, unsigned granularity)
{
	switch (type) {
	case 1:
		return granularity != 0;
	case 2:
		return granularity != 0 && (granularity != 3 || vtd_cap(vtd, CAP_PSI));
	case 6:
		return granularity >= 2;
	case 7:
		return granularity != 2;
	default:
		return true;
	}
}

static bool reserved_set(const struct vtd *vtd, unsigned type, const uint64_t *words)
{
	uint64_t low = forms[type].reserved[0];

	if ((type == 3 || type == 8) && !vtd_has(vtd, ECAP_DIT) &&
	    !defective(vtd, THROTTLING_ALWAYS))
		low |= vtd_mask(15, 12) | vtd_mask(63, 52);
	if (type == 5 && !vtd_has(vtd, ECAP_PDS))
		low |= VTD_ONE(7);
	if (defective(vtd, DESCRIPTOR_RESERVED_UNCHECKED))
		return false;
	return words[0] & low || words[1] & forms[type].reserved[1] || words[2] || words[3];
}

/* For silicon that refuses what is legal. */
static bool refused(const struct vtd *vtd, unsigned type, const uint64_t *words)
{
	bool pages = type == 6 && vtd_bits(words[0], 5, 4) == 3;
	uint64_t mask = vtd_bits(words[1], 5, 0);

	if (pages && mask > CAP_MAMV(vtd->config.cap) && defective(vtd, PIOTLB_MASK_BOUND))
		return true;
	if (pages && mask == 12 && defective(vtd, PIOTLB_MASK_SHORT))
		return true;
	if (type == 5 && words[1] >> vtd->config.haw && defective(vtd, WAIT_ADDRESS_CHECKED))
		return true;
	return type == 5 && !(words[0] & vtd_mask(5, 4)) &&
	       defective(vtd, WAIT_WITHOUT_ACTION_REFUSED);
}

static unsigned descriptor_error(const struct vtd *vtd, const uint64_t *words)
{
	unsigned type = type_of(words[0]);

	if (defective(vtd, DESCRIPTOR_TYPE_4_BITS))
		type &= 15;
	if (!type_exists(vtd, type))
		return IQEI_TYPE;
	if (!granularity_exists(vtd, type, (unsigned)vtd_bits(words[0], 5, 4)))
		return IQEI_RESERVED;
	return reserved_set(vtd, type, words) || refused(vtd, type, words) ? IQEI_RESERVED
									   : IQEI_NONE;
}

/* 6.5.2.9: status write, then the event, which pushes it. */
static void wait_complete(struct vtd *vtd, const uint64_t *words)
{
	const struct silicon_memory *memory = vtd->silicon.memory;
	uint64_t address = words[1] & vtd_mask(vtd->config.haw - 1, 2);
	uint32_t status = (uint32_t)(words[0] >> 32);

	if (defective(vtd, WAIT_STATUS_ZERO))
		status = 0;
	if (words[0] & VTD_ONE(5) && !defective(vtd, WAIT_STATUS_NEVER)) {
		uint64_t wide = status;

		/* A missing memory is the descriptor's mistake: undefined, here without effect. */
		if (defective(vtd, WAIT_STATUS_8_BYTES))
			(void)memory->write(memory->context, address & ~UINT64_C(7), &wide, 8,
					    true);
		else
			(void)memory->write(memory->context, address, &status, 4, true);
	}
	if (words[0] & VTD_ONE(4) && !defective(vtd, WAIT_INTERRUPT_NEVER)) {
		bool unserviced = vtd->ics & 1;

		vtd->ics |= 1;
		vtd_event_raise(vtd, &vtd->wait_event, unserviced);
	}
}

/* 6.5.2.5, .6, 4.3: false: the device did not answer in time */
static bool device_invalidate(struct vtd *vtd, uint16_t source, uint32_t pasid, uint64_t address, bool sized)
{
	const struct silicon_devices *devices = vtd->silicon.devices;
	unsigned size_lg2 = 12;

	if (!devices || !devices->invalidate || defective(vtd, DEVICE_TLB_INVALIDATION_IGNORED))
		return true;
	/* S = 1: the lowest bit that is zero, from bit 12 up, says the size. */
	for (; sized && size_lg2 < 63 && address & VTD_ONE(size_lg2); size_lg2++)
		;
	if (sized)
		size_lg2++;
	address = size_lg2 > 63 ? 0 : address & vtd_mask(63, size_lg2);
	if (devices->invalidate(devices->context, source, pasid, address, size_lg2))
		return true;
	vtd->iqercd = (vtd->iqercd & ~vtd_mask(47, 32)) | (uint64_t)source << 32;
	return false;
}

static struct vtd_range range_of(const uint64_t *words)
{
	return (struct vtd_range){
		.address = words[1] & vtd_mask(63, 12),
		.mask = (unsigned)vtd_bits(words[1], 5, 0),
		.hint = words[1] & VTD_ONE(6),
	};
}

static void page_response(struct vtd *vtd, const uint64_t *words)
{
	const struct silicon_devices *devices = vtd->silicon.devices;

	unsigned code = (unsigned)vtd_bits(words[0], 15, 12);
	unsigned group = (unsigned)vtd_bits(words[1], 11, 3);

	if (!devices || !devices->page_response || defective(vtd, RESPONSE_DROPPED))
		return;
	if (defective(vtd, RESPONSE_CODE_ZERO))
		code = 0;
	if (defective(vtd, RESPONSE_GROUP_ZERO))
		group = 0;
	devices->page_response(devices->context, (uint16_t)(words[0] >> 16),
			       words[0] & VTD_ONE(4) && !defective(vtd, RESPONSE_WITHOUT_PASID)
				       ? (uint32_t)vtd_bits(words[0], 51, 32)
				       : SILICON_NO_PASID,
			       group, code);
}

static bool execute(struct vtd *vtd, const uint64_t *words)
{
	unsigned granularity = (unsigned)vtd_bits(words[0], 5, 4);
	uint16_t did = (uint16_t)(words[0] >> 16);
	uint32_t pasid = (uint32_t)vtd_bits(words[0], 51, 32);

	switch (type_of(words[0]) & 15) {
	case 1:
		vtd_invalidate_contexts(vtd, granularity, did, (uint16_t)(words[0] >> 32),
					(unsigned)vtd_bits(words[0], 49, 48));
		return true;
	case 2:
		vtd_invalidate_iotlb(vtd, granularity, did, range_of(words));
		return true;
	case 3:
		return device_invalidate(vtd, (uint16_t)(words[0] >> 32), SILICON_NO_PASID,
					 words[1] & vtd_mask(63, 12), words[1] & 1);
	case 4:
		vtd_invalidate_interrupts(vtd, !(words[0] & VTD_ONE(4)),
					  (unsigned)vtd_bits(words[0], 47, 32),
					  (unsigned)vtd_bits(words[0], 31, 27));
		return true;
	case 5:
		if (!defective(vtd, WAIT_NEVER_COMPLETES))
			wait_complete(vtd, words);
		return true;
	case 6:
		vtd_invalidate_piotlb(vtd, granularity, did, pasid, range_of(words));
		return true;
	case 7:
		vtd_invalidate_pasids(vtd, granularity, did, pasid);
		return true;
	case 8:
		return device_invalidate(vtd, did, pasid, words[1] & vtd_mask(63, 12),
					 words[1] & VTD_ONE(11));
	case 9:
		page_response(vtd, words);
		return true;
	default:
		return true;
	}
}

/* For silicon that reports completion before it has invalidated, or before a response has gone. */
static bool postponed(struct vtd *vtd, const uint64_t *words)
{
	unsigned type = type_of(words[0]) & 15;

	bool late = defective(vtd, COMPLETION_BEFORE_INVALIDATION) ||
		    (type == 9 && defective(vtd, RESPONSE_AFTER_INVALIDATION));

	if (!late || type == 5 || vtd->deferred_count == VTD_DEFERRED_MAX)
		return false;
	memcpy(vtd->deferred[vtd->deferred_count++], words, 4 * sizeof words[0]);
	return true;
}

/* 11.4.9.2: a new tail */
void vtd_queue_tail(struct vtd *vtd, uint64_t tail)
{
	unsigned count = vtd->deferred_count;

	vtd_flags_late(vtd);
	vtd->deferred_count = 0;
	for (unsigned i = 0; i < count; i++)
		(void)execute(vtd, vtd->deferred[i]);
	vtd->iqt = tail & vtd_mask(18, 4);
}

/* 11.4.9.9: what stops the queue before a descriptor is fetched */
static unsigned queue_programming(const struct vtd *vtd)
{
	unsigned ttm = vtd_ttm(vtd);
	bool wide = width_of(vtd) == 32;
	bool modes = vtd_has(vtd, ECAP_SMTS) || vtd_has(vtd, ECAP_ADMS);

	if (ttm == TTM_RESERVED || (ttm == TTM_SCALABLE && !vtd_has(vtd, ECAP_SMTS)) ||
	    (ttm == TTM_ABORT && !vtd_has(vtd, ECAP_ADMS)))
		return defective(vtd, QUEUE_RUNS_IN_ANY_MODE) ? IQEI_NONE : IQEI_MODE;
	if (wide ? !modes && !defective(vtd, WIDE_DESCRIPTORS_ALWAYS)
		 : ttm != TTM_LEGACY && !defective(vtd, NARROW_DESCRIPTORS_IN_SCALABLE))
		return IQEI_WIDTH;
	if (wide && vtd->iqt & 16 && !defective(vtd, TAIL_ALIGNMENT_UNCHECKED))
		return IQEI_ALIGNMENT;
	if (vtd->iqt >= queue_bytes(vtd))
		return IQEI_TAIL;
	return IQEI_NONE;
}

static bool one(struct vtd *vtd)
{
	const struct silicon_memory *memory = vtd->silicon.memory;
	unsigned width = width_of(vtd), error = queue_programming(vtd);
	uint64_t words[4] = { 0 }, last = queue_bytes(vtd) - width;

	if (error)
		return queue_error(vtd, error);
	if (defective(vtd, QUEUE_STOPS_AT_WRAP) && vtd->iqh == last)
		return false;
	/* 11.4.3, C: the queue is always snooped. */
	if (!memory->read(memory->context, (vtd->iqa & vtd_mask(63, 12)) + vtd->iqh, words, width,
			  vtd_has(vtd, ECAP_C) || !defective(vtd, QUEUE_NOT_SNOOPED)))
		return queue_error(vtd, IQEI_FETCH);
	error = descriptor_error(vtd, words);
	if (error)
		return queue_error(vtd, error);
	vtd->iqh = vtd->iqh >= last ? 0 : vtd->iqh + width;
	if (defective(vtd, QUEUE_SKIPS_AFTER_WRAP) && vtd->iqh == 0 && vtd->iqt >= 2 * width)
		vtd->iqh = width;
	if (defective(vtd, DESCRIPTOR_BEFORE_WAIT_DROPPED) && type_of(words[0]) != 5 &&
	    vtd->iqh + width == vtd->iqt)
		return true;
	if (postponed(vtd, words))
		return true;
	if (!execute(vtd, words))
		vtd_fault_set(vtd, FSTS_ITE);
	return true;
}

/* 6.5.2: fetched while enabled, not empty, and neither IQE nor ITE is set */
bool vtd_queue_step(struct vtd *vtd)
{
	bool work = false;

	for (unsigned i = 0; i < VTD_STEP_DESCRIPTORS; i++) {
		if (!(vtd->status & GCMD_QIE) || vtd->iqh == vtd->iqt ||
		    vtd->fsts & (FSTS_IQE | FSTS_ITE))
			break;
		if (!one(vtd))
			break;
		work = true;
	}
	return work;
}
