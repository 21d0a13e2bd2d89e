/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The run: configuration, platform, plan, every case, and an orderly end. Everything that happens is
 * said on the console and kept in the journal at the same time.
 *
 * A run that finds the journal of an earlier one, cut off in the middle, goes on after the case that was
 * open: the same image, seed and configuration make the same plan.
 */
#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "base/version.h"
#include "tests/harness/case.h"
#include "tests/harness/config.h"
#include "tests/harness/build.h"
#include "tests/harness/journal.h"
#include "tests/harness/plan.h"
#include "tests/harness/platform.h"
#include "tests/harness/print.h"
#include "tests/harness/run.h"
#include "tests/harness/sabotage.h"

#define COMMIT_BYTES		2048u
#define COMMIT_CASES		52u
#define COMMIT_NS		2000000000u
/* A case that hung stands at most COMMIT_CASES after the last commit: each is committed when it begins. */
#define CAREFUL_CASES		(COMMIT_CASES + 1)
#define RESUMES_MAX		3u		/* starts without one new case until the run gives up */
#define RESUME_NOTE		"an unfinished run goes on"

static struct config config;
static struct config_messages messages;
static struct journal journal;
static struct platform platform;
static struct plan plan;
static struct case_result result;

static struct {
	uint32_t first;			/* number of the first case that this start runs */
	uint32_t ended;
	uint32_t verdicts[VERDICT_COUNT];	/* of the whole run */
	uint64_t last_commit_ns;
	unsigned uncommitted;		/* cases that ended since then */
	uint32_t planned;		/* by the run that this one goes on with, 0: there is none */
	unsigned careful;
	unsigned claimed;		/* the test whose claim was printed last, plus one */
} run;

static void note(const char *text)
{
	print_note(text);
	journal_text(&journal, JOURNAL_NOTE, text);
}

static void commit(void)
{
	journal_commit(&journal);
	run.last_commit_ns = arch_now_ns();
	run.uncommitted = 0;
}

static uint64_t build_of_image(void)
{
	return build_number(iovet_build, testcase_begin, (unsigned)(testcase_end - testcase_begin));
}

/* ---- Configuration ---- */

static void configure(const struct handover *h)
{
	config_defaults(&config, &messages);
	if (h->configuration != NULL)
		config_read_file(&config, h->configuration, h->configuration_bytes, &messages);
	if (h->command_line != NULL)
		config_read_options(&config, h->command_line, strlen(h->command_line), &messages);
	if (!config.seed_given)
		config.seed = arch_now_ns() * 0x9e3779b97f4a7c15u >> 16;
}

static void tell_configuration(void)
{
	char text[160];

	for (unsigned i = 0; i < messages.count; i++)
		note(messages.text[i]);
	if (messages.dropped != 0) {
		snprintf(text, sizeof(text), "%u more mistakes in the configuration",
			 messages.dropped);
		note(text);
	}
	if (!sabotage_choose(config.sabotage)) {
		snprintf(text, sizeof(text), "sabotage=%s is refused: there is no such sabotage",
			 config.sabotage);
		note(text);
	} else if (sabotage_chosen() != SABOTAGE_NONE) {
		snprintf(text, sizeof(text), "sabotage=%s: %s", config.sabotage,
			 sabotage_sentence(sabotage_chosen()));
		journal_text(&journal, JOURNAL_FACT, text);
		snprintf(text, sizeof(text),
			 "sabotage %s: %s; this run says nothing about the machine",
			 config.sabotage, sabotage_sentence(sabotage_chosen()));
		note(text);
	}
}

/* ---- An earlier run ---- */

/* Verdicts of cases that ended, and starts since the last one that did. */
static unsigned count_earlier(const uint8_t *bytes, size_t count)
{
	struct journal_reader reader;
	struct journal_record r;
	unsigned starts = 0;

	journal_open(&reader, bytes, count);
	while (journal_read(&reader, &r)) {
		struct journal_end end;
		char text[sizeof(RESUME_NOTE)];

		if (r.type == JOURNAL_END && journal_read_end(&r, &end) &&
		    end.verdict < VERDICT_COUNT) {
			run.verdicts[end.verdict]++;
			run.ended++;
			starts = 0;
		} else if (r.type == JOURNAL_NOTE) {
			journal_read_text(&r, text, sizeof(text));
			starts += strcmp(text, RESUME_NOTE) == 0;
		}
	}
	return starts;
}

