/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's memory map, as words on paper (UEFI 2.10, 7.2.3), becomes regions. */
#include "boot/memory_map.c"

#include "tests/host/check.h"

/* Descriptors of 48 bytes, as EDK II gives them: 40 that the specification defines, 8 that it adds. */
#define STRIDE		48u
#define WORDS		(STRIDE / 8u)
#define ENTRY(type, start, pages, attribute) type, start, 0, pages, attribute, 0xeeeeeeeeeeeeeeee

static struct memory_region regions[8];
static unsigned lost;

static unsigned translate(const uint64_t *words, size_t count, unsigned limit)
{
	struct memory_map map = { words, count * sizeof(*words), STRIDE };

	memset(regions, 0, sizeof(regions));
	return memory_map_regions(&map, regions, limit, &lost);
}

static void check_region(unsigned i, uint64_t base, uint64_t bytes, enum memory_kind kind)
{
	CHECK_EQ(regions[i].base.v, base);
	CHECK_EQ(regions[i].bytes, bytes);
	CHECK_EQ(regions[i].kind, kind);
}

HOST_TEST(neighbours_of_one_kind_become_one_region)
{
	static const uint64_t words[] = {
		ENTRY(7, 0x0, 0x9f, 0xf),		/* conventional */
		ENTRY(3, 0x9f000, 0x1, 0xf),		/* boot services code: free as well */
		ENTRY(4, 0xa0000, 0x10, 0xf),		/* boot services data */
		ENTRY(0, 0xb0000, 0x10, 0x0),		/* reserved */
	};

	CHECK_EQ(translate(words, ARRAY_COUNT(words), 8), 2);
	check_region(0, 0x0, 0xb0000, MEMORY_FREE);
	check_region(1, 0xb0000, 0x10000, MEMORY_RESERVED);
	CHECK_EQ(lost, 0);
}

HOST_TEST(an_unsorted_map_is_sorted_and_the_last_piece_joins_both_sides)
{
	static const uint64_t words[] = {
		ENTRY(7, 0x300000, 0x100, 0xf),
		ENTRY(7, 0x100000, 0x100, 0xf),
		ENTRY(11, 0xfed00000, 0x1, 0x8000000000000001),
		ENTRY(7, 0x200000, 0x100, 0xf),
		ENTRY(12, 0xfec00000, 0x100, 0x8000000000000001),
	};

	CHECK_EQ(translate(words, ARRAY_COUNT(words), 8), 2);
	check_region(0, 0x100000, 0x300000, MEMORY_FREE);
	check_region(1, 0xfec00000, 0x101000, MEMORY_DEVICE);
}

HOST_TEST(every_type_has_its_kind)
{
	static const struct { uint32_t type; enum memory_kind kind; } expected[] = {
		{ 0, MEMORY_RESERVED }, { 1, MEMORY_IMAGE }, { 2, MEMORY_IMAGE },
		{ 3, MEMORY_FREE }, { 4, MEMORY_FREE }, { 5, MEMORY_FIRMWARE },
		{ 6, MEMORY_FIRMWARE }, { 7, MEMORY_FREE }, { 8, MEMORY_UNUSABLE },
		{ 9, MEMORY_ACPI }, { 10, MEMORY_ACPI }, { 11, MEMORY_DEVICE },
		{ 12, MEMORY_DEVICE }, { 13, MEMORY_RESERVED }, { 14, MEMORY_RESERVED },
		{ 15, MEMORY_RESERVED },		/* unaccepted: touching it is fatal */
		{ 0x70000000, MEMORY_RESERVED },	/* an OEM's */
		{ 0xffffffff, MEMORY_RESERVED },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(expected); i++) {
		struct memory_descriptor d = { .type = expected[i].type };

		CHECK_EQ(memory_map_kind(&d), expected[i].kind);
	}
}

HOST_TEST(what_is_empty_or_wraps_is_left_out)
{
	static const uint64_t words[] = {
		ENTRY(7, 0x1000, 0x0, 0xf),
		ENTRY(7, 0xfffffffffffff000, 0x2, 0xf),
		ENTRY(7, 0x1000, 0x10000000000000, 0xf),	/* 2^64 bytes */
		ENTRY(7, 0x5000, 0x1, 0xf),
	};

	CHECK_EQ(translate(words, ARRAY_COUNT(words), 8), 1);
	check_region(0, 0x5000, 0x1000, MEMORY_FREE);
}

HOST_TEST(a_full_table_counts_what_it_loses)
{
	static const uint64_t words[] = {
		ENTRY(7, 0x1000, 0x1, 0xf), ENTRY(0, 0x2000, 0x1, 0xf), ENTRY(7, 0x3000, 0x1, 0xf),
		ENTRY(0, 0x4000, 0x1, 0xf), ENTRY(0, 0x5000, 0x1, 0xf),
	};

	CHECK_EQ(translate(words, ARRAY_COUNT(words), 3), 3);
	CHECK_EQ(lost, 2);
	check_region(2, 0x3000, 0x1000, MEMORY_FREE);
}

HOST_TEST(a_stride_below_the_specified_size_is_no_map)
{
	static const uint64_t words[] = { ENTRY(7, 0x1000, 0x1, 0xf) };
	struct memory_map map = { words, sizeof(words), 32 };

	CHECK_EQ(memory_map_regions(&map, regions, 8, &lost), 0);
}

HOST_MAIN()
