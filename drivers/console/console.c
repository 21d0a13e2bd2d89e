/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One text, two places. */
#include "drivers/console/console.h"

#include "drivers/console/screen.h"

void console_write(const char *text, size_t count)
{
	serial_write(text, count);
	screen_write(text, count);
}

void console_flush(void)
{
	serial_flush();
}

void console_screen(const struct framebuffer *framebuffer)
{
	screen_use(framebuffer);
}
