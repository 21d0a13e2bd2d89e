/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Event records: 48882 3.11, clauses 2.5.2 to 2.5.10 and 2.5.16.2. The low quadword is +00 and +04 of a figure, the
 * high one +08 and +12. What is not meaningful is 0, but for RW, which says the same of every memory request.
 */
#include "model/amdvi_unit.h"

#define FLAG_GN		AMDVI_ONE(48)
#define FLAG_NX		AMDVI_ONE(49)
#define FLAG_US		AMDVI_ONE(50)
#define FLAG_I		AMDVI_ONE(51)
#define FLAG_PR		AMDVI_ONE(52)
#define FLAG_RW		AMDVI_ONE(53)
#define FLAG_PE		AMDVI_ONE(54)
#define FLAG_RZ		AMDVI_ONE(55)
#define FLAG_TR		AMDVI_ONE(56)

static uint64_t code_of(enum amdvi_event_code code)
{
	return (uint64_t)code << 60;
}

/* DeviceID, TR, RW: what every record of a device's request has */
static uint64_t request_bits(const struct amdvi *amdvi, const struct silicon_request *request, bool interrupt)
{
	bool translation = request->access == SILICON_TRANSLATE;
	bool write = amdvi_is_write(request->access) != defective(amdvi, EVENT_RW_INVERTED);
	uint64_t bits = request->source;

	if (defective(amdvi, EVENT_DEVICE_FUNCTION_LOST))
		bits &= ~UINT64_C(7);
	if (translation)
		bits |= FLAG_TR;
	if (interrupt != defective(amdvi, EVENT_I_INVERTED))
		bits |= FLAG_I;
	if (!translation && !interrupt && write)
		bits |= FLAG_RW;
	return bits;
}

/* GN with the PASID, where the request has one; else the DomainID, which only some records have */
static uint64_t space_bits(const struct amdvi *amdvi, bool guest, uint32_t pasid, uint16_t domain)
{
	if (defective(amdvi, EVENT_WITHOUT_DOMAIN))
		domain = 0;
	if (!guest || defective(amdvi, EVENT_WITHOUT_PASID))
		return (uint64_t)domain << 32;
	return FLAG_GN | (uint64_t)(pasid & 0xffff) << 32 | amdvi_bits(pasid, 19, 16) << 16;
}

static uint64_t pasid_bits(const struct amdvi *amdvi, const struct silicon_request *request)
{
	return space_bits(amdvi, request->pasid != SILICON_NO_PASID, request->pasid, 0);
}

static uint64_t logged_address(const struct amdvi *amdvi, uint64_t address)
{
	if (defective(amdvi, EVENT_ADDRESS_NEXT_PAGE))
		address += 0x1000;
	if (defective(amdvi, EVENT_ADDRESS_32_BITS))
		address &= 0xffffffff;
	return address;
}

/* 2.5.16.2: three kinds of events are in registers as well, whether the log runs or not. */
static void hardware_event(struct amdvi *amdvi, uint64_t low, uint64_t high)
{
	if (amdvi_has(amdvi, EFR_HE) && !defective(amdvi, HARDWARE_EVENT_NOT_KEPT)) {
		amdvi->hardware[0] = low;
		amdvi->hardware[1] = high;
		amdvi->hardware_status |= amdvi->hardware_status & 1 ? 2 : 1;
	}
	amdvi_log_event(amdvi, low, high);
}

/* 2.5.2 */
void amdvi_event_illegal(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt, bool reserved)
{
	uint64_t low = code_of(EVENT_ILLEGAL_DEV_TABLE_ENTRY) |
		       request_bits(amdvi, request, interrupt) | pasid_bits(amdvi, request);

	if (defective(amdvi, ILLEGAL_ENTRY_IS_A_FAULT))
		low ^= code_of(EVENT_ILLEGAL_DEV_TABLE_ENTRY) ^ code_of(EVENT_IO_PAGE_FAULT);
	amdvi_log_event(amdvi, low | (reserved ? FLAG_RZ : 0),
			logged_address(amdvi, request->address & ~UINT64_C(3)));
}

