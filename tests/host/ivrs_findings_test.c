/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every finding that the IVRS parser and the rules around it can make, at its place, with its numbers. */
#include "tests/host/check.h"

#include "drivers/acpi/madt.h"
#include "tests/host/ivrs_table.h"

/* Bytes of `whole` changed, and the one finding (of `count`) that this is about. */
static const struct defect {
	enum acpi_finding_kind kind;
	uint32_t offset;
	uint64_t got, expected;
	enum status status;
	unsigned count;
	struct {
		uint16_t at;
		uint8_t value;
	} bytes[6]; /* until `at` is 0 */
} defects[] = {
	/* clang-format off */
	{ ACPI_IVRS_REVISION, 8, 3, 2, STATUS_OK, 1, {{ 8, 3 }} },
	{ ACPI_IVRS_TYPE_REVISION, 176, 0x40, 1, STATUS_OK, 1, {{ 8, 1 }} },
	{ ACPI_IVRS_TYPE_EFR, 108, 0x11, 0x10, STATUS_OK, 3, {{ 36, 0x42 }} },
	{ ACPI_IVRS_RESERVED, 36, 0x203047, 0x203043, STATUS_OK, 1, {{ 36, 0x47 }} },
	{ ACPI_IVRS_RESERVED, 36, 0x80203043, 0x203043, STATUS_OK, 1, {{ 39, 0x80 }} },
	{ ACPI_IVRS_RESERVED, 40, 1, 0, STATUS_OK, 1, {{ 40, 1 }} },
	{ ACPI_IVRS_RESERVED, 47, 1, 0, STATUS_OK, 1, {{ 47, 1 }} },
	{ ACPI_IVRS_RESERVED, 79, 1, 0, STATUS_OK, 1, {{ 79, 1 }} },
	{ ACPI_IVRS_RESERVED, 84, 1, 0, STATUS_OK, 1, {{ 84, 1 }} },
	{ ACPI_IVRS_RESERVED, 87, 1, 0, STATUS_OK, 1, {{ 87, 1 }} },
	{ ACPI_IVRS_RESERVED, 94, 1, 0, STATUS_OK, 1, {{ 94, 1 }} },
	{ ACPI_IVRS_RESERVED, 156, 0x80000008, 0x80000000, STATUS_OK, 1, {{ 156, 8 }} },
	{ ACPI_IVRS_RESERVED, 163, 1, 0, STATUS_OK, 1, {{ 163, 1 }} },
	{ ACPI_IVRS_RESERVED, 171, 1, 0, STATUS_OK, 1, {{ 171, 1 }} },
	{ ACPI_IVRS_RESERVED, 336, 0x18, 0x08, STATUS_OK, 1, {{ 336, 0x18 }} },
	{ ACPI_IVRS_RESERVED, 345, 1, 0, STATUS_OK, 1, {{ 345, 1 }} },
	{ ACPI_IVRS_RESERVED, 350, 1, 0, STATUS_OK, 1, {{ 350, 1 }} },
	{ ACPI_IVRS_PA_SIZE, 36, 49, 48, STATUS_OK, 1, {{ 37, 0x31 }} },
	{ ACPI_IVRS_VA_SIZE, 36, 65, 64, STATUS_OK, 1, {{ 37, 0xb0 }} },
	{ ACPI_IVRS_VA_SIZE, 36, 0, 64, STATUS_OK, 1, {{ 38, 0 }} },
	{ ACPI_IVRS_GVA_SIZE, 36, 4, 2, STATUS_OK, 1, {{ 36, 0x83 }} },
	{ ACPI_IVRS_BLOCK_ZERO, 50, 0, 4, STATUS_MALFORMED, 1, {{ 50, 0 }} },
	{ ACPI_IVRS_BLOCK_SHORT, 50, 3, 4, STATUS_MALFORMED, 1, {{ 50, 3 }} },
	{ ACPI_IVRS_BLOCK_OVERRUNS, 401, 33, 32, STATUS_MALFORMED, 1, {{ 401, 33 }} },
	{ ACPI_IVRS_BLOCK_OVERRUNS, 401, 0x120, 32, STATUS_MALFORMED, 1, {{ 402, 1 }} },
	{ ACPI_IVRS_BLOCK_FIXED, 401, 31, 32, STATUS_MALFORMED, 2, {{ 401, 31 }} },
	{ ACPI_IVRS_BLOCK_FIXED, 285, 39, 40, STATUS_MALFORMED, 2, {{ 285, 39 }} },
	{ ACPI_IVRS_BLOCK_UNKNOWN, 399, 0x23, 0, STATUS_OK, 1, {{ 399, 0x23 }} },
	{ ACPI_IVHD_CAPABILITY, 289, 0x3c, 0x40, STATUS_OK, 1, {{ 289, 0x3c }} },
	{ ACPI_IVHD_CAPABILITY, 289, 0x66, 0x40, STATUS_OK, 1, {{ 289, 0x66 }} },
	{ ACPI_IVHD_CAPABILITY, 289, 0x164, 0x40, STATUS_OK, 1, {{ 290, 1 }} },
	{ ACPI_IVHD_BASE_ZERO, 291, 0, 0, STATUS_OK, 1, {{ 293, 0 }, { 294, 0 }} },
	{ ACPI_IVHD_BASE_ALIGNMENT, 291, 0xfd182000, 0xfd180000, STATUS_OK, 1, {{ 292, 0x20 }} },
	{ ACPI_IVHD_BASE_ALIGNMENT, 291, 0xfd184000, 0xfd180000, STATUS_OK, 1,
	  {{ 292, 0x40 }, { 308, 2 }} },
	{ ACPI_IVHD_BASE_BEYOND, 291, 0x10000fd180000, 48, STATUS_OK, 1, {{ 297, 1 }} },
	{ ACPI_IVHD_BASE_REPEATED, 291, 0xfd200000, 0, STATUS_OK, 1, {{ 293, 0x20 }} },
	{ ACPI_IVHD_REPEATED, 176, 0x11, 108, STATUS_OK, 2, {{ 176, 0x11 }} },
	{ ACPI_IVHD_ENTRY_MISPLACED, 252, 0x11, 0x40, STATUS_OK, 2, {{ 176, 0x11 }} },
	{ ACPI_IVHD_DISAGREES, 116, 0xfd280000, 0xfd200000, STATUS_OK, 2, {{ 118, 0x28 }} },
	{ ACPI_IVHD_DISAGREES, 176, 0x25bf732fa2295aff, 0x25bf732fa2295afe, STATUS_OK, 1, {{ 200, 0xff }} },
	{ ACPI_IVHD_FEATURES, 68, 0x90048f6a, 0x80048f6a, STATUS_OK, 1, {{ 68, 0x6a }, { 71, 0x90 }} },
	{ ACPI_IVHD_FEATURES, 68, 0x81048f6e, 0x80048f6e, STATUS_OK, 1, {{ 49, 0x30 }, { 71, 0x81 }} },
	{ ACPI_IVHD_HAT_DIS, 303, 1, 0, STATUS_OK, 1, {{ 303, 1 }} },
	{ ACPI_IVHD_OVERLAP, 80, 0xff, 72, STATUS_OK, 1, {{ 81, 0xff }, { 82, 0 }} },
	{ ACPI_IVHD_OVERLAP, 232, 0x80, 216, STATUS_OK, 1, {{ 233, 0x80 }, { 234, 0 }} },
	{ ACPI_IVHD_SHARED, 323, 0x0008, 216, STATUS_OK, 1,
	  {{ 299, 0 }, { 324, 8 }, { 325, 0 }} },
	{ ACPI_IVHD_ALIAS, 224, 0x0107, 0, STATUS_OK, 1, {{ 229, 0x07 }, { 230, 0x01 }} },
	{ ACPI_IVHD_ENTRY_OVERRUNS, 327, 8, 4, STATUS_MALFORMED, 2, {{ 285, 48 }} },
	{ ACPI_IVHD_ENTRY_OVERRUNS, 252, 32, 31, STATUS_MALFORMED, 1, {{ 273, 10 }} },
	{ ACPI_IVHD_ENTRY_UNKNOWN, 323, 5, 0, STATUS_OK, 1, {{ 323, 5 }} },
	{ ACPI_IVHD_ENTRY_UNKNOWN, 327, 0x49, 0, STATUS_OK, 1, {{ 327, 0x49 }} },
	{ ACPI_IVHD_ENTRY_VARIABLE, 327, 0x80, 0xf0, STATUS_MALFORMED, 1, {{ 327, 0x80 }} },
	{ ACPI_IVHD_RANGE_OPEN, 72, 8, 0, STATUS_MALFORMED, 1, {{ 76, 2 }} },
	{ ACPI_IVHD_RANGE_STRAY, 323, 0x6000, 0, STATUS_MALFORMED, 1, {{ 323, 4 }} },
	{ ACPI_IVHD_RANGE_ORDER, 77, 7, 8, STATUS_MALFORMED, 1, {{ 77, 7 }} },
	{ ACPI_IVHD_VARIETY, 334, 3, 0, STATUS_OK, 1, {{ 334, 3 }} },
	{ ACPI_IVHD_VARIETY, 334, 0, 0, STATUS_OK, 1, {{ 334, 0 }} },
	{ ACPI_IVHD_SPECIAL_REPEATED, 327, 0x20, 244, STATUS_OK, 1, {{ 331, 0x20 }} },
	{ ACPI_IVHD_HID, 256, 0x3032300049444d41, 0, STATUS_OK, 2, {{ 260, 0 }, { 271, 0x20 }} },
	{ ACPI_IVHD_HID, 264, 0x2031303530504e50, 0, STATUS_OK, 1, {{ 271, 0x20 }} },
	{ ACPI_IVHD_UID, 272, 0x0309, 0, STATUS_OK, 2, {{ 272, 3 }} },
	{ ACPI_IVHD_UID, 272, 0x0109, 0, STATUS_OK, 2, {{ 272, 1 }} },
	{ ACPI_IVHD_UID, 272, 0x0009, 0, STATUS_OK, 2, {{ 272, 0 }} },
	{ ACPI_IVHD_UID_REMAP, 272, 0, 2, STATUS_OK, 2, {{ 272, 0 }} },
	{ ACPI_IVMD_ORDER, 403, 0x6100, 0x60ff, STATUS_OK, 1, {{ 404, 0x61 }} },
	{ ACPI_IVMD_EMPTY, 423, 0, 4096, STATUS_OK, 1, {{ 424, 0 }} },
	{ ACPI_IVMD_BEYOND, 415, 0x10000710027ff, 48, STATUS_OK, 1, {{ 421, 1 }} },
	{ ACPI_IVMD_BEYOND, 415, 0x1000710002ff, 44, STATUS_OK, 2, {{ 37, 0x2c }, { 420, 0x10 }, { 424, 3 }} },
	{ ACPI_IVMD_UNITY, 368, 1, 0, STATUS_OK, 1, {{ 368, 1 }} },
	/* clang-format on */
};

