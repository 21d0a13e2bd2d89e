/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The modelled unit in legacy mode: route tables, second stage, invalidation by register. */
#include "tests/model/rig.h"

/* Four levels from 10000h: address 0 leads to 14000h, with `leaf` in the page table. */
static void four_levels(uint64_t leaf)
{
	put(0x10000, 0x11003);
	put(0x11000, 0x12003);
	put(0x12000, 0x13003);
	put(0x13000, leaf);
}

static void old_unit(uint64_t leaf)
{
	bench(&vtd_config_old);
	legacy_context(0x10001, 0x702);		/* AW 2: 48 bits; domain 7 */
	four_levels(leaf);
	enable(0x1000);
}

#define RECORD	0x200	/* of this configuration: CAP.FRO is 20h */

HOST_TEST(power_on_state)
{
	bench(&vtd_config_old);
	CHECK_EQ(reg32(0x1c), 0);
	CHECK_EQ(reg32(0x38), 0x80000000);
	CHECK_EQ(reg64(0x20), 0);
	CHECK_EQ(reg32(0x00), 0x10);
	CHECK_EQ(reg64(0x80), 0);
	CHECK_EQ(reads(0x5678), 0x5678);
}

HOST_TEST(page_is_translated)
{
	old_unit(0x14003);
	CHECK_EQ(reg32(0x1c), 0xc0000000);
	CHECK_EQ(reads(0x123), 0x14123);
	CHECK_EQ(writes(0xff8), 0x14ff8);
	CHECK_EQ(get(0x13000), 0x14003);
	CHECK_EQ(reg32(0x34), 0);
}

HOST_TEST(faults_of_the_route)
{
	old_unit(0x14003);
	put(0x1000, 0);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x01);
	put(0x1000, 0x2003);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x0a);
	put(0x1000, 0x2001);
	put(0x2280, 0x10000);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x02);
	put(0x2280, 0x10011);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x0b);
	put(0x2280, 0x10001);
	put(0x2288, 0x701);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x03);
	put(0x2280, 0x10005);
	put(0x2288, 0x702);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x03);
	put(0x2280, 0x10001);
	CHECK_EQ(reads(0), 0x14000);
}

HOST_TEST(fault_processing_disable)
{
	old_unit(0x14003);
	put(0x2280, 0x10002);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(reg32(0x34), 0);
	put(0x2280, 0x10003);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(reg32(0x34), 0);
	put(0x1000, 0);
	CHECK_EQ(access_as(SILICON_READ, 0x29, SILICON_NO_PASID, 0, 8).allowed, false);
	CHECK_EQ(fault_reason(RECORD), 0x01);
}

