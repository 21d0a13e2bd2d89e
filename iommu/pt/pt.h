/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * I/O page tables: formats as pure functions, and the one walker.
 *
 * Glossary, the same for every format:
 *	IOVA	the address that is translated; OA: the output address that it becomes
 *	level	0 is the level that holds only leaves, whatever a specification calls it
 *	item	one 64-bit word of a table; entry: all the items of one translation
 *	table	one page of items; leaf: an entry that ends the walk; empty: an entry that is not present
 *	wide	a leaf larger than the span of an item: 2^n equal items, of which hardware may mark any
 *	last	inclusive; end: exclusive; size_lg2: log2 of a size in bytes
 *	run	consecutive items of one table
 *	span	the IOVAs that one item stands for: 2^pt_level_lg2(level) bytes
 *	clean	to take the dirty state back; hardware sees it at the flush that follows
 *
 * A word of zero is empty in every format: a page of zeros is an empty table.
 *
 * This folder is arithmetic on words. It includes base/ alone and knows no hardware: who must see a
 * change (a CPU cache to write back, a stale line to drop) is told through struct pt_memory.
 */
#ifndef IOMMU_PT_PT_H
#define IOMMU_PT_PT_H

#include "base/pool.h"
#include "base/status.h"
#include "base/types.h"

#define PT_LEVELS_MAX	6u
#define PT_PAGES_MAX	4096u		/* table pages of one page table */
#define PT_INDEX_BITS_MAX 9u
#define PT_RUN_MAX	(1u << PT_INDEX_BITS_MAX)	/* items of one table */
#define PT_RUN_WORDS	(PT_RUN_MAX / 64)

enum {
	PT_READ = 1,
	PT_WRITE = 2,
};

enum pt_kind {
	PT_EMPTY,			/* not present; whatever else the word holds */
	PT_TABLE,
	PT_LEAF,
	PT_INVALID,			/* present, with a bit set that must be zero */
};

/* What one item says. */
struct pt_item {
	enum pt_kind kind;
	uint64_t address;		/* of the next table or of the output */
	unsigned next_level;		/* of the table: a walk may skip levels whose IOVA bits are zero */
	unsigned size_lg2;		/* of a leaf: more than the item's span if it is wide */
	unsigned prot;			/* PT_READ | PT_WRITE, of this item alone */
	bool accessed, dirty;
};

struct pt_format;

/* One geometry of a format: what a unit's capabilities leave of it. */
struct pt_config {
	const struct pt_format *format;
	unsigned level_count;		/* levels of the walk; the root is at level_count - 1 */
	unsigned oa_bits;		/* width of an output address */
	unsigned iova_bits;		/* IOVAs at and above 2^iova_bits do not exist; up to 64 */
	uint64_t leaf_sizes;		/* BIT64(size_lg2) of each leaf that the unit takes */
	bool tracks;			/* A and D have a meaning (they are ignored bits otherwise) */
	bool preset;			/* words are made with A and D set, for walks that cannot set them */
	uint64_t leaf_reserved;		/* bits of a leaf that this unit reserves beyond the format's own */
	uint64_t guest_offset;		/* words hold the address of memory plus this: where another table,
					   which the unit walks for each, maps it. 0: nothing lies between */
};

/* What a pass over a run looks for among its leaves. */
enum pt_wanted {
	PT_WANT_LEAF,			/* any leaf */
	PT_WANT_DIRTY,
	PT_WANT_ACCESSED,
};

/* What it found: bit n % 64 of word n / 64 stands for the run's item n. */
struct pt_hits {
	uint64_t leaves[PT_RUN_WORDS];	/* leaves that were wanted */
	uint64_t tables[PT_RUN_WORDS];	/* items to descend into */
	bool wide;			/* a leaf that was wanted is an item of a wide one */
	bool invalid;			/* a present item was malformed; PT_WANT_LEAF only */
	size_t changed;			/* words that were changed */
};

