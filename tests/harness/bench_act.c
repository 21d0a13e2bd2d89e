/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What engines do: opened with memory of their own, told to transfer, brought to rest. */
#include "tests/harness/bench_private.h"

#define STRIKES_MAX	2u		/* failures in a row until an engine is given up */

static uint8_t strikes[PLATFORM_ENGINES_MAX];

void engines_forget(void)
{
	for (unsigned i = 0; i < PLATFORM_ENGINES_MAX; i++)
		strikes[i] = 0;
}

void engine_open(struct bench *b, struct platform_engine *e, iova_t control_iova)
{
	uint8_t *strike = &strikes[e - b->platform->engines];
	struct iommu_fault fault;
	struct dma_control control = { .cpu = e->control, .iova = control_iova,
				       .bytes = e->dma.limits.control_pages * PAGE_SIZE };
	enum status status;

	if (*strike >= STRIKES_MAX)
		given_up(b, "%s failed in the cases before", e->dma.name);
	status = e->dma.driver->ops->open(&e->dma, &control, deadline_in_us(BENCH_OPEN_US));
	/* Its own memory is mapped: where the unit refuses that, the engine is not to blame. */
	if (status != STATUS_OK && fault_next(b, &fault, 0))
		fail(b, "%s is refused its own memory: reason %02Xh at 0x%llx", e->dma.name,
		     fault.reason, (unsigned long long)fault.address);
	*strike = status == STATUS_OK ? 0 : *strike + 1;
	if (status != STATUS_OK)
		broken(b, "%s does not come up: %s, last word 0x%x", e->dma.name,
		       status_text(status), (unsigned)e->dma.last_word);
	e->is_open = true;
}

bool engine_is_busy(struct platform_engine *e)
{
	return e->is_open && e->dma.driver->ops->state(&e->dma) == DMA_RUNNING;
}

bool engine_close(struct bench *b, struct platform_engine *e)
{
	const struct dma_ops *ops = e->dma.driver->ops;

	(void)b;
	if (!e->is_open)
		return true;
	e->is_open = false;
	if (ops->close(&e->dma, deadline_in_us(BENCH_OPEN_US)) == STATUS_OK)
		return true;
	/* What is left of it is made harmless: without bus mastering it reaches nothing. */
	(void)!ops->reset(&e->dma, deadline_in_us(BENCH_OPEN_US));
	pci_bus_master(e->dma.function, false);
	return false;
}

unsigned rounds(const struct bench *b, unsigned most)
{
	return b->engine != NULL && b->engine->dma.limits.typical_us > PLAN_SLOW_US ? MIN(most, 3u)
										    : most;
}

static uint32_t fitting(uint32_t bytes, uint32_t min, uint32_t max, uint32_t step)
{
	bytes = MIN(bytes, max);
	bytes -= bytes % MAX(step, 1u);
	return MAX(bytes, min);
}

uint32_t engine_write_bytes(const struct platform_engine *e, uint32_t bytes)
{
	const struct dma_limits *l = &e->dma.limits;

	return fitting(bytes, l->write_min, l->write_max, l->write_step);
}

uint32_t write_bytes(const struct bench *b, uint32_t bytes)
{
	return engine_write_bytes(b->engine, bytes);
}

uint32_t read_bytes(const struct bench *b, uint32_t bytes)
{
	const struct dma_limits *l = &b->engine->dma.limits;

	return fitting(bytes, l->read_min, l->read_max, l->read_step);
}

static const char *verb_of(enum dma_direction direction)
{
	static const char *const verbs[] = {
		[DMA_READ] = "read", [DMA_WRITE] = "write",
		[DMA_ATOMIC] = "change in one", [DMA_TRANSLATE] = "ask for",
		[DMA_PAGE_REQUEST] = "ask for the page of", [DMA_MESSAGE] = "send",
	};

	return verbs[direction];
}

static enum status run(struct bench *b, struct platform_engine *e, const struct dma_op *op)
{
	struct bench_own *own = own_of(b);
	uint64_t began_ns;
	enum status status;

