/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Fault records: taken one by one, each accounted for.
 *
 * A refused transfer of several packets may leave a record for each page or packet; records that say
 * the same as the expected one, for a page of the same transfer, count as the same.
 */
#include <string.h>

#include "tests/harness/bench_private.h"
#include "tests/harness/sabotage.h"

#define DRAIN_MAX	4096u		/* records of one drain: a unit that gives more is out of order */
#define MESSAGE_US	100000u		/* a message may come from another process, past busy emulated CPUs */

static bool take(struct bench *b, struct iommu_fault *fault)
{
	struct bench_own *own = own_of(b);
	enum status status = b->iommu->ops->next_fault(b->iommu, fault);

	if (status == STATUS_NOT_FOUND)
		return false;
	expect_done(b, status, "next_fault");
	own->faults[own->fault_count++ % BENCH_FAULTS_MAX] = *fault;
	return !sabotaged(SABOTAGE_IGNORE_FAULT);
}

bool fault_next(struct bench *b, struct iommu_fault *fault, uint64_t wait_us)
{
	struct deadline deadline = deadline_in_us(wait_us);

	return wait_until(take(b, fault), deadline);
}

bool take_fault(struct bench *b, struct iommu_fault *fault)
{
	return fault_next(b, fault, BENCH_FAULT_US);
}

unsigned faults_drain(struct bench *b)
{
	struct iommu_fault fault;
	unsigned n = 0;

	while (n < DRAIN_MAX && b->iommu->ops->next_fault(b->iommu, &fault) == STATUS_OK)
		n++;
	if (b->iommu->ops->fault_overflow != NULL)
		(void)b->iommu->ops->fault_overflow(b->iommu);
	return n;
}

void forget_faults(struct bench *b)
{
	(void)faults_drain(b);
}

bool fault_overflowed(struct bench *b)
{
	return b->iommu->ops->fault_overflow != NULL && b->iommu->ops->fault_overflow(b->iommu);
}

const struct arch_msi *event_line(struct bench *b)
{
	require(b, own_of(b)->msi != NULL, "the test does not say NEEDS_FAULT_EVENT");
	return own_of(b)->msi;
}

uint32_t fault_events(struct bench *b)
{
	return arch_msi_count(event_line(b));
}

uint32_t wait_for_fault_events(struct bench *b, uint32_t count)
{
	struct deadline deadline = deadline_in_us(MESSAGE_US);

	(void)wait_until(fault_events(b) >= count, deadline);
	return fault_events(b);
}

static uint64_t page_of(iova_t at)
{
	return ALIGN_DOWN(at.v, (uint64_t)PAGE_SIZE);
}

static bool allowed_reason(struct bench *b, enum iommu_refusal why, enum iommu_access access,
			   unsigned reason)
{
	unsigned reasons[IOMMU_REASONS_MAX];
	unsigned count = b->iommu->ops->reasons(b->iommu, b->regime, why, access, reasons);

	for (unsigned i = 0; i < count && i < IOMMU_REASONS_MAX; i++) {
		if (reasons[i] == reason)
			return true;
	}
	return false;
}

static void describe_allowed(struct bench *b, enum iommu_refusal why, enum iommu_access access)
{
	unsigned reasons[IOMMU_REASONS_MAX];
	unsigned count = b->iommu->ops->reasons(b->iommu, b->regime, why, access, reasons);

	for (unsigned i = 0; i < count && i < IOMMU_REASONS_MAX; i++)
		note(b, "allowed for a %s refused for %s: reason %02Xh, %s", access_name(access),
		     refusal_name(why), reasons[i],
		     b->iommu->ops->reason_text != NULL
			     ? b->iommu->ops->reason_text(b->iommu, reasons[i])
			     : "");
}

/* What a record holds of an address: above what the unit can translate, it may hold nothing. */
static uint64_t recorded(const struct bench *b, uint64_t address)
{
	unsigned bits = b->iommu->caps.fault_address_bits;

	return bits != 0 && bits < 64 ? address & (BIT64(bits) - 1) : address;
}

