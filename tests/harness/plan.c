/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The sweep: which cases a test becomes on this machine, and which of them can only be skips. */
#include <stdio.h>
#include <string.h>

#include "tests/harness/plan.h"

/* Needs that choose regimes instead of asking something of one. */
#define SELECTORS	((uint32_t)(NEEDS_FIRST_STAGE | NEEDS_SECOND_STAGE | NEEDS_SCALABLE | \
				    NEEDS_LEGACY | NEEDS_NESTED))

struct sweep_state {
	struct plan *plan;
	const struct platform *platform;
	const struct config *config;
	unsigned test;
	uint16_t round;
};

uint64_t plan_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint32_t present(uint32_t bit, bool there)
{
	return there ? 0 : bit;
}

static uint32_t missing_of_unit(uint32_t needs, const struct iommu *iommu)
{
	return needs & (present(NEEDS_QUEUE, iommu->caps.queued_invalidation) |
			present(NEEDS_FAULT_EVENT, iommu->caps.fault_interrupt &&
							   iommu->ops->fault_interrupt != NULL));
}

static uint32_t missing_of_regime(uint32_t needs, const struct iommu *iommu,
				  const struct iommu_regime *r)
{
	bool legacy = strcmp(r->name, "legacy") == 0;
	bool scalable = !legacy && strncmp(iommu->name, "vtd", 3) == 0;	/* a mode of VT-d's alone */
	bool first = r->stage == IOMMU_STAGE_FIRST;
	bool switches = r->dirty && !r->dirty_always && iommu->ops->set_dirty_tracking != NULL;

	return needs & (present(NEEDS_ACCESSED, r->accessed) | present(NEEDS_DIRTY, r->dirty) |
			present(NEEDS_BYPASS, r->bypass) |
			present(NEEDS_WRITE_ONLY, r->format->write_only) |
			present(NEEDS_TABLE_PROT, r->format->table_prot) |
			present(NEEDS_RANGE, iommu->caps.range_invalidation) |
			present(NEEDS_FIRST_STAGE, first) | present(NEEDS_SECOND_STAGE, !first) |
			present(NEEDS_LEGACY, legacy) | present(NEEDS_SCALABLE, scalable) |
			present(NEEDS_LEVELS, (r->level_counts & (r->level_counts - 1)) != 0) |
			present(NEEDS_NESTED, r->parent != NULL) | present(NEEDS_PASID, r->pasid) |
			present(NEEDS_DIRTY_SWITCH, switches));
}

/* The same device and function number, on another bus. */
static bool differ_in_bus(const struct platform_engine *a, const struct platform_engine *b)
{
	return a->source.rid != b->source.rid && (a->source.rid & 0xff) == (b->source.rid & 0xff);
}

/* The first other engine behind the same unit that the relation in `needs` admits; JOURNAL_ANY if none. */
static uint8_t partner(const struct platform *p, const struct platform_engine *e, uint32_t needs)
{
	for (unsigned i = 0; i < p->engine_count; i++) {
		const struct platform_engine *o = &p->engines[i];
		bool same = o->group == e->group;

		if (o == e || o->iommu != e->iommu || !o->dma.limits.write)
			continue;
		if (((needs & NEEDS_OTHER_GROUP) != 0 && same) ||
		    ((needs & NEEDS_SAME_GROUP) != 0 && !same) ||
		    ((needs & NEEDS_OTHER_BUS) != 0 && !differ_in_bus(o, e)))
			continue;
		return (uint8_t)i;
	}
	return JOURNAL_ANY;
}

#define PARTNER_NEEDS	((uint32_t)(NEEDS_OTHER_ENGINE | NEEDS_OTHER_GROUP | NEEDS_SAME_GROUP | \
				    NEEDS_OTHER_BUS))
#define ENGINE_NEEDS	((uint32_t)(NEEDS_DMA_READ | NEEDS_DMA_WRITE | NEEDS_WIDE_ENGINE | \
				    NEEDS_BRIDGE | NEEDS_SELF_CONTAINED | NEEDS_DMA_PASID | \
				    NEEDS_DMA_ATOMIC | NEEDS_DMA_ATS | NEEDS_DMA_STORM | \
				    NEEDS_DMA_MESSAGE | NEEDS_DMA_PRI) | PARTNER_NEEDS)

