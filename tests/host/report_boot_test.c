/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reports at boot: the four files, what is done without room, and what the machine does next. */
#include "base/version.h"
#include "tests/harness/build.h"
#include "tests/report/sink.h"

#include "tests/host/check.h"
#include "tests/host/report_sample.h"
#include "tests/host/wellformed.h"

/* The image's records, as the linker script would gather them. */
const struct testcase *testcase_begin[2] = { &sample_dirty, &sample_table };
__asm__(".globl testcase_end\n.set testcase_end, testcase_begin + 16\n");

static char memory[8 * 1024 * 1024] __attribute__((aligned(4096)));
static char names[256], json[1024 * 1024], console[4096];
static const char *refused;
static bool is_last;

static enum status write_file(void *context, const char *name, const void *bytes, size_t count)
{
	(void)context;
	strcat(strcat(names, name), " ");
	if (refused && strcmp(name, refused) == 0)
		return STATUS_EXHAUSTED;
	CHECK(count > 0 && count < sizeof(json));
	if (strcmp(name, "report.tap") == 0)
		CHECK(memcmp(bytes, "TAP version 14\n", 15) == 0);
	if (strcmp(name, "report.json") == 0)
		memcpy(json, bytes, count);
	return STATUS_OK;
}

static void console_write(const char *text, size_t count)
{
	CHECK(strlen(console) + count < sizeof(console));
	strncat(console, text, count);
}

static enum boot_next boot(const char *configuration, const char *options, size_t memory_bytes)
{
	struct report_sink sink = {
		.write_file = write_file,
		.console_write = console_write,
		.memory = memory,
		.memory_bytes = memory_bytes,
		.configuration = configuration,
		.configuration_bytes = strlen(configuration),
		.command_line = options,
		.is_last = is_last,
	};

	names[0] = console[0] = '\0';
	memset(json, 0, sizeof(json));
	return report_boot(sample.bytes, sample.used, &sink);
}

static void write_run(uint64_t build, bool finished)
{
	journal_init(&sample, NULL, 0);
	journal_start(&sample, &(struct journal_start){ build, 42 }, "0.1");
	journal_plan(&sample, 1);
	sample_case(1, 0, VERDICT_PASS, NULL, NULL);
	if (finished)
		journal_done(&sample, 1);
}

static uint64_t own_build(void)
{
	return build_number(iovet_build, testcase_begin, 2);
}

HOST_TEST(a_finished_run_leaves_four_files)
{
	refused = NULL;
	write_run(own_build(), true);
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_POWER_OFF);
	CHECK_STR(names, "report.json report.xml report.tap report.html journal.bin ");
	CHECK(json_is_whole(json) && strstr(json, "dirty.read_leaves_pages_clean"));
	CHECK(strstr(console, "iovet event=report name=report.json bytes="));
	CHECK(strstr(console, "status=OK"));
}

HOST_TEST(what_comes_next_is_configured)
{
	refused = NULL;
	write_run(own_build(), true);
	CHECK_EQ(boot("after=reboot\n", "", sizeof(memory)), BOOT_NEXT_REBOOT);
	CHECK_EQ(boot("after=reboot\n", "after=stay", sizeof(memory)), BOOT_NEXT_STAY);
	CHECK_EQ(boot("after=poweroff\n", "", sizeof(memory)), BOOT_NEXT_POWER_OFF);
}

HOST_TEST(without_room_the_journal_stays_and_the_others_are_written)
{
	write_run(own_build(), true);
	refused = "report.xml";
	CHECK_EQ(boot("after=reboot\n", "", sizeof(memory)), BOOT_NEXT_KEEP);
	CHECK_STR(names, "report.json report.xml report.tap report.html journal.bin ");
	CHECK(strstr(console, "name=report.xml") && strstr(console, "status=EXHAUSTED"));
	refused = NULL;
	CHECK_EQ(boot("", "", sizeof(struct report_model) - 1), BOOT_NEXT_KEEP);
	CHECK_STR(names, "");
	CHECK_EQ(boot("", "", sizeof(struct report_model) + 200), BOOT_NEXT_KEEP);
	CHECK_STR(names, "report.tap journal.bin ");
}

HOST_TEST(an_unfinished_run_goes_on_in_its_own_image_alone)
{
	refused = NULL;
	write_run(own_build(), false);
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_RUN);
	CHECK_STR(names, "");
	write_run(own_build() + 1, false);
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_FRESH);
	write_run(own_build() + 1, true);
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_POWER_OFF);
	CHECK(strstr(json, "\"same_build\": false"));
}

HOST_TEST(an_unfinished_run_that_cannot_go_on_leaves_reports_of_its_part)
{
	refused = NULL;
	is_last = true;
	write_run(own_build(), false);
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_POWER_OFF);
	CHECK_STR(names, "report.json report.xml report.tap report.html journal.bin ");
	CHECK(strstr(json, "\"complete\": false") && strstr(json, "dirty.read_leaves_pages_clean"));
	CHECK(strstr(console, "iovet event=broken reason=\"no more can be stored"));
	write_run(own_build(), true);
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_POWER_OFF);
	CHECK(strstr(json, "\"complete\": true") && !strstr(console, "event=broken"));
	write_run(own_build() + 1, false);
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_FRESH);
	CHECK_STR(names, "");
	is_last = false;
}

HOST_TEST(what_is_no_journal_is_deleted)
{
	refused = NULL;
	write_run(own_build(), true);
	sample.bytes[0] ^= 1;
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_FRESH);
	sample.used = 0;
	CHECK_EQ(boot("", "", sizeof(memory)), BOOT_NEXT_FRESH);
	CHECK_STR(names, "");
}

HOST_TEST(a_build_is_its_text_and_its_tests_in_their_order)
{
	static const struct testcase *const swapped[2] = { &sample_table, &sample_dirty };
	uint64_t own = build_number("a", testcase_begin, 2);

	CHECK(build_number("a", testcase_begin, 2) == own);
	CHECK(build_number("b", testcase_begin, 2) != own);
	CHECK(build_number("a", testcase_begin, 1) != own);
	CHECK(build_number("a", swapped, 2) != own);
	/* FNV-1a of the two bytes 'a' and 0. */
	CHECK_EQ(build_number("a", NULL, 0), 0x089be207b544f1e4);
}

HOST_MAIN()
