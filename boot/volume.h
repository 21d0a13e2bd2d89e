/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The volume that the image was loaded from: the configuration comes from it, reports go to it. */
#ifndef BOOT_VOLUME_H
#define BOOT_VOLUME_H

#include "base/status.h"
#include "base/types.h"

#define CONFIG_BYTES_MAX	16384u
#define COMMAND_LINE_MAX	1024u

/* Find the volume. Without one the rest answers "" and UNSUPPORTED; a note says so. */
void volume_open(void);

/* The text of \iovet\iovet.conf, NUL-terminated; "" when there is none. */
const char *volume_configuration(size_t *bytes);

/* The load options as text; "" when they are none. The image's own name is left out. */
const char *volume_command_line(void);

/* struct report_sink's write_file. `context` is not used. */
enum status volume_write_report(void *context, const char *name, const void *bytes,
				size_t count) MUST_CHECK;

/* What is free on it; 0 as well when the firmware does not say. */
uint64_t volume_free_bytes(void);

/*
 * How many starts in a row found that many chunks of a journal, kept in a file: some firmware takes variables and
 * loses them at the reset, some takes no more. 0 when there is no such file or no file system.
 */
#define VOLUME_STARTS_MAX	9u
unsigned volume_starts(unsigned chunks);
enum status volume_set_starts(unsigned starts, unsigned chunks) MUST_CHECK;

#endif
