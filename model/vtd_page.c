/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Page requests of devices and the queue that takes them: VT-d 5.10, clauses 6.5.3.1, 7.4, 7.5 and 11.4.11. */
#include "model/vtd_unit.h"

#define DESCRIPTOR_BYTES	32u
#define PRO			2u
#define PPR			1u

/* Table 31: what is dropped is answered where it ends its group. A stop marker waits for no answer. */
void vtd_page_dropped(struct vtd *vtd, const struct silicon_request *request, unsigned code)
{
	const struct silicon_devices *devices = vtd->silicon.devices;

	if (!request->last && !defective(vtd, RESPONSE_TO_EACH_DROPPED))
		return;
	if (!request->wants_read && !request->wants_write)
		return;
	if (defective(vtd, DROPPED_UNANSWERED))
		return;
	if (defective(vtd, DROPPED_ANSWERED_FAILURE))
		code = 0xf;
	if (defective(vtd, FAULT_ANSWERED_SUCCESS))
		code = VTD_SUCCESS;
	if (devices && devices->page_response)
		devices->page_response(devices->context, request->source, request->pasid,
				       request->group, code);
}

/* Table 27 */
static void invalidate(struct vtd *vtd, const struct silicon_request *request, const struct vtd_route *route)
{
	struct vtd_range range = { .address = request->address & vtd_mask(63, 12) };

	if (defective(vtd, PAGE_REQUEST_KEEPS_TRANSLATION))
		return;
	if (route->kind == VTD_FIRST)
		vtd_invalidate_piotlb(vtd, 3, route->did, route->pasid, range);
	else
		vtd_invalidate_iotlb(vtd, route->kind == VTD_NESTED ? 2 : 3, route->did, range);
}

/* 7.4.1.1, Figure 7-1. Without PASID its field is undefined: here 0, as PMR and EXR are. */
static void describe(const struct vtd *vtd, const struct silicon_request *request, uint64_t *words)
{
	bool pasid = request->pasid != SILICON_NO_PASID &&
		     !defective(vtd, DESCRIPTOR_WITHOUT_PASID);
	unsigned group = defective(vtd, DESCRIPTOR_GROUP_8_BITS) ? request->group & 0xff
								 : request->group;

	words[0] = 1 | (uint64_t)request->source << 16;
	if (pasid)
		words[0] |= VTD_ONE(8) | (uint64_t)(request->pasid & 0xfffff) << 32 |
			    (uint64_t)request->execute << 52 | (uint64_t)request->privileged << 53;
	if (defective(vtd, DESCRIPTOR_PRIVILEGE_LOST))
		words[0] &= ~VTD_ONE(53);
	words[1] = (request->address & vtd_mask(63, 12)) | (uint64_t)group << 3 |
		   (uint64_t)request->last << 2 | (uint64_t)request->wants_write << 1 |
		   (uint64_t)request->wants_read;
	if (defective(vtd, DESCRIPTOR_RIGHTS_SWAPPED))
		words[1] = (words[1] & ~UINT64_C(3)) | (uint64_t)request->wants_read << 1 |
			   (uint64_t)request->wants_write;
	if (defective(vtd, DESCRIPTOR_ALWAYS_LAST))
		words[1] |= VTD_ONE(2);
}

/* 7.5: a condition becomes true; the event depends on those that were true before. */
static void condition(struct vtd *vtd, uint32_t bit)
{
	bool unserviced = vtd->prs != 0;

	vtd->prs |= bit;
	if (!defective(vtd, PAGE_EVENT_LOST))
		vtd_event_raise(vtd, &vtd->page_event, unserviced);
}

/* 7.4.1: overflow, full, and then the descriptor. True: it was taken. */
bool vtd_page_request(struct vtd *vtd, const struct silicon_request *request, const struct vtd_route *route)
{
	const struct silicon_memory *memory = vtd->silicon.memory;
	uint64_t size = VTD_ONE(vtd_bits(vtd->pqa, 2, 0) + 12), at = vtd->pqt & (size - 1);
	uint64_t next = (at + DESCRIPTOR_BYTES) & (size - 1), words[4] = { 0 };
	bool full = next == (vtd->pqh & (size - 1)) && !defective(vtd, PAGE_QUEUE_OVERRUN);

	if (vtd->prs & PRO && !defective(vtd, PAGE_OVERFLOW_IGNORED)) {
		vtd_page_dropped(vtd, request, VTD_SUCCESS);
		return false;
	}
	if (full) {
		condition(vtd, PRO);
		vtd_page_dropped(vtd, request, VTD_SUCCESS);
		return false;
	}
	invalidate(vtd, request, route);
	describe(vtd, request, words);
	if (!memory->write(memory->context, (vtd->pqa & vtd_mask(63, 12)) + at, words, sizeof words,
			   true))
		return false;
	vtd->pqt = defective(vtd, PAGE_TAIL_STOPS_AT_WRAP) && next == 0 ? at : next;
	condition(vtd, PPR);
	return true;
}
