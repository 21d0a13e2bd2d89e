/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Discovery of tables: ACPI 6.5, 5.2.5 (RSDP), 5.2.6 (header), 5.2.7 (RSDT), 5.2.8 (XSDT). */
#include <string.h>

#include "drivers/acpi/acpi.h"
#include "drivers/acpi/acpi_reader.h"

/* 5.2.5.3: the first 20 bytes are the structure of ACPI 1.0 and have a checksum of their own. */
#define RSDP_V1_BYTES  20u
#define RSDP_V2_BYTES  36u
#define RSDP_OEM_ID    9u
#define RSDP_REVISION  15u
#define RSDP_RSDT      16u
#define RSDP_LENGTH    20u
#define RSDP_XSDT      24u
#define RSDP_SIGNATURE UINT64_C(0x2052545020445352) /* "RSD PTR " */

static uint8_t sum_of(const uint8_t *bytes, size_t count)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum;
}

static void find(struct acpi *acpi, enum acpi_finding_kind kind, const char *signature,
		 uint32_t offset, uint64_t got, uint64_t expected)
{
	acpi_finding_add(&acpi->findings, kind, signature, offset, got, expected);
}

static void identify(struct acpi_table *table)
{
	const uint8_t *bytes = table->bytes;

	acpi_get_text(table->signature, bytes, 4);
	table->revision = bytes[ACPI_HEADER_REVISION];
	table->checksum = bytes[9];
	acpi_get_text(table->oem_id, bytes + 10, 6);
	acpi_get_text(table->oem_table_id, bytes + 16, 8);
	table->oem_revision = acpi_get32(bytes + 24);
	acpi_get_text(table->creator_id, bytes + 28, 4);
	table->creator_revision = acpi_get32(bytes + 32);
	table->sum = sum_of(bytes, table->length);
}

/* Read the table at `address`, which stands at `offset` of the table `parent`. */
static bool read_table(struct acpi *acpi, const struct acpi_memory *memory, pa_t address,
		       const char *parent, uint32_t offset, struct acpi_table *table)
{
	const uint8_t *header = memory->map(memory->context, address, ACPI_HEADER_BYTES);
	char signature[5];

	if (header == NULL) {
		find(acpi, ACPI_TABLE_UNREADABLE, parent, offset, address.v, 0);
		return false;
	}
	acpi_get_text(signature, header, 4);
	*table = (struct acpi_table){
		.address = address,
		.length = acpi_get32(header + ACPI_HEADER_LENGTH),
	};
	if (table->length < ACPI_HEADER_BYTES) {
		find(acpi, ACPI_TABLE_LENGTH, signature, ACPI_HEADER_LENGTH, table->length,
		     ACPI_HEADER_BYTES);
		return false;
	}
	if (table->length > ACPI_TABLE_BYTES_MAX) {
		find(acpi, ACPI_TABLE_LENGTH_LIMIT, signature, ACPI_HEADER_LENGTH, table->length,
		     ACPI_TABLE_BYTES_MAX);
		return false;
	}
	table->bytes = memory->map(memory->context, address, table->length);
	if (table->bytes == NULL) {
		find(acpi, ACPI_TABLE_BODY_UNREADABLE, signature, ACPI_HEADER_LENGTH, table->length,
		     0);
		return false;
	}
	identify(table);
	if (memcmp(table->signature, table->bytes, 4) != 0)
		find(acpi, ACPI_TABLE_SIGNATURE, signature, 0, acpi_get32(table->bytes), 0);
	if (table->sum != 0)
		find(acpi, ACPI_TABLE_CHECKSUM, signature, 9, table->checksum,
		     (uint8_t)(table->checksum - table->sum));
	return true;
}

/* Check the RSDP and return a pointer to as many bytes as its revision has; NULL if it is unusable. */
static const uint8_t *read_rsdp(struct acpi *acpi, const struct acpi_memory *memory, pa_t address)
{
	const uint8_t *rsdp = memory->map(memory->context, address, RSDP_V1_BYTES);
	uint32_t length;

	if (rsdp == NULL) {
		find(acpi, ACPI_RSDP_UNREADABLE, "RSDP", 0, address.v, 0);
		return NULL;
	}
	if (acpi_get64(rsdp) != RSDP_SIGNATURE) {
		find(acpi, ACPI_RSDP_SIGNATURE, "RSDP", 0, acpi_get64(rsdp), RSDP_SIGNATURE);
		return NULL;
	}
	if (sum_of(rsdp, RSDP_V1_BYTES) != 0)
		find(acpi, ACPI_RSDP_CHECKSUM, "RSDP", 8, rsdp[8],
		     (uint8_t)(rsdp[8] - sum_of(rsdp, RSDP_V1_BYTES)));
	acpi->revision = rsdp[RSDP_REVISION];
	acpi_get_text(acpi->oem_id, rsdp + RSDP_OEM_ID, 6);
	if (acpi->revision < 2)
		return rsdp;

	rsdp = memory->map(memory->context, address, RSDP_V2_BYTES);
	if (rsdp == NULL) {
		find(acpi, ACPI_RSDP_UNREADABLE, "RSDP", RSDP_V1_BYTES, address.v, 0);
		return NULL;
	}
	length = acpi_get32(rsdp + RSDP_LENGTH);
	if (length < RSDP_V2_BYTES || length > ACPI_RSDP_BYTES_MAX) {
		find(acpi, ACPI_RSDP_LENGTH, "RSDP", RSDP_LENGTH, length, RSDP_V2_BYTES);
		return rsdp;
	}
	rsdp = memory->map(memory->context, address, length);
	if (rsdp == NULL)
		find(acpi, ACPI_RSDP_UNREADABLE, "RSDP", RSDP_LENGTH, address.v, 0);
	else if (sum_of(rsdp, length) != 0)
		find(acpi, ACPI_RSDP_EXTENDED_CHECKSUM, "RSDP", 32, rsdp[32],
		     (uint8_t)(rsdp[32] - sum_of(rsdp, length)));
	return rsdp;
}

