/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* AtomicOps: the word that they leave, and the word that they answer with. */
#include <string.h>

#include "tests/harness/bench_private.h"

#define BEFORE		0x0123456789abcdefu	/* the word as the CPU leaves it */
#define OPERAND		0xfedcba9876543211u	/* added to it, the sum wraps */

static uint64_t after(enum dma_atomic kind)
{
	return kind == DMA_ADD ? BEFORE + OPERAND : OPERAND;
}

/* The word at `memory` was changed by `op`, and nothing else was. */
static void expect_changed(struct bench *b, const struct dma_op *op, uint8_t *memory)
{
	struct deadline deadline = deadline_in_us(BENCH_SETTLE_US);
	uint64_t *word = (uint64_t *)(void *)memory;
	struct iommu_fault fault;
	struct dma_answer answer;
	const char *where;

	arch_store64(word, BEFORE);
	arch_write_barrier();
	if (engine_does(b, *op) != STATUS_OK)
		fail(b, "the AtomicOp at 0x%llx was refused: %s", (unsigned long long)op->iova.v,
		     status_text(own_of(b)->last_status));
	b->engine->dma.driver->ops->answer(&b->engine->dma, &answer);
	(void)wait_until(arch_load64(word) == after(op->atomic), deadline);
	expect_equal(b, "the word that an AtomicOp left", arch_load64(word), after(op->atomic));
	expect_equal(b, "the word that an AtomicOp answered with", answer.value, BEFORE);
	where = windows_disturbed(b, memory, sizeof(*word));
	if (where != NULL)
		fail(b, "the AtomicOp at 0x%llx landed elsewhere too: %s",
		     (unsigned long long)op->iova.v, where);
	if (fault_next(b, &fault, 0))
		fail(b, "the AtomicOp at 0x%llx worked and left a fault: reason %02Xh at 0x%llx",
		     (unsigned long long)op->iova.v, fault.reason,
		     (unsigned long long)fault.address);
}

void expect_atomic_lands(struct bench *b, const struct span *s, unsigned i, enum dma_atomic kind)
{
	struct dma_op op = { .direction = DMA_ATOMIC, .iova = leaf(s, i), .bytes = 8,
			     .atomic = kind, .operand = OPERAND, .compare = BEFORE };

	windows_settle(b);
	expect_changed(b, &op, s->window[i]);
	poison(s->window[i], sizeof(uint64_t));
}

void expect_atomic_refused(struct bench *b, iova_t at, enum iommu_refusal why)
{
	struct dma_op op = { .direction = DMA_ATOMIC, .iova = at, .bytes = 8,
			     .atomic = DMA_ADD, .operand = OPERAND };

	expect_refused(b, &op, why);
}
