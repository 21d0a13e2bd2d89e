/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * From the root table register to the paging structures: VT-d 5.10, clauses 3.4, 9.1 to 9.6, and the
 * conditions RTA, LRT, LCT, SRT, SCT, SPD and SPT of Table 30 in their order.
 */
#include <string.h>

#include "model/vtd_unit.h"

static uint64_t haw_mask(const struct vtd *vtd)
{
	return vtd_mask(63, vtd->config.haw);
}

static bool fetch(struct vtd *vtd, uint64_t address, void *to, size_t bytes)
{
	return vtd_fetch(vtd, address, to, bytes,
			 vtd_has(vtd, ECAP_C) && !defective(vtd, TABLES_NOT_SNOOPED));
}

static bool table_fetch(struct vtd *vtd, uint64_t address, uint64_t *to, unsigned words)
{
	/* Clause 9: entries of more than 128 bits may be read in aligned pieces of 128 bits. */
	for (unsigned i = 0; i < words; i += 2)
		if (!fetch(vtd, address + 8 * i, to + i, words - i >= 2 ? 16 : 8))
			return false;
	return true;
}

/* Levels of an AW encoding (9.3), 0 where CAP.SAGAW has it not. */
static unsigned levels_of(const struct vtd *vtd, unsigned aw)
{
	bool supported = aw >= 1 && aw <= 3 && CAP_SAGAW(vtd->config.cap) & VTD_ONE(aw);

	if (defective(vtd, WIDTH_UNCHECKED) && aw >= 1 && aw <= 3)
		supported = true;
	return supported ? aw + 2 : 0;
}

static bool domain_reserved(const struct vtd *vtd, uint16_t did)
{
	unsigned width = 4 + 2 * (unsigned)CAP_ND(vtd->config.cap);

	return width < 16 && did >> width != 0;
}

/* RTA.1 to RTA.5 */
static unsigned root_register(const struct vtd *vtd, const struct silicon_request *request)
{
	unsigned ttm = vtd_ttm(vtd);
	bool pasid = request->pasid != SILICON_NO_PASID;

	if (ttm == TTM_ABORT && vtd_has(vtd, ECAP_ADMS))
		return defective(vtd, ABORT_MODE_TRANSLATES) ? 0 : 0x33;
	if (ttm >= TTM_RESERVED)
		return 0x30;
	if (ttm == TTM_SCALABLE && !vtd_has(vtd, ECAP_SMTS) &&
	    !defective(vtd, SCALABLE_MODE_UNCHECKED))
		return 0x30;
	if (ttm == TTM_LEGACY) {
		if (vtd->root & VTD_ONE(7) && vtd_has(vtd, ECAP_SSIRWS) &&
		    !defective(vtd, LEGACY_TAKES_SSIRWE))
			return 0x30;
		if (request->access == SILICON_PAGE_REQUEST)
			return defective(vtd, LEGACY_PAGE_REQUEST_UNTOLD) ? 0x31 : 0x32;
		if (pasid && !defective(vtd, LEGACY_IGNORES_PASID))
			return 0x31;
	} else if (pasid && request->execute && vtd_major(vtd) >= 8 &&
		   request->access != SILICON_PAGE_REQUEST) {
		return 0x34;
	}
	return 0;
}

/* 9.3: reserved bits of a present context entry */
static bool context_reserved(const struct vtd *vtd, const uint64_t *w)
{
	bool pass = vtd_bits(w[0], 3, 2) == 2;

	if (defective(vtd, CONTEXT_RESERVED_UNCHECKED))
		return false;
	if (w[0] & vtd_mask(11, 4) || (!pass && w[0] & haw_mask(vtd)))
		return true;
	if (w[1] & vtd_mask(6, 3) && defective(vtd, CONTEXT_IGNORED_CHECKED))
		return true;
	return w[1] & (VTD_ONE(7) | vtd_mask(63, 24)) ||
	       domain_reserved(vtd, (uint16_t)(w[1] >> 8));
}

static bool type_exists(const struct vtd *vtd, unsigned tt)
{
	return tt == 0 || (tt == 1 && vtd_has(vtd, ECAP_DT)) ||
	       (tt == 2 && vtd_has(vtd, ECAP_PT)) || defective(vtd, TYPE_UNCHECKED);
}