static bool read_root(struct acpi *acpi, const struct acpi_memory *memory, pa_t address,
		      const char *signature, uint32_t rsdp_offset)
{
	if (!read_table(acpi, memory, address, "RSDP", rsdp_offset, &acpi->root))
		return false;
	if (memcmp(acpi->root.bytes, signature, 4) != 0) {
		find(acpi, ACPI_ROOT_SIGNATURE, signature, 0, acpi_get32(acpi->root.bytes),
		     acpi_get32((const uint8_t *)signature));
		return false;
	}
	return true;
}

static enum status find_root(struct acpi *acpi, const struct acpi_memory *memory,
			     const uint8_t *rsdp)
{
	pa_t rsdt = pa(acpi_get32(rsdp + RSDP_RSDT));
	pa_t xsdt = acpi->revision < 2 ? pa(0) : pa(acpi_get64(rsdp + RSDP_XSDT));

	if (xsdt.v != 0 && read_root(acpi, memory, xsdt, "XSDT", RSDP_XSDT))
		return STATUS_OK;
	if (xsdt.v != 0 && rsdt.v != 0)
		find(acpi, ACPI_ROOT_FALLBACK, "XSDT", 0, xsdt.v, rsdt.v);
	if (rsdt.v != 0 && read_root(acpi, memory, rsdt, "RSDT", RSDP_RSDT))
		return STATUS_OK;
	if (xsdt.v == 0 && rsdt.v == 0)
		find(acpi, ACPI_RSDP_NO_ROOT, "RSDP", RSDP_RSDT, 0, 0);
	acpi->root = (struct acpi_table){ 0 };
	return STATUS_MALFORMED;
}

static enum status read_entry(struct acpi *acpi, const struct acpi_memory *memory, pa_t address,
			      uint32_t offset)
{
	if (address.v == 0) {
		find(acpi, ACPI_ROOT_ENTRY_ZERO, acpi->root.signature, offset, 0, 0);
		return STATUS_OK;
	}
	for (unsigned i = 0; i < acpi->table_count; i++) {
		if (acpi->tables[i].address.v == address.v) {
			find(acpi, ACPI_ROOT_ENTRY_REPEATED, acpi->root.signature, offset,
			     address.v, 0);
			break;
		}
	}
	if (acpi->table_count == ACPI_TABLES_MAX) {
		find(acpi, ACPI_TABLES_LIMIT, acpi->root.signature, offset, acpi->root.length,
		     ACPI_TABLES_MAX);
		return STATUS_EXHAUSTED;
	}
	if (read_table(acpi, memory, address, acpi->root.signature, offset,
		       &acpi->tables[acpi->table_count]))
		acpi->table_count++;
	return STATUS_OK;
}

enum status acpi_discover(struct acpi *acpi, const struct acpi_memory *memory, pa_t rsdp)
{
	const uint8_t *bytes;
	uint32_t entry_bytes, offset;
	enum status status;

	memset(acpi, 0, sizeof(*acpi));
	acpi->rsdp = rsdp;
	if (rsdp.v == 0)
		return STATUS_NOT_FOUND;
	bytes = read_rsdp(acpi, memory, rsdp);
	if (bytes == NULL)
		return STATUS_MALFORMED;
	status = find_root(acpi, memory, bytes);
	if (status != STATUS_OK)
		return status;

	entry_bytes = acpi->root.bytes[0] == 'X' ? 8 : 4;
	for (offset = ACPI_HEADER_BYTES; acpi->root.length - offset >= entry_bytes;
	     offset += entry_bytes) {
		const uint8_t *entry = acpi->root.bytes + offset;
		pa_t address = pa(entry_bytes == 8 ? acpi_get64(entry) : acpi_get32(entry));

		status = read_entry(acpi, memory, address, offset);
		if (status != STATUS_OK)
			return status;
	}
	if (offset != acpi->root.length)
		find(acpi, ACPI_ROOT_TRAILING, acpi->root.signature, offset,
		     acpi->root.length - offset, 0);
	return STATUS_OK;
}

const struct acpi_table *acpi_find(const struct acpi *acpi, const char *signature,
				   unsigned instance)
{
	for (unsigned i = 0; i < acpi->table_count; i++) {
		if (memcmp(acpi->tables[i].signature, signature, 4) == 0 && instance-- == 0)
			return &acpi->tables[i];
	}
	return NULL;
}
