/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/report/out.h"

#include <string.h>

#define REPLACEMENT 0xfffdu

void out_open(struct out *out, enum status (*write)(void *context, const char *bytes, size_t count),
	      void *context)
{
	*out = (struct out){ .write = write, .context = context };
}

static void flush(struct out *out)
{
	if (out->used && out->status == STATUS_OK)
		out->status = out->write(out->context, out->buffer, out->used);
	out->used = 0;
}

enum status out_close(struct out *out)
{
	flush(out);
	return out->status;
}

static void put(struct out *out, char c)
{
	if (out->used == sizeof(out->buffer))
		flush(out);
	out->buffer[out->used++] = c;
}

void out_text(struct out *out, const char *text)
{
	while (*text)
		put(out, *text++);
}

void out_number(struct out *out, uint64_t value)
{
	char digits[20];
	unsigned count = 0;

	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (count)
		put(out, digits[--count]);
}

void out_hex(struct out *out, uint64_t value, unsigned digits)
{
	while (digits--)
		put(out, "0123456789abcdef"[value >> (4 * digits) & 15]);
}

/* How many bytes a sequence that starts with `first` has, and what of `first` counts; 0: it starts none. */
static unsigned sequence(uint8_t first, uint32_t *code)
{
	if (first < 0x80) {
		*code = first;
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		*code = first & 0x1f;
		return 2;
	}
	if ((first & 0xf0) == 0xe0) {
		*code = first & 0x0f;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*code = first & 0x07;
		return 4;
	}
	return 0;
}

/* Take one character off the text; REPLACEMENT for each byte that belongs to none. */
static uint32_t take(const char **text)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *at = (const uint8_t *)*text;
	uint32_t code = 0;
	unsigned bytes = sequence(at[0], &code);

	for (unsigned i = 1; i < bytes; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			bytes = 0;
			break;
		}
		code = code << 6 | (at[i] & 0x3f);
	}
	if (bytes == 0 || code < least[bytes] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff)) {
		(*text)++;
		return REPLACEMENT;
	}
	*text += bytes;
	return code;
}

static void put_code(struct out *out, uint32_t code)
{
	if (code < 0x80) {
		put(out, (char)code);
		return;
	}
	if (code < 0x800) {
		put(out, (char)(0xc0 | code >> 6));
	} else if (code < 0x10000) {
		put(out, (char)(0xe0 | code >> 12));
		put(out, (char)(0x80 | (code >> 6 & 0x3f)));
	} else {
		put(out, (char)(0xf0 | code >> 18));
		put(out, (char)(0x80 | (code >> 12 & 0x3f)));
		put(out, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	put(out, (char)(0x80 | (code & 0x3f)));
}

void out_json(struct out *out, const char *text)
{
	while (*text) {
		uint32_t code = take(&text);

		if (code == '"' || code == '\\') {
			put(out, '\\');
			put(out, (char)code);
		} else if (code < 0x20 || code == 0x7f) {
			out_text(out, "\\u");
			out_hex(out, code, 4);
		} else {
			put_code(out, code);
		}
	}
}

void out_json_string(struct out *out, const char *text)
{
	put(out, '"');
	out_json(out, text);
	put(out, '"');
}

/* Characters that no XML document may hold, not even escaped. */
static bool is_outside_xml(uint32_t code)
{
	return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
	       (code >= 0x7f && code < 0xa0) || code == 0xfffe || code == 0xffff;
}

void out_markup(struct out *out, const char *text)
{
	while (*text) {
		uint32_t code = take(&text);

		if (code == '&')
			out_text(out, "&amp;");
		else if (code == '<')
			out_text(out, "&lt;");
		else if (code == '>')
			out_text(out, "&gt;");
		else if (code == '"')
			out_text(out, "&quot;");
		else if (code == '\'')
			out_text(out, "&#39;");
		else
			put_code(out, is_outside_xml(code) ? REPLACEMENT : code);
	}
}

void out_tap(struct out *out, const char *text)
{
	while (*text) {
		uint32_t code = take(&text);

		if (code == '#' || code == '\\')
			put(out, '\\');
		put_code(out, code < 0x20 || code == 0x7f ? ' ' : code);
	}
}
