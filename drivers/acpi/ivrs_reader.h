/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the three files of the IVRS parser share. Private to drivers/acpi/. */
#ifndef DRIVERS_ACPI_IVRS_READER_H
#define DRIVERS_ACPI_IVRS_READER_H

#include "drivers/acpi/acpi_reader.h"
#include "drivers/acpi/ivrs.h"

struct ivrs_reader {
	struct acpi_reader table;
	struct ivrs *ivrs;
};

/* ivrs_entry.c: the device entries from `at` up to `end`, which belong to `ivhd`. */
void ivrs_read_entries(struct ivrs_reader *reader, struct ivrs_ivhd *ivhd, uint32_t at, uint32_t end);

/* ivrs_rules.c: the rules that need the whole table. */
void ivrs_check_rules(struct ivrs_reader *reader);

/* Tables 86, 104 to 113: fields that are zero. */
void ivrs_check_zero(struct ivrs_reader *reader, uint32_t at, uint32_t count);

static inline bool ivrs_is_ivhd(uint8_t type)
{
	return type == IVRS_IVHD_10H || type == IVRS_IVHD_11H || type == IVRS_IVHD_40H;
}

#endif
