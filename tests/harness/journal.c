/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Writing the journal: records into memory, memory into the store. The layout is in journal.h. */
#include "tests/harness/journal.h"

#include <string.h>

#include "tests/harness/journal_record.h"

#define START_BYTES 16u
#define DONE_BYTES  8u

#define OF_RECORD(payload) ((payload) + JOURNAL_RECORD_OVERHEAD)
/* A case that ends, wherever it stands; and one that is begun in a record of its own besides. */
#define END_MAX		OF_RECORD(JOURNAL_PACKED_MAX)
#define APART_MAX	(OF_RECORD(JOURNAL_CASE_BYTES) + END_MAX)
/* A record of cases ends at this length, so that one that is spoiled is not the whole run. */
#define PACK_MAX	512u

/*
 * Kept free for what must not be lost: for each case to come what those that ended took on average, at least
 * this much ...
 */
#define CASE_RESERVE	7u
/* ... for all cases, as long as nobody has said how many: this part of what there is ... */
#define PLAN_SHARE	2u
/* ... for a chunk every so many cases ... */
#define CASES_PER_CHUNK	50u
/* ... for those with a chunk of their own, what they take more than others ... */
#define OWN_RESERVE	32u
/* ... and, before evidence is written, for the reasons of the cases to come: most are known texts. */
#define REASON_RESERVE	3072u
/* Texts fill chunks of this many bytes, and each takes the store's overhead besides. */
#define TEXTS_PER_CHUNK	2048u
/* The evidence of one case takes at most this part of the room that is left for evidence ... */
#define EVIDENCE_SHARE	32u
/* ... but that of the first failures, which may be all, as much as tells the whole, or this part of the room ... */
#define FEW_FAILURES	8u
#define FEW_SHARE	4u
#define FEW_BYTES	1024u
/* ... and that of all known defects this part of what the plan leaves. */
#define KNOWN_SHARE	2u

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
	size_t room;

	if (!has_store(journal))
		return room_in_memory(journal);
	room = room_in_store(journal);
	room = less(room, room / TEXTS_PER_CHUNK * journal->chunk_overhead);
	return MIN(room, room_in_memory(journal));
}

static size_t cases_to_come(const struct journal *journal)
{
	return journal->planned > journal->begun ? journal->planned - journal->begun : 0;
}

static size_t reserve_for_cases(const struct journal *journal)
{
	size_t bytes = OF_RECORD(DONE_BYTES), each = CASE_RESERVE;

	if (journal->open)
		bytes += END_MAX;
	if (journal->pack_count != 0)
		each = MAX(each, journal->packed_bytes / journal->pack_count + 1);
	bytes += cases_to_come(journal) * each;
	if (has_store(journal))
		bytes += cases_to_come(journal) * journal->chunk_overhead / CASES_PER_CHUNK;
	return bytes;
}

static size_t reserve_for_chunks(const struct journal *journal)
{
	size_t chunks = has_store(journal) ? journal->own_chunks : 0;

	return chunks * (OWN_RESERVE + journal->chunk_overhead);
}

/* How long a record of `type` may be, so that those that are more important still fit. */
static size_t room_for(const struct journal *journal, enum journal_type type)
{
	size_t room = room_in_memory(journal);

	if (type == JOURNAL_DONE || type == JOURNAL_PLAN)
		return room;
	if (type == JOURNAL_CASES)
		return less(room, OF_RECORD(DONE_BYTES));
	if (type == JOURNAL_BEGIN)
		return less(room, OF_RECORD(DONE_BYTES) + END_MAX);
	room = room_for_texts(journal);
	if (!journal->planned)
		room = less(room, (room + journal->used) / PLAN_SHARE);
	if (type == JOURNAL_EVIDENCE)
		room = less(room, REASON_RESERVE + reserve_for_chunks(journal));
	return less(room, reserve_for_cases(journal));
}

