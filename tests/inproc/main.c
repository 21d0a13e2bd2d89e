/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The whole suite in one process, against virtual silicon: what `make run` is for a machine. Everything that is
 * said at the end is read back from the journal.
 *
 *	iovet-inproc --config NAME [--tests PATTERNS] [--seed N] [--shuffle] [--defect NAME]
 *	             [--option KEY=VALUE] [--lines | --jobs N] [--journal FILE] | [--config NAME] --list
 *
 * With --jobs the cases are split over N processes, and one that dies names its case; without, all is done in
 * this one, under a debugger's eyes.
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
#include "tests/harness/run.h"
#include "tests/inproc/slices.h"
#include "tests/inproc/told.h"
#include "tests/inproc/world.h"

#define LIMIT_SECONDS	300u		/* of real time, for a model that never returns */
#define OPTIONS_MAX	2048u

static struct {
	const char *config, *defect, *journal;
	char line[OPTIONS_MAX];		/* load options */
	bool lines;
	unsigned jobs;			/* 0: this process alone */
} asked;

/* ---- What is asked for ---- */

/* Everything, or the defects that a configuration can have. */
static void list(void)
{
	for (unsigned i = 0; asked.config == NULL && machine_config_name(i) != NULL; i++)
		printf("config %s\n", machine_config_name(i));
	for (unsigned i = 0; machine_defect_name(asked.config, i) != NULL; i++)
		printf("defect %s: %s\n", machine_defect_name(asked.config, i),
		       machine_defect_sentence(asked.config, i));
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

static bool take_jobs(const char *text)
{
	char *end;
	unsigned long jobs = strtoul(text, &end, 10);

	asked.jobs = (unsigned)jobs;
	return *text >= '0' && *text <= '9' && *end == '\0' && jobs >= 1 && jobs <= SLICES_MAX;
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
	case 'k':
		asked.journal = optarg;
		return true;
	case 'j':
		return take_jobs(optarg);
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
		{ "journal", required_argument, NULL, 'k' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "lines", no_argument, NULL, 'p' },
		{ "tests", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "shuffle", no_argument, NULL, 'r' },
		{ "option", required_argument, NULL, 'o' },
		{ "list", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(count, arguments, "j:", options, NULL)) != -1) {
		if (!take_option(option))
			return false;
	}
	return optind == count && asked.config != NULL && !(asked.lines && asked.jobs != 0);
}

/* ---- The run ---- */

static bool keep_journal(const char *path, const uint8_t *bytes, size_t count)
{
	FILE *file = fopen(path, "wb");
	size_t written;

	if (file == NULL)
		return false;
	written = fwrite(bytes, 1, count, file);
	return fclose(file) == 0 && written == count;
}

static void write_lines(const char *text, size_t count)
{
	(void)!fwrite(text, 1, count, stdout);
}

/* NULL, or why there is no world. */
static const char *run_here(struct world_journal *journal)
{
	static struct handover handover;
	const char *complaint = world_open(asked.config, asked.defect, journal, &handover);

	if (complaint != NULL)
		return complaint;
	handover.command_line = asked.line;
	handover.console_write = asked.lines ? write_lines : NULL;
	alarm(LIMIT_SECONDS);
	(void)!iovet_run(&handover);
	world_close();
	return NULL;
}

int main(int count, char **arguments)
{
	static struct world_journal journal;
	const char *complaint;

	if (!take_options(count, arguments)) {
		fprintf(stderr,
			"usage: %s --config NAME [--tests PATTERNS] [--seed N] [--shuffle] [--defect NAME]\n"
			"       [--option KEY=VALUE] [--lines | --jobs N] [--journal FILE] | [--config NAME] --list\n"
			"N is 1 to %u\n",
			arguments[0], SLICES_MAX);
		return EXIT_NO_WORLD;
	}
	if (asked.jobs == 0)
		complaint = run_here(&journal);
	else
		complaint = slices_run(asked.config, asked.defect, asked.line, asked.jobs,
				       &journal);
	if (complaint != NULL) {
		fprintf(stderr, "%s: %s\n", arguments[0], complaint);
		return EXIT_NO_WORLD;
	}
	told_read(journal.bytes, journal.used);
	told_summary(asked.config, asked.defect);
	if (asked.journal != NULL && !keep_journal(asked.journal, journal.bytes, journal.used)) {
		perror(asked.journal);
		return EXIT_BROKEN;
	}
	return told_status();
}
