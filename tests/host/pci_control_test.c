/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is switched on PCI functions: command register, ACS, reset, message-signalled interrupts. */
#include "tests/host/check.h"
#include "tests/host/pci_fake.h"

HOST_TEST(bar_becomes_registers)
{
	struct pci_function *p;
	struct mmio mmio = { 0 };
	struct fake *f;

	begin();
	f = function(0, 1, 0);
	put(f, 0x04, 2, 0x0000);
	bar(f, 0, 0xfebf0000, 0xfffff000);
	bar(f, 1, 0x0000c041, 0x0000ffe0);
	bar(f, 2, 0x00000000, 0xfffff000); /* firmware gave it no address */
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	CHECK_EQ(pci_map_bar(p, 1, &mmio), STATUS_NOT_FOUND);
	CHECK_EQ(pci_map_bar(p, 2, &mmio), STATUS_NOT_FOUND);
	CHECK_EQ(pci_map_bar(p, 3, &mmio), STATUS_NOT_FOUND);
	CHECK_EQ(pci_map_bar(p, 6, &mmio), STATUS_NOT_FOUND);
	CHECK_EQ(get(f, 0x04, 2), 0x0000);
	CHECK_EQ(pci_map_bar(p, 0, &mmio), STATUS_OK);
	CHECK_EQ(mmio.base, 0xfebf0000);
	CHECK_EQ(mmio.size, 0x1000);
	CHECK(arch_host_is_mapped(0xfebf0fff));
	CHECK_EQ(get(f, 0x04, 2), 0x0002);
}

HOST_TEST(quiet_and_restore)
{
	struct fake *plain, *port, *display, *off;

	begin();
	plain = function(0, 1, 0);
	port = bridge(0, 2, 1, 1);
	display = function(0, 3, 0);
	put(display, 0x08, 4, 0x03000000);
	off = function(0, 4, 0);
	put(off, 0x04, 2, 0x0003);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci_quiet(&pci), 1);
	CHECK_EQ(get(plain, 0x04, 2), 0x0003);
	CHECK_EQ(get(port, 0x04, 2), 0x0007);
	CHECK_EQ(get(display, 0x04, 2), 0x0007);
	CHECK_EQ(get(off, 0x04, 2), 0x0003);
	pci_bus_master(pci_find(&pci, 0, 0x0020), true);
	pci_interrupt_pin(pci_find(&pci, 0, 0x0020), false);
	CHECK_EQ(get(off, 0x04, 2), 0x0407);
	pci_restore(&pci);
	CHECK_EQ(get(plain, 0x04, 2), 0x0007);
	CHECK_EQ(get(off, 0x04, 2), 0x0003);
}

HOST_TEST(accesses_stay_inside_a_function)
{
	begin();
	function(0, 1, 0);
	function(0, 1, 1);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci_read8(&pci.functions[0], 4096), 0xff);
	CHECK_EQ(pci_read16(&pci.functions[0], 4096), 0xffff);
	CHECK_EQ(pci_read32(&pci.functions[0], 4096), 0xffffffff);
	pci_write16(&pci.functions[0], 4096 + 4, 0);
	CHECK_EQ(get(fakes[1], 0x04, 2), 0x0007);
}

HOST_TEST(acs_is_written_where_it_exists)
{
	struct pci_function *p;
	struct fake *f;

	begin();
	f = bridge(0, 1, 1, 1);
	express(f, 4);
	put(f, 0x100, 4, 0x0001000d);
	put(f, 0x104, 2, 0x005f);
	allow(f, 0x106, 2, 0x001f); /* one bit of the capability is a lie */
	function(0, 2, 0);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	CHECK_EQ(pci_acs_control(p, 0x001d), STATUS_OK);
	CHECK_EQ(p->acs_control, 0x001d);
	CHECK_EQ(get(f, 0x106, 2), 0x001d);
	CHECK_EQ(pci_acs_control(p, 0x0020), STATUS_UNSUPPORTED);
	CHECK_EQ(pci_acs_control(p, 0x0040), STATUS_DEVICE_ERROR);
	CHECK_EQ(pci_acs_control(pci_find(&pci, 0, 0x0010), 0), STATUS_UNSUPPORTED);
}

HOST_TEST(pasid_and_ats_are_switched_where_they_exist)
{
	struct pci_function *p;
	uint32_t status;
	struct fake *f;

	begin();
	f = function(0, 1, 0);
	express(f, 0);
	put(f, 0x100, 4, 0x1201000f);
	allow(f, 0x106, 2, 0x801f);
	put(f, 0x120, 4, 0x0001001b);
	put(f, 0x124, 2, 0x1004);	/* 16 bits, privileged, not execute */
	allow(f, 0x126, 2, 0x0007);
	allow(function(0, 2, 0), 0x006, 2, 0xffff);	/* where capability 0 would be */
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	CHECK_EQ(pci_pasid_bits(p), 16);
	pci_enable_pasid(p, true);
	pci_enable_ats(p, true);
	CHECK_EQ(get(f, 0x126, 2), 0x0005);
	CHECK_EQ(get(f, 0x106, 2), 0x8000);
	pci_enable_ats(p, false);
	pci_enable_pasid(p, false);
	CHECK_EQ(get(f, 0x126, 2), 0);
	CHECK_EQ(get(f, 0x106, 2), 0);
	p = pci_find(&pci, 0, 0x0010);
	status = get(fakes[1], 0x006, 2);
	CHECK_EQ(pci_pasid_bits(p), 0);
	pci_enable_pasid(p, true);
	pci_enable_ats(p, true);
	CHECK_EQ(get(fakes[1], 0x006, 2), status);
}

