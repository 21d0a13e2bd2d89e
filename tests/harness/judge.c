/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From what a case found to what the report says of it. */
#include <stdio.h>
#include <string.h>

#include "tests/harness/case.h"
#include "tests/harness/glob.h"
#include "tests/harness/sabotage.h"

/* The names of a case's unit and regime, "" for none: a variant starts with them. */
static void split(const char *variant, char unit[PLAN_VARIANT_MAX], char regime[PLAN_VARIANT_MAX])
{
	size_t bytes = strcspn(variant, "/");
	const char *rest = variant[bytes] != '\0' ? variant + bytes + 1 : "";

	snprintf(unit, PLAN_VARIANT_MAX, "%.*s", (int)bytes, variant);
	snprintf(regime, PLAN_VARIANT_MAX, "%.*s", (int)strcspn(rest, "/"), rest);
}

/* Of the rules that the case speaks of: what is firm of another unit or regime accuses nobody here. */
static bool any_rule_is_firm(const struct testcase *test, const char *variant)
{
	char unit[PLAN_VARIANT_MAX], regime[PLAN_VARIANT_MAX];

	split(variant, unit, regime);
	for (const enum rule *r = test->rules; r != NULL && *r != RULE_NONE; r++) {
		if (rule_is_firm(*r) && rule_speaks_of(*r, unit, regime))
			return true;
	}
	return false;
}

/* Put words in front of the reason. */
static void explain(struct case_result *result, const char *text)
{
	char reason[CASE_REASON_MAX];
	int n = snprintf(reason, sizeof(reason), "%s%s%s", text,
			 result->reason[0] != '\0' ? ": " : "", result->reason);

	if (n > 0)
		memcpy(result->reason, reason, sizeof(reason));
}

/* Reasons of faults were wrong, and nothing else: the case fails by them now. */
static bool failed_by_reasons(struct case_result *result)
{
	char text[CASE_REASONS_MAX * sizeof(" with reason 2008h for 2050h,")] = "";
	const char *lead = " with reason";

	if (result->reason_count == 0)
		return false;
	if (result->verdict != VERDICT_PASS && result->verdict != VERDICT_UNPROVEN)
		return false;
	for (unsigned i = 0; i < result->reason_count; i++) {
		const struct case_reason *r = &result->reasons[i];
		const char *comma = i != 0 ? "," : "";
		size_t used = strlen(text);

		if (r->got == RECORD_ACCESS || r->got == RECORD_ADDRESS) {
			snprintf(text + used, sizeof(text) - used, "%s with another %s", comma,
				 r->got == RECORD_ACCESS ? "access" : "address");
			continue;
		}
		/* The first of what was expected. */
		snprintf(text + used, sizeof(text) - used, "%s%s %02Xh for %02Xh", comma, lead,
			 r->got & 0xffff, r->expected[0] & 0xffff);
		lead = "";
	}
	snprintf(result->reason, sizeof(result->reason), "faults are recorded%s", text);
	result->verdict = VERDICT_FAIL;
	return true;
}

/* The entry for the last of them, if there is one for each. */
static const struct config_known *all_reasons_known(const struct config *config, const char *id,
						    const char *variant, const struct case_result *result)
{
	const struct config_known *known = NULL;

	for (unsigned i = 0; i < result->reason_count; i++) {
		const struct case_reason *r = &result->reasons[i];

		known = NULL;
		for (unsigned n = 0; n < IOMMU_REASONS_MAX && known == NULL; n++)
			known = config_find_reason(config, id, variant, r->expected[n], r->got);
		if (known == NULL)
			return NULL;
	}
	return known;
}

/* What else the case found: no known defect hides it. */
static void tell_also(struct case_result *result)
{
	size_t used = strlen(result->reason);

	if (result->also[0] == '\0')
		return;
	if (result->verdict == VERDICT_KNOWN) {
		result->verdict = VERDICT_FAIL;
		explain(result, "a known defect, and more");
		used = strlen(result->reason);
	}
	snprintf(result->reason + used, sizeof(result->reason) - used, "; also: %s", result->also);
}

/* What the configuration says of the case. False: nothing. */
static bool is_judged_as_known(struct case_result *result, const struct config_known *known,
			       const struct config_known *reasons)
{
	bool unmet = result->verdict == VERDICT_FAIL || result->verdict == VERDICT_HANG;

	if (known == NULL && reasons != NULL) {
		result->verdict = VERDICT_KNOWN;
		result->evidence_count = result->evidence_dropped = 0;	/* the reason says it all */
		explain(result, reasons->link);
	} else if (known != NULL && unmet && reasons == NULL &&
		   glob_matches(known->symptom, result->reason)) {
		result->verdict = VERDICT_KNOWN;
		explain(result, known->link);
	} else if (known != NULL && (result->verdict == VERDICT_PASS || reasons != NULL)) {
		result->verdict = VERDICT_FAIL;
		explain(result, known->link);
		explain(result, "a known defect passes");
	} else {
		return false;
	}
	return true;
}

void case_judge(const struct testcase *test, const struct config *config, const char *id,
		const char *variant, struct case_result *result)
{
	const struct config_known *known = config_find_known(config, id, variant, result->reason);
	const struct config_known *reasons = NULL;

	if (result->verdict == VERDICT_PASS && result->checks == 0) {
		result->verdict = VERDICT_BROKEN;
		explain(result, "the body checked nothing");
		return;
	}
	if (failed_by_reasons(result))
		reasons = all_reasons_known(config, id, variant, result);
	/* A sabotaged run is there to fail: what is known of the machine excuses nothing. */
	if (sabotage_chosen() != SABOTAGE_NONE)
		return;
	if (!is_judged_as_known(result, known, reasons) && result->verdict == VERDICT_FAIL &&
	    !any_rule_is_firm(test, variant)) {
		result->verdict = VERDICT_DISPUTED;
		explain(result, "no rule behind this is firm");
	}
	tell_also(result);
}
