/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What VT-d keeps of contexts, PASID entries and translations, and which descriptors end it (6.2, 6.5.2.1 to .4).
 * Where a descriptor has to end something, the test first looks for a stale entry without it; where none is seen,
 * the case is unproven.
 */
#include "tests/raw/vtd_raw.h"

#define RW		(PT_READ | PT_WRITE)
#define NEEDS_HERE	(NEEDS_QUEUE | NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED)
#define CACHE(needs_)	.vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_HERE | (needs_), .faults = true

/* 6.5.2.1 to .4, first words. */
#define CONTEXT		0x1ull
#define IOTLB		0x2ull
#define PIOTLB		0x6ull
#define PASID_CACHE	0x7ull
#define G(x)		((uint64_t)(x) << 4)
#define DID(x)		((uint64_t)(x) << 16)
#define SID(x)		((uint64_t)(x) << 32)
#define FM(x)		((uint64_t)(x) << 48)

enum { GLOBAL = 1, DOMAIN = 2, SELECTIVE = 3 };			/* G of CONTEXT, IOTLB, PIOTLB */
enum { PASIDS_OF_DOMAIN = 0, ONE_PASID = 1, ALL_PASIDS = 3 };	/* G of PASID_CACHE */

static bool is_legacy(const struct bench *b)
{
	return b->regime->mode == VTD_TTM_LEGACY;
}

/* ---- Contexts and PASID entries ---- */

/* What may have been made from contexts and PASID entries, and these themselves stay. */
static void drop_translations(struct bench *b)
{
	submit(b, IOTLB | G(GLOBAL), 0, 0, 0);
	settle(b);
}

static void drop_below_contexts(struct bench *b)
{
	if (!is_legacy(b))
		submit(b, PASID_CACHE | G(ALL_PASIDS), 0, 0, 0);
	drop_translations(b);
}

/* The context entry loses P and stays in force, until `descriptor`; then requests are refused. */
static void expect_ends_the_context(struct bench *b, const struct span *s, uint64_t descriptor)
{
	uint64_t *context = context_words(b);
	struct plant planted;
	bool stale;

	expect_write_lands(b, s, 0);
	planted = plant_quietly(b, context, *context & ~VTD_CE0_P);
	drop_below_contexts(b);
	stale = write_reaches(b, leaf(s, 0), s->window[0]);
	submit(b, descriptor, 0, 0, 0);
	drop_below_contexts(b);
	expect_write_fault(b, leaf(s, 0), is_legacy(b) ? 0x02 : 0x41, 0);
	withdraw(b, &planted);
	if (!stale)
		unproven(b, "no stale context was seen before the invalidation");
}

TEST(vtd_cache, function_mask_covers_functions, CACHE(0),
     .claim = "The function mask of a context-cache invalidation makes it reach other functions of the device.",
     .rules = RULES(VTD_INV_02))
{
	static const uint16_t masked[] = { 0, 4, 6, 7 };
	struct span s = map_leaves(b, 1, RW);

	for (unsigned fm = 1; fm < ARRAY_COUNT(masked); fm++) {
		note(b, "FM %u", fm);
		expect_ends_the_context(b, &s,
					CONTEXT | G(SELECTIVE) | DID(b->hwpt.domain_id) |
						SID(b->source.rid ^ masked[fm]) | FM(fm));
	}
}

TEST(vtd_cache, contexts_have_no_domain, CACHE(NEEDS_SCALABLE),
     .claim = "In scalable mode context-cache invalidations ignore the domain id, and those of a domain are global.",
     .rules = RULES(VTD_INV_03))
{
	struct span s = map_leaves(b, 1, RW);
	uint16_t other = b->hwpt.domain_id ^ 1;

	note(b, "device-selective");
	expect_ends_the_context(b, &s, CONTEXT | G(SELECTIVE) | DID(other) | SID(b->source.rid));
	note(b, "domain-selective");
	expect_ends_the_context(b, &s, CONTEXT | G(DOMAIN) | DID(other));
}

/* Table 28: the IOTLB invalidation that follows one of the PASID-cache for one PASID (0: RID_PASID). */
static void drop_translations_of_pasid(struct bench *b)
{
	uint64_t did = DID(b->hwpt.domain_id);

	if (b->regime->stage == IOMMU_STAGE_FIRST)
		submit(b, PIOTLB | G(DOMAIN) | did, 0, 0, 0);
	else
		submit(b, IOTLB | G(DOMAIN) | did, 0, 0, 0);
	settle(b);
}

