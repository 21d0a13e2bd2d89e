/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Device scope entries, VT-d revision 5.10, 8.3.1, and what each structure allows in them. */
#include "drivers/acpi/dmar_reader.h"

#define SCOPE_TYPE           0u
#define SCOPE_LENGTH         1u
#define SCOPE_FLAGS          2u
#define SCOPE_FLAGS_RESERVED 0xe0u
#define SCOPE_RESERVED       3u
#define SCOPE_ENUMERATION_ID 4u
#define SCOPE_START_BUS      5u
#define SCOPE_PATH           6u

#define ANY_TYPE \
	(BIT(DMAR_SCOPE_ENDPOINT) | BIT(DMAR_SCOPE_BRIDGE) | BIT(DMAR_SCOPE_IOAPIC) | \
	 BIT(DMAR_SCOPE_HPET) | BIT(DMAR_SCOPE_ACPI_DEVICE))
#define PCI_TYPES (BIT(DMAR_SCOPE_ENDPOINT) | BIT(DMAR_SCOPE_BRIDGE))
/* 8.3.1: the path of these is the low byte of a source id. */
#define SOURCE_TYPES (BIT(DMAR_SCOPE_HPET) | BIT(DMAR_SCOPE_ACPI_DEVICE))

/* The scope types that a structure takes, and whether its devices are all in the root complex. */
static const struct {
	uint32_t types;
	bool single;
} allowed[DMAR_TYPES] = {
	[DMAR_DRHD] = { ANY_TYPE, false },
	[DMAR_RMRR] = { ANY_TYPE, false },
	[DMAR_ATSR] = { BIT(DMAR_SCOPE_BRIDGE), false },                                /* 8.5 */
	[DMAR_SATC] = { BIT(DMAR_SCOPE_ENDPOINT), true },                               /* 8.8 */
	[DMAR_SIDP] = { BIT(DMAR_SCOPE_ENDPOINT) | BIT(DMAR_SCOPE_ACPI_DEVICE), true }, /* 8.9 */
};

void dmar_check_zero(struct dmar_reader *reader, uint32_t at, uint32_t count)
{
	for (uint32_t i = at; i < at + count; i++) {
		if (reader->table.bytes[i] != 0) {
			acpi_reader_find(&reader->table, ACPI_DMAR_RESERVED, i,
					 reader->table.bytes[i], 0);
			return;
		}
	}
}

void dmar_check_zero_bits(struct dmar_reader *reader, uint32_t at, uint8_t reserved)
{
	uint8_t byte = reader->table.bytes[at];

	if (byte & reserved)
		acpi_reader_find(&reader->table, ACPI_DMAR_RESERVED, at, byte,
				 byte & (uint8_t)~reserved);
}

static void read_path(struct dmar_reader *reader, struct dmar_scope *scope, uint32_t at,
		      uint32_t path_bytes)
{
	const uint8_t *path = reader->table.bytes + at + SCOPE_PATH;
	uint32_t pairs = path_bytes / 2;

	if (path_bytes % 2 != 0)
		acpi_reader_find(&reader->table, ACPI_SCOPE_PATH_ODD, at + SCOPE_LENGTH, path_bytes,
				 pairs * 2);
	if (pairs == 0)
		acpi_reader_find(&reader->table, ACPI_SCOPE_PATH_EMPTY, at + SCOPE_LENGTH,
				 path_bytes, 2);
	if (pairs > DMAR_PATH_MAX) {
		acpi_reader_find(&reader->table, ACPI_SCOPE_PATH_LIMIT, at + SCOPE_LENGTH, pairs,
				 DMAR_PATH_MAX);
		scope->path_cut = true;
		pairs = DMAR_PATH_MAX;
	}
	scope->path_count = (uint8_t)pairs;
	for (uint32_t i = 0; i < pairs; i++) {
		scope->path[i].device = path[2 * i];
		scope->path[i].function = path[2 * i + 1];
		if (path[2 * i] > 31 || path[2 * i + 1] > 7)
			acpi_reader_find(&reader->table, ACPI_SCOPE_PATH_RANGE,
					 at + SCOPE_PATH + 2 * i,
					 (uint64_t)path[2 * i] << 8 | path[2 * i + 1], 0x1f07);
	}
}

