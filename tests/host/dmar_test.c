/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the DMAR parser reads, and that no table, cut or changed anywhere, leads it astray. */
#include "tests/host/check.h"

#include "tests/host/acpi_sane.h"
#include "tests/host/dmar_table.h"

/* clang-format off */
/* The example platform of 8.3.1.4, table 33, with x = 8 and y = 0. */
static const uint8_t table_33[] = {
	'D', 'M', 'A', 'R', 152, 0, 0, 0, 1, 0x1b, 'E', 'X', 'A', 'M', 'P', 'L',	/* 0 */
	'P', 'L', 'A', 'T', 'F', 'O', 'R', 'M', 1, 0, 0, 0, 'I', 'O', 'V', 'T',		/* 16 */
	1, 0, 0, 0, 0x27, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,				/* 32 */
	0, 0, 32, 0, 0, 0, 0, 0, 0x00, 0x00, 0x71, 0xfe, 0, 0, 0, 0,			/* 48 */
	1, 8, 0, 0, 0, 0, 4, 0,								/* 64 */
	1, 8, 0, 0, 0, 0, 5, 0,								/* 72 */
	0, 0, 24, 0, 0, 0, 0, 0, 0x00, 0x10, 0x71, 0xfe, 0, 0, 0, 0,			/* 80 */
	2, 8, 0, 0, 0, 0, 7, 0,								/* 96 */
	0, 0, 32, 0, 1, 0, 0, 0, 0x00, 0x20, 0x71, 0xfe, 0, 0, 0, 0,			/* 104 */
	3, 8, 0, 0, 8, 0, 31, 7,							/* 120 */
	4, 8, 0, 0, 0, 0, 31, 6,							/* 128 */
	5, 0, 16, 0, 1, 0, 0, 0,							/* 136 */
	1, 8, 0, 0, 0, 0, 5, 0,								/* 144 */
};
/* clang-format on */

HOST_TEST(header_is_read)
{
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(dmar.host_address_bits, 39);
	CHECK(dmar.interrupt_remapping);
	CHECK(!dmar.x2apic_opt_out);
	CHECK(!dmar.dma_control_opt_in);
	CHECK(dmar.complete);
}

HOST_TEST(flags_are_told_apart)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	table[37] = 0x03;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK(dmar.interrupt_remapping && dmar.x2apic_opt_out && !dmar.dma_control_opt_in);
	table[37] = 0x04;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK(!dmar.interrupt_remapping && !dmar.x2apic_opt_out && dmar.dma_control_opt_in);
}

HOST_TEST(widths_at_the_edges)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	table[36] = 31;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(dmar.host_address_bits, 32);
	table[36] = 51;
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(dmar.host_address_bits, 52);
}

HOST_TEST(units_are_read)
{
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK_EQ(dmar.drhd_count, 2);
	CHECK_EQ(dmar.drhd[0].offset, 48);
	CHECK_EQ(dmar.drhd[0].base.v, 0xfed90000);
	CHECK_EQ(dmar.drhd[0].size_lg2, 12);
	CHECK(!dmar.drhd[0].include_pci_all);
	CHECK(dmar.drhd[0].usable);
	CHECK_EQ(dmar.drhd[0].scopes.count, 2);
	CHECK_EQ(dmar.drhd[1].offset, 82);
	CHECK_EQ(dmar.drhd[1].base.v, 0xfed92000);
	CHECK_EQ(dmar.drhd[1].size_lg2, 13);
	CHECK(dmar.drhd[1].include_pci_all);
	CHECK_EQ(dmar.drhd[1].scopes.count, 3);
}

HOST_TEST(scopes_are_read)
{
	const struct dmar_scope *scope;

	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	scope = dmar_scope(&dmar, dmar.drhd[0].scopes, 1);
	CHECK_EQ(scope->offset, 72);
	CHECK_EQ(scope->type, 1);
	CHECK_EQ(scope->path_count, 2);
	CHECK_EQ(scope->path[0].device, 0x1c);
	CHECK_EQ(scope->path[0].function, 0);
	CHECK_EQ(scope->path[1].device, 0);
	CHECK_EQ(scope->path[1].function, 1);
	CHECK(!dmar_scope_is_source(scope));
	scope = dmar_scope(&dmar, dmar.drhd[1].scopes, 0);
	CHECK_EQ(scope->type, 3);
	CHECK_EQ(scope->enumeration_id, 2);
	CHECK_EQ(scope->start_bus, 0xf0);
	CHECK(dmar_scope_is_source(scope));
	CHECK_EQ(dmar_scope_source(scope), 0xf0ff);
	scope = dmar_scope(&dmar, dmar.sidp[0].scopes, 0);
	CHECK_EQ(scope->flags, DMAR_SCOPE_PWSNP_NOT_ALLOWED | DMAR_SCOPE_ATC_HARDENED);
	CHECK_EQ(dmar_scope_source(scope), 0x0028);
}

