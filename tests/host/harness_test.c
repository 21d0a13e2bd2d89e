/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The bench with an obedient unit and with each of many defects; verdicts; plans; printed lines. */
#include "tests/harness/bench.h"
#include "tests/harness/print.h"
#include "tests/harness/sabotage.h"
#include "tests/host/harness_fake.h"

#define RW (PT_READ | PT_WRITE)

static const enum rule firm[] = { VTD_FLT_01, RULE_NONE };

/* ---- Cases ---- */

static void body_write(struct bench *b)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &s, 1);
}

static void body_read(struct bench *b)
{
	struct span s = map_leaves(b, 1, PT_READ);

	expect_read_sees(b, &s, 0);
}

static void body_refused(struct bench *b)
{
	struct span s = unmapped_leaves(b, 1);

	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
}

static void body_dirty(struct bench *b)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 0);
	expect_dirty(b, &s, "D-");
	clear_dirty(b, &s);
	expect_dirty(b, &s, "--");
	expect_write_lands(b, &s, 0);
	expect_dirty(b, &s, "D-");
}

static void body_route(struct bench *b)
{
	struct span s = map_leaves(b, 1, RW);

	detach(b);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	attach(b, &b->hwpt);
	expect_write_lands(b, &s, 0);
}

static void body_change(struct bench *b)
{
	struct span s = map_leaves(b, 2, RW);

	remap_quietly(b, &s, 0, twin_window(b, &s, 0));
	flush_leaves(b, &s);
	expect_write_lands(b, &s, 0);
	protect_quietly(b, &s, 1, PT_READ);
	flush_leaves(b, &s);
	expect_write_refused(b, leaf(&s, 1), IOMMU_REFUSE_WRITE);
	unmap_quietly(b, &s, 0);
	flush_leaves(b, &s);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
}

static void body_edge(struct bench *b)
{
	struct span s = map_edge(b, RW);

	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &s, 1);
}

static void body_silent(struct bench *b)
{
	(void)map_leaves(b, 1, RW);
}

static void body_trap(struct bench *b)
{
	(void)b;
	*(volatile int *)8 = 1;
}

static void body_late(struct bench *b)
{
	struct span s = map_leaves(b, 1, RW);

	arch_host_advance_ns(UINT64_C(20000000000));
	expect_write_lands(b, &s, 0);
}

static struct testcase test;
static const struct testcase *const tests[] = { &test };

static enum verdict run_body(void (*body)(struct bench *b), uint32_t needs, enum defect with)
{
	enum verdict verdict = VERDICT_COUNT;

	fake_platform(with);
	test = (struct testcase){
		.topic = "t", .name = "n", .claim = "c", .rules = firm, .body = body, .needs = needs
	};
	plan_make(&plan, &platform, &config, tests, 1);
	CHECK_EQ(plan.count, 2);		/* both leaf sizes say the same */
	for (unsigned i = 0; i < plan.count; i++) {
		case_run(&platform, &plan, &plan.cases[i], &result);
		case_judge(&test, &config, "t.n", "vtd0/first/4K", &result);
		CHECK_EQ(pool_mark(&platform.windows), 0);
		CHECK_EQ(pool_mark(&platform.tables), 0);
		CHECK_EQ(pool_mark(&platform.objects), 0);
		if (i != 0 && verdict != result.verdict)
			printf("# leaf sizes differ: %s\n", result.reason);
		CHECK(i == 0 || verdict == result.verdict);
		verdict = result.verdict;
	}
	if (verdict != VERDICT_PASS)
		printf("# %s: %s\n", verdict_name(verdict), result.reason);
	return verdict;
}

#define WRITES NEEDS_DMA_WRITE

