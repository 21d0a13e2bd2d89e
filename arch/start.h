/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Taking over the machine: what boot/ asks of arch/ once, between the last firmware service and the
 * first line of the run.
 *
 * The order is arch_prepare(), arch_map() and arch_unmap() as often as needed, arch_take_over().
 * All mappings are identity mappings. Nothing is mapped that was not asked for.
 */
#ifndef ARCH_START_H
#define ARCH_START_H

#include "arch/arch.h"

/* Pages that arch_prepare() is given: page tables and stacks, the latter with guard pages. */
#define ARCH_START_PAGES	1280u

/* How a range is mapped: readable always, the rest as said. */
#define ARCH_MAP_WRITE		BIT(0)
#define ARCH_MAP_EXECUTE	BIT(1)
#define ARCH_MAP_DEVICE		BIT(2)		/* uncached */
#define ARCH_MAP_COMBINE	BIT(3)		/* write-combining: a framebuffer */

/* What a clock can be calibrated from, beyond what the processor itself says. */
struct arch_clock_hint {
	uint32_t pm_timer_port;		/* ACPI PM timer in I/O space; 0: there is none */
};

/* `memory` is ARCH_START_PAGES pages, page-aligned, used by nobody else from here on. */
void arch_prepare(void *memory);

/*
 * Map or unmap [base, base + bytes), widened to whole pages. A later call overrides an earlier one.
 * BAD_RANGE: empty, wraps or beyond what the processor translates. EXHAUSTED: no page table left;
 * the part of the range below the first missing table is mapped.
 */
enum status arch_map(pa_t base, uint64_t bytes, unsigned access) MUST_CHECK;
enum status arch_unmap(pa_t base, uint64_t bytes) MUST_CHECK;

/* Leave the firmware's tables and stack for ours, start clock and interrupts, and call `run`. */
__attribute__((noreturn)) void arch_take_over(const struct arch_clock_hint *hint, void (*run)(void));

/* `last_words` is called when a trap comes outside every guarded call; then the machine is reset. */
void arch_on_last_trap(void (*last_words)(const struct arch_trap *trap));

/* Reset the machine by its own means, without the firmware. */
__attribute__((noreturn)) void arch_reset(void);

/* Interrupts off and on again around a call into firmware. */
uint64_t arch_interrupts_off(void);
void arch_interrupts_restore(uint64_t state);

#endif
