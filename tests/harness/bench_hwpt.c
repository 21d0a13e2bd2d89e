/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Page tables made for a case: an ioas and a hwpt each, with the engines' own memory mapped in a part of
 * the IOVAs that spans keep away from, so that a span's tables hold nothing but the span.
 */
#include <string.h>

#include "tests/harness/bench_private.h"
#include "tests/harness/sabotage.h"

#define SLOT_LG2_MAX	30u

void *new_object(struct bench *b, size_t bytes)
{
	void *memory = pool_zeroed(&b->platform->objects, (bytes + PAGE_SIZE - 1) / PAGE_SIZE,
				   PAGE_LG2);

	if (memory == NULL)
		broken(b, "the page pool is exhausted");
	return memory;
}

void register_table(struct bench *b, struct hwpt *hwpt)
{
	struct bench_own *own = own_of(b);
	struct bench_table *table;

	if (own->table_count == BENCH_TABLES_MAX)
		broken(b, "a case has at most %u page tables", BENCH_TABLES_MAX);
	table = new_object(b, sizeof(*table));
	table->hwpt = hwpt;
	own->tables[own->table_count++] = table;
}

/*
 * Tracking where the test asks for flags or the regime has no choice; where such a regime may refuse to set
 * them, tests that do not look at flags have them set from the start.
 */
static unsigned tracking_flags(const struct bench *b)
{
	const uint32_t asks = NEEDS_DIRTY | NEEDS_ACCESSED | NEEDS_DIRTY_SWITCH;

	if ((b->test->needs & asks) != 0)
		return b->regime->dirty ? HWPT_DIRTY_TRACKING : 0;
	if (b->regime->flags_may_fault)
		return HWPT_PRESET_FLAGS;
	return b->regime->dirty_always ? HWPT_DIRTY_TRACKING : 0;
}

static void map_control(struct bench *b, struct hwpt *hwpt, const struct platform_engine *e, iova_t at)
{
	for (unsigned i = 0; e != NULL && i < e->dma.limits.control_pages; i++)
		leaf_map(b, hwpt, iova_add(at, i * PAGE_SIZE), pa_of(e->control + i * PAGE_SIZE),
			 PAGE_LG2, PT_READ | PT_WRITE);
}

static void init(struct bench *b, struct hwpt *hwpt, struct ioas *ioas, unsigned level_count,
		 uint16_t domain_id, struct pool *pool)
{
	struct hwpt *parent = b->regime->parent != NULL ? parent_hwpt(b) : NULL;
	unsigned flags = tracking_flags(b);
	enum status status;

	ioas_init(ioas);
	if (parent != NULL)
		status = hwpt_init_nested(hwpt, ioas, parent, guest_offset(b), b->regime,
					  level_count, flags, domain_id, pool);
	else
		status = hwpt_init(hwpt, ioas, b->iommu, b->regime, level_count, flags, domain_id,
				   pool);
	expect_done(b, status, "a page table");
	register_table(b, hwpt);
}

uint16_t next_domain_id(struct bench *b)
{
	struct bench_own *own = own_of(b);

	/* 0 is not for us; neighbours in number are handed out one after the other. */
	own->domain_id = own->domain_id < platform_domain_ids(b->iommu) ? own->domain_id + 1 : 1;
	return (uint16_t)own->domain_id;
}

unsigned most_levels(const struct iommu_regime *regime)
{
	unsigned levels = 0;

	for (unsigned n = 1; n <= PT_LEVELS_MAX; n++) {
		if ((regime->level_counts & BIT(n)) != 0)
			levels = n;
	}
	return levels;
}

/* A random place for the engines' own memory, and the slot around it that spans stay out of. */
static void choose_slot(struct bench *b)
{
	struct bench_own *own = own_of(b);
	unsigned bits = iova_bits(b), slot_lg2 = MIN(SLOT_LG2_MAX, bits - 3);
	iova_t slot = area_random(b, BIT64(slot_lg2), slot_lg2);
	uint64_t pages = BIT64(slot_lg2) / PAGE_SIZE;

	own->slot_base = slot.v;
	own->slot_last = slot.v + BIT64(slot_lg2) - 1;
	own->control_iova = iova(slot.v + (1 + random_below(b, pages / 2 - 64)) * PAGE_SIZE);
	own->other_control_iova = iova_add(own->control_iova,
					   (pages / 2 - random_below(b, 32)) * PAGE_SIZE);
}

void tables_start(struct bench *b)
{
	struct bench_own *own = own_of(b);

	own->domain_id = (uint32_t)random_below(b, platform_domain_ids(b->iommu));
	init(b, &b->hwpt, &b->ioas, most_levels(b->regime), next_domain_id(b),
	     &b->platform->tables);
	choose_slot(b);
	map_control(b, &b->hwpt, b->engine, own->control_iova);
	map_control(b, &b->hwpt, b->other, own->other_control_iova);
	table_changed(b, &b->hwpt, true);
}

