/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * One connection: bytes and file descriptors in, whole messages out. Nothing here waits: a message that
 * has come in part is kept until the rest is there, and a client that does not take its replies is dropped.
 */
#ifndef MODEL_SERVER_WIRE_H
#define MODEL_SERVER_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/server/vfio_user.h"

#define WIRE_TRANSFER_MAX	4096u		/* bytes of a REGION_READ or REGION_WRITE */
#define WIRE_PAYLOAD_MAX	(sizeof(struct vfio_user_access) + WIRE_TRANSFER_MAX)
#define WIRE_FDS_MAX		8u

struct wire {
	int socket;			/* -1: nobody is there */
	struct vfio_user_header header;
	_Alignas(8) uint8_t payload[WIRE_PAYLOAD_MAX];
	size_t got;			/* bytes of the message that have come */
	int fds[WIRE_FDS_MAX];		/* that came with it */
	unsigned fd_count;
};

enum wire_event {
	WIRE_WAITING,			/* the message is not whole yet */
	WIRE_MESSAGE,			/* it is in header and payload, until wire_next() */
	WIRE_CLOSED,			/* the client has gone */
	WIRE_BROKEN,			/* what came is no message; where the next begins is unknown */
};

void wire_open(struct wire *wire, int socket);
void wire_close(struct wire *wire);

enum wire_event wire_receive(struct wire *wire);
size_t wire_payload_bytes(const struct wire *wire);
/* The message's file descriptor `index`, which is the caller's from here on; -1: it has none. */
int wire_take_fd(struct wire *wire, unsigned index);
/* Done with the message; descriptors that nobody took are closed. */
void wire_next(struct wire *wire);

/* Answer the message, unless it asked for none. False: the client does not listen. */
bool wire_reply(struct wire *wire, const void *payload, size_t bytes);
bool wire_refuse(struct wire *wire, int error);
/* A message of our own. */
bool wire_send(struct wire *wire, struct vfio_user_header header, const void *payload, size_t bytes);

#endif
