/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The configuration of a run: what iovet.conf and the load options say.
 *
 * Glossary: the file is lines of `key=value`; a line that begins with `#` and an empty line say
 * nothing. The load options are the same pairs, separated by spaces; a value with spaces stands in
 * double quotes. A list is separated by commas. A pattern is a glob (glob.h).
 *
 *	tests=PATTERN,...	only the tests whose "topic.name" matches one; all without
 *	skip=PATTERN,...	not the tests that match one
 *	engines=PATTERN,...	only the engines whose name ("nvme0") matches one
 *	devices=PATTERN,...	only the engines at these functions ("0000:00:05.0" or "00:05.0")
 *	seed=N			of addresses and of the shuffled order
 *	shuffle=0|1		run in an order that the seed makes
 *	repeat=N		run every case N times
 *	after=poweroff|reboot|stay	what the machine does once the reports are written
 *	sabotage=NAME		break one of the program's own promises (sabotage.h)
 *	known=PATTERN LINK SYMPTOM	cases known to fail, and where that is told; PATTERN is a pattern over
 *				"topic.name", optionally followed by "@" and one over the variant.
 *				SYMPTOM, the rest of the line, is one over the expectation that is
 *				not met: another failure is none that is known. Without it, all are.
 *				May stand more than once.
 *	known_reason=PATTERN PAIRS LINK	faults known to be recorded under another reason: PAIRS is a list
 *				of EXPECTED/GOT in hexadecimal, 79/05 or 2050/2008, and of the words
 *				"access" and "address" for records that name another one than they
 *				should. All else that such a case expects counts. May stand more than once.
 *	evidence=N		lines of evidence that a case may leave
 *	deadline_ms=N		of a case; what the devices themselves need comes on top of it
 *
 * A pair from the load options takes the place of the file's. Nothing stops a run: an unknown key, a
 * value out of its limits, a line that is no pair is told in a message, and the default stays.
 */
#ifndef TESTS_HARNESS_CONFIG_H
#define TESTS_HARNESS_CONFIG_H

#include "base/types.h"

#define CONFIG_PATTERNS_MAX	16u		/* of one list */
#define CONFIG_PATTERN_MAX	96u		/* bytes of one pattern, with its end */
#define CONFIG_KNOWN_MAX	48u
#define CONFIG_REASONS_MAX	16u
#define CONFIG_PAIRS_MAX	16u		/* of one known_reason */
#define CONFIG_LINK_MAX		160u		/* bytes of a link, with its end */
#define CONFIG_SYMPTOM_MAX	96u
#define CONFIG_LINE_MAX		512u		/* bytes of a line or of one pair; longer ones are refused */
#define CONFIG_MESSAGES_MAX	16u
#define CONFIG_MESSAGE_MAX	224u
#define CONFIG_SABOTAGE_MAX	32u

#define CONFIG_REPEAT_MAX	1000u
#define CONFIG_EVIDENCE_MAX	200u
#define CONFIG_DEADLINE_MS_MIN	100u
#define CONFIG_DEADLINE_MS_MAX	600000u

struct config_patterns {
	char text[CONFIG_PATTERNS_MAX][CONFIG_PATTERN_MAX];
	unsigned count;			/* 0: there is no such key, everything matches */
};

struct config_known {
	char test[CONFIG_PATTERN_MAX];
	char variant[CONFIG_PATTERN_MAX];	/* "*" without "@" */
	char link[CONFIG_LINK_MAX];
	char symptom[CONFIG_SYMPTOM_MAX];	/* a pattern over the expectation that was not met; "*" without */
};

/* In the place of both reasons of a pair. */
#define RECORD_ACCESS		0x10000u	/* the record names another access */
#define RECORD_ADDRESS		0x10001u	/* ... another address */

struct config_reasons {
	struct config_known where;
	struct { uint32_t expected, got; } pairs[CONFIG_PAIRS_MAX];
	unsigned count;
};

enum config_after {
	CONFIG_POWEROFF,
	CONFIG_REBOOT,
	CONFIG_STAY,
};

struct config {
	struct config_patterns tests, skip, engines, devices;
	struct config_known known[CONFIG_KNOWN_MAX];
	unsigned known_count;
	struct config_reasons reasons[CONFIG_REASONS_MAX];
	unsigned reasons_count;
	uint64_t seed;
	bool seed_given;
	bool shuffle;
	unsigned repeat;
	unsigned evidence;
	unsigned deadline_ms;
	enum config_after after;
	char sabotage[CONFIG_SABOTAGE_MAX];	/* "": none */
};

/* What was wrong: sentences, in the order of the text. */
struct config_messages {
	char text[CONFIG_MESSAGES_MAX][CONFIG_MESSAGE_MAX];
	unsigned count;
	unsigned dropped;
};

/* What holds without a file; `messages` becomes empty. */
void config_defaults(struct config *config, struct config_messages *messages);

/* Read the text of the file, then the load options: any bytes whatsoever, `count` of them. */
void config_read_file(struct config *config, const char *bytes, size_t count,
		      struct config_messages *messages);
void config_read_options(struct config *config, const char *bytes, size_t count,
			 struct config_messages *messages);

/* Does one of the patterns match? An empty list is said to match where `empty` is true. */
bool config_matches(const struct config_patterns *patterns, const char *name, bool empty);

/*
 * The entry that speaks of this case, one whose symptom is this one before any other; NULL if there is none.
 */
const struct config_known *config_find_known(const struct config *config, const char *id,
					     const char *variant, const char *symptom);
/* The same for a fault of this case that has the reason `got` and not `expected`, or for both RECORD_. */
const struct config_known *config_find_reason(const struct config *config, const char *id,
					      const char *variant, unsigned expected, unsigned got);

#endif
