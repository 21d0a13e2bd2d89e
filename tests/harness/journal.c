/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Writing the journal: records into memory, memory into the store. The layout is in journal.h. */
#include "tests/harness/journal.h"

#include <string.h>

#include "tests/harness/journal_record.h"

#define START_BYTES 16u
#define CASE_BYTES  10u
#define END_BYTES   13u
#define DONE_BYTES  8u
#define AGAIN_BYTES 4u

#define OF_RECORD(payload) ((payload) + JOURNAL_RECORD_OVERHEAD)
/* Kept free for what must not be lost ... */
#define CASE_RESERVE (OF_RECORD(CASE_BYTES) + OF_RECORD(END_BYTES))
/* ... for all cases, as long as nobody has said how many: this part of what there is ... */
#define PLAN_SHARE 2u
/* ... for chunks of their own, which every so many cases ask for: risky ones ... */
#define CASES_PER_CHUNK 4u
/* ... and, before evidence is written, for the reasons of the cases to come: most are known texts. */
#define REASON_RESERVE 8192u
/* The evidence of one case takes at most this part of the room that is left for evidence. */
#define EVIDENCE_SHARE 32u

static bool has_store(const struct journal *journal)
{
	return journal->store_status == STATUS_OK && journal->store_left != SIZE_MAX;
}

static size_t less(size_t bytes, size_t taken)
{
	return bytes > taken ? bytes - taken : 0;
}

static size_t room_in_memory(const struct journal *journal)
{
	return sizeof(journal->bytes) - journal->used;
}

/* What the store can still take, what is not yet committed taken off. */
static size_t room_in_store(const struct journal *journal)
{
	size_t pending = journal_uncommitted(journal);
	size_t chunks = pending / journal->chunk_bytes + 2;

	return less(journal->store_left, pending + chunks * journal->chunk_overhead);
}

static size_t room_for_texts(const struct journal *journal)
{
	return has_store(journal) ? MIN(room_in_store(journal), room_in_memory(journal))
				  : room_in_memory(journal);
}

static size_t cases_to_come(const struct journal *journal)
{
	return journal->planned > journal->begun ? journal->planned - journal->begun : 0;
}

static size_t reserve_for_cases(const struct journal *journal)
{
	size_t bytes = OF_RECORD(DONE_BYTES);

	if (journal->open)
		bytes += OF_RECORD(END_BYTES);
	bytes += cases_to_come(journal) * CASE_RESERVE;
	if (has_store(journal))
		bytes += cases_to_come(journal) * journal->chunk_overhead / CASES_PER_CHUNK;
	return bytes;
}

static size_t reserve_for_reasons(const struct journal *journal)
{
	return cases_to_come(journal) * OF_RECORD(AGAIN_BYTES) + REASON_RESERVE;
}

/* How long a record of `type` may be, so that those that are more important still fit. */
static size_t room_for(const struct journal *journal, enum journal_type type)
{
	size_t room = room_in_memory(journal);

	if (type == JOURNAL_DONE || type == JOURNAL_PLAN)
		return room;
	if (type == JOURNAL_END)
		return less(room, OF_RECORD(DONE_BYTES));
	if (type == JOURNAL_BEGIN)
		return less(room, OF_RECORD(DONE_BYTES) + OF_RECORD(END_BYTES));
	room = room_for_texts(journal);
	if (!journal->planned)
		room = less(room, (room + journal->used) / PLAN_SHARE);
	if (type == JOURNAL_EVIDENCE)
		room = less(room, reserve_for_reasons(journal));
	return less(room, reserve_for_cases(journal));
}

/* One record of two pieces. */
static bool append(struct journal *journal, enum journal_type type, const uint8_t *head,
		   size_t head_bytes, const char *text, size_t text_bytes)
{
	size_t payload = head_bytes + text_bytes;
	uint8_t *at = journal->bytes + journal->used;

	if (OF_RECORD(payload) > room_for(journal, type)) {
		journal->dropped++;
		return false;
	}
	journal_put(at, payload, 2);
	at[2] = (uint8_t)type;
	at[3] = 0;
	if (head_bytes)
		memcpy(at + 4, head, head_bytes);
	if (text_bytes)
		memcpy(at + 4 + head_bytes, text, text_bytes);
	journal_put(at + 4 + payload, journal_crc32(at, 4 + payload), 4);
	journal->used += OF_RECORD(payload);
	return true;
}

