/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Processes that share nothing but what they store, and the one journal made of it. */
#include "tests/inproc/slices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/journal.h"
#include "tests/harness/plan.h"
#include "tests/harness/run.h"

#define LIMIT_SECONDS	300u		/* of real time, for a model that never returns */
#define NOTES_MAX	64u
#define COMPLAINT_MAX	160u

/* Shared with the process that runs it: what stands here outlives it. */
struct slice {
	struct world_journal journal;
	char complaint[COMPLAINT_MAX];		/* "": there is a world */
	char now[PLAN_ID_MAX + PLAN_VARIANT_MAX];	/* the case under way, "" between cases */
};

static struct slice *slices;
static pid_t processes[SLICES_MAX];
static unsigned slice_count;

/* ---- One process ---- */

static struct slice *own;

/* The value behind ` key=`; its length. Names of cases and variants are never quoted. */
static int value_of(const char *line, const char *key, const char **value)
{
	const char *at = strstr(line, key);

	*value = at != NULL ? at + strlen(key) : "";
	return (int)strcspn(*value, " \r");
}

/* Lines come whole (tests/harness/print.h), and name the case first. */
static void follow(const char *text, size_t count)
{
	char line[sizeof(own->now) + 64];
	const char *id, *variant;
	int id_length, variant_length;

	snprintf(line, sizeof(line), "%.*s", (int)count, text);
	id_length = value_of(line, " case=", &id);
	variant_length = value_of(line, " variant=", &variant);
	if (strstr(line, "event=begin") != NULL)
		snprintf(own->now, sizeof(own->now), "%.*s %.*s", id_length, id, variant_length,
			 variant);
	else if (strstr(line, "event=end") != NULL)
		own->now[0] = '\0';
}

static void run_slice(const char *config, const char *defect, const char *command_line, unsigned index)
{
	static struct handover handover;
	const char *complaint;

	own = &slices[index];
	complaint = world_open(config, defect, &own->journal, &handover);
	if (complaint != NULL) {
		snprintf(own->complaint, sizeof(own->complaint), "%s", complaint);
		return;
	}
	handover.command_line = command_line;
	handover.console_write = follow;
	handover.slice = index;
	handover.slice_count = slice_count;
	alarm(LIMIT_SECONDS);
	(void)!iovet_run(&handover);
	world_close();
}

/* ---- Their journals as one ---- */

static struct journal merged;
static struct world_journal *into;

static enum status store_chunk(unsigned index, const void *bytes, size_t count)
{
	(void)index;
	if (count > sizeof(into->bytes) - into->used)
		return STATUS_EXHAUSTED;
	memcpy(into->bytes + into->used, bytes, count);
	into->used += count;
	return STATUS_OK;
}

static void replay_text(const struct journal_record *r, enum journal_type type)
{
	char text[JOURNAL_TEXT_MAX];

	journal_read_text(r, text, sizeof(text));
	journal_text(&merged, type, text);
}

/* Each note once, whoever has made it. */
static void replay_note(const struct journal_record *r)
{
	static char notes[NOTES_MAX][JOURNAL_TEXT_MAX];
	static unsigned note_count;
	char text[JOURNAL_TEXT_MAX];

	journal_read_text(r, text, sizeof(text));
	for (unsigned i = 0; i < note_count; i++) {
		if (strcmp(notes[i], text) == 0)
			return;
	}
	if (note_count < NOTES_MAX)
		strcpy(notes[note_count++], text);
	journal_text(&merged, JOURNAL_NOTE, text);
}

static void replay_case(const struct world_journal *from, const struct journal_record *r)
{
	struct journal_record reason;
	struct journal_case begin;
	struct journal_end end;

	if (r->type == JOURNAL_BEGIN && journal_read_case(r, &begin))
		journal_begin(&merged, &begin);
	else if (r->type == JOURNAL_END && journal_read_end(r, &end))
		journal_end(&merged, &end);
	else if (r->type == JOURNAL_EVIDENCE)
		replay_text(r, JOURNAL_EVIDENCE);
	else if (journal_read_reason(from->bytes, from->used, r, &reason))
		replay_text(&reason, JOURNAL_REASON);
}

