/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every finding that the DMAR parser and the rules around it can make, at its place, with its numbers. */
#include "tests/host/check.h"

#include "drivers/acpi/madt.h"
#include "drivers/acpi/mcfg.h"
#include "tests/host/dmar_table.h"

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
	{ ACPI_DMAR_HAW, 36, 53, 52, STATUS_OK, 1, {{ 36, 52 }} },
	{ ACPI_DMAR_HAW, 36, 256, 52, STATUS_OK, 1, {{ 36, 255 }} },
	{ ACPI_DMAR_HAW, 36, 31, 32, STATUS_OK, 3, {{ 36, 30 }} },
	{ ACPI_DMAR_OPT_OUT, 37, 2, 0, STATUS_OK, 1, {{ 37, 2 }} },
	{ ACPI_DMAR_RESERVED, 37, 0x81, 0x01, STATUS_OK, 1, {{ 37, 0x81 }} },
	{ ACPI_DMAR_RESERVED, 38, 1, 0, STATUS_OK, 1, {{ 38, 1 }} },
	{ ACPI_DMAR_RESERVED, 47, 1, 0, STATUS_OK, 1, {{ 47, 1 }} },
	{ ACPI_DMAR_RESERVED, 52, 2, 0, STATUS_OK, 1, {{ 52, 2 }} },
	{ ACPI_DMAR_RESERVED, 87, 0x11, 1, STATUS_OK, 1, {{ 87, 0x11 }} },
	{ ACPI_DMAR_RESERVED, 66, 1, 0, STATUS_OK, 1, {{ 66, 1 }} },
	{ ACPI_DMAR_RESERVED, 67, 1, 0, STATUS_OK, 1, {{ 67, 1 }} },
	{ ACPI_DMAR_RESERVED, 68, 1, 0, STATUS_OK, 1, {{ 68, 1 }} },
	{ ACPI_DMAR_RESERVED, 126, 1, 0, STATUS_OK, 1, {{ 126, 1 }} },
	{ ACPI_DMAR_RESERVED, 174, 1, 0, STATUS_OK, 1, {{ 174, 1 }} },
	{ ACPI_DMAR_RESERVED, 194, 1, 0, STATUS_OK, 1, {{ 194, 1 }} },
	{ ACPI_DMAR_RESERVED, 228, 1, 0, STATUS_OK, 1, {{ 228, 1 }} },
	{ ACPI_DMAR_RESERVED, 127, 1, 0, STATUS_OK, 1, {{ 127, 1 }} },
	{ ACPI_DMAR_RESERVED, 158, 0x80, 0, STATUS_OK, 1, {{ 158, 0x80 }} },
	{ ACPI_DMAR_RESERVED, 159, 1, 0, STATUS_OK, 1, {{ 159, 1 }} },
	{ ACPI_DMAR_RESERVED, 177, 1, 0, STATUS_OK, 1, {{ 177, 1 }} },
	{ ACPI_DMAR_RESERVED, 196, 1, 0, STATUS_OK, 1, {{ 196, 1 }} },
	{ ACPI_DMAR_RESERVED, 212, 3, 1, STATUS_OK, 1, {{ 212, 3 }} },
	{ ACPI_DMAR_RESERVED, 213, 1, 0, STATUS_OK, 1, {{ 213, 1 }} },
	{ ACPI_DMAR_RESERVED, 229, 1, 0, STATUS_OK, 1, {{ 229, 1 }} },
	{ ACPI_DMAR_RESERVED, 234, 0x2a, 0x0a, STATUS_OK, 1, {{ 234, 0x2a }} },
	{ ACPI_DMAR_ORDER, 170, 3, 6, STATUS_OK, 4, {{ 154, 6 }} },
	{ ACPI_DMAR_UNKNOWN, 224, 7, 6, STATUS_OK, 1, {{ 224, 7 }} },
	{ ACPI_DMAR_UNKNOWN, 224, 0x106, 6, STATUS_OK, 1, {{ 225, 1 }} },
	{ ACPI_DMAR_ENTRY_ZERO, 156, 0, 4, STATUS_MALFORMED, 1, {{ 156, 0 }} },
	{ ACPI_DMAR_ENTRY_SHORT, 156, 3, 4, STATUS_MALFORMED, 1, {{ 156, 3 }} },
	{ ACPI_DMAR_ENTRY_OVERRUNS, 226, 25, 24, STATUS_MALFORMED, 1, {{ 226, 25 }} },
	{ ACPI_DMAR_ENTRY_OVERRUNS, 226, 0x118, 24, STATUS_MALFORMED, 1, {{ 227, 1 }} },
	{ ACPI_DMAR_ENTRY_FIXED, 156, 16, 24, STATUS_MALFORMED, 1, {{ 154, 1 }} },
	{ ACPI_DRHD_ALL_NOT_LAST, 82, 48, 0, STATUS_OK, 3, {{ 52, 1 }} },
	{ ACPI_DRHD_ALL_SCOPE, 98, 1, 0, STATUS_OK, 1, {{ 98, 1 }, { 102, 0 }} },
	{ ACPI_DRHD_ALL_SCOPE, 98, 2, 0, STATUS_OK, 1, {{ 98, 2 }, { 102, 0 }} },
	{ ACPI_DRHD_ALIGNMENT, 90, 0xfed92000, 0xfed90000, STATUS_OK, 1, {{ 87, 2 }} },
	{ ACPI_DRHD_BASE_ZERO, 90, 0, 0, STATUS_OK, 1, {{ 91, 0 }, { 92, 0 }, { 93, 0 }} },
	{ ACPI_DRHD_BASE_BEYOND, 90, 0x80fed92000, 39, STATUS_OK, 1, {{ 94, 0x80 }} },
	{ ACPI_DRHD_REPEATED, 90, 0xfed90000, 0, STATUS_OK, 1, {{ 91, 0 }} },
	{ ACPI_RMRR_ALIGNMENT, 130, 0x7b800800, 0x7b800000, STATUS_OK, 1,
	  {{ 131, 8 }, { 139, 7 }, { 140, 0 }, { 141, 0x80 }} },
	{ ACPI_RMRR_ORDER, 138, 0x7affffff, 0x7b800000, STATUS_OK, 1, {{ 141, 0x7a }} },
	{ ACPI_RMRR_SIZE, 138, 0x47fffff, 0x4800000, STATUS_OK, 1, {{ 138, 0xfe }} },
	{ ACPI_RMRR_BEYOND, 138, 0x807fffffff, 39, STATUS_OK, 1, {{ 142, 0x80 }} },
	{ ACPI_ATSR_SCOPE, 156, 16, 8, STATUS_OK, 1, {{ 158, 1 }} },
	{ ACPI_RHSA_ORPHAN, 178, 0xfed91000, 0, STATUS_OK, 1, {{ 179, 0x10 }} },
	{ ACPI_ANDD_NAME, 198, 10, 0, STATUS_OK, 1, {{ 207, 'X' }} },
	{ ACPI_SCOPE_NO_ANDD, 118, 2, 0, STATUS_OK, 1, {{ 118, 2 }} },
	{ ACPI_SCOPE_TRAILING, 80, 2, 0, STATUS_MALFORMED, 1, {{ 73, 8 }} },
	{ ACPI_SCOPE_ZERO, 73, 0, 6, STATUS_MALFORMED, 1, {{ 73, 0 }} },
	{ ACPI_SCOPE_SHORT, 73, 5, 6, STATUS_MALFORMED, 1, {{ 73, 5 }} },
	{ ACPI_SCOPE_OVERRUNS, 73, 11, 10, STATUS_MALFORMED, 1, {{ 73, 11 }} },
	{ ACPI_SCOPE_OVERRUNS, 241, 9, 8, STATUS_MALFORMED, 1, {{ 241, 9 }} },
	{ ACPI_SCOPE_UNKNOWN, 72, 6, 5, STATUS_OK, 1, {{ 72, 6 }} },
	{ ACPI_SCOPE_UNKNOWN, 72, 0, 5, STATUS_OK, 1, {{ 72, 0 }} },
	{ ACPI_SCOPE_UNKNOWN, 72, 0xff, 5, STATUS_OK, 1, {{ 72, 0xff }} },
	{ ACPI_SCOPE_MISPLACED, 162, 1, 0, STATUS_OK, 1, {{ 162, 1 }} },
	{ ACPI_SCOPE_MISPLACED, 216, 2, 0, STATUS_OK, 1, {{ 216, 2 }} },
	{ ACPI_SCOPE_MISPLACED, 240, 3, 0, STATUS_OK, 2, {{ 240, 3 }} },
	{ ACPI_SCOPE_PATH_EMPTY, 73, 0, 2, STATUS_MALFORMED, 2, {{ 73, 6 }} },
	{ ACPI_SCOPE_PATH_ODD, 73, 3, 2, STATUS_MALFORMED, 2, {{ 73, 9 }} },
	{ ACPI_SCOPE_PATH_RANGE, 78, 0x2000, 0x1f07, STATUS_OK, 1, {{ 78, 32 }} },
	{ ACPI_SCOPE_PATH_RANGE, 80, 0x0008, 0x1f07, STATUS_OK, 1, {{ 81, 8 }} },
	{ ACPI_SCOPE_PATH_SINGLE, 73, 2, 1, STATUS_OK, 1, {{ 72, 5 }, { 76, 1 }} },
	{ ACPI_SCOPE_PATH_SINGLE, 73, 2, 1, STATUS_OK, 1, {{ 72, 4 }} },
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
		if (finding == NULL || findings.count != d->count)
			printf("# defect %zu, %s\n", i, acpi_finding_name(d->kind));
	}
}

