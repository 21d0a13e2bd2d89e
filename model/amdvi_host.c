/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Host tables: 48882 3.11, clauses 2.2.3, 2.2.3.1 and 2.2.3.2, Tables 14 to 18; flags as 2.2.7.4 updates them. The
 * order is that of 2.2.3 and Figure 71: an entry is fetched, checked, marked, followed. The entry that maps the page
 * is marked by amdvi_host_mark(), when the access is known to be allowed.
 */
#include "model/amdvi_unit.h"

#define WALK_STEPS	64	/* entries looked at by one walk */

#define PR		AMDVI_ONE(0)
#define ACCESSED	AMDVI_ONE(5)
#define DIRTY		AMDVI_ONE(6)
#define IR		AMDVI_ONE(61)
#define IW		AMDVI_ONE(62)

bool amdvi_fetch(struct amdvi *amdvi, uint64_t address, void *to, size_t bytes, bool snooped)
{
	const struct silicon_memory *memory = amdvi->silicon.memory;

	if (defective(amdvi, TABLES_ABOVE_4G_LOST))
		address &= 0xffffffff;
	if (defective(amdvi, WALKS_NOT_SNOOPED) && bytes == 8)
		snooped = false;
	return memory->read(memory->context, address, to, bytes, snooped);
}

/* ---- Flags ---- */

/*
 * 2.2.7.4: flags are added to an entry in one atomic operation; *word is what was read and what stands there now. An
 * entry that has become another is not touched: the walk looks at it again.
 */
enum amdvi_verdict amdvi_flags_set(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t address,
				   uint64_t *word, uint64_t flags)
{
	const struct silicon_memory *memory = amdvi->silicon.memory;
	uint64_t wanted = *word | flags, seen = 0;

	if (defective(amdvi, FLAGS_CLEAR_IGNORED_BITS))
		wanted &= ~(amdvi_mask(4, 1) | AMDVI_ONE(63));
	if (defective(amdvi, FLAGS_NOT_ATOMIC)) {
		*word = wanted;
		amdvi_flags_late(amdvi);
		amdvi->late_flags = true;
		amdvi->late_flags_address = address;
		amdvi->late_flags_word = wanted;
		return WALK_DONE;
	}
	if (!memory->swap(memory->context, address, *word, wanted, &seen, route->snooped)) {
		amdvi->failed = address;
		return WALK_HARDWARE;
	}
	if (seen != *word)
		return WALK_CHANGED;
	*word = wanted;
	return WALK_DONE;
}

/* For silicon that writes the whole entry back, as it read it, when it drains. */
void amdvi_flags_late(struct amdvi *amdvi)
{
	const struct silicon_memory *memory = amdvi->silicon.memory;

	if (amdvi->late_flags)
		(void)memory->write(memory->context, amdvi->late_flags_address,
				    &amdvi->late_flags_word, 8, true);
	amdvi->late_flags = false;
}

static enum amdvi_verdict mark_directory(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t address,
					 uint64_t *word)
{
	uint64_t flags = ACCESSED;

	if (!route->accessed || *word & ACCESSED || defective(amdvi, HOST_ACCESSED_IN_LEAF_ONLY) ||
	    defective(amdvi, HOST_ACCESSED_NEVER))
		return WALK_DONE;
	if (defective(amdvi, HOST_DIRTY_IN_DIRECTORIES) && route->dirty)
		flags |= DIRTY;
	return amdvi_flags_set(amdvi, route, address, word, flags);
}

/* Where the flags of the leaf go, for silicon that is wrong about it. */
static uint64_t marked_address(const struct amdvi *amdvi, const struct amdvi_leaf *leaf, unsigned size_lg2)
{
	bool replicated = size_lg2 > amdvi_shift(leaf->level);

	if (defective(amdvi, HOST_DIRTY_IN_PARENT) && leaf->parent)
		return leaf->parent;
	if (defective(amdvi, HOST_DIRTY_IN_NEIGHBOUR))
		return leaf->address ^ 8;
	if (defective(amdvi, REPLICA_BEHIND_THE_PAGE) && replicated)
		return leaf->address ^ (UINT64_C(8) << (size_lg2 - amdvi_shift(leaf->level)));
	return leaf->address;
}

static bool dirty_withheld(const struct amdvi *amdvi, const struct amdvi_leaf *leaf)
{
	bool replicated = leaf->size_lg2 > amdvi_shift(leaf->level);

	return defective(amdvi, HOST_DIRTY_NEVER) ||
	       (defective(amdvi, HOST_DIRTY_NOT_IF_ACCESSED) && leaf->accessed) ||
	       (defective(amdvi, HOST_DIRTY_NOT_IN_LARGE_PAGES) && leaf->level > 1) ||
	       (defective(amdvi, HOST_DIRTY_NOT_IN_REPLICAS) && replicated);
}

