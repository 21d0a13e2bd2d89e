/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The modelled unit alone, with memory that is another's too: a word may have changed by the time of a swap, some
 * addresses have no memory, all others lead somewhere; devices answer invalidations, or do not. Requests are any
 * that a device can make. The unit asks for no access that model/silicon.h does not offer, and every call ends.
 *
 * The first byte chooses the configuration, two more the defect and in bits 15:14 when the CPU changes a word under the
 * unit: never, at each swap, at every third, where an accessed flag stands; operations follow (stream.h).
 */
#include "model/vtd.h"
#include "tests/model/hostile.h"
#include "tests/model/stream.h"

#define LAST_STEPS	8u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct silicon *unit;

static uint64_t get_register(unsigned number, uint32_t offset, unsigned width)
{
	(void)number;
	accesses = 0;
	return unit->ops->read(unit, offset, width);
}

static void set_register(unsigned number, uint32_t offset, unsigned width, uint64_t value)
{
	(void)number;
	accesses = 0;
	unit->ops->write(unit, offset, width, value);
}

static void flush_all(void)
{
}

/* ---- Operations ---- */

static void read_register(void)
{
	unsigned choice = (unsigned)take(2), width = choice & 0x8000 ? 8 : 4;

	(void)get_register(0, choice & 0xfff & ~(width - 1), width);
}

/* No request crosses 4 KiB; an AtomicOp has 8 bytes. */
static void request(void)
{
	unsigned kind = (unsigned)take(2);
	struct silicon_request r = {
		.access = (enum silicon_access)(kind % 5),
		.source = (uint16_t)take(1),
		.pasid = kind & 8 ? (uint32_t)take(1) : SILICON_NO_PASID,
		.privileged = kind & 16,
		.execute = kind & 32,
		.translated = kind & 64,
		.no_write = kind & 128,
		.address = take(kind & 256 ? 8 : 4) & ~UINT64_C(7),
		.bytes = kind & 512 ? 0 : 8,
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
	arrange, request, put_descriptor, unit_write, put_entry, global_command, put_word, read_register,
	request, put_descriptor, unit_write, put_entry, request, put_descriptor, request, reset,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	unsigned config, choice;

	input = (struct input){ bytes, size };
	config = (unsigned)take(1) % VTD_CONFIGS;
	choice = (unsigned)take(2);
	unit = vtd_create(vtd_configs[config], &hostile_memory);
	if (unit == NULL)
		abort();
	unit->devices = &hostile_devices;
	unit->defect = (choice & 0x3fff) % (vtd_defect_count() + 1);
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
	vtd_destroy(unit);
	return 0;
}
