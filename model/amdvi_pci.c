/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The unit's configuration space: the capability block of 48882 3.11, clause 3.2, and the MSI capability (PCI Express
 * Base 5.0, 7.7.1), which MMIO Offsets 0150h to 0164h show too (3.4.8).
 */
#include <string.h>

#include "model/amdvi_unit.h"

#define BLOCK		0x00u		/* from AMDVI_PCI on */
#define BASE_LOW	0x04u
#define BASE_HIGH	0x08u
#define MISCELLANEOUS	0x10u
#define MSI		0x24u
#define MSI_ADDRESS	0x28u
#define MSI_UPPER	0x2cu
#define MSI_DATA	0x30u

#define BASE_ENABLE	1u
#define MSI_ENABLE	(1u << 16)

static uint32_t get(const struct amdvi *amdvi, unsigned at)
{
	uint32_t word;

	memcpy(&word, amdvi->pci + at, sizeof word);
	return word;
}

static void put(struct amdvi *amdvi, unsigned at, uint32_t word)
{
	memcpy(amdvi->pci + at, &word, sizeof word);
}

void amdvi_pci_reset(struct amdvi *amdvi)
{
	uint32_t header = 0x0f | (AMDVI_PCI + MSI) << 8 | 3u << 16 | 1u << 19 | 1u << 27 | 1u << 28;
	uint32_t gva = amdvi_has(amdvi, EFR_GT) ? 2 + (uint32_t)EFR_GATS(amdvi->config.efr) : 2;

	if (amdvi->config.iotlb)
		header |= 1u << 24;
	if (defective(amdvi, NPCACHE_SET))
		header |= 1u << 26;
	if (defective(amdvi, CAPABILITY_TYPE_WRONG))
		header ^= 1u << 16;
	put(amdvi, BLOCK, header);
	put(amdvi, MISCELLANEOUS,
	    gva << 5 | amdvi->config.address_bits << 8 |
		    (amdvi_host_levels(amdvi) == 6 ? 64u : 48u) << 15);
	put(amdvi, MSI, 0x05 | 0x80u << 16);
}

/* The bits of a word that software can write; the base is locked by its Enable. */
static uint32_t writable(const struct amdvi *amdvi, unsigned at)
{
	bool locked = get(amdvi, BASE_LOW) & BASE_ENABLE && !defective(amdvi, BASE_NOT_LOCKED);

	switch (at) {
	case BASE_LOW:
		return locked ? 0 : 0xffffc001;
	case BASE_HIGH:
		return locked ? 0 : 0xffffffff;
	case MSI:
		return MSI_ENABLE;
	case MSI_ADDRESS:
		return 0xfffffffc;
	case MSI_UPPER:
		return 0xffffffff;
	case MSI_DATA:
		return 0x0000ffff;
	default:
		return 0;
	}
}

uint32_t amdvi_pci_read(const struct silicon *silicon, unsigned offset, unsigned width)
{
	const struct amdvi *amdvi = (const struct amdvi *)silicon;
	unsigned at = offset - AMDVI_PCI;
	uint32_t value = 0;

	if (at < AMDVI_PCI_BYTES && width <= AMDVI_PCI_BYTES - at)
		memcpy(&value, amdvi->pci + at, width);
	return value;
}

void amdvi_pci_write(struct silicon *silicon, unsigned offset, unsigned width, uint32_t value)
{
	struct amdvi *amdvi = to_amdvi(silicon);
	unsigned at = (offset - AMDVI_PCI) & ~3u, shift = 8 * (offset & 3);
	uint32_t mask;

	if (at >= AMDVI_PCI_BYTES)
		return;
	mask = (uint32_t)(amdvi_mask(8 * width - 1, 0) << shift) & writable(amdvi, at);
	/* Enable is set by writing 1, and nothing clears it. */
	if (at == BASE_LOW)
		value |= get(amdvi, at) & BASE_ENABLE;
	put(amdvi, at, (get(amdvi, at) & ~mask) | (value << shift & mask));
}

void amdvi_pci_place(struct silicon *silicon, uint64_t registers)
{
	amdvi_pci_write(silicon, AMDVI_PCI + BASE_HIGH, 4, (uint32_t)(registers >> 32));
	amdvi_pci_write(silicon, AMDVI_PCI + BASE_LOW, 4, (uint32_t)registers | BASE_ENABLE);
}

/* `offset` of configuration space; the words that MMIO shows. */
uint32_t amdvi_pci_word(const struct amdvi *amdvi, unsigned offset)
{
	return get(amdvi, offset - AMDVI_PCI);
}

/* 2.8: dropped where MSI is off; never remapped */
void amdvi_pci_message(struct amdvi *amdvi)
{
	const struct silicon_memory *memory = amdvi->silicon.memory;
	uint64_t address = get(amdvi, MSI_ADDRESS) | (uint64_t)get(amdvi, MSI_UPPER) << 32;
	uint32_t data = get(amdvi, MSI_DATA);

	if (get(amdvi, MSI) & MSI_ENABLE && memory->interrupt)
		memory->interrupt(memory->context, address,
				  defective(amdvi, INTERRUPT_DATA_ZERO) ? 0 : data);
}
