/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * AMD-Vi host page tables ("v1"): 48882 rev. 3.11, section 2.2.3, tables 14 to 18, figures 8 to 10;
 * flags of 2.2.3.1 and 2.2.3.2. Levels 1 to 6 are our levels 0 to 5.
 *
 * An item names the level that follows. 0: it maps a page of the level's default size. 7: it maps a
 * larger one, whose size the address tells by its lowest bits: ones from bit 12 up, and a zero in the
 * place of half the size; it is repeated in each item that it covers, and hardware may mark any of them.
 * 1 to 6: a table of that level. The skipped levels' IOVA bits must be zero, and count as permitted.
 *
 * That a leaf's level 6 has no default size is read as: it has no leaves. Address bits beyond the
 * machine's are not reserved.
 */
#include "iommu/pt/scan.h"

#define V1_INDEX_BITS	9u
#define V1_LEVEL_MAX	6u

#define V1_PR		BIT64(0)	/* 0: nothing else in the word is looked at */
#define V1_A		BIT64(5)
#define V1_D		BIT64(6)	/* leaf; ignored in tables */
#define V1_NEXT		GENMASK64(11, 9)
#define   V1_NEXT_DEFAULT	0u
#define   V1_NEXT_SIZED		7u
#define V1_ADDRESS	GENMASK64(51, 12)
#define V1_RESERVED	GENMASK64(56, 52)
/* Bits 58:57 of a leaf are the state of a page's migration, or reserved without EFR2.TMPMSup. */
#define V1_U		BIT64(59)	/* leaf: passed on in answers to translation requests */
#define V1_FC		BIT64(60)	/* leaf: requests become coherent */
#define V1_RESERVED_TABLE	GENMASK64(60, 52)
#define V1_IR		BIT64(61)
#define V1_IW		BIT64(62)
#define V1_IGN		(BIT64(63) | GENMASK64(4, 1))

static const struct scan_bits bits = {
	.present = V1_PR, .accessed = V1_A, .dirty = V1_D, .wide = V1_NEXT,
};

static unsigned level_lg2(unsigned level)
{
	return PAGE_LG2 + level * V1_INDEX_BITS;
}

/* The size that the address of a sized leaf tells; 53 if it has no zero. */
static unsigned told_lg2(uint64_t word)
{
	return PAGE_LG2 + 1 + (unsigned)__builtin_ctzll(~((word & V1_ADDRESS) >> PAGE_LG2));
}

static uint64_t permissions(unsigned prot)
{
	return (prot & PT_READ ? V1_IR : 0) | (prot & PT_WRITE ? V1_IW : 0);
}

static bool is_default(unsigned size_lg2)
{
	return (size_lg2 - PAGE_LG2) % V1_INDEX_BITS == 0;
}

static uint64_t leaf(const struct pt_config *config, unsigned size_lg2, pa_t oa, unsigned prot)
{
	uint64_t next = is_default(size_lg2) ? V1_NEXT_DEFAULT : V1_NEXT_SIZED;
	uint64_t size = is_default(size_lg2) ? 0 : (BIT64(size_lg2 - 1) - 1) & V1_ADDRESS;

	return (oa.v & V1_ADDRESS) | size | FIELD_PREP(V1_NEXT, next) | V1_PR | permissions(prot) |
	       (config->preset ? V1_A | V1_D : 0);
}

/* The level below ours has the number of ours. */
static uint64_t table(const struct pt_config *config, unsigned level, pa_t address, unsigned prot)
{
	return (address.v & V1_ADDRESS) | FIELD_PREP(V1_NEXT, (uint64_t)level) | V1_PR |
	       permissions(prot) | (config->preset ? V1_A : 0);
}

static uint64_t must_be_zero(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	(void)level;
	if (kind == PT_TABLE)
		return V1_RESERVED_TABLE;
	if (kind == PT_LEAF)
		return V1_RESERVED | config->leaf_reserved;
	return 0;
}

/* U and FC of a leaf change what a request or an answer carries: they are not listed. */
static uint64_t ignored(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	(void)level;
	if (kind == PT_TABLE)
		return V1_IGN | GENMASK64(8, 6) | (config->tracks ? 0 : V1_A);
	if (kind == PT_LEAF)
		return V1_IGN | GENMASK64(8, 7) | (config->tracks ? 0 : V1_A | V1_D);
	return 0;
}

