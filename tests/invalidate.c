/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Invalidation: after it, nothing old is used. Each test first looks for a stale entry without the
 * invalidation; where none can be seen the invalidation is not proven to do anything, and the case says
 * so. Caching is never required, so the staleness itself has no verdict.
 */
#include "tests/harness/bench.h"

#define RW (PT_READ | PT_WRITE)

/* Leaf 0 is cached and then leads elsewhere; is the old place still reached? */
static bool redirect(struct bench *b, struct span *s)
{
	uint8_t *next = twin_window(b, s, 0), *old = s->window[0];

	expect_write_lands(b, s, 0);
	remap_quietly(b, s, 0, next);
	return write_reaches(b, leaf(s, 0), old);
}

static void expect_redirected(struct bench *b, struct span *s, bool stale)
{
	expect_write_lands(b, s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

TEST(invalidate, global_ends_stale_translations,
     .claim = "After a global invalidation a changed leaf is used everywhere.",
     .rules = RULES(VTD_INV_07, AMD_INV_22),
     .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale = redirect(b, &s);

	flush_all(b);
	expect_redirected(b, &s, stale);
}

TEST(invalidate, domain_ends_stale_translations,
     .claim = "After a domain-selective invalidation a changed leaf of the domain is used.",
     .rules = RULES(VTD_INV_08, AMD_INV_12),
     .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale = redirect(b, &s);

	flush_domain(b);
	expect_redirected(b, &s, stale);
}

TEST(invalidate, pasid_ends_stale_translations,
     .claim = "A PASID-selective invalidation reaches translations of requests without PASID.",
     .rules = RULES(VTD_INV_15, VTD_CACHE_08),
     .needs = NEEDS_DMA_WRITE | NEEDS_SCALABLE)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale = redirect(b, &s);

	flush_pasid(b);
	expect_redirected(b, &s, stale);
}

TEST(invalidate, page_ends_stale_translations,
     .claim = "After a page-selective invalidation the changed leaf is used.",
     .rules = RULES(VTD_INV_09, VTD_INV_16, VTD_CACHE_11, AMD_INV_22, AMD_GT_15),
     .needs = NEEDS_DMA_WRITE | NEEDS_RANGE)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale = redirect(b, &s);

	flush_range(b, s.iova, BIT64(s.leaf_lg2));
	expect_redirected(b, &s, stale);
}

TEST(invalidate, range_covers_every_leaf,
     .claim = "An invalidation with an address mask reaches every leaf of its range.",
     .rules = RULES(VTD_INV_12, AMD_INV_05),
     .needs = NEEDS_DMA_WRITE | NEEDS_RANGE)
{
	struct span s = map_leaves_at(b, aligned_iova(b, 8), 8, RW);
	uint8_t *old[8];
	unsigned stale = 0;

	for (unsigned i = 0; i < s.count; i++) {
		expect_write_lands(b, &s, i);
		old[i] = s.window[i];
		remap_quietly(b, &s, i, twin_window(b, &s, i));
	}
	for (unsigned i = 0; i < s.count; i++)
		stale += write_reaches(b, leaf(&s, i), old[i]);
	flush_range(b, s.iova, (uint64_t)s.count << s.leaf_lg2);
	for (unsigned i = 0; i < s.count; i++)
		expect_write_lands(b, &s, i);
	if (stale < s.count)
		unproven(b, "only %u of %u leaves were stale before the invalidation", stale,
			 s.count);
}

TEST(invalidate, each_address_mask,
     .claim = "Every address mask that the unit offers invalidates its last page.",
     .rules = RULES(VTD_INV_12, AMD_INV_04, AMD_INV_05),
     .needs = NEEDS_DMA_WRITE | NEEDS_RANGE, .sweep = SWEEP_ENGINES)
{
	unsigned most = MIN(b->iommu->caps.range_lg2_max, 21u), proven = 0, tried = 0;

	for (unsigned lg2 = PAGE_LG2; lg2 <= most; lg2++) {
		iova_t start = aligned_iova(b, BIT64(lg2 - PAGE_LG2));
		struct span s = map_leaves_at(b, iova(start.v + BIT64(lg2) - PAGE_SIZE), 1, RW);
		bool stale = redirect(b, &s);

		flush_range(b, start, BIT64(lg2));
		expect_write_lands(b, &s, 0);
		proven += stale;
		tried++;
	}
	if (proven < tried)
		unproven(b, "%u of %u masks had a stale entry to remove", proven, tried);
}

