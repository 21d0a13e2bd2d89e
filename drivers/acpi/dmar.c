/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The DMAR table and its structures, VT-d revision 5.10, 8.1 to 8.9. */
#include <string.h>

#include "drivers/acpi/dmar_reader.h"

/* 8.1: the table. */
#define DMAR_HAW              36u
#define DMAR_FLAGS            37u
#define DMAR_FLAGS_RESERVED   0xf8u
#define DMAR_FLAGS_OPT_IN     BIT(2)
#define DMAR_FLAGS_OPT_OUT    BIT(1)
#define DMAR_FLAGS_INTR_REMAP BIT(0)
#define DMAR_RESERVED_AREA    38u
#define DMAR_FIRST_STRUCTURE  48u

/* 8.2: the header of a structure. */
#define STRUCTURE_LENGTH       2u
#define STRUCTURE_HEADER_BYTES 4u
/* Where most structures have these two. */
#define STRUCTURE_FLAGS          4u
#define STRUCTURE_FLAG           BIT(0) /* INCLUDE_PCI_ALL, ALL_PORTS, ATC_REQUIRED */
#define STRUCTURE_FLAGS_RESERVED 0xfeu
#define STRUCTURE_SEGMENT        6u

#define DRHD_SIZE           5u
#define DRHD_SIZE_RESERVED  0xf0u
#define DRHD_SIZE_PAGES_LG2 0x0fu
#define DRHD_BASE           8u
#define RMRR_BASE           8u
#define RMRR_LIMIT          16u
#define RHSA_BASE           8u
#define RHSA_DOMAIN         16u
#define ANDD_NUMBER         7u

/* The widths that root, context and leaf addresses of VT-d and x86 physical addresses allow. */
#define HAW_LEAST 32u
#define HAW_MOST  52u

/* One structure of the table: [at, end), at least as long as its type asks for. */
struct structure {
	const uint8_t *bytes;
	uint32_t at, end;
};

static bool has_room(struct dmar_reader *reader, uint32_t at, unsigned count, unsigned limit)
{
	if (count < limit)
		return true;
	acpi_reader_find(&reader->table, ACPI_DMAR_LIMIT, at, acpi_get16(reader->table.bytes + at),
			 limit);
	return false;
}

static bool flag_of(struct dmar_reader *reader, const struct structure *s)
{
	dmar_check_zero_bits(reader, s->at + STRUCTURE_FLAGS, STRUCTURE_FLAGS_RESERVED);
	return (s->bytes[STRUCTURE_FLAGS] & STRUCTURE_FLAG) != 0;
}

/* 8.3 */
static void read_drhd(struct dmar_reader *reader, const struct structure *s)
{
	struct dmar *dmar = reader->dmar;
	struct dmar_drhd *drhd = &dmar->drhd[dmar->drhd_count];

	if (!has_room(reader, s->at, dmar->drhd_count, DMAR_DRHD_MAX))
		return;
	dmar_check_zero_bits(reader, s->at + DRHD_SIZE, DRHD_SIZE_RESERVED);
	*drhd = (struct dmar_drhd){
		.offset = s->at,
		.segment = acpi_get16(s->bytes + STRUCTURE_SEGMENT),
		.include_pci_all = flag_of(reader, s),
		.size_lg2 = (uint8_t)(PAGE_LG2 + (s->bytes[DRHD_SIZE] & DRHD_SIZE_PAGES_LG2)),
		.base = pa(acpi_get64(s->bytes + DRHD_BASE)),
		.usable = true,
	};
	dmar->drhd_count++;
	drhd->scopes = dmar_read_scopes(reader, DMAR_DRHD, drhd->include_pci_all, s->at + 16,
					s->end);
}

/* 8.4 */
static void read_rmrr(struct dmar_reader *reader, const struct structure *s)
{
	struct dmar *dmar = reader->dmar;
	struct dmar_rmrr *rmrr = &dmar->rmrr[dmar->rmrr_count];

	if (!has_room(reader, s->at, dmar->rmrr_count, DMAR_RMRR_MAX))
		return;
	dmar_check_zero(reader, s->at + 4, 2);
	*rmrr = (struct dmar_rmrr){
		.offset = s->at,
		.segment = acpi_get16(s->bytes + STRUCTURE_SEGMENT),
		.base = pa(acpi_get64(s->bytes + RMRR_BASE)),
		.limit = pa(acpi_get64(s->bytes + RMRR_LIMIT)),
		.usable = true,
	};
	dmar->rmrr_count++;
	rmrr->scopes = dmar_read_scopes(reader, DMAR_RMRR, false, s->at + 24, s->end);
	if (rmrr->scopes.count == 0)
		acpi_reader_find(&reader->table, ACPI_RMRR_NO_SCOPE, s->at, 0, 1);
}

