/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Leaves of several items, tables that skip levels, and IOVAs of 64 bits: what AMD-Vi's host tables
 * have and VT-d's have not. 48882 rev. 3.11, section 2.2.3.
 */
#include "tests/host/pt_fixture.h"

static struct pt pt;

#define HOST_RW	0x6000000000000000u		/* IR and IW */
#define HOST_A	0x20u
#define HOST_D	0x40u

static void fresh(struct pt_config config)
{
	pool_fresh();
	CHECK_EQ(pt_init(&pt, &config, &(struct pt_memory){ .pool = &pool }), STATUS_OK);
}

static enum status map(uint64_t at, uint64_t oa, uint64_t bytes)
{
	return pt_map(&pt, iova(at), pa(oa), bytes, RW, 0);
}

static uint64_t translate(uint64_t at)
{
	struct pt_walk walk;

	CHECK_EQ(pt_walk(&pt, iova(at), &walk), STATUS_OK);
	return walk.found ? walk.oa.v : UINT64_MAX;
}

/* The item that hardware finds at an IOVA. */
static uint64_t *item_at(uint64_t at)
{
	struct pt_walk walk;

	CHECK_EQ(pt_walk(&pt, iova(at), &walk), STATUS_OK);
	return walk.steps[walk.step_count - 1].word;
}

/* ---- Map. ---- */

HOST_TEST(every_size_stands_in_all_its_items)
{
	for (unsigned lg2 = 12; lg2 <= 52; lg2++) {
		uint64_t bytes = BIT64(lg2), at = lg2 < 52 ? 6 * bytes : 0,
			 oa = lg2 < 49 ? 9 * bytes : 0;
		unsigned level = (lg2 - 12) / 9, items = 1u << (lg2 - 12) % 9, found = 0;
		const uint64_t *last;

		fresh(amd_host_config(6));
		CHECK_EQ(pt_map(&pt, iova(at), pa(oa), bytes, RW, bytes), STATUS_OK);
		CHECK_EQ(pt.page_count, 6 - level);
		last = item_at(at + bytes - 1);
		for (unsigned i = 0; i < 512; i++)
			found += pt.pages[1][i] == *last;
		CHECK_EQ(found, items);
		CHECK_EQ(last - item_at(at), items - 1);
		CHECK_EQ(translate(at), oa);
		CHECK_EQ(translate(at + bytes - 1), oa + bytes - 1);
		CHECK_EQ(translate(at + bytes), UINT64_MAX);
		CHECK_EQ(map(at + bytes / 2, 0, bytes),
			 lg2 == 12 ? STATUS_UNALIGNED : STATUS_OVERLAP);
		CHECK_EQ(pt_unmap(&pt, iova(at), bytes / 2), STATUS_UNALIGNED);
		CHECK_EQ(pt_unmap(&pt, iova(at), bytes), STATUS_OK);
		for (unsigned i = 0; i < 512; i++)
			CHECK_EQ(pt.pages[1][i], 0);
	}
}

/* From 4 KiB up to 64 KiB and down again: each leaf the largest that its place allows. */
HOST_TEST(leaves_grow_and_shrink)
{
	static const struct {
		unsigned first, items;
		uint64_t word;
	} leaves[] = {
		{ 1, 1, 0x101001 },  { 2, 2, 0x102e01 },  { 4, 4, 0x105e01 },  { 8, 8, 0x10be01 },
		{ 16, 8, 0x113e01 }, { 24, 4, 0x119e01 }, { 28, 2, 0x11ce01 }, { 30, 1, 0x11e001 },
	};

	fresh(amd_host_config(3));
	CHECK_EQ(map(0x1000, 0x101000, 30 * PAGE_SIZE), STATUS_OK);
	for (unsigned i = 0; i < ARRAY_COUNT(leaves); i++)
		for (unsigned k = 0; k < leaves[i].items; k++)
			CHECK_EQ(pt.pages[1][leaves[i].first + k], leaves[i].word | HOST_RW);
	CHECK_EQ(pt.pages[1][0], 0);
	CHECK_EQ(pt.pages[1][31], 0);
	for (uint64_t at = 0x1000; at < 0x1f000; at += PAGE_SIZE)
		CHECK_EQ(translate(at), 0x100000 + at);
}

