/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Hardware page tables: what is refused, what the unit is told, and tables that say what the ioas
 * says.
 */
#include "iommu/hwpt.h"

#include "arch/host/host.h"
#include "tests/host/fake_iommu.h"

static struct ioas ioas;
static struct hwpt hwpt, twin;
static const struct deadline never = { UINT64_MAX };

static enum status make(struct hwpt *table, unsigned regime, unsigned levels, unsigned flags)
{
	return hwpt_init(table, &ioas, &fake.iommu, &fake.iommu.regimes[regime], levels, flags, 5,
			 &pool);
}

static void fresh(unsigned regime, unsigned flags)
{
	pool_fresh();
	fake_fresh();
	arch_host_reset();
	ioas_init(&ioas);
	CHECK_EQ(make(&hwpt, regime, 4, flags), STATUS_OK);
}

static uint64_t leaf_word(const struct hwpt *table, uint64_t at)
{
	struct pt_walk walk;

	CHECK_EQ(pt_walk((struct pt *)(uintptr_t)&table->pt, iova(at), &walk), STATUS_OK);
	return walk.found ? walk.steps[walk.step_count - 1].value : 0;
}

static void mark(uint64_t at, uint64_t flags)
{
	struct pt_walk walk;

	CHECK_EQ(pt_walk(&hwpt.pt, iova(at), &walk), STATUS_OK);
	*walk.steps[walk.step_count - 1].word |= flags;
}

HOST_TEST(refusals)
{
	struct iommu_regime foreign;
	size_t taken;

	fresh(FAKE_SECOND, 0);
	taken = pool.next;
	foreign = fake.iommu.regimes[FAKE_SECOND];
	CHECK_EQ(make(&twin, FAKE_SECOND, 5, 0), STATUS_UNSUPPORTED);
	CHECK_EQ(make(&twin, FAKE_SECOND, 40, 0), STATUS_UNSUPPORTED);
	CHECK_EQ(make(&twin, FAKE_FIRST, 3, 0), STATUS_UNSUPPORTED);
	CHECK_EQ(make(&twin, FAKE_LEGACY, 4, HWPT_DIRTY_TRACKING), STATUS_UNSUPPORTED);
	CHECK_EQ(make(&twin, FAKE_SECOND, 4, 4), STATUS_BAD_ARGUMENT);
	CHECK_EQ(make(&twin, FAKE_SECOND, 4, HWPT_DIRTY_TRACKING | HWPT_PRESET_FLAGS),
		 STATUS_BAD_ARGUMENT);
	CHECK_EQ(hwpt_init(&twin, &ioas, &fake.iommu, &foreign, 4, 0, 5, &pool),
		 STATUS_BAD_ARGUMENT);
	CHECK_EQ(hwpt_init(&twin, &ioas, &fake.iommu, fake.iommu.regimes, 4, 0, 0, &pool),
		 STATUS_BAD_ARGUMENT);
	CHECK_EQ(hwpt_init(&twin, &ioas, &fake.iommu, fake.iommu.regimes, 4, 0, 16, &pool),
		 STATUS_BAD_ARGUMENT);
	CHECK_EQ(hwpt_init(&twin, &ioas, &fake.iommu, fake.iommu.regimes, 4, 0, 15, &pool),
		 STATUS_OK);
	CHECK_EQ(hwpt_close(&twin), STATUS_OK);
	pool_release(&pool, taken);
	pool_fail_in(&pool, 1);
	CHECK_EQ(make(&twin, FAKE_SECOND, 4, 0), STATUS_EXHAUSTED);
	CHECK_EQ(ioas_map(&ioas, iova(0x1000), pa(0x5000), 0x1000, RW), STATUS_OK);
	taken = pool.next;
	for (unsigned n = 1; n < 5; n++) {
		pool_fail_in(&pool, n);
		CHECK_EQ(make(&twin, FAKE_SECOND, 4, 0), STATUS_EXHAUSTED);
		CHECK_EQ(pool.next, taken);
	}
	CHECK_EQ(ioas.listener_count, 1);
}

