/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The firmware's memory map, read as bytes: UEFI 2.10, 7.2.3 (EFI_MEMORY_DESCRIPTOR, table 7.10 on
 * what the types mean after boot services). No UEFI header is needed, so that the host tests it.
 */
#ifndef BOOT_MEMORY_MAP_H
#define BOOT_MEMORY_MAP_H

#include "base/handover.h"

struct memory_descriptor {
	uint32_t type;
	uint32_t padding;
	uint64_t physical_start;
	uint64_t virtual_start;
	uint64_t pages;
	uint64_t attribute;
};

#define MEMORY_WB		BIT64(3)	/* can be cached with write-back */
#define MEMORY_XP		BIT64(14)	/* not to be executed */
#define MEMORY_RO		BIT64(17)	/* not to be written */
#define MEMORY_RUNTIME		BIT64(63)	/* the runtime services need it */

/* The map as GetMemoryMap() returns it: `stride` is the firmware's descriptor size. */
struct memory_map {
	const void *bytes;
	size_t size;
	size_t stride;
};

size_t memory_map_count(const struct memory_map *map);
struct memory_descriptor memory_map_get(const struct memory_map *map, size_t index);

enum memory_kind memory_map_kind(const struct memory_descriptor *d);

/*
 * Sorted regions, neighbours of one kind merged. Returns how many; regions beyond `limit` are lost
 * and counted in *lost. Empty descriptors and such that wrap are left out.
 */
unsigned memory_map_regions(const struct memory_map *map, struct memory_region *regions,
			    unsigned limit, unsigned *lost);

#endif
