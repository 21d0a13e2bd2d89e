/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The pass over a range: an explicit stack of one frame per level, so that a table that links
 * itself ends where the levels end.
 */
#include "iommu/pt/pass.h"

#include <string.h>

#include "base/atomic.h"

/* The IOVA bits that a table translates and what stands below it. */
static uint64_t table_mask(const struct pt_format *format, unsigned level)
{
	unsigned lg2 = pt_level_lg2(format, level + 1);

	return lg2 > 63 ? UINT64_MAX : BIT64(lg2) - 1;
}

uint64_t *pt_next_table(const struct pt *pt, unsigned *level, uint64_t iova, uint64_t word)
{
	const struct pt_format *format = pt->config.format;
	const struct pool *pool = pt->memory.pool;
	struct pt_item item = format->decode(&pt->config, *level, word);
	uint64_t base = pa_of(pool->base).v + pt->config.guest_offset, skipped;

	if (item.kind != PT_TABLE || item.next_level >= *level || item.address < base ||
	    item.address - base >= (uint64_t)pool->page_count * PAGE_SIZE)
		return NULL;
	skipped = BIT64(pt_level_lg2(format, *level)) -
		  BIT64(pt_level_lg2(format, item.next_level + 1));
	if (iova & skipped)
		return NULL;
	*level = item.next_level;
	return pa_ptr(pa(item.address - pt->config.guest_offset));
}

/* How many items the entry has that this word is one of. */
static size_t entry_items(const struct pt *pt, unsigned level, uint64_t word)
{
	const struct pt_format *format = pt->config.format;
	struct pt_item item = format->decode(&pt->config, level, word);
	unsigned lg2 = pt_level_lg2(format, level);

	return item.kind == PT_LEAF && item.size_lg2 > lg2 ? (size_t)1 << (item.size_lg2 - lg2) : 1;
}

/* Does the format know leaves that are wide at this level? */
static bool has_wide(const struct pt_format *format, unsigned level)
{
	return format->leaf_sizes >> pt_level_lg2(format, level) & (BIT64(format->index_bits) - 2);
}

/* Items [*index, *index + *count) of a table, and the rest of the entries at both ends. */
static void whole_entries(struct pt *pt, unsigned level, const uint64_t *table, size_t *index, size_t *count)
{
	size_t items = BIT(pt->config.format->index_bits), first = *index,
	       last = first + *count - 1;

	if (!has_wide(pt->config.format, level))
		return;
	if (first > 0) {
		pt_refresh(pt, &table[first], sizeof(*table));
		first = ALIGN_DOWN(first, entry_items(pt, level, atomic_load64(&table[first])));
	}
	if (last < items - 1) {
		pt_refresh(pt, &table[last], sizeof(*table));
		last |= entry_items(pt, level, atomic_load64(&table[last])) - 1;
	}
	*index = first;
	*count = last - first + 1;
}

static void set_hits(uint64_t *words, size_t from, size_t end)
{
	for (; from < end; from++)
		words[from / 64] |= BIT64(from % 64);
}

/* What hits in one item of an entry hits in all. The run begins at `index` of its table. */
static void widen_hits(const struct pt *pt, struct run *run, size_t index)
{
	uint64_t *leaves = run->hits.leaves;
	size_t at = 0;

	while ((at = pass_next_bit(leaves, at, run->count, true)) < run->count) {
		size_t items = entry_items(pt, run->level, atomic_load64(&run->items[at]));
		size_t from = ALIGN_DOWN(index + at, items), end = from + items;

		from = MAX(from, index) - index;
		at = MIN(end - index, run->count);
		set_hits(leaves, from, at);
	}
}

/* Look at the part of a table that lies in the range; `base` is the IOVA of its item 0. */
static void enter(struct pass *pass, unsigned level, uint64_t *table, uint64_t base, struct run *run)
{
	const struct pt_config *config = &pass->pt->config;
	struct pass_frame *frame = &pass->frames[level];
	unsigned lg2 = pt_level_lg2(config->format, level);
	uint64_t first = MAX(pass->first, base);
	uint64_t last = MIN(pass->last, base | table_mask(config->format, level));
	size_t index = (size_t)((first - base) >> lg2);
	size_t count = (size_t)((last - base) >> lg2) - index + 1;

	whole_entries(pass->pt, level, table, &index, &count);
	frame->items = &table[index];
	frame->count = count;
	frame->iova = base + ((uint64_t)index << lg2);
	frame->next = 0;
	pass->level = level;

	*run = (struct run){
		.level = level,
		.items = frame->items,
		.count = frame->count,
		.iova = frame->iova,
	};
	pt_refresh(pass->pt, run->items, run->count * sizeof(*run->items));
	config->format->scan_run(config, level, run->items, run->count, pass->wanted, pass->take,
				 &run->hits);
	if (run->hits.changed)
		pt_publish(pass->pt, run->items, run->count * sizeof(*run->items));
	if (run->hits.wide)
		widen_hits(pass->pt, run, index);
	memcpy(frame->tables, run->hits.tables, sizeof(frame->tables));
}

void pass_begin(struct pass *pass, struct pt *pt, uint64_t first, uint64_t last, enum pt_wanted wanted,
		bool take)
{
	pass->pt = pt;
	pass->first = first;
	pass->last = last;
	pass->wanted = wanted;
	pass->take = take;
	pass->begun = false;
	pass->invalid = false;
	pass->level = 0;
}

/*
 * Go down by the link of item `at` of the frame in use. False: there is no such table in the range.
 * Levels that the link skips have nothing to go on with on the way back.
 */
static bool follow(struct pass *pass, size_t at, struct run *run)
{
	const struct pt_format *format = pass->pt->config.format;
	struct pass_frame *frame = &pass->frames[pass->level];
	unsigned lg2 = pt_level_lg2(format, pass->level), level = pass->level;
	uint64_t base = frame->iova + ((uint64_t)at << lg2);
	uint64_t *table = pt_next_table(pass->pt, &level, base, atomic_load64(&frame->items[at]));

	if (!table)
		pass->invalid = true;
	if (!table || pass->first > (base | table_mask(format, level)))
		return false;
	for (unsigned skipped = level + 1; skipped < pass->level; skipped++)
		pass->frames[skipped] = (struct pass_frame){ 0 };
	enter(pass, level, table, base, run);
	return true;
}

bool pass_next(struct pass *pass, struct run *run)
{
	unsigned top = pass->pt->config.level_count - 1;

	if (!pass->begun) {
		pass->begun = true;
		enter(pass, top, pass->pt->root, 0, run);
		return true;
	}
	for (;;) {
		struct pass_frame *frame = &pass->frames[pass->level];
		size_t at = pass_next_bit(frame->tables, frame->next, frame->count, true);

		if (at < frame->count) {
			frame->next = at + 1;
			if (follow(pass, at, run))
				return true;
		} else if (pass->level == top) {
			return false;
		} else {
			pass->level++;
		}
	}
}

size_t pass_next_bit(const uint64_t *words, size_t from, size_t count, bool value)
{
	while (from < count) {
		uint64_t word = (value ? words[from / 64] : ~words[from / 64]) >> (from % 64);

		if (word) {
			from += (size_t)__builtin_ctzll(word);
			return MIN(from, count);
		}
		from = (from / 64 + 1) * 64;
	}
	return count;
}

bool pass_next_hits(const struct run *run, size_t *from, size_t *end)
{
	*from = pass_next_bit(run->hits.leaves, *end, run->count, true);
	*end = pass_next_bit(run->hits.leaves, *from, run->count, false);
	return *from < run->count;
}
