/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The rules of VT-d revision 5.10, chapter 8, that need more than one structure of the DMAR, or
 * another table beside it.
 */
#include "drivers/acpi/dmar_reader.h"
#include "drivers/acpi/madt.h"
#include "drivers/acpi/mcfg.h"

#define DRHD_BASE  8u
#define RMRR_BASE  8u
#define RMRR_LIMIT 16u

static bool beyond(const struct dmar *dmar, uint64_t last)
{
	return dmar->host_address_bits < 64 && last >> dmar->host_address_bits != 0;
}

static bool is_repeated(const struct dmar *dmar, unsigned index)
{
	for (unsigned i = 0; i < index; i++) {
		if (dmar->drhd[i].base.v == dmar->drhd[index].base.v)
			return true;
	}
	return false;
}

/*
 * 8.3: the base of one unit, by itself and beside those before it. A base that is only aligned to a
 * page is against the rule, and may still be where the registers are.
 */
static void check_base(struct dmar_reader *reader, unsigned index)
{
	struct dmar_drhd *drhd = &reader->dmar->drhd[index];
	uint64_t size = BIT64(drhd->size_lg2), base = drhd->base.v;
	uint32_t at = drhd->offset + DRHD_BASE;
	bool outside = beyond(reader->dmar, base | (size - 1));
	bool repeated = is_repeated(reader->dmar, index);

	if (base == 0)
		acpi_reader_find(&reader->table, ACPI_DRHD_BASE_ZERO, at, 0, 0);
	if (base % size != 0)
		acpi_reader_find(&reader->table, ACPI_DRHD_ALIGNMENT, at, base,
				 ALIGN_DOWN(base, size));
	if (outside)
		acpi_reader_find(&reader->table, ACPI_DRHD_BASE_BEYOND, at, base,
				 reader->dmar->host_address_bits);
	if (repeated)
		acpi_reader_find(&reader->table, ACPI_DRHD_REPEATED, at, base, 0);
	drhd->usable = base != 0 && base % PAGE_SIZE == 0 && !outside && !repeated;
}

/* 8.3: INCLUDE_PCI_ALL comes last in its segment. */
static void check_order(struct dmar_reader *reader, unsigned index)
{
	const struct dmar_drhd *drhd = &reader->dmar->drhd[index];

	for (unsigned i = 0; i < index; i++) {
		const struct dmar_drhd *before = &reader->dmar->drhd[i];

		if (before->include_pci_all && before->segment == drhd->segment) {
			acpi_reader_find(&reader->table, ACPI_DRHD_ALL_NOT_LAST, drhd->offset,
					 before->offset, 0);
			return;
		}
	}
}

/* 8.4: base, limit and size of a reserved region. */
static void check_region(struct dmar_reader *reader, struct dmar_rmrr *rmrr)
{
	struct dmar *dmar = reader->dmar;
	uint64_t base = rmrr->base.v, limit = rmrr->limit.v;

	if (base % PAGE_SIZE != 0)
		acpi_reader_find(&reader->table, ACPI_RMRR_ALIGNMENT, rmrr->offset + RMRR_BASE,
				 base, ALIGN_DOWN(base, PAGE_SIZE));
	if (limit <= base) {
		acpi_reader_find(&reader->table, ACPI_RMRR_ORDER, rmrr->offset + RMRR_LIMIT, limit,
				 base);
		rmrr->usable = false;
	} else if ((limit - base + 1) % PAGE_SIZE != 0) {
		acpi_reader_find(&reader->table, ACPI_RMRR_SIZE, rmrr->offset + RMRR_LIMIT,
				 limit - base + 1, ALIGN_UP(limit - base + 1, PAGE_SIZE));
	}
	if (beyond(dmar, base) || beyond(dmar, limit)) {
		acpi_reader_find(&reader->table, ACPI_RMRR_BEYOND, rmrr->offset + RMRR_LIMIT, limit,
				 dmar->host_address_bits);
		rmrr->usable = false;
	}
}

static void check_affinity(struct dmar_reader *reader, const struct dmar_rhsa *rhsa)
{
	for (unsigned i = 0; i < reader->dmar->drhd_count; i++) {
		if (reader->dmar->drhd[i].base.v == rhsa->base.v)
			return;
	}
	acpi_reader_find(&reader->table, ACPI_RHSA_ORPHAN, rhsa->offset + 8, rhsa->base.v, 0);
}

/* 8.7: ACPI device numbers are unique, and each that a scope names is declared. */
static bool is_declared(const struct dmar *dmar, uint8_t number, unsigned andd_count)
{
	for (unsigned i = 0; i < andd_count; i++) {
		if (dmar->andd[i].number == number)
			return true;
	}
	return false;
}

