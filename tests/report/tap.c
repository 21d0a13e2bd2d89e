/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * report.tap: TAP version 14, one test point per planned case. A case that did not run has no point, so
 * that a reader sees fewer than planned. known is TODO; skip and unproven are SKIP.
 */
#include "tests/report/report.h"

#include <string.h>

/* A line of a YAML block; JSON's strings are YAML's. */
static void yaml_line(struct out *out, const char *key, const char *value)
{
	out_text(out, "    ");
	out_text(out, key);
	out_json_string(out, value);
	out_text(out, "\n");
}

static void write_directive(const struct report_case *c, const char *reason, struct out *out)
{
	if (c->verdict == VERDICT_SKIP)
		out_text(out, " # SKIP ");
	else if (c->verdict == VERDICT_UNPROVEN)
		out_text(out, " # SKIP unproven: ");
	else if (c->verdict == VERDICT_KNOWN)
		out_text(out, " # TODO known: ");
	else
		return;
	out_tap(out, reason);
}

static void write_diagnostics(const struct report_model *model, const struct report_case *c,
			      const char *reason, struct out *out)
{
	const struct testcase *test = report_test(model, c);
	char line[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;
	bool first = true;

	out_text(out, "  ---\n");
	yaml_line(out, "claim: ", test ? test->claim : "");
	yaml_line(out, "verdict: ", verdict_name((enum verdict)c->verdict));
	yaml_line(out, "reason: ", reason);
	while (report_next_evidence(model, c, &offset, line, sizeof(line))) {
		if (first)
			out_text(out, "    evidence:\n");
		first = false;
		yaml_line(out, "  - ", line);
	}
	out_text(out, "  ...\n");
}

static bool is_ok(const struct report_case *c)
{
	return c->verdict == VERDICT_PASS || c->verdict == VERDICT_SKIP ||
	       c->verdict == VERDICT_UNPROVEN;
}

static void write_point(const struct report_model *model, uint32_t number,
			const struct report_case *c, struct out *out)
{
	char id[REPORT_ID_MAX], variant[REPORT_VARIANT_MAX], reason[JOURNAL_TEXT_MAX + 1];

	report_case_id(model, c, id);
	report_case_variant(model, c, variant);
	report_case_reason(model, c, reason, sizeof(reason));
	out_text(out, is_ok(c) ? "ok " : "not ok ");
	out_number(out, number);
	out_text(out, " - ");
	out_tap(out, id);
	if (variant[0]) {
		out_text(out, " ");
		out_tap(out, variant);
	}
	write_directive(c, reason, out);
	out_text(out, "\n");
	if (!is_ok(c))
		write_diagnostics(model, c, reason, out);
}

/* What a reader of the points has to know: a sabotaged run says nothing of the machine. */
static void write_sabotage(const struct report_model *model, struct out *out)
{
	static const char key[] = "sabotage=";
	char text[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;

	while (report_next_text(model, JOURNAL_FACT, &offset, text, sizeof(text))) {
		if (strncmp(text, key, sizeof(key) - 1) != 0)
			continue;
		out_text(out, "# sabotaged run, which says nothing about the machine: ");
		out_tap(out, text + sizeof(key) - 1);
		out_text(out, "\n");
	}
}

void report_tap(const struct report_model *model, struct out *out)
{
	const struct report_case *c;
	uint32_t number = 0;

	out_text(out, "TAP version 14\n1..");
	out_number(out, MAX(model->planned, model->last));
	out_text(out, "\n");
	write_sabotage(model, out);
	while ((c = report_next_case(model, &number)))
		write_point(model, number, c, out);
	if (!report_is_complete(model)) {
		out_text(out, "Bail out! The run is not complete: ");
		out_number(out, model->not_run);
		out_text(out, " cases did not run\n");
	}
}
