/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The walker: init, map, unmap and walk, for every format. Reading and clearing of flags stands in
 * harvest.c, the pass over a range in pass.c.
 *
 * A word is written by one store. A table is filled and published before the word that links it, so
 * that hardware never follows a link to something half-made. Map counts and reserves the tables
 * that it needs before it writes the first word: a refusal has nothing to take back.
 */
#include "iommu/pt/pt.h"

#include "base/atomic.h"
#include "iommu/pt/pass.h"

static uint64_t largest_leaf(const struct pt_config *config)
{
	return BIT64(63 - (unsigned)__builtin_clzll(config->leaf_sizes));
}

enum status pt_init(struct pt *pt, const struct pt_config *config, const struct pt_memory *memory)
{
	const struct pt_format *format = config->format;
	const struct pool *pool = memory->pool;
	uint64_t pool_last = pa_of(pool->base).v + pool->page_count * PAGE_SIZE - 1;
	unsigned levels = config->level_count;

	if (levels < format->level_min || levels > format->level_max || levels > PT_LEVELS_MAX ||
	    format->index_bits > PT_INDEX_BITS_MAX)
		return STATUS_UNSUPPORTED;
	if (config->iova_bits <= PAGE_LG2 || config->iova_bits > pt_iova_bits(format, levels) ||
	    config->oa_bits <= PAGE_LG2 || config->oa_bits > 52)
		return STATUS_UNSUPPORTED;
	if (!config->leaf_sizes ||
	    (config->leaf_sizes & ~(format->leaf_sizes & pt_sizes_within(format, levels))))
		return STATUS_UNSUPPORTED;
	if (config->guest_offset & (largest_leaf(config) - 1))
		return STATUS_UNSUPPORTED;
	if ((pool_last + config->guest_offset) >> config->oa_bits)
		return STATUS_UNSUPPORTED;

	pt->config = *config;
	pt->memory = *memory;
	pt->page_count = 0;
	pt->root = pool_zeroed(memory->pool, 1, PAGE_LG2);
	if (!pt->root)
		return STATUS_EXHAUSTED;
	pt->pages[pt->page_count++] = pt->root;
	pt_publish(pt, pt->root, PAGE_SIZE);
	return STATUS_OK;
}

/* An address of memory as words hold it. */
static pa_t in_words(const struct pt *pt, pa_t memory)
{
	return pa(memory.v + pt->config.guest_offset);
}

/* The deepest table on the way to `iova` that exists, not below `level`; *at is its level. */
static uint64_t *descend(const struct pt *pt, uint64_t iova, unsigned level, unsigned *at)
{
	uint64_t *table = pt->root;

	*at = pt->config.level_count - 1;
	while (*at > level) {
		unsigned below = *at;
		uint64_t *next = pt_next_table(pt, &below, iova,
					       atomic_load64(&table[pt_index(pt, *at, iova)]));

		if (!next || below < level)
			break;
		table = next;
		*at = below;
	}
	return table;
}

bool pt_inside_leaf(const struct pt *pt, uint64_t at)
{
	unsigned level;
	uint64_t *table;
	struct pt_item item;

	if (pt_beyond(&pt->config, at))
		return false;
	table = descend(pt, at, 0, &level);
	item = pt->config.format->decode(&pt->config, level,
					 atomic_load64(&table[pt_index(pt, level, at)]));
	return item.kind == PT_LEAF && (at & (BIT64(item.size_lg2) - 1));
}

enum status pt_check_range(const struct pt *pt, uint64_t iova, uint64_t bytes)
{
	uint64_t last = iova + bytes - 1;

	return !bytes || last < iova || pt_beyond(&pt->config, last) ? STATUS_BAD_RANGE : STATUS_OK;
}

/* ---- Map. ---- */

/* Leaves of one size in one table: what is written with one call of the format. */
struct leaves {
	unsigned size_lg2, level;
	size_t items;
	uint64_t bytes;
};

/*
 * The next leaves of a mapping: the largest that fit, as many as there are until the table ends or a
 * larger one fits. False: none fits.
 */
static bool next_leaves(const struct pt *pt, uint64_t iova, uint64_t oa, uint64_t bytes, uint64_t sizes,
			struct leaves *leaves)
{
	const struct pt_format *format = pt->config.format;
	uint64_t until = bytes, room;

	for (unsigned lg2 = 64; lg2-- > PAGE_LG2;) {
		uint64_t offset = BIT64(lg2) - 1, before = -iova & offset;

		if (!(sizes & BIT64(lg2)) || ((iova - oa) & offset) || bytes < before ||
		    bytes - before < BIT64(lg2))
			continue;
		if (before) {
			until = MIN(until, before);
			continue;
		}
		leaves->size_lg2 = lg2;
		leaves->level = pt_leaf_level(format, lg2);
		room = (uint64_t)(BIT(format->index_bits) - pt_index(pt, leaves->level, iova))
		       << pt_level_lg2(format, leaves->level);
		leaves->bytes = ALIGN_DOWN(MIN(until, room), BIT64(lg2));
		leaves->items = (size_t)(leaves->bytes >> pt_level_lg2(format, leaves->level));
		return true;
	}
	return false;
}

