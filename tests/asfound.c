/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * As found: what firmware left behind, before the run touched anything. What is wrong here is the
 * firmware's doing; it is judged because units are programmed by these tables. The tables of one vendor's units
 * stand with its registers (tests/raw/vtd_asfound.c).
 */
#include "tests/harness/bench.h"

TEST(asfound, tables_are_whole, .sweep = SWEEP_MACHINE,
     .claim = "The root tables of ACPI, and every table that they name, have the length and checksum they say.",
     .rules = RULES(VTD_ACPI_01, AMD_DISC_01))
{
	expect_no_finding(b, &b->platform->acpi.findings, NULL);
}