static uint32_t missing_of_engine(uint32_t needs, const struct platform *p,
				  const struct platform_engine *e, const struct iommu_regime *r)
{
	const struct dma_limits *l = &e->dma.limits;
	uint32_t missing;

	missing = present(NEEDS_DMA_READ, l->read && l->verifies) |
		  present(NEEDS_DMA_WRITE, l->write) |
		  present(NEEDS_WIDE_ENGINE, r != NULL && l->address_bits > r->iova_bits) |
		  present(NEEDS_BRIDGE, e->aliased) |
		  present(NEEDS_SELF_CONTAINED, l->control_pages == 0) |
		  present(NEEDS_DMA_PASID, l->pasid_bits != 0) |
		  present(NEEDS_DMA_ATOMIC, l->atomic) | present(NEEDS_DMA_ATS, l->translates) |
		  present(NEEDS_DMA_STORM, l->storms) | present(NEEDS_DMA_MESSAGE, l->messages) |
		  present(NEEDS_DMA_PRI, l->requests_pages) |
		  present(PARTNER_NEEDS, partner(p, e, needs) != JOURNAL_ANY);
	return needs & missing;
}

static void add(struct sweep_state *s, struct plan_case c)
{
	struct plan *plan = s->plan;

	if (plan->count == CASES_MAX) {
		plan->dropped++;
		return;
	}
	c.test = (uint16_t)s->test;
	c.round = s->round;
	plan->cases[plan->count++] = c;
}

static unsigned bits_in(uint32_t word)
{
	unsigned n = 0;

	for (; word != 0; word &= word - 1)
		n++;
	return n;
}

static bool is_slow(const struct platform_engine *e)
{
	return e->dma.limits.typical_us > PLAN_SLOW_US;
}

/* Every leaf size of the regime, or the smallest alone. */
static void sweep_leaves(struct sweep_state *s, struct plan_case c, const struct iommu_regime *r, bool all)
{
	for (unsigned lg2 = PAGE_LG2; lg2 < 64; lg2++) {
		if ((r->leaf_sizes & BIT64(lg2)) == 0)
			continue;
		c.leaf_lg2 = (uint8_t)lg2;
		add(s, c);
		if (!all)
			return;
	}
}

static void sweep_engine(struct sweep_state *s, struct plan_case c, const struct iommu_regime *r, uint8_t engine)
{
	const struct testcase *t = s->plan->tests[s->test];
	const struct platform_engine *e = &s->platform->engines[engine];

	c.engine = engine;
	if ((t->needs & PARTNER_NEEDS) != 0)
		c.other = partner(s->platform, e, t->needs);
	sweep_leaves(s, c, r, t->sweep == SWEEP_LEAVES && !is_slow(e));
}

/*
 * The engines of a regime: each, or the fastest where the sweep or a test that asks nothing of an engine
 * wants no more than one. A slow one is spared what a faster one shows, unless the test is basic. Where none
 * will do, a skip that names what the nearest of them lacks.
 */
static void sweep_engines(struct sweep_state *s, struct plan_case c, const struct iommu *iommu,
			  const struct iommu_regime *r)
{
	const struct testcase *t = s->plan->tests[s->test];
	const struct platform *p = s->platform;
	bool one = t->sweep == SWEEP_REGIMES || (t->needs & ENGINE_NEEDS) == 0;
	uint32_t least = t->needs & ENGINE_NEEDS;
	bool fits[PLATFORM_ENGINES_MAX] = { false };
	uint8_t best = JOURNAL_ANY;

	for (uint8_t i = 0; i < p->engine_count; i++) {
		const struct platform_engine *e = &p->engines[i];
		uint32_t missing;

		if (e->iommu != iommu)
			continue;
		missing = missing_of_engine(t->needs, p, e, r);
		if (bits_in(missing) < bits_in(least))
			least = missing;
		fits[i] = missing == 0;
		if (fits[i] && (best == JOURNAL_ANY ||
				e->dma.limits.typical_us < p->engines[best].dma.limits.typical_us))
			best = i;
	}
	for (uint8_t i = 0; i < p->engine_count; i++) {
		if (i == best || (fits[i] && !one && (t->basic || !is_slow(&p->engines[i]))))
			sweep_engine(s, c, r, i);
	}
	if (best != JOURNAL_ANY)
		return;
	if (least != 0) {
		c.missing = least;
		add(s, c);
	} else {
		sweep_leaves(s, c, r, t->sweep == SWEEP_LEAVES);
	}
}

static const struct plan_case nothing = {
	.unit = JOURNAL_ANY, .regime = JOURNAL_ANY, .engine = JOURNAL_ANY, .other = JOURNAL_ANY,
};

