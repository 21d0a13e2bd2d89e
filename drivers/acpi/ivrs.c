/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The IVRS table and its blocks, 48882 revision 3.11, 5.2.1 and 5.2.2. */
#include <string.h>

#include "drivers/acpi/ivrs_reader.h"

/* Tables 86 and 88: the table. */
#define IVRS_IVINFO		36u
#define IVRS_IVINFO_EFR_SUP	BIT(0)
#define IVRS_IVINFO_DMA_REMAP	BIT(1)
#define IVRS_IVINFO_GVA_SIZE	GENMASK(7, 5)
#define IVRS_IVINFO_PA_SIZE	GENMASK(14, 8)
#define IVRS_IVINFO_VA_SIZE	GENMASK(21, 15)
#define IVRS_IVINFO_HT_ATS_RESV	BIT(22)
#define IVRS_IVINFO_ZERO	(GENMASK(31, 23) | GENMASK(4, 2))
#define IVRS_RESERVED_AREA	40u
#define IVRS_FIRST_BLOCK	48u

/* What every block begins with. */
#define BLOCK_TYPE		0u
#define BLOCK_FLAGS		1u
#define BLOCK_LENGTH		2u
#define BLOCK_HEADER_BYTES	4u

/* Tables 90, 95 and 99. */
#define IVHD_DEVICE_ID		4u
#define IVHD_CAPABILITY		6u
#define IVHD_BASE		8u
#define IVHD_SEGMENT		16u
#define IVHD_INFO		18u
#define IVHD_FEATURES		20u
#define IVHD_EFR		24u
#define IVHD_EFR2		32u
#define IVHD_10H_BYTES		24u
#define IVHD_BYTES		40u

/* Tables 111 to 113. */
#define IVMD_DEVICE_ID		4u
#define IVMD_AUXILIARY		6u
#define IVMD_SEGMENT		8u
#define IVMD_RESERVED		10u
#define IVMD_BASE		16u
#define IVMD_MEMORY_BYTES	24u
#define IVMD_BYTES		32u
#define IVMD_FLAGS_EXCLUSION	BIT(3)
#define IVMD_FLAGS_IW		BIT(2)
#define IVMD_FLAGS_IR		BIT(1)
#define IVMD_FLAGS_UNITY	BIT(0)
#define IVMD_FLAGS_ZERO		GENMASK(7, 4)

/* Counters and what they add to the registers: MMIO 0030h[PCSup], 4000h, capability offset 04h. */
#define EFR_PC_SUP		BIT64(9)
#define REGISTERS_LG2		14u
#define REGISTERS_COUNTERS_LG2	19u

/* One block of the table: [at, end), at least as long as its type asks for. */
struct block {
	const uint8_t *bytes;
	uint32_t at, end;
};

void ivrs_check_zero(struct ivrs_reader *reader, uint32_t at, uint32_t count)
{
	for (uint32_t i = at; i < at + count; i++) {
		if (reader->table.bytes[i] != 0) {
			acpi_reader_find(&reader->table, ACPI_IVRS_RESERVED, i,
					 reader->table.bytes[i], 0);
			return;
		}
	}
}

static bool has_room(struct ivrs_reader *reader, const struct block *b, unsigned count, unsigned limit)
{
	if (count < limit)
		return true;
	acpi_reader_find(&reader->table, ACPI_IVRS_LIMIT, b->at, b->bytes[BLOCK_TYPE], limit);
	return false;
}

static bool has_counters(const struct ivrs_ivhd *ivhd)
{
	if (ivhd->has_efr)
		return ivhd->efr & EFR_PC_SUP;
	return ivhd->features & (IVRS_FEATURE_PN_BANKS | IVRS_FEATURE_PN_COUNTERS);
}

/* 5.2.2.1. Without EFRSup the features of a 10h are reserved. */
static void read_ivhd(struct ivrs_reader *reader, const struct block *b)
{
	struct ivrs *ivrs = reader->ivrs;
	struct ivrs_ivhd *ivhd = &ivrs->ivhd[ivrs->ivhd_count];
	bool old = b->bytes[BLOCK_TYPE] == IVRS_IVHD_10H;

	if (!has_room(reader, b, ivrs->ivhd_count, IVRS_IVHD_MAX))
		return;
	ivrs->ivhd_count++;
	*ivhd = (struct ivrs_ivhd){
		.offset = b->at,
		.type = b->bytes[BLOCK_TYPE],
		.flags = b->bytes[BLOCK_FLAGS],
		.segment = acpi_get16(b->bytes + IVHD_SEGMENT),
		.device_id = acpi_get16(b->bytes + IVHD_DEVICE_ID),
		.capability = acpi_get16(b->bytes + IVHD_CAPABILITY),
		.base = pa(acpi_get64(b->bytes + IVHD_BASE)),
		.info = acpi_get16(b->bytes + IVHD_INFO),
		.features = old && !ivrs->efr_reported ? 0 : acpi_get32(b->bytes + IVHD_FEATURES),
		.has_efr = !old,
		.efr = old ? 0 : acpi_get64(b->bytes + IVHD_EFR),
		.efr2 = old ? 0 : acpi_get64(b->bytes + IVHD_EFR2),
	};
	ivhd->size_lg2 = has_counters(ivhd) ? REGISTERS_COUNTERS_LG2 : REGISTERS_LG2;
	if (!old && !ivrs->efr_reported)
		acpi_reader_find(&reader->table, ACPI_IVRS_TYPE_EFR, b->at, ivhd->type,
				 IVRS_IVHD_10H);
	if (ivhd->type == IVRS_IVHD_40H && ivrs->revision == 1)
		acpi_reader_find(&reader->table, ACPI_IVRS_TYPE_REVISION, b->at, ivhd->type,
				 ivrs->revision);
	ivrs_read_entries(reader, ivhd, b->at + (old ? IVHD_10H_BYTES : IVHD_BYTES), b->end);
}

