/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The journal when room is scarce, in memory and in the store: what gives way, and what never does. */
#include "tests/host/journal_fixture.h"

/* As many records of `text` as fit. */
static void fill_with(enum journal_type type, const char *text)
{
	uint32_t dropped = journal.dropped;

	for (unsigned i = 0; i < 100000 && journal.dropped == dropped; i++) {
		journal.case_text_bytes = 0;
		journal_text(&journal, type, text);
	}
	CHECK_EQ(journal.dropped, dropped + 1);
}

HOST_TEST(texts_give_way_to_every_planned_case)
{
	struct journal_state state;
	struct journal_record r;
	size_t offset = 0;
	uint32_t ended = 0, dropped = 0;

	open_store(sizeof(store), 1024);
	journal_start(&journal, &(struct journal_start){ 1, 2 }, "v");
	fill_with(JOURNAL_FACT, "key=value");
	journal_plan(&journal, 2000);
	fill_with(JOURNAL_NOTE, "a note of some length, to come to the end sooner");
	begin(1);
	fill_with(JOURNAL_EVIDENCE, "evidence");
	fill_with(JOURNAL_NOTE, "a note of some length, to come to the end sooner");
	fill_with(JOURNAL_NOTE, "");
	end(1, VERDICT_FAIL);
	for (uint32_t i = 2; i <= 2000; i++) {
		begin(i);
		journal_text(&journal, JOURNAL_EVIDENCE, "no room");
		end(i, VERDICT_FAIL);
	}
	journal_done(&journal, 2000);
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(state.valid && state.finished && state.planned == 2000);
	CHECK_EQ(state.begun, 2000);
	CHECK_EQ(state.ended, 2000);
	while (journal_next(journal.bytes, journal.used, &offset, &r))
		if (r.type == JOURNAL_DONE)
			CHECK(journal_read_done(&r, &ended, &dropped));
	CHECK_EQ(dropped, journal.dropped);
	CHECK(dropped >= 4);
}

/* A store that holds `limit` bytes with 128 more for every chunk; the run commits like the real one. */
static void run_with_store(size_t limit, uint32_t cases, bool commits)
{
	open_store(limit, 8192);
	journal_limit_store(&journal, limit, 128);
	journal_start(&journal, &(struct journal_start){ 1, 2 }, "v");
	for (unsigned i = 0; i < 50; i++)
		journal_text(&journal, JOURNAL_FACT, "a fact of some length about this machine");
	journal_plan(&journal, cases);
	CHECK(journal_expect_chunks(&journal, commits ? cases / 8 : 0));
	for (uint32_t i = 1; i <= cases; i++) {
		begin(i);
		if (commits && i % 8 == 0)
			journal_commit(&journal);
		for (unsigned k = 0; k < 30; k++)
			journal_text(&journal, JOURNAL_EVIDENCE,
				     "evidence, and a lot of it, in every case");
		journal_text(&journal, JOURNAL_REASON, i % 2 ? "one reason" : "another");
		end(i, VERDICT_FAIL);
		if (commits && journal_uncommitted(&journal) >= 2048)
			journal_commit(&journal);
	}
	journal_done(&journal, cases);
	journal_commit(&journal);
}

HOST_TEST(texts_leave_room_in_the_store_for_every_planned_case)
{
	for (size_t limit = 64 * 1024; limit <= 192 * 1024; limit += 32 * 1024) {
		struct journal_state state;

		run_with_store(limit, 700, limit % (64 * 1024) != 0);
		CHECK_EQ(journal.store_status, STATUS_OK);
		CHECK(store_used + 128 * (size_t)store_calls <= limit);
		CHECK(store_used > limit / 2);
		journal_inspect(store, store_used, &state);
		CHECK(state.finished && state.begun == 700 && state.ended == 700);
		CHECK(journal.dropped > 0);
	}
}