/* One regime of one unit. False: the test did not mean regimes like this one. */
static bool sweep_regime(struct sweep_state *s, unsigned unit, unsigned regime)
{
	const struct testcase *t = s->plan->tests[s->test];
	const struct iommu *iommu = s->platform->units[unit];
	const struct iommu_regime *r = &iommu->regimes[regime];
	uint32_t missing = missing_of_regime(t->needs, iommu, r);
	struct plan_case c = nothing;

	if ((missing & SELECTORS) != 0)
		return false;
	c.unit = (uint8_t)unit;
	c.regime = (uint8_t)regime;
	c.missing = missing | missing_of_unit(t->needs, iommu);
	if (c.missing != 0)
		add(s, c);
	else
		sweep_engines(s, c, iommu, r);
	return true;
}

/* A test that takes the unit as a whole: what it needs of a regime, some regime has to have. */
static void sweep_unit(struct sweep_state *s, unsigned unit)
{
	const struct testcase *t = s->plan->tests[s->test];
	const struct iommu *iommu = s->platform->units[unit];
	uint32_t of_regimes = missing_of_regime(t->needs, iommu, &iommu->regimes[0]);
	struct plan_case c = nothing;

	for (unsigned i = 1; i < iommu->regime_count; i++)
		of_regimes &= missing_of_regime(t->needs, iommu, &iommu->regimes[i]);
	c.unit = (uint8_t)unit;
	c.missing = missing_of_unit(t->needs, iommu) | (t->needs & ENGINE_NEEDS);
	if (iommu->regime_count != 0)
		c.missing |= of_regimes;
	add(s, c);
}

static bool serves(const struct testcase *t, const struct iommu *iommu)
{
	return t->vendor == NULL || strncmp(iommu->name, t->vendor, strlen(t->vendor)) == 0;
}

static bool is_chosen(const struct config *config, const struct testcase *t)
{
	char id[PLAN_ID_MAX];

	snprintf(id, sizeof(id), "%s.%s", t->topic, t->name);
	return config_matches(&config->tests, id, true) &&
	       !config_matches(&config->skip, id, false);
}

static void sweep_tests(struct sweep_state *s, unsigned unit, unsigned regime, bool premises)
{
	for (s->test = 0; s->test < s->plan->test_count; s->test++) {
		const struct testcase *t = s->plan->tests[s->test];

		if (t->premise == premises && t->sweep <= SWEEP_REGIMES &&
		    is_chosen(s->config, t) && serves(t, s->platform->units[unit]))
			(void)sweep_regime(s, unit, regime);
	}
}

/* The tests of one unit, regime by regime, so that a unit changes its mode as rarely as can be. */
static void sweep_unit_regimes(struct sweep_state *s, unsigned unit)
{
	const struct iommu *iommu = s->platform->units[unit];
	const struct plan *plan = s->plan;

	for (unsigned regime = 0; regime < iommu->regime_count; regime++) {
		sweep_tests(s, unit, regime, true);
		sweep_tests(s, unit, regime, false);
	}
	/* Tests that meant none of the regimes are not silent about it. */
	for (s->test = 0; s->test < plan->test_count; s->test++) {
		const struct testcase *t = plan->tests[s->test];
		struct plan_case c = nothing;
		uint32_t selectors = t->needs & SELECTORS;

		if (t->sweep > SWEEP_REGIMES || !is_chosen(s->config, t) || !serves(t, iommu))
			continue;
		for (unsigned i = 0; i < iommu->regime_count && selectors != 0; i++) {
			if ((missing_of_regime(t->needs, iommu, &iommu->regimes[i]) & SELECTORS) ==
			    0)
				selectors = 0;
		}
		if (selectors == 0)
			continue;
		c.unit = (uint8_t)unit;
		c.missing = selectors;
		add(s, c);
	}
}

static void sweep_round(struct sweep_state *s)
{
	const struct plan *plan = s->plan;

	for (s->test = 0; s->test < plan->test_count; s->test++) {
		if (plan->tests[s->test]->sweep == SWEEP_MACHINE &&
		    is_chosen(s->config, plan->tests[s->test]))
			add(s, nothing);
	}
	for (unsigned unit = 0; unit < s->platform->unit_count; unit++) {
		for (s->test = 0; s->test < plan->test_count; s->test++) {
			const struct testcase *t = plan->tests[s->test];

			if (t->sweep == SWEEP_UNITS && is_chosen(s->config, t) &&
			    serves(t, s->platform->units[unit]))
				sweep_unit(s, unit);
		}
		sweep_unit_regimes(s, unit);
	}
}

