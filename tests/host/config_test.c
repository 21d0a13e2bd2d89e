/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The configuration's parser against every kind of mistake that a text can hold. */
#include "tests/harness/config.h"
#include "tests/harness/glob.h"
#include "tests/host/check.h"

static struct config config;
static struct config_messages messages;

static void file_of(const char *bytes, size_t count)
{
	/* A copy of exactly this size, so that a read beyond the end is seen. */
	char *copy = malloc(count != 0 ? count : 1);

	memcpy(copy, bytes, count);
	config_defaults(&config, &messages);
	config_read_file(&config, copy, count, &messages);
	free(copy);
}

static void file(const char *text)
{
	file_of(text, strlen(text));
}

static void options(const char *text)
{
	config_defaults(&config, &messages);
	config_read_options(&config, text, strlen(text), &messages);
}

#define CHECK_QUIET() do { \
	CHECK_EQ(messages.count, 0); \
	if (messages.count != 0) \
		printf("# %s\n", messages.text[0]); \
} while (0)

HOST_TEST(without_a_file_the_defaults_hold)
{
	file("");
	CHECK_QUIET();
	CHECK_EQ(config.tests.count, 0);
	CHECK_EQ(config.repeat, 1);
	CHECK_EQ(config.after, CONFIG_POWEROFF);
	CHECK(!config.shuffle);
	CHECK(!config.seed_given);
	CHECK_STR(config.sabotage, "");
}

HOST_TEST(every_key_is_taken)
{
	file("tests=dirty.*,translate.write_lands\nskip=*.slow\nengines=nvme*\n"
	     "devices=0000:00:05.0,00:06.?\nseed=0x10\nshuffle=1\nrepeat=3\nafter=stay\n"
	     "sabotage=map-identity\nevidence=7\ndeadline_ms=250\n"
	     "known=dirty.*@*/first/* https://example.org/a?b=c#d\n"
	     "known_reason=*@*/second/* 79/05,7a/0C,address,2050/2008,access \thttps://example.org/r\n");
	CHECK_QUIET();
	CHECK_EQ(config.tests.count, 2);
	CHECK_STR(config.tests.text[0], "dirty.*");
	CHECK_STR(config.tests.text[1], "translate.write_lands");
	CHECK_STR(config.skip.text[0], "*.slow");
	CHECK_STR(config.engines.text[0], "nvme*");
	CHECK_STR(config.devices.text[1], "00:06.?");
	CHECK_EQ(config.seed, 16);
	CHECK(config.seed_given);
	CHECK(config.shuffle);
	CHECK_EQ(config.repeat, 3);
	CHECK_EQ(config.after, CONFIG_STAY);
	CHECK_STR(config.sabotage, "map-identity");
	CHECK_EQ(config.evidence, 7);
	CHECK_EQ(config.deadline_ms, 250);
	CHECK_EQ(config.known_count, 1);
	CHECK_STR(config.known[0].test, "dirty.*");
	CHECK_STR(config.known[0].variant, "*/first/*");
	CHECK_STR(config.known[0].link, "https://example.org/a?b=c#d");
	CHECK_EQ(config.reasons_count, 1);
	CHECK_STR(config.reasons[0].where.test, "*");
	CHECK_STR(config.reasons[0].where.variant, "*/second/*");
	CHECK_STR(config.reasons[0].where.link, "https://example.org/r");
	CHECK_EQ(config.reasons[0].count, 5);
	CHECK_EQ(config.reasons[0].pairs[1].expected, 0x7a);
	CHECK_EQ(config.reasons[0].pairs[1].got, 0x0c);
	CHECK_EQ(config.reasons[0].pairs[2].expected, RECORD_ADDRESS);
	CHECK_EQ(config.reasons[0].pairs[3].got, 0x2008);
	CHECK_EQ(config.reasons[0].pairs[4].got, RECORD_ACCESS);
}

HOST_TEST(form_of_the_text_does_not_matter)
{
	file("\xef\xbb\xbf# a comment\r\n\r\n  seed = 5 \r\n\tafter=reboot");
	CHECK_QUIET();
	CHECK_EQ(config.seed, 5);
	CHECK_EQ(config.after, CONFIG_REBOOT);
}

HOST_TEST(unknown_key_is_named_with_its_line)
{
	file("seed=1\ncolour=red\nrepeat=2\n");
	CHECK_EQ(messages.count, 1);
	CHECK_STR(messages.text[0], "iovet.conf line 2: unknown key \"colour\"; it is ignored");
	CHECK_EQ(config.seed, 1);
	CHECK_EQ(config.repeat, 2);
}

