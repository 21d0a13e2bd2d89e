/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the formats ask a model about cases and their texts; its records are known to be whole. */
#include "tests/harness/journal_record.h"
#include "tests/report/report.h"

#include <stdio.h>
#include <string.h>

const struct report_case *report_next_case(const struct report_model *model, uint32_t *number)
{
	while (*number < model->last) {
		const struct report_case *c = &model->cases[(*number)++];

		if (c->begun)
			return c;
	}
	return NULL;
}

const struct testcase *report_test(const struct report_model *model, const struct report_case *c)
{
	return model->same_suite && c->test < model->texts.test_count ? model->texts.tests[c->test]
								      : NULL;
}

const char *report_case_unit(const struct report_model *model, const struct report_case *c)
{
	return c->unit < REPORT_UNITS_MAX ? model->units[c->unit] : "";
}

const char *report_case_regime(const struct report_model *model, const struct report_case *c)
{
	const char *name = "";

	if (c->regime == JOURNAL_ANY)
		return "";
	if (c->unit < REPORT_UNITS_MAX && c->regime < REPORT_REGIMES_MAX)
		name = model->regimes[c->unit][c->regime];
	return *name ? name : "?";
}

enum rule report_next_rule(const struct report_model *model, const struct report_case *c, unsigned *k)
{
	const struct testcase *test = report_test(model, c);
	const char *unit = report_case_unit(model, c), *regime = report_case_regime(model, c);

	while (test && test->rules[*k] != RULE_NONE) {
		enum rule rule = test->rules[(*k)++];

		if (rule_speaks_of(rule, unit, regime))
			return rule;
	}
	return RULE_NONE;
}

bool report_speaks_of(const struct report_model *model, const struct report_case *c, enum rule rule)
{
	enum rule own;
	unsigned k = 0;

	while ((own = report_next_rule(model, c, &k)) != RULE_NONE)
		if (own == rule)
			return true;
	return false;
}

void report_case_id(const struct report_model *model, const struct report_case *c,
		    char id[REPORT_ID_MAX])
{
	const struct testcase *test = report_test(model, c);

	if (test)
		snprintf(id, REPORT_ID_MAX, "%s.%s", test->topic, test->name);
	else
		snprintf(id, REPORT_ID_MAX, "unknown.%u", c->test);
}

void report_leaf_name(unsigned leaf_lg2, char name[REPORT_LEAF_MAX])
{
	unsigned unit = leaf_lg2 / 10;

	name[0] = '\0';
	if (leaf_lg2 && unit < 7)
		snprintf(name, REPORT_LEAF_MAX, "%u%.1s", 1u << leaf_lg2 % 10, &"BKMGTPE"[unit]);
}

/* Put one more part behind those that are there; an index without a name stands for itself. */
static void add_part(char variant[REPORT_VARIANT_MAX], const char *name, const char *kind,
		     unsigned index)
{
	size_t used = strlen(variant);
	const char *slash = used ? "/" : "";

	if (*name)
		snprintf(variant + used, REPORT_VARIANT_MAX - used, "%s%s", slash, name);
	else
		snprintf(variant + used, REPORT_VARIANT_MAX - used, "%s%s%u", slash, kind, index);
}

void report_case_variant(const struct report_model *model, const struct report_case *c,
			 char variant[REPORT_VARIANT_MAX])
{
	bool known_unit = c->unit < REPORT_UNITS_MAX;
	char leaf[REPORT_LEAF_MAX];

	variant[0] = '\0';
	report_leaf_name(c->leaf_lg2, leaf);
	if (c->unit != JOURNAL_ANY)
		add_part(variant, known_unit ? model->units[c->unit] : "", "unit", c->unit);
	if (c->regime != JOURNAL_ANY)
		add_part(variant,
			 known_unit && c->regime < REPORT_REGIMES_MAX
				 ? model->regimes[c->unit][c->regime]
				 : "",
			 "regime", c->regime);
	if (leaf[0])
		add_part(variant, leaf, "", 0);
	if (c->engine != JOURNAL_ANY)
		add_part(variant, c->engine < REPORT_ENGINES_MAX ? model->engines[c->engine] : "",
			 "engine", c->engine);
}

void report_case_reason(const struct report_model *model, const struct report_case *c, char *reason,
			size_t size)
{
	struct journal_record r;
	size_t offset = c->reason;

	if (offset && journal_step(model->journal, model->bytes, &offset, &r))
		journal_read_text(&r, reason, size);
	else if (c->ended)
		snprintf(reason, size, "%s", "");
	else if (c->verdict == VERDICT_HANG)
		snprintf(reason, size, "the machine died in this case");
	else
		snprintf(reason, size, "the journal does not say how this case ended");
}

bool report_next_evidence(const struct report_model *model, const struct report_case *c,
			  size_t *offset, char *line, size_t size)
{
	struct journal_record r;

	*offset = MAX(*offset, (size_t)c->texts);
	while (journal_step(model->journal, model->bytes, offset, &r) && r.type != JOURNAL_BEGIN &&
	       r.type != JOURNAL_CASES) {
		if (r.type != JOURNAL_EVIDENCE)
			continue;
		journal_read_text(&r, line, size);
		return true;
	}
	return false;
}

bool report_next_text(const struct report_model *model, enum journal_type type, size_t *offset,
		      char *text, size_t size)
{
	struct journal_record r;

	while (model->valid && journal_step(model->journal, model->bytes, offset, &r)) {
		if (r.type != type)
			continue;
		journal_read_text(&r, text, size);
		return true;
	}
	return false;
}
