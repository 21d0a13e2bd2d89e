/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of the machine: memory, tables. */
#ifndef MODEL_MACHINE_PRIVATE_H
#define MODEL_MACHINE_PRIVATE_H

#include "model/function.h"
#include "model/machine.h"

#define MACHINE_EXERCISERS	4u
#define MACHINE_FUNCTIONS	9u
#define MACHINE_BUSES		4u
#define MACHINE_UNITS		2u

#define MACHINE_ECAM		UINT64_C(0xb0000000)
#define MACHINE_BARS		UINT64_C(0xc0000000)	/* where BARs may lie */
#define MACHINE_BARS_BYTES	0x100000u
#define MACHINE_UNIT		UINT64_C(0xfed90000)	/* registers of the first; one page apart */
#define MACHINE_UNIT_BYTES	0x1000u

/*
 * What firmware can be wrong about: the catalogue of firmware_defects.def, like that of the units
 * (model/vtd_defects.def). Each has one guarded place.
 */
enum firmware_defect {
	FIRMWARE_OBEYS,
#define X(NAME, name, sentence, clause, source) FIRMWARE_##NAME,
#include "model/firmware_defects.def"
#undef X
	FIRMWARE_DEFECTS
};

/* ---- Memory ---- */

struct memory_range {
	struct machine_ram ram;
	uint8_t *behind;		/* what is behind the caches, or behind the write buffers */
	uint8_t *seen;			/* of each page: the unit has looked at it past the buffers */
	uint32_t *pages;		/* which those are */
	size_t page_count;
};

struct memory {
	struct silicon_memory interface;
	struct memory_range ranges[MACHINE_RAM_RANGES];
	unsigned range_count;
	bool buffered;			/* write buffers, not caches */
	const struct machine_host *host;
};

bool memory_open(struct memory *memory, const struct machine_host *host, bool buffered);
void memory_close(struct memory *memory);
void memory_flushed(struct memory *memory, uint64_t address, size_t bytes);
/* As firmware leaves its tables: everywhere. */
bool memory_place(struct memory *memory, uint64_t address, const void *from, size_t bytes);

/* ---- Tables ---- */

/* What DMAR has to tell. */
struct firmware {
	unsigned host_address_bits;
	unsigned unit_count;		/* 2: the first has what is below 02.0 */
	enum firmware_defect defect;
};

/* RSDP, XSDT, MADT, MCFG, DMAR at the start of memory; the RSDP's address, 0: no room. */
uint64_t tables_write(struct memory *memory, const struct firmware *firmware);

#endif
