/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Leaves of every size that AMD-Vi's host tables have, mapped, marked, read and unmapped at random,
 * against an oracle of one record per page that knows nothing of tables.
 */
#include "tests/host/pt_fixture.h"

#define HOST_D		0x40u

static struct pt pt;

static void fresh(struct pt_config config)
{
	pool_fresh();
	CHECK_EQ(pt_init(&pt, &config, &(struct pt_memory){ .pool = &pool }), STATUS_OK);
}

/* The item that hardware finds at an IOVA. */
static uint64_t *item_at(uint64_t at)
{
	struct pt_walk walk;

	CHECK_EQ(pt_walk(&pt, iova(at), &walk), STATUS_OK);
	return walk.steps[walk.step_count - 1].word;
}

#define PAGES	2048u
#define BASE	(1 * GIB - 4 * MIB)		/* across borders of 2 MiB and of 1 GiB */
#define TOP_LG2	22u

struct page {
	bool mapped, dirty;
	uint64_t oa;
	unsigned lg2;			/* of its leaf */
};

static struct page pages[PAGES];

static unsigned page_of(uint64_t at)
{
	return (unsigned)((at - BASE) / PAGE_SIZE);
}

/* The leaf around a page: the largest block that is mapped whole and alike in both addresses. */
static unsigned leaf_lg2(uint64_t page, uint64_t at, uint64_t bytes, uint64_t delta, uint64_t sizes)
{
	for (unsigned lg2 = TOP_LG2; lg2 > 12; lg2--) {
		uint64_t block = page & ~(BIT64(lg2) - 1);

		if ((sizes & BIT64(lg2)) && block >= at && block + BIT64(lg2) <= at + bytes &&
		    !(delta & (BIT64(lg2) - 1)))
			return lg2;
	}
	return 12;
}

static void random_map(uint64_t *state, uint64_t at, uint64_t bytes)
{
	uint64_t sizes = random_below(state, 2)
				 ? BIT64(TOP_LG2 + 1) - 4 * KIB
				 : (random64(state) & (BIT64(TOP_LG2 + 1) - 1)) | 4 * KIB;
	uint64_t oa = BASE + 64 * MIB + (at - BASE) +
		      (random_below(state, 2) << random_below(state, 11) << 12);
	enum status expected = STATUS_OK;

	sizes &= ~(4 * KIB - 1);
	for (uint64_t p = at; p < at + bytes; p += PAGE_SIZE)
		if (pages[page_of(p)].mapped)
			expected = STATUS_OVERLAP;
	CHECK_EQ(pt_map(&pt, iova(at), pa(oa), bytes, RW, sizes), expected);
	for (uint64_t p = at; !expected && p < at + bytes; p += PAGE_SIZE)
		pages[page_of(p)] = (struct page){
			true,
			false,
			oa + (p - at),
			leaf_lg2(p, at, bytes, oa - at, sizes),
		};
}

static bool cuts(uint64_t at)
{
	const struct page *page = &pages[page_of(at)];

	return at < BASE + PAGES * PAGE_SIZE && page->mapped && (at & (BIT64(page->lg2) - 1));
}

static void random_unmap(uint64_t at, uint64_t bytes)
{
	enum status expected = STATUS_OK;

	for (uint64_t p = at; p < at + bytes; p += PAGE_SIZE)
		if (!pages[page_of(p)].mapped)
			expected = STATUS_NOT_FOUND;
	if (cuts(at) || cuts(at + bytes))
		expected = STATUS_UNALIGNED;
	CHECK_EQ(pt_unmap(&pt, iova(at), bytes), expected);
	if (!expected)
		memset(&pages[page_of(at)], 0, bytes / PAGE_SIZE * sizeof(pages[0]));
}

/* Hardware marks the item that it finds, which says it of every page of the leaf. */
static void random_mark(uint64_t at)
{
	const struct page *page = &pages[page_of(at)];
	uint64_t leaf = at & ~(BIT64(page->lg2) - 1);

	if (!page->mapped)
		return;
	*item_at(at) |= HOST_D;
	for (uint64_t p = leaf; p < leaf + BIT64(page->lg2); p += PAGE_SIZE)
		pages[page_of(p)].dirty = true;
}

static void random_read(uint64_t *state, uint64_t at, uint64_t bytes)
{
	static uint8_t got[PAGES / 8 + 8], expected[PAGES / 8 + 8];
	unsigned flags = cuts(at) || cuts(at + bytes) || random_below(state, 2) ? PT_KEEP : 0;

	memset(got, 0, sizeof(got));
	memset(expected, 0, sizeof(expected));
	for (uint64_t p = at, bit = 0; p < at + bytes; p += PAGE_SIZE, bit++) {
		if (pages[page_of(p)].mapped && pages[page_of(p)].dirty)
			expected[bit / 8] |= (uint8_t)(1u << bit % 8);
		if (!flags)
			pages[page_of(p)].dirty = false;
	}
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(at), bytes, flags,
					 &(struct pt_bitmap){ got, 12 }, NULL),
		 STATUS_OK);
	CHECK(memcmp(got, expected, sizeof(got)) == 0);
}

static void compare_all(void)
{
	for (unsigned i = 0; i < PAGES; i++) {
		struct pt_walk walk;

		CHECK_EQ(pt_walk(&pt, iova(BASE + i * PAGE_SIZE), &walk), STATUS_OK);
		CHECK_EQ(walk.found, pages[i].mapped);
		if (walk.found) {
			CHECK_EQ(walk.oa.v, pages[i].oa);
			CHECK_EQ(walk.steps[walk.step_count - 1].item.size_lg2, pages[i].lg2);
		}
	}
}

HOST_TEST(random_maps_marks_and_reads)
{
	uint64_t state = 0xa4093822299f31d0;

	fresh(amd_host_config(4));
	memset(pages, 0, sizeof(pages));
	for (unsigned n = 0; n < 20000; n++) {
		unsigned first = (unsigned)random_below(&state, PAGES);
		unsigned most = random_below(&state, 8) ? MIN(PAGES - first, 64u) : PAGES - first;
		uint64_t at = BASE + first * PAGE_SIZE;
		uint64_t bytes = (1 + random_below(&state, most)) * PAGE_SIZE;

		/* Often what is there is taken whole. */
		if (random_below(&state, 2) && pages[first].mapped) {
			at &= ~(BIT64(pages[first].lg2) - 1);
			bytes = BIT64(pages[first].lg2);
		}
		switch (random_below(&state, 4)) {
		case 0:
			random_map(&state, at, bytes);
			break;
		case 1:
			random_unmap(at, bytes);
			break;
		case 2:
			random_mark(BASE + first * PAGE_SIZE);
			break;
		case 3:
			random_read(&state, at, bytes);
			break;
		}
		if (n % 500 == 0)
			compare_all();
	}
	compare_all();
}

HOST_MAIN()
