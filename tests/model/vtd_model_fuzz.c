/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Random register writes, table memory and requests against the modelled unit: it never leaves the memory
 * that it is given, and every call ends. The first bytes choose the configuration and the defect.
 */
#include <stdlib.h>
#include <string.h>

#include "model/vtd.h"

#define MEMORY_BYTES	0x10000u
#define STEPS		64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint8_t memory_bytes[MEMORY_BYTES];

/* All addresses lead somewhere, so that random pointers do too. */
static bool fold(uint64_t *address, size_t bytes)
{
	*address &= MEMORY_BYTES - 1;
	return bytes <= MEMORY_BYTES - *address;
}

static bool memory_read(void *context, uint64_t address, void *to, size_t bytes, bool snooped)
{
	(void)context;
	(void)snooped;
	if (address >> 56 == 0x5a || !fold(&address, bytes))
		return false;
	memcpy(to, memory_bytes + address, bytes);
	return true;
}

static bool memory_write(void *context, uint64_t address, const void *from, size_t bytes, bool snooped)
{
	(void)context;
	(void)snooped;
	if (!fold(&address, bytes))
		return false;
	memcpy(memory_bytes + address, from, bytes);
	return true;
}

/* Now and then the word is another by the time of the swap, as if a CPU were at it. */
static bool memory_swap(void *context, uint64_t address, uint64_t expected, uint64_t desired, uint64_t *seen,
			bool snooped)
{
	if (address & 7)
		abort();
	if (!memory_read(context, address, seen, 8, snooped))
		return false;
	if (address & 8)
		*seen ^= UINT64_C(1) << 52;
	return *seen != expected || memory_write(context, address, &desired, 8, snooped);
}

static uint64_t take(const uint8_t **bytes, size_t *size, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count && *size; i++) {
		value = value << 8 | *(*bytes)++;
		(*size)--;
	}
	return value;
}

static void request(struct silicon *unit, const uint8_t **bytes, size_t *size)
{
	uint64_t kind = take(bytes, size, 2);
	struct silicon_request r = {
		.access = (enum silicon_access)(kind % 5), .source = (uint16_t)take(bytes, size, 1),
		.pasid = kind & 8 ? (uint32_t)take(bytes, size, 3) : SILICON_NO_PASID,
		.privileged = kind & 16, .execute = kind & 32, .translated = kind & 64, .no_write = kind & 128,
		.address = take(bytes, size, kind & 256 ? 8 : 3), .bytes = kind & 512 ? 0 : 4,
	};

	(void)unit->ops->request(unit, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct silicon_memory memory = {
		.read = memory_read, .write = memory_write, .swap = memory_swap,
	};
	unsigned choice = (unsigned)take(&bytes, &size, 2);
	struct silicon *unit = vtd_create(vtd_configs[choice % VTD_CONFIGS], &memory);

	if (!unit)
		abort();
	unit->defect = choice / VTD_CONFIGS % (vtd_defect_count() + 1);
	unit->ops->reset(unit);
	for (size_t i = 0; i < MEMORY_BYTES; i++)
		memory_bytes[i] = size ? bytes[i % size] : 0;
	while (size) {
		unsigned what = (unsigned)take(&bytes, &size, 1);
		uint32_t offset = (uint32_t)take(&bytes, &size, 2) & 0xffc;
		unsigned width = what & 1 && !(offset & 4) ? 8 : 4;

		if (what & 2)
			unit->ops->write(unit, offset & (what & 4 ? 0xfff : 0xff), width,
					 take(&bytes, &size, width));
		else if (what & 8)
			request(unit, &bytes, &size);
		else
			(void)unit->ops->read(unit, offset, width);
		for (unsigned i = 0; i < STEPS && unit->ops->step(unit); i++)
			;
	}
	vtd_destroy(unit);
	return 0;
}
