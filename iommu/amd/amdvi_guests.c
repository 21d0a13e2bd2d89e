/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Devices with guest tables: GCR3 tables of one to three levels (48882 3.11, 2.2.6.3, tables 25 to 28, figures 21 to
 * 24), and the DTE that leads there (table 24; table 7, GV, GIoV, GLX).
 *
 * A DTE holds more than one route: host tables, the levels of guest tables and what becomes of requests without
 * PASID are the same for all PASIDs of a device. A route that would change another's is refused.
 *
 * A page of the lowest level has one beside it, with the domain that the caller named for each entry, and whether there
 * is a route. The domain outlives the route: what was cached of that is invalidated after it is gone. What
 * is planted in an entry changes nothing here.
 */
#include "iommu/amd/internal.h"

#include <string.h>

#define ROUTED	  BIT64(16) /* beside the domain of an entry */
#define OWN_INDEX 0u /* GIoV: requests without PASID */

static uint32_t index_of(uint32_t pasid)
{
	return pasid == IOMMU_NO_PASID ? OWN_INDEX : pasid;
}

/* ---- GCR3 tables ---- */

static bool is_valid(const uint64_t *entry)
{
	return entry && (arch_load64(entry) & AMDVI_GCR3_V);
}

static uint64_t *take_page(struct amdvi *amdvi, uint16_t device_id, bool lowest)
{
	struct amdvi_gcr3_page *page = &amdvi->gcr3_pages[amdvi->gcr3_page_count];
	size_t mark;

	if (amdvi->gcr3_page_count == AMDVI_GCR3_PAGES_MAX || !amdvi->pool)
		return NULL;
	mark = pool_mark(amdvi->pool);
	page->device_id = device_id;
	page->entries = pool_zeroed(amdvi->pool, 1, PAGE_LG2);
	page->domains = lowest ? pool_zeroed(amdvi->pool, 1, PAGE_LG2) : NULL;
	if (!page->entries || (lowest && !page->domains)) {
		pool_release(amdvi->pool, mark);
		return NULL;
	}
	amdvi_publish_words(amdvi, page->entries, PAGE_SIZE);
	amdvi->gcr3_page_count++;
	return page->entries;
}

/* The page that an entry leads to; NULL: none, or none of ours. */
static uint64_t *table_of(const struct amdvi *amdvi, const uint64_t *entry)
{
	uint64_t *at = pa_ptr(pa(arch_load64(entry) & AMDVI_GCR3_Pointer));

	for (unsigned i = 0; is_valid(entry) && i < amdvi->gcr3_page_count; i++)
		if (amdvi->gcr3_pages[i].entries == at)
			return at;
	return NULL;
}

static uint64_t *entry_in(uint64_t *table, uint32_t pasid, unsigned level)
{
	return &table[pasid >> (level * AMDVI_GCR3_INDEX_BITS) & (BIT(AMDVI_GCR3_INDEX_BITS) - 1)];
}

static uint64_t *find_entry(const struct amdvi *amdvi, const struct amdvi_guest *guest, uint32_t pasid)
{
	uint64_t *table = guest->shared.gcr3;

	for (unsigned level = guest->shared.gcr3_levels - 1; table && level > 0; level--)
		table = table_of(amdvi, entry_in(table, index_of(pasid), level));
	return table ? entry_in(table, index_of(pasid), 0) : NULL;
}

uint64_t *amdvi_gcr3_entry(const struct amdvi *amdvi, struct iommu_source source)
{
	const struct amdvi_guest *guest = amdvi_guest_of(amdvi, amdvi_alias_of(amdvi, source.rid));

	return guest ? find_entry(amdvi, guest, source.pasid) : NULL;
}

static void store(struct amdvi *amdvi, uint64_t *entry, uint64_t value)
{
	arch_store64(entry, value);
	amdvi_publish_words(amdvi, entry, sizeof(*entry));
}

/* Tables are linked while they are empty: the unit never sees a half-made one. NULL: no pages. */
static uint64_t *make_entry(struct amdvi *amdvi, const struct amdvi_guest *guest, uint32_t pasid)
{
	uint64_t *table = guest->shared.gcr3;

	for (unsigned level = guest->shared.gcr3_levels - 1; level > 0; level--) {
		uint64_t *entry = entry_in(table, index_of(pasid), level);

		table = table_of(amdvi, entry);
		if (table)
			continue;
		table = take_page(amdvi, guest->device_id, level == 1);
		if (!table)
			return NULL;
		store(amdvi, entry, pa_of(table).v | AMDVI_GCR3_V);
	}
	return entry_in(table, index_of(pasid), 0);
}

