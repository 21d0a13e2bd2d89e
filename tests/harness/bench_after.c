/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is expected after every body, whatever it tests. */
#include "tests/harness/bench_private.h"
#include "tests/harness/sabotage.h"

/* The sabotages that nothing but these checks can notice. */
static void sabotage_now(struct bench *b)
{
	struct bench_own *own = own_of(b);

	if (sabotaged(SABOTAGE_STRAY_BIT) && own->table_count != 0)
		own->tables[0]->hwpt->pt.root[1] ^= BIT64(62);
	if (sabotaged(SABOTAGE_WRITE_GUARD) && own->window_count != 0)
		own->windows[0].guards[own->windows[0].guards == own->windows[0].page ? PAGE_SIZE
										      : 0] ^= 1;
}

static void expect_idle(struct bench *b)
{
	if (b->engine != NULL && engine_is_busy(b->engine))
		fail(b, "%s is still busy after the case", b->engine->dma.name);
	if (b->other != NULL && engine_is_busy(b->other))
		fail(b, "%s is still busy after the case", b->other->dma.name);
}

static void expect_quiet(struct bench *b)
{
	struct iommu_fault fault;

	if (fault_next(b, &fault, 0))
		fail(b,
		     "after the case: a fault that it does not account for, reason %02Xh at 0x%llx",
		     fault.reason, (unsigned long long)fault.address);
	if (fault_overflowed(b) && !b->test->faults)
		fail(b, "after the case: faults were lost");
}

/* A table word or a guard that is not as it was left; NULL: there is none. */
static const char *disturbed(struct bench *b)
{
	for (unsigned i = 0; i < own_of(b)->table_count; i++) {
		const char *where = table_disturbed(b, own_of(b)->tables[i], false);

		if (where != NULL)
			return where;
	}
	return guards_disturbed(b);
}

void after_body(struct bench *b)
{
	const char *where;

	sabotage_now(b);
	if (b->regime != NULL) {
		expect_idle(b);
		expect_quiet(b);
	}
	where = disturbed(b);
	if (where != NULL)
		fail(b, "after the case: %s", where);
}

/*
 * A body that ended early may have left records that it would have accounted for: of those, only what an
 * engine that knows of refusals cannot explain, its last transfer having worked, is a finding of its own.
 */
static bool has_stray_fault(struct bench *b)
{
	const struct bench_own *own = own_of(b);

	return own->stray_count != 0 && !b->test->faults && b->engine != NULL &&
	       b->engine->dma.limits.reports_errors && b->engine->dma.limits.reports_read_errors &&
	       own->last_status == STATUS_OK;
}

void after_failure(struct bench *b)
{
	const struct iommu_fault *stray = &own_of(b)->stray;
	const char *where;

	if (b->undo != NULL)
		b->undo(b);
	where = disturbed(b);
	if (where != NULL)
		also(b, "%s", where);
	if (has_stray_fault(b))
		also(b, "a fault without a refused transfer: reason %02Xh at 0x%llx", stray->reason,
		     (unsigned long long)stray->address);
}
