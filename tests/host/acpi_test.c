/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Discovery of tables in a small memory of our own: address MEMORY_BASE is its first byte, and nothing
 * else can be read.
 */
#include "tests/host/check.h"

#include "drivers/acpi/acpi.h"
#include "tests/host/acpi_tables.h"

#define MEMORY_BASE 0x1000u

/* clang-format off */
/* Where the pieces lie, as offsets into memory. */
enum {
	AT_RSDP = 0, AT_XSDT = 0x40, AT_RSDT = 0xc0, AT_MCFG = 0x100, AT_MADT = 0x180, AT_FADT = 0x240,
	AT_SPCR = 0x380, AT_HPET = 0x400, AT_SSDT_A = 0x480, AT_SSDT_B = 0x4c0, MEMORY_BYTES = 0x4f0,
};

static const uint8_t rsdp[] = {
	'R', 'S', 'D', ' ', 'P', 'T', 'R', ' ', 0x68, 'I', 'O', 'V', 'E', 'T', ' ', 2,	/* 0 */
	0xc0, 0x10, 0, 0, 36, 0, 0, 0, 0x40, 0x10, 0, 0, 0, 0, 0, 0, 0x8c, 0, 0, 0,	/* 16 */
};

static const uint8_t xsdt[] = {
	'X', 'S', 'D', 'T', 92, 0, 0, 0, 1, 0x18, TABLE_IDENTITY,			/* 0 */
	0x00, 0x11, 0, 0, 0, 0, 0, 0, 0x80, 0x11, 0, 0, 0, 0, 0, 0,			/* 36 */
	0x40, 0x12, 0, 0, 0, 0, 0, 0, 0x80, 0x13, 0, 0, 0, 0, 0, 0,			/* 52 */
	0x00, 0x14, 0, 0, 0, 0, 0, 0, 0x80, 0x14, 0, 0, 0, 0, 0, 0,			/* 68 */
	0xc0, 0x14, 0, 0, 0, 0, 0, 0,							/* 84 */
};

static const uint8_t rsdt[] = {
	'R', 'S', 'D', 'T', 44, 0, 0, 0, 1, 0xaf, TABLE_IDENTITY,			/* 0 */
	0x80, 0x11, 0, 0, 0x00, 0x11, 0, 0,						/* 36 */
};

static const uint8_t ssdt_a[] = {
	'S', 'S', 'D', 'T', 37, 0, 0, 0, 2, 0xb6, TABLE_IDENTITY, 0xa0,
};

static const uint8_t ssdt_b[] = {
	'S', 'S', 'D', 'T', 38, 0, 0, 0, 2, 0xf4, TABLE_IDENTITY, 0xb0, 0xb1,
};

static const struct { size_t at; const uint8_t *bytes; size_t count; } pieces[] = {
	{ AT_RSDP, rsdp, sizeof(rsdp) }, { AT_XSDT, xsdt, sizeof(xsdt) }, { AT_RSDT, rsdt, sizeof(rsdt) },
	{ AT_MCFG, mcfg_table, sizeof(mcfg_table) }, { AT_MADT, madt_table, sizeof(madt_table) },
	{ AT_FADT, fadt_table, sizeof(fadt_table) }, { AT_SPCR, spcr_table, sizeof(spcr_table) },
	{ AT_HPET, hpet_table, sizeof(hpet_table) }, { AT_SSDT_A, ssdt_a, sizeof(ssdt_a) },
	{ AT_SSDT_B, ssdt_b, sizeof(ssdt_b) },
};
/* clang-format on */

static uint8_t memory[0x4000];
static size_t memory_bytes;
static struct acpi acpi;
static bool provoked[ACPI_FINDING_KINDS];

static void reset_memory(void)
{
	memset(memory, 0, sizeof(memory));
	memory_bytes = MEMORY_BYTES;
	for (size_t i = 0; i < ARRAY_COUNT(pieces); i++)
		memcpy(memory + pieces[i].at, pieces[i].bytes, pieces[i].count);
}

static const void *map(void *context, pa_t address, size_t bytes)
{
	uint64_t offset = address.v - MEMORY_BASE;

	(void)context;
	if (address.v < MEMORY_BASE || offset > memory_bytes || bytes > memory_bytes - offset)
		return NULL;
	return memory + offset;
}

