/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The FADT, ACPI 6.5, 5.2.9, table 5.9. Each revision appended fields; what is absent reads as zero. */
#include <string.h>

#include "drivers/acpi/fadt.h"
#include "drivers/acpi/acpi_reader.h"

#define FADT_DSDT           40u
#define FADT_PROFILE        45u
#define FADT_PM_TMR_BLK     76u
#define FADT_PM_TMR_LEN     91u
#define FADT_IAPC_BOOT_ARCH 109u
#define FADT_FLAGS          112u
#define FADT_BYTES          116u /* revision 1 ends here */
#define FADT_RESET_REG      116u
#define FADT_RESET_VALUE    128u
#define FADT_ARM_BOOT_ARCH  129u
#define FADT_MINOR_VERSION  131u
#define FADT_RESET_END      132u
#define FADT_X_DSDT         140u
#define FADT_X_PM_TMR_BLK   208u
#define FADT_X_END          244u

/* The length of the table by its revision: 1, 3 (ACPI 2.0), 5, 6. Revision 2 was never published. */
static uint32_t least_length(uint8_t revision)
{
	return revision >= 6 ? 276 : revision == 5 ? 268 : revision >= 3 ? FADT_X_END : FADT_BYTES;
}

static void read_timer(struct acpi_reader *reader, struct fadt *fadt)
{
	const uint8_t *table = reader->bytes;
	uint32_t legacy = acpi_get32(table + FADT_PM_TMR_BLK);
	struct acpi_address extended = { 0 };

	if (fadt->hardware_reduced)
		return;
	if (reader->length >= FADT_X_END)
		extended = acpi_get_address(table + FADT_X_PM_TMR_BLK);
	if (extended.address != 0)
		fadt->timer = extended;
	else if (legacy != 0)
		fadt->timer = (struct acpi_address){
			.space = ACPI_SPACE_IO,
			.bit_width = 32,
			.access_size = 3,
			.address = legacy,
		};
	if (legacy != 0 && extended.address != 0 && legacy != extended.address)
		acpi_reader_find(reader, ACPI_FADT_TIMER_CONFLICT, FADT_X_PM_TMR_BLK,
				 extended.address, legacy);
	if (fadt->timer.address != 0 && table[FADT_PM_TMR_LEN] != 4)
		acpi_reader_find(reader, ACPI_FADT_TIMER_LENGTH, FADT_PM_TMR_LEN,
				 table[FADT_PM_TMR_LEN], 4);
	fadt->timer_bits = fadt->flags & FADT_TMR_VAL_EXT ? 32 : 24;
}

static void read_reset(struct acpi_reader *reader, struct fadt *fadt)
{
	const struct acpi_address *reset = &fadt->reset;

	if (reader->length < FADT_RESET_END)
		return;
	fadt->reset = acpi_get_address(reader->bytes + FADT_RESET_REG);
	fadt->reset_value = reader->bytes[FADT_RESET_VALUE];
	fadt->arm_boot_flags = acpi_get16(reader->bytes + FADT_ARM_BOOT_ARCH);
	fadt->minor_revision = reader->bytes[FADT_MINOR_VERSION];
	if (!(fadt->flags & FADT_RESET_REG_SUP))
		return;
	if (reset->bit_width != 8 || reset->bit_offset != 0 || reset->space > ACPI_SPACE_PCI ||
	    reset->address == 0)
		acpi_reader_find(reader, ACPI_FADT_RESET, FADT_RESET_REG, reset->bit_width, 8);
	else
		fadt->reset_supported = true;
}

enum status fadt_parse(const uint8_t *table, size_t length, struct fadt *fadt,
		       struct acpi_findings *findings)
{
	struct acpi_reader reader;

	memset(fadt, 0, sizeof(*fadt));
	if (acpi_reader_open(&reader, table, length, "FACP", FADT_BYTES, findings) != STATUS_OK)
		return reader.status;

	fadt->revision = table[ACPI_HEADER_REVISION];
	fadt->profile = table[FADT_PROFILE];
	fadt->flags = acpi_get32(table + FADT_FLAGS);
	fadt->x86_boot_flags = acpi_get16(table + FADT_IAPC_BOOT_ARCH);
	fadt->hardware_reduced = (fadt->flags & FADT_HW_REDUCED_ACPI) != 0;
	fadt->dsdt = pa(acpi_get32(table + FADT_DSDT));
	if (reader.length < least_length(fadt->revision))
		acpi_reader_find(&reader, ACPI_FADT_LENGTH, ACPI_HEADER_LENGTH, reader.length,
				 least_length(fadt->revision));
	if (reader.length >= FADT_X_END && acpi_get64(table + FADT_X_DSDT) != 0)
		fadt->dsdt = pa(acpi_get64(table + FADT_X_DSDT));
	read_timer(&reader, fadt);
	read_reset(&reader, fadt);
	return reader.status;
}
