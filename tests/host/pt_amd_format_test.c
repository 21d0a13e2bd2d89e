/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Words of the AMD-Vi formats against literals, written down from 48882 rev. 3.11: tables 14 to 18 and
 * figures 8 to 10 (host), tables 29 to 31 and figures 26 to 39 (guest).
 */
#include "tests/host/pt_fixture.h"

static const struct pt_format *const host = &pt_amd_host, *const guest = &pt_amd_guest;

#define HOST_RW	0x6000000000000000u		/* IR and IW */

HOST_TEST(host_words_of_default_sizes)
{
	struct pt_config c = amd_host_config(6);

	CHECK_EQ(host->leaf(&c, 12, pa(0x12345000), RW), 0x6000000012345001);
	CHECK_EQ(host->leaf(&c, 12, pa(0x12345000), PT_READ), 0x2000000012345001);
	CHECK_EQ(host->leaf(&c, 12, pa(0x12345000), PT_WRITE), 0x4000000012345001);
	CHECK_EQ(host->leaf(&c, 12, pa(0xffffffffff000), RW), 0x600ffffffffff001);
	CHECK_EQ(host->leaf(&c, 21, pa(0x40200000), RW), 0x6000000040200001);
	CHECK_EQ(host->leaf(&c, 30, pa(0x80000000), RW), 0x6000000080000001);
	CHECK_EQ(host->leaf(&c, 39, pa(0x8000000000), RW), 0x6000008000000001);
	CHECK_EQ(host->leaf(&c, 48, pa(0x1000000000000), RW), 0x6001000000000001);
	c.preset = true;
	CHECK_EQ(host->leaf(&c, 12, pa(0x12345000), RW), 0x6000000012345061);
}

/* Table 14, and what follows from it for the sizes that it leaves out. */
static const struct {
	unsigned size_lg2, level;
	uint64_t oa, word;		/* without permissions */
} sized[] = {
	{ 13, 0, 0x12346000, 0x12346e01 },	   { 14, 0, 0x12344000, 0x12345e01 },
	{ 15, 0, 0x12348000, 0x1234be01 },	   { 16, 0, 0x12340000, 0x12347e01 },
	{ 17, 0, 0x12340000, 0x1234fe01 },	   { 18, 0, 0x12340000, 0x1235fe01 },
	{ 19, 0, 0x12380000, 0x123bfe01 },	   { 20, 0, 0x12300000, 0x1237fe01 },
	{ 22, 1, 0x40000000, 0x401ffe01 },	   { 23, 1, 0x40000000, 0x403ffe01 },
	{ 24, 1, 0x41000000, 0x417ffe01 },	   { 29, 1, 0x40000000, 0x4ffffe01 },
	{ 31, 2, 0x80000000, 0xbffffe01 },	   { 32, 2, 0x100000000, 0x17ffffe01 },
	{ 38, 2, 0x4000000000, 0x5ffffffe01 },	   { 40, 3, 0x10000000000, 0x17ffffffe01 },
	{ 47, 3, 0x800000000000, 0xbffffffffe01 }, { 49, 4, 0x2000000000000, 0x2fffffffffe01 },
	{ 51, 4, 0x8000000000000, 0xbfffffffffe01 },
	{ 52, 4, 0, 0x7fffffffffe01 },
};

HOST_TEST(host_words_of_other_sizes)
{
	struct pt_config c = amd_host_config(6);

	for (unsigned i = 0; i < ARRAY_COUNT(sized); i++) {
		struct pt_item item = host->decode(&c, sized[i].level, sized[i].word | HOST_RW);

		CHECK_EQ(host->leaf(&c, sized[i].size_lg2, pa(sized[i].oa), RW),
			 sized[i].word | HOST_RW);
		CHECK_EQ(pt_leaf_level(host, sized[i].size_lg2), sized[i].level);
		CHECK_EQ(item.kind, PT_LEAF);
		CHECK_EQ(item.size_lg2, sized[i].size_lg2);
		CHECK_EQ(item.address, sized[i].oa);
		CHECK_EQ(item.prot, RW);
	}
}

