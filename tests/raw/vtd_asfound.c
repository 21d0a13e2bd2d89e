/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A VT-d unit as firmware left it: its registers before the first write (11.4). */
#include <string.h>

#include "tests/raw/vtd_raw.h"

#define UNIT .vendor = "vtd", .sweep = SWEEP_UNITS

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
