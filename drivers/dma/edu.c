/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * QEMU's edu (docs/specs/edu.rst): copies between memory and a buffer of 4 KiB inside the device, which
 * the CPU cannot reach. Each copy takes 100 ms and never reports an error.
 *
 * So every op is two copies. Read: memory to buffer, buffer to control memory, where saw() compares.
 * Write: control memory to buffer, buffer to memory. Addresses are cut to 28 bits, the default of the
 * device's dma_mask property, which no register shows.
 */
#include "drivers/dma/engines.h"

#include "base/pool.h"

static const reg32_t EDU_ID = { 0x00 }; /* 0xRRrr00ed: version RR.rr */
#define EDU_ID_MARK  GENMASK(15, 0)
#define EDU_ID_VALUE 0x00edu
static const reg32_t EDU_LIVENESS = { 0x04 }; /* reads as the inverse of what was written */
static const reg64_t EDU_DMA_SOURCE = { 0x80 };
static const reg64_t EDU_DMA_TARGET = { 0x88 };
static const reg64_t EDU_DMA_COUNT = { 0x90 }; /* bytes */
static const reg64_t EDU_DMA_COMMAND = { 0x98 };
#define EDU_DMA_COMMAND_OUT BIT(1) /* from the buffer to memory */
#define EDU_DMA_COMMAND_RUN BIT(0) /* clear again when the copy is over */

#define EDU_BUFFER       0x40000u /* its address in the device's own terms */
#define EDU_BUFFER_BYTES 4096u

enum {
	WORD_STATE,
	WORD_COPIES_LEFT,
	WORD_GENERATION, /* prepare() calls so far */
};

static bool match(const struct pci_function *f)
{
	return f->vendor == 0x1234 && f->device == 0x11e8;
}

/*
 * The byte at an address, for one generation. The lowest byte of each word is 0x5e, which is no command
 * to an engine that executes its source; no byte is poison, so that none looks as if it was not written.
 */
static uint8_t pattern(uint64_t address, uint64_t generation)
{
	uint64_t word = dma_mix((address & ~(uint64_t)7) + (generation << 56)) << 8 | 0x5e;
	uint8_t byte = (uint8_t)(word >> address % 8 * 8);

	return byte == POOL_POISON ? (uint8_t)~POOL_POISON : byte;
}

static void fill_pattern(const struct dma_op *op, uint64_t generation, uint8_t *memory)
{
	for (uint32_t i = 0; i < op->bytes; i++)
		memory[i] = pattern(op->iova.v + i, generation);
}

static bool is_gone(struct dma_engine *engine)
{
	return read32(&engine->mmio, EDU_ID) == UINT32_MAX;
}

static bool is_running(struct dma_engine *engine)
{
	uint64_t command = read64(&engine->mmio, EDU_DMA_COMMAND);

	engine->last_word = (uint32_t)command;
	return command & EDU_DMA_COMMAND_RUN;
}

static void copy_in(struct dma_engine *engine, iova_t from)
{
	write64(&engine->mmio, EDU_DMA_SOURCE, from.v);
	write64(&engine->mmio, EDU_DMA_TARGET, EDU_BUFFER);
	write64(&engine->mmio, EDU_DMA_COUNT, engine->op.bytes);
	write64(&engine->mmio, EDU_DMA_COMMAND, EDU_DMA_COMMAND_RUN);
}

static void copy_out(struct dma_engine *engine, iova_t to)
{
	write64(&engine->mmio, EDU_DMA_SOURCE, EDU_BUFFER);
	write64(&engine->mmio, EDU_DMA_TARGET, to.v);
	write64(&engine->mmio, EDU_DMA_COUNT, engine->op.bytes);
	write64(&engine->mmio, EDU_DMA_COMMAND, EDU_DMA_COMMAND_OUT | EDU_DMA_COMMAND_RUN);
}

/* A copy cannot be stopped, only waited for. */
static enum status reset(struct dma_engine *engine, struct deadline deadline)
{
	if (!wait_until(is_gone(engine) || !is_running(engine), deadline))
		return STATUS_TIMEOUT;
	if (is_gone(engine))
		return STATUS_GONE;
	engine->private_words[WORD_STATE] = DMA_IDLE;
	return STATUS_OK;
}

