/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Units that never finish, and findings beside the one that a case has failed by. */
#include "tests/harness/bench.h"
#include "tests/host/harness_fake.h"

#define RW (PT_READ | PT_WRITE)

static const enum rule firm[] = { VTD_FLT_01, RULE_NONE };

static enum status answer;		/* of the verb that is at fault */
static unsigned asked;

static enum status failing_enable(struct iommu *iommu, const struct iommu_regime *regime)
{
	(void)regime;
	asked++;
	iommu->enabled = NULL;
	iommu->unmet = (struct iommu_unmet){ "the light goes on (X 1.2)", { "LIGHT", 0x17 } };
	return answer;
}

static enum status failing_set_route(struct iommu *iommu, struct iommu_source source,
				     const struct iommu_route *route)
{
	(void)iommu, (void)source, (void)route;
	return answer;
}

static void body_write(struct bench *b)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 0);
}

/* Fails by itself, and leaves what the device did on the way. */
static void body_fails(struct bench *b)
{
	struct span s = map_leaves(b, 2, RW);

	(void)device_tries_to_write(b, leaf(&s, 0), 64);
	expect(b, false, "this is expected to fail");
}

static void body_spills(struct bench *b)
{
	struct span s = map_leaves(b, 2, RW);

	device_writes(b, leaf(&s, 0), PAGE_SIZE);
	expect(b, false, "this is expected to fail");
}

static struct testcase test;
static const struct testcase *const tests[] = { &test };

static void arrange_case(void (*body)(struct bench *b), enum defect with)
{
	fake_platform(with);
	asked = 0;
	test = (struct testcase){ .topic = "t",
				  .name = "n",
				  .claim = "c",
				  .rules = firm,
				  .body = body,
				  .needs = NEEDS_DMA_WRITE };
	plan_make(&plan, &platform, &config, tests, 1);
}

static enum verdict run_one(const char *known)
{
	struct config_messages messages;

	config_defaults(&config, &messages);
	if (known != NULL)
		config_read_file(&config, known, strlen(known), &messages);
	case_run(&platform, &plan, &plan.cases[0], &result);
	case_judge(&test, &config, "t.n", "vtd0/first/4K", &result);
	if (result.verdict != VERDICT_PASS)
		printf("# %s: %s\n", verdict_name(result.verdict), result.reason);
	return result.verdict;
}

static enum verdict enabled_with(enum status status)
{
	arrange_case(body_write, OBEDIENT);
	answer = status;
	fake.ops.enable = failing_enable;
	return run_one(NULL);
}

HOST_TEST(what_the_unit_owes_is_a_finding)
{
	CHECK_EQ(enabled_with(STATUS_TIMEOUT), VERDICT_HANG);
	CHECK(strstr(result.reason, "enable: ") == result.reason);
	CHECK(strstr(result.reason, "the light goes on (X 1.2), LIGHT=0x17") != NULL);
	CHECK_EQ(enabled_with(STATUS_GONE), VERDICT_HANG);
	CHECK_EQ(enabled_with(STATUS_QUEUE_ERROR), VERDICT_FAIL);
	arrange_case(body_write, OBEDIENT);
	fake.ops.set_route = failing_set_route;
	answer = STATUS_TIMEOUT;
	CHECK_EQ(run_one(NULL), VERDICT_HANG);
	arrange_case(body_write, NEVER_SYNCS);
	CHECK_EQ(run_one(NULL), VERDICT_HANG);
}

HOST_TEST(what_the_program_owes_is_broken)
{
	static const enum status own[] = { STATUS_BAD_ARGUMENT, STATUS_EXHAUSTED,
					   STATUS_UNSUPPORTED };

	for (unsigned i = 0; i < ARRAY_COUNT(own); i++)
		CHECK_EQ(enabled_with(own[i]), VERDICT_BROKEN);
}

HOST_TEST(a_hang_can_be_known)
{
	arrange_case(body_write, NEVER_SYNCS);
	CHECK_EQ(run_one("known=t.* http://x *the deadline passed*"), VERDICT_KNOWN);
	CHECK_EQ(run_one("known=t.* http://x something else"), VERDICT_HANG);
}

/* Deadlines are paid for twice, and for none of the cases that follow. */
HOST_TEST(a_dead_unit_is_left_alone)
{
	CHECK_EQ(enabled_with(STATUS_TIMEOUT), VERDICT_HANG);
	CHECK_EQ(run_one(NULL), VERDICT_HANG);
	CHECK_EQ(asked, 2);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(run_one(NULL), VERDICT_SKIP);
	CHECK_EQ(asked, 2);
	CHECK_STR(result.reason, "vtd0 has hung in legacy, and did not come back");
	case_forget();
	fake.ops.enable = fake_enable;
	CHECK_EQ(run_one(NULL), VERDICT_PASS);
}

HOST_TEST(a_regime_that_works_is_tested_beside_one_that_hangs)
{
	fake_platform(OBEDIENT);
	fake_regime("second", BIT64(12), false);
	plan_make(&plan, &platform, &config, tests, 1);
	answer = STATUS_TIMEOUT;
	test.body = body_write;
	for (unsigned i = 0; i < plan.count; i++) {
		bool dead = plan.cases[i].regime == 0;

		fake.ops.enable = dead ? failing_enable : fake_enable;
		case_run(&platform, &plan, &plan.cases[i], &result);
		CHECK(dead ? result.verdict != VERDICT_PASS : result.verdict == VERDICT_PASS);
	}
}

HOST_TEST(a_second_finding_is_told)
{
	arrange_case(body_fails, OBEDIENT);
	CHECK_EQ(run_one(NULL), VERDICT_FAIL);
	CHECK_STR(result.reason, "this is expected to fail");
	arrange_case(body_fails, STRAY_TABLE_WRITE);
	CHECK_EQ(run_one(NULL), VERDICT_FAIL);
	CHECK(strstr(result.reason, "this is expected to fail; also: table word 511 ") ==
	      result.reason);
	arrange_case(body_spills, SPILLS);
	CHECK_EQ(run_one(NULL), VERDICT_FAIL);
	CHECK(strstr(result.reason, "this is expected to fail; also: guard") == result.reason);
	arrange_case(body_fails, FAULTS_AND_WORKS);
	CHECK_EQ(run_one(NULL), VERDICT_FAIL);
	CHECK(strstr(result.reason, "also: a fault without a refused transfer") != NULL);
	arrange_case(body_fails, REFUSES_ALL);		/* the record is the refused write's own */
	CHECK_EQ(run_one(NULL), VERDICT_FAIL);
	CHECK_STR(result.reason, "this is expected to fail");
}

/* The symptom is that of the body's failure; what was found beside it is not known. */
HOST_TEST(a_known_defect_hides_no_other)
{
	arrange_case(body_fails, OBEDIENT);
	CHECK_EQ(run_one("known=t.* http://x this is expected to fail"), VERDICT_KNOWN);
	arrange_case(body_fails, STRAY_TABLE_WRITE);
	CHECK_EQ(run_one("known=t.* http://x this is expected to fail"), VERDICT_FAIL);
	CHECK(strstr(result.reason,
		     "a known defect, and more: http://x: this is expected to fail; also: table") ==
	      result.reason);
}

/* What the case has failed by is told once. */
HOST_TEST(the_same_finding_is_no_second)
{
	arrange_case(body_write, STRAY_TABLE_WRITE);
	CHECK_EQ(run_one(NULL), VERDICT_FAIL);
	CHECK(strstr(result.reason, "also") == NULL);
}

HOST_MAIN()
