/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Map, unmap and walk: geometry against literals, refusals, limits, malformed tables.
 */
#include "tests/host/pt_fixture.h"

static struct pt pt;

static void fresh(struct pt_config config)
{
	pool_fresh();
	CHECK_EQ(pt_init(&pt, &config, &(struct pt_memory){ .pool = &pool }), STATUS_OK);
}

static uint64_t word_at(uint64_t address)
{
	return *(uint64_t *)(uintptr_t)address;
}

static uint64_t translate(uint64_t at)
{
	struct pt_walk walk;

	CHECK_EQ(pt_walk(&pt, iova(at), &walk), STATUS_OK);
	return walk.found ? walk.oa.v : UINT64_MAX;
}

static enum status map(uint64_t at, uint64_t oa, uint64_t bytes)
{
	return pt_map(&pt, iova(at), pa(oa), bytes, RW, 0);
}

/* ---- Geometry. ---- */

/* Indices 1, 2, 3, 4, 5 from the top: every level has its own. */
HOST_TEST(five_levels_of_words)
{
	uint64_t at = 1ull << 48 | 2ull << 39 | 3ull << 30 | 4ull << 21 | 5ull << 12;

	fresh(second_config(5));
	CHECK_EQ(map(at, 0x12345000, 4 * KIB), STATUS_OK);
	CHECK_EQ(pt.page_count, 5);
	CHECK_EQ(word_at(0x20000000 + 1 * 8), 0x20004003);
	CHECK_EQ(word_at(0x20004000 + 2 * 8), 0x20003003);
	CHECK_EQ(word_at(0x20003000 + 3 * 8), 0x20002003);
	CHECK_EQ(word_at(0x20002000 + 4 * 8), 0x20001003);
	CHECK_EQ(word_at(0x20001000 + 5 * 8), 0x12345003);
	CHECK_EQ(translate(at + 0xabc), 0x12345abc);
}

HOST_TEST(four_and_three_levels_of_words)
{
	uint64_t at = 3ull << 30 | 4ull << 21 | 5ull << 12;

	fresh(first_config(4));
	CHECK_EQ(map(2ull << 39 | at, 0x12345000, 4 * KIB), STATUS_OK);
	CHECK_EQ(word_at(0x20000000 + 2 * 8), 0x20003007);
	CHECK_EQ(word_at(0x20003000 + 3 * 8), 0x20002007);
	CHECK_EQ(word_at(0x20002000 + 4 * 8), 0x20001007);
	CHECK_EQ(word_at(0x20001000 + 5 * 8), 0x12345007);

	fresh(second_config(3));
	CHECK_EQ(map(at, 0x12345000, 4 * KIB), STATUS_OK);
	CHECK_EQ(word_at(0x20000000 + 3 * 8), 0x20002003);
	CHECK_EQ(word_at(0x20002000 + 4 * 8), 0x20001003);
	CHECK_EQ(word_at(0x20001000 + 5 * 8), 0x12345003);
}

HOST_TEST(large_leaves_stand_above)
{
	fresh(second_config(3));
	CHECK_EQ(map(0x40000000, 0x80000000, 1 * GIB), STATUS_OK);
	CHECK_EQ(map(0x600000, 0x40200000, 2 * MIB), STATUS_OK);
	CHECK_EQ(word_at(0x20000000 + 1 * 8), 0x80000083);
	CHECK_EQ(word_at(0x20000000), 0x20001003);
	CHECK_EQ(word_at(0x20001000 + 3 * 8), 0x40200083);
	CHECK_EQ(pt.page_count, 2);
	CHECK_EQ(translate(0x40000000 + 0x3fffffff), 0xbfffffff);
	CHECK_EQ(translate(0x7fffff), 0x403fffff);
	CHECK_EQ(translate(0x5fffff), UINT64_MAX);
	CHECK_EQ(translate(0x800000), UINT64_MAX);
}

