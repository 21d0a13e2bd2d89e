/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Spans: leaves at addresses that nobody uses, with a window behind each. */
#include <string.h>

#include "tests/harness/bench_private.h"
#include "tests/harness/sabotage.h"

/* x86 keeps 0xFEExxxxx for interrupts: such a request is never translated (VT-d 3.15). */
#define MSI_BASE	0xfee00000u
#define MSI_LAST	0xfeefffffu

/* ---- IOVAs ---- */

static bool ranges_touch(uint64_t a, uint64_t a_last, uint64_t b, uint64_t b_last)
{
	return a <= b_last && b <= a_last;
}

unsigned iova_bits(const struct bench *b)
{
	unsigned bits = b->hwpt.pt.config.iova_bits;

	if (b->engine != NULL)
		bits = MIN(bits, b->engine->dma.limits.address_bits);
	if (b->other != NULL)
		bits = MIN(bits, b->other->dma.limits.address_bits);
	return bits;
}

void area_take(struct bench *b, uint64_t base, uint64_t last)
{
	struct bench_own *own = own_of(b);

	if (own->area_count == BENCH_AREAS_MAX)
		broken(b, "a case has at most %u ranges of IOVAs", BENCH_AREAS_MAX);
	own->areas[own->area_count++] = (struct bench_area){ base, last };
}

static bool touches(uint64_t base, uint64_t last, const void *memory, size_t pages)
{
	uint64_t first = pa_of(memory).v;

	return pages != 0 && ranges_touch(base, last, first, first + pages * PAGE_SIZE - 1);
}

bool area_is_free(const struct bench *b, uint64_t base, uint64_t last)
{
	const struct bench_own *own = own_of(b);
	const struct handover *h = b->platform->handover;

	/* An IOVA that is an address of our own memory could be reached without translation. */
	if (touches(base, last, h->arena, h->arena_pages) ||
	    touches(base, last, h->twin, h->twin_pages) ||
	    touches(base, last, h->high, h->high_pages) ||
	    ranges_touch(base, last, MSI_BASE, MSI_LAST))
		return false;
	if (platform_is_reserved(b->platform, b->source, base, last))
		return false;
	for (unsigned i = 0; i < own->area_count; i++) {
		if (ranges_touch(base, last, own->areas[i].base, own->areas[i].last))
			return false;
	}
	return true;
}

iova_t area_random(struct bench *b, uint64_t bytes, unsigned align_lg2)
{
	uint64_t slots = BIT64(iova_bits(b)) >> align_lg2;

	for (unsigned i = 0; i < BENCH_IOVA_TRIES; i++) {
		uint64_t base = random_below(b, slots) << align_lg2;
		uint64_t last = base + bytes - 1;

		if (last < base || last >> iova_bits(b) != 0 || !area_is_free(b, base, last))
			continue;
		area_take(b, base, last);
		return iova(base);
	}
	skip(b, "no room for 0x%llx bytes, aligned to 2^%u, in %u bits of IOVA",
	     (unsigned long long)bytes, align_lg2, iova_bits(b));
}

/* A free leaf on each side keeps spans apart. */
static iova_t span_iova(struct bench *b, unsigned count, unsigned leaf_lg2, unsigned align_lg2)
{
	uint64_t leaf_bytes = BIT64(leaf_lg2);

	if (leaf_lg2 >= 30)			/* space is scarce: a table apart is apart enough */
		return area_random(b, leaf_bytes * count, MAX(align_lg2, leaf_lg2));
	return iova_add(area_random(b,
				    leaf_bytes * count + (leaf_bytes << (align_lg2 - leaf_lg2)) * 2,
				    align_lg2),
			leaf_bytes << (align_lg2 - leaf_lg2));
}

iova_t aligned_iova(struct bench *b, uint64_t leaves)
{
	unsigned align_lg2 = b->leaf_lg2;

	while (BIT64(align_lg2 - b->leaf_lg2) < leaves)
		align_lg2++;
	return span_iova(b, (unsigned)leaves, b->leaf_lg2, align_lg2);
}

unsigned leaf_level(const struct bench *b)
{
	return (b->leaf_lg2 - PAGE_LG2) / b->regime->format->index_bits;
}

iova_t leaf(const struct span *s, unsigned i)
{
	return iova_add(s->iova, ((uint64_t)i << s->leaf_lg2) + pa_of(s->window[i]).v - s->oa[i].v);
}

/* ---- Spans ---- */

static pa_t block_of(const uint8_t *window, unsigned leaf_lg2)
{
	return pa(ALIGN_DOWN(pa_of(window).v, BIT64(leaf_lg2)));
}

static struct span new_span(struct bench *b, iova_t at, unsigned leaf_lg2, unsigned count, unsigned prot)
{
	struct span s = { .iova = at, .count = count, .leaf_lg2 = leaf_lg2, .prot = prot };

	if (count == 0 || count > SPAN_LEAVES_MAX)
		broken(b, "a span has 1 to %u leaves, not %u", SPAN_LEAVES_MAX, count);
	if ((b->regime->leaf_sizes & BIT64(leaf_lg2)) == 0)
		broken(b, "the regime has no leaf of 2^%u bytes", leaf_lg2);
	if (!(b->hwpt.pt.config.leaf_sizes & BIT64(leaf_lg2)))
		skip(b, "a table of %u levels has no leaf of 2^%u bytes", b->hwpt.level_count,
		     leaf_lg2);
	return s;
}