/* Fisher and Yates; the order is the seed's alone. */
static void shuffle(struct plan *plan, uint64_t seed)
{
	for (unsigned i = plan->count; i > 1; i--) {
		unsigned j = (unsigned)(plan_next(&seed) % i);
		struct plan_case c = plan->cases[i - 1];

		plan->cases[i - 1] = plan->cases[j];
		plan->cases[j] = c;
	}
}

void plan_make(struct plan *plan, const struct platform *platform, const struct config *config,
	       const struct testcase *const *tests, unsigned test_count)
{
	struct sweep_state s = { .plan = plan, .platform = platform, .config = config };

	plan->tests = tests;
	plan->test_count = test_count;
	plan->count = plan->dropped = 0;
	if (platform->unit_count == 0)
		return;
	for (unsigned round = 0; round < config->repeat; round++) {
		s.round = (uint16_t)round;
		sweep_round(&s);
	}
	if (config->shuffle)
		shuffle(plan, config->seed);
}

/* Is a case of the same test on the same unit marked before it? */
static bool is_repeated(const struct plan *plan, uint32_t n)
{
	const struct plan_case *c = &plan->cases[n];

	for (uint32_t i = 0; i < n; i++) {
		const struct plan_case *before = &plan->cases[i];

		if (before->risky && before->test == c->test && before->unit == c->unit)
			return true;
	}
	return false;
}

uint32_t plan_mark_risky(struct plan *plan, uint32_t first, bool once)
{
	uint32_t marked = 0;

	for (uint32_t n = 0; n < plan->count; n++) {
		struct plan_case *c = &plan->cases[n];

		c->risky = plan->tests[c->test]->risky && c->missing == 0 &&
			   !(once && is_repeated(plan, n));
		marked += c->risky && n + 1 >= first;
	}
	return marked;
}

void plan_id(const struct plan *plan, const struct plan_case *c, char id[PLAN_ID_MAX])
{
	const struct testcase *t = plan->tests[c->test];

	snprintf(id, PLAN_ID_MAX, "%s.%s", t->topic, t->name);
}

static void size_name(char text[16], unsigned lg2)
{
	static const char units[] = " KMGTPE";

	snprintf(text, 16, "%llu%c", (unsigned long long)BIT64(lg2 % 10), units[lg2 / 10]);
}

void plan_variant(const struct platform *platform, const struct plan_case *c,
		  char variant[PLAN_VARIANT_MAX])
{
	const struct iommu *iommu;
	char size[16] = "";
	const char *regime = "", *engine = "";

	if (c->unit == JOURNAL_ANY) {
		strcpy(variant, "machine");
		return;
	}
	iommu = platform->units[c->unit];
	if (c->regime != JOURNAL_ANY)
		regime = iommu->regimes[c->regime].name;
	if (c->leaf_lg2 != 0)
		size_name(size, c->leaf_lg2);
	if (c->engine != JOURNAL_ANY)
		engine = platform->engines[c->engine].dma.name;
	snprintf(variant, PLAN_VARIANT_MAX, "%s%s%s%s%s%s%s", iommu->name, *regime ? "/" : "",
		 regime, *size ? "/" : "", size, *engine ? "/" : "", engine);
}

void plan_missing(uint32_t missing, char *text, size_t size)
{
	static const char *const names[] = {
#define X(name, bit, sentence) [bit] = sentence,
		NEEDS_LIST(X)
#undef X
	};
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < ARRAY_COUNT(names); i++) {
		int n;

		if ((missing & BIT(i)) == 0 || used >= size)
			continue;
		n = snprintf(text + used, size - used, "%s%s",
			     used != 0 ? "; " : "missing: ", names[i]);
		used += n > 0 ? (size_t)n : 0;
	}
}

uint64_t plan_random(const struct plan *plan, const struct platform *platform,
		     const struct plan_case *c, uint64_t seed)
{
	char id[PLAN_ID_MAX], variant[PLAN_VARIANT_MAX];
	uint64_t hash = 0xcbf29ce484222325u ^ c->round;		/* FNV-1a */

	plan_id(plan, c, id);
	plan_variant(platform, c, variant);
	for (const char *p = id; *p != '\0'; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3u;
	for (const char *p = variant; *p != '\0'; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3u;
	hash ^= seed;
	return plan_next(&hash);
}