/* LCT.3 to LCT.5; what the entry says goes to the route. */
static unsigned legacy_decode(struct vtd *vtd, const struct silicon_request *request, const uint64_t *w,
			      struct vtd_route *route)
{
	unsigned tt = (unsigned)vtd_bits(w[0], 3, 2);
	unsigned aw = (unsigned)vtd_bits(w[1], 2, 0);

	route->fpd = w[0] & 2;
	if (defective(vtd, CONTEXT_RESERVED_BEFORE_PRESENT) && context_reserved(vtd, w))
		return 0x0b;
	if (!(w[0] & 1) && !defective(vtd, CONTEXT_PRESENT_IGNORED))
		return 0x02;
	if (context_reserved(vtd, w))
		return 0x0b;
	route->ss_levels = levels_of(vtd, aw);
	if (!route->ss_levels)
		return 0x03;
	if (!type_exists(vtd, tt))
		return 0x03;
	if (tt != 1 && (request->translated || request->access == SILICON_TRANSLATE) &&
	    !defective(vtd, DEVICE_TLB_ENABLE_IGNORED))
		return 0x0d;
	route->kind = tt == 2 ? VTD_PASS : VTD_SECOND;
	route->did = (uint16_t)(w[1] >> 8);
	route->ss_root = w[0] & vtd_mask(63, 12);
	return 0;
}

/* P of a root entry, or of its half */
static bool is_present(const struct vtd *vtd, uint64_t word)
{
	return word & 1 || (word != 0 && defective(vtd, ROOT_PRESENT_IGNORED));
}

static bool root_reserved(const struct vtd *vtd, const uint64_t *root)
{
	return !defective(vtd, ROOT_RESERVED_UNCHECKED) &&
	       (root[0] & (vtd_mask(11, 1) | haw_mask(vtd)) || root[1]);
}

/* LRT and LCT.1, .2: the root entry is not cached, the context entry is. */
static unsigned legacy_context(struct vtd *vtd, const struct silicon_request *request, uint64_t *w)
{
	uint64_t root[2];
	uint64_t table = vtd->root & vtd_mask(63, 12);
	unsigned devfn = request->source & 0xff;

	if (!fetch(vtd, table + 16 * (request->source >> 8), root, 16))
		return 0x08;
	if (defective(vtd, ROOT_RESERVED_BEFORE_PRESENT) && root_reserved(vtd, root))
		return 0x0a;
	if (!is_present(vtd, root[0]))
		return 0x01;
	if (root_reserved(vtd, root))
		return 0x0a;
	if (defective(vtd, CONTEXT_INDEX_WITHOUT_FUNCTION))
		devfn &= 0xf8;
	if (!fetch(vtd, (root[0] & vtd_mask(63, 12)) + 16 * devfn, w, 16))
		return 0x09;
	return 0;
}

/* 6.2.2: what faults is kept with caching mode alone. 0Dh, and from 44h on, it is the request that faults. */
static bool context_kept(const struct vtd *vtd, unsigned reason)
{
	return !reason || vtd_cap(vtd, CAP_CM) || defective(vtd, FAULTING_CONTEXT_CACHED);
}

static unsigned legacy_route(struct vtd *vtd, const struct silicon_request *request, struct vtd_route *route)
{
	struct vtd_context_entry *cached = vtd_context_find(vtd, request->source);
	struct vtd_context_entry fresh = { .source = request->source };
	unsigned reason;

	route->legacy = true;
	route->snooped = vtd_has(vtd, ECAP_C);
	if (cached)
		return legacy_decode(vtd, request, cached->w, route);
	reason = legacy_context(vtd, request, fresh.w);
	if (reason)
		return reason;
	reason = legacy_decode(vtd, request, fresh.w, route);
	/* 6.2.2: with caching mode what faults is cached too, under domain-id 0. */
	fresh.did = reason ? 0 : route->did;
	if (reason == 0x0d || context_kept(vtd, reason))
		vtd_context_fill(vtd, &fresh);
	return reason;
}

/* SRT: the half of the root entry that the device number selects; SCT.1 */
static unsigned scalable_context(struct vtd *vtd, const struct silicon_request *request, uint64_t *w)
{
	uint64_t root[2], half;
	uint64_t table = vtd->root & vtd_mask(63, 12);
	unsigned devfn = request->source & 0xff;

	if (!fetch(vtd, table + 16 * (request->source >> 8), root, 16))
		return 0x38;
	half = root[devfn >= 0x80 && !defective(vtd, UPPER_CONTEXT_TABLE_UNUSED)];
	if (!is_present(vtd, half))
		return 0x39;
	if (half & (vtd_mask(11, 1) | haw_mask(vtd)) &&
	    !defective(vtd, SCALABLE_ROOT_RESERVED_UNCHECKED))
		return 0x3a;
	if (!table_fetch(vtd, (half & vtd_mask(63, 12)) + 32 * (devfn & 0x7f), w, 4))
		return 0x40;
	return 0;
}

