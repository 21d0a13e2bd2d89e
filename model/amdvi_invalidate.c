/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What invalidation commands do to the caches: 48882 3.11, clauses 2.4.2 to 2.4.6, Table 14 and Table 36. No more is
 * dropped than a command asks for, but that a page goes whole.
 */
#include "model/amdvi_unit.h"

/* Table 14: with S the size is 2 to the power of one more than the lowest bit that is 0, from bit 12 up. */
struct amdvi_range amdvi_range_of(const struct amdvi *amdvi, uint64_t operand)
{
	unsigned zero = 12, size_lg2 = 12;

	if (operand & 1 && !defective(amdvi, RANGE_SIZE_IGNORED)) {
		for (; zero < 63 && operand & AMDVI_ONE(zero); zero++)
			;
		size_lg2 = zero + 1;
		if (defective(amdvi, RANGE_SIZE_HALVED) && size_lg2 < 64)
			size_lg2--;
	}
	return (struct amdvi_range){
		.address = size_lg2 > 63 ? 0 : operand & amdvi_mask(63, size_lg2),
		.size_lg2 = size_lg2,
	};
}

/* Do two naturally aligned ranges have an address in common? */
static bool meets(struct amdvi_range a, uint64_t address, unsigned size_lg2)
{
	unsigned larger = a.size_lg2 > size_lg2 ? a.size_lg2 : size_lg2;

	return larger > 63 || !((a.address ^ address) >> larger);
}

/* 2.4.3, PDE: the range covers all pages below the entry. */
static bool covers(const struct amdvi *amdvi, struct amdvi_range range, const struct amdvi_directory *entry)
{
	unsigned reach = 12 + 9 * entry->level;

	if (range.size_lg2 > 63)
		return true;
	if (defective(amdvi, DIRECTORY_NEEDS_EVERYTHING))
		return false;
	return range.size_lg2 >= reach &&
	       !(((entry->tag << reach) ^ range.address) >> range.size_lg2);
}

void amdvi_invalidate_device(struct amdvi *amdvi, uint16_t source)
{
	for (unsigned i = 0; i < AMDVI_DEVICES_MAX; i++) {
		struct amdvi_device *entry = &amdvi->device[i];

		if (entry->source == source)
			entry->valid = false;
	}
}

/* GN = 0: the host's translations of the range, and every guest's of the domain, which depend on them. */
void amdvi_invalidate_host(struct amdvi *amdvi, uint16_t domain, struct amdvi_range range, bool directories)
{
	for (unsigned i = 0; i < AMDVI_PAGES_MAX; i++) {
		struct amdvi_page *host = &amdvi->host_page[i], *guest = &amdvi->guest_page[i];

		if (host->domain == domain && meets(range, host->input, host->size_lg2) &&
		    !(defective(amdvi, LARGE_PAGES_KEPT) && host->size_lg2 > 12))
			host->valid = false;
		if (guest->domain == domain && !defective(amdvi, HOST_INVALIDATION_KEEPS_GUESTS))
			guest->valid = false;
	}
	for (unsigned i = 0; i < AMDVI_DIRECTORIES_MAX; i++) {
		struct amdvi_directory *host = &amdvi->host_directory[i],
				       *guest = &amdvi->guest_directory[i];

		if (directories && host->domain == domain && covers(amdvi, range, host) &&
		    !defective(amdvi, DIRECTORIES_KEPT))
			host->valid = false;
		if (guest->domain == domain && !defective(amdvi, HOST_INVALIDATION_KEEPS_GUESTS))
			guest->valid = false;
	}
}

/* GN = 1: nothing of the host's. */
void amdvi_invalidate_guest(struct amdvi *amdvi, uint16_t domain, uint32_t pasid, struct amdvi_range range,
			    bool directories)
{
	if (defective(amdvi, GUEST_INVALIDATION_OF_PASID_0))
		pasid = 0;
	for (unsigned i = 0; i < AMDVI_PAGES_MAX; i++) {
		struct amdvi_page *page = &amdvi->guest_page[i];

		if (page->domain == domain && page->pasid == pasid &&
		    meets(range, page->input, page->size_lg2))
			page->valid = false;
	}
	for (unsigned i = 0; i < AMDVI_DIRECTORIES_MAX; i++) {
		struct amdvi_directory *entry = &amdvi->guest_directory[i];

		if (directories && entry->domain == domain && entry->pasid == pasid &&
		    covers(amdvi, range, entry) && !defective(amdvi, GUEST_DIRECTORIES_KEPT))
			entry->valid = false;
	}
}

/* 2.4.6, Inval: of whichever domain the device is in; a translation too many may go. */
void amdvi_invalidate_address(struct amdvi *amdvi, struct amdvi_range range)
{
	for (unsigned i = 0; i < AMDVI_PAGES_MAX; i++) {
		if (meets(range, amdvi->host_page[i].input, amdvi->host_page[i].size_lg2))
			amdvi->host_page[i].valid = false;
		amdvi->guest_page[i].valid = false;
	}
}
