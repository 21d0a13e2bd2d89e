/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For the tests of the parsers of acpi_tables.h: call one by number, change or extend its table. */
#ifndef TESTS_HOST_ACPI_PARSE_H
#define TESTS_HOST_ACPI_PARSE_H

#include "tests/host/acpi_sane.h"
#include "tests/host/acpi_tables.h"
#include "tests/host/check.h"

static struct mcfg mcfg;
static struct madt madt;
static struct spcr spcr;
static struct fadt fadt;
static struct hpet hpet;
static struct acpi_findings findings;
static bool provoked[ACPI_FINDING_KINDS];

static inline enum status parse_mcfg(const uint8_t *bytes, size_t length)
{
	return mcfg_parse(bytes, length, &mcfg, &findings);
}

static inline enum status parse_madt(const uint8_t *bytes, size_t length)
{
	return madt_parse(bytes, length, &madt, &findings);
}

static inline enum status parse_spcr(const uint8_t *bytes, size_t length)
{
	return spcr_parse(bytes, length, &spcr, &findings);
}

static inline enum status parse_fadt(const uint8_t *bytes, size_t length)
{
	return fadt_parse(bytes, length, &fadt, &findings);
}

static inline enum status parse_hpet(const uint8_t *bytes, size_t length)
{
	return hpet_parse(bytes, length, &hpet, &findings);
}

enum { MCFG, MADT, SPCR, FADT, HPET, PARSERS };

static const struct {
	const uint8_t *valid;
	size_t bytes;
	enum status (*parse)(const uint8_t *bytes, size_t length);
} parsers[PARSERS] = {
	[MCFG] = { mcfg_table, sizeof(mcfg_table), parse_mcfg },
	[MADT] = { madt_table, sizeof(madt_table), parse_madt },
	[SPCR] = { spcr_table, sizeof(spcr_table), parse_spcr },
	[FADT] = { fadt_table, sizeof(fadt_table), parse_fadt },
	[HPET] = { hpet_table, sizeof(hpet_table), parse_hpet },
};

/* Parse from a copy of exactly this length, so that the sanitizer sees bytes read too many. */
static inline enum status parse(unsigned parser, const uint8_t *bytes, size_t length)
{
	uint8_t *copy = malloc(length + (length == 0));
	enum status status;

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, length);
	memset(&findings, 0, sizeof(findings));
	status = parsers[parser].parse(copy, length);
	free(copy);
	for (unsigned i = 0; i < findings.count; i++)
		provoked[findings.list[i].kind] = true;
	return status;
}

static inline enum status parse_valid(unsigned parser)
{
	return parse(parser, parsers[parser].valid, parsers[parser].bytes);
}

static inline bool found(enum acpi_finding_kind kind, uint32_t offset)
{
	for (unsigned i = 0; i < findings.count; i++) {
		if (findings.list[i].kind == kind && findings.list[i].offset == offset)
			return true;
	}
	return false;
}

/* A header of the parser's table and `head` bytes of its fixed fields, then what is appended. */
static uint8_t built[0x10000];
static size_t built_length;

static inline void begin(unsigned parser, size_t head)
{
	memcpy(built, parsers[parser].valid, head);
	built_length = head;
}

static inline void append(const uint8_t *bytes, size_t count)
{
	if (built_length + count > sizeof(built))
		abort();
	memcpy(built + built_length, bytes, count);
	built_length += count;
}

#define APPEND(...) \
	append((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static inline enum status parse_built(unsigned parser)
{
	for (unsigned i = 0; i < 4; i++)
		built[4 + i] = (uint8_t)(built_length >> 8 * i);
	return parse(parser, built, built_length);
}

#endif
