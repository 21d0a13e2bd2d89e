/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands against words made from 48882 3.11, 2.4.1 to 2.4.8, and the buffer that they stand in. */
#include "tests/host/check.h"
#include "tests/host/amdvi_fake.h"

static enum status invalidate(struct iommu_invalidation what)
{
	return amdvi.iommu.ops->invalidate(&amdvi.iommu, &what);
}

static enum status sync_unit(void)
{
	return amdvi.iommu.ops->sync(&amdvi.iommu, deadline_in_us(1000));
}

#define CHECK_COMMAND(command, w0, w1) \
	do { \
		struct amdvi_command command_ = (command); \
		CHECK_EQ(command_.w[0], w0); \
		CHECK_EQ(command_.w[1], w1); \
	} while (0)

#define CHECK_DONE(n, w0, w1) \
	do { \
		CHECK_EQ(fake.done[n][0], w0); \
		CHECK_EQ(fake.done[n][1], w1); \
	} while (0)

HOST_TEST(commands_have_the_words_of_2_4)
{
	CHECK_COMMAND(amdvi_completion_wait(0x000fedcba9876543, 0x1122334455667788, 7),
		      0x100fedcba9876547, 0x1122334455667788);
	CHECK_COMMAND(amdvi_completion_wait(0xfff0000000001008, 1, 0xf2), 0x1000000000001002 | 8,
		      1);
	CHECK_COMMAND(amdvi_invalidate_devtab_entry(0xbeef), 0x200000000000beef, 0);
	CHECK_COMMAND(amdvi_invalidate_interrupt_table(0xbeef), 0x500000000000beef, 0);
	CHECK_COMMAND(amdvi_invalidate_iommu_all(), 0x8000000000000000, 0);
	/* DomainID 47:32; PASID 19:0 with GN (bit 66) alone; PDE bit 65; S bit 64. */
	CHECK_COMMAND(amdvi_invalidate_pages(0xabcd, 0x54321, 0x123456789abc, 12, 0),
		      0x3000abcd00000000, 0x123456789000);
	CHECK_COMMAND(amdvi_invalidate_pages(0xabcd, 0x54321, 0x123456789abc, 12, 4),
		      0x3000abcd00054321, 0x123456789004);
	CHECK_COMMAND(amdvi_invalidate_pages(1, 0, 0, 64, 2), 0x3000000100000000,
		      0x7ffffffffffff003);
	/* 2.4.4: PASID 15:8 at 23:16, 7:0 at 55:48, 19:16 at 59:56. */
	CHECK_COMMAND(amdvi_invalidate_iotlb(0xbeef, 0x1234, 0x20, 0xabcde, 0x1000, 12),
		      0x4ade123420bcbeef, 0x1004);
	CHECK_COMMAND(amdvi_invalidate_iotlb(0xbeef, 0x1234, 0x20, IOMMU_NO_PASID, 0, 64),
		      0x4000123420000000 | 0xbeef, 0x7ffffffffffff001);
	CHECK_COMMAND(amdvi_prefetch_pages(0xbeef, 0x200000, 21, 3, true), 0x600000000300beef,
		      0x2ff011);
	CHECK_COMMAND(amdvi_prefetch_pages(0xbeef, 0x3000, 12, 0, false), 0x600000000000beef,
		      0x3000);
	/* 2.4.7: the response code and the group are 15:12 and 8:0 of the tag at 111:96. */
	CHECK_COMMAND(amdvi_complete_ppr(0xbeef, 0x54321, 0x1ff, 0xf), 0x700543210000beef,
		      0xf1ff00000004);
	CHECK_COMMAND(amdvi_complete_ppr(0xbeef, IOMMU_NO_PASID, 5, 1), 0x700000000000beef,
		      0x100500000000);
}

