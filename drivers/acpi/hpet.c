/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The HPET table, IA-PC HPET Specification 1.0a, 3.2.4, table 3. */
#include <string.h>

#include "drivers/acpi/hpet.h"
#include "drivers/acpi/acpi_reader.h"

#define HPET_ID             36u /* the low half of the General Capabilities register */
#define HPET_ID_VENDOR      GENMASK(31, 16)
#define HPET_ID_LEGACY      BIT(15)
#define HPET_ID_64BIT       BIT(13)
#define HPET_ID_COMPARATORS GENMASK(12, 8) /* one less than there are */
#define HPET_ID_REVISION    GENMASK(7, 0)
#define HPET_BLOCK          40u
#define HPET_NUMBER         52u
#define HPET_MINIMUM_TICK   53u
#define HPET_BYTES          56u

enum status hpet_parse(const uint8_t *table, size_t length, struct hpet *hpet,
		       struct acpi_findings *findings)
{
	struct acpi_reader reader;
	uint32_t id;

	memset(hpet, 0, sizeof(*hpet));
	if (acpi_reader_open(&reader, table, length, "HPET", HPET_BYTES, findings) != STATUS_OK)
		return reader.status;

	id = acpi_get32(table + HPET_ID);
	hpet->vendor_id = (uint16_t)FIELD_GET(HPET_ID_VENDOR, id);
	hpet->legacy_replacement = (id & HPET_ID_LEGACY) != 0;
	hpet->counter_64bit = (id & HPET_ID_64BIT) != 0;
	hpet->comparator_count = (uint8_t)(FIELD_GET(HPET_ID_COMPARATORS, id) + 1);
	hpet->hardware_revision = (uint8_t)FIELD_GET(HPET_ID_REVISION, id);
	hpet->number = table[HPET_NUMBER];
	hpet->minimum_tick = acpi_get16(table + HPET_MINIMUM_TICK);
	hpet->block = acpi_get_address(table + HPET_BLOCK);
	if (hpet->block.address == 0) {
		acpi_reader_find(&reader, ACPI_HPET_BASE, HPET_BLOCK + 4, 0, 0);
	} else if (hpet->block.space != ACPI_SPACE_MEMORY) {
		acpi_reader_find(&reader, ACPI_HPET_SPACE, HPET_BLOCK, hpet->block.space,
				 ACPI_SPACE_MEMORY);
		hpet->block.address = 0;
	}
	return reader.status;
}
