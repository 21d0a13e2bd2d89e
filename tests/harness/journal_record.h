/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The bytes of a record, for the journal's writer and reader alone. */
#ifndef TESTS_HARNESS_JOURNAL_RECORD_H
#define TESTS_HARNESS_JOURNAL_RECORD_H

#include "tests/harness/journal.h"

#define JOURNAL_RECORD_OVERHEAD	8u	/* what a record is longer than its payload */
#define JOURNAL_CASE_BYTES	10u	/* payload of JOURNAL_BEGIN */
#define JOURNAL_PACKED_MAX	29u	/* bytes of a case in JOURNAL_CASES */

/* The CRC-32 of IEEE 802.3: polynomial 04C11DB7h, bits reflected, inverted before and after. */
uint32_t journal_crc32(const uint8_t *bytes, size_t count);

/* A number of `width` bytes, the lowest first. */
void journal_put(uint8_t *at, uint64_t value, unsigned width);
uint64_t journal_get(const uint8_t *at, unsigned width);

/* The payload of a JOURNAL_BEGIN; its size. */
size_t journal_put_case(uint8_t at[JOURNAL_CASE_BYTES], const struct journal_case *c);

/*
 * Put a case behind *last; how many bytes it takes. Before the first of a record *last is journal_before_first, and
 * after each `last_reason` of the new one is set.
 */
extern const struct journal_packed journal_before_first;
size_t journal_pack(uint8_t at[JOURNAL_PACKED_MAX], const struct journal_packed *last,
		    struct journal_packed *one);
/* The case at *offset of `count` bytes; *one is the one before it, then this. False: there is no whole one. */
bool journal_unpack(const uint8_t *bytes, size_t count, size_t *offset, struct journal_packed *one);

/* journal_next() without the checksum, for records that this program wrote a moment ago. */
bool journal_step(const uint8_t *bytes, size_t count, size_t *offset, struct journal_record *record);

#endif
