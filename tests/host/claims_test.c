/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The suite's own records: what every claim owes to the catalogue of rules. */
#include "tests/harness/test.h"

#include <string.h>

#include "tests/host/check.h"

#define COUNT ((unsigned)(testcase_end - testcase_begin))

/* The regimes of each vendor's units, for the needs that choose among them, and flags that none of some has. */
static const struct regime {
	const char *unit, *name;
	uint32_t lacks;
} regimes[] = {
	{ "vtd0", "legacy",
	  NEEDS_FIRST_STAGE | NEEDS_SCALABLE | NEEDS_ACCESSED | NEEDS_DIRTY | NEEDS_DIRTY_SWITCH |
		  NEEDS_PASID | NEEDS_NESTED },
	{ "vtd0", "second", NEEDS_FIRST_STAGE | NEEDS_LEGACY | NEEDS_NESTED },
	{ "vtd0", "first",
	  NEEDS_SECOND_STAGE | NEEDS_LEGACY | NEEDS_DIRTY_SWITCH | NEEDS_WRITE_ONLY | NEEDS_NESTED },
	{ "vtd0", "nested",
	  NEEDS_SECOND_STAGE | NEEDS_LEGACY | NEEDS_DIRTY_SWITCH | NEEDS_WRITE_ONLY },
	{ "amdvi0", "host",
	  NEEDS_FIRST_STAGE | NEEDS_LEGACY | NEEDS_SCALABLE | NEEDS_PASID | NEEDS_NESTED },
	{ "amdvi0", "guest",
	  NEEDS_SECOND_STAGE | NEEDS_LEGACY | NEEDS_SCALABLE | NEEDS_DIRTY_SWITCH | NEEDS_WRITE_ONLY |
		  NEEDS_NESTED },
	{ "amdvi0", "nested",
	  NEEDS_SECOND_STAGE | NEEDS_LEGACY | NEEDS_SCALABLE | NEEDS_DIRTY_SWITCH | NEEDS_WRITE_ONLY },
};

static const char *const units[] = { "vtd0", "amdvi0" };	/* one of each vendor */

static void say(const struct testcase *test, const char *what, const char *of)
{
	host_failures++;
	printf("# %s.%s: %s %s\n", test->topic, test->name, what, of);
}

static bool is_of(const struct testcase *test, const char *unit)
{
	return !test->vendor || strncmp(unit, test->vendor, strlen(test->vendor)) == 0;
}

static bool runs_in(const struct testcase *test, const struct regime *regime)
{
	return test->sweep <= SWEEP_REGIMES && is_of(test, regime->unit) &&
	       !(test->needs & regime->lacks);
}

static bool any_rule_speaks(const struct testcase *test, const char *unit, const char *regime)
{
	for (const enum rule *rule = test->rules; *rule != RULE_NONE; rule++)
		if (rule_speaks_of(*rule, unit, regime))
			return true;
	return false;
}

/* A case that speaks of no rule could pass without a rule being kept. */
HOST_TEST(every_case_speaks_of_a_rule)
{
	for (unsigned t = 0; t < COUNT; t++) {
		const struct testcase *test = testcase_begin[t];

		host_checks++;
		if (test->sweep == SWEEP_MACHINE && !any_rule_speaks(test, "", ""))
			say(test, "no rule can be observed on the machine", "");
		for (unsigned i = 0; test->sweep == SWEEP_UNITS && i < ARRAY_COUNT(units); i++)
			if (is_of(test, units[i]) && !any_rule_speaks(test, units[i], ""))
				say(test, "no rule can be observed without a regime on", units[i]);
		for (unsigned i = 0; i < ARRAY_COUNT(regimes); i++)
			if (runs_in(test, &regimes[i]) &&
			    !any_rule_speaks(test, regimes[i].unit, regimes[i].name))
				say(test, "no rule can be observed in regime", regimes[i].name);
	}
}

/* A case of this test credits the rule: in its own regime, or of its unit or the machine. */
static bool credits(const struct testcase *test, enum rule rule)
{
	for (unsigned i = 0; test->sweep == SWEEP_UNITS && i < ARRAY_COUNT(units); i++)
		if (is_of(test, units[i]) && rule_speaks_of(rule, units[i], ""))
			return true;
	for (unsigned i = 0; i < ARRAY_COUNT(regimes); i++)
		if (runs_in(test, &regimes[i]) &&
		    rule_speaks_of(rule, regimes[i].unit, regimes[i].name))
			return true;
	return test->sweep == SWEEP_MACHINE && rule_speaks_of(rule, "", "");
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

/* Every vendor has a unit and its regimes above: a catalogue that joins is not forgotten here. */
HOST_TEST(every_catalogue_has_regimes_here)
{
	for (unsigned c = 0; c < RULE_CATALOGUES; c++) {
		const struct rule_catalogue *catalogue = &rule_catalogues[c];
		unsigned found = IN_NONE;

		for (unsigned i = 0; i < ARRAY_COUNT(regimes); i++)
			for (unsigned bit = 0; bit < IN_BIT_NONE; bit++)
				if (strncmp(regimes[i].unit, catalogue->vendor,
					    strlen(catalogue->vendor)) == 0 &&
				    strcmp(regimes[i].name, rule_regime_name(bit)) == 0)
					found |= BIT(bit);
		CHECK_EQ(found, catalogue->regimes);
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