HOST_TEST(every_defect_is_its_own_finding)
{
	for (size_t i = 0; i < ARRAY_COUNT(defects); i++) {
		const struct defect *d = &defects[i];
		const struct acpi_finding *finding;
		uint8_t table[sizeof(whole)];

		memcpy(table, whole, sizeof(whole));
		for (unsigned j = 0; j < ARRAY_COUNT(d->bytes) && d->bytes[j].at != 0; j++)
			table[d->bytes[j].at] = d->bytes[j].value;
		CHECK_EQ(parse(table, sizeof(table)), d->status);
		finding = finding_of(d->kind, d->offset);
		CHECK(finding != NULL);
		CHECK_EQ(findings.count, d->count);
		if (finding != NULL) {
			CHECK_EQ(finding->got, d->got);
			CHECK_EQ(finding->expected, d->expected);
		}
		if (finding == NULL || findings.count != d->count) {
			printf("# defect %zu, %s\n", i, acpi_finding_name(d->kind));
			for (unsigned j = 0; j < findings.count; j++)
				printf("#   %s at %u: %llx, %llx\n",
				       acpi_finding_name(findings.list[j].kind),
				       findings.list[j].offset,
				       (unsigned long long)findings.list[j].got,
				       (unsigned long long)findings.list[j].expected);
		}
	}
}

