/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parser of iovet.conf and of the load options: a pure function of bytes that nobody vouches for. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/config.h"
#include "tests/harness/glob.h"

/* One text that is being read. */
struct reader {
	struct config *config;
	struct config_messages *messages;
	const char *what;		/* "iovet.conf" */
	unsigned line;			/* 0: the text has no lines */
	uint32_t seen;			/* keys of this text so far, by index */
};

struct key {
	const char *name;
	bool repeats;
	const char *limits;		/* what the value may be */
	bool (*take)(struct config *config, const char *value);
};

/* A value in a message: printable, and no longer than helps. */
static void printable(char *out, size_t size, const char *text, size_t count)
{
	size_t n = MIN(count, size - 1);

	for (size_t i = 0; i < n; i++)
		out[i] = text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?';
	out[n] = '\0';
	if (n < count && n >= 3)
		memcpy(out + n - 3, "...", 3);
}

static void tell(struct reader *r, const char *format, ...) PRINTF(2, 3);

static void tell(struct reader *r, const char *format, ...)
{
	char *text;
	int used;
	va_list arguments;

	if (r->messages->count == CONFIG_MESSAGES_MAX) {
		r->messages->dropped++;
		return;
	}
	text = r->messages->text[r->messages->count++];
	used = r->line != 0 ? snprintf(text, CONFIG_MESSAGE_MAX, "%s line %u: ", r->what, r->line)
			    : snprintf(text, CONFIG_MESSAGE_MAX, "%s: ", r->what);
	va_start(arguments, format);
	if (used > 0 && (size_t)used < CONFIG_MESSAGE_MAX)
		vsnprintf(text + used, CONFIG_MESSAGE_MAX - (size_t)used, format, arguments);
	va_end(arguments);
}

