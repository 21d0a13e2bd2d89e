/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Bytes and file descriptors of a connection. A receive never reaches beyond the message that is under way, so
 * that descriptors, which travel with the first byte of what they were sent with, are those of this message.
 */
#include "model/server/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEADER	sizeof(struct vfio_user_header)

void wire_open(struct wire *w, int socket)
{
	*w = (struct wire){ .socket = socket };
}

static void drop_fds(struct wire *w)
{
	while (w->fd_count > 0) {
		int fd = w->fds[--w->fd_count];

		if (fd >= 0)
			close(fd);
	}
}

void wire_close(struct wire *w)
{
	drop_fds(w);
	if (w->socket >= 0)
		close(w->socket);
	wire_open(w, -1);
}

/* False: there were more than a message may have. */
static bool keep_fds(struct wire *w, struct msghdr *message)
{
	bool fits = !(message->msg_flags & MSG_CTRUNC);

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (w->fd_count < WIRE_FDS_MAX) {
				w->fds[w->fd_count++] = fd;
			} else {
				close(fd);
				fits = false;
			}
		}
	}
	return fits;
}

/* Up to `end` bytes of the message. */
static enum wire_event fill(struct wire *w, size_t end)
{
	while (w->got < end) {
		_Alignas(struct cmsghdr) char control[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))];
		uint8_t *to = w->got < HEADER ? (uint8_t *)&w->header + w->got
					      : w->payload + (w->got - HEADER);
		struct iovec part = { to, end - w->got };
		struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
					  .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(w->socket, &message, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return WIRE_WAITING;
		if (n <= 0)
			return WIRE_CLOSED;
		w->got += (size_t)n;
		if (!keep_fds(w, &message))
			return WIRE_BROKEN;
	}
	return WIRE_MESSAGE;
}

enum wire_event wire_receive(struct wire *w)
{
	enum wire_event event = w->got < HEADER ? fill(w, HEADER) : WIRE_MESSAGE;

	if (event != WIRE_MESSAGE)
		return event;
	if (w->header.size < HEADER || w->header.size > HEADER + WIRE_PAYLOAD_MAX)
		return WIRE_BROKEN;
	return fill(w, w->header.size);
}

size_t wire_payload_bytes(const struct wire *w)
{
	return w->header.size - HEADER;
}

int wire_take_fd(struct wire *w, unsigned index)
{
	int fd = index < w->fd_count ? w->fds[index] : -1;

	if (fd >= 0)
		w->fds[index] = -1;
	return fd;
}

void wire_next(struct wire *w)
{
	drop_fds(w);
	w->got = 0;
}

bool wire_send(struct wire *w, struct vfio_user_header header, const void *payload, size_t bytes)
{
	struct iovec parts[] = { { &header, HEADER }, { (void *)(uintptr_t)payload, bytes } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t sent;

	header.size = (uint32_t)(HEADER + bytes);
	do {
		sent = sendmsg(w->socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)(HEADER + bytes);
}

static bool answer(struct wire *w, uint32_t flags, uint32_t error, const void *payload, size_t bytes)
{
	struct vfio_user_header header = w->header;

	if (header.flags & VFIO_USER_NO_REPLY)
		return true;
	header.flags = VFIO_USER_TYPE_REPLY | flags;
	header.error = error;
	return wire_send(w, header, payload, bytes);
}

bool wire_reply(struct wire *w, const void *payload, size_t bytes)
{
	return answer(w, 0, 0, payload, bytes);
}

bool wire_refuse(struct wire *w, int error)
{
	return answer(w, VFIO_USER_ERROR, (uint32_t)error, NULL, 0);
}
