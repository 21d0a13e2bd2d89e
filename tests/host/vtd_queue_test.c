/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The invalidation queue against descriptors taken from VT-d 5.10, 6.5.2, its errors, and the registers of 6.5.1. */
#include "tests/host/check.h"
#include "tests/host/vtd_fake.h"

static enum status invalidate(struct iommu_invalidation what)
{
	return vtd.iommu.ops->invalidate(&vtd.iommu, &what);
}

static enum status sync_unit(void)
{
	return vtd.iommu.ops->sync(&vtd.iommu, deadline_in_us(1000));
}

static struct iommu_invalidation range(uint16_t did, uint64_t at, uint64_t bytes, bool leaf_only)
{
	return (struct iommu_invalidation){ .scope = IOMMU_SCOPE_RANGE,
					    .domain_id = did,
					    .source = fake_source(0),
					    .iova = iova(at),
					    .bytes = bytes,
					    .leaf_only = leaf_only };
}

#define CHECK_DONE(n, w0, w1) \
	do { \
		CHECK_EQ(fake.done[n][0], w0); \
		CHECK_EQ(fake.done[n][1], w1); \
		CHECK_EQ(fake.done[n][2] | fake.done[n][3], 0); \
	} while (0)

HOST_TEST(legacy_descriptors)
{
	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }), STATUS_OK);
	CHECK_DONE(0, 0x11, 0);
	CHECK_DONE(1, 0xd2, 0);
	CHECK_EQ(fake.done_count, 2);
	fake.done_count = 0;
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_SOURCE,
							 .source = fake_source(0x0312),
							 .domain_id = 0x4567 }),
		 STATUS_OK);
	CHECK_DONE(0, 0x0000031245670031, 0);
	CHECK_DONE(1, 0x00000000456700e2, 0);
	CHECK_EQ(fake.done_count, 2);
	fake.done_count = 0;
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_DOMAIN,
							 .domain_id = 0x4567 }),
		 STATUS_OK);
	CHECK_DONE(0, 0x00000000456700e2, 0);
	CHECK_EQ(invalidate(
			 (struct iommu_invalidation){ .scope = IOMMU_SCOPE_PASID, .domain_id = 1 }),
		 STATUS_UNSUPPORTED);
	CHECK_EQ(fake.done_count, 1);
}

HOST_TEST(scalable_descriptors)
{
	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_SOURCE,
							 .source = fake_source(0x0312),
							 .domain_id = 0x4567 }),
		 STATUS_OK);
	CHECK_DONE(0, 0x0000031245670031, 0);
	CHECK_DONE(1, 0x0000000045670007, 0);
	CHECK_DONE(2, 0x00000000456700e2, 0);
	CHECK_EQ(fake.done_count, 3);
	fake.done_count = 0;
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_PASID,
							 .source = { 0, 0, 0xabcde },
							 .domain_id = 0x4567 }),
		 STATUS_OK);
	CHECK_DONE(0, 0x000abcde45670026, 0);
	CHECK_EQ(fake.done_count, 1);
}

/* 6.2.2, 6.2.3: caching mode tags what was not present with domain 0. */
HOST_TEST(caching_mode_reaches_domain_0)
{
	fake_on(CAP_PLAIN | 0x80, ECAP_FIRST, "first");
	CHECK_EQ(invalidate((struct iommu_invalidation){
			 .scope = IOMMU_SCOPE_SOURCE, .source = fake_source(8), .domain_id = 3 }),
		 STATUS_OK);
	CHECK_EQ(fake.done_count, 5);
	CHECK_DONE(0, 0x0000000800030031, 0);
	CHECK_DONE(1, 0x0000000000030007, 0);
	CHECK_DONE(2, 0x0000000000000007, 0);
	CHECK_DONE(3, 0x00000000000300e2, 0);
	CHECK_DONE(4, 0x00000000000000e2, 0);
}

