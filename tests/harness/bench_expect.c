/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Data: what a transfer must leave in memory, and everywhere else must not. */
#include <string.h>

#include "tests/harness/bench_private.h"

/* What a transfer by `e` must leave at `memory`; false where only the device knows. */
static bool expected_bytes(struct platform_engine *e, iova_t at, uint32_t bytes, uint8_t *expected)
{
	struct dma_op op = { .direction = DMA_WRITE, .iova = at, .bytes = bytes };

	return e->dma.driver->ops->fill(&e->dma, &op, expected);
}

static bool landed(const uint8_t *memory, const uint8_t *expected, uint32_t bytes, bool known)
{
	return known ? memcmp(memory, expected, bytes) == 0 : !memory_is_poison(memory, bytes);
}

static void note_bytes(struct bench *b, const char *what, const uint8_t *memory)
{
	uint64_t words[2];

	memcpy(words, memory, sizeof(words));
	note(b, "%s: %016llx %016llx", what, (unsigned long long)words[0],
	     (unsigned long long)words[1]);
}

static void expect_landed(struct bench *b, struct platform_engine *e, iova_t at, uint8_t *memory,
			  uint32_t bytes)
{
	static uint8_t expected[PAGE_SIZE];
	struct deadline deadline;
	struct iommu_fault fault;
	enum status status;
	const char *where;
	bool known;

	require(b, bytes <= PAGE_SIZE, "a write of %u bytes is longer than a window",
		(unsigned)bytes);
	windows_settle(b);
	poison(memory, bytes);
	status = engine_runs(b, e, DMA_WRITE, at, bytes);
	memset(expected, 0, sizeof(expected));
	known = expected_bytes(e, at, bytes, expected);
	deadline = deadline_in_us(BENCH_SETTLE_US);
	if (status != STATUS_OK)
		fail(b, "the write at 0x%llx was refused: %s", (unsigned long long)at.v,
		     status_text(status));
	if (!wait_until(landed(memory, expected, bytes, known), deadline)) {
		note_bytes(b, "got", memory);
		if (known)
			note_bytes(b, "expected", expected);
		where = windows_disturbed(b, memory, bytes);
		if (where != NULL)
			note(b, "%s", where);
		fail(b, "the write at 0x%llx did not land at 0x%llx", (unsigned long long)at.v,
		     (unsigned long long)pa_of(memory).v);
	}
	where = windows_disturbed(b, memory, bytes);
	if (where != NULL)
		fail(b, "the write at 0x%llx landed elsewhere too: %s", (unsigned long long)at.v,
		     where);
	if (fault_next(b, &fault, 0))
		fail(b, "the write at 0x%llx worked and left a fault: reason %02Xh at 0x%llx",
		     (unsigned long long)at.v, fault.reason, (unsigned long long)fault.address);
	poison(memory, bytes);
	met(b);
}

void expect_write_lands_in(struct bench *b, iova_t at, uint8_t *memory, uint32_t bytes)
{
	expect_landed(b, b->engine, at, memory, bytes);
}

void expect_write_lands(struct bench *b, const struct span *s, unsigned i)
{
	expect_landed(b, b->engine, leaf(s, i), s->window[i], write_bytes(b, 64));
}

void expect_other_write_lands(struct bench *b, const struct span *s, unsigned i)
{
	require(b, b->other != NULL && b->other->is_open, "the other engine is not attached");
	expect_landed(b, b->other, leaf(s, i), s->window[i], engine_write_bytes(b->other, 64));
}

void expect_read_sees(struct bench *b, const struct span *s, unsigned i)
{
	struct dma_op op = { .direction = DMA_READ,
			     .iova = leaf(s, i),
			     .bytes = read_bytes(b, 64) };
	const struct dma_ops *ops = b->engine->dma.driver->ops;
	struct iommu_fault fault;
	enum status status;
	const char *where;

	require(b, op.bytes <= PAGE_SIZE, "a read of %u bytes is longer than a window",
		(unsigned)op.bytes);
	windows_settle(b);
	ops->prepare(&b->engine->dma, &op, s->window[i]);
	arch_write_barrier();
	status = engine_runs(b, b->engine, DMA_READ, op.iova, op.bytes);
	if (status != STATUS_OK)
		fail(b, "the read at 0x%llx was refused: %s", (unsigned long long)op.iova.v,
		     status_text(status));
	if (!ops->saw(&b->engine->dma))
		fail(b, "the read at 0x%llx returned other bytes than those at 0x%llx",
		     (unsigned long long)op.iova.v, (unsigned long long)pa_of(s->window[i]).v);
	where = windows_disturbed(b, s->window[i], op.bytes);
	if (where != NULL)
		fail(b, "a read changed memory: %s", where);
	if (fault_next(b, &fault, 0))
		fail(b, "the read at 0x%llx worked and left a fault: reason %02Xh at 0x%llx",
		     (unsigned long long)op.iova.v, fault.reason,
		     (unsigned long long)fault.address);
	poison(s->window[i], op.bytes);
	met(b);
}

bool write_reaches(struct bench *b, iova_t at, uint8_t *memory)
{
	static uint8_t expected[PAGE_SIZE];
	uint32_t bytes = write_bytes(b, 64);
	struct deadline deadline;
	bool known, reached;

	windows_settle(b);
	own_of(b)->windows_loose = true;
	poison(memory, bytes);
	(void)engine_runs(b, b->engine, DMA_WRITE, at, bytes);
	known = expected_bytes(b->engine, at, bytes, expected);
	deadline = deadline_in_us(BENCH_SETTLE_US / 4);
	reached = wait_until(landed(memory, expected, bytes, known), deadline);
	poison(memory, bytes);
	forget_faults(b);
	return reached;
}
