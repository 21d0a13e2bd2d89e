/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The log of peripheral page requests (48882 3.11, 2.6, 3.4.2, 3.4.17), one buffer, polled. */
#include "iommu/amd/internal.h"

#include <string.h>

#define SLOT_BYTES 16u
#define SLOTS      BIT(AMDVI_RING_LG2_MIN)

/* 2.3.1: the registers, and then PPREn and PPRLogEn. */
enum status amdvi_requests_start(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	struct amdvi_ring *log = &amdvi->requests;
	enum status status;

	if (!amdvi->taken || log->on || !(amdvi->efr & AMDVI_EFR_PPRSup))
		return STATUS_UNSUPPORTED;
	if (!log->slots)
		log->slots = pool_pages(amdvi->pool, SLOTS * SLOT_BYTES / PAGE_SIZE, PAGE_LG2);
	if (!log->slots)
		return STATUS_EXHAUSTED;
	log->lg2 = AMDVI_RING_LG2_MIN;
	log->head = 0;
	memset(log->slots, 0, SLOTS * SLOT_BYTES);
	arch_write_barrier();
	write64(mmio, AMDVI_PPRBase,
		pa_of(log->slots).v | FIELD_PREP(AMDVI_PPRBase_PPRLogLen, (uint64_t)log->lg2));
	write64(mmio, AMDVI_PPRHead, 0);
	write64(mmio, AMDVI_PPRTail, 0);
	amdvi_control(amdvi, 0, AMDVI_Control_PPREn | AMDVI_Control_PPRLogEn);
	status = amdvi_wait_run(amdvi, AMDVI_Status_PprLogRun, true);
	log->on = !status;
	return status;
}

enum status amdvi_requests_stop(struct amdvi *amdvi)
{
	if (!amdvi->requests.on)
		return STATUS_UNSUPPORTED;
	amdvi_control(amdvi, AMDVI_Control_PPREn | AMDVI_Control_PPRLogEn, 0);
	amdvi->requests.on = false;
	return amdvi_wait_run(amdvi, AMDVI_Status_PprLogRun, false);
}

static void decode(const struct amdvi *amdvi, const uint64_t w[2], struct amdvi_page_request *request)
{
	uint64_t pasid = FIELD_GET(AMDVI_PPR0_PASID_19_16, w[0]) << 16 |
			 FIELD_GET(AMDVI_PPR0_PASID_15_0, w[0]);
	unsigned tag = (unsigned)FIELD_GET(AMDVI_PPR0_PPRtag, w[0]);

	*request = (struct amdvi_page_request){
		.source = {
			.segment = amdvi->iommu.segment,
			.rid = (uint16_t)FIELD_GET(AMDVI_PPR0_DeviceID, w[0]),
			.pasid = w[0] & AMDVI_PPR0_GN ? (uint32_t)pasid : IOMMU_NO_PASID,
		},
		.address = w[1] & AMDVI_PPR1_Address,
		.read = w[0] & AMDVI_PPR0_RP,
		.write = w[0] & AMDVI_PPR0_WP,
		.user = w[0] & AMDVI_PPR0_US,
		.execute = !(w[0] & AMDVI_PPR0_NX),
		.malformed = w[0] & AMDVI_PPR0_RZ,
		.last = tag >> 9,
		.group = tag & 0x1ff,
		.raw = { w[0], w[1] },
	};
}

/* A record may come after its tail, as those of events may (erratum 733). */
enum status amdvi_next_request(struct amdvi *amdvi, struct amdvi_page_request *request)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	struct amdvi_ring *log = &amdvi->requests;
	uint64_t *slot = log->on ? &log->slots[2 * log->head] : NULL, w[2], tail;

	if (!log->on)
		return STATUS_NOT_FOUND;
	tail = read64(mmio, AMDVI_PPRTail);
	if (tail == UINT64_MAX)
		return STATUS_GONE;
	if ((tail & AMDVI_Pointer) / SLOT_BYTES % SLOTS == log->head)
		return STATUS_NOT_FOUND;
	(void)wait_until(arch_load64(&slot[0]) & AMDVI_PPR0_PPRCode,
			 deadline_in_us(AMDVI_EVENT_WRITE_US));
	arch_barrier();
	w[0] = arch_load64(&slot[0]);
	w[1] = arch_load64(&slot[1]);
	decode(amdvi, w, request);
	arch_store64(&slot[0], 0);
	arch_store64(&slot[1], 0);
	arch_barrier();
	log->head = (log->head + 1) % SLOTS;
	write64(mmio, AMDVI_PPRHead, (uint64_t)log->head * SLOT_BYTES);
	return FIELD_GET(AMDVI_PPR0_PPRCode, w[0]) == AMDVI_PPR_PAGE_SERVICE_REQUEST
		       ? STATUS_OK
		       : STATUS_MALFORMED;
}
