/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The modelled AMD-Vi unit alone, with hostile memory and devices (hostile.h). Requests are any that a device can make,
 * registers, tables and commands any that software can write. Every call ends. Words are those of 48882 3.11.
 *
 * The first byte chooses the configuration, two more the defect and in bits 15:14 when the CPU changes a word under the
 * unit: never, at each swap, at every third, where an accessed flag stands. Operations follow: one byte, whose bits 3:0
 * say which and 7:4 how many steps follow, then its operands.
 */
#include "model/amdvi.h"
#include "tests/model/hostile.h"

#define LAST_STEPS	8u
#define RIGHTS		UINT64_C(0x6000000000000000)

/* Pages that arrange() uses */
enum { DEVICES = 4, HOST_TOP, GUEST_TOP = HOST_TOP + 4, GCR3 = GUEST_TOP + 4, COMMANDS, EVENTS, REQUESTS, TARGETS };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct silicon *unit;

static uint64_t get_register(uint32_t offset, unsigned width)
{
	accesses = 0;
	return unit->ops->read(unit, offset, width);
}

static void set_register(uint32_t offset, unsigned width, uint64_t value)
{
	accesses = 0;
	unit->ops->write(unit, offset, width, value);
}

/* ---- Tables that work ---- */

/* Four levels: 16 entries of each table lead to the next, entry 16 is a large page, entry 17 one of an encoded size. */
static void arrange_host(void)
{
	for (unsigned level = 4; level > 1; level--) {
		unsigned table = HOST_TOP + 4 - level;

		for (unsigned i = 0; i < 16; i++)
			put(page(table) + 8 * i, page(table + 1) | RIGHTS | (level - 1) << 9 | 1);
		put(page(table) + 8 * 16, RIGHTS | 1);
		put(page(table) + 8 * 17, RIGHTS | 0x1ffe01);
	}
	for (unsigned i = 0; i < 512; i++)
		put(page(HOST_TOP + 3) + 8 * i,
		    RIGHTS | 1 |
			    (i >= BASE / PAGE && i < BASE / PAGE + PAGES ? (uint64_t)i * PAGE
									 : page(TARGETS + i % 16)));
}

static void arrange_guest(void)
{
	for (unsigned i = 0; i < 512; i++)
		put(page(GCR3) + 8 * i, page(GUEST_TOP) | 1);
	for (unsigned level = 4; level > 1; level--) {
		unsigned table = GUEST_TOP + 4 - level;

		for (unsigned i = 0; i < 16; i++)
			put(page(table) + 8 * i, page(table + 1) | 7);
		put(page(table) + 8 * 16, 0x87);
	}
	for (unsigned i = 0; i < 512; i++)
		put(page(GUEST_TOP + 3) + 8 * i, page(TARGETS + i % 16) | 7);
}

/* Operand: bits 2:0 Mode, 4:3 HAD, 5 guest tables, 6 I and PPR, 7 the enables of interrupts */
static void arrange(void)
{
	unsigned what = (unsigned)take(1);
	uint64_t low = RIGHTS | page(HOST_TOP) | (what & 7) << 9 | (what >> 3 & 3) << 7 | 3,
		 high = 7, root = page(GCR3);

	arrange_host();
	arrange_guest();
	if (what & 32) {
		low |= UINT64_C(1) << 55 | (root >> 12 & 7) << 58;
		high |= (root >> 15 & 0xffff) << 16;
	}
	if (what & 64) {
		low |= UINT64_C(1) << 52;
		high |= UINT64_C(1) << 32;
	}
	for (unsigned i = 0; i < 128; i++) {
		put(page(DEVICES) + 32 * i, low);
		put(page(DEVICES) + 32 * i + 8, high);
	}
	set_register(0x00, 8, page(DEVICES));
	set_register(0x08, 8, 0x0800000000000000 | page(COMMANDS));
	set_register(0x10, 8, 0x0800000000000000 | page(EVENTS));
	set_register(0x38, 8, 0x0800000000000000 | page(REQUESTS));
	amdvi_pci_write(unit, 0x64, 4, 0x10000);
	set_register(0x18, 8, 0x1b405 | (what & 128 ? 0x4018 : 0));
}

/* ---- Operations ---- */