/* What 8.3.1 and the structure's own section ask of an entry that is readable. */
static void check_entry(struct dmar_reader *reader, const struct dmar_scope *scope,
			enum dmar_type type, bool include_pci_all)
{
	uint32_t at = scope->offset;
	uint32_t bit = scope->type < 32 ? BIT(scope->type) : 0;
	bool has_flags = type == DMAR_SIDP &&
			 (bit & (BIT(DMAR_SCOPE_ENDPOINT) | BIT(DMAR_SCOPE_ACPI_DEVICE))) != 0;

	if (!(bit & ANY_TYPE))
		acpi_reader_find(&reader->table, ACPI_SCOPE_UNKNOWN, at, scope->type,
				 DMAR_SCOPE_ACPI_DEVICE);
	else if (!(bit & allowed[type].types))
		acpi_reader_find(&reader->table, ACPI_SCOPE_MISPLACED, at, scope->type, 0);
	else if (include_pci_all && (bit & PCI_TYPES))
		acpi_reader_find(&reader->table, ACPI_DRHD_ALL_SCOPE, at, scope->type, 0);
	if (scope->path_count > 1 && ((bit & SOURCE_TYPES) || allowed[type].single))
		acpi_reader_find(&reader->table, ACPI_SCOPE_PATH_SINGLE, at + SCOPE_LENGTH,
				 scope->path_count, 1);
	dmar_check_zero_bits(reader, at + SCOPE_FLAGS, has_flags ? SCOPE_FLAGS_RESERVED : 0xff);
	dmar_check_zero(reader, at + SCOPE_RESERVED, 1);
	if (bit & PCI_TYPES)
		dmar_check_zero(reader, at + SCOPE_ENUMERATION_ID, 1);
}

/* The length of the entry at `at`; 0, with a finding, when the structure cannot be read on from it. */
static uint32_t entry_length(struct dmar_reader *reader, uint32_t at, uint32_t end)
{
	uint32_t bytes = reader->table.bytes[at + SCOPE_LENGTH];

	if (bytes == 0)
		acpi_reader_find(&reader->table, ACPI_SCOPE_ZERO, at + SCOPE_LENGTH, 0, SCOPE_PATH);
	else if (bytes < SCOPE_PATH)
		acpi_reader_find(&reader->table, ACPI_SCOPE_SHORT, at + SCOPE_LENGTH, bytes,
				 SCOPE_PATH);
	else if (bytes > end - at)
		acpi_reader_find(&reader->table, ACPI_SCOPE_OVERRUNS, at + SCOPE_LENGTH, bytes,
				 end - at);
	else
		return bytes;
	return 0;
}

struct dmar_scopes dmar_read_scopes(struct dmar_reader *reader, enum dmar_type type,
				    bool include_pci_all, uint32_t at, uint32_t end)
{
	struct dmar *dmar = reader->dmar;
	struct dmar_scopes scopes = { .first = (uint16_t)dmar->scope_count };
	uint32_t bytes;

	for (; end - at >= SCOPE_PATH; at += bytes) {
		const uint8_t *entry = reader->table.bytes + at;
		struct dmar_scope *scope = &dmar->scopes[dmar->scope_count];

		bytes = entry_length(reader, at, end);
		if (bytes == 0)
			return scopes;
		if (dmar->scope_count == DMAR_SCOPES_MAX) {
			acpi_reader_find(&reader->table, ACPI_SCOPE_LIMIT, at, 0, DMAR_SCOPES_MAX);
			return scopes;
		}
		*scope = (struct dmar_scope){
			.offset = at,
			.type = entry[SCOPE_TYPE],
			.flags = entry[SCOPE_FLAGS],
			.enumeration_id = entry[SCOPE_ENUMERATION_ID],
			.start_bus = entry[SCOPE_START_BUS],
		};
		dmar->scope_count++;
		scopes.count++;
		read_path(reader, scope, at, bytes - SCOPE_PATH);
		check_entry(reader, scope, type, include_pci_all);
	}
	if (at != end)
		acpi_reader_find(&reader->table, ACPI_SCOPE_TRAILING, at, end - at, 0);
	return scopes;
}
