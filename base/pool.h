/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The page pool: all the memory that a run uses after boot.
 *
 * A pool is one run of 4 KiB pages. Pages are handed out from the bottom up and are returned all at
 * once, back to a mark: what a test case takes lives between two marks. Fresh pages carry
 * POOL_POISON. The n-th allocation can be made to fail, for tests of the callers.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/types.h"

#define POOL_POISON	0x5aU		/* every byte of a fresh page */

struct pool {
	uint8_t *base;			/* page-aligned */
	size_t page_count;
	size_t next;			/* pages below are taken */
	size_t high_water;		/* most pages ever taken at once */
	size_t fail_in;			/* 0: never; n: the n-th allocation from here fails */
};

/* `base` is page-aligned and `page_count` pages long; the pool owns it from here on. */
void pool_init(struct pool *pool, void *base, size_t page_count);

/*
 * `page_count` pages, aligned to 2^align_lg2 bytes (at least a page), filled with POOL_POISON.
 * NULL when the pool is exhausted or told to fail.
 */
void *pool_pages(struct pool *pool, size_t page_count, unsigned align_lg2) MUST_CHECK;

/* The same, filled with zeros: what tables need. */
void *pool_zeroed(struct pool *pool, size_t page_count, unsigned align_lg2) MUST_CHECK;

/* Remember the state, and give back all that was taken since. */
size_t pool_mark(const struct pool *pool);
void pool_release(struct pool *pool, size_t mark);

/* The `n`-th allocation from now on fails (n = 1: the next one); 0 takes that back. */
void pool_fail_in(struct pool *pool, size_t n);

#endif