/* A beginning that is stored without its end would say that the machine died in the case. */
HOST_TEST(a_store_that_is_full_accuses_no_case)
{
	unsigned exhausted = 0;

	for (size_t limit = 300; limit < 6000; limit += 7) {
		struct journal_state state;

		open_store(limit, 1024);
		journal_limit_store(&journal, limit, 128);
		journal_start(&journal, &(struct journal_start){ 1, 2 }, "v");
		journal_plan(&journal, 30);
		for (uint32_t i = 1; i <= 30; i++) {
			begin(i);
			journal_commit(&journal);	/* a case marked risky */
			end(i, VERDICT_PASS);
			journal_commit(&journal);
		}
		journal_inspect(store, store_used, &state);
		CHECK_EQ(state.begun, state.ended);
		CHECK(store_used == 0 || state.valid);
		exhausted += journal.store_status == STATUS_EXHAUSTED;
	}
	CHECK(exhausted > 100);
}

/* Evidence in the journal of case `number`. */
static size_t evidence_of(uint32_t number)
{
	struct journal_record r;
	struct journal_case c = { .number = 0 };
	size_t offset = 0, bytes = 0;

	while (journal_next(journal.bytes, journal.used, &offset, &r)) {
		if (r.type == JOURNAL_BEGIN)
			CHECK(journal_read_case(&r, &c));
		if (r.type == JOURNAL_EVIDENCE && c.number == number)
			bytes += r.bytes;
	}
	return bytes;
}

HOST_TEST(early_cases_leave_evidence_to_later_ones)
{
	run_with_store(96 * 1024, 100, true);
	CHECK(evidence_of(1) > 1000);
	CHECK(evidence_of(50) > 400);
	CHECK(evidence_of(100) > 100);
}

HOST_TEST(evidence_leaves_room_for_the_reasons_to_come)
{
	size_t before;

	for (unsigned planned = 1; planned <= 1001; planned += 1000) {
		open_store(sizeof(store), 1024);
		journal_plan(&journal, planned);
		begin(1);
		fill_with(JOURNAL_EVIDENCE, "evidence");
		fill_with(JOURNAL_EVIDENCE, "");
		journal.case_text_bytes = 0;
		before = journal.used;
		journal_text(&journal, JOURNAL_REASON,
			     "a reason that is so long that it needs room");
		CHECK(journal.used > before);
	}
}

HOST_TEST(more_cases_than_planned_end_without_harm)
{
	struct journal_state state;

	open_store(sizeof(store), 1024);
	journal_start(&journal, &(struct journal_start){ 1, 2 }, "v");
	journal_plan(&journal, 1);
	for (uint32_t i = 1; i <= 60000; i++) {
		begin(i);
		end(i, VERDICT_PASS);
	}
	journal_done(&journal, 60000);
	journal_inspect(journal.bytes, journal.used, &state);
	CHECK(state.finished && state.begun == state.ended && journal.dropped > 0);
}

HOST_TEST(one_case_cannot_fill_the_journal_with_text)
{
	uint32_t dropped;

	open_store(sizeof(store), 1024);
	journal_plan(&journal, 2);
	begin(1);
	for (unsigned i = 0; i < 1000; i++)
		journal_text(&journal, JOURNAL_EVIDENCE, "0123456789");
	CHECK(journal.used < 6144 + 100);
	CHECK(journal.dropped > 500);
	dropped = journal.dropped;
	begin(2);
	journal_text(&journal, JOURNAL_EVIDENCE, "0123456789");
	CHECK_EQ(journal.dropped, dropped);
}

/* ---- The budget that journal.h promises ---- */

#define BUDGET_CASES	2900u
#define RISKY_EVERY	15u		/* that many are stored first, if there is room ... */
#define URGENT_EVERY	50u		/* ... and these even if there is little */
#define COMMIT_CASES	52u		/* as tests/harness/run.c has it */

