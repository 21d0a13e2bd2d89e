/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d first-stage paging entries: rev. 5.10, section 9.7 (tables 34 to 40), reserved bits of 3.6,
 * access rights of 3.6.1, flags of 3.6.2. They are a processor's (x86.h); what must be zero and what
 * is ignored stands here.
 *
 * Written for PASID entries with EAFE = 0.
 */
#include "iommu/pt/vtd.h"

#define FS_EA		BIT64(10)	/* ignored while EAFE = 0 */
#define FS_IGN_HIGH	GENMASK64(63, 52)	/* bit 63 too: there is no execute-disable here */

static uint64_t must_be_zero(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	uint64_t both = vtd_beyond_width(config) | vtd_reserved_ps(config, level);

	if (kind == PT_TABLE)
		return both;
	if (kind == PT_LEAF)
		return both | config->leaf_reserved | x86_leaf_gap(level);
	return 0;
}

/*
 * PWT, PCD and PAT of a leaf choose a memory type for some devices: they are not listed. Hardware
 * works as if G were clear.
 */
static uint64_t ignored(const struct pt_config *config, unsigned level, enum pt_kind kind)
{
	uint64_t both = FS_IGN_HIGH | BIT64(11) | FS_EA | BIT64(9);

	(void)config;
	(void)level;
	if (kind == PT_TABLE)
		return both | BIT64(8) | BIT64(6) | GENMASK64(4, 3);
	if (kind == PT_LEAF)
		return both | X86_PT_G;
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

const struct pt_format pt_vtd_first = {
	.name = "vtd-first",
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
