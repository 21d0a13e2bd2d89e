/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The registers of the exerciser and the life of a command; docs/exerciser.md, sections 2 to 4. */
#include <string.h>

#include "model/exerciser_private.h"

#define SIGNATURE	0x58564f49u
#define VERSION		0x00010002u
#define LENGTH_MAX_LG2	16u
#define ADDRESS_BITS	64u
#define PASID_BITS	20u

enum capability {
	CAN_READ = 1u << 0,
	CAN_WRITE = 1u << 1,
	CAN_ATOMIC = 1u << 2,
	CAN_TRANSLATE = 1u << 3,
	CAN_PAGE_REQUEST = 1u << 4,
	CAN_MESSAGE = 1u << 5,
	CAN_PASID = 1u << 6,
	CAN_STORM = 1u << 7,
	CAN_WRITE_ERRORS = 1u << 8,
	CAN_TELL_INVALIDATIONS = 1u << 9,
	CAN_TELL_RESPONSES = 1u << 10,
};

/* Page 0. */
enum {
	F_SIGNATURE = 0x00,
	F_VERSION = 0x04,
	F_CAPABILITIES = 0x08,
	F_LIMITS = 0x0c,
	F_SOURCES = 0x10,
	F_CONTROL = 0x14,
	F_BUSY = 0x18,
	F_LIVENESS = 0x1c,
	F_ISSUED = 0x20,
	F_INVALIDATIONS = 0x24,
	F_INVALIDATED = 0x28,
	F_INVALIDATED_HIGH = 0x2c,
	F_INVALIDATED_SIZE = 0x30,
	F_INVALIDATED_PASID = 0x34,
	F_RESPONSES = 0x38,
	F_RESPONSE = 0x3c,
	F_RESPONSE_PASID = 0x40,
};

#define PAGE		0x1000u
#define LOG_BASE	0x800u
#define LOG_BYTES	32u
#define CONTROL_RESET	1u

static uint32_t capabilities(const struct exerciser *e)
{
	uint32_t can = CAN_READ | CAN_WRITE | CAN_ATOMIC | CAN_MESSAGE | CAN_STORM |
		       CAN_WRITE_ERRORS;

	if (e->port.has_pasid)
		can |= CAN_TRANSLATE | CAN_PAGE_REQUEST | CAN_PASID | CAN_TELL_INVALIDATIONS |
		       CAN_TELL_RESPONSES | PASID_BITS << 24;
	return can | (ADDRESS_BITS - 1) << 16;
}

/* ---- Reset ---- */

static void reset_channel(struct exerciser_channel *c)
{
	memset(c, 0, sizeof(*c));
	c->words[W_COUNT] = 1;
}

void exerciser_reset(struct exerciser *e)
{
	e->liveness = UINT32_MAX;
	e->issued = e->invalidations = 0;
	e->invalidated = 0;
	e->invalidated_size = e->invalidated_pasid = 0;
	e->responses = e->response = e->response_pasid = 0;
	for (unsigned i = 0; i < EXERCISER_CHANNELS; i++)
		reset_channel(&e->channels[i]);
}

void exerciser_init(struct exerciser *e, const struct exerciser_port *port)
{
	e->port = *port;
	exerciser_reset(e);
}

void exerciser_invalidate(struct exerciser *e, uint32_t pasid, uint64_t address, unsigned size_lg2)
{
	e->invalidations++;
	e->invalidated = address;
	e->invalidated_size = size_lg2;
	e->invalidated_pasid = pasid == SILICON_NO_PASID ? 0 : PASID_VALID | pasid;
}

void exerciser_respond(struct exerciser *e, uint32_t pasid, unsigned group, unsigned code)
{
	e->responses++;
	e->response = (group & GROUP_INDEX) | (code & 0xf) << 16;
	e->response_pasid = pasid == SILICON_NO_PASID ? 0 : PASID_VALID | pasid;
	for (unsigned i = 0; i < EXERCISER_CHANNELS; i++) {
		uint32_t *words = e->channels[i].words;

		if ((words[W_COMMAND] & COMMAND_OPCODE) == OP_PAGE_REQUEST &&
		    (words[W_GROUP] & GROUP_INDEX) == group)
			words[W_ANSWER] = ANSWER_RESPONSE | (code & 0xf) << 16;
	}
}

/* ---- A command begins (section 3) ---- */

static uint32_t needed(unsigned opcode)
{
	static const uint32_t of[16] = {
		[OP_READ] = CAN_READ,
		[OP_WRITE] = CAN_WRITE,
		[OP_ATOMIC] = CAN_ATOMIC,
		[OP_TRANSLATE] = CAN_TRANSLATE,
		[OP_PAGE_REQUEST] = CAN_PAGE_REQUEST,
		[OP_MESSAGE] = CAN_MESSAGE,
	};

	return of[opcode];
}

