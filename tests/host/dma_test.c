/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The DMA engines, each against a fake of its device that works, is gone or never finishes. */
#include "tests/host/check.h"
#include "tests/host/dma_fakes.h"

/* ---- What all have in common ---- */

HOST_TEST(unknown_function_is_no_engine)
{
	begin(&edu_kind);
	function.device = 0x11e9;
	CHECK_EQ(dma_probe(&engine, &function, 0), STATUS_NOT_FOUND);
	begin(&testdev_kind);
	function.bars[1] = (struct pci_bar){ .base = 0xc000, .bytes = 256, .io = true };
	CHECK_EQ(dma_probe(&engine, &function, 0), STATUS_NOT_FOUND); /* pci-testdev */
	begin(&nvme_kind);
	function.class_code = 0x010803;
	CHECK_EQ(dma_probe(&engine, &function, 0), STATUS_NOT_FOUND);
}

HOST_TEST(engines_are_numbered)
{
	begin(&testdev_kind);
	CHECK_EQ(dma_probe(&engine, &function, 12), STATUS_OK);
	CHECK_STR(engine.name, "testdev12");
	CHECK_EQ(dma_probe(&engine, &function, UINT32_MAX), STATUS_OK);
	CHECK_STR(engine.name, "testd4294967295");
}

HOST_TEST(absent_engine_does_not_open)
{
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		begin(kinds[i]);
		fake_mode = FAKE_GONE;
		CHECK_EQ(open_engine(), STATUS_GONE);
	}
}

HOST_TEST(engine_that_vanishes_is_gone)
{
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		uint64_t before;

		begin(kinds[i]);
		CHECK_EQ(open_engine(), STATUS_OK);
		fake_mode = FAKE_GONE;
		before = arch_now_ns();
		CHECK_EQ(transfer(DMA_WRITE, WINDOW_IOVA, 64), STATUS_GONE);
		CHECK_EQ(engine.last_word, 0xffffffff);
		CHECK_EQ(engine.driver->ops->state(&engine), DMA_DEAD);
		CHECK_EQ(engine.driver->ops->reset(&engine, deadline_in_us(SECOND)), STATUS_GONE);
		CHECK_EQ(close_engine(), STATUS_GONE);
		CHECK(arch_now_ns() - before < 100000000);
		CHECK(is_poison(window, window + sizeof(window)));
	}
}

/* It ends in time, its reset too, and it works again when it comes to its senses. */
HOST_TEST(engine_that_never_finishes_times_out)
{
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		struct dma_op op = op_of(DMA_WRITE, WINDOW_IOVA, 64);
		uint64_t before;

		begin(kinds[i]);
		CHECK_EQ(open_engine(), STATUS_OK);
		fake_mode = FAKE_HANGS;
		before = arch_now_ns();
		CHECK_EQ(dma_run(&engine, &op, deadline_in_us(300000)), STATUS_TIMEOUT);
		CHECK(arch_now_ns() - before < 301000000);
		CHECK_EQ(engine.driver->ops->start(&engine, &op), STATUS_BUSY);
		CHECK(engine.timed_out);
		if (kinds[i] == &edu_kind) {
			CHECK_EQ(engine.driver->ops->reset(&engine, deadline_in_us(SECOND)),
				 STATUS_TIMEOUT);
			CHECK_EQ(engine.last_word, 1);
		} else {
			CHECK_EQ(engine.driver->ops->reset(&engine, deadline_in_us(SECOND)),
				 STATUS_OK);
		}
		fake_mode = FAKE_WORKS;
		CHECK_EQ(engine.driver->ops->reset(&engine, deadline_in_us(SECOND)), STATUS_OK);
		CHECK_EQ(engine.driver->ops->state(&engine), DMA_IDLE);
		check_write(0, 64);
		CHECK_EQ(close_engine(), STATUS_OK);
	}
}

