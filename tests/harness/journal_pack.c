/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Cases in few bytes: what a JOURNAL_CASES record holds, and the reader that takes it apart again.
 *
 * The payload is one case after another, each told by what differs from the one before it in the record; before
 * the first there is journal_before_first. Numbers are base 128, the lowest seven bits first, bit 7 set in all bytes
 * but the last. A case is
 *
 *	head		the verdict in bits 2:0, and which of these follow, in this order:
 *	number		unless it is one more than the last
 *	test		the difference, twice; that of a negative one, and minus one
 *	unit, regime, leaf, engine	a byte each
 *	microseconds, checks		always
 *	reason		the offset of its JOURNAL_REASON; 0: the same as the last in this record
 */
#include <string.h>

#include "tests/harness/journal_record.h"

#define HEAD_VERDICT	0x07u		/* enum verdict */
_Static_assert(VERDICT_COUNT <= HEAD_VERDICT + 1, "a verdict has three bits");
#define HEAD_LEAF	BIT(3)
#define HEAD_ENGINE	BIT(4)
#define HEAD_TEST	BIT(5)
#define HEAD_REASON	BIT(6)
#define HEAD_BEGUN	BIT(7)		/* a JOURNAL_BEGIN has told what it is: only its number may follow */
#define HEAD_UNIT	BIT(8)
#define HEAD_REGIME	BIT(9)
#define HEAD_NUMBER	BIT(10)

#define DUE_BEGIN	BIT(0)
#define DUE_REASON	BIT(1)
#define DUE_END		BIT(2)

const struct journal_packed journal_before_first = {
	.c = { .unit = JOURNAL_ANY, .regime = JOURNAL_ANY, .engine = JOURNAL_ANY },
};

/* ---- Numbers ---- */

static size_t put_number(uint8_t *at, uint32_t value)
{
	size_t bytes = 0;

	for (; value > 0x7f; value >>= 7)
		at[bytes++] = (uint8_t)(value | 0x80);
	at[bytes++] = (uint8_t)value;
	return bytes;
}

/* Bytes with a place in them. What is not there, or is no number, spoils all that follows. */
struct source {
	const uint8_t *bytes;
	size_t count, at;
	bool sound;
};

static uint8_t take_byte(struct source *s)
{
	s->sound = s->sound && s->at < s->count;
	return s->sound ? s->bytes[s->at++] : 0;
}

static uint32_t take_number(struct source *s)
{
	uint64_t value = 0;
	uint8_t byte = 0x80;

	for (unsigned shift = 0; shift < 35 && (byte & 0x80) != 0; shift += 7) {
		byte = take_byte(s);
		value |= (uint64_t)(byte & 0x7f) << shift;
	}
	s->sound = s->sound && (byte & 0x80) == 0 && value <= UINT32_MAX;
	return (uint32_t)value;
}

/* ---- Cases ---- */

static uint32_t head_of(const struct journal_packed *last, const struct journal_packed *one)
{
	const struct journal_case *a = &last->c, *b = &one->c;
	uint32_t head = one->end.verdict & HEAD_VERDICT;

	head |= one->reason != 0 ? HEAD_REASON : 0;
	head |= b->number != a->number + 1 ? HEAD_NUMBER : 0;
	if (one->begun)
		return head | HEAD_BEGUN;
	head |= b->test != a->test ? HEAD_TEST : 0;
	head |= b->unit != a->unit ? HEAD_UNIT : 0;
	head |= b->regime != a->regime ? HEAD_REGIME : 0;
	head |= b->leaf_lg2 != a->leaf_lg2 ? HEAD_LEAF : 0;
	head |= b->engine != a->engine ? HEAD_ENGINE : 0;
	return head;
}

size_t journal_pack(uint8_t at[JOURNAL_PACKED_MAX], const struct journal_packed *last,
		    struct journal_packed *one)
{
	uint32_t head = head_of(last, one);
	size_t n = put_number(at, head);

