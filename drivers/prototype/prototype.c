/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The identity page of docs/prototype.md; section numbers are of that page. */
#include "drivers/prototype/prototype.h"

/* 1 The function */
#define PROTOTYPE_VENDOR	0x1234u
#define PROTOTYPE_DEVICE	0x10efu
#define PROTOTYPE_CLASS		0x0806u	/* base class and subclass */
#define PROTOTYPE_REGISTERS_BAR	0u
#define PROTOTYPE_IDENTITY_BAR	2u

/* 2 The identity page */
static const reg32_t PROTOTYPE_SIGNATURE = { 0x00 };
#define   PROTOTYPE_SIGNATURE_VALUE	0x50564f49u	/* "IOVP" */
static const reg32_t PROTOTYPE_VERSION = { 0x04 };
#define   PROTOTYPE_VERSION_MAJOR	GENMASK(31, 16)
static const reg32_t PROTOTYPE_KIND = { 0x08 };
static const reg32_t PROTOTYPE_ADDRESS_BITS = { 0x0c };
static const reg32_t PROTOTYPE_OFFSET = { 0x10 };
static const reg32_t PROTOTYPE_BYTES = { 0x14 };
static const reg32_t PROTOTYPE_RANGES = { 0x18 };
#define PROTOTYPE_RANGE(n)		((reg32_t){ 0x40 + 4 * (n) })
#define   PROTOTYPE_RANGE_LAST		GENMASK(31, 16)
#define   PROTOTYPE_RANGE_FIRST		GENMASK(15, 0)
#define PROTOTYPE_IDENTITY_BYTES	0x1000u

#define PAGE_MASK	(PAGE_SIZE - 1)

bool prototype_match(const struct pci_function *f)
{
	return f->class_code >> 8 == PROTOTYPE_CLASS && f->vendor == PROTOTYPE_VENDOR &&
	       f->device == PROTOTYPE_DEVICE && f->revision == 1 && !f->bridge;
}

static enum status read_ranges(struct prototype *p, const struct mmio *identity)
{
	uint32_t count = read32(identity, PROTOTYPE_RANGES);

	if (count > PROTOTYPE_RANGES_MAX)
		return STATUS_BAD_RANGE;
	for (p->range_count = 0; p->range_count < count; p->range_count++) {
		uint32_t word = read32(identity, PROTOTYPE_RANGE(p->range_count));
		struct prototype_range *r = &p->ranges[p->range_count];

		r->first = (uint16_t)FIELD_GET(PROTOTYPE_RANGE_FIRST, word);
		r->last = (uint16_t)FIELD_GET(PROTOTYPE_RANGE_LAST, word);
		if (r->first > r->last)
			return STATUS_BAD_RANGE;
	}
	return STATUS_OK;
}

/* The registers are whole pages within their BAR. */
static enum status find_registers(struct prototype *p, const struct mmio *identity)
{
	uint32_t offset = read32(identity, PROTOTYPE_OFFSET);
	uint32_t bytes = read32(identity, PROTOTYPE_BYTES);
	struct mmio bar;
	enum status status = pci_map_bar(p->function, PROTOTYPE_REGISTERS_BAR, &bar);

	if (status != STATUS_OK)
		return status;
	if (bytes == 0 || (offset | bytes) & PAGE_MASK || offset > bar.size ||
	    bytes > bar.size - offset)
		return STATUS_BAD_RANGE;
	p->registers = (struct mmio){ bar.base + offset, bytes };
	return STATUS_OK;
}

enum status prototype_open(struct prototype *p, struct pci_function *function)
{
	struct mmio identity;
	enum status status = pci_map_bar(function, PROTOTYPE_IDENTITY_BAR, &identity);

	*p = (struct prototype){ .function = function };
	if (status != STATUS_OK)
		return status;
	if (identity.size < PROTOTYPE_IDENTITY_BYTES ||
	    read32(&identity, PROTOTYPE_SIGNATURE) != PROTOTYPE_SIGNATURE_VALUE ||
	    FIELD_GET(PROTOTYPE_VERSION_MAJOR, read32(&identity, PROTOTYPE_VERSION)) != 1)
		return STATUS_UNSUPPORTED;
	p->kind = read32(&identity, PROTOTYPE_KIND);
	p->address_bits = read32(&identity, PROTOTYPE_ADDRESS_BITS);
	if (p->address_bits < PAGE_LG2 || p->address_bits > 64)
		return STATUS_BAD_RANGE;
	status = read_ranges(p, &identity);
	if (status == STATUS_OK)
		status = find_registers(p, &identity);
	if (status == STATUS_OK)
		pci_bus_master(function, true);
	return status;
}

bool prototype_serves(const struct prototype *p, const struct pci_function *f)
{
	if (f == p->function || f->segment->number != p->function->segment->number)
		return false;
	for (unsigned i = 0; i < p->range_count; i++) {
		if (f->rid >= p->ranges[i].first && f->rid <= p->ranges[i].last)
			return true;
	}
	return p->range_count == 0 && f->rid >> 3 == p->function->rid >> 3;
}
