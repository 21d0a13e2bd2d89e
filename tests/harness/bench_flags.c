/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Accessed and dirty flags, seen and taken back.
 *
 * A flag that is missing may be on its way: table words may be judged once posted writes are drained
 * (VT-d 6.5.4). So a missing flag is looked for again, and at last after an invalidation, which would
 * spoil what the unit has cached had the case not failed already. A flag too many is wrong at once.
 */
#include <stdio.h>
#include <string.h>

#include "tests/harness/bench_private.h"
#include "tests/harness/sabotage.h"

enum flag { FLAG_ACCESSED, FLAG_DIRTY };

static void picture_of(struct bench *b, struct hwpt *hwpt, const struct span *s, enum flag flag,
		       char picture[SPAN_LEAVES_MAX + 1])
{
	for (unsigned i = 0; i < s->count; i++) {
		iova_t at = iova_add(s->iova, (uint64_t)i << s->leaf_lg2);
		struct pt_item item = walk_end(b, hwpt, at).item;
		bool set = flag == FLAG_DIRTY ? item.dirty : item.accessed;

		picture[i] = item.kind != PT_LEAF ? ' '
			     : !set               ? '-'
			     : flag == FLAG_DIRTY ? 'D'
						  : 'A';
	}
	picture[s->count] = '\0';
}

static bool fits(const char *got, const char *expected)
{
	for (; *expected != '\0'; got++, expected++) {
		if (*expected != '?' && *got != *expected)
			return false;
	}
	return true;
}

/* Nested: the parent has the flag for what lies behind each leaf that has it (VT-d 3.8). */
static bool fits_parent(struct bench *b, const struct span *s, const char *got)
{
	for (unsigned i = 0; parent_marks(b) && i < s->count; i++) {
		own_of(b)->last_at = leaf(s, i);
		if (got[i] == 'D' && !parent_is_dirty(b, s->window[i]))
			return false;
		if (got[i] == 'A' && !parent_is_accessed(b, s->window[i]))
			return false;
	}
	return true;
}

/* As a missing flag of the table itself: it may be on its way. */
static void expect_in_parent(struct bench *b, const struct span *s, enum flag flag, const char *got)
{
	struct deadline deadline = deadline_in_us(BENCH_SETTLE_US);

	if (wait_until(fits_parent(b, s, got), deadline))
		return;
	flush_all(b);
	if (!fits_parent(b, s, got))
		fail(b, "%s flags are \"%s\", and not so in the parent",
		     flag == FLAG_DIRTY ? "dirty" : "accessed", got);
}

/* Every difference is a flag that is expected and not there. */
static bool only_missing(const char *got, const char *expected)
{
	for (; *expected != '\0'; got++, expected++) {
		if (*expected == '-' && *got != '-')
			return false;
	}
	return true;
}

static void expect_picture(struct bench *b, struct hwpt *hwpt, const struct span *s, enum flag flag,
			   const char *expected)
{
	struct deadline deadline = deadline_in_us(BENCH_SETTLE_US);
	char got[SPAN_LEAVES_MAX + 1];

	require(b, strlen(expected) >= s->count, "the picture \"%s\" is shorter than the span",
		expected);
	own_of(b)->last_at = s->iova;
	picture_of(b, hwpt, s, flag, got);
	while (!fits(got, expected) && only_missing(got, expected) && !deadline_passed(deadline)) {
		arch_pause();
		picture_of(b, hwpt, s, flag, got);
	}
	if (!fits(got, expected) && only_missing(got, expected)) {
		flush_all(b);
		picture_of(b, hwpt, s, flag, got);
	}
	if (!fits(got, expected))
		fail(b, "%s flags are \"%s\", expected \"%.*s\"",
		     flag == FLAG_DIRTY ? "dirty" : "accessed", got, (int)s->count, expected);
	if (hwpt->parent != NULL)
		expect_in_parent(b, s, flag, got);
	met(b);
}

void expect_accessed(struct bench *b, const struct span *s, const char *picture)
{
	expect_picture(b, &b->hwpt, s, FLAG_ACCESSED, picture);
}

void expect_dirty(struct bench *b, const struct span *s, const char *picture)
{
	expect_picture(b, &b->hwpt, s, FLAG_DIRTY, picture);
}

void expect_dirty_in(struct bench *b, struct hwpt *hwpt, const struct span *s, const char *picture)
{
	expect_picture(b, hwpt, s, FLAG_DIRTY, picture);
}

void expect_accessed_path(struct bench *b, const struct span *s, unsigned i)
{
	iova_t at = iova_add(s->iova, (uint64_t)i << s->leaf_lg2);
	struct pt_walk walk;

	own_of(b)->last_at = at;
	require_ok(b, pt_walk(&b->hwpt.pt, at, &walk), "walk");
	require(b, walk.found, "leaf %u of the span is not mapped", i);
	for (unsigned n = 0; n < walk.step_count; n++) {
		if (!walk.steps[n].item.accessed)
			fail(b, "the entry of level %u is 0x%016llx, its accessed flag is clear",
			     walk.steps[n].level, (unsigned long long)walk.steps[n].value);
		if (parent_marks(b) && !parent_is_accessed(b, walk.steps[n].word))
			fail(b, "the parent's way to the table of level %u is not all accessed",
			     walk.steps[n].level);
	}
	met(b);
}

static bool flush_is_forgotten(void)
{
	return sabotaged(SABOTAGE_FORGET_DIRTY_FLUSH) || sabotaged(SABOTAGE_SKIP_INVALIDATION);
}

static void clear(struct bench *b, const struct span *s, enum flag flag, bool flushed)
{
	uint64_t bytes = (uint64_t)s->count << s->leaf_lg2;
	size_t changed = 0;

	tables_check(b);
	if (flag == FLAG_DIRTY)
		require_ok(b,
			   hwpt_read_and_clear_dirty_noflush(&b->hwpt, s->iova, bytes, 0, NULL,
							     &changed),
			   "clearing dirty flags");
	else
		require_ok(b,
			   hwpt_read_and_clear_accessed_noflush(&b->hwpt, s->iova, bytes, 0, NULL,
								&changed),
			   "clearing accessed flags");
	if (sabotaged(SABOTAGE_CLEAR_TOO_MUCH)) {
		struct pt_step step = walk_end(b, &b->hwpt, s->iova);

		arch_store64(step.word, b->regime->format->protect(step.value, PT_READ));
	}
	table_changed(b, &b->hwpt, true);
	if (flushed && changed != 0 && !flush_is_forgotten())
		flush_leaves(b, s);
}

void dirty_take(struct bench *b, const struct span *s, uint8_t *bits)
{
	const struct pt_bitmap bitmap = { .bits = bits, .granule_lg2 = s->leaf_lg2 };
	size_t changed = 0;

	tables_check(b);
	require_ok(b,
		   hwpt_read_and_clear_dirty_noflush(&b->hwpt, s->iova,
						     (uint64_t)s->count << s->leaf_lg2, 0, &bitmap,
						     &changed),
		   "taking dirty flags");
	table_changed(b, &b->hwpt, true);
	if (changed != 0 && !flush_is_forgotten())
		flush_leaves(b, s);
}

void clear_dirty(struct bench *b, const struct span *s)
{
	clear(b, s, FLAG_DIRTY, true);
}

void clear_accessed(struct bench *b, const struct span *s)
{
	clear(b, s, FLAG_ACCESSED, true);
}

void clear_dirty_unflushed(struct bench *b, const struct span *s)
{
	clear(b, s, FLAG_DIRTY, false);
}
