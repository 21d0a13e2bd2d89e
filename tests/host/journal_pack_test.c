/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Cases in few bytes: what is packed is read again, to the bit, and what is spoiled accuses nobody. */
#include "tests/harness/journal_record.h"
#include "tests/host/journal_fixture.h"

static struct journal_packed a_case(uint32_t number, uint16_t test, uint8_t variant, uint32_t us)
{
	return (struct journal_packed){
		.c = { number, test, variant, (uint8_t)(variant + 1), (uint8_t)(variant + 2),
		       (uint8_t)(variant + 3) },
		.end = { number, us, us / 2, (uint8_t)(us % VERDICT_COUNT) },
	};
}

static bool is_same(const struct journal_packed *a, const struct journal_packed *b)
{
	return a->c.number == b->c.number && a->c.test == b->c.test && a->c.unit == b->c.unit &&
	       a->c.regime == b->c.regime && a->c.leaf_lg2 == b->c.leaf_lg2 &&
	       a->c.engine == b->c.engine && a->end.number == b->end.number &&
	       a->end.us == b->end.us && a->end.checks == b->end.checks &&
	       a->end.verdict == b->end.verdict && a->reason == b->reason && a->begun == b->begun;
}

HOST_TEST(layout_is_the_documented_one)
{
	struct journal_packed one = { .c = { 1, 3, 0, 2, 12, JOURNAL_ANY },
				      .end = { 1, 300, 4, VERDICT_SKIP },
				      .reason = 200 };
	struct journal_packed two = one;
	uint8_t at[JOURNAL_PACKED_MAX];
	/* skip, leaf, test, reason, more | unit, regime; test +3, 0, 2, 12, 300 us, 4 checks, 200 */
	static const uint8_t first[] = { 0xeb, 0x06, 6, 0, 2, 12, 0xac, 2, 4, 0xc8, 1 };
	/* skip, test, reason; test -1; the reason is the same */
	static const uint8_t second[] = { 0x63, 1, 0xac, 2, 4, 0 };

	CHECK_EQ(journal_pack(at, &journal_before_first, &one), sizeof(first));
	CHECK(memcmp(at, first, sizeof(first)) == 0);
	two.c.number = two.end.number = 2;
	two.c.test = 2;
	CHECK_EQ(journal_pack(at, &one, &two), sizeof(second));
	CHECK(memcmp(at, second, sizeof(second)) == 0);
}

/* Pack `two` behind `one`, and read it again. */
static void there_and_back(const struct journal_packed *one, struct journal_packed *two)
{
	uint8_t at[JOURNAL_PACKED_MAX];
	size_t bytes = journal_pack(at, one, two), offset;
	struct journal_packed got;

	CHECK(bytes <= sizeof(at));
	for (size_t cut = 0; cut < bytes; cut++) {
		got = *one;
		offset = 0;
		CHECK(!journal_unpack(at, cut, &offset, &got));
		CHECK(offset <= cut);
	}
	got = *one;
	offset = 0;
	CHECK(journal_unpack(at, bytes, &offset, &got));
	CHECK_EQ(offset, bytes);
	CHECK(is_same(&got, two));
	CHECK_EQ(got.last_reason, two->last_reason);
}

HOST_TEST(every_case_comes_back_behind_every_other)
{
	static const uint32_t numbers[] = { 0, 1, 2, 127, 128, 16384, UINT32_MAX };
	static const uint16_t tests[] = { 0, 1, 64, 400, UINT16_MAX };
	static const uint32_t reasons[] = { 0, 1, 200, UINT32_MAX };

	for (unsigned i = 0; i < 7 * 5 * 4; i++)
		for (unsigned k = 0; k < 7 * 5 * 4; k++) {
			struct journal_packed one = a_case(numbers[i % 7], tests[i / 7 % 5],
							   (uint8_t)i, numbers[k % 7]);
			struct journal_packed two = a_case(numbers[k % 7], tests[k / 7 % 5],
							   (uint8_t)k, numbers[(i + k) % 7]);

			one.last_reason = reasons[i / 35];
			two.reason = reasons[k / 35];
			there_and_back(&one, &two);
			two.begun = true;
			there_and_back(&one, &two);
		}
}

