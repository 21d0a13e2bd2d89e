/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Addresses that are set apart: the interrupt range, the ranges of Table 3 and the exclusion range. 48882 3.11, clauses
 * 2.1.2, 2.1.4.2 to 2.1.4.5, 2.2.2.1 (SysMgt, IoCtl, EX), 2.2.5, MMIO Offsets 0020h and 0028h, Tables 9 and 64.
 */
#include "model/amdvi_unit.h"

#define IV		AMDVI_ONE(128 - 128)
#define EX		AMDVI_ONE(103 - 64)

static const struct silicon_answer refused;

static struct silicon_answer unchanged(const struct silicon_request *request)
{
	return (struct silicon_answer){
		.allowed = true,
		.address = request->address,
		.size_lg2 = 12,
		.readable = true,
		.writable = true,
	};
}

static struct silicon_answer invalid(struct amdvi *amdvi, const struct silicon_request *request,
				     const struct amdvi_route *route, unsigned type)
{
	amdvi_event_invalid(amdvi, request, route, type);
	return refused;
}

/* ---- Interrupts ---- */

/* FEEx_xxxxh, which reaches the unit as Interrupt/EOI of Table 3 */
bool amdvi_interrupt_range(uint64_t address)
{
	return address >> 20 == 0xfee;
}

/* Table 9; with IntCtl = 10b there is no entry that is enabled. The rest of the range is for nothing else. */
struct silicon_answer amdvi_interrupt(struct amdvi *amdvi, const struct silicon_request *request)
{
	bool message = request->access == SILICON_WRITE && request->bytes == 4 &&
		       !(request->address & 3);
	struct amdvi_route route;

	if (!amdvi_route(amdvi, request, true, &route))
		return refused;
	if (!message && !defective(amdvi, INTERRUPT_RANGE_READ_PASSES))
		return invalid(amdvi, request, &route,
			       request->access == SILICON_TRANSLATE ? TRANSLATION_SPECIAL
								    : REQUEST_INTERRUPT_READ);
	if (!(route.w[2] & IV) || defective(amdvi, INTERRUPTS_NOT_CONTROLLED))
		return unchanged(request);
	switch (amdvi_bits(route.w[2], 61, 60)) {
	case 0:
		return invalid(amdvi, request, &route, REQUEST_INTERRUPT_BLOCKED);
	case 1:
		return unchanged(request);
	default:
		amdvi_event_interrupt(amdvi, request, &route);
		return refused;
	}
}

/* ---- Table 3 ---- */

static bool within(uint64_t address, uint64_t first, uint64_t last)
{
	return address >= first && address <= last;
}

static bool system_management(struct amdvi *amdvi, const struct silicon_request *request,
			      const struct amdvi_route *route, struct silicon_answer *answer)
{
	bool translated = amdvi_bits(route->w[1], 41, 40) == 3;

	if (translated && route->translated)
		return false;
	if (request->access == SILICON_TRANSLATE)
		*answer = invalid(amdvi, request, route, TRANSLATION_SPECIAL);
	else if (translated)
		*answer = invalid(amdvi, request, route, REQUEST_SPECIAL_WITHOUT_TV);
	else
		*answer = invalid(amdvi, request, route,
				  request->access == SILICON_WRITE ? REQUEST_MANAGEMENT_WRITE
								   : REQUEST_MANAGEMENT_READ);
	return true;
}

static bool port_io(struct amdvi *amdvi, const struct silicon_request *request, const struct amdvi_route *route,
		    struct silicon_answer *answer)
{
	unsigned control = (unsigned)amdvi_bits(route->w[1], 36, 35);

	if (control == 2 && route->translated)
		return false;
	if (request->access == SILICON_TRANSLATE)
		*answer = invalid(amdvi, request, route, TRANSLATION_SPECIAL);
	else if (control == 0)
		*answer = invalid(amdvi, request, route, REQUEST_PORT_IO);
	else if (control == 2)
		*answer = invalid(amdvi, request, route, REQUEST_SPECIAL_WITHOUT_TV);
	else
		*answer = unchanged(request);
	return true;
}

/* Of requests without PASID. A message that SysMgt forwards has nowhere to go here. */
static bool reserved_range(struct amdvi *amdvi, const struct silicon_request *request,
			   const struct amdvi_route *route, struct silicon_answer *answer)
{
	uint64_t address = request->address;

	if (amdvi->config.efr2 & EFR2_HTRANGEIGNORE || defective(amdvi, SPECIAL_RANGES_TRANSLATED))
		return false;
	if (within(address, UINT64_C(0xfd00000000), UINT64_C(0xfdf8ffffff))) {
		if (request->access == SILICON_TRANSLATE)
			*answer = invalid(amdvi, request, route, TRANSLATION_SPECIAL);
		else
			*answer = invalid(amdvi, request, route,
					  request->access == SILICON_WRITE
						  ? REQUEST_INTERRUPT_RESERVED
						  : REQUEST_INTERRUPT_READ);
		return true;
	}
	if (within(address, UINT64_C(0xfdf9100000), UINT64_C(0xfdf91fffff)))
		return system_management(amdvi, request, route, answer);
	if (within(address, UINT64_C(0xfdfc000000), UINT64_C(0xfdfdffffff)))
		return port_io(amdvi, request, route, answer);
	return false;
}

/* ---- The exclusion range ---- */

/* Its limit's low bits count as ones. */
static bool excluded(const struct amdvi *amdvi, const struct silicon_request *request,
		     const struct amdvi_route *route)
{
	uint64_t base = amdvi->exclusion_base & amdvi_mask(51, 12), last = amdvi->exclusion_limit;

	if (!defective(amdvi, EXCLUSION_LIMIT_SHORT))
		last |= 0xfff;
	if (!(amdvi->exclusion_base & 1) || !within(request->address, base, last))
		return false;
	return amdvi->exclusion_base & 2 || route->w[1] & EX || defective(amdvi, EXCLUSION_OF_ALL);
}

bool amdvi_special(struct amdvi *amdvi, const struct silicon_request *request, const struct amdvi_route *route,
		   struct silicon_answer *answer)
{
	if (request->pasid != SILICON_NO_PASID && !defective(amdvi, EXCLUSION_DESPITE_PASID))
		return false;
	if (excluded(amdvi, request, route) && !defective(amdvi, EXCLUSION_IGNORED)) {
		*answer = unchanged(request);
		return true;
	}
	return request->pasid == SILICON_NO_PASID && reserved_range(amdvi, request, route, answer);
}
