/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * FADT (signature "FACP"): the few fixed registers that the run uses: the power management timer, a
 * clock of known rate, and the reset register. ACPI 6.5, 5.2.9.
 */
#ifndef DRIVERS_ACPI_FADT_H
#define DRIVERS_ACPI_FADT_H

#include "base/status.h"
#include "drivers/acpi/acpi.h"

#define FADT_TIMER_HZ		3579545u	/* 4.8.3.3 */

/* Fixed feature flags, table 5.10. */
#define FADT_TMR_VAL_EXT	BIT(8)		/* the timer has 32 bits, otherwise 24 */
#define FADT_RESET_REG_SUP	BIT(10)
#define FADT_HW_REDUCED_ACPI	BIT(20)		/* there are no fixed registers */

struct fadt {
	uint8_t revision, minor_revision;
	uint8_t profile;			/* Preferred_PM_Profile: 1 desktop, 4 enterprise server, ... */
	uint32_t flags;
	uint16_t x86_boot_flags, arm_boot_flags;
	bool hardware_reduced;
	struct acpi_address timer;		/* address 0: there is none */
	uint8_t timer_bits;			/* 24 or 32 */
	bool reset_supported;			/* and `reset` can be written as it stands */
	struct acpi_address reset;
	uint8_t reset_value;
	pa_t dsdt;
};

/* Read the `length` bytes of a FADT of any revision. MALFORMED: `fadt` is all zeros. */
enum status fadt_parse(const uint8_t *table, size_t length, struct fadt *fadt,
		       struct acpi_findings *findings) MUST_CHECK;

#endif