	if (one->begun) {
		one->c = last->c;
		one->c.number = one->end.number;
	}
	if (head & HEAD_NUMBER)
		n += put_number(at + n, one->c.number);
	if (head & HEAD_TEST)
		n += put_number(at + n, one->c.test > last->c.test
						? 2u * (uint32_t)(one->c.test - last->c.test)
						: 2u * (uint32_t)(last->c.test - one->c.test) - 1);
	if (head & HEAD_UNIT)
		at[n++] = one->c.unit;
	if (head & HEAD_REGIME)
		at[n++] = one->c.regime;
	if (head & HEAD_LEAF)
		at[n++] = one->c.leaf_lg2;
	if (head & HEAD_ENGINE)
		at[n++] = one->c.engine;
	n += put_number(at + n, one->end.us);
	n += put_number(at + n, one->end.checks);
	if (head & HEAD_REASON)
		n += put_number(at + n, one->reason == last->last_reason ? 0 : one->reason);
	one->last_reason = one->reason != 0 ? one->reason : last->last_reason;
	return n;
}

static uint16_t take_test(struct source *s, uint16_t last)
{
	uint32_t difference = take_number(s);

	return (uint16_t)(difference & 1 ? last - (difference + 1) / 2 : last + difference / 2);
}

static uint32_t take_reason(struct source *s, uint32_t last)
{
	uint32_t reason = take_number(s);

	return reason != 0 ? reason : last;
}

bool journal_unpack(const uint8_t *bytes, size_t count, size_t *offset, struct journal_packed *one)
{
	struct source s = { bytes, count, *offset, true };
	struct journal_case *c = &one->c;
	uint32_t head = take_number(&s);

	c->number = head & HEAD_NUMBER ? take_number(&s) : c->number + 1;
	if (head & HEAD_TEST)
		c->test = take_test(&s, c->test);
	if (head & HEAD_UNIT)
		c->unit = take_byte(&s);
	if (head & HEAD_REGIME)
		c->regime = take_byte(&s);
	if (head & HEAD_LEAF)
		c->leaf_lg2 = take_byte(&s);
	if (head & HEAD_ENGINE)
		c->engine = take_byte(&s);
	one->end.number = c->number;
	one->end.verdict = head & HEAD_VERDICT;
	one->end.us = take_number(&s);
	one->end.checks = take_number(&s);
	one->reason = head & HEAD_REASON ? take_reason(&s, one->last_reason) : 0;
	one->last_reason = one->reason != 0 ? one->reason : one->last_reason;
	one->begun = (head & HEAD_BEGUN) != 0;
	*offset = s.at;
	return s.sound;
}

/* ---- Record by record ---- */

void journal_open(struct journal_reader *reader, const void *bytes, size_t count)
{
	*reader = (struct journal_reader){ .bytes = bytes, .count = count };
}

/* The next record of the case that was unpacked last. */
static void make_record(struct journal_reader *reader, struct journal_record *record)
{
	const struct journal_packed *one = &reader->packed;
	uint8_t *at = reader->payload;

	*record = (struct journal_record){ .payload = at };
	if (reader->due & DUE_BEGIN) {
		record->type = JOURNAL_BEGIN;
		record->bytes = journal_put_case(at, &one->c);
	} else if (reader->due & DUE_REASON) {
		record->type = JOURNAL_REASON_AGAIN;
		journal_put(at, one->reason, 4);
		record->bytes = 4;
	} else {
		record->type = JOURNAL_END;
		journal_put(at, one->end.number, 4);
		journal_put(at + 4, one->end.us, 4);
		journal_put(at + 8, one->end.checks, 4);
		at[12] = one->end.verdict;
		record->bytes = 13;
	}
	reader->due &= reader->due - 1;
}

/* The rest of a record in which a case is not whole says nothing. */
static bool next_case(struct journal_reader *reader)
{
	if (reader->at >= reader->cases.bytes)
		return false;
	if (!journal_unpack(reader->cases.payload, reader->cases.bytes, &reader->at,
			    &reader->packed)) {
		reader->at = reader->cases.bytes;
		return false;
	}
	reader->due = DUE_END | (reader->packed.begun ? 0 : DUE_BEGIN) |
		      (reader->packed.reason != 0 ? DUE_REASON : 0);
	return true;
}

bool journal_read(struct journal_reader *reader, struct journal_record *record)
{
	while (reader->due == 0 && !next_case(reader)) {
		if (!journal_next(reader->bytes, reader->count, &reader->offset, record))
			return false;
		if (record->type != JOURNAL_CASES)
			return true;
		reader->cases = *record;
		reader->at = 0;
		reader->packed = journal_before_first;
	}
	make_record(reader, record);
	return true;
}
