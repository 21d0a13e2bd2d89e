/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The walks through the paging structures: VT-d 5.10, clauses 3.5 to 3.8, 9.7 and 9.8, with the accessed
 * flags that they set. Dirty is set afterwards, when the request is known to be allowed.
 */
#include "model/vtd_unit.h"

#define WALK_STEPS	64	/* entries looked at by one walk, with those that changed under it */

/* 9.7 */
#define FS_P		VTD_ONE(0)
#define FS_RW		VTD_ONE(1)
#define FS_US		VTD_ONE(2)
#define FS_A		VTD_ONE(5)
#define FS_D		VTD_ONE(6)
#define FS_EA		VTD_ONE(10)
/* 9.8 */
#define SS_A		VTD_ONE(8)
#define SS_D		VTD_ONE(9)
#define SS_SNP		VTD_ONE(11)
#define SS_IR		VTD_ONE(61)
#define SS_IW		VTD_ONE(62)
#define PS		VTD_ONE(7)

bool vtd_fetch(struct vtd *vtd, uint64_t address, void *to, size_t bytes, bool snooped)
{
	const struct silicon_memory *memory = vtd->silicon.memory;

	/* 6.8: with RWBF no read sees what the write buffers hold. */
	if (vtd_cap(vtd, CAP_RWBF) || defective(vtd, WALKS_NOT_SNOOPED))
		snooped = false;
	if (defective(vtd, PROTECTED_TABLES_REFUSED) &&
	    vtd_protected(vtd, address, (uint32_t)bytes))
		return false;
	if (defective(vtd, TABLES_ABOVE_4G_LOST))
		address &= 0xffffffff;
	return memory->read(memory->context, address, to, bytes, snooped);
}

/* 2 to the power of the smaller of MGAW and the width of the structure */
uint64_t vtd_guest_limit(const struct vtd *vtd, unsigned levels)
{
	unsigned mgaw = (unsigned)CAP_MGAW(vtd->config.cap) + 1, agaw = 12 + 9 * levels;

	if (defective(vtd, GUEST_WIDTH_UNCHECKED))
		return ~UINT64_C(0);
	return mgaw < 64 && mgaw < agaw ? VTD_ONE(mgaw) : VTD_ONE(agaw);
}

static unsigned shift_of(unsigned level)
{
	return 3 + 9 * level;
}

static uint64_t entry_address(uint64_t table, uint64_t input, unsigned level)
{
	return table + 8 * (input >> shift_of(level) & 511);
}

/*
 * Set flags of an entry in memory in one atomic operation; *word is what was read before and what stands
 * there now. VTD_RESTART: it was something else by then.
 */
unsigned vtd_flags_set(struct vtd *vtd, uint64_t address, uint64_t *word, uint64_t flags)
{
	const struct silicon_memory *memory = vtd->silicon.memory;
	uint64_t wanted = *word | flags, seen = 0;

	if (defective(vtd, FLAGS_CLEAR_IGNORED_BITS))
		wanted &= ~vtd_mask(58, 52);
	if (defective(vtd, FLAGS_NOT_ATOMIC)) {
		*word = wanted;
		vtd_flags_late(vtd);
		vtd->late_flags = true;
		vtd->late_flags_address = address;
		vtd->late_flags_word = wanted;
		return 0;
	}
	if (!memory->swap(memory->context, address, *word, wanted, &seen, true))
		return 0x91;
	if (seen != *word) {
		*word = seen;
		return VTD_RESTART;
	}
	*word = wanted;
	return 0;
}

/* For silicon that writes the whole entry back, as it read it, when it drains. */
void vtd_flags_late(struct vtd *vtd)
{
	const struct silicon_memory *memory = vtd->silicon.memory;

	if (vtd->late_flags)
		(void)memory->write(memory->context, vtd->late_flags_address, &vtd->late_flags_word,
				    8, true);
	vtd->late_flags = false;
}

/* 3.10: a flag that must be set where the walk is not snooped is a fault. */
static bool update_forbidden(const struct vtd *vtd, const struct vtd_route *route)
{
	return !route->snooped && !defective(vtd, UNSNOOPED_UPDATE_DONE);
}