/* Around a payload that is in its place. */
static void frame(uint8_t *at, enum journal_type type, size_t payload)
{
	journal_put(at, payload, 2);
	at[2] = (uint8_t)type;
	at[3] = JOURNAL_FORMAT;
	journal_put(at + 4 + payload, journal_crc32(at, 4 + payload), 4);
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
	if (head_bytes)
		memcpy(at + 4, head, head_bytes);
	if (text_bytes)
		memcpy(at + 4 + head_bytes, text, text_bytes);
	frame(at, type, payload);
	journal->used += OF_RECORD(payload);
	journal->pack_bytes = 0;
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

/* The beginning of the open case as a record of its own. False: there is no room for it. */
static bool write_begin(struct journal *journal)
{
	uint8_t payload[JOURNAL_CASE_BYTES];
	size_t bytes = journal_put_case(payload, &journal->current), at = journal->used;

	if (!journal->open || journal->written)
		return true;
	journal->written = append(journal, JOURNAL_BEGIN, payload, bytes, NULL, 0);
	journal->open_at = at;
	return journal->written;
}

/* A text of the open case, behind its beginning: either finds room with the other, or none does. */
static bool append_text_of_case(struct journal *journal, enum journal_type type, const char *text)
{
	size_t begin = journal->open && !journal->written ? APART_MAX : 0;

	if (begin + OF_RECORD(strlen(text)) > room_for(journal, type)) {
		journal->dropped++;
		return false;
	}
	return write_begin(journal) && append_text(journal, type, NULL, 0, text);
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

static void tell_reason(struct journal *journal, const char *text)
{
	size_t at = find_reason(journal, text);

	if (at == journal->used)
		(void)!append_text_of_case(journal, JOURNAL_REASON, text);
	else
		journal->reason = (uint32_t)at;
}

static void tell_evidence(struct journal *journal, const char *text, size_t *left)
{
	size_t before = journal->used, bytes = OF_RECORD(strlen(text));

	if (journal->case_text_bytes + strlen(text) > journal->case_text_limit || bytes > *left) {
		journal->dropped++;
		return;
	}
	if (append_text_of_case(journal, JOURNAL_EVIDENCE, text)) {
		journal->failures += *left == SIZE_MAX && journal->case_text_bytes == 0;
		journal->case_text_bytes += journal->used - before;
		*left -= bytes;
	}
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
	journal->open = journal->written = state.begun > state.ended;
	journal->open_at = offset;
	journal->current = state.open;
	journal->known_left = room_for(journal, JOURNAL_EVIDENCE) / KNOWN_SHARE;
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
	size_t left = SIZE_MAX;

	if (type == JOURNAL_REASON)
		tell_reason(journal, text);
	else if (type == JOURNAL_EVIDENCE)
		tell_evidence(journal, text, &left);
	else
		append_text(journal, type, NULL, 0, text);
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
	journal->known_left = room_for(journal, JOURNAL_EVIDENCE) / KNOWN_SHARE;
}

bool journal_expect_chunks(struct journal *journal, uint32_t cases)
{
	journal->own_chunks = cases;
	return !has_store(journal) ||
	       room_in_store(journal) >= reserve_for_cases(journal) + reserve_for_chunks(journal);
}

static size_t limit_of_evidence(const struct journal *journal)
{
	size_t room = room_for(journal, JOURNAL_EVIDENCE), limit = room / EVIDENCE_SHARE;

	if (journal->failures < FEW_FAILURES)
		limit = MAX(limit, MIN(room / FEW_SHARE, FEW_BYTES));
	limit = MIN(limit, JOURNAL_CASE_TEXT_MAX);
	return MAX(limit, JOURNAL_CASE_TEXT_MIN);
}

void journal_begin(struct journal *journal, const struct journal_case *c)
{
	(void)!write_begin(journal);	/* of a case that never ended */
	journal->begun++;
	journal->current = *c;
	journal->open = true;
	journal->written = false;
	journal->reason = 0;
	journal->case_text_bytes = 0;
	journal->case_text_limit = limit_of_evidence(journal);
}

void journal_known_evidence(struct journal *journal, const char *text)
{
	tell_evidence(journal, text, &journal->known_left);
}

/* The open case at the end of the record of cases that is the last; false: it is another one, or has no room. */
static bool extend_cases(struct journal *journal, struct journal_packed *one)
{
	size_t limit = MIN(PACK_MAX,
			   journal->store_status == STATUS_OK ? journal->chunk_bytes : PACK_MAX);
	size_t before = journal->pack_bytes, bytes;
	uint8_t packed[JOURNAL_PACKED_MAX];
	uint8_t *at;

	if (before == 0)
		return false;
	bytes = journal_pack(packed, &journal->packed, one);
	if (OF_RECORD(before + bytes) > limit || bytes > room_for(journal, JOURNAL_CASES))
		return false;
	at = journal->bytes + journal->used - OF_RECORD(before);
	memcpy(at + 4 + before, packed, bytes);
	frame(at, JOURNAL_CASES, before + bytes);
	journal->used += bytes;
	journal->pack_bytes = before + bytes;
	return true;
}

static bool append_cases(struct journal *journal, struct journal_packed *one)
{
	uint8_t packed[JOURNAL_PACKED_MAX];
	size_t bytes = journal_pack(packed, &journal_before_first, one);

	if (!append(journal, JOURNAL_CASES, packed, bytes, NULL, 0))
		return false;
	journal->pack_bytes = bytes;
	return true;
}

void journal_end(struct journal *journal, const struct journal_end *end)
{
	struct journal_packed one = { .c = journal->current,
				      .end = *end,
				      .reason = journal->reason,
				      .begun = journal->written };
	size_t before = journal->used;

	if (!journal->open)
		return;
	if (one.end.verdict >= VERDICT_COUNT)
		one.end.verdict = VERDICT_BROKEN;
	journal->open = false;
	if (!extend_cases(journal, &one) && !append_cases(journal, &one))
		return;
	journal->packed = one;
	journal->pack_count++;
	journal->packed_bytes += journal->used - before;
}

void journal_done(struct journal *journal, uint32_t ended)
{
	uint8_t payload[DONE_BYTES];

	(void)!write_begin(journal);
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
	if (journal->open && journal->written && journal->open_at >= journal->committed &&
	    left < END_MAX)
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
	size_t limit;

	if (journal->open && !journal->written)
		journal->own_chunks = (uint32_t)less(journal->own_chunks, 1);
	(void)!write_begin(journal);
	limit = storable(journal);
	journal->pack_bytes = 0;
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
