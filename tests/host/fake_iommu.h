/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A unit without hardware: it writes down what it is told, in order, and answers as a test wants.
 */
#ifndef TESTS_HOST_FAKE_IOMMU_H
#define TESTS_HOST_FAKE_IOMMU_H

#include "iommu/iommu.h"
#include "tests/host/pt_fixture.h"

#define FAKE_CALLS_MAX	256u

enum fake_verb { FAKE_ROUTE, FAKE_INVALIDATE, FAKE_SYNC, FAKE_PUBLISH };

struct fake_call {
	enum fake_verb verb;
	struct iommu_source source;
	struct iommu_route route;
	struct iommu_invalidation what;
};

struct fake_iommu {
	struct iommu iommu;
	struct fake_call calls[FAKE_CALLS_MAX];
	unsigned call_count;
	enum fake_verb failing;		/* the fail_in-th call of this verb answers `failure`; 0: none does */
	unsigned fail_in;
	enum status failure;
};

static struct fake_iommu fake;

static inline enum status fake_note(const struct fake_call *call)
{
	if (fake.call_count == FAKE_CALLS_MAX)
		abort();
	fake.calls[fake.call_count++] = *call;
	if (fake.fail_in && call->verb == fake.failing && --fake.fail_in == 0)
		return fake.failure;
	return STATUS_OK;
}

static inline enum status fake_set_route(struct iommu *iommu, struct iommu_source source,
					 const struct iommu_route *route)
{
	(void)iommu;
	return fake_note(&(struct fake_call){ .verb = FAKE_ROUTE, .source = source, .route = *route });
}

static inline enum status fake_invalidate(struct iommu *iommu, const struct iommu_invalidation *what)
{
	(void)iommu;
	return fake_note(&(struct fake_call){ .verb = FAKE_INVALIDATE, .what = *what });
}

static inline enum status fake_sync(struct iommu *iommu, struct deadline deadline)
{
	(void)iommu;
	(void)deadline;
	return fake_note(&(struct fake_call){ .verb = FAKE_SYNC });
}

static inline enum status fake_publish(struct iommu *iommu)
{
	(void)iommu;
	return fake_note(&(struct fake_call){ .verb = FAKE_PUBLISH });
}

static const struct iommu_ops fake_ops = {
	.set_route = fake_set_route, .invalidate = fake_invalidate, .sync = fake_sync, .publish = fake_publish,
};

enum { FAKE_LEGACY, FAKE_SECOND, FAKE_FIRST, FAKE_NESTED, FAKE_REGIMES };

/* A coherent unit with four regimes, of which the last three mark entries, and 16 domain ids. */
static inline void fake_fresh(void)
{
	struct iommu_regime second = {
		.name = "legacy", .stage = IOMMU_STAGE_SECOND, .format = &pt_vtd_second,
		.level_counts = BIT(3) | BIT(4), .leaf_sizes = SIZES_ALL, .iova_bits = 48, .oa_bits = 46,
		.coherent = true,
	};

	memset(&fake, 0, sizeof(fake));
	fake.iommu.ops = &fake_ops;
	fake.iommu.caps.domain_id_bits = 4;
	fake.iommu.caps.range_invalidation = true;
	fake.iommu.regime_count = FAKE_REGIMES;
	fake.iommu.regimes[FAKE_LEGACY] = second;
	second.accessed = second.dirty = second.pasid = true;
	fake.iommu.regimes[FAKE_SECOND] = second;
	second.stage = IOMMU_STAGE_FIRST;
	second.format = &pt_vtd_first;
	second.level_counts = BIT(4);
	second.dirty_always = true;
	fake.iommu.regimes[FAKE_FIRST] = second;
	second.parent = &fake.iommu.regimes[FAKE_SECOND];
	fake.iommu.regimes[FAKE_NESTED] = second;
}

static inline unsigned fake_count(enum fake_verb verb)
{
	unsigned count = 0;

	for (unsigned i = 0; i < fake.call_count; i++)
		count += fake.calls[i].verb == verb;
	return count;
}

static inline void fake_fail(enum fake_verb verb, unsigned n, enum status failure)
{
	fake.failing = verb;
	fake.fail_in = n;
	fake.failure = failure;
}

#endif