/* The edges of the address width: the first page and the last. */
static void check_edges(struct pt_config config, uint64_t end)
{
	struct pt_walk walk;

	fresh(config);
	CHECK_EQ(map(0, 0x1000, 4 * KIB), STATUS_OK);
	CHECK_EQ(map(end - 4 * KIB, 0x2000, 4 * KIB), STATUS_OK);
	CHECK_EQ(translate(0xfff), 0x1fff);
	CHECK_EQ(translate(end - 1), 0x2fff);
	CHECK_EQ(map(end, 0x3000, 4 * KIB), STATUS_BAD_RANGE);
	CHECK_EQ(map(end - 4 * KIB, 0x3000, 8 * KIB), STATUS_BAD_RANGE);
	CHECK_EQ(pt_walk(&pt, iova(end), &walk), STATUS_BAD_RANGE);
	CHECK_EQ(pt_unmap(&pt, iova(end), 4 * KIB), STATUS_BAD_RANGE);
	CHECK_EQ(pt_unmap(&pt, iova(end - 4 * KIB), 4 * KIB), STATUS_OK);
	CHECK_EQ(translate(end - 1), UINT64_MAX);
}

HOST_TEST(edges_of_every_width)
{
	struct pt_config narrow = second_config(4);

	check_edges(second_config(3), 1ull << 39);
	check_edges(second_config(4), 1ull << 48);
	check_edges(second_config(5), 1ull << 57);
	check_edges(first_config(4), 1ull << 47);
	check_edges(first_config(5), 1ull << 56);
	narrow.iova_bits = 40;
	check_edges(narrow, 1ull << 40);
}

/* Pages 0x3fe400 to 0x4c0600: 14 of 2 MiB, 3 of 1 GiB, 3 of 2 MiB. */
HOST_TEST(largest_leaves_first)
{
	uint64_t at = 0x3fe400000, end = 0x4c0600000, sizes[31] = { 0 };
	struct pt_walk walk;

	fresh(second_config(4));
	CHECK_EQ(map(at, at, end - at), STATUS_OK);
	while (at < end) {
		CHECK_EQ(pt_walk(&pt, iova(at), &walk), STATUS_OK);
		CHECK_EQ(walk.oa.v, at);
		if (!walk.found)
			break;
		sizes[walk.steps[walk.step_count - 1].item.size_lg2]++;
		at += BIT64(walk.steps[walk.step_count - 1].item.size_lg2);
	}
	CHECK_EQ(at, end);
	CHECK_EQ(sizes[12], 0);
	CHECK_EQ(sizes[21], 17);
	CHECK_EQ(sizes[30], 3);
}

HOST_TEST(sizes_can_be_narrowed)
{
	fresh(second_config(4));
	CHECK_EQ(pt_map(&pt, iova(0x40000000), pa(0x40000000), 1 * GIB, RW, 2 * MIB), STATUS_OK);
	CHECK_EQ(pt.page_count, 3);
	CHECK_EQ(word_at(0x20001000 + 511 * 8), 0x7fe00083);
	CHECK_EQ(pt_map(&pt, iova(0), pa(0), 4 * MIB, RW, 4 * KIB), STATUS_OK);
	CHECK_EQ(pt.page_count, 6);
	CHECK_EQ(pt_map(&pt, iova(8 * MIB), pa(8 * MIB), 1 * MIB, RW, 2 * MIB), STATUS_UNALIGNED);
	CHECK_EQ(pt_map(&pt, iova(8 * MIB), pa(1 * MIB), 2 * MIB, RW, 2 * MIB), STATUS_UNALIGNED);
	CHECK_EQ(pt_map(&pt, iova(8 * MIB), pa(0), 2 * MIB, RW, 8 * MIB), STATUS_BAD_ARGUMENT);
}

HOST_TEST(permissions_are_anded_along_the_walk)
{
	struct pt_walk walk;

	fresh(second_config(4));
	CHECK_EQ(pt_map(&pt, iova(0x1000), pa(0x5000), 4 * KIB, PT_READ, 0), STATUS_OK);
	CHECK_EQ(pt_map(&pt, iova(0x2000), pa(0x6000), 4 * KIB, PT_WRITE, 0), STATUS_OK);
	CHECK_EQ(pt_map(&pt, iova(0x3000), pa(0x7000), 4 * KIB, RW, 0), STATUS_OK);
	CHECK_EQ(pt_walk(&pt, iova(0x1000), &walk), STATUS_OK);
	CHECK_EQ(walk.prot, PT_READ);
	CHECK_EQ(walk.step_count, 4);
	CHECK_EQ(walk.steps[3].word == &pt.pages[1][1], true);
	CHECK_EQ(walk.steps[3].value, 0x5001);
	CHECK_EQ(pt_walk(&pt, iova(0x2000), &walk), STATUS_OK);
	CHECK_EQ(walk.prot, PT_WRITE);
	*walk.steps[1].word = pt_vtd_second.protect(*walk.steps[1].word, PT_READ);
	CHECK_EQ(pt_walk(&pt, iova(0x2000), &walk), STATUS_OK);
	CHECK_EQ(walk.found, true);
	CHECK_EQ(walk.prot, 0);
	CHECK_EQ(pt_walk(&pt, iova(0x3000), &walk), STATUS_OK);
	CHECK_EQ(walk.prot, PT_READ);
}

