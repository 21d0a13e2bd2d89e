/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The register file: 48882 3.11, clause 3.4. An access is made of doublewords, the low one of a quadword first. A
 * register of an absent feature, and what is reserved, reads 0 and keeps nothing.
 */
#include "model/amdvi_unit.h"

#define POINTER		amdvi_mask(18, 4)

static uint32_t half(uint64_t word, uint32_t offset)
{
	return (uint32_t)(offset & 4 ? word >> 32 : word);
}

/* A quadword of which one half is replaced. */
static uint64_t with_half(uint64_t word, uint32_t offset, uint32_t value)
{
	return offset & 4 ? (word & 0xffffffff) | (uint64_t)value << 32
			  : (word & ~UINT64_C(0xffffffff)) | value;
}

/* Number of the device table segment whose base stands at `offset`; 8: none */
static unsigned segment_at(const struct amdvi *amdvi, uint32_t offset)
{
	unsigned segment = (offset - 0xf8) / 8;

	if (offset == 0)
		return 0;
	if (offset < 0x100 || offset > 0x130 || segment >= 1u << EFR_SEGMENTS(amdvi->config.efr))
		return 8;
	return segment;
}

/* What a defect makes software read; the unit does as its configuration says. */
uint64_t amdvi_efr_told(const struct silicon *silicon)
{
	const struct amdvi *amdvi = (const struct amdvi *)silicon;
	uint64_t efr = amdvi->config.efr;

	if (defective(amdvi, EFR_DIRTY_WITHOUT_ACCESSED))
		efr = (efr & ~EFR_HA) | EFR_HD;
	if (defective(amdvi, EFR_LEVELS_RESERVED))
		efr |= UINT64_C(3) << 10;
	if (defective(amdvi, EFR_PASIDS_RESERVED))
		efr |= UINT64_C(0x1f) << 32;
	if (defective(amdvi, EFR_RESERVED_SET))
		efr |= AMDVI_ONE(30);
	return efr;
}

uint64_t amdvi_efr2_told(const struct silicon *silicon)
{
	return ((const struct amdvi *)silicon)->config.efr2;
}

/* 3.4.8: Capability Offsets 10h and 14h, and the MSI capability */
static uint32_t capability_read(const struct amdvi *amdvi, uint32_t offset)
{
	if (!amdvi_has(amdvi, EFR_MSICAPMMIO))
		return 0;
	if (offset < 0x158)
		return amdvi_pci_word(amdvi, AMDVI_PCI + 0x10 + (offset - 0x150));
	return amdvi_pci_word(amdvi, AMDVI_PCI + 0x24 + (offset - 0x158));
}

static uint64_t hardware_read(const struct amdvi *amdvi, uint32_t offset)
{
	if (!amdvi_has(amdvi, EFR_HE))
		return 0;
	return offset < 0x50 ? amdvi->hardware[offset / 8 - 8] : amdvi->hardware_status;
}

static uint32_t told_status(const struct amdvi *amdvi)
{
	if (defective(amdvi, STATUS_RESERVED_SET))
		return amdvi->status | 1u << 13;
	return amdvi->status;
}

static uint64_t pointer_read(const struct amdvi *amdvi, uint32_t offset)
{
	switch (offset) {
	case 0x2000:
		return amdvi->commands.head;
	case 0x2008:
		return amdvi->commands.tail;
	case 0x2010:
		return amdvi->events.head;
	case 0x2018:
		return amdvi->events.tail;
	case 0x2020:
		return told_status(amdvi);
	case 0x2030:
		return amdvi->requests.head;
	case 0x2038:
		return amdvi->requests.tail;
	default:
		return 0;
	}
}

static uint64_t quadword_read(const struct amdvi *amdvi, uint32_t offset)
{
	unsigned segment = segment_at(amdvi, offset);

	if (segment < 8)
		return amdvi->table[segment];
	switch (offset) {
	case 0x08:
		return amdvi->commands.base;
	case 0x10:
		return amdvi->events.base;
	case 0x18:
		return amdvi->control;
	case 0x20:
		return amdvi->exclusion_base;
	case 0x28:
		return amdvi->exclusion_limit;
	case 0x30:
		return amdvi_efr_told(&amdvi->silicon);
	case 0x38:
		return amdvi->requests.base;
	case 0x40:
	case 0x48:
	case 0x50:
		return hardware_read(amdvi, offset);
	case 0x1a0:
		return amdvi_efr2_told(&amdvi->silicon);
	default:
		return pointer_read(amdvi, offset);
	}
}