static void check_names(struct dmar_reader *reader)
{
	struct dmar *dmar = reader->dmar;

	for (unsigned i = 0; i < dmar->andd_count; i++) {
		if (is_declared(dmar, dmar->andd[i].number, i))
			acpi_reader_find(&reader->table, ACPI_ANDD_NUMBER, dmar->andd[i].offset + 7,
					 dmar->andd[i].number, 0);
	}
	for (unsigned i = 0; i < dmar->scope_count; i++) {
		const struct dmar_scope *scope = &dmar->scopes[i];

		if (dmar->complete && scope->type == DMAR_SCOPE_ACPI_DEVICE &&
		    !is_declared(dmar, scope->enumeration_id, dmar->andd_count))
			acpi_reader_find(&reader->table, ACPI_SCOPE_NO_ANDD, scope->offset + 4,
					 scope->enumeration_id, 0);
	}
}

void dmar_check_rules(struct dmar_reader *reader)
{
	struct dmar *dmar = reader->dmar;

	if (dmar->complete && dmar->drhd_count == 0)
		acpi_reader_find(&reader->table, ACPI_DRHD_NONE, 0, 0, 1);
	for (unsigned i = 0; i < dmar->drhd_count; i++) {
		check_base(reader, i);
		check_order(reader, i);
	}
	for (unsigned i = 0; i < dmar->rmrr_count; i++)
		check_region(reader, &dmar->rmrr[i]);
	for (unsigned i = 0; dmar->complete && i < dmar->rhsa_count; i++)
		check_affinity(reader, &dmar->rhsa[i]);
	check_names(reader);
}

static void find(struct acpi_findings *findings, enum acpi_finding_kind kind, uint32_t offset,
		 uint64_t got, uint64_t expected)
{
	acpi_finding_add(findings, kind, "DMAR", offset, got, expected);
}

void dmar_check_mcfg(const struct dmar *dmar, const struct mcfg *mcfg,
		     struct acpi_findings *findings)
{
	for (unsigned i = 0; dmar->complete && i < mcfg->count; i++) {
		bool covered = false, seen = false;

		for (unsigned j = 0; j < dmar->drhd_count; j++)
			covered |= dmar->drhd[j].segment == mcfg->allocations[i].segment;
		for (unsigned j = 0; j < i; j++)
			seen |= mcfg->allocations[j].segment == mcfg->allocations[i].segment;
		if (!covered && !seen)
			find(findings, ACPI_DRHD_SEGMENT, 0, mcfg->allocations[i].segment, 0);
	}
}

/* The scopes of all units: an entry of type IOAPIC has no business anywhere else. */
static bool has_ioapic(const struct dmar *dmar, uint8_t id)
{
	for (unsigned i = 0; i < dmar->drhd_count; i++) {
		for (unsigned j = 0; j < dmar->drhd[i].scopes.count; j++) {
			const struct dmar_scope *scope = dmar_scope(dmar, dmar->drhd[i].scopes, j);

			if (scope->type == DMAR_SCOPE_IOAPIC && scope->enumeration_id == id)
				return true;
		}
	}
	return false;
}

void dmar_check_madt(const struct dmar *dmar, const struct madt *madt,
		     struct acpi_findings *findings)
{
	if (!dmar->complete || !dmar->interrupt_remapping)
		return;
	for (unsigned i = 0; i < madt->ioapic_count; i++) {
		if (!has_ioapic(dmar, madt->ioapics[i].id))
			find(findings, ACPI_SCOPE_NO_IOAPIC, 0, madt->ioapics[i].id, 0);
	}
}

void dmar_check_memory(const struct dmar *dmar, const struct handover *handover,
		       struct acpi_findings *findings)
{
	for (unsigned i = 0; i < dmar->rmrr_count; i++) {
		const struct dmar_rmrr *rmrr = &dmar->rmrr[i];

		for (unsigned j = 0; rmrr->usable && j < handover->region_count; j++) {
			const struct memory_region *region = &handover->regions[j];

			if ((region->kind == MEMORY_FREE || region->kind == MEMORY_IMAGE) &&
			    region->bytes != 0 && region->base.v <= rmrr->limit.v &&
			    region->base.v + (region->bytes - 1) >= rmrr->base.v)
				find(findings, ACPI_RMRR_NOT_RESERVED, rmrr->offset + RMRR_BASE,
				     rmrr->base.v, region->base.v);
		}
	}
}
