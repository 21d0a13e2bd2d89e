/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * An NVMe controller and its admin queue: stop, start with the queue somewhere else, submit, complete.
 * NVM Express Base Specification 2.0c, 3.5.1 (initialization) and 3.6 (shutdown), without I/O queues,
 * interrupts and namespaces, of which the engine has none.
 */
#include "drivers/dma/nvme.h"

#include <string.h>

static void put32(uint8_t *command, unsigned dword, uint32_t value)
{
	memcpy(command + 4 * dword, &value, sizeof(value));
}

/* The data of no command crosses a page: PRP2 stays 0. */
static void make(uint8_t *command, uint32_t opcode, uint16_t cid, uint32_t nsid, iova_t to,
		 uint32_t cdw10)
{
	memset(command, 0, NVME_COMMAND_BYTES);
	put32(command, 0, FIELD_PREP(NVME_COMMAND_CID, (uint32_t)cid) | opcode);
	put32(command, NVME_COMMAND_NSID, nsid);
	put32(command, NVME_COMMAND_PRP1, (uint32_t)to.v);
	put32(command, NVME_COMMAND_PRP1 + 1, (uint32_t)(to.v >> 32));
	put32(command, NVME_COMMAND_CDW10, cdw10);
}

void nvme_make_identify(uint8_t command[NVME_COMMAND_BYTES], uint16_t cid, iova_t to)
{
	make(command, NVME_IDENTIFY, cid, 0, to, NVME_CNS_CONTROLLER);
}

void nvme_make_log_page(uint8_t command[NVME_COMMAND_BYTES], uint16_t cid, iova_t to,
			uint32_t bytes)
{
	make(command, NVME_GET_LOG_PAGE, cid, NVME_NSID_ALL, to,
	     FIELD_PREP(NVME_GET_LOG_NUMDL, bytes / 4 - 1) | NVME_LOG_FIRMWARE);
}

/* ---- Registers ---- */

static uint32_t doorbell_bytes(const struct dma_engine *engine)
{
	uint64_t cap = read64(&engine->mmio, NVME_CAP);

	return NVME_DOORBELL_BYTES << FIELD_GET(NVME_CAP_DSTRD, cap);
}

size_t nvme_register_bytes(const struct dma_engine *engine)
{
	return NVME_DOORBELLS + 2 * (size_t)doorbell_bytes(engine);
}

/* 3.1.3.1, CAP.TO: no change of CSTS.RDY takes longer. A controller that says 0 gets one unit. */
static struct deadline ready_deadline(const struct dma_engine *engine, struct deadline deadline)
{
	uint64_t units = FIELD_GET(NVME_CAP_TO, read64(&engine->mmio, NVME_CAP));
	struct deadline own = deadline_in_us(MAX(units, (uint64_t)1) * 500000);

	return own.end_ns < deadline.end_ns ? own : deadline;
}

static uint32_t read_status(struct dma_engine *engine)
{
	engine->last_word = read32(&engine->mmio, NVME_CSTS);
	return engine->last_word;
}

enum status nvme_disable(struct dma_engine *engine, struct deadline deadline)
{
	uint32_t cc = read32(&engine->mmio, NVME_CC), status;

	engine->private_words[WORD_QUEUE] = NVME_NO_QUEUE;
	if (cc == UINT32_MAX)
		return STATUS_GONE;
	write32(&engine->mmio, NVME_CC, cc & ~NVME_CC_EN);
	deadline = ready_deadline(engine, deadline);
	if (!wait_until((status = read_status(engine)) == UINT32_MAX || !(status & NVME_CSTS_RDY),
			deadline))
		return STATUS_TIMEOUT;
	return status == UINT32_MAX ? STATUS_GONE : STATUS_OK;
}

void nvme_shut_down(struct dma_engine *engine, struct deadline deadline)
{
	uint32_t cc = read32(&engine->mmio, NVME_CC);

	/* A controller that failed does not answer, and one that is off has nothing to save. */
	if (cc == UINT32_MAX || !(cc & NVME_CC_EN) || read_status(engine) & NVME_CSTS_CFS)
		return;
	cc &= ~NVME_CC_SHN;
	write32(&engine->mmio, NVME_CC, cc | FIELD_PREP(NVME_CC_SHN, NVME_CC_SHN_NORMAL));
	/* Late or not, what follows is the same. */
	(void)wait_until(FIELD_GET(NVME_CSTS_SHST, read_status(engine)) == NVME_CSTS_SHST_DONE,
			 ready_deadline(engine, deadline));
}

