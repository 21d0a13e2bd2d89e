/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * DMTF DSP0134 3.7: entry points (5.2.1, 5.2.2), structure header and strings (6.1), firmware
 * (7.1), system (7.2), baseboard (7.3).
 */
#include "boot/smbios.h"

#include <string.h>

#define TABLE_BYTES_MAX		(1024u * 1024u)
#define HEADER_BYTES		4u
#define TYPE_END		127u

struct table {
	const uint8_t *at;
	size_t left;
};

static uint64_t little(const uint8_t *p, unsigned bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | p[bytes];
	return v;
}

static struct table find_table(const uint8_t *entry)
{
	struct table t = { NULL, 0 };

	if (!entry)
		return t;
	if (!memcmp(entry, "_SM3_", 5)) {
		t.left = (size_t)little(entry + 12, 4);
		t.at = pa_ptr(pa(little(entry + 16, 8)));
	} else if (!memcmp(entry, "_SM_", 4) && !memcmp(entry + 16, "_DMI_", 5)) {
		t.left = (size_t)little(entry + 22, 2);
		t.at = pa_ptr(pa(little(entry + 24, 4)));
	}
	t.left = t.at ? MIN(t.left, TABLE_BYTES_MAX) : 0;
	return t;
}

/* The length of a structure with its strings, which end with two NULs; 0: it does not end. */
static size_t structure_bytes(const struct table *t)
{
	size_t at;

	if (t->left < HEADER_BYTES || t->at[1] < HEADER_BYTES)
		return 0;
	for (at = t->at[1]; at + 2 <= t->left; at++)
		if (!t->at[at] && !t->at[at + 1])
			return at + 2;
	return 0;
}

/* The string whose number stands at `field`; "" when there is none. */
static const char *string_at(const uint8_t *structure, size_t bytes, unsigned field)
{
	const char *s = (const char *)structure + structure[1];
	const char *end = (const char *)structure + bytes;
	unsigned number = field < structure[1] ? structure[field] : 0;

	if (!number)
		return "";
	while (--number && s < end && *s)
		s += strlen(s) + 1;
	return s < end ? s : "";
}

/* The line stands between quotes in other texts: neither a quote nor a backslash gets through. */
static char harmless(char c)
{
	if (c == '"')
		return '\'';
	if (c == '\\')
		return '/';
	return c >= ' ' && c <= '~' ? c : '?';
}

static void append(char *line, size_t limit, const char *separator, const char *text)
{
	size_t used = strlen(line);

	while (*text == ' ')
		text++;
	if (!*text)
		return;
	for (; *separator && used && used + 1 < limit; separator++)
		line[used++] = *separator;
	for (; *text && used + 1 < limit; text++)
		line[used++] = harmless(*text);
	line[used] = 0;
}

void smbios_board_line(const void *entry_point, char *line, size_t limit)
{
	static const struct { uint8_t type; const char *prefix; uint8_t fields[3]; } wanted[] = {
		{ 1, "", { 4, 5, 6 } },
		{ 2, ", board ", { 4, 5, 6 } },
		{ 0, ", firmware ", { 4, 5, 8 } },
	};

	if (!limit)
		return;
	line[0] = 0;
	for (unsigned w = 0; w < ARRAY_COUNT(wanted); w++) {
		struct table t = find_table(entry_point);
		size_t bytes;

		for (; (bytes = structure_bytes(&t)) && t.at[0] != TYPE_END; t.at += bytes) {
			if (t.at[0] == wanted[w].type) {
				for (unsigned f = 0; f < ARRAY_COUNT(wanted[w].fields); f++)
					append(line, limit, f ? " " : wanted[w].prefix,
					       string_at(t.at, bytes, wanted[w].fields[f]));
				break;
			}
			t.left -= bytes;
		}
	}
}
