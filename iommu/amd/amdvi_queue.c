/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The command buffer of an AMD-Vi unit (48882 3.11, 2.4, 3.4.15): commands, COMPLETION_WAITs that store a value, and
 * the errors that halt it. Free slots hold ones: a unit that reads beyond the tail meets an illegal command.
 */
#include "iommu/amd/internal.h"

#include <string.h>

#define SLOT_BYTES 16u

static unsigned count_of(const struct amdvi_ring *ring)
{
	return BIT(ring->lg2);
}

static uint64_t *slot(const struct amdvi_ring *ring, unsigned index)
{
	return &ring->slots[2 * index];
}

static unsigned head_of(const struct amdvi *amdvi)
{
	uint64_t head = read64(&amdvi->iommu.mmio, AMDVI_CmdHead) & AMDVI_Pointer;

	return (unsigned)(head / SLOT_BYTES) % count_of(&amdvi->commands);
}

static void write_tail(struct amdvi *amdvi)
{
	arch_write_barrier();
	write64(&amdvi->iommu.mmio, AMDVI_CmdTail, (uint64_t)amdvi->commands.tail * SLOT_BYTES);
}

enum status amdvi_queue_allocate(struct amdvi *amdvi, unsigned lg2)
{
	struct amdvi_ring *q = &amdvi->commands;

	if (!amdvi->pool || lg2 < AMDVI_RING_LG2_MIN || lg2 > AMDVI_RING_LG2_MAX)
		return STATUS_BAD_ARGUMENT;
	if (!q->slots || lg2 > q->lg2)
		q->slots = pool_pages(amdvi->pool, BIT(lg2) * SLOT_BYTES / PAGE_SIZE, PAGE_LG2);
	if (!amdvi->status)
		amdvi->status = pool_pages(amdvi->pool, 1, PAGE_LG2);
	if (!q->slots || !amdvi->status)
		return STATUS_EXHAUSTED;
	q->lg2 = lg2;
	return STATUS_OK;
}

/* An empty buffer. The base register resets the pointers (2.4); they are written all the same. */
void amdvi_queue_program(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	struct amdvi_ring *q = &amdvi->commands;

	memset(q->slots, 0xff, (size_t)count_of(q) * SLOT_BYTES);
	q->head = q->tail = 0;
	arch_write_barrier();
	write64(mmio, AMDVI_CmdBase,
		pa_of(q->slots).v | FIELD_PREP(AMDVI_CmdBase_ComLen, (uint64_t)q->lg2));
	write64(mmio, AMDVI_CmdHead, 0);
	write64(mmio, AMDVI_CmdTail, 0);
}

/* The commands that firmware left are executed, if they ever are. */
enum status amdvi_drain_found(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	uint64_t head = 0, tail = read64(mmio, AMDVI_CmdTail) & AMDVI_Pointer;

	if (!(read64(mmio, AMDVI_Status) & AMDVI_Status_CmdBufRun))
		return STATUS_OK;
	if (wait_until((head = read64(mmio, AMDVI_CmdHead) & AMDVI_Pointer) == tail,
		       deadline_in_us(AMDVI_COMMAND_US)))
		return STATUS_OK;
	return amdvi_unmet(amdvi, STATUS_TIMEOUT, "CmdHead follows CmdTail (48882 3.4.15)",
			   "CmdHead", head);
}

enum status amdvi_queue_stop(struct amdvi *amdvi)
{
	enum status status;

	amdvi_control(amdvi, AMDVI_Control_CmdBufEn, 0);
	status = amdvi_wait_run(amdvi, AMDVI_Status_CmdBufRun, false);
	if (!status)
		amdvi->commands.on = false;
	return status;
}

enum status amdvi_queue_start(struct amdvi *amdvi, unsigned lg2)
{
	enum status status = amdvi->commands.on ? STATUS_BAD_ARGUMENT
						: amdvi_queue_allocate(amdvi, lg2);

	if (status)
		return status;
	amdvi_queue_program(amdvi);
	amdvi_control(amdvi, 0, AMDVI_Control_CmdBufEn);
	status = amdvi_wait_run(amdvi, AMDVI_Status_CmdBufRun, true);
	amdvi->commands.on = !status;
	return status;
}

/* Step by step as 2.4 has it: run bit 0, enable 0, the registers, enable 1. */
enum status amdvi_queue_recover(struct amdvi *amdvi)
{
	enum status status;

