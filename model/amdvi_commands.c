/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The command buffer: 48882 3.11, clauses 2.4 and 2.4.1 to 2.4.11. Commands are executed one after the other, which is
 * the strictest of the orders that 2.4.11 allows. A command in error halts the processing, and the head stays at it.
 */
#include <string.h>

#include "model/amdvi_unit.h"

enum {
	COMPLETION_WAIT = 1, INVALIDATE_DEVTAB_ENTRY, INVALIDATE_IOMMU_PAGES, INVALIDATE_IOTLB_PAGES,
	INVALIDATE_INTERRUPT_TABLE, PREFETCH_IOMMU_PAGES, COMPLETE_PPR_REQUEST, INVALIDATE_IOMMU_ALL,
};

#define OPERAND_S	AMDVI_ONE(0)
#define OPERAND_PDE	AMDVI_ONE(1)
#define OPERAND_GN	AMDVI_ONE(2)
#define OPERAND_INVAL	AMDVI_ONE(4)

/* Tables 34 to 41 */
static const uint64_t reserved[][2] = {
	[COMPLETION_WAIT] = { 0x0ff0000000000000, 0 },
	[INVALIDATE_DEVTAB_ENTRY] = { 0x0fffffffffff0000, 0xffffffffffffffff },
	[INVALIDATE_IOMMU_PAGES] = { 0x0fff0000fff00000, 0x0000000000000ff8 },
	[INVALIDATE_IOTLB_PAGES] = { 0, 0x0000000000000fca },
	[INVALIDATE_INTERRUPT_TABLE] = { 0x0fffffffffff0000, 0xffffffffffffffff },
	[PREFETCH_IOMMU_PAGES] = { 0x0ff0000000ff0000, 0x0000000000000fea },
	[COMPLETE_PPR_REQUEST] = { 0x0ff00000ffff0000, 0xffff0000fffffffb },
	[INVALIDATE_IOMMU_ALL] = { 0x0fffffffffffffff, 0xffffffffffffffff },
};

enum outcome { EXECUTED, HALTED, WAITING };

static unsigned opcode_of(const uint64_t words[2])
{
	return (unsigned)(words[0] >> 60);
}

static bool exists(const struct amdvi *amdvi, unsigned opcode)
{
	uint64_t requests = CONTROL_PPREN | CONTROL_PPRLOGEN;

	switch (opcode) {
	case COMPLETION_WAIT:
	case INVALIDATE_DEVTAB_ENTRY:
	case INVALIDATE_IOMMU_PAGES:
	case INVALIDATE_INTERRUPT_TABLE:
		return true;
	case INVALIDATE_IOTLB_PAGES:
		return amdvi->config.iotlb;
	case PREFETCH_IOMMU_PAGES:
		return amdvi_has(amdvi, EFR_PREF);
	case COMPLETE_PPR_REQUEST:	/* Table 52, note */
		return amdvi_has(amdvi, EFR_PPR) && (amdvi->control & requests) == requests;
	case INVALIDATE_IOMMU_ALL:
		return amdvi_has(amdvi, EFR_IA);
	default:
		return false;
	}
}

static bool legal(const struct amdvi *amdvi, const uint64_t words[2])
{
	unsigned opcode = opcode_of(words);
	uint64_t high;

	if (!exists(amdvi, opcode))
		return defective(amdvi, UNKNOWN_COMMAND_SKIPPED) ||
		       (defective(amdvi, ZERO_COMMAND_SKIPPED) && !opcode);
	if (defective(amdvi, COMMAND_RESERVED_UNCHECKED))
		return true;
	high = reserved[opcode][1];
	if ((opcode == INVALIDATE_IOMMU_PAGES || opcode == INVALIDATE_IOTLB_PAGES) &&
	    !amdvi_has(amdvi, EFR_GT))
		high |= OPERAND_GN;
	if (opcode == INVALIDATE_IOTLB_PAGES && !amdvi_has(amdvi, EFR_INVIOTLBTYPE))
		high |= amdvi_mask(5, 4);
	return !(words[0] & reserved[opcode][0]) && !(words[1] & high);
}

