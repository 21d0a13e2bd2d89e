/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory and devices for a unit alone, as bad as they may be: a word may have changed by the time of a swap, some
 * addresses have no memory, all others lead somewhere; devices answer invalidations, or do not. What the unit asks for
 * that model/silicon.h does not offer, and a call that asks for too much, ends the program.
 */
#ifndef TESTS_MODEL_HOSTILE_H
#define TESTS_MODEL_HOSTILE_H

#include <stdlib.h>

#include "model/silicon.h"
#include "tests/model/input.h"

#define NO_MEMORY	0x5au		/* bits 63:56 or 51:44 of addresses that lead nowhere */

/*
 * Of one call, from the model's own limits: 64 walks, while words change under them, of 64 entries, each found
 * through a second walk of 64; of an entry a read and a swap. Descriptors of a step do far less.
 */
#define CALL_ACCESSES	(64u * 64 * (64 + 1) * 2)

static unsigned accesses;	/* of the unit to memory, in this call */
static unsigned swaps;
static enum { NEVER, ALWAYS, EVERY_THIRD, WHERE_ACCESSED } changes;

/* Where an address leads; NULL: nowhere. */
static uint8_t *find(uint64_t address, size_t bytes)
{
	size_t offset = (size_t)(address - BASE) % sizeof(low_memory);

	if (bytes == 0 || bytes > PAGE || ++accesses > CALL_ACCESSES)
		abort();
	return address >> 56 != NO_MEMORY && address >> 44 != NO_MEMORY && bytes <= sizeof(low_memory) - offset
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

static const struct silicon_memory hostile_memory = {
	.read = memory_read, .write = memory_write, .swap = memory_swap,
};
static const struct silicon_devices hostile_devices = { .invalidate = invalidate, .page_response = page_response };

#endif
