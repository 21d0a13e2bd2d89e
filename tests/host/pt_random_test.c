/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Map and unmap against an oracle that is an array of pages and knows nothing of tables: at random,
 * and at every alignment.
 */
#include "tests/host/pt_fixture.h"

static struct pt pt;

static void fresh(struct pt_config config)
{
	pool_fresh();
	CHECK_EQ(pt_init(&pt, &config, &(struct pt_memory){ .pool = &pool }), STATUS_OK);
}

#define WINDOW_PAGES	2560u		/* 10 MiB from BASE */
#define BASE		(0x7fc0000000 - 4 * MIB)	/* across a border of 1 GiB */

struct page {
	bool mapped;
	uint64_t oa;
	unsigned prot;
	uint64_t leaf, leaf_bytes;	/* where the leaf begins */
};

static struct page pages[WINDOW_PAGES];

static void compare(unsigned from, unsigned end)
{
	struct pt_walk walk;

	for (unsigned i = from; i < end; i++) {
		if (pt_walk(&pt, iova(BASE + i * PAGE_SIZE), &walk) != STATUS_OK ||
		    walk.found != pages[i].mapped ||
		    (walk.found && (walk.oa.v != pages[i].oa || walk.prot != pages[i].prot))) {
			CHECK_EQ(i, UINT64_MAX);
			return;
		}
	}
	CHECK(true);
}

/* A page lies in a 2 MiB leaf if the block around it is wholly mapped and equally aligned below. */
static void model_map(uint64_t at, uint64_t oa, uint64_t bytes, unsigned prot)
{
	for (uint64_t p = at; p < at + bytes; p += PAGE_SIZE) {
		uint64_t block = p & ~(2 * MIB - 1);
		bool large = block >= at && block + 2 * MIB <= at + bytes &&
			     !((at ^ oa) & (2 * MIB - 1));

		pages[(p - BASE) / PAGE_SIZE] = (struct page){
			true, oa + (p - at), prot, large ? block : p, large ? 2 * MIB : PAGE_SIZE,
		};
	}
}

static bool model_all(uint64_t at, uint64_t bytes, bool mapped)
{
	for (uint64_t p = at; p < at + bytes; p += PAGE_SIZE)
		if (pages[(p - BASE) / PAGE_SIZE].mapped != mapped)
			return false;
	return true;
}

static bool model_cuts(uint64_t at, uint64_t bytes)
{
	for (uint64_t p = at; p < at + bytes; p += PAGE_SIZE) {
		const struct page *page = &pages[(p - BASE) / PAGE_SIZE];

		if (page->mapped && (page->leaf < at || page->leaf + page->leaf_bytes > at + bytes))
			return true;
	}
	return false;
}

static void random_step(uint64_t *state, unsigned page, unsigned count)
{
	uint64_t at = BASE + page * PAGE_SIZE, bytes = count * PAGE_SIZE;
	uint64_t oa = random_below(state, 2) ? at : random_below(state, 1u << 20) << 12;
	unsigned prot = 1 + (unsigned)random_below(state, 3);

	if (random_below(state, 2)) {
		enum status status = pt_map(&pt, iova(at), pa(oa), bytes, prot, 0);

		CHECK_EQ(status, model_all(at, bytes, false) ? STATUS_OK : STATUS_OVERLAP);
		if (status == STATUS_OK)
			model_map(at, oa, bytes, prot);
	} else {
		enum status status = pt_unmap(&pt, iova(at), bytes);

		CHECK_EQ(status, model_cuts(at, bytes)        ? STATUS_UNALIGNED
				 : model_all(at, bytes, true) ? STATUS_OK
							      : STATUS_NOT_FOUND);
		for (unsigned i = page; status == STATUS_OK && i < page + count; i++)
			pages[i].mapped = false;
	}
}

HOST_TEST(random_map_and_unmap)
{
	uint64_t state = 0x243f6a8885a308d3;

	fresh(second_config(4));
	memset(pages, 0, sizeof(pages));
	for (unsigned n = 0; n < 1000; n++) {
		unsigned page = (unsigned)random_below(&state, WINDOW_PAGES);
		unsigned most = (unsigned)random_below(&state, 4) ? 16 : 1400;
		unsigned count = 1 + (unsigned)random_below(&state, MIN(most, WINDOW_PAGES - page));

		/* Leaves of a mapping are often unmapped as they were mapped. */
		if (random_below(&state, 2) && pages[page].mapped) {
			page = (unsigned)((pages[page].leaf - BASE) / PAGE_SIZE);
			count = (unsigned)(pages[page].leaf_bytes / PAGE_SIZE);
		}
		random_step(&state, page, count);
		compare(page, page + count);
		if (n % 50 == 0)
			compare(0, WINDOW_PAGES);
	}
	compare(0, WINDOW_PAGES);
}

/* Every beginning and every end within eight pages around a border of tables. */
static void sweep(struct pt_config config)
{
	unsigned middle = 2 * MIB / PAGE_SIZE;

	fresh(config);
	memset(pages, 0, sizeof(pages));
	for (unsigned from = middle - 4; from < middle + 4; from++) {
		for (unsigned end = from + 1; end <= middle + 4; end++) {
			uint64_t at = BASE + from * PAGE_SIZE, bytes = (end - from) * PAGE_SIZE;

			CHECK_EQ(pt_map(&pt, iova(at), pa(0x5000), bytes, RW, 0), STATUS_OK);
			model_map(at, 0x5000, bytes, RW);
			compare(middle - 8, middle + 8);
			CHECK_EQ(pt_unmap(&pt, iova(at), bytes), STATUS_OK);
			memset(pages, 0, sizeof(pages));
			compare(middle - 8, middle + 8);
		}
	}
}

HOST_TEST(every_alignment)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct pt_config host = amd_host_config(levels);

		host.leaf_sizes = SIZES_ALL;
		sweep(host);
		sweep(amd_guest_config(levels));
		sweep(second_config(levels));
		sweep(first_config(levels));
	}
	sweep(second_config(3));
}

HOST_MAIN()
