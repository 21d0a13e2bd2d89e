/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * One table under a parser: its bytes, how many there are, where findings go, and the status that
 * follows from them. Private to drivers/acpi/.
 *
 * Tables are little-endian and their fields have any alignment, so words are put together bytewise.
 * The callers of the acpi_get functions have compared the offset with the length before.
 */
#ifndef DRIVERS_ACPI_ACPI_READER_H
#define DRIVERS_ACPI_ACPI_READER_H

#include "base/status.h"
#include "drivers/acpi/acpi.h"

struct acpi_reader {
	const uint8_t *bytes;
	uint32_t length;		/* as the header says; no more than there is */
	const char *signature;
	struct acpi_findings *findings;
	enum status status;		/* MALFORMED before EXHAUSTED before OK */
};

static inline uint16_t acpi_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t acpi_get32(const uint8_t *p)
{
	return acpi_get16(p) | (uint32_t)acpi_get16(p + 2) << 16;
}

static inline uint64_t acpi_get64(const uint8_t *p)
{
	return acpi_get32(p) | (uint64_t)acpi_get32(p + 4) << 32;
}

/*
 * Begin to read a table that must have `signature` and at least `least` bytes. MALFORMED, with a
 * finding, when it has not, or when its header claims more than `length` bytes.
 */
enum status acpi_reader_open(struct acpi_reader *reader, const uint8_t *bytes, size_t length,
			     const char *signature, uint32_t least,
			     struct acpi_findings *findings) MUST_CHECK;

/* Add a finding at `offset` of the table and let the status follow from its weight. */
void acpi_reader_find(struct acpi_reader *reader, enum acpi_finding_kind kind, uint32_t offset,
		      uint64_t got, uint64_t expected);

/* Generic Address Structure, ACPI 5.2.3.2: 12 bytes at `p`. */
struct acpi_address acpi_get_address(const uint8_t *p);

/* `count` bytes at `p` as text: terminated at `out[count]`, '?' for what is not printable. */
void acpi_get_text(char *out, const uint8_t *p, size_t count);

#endif
