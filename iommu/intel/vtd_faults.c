/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Fault records, their event, and what the numbers mean (VT-d 5.10, 7.1.3 table 30, 7.2.1, 7.3, 11.4.7). */
#include "iommu/intel/internal.h"

#include <limits.h>

/* 11.4.7.6: record n, low and high quadword; F is the top bit of the last dword. */
static reg64_t record_low(const struct vtd *vtd, unsigned n)
{
	return (reg64_t){ (uint32_t)FIELD_GET(VTD_CAP_FRO, vtd->cap) * 16 + 16 * n };
}

static reg64_t record_high(const struct vtd *vtd, unsigned n)
{
	return (reg64_t){ record_low(vtd, n).offset + 8 };
}

static reg32_t record_top(const struct vtd *vtd, unsigned n)
{
	return (reg32_t){ record_low(vtd, n).offset + 12 };
}

static bool is_recorded(const struct vtd *vtd, unsigned n)
{
	return read64(&vtd->iommu.mmio, record_high(vtd, n)) & VTD_FRCD_HI_F;
}

static enum iommu_access access_of(uint64_t high)
{
	if (high & VTD_FRCD_HI_T1)
		return high & VTD_FRCD_HI_T2 ? IOMMU_ATOMIC : IOMMU_READ;
	return high & VTD_FRCD_HI_T2 ? IOMMU_PAGE_REQUEST : IOMMU_WRITE;
}

static void decode(const struct vtd *vtd, uint64_t low, uint64_t high, struct iommu_fault *fault)
{
	bool pasid = high & VTD_FRCD_HI_PP;

	*fault = (struct iommu_fault){
		.source = {
			.segment = vtd->iommu.segment,
			.rid = (uint16_t)FIELD_GET(VTD_FRCD_HI_SID, high),
			.pasid = pasid ? (uint32_t)FIELD_GET(VTD_FRCD_HI_PV, high) : IOMMU_NO_PASID,
		},
		.access = access_of(high),
		.address = low & VTD_FRCD_LO_FI,
		.reason = (unsigned)FIELD_GET(VTD_FRCD_HI_FR, high),
		.raw = { low, high },
		.raw_count = 2,
	};
}

/*
 * 7.2.1: records fill in a ring. FRI is the record that set PPF; while PPF stays set the ones after it
 * follow, wherever FRI points by now. A unit that was turned off and on begins at 0 again.
 */
enum status vtd_next_fault(struct iommu *iommu, struct iommu_fault *fault)
{
	struct vtd *vtd = to_vtd(iommu);
	const struct mmio *mmio = &iommu->mmio;
	unsigned count = iommu->caps.fault_records;
	uint32_t fsts = read32(mmio, VTD_FSTS);
	unsigned start = vtd->fault_next;

	if (fsts == UINT32_MAX)
		return STATUS_GONE;
	if (!(fsts & VTD_FSTS_PPF)) {
		vtd->fault_next = UINT_MAX;
		return STATUS_NOT_FOUND;
	}
	if (start >= count || !is_recorded(vtd, start))
		start = (unsigned)FIELD_GET(VTD_FSTS_FRI, fsts) % count;
	for (unsigned i = 0; i < count; i++) {
		unsigned n = (start + i) % count;
		uint64_t high = read64(mmio, record_high(vtd, n));

		if (!(high & VTD_FRCD_HI_F))
			continue;
		decode(vtd, read64(mmio, record_low(vtd, n)), high, fault);
		write32(mmio, record_top(vtd, n), (uint32_t)(VTD_FRCD_HI_F >> 32));
		vtd->fault_next = (n + 1) % count;
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

/* 7.2.1: while PFO is set nothing is recorded; take all records first, or it is set again at once. */
bool vtd_fault_overflow(struct iommu *iommu)
{
	uint32_t fsts = read32(&iommu->mmio, VTD_FSTS);

	if (fsts == UINT32_MAX || !(fsts & VTD_FSTS_PFO))
		return false;
	write32(&iommu->mmio, VTD_FSTS, VTD_FSTS_PFO);
	return true;
}

/* The registers of an event: control with IM and IP, data, address (11.4.7.2 .. 5, 11.4.9.5 .. 8). */
struct event {
	reg32_t control, data, address, upper;
};

/* Masked while address and data change. An event held in IP goes out at the end. */
static enum status deliver(struct vtd *vtd, const struct event *event, const struct arch_msi *msi)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	uint32_t control = read32(mmio, event->control) & ~(VTD_FECTL_IM | VTD_FECTL_IP);

	if (!vtd->taken)
		return STATUS_UNSUPPORTED;
	write32(mmio, event->control, control | VTD_FECTL_IM);
	if (!msi)
		return STATUS_OK;
	write32(mmio, event->data, msi->data & VTD_FEDATA_IMD);
	write32(mmio, event->address, (uint32_t)msi->address & VTD_FEADDR_MA);
	write32(mmio, event->upper, (uint32_t)(msi->address >> 32));
	write32(mmio, event->control, control);
	(void)read32(mmio, event->control);
	return STATUS_OK;
}

/* 7.3 */
enum status vtd_fault_interrupt(struct iommu *iommu, const struct arch_msi *msi)
{
	const struct event event = { VTD_FECTL, VTD_FEDATA, VTD_FEADDR, VTD_FEUADDR };

