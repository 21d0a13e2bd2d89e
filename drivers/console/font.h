/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A font of the printable ASCII characters, 5 pixels wide and 8 high. */
#ifndef DRIVERS_CONSOLE_FONT_H
#define DRIVERS_CONSOLE_FONT_H

#include <stdint.h>

#define FONT_WIDTH	5u
#define FONT_HEIGHT	8u

/* FONT_HEIGHT rows from the top, the leftmost pixel in bit FONT_WIDTH - 1. '?' for what is not there. */
const uint8_t *font_glyph(char c);

#endif