static struct hwpt *another_in(struct bench *b, struct pool *pool, unsigned level_count,
			       uint16_t domain_id)
{
	struct bench_own *own = own_of(b);
	struct hwpt *hwpt = new_object(b, sizeof(*hwpt));
	struct ioas *ioas = new_object(b, sizeof(*ioas));

	init(b, hwpt, ioas, level_count, domain_id, pool);
	map_control(b, hwpt, b->engine, own->control_iova);
	map_control(b, hwpt, b->other, own->other_control_iova);
	table_changed(b, hwpt, true);
	return hwpt;
}

struct hwpt *another_hwpt(struct bench *b, unsigned level_count, uint16_t domain_id)
{
	return another_in(b, &b->platform->tables, level_count, domain_id);
}

static bool reaches_control(struct bench *b, unsigned level_count)
{
	uint64_t last_page = own_of(b)->other_control_iova.v | (PAGE_SIZE * 16 - 1);

	return last_page >> pt_iova_bits(b->regime->format, level_count) == 0 ||
	       (b->engine->dma.limits.control_pages == 0 &&
		(b->other == NULL || b->other->dma.limits.control_pages == 0));
}

bool levels_reach(struct bench *b, unsigned level_count)
{
	return b->leaf_lg2 < pt_iova_bits(b->regime->format, level_count) &&
	       reaches_control(b, level_count);
}

struct hwpt *second_hwpt_of(struct bench *b, unsigned level_count)
{
	if (!reaches_control(b, level_count))
		skip(b, "a table of %u levels does not reach the engine's own memory", level_count);
	return another_hwpt(b, level_count, next_domain_id(b));
}

struct hwpt *second_hwpt(struct bench *b)
{
	return another_hwpt(b, b->hwpt.level_count, next_domain_id(b));
}

struct hwpt *second_hwpt_high(struct bench *b)
{
	return another_in(b, high_pool(b, &b->platform->high_tables), b->hwpt.level_count,
			  next_domain_id(b));
}

struct hwpt *reuse_domain_id(struct bench *b)
{
	struct hwpt *hwpt;

	detach(b);
	hwpt = another_hwpt(b, b->hwpt.level_count, b->hwpt.domain_id);
	attach(b, hwpt);
	return hwpt;
}

/* ---- Leaves ---- */

static pa_t sabotaged_output(const struct bench *b, iova_t at, pa_t oa, unsigned leaf_lg2)
{
	const struct handover *h = b->platform->handover;
	uint64_t identity = at.v & (BIT64(b->regime->oa_bits) - 1);

	/* Nested, it is the words that hold the IOVA: what they hold, the offset is in already. */
	if (!sabotaged(SABOTAGE_MAP_IDENTITY) || identity < guest_offset(b))
		return oa;
	identity -= guest_offset(b);
	/* Identity only where no memory is: this is to break a promise, not a machine. */
	for (unsigned i = 0; i < h->region_count; i++) {
		if (identity < h->regions[i].base.v + h->regions[i].bytes &&
		    h->regions[i].base.v < identity + BIT64(leaf_lg2))
			return oa;
	}
	return pa(identity);
}

void leaf_map(struct bench *b, struct hwpt *hwpt, iova_t at, pa_t oa, unsigned leaf_lg2, unsigned prot)
{
	bool spans = at.v < own_of(b)->slot_base || at.v > own_of(b)->slot_last;
	enum status status;

	if (spans) {
		oa = sabotaged_output(b, at, oa, leaf_lg2);
		if (sabotaged(SABOTAGE_DROP_WRITE_PERMISSION) && prot == (PT_READ | PT_WRITE))
			prot = PT_READ;
		if (sabotaged(SABOTAGE_ADD_WRITE_PERMISSION) && prot == PT_READ)
			prot |= PT_WRITE;
		if (sabotaged(SABOTAGE_WRONG_LEAF_SIZE) && leaf_lg2 > PAGE_LG2)
			leaf_lg2 = PAGE_LG2;
	}
	hwpt->leaf_sizes = BIT64(leaf_lg2);
	status = ioas_map(hwpt->ioas, at, oa, BIT64(leaf_lg2), prot);
	hwpt->leaf_sizes = hwpt->pt.config.leaf_sizes;
	if (status != STATUS_OK)
		broken(b, "mapping 0x%llx to 0x%llx, 2^%u bytes: %s", (unsigned long long)at.v,
		       (unsigned long long)oa.v, leaf_lg2, status_text(status));
}

bool is_mapped(const struct bench *b, iova_t at)
{
	return ioas_translate(&b->ioas, iova(ALIGN_DOWN(at.v, (uint64_t)PAGE_SIZE)), NULL, NULL) ==
	       STATUS_OK;
}
