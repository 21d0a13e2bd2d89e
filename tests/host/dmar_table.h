/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * For the tests of the DMAR parser: a table written byte by byte from VT-d revision 5.10, chapter 8, and
 * a builder for others. Tables are parsed from a copy of exactly their length, so that the sanitizer
 * sees every byte that is read too many.
 */
#ifndef TESTS_HOST_DMAR_TABLE_H
#define TESTS_HOST_DMAR_TABLE_H

#include "drivers/acpi/dmar.h"
#include "tests/host/check.h"

/* One of every structure and scope type. The numbers on the right are offsets. */
static const uint8_t whole[] = {
	'D', 'M', 'A', 'R', 0xf8, 0, 0, 0, 1, 0xef, 'I', 'O', 'V', 'E', 'T', ' ',	/* 0 */
	'T', 'E', 'S', 'T', 'D', 'M', 'A', 'R', 1, 0, 0, 0, 'I', 'O', 'V', 'T',		/* 16 */
	1, 0, 0, 0, 0x26, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,				/* 32 */
	/* DRHD: two endpoints, the second behind a bridge */
	0, 0, 34, 0, 0, 0, 0, 0, 0x00, 0x00, 0xd9, 0xfe, 0, 0, 0, 0,			/* 48 */
	1, 8, 0, 0, 0, 0x00, 0x04, 0x00,						/* 64 */
	1, 10, 0, 0, 0, 0x00, 0x1c, 0x00, 0x00, 0x01,					/* 72 */
	/* DRHD: INCLUDE_PCI_ALL, 8 KiB of registers; an I/O APIC, an HPET, an ACPI device */
	0, 0, 40, 0, 1, 1, 0, 0, 0x00, 0x20, 0xd9, 0xfe, 0, 0, 0, 0,			/* 82 */
	3, 8, 0, 0, 2, 0xf0, 0x1f, 0x07,						/* 98 */
	4, 8, 0, 0, 0, 0x00, 0x1e, 0x06,						/* 106 */
	5, 8, 0, 0, 1, 0x00, 0x15, 0x00,						/* 114 */
	/* RMRR 0x7b800000 to 0x7fffffff */
	1, 0, 32, 0, 0, 0, 0, 0, 0x00, 0x00, 0x80, 0x7b, 0, 0, 0, 0,			/* 122 */
	0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0,						/* 138 */
	1, 8, 0, 0, 0, 0x00, 0x02, 0x00,						/* 146 */
	/* ATSR: one root port */
	2, 0, 16, 0, 0, 0, 0, 0,							/* 154 */
	2, 8, 0, 0, 0, 0x00, 0x01, 0x00,						/* 162 */
	/* RHSA: the first unit is on node 0x01020304 */
	3, 0, 20, 0, 0, 0, 0, 0, 0x00, 0x00, 0xd9, 0xfe, 0, 0, 0, 0, 4, 3, 2, 1,	/* 170 */
	/* ANDD: device 1 */
	4, 0, 18, 0, 0, 0, 0, 1, '\\', '_', 'S', 'B', '.', 'I', '2', 'C', '0', 0,	/* 190 */
	/* SATC: ATC_REQUIRED */
	5, 0, 16, 0, 1, 0, 0, 0,							/* 208 */
	1, 8, 0, 0, 0, 0x00, 0x05, 0x00,						/* 216 */
	/* SIDP: an endpoint with PWSNP forbidden and a hardened ATC, and the ACPI device */
	6, 0, 24, 0, 0, 0, 0, 0,							/* 224 */
	1, 8, 0x0a, 0, 0, 0x00, 0x05, 0x00,						/* 232 */
	5, 8, 0x01, 0, 1, 0x00, 0x15, 0x00,						/* 240 */
};

static struct dmar dmar;
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
	status = dmar_parse(copy, length, &dmar, &findings);
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

static inline void append_unit(uint32_t base)
{
	APPEND(0, 0, 16, 0, 0, 0, 0, 0, (uint8_t)base, (uint8_t)(base >> 8), (uint8_t)(base >> 16),
	       (uint8_t)(base >> 24), 0, 0, 0, 0);
}

#endif
