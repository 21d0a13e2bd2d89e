/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What each kind of invalidation removes: VT-d 5.10, clauses 6.5.2.1 to .4, Tables 21 to 24. The model
 * removes what must go and nothing else, so that software which asks for too little is found out.
 */
#include "model/vtd_unit.h"

enum { GLOBAL = 1, DOMAIN = 2, SELECTIVE = 3 };

/* Hardware ignores the bits of a domain-id above the width of CAP.ND. */
static uint16_t domain(const struct vtd *vtd, uint16_t did)
{
	unsigned width = 4 + 2 * (unsigned)CAP_ND(vtd->config.cap);

	return (uint16_t)(did & ((1u << (width > 16 ? 16 : width)) - 1));
}

/* The domain-id of an invalidation, which is compared to the tag of an entry. */
static uint16_t wanted(const struct vtd *vtd, uint16_t did)
{
	return domain(vtd, did) & (defective(vtd, INVALIDATION_DOMAIN_8_BITS) ? 0xff : 0xffff);
}

static bool overlaps(const struct vtd *vtd, struct vtd_range range, uint64_t input, unsigned size_lg2)
{
	unsigned span = 12 + range.mask;

	if (defective(vtd, INVALIDATION_MASK_ONE_LESS) && range.mask)
		span--;
	if (defective(vtd, INVALIDATION_MASK_IGNORED))
		span = 12;
	if (defective(vtd, INVALIDATION_BASE_UNMASKED) && range.mask && range.mask < 52)
		return input < range.address + VTD_ONE(span) &&
		       input + VTD_ONE(size_lg2) > range.address;
	if (span < size_lg2)
		span = size_lg2;
	return span > 63 || input >> span == range.address >> span;
}

/* Table 21: how many of the function bits of a source-id are not compared. */
static uint16_t source_mask(unsigned function_mask)
{
	static const uint16_t masked[] = { 0, 4, 6, 7 };

	return (uint16_t)~masked[function_mask & 3];
}

/* 6.8: before an invalidation, the write buffers. */
static void flush_buffers(struct vtd *vtd)
{
	if (vtd_cap(vtd, CAP_RWBF) && !defective(vtd, BUFFERS_KEPT_ON_INVALIDATION))
		vtd_cache_drain(vtd);
}

/* 6.5.2.1. The cache has no domain-id as a tag in scalable mode. */
void vtd_invalidate_contexts(struct vtd *vtd, unsigned granularity, uint16_t did, uint16_t source,
			     unsigned function_mask)
{
	bool tagged = vtd_ttm(vtd) == TTM_LEGACY ||
		      defective(vtd, CONTEXT_DOMAIN_MATCHED_IN_SCALABLE);
	uint16_t mask = defective(vtd, FUNCTION_MASK_IGNORED) ? 0xffff : source_mask(function_mask);

	flush_buffers(vtd);
	if (defective(vtd, CONTEXT_INVALIDATION_IGNORED))
		return;
	if (granularity == DOMAIN && !tagged)
		granularity = GLOBAL;
	did = wanted(vtd, did);
	for (unsigned i = 0; i < vtd->config.contexts; i++) {
		struct vtd_context_entry *entry = &vtd->context[i];
		bool same_domain = !tagged || domain(vtd, entry->did) == did;

		if (granularity == GLOBAL || (same_domain && granularity == DOMAIN) ||
		    (same_domain && (entry->source & mask) == (source & mask)))
			entry->valid = false;
	}
}

/* 6.5.2.2: 00b domain, 01b PASID in domain, 11b global */
void vtd_invalidate_pasids(struct vtd *vtd, unsigned granularity, uint16_t did, uint32_t pasid)
{
	if (defective(vtd, PASID_INVALIDATION_IGNORED))
		return;
	did = wanted(vtd, did);
	for (unsigned i = 0; i < vtd->config.pasids; i++) {
		struct vtd_pasid_entry *entry = &vtd->pasid[i];

		if (granularity != 3 && domain(vtd, entry->did) != did)
			continue;
		if (granularity == 1 && entry->pasid != pasid)
			continue;
		if (granularity == 0 && defective(vtd, PASID_DOMAIN_INVALIDATION_IGNORED))
			continue;
		entry->valid = false;
	}
}

