/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Address spaces: a sorted table of areas, and who listens to it. */
#include "iommu/ioas.h"

#include <string.h>

#define PAGE_MASK	((uint64_t)PAGE_SIZE - 1)

static uint64_t area_last(const struct ioas_area *area)
{
	return area->iova.v + area->bytes - 1;
}

static bool overlap(uint64_t first, uint64_t last, uint64_t other_first, uint64_t other_last)
{
	return first <= other_last && other_first <= last;
}

/* The first area that ends at or after `at`; area_count if there is none. */
static unsigned find_area(const struct ioas *ioas, uint64_t at)
{
	unsigned low = 0, high = ioas->area_count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (area_last(&ioas->areas[middle]) < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The range of `ranges` that holds `at`, or NULL. */
static const struct ioas_range *range_of(const struct ioas_range *ranges, unsigned count, uint64_t at)
{
	for (unsigned i = 0; i < count; i++)
		if (ranges[i].first <= at && at <= ranges[i].last)
			return &ranges[i];
	return NULL;
}

/* A reserved range that [first, last] touches, or NULL. */
static const struct ioas_range *reserved_in(const struct ioas *ioas, uint64_t first, uint64_t last)
{
	for (unsigned i = 0; i < ioas->reserved_count; i++)
		if (overlap(first, last, ioas->reserved[i].first, ioas->reserved[i].last))
			return &ioas->reserved[i];
	return NULL;
}

/*
 * The first IOVA of [first, last] that `allowed` leaves out goes to *outside; false: there is none.
 */
static bool left_out(const struct ioas_range *allowed, unsigned count, uint64_t first, uint64_t last,
		     uint64_t *outside)
{
	const struct ioas_range *range;

	if (!count)
		return false;
	while ((range = range_of(allowed, count, first)) && range->last < last)
		first = range->last + 1;
	*outside = first;
	return !range;
}

void ioas_init(struct ioas *ioas)
{
	memset(ioas, 0, sizeof(*ioas));
}

static enum status check_range(uint64_t first, uint64_t last)
{
	if ((first & PAGE_MASK) || (last & PAGE_MASK) != PAGE_MASK)
		return STATUS_UNALIGNED;
	return last < first ? STATUS_BAD_RANGE : STATUS_OK;
}

enum status ioas_allow(struct ioas *ioas, iova_t first, iova_t last)
{
	enum status status = check_range(first.v, last.v);
	uint64_t outside;

	if (status)
		return status;
	if (ioas->allowed_count == IOAS_RANGES_MAX)
		return STATUS_EXHAUSTED;
	/* The first range forbids what lies outside of it; another one only adds. */
	ioas->allowed[ioas->allowed_count] = (struct ioas_range){ first.v, last.v };
	for (unsigned i = 0; i < ioas->area_count; i++)
		if (left_out(ioas->allowed, ioas->allowed_count + 1, ioas->areas[i].iova.v,
			     area_last(&ioas->areas[i]), &outside))
			return STATUS_BUSY;
	ioas->allowed_count++;
	return STATUS_OK;
}

enum status ioas_reserve(struct ioas *ioas, iova_t first, iova_t last)
{
	enum status status = check_range(first.v, last.v);
	unsigned at;

	if (status)
		return status;
	if (ioas->reserved_count == IOAS_RANGES_MAX)
		return STATUS_EXHAUSTED;
	at = find_area(ioas, first.v);
	if (at < ioas->area_count && ioas->areas[at].iova.v <= last.v)
		return STATUS_BUSY;
	ioas->reserved[ioas->reserved_count++] = (struct ioas_range){ first.v, last.v };
	return STATUS_OK;
}

/* What is wrong with an area whatever its IOVA. */
static enum status check_area(pa_t pa, uint64_t bytes, unsigned prot)
{
	if (!prot || (prot & ~(unsigned)(PT_READ | PT_WRITE)))
		return STATUS_BAD_ARGUMENT;
	if ((pa.v | bytes) & PAGE_MASK)
		return STATUS_UNALIGNED;
	return !bytes || pa.v + bytes - 1 < pa.v ? STATUS_BAD_RANGE : STATUS_OK;
}

static enum status check_place(const struct ioas *ioas, uint64_t iova, uint64_t bytes)
{
	uint64_t last = iova + bytes - 1, outside;
	unsigned at;

	if (iova & PAGE_MASK)
		return STATUS_UNALIGNED;
	if (last < iova || left_out(ioas->allowed, ioas->allowed_count, iova, last, &outside))
		return STATUS_BAD_RANGE;
	if (reserved_in(ioas, iova, last))
		return STATUS_RESERVED;
	at = find_area(ioas, iova);
	return at < ioas->area_count && ioas->areas[at].iova.v <= last ? STATUS_OVERLAP : STATUS_OK;
}

/* Tell every listener, or none. */
static enum status tell_map(struct ioas *ioas, const struct ioas_area *area)
{
	for (unsigned i = 0; i < ioas->listener_count; i++) {
		enum status status = ioas->listeners[i]->map(ioas->listeners[i], area), undone;

		if (!status)
			continue;
		while (i-- > 0) {
			/*
			 * It has just taken the area over: there is nothing that it could refuse.
			 */
			undone = ioas->listeners[i]->unmap(ioas->listeners[i], area);
			(void)undone;
		}
		return status;
	}
	return STATUS_OK;
}

enum status ioas_map(struct ioas *ioas, iova_t iova, pa_t pa, uint64_t bytes, unsigned prot)
{
	struct ioas_area area = { iova, pa, bytes, prot };
	enum status status = check_area(pa, bytes, prot);
	unsigned at;

	if (!status)
		status = check_place(ioas, iova.v, bytes);
	if (status)
		return status;
	if (ioas->area_count == IOAS_AREAS_MAX)
		return STATUS_EXHAUSTED;
	status = tell_map(ioas, &area);
	if (status)
		return status;
	at = find_area(ioas, iova.v);
	memmove(&ioas->areas[at + 1], &ioas->areas[at], (ioas->area_count - at) * sizeof(area));
	ioas->areas[at] = area;
	ioas->area_count++;
	return STATUS_OK;
}

/* Where the search goes on if [first, last] is not free; false: it is free. */
static bool obstacle(const struct ioas *ioas, uint64_t first, uint64_t last, uint64_t *next)
{
	const struct ioas_range *range = reserved_in(ioas, first, last);
	unsigned at = find_area(ioas, first);
	uint64_t outside;

	if (range) {
		*next = range->last + 1;
		return true;
	}
	if (at < ioas->area_count && ioas->areas[at].iova.v <= last) {
		*next = area_last(&ioas->areas[at]) + 1;
		return true;
	}
	if (!left_out(ioas->allowed, ioas->allowed_count, first, last, &outside))
		return false;
	*next = 0;
	for (unsigned i = 0; i < ioas->allowed_count; i++)
		if (ioas->allowed[i].first > outside && (!*next || ioas->allowed[i].first < *next))
			*next = ioas->allowed[i].first;
	return true;
}

enum status ioas_map_anywhere(struct ioas *ioas, iova_t from, pa_t pa, uint64_t bytes, unsigned prot,
			      iova_t *iova)
{
	enum status status = check_area(pa, bytes, prot);
	uint64_t align = FIELD_LSB(bytes), first = from.v, aligned, next;

	if (status)
		return status;
	/* Every round passes an obstacle for good; next = 0: it reaches to the end. */
	for (;;) {
		aligned = ALIGN_UP(first, align);
		if (aligned < first || aligned + bytes - 1 < aligned)
			return STATUS_EXHAUSTED;
		if (!obstacle(ioas, aligned, aligned + bytes - 1, &next))
			break;
		if (next <= first)
			return STATUS_EXHAUSTED;
		first = next;
	}
	status = ioas_map(ioas, (iova_t){ aligned }, pa, bytes, prot);
	if (!status)
		iova->v = aligned;
	return status;
}

/* Drop the areas from index `from` to before `end`; every listener is told of each. */
static enum status drop(struct ioas *ioas, unsigned from, unsigned end)
{
	enum status first_failure = STATUS_OK;

	for (unsigned i = from; i < end; i++) {
		for (unsigned k = 0; k < ioas->listener_count; k++) {
			enum status status = ioas->listeners[k]->unmap(ioas->listeners[k],
								       &ioas->areas[i]);

			first_failure = first_failure ? first_failure : status;
		}
	}
	memmove(&ioas->areas[from], &ioas->areas[end],
		(ioas->area_count - end) * sizeof(ioas->areas[0]));
	ioas->area_count -= end - from;
	return first_failure;
}

enum status ioas_unmap(struct ioas *ioas, iova_t iova, uint64_t bytes, uint64_t *unmapped)
{
	uint64_t last = iova.v + bytes - 1, sum = 0;
	unsigned from, end;

	if ((iova.v | bytes) & PAGE_MASK)
		return STATUS_UNALIGNED;
	if (!bytes || last < iova.v)
		return STATUS_BAD_RANGE;
	from = find_area(ioas, iova.v);
	for (end = from; end < ioas->area_count && ioas->areas[end].iova.v <= last; end++) {
		if (ioas->areas[end].iova.v < iova.v || area_last(&ioas->areas[end]) > last)
			return STATUS_NOT_FOUND;
		sum += ioas->areas[end].bytes;
	}
	if (from == end)
		return STATUS_NOT_FOUND;
	if (unmapped)
		*unmapped = sum;
	return drop(ioas, from, end);
}

enum status ioas_unmap_all(struct ioas *ioas)
{
	return drop(ioas, 0, ioas->area_count);
}

enum status ioas_copy(struct ioas *to, iova_t to_iova, const struct ioas *from, iova_t from_iova,
		      uint64_t bytes, unsigned prot)
{
	uint64_t last = from_iova.v + bytes - 1;
	unsigned at = find_area(from, from_iova.v);
	const struct ioas_area *area = &from->areas[at];

	if ((from_iova.v | bytes) & PAGE_MASK)
		return STATUS_UNALIGNED;
	if (!bytes || last < from_iova.v)
		return STATUS_BAD_RANGE;
	if (at == from->area_count || area->iova.v > from_iova.v || area_last(area) < last)
		return STATUS_NOT_FOUND;
	if (prot & ~area->prot)
		return STATUS_BAD_ARGUMENT;
	return ioas_map(to, to_iova, pa_add(area->pa, from_iova.v - area->iova.v), bytes, prot);
}

enum status ioas_translate(const struct ioas *ioas, iova_t iova, pa_t *pa, unsigned *prot)
{
	unsigned at = find_area(ioas, iova.v);
	const struct ioas_area *area = &ioas->areas[at];

	if (at == ioas->area_count || area->iova.v > iova.v)
		return STATUS_NOT_FOUND;
	if (pa)
		*pa = pa_add(area->pa, iova.v - area->iova.v);
	if (prot)
		*prot = area->prot;
	return STATUS_OK;
}

enum status ioas_listen(struct ioas *ioas, struct ioas_listener *listener)
{
	for (unsigned i = 0; i < ioas->listener_count; i++)
		if (ioas->listeners[i] == listener)
			return STATUS_BUSY;
	if (ioas->listener_count == IOAS_LISTENERS_MAX)
		return STATUS_EXHAUSTED;
	for (unsigned i = 0; i < ioas->area_count; i++) {
		enum status status = listener->map(listener, &ioas->areas[i]), undone;

		if (!status)
			continue;
		while (i-- > 0) {
			undone = listener->unmap(listener, &ioas->areas[i]);
			(void)undone;
		}
		return status;
	}
	ioas->listeners[ioas->listener_count++] = listener;
	return STATUS_OK;
}

void ioas_unlisten(struct ioas *ioas, const struct ioas_listener *listener)
{
	for (unsigned i = 0; i < ioas->listener_count; i++)
		if (ioas->listeners[i] == listener) {
			ioas->listeners[i] = ioas->listeners[--ioas->listener_count];
			return;
		}
}