struct pt_format {
	const char *name;		/* "vtd-second" */
	unsigned level_min, level_max;	/* levels of a walk that the format knows */
	unsigned index_bits;		/* items of a table, log2 */
	uint64_t leaf_sizes;		/* every leaf that the format knows, BIT64(size_lg2) */
	uint64_t doubtful_sizes;	/* of these: not to be relied on, only asked for by name */
	bool canonical;			/* the upper half of the IOVAs is sign-extended: not used here */
	bool write_only;		/* a leaf with PT_WRITE alone exists */
	bool table_prot;		/* tables carry permissions, ANDed along the walk */

	/*
	 * A word: `prot` as given; A and D clear unless config->preset. A leaf's level follows from
	 * its size; that the format knows the size is for the caller to see.
	 */
	uint64_t (*leaf)(const struct pt_config *config, unsigned size_lg2, pa_t oa, unsigned prot);
	uint64_t (*table)(const struct pt_config *config, unsigned level, pa_t table, unsigned prot);
	struct pt_item (*decode)(const struct pt_config *config, unsigned level, uint64_t word);

	/* Bits of a present word of this kind that must be zero under `config`. */
	uint64_t (*must_be_zero)(const struct pt_config *config, unsigned level, enum pt_kind kind);

	/* Bits that the unit neither reads nor writes. */
	uint64_t (*ignored)(const struct pt_config *config, unsigned level, enum pt_kind kind);

	/* The word with its dirty, or its accessed, state taken back; with other permissions. */
	uint64_t (*clean)(uint64_t word);
	uint64_t (*unaccess)(uint64_t word);
	uint64_t (*protect)(uint64_t word, unsigned prot);

	/* What obedient hardware stores after using the word for an access of `prot`. */
	uint64_t (*used)(const struct pt_config *config, unsigned level, uint64_t word, unsigned prot);

	/* Where speed counts: a run of `count` items of one table, whole entries all of one size. */
	void (*leaf_run)(const struct pt_config *config, unsigned size_lg2, uint64_t *items,
			 size_t count, pa_t oa, unsigned prot);
	/*
	 * Fill `hits`, each item by itself; with `take`, take the wanted state back, by one atomic
	 * operation per item that has it.
	 */
	void (*scan_run)(const struct pt_config *config, unsigned level, uint64_t *items,
			 size_t count, enum pt_wanted wanted, bool take, struct pt_hits *hits);
};

/* log2 of the bytes that one item of a level stands for. */
static inline unsigned pt_level_lg2(const struct pt_format *format, unsigned level)
{
	return PAGE_LG2 + level * format->index_bits;
}

/* The level of a leaf: the highest whose items stand for no more than its size. */
static inline unsigned pt_leaf_level(const struct pt_format *format, unsigned size_lg2)
{
	return (size_lg2 - PAGE_LG2) / format->index_bits;
}

/* The leaf sizes that a walk of so many levels has room for. */
static inline uint64_t pt_sizes_within(const struct pt_format *format, unsigned level_count)
{
	unsigned lg2 = pt_level_lg2(format, level_count);

	return lg2 > 63 ? UINT64_MAX : BIT64(lg2) - 1;
}

/* Width of the IOVAs that a walk of so many levels can translate. */
static inline unsigned pt_iova_bits(const struct pt_format *format, unsigned level_count)
{
	unsigned bits = pt_level_lg2(format, level_count) - (format->canonical ? 1 : 0);

	return MIN(bits, 64u);
}

/*
 * Memory of tables, and who else looks at it. `publish` is called after words were written and
 * before hardware may use them; `refresh` before words are read that hardware may have written.
 * Either may be NULL where the unit's walks are coherent.
 */
struct pt_memory {
	struct pool *pool;
	void (*publish)(void *context, const void *words, size_t bytes);
	void (*refresh)(void *context, const void *words, size_t bytes);
	void *context;
};

struct pt {
	struct pt_config config;
	struct pt_memory memory;
	uint64_t *root;
	uint64_t *pages[PT_PAGES_MAX];	/* every table page, root first: for a byte-compare of all */
	unsigned page_count;
};

/*
 * A caller's bitmap over [iova, iova + bytes): bit n stands for iova + n * 2^granule_lg2. Bits
 * beyond the range, in the last byte too, are never written.
 */
struct pt_bitmap {
	uint8_t *bits;			/* any alignment; bit n is bit n % 8 of byte n / 8 */
	unsigned granule_lg2;
};

