/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Fake devices for the engines' tests: QEMU's iommu-testdev and edu, and an NVMe controller with an
 * admin queue, written from their documentation and sharing nothing with the drivers. All have BAR 0 at
 * FAKE_BAR and reach memory through windows, so that no IOVA is the address of what is behind it. Below
 * them, what a test does with an engine: begin, open, transfer, check.
 */
#ifndef TESTS_HOST_DMA_FAKES_H
#define TESTS_HOST_DMA_FAKES_H

#include <string.h>

#include "arch/host/host.h"
#include "drivers/dma/dma.h"
#include "drivers/pci/pci.h"
#include "tests/host/check.h"

#define FAKE_ECAM	((uintptr_t)0xe0000000)
#define FAKE_BAR	((uintptr_t)0xd0000000)

enum fake_mode {
	FAKE_WORKS,
	FAKE_GONE,			/* every register reads as all ones, configuration space too */
	FAKE_HANGS,			/* accepts a transfer and never ends it */
};

static enum fake_mode fake_mode;
static uint8_t fake_config[4096];

/* ---- Memory behind an IOMMU ---- */

static struct fake_window {
	uint64_t iova;
	uint8_t *memory;
	uint64_t bytes;
	bool read, write;
} fake_windows[8];
static unsigned fake_window_count, fake_refused;

static struct fake_window *fake_map(uint64_t iova_, void *memory, uint64_t bytes)
{
	fake_windows[fake_window_count] =
		(struct fake_window){ iova_, (uint8_t *)memory, bytes, true, true };
	return &fake_windows[fake_window_count++];
}

/* Moves what it can; false if any byte was refused. Refused reads give zeros. */
static bool fake_dma(uint64_t iova_, void *buffer, uint64_t bytes, bool write)
{
	uint8_t *byte = buffer;
	bool whole = true;

	for (uint64_t i = 0; i < bytes; i++, byte++) {
		uint8_t *memory = NULL;

		for (unsigned n = 0; n < fake_window_count; n++) {
			struct fake_window *w = &fake_windows[n];

			if (iova_ + i - w->iova < w->bytes && (write ? w->write : w->read))
				memory = w->memory + (iova_ + i - w->iova);
		}
		if (!memory)
			whole = false;
		if (write && memory)
			*memory = *byte;
		else if (!write)
			*byte = memory ? *memory : 0;
	}
	fake_refused += !whole;
	return whole;
}

static bool fake_is_master(void)
{
	return fake_config[4] & 4;
}

/* ---- iommu-testdev: docs/specs/iommu-testdev.rst ---- */

static struct {
	uint64_t iova;
	uint32_t length, result, refusal;
	bool armed;
	uint64_t readback;
} testdev;

static void testdev_trigger(void)
{
	uint8_t bytes[8192];

	if (!testdev.armed) {
		testdev.result = 0xdead0005;
		return;
	}
	for (uint32_t i = 0; i < testdev.length; i++)
		bytes[i] = (uint8_t[]){ 0x78, 0x56, 0x34, 0x12 }[i % 4];
	testdev.result = fake_dma(testdev.iova, bytes, testdev.length, true) ? 0xdead0004 :
									       0xdead0002;
	testdev.armed = false;
}

static uint64_t testdev_read(void *context, uint64_t offset, unsigned width)
{
	(void)context;
	if (fake_mode == FAKE_GONE || width != 4)
		return UINT64_MAX;
	switch (offset) {
	case 0x00:
		if (fake_mode != FAKE_HANGS)
			testdev_trigger();
		return 0;
	case 0x04: return (uint32_t)testdev.iova;
	case 0x08: return testdev.iova >> 32;
	case 0x0c: return testdev.length;
	case 0x10: return testdev.result;
	default: return 0;
	}
}

static void testdev_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	if (fake_mode == FAKE_GONE || width != 4)
		return;
	switch (offset) {
	case 0x04: testdev.iova = (testdev.iova & ~(uint64_t)UINT32_MAX) | (uint32_t)value; break;
	case 0x08: testdev.iova = (uint32_t)testdev.iova | value << 32; break;
	case 0x0c: testdev.length = (uint32_t)value; break;
	case 0x14:
		testdev.armed = value & 1;
		testdev.result = testdev.armed ? 0xfffffffe : 0xffffffff;
		break;
	case 0x1c:
	case 0x20: testdev.readback |= value; break;
	}
}

/* ---- edu: docs/specs/edu.rst ---- */

