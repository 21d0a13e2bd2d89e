/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * From a request to its device table entry: 48882 3.11, clauses 2.2.2, 2.2.2.1 and 2.2.2.3, in the order of Figure 71:
 * the entry is found, fetched, and checked for what is reserved. What it allows is decided by those who asked.
 */
#include <string.h>

#include "model/amdvi_unit.h"

#define V		AMDVI_ONE(0)
#define TV		AMDVI_ONE(1)
#define GIOV		AMDVI_ONE(54)
#define GV		AMDVI_ONE(55)
#define IR		AMDVI_ONE(61)
#define IW		AMDVI_ONE(62)
#define IOTLB		AMDVI_ONE(96 - 64)
#define SATS		AMDVI_ONE(106 - 64)
#define SD		AMDVI_ONE(102 - 64)
#define IV		AMDVI_ONE(128 - 128)

/* The segment by the upper bits of the DeviceID, the entry by the others. False: beyond the end. */
static bool entry_address(const struct amdvi *amdvi, uint16_t source, uint64_t *address)
{
	unsigned lg2 = (unsigned)CONTROL_SEGMENTS(amdvi->control), segment, index;
	uint64_t base, bytes;

	/* A number of segments that the unit lacks must not be asked for: here it has the most that it can. */
	if (lg2 > EFR_SEGMENTS(amdvi->config.efr))
		lg2 = (unsigned)EFR_SEGMENTS(amdvi->config.efr);
	segment = defective(amdvi, SEGMENT_FIRST_ALWAYS) ? 0 : (unsigned)source >> (16 - lg2);
	index = source & ((1u << (16 - lg2)) - 1);
	base = amdvi->table[segment];
	bytes = (amdvi_bits(base, 8, 0) + 1) * 4096;
	if (defective(amdvi, TABLE_SIZE_SHORT))
		bytes -= 4096;
	if (defective(amdvi, TABLE_BUS_7_BITS))
		index &= 0x7fff;
	*address = (base & amdvi_mask(51, 12)) + 32 * (uint64_t)index;
	return 32 * (uint64_t)index < bytes || defective(amdvi, TABLE_SIZE_UNCHECKED);
}

/* Bits 127:1 while V = 1: bits that are reserved, or of what the unit lacks */
static bool reserved_set(const struct amdvi *amdvi, const uint64_t w[4])
{
	uint64_t low = amdvi_mask(6, 2) | AMDVI_ONE(63), high = 0;
	bool translated = w[0] & TV;

	if (!amdvi_has(amdvi, EFR_EPH))
		low |= amdvi_mask(53, 52);
	if (!amdvi_has(amdvi, EFR_GIO))
		low |= GIOV;
	if (!amdvi_has(amdvi, EFR_GT))
		low |= amdvi_mask(60, 55);
	if (translated && !amdvi_has(amdvi, EFR_HA))
		low |= amdvi_mask(8, 7);
	high |= SATS;			/* there is no secure ATS here */
	if (defective(amdvi, ENTRY_RESERVED_UNCHECKED))
		return false;
	if (defective(amdvi, HAD_IS_RESERVED))
		low |= amdvi_mask(8, 7);
	return w[0] & low || w[1] & high;
}

/* Encodings that are reserved: IoCtl, HAD, and levels, which RZ = 0 tells apart */
static bool encoding_reserved(const struct amdvi *amdvi, const uint64_t w[4], bool *level)
{
	unsigned had = (unsigned)amdvi_bits(w[0], 8, 7);
	bool guest = w[0] & TV && w[0] & GV;

	*level = false;
	if (defective(amdvi, ENTRY_ENCODING_UNCHECKED))
		return false;
	if (amdvi_bits(w[1], 36, 35) == 3)
		return true;
	if (w[0] & TV && (had == 2 || (had == 3 && !amdvi_has(amdvi, EFR_HD))))
		return true;
	*level = true;
	return guest && (amdvi_bits(w[0], 57, 56) > EFR_GLX(amdvi->config.efr) ||
			 amdvi_bits(w[2], 55, 54) > 1);
}

/* Table 43 and bits 255:129 while IV = 1 */
static bool interrupt_illegal(const struct amdvi *amdvi, const uint64_t w[4])
{
	unsigned control = (unsigned)amdvi_bits(w[2], 61, 60);

	if (defective(amdvi, INTERRUPT_ENTRY_UNCHECKED))
		return false;
	return w[2] & amdvi_mask(53, 52) || w[3] & (amdvi_mask(14, 0) | amdvi_mask(53, 48)) ||
	       control == 3 || (control == 2 && amdvi_bits(w[2], 4, 1) >= 12);
}

