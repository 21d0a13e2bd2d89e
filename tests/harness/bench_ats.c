/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ATS and PRI: an engine that asks for translations, uses what it was given, and asks for pages. */
#include "tests/harness/bench_private.h"

void use_translated(struct bench *b, bool on)
{
	own_of(b)->translated = on;
}

static bool asks(struct bench *b, iova_t at, bool no_write)
{
	struct dma_op op = { .direction = DMA_TRANSLATE, .iova = at, .no_write = no_write };

	return engine_does(b, op) == STATUS_OK;
}

static struct dma_answer must_answer(struct bench *b, iova_t at, bool no_write)
{
	struct dma_answer answer;
	struct iommu_fault fault;

	if (!asks(b, at, no_write))
		fail(b, "the translation request at 0x%llx was refused: %s",
		     (unsigned long long)at.v, status_text(own_of(b)->last_status));
	b->engine->dma.driver->ops->answer(&b->engine->dma, &answer);
	if (fault_next(b, &fault, 0))
		fail(b,
		     "the translation request at 0x%llx was answered, and left a fault: reason %02Xh",
		     (unsigned long long)at.v, fault.reason);
	return answer;
}

struct dma_answer device_translates(struct bench *b, iova_t at)
{
	return must_answer(b, at, false);
}

struct dma_answer device_translates_to_read(struct bench *b, iova_t at)
{
	return must_answer(b, at, true);
}

bool device_tries_to_translate(struct bench *b, iova_t at)
{
	return asks(b, at, false);
}

struct dma_invalidations device_forgot(struct bench *b)
{
	struct dma_invalidations forgot;

	if (!b->engine->dma.limits.tells_invalidations)
		skip(b, "an engine that tells which translations it was told to forget");
	b->engine->dma.driver->ops->invalidations(&b->engine->dma, &forgot);
	return forgot;
}

void device_asks_for_page(struct bench *b, iova_t at, struct dma_page_group group)
{
	struct dma_op op = { .direction = DMA_PAGE_REQUEST, .iova = at, .group = group };

	require_ok(b, engine_does(b, op), "a page request");
}

struct dma_responses device_responses(struct bench *b)
{
	struct dma_responses responses;

	b->engine->dma.driver->ops->responses(&b->engine->dma, &responses);
	return responses;
}
