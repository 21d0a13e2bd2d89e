/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The console: what is written goes to the serial line and to the screen, whichever there is. Lines
 * end with \n. Nothing here fails: a line that does not answer is given up after a bounded wait.
 */
#ifndef DRIVERS_CONSOLE_CONSOLE_H
#define DRIVERS_CONSOLE_CONSOLE_H

#include "base/handover.h"
#include "drivers/console/serial.h"

/* Write to both. Before the first write the serial line is COM1, unless serial_use() named another. */
void console_write(const char *text, size_t count);

/* Wait until the serial line has sent everything. */
void console_flush(void);

/* Begin at the top of this screen, which is cleared; without a framebuffer there is none. */
void console_screen(const struct framebuffer *framebuffer);

#endif
