/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The journal: what is written is read again, whatever is cut off, flipped, full or refused. */
#include "tests/host/journal_fixture.h"

/* A short run with a record of every type. */
static void write_run(void)
{
	journal_start(&journal, &(struct journal_start){ 0x0102030405060708, 42 }, "1.0-test");
	journal_text(&journal, JOURNAL_FACT, "cpu=Some Processor");
	journal_text(&journal, JOURNAL_NOTE, "no framebuffer");
	journal_text(&journal, JOURNAL_FINDING, "DMAR: checksum");
	journal_name(&journal, JOURNAL_REGIME, 2, 1, "first");
	journal_plan(&journal, 3);
	begin(1);
	end(1, VERDICT_PASS);
	begin(2);
	journal_text(&journal, JOURNAL_EVIDENCE, "got 1, expected 2");
	journal_text(&journal, JOURNAL_REASON, "the needed bit is missing");
	end(2, VERDICT_FAIL);
	begin(3);
	journal_text(&journal, JOURNAL_REASON, "the needed bit is missing");
	end(3, VERDICT_SKIP);
	journal_done(&journal, 3);
}

static struct journal_reader reader;

static bool next(struct journal_record *r, enum journal_type type)
{
	return journal_read(&reader, r) && r->type == type;
}

HOST_TEST(layout_is_the_documented_one)
{
	/* u16 4, u8 PLAN, u8 2, u32 258; the checksum is zlib's crc32 of these eight bytes. */
	static const uint8_t plan[] = { 4, 0, 6, 2, 2, 1, 0, 0, 0x52, 0xc3, 0x3a, 0xe6 };

	open_store(sizeof(store), 1024);
	journal_plan(&journal, 258);
	CHECK_EQ(journal.used, sizeof(plan));
	CHECK(memcmp(journal.bytes, plan, sizeof(plan)) == 0);
}

HOST_TEST(every_record_comes_back)
{
	struct journal_start start;
	struct journal_case c;
	struct journal_end e;
	struct journal_record r, reason;
	enum journal_kind kind = JOURNAL_UNIT;
	uint8_t index = 0, parent = 0;
	uint32_t n = 0, dropped = 1;
	char text[64];

	open_store(sizeof(store), 1024);
	write_run();
	journal_open(&reader, journal.bytes, journal.used);
	CHECK(next(&r, JOURNAL_START) && journal_read_start(&r, &start, text, sizeof(text)));
	CHECK_EQ(start.build, 0x0102030405060708);
	CHECK_EQ(start.seed, 42);
	CHECK_STR(text, "1.0-test");
	CHECK(next(&r, JOURNAL_FACT));
	journal_read_text(&r, text, sizeof(text));
	CHECK_STR(text, "cpu=Some Processor");
	journal_read_text(&r, text, 4);
	CHECK_STR(text, "cpu");
	CHECK(next(&r, JOURNAL_NOTE));
	CHECK(next(&r, JOURNAL_FINDING));
	CHECK(next(&r, JOURNAL_NAME) &&
	      journal_read_name(&r, &kind, &index, &parent, text, sizeof(text)));
	CHECK_EQ(kind, JOURNAL_REGIME);
	CHECK_EQ(index, 2);
	CHECK_EQ(parent, 1);
	CHECK_STR(text, "first");
	CHECK(next(&r, JOURNAL_PLAN) && journal_read_u32(&r, &n));
	CHECK_EQ(n, 3);
	CHECK(next(&r, JOURNAL_BEGIN) && journal_read_case(&r, &c));
	CHECK(c.number == 1 && c.test == 0x1234 && c.unit == 1 && c.regime == 2 &&
	      c.leaf_lg2 == 21 && c.engine == 3);
	CHECK(next(&r, JOURNAL_END) && journal_read_end(&r, &e));
	CHECK(e.number == 1 && e.us == 1000000 && e.checks == 7 && e.verdict == VERDICT_PASS);
	CHECK(next(&r, JOURNAL_BEGIN));
	CHECK(next(&r, JOURNAL_EVIDENCE));
	CHECK(next(&r, JOURNAL_REASON));
	CHECK(next(&r, JOURNAL_END));
	CHECK(next(&r, JOURNAL_BEGIN));
	CHECK(next(&r, JOURNAL_REASON_AGAIN));
	CHECK(journal_read_reason(journal.bytes, journal.used, &r, &reason));
	journal_read_text(&reason, text, sizeof(text));
	CHECK_STR(text, "the needed bit is missing");
	CHECK(next(&r, JOURNAL_END));
	CHECK(next(&r, JOURNAL_DONE) && journal_read_done(&r, &n, &dropped));
	CHECK(n == 3 && dropped == 0);
	CHECK_EQ(reader.offset, journal.used);
	CHECK(!journal_read(&reader, &r));
}