/* What timed out is reset before the next transfer, or that one does not begin. */
HOST_TEST(transfer_after_a_timeout)
{
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		struct dma_op op = op_of(DMA_WRITE, WINDOW_IOVA, 64);

		begin(kinds[i]);
		CHECK_EQ(open_engine(), STATUS_OK);
		fake_mode = FAKE_HANGS;
		CHECK_EQ(dma_run(&engine, &op, deadline_in_us(300000)), STATUS_TIMEOUT);
		CHECK_EQ(dma_run(&engine, &op, deadline_in_us(300000)), STATUS_TIMEOUT);
		CHECK(is_poison(window, window + sizeof(window)));
		fake_mode = FAKE_WORKS;
		check_write(0, 64);
		CHECK(!engine.timed_out);
	}
}

/* The engine's own limit holds where the caller gives more. */
HOST_TEST(timeout_of_the_engine_holds)
{
	struct dma_op op = op_of(DMA_WRITE, WINDOW_IOVA, 64);
	uint64_t before;

	begin(&testdev_kind);
	CHECK_EQ(open_engine(), STATUS_OK);
	fake_mode = FAKE_HANGS;
	before = arch_now_ns();
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(3600 * (uint64_t)SECOND)), STATUS_TIMEOUT);
	CHECK(arch_now_ns() - before < 1100000000);
	CHECK_EQ(engine.last_word, 0xfffffffe);
}

HOST_TEST(bus_mastering_is_on_while_open)
{
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		begin(kinds[i]);
		CHECK_EQ(open_engine(), STATUS_OK);
		CHECK_EQ(fake_config[4] & 6, 6);
		CHECK_EQ(close_engine(), STATUS_OK);
		CHECK_EQ(fake_config[4] & 4, 0);
		CHECK_EQ(fake_config[5] & 4, 0);
		CHECK_EQ(arch_host_stray_count(), 0);
		CHECK_EQ(arch_host_unmapped_count(), 0);
	}
}

HOST_TEST(control_memory_must_fit)
{
	struct dma_control small = { control_memory, iova(CONTROL_IOVA), 0 };
	struct dma_control odd = { control_memory, iova(CONTROL_IOVA + 64),
				   sizeof(control_memory) };
	struct dma_control high = { control_memory, iova(0x10000000), sizeof(control_memory) };

	begin(&edu_kind);
	CHECK_EQ(engine.driver->ops->open(&engine, &small, deadline_in_us(1)), STATUS_BAD_ARGUMENT);
	CHECK_EQ(engine.driver->ops->open(&engine, &odd, deadline_in_us(1)), STATUS_BAD_ARGUMENT);
	CHECK_EQ(engine.driver->ops->open(&engine, &high, deadline_in_us(1)), STATUS_BAD_ARGUMENT);
	CHECK_EQ(engine.driver->ops->open(&engine, NULL, deadline_in_us(1)), STATUS_BAD_ARGUMENT);
	begin(&nvme_kind);
	CHECK_EQ(engine.driver->ops->open(&engine, &small, deadline_in_us(1)), STATUS_BAD_ARGUMENT);
}

/* ---- iommu-testdev ---- */

HOST_TEST(testdev_writes)
{
	begin(&testdev_kind);
	testdev.length = 0x77;
	testdev.iova = 0x123456789a;
	CHECK_EQ(open_engine(), STATUS_OK);
	check_write(0, 1);
	check_write(4095, 2);
	check_write(7, 4096);
	CHECK_EQ(window[7], 0x78);
	CHECK_EQ(window[8], 0x56);
	CHECK_EQ(window[9], 0x34);
	CHECK_EQ(window[10], 0x12);
	CHECK_EQ(testdev.readback, 0);
	CHECK_EQ(transfer(DMA_WRITE, WINDOW_IOVA, 4097), STATUS_BAD_ARGUMENT);
	CHECK_EQ(close_engine(), STATUS_OK);
	CHECK_EQ(testdev.length, 0x77);
	CHECK_EQ(testdev.iova, 0x123456789a);
}

HOST_TEST(testdev_tells_a_refusal)
{
	begin(&testdev_kind);
	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(transfer(DMA_WRITE, 0x8000000000001000, 64), STATUS_DEVICE_ERROR);
	CHECK_EQ(engine.last_word, 0xdead0002);
	check_write(0, 64);
}