/* 5.2.2.2 */
static void read_ivmd(struct ivrs_reader *reader, const struct block *b)
{
	struct ivrs *ivrs = reader->ivrs;
	uint8_t type = b->bytes[BLOCK_TYPE], flags = b->bytes[BLOCK_FLAGS];
	uint16_t first = acpi_get16(b->bytes + IVMD_DEVICE_ID);
	uint16_t last = acpi_get16(b->bytes + IVMD_AUXILIARY);

	if (!has_room(reader, b, ivrs->ivmd_count, IVRS_IVMD_MAX))
		return;
	if (b->end - b->at != IVMD_BYTES)
		acpi_reader_find(&reader->table, ACPI_IVMD_LENGTH, b->at + BLOCK_LENGTH,
				 b->end - b->at, IVMD_BYTES);
	if (flags & IVMD_FLAGS_ZERO)
		acpi_reader_find(&reader->table, ACPI_IVRS_RESERVED, b->at + BLOCK_FLAGS, flags,
				 flags & ~IVMD_FLAGS_ZERO);
	ivrs_check_zero(reader, b->at + IVMD_RESERVED, IVMD_BASE - IVMD_RESERVED);
	ivrs->ivmd[ivrs->ivmd_count++] = (struct ivrs_ivmd){
		.offset = b->at,
		.type = type,
		.segment = type == IVRS_IVMD_ALL ? 0 : acpi_get16(b->bytes + IVMD_SEGMENT),
		.first = type == IVRS_IVMD_ALL ? 0 : first,
		.last = type == IVRS_IVMD_ALL     ? UINT16_MAX
			: type == IVRS_IVMD_RANGE ? last
						  : first,
		.ivhd = ivrs->ivhd_count ? (uint16_t)(ivrs->ivhd_count - 1) : IVRS_NO_IVHD,
		.base = pa(acpi_get64(b->bytes + IVMD_BASE)),
		.bytes = acpi_get64(b->bytes + IVMD_MEMORY_BYTES),
		.exclusion = flags & IVMD_FLAGS_EXCLUSION,
		.readable = flags & IVMD_FLAGS_IR,
		.writable = flags & IVMD_FLAGS_IW,
		.unity = flags & IVMD_FLAGS_UNITY,
		.usable = true,
	};
}

static const struct {
	uint8_t type;
	uint8_t least_bytes;
	void (*read)(struct ivrs_reader *reader, const struct block *b);
} blocks[] = {
	{ IVRS_IVHD_10H, IVHD_10H_BYTES, read_ivhd }, { IVRS_IVHD_11H, IVHD_BYTES, read_ivhd },
	{ IVRS_IVHD_40H, IVHD_BYTES, read_ivhd },     { IVRS_IVMD_ALL, IVMD_BYTES, read_ivmd },
	{ IVRS_IVMD_DEVICE, IVMD_BYTES, read_ivmd },  { IVRS_IVMD_RANGE, IVMD_BYTES, read_ivmd },
};

static void read_block(struct ivrs_reader *reader, const struct block *b)
{
	uint8_t type = b->bytes[BLOCK_TYPE];

	for (unsigned i = 0; i < ARRAY_COUNT(blocks); i++) {
		if (blocks[i].type != type)
			continue;
		if (b->end - b->at < blocks[i].least_bytes)
			acpi_reader_find(&reader->table, ACPI_IVRS_BLOCK_FIXED,
					 b->at + BLOCK_LENGTH, b->end - b->at,
					 blocks[i].least_bytes);
		else
			blocks[i].read(reader, b);
		return;
	}
	reader->ivrs->unknown_count++;
	acpi_reader_find(&reader->table, ACPI_IVRS_BLOCK_UNKNOWN, b->at, type, 0);
}

