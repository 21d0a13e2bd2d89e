/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * report.html: what is not a pass, a claim at a time with all its cases of one verdict, and then every
 * claim with what became of it.
 */
#include "tests/report/html.h"

#include <string.h>

#define CASES_SHOWN	4u		/* of one claim; the others are folded away */

/* ---- What is not a pass. ---- */

static void write_case_rules(const struct report_model *model, const struct report_case *c,
			     struct out *out)
{
	enum rule rule;
	unsigned k = 0;
	bool any = false;

	while ((rule = report_next_rule(model, c, &k)) != RULE_NONE) {
		const struct rule_record *record = rule_record(rule);

		any = true;
		out_text(out, "<p class=\"small dim\"><code>");
		out_markup(out, record->id);
		out_text(out, "</code> (");
		out_markup(out, record->clause);
		out_text(out, ") ");
		out_markup(out, record->text);
		out_text(out, "</p>\n");
	}
	if (!any && report_test(model, c))
		out_text(out,
			 "<p class=\"small dim\">No rule that this claim names can be observed "
			 "in this regime.</p>\n");
}

static void write_evidence(const struct report_model *model, const struct report_case *c, struct out *out)
{
	char line[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;
	bool first = true;

	while (report_next_evidence(model, c, &offset, line, sizeof(line))) {
		out_text(out, first ? "<details><summary class=\"small\">Evidence</summary><pre>"
				    : "\n");
		first = false;
		out_markup(out, line);
	}
	if (!first)
		out_text(out, "</pre></details>\n");
}

/* Do two cases speak of the same rules? Then these are told once. */
static bool same_rules(const struct report_model *model, const struct report_case *a,
		       const struct report_case *b)
{
	unsigned of_a = 0, of_b = 0;
	enum rule rule;

	do {
		rule = report_next_rule(model, a, &of_a);
		if (rule != report_next_rule(model, b, &of_b))
			return false;
	} while (rule != RULE_NONE);
	return true;
}

/* The reason of a known defect starts with its link, which stands behind the rest here, and once. */
static void write_reason(const struct report_model *model, const struct report_case *c,
			 const struct report_case *before, struct out *out)
{
	char reason[JOURNAL_TEXT_MAX + 1], earlier[JOURNAL_TEXT_MAX + 1] = "";
	size_t link;
	const char *rest;

	report_case_reason(model, c, reason, sizeof(reason));
	if (before)
		report_case_reason(model, before, earlier, sizeof(earlier));
	link = html_address(reason);
	rest = reason + link;
	if (!link || strncmp(rest, ": ", 2) != 0) {
		html_linked(out, reason);
		return;
	}
	html_linked(out, rest + 2);
	if (strncmp(reason, earlier, link + 2) == 0)
		return;
	reason[link] = '\0';
	out_text(out, "<br><small>");
	html_linked(out, reason);
	out_text(out, "</small>");
}

/* `before`: the case of the same claim that was told last, NULL for the first. */
static void write_case(const struct report_model *model, uint32_t number, const struct report_case *c,
		       const struct report_case *before, struct out *out)
{
	char variant[REPORT_VARIANT_MAX];

	report_case_variant(model, c, variant);
	if (!before || !same_rules(model, c, before))
		write_case_rules(model, c, out);
	out_text(out, "<div class=\"one\" id=\"case-");
	out_number(out, number);
	out_text(out, "\"><p><b>");
	out_markup(out, variant[0] ? variant : "machine");
	out_text(out, "</b> <small class=\"dim\">#");
	out_number(out, number);
	out_text(out, "</small> ");
	write_reason(model, c, before, out);
	out_text(out, "</p>\n");
	write_evidence(model, c, out);
	out_text(out, "</div>\n");
}

/* The next case after *number with this verdict and test. */
static const struct report_case *next_alike(const struct report_model *model, uint32_t *number,
					    const struct report_case *self)
{
	const struct report_case *c;

	while ((c = report_next_case(model, number)))
		if (c->verdict == self->verdict && c->test == self->test)
			return c;
	return NULL;
}

static void write_all_cases(const struct report_model *model, const struct report_case *self,
			    uint32_t count, struct out *out)
{
	const struct report_case *c, *before = NULL;
	uint32_t number = 0, shown = 0;

	while ((c = next_alike(model, &number, self))) {
		if (shown++ == CASES_SHOWN && count > CASES_SHOWN + 1) {
			out_text(out, "<details><summary>and ");
			out_number(out, count - CASES_SHOWN);
			out_text(out, " more cases</summary>\n");
		}
		write_case(model, number, c, before, out);
		before = c;
	}
	if (count > CASES_SHOWN + 1)
		out_text(out, "</details>\n");
}

/* All cases of a claim with one verdict, if `self` is the first of them. */
static void write_claim(const struct report_model *model, const struct report_case *self, struct out *out)
{
	const char *verdict = verdict_name((enum verdict)self->verdict);
	const struct testcase *test = report_test(model, self);
	uint32_t number = 0, count = 0;
	char id[REPORT_ID_MAX];

	if (next_alike(model, &number, self) != self)
		return;
	for (number = 0; next_alike(model, &number, self);)
		count++;
	report_case_id(model, self, id);
	out_text(out, "<article class=\"case ");
	out_text(out, verdict);
	out_text(out, "\">\n<p class=\"claim\">");
	out_markup(out, test ? test->claim : "A claim that this image does not know.");
	out_text(out, "</p>\n<p>");
	html_tag(out, verdict);
	out_text(out, " <code>");
	out_markup(out, id);
	out_text(out, "</code> <small class=\"dim\">");
	out_number(out, count);
	out_text(out, count == 1 ? " case" : " cases");
	out_text(out, "</small></p>\n");
	write_all_cases(model, self, count, out);
	out_text(out, "</article>\n");
}

void html_cases(const struct report_model *model, struct out *out)
{
	static const enum verdict order[] = {
		VERDICT_FAIL,   VERDICT_HANG,  VERDICT_DISPUTED,
		VERDICT_BROKEN, VERDICT_KNOWN, VERDICT_UNPROVEN,
	};
	bool any = false;

	html_section(out, "cases", "What is not a pass");
	for (unsigned i = 0; i < ARRAY_COUNT(order); i++) {
		const struct report_case *c;
		uint32_t number = 0;

		while ((c = report_next_case(model, &number))) {
			if (c->verdict != order[i])
				continue;
			write_claim(model, c, out);
			any = true;
		}
	}
	if (!any)
		out_text(out, "<p>Nothing but passes and skips.</p>\n");
}

/* ---- Every claim. ---- */

static void write_result(const struct report_model *model, unsigned index, struct out *out)
{
	const struct testcase *test = model->texts.tests[index];
	uint32_t counts[VERDICT_COUNT] = { 0 };
	const struct report_case *c;
	uint32_t number = 0;
	bool any = false;

	while ((c = report_next_case(model, &number)))
		if (c->test == index) {
			counts[c->verdict]++;
			any = true;
		}
	if (!any)
		return;
	out_text(out, "<tr><td>");
	out_markup(out, test->claim);
	out_text(out, "<br><code class=\"dim\">");
	out_markup(out, test->topic);
	out_text(out, ".");
	out_markup(out, test->name);
	out_text(out, "</code></td><td class=\"at\">");
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		if (!counts[v])
			continue;
		out_text(out, "<span class=\"t-");
		out_text(out, verdict_name((enum verdict)v));
		out_text(out, "\">");
		out_number(out, counts[v]);
		out_text(out, " ");
		out_text(out, verdict_name((enum verdict)v));
		out_text(out, "</span> ");
	}
	out_text(out, "</td></tr>\n");
}

void html_claims(const struct report_model *model, struct out *out)
{
	html_section(out, "claims", "What was claimed");
	out_text(out,
		 "<details><summary>Every claim, and how its cases ended</summary>\n<table>\n");
	for (unsigned i = 0; model->same_suite && i < model->texts.test_count; i++)
		write_result(model, i, out);
	out_text(out, "</table></details>\n");
}
