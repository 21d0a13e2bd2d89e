/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * report.html: the machine. A fact "vtd0.CAP=..." is one of a unit, and stands in the table of units; the
 * others are the machine's.
 */
#include <stdio.h>
#include <string.h>

#include "tests/report/html.h"

/* Cut "key=value" in two. */
static const char *split(char *fact)
{
	char *equals = strchr(fact, '=');

	if (!equals)
		return "";
	*equals = '\0';
	return equals + 1;
}

/* What stands behind "vtd0." in a key; NULL if the key is not of a unit. *unit says of which. */
static const char *unit_key(const struct report_model *model, const char *key, unsigned *unit)
{
	for (*unit = 0; *unit < REPORT_UNITS_MAX; ++*unit) {
		size_t length = strlen(model->units[*unit]);

		if (length && strncmp(key, model->units[*unit], length) == 0 && key[length] == '.')
			return key + length + 1;
	}
	return NULL;
}

static void write_facts(const struct report_model *model, struct out *out)
{
	char fact[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;
	unsigned unit;

	out_text(out, "<table>\n");
	while (report_next_text(model, JOURNAL_FACT, &offset, fact, sizeof(fact))) {
		const char *value = split(fact);

		if (unit_key(model, fact, &unit))
			continue;
		out_text(out, "<tr><td>");
		out_markup(out, fact);
		out_text(out, "</td><td>");
		out_markup(out, value);
		out_text(out, "</td></tr>\n");
	}
	out_text(out, "</table>\n");
}

/*
 * The value of the first fact with this name of this unit (REPORT_UNITS_MAX: of any), in `fact`; NULL: there
 * is none. *offset is then behind it.
 */
static const char *find_fact(const struct report_model *model, unsigned unit, const char *name,
			     char *fact, size_t size, size_t *offset)
{
	*offset = 0;
	while (report_next_text(model, JOURNAL_FACT, offset, fact, size)) {
		const char *value = split(fact), *key;
		unsigned whose;

		key = unit_key(model, fact, &whose);
		if (key && strcmp(key, name) == 0 && (unit == REPORT_UNITS_MAX || unit == whose))
			return value;
	}
	return NULL;
}

bool html_fact(const struct report_model *model, const char *key, char *value, size_t size)
{
	char fact[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;

	while (report_next_text(model, JOURNAL_FACT, &offset, fact, sizeof(fact))) {
		const char *found = split(fact);

		if (strcmp(fact, key) != 0)
			continue;
		snprintf(value, size, "%s", found);
		return true;
	}
	return false;
}

static void write_unit_row(const struct report_model *model, const char *name, struct out *out)
{
	char fact[JOURNAL_TEXT_MAX + 1];

	out_text(out, "<tr><td><code>");
	out_markup(out, name);
	out_text(out, "</code></td>");
	for (unsigned i = 0; i < REPORT_UNITS_MAX; i++) {
		const char *value;
		size_t offset;

		if (!model->units[i][0])
			continue;
		value = find_fact(model, i, name, fact, sizeof(fact), &offset);
		out_text(out, "<td><code>");
		out_markup(out, value ? value : "");
		out_text(out, "</code></td>");
	}
	out_text(out, "</tr>\n");
}

static void write_unit_head(const struct report_model *model, struct out *out)
{
	out_text(out, "<tr><th></th>");
	for (unsigned i = 0; i < REPORT_UNITS_MAX; i++) {
		if (!model->units[i][0])
			continue;
		out_text(out, "<th>");
		out_markup(out, model->units[i]);
		out_text(out, "<br><small class=\"dim\">");
		for (unsigned k = 0; k < REPORT_REGIMES_MAX; k++) {
			out_markup(out, model->regimes[i][k]);
			out_text(out, model->regimes[i][k][0] ? " " : "");
		}
		out_text(out, "</small></th>");
	}
	out_text(out, "</tr>\n");
}

/* One row for each name, where the name stands first. */
static void write_units(const struct report_model *model, struct out *out)
{
	char fact[JOURNAL_TEXT_MAX + 1], other[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0, first;
	unsigned unit;

	out_text(out, "<div class=\"scroll\"><table>\n<thead>");
	write_unit_head(model, out);
	out_text(out, "</thead>\n<tbody>\n");
	while (report_next_text(model, JOURNAL_FACT, &offset, fact, sizeof(fact))) {
		const char *name;

		split(fact);
		name = unit_key(model, fact, &unit);
		if (name &&
		    find_fact(model, REPORT_UNITS_MAX, name, other, sizeof(other), &first) &&
		    first == offset)
			write_unit_row(model, name, out);
	}
	out_text(out, "</tbody></table></div>\n");
}

static void write_texts(const struct report_model *model, enum journal_type type, const char *title,
			struct out *out)
{
	char text[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;
	bool first = true;

	while (report_next_text(model, type, &offset, text, sizeof(text))) {
		if (first) {
			out_text(out, "<p>");
			out_text(out, title);
			out_text(out, "</p>\n<ul>\n");
		}
		first = false;
		out_text(out, "<li>");
		out_markup(out, text);
		out_text(out, "</li>\n");
	}
	if (!first)
		out_text(out, "</ul>\n");
}

void html_machine(const struct report_model *model, struct out *out)
{
	html_section(out, "machine", "Machine");
	write_facts(model, out);
	html_section(out, "units", "Units and their capabilities");
	write_units(model, out);
	html_section(out, "notes", "Notes and findings");
	write_texts(model, JOURNAL_FINDING, "Firmware tables that break their format:", out);
	write_texts(model, JOURNAL_NOTE,
		    "What went wrong on the way, and what the run did about it:", out);
	if (model->dropped) {
		out_text(out, "<p>");
		out_number(out, model->dropped);
		out_text(out, " records found no room in the journal.</p>\n");
	}
}
