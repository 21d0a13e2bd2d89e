/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* report.json, as docs/report.schema.json says. Numbers of 64 bits are strings: readers lose their end. */
#include <stdio.h>
#include <string.h>

#include "tests/report/report.h"

/* Between members and elements: nothing before the first, then a comma. */
static void separate(struct out *out, bool *first, const char *indent)
{
	out_text(out, *first ? "\n" : ",\n");
	out_text(out, indent);
	*first = false;
}

static void key(struct out *out, const char *name)
{
	out_json_string(out, name);
	out_text(out, ": ");
}

static void text_member(struct out *out, const char *name, const char *value)
{
	out_text(out, ", ");
	key(out, name);
	out_json_string(out, value);
}

static void number_member(struct out *out, const char *name, uint64_t value)
{
	out_text(out, ", ");
	key(out, name);
	out_number(out, value);
}

static void bool_member(struct out *out, const char *name, bool value)
{
	out_text(out, ", ");
	key(out, name);
	out_text(out, value ? "true" : "false");
}

static void write_head(const struct report_model *model, struct out *out)
{
	char seed[24];

	key(out, "schema");
	out_number(out, REPORT_SCHEMA_VERSION);
	text_member(out, "program", "iovet");
	text_member(out, "version", model->version);
	out_text(out, ", \"build\": \"");
	out_hex(out, model->start.build, 16);
	out_text(out, "\"");
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)model->start.seed);
	text_member(out, "seed", seed);
	out_text(out, ",\n  ");
	key(out, "complete");
	out_text(out, report_is_complete(model) ? "true" : "false");
	bool_member(out, "finished", model->finished);
	bool_member(out, "same_build", model->same_build);
	bool_member(out, "same_suite", model->same_suite);
	number_member(out, "planned", model->planned);
	number_member(out, "run", model->run);
	number_member(out, "not_run", model->not_run);
	number_member(out, "unlisted", model->unlisted);
	number_member(out, "dropped", model->dropped);
}

static void write_counts(const struct report_model *model, struct out *out)
{
	bool first = true;

	key(out, "counts");
	out_text(out, "{");
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		out_text(out, first ? "" : ", ");
		first = false;
		key(out, verdict_name((enum verdict)v));
		out_number(out, model->counts[v]);
	}
	out_text(out, "}");
}

