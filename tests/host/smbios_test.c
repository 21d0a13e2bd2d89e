/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Board and firmware names from SMBIOS structures written out by hand (DSP0134 3.7). */
#include "boot/smbios.c"

#include "tests/host/check.h"

#define LINE_MAX	128u

static char line[LINE_MAX];

static const char firmware[] = "\0\x0a\0\0\x01\x02\0\0\x03\0" "ACME BIOS\0" "1.2\0" "01/02/2026\0";
static const char machine[] = "\x01\x08\x01\0\x01\x02\x03\0" "ACME\0" "Rocket\0" "B\0";
static const char board[] = "\x02\x08\x02\0\x01\x02\0\0" " Anvil\0" "X1\0";
static const char end[] = "\x7f\x04\x03\0\0";

/* Tables go to their own piece of heap, so that the sanitizer sees every step beyond them. */
static void run(const void *bytes, size_t count, size_t limit)
{
	uint8_t *table = malloc(count ? count : 1);
	uint64_t address = (uintptr_t)table;
	uint8_t entry[24] = "_SM3_";

	memcpy(table, bytes, count);
	entry[12] = (uint8_t)count;
	entry[13] = (uint8_t)(count >> 8);
	memcpy(entry + 16, &address, sizeof(address));
	memset(line, '!', sizeof(line));
	smbios_board_line(entry, line, limit);
	free(table);
}

static size_t all_structures(char *to)
{
	size_t n = 0;

	memcpy(to + n, firmware, sizeof(firmware));
	n += sizeof(firmware);
	memcpy(to + n, machine, sizeof(machine));
	n += sizeof(machine);
	memcpy(to + n, board, sizeof(board));
	n += sizeof(board);
	memcpy(to + n, end, sizeof(end));
	return n + sizeof(end);
}

HOST_TEST(the_line_names_machine_board_and_firmware)
{
	char table[256];

	run(table, all_structures(table), LINE_MAX);
	CHECK_STR(line, "ACME Rocket B, board Anvil X1, firmware ACME BIOS 1.2 01/02/2026");
}

HOST_TEST(a_short_line_is_cut_and_ends)
{
	char table[256];

	run(table, all_structures(table), 12);
	CHECK_STR(line, "ACME Rocket");
	CHECK_EQ(line[12], '!');
	run(table, all_structures(table), 1);
	CHECK_STR(line, "");
}

HOST_TEST(tables_cut_off_at_every_byte_are_read_no_further)
{
	char table[256];
	size_t count = all_structures(table);

	for (size_t n = 0; n < count; n++) {
		run(table, n, LINE_MAX);
		CHECK(strlen(line) < LINE_MAX);
	}
}

HOST_TEST(a_string_number_beyond_the_last_string_names_nothing)
{
	static const char bad[] = "\x01\x08\x01\0\x09\x02\xff\0"
				  "ACME\0"
				  "Rocket\0";

	run(bad, sizeof(bad), LINE_MAX);
	CHECK_STR(line, "Rocket");
}

HOST_TEST(a_structure_shorter_than_its_header_ends_the_walk)
{
	static const char bad[] = "\x04\x02\x01\0\0"
				  "\x01\x08\x01\0\x01\0\0\0"
				  "ACME\0";

	run(bad, sizeof(bad), LINE_MAX);
	CHECK_STR(line, "");
}

HOST_TEST(a_quote_or_a_control_character_does_not_reach_the_line)
{
	static const char odd[] = "\x01\x08\x01\0\x01\0\0\0"
				  "A\"\x01"
				  "B\\\0";

	run(odd, sizeof(odd), LINE_MAX);
	CHECK_STR(line, "A'?B/");
}

HOST_TEST(no_entry_point_gives_an_empty_line)
{
	smbios_board_line(NULL, line, LINE_MAX);
	CHECK_STR(line, "");
	smbios_board_line("_XX_____________________", line, LINE_MAX);
	CHECK_STR(line, "");
}

HOST_MAIN()
