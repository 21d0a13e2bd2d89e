/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The requests of the exerciser: how a transfer is cut, issued, and told; docs/exerciser.md, 3, 5, 6. */
#include <string.h>

#include "model/exerciser_private.h"

#define REQUEST_MAX	4096u
#define REQUEST_LG2	8u		/* where FLAGS says 0 */
#define SWAP_TRIES	64u		/* of an atomic against another writer of the same word */
#define RANGE_MESSAGE	0xfeeu		/* bits 31:20 of a write that is an interrupt, where none are above */

/* The eight bytes that the address lies in; 5Ah is never among them. */
static uint64_t pattern_word(uint64_t address, uint32_t seed)
{
	uint64_t w = (address & ~UINT64_C(7)) ^ ((uint64_t)seed + 1) * 0x9e3779b97f4a7c15u;

	w = (w ^ w >> 30) * 0xbf58476d1ce4e5b9u;
	w = (w ^ w >> 27) * 0x94d049bb133111ebu;
	w = w ^ w >> 31;
	w = (w << 8) + 0x5e;
	for (unsigned shift = 8; shift < 64; shift += 8) {
		if ((w >> shift & 0xff) == 0x5a)
			w ^= UINT64_C(0xff) << shift;
	}
	return w;
}

uint8_t exerciser_pattern(uint64_t address, uint32_t seed)
{
	return (uint8_t)(pattern_word(address, seed) >> 8 * (address & 7));
}

static void pattern_fill(uint8_t *bytes, uint64_t address, uint32_t count, uint32_t seed)
{
	uint32_t i = 0;

	for (; i < count && (address + i) % 8 != 0; i++)
		bytes[i] = exerciser_pattern(address + i, seed);
	for (; i + 8 <= count; i += 8) {
		uint64_t word = pattern_word(address + i, seed);

		memcpy(bytes + i, &word, 8);
	}
	for (; i < count; i++)
		bytes[i] = exerciser_pattern(address + i, seed);
}

static unsigned opcode_of(const struct exerciser_channel *c)
{
	return c->words[W_COMMAND] & COMMAND_OPCODE;
}

uint32_t exerciser_transfer_bytes(const struct exerciser_channel *c)
{
	switch (opcode_of(c)) {
	case OP_READ:
	case OP_WRITE:
		return c->words[W_LENGTH];
	case OP_ATOMIC:
		return 8;
	case OP_MESSAGE:
		return 4;
	default:
		return 0;
	}
}

static uint32_t seed_of(const struct exerciser_channel *c)
{
	return c->words[W_SEED] + (c->words[W_COMMAND] & COMMAND_RESEED ? c->words[W_ROUND] : 0);
}

static void count(struct exerciser_channel *c, unsigned word, uint32_t by)
{
	c->words[word] = c->words[word] > UINT32_MAX - by ? UINT32_MAX : c->words[word] + by;
}

/* ---- One request ---- */

static struct silicon_request make_request(const struct exerciser *e, const struct exerciser_channel *c,
					   uint64_t address, uint32_t bytes)
{
	static const enum silicon_access accesses[] = {
		[OP_READ] = SILICON_READ,
		[OP_WRITE] = SILICON_WRITE,
		[OP_ATOMIC] = SILICON_ATOMIC,
		[OP_TRANSLATE] = SILICON_TRANSLATE,
		[OP_PAGE_REQUEST] = SILICON_PAGE_REQUEST,
		[OP_MESSAGE] = SILICON_WRITE,
	};
	uint32_t source = c->words[W_SOURCE], pasid = c->words[W_PASID], flags = c->words[W_FLAGS];
	uint32_t group = c->words[W_GROUP];
	bool has_pasid = pasid & PASID_VALID;

	return (struct silicon_request){
		.access = accesses[opcode_of(c)],
		.source = source & SOURCE_OVERRIDE ? (uint16_t)source : e->port.requester,
		.pasid = has_pasid ? pasid & PASID_NUMBER : SILICON_NO_PASID,
		.privileged = has_pasid && pasid & PASID_PRIVILEGED,
		.execute = has_pasid && pasid & PASID_EXECUTE,
		.translated = (flags & FLAGS_AT) == 2 && opcode_of(c) <= OP_ATOMIC,
		.no_write = flags & FLAGS_NO_WRITE,
		.wants_read = group & GROUP_READ,
		.wants_write = group & GROUP_WRITE,
		.last = group & GROUP_LAST,
		.group = group & GROUP_INDEX,
		.address = address,
		.bytes = bytes,
	};
}

/* No Snoop is a hint that memory may ignore; this one always snoops a device's own requests. */
static bool fetch(const struct exerciser *e, uint64_t at, void *to, uint32_t bytes)
{
	return bytes == 0 || e->port.memory->read(e->port.memory->context, at, to, bytes, true);
}

