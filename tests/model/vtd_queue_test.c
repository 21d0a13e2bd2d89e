/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The invalidation queue of the modelled unit, its errors, its event, and some defects of the catalogue. */
#include "tests/model/rig.h"

static void legacy_queue(void)
{
	bench(&vtd_config_client);
	queue_open(false);
}

HOST_TEST(wait_writes_status)
{
	legacy_queue();
	put(0x9000, 0x1111111122222222);
	queue_put(0xabcdef0100000025, 0x9004);
	CHECK_EQ(get(0x9000), 0xabcdef0122222222);
	CHECK_EQ(reg64(0x80), 0x10);
	CHECK_EQ(reg32(0x9c), 0);
	queue_put(0x0000000100000005, 0x9004);	/* a pure fence */
	CHECK_EQ(get(0x9000), 0xabcdef0122222222);
	CHECK_EQ(reg64(0x80), 0x20);
	queue_put(0x0000000500000025, UINT64_C(1) << 39 | 0x9000);	/* bits from HAW up are ignored */
	CHECK_EQ(get(0x9000), 0xabcdef0100000005);
}

HOST_TEST(wait_event)
{
	legacy_queue();
	set32(0xa4, 0x42);
	set32(0xa8, 0xfee00000);
	queue_put(0x15, 0);
	CHECK_EQ(reg32(0x9c), 1);
	CHECK_EQ(reg32(0xa0), 0xc0000000);
	set32(0xa0, 0);
	CHECK_EQ(interrupts, 1);
	CHECK_EQ(interrupt_data, 0x42);
	queue_put(0x15, 0);
	CHECK_EQ(interrupts, 1);
	set32(0x9c, 1);
	queue_put(0x15, 0);
	CHECK_EQ(interrupts, 2);
	set32(0xa0, 0x80000000);
	set32(0x9c, 1);
	queue_put(0x15, 0);
	CHECK_EQ(reg32(0xa0), 0xc0000000);
	set32(0x9c, 1);
	CHECK_EQ(reg32(0xa0), 0x80000000);
}

HOST_TEST(wraps_and_stops_when_disabled)
{
	legacy_queue();
	for (unsigned i = 1; i <= 300; i++)
		queue_put((uint64_t)i << 32 | 0x25, 0x9000);
	CHECK_EQ(get(0x9000), 300);
	CHECK_EQ(reg64(0x80), 0x2c0);
	set32(0x18, 0);
	CHECK_EQ(reg32(0x1c), 0);
	CHECK_EQ(reg64(0x80), 0);
}

static void expect_error(uint64_t w0, uint64_t w1, unsigned code)
{
	uint64_t head = reg64(0x80);

	queue_put(w0, w1);
	CHECK_EQ(reg32(0x34), 0x10);
	CHECK_EQ(reg64(0xb0) & 15, code);
	CHECK_EQ(reg64(0x80), head);
	/* A good descriptor in its place, and the queue goes on. */
	put(0x8000 + head, 0x5);
	put(0x8008 + head, 0);
	set32(0x34, 0x10);
	while (unit->ops->step(unit))
		;
	CHECK_EQ(reg64(0x80), queue_tail);
	CHECK_EQ(reg32(0x34), 0);
}

HOST_TEST(errors)
{
	legacy_queue();
	expect_error(0x0, 0, 3);
	expect_error(0x205, 0, 3);		/* type bits 11:9 */
	expect_error(0x3, 0, 3);		/* no Device-TLBs */
	expect_error(0x6, 0, 3);		/* not in legacy mode */
	expect_error(0x105, 0, 4);
	expect_error(0x5, 1, 4);
	expect_error(0x85, 0, 4);		/* PD without PDS */
	expect_error(0x1, 0, 4);		/* granularity 0 */
	expect_error(0x11, 1, 4);
	expect_error(0x8012, 0, 4);
	expect_error(0x32, 0x80, 4);
}

HOST_TEST(nothing_is_fetched_after_an_error)
{
	legacy_queue();
	queue_put(0x0, 0);
	queue_put(0x0000000700000025, 0x9000);
	CHECK_EQ(get(0x9000), 0);
	CHECK_EQ(reg64(0x80), 0);
	CHECK_EQ(reg32(0x38), 0xc0000000);
	put(0x8000, 0x5);
	set32(0x34, 0x10);
	while (unit->ops->step(unit))
		;
	CHECK_EQ(get(0x9000), 7);
	CHECK_EQ(reg32(0x38), 0x80000000);
}

HOST_TEST(programming_errors)
{
	bench(&vtd_config_server);
	queue_open(false);
	enable(0x1400);
	queue_put(0x5, 0);
	CHECK_EQ(reg64(0xb0) & 15, 5);		/* 128 bits in scalable mode */
	bench(&vtd_config_server);
	queue_open(true);
	enable(0x1400);
	set64(0x88, 0x10);
	CHECK_EQ(unit->ops->step(unit), false);
	CHECK_EQ(reg64(0xb0) & 15, 6);
	bench(&vtd_config_server);
	queue_open(true);
	set64(0x88, 0x1000);
	CHECK_EQ(unit->ops->step(unit), false);
	CHECK_EQ(reg64(0xb0) & 15, 1);
	bench(&vtd_config_client);
	queue_open(true);
	queue_put(0x5, 0);
	CHECK_EQ(reg64(0xb0) & 15, 5);
	bench(&vtd_config_server);
	queue_open(true);
	enable(0x1800);
	queue_put(0x5, 0);
	CHECK_EQ(reg64(0xb0) & 15, 7);
}

