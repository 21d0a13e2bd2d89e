/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Any bytes as ACPI tables. The input is first a memory that begins at MEMORY_BASE with an RSDP: what
 * discovery finds there goes to its parser. Then the input is one table, handed to every parser as it
 * is, and once more with the signature and the length that the parser wants, so that the fuzzer need
 * not find those. Parsers read from a copy of exactly the table's length.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/host/acpi_sane.h"

#define MEMORY_BASE 0x1000u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

struct memory {
	const uint8_t *bytes;
	size_t count;
};

static struct acpi acpi;
static struct acpi_findings findings;
static struct dmar dmar;
static struct mcfg mcfg;
static struct madt madt;
static struct spcr spcr;
static struct fadt fadt;
static struct hpet hpet;
static struct ivrs ivrs;

static void require(bool condition)
{
	if (!condition)
		abort();
}

static const void *map(void *context, pa_t address, size_t count)
{
	const struct memory *memory = context;
	uint64_t offset = address.v - MEMORY_BASE;

	if (address.v < MEMORY_BASE || offset > memory->count || count > memory->count - offset)
		return NULL;
	return memory->bytes + offset;
}

static enum status parse_dmar(const uint8_t *bytes, size_t count)
{
	enum status status = dmar_parse(bytes, count, &dmar, &findings);

	require(dmar_sane(&dmar));
	require(dmar.complete == (status == STATUS_OK && dmar.host_address_bits != 0));
	return status;
}

static enum status parse_mcfg(const uint8_t *bytes, size_t count)
{
	enum status status = mcfg_parse(bytes, count, &mcfg, &findings);

	require(mcfg_sane(&mcfg));
	return status;
}

static enum status parse_madt(const uint8_t *bytes, size_t count)
{
	enum status status = madt_parse(bytes, count, &madt, &findings);

	require(madt_sane(&madt));
	return status;
}

static enum status parse_spcr(const uint8_t *bytes, size_t count)
{
	enum status status = spcr_parse(bytes, count, &spcr, &findings);

	require(status != STATUS_OK || (spcr.stride_bytes >= 1 && spcr.stride_bytes <= 8 &&
					spcr.stride_bytes >= spcr.access_bytes));
	return status;
}

static enum status parse_fadt(const uint8_t *bytes, size_t count)
{
	return fadt_parse(bytes, count, &fadt, &findings);
}

static enum status parse_hpet(const uint8_t *bytes, size_t count)
{
	return hpet_parse(bytes, count, &hpet, &findings);
}

/* Every device that is found has a unit, and every entry that names a device finds it one. */
static enum status parse_ivrs(const uint8_t *bytes, size_t count)
{
	enum status status = ivrs_parse(bytes, count, &ivrs, &findings);
	struct ivrs_device device;

	require(ivrs_sane(&ivrs));
	for (unsigned i = 0; i < ivrs.ivhd_count; i++) {
		const struct ivrs_ivhd *ivhd = &ivrs.ivhd[i];

		for (unsigned j = 0; !ivhd->superseded && j < MIN(ivhd->entries.count, 16); j++) {
			uint16_t id = ivrs_entry(&ivrs, ivhd->entries, j)->last;

			require(ivrs_find(&ivrs, ivhd->segment, id, &device));
			require(device.ivhd->segment == ivhd->segment && !device.ivhd->superseded);
			require(device.entry->first <= id && id <= device.entry->last);
		}
	}
	return status;
}

static const struct {
	const char *signature;
	enum status (*parse)(const uint8_t *bytes, size_t count);
} parsers[] = {
	{ "DMAR", parse_dmar }, { "MCFG", parse_mcfg }, { "APIC", parse_madt },
	{ "SPCR", parse_spcr }, { "FACP", parse_fadt }, { "HPET", parse_hpet },
	{ "IVRS", parse_ivrs },
};

/* One parser over a copy of the bytes, as they are or under the header that it wants. */
static void parse(size_t parser, const uint8_t *bytes, size_t count, bool with_header)
{
	uint8_t *copy = malloc(count + (count == 0));
	enum status status;

	require(copy != NULL);
	memcpy(copy, bytes, count);
	if (with_header && count >= ACPI_HEADER_BYTES) {
		memcpy(copy, parsers[parser].signature, 4);
		for (unsigned i = 0; i < 4; i++)
			copy[ACPI_HEADER_LENGTH + i] = (uint8_t)(count >> 8 * i);
	}
	memset(&findings, 0, sizeof(findings));
	status = parsers[parser].parse(copy, count);
	require(acpi_findings_sane(&findings, status, count));
	free(copy);
}

static void discover(const uint8_t *bytes, size_t count)
{
	struct memory memory = { bytes, count };
	enum status status = acpi_discover(&acpi, &(struct acpi_memory){ &memory, map },
					   pa(MEMORY_BASE));

	require(acpi.table_count <= ACPI_TABLES_MAX);
	require(status == STATUS_OK || acpi.findings.count > 0);
	for (unsigned i = 0; i < acpi.table_count; i++) {
		const struct acpi_table *table = &acpi.tables[i];

		require(table->length >= ACPI_HEADER_BYTES && table->bytes >= bytes &&
			table->length <= count - (size_t)(table->bytes - bytes));
		for (size_t j = 0; j < ARRAY_COUNT(parsers); j++) {
			if (memcmp(table->signature, parsers[j].signature, 4) == 0)
				parse(j, table->bytes, table->length, false);
		}
	}
	dmar_check_mcfg(&dmar, &mcfg, &acpi.findings);
	dmar_check_madt(&dmar, &madt, &acpi.findings);
	ivrs_check_madt(&ivrs, &madt, &acpi.findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	discover(bytes, count);
	for (size_t i = 0; i < ARRAY_COUNT(parsers); i++) {
		parse(i, bytes, count, false);
		parse(i, bytes, count, true);
	}
	return 0;
}
