/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The device table in memory, whole or in segments (48882 3.11, 2.2.2, 2.2.2.3), and its entries, changed so that
 * the unit never sees half of one (2.2.2.2; amdvi.h, "Changing a DTE").
 */
#include "iommu/amd/internal.h"

#include <string.h>

#define ENTRIES_PER_PAGE (PAGE_SIZE / sizeof(struct amdvi_dte))
#define DEVICE_ID_BITS   16u

/* Control.Coherent lets the unit see the CPU's caches; a unit that has it not reads memory. */
void amdvi_publish_words(struct amdvi *amdvi, const void *words, size_t bytes)
{
	arch_write_barrier();
	if (!(amdvi->control & AMDVI_Control_Coherent))
		arch_flush(words, bytes);
}

/* Pages of a segment: up to the last DeviceID that is, and one at least, as the register wants. */
static unsigned segment_pages(const struct amdvi *amdvi, unsigned segment)
{
	unsigned ids = BIT(DEVICE_ID_BITS - amdvi->tables.segment_lg2);
	unsigned first = segment * ids, last = amdvi->description.last_device_id;

	if (last < first)
		return 1;
	return (MIN(last - first, ids - 1) + (unsigned)ENTRIES_PER_PAGE) /
	       (unsigned)ENTRIES_PER_PAGE;
}

/* Every source is blocked before the unit is shown the table: an entry of zeros lets it pass. */
static void block_all(uint64_t *entries, unsigned page_count)
{
	uint64_t blocked[AMDVI_DTE_WORDS];

	amdvi_encode_blocked(blocked);
	for (size_t i = 0; i < page_count * ENTRIES_PER_PAGE; i++)
		memcpy(&entries[AMDVI_DTE_WORDS * i], blocked, sizeof(blocked));
	arch_write_barrier();
	arch_flush(entries, page_count * PAGE_SIZE);
}

enum status amdvi_tables_begin(struct amdvi *amdvi)
{
	struct amdvi_tables *t = &amdvi->tables;
	size_t mark;

	if (t->segment[0])
		return STATUS_OK;
	if (!amdvi->pool)
		return STATUS_BAD_ARGUMENT;
	if (amdvi->segment_lg2 > FIELD_GET(AMDVI_EFR_DevTblSegSup, amdvi->efr))
		return STATUS_UNSUPPORTED;
	t->segment_lg2 = amdvi->segment_lg2;
	mark = pool_mark(amdvi->pool);
	for (unsigned i = 0; i < BIT(t->segment_lg2); i++) {
		t->pages[i] = segment_pages(amdvi, i);
		t->segment[i] = pool_pages(amdvi->pool, t->pages[i], PAGE_LG2);
		if (!t->segment[i]) {
			pool_release(amdvi->pool, mark);
			memset(t, 0, sizeof(*t));
			return STATUS_EXHAUSTED;
		}
		block_all(t->segment[i], t->pages[i]);
	}
	return STATUS_OK;
}

/* 2.2.2.3: the upper bits of the DeviceID select the segment, the others index it. */
uint64_t *amdvi_device_entry(const struct amdvi *amdvi, uint16_t device_id)
{
	const struct amdvi_tables *t = &amdvi->tables;
	unsigned index_bits = DEVICE_ID_BITS - t->segment_lg2;
	unsigned segment = device_id >> index_bits, index = device_id & (BIT(index_bits) - 1);

	if (!t->segment[segment] || index >= t->pages[segment] * ENTRIES_PER_PAGE)
		return NULL;
	return &t->segment[segment][AMDVI_DTE_WORDS * index];
}

uint16_t amdvi_alias_of(const struct amdvi *amdvi, uint16_t rid)
{
	const struct amdvi_description *d = &amdvi->description;

	for (unsigned i = 0; i < d->alias_count; i++)
		if (d->aliases[i].rid == rid)
			return d->aliases[i].alias;
	return rid;
}

static void store(struct amdvi *amdvi, uint64_t *word, uint64_t value)
{
	arch_store64(word, value);
	amdvi_publish_words(amdvi, word, sizeof(*word));
}

static uint64_t special_of(const struct amdvi *amdvi, uint16_t device_id)
{
	for (unsigned i = 0; i < amdvi->special_count; i++)
		if (amdvi->specials[i].device_id == device_id)
			return amdvi->specials[i].word1;
	return 0;
}

/*
 * A change of the first word alone is one write. Otherwise that of a blocked source stands there while the others
 * change; an entry with V=0 lets everything pass in any case, and gets its first word last.
 */
void amdvi_write_entry(struct amdvi *amdvi, uint16_t device_id, const uint64_t words[AMDVI_DTE_WORDS])
{
	uint64_t *entry = amdvi_device_entry(amdvi, device_id);
	uint64_t fresh[AMDVI_DTE_WORDS], blocked[AMDVI_DTE_WORDS];

	memcpy(fresh, words, sizeof(fresh));
	fresh[1] |= special_of(amdvi, device_id);
	if (memcmp(&entry[1], &fresh[1], 3 * sizeof(entry[0])) != 0) {
		amdvi_encode_blocked(blocked);
		if ((entry[0] & AMDVI_DTE0_V) && entry[0] != blocked[0])
			store(amdvi, &entry[0], blocked[0]);
		for (unsigned i = AMDVI_DTE_WORDS - 1; i > 0; i--)
			store(amdvi, &entry[i], fresh[i]);
	}
	if (entry[0] != fresh[0])
		store(amdvi, &entry[0], fresh[0]);
}

