/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Nested regimes: the parent of a case's tables, and what a body does to it.
 *
 * The parent maps the memory that devices and walks may reach, windows and tables and the engines' own, at its
 * physical address plus an offset that is drawn for every case. It is made once, under all tables of the case.
 * Of a page of memory, the parent's leaf is the one through which nested walks reach it.
 */
#include <string.h>

#include "tests/harness/bench_private.h"

#define OFFSET_LG2	30u	/* no leaf is larger: the offset cuts none */
#define PARENT_RANGES	8u

struct ranges {
	struct { uint64_t first, last; } range[PARENT_RANGES];
	unsigned count;
};

static void add_range(struct ranges *r, const void *memory, size_t pages)
{
	uint64_t first = pa_of(memory).v;

	if (memory == NULL || pages == 0)
		return;
	r->range[r->count].first = first;
	r->range[r->count].last = first + pages * PAGE_SIZE - 1;
	r->count++;
}

static void add_pool(struct ranges *r, const struct pool *pool)
{
	add_range(r, pool->base, pool->page_count);
}

static void add_engine(struct ranges *r, const struct platform_engine *e)
{
	if (e != NULL)
		add_range(r, e->control, e->dma.limits.control_pages);
}

/* Tests of the parent itself have small leaves in it, and as few levels as hold what lies below 4 GiB. */
static bool is_about_parent(const struct bench *b)
{
	return (b->test->needs & NEEDS_NESTED) != 0;
}

/* What nested walks and transfers may reach. */
static struct ranges reachable(const struct bench *b)
{
	const struct platform *p = b->platform;
	struct ranges r = { .count = 0 };

	add_pool(&r, &p->windows);
	add_pool(&r, &p->tables);
	if (!is_about_parent(b)) {
		add_pool(&r, &p->high_windows);
		add_pool(&r, &p->high_tables);
	}
	add_range(&r, p->handover->twin, p->handover->twin_pages);
	add_engine(&r, b->engine);
	add_engine(&r, b->other);
	return r;
}

/* Nothing lies, and no span will, at the address by which a nested table knows it. */
static bool is_apart(const struct bench *b, const struct ranges *r, uint64_t offset)
{
	for (unsigned i = 0; i < r->count; i++) {
		if (!area_is_free(b, r->range[i].first + offset, r->range[i].last + offset))
			return false;
	}
	return true;
}

/* An offset at which `bits` hold everything a second time; 0: there is none. */
static uint64_t offset_within(struct bench *b, const struct ranges *r, unsigned bits)
{
	uint64_t last = 0, offset;

	for (unsigned i = 0; i < r->count; i++)
		last = MAX(last, r->range[i].last);
	for (unsigned i = 0; last >> bits == 0 && i < BENCH_IOVA_TRIES; i++) {
		offset = random_below(b, (BIT64(bits) - last) >> OFFSET_LG2) << OFFSET_LG2;
		if (offset != 0 && is_apart(b, r, offset))
			return offset;
	}
	return 0;
}

static unsigned choose_levels(struct bench *b, const struct ranges *r)
{
	const struct iommu_regime *regime = b->regime->parent;
	unsigned most = most_levels(regime);

	for (unsigned n = is_about_parent(b) ? 1 : most; n <= most; n++) {
		unsigned width = MIN(pt_iova_bits(regime->format, n), regime->iova_bits);
		unsigned bits = MIN(width, b->regime->oa_bits);

		if ((regime->level_counts & BIT(n)) == 0)
			continue;
		own_of(b)->guest_offset = offset_within(b, r, bits);
		if (own_of(b)->guest_offset != 0)
			return n;
	}
	skip(b, "a parent that maps all memory at another place, in %u bits", b->regime->oa_bits);
}

static void make_parent(struct bench *b)
{
	struct bench_own *own = own_of(b);
	const struct iommu_regime *regime = b->regime->parent;
	bool tracks = (b->test->needs & (NEEDS_DIRTY | NEEDS_ACCESSED)) != 0 && regime->dirty;
	struct hwpt *hwpt = new_object(b, sizeof(*hwpt));
	struct ioas *ioas = new_object(b, sizeof(*ioas));
	struct ranges r = reachable(b);
	unsigned level_count = choose_levels(b, &r);

	ioas_init(ioas);
	expect_done(b,
		    hwpt_init(hwpt, ioas, b->iommu, regime, level_count,
			      tracks ? HWPT_DIRTY_TRACKING : 0, next_domain_id(b),
			      &b->platform->tables),
		    "a parent's page table");
	if (is_about_parent(b))
		hwpt->leaf_sizes = BIT64(PAGE_LG2);
	for (unsigned i = 0; i < r.count; i++) {
		uint64_t first = r.range[i].first;

		require_ok(b,
			   ioas_map(ioas, iova(first + own->guest_offset), pa(first),
				    r.range[i].last - first + 1, PT_READ | PT_WRITE),
			   "mapping memory in the parent");
	}
	for (unsigned i = 0; i < r.count; i++)
		area_take(b, r.range[i].first + own->guest_offset,
			  r.range[i].last + own->guest_offset);
	own->parent = hwpt;
	register_table(b, hwpt);
	table_changed(b, hwpt, true);
}

struct hwpt *parent_hwpt(struct bench *b)
{
	if (own_of(b)->parent == NULL)
		make_parent(b);
	return own_of(b)->parent;
}

uint64_t guest_offset(const struct bench *b)
{
	return own_of(b)->guest_offset;
}