/* Table 14: 2^(n+1) bytes, where n is the lowest 0 of the address from bit 12 up. */
HOST_TEST(sizes_are_coded_in_the_address)
{
	CHECK_EQ(amdvi_invalidate_pages(1, 0, 0x12345fff, 13, 0).w[1], 0x12344001);
	CHECK_EQ(amdvi_invalidate_pages(1, 0, 0x12345000, 14, 0).w[1], 0x12345001);
	CHECK_EQ(amdvi_invalidate_pages(1, 0, 0x12345000, 15, 0).w[1], 0x12343001);
	CHECK_EQ(amdvi_invalidate_pages(1, 0, 0x12345000, 20, 0).w[1], 0x1237f001);
	CHECK_EQ(amdvi_invalidate_pages(1, 0, 0x12345000, 21, 0).w[1], 0x122ff001);
	CHECK_EQ(amdvi_invalidate_pages(1, 0, 0xffffffff, 30, 0).w[1], 0xdffff001);
	CHECK_EQ(amdvi_invalidate_pages(1, 0, 0x8000000000000, 51, 0).w[1], 0x000bfffffffff001);
	for (unsigned lg2 = 13; lg2 < 64; lg2++) {
		uint64_t address = amdvi_invalidate_pages(1, 0, 0, lg2, 0).w[1] >> 12;
		unsigned zero = 0;

		while (address >> zero & 1)
			zero++;
		CHECK_EQ(zero + 12 + 1, lg2);
	}
}

HOST_TEST(scopes_become_commands)
{
	fake_on(EFR_PLAIN, "host");
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }), STATUS_OK);
	CHECK_DONE(0, 0x8000000000000000, 0);
	/* 2.4.2: the entry, and the pages of the domain, that it leaves cached. */
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_SOURCE,
							 .source = fake_source(0x108),
							 .domain_id = 0x4567 }),
		 STATUS_OK);
	CHECK_DONE(1, 0x2000000000000108, 0);
	CHECK_DONE(2, 0x3000456700000000, 0x7ffffffffffff003);
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_SOURCE,
							 .source = fake_source(0x108) }),
		 STATUS_OK);
	CHECK_DONE(3, 0x2000000000000108, 0);
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_DOMAIN,
							 .domain_id = 0x4567 }),
		 STATUS_OK);
	CHECK_DONE(4, 0x3000456700000000, 0x7ffffffffffff003);
	CHECK_EQ(invalidate(
			 (struct iommu_invalidation){ .scope = IOMMU_SCOPE_PASID, .domain_id = 1 }),
		 STATUS_UNSUPPORTED);
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_SOURCE,
							 .source = { 1, 8, IOMMU_NO_PASID } }),
		 STATUS_BAD_ARGUMENT);
	CHECK_EQ(fake.done_count, 5);
}

static struct iommu_invalidation range(uint64_t at, uint64_t bytes, bool leaf_only)
{
	return (struct iommu_invalidation){ .scope = IOMMU_SCOPE_RANGE,
					    .domain_id = 5,
					    .source = fake_source(0),
					    .iova = iova(at),
					    .bytes = bytes,
					    .leaf_only = leaf_only };
}

HOST_TEST(ranges_are_widened_to_what_an_address_can_say)
{
	static const struct {
		uint64_t at, bytes;
		bool leaf_only;
		uint64_t address;
	} ranges[] = {
		{ 0x12345000, 4096, true, 0x12345000 },
		{ 0x12345000, 4096, false, 0x12345002 },
		{ 0x12345678, 1, true, 0x12345000 },
		{ 0x12345000, 8192, true, 0x12345001 }, /* 45 and 46: 44 .. 47 */
		{ 0x40000000, 0x200000, true, 0x400ff001 },
		{ 0, BIT64(51), true, 0x0003fffffffff001 },
		{ 0, BIT64(52), true,
		  0x7ffffffffffff001 }, /* what bits 63:52 say is not looked at */
		{ BIT64(51) - 4096, 8192, true, 0x7ffffffffffff001 },
		{ UINT64_MAX - 0xfff, 4096, true, 0x7ffffffffffff001 }, /* 2.4.4: undefined there */
		{ 0, UINT64_MAX, true, 0x7ffffffffffff001 },
	};

	fake_on(EFR_PLAIN, "host");
	for (unsigned i = 0; i < ARRAY_COUNT(ranges); i++) {
		CHECK_EQ(invalidate(range(ranges[i].at, ranges[i].bytes, ranges[i].leaf_only)),
			 STATUS_OK);
		CHECK_DONE(i, 0x3000000500000000, ranges[i].address);
	}
	CHECK_EQ(invalidate(range(0, 0, true)), STATUS_BAD_RANGE);
	CHECK_EQ(invalidate(range(UINT64_MAX - 4095, 8192, true)), STATUS_BAD_RANGE);
	CHECK_EQ(fake.done_count, ARRAY_COUNT(ranges));
}

