/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * NVMe as a DMA engine, through its admin queue alone. NVM Express Base Specification 2.0c.
 *
 * Write: Identify Controller writes 4096 bytes, Get Log Page (firmware slots) up to 512; every other
 * transfer is a sequence of log pages. Read: the controller is started with its submission queue at
 * the IOVA to be read, so that the command which it fetches is the read; which command it fetched
 * shows in the id that the completion carries. That moves the queue, so every read restarts the
 * controller, and so does the first write after one.
 *
 * No command that changes a medium, a setting or firmware is ever built here, and open() makes sure
 * that what the controller itself writes cannot be taken for one: a stale translation may let it fetch
 * its own data (dma.h, executes_source).
 *
 * A refused write is silent: PCI Express writes are posted. A refused fetch is fatal to the controller
 * (CSTS.CFS); the next op restarts it.
 */
#include "drivers/dma/nvme.h"

#include <string.h>

#include "drivers/pci/pci_regs.h"

#define NVME_CLASS 0x010802u /* mass storage, non-volatile memory, NVM Express */
#define POISON_CID 0x5a5au   /* what poison would have as its command id */

static bool match(const struct pci_function *f)
{
	return f->class_code == NVME_CLASS && !f->bars[0].io && f->bars[0].bytes > NVME_DOORBELLS;
}

/* ---- Ops ---- */

static uint16_t next_cid(struct dma_engine *engine)
{
	uint64_t *cid = &engine->private_words[WORD_LAST_CID];

	*cid = *cid % 0xfff + 1;
	return (uint16_t)*cid;
}

/* Identify alone knows no length: it is for whole pages. */
static bool is_whole_page(const struct dma_op *op)
{
	return op->bytes == NVME_IDENTITY_BYTES && op->iova.v % PAGE_SIZE == 0;
}

/*
 * The bytes of the command that goes on after `moved` bytes. None crosses a page, so that a page never
 * begins with anything but the first bytes of Identify or of the log: is_own_data_changing().
 */
static uint32_t next_piece(const struct dma_op *op, uint64_t moved)
{
	uint64_t room = PAGE_SIZE - (op->iova.v + moved) % PAGE_SIZE;
	uint64_t limit = is_whole_page(op) ? NVME_IDENTITY_BYTES : NVME_LOG_BYTES;

	return (uint32_t)MIN(MIN(room, limit), op->bytes - moved);
}

static void submit_write(struct dma_engine *engine)
{
	uint64_t *w = engine->private_words;
	uint8_t *slot = nvme_page_cpu(engine, PAGE_COMMANDS) + w[WORD_TAIL] * NVME_COMMAND_BYTES;
	iova_t to = iova_add(engine->op.iova, w[WORD_MOVED]);

	w[WORD_CID] = next_cid(engine);
	if (is_whole_page(&engine->op))
		nvme_make_identify(slot, (uint16_t)w[WORD_CID], to);
	else
		nvme_make_log_page(slot, (uint16_t)w[WORD_CID], to,
				   next_piece(&engine->op, w[WORD_MOVED]));
	nvme_submit(engine, 1);
}

static void submit(struct dma_engine *engine)
{
	engine->private_words[WORD_PHASE] = PHASE_COMMAND;
	if (engine->op.direction == DMA_READ)
		nvme_submit(engine, 1);
	else
		submit_write(engine);
}

static enum nvme_phase after_write(struct dma_engine *engine, struct nvme_completion completion)
{
	uint64_t *w = engine->private_words;

	if (completion.cid != w[WORD_CID])
		return PHASE_COMMAND;
	engine->last_word = completion.status;
	if (completion.status & NVME_STATUS_CODE)
		return PHASE_FAILED;
	w[WORD_MOVED] += next_piece(&engine->op, w[WORD_MOVED]);
	if (w[WORD_MOVED] == engine->op.bytes)
		return PHASE_DONE;
	submit_write(engine);
	return PHASE_COMMAND;
}

static bool is_restarting(const struct dma_engine *engine)
{
	uint64_t phase = engine->private_words[WORD_PHASE];

	return phase == PHASE_DISABLING || phase == PHASE_ENABLING;
}

