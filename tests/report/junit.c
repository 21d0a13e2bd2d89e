/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * report.xml: JUnit, as continuous-integration servers read it: one suite, one testcase per case.
 * fail, hang and disputed are failures, broken is an error; skip, known and unproven are skipped.
 */
#include "tests/report/report.h"

static void attribute(struct out *out, const char *name, const char *value)
{
	out_text(out, " ");
	out_text(out, name);
	out_text(out, "=\"");
	out_markup(out, value);
	out_text(out, "\"");
}

static void number_attribute(struct out *out, const char *name, uint64_t value)
{
	out_text(out, " ");
	out_text(out, name);
	out_text(out, "=\"");
	out_number(out, value);
	out_text(out, "\"");
}

/* Seconds with six digits behind the point. */
static void time_attribute(struct out *out, uint64_t us)
{
	out_text(out, " time=\"");
	out_number(out, us / 1000000);
	out_text(out, ".");
	for (uint64_t digit = 100000; digit; digit /= 10)
		out_number(out, us / digit % 10);
	out_text(out, "\"");
}

/* The element that says what became of a case; NULL for a pass. */
static const char *element_of(unsigned verdict)
{
	switch ((enum verdict)verdict) {
	case VERDICT_PASS:
		return NULL;
	case VERDICT_SKIP:
	case VERDICT_KNOWN:
	case VERDICT_UNPROVEN:
		return "skipped";
	case VERDICT_BROKEN:
		return "error";
	default:
		return "failure";
	}
}

static void write_outcome(const struct report_model *model, const struct report_case *c,
			  const char *element, struct out *out)
{
	const char *verdict = verdict_name((enum verdict)c->verdict);
	const struct testcase *test = report_test(model, c);
	char text[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;

	report_case_reason(model, c, text, sizeof(text));
	out_text(out, "\n      <");
	out_text(out, element);
	out_text(out, " message=\"");
	out_text(out, verdict);
	out_text(out, ": ");
	out_markup(out, text);
	out_text(out, "\"");
	if (element[0] != 's')
		attribute(out, "type", verdict);
	out_text(out, ">");
	if (test) {
		out_markup(out, test->claim);
		out_text(out, "\n");
	}
	while (report_next_evidence(model, c, &offset, text, sizeof(text))) {
		out_markup(out, text);
		out_text(out, "\n");
	}
	out_text(out, "</");
	out_text(out, element);
	out_text(out, ">\n    ");
}

static void write_case(const struct report_model *model, const struct report_case *c,
		       struct out *out)
{
	char id[REPORT_ID_MAX], variant[REPORT_VARIANT_MAX];
	const char *element = element_of(c->verdict);

	report_case_id(model, c, id);
	report_case_variant(model, c, variant);
	out_text(out, "    <testcase classname=\"");
	out_markup(out, id);
	out_text(out, "\"");
	attribute(out, "name", variant[0] ? variant : "machine");
	time_attribute(out, c->us);
	out_text(out, ">");
	if (element)
		write_outcome(model, c, element, out);
	out_text(out, "</testcase>\n");
}

static void write_properties(const struct report_model *model, struct out *out)
{
	char text[JOURNAL_TEXT_MAX + 1];
	size_t offset = 0;

	out_text(out, "    <properties>\n      <property name=\"version\" value=\"");
	out_markup(out, model->version);
	out_text(out, "\"/>\n");
	while (report_next_text(model, JOURNAL_FACT, &offset, text, sizeof(text))) {
		char *equals = text;

		while (*equals && *equals != '=')
			equals++;
		out_text(out, "      <property");
		if (*equals)
			*equals++ = '\0';
		attribute(out, "name", text);
		attribute(out, "value", equals);
		out_text(out, "/>\n");
	}
	out_text(out, "    </properties>\n");
}

void report_junit(const struct report_model *model, struct out *out)
{
	const uint32_t *counts = model->counts;
	const struct report_case *c;
	uint32_t number = 0;
	uint64_t us = 0;

	while ((c = report_next_case(model, &number)))
		us += c->us;
	out_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	out_text(out, "  <testsuite name=\"iovet\"");
	/* Cases that did not run are one error, so that no reader takes an unfinished run for a good one. */
	number_attribute(out, "tests", (uint64_t)model->run + !report_is_complete(model));
	number_attribute(out, "failures",
			 (uint64_t)counts[VERDICT_FAIL] + counts[VERDICT_HANG] +
				 counts[VERDICT_DISPUTED]);
	number_attribute(out, "errors",
			 (uint64_t)counts[VERDICT_BROKEN] + !report_is_complete(model));
	number_attribute(out, "skipped",
			 (uint64_t)counts[VERDICT_SKIP] + counts[VERDICT_KNOWN] +
				 counts[VERDICT_UNPROVEN]);
	time_attribute(out, us);
	out_text(out, ">\n");
	write_properties(model, out);
	number = 0;
	while ((c = report_next_case(model, &number)))
		write_case(model, c, out);
	if (!report_is_complete(model)) {
		out_text(out, "    <testcase classname=\"iovet.run\" name=\"complete\">\n"
			      "      <error message=\"the run is not complete: ");
		out_number(out, model->not_run);
		out_text(out, " of ");
		out_number(out, model->planned);
		out_text(out, " cases did not run\" type=\"broken\"/>\n    </testcase>\n");
	}
	out_text(out, "  </testsuite>\n</testsuites>\n");
}
