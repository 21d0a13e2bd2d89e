/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The exerciser of docs/exerciser.md, version 1.1, as a model: registers in front, requests behind.
 *
 * A command does not run inside the register write that starts it: exerciser_step() issues its requests,
 * some at a time, so that software that polls sees the channel RUNNING first.
 */
#ifndef MODEL_EXERCISER_H
#define MODEL_EXERCISER_H

#include "model/silicon.h"

#define EXERCISER_VENDOR	0x1234u
#define EXERCISER_DEVICE	0x10eeu
#define EXERCISER_REVISION	0x01u
#define EXERCISER_CLASS		0xff0000u

#define EXERCISER_CHANNELS	3u
#define EXERCISER_BAR_BYTES	0x4000u		/* a page for the function and one for each channel */
#define EXERCISER_LOG_ENTRIES	64u
#define EXERCISER_STEP_REQUESTS	32u		/* of each channel, in one step */
#define EXERCISER_WORDS		31u		/* registers 000h to 078h of a channel */

/* What the function is connected to. */
struct exerciser_port {
	void *context;
	/* Through the unit that serves the requester id, or straight on where none does. */
	struct silicon_answer (*request)(void *context, const struct silicon_request *request);
	bool (*is_master)(void *context);	/* Bus Master Enable of the function */
	void (*interrupt)(void *context);	/* the function's own MSI */
	const struct silicon_memory *memory;
	uint16_t requester;			/* the function's id as it arrives at the unit */
	uint16_t source_first, source_last;	/* other ids that it may issue */
	bool has_pasid;				/* requests with PASID, ATS and PRI reach the unit */
};

struct exerciser_log {
	uint64_t address, result;
	uint16_t source;
	uint8_t error, opcode;
	uint32_t bytes, pasid, number;
	bool used;
};

struct exerciser_channel {
	uint32_t words[EXERCISER_WORDS];	/* as software reads them */
	struct exerciser_log log[EXERCISER_LOG_ENTRIES];
	uint32_t transfer;			/* of the command or the round, from 0 */
	uint64_t address;			/* of that transfer */
	uint32_t offset;			/* bytes of it that are done */
	bool transfer_failed;
	bool running;
};

struct exerciser {
	struct exerciser_port port;
	uint32_t liveness, issued;
	uint32_t invalidations;			/* taken; the words of the last one follow */
	uint64_t invalidated;
	uint32_t invalidated_size, invalidated_pasid;
	uint32_t responses;			/* to page requests; the words of the last one follow */
	uint32_t response, response_pasid;
	struct exerciser_channel channels[EXERCISER_CHANNELS];
};

void exerciser_init(struct exerciser *exerciser, const struct exerciser_port *port);
/* A reset of the function, by any cause. */
void exerciser_reset(struct exerciser *exerciser);

/* An ATS invalidation request (struct silicon_devices): the function has no cache, and tells of it. */
void exerciser_invalidate(struct exerciser *exerciser, uint32_t pasid, uint64_t address, unsigned size_lg2);

/* A page group response: channels whose last command asked in this group are answered. */
void exerciser_respond(struct exerciser *exerciser, uint32_t pasid, unsigned group, unsigned code);

/* BAR 0. Any offset and width; what the page does not allow reads as 0 and changes nothing. */
uint64_t exerciser_read(struct exerciser *exerciser, uint64_t offset, unsigned width);
void exerciser_write(struct exerciser *exerciser, uint64_t offset, unsigned width, uint64_t value);

/* Issue some requests of every channel that runs; false: none runs. */
bool exerciser_step(struct exerciser *exerciser);

/* Section 5 of the page. */
uint8_t exerciser_pattern(uint64_t address, uint32_t seed);

#endif
