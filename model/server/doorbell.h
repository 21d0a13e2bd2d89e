/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Interrupt messages on their way to the guest.
 *
 * An event file descriptor of vfio-user carries neither address nor data, and a unit's events carry both. So
 * a message is what it is on the bus: a write of 4 bytes to FEEx_xxxxh, for the client to do
 * (DMA_WRITE). They go out one at a time, in order; one that is waiting already is not queued again,
 * as the interrupt controller would merge them.
 */
#ifndef MODEL_SERVER_DOORBELL_H
#define MODEL_SERVER_DOORBELL_H

#include "model/server/wire.h"

#define DOORBELL_QUEUE	32u

struct doorbell_message {
	uint64_t address;
	uint32_t data;
};

struct doorbell {
	struct doorbell_message queue[DOORBELL_QUEUE];
	unsigned count;			/* the first of them is under way where `sent` */
	bool sent;
	uint16_t id;			/* of the one under way */
	bool count_has_8_bytes;		/* how the client reads DMA_WRITE; see doorbell.c */
	unsigned long lost;		/* no room, or refused */
};

void doorbell_forget(struct doorbell *doorbell);
void doorbell_ring(struct doorbell *doorbell, uint64_t address, uint32_t data);
/* Send what can be sent. False: the client does not listen. */
bool doorbell_send(struct doorbell *doorbell, struct wire *wire);
/* The client answered one of our messages. */
void doorbell_answered(struct doorbell *doorbell, const struct vfio_user_header *header);

#endif
