/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Reading and clearing of dirty and accessed flags, against a byte-per-granule oracle; and what a
 * unit with walks that do not see the CPU's caches would see, played by a second copy of the pool.
 */
#include "tests/host/pt_fixture.h"

static struct pt pt;

static void fresh(struct pt_config config)
{
	pool_fresh();
	CHECK_EQ(pt_init(&pt, &config, &(struct pt_memory){ .pool = &pool }), STATUS_OK);
}

static void map(uint64_t at, uint64_t bytes)
{
	CHECK_EQ(pt_map(&pt, iova(at), pa(at), bytes, RW, 0), STATUS_OK);
}

/* The flag as the specification places it: second stage D 9 and A 8, first stage D 6 and A 5. */
static void mark(uint64_t at, uint64_t flags)
{
	struct pt_walk walk;

	CHECK_EQ(pt_walk(&pt, iova(at), &walk), STATUS_OK);
	CHECK_EQ(walk.found, true);
	*walk.steps[walk.step_count - 1].word |= flags;
}

#define SS_D	0x200u
#define SS_A	0x100u
#define FS_D	0x40u
#define FS_A	0x20u

static uint64_t leaf_word(uint64_t at)
{
	struct pt_walk walk;

	CHECK_EQ(pt_walk(&pt, iova(at), &walk), STATUS_OK);
	return walk.steps[walk.step_count - 1].value;
}

static uint8_t bits[4096];

/* Read dirty into bits + `shift` bytes over a field of `fill`; the count of changed words. */
static size_t read_dirty(uint64_t at, uint64_t bytes, unsigned flags, unsigned granule_lg2, unsigned shift,
			 uint8_t fill)
{
	size_t changed = 999;

	memset(bits, fill, sizeof(bits));
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(at), bytes, flags,
					 &(struct pt_bitmap){ bits + shift, granule_lg2 },
					 &changed),
		 STATUS_OK);
	return changed;
}

HOST_TEST(every_second_page)
{
	fresh(second_config(4));
	map(0x100000, 64 * KIB);
	for (unsigned i = 0; i < 16; i += 2)
		mark(0x100000 + i * PAGE_SIZE, SS_D | SS_A);
	CHECK_EQ(read_dirty(0x100000, 64 * KIB, PT_KEEP, 12, 0, 0), 0);
	CHECK_EQ(bits[0], 0x55);
	CHECK_EQ(bits[1], 0x55);
	CHECK_EQ(bits[2], 0);
	CHECK_EQ(read_dirty(0x100000, 64 * KIB, 0, 12, 1, 0), 8);
	CHECK_EQ(bits[0], 0);
	CHECK_EQ(bits[1], 0x55);
	CHECK_EQ(bits[2], 0x55);
	CHECK_EQ(bits[3], 0);
	CHECK_EQ(leaf_word(0x100000), 0x100103);
	CHECK_EQ(read_dirty(0x100000, 64 * KIB, 0, 12, 0, 0), 0);
	CHECK_EQ(bits[0], 0);
}

HOST_TEST(first_stage_flags)
{
	fresh(first_config(4));
	map(0x100000, 16 * KIB);
	mark(0x101000, FS_D | FS_A);
	mark(0x103000, FS_A);
	CHECK_EQ(read_dirty(0x100000, 16 * KIB, 0, 12, 0, 0), 1);
	CHECK_EQ(bits[0], 0x2);
	CHECK_EQ(leaf_word(0x101000), 0x101027);
	memset(bits, 0, sizeof(bits));
	CHECK_EQ(pt_read_and_clear_accessed(&pt, iova(0x100000), 16 * KIB, 0,
					    &(struct pt_bitmap){ bits, 12 }, NULL),
		 STATUS_OK);
	CHECK_EQ(bits[0], 0xa);
	CHECK_EQ(leaf_word(0x101000), 0x101007);
	CHECK_EQ(leaf_word(0x103000), 0x103007);
}

