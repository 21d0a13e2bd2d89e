/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The modelled unit with host tables: device table, levels, sizes, rights, flags, events. */
#include "tests/model/amdvi_rig.h"

#define LEAF	(RIGHTS | 0x14001)

static void host_unit(const struct amdvi_config *config, uint64_t leaf)
{
	amdvi_bench(config);
	four_levels(leaf);
	amdvi_enable(0);
}

HOST_TEST(power_on_state)
{
	amdvi_bench(&amdvi_config_milan);
	CHECK_EQ(reg64(0x00), 0);
	CHECK_EQ(reg64(0x08), 0x0800000000000000);
	CHECK_EQ(reg64(0x10), 0x0800000000000000);
	CHECK_EQ(reg64(0x18), 0x0000020000000400);
	CHECK_EQ(reg64(0x2020), 0);
	CHECK_EQ(reg64(0x2000), 0);
	/* HDSup, EPHSup, HASup, GIoSup, ... HATS 6 levels */
	CHECK_EQ(reg64(0x30) >> 48, 0x17);
	CHECK_EQ(reg64(0x30) & 0xfff, 0x95a);
	CHECK_EQ(reads(0x5678), 0x5678);
}

HOST_TEST(page_is_translated)
{
	host_unit(&amdvi_config_milan, LEAF);
	CHECK_EQ(reg64(0x2020), 0x18);		/* CmdBufRun, EventLogRun */
	CHECK_EQ(reads(0x123), 0x14123);
	CHECK_EQ(writes(0xff8), 0x14ff8);
	CHECK_EQ(get(0x13000), LEAF);		/* HAD is 00b */
	CHECK_EQ(event(), 0);
}

HOST_TEST(table_8)
{
	host_unit(&amdvi_config_milan, LEAF);
	amdvi_entry(0x10800, 7, 0, 0);		/* V = 0: everything passes, IR and IW do not count */
	CHECK_EQ(writes(0x5000), 0x5000);
	invalidate_entry();
	amdvi_entry(RIGHTS | 0x10e01, 7, 0, 0);	/* TV = 0: Mode 7 does not count */
	CHECK_EQ(writes(0x5000), REFUSED);
	CHECK_EQ(event() & 0xf000ffff00000000, 0x2000000700000000 | UINT64_C(0x0000) << 48);
	invalidate_entry();
	amdvi_entry(0x2000000000000003, 7, 0, 0);	/* Mode 0: SPA is GPA, IR alone */
	CHECK_EQ(reads(0x5000), 0x5000);
	CHECK_EQ(writes(0x5000), REFUSED);
	CHECK_EQ(event(), 0x2070000700000028);		/* PR, RW, PE */
	invalidate_entry();
	amdvi_entry(RIGHTS | 0x10e03, 7, 0, 0);		/* Mode 7 */
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(event(), 0x2010000700000028);
}

HOST_TEST(illegal_entries)
{
	static const uint64_t words[][2] = {
		{ RIGHTS | 0x10807, 7 },			/* bit 2 */
		{ RIGHTS | 0x8000000000010803, 7 },		/* bit 63 */
		{ RIGHTS | 0x10903, 7 },			/* HAD 10b */
		{ RIGHTS | 0x10803, 0x1800000007 },		/* IoCtl 11b */
		{ RIGHTS | 0x10803, 0x40000000007 },		/* SATS */
	};

	host_unit(&amdvi_config_milan, LEAF);
	for (unsigned i = 0; i < 5; i++) {
		uint64_t address;

		amdvi_entry(words[i][0], words[i][1], 0, 0);
		CHECK_EQ(writes(0x1238), REFUSED);
		CHECK_EQ(take_event(&address), 0x10a0000000000028);	/* RZ, RW */
		CHECK_EQ(address, 0x1238);
	}
	amdvi_entry(RIGHTS | 0x10903, 7, 0, 0);
	put(ENTRY, RIGHTS | 0x10803);
	CHECK_EQ(reads(0), 0x14000);		/* what is illegal is not kept */
}