static void write_facts(const struct report_model *model, struct out *out)
{
	char text[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;
	bool first = true;

	key(out, "facts");
	out_text(out, "[");
	while (report_next_text(model, JOURNAL_FACT, &offset, text, sizeof(text))) {
		char *equals = strchr(text, '=');

		if (equals)
			*equals = '\0';
		separate(out, &first, "    ");
		out_text(out, "{\"key\": ");
		out_json_string(out, text);
		text_member(out, "value", equals ? equals + 1 : "");
		out_text(out, "}");
	}
	out_text(out, "]");
}

static void write_texts(const struct report_model *model, struct out *out, const char *name,
			enum journal_type type)
{
	char text[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;
	bool first = true;

	key(out, name);
	out_text(out, "[");
	while (report_next_text(model, type, &offset, text, sizeof(text))) {
		separate(out, &first, "    ");
		out_json_string(out, text);
	}
	out_text(out, "]");
}

static void write_units(const struct report_model *model, struct out *out)
{
	bool first = true;

	key(out, "units");
	out_text(out, "[");
	for (unsigned i = 0; i < REPORT_UNITS_MAX; i++) {
		bool first_regime = true;

		if (!model->units[i][0])
			continue;
		separate(out, &first, "    ");
		out_text(out, "{\"name\": ");
		out_json_string(out, model->units[i]);
		out_text(out, ", \"regimes\": [");
		for (unsigned k = 0; k < REPORT_REGIMES_MAX; k++) {
			if (!model->regimes[i][k][0])
				continue;
			out_text(out, first_regime ? "" : ", ");
			out_json_string(out, model->regimes[i][k]);
			first_regime = false;
		}
		out_text(out, "]}");
	}
	out_text(out, "],\n  ");
	first = true;
	key(out, "engines");
	out_text(out, "[");
	for (unsigned i = 0; i < REPORT_ENGINES_MAX; i++) {
		if (!model->engines[i][0])
			continue;
		out_text(out, first ? "" : ", ");
		out_json_string(out, model->engines[i]);
		first = false;
	}
	out_text(out, "]");
}

/* A name, or null where the case has none. */
static void name_member(struct out *out, const char *name, const char *value)
{
	if (value && *value) {
		text_member(out, name, value);
		return;
	}
	out_text(out, ", ");
	key(out, name);
	out_text(out, "null");
}

static void write_variant(const struct report_model *model, const struct report_case *c,
			  struct out *out)
{
	bool has_unit = c->unit < REPORT_UNITS_MAX;
	bool has_regime = has_unit && c->regime < REPORT_REGIMES_MAX;
	char variant[REPORT_VARIANT_MAX], leaf[REPORT_LEAF_MAX];

	report_case_variant(model, c, variant);
	report_leaf_name(c->leaf_lg2, leaf);
	text_member(out, "variant", variant);
	name_member(out, "unit", has_unit ? model->units[c->unit] : NULL);
	name_member(out, "regime", has_regime ? model->regimes[c->unit][c->regime] : NULL);
	name_member(out, "leaf", leaf);
	name_member(out, "engine",
		    c->engine < REPORT_ENGINES_MAX ? model->engines[c->engine] : NULL);
}

static void write_rule_ids(const struct report_model *model, const struct report_case *c,
			   struct out *out)
{
	enum rule rule;
	unsigned k = 0;
	bool first = true;

	out_text(out, ", \"rules\": [");
	while ((rule = report_next_rule(model, c, &k)) != RULE_NONE) {
		out_text(out, first ? "" : ", ");
		out_json_string(out, rule_id(rule));
		first = false;
	}
	out_text(out, "]");
}

static void write_case(const struct report_model *model, uint32_t number,
		       const struct report_case *c, struct out *out)
{
	const struct testcase *test = report_test(model, c);
	char id[REPORT_ID_MAX], text[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;
	bool first = true;

	report_case_id(model, c, id);
	key(out, "number");
	out_number(out, number);
	text_member(out, "id", id);
	text_member(out, "topic", test ? test->topic : "unknown");
	text_member(out, "claim", test ? test->claim : "");
	write_rule_ids(model, c, out);
	write_variant(model, c, out);
	text_member(out, "verdict", verdict_name((enum verdict)c->verdict));
	number_member(out, "us", c->us);
	number_member(out, "checks", c->checks);
	report_case_reason(model, c, text, sizeof(text));
	text_member(out, "reason", text);
	out_text(out, ", \"evidence\": [");
	while (report_next_evidence(model, c, &offset, text, sizeof(text))) {
		separate(out, &first, "      ");
		out_json_string(out, text);
	}
	out_text(out, "]");
}

static void write_cases(const struct report_model *model, struct out *out)
{
	const struct report_case *c;
	uint32_t number = 0;
	bool first = true;

	key(out, "cases");
	out_text(out, "[");
	while ((c = report_next_case(model, &number))) {
		separate(out, &first, "    ");
		out_text(out, "{");
		write_case(model, number, c, out);
		out_text(out, "}");
	}
	out_text(out, "]");
}

static void write_catalogues(const struct report_model *model, struct out *out)
{
	bool first = true;

	key(out, "catalogues");
	out_text(out, "[");
	for (unsigned i = 0; i < RULE_CATALOGUES; i++) {
		const struct rule_catalogue *c = &rule_catalogues[i];

		if (!report_covers(model, c))
			continue;
		separate(out, &first, "    ");
		out_text(out, "{\"prefix\": ");
		out_json_string(out, c->prefix);
		text_member(out, "title", c->title);
		text_member(out, "revision", c->revision);
		text_member(out, "vendor", c->vendor);
		out_text(out, "}");
	}
	out_text(out, "]");
}

/* How many cases of each verdict could observe the rule there. */
static void write_met(const struct report_model *model, enum rule rule, unsigned place,
		      struct out *out)
{
	bool first = true;

	out_text(out, ", \"cases\": {");
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		if (!model->met[rule][place][v])
			continue;
		out_text(out, first ? "" : ", ");
		first = false;
		key(out, verdict_name((enum verdict)v));
		out_number(out, model->met[rule][place][v]);
	}
	out_text(out, "}");
}

static void write_regimes(const struct rule_record *record, struct out *out)
{
	bool first = true;

	out_text(out, ", \"regimes\": [");
	for (unsigned i = 0; i < RULE_REGIMES; i++) {
		if (!(record->regimes & BIT(i)))
			continue;
		out_text(out, first ? "" : ", ");
		first = false;
		out_json_string(out, rule_regime_name(i));
	}
	out_text(out, "]");
}

static void write_rule_places(const struct report_model *model, enum rule rule, struct out *out)
{
	unsigned place = REPORT_FIRST_PLACE;
	char reason[JOURNAL_TEXT_MAX + 1];
	bool first = true;

	out_text(out, ", \"places\": [");
	while (report_next_place(model, &place)) {
		uint32_t number;

		if (!report_rule_binds(model, rule, place))
			continue;
		out_text(out, first ? "{\"place\": " : ", {\"place\": ");
		first = false;
		out_json_string(out, report_place_name(model, place));
		text_member(out, "status",
			    report_status_name(report_rule_status(model, rule, place)));
		number = report_rule_case(model, rule, place);
		if (number) {
			number_member(out, "case", number);
			write_met(model, rule, place, out);
		}
		report_rule_reason(model, rule, place, reason, sizeof(reason));
		if (reason[0])
			text_member(out, "reason", reason);
		out_text(out, "}");
	}
	out_text(out, "]");
}

static void write_rules(const struct report_model *model, struct out *out)
{
	bool first = true;

	key(out, "rules");
	out_text(out, "[");
	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++) {
		const struct rule_record *record = rule_record((enum rule)n);

		if (!report_covers_rule(model, (enum rule)n))
			continue;
		separate(out, &first, "    ");
		out_text(out, "{\"id\": ");
		out_json_string(out, record->id);
		text_member(out, "clause", record->clause);
		text_member(out, "text", record->text);
		text_member(out, "strength", rule_strength_text(record->strength));
		text_member(out, "certainty", rule_certainty_text(record->certainty));
		text_member(out, "needs", record->needs);
		write_regimes(record, out);
		bool_member(out, "claimed", model->claimed[n]);
		name_member(out, "untested", record->untested);
		write_rule_places(model, (enum rule)n, out);
		out_text(out, "}");
	}
	out_text(out, "]");
}

void report_json(const struct report_model *model, struct out *out)
{
	out_text(out, "{\n  ");
	write_head(model, out);
	out_text(out, ",\n  ");
	write_counts(model, out);
	out_text(out, ",\n  ");
	write_facts(model, out);
	out_text(out, ",\n  ");
	write_units(model, out);
	out_text(out, ",\n  ");
	write_texts(model, out, "notes", JOURNAL_NOTE);
	out_text(out, ",\n  ");
	write_texts(model, out, "findings", JOURNAL_FINDING);
	out_text(out, ",\n  ");
	write_cases(model, out);
	out_text(out, ",\n  ");
	write_catalogues(model, out);
	out_text(out, ",\n  ");
	write_rules(model, out);
	out_text(out, "\n}\n");
}