HOST_TEST(host_tables_name_the_level_that_follows)
{
	static const uint64_t words[] = {
		0, 0x7654201, 0x7654401, 0x7654601, 0x7654801, 0x7654a01
	};
	struct pt_config c = amd_host_config(6);

	for (unsigned level = 1; level < 6; level++) {
		CHECK_EQ(host->table(&c, level, pa(0x7654000), RW), words[level] | HOST_RW);
		for (unsigned next = 1; next <= level; next++) {
			struct pt_item item = host->decode(&c, level, words[next] | HOST_RW | 0x60);

			CHECK_EQ(item.kind, PT_TABLE);
			CHECK_EQ(item.address, 0x7654000);
			CHECK_EQ(item.next_level, next - 1);
			CHECK_EQ(item.prot, RW);
			CHECK_EQ(item.accessed, true);
			CHECK_EQ(item.dirty, false);
		}
	}
	CHECK_EQ(host->table(&c, 1, pa(0x7654000), PT_READ), 0x2000000007654201);
	c.preset = true;
	CHECK_EQ(host->table(&c, 1, pa(0x7654000), RW), 0x6000000007654221);
}

/* What a level cannot hold: its own number and higher ones, sizes of other levels, crooked addresses. */
HOST_TEST(host_words_that_no_level_can_hold)
{
	static const struct {
		unsigned level;
		uint64_t word;
	} wrong[] = {
		{ 0, 0x201 },
		{ 0, 0x401 },
		{ 0, 0xc01 },
		{ 1, 0x401 },
		{ 2, 0x601 },
		{ 3, 0x801 },
		{ 4, 0xa01 },
		{ 5, 0xc01 },
		{ 0, 0xffe01 },
		{ 0, 0x1ffe01 },
		{ 1, 0xe01 },
		{ 1, 0x7fe01 },
		{ 1, 0xffe01 },
		{ 1, 0x1ffffe01 },
		{ 2, 0xe01 },
		{ 2, 0xffffe01 },
		{ 2, 0x1ffffe01 },
		{ 3, 0x3ffffe01 },
		{ 3, 0x3ffffffe01 },
		{ 1, 0x1001 },
		{ 1, 0x40300001 },
		{ 2, 0x200001 },
		{ 3, 0x40000001 },
		{ 4, 0x8000000001 },
		{ 5, 0x1 },
		{ 5, 0xe01 },
		{ 5, 0x7fffffffffe01 },
		{ 4, 0xffffffffffe01 },
		{ 3, 0x7ffffffffe01 },
	};
	struct pt_config c = amd_host_config(6);

	for (unsigned i = 0; i < ARRAY_COUNT(wrong); i++)
		CHECK_EQ(host->decode(&c, wrong[i].level, wrong[i].word).kind, PT_INVALID);
	CHECK_EQ(host->decode(&c, 0, 0x7fe01).kind, PT_LEAF);
	CHECK_EQ(host->decode(&c, 1, 0xffffe01).kind, PT_LEAF);
}

/* Setting each bit of a word makes it invalid if it is one of `wrong`, and not otherwise. */
static void check_bits(const struct pt_format *format, struct pt_config c, unsigned level, uint64_t word,
		       uint64_t wrong)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		enum pt_kind kind = format->decode(&c, level, word | BIT64(bit)).kind;

		CHECK_EQ(kind == PT_INVALID, (wrong & BIT64(bit)) != 0);
	}
}

HOST_TEST(host_bits_that_must_be_zero)
{
	struct pt_config c = amd_host_config(6);

	for (unsigned level = 0; level < 6; level++) {
		CHECK_EQ(host->must_be_zero(&c, level, PT_LEAF), 0x01f0000000000000);
		CHECK_EQ(host->must_be_zero(&c, level, PT_TABLE), 0x1ff0000000000000);
		CHECK_EQ(host->must_be_zero(&c, level, PT_EMPTY), 0);
	}
	check_bits(host, c, 0, 0x0000000000000001, 0x01f0000000000e00);
	check_bits(host, c, 0, 0x0000000000000e01, 0x01f0000000000000);
	check_bits(host, c, 1, 0x0000000000000001, 0x01f00000001ffc00);
	check_bits(host, c, 1, 0x00000000001ffe01, 0x01f0000000000000);
	check_bits(host, c, 2, 0x0000000000000401, 0x1ff0000000000a00);
	check_bits(host, c, 5, 0x0000000000000201, 0x1ff0000000000000);
	c.leaf_reserved = 0x0600000000000000;		/* no page migration */
	CHECK_EQ(host->must_be_zero(&c, 0, PT_LEAF), 0x07f0000000000000);
	check_bits(host, c, 0, 0x0000000000000e01, 0x07f0000000000000);
}