HOST_TEST(findings_name_the_section)
{
	uint8_t table[sizeof(whole)];
	const struct acpi_finding *finding;

	memcpy(table, whole, sizeof(whole));
	table[334] = 3;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	finding = finding_of(ACPI_IVHD_VARIETY, 334);
	CHECK(finding != NULL);
	if (finding == NULL)
		return;
	CHECK_STR(finding->rule, "48882 5.2.2.1");
	CHECK_STR(finding->text, "48882 5.2.2.1: the variety of a special device is reserved");
	CHECK(memcmp(finding->signature, "IVRS", 4) == 0);
	CHECK_EQ(finding->weight, ACPI_WEIGHT_DEFECT);
}

/* An unusable structure stays in the list, marked. */
HOST_TEST(unusable_units_and_memory_are_marked)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	table[293] = 0x20;	/* the base of the other unit */
	table[404] = 0x61;	/* no device */
	table[389] = 0x01;	/* beyond the width */
	table[361] = 0;		/* no bytes */
	table[362] = 0;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK(ivrs.ivhd[0].usable && ivrs.ivhd[1].usable && ivrs.ivhd[2].usable);
	CHECK(!ivrs.ivhd[3].usable);
	CHECK(!ivrs.ivmd[0].usable);
	CHECK(!ivrs.ivmd[1].usable);
	CHECK(!ivrs.ivmd[2].usable);
	table[293] = 0x18;
	table[292] = 0x10;	/* a quarter of the registers' alignment */
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK(!ivrs.ivhd[3].usable);
	table[292] = 0x40;	/* 16 KiB, where the area has 512 */
	table[308] = 0x02;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK(finding_of(ACPI_IVHD_BASE_ALIGNMENT, 291) != NULL);
	CHECK(ivrs.ivhd[3].usable);
}

