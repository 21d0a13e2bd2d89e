/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A suite of three tests, a journal of a run of it, and reports as texts. For the tests of reports. */
#ifndef TESTS_HOST_REPORT_SAMPLE_H
#define TESTS_HOST_REPORT_SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include "tests/report/report.h"

#define SAMPLE_BUILD	0x0123456789abcdefu
#define SAMPLE_SUITE	0xfedcba9876543210u
#define SAMPLE_TEXT_MAX	(1024u * 1024)

static const struct testcase sample_dirty = {
	.topic = "dirty", .name = "read_leaves_pages_clean",
	.claim = "A DMA read never sets a dirty flag.",
	.rules = RULES(VTD_AD_10),
};
static const struct testcase sample_markup = {
	.topic = "markup", .name = "escapes",
	.claim = "A \"claim\" with <markup> & a \\.",
	.rules = RULES(VTD_AD_10, VTD_AD_13),
};
static const struct testcase sample_table = {
	.topic = "table", .name = "is_sane",
	.claim = "The firmware's table keeps its format.",
	.rules = RULES(VTD_ACPI_01, VTD_ACPI_07),
};
static const struct testcase *const sample_tests[] = { &sample_dirty, &sample_markup, &sample_table };
static const struct report_texts sample_texts = { sample_tests, 3, SAMPLE_BUILD, SAMPLE_SUITE };

static struct journal sample;
static struct report_model sample_model;
static char sample_text[SAMPLE_TEXT_MAX];
static size_t sample_used;

static inline void sample_open(void)
{
	journal_init(&sample, NULL, 0);
	journal_start(&sample, &(struct journal_start){ SAMPLE_BUILD, 42 }, "0.1");
	journal_text(&sample, JOURNAL_FACT, "cpu=A & B");
	journal_text(&sample, JOURNAL_FACT, "vtd0.CAP=0x1");
	journal_name(&sample, JOURNAL_UNIT, 0, JOURNAL_ANY, "vtd0");
	journal_name(&sample, JOURNAL_REGIME, 0, 0, "first");
	journal_name(&sample, JOURNAL_ENGINE, 0, JOURNAL_ANY, "edu0");
}

static inline void sample_begin(uint32_t number, uint16_t test, uint8_t unit)
{
	bool none = unit == JOURNAL_ANY;

	journal_begin(&sample, &(struct journal_case){
		.number = number, .test = test, .unit = unit,
		.regime = none ? JOURNAL_ANY : 0, .leaf_lg2 = none ? 0 : 21,
		.engine = none ? JOURNAL_ANY : 0 });
}

static inline void sample_end(uint32_t number, enum verdict verdict, uint32_t us)
{
	journal_end(&sample, &(struct journal_end){ number, us, 3, (uint8_t)verdict });
}

static inline void sample_case(uint32_t number, uint16_t test, enum verdict verdict,
			       const char *reason, const char *evidence)
{
	sample_begin(number, test, test == 2 ? JOURNAL_ANY : 0);
	if (evidence)
		journal_text(&sample, JOURNAL_EVIDENCE, evidence);
	if (reason)
		journal_text(&sample, JOURNAL_REASON, reason);
	sample_end(number, verdict, number * 1000);
}

static inline enum status sample_write(void *context, const char *bytes, size_t count)
{
	(void)context;
	if (count >= sizeof(sample_text) - sample_used)
		return STATUS_EXHAUSTED;
	memcpy(sample_text + sample_used, bytes, count);
	sample_used += count;
	sample_text[sample_used] = '\0';
	return STATUS_OK;
}

/* The report of any bytes, as a text. */
static inline const char *report_of(const void *bytes, size_t count, enum report_format format)
{
	struct out out;

	sample_used = 0;
	sample_text[0] = '\0';
	report_read(&sample_model, bytes, count, &sample_texts);
	out_open(&out, sample_write, NULL);
	return report_write(&sample_model, format, &out) == STATUS_OK ? sample_text : "";
}

static inline const char *sample_report(enum report_format format)
{
	return report_of(sample.bytes, sample.used, format);
}

#endif
