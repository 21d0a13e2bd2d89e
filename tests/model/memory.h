/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the benches of all models share: 4 MiB of memory at address 0, with what the CPU wrote and has not written back
 * apart from it, and the words and registers of the unit in the middle.
 */
#ifndef TESTS_MODEL_MEMORY_H
#define TESTS_MODEL_MEMORY_H

#include "model/silicon.h"
#include "tests/host/check.h"

#define MEMORY_BYTES	0x400000u

static uint8_t memory_bytes[MEMORY_BYTES];	/* as the CPU and snooping see it */
static uint8_t memory_stale[MEMORY_BYTES];	/* as a read that does not snoop sees it */
static bool memory_split;			/* the two may differ: a CPU write goes to the first alone */
static unsigned interrupts;
static uint64_t interrupt_address;
static uint32_t interrupt_data;
static struct silicon *unit;

static bool memory_in(uint64_t address, size_t bytes)
{
	return address < MEMORY_BYTES && bytes <= MEMORY_BYTES - address;
}

static bool memory_read(void *context, uint64_t address, void *to, size_t bytes, bool snooped)
{
	(void)context;
	if (!memory_in(address, bytes))
		return false;
	memcpy(to, (memory_split && !snooped ? memory_stale : memory_bytes) + address, bytes);
	return true;
}

static bool memory_write(void *context, uint64_t address, const void *from, size_t bytes, bool snooped)
{
	(void)context;
	(void)snooped;
	if (!memory_in(address, bytes))
		return false;
	memcpy(memory_bytes + address, from, bytes);
	memcpy(memory_stale + address, from, bytes);
	return true;
}

static bool memory_swap(void *context, uint64_t address, uint64_t expected, uint64_t desired, uint64_t *seen,
			bool snooped)
{
	if (!memory_in(address, 8) || address & 7)
		return false;
	memcpy(seen, memory_bytes + address, 8);
	if (*seen == expected)
		return memory_write(context, address, &desired, 8, snooped);
	return true;
}

static void memory_interrupt(void *context, uint64_t address, uint32_t data)
{
	(void)context;
	interrupts++;
	interrupt_address = address;
	interrupt_data = data;
}

static void memory_drain(void *context)
{
	(void)context;
	memcpy(memory_stale, memory_bytes, MEMORY_BYTES);
}

static const struct silicon_memory memory = {
	.read = memory_read, .write = memory_write, .swap = memory_swap,
	.interrupt = memory_interrupt, .drain = memory_drain,
};

static inline void put(uint64_t address, uint64_t word)
{
	memcpy(memory_bytes + address, &word, 8);
	if (!memory_split)
		memcpy(memory_stale + address, &word, 8);
}

static inline uint64_t get(uint64_t address)
{
	uint64_t word;

	memcpy(&word, memory_bytes + address, 8);
	return word;
}

static inline uint32_t reg32(uint32_t offset)
{
	return (uint32_t)unit->ops->read(unit, offset, 4);
}

static inline uint64_t reg64(uint32_t offset)
{
	return unit->ops->read(unit, offset, 8);
}

static inline void set32(uint32_t offset, uint32_t value)
{
	unit->ops->write(unit, offset, 4, value);
}

static inline void set64(uint32_t offset, uint64_t value)
{
	unit->ops->write(unit, offset, 8, value);
}

static inline void memory_reset(void)
{
	memset(memory_bytes, 0, sizeof memory_bytes);
	memset(memory_stale, 0, sizeof memory_stale);
	memory_split = false;
	interrupts = 0;
}

static inline struct silicon_answer access_as(enum silicon_access access, uint16_t source, uint32_t pasid,
					      uint64_t address, uint32_t bytes)
{
	struct silicon_request request = {
		.access = access, .source = source, .pasid = pasid, .address = address, .bytes = bytes,
	};

	return unit->ops->request(unit, &request);
}

/* Accesses of device 00:05.0 without PASID: where they go, ~0 if they are refused */
static inline uint64_t reads(uint64_t address)
{
	struct silicon_answer answer = access_as(SILICON_READ, 0x28, SILICON_NO_PASID, address, 8);

	return answer.allowed ? answer.address : ~UINT64_C(0);
}

static inline uint64_t writes(uint64_t address)
{
	struct silicon_answer answer = access_as(SILICON_WRITE, 0x28, SILICON_NO_PASID, address, 8);

	return answer.allowed ? answer.address : ~UINT64_C(0);
}

#define REFUSED	(~UINT64_C(0))

#endif
