/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The exerciser's driver against the modelled device. */
#include "arch/host/host.h"
#include "drivers/dma/dma.h"
#include "tests/host/exerciser_fixture.h"

#define ECAM		((uintptr_t)0xe0000000)
#define BAR		((uintptr_t)0xd0000000)
#define SECOND		1000000u
#define ATS		0x100u		/* where the function has its capabilities */
#define PASID		0x120u
#define PRI		0x140u

static uint8_t expected[BYTES];
static bool hangs;
static uint8_t config[4096];
static struct pci_segment segment = { ECAM, 0, 0, 0 };
static struct pci_function function;
static struct dma_engine engine;

static uint64_t config_read(void *context, uint64_t offset, unsigned width)
{
	uint64_t value = 0;

	(void)context;
	memcpy(&value, config + offset, width);
	return value;
}

static void config_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	memcpy(config + offset, &value, width);
	master = config[4] & 4;
}

static uint64_t bar_read(void *context, uint64_t offset, unsigned width)
{
	(void)context;
	return exerciser_read(&device, offset, width);
}

static void bar_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	exerciser_write(&device, offset, width, value);
}

static void pause_step(void *context)
{
	(void)context;
	if (!hangs)
		(void)exerciser_step(&device);
}

static enum status open_engine(void)
{
	static const struct arch_host_ops config_ops = { config_read, config_write };
	static const struct arch_host_ops bar_ops = { bar_read, bar_write };

	begin(true);
	hangs = false;
	arch_host_reset();
	memset(config, 0, sizeof(config));
	config_write(NULL, 0, 4, 0x10ee1234);
	config_write(NULL, PASID + 4, 2, 20 << 8 | 6);
	config_write(NULL, PRI + 8, 4, 32);
	CHECK_EQ(arch_host_region(ECAM, 4096, &config_ops, NULL), STATUS_OK);
	CHECK_EQ(arch_map_device(ECAM, 4096), STATUS_OK);
	CHECK_EQ(arch_host_region(BAR, EXERCISER_BAR_BYTES, &bar_ops, NULL), STATUS_OK);
	arch_host_pause_hook(pause_step, NULL);
	function = (struct pci_function){ .segment = &segment,
					  .vendor = 0x1234,
					  .device = 0x10ee,
					  .class_code = 0xff0000,
					  .revision = 1,
					  .cap_ats = ATS,
					  .cap_pri = PRI,
					  .cap_pasid = PASID };
	function.bars[0] = (struct pci_bar){ .base = BAR, .bytes = EXERCISER_BAR_BYTES };
	CHECK_EQ(dma_probe(&engine, &function, 3), STATUS_OK);
	CHECK_STR(engine.name, "exerciser3");
	return engine.driver->ops->open(&engine, NULL, deadline_in_us(SECOND));
}

static enum status transfer(enum dma_direction direction, uint64_t at, uint32_t bytes)
{
	struct dma_op op = { .direction = direction, .iova = iova(at), .bytes = bytes };

	return dma_run(&engine, &op, deadline_in_us(SECOND));
}

HOST_TEST(driver_writes)
{
	struct dma_op op = { .direction = DMA_WRITE, .iova = iova(IOVA + 0x123), .bytes = 1001 };

	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK(master);
	CHECK_EQ(engine.limits.address_bits, 64);
	CHECK_EQ(engine.limits.control_pages, 0);
	CHECK_EQ(engine.limits.write_max, 65536);
	CHECK_EQ(transfer(DMA_WRITE, op.iova.v, op.bytes), STATUS_OK);
	CHECK(engine.driver->ops->fill(&engine, &op, expected));
	CHECK(memcmp(memory + 0x123, expected, op.bytes) == 0);
	for (uint32_t i = 0; i < op.bytes; i++)
		CHECK_EQ(expected[i], exerciser_pattern(op.iova.v + i, 0));
	CHECK_EQ(memory[0x122], 0x5a);
	CHECK_EQ(memory[0x123 + 1001], 0x5a);
	CHECK(!engine.driver->ops->saw(&engine));
	CHECK_EQ(engine.driver->ops->close(&engine, deadline_in_us(SECOND)), STATUS_OK);
	CHECK(!master);
}

