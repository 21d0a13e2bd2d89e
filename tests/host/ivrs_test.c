/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the IVRS parser says of tables that are right, that are cut, and that are anything. */
#include "tests/host/acpi_sane.h"
#include "tests/host/ivrs_table.h"

HOST_TEST(a_table_without_a_fault)
{
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK(ivrs.complete);
	CHECK_EQ(ivrs.revision, 2);
	CHECK(ivrs.efr_reported);
	CHECK(ivrs.dma_remap);
	CHECK(!ivrs.ht_ats_reserved);
	CHECK_EQ(ivrs.pa_bits, 48);
	CHECK_EQ(ivrs.va_bits, 64);
	CHECK_EQ(ivrs.gva_bits, 48);
	CHECK_EQ(ivrs.ivhd_count, 4);
	CHECK_EQ(ivrs.ivmd_count, 3);
	CHECK_EQ(ivrs.entry_count, 4 + 3 + 5 + 2);
	CHECK_EQ(ivrs.name_count, 1);
	CHECK_EQ(ivrs.unknown_count, 0);
}

HOST_TEST(units)
{
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(ivrs.ivhd[i].device_id, 0x0002);
		CHECK_EQ(ivrs.ivhd[i].capability, 0x40);
		CHECK_EQ(ivrs.ivhd[i].base.v, 0xfd200000);
		CHECK_EQ(ivrs.ivhd[i].size_lg2, 19);
		CHECK_EQ(ivrs.ivhd[i].segment, 0);
		CHECK_EQ(ivrs.ivhd[i].info, 0x0100);
		CHECK(ivrs.ivhd[i].usable);
	}
	CHECK_EQ(ivrs.ivhd[0].type, IVRS_IVHD_10H);
	CHECK_EQ(ivrs.ivhd[0].flags, 0xb0);
	CHECK_EQ(ivrs.ivhd[0].features, 0x80048f6e);
	CHECK(!ivrs.ivhd[0].has_efr);
	CHECK_EQ(ivrs.ivhd[1].type, IVRS_IVHD_11H);
	CHECK_EQ(ivrs.ivhd[1].features, 0x00048000);
	CHECK(ivrs.ivhd[1].has_efr);
	CHECK_EQ(ivrs.ivhd[1].efr, 0x25bf732fa2295afe);
	CHECK_EQ(ivrs.ivhd[1].efr2, 0x10);
	CHECK_EQ(ivrs.ivhd[2].type, IVRS_IVHD_40H);
	CHECK_EQ(ivrs.ivhd[2].offset, 176);
	CHECK_EQ(ivrs.ivhd[3].device_id, 0xe002);
	CHECK_EQ(ivrs.ivhd[3].segment, 1);
	CHECK_EQ(ivrs.ivhd[3].size_lg2, 14);
}

/* The newest block of a unit is the one that counts, in whatever order they come. */
HOST_TEST(the_newest_block_speaks_for_its_unit)
{
	uint8_t table[sizeof(whole)];

	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK(ivrs.ivhd[0].superseded);
	CHECK(ivrs.ivhd[1].superseded);
	CHECK(!ivrs.ivhd[2].superseded);
	CHECK(!ivrs.ivhd[3].superseded);
	memcpy(table, whole, 48);
	memcpy(table + 48, whole + 176, 107);		/* 40h, 10h, 11h */
	memcpy(table + 48 + 107, whole + 48, 128);
	memcpy(table + 283, whole + 283, sizeof(whole) - 283);
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK(!ivrs.ivhd[0].superseded);
	CHECK(ivrs.ivhd[1].superseded);
	CHECK(ivrs.ivhd[2].superseded);
	memcpy(table, whole, sizeof(whole));
	table[180] = 0x0a;				/* another unit */
	table[187] = 0xfe;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK(ivrs.ivhd[0].superseded);
	CHECK(!ivrs.ivhd[1].superseded);
	CHECK(!ivrs.ivhd[2].superseded);
}

static const struct ivrs_entry *entry_of(unsigned ivhd, unsigned index)
{
	return ivrs_entry(&ivrs, ivrs.ivhd[ivhd].entries, index);
}