/* A text behind a head, cut to what a record and a chunk of the store can hold. */
static bool append_text(struct journal *journal, enum journal_type type, const uint8_t *head,
			size_t head_bytes, const char *text)
{
	static const char cut[] = "...";
	char shortened[JOURNAL_TEXT_MAX];
	size_t limit = JOURNAL_TEXT_MAX;
	size_t length = strlen(text);

	if (journal->store_status == STATUS_OK)
		limit = MIN(limit, journal->chunk_bytes - OF_RECORD(head_bytes));
	if (length <= limit)
		return append(journal, type, head, head_bytes, text, length);
	memcpy(shortened, text, limit - (sizeof(cut) - 1));
	memcpy(shortened + limit - (sizeof(cut) - 1), cut, sizeof(cut) - 1);
	return append(journal, type, head, head_bytes, shortened, limit);
}

/* Where a reason with this text stands already; `used` if nowhere. */
static size_t find_reason(const struct journal *journal, const char *text)
{
	size_t length = strlen(text), offset = 0, at = 0;
	struct journal_record r;

	while (journal_step(journal->bytes, journal->used, &offset, &r)) {
		if (r.type == JOURNAL_REASON && r.bytes == length &&
		    memcmp(r.payload, text, length) == 0)
			return at;
		at = offset;
	}
	return journal->used;
}

static bool append_reason(struct journal *journal, const char *text)
{
	size_t at = find_reason(journal, text);
	uint8_t payload[AGAIN_BYTES];

	if (at == journal->used)
		return append_text(journal, JOURNAL_REASON, payload, 0, text);
	journal_put(payload, at, 4);
	return append(journal, JOURNAL_REASON_AGAIN, payload, sizeof(payload), NULL, 0);
}

void journal_init(struct journal *journal,
		  enum status (*store_chunk)(unsigned index, const void *bytes, size_t count),
		  size_t chunk_bytes)
{
	memset(journal, 0, sizeof(*journal));
	journal->store_chunk = store_chunk;
	journal->chunk_bytes = chunk_bytes;
	journal->store_left = SIZE_MAX;
	journal->case_text_limit = JOURNAL_CASE_TEXT_MAX;
	journal->store_status = store_chunk && chunk_bytes >= JOURNAL_CHUNK_MIN
					? STATUS_OK
					: STATUS_UNSUPPORTED;
}

void journal_limit_store(struct journal *journal, size_t store_bytes, size_t chunk_overhead)
{
	journal->store_left = store_bytes;
	journal->chunk_overhead = chunk_overhead;
}

void journal_adopt(struct journal *journal, const uint8_t *bytes, size_t count,
		   unsigned chunk_count)
{
	struct journal_state state;
	struct journal_record r;
	size_t offset = 0;

	count = MIN(count, sizeof(journal->bytes));
	while (journal_next(bytes, count, &offset, &r))
		;
	memcpy(journal->bytes, bytes, offset);
	journal_inspect(journal->bytes, offset, &state);
	journal->used = journal->committed = offset;
	journal->chunk_count = chunk_count;
	journal->planned = state.planned;
	journal->begun = state.begun;
	journal->open = state.begun > state.ended;
	journal->case_text_bytes = 0;
}

void journal_start(struct journal *journal, const struct journal_start *start, const char *version)
{
	uint8_t head[START_BYTES];

	journal_put(head, start->build, 8);
	journal_put(head + 8, start->seed, 8);
	append_text(journal, JOURNAL_START, head, sizeof(head), version);
	/* Without it nothing else is a journal. */
	if (journal->used == 0 && journal->store_status == STATUS_OK)
		journal->store_status = STATUS_EXHAUSTED;
}

