/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Finding the ACPI tables: from the RSDP over the XSDT (or the RSDT) to every table it names, each
 * with its length and checksum verified. ACPI 6.5, 5.2.5 to 5.2.8.
 *
 * Glossary: the RSDP is the structure that firmware points to; the root table, XSDT or RSDT, is the
 * list of all others; a table is a header of 36 bytes and a body whose form the four-character
 * signature names. The parsers of bodies stand in a file each: dmar.h, mcfg.h, madt.h, spcr.h,
 * fadt.h, hpet.h. A parser is a pure function of the bytes; it does not look at the checksum, which
 * stands in struct acpi_table.
 *
 * Nothing in a table is trusted. What is wrong becomes a finding (acpi_findings.h), never a trap:
 * memory is only read where struct acpi_memory says that it can be.
 */
#ifndef DRIVERS_ACPI_ACPI_H
#define DRIVERS_ACPI_ACPI_H

#include "base/handover.h"
#include "base/status.h"
#include "base/types.h"
#include "drivers/acpi/acpi_findings.h"

#define ACPI_TABLES_MAX		128u
#define ACPI_TABLE_BYTES_MAX	(16u << 20)	/* longer tables are not read; SSDTs stay below 1 MiB */
#define ACPI_RSDP_BYTES_MAX	4096u

#define ACPI_HEADER_BYTES	36u		/* 5.2.6 */
#define ACPI_HEADER_LENGTH	4u
#define ACPI_HEADER_REVISION	8u

/* How tables are reached: a pointer to `bytes` bytes at `address`, NULL where there are none. */
struct acpi_memory {
	void *context;
	const void *(*map)(void *context, pa_t address, size_t bytes);
};

/* A register's place, ACPI 5.2.3.2. */
#define ACPI_SPACE_MEMORY	0u
#define ACPI_SPACE_IO		1u
#define ACPI_SPACE_PCI		2u
struct acpi_address {
	uint8_t space;
	uint8_t bit_width, bit_offset;
	uint8_t access_size;			/* 0: not said; n: 2^(n-1) bytes */
	uint64_t address;
};

/* A table and what identifies it in a report. Text is terminated and printable. */
struct acpi_table {
	pa_t address;
	const uint8_t *bytes;			/* `length` bytes, the header first */
	uint32_t length;
	char signature[5];
	char oem_id[7];
	char oem_table_id[9];
	char creator_id[5];
	uint8_t revision;
	uint8_t checksum;			/* the byte in the header */
	uint8_t sum;				/* of all bytes; 0 when the checksum is right */
	uint32_t oem_revision;
	uint32_t creator_revision;
};

struct acpi {
	pa_t rsdp;
	uint8_t revision;			/* of the RSDP: 0 is ACPI 1.0, 2 everything later */
	char oem_id[7];
	struct acpi_table root;			/* the XSDT or the RSDT */
	struct acpi_table tables[ACPI_TABLES_MAX];	/* in the order of the root table */
	unsigned table_count;
	struct acpi_findings findings;
};

/*
 * Fill `acpi` from the RSDP at `rsdp`. A table whose checksum or signature is wrong is kept; one that
 * cannot be read is not. OK: the root table was read. NOT_FOUND: `rsdp` is 0. MALFORMED: there is no
 * usable root table. EXHAUSTED: there are more tables than ACPI_TABLES_MAX, the first are kept.
 */
enum status acpi_discover(struct acpi *acpi, const struct acpi_memory *memory, pa_t rsdp) MUST_CHECK;

/* The `instance`-th (from 0) table with `signature`, NULL when there is none. */
const struct acpi_table *acpi_find(const struct acpi *acpi, const char *signature, unsigned instance);

/*
 * Identity-mapped memory, readable where the memory map of `handover` has RAM that is not reserved:
 * firmware keeps tables in ACPI memory or, at worst, in RAM of another kind (UEFI 2.10, 2.3.4.2). An
 * address in a hole, in a device or in reserved space is refused, and becomes a finding.
 */
struct acpi_memory acpi_memory_of(const struct handover *handover);

#endif
