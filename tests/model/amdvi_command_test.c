/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The modelled unit's registers, command buffer, event log and interrupts, and what invalidation does to its caches. */
#include "tests/model/amdvi_rig.h"

#define LEAF	(RIGHTS | 0x14001)

static void host_unit(const struct amdvi_config *config, uint64_t more)
{
	amdvi_bench(config);
	four_levels(LEAF);
	amdvi_enable(more);
}

/* The unit's own messages: MSI at 64h of configuration space */
static void message(uint32_t data)
{
	amdvi_pci_write(unit, 0x68, 4, 0xfee01000);
	amdvi_pci_write(unit, 0x70, 4, data);
	amdvi_pci_write(unit, 0x64, 4, 0x00010000);
}

HOST_TEST(capability_block)
{
	amdvi_bench(&amdvi_config_milan);
	CHECK_EQ(amdvi_pci_read(unit, 0x40, 4), 0x190b640f);
	CHECK_EQ(amdvi_pci_read(unit, 0x50, 4), 0x00203040);	/* 64, 48 and 48 bits */
	CHECK_EQ(amdvi_pci_read(unit, 0x64, 4), 0x00800005);
	amdvi_pci_place(unit, 0xfeb80000);
	CHECK_EQ(amdvi_pci_read(unit, 0x44, 4), 0xfeb80001);
	amdvi_pci_write(unit, 0x44, 4, 0);
	amdvi_pci_write(unit, 0x48, 4, 1);
	CHECK_EQ(amdvi_pci_read(unit, 0x44, 4), 0xfeb80001);
	CHECK_EQ(amdvi_pci_read(unit, 0x48, 4), 0);
	amdvi_pci_write(unit, 0x66, 2, 0x0001);
	CHECK_EQ(amdvi_pci_read(unit, 0x66, 1), 0x81);
	CHECK_EQ(reg32(0x158), 0x00810005);
	set32(0x15c, 0xfee02003);
	CHECK_EQ(amdvi_pci_read(unit, 0x68, 4), 0xfee02000);
}

HOST_TEST(registers_keep_what_exists)
{
	amdvi_bench(&amdvi_config_narrow);
	set64(0x00, ~UINT64_C(0));
	CHECK_EQ(reg64(0x00), 0x000ffffffffff1ff);
	set64(0x08, ~UINT64_C(0));
	CHECK_EQ(reg64(0x08), 0x0f0ffffffffff000);
	set64(0x20, ~UINT64_C(0));
	CHECK_EQ(reg64(0x20), 0x000ffffffffff003);
	set64(0x28, ~UINT64_C(0));
	CHECK_EQ(reg64(0x28), 0x000ffffffffff000);
	set64(0x18, ~UINT64_C(0));
	CHECK_EQ(reg64(0x18), 0x1fff);
	set64(0x30, 0);
	CHECK_EQ(reg64(0x30), 0x0002000000000040);
	set64(0x38, ~UINT64_C(0));
	CHECK_EQ(reg64(0x38), 0);
	set64(0x2008, ~UINT64_C(0));
	CHECK_EQ(reg64(0x2008), 0x7fff0);
	set64(0x08, 0x0900000000010000);	/* clears the pointers */
	CHECK_EQ(reg64(0x2008), 0);
}

HOST_TEST(completion_wait)
{
	host_unit(&amdvi_config_milan, 0);
	amdvi_command(0x1000000000020001, 0x123456789abcdef0);
	CHECK_EQ(get(0x20000), 0x123456789abcdef0);
	CHECK_EQ(reg64(0x2020), 0x18);
	amdvi_command(0x1000000000020002, 1);		/* i alone */
	CHECK_EQ(get(0x20000), 0x123456789abcdef0);
	CHECK_EQ(reg64(0x2020), 0x1c);
	set64(0x2020, 4);
	CHECK_EQ(reg64(0x2020), 0x18);
	amdvi_command(0x1000000000020007, 2);
	CHECK_EQ(get(0x20000), 2);
	CHECK_EQ(reg64(0x2020), 0x1c);
	CHECK_EQ(reg64(0x2000), 0x30);
}

HOST_TEST(buffer_wraps)
{
	host_unit(&amdvi_config_milan, 0);
	for (unsigned i = 0; i < 600; i++)
		amdvi_command(0x1000000000020001, i);
	CHECK_EQ(get(0x20000), 599);
	CHECK_EQ(reg64(0x2000), 600 % 256 * 16);
}