HOST_TEST(obedient_unit_passes)
{
	CHECK_EQ(run_body(body_write, WRITES, OBEDIENT), VERDICT_PASS);
	CHECK_EQ(run_body(body_read, NEEDS_DMA_READ, OBEDIENT), VERDICT_PASS);
	CHECK_EQ(run_body(body_refused, WRITES, OBEDIENT), VERDICT_PASS);
	CHECK_EQ(run_body(body_dirty, WRITES | NEEDS_DIRTY, OBEDIENT), VERDICT_PASS);
	CHECK_EQ(run_body(body_route, WRITES, OBEDIENT), VERDICT_PASS);
	CHECK_EQ(run_body(body_change, WRITES, OBEDIENT), VERDICT_PASS);
	CHECK_EQ(run_body(body_edge, WRITES, OBEDIENT), VERDICT_PASS);
}

HOST_TEST(data_in_the_wrong_place_fails)
{
	CHECK_EQ(run_body(body_write, WRITES, LANDS_BESIDE), VERDICT_FAIL);
	CHECK_EQ(run_body(body_write, WRITES, SPILLS), VERDICT_FAIL);
	CHECK_EQ(run_body(body_write, WRITES, LOSES_DATA), VERDICT_FAIL);
	CHECK_EQ(run_body(body_write, WRITES, REFUSES_ALL), VERDICT_FAIL);
	CHECK_EQ(run_body(body_read, NEEDS_DMA_READ, SEES_WRONG_DATA), VERDICT_FAIL);
}

HOST_TEST(refusals_are_compared_exactly)
{
	CHECK_EQ(run_body(body_refused, WRITES, LOSES_FAULTS), VERDICT_FAIL);
	CHECK_EQ(run_body(body_refused, WRITES, ACCEPTS_ALL), VERDICT_FAIL);
	CHECK_EQ(run_body(body_refused, WRITES, WRONG_REASON), VERDICT_FAIL);
	CHECK_EQ(run_body(body_refused, WRITES, WRONG_SOURCE), VERDICT_FAIL);
	CHECK_EQ(run_body(body_refused, WRITES, WRONG_ADDRESS), VERDICT_FAIL);
	CHECK_EQ(run_body(body_refused, WRITES, WRONG_ACCESS), VERDICT_FAIL);
	CHECK_EQ(run_body(body_refused, WRITES, VAGUE_ACCESS), VERDICT_PASS);
}

HOST_TEST(flags_are_seen)
{
	CHECK_EQ(run_body(body_dirty, WRITES | NEEDS_DIRTY, FORGETS_DIRTY), VERDICT_FAIL);
	CHECK_EQ(run_body(body_dirty, WRITES | NEEDS_DIRTY, MARKS_NEIGHBOUR), VERDICT_FAIL);
}

HOST_TEST(what_holds_after_every_body_is_checked)
{
	CHECK_EQ(run_body(body_write, WRITES, FAULTS_AND_WORKS), VERDICT_FAIL);
	CHECK_EQ(run_body(body_write, WRITES, STRAY_TABLE_WRITE), VERDICT_FAIL);
	CHECK_EQ(run_body(body_write, WRITES, STAYS_BUSY), VERDICT_FAIL);
}

HOST_TEST(failure_leaves_evidence)
{
	bool walk = false, route = false, fault = false;

	CHECK_EQ(run_body(body_refused, WRITES, WRONG_REASON), VERDICT_FAIL);
	for (unsigned i = 0; i < result.evidence_count; i++) {
		walk = walk || strstr(result.evidence[i], "walk to 0x") != NULL;
		route = route || strstr(result.evidence[i], "route: root=0x") != NULL;
		fault = fault || strstr(result.evidence[i], "fault: write of 0x") != NULL;
	}
	CHECK(walk);
	CHECK(route);
	CHECK(fault);
}

HOST_TEST(program_at_fault_is_broken)
{
	CHECK_EQ(run_body(body_silent, WRITES, OBEDIENT), VERDICT_BROKEN);
	CHECK(strstr(result.reason, "checked nothing") != NULL);
	CHECK_EQ(run_body(body_late, WRITES, OBEDIENT), VERDICT_BROKEN);
	CHECK(strstr(result.reason, "longer than its 10000 ms") != NULL);
	arch_host_catch_signals(true);
	CHECK_EQ(run_body(body_trap, WRITES, OBEDIENT), VERDICT_BROKEN);
	CHECK(strstr(result.reason, "in the body") != NULL);
	arch_host_catch_signals(false);
}

