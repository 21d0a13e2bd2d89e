/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Groups: sources that the fabric cannot keep apart have one owner. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

/* Two functions behind a PCIe-to-PCI bridge arrive under one requester id. */
static void needs_ids_of_their_own(struct bench *b)
{
	if (b->other_source.rid == b->source.rid)
		skip(b, "missing: two engines of a group that the unit can tell apart");
}

TEST(group, refused_context_reaches_nothing,
     .claim = "A source whose group has an owner is refused by a second context, and stays blocked.",
     .rules = RULES(VTD_LEG_06, VTD_SM_15, VTD_SM_04, AMD_DTE_06, AMD_PERM_09),
     .needs = NEEDS_DMA_WRITE | NEEDS_SAME_GROUP, .sweep = SWEEP_REGIMES, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	needs_ids_of_their_own(b);
	expect_write_lands(b, &s, 0);
	expect_equal(b, "a second context's join", join_other_context(b), STATUS_GROUP_CONFLICT);
	(void)other_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	expect_fault(b, b->other_source, IOMMU_WRITE, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "a refused source changed memory");
}

TEST(group, other_group_has_its_own_memory,
     .claim = "A source of another group may join another context, and reaches that context's memory.",
     .rules = RULES(VTD_CACHE_03, VTD_CACHE_05, AMD_DTE_12, AMD_DT_01),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_GROUP, .sweep = SWEEP_REGIMES)
{
	struct span mine = map_leaves(b, 1, RW);
	struct hwpt *other = second_hwpt(b);
	struct span theirs = map_leaves_in(b, other, mine.iova, 1, RW);

	expect_equal(b, "another context's join", join_other_context(b), STATUS_OK);
	attach_other(b, other);
	expect_other_write_lands(b, &theirs, 0);
	expect_write_lands(b, &mine, 0);
}

TEST(group, member_without_route_stays_blocked,
     .claim = "A source of the group that nobody attached stays blocked.",
     .rules = RULES(VTD_LEG_06, VTD_SM_15, VTD_SM_04, AMD_DTE_06, AMD_PERM_09),
     .needs = NEEDS_DMA_WRITE | NEEDS_SAME_GROUP, .sweep = SWEEP_REGIMES, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	needs_ids_of_their_own(b);
	expect_write_lands(b, &s, 0);
	(void)other_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	expect_fault(b, b->other_source, IOMMU_WRITE, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE),
	       "a source without a route changed memory");
}
