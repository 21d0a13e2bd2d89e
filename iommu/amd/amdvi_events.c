/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The event log of an AMD-Vi unit (48882 3.11, 2.5, 2.5.1): records decoded, late ones waited for, and the restart
 * after an overflow. Every kind of record is a fault here: those of commands name no source.
 */
#include "iommu/amd/internal.h"

#include <string.h>

#define SLOT_BYTES 16u

enum cause {
	NOBODY,				/* no device */
	DEVICE,				/* one, whatever it did */
	REQUEST,			/* a memory or interrupt request of one */
	PAGE_REQUEST,			/* table 67 */
};

enum address {
	NOTHING,
	INPUT,				/* what the device asked for */
	MEMORY,				/* what the unit could not use */
};

static const struct {
	enum cause cause;
	enum address address;
} kinds[16] = {
#define X(code, name, flags, address, cause, text) [code] = { cause, address },
	AMDVI_EVENTS(X)
#undef X
};

static unsigned count_of(const struct amdvi_ring *log)
{
	return BIT(log->lg2);
}

enum status amdvi_events_allocate(struct amdvi *amdvi, unsigned lg2)
{
	struct amdvi_ring *log = &amdvi->events;

	if (!amdvi->pool || lg2 < AMDVI_RING_LG2_MIN || lg2 > AMDVI_RING_LG2_MAX)
		return STATUS_BAD_ARGUMENT;
	if (!log->slots || lg2 > log->lg2)
		log->slots = pool_pages(amdvi->pool, BIT(lg2) * SLOT_BYTES / PAGE_SIZE, PAGE_LG2);
	if (!log->slots)
		return STATUS_EXHAUSTED;
	log->lg2 = lg2;
	return STATUS_OK;
}

/* An empty log, of zeros: a record that is not there yet has code 0. */
void amdvi_events_program(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	struct amdvi_ring *log = &amdvi->events;

	memset(log->slots, 0, (size_t)count_of(log) * SLOT_BYTES);
	log->head = 0;
	arch_write_barrier();
	write64(mmio, AMDVI_EventBase,
		pa_of(log->slots).v | FIELD_PREP(AMDVI_EventBase_EventLen, (uint64_t)log->lg2));
	write64(mmio, AMDVI_EventHead, 0);
	write64(mmio, AMDVI_EventTail, 0);
}

/* ---- Decoding ---- */

/* PASID 0 is that of requests without one: no route is ever made for it (GIoV). */
static uint32_t no_pasid_0(uint64_t pasid)
{
	return pasid ? (uint32_t)pasid : IOMMU_NO_PASID;
}

static uint32_t pasid_of(uint64_t w0, enum cause cause)
{
	if (cause == REQUEST && (w0 & AMDVI_EVENT0_GN))
		return no_pasid_0(FIELD_GET(AMDVI_EVENT0_PASID_19_16, w0) << 16 |
				  FIELD_GET(AMDVI_EVENT0_D_P, w0));
	if (cause == PAGE_REQUEST && (w0 & AMDVI_EVENT0_PPR_GN))
		return no_pasid_0(FIELD_GET(AMDVI_EVENT0_PPR_PASID_19_16, w0) << 16 |
				  FIELD_GET(AMDVI_EVENT0_PPR_PASID_15_0, w0));
	return IOMMU_NO_PASID;
}

static enum iommu_access access_of(uint64_t w0, enum cause cause)
{
	if (cause == PAGE_REQUEST)
		return IOMMU_PAGE_REQUEST;
	return w0 & AMDVI_EVENT0_RW ? IOMMU_WRITE : IOMMU_READ;
}

/*
 * Table 57: RW says something of a memory request, and of a page fault where PR is set, too; INVALID_DEVICE_REQUEST has
 * no RW. An AtomicOp reads and writes, and has no flag of its own.
 */
static uint32_t also_of(uint64_t w0, enum cause cause)
{
	unsigned code = (unsigned)FIELD_GET(AMDVI_EVENT0_EventCode, w0);
	bool told = !(w0 & (AMDVI_EVENT0_TR | AMDVI_EVENT0_I));

	if (cause != REQUEST && cause != DEVICE)
		return 0;
	if (code == 2)
		told = told && (w0 & AMDVI_EVENT0_PR);
	if (code == 8)
		told = false;
	return BIT(IOMMU_ATOMIC) | (told ? 0 : BIT(IOMMU_READ) | BIT(IOMMU_WRITE));
}

