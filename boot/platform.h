/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the firmware knows of the platform, and the steps out of its care. */
#ifndef BOOT_PLATFORM_H
#define BOOT_PLATFORM_H

#include "arch/start.h"
#include "base/handover.h"
#include "boot/memory_map.h"

/* ACPI root, SMBIOS and board line, framebuffer, firmware's name, clock hint. */
void platform_gather(struct handover *h, struct arch_clock_hint *hint);

/* The run's memory and the machine's own. EXHAUSTED: the machine has too little. */
enum status platform_take_memory(struct handover *h) MUST_CHECK;

/* The regions as they are before the exit, and as a map has them; a note says if some are lost. */
enum status platform_first_regions(struct handover *h) MUST_CHECK;
void platform_regions(struct handover *h, const struct memory_map *map);

/* Some memory above 4 GiB, where the regions have any. */
void platform_take_high(struct handover *h);

/* Let go of disks, network and USB, so that their devices are quiet. */
void platform_quiet(void);

/* End the boot services; afterwards there is no way back. *map is the map as it is then. */
enum status platform_exit(struct memory_map *map) MUST_CHECK;

/* Our own page tables for all that `map` lists, as strict as it allows. */
enum status platform_map_memory(const struct handover *h, const struct memory_map *map) MUST_CHECK;

#endif