static void step_command(struct dma_engine *engine)
{
	uint64_t *w = engine->private_words;
	struct nvme_completion completion;

	engine->last_word = read32(&engine->mmio, NVME_CSTS);
	if (engine->last_word == UINT32_MAX) {
		w[WORD_PHASE] = PHASE_DEAD;
	} else if (nvme_complete(engine, &completion)) {
		if (engine->op.direction == DMA_WRITE) {
			w[WORD_PHASE] = after_write(engine, completion);
			return;
		}
		/* Whatever the command was and became of: it was fetched, and says which one. */
		engine->last_word = completion.status;
		w[WORD_SEEN_CID] = completion.cid;
		w[WORD_PHASE] = PHASE_DONE;
	} else if (engine->last_word & NVME_CSTS_CFS) {
		w[WORD_QUEUE] = NVME_NO_QUEUE;
		w[WORD_PHASE] = PHASE_FAILED;
	}
}

static enum dma_state state(struct dma_engine *engine)
{
	uint64_t *w = engine->private_words;

	if (w[WORD_PHASE] == PHASE_COMMAND) {
		step_command(engine);
	} else if (is_restarting(engine) && !nvme_step(engine) && w[WORD_PHASE] == PHASE_COMMAND) {
		w[WORD_PHASE] = PHASE_IDLE;
		if (w[WORD_PENDING])
			submit(engine);
	}
	switch ((enum nvme_phase)w[WORD_PHASE]) {
	case PHASE_IDLE:
		return DMA_IDLE;
	case PHASE_DONE:
		return DMA_DONE;
	case PHASE_FAILED:
		return DMA_FAILED;
	case PHASE_DEAD:
		return DMA_DEAD;
	default:
		return DMA_RUNNING;
	}
}

static enum status start(struct dma_engine *engine, const struct dma_op *op)
{
	uint64_t *w = engine->private_words;
	iova_t queue = op->direction == DMA_READ ? op->iova : nvme_page(engine, PAGE_COMMANDS);

	if (!dma_fits(engine, op))
		return STATUS_BAD_ARGUMENT;
	if (state(engine) == DMA_RUNNING)
		return STATUS_BUSY;
	engine->op = *op;
	w[WORD_MOVED] = 0;
	w[WORD_SEEN_CID] = 0;
	w[WORD_PENDING] = true;
	/* A queue that stands at the IOVA already is past its first slot. */
	if (op->direction == DMA_READ || w[WORD_QUEUE] != queue.v)
		nvme_restart(engine, queue);
	else
		submit(engine);
	return STATUS_OK;
}

static void prepare(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory)
{
	uint64_t *w = engine->private_words;
	uint64_t noise = dma_mix(op->iova.v + (++w[WORD_GENERATION] << 52));
	/* Neither 0, nor all ones, nor poison's, nor one of a write's. */
	uint16_t cid = (uint16_t)(0x1000 + noise % 0xe000);

	if (cid == POISON_CID)
		cid++;
	w[WORD_PREPARED_CID] = cid;
	nvme_make_identify(memory, cid, nvme_page(engine, PAGE_SCRATCH));
}

static bool saw(struct dma_engine *engine)
{
	const uint64_t *w = engine->private_words;

	return w[WORD_PHASE] == PHASE_DONE && engine->op.direction == DMA_READ &&
	       w[WORD_PREPARED_CID] && w[WORD_SEEN_CID] == w[WORD_PREPARED_CID];
}

static bool fill(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory)
{
	const uint8_t *from = nvme_page_cpu(engine, is_whole_page(op) ? PAGE_IDENTITY : PAGE_LOG);

	if (!engine->private_words[WORD_LEARNED])
		return false;
	for (uint32_t moved = 0; moved < op->bytes; moved += next_piece(op, moved))
		memcpy(memory + moved, from, next_piece(op, moved));
	return true;
}

/* ---- Open and close ---- */

/* What CC holds while the controller runs; 0 if it cannot run as this engine needs it. */
static uint32_t running_configuration(const struct dma_engine *engine)
{
	uint64_t cap = read64(&engine->mmio, NVME_CAP), sets = FIELD_GET(NVME_CAP_CSS, cap);
	uint32_t css = NVME_CC_CSS_NVM;

	/* Pages of 4 KiB, or PRPs do not mean what this engine means. */
	if (!sets || FIELD_GET(NVME_CAP_MPSMIN, cap) != 0)
		return 0;
	if (!(sets & NVME_CAP_CSS_NVM))
		css = sets & NVME_CAP_CSS_ADMIN ? NVME_CC_CSS_ADMIN : NVME_CC_CSS_IO;
	return FIELD_PREP(NVME_CC_IOCQES, 4u) | FIELD_PREP(NVME_CC_IOSQES, 6u) |
	       FIELD_PREP(NVME_CC_CSS, css) | NVME_CC_EN;
}

