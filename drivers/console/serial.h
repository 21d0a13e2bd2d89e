/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A serial line with the registers of a 16550, in I/O space or in memory; 115200 baud, 8N1, unless the
 * rate is to be kept as found.
 */
#ifndef DRIVERS_CONSOLE_SERIAL_H
#define DRIVERS_CONSOLE_SERIAL_H

#include "base/types.h"

struct serial_port {
	uint64_t base;
	bool in_memory;				/* otherwise I/O ports */
	unsigned stride;			/* bytes from one register to the next: 1, 2, 4 */
	unsigned access_bytes;			/* how wide one access is: 1, or 4 in memory */
	bool keep_rate;				/* the firmware has set it, and its clock may be any */
};

/* Write to this line from now on. The caller has mapped registers that are in memory. */
void serial_use(struct serial_port port);

/* Is there a line that answers? */
bool serial_present(void);

void serial_write(const char *text, size_t count);
void serial_flush(void);

#endif
