/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The life of a case: a bench is arranged, the body runs, what holds after every body is expected, and
 * all is put back. Each of the four is guarded, so that a trap in one ends that one.
 */
#include <stdio.h>
#include <string.h>

#include "tests/harness/bench_private.h"

#define STRIKES_MAX	2u		/* cases of a regime in a row after which the unit did not come back */

static struct bench_own own;

/* By unit and regime: a unit that is dead in one mode may live in another. */
static uint8_t strikes[PLATFORM_UNITS_MAX][IOMMU_REGIMES_MAX];
/* By unit and regime: the premise that does not hold; NULL: none is known not to. */
static const struct testcase *fallen[PLATFORM_UNITS_MAX][IOMMU_REGIMES_MAX];
static struct arch_msi msi_lines[PLATFORM_UNITS_MAX];
static bool msi_is_there[PLATFORM_UNITS_MAX];

static const struct plan_case *now;

/* ---- Arrange ---- */

static void arrange_fault_event(struct bench *b)
{
	uint8_t u = now->unit;

	if ((b->test->needs & NEEDS_FAULT_EVENT) == 0)
		return;
	if (!msi_is_there[u] && arch_msi_line(&msi_lines[u]) != STATUS_OK)
		skip(b, "missing: a fault interrupt that this machine can receive");
	msi_is_there[u] = true;
	own.msi = &msi_lines[u];
	require_ok(b, b->iommu->ops->fault_interrupt(b->iommu, own.msi), "fault_interrupt");
}

static void arrange_engine(struct bench *b)
{
	require_ok(b, bench_join(b, &b->context, b->engine), "the engine joins the context");
	attach(b, &b->hwpt);
	engine_open(b, b->engine, own.control_iova);
}

static void arrange(void *bench)
{
	struct bench *b = bench;

	if (b->regime == NULL)
		return;
	if (strikes[now->unit][now->regime] >= STRIKES_MAX)
		skip(b, "%s has hung in %s, and did not come back", b->iommu->name,
		     b->regime->name);
	if (fallen[now->unit][now->regime] != NULL && !b->test->premise)
		skip(b, "%s in %s, for which %s.%s is false", b->iommu->name, b->regime->name,
		     fallen[now->unit][now->regime]->topic, fallen[now->unit][now->regime]->name);
	own.is_taken = true;
	if (b->iommu->enabled != b->regime)
		expect_done(b, platform_enable(b->platform, now->unit, b->regime), "enable");
	own.is_enabled = true;
	(void)faults_drain(b);
	arrange_fault_event(b);
	tables_start(b);
	bench_context(b);
	if (b->engine != NULL)
		arrange_engine(b);
}

/* ---- Body and after ---- */

static void body(void *bench)
{
	struct bench *b = bench;

	own.has_begun = true;
	b->test->body(b);
}

static void after(void *bench)
{
	after_body(bench);
}

static void after_fail(void *bench)
{
	after_failure(bench);
}

/* ---- Put back ---- */

/* What the case has done to the unit is told; the next case needs it. How the route was taken back. */
static enum status bring_back(struct bench *b)
{
	uint8_t *strike = &strikes[now->unit][now->regime];
	enum status status = b->engine != NULL ? route_end(b) : STATUS_OK, recovered = STATUS_OK;

	if (status != STATUS_OK) {
		recovered = platform_recover(b->platform, b->iommu);
		if (recovered == STATUS_OK && b->engine != NULL)
			recovered = route_end(b);
	}
	if (recovered != STATUS_OK)
		b->iommu->enabled = NULL;	/* the next case begins with enable() */
	(void)faults_drain(b);
	if (own.is_enabled && recovered == STATUS_OK)
		*strike = 0;
	else if (++*strike == STRIKES_MAX)
		platform_note(b->platform,
			      "%s does not come back in %s: its further cases there are skipped",
			      b->iommu->name, b->regime->name);
	return status;
}

static void put_back(void *bench)
{
	struct bench *b = bench;
	bool sound = own.result->verdict == VERDICT_PASS || own.result->verdict == VERDICT_UNPROVEN;
	bool rests = true;
	enum status status;

	if (!own.is_taken)
		return;
	if (b->engine != NULL)
		rests = engine_close(b, b->engine);
	if (b->other != NULL)
		rests = engine_close(b, b->other) && rests;
	if (own.msi != NULL)
		(void)!b->iommu->ops->fault_interrupt(b->iommu, NULL);
	status = bring_back(b);
	if (status != STATUS_OK && own.result->verdict == VERDICT_FAIL && own.has_begun)
		also(b, "the unit does not take the route back: %s", status_text(status));
	if (!sound)
		return;
	if (status != STATUS_OK)
		fail(b, "after the case: the unit does not take the route back: %s",
		     status_text(status));
	if (!rests)
		broken(b, "after the case: the engine does not come to rest");
}