/* ---- Refusals: each leaves every table byte as it was, and the pool. ---- */

static uint8_t before[POOL_PAGES * PAGE_SIZE];
static size_t pool_before;
static unsigned pages_before;

static void remember(void)
{
	memcpy(before, pool.base, sizeof(before));
	pool_before = pool.next;
	pages_before = pt.page_count;
}

/* Pages that the pool has taken back may hold anything. */
static void check_unchanged(void)
{
	CHECK_EQ(pool.next, pool_before);
	CHECK_EQ(pt.page_count, pages_before);
	CHECK(memcmp(before, pool.base, pool_before * PAGE_SIZE) == 0);
}

HOST_TEST(refusals_change_nothing)
{
	fresh(second_config(4));
	CHECK_EQ(map(2 * MIB, 4 * MIB, 2 * MIB), STATUS_OK);
	CHECK_EQ(map(6 * MIB, 8 * MIB, 8 * KIB), STATUS_OK);
	remember();
	CHECK_EQ(map(0x1000, 0x1000, 0), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x1000, 0x1000, 0xfff), STATUS_UNALIGNED);
	CHECK_EQ(map(0x1001, 0x1000, 0x1000), STATUS_UNALIGNED);
	CHECK_EQ(map(0x1000, 0x1800, 0x1000), STATUS_UNALIGNED);
	CHECK_EQ(map(0xfffffffffffff000, 0, 0x2000), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x1000, 0x400000000000, 0x1000), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x1000, 0x3ffffffff000, 0x2000), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x1000, 0xfffffffffffff000, 0x2000), STATUS_BAD_RANGE);
	CHECK_EQ(pt_map(&pt, iova(0x1000), pa(0), 0x1000, 0, 0), STATUS_BAD_ARGUMENT);
	CHECK_EQ(pt_map(&pt, iova(0x1000), pa(0), 0x1000, 4, 0), STATUS_BAD_ARGUMENT);
	CHECK_EQ(map(2 * MIB, 0, 4 * KIB), STATUS_OVERLAP);
	CHECK_EQ(map(4 * MIB - 4 * KIB, 0, 4 * KIB), STATUS_OVERLAP);
	CHECK_EQ(map(0, 0, 4 * MIB), STATUS_OVERLAP);
	CHECK_EQ(map(0, 0, 1 * GIB), STATUS_OVERLAP);
	CHECK_EQ(map(6 * MIB - 4 * KIB, 0, 8 * KIB), STATUS_OVERLAP);
	CHECK_EQ(map(6 * MIB + 4 * KIB, 0, 8 * KIB), STATUS_OVERLAP);
	CHECK_EQ(pt_unmap(&pt, iova(2 * MIB), 0), STATUS_BAD_RANGE);
	CHECK_EQ(pt_unmap(&pt, iova(2 * MIB), 4 * KIB), STATUS_UNALIGNED);
	CHECK_EQ(pt_unmap(&pt, iova(4 * MIB - 4 * KIB), 4 * KIB), STATUS_UNALIGNED);
	CHECK_EQ(pt_unmap(&pt, iova(6 * MIB), 6 * KIB), STATUS_UNALIGNED);
	CHECK_EQ(pt_unmap(&pt, iova(6 * MIB + 2 * KIB), 4 * KIB), STATUS_UNALIGNED);
	CHECK_EQ(pt_unmap(&pt, iova(0), 4 * KIB), STATUS_NOT_FOUND);
	CHECK_EQ(pt_unmap(&pt, iova(6 * MIB), 12 * KIB), STATUS_NOT_FOUND);
	CHECK_EQ(pt_unmap(&pt, iova(2 * MIB), 4 * MIB + 8 * KIB), STATUS_NOT_FOUND);
	check_unchanged();
	CHECK_EQ(pt_unmap(&pt, iova(2 * MIB), 2 * MIB), STATUS_OK);
	CHECK_EQ(pt_unmap(&pt, iova(6 * MIB), 8 * KIB), STATUS_OK);
	CHECK_EQ(pt_unmap(&pt, iova(6 * MIB), 8 * KIB), STATUS_NOT_FOUND);
}