HOST_TEST(other_structures_are_read)
{
	CHECK_EQ(parse(whole, sizeof(whole)), STATUS_OK);
	CHECK_EQ(dmar.rmrr_count, 1);
	CHECK_EQ(dmar.rmrr[0].base.v, 0x7b800000);
	CHECK_EQ(dmar.rmrr[0].limit.v, 0x7fffffff);
	CHECK(dmar.rmrr[0].usable);
	CHECK_EQ(dmar.rmrr[0].scopes.count, 1);
	CHECK_EQ(dmar.atsr_count, 1);
	CHECK(!dmar.atsr[0].all_ports);
	CHECK_EQ(dmar_scope(&dmar, dmar.atsr[0].scopes, 0)->type, 2);
	CHECK_EQ(dmar.rhsa_count, 1);
	CHECK_EQ(dmar.rhsa[0].base.v, 0xfed90000);
	CHECK_EQ(dmar.rhsa[0].proximity_domain, 0x01020304);
	CHECK_EQ(dmar.andd_count, 1);
	CHECK_EQ(dmar.andd[0].number, 1);
	CHECK_STR(dmar.andd[0].name, "\\_SB.I2C0");
	CHECK_EQ(dmar.satc_count, 1);
	CHECK(dmar.satc[0].atc_required);
	CHECK_EQ(dmar.satc[0].scopes.count, 1);
	CHECK_EQ(dmar.sidp_count, 1);
	CHECK_EQ(dmar.sidp[0].scopes.count, 2);
	CHECK_EQ(dmar.scope_count, 10);
}

HOST_TEST(segments_are_16_bits)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	for (unsigned i = 0; i < 5; i++) {
		static const uint16_t at[] = { 48, 122, 154, 208, 224 };

		table[at[i] + 6] = (uint8_t)(i + 1);
		table[at[i] + 7] = 0xa0;
	}
	CHECK_EQ(parse(table, sizeof(table)), STATUS_OK);
	CHECK_EQ(dmar.drhd[0].segment, 0xa001);
	CHECK_EQ(dmar.rmrr[0].segment, 0xa002);
	CHECK_EQ(dmar.atsr[0].segment, 0xa003);
	CHECK_EQ(dmar.satc[0].segment, 0xa004);
	CHECK_EQ(dmar.sidp[0].segment, 0xa005);
}

HOST_TEST(example_of_the_specification_is_clean)
{
	CHECK_EQ(parse(table_33, sizeof(table_33)), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(dmar.drhd_count, 3);
	CHECK_EQ(dmar_scope_source(dmar_scope(&dmar, dmar.drhd[0].scopes, 0)), 0x0020);
	CHECK_EQ(dmar_scope_source(dmar_scope(&dmar, dmar.drhd[0].scopes, 1)), 0x0028);
	CHECK_EQ(dmar_scope(&dmar, dmar.drhd[1].scopes, 0)->type, DMAR_SCOPE_BRIDGE);
	CHECK_EQ(dmar_scope_source(dmar_scope(&dmar, dmar.drhd[1].scopes, 0)), 0x0038);
	CHECK_EQ(dmar_scope(&dmar, dmar.drhd[2].scopes, 0)->enumeration_id, 8);
	CHECK_EQ(dmar_scope_source(dmar_scope(&dmar, dmar.drhd[2].scopes, 0)), 0x00ff);
	CHECK_EQ(dmar_scope_source(dmar_scope(&dmar, dmar.drhd[2].scopes, 1)), 0x00fe);
	CHECK_EQ(dmar.satc_count, 1);
}

HOST_TEST(other_tables_are_refused)
{
	uint8_t table[sizeof(whole)];

	memcpy(table, whole, sizeof(whole));
	table[3] = 'S';
	CHECK_EQ(parse(table, sizeof(table)), STATUS_MALFORMED);
	CHECK(finding_of(ACPI_TABLE_OTHER, 0) != NULL);
	CHECK_EQ(dmar.drhd_count, 0);
}

/* Fewer bytes than the header says, at every length. */
HOST_TEST(cut_tables_are_refused)
{
	for (size_t length = 0; length < sizeof(whole); length++) {
		CHECK_EQ(parse(whole, length), STATUS_MALFORMED);
		CHECK_EQ(findings.count, 1);
		CHECK_EQ(findings.list[0].kind, ACPI_TABLE_CUT);
		CHECK_EQ(dmar.drhd_count, 0);
	}
}

/* A table that ends early, and says so: clean where a structure ends, malformed anywhere else. */
HOST_TEST(tables_that_end_early)
{
	static const uint16_t ends[] = { 48, 82, 122, 154, 170, 190, 208, 224, 248 };

	for (size_t length = 36; length <= sizeof(whole); length++) {
		uint8_t table[sizeof(whole)];
		bool at_end = false;
		enum status status;

		memcpy(table, whole, sizeof(whole));
		table[4] = (uint8_t)length;
		status = parse(table, length);
		for (size_t i = 0; i < ARRAY_COUNT(ends); i++)
			at_end |= ends[i] == length;
		CHECK_EQ(status, at_end ? STATUS_OK : STATUS_MALFORMED);
		CHECK(acpi_findings_sane(&findings, status, length));
		CHECK(dmar_sane(&dmar));
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
			    !dmar_sane(&dmar)) {
				printf("# byte %zu is 0x%x\n", at, value);
				CHECK(false);
			}
		}
	}
	CHECK(true);
}

HOST_MAIN()
