/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "model/server/identity.h"

#include "model/server/board.h"

#define SIGNATURE	0x50564f49u	/* "IOVP" */
#define RANGES		0x40u		/* where the list of sources begins */

static uint32_t read32(const struct board *b, uint64_t offset)
{
	uint64_t index = (offset - RANGES) / 4;

	switch (offset) {
	case 0x00:
		return SIGNATURE;
	case 0x04:
		return IDENTITY_VERSION;
	case 0x08:
		return b->model->kind;
	case 0x0c:
		return b->address_bits;
	case 0x10:			/* the registers begin where BAR 0 does */
		return 0;
	case 0x14:
		return (uint32_t)b->unit->register_bytes;
	case 0x18:
		return b->function_count - 1;
	}
	/* Each exerciser is a range of its own. */
	if (offset >= RANGES && index + 1 < b->function_count)
		return b->functions[index + 1].pci.rid * 0x10001u;
	return 0;
}

uint64_t identity_read(const struct board *b, uint64_t offset, unsigned width)
{
	if (width < 4 || offset % 4 != 0)
		return 0;
	return read32(b, offset) | (width == 8 ? (uint64_t)read32(b, offset + 4) << 32 : 0);
}