HOST_TEST(driver_knows_what_it_read)
{
	struct dma_op op = { .direction = DMA_READ, .iova = iova(IOVA + 0x208), .bytes = 200 };

	CHECK_EQ(open_engine(), STATUS_OK);
	engine.driver->ops->prepare(&engine, &op, memory + 0x208);
	memcpy(expected, memory + 0x208, 200);
	CHECK_EQ(transfer(DMA_READ, op.iova.v, op.bytes), STATUS_OK);
	CHECK(engine.driver->ops->saw(&engine));
	engine.driver->ops->prepare(&engine, &op, memory + 0x208);
	CHECK(memcmp(expected, memory + 0x208, 200) != 0);
	memory[0x208 + 199] ^= 0x80;
	CHECK_EQ(transfer(DMA_READ, op.iova.v, op.bytes), STATUS_OK);
	CHECK(!engine.driver->ops->saw(&engine));
	memory[0x208 + 199] ^= 0x80;
	CHECK_EQ(transfer(DMA_READ, op.iova.v, op.bytes), STATUS_OK);
	CHECK(engine.driver->ops->saw(&engine));
	memcpy(memory + 0x208, expected, 200);
	CHECK_EQ(transfer(DMA_READ, op.iova.v, op.bytes), STATUS_OK);
	CHECK(!engine.driver->ops->saw(&engine));
}

