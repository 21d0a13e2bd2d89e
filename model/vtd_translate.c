/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * From an address to a translation that may be used and kept: VT-d 5.10, clauses 3.6 to 3.9 and the
 * conditions LGN and SGN of Table 30. The rights are decided before dirty is set, and dirty is set
 * before the translation is kept.
 */
#include "model/vtd_unit.h"

#define RESTARTS	64	/* walks of one request, while software changes what it walks */

/* 4.2.3.1: without NWFS the flag of a translation request counts for nothing. */
bool vtd_no_write(const struct vtd *vtd, const struct silicon_request *request)
{
	return request->no_write && vtd_has(vtd, ECAP_NWFS) && !defective(vtd, NO_WRITE_IGNORED);
}

/* A translation request asks for what there is; else the access itself is looked at. */
static bool wants_write(const struct vtd *vtd, const struct silicon_request *request)
{
	if (request->access == SILICON_TRANSLATE)
		return !vtd_no_write(vtd, request);
	return vtd_is_write(request->access);
}

static bool zero_length(const struct silicon_request *request)
{
	return request->access == SILICON_READ && request->bytes == 0;
}

static bool first_stage_writable(const struct vtd *vtd, const struct vtd_translation *t)
{
	if (t->kind != VTD_FIRST && t->kind != VTD_NESTED)
		return true;
	if (t->privileged)
		return t->fs_write || !t->wpe || defective(vtd, WRITE_PROTECT_IGNORED);
	return t->fs_write && t->fs_user &&
	       !(t->wpe && defective(vtd, WRITE_PROTECT_REFUSES_USERS));
}

static bool writable(const struct vtd *vtd, const struct vtd_translation *t)
{
	return t->kind == VTD_PASS || (first_stage_writable(vtd, t) && t->ss_write);
}

/* SGN.2, SGN.6, SGN.7; LGN.2, LGN.3 (3.6.1, 3.7.1, 3.8.1). */
unsigned vtd_permission(const struct vtd *vtd, const struct silicon_request *request,
			const struct vtd_translation *t)
{
	bool first = t->kind == VTD_FIRST || t->kind == VTD_NESTED;
	bool write = vtd_is_write(request->access);
	bool read = request->access == SILICON_READ || request->access == SILICON_ATOMIC;

	if (t->kind == VTD_PASS || request->access == SILICON_TRANSLATE)
		return 0;
	if (t->absent && !t->legacy)
		return 0x79;
	if (first && !t->privileged && !t->fs_user && !defective(vtd, USER_BIT_IGNORED))
		return read && defective(vtd, USER_BIT_HAS_REASON_OF_READS) ? 0x86 : 0x81;
	if (write && !writable(vtd, t) && !defective(vtd, WRITE_PERMISSION_IGNORED))
		return t->legacy ? 0x05 : 0x85;
	if (!read || t->ss_read || defective(vtd, READ_PERMISSION_IGNORED))
		return 0;
	/* 3.14: with ZLR a zero-length read may go to what is write-only. */
	if (zero_length(request) && t->ss_write &&
	    vtd_cap(vtd, CAP_ZLR) != defective(vtd, ZERO_LENGTH_INVERTED))
		return 0;
	if (request->access == SILICON_ATOMIC && defective(vtd, ATOMIC_NEEDS_WRITE_ALONE))
		return 0;
	return t->legacy ? 0x06 : 0x86;
}

/* LGN.4, SGN.8: the output in the interrupt range */
static unsigned output_range(const struct vtd *vtd, const struct vtd_translation *t, uint64_t address)
{
	uint64_t output = t->output | (address & vtd_mask(t->size_lg2 - 1, 0));

	if (!vtd_interrupt_range(output) || defective(vtd, INTERRUPT_OUTPUT_ALLOWED))
		return 0;
	return t->legacy ? 0x0e : 0x87;
}

static void page_of(struct vtd_translation *t, uint64_t input, uint64_t output, unsigned size_lg2)
{
	t->size_lg2 = size_lg2;
	t->input = input & vtd_mask(63, size_lg2);
	t->output = output & vtd_mask(63, size_lg2);
}

/* 3.9: no rights are checked; LGN.1.3, SGN.4.2 */
static unsigned pass_through(const struct vtd *vtd, const struct vtd_route *route, uint64_t input,
			     struct vtd_translation *t)
{
	if (input >> vtd->config.haw && !defective(vtd, HOST_WIDTH_UNCHECKED))
		return route->legacy ? 0x04 : 0x83;
	page_of(t, input, input ^ (defective(vtd, PASS_THROUGH_NEXT_PAGE) ? 0x1000 : 0), 12);
	t->ss_read = t->ss_write = t->dirty = true;
	return 0;
}

static unsigned second_only(struct vtd *vtd, const struct vtd_route *route, uint64_t input,
			    struct vtd_leaf *leaf, struct vtd_translation *t)
{
	unsigned reason;

	if (input >= vtd_guest_limit(vtd, route->ss_levels))
		return route->legacy ? 0x04 : 0x84;
	reason = vtd_second_stage(vtd, route, input, leaf);
	if (reason && reason != 0x79)
		return reason;
	t->absent = reason == 0x79 || (!leaf->read && !leaf->write);
	t->ss_read = leaf->read;
	t->ss_write = leaf->write;
	t->dirty = leaf->dirty;
	page_of(t, input, leaf->output, leaf->size_lg2);
	return reason;
}

static bool canonical(uint64_t input, unsigned levels)
{
	uint64_t upper = vtd_bits(input, 63, 11 + 9 * levels);

	return upper == 0 || upper == vtd_mask(63 - (11 + 9 * levels), 0);
}