HOST_TEST(memory_that_wraps)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	memset(table + 423, 0xff, 8);
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVMD_BEYOND, 415) != NULL);
	CHECK_EQ(findings.list[0].got, 0x70fffffe);
	CHECK(!ivrs.ivmd[2].usable);
}

HOST_TEST(a_table_without_a_unit)
{
	begin();
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVHD_NONE, 0) != NULL);
	append(whole + 335, 32);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 2);
	CHECK(finding_of(ACPI_IVMD_ORPHAN, 48) != NULL);
	CHECK_EQ(ivrs.ivmd[0].ivhd, IVRS_NO_IVHD);
}

HOST_TEST(a_unit_without_a_device)
{
	begin();
	append_unit(2, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVHD_EMPTY, 48) != NULL);
}

HOST_TEST(bytes_after_the_last_block)
{
	begin();
	append_unit(2, 4);
	APPEND(2, 8, 0, 0, 0x20, 0, 32);
	CHECK_EQ(parse_built(), STATUS_MALFORMED);
	CHECK(finding_of(ACPI_IVRS_TRAILING, 92) != NULL);
	CHECK_EQ(findings.list[0].got, 3);
	CHECK_EQ(ivrs.ivhd_count, 1);
	CHECK(!ivrs.complete);
}

HOST_TEST(unknown_blocks_are_skipped_by_length)
{
	begin();
	APPEND(0x50, 0, 5, 0, 0xee);
	append_unit(2, 4);
	APPEND(2, 8, 0, 0, 0x23, 0, 4, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(ivrs.unknown_count, 2);
	CHECK_EQ(findings.count, 2);
	CHECK_EQ(ivrs.ivhd_count, 1);
}

HOST_TEST(memory_longer_than_its_fields)
{
	begin();
	append_unit(2, 4);
	APPEND(2, 8, 0, 0);
	append(whole + 335, 32);
	APPEND(1, 2, 3, 4);
	built[94] = 36;
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVMD_LENGTH, 94) != NULL);
	CHECK_EQ(findings.list[0].got, 36);
	CHECK_EQ(ivrs.ivmd_count, 1);
}

HOST_TEST(variable_entries_come_last)
{
	begin();
	append_unit(2, 22 + 4);
	APPEND(0xf0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 8, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVHD_ENTRY_ORDER, 48 + 40 + 22) != NULL);
	CHECK_EQ(ivrs.entry_count, 2);
}

