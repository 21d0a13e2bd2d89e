/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Words of the VT-d formats against literals, written down from rev. 5.10, tables 34 to 40 (first
 * stage) and 41 to 47 (second stage), and the lists of reserved bits in 3.6 and 3.7.
 */
#include "tests/host/pt_fixture.h"

static const struct pt_format *const second = &pt_vtd_second, *const first = &pt_vtd_first;

HOST_TEST(second_stage_words)
{
	struct pt_config c = second_config(4);

	CHECK_EQ(second->leaf(&c, 12, pa(0x12345000), RW), 0x12345003);
	CHECK_EQ(second->leaf(&c, 12, pa(0x12345000), PT_READ), 0x12345001);
	CHECK_EQ(second->leaf(&c, 12, pa(0x12345000), PT_WRITE), 0x12345002);
	CHECK_EQ(second->leaf(&c, 21, pa(0x40200000), RW), 0x40200083);
	CHECK_EQ(second->leaf(&c, 30, pa(0x80000000), PT_READ), 0x80000081);
	CHECK_EQ(second->leaf(&c, 12, pa(0x3ffffffff000), RW), 0x3ffffffff003);
	for (unsigned level = 1; level < 5; level++)
		CHECK_EQ(second->table(&c, level, pa(0x7654000), RW), 0x7654003);
	CHECK_EQ(second->table(&c, 1, pa(0x7654000), PT_READ), 0x7654001);
	c.preset = true;
	CHECK_EQ(second->leaf(&c, 12, pa(0x12345000), RW), 0x12345303);
	CHECK_EQ(second->table(&c, 2, pa(0x7654000), RW), 0x7654103);
}

HOST_TEST(first_stage_words)
{
	struct pt_config c = first_config(4);

	CHECK_EQ(first->leaf(&c, 12, pa(0x12345000), RW), 0x12345007);
	CHECK_EQ(first->leaf(&c, 12, pa(0x12345000), PT_READ), 0x12345005);
	CHECK_EQ(first->leaf(&c, 12, pa(0x12345000), PT_WRITE), 0x12345003);
	CHECK_EQ(first->leaf(&c, 21, pa(0x40200000), RW), 0x40200087);
	CHECK_EQ(first->leaf(&c, 30, pa(0x80000000), PT_READ), 0x80000085);
	for (unsigned level = 1; level < 5; level++)
		CHECK_EQ(first->table(&c, level, pa(0x7654000), RW), 0x7654007);
	CHECK_EQ(first->table(&c, 1, pa(0x7654000), PT_READ), 0x7654005);
	c.preset = true;
	CHECK_EQ(first->leaf(&c, 12, pa(0x12345000), RW), 0x12345067);
	CHECK_EQ(first->table(&c, 2, pa(0x7654000), RW), 0x7654027);
}

HOST_TEST(second_stage_bits_that_must_be_zero)
{
	struct pt_config c = second_config(5);

	c.oa_bits = 39;
	CHECK_EQ(second->must_be_zero(&c, 0, PT_LEAF), 0x400fff8000000000);
	CHECK_EQ(second->must_be_zero(&c, 1, PT_LEAF), 0x400fff80001ff000);
	CHECK_EQ(second->must_be_zero(&c, 2, PT_LEAF), 0x400fff803ffff000);
	CHECK_EQ(second->must_be_zero(&c, 1, PT_TABLE), 0x400fff8000000800);
	CHECK_EQ(second->must_be_zero(&c, 2, PT_TABLE), 0x400fff8000000800);
	CHECK_EQ(second->must_be_zero(&c, 3, PT_TABLE), 0x400fff8000000880);
	CHECK_EQ(second->must_be_zero(&c, 4, PT_TABLE), 0x400fff8000000880);
	c.leaf_sizes = 4 * KIB | 2 * MIB;
	CHECK_EQ(second->must_be_zero(&c, 1, PT_TABLE), 0x400fff8000000800);
	CHECK_EQ(second->must_be_zero(&c, 2, PT_TABLE), 0x400fff8000000880);
	c.leaf_sizes = 4 * KIB;
	CHECK_EQ(second->must_be_zero(&c, 1, PT_TABLE), 0x400fff8000000880);
	CHECK_EQ(second->must_be_zero(&c, 1, PT_LEAF) & 0x80, 0x80);
	CHECK_EQ(second->must_be_zero(&c, 0, PT_LEAF) & 0x80, 0);
	c.oa_bits = 46;
	CHECK_EQ(second->must_be_zero(&c, 0, PT_LEAF), 0x400fc00000000000);
	c.oa_bits = 52;
	CHECK_EQ(second->must_be_zero(&c, 0, PT_LEAF), 0x4000000000000000);
	c.leaf_reserved = 0x800;
	CHECK_EQ(second->must_be_zero(&c, 0, PT_LEAF), 0x4000000000000800);
	CHECK_EQ(second->must_be_zero(&c, 0, PT_EMPTY), 0);
}

