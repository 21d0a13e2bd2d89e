/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What firmware would say of a machine with an AMD-Vi unit: the IVRS of 48882 3.11, clause 5.2. The unit is described
 * once for each kind of software that the configuration expects; all blocks name the same devices.
 */
#include "model/amdvi.h"
#include "model/machine_private.h"

#define EFR_PREF	0
#define EFR_PPR		1
/* Table 106; all else of it is 0: no interrupt passes unmapped, system management messages are refused */
#define ATC_PERMIT	0x08u

static unsigned field(uint64_t word, unsigned high, unsigned low)
{
	return (unsigned)(word >> low & ((UINT64_C(1) << (high - low + 1)) - 1));
}

static unsigned gva_size(uint64_t efr)
{
	return 2 + field(efr, 13, 12);
}

/* Table 92; two of the flags are of the old block alone */
static unsigned flags(const struct firmware *firmware, unsigned type)
{
	uint64_t efr = amdvi_efr_told(firmware->amdvi);
	unsigned coherent = 1 << 5, iotlb = (unsigned)firmware->amdvi_config->iotlb << 4;

	if (type != 0x10)
		return coherent | iotlb;
	return coherent | iotlb | field(efr, EFR_PREF, EFR_PREF) << 6 |
	       field(efr, EFR_PPR, EFR_PPR) << 7;
}

/* Table 94 */
static uint32_t features(uint64_t efr)
{
	return field(efr, 2, 2) | field(efr, 3, 3) << 1 | field(efr, 4, 4) << 2 |
	       field(efr, 15, 14) << 3 | field(efr, 6, 6) << 5 | field(efr, 7, 7) << 6 |
	       field(efr, 8, 8) << 7 | field(efr, 36, 32) << 8 | field(efr, 13, 12) << 28 |
	       field(efr, 11, 10) << 30;
}

static void entry(struct table *t, unsigned type, unsigned device, unsigned settings)
{
	table_append(t, type, 1);
	table_append(t, device, 2);
	table_append(t, settings, 1);
}

/* Tables 105 and 107: buses 0 to 3 without the unit; bus 2 is seen as its bridge; the I/O APIC */
static void append_devices(struct table *t)
{
	entry(t, 0x02, 0x0000, 0);
	entry(t, 0x03, 0x0008, 0);
	entry(t, 0x04, 0x01ff, 0);
	entry(t, 0x02, 0x0080, ATC_PERMIT);
	entry(t, 0x02, 0x0081, ATC_PERMIT);
	entry(t, 0x43, 0x0201, 0);
	table_append(t, 0, 1);
	table_append(t, 0x0200, 2);
	table_append(t, 0, 1);
	entry(t, 0x04, 0x02ff, 0);
	entry(t, 0x02, 0x0200, 0);
	entry(t, 0x03, 0x0300, 0);
	entry(t, 0x04, 0x03ff, 0);
	entry(t, 0x48, 0, 0);
	table_append(t, 0, 1);		/* id 0 of the MADT */
	table_append(t, 0x00f8, 2);
	table_append(t, 1, 1);
}

/* Table 110: a device that no bus scan finds */
static void append_named(struct table *t)
{
	entry(t, 0xf0, 0x00f9, 0);
	table_text(t, "IOVT0001");
	table_append(t, 0, 8);
	table_append(t, 1, 1);		/* the unique id is an integer */
	table_append(t, 8, 1);
	table_append(t, 1, 8);
}

/* Tables 90 and 95 */
static void append_unit(struct table *t, const struct firmware *firmware, unsigned type)
{
	uint64_t efr = amdvi_efr_told(firmware->amdvi), efr2 = amdvi_efr2_told(firmware->amdvi);
	unsigned start = t->length;
	uint16_t length;

	table_append(t, type, 1);
	table_append(t, flags(firmware, type), 1);
	table_append(t, 0, 2);		/* length */
	table_append(t, MACHINE_UNIT_FUNCTION, 2);
	table_append(t, AMDVI_PCI, 2);
	table_append(t, MACHINE_UNIT, 8);
	table_append(t, 0, 2);
	table_append(t, 0, 2);
	table_append(t, type == 0x10 ? features(efr) : 0, 4);
	if (type != 0x10) {
		table_append(t, efr, 8);
		table_append(t, efr2, 8);
	}
	append_devices(t);
	if (type == 0x40)
		append_named(t);
	length = (uint16_t)(t->length - start);
	table_patch(t, start + 2, length, 2);
}

/* 5.2.3: for 14.0, one to one, to read and write */
static void append_reserved(struct table *t, uint64_t base)
{
	table_append(t, 0x21, 1);
	table_append(t, 0x07, 1);
	table_append(t, 32, 2);
	table_append(t, 0x00a0, 2);
	table_append(t, 0, 2);
	table_append(t, 0, 8);
	table_append(t, base, 8);
	table_append(t, MACHINE_RESERVED_BYTES, 8);
}

void table_fill_ivrs(struct table *t, const struct firmware *firmware, uint64_t reserved)
{
	unsigned widths = 1 | gva_size(amdvi_efr_told(firmware->amdvi)) << 5 |
			  firmware->host_address_bits << 8 |
			  (field(firmware->amdvi_config->efr, 11, 10) == 2 ? 64u : 48u) << 15;
	bool named = firmware->blocks & FIRMWARE_BLOCK_40H;

	table_begin(t, "IVRS", named ? 2 : 1);
	table_append(t, widths, 4);	/* IVinfo */
	table_append(t, 0, 8);
	append_unit(t, firmware, 0x10);
	if (firmware->blocks & FIRMWARE_BLOCK_11H)
		append_unit(t, firmware, 0x11);
	if (named)
		append_unit(t, firmware, 0x40);
	append_reserved(t, reserved);
}