HOST_TEST(an_alias_is_not_among_all)
{
	begin();
	append_unit(2, 4 + 8);
	APPEND(1, 0, 0, 0, 0x42, 0x30, 0, 0, 0, 0x10, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVHD_OVERLAP, 48 + 40 + 4) != NULL);
	memmove(built + 88, built + 92, 8);
	memcpy(built + 96, (const uint8_t[]){ 1, 0, 0, 0 }, 4);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVHD_OVERLAP, 48 + 40 + 8) != NULL);
	built[96] = 2;		/* another device alone is no reason */
	built[97] = 0x10;
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 0);
}

/* A range whose end is cut off by the block's, or is another entry. */
HOST_TEST(open_ranges)
{
	static const uint8_t starts[] = { 0x03, 0x43, 0x47 };

	for (unsigned i = 0; i < ARRAY_COUNT(starts); i++) {
		unsigned bytes = starts[i] & 0x40 ? 8 : 4;

		begin();
		append_unit(2, 4 + bytes);
		APPEND(2, 8, 0, 0, starts[i], 0x10, 0, 0);
		append(whole + 40, bytes - 4);
		CHECK_EQ(parse_built(), STATUS_MALFORMED);
		CHECK(finding_of(ACPI_IVHD_RANGE_OPEN, 92) != NULL);
		CHECK_EQ(findings.list[0].got, 0x10);
		CHECK_EQ(ivrs.entry_count, 1);
	}
}

HOST_TEST(features_need_efr_sup)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	table[36] = 0x42;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK_EQ(ivrs.ivhd[0].features, 0);
	CHECK_EQ(ivrs.ivhd[0].size_lg2, 14);
	CHECK_EQ(ivrs.ivhd[1].size_lg2, 19);
}

HOST_TEST(ids_longer_than_are_kept)
{
	static const uint8_t hid[] = { 0xf0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
				       0,    0, 0, 0, 0, 0, 0, 0, 0, 2, 64 };
	uint8_t uid[64];

	begin();
	append_unit(2, 22 + 64);
	append(hid, sizeof(hid));
	memset(uid, 'x', sizeof(uid));
	uid[1] = 0x1b;
	append(uid, sizeof(uid));
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK(finding_of(ACPI_IVHD_UID_LIMIT, 48 + 40 + 22) != NULL);
	CHECK_EQ(strlen(ivrs.names[0].uid), 63);
	CHECK_EQ(ivrs.names[0].uid[1], '?');
	built[48 + 40 + 21] = 63;	/* the longest that fits */
	built[50]--;
	built_length--;
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(strlen(ivrs.names[0].uid), 63);
}

HOST_TEST(limits_of_blocks)
{
	begin();
	for (unsigned n = 0; n < 96; n++) {
		append_unit(n + 2, 4);
		APPEND(2, (uint8_t)n, 1, 0);
	}
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(ivrs.ivhd_count, 96);
	append_unit(100, 4);
	APPEND(2, 200, 1, 0);
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK_EQ(ivrs.ivhd_count, 96);
	CHECK(finding_of(ACPI_IVRS_LIMIT, 48 + 96 * 44) != NULL);
	CHECK(!ivrs.complete);

	begin();
	append_unit(2, 4);
	APPEND(2, 8, 0, 0);
	for (unsigned n = 0; n < 96; n++)
		append(whole + 335, 32);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(ivrs.ivmd_count, 96);
	append(whole + 335, 32);
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK_EQ(ivrs.ivmd_count, 96);
	CHECK(finding_of(ACPI_IVRS_LIMIT, 92 + 96 * 32) != NULL);
}

