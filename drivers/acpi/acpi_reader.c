/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What every table parser begins with: ACPI 6.5, 5.2.6 System Description Table Header. */
#include <string.h>

#include "drivers/acpi/acpi_reader.h"

enum status acpi_reader_open(struct acpi_reader *reader, const uint8_t *bytes, size_t length,
			     const char *signature, uint32_t least, struct acpi_findings *findings)
{
	*reader = (struct acpi_reader){
		.bytes = bytes,
		.signature = signature,
		.findings = findings,
		.status = STATUS_OK,
	};
	if (length < ACPI_HEADER_BYTES) {
		acpi_reader_find(reader, ACPI_TABLE_CUT, 0, length, ACPI_HEADER_BYTES);
		return reader->status;
	}
	reader->length = acpi_get32(bytes + ACPI_HEADER_LENGTH);
	if (memcmp(bytes, signature, 4) != 0)
		acpi_reader_find(reader, ACPI_TABLE_OTHER, 0, acpi_get32(bytes),
				 acpi_get32((const uint8_t *)signature));
	else if (reader->length > length)
		acpi_reader_find(reader, ACPI_TABLE_CUT, ACPI_HEADER_LENGTH, length,
				 reader->length);
	else if (reader->length < least)
		acpi_reader_find(reader, ACPI_TABLE_SHORT, ACPI_HEADER_LENGTH, reader->length,
				 least);
	return reader->status;
}

void acpi_reader_find(struct acpi_reader *reader, enum acpi_finding_kind kind, uint32_t offset,
		      uint64_t got, uint64_t expected)
{
	enum acpi_weight weight = acpi_finding_weight(kind);

	acpi_finding_add(reader->findings, kind, reader->signature, offset, got, expected);
	if (weight == ACPI_WEIGHT_BROKEN)
		reader->status = STATUS_MALFORMED;
	else if (weight == ACPI_WEIGHT_LIMIT && reader->status == STATUS_OK)
		reader->status = STATUS_EXHAUSTED;
}

struct acpi_address acpi_get_address(const uint8_t *p)
{
	return (struct acpi_address){
		.space = p[0],
		.bit_width = p[1],
		.bit_offset = p[2],
		.access_size = p[3],
		.address = acpi_get64(p + 4),
	};
}

void acpi_get_text(char *out, const uint8_t *p, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '?';
	out[count] = '\0';
}
