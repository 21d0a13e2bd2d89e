/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Root, context and PASID tables in memory (VT-d 5.10, 9.1 .. 9.6, 6.2.2.1, 6.2.3.1): pages on demand, links
 * made from the bottom up, entries changed so that the unit never sees half of one.
 */
#include "iommu/intel/internal.h"

#include <string.h>

#define PASID_ENTRY_WORDS 8u
#define LINKS_MAX         3u /* root -> context -> directory -> PASID table */

/* ---- Pages ---- */

static void publish(const struct vtd *vtd, const void *words, size_t bytes)
{
	arch_write_barrier();
	if (!(vtd->ecap & VTD_ECAP_C))
		arch_flush(words, bytes);
}

static uint64_t *take_page(struct vtd *vtd)
{
	struct vtd_tables *t = vtd->tables;
	uint64_t *page;

	if (t->page_count == VTD_TABLE_PAGES_MAX || !vtd->pool)
		return NULL;
	if (vtd->free_count) {
		page = vtd->free_pages[--vtd->free_count];
		memset(page, 0, PAGE_SIZE);
	} else {
		page = pool_zeroed(vtd->pool, 1, PAGE_LG2);
	}
	if (!page)
		return NULL;
	publish(vtd, page, PAGE_SIZE);
	t->pages[t->page_count++] = page;
	return page;
}

/* Pages beyond what the free list holds stay with the pool: there are never that many. */
static void give_back(struct vtd *vtd, struct vtd_tables *t, unsigned keep)
{
	while (t->page_count > keep) {
		uint64_t *page = t->pages[--t->page_count];

		if (vtd->free_count < VTD_TABLE_PAGES_MAX)
			vtd->free_pages[vtd->free_count++] = page;
	}
}

void vtd_tables_drop(struct vtd *vtd, struct vtd_tables *tables)
{
	give_back(vtd, tables, 0);
	tables->root = NULL;
}

enum status vtd_tables_begin(struct vtd *vtd, unsigned ttm)
{
	struct vtd_tables *old = vtd->tables;
	struct vtd_tables *fresh = old->root ? &vtd->sets[old == &vtd->sets[0]] : old;

	vtd_tables_drop(vtd, fresh);
	vtd->tables = fresh;
	fresh->ttm = ttm;
	fresh->root = take_page(vtd);
	if (fresh->root)
		return STATUS_OK;
	vtd->tables = old;
	return STATUS_EXHAUSTED;
}

/* ---- The way to a source's entry ---- */

/*
 * 63:12 in every link. Bits from HAW up are reserved: where they are set on purpose, they are no address. NULL: the
 * link leads to a page that is none of ours, on purpose or by a device's hand, and perhaps to none at all.
 */
static uint64_t *table_of(const struct vtd *vtd, uint64_t link)
{
	uint64_t reserved = vtd->haw < 64 ? GENMASK64(63, vtd->haw) : 0;
	uint64_t *page = pa_ptr(pa(link & VTD_RE0_CTP & ~reserved));

	for (unsigned i = 0; i < vtd->tables->page_count; i++) {
		if (vtd->tables->pages[i] == page)
			return page;
	}
	return NULL;
}

static unsigned pasid_of(struct iommu_source source)
{
	return source.pasid == IOMMU_NO_PASID ? 0 : source.pasid;
}

/* 9.1: two words a bus, of which the second is reserved. 9.2: one word for each half of a bus. */
uint64_t *vtd_root_entry(const struct vtd *vtd, struct iommu_source source)
{
	unsigned bus = source.rid >> 8, upper = (source.rid >> 7) & 1;

	if (!vtd->tables->root)
		return NULL;
	return &vtd->tables->root[2 * bus + (vtd->tables->ttm == VTD_TTM_LEGACY ? 0 : upper)];
}

static uint64_t *context_in(const struct vtd *vtd, uint64_t *table, struct iommu_source source)
{
	unsigned devfn = source.rid & 0xff;

	if (!table)
		return NULL;
	return vtd->tables->ttm == VTD_TTM_LEGACY ? &table[2 * devfn] : &table[4 * (devfn & 0x7f)];
}

static uint64_t *directory_in(uint64_t *table, struct iommu_source source)
{
	return table ? &table[pasid_of(source) >> 6] : NULL;
}

static uint64_t *pasid_in(uint64_t *table, struct iommu_source source)
{
	return table ? &table[PASID_ENTRY_WORDS * (pasid_of(source) & 0x3f)] : NULL;
}

/* P is bit 0 of every link. */
static bool present(const uint64_t *link)
{
	return link && (*link & VTD_RE0_P);
}

