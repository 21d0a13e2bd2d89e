/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is true of the answer of every ACPI parser, whatever the bytes were: for tests and fuzzing. */
#ifndef TESTS_HOST_ACPI_SANE_H
#define TESTS_HOST_ACPI_SANE_H

#include <string.h>

#include "drivers/acpi/acpi.h"
#include "drivers/acpi/dmar.h"
#include "drivers/acpi/fadt.h"
#include "drivers/acpi/hpet.h"
#include "drivers/acpi/ivrs.h"
#include "drivers/acpi/madt.h"
#include "drivers/acpi/mcfg.h"
#include "drivers/acpi/spcr.h"

/* The status follows from the findings, and every finding lies inside the table. */
static inline bool acpi_findings_sane(const struct acpi_findings *findings, enum status status,
				      size_t table_bytes)
{
	bool broken = false, limit = false;

	if (findings->count > ACPI_FINDINGS_MAX ||
	    (findings->dropped != 0 && findings->count < ACPI_FINDINGS_MAX))
		return false;
	for (unsigned i = 0; i < findings->count; i++) {
		broken |= findings->list[i].weight == ACPI_WEIGHT_BROKEN;
		limit |= findings->list[i].weight == ACPI_WEIGHT_LIMIT;
		if (findings->list[i].offset > table_bytes || findings->list[i].text == NULL)
			return false;
	}
	if (findings->dropped != 0)
		return true;
	return status == (broken ? STATUS_MALFORMED : limit ? STATUS_EXHAUSTED : STATUS_OK);
}

static inline bool dmar_scopes_sane(const struct dmar *dmar, struct dmar_scopes scopes)
{
	if (scopes.first + scopes.count > dmar->scope_count)
		return false;
	for (unsigned i = 0; i < scopes.count; i++) {
		if (dmar_scope(dmar, scopes, i)->path_count > DMAR_PATH_MAX)
			return false;
	}
	return true;
}

static inline bool dmar_sane(const struct dmar *dmar)
{
	bool sane = dmar->drhd_count <= DMAR_DRHD_MAX && dmar->rmrr_count <= DMAR_RMRR_MAX &&
		    dmar->atsr_count <= DMAR_ATSR_MAX && dmar->rhsa_count <= DMAR_RHSA_MAX &&
		    dmar->andd_count <= DMAR_ANDD_MAX && dmar->satc_count <= DMAR_SATC_MAX &&
		    dmar->sidp_count <= DMAR_SIDP_MAX && dmar->scope_count <= DMAR_SCOPES_MAX;

	for (unsigned i = 0; sane && i < dmar->drhd_count; i++)
		sane = dmar_scopes_sane(dmar, dmar->drhd[i].scopes) &&
		       (!dmar->drhd[i].usable || dmar->drhd[i].base.v != 0);
	for (unsigned i = 0; sane && i < dmar->rmrr_count; i++)
		sane = dmar_scopes_sane(dmar, dmar->rmrr[i].scopes) &&
		       (!dmar->rmrr[i].usable || dmar->rmrr[i].limit.v > dmar->rmrr[i].base.v);
	for (unsigned i = 0; sane && i < dmar->atsr_count; i++)
		sane = dmar_scopes_sane(dmar, dmar->atsr[i].scopes);
	for (unsigned i = 0; sane && i < dmar->satc_count; i++)
		sane = dmar_scopes_sane(dmar, dmar->satc[i].scopes);
	for (unsigned i = 0; sane && i < dmar->sidp_count; i++)
		sane = dmar_scopes_sane(dmar, dmar->sidp[i].scopes);
	for (unsigned i = 0; sane && i < dmar->andd_count; i++)
		sane = memchr(dmar->andd[i].name, 0, sizeof(dmar->andd[i].name)) != NULL;
	return sane;
}

static inline bool ivrs_sane(const struct ivrs *ivrs)
{
	bool sane = ivrs->ivhd_count <= IVRS_IVHD_MAX && ivrs->ivmd_count <= IVRS_IVMD_MAX &&
		    ivrs->entry_count <= IVRS_ENTRIES_MAX && ivrs->name_count <= IVRS_NAMES_MAX;

	for (unsigned i = 0; sane && i < ivrs->ivhd_count; i++)
		sane = ivrs->ivhd[i].entries.first + ivrs->ivhd[i].entries.count <= ivrs->entry_count &&
		       (!ivrs->ivhd[i].usable || ivrs->ivhd[i].base.v != 0);
	for (unsigned i = 0; sane && i < ivrs->entry_count; i++)
		sane = ivrs->entries[i].first <= ivrs->entries[i].last &&
		       (ivrs->entries[i].type != IVRS_ACPI_HID ||
			ivrs->entries[i].name < ivrs->name_count);
	for (unsigned i = 0; sane && i < ivrs->ivmd_count; i++)
		sane = !ivrs->ivmd[i].usable || (ivrs->ivmd[i].bytes != 0 &&
						 ivrs->ivmd[i].first <= ivrs->ivmd[i].last);
	for (unsigned i = 0; sane && i < ivrs->name_count; i++)
		sane = memchr(ivrs->names[i].uid, 0, sizeof(ivrs->names[i].uid)) != NULL &&
		       memchr(ivrs->names[i].hid, 0, sizeof(ivrs->names[i].hid)) != NULL &&
		       memchr(ivrs->names[i].cid, 0, sizeof(ivrs->names[i].cid)) != NULL;
	return sane;
}

static inline bool mcfg_sane(const struct mcfg *mcfg)
{
	bool sane = mcfg->count <= MCFG_ALLOCATIONS_MAX;

	for (unsigned i = 0; sane && i < mcfg->count; i++)
		sane = mcfg->allocations[i].start_bus <= mcfg->allocations[i].end_bus &&
		       mcfg->allocations[i].base.v != 0;
	return sane;
}

static inline bool madt_sane(const struct madt *madt)
{
	return madt->local_apic_count <= MADT_LOCAL_APICS_MAX &&
	       madt->ioapic_count <= MADT_IOAPICS_MAX && madt->override_count <= MADT_OVERRIDES_MAX;
}

#endif
