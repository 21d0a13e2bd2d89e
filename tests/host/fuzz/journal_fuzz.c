/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Any bytes are a journal: reading ends, and every report of it is a whole document. Two inputs in one: the
 * bytes as they are, and, so that the checksum keeps nothing away from the readers, the bytes as payloads
 * of records (type, length, payload) that get a frame here.
 */
#include <stdlib.h>

#include "tests/harness/journal_record.h"
#include "tests/host/report_sample.h"
#include "tests/host/wellformed.h"

#define FRAMED_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void insist(bool kept)
{
	if (!kept)
		abort();
}

/*
 * One format per input. JSON and HTML tell of every rule of the catalogue, whatever the journal says, which is most of
 * what they cost: of 16 inputs one makes either.
 */
static enum report_format format_of(const uint8_t *bytes, size_t count)
{
	uint32_t number = journal_crc32(bytes, count) % 16;

	if (number < 2)
		return number ? REPORT_JSON : REPORT_HTML;
	return number % 2 ? REPORT_JUNIT : REPORT_TAP;
}

static void report_one(const uint8_t *bytes, size_t count, enum report_format format)
{
	struct journal_state state;
	const char *text;

	journal_inspect(bytes, count, &state);
	insist(state.ended <= state.begun);
	text = report_of(bytes, count, format);
	insist(sample_model.valid == state.valid && sample_model.finished == state.finished);
	if (format == REPORT_JSON)
		insist(json_is_whole(text));
	else if (format == REPORT_JUNIT)
		insist(markup_is_whole(text, XML_PROLOGUE, false));
	else if (format == REPORT_HTML)
		insist(markup_is_whole(text, HTML_PROLOGUE, true));
	else
		insist(strncmp(text, "TAP version 14\n1..", 18) == 0);
}

/* u8 type, u8 length, payload: again and again. The first record of a run stands before them. */
static size_t frame(uint8_t *framed, const uint8_t *bytes, size_t count)
{
	struct journal_start start = { SAMPLE_BUILD, 7 };
	size_t used;

	journal_init(&sample, NULL, 0);
	journal_start(&sample, &start, "fuzz");
	used = sample.used;
	memcpy(framed, sample.bytes, used);
	while (count >= 2 && used + JOURNAL_RECORD_OVERHEAD + bytes[1] <= FRAMED_MAX) {
		size_t length = MIN((size_t)bytes[1], count - 2);
		uint8_t *at = framed + used;

		journal_put(at, length, 2);
		at[2] = bytes[0] % 16;
		at[3] = JOURNAL_FORMAT;
		memcpy(at + 4, bytes + 2, length);
		journal_put(at + 4 + length, journal_crc32(at, 4 + length), 4);
		used += length + JOURNAL_RECORD_OVERHEAD;
		bytes += length + 2;
		count -= length + 2;
	}
	return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	static uint8_t framed[FRAMED_MAX];

	report_one(bytes, count, REPORT_TAP);
	report_one(framed, frame(framed, bytes, count), format_of(bytes, count));
	return 0;
}
