/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A unit that is a PCI function: what it must say of itself, and what is not believed. */
#include "drivers/prototype/prototype.h"

#include "tests/host/pci_fake.h"

#define REGISTERS	0xc0000000u
#define IDENTITY	0xc0100000u

/* The identity page, as docs/prototype.md has it. */
static uint32_t page[1024];

static uint64_t page_read(void *context, uint64_t offset, unsigned width)
{
	uint64_t value = 0;

	(void)context;
	memcpy(&value, (const uint8_t *)page + offset, width);
	return value;
}

static void page_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context, (void)offset, (void)width, (void)value;
}

static const struct arch_host_ops page_ops = { page_read, page_write };

static struct fake *unit(void)
{
	struct fake *f = function(0, 5, 0);

	put(f, 0x00, 4, 0x10ef1234);
	put(f, 0x08, 4, 0x08060001);
	put(f, 0x04, 2, 0);
	bar(f, 0, REGISTERS, 0xffffc000);
	bar(f, 2, IDENTITY, 0xfffff000);
	return f;
}

/* A machine with one; its function as the scan found it. */
static struct pci_function *machine(void)
{
	static const uint32_t good[] = { 0x50564f49, 0x00010003, 1, 46, 0x1000, 0x2000, 2 };

	begin();
	memset(page, 0, sizeof(page));
	memcpy(page, good, sizeof(good));
	page[0x40 / 4] = 0x00370030;
	page[0x44 / 4] = 0x01000100;
	CHECK_EQ(arch_host_region(IDENTITY, sizeof(page), &page_ops, NULL), STATUS_OK);
	unit();
	function(0, 6, 0);
	function(0, 6, 7);
	function(0, 7, 0);
	function(0, 5, 3);
	put(fakes[0], 0x0e, 1, 0x80);
	put(fakes[1], 0x0e, 1, 0x80);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	return pci_find(&pci, 0, 0x28);
}

static enum status open_with(unsigned word, uint32_t value)
{
	struct pci_function *f = machine();
	struct prototype p;

	page[word] = value;
	return prototype_open(&p, f);
}

HOST_TEST(what_it_says_is_taken)
{
	struct pci_function *f = machine();
	struct prototype p;

	CHECK(prototype_match(f));
	CHECK_EQ(pci_read16(f, 4), 0);
	CHECK_EQ(prototype_open(&p, f), STATUS_OK);
	CHECK(p.function == f);
	CHECK_EQ(p.kind, PROTOTYPE_VTD);
	CHECK_EQ(p.address_bits, 46);
	CHECK_EQ(p.registers.base, REGISTERS + 0x1000);
	CHECK_EQ(p.registers.size, 0x2000);
	CHECK_EQ(p.range_count, 2);
	CHECK_EQ(pci_read16(f, 4), 0x0006);	/* memory, bus master */
}

HOST_TEST(it_serves_the_sources_that_it_names)
{
	struct prototype p;

	CHECK_EQ(prototype_open(&p, machine()), STATUS_OK);
	CHECK(prototype_serves(&p, pci_find(&pci, 0, 0x30)));
	CHECK(prototype_serves(&p, pci_find(&pci, 0, 0x37)));
	CHECK(!prototype_serves(&p, pci_find(&pci, 0, 0x38)));
	CHECK(!prototype_serves(&p, pci_find(&pci, 0, 0x2b)));
	CHECK(!prototype_serves(&p, pci_find(&pci, 0, 0x28)));
}

HOST_TEST(without_a_list_it_serves_its_device)
{
	struct pci_function *f = machine(), elsewhere;
	struct pci_segment other = { .number = 1 };
	struct prototype p;

	page[0x18 / 4] = 0;
	CHECK_EQ(prototype_open(&p, f), STATUS_OK);
	CHECK(prototype_serves(&p, pci_find(&pci, 0, 0x2b)));
	CHECK(!prototype_serves(&p, pci_find(&pci, 0, 0x28)));
	CHECK(!prototype_serves(&p, pci_find(&pci, 0, 0x30)));
	elsewhere = *pci_find(&pci, 0, 0x2b);
	elsewhere.segment = &other;
	CHECK(!prototype_serves(&p, &elsewhere));
}

HOST_TEST(the_class_alone_is_no_identity)
{
	struct pci_function *f = machine(), one;

	one = *f;
	one.vendor = 0x1022;			/* AMD's units have the class */
	CHECK(!prototype_match(&one));
	one = *f;
	one.device = 0x10ee;
	CHECK(!prototype_match(&one));
	one = *f;
	one.revision = 2;
	CHECK(!prototype_match(&one));
	one = *f;
	one.class_code = 0x080500;
	CHECK(!prototype_match(&one));
	one = *f;
	one.bridge = true;
	CHECK(!prototype_match(&one));
}

HOST_TEST(what_cannot_be_is_refused)
{
	CHECK_EQ(open_with(0x00 / 4, 0x58564f49), STATUS_UNSUPPORTED);
	CHECK_EQ(open_with(0x00 / 4, UINT32_MAX), STATUS_UNSUPPORTED);
	CHECK_EQ(open_with(0x04 / 4, 0x00020000), STATUS_UNSUPPORTED);
	CHECK_EQ(open_with(0x04 / 4, 0x00000001), STATUS_UNSUPPORTED);
	CHECK_EQ(open_with(0x0c / 4, 11), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x0c / 4, 65), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x10 / 4, 0x800), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x10 / 4, 0x3000), STATUS_BAD_RANGE);	/* 3000h + 2000h > 4000h */
	CHECK_EQ(open_with(0x10 / 4, 0xfffff000), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x10 / 4, 0x2000), STATUS_OK);
	CHECK_EQ(open_with(0x14 / 4, 0), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x14 / 4, 0x1800), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x14 / 4, 0xfffff000), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x18 / 4, 17), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x18 / 4, 16), STATUS_OK);
	CHECK_EQ(open_with(0x18 / 4, UINT32_MAX), STATUS_BAD_RANGE);
	CHECK_EQ(open_with(0x40 / 4, 0x0030 << 16 | 0x31), STATUS_BAD_RANGE);
}

HOST_TEST(bars_that_are_not_there)
{
	struct pci_function *f = machine();
	struct prototype p;

	f->bars[0].bytes = 0;
	CHECK_EQ(prototype_open(&p, f), STATUS_NOT_FOUND);
	f = machine();
	f->bars[2].base = 0;
	CHECK_EQ(prototype_open(&p, f), STATUS_NOT_FOUND);
	f = machine();
	f->bars[2].bytes = 0x800;
	CHECK_EQ(prototype_open(&p, f), STATUS_UNSUPPORTED);
	CHECK_EQ(pci_read16(f, 4) & 4, 0);	/* and it is no bus master */
}

HOST_MAIN()
