/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Where reports go, and what becomes of the machine after them. boot/ fills the sink while the
 * firmware's services still work; a host program fills it with its own file system.
 */
#ifndef TESTS_REPORT_SINK_H
#define TESTS_REPORT_SINK_H

#include "base/status.h"
#include "base/types.h"

struct report_sink {
	void *context;
	/*
	 * Make \iovet\reports\NAME with exactly these bytes, in place of what is there. EXHAUSTED: no
	 * room; UNSUPPORTED: no file system, or a read-only one; DEVICE_ERROR. Unless the answer is
	 * OK there is no file of that name afterwards.
	 */
	enum status (*write_file)(void *context, const char *name, const void *bytes,
				  size_t count);
	void (*console_write)(const char *text, size_t count);
	void *memory;				/* to build reports in; page-aligned */
	size_t memory_bytes;
	const char *configuration;		/* the text of iovet.conf as it is now, "" without */
	size_t configuration_bytes;
	const char *command_line;		/* "" without */
	bool is_last;				/* no more can be stored: an unfinished run ends here */
};

enum boot_next {
	BOOT_NEXT_RUN,				/* unfinished: keep the journal, go on with the run */
	BOOT_NEXT_POWER_OFF,			/* the next three: delete the journal first */
	BOOT_NEXT_REBOOT,
	BOOT_NEXT_STAY,
	BOOT_NEXT_FRESH,			/* unusable: delete the journal and begin a new run */
	BOOT_NEXT_KEEP,				/* reports not written: keep the journal, power off */
};

/* Write the reports of the run whose journal this is; called before the firmware is left. */
enum boot_next report_boot(const void *journal, size_t bytes, const struct report_sink *sink);

#endif