static enum status discover(void)
{
	enum status status = acpi_discover(&acpi, &(struct acpi_memory){ NULL, map },
					   pa(MEMORY_BASE));

	for (unsigned i = 0; i < acpi.findings.count; i++)
		provoked[acpi.findings.list[i].kind] = true;
	return status;
}

static bool found(enum acpi_finding_kind kind, const char *signature, uint32_t offset)
{
	for (unsigned i = 0; i < acpi.findings.count; i++) {
		const struct acpi_finding *finding = &acpi.findings.list[i];

		if (finding->kind == kind && finding->offset == offset &&
		    memcmp(finding->signature, signature, 4) == 0)
			return true;
	}
	return false;
}

/* One byte of the valid memory changed; the status and the number of findings that must follow. */
static void expect_after(size_t at, uint8_t value, enum status status, unsigned count)
{
	reset_memory();
	memory[at] = value;
	CHECK_EQ(discover(), status);
	CHECK_EQ(acpi.findings.count, count);
}

HOST_TEST(tables_are_found_in_order)
{
	static const char *const names[] = {
		"MCFG", "APIC", "FACP", "SPCR", "HPET", "SSDT", "SSDT"
	};

	reset_memory();
	CHECK_EQ(discover(), STATUS_OK);
	CHECK_EQ(acpi.findings.count, 0);
	CHECK_EQ(acpi.revision, 2);
	CHECK_STR(acpi.oem_id, "IOVET ");
	CHECK_STR(acpi.root.signature, "XSDT");
	CHECK_EQ(acpi.table_count, 7);
	for (unsigned i = 0; i < 7; i++)
		CHECK_STR(acpi.tables[i].signature, names[i]);
}

HOST_TEST(tables_are_identified)
{
	const struct acpi_table *table;

	reset_memory();
	CHECK_EQ(discover(), STATUS_OK);
	table = acpi_find(&acpi, "HPET", 0);
	CHECK(table != NULL);
	if (table == NULL)
		return;
	CHECK_EQ(table->address.v, 0x1400);
	CHECK_EQ(table->length, 56);
	CHECK_EQ(table->revision, 1);
	CHECK_STR(table->oem_id, "IOVET ");
	CHECK_STR(table->oem_table_id, "HOSTTEST");
	CHECK_STR(table->creator_id, "HAND");
	CHECK_EQ(table->oem_revision, 2);
	CHECK_EQ(table->creator_revision, 3);
	CHECK_EQ(table->checksum, hpet_table[9]);
	CHECK_EQ(table->sum, 0);
	CHECK(table->bytes == memory + AT_HPET);
}

HOST_TEST(tables_of_one_signature_are_numbered)
{
	reset_memory();
	CHECK_EQ(discover(), STATUS_OK);
	CHECK(acpi_find(&acpi, "SSDT", 0) == &acpi.tables[5]);
	CHECK(acpi_find(&acpi, "SSDT", 1) == &acpi.tables[6]);
	CHECK(acpi_find(&acpi, "SSDT", 2) == NULL);
	CHECK(acpi_find(&acpi, "IVRS", 0) == NULL);
}

HOST_TEST(no_rsdp)
{
	reset_memory();
	CHECK_EQ(acpi_discover(&acpi, &(struct acpi_memory){ NULL, map }, pa(0)), STATUS_NOT_FOUND);
	CHECK_EQ(acpi.findings.count, 0);
	CHECK_EQ(acpi.table_count, 0);
}

HOST_TEST(rsdp_that_points_nowhere)
{
	static const uint64_t nowhere[] = { 1, 0xfff, 0x14f1, 0x10000, UINT64_MAX };

	reset_memory();
	for (size_t i = 0; i < ARRAY_COUNT(nowhere); i++) {
		CHECK_EQ(acpi_discover(&acpi, &(struct acpi_memory){ NULL, map }, pa(nowhere[i])),
			 STATUS_MALFORMED);
		CHECK(found(ACPI_RSDP_UNREADABLE, "RSDP", 0));
		CHECK_EQ(acpi.findings.list[0].got, nowhere[i]);
	}
	memory_bytes = 20; /* room for revision 0 only */
	CHECK_EQ(discover(), STATUS_MALFORMED);
	CHECK(found(ACPI_RSDP_UNREADABLE, "RSDP", 20));
}

