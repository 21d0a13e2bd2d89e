/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d first-stage paging entries: rev. 5.10, section 9.7 (tables 34 to 40), reserved bits of 3.6,
 * access rights of 3.6.1, flags of 3.6.2. PTE, PDE, PDPE, PML4E, PML5E are levels 0 to 4.
 *
 * The requests meant here have user privilege, as every request without PASID has: a read needs U/S
 * at every level, a write U/S and R/W. There is no write-only page. Written for PASID entries with
 * EAFE = 0.
 */
#include "iommu/pt/vtd.h"

#define FS_P		BIT64(0)
#define FS_RW		BIT64(1)
#define FS_US		BIT64(2)
#define FS_A		BIT64(5)
#define FS_D		BIT64(6)	/* leaf; ignored in tables */
#define FS_G		BIT64(8)	/* leaf: hardware works as if it were clear */
#define FS_EA		BIT64(10)	/* ignored while EAFE = 0 */
#define FS_PAT_LARGE_LG2 12u		/* leaf above level 0: memory type; bits above it are reserved */
#define FS_IGN_HIGH	GENMASK64(63, 52)	/* bit 63 too: there is no execute-disable here */

static const struct scan_bits bits = { .present = FS_P, .accessed = FS_A, .dirty = FS_D };

static uint64_t permissions(unsigned prot)
{
	return (prot & PT_READ ? FS_US : 0) | (prot & PT_WRITE ? FS_RW : 0);
}

static uint64_t leaf(const struct pt_config *config, unsigned size_lg2, pa_t oa, unsigned prot)
{
	return (oa.v & vtd_address(config, size_lg2)) | FS_P | permissions(prot) |
	       (size_lg2 > PAGE_LG2 ? VTD_PT_PS : 0) | (config->preset ? FS_A | FS_D : 0);
}

static uint64_t table(const struct pt_config *config, unsigned level, pa_t address, unsigned prot)
{
	(void)level;
	return (address.v & vtd_address(config, PAGE_LG2)) | FS_P | permissions(prot) |
	       (config->preset ? FS_A : 0);
}

static uint64_t must_be_zero(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	uint64_t both = vtd_beyond_width(config) | vtd_reserved_ps(config, level);

	if (kind == PT_TABLE)
		return both;
	if (kind == PT_LEAF)
		return both | config->leaf_reserved |
		       (level ? GENMASK64(vtd_level_lg2(level) - 1, FS_PAT_LARGE_LG2 + 1) : 0);
	return 0;
}

/* PWT, PCD and PAT of a leaf choose a memory type for some devices: they are not listed. */
static uint64_t ignored(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	uint64_t both = FS_IGN_HIGH | BIT64(11) | FS_EA | BIT64(9);

	(void)level;
	if (kind == PT_TABLE)
		return both | BIT64(8) | BIT64(6) | GENMASK64(4, 3);
	if (kind == PT_LEAF)
		return both | FS_G;
	(void)config;
	return 0;
}

static struct pt_item decode(const struct pt_config *config, unsigned level, uint64_t word)
{
	bool is_leaf = vtd_is_leaf(level, word);
	enum pt_kind kind = is_leaf ? PT_LEAF : PT_TABLE;

	if (!(word & bits.present))
		return (struct pt_item){ .kind = PT_EMPTY };
	if (word & must_be_zero(config, level, kind))
		return (struct pt_item){ .kind = PT_INVALID };
	return (struct pt_item){
		.kind = kind,
		.address = word & vtd_address(config, is_leaf ? vtd_level_lg2(level) : PAGE_LG2),
		.next_level = is_leaf ? 0 : level - 1,
		.size_lg2 = is_leaf ? vtd_level_lg2(level) : 0,
		.prot = (word & FS_US ? PT_READ | (word & FS_RW ? PT_WRITE : 0) : 0),
		.accessed = config->tracks && (word & FS_A),
		.dirty = config->tracks && is_leaf && (word & FS_D),
	};
}

static uint64_t clean(uint64_t word)
{
	return word & ~FS_D;
}

static uint64_t unaccess(uint64_t word)
{
	return word & ~FS_A;
}

/* Without PT_READ nothing is left: a user's write needs U/S as well. */
static uint64_t protect(uint64_t word, unsigned prot)
{
	return (word & ~(FS_RW | FS_US)) | permissions(prot);
}

static uint64_t used(const struct pt_config *config, unsigned level, uint64_t word, unsigned prot)
{
	struct pt_item item = decode(config, level, word);

	if (!config->tracks || (item.kind != PT_LEAF && item.kind != PT_TABLE))
		return word;
	return word | FS_A | (item.kind == PT_LEAF && (prot & item.prot & PT_WRITE) ? FS_D : 0);
}

static void leaf_run(const struct pt_config *config, unsigned size_lg2, uint64_t *items, size_t count,
		     pa_t oa, unsigned prot)
{
	uint64_t word = leaf(config, size_lg2, oa, prot);

	for (size_t i = 0; i < count; i++, word += BIT64(size_lg2))
		atomic_store64(&items[i], word);
}

static void scan(const struct pt_config *config, unsigned level, uint64_t *items, size_t count,
		 enum pt_wanted wanted, bool take, struct pt_hits *hits)
{
	struct scan_zero zero = {
		.leaf = must_be_zero(config, level, PT_LEAF),
		.table = must_be_zero(config, level, PT_TABLE),
	};

	scan_run(bits, vtd_kind, &zero, level, items, count, wanted, take, hits);
}

const struct pt_format pt_vtd_first = {
	.name = "vtd-first",
	.level_min = 4,
	.level_max = 5,
	.index_bits = VTD_PT_INDEX_BITS,
	.leaf_sizes = VTD_PT_LEAF_SIZES,
	.canonical = true,
	.write_only = false,
	.table_prot = true,
	.leaf = leaf,
	.table = table,
	.decode = decode,
	.must_be_zero = must_be_zero,
	.ignored = ignored,
	.clean = clean,
	.unaccess = unaccess,
	.protect = protect,
	.used = used,
	.leaf_run = leaf_run,
	.scan_run = scan,
};
