/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The plan: every test, swept over what the machine has, as a list of cases.
 *
 * Glossary: a case is a test with a variant; a variant is what the sweep chose of unit, regime, leaf size
 * and engine, "vtd0/first/4K/testdev0". A case that lacks something is in the plan too, as a skip: one
 * for each unit and regime in which no engine has all that the test needs.
 */
#ifndef TESTS_HARNESS_PLAN_H
#define TESTS_HARNESS_PLAN_H

#include "tests/harness/config.h"
#include "tests/harness/platform.h"
#include "tests/harness/test.h"

#define CASES_MAX		8192u
#define PLAN_VARIANT_MAX	96u
#define PLAN_ID_MAX		96u
#define PLAN_SLOW_US		10000u		/* an engine that takes longer is swept less */

struct plan_case {
	uint16_t test;			/* index into the test records */
	uint16_t round;			/* of config.repeat, from 0 */
	uint8_t unit, regime, leaf_lg2, engine;	/* JOURNAL_ANY, leaf 0: none */
	uint8_t other;			/* a second engine, JOURNAL_ANY: none is needed */
	bool risky;			/* see plan_mark_risky() */
	uint32_t missing;		/* NEEDS_*: not 0, the case is a skip */
};

struct plan {
	const struct testcase *const *tests;
	unsigned test_count;
	struct plan_case cases[CASES_MAX];
	unsigned count;
	unsigned dropped;		/* cases beyond CASES_MAX */
};

/* Sweep `tests`; the order is unit, regime, test, leaf, engine, or one made from config->seed. */
void plan_make(struct plan *plan, const struct platform *platform, const struct config *config,
	       const struct testcase *const *tests, unsigned test_count);

/*
 * Mark the cases that may hang the machine: those of risky tests that lack nothing, or, with `once`, the first of them
 * on each unit. How many of them have number `first` or a higher one.
 */
uint32_t plan_mark_risky(struct plan *plan, uint32_t first, bool once);

/* "topic.name" and "vtd0/first/4K/testdev0". */
void plan_id(const struct plan *plan, const struct plan_case *c, char id[PLAN_ID_MAX]);
void plan_variant(const struct platform *platform, const struct plan_case *c,
		  char variant[PLAN_VARIANT_MAX]);

/* What is missing, as a sentence's end: "an engine that ..., and ..." */
void plan_missing(uint32_t missing, char *text, size_t size);

/* A number that depends on nothing but the seed, the case's id and variant, and the round. */
uint64_t plan_random(const struct plan *plan, const struct platform *platform,
		     const struct plan_case *c, uint64_t seed);

/* The next number of a generator's state: SplitMix64. */
uint64_t plan_next(uint64_t *state);

#endif
