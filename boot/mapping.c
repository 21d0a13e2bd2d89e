/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Who may do what where, once the firmware's page tables are left: UEFI 2.10, 7.2.3 (attributes),
 * 4.6.4 (memory attributes table, which says what of the runtime services is code and what data).
 *
 * Device memory is not mapped here, except what the runtime services ask for: it is mapped, uncached,
 * by whoever drives the device.
 */
#include "boot/platform.h"
#include "boot/uefi.h"

#include <string.h>

#define HIDDEN __attribute__((visibility("hidden")))
extern char ImageBase[] HIDDEN, image_text_begin[] HIDDEN, image_text_end[] HIDDEN;
extern char image_relro_end[] HIDDEN, image_end[] HIDDEN;

#define TYPE_RUNTIME_CODE	5u

/* UEFI 2.10, 4.6.4, EFI_MEMORY_ATTRIBUTES_TABLE. */
struct attributes_table {
	uint32_t version, entries, stride, flags;
};

static const EFI_GUID attributes_guid = { 0xdcfa911d, 0x26eb, 0x469f,
					  { 0xa2, 0x20, 0x38, 0xb7, 0xdc, 0x46, 0x12, 0x20 } };

/* How a range is mapped; false: not at all. */
static bool access_of(const struct memory_descriptor *d, unsigned *access)
{
	bool runtime = d->attribute & MEMORY_RUNTIME;

	*access = ARCH_MAP_WRITE;
	switch (memory_map_kind(d)) {
	case MEMORY_FREE:
	case MEMORY_IMAGE:
	case MEMORY_ACPI:
		return true;
	case MEMORY_FIRMWARE:
		if (d->type == TYPE_RUNTIME_CODE)
			*access |= ARCH_MAP_EXECUTE;
		return true;
	case MEMORY_DEVICE:
		*access |= ARCH_MAP_DEVICE;
		return runtime;
	case MEMORY_RESERVED:
		/* Some firmware keeps its tables here: readable, and never written by us. */
		if (!runtime)
			*access = 0;
		else if (!(d->attribute & MEMORY_WB))
			*access |= ARCH_MAP_DEVICE;
		return runtime || (d->attribute & MEMORY_WB);
	default:
		return false;
	}
}

static enum status map_descriptors(const struct memory_map *map, bool of_free_memory)
{
	for (size_t i = 0; i < memory_map_count(map); i++) {
		struct memory_descriptor d = memory_map_get(map, i);
		bool is_free = memory_map_kind(&d) == MEMORY_FREE;
		unsigned access;
		enum status s;

		if (is_free != of_free_memory || !access_of(&d, &access))
			continue;
		s = arch_map(pa(d.physical_start), d.pages * PAGE_SIZE, access);
		if (s == STATUS_BAD_RANGE)
			boot_note("memory at 0x%lx cannot be mapped",
				  (unsigned long)d.physical_start);
		else if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

/* Code without write permission and data without execute permission, where the firmware says which. */
static enum status apply_attributes_table(void)
{
	const struct attributes_table *t = uefi_table(&attributes_guid);
	struct memory_map list;

	if (!t) {
		boot_note("the firmware has no memory attributes table: "
			  "its runtime code stays writable");
		return STATUS_OK;
	}
	list = (struct memory_map){ t + 1, (size_t)t->entries * t->stride, t->stride };
	for (size_t i = 0; i < memory_map_count(&list); i++) {
		struct memory_descriptor d = memory_map_get(&list, i);
		unsigned access = (d.attribute & MEMORY_RO ? 0 : ARCH_MAP_WRITE) |
				  (d.attribute & MEMORY_XP ? 0 : ARCH_MAP_EXECUTE);
		enum status s;

		if (memory_map_kind(&d) != MEMORY_FIRMWARE)
			continue;
		s = arch_map(pa(d.physical_start), d.pages * PAGE_SIZE, access);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

static enum status map_image(void)
{
	const struct { char *begin, *end; unsigned access; } parts[] = {
		{ ImageBase, image_text_begin, 0 },
		{ image_text_begin, image_text_end, ARCH_MAP_EXECUTE },
		{ image_text_end, image_relro_end, 0 },
		{ image_relro_end, image_end, ARCH_MAP_WRITE },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(parts); i++) {
		uint64_t bytes = (uint64_t)(parts[i].end - parts[i].begin);
		enum status s = bytes ? arch_map(pa_of(parts[i].begin), bytes, parts[i].access)
				      : STATUS_OK;

		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

enum status platform_map_memory(const struct handover *h, const struct memory_map *map)
{
	const struct framebuffer *f = &h->framebuffer;
	uint64_t bytes = (uint64_t)f->pixels_per_line * f->height * sizeof(uint32_t);
	enum status s = map_descriptors(map, false);

	if (s == STATUS_OK)
		s = apply_attributes_table();
	if (s == STATUS_OK)
		s = map_image();
	if (s == STATUS_OK && f->base.v && bytes)
		s = arch_map(f->base, bytes, ARCH_MAP_WRITE | ARCH_MAP_COMBINE);
	if (s != STATUS_OK)
		return s;
	if (map_descriptors(map, true) != STATUS_OK)
		boot_note("not all free memory is mapped: no page table left");
	/* A null pointer must not find memory. */
	return arch_unmap(pa(0), PAGE_SIZE);
}