void journal_text(struct journal *journal, enum journal_type type, const char *text)
{
	size_t before = journal->used;

	if (type == JOURNAL_REASON) {
		append_reason(journal, text);
		return;
	}
	if (type == JOURNAL_EVIDENCE &&
	    journal->case_text_bytes + strlen(text) > journal->case_text_limit) {
		journal->dropped++;
		return;
	}
	append_text(journal, type, NULL, 0, text);
	if (type == JOURNAL_EVIDENCE)
		journal->case_text_bytes += journal->used - before;
}

void journal_name(struct journal *journal, enum journal_kind kind, uint8_t index, uint8_t parent,
		  const char *name)
{
	uint8_t head[3] = { (uint8_t)kind, index, parent };

	append_text(journal, JOURNAL_NAME, head, sizeof(head), name);
}

void journal_plan(struct journal *journal, uint32_t cases)
{
	uint8_t payload[4];

	journal_put(payload, cases, 4);
	if (append(journal, JOURNAL_PLAN, payload, sizeof(payload), NULL, 0))
		journal->planned = cases;
}

void journal_begin(struct journal *journal, const struct journal_case *c)
{
	uint8_t payload[CASE_BYTES] = {
		[6] = c->unit, [7] = c->regime, [8] = c->leaf_lg2, [9] = c->engine
	};

	journal_put(payload, c->number, 4);
	journal_put(payload + 4, c->test, 2);
	journal->begun++;
	journal->case_text_bytes = 0;
	journal->case_text_limit = room_for(journal, JOURNAL_EVIDENCE) / EVIDENCE_SHARE;
	journal->case_text_limit = MIN(journal->case_text_limit, JOURNAL_CASE_TEXT_MAX);
	journal->case_text_limit = MAX(journal->case_text_limit, JOURNAL_CASE_TEXT_MIN);
	journal->open_at = journal->used;
	journal->open = append(journal, JOURNAL_BEGIN, payload, sizeof(payload), NULL, 0);
}

void journal_end(struct journal *journal, const struct journal_end *end)
{
	uint8_t payload[END_BYTES] = { [12] = end->verdict };

	journal_put(payload, end->number, 4);
	journal_put(payload + 4, end->us, 4);
	journal_put(payload + 8, end->checks, 4);
	append(journal, JOURNAL_END, payload, sizeof(payload), NULL, 0);
	journal->open = false;
}

void journal_done(struct journal *journal, uint32_t ended)
{
	uint8_t payload[DONE_BYTES];

	journal_put(payload, ended, 4);
	journal_put(payload + 4, journal->dropped, 4);
	append(journal, JOURNAL_DONE, payload, sizeof(payload), NULL, 0);
}

/*
 * How far the journal may be stored. A beginning without its end says that the machine died in the case: where only
 * the beginning finds room, it stays out.
 */
static size_t storable(const struct journal *journal)
{
	size_t left;

	if (!has_store(journal))
		return journal->used;
	left = less(room_in_store(journal), journal->chunk_overhead);
	if (journal->open && journal->open_at >= journal->committed && left < OF_RECORD(END_BYTES))
		return journal->open_at;
	return journal->used;
}

/* How many bytes of whole records from `committed` up to `limit` one chunk can hold. */
static size_t chunk_of_records(const struct journal *journal, size_t limit)
{
	size_t end = journal->committed, offset = end;
	struct journal_record r;

	while (journal_step(journal->bytes, limit, &offset, &r) &&
	       offset - journal->committed <= journal->chunk_bytes)
		end = offset;
	return end - journal->committed;
}

void journal_commit(struct journal *journal)
{
	size_t limit = storable(journal);

	while (journal->committed < limit && journal->store_status == STATUS_OK) {
		size_t count = chunk_of_records(journal, limit);

		journal->store_status = journal->store_chunk(
			journal->chunk_count, journal->bytes + journal->committed, count);
		if (journal->store_status == STATUS_OK) {
			journal->committed += count;
			if (journal->store_left != SIZE_MAX)
				journal->store_left = less(journal->store_left,
							   count + journal->chunk_overhead);
			journal->chunk_count++;
		}
	}
	if (limit < journal->used && journal->store_status == STATUS_OK)
		journal->store_status = STATUS_EXHAUSTED;
}

size_t journal_uncommitted(const struct journal *journal)
{
	return journal->used - journal->committed;
}