HOST_TEST(device_beyond_the_table)
{
	host_unit(&amdvi_config_milan, LEAF);
	CHECK_EQ(access_as(SILICON_READ, 0x80, SILICON_NO_PASID, 0x1000, 8).allowed, false);
	CHECK_EQ(event(), 0x2000000000000080);
	set64(0x00, DEVICE_TABLE | 1);
	CHECK_EQ(access_as(SILICON_READ, 0x80, SILICON_NO_PASID, 0x1000, 8).allowed, true);
}

HOST_TEST(segments)
{
	amdvi_bench(&amdvi_config_wide);
	put(0x20000 + 32 * 0x28, RIGHTS | 3);
	set64(0x00, DEVICE_TABLE);
	set64(0x100, 0x20000);
	set64(0x10, 0x0800000000000000 | EVENTS);
	set64(0x18, 0x400000405);		/* two segments */
	CHECK_EQ(access_as(SILICON_READ, 0x8028, SILICON_NO_PASID, 0x1000, 8).address, 0x1000);
	CHECK_EQ(access_as(SILICON_READ, 0x8080, SILICON_NO_PASID, 0x1000, 8).allowed, false);
	amdvi_bench(&amdvi_config_milan);	/* has one */
	set64(0x100, 0x20000);
	CHECK_EQ(reg64(0x100), 0);
	set64(0x18, 0x400000405);
	CHECK_EQ(reg64(0x18), 0x405);
}

HOST_TEST(faults_of_the_walk)
{
	uint64_t address;

	host_unit(&amdvi_config_milan, 0);
	CHECK_EQ(reads(0x10), REFUSED);
	CHECK_EQ(take_event(&address), 0x2000000700000028);	/* PR = 0 */
	CHECK_EQ(address, 0x10);
	put(0x13000, 0x2000000000014001);			/* IR alone */
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(event(), 0x2070000700000028);
	put(0x13008, 0x4000000000014001);			/* IW alone */
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(event(), 0x2050000700000028);
	CHECK_EQ(access_as(SILICON_READ, 0x28, SILICON_NO_PASID, 0x1000, 0).allowed, true);
	CHECK_EQ(access_as(SILICON_ATOMIC, 0x28, SILICON_NO_PASID, 0x1000, 8).allowed, false);
	put(0x13010, LEAF | UINT64_C(1) << 52);
	CHECK_EQ(reads(0x2000), REFUSED);
	(void)event();						/* of the atomic */
	CHECK_EQ(event(), 0x2090000700000028);			/* RZ */
	put(0x12000, RIGHTS | 0x13401);				/* NextLevel is that of the table */
	invalidate_all_of(7);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(event(), 0x2010000700000028);
	CHECK_EQ(reads(UINT64_C(1) << 48), REFUSED);		/* above four levels */
	CHECK_EQ(event(), 0x2010000700000028);
}

HOST_TEST(rights_of_all_levels)
{
	host_unit(&amdvi_config_milan, LEAF);
	put(0x11000, 0x2000000000012401);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(reads(0), 0x14000);
	put(0x11000, RIGHTS | 0x12401);
	invalidate_all_of(7);
	put(ENTRY, 0x4000000000010803);
	CHECK_EQ(reads(0), 0x14000);		/* the entry is kept */
	invalidate_entry();
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(writes(0), 0x14000);
}

HOST_TEST(large_pages)
{
	host_unit(&amdvi_config_milan, LEAF);
	put(0x12008, RIGHTS | 0x200001);		/* 2 MiB, NextLevel 0 */
	CHECK_EQ(reads(0x3fffff & ~7ul), 0x3ffff8);
	put(0x12010, RIGHTS | 0x201001);		/* not aligned */
	CHECK_EQ(reads(0x400000), REFUSED);
	CHECK_EQ(event(), 0x2010000700000028);
	put(0x13010, RIGHTS | 0x40e01);			/* 8 KiB: entries 2 and 3 */
	put(0x13018, RIGHTS | 0x40e01);
	CHECK_EQ(reads(0x3008), 0x41008);
	put(0x13080, RIGHTS | 0x57e01);			/* 64 KiB at 50000h */
	CHECK_EQ(reads(0x10018), 0x50018);
	put(0x12018, RIGHTS | 0xffe01);			/* 2 MiB encoded in level 2: the default */
	CHECK_EQ(reads(0x600000), REFUSED);
	put(0x12020, RIGHTS | 0xdffe01);		/* 4 MiB at C00000h: entries 4 and 5 */
	put(0x12028, RIGHTS | 0xdffe01);
	CHECK_EQ(reads(0xa00010), 0xe00010);
	put(0x13020, RIGHTS | 0x1ffe01);		/* 4 MiB in level 1: that of another */
	CHECK_EQ(reads(0x4000), REFUSED);
}

