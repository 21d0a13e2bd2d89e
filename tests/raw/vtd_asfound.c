/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d units as firmware left them: the tables that tell of them (8), registers before the first write (11.4). */
#include <string.h>

#include "tests/raw/vtd_raw.h"

#define MACHINE .sweep = SWEEP_MACHINE
#define UNIT .vendor = "vtd", .sweep = SWEEP_UNITS

/* ---- Tables ---- */

static void needs_dmar(struct bench *b)
{
	if (!b->platform->has_dmar)
		skip(b, "a DMAR table");
}

TEST(vtd_asfound, dmar_order, MACHINE,
     .claim = "The structures of DMAR stand in ascending order of type.",
     .rules = RULES(VTD_ACPI_01))
{
	needs_dmar(b);
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-01");
}

TEST(vtd_asfound, dmar_is_understood, MACHINE,
     .claim = "Every structure of DMAR has the length that its type asks for.",
     .rules = RULES(VTD_ACPI_01))
{
	needs_dmar(b);
	expect(b, b->platform->dmar.complete, "a part of DMAR could not be understood");
	expect_no_finding(b, &b->platform->findings, "VT-d 8.2");
	expect_no_finding(b, &b->platform->findings, "VT-d 8.3.1");
}

TEST(vtd_asfound, segments_have_units, MACHINE,
     .claim = "Every PCI segment has a unit, and the one for all other functions comes last.",
     .rules = RULES(VTD_ACPI_02))
{
	needs_dmar(b);
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-02");
}

TEST(vtd_asfound, register_bases_are_aligned, MACHINE,
     .claim = "The register base of each unit is aligned to the size of its register set.",
     .rules = RULES(VTD_ACPI_03))
{
	needs_dmar(b);
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-03");
	expect_no_finding(b, &b->platform->findings, "VT-d 8.3");
}

TEST(vtd_asfound, reserved_regions_are_reserved, MACHINE,
     .claim = "Each reserved region is aligned, in order, and reserved in the memory map.",
     .rules = RULES(VTD_ACPI_04))
{
	needs_dmar(b);
	if (b->platform->dmar.rmrr_count == 0)
		skip(b, "a reserved region (RMRR)");
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-04");
}

TEST(vtd_asfound, interrupt_controllers_are_listed, MACHINE,
     .claim = "With interrupt remapping, every I/O APIC is in the scope of a unit.",
     .rules = RULES(VTD_ACPI_05))
{
	needs_dmar(b);
	if (!b->platform->dmar.interrupt_remapping)
		skip(b, "interrupt remapping (DMAR INTR_REMAP)");
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-05");
}

/* ---- Registers ---- */

/* The as-found value of a register; skips where the unit lacks it. */
static uint64_t found(struct bench *b, const char *name)
{
	const struct iommu_words *words = &b->iommu->as_found;

	for (unsigned i = 0; i < words->count; i++) {
		if (strcmp(words->word[i].name, name) == 0)
			return words->word[i].value;
	}
	skip(b, "the register %s", name);
}

TEST(vtd_asfound, reserved_bits, UNIT,
     .claim = "Reserved bits of the control and status registers read as zero.",
     .rules = RULES(VTD_DISC_20))
{
	expect_equal(b, "GSTS 29:28, 22:0", found(b, "GSTS") & (GENMASK(29, 28) | GENMASK(22, 0)),
		     0);
	expect_equal(b, "FSTS 31:16, 3:2", found(b, "FSTS") & (GENMASK(31, 16) | GENMASK(3, 2)), 0);
	expect_equal(b, "FECTL 29:0", found(b, "FECTL") & GENMASK(29, 0), 0);
	expect_equal(b, "RTADDR 9:8, 6:0", found(b, "RTADDR") & (GENMASK(9, 8) | GENMASK(6, 0)), 0);
}

TEST(vtd_asfound, translation_has_a_root, UNIT,
     .claim = "A unit that firmware left translating has taken a root table.",
     .rules = RULES(VTD_REG_04))
{
	if (!b->iommu->on_as_found)
		skip(b, "a unit that firmware left translating");
	expect(b, found(b, "GSTS") & VTD_GSTS_RTPS, "GSTS.TES is set, GSTS.RTPS is not");
}

TEST(vtd_asfound, queue_head_rests, UNIT,
     .claim = "The head of a queue that is off reads as zero.",
     .rules = RULES(VTD_REG_18))
{
	if (found(b, "GSTS") & VTD_GSTS_QIES)
		skip(b, "a queue that firmware left off");
	expect_equal(b, "IQH", found(b, "IQH"), 0);
}

TEST(vtd_asfound, pending_needs_a_cause, UNIT,
     .claim = "No fault event is pending without a condition in FSTS.",
     .rules = RULES(VTD_FEV_04))
{
	uint64_t conditions = VTD_FSTS_PPF | VTD_FSTS_PFO | VTD_FSTS_IQE | VTD_FSTS_ICE |
			      VTD_FSTS_ITE;

	expect(b, !(found(b, "FECTL") & VTD_FECTL_IP) || (found(b, "FSTS") & conditions),
	       "FECTL.IP is set, and FSTS shows no condition");
}

TEST(vtd_asfound, events_are_masked, UNIT,
     .claim = "Events that nobody has programmed since the reset are masked.",
     .rules = RULES(VTD_DISC_17))
{
	if (found(b, "FEADDR") | found(b, "FEDATA") | found(b, "GSTS") | found(b, "RTADDR"))
		skip(b, "a unit that firmware has left as after a reset");
	expect(b, found(b, "FECTL") & VTD_FECTL_IM, "FECTL.IM is clear, and FEADDR is 0");
	expect(b, !b->iommu->caps.queued_invalidation || (found(b, "IECTL") & VTD_IECTL_IM),
	       "IECTL.IM is clear");
}

TEST(vtd_asfound, protected_memory_agrees, UNIT,
     .claim = "PMEN.PRS follows PMEN.EPM.",
     .rules = RULES(VTD_PMR_02))
{
	uint64_t pmen = found(b, "PMEN");

	expect_equal(b, "PMEN.PRS", FIELD_GET(VTD_PMEN_PRS, (uint32_t)pmen),
		     FIELD_GET(VTD_PMEN_EPM, (uint32_t)pmen));
}