/* 8.5 */
static void read_atsr(struct dmar_reader *reader, const struct structure *s)
{
	struct dmar *dmar = reader->dmar;
	struct dmar_atsr *atsr = &dmar->atsr[dmar->atsr_count];

	if (!has_room(reader, s->at, dmar->atsr_count, DMAR_ATSR_MAX))
		return;
	dmar_check_zero(reader, s->at + 5, 1);
	*atsr = (struct dmar_atsr){
		.offset = s->at,
		.segment = acpi_get16(s->bytes + STRUCTURE_SEGMENT),
		.all_ports = flag_of(reader, s),
	};
	dmar->atsr_count++;
	if (atsr->all_ports && s->end - s->at > 8)
		acpi_reader_find(&reader->table, ACPI_ATSR_SCOPE, s->at + STRUCTURE_LENGTH,
				 s->end - s->at, 8);
	atsr->scopes = dmar_read_scopes(reader, DMAR_ATSR, false, s->at + 8, s->end);
}

/* 8.6 */
static void read_rhsa(struct dmar_reader *reader, const struct structure *s)
{
	struct dmar *dmar = reader->dmar;

	if (!has_room(reader, s->at, dmar->rhsa_count, DMAR_RHSA_MAX))
		return;
	dmar_check_zero(reader, s->at + 4, 4);
	if (s->end - s->at > 20)
		acpi_reader_find(&reader->table, ACPI_RHSA_LENGTH, s->at + STRUCTURE_LENGTH,
				 s->end - s->at, 20);
	dmar->rhsa[dmar->rhsa_count++] = (struct dmar_rhsa){
		.offset = s->at,
		.base = pa(acpi_get64(s->bytes + RHSA_BASE)),
		.proximity_domain = acpi_get32(s->bytes + RHSA_DOMAIN),
	};
}

/* 8.7: a name that ends with a NUL byte inside the structure. */
static void read_andd(struct dmar_reader *reader, const struct structure *s)
{
	struct dmar *dmar = reader->dmar;
	struct dmar_andd *andd = &dmar->andd[dmar->andd_count];
	const uint8_t *name = s->bytes + 8;
	uint32_t room = s->end - s->at - 8, length = 0;

	if (!has_room(reader, s->at, dmar->andd_count, DMAR_ANDD_MAX))
		return;
	dmar->andd_count++;
	dmar_check_zero(reader, s->at + 4, 3);
	while (length < room && name[length] != 0)
		length++;
	if (length == room)
		acpi_reader_find(&reader->table, ACPI_ANDD_NAME, s->at + 8, room, 0);
	if (length > DMAR_NAME_MAX)
		acpi_reader_find(&reader->table, ACPI_ANDD_NAME_LIMIT, s->at + 8, length,
				 DMAR_NAME_MAX);
	andd->offset = s->at;
	andd->number = s->bytes[ANDD_NUMBER];
	acpi_get_text(andd->name, name, MIN(length, DMAR_NAME_MAX));
}

/* 8.8 */
static void read_satc(struct dmar_reader *reader, const struct structure *s)
{
	struct dmar *dmar = reader->dmar;
	struct dmar_satc *satc = &dmar->satc[dmar->satc_count];

	if (!has_room(reader, s->at, dmar->satc_count, DMAR_SATC_MAX))
		return;
	dmar_check_zero(reader, s->at + 5, 1);
	*satc = (struct dmar_satc){
		.offset = s->at,
		.segment = acpi_get16(s->bytes + STRUCTURE_SEGMENT),
		.atc_required = flag_of(reader, s),
	};
	dmar->satc_count++;
	satc->scopes = dmar_read_scopes(reader, DMAR_SATC, false, s->at + 8, s->end);
}

/* 8.9 */
static void read_sidp(struct dmar_reader *reader, const struct structure *s)
{
	struct dmar *dmar = reader->dmar;
	struct dmar_sidp *sidp = &dmar->sidp[dmar->sidp_count];

	if (!has_room(reader, s->at, dmar->sidp_count, DMAR_SIDP_MAX))
		return;
	dmar_check_zero(reader, s->at + 4, 2);
	*sidp = (struct dmar_sidp){
		.offset = s->at,
		.segment = acpi_get16(s->bytes + STRUCTURE_SEGMENT),
	};
	dmar->sidp_count++;
	sidp->scopes = dmar_read_scopes(reader, DMAR_SIDP, false, s->at + 8, s->end);
}

static const struct {
	uint16_t least_bytes;
	void (*read)(struct dmar_reader *reader, const struct structure *s);
} structures[DMAR_TYPES] = {
	[DMAR_DRHD] = { 16, read_drhd }, [DMAR_RMRR] = { 24, read_rmrr },
	[DMAR_ATSR] = { 8, read_atsr },  [DMAR_RHSA] = { 20, read_rhsa },
	[DMAR_ANDD] = { 8, read_andd },  [DMAR_SATC] = { 8, read_satc },
	[DMAR_SIDP] = { 8, read_sidp },
};