	if (!amdvi->commands.on)
		return STATUS_UNSUPPORTED;
	status = amdvi_queue_stop(amdvi);
	if (!status)
		status = amdvi_queue_start(amdvi, amdvi->commands.lg2);
	return status ? status : amdvi_sync(&amdvi->iommu, deadline_in_us(AMDVI_COMMAND_US));
}

/* Free slots while the unit is at `head`. 3.4.15: the tail never reaches the head from behind. */
static unsigned room(const struct amdvi_ring *q, unsigned head)
{
	return (head + count_of(q) - 1 - q->tail) % count_of(q);
}

/* `reserve` slots stay free: sync() always has room for its wait. */
static enum status push(struct amdvi *amdvi, const struct amdvi_command *batch, unsigned count,
			unsigned reserve)
{
	struct amdvi_ring *q = &amdvi->commands;

	if (!q->on)
		return STATUS_UNSUPPORTED;
	/* What the last sync saw done is enough to know, mostly: a register of the unit is far away. */
	if (room(q, q->head) < count + reserve && room(q, head_of(amdvi)) < count + reserve)
		return STATUS_EXHAUSTED;
	for (unsigned i = 0; i < count; i++) {
		memcpy(slot(q, q->tail), batch[i].w, SLOT_BYTES);
		q->tail = (q->tail + 1) % count_of(q);
	}
	write_tail(amdvi);
	return STATUS_OK;
}

enum status amdvi_queue_push(struct amdvi *amdvi, const struct amdvi_command *batch, unsigned count)
{
	return push(amdvi, batch, count, 1);
}

enum status amdvi_queue_raw(struct amdvi *amdvi, struct amdvi_command command)
{
	return push(amdvi, &command, 1, 1);
}

void amdvi_queue_tail_raw(struct amdvi *amdvi, uint64_t value)
{
	arch_write_barrier();
	write64(&amdvi->iommu.mmio, AMDVI_CmdTail, value);
}

static void poison_done(struct amdvi_ring *q)
{
	while (q->head != q->tail) {
		memset(slot(q, q->head), 0xff, SLOT_BYTES);
		q->head = (q->head + 1) % count_of(q);
	}
}

/* 3.4.16, CmdBufRun: it becomes 0 when the unit halts for an error, and only then. */
static bool is_halted(struct amdvi *amdvi, uint64_t *status)
{
	*status = read64(&amdvi->iommu.mmio, AMDVI_Status);
	return *status == UINT64_MAX || !(*status & AMDVI_Status_CmdBufRun);
}

static enum status halted(struct amdvi *amdvi, uint64_t status)
{
	return amdvi_unmet(amdvi, STATUS_QUEUE_ERROR,
			   "legal commands leave Status.CmdBufRun set (48882 2.4, 2.5.6)", "Status",
			   status);
}

/*
 * 2.4.1: one wait, with a value of its own, that nothing overtakes (f). Its interrupt is asked for where that is
 * wanted; ComWaitInt is cleared first, since a bit that is set already signals nothing (3.4.16).
 */
enum status amdvi_sync(struct iommu *iommu, struct deadline deadline)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	uint64_t flags = AMDVI_CW0_s | AMDVI_CW0_f, status;
	struct amdvi_command wait;
	bool met;

	if (!amdvi->commands.on)
		return STATUS_OK;
	if (is_halted(amdvi, &status))
		return halted(amdvi, status);
	if (amdvi->completion_interrupt) {
		enum status cleared = amdvi_clear_status(amdvi, AMDVI_Status_ComWaitInt);

		if (cleared)
			return cleared;
		flags |= AMDVI_CW0_i;
	}
	amdvi->sequence++;
	arch_store64(amdvi->status, ~amdvi->sequence);
	wait = amdvi_completion_wait(pa_of(amdvi->status).v, amdvi->sequence, flags);
	if (push(amdvi, &wait, 1, 0) != STATUS_OK)
		return amdvi_unmet(amdvi, STATUS_TIMEOUT, "CmdHead follows CmdTail (48882 3.4.15)",
				   "CmdHead", read64(&iommu->mmio, AMDVI_CmdHead));
	met = wait_until(arch_load64(amdvi->status) == amdvi->sequence || is_halted(amdvi, &status),
			 deadline);
	if (arch_load64(amdvi->status) != amdvi->sequence) {
		if (met || is_halted(amdvi, &status))
			return halted(amdvi, status);
		return amdvi_unmet(amdvi, STATUS_TIMEOUT,
				   "COMPLETION_WAIT stores its data (48882 2.4.1)", "stored",
				   arch_load64(amdvi->status));
	}
	arch_barrier();
	poison_done(&amdvi->commands);
	return STATUS_OK;
}
