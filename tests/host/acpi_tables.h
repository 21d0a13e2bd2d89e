/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Small valid tables, byte by byte, with right checksums. The numbers on the right are offsets. */
#ifndef TESTS_HOST_ACPI_TABLES_H
#define TESTS_HOST_ACPI_TABLES_H

#include <stdint.h>

#define TABLE_IDENTITY	'I', 'O', 'V', 'E', 'T', ' ', 'H', 'O', 'S', 'T', 'T', 'E', 'S', 'T', \
			2, 0, 0, 0, 'H', 'A', 'N', 'D', 3, 0, 0, 0			/* 10 to 35 */

/* Segment 0 with buses 0 to 255, and segment 1 with buses 0x40 to 0x7f. */
static const uint8_t mcfg_table[] = {
	'M', 'C', 'F', 'G', 76, 0, 0, 0, 1, 0xf3, TABLE_IDENTITY,			/* 0 */
	0, 0, 0, 0, 0, 0, 0, 0,								/* 36 */
	0x00, 0x00, 0x00, 0xb0, 0, 0, 0, 0, 0, 0, 0x00, 0xff, 0, 0, 0, 0,		/* 44 */
	0x00, 0x00, 0x00, 0xe0, 0x0f, 0, 0, 0, 1, 0, 0x40, 0x7f, 0, 0, 0, 0,		/* 60 */
};

static const uint8_t madt_table[] = {
	'A', 'P', 'I', 'C', 138, 0, 0, 0, 5, 0xfc, TABLE_IDENTITY,			/* 0 */
	0x00, 0x00, 0xe0, 0xfe, 1, 0, 0, 0,						/* 36 */
	0, 8, 0, 0, 1, 0, 0, 0,				/* local APIC 0 */		/* 44 */
	0, 8, 1, 2, 2, 0, 0, 0,				/* local APIC 2, offline */	/* 52 */
	1, 12, 2, 0, 0x00, 0x00, 0xc0, 0xfe, 0, 0, 0, 0,	/* I/O APIC 2 */	/* 60 */
	1, 12, 9, 0, 0x00, 0x10, 0xc0, 0xfe, 24, 0, 0, 0,	/* I/O APIC 9 */	/* 72 */
	2, 10, 0, 0, 2, 0, 0, 0, 0, 0,			/* IRQ 0 is GSI 2 */		/* 84 */
	2, 10, 0, 9, 9, 0, 0, 0, 0x0d, 0,		/* IRQ 9, level, high */	/* 94 */
	4, 6, 0xff, 0, 0, 1,				/* local APIC NMI */		/* 104 */
	9, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0,	/* x2APIC 0x100 */	/* 110 */
	5, 12, 0, 0, 0x00, 0x00, 0xe1, 0xfe, 0, 0, 0, 0,	/* address override */	/* 126 */
};

/* COM1, 115200 baud, VT-UTF8. */
static const uint8_t spcr_table[] = {
	'S', 'P', 'C', 'R', 80, 0, 0, 0, 2, 0x19, TABLE_IDENTITY,			/* 0 */
	0, 0, 0, 0, 1, 8, 0, 1, 0xf8, 0x03, 0, 0, 0, 0, 0, 0,				/* 36 */
	3, 4, 4, 0, 0, 0, 7, 0, 1, 2, 2, 0,						/* 52 */
	0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,			/* 64 */
};

/* Revision 6.5: timer at I/O port 0x608, 32 bits; reset by writing 6 to I/O port 0xcf9. */
static const uint8_t fadt_table[276] = {
	'F', 'A', 'C', 'P', 0x14, 1, 0, 0, 6, 0x54, TABLE_IDENTITY,
	[40] = 0x00, 0x10, 0xfe, 0x7f,			/* DSDT */
	[45] = 4, 9, 0,					/* profile, SCI */
	[76] = 0x08, 0x06, 0, 0,			/* PM_TMR_BLK */
	[91] = 4,					/* PM_TMR_LEN */
	[109] = 0x03, 0,				/* IAPC_BOOT_ARCH */
	[112] = 0xa5, 0x05, 0, 0,			/* flags */
	[116] = 1, 8, 0, 1, 0xf9, 0x0c, 0, 0, 0, 0, 0, 0, 6,	/* RESET_REG, RESET_VALUE */
	[131] = 5,					/* minor revision */
	[140] = 0x00, 0x10, 0xfe, 0x7f, 0, 0, 0, 0,	/* X_DSDT */
	[208] = 1, 32, 0, 3, 0x08, 0x06, 0, 0, 0, 0, 0, 0,	/* X_PM_TMR_BLK */
};

static const uint8_t hpet_table[] = {
	'H', 'P', 'E', 'T', 56, 0, 0, 0, 1, 0x31, TABLE_IDENTITY,			/* 0 */
	0x01, 0xa2, 0x86, 0x80, 0, 64, 0, 0, 0x00, 0x00, 0xd0, 0xfe, 0, 0, 0, 0,	/* 36 */
	5, 0x64, 0, 0,									/* 52 */
};

#endif