static void check_entry(const struct ivrs_entry *entry, uint8_t type, uint16_t first, uint16_t last,
			uint8_t settings)
{
	CHECK_EQ(entry->type, type);
	CHECK_EQ(entry->first, first);
	CHECK_EQ(entry->last, last);
	CHECK_EQ(entry->settings, settings);
}

HOST_TEST(entries)
{
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK_EQ(ivrs.ivhd[0].entries.count, 4);
	check_entry(entry_of(0, 0), IVRS_RANGE, 0x0008, 0x00ff, 0);
	CHECK_EQ(entry_of(0, 0)->offset, 72);
	CHECK(!entry_of(0, 0)->alias);
	check_entry(entry_of(0, 1), IVRS_ALIAS_RANGE, 0x0100, 0x01ff, 0x30);
	CHECK(entry_of(0, 1)->alias);
	CHECK_EQ(entry_of(0, 1)->source, 0x00a4);
	check_entry(entry_of(0, 2), IVRS_SPECIAL, 0x00a0, 0x00a0, 0xd7);
	CHECK_EQ(entry_of(0, 2)->variety, IVRS_VARIETY_IOAPIC);
	CHECK_EQ(entry_of(0, 2)->handle, 0x20);
	CHECK_EQ(entry_of(0, 2)->source, 0x00a0);
	check_entry(entry_of(0, 3), IVRS_SPECIAL, 0x00a0, 0x00a0, 0);
	CHECK_EQ(entry_of(0, 3)->variety, IVRS_VARIETY_HPET);
	CHECK_EQ(ivrs.ivhd[1].entries.count, 3);
	check_entry(entry_of(1, 0), IVRS_SELECT, 0x0008, 0x0008, 0x07);
	check_entry(entry_of(1, 1), IVRS_EXTENDED_SELECT, 0x0010, 0x0010, 0);
	CHECK_EQ(entry_of(1, 1)->extended, IVRS_EXTENDED_ATS_DISABLED);
	check_entry(entry_of(1, 2), IVRS_ALL, 0, 0xffff, IVRS_SETTING_ATC_PERMIT);
	check_entry(entry_of(2, 1), IVRS_ALIAS_SELECT, 0x0100, 0x0100, 0x01);
	check_entry(entry_of(2, 2), IVRS_EXTENDED_RANGE, 0x0200, 0x02ff, 0x02);
	CHECK_EQ(entry_of(2, 2)->extended, 0x80000001);
	check_entry(entry_of(2, 4), IVRS_ACPI_HID, 0x00a5, 0x00a5, 0x40);
	CHECK_EQ(entry_of(2, 4)->source, 0x00a5);
	CHECK_EQ(ivrs.ivhd[3].entries.count, 2);
}

