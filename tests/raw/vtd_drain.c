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
#define SOON_US 5000u		/* a transfer, also of a device whose machine is busy */
#define WHILE_US 50u		/* several transfers */
#define ADDRESS GENMASK64(51, 12)

static bool changes(const uint8_t *window, unsigned within_us)
{
	struct deadline deadline = deadline_in_us(within_us);

	memset((void *)(uintptr_t)window, (int)POOL_POISON, PAGE_SIZE);
	return wait_until(!memory_is_poison(window, PAGE_SIZE), deadline);
}

/* In one write: the device finds one place or the other, and never none. */
static void move(struct bench *b, uint64_t *word, uint64_t address)
{
	uint64_t before;

	do
		before = arch_load64(word);
	while (!arch_compare_swap64(word, before, (before & ~ADDRESS) | address));
	published(b, word, 1);
}

/* `flush` invalidates what the case's page was translated by, and returns when that is complete. */
static void expect_drained(struct bench *b, void (*flush)(struct bench *b))
{
	struct span s = map_leaves(b, 1, RW);
	uint8_t *place[2] = { fresh_window(b), fresh_window(b) };
	uint64_t *word = table_word(b, leaf(&s, 0), leaf_level(b)), address[2];
	bool wrote = true, stayed = true;

	for (unsigned i = 2; i-- > 0;) {
		remap_quietly(b, &s, 0, place[i]);
		address[i] = *word & ADDRESS;
	}
	flush_all(b);
	device_storms(b, &s);
	for (unsigned i = 0; i < ROUNDS && wrote && stayed; i++) {
		wrote = changes(place[i & 1], SOON_US);
		move(b, word, address[~i & 1]);
		flush(b);
		stayed = !changes(place[i & 1], WHILE_US);
	}
	storm_ends(b);
	move(b, word, address[0]);
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
