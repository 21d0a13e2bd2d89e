/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The register file: VT-d 5.10, chapter 11. Every access is made of doublewords, the low one of a
 * quadword first (11.2). A register of an absent feature, and what is reserved, reads 0 and keeps nothing.
 */
#include "model/vtd_unit.h"

#define REGION_LOW	21	/* protected memory comes in pieces of 2 MiB: N is 20 */

static uint32_t half(uint64_t word, uint32_t offset)
{
	return (uint32_t)(offset & 4 ? word >> 32 : word);
}

/* Replace a doubleword of a register, of which `writable` bits exist. */
static void set_half(uint64_t *word, uint32_t offset, uint32_t value, uint64_t writable)
{
	unsigned shift = offset & 4 ? 32 : 0;
	uint64_t mask = (UINT64_C(0xffffffff) << shift) & writable;

	*word = (*word & ~mask) | ((uint64_t)value << shift & mask);
}

static uint32_t fault_record_offset(const struct vtd *vtd)
{
	return (uint32_t)CAP_FRO(vtd->config.cap) * 16;
}

static bool in_fault_records(const struct vtd *vtd, uint32_t offset)
{
	uint32_t first = fault_record_offset(vtd);

	return offset >= first && offset < first + 16 * ((uint32_t)CAP_NFR(vtd->config.cap) + 1);
}

static bool in_iotlb(const struct vtd *vtd, uint32_t offset)
{
	uint32_t first = (uint32_t)ECAP_IRO(vtd->config.ecap) * 16;

	return offset >= first && offset < first + 16;
}

static uint64_t head_read(const struct vtd *vtd)
{
	bool wide = vtd->iqa & VTD_ONE(11);

	if (vtd->status & GCMD_QIE)
		return wide && defective(vtd, QUEUE_HEAD_IN_16_BYTES) ? vtd->iqh / 2 : vtd->iqh;
	return defective(vtd, QUEUE_HEAD_WHILE_OFF) ? 0x20 : 0;
}

static uint32_t queue_read(const struct vtd *vtd, uint32_t offset)
{
	switch (offset & ~4u) {
	case 0x80:
		return half(head_read(vtd), offset);
	case 0x88:
		return half(vtd->iqt, offset);
	case 0x90:
		return half(vtd->iqa, offset);
	case 0x98:
		return offset == 0x9c ? vtd->ics : 0;
	case 0xb0:
		return half(vtd->iqercd, offset);
	default:
		return vtd_event_read(&vtd->wait_event, offset - 0xa0);
	}
}

static uint32_t page_request_read(const struct vtd *vtd, uint32_t offset)
{
	switch (offset & ~4u) {
	case 0xc0:
		return half(vtd->pqh, offset);
	case 0xc8:
		return half(vtd->pqt, offset);
	case 0xd0:
		return half(vtd->pqa, offset);
	case 0xd8:
		return offset == 0xdc ? vtd->prs : 0;
	default:
		return vtd_event_read(&vtd->page_event, offset - 0xe0);
	}
}

static uint32_t protected_read(const struct vtd *vtd, uint32_t offset)
{
	switch (offset) {
	case 0x64:
		return vtd->pmen | defective(vtd, PROTECTED_STATUS_STUCK);
	case 0x68:
		return vtd->plm_base;
	case 0x6c:
		return vtd->plm_limit;
	case 0x70:
	case 0x74:
		return half(vtd->phm_base, offset);
	default:
		return half(vtd->phm_limit, offset);
	}
}

static uint32_t status_read(const struct vtd *vtd)
{
	if (defective(vtd, STATUS_TES_NEVER))
		return vtd->status & ~GCMD_TE;
	if (defective(vtd, STATUS_RTPS_NEVER))
		return vtd->status & ~GCMD_SRTP;
	if (defective(vtd, STATUS_RESERVED_SET))
		return vtd->status | 1u << 22;
	return vtd->status;
}

