/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The modelled unit alone, with memory that is another's too: a word may have changed by the time of a swap, some
 * addresses have no memory, all others lead somewhere; devices answer invalidations, or do not. Requests are any
 * that a device can make. The unit asks for no access that model/silicon.h does not offer, and every call ends.
 *
 * The first byte chooses the configuration, two more the defect and in bits 15:14 when the CPU changes a word under the
 * unit: never, at each swap, at every third, where an accessed flag stands; operations follow (stream.h).
 */
#include <stdlib.h>

#include "model/vtd.h"
#include "tests/model/stream.h"

#define NO_MEMORY	0x5au		/* bits 63:56 of addresses that lead nowhere */
#define LAST_STEPS	8u
/*
 * Of one call, from the model's own limits: 64 walks, while words change under them, of 64 entries, each found
 * through a second walk of 64; of an entry a read and a swap. Descriptors of a step do far less.
 */
#define CALL_ACCESSES	(64u * 64 * (64 + 1) * 2)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct silicon *unit;
static unsigned accesses;	/* of the unit to memory, in this call */
static unsigned swaps;
static enum { NEVER, ALWAYS, EVERY_THIRD, WHERE_ACCESSED } changes;

/* ---- What the unit is given ---- */

/* Where an address leads; NULL: nowhere. */
static uint8_t *find(uint64_t address, size_t bytes)
{
	size_t offset = (size_t)(address - BASE) % sizeof(low_memory);

	if (bytes == 0 || bytes > PAGE || ++accesses > CALL_ACCESSES)
		abort();
	return address >> 56 != NO_MEMORY && bytes <= sizeof(low_memory) - offset
		       ? low_memory + offset
		       : NULL;
}

static bool memory_read(void *context, uint64_t address, void *to, size_t bytes, bool snooped)
{
	const uint8_t *from = find(address, bytes);

	(void)context, (void)snooped;
	if (from != NULL)
		memcpy(to, from, bytes);
	return from != NULL;
}

static bool memory_write(void *context, uint64_t address, const void *from, size_t bytes, bool snooped)
{
	uint8_t *to = find(address, bytes);

	(void)context, (void)snooped;
	if (to != NULL)
		memcpy(to, from, bytes);
	return to != NULL;
}

static bool is_changed(uint64_t word)
{
	swaps++;
	return changes == ALWAYS || (changes == EVERY_THIRD && swaps % 3 == 0) ||
	       (changes == WHERE_ACCESSED && word & 0x120);
}

static bool memory_swap(void *context, uint64_t address, uint64_t expected, uint64_t desired, uint64_t *seen,
			bool snooped)
{
	uint8_t *word = find(address, sizeof(*seen));

	(void)context, (void)snooped;
	if (address % sizeof(*seen) != 0)
		abort();
	if (word == NULL)
		return false;
	if (is_changed(expected))
		word[6] ^= 0x10;	/* bit 52, which hardware ignores */
	memcpy(seen, word, sizeof(*seen));
	if (*seen == expected)
		memcpy(word, &desired, sizeof(desired));
	return true;
}

static bool invalidate(void *context, uint16_t source, uint32_t pasid, uint64_t address, unsigned size_lg2)
{
	(void)context, (void)pasid;
	if (size_lg2 > 64 || (size_lg2 < 64 && address & ((UINT64_C(1) << size_lg2) - 1)))
		abort();
	return source % 8 != 7;
}

static void page_response(void *context, uint16_t source, uint32_t pasid, unsigned group, unsigned code)
{
	(void)context, (void)source, (void)pasid;
	if (group > 511 || code > 15)
		abort();
}

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
	static const struct silicon_memory memory = { .read = memory_read,
						      .write = memory_write,
						      .swap = memory_swap };
	static const struct silicon_devices devices = { .invalidate = invalidate,
							.page_response = page_response };
	unsigned config, choice;

	input = (struct input){ bytes, size };
	config = (unsigned)take(1) % VTD_CONFIGS;
	choice = (unsigned)take(2);
	unit = vtd_create(vtd_configs[config], &memory);
	if (unit == NULL)
		abort();
	unit->devices = &devices;
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