HOST_TEST(testdev_is_not_taken_for_another)
{
	begin(&testdev_kind);
	testdev.length = 0;
	fake_mode = FAKE_WORKS;
	arch_host_reset();
	/* Registers that hold nothing. */
	CHECK_EQ(arch_host_region(FAKE_ECAM, 4096, &config_ops, NULL), STATUS_OK);
	CHECK_EQ(arch_host_region(FAKE_BAR, 4096, &edu_ops, NULL), STATUS_OK);
	CHECK(open_engine() != STATUS_OK);
	CHECK_EQ(fake_config[4] & 4, 0);
}

/* ---- edu ---- */

HOST_TEST(edu_writes_and_reads)
{
	begin(&edu_kind);
	CHECK_EQ(open_engine(), STATUS_OK);
	check_write(0, 4096);
	check_write(4091, 9);
	check_write(1, 1);
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA + 3, 4096), STATUS_OK);
	CHECK(engine.driver->ops->saw(&engine));
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 8), STATUS_OK);
	CHECK(engine.driver->ops->saw(&engine));
	CHECK_EQ(close_engine(), STATUS_OK);
	CHECK_EQ(fake_refused, 0);
}

HOST_TEST(edu_pattern_depends_on_the_address)
{
	struct dma_op low = op_of(DMA_WRITE, 0x1000, 64);
	struct dma_op high = op_of(DMA_WRITE, 0x2000, 64);
	uint8_t a[64], b[64];
	unsigned same = 0;

	begin(&edu_kind);
	CHECK(engine.driver->ops->fill(&engine, &low, a));
	CHECK(engine.driver->ops->fill(&engine, &high, b));
	for (unsigned i = 0; i < 64; i++) {
		CHECK(a[i] != 0x5a && b[i] != 0x5a);
		same += a[i] == b[i];
	}
	CHECK(same < 16); /* one of eight bytes is fixed */
	/* An engine that executes its source would find opcode 5eh, which is no command. */
	CHECK(a[0] == 0x5e && b[0] == 0x5e);
}

HOST_TEST(edu_notices_what_it_did_not_see)
{
	struct dma_op op = op_of(DMA_READ, WINDOW_IOVA, 64);

	begin(&edu_kind);
	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 64), STATUS_OK);
	CHECK(engine.driver->ops->saw(&engine));
	/* Refused: silent, and nothing of the first read counts. */
	test_window->read = false;
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 64), STATUS_OK);
	CHECK(!engine.driver->ops->saw(&engine));
	/* Memory of an earlier prepare(): a stale translation. */
	test_window->read = true;
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 64), STATUS_OK);
	engine.driver->ops->prepare(&engine, &op, window + 8192);
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK(!engine.driver->ops->saw(&engine));
	/* One wrong byte. */
	engine.driver->ops->prepare(&engine, &op, window);
	window[63] ^= 1;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK(!engine.driver->ops->saw(&engine));
}

/* ---- NVMe ---- */

HOST_TEST(nvme_writes)
{
	begin(&nvme_kind);
	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK(engine.limits.read && engine.limits.verifies);
	check_write(0, 4096);
	CHECK_EQ(nvme.last_size, 4096);
	check_write(0, 4);
	CHECK_EQ(nvme.last_size, 4);
	check_write(4092, 8); /* across a page */
	check_write(8, 512);
	check_write(4096 - 100,
		    1000); /* 100, 512 and 388 bytes of log: a piece ends with its page */
	CHECK_EQ(nvme.last_size, 388);
	CHECK_EQ(window[4096], 0x01);
	check_write(4, 4096); /* not Identify: 7 times 512, 508 and 4 */
	CHECK_EQ(nvme.last_size, 4);
	for (unsigned i = 0; i < 40; i++) /* around both queues */
		check_write(i * 4, 64);
	CHECK_EQ(nvme.enables, 1);
	CHECK_EQ(nvme.forbidden + nvme.unknown, 0);
	CHECK_EQ(fake_refused, 0);
	CHECK_EQ(close_engine(), STATUS_OK);
}

