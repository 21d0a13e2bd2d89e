/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the program asks of the machine it runs on. One set of prototypes, one folder per machine
 * (arch/x86_64, arch/host, ...), chosen when the program is linked.
 *
 * Glossary: a deadline is a point in time of the machine's own clock; a trap is a processor exception
 * that ends the guarded call instead of the run; an interrupt line is a vector that a device reaches
 * with an MSI.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include "base/atomic.h"
#include "base/status.h"
#include "base/types.h"

/* ---- Registers of devices: one access of exactly this width each, never merged nor split. ---- */
uint8_t arch_read8(uintptr_t address);
uint16_t arch_read16(uintptr_t address);
uint32_t arch_read32(uintptr_t address);
uint64_t arch_read64(uintptr_t address);
void arch_write8(uintptr_t address, uint8_t value);
void arch_write16(uintptr_t address, uint16_t value);
void arch_write32(uintptr_t address, uint32_t value);
void arch_write64(uintptr_t address, uint64_t value);

/* A register file: where it starts and how long it is. */
struct mmio {
	uintptr_t base;
	size_t size;
};

static inline uint32_t read32(const struct mmio *m, reg32_t r) { return arch_read32(m->base + r.offset); }
static inline uint64_t read64(const struct mmio *m, reg64_t r) { return arch_read64(m->base + r.offset); }
static inline void write32(const struct mmio *m, reg32_t r, uint32_t v) { arch_write32(m->base + r.offset, v); }
static inline void write64(const struct mmio *m, reg64_t r, uint64_t v) { arch_write64(m->base + r.offset, v); }

/* Make device registers at [base, base + size) reachable, uncached. EXHAUSTED, BAD_RANGE. */
enum status arch_map_device(uintptr_t base, size_t size) MUST_CHECK;

/* ---- Order and caches. ---- */
void arch_barrier(void);			/* all accesses before are visible before any after */
void arch_write_barrier(void);			/* the same, for writes to memory that a device reads */
void arch_flush(const void *memory, size_t bytes);	/* write back and drop the cache lines, then a barrier */

/* One atomic operation on a whole word that hardware may change at the same time: the same on every machine. */
static inline uint64_t arch_load64(const uint64_t *word) { return atomic_acquire64(word); }
static inline void arch_store64(uint64_t *word, uint64_t value) { atomic_store64(word, value); }
static inline uint64_t arch_fetch_and64(uint64_t *word, uint64_t mask) { return atomic_and64(word, mask); }
static inline uint64_t arch_fetch_or64(uint64_t *word, uint64_t mask) { return atomic_or64(word, mask); }
static inline bool arch_compare_swap64(uint64_t *word, uint64_t expected, uint64_t value)
{
	return atomic_compare_swap64(word, expected, value);
}

/* ---- Time. ---- */
uint64_t arch_now_ns(void);			/* monotonic, from an arbitrary start */
void arch_pause(void);				/* inside a polling loop */
const char *arch_clock_source(void);		/* what the clock was calibrated from, for the report */

struct deadline { uint64_t end_ns; };

static inline struct deadline deadline_in_us(uint64_t us)
{
	return (struct deadline){ arch_now_ns() + us * 1000 };
}

static inline bool deadline_passed(struct deadline d)
{
	return arch_now_ns() >= d.end_ns;
}

/*
 * Poll `condition` until it is true or the deadline `until` has passed; true if it became true. The
 * deadline is evaluated once: deadline_in_us() may stand there.
 */
#define wait_until(condition, until) __extension__ ({ \
	struct deadline until_ = (until); \
	bool met_ = (condition); \
	while (!met_ && !deadline_passed(until_)) { \
		arch_pause(); \
		met_ = (condition); \
	} \
	met_ || (condition); \
})

/* ---- Traps. ---- */
#define ARCH_TRAP_REGISTERS	20

struct arch_trap {
	const char *name;			/* "page fault (#PF)" */
	unsigned vector;
	uint64_t error_code, pc, sp, address;	/* address: what a page fault was about */
	unsigned register_count;
	struct { const char *name; uint64_t value; } registers[ARCH_TRAP_REGISTERS];
	unsigned stack_count;
	uint64_t stack[16];			/* words from sp upwards, as far as readable */
};

/*
 * Call body(argument). True if it returned; false if a trap ended it, or arch_abandon() did, and
 * *trap says which (name NULL after arch_abandon). Guarded calls nest.
 */
bool arch_guarded(void (*body)(void *argument), void *argument, struct arch_trap *trap) MUST_CHECK;

/* End the innermost guarded call from anywhere below it. */
__attribute__((noreturn)) void arch_abandon(void);

/* ---- Interrupts by MSI. ---- */
struct arch_msi {
	unsigned vector;
	uint64_t address;			/* what the device writes to ... */
	uint32_t data;				/* ... and what it writes */
};

/* A line of its own for the caller; counted from 0. EXHAUSTED, UNSUPPORTED. */
enum status arch_msi_line(struct arch_msi *msi) MUST_CHECK;
/* How many interrupts the line has received since it was handed out. */
uint32_t arch_msi_count(const struct arch_msi *msi);

/* ---- Identity of the processor, for the report: a C string that lives as long as the program. ---- */
const char *arch_name(void);			/* "x86_64" */
const char *arch_cpu(void);			/* brand string */
unsigned arch_physical_address_bits(void);
/* Does it say that it runs under a hypervisor or in an emulator? Then units may be what hardware never is. */
bool arch_is_guest(void);

#endif