TEST(vtd_cache, pasid_entries_end_by_each_granularity, CACHE(NEEDS_SCALABLE),
     .claim = "A PASID-cache invalidation of a domain, of a PASID in it, and of all ends a changed PASID entry.",
     .rules = RULES(VTD_INV_05, VTD_INV_30))
{
	static const unsigned granularities[] = { PASIDS_OF_DOMAIN, ONE_PASID, ALL_PASIDS };
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b);
	bool stale = true;

	for (unsigned i = 0; i < ARRAY_COUNT(granularities); i++) {
		struct plant planted;

		note(b, "G %u", granularities[i]);
		expect_write_lands(b, &s, 0);
		planted = plant_quietly(b, entry, *entry & ~VTD_PE0_P);
		drop_translations(b);
		stale &= write_reaches(b, leaf(&s, 0), s.window[0]);
		submit(b, PASID_CACHE | G(granularities[i]) | DID(b->hwpt.domain_id), 0, 0, 0);
		drop_translations_of_pasid(b);
		expect_write_fault(b, leaf(&s, 0), 0x59, 0);
		withdraw(b, &planted);
	}
	if (!stale)
		unproven(b, "no stale PASID entry was seen before the invalidation");
}

/* ---- Entries that lead elsewhere ---- */

/* The word of the case's route that names its table; words 2 of a PASID entry for a first stage. */
static uint64_t *root_pointer(struct bench *b)
{
	if (is_legacy(b))
		return context_words(b);
	return b->regime->stage == IOMMU_STAGE_FIRST ? &pasid_words(b)[2] : pasid_words(b);
}

static uint64_t pointing_to(const uint64_t *word, const struct hwpt *hwpt)
{
	return (*word & ~VTD_PE0_SSPTPTR) | hwpt_route(hwpt).root.v;
}

TEST(vtd_cache, domain_ids_can_be_used_again, CACHE(0),
     .claim = "A domain id leads to its new table once its entries, and then its translations, are invalidated.",
     .rules = RULES(VTD_INV_25, VTD_INV_32))
{
	struct span old = map_leaves(b, 1, RW);
	struct hwpt *next = second_hwpt(b);
	struct span new = map_leaves_in(b, next, old.iova, 1, RW);
	uint64_t *word = root_pointer(b), did = DID(b->hwpt.domain_id);
	struct plant planted;
	bool stale;

	expect_write_lands(b, &old, 0);
	planted = plant_quietly(b, word, pointing_to(word, next));
	stale = write_reaches(b, leaf(&old, 0), old.window[0]);
	submit(b,
	       is_legacy(b) ? CONTEXT | G(DOMAIN) | did : PASID_CACHE | G(PASIDS_OF_DOMAIN) | did,
	       0, 0, 0);
	submit(b, IOTLB | G(DOMAIN) | did, 0, 0, 0);
	settle(b);
	expect_write_lands(b, &new, 0);
	withdraw(b, &planted);
	if (!stale)
		unproven(b, "no stale route was seen before the invalidation");
}

TEST(vtd_cache, changed_pasid_entry_is_used, CACHE(NEEDS_SCALABLE),
     .claim = "A PASID entry with another domain and table is used once the old one's PASID is invalidated.",
     .rules = RULES(VTD_INV_31))
{
	struct span old = map_leaves(b, 1, RW);
	struct hwpt *next = second_hwpt(b);
	struct span new = map_leaves_in(b, next, old.iova, 1, RW);
	uint64_t *word = root_pointer(b), *entry = pasid_words(b), did = DID(b->hwpt.domain_id);
	struct plant domain, table;
	bool stale;

	expect_write_lands(b, &old, 0);
	domain = plant_quietly(b, &entry[1],
			       (entry[1] & ~VTD_PE1_DID) |
				       FIELD_PREP(VTD_PE1_DID, (uint64_t)next->domain_id));
	table = plant_quietly(b, word, pointing_to(word, next));
	stale = write_reaches(b, leaf(&old, 0), old.window[0]);
	submit(b, PASID_CACHE | G(ONE_PASID) | did, 0, 0, 0);
	submit(b, PIOTLB | G(DOMAIN) | did, 0, 0, 0);
	settle(b);
	expect_write_lands(b, &new, 0);
	withdraw(b, &table);
	withdraw(b, &domain);
	if (!stale)
		unproven(b, "no stale entry was seen before the invalidation");
}

