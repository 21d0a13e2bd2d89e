/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Nested hwpts: words that hold the parent's addresses, what a parent refuses, and whom its flushes reach. */
#include "iommu/hwpt.h"

#include "arch/host/host.h"
#include "tests/host/fake_iommu.h"

#define OFFSET	0x4000000000ull		/* the parent maps memory this much further up */

static struct ioas host_ioas, guest_ioas;
static struct hwpt parent, child, twin;
static const struct deadline never = { UINT64_MAX };

static enum status nest(struct hwpt *hwpt, uint64_t offset, uint16_t domain_id)
{
	return hwpt_init_nested(hwpt, &guest_ioas, &parent, offset,
				&fake.iommu.regimes[FAKE_NESTED], 4, 0, domain_id, &pool);
}

static void fresh(void)
{
	pool_fresh();
	fake_fresh();
	arch_host_reset();
	ioas_init(&host_ioas);
	ioas_init(&guest_ioas);
	CHECK_EQ(hwpt_init(&parent, &host_ioas, &fake.iommu, &fake.iommu.regimes[FAKE_SECOND], 3,
			   HWPT_DIRTY_TRACKING, 5, &pool),
		 STATUS_OK);
	CHECK_EQ(ioas_map(&host_ioas, iova(OFFSET + 0x20000000), pa(0x20000000),
			  POOL_PAGES * PAGE_SIZE, PT_READ | PT_WRITE),
		 STATUS_OK);
}

static uint64_t word(unsigned page, unsigned index)
{
	return child.pt.pages[page][index];
}

HOST_TEST(words_hold_the_parents_addresses)
{
	struct pt_walk walk;
	uint64_t tables;

	fresh();
	CHECK_EQ(nest(&child, OFFSET, 6), STATUS_OK);
	tables = pa_of(child.pt.root).v;
	CHECK_EQ(ioas_map(&guest_ioas, iova(0x1000), pa(0x20005000), 0x1000, PT_READ | PT_WRITE),
		 STATUS_OK);
	CHECK_EQ(child.pt.page_count, 4);
	for (unsigned i = 0; i < 3; i++) {	/* a table's word leads to a page of the pool, OFFSET further up */
		uint64_t next = 0;

		for (unsigned n = 0; n < 4; n++)
			if (word(i, 0) == (pa_of(child.pt.pages[n]).v + 0x4000000000 + 7))
				next = pa_of(child.pt.pages[n]).v;
		CHECK(i != 0 || next != 0);
	}
	CHECK_EQ(pt_walk(&child.pt, iova(0x1000), &walk), STATUS_OK);
	CHECK_EQ(walk.found, true);
	CHECK_EQ(walk.oa.v, 0x20005000);
	CHECK_EQ(walk.steps[3].value, 0x4020005007);
	CHECK_EQ(hwpt_route(&child).root.v, tables + OFFSET);
	CHECK_EQ(hwpt_route(&child).parent.root.v, pa_of(parent.pt.root).v);
	CHECK_EQ(hwpt_route(&child).parent.level_count, 3);
	CHECK_EQ(hwpt_route(&child).parent.dirty_tracking, true);
	CHECK_EQ(hwpt_route(&parent).parent.root.v, 0);
	CHECK_EQ(ioas_unmap(&guest_ioas, iova(0x1000), 0x1000, NULL), STATUS_OK);
	CHECK_EQ(*walk.steps[3].word, 0);
}

HOST_TEST(refusals)
{
	fresh();
	CHECK_EQ(nest(&child, OFFSET + 0x40000000, 6), STATUS_NOT_FOUND);	/* nothing is mapped there */
	CHECK_EQ(nest(&child, OFFSET + 0x1000, 6), STATUS_NOT_FOUND);	/* something else is */
	CHECK_EQ(nest(&child, OFFSET, 0), STATUS_BAD_ARGUMENT);
	CHECK_EQ(hwpt_init_nested(&child, &guest_ioas, &parent, OFFSET,
				  &fake.iommu.regimes[FAKE_FIRST], 4, 0, 6, &pool),
		 STATUS_BAD_ARGUMENT);
	CHECK_EQ(hwpt_init(&child, &guest_ioas, &fake.iommu, &fake.iommu.regimes[FAKE_NESTED], 4, 0,
			   6, &pool),
		 STATUS_BAD_ARGUMENT);
	CHECK_EQ(parent.child_count, 0);
	CHECK_EQ(nest(&child, OFFSET, 6), STATUS_OK);
	/* An address that is beyond the parent's input, once the offset is added. */
	CHECK_EQ(ioas_map(&guest_ioas, iova(0x1000), pa(0x3ffffffff000), 0x1000, PT_READ),
		 STATUS_BAD_RANGE);
	CHECK_EQ(hwpt_close(&parent), STATUS_BUSY);
	CHECK_EQ(hwpt_close(&child), STATUS_OK);
	CHECK_EQ(hwpt_close(&parent), STATUS_OK);
}

HOST_TEST(an_offset_that_cuts_a_leaf)
{
	fresh();
	CHECK_EQ(ioas_map(&host_ioas, iova(OFFSET + 0x50200000), pa(0x20000000),
			  POOL_PAGES * PAGE_SIZE, PT_READ | PT_WRITE),
		 STATUS_OK);
	CHECK_EQ(nest(&child, OFFSET + 0x30200000, 6), STATUS_UNSUPPORTED);
	CHECK_EQ(parent.child_count, 0);
}

HOST_TEST(flushes_of_a_parent_reach_its_children)
{
	fresh();
	CHECK_EQ(nest(&child, OFFSET, 6), STATUS_OK);
	CHECK_EQ(nest(&twin, OFFSET, 7), STATUS_OK);
	fake.call_count = 0;
	CHECK_EQ(hwpt_flush(&parent, iova(OFFSET + 0x20005000), 0x1000, true, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 4);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(fake.calls[i].what.domain_id, 5 + i);
		CHECK_EQ(fake.calls[i].what.iova.v, 0x4020005000);
		CHECK(fake.calls[i].what.regime == &fake.iommu.regimes[FAKE_SECOND]);
	}
	CHECK_EQ(fake.calls[3].verb, FAKE_SYNC);
	CHECK_EQ(hwpt_close(&child), STATUS_OK);
	fake.call_count = 0;
	CHECK_EQ(hwpt_flush(&parent, iova(OFFSET + 0x20005000), 0x1000, true, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 3);
	CHECK_EQ(fake.calls[1].what.domain_id, 7);
}

HOST_TEST(the_child_limit_is_reached)
{
	static struct hwpt children[HWPT_CHILDREN_MAX + 1];
	static struct ioas spaces[HWPT_CHILDREN_MAX + 1];
	const struct iommu_regime *regime = &fake.iommu.regimes[FAKE_NESTED];

	fresh();
	for (unsigned i = 0; i <= HWPT_CHILDREN_MAX; i++) {
		ioas_init(&spaces[i]);
		CHECK_EQ(hwpt_init_nested(&children[i], &spaces[i], &parent, OFFSET, regime, 4, 0,
					  6, &pool),
			 i < HWPT_CHILDREN_MAX ? STATUS_OK : STATUS_EXHAUSTED);
	}
}

HOST_MAIN()