static void put_entry(void)
{
	uint64_t where = BASE + take(2) * 8, target = BASE + take(1) % (PAGES + 2) * PAGE;
	uint64_t low = take(2) & 0xfff, high = take(1) << 56;

	put(where, target | low | high);
}

static void put_word(void)
{
	uint64_t where = BASE + take(2) * 8;

	put(where, take(8));
}

/* A command at the tail; bits 7:4 of the first operand are its opcode. */
static void put_command(void)
{
	uint64_t base = get_register(0x08, 8) & 0x000ffffffffff000, tail = get_register(0x2008, 8);
	uint64_t opcode = take(1) >> 4, low = take(6), high = take(4);

	if (opcode == 1)
		low = page(TARGETS) | (low & 7);
	put(base + tail, opcode << 60 | (low & 0x0fffffffffffffff));
	put(base + tail + 8, high & 0x80 ? 0x7ffffffffffff000 | (high & 7) : high);
	set_register(0x2008, 8, (tail + 16) & 0xfff);
}

static void unit_write(void)
{
	static const uint16_t known[] = {
		0x00, 0x08, 0x10, 0x18, 0x20, 0x28, 0x38, 0x40, 0x50, 0x100, 0x130, 0x158, 0x15c, 0x164, 0x2000, 0x2008,
		0x2010, 0x2018, 0x2020, 0x2030, 0x2038,
	};
	unsigned choice = (unsigned)take(1), width = choice & 128 ? 8 : 4;
	uint32_t offset = choice % 64 < sizeof(known) / sizeof(known[0])
				  ? known[choice % 64]
				  : (uint32_t)take(2) & 0x3ffc;

	set_register(offset & ~(width - 1), width, take(width));
}

static void control(void)
{
	set_register(0x18, 8, take(8));
}

static void read_register(void)
{
	unsigned choice = (unsigned)take(2), width = choice & 0x8000 ? 8 : 4;

	(void)get_register(choice & 0x3fff & ~(width - 1), width);
}

static void configuration(void)
{
	unsigned choice = (unsigned)take(1), width = 1u << choice % 3;
	unsigned offset = AMDVI_PCI +
			  ((unsigned)take(1) % (AMDVI_PCI_END - AMDVI_PCI) & ~(width - 1));

	if (choice & 128)
		amdvi_pci_write(unit, offset, width, (uint32_t)take(width));
	else
		(void)amdvi_pci_read(unit, offset, width);
}

/* No request crosses 4 KiB; an AtomicOp has 8 bytes. */
static void request(void)
{
	unsigned kind = (unsigned)take(2);
	struct silicon_request r = {
		.access = (enum silicon_access)(kind % 5),
		.source = (uint16_t)take(1),
		.pasid = kind & 8 ? (uint32_t)take(2) : SILICON_NO_PASID,
		.privileged = kind & 16,
		.execute = kind & 32,
		.translated = kind & 64,
		.no_write = kind & 128,
		.address = take(kind & 256 ? 8 : 4) & ~UINT64_C(7),
		.bytes = kind & 512 ? 0 : kind & 1024 ? 4 : 8,
	};

	accesses = 0;
	(void)unit->ops->request(unit, &r);
}

static void reset(void)
{
	unit->ops->reset(unit);
}

static void step(unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		accesses = 0;
		if (!unit->ops->step(unit))
			return;
	}
}

static void (*const operations[16])(void) = {
	arrange, request, put_command, unit_write, put_entry, control, put_word, read_register,
	request, put_command, configuration, put_entry, request, put_command, request, reset,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	unsigned config, choice;

	input = (struct input){ bytes, size };
	config = (unsigned)take(1) % AMDVI_CONFIGS;
	choice = (unsigned)take(2);
	unit = amdvi_create(amdvi_configs[config], &hostile_memory);
	if (unit == NULL)
		abort();
	unit->devices = &hostile_devices;
	unit->defect = (choice & 0x3fff) % (amdvi_defect_count() + 1);
	unit->ops->reset(unit);
	changes = choice >> 14;
	swaps = 0;
	memset(low_memory, 0, sizeof(low_memory));
	while (input.left != 0) {
		unsigned operation = (unsigned)take(1);

		operations[operation % 16]();
		step(operation >> 4);
	}
	step(LAST_STEPS);
	amdvi_destroy(unit);
	return 0;
}
