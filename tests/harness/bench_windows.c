/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Windows: the pages that devices are meant to reach, and the poison around them.
 *
 * A window that stands for a large leaf lies in a block of that size of its own, as long as there is
 * memory: two leaves that led to the same block could not be told apart. Blocks of 1 GiB are beyond
 * what the pool has; their windows lie in turn in the pool's block and in its twin.
 */
#include <stdio.h>
#include <string.h>

#include "tests/harness/bench_private.h"

#define POISON_WORD	(POOL_POISON * 0x0101010101010101u)
#define APART_LG2_MAX	21u
#define SHIFTS		5u		/* places of a window in its block */

void poison(uint8_t *memory, size_t bytes)
{
	memset(memory, (int)POOL_POISON, bytes);
}

bool memory_is_poison(const uint8_t *memory, size_t bytes)
{
	size_t i = 0;

	/* Head and tail bytewise, the rest by cache lines: this is where the time of a run goes. */
	for (; i < bytes && ((uintptr_t)(memory + i) & 7) != 0; i++) {
		if (memory[i] != POOL_POISON)
			return false;
	}
	for (; i + 64 <= bytes; i += 64) {
		const uint64_t *w = (const uint64_t *)(const void *)(memory + i);

		if (((w[0] ^ POISON_WORD) | (w[1] ^ POISON_WORD) | (w[2] ^ POISON_WORD) |
		     (w[3] ^ POISON_WORD) | (w[4] ^ POISON_WORD) | (w[5] ^ POISON_WORD) |
		     (w[6] ^ POISON_WORD) | (w[7] ^ POISON_WORD)) != 0)
			return false;
	}
	for (; i < bytes; i++) {
		if (memory[i] != POOL_POISON)
			return false;
	}
	return true;
}

static struct bench_window *add_window(struct bench *b, uint8_t *page, uint8_t *guards, unsigned count)
{
	struct bench_own *own = own_of(b);
	struct bench_window *w;

	if (own->window_count == BENCH_WINDOWS_MAX)
		broken(b, "a case has at most %u windows", BENCH_WINDOWS_MAX);
	w = &own->windows[own->window_count++];
	w->page = page;
	w->guards = guards;
	w->guard_count = count;
	return w;
}

/*
 * A window `shift` pages and a guard behind the start of its block. Of blocks beyond the pool there are two
 * at best: every other window lies in the twin, so that neighbouring leaves lead to different blocks.
 */
static uint8_t *window_at(struct bench *b, unsigned apart_lg2, unsigned shift)
{
	unsigned align_lg2 = apart_lg2 <= APART_LG2_MAX ? apart_lg2 : PAGE_LG2;
	uint8_t *pages = pool_pages(&b->platform->windows, shift + 3, align_lg2), *page;

	if (pages == NULL)
		pages = pool_pages(&b->platform->windows, shift + 3, PAGE_LG2);
	if (pages == NULL)
		broken(b, "the page pool is exhausted (%zu pages)",
		       b->platform->windows.page_count);
	page = pages + (shift + 1) * PAGE_SIZE;
	if (apart_lg2 > APART_LG2_MAX && own_of(b)->window_count % 2 != 0 &&
	    platform_twin(b->platform, page) != NULL) {
		page = platform_twin(b->platform, page);
		poison(page - PAGE_SIZE, 3 * PAGE_SIZE);
	}
	return add_window(b, page, page - PAGE_SIZE, 3)->page;
}

uint8_t *window_new(struct bench *b, unsigned apart_lg2)
{
	return window_at(b, apart_lg2, (unsigned)random_below(b, SHIFTS));
}

struct pool *high_pool(struct bench *b, struct pool *pool)
{
	uint64_t last = pa_of(pool->base).v + pool->page_count * PAGE_SIZE - 1;

	if (pool->page_count == 0 || last >> b->regime->oa_bits != 0)
		skip(b, "memory above 4 GiB that the unit reaches");
	return pool;
}

uint8_t *window_high(struct bench *b)
{
	uint8_t *pages = pool_pages(high_pool(b, &b->platform->high_windows), 3, PAGE_LG2);

	if (pages == NULL)
		broken(b, "the page pool above 4 GiB is exhausted");
	return add_window(b, pages + PAGE_SIZE, pages, 3)->page;
}

static uint8_t *lend(struct bench *b, uint8_t *page)
{
	struct bench_own *own = own_of(b);

	own->windows[own->window_count - 1].lent = true;
	return page;
}

uint8_t *fresh_window(struct bench *b)
{
	return lend(b, window_new(b, b->leaf_lg2));
}

uint8_t *twin_window(struct bench *b, const struct span *s, unsigned i)
{
	uint64_t block = BIT64(s->leaf_lg2);
	uint64_t place = pa_of(s->window[i]).v & (block - 1);
	uint8_t *page;

	if (s->leaf_lg2 == PAGE_LG2)
		return fresh_window(b);
	if (s->leaf_lg2 <= APART_LG2_MAX) {
		page = window_at(b, s->leaf_lg2, (unsigned)(place / PAGE_SIZE) - 1);
	} else {
		page = platform_twin(b->platform, s->window[i]);
		if (page == NULL || (pa_of(page).v & (block - 1)) != place)
			skip(b, "memory in two blocks of %llu MiB",
			     (unsigned long long)(block >> 20));
		poison(page - PAGE_SIZE, 3 * PAGE_SIZE);
		(void)add_window(b, page, page - PAGE_SIZE, 3);
	}
	require(b, (pa_of(page).v & (block - 1)) == place,
		"the page pool has no second block left");
	return lend(b, page);
}

