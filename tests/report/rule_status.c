/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a rule is worth in a place, and why. */
#include "tests/report/report.h"

#include <stdio.h>
#include <string.h>

/* Verdicts in the order in which they outweigh one another, with the status that they make. */
static const struct {
	enum verdict verdict;
	enum report_status status;
} weights[] = {
	{ VERDICT_FAIL, REPORT_STATUS_FAIL },         { VERDICT_HANG, REPORT_STATUS_HANG },
	{ VERDICT_DISPUTED, REPORT_STATUS_DISPUTED }, { VERDICT_KNOWN, REPORT_STATUS_KNOWN },
	{ VERDICT_PASS, REPORT_STATUS_PASS },         { VERDICT_UNPROVEN, REPORT_STATUS_UNPROVEN },
	{ VERDICT_BROKEN, REPORT_STATUS_BROKEN },     { VERDICT_SKIP, REPORT_STATUS_SKIP },
};
_Static_assert(ARRAY_COUNT(weights) == VERDICT_COUNT, "every verdict has a weight");

const char *report_status_name(enum report_status status)
{
	static const char *const names[] = {
#define X(name, text) [REPORT_STATUS_##name] = text,
		REPORT_STATUS_LIST(X)
#undef X
	};
	unsigned n = (unsigned)status;

	return n < ARRAY_COUNT(names) ? names[n] : "?";
}

unsigned report_place_of(const struct report_case *c)
{
	return c->unit < REPORT_UNITS_MAX ? c->unit : REPORT_MACHINE;
}

bool report_next_place(const struct report_model *model, unsigned *place)
{
	for (++*place; *place < REPORT_UNITS_MAX; ++*place)
		if (model->units[*place][0])
			return true;
	return *place == REPORT_MACHINE && model->machine_cases;
}

const char *report_place_name(const struct report_model *model, unsigned place)
{
	return place < REPORT_UNITS_MAX ? model->units[place] : "machine";
}

bool report_covers(const struct report_model *model, const struct rule_catalogue *catalogue)
{
	bool any = false;

	for (unsigned i = 0; i < REPORT_UNITS_MAX; i++) {
		const char *name = model->units[i];

		if (strncmp(name, catalogue->vendor, strlen(catalogue->vendor)) == 0)
			return true;
		any |= *name != '\0';
	}
	return !any;
}

bool report_covers_rule(const struct report_model *model, enum rule rule)
{
	return report_covers(model, rule_catalogue(rule));
}

bool report_rule_binds(const struct report_model *model, enum rule rule, unsigned place)
{
	if (!report_covers_rule(model, rule))
		return false;
	if (model->of_machine[rule])
		return place == REPORT_MACHINE;
	if (place < REPORT_UNITS_MAX && rule_binds(rule, model->units[place]))
		return true;
	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		if (model->met[rule][place][v])
			return true;
	return false;
}

enum report_status report_rule_status(const struct report_model *model, enum rule rule,
				      unsigned place)
{
	for (unsigned i = 0; i < ARRAY_COUNT(weights); i++)
		if (model->met[rule][place][weights[i].verdict])
			return weights[i].status;
	return model->claimed[rule] ? REPORT_STATUS_NOT_TESTED : REPORT_STATUS_UNCLAIMED;
}

uint32_t report_rule_case(const struct report_model *model, enum rule rule, unsigned place)
{
	enum report_status status = report_rule_status(model, rule, place);
	const struct report_case *c;
	uint32_t number = 0;

	if (status == REPORT_STATUS_NOT_TESTED || status == REPORT_STATUS_UNCLAIMED)
		return 0;
	while ((c = report_next_case(model, &number)))
		if (report_place_of(c) == place && weights[status].verdict == c->verdict &&
		    report_speaks_of(model, c, rule))
			return number;
	return 0;
}

static bool has_regime_of(const struct report_model *model, enum rule rule, unsigned place)
{
	for (unsigned i = 0; place < REPORT_UNITS_MAX && i < REPORT_REGIMES_MAX; i++)
		if (model->regimes[place][i][0] && rule_applies(rule, model->regimes[place][i]))
			return true;
	return place == REPORT_MACHINE || rule_applies(rule, NULL);
}

static void explain_not_tested(const struct report_model *model, enum rule rule, unsigned place,
			       char *reason, size_t size)
{
	char regimes[64];

	rule_regimes(rule, regimes, sizeof(regimes));
	if (rule_record(rule)->untested)
		snprintf(reason, size, "%s", rule_record(rule)->untested);
	else if (!has_regime_of(model, rule, place))
		snprintf(reason, size, "this unit has no regime of these: %s", regimes);
	else if (model->elsewhere[rule][place])
		snprintf(reason, size, "the cases of its tests here are of other regimes than %s",
			 regimes);
	else
		snprintf(reason, size, "no case of its tests ended here");
}

void report_rule_reason(const struct report_model *model, enum rule rule, unsigned place,
			char *reason, size_t size)
{
	enum report_status status = report_rule_status(model, rule, place);
	const struct rule_record *record = rule_record(rule);
	uint32_t number = report_rule_case(model, rule, place);

	snprintf(reason, size, "%s", "");
	if (number && status != REPORT_STATUS_PASS)
		report_case_reason(model, &model->cases[number - 1], reason, size);
	else if (status == REPORT_STATUS_NOT_TESTED)
		explain_not_tested(model, rule, place, reason, size);
	else if (status == REPORT_STATUS_UNCLAIMED)
		snprintf(reason, size, "%s",
			 record && record->untested ? record->untested : "no test claims it yet");
}
