/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From the firmware's memory map to the regions of the hand-over. */
#include "boot/memory_map.h"

#include <string.h>

#define PAGES_MAX	(UINT64_MAX >> PAGE_LG2)

/* UEFI 2.10, 7.2.1, EFI_MEMORY_TYPE; what is not listed is reserved. */
static const enum memory_kind kinds[] = {
	[0] = MEMORY_RESERVED,
	[1] = MEMORY_IMAGE,		/* loader code: this image */
	[2] = MEMORY_IMAGE,		/* loader data: what this image allocated */
	[3] = MEMORY_FREE,		/* boot services code */
	[4] = MEMORY_FREE,		/* boot services data */
	[5] = MEMORY_FIRMWARE,		/* runtime services code */
	[6] = MEMORY_FIRMWARE,		/* runtime services data */
	[7] = MEMORY_FREE,		/* conventional */
	[8] = MEMORY_UNUSABLE,
	[9] = MEMORY_ACPI,		/* ACPI reclaim */
	[10] = MEMORY_ACPI,		/* ACPI NVS */
	[11] = MEMORY_DEVICE,
	[12] = MEMORY_DEVICE,		/* I/O ports reached through memory */
	[13] = MEMORY_RESERVED,		/* PAL code */
	[14] = MEMORY_RESERVED,		/* persistent: a medium, never written */
};

size_t memory_map_count(const struct memory_map *map)
{
	return map->stride < sizeof(struct memory_descriptor) ? 0 : map->size / map->stride;
}

struct memory_descriptor memory_map_get(const struct memory_map *map, size_t index)
{
	struct memory_descriptor d;

	memcpy(&d, (const uint8_t *)map->bytes + index * map->stride, sizeof(d));
	return d;
}

enum memory_kind memory_map_kind(const struct memory_descriptor *d)
{
	return d->type < ARRAY_COUNT(kinds) ? kinds[d->type] : MEMORY_RESERVED;
}

static bool usable(const struct memory_descriptor *d)
{
	return d->pages && d->pages <= PAGES_MAX &&
	       d->physical_start <= UINT64_MAX - d->pages * PAGE_SIZE;
}

static bool joins(const struct memory_region *below, const struct memory_region *above)
{
	return below->kind == above->kind && below->base.v + below->bytes == above->base.v;
}

static void drop(struct memory_region *regions, unsigned *count, unsigned at)
{
	(*count)--;
	memmove(&regions[at], &regions[at + 1], (*count - at) * sizeof(*regions));
}

/* Put one region where it belongs and merge it with its neighbours; false: no room. */
static bool insert(struct memory_region *regions, unsigned *count, unsigned limit,
		   struct memory_region fresh)
{
	unsigned at = *count;

	while (at > 0 && regions[at - 1].base.v > fresh.base.v)
		at--;
	if (at > 0 && joins(&regions[at - 1], &fresh)) {
		regions[at - 1].bytes += fresh.bytes;
		if (at < *count && joins(&regions[at - 1], &regions[at])) {
			regions[at - 1].bytes += regions[at].bytes;
			drop(regions, count, at);
		}
		return true;
	}
	if (at < *count && joins(&fresh, &regions[at])) {
		regions[at].base = fresh.base;
		regions[at].bytes += fresh.bytes;
		return true;
	}
	if (*count == limit)
		return false;
	memmove(&regions[at + 1], &regions[at], (*count - at) * sizeof(*regions));
	regions[at] = fresh;
	(*count)++;
	return true;
}

unsigned memory_map_regions(const struct memory_map *map, struct memory_region *regions,
			    unsigned limit, unsigned *lost)
{
	unsigned count = 0;

	*lost = 0;
	for (size_t i = 0; i < memory_map_count(map); i++) {
		struct memory_descriptor d = memory_map_get(map, i);
		struct memory_region fresh = {
			.base = pa(d.physical_start),
			.bytes = d.pages * PAGE_SIZE,
			.kind = memory_map_kind(&d),
		};

		if (usable(&d) && !insert(regions, &count, limit, fresh))
			(*lost)++;
	}
	return count;
}
