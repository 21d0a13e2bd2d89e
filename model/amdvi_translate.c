/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * From an address to a translation that may be used and kept: 48882 3.11, clauses 2.1.4, 2.2.3, 2.2.7.2 to 2.2.7.6. The
 * rights are decided before the entries that map the page are marked, and those before the translation is kept.
 */
#include "model/amdvi_unit.h"

#define RESTARTS	64	/* walks of one request, while software changes what it walks */

/* 2.2.7.6: a translation request asks for what there is, and for writing unless it says otherwise. */
static bool wants_write(const struct amdvi *amdvi, const struct silicon_request *request)
{
	if (request->access == SILICON_TRANSLATE)
		return !request->no_write || defective(amdvi, NO_WRITE_IGNORED);
	return amdvi_is_write(request->access);
}

static bool writable(const struct amdvi_route *route, const struct amdvi_page *page)
{
	return route->write && page->host_write && page->guest_write;
}

/* 2.2.6.2: while PrivAbrtEn is 00b a supervisor may, else nobody. */
static bool supervisor_refused(const struct amdvi *amdvi, const struct silicon_request *request,
			       const struct amdvi_page *page)
{
	bool nobody = CONTROL_PRIVABRT(amdvi->control) == 1;

	if (!page->guest || page->user || !amdvi_has(amdvi, EFR_US) ||
	    defective(amdvi, USER_BIT_IGNORED))
		return false;
	return nobody || !request->privileged || defective(amdvi, SUPERVISOR_IS_USER);
}

/* 2.1.4.1: a read of no bytes may go wherever a read or a write may; 2.1.4.12: an atomic needs both rights. */
bool amdvi_permits(const struct amdvi *amdvi, const struct silicon_request *request,
		   const struct amdvi_route *route, const struct amdvi_page *page)
{
	bool read = route->read && page->host_read, write = writable(route, page);

	if (request->access == SILICON_TRANSLATE)
		return true;
	if (supervisor_refused(amdvi, request, page))
		return false;
	if (page->guest && request->execute && !page->execute && amdvi_has(amdvi, EFR_NX) &&
	    !defective(amdvi, NO_EXECUTE_IGNORED))
		return false;
	if (request->access == SILICON_ATOMIC)
		return (read || defective(amdvi, ATOMIC_NEEDS_WRITE_ALONE)) && write;
	if (request->access == SILICON_WRITE)
		return write || defective(amdvi, WRITE_PERMISSION_IGNORED);
	if (request->bytes == 0 && !defective(amdvi, ZERO_READ_NEEDS_READ))
		return read || write;
	return read || defective(amdvi, READ_PERMISSION_IGNORED);
}

static void page_of(struct amdvi_page *page, uint64_t input, uint64_t output, unsigned size_lg2)
{
	page->size_lg2 = size_lg2;
	page->input = input & amdvi_mask(63, size_lg2);
	page->output = output & amdvi_mask(63, size_lg2);
}

static void take_host(struct amdvi_page *page, uint64_t input, const struct amdvi_leaf *leaf)
{
	page->host_read = leaf->read;
	page->host_write = leaf->write;
	page->guest_write = page->user = page->execute = true;
	page->accessed = leaf->accessed;
	page->dirty = leaf->dirty;
	page_of(page, input, leaf->output, leaf->size_lg2);
}

/* 2.1.4.11: the smaller of the two sizes. leaf[1]: the host's of the page */
static enum amdvi_verdict through_guest(struct amdvi *amdvi, const struct silicon_request *request,
					const struct amdvi_route *route, struct amdvi_leaf leaf[2],
					struct amdvi_page *page)
{
	enum amdvi_verdict verdict = amdvi_guest_walk(amdvi, route, request->address, &leaf[0]);
	unsigned size_lg2;

	if (verdict == WALK_DONE)
		verdict = amdvi_host_walk(amdvi, route, leaf[0].output, &leaf[1]);
	if (verdict != WALK_DONE)
		return verdict;
	take_host(page, request->address, &leaf[1]);
	page->guest_write = leaf[0].write;
	page->user = leaf[0].user;
	page->execute = leaf[0].execute;
	page->accessed = page->accessed && leaf[0].accessed;
	page->dirty = page->dirty && leaf[0].dirty;
	size_lg2 = leaf[1].size_lg2;
	if (route->mode == 0 ||
	    (leaf[0].size_lg2 < size_lg2 && !defective(amdvi, SPLINTERED_SIZE_OF_HOST)))
		size_lg2 = leaf[0].size_lg2;
	page_of(page, request->address, leaf[1].output, size_lg2);
	return verdict;
}