HOST_TEST(geometry_comes_from_the_regime)
{
	fresh(FAKE_SECOND, 0);
	CHECK_EQ(make(&twin, FAKE_SECOND, 3, 0), STATUS_OK);
	CHECK_EQ(twin.pt.config.iova_bits, 39);
	CHECK_EQ(twin.pt.config.leaf_sizes, 0x40201000);
	CHECK_EQ(twin.pt.config.tracks, false);
	CHECK_EQ(hwpt_close(&twin), STATUS_OK);
	CHECK_EQ(make(&twin, FAKE_SECOND, 4, HWPT_DIRTY_TRACKING), STATUS_OK);
	CHECK_EQ(twin.pt.config.iova_bits, 48);
	CHECK_EQ(twin.pt.config.tracks, true);
	fake.iommu.regimes[FAKE_SECOND].iova_bits = 46;
	fake.iommu.regimes[FAKE_SECOND].leaf_reserved = 0x800;
	CHECK_EQ(hwpt_close(&twin), STATUS_OK);
	CHECK_EQ(make(&twin, FAKE_SECOND, 4, 0), STATUS_OK);
	CHECK_EQ(twin.pt.config.iova_bits, 46);
	CHECK_EQ(twin.pt.config.leaf_reserved, 0x800);
	CHECK_EQ(hwpt_close(&twin), STATUS_OK);
	CHECK_EQ(make(&twin, FAKE_FIRST, 4, 0), STATUS_OK);
	CHECK_EQ(twin.pt.config.iova_bits, 47);
	CHECK_EQ(twin.pt.config.tracks, true);
	CHECK_EQ(hwpt_close(&twin), STATUS_OK);
	CHECK_EQ(make(&twin, FAKE_FIRST, 4, HWPT_PRESET_FLAGS), STATUS_OK);
	CHECK_EQ(twin.pt.config.tracks, false);
	CHECK_EQ(ioas_map(&ioas, iova(0x1000), pa(0x5000), 0x1000, RW), STATUS_OK);
	CHECK_EQ(leaf_word(&twin, 0x1000), 0x5067);
}

HOST_TEST(the_route_names_the_tables)
{
	struct iommu_route route;

	fresh(FAKE_SECOND, HWPT_DIRTY_TRACKING);
	route = hwpt_route(&hwpt);
	CHECK_EQ(route.kind, IOMMU_TRANSLATE);
	CHECK_EQ(route.root.v, 0x20000000);
	CHECK_EQ(route.level_count, 4);
	CHECK_EQ(route.domain_id, 5);
	CHECK_EQ(route.dirty_tracking, true);
	CHECK_EQ(route.regime == &fake.iommu.regimes[FAKE_SECOND], true);
}

/* ---- Two tables of one ioas say what the ioas says. ---- */

HOST_TEST(tables_are_kept_equal_to_the_areas)
{
	fresh(FAKE_SECOND, 0);
	CHECK_EQ(ioas_map(&ioas, iova(0x200000), pa(0x600000), 0x202000, RW), STATUS_OK);
	CHECK_EQ(make(&twin, FAKE_FIRST, 4, 0), STATUS_OK);
	CHECK_EQ(ioas_map(&ioas, iova(0x1000), pa(0x5000), 0x1000, PT_READ), STATUS_OK);
	CHECK_EQ(leaf_word(&hwpt, 0x200000), 0x600083);
	CHECK_EQ(leaf_word(&twin, 0x200000), 0x600087);
	CHECK_EQ(leaf_word(&hwpt, 0x401000), 0x801003);
	CHECK_EQ(leaf_word(&hwpt, 0x1000), 0x5001);
	CHECK_EQ(leaf_word(&twin, 0x1000), 0x5005);
	CHECK_EQ(ioas_unmap(&ioas, iova(0x200000), 0x202000, NULL), STATUS_OK);
	CHECK_EQ(leaf_word(&hwpt, 0x200000), 0);
	CHECK_EQ(leaf_word(&twin, 0x401000), 0);
	CHECK_EQ(hwpt_close(&twin), STATUS_OK);
	CHECK_EQ(ioas_unmap_all(&ioas), STATUS_OK);
	CHECK_EQ(leaf_word(&hwpt, 0x1000), 0);
	CHECK_EQ(leaf_word(&twin, 0x1000), 0x5005);
}

HOST_TEST(an_area_that_one_table_refuses_is_in_none)
{
	fresh(FAKE_SECOND, 0);
	CHECK_EQ(make(&twin, FAKE_FIRST, 4, 0), STATUS_OK);
	CHECK_EQ(ioas_map(&ioas, iova(0x1000), pa(0x5000), 0x1000, PT_WRITE), STATUS_UNSUPPORTED);
	CHECK_EQ(ioas_map(&ioas, iova(1ull << 47), pa(0x5000), 0x1000, RW), STATUS_BAD_RANGE);
	CHECK_EQ(ioas.area_count, 0);
	CHECK_EQ(leaf_word(&hwpt, 0x1000), 0);
	CHECK_EQ(leaf_word(&hwpt, 1ull << 47), 0);
	CHECK_EQ(hwpt_close(&twin), STATUS_OK);
	CHECK_EQ(ioas_map(&ioas, iova(0x1000), pa(0x5000), 0x1000, PT_WRITE), STATUS_OK);
	CHECK_EQ(make(&twin, FAKE_FIRST, 4, 0), STATUS_UNSUPPORTED);
	CHECK_EQ(ioas.listener_count, 1);
}

