/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The invalidation queue of a VT-d unit (VT-d 5.10, 6.5.2, 11.4.9): descriptors of 128 or 256 bits, waits
 * that write a status word, and the errors that stop it. The unit always snoops the queue and the
 * status word (11.4.3, C), so nothing here is flushed. Free slots hold ones: a unit that reads beyond the
 * tail meets an invalid descriptor.
 */
#include "iommu/intel/internal.h"

#include <string.h>

#define QUEUE_BYTES    (PAGE_SIZE << VTD_QUEUE_PAGES_LG2)
#define STATUS_SYNC    0u /* words of the status page, one cache line each */
#define STATUS_SCRATCH 8u

static uint32_t queue_errors(const struct vtd *vtd)
{
	uint32_t mask = VTD_FSTS_IQE | (vtd->ecap & VTD_ECAP_DT ? VTD_FSTS_ITE | VTD_FSTS_ICE : 0);

	return read32(&vtd->iommu.mmio, VTD_FSTS) & mask;
}

static void clear_errors(struct vtd *vtd)
{
	uint32_t errors = queue_errors(vtd);

	if (errors)
		write32(&vtd->iommu.mmio, VTD_FSTS, errors);
}

static unsigned slot_bytes(const struct vtd_queue *q)
{
	return q->words * (unsigned)sizeof(uint64_t);
}

static unsigned head_of(const struct vtd *vtd)
{
	uint64_t iqh = read64(&vtd->iommu.mmio, VTD_IQH) & VTD_IQH_QH;

	return (unsigned)iqh / slot_bytes(&vtd->queue) % vtd->queue.count;
}

static void write_tail(struct vtd *vtd)
{
	arch_write_barrier();
	write64(&vtd->iommu.mmio, VTD_IQT, (uint64_t)vtd->queue.tail * slot_bytes(&vtd->queue));
}

static uint64_t *slot(const struct vtd_queue *q, unsigned index)
{
	return &q->ring[index * q->words];
}

static void put(struct vtd_queue *q, const uint64_t *words)
{
	memcpy(slot(q, q->tail), words, slot_bytes(q));
	q->tail = (q->tail + 1) % q->count;
}

static struct vtd_descriptor wait_descriptor(const uint64_t *status, uint32_t value)
{
	return (struct vtd_descriptor){ {
		VTD_QI_WAIT | VTD_QI0_WAIT_SW | FIELD_PREP(VTD_QI0_WAIT_DATA, (uint64_t)value),
		pa_of(status).v & VTD_QI1_WAIT_ADDR,
	} };
}

static enum status allocate(struct vtd *vtd)
{
	struct vtd_queue *q = &vtd->queue;

	if (!vtd->pool)
		return STATUS_BAD_ARGUMENT;
	if (!q->ring)
		q->ring = pool_pages(vtd->pool, QUEUE_BYTES / PAGE_SIZE,
				     PAGE_LG2 + VTD_QUEUE_PAGES_LG2);
	if (!q->status)
		q->status = pool_pages(vtd->pool, 1, PAGE_LG2);
	return q->ring && q->status ? STATUS_OK : STATUS_EXHAUSTED;
}

/* 6.5.2, to enable: nothing pending, tail 0, address and width, QIE. Errors left from before stop a queue. */
enum status vtd_queue_start(struct vtd *vtd, bool wide)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	struct vtd_queue *q = &vtd->queue;
	enum status s = allocate(vtd);

	if (s != STATUS_OK)
		return s;
	memset(q->ring, 0xff, QUEUE_BYTES);
	q->words = wide ? 4 : 2;
	q->count = (unsigned)(QUEUE_BYTES / slot_bytes(q));
	q->tail = q->done = 0;
	clear_errors(vtd);
	write64(mmio, VTD_IQT, 0);
	write64(mmio, VTD_IQA,
		pa_of(q->ring).v | (wide ? VTD_IQA_DW : 0) |
			FIELD_PREP(VTD_IQA_QS, (uint64_t)VTD_QUEUE_PAGES_LG2));
	s = vtd_command(vtd, VTD_GCMD_QIE, true);
	q->on = s == STATUS_OK;
	return s;
}

/*
 * End the queue that firmware left on. The wait that 6.5.2 asks for goes into the free slot at its tail,
 * and its status into a page of ours. A queue that is stopped by an error, or whose address cannot be, is
 * turned off without.
 */
