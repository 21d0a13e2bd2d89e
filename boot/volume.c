/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Files by the firmware's own file system: UEFI 2.10, 13.4 (simple file system) and 13.5 (file),
 * 9.1 (loaded image).
 */
#include "boot/volume.h"

#include "boot/uefi.h"

#include <stdio.h>
#include <string.h>

#define CONFIGURATION_PATH	"\\iovet\\iovet.conf"
#define REPORTS_PATH		"\\iovet\\reports"
#define STARTS_PATH		"\\iovet\\starts"
#define STARTS_BYTES		16u
#define PATH_MAX_CHARS		128u
#define LABEL_BYTES_MAX		256u

static EFI_FILE_PROTOCOL *root;
static EFI_LOADED_IMAGE_PROTOCOL *loaded;

void volume_open(void)
{
	EFI_GUID loaded_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_GUID fs_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
	EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *fs;

	if (EFI_ERROR(uefi.services->HandleProtocol(uefi.image, &loaded_guid, (void **)&loaded))) {
		loaded = NULL;
		boot_note("the firmware does not say where the image came from");
		return;
	}
	if (!EFI_ERROR(
		    uefi.services->HandleProtocol(loaded->DeviceHandle, &fs_guid, (void **)&fs)) &&
	    !EFI_ERROR(fs->OpenVolume(fs, &root)))
		return;
	root = NULL;
	boot_note("the image does not come from a file system: no configuration file, "
		  "and reports cannot be written");
}

static EFI_STATUS open_file(const char *path, UINT64 mode, UINT64 attributes,
			    EFI_FILE_PROTOCOL **file)
{
	CHAR16 wide[PATH_MAX_CHARS];

	uefi_text(wide, PATH_MAX_CHARS, path);
	return root->Open(root, file, wide, mode, attributes);
}

const char *volume_configuration(size_t *bytes)
{
	static char text[CONFIG_BYTES_MAX + 1];
	UINTN count = CONFIG_BYTES_MAX + 1;
	EFI_FILE_PROTOCOL *file;
	EFI_STATUS s;

	*bytes = 0;
	if (!root || EFI_ERROR(open_file(CONFIGURATION_PATH, EFI_FILE_MODE_READ, 0, &file)))
		return "";
	s = file->Read(file, &count, text);
	file->Close(file);
	if (EFI_ERROR(s)) {
		boot_note("%s cannot be read: defaults are used", CONFIGURATION_PATH);
		count = 0;
	} else if (count > CONFIG_BYTES_MAX) {
		boot_note("%s is longer than %u bytes: defaults are used", CONFIGURATION_PATH,
			  CONFIG_BYTES_MAX);
		count = 0;
	}
	text[count] = 0;
	*bytes = count;
	return text;
}

/*
 * Load options are whatever the boot entry holds: text from a shell or a boot manager, or bytes that
 * mean something to the firmware only (EDK II marks its own entries with a GUID). What has a
 * character that is not printable ASCII is not for us.
 */
static bool copy_printable(char *to, const CHAR16 *from, size_t count)
{
	size_t n = MIN(count, COMMAND_LINE_MAX - 1);
	size_t i;

	for (i = 0; i < n && from[i]; i++) {
		if (from[i] != '\t' && (from[i] < 0x20 || from[i] > 0x7e))
			return false;
		to[i] = (char)from[i];
	}
	to[i] = 0;
	if (i == n && n < count)
		boot_note("the load options are longer than %u characters and were cut",
			  COMMAND_LINE_MAX - 1);
	return true;
}

/* A shell passes the command as typed: the first word is then the image's own name. */
static const char *without_image_name(const char *text)
{
	size_t word = strcspn(text, " \t");

	if (word < 4 || memchr(text, '=', word) ||
	    (memcmp(text + word - 4, ".efi", 4) && memcmp(text + word - 4, ".EFI", 4)))
		return text;
	return text + word + strspn(text + word, " \t");
}

