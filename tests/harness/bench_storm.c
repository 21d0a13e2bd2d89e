/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Storms: an engine that writes without end while the CPU takes dirty flags back and copies pages. */
#include <string.h>

#include "tests/harness/bench_private.h"

#define GUST_US		20u		/* the engine has that long to itself between two harvests ... */
#define LULL_US		2000u		/* ... and that long to write at all */

static uint8_t *copy_of(const struct bench_storm *storm, unsigned i)
{
	return storm->copies + i * PAGE_SIZE;
}

static bool has_written(const struct bench_storm *storm)
{
	for (unsigned i = 0; i < storm->span.count; i++) {
		if (memcmp(copy_of(storm, i), storm->span.window[i], PAGE_SIZE) != 0)
			return true;
	}
	return false;
}

static void gust(const struct bench_storm *storm)
{
	struct deadline least = deadline_in_us(GUST_US), most = deadline_in_us(LULL_US);

	while (!deadline_passed(least))
		arch_pause();
	(void)wait_until(has_written(storm), most);
}

void device_storms(struct bench *b, const struct span *s)
{
	struct bench_storm *storm = &own_of(b)->storm;
	const struct dma_engine *e = &b->engine->dma;
	struct dma_op op = { .direction = DMA_WRITE, .iova = leaf(s, 0),
			     .bytes = write_bytes(b, 64), .prefix = own_of(b)->prefix,
			     .endless = true, .count = s->count,
			     .stride = (uint32_t)BIT64(s->leaf_lg2) };

	require(b, s->leaf_lg2 == PAGE_LG2, "a storm is over leaves of one page");
	if (!e->limits.storms)
		skip(b, "an engine that transfers without end");
	windows_settle(b);
	own_of(b)->windows_loose = true;
	storm->span = *s;
	storm->copies = pool_zeroed(&b->platform->objects, s->count, PAGE_LG2);
	require(b, storm->copies != NULL, "the page pool is exhausted");
	for (unsigned i = 0; i < s->count; i++)
		memcpy(copy_of(storm, i), s->window[i], PAGE_SIZE);
	own_of(b)->last_at = op.iova;
	require_ok(b, e->driver->ops->start(&b->engine->dma, &op), "the start of a storm");
}

unsigned harvest(struct bench *b)
{
	const struct bench_storm *storm = &own_of(b)->storm;
	uint8_t bits[SPAN_LEAVES_MAX / 8] = { 0 };
	unsigned taken = 0;

	gust(storm);
	dirty_take(b, &storm->span, bits);
	for (unsigned i = 0; i < storm->span.count; i++) {
		if (!(bits[i / 8] & BIT(i % 8)))
			continue;
		memcpy(copy_of(storm, i), storm->span.window[i], PAGE_SIZE);
		taken++;
	}
	return taken;
}

void storm_ends(struct bench *b)
{
	struct dma_engine *e = &b->engine->dma;
	struct iommu_fault fault;

	gust(&own_of(b)->storm);
	require_ok(b, e->driver->ops->stop(e, deadline_in_us(e->limits.timeout_us)),
		   "the end of a storm");
	if (e->driver->ops->state(e) == DMA_DONE && !fault_next(b, &fault, 0))
		return;
	fail(b, "a write of the storm was refused");
}

void expect_harvested(struct bench *b)
{
	const struct bench_storm *storm = &own_of(b)->storm;

	for (unsigned i = 0; i < storm->span.count; i++) {
		own_of(b)->last_at = leaf(&storm->span, i);
		if (memcmp(copy_of(storm, i), storm->span.window[i], PAGE_SIZE) != 0)
			fail(b, "leaf %u was written after it was copied, and is not marked", i);
	}
	met(b);
}
