/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The input of a fuzz target of the model, taken byte by byte, and the memory that it fills: PAGES pages from BASE on,
 * which the program that includes this has as `low_memory`.
 */
#ifndef TESTS_MODEL_INPUT_H
#define TESTS_MODEL_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PAGE	0x1000u
#define PAGES	64u
#define BASE	UINT64_C(0x100000)

static struct input {
	const uint8_t *at;
	size_t left;
} input;

static _Alignas(PAGE) uint8_t low_memory[PAGES * PAGE];

static uint64_t take(unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count && input.left != 0; i++, input.left--)
		value |= (uint64_t)*input.at++ << 8 * i;
	return value;
}

/* ---- Memory ---- */

static uint64_t page(unsigned number)
{
	return BASE + (uint64_t)(number % PAGES) * PAGE;
}

/* The CPU writes a word; what it wrote is not behind the caches before it is flushed. */
static void put(uint64_t address, uint64_t word)
{
	memcpy(low_memory + (address - BASE) % (PAGES * PAGE - 7), &word, sizeof(word));
}

#endif