static void replay_head(const struct journal_record *r)
{
	struct journal_start start;
	enum journal_kind kind;
	uint8_t index, parent;
	char text[JOURNAL_TEXT_MAX];
	uint32_t planned;

	if (r->type == JOURNAL_START && journal_read_start(r, &start, text, sizeof(text)))
		journal_start(&merged, &start, text);
	else if (r->type == JOURNAL_NAME &&
		 journal_read_name(r, &kind, &index, &parent, text, sizeof(text)))
		journal_name(&merged, kind, index, parent, text);
	else if (r->type == JOURNAL_PLAN && journal_read_u32(r, &planned))
		journal_plan(&merged, planned);
	else if (r->type == JOURNAL_FACT || r->type == JOURNAL_FINDING)
		replay_text(r, r->type);
}

/* Where a journal is read. */
struct cursor {
	const struct world_journal *from;
	struct journal_reader reader;
	struct journal_record record;
	bool there, done;
	uint32_t ended;
};

static void step(struct cursor *c)
{
	c->there = journal_read(&c->reader, &c->record);
}

/* What the run says before its next case, and after its last one; the first slice speaks for all. */
static void replay_between(struct cursor *c, bool is_first)
{
	uint32_t dropped;

	for (; c->there && c->record.type != JOURNAL_BEGIN; step(c)) {
		if (c->record.type == JOURNAL_NOTE)
			replay_note(&c->record);
		else if (c->record.type == JOURNAL_DONE)
			c->done = journal_read_done(&c->record, &c->ended, &dropped);
		else if (is_first)
			replay_head(&c->record);
	}
}

static uint32_t number_of(const struct cursor *c)
{
	struct journal_case next;

	return c->there && journal_read_case(&c->record, &next) ? next.number : UINT32_MAX;
}

static void replay_one(struct cursor *c)
{
	enum journal_type type;

	do {
		type = c->record.type;
		replay_case(c->from, &c->record);
		step(c);
	} while (c->there && type != JOURNAL_END && c->record.type != JOURNAL_BEGIN);
}

static void merge(struct world_journal *journal)
{
	static struct cursor cursors[SLICES_MAX];
	uint32_t ended = 0;
	bool done = true;

	into = journal;
	journal_init(&merged, store_chunk, sizeof(journal->bytes));
	for (unsigned i = 0; i < slice_count; i++) {
		cursors[i].from = &slices[i].journal;
		journal_open(&cursors[i].reader, cursors[i].from->bytes, cursors[i].from->used);
		step(&cursors[i]);
		replay_between(&cursors[i], i == 0);
	}
	for (;;) {
		struct cursor *next = &cursors[0];

		for (unsigned i = 1; i < slice_count; i++)
			next = number_of(&cursors[i]) < number_of(next) ? &cursors[i] : next;
		if (number_of(next) == UINT32_MAX)
			break;
		replay_one(next);
		replay_between(next, next == cursors);
	}
	for (unsigned i = 0; i < slice_count; i++) {
		ended += cursors[i].ended;
		done = done && cursors[i].done;
	}
	if (done)
		journal_done(&merged, ended);
	journal_commit(&merged);
}

/* ---- All of them ---- */

static void tell_death(const struct slice *s, int status)
{
	char how[64];

	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "%s", strsignal(WTERMSIG(status)));
	else
		snprintf(how, sizeof(how), "status %d", WEXITSTATUS(status));
	printf("%-9s%s: %s\n", "died", s->now[0] != '\0' ? s->now : "between cases", how);
}

static void start(const char *config, const char *defect, const char *command_line, unsigned index)
{
	processes[index] = fork();
	if (processes[index] == 0) {
		run_slice(config, defect, command_line, index);
		exit(0);
	}
	if (processes[index] < 0)
		snprintf(slices[index].complaint, COMPLAINT_MAX, "no process can be made");
}

static void end(unsigned index)
{
	int status = 0;

	if (processes[index] > 0 && waitpid(processes[index], &status, 0) > 0 && status != 0)
		tell_death(&slices[index], status);
}

const char *slices_run(const char *config, const char *defect, const char *command_line, unsigned count,
		       struct world_journal *journal)
{
	static char complaint[COMPLAINT_MAX];

	slice_count = count;
	slices = mmap(NULL, count * sizeof(*slices), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (slices == MAP_FAILED)
		return "there is no memory for the processes' journals";
	fflush(stdout);
	for (unsigned i = 0; i < count; i++)
		start(config, defect, command_line, i);
	for (unsigned i = 0; i < count; i++) {
		end(i);
		if (slices[i].complaint[0] != '\0')
			strcpy(complaint, slices[i].complaint);
	}
	merge(journal);
	munmap(slices, count * sizeof(*slices));
	return complaint[0] != '\0' ? complaint : NULL;
}