HOST_TEST(unit_without_queue)
{
	bench(&vtd_config_old);
	set64(0x90, 0x8000);
	set32(0xa4, 1);
	set32(0x18, 0x04000000);
	CHECK_EQ(reg32(0x1c), 0);
	CHECK_EQ(reg64(0x90), 0);
	CHECK_EQ(reg32(0xa4), 0);
	CHECK_EQ(unit->ops->step(unit), false);
}

static uint64_t device_address;
static unsigned device_size;
static bool device_answers;

static bool device_invalidate(void *context, uint16_t source, uint32_t pasid, uint64_t address, unsigned size_lg2)
{
	(void)context;
	CHECK_EQ(source, 0x28);
	CHECK_EQ(pasid, SILICON_NO_PASID);
	device_address = address;
	device_size = size_lg2;
	return device_answers;
}

HOST_TEST(device_tlb)
{
	static const struct silicon_devices devices = { .invalidate = device_invalidate };

	bench(&vtd_config_server);
	unit->devices = &devices;
	queue_open(true);
	device_answers = true;
	queue_put(0x0000002800000003, 0x5000);
	CHECK_EQ(device_size, 12);
	CHECK_EQ(device_address, 0x5000);
	queue_put(0x0000002800000003, 0x6ff001);
	CHECK_EQ(device_size, 21);
	CHECK_EQ(device_address, 0x600000);
	queue_put(0x0000002800000003, 0x7ffffffffffff001);
	CHECK_EQ(device_size, 64);
	device_answers = false;
	queue_put(0x0000002800000003, 0x5000);
	CHECK_EQ(reg32(0x34), 0x40);
	CHECK_EQ(reg64(0xb0) >> 32, 0x28);
	queue_put(0x0000000900000025, 0x9000);
	CHECK_EQ(get(0x9000), 0);
	set32(0x34, 0x40);
	while (unit->ops->step(unit))
		;
	CHECK_EQ(get(0x9000), 9);
}

HOST_TEST(page_requests)
{
	struct silicon_request request = {
		.access = SILICON_PAGE_REQUEST, .source = 0x28, .pasid = SILICON_NO_PASID, .address = 0x7000,
		.wants_read = true, .wants_write = true, .last = true,
	};

	bench(&vtd_config_server);
	scalable_context(0x301d, 5);		/* DTE, PASIDE, PRE */
	pasid_entry(5, 0x10089, 0x00800009, 0);
	set64(0xd0, 0xa000);
	enable(0x1400);
	CHECK_EQ(unit->ops->request(unit, &request).allowed, true);
	CHECK_EQ(get(0xa000), 0x0000000000280001);
	CHECK_EQ(get(0xa008), 0x7007);
	CHECK_EQ(reg64(0xc8), 0x20);
	CHECK_EQ(reg32(0xdc), 1);
	CHECK_EQ(reg32(0xe0), 0xc0000000);
	for (unsigned i = 0; i < 126; i++)
		CHECK_EQ(unit->ops->request(unit, &request).allowed, true);
	CHECK_EQ(unit->ops->request(unit, &request).allowed, false);
	CHECK_EQ(reg32(0xdc), 3);
	set32(0xdc, 3);
	CHECK_EQ(reg32(0xe0), 0x80000000);
}

/* ---- The catalogue ------------------------------------------------------------------------------- */

HOST_TEST(catalogue_is_whole)
{
	CHECK(vtd_defect_count() >= 60);
	CHECK_EQ(vtd_defect(0) == NULL, true);
	CHECK_EQ(vtd_defect(vtd_defect_count() + 1) == NULL, true);
	CHECK_EQ(vtd_defect_by_name("none such"), 0);
	for (unsigned i = 1; i <= vtd_defect_count(); i++) {
		const struct silicon_defect *defect = vtd_defect(i);

		CHECK_EQ(vtd_defect_by_name(defect->name), i);
		CHECK(defect->sentence[strlen(defect->sentence) - 1] == '.');
		CHECK(defect->clause[0] >= '1' && defect->clause[0] <= '9');
		CHECK(defect->source[0] != 0);
	}
}

/* Dirty on hit: the write after a read, through one cached translation */
static uint64_t leaf_after_read_and_write(const char *defect)
{
	if (defect)
		bench_with(&vtd_config_server, defect);
	else
		bench(&vtd_config_server);
	scalable_context(0x3009, 5);
	pasid_entry(5, 0x10289, 0x00800009, 0);
	put(0x10000, 0x11003);
	put(0x11000, 0x12003);
	put(0x12000, 0x13003);
	put(0x13000, 0x14003);
	queue_open(true);
	enable(0x1400);
	(void)reads(0);
	(void)writes(0);
	return get(0x13000);
}

HOST_TEST(defects_show)
{
	CHECK_EQ(leaf_after_read_and_write(NULL), 0x14303);
	CHECK_EQ(leaf_after_read_and_write("dirty-not-on-hit"), 0x14103);
	CHECK_EQ(leaf_after_read_and_write("second-dirty-never"), 0x14103);
	CHECK_EQ(leaf_after_read_and_write("dirty-not-if-accessed"), 0x14103);
	CHECK_EQ(leaf_after_read_and_write("dirty-enable-ignored"), 0x14003);
	CHECK_EQ(leaf_after_read_and_write("dirty-bit-of-first-stage"), 0x14143);
	CHECK_EQ(leaf_after_read_and_write("second-accessed-never"), 0x14303);
}

HOST_TEST(completion_before_invalidation)
{
	(void)leaf_after_read_and_write("completion-before-invalidation");
	put(0x13000, 0x15303);
	queue_put(0x00090072, 0);
	CHECK_EQ(reads(0), 0x14000);
	queue_put(0x5, 0);
	CHECK_EQ(reads(0), 0x15000);
}

HOST_MAIN()
