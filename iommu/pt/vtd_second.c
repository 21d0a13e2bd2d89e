/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d second-stage paging entries: rev. 5.10, section 9.8 (tables 41 to 47), reserved bits of 3.7,
 * access rights of 3.7.1, flags of 3.7.2. SS-PTE, SS-PDE, SS-PDPE, SS-PML4E, SS-PML5E are levels 0
 * to 4.
 *
 * Written for units that keep I/O Read/Write bits off (RTADDR.SSIRWE = 0) and for PASID entries
 * without memory types (EMTE = 0).
 */
#include "iommu/pt/vtd.h"

#define SS_R		BIT64(0)
#define SS_W		BIT64(1)	/* R = W = 0: nothing else in the word is looked at */
#define SS_EMT		GENMASK64(5, 3)	/* leaf: memory type, ignored with EMTE = 0 */
#define SS_IPAT		BIT64(6)	/* leaf: likewise */
#define SS_A		BIT64(8)
#define SS_D		BIT64(9)	/* leaf */
#define SS_SNP		BIT64(11)	/* leaf: snoop; reserved without ECAP.SC, and in tables */
#define SS_IR		BIT64(61)	/* ignored while SSIRWE = 0 */
#define SS_IW		BIT64(62)	/* reserved while SSIRWE = 0 */
#define SS_IGN_HIGH	(BIT64(63) | GENMASK64(60, 52))

static const struct scan_bits bits = { .present = SS_R | SS_W, .accessed = SS_A, .dirty = SS_D };

static uint64_t permissions(unsigned prot)
{
	return (prot & PT_READ ? SS_R : 0) | (prot & PT_WRITE ? SS_W : 0);
}

static uint64_t leaf(const struct pt_config *config, unsigned size_lg2, pa_t oa, unsigned prot)
{
	return (oa.v & x86_address(size_lg2)) | permissions(prot) |
	       (size_lg2 > PAGE_LG2 ? X86_PT_PS : 0) | (config->preset ? SS_A | SS_D : 0);
}

static uint64_t table(const struct pt_config *config, unsigned level, pa_t address, unsigned prot)
{
	(void)level;
	return (address.v & x86_address(PAGE_LG2)) | permissions(prot) |
	       (config->preset ? SS_A : 0);
}

static uint64_t must_be_zero(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	uint64_t both = vtd_beyond_width(config) | SS_IW | vtd_reserved_ps(config, level);

	if (kind == PT_TABLE)
		return both | SS_SNP;
	if (kind == PT_LEAF)
		return both | config->leaf_reserved |
		       (level ? GENMASK64(x86_level_lg2(level) - 1, PAGE_LG2) : 0);
	return 0;
}

/* Bit 2 is ignored by 5.10, and was execute permission until rev. 3.x: it is left out. */
static uint64_t ignored(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	uint64_t both = SS_IGN_HIGH | SS_IR | BIT64(10) | (config->tracks ? 0 : SS_A | SS_D);

	if (kind == PT_TABLE)
		return both | BIT64(9) | GENMASK64(6, 3);
	if (kind == PT_LEAF)
		return both | SS_IPAT | SS_EMT | (level ? 0 : BIT64(7));
	return 0;
}

static struct pt_item decode(const struct pt_config *config, unsigned level, uint64_t word)
{
	bool is_leaf = x86_is_leaf(level, word);
	enum pt_kind kind = is_leaf ? PT_LEAF : PT_TABLE;

	if (!(word & bits.present))
		return (struct pt_item){ .kind = PT_EMPTY };
	if (word & must_be_zero(config, level, kind))
		return (struct pt_item){ .kind = PT_INVALID };
	return (struct pt_item){
		.kind = kind,
		.address = word & x86_address(is_leaf ? x86_level_lg2(level) : PAGE_LG2),
		.next_level = is_leaf ? 0 : level - 1,
		.size_lg2 = is_leaf ? x86_level_lg2(level) : 0,
		.prot = (word & SS_R ? PT_READ : 0) | (word & SS_W ? PT_WRITE : 0),
		.accessed = config->tracks && (word & SS_A),
		.dirty = config->tracks && is_leaf && (word & SS_D),
	};
}

static uint64_t clean(uint64_t word)
{
	return word & ~SS_D;
}

static uint64_t unaccess(uint64_t word)
{
	return word & ~SS_A;
}

static uint64_t protect(uint64_t word, unsigned prot)
{
	return (word & ~(SS_R | SS_W)) | permissions(prot);
}

static uint64_t used(const struct pt_config *config, unsigned level, uint64_t word, unsigned prot)
{
	struct pt_item item = decode(config, level, word);

	if (!config->tracks || (item.kind != PT_LEAF && item.kind != PT_TABLE))
		return word;
	return word | SS_A | (item.kind == PT_LEAF && (prot & item.prot & PT_WRITE) ? SS_D : 0);
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

	scan_run(bits, x86_kind, &zero, level, items, count, wanted, take, hits);
}

const struct pt_format pt_vtd_second = {
	.name = "vtd-second",
	.level_min = 3,
	.level_max = 5,
	.index_bits = X86_PT_INDEX_BITS,
	.leaf_sizes = X86_PT_LEAF_SIZES,
	.canonical = false,
	.write_only = true,
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
