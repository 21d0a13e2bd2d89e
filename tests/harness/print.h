/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What a run says while it goes on: one line per event, for people and for the program that watches.
 *
 *	iovet event=begin n=1 case=translate.write_lands variant=vtd0/first/4K/testdev0
 *
 * A line is "iovet", event=NAME, then key=value pairs; a value with a space, a quote or an equals sign,
 * and an empty one, stands in double quotes, in which \" and \\ stand for themselves and \xNN for a byte
 * that cannot be printed. Between them stand the lines of KTAP, version 1, for programs that know that.
 */
#ifndef TESTS_HARNESS_PRINT_H
#define TESTS_HARNESS_PRINT_H

#include "base/types.h"

#define PRINT_LINE_MAX	1536u		/* bytes of a line; a longer one is cut, and ends in "..." */

struct print_line {
	char text[PRINT_LINE_MAX];
	size_t used;
	bool cut;
};

/* Where lines go; NULL: nowhere. */
void print_to(void (*write)(const char *text, size_t count));

void print_begin(struct print_line *line, const char *event);
void print_number(struct print_line *line, const char *key, uint64_t value);
void print_text(struct print_line *line, const char *key, const char *value);
void print_end(struct print_line *line);

/* A line of one text: event=note, event=evidence. */
void print_note(const char *text);

/* A line as it is: KTAP. */
void print_plain(const char *format, ...) PRINTF(1, 2);

#endif