/* AM counts address bits above 12; the address loses those below (6.5.2.3, table 22). */
HOST_TEST(second_stage_ranges)
{
	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK_EQ(invalidate(range(5, 0x12345000, 4096, true)), STATUS_OK);
	CHECK_EQ(invalidate(range(5, 0x12345678, 1, false)), STATUS_OK);
	CHECK_EQ(invalidate(range(5, 0x12345000, 8192, true)), STATUS_OK);
	CHECK_EQ(invalidate(range(5, 0x40000000, 0x200000, false)), STATUS_OK);
	CHECK_EQ(invalidate(range(5, 0x40000000, 0x40000000, false)), STATUS_OK);
	CHECK_EQ(invalidate(range(5, 0x40000000, 0x40000001, false)), STATUS_OK);
	CHECK_DONE(0, 0x500f2, 0x12345040);
	CHECK_DONE(1, 0x500f2, 0x12345000);
	CHECK_DONE(2, 0x500f2, 0x12344042); /* 45 and 46: 44 .. 47 */
	CHECK_DONE(3, 0x500f2, 0x40000009);
	CHECK_DONE(4, 0x500f2, 0x40000012);
	CHECK_DONE(5, 0x500e2, 0); /* beyond MAMV 18: the domain */
	CHECK_EQ(invalidate(range(5, 0, 0x80000000, false)), STATUS_OK);
	CHECK_DONE(6, 0x500e2, 0);
	CHECK_EQ(invalidate(range(5, 0, 0, false)), STATUS_BAD_RANGE);
	CHECK_EQ(invalidate(range(5, UINT64_MAX - 4095, 8192, false)), STATUS_BAD_RANGE);
	CHECK_EQ(fake.done_count, 7);

	fake_on(CAP_PLAIN & ~BIT64(39), ECAP_LEGACY, "legacy");
	CHECK_EQ(invalidate(range(5, 0x12345000, 4096, true)), STATUS_OK);
	CHECK_DONE(0, 0x500e2, 0); /* no PSI: the domain */
}

HOST_TEST(first_stage_ranges)
{
	struct iommu_invalidation what = range(5, 0x12345000, 4096, true);

	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	CHECK_EQ(invalidate(what), STATUS_OK);
	what.source.pasid = 0x123;
	CHECK_EQ(invalidate(what), STATUS_OK);
	CHECK_EQ(invalidate(range(5, 0, BIT64(30), false)), STATUS_OK);
	CHECK_EQ(invalidate(range(5, 0, BIT64(31), false)), STATUS_OK);
	CHECK_EQ(invalidate(range(5, 0, BIT64(47), false)), STATUS_OK);
	CHECK_DONE(0, 0x0000000000050036, 0x12345040);
	CHECK_DONE(1, 0x0000012300050036, 0x12345040);
	CHECK_DONE(2, 0x0000000000050036, 0x12); /* up to MAMV 18 ... */
	CHECK_DONE(3, 0x0000000000050026, 0);    /* ... and the PASID beyond it */
	CHECK_DONE(4, 0x0000000000050026, 0);
}

HOST_TEST(sync_waits_for_a_status_write)
{
	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(fake.done_count, 2);
	CHECK_EQ(fake.done[0][0] & 0xffffffff, 0x25);           /* SW alone */
	CHECK_EQ(fake.done[1][0] - fake.done[0][0], BIT64(32)); /* another value each time */
	CHECK_EQ(fake.done[0][1] & 3, 0);
}

HOST_TEST(wide_slots_are_32_bytes)
{
	uint64_t iqt[2];

	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	CHECK_EQ(fake_get(0x88, 8), 4 * 32); /* enable() queued three and a wait */
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(fake_written(0x88, iqt, 2), 1);
	CHECK_EQ(iqt[0], 5 * 32);
	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK_EQ(fake_get(0x88, 8), 3 * 16);
}

HOST_TEST(the_queue_wraps)
{
	for (unsigned wide = 0; wide < 2; wide++) {
		fake_on(CAP_PLAIN, ECAP_FIRST, wide ? "first" : "legacy");
		for (unsigned i = 0; i < 700; i++) {
			fake.done_count = 0;
			CHECK_EQ(invalidate((struct iommu_invalidation){
					 .scope = IOMMU_SCOPE_DOMAIN, .domain_id = (uint16_t)i }),
				 STATUS_OK);
			CHECK_EQ(sync_unit(), STATUS_OK);
			CHECK_EQ(fake.done_count, 2);
			CHECK_EQ(fake.done[0][0], (uint64_t)i << 16 | 0xe2);
		}
		CHECK_EQ(fake_get(0x34, 4), 0);
	}
}

HOST_TEST(free_slots_hold_ones)
{
	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK_EQ(sync_unit(), STATUS_OK);
	for (unsigned i = 0; i < 512; i++)
		CHECK_EQ(vtd.queue.ring[i], UINT64_MAX);
}

