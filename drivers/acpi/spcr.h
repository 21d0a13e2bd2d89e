/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * SPCR: the serial port that firmware uses as its console. Microsoft, Serial Port Console Redirection
 * Table, versions 1.00 to 1.10 (table revisions 1 to 4).
 *
 * Glossary: the interface type says which UART; in revision 1 it is 0 or 1, from revision 2 on it is a
 * serial subtype of the DBG2 table, and 0 and 1 have kept their meaning. The stride is the distance
 * between two registers of a UART whose registers are numbered (16550).
 */
#ifndef DRIVERS_ACPI_SPCR_H
#define DRIVERS_ACPI_SPCR_H

#include "base/status.h"
#include "drivers/acpi/acpi.h"

/* Interface types that a 16550 or PL011 driver understands; DBG2, table 3. */
#define SPCR_INTERFACE_16550		0x00u
#define SPCR_INTERFACE_16450		0x01u	/* a 16550 subset without FIFO */
#define SPCR_INTERFACE_PL011		0x03u
#define SPCR_INTERFACE_SBSA_32BIT	0x0du	/* PL011 subset, 32-bit accesses only */
#define SPCR_INTERFACE_SBSA		0x0eu
#define SPCR_INTERFACE_16550_GAS	0x12u	/* 16550 with the parameters of its address structure */

#define SPCR_NO_PCI_DEVICE	0xffffu

enum spcr_terminal {
	SPCR_VT100,
	SPCR_VT100_PLUS,
	SPCR_VT_UTF8,
	SPCR_ANSI,				/* other numbers are reserved */
};

struct spcr {
	uint8_t revision;
	uint8_t interface_type;
	bool enabled;				/* the port has an address: 0 turns redirection off */
	struct acpi_address port;
	uint8_t access_bytes;			/* width of one access to a register: 1, 2, 4, 8 */
	uint8_t stride_bytes;			/* from one register to the next */
	uint32_t baud;				/* 0: leave the rate as it is */
	uint32_t clock_hz;			/* UART clock, 0: not said */
	uint8_t flow_control;			/* bit 0 DCD, 1 RTS/CTS, 2 XON/XOFF */
	enum spcr_terminal terminal;
	uint16_t pci_vendor_id, pci_device_id;	/* SPCR_NO_PCI_DEVICE: not a PCI device */
	uint8_t pci_segment, pci_bus, pci_device, pci_function;
};

/* Read the `length` bytes of an SPCR. MALFORMED: too short or not an SPCR, `spcr` is all zeros. */
enum status spcr_parse(const uint8_t *table, size_t length, struct spcr *spcr,
		       struct acpi_findings *findings) MUST_CHECK;

#endif