/* 9.4: fields of absent features are reserved. HPTE and HPT are never supported here. */
static bool scalable_context_reserved(const struct vtd *vtd, const uint64_t *w)
{
	uint64_t reserved0 = vtd_mask(8, 7) | VTD_ONE(5) | haw_mask(vtd);
	uint64_t reserved1 = vtd_mask(63, 21);

	reserved0 |= vtd_has(vtd, ECAP_DT) ? 0 : VTD_ONE(2);
	reserved0 |= vtd_has(vtd, ECAP_PASID) ? 0 : VTD_ONE(3);
	reserved0 |= vtd_has(vtd, ECAP_PRS) ? 0 : VTD_ONE(4);
	reserved0 |= vtd_has(vtd, ECAP_PTRS) ? 0 : VTD_ONE(6);
	reserved1 |= vtd_has(vtd, ECAP_RPS) ? 0 : vtd_mask(19, 0);
	reserved1 |= vtd_has(vtd, ECAP_RPRIVS) ? 0 : VTD_ONE(20);
	if (defective(vtd, SCALABLE_CONTEXT_RESERVED_UNCHECKED))
		return false;
	return w[0] & reserved0 || w[1] & reserved1 || w[2] || w[3];
}

/* SCT.2 to SCT.10 and SGN.10; the PASID that the request uses goes to the route. */
static unsigned scalable_context_decode(struct vtd *vtd, const struct silicon_request *request,
					const uint64_t *w, struct vtd_route *route)
{
	bool pasid = request->pasid != SILICON_NO_PASID;
	bool ats = request->translated || request->access == SILICON_TRANSLATE;
	uint64_t pasids = VTD_ONE(vtd_bits(w[0], 11, 9) + 13);
	uint32_t rid_pasid = (uint32_t)vtd_bits(w[1], 19, 0);

	if (defective(vtd, DIRECTORY_SIZE_IGNORED))
		pasids = VTD_ONE(20);
	route->fpd = w[0] & 2;
	if (!(w[0] & 1))
		return 0x41;
	if (scalable_context_reserved(vtd, w))
		return 0x42;
	if (!(w[0] & 4) && w[0] & 16 && !defective(vtd, PRE_WITHOUT_DTE_ACCEPTED))
		return 0x43;			/* DTE = 0, PRE = 1 */
	if (rid_pasid >= pasids)
		return 0x43;
	if (w[0] & 64 && !(w[0] & 8))
		return 0x43;			/* EPTR = 1, PASIDE = 0 */
	if (ats && !(w[0] & 4) && !defective(vtd, DEVICE_TLB_ENABLE_IGNORED))
		return 0x44;
	if (pasid && !request->translated && !(w[0] & 8) && !defective(vtd, PASID_ENABLE_IGNORED))
		return 0x45;
	if (pasid && request->pasid >= pasids)
		return 0x46;
	if (request->access == SILICON_PAGE_REQUEST && !(w[0] & 16) &&
	    !defective(vtd, PAGE_REQUEST_ENABLE_IGNORED))
		return 0x47;
	if (pasid && request->pasid == rid_pasid && !defective(vtd, RID_PASID_OPEN_TO_REQUESTS))
		return 0x48;
	if (pasid && request->translated && !(w[0] & 64))
		return 0x49;
	if (pasid && request->pasid >> (ECAP_PSS(vtd->config.ecap) + 1) != 0)
		return 0x89;
	/* Without PASID: that of the entry, 0 where there is no such field (3.4.3). */
	route->pasid = pasid ? request->pasid : rid_pasid;
	if (!pasid && defective(vtd, RID_PASID_IGNORED))
		route->pasid = 0;
	route->privileged = pasid ? request->privileged : w[1] & VTD_ONE(20);
	return 0;
}

