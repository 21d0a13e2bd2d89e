/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A bench for the model alone: 4 MiB of memory at address 0, with what the CPU wrote and has not written
 * back apart from it, a unit, and the few words that most tests need. Words are literals of VT-d 5.10.
 */
#ifndef TESTS_MODEL_RIG_H
#define TESTS_MODEL_RIG_H

#include "model/vtd.h"
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

static inline void bench(const struct vtd_config *config)
{
	if (unit)
		vtd_destroy(unit);
	memset(memory_bytes, 0, sizeof memory_bytes);
	memset(memory_stale, 0, sizeof memory_stale);
	memory_split = false;
	interrupts = 0;
	unit = vtd_create(config, &memory);
	if (!unit)
		abort();
}

/* With a defect of the catalogue; one that is not in it ends the program. */
static inline void bench_with(const struct vtd_config *config, const char *defect)
{
	bench(config);
	unit->defect = vtd_defect_by_name(defect);
	if (!unit->defect)
		abort();
	unit->ops->reset(unit);
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

/* Root table at 1000h, context table at 2000h; device 28h is 00:05.0. */
static inline void legacy_context(uint64_t low, uint64_t high)
{
	put(0x1000, 0x2001);
	put(0x2280, low);
	put(0x2288, high);
}

/* Scalable: lower context table at 2000h, directory at 3000h, PASID table at 4000h. */
static inline void scalable_context(uint64_t low, uint64_t high)
{
	put(0x1000, 0x2001);
	put(0x2500, low);
	put(0x2508, high);
	put(0x3000, 0x4001);
}

static inline void pasid_entry(unsigned pasid, uint64_t w0, uint64_t w1, uint64_t w2)
{
	put(0x4000 + 64 * pasid, w0);
	put(0x4008 + 64 * pasid, w1);
	put(0x4010 + 64 * pasid, w2);
}

/* Take the root table pointer, keep the queue as it is, and enable translation. */
static inline void enable(uint64_t rtaddr)
{
	uint32_t queue = reg32(0x1c) & 0x04000000;

	set64(0x20, rtaddr);
	set32(0x18, 0x40000000 | queue);
	set32(0x18, 0x80000000 | queue);
}

/* The reason in record n, cleared; 0: no fault is there */
static inline unsigned fault_reason(uint32_t offset)
{
	uint64_t high = reg64(offset + 8);

	set32(offset + 12, 0x80000000);
	return high >> 63 ? (unsigned)(high >> 32 & 0xff) : 0;
}

/* Queue of one page at 8000h */
static uint64_t queue_tail;

static inline void queue_open(bool wide)
{
	queue_tail = 0;
	set64(0x90, wide ? 0x8800 : 0x8000);
	set64(0x88, 0);
	set32(0x18, 0x04000000 | (reg32(0x1c) & 0x80000000));
}

static inline void queue_put(uint64_t w0, uint64_t w1)
{
	bool wide = reg64(0x90) & 0x800;

	put(0x8000 + queue_tail, w0);
	put(0x8008 + queue_tail, w1);
	if (wide)
		put(0x8010 + queue_tail, 0);
	if (wide)
		put(0x8018 + queue_tail, 0);
	queue_tail = (queue_tail + (wide ? 32 : 16)) & 0xfff;
	set64(0x88, queue_tail);
	while (unit->ops->step(unit))
		;
}

#endif
