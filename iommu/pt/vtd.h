/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the two VT-d paging formats share: 9-bit indices, PS (bit 7) telling a leaf from a table
 * above level 0, and reserved bits 51:HAW. VT-d rev. 5.10, sections 3.5, 9.7 and 9.8; PTE, PDE, PDPE,
 * PML4E, PML5E are our levels 0, 1, 2, 3, 4.
 *
 * Private to iommu/pt.
 */
#ifndef IOMMU_PT_VTD_H
#define IOMMU_PT_VTD_H

#include "base/atomic.h"
#include "iommu/pt/scan.h"

#define VTD_PT_INDEX_BITS	9u
#define VTD_PT_LEAF_SIZES	(BIT64(12) | BIT64(21) | BIT64(30))
#define VTD_PT_PS		BIT64(7)	/* above level 0: the item maps a page */

static inline unsigned vtd_level_lg2(unsigned level)
{
	return PAGE_LG2 + level * VTD_PT_INDEX_BITS;
}

/* Does the unit take a leaf at this level? */
static inline bool vtd_takes_leaf(const struct pt_config *config, unsigned level)
{
	return config->leaf_sizes & BIT64(vtd_level_lg2(level));
}

static inline bool vtd_is_leaf(unsigned level, uint64_t word)
{
	return level == 0 || (word & VTD_PT_PS);
}

/* What a present word is. */
static inline enum pt_kind vtd_kind(const struct scan_zero *zero, unsigned level, uint64_t word)
{
	bool is_leaf = vtd_is_leaf(level, word);

	return word & (is_leaf ? zero->leaf : zero->table) ? PT_INVALID : is_leaf ? PT_LEAF : PT_TABLE;
}

/* Bits 51:HAW; none where HAW is 52. */
static inline uint64_t vtd_beyond_width(const struct pt_config *config)
{
	return config->oa_bits > 51 ? 0 : GENMASK64(51, config->oa_bits);
}

/* The address bits of an item whose address is aligned to 2^align_lg2. */
static inline uint64_t vtd_address(const struct pt_config *config, unsigned align_lg2)
{
	return GENMASK64(config->oa_bits - 1, align_lg2);
}

/*
 * PS where it is reserved: no leaf at this level, and it is not level 0, where bit 7 is something
 * else.
 */
static inline uint64_t vtd_reserved_ps(const struct pt_config *config, unsigned level)
{
	return level && !vtd_takes_leaf(config, level) ? VTD_PT_PS : 0;
}

#endif
