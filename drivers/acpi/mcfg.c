/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The MCFG, PCI Firmware Specification 3.3, 4.1.2, table 4-2 and 4-3. */
#include <string.h>

#include "drivers/acpi/mcfg.h"
#include "drivers/acpi/acpi_reader.h"

#define MCFG_FIRST_ALLOCATION 44u
#define MCFG_ALLOCATION_BYTES 16u
#define MCFG_BUS_BYTES        (UINT64_C(1) << 20) /* PCIe 7.2.2: 32 devices, 8 functions, 4 KiB */

static bool usable(struct acpi_reader *reader, uint32_t at, const struct mcfg_allocation *a)
{
	uint64_t bytes = (a->end_bus + UINT64_C(1)) * MCFG_BUS_BYTES;

	if (a->start_bus > a->end_bus)
		acpi_reader_find(reader, ACPI_MCFG_BUSES, at + 10, a->start_bus, a->end_bus);
	else if (a->base.v == 0)
		acpi_reader_find(reader, ACPI_MCFG_BASE_ZERO, at, 0, 0);
	else if (a->base.v % MCFG_BUS_BYTES != 0)
		acpi_reader_find(reader, ACPI_MCFG_BASE_ALIGNMENT, at, a->base.v,
				 ALIGN_DOWN(a->base.v, MCFG_BUS_BYTES));
	else if (a->base.v > UINT64_MAX - (bytes - 1))
		acpi_reader_find(reader, ACPI_MCFG_WRAPS, at, a->base.v, UINT64_MAX - (bytes - 1));
	else
		return true;
	return false;
}

static void check_overlap(struct acpi_reader *reader, uint32_t at, const struct mcfg *mcfg,
			  const struct mcfg_allocation *a)
{
	for (unsigned i = 0; i < mcfg->count; i++) {
		const struct mcfg_allocation *b = &mcfg->allocations[i];

		if (a->segment == b->segment && a->start_bus <= b->end_bus &&
		    b->start_bus <= a->end_bus)
			acpi_reader_find(reader, ACPI_MCFG_OVERLAP, at + 10, a->start_bus,
					 b->end_bus);
	}
}

enum status mcfg_parse(const uint8_t *table, size_t length, struct mcfg *mcfg,
		       struct acpi_findings *findings)
{
	struct acpi_reader reader;
	uint32_t at;

	memset(mcfg, 0, sizeof(*mcfg));
	if (acpi_reader_open(&reader, table, length, "MCFG", MCFG_FIRST_ALLOCATION, findings) !=
	    STATUS_OK)
		return reader.status;
	if (reader.length == MCFG_FIRST_ALLOCATION)
		acpi_reader_find(&reader, ACPI_MCFG_EMPTY, MCFG_FIRST_ALLOCATION, 0, 0);

	for (at = MCFG_FIRST_ALLOCATION; reader.length - at >= MCFG_ALLOCATION_BYTES;
	     at += MCFG_ALLOCATION_BYTES) {
		struct mcfg_allocation a = {
			.base = pa(acpi_get64(table + at)),
			.segment = acpi_get16(table + at + 8),
			.start_bus = table[at + 10],
			.end_bus = table[at + 11],
		};

		if (!usable(&reader, at, &a))
			continue;
		if (mcfg->count == MCFG_ALLOCATIONS_MAX) {
			acpi_reader_find(&reader, ACPI_MCFG_LIMIT, at, reader.length,
					 MCFG_ALLOCATIONS_MAX);
			return reader.status;
		}
		check_overlap(&reader, at, mcfg, &a);
		mcfg->allocations[mcfg->count++] = a;
	}
	if (at != reader.length)
		acpi_reader_find(&reader, ACPI_MCFG_TRAILING, at, reader.length - at, 0);
	return reader.status;
}
