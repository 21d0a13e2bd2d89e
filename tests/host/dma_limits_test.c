/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What an engine may be told to do: its limits, without a transfer. */
#include "tests/host/dma_fakes.h"

static bool fits(enum dma_direction direction, uint64_t at, uint32_t bytes)
{
	struct dma_op op = op_of(direction, at, bytes);

	return dma_fits(&engine, &op);
}

HOST_TEST(limits_are_kept)
{
	begin(&nvme_kind);
	CHECK(fits(DMA_WRITE, 0x1004, 8));
	CHECK(!fits(DMA_WRITE, 0x1002, 8));
	CHECK(!fits(DMA_WRITE, 0x1004, 6));
	CHECK(!fits(DMA_WRITE, 0x1004, 0));
	CHECK(!fits(DMA_WRITE, 0x1000, 4100));
	CHECK(!fits(DMA_WRITE, UINT64_MAX - 3, 8));
	CHECK(fits(DMA_WRITE, UINT64_MAX - 3, 4));
	CHECK(fits(DMA_READ, 0x1000, 64));
	CHECK(!fits(DMA_READ, 0x1040, 64));
	begin(&edu_kind);
	CHECK(fits(DMA_WRITE, 0xffff000, 4096));
	CHECK(!fits(DMA_WRITE, 0xffff001, 4096));
	begin(&testdev_kind);
	CHECK(!fits(DMA_READ, 0x1000, 0));
	CHECK(!fits(DMA_READ, 0x1000, 64));
}

/* What no engine of the field can is refused, not done as something else. */
HOST_TEST(plain_engines_only_read_and_write)
{
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		struct dma_op op = op_of(DMA_WRITE, 0x1000, 64);

		begin(kinds[i]);
		CHECK(dma_fits(&engine, &op));
		op.prefix.present = true;
		CHECK(!dma_fits(&engine, &op));
		op.prefix = (struct dma_prefix){ .privileged = true };
		CHECK(!dma_fits(&engine, &op));
		op.prefix = (struct dma_prefix){ .execute = true };
		CHECK(!dma_fits(&engine, &op));
		op.prefix = (struct dma_prefix){ 0 };
		op.translated = true;
		CHECK(!dma_fits(&engine, &op));
		CHECK(!fits(DMA_ATOMIC, 0x1000, 8));
		CHECK(!fits(DMA_TRANSLATE, 0x1000, 0));
	}
}

HOST_MAIN()