/* 2.4.1: the store, then the status bit, whose interrupt pushes it. */
static bool completion_wait(struct amdvi *amdvi, const uint64_t words[2])
{
	const struct silicon_memory *memory = amdvi->silicon.memory;
	uint64_t address = words[0] & amdvi_mask(51, 3), data = words[1];
	bool both = (words[0] & 3) == 3;

	amdvi->waits_seen++;
	if (defective(amdvi, WAIT_NEVER_COMPLETES))
		return true;
	if (defective(amdvi, WAIT_STORES_32_BITS))
		data &= 0xffffffff;
	if (words[0] & 1 && !defective(amdvi, WAIT_STORE_NEVER) &&
	    !(both && defective(amdvi, WAIT_STORE_OR_INTERRUPT)) &&
	    !memory->write(memory->context, address, &data, sizeof data, true)) {
		amdvi_event_command(amdvi, EVENT_COMMAND_HARDWARE_ERROR, 0, HARDWARE_MASTER_ABORT,
				    address);
		return false;
	}
	if (words[0] & 2)
		amdvi_status_set(amdvi, STATUS_COMWAITINT);
	return true;
}

static void invalidate_pages(struct amdvi *amdvi, const uint64_t words[2])
{
	struct amdvi_range range = amdvi_range_of(amdvi, words[1]);
	uint16_t domain = (uint16_t)(words[0] >> 32);
	uint32_t pasid = (uint32_t)amdvi_bits(words[0], 19, 0);

	if (defective(amdvi, PAGES_INVALIDATION_IGNORED))
		return;
	if (defective(amdvi, PAGES_INVALIDATION_OF_WHOLE_DOMAINS_ONLY) && range.size_lg2 < 52)
		return;
	if (defective(amdvi, PAGES_INVALIDATION_DOMAIN_8_BITS))
		domain &= 0xff;
	if (words[1] & OPERAND_GN) {
		if (!defective(amdvi, GUEST_INVALIDATION_IGNORED))
			amdvi_invalidate_guest(amdvi, domain, pasid, range, words[1] & OPERAND_PDE);
	} else {
		amdvi_invalidate_host(amdvi, domain, range, words[1] & OPERAND_PDE);
	}
}

/* 2.4.4, 2.5.8: without a time-out the unit waits for a device that does not answer. */
static enum outcome invalidate_remote(struct amdvi *amdvi, const uint64_t words[2], uint64_t at)
{
	const struct silicon_devices *devices = amdvi->silicon.devices;
	struct amdvi_range range = amdvi_range_of(amdvi, words[1]);
	uint32_t pasid = (uint32_t)(amdvi_bits(words[0], 59, 56) << 16 |
				    amdvi_bits(words[0], 23, 16) << 8 |
				    amdvi_bits(words[0], 55, 48));
	uint16_t source = (uint16_t)words[0];

	if (!devices || !devices->invalidate || defective(amdvi, REMOTE_INVALIDATION_IGNORED))
		return EXECUTED;
	if (defective(amdvi, REMOTE_PASID_LINEAR))
		pasid = (uint32_t)amdvi_bits(words[0], 23, 16);
	if (!(words[1] & OPERAND_GN))
		pasid = SILICON_NO_PASID;
	if (devices->invalidate(devices->context, source, pasid, range.address, range.size_lg2))
		return EXECUTED;
	if (!CONTROL_INVTIMEOUT(amdvi->control))
		return WAITING;
	amdvi_event_command(amdvi, EVENT_IOTLB_INV_TIMEOUT, source, 0, at);
	return EXECUTED;
}

/* 2.4.7; Table 52: with a PASID while guest translation is off */
static void complete_request(struct amdvi *amdvi, const uint64_t words[2], uint64_t at)
{
	const struct silicon_devices *devices = amdvi->silicon.devices;
	bool guest = words[1] & OPERAND_GN;

	if (guest && !(amdvi->control & CONTROL_GTEN)) {
		amdvi_event_response(amdvi, words, at);
		return;
	}
	if (devices && devices->page_response)
		devices->page_response(devices->context, (uint16_t)words[0],
				       guest ? (uint32_t)amdvi_bits(words[0], 51, 32)
					     : SILICON_NO_PASID,
				       (unsigned)amdvi_bits(words[1], 40, 32),
				       (unsigned)amdvi_bits(words[1], 47, 44));
}