uint64_t *vtd_context_entry(const struct vtd *vtd, struct iommu_source source)
{
	uint64_t *link = vtd_root_entry(vtd, source);

	return present(link) ? context_in(vtd, table_of(vtd, *link), source) : NULL;
}

uint64_t *vtd_pasid_directory_entry(const struct vtd *vtd, struct iommu_source source)
{
	uint64_t *link = vtd_context_entry(vtd, source);

	if (vtd->tables->ttm == VTD_TTM_LEGACY || !present(link))
		return NULL;
	return directory_in(table_of(vtd, *link), source);
}

uint64_t *vtd_pasid_entry(const struct vtd *vtd, struct iommu_source source)
{
	uint64_t *link = vtd_pasid_directory_entry(vtd, source);

	return present(link) ? pasid_in(table_of(vtd, *link), source) : NULL;
}

static uint64_t *route_entry(const struct vtd *vtd, struct iommu_source source)
{
	return vtd->tables->ttm == VTD_TTM_LEGACY ? vtd_context_entry(vtd, source)
						  : vtd_pasid_entry(vtd, source);
}

/* Links that are decided and not yet written: the lowest is written first, the one the unit can reach last. */
struct way {
	struct {
		uint64_t *word, value;
	} links[LINKS_MAX];
	unsigned count;
	bool is_foreign;			/* a link on the way leads to no page of ours */
};

/* The table behind a link; a new one where there is none. NULL: no pages, or no table of ours. */
static uint64_t *follow(struct vtd *vtd, struct way *way, uint64_t *link, uint64_t flags)
{
	uint64_t *table;

	if (present(link)) {
		table = table_of(vtd, *link);
		way->is_foreign = !table;
		return table;
	}
	table = take_page(vtd);
	if (!table)
		return NULL;
	way->links[way->count].word = link;
	way->links[way->count++].value = pa_of(table).v | flags;
	return table;
}

static void write_links(struct vtd *vtd, const struct way *way)
{
	for (unsigned i = way->count; i-- > 0;) {
		arch_store64(way->links[i].word, way->links[i].value);
		publish(vtd, way->links[i].word, sizeof(uint64_t));
	}
}

/* The entry of a source's route, with everything that leads there. EXHAUSTED, MALFORMED: nothing is changed. */
static enum status make_way(struct vtd *vtd, struct iommu_source source, uint64_t **entry)
{
	unsigned mark = vtd->tables->page_count;
	uint64_t context_flags = VTD_SCE0_P | FIELD_PREP(VTD_SCE0_PDTS, (uint64_t)VTD_PDTS);
	uint64_t *table;
	struct way way = { .count = 0 };

	if (vtd->ecap & VTD_ECAP_PASID)
		context_flags |= VTD_SCE0_PASIDE;
	*entry = NULL;
	table = follow(vtd, &way, vtd_root_entry(vtd, source), VTD_RE0_P);
	if (table)
		*entry = context_in(vtd, table, source);
	if (*entry && vtd->tables->ttm == VTD_TTM_SCALABLE) {
		table = follow(vtd, &way, *entry, context_flags);
		if (table)
			table = follow(vtd, &way, directory_in(table, source), VTD_PDE0_P);
		*entry = table ? pasid_in(table, source) : NULL;
	}
	if (!*entry) {
		give_back(vtd, vtd->tables, mark);
		return way.is_foreign ? STATUS_MALFORMED : STATUS_EXHAUSTED;
	}
	write_links(vtd, &way);
	return STATUS_OK;
}

/* ---- Routes ---- */

/*
 * See vtd.h, "Changing a present entry". An entry that only loses P keeps its other words: the unit
 * may have read P already and be about to read those.
 */
static void write_entry(struct vtd *vtd, uint64_t *entry, const uint64_t *words, unsigned count)
{
	if (memcmp(entry, words, count * sizeof(*words)) == 0)
		return;
	if (present(entry) || !present(words)) {
		arch_store64(entry, words[0] & ~VTD_RE0_P);
		publish(vtd, entry, count * sizeof(*words));
	}
	if (!present(words))
		return;
	for (unsigned i = count - 1; i > 0; i--)
		arch_store64(&entry[i], words[i]);
	publish(vtd, entry, count * sizeof(*words));
	arch_store64(&entry[0], words[0]);
	publish(vtd, entry, count * sizeof(*words));
}

