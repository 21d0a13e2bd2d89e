/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From what a case found to what the report says of it. */
#include <stdio.h>
#include <string.h>

#include "tests/harness/case.h"
#include "tests/harness/sabotage.h"

static bool any_rule_is_firm(const struct testcase *test)
{
	for (const enum rule *r = test->rules; r != NULL && *r != RULE_NONE; r++) {
		if (rule_is_firm(*r))
			return true;
	}
	return false;
}

/* Put words in front of the reason. */
static void explain(struct case_result *result, const char *text)
{
	char reason[CASE_REASON_MAX];
	int n = snprintf(reason, sizeof(reason), "%s%s%s", text, result->reason[0] != '\0' ? ": " : "",
			 result->reason);

	if (n > 0)
		memcpy(result->reason, reason, sizeof(reason));
}

void case_judge(const struct testcase *test, const struct config *config, const char *id,
		const char *variant, struct case_result *result)
{
	const struct config_known *known = config_find_known(config, id, variant);

	if (result->verdict == VERDICT_PASS && result->checks == 0) {
		result->verdict = VERDICT_BROKEN;
		explain(result, "the body checked nothing");
		return;
	}
	/* A sabotaged run is there to fail: what is known of the machine excuses nothing. */
	if (sabotage_chosen() != SABOTAGE_NONE)
		return;
	if (known != NULL && result->verdict == VERDICT_FAIL) {
		result->verdict = VERDICT_KNOWN;
		explain(result, known->link);
	} else if (known != NULL && result->verdict == VERDICT_PASS) {
		result->verdict = VERDICT_FAIL;
		explain(result, known->link);
		explain(result, "a known defect passes");
	} else if (result->verdict == VERDICT_FAIL && !any_rule_is_firm(test)) {
		result->verdict = VERDICT_DISPUTED;
		explain(result, "no rule behind this is firm");
	}
}