static bool is_bad_command(const struct exerciser *e, const struct exerciser_channel *c)
{
	uint32_t flags = c->words[W_FLAGS], type = flags & FLAGS_AT;
	unsigned opcode = c->words[W_COMMAND] & COMMAND_OPCODE;
	bool moves = opcode == OP_READ || opcode == OP_WRITE || opcode == OP_ATOMIC;

	if (needed(opcode) == 0 || (capabilities(e) & needed(opcode)) == 0)
		return true;
	if (moves && (type == 1 || type == 3 || (type == 2 && !e->port.has_pasid)))
		return true;
	return opcode == OP_ATOMIC && (flags & FLAGS_ATOMIC_KIND) == FLAGS_ATOMIC_KIND;
}

static bool is_bad_source(const struct exerciser *e, const struct exerciser_channel *c)
{
	uint16_t source = (uint16_t)c->words[W_SOURCE];

	return c->words[W_SOURCE] & SOURCE_OVERRIDE &&
	       (source < e->port.source_first || source > e->port.source_last);
}

static bool is_bad_length(const struct exerciser_channel *c)
{
	unsigned opcode = c->words[W_COMMAND] & COMMAND_OPCODE;
	uint32_t length = c->words[W_LENGTH];

	if (opcode != OP_READ && opcode != OP_WRITE)
		return false;
	return length > 1u << LENGTH_MAX_LG2 || (length == 0 && opcode == OP_WRITE);
}

static bool is_misaligned(const struct exerciser_channel *c)
{
	unsigned opcode = c->words[W_COMMAND] & COMMAND_OPCODE;

	return (opcode == OP_ATOMIC && (c->words[W_ADDRESS] | c->words[W_STRIDE]) % 8 != 0) ||
	       (opcode == OP_MESSAGE && (c->words[W_ADDRESS] | c->words[W_STRIDE]) % 4 != 0);
}

/* All 64 bits can be issued, so that only a transfer that wraps is beyond reach. */
bool exerciser_wraps(const struct exerciser_channel *c)
{
	uint32_t bytes = exerciser_transfer_bytes(c);

	return bytes != 0 && c->address + (bytes - 1) < c->address;
}

static enum exerciser_error refusal(const struct exerciser *e, const struct exerciser_channel *c)
{
	uint32_t request_lg2 = c->words[W_FLAGS] >> 8 & 0xf;

	if (is_bad_command(e, c))
		return ERROR_BAD_COMMAND;
	if (is_bad_source(e, c))
		return ERROR_BAD_SOURCE;
	if (c->words[W_PASID] & PASID_VALID && !e->port.has_pasid)
		return ERROR_BAD_PASID;
	if (is_bad_length(c))
		return ERROR_BAD_LENGTH;
	if (c->words[W_COUNT] == 0)
		return ERROR_BAD_COUNT;
	if (is_misaligned(c))
		return ERROR_BAD_ALIGNMENT;
	if (request_lg2 == 1 || request_lg2 == 2 || request_lg2 > 12)
		return ERROR_BAD_REQUEST;
	return exerciser_wraps(c) ? ERROR_BAD_ADDRESS : ERROR_NONE;
}

static void set_state(struct exerciser_channel *c, enum exerciser_state state)
{
	c->running = state == STATE_RUNNING;
	c->words[W_STATUS] = (c->words[W_STATUS] & ~STATUS_STATE) | state;
}

static void forget_results(struct exerciser_channel *c)
{
	memset(&c->words[W_DONE], 0, (EXERCISER_WORDS - W_DONE) * sizeof(c->words[0]));
	memset(c->log, 0, sizeof(c->log));
	exerciser_put64(c, W_CHECKSUM, EXERCISER_CHECKSUM_BASIS);
	c->words[W_STATUS] = 0;
	c->transfer = c->offset = 0;
	c->transfer_failed = false;
	c->address = exerciser_get64(c, W_ADDRESS);
}

static void command(struct exerciser *e, struct exerciser_channel *c, uint32_t value)
{
	unsigned opcode = value & COMMAND_OPCODE;
	enum exerciser_error error;

	if (opcode == OP_STOP) {
		if (c->running)
			set_state(c, STATE_STOPPED);
		return;
	}
	if (c->running)
		return;
	c->words[W_COMMAND] = value & COMMAND_BITS;
	forget_results(c);
	set_state(c, STATE_IDLE);
	if (opcode == OP_NONE)
		return;
	error = refusal(e, c);
	if (error != ERROR_NONE) {
		c->words[W_STATUS] = (uint32_t)error << 8 | STATE_FAILED;
		exerciser_ended(e, c);
	} else {
		set_state(c, STATE_RUNNING);
	}
}

void exerciser_ended(struct exerciser *e, const struct exerciser_channel *c)
{
	if (c->words[W_COMMAND] & COMMAND_INTERRUPT && e->port.interrupt != NULL)
		e->port.interrupt(e->port.context);
}

/* ---- Registers (section 2) ---- */

static uint32_t busy(const struct exerciser *e)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < EXERCISER_CHANNELS; i++)
		bits |= (uint32_t)e->channels[i].running << i;
	return bits;
}