HOST_TEST(sync_waits_for_a_value_of_its_own)
{
	fake_on(EFR_PLAIN, "host");
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(fake.done_count, 2);
	CHECK_EQ(fake.done[0][0] & 0xfff0000000000007, 0x1000000000000005); /* s and f */
	CHECK_EQ(fake.done[1][1] - fake.done[0][1], 1);
	fake.forgets_stores = true;
	CHECK_EQ(sync_unit(), STATUS_TIMEOUT);
	CHECK_STR(amdvi.iommu.unmet.demand, "COMPLETION_WAIT stores its data (48882 2.4.1)");
}

HOST_TEST(the_buffer_wraps_at_every_length)
{
	for (unsigned lg2 = 8; lg2 <= 15; lg2++) {
		fake_start(EFR_PLAIN);
		CHECK_EQ(fake_open(), STATUS_OK);
		amdvi.command_lg2 = lg2;
		CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_OK);
		CHECK_EQ(fake_get(0x08, 8) >> 56, lg2);
		for (unsigned i = 0; i < BIT(lg2); i++) {
			fake.done_count = 0;
			CHECK_EQ(invalidate((struct iommu_invalidation){
					 .scope = IOMMU_SCOPE_DOMAIN,
					 .domain_id = (uint16_t)(i + 1) }),
				 STATUS_OK);
			CHECK_EQ(sync_unit(), STATUS_OK);
			CHECK_EQ(fake.done_count, 2);
			CHECK_EQ(fake.done[0][0] >> 32 & 0xffff, i + 1);
		}
		CHECK_EQ(fake_get(0x2008, 8), (3 + 2 * (uint64_t)BIT(lg2)) * 16 % (16ull << lg2));
		CHECK(fake_get(0x2020, 8) & 0x10);
	}
}

HOST_TEST(lengths_that_do_not_exist_are_refused)
{
	fake_start(EFR_PLAIN);
	CHECK_EQ(fake_open(), STATUS_OK);
	amdvi.command_lg2 = 16;
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_BAD_ARGUMENT);
	amdvi.command_lg2 = 0;
	amdvi.event_lg2 = 7;
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_BAD_ARGUMENT);
	CHECK_EQ(fake.log_count, 0);
}

HOST_TEST(free_slots_hold_ones)
{
	fake_on(EFR_PLAIN, "host");
	CHECK_EQ(sync_unit(), STATUS_OK);
	for (unsigned i = 0; i < 512; i++)
		CHECK_EQ(amdvi.commands.slots[i], UINT64_MAX);
}

/* 3.4.15: the tail never reaches the head; the last free slot but that is kept for sync()'s wait. */
HOST_TEST(a_full_buffer_refuses_and_loses_nothing)
{
	struct iommu_invalidation what = { .scope = IOMMU_SCOPE_DOMAIN, .domain_id = 1 };
	unsigned queued = 0;

	fake_on(EFR_PLAIN, "host");
	fake.stalls = true;
	while (queued < 1000 && invalidate(what) == STATUS_OK)
		queued++;
	CHECK_EQ(queued, 254);
	CHECK_EQ(invalidate(what), STATUS_EXHAUSTED);
	CHECK_EQ(sync_unit(), STATUS_TIMEOUT);
	CHECK_EQ(sync_unit(), STATUS_TIMEOUT); /* no room for a second wait */
	CHECK_STR(amdvi.iommu.unmet.demand, "CmdHead follows CmdTail (48882 3.4.15)");
	fake.stalls = false;
	fake_fetch();
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(fake.done_count, 254 + 2);
}