HOST_TEST(rsdp_signature)
{
	expect_after(7, 0, STATUS_MALFORMED, 1);
	CHECK(found(ACPI_RSDP_SIGNATURE, "RSDP", 0));
}

/* A wrong sum is told, and what the RSDP says is used all the same. */
HOST_TEST(rsdp_checksums)
{
	expect_after(9, 'X', STATUS_OK, 2);
	CHECK(found(ACPI_RSDP_CHECKSUM, "RSDP", 8));
	CHECK(found(ACPI_RSDP_EXTENDED_CHECKSUM, "RSDP", 32));
	CHECK_EQ(acpi.table_count, 7);
	expect_after(33, 1, STATUS_OK, 1);
	CHECK(found(ACPI_RSDP_EXTENDED_CHECKSUM, "RSDP", 32));
	CHECK_EQ(acpi.findings.list[0].got, rsdp[32]);
	CHECK_EQ(acpi.findings.list[0].expected, (uint8_t)(rsdp[32] - 1));
}

HOST_TEST(rsdp_length)
{
	expect_after(20, 35, STATUS_OK, 1);
	CHECK(found(ACPI_RSDP_LENGTH, "RSDP", 20));
	CHECK_EQ(acpi.table_count, 7);
	expect_after(22, 1, STATUS_OK, 1);
	CHECK(found(ACPI_RSDP_LENGTH, "RSDP", 20));
	expect_after(21, 5, STATUS_MALFORMED, 1);
	CHECK(found(ACPI_RSDP_UNREADABLE, "RSDP", 20));
}

HOST_TEST(rsdp_of_acpi_1_leads_to_the_rsdt)
{
	reset_memory();
	memory[15] = 0;
	memory[8] += 2;
	CHECK_EQ(discover(), STATUS_OK);
	CHECK_EQ(acpi.findings.count, 0);
	CHECK_STR(acpi.root.signature, "RSDT");
	CHECK_EQ(acpi.table_count, 2);
	CHECK_STR(acpi.tables[0].signature, "APIC");
	CHECK_STR(acpi.tables[1].signature, "MCFG");
}

HOST_TEST(rsdp_without_a_root)
{
	reset_memory();
	memset(memory + 16, 0, 4);
	memset(memory + 24, 0, 8);
	CHECK_EQ(discover(), STATUS_MALFORMED);
	CHECK(found(ACPI_RSDP_NO_ROOT, "RSDP", 16));
}

HOST_TEST(unusable_xsdt_leads_to_the_rsdt)
{
	expect_after(AT_XSDT + 3, 'X', STATUS_OK, 3);
	CHECK(found(ACPI_ROOT_SIGNATURE, "XSDT", 0));
	CHECK(found(ACPI_ROOT_FALLBACK, "XSDT", 0));
	CHECK_STR(acpi.root.signature, "RSDT");
	CHECK_EQ(acpi.table_count, 2);
	expect_after(31, 0x80, STATUS_OK, 3); /* the XSDT's address leads out of memory */
	CHECK(found(ACPI_TABLE_UNREADABLE, "RSDP", 24));
	CHECK_EQ(acpi.table_count, 2);
}

HOST_TEST(two_unusable_roots)
{
	reset_memory();
	memory[AT_XSDT] = '?';
	memory[AT_RSDT] = '?';
	CHECK_EQ(discover(), STATUS_MALFORMED);
	CHECK(found(ACPI_ROOT_SIGNATURE, "XSDT", 0));
	CHECK(found(ACPI_ROOT_SIGNATURE, "RSDT", 0));
	CHECK_EQ(acpi.table_count, 0);
	CHECK_EQ(acpi.root.length, 0);
}

