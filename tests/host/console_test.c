/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The serial line before a UART made of words, and the screen before a framebuffer with margins. */
#include "arch/host/host.h"
#include "drivers/console/font.h"
#include "drivers/console/screen.h"
#include "drivers/console/serial.h"

#include "tests/host/check.h"

#define COM2		0x2f8u
#define STRIDE		4u
#define BYTES_MAX	256u

/* A 16550 that has sent its FIFO whenever it is asked. */
static struct {
	bool absent, stuck;
	unsigned stride, width;			/* what it wants to be accessed with */
	unsigned in_fifo, overruns, wrong_width, line_control;
	uint8_t divisor;
	char bytes[BYTES_MAX];
	unsigned count;
} uart;

static uint64_t uart_read(void *context, uint64_t offset, unsigned width)
{
	(void)context;
	uart.wrong_width += width != uart.width;
	if (uart.absent)
		return UINT64_MAX;
	if (offset / uart.stride != 5)
		return 0;
	if (uart.stuck)
		return 0;
	uart.in_fifo = 0;
	return 0x60;
}

static void uart_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	uart.wrong_width += width != uart.width;
	if (offset / uart.stride == 3)
		uart.line_control = (unsigned)value;
	if (offset)
		return;
	if (uart.line_control & 0x80) {
		uart.divisor = (uint8_t)value;
		return;
	}
	uart.overruns += ++uart.in_fifo > 16;
	if (uart.count < BYTES_MAX - 1)
		uart.bytes[uart.count++] = (char)value;
}

static const struct arch_host_ops uart_ops = { uart_read, uart_write };

static void plug(bool absent, bool stuck)
{
	memset(&uart, 0, sizeof(uart));
	uart.absent = absent;
	uart.stuck = stuck;
	uart.stride = uart.width = 1;
	arch_host_reset();
	CHECK_EQ(arch_host_ports(COM2, 8, &uart_ops, NULL), STATUS_OK);
}

static void use_com2(void)
{
	serial_use((struct serial_port){ .base = COM2, .stride = 1, .access_bytes = 1 });
}

static void say(const char *text)
{
	serial_write(text, strlen(text));
}

HOST_TEST(a_line_is_sent_with_carriage_return_at_115200_baud)
{
	plug(false, false);
	use_com2();
	say("one\ntwo");
	CHECK(serial_present());
	CHECK_STR(uart.bytes, "one\r\ntwo");
	CHECK_EQ(uart.divisor, 1);
	CHECK_EQ(uart.line_control, 0x03);
}

HOST_TEST(no_more_than_a_fifo_is_sent_without_asking)
{
	plug(false, false);
	use_com2();
	say("0123456789abcdef0123456789abcdef0123456789");
	CHECK_EQ(uart.overruns, 0);
	CHECK_EQ(uart.count, 42);
}

HOST_TEST(a_port_of_all_ones_is_no_line)
{
	plug(true, false);
	use_com2();
	say("text");
	CHECK(!serial_present());
	CHECK_EQ(uart.count, 0);
}

HOST_TEST(a_line_that_never_empties_is_given_up)
{
	uint64_t begin;

	plug(false, true);
	use_com2();
	begin = arch_now_ns();
	for (unsigned i = 0; i < 100; i++)
		say("0123456789abcdef");
	CHECK(!serial_present());
	CHECK_EQ(uart.count, 0);
	CHECK(arch_now_ns() - begin < 1000000000);
}

HOST_TEST(registers_in_memory_are_accessed_with_their_width_and_stride)
{
	plug(false, false);
	uart.stride = STRIDE;
	uart.width = 4;
	CHECK_EQ(arch_host_region(0xfe030000, 8 * STRIDE, &uart_ops, NULL), STATUS_OK);
	serial_use((struct serial_port){ .base = 0xfe030000,
					 .in_memory = true,
					 .stride = STRIDE,
					 .access_bytes = 4,
					 .keep_rate = true });
	say("text");
	CHECK_STR(uart.bytes, "text");
	CHECK_EQ(uart.wrong_width, 0);
	CHECK_EQ(uart.divisor, 0);
}