/* Nothing to set: dirty stands already. Else the ways in which silicon forgets it. */
static bool dirty_withheld(const struct vtd *vtd, const struct vtd_leaf *leaf, uint64_t accessed)
{
	if (defective(vtd, DIRTY_NOT_IF_ACCESSED) && leaf->word & accessed)
		return true;
	if (defective(vtd, DIRTY_NOT_IN_LARGE_LEAF) && leaf->level > 1)
		return true;
	return leaf->dirty;
}

/* ---- Second stage (3.7) --------------------------------------------------------------------------- */

/* 3.7, the list of reserved bits; of an entry of which a permission is set */
static bool second_reserved(const struct vtd *vtd, uint64_t word, unsigned level, bool leaf, bool ssirwe)
{
	uint64_t reserved = vtd_mask(51, vtd->config.haw);

	if (level >= 4)
		reserved |= PS;
	if (level == 3 && !vtd_cap(vtd, CAP_SSLPS_1G))
		reserved |= PS;
	if (level == 2 && !vtd_cap(vtd, CAP_SSLPS_2M))
		reserved |= PS;
	if (leaf && level > 1)
		reserved |= vtd_mask(shift_of(level) - 1, 12);
	if (!leaf || !vtd_has(vtd, ECAP_SC))
		reserved |= SS_SNP;
	if (!ssirwe)
		reserved |= SS_IW;
	if (defective(vtd, SECOND_RESERVED_UNCHECKED))
		reserved = 0;
	if (defective(vtd, SECOND_ADDRESS_BITS_UNCHECKED))
		reserved &= ~vtd_mask(51, 12);
	return (word & reserved) != 0;
}

static unsigned second_reason(const struct vtd_route *route, unsigned scalable, unsigned legacy)
{
	return route->legacy ? legacy : scalable;
}

/* An entry that grants nothing. In legacy mode there is no reason of its own: LGN.2 and LGN.3. */
static unsigned second_absent(const struct vtd_route *route, struct vtd_leaf *leaf, unsigned level)
{
	leaf->read = leaf->write = false;
	leaf->size_lg2 = shift_of(level);
	return second_reason(route, 0x79, 0);
}

static unsigned second_accessed(struct vtd *vtd, const struct vtd_route *route, uint64_t address,
				uint64_t *word, unsigned level, bool leaf)
{
	if (!route->ssade || *word & SS_A || defective(vtd, SECOND_ACCESSED_NEVER))
		return 0;
	if (!leaf && defective(vtd, SECOND_ACCESSED_IN_LEAF_ONLY))
		return 0;
	if (level == 3 && leaf && defective(vtd, ACCESSED_NOT_IN_1G_LEAF))
		return 0;
	if (update_forbidden(vtd, route))
		return 0x7c;
	return vtd_flags_set(vtd, address, word, SS_A);
}

static void second_keep(struct vtd *vtd, const struct vtd_route *route, uint64_t input, unsigned level,
			uint64_t table, const struct vtd_leaf *leaf)
{
	struct vtd_structure entry = {
		.did = route->did, .level = level, .tag = input >> shift_of(level),
		.read = leaf->read, .write = leaf->write, .table = table,
	};

	vtd_structure_fill(vtd, &entry);
}

static void second_found(struct vtd *vtd, const struct vtd_route *route, uint64_t input, uint64_t address,
			 uint64_t word, unsigned level, struct vtd_leaf *leaf)
{
	leaf->address = address;
	leaf->word = word;
	leaf->level = level;
	leaf->size_lg2 = shift_of(level);
	leaf->dirty = !route->ssade || word & SS_D;
	leaf->output = (word & vtd_mask(51, shift_of(level))) |
		       (input & vtd_mask(shift_of(level) - 1, 0));
	if (defective(vtd, OUTPUT_ABOVE_4G_LOST))
		leaf->output &= 0xffffffff;
}

