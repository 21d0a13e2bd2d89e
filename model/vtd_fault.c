/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Fault status and primary fault logging: VT-d 5.10, clauses 7.1, 7.2, 11.4.7.1 and 11.4.7.6. */
#include "model/vtd_unit.h"

#define RECORD_F	VTD_ONE(63)	/* bit 127 */
#define CONDITIONS	(FSTS_PPF | FSTS_PFO | FSTS_IQE | FSTS_ICE | FSTS_ITE)

/*
 * Table 30, by reason: may FPD suppress it, and does a translation request get a successful completion
 * without rights instead ("Success with R=W=U=S=0"), which is no fault that is recorded (7.1.2).
 */
struct rule {
	uint8_t reason;
	bool qualified, recoverable;
};

static const struct rule rules[] = {
	{ 0x01, false, false }, { 0x02, true, false }, { 0x03, true, false }, { 0x04, true, true },
	{ 0x05, true, true }, { 0x06, true, true }, { 0x07, true, false }, { 0x08, false, false },
	{ 0x09, false, false }, { 0x0a, false, false }, { 0x0b, true, false }, { 0x0c, true, false },
	{ 0x0d, true, false }, { 0x0e, true, false }, { 0x20, false, false }, { 0x21, false, false },
	{ 0x22, true, false }, { 0x23, false, false }, { 0x24, true, false }, { 0x25, false, false },
	{ 0x26, true, false }, { 0x29, false, false }, { 0x30, false, false },
	{ 0x31, false, false }, { 0x32, false, false }, { 0x33, false, false }, { 0x34, false, false },
	{ 0x38, false, false }, { 0x39, false, false }, { 0x3a, false, false }, { 0x40, false, false },
	{ 0x41, true, false }, { 0x42, true, false }, { 0x43, true, false }, { 0x44, true, false },
	{ 0x45, true, false }, { 0x46, true, false }, { 0x47, true, false }, { 0x48, true, false },
	{ 0x49, true, false }, { 0x50, false, false }, { 0x51, true, true }, { 0x52, true, false },
	{ 0x58, false, false }, { 0x59, true, true }, { 0x5a, true, false }, { 0x5b, true, false },
	{ 0x5c, true, true }, { 0x5d, true, true }, { 0x70, true, true }, { 0x71, true, true },
	{ 0x72, true, true }, { 0x73, true, true }, { 0x74, true, true }, { 0x75, true, true },
	{ 0x76, true, true }, { 0x77, true, true }, { 0x78, true, false }, { 0x79, true, true },
	{ 0x7a, true, false }, { 0x7b, true, false }, { 0x7c, true, false }, { 0x7d, true, false },
	{ 0x80, true, true }, { 0x81, true, true }, { 0x83, true, true }, { 0x84, true, true },
	{ 0x85, true, true }, { 0x86, true, true }, { 0x87, true, false }, { 0x89, true, false },
	{ 0x90, true, true }, { 0x91, true, true },
};

static const struct rule *rule_of(unsigned reason)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (rules[i].reason == reason)
			return &rules[i];
	return &rules[0];
}

bool vtd_fault_is_recoverable(unsigned reason)
{
	return rule_of(reason)->recoverable;
}

static unsigned records(const struct vtd *vtd)
{
	return (unsigned)CAP_NFR(vtd->config.cap) + 1;
}

/* PPF is the logical OR of all F, computed on each reading. */
uint32_t vtd_fault_status(const struct vtd *vtd)
{
	uint32_t status = vtd->fsts;

	for (unsigned i = 0; i < records(vtd); i++)
		if (vtd->record[i].high & RECORD_F)
			return status | FSTS_PPF;
	return status;
}

static void serviced(struct vtd *vtd)
{
	if (!(vtd_fault_status(vtd) & CONDITIONS))
		vtd_event_serviced(vtd, &vtd->fault_event);
}

/* PFO, IQE, ICE, ITE: written 1 to clear. */
void vtd_fault_status_write(struct vtd *vtd, uint32_t value)
{
	uint32_t clear = value & (FSTS_PFO | FSTS_IQE | FSTS_ICE | FSTS_ITE);

	if (defective(vtd, FSTS_OVERFLOW_STICKS))
		clear &= ~FSTS_PFO;
	vtd->fsts &= ~clear;
	serviced(vtd);
}

/* 7.3: IQE, ICE or ITE becomes set. */
void vtd_fault_set(struct vtd *vtd, uint32_t condition)
{
	bool unserviced = (vtd_fault_status(vtd) & CONDITIONS) != 0;

	vtd->fsts |= condition;
	vtd_event_raise(vtd, &vtd->fault_event, unserviced);
}

/* 11.4.7.6: the high quadword without F. What a unit cannot have is RsvdZ. */
static uint64_t record_high(const struct vtd *vtd, const struct silicon_request *request, unsigned reason)
{
	bool pasid = request->pasid != SILICON_NO_PASID && !defective(vtd, RECORD_WITHOUT_PASID);
	bool write = request->access == SILICON_WRITE || request->access == SILICON_PAGE_REQUEST;
	uint64_t word = (uint64_t)(reason & 0xff) << 32 | request->source;

	if (defective(vtd, RECORD_RESERVED_SET))
		word |= vtd_mask(27, 16);
	if (defective(vtd, RECORD_SOURCE_FUNCTION_LOST))
		word &= ~UINT64_C(7);
	if (write == defective(vtd, RECORD_TYPE_INVERTED))
		word |= VTD_ONE(62);	/* T1: read or AtomicOp */
	if (request->access == SILICON_ATOMIC || (request->access == SILICON_PAGE_REQUEST &&
						  !defective(vtd, PAGE_REQUEST_RECORDED_AS_WRITE)))
		word |= VTD_ONE(28);	/* T2 */
	if (vtd_has(vtd, ECAP_DT))
		word |= (uint64_t)(request->translated ? 2 : request->access == SILICON_TRANSLATE)
			<< 60;
	if (vtd_has(vtd, ECAP_PASID) && pasid) {
		word |= (uint64_t)(request->pasid & 0xfffff) << 40 | VTD_ONE(31);
		word |= request->execute && !write ? VTD_ONE(30) : 0;
		word |= request->privileged ? VTD_ONE(29) : 0;
	}
	return word;
}