static bool is_leaf(uint64_t word)
{
	uint64_t next = FIELD_GET(V1_NEXT, word);

	return next == V1_NEXT_DEFAULT || next == V1_NEXT_SIZED;
}

/* 0: its address or its size does not go with the level. */
static unsigned leaf_lg2(unsigned level, uint64_t word)
{
	unsigned least = level_lg2(level), size = told_lg2(word);

	if (level == V1_LEVEL_MAX - 1)
		return 0;
	if (FIELD_GET(V1_NEXT, word) == V1_NEXT_DEFAULT)
		return word & V1_ADDRESS & (BIT64(least) - 1) ? 0 : least;
	return size > least && size < least + V1_INDEX_BITS && size <= 52 ? size : 0;
}

/* What a present word is. */
static inline enum pt_kind kind_of(const struct scan_zero *zero, unsigned level, uint64_t word)
{
	if (is_leaf(word))
		return word & zero->leaf || !leaf_lg2(level, word) ? PT_INVALID : PT_LEAF;
	return word & zero->table || FIELD_GET(V1_NEXT, word) > level ? PT_INVALID : PT_TABLE;
}

static struct pt_item decode(const struct pt_config *config, unsigned level, uint64_t word)
{
	struct scan_zero zero = {
		.leaf = must_be_zero(config, level, PT_LEAF),
		.table = must_be_zero(config, level, PT_TABLE),
	};
	struct pt_item item = { .kind = PT_EMPTY };

	if (!(word & V1_PR))
		return item;
	item.kind = kind_of(&zero, level, word);
	if (item.kind == PT_INVALID)
		return item;
	if (item.kind == PT_LEAF) {
		item.size_lg2 = leaf_lg2(level, word);
		item.address = word & V1_ADDRESS & ~(BIT64(item.size_lg2) - 1);
		item.dirty = config->tracks && (word & V1_D);
	} else {
		item.next_level = (unsigned)FIELD_GET(V1_NEXT, word) - 1;
		item.address = word & V1_ADDRESS;
	}
	item.prot = (word & V1_IR ? PT_READ : 0) | (word & V1_IW ? PT_WRITE : 0);
	item.accessed = config->tracks && (word & V1_A);
	return item;
}

static uint64_t clean(uint64_t word)
{
	return word & ~V1_D;
}

static uint64_t unaccess(uint64_t word)
{
	return word & ~V1_A;
}

static uint64_t protect(uint64_t word, unsigned prot)
{
	return (word & ~(V1_IR | V1_IW)) | permissions(prot);
}

/* Of a wide leaf's items, the one that hardware happens to use. */
static uint64_t used(const struct pt_config *config, unsigned level, uint64_t word, unsigned prot)
{
	struct pt_item item = decode(config, level, word);

	if (!config->tracks || (item.kind != PT_LEAF && item.kind != PT_TABLE))
		return word;
	return word | V1_A | (item.kind == PT_LEAF && (prot & item.prot & PT_WRITE) ? V1_D : 0);
}

static void leaf_run(const struct pt_config *config, unsigned size_lg2, uint64_t *items, size_t count,
		     pa_t oa, unsigned prot)
{
	uint64_t word = leaf(config, size_lg2, oa, prot);
	size_t copies = (size_t)1 << (size_lg2 - PAGE_LG2) % V1_INDEX_BITS;

	for (size_t i = 0; i < count; word += BIT64(size_lg2)) {
		for (size_t end = i + copies; i < end; i++)
			atomic_store64(&items[i], word);
	}
}

static void scan(const struct pt_config *config, unsigned level, uint64_t *items, size_t count,
		 enum pt_wanted wanted, bool take, struct pt_hits *hits)
{
	struct scan_zero zero = {
		.leaf = must_be_zero(config, level, PT_LEAF),
		.table = must_be_zero(config, level, PT_TABLE),
	};

	scan_run(bits, kind_of, &zero, level, items, count, wanted, take, hits);
}

const struct pt_format pt_amd_host = {
	.name = "amd-host",
	.level_min = 1,
	.level_max = V1_LEVEL_MAX,
	.index_bits = V1_INDEX_BITS,
	.leaf_sizes = GENMASK64(52, 12),
	/* 512 GiB fails on silicon (Linux leaves it out); table 14 lends 2^52's code another meaning. */
	.doubtful_sizes = BIT64(39) | BIT64(52),
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
