/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The bytes of a record, for the journal's writer and reader alone. */
#ifndef TESTS_HARNESS_JOURNAL_RECORD_H
#define TESTS_HARNESS_JOURNAL_RECORD_H

#include "tests/harness/journal.h"

#define JOURNAL_RECORD_OVERHEAD	8u	/* what a record is longer than its payload */

/* The CRC-32 of IEEE 802.3: polynomial 04C11DB7h, bits reflected, inverted before and after. */
uint32_t journal_crc32(const uint8_t *bytes, size_t count);

/* A number of `width` bytes, the lowest first. */
void journal_put(uint8_t *at, uint64_t value, unsigned width);
uint64_t journal_get(const uint8_t *at, unsigned width);

/* journal_next() without the checksum, for records that this program wrote a moment ago. */
bool journal_step(const uint8_t *bytes, size_t count, size_t *offset, struct journal_record *record);

#endif
