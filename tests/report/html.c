/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * report.html: one file for people. What the run is worth comes first, then what is false, then every
 * claim, each rule on each unit, what was not tested and why, times and the machine. No script, nothing
 * from outside.
 */
#include "tests/report/html.h"

#include <string.h>

#include "tests/report/html_style.h"

void html_tag_of_case(struct out *out, const char *word, uint32_t number)
{
	out_text(out, number ? "<a class=\"tag t-" : "<span class=\"tag t-");
	out_text(out, word);
	if (number) {
		out_text(out, "\" href=\"#case-");
		out_number(out, number);
	}
	out_text(out, "\">");
	out_text(out, word);
	out_text(out, number ? "</a>" : "</span>");
}

void html_tag(struct out *out, const char *word)
{
	html_tag_of_case(out, word, 0);
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

void html_bar_begin(struct out *out)
{
	out_text(out, "<div class=\"bar\">");
}

void html_bar_part(struct out *out, const char *word, uint32_t count)
{
	if (!count)
		return;
	out_text(out, "<span class=\"b-");
	out_text(out, word);
	out_text(out, "\" title=\"");
	out_number(out, count);
	out_text(out, " ");
	out_text(out, word);
	out_text(out, "\" style=\"flex-grow:");
	out_number(out, count);
	out_text(out, "\"></span>");
}

void html_bar_end(struct out *out)
{
	out_text(out, "</div>\n");
}

/* The length of the web address at the start of a text; what ends a sentence is not part of it. */
size_t html_address(const char *text)
{
	const char *ends;
	size_t length;

	if (strncmp(text, "https://", 8) != 0 && strncmp(text, "http://", 7) != 0)
		return 0;
	length = strcspn(text, " \t\r\n<>\"'");
	ends = memchr(text, '(', length) ? ".,:;" : ".,:;)";
	while (length > 0 && strchr(ends, text[length - 1]))
		length--;
	return length;
}

void html_linked(struct out *out, const char *text)
{
	char piece[JOURNAL_TEXT_MAX + 1];

	while (*text) {
		size_t address = html_address(text), length = MAX(address, (size_t)1);

		while (!address && text[length] && !html_address(text + length))
			length++;
		length = MIN(length, sizeof(piece) - 1);
		memcpy(piece, text, length);
		piece[length] = '\0';
		text += length;
		if (address) {
			out_text(out, "<a href=\"");
			out_markup(out, piece);
			out_text(out, "\">");
		}
		out_markup(out, piece);
		out_text(out, address ? "</a>" : "");
	}
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
	out_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		      "<title>iovet report</title>\n<style>\n");
	out_text(out, html_style);
	out_text(out, "</style>\n</head>\n<body>\n");
	html_summary(model, out);
	html_cases(model, out);
	html_claims(model, out);
	html_rules(model, out);
	html_untested(model, out);
	write_times(model, out);
	html_machine(model, out);
	out_text(out, "</body>\n</html>\n");
}
