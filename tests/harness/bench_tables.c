/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Page tables of a case, and a copy of every word in them.
 *
 * The copy is the oracle of the byte-compare. Before a verb changes a table, everything in it has to be
 * as the copy says but for flags that hardware has set; after it, the copy takes over what changed.
 */
#include <stdio.h>
#include <string.h>

#include "tests/harness/bench_private.h"

#define WORDS	(PAGE_SIZE / sizeof(uint64_t))

struct bench_table *table_of(struct bench *b, const struct hwpt *hwpt)
{
	struct bench_own *own = own_of(b);

	for (unsigned i = 0; i < own->table_count; i++) {
		if (own->tables[i]->hwpt == hwpt)
			return own->tables[i];
	}
	broken(b, "a table that the bench did not make");
}

void table_publish(struct bench *b)
{
	if (b->iommu->ops->publish != NULL)
		expect_done(b, b->iommu->ops->publish(b->iommu), "publish");
}

static void refresh(const struct pt *pt, const uint64_t *page)
{
	if (pt->memory.refresh != NULL)
		pt->memory.refresh(pt->memory.context, page, PAGE_SIZE);
}

/*
 * The level of table page `index`. A page is listed after the one that leads to it, so one pass from the
 * root down finds all of them.
 */
unsigned table_level(const struct pt *pt, unsigned index)
{
	static uint8_t levels[PT_PAGES_MAX];

	memset(levels, 0, pt->page_count);
	levels[0] = (uint8_t)(pt->config.level_count - 1);
	for (unsigned page = 0; page < index; page++) {
		for (size_t i = 0; levels[page] > 0 && i < WORDS; i++) {
			struct pt_item item;

			if (pt->pages[page][i] == 0)
				continue;
			item = pt->config.format->decode(&pt->config, levels[page],
							 pt->pages[page][i]);
			for (unsigned n = page + 1; item.kind == PT_TABLE && n <= index; n++) {
				if (pa_of(pt->pages[n]).v + pt->config.guest_offset == item.address)
					levels[n] = (uint8_t)item.next_level;
			}
		}
	}
	return levels[index];
}

/* Flags that hardware may have set in `now` since the word was written as `then`. */
static bool only_marked(const struct hwpt *hwpt, unsigned level, uint64_t then, uint64_t now)
{
	const struct pt_format *format = hwpt->pt.config.format;
	enum pt_kind kind = format->decode(&hwpt->pt.config, level, then).kind;
	uint64_t flags = then ^ now;

	if (!hwpt->dirty_tracking && !hwpt->regime->dirty_always)
		return false;
	if ((flags & then) != 0)		/* flags are only ever set */
		return false;
	if (kind == PT_TABLE)
		return format->unaccess(now) == format->unaccess(then);
	return kind == PT_LEAF &&
	       format->clean(format->unaccess(now)) == format->clean(format->unaccess(then));
}

const char *table_disturbed(struct bench *b, const struct bench_table *table, bool flags)
{
	static char text[160];
	const struct pt *pt = &table->hwpt->pt;

	(void)b;
	for (unsigned page = 0; page < table->copy_count; page++) {
		const uint64_t *now = pt->pages[page], *then = table->copy[page];

		refresh(pt, now);
		if (memcmp(now, then, PAGE_SIZE) == 0)
			continue;
		for (unsigned i = 0; i < WORDS; i++) {
			uint64_t word = arch_load64(&now[i]);
			unsigned level;

			if (word == then[i])
				continue;
			level = table_level(pt, page);
			if (!flags && only_marked(table->hwpt, level, then[i], word))
				continue;
			snprintf(
				text, sizeof(text),
				"table word %u of level %u at 0x%llx is 0x%016llx, written as 0x%016llx",
				i, level, (unsigned long long)pa_of(&now[i]).v,
				(unsigned long long)word, (unsigned long long)then[i]);
			return text;
		}
	}
	return NULL;
}

void tables_check(struct bench *b)
{
	struct bench_own *own = own_of(b);

	for (unsigned i = 0; i < own->table_count; i++) {
		const char *where = table_disturbed(b, own->tables[i], false);

		if (where != NULL)
			fail(b, "%s", where);
	}
}

void table_changed(struct bench *b, struct hwpt *hwpt, bool with_flags)
{
	struct bench_table *table = table_of(b, hwpt);
	const struct pt_format *format = hwpt->pt.config.format;

	for (; table->copy_count < hwpt->pt.page_count; table->copy_count++) {
		uint64_t *copy = pool_zeroed(&b->platform->objects, 1, PAGE_LG2);

		if (copy == NULL)
			broken(b, "the page pool is exhausted");
		table->copy[table->copy_count] = copy;
	}
	for (unsigned page = 0; page < table->copy_count; page++) {
		const uint64_t *now = hwpt->pt.pages[page];
		uint64_t *copy = table->copy[page];

		for (unsigned i = 0; i < WORDS; i++) {
			uint64_t word = now[i];

			if (word == copy[i])
				continue;
			if (with_flags || format->clean(format->unaccess(word)) !=
						  format->clean(format->unaccess(copy[i])))
				copy[i] = word;
		}
	}
	table_publish(b);
}

struct pt_step walk_end(struct bench *b, struct hwpt *hwpt, iova_t at)
{
	struct pt_walk walk;

	require_ok(b, pt_walk(&hwpt->pt, at, &walk), "walk");
	require(b, walk.step_count != 0, "a walk without a step");
	return walk.steps[walk.step_count - 1];
}

uint64_t *table_word(struct bench *b, iova_t at, unsigned level)
{
	struct pt_walk walk;

	require_ok(b, pt_walk(&b->hwpt.pt, at, &walk), "walk");
	for (unsigned i = 0; i < walk.step_count; i++) {
		if (walk.steps[i].level == level)
			return walk.steps[i].word;
	}
	broken(b, "the walk to 0x%llx has no word of level %u", (unsigned long long)at.v, level);
}

void published(struct bench *b, const uint64_t *words, size_t count)
{
	const struct pt_memory *memory = &b->hwpt.pt.memory;

	if (memory->publish != NULL)
		memory->publish(memory->context, words, count * sizeof(*words));
	arch_write_barrier();
	table_changed(b, &b->hwpt, true);
}

void expect_table_unchanged(struct bench *b)
{
	const char *where = table_disturbed(b, table_of(b, &b->hwpt), true);

	if (where != NULL)
		fail(b, "%s", where);
	met(b);
}