enum status vtd_queue_take_over(struct vtd *vtd)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	struct vtd_queue theirs = { .tail = 0 };
	uint64_t iqa, iqt, base;
	enum status s;

	if (!(vtd->ecap & VTD_ECAP_QI) || !(read32(mmio, VTD_GSTS) & VTD_GSTS_QIES))
		return STATUS_OK;
	s = allocate(vtd);
	if (s != STATUS_OK)
		return s;
	iqa = read64(mmio, VTD_IQA);
	iqt = read64(mmio, VTD_IQT) & VTD_IQT_QT;
	base = iqa & VTD_IQA_IQA;
	theirs.words = iqa & VTD_IQA_DW ? 4 : 2;
	theirs.count = ((unsigned)PAGE_SIZE << FIELD_GET(VTD_IQA_QS, iqa)) / slot_bytes(&theirs);
	theirs.tail = (unsigned)iqt / slot_bytes(&theirs);
	if (base && !(vtd->haw < 64 && base >> vtd->haw) && theirs.tail < theirs.count &&
	    !(read32(mmio, VTD_FSTS) & (VTD_FSTS_IQE | VTD_FSTS_ITE)) &&
	    wait_until((read64(mmio, VTD_IQH) & VTD_IQH_QH) == iqt, deadline)) {
		struct vtd_descriptor wait = wait_descriptor(&vtd->queue.status[STATUS_SYNC], 1);

		theirs.ring = pa_ptr(pa(base));
		arch_store64(&vtd->queue.status[STATUS_SYNC], 0);
		put(&theirs, wait.w);
		arch_write_barrier();
		write64(mmio, VTD_IQT, (uint64_t)theirs.tail * slot_bytes(&theirs));
		(void)wait_until(arch_load64(&vtd->queue.status[STATUS_SYNC]) == 1, deadline);
	}
	return vtd_command(vtd, VTD_GCMD_QIE, false);
}

/* Free slots while the unit is at `head`. 6.5.2: N - 1 descriptors fill a queue. */
static unsigned room(const struct vtd_queue *q, unsigned head)
{
	return (head + q->count - 1 - q->tail) % q->count;
}

/* `reserve` slots stay free: sync() always has room for its wait. */
static enum status push(struct vtd *vtd, const struct vtd_descriptor *batch, unsigned count,
			unsigned reserve)
{
	struct vtd_queue *q = &vtd->queue;

	if (!q->on)
		return STATUS_UNSUPPORTED;
	/* What the last sync saw done is enough to know, mostly: a register of the unit is far away. */
	if (room(q, q->done) < count + reserve && room(q, head_of(vtd)) < count + reserve)
		return STATUS_EXHAUSTED;
	for (unsigned i = 0; i < count; i++)
		put(q, batch[i].w);
	write_tail(vtd);
	return STATUS_OK;
}

enum status vtd_queue_push(struct vtd *vtd, const struct vtd_descriptor *batch, unsigned count)
{
	return push(vtd, batch, count, 1);
}

enum status vtd_queue_raw(struct vtd *vtd, const uint64_t descriptor[4])
{
	struct vtd_descriptor d;

	memcpy(d.w, descriptor, sizeof(d.w));
	return push(vtd, &d, 1, 1);
}

void vtd_queue_tail_raw(struct vtd *vtd, uint64_t value)
{
	arch_write_barrier();
	write64(&vtd->iommu.mmio, VTD_IQT, value);
}

static void poison_done(struct vtd_queue *q)
{
	while (q->done != q->tail) {
		memset(slot(q, q->done), 0xff, slot_bytes(q));
		q->done = (q->done + 1) % q->count;
	}
}

/* A unit that is gone has every error bit set, too. */
static enum status stopped(struct vtd *vtd)
{
	uint32_t fsts = read32(&vtd->iommu.mmio, VTD_FSTS);

	return vtd_unmet(vtd, fsts == UINT32_MAX ? STATUS_GONE : STATUS_QUEUE_ERROR,
			 "legal descriptors leave FSTS.IQE, ITE and ICE clear (VT-d 6.5.2.11)",
			 "FSTS", fsts);
}

/* A wait with a status write. ICE does not stop the queue; it is an error all the same. */
enum status vtd_sync(struct iommu *iommu, struct deadline deadline)
{
	struct vtd *vtd = to_vtd(iommu);
	struct vtd_queue *q = &vtd->queue;
	struct vtd_descriptor wait;
	uint64_t *word;
	uint32_t errors = 0;
	bool met;