static enum status bring_up(struct dma_engine *engine, struct deadline deadline)
{
	enum dma_state now = DMA_RUNNING;

	engine->private_words[WORD_PENDING] = false;
	nvme_restart(engine, nvme_page(engine, PAGE_COMMANDS));
	if (!wait_until((now = state(engine)) != DMA_RUNNING, deadline))
		return STATUS_TIMEOUT;
	if (now == DMA_DEAD)
		return STATUS_GONE;
	return now == DMA_IDLE ? STATUS_OK : STATUS_DEVICE_ERROR;
}

/* Let the controller write `bytes` into the scratch page, twice. *same: both times the same. */
static enum status learn(struct dma_engine *engine, unsigned page, uint32_t bytes, bool *same,
			 struct deadline deadline)
{
	struct dma_op op = { .direction = DMA_WRITE,
			     .iova = nvme_page(engine, PAGE_SCRATCH),
			     .bytes = bytes };
	uint8_t *scratch = nvme_page_cpu(engine, PAGE_SCRATCH), *kept = nvme_page_cpu(engine, page);
	enum status status = STATUS_OK;

	for (unsigned turn = 0; turn < 2 && status == STATUS_OK; turn++) {
		memcpy(kept, scratch, bytes);
		status = dma_run(engine, &op, deadline);
	}
	*same = memcmp(kept, scratch, bytes) == 0;
	return status;
}

/* Would a controller that fetches these bytes as a command change something? */
static bool is_changing(const uint8_t *bytes)
{
	static const uint8_t changing[] = NVME_CHANGING_COMMANDS;
	uint32_t flags = (uint32_t)bytes[1] << 8;

	/* 3.3.3.1: fused halves and SGLs are refused in admin commands over PCI Express. */
	if (flags & (NVME_COMMAND_FUSE | NVME_COMMAND_PSDT))
		return false;
	if (bytes[0] >= NVME_VENDOR_COMMANDS)
		return true;
	for (size_t i = 0; i < sizeof(changing); i++)
		if (bytes[0] == changing[i])
			return true;
	return false;
}

/* A fetch begins at the start of a page, where only these first bytes can be: next_piece(). */
static bool is_own_data_changing(const struct dma_engine *engine)
{
	return is_changing(nvme_page_cpu(engine, PAGE_IDENTITY)) ||
	       is_changing(nvme_page_cpu(engine, PAGE_LOG));
}

static enum status bring_up_and_learn(struct dma_engine *engine, struct deadline deadline)
{
	uint64_t before = arch_now_ns(), up_us;
	bool same_identity = false, same_log = false;
	enum status status = bring_up(engine, deadline);

	if (status != STATUS_OK)
		return status;
	up_us = (arch_now_ns() - before) / 1000;
	engine->limits.typical_us = (uint32_t)MIN(up_us + 100, (uint64_t)UINT32_MAX);
	engine->limits.timeout_us = (uint32_t)MIN(engine->driver->limits.timeout_us + 4 * up_us,
						  (uint64_t)UINT32_MAX);
	status = learn(engine, PAGE_IDENTITY, NVME_IDENTITY_BYTES, &same_identity, deadline);
	if (status == STATUS_OK)
		status = learn(engine, PAGE_LOG, NVME_LOG_BYTES, &same_log, deadline);
	if (status != STATUS_OK)
		return status;
	engine->private_words[WORD_LEARNED] = same_identity && same_log;
	/* What differs from call to call cannot be vouched for. */
	if (!same_identity || !same_log || is_own_data_changing(engine))
		engine->limits.read = engine->limits.verifies = false;
	return STATUS_OK;
}

static enum status close(struct dma_engine *engine, struct deadline deadline)
{
	const uint64_t *w = engine->private_words;
	struct pci_function *f = engine->function;
	enum status status;

