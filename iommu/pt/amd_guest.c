/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * AMD-Vi guest page tables ("v2"): 48882 rev. 3.11, sections 2.2.6.4 to 2.2.6.7, figures 26 to 39,
 * tables 29 to 31; flags of 2.2.7.4. They are a processor's (x86.h); what must be zero and what is
 * ignored stands here.
 *
 * Written for units that look at U/S (EFR.USSup); others let every present page be read. Addresses are
 * guest-physical, of up to 52 bits: none of their bits is reserved.
 */
#include "iommu/pt/x86.h"

#define V2_AVAILABLE	(GENMASK64(62, 52) | GENMASK64(11, 9))
#define V2_PCD_PWT	GENMASK64(4, 3)
#define V2_PAT		BIT64(7)	/* leaf of level 0 */
#define V2_PAT_LARGE	BIT64(X86_PT_PAT_LARGE_LG2)

enum {
	V2_PDE = 1,			/* PTE, PDE and PDPE map pages; PDPE and above have bit 8 zero */
	V2_PDPE = 2,
};

static uint64_t must_be_zero(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	uint64_t no_leaf = level > V2_PDPE ? X86_PT_PS : 0;

	if (kind == PT_TABLE)
		return no_leaf | (level >= V2_PDPE ? BIT64(8) : 0);
	if (kind == PT_LEAF)
		return no_leaf | config->leaf_reserved | x86_leaf_gap(level);
	return 0;
}

/*
 * NX (bit 63) is left out: with EFR.NXSup it forbids to fetch code. So is G of a 2 MiB page, which
 * figure 35 has and table 30 wants to be zero.
 */
static uint64_t ignored(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	uint64_t both = V2_AVAILABLE | V2_PCD_PWT;

	(void)config;
	if (kind == PT_TABLE)
		return both | BIT64(6) | (level == V2_PDE ? BIT64(8) : 0);
	if (kind == PT_LEAF)
		return both | (level ? V2_PAT_LARGE : V2_PAT) | (level == V2_PDE ? 0 : X86_PT_G);
	return 0;
}

static void scan(const struct pt_config *config, unsigned level, uint64_t *items, size_t count,
		 enum pt_wanted wanted, bool take, struct pt_hits *hits)
{
	struct scan_zero zero = {
		.leaf = must_be_zero(config, level, PT_LEAF),
		.table = must_be_zero(config, level, PT_TABLE),
	};

	scan_run(x86_bits, x86_kind, &zero, level, items, count, wanted, take, hits);
}

const struct pt_format pt_amd_guest = {
	.name = "amd-guest",
	.level_min = 4,
	.level_max = 5,
	.index_bits = X86_PT_INDEX_BITS,
	.leaf_sizes = X86_PT_LEAF_SIZES,
	.canonical = true,
	.write_only = false,
	.table_prot = true,
	.leaf = x86_leaf,
	.table = x86_table,
	.decode = x86_decode,
	.must_be_zero = must_be_zero,
	.ignored = ignored,
	.clean = x86_clean,
	.unaccess = x86_unaccess,
	.protect = x86_protect,
	.used = x86_used,
	.leaf_run = x86_leaf_run,
	.scan_run = scan,
};
