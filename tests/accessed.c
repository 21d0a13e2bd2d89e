/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Accessed flags. The unit may set them early and for requests that fail, so a flag that is set proves
 * little; a flag that is clear after a completed access breaks the specification.
 */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(accessed, set_by_read,
     .claim = "A completed read has set the accessed flag of the leaf that it used.",
     .rules = RULES(VTD_AD_01, VTD_AD_02, VTD_AD_08, VTD_AD_16, AMD_AD_15, AMD_AD_32),
     .needs = NEEDS_DMA_READ | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 2, RW);

	expect_read_sees(b, &s, 0);
	expect_accessed(b, &s, "A-");
}

TEST(accessed, set_by_write,
     .claim = "A completed write has set the accessed flag of the leaf that it used.",
     .rules = RULES(VTD_AD_01, VTD_AD_02, VTD_AD_08, VTD_AD_16, VTD_AD_42, AMD_AD_15, AMD_AD_32),
     .needs = NEEDS_DMA_WRITE | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 1);
	expect_accessed(b, &s, "-A");
}

TEST(accessed, set_at_every_level,
     .claim = "A completed access has set the accessed flag of every entry on its walk.",
     .rules = RULES(VTD_AD_02, VTD_AD_08, VTD_AD_16, VTD_AD_17, AMD_AD_09, AMD_AD_34),
     .needs = NEEDS_DMA_WRITE | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	expect_accessed_path(b, &s, 0);
}

TEST(accessed, clear_without_access,
     .claim = "A leaf that no device used has its accessed flag clear.",
     .rules = RULES(VTD_AD_02, VTD_AD_08, AMD_AD_41),
     .needs = NEEDS_DMA_WRITE | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 4, RW);

	expect_write_lands(b, &s, 2);
	expect_accessed(b, &s, "--A-");
}

TEST(accessed, stays_set,
     .claim = "The unit never clears an accessed flag.",
     .rules = RULES(VTD_AD_14, AMD_AD_16),
     .needs = NEEDS_DMA_WRITE | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 2, RW);

	expect_write_lands(b, &s, 0);
	expect_write_lands(b, &s, 1);
	flush_all(b);
	expect_write_lands(b, &s, 1);
	expect_accessed(b, &s, "AA");
}

TEST(accessed, set_again_after_clear,
     .claim = "After it was cleared and flushed, the next access sets the accessed flag again.",
     .rules = RULES(VTD_AD_20, AMD_AD_18),
     .needs = NEEDS_DMA_WRITE | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned round = 0; round < 3; round++) {
		expect_write_lands(b, &s, 0);
		expect_accessed(b, &s, "A");
		clear_accessed(b, &s);
		expect_accessed(b, &s, "-");
	}
}

TEST(accessed, set_again_by_reads,
     .claim = "After it was cleared and flushed, the next read sets the accessed flag of a clean leaf again.",
     .rules = RULES(VTD_AD_20, AMD_AD_18),
     .needs = NEEDS_DMA_READ | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 1, RW);

	for (unsigned round = 0; round < 3; round++) {
		expect_read_sees(b, &s, 0);
		expect_accessed(b, &s, "A");
		clear_accessed(b, &s);
		expect_accessed(b, &s, "-");
	}
}

TEST(accessed, set_on_read_only_leaves,
     .claim = "A read of a read-only leaf sets its accessed flag.",
     .rules = RULES(VTD_AD_02, VTD_AD_08, AMD_AD_15),
     .needs = NEEDS_DMA_READ | NEEDS_ACCESSED)
{
	struct span s = map_leaves(b, 1, PT_READ);

	expect_read_sees(b, &s, 0);
	expect_accessed(b, &s, "A");
}

TEST(accessed, untouched_in_bypass,
     .claim = "A source that is passed through marks no entry of the tables it had.",
     .rules = RULES(VTD_AD_44, AMD_AD_46),
     .needs = NEEDS_DMA_WRITE | NEEDS_ACCESSED | NEEDS_BYPASS | NEEDS_SELF_CONTAINED,
     .sweep = SWEEP_ENGINES)
{
	struct span s = map_identity(b, RW);

	bypass(b);
	device_writes(b, leaf(&s, 0), write_bytes(b, 64));
	expect_accessed(b, &s, "-");
	expect_dirty(b, &s, "-");
}