enum {
	PT_KEEP = 1,			/* read_and_clear: report, but clear nothing */
};

/*
 * An empty table. UNSUPPORTED: the format lacks the level count, a leaf size, or the width; the guest
 * offset cuts a leaf.
 * EXHAUSTED. Pages are taken from memory->pool, one by one, and given back with the pool.
 */
enum status pt_init(struct pt *pt, const struct pt_config *config, const struct pt_memory *memory) MUST_CHECK;

/*
 * Map [iova, iova + bytes) to oa with the leaf sizes of `sizes` (a subset of config.leaf_sizes; 0:
 * all), largest first. A leaf takes the place of a table that holds nothing: the flush that follows
 * must reach table entries too. Any refusal changes nothing, hardware never sees a half-made table.
 * BAD_ARGUMENT: no permission, or `sizes` is no subset. UNSUPPORTED: write without read, where the
 * format cannot say so. UNALIGNED: no leaf fits. BAD_RANGE: empty, wraps, or beyond a width.
 * OVERLAP: something is mapped there, if only an invalid item, or a walk skips the leaf's level.
 * EXHAUSTED.
 */
enum status pt_map(struct pt *pt, iova_t iova, pa_t oa, uint64_t bytes, unsigned prot,
		   uint64_t sizes) MUST_CHECK;

/*
 * Unmap whole leaves. Tables stay, if they are empty too: the pool is a stack, and the unit may
 * have cached them. BAD_RANGE, NOT_FOUND (a hole or an invalid item), UNALIGNED (would cut a leaf):
 * nothing changes.
 */
enum status pt_unmap(struct pt *pt, iova_t iova, uint64_t bytes) MUST_CHECK;

/* One step of a walk. */
struct pt_step {
	unsigned level;
	uint64_t *word;			/* where the item is */
	uint64_t value;			/* what it held when the walk passed */
	struct pt_item item;
};

struct pt_walk {
	struct pt_step steps[PT_LEVELS_MAX];
	unsigned step_count;		/* from the root down to what ends the walk */
	bool found;			/* the last step is a leaf */
	pa_t oa;			/* of the IOVA itself, the guest offset taken off */
	unsigned prot;			/* along the whole walk */
};

/*
 * Walk as the unit would. It ends at a leaf, an empty or an invalid item, a table that is not in the
 * pool, or one that skips levels for which the IOVA has bits; the last step says which, and found is
 * false but for a leaf. BAD_RANGE: the IOVA does not exist.
 */
enum status pt_walk(struct pt *pt, iova_t iova, struct pt_walk *walk) MUST_CHECK;

/*
 * Report the dirty (accessed) leaves of a range, and take the state back unless PT_KEEP. A leaf
 * sets every bit that it covers; holes and invalid items set none; bits are only ever set; `bitmap`
 * may be NULL. `changed`, if not NULL, becomes the number of words that changed: 0 needs no
 * flush. Words change by one atomic operation each. Flags of tables are not touched. UNALIGNED:
 * range against granule, or the range cuts a leaf and PT_KEEP is not given. BAD_RANGE. UNSUPPORTED:
 * a granule below the smallest leaf, or config.tracks is false. BAD_ARGUMENT: flags.
 */
enum status pt_read_and_clear_dirty(struct pt *pt, iova_t iova, uint64_t bytes, unsigned flags,
				    const struct pt_bitmap *bitmap, size_t *changed) MUST_CHECK;
enum status pt_read_and_clear_accessed(struct pt *pt, iova_t iova, uint64_t bytes, unsigned flags,
				       const struct pt_bitmap *bitmap, size_t *changed) MUST_CHECK;

/* Formats. */
extern const struct pt_format pt_vtd_second;	/* VT-d 9.8: 3, 4, 5 levels */
extern const struct pt_format pt_vtd_first;	/* VT-d 9.7: 4, 5 levels */
extern const struct pt_format pt_amd_host;	/* 48882 2.2.3, "v1": 1 to 6 levels, every leaf from 4 KiB */
extern const struct pt_format pt_amd_guest;	/* 48882 2.2.6, "v2": 4, 5 levels */

#endif
