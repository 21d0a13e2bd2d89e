/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The logs that the unit writes, and what it says of them: 48882 3.11, clauses 2.5, 2.5.1, 2.6, 2.8, 3.4.16 and
 * MMIO Offset 0018h. A log is full when one slot is left.
 */
#include "model/amdvi_unit.h"

#define WRITTEN_ONES \
	(STATUS_EVENTOVERFLOW | STATUS_EVENTLOGINT | STATUS_COMWAITINT | STATUS_PPROVERFLOW | STATUS_PPRINT)

/* ComLen and its like: lengths below 8 are reserved, here as 8. */
uint64_t amdvi_ring_bytes(const struct amdvi_ring *ring)
{
	unsigned length = (unsigned)amdvi_bits(ring->base, 59, 56);

	return AMDVI_ONE((length < 8 ? 8 : length) + 4);
}

/* 2.4, 2.5, 2.6.3: a write of the base clears both pointers. */
void amdvi_ring_base(struct amdvi_ring *ring, uint64_t base)
{
	ring->base = base & (amdvi_mask(59, 56) | amdvi_mask(51, 12));
	ring->head = ring->tail = 0;
}

/* ---- Interrupts ---- */

/*
 * 3.4.16: signalled when a status bit becomes set and no other is: the line of all bits that are enabled rises. PPR
 * interrupts have a message number of their own, and so a line.
 */
static void signal_lines(struct amdvi *amdvi)
{
	uint32_t enabled = 0;
	bool event, request;

	if (amdvi->control & CONTROL_EVENTINTEN || defective(amdvi, INTERRUPT_DESPITE_DISABLE))
		enabled |= STATUS_EVENTLOGINT | STATUS_EVENTOVERFLOW;
	if (amdvi->control & CONTROL_COMWAITINTEN || defective(amdvi, INTERRUPT_DESPITE_DISABLE))
		enabled |= STATUS_COMWAITINT;
	if (defective(amdvi, INTERRUPT_LOST_EVENT))
		enabled &= ~(STATUS_EVENTLOGINT | STATUS_EVENTOVERFLOW);
	if (defective(amdvi, INTERRUPT_LOST_OVERFLOW))
		enabled &= ~STATUS_EVENTOVERFLOW;
	if (defective(amdvi, INTERRUPT_LOST_WAIT))
		enabled &= ~STATUS_COMWAITINT;
	event = amdvi->status & enabled;
	request = amdvi->control & CONTROL_PPRINTEN &&
		  amdvi->status & (STATUS_PPRINT | STATUS_PPROVERFLOW);
	if ((event && (!amdvi->event_line || defective(amdvi, INTERRUPT_REPEATED))) ||
	    (request && !amdvi->request_line))
		amdvi_pci_message(amdvi);
	amdvi->event_line = event;
	amdvi->request_line = request;
}

void amdvi_status_set(struct amdvi *amdvi, uint32_t bits)
{
	if (defective(amdvi, EVENTLOGINT_NEVER))
		bits &= ~STATUS_EVENTLOGINT;
	if (defective(amdvi, COMWAITINT_NEVER))
		bits &= ~STATUS_COMWAITINT;
	if (defective(amdvi, OVERFLOW_UNREPORTED))
		bits &= ~STATUS_EVENTOVERFLOW;
	amdvi->status |= bits;
	signal_lines(amdvi);
}

void amdvi_status_clear(struct amdvi *amdvi, uint32_t bits)
{
	bits &= WRITTEN_ONES;
	if (defective(amdvi, STATUS_CLEARS_ALL) && bits)
		bits = WRITTEN_ONES;
	if (defective(amdvi, OVERFLOW_STICKS))
		bits &= ~STATUS_EVENTOVERFLOW;
	if (defective(amdvi, INTERRUPT_STATUS_STICKS))
		bits &= ~(STATUS_EVENTLOGINT | STATUS_COMWAITINT);
	amdvi->status &= ~bits;
	signal_lines(amdvi);
}