static uint32_t fixed_read(const struct vtd *vtd, uint32_t offset)
{
	switch (offset) {
	case 0x00:
		return vtd->config.version;
	case 0x08:
	case 0x0c:
		return half(vtd_cap_told(vtd), offset);
	case 0x10:
	case 0x14:
		return half(vtd_ecap_told(vtd), offset);
	case 0x1c:
		return status_read(vtd);
	case 0x20:
	case 0x24:
		return half(vtd->rtaddr, offset);
	case 0x28:
	case 0x2c:
		return half(vtd->ccmd, offset);
	case 0x34:
		return vtd_fault_status(vtd);
	case 0x38:
	case 0x3c:
	case 0x40:
	case 0x44:
		return vtd_event_read(&vtd->fault_event, offset - 0x38);
	default:
		return 0;
	}
}

uint32_t vtd_read32(struct vtd *vtd, uint32_t offset)
{
	if (defective(vtd, REGISTERS_READ_ONES) && ++vtd->accesses > 5000)
		return ~0u;
	if (in_fault_records(vtd, offset))
		return vtd_record_read(vtd, offset - fault_record_offset(vtd));
	if (in_iotlb(vtd, offset))
		return offset & 8 ? half(vtd->iotlb, offset) : 0;
	if (offset < 0x48)
		return fixed_read(vtd, offset);
	if (offset >= 0x64 && offset < 0x80)
		return protected_read(vtd, offset);
	if (offset >= 0x80 && offset < 0xb8)
		return vtd_has(vtd, ECAP_QI) ? queue_read(vtd, offset) : 0;
	if (offset >= 0xb8 && offset < 0xc0)
		return vtd_has(vtd, ECAP_IR) ? half(vtd->irta, offset) : 0;
	if (offset >= 0xc0 && offset < 0xf0)
		return vtd_has(vtd, ECAP_PRS) ? page_request_read(vtd, offset) : 0;
	if (offset == 0x410 || offset == 0x414)
		return vtd_cap(vtd, CAP_ECMDS) ? half(vtd->ecrsp, offset) : 0;
	return 0;
}

static void queue_write(struct vtd *vtd, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x88:
		vtd_queue_tail(vtd, value);
		break;
	case 0x90:
	case 0x94:
		set_half(&vtd->iqa, offset, value,
			 vtd_mask(vtd->config.haw - 1, 11) | vtd_mask(2, 0));
		break;
	case 0x9c:
		if (value & 1)
			vtd->ics = 0;
		if (value & 1)
			vtd_event_serviced(vtd, &vtd->wait_event);
		break;
	case 0xa0:
	case 0xa4:
	case 0xa8:
	case 0xac:
		vtd_event_write(vtd, &vtd->wait_event, offset - 0xa0, value);
		break;
	default:
		break;
	}
}

static void page_request_write(struct vtd *vtd, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0xc0:
		vtd->pqh = value & vtd_mask(18, 5);
		break;
	case 0xc8:
		vtd->pqt = value & vtd_mask(18, 5);
		break;
	case 0xd0:
	case 0xd4:
		set_half(&vtd->pqa, offset, value,
			 vtd_mask(vtd->config.haw - 1, 12) | vtd_mask(2, 0));
		break;
	case 0xdc:
		vtd->prs &= ~(value & (defective(vtd, PAGE_OVERFLOW_STICKS) ? 1 : 3));
		if (!vtd->prs)
			vtd_event_serviced(vtd, &vtd->page_event);
		break;
	case 0xe0:
	case 0xe4:
	case 0xe8:
	case 0xec:
		vtd_event_write(vtd, &vtd->page_event, offset - 0xe0, value);
		break;
	default:
		break;
	}
}