static bool send(const struct exerciser *e, uint64_t at, const void *from, uint32_t bytes)
{
	const struct silicon_memory *m = e->port.memory;
	uint32_t word;

	if (at >> 20 != RANGE_MESSAGE)
		return m->write(m->context, at, from, bytes, true);
	if (bytes != 4)
		return false;
	memcpy(&word, from, sizeof(word));
	m->interrupt(m->context, at, word);
	return true;
}

static void check(struct exerciser_channel *c, uint64_t address, const uint8_t *bytes, uint32_t n)
{
	uint64_t sum = exerciser_get64(c, W_CHECKSUM);

	for (uint32_t i = 0; i < n; i++) {
		sum = (sum ^ bytes[i]) * EXERCISER_CHECKSUM_PRIME;
		if (!(c->words[W_COMMAND] & COMMAND_CHECK) ||
		    bytes[i] == exerciser_pattern(address + i, seed_of(c)))
			continue;
		if (c->words[W_MISMATCHED] == 0 && c->words[W_REFUSED] == 0)
			exerciser_put64(c, W_WRONG, address + i);
		count(c, W_MISMATCHED, 1);
	}
	exerciser_put64(c, W_CHECKSUM, sum);
}

static uint64_t new_word(const struct exerciser_channel *c, uint64_t old)
{
	uint64_t operand = exerciser_get64(c, W_OPERAND);

	switch (c->words[W_FLAGS] & FLAGS_ATOMIC_KIND) {
	case 0x00:
		return old + operand;
	case 0x10:
		return operand;
	default:
		return old == exerciser_get64(c, W_COMPARE) ? operand : old;
	}
}

static enum exerciser_error swap(const struct exerciser *e, struct exerciser_channel *c, uint64_t at)
{
	const struct silicon_memory *m = e->port.memory;
	uint64_t old, seen;

	if (!m->read(m->context, at, &old, sizeof(old), true))
		return ERROR_UNSUPPORTED;
	for (unsigned i = 0; i < SWAP_TRIES; i++) {
		if (!m->swap(m->context, at, old, new_word(c, old), &seen, true))
			return ERROR_UNSUPPORTED;
		if (seen == old) {
			exerciser_put64(c, W_RESULT, old);
			return ERROR_NONE;
		}
		old = seen;
	}
	return ERROR_ABORTED;
}

static enum exerciser_error take_translation(struct exerciser_channel *c, const struct silicon_answer *answer)
{
	exerciser_put64(c, W_RESULT, answer->address);
	c->words[W_ANSWER] = (uint32_t)answer->readable | (uint32_t)answer->writable << 1 |
			     (answer->size_lg2 & 0x3f) << 8;
	return answer->readable || answer->writable ? ERROR_NONE : ERROR_NOT_TRANSLATED;
}

