/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The exerciser, version 1.x (docs/exerciser.md): the engine of virtual silicon and of prototypes. It needs no
 * memory of its own, and what it writes says by its content where it was meant for.
 *
 * This driver uses channel 0, with requests under the function's own id. The words of its pages are in
 * the order of the page; section numbers are of that page.
 */
#include "drivers/dma/engines.h"

/* 2.1 The function */
static const reg32_t EXERCISER_SIGNATURE = { 0x000 };
#define EXERCISER_SIGNATURE_VALUE 0x58564f49u /* "IOVX" */
static const reg32_t EXERCISER_VERSION = { 0x004 };
#define EXERCISER_VERSION_MAJOR GENMASK(31, 16)
static const reg32_t EXERCISER_CAPABILITIES = { 0x008 };
#define EXERCISER_CAPABILITIES_READ         BIT(0)
#define EXERCISER_CAPABILITIES_WRITE        BIT(1)
#define EXERCISER_CAPABILITIES_ATOMIC       BIT(2)
#define EXERCISER_CAPABILITIES_TRANSLATE    BIT(3)
#define EXERCISER_CAPABILITIES_PAGE_REQUEST BIT(4)
#define EXERCISER_CAPABILITIES_MESSAGE      BIT(5)
#define EXERCISER_CAPABILITIES_PASID        BIT(6)
#define EXERCISER_CAPABILITIES_STORM        BIT(7)
#define EXERCISER_CAPABILITIES_WRITE_ERRORS BIT(8)
#define EXERCISER_CAPABILITIES_TELL         BIT(9)          /* of ATS invalidations */
#define EXERCISER_CAPABILITIES_TELL_PAGES   BIT(10)         /* of page group responses */
#define EXERCISER_CAPABILITIES_ADDRESS_BITS GENMASK(21, 16) /* minus one */
#define EXERCISER_CAPABILITIES_PASID_BITS   GENMASK(28, 24)
static const reg32_t EXERCISER_LIMITS = { 0x00c };
#define EXERCISER_LIMITS_CHANNELS   GENMASK(7, 0)
#define EXERCISER_LIMITS_LENGTH_LG2 GENMASK(12, 8)
static const reg32_t EXERCISER_CONTROL = { 0x014 };
#define EXERCISER_CONTROL_RESET BIT(0)
static const reg32_t EXERCISER_BUSY = { 0x018 };
static const reg32_t EXERCISER_LIVENESS = { 0x01c }; /* reads as the complement of what was written */

static const reg32_t EXERCISER_INVALIDATIONS = { 0x024 };
static const reg64_t EXERCISER_INVALIDATED = { 0x028 };
static const reg32_t EXERCISER_INVALIDATED_SIZE = { 0x030 };
static const reg32_t EXERCISER_INVALIDATED_PASID = { 0x034 }; /* as EXERCISER_PASID */
static const reg32_t EXERCISER_RESPONSES = { 0x038 };
static const reg32_t EXERCISER_RESPONSE = { 0x03c };
#define EXERCISER_RESPONSE_CODE  GENMASK(19, 16)
#define EXERCISER_RESPONSE_GROUP GENMASK(8, 0)
static const reg32_t EXERCISER_RESPONSE_PASID = { 0x040 }; /* as EXERCISER_PASID */

