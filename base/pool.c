/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The page pool: a stack of pages with marks. */
#include "base/pool.h"

#include <string.h>

void pool_init(struct pool *pool, void *base, size_t page_count)
{
	*pool = (struct pool){ .base = base, .page_count = page_count };
}

static void *take(struct pool *pool, size_t page_count, unsigned align_lg2, int fill)
{
	uintptr_t align = (uintptr_t)1 << MAX(align_lg2, PAGE_LG2);
	uintptr_t at = ALIGN_UP((uintptr_t)pool->base + pool->next * PAGE_SIZE, align);
	size_t first = (at - (uintptr_t)pool->base) / PAGE_SIZE;

	if (pool->fail_in && --pool->fail_in == 0)
		return NULL;
	if (!page_count || first > pool->page_count || page_count > pool->page_count - first)
		return NULL;
	pool->next = first + page_count;
	pool->high_water = MAX(pool->high_water, pool->next);
	return memset((void *)at, fill, page_count * PAGE_SIZE);
}

void *pool_pages(struct pool *pool, size_t page_count, unsigned align_lg2)
{
	return take(pool, page_count, align_lg2, POOL_POISON);
}

void *pool_zeroed(struct pool *pool, size_t page_count, unsigned align_lg2)
{
	return take(pool, page_count, align_lg2, 0);
}

size_t pool_mark(const struct pool *pool)
{
	return pool->next;
}

void pool_release(struct pool *pool, size_t mark)
{
	pool->next = MIN(pool->next, mark);
}

void pool_fail_in(struct pool *pool, size_t n)
{
	pool->fail_in = n;
}