HOST_TEST(host_bits_that_are_ignored)
{
	struct pt_config c = amd_host_config(4);

	CHECK_EQ(host->ignored(&c, 0, PT_LEAF), 0x800000000000019e);
	CHECK_EQ(host->ignored(&c, 1, PT_TABLE), 0x80000000000001de);
	CHECK_EQ(host->ignored(&c, 1, PT_EMPTY), 0);
	c.tracks = false;
	CHECK_EQ(host->ignored(&c, 0, PT_LEAF), 0x80000000000001fe);
	CHECK_EQ(host->ignored(&c, 1, PT_TABLE), 0x80000000000001fe);
	CHECK_EQ(host->decode(&c, 0, 0x61).accessed, false);
	CHECK_EQ(host->decode(&c, 0, 0x61).dirty, false);
}

HOST_TEST(host_permissions_and_flags)
{
	struct pt_config c = amd_host_config(4);
	struct pt_item item = host->decode(&c, 0, 0xfe0000001234519f | 0x40);

	CHECK_EQ(item.kind, PT_LEAF);
	CHECK_EQ(item.prot, RW);
	CHECK_EQ(item.accessed, false);
	CHECK_EQ(item.dirty, true);
	CHECK_EQ(host->decode(&c, 0, 0x2000000012345021).prot, PT_READ);
	CHECK_EQ(host->decode(&c, 0, 0x2000000012345021).accessed, true);
	CHECK_EQ(host->decode(&c, 0, 0x4000000012345001).prot, PT_WRITE);
	CHECK_EQ(host->decode(&c, 0, 0x0000000012345001).prot, 0);
}

HOST_TEST(host_hardware_stores)
{
	struct pt_config c = amd_host_config(4);

	CHECK_EQ(host->used(&c, 0, 0x6000000012345001, PT_READ), 0x6000000012345021);
	CHECK_EQ(host->used(&c, 0, 0x6000000012345001, PT_WRITE), 0x6000000012345061);
	CHECK_EQ(host->used(&c, 0, 0x2000000012345001, PT_WRITE), 0x2000000012345021);
	CHECK_EQ(host->used(&c, 1, 0x60000000401ffe01, PT_WRITE), 0x60000000401ffe61);
	CHECK_EQ(host->used(&c, 1, 0x6000000007654201, PT_WRITE), 0x6000000007654221);
	CHECK_EQ(host->used(&c, 1, 0x6000000007654401, PT_WRITE), 0x6000000007654401);
	CHECK_EQ(host->used(&c, 0, 0x6000000012345000, PT_WRITE), 0x6000000012345000);
	c.tracks = false;
	CHECK_EQ(host->used(&c, 0, 0x6000000012345001, PT_WRITE), 0x6000000012345001);
	CHECK_EQ(host->clean(0xffffffffffffffff), 0xffffffffffffffbf);
	CHECK_EQ(host->unaccess(0xffffffffffffffff), 0xffffffffffffffdf);
	CHECK_EQ(host->protect(0xe000000012345061, PT_READ), 0xa000000012345061);
	CHECK_EQ(host->protect(0x0000000012345001, PT_WRITE), 0x4000000012345001);
	CHECK_EQ(host->protect(0x6000000012345001, 0), 0x0000000012345001);
}

HOST_TEST(guest_words)
{
	struct pt_config c = amd_guest_config(5);

	CHECK_EQ(guest->leaf(&c, 12, pa(0x12345000), RW), 0x12345007);
	CHECK_EQ(guest->leaf(&c, 12, pa(0x12345000), PT_READ), 0x12345005);
	CHECK_EQ(guest->leaf(&c, 12, pa(0xffffffffff000), RW), 0xffffffffff007);
	CHECK_EQ(guest->leaf(&c, 21, pa(0x40200000), RW), 0x40200087);
	CHECK_EQ(guest->leaf(&c, 30, pa(0x80000000), PT_READ), 0x80000085);
	for (unsigned level = 1; level < 5; level++)
		CHECK_EQ(guest->table(&c, level, pa(0x7654000), RW), 0x7654007);
	c.preset = true;
	CHECK_EQ(guest->leaf(&c, 12, pa(0x12345000), RW), 0x12345067);
	CHECK_EQ(guest->table(&c, 2, pa(0x7654000), RW), 0x7654027);
}