HOST_TEST(an_illegal_command_halts_and_the_buffer_starts_again)
{
	static const struct amdvi_command bad = { { 0xf000000000000000, 0 } };
	struct iommu_fault fault;
	uint64_t control[4], tail;

	fake_on(EFR_PLAIN, "host");
	tail = fake_get(0x2008, 8);
	CHECK_EQ(amdvi_queue_raw(&amdvi, bad), STATUS_OK);
	CHECK_EQ(sync_unit(), STATUS_QUEUE_ERROR);
	CHECK_STR(amdvi.iommu.unmet.demand,
		  "legal commands leave Status.CmdBufRun set (48882 2.4, 2.5.6)");
	CHECK_EQ(amdvi.iommu.ops->next_fault(&amdvi.iommu, &fault), STATUS_OK);
	CHECK_EQ(fault.reason, 0x5000);
	CHECK_EQ(fault.address, pa_of(amdvi.commands.slots).v + tail);
	CHECK_EQ(fault.source.pasid, IOMMU_NO_PASID);
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }), STATUS_OK);
	CHECK_EQ(fake.done_count, 0);
	fake.log_count = 0;
	CHECK_EQ(amdvi_queue_recover(&amdvi), STATUS_OK);
	CHECK_EQ(fake_written(0x18, control, 4), 2);
	CHECK_EQ(control[0] & 0x1000, 0);
	CHECK_EQ(control[1] & 0x1001, 0x1001);
	CHECK_EQ(fake_get(0x2008, 8), 16); /* its wait alone: what was queued is lost */
	CHECK_EQ(fake.done_count, 1);
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }), STATUS_OK);
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(fake.done_count, 3);
}

/* A halt that comes while sync() waits, and a unit that goes. */
static void halt(void *context)
{
	(void)context;
	fake_status(0x10, 0);
}

static void go(void *context)
{
	(void)context;
	fake.gone = true;
}

HOST_TEST(a_halt_ends_the_wait)
{
	fake_on(EFR_PLAIN, "host");
	fake.stalls = true;
	arch_host_pause_hook(halt, NULL);
	CHECK_EQ(sync_unit(), STATUS_QUEUE_ERROR);
	fake_on(EFR_PLAIN, "host");
	fake.stalls = true;
	arch_host_pause_hook(go, NULL);
	CHECK_EQ(sync_unit(), STATUS_GONE);
	CHECK_EQ(sync_unit(), STATUS_GONE);
}

HOST_TEST(a_buffer_that_is_stopped_takes_nothing)
{
	fake_on(EFR_PLAIN, "host");
	CHECK_EQ(amdvi_queue_stop(&amdvi), STATUS_OK);
	CHECK_EQ(fake_get(0x18, 8) & 0x1001, 1);
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }),
		 STATUS_UNSUPPORTED);
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(amdvi_queue_recover(&amdvi), STATUS_UNSUPPORTED);
	CHECK_EQ(amdvi_queue_start(&amdvi, 16), STATUS_BAD_ARGUMENT);
	CHECK_EQ(amdvi_queue_start(&amdvi, 10), STATUS_OK);
	CHECK_EQ(fake_get(0x08, 8) >> 56, 10);
	CHECK_EQ(amdvi_queue_start(&amdvi, 10), STATUS_BAD_ARGUMENT); /* it runs */
	CHECK_EQ(sync_unit(), STATUS_OK);
	amdvi_queue_tail_raw(&amdvi, 0x30);
	CHECK_EQ(fake_get(0x2008, 8), 0x30);
}

/* Before the unit is taken there is nobody to tell. */
HOST_TEST(an_idle_unit_is_not_invalidated)
{
	fake_start(EFR_PLAIN);
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(invalidate((struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }),
		 STATUS_UNSUPPORTED);
	CHECK_EQ(sync_unit(), STATUS_OK);
	CHECK_EQ(fake.log_count, 0);
}

HOST_MAIN()
