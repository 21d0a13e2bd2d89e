/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the two VT-d paging formats share beyond the geometry of a processor's tables: address bits at
 * and above the unit's width are reserved, and so is PS where the unit takes no leaf. VT-d rev. 5.10,
 * sections 3.5, 9.7 and 9.8.
 *
 * Private to iommu/pt.
 */
#ifndef IOMMU_PT_VTD_H
#define IOMMU_PT_VTD_H

#include "iommu/pt/x86.h"

/* Bits 51:HAW; none where HAW is 52. */
static inline uint64_t vtd_beyond_width(const struct pt_config *config)
{
	return config->oa_bits > 51 ? 0 : GENMASK64(51, config->oa_bits);
}

/*
 * PS where it is reserved: no leaf at this level, and it is not level 0, where bit 7 is something
 * else.
 */
static inline uint64_t vtd_reserved_ps(const struct pt_config *config, unsigned level)
{
	return level && !(config->leaf_sizes & BIT64(x86_level_lg2(level))) ? X86_PT_PS : 0;
}

#endif
