/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the registers of the exerciser and its requests share: words of a channel, numbers of the page. */
#ifndef MODEL_EXERCISER_PRIVATE_H
#define MODEL_EXERCISER_PRIVATE_H

#include "model/exerciser.h"

/* Registers of a channel, as indices of 32-bit words; a pair is named by its lower half. */
enum {
	W_COMMAND = 0x00 / 4,
	W_STATUS = 0x04 / 4,
	W_SOURCE = 0x08 / 4,
	W_PASID = 0x0c / 4,
	W_ADDRESS = 0x10 / 4,
	W_LENGTH = 0x18 / 4,
	W_FLAGS = 0x1c / 4,
	W_STRIDE = 0x20 / 4,
	W_COUNT = 0x28 / 4,
	W_SEED = 0x2c / 4,
	W_OPERAND = 0x30 / 4,
	W_COMPARE = 0x38 / 4,
	W_DATA = 0x40 / 4,
	W_GROUP = 0x44 / 4,
	W_DONE = 0x48 / 4,
	W_REFUSED = 0x4c / 4,
	W_REQUESTS = 0x50 / 4,
	W_MISMATCHED = 0x54 / 4,
	W_WRONG = 0x58 / 4,
	W_CHECKSUM = 0x60 / 4,
	W_RESULT = 0x68 / 4,
	W_ANSWER = 0x70 / 4,
	W_ROUND = 0x74 / 4,
	W_LOGGED = 0x78 / 4,
};

#define COMMAND_BITS		0x000001ffu
#define   COMMAND_OPCODE	0x0000000fu
#define   COMMAND_STORM		0x00000010u
#define   COMMAND_HALT		0x00000020u
#define   COMMAND_CHECK		0x00000040u
#define   COMMAND_INTERRUPT	0x00000080u
#define   COMMAND_RESEED	0x00000100u

#define STATUS_STATE		0x0000000fu
#define STATUS_ERROR		0x0000ff00u

#define SOURCE_BITS		0x0001ffffu
#define   SOURCE_OVERRIDE	0x00010000u

#define PASID_WORD_BITS		0xe00fffffu
#define   PASID_NUMBER		0x000fffffu
#define   PASID_VALID		0x80000000u
#define   PASID_PRIVILEGED	0x40000000u
#define   PASID_EXECUTE		0x20000000u

#define FLAGS_BITS		0x00000f3fu
#define   FLAGS_AT		0x00000003u
#define   FLAGS_NO_WRITE	0x00000004u
#define   FLAGS_ATOMIC_KIND	0x00000030u

#define GROUP_BITS		0x00000fffu
#define   GROUP_INDEX		0x000001ffu
#define   GROUP_LAST		0x00000200u
#define   GROUP_READ		0x00000400u
#define   GROUP_WRITE		0x00000800u

#define ANSWER_RESPONSE		0x80000000u

enum exerciser_opcode {
	OP_NONE, OP_READ, OP_WRITE, OP_ATOMIC, OP_TRANSLATE, OP_PAGE_REQUEST, OP_MESSAGE,
	OP_STOP = 15,
};

enum exerciser_state { STATE_IDLE, STATE_RUNNING, STATE_DONE, STATE_FAILED, STATE_STOPPED };

enum exerciser_error {
	ERROR_NONE, ERROR_UNSUPPORTED, ERROR_ABORTED, ERROR_TIMEOUT, ERROR_POISONED, ERROR_NOT_TRANSLATED,
	ERROR_NOT_MASTER,
	ERROR_BAD_COMMAND = 16, ERROR_BAD_SOURCE, ERROR_BAD_PASID, ERROR_BAD_LENGTH, ERROR_BAD_COUNT,
	ERROR_BAD_ALIGNMENT, ERROR_BAD_REQUEST, ERROR_BAD_ADDRESS,
};

#define EXERCISER_CHECKSUM_BASIS	0xcbf29ce484222325u
#define EXERCISER_CHECKSUM_PRIME	0x00000100000001b3u

static inline uint64_t exerciser_get64(const struct exerciser_channel *c, unsigned word)
{
	return c->words[word] | (uint64_t)c->words[word + 1] << 32;
}

static inline void exerciser_put64(struct exerciser_channel *c, unsigned word, uint64_t value)
{
	c->words[word] = (uint32_t)value;
	c->words[word + 1] = (uint32_t)(value >> 32);
}

/* Bytes from the transfer's address on that its requests touch together. */
uint32_t exerciser_transfer_bytes(const struct exerciser_channel *c);
bool exerciser_wraps(const struct exerciser_channel *c);
/* The command has come to its end: the interrupt, if it asked for one. */
void exerciser_ended(struct exerciser *e, const struct exerciser_channel *c);

#endif
