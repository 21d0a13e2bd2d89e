/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What IVRS says of a unit, against what the unit and its PCI function say (48882 revision 3.11, 3.2, 5.2.2.1). */
#include "base/types.h"
#include "drivers/acpi/ivrs.h"

/* Capability offset 00h. */
#define HEADER_EFR_SUP		BIT(27)
#define HEADER_KIND		(GENMASK(18, 16) | GENMASK(7, 0))
#define HEADER_KIND_IOMMU	0x3000fu
/* Capability offset 04h. */
#define BASE_LOW_ENABLE		BIT(0)
#define BASE_LOW_ADDRESS	GENMASK(31, 14)

static void find_wrong(const struct ivrs_ivhd *ivhd, struct acpi_findings *findings,
		       enum acpi_finding_kind kind, uint64_t got, uint64_t expected)
{
	acpi_finding_add(findings, kind, "IVRS", ivhd->offset, got, expected);
}

bool ivrs_check_function(const struct ivrs *ivrs, const struct ivrs_ivhd *ivhd,
			 const struct ivrs_function *f, struct acpi_findings *findings)
{
	uint64_t base = (uint64_t)f->base_high << 32 | (f->base_low & BASE_LOW_ADDRESS);
	bool efr_sup = f->header & HEADER_EFR_SUP;

	if (!f->present) {
		find_wrong(ivhd, findings, ACPI_IVHD_NO_FUNCTION, ivhd->device_id, 0);
		return false;
	}
	if ((f->header & HEADER_KIND) != HEADER_KIND_IOMMU) {
		find_wrong(ivhd, findings, ACPI_IVHD_NO_CAPABILITY, f->header & HEADER_KIND,
			   HEADER_KIND_IOMMU);
		return false;
	}
	if (!(f->base_low & BASE_LOW_ENABLE))
		find_wrong(ivhd, findings, ACPI_IVHD_NOT_ENABLED, f->base_low,
			   f->base_low | BASE_LOW_ENABLE);
	if (base != ivhd->base.v)
		find_wrong(ivhd, findings, ACPI_IVHD_BASE_DIFFERS, ivhd->base.v, base);
	if (ivrs->efr_reported && !efr_sup)
		find_wrong(ivhd, findings, ACPI_IVHD_EFR_SUP, 1, 0);
	return true;
}

/* The second is newer than blocks of type 11h are: 0 says nothing. */
void ivrs_check_images(const struct ivrs_ivhd *ivhd, uint64_t efr, uint64_t efr2,
		       struct acpi_findings *findings)
{
	if (!ivhd->has_efr)
		return;
	if (ivhd->efr != efr)
		find_wrong(ivhd, findings, ACPI_IVHD_EFR_IMAGE, ivhd->efr, efr);
	if (ivhd->efr2 != 0 && ivhd->efr2 != efr2)
		find_wrong(ivhd, findings, ACPI_IVHD_EFR_IMAGE, ivhd->efr2, efr2);
}