	return deliver(to_vtd(iommu), &event, msi);
}

/* 6.5.2.10; IM and IP stand where FECTL has them. */
enum status vtd_completion_interrupt(struct vtd *vtd, const struct arch_msi *msi)
{
	const struct event event = { VTD_IECTL, VTD_IEDATA, VTD_IEADDR, VTD_IEUADDR };

	_Static_assert(VTD_IECTL_IM == VTD_FECTL_IM && VTD_IECTL_IP == VTD_FECTL_IP,
		       "one layout for all events");
	if (!(vtd->ecap & VTD_ECAP_QI))
		return STATUS_UNSUPPORTED;
	return deliver(vtd, &event, msi);
}

/* ---- Table 30 ---- */

/* LGN.2, LGN.3: legacy mode has no reason of its own for an empty entry; an AtomicOp may get either. */
static const uint8_t *legacy_reasons(enum iommu_refusal refusal, enum iommu_access access)
{
	static const uint8_t source[IOMMU_REASONS_MAX] = { 0x02, 0x01 };
	static const uint8_t read[IOMMU_REASONS_MAX] = { 0x06 };
	static const uint8_t write[IOMMU_REASONS_MAX] = { 0x05 };
	static const uint8_t either[IOMMU_REASONS_MAX] = { 0x05, 0x06 };
	static const uint8_t width[IOMMU_REASONS_MAX] = { 0x04 };
	static const uint8_t reserved[IOMMU_REASONS_MAX] = { 0x0c };

	switch (refusal) {
	case IOMMU_REFUSE_SOURCE:
		return source;
	case IOMMU_REFUSE_NOT_PRESENT:
		if (access == IOMMU_ATOMIC)
			return either;
		return access == IOMMU_READ ? read : write;
	case IOMMU_REFUSE_READ:
		return read;
	case IOMMU_REFUSE_WRITE:
		return write;
	case IOMMU_REFUSE_WIDTH:
		return width;
	case IOMMU_REFUSE_RESERVED:
		return reserved;
	}
	return NULL;
}

/* The source's reasons: an entry that blocks (59), and what never had one (39, 41, 51). */
static const uint8_t *scalable_reasons(enum iommu_stage stage, enum iommu_refusal refusal)
{
	static const uint8_t source[IOMMU_REASONS_MAX] = { 0x59, 0x41, 0x39, 0x51 };
	static const uint8_t by_stage[2][6][IOMMU_REASONS_MAX] = {
		[IOMMU_STAGE_FIRST] = {
			[IOMMU_REFUSE_NOT_PRESENT] = { 0x71 },
			[IOMMU_REFUSE_READ] = { 0x81 },		/* SGN.2: U/S is all there is */
			[IOMMU_REFUSE_WRITE] = { 0x85 },
			[IOMMU_REFUSE_WIDTH] = { 0x80 },
			[IOMMU_REFUSE_RESERVED] = { 0x72 },
		},
		[IOMMU_STAGE_SECOND] = {
			[IOMMU_REFUSE_NOT_PRESENT] = { 0x79 },
			[IOMMU_REFUSE_READ] = { 0x86 },
			[IOMMU_REFUSE_WRITE] = { 0x85 },
			[IOMMU_REFUSE_WIDTH] = { 0x84 },
			[IOMMU_REFUSE_RESERVED] = { 0x7a },
		},
	};

	if (refusal == IOMMU_REFUSE_SOURCE)
		return source;
	return (unsigned)refusal < ARRAY_COUNT(by_stage[0]) ? by_stage[stage][refusal] : NULL;
}

/*
 * Page requests never come: every context entry of this driver has them off. The second stage's 86 and 85 hold
 * for walks that leave the other permission; where they leave none, NOT_PRESENT's reason stands (SSS.2).
 */
unsigned vtd_reasons(const struct iommu *iommu, const struct iommu_regime *regime,
		     enum iommu_refusal refusal, enum iommu_access access,
		     unsigned reasons[IOMMU_REASONS_MAX])
{
	const uint8_t *list = regime->mode == VTD_TTM_LEGACY
				      ? legacy_reasons(refusal, access)
				      : scalable_reasons(regime->stage, refusal);
	unsigned count = 0;

	(void)iommu;
	if (!list || access == IOMMU_PAGE_REQUEST)
		return 0;
	while (count < IOMMU_REASONS_MAX && list[count]) {
		reasons[count] = list[count];
		count++;
	}
	return count;
}

const char *vtd_reason_text(const struct iommu *iommu, unsigned reason)
{
	(void)iommu;
	switch (reason) {
#define X(number, qualified, condition, text) \
	case number: \
		return condition ": " text;
		VTD_REASONS(X)
#undef X
	default:
		return "no reason of VT-d 5.10";
	}
}

bool vtd_reason_is_qualified(unsigned reason)
{
	switch (reason) {
#define X(number, qualified, condition, text) \
	case number: \
		return qualified;
		VTD_REASONS(X)
#undef X
	default:
		return false;
	}
}