static uint32_t read_function(const struct exerciser *e, uint32_t offset)
{
	switch (offset) {
	case F_SIGNATURE:
		return SIGNATURE;
	case F_VERSION:
		return VERSION;
	case F_CAPABILITIES:
		return capabilities(e);
	case F_LIMITS:
		return EXERCISER_CHANNELS | LENGTH_MAX_LG2 << 8;
	case F_SOURCES:
		return e->port.source_first | (uint32_t)e->port.source_last << 16;
	case F_BUSY:
		return busy(e);
	case F_LIVENESS:
		return e->liveness;
	case F_ISSUED:
		return e->issued;
	case F_INVALIDATIONS:
		return e->invalidations;
	case F_INVALIDATED:
		return (uint32_t)e->invalidated;
	case F_INVALIDATED_HIGH:
		return (uint32_t)(e->invalidated >> 32);
	case F_INVALIDATED_SIZE:
		return e->invalidated_size;
	case F_INVALIDATED_PASID:
		return e->invalidated_pasid;
	case F_RESPONSES:
		return e->responses;
	case F_RESPONSE:
		return e->response;
	case F_RESPONSE_PASID:
		return e->response_pasid;
	default:
		return 0;
	}
}

static uint32_t read_log(const struct exerciser_channel *c, uint32_t offset)
{
	const struct exerciser_log *l = &c->log[offset / LOG_BYTES];
	const uint32_t words[LOG_BYTES / 4] = {
		(uint32_t)l->address,
		(uint32_t)(l->address >> 32),
		l->source | (uint32_t)l->error << 16 | (uint32_t)l->opcode << 24 | (uint32_t)l->used << 31,
		l->bytes,
		l->pasid,
		l->number,
		(uint32_t)l->result,
		(uint32_t)(l->result >> 32),
	};

	return words[offset % LOG_BYTES / 4];
}

static uint32_t read_channel(const struct exerciser_channel *c, uint32_t offset)
{
	if (offset >= LOG_BASE)
		return read_log(c, offset - LOG_BASE);
	return offset / 4 < EXERCISER_WORDS ? c->words[offset / 4] : 0;
}

static uint32_t read_word(const struct exerciser *e, uint64_t offset)
{
	uint32_t in_page = (uint32_t)(offset % PAGE);
	uint64_t page = offset / PAGE;

	if (page == 0)
		return read_function(e, in_page);
	return page <= EXERCISER_CHANNELS ? read_channel(&e->channels[page - 1], in_page) : 0;
}

static void write_channel(struct exerciser *e, struct exerciser_channel *c, uint32_t offset, uint32_t value)
{
	static const uint32_t bits[W_DONE] = {
		[W_SOURCE] = SOURCE_BITS,
		[W_PASID] = PASID_WORD_BITS,
		[W_ADDRESS] = UINT32_MAX,
		[W_ADDRESS + 1] = UINT32_MAX,
		[W_LENGTH] = UINT32_MAX,
		[W_FLAGS] = FLAGS_BITS,
		[W_STRIDE] = UINT32_MAX,
		[W_STRIDE + 1] = UINT32_MAX,
		[W_COUNT] = UINT32_MAX,
		[W_SEED] = UINT32_MAX,
		[W_OPERAND] = UINT32_MAX,
		[W_OPERAND + 1] = UINT32_MAX,
		[W_COMPARE] = UINT32_MAX,
		[W_COMPARE + 1] = UINT32_MAX,
		[W_DATA] = UINT32_MAX,
		[W_GROUP] = GROUP_BITS,
	};
	uint32_t word = offset / 4;

	if (word == W_COMMAND)
		command(e, c, value);
	else if (word < W_DONE && !c->running && word != W_STATUS)
		c->words[word] = value & bits[word];
}

static void write_word(struct exerciser *e, uint64_t offset, uint32_t value)
{
	uint32_t in_page = (uint32_t)(offset % PAGE);
	uint64_t page = offset / PAGE;

	if (page != 0 && page <= EXERCISER_CHANNELS)
		write_channel(e, &e->channels[page - 1], in_page, value);
	else if (page == 0 && in_page == F_LIVENESS)
		e->liveness = ~value;
	else if (page == 0 && in_page == F_CONTROL && value & CONTROL_RESET)
		exerciser_reset(e);
}

static bool is_access(uint64_t offset, unsigned width)
{
	return (width == 4 || width == 8) && offset % width == 0 &&
	       offset + width <= EXERCISER_BAR_BYTES;
}

uint64_t exerciser_read(struct exerciser *e, uint64_t offset, unsigned width)
{
	uint64_t value;

	if (!is_access(offset, width))
		return 0;
	value = read_word(e, offset);
	if (width == 8)
		value |= (uint64_t)read_word(e, offset + 4) << 32;
	return value;
}

void exerciser_write(struct exerciser *e, uint64_t offset, unsigned width, uint64_t value)
{
	if (!is_access(offset, width))
		return;
	write_word(e, offset, (uint32_t)value);
	if (width == 8)
		write_word(e, offset + 4, (uint32_t)(value >> 32));
}
