/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A machine around virtual silicon: PCI configuration space, exercisers, memory, and the firmware tables
 * that tell of them. A host program gives it memory and routes the CPU's accesses to it.
 *
 *	bus 0	00.0 host bridge   01.0 and 02.0 root ports (ACS) to buses 1 and 3
 *		10.0 and 10.1 exercisers, integrated, with PASIDs
 *		14.0 USB host (OHCI), of which firmware keeps the DMA going: there is a reserved region for it
 *	bus 1	00.0 bridge to conventional PCI, bus 2
 *	bus 2	01.0 exerciser: to the unit it is 02:00.0
 *	bus 3	00.0 exerciser: the same device and function number on another bus
 *
 * One unit stands before all of them; in the configuration `pair` it leaves what is below 02.0 to another. A unit of
 * AMD-Vi is a function itself: 00.2.
 *
 * Between the CPU and memory stands what the configuration of the unit makes observable:
 *	caches		a read that is not snooped sees a line only as machine_flushed() last left it
 *	write buffers	(CAP.RWBF) the same for pages, as the unit's last drain left them
 * Writes, of units and of exercisers, are snooped all: caches and memory both have them at once.
 */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include "model/exerciser.h"
#include "model/silicon.h"

#define MACHINE_RAM_RANGES	3u
#define MACHINE_TABLE_BYTES	0x4000u		/* firmware tables at the start of the first range ... */
#define MACHINE_RESERVED_BYTES	0x2000u		/* ... and behind them the reserved region of 14.0 */

/* Memory as the CPU sees it; `base` is its physical address, page-aligned. */
struct machine_ram {
	uint64_t base;
	size_t bytes;
	uint8_t *cpu;
};

struct machine_host {
	struct machine_ram ram[MACHINE_RAM_RANGES];
	unsigned ram_count;
	void *context;
	void (*interrupt)(void *context, uint64_t address, uint32_t data);
	/* The machine is about to touch these bytes of a range. May be NULL. */
	void (*accessed)(void *context, uint64_t address, size_t bytes);
};

/* Physical addresses that machine_read() and machine_write() answer for. */
struct machine_region {
	uint64_t base;
	size_t bytes;
};

struct machine;

/* Names of the configurations, NULL after the last. */
const char *machine_config_name(unsigned index);

/*
 * NULL: there is no such configuration, it cannot have the defect, or there is no memory for it. `defect` NULL: none.
 * Every unit of the machine has it.
 */
struct machine *machine_create(const char *config, const char *defect, const struct machine_host *host);
void machine_destroy(struct machine *machine);

/* Defects that a configuration can have, NULL after the last; and what one is. `config` NULL: any can. */
const char *machine_defect_name(const char *config, unsigned index);
const char *machine_defect_sentence(const char *config, unsigned index);

unsigned machine_region_count(const struct machine *machine);
struct machine_region machine_region(const struct machine *machine, unsigned index);
uint64_t machine_rsdp(const struct machine *machine);
/* Host address width: memory beyond is out of the units' reach. */
unsigned machine_address_bits(const struct machine *machine);
/* Its units are of the kind that only a hypervisor makes. */
bool machine_is_guest(const struct machine *machine);

/* One access of the CPU: width 1, 2, 4 or 8. What nothing answers reads as all ones. */
uint64_t machine_read(struct machine *machine, uint64_t address, unsigned width);
void machine_write(struct machine *machine, uint64_t address, unsigned width, uint64_t value);

/* Units and exercisers go on; false: there is nothing to do. */
bool machine_step(struct machine *machine);

/* The CPU has written the cache lines of these bytes back. */
void machine_flushed(struct machine *machine, uint64_t address, size_t bytes);

#endif
