/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The suite's own records: what every claim owes to the catalogue of rules. */
#include "tests/harness/test.h"

#include <string.h>

#include "tests/host/check.h"

#define COUNT ((unsigned)(testcase_end - testcase_begin))

/* What the regimes of VT-d are, for the needs that choose among them, and flags that none of legacy mode has. */
static const struct {
	const char *name;
	uint32_t lacks;
} regimes[] = {
	{ "legacy", NEEDS_FIRST_STAGE | NEEDS_SCALABLE | NEEDS_ACCESSED | NEEDS_DIRTY | NEEDS_DIRTY_SWITCH |
		    NEEDS_PASID | NEEDS_NESTED },
	{ "second", NEEDS_FIRST_STAGE | NEEDS_LEGACY | NEEDS_NESTED },
	{ "first", NEEDS_SECOND_STAGE | NEEDS_LEGACY | NEEDS_DIRTY_SWITCH | NEEDS_WRITE_ONLY | NEEDS_NESTED },
	{ "nested", NEEDS_SECOND_STAGE | NEEDS_LEGACY | NEEDS_DIRTY_SWITCH | NEEDS_WRITE_ONLY },
};

static void say(const struct testcase *test, const char *what, const char *of)
{
	host_failures++;
	printf("# %s.%s: %s %s\n", test->topic, test->name, what, of);
}

static bool any_rule_applies(const struct testcase *test, const char *regime)
{
	for (const enum rule *rule = test->rules; *rule != RULE_NONE; rule++)
		if (rule_applies(*rule, regime))
			return true;
	return false;
}

/* A case that speaks of no rule could pass without a rule being kept. */
HOST_TEST(every_case_speaks_of_a_rule)
{
	for (unsigned t = 0; t < COUNT; t++) {
		const struct testcase *test = testcase_begin[t];

		host_checks++;
		if (test->sweep > SWEEP_REGIMES && !any_rule_applies(test, NULL))
			say(test, "no rule can be observed without a regime", "");
		for (unsigned i = 0; test->sweep <= SWEEP_REGIMES && i < ARRAY_COUNT(regimes); i++)
			if (!(test->needs & regimes[i].lacks) &&
			    !any_rule_applies(test, regimes[i].name))
				say(test, "no rule can be observed in regime", regimes[i].name);
	}
}

/* A case of this test credits the rule: in its own regime, or of its unit or the machine. */
static bool credits(const struct testcase *test, enum rule rule)
{
	if (test->sweep > SWEEP_REGIMES)
		return rule_applies(rule, NULL);
	for (unsigned i = 0; i < ARRAY_COUNT(regimes); i++)
		if (!(test->needs & regimes[i].lacks) && rule_applies(rule, regimes[i].name))
			return true;
	return false;
}

HOST_TEST(every_rule_of_a_claim_is_met_in_some_regime)
{
	for (unsigned t = 0; t < COUNT; t++) {
		const struct testcase *test = testcase_begin[t];

		for (const enum rule *rule = test->rules; *rule != RULE_NONE; rule++) {
			host_checks++;
			if (!credits(test, *rule) && !rule_record(*rule)->untested)
				say(test, "in none of its regimes can be observed", rule_id(*rule));
		}
	}
}

/* The catalogue says of some rules that nothing can be claimed: neither a pass nor a fail would be true. */
HOST_TEST(no_claim_names_a_rule_without_a_verdict)
{
	for (unsigned t = 0; t < COUNT; t++) {
		const struct testcase *test = testcase_begin[t];

		for (const enum rule *rule = test->rules; *rule != RULE_NONE; rule++) {
			host_checks++;
			if (rule_record(*rule)->untested)
				say(test, rule_id(*rule), rule_record(*rule)->untested);
		}
	}
}

/* Is the rule named by a test whose cases can credit it? */
static bool claimed(enum rule wanted)
{
	for (unsigned t = 0; t < COUNT; t++)
		for (const enum rule *rule = testcase_begin[t]->rules; *rule != RULE_NONE; rule++)
			if (*rule == wanted && credits(testcase_begin[t], wanted))
				return true;
	return false;
}

/* Catalogues whose every rule has a test, or a reason: one joins when its units have raw tests of their own. */
static bool is_finished(const struct rule_catalogue *catalogue)
{
	return strcmp(catalogue->prefix, "VTD-") == 0;
}

/* What the report lists as not tested, it lists with a reason. */
HOST_TEST(every_rule_is_claimed_or_says_why_not)
{
	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++) {
		enum rule rule = (enum rule)n;

		if (!is_finished(rule_catalogue(rule)))
			continue;
		host_checks++;
		if (claimed(rule) || rule_record(rule)->untested)
			continue;
		host_failures++;
		printf("# %s: no test claims it, and no reason says why\n", rule_id(rule));
	}
}

/* The order is the image's, or the numbers in a journal would mean other tests. */
HOST_TEST(claims_are_sentences_in_the_order_of_their_ids)
{
	CHECK(COUNT >= 80);
	for (unsigned t = 0; t < COUNT; t++) {
		const struct testcase *test = testcase_begin[t];
		size_t length = strlen(test->claim);
		char id[128], before[128] = "";

		snprintf(id, sizeof(id), "%s.%s", test->topic, test->name);
		if (t > 0)
			snprintf(before, sizeof(before), "%s.%s", testcase_begin[t - 1]->topic,
				 testcase_begin[t - 1]->name);
		CHECK(strcmp(before, id) < 0);
		CHECK(length > 10 && test->claim[length - 1] == '.');
		CHECK(test->rules[0] != RULE_NONE);
	}
}

HOST_MAIN()
