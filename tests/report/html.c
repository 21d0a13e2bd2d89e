/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * report.html: one file for people. What the run is worth comes first, then what is false, then each
 * rule on each unit, then what was not tested and why. No script, nothing from outside.
 */
#include "tests/report/html.h"

#include <string.h>

#include "tests/report/html_style.h"

void html_tag(struct out *out, const char *word)
{
	out_text(out, "<span class=\"tag t-");
	out_text(out, word);
	out_text(out, "\">");
	out_text(out, word);
	out_text(out, "</span>");
}

void html_section(struct out *out, const char *id, const char *title)
{
	out_text(out, "<h2 id=\"");
	out_text(out, id);
	out_text(out, "\">");
	out_text(out, title);
	out_text(out, "</h2>\n");
}

void html_case_name(const struct report_model *model, uint32_t number, const struct report_case *c,
		    struct out *out)
{
	char id[REPORT_ID_MAX], variant[REPORT_VARIANT_MAX];

	report_case_id(model, c, id);
	report_case_variant(model, c, variant);
	out_text(out, "<code>");
	out_markup(out, id);
	out_text(out, "</code> ");
	out_markup(out, variant);
	out_text(out, " <span class=\"dim\">#");
	out_number(out, number);
	out_text(out, "</span>");
}

/* ---- What the run is worth. ---- */

static void write_headline(const struct report_model *model, struct out *out)
{
	uint32_t false_count = model->counts[VERDICT_FAIL] + model->counts[VERDICT_HANG];

	out_text(out, "<p class=\"headline\">");
	if (!model->run) {
		out_text(out, "No case ran.");
	} else if (false_count) {
		out_text(out, "<span class=\"t-fail\">");
		out_number(out, false_count);
		out_text(out, false_count == 1 ? " case says" : " cases say");
		out_text(out, " that a sentence of the specification is false here.</span>");
	} else if (model->counts[VERDICT_BROKEN]) {
		out_text(
			out,
			"<span class=\"t-broken\">The rig or the program failed; what failed there "
			"says nothing of the silicon.</span>");
	} else {
		out_text(out, "<span class=\"t-pass\">Every expectation that could be tested was "
			      "met, but for what is known or disputed.</span>");
	}
	out_text(out, "</p>\n");
	if (report_is_complete(model))
		return;
	out_text(out, "<p class=\"alert\">The run is not complete: ");
	out_number(out, model->not_run);
	out_text(out, " of ");
	out_number(out, model->planned);
	out_text(out, model->finished ? " planned cases did not run."
				      : " planned cases did not run, and the journal has no end.");
	out_text(out, "</p>\n");
}

static void write_bar(const struct report_model *model, struct out *out)
{
	out_text(out, "<div class=\"bar\">");
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		if (!model->counts[v])
			continue;
		out_text(out, "<span class=\"b-");
		out_text(out, verdict_name((enum verdict)v));
		out_text(out, "\" style=\"flex-grow:");
		out_number(out, model->counts[v]);
		out_text(out, "\"></span>");
	}
	out_text(out, "</div>\n<ul class=\"counts\">\n");
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		const char *name = verdict_name((enum verdict)v);

		out_text(out, "<li><b");
		if (model->counts[v]) {
			out_text(out, " class=\"t-");
			out_text(out, name);
			out_text(out, "\"");
		}
		out_text(out, ">");
		out_number(out, model->counts[v]);
		out_text(out, "</b>");
		out_text(out, name);
		out_text(out, "</li>\n");
	}
	out_text(out, "</ul>\n");
}

