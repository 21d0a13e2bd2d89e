/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Every finding that the parsers of MCFG, MADT, SPCR, FADT and HPET can make, at its place, and that no
 * cut or changed byte leads them astray.
 */
#include "tests/host/check.h"

#include "tests/host/acpi_parse.h"

HOST_TEST(mcfg_without_allocations)
{
	begin(MCFG, 44);
	CHECK_EQ(parse_built(MCFG), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(found(ACPI_MCFG_EMPTY, 44));
}

HOST_TEST(mcfg_limit)
{
	begin(MCFG, 44);
	for (uint8_t i = 0; i < 65; i++)
		APPEND(0, 0, 0, 0xb0, 0, 0, 0, 0, i, 0, 0, 255, 0, 0, 0, 0);
	CHECK_EQ(parse_built(MCFG), STATUS_EXHAUSTED);
	CHECK_EQ(mcfg.count, 64);
	CHECK(found(ACPI_MCFG_LIMIT, 44 + 64 * 16));
	built_length -= 16;
	CHECK_EQ(parse_built(MCFG), STATUS_OK);
	CHECK_EQ(mcfg.count, 64);
}

HOST_TEST(madt_limits)
{
	begin(MADT, 44);
	for (unsigned i = 0; i < 1024; i++)
		APPEND(0, 8, 0, (uint8_t)i, 1, 0, 0, 0);
	for (uint8_t i = 0; i < 64; i++)
		APPEND(1, 12, i, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	for (unsigned i = 0; i < 64; i++)
		APPEND(2, 10, 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK_EQ(parse_built(MADT), STATUS_OK);
	CHECK_EQ(madt.local_apic_count, 1024);
	CHECK_EQ(madt.ioapic_count, 64);
	CHECK_EQ(madt.override_count, 64);
	APPEND(0, 8, 0, 0, 1, 0, 0, 0);
	APPEND(1, 12, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	APPEND(2, 10, 0, 0, 0, 0, 0, 0, 0, 0);
	APPEND(9, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0);
	CHECK_EQ(parse_built(MADT), STATUS_EXHAUSTED);
	CHECK_EQ(findings.count, 4);
	CHECK_EQ(madt.local_apic_count, 1024);
	CHECK_EQ(madt.ioapic_count, 64);
	CHECK_EQ(madt.override_count, 64);
}

/* Bytes of a valid table changed, `length` in the header if not 0, and the only finding. */
/* clang-format off */
static const struct {
	unsigned parser;
	enum acpi_finding_kind kind;
	uint32_t offset;
	uint64_t got, expected;
	enum status status;
	uint32_t length;
	struct { uint16_t at; uint8_t value; } bytes[9];	/* until `at` is 0 */
} defects[] = {
	{ MCFG, ACPI_MCFG_TRAILING, 60, 15, 0, STATUS_MALFORMED, 75, {{ 0 }} },
	{ MCFG, ACPI_MCFG_BUSES, 70, 0x80, 0x7f, STATUS_MALFORMED, 0, {{ 70, 0x80 }} },
	{ MCFG, ACPI_MCFG_BASE_ZERO, 44, 0, 0, STATUS_MALFORMED, 0, {{ 47, 0 }} },
	{ MCFG, ACPI_MCFG_BASE_ALIGNMENT, 44, 0xb0080000, 0xb0000000, STATUS_MALFORMED, 0,
	  {{ 46, 8 }} },
	{ MCFG, ACPI_MCFG_WRAPS, 60, 0xfffffffff8100000, 0xfffffffff8000000, STATUS_MALFORMED, 0,
	  {{ 67, 0xff }, { 66, 0xff }, { 65, 0xff }, { 64, 0xff }, { 63, 0xf8 }, { 62, 0x10 }} },
	{ MCFG, ACPI_MCFG_OVERLAP, 70, 0x40, 0xff, STATUS_OK, 0, {{ 68, 0 }} },
	{ MADT, ACPI_MADT_ENTRY_ZERO, 61, 0, 2, STATUS_MALFORMED, 0, {{ 61, 0 }} },
	{ MADT, ACPI_MADT_ENTRY_SHORT, 61, 1, 2, STATUS_MALFORMED, 0, {{ 61, 1 }} },
	{ MADT, ACPI_MADT_ENTRY_SHORT, 105, 6, 8, STATUS_MALFORMED, 0, {{ 104, 0 }} },
	{ MADT, ACPI_MADT_ENTRY_OVERRUNS, 127, 13, 12, STATUS_MALFORMED, 0, {{ 127, 13 }} },
	{ MADT, ACPI_MADT_TRAILING, 126, 1, 0, STATUS_MALFORMED, 127, {{ 0 }} },
	{ MADT, ACPI_MADT_IOAPIC_ID, 74, 2, 0, STATUS_OK, 0, {{ 74, 2 }} },
	{ MADT, ACPI_MADT_ADDRESS_TWICE, 126, 0xfee10000, 0x100000100, STATUS_OK, 0, {{ 110, 5 }} },
	{ SPCR, ACPI_SPCR_SPACE, 40, 2, 0, STATUS_OK, 0, {{ 40, 2 }} },
	{ SPCR, ACPI_SPCR_ACCESS, 43, 5, 4, STATUS_OK, 0, {{ 43, 5 }} },
	{ SPCR, ACPI_SPCR_BAUD, 58, 5, 0, STATUS_OK, 0, {{ 58, 5 }} },
	{ SPCR, ACPI_SPCR_BAUD, 58, 8, 0, STATUS_OK, 0, {{ 58, 8 }} },
	{ FADT, ACPI_FADT_LENGTH, 4, 275, 276, STATUS_OK, 275, {{ 0 }} },
	{ FADT, ACPI_FADT_LENGTH, 4, 267, 268, STATUS_OK, 267, {{ 8, 5 }} },
	{ FADT, ACPI_FADT_LENGTH, 4, 243, 244, STATUS_OK, 243, {{ 8, 3 }} },
	{ FADT, ACPI_FADT_TIMER_LENGTH, 91, 3, 4, STATUS_OK, 0, {{ 91, 3 }} },
	{ FADT, ACPI_FADT_TIMER_CONFLICT, 208, 0x708, 0x608, STATUS_OK, 0, {{ 213, 7 }} },
	{ FADT, ACPI_FADT_RESET, 116, 16, 8, STATUS_OK, 0, {{ 117, 16 }} },
	{ FADT, ACPI_FADT_RESET, 116, 8, 8, STATUS_OK, 0, {{ 118, 1 }} },
	{ FADT, ACPI_FADT_RESET, 116, 8, 8, STATUS_OK, 0, {{ 116, 3 }} },
	{ FADT, ACPI_FADT_RESET, 116, 8, 8, STATUS_OK, 0, {{ 120, 0 }, { 121, 0 }} },
	{ HPET, ACPI_HPET_SPACE, 40, 1, 0, STATUS_OK, 0, {{ 40, 1 }} },
	{ HPET, ACPI_HPET_BASE, 44, 0, 0, STATUS_OK, 0, {{ 46, 0 }, { 47, 0 }} },
	{ MCFG, ACPI_TABLE_SHORT, 4, 43, 44, STATUS_MALFORMED, 43, {{ 0 }} },
	{ MADT, ACPI_TABLE_SHORT, 4, 43, 44, STATUS_MALFORMED, 43, {{ 0 }} },
	{ SPCR, ACPI_TABLE_SHORT, 4, 79, 80, STATUS_MALFORMED, 79, {{ 0 }} },
	{ FADT, ACPI_TABLE_SHORT, 4, 115, 116, STATUS_MALFORMED, 115, {{ 0 }} },
	{ HPET, ACPI_TABLE_SHORT, 4, 55, 56, STATUS_MALFORMED, 55, {{ 0 }} },
	{ HPET, ACPI_TABLE_OTHER, 0, 0x5445503f, 0x54455048, STATUS_MALFORMED, 0, {{ 1, 'P' }} },
};
/* clang-format on */

HOST_TEST(every_defect_is_its_own_finding)
{
	for (size_t i = 0; i < ARRAY_COUNT(defects); i++) {
		unsigned before = host_failures;

		begin(defects[i].parser, parsers[defects[i].parser].bytes);
		for (unsigned j = 0; j < 9 && defects[i].bytes[j].at != 0; j++)
			built[defects[i].bytes[j].at] = defects[i].bytes[j].value;
		if (defects[i].kind == ACPI_TABLE_OTHER)
			built[0] = '?';
		if (defects[i].length != 0)
			built_length = defects[i].length;
		CHECK_EQ(parse_built(defects[i].parser), defects[i].status);
		CHECK_EQ(findings.count, 1);
		CHECK_EQ(findings.list[0].kind, defects[i].kind);
		CHECK_EQ(findings.list[0].offset, defects[i].offset);
		CHECK_EQ(findings.list[0].got, defects[i].got);
		CHECK_EQ(findings.list[0].expected, defects[i].expected);
		if (host_failures != before)
			printf("# defect %zu, %s\n", i, acpi_finding_name(defects[i].kind));
	}
}

HOST_TEST(defective_parts_are_left_out)
{
	begin(MCFG, 76);
	built[47] = 0;
	CHECK_EQ(parse_built(MCFG), STATUS_MALFORMED);
	CHECK_EQ(mcfg.count, 1);
	CHECK_EQ(mcfg.allocations[0].segment, 1);
	begin(FADT, 276);
	built[117] = 16;
	CHECK_EQ(parse_built(FADT), STATUS_OK);
	CHECK(!fadt.reset_supported);
	begin(HPET, 56);
	built[40] = ACPI_SPACE_IO;
	CHECK_EQ(parse_built(HPET), STATUS_OK);
	CHECK_EQ(hpet.block.address, 0);
}

/* Fewer bytes than the header says, at every length. */
HOST_TEST(cut_tables_are_refused)
{
	for (unsigned p = 0; p < PARSERS; p++) {
		for (size_t length = 0; length < parsers[p].bytes; length++) {
			CHECK_EQ(parse(p, parsers[p].valid, length), STATUS_MALFORMED);
			CHECK_EQ(findings.count, 1);
			CHECK_EQ(findings.list[0].kind, ACPI_TABLE_CUT);
		}
	}
	CHECK_EQ(mcfg.count + madt.local_apic_count + madt.ioapic_count, 0);
}

/* A table that ends early, and says so. */
HOST_TEST(tables_that_end_early)
{
	for (unsigned p = 0; p < PARSERS; p++) {
		for (size_t length = 36; length <= parsers[p].bytes; length++) {
			enum status status;

			begin(p, length);
			status = parse_built(p);
			CHECK(acpi_findings_sane(&findings, status, length));
			CHECK(mcfg_sane(&mcfg) && madt_sane(&madt));
		}
	}
}

HOST_TEST(any_single_byte_may_be_anything)
{
	for (unsigned p = 0; p < PARSERS; p++) {
		for (size_t at = 0; at < 256 * parsers[p].bytes; at++) {
			enum status status;

			memcpy(built, parsers[p].valid, parsers[p].bytes);
			built[at / 256] = (uint8_t)at;
			status = parse(p, built, parsers[p].bytes);
			if (!acpi_findings_sane(&findings, status, parsers[p].bytes) ||
			    !mcfg_sane(&mcfg) || !madt_sane(&madt)) {
				printf("# parser %u, byte %zu is 0x%zx\n", p, at / 256, at % 256);
				CHECK(false);
			}
		}
	}
	CHECK(true);
}

/* Runs last: it looks at all of the above. */
HOST_TEST(every_kind_of_finding_was_provoked)
{
	for (unsigned kind = ACPI_TABLE_CUT; kind <= ACPI_HPET_BASE; kind++) {
		if (!provoked[kind])
			printf("# %s\n", acpi_finding_name((enum acpi_finding_kind)kind));
		CHECK(provoked[kind]);
	}
}

HOST_MAIN()