HOST_TEST(levels_are_skipped)
{
	host_unit(&amdvi_config_milan, LEAF);
	put(0x10000, RIGHTS | 0x12401);		/* from level 4 to level 2 */
	CHECK_EQ(reads(0x20), 0x14020);
	CHECK_EQ(reads(0x40000000), REFUSED);
	CHECK_EQ(event(), 0x2010000700000028);
	put(0x10000, RIGHTS | 0x13201);
	invalidate_all_of(7);
	CHECK_EQ(reads(0x28), 0x14028);
	CHECK_EQ(reads(0x200000), REFUSED);
}

HOST_TEST(six_levels)
{
	host_unit(&amdvi_config_milan, LEAF);
	put(0x15000 + 8 * 127, RIGHTS | 0x16a01);
	put(0x16000, RIGHTS | 0x10801);
	amdvi_entry(RIGHTS | 0x15c03, 7, 0, 0);
	CHECK_EQ(reads(UINT64_C(127) << 57 | 0x30), 0x14030);
	put(0x15008, RIGHTS | 0x1);		/* level 6 has no pages */
	CHECK_EQ(reads(UINT64_C(1) << 57), REFUSED);
	CHECK_EQ(event(), 0x2010000700000028);
	host_unit(&amdvi_config_narrow, LEAF);
	amdvi_entry(RIGHTS | 0x10a03, 7, 0, 0);	/* five levels are beyond HATS */
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(event(), 0x2010000700000028);
}

HOST_TEST(flags)
{
	host_unit(&amdvi_config_milan, LEAF);
	amdvi_entry(RIGHTS | 0x10983, 7, 0, 0);	/* HAD 11b */
	CHECK_EQ(reads(0), 0x14000);
	CHECK_EQ(get(0x10000), RIGHTS | 0x11621);
	CHECK_EQ(get(0x12000), RIGHTS | 0x13221);
	CHECK_EQ(get(0x13000), LEAF | 0x20);
	CHECK_EQ(writes(0), 0x14000);		/* what the read kept is not dirty */
	CHECK_EQ(get(0x13000), LEAF | 0x60);
	CHECK_EQ(get(0x12000), RIGHTS | 0x13221);
	put(0x13008, 0x2000000000014001);
	CHECK_EQ(writes(0x1000), REFUSED);
	CHECK_EQ(get(0x13008), 0x2000000000014001);
	put(0x13020, RIGHTS | 0x40e01);		/* 8 KiB: at least one of its entries */
	put(0x13028, RIGHTS | 0x40e01);
	CHECK_EQ(writes(0x5000), 0x41000);
	CHECK_EQ((get(0x13020) | get(0x13028)) & 0x60, 0x60);
}

HOST_TEST(flags_as_asked)
{
	host_unit(&amdvi_config_milan, LEAF);
	amdvi_entry(RIGHTS | 0x10883, 7, 0, 0);	/* HAD 01b */
	CHECK_EQ(writes(0), 0x14000);
	CHECK_EQ(get(0x13000), LEAF | 0x20);
	host_unit(&amdvi_config_narrow, LEAF);
	amdvi_entry(RIGHTS | 0x10983, 7, 0, 0);	/* 11b is reserved without HDSup */
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(event(), 0x10a0000000000028);
	host_unit(&amdvi_config_rome, LEAF);
	amdvi_entry(RIGHTS | 0x10883, 7, 0, 0);	/* and HAD without HASup */
	CHECK_EQ(writes(0), REFUSED);
}

HOST_TEST(suppression)
{
	host_unit(&amdvi_config_milan, 0);
	amdvi_entry(RIGHTS | 0x10803, 0x400000007, 0, 0);	/* SA */
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(event(), 0);
	invalidate_entry();
	amdvi_entry(RIGHTS | 0x10803, 0x200000007, 0, 0);	/* SE */
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(event(), 0x2000000700000028);
	CHECK_EQ(event(), 0);
	invalidate_entry();
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(event(), 0x2000000700000028);
}