/*
 * SA, and SE once a page fault of the device has been logged while its entry stays in the cache (Table 7). Without a
 * cache every fault is the first.
 */
static bool suppressed(struct amdvi *amdvi, const struct amdvi_route *route)
{
	struct amdvi_device *kept;

	if (route->w[1] & AMDVI_ONE(98 - 64) && !defective(amdvi, SA_IGNORED))
		return true;
	if (!(route->w[1] & AMDVI_ONE(97 - 64)) || defective(amdvi, SE_IGNORED))
		return false;
	if (defective(amdvi, SE_SUPPRESSES_FIRST))
		return true;
	kept = amdvi_device_find(amdvi, route->source);
	if (kept == NULL)
		return false;
	if (kept->faulted)
		return true;
	kept->faulted = true;
	return false;
}

/* 2.5.3: `denied`: the rights that were found until then do not suffice */
void amdvi_event_fault(struct amdvi *amdvi, const struct silicon_request *request, const struct amdvi_route *route,
		       enum amdvi_verdict verdict, bool denied)
{
	bool pasid = request->pasid != SILICON_NO_PASID;
	uint64_t low = code_of(EVENT_IO_PAGE_FAULT) | request_bits(amdvi, request, false) |
		       space_bits(amdvi, route->guest, route->pasid, route->domain);

	/* 2.1.3.2: the answer to a translation request says it. */
	if (request->access == SILICON_TRANSLATE && !defective(amdvi, TRANSLATION_FAULT_LOGGED))
		return;
	if (suppressed(amdvi, route))
		return;
	if (defective(amdvi, FAULTS_UNREPORTED_ON_READ) && request->access == SILICON_READ)
		return;
	if (pasid && !request->privileged)
		low |= FLAG_US;
	if (pasid && request->execute)
		low |= FLAG_NX;
	if (verdict != WALK_NOT_PRESENT && !defective(amdvi, EVENT_PR_NEVER))
		low |= FLAG_PR;
	if (verdict != WALK_NOT_PRESENT && (denied || verdict == WALK_DENIED) &&
	    !defective(amdvi, EVENT_PE_NEVER))
		low |= FLAG_PE;
	if (verdict == WALK_RESERVED && !defective(amdvi, EVENT_RZ_NEVER))
		low |= FLAG_RZ;
	amdvi_log_event(amdvi, low, logged_address(amdvi, request->address));
}

/* Table 44: a DeviceID beyond the device table; there is no DomainID */
void amdvi_event_outside(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt)
{
	amdvi_log_event(amdvi,
			code_of(EVENT_IO_PAGE_FAULT) | request_bits(amdvi, request, interrupt) |
				pasid_bits(amdvi, request),
			logged_address(amdvi, request->address));
}

/* Table 44, interrupt remapping: an entry with RemapEn = 0. IG suppresses it. */
void amdvi_event_interrupt(struct amdvi *amdvi, const struct silicon_request *request,
			   const struct amdvi_route *route)
{
	if (route->w[2] & AMDVI_ONE(133 - 128) && !defective(amdvi, IG_IGNORED))
		return;
	amdvi_log_event(amdvi,
			code_of(EVENT_IO_PAGE_FAULT) | request_bits(amdvi, request, true) |
				space_bits(amdvi, false, 0, route->domain),
			logged_address(amdvi, request->address));
}

/* 2.5.4 */
void amdvi_event_table(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt, uint64_t address)
{
	hardware_event(amdvi,
		       code_of(EVENT_DEV_TAB_HARDWARE_ERROR) |
			       request_bits(amdvi, request, interrupt) |
			       (uint64_t)HARDWARE_MASTER_ABORT << 57,
		       address & ~UINT64_C(15));
}