	check_deadline(b);
	if (op->direction == DMA_ATOMIC && !e->dma.limits.atomic)
		skip(b, "an engine that issues AtomicOps");
	if ((op->direction == DMA_TRANSLATE || op->translated) && !e->dma.limits.translates)
		skip(b, "an engine that asks for translations");
	if (!dma_fits(&e->dma, op))
		broken(b, "%s cannot %s %u bytes at 0x%llx", e->dma.name, verb_of(op->direction),
		       (unsigned)op->bytes, (unsigned long long)op->iova.v);
	if (e->dma.driver->ops->state(&e->dma) == DMA_DEAD)
		require_ok(b, e->dma.driver->ops->reset(&e->dma, deadline_in_us(BENCH_OPEN_US)),
			   "reset of the engine");
	own->last_at = op->iova;
	began_ns = arch_now_ns();
	status = dma_run(&e->dma, op, deadline_in_us(e->dma.limits.timeout_us));
	own->deadline_ns += arch_now_ns() - began_ns;	/* the device's time is not the case's */
	own->last_status = status;
	if (status == STATUS_GONE)
		broken(b, "%s answers with all ones", e->dma.name);
	if (status == STATUS_TIMEOUT && e->dma.limits.reports_errors &&
	    e->dma.limits.reports_read_errors)
		broken(b, "%s does not finish, last word 0x%x", e->dma.name,
		       (unsigned)e->dma.last_word);
	if (status != STATUS_OK && status != STATUS_DEVICE_ERROR && status != STATUS_TIMEOUT)
		require_ok(b, status, "a transfer");
	return status;
}

enum status engine_does(struct bench *b, struct dma_op op)
{
	op.prefix = own_of(b)->prefix;
	op.translated = own_of(b)->translated && op.direction != DMA_TRANSLATE &&
			op.direction != DMA_PAGE_REQUEST;
	return run(b, b->engine, &op);
}

enum status engine_runs(struct bench *b, struct platform_engine *e, enum dma_direction direction,
			iova_t at, uint32_t bytes)
{
	struct dma_op op = { .direction = direction, .iova = at, .bytes = bytes };

	return e == b->engine ? engine_does(b, op) : run(b, e, &op);
}

static void runs_or_fails(struct bench *b, enum dma_direction direction, iova_t at, uint32_t bytes)
{
	enum status status = engine_runs(b, b->engine, direction, at, bytes);
	struct iommu_fault fault;

	if (status == STATUS_OK && !fault_next(b, &fault, 0))
		return;
	fail(b, "the %s of %u bytes at 0x%llx did not work: %s",
	     direction == DMA_READ ? "read" : "write", (unsigned)bytes, (unsigned long long)at.v,
	     status_text(status));
}

void device_writes(struct bench *b, iova_t at, uint32_t bytes)
{
	windows_settle(b);
	own_of(b)->windows_loose = true;
	runs_or_fails(b, DMA_WRITE, at, bytes);
}

void device_reads(struct bench *b, iova_t at, uint32_t bytes)
{
	runs_or_fails(b, DMA_READ, at, bytes);
}

/*
 * PCI Express posts writes: an engine whose write was refused may never learn of it. Then memory alone
 * tells whether the write arrived, and the windows have to be poison before.
 */
static bool write_arrives(struct bench *b, struct platform_engine *e, iova_t at, uint32_t bytes)
{
	struct deadline deadline;
	const char *where;

	windows_settle(b);
	own_of(b)->windows_loose = true;
	if (engine_runs(b, e, DMA_WRITE, at, bytes) != STATUS_OK) {
		where = windows_disturbed(b, NULL, 0);
		if (where != NULL)
			fail(b, "a refused write changed memory: %s", where);
		return false;
	}
	deadline = deadline_in_us(BENCH_SETTLE_US / 4);
	return e->dma.limits.reports_errors ||
	       wait_until(windows_disturbed(b, NULL, 0) != NULL, deadline);
}

bool device_tries_to_write(struct bench *b, iova_t at, uint32_t bytes)
{
	return write_arrives(b, b->engine, at, bytes);
}

bool device_tries_to_read(struct bench *b, iova_t at, uint32_t bytes)
{
	return engine_runs(b, b->engine, DMA_READ, at, bytes) == STATUS_OK;
}

bool other_tries_to_write(struct bench *b, iova_t at, uint32_t bytes)
{
	require(b, b->other != NULL, "the case has no second engine");
	if (!b->other->is_open && b->other->dma.limits.control_pages != 0 &&
	    own_of(b)->other_attached == NULL)
		skip(b, "a second engine that needs no memory of its own");
	if (!b->other->is_open)
		engine_open(b, b->other, own_of(b)->other_control_iova);
	return write_arrives(b, b->other, at, engine_write_bytes(b->other, bytes));
}