/* leaf->accessed and leaf->dirty say afterwards what stands there. */
enum amdvi_verdict amdvi_host_mark(struct amdvi *amdvi, const struct amdvi_route *route, struct amdvi_leaf *leaf,
				   bool write)
{
	uint64_t flags = 0, address = marked_address(amdvi, leaf, leaf->size_lg2),
		 word = leaf->word;
	enum amdvi_verdict verdict;

	if (route->mode == 0)
		return WALK_DONE;
	if (route->accessed && !leaf->accessed && !defective(amdvi, HOST_ACCESSED_NEVER))
		flags |= ACCESSED;
	if (route->dirty && write && !leaf->dirty && !dirty_withheld(amdvi, leaf))
		flags |= DIRTY;
	if (defective(amdvi, HOST_DIRTY_WITHOUT_ACCESSED) && flags & DIRTY)
		flags = DIRTY;
	if (!flags)
		return WALK_DONE;
	if (address != leaf->address && !amdvi_fetch(amdvi, address, &word, sizeof word, true))
		return WALK_HARDWARE;
	verdict = amdvi_flags_set(amdvi, route, address, &word, flags);
	if (verdict == WALK_DONE) {
		leaf->accessed = leaf->accessed || flags & ACCESSED;
		leaf->dirty = leaf->dirty || flags & DIRTY;
	}
	return verdict;
}

/* ---- Entries ---- */

static bool is_page(uint64_t word)
{
	unsigned next = (unsigned)amdvi_bits(word, 11, 9);

	return next == 0 || next == 7;
}

static bool reserved_set(const struct amdvi *amdvi, uint64_t word)
{
	uint64_t bits = is_page(word) ? amdvi_mask(58, 52) : amdvi_mask(60, 52);

	if (defective(amdvi, PAGE_RESERVED_UNCHECKED) && is_page(word))
		return false;
	if (defective(amdvi, DIRECTORY_RESERVED_UNCHECKED) && !is_page(word))
		return false;
	return word & bits;
}

/* Table 14: larger than the default of this level, smaller than that of the next; 0: neither */
static unsigned coded_size(const struct amdvi *amdvi, uint64_t word, unsigned level)
{
	unsigned zero = 12, size;

	for (; zero < 52 && word & AMDVI_ONE(zero); zero++)
		;
	size = zero + 1;
	if (defective(amdvi, CODED_SIZE_DOUBLED))
		size++;
	if (defective(amdvi, CODED_SIZE_UNCHECKED))
		return size;
	return size > amdvi_shift(level) && size < amdvi_shift(level + 1) ? size : 0;
}

/* A page translation entry. Level 6 has no page size (Table 15). */
static enum amdvi_verdict page_entry(const struct amdvi *amdvi, uint64_t word, unsigned level, uint64_t gpa,
				     struct amdvi_leaf *leaf)
{
	uint64_t offset;

	leaf->size_lg2 = amdvi_shift(level);
	if (level == 6)
		return WALK_LEVEL;
	if (amdvi_bits(word, 11, 9) == 7 && !defective(amdvi, CODED_SIZE_IGNORED)) {
		leaf->size_lg2 = coded_size(amdvi, word, level);
		if (!leaf->size_lg2)
			return WALK_LEVEL;
	} else if (word & amdvi_mask(leaf->size_lg2 - 1, 12) &&
		   !defective(amdvi, ALIGNMENT_UNCHECKED)) {
		return WALK_LEVEL;
	}
	offset = gpa & amdvi_mask(leaf->size_lg2 - 1, 0);
	if (defective(amdvi, LARGE_2M_OFFSET_SHORT) && leaf->size_lg2 == 21)
		offset &= amdvi_mask(19, 0);
	if (defective(amdvi, LARGE_1G_OFFSET_SHORT) && leaf->size_lg2 == 30)
		offset &= amdvi_mask(20, 0);
	leaf->output = (word & amdvi_mask(51, leaf->size_lg2)) | offset;
	if (defective(amdvi, OUTPUT_ABOVE_4G_LOST))
		leaf->output &= 0xffffffff;
	return WALK_DONE;
}

/* The next level is below this one, and addresses of levels that are left out have zeros there. */
static enum amdvi_verdict directory_entry(const struct amdvi *amdvi, uint64_t word, unsigned level, uint64_t gpa)
{
	unsigned next = (unsigned)amdvi_bits(word, 11, 9);

