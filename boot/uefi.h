/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The firmware as this folder sees it: UEFI 2.10 by way of GNU-EFI's definitions. Calls are made
 * directly, with the calling convention in the types. Statuses of the firmware's become ours here.
 */
#ifndef BOOT_UEFI_H
#define BOOT_UEFI_H

#ifndef GNU_EFI_USE_MS_ABI
#define GNU_EFI_USE_MS_ABI 1
#endif
#include <efi.h>

#include "base/status.h"
#include "base/types.h"

_Static_assert(sizeof(CHAR16) == 2, "UEFI's characters have two bytes: -fshort-wchar");

/* Set once, by the entry point. `services` is NULL after the boot services are gone. */
struct uefi {
	EFI_HANDLE image;
	EFI_SYSTEM_TABLE *system;
	EFI_BOOT_SERVICES *services;
	EFI_RUNTIME_SERVICES *runtime;
};
extern struct uefi uefi;

/* A note for the report, formatted like printf; too many and too long ones are cut. */
void boot_note(const char *format, ...) PRINTF(1, 2);
const char *const *boot_notes(unsigned *count);

enum status uefi_status(EFI_STATUS s) MUST_CHECK;

/* The table of that GUID from the system table; NULL: there is none. */
void *uefi_table(const EFI_GUID *guid);

/* Pages of EfiLoaderData, below `limit` (0: anywhere); NULL: there are none. */
void *uefi_pages(size_t pages, uint64_t limit);
/* The pages at this very address; NULL where they are not free. */
void *uefi_pages_at(uint64_t address, size_t pages);

/* ASCII into the firmware's 16-bit text, cut to `limit` characters with the NUL. */
void uefi_text(CHAR16 *to, size_t limit, const char *from);

#endif
