/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * iovet-report JOURNAL [FOLDER]: the four reports of a journal, made again on another machine.
 *
 * The image leaves \iovet\reports\journal.bin beside its own reports. This program has the claims of the
 * suite that it was built with; a journal of another suite has numbers here in place of claims.
 * Exit status: 0 the reports are written, 1 the run is not complete, 2 they could not be made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/report/report.h"

#define PATH_BYTES	4096

enum { WRITTEN, INCOMPLETE, IMPOSSIBLE };

static struct report_model model;
static uint8_t journal[JOURNAL_BYTES_MAX + 1];

static enum status write_file(void *file, const char *bytes, size_t count)
{
	return fwrite(bytes, 1, count, file) == count ? STATUS_OK : STATUS_DEVICE_ERROR;
}

static bool write_report(enum report_format format, const char *folder)
{
	char path[PATH_BYTES];
	enum status status;
	struct out out;
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/%s", folder, report_file_name(format)) >= PATH_BYTES) {
		fprintf(stderr, "iovet-report: the name of the folder is too long\n");
		return false;
	}
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return false;
	}
	out_open(&out, write_file, file);
	status = report_write(&model, format, &out);
	if (fclose(file) != 0 || status != STATUS_OK) {
		perror(path);
		return false;
	}
	return true;
}

static bool read_journal(const char *path)
{
	const struct report_texts texts = report_own_texts();
	FILE *file = fopen(path, "rb");
	size_t bytes;

	if (!file) {
		perror(path);
		return false;
	}
	bytes = fread(journal, 1, sizeof(journal), file);
	fclose(file);
	if (bytes < sizeof(journal))
		report_read(&model, journal, bytes, &texts);
	if (!model.valid)
		fprintf(stderr, "iovet-report: %s is no journal of format %u\n", path,
			JOURNAL_FORMAT);
	else if (!model.same_suite)
		fprintf(stderr,
			"iovet-report: %s comes from another suite: its claims are not known\n",
			path);
	return model.valid;
}

int main(int count, char **arguments)
{
	const char *folder = count > 2 ? arguments[2] : ".";

	if (count < 2 || count > 3 || arguments[1][0] == '-') {
		fprintf(stderr, "usage: iovet-report JOURNAL [FOLDER]\n");
		return IMPOSSIBLE;
	}
	if (!read_journal(arguments[1]))
		return IMPOSSIBLE;
	for (unsigned i = 0; i < REPORT_FORMATS; i++)
		if (!write_report((enum report_format)i, folder))
			return IMPOSSIBLE;
	printf("%u of %u cases, build %016llx, reports in %s\n", model.run, model.planned,
	       (unsigned long long)model.start.build, folder);
	return report_is_complete(&model) ? WRITTEN : INCOMPLETE;
}
