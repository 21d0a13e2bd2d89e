/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * How a DMA_WRITE is laid out. By the specification its count has 8 bytes; QEMU 11.1 reads 4 of them, and the
 * data right behind (hw/vfio-user/protocol.h, VFIOUserDMARW). Of the message
 *
 *	address (8)  count (4)  data (4)  zeros (4)
 *
 * QEMU makes the write that is meant, and who reads a count of 8 bytes sees an absurd one and refuses; such a
 * client is sent the other layout from then on. (With data of zero, both make the right write.)
 */
#include "model/server/doorbell.h"

#include <string.h>

void doorbell_forget(struct doorbell *d)
{
	*d = (struct doorbell){ .count = 0 };
}

void doorbell_ring(struct doorbell *d, uint64_t address, uint32_t data)
{
	for (unsigned i = d->sent; i < d->count; i++) {
		if (d->queue[i].address == address && d->queue[i].data == data)
			return;
	}
	if (d->count == DOORBELL_QUEUE)
		d->lost++;
	else
		d->queue[d->count++] = (struct doorbell_message){ address, data };
}

bool doorbell_send(struct doorbell *d, struct wire *w)
{
	uint8_t payload[20] = { 0 };
	const uint32_t count = sizeof(d->queue[0].data);
	struct vfio_user_header header = { .command = VFIO_USER_DMA_WRITE };

	if (d->sent || d->count == 0)
		return true;
	header.id = ++d->id;
	memcpy(payload, &d->queue[0].address, 8);
	memcpy(payload + 8, &count, 4);
	memcpy(payload + (d->count_has_8_bytes ? 16 : 12), &d->queue[0].data, 4);
	d->sent = true;
	return wire_send(w, header, payload, sizeof(payload));
}

void doorbell_answered(struct doorbell *d, const struct vfio_user_header *h)
{
	bool refused = h->flags & VFIO_USER_ERROR;

	if (!d->sent || h->id != d->id || h->command != VFIO_USER_DMA_WRITE)
		return;
	d->sent = false;
	if (refused && !d->count_has_8_bytes) {
		d->count_has_8_bytes = true;
		return;			/* once more, the other way */
	}
	d->lost += refused;
	memmove(d->queue, d->queue + 1, --d->count * sizeof(d->queue[0]));
}
