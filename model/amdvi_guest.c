/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Guest tables: 48882 3.11, clauses 2.2.6.3 to 2.2.6.8 and 2.2.7. The GCR3 table is found by SPA, what it and the
 * tables below it hold are GPAs: each goes through the host's tables before it is read, and as a write before a flag
 * is set.
 */
#include "model/amdvi_unit.h"


#define P		AMDVI_ONE(0)
#define RW		AMDVI_ONE(1)
#define US		AMDVI_ONE(2)
#define ACCESSED	AMDVI_ONE(5)
#define DIRTY		AMDVI_ONE(6)
#define PS		AMDVI_ONE(7)
#define NX		AMDVI_ONE(63)

/* ---- Behind the host's tables ---- */

/*
 * Where a guest's table entry stands. `update`: it is to be written, which takes the right to, and leaves the page of
 * the table dirty like any other that is written.
 */
static enum amdvi_verdict behind_host(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gpa, bool update,
				      uint64_t *spa)
{
	struct amdvi_leaf leaf;
	enum amdvi_verdict verdict;

	*spa = gpa;
	if (defective(amdvi, GUEST_TABLES_NOT_TRANSLATED))
		return WALK_DONE;
	verdict = amdvi_host_walk(amdvi, route, gpa, &leaf);
	if (verdict != WALK_DONE)
		return verdict;
	*spa = leaf.output;
	if (!leaf.read || !route->read)
		return WALK_DENIED;
	if (update && (!leaf.write || !route->write) &&
	    !defective(amdvi, GUEST_UPDATE_THROUGH_READ_ONLY))
		return WALK_DENIED;
	if (update && defective(amdvi, GUEST_UPDATE_LEAVES_TABLE_CLEAN))
		update = false;
	return amdvi_host_mark(amdvi, route, &leaf, update);
}

static enum amdvi_verdict read_entry(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t spa,
				     uint64_t *word)
{
	if (amdvi_fetch(amdvi, spa, word, sizeof *word, route->snooped))
		return WALK_DONE;
	amdvi->failed = spa;
	amdvi->failed_guest = true;
	return WALK_HARDWARE;
}

/* ---- The GCR3 table (2.2.6.3) ---- */

static enum amdvi_verdict pointer_checked(const struct amdvi *amdvi, uint64_t word)
{
	if (!(word & 1))
		return WALK_NOT_PRESENT;
	if (word & (amdvi_mask(63, 52) | amdvi_mask(11, 5) | amdvi_mask(2, 1)) &&
	    !defective(amdvi, GCR3_RESERVED_UNCHECKED))
		return WALK_RESERVED;
	return WALK_DONE;
}

/* Indices are PASID 19:18, 17:9 and 8:0; PASID bits above those of the levels that there are count for nothing. */
static enum amdvi_verdict find_root(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t *root)
{
	uint64_t table = route->gcr3_root, spa, word;
	enum amdvi_verdict verdict;

	for (unsigned level = route->gcr3_levels; level != 0; level--) {
		uint64_t index = route->pasid >> 9 * (level - 1) & (level == 3 ? 3 : 511);

		if (defective(amdvi, PASID_8_BITS))
			index &= 255;
		spa = table + 8 * index;
		if (level != route->gcr3_levels) {
			verdict = behind_host(amdvi, route, spa, false, &spa);
			if (verdict != WALK_DONE)
				return verdict;
		}
		verdict = read_entry(amdvi, route, spa, &word);
		if (verdict == WALK_DONE)
			verdict = pointer_checked(amdvi, word);
		if (verdict != WALK_DONE)
			return verdict;
		table = word & amdvi_mask(51, 12);
	}
	*root = table;
	return WALK_DONE;
}

/* ---- Entries (2.2.6.5 to 2.2.6.7) ---- */

static bool reserved_set(const struct amdvi *amdvi, uint64_t word, unsigned level, bool page)
{
	uint64_t bits = 0;

	if (level >= 4)
		bits |= PS;
	if (level >= 3 && !page)
		bits |= AMDVI_ONE(8);
	if (page && level > 1)
		bits |= amdvi_mask(amdvi_shift(level) - 1, 13);
	return word & bits && !defective(amdvi, GUEST_RESERVED_UNCHECKED);
}

static enum amdvi_verdict set_flags(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gpa,
				    uint64_t spa, uint64_t *word, uint64_t flags)
{
	uint64_t ignored;
	enum amdvi_verdict verdict;

	if (amdvi->control & CONTROL_GAUPDATEDIS && !defective(amdvi, GAUPDATEDIS_IGNORED))
		flags &= ~ACCESSED;
	if (amdvi->control & CONTROL_GDUPDATEDIS && !defective(amdvi, GDUPDATEDIS_IGNORED))
		flags &= ~DIRTY;
	flags &= ~*word;
	if (!flags)
		return WALK_DONE;
	verdict = behind_host(amdvi, route, gpa, true, &ignored);
	return verdict == WALK_DONE ? amdvi_flags_set(amdvi, route, spa, word, flags) : verdict;
}

static void add_rights(const struct amdvi *amdvi, uint64_t word, bool page, struct amdvi_leaf *leaf)
{
	if (!(defective(amdvi, GUEST_WRITE_OF_PAGE_ALONE) && !page))
		leaf->write = leaf->write && word & RW;
	leaf->user = leaf->user && word & US;
	leaf->execute = leaf->execute && !(word & NX);
}

