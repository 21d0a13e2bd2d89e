/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * As found: what firmware left behind, before the run touched anything. What is wrong here is the
 * firmware's doing; it is judged because units are programmed by these tables.
 */
#include <string.h>

#include "tests/harness/bench.h"

#define MACHINE .sweep = SWEEP_MACHINE

static const struct acpi_finding *finding_of(const struct acpi_findings *list, const char *rule)
{
	for (unsigned i = 0; i < list->count; i++) {
		const struct acpi_finding *f = &list->list[i];
		bool counts = f->weight == ACPI_WEIGHT_BROKEN || f->weight == ACPI_WEIGHT_DEFECT;

		if (counts && (rule == NULL || strcmp(f->rule, rule) == 0))
			return f;
	}
	return NULL;
}

static void expect_no_finding(struct bench *b, const struct acpi_findings *list, const char *rule)
{
	const struct acpi_finding *f = finding_of(list, rule);

	if (f == NULL)
		expect(b, true, "no finding");
	else
		expect(b, false, "%.4s+0x%x: %s (0x%llx)", f->signature, (unsigned)f->offset,
		       f->text, (unsigned long long)f->got);
}

static void needs_dmar(struct bench *b)
{
	if (!b->platform->has_dmar)
		skip(b, "a DMAR table");
}

TEST(asfound, tables_are_whole, MACHINE,
     .claim = "The root tables of ACPI, and every table that they name, have the length and checksum they say.",
     .rules = RULES(VTD_ACPI_01))
{
	expect_no_finding(b, &b->platform->acpi.findings, NULL);
}

TEST(asfound, dmar_order, MACHINE,
     .claim = "The structures of DMAR stand in ascending order of type.",
     .rules = RULES(VTD_ACPI_01))
{
	needs_dmar(b);
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-01");
}

TEST(asfound, dmar_is_understood, MACHINE,
     .claim = "Every structure of DMAR has the length that its type asks for.",
     .rules = RULES(VTD_ACPI_01))
{
	needs_dmar(b);
	expect(b, b->platform->dmar.complete, "a part of DMAR could not be understood");
	expect_no_finding(b, &b->platform->findings, "VT-d 8.2");
	expect_no_finding(b, &b->platform->findings, "VT-d 8.3.1");
}

TEST(asfound, segments_have_units, MACHINE,
     .claim = "Every PCI segment has a unit, and the one for all other functions comes last.",
     .rules = RULES(VTD_ACPI_02))
{
	needs_dmar(b);
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-02");
}

TEST(asfound, register_bases_are_aligned, MACHINE,
     .claim = "The register base of each unit is aligned to the size of its register set.",
     .rules = RULES(VTD_ACPI_03))
{
	needs_dmar(b);
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-03");
	expect_no_finding(b, &b->platform->findings, "VT-d 8.3");
}

TEST(asfound, reserved_regions_are_reserved, MACHINE,
     .claim = "Each reserved region is aligned, in order, and reserved in the memory map.",
     .rules = RULES(VTD_ACPI_04))
{
	needs_dmar(b);
	if (b->platform->dmar.rmrr_count == 0)
		skip(b, "a reserved region (RMRR)");
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-04");
}

TEST(asfound, interrupt_controllers_are_listed, MACHINE,
     .claim = "With interrupt remapping, every I/O APIC is in the scope of a unit.",
     .rules = RULES(VTD_ACPI_05))
{
	needs_dmar(b);
	if (!b->platform->dmar.interrupt_remapping)
		skip(b, "interrupt remapping (DMAR INTR_REMAP)");
	expect_no_finding(b, &b->platform->findings, "VTD-ACPI-05");
}
