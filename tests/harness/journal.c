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
/* ... for all cases, as long as nobody has said how many ... */
#define PLAN_RESERVE (JOURNAL_BYTES_MAX / 2)
/* ... and, before evidence is written, for the reasons of the cases to come: most are known texts. */
#define REASON_RESERVE 8192u

static size_t room(const struct journal *journal)
{
	return sizeof(journal->bytes) - journal->used;
}

static size_t cases_to_come(const struct journal *journal)
{
	return journal->planned > journal->begun ? journal->planned - journal->begun : 0;
}

/* What records of `type` must leave free for those that are more important. */
static size_t reserve(const struct journal *journal, enum journal_type type)
{
	size_t bytes = type == JOURNAL_DONE ? 0 : OF_RECORD(DONE_BYTES);

	if (type == JOURNAL_DONE || type == JOURNAL_END)
		return bytes;
	if (type == JOURNAL_BEGIN)
		return bytes + OF_RECORD(END_BYTES);
	if (!journal->planned && type != JOURNAL_PLAN)
		bytes += PLAN_RESERVE;
	bytes += cases_to_come(journal) * CASE_RESERVE;
	if (journal->open)
		bytes += OF_RECORD(END_BYTES);
	if (type == JOURNAL_EVIDENCE)
		bytes += cases_to_come(journal) * OF_RECORD(AGAIN_BYTES) + REASON_RESERVE;
	return bytes;
}

/* One record of two pieces. */
static bool append(struct journal *journal, enum journal_type type, const uint8_t *head,
		   size_t head_bytes, const char *text, size_t text_bytes)
{
	size_t payload = head_bytes + text_bytes;
	uint8_t *at = journal->bytes + journal->used;

	if (OF_RECORD(payload) + reserve(journal, type) > room(journal)) {
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
	journal->store_status =
		store_chunk && chunk_bytes >= JOURNAL_CHUNK_MIN ? STATUS_OK : STATUS_UNSUPPORTED;
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
}

void journal_text(struct journal *journal, enum journal_type type, const char *text)
{
	bool of_case = type == JOURNAL_REASON || type == JOURNAL_EVIDENCE;
	size_t before = journal->used;

	if (of_case && journal->case_text_bytes + strlen(text) > JOURNAL_CASE_TEXT_MAX) {
		journal->dropped++;
		return;
	}
	if (type == JOURNAL_REASON)
		append_reason(journal, text);
	else
		append_text(journal, type, NULL, 0, text);
	if (of_case)
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

/* How many bytes of whole records from `committed` on one chunk can hold. */
static size_t chunk_of_records(const struct journal *journal)
{
	size_t end = journal->committed, offset = end;
	struct journal_record r;

	while (journal_step(journal->bytes, journal->used, &offset, &r) &&
	       offset - journal->committed <= journal->chunk_bytes)
		end = offset;
	return end - journal->committed;
}

void journal_commit(struct journal *journal)
{
	while (journal->committed < journal->used && journal->store_status == STATUS_OK) {
		size_t count = chunk_of_records(journal);

		journal->store_status = journal->store_chunk(
			journal->chunk_count, journal->bytes + journal->committed, count);
		if (journal->store_status == STATUS_OK) {
			journal->committed += count;
			journal->chunk_count++;
		}
	}
}

size_t journal_uncommitted(const struct journal *journal)
{
	return journal->used - journal->committed;
}