static enum status open(struct dma_engine *engine, const struct dma_control *control,
			struct deadline deadline)
{
	enum status status;

	if (!control || !dma_control_fits(engine, control))
		return STATUS_BAD_ARGUMENT;
	engine->control = *control;
	status = pci_map_bar(engine->function, 0, &engine->mmio);
	if (status != STATUS_OK)
		return status;
	if (is_gone(engine))
		return STATUS_GONE;
	if ((read32(&engine->mmio, EDU_ID) & EDU_ID_MARK) != EDU_ID_VALUE)
		return STATUS_UNSUPPORTED;
	write32(&engine->mmio, EDU_LIVENESS, 0x12345678);
	if (read32(&engine->mmio, EDU_LIVENESS) != ~0x12345678u)
		return STATUS_UNSUPPORTED;
	status = reset(engine, deadline);
	pci_bus_master(engine->function, status == STATUS_OK);
	return status;
}

static enum status close(struct dma_engine *engine, struct deadline deadline)
{
	enum status status = reset(engine, deadline);

	pci_bus_master(engine->function, false);
	return status;
}

static enum dma_state state(struct dma_engine *engine)
{
	uint64_t *w = engine->private_words;

	if (w[WORD_STATE] != DMA_RUNNING)
		return (enum dma_state)w[WORD_STATE];
	if (is_gone(engine)) {
		engine->last_word = UINT32_MAX;
		w[WORD_STATE] = DMA_DEAD;
	} else if (!is_running(engine) && --w[WORD_COPIES_LEFT] == 0) {
		w[WORD_STATE] = DMA_DONE;
	} else if (!(engine->last_word & EDU_DMA_COMMAND_RUN)) {
		copy_out(engine,
			 engine->op.direction == DMA_READ ? engine->control.iova : engine->op.iova);
	}
	return (enum dma_state)w[WORD_STATE];
}

static enum status start(struct dma_engine *engine, const struct dma_op *op)
{
	uint64_t *w = engine->private_words;

	if (!dma_fits(engine, op))
		return STATUS_BAD_ARGUMENT;
	if (state(engine) == DMA_RUNNING)
		return STATUS_BUSY;
	engine->op = *op;
	if (op->direction == DMA_WRITE)
		fill_pattern(op, 0, engine->control.cpu);
	arch_write_barrier();
	copy_in(engine, op->direction == DMA_READ ? op->iova : engine->control.iova);
	w[WORD_COPIES_LEFT] = 2;
	w[WORD_STATE] = DMA_RUNNING;
	return STATUS_OK;
}

static void prepare(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory)
{
	fill_pattern(op, ++engine->private_words[WORD_GENERATION], memory);
}

static bool saw(struct dma_engine *engine)
{
	const uint8_t *got = engine->control.cpu;
	uint64_t generation = engine->private_words[WORD_GENERATION];

	if (engine->private_words[WORD_STATE] != DMA_DONE || engine->op.direction != DMA_READ)
		return false;
	for (uint32_t i = 0; i < engine->op.bytes; i++)
		if (got[i] != pattern(engine->op.iova.v + i, generation))
			return false;
	return true;
}

static bool fill(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory)
{
	(void)engine;
	fill_pattern(op, 0, memory);
	return true;
}

static const struct dma_ops edu_ops = {
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

const struct dma_driver dma_edu = {
	.name = "edu",
	.ops = &edu_ops,
	.limits = {
		.read = true,
		.write = true,
		.verifies = true,
		.patterned = true,
		.moves_data_on_error = true,
		.read_min = 8,		/* one whole word of noise */
		.read_max = EDU_BUFFER_BYTES,
		.write_min = 1,
		.write_max = EDU_BUFFER_BYTES,
		.read_align = 1,
		.write_align = 1,
		.read_step = 1,
		.write_step = 1,
		.address_bits = 28,
		.control_pages = 1,
		.typical_us = 200000,
		.timeout_us = 2000000,
	},
};