	if (!q->on)
		return STATUS_OK;
	word = &q->status[STATUS_SYNC];
	wait = wait_descriptor(word, ++q->sequence);
	arch_store64(word, ~(uint64_t)q->sequence);
	if (queue_errors(vtd) & (VTD_FSTS_IQE | VTD_FSTS_ITE))
		return stopped(vtd);
	if (push(vtd, &wait, 1, 0) != STATUS_OK)
		return vtd_unmet(vtd, STATUS_TIMEOUT, "IQH follows IQT (VT-d 6.5.2)", "IQH",
				 read64(&vtd->iommu.mmio, VTD_IQH));
	met = wait_until((uint32_t)arch_load64(word) == q->sequence ||
				 ((errors = queue_errors(vtd)) & (VTD_FSTS_IQE | VTD_FSTS_ITE)),
			 deadline);
	if (errors || queue_errors(vtd))
		return stopped(vtd);
	if (!met)
		return vtd_unmet(vtd, STATUS_TIMEOUT,
				 "a wait descriptor writes its status data (VT-d 6.5.2.9)",
				 "status", arch_load64(word));
	arch_barrier();
	poison_done(q);
	return STATUS_OK;
}

/* A wait where the head is. A head within a slot is that of a unit that takes the slot for two. */
static void put_wait_at_head(struct vtd *vtd, uint32_t value)
{
	struct vtd_queue *q = &vtd->queue;
	struct vtd_descriptor wait = wait_descriptor(&q->status[STATUS_SCRATCH], value);
	size_t bytes = read64(&vtd->iommu.mmio, VTD_IQH) & VTD_IQH_QH & (QUEUE_BYTES - 1);
	bool within = bytes % slot_bytes(q) != 0;

	memcpy(&q->ring[bytes / sizeof(uint64_t)], wait.w,
	       within ? slot_bytes(q) / 2 : slot_bytes(q));
}

/*
 * 6.5.2.11: the head stays on the descriptor in error, and clearing the error resumes there. A tail that
 * was out of place is put right by writing it again, which also starts units that only look then.
 */
static bool recover_in_place(struct vtd *vtd)
{
	struct vtd_queue *q = &vtd->queue;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);

	for (unsigned i = 0; i < q->count && !deadline_passed(deadline); i++) {
		if (head_of(vtd) != q->tail && (queue_errors(vtd) & VTD_FSTS_IQE))
			put_wait_at_head(vtd, i);
		arch_write_barrier();
		clear_errors(vtd);
		write_tail(vtd);
		(void)wait_until(head_of(vtd) == q->tail || queue_errors(vtd), deadline);
		if (head_of(vtd) == q->tail && !queue_errors(vtd))
			return true;
	}
	return false;
}

/* 6.5.2: only an empty queue is disabled. Where an error has stopped it, its tail comes back to the head. */
static enum status turn_off(struct vtd *vtd)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	enum status s;

	if (queue_errors(vtd) & (VTD_FSTS_IQE | VTD_FSTS_ITE)) {
		write64(mmio, VTD_IQT, read64(mmio, VTD_IQH) & VTD_IQH_QH);
		clear_errors(vtd);
	}
	s = vtd_command(vtd, VTD_GCMD_QIE, false);
	if (s == STATUS_OK)
		vtd->queue.on = false;
	return s;
}

/*
 * 6.5.2, to disable: the queue is empty and its last descriptor was a wait. What an error has left in it becomes
 * waits. A queue that does not come to its end is stopped as it is.
 */
enum status vtd_queue_stop(struct vtd *vtd)
{
	enum status s = vtd_sync(&vtd->iommu, deadline_in_us(VTD_COMMAND_US));

	if (s != STATUS_OK && s != STATUS_QUEUE_ERROR && s != STATUS_TIMEOUT)
		return s;
	if (s == STATUS_QUEUE_ERROR)
		(void)recover_in_place(vtd);
	return turn_off(vtd);
}

enum status vtd_queue_restart(struct vtd *vtd, bool wide)
{
	enum status s;

	if (!vtd->queue.on)
		return STATUS_UNSUPPORTED;
	s = vtd_queue_stop(vtd);
	return s == STATUS_OK ? vtd_queue_start(vtd, wide) : s;
}

enum status vtd_queue_recover(struct vtd *vtd)
{
	bool wide = vtd->queue.words == 4;
	enum status s = STATUS_OK;

	if (!vtd->queue.on)
		return STATUS_UNSUPPORTED;
	if (!recover_in_place(vtd)) {
		s = turn_off(vtd);
		if (s == STATUS_OK)
			s = vtd_queue_start(vtd, wide);
	}
	return s == STATUS_OK ? vtd_sync(&vtd->iommu, deadline_in_us(VTD_COMMAND_US)) : s;
}
