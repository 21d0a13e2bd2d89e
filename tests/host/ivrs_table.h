/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * For the tests of the IVRS parser: a table written byte by byte from 48882 revision 3.11, section 5.2,
 * and a builder for others. Tables are parsed from a copy of exactly their length, so that the sanitizer
 * sees every byte that is read too many.
 */
#ifndef TESTS_HOST_IVRS_TABLE_H
#define TESTS_HOST_IVRS_TABLE_H

#include "drivers/acpi/ivrs.h"
#include "tests/host/check.h"

/* One unit of segment 0 in all three forms, one of segment 1; every kind of entry and of memory. */
static const uint8_t whole[] = {
	'I', 'V', 'R', 'S', 0xaf, 0x01, 0, 0, 2, 0x49, 'I', 'O', 'V', 'E', 'T', ' ',	/* 0 */
	'T', 'E', 'S', 'T', 'I', 'V', 'R', 'S', 1, 0, 0, 0, 'I', 'O', 'V', 'T',		/* 16 */
	/* IVinfo: EFRSup, DMA remapping, guest addresses of 48 bits, physical of 48, virtual of 64 */
	1, 0, 0, 0, 0x43, 0x30, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0,			/* 32 */
	/* IVHD 10h of 00:00.2, capability 40h, registers at 0xfd200000 */
	0x10, 0xb0, 60, 0, 0x02, 0, 0x40, 0, 0, 0, 0x20, 0xfd, 0, 0, 0, 0,		/* 48 */
	0, 0, 0x00, 0x01, 0x6e, 0x8f, 0x04, 0x80,					/* 64 */
	0x03, 0x08, 0x00, 0, 0x04, 0xff, 0x00, 0,	/* 00:01.0 to 00:1f.7 */	/* 72 */
	0x43, 0x00, 0x01, 0x30, 0, 0xa4, 0x00, 0,	/* bus 1 as 00:14.4 */		/* 80 */
	0x04, 0xff, 0x01, 0,								/* 88 */
	0x48, 0, 0, 0xd7, 0x20, 0xa0, 0x00, 1,		/* I/O APIC 20h is 00:14.0 */	/* 92 */
	0x48, 0, 0, 0, 0, 0xa0, 0x00, 2,		/* HPET 0 too */		/* 100 */
	/* IVHD 11h of the same */
	0x11, 0x30, 68, 0, 0x02, 0, 0x40, 0, 0, 0, 0x20, 0xfd, 0, 0, 0, 0,		/* 108 */
	0, 0, 0x00, 0x01, 0x00, 0x80, 0x04, 0x00,					/* 124 */
	0xfe, 0x5a, 0x29, 0xa2, 0x2f, 0x73, 0xbf, 0x25, 0x10, 0, 0, 0, 0, 0, 0, 0,	/* 132 */
	0x02, 0x08, 0x00, 0x07,								/* 148 */
	0x46, 0x10, 0x00, 0, 0, 0, 0, 0x80,		/* 00:02.0: no ATS */		/* 152 */
	0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0,		/* padding */			/* 160 */
	0x01, 0x34, 0x12, 0x08,				/* all: its id is ignored */	/* 172 */
	/* IVHD 40h of the same */
	0x40, 0x30, 107, 0, 0x02, 0, 0x40, 0, 0, 0, 0x20, 0xfd, 0, 0, 0, 0,		/* 176 */
	0, 0, 0x00, 0x01, 0x00, 0x80, 0x04, 0x00,					/* 192 */
	0xfe, 0x5a, 0x29, 0xa2, 0x2f, 0x73, 0xbf, 0x25, 0x10, 0, 0, 0, 0, 0, 0, 0,	/* 200 */
	0x03, 0x08, 0x00, 0, 0x04, 0xff, 0x00, 0,					/* 216 */
	0x42, 0x00, 0x01, 0x01, 0, 0xa4, 0x00, 0,	/* 01:00.0 as 00:14.4 */	/* 224 */
	0x47, 0x00, 0x02, 0x02, 0x01, 0, 0, 0x80,	/* bus 2: no ATS, CXL.cache */	/* 232 */
	0x04, 0xff, 0x02, 0,								/* 240 */
	0x48, 0, 0, 0xd7, 0x20, 0xa0, 0x00, 1,						/* 244 */
	0xf0, 0xa5, 0x00, 0x40, 'A', 'M', 'D', 'I', '0', '0', '2', '0',			/* 252 */
	'P', 'N', 'P', '0', '5', '0', '1', 0,						/* 264 */
	2, 9, '\\', '_', 'S', 'B', '.', 'F', 'U', 'R', '0',				/* 272 */
	/* IVHD 11h of e0:00.2 in segment 1, capability 64h, registers at 0xfd180000 */
	0x11, 0x20, 52, 0, 0x02, 0xe0, 0x64, 0, 0, 0, 0x18, 0xfd, 0, 0, 0, 0,		/* 283 */
	1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,		/* 299 */
	0x02, 0x00, 0x60, 0,								/* 323 */
	0x48, 0, 0, 0, 0x21, 0x01, 0x60, 1,						/* 327 */
	/* IVMD 20h: 0x7b800000 to 0x7fffffff is excluded */
	0x20, 0x08, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,				/* 335 */
	0x00, 0x00, 0x80, 0x7b, 0, 0, 0, 0, 0x00, 0x00, 0x80, 0x04, 0, 0, 0, 0,		/* 351 */
	/* IVMD 21h: a page for 00:02.0, read and written, one to one */
	0x21, 0x07, 32, 0, 0x10, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,			/* 367 */
	0x00, 0x00, 0x00, 0x70, 0, 0, 0, 0, 0x00, 0x10, 0x00, 0x00, 0, 0, 0, 0,		/* 383 */
	/* IVMD 22h: 10 KiB for bus 60h of segment 1, read, one to one */
	0x22, 0x03, 32, 0, 0x00, 0x60, 0xff, 0x60, 1, 0, 0, 0, 0, 0, 0, 0,		/* 399 */
	0x00, 0x00, 0x00, 0x71, 0, 0, 0, 0, 0x00, 0x28, 0x00, 0x00, 0, 0, 0, 0,		/* 415 */
};