HOST_TEST(nvme_reads)
{
	begin(&nvme_kind);
	CHECK_EQ(open_engine(), STATUS_OK);
	for (unsigned i = 0; i < 3; i++) {
		memset(window, 0x5a, sizeof(window));
		CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA + 4096, 64), STATUS_OK);
		CHECK_EQ(nvme.asq, WINDOW_IOVA + 4096);
		CHECK(engine.driver->ops->saw(&engine));
		CHECK(is_poison(window, window + 4096));
		CHECK(is_poison(window + 4096 + 64, window + sizeof(window)));
		check_write(64, 64); /* back to the engine's own queue */
		CHECK_EQ(nvme.asq, CONTROL_IOVA);
	}
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 128), STATUS_BAD_ARGUMENT);
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA + 64, 64), STATUS_BAD_ARGUMENT);
	CHECK_EQ(nvme.forbidden + nvme.unknown, 0);
	CHECK_EQ(close_engine(), STATUS_OK);
}

HOST_TEST(nvme_notices_what_it_did_not_see)
{
	struct dma_op op = op_of(DMA_READ, WINDOW_IOVA, 64);

	begin(&nvme_kind);
	CHECK_EQ(open_engine(), STATUS_OK);
	engine.driver->ops->prepare(&engine, &op, window);
	engine.driver->ops->prepare(&engine, &op, window + 4096); /* the other page is current */
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK(!engine.driver->ops->saw(&engine));
	test_window->memory = window + 4096;
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK(engine.driver->ops->saw(&engine));
	memset(window + 4096, 0x5a, 4096); /* poison is no command */
	CHECK_EQ(dma_run(&engine, &op, deadline_in_us(SECOND)), STATUS_OK);
	CHECK(!engine.driver->ops->saw(&engine));
	CHECK_EQ(engine.last_word, 0x4001);
	CHECK_EQ(nvme.unknown, 1);
	CHECK_EQ(nvme.forbidden, 0);
}

HOST_TEST(nvme_refused_fetch_is_fatal_and_over)
{
	begin(&nvme_kind);
	CHECK_EQ(open_engine(), STATUS_OK);
	test_window->read = false;
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 64), STATUS_DEVICE_ERROR);
	CHECK_EQ(engine.last_word, 3);
	CHECK_EQ(engine.driver->ops->state(&engine), DMA_FAILED);
	CHECK(!engine.driver->ops->saw(&engine));
	/* The next op restarts the controller, and so does reset(). */
	check_write(0, 64);
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 64), STATUS_DEVICE_ERROR);
	CHECK_EQ(engine.driver->ops->reset(&engine, deadline_in_us(SECOND)), STATUS_OK);
	CHECK_EQ(engine.driver->ops->state(&engine), DMA_IDLE);
	test_window->read = true;
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 64), STATUS_OK);
	CHECK(engine.driver->ops->saw(&engine));
}

HOST_TEST(nvme_refused_write)
{
	for (unsigned reports = 0; reports < 2; reports++) {
		begin(&nvme_kind);
		nvme.reports_refused_writes = reports;
		CHECK_EQ(open_engine(), STATUS_OK);
		test_window->write = false;
		CHECK_EQ(transfer(DMA_WRITE, WINDOW_IOVA, 4096),
			 reports ? STATUS_DEVICE_ERROR : STATUS_OK);
		CHECK_EQ(engine.last_word, reports ? 0x4004 : 0);
		CHECK(is_poison(window, window + sizeof(window)));
		test_window->write = true;
		check_write(0, 64);
		/* Blocked altogether: the engine does not even get its command. */
		control_window->read = false;
		CHECK_EQ(transfer(DMA_WRITE, WINDOW_IOVA, 64), STATUS_DEVICE_ERROR);
		control_window->read = true;
		control_window->write = false;
		CHECK_EQ(transfer(DMA_WRITE, WINDOW_IOVA, 64), STATUS_DEVICE_ERROR);
		control_window->write = true;
		check_write(0, 64);
	}
}

/* A completion of nobody's command is passed over. */
HOST_TEST(nvme_strange_completion)
{
	begin(&nvme_kind);
	nvme.strange = true;
	CHECK_EQ(open_engine(), STATUS_OK);
	check_write(0, 64);
	CHECK_EQ(close_engine(), STATUS_OK);
}

