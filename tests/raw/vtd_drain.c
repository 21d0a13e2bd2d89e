/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Draining: a write that was translated before an invalidation is in memory when that is complete (VT-d 6.5.4).
 * A device writes one page without end while the page is given another place; once the wait behind the
 * invalidation is over, the old place must not change any more.
 */
#include <string.h>

#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define DRAIN(needs_) .vendor = "vtd", .sweep = SWEEP_ENGINES, \
		      .needs = NEEDS_DMA_WRITE | NEEDS_DMA_STORM | (needs_)
#define ROUNDS 16u
#define WHILE_US 50u		/* several transfers long */

static bool changes(const uint8_t *window)
{
	struct deadline deadline = deadline_in_us(WHILE_US);

	memset((void *)(uintptr_t)window, (int)POOL_POISON, PAGE_SIZE);
	return wait_until(!memory_is_poison(window, PAGE_SIZE), deadline);
}

/* `flush` invalidates what the case's page was translated by, and returns when that is complete. */
static void expect_drained(struct bench *b, void (*flush)(struct bench *b))
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *place[2] = { fresh_window(b), fresh_window(b) };
	bool wrote = true, stayed = true;

	remap_quietly(b, &s, 0, place[0]);
	flush_all(b);
	device_storms(b, &s);
	for (unsigned i = 0; i < ROUNDS; i++) {
		wrote &= changes(place[i & 1]);
		remap_quietly(b, &s, 0, place[~i & 1]);
		flush(b);
		stayed &= !changes(place[i & 1]);
	}
	storm_ends(b);
	expect(b, stayed, "data arrived in the old place after the invalidation was complete");
	if (!wrote)
		unproven(b, "the device did not write before each invalidation");
}

TEST(vtd_drain, domain_invalidation_drains_writes, DRAIN(0),
     .claim = "When a domain-selective IOTLB invalidation is complete, writes from before it are in memory.",
     .rules = RULES(VTD_INV_20))
{
	expect_drained(b, flush_domain);
}

TEST(vtd_drain, pasid_invalidation_drains_writes, DRAIN(NEEDS_FIRST_STAGE),
     .claim = "When a PASID-selective IOTLB invalidation is complete, writes from before it are in memory.",
     .rules = RULES(VTD_INV_19))
{
	expect_drained(b, flush_pasid);
}
