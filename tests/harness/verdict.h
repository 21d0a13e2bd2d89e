/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Verdicts: what a case says.
 *
 *	pass		every expectation was met, and there was at least one
 *	fail		an expectation was not met: a sentence of the specification is false here
 *	disputed	an expectation was not met, but no rule behind it is firm
 *	skip		the unit, the regime or the engine lacks a named ability
 *	known		not met, and the configuration names the defect and a link
 *	unproven	the effect could not be observed on this unit
 *	hang		the machine died in the case, or its unit did not do in time what was asked of it
 *	broken		the rig or the program failed; says nothing of the silicon
 */
#ifndef TESTS_HARNESS_VERDICT_H
#define TESTS_HARNESS_VERDICT_H

#define VERDICT_LIST(X) \
	X(PASS, "pass") X(FAIL, "fail") X(DISPUTED, "disputed") X(SKIP, "skip") \
	X(KNOWN, "known") X(UNPROVEN, "unproven") X(HANG, "hang") X(BROKEN, "broken")

enum verdict {
#define X(name, text) VERDICT_##name,
	VERDICT_LIST(X)
#undef X
	VERDICT_COUNT,
};

const char *verdict_name(enum verdict verdict);	/* "pass" */

#endif