static struct {
	uint64_t source, target, count, command, done_at;
	uint32_t inverse;
	uint8_t buffer[4096];
} edu;

static void edu_progress(void)
{
	if (fake_mode == FAKE_HANGS || !(edu.command & 1) || arch_now_ns() < edu.done_at)
		return;
	if (edu.command & 2)
		fake_dma(edu.target & 0xfffffff, edu.buffer + (edu.source - 0x40000), edu.count, true);
	else
		fake_dma(edu.source & 0xfffffff, edu.buffer + (edu.target - 0x40000), edu.count, false);
	edu.command &= ~(uint64_t)1;
}

static uint64_t edu_read(void *context, uint64_t offset, unsigned width)
{
	(void)context;
	if (fake_mode == FAKE_GONE || (offset < 0x80 && width != 4))
		return UINT64_MAX;
	edu_progress();
	switch (offset) {
	case 0x00: return 0x010000ed;
	case 0x04: return edu.inverse;
	case 0x98: return edu.command;
	default: return UINT64_MAX;
	}
}

static void edu_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	if (fake_mode == FAKE_GONE || (offset >= 0x80 && edu.command & 1))
		return;
	switch (offset) {
	case 0x04: edu.inverse = ~(uint32_t)value; break;
	case 0x80: edu.source = value; break;
	case 0x88: edu.target = value; break;
	case 0x90: edu.count = value; break;
	case 0x98:
		edu.command = value;
		edu.done_at = arch_now_ns() + 100000000;
		break;
	}
	(void)width;
}

/* ---- NVMe: Base Specification 2.0c, admin queue only ---- */

static struct {
	uint64_t cap, asq, acq, ready_at;
	uint32_t cc, csts, aqa;
	uint32_t head, tail, completion_tail, completion_head, completion_phase;
	uint8_t identity[4096], log[512];
	/* What it is told to do besides, and what it saw. */
	bool reports_refused_writes, never_ready, drifts, strange;
	unsigned forbidden;		/* commands other than Identify Controller and Get Log Page 03h */
	unsigned unknown, commands, shutdowns, enables;
	uint32_t last_size;
} nvme;

static void nvme_stop(void)
{
	nvme.csts = 0;
	nvme.head = nvme.tail = nvme.completion_tail = nvme.completion_head = 0;
}

/* Data to PRP1 up to the end of its page, the rest to PRP2. */
static bool nvme_send(const uint8_t *command, const uint8_t *bytes, uint32_t size)
{
	uint64_t prp1, prp2;
	uint32_t first;
	bool whole;

	memcpy(&prp1, command + 24, 8);
	memcpy(&prp2, command + 32, 8);
	if (prp1 & 3)
		return false;
	first = (uint32_t)(4096 - prp1 % 4096);
	first = first < size ? first : size;
	nvme.last_size = size;
	whole = fake_dma(prp1, (void *)(uintptr_t)bytes, first, true);
	if (size > first)
		whole &= fake_dma(prp2, (void *)(uintptr_t)(bytes + first), size - first, true);
	return whole || !nvme.reports_refused_writes;
}

/* The status field of the completion, without the phase. */
static uint32_t nvme_obey(const uint8_t *command)
{
	uint32_t cdw10;

	memcpy(&cdw10, command + 40, 4);
	nvme.commands++;
	nvme.identity[4000] += nvme.drifts;
	if (command[0] == 0x06 && (cdw10 & 0xff) == 1)
		return nvme_send(command, nvme.identity, 4096) ? 0 : 0x4004;
	if (command[0] == 0x02 && (cdw10 & 0xff) == 3 && cdw10 >> 16 < 128)
		return nvme_send(command, nvme.log, ((cdw10 >> 16) + 1) * 4) ? 0 : 0x4004;
	if (command[0] == 0x5a)
		nvme.unknown++;		/* poison */
	else
		nvme.forbidden++;
	return 0x4001;
}

static bool nvme_post(uint32_t cid, uint32_t status)
{
	uint32_t slots = (nvme.aqa >> 16 & 0xfff) + 1;
	uint32_t done[4] = { 0, 0, nvme.head,
			     cid | nvme.completion_phase << 16 | status << 17 };

	if ((nvme.completion_tail + 1) % slots == nvme.completion_head ||
	    !fake_dma(nvme.acq + nvme.completion_tail * 16, done, sizeof(done), true))
		return false;
	nvme.completion_tail = (nvme.completion_tail + 1) % slots;
	nvme.completion_phase ^= nvme.completion_tail == 0;
	return true;
}

