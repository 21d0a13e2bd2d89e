/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Text on a framebuffer of 32 bits per pixel. */
#ifndef DRIVERS_CONSOLE_SCREEN_H
#define DRIVERS_CONSOLE_SCREEN_H

#include "base/handover.h"

/* Begin at the top of this screen, which is cleared. base 0: there is none, and writes do nothing. */
void screen_use(const struct framebuffer *framebuffer);

/* Characters outside printable ASCII show as '?'; \n ends a line, \r is ignored. */
void screen_write(const char *text, size_t count);

#endif
