/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * MCFG: where the configuration space of PCI segments is mapped. PCI Firmware Specification 3.3,
 * 4.1.2; the layout of a window is PCIe 5.0, 7.2.2.
 *
 * Glossary: an allocation maps buses start_bus to end_bus of one segment. `base` belongs to bus 0 even
 * where start_bus is above 0: a function's page is base + (bus << 20 | device << 15 | function << 12).
 */
#ifndef DRIVERS_ACPI_MCFG_H
#define DRIVERS_ACPI_MCFG_H

#include "base/status.h"
#include "drivers/acpi/acpi_findings.h"

#define MCFG_ALLOCATIONS_MAX	64u

struct mcfg_allocation {
	pa_t base;
	uint16_t segment;
	uint8_t start_bus, end_bus;		/* both inclusive */
};

struct mcfg {
	struct mcfg_allocation allocations[MCFG_ALLOCATIONS_MAX];
	unsigned count;
};

/*
 * Read the `length` bytes of an MCFG. Allocations that cannot be used (no base, misaligned, buses
 * in the wrong order) are findings and are left out. MALFORMED: something was left out or not
 * understood; EXHAUSTED: there are more than MCFG_ALLOCATIONS_MAX. What stands in `mcfg` is usable
 * either way.
 */
enum status mcfg_parse(const uint8_t *table, size_t length, struct mcfg *mcfg,
		       struct acpi_findings *findings) MUST_CHECK;

#endif
