/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Nested routes in PASID entries, against words taken from VT-d 5.10, 9.6, and the invalidations of both stages. */
#include "tests/host/check.h"
#include "tests/host/vtd_fake.h"

#define ROOT		0x0000004512345000ull	/* of the first stage: a guest address */
#define ECAP_NESTED	(ECAP_SECOND | BIT64(47) | BIT64(26))	/* FSTS, NEST */

static enum status set(struct iommu_source source, const struct iommu_route *route)
{
	return vtd.iommu.ops->set_route(&vtd.iommu, source, route);
}

static struct iommu_route to(const struct iommu_regime *regime, unsigned levels, uint16_t did)
{
	return (struct iommu_route){ .kind = IOMMU_TRANSLATE,
				     .regime = regime,
				     .root = pa(ROOT),
				     .level_count = levels,
				     .domain_id = did };
}

/* 9.6, PGTT 011b: both stages, FSPTPTR as the second translates it. */
HOST_TEST(words_of_both_stages)
{
	const struct iommu_regime *r = fake_on(CAP_PLAIN, ECAP_NESTED, "nested");
	struct iommu_route route = to(r, 4, 0x55), read;
	uint64_t *w;

	route.parent = (struct iommu_parent){ pa(0x21fed000), 3, true };
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	w = vtd_pasid_entry(&vtd, fake_source(8));
	CHECK_EQ(w[0], 0x0000000021fed2c5);
	CHECK_EQ(w[1], 0x0000000000800055);
	CHECK_EQ(w[2], 0x0000004512345000);
	for (unsigned i = 3; i < 8; i++)
		CHECK_EQ(w[i], 0);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &read, NULL), STATUS_OK);
	CHECK(read.regime == r && read.root.v == 0x4512345000 && read.level_count == 4);
	CHECK_EQ(read.parent.root.v, 0x21fed000);
	CHECK_EQ(read.parent.level_count, 3);
	CHECK_EQ(read.parent.dirty_tracking, true);
	CHECK_EQ(vtd.iommu.ops->set_dirty_tracking(&vtd.iommu, fake_source(8), false), STATUS_OK);
	CHECK_EQ(w[0], 0x0000000021fed0c5);
	route.parent.level_count = 5;
	CHECK_EQ(set(fake_source(8), &route), STATUS_UNSUPPORTED);
	route.parent = (struct iommu_parent){ pa(0x21fed800), 3, true };
	CHECK_EQ(set(fake_source(8), &route), STATUS_UNALIGNED);
	route.parent.root = pa(0);
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_RANGE);
	CHECK_EQ(w[0], 0x0000000021fed0c5);
}

/* SPT.4.4, 11.4.2: FSPTPTR is an input of the second stage, below 2^min(MGAW, AW). */
HOST_TEST(roots_lie_within_the_second_stage)
{
	uint64_t mgaw_37 = (CAP_PLAIN & ~0x3f0000ull) | 36ull << 16;
	const struct iommu_regime *r = fake_on(mgaw_37, ECAP_NESTED, "nested");
	struct iommu_route route = to(r, 4, 0x55);

	route.parent = (struct iommu_parent){ pa(0x21fed000), 4, false };
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_RANGE);
	route.root = pa(0x2000000000);
	CHECK_EQ(set(fake_source(8), &route), STATUS_BAD_RANGE);
	route.root = pa(0x1ffffff000);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
}

/* 6.5.2.4: the first stage's changes. 6.5.2.3, table 23: the second stage's, by the domain id of the entry. */
HOST_TEST(each_stage_has_its_invalidation)
{
	struct iommu_invalidation what = { .scope = IOMMU_SCOPE_RANGE,
					   .domain_id = 0x55,
					   .source = fake_source(8),
					   .iova = iova(0x7000),
					   .bytes = PAGE_SIZE,
					   .leaf_only = true };

	what.regime = fake_on(CAP_PLAIN, ECAP_NESTED, "nested");
	CHECK_EQ(vtd.iommu.ops->invalidate(&vtd.iommu, &what), STATUS_OK);
	CHECK_EQ(fake.done[0][0], 0x0000000000550036);
	CHECK_EQ(fake.done[0][1], 0x7040);
	what.regime = what.regime->parent;
	CHECK_EQ(vtd.iommu.ops->invalidate(&vtd.iommu, &what), STATUS_OK);
	CHECK_EQ(fake.done[1][0], 0x00000000005500f2);
	CHECK_EQ(fake.done[1][1], 0x7040);
}

HOST_MAIN()
