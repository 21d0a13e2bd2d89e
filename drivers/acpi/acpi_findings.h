/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What is wrong, or worth telling, in the tables that firmware hands over.
 *
 * Glossary: a finding is one deviation at one place of one table. Its kind comes from the catalogue
 * below; its rule is a rule id of this project (VTD-ACPI-..) or the section that the table breaks
 * ("ACPI": revision 6.5; "VT-d": revision 5.10). Its weight says what follows from it:
 *
 *	BROKEN	the bytes do not follow their format, and some of them were not understood
 *	DEFECT	the bytes are understood, and break a rule
 *	NOTE	lawful, and worth a line in the report
 *	LIMIT	a limit of this program; the table may be right
 *
 * Parsers answer MALFORMED after a BROKEN finding, EXHAUSTED after a LIMIT, OK after the other two.
 *
 * Reserved fields are only held against the firmware where the specification says that they are zero.
 */
#ifndef DRIVERS_ACPI_ACPI_FINDINGS_H
#define DRIVERS_ACPI_ACPI_FINDINGS_H

#include "base/types.h"

#define ACPI_FINDINGS_MAX	64u		/* findings kept per list; the others are counted */

/* X(kind, weight, rule, sentence) */
#define ACPI_FINDING_LIST(X) \
	X(RSDP_UNREADABLE, BROKEN, "ACPI 5.2.5", "the RSDP lies outside readable memory") \
	X(RSDP_SIGNATURE, BROKEN, "ACPI 5.2.5.3", "the RSDP does not begin with its signature") \
	X(RSDP_CHECKSUM, DEFECT, "ACPI 5.2.5.3", "the first 20 bytes of the RSDP do not sum to zero") \
	X(RSDP_LENGTH, BROKEN, "ACPI 5.2.5.3", "the length of the RSDP cannot be right") \
	X(RSDP_EXTENDED_CHECKSUM, DEFECT, "ACPI 5.2.5.3", \
	  "the bytes of the whole RSDP do not sum to zero") \
	X(RSDP_NO_ROOT, BROKEN, "ACPI 5.2.5.3", "the RSDP names no root table") \
	X(ROOT_FALLBACK, NOTE, "ACPI 5.2.8", "the XSDT is unusable, the RSDT is read instead") \
	X(ROOT_SIGNATURE, BROKEN, "ACPI 5.2.7, 5.2.8", \
	  "the root table does not carry the signature of its kind") \
	X(ROOT_TRAILING, BROKEN, "ACPI 5.2.7, 5.2.8", \
	  "bytes after the last whole entry of the root table") \
	X(ROOT_ENTRY_ZERO, DEFECT, "ACPI 5.2.7, 5.2.8", "an entry of the root table is zero") \
	X(ROOT_ENTRY_REPEATED, NOTE, "ACPI 5.2.7, 5.2.8", \
	  "two entries of the root table name the same address") \
	X(TABLES_LIMIT, LIMIT, "ACPI 5.2.8", "there are more tables than are kept") \
	X(TABLE_UNREADABLE, BROKEN, "ACPI 5.2.6", \
	  "the header of a table lies outside readable memory") \
	X(TABLE_BODY_UNREADABLE, BROKEN, "ACPI 5.2.6", "a table runs out of readable memory") \
	X(TABLE_LENGTH, BROKEN, "ACPI 5.2.6", "a table's length is below that of its header") \
	X(TABLE_LENGTH_LIMIT, LIMIT, "ACPI 5.2.6", "a table is longer than is read") \
	X(TABLE_SIGNATURE, DEFECT, "ACPI 5.2.6", \
	  "a table's signature has a character that is not printable") \
	X(TABLE_CHECKSUM, DEFECT, "ACPI 5.2.6", "the bytes of a table do not sum to zero") \
	X(TABLE_CUT, BROKEN, "ACPI 5.2.6", "the table has fewer bytes than its header says") \
	X(TABLE_OTHER, BROKEN, "ACPI 5.2.6", "the table does not carry the expected signature") \
	X(TABLE_SHORT, BROKEN, "ACPI 5.2.6", "the table ends before its fixed fields do") \
	\
	X(MCFG_EMPTY, DEFECT, "PCI Firmware 4.1.2", "the table describes no segment") \
	X(MCFG_TRAILING, BROKEN, "PCI Firmware 4.1.2", "bytes after the last whole allocation") \
	X(MCFG_BUSES, BROKEN, "PCI Firmware 4.1.2", "the first bus is above the last one") \
	X(MCFG_BASE_ZERO, BROKEN, "PCI Firmware 4.1.2", "the base address is zero") \
	X(MCFG_BASE_ALIGNMENT, BROKEN, "PCIe 7.2.2", "the base address is not a multiple of 1 MiB") \
	X(MCFG_WRAPS, BROKEN, "PCIe 7.2.2", "the last bus lies beyond 64 bits of address") \
	X(MCFG_OVERLAP, DEFECT, "PCI Firmware 4.1.2", "two allocations describe the same bus") \
	X(MCFG_LIMIT, LIMIT, "PCI Firmware 4.1.2", "there are more allocations than are kept") \
	\
	X(MADT_ENTRY_ZERO, BROKEN, "ACPI 5.2.12", "a structure has the length 0") \
	X(MADT_ENTRY_SHORT, BROKEN, "ACPI 5.2.12", "a structure is shorter than its type asks for") \
	X(MADT_ENTRY_OVERRUNS, BROKEN, "ACPI 5.2.12", "a structure runs over the end of the table") \
	X(MADT_TRAILING, BROKEN, "ACPI 5.2.12", "a byte after the last whole structure") \
	X(MADT_ADDRESS_TWICE, DEFECT, "ACPI 5.2.12.8", "two local APIC address overrides") \
	X(MADT_IOAPIC_ID, DEFECT, "ACPI 5.2.12.3", "two I/O APICs have the same id") \
	X(MADT_LIMIT, LIMIT, "ACPI 5.2.12", "there are more structures of one type than are kept") \
	\
	X(SPCR_SPACE, DEFECT, "SPCR", "the port is neither in memory nor in I/O space") \
	X(SPCR_ACCESS, DEFECT, "ACPI 5.2.3.2", "the access size of the port has no meaning") \
	X(SPCR_BAUD, DEFECT, "SPCR", "the configured baud rate has no meaning") \
	\
	X(FADT_LENGTH, DEFECT, "ACPI 5.2.9", "the table is shorter than its revision asks for") \
	X(FADT_TIMER_LENGTH, DEFECT, "ACPI 5.2.9", "the power management timer is not 4 bytes long") \
	X(FADT_TIMER_CONFLICT, DEFECT, "ACPI 5.2.9", \
	  "the two addresses of the power management timer differ") \
	X(FADT_RESET, DEFECT, "ACPI 4.8.3.6", "the reset register is not one byte at bit 0") \
	\
	X(HPET_SPACE, DEFECT, "HPET 3.2.4", "the timer block is not in memory") \
	X(HPET_BASE, DEFECT, "HPET 3.2.4", "the timer block has no base address") \
	\
	X(DMAR_HAW, DEFECT, "VT-d 8.1", "the host address width is not within 32 to 52 bits") \
	X(DMAR_RESERVED, DEFECT, "VT-d 8.1", "a reserved field is not zero") \
	X(DMAR_OPT_OUT, NOTE, "VT-d 8.1", "X2APIC_OPT_OUT is set without INTR_REMAP") \
	X(DMAR_ORDER, DEFECT, "VTD-ACPI-01", "the structures are not in ascending order of type") \
	X(DMAR_UNKNOWN, NOTE, "VTD-ACPI-01", "a structure of unknown type is skipped by its length") \
	X(DMAR_ENTRY_ZERO, BROKEN, "VT-d 8.2", "a structure has the length 0") \
	X(DMAR_ENTRY_SHORT, BROKEN, "VT-d 8.2", "a structure is shorter than its own header") \
	X(DMAR_ENTRY_OVERRUNS, BROKEN, "VT-d 8.2", "a structure runs over the end of the table") \
	X(DMAR_ENTRY_FIXED, BROKEN, "VT-d 8.2", "a structure is shorter than its type asks for") \
	X(DMAR_TRAILING, BROKEN, "VT-d 8.2", "bytes after the last whole structure") \
	X(DMAR_LIMIT, LIMIT, "VT-d 8.2", "there are more structures of one type than are kept") \
	X(DRHD_NONE, DEFECT, "VTD-ACPI-02", "the table describes no remapping unit") \
	X(DRHD_ALL_NOT_LAST, DEFECT, "VTD-ACPI-02", \
	  "a unit follows the INCLUDE_PCI_ALL unit of its segment") \
	X(DRHD_ALL_SCOPE, DEFECT, "VTD-ACPI-02", \
	  "a unit with INCLUDE_PCI_ALL lists a PCI device or sub-hierarchy") \
	X(DRHD_SEGMENT, DEFECT, "VTD-ACPI-02", "a PCI segment of the MCFG has no remapping unit") \
	X(DRHD_ALIGNMENT, DEFECT, "VTD-ACPI-03", \
	  "the register base is not aligned to the size of the register set") \
	X(DRHD_BASE_ZERO, DEFECT, "VT-d 8.3", "the register base is zero") \
	X(DRHD_BASE_BEYOND, DEFECT, "VT-d 8.3", \
	  "the register set lies beyond the host address width") \
	X(DRHD_REPEATED, DEFECT, "VT-d 8.3", "two units have the same register base") \
	X(RMRR_ALIGNMENT, DEFECT, "VTD-ACPI-04", "the base of a reserved region is not 4 KiB aligned") \
	X(RMRR_ORDER, DEFECT, "VTD-ACPI-04", "the limit of a reserved region is not above its base") \
	X(RMRR_SIZE, DEFECT, "VTD-ACPI-04", \
	  "the size of a reserved region is not a multiple of 4 KiB") \
	X(RMRR_BEYOND, DEFECT, "VT-d 8.4", "a reserved region lies beyond the host address width") \
	X(RMRR_NO_SCOPE, DEFECT, "VT-d 8.4", "a reserved region names no device") \
	X(RMRR_NOT_RESERVED, DEFECT, "VTD-ACPI-04", \
	  "a reserved region is free memory in the memory map") \
	X(ATSR_SCOPE, DEFECT, "VT-d 8.5", "ALL_PORTS is set and root ports are listed") \
	X(RHSA_LENGTH, DEFECT, "VT-d 8.6", "the structure is longer than 20 bytes") \
	X(RHSA_ORPHAN, DEFECT, "VT-d 8.6", "there is no remapping unit at this register base") \
	X(ANDD_NAME, DEFECT, "VT-d 8.7", "the object name is not terminated") \
	X(ANDD_NAME_LIMIT, LIMIT, "VT-d 8.7", "the object name is longer than is kept") \
	X(ANDD_NUMBER, DEFECT, "VT-d 8.7", "two devices have the same ACPI device number") \
	X(SCOPE_TRAILING, BROKEN, "VT-d 8.3.1", "bytes after the last whole device scope entry") \
	X(SCOPE_ZERO, BROKEN, "VT-d 8.3.1", "a device scope entry has the length 0") \
	X(SCOPE_SHORT, BROKEN, "VT-d 8.3.1", "a device scope entry is shorter than its header") \
	X(SCOPE_OVERRUNS, BROKEN, "VT-d 8.3.1", \
	  "a device scope entry runs over the end of its structure") \
	X(SCOPE_LIMIT, LIMIT, "VT-d 8.3.1", "there are more device scope entries than are kept") \
	X(SCOPE_UNKNOWN, NOTE, "VT-d 8.3.1", "a device scope entry has an unknown type") \
	X(SCOPE_MISPLACED, DEFECT, "VT-d 8.5, 8.8, 8.9", \
	  "the structure does not take device scope entries of this type") \
	X(SCOPE_PATH_EMPTY, DEFECT, "VT-d 8.3.1", "a device scope entry has no path") \
	X(SCOPE_PATH_ODD, BROKEN, "VT-d 8.3.1", "a path has an odd number of bytes") \
	X(SCOPE_PATH_LIMIT, LIMIT, "VT-d 8.3.1", "a path is deeper than is kept") \
	X(SCOPE_PATH_RANGE, DEFECT, "VT-d 8.3.1", \
	  "a path has a device above 31 or a function above 7") \
	X(SCOPE_PATH_SINGLE, DEFECT, "VT-d 8.3.1, 8.8, 8.9", \
	  "a path has more than one element where one is allowed") \
	X(SCOPE_NO_ANDD, DEFECT, "VT-d 8.7", "no structure declares this ACPI device number") \
	X(SCOPE_NO_IOAPIC, DEFECT, "VTD-ACPI-05", "an I/O APIC of the MADT is in no unit's scope")