/* A bit that is not the range's is never written, at either end, in either direction. */
HOST_TEST(bits_beyond_the_range_stay)
{
	fresh(second_config(4));
	map(0x100000, 64 * KIB);
	for (unsigned i = 0; i < 16; i++)
		mark(0x100000 + i * PAGE_SIZE, SS_D);
	CHECK_EQ(read_dirty(0x103000, 20 * KIB, PT_KEEP, 12, 3, 0), 0);
	CHECK_EQ(bits[2], 0);
	CHECK_EQ(bits[3], 0x1f);
	CHECK_EQ(bits[4], 0);
	CHECK_EQ(read_dirty(0x10f000, 4 * KIB, 0, 12, 3, 0), 1);
	CHECK_EQ(bits[3], 0x01);
	CHECK_EQ(read_dirty(0x10f000, 4 * KIB, 0, 12, 3, 0xa4), 0);
	CHECK_EQ(bits[3], 0xa4);
	CHECK_EQ(leaf_word(0x10e000), 0x10e203);
}

HOST_TEST(a_large_leaf_sets_all_that_it_covers)
{
	fresh(second_config(4));
	map(0, 6 * MIB);
	mark(3 * MIB, SS_D);
	CHECK_EQ(read_dirty(0, 6 * MIB, PT_KEEP, 12, 1, 0), 0);
	CHECK_EQ(bits[64], 0);
	for (unsigned i = 65; i < 129; i++)
		CHECK_EQ(bits[i], 0xff);
	CHECK_EQ(bits[129], 0);
	CHECK_EQ(read_dirty(3 * MIB, 12 * KIB, PT_KEEP, 12, 1, 0), 0);
	CHECK_EQ(bits[1], 0x07);
	CHECK_EQ(read_dirty(0, 6 * MIB, PT_KEEP, 20, 0, 0), 0);
	CHECK_EQ(bits[0], 0x0c);
	CHECK_EQ(read_dirty(0, 6 * MIB, 0, 21, 0, 0), 1);
	CHECK_EQ(bits[0], 0x02);
	CHECK_EQ(leaf_word(2 * MIB), 0x200083);
}

HOST_TEST(a_gigabyte_leaf)
{
	fresh(first_config(5));
	map(1 * GIB, 2 * GIB);
	mark(2 * GIB, FS_D);
	CHECK_EQ(read_dirty(1 * GIB, 2 * GIB, 0, 28, 0, 0), 1);
	CHECK_EQ(bits[0], 0xf0);
	CHECK_EQ(leaf_word(2 * GIB), 0x80000087);
	mark(1 * GIB, FS_D);
	CHECK_EQ(read_dirty(0, 4 * GIB, 0, 31, 0, 0), 1);
	CHECK_EQ(bits[0], 0x01);
}

HOST_TEST(holes_set_nothing_and_ignored_bits_stay)
{
	fresh(second_config(4));
	map(0x1000, 4 * KIB);
	map(1 * GIB, 4 * KIB);
	mark(0x1000, SS_D | 0xbff0000000000400);
	mark(1 * GIB, SS_D);
	pt.pages[1][7] = SS_D | SS_A | 0x7000;		/* empty, whatever else it holds */
	CHECK_EQ(read_dirty(0, 64 * KIB, 0, 12, 0, 0), 1);
	CHECK_EQ(bits[0], 0x02);
	CHECK_EQ(bits[1], 0);
	CHECK_EQ(leaf_word(0x1000), 0xbff0000000001403);
	CHECK_EQ(pt.pages[1][7], 0x7300);
	CHECK_EQ(read_dirty(0, 2 * GIB, 0, 27, 0, 0), 1);
	CHECK_EQ(bits[0], 0);
	CHECK_EQ(bits[1], 0x01);
}

HOST_TEST(invalid_items_are_holes)
{
	fresh(second_config(4));
	map(0x1000, 8 * KIB);
	mark(0x1000, SS_D | BIT64(50));
	mark(0x2000, SS_D);
	CHECK_EQ(read_dirty(0x1000, 8 * KIB, 0, 12, 0, 0), 1);
	CHECK_EQ(bits[0], 0x02);
	pt.root[0] = 0x3ffffffff003;
	CHECK_EQ(read_dirty(0x1000, 8 * KIB, 0, 12, 0, 0), 0);
	CHECK_EQ(bits[0], 0);
}

HOST_TEST(tables_keep_their_flags)
{
	fresh(second_config(4));
	map(0x1000, 4 * KIB);
	pt.root[0] |= SS_A | SS_D;
	mark(0x1000, SS_A);
	CHECK_EQ(pt_read_and_clear_accessed(&pt, iova(0), 8 * KIB, 0, NULL, NULL), STATUS_OK);
	CHECK_EQ(read_dirty(0, 8 * KIB, 0, 12, 0, 0), 0);
	CHECK_EQ(pt.root[0] & 0x300, 0x300);
	CHECK_EQ(leaf_word(0x1000), 0x1003);
}