static void nvme_progress(void)
{
	if (nvme.cc & 1 && !(nvme.csts & 3) && !nvme.never_ready && arch_now_ns() >= nvme.ready_at)
		nvme.csts |= 1;
	while ((nvme.csts & 3) == 1 && nvme.head != nvme.tail && fake_mode == FAKE_WORKS) {
		uint8_t command[64];
		uint32_t cid;

		if (!fake_is_master() ||
		    !fake_dma(nvme.asq + nvme.head * 64, command, sizeof(command), false)) {
			nvme.csts |= 2;
			return;
		}
		nvme.head = (nvme.head + 1) % ((nvme.aqa & 0xfff) + 1);
		cid = (uint32_t)command[2] | (uint32_t)command[3] << 8;
		if (nvme.strange && !nvme_post(cid ^ 0x8000, 1))
			nvme.csts |= 2;
		if (!nvme_post(cid, nvme_obey(command)))
			nvme.csts |= 2;
	}
}

static uint64_t nvme_read(void *context, uint64_t offset, unsigned width)
{
	(void)context;
	(void)width;
	if (fake_mode == FAKE_GONE)
		return UINT64_MAX;
	nvme_progress();
	switch (offset) {
	case 0x00: return nvme.cap;
	case 0x14: return nvme.cc;
	case 0x1c: return nvme.csts;
	case 0x24: return nvme.aqa;
	case 0x28: return nvme.asq;
	case 0x30: return nvme.acq;
	default: return 0;
	}
}

static void nvme_configure(uint32_t value)
{
	uint32_t before = nvme.cc;

	nvme.cc = value;
	if (value >> 14 & 3 && !(before >> 14 & 3)) {
		nvme.shutdowns++;
		nvme.csts |= 2 << 2;
	}
	if (before & ~value & 1)
		nvme_stop();
	if (~before & value & 1) {
		nvme.enables++;
		nvme.completion_phase = 1;
		nvme.ready_at = arch_now_ns() + 3000000;
		/* Queues of one entry, off-page queues and other entry sizes do not start. */
		if (!(nvme.aqa & 0xfff) || !(nvme.aqa >> 16 & 0xfff) || nvme.asq & 0xfff ||
		    nvme.acq & 0xfff || (value & 0xff3fff) != 0x460001)
			nvme.csts |= 2;
	}
}

static void nvme_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	bool stopped = !(nvme.cc & 1) && !(nvme.csts & 1);

	(void)context;
	if (fake_mode == FAKE_GONE)
		return;
	switch (offset) {
	case 0x14: nvme_configure((uint32_t)value); break;
	case 0x24: nvme.aqa = stopped && width == 4 ? (uint32_t)value : 0; break;
	case 0x28: nvme.asq = stopped && width == 8 ? value : 1; break;
	case 0x30: nvme.acq = stopped && width == 8 ? value : 1; break;
	case 0x1000: nvme.tail = (uint32_t)value; break;
	case 0x1008: nvme.completion_head = (uint32_t)value; break;	/* CAP.DSTRD is 1 */
	}
}

/* ---- The function that they all are ---- */

static uint64_t fake_config_read(void *context, uint64_t offset, unsigned width)
{
	uint64_t value = 0;

	(void)context;
	if (fake_mode == FAKE_GONE || offset + width > sizeof(fake_config))
		return UINT64_MAX;
	memcpy(&value, fake_config + offset, width);
	return value;
}

static void fake_config_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	if (fake_mode != FAKE_GONE && offset == 4 && width == 2)
		memcpy(fake_config + 4, &value, 2);
}

/* ---- One engine, opened on one of them ---- */

#define WINDOW_IOVA   0x7654000u
#define CONTROL_IOVA  0x0100000u
#define CONTROL_PAGES DMA_CONTROL_PAGES_MAX
#define SECOND        1000000u /* in microseconds */

static const struct arch_host_ops config_ops = { fake_config_read, fake_config_write };
static const struct arch_host_ops testdev_ops = { testdev_read, testdev_write };
static const struct arch_host_ops edu_ops = { edu_read, edu_write };
static const struct arch_host_ops nvme_ops = { nvme_read, nvme_write };

static struct pci_segment segment = { FAKE_ECAM, 0, 0, 0 };
static struct pci_function function;
static struct dma_engine engine;
static uint8_t window[3 * 4096] __attribute__((aligned(4096)));
static uint8_t control_memory[CONTROL_PAGES * 4096] __attribute__((aligned(4096)));
static struct fake_window *control_window, *test_window;

