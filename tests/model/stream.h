/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the fuzz targets with VT-d units share: the input as a stream of operations, and those of them that are about
 * memory and the registers of a unit. Words and registers are those of VT-d 5.10.
 *
 *	operation	one byte: bits 3:0 say which, 7:4 how many steps follow; its operands come after it, low
 *			byte first, zeros where the input has ended
 *	arranged	memory with tables that work, so that all else starts from a unit that translates
 */
#ifndef TESTS_MODEL_STREAM_H
#define TESTS_MODEL_STREAM_H

#include "tests/model/input.h"

/* Pages that arrange() uses; the first four are firmware's tables. */
enum { ROOT = 4, CONTEXT, DIRECTORY, PASIDS, SECOND_TOP, FIRST_TOP = SECOND_TOP + 4, QUEUE = FIRST_TOP + 4,
       REQUEST_QUEUE, TARGETS };

/* What the including program does with them. */
static uint64_t get_register(unsigned unit, uint32_t offset, unsigned width);
static void set_register(unsigned unit, uint32_t offset, unsigned width, uint64_t value);
static void flush_all(void);

/* ---- Tables that work: chapter 9 ---- */

/*
 * Four levels from `top` on. The first 16 entries of each table lead to the next one, entry 16 of levels 3 and 2
 * maps a large page. Of the last level, BASE and what follows is mapped to itself, so that it may serve as the
 * second stage of tables; all else to TARGETS.
 */
static void arrange_tables(unsigned top, uint64_t rights)
{
	for (unsigned level = 4; level > 1; level--) {
		unsigned table = top + 4 - level;

		for (unsigned i = 0; i < 16; i++)
			put(page(table) + 8 * i, page(table + 1) | rights);
		put(page(table) + 8 * 16, level < 4 ? rights | 0x80 : 0);
	}
	for (unsigned i = 0; i < 512; i++) {
		bool itself = i >= BASE / PAGE && i < BASE / PAGE + PAGES;

		put(page(top + 3) + 8 * i,
		    (itself ? (uint64_t)i * PAGE : page(TARGETS + i % 16)) | rights);
	}
}

static void arrange_legacy(uint64_t type)
{
	for (unsigned i = 0; i < 256; i++) {
		put(page(ROOT) + 16 * i, page(CONTEXT) | 1);
		put(page(CONTEXT) + 16 * i, page(SECOND_TOP) | type << 2 | 1);
		put(page(CONTEXT) + 16 * i + 8, 0x102);		/* domain 1, four levels */
	}
}

/* PASID entries for first (1), second (2), nested (3), passed through (4), with all that marks. */
static void arrange_scalable(uint64_t type, bool devices)
{
	for (unsigned i = 0; i < 256; i++)
		put(page(ROOT) + 16 * i, page(CONTEXT) | 1);
	for (unsigned i = 0; i < 256; i++)
		put(page(ROOT) + 16 * i + 8, page(CONTEXT) | 1);
	for (unsigned i = 0; i < 128; i++)
		put(page(CONTEXT) + 32 * i, page(DIRECTORY) | (devices ? 0x1d : 0x9));
	for (unsigned i = 0; i < 16; i++)
		put(page(DIRECTORY) + 8 * i, page(PASIDS) | 1);
	for (unsigned i = 0; i < 64; i++) {
		uint64_t second = type == 2 || type == 3 ? page(SECOND_TOP) | 0x200 : 0;

		put(page(PASIDS) + 64 * i, second | 8 | type << 6 | 1);
		put(page(PASIDS) + 64 * i + 8, 0x00800001);
		put(page(PASIDS) + 64 * i + 16, type & 1 ? page(FIRST_TOP) : 0);
	}
}

static void turn_on(unsigned unit, bool scalable)
{
	uint64_t root = page(ROOT) | (scalable ? 0x400 : 0);

	set_register(unit, 0x18, 4, 0);
	set_register(unit, 0x20, 8, root);
	set_register(unit, 0x18, 4, 0x40000000);
	set_register(unit, 0x90, 8, page(QUEUE) | (scalable ? 0x800 : 0));
	set_register(unit, 0x88, 8, 0);
	set_register(unit, 0xd0, 8, page(REQUEST_QUEUE));
	set_register(unit, 0x38, 4, 0);		/* the fault event is not masked */
	set_register(unit, 0x18, 4, 0x8c000000);	/* translation, queue, write buffers flushed */
}

/* Operand: bits 2:0 the type, 3 scalable mode, 4 device-TLBs and page requests, 7:5 the unit. */
static void arrange(void)
{
	unsigned what = (unsigned)take(1);
	bool scalable = what & 8;

	arrange_tables(SECOND_TOP, 3);
	arrange_tables(FIRST_TOP, 7);
	if (scalable)
		arrange_scalable(what & 7, what & 16);
	else
		arrange_legacy(what & 3);
	flush_all();
	turn_on(what >> 5, scalable);
}

/* ---- Operations ---- */

/* A word of a table: it leads to a page of memory or to one of the two behind it, with any flags. */
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

/* A descriptor at the queue's tail; bits 3:0 of the first operand are its type, 7:4 what it is to do. */
static void put_descriptor(void)
{
	uint64_t iqa = get_register(0, 0x90, 8), tail = get_register(0, 0x88, 8);
	uint64_t first = take(1), low = take(6) << 16, high = take(3) << 8;
	unsigned width = iqa & 0x800 ? 32 : 16;
	uint64_t at = (iqa & ~UINT64_C(0xfff)) + tail;

	for (unsigned i = 2; i < width / 8; i++)
		put(at + 8 * i, 0);
	put(at, first | low);
	put(at + 8, (first & 15) == 5 ? page(TARGETS) : high | (high >> 20 & 7));
	set_register(0, 0x88, 8, (tail + width) & 0xfff);
}

static void unit_write(void)
{
	static const uint16_t known[] = {
		0x18, 0x20, 0x28, 0x2c, 0x34, 0x38, 0x40, 0x64, 0x68, 0x70, 0x78, 0x80, 0x88, 0x90,
		0x9c, 0xa0, 0xa8, 0xc0, 0xc8, 0xd0, 0xdc, 0xe0, 0xe8,
		/* of the configurations: IVA and IOTLB, fault records */
		0xf0, 0xf8, 0x100, 0x108, 0x500, 0x508, 0x200, 0x20c, 0x220, 0x22c, 0x400, 0x40c,
	};
	unsigned choice = (unsigned)take(1), width = choice & 128 ? 8 : 4;
	uint32_t offset = choice % 64 < sizeof(known) / sizeof(known[0])
				  ? known[choice % 64]
				  : (uint32_t)take(2) & 0xffc;

	set_register(choice >> 6 & 1, offset & ~(width - 1), width, take(width));
}

/* Bits 31:24 of GCMD: what starts something. */
static void global_command(void)
{
	set_register(0, 0x18, 4, take(1) << 24);
}

#endif