HOST_TEST(guest_bits_that_must_be_zero)
{
	struct pt_config c = amd_guest_config(5);

	c.oa_bits = 40;				/* no bit of a guest-physical address is reserved */
	CHECK_EQ(guest->must_be_zero(&c, 0, PT_LEAF), 0);
	CHECK_EQ(guest->must_be_zero(&c, 1, PT_LEAF), 0x1fe000);
	CHECK_EQ(guest->must_be_zero(&c, 2, PT_LEAF), 0x3fffe000);
	CHECK_EQ(guest->must_be_zero(&c, 1, PT_TABLE), 0);
	CHECK_EQ(guest->must_be_zero(&c, 2, PT_TABLE), 0x100);
	CHECK_EQ(guest->must_be_zero(&c, 3, PT_TABLE), 0x180);
	CHECK_EQ(guest->must_be_zero(&c, 4, PT_TABLE), 0x180);
	CHECK_EQ(guest->must_be_zero(&c, 4, PT_EMPTY), 0);
	check_bits(guest, c, 0, 0x7, 0);
	check_bits(guest, c, 1, 0x87, 0x1fe000);
	check_bits(guest, c, 2, 0x87, 0x3fffe000);
	check_bits(guest, c, 1, 0x7, 0);
	check_bits(guest, c, 2, 0x7, 0x100);
	check_bits(guest, c, 3, 0x7, 0x180);
	check_bits(guest, c, 4, 0x1, 0x180);
}

HOST_TEST(guest_bits_that_are_ignored)
{
	struct pt_config c = amd_guest_config(5);

	CHECK_EQ(guest->ignored(&c, 0, PT_LEAF), 0x7ff0000000000f98);
	CHECK_EQ(guest->ignored(&c, 1, PT_LEAF), 0x7ff0000000001e18);
	CHECK_EQ(guest->ignored(&c, 2, PT_LEAF), 0x7ff0000000001f18);
	CHECK_EQ(guest->ignored(&c, 1, PT_TABLE), 0x7ff0000000000f58);
	CHECK_EQ(guest->ignored(&c, 2, PT_TABLE), 0x7ff0000000000e58);
	CHECK_EQ(guest->ignored(&c, 4, PT_TABLE), 0x7ff0000000000e58);
	CHECK_EQ(guest->ignored(&c, 4, PT_EMPTY), 0);
}

HOST_TEST(guest_words_decode)
{
	struct pt_config c = amd_guest_config(5);
	struct pt_item item = guest->decode(&c, 1, 0xfff0ff0040201fc7);

	CHECK_EQ(item.kind, PT_LEAF);
	CHECK_EQ(item.address, 0xff0040200000);
	CHECK_EQ(item.size_lg2, 21);
	CHECK_EQ(item.prot, RW);
	CHECK_EQ(item.accessed, false);
	CHECK_EQ(item.dirty, true);
	item = guest->decode(&c, 4, 0xfff0ff0007654e7d);
	CHECK_EQ(item.kind, PT_TABLE);
	CHECK_EQ(item.address, 0xff0007654000);
	CHECK_EQ(item.next_level, 3);
	CHECK_EQ(item.prot, PT_READ);
	CHECK_EQ(item.accessed, true);
	CHECK_EQ(item.dirty, false);
	CHECK_EQ(guest->decode(&c, 0, 0x12345003).prot, 0);	/* for supervisors */
	CHECK_EQ(guest->used(&c, 0, 0x12345007, PT_WRITE), 0x12345067);
	CHECK_EQ(guest->used(&c, 0, 0x12345007, PT_READ), 0x12345027);
	CHECK_EQ(guest->used(&c, 3, 0x7654007, PT_WRITE), 0x7654027);
}

HOST_TEST(an_absent_item_is_empty_whatever_else_it_holds)
{
	struct pt_config h = amd_host_config(6), g = amd_guest_config(5);

	for (unsigned level = 0; level < 6; level++) {
		CHECK_EQ(host->decode(&h, level, 0xfffffffffffffffe).kind, PT_EMPTY);
		CHECK_EQ(host->decode(&h, level, 0).kind, PT_EMPTY);
		CHECK_EQ(guest->decode(&g, level, 0xfffffffffffffffe).kind, PT_EMPTY);
	}
}

HOST_TEST(widths_and_sizes)
{
	CHECK_EQ(pt_iova_bits(host, 1), 21);
	CHECK_EQ(pt_iova_bits(host, 4), 48);
	CHECK_EQ(pt_iova_bits(host, 6), 64);
	CHECK_EQ(pt_iova_bits(guest, 4), 47);
	CHECK_EQ(pt_iova_bits(guest, 5), 56);
	CHECK_EQ(host->leaf_sizes, 0x001ffffffffff000);
	CHECK_EQ(host->doubtful_sizes, 0x0010008000000000);	/* 512 GiB and 2^52 */
	CHECK_EQ(guest->leaf_sizes, 0x40201000);
	CHECK_EQ(guest->doubtful_sizes, 0);
}

HOST_MAIN()