/* `top`: SSPTPTR was not readable (SSS.4, LCT.4.3); else SSS.1, LSS.1 */
static unsigned second_unreadable(const struct vtd *vtd, const struct vtd_route *route, bool top)
{
	if (defective(vtd, UNREADABLE_TOP_AS_OTHERS))
		top = false;
	return top ? second_reason(route, 0x7b, 0x03) : second_reason(route, 0x78, 0x07);
}

static void second_permissions(const struct vtd *vtd, const struct vtd_route *route, uint64_t word,
			       bool *read, bool *write)
{
	*read = word & (route->ssirwe ? SS_IR : VTD_ONE(0));
	*write = word & (route->ssirwe ? SS_IW : VTD_ONE(1));
	if (defective(vtd, WRITE_IMPLIES_READ) && *write)
		*read = true;
}

/*
 * Reason 0: the walk ended, and the leaf says with which rights; in legacy mode with none too.
 */
unsigned vtd_second_stage(struct vtd *vtd, const struct vtd_route *route, uint64_t input,
			  struct vtd_leaf *leaf)
{
	struct vtd_structure *kept = vtd_structure_find(vtd, false, route, input, route->ss_levels);
	uint64_t table = route->ss_root, word = 0;
	unsigned level = route->ss_levels, reason;

	*leaf = (struct vtd_leaf){ .read = true, .write = true };
	if (kept) {
		table = kept->table;
		level = kept->level - 1;
		leaf->read = kept->read;
		leaf->write = kept->write;
	}
	for (unsigned step = 0; step < WALK_STEPS; step++) {
		uint64_t address = entry_address(table, input, level);
		bool read, write, ends;

		if (!vtd_fetch(vtd, address, &word, 8, route->snooped))
			return second_unreadable(vtd, route, level == route->ss_levels);
		second_permissions(vtd, route, word, &read, &write);
		if (!read && !write)
			return second_absent(route, leaf, level);
		ends = level == 1 || (level <= 3 && word & PS);
		if (second_reserved(vtd, word, level, ends, route->ssirwe))
			return second_reason(route, 0x7a, 0x0c);
		reason = second_accessed(vtd, route, address, &word, level, ends);
		if (reason == VTD_RESTART)
			continue;
		if (reason)
			return reason == 0x91 ? 0x7d : reason;
		if (!defective(vtd, PERMISSION_OF_LEAF_ALONE) || ends) {
			leaf->read = leaf->read && read;
			leaf->write = leaf->write &&
				      (write || (ends && defective(vtd, WRITE_OF_LEAF_IGNORED)));
		}
		if (!leaf->read && !leaf->write && !route->legacy)
			return second_absent(route, leaf, level);
		if (ends) {
			second_found(vtd, route, input, address, word, level, leaf);
			return 0;
		}
		leaf->parent = address;
		table = word & vtd_mask(51, 12);
		second_keep(vtd, route, input, level, table, leaf);
		level--;
	}
	return second_reason(route, 0x7d, 0x07);
}

/* 3.7.2: the dirty flag, and accessed with it, in the entry that maps the page */
unsigned vtd_mark_second(struct vtd *vtd, const struct vtd_route *route, const struct vtd_leaf *leaf)
{
	uint64_t word = leaf->word, address = leaf->address, flags = SS_A | SS_D;
	unsigned reason;

	if (dirty_withheld(vtd, leaf, SS_A) || defective(vtd, SECOND_DIRTY_NEVER))
		return 0;
	if (update_forbidden(vtd, route))
		return 0x7c;
	if (defective(vtd, DIRTY_IN_PARENT) && leaf->parent) {
		address = leaf->parent;
		if (!vtd_fetch(vtd, address, &word, 8, true))
			return 0x7d;
	}
	if (defective(vtd, DIRTY_IN_NEIGHBOUR)) {
		address ^= 8;
		if (!vtd_fetch(vtd, address, &word, 8, true))
			return 0x7d;
	}
	if (defective(vtd, DIRTY_BIT_OF_FIRST_STAGE))
		flags = SS_A | FS_D;
	reason = vtd_flags_set(vtd, address, &word, flags);
	return reason == 0x91 ? 0x7d : reason;
}