/* Table 23, IOTLB: pages of second stage and pass-through; all of the domain for first stage and nested. */
static bool iotlb_matches(const struct vtd *vtd, const struct vtd_translation *t, unsigned granularity,
			  uint16_t did, struct vtd_range range)
{
	if (granularity == GLOBAL)
		return true;
	if (domain(vtd, t->did) != did)
		return false;
	if (granularity == DOMAIN)
		return !(defective(vtd, DOMAIN_INVALIDATION_KEEPS_FIRST) && t->kind == VTD_FIRST);
	if (t->kind == VTD_FIRST)
		return true;
	if (t->kind == VTD_NESTED && !defective(vtd, PAGE_INVALIDATION_KEEPS_NESTED))
		return true;
	return overlaps(vtd, range, t->input, t->size_lg2);
}

static bool structure_matches(const struct vtd *vtd, const struct vtd_structure *s, unsigned granularity,
			      uint16_t did, struct vtd_range range)
{
	unsigned reach = 3 + 9 * s->level;

	if (granularity == GLOBAL)
		return true;
	if (domain(vtd, s->did) != did)
		return false;
	if (granularity == DOMAIN || s->first)
		return true;
	if (range.hint || defective(vtd, HINT_ALWAYS_TAKEN))
		return false;
	return overlaps(vtd, range, s->tag << reach, reach);
}

static bool granularity_ignored(const struct vtd *vtd, unsigned granularity)
{
	return (granularity == GLOBAL && defective(vtd, IOTLB_GLOBAL_IGNORED)) ||
	       (granularity == DOMAIN && defective(vtd, IOTLB_DOMAIN_IGNORED)) ||
	       (granularity == SELECTIVE && defective(vtd, IOTLB_PAGE_IGNORED));
}

/* 6.5.2.3. Address bits from MGAW up are ignored. */
void vtd_invalidate_iotlb(struct vtd *vtd, unsigned granularity, uint16_t did, struct vtd_range range)
{
	flush_buffers(vtd);
	if (granularity_ignored(vtd, granularity))
		return;
	did = wanted(vtd, did);
	range.address &= vtd_mask((unsigned)CAP_MGAW(vtd->config.cap), 12);
	for (unsigned i = 0; i < vtd->config.translations; i++)
		if (iotlb_matches(vtd, &vtd->translation[i].t, granularity, did, range))
			vtd->translation[i].valid = false;
	if (defective(vtd, STRUCTURES_NEVER_INVALIDATED))
		return;
	for (unsigned i = 0; i < vtd->config.structures; i++)
		if (structure_matches(vtd, &vtd->structure[i], granularity, did, range))
			vtd->structure[i].valid = false;
}

/* Table 24, IOTLB: by PASID every kind; by page first stage and nested alone. */
static bool piotlb_matches(const struct vtd *vtd, const struct vtd_translation *t, unsigned granularity,
			   struct vtd_range range)
{
	if (granularity == DOMAIN)
		return t->kind == VTD_FIRST || t->kind == VTD_NESTED ||
		       !defective(vtd, PASID_SELECTIVE_KEEPS_SECOND);
	return (t->kind == VTD_FIRST || t->kind == VTD_NESTED) &&
	       overlaps(vtd, range, t->input, t->size_lg2);
}

/* 6.5.2.4: 10b PASID, 11b page in PASID; the second-stage structures stay. */
void vtd_invalidate_piotlb(struct vtd *vtd, unsigned granularity, uint16_t did, uint32_t pasid,
			   struct vtd_range range)
{
	if (defective(vtd, PIOTLB_IGNORED))
		return;
	if (granularity == SELECTIVE && defective(vtd, PIOTLB_PAGE_IGNORED))
		return;
	did = wanted(vtd, did);
	for (unsigned i = 0; i < vtd->config.translations; i++) {
		struct vtd_iotlb_entry *entry = &vtd->translation[i];

		if (domain(vtd, entry->t.did) != did || entry->t.pasid != pasid)
			continue;
		if (piotlb_matches(vtd, &entry->t, granularity, range))
			entry->valid = false;
	}
	if (granularity == SELECTIVE && range.hint)
		return;
	if (defective(vtd, PIOTLB_KEEPS_STRUCTURES))
		return;
	for (unsigned i = 0; i < vtd->config.structures; i++) {
		struct vtd_structure *s = &vtd->structure[i];
		unsigned reach = 3 + 9 * s->level;

		if (!s->first || domain(vtd, s->did) != did || s->pasid != pasid)
			continue;
		if (granularity == DOMAIN || overlaps(vtd, range, s->tag << reach, reach))
			s->valid = false;
	}
}
