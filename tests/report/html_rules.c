/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* report.html: the rules, each in each place, and what was not tested. */
#include <string.h>

#include "tests/report/html.h"

static uint32_t cases_of(const struct report_model *model, enum rule rule, unsigned place)
{
	uint32_t count = 0;

	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		count += model->met[rule][place][v];
	return count;
}

/* The status, how many cases it is made of, and for what is no pass and no skip, the way to the first. */
static void write_cell(const struct report_model *model, enum rule rule, unsigned place,
		       struct out *out)
{
	char reason[JOURNAL_TEXT_MAX + 1];
	enum report_status status;
	bool leads;

	if (!report_rule_binds(model, rule, place)) {
		out_text(out, "<td></td>");
		return;
	}
	status = report_rule_status(model, rule, place);
	leads = status != REPORT_STATUS_PASS && status != REPORT_STATUS_SKIP;
	report_rule_reason(model, rule, place, reason, sizeof(reason));
	out_text(out, "<td class=\"at\" title=\"");
	out_markup(out, reason);
	out_text(out, "\">");
	html_tag_of_case(out, report_status_name(status),
			 leads ? report_rule_case(model, rule, place) : 0);
	if (cases_of(model, rule, place)) {
		out_text(out, " <small class=\"dim\">");
		out_number(out, cases_of(model, rule, place));
		out_text(out, "</small>");
	}
	out_text(out, "</td>");
}

static void write_rule(const struct report_model *model, enum rule rule, struct out *out)
{
	const struct rule_record *record = rule_record(rule);
	unsigned place = REPORT_FIRST_PLACE;

	out_text(out, "<tr><td class=\"id\"><code>");
	out_markup(out, record->id);
	out_text(out, "</code></td><td>");
	out_markup(out, record->clause);
	out_text(out, "</td><td>");
	out_markup(out, record->text);
	if (!rule_is_firm(rule)) {
		out_text(out, " <span class=\"dim\">(rests on: ");
		out_markup(out, rule_certainty_text(record->certainty));
		out_text(out, ")</span>");
	}
	out_text(out, "</td>");
	while (report_next_place(model, &place))
		write_cell(model, rule, place, out);
	out_text(out, "</tr>\n");
}

void html_rules(const struct report_model *model, struct out *out)
{
	unsigned place = REPORT_FIRST_PLACE;

	html_section(out, "rules", "Rules");
	for (unsigned i = 0; i < RULE_CATALOGUES; i++) {
		if (!report_covers(model, &rule_catalogues[i]))
			continue;
		out_text(out, "<p>Clauses are of ");
		out_markup(out, rule_catalogues[i].title);
		out_text(out, ", revision ");
		out_markup(out, rule_catalogues[i].revision);
		out_text(out,
			 ". A number is that of the cases which could observe the rule.</p>\n");
	}
	out_text(out, "<div class=\"scroll\"><table>\n<thead><tr><th>Rule</th><th>Clause</th>"
		      "<th>In our words</th>");
	while (report_next_place(model, &place)) {
		out_text(out, "<th>");
		out_markup(out, report_place_name(model, place));
		out_text(out, "</th>");
	}
	out_text(out, "</tr></thead>\n<tbody>\n");
	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++)
		if (model->claimed[n] && report_covers_rule(model, (enum rule)n))
			write_rule(model, (enum rule)n, out);
	out_text(out, "</tbody></table></div>\n");
}

/* ---- Not tested. ---- */

/* Cases of one verdict that share a reason with `number`; the first of them speaks for all. */
static bool is_first_with_reason(const struct report_model *model, uint32_t number)
{
	const struct report_case *c, *self = &model->cases[number - 1];
	uint32_t earlier = 0;

	while ((c = report_next_case(model, &earlier)) && c != self)
		if (c->verdict == self->verdict && c->reason == self->reason)
			return false;
	return true;
}

static void write_skip_group(const struct report_model *model, uint32_t first, struct out *out)
{
	const struct report_case *c, *self = &model->cases[first - 1];
	char reason[JOURNAL_TEXT_MAX + 1];
	uint32_t number = 0, count = 0;

	while ((c = report_next_case(model, &number)))
		count += c->verdict == VERDICT_SKIP && c->reason == self->reason;
	report_case_reason(model, self, reason, sizeof(reason));
	out_text(out, "<details><summary>");
	out_markup(out, reason[0] ? reason : "no reason is given");
	out_text(out, " <span class=\"dim\">(");
	out_number(out, count);
	out_text(out, ")</span></summary>\n<ul class=\"small\">\n");
	number = 0;
	while ((c = report_next_case(model, &number))) {
		if (c->verdict != VERDICT_SKIP || c->reason != self->reason)
			continue;
		out_text(out, "<li>");
		html_case_name(model, number, c, out);
		out_text(out, "</li>\n");
	}
	out_text(out, "</ul></details>\n");
}

