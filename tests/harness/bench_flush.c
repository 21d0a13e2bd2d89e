/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Invalidation, and the sabotages of it. */
#include "tests/harness/bench_private.h"
#include "tests/harness/sabotage.h"

static bool is_skipped(const struct iommu_invalidation *what)
{
	if (what->scope == IOMMU_SCOPE_SOURCE)
		return sabotaged(SABOTAGE_SKIP_SOURCE_INVALIDATION);
	return sabotaged(SABOTAGE_SKIP_INVALIDATION);
}

static void shorten(struct iommu_invalidation *what)
{
	if (what->bytes > PAGE_SIZE)
		what->bytes -= PAGE_SIZE;
	else
		what->iova = iova_add(what->iova, PAGE_SIZE);
}

void flush(struct bench *b, const struct iommu_invalidation *what)
{
	struct iommu_invalidation now = *what;
	enum status status;

	if (is_skipped(what))
		return;
	if (sabotaged(SABOTAGE_WRONG_DOMAIN_FLUSH) && what->scope >= IOMMU_SCOPE_DOMAIN)
		now.domain_id = now.domain_id > 1 ? (uint16_t)(now.domain_id - 1) : 2;
	if (sabotaged(SABOTAGE_FLUSH_SHORT_RANGE) && what->scope == IOMMU_SCOPE_RANGE)
		shorten(&now);
	status = b->iommu->ops->invalidate(b->iommu, &now);
	if (status == STATUS_EXHAUSTED) {	/* no room in the queue: after what is in it */
		flush_done(b);
		status = b->iommu->ops->invalidate(b->iommu, &now);
	}
	expect_done(b, status, "an invalidation");
}

void flush_done(struct bench *b)
{
	expect_done(b, b->iommu->ops->sync(b->iommu, deadline_in_us(BENCH_SYNC_US)),
		    "the end of an invalidation");
}

static const struct hwpt *current(const struct bench *b)
{
	const struct hwpt *of_pasid = NULL;

	if (b->source.pasid != IOMMU_NO_PASID)
		of_pasid = hwpt_of_pasid(b, b->source.pasid);
	if (of_pasid != NULL)
		return of_pasid;
	return own_of(b)->attached != NULL ? own_of(b)->attached : &b->hwpt;
}

static void flush_now(struct bench *b, struct iommu_invalidation what)
{
	check_deadline(b);
	what.regime = b->regime;
	if (what.scope != IOMMU_SCOPE_ALL && what.domain_id == 0)
		what.domain_id = current(b)->domain_id;
	what.source = b->source;
	flush(b, &what);
	flush_done(b);
}

void flush_all(struct bench *b)
{
	flush_now(b, (struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL });
}

void flush_source(struct bench *b)
{
	flush_now(b, (struct iommu_invalidation){ .scope = IOMMU_SCOPE_SOURCE });
}

void flush_domain(struct bench *b)
{
	flush_now(b, (struct iommu_invalidation){ .scope = IOMMU_SCOPE_DOMAIN });
}

void flush_pasid(struct bench *b)
{
	flush_now(b, (struct iommu_invalidation){ .scope = IOMMU_SCOPE_PASID });
}

/* Is there one naturally aligned range, no larger than the unit takes, around these bytes? */
static bool is_one_range(const struct bench *b, iova_t at, uint64_t bytes)
{
	unsigned lg2 = b->iommu->caps.range_lg2_max;

	return b->iommu->caps.range_invalidation && at.v >> lg2 == (at.v + bytes - 1) >> lg2;
}

static void flush_some(struct bench *b, iova_t at, uint64_t bytes, bool leaf_only)
{
	enum iommu_scope scope = is_one_range(b, at, bytes) ? IOMMU_SCOPE_RANGE
							    : IOMMU_SCOPE_DOMAIN;

	flush_now(b, (struct iommu_invalidation){
			     .scope = scope, .iova = at, .bytes = bytes, .leaf_only = leaf_only });
}

void flush_range(struct bench *b, iova_t at, uint64_t bytes)
{
	flush_some(b, at, bytes, false);
}

void flush_leaves(struct bench *b, const struct span *s)
{
	flush_some(b, s->iova, (uint64_t)s->count << s->leaf_lg2, true);
}
