/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From ACPI's SPCR to a serial port. A table that is wrong leaves the console where it is. */
#include "boot/serial_line.h"

#include "arch/arch.h"
#include "boot/uefi.h"
#include "drivers/acpi/acpi.h"
#include "drivers/acpi/spcr.h"
#include "drivers/console/serial.h"

#define COM1			0x3f8u
#define UART_REGISTERS		8u

static bool is_16550(const struct spcr *s)
{
	return s->interface_type == SPCR_INTERFACE_16550 ||
	       s->interface_type == SPCR_INTERFACE_16450 ||
	       s->interface_type == SPCR_INTERFACE_16550_GAS;
}

static bool usable(const struct spcr *s)
{
	if (!s->enabled || !is_16550(s) || !s->stride_bytes)
		return false;
	if (s->port.space == ACPI_SPACE_IO)
		return s->port.address != COM1 && s->port.address <= UINT16_MAX - UART_REGISTERS;
	return s->port.space == ACPI_SPACE_MEMORY && (s->access_bytes == 1 || s->access_bytes == 4);
}

void find_serial_line(const struct handover *h)
{
	static struct acpi acpi;
	static struct acpi_findings findings;
	struct acpi_memory memory = acpi_memory_of(h);
	const struct acpi_table *table = NULL;
	struct spcr spcr;
	bool in_memory;

	if (acpi_discover(&acpi, &memory, h->rsdp) == STATUS_OK)
		table = acpi_find(&acpi, "SPCR", 0);
	if (!table || spcr_parse(table->bytes, table->length, &spcr, &findings) != STATUS_OK ||
	    !usable(&spcr))
		return;
	in_memory = spcr.port.space == ACPI_SPACE_MEMORY;
	if (in_memory && arch_map_device(spcr.port.address,
					 (size_t)UART_REGISTERS * spcr.stride_bytes) != STATUS_OK) {
		boot_note("the serial line that SPCR names cannot be reached");
		return;
	}
	serial_use((struct serial_port){
		.base = spcr.port.address,
		.in_memory = in_memory,
		.stride = spcr.stride_bytes,
		.access_bytes = in_memory ? spcr.access_bytes : 1,
		.keep_rate = true,
	});
	if (!serial_present()) {
		boot_note("the serial line that SPCR names does not answer");
		serial_use((struct serial_port){ .base = COM1, .stride = 1, .access_bytes = 1 });
	}
}