HOST_TEST(exclusion_range)
{
	host_unit(&amdvi_config_milan, LEAF);
	set64(0x28, 0x7000);
	set64(0x20, 0x6001);
	CHECK_EQ(writes(0x6000), REFUSED);		/* neither Allow nor EX */
	amdvi_entry(RIGHTS | 0x10803, 0x8000000007, 0, 0);	/* EX */
	invalidate_entry();
	CHECK_EQ(writes(0x6000), 0x6000);
	CHECK_EQ(writes(0x7ff8), 0x7ff8);		/* the limit's low bits are ones */
	CHECK_EQ(writes(0x8000), REFUSED);
	amdvi_entry(RIGHTS | 0x10803, 7, 0, 0);
	invalidate_entry();
	set64(0x20, 0x6003);
	CHECK_EQ(reads(0x6000), 0x6000);		/* Allow */
}

HOST_TEST(interrupts_of_devices)
{
	host_unit(&amdvi_config_milan, LEAF);
	CHECK_EQ(access_as(SILICON_WRITE, 0x28, SILICON_NO_PASID, 0xfee00000, 4).address,
		 0xfee00000);
	CHECK_EQ(reads(0xfee00000), REFUSED);
	CHECK_EQ(event(), 0x8000000000000028);
	amdvi_entry(RIGHTS | 0x10803, 7, 1, 0);		/* IV, IntCtl 00b */
	invalidate_entry();
	CHECK_EQ(access_as(SILICON_WRITE, 0x28, SILICON_NO_PASID, 0xfee00000, 4).allowed, false);
	CHECK_EQ(event(), 0x8a00000000000028);		/* type 101b */
	amdvi_entry(RIGHTS | 0x10803, 7, 0x1000000000000001, 0);	/* 01b */
	invalidate_entry();
	CHECK_EQ(access_as(SILICON_WRITE, 0x28, SILICON_NO_PASID, 0xfee00000, 4).allowed, true);
	amdvi_entry(RIGHTS | 0x10803, 7, 0x3000000000000001, 0);	/* 11b */
	invalidate_entry();
	CHECK_EQ(access_as(SILICON_WRITE, 0x28, SILICON_NO_PASID, 0xfee00000, 4).allowed, false);
	CHECK_EQ(event(), 0x1088000000000028);		/* I, RZ */
	CHECK_EQ(reads(0), 0x14000);
}

HOST_TEST(tables_that_cannot_be_read)
{
	uint64_t address;

	host_unit(&amdvi_config_milan, LEAF);
	put(0x12000, RIGHTS | 0x40000000201);
	CHECK_EQ(writes(0x8), REFUSED);
	CHECK_EQ(take_event(&address), 0x4220000700000028);	/* type 01b, RW */
	CHECK_EQ(address, 0x40000000000);
	CHECK_EQ(reg64(0x40), 0x4220000700000028);
	CHECK_EQ(reg64(0x48), 0x40000000000);
	CHECK_EQ(reg64(0x50), 1);
	set64(0x00, 0x50000000000);
	invalidate_entry();
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(take_event(&address), 0x3200000000000028);
	CHECK_EQ(address, 0x50000000000 + 32 * 0x28);
	CHECK_EQ(reg64(0x50), 3);
	set64(0x50, 3);
	CHECK_EQ(reg64(0x50), 0);
}

HOST_TEST(snooping)
{
	host_unit(&amdvi_config_milan, LEAF);
	memory_split = true;
	put(0x13008, RIGHTS | 0x15001);
	CHECK_EQ(reads(0x1000), 0x15000);
	put(ENTRY + 8, 0x4000000007);		/* SD: the entry is snooped, the walk is not */
	invalidate_entry();
	put(0x13010, RIGHTS | 0x16001);
	CHECK_EQ(reads(0x2000), REFUSED);
	memory_drain(NULL);
	CHECK_EQ(reads(0x2000), 0x16000);
	set64(0x18, 0x1005);			/* Coherent = 0 */
	put(ENTRY, 0);
	invalidate_entry();
	CHECK_EQ(reads(0x1000), 0x15000);
	memory_drain(NULL);
	invalidate_entry();
	CHECK_EQ(reads(0x1000), 0x1000);
}

HOST_MAIN()