HOST_TEST(pool_without_pages_is_broken)
{
	struct pool *const pools[] = { &platform.windows, &platform.tables, &platform.objects };

	fake_platform(OBEDIENT);
	test = (struct testcase){
		.topic = "t", .name = "n", .rules = firm, .body = body_write, .needs = WRITES
	};
	plan_make(&plan, &platform, &config, tests, 1);
	for (unsigned i = 0; i < ARRAY_COUNT(pools); i++) {
		for (size_t n = 1; n < 64; n++) {
			pool_fail_in(pools[i], n);
			case_run(&platform, &plan, &plan.cases[0], &result);
			if (result.verdict == VERDICT_PASS)
				break;
			CHECK_EQ(result.verdict, VERDICT_BROKEN);
		}
		CHECK_EQ(result.verdict, VERDICT_PASS);
		pool_fail_in(pools[i], 0);
	}
}

HOST_TEST(every_sabotage_that_a_cacheless_unit_can_show_is_noticed)
{
	static const struct {
		const char *name;
		void (*body)(struct bench *b);
		uint32_t needs;
	} list[] = {
		{ "swap-entries", body_write, WRITES },
		{ "map-identity", body_write, WRITES },
		{ "drop-write-permission", body_write, WRITES },
		{ "add-write-permission", body_change, WRITES },
		{ "stray-bit", body_write, WRITES },
		{ "stale-detach", body_route, WRITES },
		{ "attach-wrong-source", body_write, WRITES },
		{ "attach-wrong-root", body_write, WRITES },
		{ "ignore-fault", body_refused, WRITES },
		{ "write-guard", body_write, WRITES },
		{ "clear-too-much", body_dirty, WRITES | NEEDS_DIRTY },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(list); i++) {
		CHECK(sabotage_choose(list[i].name));
		printf("# %s\n", list[i].name);
		CHECK_EQ(run_body(list[i].body, list[i].needs, OBEDIENT), VERDICT_FAIL);
	}
	CHECK(!sabotage_choose("no-such-thing"));
	CHECK_EQ(sabotage_chosen(), SABOTAGE_NONE);
}

/* ---- Verdicts ---- */

static enum verdict judged(enum verdict found, const char *known)
{
	static const struct testcase t = { .topic = "t", .name = "n", .rules = firm };
	struct config_messages messages;

	config_defaults(&config, &messages);
	if (known != NULL)
		config_read_file(&config, known, strlen(known), &messages);
	result.verdict = found;
	result.reason_count = 0;
	result.checks = 1;
	strcpy(result.reason, found == VERDICT_PASS ? "" : "why");
	case_judge(&t, &config, "t.n", "vtd0/first/4K", &result);
	return result.verdict;
}

HOST_TEST(known_defects_are_known)
{
	CHECK_EQ(judged(VERDICT_FAIL, NULL), VERDICT_FAIL);
	CHECK_EQ(judged(VERDICT_FAIL, "known=t.* http://x"), VERDICT_KNOWN);
	CHECK_STR(result.reason, "http://x: why");
	CHECK_EQ(judged(VERDICT_FAIL, "known=t.*@*/second/* http://x"), VERDICT_FAIL);
	CHECK_EQ(judged(VERDICT_PASS, "known=t.*@*/first/* http://x"), VERDICT_FAIL);
	CHECK_STR(result.reason, "a known defect passes: http://x");
	CHECK_EQ(judged(VERDICT_BROKEN, "known=t.* http://x"), VERDICT_BROKEN);
	CHECK_EQ(judged(VERDICT_SKIP, "known=t.* http://x"), VERDICT_SKIP);
	CHECK_EQ(judged(VERDICT_PASS, NULL), VERDICT_PASS);
}