/*
 * How many tables a mapping adds. UNALIGNED; OVERLAP: a link leads past the leaf's level; EXHAUSTED
 * as soon as they are more than a page table may have, which also bounds the loop.
 */
static enum status count_tables(const struct pt *pt, uint64_t iova, uint64_t oa, uint64_t bytes,
				uint64_t sizes, unsigned *tables)
{
	const struct pt_config *config = &pt->config;
	uint64_t counted[PT_LEVELS_MAX] = { 0 };	/* new tables of a level reach to here */
	struct leaves leaves;
	uint64_t *table, link;
	unsigned have;

	*tables = 0;
	for (; bytes; iova += leaves.bytes, oa += leaves.bytes, bytes -= leaves.bytes) {
		if (!next_leaves(pt, iova, oa, bytes, sizes, &leaves))
			return STATUS_UNALIGNED;
		table = descend(pt, iova, leaves.level, &have);
		link = atomic_load64(&table[pt_index(pt, have, iova)]);
		if (have > leaves.level &&
		    config->format->decode(config, have, link).kind == PT_TABLE)
			return STATUS_OVERLAP;
		for (unsigned level = leaves.level; level < have; level++) {
			uint64_t span = BIT64(pt_level_lg2(config->format, level + 1));

			if (counted[level] && iova <= counted[level])
				continue;
			counted[level] = iova | (span - 1);
			if (++*tables > PT_PAGES_MAX - pt->page_count)
				return STATUS_EXHAUSTED;
		}
	}
	return STATUS_OK;
}

/* Put `count` empty pages behind the tables in use, for take_table(). */
static enum status reserve_tables(struct pt *pt, unsigned count)
{
	size_t mark = pool_mark(pt->memory.pool);

	for (unsigned i = 0; i < count; i++) {
		pt->pages[pt->page_count + i] = pool_zeroed(pt->memory.pool, 1, PAGE_LG2);
		if (!pt->pages[pt->page_count + i]) {
			pool_release(pt->memory.pool, mark);
			return STATUS_EXHAUSTED;
		}
	}
	return STATUS_OK;
}

static uint64_t *take_table(struct pt *pt)
{
	return pt->pages[pt->page_count++];
}

static void write_leaves(struct pt *pt, uint64_t iova, pa_t oa, const struct leaves *leaves, unsigned prot)
{
	const struct pt_config *config = &pt->config;
	const struct pt_format *format = config->format;
	unsigned have, level = leaves->level;
	uint64_t *table = descend(pt, iova, level, &have);
	uint64_t *slot = &table[pt_index(pt, have, iova)], *below;

	oa = in_words(pt, oa);
	if (have == level) {
		pt_refresh(pt, slot, leaves->items * sizeof(*slot));
		format->leaf_run(config, leaves->size_lg2, slot, leaves->items, oa, prot);
		pt_publish(pt, slot, leaves->items * sizeof(*slot));
		return;
	}
	below = take_table(pt);
	format->leaf_run(config, leaves->size_lg2, &below[pt_index(pt, level, iova)], leaves->items,
			 oa, prot);
	pt_publish(pt, below, PAGE_SIZE);
	for (level++; level < have; level++) {
		uint64_t *above = take_table(pt);

		above[pt_index(pt, level, iova)] = format->table(
			config, level, in_words(pt, pa_of(below)), PT_READ | PT_WRITE);
		pt_publish(pt, above, PAGE_SIZE);
		below = above;
	}
	pt_refresh(pt, slot, sizeof(*slot));
	atomic_store64(slot,
		       format->table(config, have, in_words(pt, pa_of(below)), PT_READ | PT_WRITE));
	pt_publish(pt, slot, sizeof(*slot));
}

/* Is anything but empty tables in the range? */
static bool in_use(struct pt *pt, uint64_t first, uint64_t last)
{
	struct pass pass;
	struct run run;

	pass_begin(&pass, pt, first, last, PT_WANT_LEAF, false);
	while (pass_next(&pass, &run)) {
		if (run.hits.invalid ||
		    pass_next_bit(run.hits.leaves, 0, run.count, true) < run.count)
			return true;
	}
	return pass.invalid;
}

