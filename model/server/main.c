/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * iovet-silicon: virtual silicon as PCI functions, for any client of the vfio-user protocol.
 *
 * One thread does all: it takes what clients send, and lets unit and exercisers go on between messages. So
 * nothing is in flight while memory is unmapped, and the guest's CPUs, which are another process, still run
 * beside every request.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "model/server/session.h"

static const char usage[] =
	"iovet-silicon --unit SOCKET [--exerciser SOCKET@BUS:DEVICE.FUNCTION]...\n"
	"              [--model NAME] [--config NAME] [--defect NAME] [--until-eof]\n"
	"iovet-silicon --list\n"
	"\n"
	"Serves a unit of virtual silicon, and the exercisers behind it, to vfio-user clients, one function a socket.\n"
	"  --unit SOCKET        the unit's function (docs/prototype.md)\n"
	"  --exerciser SOCKET@BUS:DEVICE.FUNCTION\n"
	"                       an exerciser (docs/exerciser.md), and where the machine has it, in hexadecimal\n"
	"  --model, --config    which silicon; without these the first model that --list names, and its first\n"
	"                       configuration\n"
	"  --defect NAME        a defect of its catalogue\n"
	"  --until-eof          end when standard input does\n"
	"  --list               models, configurations and defects\n";

struct options {
	struct board_plan plan;
	const char *paths[BOARD_FUNCTIONS_MAX];	/* the unit's first */
	bool until_eof;
};

static struct board board;
static struct session sessions[BOARD_FUNCTIONS_MAX];

/* ---- Guest memory, as the unit's client gave it ---- */

static bool read_memory(void *context, uint64_t address, void *to, size_t bytes, bool snooped)
{
	const struct session *s = context;

	(void)snooped;
	return guest_read(&s->guest, address, to, bytes);
}

static bool write_memory(void *context, uint64_t address, const void *from, size_t bytes, bool snooped)
{
	const struct session *s = context;

	(void)snooped;
	return guest_write(&s->guest, address, from, bytes);
}

static bool swap_memory(void *context, uint64_t address, uint64_t expected, uint64_t desired,
			uint64_t *seen, bool snooped)
{
	const struct session *s = context;

	(void)snooped;
	return guest_swap(&s->guest, address, expected, desired, seen);
}

static void interrupt(void *context, uint64_t address, uint32_t data)
{
	struct session *s = context;

	doorbell_ring(&s->doorbell, address, data);
}

static const struct silicon_memory memory = {
	.context = &sessions[0],
	.read = read_memory,
	.write = write_memory,
	.swap = swap_memory,
	.interrupt = interrupt,
};

/* ---- Options ---- */

static int list(void)
{
	const char *name;

	for (unsigned m = 0; board_models[m] != NULL; m++) {
		printf("model %s\n", board_models[m]->name);
		for (unsigned i = 0; (name = board_models[m]->config(i)) != NULL; i++)
			printf("config %s\n", name);
		for (unsigned i = 0; (name = board_models[m]->defect(i)) != NULL; i++)
			printf("defect %s\n", name);
	}
	return 0;
}

static const struct board_model *find_model(const char *name)
{
	for (unsigned m = 0; board_models[m] != NULL; m++) {
		if (strcmp(board_models[m]->name, name) == 0)
			return board_models[m];
	}
	return NULL;
}

/* SOCKET@BUS:DEVICE.FUNCTION */
static bool take_exerciser(struct options *o, char *text)
{
	unsigned bus, device, function, n = o->plan.exerciser_count;
	char *at = strrchr(text, '@');
	int used = 0;

	if (at == NULL || n == BOARD_EXERCISERS_MAX ||
	    sscanf(at, "@%2x:%2x.%1x%n", &bus, &device, &function, &used) != 3 ||
	    at[used] != '\0' || device > 0x1f || function > 7)
		return false;
	*at = '\0';
	o->plan.exerciser_rids[n] = (uint16_t)(bus << 8 | device << 3 | function);
	for (unsigned i = 0; i < n; i++) {
		if (o->plan.exerciser_rids[i] == o->plan.exerciser_rids[n])
			return false;
	}
	o->paths[1 + n] = text;
	o->plan.exerciser_count++;
	return true;
}