HOST_TEST(what_is_no_number_is_refused)
{
	static const uint8_t endless[] = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 1, 1 };
	static const uint8_t large[] = { 0xff, 0xff, 0xff, 0xff, 0x1f, 1, 1 };
	struct journal_packed one = journal_before_first;
	size_t offset = 0;

	CHECK(!journal_unpack(endless, sizeof(endless), &offset, &one));
	offset = 0;
	CHECK(!journal_unpack(large, sizeof(large), &offset, &one));
}

HOST_TEST(a_verdict_that_is_none_is_broken)
{
	struct journal_reader reader;
	struct journal_record r;
	struct journal_end e = { .verdict = VERDICT_PASS };

	open_store(sizeof(store), 1024);
	begin(1);
	end(1, VERDICT_COUNT);
	journal_open(&reader, journal.bytes, journal.used);
	CHECK(journal_read(&reader, &r) && r.type == JOURNAL_BEGIN);
	CHECK(journal_read(&reader, &r) && journal_read_end(&r, &e));
	CHECK_EQ(e.verdict, VERDICT_BROKEN);
}

/* ---- A run, and what is read of it ---- */

#define CASES 200u

/* Which cases are stored first, have a text of their own, a reason: every mixture comes. */
static bool is_stored_first(uint32_t n)
{
	return n % 7 == 0 || n % 11 == 0;
}

static enum verdict verdict_of(uint32_t n)
{
	return (enum verdict)(n % VERDICT_COUNT);
}

static const char *reason_of(uint32_t n)
{
	static const char *const reasons[] = { "missing: a thing", "another", "a third one", "" };

	return reasons[n / 3 % 4];
}

static void run_case(uint32_t n)
{
	begin(n);
	if (is_stored_first(n))
		journal_commit(&journal);
	if (n % 5 == 0)
		journal_text(&journal, JOURNAL_EVIDENCE, "a line of evidence");
	if (n % 13 == 0)
		journal_text(&journal, JOURNAL_NOTE, "a note on the way");
	if (reason_of(n)[0])
		journal_text(&journal, JOURNAL_REASON, reason_of(n));
	end(n, verdict_of(n));
	if (is_stored_first(n))
		journal_commit(&journal);
}

static void start_run(void)
{
	journal_start(&journal, &(struct journal_start){ 1, 2 }, "v");
	journal_plan(&journal, CASES);
}

/* Everything that the first `count` bytes say of cases is what run_case() did; how many ended. */
static uint32_t check_cases(const uint8_t *bytes, size_t count)
{
	struct journal_reader reader;
	struct journal_record r, source;
	struct journal_case c = { .number = 0 };
	struct journal_end e;
	char text[64] = "";
	unsigned lines = 0;
	uint32_t ended = 0;

	journal_open(&reader, bytes, count);
	while (journal_read(&reader, &r)) {
		if (r.type == JOURNAL_BEGIN) {
			CHECK(journal_read_case(&r, &c));
			CHECK_EQ(c.number, ended + 1);
			CHECK(c.test == 0x1234 && c.unit == 1 && c.regime == 2 && c.engine == 3);
			text[0] = '\0';
			lines = 0;
		} else if (journal_read_reason(bytes, count, &r, &source)) {
			journal_read_text(&source, text, sizeof(text));
		} else if (r.type == JOURNAL_EVIDENCE) {
			lines++;
		} else if (r.type == JOURNAL_END && journal_read_end(&r, &e)) {
			ended++;
			CHECK(e.number == c.number && e.verdict == verdict_of(c.number));
			CHECK(e.us == 1000000 && e.checks == 7);
			CHECK_EQ(lines, c.number % 5 == 0);
			CHECK_STR(text, reason_of(c.number));
		}
	}
	return ended;
}

