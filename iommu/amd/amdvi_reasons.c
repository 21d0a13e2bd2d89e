/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Why an AMD-Vi unit refused: the number of a reason is the top 16 bits of a record, its code and those of its flags
 * that say why (48882 3.11, 2.5, tables 42, 44 and 57). Flags that another one makes meaningless count as 0.
 */
#include "iommu/amd/internal.h"

#define TOP 48u

/* What the flags of IO_PAGE_FAULT make of it. 2010h: no permission is missing and no reserved bit is set. */
enum {
	NOT_PRESENT = 0x2000,
	BAD_LEVEL = 0x2010,
	NOT_ALLOWED = 0x2050,
	RESERVED_BIT = 0x2090,
	/* Requests with PASID of a device without guest tables (table 64, 100b). */
	NO_GUEST_TABLES = 0x8800,
};

/* Table 57: RZ and PE say something where PR is set. */
unsigned amdvi_reason(uint64_t w0)
{
	static const uint64_t flags[16] = {
#define X(code, name, flags, address, cause, text) [code] = flags,
		AMDVI_EVENTS(X)
#undef X
	};
	unsigned code = (unsigned)FIELD_GET(AMDVI_EVENT0_EventCode, w0);
	uint64_t mask = flags[code];

	if (code == 2 && !(w0 & AMDVI_EVENT0_PR))
		mask &= ~(AMDVI_EVENT0_RZ | AMDVI_EVENT0_PE);
	return (unsigned)((w0 & (mask | AMDVI_EVENT0_EventCode)) >> TOP);
}

/*
 * Blocked: by the entry that this driver writes (no permission), beyond the table, by an empty GCR3 entry (neither of
 * these is present), or, with a PASID, for want of guest tables. The flags for an address beyond the tables
 * are not told: any of an IO_PAGE_FAULT. Page requests are no faults of a table.
 */
unsigned amdvi_reasons(const struct iommu *iommu, const struct iommu_regime *regime,
		       enum iommu_refusal refusal, enum iommu_access access,
		       unsigned reasons[IOMMU_REASONS_MAX])
{
	static const uint16_t allowed[][IOMMU_REASONS_MAX] = {
		[IOMMU_REFUSE_SOURCE] = { NOT_ALLOWED, NOT_PRESENT, NO_GUEST_TABLES },
		[IOMMU_REFUSE_NOT_PRESENT] = { NOT_PRESENT },
		[IOMMU_REFUSE_READ] = { NOT_ALLOWED },
		[IOMMU_REFUSE_WRITE] = { NOT_ALLOWED },
		[IOMMU_REFUSE_WIDTH] = { NOT_PRESENT, BAD_LEVEL, NOT_ALLOWED, RESERVED_BIT },
		[IOMMU_REFUSE_RESERVED] = { RESERVED_BIT },
	};
	unsigned count = 0;

	(void)iommu;
	(void)regime;
	if (access == IOMMU_PAGE_REQUEST || (unsigned)refusal >= ARRAY_COUNT(allowed))
		return 0;
	while (count < IOMMU_REASONS_MAX && allowed[refusal][count]) {
		reasons[count] = allowed[refusal][count];
		count++;
	}
	return count;
}

static const char *page_fault_text(uint64_t w0)
{
	if (w0 & AMDVI_EVENT0_I)
		return "IO_PAGE_FAULT: an interrupt is refused";
	if (!(w0 & AMDVI_EVENT0_PR))
		return "IO_PAGE_FAULT: an entry is not present";
	if (w0 & AMDVI_EVENT0_RZ)
		return "IO_PAGE_FAULT: a reserved bit is set in an entry";
	if (w0 & AMDVI_EVENT0_PE)
		return "IO_PAGE_FAULT: no permission along the walk";
	return "IO_PAGE_FAULT: an entry has an invalid level or size, or the address is beyond them";
}

const char *amdvi_reason_text(const struct iommu *iommu, unsigned reason)
{
	static const char *const texts[16] = {
#define X(code, name, flags, address, cause, text) [code] = #name ": " text,
		AMDVI_EVENTS(X)
#undef X
	};
	uint64_t w0 = (uint64_t)reason << TOP;

	(void)iommu;
	if (reason >> 12 == 2)
		return page_fault_text(w0);
	return reason >> 16 ? "no reason of 48882 3.11" : texts[reason >> 12];
}