static enum status dirty(uint64_t at, uint64_t bytes, unsigned flags, unsigned granule_lg2)
{
	return pt_read_and_clear_dirty(&pt, iova(at), bytes, flags,
				       &(struct pt_bitmap){ bits, granule_lg2 }, NULL);
}

HOST_TEST(refusals_change_nothing)
{
	struct pt_config large = second_config(4), deaf = second_config(4);

	memset(bits, 0, sizeof(bits));
	fresh(second_config(4));
	map(2 * MIB, 2 * MIB);
	map(4 * MIB, 4 * KIB);
	mark(2 * MIB, SS_D);
	CHECK_EQ(dirty(2 * MIB, 0, 0, 12), STATUS_BAD_RANGE);
	CHECK_EQ(dirty(1ull << 48, 4 * KIB, 0, 12), STATUS_BAD_RANGE);
	CHECK_EQ(dirty(0xfffffffffffff000, 8 * KIB, 0, 12), STATUS_BAD_RANGE);
	CHECK_EQ(dirty(2 * MIB, 2 * MIB, 2, 12), STATUS_BAD_ARGUMENT);
	CHECK_EQ(dirty(2 * MIB, 2 * MIB, 0, 11), STATUS_UNSUPPORTED);
	CHECK_EQ(dirty(2 * MIB, 2 * MIB, 0, 64), STATUS_UNSUPPORTED);
	CHECK_EQ(dirty(2 * MIB, 2 * MIB, 0, 22), STATUS_UNALIGNED);
	CHECK_EQ(dirty(2 * MIB + 1, 2 * MIB, 0, 12), STATUS_UNALIGNED);
	CHECK_EQ(dirty(2 * MIB, 1 * MIB, 0, 12), STATUS_UNALIGNED);
	CHECK_EQ(dirty(3 * MIB, 1 * MIB, 0, 12), STATUS_UNALIGNED);
	CHECK_EQ(dirty(3 * MIB, 2 * MIB, 0, 12), STATUS_UNALIGNED);
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(2 * MIB), 2 * KIB, 0, NULL, NULL),
		 STATUS_UNALIGNED);
	CHECK_EQ(leaf_word(2 * MIB), 0x200283);
	CHECK_EQ(bits[0], 0);
	CHECK_EQ(dirty(1 * MIB, 2 * MIB, PT_KEEP, 12), STATUS_OK);
	CHECK_EQ(pt_read_and_clear_dirty(&pt, iova(0), 1ull << 48, 0, NULL, NULL), STATUS_OK);
	CHECK_EQ(leaf_word(2 * MIB), 0x200083);
	large.leaf_sizes = 2 * MIB;
	fresh(large);
	CHECK_EQ(dirty(2 * MIB, 2 * MIB, 0, 20), STATUS_UNSUPPORTED);
	CHECK_EQ(dirty(2 * MIB, 2 * MIB, 0, 21), STATUS_OK);
	deaf.tracks = false;
	fresh(deaf);
	CHECK_EQ(dirty(2 * MIB, 2 * MIB, 0, 12), STATUS_UNSUPPORTED);
}

/* ---- Random flags, ranges, granules and places of the bitmap, against one byte per page. ---- */

#define PAGES	2048u

struct oracle_page {
	bool mapped, dirty;
	unsigned first, count;		/* the pages of the leaf */
};

static struct oracle_page oracle[PAGES];

static void oracle_map(unsigned first, unsigned count)
{
	map(first * PAGE_SIZE, count * PAGE_SIZE);
	for (unsigned i = first; i < first + count; i++)
		oracle[i] = count == 512 ? (struct oracle_page){ true, false, first, 512 }
					 : (struct oracle_page){ true, false, i, 1 };
}

static void oracle_mark(unsigned page)
{
	mark(page * PAGE_SIZE, SS_D);
	for (unsigned i = 0; i < oracle[page].count; i++)
		oracle[oracle[page].first + i].dirty = true;
}