/* 2.2 Channel 0 */
static const reg32_t EXERCISER_COMMAND = { 0x1000 };
#define EXERCISER_COMMAND_READ      1u
#define EXERCISER_COMMAND_WRITE     2u
#define EXERCISER_COMMAND_ATOMIC    3u
#define EXERCISER_COMMAND_TRANSLATE 4u
#define EXERCISER_COMMAND_PAGE      5u
#define EXERCISER_COMMAND_MESSAGE   6u
#define EXERCISER_COMMAND_STOP      15u
#define EXERCISER_COMMAND_STORM     BIT(4) /* again and again */
#define EXERCISER_COMMAND_HALT      BIT(5) /* the first error ends it */
#define EXERCISER_COMMAND_RESEED    BIT(8) /* other bytes in each round */
static const reg32_t EXERCISER_STATUS = { 0x1004 };
#define EXERCISER_STATUS_STATE         GENMASK(3, 0)
#define EXERCISER_STATUS_STATE_IDLE    0u
#define EXERCISER_STATUS_STATE_RUNNING 1u
#define EXERCISER_STATUS_STATE_DONE    2u
#define EXERCISER_STATUS_STATE_STOPPED 4u /* a storm; an error has ended it, or STOP */
#define EXERCISER_STATUS_ERROR         GENMASK(15, 8)
#define EXERCISER_STATUS_ERROR_NOT_TRANSLATED 5u /* an answer: neither read nor write */
#define EXERCISER_STATUS_RESERVED      (GENMASK(31, 16) | GENMASK(7, 4))
static const reg32_t EXERCISER_PASID = { 0x100c };
#define EXERCISER_PASID_VALID      BIT(31)
#define EXERCISER_PASID_PRIVILEGED BIT(30)
#define EXERCISER_PASID_EXECUTE    BIT(29)
#define EXERCISER_PASID_NUMBER     GENMASK(19, 0)
static const reg64_t EXERCISER_ADDRESS = { 0x1010 };
static const reg32_t EXERCISER_LENGTH = { 0x1018 };
static const reg32_t EXERCISER_FLAGS = { 0x101c };
#define EXERCISER_FLAGS_AT            GENMASK(1, 0)
#define EXERCISER_FLAGS_AT_TRANSLATED 2u
#define EXERCISER_FLAGS_NO_WRITE      BIT(2)
#define EXERCISER_FLAGS_ATOMIC_KIND   GENMASK(5, 4)
static const reg64_t EXERCISER_STRIDE = { 0x1020 };
static const reg32_t EXERCISER_COUNT = { 0x1028 };
static const reg32_t EXERCISER_SEED = { 0x102c };
static const reg64_t EXERCISER_OPERAND = { 0x1030 };
static const reg64_t EXERCISER_COMPARE = { 0x1038 };
static const reg32_t EXERCISER_DATA = { 0x1040 };
static const reg32_t EXERCISER_GROUP = { 0x1044 };
#define EXERCISER_GROUP_WRITE BIT(11)
#define EXERCISER_GROUP_READ  BIT(10)
#define EXERCISER_GROUP_LAST  BIT(9)
#define EXERCISER_GROUP_INDEX GENMASK(8, 0)
static const reg64_t EXERCISER_CHECKSUM = { 0x1060 };
static const reg64_t EXERCISER_RESULT = { 0x1068 };
static const reg32_t EXERCISER_ANSWER = { 0x1070 };
#define EXERCISER_ANSWER_READABLE BIT(0)
#define EXERCISER_ANSWER_WRITABLE BIT(1)
#define EXERCISER_ANSWER_SIZE_LG2 GENMASK(13, 8)
#define EXERCISER_BYTES 0x2000u

#define CHECKSUM_BASIS 0xcbf29ce484222325u
#define CHECKSUM_PRIME 0x00000100000001b3u

enum {
	WORD_STATE,
	WORD_GENERATION, /* prepare() calls so far: the seed of what they wrote */
	WORD_EXPECTED,   /* the checksum of what the last prepare() wrote */
};

static bool match(const struct pci_function *f)
{
	return f->vendor == 0x1234 && f->device == 0x10ee && f->revision == 1;
}

/* 5 Pattern */
static uint8_t pattern(uint64_t address, uint64_t seed)
{
	uint64_t w = ALIGN_DOWN(address, (uint64_t)8) ^ (seed + 1) * 0x9e3779b97f4a7c15u;
	uint8_t byte;

	w = (w ^ w >> 30) * 0xbf58476d1ce4e5b9u;
	w = (w ^ w >> 27) * 0x94d049bb133111ebu;
	w = ((w ^ w >> 31) << 8) + 0x5e;
	byte = (uint8_t)(w >> address % 8 * 8);
	return byte == 0x5a ? 0xa5 : byte;
}

static void fill_pattern(const struct dma_op *op, uint64_t seed, uint8_t *memory)
{
	for (uint32_t i = 0; i < op->bytes; i++)
		memory[i] = pattern(op->iova.v + i, seed);
}

static uint64_t checksum(const uint8_t *memory, uint32_t bytes)
{
	uint64_t sum = CHECKSUM_BASIS;

	for (uint32_t i = 0; i < bytes; i++)
		sum = (sum ^ memory[i]) * CHECKSUM_PRIME;
	return sum;
}

static bool is_gone(const struct dma_engine *engine)
{
	return read32(&engine->mmio, EXERCISER_SIGNATURE) != EXERCISER_SIGNATURE_VALUE;
}

static bool is_at_rest(const struct dma_engine *engine)
{
	return read32(&engine->mmio, EXERCISER_LIVENESS) == UINT32_MAX &&
	       read32(&engine->mmio, EXERCISER_BUSY) == 0;
}