const char *volume_command_line(void)
{
	static char text[COMMAND_LINE_MAX];

	if (!loaded || !loaded->LoadOptions ||
	    !copy_printable(text, loaded->LoadOptions, loaded->LoadOptionsSize / sizeof(CHAR16)))
		return "";
	return without_image_name(text);
}

/* Make sure that a directory is there; an existing one is opened by the same call. */
static EFI_STATUS make_directory(const char *path)
{
	EFI_FILE_PROTOCOL *directory;
	EFI_STATUS s = open_file(path,
				 EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE,
				 EFI_FILE_DIRECTORY, &directory);

	if (!EFI_ERROR(s))
		directory->Close(directory);
	return s;
}

static EFI_STATUS write_new(const char *path, const void *bytes, size_t count)
{
	UINT64 mode = EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE;
	UINTN written = count;
	EFI_FILE_PROTOCOL *file;
	EFI_STATUS s;

	if (!EFI_ERROR(open_file(path, mode, 0, &file)))
		file->Delete(file);
	s = open_file(path, mode | EFI_FILE_MODE_CREATE, 0, &file);
	if (EFI_ERROR(s))
		return s;
	s = count ? file->Write(file, &written, (void *)(uintptr_t)bytes) : EFI_SUCCESS;
	if (!EFI_ERROR(s) && written != count)
		s = EFI_VOLUME_FULL;
	if (!EFI_ERROR(s))
		s = file->Flush(file);
	if (EFI_ERROR(s))
		file->Delete(file);		/* closes it too, whatever it answers */
	else
		s = file->Close(file);
	return s;
}

enum status volume_write_report(void *context, const char *name, const void *bytes, size_t count)
{
	char path[PATH_MAX_CHARS] = REPORTS_PATH "\\";
	EFI_STATUS s;

	(void)context;
	if (!root)
		return STATUS_UNSUPPORTED;
	if (!*name || strlen(path) + strlen(name) >= sizeof(path))
		return STATUS_BAD_ARGUMENT;
	strcat(path, name);
	s = make_directory("\\iovet");
	if (!EFI_ERROR(s))
		s = make_directory(REPORTS_PATH);
	if (!EFI_ERROR(s))
		s = write_new(path, bytes, count);
	return uefi_status(s);
}

uint64_t volume_free_bytes(void)
{
	static union {
		EFI_FILE_SYSTEM_INFO info;
		uint8_t bytes[sizeof(EFI_FILE_SYSTEM_INFO) + LABEL_BYTES_MAX];
	} answer;
	EFI_GUID guid = EFI_FILE_SYSTEM_INFO_ID;
	UINTN size = sizeof(answer);

	if (!root || EFI_ERROR(root->GetInfo(root, &guid, &size, &answer)))
		return 0;
	return answer.info.FreeSpace;
}

/* The file is a line: how many starts, and how many chunks each of them found. */
unsigned volume_starts(unsigned chunks)
{
	EFI_FILE_PROTOCOL *file;
	char text[STARTS_BYTES] = "";
	UINTN count = sizeof(text) - 1;
	unsigned starts, found;
	bool read;

	if (!root || EFI_ERROR(open_file(STARTS_PATH, EFI_FILE_MODE_READ, 0, &file)))
		return 0;
	read = !EFI_ERROR(file->Read(file, &count, text));
	file->Close(file);
	if (!read || sscanf(text, "%1u %4u", &starts, &found) != 2 || found != chunks)
		return 0;
	return starts;
}

enum status volume_set_starts(unsigned starts, unsigned chunks)
{
	char text[STARTS_BYTES];
	EFI_STATUS s;

	if (!root)
		return STATUS_UNSUPPORTED;
	snprintf(text, sizeof(text), "%u %u\n", MIN(starts, VOLUME_STARTS_MAX), chunks);
	s = make_directory("\\iovet");
	if (!EFI_ERROR(s))
		s = write_new(STARTS_PATH, text, strlen(text));
	return uefi_status(s);
}