enum status vtd_set_route(struct iommu *iommu, struct iommu_source source,
			  const struct iommu_route *route)
{
	struct vtd *vtd = to_vtd(iommu);
	uint64_t words[VTD_ENTRY_WORDS_MAX], *entry;
	enum status s = vtd_check_route(vtd, source, route);
	unsigned count;

	if (s != STATUS_OK)
		return s;
	if (!vtd->tables->root) {
		const struct iommu_regime *regime = route->regime;

		s = vtd_tables_begin(vtd, regime ? regime->mode : iommu->regimes[0].mode);
		if (s != STATUS_OK)
			return s;
	}
	s = make_way(vtd, source, &entry);
	if (s != STATUS_OK)
		return s;
	count = vtd_encode_route(vtd, route, words);
	write_entry(vtd, entry, words, count);
	return vtd_publish(iommu);
}

static void add_words(struct iommu_words *words, const char *const *names, const uint64_t *from,
		      unsigned count)
{
	for (unsigned i = 0; from && i < count && words->count < IOMMU_WORDS_MAX; i++)
		words->word[words->count++] = (struct iommu_word){ names[i],
								   arch_load64(&from[i]) };
}

static void evidence(const struct vtd *vtd, struct iommu_source source, struct iommu_words *words)
{
	static const char *const root[] = { "root" };
	static const char *const context[] = { "context[0]", "context[1]", "context[2]",
					       "context[3]" };
	static const char *const directory[] = { "directory" };
	static const char *const pasid[] = { "pasid[0]", "pasid[1]", "pasid[2]", "pasid[3]",
					     "pasid[4]", "pasid[5]", "pasid[6]", "pasid[7]" };

	add_words(words, root, vtd_root_entry(vtd, source), 1);
	add_words(words, context, vtd_context_entry(vtd, source),
		  vtd->tables->ttm == VTD_TTM_LEGACY ? 2 : 4);
	add_words(words, directory, vtd_pasid_directory_entry(vtd, source), 1);
	add_words(words, pasid, vtd_pasid_entry(vtd, source), PASID_ENTRY_WORDS);
}

/* MALFORMED: the entry is present and says nothing that a route can say. */
enum status vtd_get_route(struct iommu *iommu, struct iommu_source source,
			  struct iommu_route *route, struct iommu_words *words)
{
	struct vtd *vtd = to_vtd(iommu);
	uint64_t copy[VTD_ENTRY_WORDS_MAX] = { 0 };
	const uint64_t *entry;

	if (source.segment != iommu->segment)
		return STATUS_BAD_ARGUMENT;
	if (words)
		evidence(vtd, source, words);
	entry = route_entry(vtd, source);
	if (entry)
		memcpy(copy, entry,
		       vtd->tables->ttm == VTD_TTM_LEGACY ? sizeof(struct vtd_context_entry)
							  : sizeof(struct vtd_pasid_entry));
	return vtd_decode_route(vtd, copy, route);
}

/*
 * VT-d 6.2.3.1: every entry with this second-stage table has to agree on SSADE; that is the caller's. One
 * word changes, so P stays set. For 0 -> 1 the caller invalidates the source (table 28: PASID-cache, then
 * IOTLB): until then writes may go unmarked.
 */
enum status vtd_set_dirty_tracking(struct iommu *iommu, struct iommu_source source, bool on)
{
	struct vtd *vtd = to_vtd(iommu);
	uint64_t *entry = vtd_pasid_entry(vtd, source), pgtt;

	if (source.segment != iommu->segment)
		return STATUS_BAD_ARGUMENT;
	if (vtd->tables->ttm == VTD_TTM_LEGACY || !(vtd->ecap & VTD_ECAP_SSADS))
		return STATUS_UNSUPPORTED;
	if (!present(entry))
		return STATUS_NOT_FOUND;
	pgtt = FIELD_GET(VTD_PE0_PGTT, *entry);
	if (pgtt != VTD_PE0_PGTT_SECOND && pgtt != VTD_PE0_PGTT_NESTED)
		return STATUS_UNSUPPORTED;
	if (on)
		(void)arch_fetch_or64(entry, VTD_PE0_SSADE);
	else
		(void)arch_fetch_and64(entry, ~VTD_PE0_SSADE);
	return vtd_publish_words(vtd, entry, sizeof(struct vtd_pasid_entry));
}

unsigned vtd_blocked_reason(const struct vtd *vtd, struct iommu_source source)
{
	bool legacy = vtd->tables->ttm == VTD_TTM_LEGACY;

	if (!present(vtd_root_entry(vtd, source)))
		return legacy ? 0x01 : 0x39;
	if (legacy || !present(vtd_context_entry(vtd, source)))
		return legacy ? 0x02 : 0x41;
	return present(vtd_pasid_directory_entry(vtd, source)) ? 0x59 : 0x51;
}
