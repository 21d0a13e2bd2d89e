/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Reports: pure functions from a journal and the texts of the image that wrote it to bytes.
 *
 * Glossary:
 *	model	what one walk over the journal gathers: a slot for every case number, the names of units,
 *		regimes and engines, and which verdicts each rule met on each unit
 *	place	where a rule is judged: a unit, or the machine, for cases that belong to no unit
 *	status	what a rule is worth in a place; made from the verdicts of all cases there that can
 *		observe it, whatever their order: those of its tests in a regime that it applies to
 *
 * A journal that stops in the middle of a case gives that case the verdict `hang`. Cases are reported in the
 * order of their numbers. Memory is the model's alone, whatever the journal holds.
 */
#ifndef TESTS_REPORT_REPORT_H
#define TESTS_REPORT_REPORT_H

#include "base/status.h"
#include "base/types.h"
#include "tests/harness/journal.h"
#include "tests/harness/test.h"
#include "tests/report/out.h"

#define REPORT_SCHEMA_VERSION	1u
#define REPORT_CASES_MAX	8192u		/* cases with higher numbers are counted, not listed */
#define REPORT_UNITS_MAX	32u
#define REPORT_REGIMES_MAX	8u		/* of a unit */
#define REPORT_ENGINES_MAX	32u
#define REPORT_NAME_MAX		32u
#define REPORT_PLACES_MAX	(REPORT_UNITS_MAX + 1)
#define REPORT_MACHINE		REPORT_UNITS_MAX	/* the place that is no unit */

/* What the journal does not hold. */
struct report_texts {
	const struct testcase *const *tests;	/* sorted as in the image that ran */
	unsigned test_count;
	uint64_t build;			/* of that image ... */
	uint64_t suite;			/* ... and of its tests alone: build_number() of "" */
};

/* Those of the program that asks. */
struct report_texts report_own_texts(void);

struct report_case {
	bool begun, ended;
	uint8_t verdict;		/* enum verdict; of a case that did not end: hang or broken */
	uint8_t unit, regime, leaf_lg2, engine;
	uint16_t test;
	uint32_t us, checks;
	uint32_t texts;			/* offset in the journal from which its evidence stands */
	uint32_t reason;		/* offset of the record with its reason; 0: it has none */
};

/* What weighs more comes first: one `fail` outweighs any number of passes, one pass a skip. */
#define REPORT_STATUS_LIST(X) \
	X(FAIL,		"fail") \
	X(HANG,		"hang") \
	X(DISPUTED,	"disputed") \
	X(KNOWN,	"known") \
	X(PASS,		"pass") \
	X(UNPROVEN,	"unproven") \
	X(BROKEN,	"broken") \
	X(SKIP,		"skip") \
	X(NOT_TESTED,	"not-tested")	/* a test claims it, but no case here could observe it */ \
	X(UNCLAIMED,	"unclaimed")	/* no test claims it */

/* The first ones stand for verdicts, in the order of rule_status.c. */
enum report_status {
#define X(name, text) REPORT_STATUS_##name,
	REPORT_STATUS_LIST(X)
#undef X
	REPORT_STATUS_COUNT,
};

struct report_model {
	const uint8_t *journal;
	size_t bytes;			/* up to the last whole record */
	struct report_texts texts;
	struct journal_start start;
	char version[64];
	bool valid, finished;		/* it has a first record; it has a last one */
	bool same_build;		/* this image wrote the journal */
	bool same_suite;		/* its tests are those of the texts; without, there are no claims */
	uint32_t planned, run, not_run, unlisted;
	uint32_t dropped;		/* records that did not fit into the journal */
	uint32_t counts[VERDICT_COUNT];
	uint32_t last;			/* highest case number listed */
	struct report_case *latest;	/* the case that began last, while reading; NULL: none listed */
	struct report_case cases[REPORT_CASES_MAX];
	char units[REPORT_UNITS_MAX][REPORT_NAME_MAX];	/* "": there is none */
	char regimes[REPORT_UNITS_MAX][REPORT_REGIMES_MAX][REPORT_NAME_MAX];
	char engines[REPORT_ENGINES_MAX][REPORT_NAME_MAX];
	bool machine_cases;		/* there are cases that belong to no unit */
	bool claimed[RULE_COUNT];
	bool of_machine[RULE_COUNT];	/* claimed, and by tests of the machine alone */
	/* Cases that could observe the rule, by verdict; whether its tests had others, in other regimes. */
	uint16_t met[RULE_COUNT][REPORT_PLACES_MAX][VERDICT_COUNT];
	bool elsewhere[RULE_COUNT][REPORT_PLACES_MAX];
};

