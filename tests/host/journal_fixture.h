/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A journal, and a store that takes so much and answers what it is told to. */
#ifndef TESTS_HOST_JOURNAL_FIXTURE_H
#define TESTS_HOST_JOURNAL_FIXTURE_H

#include "tests/harness/journal.h"

#include "tests/host/check.h"

#define CHUNKS_MAX 4096

static struct journal journal;
static uint8_t store[JOURNAL_BYTES_MAX];
static size_t store_used, store_limit, chunk_ends[CHUNKS_MAX];
static unsigned store_calls;
static enum status store_answer;

static inline enum status store_chunk(unsigned index, const void *bytes, size_t count)
{
	store_calls++;
	if (store_answer != STATUS_OK)
		return store_answer;
	if (store_used + count > store_limit)
		return STATUS_EXHAUSTED;
	CHECK_EQ(index, store_calls - 1);
	memcpy(store + store_used, bytes, count);
	store_used += count;
	chunk_ends[index] = store_used;
	return STATUS_OK;
}

static inline void open_store(size_t limit, size_t chunk_bytes)
{
	store_used = store_calls = 0;
	store_limit = limit;
	store_answer = STATUS_OK;
	journal_init(&journal, store_chunk, chunk_bytes);
}

static inline void begin(uint32_t number)
{
	journal_begin(&journal, &(struct journal_case){ .number = number,
							.test = 0x1234,
							.unit = 1,
							.regime = 2,
							.leaf_lg2 = 21,
							.engine = 3 });
}

static inline void end(uint32_t number, enum verdict verdict)
{
	journal_end(&journal, &(struct journal_end){ .number = number,
						     .us = 1000000,
						     .checks = 7,
						     .verdict = (uint8_t)verdict });
}

#endif