/* `at`: where the command stands */
static enum outcome execute(struct amdvi *amdvi, const uint64_t words[2], uint64_t at)
{
	switch (opcode_of(words)) {
	case COMPLETION_WAIT:
		return completion_wait(amdvi, words) ? EXECUTED : HALTED;
	case INVALIDATE_DEVTAB_ENTRY:
		if (!defective(amdvi, DEVICE_INVALIDATION_IGNORED))
			amdvi_invalidate_device(amdvi, (uint16_t)words[0]);
		return EXECUTED;
	case INVALIDATE_IOMMU_PAGES:
		invalidate_pages(amdvi, words);
		return EXECUTED;
	case INVALIDATE_IOTLB_PAGES:
		return invalidate_remote(amdvi, words, at);
	case PREFETCH_IOMMU_PAGES:	/* advisory, but for Inval */
		if (words[1] & OPERAND_INVAL)
			amdvi_invalidate_address(amdvi, amdvi_range_of(amdvi, words[1]));
		return EXECUTED;
	case COMPLETE_PPR_REQUEST:
		complete_request(amdvi, words, at);
		return EXECUTED;
	case INVALIDATE_IOMMU_ALL:
		if (!defective(amdvi, ALL_INVALIDATION_IGNORED))
			amdvi_cache_flush(amdvi);
		return EXECUTED;
	default:			/* no interrupt table is kept */
		return EXECUTED;
	}
}

/* For silicon that reports completion before it has invalidated. */
static bool postponed(struct amdvi *amdvi, const uint64_t words[2])
{
	unsigned opcode = opcode_of(words);
	bool invalidates = opcode == INVALIDATE_DEVTAB_ENTRY || opcode == INVALIDATE_IOMMU_PAGES ||
			   opcode == INVALIDATE_IOMMU_ALL;

	if (!defective(amdvi, COMPLETION_BEFORE_INVALIDATION) || !invalidates ||
	    amdvi->deferred_count == AMDVI_DEFERRED_MAX)
		return false;
	memcpy(amdvi->deferred[amdvi->deferred_count++], words, 2 * sizeof words[0]);
	return true;
}

/* A new tail: commands follow, or software has waited for what there was. */
void amdvi_commands_tail(struct amdvi *amdvi, uint64_t tail)
{
	unsigned count = amdvi->deferred_count;

	amdvi_flags_late(amdvi);
	amdvi->deferred_count = 0;
	for (unsigned i = 0; i < count; i++)
		(void)execute(amdvi, amdvi->deferred[i], 0);
	amdvi->commands.tail = tail;
}

static enum outcome halt(struct amdvi *amdvi, enum amdvi_event_code code, unsigned type, uint64_t at)
{
	if (!defective(amdvi, COMMAND_ERROR_GOES_ON))
		amdvi->status &= ~STATUS_CMDBUFRUN;
	amdvi_event_command(amdvi, code, 0, type, at);
	return defective(amdvi, COMMAND_ERROR_GOES_ON) ? EXECUTED : HALTED;
}

/* The ring's next head */
static uint64_t advanced(const struct amdvi *amdvi, uint64_t head)
{
	uint64_t last = amdvi_ring_bytes(&amdvi->commands) - 16,
		 next = head >= last ? 0 : head + 16;

	if (defective(amdvi, RING_SKIPS_AFTER_WRAP) && next == 0 && amdvi->commands.tail > 16)
		return 16;
	return next;
}

static enum outcome one(struct amdvi *amdvi)
{
	const struct silicon_memory *memory = amdvi->silicon.memory;
	uint64_t head = amdvi->commands.head & (amdvi_ring_bytes(&amdvi->commands) - 1), words[2];
	uint64_t at = (amdvi->commands.base & amdvi_mask(51, 12)) + head;
	enum outcome outcome = EXECUTED;

	if (defective(amdvi, RING_STOPS_AT_WRAP) && head == amdvi_ring_bytes(&amdvi->commands) - 16)
		return WAITING;
	/* 2.4: the buffer is always snooped. */
	if (!memory->read(memory->context, at, words, sizeof words, true))
		outcome = halt(amdvi, EVENT_COMMAND_HARDWARE_ERROR, HARDWARE_MASTER_ABORT, at);
	else if (!legal(amdvi, words))
		outcome = halt(amdvi, EVENT_ILLEGAL_COMMAND_ERROR, 0, at);
	else if (!postponed(amdvi, words))
		outcome = execute(amdvi, words, at);
	if (outcome == HALTED)
		amdvi->status &= ~STATUS_CMDBUFRUN;
	if (outcome == EXECUTED ||
	    (outcome == HALTED && defective(amdvi, COMMAND_ERROR_PASSES_COMMAND)))
		amdvi->commands.head = advanced(amdvi, head);
	return outcome;
}

bool amdvi_commands_step(struct amdvi *amdvi)
{
	bool worked = false;

	for (unsigned i = 0; i < AMDVI_STEP_COMMANDS; i++) {
		if (!(amdvi->status & STATUS_CMDBUFRUN) ||
		    amdvi->commands.head == amdvi->commands.tail)
			break;
		if (one(amdvi) == WAITING)
			break;
		worked = true;
	}
	return worked;
}
