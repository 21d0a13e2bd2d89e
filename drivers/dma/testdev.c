/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * QEMU's iommu-testdev (docs/specs/iommu-testdev.rst, QEMU 11.1): one write of a fixed pattern through
 * the IOMMU, carried out inside the register read that triggers it.
 *
 * The device then reads back at an address that is not translated. An engine knows no such address:
 * it leaves 0 there, and takes "read failed" and "differs" for what they say about the write before
 * them, that it was not refused. The device obeys neither the bus master bit nor anything else of PCI.
 */
#include "drivers/dma/engines.h"

static const reg32_t TESTDEV_TRIGGER = { 0x00 }; /* reading it runs an armed transfer */
static const reg32_t TESTDEV_IOVA_LOW = { 0x04 };
static const reg32_t TESTDEV_IOVA_HIGH = { 0x08 };
static const reg32_t TESTDEV_LENGTH = { 0x0c }; /* bytes */
static const reg32_t TESTDEV_RESULT = { 0x10 };
#define TESTDEV_RESULT_OK          0x00000000u
#define TESTDEV_RESULT_IDLE        0xffffffffu
#define TESTDEV_RESULT_ARMED       0xfffffffeu
#define TESTDEV_RESULT_READ_FAILED 0xdead0003u
#define TESTDEV_RESULT_DIFFERS     0xdead0004u
static const reg32_t TESTDEV_DOORBELL = { 0x14 };
#define TESTDEV_DOORBELL_ARM BIT(0)
static const reg32_t TESTDEV_READBACK_LOW = { 0x1c };
static const reg32_t TESTDEV_READBACK_HIGH = { 0x20 };
#define TESTDEV_BYTES 0x24u

#define TESTDEV_PATTERN 0x12345678u /* little-endian, from the first byte of the transfer on */

#define PROBE_LENGTH 0x5a5u

enum { WORD_STATE, WORD_LENGTH, WORD_LOW, WORD_HIGH };

/* pci-testdev has the same ids; it has a second BAR, this device one of 4 KiB. */
static bool match(const struct pci_function *f)
{
	return f->vendor == 0x1b36 && f->device == 0x0005 && !f->bars[0].io &&
	       f->bars[0].bytes == 4096 && !f->bars[1].bytes;
}

/* The idle result is all ones too, so another register tells whether the device is there. */
static bool is_gone(const struct dma_engine *engine)
{
	return read32(&engine->mmio, TESTDEV_LENGTH) == UINT32_MAX;
}

static enum status open(struct dma_engine *engine, const struct dma_control *control,
			struct deadline deadline)
{
	enum status status = pci_map_bar(engine->function, 0, &engine->mmio);
	const struct mmio *m = &engine->mmio;

	(void)deadline;
	if (status != STATUS_OK)
		return status;
	if (is_gone(engine))
		return STATUS_GONE;
	if (control)
		engine->control = *control;
	engine->private_words[WORD_LENGTH] = read32(m, TESTDEV_LENGTH);
	engine->private_words[WORD_LOW] = read32(m, TESTDEV_IOVA_LOW);
	engine->private_words[WORD_HIGH] = read32(m, TESTDEV_IOVA_HIGH);
	engine->private_words[WORD_STATE] = DMA_IDLE;
	write32(m, TESTDEV_DOORBELL, 0);
	write32(m, TESTDEV_LENGTH, PROBE_LENGTH);
	if (m->size < TESTDEV_BYTES || read32(m, TESTDEV_LENGTH) != PROBE_LENGTH ||
	    read32(m, TESTDEV_RESULT) != TESTDEV_RESULT_IDLE)
		return STATUS_UNSUPPORTED;
	pci_bus_master(engine->function, true);
	return STATUS_OK;
}

static enum status reset(struct dma_engine *engine, struct deadline deadline)
{
	const struct mmio *m = &engine->mmio;

	if (is_gone(engine))
		return STATUS_GONE;
	write32(m, TESTDEV_DOORBELL, 0);
	if (!wait_until((engine->last_word = read32(m, TESTDEV_RESULT)) == TESTDEV_RESULT_IDLE,
			deadline))
		return STATUS_TIMEOUT;
	engine->private_words[WORD_STATE] = DMA_IDLE;
	return STATUS_OK;
}

static enum status close(struct dma_engine *engine, struct deadline deadline)
{
	const struct mmio *m = &engine->mmio;
	enum status status = reset(engine, deadline);

	pci_bus_master(engine->function, false);
	if (status != STATUS_OK)
		return status;
	write32(m, TESTDEV_LENGTH, (uint32_t)engine->private_words[WORD_LENGTH]);
	write32(m, TESTDEV_IOVA_LOW, (uint32_t)engine->private_words[WORD_LOW]);
	write32(m, TESTDEV_IOVA_HIGH, (uint32_t)engine->private_words[WORD_HIGH]);
	return STATUS_OK;
}

static enum dma_state state(struct dma_engine *engine)
{
	if (engine->private_words[WORD_STATE] != DMA_RUNNING)
		return (enum dma_state)engine->private_words[WORD_STATE];
	engine->last_word = read32(&engine->mmio, TESTDEV_RESULT);
	switch (engine->last_word) {
	case TESTDEV_RESULT_ARMED:
		break;
	case TESTDEV_RESULT_OK:
	case TESTDEV_RESULT_READ_FAILED:
	case TESTDEV_RESULT_DIFFERS:
		engine->private_words[WORD_STATE] = DMA_DONE;
		break;
	default:
		engine->private_words[WORD_STATE] = is_gone(engine) ? DMA_DEAD : DMA_FAILED;
		break;
	}
	return (enum dma_state)engine->private_words[WORD_STATE];
}

static enum status start(struct dma_engine *engine, const struct dma_op *op)
{
	const struct mmio *m = &engine->mmio;

	if (!dma_fits(engine, op))
		return STATUS_BAD_ARGUMENT;
	if (state(engine) == DMA_RUNNING)
		return STATUS_BUSY;
	engine->op = *op;
	write32(m, TESTDEV_IOVA_LOW, (uint32_t)op->iova.v);
	write32(m, TESTDEV_IOVA_HIGH, (uint32_t)(op->iova.v >> 32));
	write32(m, TESTDEV_LENGTH, op->bytes);
	write32(m, TESTDEV_READBACK_LOW, 0);
	write32(m, TESTDEV_READBACK_HIGH, 0);
	arch_barrier(); /* the caller's poison is in memory before the device's data */
	write32(m, TESTDEV_DOORBELL, TESTDEV_DOORBELL_ARM);
	(void)read32(m, TESTDEV_TRIGGER);
	engine->private_words[WORD_STATE] = DMA_RUNNING;
	return STATUS_OK;
}

static void prepare(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory)
{
	(void)engine, (void)op, (void)memory;
}

static bool saw(struct dma_engine *engine)
{
	(void)engine;
	return false;
}

static bool fill(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory)
{
	(void)engine;
	for (uint32_t i = 0; i < op->bytes; i++)
		memory[i] = (uint8_t)(TESTDEV_PATTERN >> i % 4 * 8);
	return true;
}

static const struct dma_ops testdev_ops = {
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

const struct dma_driver dma_testdev = {
	.name = "testdev",
	.ops = &testdev_ops,
	.limits = {
		.write = true,
		.reports_errors = true,
		.reports_read_errors = true,
		.moves_data_on_error = true,
		.write_min = 1,
		.write_max = 4096,
		.write_align = 1,
		.write_step = 1,
		.read_align = 1,
		.read_step = 1,
		.address_bits = 64,
		.typical_us = 50,
		.timeout_us = 1000000,
	},
};