/* 6.5.2: N - 1 descriptors fill the queue; the last free slot but that is kept for sync()'s wait. */
HOST_TEST(a_full_queue_refuses_and_loses_nothing)
{
	struct iommu_invalidation what = { .scope = IOMMU_SCOPE_DOMAIN, .domain_id = 1 };
	unsigned queued = 0;

	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	fake.queue_stalls = true;
	while (queued < 1000 && invalidate(what) == STATUS_OK)
		queued++;
	CHECK_EQ(queued, 254);
	CHECK_EQ(invalidate(what), STATUS_EXHAUSTED);
	CHECK_EQ(sync_unit(), STATUS_TIMEOUT);
	fake.queue_stalls = false;
	fake_fetch();
	CHECK_EQ(fake.done_count, 255);
	CHECK_EQ(fake.done[253][0], 0x100e2);
	CHECK_EQ(sync_unit(), STATUS_OK);

	/* A request of three descriptors is queued whole or not at all. */
	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	fake.queue_stalls = true;
	what.scope = IOMMU_SCOPE_ALL;
	for (queued = 0; queued < 1000 && invalidate(what) == STATUS_OK;)
		queued++;
	CHECK_EQ(queued, 42);
	fake.queue_stalls = false;
	fake_fetch();
	CHECK_EQ(fake.done_count, 126);
}

HOST_TEST(a_stalled_queue_times_out)
{
	uint64_t start;

	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	fake.queue_stalls = true;
	start = arch_now_ns();
	CHECK_EQ(sync_unit(), STATUS_TIMEOUT);
	CHECK(arch_now_ns() - start >= 1000000);
	CHECK(arch_now_ns() - start < 2000000);
}

static const uint64_t bad_type[4] = { 0xf };

HOST_TEST(a_bad_descriptor_stops_the_queue_until_recovered)
{
	for (unsigned late = 0; late < 2; late++) {
		fake_on(CAP_PLAIN, ECAP_FIRST, "first");
		fake.resumes_late = late;
		CHECK_EQ(vtd_queue_raw(&vtd, bad_type), STATUS_OK);
		CHECK_EQ(vtd_queue_raw(&vtd, bad_type), STATUS_OK);
		CHECK_EQ(sync_unit(), STATUS_QUEUE_ERROR);
		CHECK_EQ(fake_get(0x34, 4), 0x10);
		CHECK_EQ(sync_unit(), STATUS_QUEUE_ERROR);
		CHECK_EQ(vtd_queue_recover(&vtd), STATUS_OK);
		CHECK_EQ(fake_get(0x34, 4), 0);
		fake.done_count = 0;
		CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }),
			 STATUS_OK);
		CHECK_EQ(sync_unit(), STATUS_OK);
		CHECK_EQ(fake.done_count, 4);
		CHECK_EQ(fake_get(0x1c, 4), 0xc4000000);
	}
}

/* 6.5.2: only an empty queue is disabled. Where not even a wait is taken, it is empty because its tail comes back. */
HOST_TEST(a_queue_in_error_is_empty_when_it_is_turned_off)
{
	for (unsigned none = 0; none < 2; none++) {
		fake_on(CAP_PLAIN, ECAP_FIRST, "first");
		fake.off_wants_empty = true;
		fake.no_width = none;
		CHECK_EQ(vtd_queue_raw(&vtd, bad_type), STATUS_OK);
		CHECK_EQ(fake_get(0x80, 8) == fake_get(0x88, 8), false);
		CHECK_EQ(vtd_queue_stop(&vtd), STATUS_OK);
		CHECK_EQ(fake_get(0x34, 4), 0);
		fake.no_width = false;
		CHECK_EQ(vtd_queue_start(&vtd, true), STATUS_OK);
		CHECK_EQ(sync_unit(), STATUS_OK);
	}
}

/* A unit that takes narrow descriptors from a wide queue stands within a slot when the upper half is none. */
HOST_TEST(a_head_within_a_slot_is_recovered)
{
	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	CHECK_EQ(vtd_queue_raw(&vtd, (const uint64_t[4]){ 0x45 }), STATUS_OK);
	CHECK_EQ(sync_unit(), STATUS_OK);
	fake_set(0x90, 8, fake_get(0x90, 8) & ~0x800ull);
	CHECK_EQ(vtd_queue_raw(&vtd, (const uint64_t[4]){ 0x45 }), STATUS_OK);
	CHECK_EQ(fake_get(0x80, 8) % 32, 16);
	CHECK_EQ(fake_get(0x34, 4), 0x10);
	fake.off_wants_empty = true;
	CHECK_EQ(vtd_queue_stop(&vtd), STATUS_OK);
	CHECK_EQ(fake_get(0x34, 4), 0);
}

HOST_TEST(a_tail_out_of_place_is_recovered)
{
	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	vtd_queue_tail_raw(&vtd, 0x40000);
	CHECK_EQ(fake_get(0x34, 4), 0x10);
	CHECK_EQ(sync_unit(), STATUS_QUEUE_ERROR);
	CHECK_EQ(vtd_queue_recover(&vtd), STATUS_OK);
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(fake_get(0x34, 4), 0);
}