uint32_t amdvi_read32(struct amdvi *amdvi, uint32_t offset)
{
	if (offset >= 0x150 && offset < 0x168)
		return capability_read(amdvi, offset);
	if (defective(amdvi, UPPER_HALF_READS_ZERO) && offset & 4)
		return 0;
	return half(quadword_read(amdvi, offset & ~4u), offset);
}

static void table_write(struct amdvi *amdvi, unsigned segment, uint64_t value)
{
	/* Table 13: of a segment fewer bits of Size are used; they are kept all the same. */
	amdvi->table[segment] = value & (amdvi_mask(51, 12) | amdvi_mask(8, 0));
}

static void hardware_write(struct amdvi *amdvi, uint32_t offset, uint32_t value)
{
	uint64_t *word = &amdvi->hardware[offset >= 0x48];

	if (!amdvi_has(amdvi, EFR_HE))
		return;
	if (offset == 0x50)
		amdvi->hardware_status &= ~(value & 3);
	else if (offset < 0x50)
		*word = with_half(*word, offset, value);
}

/* 2018h and 2038h: by the unit while it writes the log; what software writes then is undefined, here kept. */
static void pointer_write(struct amdvi *amdvi, uint32_t offset, uint32_t value)
{
	bool ppr = amdvi_has(amdvi, EFR_PPR);

	switch (offset) {
	case 0x2000:
		amdvi->commands.head = value & POINTER;
		break;
	case 0x2008:
		amdvi_commands_tail(amdvi, value & POINTER);
		break;
	case 0x2010:
		amdvi->events.head = value & POINTER;
		break;
	case 0x2018:
		amdvi->events.tail = value & POINTER;
		break;
	case 0x2020:
		amdvi_status_clear(amdvi, value);
		break;
	case 0x2030:
		amdvi->requests.head = ppr ? value & POINTER : 0;
		break;
	case 0x2038:
		amdvi->requests.tail = ppr ? value & POINTER : 0;
		break;
	default:
		break;
	}
}

static void quadword_write(struct amdvi *amdvi, uint32_t offset, uint64_t value)
{
	unsigned segment = segment_at(amdvi, offset);

	if (segment < 8) {
		table_write(amdvi, segment, value);
		return;
	}
	switch (offset) {
	case 0x08:
		amdvi_ring_base(&amdvi->commands, value);
		break;
	case 0x10:
		amdvi_ring_base(&amdvi->events, value);
		break;
	case 0x18:
		amdvi_control_write(amdvi, value);
		break;
	case 0x20:
		amdvi->exclusion_base = value & (amdvi_mask(51, 12) | 3);
		break;
	case 0x28:
		amdvi->exclusion_limit = value & amdvi_mask(51, 12);
		break;
	case 0x38:
		if (amdvi_has(amdvi, EFR_PPR))
			amdvi_ring_base(&amdvi->requests, value);
		break;
	default:
		break;
	}
}

void amdvi_write32(struct amdvi *amdvi, uint32_t offset, uint32_t value)
{
	amdvi_log_late(amdvi);
	if (offset >= 0x150 && offset < 0x168) {
		if (offset >= 0x158 && amdvi_has(amdvi, EFR_MSICAPMMIO))
			amdvi_pci_write(&amdvi->silicon, AMDVI_PCI + 0x24 + (offset - 0x158), 4,
					value);
	} else if (offset >= 0x40 && offset < 0x58) {
		hardware_write(amdvi, offset, value);
	} else if (offset >= 0x2000) {
		pointer_write(amdvi, offset, value);
	} else if (!(offset & 4) || !defective(amdvi, UPPER_HALF_WRITE_LOST)) {
		quadword_write(amdvi, offset & ~4u,
			       with_half(quadword_read(amdvi, offset & ~4u), offset, value));
	}
}
