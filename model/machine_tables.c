/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What firmware would say of this machine: ACPI 6.5 chapter 5, the MCFG of PCI Firmware 3.3, the DMAR of
 * VT-d 5.10 chapter 8. The IVRS stands in model/machine_ivrs.c.
 */
#include <string.h>

#include "model/machine_private.h"

#define TABLE_APART	0x400u

#define faulty(firmware, NAME)	((firmware)->defect == FIRMWARE_##NAME)

void table_append(struct table *t, uint64_t value, unsigned bytes)
{
	memcpy(t->bytes + t->length, &value, bytes);
	t->length += bytes;
}

void table_patch(struct table *t, unsigned at, uint64_t value, unsigned bytes)
{
	memcpy(t->bytes + at, &value, bytes);
}

void table_text(struct table *t, const char *characters)
{
	size_t n = strlen(characters);

	memcpy(t->bytes + t->length, characters, n);
	t->length += (unsigned)n;
}

/* 5.2.6 */
void table_begin(struct table *t, const char *signature, unsigned revision)
{
	memset(t, 0, sizeof(*t));
	table_text(t, signature);
	table_append(t, 0, 4);		/* length */
	table_append(t, revision, 1);
	table_append(t, 0, 1);		/* checksum */
	table_text(t, "IOVET ");
	table_text(t, "SILICON ");
	table_append(t, 1, 4);
	table_text(t, "IOVT");
	table_append(t, 1, 4);
}

static uint8_t sum(const uint8_t *bytes, unsigned count)
{
	uint8_t total = 0;

	for (unsigned i = 0; i < count; i++)
		total = (uint8_t)(total + bytes[i]);
	return total;
}

static bool place(struct memory *m, const struct firmware *firmware, struct table *t, uint64_t at)
{
	memcpy(t->bytes + 4, &t->length, 4);
	t->bytes[9] = (uint8_t)-sum(t->bytes, t->length);
	if (faulty(firmware, CHECKSUM_WRONG))
		t->bytes[9] ^= 1;
	return memory_place(m, at, t->bytes, t->length);
}

/* 5.2.12: one processor, one I/O APIC. */
static void fill_madt(struct table *t)
{
	table_begin(t, "APIC", 5);
	table_append(t, 0xfee00000, 4);
	table_append(t, 0, 4);
	table_append(t, 0x0800, 2);		/* type 0, 8 bytes: processor 0, APIC id 0, enabled */
	table_append(t, 0, 2);
	table_append(t, 1, 4);
	table_append(t, 0x0c01, 2);		/* type 1, 12 bytes: I/O APIC 0 */
	table_append(t, 0, 2);
	table_append(t, 0xfec00000, 4);
	table_append(t, 0, 4);
}

static void fill_mcfg(struct table *t)
{
	table_begin(t, "MCFG", 1);
	table_append(t, 0, 8);
	table_append(t, MACHINE_ECAM, 8);
	table_append(t, 0, 2);
	table_append(t, 0, 1);
	table_append(t, MACHINE_BUSES - 1, 1);
	table_append(t, 0, 4);
}

/* 8.3.1: of one element, a device on bus 0. Type 1 is an endpoint, type 2 a bridge and what is below. */
static void append_scope(struct table *t, const struct firmware *firmware, unsigned type, unsigned device)
{
	table_append(t, type, 1);
	table_append(t, type == 1 && faulty(firmware, SCOPE_TOO_LONG) ? 10 : 8, 1);
	table_append(t, 0, 4);
	table_append(t, device, 1);
	table_append(t, 0, 1);
}

/* 8.3: what is below 02.0, or everything else of segment 0. */
static void append_unit(struct table *t, const struct firmware *firmware, unsigned index)
{
	bool all = index == firmware->unit_count - 1;

	table_append(t, 0, 2);
	table_append(t, all ? 16 : 24, 2);
	table_append(t, all, 1);		/* INCLUDE_PCI_ALL */
	table_append(t, faulty(firmware, REGISTERS_MISALIGNED) ? 5 : 0, 1);
	table_append(t, faulty(firmware, SEGMENT_WRONG), 2);
	table_append(t, MACHINE_UNIT + index * MACHINE_UNIT_BYTES, 8);
	if (!all)
		append_scope(t, firmware, 2, faulty(firmware, SCOPE_OF_ANOTHER) ? 1 : 2);
}

/* 8.4: for 14.0 */
static void append_reserved(struct table *t, const struct firmware *firmware, uint64_t base)
{
	if (faulty(firmware, RESERVED_IN_FREE_MEMORY))
		base += MACHINE_RESERVED_BYTES;
	table_append(t, 1, 2);
	table_append(t, 32, 2);
	table_append(t, 0, 4);
	table_append(t, base, 8);
	table_append(t, base + MACHINE_RESERVED_BYTES - 1, 8);
	append_scope(t, firmware, 1, 20);
}

/* 8.1, 8.2: in ascending order of type, and the unit for all other functions behind the one with a scope. */
static void fill_dmar(struct table *t, const struct firmware *firmware, uint64_t reserved)
{
	bool all_first = faulty(firmware, ALL_FIRST);

	table_begin(t, "DMAR", 1);
	table_append(t, firmware->host_address_bits - 1, 1);
	table_append(t, faulty(firmware, INTERRUPTS_CLAIMED), 1);	/* INTR_REMAP */
	table_append(t, 0, 8);
	table_append(t, 0, 2);
	if (faulty(firmware, STRUCTURES_UNORDERED))
		append_reserved(t, firmware, reserved);
	for (unsigned i = 0; i < firmware->unit_count; i++)
		append_unit(t, firmware, all_first ? firmware->unit_count - 1 - i : i);
	if (!faulty(firmware, STRUCTURES_UNORDERED))
		append_reserved(t, firmware, reserved);
}

/* 5.2.5.3, revision 2 */
static bool place_rsdp(struct memory *m, uint64_t at, uint64_t xsdt)
{
	struct table t = { .length = 0 };

	table_text(&t, "RSD PTR ");
	table_append(&t, 0, 1);
	table_text(&t, "IOVET ");
	table_append(&t, 2, 1);
	table_append(&t, 0, 4);
	table_append(&t, 36, 4);
	table_append(&t, xsdt, 8);
	table_append(&t, 0, 4);
	t.bytes[8] = (uint8_t)-sum(t.bytes, 20);
	t.bytes[32] = (uint8_t)-sum(t.bytes, 36);
	return memory_place(m, at, t.bytes, t.length);
}

uint64_t tables_write(struct memory *m, const struct firmware *firmware)
{
	uint64_t rsdp = m->ranges[0].ram.base, at = rsdp + 0x1000;
	struct table xsdt, t;
	bool placed;

	table_begin(&xsdt, "XSDT", 1);
	for (unsigned i = 0; i < 3; i++)
		table_append(&xsdt, at + i * TABLE_APART, 8);
	fill_madt(&t);
	placed = place(m, firmware, &t, at);
	fill_mcfg(&t);
	placed &= place(m, firmware, &t, at + TABLE_APART);
	if (firmware->amdvi != NULL)
		table_fill_ivrs(&t, firmware, rsdp + MACHINE_TABLE_BYTES);
	else
		fill_dmar(&t, firmware, rsdp + MACHINE_TABLE_BYTES);
	placed &= place(m, firmware, &t, at + 2 * TABLE_APART);
	placed &= place(m, firmware, &xsdt, rsdp + TABLE_APART);
	placed &= place_rsdp(m, rsdp, rsdp + TABLE_APART);
	return placed ? rsdp : 0;
}
