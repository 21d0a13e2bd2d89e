/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Words in plain memory that a device may read or change at any time: one access of the whole word
 * each, which the compiler neither splits nor fuses nor repeats.
 */
#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t atomic_load64(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

/* The same, and what was stored before this word was is visible after it. */
static inline uint64_t atomic_acquire64(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* What was stored before is visible to other processors before this word is. */
static inline void atomic_store64(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* Keep the bits of `mask`, drop the others; the word as it was. */
static inline uint64_t atomic_and64(uint64_t *word, uint64_t mask)
{
	return __atomic_fetch_and(word, mask, __ATOMIC_ACQ_REL);
}

/* Set the bits of `mask`; the word as it was. */
static inline uint64_t atomic_or64(uint64_t *word, uint64_t mask)
{
	return __atomic_fetch_or(word, mask, __ATOMIC_ACQ_REL);
}

/* Store `value` if the word is `expected`; false: it was another, and nothing was stored. */
static inline bool atomic_compare_swap64(uint64_t *word, uint64_t expected, uint64_t value)
{
	return __atomic_compare_exchange_n(word, &expected, value, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

#endif
