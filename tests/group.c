/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Groups: sources that the fabric cannot keep apart have one owner. */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

TEST(group, other_context_is_refused,
     .claim = "A source of a group that has an owner cannot join a second context.",
     .rules = RULES(VTD_CACHE_13),
     .needs = NEEDS_DMA_WRITE | NEEDS_SAME_GROUP, .sweep = SWEEP_REGIMES)
{
	expect_equal(b, "a second context's join", join_other_context(b), STATUS_GROUP_CONFLICT);
}

TEST(group, other_group_may_join,
     .claim = "A source of another group joins another context.",
     .rules = RULES(VTD_CACHE_13),
     .needs = NEEDS_DMA_WRITE | NEEDS_OTHER_GROUP, .sweep = SWEEP_REGIMES)
{
	expect_equal(b, "another context's join", join_other_context(b), STATUS_OK);
}

TEST(group, member_without_route_stays_blocked,
     .claim = "A source of the group that nobody attached stays blocked.",
     .rules = RULES(VTD_LEG_06, VTD_SM_15, VTD_SM_04),
     .needs = NEEDS_DMA_WRITE | NEEDS_SAME_GROUP, .sweep = SWEEP_REGIMES, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);

	expect_write_lands(b, &s, 0);
	(void)other_tries_to_write(b, leaf(&s, 0), write_bytes(b, 64));
	expect_fault(b, b->other_source, IOMMU_WRITE, leaf(&s, 0), IOMMU_REFUSE_SOURCE);
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE),
	       "a source without a route changed memory");
}
