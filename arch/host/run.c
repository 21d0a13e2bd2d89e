/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The clock and guarded calls of the build machine. */
#include "arch/host/host.h"

#include <setjmp.h>
#include <signal.h>
#include <time.h>

/* ---- Time ---- */

static uint64_t virtual_ns = 1000000000;
static bool real_clock;
static struct {
	void (*call)(void *context);
	void *context;
} pause_hook;

void arch_host_advance_ns(uint64_t ns)
{
	__atomic_add_fetch(&virtual_ns, ns, __ATOMIC_SEQ_CST);
}

void arch_host_real_clock(bool on)
{
	real_clock = on;
}

void arch_host_pause_hook(void (*hook)(void *context), void *context)
{
	pause_hook.call = hook;
	pause_hook.context = context;
}

uint64_t arch_now_ns(void)
{
	uint64_t now = __atomic_add_fetch(&virtual_ns, ARCH_HOST_NS_PER_LOOK, __ATOMIC_SEQ_CST);
	struct timespec real;

	if (!real_clock || clock_gettime(CLOCK_MONOTONIC, &real) != 0)
		return now;
	return now + (uint64_t)real.tv_sec * 1000000000u + (uint64_t)real.tv_nsec;
}

void arch_pause(void)
{
	arch_host_advance_ns(ARCH_HOST_NS_PER_PAUSE);
	if (pause_hook.call)
		pause_hook.call(pause_hook.context);
}

const char *arch_clock_source(void)
{
	return real_clock ? "virtual and CLOCK_MONOTONIC" : "virtual";
}

/* ---- Guarded calls ---- */

struct guard {
	sigjmp_buf back;
	struct guard *outer;
	struct arch_trap *trap;
};

static struct guard *innermost;
static bool catch_signals;

static const struct {
	int number;
	const char *name;
} signals[] = {
	{ SIGSEGV, "SIGSEGV" },
	{ SIGBUS, "SIGBUS" },
	{ SIGILL, "SIGILL" },
	{ SIGFPE, "SIGFPE" },
};

static void on_signal(int number, siginfo_t *what, void *context)
{
	struct guard *g = innermost;

	(void)context;
	if (!g) {
		signal(number, SIG_DFL);
		return; /* the instruction runs again and ends the program */
	}
	for (unsigned i = 0; i < ARRAY_COUNT(signals); i++)
		if (signals[i].number == number)
			g->trap->name = signals[i].name;
	g->trap->vector = (unsigned)number;
	g->trap->address = (uint64_t)(uintptr_t)what->si_addr;
	siglongjmp(g->back, 1);
}

void arch_host_catch_signals(bool on)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };

	catch_signals = on;
	if (on)
		action.sa_sigaction = on_signal;
	else
		action.sa_handler = SIG_DFL;
	for (unsigned i = 0; i < ARRAY_COUNT(signals); i++)
		sigaction(signals[i].number, &action, NULL);
}

bool arch_guarded(void (*body)(void *argument), void *argument, struct arch_trap *trap)
{
	struct guard guard = { .outer = innermost, .trap = trap };

	*trap = (struct arch_trap){ 0 };
	innermost = &guard;
	if (sigsetjmp(guard.back, catch_signals) != 0) {
		innermost = innermost->outer;
		return false;
	}
	body(argument);
	innermost = guard.outer;
	return true;
}

void arch_abandon(void)
{
	if (!innermost)
		__builtin_trap();
	siglongjmp(innermost->back, 1);
}
