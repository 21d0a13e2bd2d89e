/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * HPET: the high precision event timer, a clock that tells its own rate. IA-PC HPET Specification
 * 1.0a, 3.2.4. There is one table per timer block.
 */
#ifndef DRIVERS_ACPI_HPET_H
#define DRIVERS_ACPI_HPET_H

#include "base/status.h"
#include "drivers/acpi/acpi.h"

struct hpet {
	struct acpi_address block;		/* address 0: cannot be used */
	uint8_t number;				/* the enumeration id that a DMAR scope names it by */
	uint8_t hardware_revision;
	uint8_t comparator_count;
	bool counter_64bit;
	bool legacy_replacement;
	uint16_t vendor_id;
	uint16_t minimum_tick;
};

/* Read the `length` bytes of an HPET table. MALFORMED: `hpet` is all zeros. */
enum status hpet_parse(const uint8_t *table, size_t length, struct hpet *hpet,
		       struct acpi_findings *findings) MUST_CHECK;

#endif