HOST_TEST(function_level_reset)
{
	struct pci_function *p;
	struct fake *f;
	uint64_t before;

	begin();
	f = function(0, 1, 0);
	express(f, 0);
	put(f, 0x84, 4, 0x10000000);
	put(f, 0x88, 2, 0x2010);
	bar(f, 0, 0xfebf0000, 0xfffff000);
	function(0, 2, 0);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	before = arch_now_ns();
	CHECK_EQ(pci_reset_function(p, deadline_in_us(1000000)), STATUS_OK);
	CHECK(arch_now_ns() - before >= 100000000);
	CHECK_EQ(get(f, 0x10, 4), 0xfebf0000);
	CHECK_EQ(get(f, 0x88, 2), 0x2010);
	CHECK_EQ(get(f, 0x04, 2), 0x0003); /* as it was, but for bus mastering */

	put(f, 0x8a, 2, 0x0020); /* transactions that never end */
	before = arch_now_ns();
	CHECK_EQ(pci_reset_function(p, deadline_in_us(1000000)), STATUS_TIMEOUT);
	CHECK(arch_now_ns() - before < 101000000);
	CHECK_EQ(pci_reset_function(pci_find(&pci, 0, 0x0010), deadline_in_us(1)),
		 STATUS_UNSUPPORTED);
}

HOST_TEST(reset_function_that_stays_away)
{
	struct pci_function *p;
	struct fake *f;

	begin();
	f = function(0, 1, 0);
	express(f, 0);
	put(f, 0x84, 4, 0x10000000);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	stays_away = true;
	CHECK_EQ(pci_reset_function(p, deadline_in_us(1000000)), STATUS_TIMEOUT);
}

HOST_TEST(msi_is_programmed)
{
	struct arch_msi line = { 0x41, 0xfee01000, 0x41 };
	struct pci_function *p;
	struct fake *f;

	begin();
	f = function(0, 1, 0);
	put(f, 0x06, 2, 0x0010);
	put(f, 0x34, 1, 0x50);
	put(f, 0x50, 4, 0x01b50005); /* 64 bits, masks, firmware left it on with 8 vectors */
	allow(f, 0x52, 2, 0x0071);
	allow(f, 0x54, 4, 0xfffffffc);
	allow(f, 0x58, 4, 0xffffffff);
	allow(f, 0x5c, 2, 0xffff);
	put(f, 0x60, 4, 0xff);
	allow(f, 0x60, 4, 0xff);
	function(0, 2, 0);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	CHECK_EQ(pci_enable_msi(p, &line), STATUS_OK);
	CHECK_EQ(get(f, 0x54, 4), 0xfee01000);
	CHECK_EQ(get(f, 0x58, 4), 0);
	CHECK_EQ(get(f, 0x5c, 2), 0x41);
	CHECK_EQ(get(f, 0x60, 4), 0);
	CHECK_EQ(get(f, 0x52, 2), 0x0185);
	pci_disable_msi(p);
	CHECK_EQ(get(f, 0x52, 2), 0x0184);
	CHECK_EQ(pci_enable_msi(pci_find(&pci, 0, 0x0010), &line), STATUS_UNSUPPORTED);
}

static uint32_t table[0x400];

static uint64_t table_read(void *context, uint64_t offset, unsigned width)
{
	(void)context;
	(void)width;
	return table[offset / 4];
}

static void table_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	(void)width;
	table[offset / 4] = (uint32_t)value;
}

static const struct arch_host_ops table_ops = { table_read, table_write };

HOST_TEST(msix_is_programmed)
{
	struct arch_msi line = { 0x41, 0xfee01000, 0x41 };
	struct pci_function *p;
	struct fake *f;

	begin();
	CHECK_EQ(arch_host_region(0xd0000000, 0x1000, &table_ops, NULL), STATUS_OK);
	f = function(0, 1, 0);
	bar(f, 2, 0xd0000000, 0xfffff000);
	put(f, 0x06, 2, 0x0010);
	put(f, 0x34, 1, 0x50);
	put(f, 0x50, 4, 0x00030011);
	allow(f, 0x52, 2, 0xc000);
	put(f, 0x54, 4, 0x00000802); /* BAR 2, offset 0x800 */
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	CHECK_EQ(pci_enable_msi(p, &line), STATUS_OK);
	CHECK_EQ(table[0x200], 0xfee01000);
	CHECK_EQ(table[0x201], 0);
	CHECK_EQ(table[0x202], 0x41);
	CHECK_EQ(table[0x203], 0);
	CHECK_EQ(get(f, 0x52, 2), 0x8003);
	pci_disable_msi(p);
	CHECK_EQ(get(f, 0x52, 2), 0x0003);
	put(f, 0x54, 4, 0x00001002); /* a table behind the end of the BAR */
	CHECK_EQ(pci_enable_msi(p, &line), STATUS_NOT_FOUND);
	put(f, 0x54, 4, 0x00000007); /* a BAR that cannot be */
	CHECK_EQ(pci_enable_msi(p, &line), STATUS_NOT_FOUND);
}

HOST_MAIN()