static void take_windows(struct bench *b, struct span *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		s->window[i] = window_new(b, s->leaf_lg2);
		s->oa[i] = block_of(s->window[i], s->leaf_lg2);
	}
}

static void map_span(struct bench *b, struct hwpt *hwpt, const struct span *s)
{
	tables_check(b);
	for (unsigned i = 0; i < s->count; i++) {
		unsigned from = i;

		if (sabotaged(SABOTAGE_SWAP_ENTRIES) && s->count > 1 && i < 2)
			from = 1 - i;
		leaf_map(b, hwpt, iova_add(s->iova, (uint64_t)i << s->leaf_lg2), s->oa[from],
			 s->leaf_lg2, s->prot);
	}
	table_changed(b, hwpt, false);
	/* A unit in caching mode may have kept the empty entries (VT-d 6.1). */
	if (b->iommu->caps.caching_mode) {
		flush(b, &(struct iommu_invalidation){ .scope = IOMMU_SCOPE_DOMAIN,
						       .regime = b->regime,
						       .domain_id = hwpt->domain_id });
		flush_done(b);
	}
}

static struct span map_fresh(struct bench *b, struct hwpt *hwpt, iova_t at, unsigned leaf_lg2,
			     unsigned count, unsigned prot)
{
	struct span s = new_span(b, at, leaf_lg2, count, prot);

	take_windows(b, &s);
	map_span(b, hwpt, &s);
	return s;
}

struct span map_leaves_of(struct bench *b, unsigned leaf_lg2, unsigned count, unsigned prot)
{
	return map_fresh(b, &b->hwpt, span_iova(b, count, leaf_lg2, leaf_lg2), leaf_lg2, count,
			 prot);
}

struct span map_leaves(struct bench *b, unsigned count, unsigned prot)
{
	return map_leaves_of(b, b->leaf_lg2, count, prot);
}

struct span map_leaves_in(struct bench *b, struct hwpt *hwpt, iova_t at, unsigned count, unsigned prot)
{
	area_take(b, at.v, at.v + ((uint64_t)count << b->leaf_lg2) - 1);
	return map_fresh(b, hwpt, at, b->leaf_lg2, count, prot);
}

struct span map_leaves_at(struct bench *b, iova_t at, unsigned count, unsigned prot)
{
	return map_leaves_in(b, &b->hwpt, at, count, prot);
}

struct span map_leaf_of_at(struct bench *b, unsigned leaf_lg2, iova_t at, unsigned prot)
{
	area_take(b, at.v, at.v + BIT64(leaf_lg2) - 1);
	return map_fresh(b, &b->hwpt, at, leaf_lg2, 1, prot);
}

struct span unmapped_leaves(struct bench *b, unsigned count)
{
	struct span s = new_span(b, span_iova(b, count, b->leaf_lg2, b->leaf_lg2), b->leaf_lg2,
				 count, 0);

	take_windows(b, &s);
	return s;
}

struct span map_identity(struct bench *b, unsigned prot)
{
	struct span s;
	uint8_t *window = window_new(b, PAGE_LG2);

	if (pa_of(window).v >> iova_bits(b) != 0)
		skip(b, "the engine cannot issue the address of this memory");
	s = new_span(b, iova(pa_of(window).v), PAGE_LG2, 1, prot);
	s.window[0] = window;
	s.oa[0] = pa_of(window);
	area_take(b, s.iova.v, s.iova.v + PAGE_SIZE - 1);
	map_span(b, &b->hwpt, &s);
	return s;
}

struct span map_decoy(struct bench *b, unsigned prot, const uint8_t **decoy)
{
	uint8_t *page = fresh_window(b), *window = window_new(b, PAGE_LG2);
	struct span s;

	if (pa_of(page).v >> iova_bits(b) != 0)
		skip(b, "the engine cannot issue the address of this memory");
	s = new_span(b, iova(pa_of(page).v), PAGE_LG2, 1, prot);
	s.window[0] = window;
	s.oa[0] = pa_of(window);
	area_take(b, s.iova.v, s.iova.v + PAGE_SIZE - 1);
	map_span(b, &b->hwpt, &s);
	*decoy = page;
	return s;
}

struct span map_edge(struct bench *b, unsigned prot)
{
	struct span s = new_span(b, span_iova(b, 2, b->leaf_lg2, b->leaf_lg2), b->leaf_lg2, 2,
				 prot);

	if (!window_edges(b, s.leaf_lg2, s.window))
		skip(b, "no memory at both ends of a block of 2^%u bytes", s.leaf_lg2);
	for (unsigned i = 0; i < 2; i++)
		s.oa[i] = block_of(s.window[i], s.leaf_lg2);
	map_span(b, &b->hwpt, &s);
	return s;
}

struct span map_high_leaf(struct bench *b, unsigned prot)
{
	struct span s = new_span(b, span_iova(b, 1, b->leaf_lg2, b->leaf_lg2), b->leaf_lg2, 1,
				 prot);

	s.window[0] = window_high(b);
	s.oa[0] = block_of(s.window[0], s.leaf_lg2);
	map_span(b, &b->hwpt, &s);
	return s;
}

struct span map_alias(struct bench *b, const struct span *s, unsigned i, unsigned prot)
{
	struct span twin = new_span(b, span_iova(b, 1, s->leaf_lg2, s->leaf_lg2), s->leaf_lg2, 1,
				    prot);

	twin.window[0] = s->window[i];
	twin.oa[0] = s->oa[i];
	map_span(b, &b->hwpt, &twin);
	return twin;
}