/* ---- What a body does to it ---- */

static iova_t guest_of(const struct bench *b, const void *memory)
{
	return iova(ALIGN_DOWN(pa_of(memory).v, (uint64_t)PAGE_SIZE) + own_of(b)->guest_offset);
}

const void *table_page(struct bench *b, const struct span *s, unsigned i, unsigned level)
{
	return table_word(b, iova_add(s->iova, (uint64_t)i << s->leaf_lg2), level);
}

static struct pt_step parent_leaf(struct bench *b, const void *memory)
{
	struct pt_step step = walk_end(b, parent_hwpt(b), guest_of(b, memory));

	require(b, step.level == 0, "the parent has no leaf of its own for a page");
	return step;
}

uint64_t *parent_word(struct bench *b, const void *memory)
{
	return parent_leaf(b, memory).word;
}

static void write_parent(struct bench *b, const void *memory, uint64_t value)
{
	struct hwpt *parent = parent_hwpt(b);
	struct pt_step step = parent_leaf(b, memory);

	own_of(b)->flags_written = true;
	tables_check(b);
	arch_store64(step.word, value);
	if (parent->pt.memory.publish != NULL)
		parent->pt.memory.publish(parent->pt.memory.context, step.word, sizeof(*step.word));
	arch_write_barrier();
	table_changed(b, parent, true);
}

void parent_protect_quietly(struct bench *b, const void *memory, unsigned prot)
{
	const struct pt *pt = &parent_hwpt(b)->pt;
	struct pt_step step = parent_leaf(b, memory);

	write_parent(b, memory, prot != 0 ? pt->config.format->protect(step.value, prot) : 0);
}

void parent_remap_quietly(struct bench *b, const void *memory, const void *page)
{
	const struct pt *pt = &parent_hwpt(b)->pt;

	write_parent(b, memory,
		     pt->config.format->leaf(&pt->config, PAGE_LG2, pa_of(page),
					     PT_READ | PT_WRITE));
}

void parent_clear_quietly(struct bench *b, const void *memory)
{
	const struct pt_format *format = parent_hwpt(b)->pt.config.format;

	write_parent(b, memory, format->clean(format->unaccess(parent_leaf(b, memory).value)));
}

void parent_mark_all_quietly(struct bench *b)
{
	struct pt *pt = &parent_hwpt(b)->pt;

	own_of(b)->flags_written = true;
	tables_check(b);
	for (unsigned page = 0; page < pt->page_count; page++) {
		uint64_t *words = pt->pages[page];
		unsigned level = table_level(pt, page);

		for (size_t i = 0; i < PAGE_SIZE / sizeof(*words); i++)
			arch_store64(&words[i],
				     pt->config.format->used(&pt->config, level, words[i],
							     PT_READ | PT_WRITE));
		if (pt->memory.publish != NULL)
			pt->memory.publish(pt->memory.context, words, PAGE_SIZE);
	}
	table_changed(b, parent_hwpt(b), true);
}

void flush_parent(struct bench *b, const void *memory)
{
	struct hwpt *parent = parent_hwpt(b);

	check_deadline(b);
	for (unsigned i = 0; i < parent->child_count; i++)
		flush(b, &(struct iommu_invalidation){ .scope = IOMMU_SCOPE_RANGE,
						       .regime = parent->regime,
						       .source = b->source,
						       .domain_id = parent->children[i]->domain_id,
						       .iova = guest_of(b, memory),
						       .bytes = PAGE_SIZE,
						       .leaf_only = true });
	flush_done(b);
}

/* ---- Expect ---- */

bool parent_marks(const struct bench *b)
{
	const struct bench_own *own = own_of(b);

	return own->parent != NULL && own->parent->dirty_tracking && !own->flags_written;
}

bool parent_is_dirty(struct bench *b, const void *memory)
{
	return walk_end(b, parent_hwpt(b), guest_of(b, memory)).item.dirty;
}

bool parent_is_accessed(struct bench *b, const void *memory)
{
	struct pt_walk walk;

	require_ok(b, pt_walk(&parent_hwpt(b)->pt, guest_of(b, memory), &walk), "walk");
	for (unsigned i = 0; i < walk.step_count; i++) {
		if (!walk.steps[i].item.accessed)
			return false;
	}
	return walk.found;
}

static bool shows(struct pt_item item, const char *picture)
{
	return (picture[0] == '?' || (picture[0] == 'A') == item.accessed) &&
	       (picture[1] == '?' || (picture[1] == 'D') == item.dirty);
}

void expect_parent(struct bench *b, const void *memory, const char *picture)
{
	struct deadline deadline = deadline_in_us(BENCH_SETTLE_US);
	struct pt_item item = parent_leaf(b, memory).item;

	if (!parent_hwpt(b)->dirty_tracking)
		skip(b, "dirty tracking in the parent");
	require(b, strlen(picture) == 2, "a picture of one leaf is \"AD\", \"A-\" or \"--\"");
	while (!shows(item, picture) && !deadline_passed(deadline)) {
		arch_pause();
		item = parent_leaf(b, memory).item;
	}
	if (!shows(item, picture))
		fail(b, "flags of the parent's leaf at 0x%llx are \"%c%c\", expected \"%s\"",
		     (unsigned long long)guest_of(b, memory).v, item.accessed ? 'A' : '-',
		     item.dirty ? 'D' : '-', picture);
	met(b);
}
