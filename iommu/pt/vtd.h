/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the two VT-d paging formats share: 9-bit indices, PS (bit 7) telling a leaf from a table
 * above level 0, reserved bits 51:HAW, and the pass over a run of items. VT-d rev. 5.10, sections
 * 3.5, 9.7 and 9.8; PTE, PDE, PDPE, PML4E, PML5E are our levels 0, 1, 2, 3, 4.
 *
 * Private to iommu/pt. The pass is inlined into each format with constant masks, so that looking at
 * a clean item costs a load and a test.
 */
#ifndef IOMMU_PT_VTD_H
#define IOMMU_PT_VTD_H

#include "base/atomic.h"
#include "iommu/pt/pt.h"

#define VTD_PT_INDEX_BITS	9u
#define VTD_PT_LEAF_SIZES	(BIT64(12) | BIT64(21) | BIT64(30))
#define VTD_PT_PS		BIT64(7)	/* above level 0: the item maps a page */

/* Where a format keeps what a pass looks at. */
struct vtd_bits {
	uint64_t present;			/* present if any of these is set */
	uint64_t accessed, dirty;
};

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

/* Present words of `kind` that format->must_be_zero() forbids. */
struct vtd_zero {
	uint64_t leaf, table;
};

static inline __attribute__((always_inline))
void vtd_scan_item(const struct vtd_bits bits, const struct vtd_zero *zero, unsigned level,
		   uint64_t *item, size_t index, uint64_t flag, bool take, struct pt_hits *hits)
{
	uint64_t word = atomic_load64(item), bit = BIT64(index % 64);

	if (!(word & bits.present))
		return;
	if (word & (vtd_is_leaf(level, word) ? zero->leaf : zero->table)) {
		hits->invalid = true;
	} else if (!vtd_is_leaf(level, word)) {
		hits->tables[index / 64] |= bit;
	} else if ((word & flag) == flag) {
		hits->leaves[index / 64] |= bit;
		if (take) {
			atomic_and64(item, ~flag);
			hits->changed++;
		}
	}
}

/*
 * The pass. Hardware only ever sets A and D (3.6.2, 3.7.2), so what was seen set is still set when
 * the atomic operation clears it; a bit set between the two is taken back with it and was reported.
 */
static inline __attribute__((always_inline))
void vtd_scan_run(const struct vtd_bits bits, const struct vtd_zero *zero, unsigned level,
		  uint64_t *items, size_t count, enum pt_wanted wanted, bool take,
		  struct pt_hits *hits)
{
	uint64_t flag = wanted == PT_WANT_DIRTY ? bits.dirty :
		wanted == PT_WANT_ACCESSED ? bits.accessed : 0;
	size_t i = 0;

	take = take && flag;
	*hits = (struct pt_hits){ 0 };
	while (i < count) {
		/* A cache line without the flag holds nothing that is wanted. */
		if (level == 0 && flag && count - i >= 8) {
			uint64_t any = 0;

			for (size_t k = 0; k < 8; k++)
				any |= atomic_load64(&items[i + k]);
			if (!(any & flag)) {
				i += 8;
				continue;
			}
		}
		for (size_t end = MIN(i + 8, count); i < end; i++)
			vtd_scan_item(bits, zero, level, &items[i], i, flag, take, hits);
	}
}

#endif