/* The length of the block at `at`; 0, with a finding, when the table cannot be read on from it. */
static uint32_t block_length(struct ivrs_reader *reader, uint32_t at)
{
	uint32_t room = reader->table.length - at;
	uint32_t bytes = acpi_get16(reader->table.bytes + at + BLOCK_LENGTH);

	at += BLOCK_LENGTH;
	if (bytes == 0)
		acpi_reader_find(&reader->table, ACPI_IVRS_BLOCK_ZERO, at, 0, BLOCK_HEADER_BYTES);
	else if (bytes < BLOCK_HEADER_BYTES)
		acpi_reader_find(&reader->table, ACPI_IVRS_BLOCK_SHORT, at, bytes,
				 BLOCK_HEADER_BYTES);
	else if (bytes > room)
		acpi_reader_find(&reader->table, ACPI_IVRS_BLOCK_OVERRUNS, at, bytes, room);
	else
		return bytes;
	return 0;
}

static void read_blocks(struct ivrs_reader *reader)
{
	uint32_t at = IVRS_FIRST_BLOCK, bytes;

	for (; reader->table.length - at >= BLOCK_HEADER_BYTES; at += bytes) {
		bytes = block_length(reader, at);
		if (bytes == 0)
			return;
		read_block(reader, &(struct block){ reader->table.bytes + at, at, at + bytes });
	}
	if (at != reader->table.length)
		acpi_reader_find(&reader->table, ACPI_IVRS_TRAILING, at, reader->table.length - at,
				 0);
}

/* Capability offset 10h: the sizes that a unit can report. */
static void check_sizes(struct ivrs_reader *reader, uint32_t ivinfo)
{
	const struct ivrs *ivrs = reader->ivrs;
	bool pa_known = ivrs->pa_bits == 40 || ivrs->pa_bits == 48 || ivrs->pa_bits == 52;
	bool va_known = ivrs->va_bits == 32 || ivrs->va_bits == 40 || ivrs->va_bits == 48 ||
			ivrs->va_bits == 64;

	if (!pa_known)
		acpi_reader_find(&reader->table, ACPI_IVRS_PA_SIZE, IVRS_IVINFO, ivrs->pa_bits, 48);
	if (!va_known)
		acpi_reader_find(&reader->table, ACPI_IVRS_VA_SIZE, IVRS_IVINFO, ivrs->va_bits, 64);
	if (!ivrs->gva_bits)
		acpi_reader_find(&reader->table, ACPI_IVRS_GVA_SIZE, IVRS_IVINFO,
				 FIELD_GET(IVRS_IVINFO_GVA_SIZE, ivinfo), 2);
}

static void read_header(struct ivrs_reader *reader)
{
	struct ivrs *ivrs = reader->ivrs;
	uint32_t ivinfo = acpi_get32(reader->table.bytes + IVRS_IVINFO);
	uint32_t gva_size = FIELD_GET(IVRS_IVINFO_GVA_SIZE, ivinfo);

	ivrs->revision = reader->table.bytes[ACPI_HEADER_REVISION];
	if (ivrs->revision != 1 && ivrs->revision != 2)
		acpi_reader_find(&reader->table, ACPI_IVRS_REVISION, ACPI_HEADER_REVISION,
				 ivrs->revision, 2);
	ivrs->efr_reported = ivinfo & IVRS_IVINFO_EFR_SUP;
	ivrs->dma_remap = ivinfo & IVRS_IVINFO_DMA_REMAP;
	ivrs->ht_ats_reserved = ivinfo & IVRS_IVINFO_HT_ATS_RESV;
	ivrs->pa_bits = (uint8_t)FIELD_GET(IVRS_IVINFO_PA_SIZE, ivinfo);
	ivrs->va_bits = (uint8_t)FIELD_GET(IVRS_IVINFO_VA_SIZE, ivinfo);
	ivrs->gva_bits = gva_size == 2 ? 48 : gva_size == 3 ? 57 : 0;
	check_sizes(reader, ivinfo);
	if (ivinfo & IVRS_IVINFO_ZERO)
		acpi_reader_find(&reader->table, ACPI_IVRS_RESERVED, IVRS_IVINFO, ivinfo,
				 ivinfo & ~IVRS_IVINFO_ZERO);
	ivrs_check_zero(reader, IVRS_RESERVED_AREA, IVRS_FIRST_BLOCK - IVRS_RESERVED_AREA);
}

enum status ivrs_parse(const uint8_t *table, size_t length, struct ivrs *ivrs,
		       struct acpi_findings *findings)
{
	struct ivrs_reader reader = { .ivrs = ivrs };

	memset(ivrs, 0, sizeof(*ivrs));
	if (acpi_reader_open(&reader.table, table, length, "IVRS", IVRS_FIRST_BLOCK, findings) !=
	    STATUS_OK)
		return reader.table.status;
	read_header(&reader);
	read_blocks(&reader);
	ivrs->complete = reader.table.status == STATUS_OK;
	ivrs_check_rules(&reader);
	return reader.table.status;
}