HOST_TEST(first_stage_bits_that_must_be_zero)
{
	struct pt_config c = first_config(5);

	c.oa_bits = 39;
	CHECK_EQ(first->must_be_zero(&c, 0, PT_LEAF), 0x000fff8000000000);
	CHECK_EQ(first->must_be_zero(&c, 1, PT_LEAF), 0x000fff80001fe000);
	CHECK_EQ(first->must_be_zero(&c, 2, PT_LEAF), 0x000fff803fffe000);
	CHECK_EQ(first->must_be_zero(&c, 1, PT_TABLE), 0x000fff8000000000);
	CHECK_EQ(first->must_be_zero(&c, 2, PT_TABLE), 0x000fff8000000000);
	CHECK_EQ(first->must_be_zero(&c, 3, PT_TABLE), 0x000fff8000000080);
	CHECK_EQ(first->must_be_zero(&c, 4, PT_TABLE), 0x000fff8000000080);
	c.leaf_sizes = 4 * KIB | 2 * MIB;
	CHECK_EQ(first->must_be_zero(&c, 2, PT_TABLE), 0x000fff8000000080);
	CHECK_EQ(first->must_be_zero(&c, 2, PT_LEAF) & 0x80, 0x80);
	c.oa_bits = 52;
	CHECK_EQ(first->must_be_zero(&c, 0, PT_LEAF), 0);
	CHECK_EQ(first->must_be_zero(&c, 0, PT_EMPTY), 0);
}

HOST_TEST(ignored_bits)
{
	struct pt_config s = second_config(4), f = first_config(4);

	CHECK_EQ(second->ignored(&s, 1, PT_TABLE), 0xbff0000000000678);
	CHECK_EQ(second->ignored(&s, 0, PT_LEAF), 0xbff00000000004f8);
	CHECK_EQ(second->ignored(&s, 1, PT_LEAF), 0xbff0000000000478);
	s.tracks = false;
	CHECK_EQ(second->ignored(&s, 1, PT_TABLE), 0xbff0000000000778);
	CHECK_EQ(second->ignored(&s, 0, PT_LEAF), 0xbff00000000007f8);
	CHECK_EQ(first->ignored(&f, 1, PT_TABLE), 0xfff0000000000f58);
	CHECK_EQ(first->ignored(&f, 0, PT_LEAF), 0xfff0000000000f00);
	for (unsigned level = 0; level < 3; level++) {
		CHECK_EQ(second->ignored(&s, level, PT_LEAF) &
				 second->must_be_zero(&s, level, PT_LEAF),
			 0);
		CHECK_EQ(first->ignored(&f, level, PT_LEAF) &
				 first->must_be_zero(&f, level, PT_LEAF),
			 0);
		CHECK_EQ(second->ignored(&s, level, PT_TABLE) &
				 second->must_be_zero(&s, level, PT_TABLE),
			 0);
		CHECK_EQ(first->ignored(&f, level, PT_TABLE) &
				 first->must_be_zero(&f, level, PT_TABLE),
			 0);
	}
}