static bool number(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	unsigned base = 10;
	uint64_t sum = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		unsigned digit = *text >= '0' && *text <= '9'   ? (unsigned)(*text - '0')
				 : *text >= 'a' && *text <= 'f' ? (unsigned)(*text - 'a' + 10)
				 : *text >= 'A' && *text <= 'F' ? (unsigned)(*text - 'A' + 10)
								: 99;

		if (digit >= base || sum > (UINT64_MAX - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*value = sum;
	return sum >= min && sum <= max;
}

static bool take_number(const char *text, unsigned min, unsigned max, unsigned *value)
{
	uint64_t n;

	if (!number(text, min, max, &n))
		return false;
	*value = (unsigned)n;
	return true;
}

/* All of the list or nothing of it. */
static bool take_patterns(struct config_patterns *patterns, const char *value)
{
	struct config_patterns taken = { .count = 0 };

	for (;;) {
		size_t n = strcspn(value, ",");

		if (n == 0 || n >= CONFIG_PATTERN_MAX || taken.count == CONFIG_PATTERNS_MAX)
			return false;
		memcpy(taken.text[taken.count], value, n);
		taken.text[taken.count++][n] = '\0';
		if (value[n] == '\0')
			break;
		value += n + 1;
	}
	*patterns = taken;
	return true;
}

static bool take_tests(struct config *c, const char *v) { return take_patterns(&c->tests, v); }
static bool take_skip(struct config *c, const char *v) { return take_patterns(&c->skip, v); }
static bool take_engines(struct config *c, const char *v) { return take_patterns(&c->engines, v); }

static bool take_devices(struct config *c, const char *v)
{
	return strspn(v, "0123456789abcdef:.*?,") == strlen(v) && take_patterns(&c->devices, v);
}

static bool take_seed(struct config *c, const char *v)
{
	uint64_t seed;

	if (!number(v, 0, UINT64_MAX, &seed))
		return false;
	c->seed = seed;
	c->seed_given = true;
	return true;
}

static bool take_shuffle(struct config *c, const char *v)
{
	unsigned on;

	if (!take_number(v, 0, 1, &on))
		return false;
	c->shuffle = on != 0;
	return true;
}

static bool take_repeat(struct config *c, const char *v)
{
	return take_number(v, 1, CONFIG_REPEAT_MAX, &c->repeat);
}

static bool take_evidence(struct config *c, const char *v)
{
	return take_number(v, 0, CONFIG_EVIDENCE_MAX, &c->evidence);
}

static bool take_deadline(struct config *c, const char *v)
{
	return take_number(v, CONFIG_DEADLINE_MS_MIN, CONFIG_DEADLINE_MS_MAX, &c->deadline_ms);
}

static bool take_after(struct config *c, const char *v)
{
	static const char *const names[] = { "poweroff", "reboot", "stay" };

	for (unsigned i = 0; i < ARRAY_COUNT(names); i++) {
		if (strcmp(v, names[i]) == 0) {
			c->after = (enum config_after)i;
			return true;
		}
	}
	return false;
}

/* Whether there is such a sabotage is for those to say who do it. */
static bool take_sabotage(struct config *c, const char *v)
{
	if (strlen(v) >= CONFIG_SABOTAGE_MAX)
		return false;
	strcpy(c->sabotage, v);
	return true;
}

/* "PATTERN@PATTERN", which ends at `all`. */
static bool take_where(struct config_known *known, const char *v, size_t all, const char *link)
{
	size_t test = strcspn(v, "@ \t"), length = strcspn(link, " \t");

	if (length == 0 || length >= CONFIG_LINK_MAX)
		return false;
	if (test == 0 || test >= CONFIG_PATTERN_MAX || all - test > CONFIG_PATTERN_MAX)
		return false;
	if (test + 1 == all)		/* an "@" and nothing after it */
		return false;
	memcpy(known->test, v, test);
	known->test[test] = '\0';
	if (all > test) {
		memcpy(known->variant, v + test + 1, all - test - 1);
		known->variant[all - test - 1] = '\0';
	} else {
		strcpy(known->variant, "*");
	}
	memcpy(known->link, link, length);
	known->link[length] = '\0';
	return true;
}

static const char *next_word(const char *v)
{
	size_t n = strcspn(v, " \t");

	return v + n + strspn(v + n, " \t");
}

static bool take_known(struct config *c, const char *v)
{
	struct config_known *known = &c->known[c->known_count];
	const char *link = next_word(v), *symptom = next_word(link);

	if (c->known_count == CONFIG_KNOWN_MAX || strlen(symptom) >= CONFIG_SYMPTOM_MAX ||
	    !take_where(known, v, strcspn(v, " \t"), link))
		return false;
	strcpy(known->symptom, *symptom != '\0' ? symptom : "*");
	c->known_count++;
	return true;
}

/* Two hexadecimal digits, or four. */
static bool take_reason(const char *v, size_t digits, uint32_t *reason)
{
	char text[] = "0x0000";
	uint64_t n;

	if (digits != 2 && digits != 4)
		return false;
	memcpy(text + 2, v, digits);
	text[2 + digits] = '\0';
	if (!number(text, 1, UINT16_MAX, &n))
		return false;
	*reason = (uint32_t)n;
	return true;
}

/* EXPECTED/GOT, or the word for another field of the record; `bytes` long. */
static bool take_record(struct config_reasons *taken, const char *v, size_t bytes)
{
	static const struct {
		const char *word;
		uint32_t record;
	} words[] = { { "access", RECORD_ACCESS }, { "address", RECORD_ADDRESS } };
	size_t digits = strcspn(v, "/");
	uint32_t *expected, *got;

	if (taken->count == CONFIG_PAIRS_MAX)
		return false;
	expected = &taken->pairs[taken->count].expected;
	got = &taken->pairs[taken->count++].got;
	for (unsigned i = 0; i < ARRAY_COUNT(words); i++) {
		if (bytes == strlen(words[i].word) && strncmp(v, words[i].word, bytes) == 0) {
			*expected = *got = words[i].record;
			return true;
		}
	}
	return digits < bytes && take_reason(v, digits, expected) &&
	       take_reason(v + digits + 1, bytes - digits - 1, got);
}

static bool take_known_reason(struct config *c, const char *v)
{
	struct config_reasons taken = { .count = 0 };
	const char *pair = next_word(v);

	if (c->reasons_count == CONFIG_REASONS_MAX ||
	    !take_where(&taken.where, v, strcspn(v, " \t"), next_word(pair)) ||
	    *next_word(next_word(pair)) != '\0')
		return false;
	for (size_t bytes;; pair += bytes + 1) {
		bytes = strcspn(pair, ", \t");
		if (!take_record(&taken, pair, bytes))
			return false;
		if (pair[bytes] != ',')
			break;
	}
	c->reasons[c->reasons_count++] = taken;
	return true;
}

static const struct key keys[] = {
	{ "tests", false, "a list of at most 16 patterns of at most 95 bytes", take_tests },
	{ "skip", false, "a list of at most 16 patterns of at most 95 bytes", take_skip },
	{ "engines", false, "a list of at most 16 patterns of at most 95 bytes", take_engines },
	{ "devices", false, "a list of at most 16 functions like 0000:00:05.0", take_devices },
	{ "seed", false, "a number below 2^64", take_seed },
	{ "shuffle", false, "0 or 1", take_shuffle },
	{ "repeat", false, "1 to 1000", take_repeat },
	{ "after", false, "poweroff, reboot or stay", take_after },
	{ "sabotage", false, "a name of at most 31 bytes", take_sabotage },
	{ "known", true, "a pattern, a link, and a symptom of up to 95 bytes; at most 48 of them", take_known },
	{ "known_reason", true, "a pattern, a list like 79/05,85/05,access,address, a link; at most 16 of them",
	  take_known_reason },
	{ "evidence", false, "0 to 200 lines", take_evidence },
	{ "deadline_ms", false, "100 to 600000", take_deadline },
};

/* `pair` is terminated and holds no NUL before its end. */
static void take_pair(struct reader *r, char *pair)
{
	char shown[64];
	char *value = strchr(pair, '='), *end;

	if (value == NULL) {
		printable(shown, sizeof(shown), pair, strlen(pair));
		tell(r, "\"%s\" is not key=value; it is ignored", shown);
		return;
	}
	for (end = value; end > pair && (end[-1] == ' ' || end[-1] == '\t'); end--)
		;
	*end = '\0';
	value++;
	value += strspn(value, " \t");
	for (unsigned i = 0; i < ARRAY_COUNT(keys); i++) {
		if (strcmp(pair, keys[i].name) != 0)
			continue;
		if (keys[i].take(r->config, value)) {
			if ((r->seen & BIT(i)) != 0 && !keys[i].repeats)
				tell(r, "%s stands more than once; the last one counts",
				     keys[i].name);
			r->seen |= BIT(i);
			return;
		}
		printable(shown, sizeof(shown), value, strlen(value));
		tell(r, "%s=%s is refused: %s; what stood before stays", keys[i].name, shown,
		     keys[i].limits);
		return;
	}
	printable(shown, sizeof(shown), pair, strlen(pair));
	tell(r, "unknown key \"%s\"; it is ignored", shown);
}

static void take_line(struct reader *r, const char *bytes, size_t count)
{
	char pair[CONFIG_LINE_MAX + 1];

	while (count > 0 && strchr(" \t\r", bytes[count - 1]) != NULL && bytes[count - 1] != '\0')
		count--;
	while (count > 0 && (*bytes == ' ' || *bytes == '\t')) {
		bytes++;
		count--;
	}
	if (count == 0 || *bytes == '#')
		return;
	if (memchr(bytes, '\0', count) != NULL) {
		tell(r, "there is a zero byte in the line (is it UTF-16?); it is ignored");
		return;
	}
	if (count > CONFIG_LINE_MAX) {
		tell(r, "longer than %u bytes; it is ignored", CONFIG_LINE_MAX);
		return;
	}
	memcpy(pair, bytes, count);
	pair[count] = '\0';
	take_pair(r, pair);
}

void config_defaults(struct config *config, struct config_messages *messages)
{
	memset(config, 0, sizeof(*config));
	memset(messages, 0, sizeof(*messages));
	config->repeat = 1;
	config->evidence = 40;
	config->deadline_ms = 10000;
}

void config_read_file(struct config *config, const char *bytes, size_t count,
		      struct config_messages *messages)
{
	struct reader r = { .config = config, .messages = messages, .what = "iovet.conf" };

	if (count >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {	/* UTF-8's byte order mark */
		bytes += 3;
		count -= 3;
	}
	while (count > 0) {
		const char *newline = memchr(bytes, '\n', count);
		size_t n = newline != NULL ? (size_t)(newline - bytes) : count;

		r.line++;
		take_line(&r, bytes, n);
		n += newline != NULL;
		bytes += n;
		count -= n;
	}
}

/* One word of the load options, its quotes taken off; returns the bytes that it used. */
static size_t option_word(const char *bytes, size_t count, char word[CONFIG_LINE_MAX + 1], size_t *length)
{
	bool quoted = false;
	size_t i = 0;

	*length = 0;
	for (; i < count && (quoted || strchr(" \t\r\n", bytes[i]) == NULL); i++) {
		if (bytes[i] == '"') {
			quoted = !quoted;
			continue;
		}
		if (*length <= CONFIG_LINE_MAX)
			word[*length] = bytes[i];
		(*length)++;
	}
	return i;
}

void config_read_options(struct config *config, const char *bytes, size_t count,
			 struct config_messages *messages)
{
	struct reader r = { .config = config, .messages = messages, .what = "load options" };
	char word[CONFIG_LINE_MAX + 1];
	const char *end = count != 0 ? memchr(bytes, '\0', count) : NULL;
	bool first = true;

	if (end != NULL)
		count = (size_t)(end - bytes);
	while (count > 0) {
		size_t length, used;

		if (strchr(" \t\r\n", *bytes) != NULL) {
			bytes++;
			count--;
			continue;
		}
		used = option_word(bytes, count, word, &length);
		bytes += used;
		count -= used;
		/* A shell passes the image's own name first. */
		if (first && memchr(word, '=', MIN(length, CONFIG_LINE_MAX)) == NULL) {
			first = false;
			continue;
		}
		first = false;
		if (length > CONFIG_LINE_MAX) {
			tell(&r, "a word is longer than %u bytes; it is ignored", CONFIG_LINE_MAX);
			continue;
		}
		take_line(&r, word, length);
	}
}

bool config_matches(const struct config_patterns *patterns, const char *name, bool empty)
{
	for (unsigned i = 0; i < patterns->count; i++) {
		if (glob_matches(patterns->text[i], name))
			return true;
	}
	return patterns->count == 0 && empty;
}

static bool speaks_of(const struct config_known *known, const char *id, const char *variant)
{
	return glob_matches(known->test, id) && glob_matches(known->variant, variant);
}

const struct config_known *config_find_known(const struct config *config, const char *id,
					     const char *variant, const char *symptom)
{
	const struct config_known *first = NULL;

	for (unsigned i = 0; i < config->known_count; i++) {
		const struct config_known *known = &config->known[i];

		if (!speaks_of(known, id, variant))
			continue;
		if (glob_matches(known->symptom, symptom))
			return known;
		first = first != NULL ? first : known;
	}
	return first;
}

const struct config_known *config_find_reason(const struct config *config, const char *id,
					      const char *variant, unsigned expected, unsigned got)
{
	for (unsigned i = 0; i < config->reasons_count; i++) {
		const struct config_reasons *r = &config->reasons[i];

		if (!speaks_of(&r->where, id, variant))
			continue;
		for (unsigned n = 0; n < r->count; n++) {
			if (r->pairs[n].expected == expected && r->pairs[n].got == got)
				return &r->where;
		}
	}
	return NULL;
}