HOST_TEST(bad_values_are_named_with_their_limits)
{
	static const char *const lines[] = {
		"seed=abc", "seed=", "seed=18446744073709551616", "seed=-1", "seed=0x", "seed=1 2",
		"shuffle=2", "shuffle=yes", "repeat=0", "repeat=1001", "after=later", "after=",
		"evidence=201", "deadline_ms=99", "deadline_ms=600001", "tests=", "tests=a,,b",
		"tests=a,", "skip=,", "devices=nvme0", "known=a", "known= link", "known=a@ link",
		"known=@b link", "known_reason=a", "known_reason=a link", "known_reason=a 79 link",
		"known_reason=a 79/05", "known_reason=a 79/5 link", "known_reason=a 79/05, link",
		"known_reason=a 79/055 link", "known_reason=a acces link", "known_reason=a access,, link",
		"known_reason=a 79/05,accesses link", "known_reason=a 79/0g link", "known_reason=a 00/05 link",
		"known_reason=a 79-05 link", "known_reason=a 79/05,7 link", "known_reason=a 7",
		"sabotage=0123456789012345678901234567890123456789",
	};

	for (unsigned i = 0; i < ARRAY_COUNT(lines); i++) {
		struct config defaults;

		file("");
		defaults = config;
		file(lines[i]);
		CHECK_EQ(messages.count, 1);
		CHECK(strstr(messages.text[0], "iovet.conf line 1: ") == messages.text[0]);
		CHECK(strstr(messages.text[0], "is refused") != NULL);
		CHECK(config.known_count == defaults.known_count);
		CHECK(config.reasons_count == defaults.reasons_count);
		CHECK(config.seed == defaults.seed && config.repeat == defaults.repeat);
		CHECK(config.tests.count == 0 && config.skip.count == 0);
	}
	file("repeat=1001");
	CHECK_STR(messages.text[0], "iovet.conf line 1: repeat=1001 is refused: 1 to 1000; "
				    "what stood before stays");
}

HOST_TEST(values_at_their_limits_are_taken)
{
	file("seed=18446744073709551615\nrepeat=1000\nevidence=0\ndeadline_ms=600000\n");
	CHECK_QUIET();
	CHECK_EQ(config.seed, UINT64_MAX);
	CHECK_EQ(config.repeat, 1000);
	CHECK_EQ(config.evidence, 0);
	CHECK_EQ(config.deadline_ms, 600000);
}

HOST_TEST(line_that_is_no_pair_is_named)
{
	file("seed\n\x01\x02\xff\n");
	CHECK_EQ(messages.count, 2);
	CHECK_STR(messages.text[0], "iovet.conf line 1: \"seed\" is not key=value; it is ignored");
	CHECK_STR(messages.text[1], "iovet.conf line 2: \"???\" is not key=value; it is ignored");
}

HOST_TEST(zero_bytes_are_named)
{
	static const char utf16[] = "s\0e\0e\0d\0=\0001\0\n\0seed=2\n";

	file_of(utf16, sizeof(utf16) - 1);
	CHECK_EQ(messages.count, 2);
	CHECK(strstr(messages.text[0], "line 1: there is a zero byte") != NULL);
	CHECK(!config.seed_given);
	file_of("\0", 1);
	CHECK_EQ(messages.count, 1);
}

HOST_TEST(key_given_twice_is_told)
{
	file("seed=1\nseed=2\nknown=a b\nknown=c d\n");
	CHECK_EQ(messages.count, 1);
	CHECK_STR(messages.text[0],
		  "iovet.conf line 2: seed stands more than once; the last one counts");
	CHECK_EQ(config.seed, 2);
	CHECK_EQ(config.known_count, 2);
	CHECK_STR(config.known[1].variant, "*");
}

HOST_TEST(overlong_line_is_refused)
{
	char text[CONFIG_LINE_MAX + 16];

	memset(text, 'x', sizeof(text));
	memcpy(text, "sabotage=", 9);
	file_of(text, CONFIG_LINE_MAX + 1);
	CHECK_EQ(messages.count, 1);
	CHECK_STR(messages.text[0], "iovet.conf line 1: longer than 512 bytes; it is ignored");
	file_of(text, CONFIG_LINE_MAX);
	CHECK(strstr(messages.text[0], "sabotage=xxxx") != NULL);
	CHECK(strstr(messages.text[0], "...") != NULL);
}

HOST_TEST(limits_of_lists_are_reached)
{
	char text[CONFIG_LINE_MAX];
	size_t used = 6;

	memcpy(text, "tests=", 6);
	for (unsigned i = 0; i < CONFIG_PATTERNS_MAX; i++)
		used += (size_t)sprintf(text + used, "%st%u", i != 0 ? "," : "", i);
	file(text);
	CHECK_QUIET();
	CHECK_EQ(config.tests.count, CONFIG_PATTERNS_MAX);
	strcat(text, ",more");
	file(text);
	CHECK_EQ(messages.count, 1);
	CHECK_EQ(config.tests.count, 0);
}

HOST_TEST(limit_of_known_is_reached)
{
	char text[CONFIG_KNOWN_MAX * 16 + 64] = "";

	for (unsigned i = 0; i <= CONFIG_KNOWN_MAX; i++)
		strcat(text, "known=a b\n");
	file(text);
	CHECK_EQ(config.known_count, CONFIG_KNOWN_MAX);
	CHECK_EQ(messages.count, 1);
}