static void say_nothing_but_a_verdict(uint32_t n, bool stored)
{
	/* In the plan's order: the leaf and the engine change, then the test. */
	journal_begin(&journal, &(struct journal_case){ n, (uint16_t)(n / 6), 0,
							(uint8_t)(n * 5 / BUDGET_CASES),
							(uint8_t)(12 + n % 3 * 9), n / 3 & 1 });
	if (stored)
		journal_commit(&journal);
	if (n % 9 == 0)
		journal_text(&journal, JOURNAL_REASON,
			     n / 600 % 2 ? "missing: an ability" : "missing: another one");
	for (unsigned i = 0; n % 600 == 0 && i < 8; i++)
		journal_text(
			&journal, JOURNAL_EVIDENCE,
			"a line of evidence as a case that fails has them: words, what was read of "
			"them, and some more of it");
	journal_end(&journal, &(struct journal_end){ n, n * 7919 % 20000, n % 10,
						     n % 600 == 0 ? VERDICT_FAIL
						     : n % 9 == 0 ? VERDICT_SKIP
								  : VERDICT_PASS });
}

/* What a run like that of rig vtd-silicon takes of a store: bytes, overhead of its chunks included. */
static size_t store_taken(size_t limit, unsigned *every)
{
	open_store(limit, 4096);
	journal_limit_store(&journal, limit, 128);
	journal_start(&journal, &(struct journal_start){ 1, 2 }, "v");
	for (unsigned i = 0; i < 50; i++)
		journal_text(&journal, JOURNAL_FACT, "a fact of some length about this machine");
	journal_plan(&journal, BUDGET_CASES);
	*every = RISKY_EVERY;
	if (!journal_expect_chunks(&journal, BUDGET_CASES / RISKY_EVERY)) {
		*every = URGENT_EVERY;
		CHECK(journal_expect_chunks(&journal, BUDGET_CASES / URGENT_EVERY));
	}
	for (uint32_t n = 1, since = 0; n <= BUDGET_CASES; n++) {
		bool stored = n % *every == 0;

		say_nothing_but_a_verdict(n, stored);
		since = stored || since == COMMIT_CASES ? 0 : since + 1;
		if (since == 0)
			journal_commit(&journal);
	}
	journal_done(&journal, BUDGET_CASES);
	journal_commit(&journal);
	return store_used + store_calls * (size_t)128;
}

HOST_TEST(a_run_of_2900_cases_finds_room_in_48_kib)
{
	struct journal_state state;
	unsigned every;

	CHECK(store_taken(48 * 1024, &every) <= 48 * 1024);
	CHECK_EQ(every, URGENT_EVERY);
	CHECK_EQ(journal.store_status, STATUS_OK);
	CHECK_EQ(journal.dropped, 0);
	journal_inspect(store, store_used, &state);
	CHECK(state.finished && state.begun == BUDGET_CASES && state.ended == BUDGET_CASES);
	CHECK(journal.packed_bytes <= 8 * BUDGET_CASES);

	CHECK(store_taken(120 * 1024, &every) > 48 * 1024);
	CHECK_EQ(every, RISKY_EVERY);
	CHECK_EQ(journal.store_status, STATUS_OK);
}

HOST_TEST(known_defects_leave_half_of_the_room_to_others)
{
	size_t known, others;

	open_store(sizeof(store), 1024);
	journal_start(&journal, &(struct journal_start){ 1, 2 }, "v");
	journal_plan(&journal, 2000);
	for (uint32_t i = 1; i <= 1000; i++) {
		begin(i);
		for (unsigned k = 0; k < 20; k++)
			journal_known_evidence(&journal,
					       "evidence, and a lot of it, in every case");
		end(i, VERDICT_KNOWN);
	}
	known = journal.used;
	for (uint32_t i = 1001; i <= 2000; i++) {
		begin(i);
		for (unsigned k = 0; k < 20; k++)
			journal_text(&journal, JOURNAL_EVIDENCE,
				     "evidence, and a lot of it, in every case");
		end(i, VERDICT_FAIL);
	}
	others = journal.used - known;
	CHECK(known > sizeof(journal.bytes) / 3 && known < sizeof(journal.bytes) * 2 / 3);
	CHECK(others > sizeof(journal.bytes) / 3);
}

HOST_MAIN()