HOST_TEST(the_first_stage_has_no_write_only_page)
{
	fresh(first_config(4));
	CHECK_EQ(pt_map(&pt, iova(0x1000), pa(0), 0x1000, PT_WRITE, 0), STATUS_UNSUPPORTED);
	CHECK_EQ(pt_map(&pt, iova(0x1000), pa(0), 0x1000, PT_READ, 0), STATUS_OK);
}

static enum status init_with(struct pt_config config)
{
	pool_fresh();
	return pt_init(&pt, &config, &(struct pt_memory){ .pool = &pool });
}

HOST_TEST(geometries_that_do_not_exist)
{
	struct pt_config c;

	CHECK_EQ(init_with(second_config(2)), STATUS_UNSUPPORTED);
	CHECK_EQ(init_with(second_config(6)), STATUS_UNSUPPORTED);
	CHECK_EQ(init_with(first_config(3)), STATUS_UNSUPPORTED);
	CHECK_EQ(init_with(first_config(6)), STATUS_UNSUPPORTED);
	c = first_config(4), c.iova_bits = 48;
	CHECK_EQ(init_with(c), STATUS_UNSUPPORTED);
	c = second_config(3), c.iova_bits = 40;
	CHECK_EQ(init_with(c), STATUS_UNSUPPORTED);
	c = second_config(4), c.leaf_sizes = 0;
	CHECK_EQ(init_with(c), STATUS_UNSUPPORTED);
	c = second_config(4), c.leaf_sizes = 4 * KIB | 512 * GIB;
	CHECK_EQ(init_with(c), STATUS_UNSUPPORTED);
	c = second_config(4), c.oa_bits = 53;
	CHECK_EQ(init_with(c), STATUS_UNSUPPORTED);
	c = second_config(4), c.oa_bits = 29;	/* the pool itself lies above */
	CHECK_EQ(init_with(c), STATUS_UNSUPPORTED);
	c.oa_bits = 30;
	CHECK_EQ(init_with(c), STATUS_OK);
	pool_fresh();
	pool_fail_in(&pool, 1);
	CHECK_EQ(pt_init(&pt, &c, &(struct pt_memory){ .pool = &pool }), STATUS_EXHAUSTED);
}

HOST_TEST(every_allocation_may_fail)
{
	enum status status = STATUS_EXHAUSTED;
	unsigned n;

	fresh(second_config(5));
	CHECK_EQ(map(0x1000, 0x1000, 4 * KIB), STATUS_OK);
	remember();
	for (n = 1; status == STATUS_EXHAUSTED && n < 100; n++) {
		pool_fail_in(&pool, n);
		status = map(0x7fc0000000 - 8 * MIB - 4 * KIB, 0, 10 * MIB + 8 * KIB);
		if (status)
			check_unchanged();
	}
	pool_fail_in(&pool, 0);
	CHECK_EQ(status, STATUS_OK);
	CHECK_EQ(n - 1, pt.page_count - pages_before + 1);
}

HOST_TEST(the_table_limit_is_reached)
{
	uint64_t at = 0;

	fresh(second_config(4));
	while (pt.page_count < PT_PAGES_MAX && map(at, 0, 4 * KIB) == STATUS_OK)
		at += 2 * MIB;
	CHECK_EQ(pt.page_count, 4096);
	remember();
	CHECK_EQ(map(512 * GIB, 0, 4 * KIB), STATUS_EXHAUSTED);
	CHECK_EQ(map(1ull << 40, 0, 1ull << 45), STATUS_EXHAUSTED);
	check_unchanged();
	CHECK_EQ(map(4 * KIB, 0, 4 * KIB), STATUS_OK);
}

HOST_TEST(the_pool_ends)
{
	fresh(second_config(4));
	pool.page_count = pool.next + 2;
	remember();
	CHECK_EQ(map(0, 0, 4 * KIB), STATUS_EXHAUSTED);
	check_unchanged();
	CHECK_EQ(map(0, 0, 2 * MIB), STATUS_OK);
}

/* ---- Unmap leaves tables, and a large leaf may take the place of an empty one. ---- */

