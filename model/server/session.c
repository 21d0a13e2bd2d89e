/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The commands of a client: what is looked at before they are done, and what is answered. */
#include "model/server/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGES_AT_ONCE	16u

/* ---- Life ---- */

static void say(const struct session *s, const char *what)
{
	fprintf(stderr, "%s: %s\n", s->path, what);
}

/* The client is gone, and with it whatever it lent us. */
static void leave(struct session *s, const char *why)
{
	say(s, why);
	if (s->doorbell.lost != 0)
		fprintf(stderr, "%s: %lu interrupts were not delivered\n", s->path,
			s->doorbell.lost);
	wire_close(&s->wire);
	guest_unmap_all(&s->guest);
	doorbell_forget(&s->doorbell);
	s->versioned = false;
	board_reset(s->function);
}

bool session_open(struct session *s, const char *path, struct board_function *function)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	memset(s, 0, sizeof(*s));
	wire_open(&s->wire, -1);
	s->path = path;
	s->function = function;
	s->listener = -1;
	if (strlen(path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(at.sun_path, path, strlen(path));
	s->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	return s->listener >= 0 && bind(s->listener, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	       listen(s->listener, 4) == 0;
}

void session_close(struct session *s)
{
	if (s->wire.socket >= 0)
		leave(s, "the server ends");
	if (s->listener >= 0) {
		close(s->listener);
		unlink(s->path);
	}
}

void session_accept(struct session *s)
{
	int client = accept(s->listener, NULL, NULL);

	if (client < 0)
		return;
	if (s->wire.socket >= 0) {
		say(s, "a second client is turned away");
		close(client);
		return;
	}
	say(s, "a client");
	wire_open(&s->wire, client);
}

/* ---- Commands: each answers, or returns an errno; negative: the connection ends ---- */

#define NO_CLIENT	(-1)

static int answered(bool sent)
{
	return sent ? 0 : NO_CLIENT;
}

static int version(struct session *s, const uint8_t *payload, size_t bytes)
{
	static const char can[] =
		"{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":4096,"
		"\"max_dma_maps\":64,\"pgsizes\":4096}}";
	struct vfio_user_version v;
	uint8_t reply[sizeof(v) + sizeof(can)];

	if (s->versioned)
		return EINVAL;
	if (bytes < sizeof(v) || (bytes > sizeof(v) && payload[bytes - 1] != 0))
		return NO_CLIENT;
	memcpy(&v, payload, sizeof(v));
	if (v.major != VFIO_USER_MAJOR)
		return NO_CLIENT;
	v.minor = 0;
	memcpy(reply, &v, sizeof(v));
	memcpy(reply + sizeof(v), can, sizeof(can));
	s->versioned = true;
	return answered(wire_reply(&s->wire, reply, sizeof(reply)));
}

static int dma_map(struct session *s, const uint8_t *payload, size_t bytes)
{
	struct vfio_user_dma_map map;
	int fd, error;

	if (bytes != sizeof(map) || s->wire.fd_count > 1)
		return EINVAL;
	memcpy(&map, payload, sizeof(map));
	fd = wire_take_fd(&s->wire, 0);
	error = guest_map(&s->guest, &map, fd);
	if (fd >= 0)
		close(fd);
	return error ? error : answered(wire_reply(&s->wire, NULL, 0));
}

static int dma_unmap(struct session *s, const uint8_t *payload, size_t bytes)
{
	struct vfio_user_dma_unmap unmap;
	int error = 0;

	if (bytes != sizeof(unmap))
		return EINVAL;
	memcpy(&unmap, payload, sizeof(unmap));
	if (unmap.flags == VFIO_USER_UNMAP_ALL && unmap.address == 0 && unmap.size == 0)
		guest_unmap_all(&s->guest);
	else if (unmap.flags == 0)
		error = guest_unmap(&s->guest, unmap.address, unmap.size);
	else
		error = EINVAL;
	return error ? error : answered(wire_reply(&s->wire, &unmap, sizeof(unmap)));
}

static int device_info(struct session *s, const uint8_t *payload, size_t bytes)
{
	struct vfio_user_device_info info = {
		.argsz = sizeof(info),
		.flags = VFIO_USER_DEVICE_RESETS | VFIO_USER_DEVICE_PCI,
		.region_count = VFIO_USER_REGIONS,
		.irq_count = VFIO_USER_IRQS,
	};

	(void)payload;
	return bytes != sizeof(info) ? EINVAL : answered(wire_reply(&s->wire, &info, sizeof(info)));
}

static uint64_t region_bytes(const struct session *s, uint32_t region)
{
	if (region == VFIO_USER_REGION_CONFIG)
		return sizeof(s->function->pci.config);
	return region < BOARD_BARS ? s->function->bar_bytes[region] : 0;
}

static int region_info(struct session *s, const uint8_t *payload, size_t bytes)
{
	struct vfio_user_region_info info;

	if (bytes != sizeof(info))
		return EINVAL;
	memcpy(&info, payload, sizeof(info));
	if (info.index >= VFIO_USER_REGIONS || info.argsz < sizeof(info))
		return EINVAL;
	info = (struct vfio_user_region_info){
		.argsz = sizeof(info),
		.index = info.index,
		.size = region_bytes(s, info.index),
	};
	if (info.size != 0)
		info.flags = VFIO_USER_REGION_READS | VFIO_USER_REGION_WRITES;
	return answered(wire_reply(&s->wire, &info, sizeof(info)));
}

/* The function's own message, and the error of a function, which never comes. */
static uint32_t irq_count(const struct session *s, uint32_t index)
{
	if (index == VFIO_USER_IRQ_MSI)
		return s->function->pci.msi != 0;
	return index == VFIO_USER_IRQ_ERROR;
}

static int irq_info(struct session *s, const uint8_t *payload, size_t bytes)
{
	struct vfio_user_irq_info info;

	if (bytes != sizeof(info))
		return EINVAL;
	memcpy(&info, payload, sizeof(info));
	if (info.index >= VFIO_USER_IRQS || info.argsz < sizeof(info))
		return EINVAL;
	info = (struct vfio_user_irq_info){
		.argsz = sizeof(info),
		.flags = VFIO_USER_IRQ_EVENTFD | VFIO_USER_IRQ_NORESIZE,
		.index = info.index,
		.count = irq_count(s, info.index),
	};
	return answered(wire_reply(&s->wire, &info, sizeof(info)));
}

/* Is exactly one bit of the mask set in the flags? */
static bool one_of(uint32_t flags, uint32_t mask)
{
	return (flags & mask) != 0 && (flags & mask & ((flags & mask) - 1)) == 0;
}

/*
 * Accepted and not needed: messages leave with their own address and data (doorbell.h), which the client's
 * writes of configuration space have told us.
 */
static int set_irqs(struct session *s, const uint8_t *payload, size_t bytes)
{
	struct vfio_user_irq_set set;

	if (bytes < sizeof(set))
		return EINVAL;
	memcpy(&set, payload, sizeof(set));
	if (set.index >= VFIO_USER_IRQS || !one_of(set.flags, VFIO_USER_SET_DATA) ||
	    !one_of(set.flags, VFIO_USER_SET_ACTION) ||
	    set.flags & ~(VFIO_USER_SET_DATA | VFIO_USER_SET_ACTION) ||
	    set.start > irq_count(s, set.index) || set.count > irq_count(s, set.index) - set.start)
		return EINVAL;
	if (bytes - sizeof(set) != (set.flags & VFIO_USER_SET_DATA_BOOL ? set.count : 0))
		return EINVAL;
	if (s->wire.fd_count != 0 &&
	    (!(set.flags & VFIO_USER_SET_DATA_EVENTFD) || s->wire.fd_count != set.count))
		return EINVAL;
	return answered(wire_reply(&s->wire, NULL, 0));
}

/* The head of a REGION_READ or REGION_WRITE, if it stays within the region. */
static bool take_access(const struct session *s, struct vfio_user_access *access, const uint8_t *payload,
			size_t bytes)
{
	uint64_t size;

	if (bytes < sizeof(*access))
		return false;
	memcpy(access, payload, sizeof(*access));
	if (access->region >= VFIO_USER_REGIONS || access->count == 0 ||
	    access->count > WIRE_TRANSFER_MAX)
		return false;
	size = region_bytes(s, access->region);
	return access->offset < size && access->count <= size - access->offset;
}

static int region_read(struct session *s, const uint8_t *payload, size_t bytes)
{
	_Alignas(8) uint8_t reply[WIRE_PAYLOAD_MAX];
	struct vfio_user_access a;

	if (bytes != sizeof(a) || !take_access(s, &a, payload, bytes))
		return EINVAL;
	memcpy(reply, &a, sizeof(a));
	if (a.region == VFIO_USER_REGION_CONFIG)
		board_read_config(s->function, a.offset, reply + sizeof(a), a.count);
	else
		board_read_bar(s->function, a.region, a.offset, reply + sizeof(a), a.count);
	return answered(wire_reply(&s->wire, reply, sizeof(a) + a.count));
}

static int region_write(struct session *s, const uint8_t *payload, size_t bytes)
{
	struct vfio_user_access a;

	if (!take_access(s, &a, payload, bytes) || bytes != sizeof(a) + a.count)
		return EINVAL;
	if (a.region == VFIO_USER_REGION_CONFIG)
		board_write_config(s->function, a.offset, payload + sizeof(a), a.count);
	else
		board_write_bar(s->function, a.region, a.offset, payload + sizeof(a), a.count);
	return answered(wire_reply(&s->wire, &a, sizeof(a)));
}

static int device_reset(struct session *s, const uint8_t *payload, size_t bytes)
{
	(void)payload;
	if (bytes != 0)
		return EINVAL;
	board_reset(s->function);
	return answered(wire_reply(&s->wire, NULL, 0));
}

static int (*const commands[])(struct session *, const uint8_t *, size_t) = {
	[VFIO_USER_VERSION] = version,
	[VFIO_USER_DMA_MAP] = dma_map,
	[VFIO_USER_DMA_UNMAP] = dma_unmap,
	[VFIO_USER_DEVICE_GET_INFO] = device_info,
	[VFIO_USER_DEVICE_GET_REGION_INFO] = region_info,
	[VFIO_USER_DEVICE_GET_IRQ_INFO] = irq_info,
	[VFIO_USER_DEVICE_SET_IRQS] = set_irqs,
	[VFIO_USER_REGION_READ] = region_read,
	[VFIO_USER_REGION_WRITE] = region_write,
	[VFIO_USER_DEVICE_RESET] = device_reset,
};

/* False: the connection ends. */
static bool handle(struct session *s)
{
	const struct vfio_user_header *h = &s->wire.header;
	int error = ENOSYS;

	if ((h->flags & VFIO_USER_TYPE) == VFIO_USER_TYPE_REPLY) {
		doorbell_answered(&s->doorbell, h);
		return true;
	}
	if ((h->flags & VFIO_USER_TYPE) != VFIO_USER_TYPE_COMMAND ||
	    (!s->versioned && h->command != VFIO_USER_VERSION))
		error = EINVAL;
	else if (h->command < sizeof(commands) / sizeof(commands[0]) &&
		 commands[h->command] != NULL)
		error = commands[h->command](s, s->wire.payload, wire_payload_bytes(&s->wire));
	if (error <= 0)
		return error == 0;
	fprintf(stderr, "%s: command %u of %u bytes is refused: %s\n", s->path, h->command, h->size,
		strerror(error));
	return wire_refuse(&s->wire, error);
}

void session_receive(struct session *s)
{
	for (unsigned i = 0; i < MESSAGES_AT_ONCE; i++) {
		switch (wire_receive(&s->wire)) {
		case WIRE_WAITING:
			return;
		case WIRE_CLOSED:
			leave(s, s->wire.got != 0 ? "the client left in the middle of a message"
						  : "the client left");
			return;
		case WIRE_BROKEN:
			leave(s, "what the client sent is no message");
			return;
		case WIRE_MESSAGE:
			break;
		}
		if (!handle(s)) {
			leave(s, "the client cannot be served");
			return;
		}
		wire_next(&s->wire);
	}
}

void session_send(struct session *s)
{
	if (s->wire.socket >= 0 && !doorbell_send(&s->doorbell, &s->wire))
		leave(s, "the client does not listen");
}