HOST_TEST(sizes_that_differ_in_alignment_are_left_out)
{
	fresh(amd_host_config(3));
	CHECK_EQ(map(0x10000, 0x2000, 16 * PAGE_SIZE), STATUS_OK);
	CHECK_EQ(pt.pages[1][16], 0x2e01 | HOST_RW);
	CHECK_EQ(pt.pages[1][31], 0x10e01 | HOST_RW);
	CHECK_EQ(pt_map(&pt, iova(0x40000), pa(0x40000), 0x8000, RW, 0x10000), STATUS_UNALIGNED);
	CHECK_EQ(pt_map(&pt, iova(0x40000), pa(0x40000), 0x18000, RW, 0x10000 | 0x8000), STATUS_OK);
	CHECK_EQ(pt.pages[1][64], 0x47e01 | HOST_RW);
	CHECK_EQ(pt.pages[1][80], 0x53e01 | HOST_RW);
	CHECK_EQ(pt.pages[1][88], 0);
}

HOST_TEST(the_edges_of_every_width)
{
	for (unsigned levels = 1; levels <= 6; levels++) {
		uint64_t last = levels < 6 ? BIT64(12 + 9 * levels) - 1 : UINT64_MAX;
		struct pt_walk walk;

		fresh(amd_host_config(levels));
		CHECK_EQ(map(0, 0x1000, 4 * KIB), STATUS_OK);
		CHECK_EQ(map(last - 0xfff, 0x3000, 4 * KIB), STATUS_OK);
		CHECK_EQ(pt.page_count, 2 * levels - 1);
		CHECK_EQ(translate(0xfff), 0x1fff);
		CHECK_EQ(translate(last), 0x3fff);
		CHECK_EQ(pt.root[levels < 6 ? 511 : 127] != 0, true);
		CHECK_EQ(map(last - 0xfff, 0, 8 * KIB), STATUS_BAD_RANGE);
		if (levels < 6)
			CHECK_EQ(pt_walk(&pt, iova(last + 1), &walk), STATUS_BAD_RANGE);
		CHECK_EQ(pt_unmap(&pt, iova(last - 0xfff), 4 * KIB), STATUS_OK);
		CHECK_EQ(translate(last), UINT64_MAX);
	}
}

/* The last tables of all are counted once, not once for each size of leaf in them. */
HOST_TEST(the_last_span_of_64_bits)
{
	size_t before;

	fresh(amd_host_config(6));
	before = pool.next;
	CHECK_EQ(map(0xfffffffffff01000, 0x1000, 0xff000), STATUS_OK);
	CHECK_EQ(pool.next - before, 5);
	CHECK_EQ(translate(0xffffffffffffffff), 0xfffff);
}

HOST_TEST(geometries_that_do_not_exist)
{
	struct pt_config wrong[] = {
		amd_host_config(4), amd_host_config(7), amd_host_config(2), amd_host_config(1),
		amd_guest_config(3), amd_guest_config(6), amd_guest_config(4),
	};

	wrong[0].iova_bits = 49;
	wrong[2].leaf_sizes |= BIT64(30);
	wrong[3].leaf_sizes |= BIT64(21);
	wrong[6].leaf_sizes |= BIT64(16);
	for (unsigned i = 0; i < ARRAY_COUNT(wrong); i++) {
		pool_fresh();
		CHECK_EQ(pt_init(&pt, &wrong[i], &(struct pt_memory){ .pool = &pool }),
			 STATUS_UNSUPPORTED);
	}
}

/* ---- Skipped levels: the root of four levels links a table of level 0. ---- */

static void fresh_with_skip(void)
{
	fresh(amd_host_config(4));
	CHECK_EQ(map(0x5000, 0x12000, 4 * KIB), STATUS_OK);
	CHECK_EQ(map(0x8000000000, 0x200000, 2 * MIB), STATUS_OK);
	pt.root[0] = pa_of(pt.pages[1]).v | 0x201 | HOST_RW;
}

HOST_TEST(a_walk_skips_levels)
{
	struct pt_walk walk;

	fresh_with_skip();
	CHECK_EQ(pt_walk(&pt, iova(0x5abc), &walk), STATUS_OK);
	CHECK_EQ(walk.step_count, 2);
	CHECK_EQ(walk.steps[0].level, 3);
	CHECK_EQ(walk.steps[1].level, 0);
	CHECK_EQ(walk.found, true);
	CHECK_EQ(walk.oa.v, 0x12abc);
	CHECK_EQ(walk.prot, RW);
	pt.root[0] ^= 0x4000000000000000;
	CHECK_EQ(pt_walk(&pt, iova(0x5abc), &walk), STATUS_OK);
	CHECK_EQ(walk.prot, PT_READ);
}

