/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A request of a device, from its arrival to the answer: VT-d 5.10, clauses 3.1, 3.14, 3.15, 4.2, 7.4 and
 * the protected memory of 11.4.8.
 */
#include <string.h>

#include "model/vtd_unit.h"

static const struct silicon_answer refused;

static struct silicon_answer fault(struct vtd *vtd, const struct silicon_request *request, unsigned reason,
				   bool fpd)
{
	vtd_fault_record(vtd, request, reason, fpd);
	if (request->access == SILICON_PAGE_REQUEST)
		vtd_page_dropped(vtd, request, VTD_INVALID_REQUEST);
	/* 7.1.2: a translation request may be answered with success, and no rights. */
	if (request->access == SILICON_TRANSLATE && vtd_fault_is_recoverable(reason))
		return (struct silicon_answer){ .allowed = true, .size_lg2 = 12 };
	return refused;
}

/* 11.4.8.3, .5: the low bits of the limit count as ones; a limit below the base turns the region off. */
static bool inside(const struct vtd *vtd, uint64_t first, uint64_t last, uint64_t base, uint64_t limit)
{
	uint64_t low_bits = defective(vtd, PROTECTED_LIMIT_SHORT) ? 0 : 0x1fffff;

	if (limit < base && defective(vtd, PROTECTED_LIMIT_SWAPPED))
		return first <= (base | low_bits) && last >= limit;
	return base <= limit && first <= (limit | low_bits) && last >= base;
}

bool vtd_protected(const struct vtd *vtd, uint64_t address, uint32_t bytes)
{
	uint64_t last = address + (bytes ? bytes - 1 : 0);

	if (!(vtd->pmen & VTD_ONE(31)))
		return false;
	if (vtd_cap(vtd, CAP_PLMR) && inside(vtd, address, last, vtd->plm_base, vtd->plm_limit))
		return true;
	return vtd_cap(vtd, CAP_PHMR) && inside(vtd, address, last, vtd->phm_base, vtd->phm_limit);
}

/* 11.4.8.1: what is blocked here is no remapping fault and is not recorded. */
static struct silicon_answer allow(struct vtd *vtd, const struct silicon_request *request, uint64_t address)
{
	bool open = address == request->address ? defective(vtd, PROTECTED_REGIONS_PASS)
						: defective(vtd, PROTECTED_REGIONS_OPEN);

	if (vtd_protected(vtd, address, request->bytes) && !open)
		return defective(vtd, PROTECTED_WRITE_RECORDED) ? fault(vtd, request, 0x05, false)
								: refused;
	return (struct silicon_answer){ .allowed = true, .address = address };
}

/* 3.15: requests without PASID to FEEx_xxxxh; true: `answer` is theirs */
static bool interrupt_range(struct vtd *vtd, const struct silicon_request *request,
			    struct silicon_answer *answer)
{
	bool message = request->access == SILICON_WRITE && request->bytes == 4 &&
		       !(request->address & 3);
	bool flush = request->access == SILICON_READ && request->bytes == 0;

	if (!vtd_interrupt_range(request->address) || request->translated)
		return false;
	if (request->pasid != SILICON_NO_PASID && !defective(vtd, INTERRUPT_RANGE_OF_ALL))
		return false;
	if (defective(vtd, INTERRUPT_RANGE_TRANSLATED))
		return false;
	if (request->access == SILICON_TRANSLATE)
		return false;
	if (message)
		*answer = vtd_interrupt(vtd, request);
	else if ((flush && !defective(vtd, ZERO_LENGTH_IN_RANGE)) || !(vtd->status & GCMD_TE))
		*answer = (struct silicon_answer){ .allowed = true, .address = request->address };
	else
		*answer = fault(vtd, request, 0x29, false);
	return true;
}

static struct silicon_answer finish(struct vtd *vtd, const struct silicon_request *request,
				    const struct vtd_translation *t)
{
	uint64_t offset = request->address & vtd_mask(t->size_lg2 - 1, 0);

	if (defective(vtd, LARGE_2M_OFFSET_SHORT) && t->size_lg2 == 21)
		offset &= vtd_mask(19, 0);
	if (defective(vtd, LARGE_1G_OFFSET_SHORT) && t->size_lg2 == 30)
		offset &= vtd_mask(20, 0);
	return allow(vtd, request, t->output + offset);
}

/* SPT.5, SPT.6, and the rights of this request, which are not those of the one that made the entry. */
static unsigned hit_reason(const struct vtd *vtd, const struct silicon_request *request,
			   const struct vtd_translation *t)
{
	unsigned reason = vtd_mode(vtd, request, t->privileged, t->sre);

	return reason ? reason : vtd_permission(vtd, request, t);
}

/*
 * 6.2.4: what the IOTLB has is used without a look at the tables. A write through a translation whose
 * dirty flag was clear when it was cached is walked again.
 */