	/*
	 * No shutdown notification: nothing was written to the medium since open() sent one, and each makes a
	 * controller write its tables down.
	 */
	status = nvme_disable(engine, deadline);
	pci_bus_master(f, false);
	pci_interrupt_pin(f, !(f->command_as_found & PCI_COMMAND_INTX_DISABLE));
	if (status != STATUS_OK)
		return status;
	write32(&engine->mmio, NVME_AQA, (uint32_t)w[WORD_FOUND_AQA]);
	write64(&engine->mmio, NVME_ASQ, w[WORD_FOUND_ASQ]);
	write64(&engine->mmio, NVME_ACQ, w[WORD_FOUND_ACQ]);
	write32(&engine->mmio, NVME_CC, (uint32_t)w[WORD_FOUND_CC] & ~(NVME_CC_EN | NVME_CC_SHN));
	engine->private_words[WORD_PHASE] = PHASE_IDLE;
	return STATUS_OK;
}

static enum status attach(struct dma_engine *engine)
{
	uint64_t *w = engine->private_words;
	const struct mmio *m = &engine->mmio;
	enum status status = pci_map_bar(engine->function, 0, &engine->mmio);

	if (status != STATUS_OK)
		return status;
	if (read64(m, NVME_CAP) == UINT64_MAX || read32(m, NVME_CSTS) == UINT32_MAX)
		return STATUS_GONE;
	w[WORD_CC_ON] = running_configuration(engine);
	if (!w[WORD_CC_ON] || m->size < nvme_register_bytes(engine))
		return STATUS_UNSUPPORTED;
	w[WORD_FOUND_CC] = read32(m, NVME_CC);
	w[WORD_FOUND_AQA] = read32(m, NVME_AQA);
	w[WORD_FOUND_ASQ] = read64(m, NVME_ASQ);
	w[WORD_FOUND_ACQ] = read64(m, NVME_ACQ);
	return STATUS_OK;
}

static enum status open(struct dma_engine *engine, const struct dma_control *control,
			struct deadline deadline)
{
	enum status status;

	engine->limits = engine->driver->limits;
	memset(engine->private_words, 0, sizeof(engine->private_words));
	if (!control || !dma_control_fits(engine, control))
		return STATUS_BAD_ARGUMENT;
	engine->control = *control;
	status = attach(engine);
	if (status != STATUS_OK)
		return status;
	/* Firmware may have left it running, with queues in memory that is ours now. */
	nvme_shut_down(engine, deadline);
	status = nvme_disable(engine, deadline);
	if (status == STATUS_OK) {
		pci_interrupt_pin(engine->function, false);
		pci_bus_master(engine->function, true);
		status = bring_up_and_learn(engine, deadline);
	}
	if (status != STATUS_OK) {
		enum status ignored = close(engine, deadline);

		(void)ignored;
	}
	return status;
}

static enum status reset(struct dma_engine *engine, struct deadline deadline)
{
	enum status status = nvme_disable(engine, deadline);

	/* Where the controller's own reset does not help, the function's may. */
	if (status == STATUS_TIMEOUT && engine->function->flr) {
		status = pci_reset_function(engine->function, deadline);
		pci_interrupt_pin(engine->function, false);
		pci_bus_master(engine->function, true);
	}
	return status == STATUS_OK ? bring_up(engine, deadline) : status;
}

static const struct dma_ops nvme_ops = {
	.match = match,
	.open = open,
	.close = close,
	.start = start,
	.state = state,
	.reset = reset,
	.prepare = prepare,
	.saw = saw,
	.fill = fill,
};

const struct dma_driver dma_nvme = {
	.name = "nvme",
	.ops = &nvme_ops,
	.limits = {
		.read = true,
		.write = true,
		.verifies = true,
		.reports_read_errors = true,
		.moves_data_on_error = true,
		.executes_source = true,
		.read_min = NVME_COMMAND_BYTES,
		.read_max = NVME_COMMAND_BYTES,
		.write_min = 4,
		.write_max = NVME_IDENTITY_BYTES,
		.read_align = 4096,
		.write_align = 4,
		.read_step = NVME_COMMAND_BYTES,
		.write_step = 4,
		.address_bits = 64,
		.control_pages = NVME_PAGES,
		.typical_us = 5000,
		.timeout_us = 500000,
	},
};