/* ---- Control ---- */

static uint64_t writable_control(const struct amdvi *amdvi)
{
	uint64_t bits = amdvi_mask(12, 0);

	if (amdvi_has(amdvi, EFR_PPR))
		bits |= amdvi_mask(15, 13);
	if (amdvi_has(amdvi, EFR_GT))
		bits |= CONTROL_GTEN;
	if (EFR_SEGMENTS(amdvi->config.efr))
		bits |= amdvi_mask(36, 34);
	if (amdvi_has(amdvi, EFR_US))
		bits |= amdvi_mask(38, 37);
	if (amdvi_has(amdvi, EFR_BLKSTOPMRK))
		bits |= CONTROL_BLKSTOPMRKEN;
	if (amdvi_has(amdvi, EFR_EPH))
		bits |= AMDVI_ONE(45);
	if (amdvi_has(amdvi, EFR_V2HDDIS))
		bits |= CONTROL_GDUPDATEDIS;
	if (amdvi_has(amdvi, EFR_V2HADIS))
		bits |= CONTROL_GAUPDATEDIS;
	if (defective(amdvi, CONTROL_OF_ABSENT_FEATURES))
		bits |= amdvi_mask(36, 34) | AMDVI_ONE(17) | CONTROL_GTEN;
	return bits;
}

/* EventLogEn: a change from 0 to 1 while IommuEn is 1, or IommuEn with EventLogEn set already */
static void run_events(struct amdvi *amdvi, uint64_t before)
{
	uint64_t both = CONTROL_IOMMUEN | CONTROL_EVENTLOGEN;

	if ((amdvi->control & both) != both)
		amdvi->status &= ~STATUS_EVENTLOGRUN;
	else if ((before & both) != both)
		amdvi->status = (amdvi->status & ~STATUS_EVENTOVERFLOW) | STATUS_EVENTLOGRUN;
	if (defective(amdvi, EVENT_LOG_NEVER_RUNS))
		amdvi->status &= ~STATUS_EVENTLOGRUN;
}

/* PPRLogEn: written 1 while the others are 1 */
static void run_requests(struct amdvi *amdvi)
{
	uint64_t all = CONTROL_IOMMUEN | CONTROL_PPREN | CONTROL_PPRLOGEN;

	if ((amdvi->control & all) != all)
		amdvi->status &= ~STATUS_PPRLOGRUN;
	else if (!(amdvi->status & STATUS_PPRLOGRUN))
		amdvi->status = (amdvi->status & ~STATUS_PPROVERFLOW) | STATUS_PPRLOGRUN;
}

/* CmdBufEn: written 1 while IommuEn is 1; what stopped for an error starts again with the same command */
static void run_commands(struct amdvi *amdvi)
{
	uint64_t both = CONTROL_IOMMUEN | CONTROL_CMDBUFEN;

	if ((amdvi->control & both) != both)
		amdvi->status &= ~STATUS_CMDBUFRUN;
	else if (!defective(amdvi, COMMANDS_NEVER_RUN))
		amdvi->status |= STATUS_CMDBUFRUN;
	if (defective(amdvi, COMMANDS_RUN_STICKS) && amdvi->control & CONTROL_IOMMUEN)
		amdvi->status |= STATUS_CMDBUFRUN;
}

void amdvi_control_write(struct amdvi *amdvi, uint64_t value)
{
	uint64_t writable = writable_control(amdvi), before = amdvi->control;

	amdvi->control = (before & ~writable) | (value & writable);
	if (defective(amdvi, ENABLE_STICKS) && before & CONTROL_IOMMUEN)
		amdvi->control |= CONTROL_IOMMUEN;
	run_events(amdvi, before);
	run_requests(amdvi);
	run_commands(amdvi);
	signal_lines(amdvi);
}

/* ---- Records ---- */