/* ---- Traps ---- */

static void tell_trap(const struct arch_trap *trap, const char *where)
{
	struct case_result *r = own.result;

	r->verdict = VERDICT_BROKEN;
	snprintf(r->reason, sizeof(r->reason), "%s in %s, pc 0x%llx, address 0x%llx, error 0x%llx",
		 trap->name, where, (unsigned long long)trap->pc, (unsigned long long)trap->address,
		 (unsigned long long)trap->error_code);
	for (unsigned i = 0; i < trap->register_count; i++)
		case_note(r, "%s = 0x%016llx", trap->registers[i].name,
			  (unsigned long long)trap->registers[i].value);
	for (unsigned i = 0; i < trap->stack_count; i++)
		case_note(r, "stack +%u: 0x%016llx", i * 8, (unsigned long long)trap->stack[i]);
}

/* True if the part came to its end. */
static bool guarded(void (*part)(void *bench), const char *where)
{
	struct arch_trap trap;

	if (arch_guarded(part, &own.bench, &trap))
		return true;
	if (trap.name != NULL)
		tell_trap(&trap, where);
	return false;
}

/* ---- The whole ---- */

static struct platform_engine *engine_at(struct platform *platform, uint8_t index)
{
	return index != JOURNAL_ANY ? &platform->engines[index] : NULL;
}

static void fill(struct platform *platform, const struct plan *plan, const struct plan_case *c,
		 struct case_result *result)
{
	struct bench *b = &own.bench;

	memset(&own, 0, sizeof(own));
	own.result = result;
	own.config = platform->config;
	plan_id(plan, c, own.id);
	plan_variant(platform, c, own.variant);
	own.deadline_ns = arch_now_ns() + platform->config->deadline_ms * UINT64_C(1000000);
	b->platform = platform;
	b->test = plan->tests[c->test];
	b->iommu = c->unit != JOURNAL_ANY ? platform->units[c->unit] : NULL;
	b->regime = c->regime != JOURNAL_ANY ? &b->iommu->regimes[c->regime] : NULL;
	b->leaf_lg2 = c->leaf_lg2;
	b->engine = engine_at(platform, c->engine);
	b->other = engine_at(platform, c->other);
	if (b->engine != NULL)
		b->source = b->engine->source;
	if (b->other != NULL)
		b->other_source = b->other->source;
	b->random = plan_random(plan, platform, c, platform->config->seed);
	now = c;
}

void case_forget(void)
{
	memset(strikes, 0, sizeof(strikes));
	memset(fallen, 0, sizeof(fallen));
	engines_forget();
	memset(msi_is_there, 0, sizeof(msi_is_there));
}

/* Nothing can be learnt of a regime without it, one failure is enough. */
static void judge_premise(struct platform *p, const struct plan_case *c, const struct case_result *result)
{
	const struct testcase *t = own.bench.test;

	if (!t->premise || result->verdict != VERDICT_FAIL || fallen[c->unit][c->regime] != NULL)
		return;
	fallen[c->unit][c->regime] = t;
	platform_note(p, "%s in %s: %s. Its further cases there are skipped",
		      p->units[c->unit]->name, p->units[c->unit]->regimes[c->regime].name,
		      result->reason);
}

/* What a case took, all of it. */
static void release(struct platform *p)
{
	pool_release(&p->windows, 0);
	pool_release(&p->tables, 0);
	pool_release(&p->objects, 0);
	pool_release(&p->high_windows, 0);
	pool_release(&p->high_tables, 0);
}

void case_run(struct platform *platform, const struct plan *plan, const struct plan_case *c,
	      struct case_result *result)
{
	result->verdict = VERDICT_PASS;
	result->reason[0] = result->also[0] = '\0';
	result->checks = result->reason_count = 0;
	result->evidence_count = result->evidence_dropped = 0;
	if (c->missing != 0) {
		result->verdict = VERDICT_SKIP;
		plan_missing(c->missing, result->reason, sizeof(result->reason));
		return;
	}
	fill(platform, plan, c, result);
	if (guarded(arrange, "the arrangement"))
		(void)guarded(body, "the body");
	if (result->verdict == VERDICT_PASS || result->verdict == VERDICT_UNPROVEN)
		(void)guarded(after, "the checks after the body");
	else if (result->verdict == VERDICT_FAIL && own.has_begun)
		(void)guarded(after_fail, "the checks after the body");
	(void)guarded(put_back, "putting back");
	result->checks = own.bench.checks;
	judge_premise(platform, c, result);
	release(platform);
}
