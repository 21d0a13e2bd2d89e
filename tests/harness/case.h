/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One case: what is run, and what comes of it. */
#ifndef TESTS_HARNESS_CASE_H
#define TESTS_HARNESS_CASE_H

#include "base/types.h"
#include "tests/harness/plan.h"
#include "tests/harness/verdict.h"

#define CASE_REASON_MAX		512u
#define CASE_EVIDENCE_MAX	CONFIG_EVIDENCE_MAX
#define CASE_LINE_MAX		192u
#define CASE_REASONS_MAX	16u

/* A fault that was recorded as it must be, but for its reason, or for the field that `got` and `expected` name. */
struct case_reason {
	unsigned got;				/* or RECORD_ACCESS, RECORD_ADDRESS (config.h), as expected[0] */
	unsigned expected[IOMMU_REASONS_MAX];	/* any of these; ends with 0 where there are fewer */
};

struct case_result {
	enum verdict verdict;
	char reason[CASE_REASON_MAX];		/* "": a pass needs none */
	char also[CASE_LINE_MAX];		/* of a case that failed: a finding of another kind, "" for none */
	unsigned checks;			/* expectations that were met */
	unsigned reason_count;			/* wrong reasons, each kind once: judged after the case */
	struct case_reason reasons[CASE_REASONS_MAX];
	unsigned evidence_count, evidence_limit;
	unsigned evidence_dropped;
	char evidence[CASE_EVIDENCE_MAX][CASE_LINE_MAX];
};

/* A line of evidence; what does not fit is counted. */
void case_note(struct case_result *result, const char *format, ...) PRINTF(2, 3);

/* At the start of a run: no unit and no engine has failed yet. */
void case_forget(void);

/*
 * Run one case: arrange a bench, the body, what is expected after every body. Never traps, never
 * hangs longer than the deadline of the configuration and the devices' own timeouts. A unit that could not be
 * brought back in two cases of a regime is left alone in its further ones: they are skipped.
 */
void case_run(struct platform *platform, const struct plan *plan, const struct plan_case *c,
	      struct case_result *result);

/*
 * What the report says of it: an unmet expectation behind which no rule that can be observed in a case of its
 * unit and regime is firm is disputed, one that the
 * configuration knows is known, and a pass that the configuration knows as a defect is a fail. A case in
 * which reasons of faults alone were wrong is known where the configuration knows each of these reasons.
 */
void case_judge(const struct testcase *test, const struct config *config, const char *id,
		const char *variant, struct case_result *result);

#endif
