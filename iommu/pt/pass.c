/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The pass over a range: an explicit stack of one frame per level, so that a table that links
 * itself ends where the levels end.
 */
#include "iommu/pt/pass.h"

#include <string.h>

#include "base/atomic.h"

uint64_t *pt_next_table(const struct pt *pt, unsigned level, uint64_t word)
{
	const struct pool *pool = pt->memory.pool;
	struct pt_item item = pt->config.format->decode(&pt->config, level, word);
	uint64_t base = pa_of(pool->base).v;

	if (level == 0 || item.kind != PT_TABLE || item.address < base ||
	    item.address - base >= (uint64_t)pool->page_count * PAGE_SIZE)
		return NULL;
	return pa_ptr(pa(item.address));
}

/* Look at the part of a table that lies in the range; `base` is the IOVA of its item 0. */
static void enter(struct pass *pass, unsigned level, uint64_t *table, uint64_t base, struct run *run)
{
	const struct pt_config *config = &pass->pt->config;
	struct pass_frame *frame = &pass->frames[level];
	unsigned lg2 = pt_level_lg2(config->format, level);
	unsigned table_lg2 = lg2 + config->format->index_bits;
	uint64_t end_mask = table_lg2 > 63 ? UINT64_MAX : BIT64(table_lg2) - 1;
	uint64_t first = MAX(pass->first, base), last = MIN(pass->last, base | end_mask);
	size_t index = (size_t)((first - base) >> lg2);

	frame->items = &table[index];
	frame->count = (size_t)((last - base) >> lg2) - index + 1;
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

bool pass_next(struct pass *pass, struct run *run)
{
	const struct pt_config *config = &pass->pt->config;
	unsigned top = config->level_count - 1;

	if (!pass->begun) {
		pass->begun = true;
		enter(pass, top, pass->pt->root, 0, run);
		return true;
	}
	for (;;) {
		struct pass_frame *frame = &pass->frames[pass->level];
		size_t at = pass_next_bit(frame->tables, frame->next, frame->count, true);
		uint64_t *table;

		if (at == frame->count) {
			if (pass->level == top)
				return false;
			pass->level++;
			continue;
		}
		frame->next = at + 1;
		table = pt_next_table(pass->pt, pass->level, atomic_load64(&frame->items[at]));
		if (table) {
			enter(pass, pass->level - 1, table,
			      frame->iova +
				      ((uint64_t)at << pt_level_lg2(config->format, pass->level)),
			      run);
			return true;
		}
		pass->invalid = true;
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
