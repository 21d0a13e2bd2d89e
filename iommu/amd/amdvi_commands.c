/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands as words (48882 3.11, 2.4.1 to 2.4.8). */
#include "iommu/amd/internal.h"

static uint64_t opcode(unsigned code)
{
	return FIELD_PREP(AMDVI_CMD0_OPCODE, (uint64_t)code);
}

/*
 * Table 14, as commands use it: with S the lowest zero from bit 12 up stands at half the size. Everything there
 * is has bit 63 clear and ones below it.
 */
static uint64_t span(uint64_t address, unsigned size_lg2)
{
	if (size_lg2 <= PAGE_LG2)
		return address & AMDVI_PAGES1_Address;
	if (size_lg2 >= AMDVI_WHOLE_LG2)
		return AMDVI_ADDRESS_ALL | AMDVI_PAGES1_S;
	address &= ~(BIT64(size_lg2) - 1);
	return address | ((BIT64(size_lg2 - 1) - 1) & AMDVI_PAGES1_Address) | AMDVI_PAGES1_S;
}

struct amdvi_command amdvi_completion_wait(uint64_t address, uint64_t value, uint64_t flags)
{
	return (struct amdvi_command){ {
		opcode(AMDVI_COMPLETION_WAIT) | (address & AMDVI_CW0_StoreAddress) |
			(flags & (AMDVI_CW0_f | AMDVI_CW0_i | AMDVI_CW0_s)),
		value,
	} };
}

struct amdvi_command amdvi_invalidate_devtab_entry(uint16_t device_id)
{
	return (struct amdvi_command){ { opcode(AMDVI_INVALIDATE_DEVTAB_ENTRY) | device_id } };
}

struct amdvi_command amdvi_invalidate_interrupt_table(uint16_t device_id)
{
	return (struct amdvi_command){ { opcode(AMDVI_INVALIDATE_INTERRUPT_TABLE) | device_id } };
}

struct amdvi_command amdvi_invalidate_iommu_all(void)
{
	return (struct amdvi_command){ { opcode(AMDVI_INVALIDATE_IOMMU_ALL) } };
}

struct amdvi_command amdvi_invalidate_pages(uint16_t domain_id, uint32_t pasid, uint64_t address,
					    unsigned size_lg2, uint64_t flags)
{
	bool gn = flags & AMDVI_PAGES1_GN;

	return (struct amdvi_command){ {
		opcode(AMDVI_INVALIDATE_IOMMU_PAGES) |
			FIELD_PREP(AMDVI_PAGES0_DomainID, (uint64_t)domain_id) |
			(gn ? pasid & AMDVI_PAGES0_PASID : 0),
		span(address, size_lg2) | (flags & (AMDVI_PAGES1_PDE | AMDVI_PAGES1_GN)),
	} };
}

struct amdvi_command amdvi_invalidate_iotlb(uint16_t device_id, uint16_t queue_id, uint8_t max_pending,
					    uint32_t pasid, uint64_t address, unsigned size_lg2)
{
	bool gn = pasid != IOMMU_NO_PASID;
	uint64_t p = gn ? pasid : 0;

	return (struct amdvi_command){ {
		opcode(AMDVI_INVALIDATE_IOTLB_PAGES) |
			FIELD_PREP(AMDVI_IOTLB0_PASID_19_16, p >> 16 & 0xf) |
			FIELD_PREP(AMDVI_IOTLB0_PASID_7_0, p & 0xff) |
			FIELD_PREP(AMDVI_IOTLB0_QueueID, (uint64_t)queue_id) |
			FIELD_PREP(AMDVI_IOTLB0_Maxpend, (uint64_t)max_pending) |
			FIELD_PREP(AMDVI_IOTLB0_PASID_15_8, p >> 8 & 0xff) | device_id,
		span(address, size_lg2) | (gn ? AMDVI_IOTLB1_GN : 0),
	} };
}

/* A GVA cannot be prefetched: GN stays 0, and PASID with it. */
struct amdvi_command amdvi_prefetch_pages(uint16_t device_id, uint64_t address, unsigned size_lg2,
					  uint8_t count, bool invalidate)
{
	return (struct amdvi_command){ {
		opcode(AMDVI_PREFETCH_IOMMU_PAGES) |
			FIELD_PREP(AMDVI_PREFETCH0_PFCount, (uint64_t)count) | device_id,
		span(address, size_lg2) | (invalidate ? AMDVI_PREFETCH1_Inval : 0),
	} };
}

struct amdvi_command amdvi_complete_ppr(uint16_t device_id, uint32_t pasid, uint16_t group, uint8_t response)
{
	bool gn = pasid != IOMMU_NO_PASID;

	return (struct amdvi_command){ {
		opcode(AMDVI_COMPLETE_PPR_REQUEST) |
			FIELD_PREP(AMDVI_PPRC0_PASID, (uint64_t)(gn ? pasid : 0)) | device_id,
		FIELD_PREP(AMDVI_PPRC1_ResponseCode, (uint64_t)response) |
			FIELD_PREP(AMDVI_PPRC1_GroupIndex, (uint64_t)group) |
			(gn ? AMDVI_PPRC1_GN : 0),
	} };
}