HOST_TEST(names)
{
	const struct ivrs_name *name = ivrs.names;

	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK_EQ(entry_of(2, 4)->name, 0);
	CHECK_STR(name->hid, "AMDI0020");
	CHECK_STR(name->cid, "PNP0501");
	CHECK(name->has_uid);
	CHECK_STR(name->uid, "\\_SB.FUR0");

	begin();
	append_unit(2, 22 + 4 + 22);
	APPEND(0xf0, 1, 0, 0, 0x41, 0xd0, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 4, 3, 2,
	       1);
	APPEND(0xf0, 2, 0, 0, 'A', 'B', 'C', 'D', '0', '1', '2', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_STR(name[0].hid, "");
	CHECK_EQ(name[0].hid_number, 0x0105d041);
	CHECK_EQ(name[0].cid_number, 0);
	CHECK_EQ(name[0].uid_number, 0x01020304);
	CHECK_STR(name[1].hid, "ABCD012");
	CHECK(!name[1].has_uid);
}

HOST_TEST(memory)
{
	const struct ivrs_ivmd *m = ivrs.ivmd;

	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK_EQ(m[0].type, IVRS_IVMD_ALL);
	CHECK_EQ(m[0].base.v, 0x7b800000);
	CHECK_EQ(m[0].bytes, 0x4800000);
	CHECK(m[0].exclusion && !m[0].readable && !m[0].writable && !m[0].unity && m[0].usable);
	CHECK_EQ(m[0].ivhd, 3);
	CHECK(ivrs_ivmd_is_for(&m[0], 0, 0) && ivrs_ivmd_is_for(&m[0], 7, 0xffff));
	CHECK_EQ(m[1].type, IVRS_IVMD_DEVICE);
	CHECK(!m[1].exclusion && m[1].readable && m[1].writable && m[1].unity && m[1].usable);
	CHECK(ivrs_ivmd_is_for(&m[1], 0, 0x10));
	CHECK(!ivrs_ivmd_is_for(&m[1], 0, 0x11) && !ivrs_ivmd_is_for(&m[1], 0, 0x0f));
	CHECK(!ivrs_ivmd_is_for(&m[1], 1, 0x10));
	CHECK_EQ(m[2].type, IVRS_IVMD_RANGE);
	CHECK_EQ(m[2].bytes, 0x2800);
	CHECK(m[2].readable && !m[2].writable && m[2].unity);
	CHECK(ivrs_ivmd_is_for(&m[2], 1, 0x6000) && ivrs_ivmd_is_for(&m[2], 1, 0x60ff));
	CHECK(!ivrs_ivmd_is_for(&m[2], 1, 0x5fff) && !ivrs_ivmd_is_for(&m[2], 1, 0x6100));
}

/* The unit, the id in requests and the entry's type; 0: nobody serves the device. */
static void check_found(uint16_t segment, uint16_t device_id, unsigned ivhd, uint16_t source, uint8_t type)
{
	struct ivrs_device device = { 0 };

	CHECK_EQ(ivrs_find(&ivrs, segment, device_id, &device), type != 0);
	if (!type)
		return;
	CHECK_EQ(device.ivhd - ivrs.ivhd, ivhd);
	CHECK_EQ(device.source, source);
	CHECK_EQ(device.entry->type, type);
}

HOST_TEST(the_unit_that_serves_a_device)
{
	uint8_t table[sizeof(whole)];

	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	check_found(0, 0x0007, 0, 0, 0);
	check_found(0, 0x0008, 2, 0x0008, IVRS_RANGE);
	check_found(0, 0x00ff, 2, 0x00ff, IVRS_RANGE);
	check_found(0, 0x0100, 2, 0x00a4, IVRS_ALIAS_SELECT);
	check_found(0, 0x0101, 0, 0, 0);
	check_found(0, 0x0200, 2, 0x0200, IVRS_EXTENDED_RANGE);
	check_found(0, 0x0300, 0, 0, 0);
	check_found(0, 0x00a5, 2, 0x00a5, IVRS_RANGE);
	check_found(1, 0x6000, 3, 0x6000, IVRS_SELECT);
	check_found(1, 0x6001, 3, 0x6001, IVRS_SPECIAL);
	check_found(1, 0x0008, 0, 0, 0);
	check_found(2, 0x0008, 0, 0, 0);

	memcpy(table, whole, sizeof(whole));
	table[176] = 0x7f;				/* without the 40h, the 11h counts */
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	check_found(0, 0x0008, 1, 0x0008, IVRS_SELECT);
	check_found(0, 0x0010, 1, 0x0010, IVRS_EXTENDED_SELECT);
	check_found(0, 0x0007, 1, 0x0007, IVRS_ALL);
	table[108] = 0x7f;				/* and without that the 10h */
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	check_found(0, 0x01ff, 0, 0x00a4, IVRS_ALIAS_RANGE);
	check_found(0, 0x0007, 0, 0, 0);
}

/* Of entries that overlap, against the rule, the closest counts, wherever it stands. */
HOST_TEST(the_closest_entry_counts)
{
	begin();
	append_unit(2, 4 + 8 + 4 + 8 + 8 + 4);
	APPEND(0x01, 0, 0, 0);
	APPEND(0x03, 0x10, 0, 0, 0x04, 0x40, 0, 0);
	APPEND(0x02, 0x20, 0, 0);
	APPEND(0x42, 0x30, 0, 0, 0, 0x10, 0, 0);
	APPEND(0x43, 0x20, 0, 0, 0, 0x11, 0, 0, 0x04, 0x31, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	check_found(0, 0x0f, 0, 0x0f, IVRS_ALL);
	check_found(0, 0x10, 0, 0x10, IVRS_RANGE);
	check_found(0, 0x20, 0, 0x11, IVRS_ALIAS_RANGE);
	check_found(0, 0x30, 0, 0x10, IVRS_ALIAS_SELECT);
	check_found(0, 0x32, 0, 0x32, IVRS_RANGE);
}

/* Two blocks of one type for one unit, and two entries for one device: the first of either. */
HOST_TEST(the_first_of_equals_counts)
{
	struct ivrs_device device = { 0 };

	begin();
	append_unit(2, 8);
	APPEND(0x02, 0x20, 0, 1, 0x02, 0x20, 0, 2);
	append_unit(2, 4);
	APPEND(0x02, 0x20, 0, 4);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK(!ivrs.ivhd[0].superseded);
	CHECK(ivrs.ivhd[1].superseded);
	check_found(0, 0x20, 0, 0x20, IVRS_SELECT);
	CHECK(ivrs_find(&ivrs, 0, 0x20, &device));
	CHECK_EQ(device.entry->settings, 1);
}

HOST_TEST(special_devices_are_found)
{
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK_EQ(ivrs_find_special(&ivrs, IVRS_VARIETY_IOAPIC, 0x20)->source, 0x00a0);
	CHECK_EQ(ivrs_find_special(&ivrs, IVRS_VARIETY_IOAPIC, 0x20)->offset, 244);
	CHECK_EQ(ivrs_find_special(&ivrs, IVRS_VARIETY_IOAPIC, 0x21)->source, 0x6001);
	CHECK(!ivrs_find_special(&ivrs, IVRS_VARIETY_HPET, 0));		/* superseded */
	CHECK(!ivrs_find_special(&ivrs, IVRS_VARIETY_IOAPIC, 0));
}

HOST_TEST(other_tables_are_refused)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	table[3] = 'X';
	CHECK_EQ(parse(table, sizeof(table)), STATUS_MALFORMED);
	CHECK(finding_of(ACPI_TABLE_OTHER, 0) != NULL);
	CHECK_EQ(ivrs.ivhd_count, 0);
}

/* Fewer bytes than the header says, at every length. */
HOST_TEST(cut_tables_are_refused)
{
	for (size_t length = 0; length < sizeof(whole); length++) {
		CHECK_EQ(parse(whole, length), STATUS_MALFORMED);
		CHECK_EQ(findings.count, 1);
		CHECK_EQ(findings.list[0].kind, ACPI_TABLE_CUT);
		CHECK_EQ(ivrs.ivhd_count, 0);
	}
}

/* A table that ends early, and says so: clean where a block ends, malformed anywhere else. */
HOST_TEST(tables_that_end_early)
{
	static const uint16_t ends[] = { 48, 108, 176, 283, 335, 367, 399, 431 };

	for (size_t length = 36; length <= sizeof(whole); length++) {
		uint8_t table[sizeof(whole)];
		bool at_end = false;
		enum status status;

		memcpy(table, whole, sizeof(whole));
		table[4] = (uint8_t)length;
		table[5] = (uint8_t)(length >> 8);
		status = parse(table, length);
		for (size_t i = 0; i < ARRAY_COUNT(ends); i++)
			at_end |= ends[i] == length;
		CHECK_EQ(status, at_end ? STATUS_OK : STATUS_MALFORMED);
		CHECK_EQ(ivrs.complete, at_end);
		CHECK(acpi_findings_sane(&findings, status, length));
		CHECK(ivrs_sane(&ivrs));
	}
}

HOST_TEST(any_single_byte_may_be_anything)
{
	for (size_t at = 0; at < sizeof(whole); at++) {
		for (unsigned value = 0; value < 256; value += at < 4 ? 51 : 1) {
			uint8_t table[sizeof(whole)];
			enum status status;

			memcpy(table, whole, sizeof(whole));
			table[at] = (uint8_t)value;
			status = parse(table, sizeof(table));
			if (!acpi_findings_sane(&findings, status, sizeof(table)) ||
			    !ivrs_sane(&ivrs)) {
				printf("# byte %zu is 0x%x\n", at, value);
				CHECK(false);
			}
		}
	}
	CHECK(true);
}

HOST_MAIN()