HOST_TEST(findings_of_rules_name_the_rule)
{
	uint8_t table[sizeof(whole)];
	const struct acpi_finding *finding;

	memcpy(table, whole, sizeof(whole));
	table[87] = 2;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	finding = finding_of(ACPI_DRHD_ALIGNMENT, 90);
	CHECK(finding != NULL);
	if (finding == NULL)
		return;
	CHECK_STR(finding->rule, "VTD-ACPI-03");
	CHECK_STR(finding->text, "VTD-ACPI-03: the register base is not aligned to the size of the "
				 "register set");
	CHECK(memcmp(finding->signature, "DMAR", 4) == 0);
	CHECK_EQ(finding->weight, ACPI_WEIGHT_DEFECT);
}

/* An unusable structure stays in the list, marked. */
HOST_TEST(unusable_units_and_regions_are_marked)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	table[91] = 0;     /* the base of the first unit again */
	table[141] = 0x7a; /* limit below base */
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK_EQ(dmar.drhd_count, 2);
	CHECK(dmar.drhd[0].usable);
	CHECK(!dmar.drhd[1].usable);
	CHECK(!dmar.rmrr[0].usable);
	table[91] = 0x28; /* half a page */
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK(!dmar.drhd[1].usable);
	table[91] = 0x30; /* a page, where the registers have two */
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK(finding_of(ACPI_DRHD_ALIGNMENT, 90) != NULL);
	CHECK(dmar.drhd[1].usable);
}

