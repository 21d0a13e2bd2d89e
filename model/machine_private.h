/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of the machine: memory, tables. */
#ifndef MODEL_MACHINE_PRIVATE_H
#define MODEL_MACHINE_PRIVATE_H

#include "model/function.h"
#include "model/machine.h"

#define MACHINE_EXERCISERS	4u
#define MACHINE_FUNCTIONS	10u
#define MACHINE_BUSES		4u
#define MACHINE_UNITS		2u

#define MACHINE_ECAM		UINT64_C(0xb0000000)
#define MACHINE_BARS		UINT64_C(0xc0000000)	/* where BARs may lie */
#define MACHINE_BARS_BYTES	0x100000u
#define MACHINE_UNIT		UINT64_C(0xfed90000)	/* registers of the first; the next stands behind */
#define MACHINE_UNIT_BYTES	0x1000u			/* of each, where DMAR tells of them */
#define MACHINE_UNIT_FUNCTION	0x0002u			/* 00.2, where the unit is a PCI function */

/*
 * What firmware can be wrong about: the catalogue of firmware_defects.def, like that of the units
 * (model/vtd_defects.def). Each has one guarded place.
 */
enum firmware_defect {
	FIRMWARE_OBEYS,
#define X(NAME, name, sentence, clause, source) FIRMWARE_##NAME,
#include "model/firmware_defects.def"
#undef X
	FIRMWARE_DEFECTS,
	FIRMWARE_OF_ALL_TABLES = FIRMWARE_CHECKSUM_WRONG,	/* the last that is not of DMAR */
};

/* ---- Configurations ---- */

struct vtd_config;
struct amdvi_config;

/* Units of VT-d, in the order of DMAR; or one of AMD-Vi, and the blocks that IVRS has for it. */
struct machine_config {
	const char *name;
	const struct vtd_config *vtd[MACHINE_UNITS];
	const struct amdvi_config *amdvi;
	unsigned blocks;
	bool is_guest;
};

/* Numbers of catalogues: at most one of them is not 0. */
struct machine_defect {
	unsigned of_units;
	enum firmware_defect of_firmware;
};

const struct machine_config *machine_config_by_name(const char *name);
/* False: there is no such defect, or this machine cannot have it. `name` NULL: none. */
bool machine_defect_by_name(const struct machine_config *config, const char *name, struct machine_defect *defect);

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

/* Kinds of software that firmware describes an AMD-Vi unit for, beside those that know blocks of type 10h alone */
#define FIRMWARE_BLOCK_11H	1u
#define FIRMWARE_BLOCK_40H	2u

/* What DMAR or IVRS has to tell. */
struct firmware {
	unsigned host_address_bits;
	unsigned unit_count;		/* 2: the first has what is below 02.0 */
	const struct silicon *amdvi;	/* the unit of a machine with IVRS; NULL: it has DMAR */
	const struct amdvi_config *amdvi_config;
	unsigned blocks;
	enum firmware_defect defect;
};

#define TABLE_MAX	512u

struct table {
	uint8_t bytes[TABLE_MAX];
	unsigned length;
};

void table_begin(struct table *table, const char *signature, unsigned revision);
void table_append(struct table *table, uint64_t value, unsigned bytes);
void table_patch(struct table *table, unsigned at, uint64_t value, unsigned bytes);
void table_text(struct table *table, const char *characters);
void table_fill_ivrs(struct table *table, const struct firmware *firmware, uint64_t reserved);

/* RSDP, XSDT, MADT, MCFG, DMAR or IVRS at the start of memory; the RSDP's address, 0: no room. */
uint64_t tables_write(struct memory *memory, const struct firmware *firmware);

#endif
