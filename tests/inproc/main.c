/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The whole suite in one process, against virtual silicon: what `make run` is for a machine. Everything that is
 * said at the end is read back from the journal.
 *
 *	iovet-inproc --config NAME [--tests PATTERNS] [--seed N] [--shuffle] [--defect NAME]
 *	             [--option KEY=VALUE] [--lines] [--journal FILE] | --list
 *
 * Exit statuses are the runner's (tools/runner/outcome.py): 0 nothing failed, 1 something failed, 2 broken,
 * 3 the world cannot be made, 4 nothing to test.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/machine.h"
#include "tests/harness/journal.h"
#include "tests/harness/run.h"
#include "tests/harness/test.h"
#include "tests/inproc/world.h"

#define LIMIT_SECONDS	300u		/* of real time, for a model that never returns */
#define OPTIONS_MAX	2048u
#define NAMES_MAX	32u
#define NAME_MAX	32u

enum { EXIT_OK, EXIT_FAILED, EXIT_BROKEN, EXIT_NO_WORLD, EXIT_NOTHING };

static struct {
	const char *config, *defect, *journal;
	char line[OPTIONS_MAX];		/* load options */
	bool lines;
} asked;

/* ---- What is asked for ---- */

static void list(void)
{
	for (unsigned i = 0; machine_config_name(i) != NULL; i++)
		printf("config %s\n", machine_config_name(i));
	for (unsigned i = 0; machine_defect_name(i) != NULL; i++)
		printf("defect %s: %s\n", machine_defect_name(i), machine_defect_sentence(i));
}

static bool add_option(const char *key, const char *value)
{
	size_t used = strlen(asked.line);
	int n = snprintf(asked.line + used, sizeof(asked.line) - used, "%s%s%s\"%s\"",
			 used != 0 ? " " : "", key, *key != '\0' ? "=" : "", value);

	return n > 0 && (size_t)n < sizeof(asked.line) - used;
}

/* KEY=VALUE */
static bool add_pair(char *pair)
{
	char *equals = strchr(pair, '=');

	if (equals == NULL)
		return false;
	*equals = '\0';
	return add_option(pair, equals + 1);
}

static bool take_option(int option)
{
	switch (option) {
	case 'c':
		asked.config = optarg;
		return true;
	case 'd':
		asked.defect = optarg;
		return true;
	case 'j':
		asked.journal = optarg;
		return true;
	case 'p':
		asked.lines = true;
		return true;
	case 't':
		return add_option("tests", optarg);
	case 's':
		return add_option("seed", optarg);
	case 'r':
		return add_option("shuffle", "1");
	case 'o':
		return add_pair(optarg);
	case 'l':
		list();
		exit(EXIT_OK);
	default:
		return false;
	}
}

static bool take_options(int count, char **arguments)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "defect", required_argument, NULL, 'd' },
		{ "journal", required_argument, NULL, 'j' },
		{ "lines", no_argument, NULL, 'p' },
		{ "tests", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "shuffle", no_argument, NULL, 'r' },
		{ "option", required_argument, NULL, 'o' },
		{ "list", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(count, arguments, "", options, NULL)) != -1) {
		if (!take_option(option))
			return false;
	}
	return optind == count && asked.config != NULL;
}

/* ---- What the journal says ---- */

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

static void read_back(void)
{
	struct journal_record r;
	size_t count, offset = 0;
	const uint8_t *bytes = world_journal(&count);

	while (journal_next(bytes, count, &offset, &r))
		take(bytes, count, &r);
}

static bool keep_journal(const char *path)
{
	size_t count, written;
	const uint8_t *bytes = world_journal(&count);
	FILE *file = fopen(path, "wb");

	if (file == NULL)
		return false;
	written = fwrite(bytes, 1, count, file);
	return fclose(file) == 0 && written == count;
}

static int status_of(void)
{
	const uint32_t *v = told.verdicts;

	if (!told.done || told.ended != told.planned || v[VERDICT_BROKEN] != 0)
		return EXIT_BROKEN;
	if (v[VERDICT_FAIL] != 0 || v[VERDICT_HANG] != 0)
		return EXIT_FAILED;
	return v[VERDICT_SKIP] == told.planned ? EXIT_NOTHING : EXIT_OK;
}

static int summarise(void)
{
	int status;

	read_back();
	status = status_of();
	printf("%u of %u cases on %s:", told.ended, told.planned, asked.config);
	for (unsigned i = 0; i < VERDICT_COUNT; i++) {
		if (told.verdicts[i] != 0 || i == VERDICT_PASS || i == VERDICT_FAIL)
			printf(" %s %u", verdict_name((enum verdict)i), told.verdicts[i]);
	}
	if (asked.defect != NULL)
		printf(" with %s", asked.defect);
	printf("\nexit status %d\n", status);
	if (asked.journal != NULL && !keep_journal(asked.journal)) {
		perror(asked.journal);
		return EXIT_BROKEN;
	}
	return status;
}

/* ---- The run ---- */

static void write_lines(const char *text, size_t count)
{
	(void)!fwrite(text, 1, count, stdout);
}

int main(int count, char **arguments)
{
	static struct handover handover;
	const char *complaint;
	int status;

	if (!take_options(count, arguments)) {
		fprintf(stderr,
			"usage: %s --config NAME [--tests PATTERNS] [--seed N] [--shuffle] [--defect NAME]\n"
			"       [--option KEY=VALUE] [--lines] [--journal FILE] | --list\n",
			arguments[0]);
		return EXIT_NO_WORLD;
	}
	complaint = world_open(asked.config, asked.defect, &handover);
	if (complaint != NULL) {
		fprintf(stderr, "%s: %s\n", arguments[0], complaint);
		return EXIT_NO_WORLD;
	}
	handover.command_line = asked.line;
	handover.configuration = "";
	handover.console_write = asked.lines ? write_lines : NULL;
	alarm(LIMIT_SECONDS);
	(void)!iovet_run(&handover);
	status = summarise();
	world_close();
	return status;
}