enum acpi_finding_kind {
#define X(kind, weight, rule, sentence) ACPI_##kind,
	ACPI_FINDING_LIST(X)
#undef X
	ACPI_FINDING_KINDS
};

enum acpi_weight {
	ACPI_WEIGHT_BROKEN,
	ACPI_WEIGHT_DEFECT,
	ACPI_WEIGHT_NOTE,
	ACPI_WEIGHT_LIMIT,
};

struct acpi_finding {
	char signature[4];		/* of the table, not terminated; "RSDP" for the RSDP */
	uint32_t offset;		/* of the offending bytes, from the start of the table */
	enum acpi_finding_kind kind;
	enum acpi_weight weight;
	const char *rule;		/* "VTD-ACPI-01", "ACPI 5.2.6" */
	const char *text;		/* "VTD-ACPI-01: the structures are not in ascending ..." */
	uint64_t got, expected;		/* numbers that show it; both 0 where the text is enough */
};

struct acpi_findings {
	struct acpi_finding list[ACPI_FINDINGS_MAX];
	unsigned count;
	unsigned dropped;		/* findings that found no room */
};

/* Append one finding; `signature` has four characters. */
void acpi_finding_add(struct acpi_findings *findings, enum acpi_finding_kind kind,
		      const char *signature, uint32_t offset, uint64_t got, uint64_t expected);

/* The weight of a kind, its name in the catalogue ("DMAR_ORDER"), and the name of a weight. */
enum acpi_weight acpi_finding_weight(enum acpi_finding_kind kind);
const char *acpi_finding_name(enum acpi_finding_kind kind);
const char *acpi_weight_name(enum acpi_weight weight);

#endif