/* The machine died in this case. */
static void end_open_case(const struct journal_case *open)
{
	struct journal_end end = { .number = open->number, .verdict = VERDICT_HANG };

	journal_text(&journal, JOURNAL_REASON, "the machine stopped or was reset in this case");
	journal_end(&journal, &end);
	run.verdicts[VERDICT_HANG]++;
	run.ended++;
}

/* Take over what an earlier run left. False: there is nothing, or it is of no use here. */
static bool resume(const struct handover *h, struct journal_state *state)
{
	unsigned starts;

	if (h->journal == NULL)
		return false;
	journal_inspect(h->journal, h->journal_bytes, state);
	if (!state->valid || state->finished || state->start.build != build_of_image())
		return false;
	journal_adopt(&journal, h->journal, h->journal_bytes, h->journal_chunks);
	config.seed = state->start.seed;
	starts = count_earlier(h->journal, h->journal_bytes);
	run.first = state->begun + 1;
	run.planned = state->planned;
	run.careful = CAREFUL_CASES;
	if (state->begun > state->ended)
		end_open_case(&state->open);
	note(RESUME_NOTE);
	if (starts >= RESUMES_MAX) {
		note("the machine never came to the next case; the run ends here");
		run.first = UINT32_MAX;
	}
	commit();
	return true;
}

/* ---- Start ---- */

/* Which tests the numbers in this journal mean: a later build with the same ones can read it, too. */
static void tell_suite(void)
{
	uint64_t suite = build_number("", testcase_begin,
				      (unsigned)(testcase_end - testcase_begin));
	char text[32];

	snprintf(text, sizeof(text), "suite=%016llx", (unsigned long long)suite);
	journal_text(&journal, JOURNAL_FACT, text);
}

static void start(const struct handover *h)
{
	struct journal_start s = { .build = build_of_image() };
	struct journal_state state = { .valid = false };
	struct print_line line;

	memset(&run, 0, sizeof(run));
	case_forget();
	run.first = 1;
	journal_init(&journal, h->store_chunk, h->store_chunk_bytes);
	if (h->store_chunk_overhead != 0)
		journal_limit_store(&journal, h->store_bytes, h->store_chunk_overhead);
	configure(h);
	if (!resume(h, &state)) {
		s.seed = config.seed;
		journal_start(&journal, &s, iovet_version);
		tell_suite();
	}
	print_begin(&line, "start");
	print_text(&line, "version", iovet_version);
	print_text(&line, "build", iovet_build);
	print_number(&line, "seed", config.seed);
	print_end(&line);
	tell_configuration();
	for (unsigned i = 0; i < h->note_count; i++)
		note(h->notes[i]);
}

static void open_platform(void *handover)
{
	/* What an earlier start of this run has put down about the machine stands in the journal already. */
	platform_open(&platform, handover, &config, run.planned == 0 ? &journal : NULL);
}

static void tell_trap(const char *where, const struct arch_trap *trap)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %s, pc 0x%llx, address 0x%llx, error 0x%llx", where,
		 trap->name != NULL ? trap->name : "abandoned", (unsigned long long)trap->pc,
		 (unsigned long long)trap->address, (unsigned long long)trap->error_code);
	note(text);
}

static void tell_names(void)
{
	for (unsigned u = 0; u < platform.unit_count; u++) {
		const struct iommu *iommu = platform.units[u];

		journal_name(&journal, JOURNAL_UNIT, (uint8_t)u, JOURNAL_ANY, iommu->name);
		for (unsigned i = 0; i < iommu->regime_count; i++)
			journal_name(&journal, JOURNAL_REGIME, (uint8_t)i, (uint8_t)u,
				     iommu->regimes[i].name);
	}
	for (unsigned i = 0; i < platform.engine_count; i++) {
		uint8_t unit = JOURNAL_ANY;

		for (unsigned u = 0; u < platform.unit_count; u++) {
			if (platform.units[u] == platform.engines[i].iommu)
				unit = (uint8_t)u;
		}
		journal_name(&journal, JOURNAL_ENGINE, (uint8_t)i, unit,
			     platform.engines[i].dma.name);
	}
}