static enum status check_map(const struct pt *pt, uint64_t iova, uint64_t oa, uint64_t bytes,
			     unsigned prot, uint64_t sizes)
{
	uint64_t oa_last = oa + bytes - 1, word_last = oa_last + pt->config.guest_offset;

	if (!prot || (prot & ~(unsigned)(PT_READ | PT_WRITE)) || (sizes & ~pt->config.leaf_sizes))
		return STATUS_BAD_ARGUMENT;
	if (prot == PT_WRITE && !pt->config.format->write_only)
		return STATUS_UNSUPPORTED;
	if (pt_check_range(pt, iova, bytes) || oa_last < oa || word_last < oa_last ||
	    word_last >> pt->config.oa_bits)
		return STATUS_BAD_RANGE;
	return STATUS_OK;
}

enum status pt_map(struct pt *pt, iova_t at, pa_t oa, uint64_t bytes, unsigned prot, uint64_t sizes)
{
	enum status status = check_map(pt, at.v, oa.v, bytes, prot, sizes);
	uint64_t iova = at.v;
	struct leaves leaves;
	unsigned tables;

	if (status)
		return status;
	sizes = sizes ? sizes : pt->config.leaf_sizes;
	status = count_tables(pt, iova, oa.v, bytes, sizes, &tables);
	if (status == STATUS_UNALIGNED)
		return status;
	if (in_use(pt, iova, iova + bytes - 1))
		return STATUS_OVERLAP;
	if (!status)
		status = reserve_tables(pt, tables);
	if (status)
		return status;

	for (; bytes && next_leaves(pt, iova, oa.v, bytes, sizes, &leaves); bytes -= leaves.bytes) {
		write_leaves(pt, iova, oa, &leaves, prot);
		iova += leaves.bytes;
		oa.v += leaves.bytes;
	}
	return STATUS_OK;
}

/* ---- Unmap. ---- */

/* The bytes of the leaves of a range. */
static uint64_t mapped_bytes(struct pt *pt, uint64_t first, uint64_t last)
{
	struct pass pass;
	struct run run;
	uint64_t items, bytes = 0;

	pass_begin(&pass, pt, first, last, PT_WANT_LEAF, false);
	while (pass_next(&pass, &run)) {
		items = 0;
		for (unsigned i = 0; i < PT_RUN_WORDS; i++)
			items += (unsigned)__builtin_popcountll(run.hits.leaves[i]);
		bytes += items << pt_level_lg2(pt->config.format, run.level);
	}
	return bytes;
}

static void empty_leaves(struct pt *pt, uint64_t first, uint64_t last)
{
	struct pass pass;
	struct run run;
	size_t from, end;

	pass_begin(&pass, pt, first, last, PT_WANT_LEAF, false);
	while (pass_next(&pass, &run)) {
		for (end = 0; pass_next_hits(&run, &from, &end);) {
			for (size_t i = from; i < end; i++)
				atomic_store64(&run.items[i], 0);
			pt_publish(pt, &run.items[from], (end - from) * sizeof(*run.items));
		}
	}
}

enum status pt_unmap(struct pt *pt, iova_t iova, uint64_t bytes)
{
	uint64_t last = iova.v + bytes - 1;
	enum status status = pt_check_range(pt, iova.v, bytes);

	if (status)
		return status;
	if ((iova.v | bytes) & (FIELD_LSB(pt->config.leaf_sizes) - 1))
		return STATUS_UNALIGNED;
	if (pt_inside_leaf(pt, iova.v) || pt_inside_leaf(pt, last + 1))
		return STATUS_UNALIGNED;
	if (mapped_bytes(pt, iova.v, last) != bytes)
		return STATUS_NOT_FOUND;
	empty_leaves(pt, iova.v, last);
	return STATUS_OK;
}

/* ---- Walk. ---- */

enum status pt_walk(struct pt *pt, iova_t iova, struct pt_walk *walk)
{
	const struct pt_config *config = &pt->config;
	unsigned level = config->level_count - 1;
	uint64_t *table = pt->root;
	struct pt_step *step;

	*walk = (struct pt_walk){ .prot = PT_READ | PT_WRITE };
	if (pt_beyond(config, iova.v))
		return STATUS_BAD_RANGE;
	while (table) {
		step = &walk->steps[walk->step_count++];
		step->level = level;
		step->word = &table[pt_index(pt, level, iova.v)];
		pt_refresh(pt, step->word, sizeof(*step->word));
		step->value = atomic_load64(step->word);
		step->item = config->format->decode(config, level, step->value);
		if (step->item.kind == PT_LEAF ||
		    (step->item.kind == PT_TABLE && config->format->table_prot))
			walk->prot &= step->item.prot;
		table = pt_next_table(pt, &level, iova.v, step->value);
	}
	step = &walk->steps[walk->step_count - 1];
	walk->found = step->item.kind == PT_LEAF;
	if (!walk->found) {
		walk->prot = 0;
		return STATUS_OK;
	}
	walk->oa = pa((step->item.address | (iova.v & (BIT64(step->item.size_lg2) - 1))) -
		      config->guest_offset);
	return STATUS_OK;
}
