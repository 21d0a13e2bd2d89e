/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What is wrong, or worth telling, in the tables that firmware hands over.
 *
 * Glossary: a finding is one deviation at one place of one table. Its kind comes from the catalogue
 * below; its rule is a rule id of this project (VTD-ACPI-..) or the section that the table breaks
 * ("ACPI": revision 6.5; "VT-d": revision 5.10; "48882": AMD-Vi, revision 3.11). Its weight says what
 * follows from it:
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
	X(SCOPE_NO_IOAPIC, DEFECT, "VTD-ACPI-05", "an I/O APIC of the MADT is in no unit's scope") \
	\
	X(IVRS_REVISION, DEFECT, "48882 5.2.1", "the revision is neither 1 nor 2") \
	X(IVRS_RESERVED, DEFECT, "48882 5.2", "a field that has to be zero is not") \
	X(IVRS_PA_SIZE, DEFECT, "48882 3.2", "no unit has physical addresses of this width") \
	X(IVRS_VA_SIZE, DEFECT, "48882 3.2", "no unit has virtual addresses of this width") \
	X(IVRS_GVA_SIZE, DEFECT, "48882 3.2", "the size of guest virtual addresses is reserved") \
	X(IVRS_BLOCK_ZERO, BROKEN, "48882 5.2.2", "a block has the length 0") \
	X(IVRS_BLOCK_SHORT, BROKEN, "48882 5.2.2", "a block is shorter than its own header") \
	X(IVRS_BLOCK_OVERRUNS, BROKEN, "48882 5.2.2", "a block runs over the end of the table") \
	X(IVRS_BLOCK_FIXED, BROKEN, "48882 5.2.2", "a block is shorter than its type asks for") \
	X(IVRS_BLOCK_UNKNOWN, NOTE, "48882 5.2.2", "a block of unknown type is skipped by its length") \
	X(IVRS_TRAILING, BROKEN, "48882 5.2.2", "bytes after the last whole block") \
	X(IVRS_LIMIT, LIMIT, "48882 5.2.2", "there are more blocks of one kind than are kept") \
	X(IVRS_TYPE_EFR, DEFECT, "48882 5.2.2.1", "a block of this type needs IVinfo.EFRSup") \
	X(IVRS_TYPE_REVISION, DEFECT, "48882 5.2.1", \
	  "the revision of the table does not know blocks of this type") \
	X(IVHD_NONE, DEFECT, "48882 5.2.2.1", "the table describes no unit") \
	X(IVHD_EMPTY, DEFECT, "48882 5.2.2.1", "a unit has no device entry") \
	X(IVHD_CAPABILITY, DEFECT, "48882 5.2.2.1", "no capability can stand at this offset") \
	X(IVHD_BASE_ZERO, DEFECT, "48882 5.2.2.1", "the register base is zero") \
	X(IVHD_BASE_ALIGNMENT, DEFECT, "48882 3.2", \
	  "the register base is not aligned to the size of the register area") \
	X(IVHD_BASE_BEYOND, DEFECT, "48882 5.2.2.1", \
	  "the register area lies beyond the physical address width") \
	X(IVHD_BASE_REPEATED, DEFECT, "48882 5.2.2.1", "two units have the same register base") \
	X(IVHD_REPEATED, DEFECT, "48882 5.2.2.1", "two blocks of one type describe the same unit") \
	X(IVHD_DISAGREES, DEFECT, "48882 5.2.2.1", \
	  "two blocks of one unit differ in its register base or its features") \
	X(IVHD_FEATURES, DEFECT, "48882 5.2.2.1", \
	  "a feature field is not zero, and the unit lacks what it belongs to") \
	X(IVHD_HAT_DIS, NOTE, "48882 5.2.2.1", "HATDis: the unit has no host translation") \
	X(IVHD_OVERLAP, DEFECT, "48882 5.2.2.1", "a device is in two entries of its unit") \
	X(IVHD_SHARED, DEFECT, "48882 5.2.2.1", "a device is in the entries of two units") \
	X(IVHD_ALIAS, DEFECT, "48882 5.2.2.1", "a device that others alias is in no entry") \
	X(IVHD_ENTRY_OVERRUNS, BROKEN, "48882 5.2.2.1", "a device entry runs over the end of its block") \
	X(IVHD_ENTRY_UNKNOWN, NOTE, "48882 5.2.2.1", \
	  "a device entry of unknown type is skipped by its length") \
	X(IVHD_ENTRY_VARIABLE, BROKEN, "48882 5.2.2.1", \
	  "a device entry of unknown type has an unknown length") \
	X(IVHD_ENTRY_ORDER, DEFECT, "48882 5.2.2.1", \
	  "a device entry of fixed length follows one of variable length") \
	X(IVHD_ENTRY_MISPLACED, DEFECT, "48882 5.2.2.1", \
	  "a block of this type does not take ACPI devices") \
	X(IVHD_ENTRY_LIMIT, LIMIT, "48882 5.2.2.1", "there are more device entries than are kept") \
	X(IVHD_RANGE_OPEN, BROKEN, "48882 5.2.2.1", "the end of a range does not follow its start") \
	X(IVHD_RANGE_STRAY, BROKEN, "48882 5.2.2.1", "the end of a range has no start") \
	X(IVHD_RANGE_ORDER, BROKEN, "48882 5.2.2.1", "a range ends before its start") \
	X(IVHD_VARIETY, DEFECT, "48882 5.2.2.1", "the variety of a special device is reserved") \
	X(IVHD_SPECIAL_REPEATED, DEFECT, "48882 5.2.2.1", "a special device has two entries") \
	X(IVHD_HID, DEFECT, "48882 5.2.2.1", "an ACPI id is neither a number nor 7 or 8 characters") \
	X(IVHD_UID, DEFECT, "48882 5.2.2.1", "a unique id has no such format and length") \
	X(IVHD_UID_LIMIT, LIMIT, "48882 5.2.2.1", "a unique id is longer than is kept") \
	X(IVHD_UID_REMAP, DEFECT, "48882 5.2.1", \
	  "with DMA remapping before boot, a unique id has to be a string") \
	X(IVHD_NO_IOAPIC, DEFECT, "48882 5.2.2.1", "an I/O APIC of the MADT is in no device entry") \
	X(IVHD_NO_FUNCTION, DEFECT, "48882 5.2.2.1", "there is no PCI function at the unit's DeviceID") \
	X(IVHD_NO_CAPABILITY, DEFECT, "48882 3.2", \
	  "no capability of an IOMMU stands where the block says") \
	X(IVHD_NOT_ENABLED, DEFECT, "48882 3.2", "the unit's registers are not enabled") \
	X(IVHD_BASE_DIFFERS, DEFECT, "48882 3.2", "the register base is not that of the capability") \
	X(IVHD_EFR_SUP, DEFECT, "48882 3.2", "IVinfo.EFRSup is not that of the capability") \
	X(IVHD_EFR_IMAGE, DEFECT, "48882 5.2.2.1", \
	  "the image of a feature register is not what the register holds") \
	X(IVMD_LENGTH, DEFECT, "48882 5.2.2.2", "the block is longer than 32 bytes") \
	X(IVMD_ORPHAN, DEFECT, "48882 5.2.2.2", "no unit stands before the memory that belongs to it") \
	X(IVMD_ORDER, DEFECT, "48882 5.2.2.2", "a range of devices ends before its start") \
	X(IVMD_EMPTY, DEFECT, "48882 5.2.2.2", "the memory has no bytes") \
	X(IVMD_BEYOND, DEFECT, "48882 5.2.2.2", "the memory lies beyond the physical address width") \
	X(IVMD_UNITY, DEFECT, "48882 5.2.2.2", "memory that is not to be mapped is to be mapped one to one")

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