static enum status reset(struct dma_engine *engine, struct deadline deadline)
{
	if (is_gone(engine))
		return STATUS_GONE;
	write32(&engine->mmio, EXERCISER_CONTROL, EXERCISER_CONTROL_RESET);
	if (!wait_until(is_at_rest(engine), deadline))
		return is_gone(engine) ? STATUS_GONE : STATUS_TIMEOUT;
	engine->private_words[WORD_STATE] = DMA_IDLE;
	return STATUS_OK;
}

static void take_limits(struct dma_engine *engine)
{
	uint32_t can = read32(&engine->mmio, EXERCISER_CAPABILITIES);
	uint32_t limits = read32(&engine->mmio, EXERCISER_LIMITS);
	struct dma_limits *l = &engine->limits;

	l->read = can & EXERCISER_CAPABILITIES_READ;
	l->write = can & EXERCISER_CAPABILITIES_WRITE;
	l->atomic = can & EXERCISER_CAPABILITIES_ATOMIC;
	l->translates = can & EXERCISER_CAPABILITIES_TRANSLATE && engine->function->cap_ats;
	l->requests_pages = l->translates && engine->function->cap_pri &&
			    can & EXERCISER_CAPABILITIES_PAGE_REQUEST &&
			    can & EXERCISER_CAPABILITIES_TELL_PAGES;
	l->zero_reads = l->read;
	l->messages = can & EXERCISER_CAPABILITIES_MESSAGE;
	l->storms = can & EXERCISER_CAPABILITIES_STORM;
	l->tells_invalidations = l->translates && can & EXERCISER_CAPABILITIES_TELL;
	l->pasid_bits = can & EXERCISER_CAPABILITIES_PASID ? pci_pasid_bits(engine->function) : 0;
	l->pasid_bits = MIN(l->pasid_bits, FIELD_GET(EXERCISER_CAPABILITIES_PASID_BITS, can));
	l->reports_errors = can & EXERCISER_CAPABILITIES_WRITE_ERRORS;
	l->address_bits = FIELD_GET(EXERCISER_CAPABILITIES_ADDRESS_BITS, can) + 1;
	l->read_max = l->write_max = BIT(MIN(FIELD_GET(EXERCISER_LIMITS_LENGTH_LG2, limits), 16u));
}

static enum status identify(struct dma_engine *engine)
{
	const struct mmio *m = &engine->mmio;

	if (m->size < EXERCISER_BYTES)
		return STATUS_UNSUPPORTED;
	if (read32(m, EXERCISER_SIGNATURE) == UINT32_MAX)
		return STATUS_GONE;
	if (is_gone(engine) ||
	    FIELD_GET(EXERCISER_VERSION_MAJOR, read32(m, EXERCISER_VERSION)) != 1 ||
	    FIELD_GET(EXERCISER_LIMITS_CHANNELS, read32(m, EXERCISER_LIMITS)) == 0)
		return STATUS_UNSUPPORTED;
	write32(m, EXERCISER_LIVENESS, 0x12345678);
	return read32(m, EXERCISER_LIVENESS) == ~0x12345678u ? STATUS_OK : STATUS_UNSUPPORTED;
}

static enum status open(struct dma_engine *engine, const struct dma_control *control,
			struct deadline deadline)
{
	enum status status = pci_map_bar(engine->function, 0, &engine->mmio);

	if (control)
		engine->control = *control;
	if (status == STATUS_OK)
		status = identify(engine);
	if (status == STATUS_OK)
		status = reset(engine, deadline);
	if (status != STATUS_OK)
		return status;
	take_limits(engine);
	pci_enable_pasid(engine->function, engine->limits.pasid_bits != 0);
	pci_enable_ats(engine->function, engine->limits.translates);
	pci_enable_pri(engine->function, engine->limits.requests_pages);
	pci_bus_master(engine->function, true);
	return STATUS_OK;
}

static enum status close(struct dma_engine *engine, struct deadline deadline)
{
	enum status status = reset(engine, deadline);

	pci_bus_master(engine->function, false);
	pci_enable_pri(engine->function, false);
	pci_enable_ats(engine->function, false);
	pci_enable_pasid(engine->function, false);
	return status;
}

/* A translation that grants nothing is a successful completion, and a storm ends well if nothing was refused. */
static enum dma_state end_of(const struct dma_engine *engine)
{
	uint32_t error = FIELD_GET(EXERCISER_STATUS_ERROR, engine->last_word);
	uint32_t word = FIELD_GET(EXERCISER_STATUS_STATE, engine->last_word);