HOST_TEST(tables_stay_and_are_used_again)
{
	unsigned pages;

	fresh(second_config(4));
	CHECK_EQ(map(2 * MIB, 0, 8 * KIB), STATUS_OK);
	pages = pt.page_count;
	CHECK_EQ(pt_unmap(&pt, iova(2 * MIB), 8 * KIB), STATUS_OK);
	CHECK_EQ(pt.page_count, pages);
	CHECK_EQ(map(2 * MIB + 16 * KIB, 0, 8 * KIB), STATUS_OK);
	CHECK_EQ(pt.page_count, pages);
	CHECK_EQ(map(2 * MIB, 2 * MIB, 2 * MIB), STATUS_OVERLAP);
	CHECK_EQ(pt_unmap(&pt, iova(2 * MIB + 16 * KIB), 8 * KIB), STATUS_OK);
	CHECK_EQ(map(2 * MIB, 2 * MIB, 2 * MIB), STATUS_OK);
	CHECK_EQ(pt.page_count, pages);
	CHECK_EQ(translate(2 * MIB + 16 * KIB), 2 * MIB + 16 * KIB);
	CHECK_EQ(pt_unmap(&pt, iova(2 * MIB), 2 * MIB), STATUS_OK);
	CHECK_EQ(map(0, 0, 1 * GIB), STATUS_OK);
	CHECK_EQ(pt.page_count, pages);
	CHECK_EQ(translate(2 * MIB), 2 * MIB);
}

/* ---- Malformed tables. ---- */

HOST_TEST(a_walk_ends_at_an_invalid_item)
{
	struct pt_walk walk;

	fresh(second_config(4));
	CHECK_EQ(map(0x1000, 0x5000, 4 * KIB), STATUS_OK);
	pt.pages[1][1] |= BIT64(51);
	CHECK_EQ(pt_walk(&pt, iova(0x1000), &walk), STATUS_OK);
	CHECK_EQ(walk.found, false);
	CHECK_EQ(walk.prot, 0);
	CHECK_EQ(walk.step_count, 4);
	CHECK_EQ(walk.steps[3].item.kind, PT_INVALID);
	CHECK_EQ(walk.steps[3].value, 0x8000000005003);
	CHECK_EQ(map(0x1000, 0x5000, 4 * KIB), STATUS_OVERLAP);
	CHECK_EQ(pt_unmap(&pt, iova(0x1000), 4 * KIB), STATUS_NOT_FOUND);
	pt.root[0] |= BIT64(7);
	CHECK_EQ(pt_walk(&pt, iova(0x1000), &walk), STATUS_OK);
	CHECK_EQ(walk.step_count, 1);
	CHECK_EQ(walk.steps[0].item.kind, PT_INVALID);
	CHECK_EQ(map(0x1000, 0x5000, 4 * KIB), STATUS_OVERLAP);
}

HOST_TEST(a_link_out_of_the_pool_is_not_followed)
{
	static const uint64_t outside[] = { 0, 0x1000, 0x1ffff000, 0x211f8000, 0x3ffffffff000 };
	struct pt_walk walk;

	for (unsigned i = 0; i < ARRAY_COUNT(outside); i++) {
		fresh(second_config(4));
		pt.root[0] = outside[i] | 3;
		CHECK_EQ(pt_walk(&pt, iova(0x1000), &walk), STATUS_OK);
		CHECK_EQ(walk.found, false);
		CHECK_EQ(walk.step_count, 1);
		CHECK_EQ(walk.steps[0].item.kind, PT_TABLE);
		CHECK_EQ(map(0x1000, 0x5000, 4 * KIB), STATUS_OVERLAP);
		CHECK_EQ(pt_unmap(&pt, iova(0x1000), 4 * KIB), STATUS_NOT_FOUND);
	}
}

HOST_TEST(a_table_that_links_itself_ends)
{
	struct pt_walk walk;

	fresh(second_config(4));
	pt.root[0] = 0x20000003;
	CHECK_EQ(pt_walk(&pt, iova(0), &walk), STATUS_OK);
	CHECK_EQ(walk.step_count, 4);
	CHECK_EQ(walk.found, true);
	CHECK_EQ(walk.oa.v, 0x20000000);
	CHECK_EQ(map(0, 0, 4 * KIB), STATUS_OVERLAP);
}

HOST_MAIN()
