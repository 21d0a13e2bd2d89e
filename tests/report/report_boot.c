/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reports of an earlier run, before the firmware is left: four files, and what the machine does next. */
#include <stdio.h>
#include <string.h>

#include "tests/harness/config.h"
#include "tests/report/report.h"
#include "tests/report/sink.h"

#define LINE_BYTES	256u
#define JOURNAL_FILE	"journal.bin"

/* What is left of the memory behind the model: one report at a time stands there. */
struct page {
	char *bytes;
	size_t used, size;
};

static enum status write_page(void *context, const char *bytes, size_t count)
{
	struct page *page = context;

	if (count > page->size - page->used)
		return STATUS_EXHAUSTED;
	memcpy(page->bytes + page->used, bytes, count);
	page->used += count;
	return STATUS_OK;
}

static void tell(const struct report_sink *sink, const char *name, enum status status, size_t bytes)
{
	char line[LINE_BYTES];
	int count = snprintf(line, sizeof(line),
			     "iovet event=report name=%s bytes=%zu status=%s reason=\"%s\"\n", name,
			     bytes, status_name(status), status_text(status));

	if (sink->console_write && count > 0)
		sink->console_write(line, MIN((size_t)count, sizeof(line) - 1));
}

static enum status write_one(const struct report_model *model, enum report_format format,
			     const struct report_sink *sink, struct page *page)
{
	const char *name = report_file_name(format);
	enum status status;
	struct out out;

	page->used = 0;
	out_open(&out, write_page, page);
	status = report_write(model, format, &out);
	if (status == STATUS_OK)
		status = sink->write_file(sink->context, name, page->bytes, page->used);
	tell(sink, name, status, page->used);
	return status;
}

/* The journal itself, for iovet-report. The reports are whole without it. */
static void write_journal(const void *journal, size_t bytes, const struct report_sink *sink)
{
	tell(sink, JOURNAL_FILE, sink->write_file(sink->context, JOURNAL_FILE, journal, bytes),
	     bytes);
}

/* Every report that finds room: one that does not is told, and the others are still worth having. */
static enum boot_next write_all(const struct report_model *model, const struct report_sink *sink,
				struct page *page)
{
	bool all = true;

	for (unsigned i = 0; i < REPORT_FORMATS; i++)
		all = write_one(model, (enum report_format)i, sink, page) == STATUS_OK && all;
	return all ? BOOT_NEXT_POWER_OFF : BOOT_NEXT_KEEP;
}

static void tell_cut_off(const struct report_sink *sink)
{
	static const char line[] =
		"iovet event=broken reason=\"no more can be stored, so that the run cannot go on: the reports hold "
		"what was stored of it\"\n";

	if (sink->console_write)
		sink->console_write(line, sizeof(line) - 1);
}

static enum boot_next after_reports(const struct report_sink *sink)
{
	static struct config config;
	static struct config_messages messages;

	config_defaults(&config, &messages);
	config_read_file(&config, sink->configuration, sink->configuration_bytes, &messages);
	config_read_options(&config, sink->command_line, strlen(sink->command_line), &messages);
	switch (config.after) {
	case CONFIG_REBOOT:
		return BOOT_NEXT_REBOOT;
	case CONFIG_STAY:
		return BOOT_NEXT_STAY;
	default:
		return BOOT_NEXT_POWER_OFF;
	}
}

enum boot_next report_boot(const void *journal, size_t bytes, const struct report_sink *sink)
{
	const struct report_texts texts = report_own_texts();
	struct report_model *model = sink->memory;
	enum boot_next next;
	struct page page;

	if (sink->memory_bytes < sizeof(*model))
		return BOOT_NEXT_KEEP;
	page = (struct page){ .bytes = (char *)(model + 1),
			      .size = sink->memory_bytes - sizeof(*model) };
	report_read(model, journal, bytes, &texts);
	if (!model->valid || (!model->finished && !model->same_build))
		return BOOT_NEXT_FRESH;
	if (!model->finished && !sink->is_last)
		return BOOT_NEXT_RUN;
	if (!model->finished)
		tell_cut_off(sink);
	next = write_all(model, sink, &page);
	write_journal(journal, bytes, sink);
	return next == BOOT_NEXT_KEEP ? next : after_reports(sink);
}