TEST(vtd_cache, kept_faults_have_no_domain, CACHE(NEEDS_SCALABLE),
     .claim = "With caching mode, a context entry that was kept absent ends whatever domain an invalidation names.",
     .rules = RULES(VTD_CM_03))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);
	struct plant planted;
	bool kept;

	if (!b->iommu->caps.caching_mode)
		skip(b, "a unit that keeps what faults (CAP.CM)");
	planted = plant(b, context, *context & ~VTD_CE0_P);
	expect_write_fault(b, leaf(&s, 0), 0x41, 0);
	withdraw_quietly(b, &planted);
	kept = !write_reaches(b, leaf(&s, 0), s.window[0]);
	submit(b, CONTEXT | G(SELECTIVE) | DID(b->hwpt.domain_id ^ 1) | SID(b->source.rid), 0, 0,
	       0);
	drop_below_contexts(b);
	expect_write_lands(b, &s, 0);
	if (!kept)
		unproven(b, "the absent entry was not kept");
}

/* ---- What faults is not kept ---- */

/* `word` is wrong for a while and put right without an invalidation: the next request finds it right. */
static void expect_not_kept(struct bench *b, const struct span *s, uint64_t *word, uint64_t wrong, unsigned reason)
{
	struct plant planted;

	if (b->iommu->caps.caching_mode)
		skip(b, "a unit that keeps nothing that faults (CAP.CM is set)");
	planted = plant(b, word, wrong);
	expect_write_fault(b, leaf(s, 0), reason, 0);
	withdraw_quietly(b, &planted);
	expect_write_lands(b, s, 0);
}

TEST(vtd_cache, faulting_contexts_are_not_kept, CACHE(0),
     .claim = "A context entry that is put right needs no invalidation, whether it was absent or malformed.",
     .rules = RULES(VTD_CACHE_02))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *context = context_words(b);

	expect_not_kept(b, &s, context, *context & ~VTD_CE0_P, is_legacy(b) ? 0x02 : 0x41);
	expect_not_kept(b, &s, context, *context | BIT64(is_legacy(b) ? 11 : 8),
			is_legacy(b) ? 0x0b : 0x42);
}

TEST(vtd_cache, faulting_pasid_entries_are_not_kept, CACHE(NEEDS_SCALABLE),
     .claim = "A PASID entry that is put right needs no invalidation, whether it was absent or malformed.",
     .rules = RULES(VTD_CACHE_02))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *entry = pasid_words(b);

	expect_not_kept(b, &s, entry, *entry & ~VTD_PE0_P, 0x59);
	expect_not_kept(b, &s, entry, *entry & ~VTD_PE0_PGTT, 0x5b);
}

TEST(vtd_cache, absent_pages_of_the_first_stage_are_not_kept, CACHE(NEEDS_FIRST_STAGE),
     .claim = "With caching mode, too, a first-stage page that appears is used without an invalidation.",
     .rules = RULES(VTD_CM_04))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t *word = table_word(b, leaf(&s, 0), leaf_level(b));
	struct plant planted;

	if (!b->iommu->caps.caching_mode)
		skip(b, "a unit that keeps what faults (CAP.CM)");
	planted = plant(b, word, *word & ~BIT64(0));
	expect_write_fault(b, leaf(&s, 0), 0x71, 0);
	withdraw_quietly(b, &planted);
	expect_write_lands(b, &s, 0);
}

/* ---- What the CPU has written and not written back ---- */

/* A word that the CPU changes in its caches alone is the one that a walk finds. */
static void expect_snooped(struct bench *b, const struct span *s, uint64_t *word, uint64_t present, unsigned reason)
{
	struct plant planted;

	note(b, "the word at 0x%llx", (unsigned long long)pa_of(word).v);
	planted = plant_quietly(b, word, *word & ~present);
	flush_all(b);
	expect_write_fault(b, leaf(s, 0), reason, 0);
	withdraw_quietly(b, &planted);
	flush_all(b);
	expect_write_lands(b, s, 0);
}

