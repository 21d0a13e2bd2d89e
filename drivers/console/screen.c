/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Reading a framebuffer is slow, and so is drawing all of it for every line. What is on the screen is
 * therefore kept as text; at the bottom the text moves up by half a screen at once; and only cells
 * that change are drawn.
 */
#include "drivers/console/screen.h"

#include "drivers/console/font.h"

#include <string.h>

#define CELL_WIDTH	6u			/* a glyph is 5 by 7, with one row below its line */
#define CELL_HEIGHT	9u
#define COLUMNS_MAX	256u
#define ROWS_MAX	128u
#define WIDTH_DOUBLED	960u			/* from here on pixels are doubled: 80 columns fit */
#define INK		0x00d0d0d0u		/* grey: the same in either order of colours */

static struct {
	volatile uint32_t *pixels;
	uint32_t pitch;
	unsigned columns, rows, scale;
	unsigned column, row;
	char text[ROWS_MAX][COLUMNS_MAX];
} screen;

static void draw(unsigned row, unsigned column, char c)
{
	const uint8_t *glyph = font_glyph(c);
	unsigned scale = screen.scale;

	for (unsigned y = 0; y < CELL_HEIGHT * scale; y++) {
		unsigned line = y / scale;
		unsigned bits = line < FONT_HEIGHT ? glyph[line] : 0;
		size_t pixel_row = (size_t)row * CELL_HEIGHT * scale + y;
		volatile uint32_t *p = screen.pixels + pixel_row * screen.pitch +
				       (size_t)column * CELL_WIDTH * scale;

		for (unsigned x = 0; x < CELL_WIDTH * scale; x++)
			p[x] = bits << (x / scale) & BIT(FONT_WIDTH - 1) ? INK : 0;
	}
}

static void put(unsigned row, unsigned column, char c)
{
	if (screen.text[row][column] == c)
		return;
	screen.text[row][column] = c;
	draw(row, column, c);
}

static void scroll(void)
{
	unsigned by = screen.rows / 2;

	for (unsigned row = 0; row < screen.rows; row++)
		for (unsigned column = 0; column < screen.columns; column++)
			put(row, column,
			    row + by < screen.rows ? screen.text[row + by][column] : ' ');
	screen.row -= by;
}

static void new_line(void)
{
	screen.column = 0;
	screen.row++;
	if (screen.row == screen.rows)
		scroll();
}

void screen_use(const struct framebuffer *f)
{
	screen.scale = f->width >= WIDTH_DOUBLED ? 2 : 1;
	screen.columns = MIN(f->width / (CELL_WIDTH * screen.scale), COLUMNS_MAX);
	screen.rows = MIN(f->height / (CELL_HEIGHT * screen.scale), ROWS_MAX);
	screen.pitch = f->pixels_per_line;
	screen.row = screen.column = 0;
	screen.pixels = f->base.v && screen.columns && screen.rows > 1 ? pa_ptr(f->base) : NULL;
	memset(screen.text, ' ', sizeof(screen.text));
	if (!screen.pixels)
		return;
	for (uint32_t y = 0; y < f->height; y++)
		for (uint32_t x = 0; x < f->width; x++)
			screen.pixels[(size_t)y * screen.pitch + x] = 0;
}

void screen_write(const char *text, size_t count)
{
	if (!screen.pixels)
		return;
	for (size_t i = 0; i < count; i++) {
		if (text[i] == '\r')
			continue;
		if (text[i] == '\n') {
			new_line();
			continue;
		}
		if (screen.column == screen.columns)
			new_line();
		put(screen.row, screen.column++, text[i]);
	}
}
