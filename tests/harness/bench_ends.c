/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How a body ends before its last line, and what it says then. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/bench_private.h"

static void set_reason(struct bench *b, const char *format, va_list arguments)
{
	vsnprintf(own_of(b)->result->reason, CASE_REASON_MAX, format, arguments);
}

#define SET_REASON(b, format) do { \
	va_list arguments_; \
	va_start(arguments_, format); \
	set_reason(b, format, arguments_); \
	va_end(arguments_); \
} while (0)

void bench_end(struct bench *b, enum verdict verdict)
{
	own_of(b)->result->verdict = verdict;
	if (verdict == VERDICT_FAIL || verdict == VERDICT_HANG || verdict == VERDICT_BROKEN)
		evidence_of_case(b);
	arch_abandon();
}

void bench_reason(struct bench *b, const char *format, ...)
{
	SET_REASON(b, format);
}

void fail(struct bench *b, const char *format, ...)
{
	SET_REASON(b, format);
	bench_end(b, VERDICT_FAIL);
}

void also(struct bench *b, const char *format, ...)
{
	struct case_result *r = own_of(b)->result;
	va_list arguments;

	if (r->also[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(r->also, sizeof(r->also), format, arguments);
	va_end(arguments);
	if (strstr(r->reason, r->also) != NULL)	/* what the case failed by */
		r->also[0] = '\0';
	else
		note(b, "also: %s", r->also);
}

static void hang(struct bench *b, const char *format, ...) PRINTF(2, 3) __attribute__((noreturn));
static void hang(struct bench *b, const char *format, ...)
{
	SET_REASON(b, format);
	bench_end(b, VERDICT_HANG);
}

void broken(struct bench *b, const char *format, ...)
{
	SET_REASON(b, format);
	bench_end(b, VERDICT_BROKEN);
}

void given_up(struct bench *b, const char *format, ...)
{
	SET_REASON(b, format);
	own_of(b)->result->verdict = VERDICT_BROKEN;
	arch_abandon();
}

void skip(struct bench *b, const char *format, ...)
{
	SET_REASON(b, format);
	bench_end(b, VERDICT_SKIP);
}

void unproven(struct bench *b, const char *format, ...)
{
	SET_REASON(b, format);
	bench_end(b, VERDICT_UNPROVEN);
}

void met(struct bench *b)
{
	b->checks++;
}

void expect(struct bench *b, bool condition, const char *format, ...)
{
	if (condition) {
		met(b);
		return;
	}
	SET_REASON(b, format);
	bench_end(b, VERDICT_FAIL);
}

void expect_equal(struct bench *b, const char *what, uint64_t got, uint64_t expected)
{
	if (got != expected)
		fail(b, "%s is 0x%llx, expected 0x%llx", what, (unsigned long long)got,
		     (unsigned long long)expected);
	met(b);
}

static const struct acpi_finding *finding_of(const struct acpi_findings *list, const char *rule)
{
	for (unsigned i = 0; i < list->count; i++) {
		const struct acpi_finding *f = &list->list[i];
		bool counts = f->weight == ACPI_WEIGHT_BROKEN || f->weight == ACPI_WEIGHT_DEFECT;

		if (counts && (rule == NULL || strcmp(f->rule, rule) == 0))
			return f;
	}
	return NULL;
}

void expect_no_finding(struct bench *b, const struct acpi_findings *list, const char *rule)
{
	const struct acpi_finding *f = finding_of(list, rule);

	if (f == NULL)
		expect(b, true, "no finding");
	else
		expect(b, false, "%.4s+0x%x: %s (0x%llx)", f->signature, (unsigned)f->offset,
		       f->text, (unsigned long long)f->got);
}

void require(struct bench *b, bool condition, const char *format, ...)
{
	if (condition)
		return;
	SET_REASON(b, format);
	bench_end(b, VERDICT_BROKEN);
}

void require_ok(struct bench *b, enum status status, const char *what)
{
	if (status != STATUS_OK)
		broken(b, "%s: %s (%s)", what, status_text(status), status_name(status));
}

/* "enable: the deadline passed; not done: GSTS.TES follows GCMD.TE (11.4.4.2), GSTS=0x0" */
void expect_done(struct bench *b, enum status status, const char *what)
{
	const struct iommu_unmet *unmet = &b->iommu->unmet;
	char demand[CASE_LINE_MAX] = "";

	if (unmet->demand != NULL)
		snprintf(demand, sizeof(demand), "; not done: %s, %s=0x%llx", unmet->demand,
			 unmet->seen.name, (unsigned long long)unmet->seen.value);
	switch (status) {
	case STATUS_TIMEOUT:
	case STATUS_GONE:
		hang(b, "%s: %s%s", what, status_text(status), demand);
	case STATUS_QUEUE_ERROR:
		fail(b, "%s: %s%s", what, status_text(status), demand);
	default:
		require_ok(b, status, what);
	}
}

void check_deadline(struct bench *b)
{
	if (arch_now_ns() > own_of(b)->deadline_ns)
		broken(b, "the case took longer than its %u ms", own_of(b)->config->deadline_ms);
}

void case_note(struct case_result *result, const char *format, ...)
{
	va_list arguments;

	if (result->evidence_count >= MIN(result->evidence_limit, CASE_EVIDENCE_MAX)) {
		result->evidence_dropped++;
		return;
	}
	va_start(arguments, format);
	vsnprintf(result->evidence[result->evidence_count++], CASE_LINE_MAX, format, arguments);
	va_end(arguments);
}

void note(struct bench *b, const char *format, ...)
{
	char text[CASE_LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	case_note(own_of(b)->result, "%s", text);
}

uint64_t random_below(struct bench *b, uint64_t below)
{
	return below != 0 ? plan_next(&b->random) % below : 0;
}