HOST_TEST(a_payload_too_short_for_its_type_is_refused)
{
	static const uint8_t bytes[16];
	struct journal_start start;
	struct journal_case c;
	struct journal_end e;
	enum journal_kind kind;
	uint8_t index, parent;
	uint32_t n, m;
	char text[4];

	for (size_t i = 0; i <= 16; i++) {
		struct journal_record r = { .payload = bytes, .bytes = i };

		CHECK_EQ(journal_read_start(&r, &start, text, sizeof(text)), i >= 16);
		CHECK_EQ(journal_read_case(&r, &c), i >= 10);
		CHECK_EQ(journal_read_end(&r, &e), i >= 13);
		CHECK_EQ(journal_read_u32(&r, &n), i >= 4);
		CHECK_EQ(journal_read_done(&r, &n, &m), i >= 8);
		CHECK_EQ(journal_read_name(&r, &kind, &index, &parent, text, 4), i >= 3);
	}
}

/* Records that are whole in the first `count` bytes. */
static unsigned whole_records(const uint8_t *bytes, size_t count)
{
	struct journal_record r;
	size_t offset = 0;
	unsigned n = 0;

	while (journal_next(bytes, count, &offset, &r))
		n++;
	CHECK(offset <= count);
	return n;
}

HOST_TEST(cut_off_at_every_byte_it_is_read_to_the_last_whole_record)
{
	struct journal_record r;
	size_t offset = 0;
	unsigned whole = 0;

	open_store(sizeof(store), 1024);
	write_run();
	for (size_t cut = 0; cut <= journal.used; cut++) {
		uint8_t *copy = malloc(cut ? cut : 1);
		size_t after = offset;

		memcpy(copy, journal.bytes, cut);
		if (journal_next(journal.bytes, journal.used, &after, &r) && after <= cut) {
			offset = after;
			whole++;
		}
		CHECK_EQ(whole_records(copy, cut), whole);
		free(copy);
	}
	CHECK_EQ(whole, 12);
}

HOST_TEST(a_flipped_bit_ends_the_journal_before_its_record)
{
	unsigned all;

	open_store(sizeof(store), 1024);
	write_run();
	all = whole_records(journal.bytes, journal.used);
	for (size_t at = 0; at < journal.used; at++) {
		unsigned before = whole_records(journal.bytes, at);

		for (unsigned bit = 0; bit < 8; bit++) {
			journal.bytes[at] ^= (uint8_t)(1u << bit);
			CHECK_EQ(whole_records(journal.bytes, journal.used), before);
			journal.bytes[at] ^= (uint8_t)(1u << bit);
		}
	}
	CHECK_EQ(whole_records(journal.bytes, journal.used), all);
}

HOST_TEST(zeros_and_ones_are_no_journal)
{
	uint8_t bytes[64];

	memset(bytes, 0, sizeof(bytes));
	CHECK_EQ(whole_records(bytes, sizeof(bytes)), 0);
	memset(bytes, 0xff, sizeof(bytes));
	CHECK_EQ(whole_records(bytes, sizeof(bytes)), 0);
}

HOST_TEST(inspect_says_how_far_a_run_came)
{
	struct journal_state state;
	size_t before_last;

	open_store(sizeof(store), 1024);
	write_run();
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(state.valid && state.finished && state.planned == 3);
	CHECK(state.begun == 3 && state.ended == 3 && state.start.seed == 42);
	journal_text(&journal, JOURNAL_NOTE, "behind the end");
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(state.valid && !state.finished);

	open_store(sizeof(store), 1024);
	journal_inspect(journal.bytes, 0, &state);
	CHECK(!state.valid && !state.finished);
	journal_text(&journal, JOURNAL_NOTE, "as long as the record that comes first");
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(!state.valid);

	open_store(sizeof(store), 1024);
	journal_start(&journal, &(struct journal_start){ 1, 2 }, "");
	journal_plan(&journal, 4);
	begin(3);
	journal_commit(&journal);
	before_last = journal.used;
	end(3, VERDICT_PASS);
	begin(1);
	journal_commit(&journal);
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(state.valid && !state.finished && state.begun == 2 && state.ended == 1);
	CHECK_EQ(state.open.number, 1);
	journal_inspect(journal.bytes, before_last, &state);
	CHECK(state.begun == 1 && state.ended == 0 && state.open.number == 3);
}

