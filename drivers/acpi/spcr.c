/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The SPCR in all its revisions: fields were only ever appended, or made out of reserved ones. */
#include <string.h>

#include "drivers/acpi/acpi_reader.h"
#include "drivers/acpi/spcr.h"

#define SPCR_INTERFACE_TYPE   36u
#define SPCR_PORT             40u
#define SPCR_BAUD             58u
#define SPCR_FLOW_CONTROL     61u
#define SPCR_TERMINAL_TYPE    62u
#define SPCR_PCI_DEVICE_ID    64u
#define SPCR_PCI_VENDOR_ID    66u
#define SPCR_PCI_BUS          68u
#define SPCR_PCI_DEVICE       69u
#define SPCR_PCI_FUNCTION     70u
#define SPCR_PCI_SEGMENT      75u
#define SPCR_CLOCK            76u /* from revision 3 on */
#define SPCR_BYTES            80u
#define SPCR_PRECISE_BAUD     80u /* from revision 4 on */
#define SPCR_PRECISE_BAUD_END 84u

/* Configured Baud Rate; numbers that are not listed are reserved. */
static uint32_t configured_baud(struct acpi_reader *reader)
{
	static const uint32_t rates[] = { [3] = 9600, [4] = 19200, [6] = 57600, [7] = 115200 };
	uint8_t number = reader->bytes[SPCR_BAUD];

	if (number == 0)
		return 0;
	if (number < ARRAY_COUNT(rates) && rates[number] != 0)
		return rates[number];
	acpi_reader_find(reader, ACPI_SPCR_BAUD, SPCR_BAUD, number, 0);
	return 0;
}

/*
 * The port's registers. In I/O space a 16550 has byte registers side by side, whatever the widths
 * say. In memory the access size is the width of an access; where it is not said, the bit width is.
 */
static void read_geometry(struct acpi_reader *reader, struct spcr *spcr)
{
	uint8_t width_bytes = (uint8_t)(spcr->port.bit_width / 8);

	spcr->access_bytes = 1;
	spcr->stride_bytes = 1;
	if (spcr->port.access_size > 4)
		acpi_reader_find(reader, ACPI_SPCR_ACCESS, SPCR_PORT + 3, spcr->port.access_size,
				 4);
	if (spcr->port.space != ACPI_SPACE_MEMORY)
		return;
	if (width_bytes != 2 && width_bytes != 4 && width_bytes != 8)
		width_bytes = 1;
	if (spcr->port.access_size >= 1 && spcr->port.access_size <= 4)
		spcr->access_bytes = (uint8_t)(1u << (spcr->port.access_size - 1));
	else
		spcr->access_bytes = width_bytes;
	spcr->stride_bytes = MAX(spcr->access_bytes, width_bytes);
}

enum status spcr_parse(const uint8_t *table, size_t length, struct spcr *spcr,
		       struct acpi_findings *findings)
{
	struct acpi_reader reader;

	memset(spcr, 0, sizeof(*spcr));
	if (acpi_reader_open(&reader, table, length, "SPCR", SPCR_BYTES, findings) != STATUS_OK)
		return reader.status;

	spcr->revision = table[ACPI_HEADER_REVISION];
	spcr->interface_type = table[SPCR_INTERFACE_TYPE];
	spcr->port = acpi_get_address(table + SPCR_PORT);
	spcr->enabled = spcr->port.address != 0;
	if (spcr->enabled && spcr->port.space != ACPI_SPACE_MEMORY &&
	    spcr->port.space != ACPI_SPACE_IO)
		acpi_reader_find(&reader, ACPI_SPCR_SPACE, SPCR_PORT, spcr->port.space, 0);
	read_geometry(&reader, spcr);
	spcr->baud = configured_baud(&reader);
	spcr->flow_control = table[SPCR_FLOW_CONTROL];
	spcr->terminal = (enum spcr_terminal)table[SPCR_TERMINAL_TYPE];
	spcr->pci_device_id = acpi_get16(table + SPCR_PCI_DEVICE_ID);
	spcr->pci_vendor_id = acpi_get16(table + SPCR_PCI_VENDOR_ID);
	spcr->pci_bus = table[SPCR_PCI_BUS];
	spcr->pci_device = table[SPCR_PCI_DEVICE];
	spcr->pci_function = table[SPCR_PCI_FUNCTION];
	spcr->pci_segment = table[SPCR_PCI_SEGMENT];
	if (spcr->revision >= 3)
		spcr->clock_hz = acpi_get32(table + SPCR_CLOCK);
	if (spcr->revision >= 4 && reader.length >= SPCR_PRECISE_BAUD_END &&
	    acpi_get32(table + SPCR_PRECISE_BAUD) != 0)
		spcr->baud = acpi_get32(table + SPCR_PRECISE_BAUD);
	return reader.status;
}
