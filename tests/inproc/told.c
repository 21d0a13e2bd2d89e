/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/inproc/told.h"

#include <stdio.h>
#include <string.h>

#include "tests/harness/journal.h"
#include "tests/harness/test.h"

#define NAMES_MAX	32u
#define NAME_MAX	32u

static struct {
	char units[NAMES_MAX][NAME_MAX], engines[NAMES_MAX][NAME_MAX];
	char regimes[NAMES_MAX][NAMES_MAX][NAME_MAX];	/* by unit */
	struct journal_case open;
	char reason[JOURNAL_TEXT_MAX];
	uint32_t planned, ended, dropped, verdicts[VERDICT_COUNT];
	bool done;
} told;

static void take_name(const struct journal_record *r)
{
	enum journal_kind kind;
	uint8_t index, parent;
	char name[NAME_MAX];

	if (!journal_read_name(r, &kind, &index, &parent, name, sizeof(name)) || index >= NAMES_MAX)
		return;
	if (kind == JOURNAL_UNIT)
		memcpy(told.units[index], name, NAME_MAX);
	else if (kind == JOURNAL_ENGINE)
		memcpy(told.engines[index], name, NAME_MAX);
	else if (parent < NAMES_MAX)
		memcpy(told.regimes[parent][index], name, NAME_MAX);
}

static void take_reason(const uint8_t *bytes, size_t count, const struct journal_record *r)
{
	struct journal_record reason;

	if (journal_read_reason(bytes, count, r, &reason))
		journal_read_text(&reason, told.reason, sizeof(told.reason));
}

static void print_case(enum verdict verdict)
{
	const struct journal_case *c = &told.open;
	const struct testcase *t = testcase_begin[c->test];
	bool has_unit = c->unit < NAMES_MAX, has_regime = has_unit && c->regime < NAMES_MAX;

	printf("%-9s%s.%s %s%s%s", verdict_name(verdict), t->topic, t->name,
	       has_unit ? told.units[c->unit] : "machine", has_regime ? "/" : "",
	       has_regime ? told.regimes[c->unit][c->regime] : "");
	if (c->leaf_lg2 != 0)
		printf("/%u", c->leaf_lg2);
	if (c->engine < NAMES_MAX)
		printf("/%s", told.engines[c->engine]);
	printf(": %s\n", told.reason);
}

static void take_end(const struct journal_record *r)
{
	struct journal_end end;

	if (!journal_read_end(r, &end) || end.verdict >= VERDICT_COUNT)
		return;
	told.ended++;
	told.verdicts[end.verdict]++;
	if (end.verdict != VERDICT_PASS && end.verdict != VERDICT_SKIP &&
	    told.open.test < testcase_end - testcase_begin)
		print_case((enum verdict)end.verdict);
	told.reason[0] = '\0';
}

static void take(const uint8_t *bytes, size_t count, const struct journal_record *r)
{
	char text[JOURNAL_TEXT_MAX];
	uint32_t ended;

	switch (r->type) {
	case JOURNAL_NAME:
		take_name(r);
		break;
	case JOURNAL_PLAN:
		(void)journal_read_u32(r, &told.planned);
		break;
	case JOURNAL_NOTE:
	case JOURNAL_FINDING:
		journal_read_text(r, text, sizeof(text));
		printf("note: %s\n", text);
		break;
	case JOURNAL_BEGIN:
		(void)journal_read_case(r, &told.open);
		break;
	case JOURNAL_REASON:
	case JOURNAL_REASON_AGAIN:
		take_reason(bytes, count, r);
		break;
	case JOURNAL_END:
		take_end(r);
		break;
	case JOURNAL_DONE:
		told.done = journal_read_done(r, &ended, &told.dropped);
		break;
	default:
		break;
	}
}

void told_read(const uint8_t *bytes, size_t count)
{
	struct journal_reader reader;
	struct journal_record r;

	journal_open(&reader, bytes, count);
	while (journal_read(&reader, &r))
		take(bytes, count, &r);
}

int told_status(void)
{
	const uint32_t *v = told.verdicts;

	if (!told.done || told.ended != told.planned || v[VERDICT_BROKEN] != 0)
		return EXIT_BROKEN;
	if (v[VERDICT_FAIL] != 0 || v[VERDICT_HANG] != 0)
		return EXIT_FAILED;
	return v[VERDICT_SKIP] == told.planned ? EXIT_NOTHING : EXIT_OK;
}

void told_summary(const char *config, const char *defect)
{
	printf("%u of %u cases on %s:", told.ended, told.planned, config);
	for (unsigned i = 0; i < VERDICT_COUNT; i++) {
		if (told.verdicts[i] != 0 || i == VERDICT_PASS || i == VERDICT_FAIL)
			printf(" %s %u", verdict_name((enum verdict)i), told.verdicts[i]);
	}
	if (defect != NULL)
		printf(" with %s", defect);
	printf("\nexit status %d\n", told_status());
}
