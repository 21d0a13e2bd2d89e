/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What a call answers. A refusal names the argument or the limit that it refuses and changes nothing.
 * Statuses are for callers; verdicts are made in tests/ alone.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define STATUS_LIST(X) \
	X(OK,			"done") \
	X(OVERLAP,		"the range is in use already") \
	X(UNALIGNED,		"an address or a length has the wrong alignment") \
	X(BAD_RANGE,		"the range is empty, wraps, or lies outside what is possible") \
	X(BAD_ARGUMENT,		"an argument has no meaning here") \
	X(RESERVED,		"the range is reserved by the platform") \
	X(UNSUPPORTED,		"the unit, the format or the engine cannot do this") \
	X(GROUP_CONFLICT,	"a source of the group belongs to another context") \
	X(NOT_FOUND,		"there is nothing of that name or at that address") \
	X(BUSY,			"it is in use") \
	X(EXHAUSTED,		"a limit, a pool or a table is full") \
	X(TIMEOUT,		"the deadline passed") \
	X(DEVICE_ERROR,		"the device reports that the operation failed") \
	X(QUEUE_ERROR,		"the unit refused a descriptor") \
	X(GONE,			"the device answers with all ones") \
	X(MALFORMED,		"the bytes do not follow their format")

enum status {
#define X(name, text) STATUS_##name,
	STATUS_LIST(X)
#undef X
};

/* The name ("TIMEOUT") and the sentence of a status; "?" for a number that is none. */
const char *status_name(enum status s);
const char *status_text(enum status s);

#endif