static void random_read(uint64_t *state)
{
	unsigned granule = (unsigned)random_below(state, 4), unit = 1u << granule;
	unsigned first = (unsigned)random_below(state, PAGES / unit) * unit;
	unsigned count = (1 + (unsigned)random_below(state, (PAGES - first) / unit)) * unit;
	unsigned shift = (unsigned)random_below(state, 9), keep = (unsigned)random_below(state, 2);
	bool cuts = (first < 1024 && first >= 512 && first != 512) ||
		    (first + count > 512 && first + count < 1024);
	static uint8_t expected[sizeof(bits)];

	if (cuts)
		keep = PT_KEEP;
	memset(expected, 0, sizeof(expected));
	for (unsigned i = first; i < first + count; i++) {
		unsigned bit = (i - first) / unit;

		if (oracle[i].mapped && oracle[i].dirty)
			expected[shift + bit / 8] |= (uint8_t)(1u << bit % 8);
		if (!keep)
			oracle[i].dirty = false;
	}
	(void)read_dirty(first * PAGE_SIZE, count * PAGE_SIZE, keep, 12 + granule, shift, 0);
	CHECK(memcmp(bits, expected, sizeof(bits)) == 0);
}

HOST_TEST(random_reads)
{
	uint64_t state = 0x13198a2e03707344;

	fresh(second_config(4));
	memset(oracle, 0, sizeof(oracle));
	oracle_map(512, 512);
	for (unsigned i = 0; i < PAGES; i++)
		if ((i < 512 || i >= 1024) && random_below(&state, 4))
			oracle_map(i, 1);
	for (unsigned n = 0; n < 1000; n++) {
		for (unsigned k = 0; k < 20; k++) {
			unsigned page = (unsigned)random_below(&state, PAGES);

			if (oracle[page].mapped)
				oracle_mark(page);
		}
		random_read(&state);
	}
}

/* Every beginning and end, at every byte of a word, over eighteen pages. */
HOST_TEST(every_alignment)
{
	fresh(second_config(4));
	map(0, 128 * KIB);
	for (unsigned i = 0; i < 32; i++)
		if (0x9d2c5681u >> i & 1)
			mark(i * PAGE_SIZE, SS_D);
	for (unsigned from = 0; from < 18; from++) {
		for (unsigned end = from + 1; end <= 32; end++) {
			uint64_t got = 0, expected = 0x9d2c5681u;
			unsigned shift = from % 8 + 1;

			expected = (expected & (BIT64(end) - 1)) >> from;
			(void)read_dirty(from * PAGE_SIZE, (end - from) * PAGE_SIZE, PT_KEEP, 12,
					 shift, 0);
			memcpy(&got, bits + shift, sizeof(got));
			CHECK_EQ(got, expected);
			CHECK_EQ(bits[shift - 1], 0);
		}
	}
}

/* ---- A unit that sees memory, not the CPU's caches: another copy of the pool. ---- */

static uint8_t hardware[POOL_PAGES * PAGE_SIZE];
static unsigned half_made;		/* items that a walk met and that were never published */
static uint64_t watched, watched_bytes;	/* what is being mapped, identically */
static uint64_t *disturbed;		/* hardware sets A here, once, after the next publication */

/* Caches move lines: what else is in the line moves too. */
static void copy(uint8_t *to, const uint8_t *from, const void *words, size_t bytes)
{
	size_t first = (size_t)((const uint8_t *)words - pool.base);
	size_t end = ALIGN_UP(first + bytes, (size_t)64);

	first = ALIGN_DOWN(first, (size_t)64);
	memcpy(to + first, from + first, end - first);
}

static void refresh(void *context, const void *words, size_t bytes)
{
	(void)context;
	copy(pool.base, hardware, words, bytes);
}

/* What the unit finds at a page, with a walk of its own: levels from 39 down, PS, R and W. */
static uint64_t *hardware_leaf(uint64_t at)
{
	uint64_t table = POOL_AT;

	for (unsigned lg2 = 39;; lg2 -= 9) {
		uint64_t *word = (uint64_t *)(void *)(hardware + (table - POOL_AT)) +
				 (at >> lg2) % 512;

		if (!(*word & 3))
			return NULL;
		if (*word == 0x5a5a5a5a5a5a5a5a) {
			half_made++;
			return NULL;
		}
		if (lg2 == 12 || (*word & 0x80))
			return word;
		table = *word & 0x3ffffffff000;
	}
}

