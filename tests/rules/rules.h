/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The rules that units are judged by: a catalogue per specification, one row per rule.
 *
 * A test claims rules by their enumerators (VTD_AD_10); reports print their ids ("VTD-AD-10"). A claim
 * of a rule that no catalogue has does not compile. A further specification joins by a .def file of rows,
 * its include in all.def, the regimes of its units here, and its line in rule_catalogues.
 *
 *	clause		where the specification says it, in the catalogue's revision
 *	regimes		where it can be observed: in a case of which regimes, or without any. A case
 *			credits and accuses only rules of its own regime: no first-stage table is
 *			walked in legacy mode, whatever the claim says of one
 *	strength	how strongly it says it
 *	needs		the capability without which the rule is empty, "" for none
 *	certainty	what our reading rests on; only a firm rule makes an unmet expectation a `fail`
 *	untested	why software can claim nothing here; NULL: a claim is possible. Of an obligation on
 *			software, what follows when it is kept can be one: that a recipe is enough
 */
#ifndef TESTS_RULES_RULES_H
#define TESTS_RULES_RULES_H

#include "base/types.h"

enum rule {
	RULE_NONE,
#define RULE(name, id, clause, regimes, strength, needs, certainty, text, untested) name,
#include "tests/rules/all.def"
#undef RULE
	RULE_COUNT,
};

#define RULE_STRENGTH_LIST(X) \
	X(MUST,		"must") \
	X(MAY,		"may") \
	X(UNDEFINED,	"undefined") \
	X(SOFTWARE,	"software") \
	X(RECOMMENDED,	"recommended") \
	X(UNCLEAR,	"unclear")

enum rule_strength {
#define X(name, text) RULE_##name,
	RULE_STRENGTH_LIST(X)
#undef X
};

#define RULE_CERTAINTY_LIST(X) \
	X(READ,		"read in the specification's text") \
	X(TWO,		"two independent secondary sources") \
	X(ONE,		"one secondary source") \
	X(UNSURE,	"unsure")

enum rule_certainty {
#define X(name, text) RULE_##name,
	RULE_CERTAINTY_LIST(X)
#undef X
};

/*
 * Regimes, by the names that drivers give them. VT-d: legacy, second, first; AMD-Vi: host (tables of its own
 * format), guest (tables of AMD64's). Nested, of both: a first stage whose walks go through a second.
 */
#define RULE_REGIME_LIST(X) \
	X(LEGACY,	"legacy") \
	X(SECOND,	"second") \
	X(FIRST,	"first") \
	X(HOST,		"host") \
	X(GUEST,	"guest") \
	X(NESTED,	"nested") \
	X(NONE,		"none")		/* a case of a unit as a whole, or of the machine */

enum {
#define X(name, text) IN_BIT_##name,
	RULE_REGIME_LIST(X)
#undef X
	RULE_REGIMES,
};

enum {
#define X(name, text) IN_##name = 1 << IN_BIT_##name,
	RULE_REGIME_LIST(X)
#undef X
	/* Those of a unit, and so of the rows of its catalogue: what they say of other regimes is void. */
	IN_VTD = IN_LEGACY | IN_SECOND | IN_FIRST | IN_NESTED | IN_NONE,
	IN_AMD = IN_HOST | IN_GUEST | IN_NESTED | IN_NONE,
	/* Of any unit. */
	IN_STAGE_1 = IN_FIRST | IN_GUEST | IN_NESTED,	/* a first-stage table is walked */
	IN_STAGE_2 = IN_LEGACY | IN_SECOND | IN_HOST | IN_NESTED,	/* a second-stage table is */
	IN_TABLES = IN_STAGE_1 | IN_STAGE_2,		/* requests are looked up in tables of some kind */
	IN_ANY = IN_TABLES | IN_NONE,
	/* Of VT-d's. */
	IN_SCALABLE = IN_SECOND | IN_FIRST | IN_NESTED,
};

struct rule_record {
	const char *id;			/* "VTD-AD-10" */
	const char *clause, *needs, *text, *untested;
	unsigned regimes;		/* IN_*, of its catalogue's */
	enum rule_strength strength;
	enum rule_certainty certainty;
};

/* A specification: whose rules, in which revision, and whose units they bind. */
struct rule_catalogue {
	const char *prefix;		/* of its rules' ids: "VTD-" */
	const char *title, *revision;
	const char *vendor;		/* units whose names start like this are bound: "vtd" */
	unsigned regimes;		/* that these units have, and IN_NONE */
};

#define RULE_CATALOGUES		2u

extern const struct rule_catalogue rule_catalogues[RULE_CATALOGUES];

/* The record of a rule; NULL for RULE_NONE and for a number that is none. */
const struct rule_record *rule_record(enum rule rule);
const char *rule_id(enum rule rule);			/* "?" for a number that is none */
const char *rule_strength_text(enum rule_strength strength);
const char *rule_certainty_text(enum rule_certainty certainty);

/* Our reading is good enough to accuse: the text itself, or two sources that agree. */
bool rule_is_firm(enum rule rule);

const struct rule_catalogue *rule_catalogue(enum rule rule);	/* NULL for a number that is none */
/* Does the rule bind a unit of this name ("vtd0")? */
bool rule_binds(enum rule rule, const char *unit_name);

/*
 * Can the rule be observed in a case of this regime? NULL or "": the case has none. Of a regime that no
 * catalogue knows, only rules that hold everywhere speak. A rule with a reason in `untested` is observed
 * nowhere: a claim may name it, and neither keeps nor breaks it.
 */
bool rule_applies(enum rule rule, const char *regime_name);

/* ... and in one of this unit, "": the case has none. A claim names the rules of every vendor's units. */
bool rule_speaks_of(enum rule rule, const char *unit_name, const char *regime_name);

const char *rule_regime_name(unsigned bit);		/* "first" for IN_BIT_FIRST */
/* The names of the rule's regimes, "first, nested", into `text`. */
void rule_regimes(enum rule rule, char *text, size_t size);

#endif