TEST(vtd_cache, tables_are_snooped, CACHE(0),
     .claim = "With ECAP.C root, context and PASID tables, and those of legacy mode, are read from the CPU's caches.",
     .rules = RULES(VTD_SNP_01))
{
	struct span s = map_leaves(b, 1, RW);

	if (!(raw_vtd(b)->ecap & VTD_ECAP_C))
		skip(b, "tables that are snooped (ECAP.C)");
	expect_snooped(b, &s, root_word(b), VTD_RE0_P, is_legacy(b) ? 0x01 : 0x39);
	expect_snooped(b, &s, context_words(b), VTD_CE0_P, is_legacy(b) ? 0x02 : 0x41);
	if (is_legacy(b)) {
		expect_snooped(b, &s, table_word(b, leaf(&s, 0), leaf_level(b)),
			       BIT64(1) | BIT64(0), 0x05);
		return;
	}
	expect_snooped(b, &s, directory_word(b), VTD_PDE0_P, 0x51);
	expect_snooped(b, &s, pasid_words(b), VTD_PE0_P, 0x59);
}

/* ---- Translations ---- */

/* Leaf 0 is cached and then leads elsewhere; is the old place still reached? */
static bool redirect(struct bench *b, struct span *s)
{
	uint8_t *next = twin_window(b, s, 0), *old = s->window[0];

	expect_write_lands(b, s, 0);
	remap_quietly(b, s, 0, next);
	return write_reaches(b, leaf(s, 0), old);
}

static void expect_redirected(struct bench *b, const struct span *s, bool stale)
{
	settle(b);
	expect_write_lands(b, s, 0);
	if (!stale)
		unproven(b, "no stale translation was seen before the invalidation");
}

/* The page-selective invalidation of the case's stage. */
static void submit_pages(struct bench *b, uint64_t address, uint64_t mask)
{
	uint64_t type = b->regime->stage == IOMMU_STAGE_FIRST ? PIOTLB : IOTLB;

	submit(b, type | G(SELECTIVE) | DID(b->hwpt.domain_id), address | mask, 0, 0);
}

TEST(vtd_cache, masks_cover_aligned_pages, CACHE(NEEDS_RANGE),
     .claim = "An address mask covers the aligned block around the address, the pages before it included.",
     .rules = RULES(VTD_INV_12))
{
	struct span s = map_leaves_at(b, aligned_iova(b, 4), 4, RW);
	bool stale = redirect(b, &s);

	submit_pages(b, s.iova.v + 3 * PAGE_SIZE, 2);
	expect_redirected(b, &s, stale);
}

TEST(vtd_cache, wide_domain_ids_are_cut, CACHE(0),
     .claim = "Domain id bits beyond CAP.ND of an IOTLB invalidation are ignored, and it is done.",
     .rules = RULES(VTD_INV_11))
{
	unsigned bits = b->iommu->caps.domain_id_bits;
	struct span s;
	bool stale;

	if (bits >= 16)
		skip(b, "a domain id of fewer than 16 bits (CAP.ND)");
	s = map_leaves(b, 1, RW);
	stale = redirect(b, &s);
	submit(b, IOTLB | G(DOMAIN) | DID(b->hwpt.domain_id) | GENMASK64(31, 16 + bits), 0, 0, 0);
	expect_redirected(b, &s, stale);
}

TEST(vtd_cache, wide_addresses_are_cut, CACHE(0),
     .claim = "Address bits beyond CAP.MGAW of an IOTLB invalidation are ignored, and it is done.",
     .rules = RULES(VTD_INV_11))
{
	unsigned width = (unsigned)FIELD_GET(VTD_CAP_MGAW, raw_vtd(b)->cap) + 1;
	struct span s;
	bool stale;

	if (!(raw_vtd(b)->cap & VTD_CAP_PSI))
		skip(b, "page-selective IOTLB invalidation (CAP.PSI)");
	s = map_leaves(b, 1, RW);
	stale = redirect(b, &s);
	submit(b, IOTLB | G(SELECTIVE) | DID(b->hwpt.domain_id), s.iova.v | GENMASK64(63, width), 0,
	       0);
	expect_redirected(b, &s, stale);
}
