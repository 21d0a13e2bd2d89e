/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The build machine as a machine: what a host program adds to arch.h.
 *
 * Glossary: a region is a range of register addresses that a model or a fake device answers for; a
 * stray access is one that no region answers, it reads as all ones. Time is virtual: it advances with
 * every register access, every look at the clock and every arch_pause(), so that a wait ends after as
 * many polls on every machine and a test of a timeout takes no time.
 */
#ifndef ARCH_HOST_HOST_H
#define ARCH_HOST_HOST_H

#include "arch/arch.h"

#define ARCH_HOST_REGIONS	64u
#define ARCH_HOST_MAPPED	1024u		/* calls of arch_map_device() */
#define ARCH_HOST_MSI_LINES	32u

#define ARCH_HOST_NS_PER_ACCESS	100u
#define ARCH_HOST_NS_PER_LOOK	10u		/* arch_now_ns() itself: no loop lasts for ever */
#define ARCH_HOST_NS_PER_PAUSE	1000u

/* `width` is 1, 2, 4 or 8 bytes; `offset` counts from the region's base. */
struct arch_host_ops {
	uint64_t (*read)(void *context, uint64_t offset, unsigned width);
	void (*write)(void *context, uint64_t offset, unsigned width, uint64_t value);
};

/* Forget all regions, mappings, interrupt lines, hooks and counters. Time goes on. */
void arch_host_reset(void);

/* Route [base, base + size) to `ops`. OVERLAP, EXHAUSTED, BAD_RANGE. */
enum status arch_host_region(uintptr_t base, size_t size, const struct arch_host_ops *ops,
			     void *context) MUST_CHECK;
/* The same for I/O ports. */
enum status arch_host_ports(uint16_t first, size_t count, const struct arch_host_ops *ops,
			    void *context) MUST_CHECK;

/* Accesses so far: to no region, and to a region that arch_map_device() was never called for. */
unsigned arch_host_stray_count(void);
unsigned arch_host_unmapped_count(void);
/* Was arch_map_device() called for this address? */
bool arch_host_is_mapped(uintptr_t address);
/* The n-th call of arch_map_device() from here answers EXHAUSTED; 0 takes that back. */
void arch_host_fail_map_in(unsigned n);

/* Let virtual time pass; let real time pass too (benchmarks). */
void arch_host_advance_ns(uint64_t ns);
void arch_host_real_clock(bool on);
/* What arch_is_guest() says, until the next reset. */
void arch_host_guest(bool is_guest);

/* Called in every arch_pause(): the moment in which a model makes progress. */
void arch_host_pause_hook(void (*hook)(void *context), void *context);
/* Called in every arch_flush(), to notice the ones that are forgotten. */
void arch_host_flush_hook(void (*hook)(void *context, const void *memory, size_t bytes),
			  void *context);
/* Called in every arch_write_barrier() and arch_barrier(). */
void arch_host_barrier_hook(void (*hook)(void *context), void *context);

/* A device's write that may be an MSI: true if it hit an interrupt line. */
bool arch_host_msi_write(uint64_t address, uint32_t value);

/* Inside arch_guarded(): SIGSEGV, SIGBUS, SIGILL and SIGFPE become traps. Off at the start. */
void arch_host_catch_signals(bool on);

/* Zeroed pages below 4 GiB, where pa_of() gives small numbers as on the machine; NULL if there are none. */
void *arch_host_arena(size_t page_count);
void arch_host_arena_free(void *arena, size_t page_count);

#endif
