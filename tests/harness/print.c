/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Lines of events. A line is put together in full and written at once, so that none is torn. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/print.h"

#define TAIL	sizeof("...\"\r\n")		/* kept free for the end of a line */

static void (*write_text)(const char *text, size_t count);

void print_to(void (*write)(const char *text, size_t count))
{
	write_text = write;
}

static void put(struct print_line *line, const char *text, size_t count)
{
	if (line->cut || count > PRINT_LINE_MAX - TAIL - line->used) {
		line->cut = true;
		return;
	}
	memcpy(line->text + line->used, text, count);
	line->used += count;
}

static void put_key(struct print_line *line, const char *key)
{
	put(line, " ", 1);
	put(line, key, strlen(key));
	put(line, "=", 1);
}

static void put_byte(struct print_line *line, char byte)
{
	char escape[5];

	if (byte == '"' || byte == '\\') {
		escape[0] = '\\';
		escape[1] = byte;
		put(line, escape, 2);
	} else if (byte >= ' ' && byte < 0x7f) {
		put(line, &byte, 1);
	} else {
		snprintf(escape, sizeof(escape), "\\x%02x", (unsigned)(uint8_t)byte);
		put(line, escape, 4);
	}
}

static bool is_bare(const char *value)
{
	if (*value == '\0')
		return false;
	for (; *value != '\0'; value++) {
		if (*value <= ' ' || *value >= 0x7f || strchr("\"\\=", *value) != NULL)
			return false;
	}
	return true;
}

void print_begin(struct print_line *line, const char *event)
{
	line->used = 0;
	line->cut = false;
	put(line, "iovet event=", 12);
	put(line, event, strlen(event));
}

void print_number(struct print_line *line, const char *key, uint64_t value)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);

	put_key(line, key);
	put(line, digits, (size_t)n);
}

void print_text(struct print_line *line, const char *key, const char *value)
{
	put_key(line, key);
	if (line->cut)
		return;
	if (is_bare(value)) {
		put(line, value, strlen(value));
		return;
	}
	put(line, "\"", 1);
	for (; *value != '\0' && !line->cut; value++)
		put_byte(line, *value);
	if (line->cut) {		/* the tail is free: a cut value still ends */
		memcpy(line->text + line->used, "...\"", 4);
		line->used += 4;
		return;
	}
	put(line, "\"", 1);
}

void print_end(struct print_line *line)
{
	memcpy(line->text + line->used, "\r\n", 2);
	line->used += 2;
	if (write_text != NULL)
		write_text(line->text, line->used);
}

void print_note(const char *text)
{
	struct print_line line;

	print_begin(&line, "note");
	print_text(&line, "text", text);
	print_end(&line);
}

void print_plain(const char *format, ...)
{
	char text[512];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text, sizeof(text) - 2, format, arguments);
	va_end(arguments);
	if (n < 0)
		return;
	n = MIN(n, (int)sizeof(text) - 3);
	for (int i = 0; i < n; i++) {
		if (text[i] < ' ' || text[i] >= 0x7f)
			text[i] = '?';
	}
	memcpy(text + n, "\r\n", 2);
	if (write_text != NULL)
		write_text(text, (size_t)n + 2);
}
