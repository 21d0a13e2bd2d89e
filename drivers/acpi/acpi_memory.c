/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which addresses can be read without a trap, by the memory map that boot/ handed over. */
#include "drivers/acpi/acpi.h"

static bool holds_tables(enum memory_kind kind)
{
	return kind == MEMORY_FREE || kind == MEMORY_IMAGE || kind == MEMORY_FIRMWARE ||
	       kind == MEMORY_ACPI;
}

/* The first address behind `address` that its own region does not have; `address` if none has it. */
static uint64_t end_of_region(const struct handover *handover, uint64_t address)
{
	for (unsigned i = 0; i < handover->region_count; i++) {
		const struct memory_region *region = &handover->regions[i];

		if (holds_tables(region->kind) && address >= region->base.v &&
		    address - region->base.v < region->bytes)
			return region->base.v + region->bytes;
	}
	return address;
}

/* Regions of different kinds may be neighbours, and a table may lie across their border. */
static const void *map_identity(void *context, pa_t address, size_t bytes)
{
	const struct handover *handover = context;
	uint64_t at = address.v;

	if (bytes == 0 || bytes - 1 > UINT64_MAX - at)
		return NULL;
	for (unsigned steps = 0; steps <= handover->region_count; steps++) {
		uint64_t end = end_of_region(handover, at);

		if (end <= at)
			return NULL;
		if (end - address.v >= bytes)
			return pa_ptr(address);
		at = end;
	}
	return NULL;
}

struct acpi_memory acpi_memory_of(const struct handover *handover)
{
	return (struct acpi_memory){ (void *)(uintptr_t)handover, map_identity };
}
