/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The parsers of MCFG, MADT, SPCR, FADT and HPET against the tables of acpi_tables.h: what they read,
 * every finding, and that no cut or changed byte leads them astray.
 */
#include "tests/host/check.h"

#include "tests/host/acpi_sane.h"
#include "tests/host/acpi_tables.h"

static struct mcfg mcfg;
static struct madt madt;
static struct spcr spcr;
static struct fadt fadt;
static struct hpet hpet;
static struct acpi_findings findings;
static bool provoked[ACPI_FINDING_KINDS];

static enum status parse_mcfg(const uint8_t *bytes, size_t length)
{
	return mcfg_parse(bytes, length, &mcfg, &findings);
}

static enum status parse_madt(const uint8_t *bytes, size_t length)
{
	return madt_parse(bytes, length, &madt, &findings);
}

static enum status parse_spcr(const uint8_t *bytes, size_t length)
{
	return spcr_parse(bytes, length, &spcr, &findings);
}

static enum status parse_fadt(const uint8_t *bytes, size_t length)
{
	return fadt_parse(bytes, length, &fadt, &findings);
}

static enum status parse_hpet(const uint8_t *bytes, size_t length)
{
	return hpet_parse(bytes, length, &hpet, &findings);
}

enum { MCFG, MADT, SPCR, FADT, HPET, PARSERS };

static const struct {
	const uint8_t *valid;
	size_t bytes;
	enum status (*parse)(const uint8_t *bytes, size_t length);
} parsers[PARSERS] = {
	[MCFG] = { mcfg_table, sizeof(mcfg_table), parse_mcfg },
	[MADT] = { madt_table, sizeof(madt_table), parse_madt },
	[SPCR] = { spcr_table, sizeof(spcr_table), parse_spcr },
	[FADT] = { fadt_table, sizeof(fadt_table), parse_fadt },
	[HPET] = { hpet_table, sizeof(hpet_table), parse_hpet },
};

/* Parse from a copy of exactly this length, so that the sanitizer sees bytes read too many. */
static enum status parse(unsigned parser, const uint8_t *bytes, size_t length)
{
	uint8_t *copy = malloc(length + (length == 0));
	enum status status;

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, length);
	memset(&findings, 0, sizeof(findings));
	status = parsers[parser].parse(copy, length);
	free(copy);
	for (unsigned i = 0; i < findings.count; i++)
		provoked[findings.list[i].kind] = true;
	return status;
}

static enum status parse_valid(unsigned parser)
{
	return parse(parser, parsers[parser].valid, parsers[parser].bytes);
}

static bool found(enum acpi_finding_kind kind, uint32_t offset)
{
	for (unsigned i = 0; i < findings.count; i++) {
		if (findings.list[i].kind == kind && findings.list[i].offset == offset)
			return true;
	}
	return false;
}

/* A header of the parser's table and `head` bytes of its fixed fields, then what is appended. */
static uint8_t built[0x10000];
static size_t built_length;

static void begin(unsigned parser, size_t head)
{
	memcpy(built, parsers[parser].valid, head);
	built_length = head;
}

static void append(const uint8_t *bytes, size_t count)
{
	if (built_length + count > sizeof(built))
		abort();
	memcpy(built + built_length, bytes, count);
	built_length += count;
}

