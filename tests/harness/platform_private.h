/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The steps of platform_open() that stand in a file of their own. */
#ifndef TESTS_HARNESS_PLATFORM_PRIVATE_H
#define TESTS_HARNESS_PLATFORM_PRIVATE_H

#include "tests/harness/platform.h"

/* Facts about the machine and a unit (platform_tables.c). */
void platform_tell_machine(struct platform *platform);
void platform_tell_unit(struct platform *platform, const struct iommu *iommu);
/* ACPI: what is found in the tables, and what is wrong with them (platform_tables.c). */
void platform_read_tables(struct platform *platform);
/* From the finding number `first` on: those before it have been told. */
void platform_tell_findings(struct platform *platform, const struct acpi_findings *findings, unsigned first);

/* Units that are PCI functions of their own (platform_prototypes.c). */
void platform_find_prototypes(struct platform *platform);

/* From the PCI topology to groups (platform_groups.c). */
/* Does a vendor's firmware say that the requests of the function carry another id? (platform.c) */
bool platform_alias_of(const struct platform *platform, const struct pci_function *function, uint16_t *alias);
void platform_make_groups(struct platform *platform);
unsigned platform_group_of(struct platform *platform, const struct pci_function *function);
void platform_aliases_of(struct platform *platform, const struct pci_function *function,
			 struct group_aliases *aliases);

/* Tables for reserved ranges, one per unit and regime (platform_reserved.c). */
void platform_make_reserved(struct platform *platform);

/* The hand-over's memory, parted into the pools. */
void platform_open_memory(struct platform *platform);

#endif