HOST_TEST(bits_of_skipped_levels_end_a_walk)
{
	fresh_with_skip();
	for (unsigned bit = 21; bit < 39; bit++) {
		struct pt_walk walk;

		CHECK_EQ(pt_walk(&pt, iova(0x5000 | BIT64(bit)), &walk), STATUS_OK);
		CHECK_EQ(walk.found, false);
		CHECK_EQ(walk.step_count, 1);
		CHECK_EQ(walk.steps[0].item.kind, PT_TABLE);
		CHECK_EQ(walk.prot, 0);
	}
	CHECK_EQ(translate(0x8000005000), 0x205000);
}

HOST_TEST(what_lies_behind_a_skipping_link_is_in_use)
{
	unsigned pages;

	fresh_with_skip();
	pages = pt.page_count;
	CHECK_EQ(map(0x6000, 0x6000, 8 * KIB), STATUS_OK);
	CHECK_EQ(translate(0x7fff), 0x7fff);
	CHECK_EQ(map(2 * MIB, 0, 4 * KIB), STATUS_OVERLAP);
	CHECK_EQ(map(0x1ff000, 0x1ff000, 8 * KIB), STATUS_OVERLAP);
	CHECK_EQ(pt_unmap(&pt, iova(0x5000), 12 * KIB), STATUS_OK);
	CHECK_EQ(pt_map(&pt, iova(0), pa(0), 2 * MIB, RW, 2 * MIB), STATUS_OVERLAP);
	CHECK_EQ(pt_unmap(&pt, iova(2 * MIB), 4 * KIB), STATUS_NOT_FOUND);
	CHECK_EQ(pt.page_count, pages);
}

HOST_TEST(a_pass_goes_round_skipped_levels)
{
	uint8_t bits[2] = { 0 };
	size_t changed;

	fresh_with_skip();
	*item_at(0x5000) |= HOST_D;
	*item_at(0x8000000000) |= HOST_D;
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(0), 1ull << 40, 0,
					 &(struct pt_bitmap){ bits, 37 }, &changed),
		 STATUS_OK);
	CHECK_EQ(changed, 2);
	CHECK_EQ(bits[0], 0x11);
	*item_at(0x5000) |= HOST_D;
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(4 * MIB), 1 * GIB, 0, NULL, &changed),
		 STATUS_OK);
	CHECK_EQ(changed, 0);
}

/* ---- Flags of wide leaves. ---- */

static uint8_t bits[64];

static size_t read_dirty(uint64_t at, uint64_t bytes, unsigned flags)
{
	size_t changed = 999;

	memset(bits, 0, sizeof(bits));
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(at), bytes, flags,
					 &(struct pt_bitmap){ bits, 12 }, &changed),
		 STATUS_OK);
	return changed;
}

/* Three leaves of 64 KiB; every item of the middle one alone speaks for it. */
HOST_TEST(one_marked_item_makes_the_leaf_dirty)
{
	fresh(amd_host_config(4));
	CHECK_EQ(pt_map(&pt, iova(0), pa(0), 192 * KIB, RW, 64 * KIB), STATUS_OK);
	for (unsigned i = 16; i < 32; i++) {
		pt.pages[1][i] |= HOST_D;
		CHECK_EQ(read_dirty(0, 192 * KIB, PT_KEEP), 0);
		CHECK(memcmp(bits, (uint8_t[]){ 0, 0, 0xff, 0xff, 0, 0, 0 }, 7) == 0);
		CHECK_EQ(read_dirty(0, 192 * KIB, 0), 1);
		CHECK_EQ(bits[2], 0xff);
		CHECK_EQ(bits[3], 0xff);
		CHECK_EQ(pt.pages[1][i], 0x17e01 | HOST_RW);
		CHECK_EQ(read_dirty(0, 192 * KIB, 0), 0);
		CHECK_EQ(bits[2] | bits[3], 0);
	}
}

