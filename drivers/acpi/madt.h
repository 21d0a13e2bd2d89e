/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * MADT (signature "APIC"): processors' interrupt controllers, I/O APICs and how legacy interrupts
 * reach them. ACPI 6.5, 5.2.12.
 *
 * Glossary: a GSI is a global system interrupt number; an override says that an ISA interrupt
 * arrives at another GSI, or with another polarity or trigger, than its number says.
 * Structures that iovet has no use for (NMI, SAPIC, GIC, ...) are counted and skipped.
 */
#ifndef DRIVERS_ACPI_MADT_H
#define DRIVERS_ACPI_MADT_H

#include "base/status.h"
#include "drivers/acpi/acpi_findings.h"

#define MADT_LOCAL_APICS_MAX	1024u
#define MADT_IOAPICS_MAX	64u
#define MADT_OVERRIDES_MAX	64u

#define MADT_PCAT_COMPAT	BIT(0)		/* flags of the table: there are two 8259s as well */
#define MADT_LOCAL_ENABLED	BIT(0)		/* flags of a local APIC, 5.2.12.2 */
#define MADT_LOCAL_ONLINE_CAPABLE BIT(1)

struct madt_local_apic {
	uint32_t id;
	uint32_t processor_uid;
	uint32_t flags;
	bool x2apic;				/* listed as Processor Local x2APIC, 5.2.12.12 */
};

struct madt_ioapic {
	uint8_t id;
	pa_t address;
	uint32_t gsi_base;
};

struct madt_override {
	uint8_t bus, source;			/* bus 0 is ISA */
	uint32_t gsi;
	uint16_t flags;				/* 1:0 polarity, 3:2 trigger, 5.2.12.5 */
};

struct madt {
	pa_t local_apic_address;		/* with the 64-bit override, where there is one */
	uint32_t flags;
	struct madt_local_apic local_apics[MADT_LOCAL_APICS_MAX];
	struct madt_ioapic ioapics[MADT_IOAPICS_MAX];
	struct madt_override overrides[MADT_OVERRIDES_MAX];
	unsigned local_apic_count, ioapic_count, override_count;
	unsigned skipped;			/* structures of other types */
};

/*
 * Read the `length` bytes of a MADT. MALFORMED: a structure could not be understood; those before it
 * stand in `madt`. EXHAUSTED: there are more of a type than are kept.
 */
enum status madt_parse(const uint8_t *table, size_t length, struct madt *madt,
		       struct acpi_findings *findings) MUST_CHECK;

#endif
