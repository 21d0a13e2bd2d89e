/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the tests of page tables and of the objects above them share: a pool at an address that is
 * known beforehand, so that whole table words can be written down as literals, and a small random
 * generator.
 */
#ifndef TESTS_HOST_PT_FIXTURE_H
#define TESTS_HOST_PT_FIXTURE_H

#include <sys/mman.h>

#include "iommu/pt/pt.h"
#include "tests/host/check.h"

#define POOL_AT		0x20000000u	/* the pool's first page, and so the first root */
#define POOL_PAGES	4600u

#define KIB		1024ull
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)

#define RW		(PT_READ | PT_WRITE)
#define SIZES_ALL	(4 * KIB | 2 * MIB | 1 * GIB)

static struct pool pool;

/* A fresh pool at POOL_AT, whatever a test before left there. */
static inline void pool_fresh(void)
{
	static void *at;

	if (!at)
		at = mmap((void *)(uintptr_t)POOL_AT, POOL_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (at != (void *)(uintptr_t)POOL_AT)
		abort();
	pool_init(&pool, at, POOL_PAGES);
}

static inline uint64_t random64(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline uint64_t random_below(uint64_t *state, uint64_t limit)
{
	return random64(state) % limit;
}

static inline struct pt_config second_config(unsigned level_count)
{
	return (struct pt_config){
		.format = &pt_vtd_second, .level_count = level_count, .oa_bits = 46,
		.iova_bits = 12 + 9 * level_count, .leaf_sizes = SIZES_ALL, .tracks = true,
	};
}

static inline struct pt_config first_config(unsigned level_count)
{
	return (struct pt_config){
		.format = &pt_vtd_first, .level_count = level_count, .oa_bits = 46,
		.iova_bits = 11 + 9 * level_count, .leaf_sizes = SIZES_ALL, .tracks = true,
	};
}

static inline struct pt_config amd_host_config(unsigned level_count)
{
	return (struct pt_config){
		.format = &pt_amd_host, .level_count = level_count, .oa_bits = 52,
		.iova_bits = MIN(12 + 9 * level_count, 64u), .tracks = true,
		.leaf_sizes = 0x001fffffffffffff & -(4 * KIB) &
			(level_count < 5 ? BIT64(12 + 9 * level_count) - 1 : UINT64_MAX),
	};
}

static inline struct pt_config amd_guest_config(unsigned level_count)
{
	return (struct pt_config){
		.format = &pt_amd_guest, .level_count = level_count, .oa_bits = 52,
		.iova_bits = 11 + 9 * level_count, .leaf_sizes = SIZES_ALL, .tracks = true,
	};
}

#endif