/* Gather. Every journal gives a model; one that starts with no record is not `valid` and has no cases. */
void report_read(struct report_model *model, const void *journal, size_t bytes,
		 const struct report_texts *texts);

/* Everything that was planned ended, and the journal says so. */
bool report_is_complete(const struct report_model *model);

enum report_status report_rule_status(const struct report_model *model, enum rule rule, unsigned place);
const char *report_status_name(enum report_status status);
/* The case that makes the status what it is: the first with that verdict. 0: there is none. */
uint32_t report_rule_case(const struct report_model *model, enum rule rule, unsigned place);
/* Why a rule is neither passed nor failed there, into `reason`. */
void report_rule_reason(const struct report_model *model, enum rule rule, unsigned place,
			char *reason, size_t size);

/* Places in order: units that have a name, then the machine. False when there is none after *place. */
bool report_next_place(const struct report_model *model, unsigned *place);
#define REPORT_FIRST_PLACE	UINT32_MAX	/* *place before the first call */
const char *report_place_name(const struct report_model *model, unsigned place);
/* The place of a case. */
unsigned report_place_of(const struct report_case *c);
/*
 * Is the rule's specification this machine's? It has a unit of that vendor, or no unit that is known. A report tells
 * nothing of the rules of other catalogues.
 */
bool report_covers(const struct report_model *model, const struct rule_catalogue *catalogue);
bool report_covers_rule(const struct report_model *model, enum rule rule);
/*
 * Does the rule's specification bind the place? What only tests of the machine claim binds the machine and
 * no unit; else the machine is bound by the rules that met a case there.
 */
bool report_rule_binds(const struct report_model *model, enum rule rule, unsigned place);

/* Cases in order of number; NULL after the last. *number starts at 0. */
const struct report_case *report_next_case(const struct report_model *model, uint32_t *number);

/* The test of a case; NULL if this image does not know it. */
const struct testcase *report_test(const struct report_model *model, const struct report_case *c);
/* The name of its unit; "" if it has none. */
const char *report_case_unit(const struct report_model *model, const struct report_case *c);
/* The name of its regime; "" if it has none, "?" if that has no name. */
const char *report_case_regime(const struct report_model *model, const struct report_case *c);
/* The rules that a case speaks of: its test claims them, they bind its unit and apply to its regime. *k starts at 0. */
enum rule report_next_rule(const struct report_model *model, const struct report_case *c, unsigned *k);
bool report_speaks_of(const struct report_model *model, const struct report_case *c, enum rule rule);

#define REPORT_ID_MAX		96u
#define REPORT_VARIANT_MAX	112u
/* "topic.name", and "vtd0/first/4K/edu0": the parts that the case has. */
void report_case_id(const struct report_model *model, const struct report_case *c,
		    char id[REPORT_ID_MAX]);
void report_case_variant(const struct report_model *model, const struct report_case *c,
			 char variant[REPORT_VARIANT_MAX]);
/* "4K", "2M", "1G"; "" for 0. */
#define REPORT_LEAF_MAX		8u
void report_leaf_name(unsigned leaf_lg2, char name[REPORT_LEAF_MAX]);

/* The reason of a case, "" without one. */
void report_case_reason(const struct report_model *model, const struct report_case *c, char *reason,
			size_t size);
/* Lines of evidence of a case, one by one; *offset starts at c->texts. */
bool report_next_evidence(const struct report_model *model, const struct report_case *c,
			  size_t *offset, char *line, size_t size);
/* Texts of one type (FACT, NOTE, FINDING) in their order; *offset starts at 0. */
bool report_next_text(const struct report_model *model, enum journal_type type, size_t *offset,
		      char *text, size_t size);

enum report_format {
	REPORT_JSON,
	REPORT_JUNIT,
	REPORT_TAP,
	REPORT_HTML,
	REPORT_FORMATS,
};

const char *report_file_name(enum report_format format);	/* "report.json" */
/* Write one report. The status is that of the first write that failed. */
enum status report_write(const struct report_model *model, enum report_format format, struct out *out)
	MUST_CHECK;

void report_json(const struct report_model *model, struct out *out);
void report_junit(const struct report_model *model, struct out *out);
void report_tap(const struct report_model *model, struct out *out);
void report_html(const struct report_model *model, struct out *out);

#endif