/* What a write of 4 bytes carries: it may be an interrupt. */
static uint32_t data_of(const struct exerciser_channel *c, const struct silicon_request *r)
{
	uint8_t bytes[4];
	uint32_t word;

	if (opcode_of(c) == OP_MESSAGE)
		return c->words[W_DATA];
	if (opcode_of(c) != OP_WRITE || r->bytes != 4)
		return 0;
	for (uint32_t i = 0; i < 4; i++)
		bytes[i] = exerciser_pattern(r->address + i, seed_of(c));
	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* The unit has allowed it: the data moves. */
static enum exerciser_error move(const struct exerciser *e, struct exerciser_channel *c,
				 const struct silicon_request *r, const struct silicon_answer *answer)
{
	uint8_t bytes[REQUEST_MAX];

	if (answer->message) {
		e->port.memory->interrupt(e->port.memory->context, answer->address, answer->data);
		return ERROR_NONE;
	}
	switch (opcode_of(c)) {
	case OP_READ:
		if (!fetch(e, answer->address, bytes, r->bytes))
			return ERROR_UNSUPPORTED;
		check(c, r->address, bytes, r->bytes);
		return ERROR_NONE;
	case OP_WRITE:
		pattern_fill(bytes, r->address, r->bytes, seed_of(c));
		return send(e, answer->address, bytes, r->bytes) ? ERROR_NONE : ERROR_UNSUPPORTED;
	case OP_MESSAGE:
		memcpy(bytes, &c->words[W_DATA], 4);
		return send(e, answer->address, bytes, 4) ? ERROR_NONE : ERROR_UNSUPPORTED;
	case OP_ATOMIC:
		return swap(e, c, answer->address);
	case OP_TRANSLATE:
		return take_translation(c, answer);
	default:
		return ERROR_NONE;
	}
}

static void tell(struct exerciser_channel *c, const struct silicon_request *r, enum exerciser_error error)
{
	uint32_t number = c->words[W_REQUESTS];

	c->log[number % EXERCISER_LOG_ENTRIES] = (struct exerciser_log){
		.address = r->address,
		.result = exerciser_get64(c, W_RESULT),
		.source = r->source,
		.error = (uint8_t)error,
		.opcode = (uint8_t)opcode_of(c),
		.bytes = r->bytes,
		.pasid = c->words[W_PASID],
		.number = number,
		.used = true,
	};
	count(c, W_REQUESTS, 1);
	c->words[W_LOGGED] = c->words[W_REQUESTS];
	if (error == ERROR_NONE)
		return;
	if (c->words[W_REFUSED] == 0)
		exerciser_put64(c, W_WRONG, r->address);
	count(c, W_REFUSED, 1);
	c->transfer_failed = true;
	if (!(c->words[W_STATUS] & STATUS_ERROR))
		c->words[W_STATUS] |= (uint32_t)error << 8;
}

/* Up to the next multiple of the request's size, and never beyond the transfer. */
static uint32_t request_bytes(const struct exerciser_channel *c, uint64_t address)
{
	uint32_t lg2 = c->words[W_FLAGS] >> 8 & 0xf, size, left;

	if (opcode_of(c) != OP_READ && opcode_of(c) != OP_WRITE)
		return exerciser_transfer_bytes(c);
	size = 1u << (lg2 != 0 ? lg2 : REQUEST_LG2);
	size -= (uint32_t)(address & (size - 1));
	left = c->words[W_LENGTH] - c->offset;
	return size < left ? size : left;
}

static enum exerciser_error issue(struct exerciser *e, struct exerciser_channel *c)
{
	uint64_t address = c->address + c->offset;
	struct silicon_request r = make_request(e, c, address, request_bytes(c, address));
	struct silicon_answer answer;
	enum exerciser_error error;

	r.data = data_of(c, &r);
	e->issued++;
	answer = e->port.request(e->port.context, &r);
	/* A page request is a posted message: what becomes of it, only a response can tell. */
	if (opcode_of(c) == OP_PAGE_REQUEST)
		error = ERROR_NONE;
	else
		error = answer.allowed ? move(e, c, &r, &answer) : ERROR_UNSUPPORTED;
	tell(c, &r, error);
	c->offset += r.bytes;
	return error;
}

/* ---- From request to request ---- */

static void end(struct exerciser *e, struct exerciser_channel *c, enum exerciser_state state)
{
	c->running = false;
	c->words[W_STATUS] = (c->words[W_STATUS] & ~STATUS_STATE) | state;
	exerciser_ended(e, c);
}

static void end_with(struct exerciser *e, struct exerciser_channel *c, enum exerciser_error error)
{
	if (!(c->words[W_STATUS] & STATUS_ERROR))
		c->words[W_STATUS] |= (uint32_t)error << 8;
	end(e, c, STATE_FAILED);
}

/* A transfer is over; the next one, the next round, or the end. */
static void advance(struct exerciser *e, struct exerciser_channel *c)
{
	count(c, W_DONE, !c->transfer_failed);
	c->transfer_failed = false;
	c->offset = 0;
	c->address += exerciser_get64(c, W_STRIDE);
	if (++c->transfer < c->words[W_COUNT])
		return;
	if (!(c->words[W_COMMAND] & COMMAND_STORM)) {
		end(e, c, c->words[W_STATUS] & STATUS_ERROR ? STATE_FAILED : STATE_DONE);
		return;
	}
	c->transfer = 0;
	c->address = exerciser_get64(c, W_ADDRESS);
	c->words[W_ROUND]++;
}

static void step_channel(struct exerciser *e, struct exerciser_channel *c)
{
	enum exerciser_error error;

	if (!e->port.is_master(e->port.context)) {
		end_with(e, c, ERROR_NOT_MASTER);
		return;
	}
	if (c->offset == 0 && exerciser_wraps(c)) {
		end_with(e, c, ERROR_BAD_ADDRESS);
		return;
	}
	error = issue(e, c);
	if (!c->running)		/* memory behind the request was our own register */
		return;
	if (error != ERROR_NONE && c->words[W_COMMAND] & COMMAND_HALT)
		end(e, c, c->words[W_COMMAND] & COMMAND_STORM ? STATE_STOPPED : STATE_FAILED);
	else if (c->offset >= exerciser_transfer_bytes(c))
		advance(e, c);
}

bool exerciser_step(struct exerciser *e)
{
	bool worked = false;

	for (unsigned i = 0; i < EXERCISER_CHANNELS; i++) {
		struct exerciser_channel *c = &e->channels[i];

		worked |= c->running;
		for (unsigned n = 0; c->running && n < EXERCISER_STEP_REQUESTS; n++)
			step_channel(e, c);
	}
	return worked;
}