HOST_TEST(limits_of_entries)
{
	begin();
	append_unit(2, 4 * 4096);
	for (unsigned n = 0; n < 4096; n++)
		APPEND(2, (uint8_t)n, (uint8_t)(n >> 8), 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(ivrs.ivhd[0].entries.count, 4096);
	append_unit(3, 4);
	APPEND(2, 0, 0xff, 0);
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK_EQ(ivrs.entry_count, 4096);
	CHECK_EQ(ivrs.ivhd[1].entries.count, 0);
	CHECK(finding_of(ACPI_IVHD_ENTRY_LIMIT, 48 + 40 + 4 * 4096 + 40) != NULL);

	begin();
	append_unit(2, 65 * 22);
	for (unsigned n = 0; n < 65; n++)
		APPEND(0xf0, (uint8_t)n, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		       0);
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK_EQ(ivrs.name_count, 64);
	CHECK_EQ(ivrs.entry_count, 64);
	CHECK(finding_of(ACPI_IVHD_ENTRY_LIMIT, 88 + 64 * 22) != NULL);
	CHECK_EQ(findings.count, 1);
}

HOST_TEST(ioapics_of_the_madt_are_in_an_entry)
{
	static struct madt madt;

	madt.ioapic_count = 3;
	madt.ioapics[0].id = 0x20;
	madt.ioapics[1].id = 0x21;
	madt.ioapics[2].id = 0;		/* the handle of an HPET */
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	ivrs_check_madt(&ivrs, &madt, &findings);
	note_findings();
	CHECK_EQ(findings.count, 1);
	CHECK_EQ(findings.list[0].kind, ACPI_IVHD_NO_IOAPIC);
	CHECK_EQ(findings.list[0].got, 0);
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	ivrs.complete = false;
	ivrs_check_madt(&ivrs, &madt, &findings);
	CHECK_EQ(findings.count, 0);
}

static bool agrees(uint32_t header, uint32_t base_low, uint32_t base_high)
{
	struct ivrs_function f = { true, header, base_low, base_high };
	bool used;

	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	used = ivrs_check_function(&ivrs, &ivrs.ivhd[0], &f, &findings);
	note_findings();
	return used;
}

/* The capability of the first unit, whose registers are at fd200000h, by 3.2. */
HOST_TEST(functions_of_units_are_asked)
{
	struct ivrs_function none = { .present = false };

	CHECK(agrees(0x190b640f, 0xfd200001, 0));
	CHECK_EQ(findings.count, 0);
	CHECK(agrees(0x190b640f, 0xfd200000, 0));
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVHD_NOT_ENABLED, 48) != NULL);
	CHECK(agrees(0x190b640f, 0xfd200001, 1));
	CHECK_EQ(findings.count, 1);
	CHECK_EQ(finding_of(ACPI_IVHD_BASE_DIFFERS, 48)->expected, 0x1fd200000);
	CHECK(agrees(0x110b640f, 0xfd200001, 0));
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_IVHD_EFR_SUP, 48) != NULL);
	CHECK(!agrees(0x190a640f, 0xfd200001, 0));
	CHECK(!agrees(0x190b6410, 0xfd200001, 0));
	CHECK_EQ(findings.count, 1);
	CHECK_EQ(finding_of(ACPI_IVHD_NO_CAPABILITY, 48)->got, 0x30010);
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK(!ivrs_check_function(&ivrs, &ivrs.ivhd[0], &none, &findings));
	note_findings();
	CHECK(finding_of(ACPI_IVHD_NO_FUNCTION, 48) != NULL);
}

HOST_TEST(images_are_those_of_the_registers)
{
	struct ivrs_ivhd ivhd;

	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	ivhd = ivrs.ivhd[1];
	ivhd.efr2 = 0;
	ivrs_check_images(&ivhd, ivhd.efr, 7, &findings);
	CHECK_EQ(findings.count, 0);
	ivrs_check_images(&ivhd, ivhd.efr ^ 1, 7, &findings);
	CHECK_EQ(findings.count, 1);
	ivhd.efr2 = 3;
	ivrs_check_images(&ivhd, ivhd.efr, 7, &findings);
	note_findings();
	CHECK_EQ(findings.count, 2);
	CHECK_EQ(findings.list[1].kind, ACPI_IVHD_EFR_IMAGE);
	CHECK_EQ(findings.list[1].expected, 7);
	ivrs_check_images(&ivrs.ivhd[0], 1, 2, &findings);
	CHECK_EQ(findings.count, 2);
}

/* The catalogue holds no kind that cannot be provoked. Runs last: it looks at all of the above. */
HOST_TEST(every_kind_of_finding_was_provoked)
{
	for (unsigned kind = ACPI_IVRS_REVISION; kind <= ACPI_IVMD_UNITY; kind++) {
		if (!provoked[kind])
			printf("# %s\n", acpi_finding_name((enum acpi_finding_kind)kind));
		CHECK(provoked[kind]);
	}
}

HOST_MAIN()