/* ---- Screen: 10 columns by 4 rows of 6 by 9 pixels, in the middle of something else. ---- */

#define WIDTH	60u
#define HEIGHT	36u
#define PITCH	64u
#define MARGIN	PITCH
#define OTHER	0x12345678u

static uint32_t memory[MARGIN + PITCH * HEIGHT + MARGIN];

static void open_screen(void)
{
	struct framebuffer f = { pa_of(memory + MARGIN), WIDTH, HEIGHT, PITCH, true };

	for (unsigned i = 0; i < ARRAY_COUNT(memory); i++)
		memory[i] = OTHER;
	screen_use(&f);
}

static bool margins_untouched(void)
{
	for (unsigned i = 0; i < MARGIN; i++)
		if (memory[i] != OTHER || memory[MARGIN + PITCH * HEIGHT + i] != OTHER)
			return false;
	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = WIDTH; x < PITCH; x++)
			if (memory[MARGIN + y * PITCH + x] != OTHER)
				return false;
	return true;
}

/* Does the cell show this character? */
static bool shows(unsigned row, unsigned column, char c)
{
	for (unsigned y = 0; y < 9; y++)
		for (unsigned x = 0; x < 6; x++) {
			bool ink = memory[MARGIN + (row * 9 + y) * PITCH + column * 6 + x] != 0;
			bool expected = y < 8 && x < 5 && (font_glyph(c)[y] >> (4 - x) & 1);

			if (ink != expected)
				return false;
		}
	return true;
}

static void show(const char *text)
{
	screen_write(text, strlen(text));
}

HOST_TEST(the_letter_T_has_its_bar_on_top)
{
	open_screen();
	show("T");
	for (unsigned x = 0; x < 5; x++)
		CHECK(memory[MARGIN + x] != 0);
	CHECK_EQ(memory[MARGIN + 5], 0);
	CHECK_EQ(memory[MARGIN + PITCH], 0);
	CHECK(memory[MARGIN + PITCH + 2] != 0);
	CHECK(margins_untouched());
}

HOST_TEST(a_long_line_goes_on_in_the_next_row)
{
	open_screen();
	show("0123456789AB");
	CHECK(shows(0, 9, '9'));
	CHECK(shows(1, 0, 'A'));
	CHECK(shows(1, 1, 'B'));
	CHECK(margins_untouched());
}

HOST_TEST(at_the_bottom_the_text_moves_up_by_half_a_screen)
{
	open_screen();
	show("one\ntwo\nthree\nfour\nfive");
	CHECK(shows(0, 1, 'h'));
	CHECK(shows(0, 4, 'e'));
	CHECK(shows(1, 0, 'f'));
	CHECK(shows(1, 2, 'u'));
	CHECK(shows(2, 1, 'i'));
	CHECK(shows(2, 4, ' '));
	CHECK(shows(3, 0, ' '));
	CHECK(margins_untouched());
}

HOST_TEST(what_cannot_be_printed_shows_as_a_question_mark)
{
	open_screen();
	show("\x01\xff\r");
	CHECK(shows(0, 0, '?'));
	CHECK(shows(0, 1, '?'));
	CHECK(shows(0, 2, ' '));
}

HOST_TEST(every_printable_character_has_a_glyph_of_its_own)
{
	for (char a = ' '; a < '~'; a++)
		for (char b = (char)(a + 1); b <= '~'; b++)
			CHECK(memcmp(font_glyph(a), font_glyph(b), FONT_HEIGHT));
}

HOST_TEST(without_a_framebuffer_nothing_is_drawn)
{
	struct framebuffer none = { .base = { 0 } };

	open_screen();
	screen_use(&none);
	memory[MARGIN] = OTHER;
	show("text");
	CHECK_EQ(memory[MARGIN], OTHER);
}

HOST_MAIN()
