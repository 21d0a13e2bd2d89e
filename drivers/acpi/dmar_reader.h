/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the three files of the DMAR parser share. Private to drivers/acpi/. */
#ifndef DRIVERS_ACPI_DMAR_READER_H
#define DRIVERS_ACPI_DMAR_READER_H

#include "drivers/acpi/dmar.h"
#include "drivers/acpi/acpi_reader.h"

struct dmar_reader {
	struct acpi_reader table;
	struct dmar *dmar;
};

/* dmar_scope.c: the scope entries from `at` up to `end`, which belong to a structure of `type`. */
struct dmar_scopes dmar_read_scopes(struct dmar_reader *reader, enum dmar_type type,
				    bool include_pci_all, uint32_t at, uint32_t end);

/* dmar_rules.c: the rules that need the whole table. */
void dmar_check_rules(struct dmar_reader *reader);

/* 8.1, footnote: reserved fields are zero. */
void dmar_check_zero(struct dmar_reader *reader, uint32_t at, uint32_t count);
void dmar_check_zero_bits(struct dmar_reader *reader, uint32_t at, uint8_t reserved);

#endif