static void publish(void *context, const void *words, size_t bytes)
{
	copy(hardware, pool.base, words, bytes);
	(void)context;
	if (disturbed)
		*disturbed |= SS_A;
	disturbed = NULL;
	for (uint64_t at = watched; at < watched + watched_bytes; at += 16 * PAGE_SIZE) {
		const uint64_t *leaf = hardware_leaf(at);

		if (leaf && (*leaf & 0x3ffffffff000) != (*leaf & 0x80 ? at & ~(2 * MIB - 1) : at))
			half_made++;
	}
}

static void fresh_with_hardware(void)
{
	struct pt_config config = second_config(4);
	struct pt_memory memory = { &pool, publish, refresh, NULL };

	pool_fresh();
	memset(hardware, 0x5a, sizeof(hardware));
	half_made = 0;
	watched_bytes = 0;
	disturbed = NULL;
	CHECK_EQ(pt_init(&pt, &config, &memory), STATUS_OK);
}

static void check_published(void)
{
	CHECK_EQ(half_made, 0);
	CHECK(memcmp(hardware, pool.base, pt.page_count * PAGE_SIZE) == 0);
}

HOST_TEST(hardware_never_sees_a_half_made_table)
{
	fresh_with_hardware();
	watched = 0x7fc0000000 - 3 * MIB;
	watched_bytes = 8 * MIB;
	map(watched, watched_bytes);
	check_published();
	CHECK_EQ(hardware_leaf(watched + 5 * MIB) != NULL, true);
	watched_bytes = 0;
	CHECK_EQ(pt_unmap(&pt, iova(watched), 8 * MIB), STATUS_OK);
	check_published();
	CHECK_EQ(hardware_leaf(watched + 5 * MIB) == NULL, true);
	map(watched - 1 * MIB, 2 * MIB);
	check_published();
}

HOST_TEST(flags_are_read_from_memory_and_cleared_there)
{
	size_t changed;

	fresh_with_hardware();
	map(0, 64 * KIB);
	*hardware_leaf(0x3000) |= SS_A | SS_D;
	*hardware_leaf(0x4000) |= SS_A;
	changed = read_dirty(0, 64 * KIB, 0, 12, 0, 0);
	CHECK_EQ(changed, 1);
	CHECK_EQ(bits[0], 0x08);
	CHECK_EQ(*hardware_leaf(0x3000), 0x3103);
	CHECK_EQ(*hardware_leaf(0x4000), 0x4103);
	check_published();
}

/* Words next to a flag that hardware set are written, and the flag is still there. */
HOST_TEST(map_and_unmap_keep_the_flags_of_neighbours)
{
	fresh_with_hardware();
	map(0, 8 * KIB);
	*hardware_leaf(0) |= SS_D;
	map(8 * KIB, 4 * KIB);
	CHECK_EQ(pt_unmap(&pt, iova(4 * KIB), 4 * KIB), STATUS_OK);
	CHECK_EQ(*hardware_leaf(0), 0x203);
}

/* The same, if hardware sets the flag while the call is under way. */
HOST_TEST(map_keeps_flags_that_come_meanwhile)
{
	uint64_t *link;

	fresh_with_hardware();
	map(2 * MIB + 4 * KIB, 4 * KIB);
	disturbed = hardware_leaf(2 * MIB + 4 * KIB);
	map(2 * MIB - 4 * KIB, 8 * KIB);
	CHECK_EQ(*hardware_leaf(2 * MIB + 4 * KIB), 0x201103);

	link = (uint64_t *)(void *)(hardware + ((uint8_t *)pt.pages[2] - pool.base));
	CHECK_EQ(link[1] & 3, 3);
	disturbed = &link[1];
	map(4 * MIB, 4 * KIB);
	CHECK_EQ(link[1] & SS_A, SS_A);
	CHECK_EQ(link[2] & 3, 3);
}

HOST_TEST(a_walk_reads_memory)
{
	struct pt_walk walk;

	fresh_with_hardware();
	map(0, 4 * KIB);
	*hardware_leaf(0) |= SS_A;
	CHECK_EQ(pt_walk(&pt, iova(0), &walk), STATUS_OK);
	CHECK_EQ(walk.steps[3].item.accessed, true);
}

HOST_MAIN()