static void decode(const struct amdvi *amdvi, const uint64_t w[2], struct iommu_fault *fault)
{
	unsigned code = (unsigned)FIELD_GET(AMDVI_EVENT0_EventCode, w[0]);
	enum cause cause = kinds[code].cause;
	enum address address = kinds[code].address;

	*fault = (struct iommu_fault){
		.source = {
			.segment = amdvi->iommu.segment,
			.rid = cause == NOBODY ? 0 : (uint16_t)FIELD_GET(AMDVI_EVENT0_DeviceID, w[0]),
			.pasid = pasid_of(w[0], cause),
		},
		.access = access_of(w[0], cause),
		.also = also_of(w[0], cause),
		.address = address == NOTHING ? 0
			 : address == INPUT   ? ALIGN_DOWN(w[1], (uint64_t)PAGE_SIZE)
					      : w[1],
		.reason = amdvi_reason(w[0]),
		.raw = { w[0], w[1] },
		.raw_count = 2,
	};
}

/* ---- Taking ---- */

/* NOT_FOUND: the log is empty. */
static enum status look(const struct amdvi *amdvi)
{
	uint64_t tail = read64(&amdvi->iommu.mmio, AMDVI_EventTail);

	if (tail == UINT64_MAX)
		return STATUS_GONE;
	tail = (tail & AMDVI_Pointer) / SLOT_BYTES % count_of(&amdvi->events);
	return tail == amdvi->events.head ? STATUS_NOT_FOUND : STATUS_OK;
}

/*
 * Errata 732, 733: the tail may pass a record before it is in memory. Its code is what says that it is there; a slot
 * is cleared when it was read, and given back after that.
 */
static void take(struct amdvi *amdvi, struct iommu_fault *fault)
{
	struct amdvi_ring *log = &amdvi->events;
	uint64_t *slot = &log->slots[2 * log->head], w[2];

	(void)wait_until(arch_load64(&slot[0]) & AMDVI_EVENT0_EventCode,
			 deadline_in_us(AMDVI_EVENT_WRITE_US));
	arch_barrier();
	w[0] = arch_load64(&slot[0]);
	w[1] = arch_load64(&slot[1]);
	decode(amdvi, w, fault);
	arch_store64(&slot[0], 0);
	arch_store64(&slot[1], 0);
	arch_barrier();
	log->head = (log->head + 1) % count_of(log);
	write64(&amdvi->iommu.mmio, AMDVI_EventHead, (uint64_t)log->head * SLOT_BYTES);
}

/*
 * 3.4.16: while EventLogInt is set no interrupt comes. It is cleared when the log is empty, and then the log is looked
 * at again: what was written in between set no bit that was not set already.
 */
enum status amdvi_next_fault(struct iommu *iommu, struct iommu_fault *fault)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	enum status status;

	if (!amdvi->events.on)
		return STATUS_NOT_FOUND;
	status = look(amdvi);
	if (status == STATUS_NOT_FOUND &&
	    (read64(&iommu->mmio, AMDVI_Status) & AMDVI_Status_EventLogInt)) {
		enum status cleared = amdvi_clear_status(amdvi, AMDVI_Status_EventLogInt);

		status = cleared == STATUS_GONE ? cleared : look(amdvi);
	}
	if (status == STATUS_OK)
		take(amdvi, fault);
	return status;
}

/*
 * 2.5.1, step by step: EventLogRun 0, EventLogEn 0, the status bit, EventLogEn 1. 3.4.16 leaves EventLogRun set on some
 * units until EventLogEn is cleared, so the first step waits for a moment alone. Records that were not
 * taken stay. Take them first: a full log overflows again at once.
 */
static enum status restart(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	enum status status;

	(void)wait_until(!(read64(mmio, AMDVI_Status) & AMDVI_Status_EventLogRun),
			 deadline_in_us(AMDVI_STOP_HINT_US));
	amdvi_control(amdvi, AMDVI_Control_EventLogEn, 0);
	status = amdvi_wait_run(amdvi, AMDVI_Status_EventLogRun, false);
	if (!status)
		status = amdvi_clear_status(amdvi, AMDVI_Status_EventOverflow);
	if (status)
		return status;
	amdvi_control(amdvi, 0, AMDVI_Control_EventLogEn);
	return amdvi_wait_run(amdvi, AMDVI_Status_EventLogRun, true);
}

/* A log that cannot be restarted is off: next_fault() finds nothing more, and `unmet` says why. */
bool amdvi_fault_overflow(struct iommu *iommu)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	uint64_t status = read64(&iommu->mmio, AMDVI_Status);

	if (!amdvi->events.on || status == UINT64_MAX || !(status & AMDVI_Status_EventOverflow))
		return false;
	if (restart(amdvi) != STATUS_OK)
		amdvi->events.on = false;
	return true;
}
