/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Words in plain memory that a device may read or change at any time: one access of the whole word
 * each, which the compiler neither splits nor fuses nor repeats.
 */
#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include <stdint.h>

static inline uint64_t atomic_load64(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
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

#endif