/* Where the domain of an entry of the lowest level is noted. */
static uint64_t *domain_of(const struct amdvi *amdvi, const uint64_t *entry)
{
	uintptr_t at = (uintptr_t)entry & ~(uintptr_t)(PAGE_SIZE - 1);

	for (unsigned i = 0; i < amdvi->gcr3_page_count; i++) {
		const struct amdvi_gcr3_page *page = &amdvi->gcr3_pages[i];

		if ((uintptr_t)page->entries == at)
			return &page->domains[entry - page->entries];
	}
	return NULL;
}

static bool is_routed(const struct amdvi *amdvi, const uint64_t *entry)
{
	return entry && (*domain_of(amdvi, entry) & ROUTED);
}

/* ---- Guest records ---- */

struct amdvi_guest *amdvi_guest_of(const struct amdvi *amdvi, uint16_t device_id)
{
	for (unsigned i = 0; i < amdvi->guest_count; i++)
		if (amdvi->guests[i].device_id == device_id)
			return (struct amdvi_guest *)(uintptr_t)&amdvi->guests[i];
	return NULL;
}

/* NULL: there are too many, or no pages. */
static struct amdvi_guest *make_guest(struct amdvi *amdvi, uint16_t device_id)
{
	struct amdvi_guest *guest = amdvi_guest_of(amdvi, device_id);
	uint64_t *root;

	if (guest || amdvi->guest_count == AMDVI_GUESTS_MAX)
		return guest;
	root = take_page(amdvi, device_id, amdvi->gcr3_levels == 1);
	if (!root)
		return NULL;
	guest = &amdvi->guests[amdvi->guest_count];
	*guest = (struct amdvi_guest){
		.device_id = device_id,
		.shared = {
			.gcr3 = root,
			.gcr3_levels = amdvi->gcr3_levels,
			.domain_id = (uint16_t)(BIT(AMDVI_CALLERS_DOMAIN_BITS) + amdvi->guest_count),
		},
	};
	amdvi->guest_count++;
	return guest;
}

static bool any_route_in(const struct amdvi *amdvi, const struct amdvi_guest *guest, uint16_t domain_id)
{
	for (unsigned i = 0; i < amdvi->gcr3_page_count; i++) {
		const struct amdvi_gcr3_page *page = &amdvi->gcr3_pages[i];

		if (page->device_id != guest->device_id || !page->domains)
			continue;
		for (unsigned n = 0; n < PAGE_SIZE / sizeof(uint64_t); n++)
			if ((uint16_t)page->domains[n] == domain_id)
				return true;
	}
	return false;
}

bool amdvi_guest_is_in(const struct amdvi *amdvi, const struct amdvi_guest *guest, uint16_t domain_id,
		       uint32_t pasid)
{
	const uint64_t *entry;

	if (domain_id == 0)
		return false;
	if (pasid == AMDVI_ANY_PASID)
		return guest->own_domain == domain_id || any_route_in(amdvi, guest, domain_id);
	entry = find_entry(amdvi, guest, pasid);
	return entry && (uint16_t)*domain_of(amdvi, entry) == domain_id;
}

/* ---- Routes ---- */

/* Can requests without PASID go where `own` says while others go through guest tables with this parent? */
static bool fits(const struct iommu_route *own, const struct iommu_parent *parent)
{
	switch (own->kind) {
	case IOMMU_BYPASS:
		return parent->root.v == 0;
	case IOMMU_TRANSLATE:
		return amdvi_is_guest_route(own) ||
		       (parent->root.v == own->root.v && parent->level_count == own->level_count);
	default:
		return true;
	}
}

static bool agrees(const struct amdvi_shared *shared, const struct iommu_route *route)
{
	return shared->guest_levels == route->level_count &&
	       shared->parent.root.v == route->parent.root.v &&
	       shared->parent.level_count == route->parent.level_count;
}

/* UNSUPPORTED: one DTE cannot say this and what it says for the device's other routes. */
static enum status check(const struct amdvi *amdvi, const struct amdvi_guest *guest, uint32_t pasid,
			 const struct iommu_route *route, const struct iommu_route *own)
{
	unsigned others = 0;

	if (guest)
		others = guest->route_count - is_routed(amdvi, find_entry(amdvi, guest, pasid));
	if (amdvi_is_guest_route(route)) {
		if (others && !agrees(&guest->shared, route))
			return STATUS_UNSUPPORTED;
		return pasid == IOMMU_NO_PASID || fits(own, &route->parent) ? STATUS_OK
									    : STATUS_UNSUPPORTED;
	}
	if (pasid == IOMMU_NO_PASID && others && !fits(route, &guest->shared.parent))
		return STATUS_UNSUPPORTED;
	return STATUS_OK;
}

/* What a device's requests without PASID do so far; something planted is nothing. */
static struct iommu_route own_route(const struct amdvi *amdvi, const struct amdvi_guest *guest,
				    uint16_t device_id)
{
	struct iommu_route own;

	if (guest)
		return guest->own;
	if (amdvi_guest_get(amdvi, device_id, IOMMU_NO_PASID, &own) != STATUS_OK || !own.domain_id)
		own.kind = IOMMU_BLOCK;
	return own;
}

