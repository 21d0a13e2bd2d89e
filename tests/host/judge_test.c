/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What becomes of a case in which faults were recorded under another reason than the rule gives. */
#include <string.h>

#include "tests/harness/case.h"
#include "tests/host/check.h"

static const enum rule firm[] = { VTD_FLT_01, RULE_NONE };
static struct config config;
static struct case_result result;

/* A case of this verdict, with the first `count` of the wrong reasons. */
static enum verdict judged(enum verdict found, unsigned count, const char *text)
{
	static const struct testcase t = { .topic = "t", .name = "n", .rules = firm };
	static const struct case_reason reasons[] = { { 0x05, { 0x79 } },
						      { 0x06, { 0x86, 0x79 } },
						      { RECORD_ACCESS, { RECORD_ACCESS } },
						      { 0x2008, { 0x2050 } },
						      { RECORD_ADDRESS, { RECORD_ADDRESS } } };
	struct config_messages messages;

	config_defaults(&config, &messages);
	config_read_file(&config, text, strlen(text), &messages);
	CHECK_EQ(messages.count, 0);
	memset(&result, 0, sizeof(result));
	result.verdict = found;
	result.checks = 1;
	strcpy(result.reason, found == VERDICT_PASS ? "" : "why");
	result.reason_count = count;
	memcpy(result.reasons, reasons, count * sizeof(reasons[0]));
	case_judge(&t, &config, "t.n", "vtd0/second/4K", &result);
	return result.verdict;
}

HOST_TEST(a_wrong_reason_fails_the_case)
{
	CHECK_EQ(judged(VERDICT_PASS, 0, ""), VERDICT_PASS);
	CHECK_EQ(judged(VERDICT_PASS, 2, ""), VERDICT_FAIL);
	CHECK_STR(result.reason, "faults are recorded with reason 05h for 79h, 06h for 86h");
	CHECK_EQ(judged(VERDICT_UNPROVEN, 1, ""), VERDICT_FAIL);
	CHECK_EQ(judged(VERDICT_BROKEN, 1, ""), VERDICT_BROKEN);
	CHECK_STR(result.reason, "why");
}

HOST_TEST(reasons_are_known_when_each_of_them_is)
{
	CHECK_EQ(judged(VERDICT_PASS, 1, "known_reason=t.*@*/second/* 79/05 http://x"), VERDICT_KNOWN);
	CHECK_STR(result.reason, "http://x: faults are recorded with reason 05h for 79h");
	CHECK_EQ(judged(VERDICT_PASS, 2, "known_reason=t.* 79/05 http://x"), VERDICT_FAIL);
	CHECK_EQ(judged(VERDICT_PASS, 2, "known_reason=t.* 79/05,86/06 http://x"), VERDICT_KNOWN);
	CHECK_EQ(judged(VERDICT_PASS, 2,
			"known_reason=t.* 79/05 http://x\nknown_reason=t.* 86/06 http://y"),
		 VERDICT_KNOWN);
	CHECK_EQ(judged(VERDICT_PASS, 2, "known_reason=t.* 79/05,79/06 http://x"), VERDICT_KNOWN);
	CHECK_EQ(judged(VERDICT_PASS, 1, "known_reason=t.*@*/first/* 79/05 http://x"), VERDICT_FAIL);
	CHECK_EQ(judged(VERDICT_PASS, 1, "known_reason=t.* 05/79 http://x"), VERDICT_FAIL);
}

HOST_TEST(a_known_defect_excuses_its_own_symptom_alone)
{
	CHECK_EQ(judged(VERDICT_FAIL, 0, "known=t.* http://x w?y"), VERDICT_KNOWN);
	CHECK_STR(result.reason, "http://x: why");
	CHECK_EQ(judged(VERDICT_FAIL, 0, "known=t.* http://x"), VERDICT_KNOWN);
	CHECK_EQ(judged(VERDICT_FAIL, 0, "known=t.* http://x wherefore"), VERDICT_FAIL);
	CHECK_STR(result.reason, "why");
	CHECK_EQ(judged(VERDICT_PASS, 0, "known=t.* http://x wherefore"), VERDICT_FAIL);
}

/* Other fields of a record, each by its own word. */
HOST_TEST(fields_of_records_are_known_by_name)
{
	CHECK_EQ(judged(VERDICT_PASS, 5, "known_reason=t.* 79/05,86/06,2050/2008,access http://x"),
		 VERDICT_FAIL);
	CHECK_STR(result.reason,
		  "faults are recorded with reason 05h for 79h, 06h for 86h, with another access, "
		  "2008h for 2050h, with another address");
	CHECK_EQ(judged(VERDICT_PASS, 5,
			"known_reason=t.* 79/05,86/06,2050/2008,access,address http://x"),
		 VERDICT_KNOWN);
}

HOST_TEST(known_reasons_excuse_nothing_else)
{
	CHECK_EQ(judged(VERDICT_FAIL, 1, "known_reason=t.* 79/05 http://x"), VERDICT_FAIL);
	CHECK_STR(result.reason, "why");
	CHECK_EQ(judged(VERDICT_FAIL, 0, "known_reason=t.* 79/05 http://x"), VERDICT_FAIL);
	CHECK_EQ(judged(VERDICT_PASS, 0, "known_reason=t.* 79/05 http://x"), VERDICT_PASS);
}

/* The defect that `known` names is gone: a reason that is known as well does not hide that. */
HOST_TEST(known_reasons_do_not_keep_a_known_defect_alive)
{
	CHECK_EQ(judged(VERDICT_PASS, 1, "known=t.* http://k\nknown_reason=t.* 79/05 http://x"), VERDICT_FAIL);
	CHECK(strstr(result.reason, "a known defect passes: http://k") == result.reason);
	CHECK_EQ(judged(VERDICT_FAIL, 1, "known=t.* http://k\nknown_reason=t.* 79/05 http://x"), VERDICT_KNOWN);
	CHECK_STR(result.reason, "http://k: why");
}

/* A claim names the rules of every vendor's units, firm ones and others; a case is judged by its own. */
HOST_TEST(what_is_firm_elsewhere_accuses_nobody)
{
	static const enum rule rules[] = { VTD_AD_05, AMD_AD_41, AMD_HPT_08, RULE_NONE };
	static const struct testcase t = { .topic = "t", .name = "n", .rules = rules };
	static const struct {
		const char *variant;
		enum verdict verdict;
	} cases[] = {
		{ "vtd0/first/4K/edu0", VERDICT_FAIL },
		{ "vtd0/second/4K/edu0", VERDICT_DISPUTED },
		{ "amdvi0/host/4K/edu0", VERDICT_FAIL },
		{ "amdvi0/guest/4K/edu0", VERDICT_DISPUTED },
		{ "amdvi0/nested/4K/edu0", VERDICT_DISPUTED },
		{ "vtd0/nested", VERDICT_FAIL },
		{ "amdvi0", VERDICT_DISPUTED },
	};

	(void)judged(VERDICT_PASS, 0, "");
	for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
		result.verdict = VERDICT_FAIL;
		case_judge(&t, &config, "t.n", cases[i].variant, &result);
		CHECK_EQ(result.verdict, cases[i].verdict);
	}
}

HOST_MAIN()
