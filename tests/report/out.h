/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Text on its way into a report: a few bytes at a time, escaped for where they stand.
 *
 * Bytes in texts are taken as UTF-8. What is not UTF-8, and what a format cannot hold at all, comes out
 * as U+FFFD; so every report is a whole document of its format whatever stood in the journal.
 */
#ifndef TESTS_REPORT_OUT_H
#define TESTS_REPORT_OUT_H

#include "base/status.h"
#include "base/types.h"

#define OUT_BUFFER	512u

struct out {
	enum status (*write)(void *context, const char *bytes, size_t count);
	void *context;
	enum status status;		/* of the first write that failed; nothing is written after it */
	size_t used;
	char buffer[OUT_BUFFER];
};

void out_open(struct out *out, enum status (*write)(void *context, const char *bytes, size_t count),
	      void *context);
/* Write what is left. OK if everything was written. */
enum status out_close(struct out *out) MUST_CHECK;

/* As it is. */
void out_text(struct out *out, const char *text);
void out_number(struct out *out, uint64_t value);
void out_hex(struct out *out, uint64_t value, unsigned digits);

/* Inside a JSON string; the same in its quotes. */
void out_json(struct out *out, const char *text);
void out_json_string(struct out *out, const char *text);
/* In the text or in an attribute of XML and HTML. */
void out_markup(struct out *out, const char *text);
/* In a TAP line: one line, with # and \ escaped. */
void out_tap(struct out *out, const char *text);

#endif