static void check_leaf(const struct pt_format *format, unsigned level, uint64_t word, uint64_t address,
		       unsigned size_lg2, unsigned prot, const char *flags)
{
	struct pt_config c = format == second ? second_config(4) : first_config(4);
	struct pt_item item = format->decode(&c, level, word);

	CHECK_EQ(item.kind, PT_LEAF);
	CHECK_EQ(item.address, address);
	CHECK_EQ(item.size_lg2, size_lg2);
	CHECK_EQ(item.prot, prot);
	CHECK_EQ(item.accessed, flags[0] == 'A');
	CHECK_EQ(item.dirty, flags[1] == 'D');
}

HOST_TEST(leaves_decode)
{
	check_leaf(second, 0, 0x12345003, 0x12345000, 12, RW, "--");
	check_leaf(second, 0, 0xbff0000012345582, 0x12345000, 12, PT_WRITE, "A-");
	check_leaf(second, 0, 0x12345301, 0x12345000, 12, PT_READ, "AD");
	check_leaf(second, 1, 0x40200283, 0x40200000, 21, RW, "-D");
	check_leaf(second, 2, 0x80000881, 0x80000000, 30, PT_READ, "--");
	check_leaf(first, 0, 0x12345007, 0x12345000, 12, RW, "--");
	check_leaf(first, 0, 0xfff0000012345fa5, 0x12345000, 12, PT_READ, "A-");
	check_leaf(first, 0, 0x12345003, 0x12345000, 12, 0, "--");
	check_leaf(first, 1, 0x402010c7, 0x40200000, 21, RW, "-D");
	check_leaf(first, 2, 0x800000e7, 0x80000000, 30, RW, "AD");
}

HOST_TEST(tables_decode)
{
	struct pt_config s = second_config(5), f = first_config(5);

	for (unsigned level = 1; level < 5; level++) {
		struct pt_item a = second->decode(&s, level, 0x7654701),
			       b = first->decode(&f, level, 0x7654027);

		CHECK_EQ(a.kind, PT_TABLE);
		CHECK_EQ(a.address, 0x7654000);
		CHECK_EQ(a.prot, PT_READ);
		CHECK_EQ(a.accessed, true);
		CHECK_EQ(a.dirty, false);
		CHECK_EQ(b.kind, PT_TABLE);
		CHECK_EQ(b.address, 0x7654000);
		CHECK_EQ(b.prot, RW);
		CHECK_EQ(b.accessed, true);
	}
	s.tracks = false;
	CHECK_EQ(second->decode(&s, 1, 0x7654303).accessed, false);
	CHECK_EQ(second->decode(&s, 0, 0x7654303).dirty, false);
}

/* Every bit of a present word that must be zero makes it invalid, and no other bit does. */
static void check_reserved(const struct pt_format *format, const struct pt_config *c, unsigned level,
			   uint64_t word, uint64_t reserved)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		enum pt_kind kind = format->decode(c, level, word | BIT64(bit)).kind;

		CHECK_EQ(kind == PT_INVALID, (reserved & BIT64(bit)) != 0);
	}
}

HOST_TEST(reserved_bits_make_an_item_invalid)
{
	struct pt_config s = second_config(5), f = first_config(5);

	check_reserved(second, &s, 0, 0x3, 0x400fc00000000000);
	check_reserved(second, &s, 1, 0x83, 0x400fc000001ff000);
	check_reserved(second, &s, 2, 0x81, 0x400fc0003ffff000);
	check_reserved(second, &s, 3, 0x2, 0x400fc00000000880);
	check_reserved(second, &s, 4, 0x3, 0x400fc00000000880);
	check_reserved(first, &f, 0, 0x7, 0x000fc00000000000);
	check_reserved(first, &f, 1, 0x87, 0x000fc000001fe000);
	check_reserved(first, &f, 2, 0x81, 0x000fc0003fffe000);
	check_reserved(first, &f, 3, 0x1, 0x000fc00000000080);
	check_reserved(first, &f, 4, 0x7, 0x000fc00000000080);
	f.leaf_sizes = s.leaf_sizes = 4 * KIB;
	CHECK_EQ(second->decode(&s, 1, 0x83).kind, PT_INVALID);
	CHECK_EQ(first->decode(&f, 2, 0x87).kind, PT_INVALID);
}