static const struct kind {
	const char *name;
	const struct arch_host_ops *ops;
	uint16_t vendor, device;
	uint32_t class_code, bar_bytes;
} testdev_kind = { "testdev0", &testdev_ops, 0x1b36, 0x0005, 0x00ff00, 0x1000 },
  edu_kind = { "edu0", &edu_ops, 0x1234, 0x11e8, 0x00ff00, 0x100000 },
  nvme_kind = { "nvme0", &nvme_ops, 0x1b36, 0x0010, 0x010802, 0x4000 };

static void begin(const struct kind *kind)
{
	arch_host_reset();
	fake_mode = FAKE_WORKS;
	fake_window_count = fake_refused = 0;
	memset(fake_config, 0, sizeof(fake_config));
	memcpy(fake_config, &kind->vendor, 2);
	memset(&testdev, 0, sizeof(testdev));
	memset(&edu, 0, sizeof(edu));
	memset(&nvme, 0, sizeof(nvme));
	testdev.result = 0xffffffff;
	nvme.cap = 0x0000002102000fff; /* NVM commands, DSTRD 1, TO 1 s, MQES fff */
	nvme.identity[0] = 0x36;
	nvme.identity[1] = 0x1b;
	for (unsigned i = 2; i < 4096; i++)
		nvme.identity[i] = (uint8_t)(i * 7);
	nvme.log[0] = 0x01;
	memcpy(nvme.log + 8, "1.0     ", 8);
	memset(window, 0x5a, sizeof(window));
	memset(control_memory, 0x5a, sizeof(control_memory));
	CHECK_EQ(arch_host_region(FAKE_ECAM, 4096, &config_ops, NULL), STATUS_OK);
	CHECK_EQ(arch_map_device(FAKE_ECAM, 4096), STATUS_OK);
	CHECK_EQ(arch_host_region(FAKE_BAR, kind->bar_bytes, kind->ops, NULL), STATUS_OK);
	function = (struct pci_function){ .segment = &segment,
					  .vendor = kind->vendor,
					  .device = kind->device,
					  .class_code = kind->class_code };
	function.bars[0] = (struct pci_bar){ .base = FAKE_BAR, .bytes = kind->bar_bytes };
	CHECK_EQ(dma_probe(&engine, &function, 0), STATUS_OK);
	CHECK_STR(engine.name, kind->name);
	control_window = fake_map(CONTROL_IOVA, control_memory, sizeof(control_memory));
	test_window = fake_map(WINDOW_IOVA, window, 2 * 4096);
}

static enum status open_engine(void)
{
	struct dma_control control = { control_memory, iova(CONTROL_IOVA), sizeof(control_memory) };

	return engine.driver->ops->open(&engine, &control, deadline_in_us(10 * SECOND));
}

static enum status close_engine(void)
{
	return engine.driver->ops->close(&engine, deadline_in_us(10 * SECOND));
}

static struct dma_op op_of(enum dma_direction direction, uint64_t at, uint32_t bytes)
{
	return (struct dma_op){ .direction = direction, .iova = iova(at), .bytes = bytes };
}

static enum status transfer(enum dma_direction direction, uint64_t at, uint32_t bytes)
{
	struct dma_op op = op_of(direction, at, bytes);

	if (direction == DMA_READ)
		engine.driver->ops->prepare(&engine, &op, window + (at - WINDOW_IOVA) % 8192);
	return dma_run(&engine, &op, deadline_in_us(10 * SECOND));
}

static bool is_poison(const uint8_t *from, const uint8_t *to)
{
	while (from < to)
		if (*from++ != 0x5a)
			return false;
	return true;
}

/* The bytes of a write are where they belong, are those of fill(), and nothing else changed. */
static void check_write(uint64_t offset, uint32_t bytes)
{
	static uint8_t expected[4096];
	struct dma_op op = op_of(DMA_WRITE, WINDOW_IOVA + offset, bytes);

	memset(window, 0x5a, sizeof(window));
	CHECK_EQ(transfer(DMA_WRITE, WINDOW_IOVA + offset, bytes), STATUS_OK);
	CHECK(engine.driver->ops->fill(&engine, &op, expected));
	CHECK(memcmp(window + offset, expected, bytes) == 0);
	CHECK(is_poison(window, window + offset));
	CHECK(is_poison(window + offset + bytes, window + sizeof(window)));
	CHECK(!engine.driver->ops->saw(&engine));
}

static const struct kind *const kinds[] = { &testdev_kind, &edu_kind, &nvme_kind };

#endif