HOST_TEST(clearing_clears_every_item)
{
	fresh(amd_host_config(4));
	CHECK_EQ(pt_map(&pt, iova(0), pa(0), 192 * KIB, RW, 64 * KIB), STATUS_OK);
	for (unsigned i = 15; i < 33; i += 3)
		pt.pages[1][i] |= HOST_D | HOST_A;
	CHECK_EQ(read_dirty(64 * KIB, 64 * KIB, 0), 5);
	for (unsigned i = 16; i < 32; i++)
		CHECK_EQ(pt.pages[1][i] & HOST_D, 0);
	CHECK_EQ(pt.pages[1][18] & HOST_A, HOST_A);
	CHECK_EQ(pt.pages[1][15] & HOST_D, HOST_D);	/* the neighbour's */
	memset(bits, 0, sizeof(bits));
	CHECK_EQ(pt_read_and_clear_accessed(&pt, iova(64 * KIB), 64 * KIB, 0,
					    &(struct pt_bitmap){ bits, 12 }, NULL),
		 STATUS_OK);
	CHECK_EQ(bits[0] & bits[1], 0xff);
	CHECK_EQ(pt.pages[1][18], 0x17e01 | HOST_RW);
}

/* A range that lies within a leaf, and the one item that is marked lies outside it. */
HOST_TEST(a_cut_leaf_is_seen_whole)
{
	fresh(amd_host_config(4));
	CHECK_EQ(pt_map(&pt, iova(0), pa(0), 192 * KIB, RW, 64 * KIB), STATUS_OK);
	pt.pages[1][31] |= HOST_D;
	CHECK_EQ(read_dirty(64 * KIB, 4 * KIB, PT_KEEP), 0);
	CHECK_EQ(bits[0], 0x01);
	CHECK_EQ(read_dirty(56 * KIB, 16 * KIB, PT_KEEP), 0);
	CHECK_EQ(bits[0], 0x0c);
	pt.pages[1][31] &= ~(uint64_t)HOST_D;
	pt.pages[1][16] |= HOST_D;
	CHECK_EQ(read_dirty(124 * KIB, 8 * KIB, PT_KEEP), 0);
	CHECK_EQ(bits[0], 0x01);
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(64 * KIB), 32 * KIB, 0, NULL, NULL),
		 STATUS_UNALIGNED);
	CHECK_EQ(pt.pages[1][16] & HOST_D, HOST_D);
}

/* 4 MiB and 2 GiB: wide leaves above level 0, beside tables and leaves of the default size. */
HOST_TEST(wide_leaves_of_higher_levels)
{
	fresh(amd_host_config(4));
	CHECK_EQ(pt_map(&pt, iova(4 * MIB), pa(4 * MIB), 4 * MIB, RW, 4 * MIB), STATUS_OK);
	CHECK_EQ(pt_map(&pt, iova(8 * MIB), pa(8 * MIB), 2 * MIB, RW, 2 * MIB), STATUS_OK);
	CHECK_EQ(pt_map(&pt, iova(2 * MIB), pa(2 * MIB), 4 * KIB, RW, 4 * KIB), STATUS_OK);
	CHECK_EQ(pt_map(&pt, iova(2 * GIB), pa(2 * GIB), 2 * GIB, RW, 2 * GIB), STATUS_OK);
	*item_at(6 * MIB) |= HOST_D;
	*item_at(3 * GIB) |= HOST_D;
	memset(bits, 0, sizeof(bits));
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(0), 16 * MIB, 0, &(struct pt_bitmap){ bits, 20 },
					 NULL),
		 STATUS_OK);
	CHECK_EQ(bits[0] | bits[1] << 8, 0x00f0);
	memset(bits, 0, sizeof(bits));
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(0), 8 * GIB, 0, &(struct pt_bitmap){ bits, 30 },
					 NULL),
		 STATUS_OK);
	CHECK_EQ(bits[0], 0x0c);
	CHECK_EQ(*item_at(3 * GIB), 0xbffffe01 | HOST_RW);
}

/* Items of one leaf that differ: it is still one, to whoever asks and to whoever takes it away. */
HOST_TEST(a_torn_leaf)
{
	fresh(amd_host_config(4));
	CHECK_EQ(pt_map(&pt, iova(0), pa(0), 64 * KIB, RW, 64 * KIB), STATUS_OK);
	pt.pages[1][3] = HOST_D;
	pt.pages[1][9] |= HOST_D;
	CHECK_EQ(map(0, 0, 64 * KIB), STATUS_OVERLAP);
	CHECK_EQ(read_dirty(0, 64 * KIB, 0), 1);
	CHECK_EQ(bits[0] & bits[1], 0xff);
	CHECK_EQ(pt.pages[1][3], HOST_D);
	CHECK_EQ(pt_unmap(&pt, iova(0), 64 * KIB), STATUS_OK);
	for (unsigned i = 0; i < 16; i++)
		CHECK_EQ(pt.pages[1][i], 0);
}

HOST_MAIN()
