/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A bench for the VT-d model alone: a unit, and the few words that most tests need. Words are literals of VT-d 5.10. */
#ifndef TESTS_MODEL_RIG_H
#define TESTS_MODEL_RIG_H

#include "model/vtd.h"
#include "tests/model/memory.h"

static inline void bench(const struct vtd_config *config)
{
	if (unit)
		vtd_destroy(unit);
	memory_reset();
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