HOST_TEST(limits_of_known_reasons_are_reached)
{
	char text[(CONFIG_REASONS_MAX + 1) * 32 + CONFIG_PAIRS_MAX * 8] = "";

	for (unsigned i = 0; i <= CONFIG_REASONS_MAX; i++)
		strcat(text, "known_reason=a 79/05 b\n");
	file(text);
	CHECK_EQ(config.reasons_count, CONFIG_REASONS_MAX);
	CHECK_EQ(messages.count, 1);
	strcpy(text, "known_reason=a 79/05");
	for (unsigned i = 1; i < CONFIG_PAIRS_MAX; i++)
		strcat(text, ",79/05");
	strcat(text, " b");
	file(text);
	CHECK_EQ(config.reasons[0].count, CONFIG_PAIRS_MAX);
	strcpy(strrchr(text, ' '), ",79/05 b");
	file(text);
	CHECK_EQ(config.reasons_count, 0);
	CHECK_EQ(messages.count, 1);
}

HOST_TEST(limit_of_messages_is_counted)
{
	char text[256] = "";

	for (unsigned i = 0; i < CONFIG_MESSAGES_MAX + 3; i++)
		strcat(text, "a=b\n");
	file(text);
	CHECK_EQ(messages.count, CONFIG_MESSAGES_MAX);
	CHECK_EQ(messages.dropped, 3);
}

HOST_TEST(load_options_are_words)
{
	options("iovet.efi seed=7 known=\"dirty.* https://example.org\"  after=stay\r\n");
	CHECK_QUIET();
	CHECK_EQ(config.seed, 7);
	CHECK_EQ(config.known_count, 1);
	CHECK_STR(config.known[0].link, "https://example.org");
	CHECK_EQ(config.after, CONFIG_STAY);
	options("seed=7 nonsense");
	CHECK_EQ(messages.count, 1);
	CHECK_STR(messages.text[0], "load options: \"nonsense\" is not key=value; it is ignored");
	options("\"seed=8");
	CHECK_EQ(config.seed, 8);
	options("");
	CHECK_QUIET();
}

HOST_TEST(load_options_win)
{
	file("seed=1\ntests=a\nrepeat=4\n");
	config_read_options(&config, "seed=2 tests=b,c", 16, &messages);
	CHECK_QUIET();
	CHECK_EQ(config.seed, 2);
	CHECK_EQ(config.tests.count, 2);
	CHECK_EQ(config.repeat, 4);
}

HOST_TEST(globs_match_whole_names)
{
	CHECK(glob_matches("*", ""));
	CHECK(glob_matches("dirty.*", "dirty.read_leaves_pages_clean"));
	CHECK(!glob_matches("dirty", "dirty.x"));
	CHECK(!glob_matches("", "x"));
	CHECK(glob_matches("*a*b", "xaxaxb"));
	CHECK(!glob_matches("*a*b", "xaxaxbx"));
	CHECK(glob_matches("n?me*", "nvme0"));
	CHECK(!glob_matches("?", ""));
}

HOST_TEST(known_speaks_of_test_and_variant)
{
	file("known=dirty.*@vtd0/first/* a\nknown=dirty.x b\n");
	CHECK_STR(config_find_known(&config, "dirty.x", "vtd0/first/4K", "")->link, "a");
	CHECK_STR(config_find_known(&config, "dirty.x", "vtd0/second/4K", "")->link, "b");
	CHECK(config_find_known(&config, "dirty.y", "vtd0/second/4K", "") == NULL);
}

HOST_TEST(known_speaks_of_a_symptom)
{
	file("known=a.* x flags are *\nknown=a.b y data is lost\nknown=a.c z\n");
	CHECK_STR(config_find_known(&config, "a.b", "v", "flags are \"-\"")->link, "x");
	CHECK_STR(config_find_known(&config, "a.b", "v", "flags are \"-\"")->symptom,
		  "flags are *");
	CHECK_STR(config_find_known(&config, "a.b", "v", "data is lost")->link, "y");
	CHECK_STR(config_find_known(&config, "a.b", "v", "neither")->link, "x");
	CHECK_STR(config.known[2].symptom, "*");
}

HOST_TEST(known_reasons_are_pairs)
{
	file("known_reason=a.*@*/second/* 79/05,85/05 x\nknown_reason=a.* 85/06 y\n");
	CHECK_STR(config_find_reason(&config, "a.b", "vtd0/second/4K", 0x79, 0x05)->link, "x");
	CHECK_STR(config_find_reason(&config, "a.b", "vtd0/first/4K", 0x85, 0x06)->link, "y");
	CHECK(config_find_reason(&config, "a.b", "vtd0/first/4K", 0x85, 0x05) == NULL);
	CHECK(config_find_reason(&config, "a.b", "vtd0/second/4K", 0x05, 0x79) == NULL);
	CHECK(config_find_reason(&config, "c.b", "vtd0/second/4K", 0x79, 0x05) == NULL);
	CHECK(config_find_known(&config, "a.b", "vtd0/second/4K", "") == NULL);
}

HOST_TEST(patterns_select)
{
	file("tests=a.*\n");
	CHECK(config_matches(&config.tests, "a.b", true));
	CHECK(!config_matches(&config.tests, "b.b", true));
	CHECK(config_matches(&config.skip, "b.b", true));
	CHECK(!config_matches(&config.skip, "b.b", false));
}

HOST_MAIN()