HOST_TEST(leaf_sizes_can_be_narrowed_for_an_area)
{
	fresh(FAKE_SECOND, 0);
	hwpt.leaf_sizes = 4 * KIB;
	CHECK_EQ(ioas_map(&ioas, iova(0x200000), pa(0x200000), 0x200000, RW), STATUS_OK);
	hwpt.leaf_sizes = 2 * MIB;
	CHECK_EQ(ioas_map(&ioas, iova(0x400000), pa(0x400000), 0x200000, RW), STATUS_OK);
	CHECK_EQ(ioas_map(&ioas, iova(0x800000), pa(0x800000), 0x1000, RW), STATUS_UNALIGNED);
	CHECK_EQ(leaf_word(&hwpt, 0x200000), 0x200003);
	CHECK_EQ(leaf_word(&hwpt, 0x400000), 0x400083);
}

HOST_TEST(every_allocation_may_fail)
{
	enum status status = STATUS_EXHAUSTED;
	unsigned n;

	fresh(FAKE_SECOND, 0);
	CHECK_EQ(make(&twin, FAKE_FIRST, 4, 0), STATUS_OK);
	for (n = 1; status == STATUS_EXHAUSTED && n < 50; n++) {
		pool_fail_in(&pool, n);
		status = ioas_map(&ioas, iova(0x1ff000), pa(0x5000), 0x2000, RW);
		CHECK_EQ(ioas.area_count, status == STATUS_OK);
		CHECK_EQ(leaf_word(&hwpt, 0x1ff000), status ? 0 : 0x5003);
		CHECK_EQ(leaf_word(&twin, 0x200000), status ? 0 : 0x6007);
	}
	pool_fail_in(&pool, 0);
	CHECK_EQ(status, STATUS_OK);
	CHECK(n > 5);
}

/* ---- What the unit needs to see words at all. ---- */

static struct {
	uint64_t first[64], end[64];
	unsigned count;
} flushes;
static unsigned barriers;

static void note_flush(void *context, const void *memory, size_t bytes)
{
	(void)context;
	flushes.first[flushes.count % 64] = pa_of(memory).v;
	flushes.end[flushes.count++ % 64] = pa_of(memory).v + bytes;
}

static void note_barrier(void *context)
{
	(void)context;
	barriers++;
}

static bool flushed(uint64_t address, uint64_t bytes)
{
	for (unsigned i = 0; i < MIN(flushes.count, 64); i++)
		if (flushes.first[i] <= address && address + bytes <= flushes.end[i])
			return true;
	return false;
}

static void listen_to_arch(void)
{
	flushes.count = barriers = 0;
	arch_host_flush_hook(note_flush, NULL);
	arch_host_barrier_hook(note_barrier, NULL);
}

HOST_TEST(a_coherent_unit_needs_barriers_alone)
{
	fresh(FAKE_SECOND, 0);
	listen_to_arch();
	CHECK_EQ(ioas_map(&ioas, iova(0x1000), pa(0x5000), 0x1000, RW), STATUS_OK);
	CHECK_EQ(flushes.count, 0);
	CHECK_EQ(barriers, 4);
	CHECK_EQ(fake_count(FAKE_PUBLISH), 0);
}

HOST_TEST(where_walks_do_not_snoop_lines_are_written_back_and_dropped)
{
	fresh(FAKE_SECOND, 0);
	fake.iommu.regimes[FAKE_SECOND].coherent = false;
	CHECK_EQ(hwpt_close(&hwpt), STATUS_OK);
	listen_to_arch();
	CHECK_EQ(make(&hwpt, FAKE_SECOND, 4, HWPT_DIRTY_TRACKING), STATUS_OK);
	CHECK(flushed(pa_of(hwpt.pt.root).v, 4096));
	flushes.count = 0;
	CHECK_EQ(ioas_map(&ioas, iova(0x1000), pa(0x5000), 0x1000, RW), STATUS_OK);
	for (unsigned i = 1; i < 4; i++)
		CHECK(flushed(pa_of(hwpt.pt.pages[i]).v, 4096));
	CHECK(flushed(pa_of(hwpt.pt.root).v, 8));
	mark(0x1000, 0x200);
	flushes.count = 0;
	CHECK_EQ(hwpt_read_and_clear_dirty(&hwpt, iova(0x1000), 0x1000, 0, NULL, never), STATUS_OK);
	CHECK(flushed(pa_of(&hwpt.pt.pages[1][1]).v, 8));
	CHECK_EQ(flushes.count, 5);		/* before each of four reads, after one write */
}