HOST_TEST(no_firm_rule_is_disputed)
{
	static enum rule weak[2];
	struct testcase t = { .topic = "t", .name = "n", .rules = weak };

	for (unsigned r = RULE_NONE + 1; r < RULE_COUNT && weak[0] == RULE_NONE; r++) {
		if (!rule_is_firm((enum rule)r))
			weak[0] = (enum rule)r;
	}
	(void)judged(VERDICT_PASS, NULL);
	result.verdict = VERDICT_FAIL;
	case_judge(&t, &config, "t.n", "vtd0/first/4K", &result);
	CHECK_EQ(result.verdict, VERDICT_DISPUTED);
}

/* ---- Plans ---- */

static struct testcase many[4] = {
	{ .topic = "a", .name = "leaves", .needs = NEEDS_DMA_WRITE },
	{ .topic = "a", .name = "regimes", .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_REGIMES },
	{ .topic = "b", .name = "unit", .sweep = SWEEP_UNITS },
	{ .topic = "c", .name = "machine", .sweep = SWEEP_MACHINE },
};
static const struct testcase *const many_tests[] = { &many[0], &many[1], &many[2], &many[3] };

static unsigned planned(void)
{
	plan_make(&plan, &platform, &config, many_tests, 4);
	return plan.count;
}

HOST_TEST(sweep_has_every_variant)
{
	char variant[PLAN_VARIANT_MAX];

	fake_platform(OBEDIENT);
	CHECK_EQ(planned(), 5);
	plan_variant(&platform, &plan.cases[0], variant);
	CHECK_STR(variant, "machine");
	plan_variant(&platform, &plan.cases[1], variant);
	CHECK_STR(variant, "vtd0");
	plan_variant(&platform, &plan.cases[3], variant);
	CHECK_STR(variant, "vtd0/legacy/2M/fake0");
	plan_variant(&platform, &plan.cases[4], variant);
	CHECK_STR(variant, "vtd0/legacy/4K/fake0");
	fake_engine(1, 0x30, 20000);			/* slow: spared what the other shows ... */
	platform.engine_count = 2;
	CHECK_EQ(planned(), 5);
	many[0].basic = true;				/* ... but for basic tests, with one leaf size */
	CHECK_EQ(planned(), 6);
	fake_regime("second", BIT64(12), false);
	CHECK_EQ(planned(), 9);
	config.repeat = 3;
	CHECK_EQ(planned(), 27);
	platform.unit_count = 0;
	CHECK_EQ(planned(), 0);
}

HOST_TEST(skip_names_what_is_missing)
{
	char text[256];

	fake_platform(OBEDIENT);
	many[0].needs = NEEDS_DMA_WRITE | NEEDS_BYPASS | NEEDS_WRITE_ONLY;
	many[1].needs = NEEDS_DMA_WRITE | NEEDS_OTHER_GROUP | NEEDS_BRIDGE;
	CHECK_EQ(planned(), 4);
	plan_missing(plan.cases[2].missing, text, sizeof(text));
	CHECK_STR(text, "missing: pass-through of a source (ECAP.PT)");
	plan_missing(plan.cases[3].missing, text, sizeof(text));
	CHECK_STR(
		text,
		"missing: a second engine in another group behind the same unit; a function behind "
		"a PCIe-to-PCI bridge");
	many[0].needs = NEEDS_FIRST_STAGE;
	many[1].needs = NEEDS_LEGACY | NEEDS_DMA_WRITE;
	CHECK_EQ(planned(), 4);
	plan_missing(plan.cases[3].missing, text, sizeof(text));
	CHECK_STR(text, "missing: a first-stage regime");
	CHECK_EQ(plan.cases[2].missing, 0);
	case_run(&platform, &plan, &plan.cases[3], &result);
	CHECK_EQ(result.verdict, VERDICT_SKIP);
	many[0].needs = many[1].needs = NEEDS_DMA_WRITE;
}

HOST_TEST(filters_choose_tests)
{
	struct config_messages messages;

	fake_platform(OBEDIENT);
	config_read_file(&config, "tests=a.*\nskip=*.leaves\n", 23, &messages);
	CHECK_EQ(planned(), 1);
	CHECK_EQ(plan.cases[0].test, 1);
	many[1].vendor = "amdvi";
	CHECK_EQ(planned(), 0);
	many[1].vendor = NULL;
}

