/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Small things that every use of the firmware needs. */
#include "boot/uefi.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NOTES_MAX	24u
#define NOTE_BYTES	160u

struct uefi uefi;

static char note_texts[NOTES_MAX][NOTE_BYTES];
static const char *notes[NOTES_MAX];
static unsigned note_count;

void boot_note(const char *format, ...)
{
	va_list arguments;

	if (note_count == NOTES_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(note_texts[note_count], NOTE_BYTES, format, arguments);
	va_end(arguments);
	notes[note_count] = note_texts[note_count];
	note_count++;
}

const char *const *boot_notes(unsigned *count)
{
	*count = note_count;
	return notes;
}

enum status uefi_status(EFI_STATUS s)
{
	if (!EFI_ERROR(s))
		return STATUS_OK;
	switch (s) {
	case EFI_OUT_OF_RESOURCES:
	case EFI_VOLUME_FULL:
		return STATUS_EXHAUSTED;
	case EFI_UNSUPPORTED:
	case EFI_WRITE_PROTECTED:
	case EFI_ACCESS_DENIED:
	case EFI_SECURITY_VIOLATION:
		return STATUS_UNSUPPORTED;
	case EFI_NOT_FOUND:
		return STATUS_NOT_FOUND;
	case EFI_INVALID_PARAMETER:
		return STATUS_BAD_ARGUMENT;
	case EFI_TIMEOUT:
		return STATUS_TIMEOUT;
	default:
		return STATUS_DEVICE_ERROR;
	}
}

void *uefi_table(const EFI_GUID *guid)
{
	for (UINTN i = 0; i < uefi.system->NumberOfTableEntries; i++) {
		const EFI_CONFIGURATION_TABLE *t = &uefi.system->ConfigurationTable[i];

		if (!memcmp(&t->VendorGuid, guid, sizeof(*guid)))
			return t->VendorTable;
	}
	return NULL;
}

void *uefi_pages(size_t pages, uint64_t limit)
{
	EFI_PHYSICAL_ADDRESS at = limit ? limit - 1 : 0;
	EFI_ALLOCATE_TYPE type = limit ? AllocateMaxAddress : AllocateAnyPages;

	if (EFI_ERROR(uefi.services->AllocatePages(type, EfiLoaderData, pages, &at)))
		return NULL;
	return pa_ptr(pa(at));
}

void *uefi_pages_at(uint64_t address, size_t pages)
{
	EFI_PHYSICAL_ADDRESS at = address;

	if (EFI_ERROR(uefi.services->AllocatePages(AllocateAddress, EfiLoaderData, pages, &at)))
		return NULL;
	return pa_ptr(pa(at));
}

void uefi_text(CHAR16 *to, size_t limit, const char *from)
{
	size_t i;

	for (i = 0; i + 1 < limit && from[i]; i++)
		to[i] = (CHAR16)(unsigned char)from[i];
	to[i] = 0;
}
