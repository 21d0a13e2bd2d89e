/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Routes of the case's sources. A route that was in use is blocked, and that is flushed, before the next
 * one is written; the engines are idle meanwhile, so that no request meets the time between.
 *
 * The context writes routes and invalidates nothing; that is the bench's, which may be told to forget it.
 */
#include "tests/harness/bench_private.h"
#include "tests/harness/sabotage.h"

struct iommu_source function_of(const struct platform_engine *e)
{
	return e->aliases.source[0];
}

static struct deadline soon(void)
{
	return deadline_in_us(BENCH_SYNC_US);
}

/* ---- Contexts ---- */

void bench_context(struct bench *b)
{
	context_init(&b->context, &b->platform->groups);
}

enum status bench_join(struct bench *b, struct context *context, struct platform_engine *e)
{
	return context_join(context, b->iommu, function_of(e));
}

enum status join_other_context(struct bench *b)
{
	static struct context other;
	enum status status;

	require(b, b->other != NULL, "the case has no second engine");
	context_init(&other, &b->platform->groups);
	status = bench_join(b, &other, b->other);
	if (status == STATUS_OK)
		expect_done(b, context_leave(&other, function_of(b->other)), "leaving a context");
	return status;
}

/* ---- Routes ---- */

/* For every id under which the engine's requests may arrive. */
static void write_route(struct bench *b, const struct platform_engine *e, const struct iommu_route *route,
			uint16_t stray)
{
	for (unsigned i = 0; i < e->aliases.count; i++) {
		struct iommu_source source = e->aliases.source[i];

		source.rid ^= stray;
		expect_done(b, b->iommu->ops->set_route(b->iommu, source, route), "set_route");
	}
}

static void sabotage_route(struct bench *b, const struct platform_engine *e, const struct hwpt *hwpt)
{
	struct iommu_route route = hwpt_route(hwpt), blocked = { .kind = IOMMU_BLOCK };

	if (sabotaged(SABOTAGE_ATTACH_WRONG_SOURCE)) {
		write_route(b, e, &route, 1);
		write_route(b, e, &blocked, 0);
	}
	if (sabotaged(SABOTAGE_ATTACH_WRONG_ROOT)) {
		void *empty = pool_zeroed(&b->platform->tables, 1, PAGE_LG2);

		require(b, empty != NULL, "the page pool is exhausted");
		route.root = pa_of(empty);
		write_route(b, e, &route, 0);
	}
}

void flush_route(struct bench *b, const struct platform_engine *e, uint16_t domain_id)
{
	struct iommu_invalidation what = { .scope = IOMMU_SCOPE_SOURCE, .regime = b->regime,
					   .domain_id = domain_id };

	for (unsigned i = 0; i < e->aliases.count; i++) {
		what.source = e->aliases.source[i];
		flush(b, &what);
	}
	what.scope = IOMMU_SCOPE_DOMAIN;
	flush(b, &what);
	flush_done(b);
}

static void unroute(struct bench *b, const struct platform_engine *e, struct hwpt **attached)
{
	const struct iommu_route blocked = { .kind = IOMMU_BLOCK };

	if (*attached != NULL)
		expect_done(b,
			    context_detach(&b->context, function_of(e), CONTEXT_NO_INVALIDATE,
					   soon()),
			    "detach");
	else
		write_route(b, e, &blocked, 0);
	*attached = NULL;
}

static void translate(struct bench *b, const struct platform_engine *e, struct hwpt **attached,
		      struct hwpt *hwpt, unsigned flags)
{
	if (*attached != NULL) {
		uint16_t domain_id = (*attached)->domain_id;

		unroute(b, e, attached);
		flush_route(b, e, domain_id);
	}
	expect_done(b,
		    context_attach(&b->context, function_of(e), hwpt, CONTEXT_NO_INVALIDATE | flags,
				   soon()),
		    "attach");
	*attached = hwpt;
	sabotage_route(b, e, hwpt);
	flush_route(b, e, hwpt->domain_id);
}

void attach(struct bench *b, struct hwpt *hwpt)
{
	translate(b, b->engine, &own_of(b)->attached, hwpt, 0);
}

void attach_quiet(struct bench *b, struct hwpt *hwpt)
{
	translate(b, b->engine, &own_of(b)->attached, hwpt, CONTEXT_QUIET);
}

static uint16_t domain_in_use(const struct bench *b)
{
	const struct hwpt *attached = own_of(b)->attached;

	return attached != NULL ? attached->domain_id : b->hwpt.domain_id;
}

void block_quietly(struct bench *b)
{
	unroute(b, b->engine, &own_of(b)->attached);
}

void detach(struct bench *b)
{
	uint16_t domain_id = domain_in_use(b);

	if (sabotaged(SABOTAGE_STALE_DETACH))
		return;
	block_quietly(b);
	flush_route(b, b->engine, domain_id);
}

void bypass(struct bench *b)
{
	struct iommu_route route = { .kind = IOMMU_BYPASS, .regime = b->regime,
				     .domain_id = b->hwpt.domain_id };
	uint16_t domain_id = domain_in_use(b);

	block_quietly(b);
	flush_route(b, b->engine, domain_id);
	write_route(b, b->engine, &route, 0);
	flush_route(b, b->engine, route.domain_id);
}

void attach_other(struct bench *b, struct hwpt *hwpt)
{
	struct bench_own *own = own_of(b);

	require(b, b->other != NULL, "the case has no second engine");
	if (own->other_attached == NULL)
		require_ok(b, bench_join(b, &b->context, b->other),
			   "the second engine joins the context");
	translate(b, b->other, &own->other_attached, hwpt, 0);
	if (!b->other->is_open)
		engine_open(b, b->other, own->other_control_iova);
}

/* ---- The end ---- */

/* Whatever route is left: one that passes through, one that sabotage wrote next door. */
static enum status block_all(struct bench *b, const struct platform_engine *e)
{
	struct iommu_route blocked = { .kind = IOMMU_BLOCK };
	enum status status = STATUS_OK;

	for (unsigned i = 0; i < e->aliases.count && status == STATUS_OK; i++) {
		struct iommu_source source = e->aliases.source[i];

		status = b->iommu->ops->set_route(b->iommu, source, &blocked);
		source.rid ^= 1;
		if (status == STATUS_OK && sabotaged(SABOTAGE_ATTACH_WRONG_SOURCE))
			status = b->iommu->ops->set_route(b->iommu, source, &blocked);
	}
	return status;
}

/* Without the bench's verbs: they may be sabotaged, and they end the case where this has to go on. */
enum status route_end(struct bench *b)
{
	const struct iommu_ops *ops = b->iommu->ops;
	struct iommu_invalidation all = { .scope = IOMMU_SCOPE_ALL, .regime = b->regime };
	enum status first, status;

	if (b->undo != NULL)
		b->undo(b);
	first = context_close(&b->context, soon());
	status = block_all(b, b->engine);
	if (status == STATUS_OK && b->other != NULL)
		status = block_all(b, b->other);
	if (status == STATUS_OK)
		status = ops->invalidate(b->iommu, &all);
	if (status == STATUS_EXHAUSTED) {
		(void)!ops->sync(b->iommu, soon());
		status = ops->invalidate(b->iommu, &all);
	}
	if (status == STATUS_OK)
		status = ops->sync(b->iommu, soon());
	return status != STATUS_OK ? status : first;
}