	if (next >= level)
		return WALK_LEVEL;
	if (next + 1 < level && gpa & amdvi_mask(amdvi_shift(level) - 1, amdvi_shift(next + 1)) &&
	    !defective(amdvi, SKIPPED_BITS_UNCHECKED))
		return WALK_LEVEL;
	if (next + 1 < level && defective(amdvi, SKIPPED_LEVELS_REFUSED))
		return WALK_LEVEL;
	return WALK_DONE;
}

static void add_rights(const struct amdvi *amdvi, uint64_t word, struct amdvi_leaf *leaf)
{
	bool page = is_page(word);

	if (defective(amdvi, RIGHTS_OF_PAGE_ALONE) && !page)
		return;
	if (!(defective(amdvi, READ_OF_DIRECTORIES_IGNORED) && !page))
		leaf->read = leaf->read && word & IR;
	leaf->write = leaf->write &&
		      (word & IW || (page && defective(amdvi, WRITE_OF_PAGE_IGNORED)));
}

static void keep(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gpa, uint64_t word,
		 const struct amdvi_leaf *leaf)
{
	unsigned next = (unsigned)amdvi_bits(word, 11, 9);
	struct amdvi_directory entry = {
		.domain = route->domain, .level = next, .tag = next >= 6 ? 0 : gpa >> amdvi_shift(next + 1),
		.read = leaf->read, .write = leaf->write, .table = word & amdvi_mask(51, 12),
	};

	amdvi_directory_fill(amdvi, &entry);
}

/* ---- The walk ---- */

/* 2.2.7.1: without tables GPA is SPA; DTE[IR] and DTE[IW] are the rights. */
static enum amdvi_verdict no_tables(const struct amdvi *amdvi, uint64_t gpa, struct amdvi_leaf *leaf)
{
	leaf->level = 1;
	leaf->size_lg2 = 12;
	leaf->output = gpa ^ (defective(amdvi, MODE_0_NEXT_PAGE) ? 0x1000 : 0);
	return WALK_DONE;
}

/* Table 44: a reserved paging mode, one beyond HATS, address bits above what the root's level translates */
static bool root_refused(const struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gpa)
{
	if (route->mode == 7 || route->mode > amdvi_host_levels(amdvi))
		return true;
	return route->mode < 6 && gpa >> amdvi_shift(route->mode + 1) &&
	       !defective(amdvi, WIDTH_UNCHECKED);
}

static uint64_t entry_at(const struct amdvi *amdvi, uint64_t table, uint64_t gpa, unsigned level)
{
	uint64_t index = gpa >> amdvi_shift(level) & (level == 6 ? 127 : 511);

	if (level == 6 && defective(amdvi, LEVEL_6_INDEX_SHORT))
		index &= 63;
	return table + 8 * index;
}

/* leaf->read and leaf->write: what the entries grant, without the device table entry */
enum amdvi_verdict amdvi_host_walk(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gpa,
				   struct amdvi_leaf *leaf)
{
	struct amdvi_directory *kept;
	uint64_t table = route->host_root, word;
	unsigned level = route->mode;
	enum amdvi_verdict verdict;

	*leaf = (struct amdvi_leaf){ .read = true, .write = true };
	if (route->mode == 0)
		return no_tables(amdvi, gpa, leaf);
	if (root_refused(amdvi, route, gpa))
		return WALK_LEVEL;
	kept = amdvi_directory_find(amdvi, route, false, gpa, route->mode - 1);
	if (kept) {
		table = kept->table;
		level = kept->level;
		leaf->read = kept->read;
		leaf->write = kept->write;
	}
	for (unsigned step = 0; step < WALK_STEPS; step++) {
		uint64_t address = entry_at(amdvi, table, gpa, level);

		if (!amdvi_fetch(amdvi, address, &word, sizeof word, route->snooped)) {
			amdvi->failed = address;
			return WALK_HARDWARE;
		}
		if (!(word & PR))
			return WALK_NOT_PRESENT;
		if (reserved_set(amdvi, word))
			return WALK_RESERVED;
		if (is_page(word)) {
			leaf->address = address;
			leaf->word = word;
			leaf->level = level;
			leaf->accessed = word & ACCESSED;
			leaf->dirty = word & DIRTY;
			add_rights(amdvi, word, leaf);
			return page_entry(amdvi, word, level, gpa, leaf);
		}
		verdict = directory_entry(amdvi, word, level, gpa);
		if (verdict == WALK_DONE)
			verdict = mark_directory(amdvi, route, address, &word);
		if (verdict != WALK_DONE)
			return verdict;
		add_rights(amdvi, word, leaf);
		keep(amdvi, route, gpa, word, leaf);
		leaf->parent = address;
		table = word & amdvi_mask(51, 12);
		level = (unsigned)amdvi_bits(word, 11, 9);
	}
	return WALK_LEVEL;
}