/*
 * A case that may hang the machine is stored before it begins. Where the store has no room for that, the first of its
 * test on each unit must do: a later one that hangs costs one start more, which is careful, and finds it.
 */
static void choose_risky(void)
{
	if (!journal_expect_chunks(&journal, plan_mark_risky(&plan, run.first, false)))
		(void)!journal_expect_chunks(&journal, plan_mark_risky(&plan, run.first, true));
}

static void tell_plan(void)
{
	struct print_line line;
	char text[96];

	if (platform.unit_count == 0)
		note("no IOMMU: there is nothing to test");
	if (plan.dropped != 0) {
		snprintf(text, sizeof(text), "%u cases more than the %u that a run can hold",
			 plan.dropped, CASES_MAX);
		note(text);
	}
	if (run.planned == 0) {
		tell_names();
		journal_plan(&journal, plan.count);
	} else if (run.planned != plan.count) {
		note("the machine or the configuration has changed since the run began; it ends here");
		run.first = UINT32_MAX;
	}
	choose_risky();
	print_begin(&line, "plan");
	print_number(&line, "cases", plan.count);
	print_number(&line, "units", platform.unit_count);
	print_number(&line, "engines", platform.engine_count);
	print_number(&line, "seed", config.seed);
	print_end(&line);
	print_plain("KTAP version 1");
	print_plain("1..%u", plan.count);
}

/* ---- Cases ---- */

static void tell_begin(uint32_t n, const struct plan_case *c, const char *id, const char *variant)
{
	struct print_line line;

	print_begin(&line, "begin");
	print_number(&line, "n", n);
	print_text(&line, "case", id);
	print_text(&line, "variant", variant);
	if (run.claimed != c->test + 1u)	/* once for all cases of a test in a row */
		print_text(&line, "claim", plan.tests[c->test]->claim);
	run.claimed = c->test + 1u;
	print_end(&line);
}

static void tell_ktap(uint32_t n, const char *id, const char *variant)
{
	static const struct {
		const char *status, *directive;
	} form[VERDICT_COUNT] = {
		[VERDICT_PASS] = { "ok", "" },
		[VERDICT_FAIL] = { "not ok", "" },
		[VERDICT_DISPUTED] = { "not ok", " # TODO disputed" },
		[VERDICT_SKIP] = { "ok", " # SKIP" },
		[VERDICT_KNOWN] = { "not ok", " # TODO known" },
		[VERDICT_UNPROVEN] = { "ok", " # SKIP unproven" },
		[VERDICT_HANG] = { "not ok", "" },
		[VERDICT_BROKEN] = { "not ok", "" },
	};

	print_plain("%s %u %s %s%s%s%.160s", form[result.verdict].status, (unsigned)n, id, variant,
		    form[result.verdict].directive, form[result.verdict].directive[0] ? " " : "",
		    form[result.verdict].directive[0] ? result.reason : "");
}

static void tell_end(uint32_t n, uint32_t us, const char *id, const char *variant)
{
	struct print_line line;

	if (result.verdict != VERDICT_PASS && result.verdict != VERDICT_SKIP) {
		for (unsigned i = 0; i < result.evidence_count; i++) {
			if (result.verdict == VERDICT_KNOWN)
				journal_known_evidence(&journal, result.evidence[i]);
			else
				journal_text(&journal, JOURNAL_EVIDENCE, result.evidence[i]);
			print_begin(&line, "evidence");
			print_number(&line, "n", n);
			print_text(&line, "text", result.evidence[i]);
			print_end(&line);
		}
	}
	print_begin(&line, "end");
	print_number(&line, "n", n);
	print_text(&line, "case", id);
	print_text(&line, "variant", variant);
	print_text(&line, "verdict", verdict_name(result.verdict));
	print_number(&line, "us", us);
	if (result.verdict != VERDICT_PASS)
		print_text(&line, "reason", result.reason);
	print_end(&line);
	tell_ktap(n, id, variant);
}