HOST_TEST(root_entries)
{
	expect_after(AT_XSDT + 4, 91, STATUS_OK, 2); /* and its sum is wrong */
	CHECK(found(ACPI_ROOT_TRAILING, "XSDT", 84));
	CHECK_EQ(acpi.table_count, 6);
	expect_after(AT_XSDT + 45, 0, STATUS_OK, 2); /* 0x1180 becomes 0x80 */
	CHECK(found(ACPI_TABLE_UNREADABLE, "XSDT", 44));
	CHECK_EQ(acpi.table_count, 6);
	expect_after(AT_XSDT + 84, 0x80, STATUS_OK, 2);
	CHECK(found(ACPI_ROOT_ENTRY_REPEATED, "XSDT", 84));
	CHECK_EQ(acpi.table_count, 7);
	reset_memory();
	memset(memory + AT_XSDT + 36, 0, 8);
	CHECK_EQ(discover(), STATUS_OK);
	CHECK(found(ACPI_ROOT_ENTRY_ZERO, "XSDT", 36));
	CHECK_EQ(acpi.table_count, 6);
	CHECK_STR(acpi.tables[0].signature, "APIC");
}

HOST_TEST(table_lengths)
{
	expect_after(AT_HPET + 4, 35, STATUS_OK, 1);
	CHECK(found(ACPI_TABLE_LENGTH, "HPET", 4));
	CHECK_EQ(acpi.table_count, 6);
	expect_after(AT_HPET + 4, 36, STATUS_OK, 1); /* a header and no more, with another sum */
	CHECK(found(ACPI_TABLE_CHECKSUM, "HPET", 9));
	CHECK_EQ(acpi.table_count, 7);
	expect_after(AT_HPET + 5, 0x10, STATUS_OK, 1);
	CHECK(found(ACPI_TABLE_BODY_UNREADABLE, "HPET", 4));
	CHECK_EQ(acpi.table_count, 6);
	expect_after(AT_HPET + 7, 0x01, STATUS_OK, 1); /* 16 MiB and 56 bytes */
	CHECK(found(ACPI_TABLE_LENGTH_LIMIT, "HPET", 4));
	CHECK_EQ(acpi.table_count, 6);
}

HOST_TEST(wrong_sum_keeps_the_table)
{
	expect_after(AT_HPET + 55, 3, STATUS_OK, 1);
	CHECK(found(ACPI_TABLE_CHECKSUM, "HPET", 9));
	CHECK_EQ(acpi.findings.list[0].got, hpet_table[9]);
	CHECK_EQ(acpi.findings.list[0].expected, (uint8_t)(hpet_table[9] - 3));
	CHECK_EQ(acpi.table_count, 7);
	CHECK_EQ(acpi_find(&acpi, "HPET", 0)->sum, 3);
}

HOST_TEST(signature_that_is_no_text)
{
	expect_after(AT_SSDT_B + 1, 0x07, STATUS_OK, 2);
	CHECK(found(ACPI_TABLE_SIGNATURE, "S?DT", 0));
	CHECK_STR(acpi.tables[6].signature, "S?DT");
	expect_after(AT_SSDT_B + 1, 0x7f, STATUS_OK, 2);
	CHECK_STR(acpi.tables[6].signature, "S?DT");
}

/* An RSDT with one entry more than is kept, each a table of its own. */
HOST_TEST(limit_of_tables)
{
	const uint32_t count = ACPI_TABLES_MAX + 1, first = 0x800;

	reset_memory();
	memory_bytes = sizeof(memory);
	memory[15] = 0;
	memory[AT_RSDT + 4] = 0;
	memory[17] = 0x10 + 0x05; /* the RSDT moves to 0x15c0 */
	memcpy(memory + 0x5c0, rsdt, 36);
	memory[0x5c0 + 4] = (uint8_t)(36 + 4 * count);
	memory[0x5c0 + 5] = (uint8_t)((36 + 4 * count) >> 8);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = first + 40 * i, address = MEMORY_BASE + at;

		for (unsigned j = 0; j < 4; j++)
			memory[0x5c0 + 36 + 4 * i + j] = (uint8_t)(address >> 8 * j);
		memcpy(memory + at, ssdt_a, sizeof(ssdt_a));
	}
	CHECK_EQ(discover(), STATUS_EXHAUSTED);
	CHECK_EQ(acpi.table_count, 128);
	CHECK(found(ACPI_TABLES_LIMIT, "RSDT", 36 + 4 * 128));
	memory[0x5c0 + 4] -= 4;
	CHECK_EQ(discover(), STATUS_OK);
	CHECK_EQ(acpi.table_count, 128);
}