HOST_TEST(faults_of_the_walk)
{
	old_unit(0x14001);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x05);
	put(0x13008, 0x14002);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x06);
	CHECK_EQ(reads(0x2000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x06);
	put(0x13018, UINT64_C(1) << 40 | 0x14003);
	CHECK_EQ(reads(0x3000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x0c);
	put(0x13018, UINT64_C(1) << 40 | 0x14000);
	CHECK_EQ(reads(0x3000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x06);
	put(0x13020, 0xfee00003);
	CHECK_EQ(writes(0x4000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x0e);
	CHECK_EQ(reads(UINT64_C(1) << 48), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x04);
	put(0x12008, 0x83);		/* a 2 MiB leaf, which this unit has not */
	CHECK_EQ(reads(0x200000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x0c);
}

HOST_TEST(record_says_what_was_asked)
{
	old_unit(0x14001);
	CHECK_EQ(writes(0x123), REFUSED);
	CHECK_EQ(reg64(RECORD), 0);
	CHECK_EQ(reg64(RECORD + 8), 0x8000000500000028);
	CHECK_EQ(reg32(0x34), 0x2);
	set32(RECORD + 12, 0);
	CHECK_EQ(reg32(0x34), 0x2);
	set32(RECORD + 12, 0x80000000);
	CHECK_EQ(reg32(0x34), 0);
	CHECK_EQ(reads(0x5000), REFUSED);
	CHECK_EQ(reg64(RECORD), 0x5000);
	CHECK_EQ(reg64(RECORD + 8), 0xc000000600000028);
	/* The only record is taken: the next fault is an overflow. */
	CHECK_EQ(reads(0x6000), REFUSED);
	CHECK_EQ(reg32(0x34), 0x3);
	set32(RECORD + 12, 0x80000000);
	CHECK_EQ(reads(0x6000), REFUSED);
	CHECK_EQ(reg32(0x34), 0x1);
	set32(0x34, 1);
	CHECK_EQ(reg32(0x34), 0);
}

HOST_TEST(fault_event)
{
	old_unit(0x14001);
	set32(0x3c, 0x1234);
	set32(0x40, 0xfee01000);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(reg32(0x38), 0xc0000000);
	CHECK_EQ(interrupts, 0);
	set32(0x38, 0);
	CHECK_EQ(interrupts, 1);
	CHECK_EQ(interrupt_address, 0xfee01000);
	CHECK_EQ(interrupt_data, 0x1234);
	CHECK_EQ(reg32(0x38), 0);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(interrupts, 1);
	set32(RECORD + 12, 0x80000000);
	set32(0x34, 1);
	set32(0x38, 0x80000000);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(reg32(0x38), 0xc0000000);
	set32(RECORD + 12, 0x80000000);
	CHECK_EQ(reg32(0x38), 0x80000000);
	set32(0x38, 0);
	CHECK_EQ(interrupts, 1);
}

HOST_TEST(stale_until_invalidated_by_register)
{
	old_unit(0x14003);
	CHECK_EQ(reads(0), 0x14000);
	put(0x13000, 0x15003);
	CHECK_EQ(reads(0), 0x14000);
	set64(0x100, 0x0);			/* IVA: page 0, AM 0, IH 0 */
	set64(0x108, 0xb000000700000000);	/* IVT, pages of domain 7 */
	CHECK_EQ(reg64(0x108), 0x3600000700000000);
	CHECK_EQ(reads(0), 0x15000);
	put(0x13000, 0x16003);
	set64(0x108, 0xa000000800000000);	/* domain 8 is another */
	CHECK_EQ(reads(0), 0x15000);
	set64(0x108, 0xa000000700000000);
	CHECK_EQ(reg64(0x108), 0x2400000700000000);
	CHECK_EQ(reads(0), 0x16000);
	put(0x13000, 0x17003);
	set32(0x108, 0);
	set32(0x10c, 0x90000000);
	CHECK_EQ(reg32(0x10c), 0x12000000);
	CHECK_EQ(reads(0), 0x17000);
}

HOST_TEST(mask_beyond_the_largest_is_an_error)
{
	old_unit(0x14003);
	set64(0x100, 10);			/* AM 10, MAMV is 9 */
	set64(0x108, 0xb000000700000000);
	CHECK_EQ(reg64(0x108), 0x3000000700000000);
}

HOST_TEST(context_is_cached)
{
	old_unit(0x14003);
	CHECK_EQ(reads(0), 0x14000);
	put(0x2280, 0);
	set64(0x108, 0x9000000000000000);
	CHECK_EQ(reads(0), 0x14000);
	set64(0x28, 0xe000000000280007);	/* ICC, device 28h of domain 7 */
	CHECK_EQ(reg64(0x28), 0x7800000000000007);
	set64(0x108, 0x9000000000000000);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x02);
}

HOST_TEST(write_buffer)
{
	old_unit(0x14003);
	memory_split = true;
	put(0x13008, 0x15003);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x06);
	set32(0x18, 0x88000000);		/* TE, WBF */
	CHECK_EQ(reads(0x1000), 0x15000);
	put(0x13008, 0x16003);
	set64(0x108, 0xa000000700000000);
	CHECK_EQ(reads(0x1000), 0x16000);
}

HOST_TEST(zero_length_read_and_interrupt_range)
{
	old_unit(0x14002);
	CHECK_EQ(access_as(SILICON_READ, 0x28, SILICON_NO_PASID, 0, 0).allowed, false);
	CHECK_EQ(fault_reason(RECORD), 0x06);
	CHECK_EQ(access_as(SILICON_WRITE, 0x28, SILICON_NO_PASID, 0xfee00010, 4).address,
		 0xfee00010);
	CHECK_EQ(access_as(SILICON_READ, 0x28, SILICON_NO_PASID, 0xfee00010, 0).allowed, true);
	CHECK_EQ(access_as(SILICON_READ, 0x28, SILICON_NO_PASID, 0xfee00010, 4).allowed, false);
	CHECK_EQ(fault_reason(RECORD), 0x29);
	CHECK_EQ(access_as(SILICON_READ, 0x28, 5, 0, 4).allowed, false);
	CHECK_EQ(fault_reason(RECORD), 0x31);
}

HOST_TEST(client_three_levels_and_large_pages)
{
	bench(&vtd_config_client);
	legacy_context(0x10001, 0x701);
	put(0x10000, 0x11003);
	put(0x11000, 0x200083);			/* 2 MiB at 200000h */
	enable(0x1000);
	CHECK_EQ(reads(0x1ff123), 0x3ff123);
	CHECK_EQ(reads(UINT64_C(1) << 39), REFUSED);
	CHECK_EQ(fault_reason(0x400), 0x04);
	/* Fractured: a page-selective invalidation with AM 0 removes one piece alone. */
	CHECK_EQ(reads(0x1000), 0x201000);
	put(0x11000, 0x83);
	queue_open(false);
	queue_put(0x00070032, 0x1000);
	CHECK_EQ(reads(0x1000), 0x1000);
	CHECK_EQ(reads(0x1ff123), 0x3ff123);
	queue_put(0x00070032, 0x9);
	CHECK_EQ(reads(0x1ff123), 0x1ff123);
}

HOST_TEST(walks_of_a_client_do_not_snoop)
{
	bench(&vtd_config_client);
	legacy_context(0x10001, 0x701);
	put(0x10000, 0x11003);
	put(0x11000, 0x12003);
	enable(0x1000);
	memory_split = true;
	put(0x12000, 0x14003);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(0x400), 0x06);
	memory_split = false;
	put(0x12000, 0x14003);
	CHECK_EQ(reads(0), 0x14000);
}

HOST_TEST(protected_memory)
{
	bench(&vtd_config_client);
	set32(0x68, 0xffffffff);
	CHECK_EQ(reg32(0x68), 0xffe00000);
	set32(0x68, 0x200000);
	set32(0x6c, 0x200000);
	set64(0x70, 0x40000000);		/* the limit of the high region stays below: none */
	set32(0x64, 0x80000000);
	CHECK_EQ(reg32(0x64), 0x80000001);
	CHECK_EQ(reads(0x1ffff8), 0x1ffff8);
	CHECK_EQ(reads(0x200000), REFUSED);
	CHECK_EQ(reads(0x3ffff8), REFUSED);
	CHECK_EQ(reads(0x400000), 0x400000);
	CHECK_EQ(reg32(0x34), 0);
}

HOST_TEST(caching_mode_keeps_what_is_absent)
{
	bench(&vtd_config_virtual);
	legacy_context(0x10001, 0x702);
	four_levels(0);
	queue_open(false);
	enable(0x1000);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(0x220), 0x06);
	put(0x13000, 0x14003);
	CHECK_EQ(reads(0), REFUSED);
	queue_put(0x00070032, 0);
	CHECK_EQ(reads(0), 0x14000);
	/* A context entry that is not present is kept under domain 0. */
	CHECK_EQ(access_as(SILICON_READ, 0x30, SILICON_NO_PASID, 0, 8).allowed, false);
	put(0x2300, 0x10001);
	put(0x2308, 0x702);
	CHECK_EQ(access_as(SILICON_READ, 0x30, SILICON_NO_PASID, 0, 8).allowed, false);
	queue_put(0x0000003000000031, 0);
	CHECK_EQ(access_as(SILICON_READ, 0x30, SILICON_NO_PASID, 0, 8).allowed, true);
}

HOST_MAIN()