/* Is this case written down in the store before it begins? */
static bool is_stored_first(uint32_t n)
{
	return n <= plan.count && (run.careful != 0 || plan.cases[n - 1].risky);
}

static void run_case(uint32_t n, const struct plan_case *c)
{
	const struct testcase *test = plan.tests[c->test];
	struct journal_case begin = { .number = n, .test = c->test, .unit = c->unit, .regime = c->regime,
				      .leaf_lg2 = c->leaf_lg2, .engine = c->engine };
	struct journal_end end = { .number = n };
	char id[PLAN_ID_MAX], variant[PLAN_VARIANT_MAX];
	bool stored = is_stored_first(n);
	uint64_t began_ns;

	plan_id(&plan, c, id);
	plan_variant(&platform, c, variant);
	journal_begin(&journal, &begin);
	if (stored)
		commit();
	run.careful -= run.careful != 0;
	tell_begin(n, c, id, variant);

	began_ns = arch_now_ns();
	case_run(&platform, &plan, c, &result);
	end.us = (uint32_t)MIN((arch_now_ns() - began_ns) / 1000, (uint64_t)UINT32_MAX);
	case_judge(test, &config, id, variant, &result);

	tell_end(n, end.us, id, variant);
	if (result.verdict != VERDICT_PASS)
		journal_text(&journal, JOURNAL_REASON, result.reason);
	end.checks = result.checks;
	end.verdict = (uint8_t)result.verdict;
	journal_end(&journal, &end);
	run.verdicts[result.verdict]++;
	run.ended++;
	/* What the store knows to have begun must have ended there too before another case can hang. */
	if ((stored && !is_stored_first(n + 1)) || ++run.uncommitted >= COMMIT_CASES ||
	    journal_uncommitted(&journal) >= COMMIT_BYTES ||
	    arch_now_ns() - run.last_commit_ns >= COMMIT_NS)
		commit();
}

static bool is_of_slice(const struct handover *h, uint32_t n)
{
	return h->slice_count == 0 || n % h->slice_count == h->slice;
}

static void run_cases(const struct handover *h)
{
	result.evidence_limit = config.evidence;
	for (uint32_t n = 1; n <= plan.count; n++) {
		if (n >= run.first && is_of_slice(h, n))
			run_case(n, &plan.cases[n - 1]);
	}
}

/* ---- End ---- */

static void close_platform(void *unused)
{
	(void)unused;
	platform_close(&platform);
}

static void finish(void)
{
	struct print_line line;
	struct arch_trap trap;
	char text[96];

	if (!arch_guarded(close_platform, NULL, &trap))
		tell_trap("the machine was not put back as it was found", &trap);
	if (journal.dropped != 0) {
		snprintf(text, sizeof(text), "%u records found no room in the journal",
			 (unsigned)journal.dropped);
		note(text);
	}
	journal_done(&journal, run.ended);
	commit();
	if (journal.store_status != STATUS_OK) {
		snprintf(text, sizeof(text), "the journal is not kept over a reset: %s",
			 status_text(journal.store_status));
		print_note(text);
	}
	print_begin(&line, "done");
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		print_number(&line, verdict_name((enum verdict)i), run.verdicts[i]);
	print_end(&line);
}

int iovet_run(const struct handover *h)
{
	struct arch_trap trap;

	print_to(h->console_write);
	start(h);
	if (!arch_guarded(open_platform, (void *)(uintptr_t)h, &trap)) {
		tell_trap("broken: the machine could not be looked at", &trap);
		platform.unit_count = 0;
	}
	plan_make(&plan, &platform, &config, testcase_begin,
		  (unsigned)(testcase_end - testcase_begin));
	tell_plan();
	commit();
	run_cases(h);
	finish();
	return 0;
}

void iovet_salvage(void)
{
	commit();
}
