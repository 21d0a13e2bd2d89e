/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Changes behind the unit's back: words are written as they should be, and nothing is flushed. */
#include "tests/harness/bench_private.h"

static iova_t leaf_start(const struct span *s, unsigned i)
{
	return iova_add(s->iova, (uint64_t)i << s->leaf_lg2);
}

static void drop_leaf(struct bench *b, const struct span *s, unsigned i)
{
	require(b, i < s->count, "the span has no leaf %u", i);
	tables_check(b);
	require_ok(b, ioas_unmap(&b->ioas, leaf_start(s, i), BIT64(s->leaf_lg2), NULL),
		   "unmapping a leaf");
}

void unmap_quietly(struct bench *b, const struct span *s, unsigned i)
{
	drop_leaf(b, s, i);
	table_changed(b, &b->hwpt, true);
}

void remap_quietly(struct bench *b, struct span *s, unsigned i, uint8_t *window)
{
	pa_t oa = pa(ALIGN_DOWN(pa_of(window).v, BIT64(s->leaf_lg2)));

	if (oa.v == s->oa[i].v)
		skip(b, "memory in two blocks of 2^%u bytes", s->leaf_lg2);
	drop_leaf(b, s, i);
	s->window[i] = window;
	s->oa[i] = oa;
	window_take_back(b, window);
	leaf_map(b, &b->hwpt, leaf_start(s, i), s->oa[i], s->leaf_lg2, s->prot);
	table_changed(b, &b->hwpt, true);
}

void protect_quietly(struct bench *b, struct span *s, unsigned i, unsigned prot)
{
	drop_leaf(b, s, i);
	leaf_map(b, &b->hwpt, leaf_start(s, i), s->oa[i], s->leaf_lg2, prot);
	table_changed(b, &b->hwpt, true);
}

static void write_word(struct bench *b, uint64_t *word, uint64_t value)
{
	arch_store64(word, value);
	published(b, word, 1);
}

/* Does the way to the engine's own memory lead through this word too? */
static bool is_shared(struct bench *b, const struct platform_engine *e, iova_t control, const uint64_t *word)
{
	struct pt_walk walk;

	if (e == NULL || e->dma.limits.control_pages == 0)
		return false;
	require_ok(b, pt_walk(&b->hwpt.pt, control, &walk), "walk");
	for (unsigned i = 0; i < walk.step_count; i++) {
		if (walk.steps[i].word == word)
			return true;
	}
	return false;
}

void protect_level_quietly(struct bench *b, const struct span *s, unsigned i, unsigned level, unsigned prot)
{
	uint64_t *word = table_word(b, leaf_start(s, i), level);

	if (is_shared(b, b->engine, own_of(b)->control_iova, word) ||
	    is_shared(b, b->other, own_of(b)->other_control_iova, word))
		skip(b, "an engine whose own memory does not share the entry of level %u", level);
	tables_check(b);
	write_word(b, word, b->regime->format->protect(arch_load64(word), prot));
}

void mark_quietly(struct bench *b, struct span *s, unsigned i, bool accessed, bool dirty)
{
	const struct pt_format *format = b->regime->format;
	struct pt_step step = walk_end(b, &b->hwpt, leaf_start(s, i));
	uint64_t word = format->clean(format->unaccess(step.value));

	require(b, step.item.kind == PT_LEAF, "leaf %u of the span is not mapped", i);
	own_of(b)->flags_written = true;
	tables_check(b);
	if (accessed || dirty)
		word = format->used(&b->hwpt.pt.config, step.level, word,
				    dirty ? PT_READ | PT_WRITE : PT_READ);
	write_word(b, step.word, accessed ? word : format->unaccess(word));
}