static bool hit(struct vtd *vtd, const struct silicon_request *request, struct silicon_answer *answer)
{
	struct vtd_iotlb_entry *entry = vtd_iotlb_find(vtd, request);
	struct vtd_translation t;
	unsigned reason;

	if (!entry)
		return false;
	t = entry->t;
	if (request->pasid != SILICON_NO_PASID && !defective(vtd, PRIVILEGE_OF_FIRST_REQUEST))
		t.privileged = request->privileged;
	reason = hit_reason(vtd, request, &t);
	if (vtd_is_write(request->access) && !t.dirty && !t.absent &&
	    !defective(vtd, DIRTY_NOT_ON_HIT) && !reason)
		return false;
	if (defective(vtd, PERMISSION_UNCHECKED_ON_HIT))
		reason = 0;
	if (reason)
		*answer = fault(vtd, request, reason, t.fpd);
	else
		*answer = finish(vtd, request, &t);
	return true;
}

/* 4.2.5: a translated address is only looked at for its range (LGN.1.2, LGN.4, SGN.4.1, SGN.8.3). */
static struct silicon_answer translated(struct vtd *vtd, const struct silicon_request *request,
					const struct vtd_route *route)
{
	if (defective(vtd, TRANSLATED_UNCHECKED))
		return allow(vtd, request, request->address);
	if (request->address >> vtd->config.haw)
		return fault(vtd, request, route->legacy ? 0x04 : 0x83, route->fpd);
	if (vtd_interrupt_range(request->address))
		return fault(vtd, request, route->legacy ? 0x0e : 0x87, route->fpd);
	return allow(vtd, request, request->address);
}

/* 4.2.3: effective rights, S.1 and S.2 */
static struct silicon_answer completion(const struct vtd *vtd, const struct silicon_request *request,
					const struct vtd_translation *t)
{
	bool no_write = vtd_no_write(vtd, request), all = defective(vtd, TRANSLATION_GRANTS_ALL);
	bool first = t->kind == VTD_FIRST || t->kind == VTD_NESTED;
	bool user = !first || t->privileged || t->fs_user;
	bool write = t->ss_write && (!first || t->fs_write || (t->privileged && !t->wpe));
	uint64_t offset = request->address & vtd_mask(t->size_lg2 - 1, 12);
	uint64_t beside = defective(vtd, TRANSLATION_OF_NEXT_PAGE) ? VTD_ONE(t->size_lg2) : 0;

	return (struct silicon_answer){
		.allowed = true,
		.address = (t->output + offset) ^ beside,
		.size_lg2 = t->size_lg2,
		.readable = all || (user && t->ss_read),
		.writable = all || (user && write && !no_write),
	};
}

static struct silicon_answer walk(struct vtd *vtd, const struct silicon_request *request)
{
	struct vtd_translation t = { .size_lg2 = 0 };
	struct silicon_answer answer = refused;
	struct vtd_route route;
	unsigned reason = vtd_route(vtd, request, &route);

	if (reason)
		return fault(vtd, request, reason, route.fpd);
	if (request->access == SILICON_PAGE_REQUEST) {
		answer.allowed = vtd_page_request(vtd, request, &route);
		return answer;
	}
	if (request->translated)
		return translated(vtd, request, &route);
	if (request->access == SILICON_TRANSLATE && request->pasid == SILICON_NO_PASID &&
	    vtd_interrupt_range(request->address))
		return (struct silicon_answer){ .allowed = true,
						.address = request->address,
						.size_lg2 = 12,
						.readable = defective(vtd,
								      RANGE_ANSWERED_AS_MEMORY),
						.writable = !vtd_no_write(vtd, request) };
	reason = vtd_translate(vtd, request, &route, &t);
	if (reason && defective(vtd, FAULTING_WRITE_DONE) && vtd_is_write(request->access) &&
	    t.output) {
		vtd_fault_record(vtd, request, reason, route.fpd);
		return finish(vtd, request, &t);
	}
	if (reason)
		return fault(vtd, request, reason, route.fpd);
	if (request->access == SILICON_TRANSLATE)
		return completion(vtd, request, &t);
	return finish(vtd, request, &t);
}

static bool untranslated(const struct silicon_request *request)
{
	return !request->translated && request->access != SILICON_TRANSLATE &&
	       request->access != SILICON_PAGE_REQUEST;
}

struct silicon_answer vtd_request(struct silicon *silicon, const struct silicon_request *request)
{
	struct vtd *vtd = to_vtd(silicon);
	struct silicon_answer answer;

	vtd->requests++;
	if (defective(vtd, DMA_BLOCKED_AFTER_1000) && vtd->requests > 1000)
		return refused;
	/* 3.13: requests that cross a page are blocked before they get here. */
	if (request->bytes > 4096 || (request->address & 0xfff) + request->bytes > 4096)
		return refused;
	/* 3.1: without remapping nothing is looked at; 4.2.1: and there is no Device-TLB. */
	if (!(vtd->status & GCMD_TE) && defective(vtd, OFF_REFUSES))
		return refused;
	if (interrupt_range(vtd, request, &answer))
		return answer;
	if (!(vtd->status & GCMD_TE))
		return untranslated(request) || defective(vtd, OFF_ANSWERS_DEVICE_TLBS)
			       ? allow(vtd, request, request->address)
			       : refused;
	if (untranslated(request) && vtd_ttm(vtd) != TTM_ABORT && hit(vtd, request, &answer))
		return answer;
	return walk(vtd, request);
}