HOST_TEST(a_write_buffer_is_flushed)
{
	fresh(FAKE_SECOND, 0);
	fake.iommu.caps.write_buffer = true;
	CHECK_EQ(ioas_map(&ioas, iova(0x1000), pa(0x5000), 0x1000, RW), STATUS_OK);
	CHECK_EQ(fake_count(FAKE_PUBLISH), 4);
	fake_fail(FAKE_PUBLISH, 1, STATUS_TIMEOUT);
	CHECK_EQ(ioas_map(&ioas, iova(0x2000), pa(0x6000), 0x1000, RW), STATUS_TIMEOUT);
	CHECK_EQ(ioas.area_count, 1);
	CHECK_EQ(leaf_word(&hwpt, 0x2000), 0);
	fake_fail(FAKE_PUBLISH, 1, STATUS_TIMEOUT);
	CHECK_EQ(ioas_unmap_all(&ioas), STATUS_TIMEOUT);
	CHECK_EQ(ioas.area_count, 0);
	fake_fail(FAKE_PUBLISH, 1, STATUS_TIMEOUT);
	CHECK_EQ(make(&twin, FAKE_SECOND, 4, 0), STATUS_TIMEOUT);
}

/* ---- One flush per harvest. ---- */

static void fresh_with_pages(unsigned regime)
{
	fresh(regime, HWPT_DIRTY_TRACKING);
	CHECK_EQ(ioas_map(&ioas, iova(0x10000), pa(0x50000), 0x8000, RW), STATUS_OK);
	fake.call_count = 0;
}

HOST_TEST(one_flush_if_something_changed)
{
	uint8_t bits[1] = { 0 };
	struct pt_bitmap bitmap = { bits, 12 };

	fresh_with_pages(FAKE_SECOND);
	CHECK_EQ(hwpt_read_and_clear_dirty(&hwpt, iova(0x10000), 0x8000, 0, &bitmap, never),
		 STATUS_OK);
	CHECK_EQ(fake.call_count, 0);
	mark(0x11000, 0x200);
	mark(0x13000, 0x200);
	CHECK_EQ(hwpt_read_and_clear_dirty(&hwpt, iova(0x10000), 0x8000, PT_KEEP, &bitmap, never),
		 STATUS_OK);
	CHECK_EQ(fake.call_count, 0);
	CHECK_EQ(bits[0], 0x0a);
	CHECK_EQ(hwpt_read_and_clear_dirty(&hwpt, iova(0x10000), 0x8000, 0, &bitmap, never),
		 STATUS_OK);
	CHECK_EQ(fake.call_count, 2);
	CHECK_EQ(fake.calls[0].verb, FAKE_INVALIDATE);
	CHECK_EQ(fake.calls[0].what.scope, IOMMU_SCOPE_RANGE);
	CHECK_EQ(fake.calls[0].what.domain_id, 5);
	CHECK_EQ(fake.calls[0].what.iova.v, 0x10000);
	CHECK_EQ(fake.calls[0].what.bytes, 0x8000);
	CHECK_EQ(fake.calls[0].what.leaf_only, true);
	CHECK_EQ(fake.calls[1].verb, FAKE_SYNC);
	mark(0x11000, 0x100);
	CHECK_EQ(hwpt_read_and_clear_accessed(&hwpt, iova(0x10000), 0x8000, 0, NULL, never),
		 STATUS_OK);
	CHECK_EQ(fake.call_count, 4);
	CHECK_EQ(leaf_word(&hwpt, 0x11000), 0x51003);
	CHECK_EQ(hwpt_read_and_clear_dirty(&hwpt, iova(0x10800), 0x8000, 0, &bitmap, never),
		 STATUS_UNALIGNED);
	CHECK_EQ(fake.call_count, 4);
}

