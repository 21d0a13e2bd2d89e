/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What an engine may be told to do: its limits, without a device. */
#include "drivers/dma/dma.h"
#include "tests/host/check.h"

static struct dma_engine engine;

static void choose(const char *name)
{
	for (unsigned i = 0; i < dma_driver_count; i++)
		if (strcmp(dma_drivers[i]->name, name) == 0)
			engine = (struct dma_engine){ .driver = dma_drivers[i],
						      .limits = dma_drivers[i]->limits };
	CHECK_STR(engine.driver->name, name);
}

static bool fits(enum dma_direction direction, uint64_t at, uint32_t bytes)
{
	struct dma_op op = { .direction = direction, .iova = iova(at), .bytes = bytes };

	return dma_fits(&engine, &op);
}

static bool fits_with(struct dma_prefix prefix)
{
	struct dma_op op = { .direction = DMA_WRITE, .iova = iova(0x1000), .bytes = 64,
			     .prefix = prefix };

	return dma_fits(&engine, &op);
}

HOST_TEST(lengths_and_places)
{
	choose("nvme");
	CHECK(fits(DMA_WRITE, 0x1004, 8));
	CHECK(!fits(DMA_WRITE, 0x1002, 8));
	CHECK(!fits(DMA_WRITE, 0x1004, 6));
	CHECK(!fits(DMA_WRITE, 0x1004, 0));
	CHECK(!fits(DMA_WRITE, 0x1000, 4100));
	CHECK(!fits(DMA_WRITE, UINT64_MAX - 3, 8));
	CHECK(fits(DMA_WRITE, UINT64_MAX - 3, 4));
	CHECK(fits(DMA_READ, 0x1000, 64));
	CHECK(!fits(DMA_READ, 0x1040, 64));
	choose("edu");
	CHECK(fits(DMA_WRITE, 0xffff000, 4096));
	CHECK(!fits(DMA_WRITE, 0xffff001, 4096));
	choose("testdev");
	CHECK(!fits(DMA_READ, 0x1000, 0));
	CHECK(!fits(DMA_READ, 0x1000, 64));
}

/* What no engine of the field can is refused, not done as something else. */
HOST_TEST(plain_engines_only_read_and_write)
{
	static const char *const names[] = { "testdev", "edu", "nvme" };

	for (unsigned i = 0; i < ARRAY_COUNT(names); i++) {
		struct dma_op op = { .direction = DMA_WRITE, .iova = iova(0x1000), .bytes = 64,
				     .translated = true };

		choose(names[i]);
		CHECK(fits(DMA_WRITE, 0x1000, 64));
		CHECK(!dma_fits(&engine, &op));
		CHECK(!fits_with((struct dma_prefix){ .present = true }));
		CHECK(!fits(DMA_ATOMIC, 0x1000, 8));
		CHECK(!fits(DMA_TRANSLATE, 0x1000, 0));
		CHECK(!fits(DMA_PAGE_REQUEST, 0x1000, 0));
	}
}

HOST_TEST(prefix_atomic_and_translation)
{
	choose("exerciser");
	CHECK(fits_with((struct dma_prefix){ .present = true, .pasid = 0xfffff }));
	CHECK(!fits_with((struct dma_prefix){ .present = true, .pasid = 0x100000 }));
	CHECK(fits_with((struct dma_prefix){ .present = true, .privileged = true }));
	CHECK(!fits_with((struct dma_prefix){ .privileged = true }));
	CHECK(!fits_with((struct dma_prefix){ .execute = true }));
	CHECK(fits(DMA_ATOMIC, 0x1008, 8));
	CHECK(!fits(DMA_ATOMIC, 0x1004, 8));
	CHECK(!fits(DMA_ATOMIC, 0x1008, 4));
	CHECK(fits(DMA_TRANSLATE, 0x1001, 0));
}

HOST_TEST(storms)
{
	struct dma_op op = { .direction = DMA_WRITE, .iova = iova(UINT64_MAX - 0x2fff), .bytes = 64,
			     .endless = true, .count = 3, .stride = 0x1000 };

	choose("exerciser");
	CHECK(dma_fits(&engine, &op));
	op.count = 4;
	CHECK(!dma_fits(&engine, &op));		/* beyond the last address */
	op.count = 0;
	CHECK(!dma_fits(&engine, &op));
	op.count = 1;
	op.direction = DMA_ATOMIC;
	op.bytes = 8;
	CHECK(!dma_fits(&engine, &op));
	choose("nvme");
	op = (struct dma_op){ .direction = DMA_WRITE,
			      .iova = iova(0x1000),
			      .bytes = 64,
			      .endless = true,
			      .count = 1 };
	CHECK(!dma_fits(&engine, &op));
}

HOST_MAIN()
