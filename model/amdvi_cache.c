/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the unit keeps of tables (48882 3.11, clauses 2.1, 2.2.3, 2.4.3): device table entries by DeviceID,
 * translations and directory entries by DomainID, a guest's by PASID as well. Each cache is full associative, replaces
 * in turn, and keeps what it has until it is replaced or invalidated. Nothing is kept of what is not present.
 */
#include <string.h>

#include "model/amdvi_unit.h"

void amdvi_cache_flush(struct amdvi *amdvi)
{
	memset(amdvi->device, 0, sizeof amdvi->device);
	memset(amdvi->host_page, 0, sizeof amdvi->host_page);
	memset(amdvi->guest_page, 0, sizeof amdvi->guest_page);
	memset(amdvi->host_directory, 0, sizeof amdvi->host_directory);
	memset(amdvi->guest_directory, 0, sizeof amdvi->guest_directory);
}

static unsigned turn(unsigned *next, unsigned size)
{
	unsigned slot = *next < size ? *next : 0;

	*next = slot + 1;
	return slot;
}

struct amdvi_device *amdvi_device_find(struct amdvi *amdvi, uint16_t source)
{
	uint16_t compared = defective(amdvi, DEVICE_CACHE_BY_FUNCTION) ? 0xff : 0xffff;

	for (unsigned i = 0; i < amdvi->config.devices; i++) {
		struct amdvi_device *entry = &amdvi->device[i];

		if (entry->valid && (entry->source & compared) == (source & compared))
			return entry;
	}
	return NULL;
}

struct amdvi_device *amdvi_device_fill(struct amdvi *amdvi, uint16_t source, const uint64_t w[4])
{
	struct amdvi_device *slot;

	if (!amdvi->config.devices)
		return NULL;
	slot = &amdvi->device[turn(&amdvi->device_next, amdvi->config.devices)];
	*slot = (struct amdvi_device){ .valid = true, .source = source };
	memcpy(slot->w, w, sizeof slot->w);
	return slot;
}

static bool same_space(const struct amdvi *amdvi, const struct amdvi_route *route, bool guest, uint16_t domain,
		       uint32_t pasid)
{
	if (domain != route->domain && !defective(amdvi, PAGE_CACHE_IGNORES_DOMAIN))
		return false;
	return !guest || pasid == route->pasid || defective(amdvi, PAGE_CACHE_IGNORES_PASID);
}

struct amdvi_page *amdvi_page_find(struct amdvi *amdvi, const struct amdvi_route *route, bool guest, uint64_t input)
{
	unsigned count = guest ? amdvi->config.guest_pages : amdvi->config.host_pages;
	struct amdvi_page *pages = guest ? amdvi->guest_page : amdvi->host_page;
	uint64_t compared = defective(amdvi, PAGE_CACHE_TAG_32_BITS) ? 0xffffffff : ~UINT64_C(0);

	for (unsigned i = 0; i < count; i++) {
		struct amdvi_page *entry = &pages[i];
		uint64_t difference = (input ^ entry->input) & compared;

		if (entry->valid && same_space(amdvi, route, guest, entry->domain, entry->pasid) &&
		    (entry->size_lg2 > 63 || !(difference >> entry->size_lg2)))
			return entry;
	}
	return NULL;
}

/* What is made anew replaces what there was: two entries for one address would be a matter of chance. */
void amdvi_page_fill(struct amdvi *amdvi, const struct amdvi_page *page, uint64_t input)
{
	unsigned count = page->guest ? amdvi->config.guest_pages : amdvi->config.host_pages;
	struct amdvi_page *pages = page->guest ? amdvi->guest_page : amdvi->host_page, *slot;
	unsigned *next = page->guest ? &amdvi->guest_page_next : &amdvi->host_page_next;
	struct amdvi_route space = { .domain = page->domain, .pasid = page->pasid };

	if (!count)
		return;
	while ((slot = amdvi_page_find(amdvi, &space, page->guest, input)) != NULL)
		slot->valid = false;
	slot = &pages[turn(next, count)];
	*slot = *page;
	slot->valid = true;
	if (amdvi->config.fractured && page->size_lg2 > 12) {
		uint64_t offset = input & amdvi_mask(page->size_lg2 - 1, 12);

		slot->size_lg2 = 12;
		slot->input += offset;
		slot->output += offset;
	}
}

static uint64_t tag_of(uint64_t input, unsigned level)
{
	return level >= 6 ? 0 : input >> (12 + 9 * level);
}

/* The one that leads to the lowest table. */
struct amdvi_directory *amdvi_directory_find(struct amdvi *amdvi, const struct amdvi_route *route, bool guest,
					     uint64_t input, unsigned levels)
{
	unsigned count = guest ? amdvi->config.guest_directories : amdvi->config.host_directories;
	struct amdvi_directory *directories = guest ? amdvi->guest_directory
						    : amdvi->host_directory;
	struct amdvi_directory *best = NULL;

	for (unsigned i = 0; i < count; i++) {
		struct amdvi_directory *entry = &directories[i];

		if (!entry->valid || entry->level > levels ||
		    entry->tag != tag_of(input, entry->level))
			continue;
		if (!same_space(amdvi, route, guest, entry->domain, entry->pasid))
			continue;
		if (!best || entry->level < best->level)
			best = entry;
	}
	return best;
}

void amdvi_directory_fill(struct amdvi *amdvi, const struct amdvi_directory *directory)
{
	unsigned count = directory->guest ? amdvi->config.guest_directories
					  : amdvi->config.host_directories;
	struct amdvi_directory *directories = directory->guest ? amdvi->guest_directory
							       : amdvi->host_directory;
	unsigned *next = directory->guest ? &amdvi->guest_directory_next
					  : &amdvi->host_directory_next;
	struct amdvi_directory *slot;

	if (!count)
		return;
	slot = &directories[turn(next, count)];
	*slot = *directory;
	slot->valid = true;
}