static bool dirties(const struct amdvi *amdvi, const struct silicon_request *request,
		    const struct amdvi_route *route, const struct amdvi_page *page)
{
	if (request->access == SILICON_READ)
		return defective(amdvi, DIRTY_ON_READ) && writable(route, page);
	if (request->access == SILICON_ATOMIC && defective(amdvi, DIRTY_NOT_BY_ATOMIC))
		return false;
	if (request->access == SILICON_TRANSLATE && defective(amdvi, TRANSLATION_LEAVES_CLEAN))
		return false;
	return wants_write(amdvi, request) && writable(route, page);
}

/* The guest's entry first: its table may be the page that is written. */
static enum amdvi_verdict mark(struct amdvi *amdvi, const struct amdvi_route *route, struct amdvi_leaf leaf[2],
			       bool write, struct amdvi_page *page)
{
	struct amdvi_leaf *host = route->guest ? &leaf[1] : &leaf[0];
	enum amdvi_verdict verdict = WALK_DONE;

	if (route->guest)
		verdict = amdvi_guest_mark(amdvi, route, &leaf[0], write);
	if (verdict == WALK_DONE && !(route->guest && defective(amdvi, NESTED_FLAGS_IN_GUEST_ONLY)))
		verdict = amdvi_host_mark(amdvi, route, host, write);
	page->accessed = host->accessed && (!route->guest || leaf[0].accessed);
	page->dirty = host->dirty && (!route->guest || leaf[0].dirty);
	if (defective(amdvi, CACHED_AS_DIRTY))
		page->dirty = true;
	return verdict;
}

static enum amdvi_verdict once(struct amdvi *amdvi, const struct silicon_request *request,
			       const struct amdvi_route *route, struct amdvi_page *page)
{
	struct amdvi_leaf leaf[2] = { { .address = 0 }, { .address = 0 } };
	enum amdvi_verdict verdict;

	if (route->guest) {
		verdict = through_guest(amdvi, request, route, leaf, page);
	} else {
		amdvi->failed_guest = false;
		verdict = amdvi_host_walk(amdvi, route, request->address, &leaf[0]);
		if (verdict == WALK_DONE)
			take_host(page, request->address, &leaf[0]);
	}
	if (verdict != WALK_DONE)
		return verdict;
	if (defective(amdvi, DIRTY_BEFORE_PERMISSION) && wants_write(amdvi, request))
		(void)mark(amdvi, route, leaf, true, page);
	if (!amdvi_permits(amdvi, request, route, page))
		return WALK_DENIED;
	/* Table 32: nothing is marked for an answer that grants nothing. */
	if (request->access == SILICON_TRANSLATE && !(route->read && page->host_read) &&
	    !writable(route, page))
		return WALK_DONE;
	return mark(amdvi, route, leaf, dirties(amdvi, request, route, page), page);
}

enum amdvi_verdict amdvi_translate(struct amdvi *amdvi, const struct silicon_request *request,
				   const struct amdvi_route *route, struct amdvi_page *page)
{
	enum amdvi_verdict verdict = WALK_CHANGED;

	for (unsigned i = 0; i < RESTARTS && verdict == WALK_CHANGED; i++) {
		*page = (struct amdvi_page){
			.guest = route->guest,
			.source = route->source,
			.domain = route->domain,
			.pasid = route->pasid,
		};
		verdict = once(amdvi, request, route, page);
	}
	/* Software that never stops changing an entry keeps the access out. */
	if (verdict == WALK_CHANGED)
		verdict = WALK_NOT_PRESENT;
	if (verdict == WALK_NOT_PRESENT && defective(amdvi, ABSENT_CACHED)) {
		page_of(page, request->address, 0, 12);
		amdvi_page_fill(amdvi, page, request->address);
	}
	if (verdict == WALK_DONE)
		amdvi_page_fill(amdvi, page, request->address);
	return verdict;
}