/* 2.5.5: the address is that of the entry. GN: it was met in a guest's tables. */
void amdvi_event_page_table(struct amdvi *amdvi, const struct silicon_request *request,
			    const struct amdvi_route *route)
{
	hardware_event(amdvi,
		       code_of(EVENT_PAGE_TAB_HARDWARE_ERROR) |
			       request_bits(amdvi, request, false) |
			       space_bits(amdvi, amdvi->failed_guest, route->pasid, route->domain) |
			       (uint64_t)HARDWARE_MASTER_ABORT << 57,
		       amdvi->failed & ~UINT64_C(7));
}

/* 2.5.9: IG suppresses these too */
void amdvi_event_invalid(struct amdvi *amdvi, const struct silicon_request *request,
			 const struct amdvi_route *route, unsigned type)
{
	bool ignored = route->w[2] & AMDVI_ONE(128 - 128) && route->w[2] & AMDVI_ONE(133 - 128);
	bool pasid = request->pasid != SILICON_NO_PASID;
	uint64_t low = code_of(EVENT_INVALID_DEVICE_REQUEST) | (uint64_t)type << 57 |
		       (defective(amdvi, EVENT_DEVICE_FUNCTION_LOST) ? request->source & 0xfff8u
								     : request->source) |
		       pasid_bits(amdvi, request);

	if (ignored && !defective(amdvi, IG_IGNORED))
		return;
	if (defective(amdvi, INVALID_REQUEST_UNREPORTED))
		return;
	if (request->access == SILICON_TRANSLATE)
		low |= FLAG_TR;
	if (pasid && !request->privileged)
		low |= AMDVI_ONE(49);
	amdvi_log_event(amdvi, low, logged_address(amdvi, request->address));
}

/* 2.5.10, RX = 0; the tag is that of a request group 0 with its last request */
void amdvi_event_page_request(struct amdvi *amdvi, const struct silicon_request *request)
{
	bool guest = request->pasid != SILICON_NO_PASID;
	uint64_t low = code_of(EVENT_INVALID_PPR_REQUEST) | request->source | AMDVI_ONE(41) |
		       AMDVI_ONE(50);

	if (guest)
		low |= AMDVI_ONE(57) | (uint64_t)(request->pasid & 0xffff) << 16 |
		       amdvi_bits(request->pasid, 19, 16) << 42;
	if (guest && !request->privileged)
		low |= AMDVI_ONE(54);
	if (!request->no_write)
		low |= AMDVI_ONE(53);
	amdvi_log_event(amdvi, low, request->address & ~UINT64_C(0xfff));
}

/* 2.5.10, RX = 1: of a command, at `address` */
void amdvi_event_response(struct amdvi *amdvi, const uint64_t words[2], uint64_t address)
{
	uint32_t pasid = (uint32_t)amdvi_bits(words[0], 51, 32);

	amdvi_log_event(amdvi,
			code_of(EVENT_INVALID_PPR_REQUEST) | AMDVI_ONE(57) | AMDVI_ONE(48) |
				amdvi_bits(words[1], 41, 32) << 32 | (words[0] & 0xffff) |
				(uint64_t)(pasid & 0xffff) << 16 | amdvi_bits(pasid, 19, 16) << 42,
			address & ~UINT64_C(15));
}

/* 2.5.6 to 2.5.8 */
void amdvi_event_command(struct amdvi *amdvi, enum amdvi_event_code code, uint16_t source, unsigned type,
			 uint64_t address)
{
	uint64_t low = code_of(code) | (uint64_t)type << 57 | source;

	if (defective(amdvi, COMMAND_EVENT_NEXT_ADDRESS))
		address += 16;
	if (defective(amdvi, COMMAND_ERROR_UNREPORTED))
		return;
	if (code == EVENT_COMMAND_HARDWARE_ERROR)
		hardware_event(amdvi, low, address & ~UINT64_C(15));
	else
		amdvi_log_event(amdvi, low, address & ~UINT64_C(15));
}