/* One option with its value. NULL, or what is wrong with it. */
static const char *take_value(struct options *o, const char *name, char *value)
{
	if (strcmp(name, "--unit") == 0)
		o->paths[0] = value;
	else if (strcmp(name, "--exerciser") == 0)
		return take_exerciser(o, value)
			       ? NULL
			       : "not SOCKET@BUS:DEVICE.FUNCTION, an address twice, or too many";
	else if (strcmp(name, "--model") == 0)
		o->plan.model = find_model(value);
	else if (strcmp(name, "--config") == 0)
		o->plan.config = value;
	else if (strcmp(name, "--defect") == 0)
		o->plan.defect = value;
	else
		return "there is no such option";
	return o->plan.model != NULL ? NULL : "there is no such model";
}

static bool take_options(struct options *o, int count, char **words)
{
	for (int i = 1; i < count; i++) {
		const char *complaint = "it needs a value";

		if (strcmp(words[i], "--until-eof") == 0) {
			o->until_eof = true;
			continue;
		}
		if (strcmp(words[i], "--help") == 0) {
			fputs(usage, stderr);
			return false;
		}
		if (i + 1 < count)
			complaint = take_value(o, words[i], words[i + 1]);
		if (complaint != NULL) {
			fprintf(stderr, "iovet-silicon: %s: %s\n", words[i], complaint);
			return false;
		}
		i++;
	}
	if (o->plan.config == NULL)
		o->plan.config = o->plan.model->config(0);
	if (o->paths[0] == NULL)
		fputs(usage, stderr);
	return o->paths[0] != NULL;
}

/* ---- Serving ---- */

static bool open_all(const struct options *o)
{
	if (!board_open(&board, &o->plan, &memory)) {
		fprintf(stderr, "iovet-silicon: model %s has no configuration %s%s%s; see --list\n",
			o->plan.model->name, o->plan.config,
			o->plan.defect != NULL ? " or no defect " : "",
			o->plan.defect != NULL ? o->plan.defect : "");
		return false;
	}
	for (unsigned i = 0; i < board.function_count; i++) {
		if (session_open(&sessions[i], o->paths[i], &board.functions[i]))
			continue;
		fprintf(stderr, "iovet-silicon: %s: %s\n", o->paths[i], strerror(errno));
		while (i-- > 0)
			session_close(&sessions[i]);
		return false;
	}
	return true;
}

/* What ends the program is something to wait for, like all else. */
static int end_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, 0);
}

static bool is_eof(void)
{
	char bytes[64];

	return read(STDIN_FILENO, bytes, sizeof(bytes)) == 0;
}

/* Until one of `end` and, if it is not -1, `input` has something to say. */
static void serve(int end, int input)
{
	enum { END, INPUT, FIRST };
	struct pollfd at[FIRST + 2 * BOARD_FUNCTIONS_MAX];
	unsigned n = board.function_count;
	bool busy = false;

	at[END] = (struct pollfd){ .fd = end, .events = POLLIN };
	at[INPUT] = (struct pollfd){ .fd = input, .events = POLLIN };
	for (;;) {
		for (unsigned i = 0; i < n; i++) {
			at[FIRST + 2 * i] = (struct pollfd){ sessions[i].listener, POLLIN, 0 };
			at[FIRST + 2 * i + 1] = (struct pollfd){ sessions[i].wire.socket, POLLIN,
								 0 };
		}
		if (poll(at, FIRST + 2 * n, busy ? 0 : -1) < 0 && errno != EINTR)
			break;
		if (at[END].revents || (at[INPUT].revents && is_eof()))
			break;
		for (unsigned i = 0; i < n; i++) {
			if (at[FIRST + 2 * i + 1].revents)
				session_receive(&sessions[i]);
			if (at[FIRST + 2 * i].revents)
				session_accept(&sessions[i]);
		}
		busy = board_step(&board);
		for (unsigned i = 0; i < n; i++)
			session_send(&sessions[i]);
	}
}

int main(int count, char **words)
{
	struct options options = { .plan = { .model = board_models[0] } };
	int end;

	if (count == 2 && strcmp(words[1], "--list") == 0)
		return list();
	if (!take_options(&options, count, words) || !open_all(&options))
		return 2;
	guest_guard();
	end = end_signals();
	/* Whoever started it waits for this line before it connects. */
	puts("ready");
	fflush(stdout);
	serve(end, options.until_eof ? STDIN_FILENO : -1);
	for (unsigned i = 0; i < board.function_count; i++)
		session_close(&sessions[i]);
	board_close(&board);
	return 0;
}