/* leaf[0]: the first stage; leaf[1]: the second stage of the final page, if nested */
static unsigned with_first(struct vtd *vtd, const struct vtd_route *route, uint64_t input,
			   struct vtd_leaf leaf[2], struct vtd_translation *t)
{
	unsigned reason;

	if (!canonical(input, route->fs_levels) && !defective(vtd, CANONICAL_UNCHECKED))
		return 0x80;
	reason = vtd_first_stage(vtd, route, input, &leaf[0]);
	t->absent = reason == 0x71 && defective(vtd, FIRST_ABSENT_CACHED);
	if (t->absent)
		page_of(t, input, 0, 12);
	if (reason)
		return reason;
	t->fs_user = leaf[0].read;
	t->fs_write = leaf[0].write;
	t->dirty = leaf[0].dirty;
	t->ss_read = t->ss_write = true;
	page_of(t, input, leaf[0].output, leaf[0].size_lg2);
	if (route->kind == VTD_FIRST)
		return 0;
	reason = vtd_second_stage(vtd, route, leaf[0].output, &leaf[1]);
	if (reason)
		return reason;
	t->ss_read = leaf[1].read;
	t->ss_write = leaf[1].write;
	t->dirty = t->dirty && leaf[1].dirty;
	if (leaf[1].size_lg2 < t->size_lg2 && !defective(vtd, NESTED_PAGE_SIZE_OF_FIRST_STAGE))
		t->size_lg2 = leaf[1].size_lg2;
	page_of(t, input, leaf[1].output, t->size_lg2);
	return 0;
}

static bool dirties(const struct vtd *vtd, const struct silicon_request *request,
		    const struct vtd_translation *t)
{
	if (request->access == SILICON_READ && defective(vtd, DIRTY_ON_READ))
		return writable(vtd, t);
	if (zero_length(request) && defective(vtd, DIRTY_ON_ZERO_LENGTH))
		return writable(vtd, t);
	if (request->access == SILICON_ATOMIC && defective(vtd, DIRTY_NOT_BY_ATOMIC))
		return false;
	if (request->access == SILICON_TRANSLATE && defective(vtd, TRANSLATION_LEAVES_CLEAN))
		return false;
	return wants_write(vtd, request) && writable(vtd, t);
}

/* 3.6.2, 3.7.2 */
static unsigned mark(struct vtd *vtd, const struct vtd_route *route, const struct vtd_leaf leaf[2],
		     struct vtd_translation *t)
{
	unsigned reason = 0;

	if (t->dirty)
		return 0;
	if (route->kind == VTD_FIRST || route->kind == VTD_NESTED)
		reason = vtd_mark_first(vtd, route, &leaf[0]);
	if (!reason && route->kind == VTD_SECOND)
		reason = vtd_mark_second(vtd, route, &leaf[0]);
	if (!reason && route->kind == VTD_NESTED &&
	    !defective(vtd, NESTED_DIRTY_IN_FIRST_STAGE_ONLY))
		reason = vtd_mark_second(vtd, route, &leaf[1]);
	t->dirty = !reason;
	return reason;
}

static unsigned once(struct vtd *vtd, const struct silicon_request *request, const struct vtd_route *route,
		     struct vtd_translation *t)
{
	struct vtd_leaf leaf[2];
	unsigned reason;

	if (route->kind == VTD_PASS)
		reason = pass_through(vtd, route, request->address, t);
	else if (route->kind == VTD_SECOND)
		reason = second_only(vtd, route, request->address, &leaf[0], t);
	else
		reason = with_first(vtd, route, request->address, leaf, t);
	if (reason)
		return reason;
	if (defective(vtd, DIRTY_BEFORE_PERMISSION) && wants_write(vtd, request) && !t->absent)
		(void)mark(vtd, route, leaf, t);
	reason = vtd_permission(vtd, request, t);
	if (!reason && !t->absent)
		reason = output_range(vtd, t, request->address);
	if (!reason && dirties(vtd, request, t))
		reason = mark(vtd, route, leaf, t);
	return reason;
}

/* 6.2.4.1: what faults is not kept, with caching mode what the second stage has not. */
static void keep(struct vtd *vtd, const struct silicon_request *request, const struct vtd_translation *t,
		 unsigned reason)
{
	bool negative = vtd_cap(vtd, CAP_CM) && t->absent && t->kind == VTD_SECOND;

	if (t->absent && (defective(vtd, ABSENT_CACHED) || defective(vtd, FIRST_ABSENT_CACHED)))
		negative = true;
	if ((!reason && !t->absent) || negative)
		vtd_iotlb_fill(vtd, request, t);
}

unsigned vtd_translate(struct vtd *vtd, const struct silicon_request *request,
		       const struct vtd_route *route, struct vtd_translation *translation)
{
	unsigned reason = VTD_RESTART;

	for (unsigned i = 0; i < RESTARTS && reason == VTD_RESTART; i++) {
		*translation = (struct vtd_translation){
			.kind = route->kind,
			.legacy = route->legacy,
			.fpd = route->fpd,
			.privileged = route->privileged && !defective(vtd, SUPERVISOR_IS_USER),
			.sre = route->sre,
			.wpe = route->wpe,
			.did = route->did,
			.pasid = route->pasid,
		};
		reason = once(vtd, request, route, translation);
	}
	if (reason == VTD_RESTART)
		reason = route->legacy ? 0x07 : route->kind == VTD_SECOND ? 0x7d : 0x91;
	if (translation->size_lg2)
		keep(vtd, request, translation, reason);
	return reason;
}
