/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* report.html: what the run is worth, on which machine, by which program. */
#include "tests/report/html.h"

#include <stdio.h>

/* ---- One sentence. ---- */

/* Tests with a case of this verdict. */
static uint32_t claims_with(const struct report_model *model, enum verdict verdict)
{
	uint32_t count = 0, number = 0;
	const struct report_case *c;

	while ((c = report_next_case(model, &number))) {
		const struct report_case *earlier;
		uint32_t before = 0;

		if (c->verdict != verdict)
			continue;
		while ((earlier = report_next_case(model, &before)) && earlier != c)
			if (earlier->verdict == verdict && earlier->test == c->test)
				break;
		count += earlier == c;
	}
	return count;
}

static void write_count(struct out *out, uint32_t count, const char *one, const char *many)
{
	out_number(out, count);
	out_text(out, " ");
	out_text(out, count == 1 ? one : many);
}

static void write_sentence(const struct report_model *model, struct out *out)
{
	uint32_t fails = claims_with(model, VERDICT_FAIL), hangs = claims_with(model, VERDICT_HANG);
	uint32_t known = claims_with(model, VERDICT_KNOWN);

	if (fails + hangs) {
		out_text(out, "<span class=\"t-fail\">");
		if (fails)
			write_count(out, fails, "claim is false on this machine",
				    "claims are false on this machine");
		out_text(out, fails && hangs ? "; " : "");
		if (hangs)
			write_count(out, hangs, "claim hung it", "claims hung it");
		out_text(out, ".</span>");
	} else if (model->counts[VERDICT_BROKEN]) {
		out_text(out, "<span class=\"t-broken\">The rig or the program failed; what failed "
			      "there says nothing of the silicon.</span>");
	} else if (model->counts[VERDICT_DISPUTED]) {
		out_text(out,
			 "<span class=\"t-disputed\">Nothing is false here but what is disputed."
			 "</span>");
	} else if (!model->counts[VERDICT_PASS] && !known) {
		out_text(out, "<span class=\"t-skip\">Nothing could be tested.</span>");
	} else if (known) {
		out_text(out, "<span class=\"t-pass\">Nothing new is false here</span>; "
			      "<span class=\"t-known\">");
		write_count(out, known, "claim is known to be false.</span>",
			    "claims are known to be false.</span>");
	} else {
		out_text(out, "<span class=\"t-pass\">Every expectation that could be tested was "
			      "met.</span>");
	}
}

static void write_headline(const struct report_model *model, struct out *out)
{
	char sabotage[JOURNAL_TEXT_MAX + 1];

	out_text(out, "<p class=\"headline\">");
	if (html_fact(model, "sabotage", sabotage, sizeof(sabotage))) {
		out_text(
			out,
			"<span class=\"t-broken\">A sabotaged run says nothing about the machine. ");
		out_markup(out, sabotage);
		out_text(out, ".</span>");
	} else if (model->run) {
		write_sentence(model, out);
	} else {
		out_text(out, "No case ran.");
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

/* ---- Counts. ---- */

static void write_verdicts(const struct report_model *model, struct out *out)
{
	html_bar_begin(out);
	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		html_bar_part(out, verdict_name((enum verdict)v), model->counts[v]);
	html_bar_end(out);
	out_text(out, "<ul class=\"counts\">\n");
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		const char *name = verdict_name((enum verdict)v);

		out_text(out, model->counts[v] ? "<li><b class=\"t-"
					       : "<li class=\"zero\"><b class=\"z-");
		out_text(out, name);
		out_text(out, "\">");
		out_number(out, model->counts[v]);
		out_text(out, "</b>");
		out_text(out, name);
		out_text(out, "</li>\n");
	}
	out_text(out, "</ul>\n");
}

/* The rules that bind a place, by status. */
static void write_place(const struct report_model *model, unsigned place, struct out *out)
{
	uint32_t counts[REPORT_STATUS_COUNT] = { 0 };
	bool any = false;

	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++)
		if (report_rule_binds(model, (enum rule)n, place)) {
			counts[report_rule_status(model, (enum rule)n, place)]++;
			any = true;
		}
	if (!any)
		return;
	out_text(out, "<tr><td class=\"id\">Rules on ");
	out_markup(out, report_place_name(model, place));
	out_text(out, "</td><td>");
	html_bar_begin(out);
	for (unsigned s = 0; s < REPORT_STATUS_COUNT; s++)
		html_bar_part(out, report_status_name((enum report_status)s), counts[s]);
	html_bar_end(out);
	out_text(out, "</td><td>");
	for (unsigned s = 0; s < REPORT_STATUS_COUNT; s++) {
		if (!counts[s])
			continue;
		out_text(out, "<span class=\"t-");
		out_text(out, report_status_name((enum report_status)s));
		out_text(out, "\">");
		out_number(out, counts[s]);
		out_text(out, " ");
		out_text(out, report_status_name((enum report_status)s));
		out_text(out, "</span> ");
	}
	out_text(out, "</td></tr>\n");
}

