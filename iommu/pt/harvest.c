/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Reading and clearing of dirty and accessed flags over a range, into a caller's bitmap.
 *
 * The order that loses no write: a flag is read and taken back by one atomic operation, the flush
 * comes after the pass, and what is written after the flush marks again (VT-d 6.5.4).
 */
#include "iommu/pt/pass.h"

#include <string.h>

/* Set bits [first, last] of a bitmap at any address. */
static void set_bits(uint8_t *bits, uint64_t first, uint64_t last)
{
	uint8_t *head = bits + first / 8, *tail = bits + last / 8;
	uint8_t head_mask = (uint8_t)(0xff << (first % 8));
	uint8_t tail_mask = (uint8_t)(0xff >> (7 - last % 8));

	if (head == tail) {
		*head = (uint8_t)(*head | (head_mask & tail_mask));
		return;
	}
	*head |= head_mask;
	memset(head + 1, 0xff, (size_t)(tail - head - 1));
	*tail |= tail_mask;
}

/* Report the leaves of a run that hit, clipped to the range of the pass. */
static void report(const struct pass *pass, const struct run *run, const struct pt_bitmap *bitmap)
{
	unsigned lg2 = pt_level_lg2(pass->pt->config.format, run->level);
	size_t from, end = 0;

	while (pass_next_hits(run, &from, &end)) {
		uint64_t first = run->iova + ((uint64_t)from << lg2);
		uint64_t last = run->iova + ((uint64_t)end << lg2) - 1;

		first = MAX(first, pass->first) - pass->first;
		last = MIN(last, pass->last) - pass->first;
		set_bits(bitmap->bits, first >> bitmap->granule_lg2, last >> bitmap->granule_lg2);
	}
}

static enum status check(const struct pt *pt, uint64_t iova, uint64_t bytes, unsigned flags,
			 unsigned granule_lg2)
{
	enum status status = pt_check_range(pt, iova, bytes);

	if (flags & ~(unsigned)PT_KEEP)
		return STATUS_BAD_ARGUMENT;
	if (!pt->config.tracks || granule_lg2 > 63 ||
	    BIT64(granule_lg2) < FIELD_LSB(pt->config.leaf_sizes))
		return STATUS_UNSUPPORTED;
	if (status)
		return status;
	if ((iova | bytes) & (BIT64(granule_lg2) - 1))
		return STATUS_UNALIGNED;
	if (!(flags & PT_KEEP) && (pt_inside_leaf(pt, iova) || pt_inside_leaf(pt, iova + bytes)))
		return STATUS_UNALIGNED;
	return STATUS_OK;
}

static enum status harvest(struct pt *pt, uint64_t iova, uint64_t bytes, unsigned flags,
			   const struct pt_bitmap *bitmap, enum pt_wanted wanted, size_t *changed)
{
	unsigned granule_lg2 = bitmap ? bitmap->granule_lg2
				      : (unsigned)__builtin_ctzll(pt->config.leaf_sizes);
	enum status status = check(pt, iova, bytes, flags, granule_lg2);
	struct pass pass;
	struct run run;
	size_t words = 0;

	if (status)
		return status;
	pass_begin(&pass, pt, iova, iova + bytes - 1, wanted, !(flags & PT_KEEP));
	while (pass_next(&pass, &run)) {
		words += run.hits.changed;
		if (bitmap)
			report(&pass, &run, bitmap);
	}
	if (changed)
		*changed = words;
	return STATUS_OK;
}

enum status pt_read_and_clear_dirty(struct pt *pt, iova_t iova, uint64_t bytes, unsigned flags,
				    const struct pt_bitmap *bitmap, size_t *changed)
{
	return harvest(pt, iova.v, bytes, flags, bitmap, PT_WANT_DIRTY, changed);
}

enum status pt_read_and_clear_accessed(struct pt *pt, iova_t iova, uint64_t bytes, unsigned flags,
				       const struct pt_bitmap *bitmap, size_t *changed)
{
	return harvest(pt, iova.v, bytes, flags, bitmap, PT_WANT_ACCESSED, changed);
}