HOST_TEST(illegal_commands)
{
	static const uint64_t words[][2] = {
		{ 0, 0 },
		{ 0xb000000000000000, 0 },
		{ 0x1010000000020001, 0 },		/* COMPLETION_WAIT, bit 52 */
		{ 0x2000000000010028, 0 },
		{ 0x2000000000000028, 1 },
		{ 0x3000000700100000, 0 },
		{ 0x3000000700000000, 8 },
		{ 0x4000000000000028, 0x10 },		/* Type without InvIotlbTypeSup */
		{ 0x6000000000000028, 0 },		/* without PreFSup */
		{ 0x7000000000000028, 0 },		/* while PPREn is 0 */
		{ 0x8000000000000000, 1 },
	};

	for (unsigned i = 0; i < 11; i++) {
		uint64_t address;

		host_unit(&amdvi_config_milan, 0);
		amdvi_command(0x1000000000020001, 1);
		amdvi_command(words[i][0], words[i][1]);
		CHECK_EQ(take_event(&address), 0x5000000000000000);
		CHECK_EQ(address, 0x8010);
		CHECK_EQ(reg64(0x2000), 0x10);
		CHECK_EQ(reg64(0x2020) & 0x10, 0);
		amdvi_command(0x1000000000020001, 2);
		CHECK_EQ(get(0x20000), 1);
		/* Again, with another command in its place. */
		put(0x8010, 0x2000000000000028);
		put(0x8018, 0);
		set64(0x18, 0x405);
		set64(0x18, 0x1405);
		while (unit->ops->step(unit))
			;
		CHECK_EQ(get(0x20000), 2);
	}
}

HOST_TEST(buffer_that_cannot_be_read)
{
	uint64_t address;

	host_unit(&amdvi_config_milan, 0);
	set64(0x08, 0x0800010000000000);
	set64(0x2008, 0x10);
	CHECK_EQ(unit->ops->step(unit), true);
	CHECK_EQ(take_event(&address), 0x6200000000000000);
	CHECK_EQ(address, 0x10000000000);
	CHECK_EQ(reg64(0x2020) & 0x10, 0);
	CHECK_EQ(reg64(0x50), 1);
}

HOST_TEST(entries_and_pages_are_kept)
{
	host_unit(&amdvi_config_milan, 0);
	CHECK_EQ(reads(0), 0x14000);
	put(0x13000, RIGHTS | 0x15001);
	CHECK_EQ(reads(0), 0x14000);
	amdvi_command(0x3000000800000000, 0);		/* of another domain */
	CHECK_EQ(reads(0), 0x14000);
	amdvi_command(0x3000000700000000, 0x1000);	/* of another page */
	CHECK_EQ(reads(0), 0x14000);
	amdvi_command(0x3000000700000000, 0);
	CHECK_EQ(reads(0), 0x15000);
	put(ENTRY, 0);
	CHECK_EQ(reads(0), 0x15000);
	amdvi_command(0x2000000000000029, 0);		/* of another device */
	CHECK_EQ(reads(0), 0x15000);
	invalidate_entry();
	CHECK_EQ(reads(0), 0);
}

HOST_TEST(ranges)
{
	host_unit(&amdvi_config_milan, 0);
	for (unsigned i = 0; i < 32; i++)
		put(0x13000 + 8 * i, RIGHTS | 0x20001 | i << 12);
	for (unsigned i = 0; i < 32; i++)
		CHECK_EQ(reads(UINT64_C(0x1000) * i), 0x20000 + UINT64_C(0x1000) * i);
	for (unsigned i = 0; i < 32; i++)
		put(0x13000 + 8 * i, RIGHTS | 0x30001 | i << 12);
	amdvi_command(0x3000000700000000, 0x9001);	/* bit 12 is 1, 13 is 0: 16 KiB from 8000h on */
	CHECK_EQ(reads(0x7000), 0x27000);
	CHECK_EQ(reads(0x8000), 0x38000);
	CHECK_EQ(reads(0xb000), 0x3b000);
	CHECK_EQ(reads(0xc000), 0x2c000);
	amdvi_command(0x3000000700000000, 0x1e001);	/* 8 KiB from 1E000h on */
	CHECK_EQ(reads(0x1f000), 0x3f000);
	CHECK_EQ(reads(0x1d000), 0x2d000 + 0x10000);
}

HOST_TEST(directories)
{
	host_unit(&amdvi_config_milan, 0);
	CHECK_EQ(reads(0), 0x14000);
	put(0x18000, RIGHTS | 0x15001);
	put(0x12000, RIGHTS | 0x18201);
	amdvi_command(0x3000000700000000, 0xff001);	/* 2 MiB, PDE = 0 */
	CHECK_EQ(reads(0), 0x14000);
	amdvi_command(0x3000000700000000, 0x7f003);	/* 1 MiB does not cover the table */
	CHECK_EQ(reads(0), 0x14000);
	amdvi_command(0x3000000700000000, 0xff003);
	CHECK_EQ(reads(0), 0x15000);
}