/* Address bits from the largest supported AGAW up are 0. */
static uint64_t record_low(const struct vtd *vtd, const struct silicon_request *request, unsigned reason)
{
	uint64_t sagaw = CAP_SAGAW(vtd->config.cap);
	unsigned width = sagaw & 8 || vtd_cap(vtd, CAP_FS5LP) ? 57
			 : sagaw & 4 || !(sagaw & 2)          ? 48
							      : 39;

	if (vtd_has(vtd, ECAP_FSTS) && width < 48)
		width = 48;
	/* Of interrupts: the index, in the uppermost bits. */
	if (defective(vtd, RECORD_ADDRESS_UNCUT) || (reason >= 0x20 && reason <= 0x28))
		width = 64;
	if (defective(vtd, RECORD_ADDRESS_32_BITS))
		width = 32;
	if (defective(vtd, RECORD_ADDRESS_NEXT_PAGE))
		return (request->address + 0x1000) & vtd_mask(width - 1, 12);
	return request->address & vtd_mask(width - 1, 12);
}

static void record_at(struct vtd *vtd, unsigned index, uint64_t low, uint64_t high)
{
	struct vtd_record *record = &vtd->record[index];

	/* All fields, and F after them. */
	if (defective(vtd, RECORD_WRITTEN_LATE)) {
		vtd->late = true;
		vtd->late_index = index;
		vtd->late_record = low;
	} else {
		record->low = low;
	}
	record->high = high;
	record->high |= RECORD_F;
}

/* 7.2.1, in its order. */
static void record(struct vtd *vtd, const struct silicon_request *request, unsigned reason)
{
	uint32_t before = vtd_fault_status(vtd);
	unsigned index = vtd->record_next;

	if (before & FSTS_PFO && !defective(vtd, RECORD_DESPITE_OVERFLOW))
		return;
	for (unsigned i = 0; vtd->config.compressing && i < records(vtd); i++)
		if (vtd->record[i].high & RECORD_F &&
		    (vtd->record[i].high & 0xffff) == request->source)
			return;
	if (vtd->record[index].high & RECORD_F && !defective(vtd, RECORD_OVERWRITES)) {
		if (!defective(vtd, OVERFLOW_UNREPORTED))
			vtd->fsts |= FSTS_PFO;
		return;
	}
	record_at(vtd, index, record_low(vtd, request, reason), record_high(vtd, request, reason));
	if (!(before & FSTS_PPF) || defective(vtd, FRI_OF_LAST_FAULT))
		vtd->fsts = (vtd->fsts & ~0xff00u) |
			    (defective(vtd, FRI_ALWAYS_ZERO) ? 0 : index << 8);
	if (!defective(vtd, RECORD_INDEX_STUCK))
		vtd->record_next = index + 1 < records(vtd) ? index + 1 : 0;
	vtd_event_raise(vtd, &vtd->fault_event, (before & CONDITIONS) != 0);
}

/* 7.1.1: a qualified fault is silent if any structure that the request met has FPD set. */
void vtd_fault_record(struct vtd *vtd, const struct silicon_request *request, unsigned reason, bool fpd)
{
	const struct rule *rule = rule_of(reason);

	if (defective(vtd, FPD_IGNORED))
		fpd = false;
	if (fpd && (rule->qualified || defective(vtd, FPD_SUPPRESSES_ALL)))
		return;
	if (request->access == SILICON_TRANSLATE && rule->recoverable && reason != 0x91 &&
	    !defective(vtd, TRANSLATION_FAULT_RECORDED))
		return;
	if (defective(vtd, FAULTS_UNREPORTED_ON_READ) && request->access == SILICON_READ)
		return;
	if (defective(vtd, REASON_OF_LEGACY_MODE) && reason == 0x79)
		reason = vtd_is_write(request->access) ? 0x05 : 0x06;
	record(vtd, request, reason);
}

void vtd_fault_late(struct vtd *vtd)
{
	if (!vtd->late)
		return;
	vtd->record[vtd->late_index].low = vtd->late_record;
	vtd->late = false;
}

uint32_t vtd_record_read(const struct vtd *vtd, uint32_t offset)
{
	const struct vtd_record *record = &vtd->record[offset / 16];
	uint64_t word = offset & 8 ? record->high : record->low;

	return (uint32_t)(offset & 4 ? word >> 32 : word);
}

/* F is written 1 to clear; it is in the highest doubleword. Everything else is read only. */
void vtd_record_write(struct vtd *vtd, uint32_t offset, uint32_t value)
{
	if ((offset & 12) != 12 || !(value >> 31))
		return;
	if (defective(vtd, RECORD_CLEARS_ALL))
		for (unsigned i = 0; i < records(vtd); i++)
			vtd->record[i].high &= ~RECORD_F;
	vtd->record[offset / 16].high &= ~RECORD_F;
	serviced(vtd);
}