void window_take_back(struct bench *b, const uint8_t *page)
{
	struct bench_own *own = own_of(b);

	for (unsigned i = 0; i < own->window_count; i++) {
		if (own->windows[i].page == page)
			own->windows[i].lent = false;
	}
}

/*
 * Up to 2 MiB both pages lie in one block, so that the leaves' output is not continuous in memory. Of
 * 1 GiB the pool holds at best one boundary, and the pages lie on either side of it.
 */
bool window_edges(struct bench *b, unsigned leaf_lg2, uint8_t *windows[2])
{
	struct pool *pool = &b->platform->windows;
	size_t pages = BIT64(leaf_lg2) / PAGE_SIZE;
	uint8_t *block, *free_from;

	if (leaf_lg2 == PAGE_LG2) {
		windows[0] = window_new(b, PAGE_LG2);
		windows[1] = window_new(b, PAGE_LG2);
		return true;
	}
	free_from = pool->base + pool->next * PAGE_SIZE;
	block = pool_pages(pool, leaf_lg2 <= APART_LG2_MAX ? pages + 1 : 2, leaf_lg2);
	if (block == NULL)
		return false;
	if (leaf_lg2 <= APART_LG2_MAX) {
		uint8_t *last = block + (pages - 1) * PAGE_SIZE;
		unsigned between = pages > 2;	/* of two pages neither guards the other */

		windows[0] = add_window(b, last, last - between * PAGE_SIZE, 2 + between)->page;
		windows[1] = add_window(b, block, block, 1 + between)->page;
		return true;
	}
	if ((size_t)(block - free_from) < 2 * PAGE_SIZE)
		return false;
	poison(block - 2 * PAGE_SIZE, 2 * PAGE_SIZE);
	windows[0] = add_window(b, block - PAGE_SIZE, block - 2 * PAGE_SIZE, 2)->page;
	windows[1] = add_window(b, block, block, 2)->page;
	return true;
}

bool window_owns(const struct bench *b, const uint8_t *memory)
{
	const struct bench_own *own = own_of(b);

	for (unsigned i = 0; i < own->window_count; i++) {
		if (memory >= own->windows[i].page && memory < own->windows[i].page + PAGE_SIZE)
			return true;
	}
	return false;
}

void windows_settle(struct bench *b)
{
	struct bench_own *own = own_of(b);

	for (unsigned i = 0; own->windows_loose && i < own->window_count; i++) {
		if (!own->windows[i].lent)
			poison(own->windows[i].page, PAGE_SIZE);
	}
	own->windows_loose = false;
}

static const uint8_t *first_dirty(const uint8_t *from, const uint8_t *to)
{
	if (from >= to || memory_is_poison(from, (size_t)(to - from)))
		return NULL;
	while (*from == POOL_POISON)
		from++;
	return from;
}

/* The first byte of [from, to) that is not poison, leaving out [hole, hole_end). */
static const uint8_t *first_change(const uint8_t *from, const uint8_t *to, const uint8_t *hole,
				   const uint8_t *hole_end)
{
	const uint8_t *before;

	if (hole >= to || hole_end <= from)
		return first_dirty(from, to);
	before = first_dirty(from, hole);
	return before != NULL ? before : first_dirty(hole_end, to);
}

const char *windows_disturbed(const struct bench *b, const uint8_t *memory, size_t bytes)
{
	static char text[96];
	const struct bench_own *own = own_of(b);

	for (unsigned i = 0; i < own->window_count; i++) {
		const struct bench_window *w = &own->windows[i];
		const uint8_t *end = w->guards + w->guard_count * PAGE_SIZE;
		const uint8_t *at;

		if (w->lent) {
			at = first_change(w->guards, end, w->page, w->page + PAGE_SIZE);
		} else {
			at = memory != NULL ? first_change(w->guards, end, memory, memory + bytes)
					    : first_dirty(w->guards, end);
		}
		if (at == NULL)
			continue;
		snprintf(text, sizeof(text), "%s memory at 0x%llx holds 0x%02x instead of poison",
			 at >= w->page && at < w->page + PAGE_SIZE ? "window" : "guard",
			 (unsigned long long)pa_of(at).v, *at);
		return text;
	}
	return NULL;
}

const char *guards_disturbed(const struct bench *b)
{
	static char text[96];
	const struct bench_own *own = own_of(b);

	for (unsigned i = 0; i < own->window_count; i++) {
		const struct bench_window *w = &own->windows[i];
		const uint8_t *at = first_change(w->guards, w->guards + w->guard_count * PAGE_SIZE,
						 w->page, w->page + PAGE_SIZE);

		if (at == NULL)
			continue;
		snprintf(text, sizeof(text),
			 "guard memory at 0x%llx holds 0x%02x instead of poison",
			 (unsigned long long)pa_of(at).v, *at);
		return text;
	}
	return NULL;
}