HOST_TEST(driver_tells_errors)
{
	struct dma_op op = { .direction = DMA_WRITE, .iova = iova(IOVA), .bytes = 64 };

	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(transfer(DMA_WRITE, 0, 64), STATUS_DEVICE_ERROR);
	CHECK_EQ(engine.last_word, 0x103);
	CHECK_EQ(transfer(DMA_READ, UINT64_MAX - 7, 8), STATUS_DEVICE_ERROR);
	CHECK_EQ(transfer(DMA_WRITE, IOVA, 64), STATUS_OK);
	CHECK_EQ(engine.driver->ops->start(&engine, &op), STATUS_OK);
	CHECK_EQ(engine.driver->ops->start(&engine, &op), STATUS_BUSY);
	CHECK_EQ(engine.driver->ops->reset(&engine, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(engine.driver->ops->state(&engine), DMA_IDLE);
	hangs = true;
	CHECK_EQ(transfer(DMA_WRITE, IOVA, 64), STATUS_TIMEOUT);
	hangs = false;
	CHECK_EQ(transfer(DMA_WRITE, IOVA, 64), STATUS_OK);
	exerciser_reset(&device);
	engine.private_words[0] = DMA_RUNNING;
	CHECK_EQ(engine.driver->ops->state(&engine), DMA_DEAD);
}

HOST_TEST(driver_puts_a_pasid_on_requests)
{
	struct dma_op op = { .direction = DMA_WRITE, .iova = iova(IOVA), .bytes = 64,
			     .prefix = { .present = true, .pasid = 0xabcde, .privileged = true } };

	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(engine.limits.pasid_bits, 20);
	CHECK_EQ(config[PASID + 6], 0x07);
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(last.pasid, 0xabcde);
	CHECK(last.privileged && !last.execute);
	op.prefix = (struct dma_prefix){ .present = true, .execute = true };
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(last.pasid, 0);
	CHECK(!last.privileged && last.execute);
	CHECK_EQ(transfer(DMA_WRITE, IOVA, 64), STATUS_OK);
	CHECK_EQ(last.pasid, SILICON_NO_PASID);
	op.prefix.pasid = 0x100000;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_BAD_ARGUMENT);
	CHECK_EQ(engine.driver->ops->close(&engine, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(config[PASID + 6], 0);
}

/* The function says less than the driver can: less is tried. */
HOST_TEST(driver_keeps_to_the_capabilities)
{
	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(engine.driver->ops->close(&engine, deadline_in_us(SECOND)), STATUS_OK);
	begin(false);
	CHECK_EQ(engine.driver->ops->open(&engine, NULL, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(engine.limits.pasid_bits, 0);
	CHECK(!engine.limits.translates && engine.limits.atomic);
	CHECK_EQ(config[PASID + 6], 0);
	CHECK_EQ(config[ATS + 7], 0);
	function.cap_ats = function.cap_pasid = 0;
	CHECK_EQ(dma_probe(&engine, &function, 0), STATUS_OK);
	CHECK_EQ(engine.limits.pasid_bits, 0);
	CHECK(!engine.limits.translates);
}

HOST_TEST(driver_does_atomics)
{
	struct dma_op op = { .direction = DMA_ATOMIC, .iova = iova(IOVA + 0x40), .bytes = 8 };
	uint64_t *word = (uint64_t *)(memory + 0x40);
	struct dma_answer answer;

	CHECK_EQ(open_engine(), STATUS_OK);
	*word = 40;
	op.operand = 2;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(*word, 42);
	engine.driver->ops->answer(&engine, &answer);
	CHECK_EQ(answer.value, 40);
	op.atomic = DMA_SWAP;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(*word, 2);
	op.atomic = DMA_COMPARE_SWAP;
	op.operand = 7;
	op.compare = 3;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(*word, 2);
	op.compare = 2;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(*word, 7);
	op.iova = iova(IOVA + 0x44);
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_BAD_ARGUMENT);
}

HOST_TEST(driver_asks_for_translations)
{
	struct dma_op op = { .direction = DMA_TRANSLATE, .iova = iova(IOVA + 0x1000) };
	struct dma_answer answer;

	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(config[ATS + 7], 0x80);
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(last.access, SILICON_TRANSLATE);
	engine.driver->ops->answer(&engine, &answer);
	CHECK_EQ(answer.value, 0x1000);
	CHECK_EQ(answer.size_lg2, 12);
	CHECK(answer.readable && answer.writable);
	op.no_write = true;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	engine.driver->ops->answer(&engine, &answer);
	CHECK(answer.readable && !answer.writable);
	op = (struct dma_op){
		.direction = DMA_WRITE, .iova = iova(IOVA), .bytes = 64, .translated = true
	};
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK(last.translated);
	CHECK_EQ(transfer(DMA_TRANSLATE, 0, 0), STATUS_DEVICE_ERROR);
	CHECK_EQ(engine.driver->ops->close(&engine, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(config[ATS + 7], 0);
}

HOST_TEST(driver_asks_for_pages)
{
	struct dma_op op = { .direction = DMA_PAGE_REQUEST,
			     .iova = iova(IOVA + 0x1000),
			     .group = { .index = 0x155, .last = true, .write = true } };
	struct dma_responses responses;

	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(config[PRI + 4], 1);
	CHECK_EQ(config[PRI + 12], 32);
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(last.access, SILICON_PAGE_REQUEST);
	CHECK_EQ(last.group, 0x155);
	CHECK(last.last && last.wants_write && !last.wants_read);
	exerciser_respond(&device, 9, 0x155, 1);
	engine.driver->ops->responses(&engine, &responses);
	CHECK_EQ(responses.count, 1);
	CHECK_EQ(responses.group, 0x155);
	CHECK_EQ(responses.code, 1);
	CHECK(responses.with_pasid);
	CHECK_EQ(responses.pasid, 9);
	op.group.index = 0x200;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_BAD_ARGUMENT);
	CHECK_EQ(engine.driver->ops->close(&engine, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(config[PRI + 4], 0);
	CHECK_EQ(config[PRI + 12], 0);
}

HOST_TEST(driver_storms_until_it_is_stopped)
{
	struct dma_op op = { .direction = DMA_WRITE, .iova = iova(IOVA), .bytes = 64,
			     .endless = true, .count = 3, .stride = 0x1000 };
	unsigned before;

	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(engine.driver->ops->start(&engine, &op), STATUS_OK);
	while (requests < 100)
		arch_pause();
	CHECK_EQ(engine.driver->ops->state(&engine), DMA_RUNNING);
	CHECK_EQ(engine.driver->ops->start(&engine, &op), STATUS_BUSY);
	CHECK_EQ(engine.driver->ops->stop(&engine, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(engine.driver->ops->state(&engine), DMA_DONE);
	before = requests;
	arch_pause();
	CHECK_EQ(requests, before);
	CHECK(memory[0x2000 + 63] != 0x5a && memory[0x2000 + 64] == 0x5a && memory[0x3000] == 0x5a);
	CHECK(engine.driver->ops->fill(&engine, &op, expected));
	CHECK(memcmp(memory, expected, 64) != 0);	/* other bytes in every round */
	CHECK_EQ(transfer(DMA_WRITE, IOVA, 64), STATUS_OK);
	CHECK(memcmp(memory, expected, 64) == 0);

	refuse_at = IOVA + 0x1000;
	CHECK_EQ(engine.driver->ops->start(&engine, &op), STATUS_OK);
	arch_pause();
	CHECK_EQ(engine.driver->ops->stop(&engine, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(engine.driver->ops->state(&engine), DMA_FAILED);
	op.count = 0;
	CHECK_EQ(engine.driver->ops->start(&engine, &op), STATUS_BAD_ARGUMENT);
}

HOST_TEST(driver_tells_what_was_to_be_forgotten)
{
	struct dma_invalidations forgot;

	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK(engine.limits.tells_invalidations);
	engine.driver->ops->invalidations(&engine, &forgot);
	CHECK_EQ(forgot.count, 0);
	exerciser_invalidate(&device, 0x12345, 0x123456789000, 12);
	engine.driver->ops->invalidations(&engine, &forgot);
	CHECK_EQ(forgot.count, 1);
	CHECK_EQ(forgot.iova.v, 0x123456789000);
	CHECK_EQ(forgot.size_lg2, 12);
	CHECK(forgot.with_pasid);
	CHECK_EQ(forgot.pasid, 0x12345);
	exerciser_invalidate(&device, SILICON_NO_PASID, 0, 64);
	engine.driver->ops->invalidations(&engine, &forgot);
	CHECK_EQ(forgot.count, 2);
	CHECK_EQ(forgot.size_lg2, 64);
	CHECK(!forgot.with_pasid);
}

HOST_TEST(driver_refuses_what_is_none)
{
	CHECK_EQ(open_engine(), STATUS_OK);
	function.device = 0x10ef;
	CHECK_EQ(dma_probe(&engine, &function, 0), STATUS_NOT_FOUND);
	function.device = 0x10ee;
	function.revision = 2;
	CHECK_EQ(dma_probe(&engine, &function, 0), STATUS_NOT_FOUND);
	function.revision = 1;
	function.bars[0].bytes = 0x1000;
	CHECK_EQ(dma_probe(&engine, &function, 0), STATUS_OK);
	CHECK_EQ(engine.driver->ops->open(&engine, NULL, deadline_in_us(SECOND)),
		 STATUS_UNSUPPORTED);
	function.bars[0] = (struct pci_bar){ .base = ECAM, .bytes = EXERCISER_BAR_BYTES };
	CHECK_EQ(engine.driver->ops->open(&engine, NULL, deadline_in_us(SECOND)),
		 STATUS_UNSUPPORTED);
	function.bars[0].base = 0xc0000000;
	CHECK_EQ(engine.driver->ops->open(&engine, NULL, deadline_in_us(SECOND)), STATUS_GONE);
}

HOST_MAIN()
