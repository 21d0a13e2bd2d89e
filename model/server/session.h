/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * One function of a board, its socket, and the client that it serves.
 *
 * There is one client a time: whoever comes while there is one is turned away. When it leaves, whatever it was in the
 * middle of, its memory is let go of and the function is as after power-on, so that the next one finds it so.
 *
 * What is answered to what:
 *	not a message (shorter than a header, longer than any, too many descriptors)	the connection ends
 *	a VERSION that is malformed, or of another major version			the connection ends
 *	anything before VERSION, and VERSION again					EINVAL
 *	a command that is not known							ENOSYS
 *	too short, too long for its command, a field out of range			EINVAL
 *	a reply									ignored, unless we asked
 */
#ifndef MODEL_SERVER_SESSION_H
#define MODEL_SERVER_SESSION_H

#include "model/server/board.h"
#include "model/server/doorbell.h"
#include "model/server/guest.h"
#include "model/server/wire.h"

struct session {
	const char *path;
	struct board_function *function;
	int listener;
	struct wire wire;
	bool versioned;			/* the client has said which version it speaks */
	struct guest guest;
	struct doorbell doorbell;
};

/* Listen at `path`. False, and errno: it cannot be. */
bool session_open(struct session *session, const char *path, struct board_function *function);
void session_close(struct session *session);

/* Somebody is at the socket. */
void session_accept(struct session *session);
/* Something has come from the client: take some messages, not more than are fair to the others. */
void session_receive(struct session *session);
/* Messages of our own that wait. */
void session_send(struct session *session);

#endif
