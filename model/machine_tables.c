/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What firmware would say of this machine: ACPI 6.5 chapter 5, the MCFG of PCI Firmware 3.3, the DMAR of
 * VT-d 5.10 chapter 8.
 */
#include <string.h>

#include "model/machine_private.h"

#define TABLE_MAX	256u

struct table {
	uint8_t bytes[TABLE_MAX];
	unsigned length;
};

static void append(struct table *t, uint64_t value, unsigned bytes)
{
	memcpy(t->bytes + t->length, &value, bytes);
	t->length += bytes;
}

static void text(struct table *t, const char *characters)
{
	size_t n = strlen(characters);

	memcpy(t->bytes + t->length, characters, n);
	t->length += (unsigned)n;
}

/* 5.2.6 */
static void begin(struct table *t, const char *signature, unsigned revision)
{
	memset(t, 0, sizeof(*t));
	text(t, signature);
	append(t, 0, 4);		/* length */
	append(t, revision, 1);
	append(t, 0, 1);		/* checksum */
	text(t, "IOVET ");
	text(t, "SILICON ");
	append(t, 1, 4);
	text(t, "IOVT");
	append(t, 1, 4);
}

static uint8_t sum(const uint8_t *bytes, unsigned count)
{
	uint8_t total = 0;

	for (unsigned i = 0; i < count; i++)
		total = (uint8_t)(total + bytes[i]);
	return total;
}

static bool place(struct memory *m, struct table *t, uint64_t at)
{
	memcpy(t->bytes + 4, &t->length, 4);
	t->bytes[9] = (uint8_t)-sum(t->bytes, t->length);
	return memory_place(m, at, t->bytes, t->length);
}

/* 5.2.12: one processor, one I/O APIC. */
static void fill_madt(struct table *t)
{
	begin(t, "APIC", 5);
	append(t, 0xfee00000, 4);
	append(t, 0, 4);
	append(t, 0x0800, 2);		/* type 0, 8 bytes: processor 0, APIC id 0, enabled */
	append(t, 0, 2);
	append(t, 1, 4);
	append(t, 0x0c01, 2);		/* type 1, 12 bytes: I/O APIC 0 */
	append(t, 0, 2);
	append(t, 0xfec00000, 4);
	append(t, 0, 4);
}

static void fill_mcfg(struct table *t)
{
	begin(t, "MCFG", 1);
	append(t, 0, 8);
	append(t, MACHINE_ECAM, 8);
	append(t, 0, 2);
	append(t, 0, 1);
	append(t, MACHINE_BUSES - 1, 1);
	append(t, 0, 4);
}

/* 8.1 and 8.3: one unit for all functions of segment 0. */
static void fill_dmar(struct table *t, unsigned host_address_bits, unsigned unit_size_lg2)
{
	begin(t, "DMAR", 1);
	append(t, host_address_bits - 1, 1);
	append(t, 0, 1);		/* INTR_REMAP is clear */
	append(t, 0, 8);
	append(t, 0, 2);
	append(t, 0, 2);
	append(t, 16, 2);
	append(t, 1, 1);		/* INCLUDE_PCI_ALL */
	append(t, unit_size_lg2 - 12, 1);
	append(t, 0, 2);
	append(t, MACHINE_UNIT, 8);
}

/* 5.2.5.3, revision 2 */
static bool place_rsdp(struct memory *m, uint64_t at, uint64_t xsdt)
{
	struct table t = { .length = 0 };

	text(&t, "RSD PTR ");
	append(&t, 0, 1);
	text(&t, "IOVET ");
	append(&t, 2, 1);
	append(&t, 0, 4);
	append(&t, 36, 4);
	append(&t, xsdt, 8);
	append(&t, 0, 4);
	t.bytes[8] = (uint8_t)-sum(t.bytes, 20);
	t.bytes[32] = (uint8_t)-sum(t.bytes, 36);
	return memory_place(m, at, t.bytes, t.length);
}

uint64_t tables_write(struct memory *m, unsigned host_address_bits, unsigned unit_size_lg2)
{
	uint64_t rsdp = m->ranges[0].ram.base, at = rsdp + 0x1000;
	struct table xsdt, t;
	bool placed;

	begin(&xsdt, "XSDT", 1);
	for (unsigned i = 0; i < 3; i++)
		append(&xsdt, at + i * 0x400, 8);
	fill_madt(&t);
	placed = place(m, &t, at);
	fill_mcfg(&t);
	placed &= place(m, &t, at + 0x400);
	fill_dmar(&t, host_address_bits, unit_size_lg2);
	placed &= place(m, &t, at + 0x800);
	placed &= place(m, &xsdt, rsdp + 0x400);
	placed &= place_rsdp(m, rsdp, rsdp + 0x400);
	return placed ? rsdp : 0;
}
