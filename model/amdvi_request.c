/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A request of a device, from its arrival to the answer: 48882 3.11, clauses 2.1, 2.1.1, 2.1.3, 2.2.2.1 (Table 8),
 * 2.2.7.1 and 2.5.9, in the order of Figure 71.
 */
#include "model/amdvi_unit.h"

#define IOTLB_ENABLE	AMDVI_ONE(96 - 64)
#define GV		AMDVI_ONE(55)
#define PPR		AMDVI_ONE(52)

static const struct silicon_answer refused;

static struct silicon_answer pass(const struct silicon_request *request)
{
	return (struct silicon_answer){ .allowed = true, .address = request->address };
}

static struct silicon_answer invalid(struct amdvi *amdvi, const struct silicon_request *request,
				     const struct amdvi_route *route, unsigned type)
{
	amdvi_event_invalid(amdvi, request, route, type);
	return refused;
}

/* 2.1.3.2, Table 44: a translation request is answered, without rights. */
static struct silicon_answer fault(struct amdvi *amdvi, const struct silicon_request *request,
				   const struct amdvi_route *route, enum amdvi_verdict verdict, bool denied)
{
	if (verdict == WALK_HARDWARE)
		amdvi_event_page_table(amdvi, request, route);
	else
		amdvi_event_fault(amdvi, request, route, verdict, denied);
	if (request->access == SILICON_TRANSLATE && verdict != WALK_HARDWARE)
		return (struct silicon_answer){ .allowed = true, .size_lg2 = 12 };
	return refused;
}

static struct silicon_answer finish(const struct silicon_request *request, const struct amdvi_page *page)
{
	return (struct silicon_answer){
		.allowed = true,
		.address = page->output + (request->address & amdvi_mask(page->size_lg2 - 1, 0)),
	};
}

/* 2.2.7.6, Table 32 */
static struct silicon_answer completion(const struct amdvi *amdvi, const struct silicon_request *request,
					const struct amdvi_route *route, const struct amdvi_page *page)
{
	bool all = defective(amdvi, TRANSLATION_GRANTS_ALL);
	bool user = !page->guest || page->user || !amdvi_has(amdvi, EFR_US) ||
		    (request->privileged && CONTROL_PRIVABRT(amdvi->control) != 1);
	bool no_write = request->no_write && !defective(amdvi, NO_WRITE_IGNORED);
	bool read = user && route->read && page->host_read;
	bool write = user && route->write && page->host_write && page->guest_write && !no_write;
	uint64_t beside = defective(amdvi, TRANSLATION_OF_NEXT_PAGE) ? AMDVI_ONE(page->size_lg2)
								     : 0;

	return (struct silicon_answer){
		.allowed = true,
		.address =
			(page->output + (request->address & amdvi_mask(page->size_lg2 - 1, 12))) ^
			beside,
		.size_lg2 = page->size_lg2,
		.readable = all || read,
		.writable = all || write,
	};
}

/*
 * A translation that is kept is used without a look at the tables, unless a flag is still to be set. What it does not
 * allow is looked up again where guest tables took part (2.2.7.3), and is a fault where they did not.
 */
static bool hit(struct amdvi *amdvi, const struct silicon_request *request, const struct amdvi_route *route,
		struct silicon_answer *answer)
{
	struct amdvi_page *page = amdvi_page_find(amdvi, route, route->guest, request->address);
	bool marks = route->mode != 0 && !route->guest;

	if (!page || request->access == SILICON_TRANSLATE)
		return false;
	if (!amdvi_permits(amdvi, request, route, page) &&
	    !defective(amdvi, PERMISSION_UNCHECKED_ON_HIT)) {
		if (route->guest && !defective(amdvi, GUEST_RIGHTS_NOT_READ_AGAIN))
			return false;
		*answer = fault(amdvi, request, route, WALK_DENIED, true);
		return true;
	}
	marks = marks ? route->dirty : route->guest;
	if (amdvi_is_write(request->access) && marks && !page->dirty &&
	    !defective(amdvi, DIRTY_NOT_ON_HIT))
		return false;
	if (route->accessed && route->mode != 0 && !page->accessed)
		return false;
	*answer = finish(request, page);
	return true;
}

/* Rights as far as they are known where a walk ended early: those of the device table entry */
static bool denied_so_far(const struct silicon_request *request, const struct amdvi_route *route)
{
	return amdvi_is_write(request->access) ? !route->write : !route->read;
}