HOST_TEST(an_absent_item_is_empty_whatever_else_it_holds)
{
	struct pt_config s = second_config(4), f = first_config(4);

	for (unsigned level = 0; level < 5; level++) {
		CHECK_EQ(second->decode(&s, level, 0xfffffffffffffffc).kind, PT_EMPTY);
		CHECK_EQ(first->decode(&f, level, 0xfffffffffffffffe).kind, PT_EMPTY);
		CHECK_EQ(second->decode(&s, level, 0).kind, PT_EMPTY);
		CHECK_EQ(first->decode(&f, level, 0).kind, PT_EMPTY);
	}
}

HOST_TEST(hardware_stores)
{
	struct pt_config s = second_config(4), f = first_config(4);

	CHECK_EQ(second->used(&s, 0, 0x12345003, PT_READ), 0x12345103);
	CHECK_EQ(second->used(&s, 0, 0x12345003, PT_WRITE), 0x12345303);
	CHECK_EQ(second->used(&s, 0, 0x12345001, PT_WRITE), 0x12345101);
	CHECK_EQ(second->used(&s, 1, 0x40200083, RW), 0x40200383);
	CHECK_EQ(second->used(&s, 1, 0x7654003, PT_WRITE), 0x7654103);
	CHECK_EQ(second->used(&s, 0, 0x12345000, PT_WRITE), 0x12345000);
	CHECK_EQ(first->used(&f, 0, 0x12345007, PT_READ), 0x12345027);
	CHECK_EQ(first->used(&f, 0, 0x12345007, PT_WRITE), 0x12345067);
	CHECK_EQ(first->used(&f, 0, 0x12345005, PT_WRITE), 0x12345025);
	CHECK_EQ(first->used(&f, 2, 0x80000087, RW), 0x800000e7);
	CHECK_EQ(first->used(&f, 1, 0x7654007, PT_WRITE), 0x7654027);
	CHECK_EQ(first->used(&f, 3, 0x7654087, PT_WRITE), 0x7654087);
	s.tracks = f.tracks = false;
	CHECK_EQ(second->used(&s, 0, 0x12345003, PT_WRITE), 0x12345003);
	CHECK_EQ(first->used(&f, 0, 0x12345007, PT_WRITE), 0x12345007);
}

HOST_TEST(words_with_less)
{
	CHECK_EQ(second->clean(0xffffffffffffffff), 0xfffffffffffffdff);
	CHECK_EQ(second->unaccess(0xffffffffffffffff), 0xfffffffffffffeff);
	CHECK_EQ(second->protect(0xfff0000012345fff, PT_READ), 0xfff0000012345ffd);
	CHECK_EQ(second->protect(0x12345000, PT_WRITE), 0x12345002);
	CHECK_EQ(first->clean(0xffffffffffffffff), 0xffffffffffffffbf);
	CHECK_EQ(first->unaccess(0xffffffffffffffff), 0xffffffffffffffdf);
	CHECK_EQ(first->protect(0x12345007, PT_READ), 0x12345005);
	CHECK_EQ(first->protect(0x12345007, 0), 0x12345001);
}

HOST_TEST(widths)
{
	CHECK_EQ(pt_iova_bits(second, 3), 39);
	CHECK_EQ(pt_iova_bits(second, 4), 48);
	CHECK_EQ(pt_iova_bits(second, 5), 57);
	CHECK_EQ(pt_iova_bits(first, 4), 47);
	CHECK_EQ(pt_iova_bits(first, 5), 56);
}

HOST_MAIN()