static void read_structure(struct dmar_reader *reader, const struct structure *s)
{
	uint16_t type = acpi_get16(s->bytes);

	if (type >= DMAR_TYPES) {
		reader->dmar->unknown_count++;
		acpi_reader_find(&reader->table, ACPI_DMAR_UNKNOWN, s->at, type, DMAR_TYPES - 1);
	} else if (s->end - s->at < structures[type].least_bytes) {
		acpi_reader_find(&reader->table, ACPI_DMAR_ENTRY_FIXED, s->at + STRUCTURE_LENGTH,
				 s->end - s->at, structures[type].least_bytes);
	} else {
		structures[type].read(reader, s);
	}
}

/* The length of the structure at `at`; 0, with a finding, when the table cannot be read on from it. */
static uint32_t structure_length(struct dmar_reader *reader, uint32_t at)
{
	uint32_t room = reader->table.length - at;
	uint32_t bytes = acpi_get16(reader->table.bytes + at + STRUCTURE_LENGTH);

	at += STRUCTURE_LENGTH;
	if (bytes == 0)
		acpi_reader_find(&reader->table, ACPI_DMAR_ENTRY_ZERO, at, 0,
				 STRUCTURE_HEADER_BYTES);
	else if (bytes < STRUCTURE_HEADER_BYTES)
		acpi_reader_find(&reader->table, ACPI_DMAR_ENTRY_SHORT, at, bytes,
				 STRUCTURE_HEADER_BYTES);
	else if (bytes > room)
		acpi_reader_find(&reader->table, ACPI_DMAR_ENTRY_OVERRUNS, at, bytes, room);
	else
		return bytes;
	return 0;
}

static void read_structures(struct dmar_reader *reader)
{
	uint32_t at = DMAR_FIRST_STRUCTURE, bytes;
	uint16_t type, highest = 0;

	for (; reader->table.length - at >= STRUCTURE_HEADER_BYTES; at += bytes) {
		bytes = structure_length(reader, at);
		if (bytes == 0)
			return;
		type = acpi_get16(reader->table.bytes + at);
		if (type < highest)
			acpi_reader_find(&reader->table, ACPI_DMAR_ORDER, at, type, highest);
		highest = MAX(highest, type);
		read_structure(reader, &(struct structure){
					       .bytes = reader->table.bytes + at,
					       .at = at,
					       .end = at + bytes,
				       });
	}
	if (at != reader->table.length)
		acpi_reader_find(&reader->table, ACPI_DMAR_TRAILING, at, reader->table.length - at,
				 0);
}

static void read_header(struct dmar_reader *reader)
{
	struct dmar *dmar = reader->dmar;
	const uint8_t *table = reader->table.bytes;
	uint32_t bits = table[DMAR_HAW] + 1u;

	dmar->host_address_bits = (uint8_t)MIN(bits, 255u);
	if (bits < HAW_LEAST || bits > HAW_MOST)
		acpi_reader_find(&reader->table, ACPI_DMAR_HAW, DMAR_HAW, bits,
				 bits < HAW_LEAST ? HAW_LEAST : HAW_MOST);
	dmar->interrupt_remapping = (table[DMAR_FLAGS] & DMAR_FLAGS_INTR_REMAP) != 0;
	dmar->x2apic_opt_out = (table[DMAR_FLAGS] & DMAR_FLAGS_OPT_OUT) != 0;
	dmar->dma_control_opt_in = (table[DMAR_FLAGS] & DMAR_FLAGS_OPT_IN) != 0;
	if (dmar->x2apic_opt_out && !dmar->interrupt_remapping)
		acpi_reader_find(&reader->table, ACPI_DMAR_OPT_OUT, DMAR_FLAGS, table[DMAR_FLAGS],
				 0);
	dmar_check_zero_bits(reader, DMAR_FLAGS, DMAR_FLAGS_RESERVED);
	dmar_check_zero(reader, DMAR_RESERVED_AREA, DMAR_FIRST_STRUCTURE - DMAR_RESERVED_AREA);
}

enum status dmar_parse(const uint8_t *table, size_t length, struct dmar *dmar,
		       struct acpi_findings *findings)
{
	struct dmar_reader reader = { .dmar = dmar };

	memset(dmar, 0, sizeof(*dmar));
	if (acpi_reader_open(&reader.table, table, length, "DMAR", DMAR_FIRST_STRUCTURE,
			     findings) != STATUS_OK)
		return reader.table.status;
	read_header(&reader);
	read_structures(&reader);
	dmar->complete = reader.table.status == STATUS_OK;
	dmar_check_rules(&reader);
	return reader.table.status;
}