static struct ivrs ivrs;
static struct acpi_findings findings;
static bool provoked[ACPI_FINDING_KINDS];

static inline void note_findings(void)
{
	for (unsigned i = 0; i < findings.count; i++)
		provoked[findings.list[i].kind] = true;
}

static inline enum status parse(const uint8_t *bytes, size_t length)
{
	uint8_t *copy = malloc(length + (length == 0));
	enum status status;

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, length);
	memset(&findings, 0, sizeof(findings));
	status = ivrs_parse(copy, length, &ivrs, &findings);
	free(copy);
	note_findings();
	return status;
}

static inline const struct acpi_finding *finding_of(enum acpi_finding_kind kind, uint32_t offset)
{
	for (unsigned i = 0; i < findings.count; i++) {
		if (findings.list[i].kind == kind && findings.list[i].offset == offset)
			return &findings.list[i];
	}
	return NULL;
}

/* A table of our own: a header, then what is appended. */
static uint8_t built[0x40000];
static size_t built_length;

static inline void begin(void)
{
	memcpy(built, whole, 48);
	built[36] = 0x41;	/* no DMA remapping before boot */
	built_length = 48;
}

static inline void append(const uint8_t *bytes, size_t count)
{
	if (built_length + count > sizeof(built))
		abort();
	memcpy(built + built_length, bytes, count);
	built_length += count;
}

#define APPEND(...) append((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static inline enum status parse_built(void)
{
	for (unsigned i = 0; i < 4; i++)
		built[4 + i] = (uint8_t)(built_length >> 8 * i);
	return parse(built, built_length);
}

/* A 40h block of unit `n`, that has `bytes` bytes of entries: they are to be appended. */
static inline void append_unit(unsigned n, unsigned bytes)
{
	APPEND(0x40, 0, (uint8_t)(40 + bytes), (uint8_t)((40 + bytes) >> 8), (uint8_t)n, 0, 0x40, 0, 0, 0,
	       (uint8_t)(8 * n), 0xf0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	       0, 0, 0, 0, 0);
}

#endif