HOST_TEST(unknown_structures_are_skipped_by_length)
{
	begin();
	append_unit(0xfed90000);
	APPEND(9, 0, 5, 0, 0xee);
	APPEND(10, 0, 4, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(dmar.unknown_count, 2);
	CHECK_EQ(findings.count, 2);
	CHECK_EQ(dmar.drhd_count, 1);
}

HOST_TEST(include_all_is_last_of_its_own_segment_only)
{
	begin();
	APPEND(0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0xd9, 0xfe, 0, 0, 0, 0);
	APPEND(0, 0, 16, 0, 1, 0, 1, 0, 0, 0x10, 0xd9, 0xfe, 0, 0, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	APPEND(0, 0, 16, 0, 0, 0, 1, 0, 0, 0x20, 0xd9, 0xfe, 0, 0, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_DRHD_ALL_NOT_LAST, 80) != NULL);
}

HOST_TEST(table_without_a_unit)
{
	begin();
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_DRHD_NONE, 0) != NULL);
}

HOST_TEST(bytes_after_the_last_structure)
{
	begin();
	append_unit(0xfed90000);
	APPEND(0, 0, 16);
	CHECK_EQ(parse_built(), STATUS_MALFORMED);
	CHECK(finding_of(ACPI_DMAR_TRAILING, 64) != NULL);
	CHECK_EQ(findings.list[0].got, 3);
	CHECK_EQ(dmar.drhd_count, 1);
	CHECK(!dmar.complete);
}

HOST_TEST(region_without_a_device)
{
	begin();
	append_unit(0xfed90000);
	APPEND(1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0xff, 0xff, 0, 0x10, 0, 0, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_RMRR_NO_SCOPE, 64) != NULL);
}