static void write_skips(const struct report_model *model, struct out *out)
{
	const struct report_case *c;
	uint32_t number = 0;

	if (!model->counts[VERDICT_SKIP])
		return;
	out_text(out, "<p>Cases that were skipped, by what was missing:</p>\n");
	while ((c = report_next_case(model, &number)))
		if (c->verdict == VERDICT_SKIP && is_first_with_reason(model, number))
			write_skip_group(model, number, out);
}

static const char *why_unclaimed(enum rule rule)
{
	const struct rule_record *record = rule_record(rule);

	return record->untested ? record->untested : "no test claims it yet";
}

static bool is_unclaimed(const struct report_model *model, unsigned rule)
{
	return !model->claimed[rule] && report_covers_rule(model, (enum rule)rule);
}

static bool same_reason(const struct report_model *model, unsigned rule, const char *reason)
{
	return is_unclaimed(model, rule) && strcmp(why_unclaimed((enum rule)rule), reason) == 0;
}

/* The rules without a claim for this reason, if `first` is the first of them. */
static void write_unclaimed_group(const struct report_model *model, unsigned first, struct out *out)
{
	const char *reason = why_unclaimed((enum rule)first);
	uint32_t count = 0;

	for (unsigned n = RULE_NONE + 1; n < first; n++)
		if (same_reason(model, n, reason))
			return;
	for (unsigned n = first; n < RULE_COUNT; n++)
		count += same_reason(model, n, reason);
	out_text(out, "<details><summary>");
	out_markup(out, reason);
	out_text(out, " <span class=\"dim\">(");
	out_number(out, count);
	out_text(out, ")</span></summary>\n<table>\n");
	for (unsigned n = first; n < RULE_COUNT; n++) {
		const struct rule_record *record = rule_record((enum rule)n);

		if (!same_reason(model, n, reason))
			continue;
		out_text(out, "<tr><td><code>");
		out_markup(out, record->id);
		out_text(out, "</code></td><td>");
		out_markup(out, record->clause);
		out_text(out, "</td><td>");
		out_markup(out, record->text);
		out_text(out, "</td></tr>\n");
	}
	out_text(out, "</table></details>\n");
}

/* Claimed, and yet nothing is known of them somewhere. */
static void write_unknown(const struct report_model *model, enum rule rule, unsigned place, bool *first,
			  struct out *out)
{
	enum report_status status = report_rule_status(model, rule, place);
	char reason[JOURNAL_TEXT_MAX + 1];

	if (status < REPORT_STATUS_UNPROVEN || status == REPORT_STATUS_UNCLAIMED ||
	    !report_rule_binds(model, rule, place))
		return;
	report_rule_reason(model, rule, place, reason, sizeof(reason));
	out_text(
		out,
		*first ? "<p>Rules that a test claims, and of which nothing is known all the same:</p>\n"
			 "<table>\n"
		       : "");
	*first = false;
	out_text(out, "<tr><td class=\"id\"><code>");
	out_markup(out, rule_id(rule));
	out_text(out, "</code></td><td class=\"id\">");
	out_markup(out, report_place_name(model, place));
	out_text(out, "</td><td>");
	html_tag(out, report_status_name(status));
	out_text(out, "</td><td>");
	out_markup(out, reason);
	out_text(out, "</td></tr>\n");
}

static void write_all_unknown(const struct report_model *model, struct out *out)
{
	bool first = true;

	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++) {
		unsigned place = REPORT_FIRST_PLACE;

		while (report_next_place(model, &place))
			write_unknown(model, (enum rule)n, place, &first, out);
	}
	out_text(out, first ? "" : "</table>\n");
}

void html_untested(const struct report_model *model, struct out *out)
{
	html_section(out, "untested", "Not tested, and why");
	write_all_unknown(model, out);
	write_skips(model, out);
	out_text(out, "<p>Rules that no test claims, by reason:</p>\n");
	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++)
		if (is_unclaimed(model, n))
			write_unclaimed_group(model, n, out);
}