static void write_record(struct amdvi *amdvi, const struct amdvi_ring *ring, uint64_t low, uint64_t high)
{
	const struct silicon_memory *memory = amdvi->silicon.memory;
	uint64_t words[2] = { low, high };
	uint64_t address = (ring->base & amdvi_mask(51, 12)) +
			   (ring->tail & (amdvi_ring_bytes(ring) - 1));

	if (defective(amdvi, EVENT_WRITTEN_LATE) && ring == &amdvi->events) {
		amdvi_log_late(amdvi);
		amdvi->late_event = true;
		amdvi->late_event_address = address;
		amdvi->late_event_words[0] = low;
		amdvi->late_event_words[1] = high;
		return;
	}
	/* Where there is no memory the record is lost: no event exists for it. */
	(void)memory->write(memory->context, address, words, sizeof words, true);
}

/* For silicon that moves the tail before the record is in memory. */
void amdvi_log_late(struct amdvi *amdvi)
{
	const struct silicon_memory *memory = amdvi->silicon.memory;

	if (amdvi->late_event)
		(void)memory->write(memory->context, amdvi->late_event_address,
				    amdvi->late_event_words, sizeof amdvi->late_event_words, true);
	amdvi->late_event = false;
}

/* The ring's next tail; false: it would meet the head */
static bool next_tail(const struct amdvi_ring *ring, uint64_t *next)
{
	uint64_t last = amdvi_ring_bytes(ring) - 1;

	*next = (ring->tail + 16) & last;
	return *next != (ring->head & last);
}

void amdvi_log_event(struct amdvi *amdvi, uint64_t low, uint64_t high)
{
	uint64_t next;

	if (!(amdvi->status & STATUS_EVENTLOGRUN))
		return;
	if (amdvi->status & STATUS_EVENTOVERFLOW && !defective(amdvi, LOGGED_DESPITE_OVERFLOW))
		return;
	if (!next_tail(&amdvi->events, &next) && !defective(amdvi, OVERFLOW_OVERWRITES)) {
		if (!defective(amdvi, LOGGED_DESPITE_OVERFLOW))
			amdvi->status &= ~STATUS_EVENTLOGRUN;
		amdvi_status_set(amdvi, STATUS_EVENTOVERFLOW);
		return;
	}
	write_record(amdvi, &amdvi->events, low, high);
	amdvi->events.tail = next;
	if (defective(amdvi, EVENT_TAIL_STOPS_AT_WRAP) && next == 0)
		amdvi->events.tail = amdvi_ring_bytes(&amdvi->events) - 16;
	amdvi_status_set(amdvi, STATUS_EVENTLOGINT);
}

/* 2.6.3, Table 75; what the bus does not say is permitted. False: it is lost. */
bool amdvi_log_request(struct amdvi *amdvi, const struct silicon_request *request)
{
	bool guest = request->pasid != SILICON_NO_PASID;
	uint64_t low = UINT64_C(1) << 60 | UINT64_C(1) << 50 | UINT64_C(1) << 41 | request->source,
		 next;

	if (!(amdvi->status & STATUS_PPRLOGRUN) || amdvi->status & STATUS_PPROVERFLOW)
		return false;
	if (!next_tail(&amdvi->requests, &next)) {
		amdvi->status &= ~STATUS_PPRLOGRUN;
		amdvi_status_set(amdvi, STATUS_PPROVERFLOW);
		return false;
	}
	if (guest)
		low |= AMDVI_ONE(56) | (uint64_t)(request->pasid & 0xffff) << 16 |
		       amdvi_bits(request->pasid, 19, 16) << 42;
	if (guest && !request->privileged)
		low |= AMDVI_ONE(54);
	if (!request->no_write)
		low |= AMDVI_ONE(53);
	write_record(amdvi, &amdvi->requests, low, request->address & ~UINT64_C(0xfff));
	amdvi->requests.tail = next;
	amdvi_status_set(amdvi, STATUS_PPRINT);
	return true;
}