HOST_TEST(all_ports_without_scopes_is_clean)
{
	begin();
	append_unit(0xfed90000);
	APPEND(2, 0, 8, 0, 1, 0, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK(dmar.atsr[0].all_ports);
}

HOST_TEST(affinity_longer_than_its_fields)
{
	begin();
	append_unit(0xfed90000);
	APPEND(3, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0xd9, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK(finding_of(ACPI_RHSA_LENGTH, 66) != NULL);
	CHECK_EQ(dmar.rhsa_count, 1);
}

HOST_TEST(device_numbers_are_unique)
{
	begin();
	append_unit(0xfed90000);
	APPEND(4, 0, 10, 0, 0, 0, 0, 7, 'A', 0);
	APPEND(4, 0, 10, 0, 0, 0, 0, 7, 'B', 0);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 1);
	CHECK(finding_of(ACPI_ANDD_NUMBER, 81) != NULL);
}

HOST_TEST(names_are_cut_and_printable)
{
	static const uint8_t header[] = { 4, 0, 80, 0, 0, 0, 0, 1 };
	uint8_t name[72];

	begin();
	append_unit(0xfed90000);
	append(header, sizeof(header));
	memset(name, 'x', sizeof(name));
	name[1] = 0x1b;
	name[64] = 0;
	append(name, sizeof(name));
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK(finding_of(ACPI_ANDD_NAME_LIMIT, 72) != NULL);
	CHECK_EQ(strlen(dmar.andd[0].name), 63);
	CHECK_EQ(dmar.andd[0].name[1], '?');
	built[72 + 63] = 0; /* the longest name that fits */
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(strlen(dmar.andd[0].name), 63);
}

HOST_TEST(deep_paths_are_cut)
{
	begin();
	append_unit(0xfed90000);
	built[50] = 16 + 6 + 34;
	APPEND(1, 40, 0, 0, 0, 0);
	for (uint8_t i = 0; i < 17; i++)
		APPEND(i, 1);
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK(finding_of(ACPI_SCOPE_PATH_LIMIT, 65) != NULL);
	CHECK_EQ(dmar.scopes[0].path_count, 16);
	CHECK(dmar.scopes[0].path_cut);
	CHECK_EQ(dmar.scopes[0].path[15].device, 15);
	built[50] -= 2; /* sixteen pairs are kept */
	built[65] -= 2;
	built_length -= 2;
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(dmar.scopes[0].path_count, 16);
	CHECK(!dmar.scopes[0].path_cut);
}

/* A table with `count` times the same structure behind one unit. */
static enum status parse_repeated(const uint8_t *structure, size_t bytes, unsigned count)
{
	begin();
	append_unit(0xfed90000);
	for (unsigned i = 0; i < count; i++)
		append(structure, bytes);
	return parse_built();
}

HOST_TEST(every_limit_is_reached)
{
	static const uint8_t rmrr[] = {
		1,    0,    32, 0,    0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0,
		0xff, 0xff, 0,  0x10, 0, 0, 0, 0, 1, 8, 0, 0,    0, 0, 2, 0,
	};
	static const uint8_t atsr[] = { 2, 0, 8, 0, 1, 0, 0, 0 };
	static const uint8_t rhsa[] = { 3,    0,    20, 0, 0, 0, 0, 0, 0, 0,
					0xd9, 0xfe, 0,  0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t andd[] = { 4, 0, 10, 0, 0, 0, 0, 7, 'A', 0 };
	static const uint8_t satc[] = { 5, 0, 8, 0, 0, 0, 0, 0 };
	static const uint8_t sidp[] = { 6, 0, 8, 0, 0, 0, 0, 0 };
	const struct {
		const uint8_t *structure;
		size_t bytes;
		unsigned limit;
		const unsigned *count;
	} kinds[] = {
		{ rmrr, sizeof(rmrr), 64, &dmar.rmrr_count },
		{ atsr, sizeof(atsr), 64, &dmar.atsr_count },
		{ rhsa, sizeof(rhsa), 128, &dmar.rhsa_count },
		{ andd, sizeof(andd), 32, &dmar.andd_count },
		{ satc, sizeof(satc), 64, &dmar.satc_count },
		{ sidp, sizeof(sidp), 64, &dmar.sidp_count },
	};

	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		uint32_t last = (uint32_t)(64 + kinds[i].limit * kinds[i].bytes);

		CHECK_EQ(parse_repeated(kinds[i].structure, kinds[i].bytes, kinds[i].limit),
			 STATUS_OK);
		CHECK_EQ(*kinds[i].count, kinds[i].limit);
		CHECK_EQ(parse_repeated(kinds[i].structure, kinds[i].bytes, kinds[i].limit + 1),
			 STATUS_EXHAUSTED);
		CHECK_EQ(*kinds[i].count, kinds[i].limit);
		CHECK(finding_of(ACPI_DMAR_LIMIT, last) != NULL);
		CHECK(!dmar.complete);
	}
}

HOST_TEST(limit_of_units_and_of_scopes)
{
	begin();
	for (uint32_t i = 0; i < 128; i++)
		append_unit(0xfed00000 + i * 0x1000);
	CHECK_EQ(parse_built(), STATUS_OK);
	append_unit(0xfed00000 + 128 * 0x1000);
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK_EQ(dmar.drhd_count, 128);
	CHECK(finding_of(ACPI_DMAR_LIMIT, 48 + 128 * 16) != NULL);

	begin();
	append_unit(0xfed90000);
	for (unsigned i = 0; i < 1024; i++)
		APPEND(1, 8, 0, 0, 0, 0, 3, 0);
	built[50] = (uint8_t)(16 + 1024 * 8);
	built[51] = (uint8_t)((16 + 1024 * 8) >> 8);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(dmar.drhd[0].scopes.count, 1024);
	APPEND(1, 8, 0, 0, 0, 0, 3, 0);
	built[50] += 8;
	append_unit(0xfed91000);
	CHECK_EQ(parse_built(), STATUS_EXHAUSTED);
	CHECK_EQ(dmar.scope_count, 1024);
	CHECK(finding_of(ACPI_SCOPE_LIMIT, 64 + 1024 * 8) != NULL);
	CHECK_EQ(dmar.drhd_count, 2);
}

HOST_TEST(findings_that_do_not_fit_are_counted)
{
	begin();
	for (unsigned i = 0; i < 80; i++)
		append_unit(0xfed90001);
	CHECK_EQ(parse_built(), STATUS_OK);
	CHECK_EQ(findings.count, 64);
	CHECK_EQ(findings.dropped, 80 + 79 - 64);
}

HOST_TEST(segments_of_the_mcfg_have_units)
{
	static struct mcfg mcfg;

	mcfg.count = 3;
	mcfg.allocations[1].segment = 2;
	mcfg.allocations[2].segment = 2;
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	dmar_check_mcfg(&dmar, &mcfg, &findings);
	note_findings();
	CHECK_EQ(findings.count, 1);
	CHECK_EQ(findings.list[0].kind, ACPI_DRHD_SEGMENT);
	CHECK_EQ(findings.list[0].got, 2);
	mcfg.count = 1;
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	dmar_check_mcfg(&dmar, &mcfg, &findings);
	CHECK_EQ(findings.count, 0);
}

HOST_TEST(ioapics_of_the_madt_are_in_a_scope)
{
	static struct madt madt;

	madt.ioapic_count = 2;
	madt.ioapics[0].id = 2;
	madt.ioapics[1].id = 9;
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	dmar_check_madt(&dmar, &madt, &findings);
	note_findings();
	CHECK_EQ(findings.count, 1);
	CHECK_EQ(findings.list[0].kind, ACPI_SCOPE_NO_IOAPIC);
	CHECK_EQ(findings.list[0].got, 9);
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	dmar.interrupt_remapping = false;
	dmar_check_madt(&dmar, &madt, &findings);
	CHECK_EQ(findings.count, 0);
}

HOST_TEST(regions_are_no_free_memory)
{
	static struct handover handover;

	handover.region_count = 3;
	handover.regions[0] = (struct memory_region){ pa(0), 0x7b800000, MEMORY_FREE };
	handover.regions[1] = (struct memory_region){ pa(0x7b800000), 0x4800000, MEMORY_RESERVED };
	handover.regions[2] = (struct memory_region){ pa(0x80000000), 0x1000, MEMORY_FREE };
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	dmar_check_memory(&dmar, &handover, &findings);
	CHECK_EQ(findings.count, 0);
	handover.regions[0].bytes++;
	dmar_check_memory(&dmar, &handover, &findings);
	CHECK_EQ(findings.count, 1);
	handover.regions[2] = (struct memory_region){ pa(0x7ffff000), 0x1000, MEMORY_IMAGE };
	dmar_check_memory(&dmar, &handover, &findings);
	note_findings();
	CHECK_EQ(findings.count, 3);
	CHECK_EQ(findings.list[2].kind, ACPI_RMRR_NOT_RESERVED);
	CHECK_EQ(findings.list[2].offset, 130);
	CHECK_EQ(findings.list[2].expected, 0x7ffff000);
	handover.regions[0].bytes--;
	handover.regions[2] = (struct memory_region){ pa(0x7fffffff), 1, MEMORY_FREE };
	dmar_check_memory(&dmar, &handover, &findings);
	CHECK_EQ(findings.count, 4);
}

/* The catalogue holds no kind that cannot be provoked. Runs last: it looks at all of the above. */
HOST_TEST(every_kind_of_finding_was_provoked)
{
	for (unsigned kind = ACPI_DMAR_HAW; kind <= ACPI_SCOPE_NO_IOAPIC; kind++) {
		if (!provoked[kind])
			printf("# %s\n", acpi_finding_name((enum acpi_finding_kind)kind));
		CHECK(provoked[kind]);
	}
}

HOST_MAIN()