static struct silicon_answer translate(struct amdvi *amdvi, const struct silicon_request *request,
				       const struct amdvi_route *route)
{
	struct silicon_answer answer;
	struct amdvi_page page;
	enum amdvi_verdict verdict;

	if (hit(amdvi, request, route, &answer))
		return answer;
	verdict = amdvi_translate(amdvi, request, route, &page);
	if (verdict == WALK_DENIED && defective(amdvi, DENIED_WRITE_DONE) &&
	    amdvi_is_write(request->access) && page.size_lg2) {
		(void)fault(amdvi, request, route, verdict, true);
		return finish(request, &page);
	}
	if (verdict != WALK_DONE)
		return fault(amdvi, request, route, verdict, denied_so_far(request, route));
	if (request->access == SILICON_TRANSLATE)
		return completion(amdvi, request, route, &page);
	return finish(request, &page);
}

/* Table 64: what must not be asked at all. True: `answer` is theirs */
static bool not_allowed(struct amdvi *amdvi, const struct silicon_request *request, const struct amdvi_route *route,
			struct silicon_answer *answer)
{
	bool pasid = request->pasid != SILICON_NO_PASID, enabled = route->w[1] & IOTLB_ENABLE;
	bool active = route->w[0] & GV && amdvi->control & CONTROL_GTEN && amdvi_has(amdvi, EFR_GT);

	if (defective(amdvi, IOTLB_ENABLE_IGNORED))
		enabled = true;
	if (request->access == SILICON_TRANSLATE &&
	    (!enabled || !route->valid || !route->translated))
		*answer = invalid(amdvi, request, route, TRANSLATION_NOT_ALLOWED);
	else if (request->translated && (!enabled || !route->valid))
		*answer = invalid(amdvi, request, route, REQUEST_PRETRANSLATED);
	else if (pasid && route->valid && !active)
		*answer = invalid(amdvi, request, route,
				  request->access == SILICON_TRANSLATE ? TRANSLATION_PASID
								       : REQUEST_MANAGEMENT_READ);
	else
		return false;
	return true;
}

static struct silicon_answer memory(struct amdvi *amdvi, const struct silicon_request *request)
{
	struct amdvi_route route;
	struct silicon_answer answer;

	if (!amdvi_route(amdvi, request, false, &route))
		return refused;
	if (not_allowed(amdvi, request, &route, &answer))
		return answer;
	if (!route.valid || request->translated)
		return pass(request);
	if (amdvi_special(amdvi, request, &route, &answer))
		return answer;
	if (!route.translated)
		return fault(amdvi, request, &route, WALK_LEVEL, false);
	return translate(amdvi, request, &route);
}

/* 2.5.10, 2.6.3: the device table is asked for DTE[PPR] alone. True: it was logged. */
static struct silicon_answer page_request(struct amdvi *amdvi, const struct silicon_request *request)
{
	uint64_t enables = CONTROL_PPREN | CONTROL_PPRLOGEN;
	struct amdvi_route route;

	if ((amdvi->control & enables) == enables && amdvi_has(amdvi, EFR_EPH)) {
		if (!amdvi_route(amdvi, request, false, &route))
			return refused;
		if (route.w[0] & PPR)
			return (struct silicon_answer){ .allowed = amdvi_log_request(amdvi,
										     request) };
	} else if ((amdvi->control & enables) == enables) {
		return (struct silicon_answer){ .allowed = amdvi_log_request(amdvi, request) };
	}
	amdvi_event_page_request(amdvi, request);
	return refused;
}

static bool untranslated(const struct silicon_request *request)
{
	return !request->translated && request->access != SILICON_TRANSLATE &&
	       request->access != SILICON_PAGE_REQUEST;
}

struct silicon_answer amdvi_request(struct silicon *silicon, const struct silicon_request *request)
{
	struct amdvi *amdvi = to_amdvi(silicon);

	amdvi->requests_seen++;
	if (defective(amdvi, DMA_BLOCKED_AFTER_1000) && amdvi->requests_seen > 1000)
		return refused;
	/* The bus lets no request cross a page. */
	if (request->bytes > 4096 || (request->address & 0xfff) + request->bytes > 4096)
		return refused;
	/* 2.1: disabled, it passes everything; 2.1.3.1: and has no answer to a translation request. */
	if (!(amdvi->control & CONTROL_IOMMUEN))
		return untranslated(request) && !defective(amdvi, OFF_REFUSES) ? pass(request)
									       : refused;
	if (request->access == SILICON_PAGE_REQUEST)
		return page_request(amdvi, request);
	if (amdvi_interrupt_range(request->address) && request->pasid == SILICON_NO_PASID &&
	    !defective(amdvi, INTERRUPT_RANGE_TRANSLATED))
		return amdvi_interrupt(amdvi, request);
	return memory(amdvi, request);
}