/* 11.4.8: what the unit does not have is read only. PRS follows EPM at once. */
static void protected_write(struct vtd *vtd, uint32_t offset, uint32_t value)
{
	bool low = vtd_cap(vtd, CAP_PLMR), high = vtd_cap(vtd, CAP_PHMR);
	uint32_t low_bits = low ? (uint32_t)vtd_mask(31, REGION_LOW) : 0;
	uint64_t high_bits = high ? vtd_mask(vtd->config.haw - 1, REGION_LOW) : 0;

	switch (offset) {
	case 0x64:
		if (low || high || defective(vtd, PROTECTED_ENABLE_ALWAYS))
			vtd->pmen = value >> 31 ? 0x80000001 : 0;
		if (defective(vtd, PROTECTED_STATUS_NEVER))
			vtd->pmen &= ~1u;
		break;
	case 0x68:
		vtd->plm_base = value & low_bits;
		break;
	case 0x6c:
		vtd->plm_limit = value & low_bits;
		break;
	case 0x70:
	case 0x74:
		set_half(&vtd->phm_base, offset, value, high_bits);
		break;
	default:
		set_half(&vtd->phm_limit, offset, value, high_bits);
		break;
	}
}

static void fixed_write(struct vtd *vtd, uint32_t offset, uint32_t value)
{
	uint64_t ssirwe = vtd_has(vtd, ECAP_SSIRWS) ? VTD_ONE(7) : 0;

	switch (offset) {
	case 0x18:
	case 0x28:
	case 0x2c:
		vtd_commands_write(vtd, offset, value);
		break;
	case 0x20:
	case 0x24:
		set_half(&vtd->rtaddr, offset, value, vtd_mask(vtd->config.haw - 1, 10) | ssirwe);
		if (defective(vtd, ROOT_TAKEN_WITHOUT_COMMAND))
			vtd->root = vtd->rtaddr;
		break;
	case 0x34:
		vtd_fault_status_write(vtd, value);
		break;
	case 0x38:
	case 0x3c:
	case 0x40:
	case 0x44:
		vtd_event_write(vtd, &vtd->fault_event, offset - 0x38, value);
		break;
	default:
		break;
	}
}

/* 11.4.14.3: no command exists here, which is status 1, told before the write returns. */
static void enhanced_command(struct vtd *vtd)
{
	vtd->ecrsp = defective(vtd, UNDEFINED_COMMAND_DONE) ? 0 : 1 << 1;
}

/* 11.4.10: taken by SIRTP; EIME is reserved without EIM. */
static void interrupt_table_write(struct vtd *vtd, uint32_t offset, uint32_t value)
{
	uint64_t extended = vtd_has(vtd, ECAP_EIM) ? VTD_ONE(11) : 0;

	set_half(&vtd->irta, offset, value,
		 vtd_mask(vtd->config.haw - 1, 12) | extended | vtd_mask(3, 0));
	if (defective(vtd, INTERRUPT_TABLE_WITHOUT_COMMAND))
		vtd->irt = vtd->irta;
}

void vtd_write32(struct vtd *vtd, uint32_t offset, uint32_t value)
{
	vtd_fault_late(vtd);
	if (in_fault_records(vtd, offset))
		vtd_record_write(vtd, offset - fault_record_offset(vtd), value);
	else if (in_iotlb(vtd, offset))
		vtd_commands_write(vtd, offset, value);
	else if (offset < 0x48)
		fixed_write(vtd, offset, value);
	else if (offset >= 0x64 && offset < 0x80)
		protected_write(vtd, offset, value);
	else if (offset >= 0x80 && offset < 0xb8 && vtd_has(vtd, ECAP_QI))
		queue_write(vtd, offset, value);
	else if (offset >= 0xb8 && offset < 0xc0 && vtd_has(vtd, ECAP_IR))
		interrupt_table_write(vtd, offset, value);
	else if (offset >= 0xc0 && offset < 0xf0 && vtd_has(vtd, ECAP_PRS))
		page_request_write(vtd, offset, value);
	else if (offset == 0x400 && vtd_cap(vtd, CAP_ECMDS))
		enhanced_command(vtd);
}