HOST_TEST(chunks_are_whole_records_and_make_the_journal_again)
{
	open_store(sizeof(store), 100);
	write_run();
	journal_commit(&journal);
	CHECK_EQ(journal.store_status, STATUS_OK);
	CHECK_EQ(journal_uncommitted(&journal), 0);
	CHECK(store_used == journal.used && memcmp(store, journal.bytes, store_used) == 0);
	CHECK(store_calls > 3);
	for (unsigned i = 0; i < store_calls; i++) {
		struct journal_record r;
		size_t offset = 0;

		CHECK(chunk_ends[i] - (i ? chunk_ends[i - 1] : 0) <= 100);
		while (journal_next(store, chunk_ends[i], &offset, &r))
			;
		CHECK_EQ(offset, chunk_ends[i]);
	}
	journal_commit(&journal);
	CHECK_EQ(store_calls, journal.chunk_count);
}

HOST_TEST(a_text_longer_than_a_record_or_a_chunk_is_cut)
{
	static char text[3000], got[3000];
	struct journal_record r;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	open_store(sizeof(store), 2000);
	journal_text(&journal, JOURNAL_NOTE, text);
	journal_open(&reader, journal.bytes, journal.used);
	CHECK(next(&r, JOURNAL_NOTE) && r.bytes == 1024);
	journal_read_text(&r, got, sizeof(got));
	CHECK_STR(got + 1020, "x...");

	open_store(sizeof(store), 64);
	journal_name(&journal, JOURNAL_UNIT, 0, 0, text);
	journal_commit(&journal);
	CHECK_EQ(store_used, 64);
}

HOST_TEST(a_full_store_is_remembered_and_the_run_goes_on)
{
	struct journal_state state;

	open_store(150, 100);
	write_run();
	journal_commit(&journal);
	CHECK_EQ(journal.store_status, STATUS_EXHAUSTED);
	CHECK(journal_uncommitted(&journal) > 0);
	store_calls = 0;
	begin(9);
	journal_commit(&journal);
	CHECK_EQ(store_calls, 0);
	CHECK_EQ(journal.store_status, STATUS_EXHAUSTED);
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK_EQ(state.begun, 4);

	open_store(sizeof(store), 100);
	store_answer = STATUS_DEVICE_ERROR;
	write_run();
	journal_commit(&journal);
	CHECK_EQ(journal.store_status, STATUS_DEVICE_ERROR);
	CHECK_EQ(store_calls, 1);
}

HOST_TEST(without_a_store_nothing_is_stored)
{
	journal_init(&journal, NULL, 0);
	write_run();
	journal_commit(&journal);
	CHECK_EQ(journal.store_status, STATUS_UNSUPPORTED);
	open_store(sizeof(store), 63);
	write_run();
	journal_commit(&journal);
	CHECK_EQ(journal.store_status, STATUS_UNSUPPORTED);
	CHECK_EQ(store_calls, 0);
}

HOST_TEST(adopt_goes_on_behind_the_last_whole_record)
{
	struct journal_state state;
	static uint8_t old[JOURNAL_BYTES_MAX];
	size_t old_bytes;

	open_store(sizeof(store), 100);
	journal_start(&journal, &(struct journal_start){ 1, 2 }, "v");
	journal_plan(&journal, 2);
	begin(1);
	journal_commit(&journal);
	memcpy(old, store, store_used);
	old_bytes = store_used;

	store_calls = 0;
	journal_init(&journal, store_chunk, 100);
	journal_adopt(&journal, old, old_bytes + 3, 1); /* three bytes of nothing behind it */
	CHECK_EQ(journal.used, old_bytes);
	CHECK_EQ(journal_uncommitted(&journal), 0);
	store_calls = 1;
	end(1, VERDICT_HANG);
	begin(2);
	end(2, VERDICT_PASS);
	journal_done(&journal, 2);
	journal_commit(&journal);
	CHECK_EQ(store_calls, 2);
	journal_inspect(store, store_used, &state);
	CHECK(state.valid && state.finished && state.begun == 2 && state.ended == 2);
}

HOST_TEST(a_reference_to_no_reason_is_refused)
{
	static const uint8_t far[4] = { 0xff, 0xff, 0xff, 0xff }, near[4] = { 0, 0, 0, 0 };
	struct journal_record r = { JOURNAL_REASON_AGAIN, far, 4 }, reason;

	open_store(sizeof(store), 1024);
	journal_plan(&journal, 1);
	CHECK(!journal_read_reason(journal.bytes, journal.used, &r, &reason));
	r.payload = near;
	CHECK(!journal_read_reason(journal.bytes, journal.used, &r, &reason));
	r.bytes = 3;
	CHECK(!journal_read_reason(journal.bytes, journal.used, &r, &reason));
	r.type = JOURNAL_NOTE;
	CHECK(!journal_read_reason(journal.bytes, journal.used, &r, &reason));
}

HOST_TEST(verdicts_have_names)
{
	CHECK_STR(verdict_name(VERDICT_PASS), "pass");
	CHECK_STR(verdict_name(VERDICT_BROKEN), "broken");
	CHECK_STR(verdict_name(VERDICT_COUNT), "?");
}

HOST_MAIN()
