/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A bench for the AMD-Vi model alone: a unit, and the words that most tests need: literals of 48882 3.11. */
#ifndef TESTS_MODEL_AMDVI_RIG_H
#define TESTS_MODEL_AMDVI_RIG_H

#include "model/amdvi.h"
#include "tests/model/memory.h"

/* Where things stand: the device table of one page holds the entries of 128 DeviceIDs. */
#define DEVICE_TABLE	0x1000u
#define ENTRY		(DEVICE_TABLE + 32 * 0x28u)	/* of 00:05.0 */
#define COMMANDS	0x8000u
#define EVENTS		0x9000u
#define REQUESTS	0xa000u

#define RIGHTS		UINT64_C(0x6000000000000000)	/* IR and IW, in a device table entry and below */

static uint64_t command_tail;

static inline void amdvi_bench(const struct amdvi_config *config)
{
	if (unit)
		amdvi_destroy(unit);
	memory_reset();
	command_tail = 0;
	unit = amdvi_create(config, &memory);
	if (!unit)
		abort();
}

/* With a defect of the catalogue; one that is not in it ends the program. */
static inline void amdvi_bench_with(const struct amdvi_config *config, const char *defect)
{
	amdvi_bench(config);
	unit->defect = amdvi_defect_by_name(defect);
	if (!unit->defect)
		abort();
	unit->ops->reset(unit);
}

/* 2.3.1: bases, then the enables; `more` of the control register. Coherent is 1. */
static inline void amdvi_enable(uint64_t more)
{
	set64(0x00, DEVICE_TABLE);
	set64(0x08, 0x0800000000000000 | COMMANDS);
	set64(0x10, 0x0800000000000000 | EVENTS);
	set64(0x18, 0x1405 | more);
}

/* The entry of 00:05.0: V, TV and rights are the caller's */
static inline void amdvi_entry(uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3)
{
	put(ENTRY, w0);
	put(ENTRY + 8, w1);
	put(ENTRY + 16, w2);
	put(ENTRY + 24, w3);
}

/* A command at the tail, executed */
static inline void amdvi_command(uint64_t low, uint64_t high)
{
	put(COMMANDS + command_tail, low);
	put(COMMANDS + command_tail + 8, high);
	command_tail = (command_tail + 16) & 0xfff;
	set64(0x2008, command_tail);
	while (unit->ops->step(unit))
		;
}

static inline void invalidate_all_of(uint16_t domain)
{
	amdvi_command(0x3000000000000000 | (uint64_t)domain << 32, 0x7ffffffffffff003);
}

static inline void invalidate_entry(void)
{
	amdvi_command(0x2000000000000028, 0);
}

/* The oldest event that was not taken: its low quadword, and the high one in *address; 0: there is none */
static inline uint64_t take_event(uint64_t *address)
{
	uint64_t head = reg64(0x2010), low;

	if (head == reg64(0x2018))
		return 0;
	low = get(EVENTS + head);
	*address = get(EVENTS + head + 8);
	set64(0x2010, (head + 16) & 0xfff);
	return low;
}

static inline uint64_t event(void)
{
	uint64_t address;

	return take_event(&address);
}

/* Four levels from 10000h: address 0 leads to 14000h, with `leaf` in the page table; domain 7 */
static inline void four_levels(uint64_t leaf)
{
	put(0x10000, RIGHTS | 0x11601);
	put(0x11000, RIGHTS | 0x12401);
	put(0x12000, RIGHTS | 0x13201);
	put(0x13000, leaf);
	amdvi_entry(RIGHTS | 0x10803, 7, 0, 0);
}

#endif