/* SPD: the directory is not cached by itself. Then SPT.1. */
static unsigned pasid_entry(struct vtd *vtd, uint64_t context, struct vtd_route *route, uint64_t *w)
{
	uint64_t directory;
	unsigned index = route->pasid & 0x3f;

	if (!fetch(vtd, (context & vtd_mask(63, 12)) + 8 * (route->pasid >> 6), &directory, 8))
		return 0x50;
	if (!defective(vtd, FPD_OF_DIRECTORY_IGNORED))
		route->fpd |= (directory & 2) != 0;
	if (!(directory & 1))
		return 0x51;
	if (directory & (vtd_mask(11, 2) | haw_mask(vtd)) &&
	    !defective(vtd, DIRECTORY_RESERVED_UNCHECKED))
		return 0x52;
	if (defective(vtd, PASID_INDEX_5_BITS))
		index &= 0x1f;
	if (!table_fetch(vtd, (directory & vtd_mask(63, 12)) + 64 * index, w, 8))
		return 0x58;
	return 0;
}

static uint64_t unless(const struct vtd *vtd, uint64_t ecap_bits, uint64_t reserved)
{
	return vtd_has(vtd, ecap_bits) ? 0 : reserved;
}

/* 9.6: what is ignored for the translation type at hand is not checked. */
static bool pasid_reserved(const struct vtd *vtd, const uint64_t *w)
{
	unsigned pgtt = (unsigned)vtd_bits(w[0], 8, 6);
	bool second = pgtt == VTD_SECOND || pgtt == VTD_NESTED;
	bool first = pgtt == VTD_FIRST || pgtt == VTD_NESTED;
	uint64_t r0 = VTD_ONE(5) | vtd_mask(11, 10);
	uint64_t r1 = vtd_mask(22, 16) | vtd_mask(31, 27);
	uint64_t r2 = VTD_ONE(1) | vtd_mask(11, 8);

	if (defective(vtd, PASID_RESERVED_UNCHECKED))
		return false;
	r0 |= unless(vtd, ECAP_SSTS, vtd_mask(4, 2) | vtd_mask(63, 12));
	if (second || !vtd_has(vtd, ECAP_SSTS))
		r0 |= unless(vtd, ECAP_SSTS | ECAP_SSADS, VTD_ONE(9));
	r0 |= second ? haw_mask(vtd) : 0;
	r1 |= unless(vtd, ECAP_SMPWCS, VTD_ONE(23)) | unless(vtd, ECAP_SC, VTD_ONE(24));
	r1 |= unless(vtd, ECAP_MTS, vtd_mask(26, 25) | vtd_mask(63, 32));
	r2 |= unless(vtd, ECAP_SRS, VTD_ONE(0));
	r2 |= unless(vtd, ECAP_FSTS, vtd_mask(3, 2) | VTD_ONE(4) | vtd_mask(63, 12));
	if (first)
		r2 |= unless(vtd, ECAP_EAFS, VTD_ONE(7)) | haw_mask(vtd);
	if (w[0] & r0 || w[1] & r1 || w[2] & r2 || w[3] || w[4] || w[5] || w[6] || w[7])
		return true;
	return domain_reserved(vtd, (uint16_t)w[1]);
}

/* SPT.4.1 to SPT.4.4 */
static unsigned pasid_programming(struct vtd *vtd, const uint64_t *w, struct vtd_route *route)
{
	unsigned pgtt = (unsigned)vtd_bits(w[0], 8, 6);
	unsigned fspm = (unsigned)vtd_bits(w[2], 3, 2);
	static const uint64_t needs[8] = { ~UINT64_C(0), ECAP_FSTS, ECAP_SSTS, ECAP_NEST, ECAP_PT,
					   ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0) };

	route->ss_levels = levels_of(vtd, (unsigned)vtd_bits(w[0], 4, 2));
	if ((pgtt == VTD_SECOND || pgtt == VTD_NESTED || defective(vtd, WIDTH_ALWAYS_CHECKED)) &&
	    !route->ss_levels)
		return 0x5b;
	if (!vtd_has(vtd, needs[pgtt]))
		return 0x5b;
	if ((pgtt == VTD_FIRST || pgtt == VTD_NESTED ||
	     defective(vtd, FIRST_MODE_ALWAYS_CHECKED)) &&
	    (fspm > 1 || (fspm == 1 && !vtd_cap(vtd, CAP_FS5LP))))
		return 0x5b;
	route->kind = (enum vtd_kind)pgtt;
	route->fs_levels = 4 + fspm;
	route->fs_root = w[2] & vtd_mask(63, 12);
	if (pgtt == VTD_NESTED && route->fs_root >= vtd_guest_limit(vtd, route->ss_levels))
		return 0x5b;
	return 0;
}