HOST_TEST(nvme_is_given_back_as_found)
{
	begin(&nvme_kind);
	nvme.cc = 0x00460001; /* firmware left it running */
	nvme.csts = 1;
	nvme.aqa = 0x00010001;
	nvme.asq = 0x5000;
	nvme.acq = 0x6000;
	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(nvme.shutdowns, 1);
	check_write(0, 64);
	CHECK_EQ(close_engine(), STATUS_OK);
	CHECK_EQ(nvme.cc, 0x00460000);
	CHECK_EQ(nvme.csts, 0);
	CHECK_EQ(nvme.aqa, 0x00010001);
	CHECK_EQ(nvme.asq, 0x5000);
	CHECK_EQ(nvme.acq, 0x6000);
	/* A controller that is off has nothing to announce. */
	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK_EQ(close_engine(), STATUS_OK);
	CHECK_EQ(nvme.shutdowns, 1);
}

HOST_TEST(nvme_that_cannot_serve_does_not_open)
{
	uint64_t before;

	begin(&nvme_kind);
	nvme.cap |= (uint64_t)1 << 48; /* no pages of 4 KiB */
	CHECK_EQ(open_engine(), STATUS_UNSUPPORTED);
	begin(&nvme_kind);
	nvme.cap &= ~((uint64_t)0xff << 37);
	CHECK_EQ(open_engine(), STATUS_UNSUPPORTED);
	begin(&nvme_kind);
	nvme.cap |= (uint64_t)15 << 32; /* doorbells beyond the BAR */
	CHECK_EQ(open_engine(), STATUS_UNSUPPORTED);
	begin(&nvme_kind);
	nvme.never_ready = true;
	before = arch_now_ns();
	CHECK_EQ(open_engine(), STATUS_TIMEOUT);
	CHECK(arch_now_ns() - before < 31000000000);
	CHECK_EQ(fake_config[4] & 4, 0);
	CHECK_EQ(nvme.cc & 1, 0);
	begin(&nvme_kind);
	control_window->read = false;
	CHECK_EQ(open_engine(), STATUS_DEVICE_ERROR);
	CHECK_EQ(fake_config[4] & 4, 0);
}

/* A controller that may fetch its own data as a command must not find one that changes something. */
HOST_TEST(nvme_with_dangerous_data_does_not_read)
{
	static const struct {
		uint8_t opcode, flags;
		bool reads;
	} identities[] = {
		{ 0x86, 0x80, true },                        /* Get LBA Status, and SGLs */
		{ 0x4d, 0x14, true },                        /* no command */
		{ 0x87, 0x18, true },                        /* no command either */
		{ 0x80, 0x00, false },                       /* Format NVM */
		{ 0x84, 0x04, false },                       /* Sanitize */
		{ 0x09, 0x10, false },                       /* Set Features */
		{ 0x11, 0x10, false },                       /* Firmware Image Download */
		{ 0xc1, 0x1c, false },                       /* the vendor's own */
		{ 0xff, 0x20, false }, { 0xc1, 0x01, true }, /* ... fused, which is refused */
		{ 0x80, 0x40, true },                        /* Format NVM with SGLs, likewise */
	};

	for (unsigned i = 0; i < ARRAY_COUNT(identities); i++) {
		begin(&nvme_kind);
		nvme.identity[0] = identities[i].opcode;
		nvme.identity[1] = identities[i].flags;
		CHECK_EQ(open_engine(), STATUS_OK);
		CHECK_EQ(engine.limits.read, identities[i].reads);
		CHECK_EQ(engine.limits.write, true);
		check_write(0, 64);
	}
	begin(&nvme_kind);
	nvme.log[0] = 0x11;
	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK(!engine.limits.read);
	CHECK_EQ(transfer(DMA_READ, WINDOW_IOVA, 64), STATUS_BAD_ARGUMENT);
}

HOST_TEST(nvme_whose_data_drifts_is_not_predicted)
{
	struct dma_op op = op_of(DMA_WRITE, WINDOW_IOVA, 64);
	uint8_t bytes[64];

	begin(&nvme_kind);
	nvme.drifts = true;
	CHECK_EQ(open_engine(), STATUS_OK);
	CHECK(!engine.driver->ops->fill(&engine, &op, bytes));
	CHECK(!engine.limits.read);
	CHECK_EQ(transfer(DMA_WRITE, WINDOW_IOVA, 64), STATUS_OK);
}

HOST_MAIN()