static void wrong_reason(struct bench *b, const struct iommu_fault *fault, const struct case_reason *wrong)
{
	struct case_result *r = own_of(b)->result;

	for (unsigned i = 0; i < r->reason_count; i++) {
		if (memcmp(&r->reasons[i], wrong, sizeof(*wrong)) == 0)
			return;
	}
	evidence_of_fault(b, fault);
	if (r->reason_count == CASE_REASONS_MAX)
		fail(b, "the fault has reason %02Xh, expected %02Xh", wrong->got,
		     wrong->expected[0]);
	if (r->reason_count == 0)
		evidence_of_transfer(b);
	r->reasons[r->reason_count++] = *wrong;
}

/* Is it known that records of this case have a wrong access or address? Then the case is judged with that in mind. */
static bool is_known_record(struct bench *b, const struct iommu_fault *f, unsigned record)
{
	struct bench_own *own = own_of(b);
	const struct case_reason wrong = { record, { record } };

	if (config_find_reason(own->config, own->id, own->variant, record, record) == NULL)
		return false;
	wrong_reason(b, f, &wrong);
	return true;
}

/* Source, direction and page; the reason is for the caller. */
static void expect_record(struct bench *b, const struct iommu_fault *f, struct iommu_source source,
			  enum iommu_access access, iova_t at)
{
	if (f->source.segment != source.segment || f->source.rid != source.rid ||
	    f->source.pasid != source.pasid)
		fail(b,
		     "the fault names source %04x:%04x pasid 0x%x, expected %04x:%04x pasid 0x%x",
		     f->source.segment, f->source.rid, (unsigned)f->source.pasid, source.segment,
		     source.rid, (unsigned)source.pasid);
	if (!iommu_fault_is(f, access) && !is_known_record(b, f, RECORD_ACCESS))
		fail(b, "the fault names a %s, expected a %s", access_name(f->access),
		     access_name(access));
	if (recorded(b, f->address) != recorded(b, page_of(at)) &&
	    !is_known_record(b, f, RECORD_ADDRESS))
		fail(b, "the fault names address 0x%llx, expected 0x%llx",
		     (unsigned long long)f->address, (unsigned long long)page_of(at));
	if (access == IOMMU_WRITE && windows_disturbed(b, NULL, 0) != NULL)
		fail(b, "a refused write changed memory: %s", windows_disturbed(b, NULL, 0));
}

void expect_reason_of(struct bench *b, const struct iommu_fault *fault, unsigned reason)
{
	struct case_reason wrong = { fault->reason, { reason } };

	if (fault->reason != reason) {
		note(b, "reason %02Xh, expected %02Xh:", fault->reason, reason);
		wrong_reason(b, fault, &wrong);
	}
	met(b);
}

/* One of those that the unit's driver names for this refusal. */
static void expect_refusal(struct bench *b, const struct iommu_fault *fault, enum iommu_refusal why)
{
	struct case_reason wrong = { .got = fault->reason };

	if (allowed_reason(b, why, fault->access, fault->reason))
		return;
	if (b->iommu->ops->reasons(b->iommu, b->regime, why, fault->access, wrong.expected) == 0)
		fail(b, "the fault has reason %02Xh; there is none for %s", fault->reason,
		     refusal_name(why));
	describe_allowed(b, why, fault->access);
	note(b, "reason %02Xh, expected %02Xh:", wrong.got, wrong.expected[0]);
	wrong_reason(b, fault, &wrong);
}

void expect_fault(struct bench *b, struct iommu_source source, enum iommu_access access, iova_t at,
		  enum iommu_refusal why)
{
	struct iommu_fault fault;

	if (!take_fault(b, &fault))
		fail(b, "no fault was recorded for the %s at 0x%llx", access_name(access),
		     (unsigned long long)at.v);
	expect_record(b, &fault, source, access, at);
	expect_refusal(b, &fault, why);
	met(b);
}

