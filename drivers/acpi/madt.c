/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The MADT, ACPI 6.5, 5.2.12 and the structure tables 5.20 and following. */
#include <string.h>

#include "drivers/acpi/madt.h"
#include "drivers/acpi/acpi_reader.h"

#define MADT_ADDRESS         36u
#define MADT_FLAGS           40u
#define MADT_FIRST_STRUCTURE 44u

/* Types and lengths of structures, ACPI 6.5 table 5.21. */
enum {
	MADT_LOCAL_APIC = 0,       /* 5.2.12.2 */
	MADT_IOAPIC = 1,           /* 5.2.12.3 */
	MADT_OVERRIDE = 2,         /* 5.2.12.5 */
	MADT_ADDRESS_OVERRIDE = 5, /* 5.2.12.8 */
	MADT_LOCAL_X2APIC = 9,     /* 5.2.12.12 */
};

struct context {
	struct acpi_reader reader;
	struct madt *madt;
	bool address_overridden;
};

static bool has_room(struct context *c, uint32_t at, unsigned count, unsigned limit)
{
	if (count < limit)
		return true;
	acpi_reader_find(&c->reader, ACPI_MADT_LIMIT, at, c->reader.bytes[at], limit);
	return false;
}

static void read_local_apic(struct context *c, uint32_t at)
{
	const uint8_t *p = c->reader.bytes + at;

	if (has_room(c, at, c->madt->local_apic_count, MADT_LOCAL_APICS_MAX))
		c->madt->local_apics[c->madt->local_apic_count++] = (struct madt_local_apic){
			.id = p[3],
			.processor_uid = p[2],
			.flags = acpi_get32(p + 4),
		};
}

static void read_local_x2apic(struct context *c, uint32_t at)
{
	const uint8_t *p = c->reader.bytes + at;

	if (has_room(c, at, c->madt->local_apic_count, MADT_LOCAL_APICS_MAX))
		c->madt->local_apics[c->madt->local_apic_count++] = (struct madt_local_apic){
			.id = acpi_get32(p + 4),
			.processor_uid = acpi_get32(p + 12),
			.flags = acpi_get32(p + 8),
			.x2apic = true,
		};
}

static void read_ioapic(struct context *c, uint32_t at)
{
	const uint8_t *p = c->reader.bytes + at;

	for (unsigned i = 0; i < c->madt->ioapic_count; i++) {
		if (c->madt->ioapics[i].id == p[2])
			acpi_reader_find(&c->reader, ACPI_MADT_IOAPIC_ID, at + 2, p[2], 0);
	}
	if (has_room(c, at, c->madt->ioapic_count, MADT_IOAPICS_MAX))
		c->madt->ioapics[c->madt->ioapic_count++] = (struct madt_ioapic){
			.id = p[2],
			.address = pa(acpi_get32(p + 4)),
			.gsi_base = acpi_get32(p + 8),
		};
}

static void read_override(struct context *c, uint32_t at)
{
	const uint8_t *p = c->reader.bytes + at;

	if (has_room(c, at, c->madt->override_count, MADT_OVERRIDES_MAX))
		c->madt->overrides[c->madt->override_count++] = (struct madt_override){
			.bus = p[2],
			.source = p[3],
			.gsi = acpi_get32(p + 4),
			.flags = acpi_get16(p + 8),
		};
}

static void read_address(struct context *c, uint32_t at)
{
	pa_t address = pa(acpi_get64(c->reader.bytes + at + 4));

	if (c->address_overridden)
		acpi_reader_find(&c->reader, ACPI_MADT_ADDRESS_TWICE, at, address.v,
				 c->madt->local_apic_address.v);
	else
		c->madt->local_apic_address = address;
	c->address_overridden = true;
}

static const struct {
	uint8_t type;
	uint8_t bytes;
	void (*read)(struct context *c, uint32_t at);
} structures[] = {
	{ MADT_LOCAL_APIC, 8, read_local_apic },      { MADT_IOAPIC, 12, read_ioapic },
	{ MADT_OVERRIDE, 10, read_override },         { MADT_ADDRESS_OVERRIDE, 12, read_address },
	{ MADT_LOCAL_X2APIC, 16, read_local_x2apic },
};

static void read_structure(struct context *c, uint32_t at)
{
	uint8_t type = c->reader.bytes[at], bytes = c->reader.bytes[at + 1];

	for (size_t i = 0; i < ARRAY_COUNT(structures); i++) {
		if (structures[i].type != type)
			continue;
		if (bytes < structures[i].bytes)
			acpi_reader_find(&c->reader, ACPI_MADT_ENTRY_SHORT, at + 1, bytes,
					 structures[i].bytes);
		else
			structures[i].read(c, at);
		return;
	}
	c->madt->skipped++;
}

enum status madt_parse(const uint8_t *table, size_t length, struct madt *madt,
		       struct acpi_findings *findings)
{
	struct context c = { .madt = madt };
	struct acpi_reader *reader = &c.reader;
	uint32_t at;

	memset(madt, 0, sizeof(*madt));
	if (acpi_reader_open(reader, table, length, "APIC", MADT_FIRST_STRUCTURE, findings) !=
	    STATUS_OK)
		return reader->status;
	madt->local_apic_address = pa(acpi_get32(table + MADT_ADDRESS));
	madt->flags = acpi_get32(table + MADT_FLAGS);

	for (at = MADT_FIRST_STRUCTURE; reader->length - at >= 2; at += table[at + 1]) {
		uint8_t bytes = table[at + 1];

		if (bytes < 2) {
			acpi_reader_find(reader,
					 bytes == 0 ? ACPI_MADT_ENTRY_ZERO : ACPI_MADT_ENTRY_SHORT,
					 at + 1, bytes, 2);
			return reader->status;
		}
		if (bytes > reader->length - at) {
			acpi_reader_find(reader, ACPI_MADT_ENTRY_OVERRUNS, at + 1, bytes,
					 reader->length - at);
			return reader->status;
		}
		read_structure(&c, at);
	}
	if (at != reader->length)
		acpi_reader_find(reader, ACPI_MADT_TRAILING, at, reader->length - at, 0);
	return reader->status;
}