/* SPT.5 and SPT.6: what the request asks for beside an address; of one that hits the IOTLB, too */
unsigned vtd_mode(const struct vtd *vtd, const struct silicon_request *request, bool privileged, bool sre)
{
	if (request->pasid != SILICON_NO_PASID && request->execute && !vtd_has(vtd, ECAP_ERS) &&
	    !defective(vtd, EXECUTE_IGNORED))
		return 0x5c;
	return privileged && !sre && !defective(vtd, SUPERVISOR_ENABLE_IGNORED) ? 0x5d : 0;
}

/* SPT.2 to SPT.6 */
static unsigned pasid_decode(struct vtd *vtd, const struct silicon_request *request, const uint64_t *w,
			     struct vtd_route *route)
{
	unsigned reason;

	route->fpd |= (w[0] & 2) != 0;
	if (!(w[0] & 1))
		return 0x59;
	if (pasid_reserved(vtd, w))
		return 0x5a;
	reason = pasid_programming(vtd, w, route);
	if (reason)
		return reason;
	route->did = (uint16_t)w[1];
	route->ss_root = w[0] & vtd_mask(63, 12);
	route->ssade = w[0] & VTD_ONE(9) && !defective(vtd, DIRTY_ENABLE_IGNORED);
	route->ssirwe = vtd->root & VTD_ONE(7) && vtd_has(vtd, ECAP_SSIRWS) &&
			!defective(vtd, SSIRWE_IGNORED);
	route->sre = w[2] & 1;
	route->wpe = w[2] & VTD_ONE(4);
	route->eafe = w[2] & VTD_ONE(7);
	route->snooped = vtd_has(vtd, ECAP_SMPWCS) && w[1] & VTD_ONE(23);
	/* The permission and privilege of a page request are not looked at (SPT.5, .6: not applicable). */
	if (request->access == SILICON_PAGE_REQUEST)
		return 0;
	return vtd_mode(vtd, request, route->privileged, route->sre);
}

static unsigned scalable_pasid(struct vtd *vtd, const struct silicon_request *request, uint64_t context,
			       struct vtd_route *route)
{
	struct vtd_pasid_entry *cached = vtd_pasid_find(vtd, request->source, route->pasid);
	struct vtd_pasid_entry fresh = { .source = request->source, .pasid = route->pasid };
	unsigned reason;

	if (cached) {
		route->fpd |= cached->fpd;
		return pasid_decode(vtd, request, cached->w, route);
	}
	reason = pasid_entry(vtd, context, route, fresh.w);
	if (reason)
		return reason;
	fresh.fpd = route->fpd;
	reason = pasid_decode(vtd, request, fresh.w, route);
	/* 6.2.3: as for the context cache. 5Ch and 5Dh are the request's fault, not the entry's. */
	fresh.did = reason && reason < 0x5c ? 0 : route->did;
	if (!reason || reason > 0x5b || vtd_cap(vtd, CAP_CM) ||
	    defective(vtd, FAULTING_PASID_CACHED))
		vtd_pasid_fill(vtd, &fresh);
	return reason;
}

static unsigned scalable_route(struct vtd *vtd, const struct silicon_request *request, struct vtd_route *route)
{
	struct vtd_context_entry *cached = vtd_context_find(vtd, request->source);
	struct vtd_context_entry fresh = { .source = request->source };
	const uint64_t *w = cached ? cached->w : fresh.w;
	unsigned reason;

	if (!cached) {
		reason = scalable_context(vtd, request, fresh.w);
		if (reason)
			return reason;
	}
	reason = scalable_context_decode(vtd, request, w, route);
	if (!cached && (reason > 0x43 || context_kept(vtd, reason)))
		vtd_context_fill(vtd, &fresh);
	if (reason)
		return reason;
	/* 4.2.5: a translated request uses no PASID table where HPTE is 0. */
	if (request->translated)
		return 0;
	return scalable_pasid(vtd, request, w[0], route);
}

unsigned vtd_route(struct vtd *vtd, const struct silicon_request *request, struct vtd_route *route)
{
	unsigned reason = root_register(vtd, request);

	memset(route, 0, sizeof *route);
	route->write = vtd_is_write(request->access);
	if (reason)
		return reason;
	if (vtd_ttm(vtd) == TTM_LEGACY)
		return legacy_route(vtd, request, route);
	return scalable_route(vtd, request, route);
}