HOST_TEST(everything)
{
	host_unit(&amdvi_config_milan, 0);
	CHECK_EQ(reads(0), 0x14000);
	put(0x13000, RIGHTS | 0x15001);
	put(0x12000, RIGHTS | 0x18201);
	put(0x18000, RIGHTS | 0x16001);
	put(ENTRY, RIGHTS | 0x10983);
	amdvi_command(0x8000000000000000, 0);
	CHECK_EQ(reads(0), 0x16000);
	CHECK_EQ(get(0x18000), RIGHTS | 0x16021);
}

HOST_TEST(overflow_and_restart)
{
	host_unit(&amdvi_config_milan, 0);
	for (unsigned i = 0; i < 255; i++)
		CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(reg64(0x2018), 0xff0);
	CHECK_EQ(reg64(0x2020), 0x1a);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(reg64(0x2018), 0xff0);
	CHECK_EQ(reg64(0x2020), 0x13);		/* EventOverflow, and EventLogRun is 0 */
	set64(0x2010, 0xff0);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(reg64(0x2018), 0xff0);
	set64(0x18, 0x1405);			/* 1 over 1 starts nothing */
	CHECK_EQ(reg64(0x2020), 0x13);
	set64(0x18, 0x1401);
	set64(0x2020, 1);
	set64(0x18, 0x1405);
	CHECK_EQ(reg64(0x2020), 0x1a);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(reg64(0x2018), 0);
}

HOST_TEST(interrupts_of_the_unit)
{
	host_unit(&amdvi_config_milan, 0x8);		/* EventIntEn */
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(interrupts, 0);			/* MSI is off, and what was missed is lost */
	set64(0x2020, 2);
	message(0x41);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(interrupts, 1);
	CHECK_EQ(interrupt_address, 0xfee01000);
	CHECK_EQ(interrupt_data, 0x41);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(interrupts, 1);			/* EventLogInt is set already */
	set64(0x2020, 2);
	amdvi_command(0x1000000000000002, 0);
	CHECK_EQ(interrupts, 1);			/* ComWaitIntEn is 0 */
	set64(0x18, 0x141d);
	CHECK_EQ(interrupts, 2);
	set64(0x2020, 4);
	amdvi_command(0x1000000000000002, 0);
	CHECK_EQ(interrupts, 3);
}

HOST_TEST(disabled)
{
	host_unit(&amdvi_config_milan, 0);
	set64(0x18, 0x1404);
	CHECK_EQ(reg64(0x2020), 0);
	CHECK_EQ(reads(0x5000), 0x5000);
	amdvi_command(0x1000000000020001, 1);
	CHECK_EQ(get(0x20000), 0);
	set64(0x18, 0x1405);
	while (unit->ops->step(unit))
		;
	CHECK_EQ(get(0x20000), 1);
}

HOST_TEST(catalogue)
{
	CHECK_EQ(amdvi_defect(0) == NULL, true);
	CHECK_EQ(amdvi_defect(amdvi_defect_count() + 1) == NULL, true);
	CHECK_EQ(amdvi_defect_by_name("no-such"), 0);
	for (unsigned i = 1; i <= amdvi_defect_count(); i++) {
		const struct silicon_defect *defect = amdvi_defect(i);

		CHECK_EQ(strncmp(defect->name, "amdvi-", 6), 0);
		CHECK_EQ(amdvi_defect_by_name(defect->name), i);
		CHECK_EQ(defect->sentence[strlen(defect->sentence) - 1], '.');
		CHECK_EQ(*defect->clause != 0 && *defect->source != 0, true);
	}
}

HOST_TEST(defects_show)
{
	amdvi_bench_with(&amdvi_config_milan, "amdvi-pages-invalidation-ignored");
	four_levels(LEAF);
	amdvi_enable(0);
	CHECK_EQ(reads(0), 0x14000);
	put(0x13000, RIGHTS | 0x15001);
	invalidate_all_of(7);
	CHECK_EQ(reads(0), 0x14000);
	amdvi_bench_with(&amdvi_config_milan, "amdvi-completion-before-invalidation");
	four_levels(LEAF);
	amdvi_enable(0);
	CHECK_EQ(reads(0), 0x14000);
	put(0x13000, RIGHTS | 0x15001);
	invalidate_all_of(7);
	CHECK_EQ(reads(0), 0x14000);
	amdvi_command(0x1000000000000000, 0);
	CHECK_EQ(reads(0), 0x15000);
	amdvi_bench_with(&amdvi_config_milan, "amdvi-event-written-late");
	four_levels(0);
	amdvi_enable(0);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(reg64(0x2018), 0x10);
	CHECK_EQ(get(EVENTS), 0);
	set64(0x2020, 2);
	CHECK_EQ(get(EVENTS), 0x2000000700000028);
}

HOST_MAIN()