HOST_TEST(risky_cases_are_marked_all_or_once_on_each_unit)
{
	fake_platform(OBEDIENT);
	many[0].risky = many[2].risky = true;
	CHECK_EQ(planned(), 5);
	CHECK_EQ(plan_mark_risky(&plan, 1, false), 3);
	CHECK(!plan.cases[0].risky && plan.cases[1].risky && !plan.cases[4].risky);
	CHECK(plan.cases[2].risky && plan.cases[3].risky);
	CHECK_EQ(plan_mark_risky(&plan, 3, false), 2);
	CHECK_EQ(plan_mark_risky(&plan, 1, true), 2);
	CHECK(plan.cases[1].risky && plan.cases[2].risky && !plan.cases[3].risky);
	plan.cases[2].missing = BIT(0);			/* will not run: the next one is the first */
	CHECK_EQ(plan_mark_risky(&plan, 1, true), 2);
	CHECK(!plan.cases[2].risky && plan.cases[3].risky);
	many[0].risky = many[2].risky = false;
}

HOST_TEST(shuffle_is_the_seeds_and_case_numbers_are_not)
{
	static struct plan other;
	uint64_t a, b;
	bool differs = false;

	fake_platform(OBEDIENT);
	config.repeat = 20;
	(void)planned();
	a = plan_random(&plan, &platform, &plan.cases[3], 1);
	config.shuffle = true;
	plan_make(&other, &platform, &config, many_tests, 4);
	(void)planned();
	CHECK_EQ(memcmp(other.cases, plan.cases, sizeof(plan.cases[0]) * plan.count), 0);
	config.seed = 2;
	(void)planned();
	for (unsigned i = 0; i < plan.count; i++) {
		struct plan_case c = plan.cases[i];

		differs = differs || c.test != other.cases[i].test;
		if (c.test == 0 && c.leaf_lg2 == 21 && c.round == 0) {
			b = plan_random(&plan, &platform, &c, 1);
			CHECK_EQ(b, a);
			CHECK(plan_random(&plan, &platform, &c, 2) != a);
			c.round = 1;
			CHECK(plan_random(&plan, &platform, &c, 1) != a);
		}
	}
	CHECK(differs);
}

HOST_TEST(limit_of_cases_is_reached)
{
	fake_platform(OBEDIENT);
	config.repeat = CONFIG_REPEAT_MAX;
	platform.engine_count = 1;
	for (unsigned i = 1; i < 8; i++) {
		fake_engine(i, (uint16_t)(0x100 + i), 50);
		platform.engine_count++;
	}
	CHECK_EQ(planned(), CASES_MAX);
	CHECK_EQ(plan.dropped, 1000 * (1 + 1 + 16 + 1) - CASES_MAX);
}

/* ---- Lines ---- */

static char printed[4096];

static void take_line(const char *text, size_t count)
{
	memcpy(printed, text, count);
	printed[count] = '\0';
}

HOST_TEST(lines_are_quoted_where_needed)
{
	struct print_line line;

	print_to(take_line);
	print_begin(&line, "end");
	print_number(&line, "n", 7);
	print_text(&line, "a", "bare/word");
	print_text(&line, "b", "two words");
	print_text(&line, "c", "");
	print_text(&line, "d", "q\"b\\n\n\xff=");
	print_end(&line);
	CHECK_STR(printed, "iovet event=end n=7 a=bare/word b=\"two words\" c=\"\" "
			   "d=\"q\\\"b\\\\n\\x0a\\xff=\"\r\n");
	print_to(NULL);
}

HOST_TEST(long_lines_are_cut_and_end)
{
	struct print_line line;
	char text[2 * PRINT_LINE_MAX];

	memset(text, '\n', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	print_to(take_line);
	print_begin(&line, "note");
	print_text(&line, "text", text);
	print_text(&line, "more", "x");
	print_end(&line);
	CHECK(strlen(printed) <= PRINT_LINE_MAX);
	CHECK_STR(printed + strlen(printed) - 6, "...\"\r\n");
	print_to(NULL);
}

HOST_MAIN()