#define APPEND(...) \
	append((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static enum status parse_built(unsigned parser)
{
	for (unsigned i = 0; i < 4; i++)
		built[4 + i] = (uint8_t)(built_length >> 8 * i);
	return parse(parser, built, built_length);
}

HOST_TEST(mcfg_is_read)
{
	CHECK_EQ(parse_valid(MCFG), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(mcfg.count, 2);
	CHECK_EQ(mcfg.allocations[0].base.v, 0xb0000000);
	CHECK_EQ(mcfg.allocations[0].segment, 0);
	CHECK_EQ(mcfg.allocations[0].start_bus, 0);
	CHECK_EQ(mcfg.allocations[0].end_bus, 255);
	CHECK_EQ(mcfg.allocations[1].base.v, 0xfe0000000);
	CHECK_EQ(mcfg.allocations[1].segment, 1);
	CHECK_EQ(mcfg.allocations[1].start_bus, 0x40);
	CHECK_EQ(mcfg.allocations[1].end_bus, 0x7f);
}

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

HOST_TEST(madt_is_read)
{
	CHECK_EQ(parse_valid(MADT), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(madt.local_apic_address.v, 0xfee10000);
	CHECK_EQ(madt.flags, MADT_PCAT_COMPAT);
	CHECK_EQ(madt.local_apic_count, 3);
	CHECK_EQ(madt.local_apics[0].id, 0);
	CHECK_EQ(madt.local_apics[0].flags, MADT_LOCAL_ENABLED);
	CHECK_EQ(madt.local_apics[1].id, 2);
	CHECK_EQ(madt.local_apics[1].processor_uid, 1);
	CHECK_EQ(madt.local_apics[1].flags, MADT_LOCAL_ONLINE_CAPABLE);
	CHECK(!madt.local_apics[1].x2apic);
	CHECK_EQ(madt.local_apics[2].id, 0x100);
	CHECK_EQ(madt.local_apics[2].processor_uid, 7);
	CHECK(madt.local_apics[2].x2apic);
	CHECK_EQ(madt.ioapic_count, 2);
	CHECK_EQ(madt.ioapics[1].id, 9);
	CHECK_EQ(madt.ioapics[1].address.v, 0xfec01000);
	CHECK_EQ(madt.ioapics[1].gsi_base, 24);
	CHECK_EQ(madt.override_count, 2);
	CHECK_EQ(madt.overrides[0].source, 0);
	CHECK_EQ(madt.overrides[0].gsi, 2);
	CHECK_EQ(madt.overrides[1].source, 9);
	CHECK_EQ(madt.overrides[1].flags, 0x0d);
	CHECK_EQ(madt.skipped, 1);
}

HOST_TEST(madt_address_without_override)
{
	begin(MADT, 44);
	CHECK_EQ(parse_built(MADT), STATUS_OK);
	CHECK_EQ(madt.local_apic_address.v, 0xfee00000);
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

HOST_TEST(spcr_is_read)
{
	CHECK_EQ(parse_valid(SPCR), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK(spcr.enabled);
	CHECK_EQ(spcr.interface_type, SPCR_INTERFACE_16550);
	CHECK_EQ(spcr.port.space, ACPI_SPACE_IO);
	CHECK_EQ(spcr.port.address, 0x3f8);
	CHECK_EQ(spcr.access_bytes, 1);
	CHECK_EQ(spcr.stride_bytes, 1);
	CHECK_EQ(spcr.baud, 115200);
	CHECK_EQ(spcr.flow_control, 2);
	CHECK_EQ(spcr.terminal, SPCR_VT_UTF8);
	CHECK_EQ(spcr.pci_device_id, SPCR_NO_PCI_DEVICE);
	CHECK_EQ(spcr.clock_hz, 0);
}

HOST_TEST(spcr_baud_rates)
{
	static const struct {
		uint8_t number;
		uint32_t baud;
	} rates[] = {
		{ 0, 0 }, { 3, 9600 }, { 4, 19200 }, { 6, 57600 }, { 7, 115200 },
	};

	begin(SPCR, 80);
	for (size_t i = 0; i < ARRAY_COUNT(rates); i++) {
		built[58] = rates[i].number;
		CHECK_EQ(parse_built(SPCR), STATUS_OK);
		CHECK_EQ(findings.count, 0);
		CHECK_EQ(spcr.baud, rates[i].baud);
	}
}

HOST_TEST(spcr_of_revision_4)
{
	begin(SPCR, 80);
	built[8] = 4;
	built[77] = 0xc2; /* 49664 Hz */
	APPEND(0x40, 0x42, 0x0f, 0, 2, 0, 88, 0, '.', 0);
	CHECK_EQ(parse_built(SPCR), STATUS_OK);
	CHECK_EQ(spcr.clock_hz, 0xc200);
	CHECK_EQ(spcr.baud, 1000000);
	memset(built + 80, 0, 4); /* no precise rate: the configured one holds */
	CHECK_EQ(parse_built(SPCR), STATUS_OK);
	CHECK_EQ(spcr.baud, 115200);
}

/* Address structures as firmware writes them: space, width, access size; access and stride follow. */
HOST_TEST(spcr_geometry)
{
	static const struct {
		uint8_t space, width, access, access_bytes, stride_bytes;
	} ports[] = {
		{ 1, 8, 0, 1, 1 },  { 1, 8, 1, 1, 1 },  { 1, 32, 3, 1, 1 }, { 0, 8, 1, 1, 1 },
		{ 0, 32, 3, 4, 4 }, { 0, 32, 1, 1, 4 }, { 0, 8, 3, 4, 4 },  { 0, 32, 0, 4, 4 },
		{ 0, 16, 2, 2, 2 }, { 0, 0, 0, 1, 1 },  { 0, 24, 0, 1, 1 },
	};

	begin(SPCR, 80);
	for (size_t i = 0; i < ARRAY_COUNT(ports); i++) {
		built[40] = ports[i].space;
		built[41] = ports[i].width;
		built[43] = ports[i].access;
		CHECK_EQ(parse_built(SPCR), STATUS_OK);
		CHECK_EQ(findings.count, 0);
		CHECK_EQ(spcr.access_bytes, ports[i].access_bytes);
		CHECK_EQ(spcr.stride_bytes, ports[i].stride_bytes);
	}
}

HOST_TEST(spcr_without_a_port)
{
	begin(SPCR, 80);
	built[40] = 0x7f;
	memset(built + 44, 0, 8);
	CHECK_EQ(parse_built(SPCR), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK(!spcr.enabled);
}

HOST_TEST(fadt_is_read)
{
	CHECK_EQ(parse_valid(FADT), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(fadt.revision, 6);
	CHECK_EQ(fadt.minor_revision, 5);
	CHECK_EQ(fadt.profile, 4);
	CHECK_EQ(fadt.flags, 0x5a5);
	CHECK_EQ(fadt.x86_boot_flags, 3);
	CHECK(!fadt.hardware_reduced);
	CHECK_EQ(fadt.timer.space, ACPI_SPACE_IO);
	CHECK_EQ(fadt.timer.address, 0x608);
	CHECK_EQ(fadt.timer_bits, 32);
	CHECK(fadt.reset_supported);
	CHECK_EQ(fadt.reset.space, ACPI_SPACE_IO);
	CHECK_EQ(fadt.reset.address, 0xcf9);
	CHECK_EQ(fadt.reset_value, 6);
	CHECK_EQ(fadt.dsdt.v, 0x7ffe1000);
}

HOST_TEST(fadt_of_revision_1)
{
	begin(FADT, 116);
	built[8] = 1;
	built[113] = 0; /* 24-bit timer, no reset register */
	CHECK_EQ(parse_built(FADT), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(fadt.timer.space, ACPI_SPACE_IO);
	CHECK_EQ(fadt.timer.address, 0x608);
	CHECK_EQ(fadt.timer_bits, 24);
	CHECK(!fadt.reset_supported);
	CHECK_EQ(fadt.dsdt.v, 0x7ffe1000);
}

HOST_TEST(fadt_of_reduced_hardware_has_no_timer)
{
	begin(FADT, 276);
	built[114] = 0x10;
	CHECK_EQ(parse_built(FADT), STATUS_OK);
	CHECK(fadt.hardware_reduced);
	CHECK_EQ(fadt.timer.address, 0);
	CHECK(fadt.reset_supported);
}

HOST_TEST(hpet_is_read)
{
	CHECK_EQ(parse_valid(HPET), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(hpet.block.address, 0xfed00000);
	CHECK_EQ(hpet.number, 5);
	CHECK_EQ(hpet.vendor_id, 0x8086);
	CHECK_EQ(hpet.hardware_revision, 1);
	CHECK_EQ(hpet.comparator_count, 3);
	CHECK(hpet.counter_64bit);
	CHECK(hpet.legacy_replacement);
	CHECK_EQ(hpet.minimum_tick, 100);
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
