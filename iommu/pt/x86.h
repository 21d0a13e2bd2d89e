/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What formats share that are page tables of x86-64 processors: 9-bit indices, PS (bit 7) telling a
 * leaf from a table above level 0, P, R/W, U/S, A and D where the processor has them. PTE, PDE, PDPE,
 * PML4E, PML5E are our levels 0, 1, 2, 3, 4. AMD64 volume 2, section 5.3; VT-d 9.7; 48882 2.2.6.
 *
 * The requests meant here have user privilege, as every request without PASID has: a read needs U/S
 * at every level, a write U/S and R/W. There is no write-only page. What must be zero and what is
 * ignored is each format's own.
 *
 * Private to iommu/pt.
 */
#ifndef IOMMU_PT_X86_H
#define IOMMU_PT_X86_H

#include "iommu/pt/scan.h"

#define X86_PT_INDEX_BITS	9u
#define X86_PT_LEAF_SIZES	(BIT64(12) | BIT64(21) | BIT64(30))

#define X86_PT_P	BIT64(0)
#define X86_PT_RW	BIT64(1)
#define X86_PT_US	BIT64(2)
#define X86_PT_A	BIT64(5)
#define X86_PT_D	BIT64(6)	/* leaf; ignored in tables */
#define X86_PT_PS	BIT64(7)	/* above level 0: the item maps a page */
#define X86_PT_G	BIT64(8)	/* leaf */
#define X86_PT_PAT_LARGE_LG2 12u	/* leaf above level 0: memory type; bits above it are reserved */

static const struct scan_bits x86_bits = {
	.present = X86_PT_P, .accessed = X86_PT_A, .dirty = X86_PT_D,
};

static inline unsigned x86_level_lg2(unsigned level)
{
	return PAGE_LG2 + level * X86_PT_INDEX_BITS;
}

static inline bool x86_is_leaf(unsigned level, uint64_t word)
{
	return level == 0 || (word & X86_PT_PS);
}

/* What a present word is. */
static inline enum pt_kind x86_kind(const struct scan_zero *zero, unsigned level, uint64_t word)
{
	bool is_leaf = x86_is_leaf(level, word);

	return word & (is_leaf ? zero->leaf : zero->table) ? PT_INVALID : is_leaf ? PT_LEAF : PT_TABLE;
}

/* The address bits of an item whose address is aligned to 2^align_lg2. */
static inline uint64_t x86_address(unsigned align_lg2)
{
	return GENMASK64(51, align_lg2);
}

/* Address bits of a leaf that are no address and no memory type. */
static inline uint64_t x86_leaf_gap(unsigned level)
{
	return level ? GENMASK64(x86_level_lg2(level) - 1, X86_PT_PAT_LARGE_LG2 + 1) : 0;
}

/* Of struct pt_format. */
uint64_t x86_leaf(const struct pt_config *config, unsigned size_lg2, pa_t oa, unsigned prot);
uint64_t x86_table(const struct pt_config *config, unsigned level, pa_t address, unsigned prot);
struct pt_item x86_decode(const struct pt_config *config, unsigned level, uint64_t word);
uint64_t x86_clean(uint64_t word);
uint64_t x86_unaccess(uint64_t word);
uint64_t x86_protect(uint64_t word, unsigned prot);
uint64_t x86_used(const struct pt_config *config, unsigned level, uint64_t word, unsigned prot);
void x86_leaf_run(const struct pt_config *config, unsigned size_lg2, uint64_t *items, size_t count, pa_t oa,
		  unsigned prot);

#endif