HOST_TEST(the_flush_can_be_left_to_the_caller)
{
	size_t changed = 0;

	fresh_with_pages(FAKE_FIRST);
	mark(0x11000, 0x60);
	CHECK_EQ(hwpt_read_and_clear_dirty_noflush(&hwpt, iova(0x10000), 0x8000, 0, NULL, &changed),
		 STATUS_OK);
	CHECK_EQ(changed, 1);
	CHECK_EQ(hwpt_read_and_clear_accessed_noflush(&hwpt, iova(0x10000), 0x8000, 0, NULL,
						      &changed),
		 STATUS_OK);
	CHECK_EQ(changed, 1);
	CHECK_EQ(leaf_word(&hwpt, 0x11000), 0x51007);
	CHECK_EQ(fake.call_count, 0);
}

HOST_TEST(a_first_stage_is_flushed_for_every_pasid)
{
	struct iommu_source users[4] = {
		{ .rid = 0x10, .pasid = IOMMU_NO_PASID }, { .rid = 0x18, .pasid = 7 },
		{ .rid = 0x20, .pasid = 7 }, { .rid = 0x20, .pasid = 9 },
	};

	fresh_with_pages(FAKE_FIRST);
	CHECK_EQ(hwpt_flush(&hwpt, iova(0x10000), 0x1000, true, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 2);	/* nobody is known to use it: the one that most do */
	CHECK_EQ(fake.calls[0].what.source.pasid, IOMMU_NO_PASID);
	fake.call_count = 0;
	for (unsigned i = 0; i < 4; i++)
		CHECK_EQ(hwpt_add_user(&hwpt, users[i]), STATUS_OK);
	CHECK_EQ(hwpt_flush(&hwpt, iova(0x10000), 0x1000, true, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 4);
	CHECK_EQ(fake.calls[0].what.source.pasid, IOMMU_NO_PASID);
	CHECK_EQ(fake.calls[1].what.source.pasid, 7);
	CHECK_EQ(fake.calls[2].what.source.pasid, 9);
	CHECK_EQ(fake.calls[3].verb, FAKE_SYNC);
	hwpt_drop_user(&hwpt, users[1]);
	hwpt_drop_user(&hwpt, users[3]);
	fake.call_count = 0;
	CHECK_EQ(hwpt_flush(&hwpt, iova(0x10000), 0x1000, false, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 3);
	CHECK_EQ(fake.calls[1].what.source.pasid, 7);
	CHECK_EQ(fake.calls[1].what.leaf_only, false);
	CHECK_EQ(hwpt_close(&hwpt), STATUS_BUSY);
	hwpt_drop_user(&hwpt, users[0]);
	hwpt_drop_user(&hwpt, users[2]);
	CHECK_EQ(hwpt_close(&hwpt), STATUS_OK);
}

HOST_TEST(flushes_of_poorer_units)
{
	fresh_with_pages(FAKE_SECOND);
	fake.iommu.caps.range_invalidation = false;
	CHECK_EQ(hwpt_flush(&hwpt, iova(0x10000), 0x1000, true, never), STATUS_OK);
	CHECK_EQ(fake.calls[0].what.scope, IOMMU_SCOPE_DOMAIN);
	fake.call_count = 0;
	fake_fail(FAKE_INVALIDATE, 1, STATUS_EXHAUSTED);
	CHECK_EQ(hwpt_flush(&hwpt, iova(0x10000), 0x1000, true, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 4);	/* no room, wait, again, wait */
	CHECK_EQ(fake.calls[2].verb, FAKE_INVALIDATE);
	fake_fail(FAKE_SYNC, 1, STATUS_TIMEOUT);
	CHECK_EQ(hwpt_flush(&hwpt, iova(0x10000), 0x1000, true, never), STATUS_TIMEOUT);
	mark(0x11000, 0x200);
	fake_fail(FAKE_INVALIDATE, 1, STATUS_QUEUE_ERROR);
	CHECK_EQ(hwpt_read_and_clear_dirty(&hwpt, iova(0x10000), 0x8000, 0, NULL, never),
		 STATUS_QUEUE_ERROR);
}

HOST_TEST(the_user_limit_is_reached)
{
	struct iommu_source source = { .pasid = IOMMU_NO_PASID };

	fresh(FAKE_SECOND, 0);
	for (unsigned i = 0; i < 16; i++) {
		source.rid = (uint16_t)i;
		CHECK_EQ(hwpt_add_user(&hwpt, source), STATUS_OK);
	}
	CHECK_EQ(hwpt_add_user(&hwpt, source), STATUS_EXHAUSTED);
	hwpt_drop_user(&hwpt, source);
	CHECK_EQ(hwpt_add_user(&hwpt, source), STATUS_OK);
}

HOST_MAIN()