void expect_reason(struct bench *b, iova_t at, enum iommu_access access, unsigned reason)
{
	struct iommu_fault fault;

	if (!take_fault(b, &fault))
		fail(b, "no fault was recorded; expected reason %02Xh", reason);
	expect_record(b, &fault, b->source, access, at);
	expect_reason_of(b, &fault, reason);
}

void expect_no_fault(struct bench *b)
{
	struct iommu_fault fault;

	if (fault_next(b, &fault, 0))
		fail(b, "an unexpected fault: reason %02Xh at 0x%llx", fault.reason,
		     (unsigned long long)fault.address);
	met(b);
}

/* More records of the transfer that was refused already, of `bytes` at `at`. */
static void take_repeats(struct bench *b, struct iommu_source source, enum iommu_access access, iova_t at,
			 uint32_t bytes, enum iommu_refusal why)
{
	struct iommu_fault f;

	for (unsigned n = 0; n < DRAIN_MAX && fault_next(b, &f, 0); n++) {
		bool elsewhere = recorded(b, f.address) < recorded(b, page_of(at)) ||
				 recorded(b, f.address) > recorded(b, at.v + bytes - 1);

		if (f.source.rid != source.rid ||
		    (!iommu_fault_is(&f, access) && !is_known_record(b, &f, RECORD_ACCESS)) ||
		    (elsewhere && !is_known_record(b, &f, RECORD_ADDRESS)))
			fail(b,
			     "a second fault that is not of the refused transfer: reason %02Xh at 0x%llx",
			     f.reason, (unsigned long long)f.address);
		expect_refusal(b, &f, why);
	}
}

void expect_no_other_fault(struct bench *b, struct iommu_source source, enum iommu_access access, iova_t at,
			   uint32_t bytes, enum iommu_refusal why)
{
	if (b->iommu->caps.fault_for_each_request)
		take_repeats(b, source, access, at, bytes, why);
	expect_no_fault(b);
}

static enum iommu_access access_of(enum dma_direction direction)
{
	if (direction == DMA_ATOMIC)
		return IOMMU_ATOMIC;
	return direction == DMA_READ ? IOMMU_READ : IOMMU_WRITE;
}

void expect_refused(struct bench *b, const struct dma_op *op, enum iommu_refusal why)
{
	const struct dma_limits *l = &b->engine->dma.limits;
	enum iommu_access access = access_of(op->direction);
	bool answered = op->direction != DMA_WRITE;	/* PCI Express posts writes */
	struct iommu_fault stray;
	enum status status;
	const char *where;

	windows_settle(b);
	if (fault_next(b, &stray, 0))
		fail(b, "an unexpected fault before the transfer: reason %02Xh at 0x%llx",
		     stray.reason, (unsigned long long)stray.address);
	status = engine_does(b, *op);
	where = windows_disturbed(b, NULL, 0);
	if (where != NULL)
		fail(b, "a refused %s changed memory: %s", access_name(access), where);
	if (status == STATUS_OK && (l->reports_errors || (answered && l->reports_read_errors)))
		fail(b, "the %s at 0x%llx was accepted, refusal was expected for %s",
		     access_name(access), (unsigned long long)op->iova.v, refusal_name(why));
	expect_fault(b, b->source, access, op->iova, why);
	take_repeats(b, b->source, access, op->iova, op->bytes, why);
}

void expect_write_refused(struct bench *b, iova_t at, enum iommu_refusal why)
{
	struct dma_op op = { .direction = DMA_WRITE, .iova = at, .bytes = write_bytes(b, 64) };

	expect_refused(b, &op, why);
}

void expect_read_refused(struct bench *b, iova_t at, enum iommu_refusal why)
{
	struct dma_op op = { .direction = DMA_READ, .iova = at, .bytes = read_bytes(b, 64) };

	expect_refused(b, &op, why);
}