	if (word == EXERCISER_STATUS_STATE_STOPPED)
		return error ? DMA_FAILED : DMA_DONE;
	if (engine->op.direction == DMA_TRANSLATE && error == EXERCISER_STATUS_ERROR_NOT_TRANSLATED)
		return DMA_DONE;
	return DMA_FAILED;
}

static enum dma_state state(struct dma_engine *engine)
{
	uint64_t *w = engine->private_words;

	if (w[WORD_STATE] != DMA_RUNNING)
		return (enum dma_state)w[WORD_STATE];
	engine->last_word = read32(&engine->mmio, EXERCISER_STATUS);
	if (engine->last_word & EXERCISER_STATUS_RESERVED) {
		w[WORD_STATE] = DMA_DEAD;
		return DMA_DEAD;
	}
	switch (FIELD_GET(EXERCISER_STATUS_STATE, engine->last_word)) {
	case EXERCISER_STATUS_STATE_RUNNING:
		break;
	case EXERCISER_STATUS_STATE_DONE:
		w[WORD_STATE] = DMA_DONE;
		break;
	case EXERCISER_STATUS_STATE_IDLE: /* something else has reset it */
		w[WORD_STATE] = DMA_DEAD;
		break;
	default:
		w[WORD_STATE] = end_of(engine);
		break;
	}
	return (enum dma_state)w[WORD_STATE];
}

static uint32_t pasid_word(const struct dma_prefix *prefix)
{
	if (!prefix->present)
		return 0;
	return EXERCISER_PASID_VALID | FIELD_PREP(EXERCISER_PASID_NUMBER, prefix->pasid) |
	       (prefix->privileged ? EXERCISER_PASID_PRIVILEGED : 0) |
	       (prefix->execute ? EXERCISER_PASID_EXECUTE : 0);
}

static uint32_t flags_word(const struct dma_op *op)
{
	return FIELD_PREP(EXERCISER_FLAGS_AT, op->translated ? EXERCISER_FLAGS_AT_TRANSLATED : 0) |
	       (op->no_write ? EXERCISER_FLAGS_NO_WRITE : 0) |
	       FIELD_PREP(EXERCISER_FLAGS_ATOMIC_KIND, (uint32_t)op->atomic);
}

static uint32_t group_word(const struct dma_page_group *group)
{
	return FIELD_PREP(EXERCISER_GROUP_INDEX, (uint32_t)group->index) |
	       (group->last ? EXERCISER_GROUP_LAST : 0) | (group->read ? EXERCISER_GROUP_READ : 0) |
	       (group->write ? EXERCISER_GROUP_WRITE : 0);
}

static uint32_t command_word(const struct dma_op *op)
{
	static const uint32_t commands[] = {
		[DMA_READ] = EXERCISER_COMMAND_READ,
		[DMA_WRITE] = EXERCISER_COMMAND_WRITE,
		[DMA_ATOMIC] = EXERCISER_COMMAND_ATOMIC,
		[DMA_TRANSLATE] = EXERCISER_COMMAND_TRANSLATE,
		[DMA_PAGE_REQUEST] = EXERCISER_COMMAND_PAGE,
		[DMA_MESSAGE] = EXERCISER_COMMAND_MESSAGE,
	};
	uint32_t storm = EXERCISER_COMMAND_STORM | EXERCISER_COMMAND_RESEED;

	return commands[op->direction] | EXERCISER_COMMAND_HALT | (op->endless ? storm : 0);
}

static enum status start(struct dma_engine *engine, const struct dma_op *op)
{
	const struct mmio *m = &engine->mmio;

	if (!dma_fits(engine, op))
		return STATUS_BAD_ARGUMENT;
	if (state(engine) == DMA_RUNNING)
		return STATUS_BUSY;
	engine->op = *op;
	write32(m, EXERCISER_PASID, pasid_word(&op->prefix));
	write64(m, EXERCISER_ADDRESS, op->iova.v);
	write32(m, EXERCISER_LENGTH, op->bytes);
	write32(m, EXERCISER_FLAGS, flags_word(op));
	write64(m, EXERCISER_STRIDE, op->endless ? op->stride : 0);
	write32(m, EXERCISER_COUNT, op->endless ? op->count : 1);
	write32(m, EXERCISER_SEED, 0);
	write64(m, EXERCISER_OPERAND, op->operand);
	write64(m, EXERCISER_COMPARE, op->compare);
	write32(m, EXERCISER_DATA, (uint32_t)op->operand);
	write32(m, EXERCISER_GROUP, group_word(&op->group));
	arch_barrier(); /* what the caller put into memory is there before the device looks */
	engine->private_words[WORD_STATE] = DMA_RUNNING;
	write32(m, EXERCISER_COMMAND, command_word(op));
	return STATUS_OK;
}

