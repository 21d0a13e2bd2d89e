/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The unit's own message signalled interrupts: VT-d 5.10, clauses 7.3, 6.5.2.10, 7.5 and 11.4.7.2 to .5. */
#include "model/vtd_unit.h"

#define EVENT_IM	(1u << 31)
#define EVENT_IP	(1u << 30)

static void send(struct vtd *vtd, struct vtd_event *event)
{
	const struct silicon_memory *memory = vtd->silicon.memory;
	uint64_t address = event->address | (uint64_t)event->upper << 32;

	event->pending = false;
	if (defective(vtd, EVENT_LOST_FAULT) && event == &vtd->fault_event)
		return;
	if (defective(vtd, EVENT_LOST_WAIT) && event == &vtd->wait_event)
		return;
	if (defective(vtd, OWN_EVENTS_REMAPPED) && vtd->status & GCMD_IRE)
		return;
	if (memory->interrupt)
		memory->interrupt(memory->context, address,
				  defective(vtd, EVENT_DATA_ZERO) ? 0 : event->data);
}

uint32_t vtd_event_read(const struct vtd_event *event, uint32_t offset)
{
	switch (offset) {
	case 0x0:
		return (event->masked ? EVENT_IM : 0) | (event->pending ? EVENT_IP : 0);
	case 0x4:
		return event->data;
	case 0x8:
		return event->address;
	default:
		return event->upper;
	}
}

/* IP is read only; a message held back goes out when software clears IM. */
void vtd_event_write(struct vtd *vtd, struct vtd_event *event, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x0:
		event->masked = (value & EVENT_IM) != 0;
		if (event->masked || !event->pending)
			break;
		if (defective(vtd, EVENT_NOT_SENT_ON_UNMASK))
			event->pending = false;
		else
			send(vtd, event);
		break;
	case 0x4:
		event->data = value & 0xffff;
		break;
	case 0x8:
		event->address = value & ~3u;
		break;
	default:
		event->upper = value;
		break;
	}
}

/*
 * A condition becomes true; `unserviced` says whether one was true before. IP is set, then IM decides.
 */
void vtd_event_raise(struct vtd *vtd, struct vtd_event *event, bool unserviced)
{
	if (unserviced && !defective(vtd, EVENT_REPEATED))
		return;
	event->pending = !(defective(vtd, EVENT_PENDING_NEVER) && event->masked);
	if (!event->masked || defective(vtd, EVENT_SENT_WHILE_MASKED))
		send(vtd, event);
}

/* Software has serviced every condition: what is pending is dropped. */
void vtd_event_serviced(struct vtd *vtd, struct vtd_event *event)
{
	if (defective(vtd, EVENT_PENDING_STUCK))
		return;
	event->pending = false;
}