HOST_TEST(a_run_is_read_as_far_as_its_records_are_whole)
{
	struct journal_state state;
	uint32_t ended = 0;

	open_store(sizeof(store), 300);
	start_run();
	for (uint32_t n = 1; n <= CASES; n++) {
		run_case(n);
		CHECK_EQ(check_cases(journal.bytes, journal.used), n);
	}
	journal_commit(&journal);
	CHECK(store_used == journal.used && memcmp(store, journal.bytes, store_used) == 0);
	for (size_t cut = 0; cut <= store_used; cut++) {
		uint32_t now = check_cases(store, cut);

		CHECK(now >= ended && now <= CASES);
		ended = now;
		journal_inspect(store, cut, &state);
		CHECK(state.begun == ended || state.begun == ended + 1);
	}
	CHECK_EQ(ended, CASES);
}

HOST_TEST(nothing_that_was_stored_changes)
{
	static uint8_t before[JOURNAL_BYTES_MAX];
	size_t committed = 0;

	open_store(sizeof(store), 300);
	start_run();
	for (uint32_t n = 1; n <= CASES; n++) {
		run_case(n);
		CHECK(memcmp(journal.bytes, before, committed) == 0);
		committed = journal.committed;
		memcpy(before, journal.bytes, committed);
	}
}

/* The machine dies after any case, stored or not; the next start ends what is open, and goes on. */
HOST_TEST(a_run_goes_on_after_any_chunk)
{
	static uint8_t old[JOURNAL_BYTES_MAX];

	for (uint32_t last = 1; last <= 60; last++) {
		struct journal_state state;
		unsigned chunks;

		open_store(sizeof(store), 300);
		start_run();
		for (uint32_t n = 1; n <= last; n++)
			run_case(n);
		begin(last + 1);
		journal_commit(&journal);	/* and the machine dies */
		chunks = journal.chunk_count;
		memcpy(old, store, store_used);
		journal_init(&journal, store_chunk, 300);
		journal_adopt(&journal, old, store_used, chunks);
		CHECK(journal.open);
		if (reason_of(last + 1)[0])
			journal_text(&journal, JOURNAL_REASON, reason_of(last + 1));
		if ((last + 1) % 5 == 0)
			journal_text(&journal, JOURNAL_EVIDENCE, "a line of evidence");
		end(last + 1, verdict_of(last + 1));
		journal_text(&journal, JOURNAL_NOTE, "an unfinished run goes on");
		for (uint32_t n = last + 2; n <= last + 20; n++)
			run_case(n);
		journal_done(&journal, last + 20);
		journal_commit(&journal);
		CHECK_EQ(journal.store_status, STATUS_OK);
		CHECK_EQ(check_cases(store, store_used), last + 20);
		journal_inspect(store, store_used, &state);
		CHECK(state.finished && state.begun == last + 20 && state.ended == state.begun);
	}
}

HOST_TEST(a_case_that_is_stored_while_it_runs_is_blamed)
{
	struct journal_state state;

	open_store(sizeof(store), 300);
	start_run();
	begin(1);
	end(1, VERDICT_PASS);
	begin(2);
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(state.begun == 1 && state.ended == 1);
	journal_commit(&journal);
	journal_inspect(store, store_used, &state);
	CHECK(state.begun == 2 && state.ended == 1 && state.open.number == 2);
	CHECK(state.open.test == 0x1234 && state.open.leaf_lg2 == 21);
	end(2, VERDICT_PASS);
	journal_commit(&journal);
	journal_inspect(store, store_used, &state);
	CHECK(state.begun == 2 && state.ended == 2);
}

HOST_TEST(a_journal_of_another_format_is_none)
{
	struct journal_state state;

	open_store(sizeof(store), 300);
	start_run();
	journal.bytes[3] = 0;
	journal_put(journal.bytes + 4 + 17, journal_crc32(journal.bytes, 4 + 17), 4);
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(!state.valid);
	journal.bytes[3] = JOURNAL_FORMAT;
	journal_put(journal.bytes + 4 + 17, journal_crc32(journal.bytes, 4 + 17), 4);
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(state.valid);
}

HOST_MAIN()