HOST_TEST(a_queue_that_stays_stuck_is_set_up_again)
{
	uint64_t gcmd[8];

	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	fake.queue_stalls = true;
	CHECK_EQ(sync_unit(), STATUS_TIMEOUT);
	CHECK_EQ(vtd_queue_recover(&vtd), STATUS_TIMEOUT);
	fake.log_count = 0;
	CHECK_EQ(fake_get(0x88, 8), 16);
	fake.queue_stalls = false;
	CHECK_EQ(vtd_queue_recover(&vtd), STATUS_OK);
	CHECK_EQ(fake_written(0x18, gcmd, 8), 0);
	CHECK_EQ(sync_unit(), STATUS_OK);
}

/* ITE and ICE belong to Device-TLBs: without DT their bits are reserved and not looked at. */
HOST_TEST(device_tlb_errors)
{
	fake_on(CAP_PLAIN, ECAP_LEGACY | 4, "legacy");
	fake_set(0x34, 4, 0x40);
	CHECK_EQ(sync_unit(), STATUS_QUEUE_ERROR);
	CHECK_EQ(vtd_queue_recover(&vtd), STATUS_OK);
	fake_set(0x34, 4, 0x20); /* ICE: the queue goes on */
	fake.done_count = 0;
	CHECK_EQ(sync_unit(), STATUS_QUEUE_ERROR);
	CHECK_EQ(fake.done_count, 1);
	CHECK_EQ(vtd_queue_recover(&vtd), STATUS_OK);
	CHECK_EQ(sync_unit(), STATUS_OK);
}

/* ---- Registers instead of a queue: CCMD at 28h, IVA at F0h, IOTLB at F8h ---- */

HOST_TEST(registers_where_there_is_no_queue)
{
	uint64_t ccmd[4], iotlb[4], iva[4];

	for (unsigned forced = 0; forced < 2; forced++) {
		fake_start(CAP_PLAIN, forced ? ECAP_LEGACY : ECAP_LEGACY & ~2ull);
		vtd.use_registers = forced;
		CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
		CHECK_EQ(vtd.iommu.ops->enable(&vtd.iommu, fake_regime("legacy")), STATUS_OK);
		CHECK_EQ(fake_get(0x1c, 4), 0xc0000000);
		CHECK_EQ(fake_written(0x28, ccmd, 4), 1);
		CHECK_EQ(ccmd[0], 0xa000000000000000);
		CHECK_EQ(fake_written(0xf8, iotlb, 4), 1);
		CHECK_EQ(iotlb[0], 0x9003000000000000);
		fake.log_count = 0;
		CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_SOURCE,
								 .source = fake_source(0x0312),
								 .domain_id = 0x4567 }),
			 STATUS_OK);
		CHECK_EQ(invalidate(range(5, 0x12345000, 8192, true)), STATUS_OK);
		CHECK_EQ(sync_unit(), STATUS_OK);
		CHECK_EQ(fake_written(0x28, ccmd, 4), 1);
		CHECK_EQ(ccmd[0], 0xe000000003124567);
		CHECK_EQ(fake_written(0xf8, iotlb, 4), 2);
		CHECK_EQ(iotlb[0], 0xa003456700000000);
		CHECK_EQ(iotlb[1], 0xb003000500000000);
		CHECK_EQ(fake_written(0xf0, iva, 4), 1);
		CHECK_EQ(iva[0], 0x12344042);
		CHECK_EQ(fake_written(0x88, iva, 4), 0);
		CHECK_EQ(vtd.iommu.ops->close(&vtd.iommu), STATUS_OK);
	}
}

HOST_TEST(registers_that_never_finish)
{
	fake_start(CAP_PLAIN, ECAP_LEGACY & ~2ull);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->enable(&vtd.iommu, fake_regime("legacy")), STATUS_OK);
	fake.silent = true;
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }),
		 STATUS_TIMEOUT);
}

HOST_TEST(nothing_is_invalidated_before_enable)
{
	fake_start(CAP_PLAIN, ECAP_LEGACY);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }),
		 STATUS_UNSUPPORTED);
	CHECK_EQ(vtd_queue_raw(&vtd, bad_type), STATUS_UNSUPPORTED);
	CHECK_EQ(vtd_queue_recover(&vtd), STATUS_UNSUPPORTED);
	CHECK_EQ(fake.log_count, 0);
}

HOST_MAIN()