TEST(invalidate, table_change_ends_at_the_flush,
     .claim = "After an invalidation that is not limited to leaves, a changed table entry is used.",
     .rules = RULES(VTD_INV_08, VTD_INV_09, VTD_INV_16, AMD_INV_31),
     .needs = NEEDS_DMA_WRITE | NEEDS_TABLE_PROT, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);
	unsigned level = leaf_level(b) + 1;
	bool stale;

	if (level >= b->hwpt.level_count)
		skip(b, "a leaf at the root level has no table above it");
	expect_write_lands(b, &s, 0);
	protect_level_quietly(b, &s, 0, level, PT_READ);
	stale = write_reaches(b, leaf(&s, 0), s.window[0]);
	flush_range(b, s.iova, BIT64(s.leaf_lg2));
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_WRITE);
	if (!stale)
		unproven(b, "no stale permission was seen before the invalidation");
}

TEST(invalidate, unmapped_leaf_is_gone_after_the_flush,
     .claim = "An unmapped leaf is refused after the invalidation.",
     .rules = RULES(VTD_INV_26, VTD_INV_33, VTD_INV_09, VTD_INV_16, AMD_INV_20, AMD_GT_15),
     .needs = NEEDS_DMA_WRITE, .faults = true)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale;

	expect_write_lands(b, &s, 0);
	unmap_quietly(b, &s, 0);
	stale = write_reaches(b, leaf(&s, 0), s.window[0]);
	flush_leaves(b, &s);
	expect_write_refused(b, leaf(&s, 0), IOMMU_REFUSE_NOT_PRESENT);
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "a refused write changed memory");
	if (!stale)
		unproven(b, "the leaf was gone before the invalidation");
}

TEST(invalidate, other_domain_does_not_matter,
     .claim = "An invalidation of the right domain works whatever other domains exist.",
     .rules = RULES(VTD_INV_08, VTD_CACHE_04, AMD_INV_12),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES)
{
	struct span s = map_leaves(b, 1, RW);
	struct hwpt *other = second_hwpt(b);
	struct span t = map_leaves_in(b, other, s.iova, 1, RW);
	bool stale;

	attach(b, other);
	expect_write_lands(b, &t, 0);
	attach(b, &b->hwpt);
	stale = redirect(b, &s);
	flush_domain(b);
	expect_redirected(b, &s, stale);
}

TEST(invalidate, size_change_ends_at_the_flush,
     .claim = "A large leaf that was replaced by small ones is used in its new form after the invalidation.",
     .rules = RULES(VTD_SS_02, VTD_FS_03, VTD_INV_34, AMD_HPT_02, AMD_GT_16),
     .needs = NEEDS_DMA_WRITE)
{
	struct span s = map_leaves(b, 1, RW);
	struct span small;

	if (b->leaf_lg2 == PAGE_LG2)
		skip(b, "the smallest leaf cannot be replaced by smaller ones");
	expect_write_lands(b, &s, 0);
	unmap_quietly(b, &s, 0);
	flush_leaves(b, &s);
	small = map_leaf_of_at(b, PAGE_LG2, iova(ALIGN_DOWN(leaf(&s, 0).v, (uint64_t)PAGE_SIZE)),
			       RW);
	expect_write_lands(b, &small, 0);
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "the large leaf was still in use");
}

TEST(invalidate, nothing_needs_no_flush_twice,
     .claim = "An invalidation of what is not cached completes and changes nothing.",
     .rules = RULES(VTD_SS_01, VTD_FS_03, AMD_INV_24),
     .needs = NEEDS_DMA_WRITE, .sweep = SWEEP_ENGINES)
{
	struct span s = map_leaves(b, 1, RW);

	flush_all(b);
	flush_domain(b);
	flush_leaves(b, &s);
	flush_leaves(b, &s);
	expect_write_lands(b, &s, 0);
}

TEST(invalidate, queue_wraps,
     .claim = "The invalidation queue wraps around many times without losing a descriptor.",
     .rules = RULES(VTD_QI_03, VTD_QI_02, AMD_RING_01),
     .needs = NEEDS_DMA_WRITE | NEEDS_QUEUE, .sweep = SWEEP_REGIMES)
{
	struct span s = map_leaves(b, 1, RW);
	bool stale;

	for (unsigned i = 0; i < 700; i++)
		flush_range(b, s.iova, BIT64(s.leaf_lg2));
	expect_write_lands(b, &s, 0);
	stale = redirect(b, &s);
	flush_range(b, s.iova, BIT64(s.leaf_lg2));
	expect_redirected(b, &s, stale);
}