static bool illegal(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt,
		    const uint64_t w[4])
{
	bool level = false;

	if (interrupt) {
		if (!(w[2] & IV) || !interrupt_illegal(amdvi, w))
			return false;
	} else if (!(w[0] & V) ||
		   (!reserved_set(amdvi, w) && !encoding_reserved(amdvi, w, &level))) {
		return false;
	}
	amdvi_event_illegal(amdvi, request, interrupt, !level);
	return true;
}

static void decode(const struct amdvi *amdvi, struct amdvi_route *route)
{
	const uint64_t *w = route->w;
	unsigned had = (unsigned)amdvi_bits(w[0], 8, 7);

	route->domain = (uint16_t)w[1];
	route->valid = w[0] & V || defective(amdvi, ENTRY_V_IGNORED);
	route->translated = w[0] & TV || defective(amdvi, ENTRY_TV_IGNORED);
	route->read = w[0] & IR || defective(amdvi, ENTRY_IR_IGNORED);
	route->write = w[0] & IW || defective(amdvi, ENTRY_IW_IGNORED);
	/* 2.2.3.1: HASup. Tables 17 and 18 name HDSup for the accessed flag too: HASup would be of no use. */
	route->accessed = (had & 1) && amdvi_has(amdvi, EFR_HA);
	route->dirty = had == 3 && amdvi_has(amdvi, EFR_HD);
	route->snooped = !(w[1] & SD);
	route->mode = (unsigned)amdvi_bits(w[0], 11, 9);
	route->host_root = w[0] & amdvi_mask(51, 12);
	route->gcr3_levels = 1 + (unsigned)amdvi_bits(w[0], 57, 56);
	route->gcr3_root = amdvi_bits(w[0], 60, 58) << 12 | amdvi_bits(w[1], 31, 16) << 15 |
			   amdvi_bits(w[1], 63, 43) << 31;
	route->guest_levels = 4 + (unsigned)amdvi_bits(w[2], 55, 54);
	if (defective(amdvi, HAD_SETS_DIRTY_ALWAYS) && route->accessed)
		route->dirty = amdvi_has(amdvi, EFR_HD);
	if (defective(amdvi, HAD_IGNORED))
		route->accessed = route->dirty = false;
	if (defective(amdvi, HOST_ROOT_32_BITS))
		route->host_root &= 0xffffffff;
	if (defective(amdvi, GCR3_ROOT_LOW_BITS_LOST))
		route->gcr3_root &= ~amdvi_mask(14, 12);
}

/* 2.2.7.7 and GIoV: whose address it is. The exclusion range and Table 3 are asked first. */
static void choose_space(const struct amdvi *amdvi, const struct silicon_request *request,
			 struct amdvi_route *route)
{
	bool active = route->w[0] & GV && amdvi->control & CONTROL_GTEN && amdvi_has(amdvi, EFR_GT);

	if (request->pasid != SILICON_NO_PASID) {
		route->guest = true;
		route->pasid = request->pasid & 0xfffff;
	} else if (active && route->translated && route->w[0] & GIOV &&
		   !defective(amdvi, GIOV_IGNORED)) {
		route->guest = true;
		route->pasid = 0;
	}
}

bool amdvi_route(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt,
		 struct amdvi_route *route)
{
	struct amdvi_device *kept = amdvi_device_find(amdvi, request->source);
	uint64_t address, w[4];

	*route = (struct amdvi_route){ .source = request->source };
	if (!entry_address(amdvi, request->source, &address)) {
		amdvi_event_outside(amdvi, request, interrupt);
		return false;
	}
	if (kept == NULL) {
		bool snooped = amdvi->control & CONTROL_COHERENT &&
			       !defective(amdvi, DEVICE_TABLE_NOT_SNOOPED);

		if (!amdvi_fetch(amdvi, address, w, sizeof w, snooped)) {
			amdvi_event_table(amdvi, request, interrupt, address);
			return false;
		}
		if (illegal(amdvi, request, interrupt, w))
			return false;
		kept = amdvi_device_fill(amdvi, request->source, w);
	} else if (illegal(amdvi, request, interrupt, kept->w)) {
		return false;
	}
	memcpy(route->w, kept != NULL ? kept->w : w, sizeof route->w);
	decode(amdvi, route);
	choose_space(amdvi, request, route);
	return true;
}
