/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A pass over a range of IOVAs: the run of every table that the range touches, parents before their
 * children, one call of the format per run. A run has whole entries, also where the range cuts one, and
 * what hits in one item of a wide leaf hits in all. Private to iommu/pt.
 */
#ifndef IOMMU_PT_PASS_H
#define IOMMU_PT_PASS_H

#include "iommu/pt/pt.h"

struct run {
	unsigned level;
	uint64_t *items;
	size_t count;
	uint64_t iova;			/* where the first item's span begins; may lie before the range */
	struct pt_hits hits;
};

/* A table on the way, and the links of its run that are still to be followed. */
struct pass_frame {
	uint64_t *items;
	size_t count;
	uint64_t iova;
	uint64_t tables[PT_RUN_WORDS];
	size_t next;
};

struct pass {
	struct pt *pt;
	uint64_t first, last;
	enum pt_wanted wanted;
	bool take;
	bool begun;
	bool invalid;			/* a link led out of the pool and was not followed */
	unsigned level;			/* the frame in use */
	struct pass_frame frames[PT_LEVELS_MAX];
};

/* The range exists: pt_check_range() said so. */
void pass_begin(struct pass *pass, struct pt *pt, uint64_t first, uint64_t last, enum pt_wanted wanted,
		bool take);

/* The next run; false at the end. Words that `take` changed are published. */
bool pass_next(struct pass *pass, struct run *run);

/* The first bit at or after `from` that is `value`; `count` if there is none. */
size_t pass_next_bit(const uint64_t *words, size_t from, size_t count, bool value);

/*
 * The next stretch [*from, *end) of leaves that hit, after *end; begin with *end = 0. False: none.
 */
bool pass_next_hits(const struct run *run, size_t *from, size_t *end);

/* ---- Shared by the walker's parts. ---- */

static inline size_t pt_index(const struct pt *pt, unsigned level, uint64_t iova)
{
	return (size_t)(iova >> pt_level_lg2(pt->config.format, level)) &
		(BIT(pt->config.format->index_bits) - 1);
}

/* Is an IOVA too wide to exist? */
static inline bool pt_beyond(const struct pt_config *config, uint64_t iova)
{
	return config->iova_bits < 64 && iova >> config->iova_bits;
}

static inline void pt_publish(struct pt *pt, const void *words, size_t bytes)
{
	if (pt->memory.publish)
		pt->memory.publish(pt->memory.context, words, bytes);
}

static inline void pt_refresh(struct pt *pt, const void *words, size_t bytes)
{
	if (pt->memory.refresh)
		pt->memory.refresh(pt->memory.context, words, bytes);
}

/*
 * The table that a word of *level links for `iova`; *level becomes the table's. NULL: it links none,
 * or one that is not in the pool, or it skips levels for which the IOVA has bits.
 */
uint64_t *pt_next_table(const struct pt *pt, unsigned *level, uint64_t iova, uint64_t word);

/* Does `at` lie within a leaf, but not at its beginning? */
bool pt_inside_leaf(const struct pt *pt, uint64_t at);

enum status pt_check_range(const struct pt *pt, uint64_t iova, uint64_t bytes) MUST_CHECK;

#endif