/* The GCR3 entry of a route; not through guest tables: an empty one, and the domain stays noted. */
static void write_gcr3(struct amdvi *amdvi, struct amdvi_guest *guest, uint64_t *entry,
		       const struct iommu_route *route)
{
	bool guest_route = amdvi_is_guest_route(route);
	uint64_t *note = domain_of(amdvi, entry);

	guest->route_count -= is_routed(amdvi, entry);
	*note &= ~ROUTED;
	if (guest_route) {
		*note = route->domain_id | ROUTED;
		guest->shared.guest_levels = route->level_count;
		guest->shared.parent = route->parent;
		guest->route_count++;
	}
	store(amdvi, entry, guest_route ? (route->root.v & AMDVI_GCR3_Pointer) | AMDVI_GCR3_V : 0);
}

/* Without guest routes the DTE is that of any other device. */
static void write_dte(struct amdvi *amdvi, struct amdvi_guest *guest)
{
	const struct iommu_route *own = &guest->own;
	uint64_t words[AMDVI_DTE_WORDS];

	guest->shared.untagged = own->kind == IOMMU_BLOCK || amdvi_is_guest_route(own);
	guest->shared.quiet = own->quiet;
	if (guest->route_count)
		amdvi_encode_shared(&guest->shared, words);
	else
		amdvi_encode_route(own, words);
	amdvi_write_entry(amdvi, guest->device_id, words);
}

/* The way is opened from its end, and closed there first. */
enum status amdvi_guest_set(struct amdvi *amdvi, uint16_t device_id, uint32_t pasid,
			    const struct iommu_route *route)
{
	struct amdvi_guest *guest = amdvi_guest_of(amdvi, device_id);
	struct iommu_route own = own_route(amdvi, guest, device_id);
	bool guest_route = amdvi_is_guest_route(route);
	enum status status = check(amdvi, guest, pasid, route, &own);
	uint64_t *entry;

	if (status)
		return status;
	guest = make_guest(amdvi, device_id);
	if (!guest)
		return STATUS_EXHAUSTED;
	entry = guest_route ? make_entry(amdvi, guest, pasid) : find_entry(amdvi, guest, pasid);
	guest->own = own;
	if (!entry && guest_route)
		return STATUS_EXHAUSTED;
	if (entry)
		write_gcr3(amdvi, guest, entry, route);
	if (pasid == IOMMU_NO_PASID)
		guest->own = *route;
	if (guest->own.kind != IOMMU_BLOCK)
		guest->own_domain = guest->own.domain_id;
	write_dte(amdvi, guest);
	return STATUS_OK;
}

static void decode_entry(const struct amdvi *amdvi, const uint64_t *entry, const struct amdvi_shared *shared,
			 struct iommu_route *route)
{
	if (!is_valid(entry))
		return;
	route->kind = IOMMU_TRANSLATE;
	route->regime = amdvi_regime(amdvi, shared->parent.root.v ? "nested" : "guest");
	route->root = pa(arch_load64(entry) & AMDVI_GCR3_Pointer);
	route->level_count = shared->guest_levels;
	route->domain_id = (uint16_t)*domain_of(amdvi, entry);
	route->dirty_tracking = true;
	route->parent = shared->parent;
}

/* Of any device, with a guest record or without. */
enum status amdvi_guest_get(const struct amdvi *amdvi, uint16_t device_id, uint32_t pasid,
			    struct iommu_route *route)
{
	const struct amdvi_guest *guest = amdvi_guest_of(amdvi, device_id);
	const uint64_t shown = AMDVI_DTE0_V | AMDVI_DTE0_TV | AMDVI_DTE0_GV;
	uint64_t words[AMDVI_DTE_WORDS];
	struct amdvi_shared shared;
	enum status status;

	memcpy(words, amdvi_device_entry(amdvi, device_id), sizeof(words));
	shared = amdvi_decode_shared(words);
	*route = (struct iommu_route){ .kind = IOMMU_BLOCK };
	if (guest && (words[0] & shown) == shown && (pasid != IOMMU_NO_PASID || shared.untagged)) {
		route->quiet = pasid == IOMMU_NO_PASID && shared.quiet;
		if (shared.gcr3 != guest->shared.gcr3)
			return STATUS_MALFORMED;
		decode_entry(amdvi, find_entry(amdvi, guest, pasid), &shared, route);
		return STATUS_OK;
	}
	if (pasid != IOMMU_NO_PASID)
		return STATUS_OK;
	status = amdvi_decode_route(amdvi, words, route);
	if (guest && (words[0] & shown) == shown)
		route->domain_id = guest->own_domain;
	return status;
}