static enum status stop(struct dma_engine *engine, struct deadline deadline)
{
	write32(&engine->mmio, EXERCISER_COMMAND, EXERCISER_COMMAND_STOP);
	if (wait_until(state(engine) != DMA_RUNNING, deadline))
		return STATUS_OK;
	return is_gone(engine) ? STATUS_GONE : STATUS_TIMEOUT;
}

static void prepare(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory)
{
	uint64_t *w = engine->private_words;

	/* Writes have the seed 0, so that what they leave is never taken for what prepare() did. */
	fill_pattern(op, (uint32_t)++w[WORD_GENERATION], memory);
	w[WORD_EXPECTED] = checksum(memory, op->bytes);
}

static bool saw(struct dma_engine *engine)
{
	return engine->op.direction == DMA_READ && state(engine) == DMA_DONE &&
	       read64(&engine->mmio, EXERCISER_CHECKSUM) == engine->private_words[WORD_EXPECTED];
}

static bool fill(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory)
{
	(void)engine;
	fill_pattern(op, 0, memory);
	return true;
}

static void answer(struct dma_engine *engine, struct dma_answer *a)
{
	uint32_t word = read32(&engine->mmio, EXERCISER_ANSWER);

	*a = (struct dma_answer){
		.value = read64(&engine->mmio, EXERCISER_RESULT),
		.readable = word & EXERCISER_ANSWER_READABLE,
		.writable = word & EXERCISER_ANSWER_WRITABLE,
		.size_lg2 = FIELD_GET(EXERCISER_ANSWER_SIZE_LG2, word),
	};
}

static void invalidations(struct dma_engine *engine, struct dma_invalidations *i)
{
	const struct mmio *m = &engine->mmio;
	uint32_t pasid = read32(m, EXERCISER_INVALIDATED_PASID);

	*i = (struct dma_invalidations){
		.count = read32(m, EXERCISER_INVALIDATIONS),
		.iova = iova(read64(m, EXERCISER_INVALIDATED)),
		.size_lg2 = read32(m, EXERCISER_INVALIDATED_SIZE),
		.with_pasid = pasid & EXERCISER_PASID_VALID,
		.pasid = FIELD_GET(EXERCISER_PASID_NUMBER, pasid),
	};
}

static void responses(struct dma_engine *engine, struct dma_responses *r)
{
	const struct mmio *m = &engine->mmio;
	uint32_t word = read32(m, EXERCISER_RESPONSE), pasid = read32(m, EXERCISER_RESPONSE_PASID);

	*r = (struct dma_responses){
		.count = read32(m, EXERCISER_RESPONSES),
		.group = FIELD_GET(EXERCISER_RESPONSE_GROUP, word),
		.code = FIELD_GET(EXERCISER_RESPONSE_CODE, word),
		.with_pasid = pasid & EXERCISER_PASID_VALID,
		.pasid = FIELD_GET(EXERCISER_PASID_NUMBER, pasid),
	};
}

static const struct dma_ops exerciser_ops = {
	.match = match,
	.open = open,
	.close = close,
	.start = start,
	.state = state,
	.stop = stop,
	.reset = reset,
	.prepare = prepare,
	.saw = saw,
	.fill = fill,
	.answer = answer,
	.invalidations = invalidations,
	.responses = responses,
};

const struct dma_driver dma_exerciser = {
	.name = "exerciser",
	.ops = &exerciser_ops,
	.limits = {
		.read = true,
		.write = true,
		.verifies = true,
		.patterned = true,
		.reports_errors = true,
		.reports_read_errors = true,
		.moves_data_on_error = true,	/* requests before the one that is refused */
		.atomic = true,
		.translates = true,
		.requests_pages = true,
		.messages = true,
		.zero_reads = true,
		.storms = true,
		.tells_invalidations = true,
		.pasid_bits = 20,
		.read_min = 8,			/* one whole word of noise */
		.read_max = 4096,
		.write_min = 1,
		.write_max = 4096,
		.read_align = 1,
		.write_align = 1,
		.read_step = 1,
		.write_step = 1,
		.address_bits = 64,
		.typical_us = 20,
		.timeout_us = 200000,
	},
};
