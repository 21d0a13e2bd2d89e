/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Routes of the case's sources. A route that was in use is blocked, and that is flushed, before the next
 * one is written; the engines are idle meanwhile, so that no request meets the time between.
 */
#include "tests/harness/bench_private.h"
#include "tests/harness/sabotage.h"

static void write_route(struct bench *b, struct iommu_source source, struct iommu_route route)
{
	if (route.kind == IOMMU_TRANSLATE) {
		if (sabotaged(SABOTAGE_ATTACH_WRONG_SOURCE))
			source.rid ^= 1;
		if (sabotaged(SABOTAGE_ATTACH_WRONG_ROOT)) {
			void *empty = pool_zeroed(b->pool, 1, PAGE_LG2);

			require(b, empty != NULL, "the page pool is exhausted");
			route.root = pa_of(empty);
		}
	}
	require_ok(b, b->iommu->ops->set_route(b->iommu, source, &route), "set_route");
}

static void flush_route(struct bench *b, struct iommu_source source, uint16_t domain_id)
{
	struct iommu_invalidation what = { .scope = IOMMU_SCOPE_SOURCE, .regime = b->regime,
					   .source = source, .domain_id = domain_id };

	flush(b, &what);
	what.scope = IOMMU_SCOPE_DOMAIN;
	flush(b, &what);
	flush_done(b);
}

static void block(struct bench *b, struct iommu_source source, struct hwpt **attached, uint16_t domain_id)
{
	if (*attached != NULL) {
		hwpt_drop_user(*attached, source);
		*attached = NULL;
	}
	write_route(b, source, (struct iommu_route){ .kind = IOMMU_BLOCK });
	flush_route(b, source, domain_id);
}

static void translate(struct bench *b, struct iommu_source source, struct hwpt **attached,
		      struct hwpt *hwpt, bool quiet)
{
	struct iommu_route route = hwpt_route(hwpt);

	if (*attached != NULL)
		block(b, source, attached, (*attached)->domain_id);
	route.quiet = quiet;
	require_ok(b, hwpt_add_user(hwpt, source), "one more user of a page table");
	*attached = hwpt;
	write_route(b, source, route);
	flush_route(b, source, hwpt->domain_id);
}

void attach(struct bench *b, struct hwpt *hwpt)
{
	translate(b, b->source, &own_of(b)->attached, hwpt, false);
}

void attach_quiet(struct bench *b, struct hwpt *hwpt)
{
	translate(b, b->source, &own_of(b)->attached, hwpt, true);
}

static uint16_t domain_in_use(const struct bench *b)
{
	const struct bench_own *own = own_of(b);

	return own->attached != NULL ? own->attached->domain_id :
	       own->bypass_domain_id != 0 ? own->bypass_domain_id : b->hwpt.domain_id;
}

void detach(struct bench *b)
{
	if (sabotaged(SABOTAGE_STALE_DETACH))
		return;
	block(b, b->source, &own_of(b)->attached, domain_in_use(b));
}

void block_quietly(struct bench *b)
{
	write_route(b, b->source, (struct iommu_route){ .kind = IOMMU_BLOCK });
}

void bypass(struct bench *b)
{
	struct bench_own *own = own_of(b);

	block(b, b->source, &own->attached, domain_in_use(b));
	own->bypass_domain_id = b->hwpt.domain_id;
	write_route(b, b->source, (struct iommu_route){ .kind = IOMMU_BYPASS, .regime = b->regime,
							.domain_id = own->bypass_domain_id });
	flush_route(b, b->source, own->bypass_domain_id);
}

void attach_other(struct bench *b, struct hwpt *hwpt)
{
	struct bench_own *own = own_of(b);
	enum status status;

	require(b, b->other != NULL, "the case has no second engine");
	status = bench_join(b, &b->context, b->other);
	require_ok(b, status, "the second engine joins the context");
	translate(b, b->other_source, &own->other_attached, hwpt, false);
	if (!b->other->is_open)
		engine_open(b, b->other, own->other_control_iova);
}

/* Without the bench's verbs: they may be sabotaged, and they end the case where this has to go on. */
static enum status end_of_source(struct bench *b, struct iommu_source source)
{
	const struct iommu_ops *ops = b->iommu->ops;
	struct iommu_route blocked = { .kind = IOMMU_BLOCK };
	enum status status = ops->set_route(b->iommu, source, &blocked);

	/* attach-wrong-source left its mark next door. */
	source.rid ^= 1;
	if (status == STATUS_OK && sabotaged(SABOTAGE_ATTACH_WRONG_SOURCE))
		status = ops->set_route(b->iommu, source, &blocked);
	return status;
}

enum status route_end(struct bench *b)
{
	const struct iommu_ops *ops = b->iommu->ops;
	struct iommu_invalidation all = { .scope = IOMMU_SCOPE_ALL, .regime = b->regime };
	enum status status = end_of_source(b, b->source);

	if (status == STATUS_OK && b->other != NULL)
		status = end_of_source(b, b->other_source);
	if (status == STATUS_OK)
		status = ops->invalidate(b->iommu, &all);
	if (status == STATUS_EXHAUSTED) {
		(void)!ops->sync(b->iommu, deadline_in_us(BENCH_SYNC_US));
		status = ops->invalidate(b->iommu, &all);
	}
	return status == STATUS_OK ? ops->sync(b->iommu, deadline_in_us(BENCH_SYNC_US)) : status;
}