static void write_places(const struct report_model *model, struct out *out)
{
	unsigned place = REPORT_FIRST_PLACE;

	out_text(out, "<table class=\"rules\">\n");
	while (report_next_place(model, &place))
		write_place(model, place, out);
	out_text(out, "</table>\n");
}

/* ---- Identity. ---- */

static void write_fact(const struct report_model *model, const char *title, const char *key,
		       struct out *out)
{
	char value[JOURNAL_TEXT_MAX + 1];

	if (!html_fact(model, key, value, sizeof(value)) || !value[0])
		return;
	out_text(out, "<dt>");
	out_text(out, title);
	out_text(out, "</dt><dd>");
	out_markup(out, value);
	out_text(out, "</dd>\n");
}

static void write_units(const struct report_model *model, struct out *out)
{
	out_text(out, "<dt>Units</dt><dd>");
	for (unsigned i = 0; i < REPORT_UNITS_MAX; i++) {
		bool first = true;

		if (!model->units[i][0])
			continue;
		out_markup(out, model->units[i]);
		for (unsigned k = 0; k < REPORT_REGIMES_MAX; k++) {
			if (!model->regimes[i][k][0])
				continue;
			out_text(out, first ? " (" : ", ");
			first = false;
			out_markup(out, model->regimes[i][k]);
		}
		out_text(out, first ? " " : ") ");
	}
	out_text(out, "</dd>\n<dt>Engines</dt><dd>");
	for (unsigned i = 0; i < REPORT_ENGINES_MAX; i++) {
		out_markup(out, model->engines[i]);
		out_text(out, model->engines[i][0] ? " " : "");
	}
	out_text(out, "</dd>\n");
}

static void write_program(const struct report_model *model, struct out *out)
{
	out_text(out, "<dt>Program</dt><dd>iovet ");
	out_markup(out, model->version);
	out_text(out, ", build <code>");
	out_hex(out, model->start.build, 16);
	out_text(out, "</code>, seed ");
	out_number(out, model->start.seed);
	out_text(out, "</dd>\n");
	if (!model->same_suite)
		out_text(
			out,
			"<dt>Report</dt><dd>made by another suite: the claims are not known</dd>\n");
	else if (!model->same_build)
		out_text(out,
			 "<dt>Report</dt><dd>made by another build with the same tests</dd>\n");
}

void html_summary(const struct report_model *model, struct out *out)
{
	char machine[JOURNAL_TEXT_MAX + 1];

	if (!html_fact(model, "machine", machine, sizeof(machine)) || !machine[0])
		snprintf(machine, sizeof(machine), "A machine without a name");
	out_text(out, "<header>\n<p class=\"product\">iovet report</p>\n<h1>");
	out_markup(out, machine);
	out_text(out, "</h1>\n");
	write_headline(model, out);
	write_verdicts(model, out);
	out_text(out, "<dl>\n<dt>Cases</dt><dd>");
	out_number(out, model->run);
	out_text(out, " of ");
	out_number(out, model->planned);
	out_text(out, "</dd>\n");
	write_units(model, out);
	write_fact(model, "Processor", "cpu", out);
	write_fact(model, "Firmware", "firmware", out);
	write_program(model, out);
	out_text(out, "</dl>\n");
	write_places(model, out);
	out_text(out, "<nav class=\"small\"><p><a href=\"#cases\">What is not a pass</a>"
		      "<a href=\"#claims\">Claims</a><a href=\"#rules\">Rules</a>"
		      "<a href=\"#untested\">Not tested</a><a href=\"#times\">Times</a>"
		      "<a href=\"#machine\">Machine</a></p></nav>\n</header>\n");
}
