/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the parsers of MCFG, MADT, SPCR, FADT and HPET read out of the tables of acpi_tables.h. */
#include "tests/host/check.h"

#include "tests/host/acpi_parse.h"

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

HOST_TEST(madt_may_end_with_the_shortest_structure)
{
	begin(MADT, 44);
	APPEND(0x80, 2);
	CHECK_EQ(parse_built(MADT), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK_EQ(madt.skipped, 1);
}

HOST_TEST(madt_address_without_override)
{
	begin(MADT, 44);
	CHECK_EQ(parse_built(MADT), STATUS_OK);
	CHECK_EQ(madt.local_apic_address.v, 0xfee00000);
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

/* Fields side by side that the table of acpi_tables.h gives the same value. */
HOST_TEST(spcr_fields_are_told_apart)
{
	begin(SPCR, 80);
	built[36] = SPCR_INTERFACE_PL011;
	built[61] = 4;
	built[62] = 3;
	for (uint8_t i = 64; i < 76; i++)
		built[i] = i;
	CHECK_EQ(parse_built(SPCR), STATUS_OK);
	CHECK_EQ(spcr.interface_type, SPCR_INTERFACE_PL011);
	CHECK_EQ(spcr.flow_control, 4);
	CHECK_EQ(spcr.terminal, SPCR_ANSI);
	CHECK_EQ(spcr.pci_device_id, 0x4140);
	CHECK_EQ(spcr.pci_vendor_id, 0x4342);
	CHECK_EQ(spcr.pci_bus, 68);
	CHECK_EQ(spcr.pci_device, 69);
	CHECK_EQ(spcr.pci_function, 70);
	CHECK_EQ(spcr.pci_segment, 75);
}

HOST_TEST(spcr_of_revision_3)
{
	begin(SPCR, 80);
	built[77] = 0xc2;
	CHECK_EQ(parse_built(SPCR), STATUS_OK);
	CHECK_EQ(spcr.clock_hz, 0); /* reserved in revision 2 */
	built[8] = 3;
	CHECK_EQ(parse_built(SPCR), STATUS_OK);
	CHECK_EQ(spcr.clock_hz, 0xc200);
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
	built_length = 84; /* the field is just there, and just not */
	CHECK_EQ(parse_built(SPCR), STATUS_OK);
	CHECK_EQ(spcr.baud, 1000000);
	built_length = 83;
	CHECK_EQ(parse_built(SPCR), STATUS_OK);
	CHECK_EQ(spcr.baud, 115200);
	built_length = 90;
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
		{ 0, 16, 2, 2, 2 }, { 0, 0, 0, 1, 1 },  { 0, 24, 0, 1, 1 }, { 0, 64, 4, 8, 8 },
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

HOST_TEST(fadt_prefers_the_64_bit_address)
{
	begin(FADT, 276);
	built[144] = 1;
	CHECK_EQ(parse_built(FADT), STATUS_OK);
	CHECK_EQ(fadt.dsdt.v, 0x17ffe1000);
	memset(built + 140, 0, 8);
	CHECK_EQ(parse_built(FADT), STATUS_OK);
	CHECK_EQ(fadt.dsdt.v, 0x7ffe1000);
}

HOST_TEST(fadt_reset_in_configuration_space)
{
	begin(FADT, 276);
	built[116] = ACPI_SPACE_PCI;
	CHECK_EQ(parse_built(FADT), STATUS_OK);
	CHECK_EQ(findings.count, 0);
	CHECK(fadt.reset_supported);
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

HOST_MAIN()
