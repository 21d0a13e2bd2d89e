/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The 16550 (National Semiconductor PC16550D data sheet, table II), by polling. */
#include "drivers/console/serial.h"

#include "arch/arch.h"
#include "arch/port.h"

#define COM1			0x3f8u

#define UART_DATA		0u		/* with DLAB: divisor, low */
#define UART_IER		1u
#define UART_DIVISOR_HIGH	1u		/* with DLAB */
#define UART_FCR		2u
#define   UART_FCR_ENABLE	0x07u		/* FIFOs on and emptied */
#define UART_LCR		3u
#define   UART_LCR_8N1		0x03u
#define   UART_LCR_DLAB		0x80u
#define UART_MCR		4u
#define   UART_MCR_DTR_RTS	0x03u
#define UART_LSR		5u
#define   UART_LSR_THRE		0x20u		/* room for a whole FIFO */
#define   UART_LSR_TEMT		0x40u		/* all sent */
#define   UART_ABSENT		0xffu

#define DIVISOR_115200		1u
#define FIFO_BYTES		16u
/* Sixteen characters take 1.4 ms. Before the clock is calibrated it may run several times fast. */
#define SEND_US			20000u
#define STUCK_MAX		3u		/* as many timeouts in a row, and the line is given up */

static struct {
	struct serial_port port;
	bool named, ready, absent;
	unsigned room;				/* characters until the line must be asked again */
	unsigned stuck;
} line;

static uint8_t uart_read(unsigned r)
{
	uint64_t at = line.port.base + r * line.port.stride;

	if (!line.port.in_memory)
		return arch_port_read8((uint16_t)at);
	return line.port.access_bytes == 4 ? (uint8_t)arch_read32((uintptr_t)at)
					   : arch_read8((uintptr_t)at);
}

static void uart_write(unsigned r, uint8_t value)
{
	uint64_t at = line.port.base + r * line.port.stride;

	if (!line.port.in_memory)
		arch_port_write8((uint16_t)at, value);
	else if (line.port.access_bytes == 4)
		arch_write32((uintptr_t)at, value);
	else
		arch_write8((uintptr_t)at, value);
}

static bool wait_for(uint8_t bits)
{
	struct deadline d = deadline_in_us(SEND_US);

	return wait_until(uart_read(UART_LSR) & bits, d);
}

static void start(void)
{
	line.ready = true;
	line.room = 0;
	line.stuck = 0;
	line.absent = uart_read(UART_LSR) == UART_ABSENT;
	if (line.absent)
		return;
	(void)!wait_for(UART_LSR_TEMT);		/* what the firmware is still sending */
	if (!line.port.keep_rate) {
		uart_write(UART_LCR, UART_LCR_8N1 | UART_LCR_DLAB);
		uart_write(UART_DATA, DIVISOR_115200);
		uart_write(UART_DIVISOR_HIGH, 0);
	}
	uart_write(UART_LCR, UART_LCR_8N1);
	uart_write(UART_IER, 0);
	uart_write(UART_FCR, UART_FCR_ENABLE);
	uart_write(UART_MCR, UART_MCR_DTR_RTS);
}

void serial_use(struct serial_port port)
{
	line.port = port;
	line.named = true;
	start();
}

bool serial_present(void)
{
	return line.ready && !line.absent;
}

static void send(char c)
{
	if (line.absent)
		return;
	if (!line.room) {
		if (!wait_for(UART_LSR_THRE)) {
			line.absent = ++line.stuck == STUCK_MAX;
			return;
		}
		line.stuck = 0;
		line.room = FIFO_BYTES;
	}
	line.room--;
	uart_write(UART_DATA, (uint8_t)c);
}

void serial_write(const char *text, size_t count)
{
	if (!line.named)
		serial_use((struct serial_port){ .base = COM1, .stride = 1, .access_bytes = 1 });
	line.room = 0;				/* someone else, the firmware, may have written */
	for (size_t i = 0; i < count; i++) {
		if (text[i] == '\n')
			send('\r');
		send(text[i]);
	}
}

void serial_flush(void)
{
	if (serial_present())
		(void)!wait_for(UART_LSR_TEMT);
}
