/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d pass-through in scalable mode: which fields of a PASID entry it does not look at (3.9, 9.6). */
#include "tests/raw/vtd_raw.h"

TEST(vtd_pass, fields_of_translation_are_ignored, .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_BYPASS | NEEDS_SCALABLE,
     .claim = "A PASID entry that passes through ignores its tables, their width and mode, and their flags.",
     .rules = RULES(VTD_PT_04))
{
	uint8_t *window = fresh_window(b);
	uint64_t ecap = raw_vtd(b)->ecap, *entry, second, first;
	iova_t at = iova(pa_of(window).v);

	bypass(b);
	entry = pasid_words(b);
	second = ecap & VTD_ECAP_SSTS ? VTD_PE0_AW | BIT64(12) : 0;
	second |= ecap & VTD_ECAP_SSADS ? VTD_PE0_SSADE : 0;
	first = ecap & VTD_ECAP_FSTS ? VTD_PE2_WPE | VTD_PE2_FSPM | BIT64(12) : 0;
	first |= ecap & VTD_ECAP_EAFS ? VTD_PE2_EAFE : 0;
	expect_write_lands_in(b, at, window, write_bytes(b, 64));
	(void)plant(b, &entry[2], entry[2] | first);
	(void)plant(b, &entry[0], entry[0] | second);
	expect_write_lands_in(b, at, window, write_bytes(b, 64));
}