/* ---- First stage and nested (3.6, 3.8) ------------------------------------------------------------ */

static bool first_reserved(const struct vtd *vtd, uint64_t word, unsigned level, bool leaf)
{
	uint64_t reserved = vtd_mask(51, vtd->config.haw);

	if (level >= 4 || (level == 3 && !vtd_cap(vtd, CAP_FS1GP)))
		reserved |= PS;
	if (leaf && level > 1)
		reserved |= vtd_mask(shift_of(level) - 1, 13);
	if (defective(vtd, FIRST_RESERVED_UNCHECKED))
		reserved = 0;
	return (word & reserved) != 0;
}

/*
 * Where an entry of a first-stage table stands: behind the second stage if nested (3.8.1). `update`: for an
 * atomic update, which needs both rights, and is a write to the page of the table.
 */
static unsigned first_address(struct vtd *vtd, const struct vtd_route *route, uint64_t guest, bool update,
			      bool top, uint64_t *host)
{
	struct vtd_leaf leaf;
	unsigned reason;

	*host = guest;
	if (route->kind != VTD_NESTED || defective(vtd, NESTED_TABLES_NOT_TRANSLATED))
		return 0;
	reason = vtd_second_stage(vtd, route, guest, &leaf);
	if (reason)
		return reason;
	*host = leaf.output;
	if (!leaf.read ||
	    (route->ssade && !leaf.write && !defective(vtd, NESTED_TABLES_WRITABLE_UNCHECKED)))
		return top ? 0x75 : 0x76;
	if (!update)
		return 0;
	if (!leaf.write && !defective(vtd, NESTED_UPDATE_THROUGH_READ_ONLY))
		return 0x77;
	return defective(vtd, NESTED_UPDATE_LEAVES_TABLE_CLEAN)
		       ? 0
		       : vtd_mark_second(vtd, route, &leaf);
}

/* 3.6.2, 3.8.1, SFS.8 to SFS.10: set flags of an entry at `address`, behind `guest` */
static unsigned first_flags(struct vtd *vtd, const struct vtd_route *route, uint64_t address, uint64_t guest,
			    uint64_t *word, uint64_t flags)
{
	uint64_t host;
	unsigned reason;

	if (update_forbidden(vtd, route))
		return 0x90;
	reason = first_address(vtd, route, guest, true, false, &host);
	if (reason)
		return reason;
	return vtd_flags_set(vtd, address, word, flags);
}

static unsigned first_accessed(struct vtd *vtd, const struct vtd_route *route, uint64_t address,
			       uint64_t guest, uint64_t *word, bool leaf)
{
	uint64_t flags = FS_A | (route->eafe ? FS_EA : 0);

	if (defective(vtd, EXTENDED_ACCESSED_ALWAYS))
		flags |= FS_EA;
	if (defective(vtd, EXTENDED_ACCESSED_NEVER))
		flags = FS_A;
	if (defective(vtd, EXTENDED_WITHOUT_ACCESSED) && route->eafe)
		flags = FS_EA;
	if (defective(vtd, FIRST_ACCESSED_NEVER))
		flags &= ~FS_A;
	/* For silicon that leaves the entry of a write to the operation that sets dirty. */
	if (defective(vtd, FIRST_DIRTY_WITHOUT_ACCESSED) && leaf && route->write && *word & FS_RW &&
	    !(*word & FS_D))
		flags = 0;
	if (!leaf && defective(vtd, FIRST_ACCESSED_IN_LEAF_ONLY))
		flags = 0;
	if (!leaf && defective(vtd, FIRST_DIRTY_IN_TABLES))
		flags |= FS_D;
	if (!route->snooped && defective(vtd, UNSNOOPED_WALK_REFUSED))
		return 0x90;
	if ((*word & flags) == flags)
		return 0;
	return first_flags(vtd, route, address, guest, word, flags);
}

