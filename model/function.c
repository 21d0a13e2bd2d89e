/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Configuration space, function by function: PCI Express Base 5.0, chapter 7. A bit of a register is either
 * fixed or can be written; the few writes that do something are in function_write().
 */
#include <string.h>

#include "model/function.h"

#define COMMAND		0x04u
#define   COMMAND_MEMORY	0x0002u
#define   COMMAND_MASTER	0x0004u
#define   COMMAND_BITS		0x0507u
#define STATUS_CAPABILITIES	0x0010u
#define BAR0		0x10u
#define CAPABILITIES	0x34u
#define MSI		0x50u		/* where this machine's functions have them */
#define EXPRESS		0x70u
#define EXPRESS_DEVCTL		0x08u
#define   DEVCTL_FLR		0x8000u
#define ACS		0x100u
#define ATS		0x100u
#define PRI		0x110u
#define PASID		0x120u

static uint32_t get(const struct function *f, unsigned offset, unsigned width)
{
	uint32_t value = 0;

	memcpy(&value, f->config + offset, width);
	return value;
}

static void put(struct function *f, unsigned offset, unsigned width, uint32_t value, uint32_t writable)
{
	memcpy(f->config + offset, &value, width);
	memcpy(f->writable + offset, &writable, width);
}

/* ---- What a function is ---- */

void function_init(struct function *f, uint16_t rid, uint32_t ids, uint32_t class_code, uint8_t revision)
{
	f->rid = rid;
	put(f, 0x00, 4, ids, 0);
	put(f, COMMAND, 2, 0, COMMAND_BITS);
	put(f, 0x08, 4, class_code << 8 | revision, 0);
	put(f, 0x3c, 1, 0, 0xff);
}

/* 7.5.1.1.9: the device has more than one. */
void function_multi(struct function *f)
{
	put(f, 0x0e, 1, get(f, 0x0e, 1) | 0x80, 0);
}

void function_bridge(struct function *f, uint8_t secondary, uint8_t subordinate)
{
	put(f, 0x0e, 1, 1, 0);
	put(f, 0x18, 1, f->rid >> 8, 0xff);
	put(f, 0x19, 1, secondary, 0xff);
	put(f, 0x1a, 1, subordinate, 0xff);
	put(f, 0x3e, 2, 0, 0x0fff);
}

static void capability(struct function *f, unsigned at, unsigned id)
{
	put(f, at, 1, id, 0);
	put(f, at + 1, 1, get(f, CAPABILITIES, 1), 0);
	put(f, CAPABILITIES, 1, at, 0);
	put(f, 0x06, 2, STATUS_CAPABILITIES, 0);
}

/* 7.5.3: version 2, 256 bytes of payload at most; FLR is for those that are no bridge. */
void function_express(struct function *f, unsigned port)
{
	bool is_bridge = get(f, 0x0e, 1) & 1;

	f->express = EXPRESS;
	capability(f, EXPRESS, 0x10);
	put(f, EXPRESS + 0x02, 2, 2 | port << 4, 0);
	put(f, EXPRESS + 0x04, 4, 0x00008001u | (is_bridge ? 0 : 1u << 28), 0);
	put(f, EXPRESS + EXPRESS_DEVCTL, 2, 0x2810, is_bridge ? 0x7fff : 0xffff);
}

void function_list(struct function *f, uint8_t first)
{
	put(f, CAPABILITIES, 1, first, 0);
	put(f, 0x06, 2, STATUS_CAPABILITIES, 0);
}

static void extended(struct function *f, unsigned at, unsigned id, unsigned next)
{
	put(f, at, 4, id | 1u << 16 | next << 20, 0);
}

/* 7.7.8: source validation, redirection and forwarding, all on. */
void function_acs(struct function *f)
{
	extended(f, ACS, 0x000d, 0);
	put(f, ACS + 4, 2, 0x001f, 0);
	put(f, ACS + 6, 2, 0x001f, 0x001f);
}

void function_exerciser(struct function *f, struct exerciser *exerciser, uint64_t bar, bool with_pasid)
{
	f->exerciser = exerciser;
	put(f, BAR0, 4, (uint32_t)bar | 4, ~(EXERCISER_BAR_BYTES - 1));
	put(f, BAR0 + 4, 4, (uint32_t)(bar >> 32), UINT32_MAX);
	f->msi = MSI;
	capability(f, MSI, 0x05);
	put(f, MSI + 2, 2, 0x0080, 0x0001);
	put(f, MSI + 4, 4, 0, 0xfffffffcu);
	put(f, MSI + 8, 4, 0, UINT32_MAX);
	put(f, MSI + 12, 2, 0, 0xffff);
	if (!with_pasid)
		return;
	extended(f, ATS, 0x000f, PRI);
	put(f, ATS + 6, 2, 0, 0x801f);
	extended(f, PRI, 0x0013, PASID);
	put(f, PRI + 4, 2, 0, 0x0001);
	put(f, PRI + 6, 2, 0x0100, 0);
	put(f, PRI + 8, 4, 32, 0);
	put(f, PRI + 12, 4, 0, 0x3f);
	extended(f, PASID, 0x001b, 0);
	put(f, PASID + 4, 2, 20u << 8 | 0x6, 0);
	put(f, PASID + 6, 2, 0, 0x0007);
}

/* ---- Accesses ---- */

uint64_t function_read(const struct function *f, unsigned offset, unsigned width)
{
	return get(f, offset, width);
}

/* 6.6.2: what firmware gave the function is lost, but for what the driver puts back. */
static void reset(struct function *f)
{
	put(f, COMMAND, 2, 0, COMMAND_BITS);
	put(f, BAR0, 4, 4, ~(EXERCISER_BAR_BYTES - 1));
	put(f, BAR0 + 4, 4, 0, UINT32_MAX);
	exerciser_reset(f->exerciser);
}

void function_write(struct function *f, unsigned offset, unsigned width, uint64_t value)
{
	unsigned control = f->express + EXPRESS_DEVCTL + 1;
	uint32_t old = get(f, offset, width), mask = 0;
	bool flr;

	memcpy(&mask, f->writable + offset, width);
	put(f, offset, width, (old & ~mask) | ((uint32_t)value & mask), mask);
	flr = f->express != 0 && get(f, control, 1) & DEVCTL_FLR >> 8;
	if (!flr)
		return;
	f->config[control] &= 0x7f;	/* reads as 0 */
	if (f->exerciser != NULL)
		reset(f);
}

bool function_is_master(const struct function *f)
{
	return get(f, COMMAND, 2) & COMMAND_MASTER;
}

bool function_decodes(const struct function *f, uint64_t address, unsigned width, uint64_t *offset)
{
	uint64_t base = (get(f, BAR0, 4) & 0xfffffff0u) | (uint64_t)get(f, BAR0 + 4, 4) << 32;

	*offset = address - base;
	return f->exerciser != NULL && get(f, COMMAND, 2) & COMMAND_MEMORY &&
	       *offset < EXERCISER_BAR_BYTES && EXERCISER_BAR_BYTES - *offset >= width;
}

bool function_message(const struct function *f, uint64_t *address, uint32_t *data)
{
	if (f->msi == 0 || !(get(f, f->msi + 2, 2) & 1))
		return false;
	*address = get(f, f->msi + 4, 4) | (uint64_t)get(f, f->msi + 8, 4) << 32;
	*data = get(f, f->msi + 12, 2);
	return true;
}
