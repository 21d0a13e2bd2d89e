/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Is a text a whole JSON document, a whole XML document? Strict checkers for tests and fuzz targets: they say
 * no to everything that RFC 8259 and XML 1.0 say no to, as far as reports could break it.
 */
#ifndef TESTS_HOST_WELLFORMED_H
#define TESTS_HOST_WELLFORMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WELLFORMED_DEPTH	32

/* ---- UTF-8 ---- */

/* Length of the well-formed sequence at `at`; 0: there is none. */
static inline unsigned utf8_sequence(const char *at)
{
	const uint8_t *b = (const uint8_t *)at;

	if (b[0] < 0x80)
		return 1;
	if (b[0] < 0xc2 || b[0] > 0xf4 || (b[1] & 0xc0) != 0x80)
		return 0;
	if (b[0] < 0xe0)
		return 2;
	if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) || (b[2] & 0xc0) != 0x80)
		return 0;
	if (b[0] < 0xf0)
		return 3;
	if ((b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f) || (b[3] & 0xc0) != 0x80)
		return 0;
	return 4;
}

/* ---- JSON ---- */

static inline const char *json_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Behind the string that starts at p; NULL if there is none. */
static inline const char *json_string_end(const char *p)
{
	if (*p++ != '"')
		return NULL;
	while (*p != '"') {
		unsigned bytes = utf8_sequence(p);

		if ((uint8_t)*p < 0x20 || bytes == 0)
			return NULL;
		if (*p == '\\') {
			p++;
			if (*p == 'u') {
				if (strspn(p + 1, "0123456789abcdefABCDEF") < 4)
					return NULL;
				p += 4;
			} else if (!*p || !strchr("\"\\/bfnrt", *p)) {
				return NULL;
			}
		}
		p += bytes;
	}
	return p + 1;
}

static inline const char *json_scalar_end(const char *p)
{
	static const char *const words[] = { "true", "false", "null" };

	for (unsigned i = 0; i < 3; i++)
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	if (*p == '"')
		return json_string_end(p);
	if (*p == '0' && p[1] >= '0' && p[1] <= '9')
		return NULL;
	return strspn(p, "0123456789") ? p + strspn(p, "0123456789") : NULL;
}

/* Only non-negative whole numbers: reports have no others. */
static inline bool json_is_whole(const char *p)
{
	char open[WELLFORMED_DEPTH];
	int depth = 0;
	bool value = true;			/* a value is due; otherwise a comma or an end */

	p = json_space(p);
	do {
		if (depth && *p == open[depth - 1] && (!value || p[-1] != ',')) {
			depth--;
			p++;
			value = false;
		} else if (!value) {
			if (*p++ != ',')
				return false;
			p = json_space(p);
			if (*p == '}' || *p == ']')
				return false;
			value = true;
		} else {
			if (depth && open[depth - 1] == '}') {
				p = json_string_end(p);
				if (!p || *(p = json_space(p)) != ':')
					return false;
				p = json_space(p + 1);
			}
			if (*p == '{' || *p == '[') {
				if (depth == WELLFORMED_DEPTH)
					return false;
				open[depth++] = *p++ == '{' ? '}' : ']';
			} else {
				p = json_scalar_end(p);
				if (!p)
					return false;
				value = false;
			}
		}
		p = json_space(p);
	} while (depth);
	return *p == '\0';
}

/* ---- XML, and HTML written like it ---- */

static inline bool xml_reference(const char *p)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	for (unsigned i = 0; i < 5; i++)
		if (strncmp(p, known[i], strlen(known[i])) == 0)
			return true;
	return false;
}

/* One character of text or of an attribute; 0: it may not stand there. */
static inline unsigned xml_character(const char *p)
{
	uint8_t c = (uint8_t)*p;

	if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f || c == '<' ||
	    (c == '&' && !xml_reference(p)))
		return 0;
	if (strncmp(p, "\xef\xbf\xbe", 3) == 0 || strncmp(p, "\xef\xbf\xbf", 3) == 0)
		return 0;
	return utf8_sequence(p);
}

/* Behind the attributes of a tag; NULL if they are not NAME="VALUE" with spaces before. */
static inline const char *xml_attributes(const char *p)
{
	while (*p == ' ') {
		p += strspn(p, " ");
		p += strspn(p, "abcdefghijklmnopqrstuvwxyz-");
		if (strncmp(p, "=\"", 2) != 0)
			return NULL;
		p += 2;
		while (*p != '"') {
			unsigned bytes = xml_character(p);

			if (!bytes)
				return NULL;
			p += bytes;
		}
		p++;
	}
	return p;
}

struct xml_open {
	const char *name[WELLFORMED_DEPTH];
	size_t length[WELLFORMED_DEPTH];
	int depth;
};

/* Behind the tag at p; NULL if it is malformed or closes what is not open. */
static inline const char *xml_tag(const char *p, struct xml_open *open, bool html)
{
	bool closing = *++p == '/';
	const char *name = p += closing;
	size_t length = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");

	p += length;
	if (!length)
		return NULL;
	if (closing) {
		if (open->depth-- == 0 || open->length[open->depth] != length ||
		    strncmp(open->name[open->depth], name, length) != 0)
			return NULL;
		return *p == '>' ? p + 1 : NULL;
	}
	p = xml_attributes(p);
	if (!p)
		return NULL;
	if (*p == '/')
		return p[1] == '>' ? p + 2 : NULL;
	if (*p != '>' || open->depth == WELLFORMED_DEPTH)
		return NULL;
	if (html && ((length == 4 && strncmp(name, "meta", 4) == 0) ||
		     (length == 2 && strncmp(name, "br", 2) == 0)))
		return p + 1;
	open->name[open->depth] = name;
	open->length[open->depth++] = length;
	return p + 1;
}

/* `prologue` is what the document starts with. */
static inline bool markup_is_whole(const char *p, const char *prologue, bool html)
{
	struct xml_open open = { .depth = 0 };

	if (strncmp(p, prologue, strlen(prologue)) != 0)
		return false;
	p += strlen(prologue);
	while (*p) {
		unsigned bytes;

		if (*p == '<') {
			p = xml_tag(p, &open, html);
			if (!p)
				return false;
			continue;
		}
		bytes = xml_character(p);
		if (!bytes || (!open.depth && !strchr(" \n", *p)))
			return false;
		p += bytes;
	}
	return open.depth == 0;
}

#define XML_PROLOGUE	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define HTML_PROLOGUE	"<!DOCTYPE html>\n"

#endif