/* Memory that ends anywhere: no trap, and only whole tables. */
HOST_TEST(memory_cut_anywhere)
{
	reset_memory();
	for (memory_bytes = 0; memory_bytes < MEMORY_BYTES; memory_bytes++) {
		enum status status = discover();

		CHECK(status == STATUS_OK || status == STATUS_MALFORMED);
		CHECK(acpi.findings.count > 0 || memory_bytes >= AT_SSDT_B + sizeof(ssdt_b));
		for (unsigned i = 0; i < acpi.table_count; i++)
			CHECK(acpi.tables[i].bytes + acpi.tables[i].length <=
			      memory + memory_bytes);
	}
}

/* Every byte that is read is under a checksum: no change goes unnoticed. */
HOST_TEST(every_changed_byte_is_noticed)
{
	for (size_t i = 0; i < ARRAY_COUNT(pieces); i++) {
		if (pieces[i].at == AT_RSDT)
			continue;
		for (size_t j = 0; j < 8 * pieces[i].count; j++) {
			reset_memory();
			memory[pieces[i].at + j / 8] ^= (uint8_t)(1u << j % 8);
			if (discover() == STATUS_OK && acpi.findings.count == 0) {
				printf("# piece %zu, bit %zu\n", i, j);
				CHECK(false);
			}
		}
	}
	CHECK(true);
}

HOST_TEST(memory_map_says_what_is_readable)
{
	static struct handover handover;
	struct acpi_memory readable = acpi_memory_of(&handover);

	CHECK(readable.map(readable.context, pa(0x1000), 1) == NULL);
	handover.region_count = 5;
	handover.regions[0] = (struct memory_region){ pa(0x2000), 0x1000, MEMORY_ACPI };
	handover.regions[1] = (struct memory_region){ pa(0x1000), 0x1000, MEMORY_FREE };
	handover.regions[2] = (struct memory_region){ pa(0x3000), 0x1000, MEMORY_DEVICE };
	handover.regions[3] = (struct memory_region){ pa(0x4000), 0x1000, MEMORY_RESERVED };
	handover.regions[4] = (struct memory_region){ pa(0x5000), 0x1000, MEMORY_FIRMWARE };
	CHECK(readable.map(readable.context, pa(0x1000), 0x1000) == (void *)0x1000);
	CHECK(readable.map(readable.context, pa(0x1000), 0x2000) == (void *)0x1000);
	CHECK(readable.map(readable.context, pa(0x1fff), 2) == (void *)0x1fff);
	CHECK(readable.map(readable.context, pa(0x1000), 0x2001) == NULL);
	CHECK(readable.map(readable.context, pa(0x0fff), 2) == NULL);
	CHECK(readable.map(readable.context, pa(0x3000), 1) == NULL);
	CHECK(readable.map(readable.context, pa(0x4000), 1) == NULL);
	CHECK(readable.map(readable.context, pa(0x5fff), 1) == (void *)0x5fff);
	CHECK(readable.map(readable.context, pa(0x6000), 1) == NULL);
	CHECK(readable.map(readable.context, pa(0x1000), 0) == NULL);
	CHECK(readable.map(readable.context, pa(0x1000), SIZE_MAX) == NULL);
	CHECK(readable.map(readable.context, pa(UINT64_MAX), 2) == NULL);
}

HOST_TEST(findings_have_names)
{
	CHECK_STR(acpi_finding_name(ACPI_DMAR_ORDER), "DMAR_ORDER");
	CHECK_STR(acpi_finding_name(ACPI_FINDING_KINDS), "?");
	CHECK_STR(acpi_weight_name(acpi_finding_weight(ACPI_DMAR_ORDER)), "defect");
	CHECK_STR(acpi_weight_name(acpi_finding_weight(ACPI_TABLE_CUT)), "broken");
	CHECK_STR(acpi_weight_name(acpi_finding_weight(ACPI_ROOT_FALLBACK)), "note");
	CHECK_STR(acpi_weight_name(acpi_finding_weight(ACPI_TABLES_LIMIT)), "limit");
}

/* Runs last: it looks at all of the above. */
HOST_TEST(every_kind_of_finding_was_provoked)
{
	for (unsigned kind = 0; kind <= ACPI_TABLE_CHECKSUM; kind++) {
		if (!provoked[kind])
			printf("# %s\n", acpi_finding_name((enum acpi_finding_kind)kind));
		CHECK(provoked[kind]);
	}
}

HOST_MAIN()