static void first_keep(struct vtd *vtd, const struct vtd_route *route, uint64_t input, unsigned level,
		       uint64_t guest, const struct vtd_leaf *leaf)
{
	struct vtd_structure entry = {
		.first = true, .did = route->did, .pasid = route->pasid, .level = level,
		.tag = input >> shift_of(level), .read = leaf->read, .write = leaf->write, .guest = guest,
	};

	/* A nested entry needs a second-stage translation with read permission (6.2.5). */
	if (!first_address(vtd, route, guest, false, false, &entry.table))
		vtd_structure_fill(vtd, &entry);
}

static void first_found(uint64_t input, uint64_t address, uint64_t guest,
			uint64_t word, unsigned level, struct vtd_leaf *leaf)
{
	leaf->address = address;
	leaf->guest = guest;
	leaf->word = word;
	leaf->level = level;
	leaf->size_lg2 = shift_of(level);
	leaf->dirty = word & FS_D;
	leaf->output = (word & vtd_mask(51, shift_of(level))) |
		       (input & vtd_mask(shift_of(level) - 1, 0));
}

/* leaf->read: U/S of all levels; leaf->write: R/W of all levels. Kept tables are host addresses already. */
unsigned vtd_first_stage(struct vtd *vtd, const struct vtd_route *route, uint64_t input, struct vtd_leaf *leaf)
{
	struct vtd_structure *kept = vtd_structure_find(vtd, true, route, input, route->fs_levels);
	uint64_t guest_table = kept ? kept->guest : route->fs_root;
	uint64_t limit = route->kind == VTD_NESTED ? vtd_guest_limit(vtd, route->ss_levels)
						   : ~UINT64_C(0);
	uint64_t kept_table = kept ? kept->table : 0, word = 0;
	unsigned level = kept ? kept->level - 1 : route->fs_levels, reason;
	bool host_known = kept != NULL;

	*leaf = (struct vtd_leaf){ .read = kept ? kept->read : true, .write = kept ? kept->write : true };
	for (unsigned step = 0; step < WALK_STEPS; step++) {
		bool top = level == route->fs_levels, ends;
		uint64_t guest = entry_address(guest_table, input, level);
		uint64_t address = entry_address(kept_table, input, level);

		reason = host_known ? 0 : first_address(vtd, route, guest, false, top, &address);
		if (reason)
			return reason;
		if (!vtd_fetch(vtd, address, &word, 8, route->snooped))
			return top && !defective(vtd, UNREADABLE_TOP_AS_OTHERS) ? 0x73 : 0x70;
		if (!(word & FS_P))
			return 0x71;
		ends = level == 1 || (level <= 3 && word & PS);
		if (first_reserved(vtd, word, level, ends))
			return 0x72;
		if ((word & vtd_mask(51, 12)) >= limit && !defective(vtd, NESTED_WIDTH_UNCHECKED))
			return 0x74;
		reason = first_accessed(vtd, route, address, guest, &word, ends);
		if (reason == VTD_RESTART)
			continue;
		if (reason)
			return reason;
		leaf->read = leaf->read && word & FS_US;
		if (!ends && defective(vtd, FIRST_WRITE_OF_LEAF_ALONE))
			leaf->write = true;
		else
			leaf->write = leaf->write && word & FS_RW;
		if (ends) {
			first_found(input, address, guest, word, level, leaf);
			return 0;
		}
		leaf->parent = address;
		guest_table = word & vtd_mask(51, 12);
		host_known = false;
		first_keep(vtd, route, input, level, guest_table, leaf);
		level--;
	}
	return 0x91;
}

/* The dirty flag, and A and EA in the same atomic operation */
unsigned vtd_mark_first(struct vtd *vtd, const struct vtd_route *route, const struct vtd_leaf *leaf)
{
	uint64_t word = leaf->word;
	uint64_t flags = FS_A | FS_D | (route->eafe ? FS_EA : 0);

	if (dirty_withheld(vtd, leaf, FS_A) || defective(vtd, FIRST_DIRTY_NEVER))
		return 0;
	if (defective(vtd, FIRST_DIRTY_WITHOUT_ACCESSED))
		flags = FS_D;
	return first_flags(vtd, route, leaf->address, leaf->guest, &word, flags);
}
