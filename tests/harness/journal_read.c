/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading a journal: any bytes whatsoever are taken, and understood as far as their records are whole. */
#include <string.h>

#include "tests/harness/journal_record.h"

#define HEADER_BYTES 4u

uint32_t journal_crc32(const uint8_t *bytes, size_t count)
{
	/* The remainders of the sixteen nibbles. */
	static const uint32_t nibbles[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < count; i++) {
		crc ^= bytes[i];
		crc = (crc >> 4) ^ nibbles[crc & 15];
		crc = (crc >> 4) ^ nibbles[crc & 15];
	}
	return ~crc;
}

void journal_put(uint8_t *at, uint64_t value, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

uint64_t journal_get(const uint8_t *at, unsigned width)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

size_t journal_put_case(uint8_t at[JOURNAL_CASE_BYTES], const struct journal_case *c)
{
	journal_put(at, c->number, 4);
	journal_put(at + 4, c->test, 2);
	at[6] = c->unit;
	at[7] = c->regime;
	at[8] = c->leaf_lg2;
	at[9] = c->engine;
	return JOURNAL_CASE_BYTES;
}

bool journal_step(const uint8_t *bytes, size_t count, size_t *offset, struct journal_record *record)
{
	const uint8_t *at = bytes + *offset;
	size_t left = count - *offset;

	if (*offset > count || left < JOURNAL_RECORD_OVERHEAD || at[3] != JOURNAL_FORMAT)
		return false;
	record->bytes = (size_t)journal_get(at, 2);
	if (record->bytes > left - JOURNAL_RECORD_OVERHEAD)
		return false;
	record->type = (enum journal_type)at[2];
	record->payload = at + HEADER_BYTES;
	*offset += record->bytes + JOURNAL_RECORD_OVERHEAD;
	return true;
}

bool journal_next(const uint8_t *bytes, size_t count, size_t *offset, struct journal_record *record)
{
	const uint8_t *start = bytes + *offset;
	size_t after = *offset;

	if (!journal_step(bytes, count, &after, record) ||
	    journal_get(record->payload + record->bytes, 4) !=
		    journal_crc32(start, HEADER_BYTES + record->bytes))
		return false;
	*offset = after;
	return true;
}

/* The text that follows the first `skip` bytes of a payload, up to a NUL if there is one. */
static void read_text(const struct journal_record *r, size_t skip, char *text, size_t size)
{
	size_t length = 0;

	while (length + 1 < size && skip + length < r->bytes && r->payload[skip + length]) {
		text[length] = (char)r->payload[skip + length];
		length++;
	}
	if (size)
		text[length] = '\0';
}

bool journal_read_start(const struct journal_record *r, struct journal_start *start, char *version,
			size_t size)
{
	if (r->bytes < 16)
		return false;
	start->build = journal_get(r->payload, 8);
	start->seed = journal_get(r->payload + 8, 8);
	read_text(r, 16, version, size);
	return true;
}

bool journal_read_case(const struct journal_record *r, struct journal_case *c)
{
	const uint8_t *p = r->payload;

	if (r->bytes < JOURNAL_CASE_BYTES)
		return false;
	*c = (struct journal_case){
		.number = (uint32_t)journal_get(p, 4),
		.test = (uint16_t)journal_get(p + 4, 2),
		.unit = p[6],
		.regime = p[7],
		.leaf_lg2 = p[8],
		.engine = p[9],
	};
	return true;
}

bool journal_read_end(const struct journal_record *r, struct journal_end *end)
{
	const uint8_t *p = r->payload;

	if (r->bytes < 13)
		return false;
	*end = (struct journal_end){
		.number = (uint32_t)journal_get(p, 4),
		.us = (uint32_t)journal_get(p + 4, 4),
		.checks = (uint32_t)journal_get(p + 8, 4),
		.verdict = p[12],
	};
	return true;
}

bool journal_read_u32(const struct journal_record *r, uint32_t *value)
{
	if (r->bytes < 4)
		return false;
	*value = (uint32_t)journal_get(r->payload, 4);
	return true;
}

bool journal_read_done(const struct journal_record *r, uint32_t *ended, uint32_t *dropped)
{
	if (r->bytes < 8 || !journal_read_u32(r, ended))
		return false;
	*dropped = (uint32_t)journal_get(r->payload + 4, 4);
	return true;
}

bool journal_read_name(const struct journal_record *r, enum journal_kind *kind, uint8_t *index,
		       uint8_t *parent, char *name, size_t size)
{
	if (r->bytes < 3 || r->payload[0] > JOURNAL_ENGINE)
		return false;
	*kind = (enum journal_kind)r->payload[0];
	*index = r->payload[1];
	*parent = r->payload[2];
	read_text(r, 3, name, size);
	return true;
}

void journal_read_text(const struct journal_record *r, char *text, size_t size)
{
	read_text(r, 0, text, size);
}

bool journal_read_reason(const uint8_t *bytes, size_t count, const struct journal_record *r,
			 struct journal_record *reason)
{
	uint32_t at = 0;
	size_t offset;

	*reason = *r;
	if (r->type == JOURNAL_REASON)
		return true;
	if (r->type != JOURNAL_REASON_AGAIN || !journal_read_u32(r, &at) || at >= count)
		return false;
	offset = at;
	return journal_next(bytes, count, &offset, reason) && reason->type == JOURNAL_REASON;
}

void journal_inspect(const uint8_t *bytes, size_t count, struct journal_state *state)
{
	char version[1];
	struct journal_reader reader;
	struct journal_record r;
	struct journal_end end;
	bool open = false;

	memset(state, 0, sizeof(*state));
	journal_open(&reader, bytes, count);
	if (!journal_read(&reader, &r) || r.type != JOURNAL_START)
		return;
	state->valid = journal_read_start(&r, &state->start, version, sizeof(version));
	while (state->valid && journal_read(&reader, &r)) {
		state->finished = r.type == JOURNAL_DONE;
		if (r.type == JOURNAL_PLAN) {
			journal_read_u32(&r, &state->planned);
		} else if (r.type == JOURNAL_BEGIN && journal_read_case(&r, &state->open)) {
			state->begun++;
			open = true;
		} else if (r.type == JOURNAL_END && journal_read_end(&r, &end) && open) {
			state->ended++;
			open = false;
		}
	}
}
