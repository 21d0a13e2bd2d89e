/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the two halves of the NVMe engine share: nvme.c knows ops, nvme_queue.c knows the controller and
 * its admin queue. Private to drivers/dma/.
 *
 * Control memory, page by page: submission queue, completion queue, scratch (where the command of a
 * read puts its answer), and what Identify and Get Log Page were seen to write.
 */
#ifndef DRIVERS_DMA_NVME_H
#define DRIVERS_DMA_NVME_H

#include "drivers/dma/engines.h"
#include "drivers/dma/nvme_regs.h"

enum { PAGE_COMMANDS, PAGE_COMPLETIONS, PAGE_SCRATCH, PAGE_IDENTITY, PAGE_LOG, NVME_PAGES };

/* Few, so that every run wraps around them. */
#define NVME_COMMANDS		16u
#define NVME_COMPLETIONS	16u
#define NVME_LOG_BYTES		512u
#define NVME_IDENTITY_BYTES	4096u

/* Where an engine stands. From PHASE_DISABLING to PHASE_COMMAND it runs. */
enum nvme_phase {
	PHASE_IDLE,
	PHASE_DISABLING,		/* CC.EN is 0, CSTS.RDY not yet */
	PHASE_ENABLING,			/* CC.EN is 1, CSTS.RDY not yet */
	PHASE_COMMAND,			/* a command is with the controller */
	PHASE_DONE,
	PHASE_FAILED,
	PHASE_DEAD,
};

/* Indices of engine->private_words. */
enum {
	WORD_PHASE,
	WORD_PENDING,			/* once the controller is ready, the op goes on */
	WORD_QUEUE,			/* IOVA of the submission queue, NVME_NO_QUEUE if none is running */
	WORD_QUEUE_WANTED,
	WORD_TAIL,			/* next slot of the submission queue */
	WORD_HEAD,			/* next slot of the completion queue */
	WORD_CYCLE,			/* the phase tag that the next completion carries */
	WORD_CID,			/* of the command that is out */
	WORD_LAST_CID,
	WORD_MOVED,			/* bytes of a write that are done */
	WORD_GENERATION,		/* prepare() calls so far */
	WORD_PREPARED_CID,
	WORD_SEEN_CID,
	WORD_LEARNED,			/* PAGE_IDENTITY and PAGE_LOG are valid */
	WORD_CC_ON,			/* CC of a running controller */
	WORD_FOUND_CC, WORD_FOUND_AQA, WORD_FOUND_ASQ, WORD_FOUND_ACQ,
};

#define NVME_NO_QUEUE		UINT64_MAX

/* One completion, taken off the queue. */
struct nvme_completion {
	uint16_t cid;
	uint16_t status;
};

static inline iova_t nvme_page(const struct dma_engine *engine, unsigned page)
{
	return iova_add(engine->control.iova, page * PAGE_SIZE);
}

static inline uint8_t *nvme_page_cpu(const struct dma_engine *engine, unsigned page)
{
	return (uint8_t *)engine->control.cpu + page * PAGE_SIZE;
}

/* Fill in a command whose data stays within one page; `command` has any alignment. */
void nvme_make_identify(uint8_t command[NVME_COMMAND_BYTES], uint16_t cid, iova_t to);
void nvme_make_log_page(uint8_t command[NVME_COMMAND_BYTES], uint16_t cid, iova_t to, uint32_t bytes);

/* Begin to stop the controller; nvme_step() starts it again with its queue at `queue`. */
void nvme_restart(struct dma_engine *engine, iova_t queue);

/*
 * Move a restart forward. True while it lasts. It ends in PHASE_COMMAND (ready, nothing submitted),
 * PHASE_FAILED or PHASE_DEAD.
 */
bool nvme_step(struct dma_engine *engine);

/* Ring for `count` commands that stand at the tail. */
void nvme_submit(struct dma_engine *engine, unsigned count);
/* Take the next completion, if there is one. */
bool nvme_complete(struct dma_engine *engine, struct nvme_completion *completion);

/* CC.EN becomes 0 and CSTS.RDY follows, within what CAP.TO allows. TIMEOUT, GONE. */
enum status nvme_disable(struct dma_engine *engine, struct deadline deadline) MUST_CHECK;
/* Tell a running controller that the end is near, and wait until it is ready for it. */
void nvme_shut_down(struct dma_engine *engine, struct deadline deadline);

/* The least length of the registers with the doorbells of the admin queue. */
size_t nvme_register_bytes(const struct dma_engine *engine);

#endif