static uint64_t tag_of(uint64_t gva, unsigned level)
{
	return gva >> amdvi_shift(level + 1);
}

static void keep(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gva, unsigned level, uint64_t table,
		 const struct amdvi_leaf *leaf)
{
	struct amdvi_directory entry = {
		.guest = true, .domain = route->domain, .pasid = route->pasid, .level = level,
		.tag = tag_of(gva, level), .read = true, .write = leaf->write, .user = leaf->user,
		.execute = leaf->execute, .table = table,
	};

	amdvi_directory_fill(amdvi, &entry);
}

static void found(uint64_t gva, uint64_t gpa, uint64_t spa, uint64_t word, unsigned level, struct amdvi_leaf *leaf)
{
	leaf->gpa = gpa;
	leaf->address = spa;
	leaf->word = word;
	leaf->level = level;
	leaf->size_lg2 = amdvi_shift(level);
	leaf->accessed = word & ACCESSED;
	leaf->dirty = word & DIRTY;
	leaf->output = (word & amdvi_mask(51, leaf->size_lg2)) |
		       (gva & amdvi_mask(leaf->size_lg2 - 1, 0));
}

/* ---- The walk ---- */

static bool canonical(uint64_t gva, unsigned levels)
{
	uint64_t upper = amdvi_bits(gva, 63, amdvi_shift(levels + 1) - 1);

	return upper == 0 || upper == amdvi_mask(64 - amdvi_shift(levels + 1), 0);
}

/* Where the walk begins: the lowest table that is kept, or the root. */
static enum amdvi_verdict begin(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gva,
				struct amdvi_leaf *leaf, uint64_t *table, unsigned *level)
{
	struct amdvi_directory *kept = amdvi_directory_find(amdvi, route, true, gva,
							    route->guest_levels);
	enum amdvi_verdict verdict;

	*leaf = (struct amdvi_leaf){ .read = true, .write = true, .user = true, .execute = true };
	*level = route->guest_levels;
	if (kept) {
		leaf->write = kept->write;
		leaf->user = kept->user;
		leaf->execute = kept->execute;
		*level = kept->level;
		*table = kept->table;
		return WALK_DONE;
	}
	verdict = find_root(amdvi, route, table);
	if (verdict == WALK_DONE)
		keep(amdvi, route, gva, *level, *table, leaf);
	return verdict;
}

enum amdvi_verdict amdvi_guest_walk(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gva,
				    struct amdvi_leaf *leaf)
{
	uint64_t table, spa, word;
	unsigned level;
	enum amdvi_verdict verdict;

	amdvi->failed_guest = false;
	if (route->pasid > (AMDVI_ONE(EFR_PASMAX(amdvi->config.efr) + 1) - 1) ||
	    route->guest_levels > 4 + EFR_GATS(amdvi->config.efr))
		return WALK_LEVEL;
	if (!canonical(gva, route->guest_levels) && !defective(amdvi, CANONICAL_UNCHECKED))
		return WALK_LEVEL;
	verdict = begin(amdvi, route, gva, leaf, &table, &level);
	for (; verdict == WALK_DONE && level != 0; level--) {
		uint64_t gpa = table + 8 * (gva >> amdvi_shift(level) & 511);
		bool page;

		verdict = behind_host(amdvi, route, gpa, false, &spa);
		if (verdict == WALK_DONE)
			verdict = read_entry(amdvi, route, spa, &word);
		if (verdict != WALK_DONE)
			return verdict;
		if (!(word & P))
			return WALK_NOT_PRESENT;
		page = level == 1 || (level <= 3 && word & PS);
		if (reserved_set(amdvi, word, level, page))
			return WALK_RESERVED;
		add_rights(amdvi, word, page, leaf);
		if (page) {
			found(gva, gpa, spa, word, level, leaf);
			return WALK_DONE;
		}
		if (!defective(amdvi, GUEST_ACCESSED_IN_LEAF_ONLY))
			verdict = set_flags(amdvi, route, gpa, spa, &word, ACCESSED);
		table = word & amdvi_mask(51, 12);
		if (verdict == WALK_DONE)
			keep(amdvi, route, gva, level - 1, table, leaf);
	}
	return verdict;
}

enum amdvi_verdict amdvi_guest_mark(struct amdvi *amdvi, const struct amdvi_route *route, struct amdvi_leaf *leaf,
				    bool write)
{
	uint64_t flags = ACCESSED, word = leaf->word;
	enum amdvi_verdict verdict;

	if (write && !defective(amdvi, GUEST_DIRTY_NEVER) &&
	    !(defective(amdvi, GUEST_DIRTY_NOT_IF_ACCESSED) && leaf->accessed) &&
	    !(defective(amdvi, GUEST_DIRTY_NOT_IN_LARGE_PAGES) && leaf->level > 1))
		flags |= DIRTY;
	if (defective(amdvi, GUEST_ACCESSED_NEVER))
		flags &= ~ACCESSED;
	verdict = set_flags(amdvi, route, leaf->gpa, leaf->address, &word, flags);
	if (verdict == WALK_DONE) {
		leaf->accessed = leaf->accessed || flags & ACCESSED;
		leaf->dirty = leaf->dirty || flags & DIRTY;
	}
	return verdict;
}