static struct amdvi_special *find_special(struct amdvi *amdvi, uint16_t device_id)
{
	for (unsigned i = 0; i < amdvi->special_count; i++)
		if (amdvi->specials[i].device_id == device_id)
			return &amdvi->specials[i];
	return amdvi->special_count < AMDVI_SPECIALS_MAX ? &amdvi->specials[amdvi->special_count++]
							 : NULL;
}

enum status amdvi_set_special(struct amdvi *amdvi, struct iommu_source source, unsigned sys_mgt,
			      bool exclusion)
{
	uint16_t id = amdvi_alias_of(amdvi, source.rid);
	enum status status = amdvi_tables_begin(amdvi);
	struct amdvi_special *special;
	uint64_t *entry, before;

	if (status)
		return status;
	entry = amdvi_device_entry(amdvi, id);
	if (!entry || source.segment != amdvi->iommu.segment || sys_mgt > 3)
		return STATUS_BAD_ARGUMENT;
	before = special_of(amdvi, id);
	special = find_special(amdvi, id);
	if (!special)
		return STATUS_EXHAUSTED;
	special->device_id = id;
	special->word1 = FIELD_PREP(AMDVI_DTE1_SysMgt, (uint64_t)sys_mgt) |
			 (exclusion ? AMDVI_DTE1_EX : 0);
	store(amdvi, &entry[1], (entry[1] & ~before) | special->word1);
	return STATUS_OK;
}

enum status amdvi_set_route(struct iommu *iommu, struct iommu_source source,
			    const struct iommu_route *route)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	enum status status = amdvi_check_route(amdvi, source, route);
	uint16_t id = amdvi_alias_of(amdvi, source.rid);
	uint64_t words[AMDVI_DTE_WORDS];

	if (!status)
		status = amdvi_tables_begin(amdvi);
	if (status)
		return status;
	if (!amdvi_device_entry(amdvi, id))
		return STATUS_BAD_ARGUMENT;
	if (amdvi_guest_of(amdvi, id) || amdvi_is_guest_route(route))
		return amdvi_guest_set(amdvi, id, source.pasid, route);
	if (source.pasid != IOMMU_NO_PASID)
		return STATUS_OK; /* blocked, of a device whose PASIDs all are */
	amdvi_encode_route(route, words);
	amdvi_write_entry(amdvi, id, words);
	return STATUS_OK;
}

static void evidence(const struct amdvi *amdvi, struct iommu_source source, const uint64_t *entry,
		     struct iommu_words *words)
{
	static const char *const names[] = { "dte[0]", "dte[1]", "dte[2]", "dte[3]" };
	const uint64_t *gcr3 = amdvi_gcr3_entry(amdvi, source);

	for (unsigned i = 0; entry && i < AMDVI_DTE_WORDS && words->count < IOMMU_WORDS_MAX; i++)
		words->word[words->count++] = (struct iommu_word){ names[i],
								   arch_load64(&entry[i]) };
	if (gcr3 && words->count < IOMMU_WORDS_MAX)
		words->word[words->count++] = (struct iommu_word){ "gcr3", arch_load64(gcr3) };
}

/* MALFORMED: the entry says nothing that a route can say. BAD_ARGUMENT: it is beyond the table. */
enum status amdvi_get_route(struct iommu *iommu, struct iommu_source source, struct iommu_route *route,
			    struct iommu_words *words)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	uint16_t id = amdvi_alias_of(amdvi, source.rid);
	const uint64_t *entry = amdvi_device_entry(amdvi, id);

	*route = (struct iommu_route){ .kind = IOMMU_BLOCK };
	if (source.segment != iommu->segment)
		return STATUS_BAD_ARGUMENT;
	if (!amdvi->tables.segment[0])
		return STATUS_OK;
	if (!entry)
		return STATUS_BAD_ARGUMENT;
	if (words)
		evidence(amdvi, source, entry, words);
	return amdvi_guest_get(amdvi, id, source.pasid, route);
}

/*
 * HAD goes from 00b to 11b, or back, in one operation on the word, so that V and TV stay. What the unit has cached
 * without D never sets it: after 0 -> 1 the caller invalidates the source (2.2.2.2, 2.4.2), which is the
 * entry and the pages of its domain; until then writes may go unmarked. Every source with these tables has to agree.
 */
enum status amdvi_set_dirty_tracking(struct iommu *iommu, struct iommu_source source, bool on)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	uint16_t id = amdvi_alias_of(amdvi, source.rid);
	struct amdvi_guest *guest = amdvi_guest_of(amdvi, id);
	uint64_t *entry = amdvi_device_entry(amdvi, id);

	if (source.segment != iommu->segment)
		return STATUS_BAD_ARGUMENT;
	if (!(amdvi->efr & AMDVI_EFR_HDSup))
		return STATUS_UNSUPPORTED;
	if (!entry || !(entry[0] & AMDVI_DTE0_V) || !(entry[0] & AMDVI_DTE0_TV) ||
	    !(entry[0] & (AMDVI_DTE0_IR | AMDVI_DTE0_IW)))
		return STATUS_NOT_FOUND;
	if (!(entry[0] & AMDVI_DTE0_Mode))
		return STATUS_UNSUPPORTED;
	if (on)
		(void)arch_fetch_or64(entry, AMDVI_DTE0_HAD);
	else
		(void)arch_fetch_and64(entry, ~AMDVI_DTE0_HAD);
	if (guest)
		guest->shared.parent.dirty_tracking = guest->own.dirty_tracking = on;
	amdvi_publish_words(amdvi, entry, sizeof(entry[0]));
	return STATUS_OK;
}