/* ---- Starting ---- */

void nvme_restart(struct dma_engine *engine, iova_t queue)
{
	uint32_t cc = read32(&engine->mmio, NVME_CC);

	engine->private_words[WORD_QUEUE] = NVME_NO_QUEUE;
	engine->private_words[WORD_QUEUE_WANTED] = queue.v;
	engine->private_words[WORD_PHASE] = PHASE_DISABLING;
	if (cc & NVME_CC_EN)
		write32(&engine->mmio, NVME_CC, cc & ~NVME_CC_EN);
}

/* 3.5.1, steps 2 to 4, with the controller stopped. */
static void start_controller(struct dma_engine *engine)
{
	uint64_t *w = engine->private_words;
	const struct mmio *m = &engine->mmio;

	/* The cycle of the first completions is 1: slots that hold 0 are not completions yet. */
	memset(nvme_page_cpu(engine, PAGE_COMPLETIONS), 0, PAGE_SIZE);
	w[WORD_TAIL] = w[WORD_HEAD] = 0;
	w[WORD_CYCLE] = 1;
	arch_barrier();
	write32(m, NVME_AQA,
		FIELD_PREP(NVME_AQA_ACQS, NVME_COMPLETIONS - 1) |
			FIELD_PREP(NVME_AQA_ASQS, NVME_COMMANDS - 1));
	write64(m, NVME_ASQ, w[WORD_QUEUE_WANTED]);
	write64(m, NVME_ACQ, nvme_page(engine, PAGE_COMPLETIONS).v);
	write32(m, NVME_CC, (uint32_t)w[WORD_CC_ON]);
	w[WORD_PHASE] = PHASE_ENABLING;
}

bool nvme_step(struct dma_engine *engine)
{
	uint64_t *w = engine->private_words;
	uint32_t status = read_status(engine);

	if (status == UINT32_MAX) {
		w[WORD_PHASE] = PHASE_DEAD;
	} else if (w[WORD_PHASE] == PHASE_DISABLING) {
		if (!(status & NVME_CSTS_RDY))
			start_controller(engine);
	} else if (status & NVME_CSTS_CFS) {
		w[WORD_PHASE] = PHASE_FAILED;
	} else if (status & NVME_CSTS_RDY) {
		w[WORD_QUEUE] = w[WORD_QUEUE_WANTED];
		w[WORD_PHASE] = PHASE_COMMAND;
	}
	return w[WORD_PHASE] == PHASE_DISABLING || w[WORD_PHASE] == PHASE_ENABLING;
}

/* ---- The queue ---- */

void nvme_submit(struct dma_engine *engine, unsigned count)
{
	uint64_t *w = engine->private_words;

	w[WORD_TAIL] = (w[WORD_TAIL] + count) % NVME_COMMANDS;
	arch_write_barrier(); /* the command is in memory before the doorbell rings */
	write32(&engine->mmio, (reg32_t){ NVME_DOORBELLS }, (uint32_t)w[WORD_TAIL]);
}

bool nvme_complete(struct dma_engine *engine, struct nvme_completion *completion)
{
	uint64_t *w = engine->private_words;
	const uint64_t *slot =
		(const uint64_t *)(const void *)(nvme_page_cpu(engine, PAGE_COMPLETIONS) +
						 w[WORD_HEAD] * NVME_COMPLETION_BYTES);
	uint64_t word = arch_load64(slot + 1);

	if (!!(word & NVME_COMPLETION_PHASE) != w[WORD_CYCLE])
		return false;
	completion->cid = (uint16_t)FIELD_GET(NVME_COMPLETION_CID, word);
	completion->status = (uint16_t)FIELD_GET(NVME_COMPLETION_STATUS, word);
	if (++w[WORD_HEAD] == NVME_COMPLETIONS) {
		w[WORD_HEAD] = 0;
		w[WORD_CYCLE] ^= 1;
	}
	write32(&engine->mmio, (reg32_t){ NVME_DOORBELLS + doorbell_bytes(engine) },
		(uint32_t)w[WORD_HEAD]);
	return true;
}