static void write_head(const struct report_model *model, struct out *out)
{
	out_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		      "<title>iovet report</title>\n<style>\n");
	out_text(out, html_style);
	out_text(out,
		 "</style>\n</head>\n<body>\n<header>\n<h1>iovet report</h1>\n<p class=\"dim\">");
	out_text(out, "Version ");
	out_markup(out, model->version);
	out_text(out, ", build ");
	out_hex(out, model->start.build, 16);
	out_text(out, ", seed ");
	out_number(out, model->start.seed);
	out_text(out, ", ");
	out_number(out, model->run);
	out_text(out, " of ");
	out_number(out, model->planned);
	out_text(out, " cases</p>\n");
	write_headline(model, out);
	write_bar(model, out);
	out_text(
		out,
		"<nav class=\"small\"><p><a href=\"#cases\">What is not a pass</a>"
		"<a href=\"#rules\">Rules</a><a href=\"#untested\">Not tested</a>"
		"<a href=\"#times\">Times</a><a href=\"#machine\">Machine</a></p></nav>\n</header>\n");
}

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

static void write_evidence(const struct report_model *model, const struct report_case *c,
			   struct out *out)
{
	char line[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;
	bool first = true;

	while (report_next_evidence(model, c, &offset, line, sizeof(line))) {
		out_text(out, first ? "<pre>" : "\n");
		first = false;
		out_markup(out, line);
	}
	if (!first)
		out_text(out, "</pre>\n");
}

static void write_case(const struct report_model *model, uint32_t number,
		       const struct report_case *c, struct out *out)
{
	const char *verdict = verdict_name((enum verdict)c->verdict);
	const struct testcase *test = report_test(model, c);
	char reason[JOURNAL_TEXT_MAX + 1];

	report_case_reason(model, c, reason, sizeof(reason));
	out_text(out, "<article class=\"case ");
	out_text(out, verdict);
	out_text(out, "\">\n<p class=\"claim\">");
	out_markup(out, test ? test->claim : "A claim that this image does not know.");
	out_text(out, "</p>\n<p>");
	html_tag(out, verdict);
	out_text(out, " <small>");
	html_case_name(model, number, c, out);
	out_text(out, "</small></p>\n<p>");
	out_markup(out, reason);
	out_text(out, "</p>\n");
	write_case_rules(model, c, out);
	write_evidence(model, c, out);
	out_text(out, "</article>\n");
}

static void write_cases(const struct report_model *model, struct out *out)
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
			write_case(model, number, c, out);
			any = true;
		}
	}
	if (!any)
		out_text(out, "<p>Nothing but passes and skips.</p>\n");
}

/* ---- Times. ---- */

#define SLOWEST 10u

/* Is a slower than b, or as slow and earlier? */
static bool slower(const struct report_model *model, uint32_t a, uint32_t b)
{
	uint32_t a_us = model->cases[a - 1].us, b_us = model->cases[b - 1].us;

	return a_us > b_us || (a_us == b_us && a < b);
}

/* The slowest case that is faster than `than` (0: than none); 0: there is none. */
static uint32_t next_slowest(const struct report_model *model, uint32_t than)
{
	uint32_t number = 0, best = 0;

	while (report_next_case(model, &number))
		if ((!than || slower(model, than, number)) && number != than &&
		    (!best || slower(model, number, best)))
			best = number;
	return best;
}

static void write_times(const struct report_model *model, struct out *out)
{
	const struct report_case *c;
	uint32_t number = 0, at = 0;
	uint64_t us = 0;

	while ((c = report_next_case(model, &number)))
		us += c->us;
	html_section(out, "times", "Times");
	out_text(out, "<p>All cases together took ");
	out_number(out, us / 1000);
	out_text(out, " ms; the slowest:</p>\n<table>\n");
	for (unsigned i = 0; i < SLOWEST && (at = next_slowest(model, at)); i++) {
		c = &model->cases[at - 1];
		out_text(out, "<tr><td class=\"n\">");
		out_number(out, c->us);
		out_text(out, " us</td><td>");
		html_case_name(model, at, c, out);
		out_text(out, "</td><td>");
		html_tag(out, verdict_name((enum verdict)c->verdict));
		out_text(out, "</td></tr>\n");
	}
	out_text(out, "</table>\n");
}

void report_html(const struct report_model *model, struct out *out)
{
	write_head(model, out);
	write_cases(model, out);
	html_rules(model, out);
	html_untested(model, out);
	write_times(model, out);
	html_machine(model, out);
	out_text(out, "</body>\n</html>\n");
}
