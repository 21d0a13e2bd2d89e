/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Routes as device table entries, against words made from 48882 3.11, tables 7 and 8. */
#include "tests/host/check.h"
#include "tests/host/amdvi_fake.h"

#define ROOT	0x0000004512345000ull

static enum status set(struct iommu_source source, const struct iommu_route *route)
{
	return amdvi.iommu.ops->set_route(&amdvi.iommu, source, route);
}

static struct iommu_route get(struct iommu_source source)
{
	struct iommu_route route;

	CHECK_EQ(amdvi.iommu.ops->get_route(&amdvi.iommu, source, &route, NULL), STATUS_OK);
	return route;
}

static struct iommu_route to(const struct iommu_regime *regime, unsigned levels, uint16_t did)
{
	return (struct iommu_route){ .kind = IOMMU_TRANSLATE,
				     .regime = regime,
				     .root = pa(ROOT),
				     .level_count = levels,
				     .domain_id = did };
}

#define CHECK_DTE(id, w0, w1, w2) \
	do { \
		const uint64_t *entry_ = amdvi_device_entry(&amdvi, id); \
		CHECK_EQ(entry_[0], w0); \
		CHECK_EQ(entry_[1], w1); \
		CHECK_EQ(entry_[2], w2); \
		CHECK_EQ(entry_[3], 0); \
	} while (0)

/* V and TV; Mode, IR and IW are 0. */
#define BLOCKED	3

HOST_TEST(every_source_starts_blocked)
{
	fake_on(EFR_PLAIN, "host");
	for (unsigned id = 0; id < 512; id++)
		CHECK_DTE((uint16_t)id, BLOCKED, 0, 0);
	CHECK(amdvi_device_entry(&amdvi, 512) == NULL);
	CHECK_EQ(get(fake_source(0)).kind, IOMMU_BLOCK);
}

HOST_TEST(routes_have_the_words_of_table_7)
{
	const struct iommu_regime *r = fake_on(EFR_DIRTY, "host");
	struct iommu_route route = to(r, 4, 0x1234), seen;

	CHECK_EQ(set(fake_source(0x108), &route), STATUS_OK);
	CHECK_DTE(0x108, 0x6000004512345803, 0x1234, 0); /* IW, IR, Mode 4 */
	seen = get(fake_source(0x108));
	CHECK(seen.kind == IOMMU_TRANSLATE && seen.regime == r && seen.root.v == ROOT);
	CHECK(seen.level_count == 4 && seen.domain_id == 0x1234 && !seen.dirty_tracking &&
	      !seen.quiet);
	route.level_count = 6;
	route.dirty_tracking = true;
	CHECK_EQ(set(fake_source(0x108), &route), STATUS_OK);
	CHECK_DTE(0x108, 0x6000004512345d83, 0x1234, 0); /* Mode 6, HAD 11b */
	CHECK(get(fake_source(0x108)).dirty_tracking);
	route.level_count = 1;
	route.dirty_tracking = false;
	route.quiet = true;
	CHECK_EQ(set(fake_source(0x108), &route), STATUS_OK);
	CHECK_DTE(0x108, 0x6000004512345203, 0x0000000400001234, 0); /* SA */
	CHECK(get(fake_source(0x108)).quiet);
	route = (struct iommu_route){ .kind = IOMMU_BYPASS, .regime = r, .domain_id = 7 };
	CHECK_EQ(set(fake_source(0x108), &route), STATUS_OK);
	CHECK_DTE(0x108, 0x6000000000000003, 7, 0);
	CHECK_EQ(get(fake_source(0x108)).kind, IOMMU_BYPASS);
	CHECK_EQ(get(fake_source(0x108)).domain_id, 7);
	route = (struct iommu_route){ .kind = IOMMU_BLOCK, .quiet = true };
	CHECK_EQ(set(fake_source(0x108), &route), STATUS_OK);
	CHECK_DTE(0x108, BLOCKED, 0x0000000400000000, 0);
	CHECK_EQ(get(fake_source(0x108)).kind, IOMMU_BLOCK);
	CHECK_DTE(0x107, BLOCKED, 0, 0);
	CHECK_DTE(0x109, BLOCKED, 0, 0);
}

HOST_TEST(routes_that_cannot_be_are_refused)
{
	const struct iommu_regime *r = fake_on(EFR_PLAIN, "host");
	struct iommu_regime stranger = *r;
	struct iommu_route route = to(r, 4, 1);

#define CHECK_REFUSED(change, status) \
	do { \
		route = to(r, 4, 1); \
		change; \
		CHECK_EQ(set(fake_source(8), &route), status); \
	} while (0)
	CHECK_REFUSED(route.level_count = 0, STATUS_UNSUPPORTED);
	CHECK_REFUSED(route.level_count = 7, STATUS_UNSUPPORTED);
	CHECK_REFUSED(route.level_count = 32, STATUS_UNSUPPORTED);
	CHECK_REFUSED(route.root.v += 0x800, STATUS_UNALIGNED);
	CHECK_REFUSED(route.root.v = 0, STATUS_BAD_RANGE);
	CHECK_REFUSED(route.root.v = BIT64(48), STATUS_BAD_RANGE);
	CHECK_REFUSED(route.domain_id = 0, STATUS_BAD_ARGUMENT);
	CHECK_REFUSED(route.dirty_tracking = true, STATUS_UNSUPPORTED); /* no HDSup */
	CHECK_REFUSED(route.regime = &stranger, STATUS_BAD_ARGUMENT);
	CHECK_REFUSED(route.regime = NULL, STATUS_BAD_ARGUMENT);
	route = to(r, 4, 1);
	CHECK_EQ(set((struct iommu_source){ 1, 8, IOMMU_NO_PASID }, &route), STATUS_BAD_ARGUMENT);
	CHECK_EQ(set(fake_source(0x200), &route), STATUS_BAD_ARGUMENT); /* beyond the table */
	CHECK_EQ(set(fake_pasid(8, 1), &route), STATUS_UNSUPPORTED);
	CHECK_DTE(8, BLOCKED, 0, 0);
	CHECK_EQ(set(fake_source(0x1ff), &route), STATUS_OK);
}

/* 2.2.2.3, table 13: the upper bits of a DeviceID are its segment. */
HOST_TEST(segments_have_tables_of_their_own)
{
	static const uint32_t registers[] = {
		0x00, 0x100, 0x108, 0x110, 0x118, 0x120, 0x128, 0x130
	};
	struct iommu_route route;
	uint64_t base[2];

	fake_start(EFR_GUEST);
	description.last_device_id = 0x60ff;
	CHECK_EQ(fake_open(), STATUS_OK);
	amdvi.segment_lg2 = 3;
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_OK);
	CHECK_EQ(fake_get(0x18, 8) >> 34 & 7, 3);
	for (unsigned i = 0; i < 8; i++) {
		CHECK_EQ(fake_written(registers[i], base, 2), 1);
		CHECK_EQ(base[0] & 0xfff, i < 3 ? 63 : i == 3 ? 1 : 0);
	}
	route = to(fake_regime("host"), 3, 5);
	CHECK_EQ(set(fake_source(0x4567), &route), STATUS_OK);
	CHECK_EQ(fake_written(0x108, base, 2), 1);
	CHECK_EQ(*(uint64_t *)(uintptr_t)((base[0] & ~0xfffull) + 0x567 * 32), 0x6000004512345603);
	CHECK_EQ(set(fake_source(0x60ff), &route), STATUS_OK);
	CHECK_EQ(set(fake_source(0x6100), &route), STATUS_BAD_ARGUMENT);
	/* A table that the register asks for all the same holds blocked sources. */
	CHECK_EQ(set(fake_source(0xe000), &route), STATUS_OK);

	fake_start((EFR_GUEST & ~0xc000000000ull) | 0x4000000000ull);
	CHECK_EQ(fake_open(), STATUS_OK);
	amdvi.segment_lg2 = 2; /* the unit has 2 segments */
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_UNSUPPORTED);
}

/* The unit sees the alias alone. */
HOST_TEST(aliases_are_what_the_table_is_indexed_by)
{
	static const struct amdvi_alias aliases[] = { { 0x110, 0x100 }, { 0x111, 0x100 } };
	struct iommu_route route;

	fake_start(EFR_PLAIN);
	description.aliases = aliases;
	description.alias_count = 2;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_OK);
	route = to(fake_regime("host"), 4, 9);
	CHECK_EQ(set(fake_source(0x111), &route), STATUS_OK);
	CHECK_DTE(0x100, 0x6000004512345803, 9, 0);
	CHECK_DTE(0x111, BLOCKED, 0, 0);
	CHECK_EQ(get(fake_source(0x110)).domain_id, 9);
	fake.done_count = 0;
	CHECK_EQ(amdvi.iommu.ops->invalidate(
			 &amdvi.iommu,
			 &(struct iommu_invalidation){ .scope = IOMMU_SCOPE_SOURCE,
						       .source = fake_source(0x111) }),
		 STATUS_OK);
	CHECK_EQ(fake.done[0][0], 0x2000000000000100);
}

HOST_TEST(special_fields_outlive_routes)
{
	const struct iommu_regime *r = fake_on(EFR_PLAIN, "host");
	struct iommu_route route = to(r, 4, 9), blocked = { .kind = IOMMU_BLOCK };

	CHECK_EQ(amdvi_set_special(&amdvi, fake_source(0x10), 2, true), STATUS_OK);
	CHECK_DTE(0x10, BLOCKED, 0x0000028000000000, 0); /* SysMgt 10b, EX */
	CHECK_EQ(set(fake_source(0x10), &route), STATUS_OK);
	CHECK_DTE(0x10, 0x6000004512345803, 0x0000028000000009, 0);
	CHECK_EQ(set(fake_source(0x10), &blocked), STATUS_OK);
	CHECK_DTE(0x10, BLOCKED, 0x0000028000000000, 0);
	/* One that is planted does not. */
	amdvi_device_entry(&amdvi, 0x11)[1] = 0x0000038000000000;
	CHECK_EQ(set(fake_source(0x11), &route), STATUS_OK);
	CHECK_DTE(0x11, 0x6000004512345803, 9, 0);
	for (uint16_t id = 0x20; id < 0x20 + 63; id++)
		CHECK_EQ(amdvi_set_special(&amdvi, fake_source(id), 1, false), STATUS_OK);
	CHECK_EQ(amdvi_set_special(&amdvi, fake_source(0x11), 1, false), STATUS_EXHAUSTED);
	CHECK_EQ(amdvi_set_special(&amdvi, fake_source(0x10), 0, false), STATUS_OK);
	CHECK_DTE(0x10, BLOCKED, 0, 0);
	CHECK_EQ(amdvi_set_special(&amdvi, fake_source(0x10), 4, false), STATUS_BAD_ARGUMENT);
	CHECK_EQ(amdvi_set_special(&amdvi, fake_source(0x200), 0, false), STATUS_BAD_ARGUMENT);
}

HOST_TEST(dirty_tracking_is_two_bits_of_one_word)
{
	const struct iommu_regime *r = fake_on(EFR_DIRTY, "host");
	struct iommu_route route = to(r, 4, 9);
	enum status (*track)(struct iommu *, struct iommu_source,
			     bool) = amdvi.iommu.ops->set_dirty_tracking;

	CHECK_EQ(track(&amdvi.iommu, fake_source(0x10), true), STATUS_NOT_FOUND);
	CHECK_EQ(set(fake_source(0x10), &route), STATUS_OK);
	CHECK_EQ(track(&amdvi.iommu, fake_source(0x10), true), STATUS_OK);
	CHECK_DTE(0x10, 0x6000004512345983, 9, 0);
	CHECK_EQ(track(&amdvi.iommu, fake_source(0x10), false), STATUS_OK);
	CHECK_DTE(0x10, 0x6000004512345803, 9, 0);
	route = (struct iommu_route){ .kind = IOMMU_BYPASS, .regime = r, .domain_id = 9 };
	CHECK_EQ(set(fake_source(0x10), &route), STATUS_OK);
	CHECK_EQ(track(&amdvi.iommu, fake_source(0x10), true), STATUS_UNSUPPORTED);
	CHECK_EQ(track(&amdvi.iommu, (struct iommu_source){ 1, 0x10, IOMMU_NO_PASID }, true),
		 STATUS_BAD_ARGUMENT);
	CHECK_EQ(fake.done_count, 0); /* nothing is invalidated by itself */
}

HOST_TEST(planted_entries_are_decoded_as_the_unit_reads_them)
{
	struct iommu_words words = { .count = 0 };
	struct iommu_route route;
	uint64_t *entry;

	fake_on(EFR_PLAIN, "host");
	entry = amdvi_device_entry(&amdvi, 8);
	entry[0] = 0x6000000000000e03; /* Mode 7 */
	CHECK_EQ(amdvi.iommu.ops->get_route(&amdvi.iommu, fake_source(8), &route, &words),
		 STATUS_MALFORMED);
	CHECK_EQ(words.count, 4);
	CHECK_STR(words.word[0].name, "dte[0]");
	CHECK_EQ(words.word[0].value, 0x6000000000000e03);
	entry[0] = 0x6000004512345802; /* V 0: passes */
	CHECK_EQ(get(fake_source(8)).kind, IOMMU_BYPASS);
	entry[0] = 0x6000004512345801; /* TV 0: refused */
	CHECK_EQ(get(fake_source(8)).kind, IOMMU_BLOCK);
	CHECK_EQ(amdvi.iommu.ops->get_route(&amdvi.iommu, fake_source(0x200), &route, NULL),
		 STATUS_BAD_ARGUMENT);
}

/* Routes may come before enable(), and stay. */
HOST_TEST(routes_are_set_before_the_unit_is_on)
{
	struct iommu_route route;

	fake_start(EFR_PLAIN);
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(get(fake_source(8)).kind, IOMMU_BLOCK);
	CHECK_EQ(amdvi.iommu.ops->prepare(&amdvi.iommu, fake_regime("host")), STATUS_OK);
	route = to(fake_regime("host"), 5, 3);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(fake.log_count, 0);
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_OK);
	CHECK_DTE(8, 0x6000004512345a03, 3, 0);
}

/* ---- What the unit sees while an entry changes ---- */

static const uint64_t *watched;
static unsigned snapshots;
static uint64_t seen[64][4];

static void snapshot(void *context)
{
	(void)context;
	if (watched && snapshots < 64 &&
	    (!snapshots || memcmp(seen[snapshots - 1], watched, 32) != 0))
		memcpy(seen[snapshots++], watched, 32);
}

static void watch(uint16_t device_id)
{
	watched = amdvi_device_entry(&amdvi, device_id);
	snapshots = 0;
	snapshot(NULL);
	arch_host_barrier_hook(snapshot, NULL);
}

/* Between the old entry and the new one only entries that allow nothing, and none with V 0. */
static void check_order(unsigned least)
{
	snapshot(NULL);
	CHECK(snapshots >= least);
	for (unsigned i = 1; i + 1 < snapshots; i++)
		CHECK_EQ(seen[i][0], BLOCKED);
	watched = NULL;
}

HOST_TEST(no_entry_is_seen_torn)
{
	const struct iommu_regime *r = fake_on(EFR_DIRTY, "host");
	struct iommu_route route = to(r, 4, 9), blocked = { .kind = IOMMU_BLOCK, .quiet = true };

	watch(8);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	check_order(3); /* blocked, its domain, and then the tables */
	CHECK_EQ(seen[1][1], 9);
	watch(8);
	route.domain_id = 10;
	route.root = pa(0x4000);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	check_order(4);
	CHECK_EQ(seen[1][1], 9);
	CHECK_EQ(seen[2][1], 10);
	watch(8);
	CHECK_EQ(set(fake_source(8), &blocked), STATUS_OK);
	check_order(3);
	/* Another root alone is one word. */
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	watch(8);
	route.root = pa(0x5000);
	route.dirty_tracking = true;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	check_order(2);
	CHECK_EQ(snapshots, 2);
	/* One that lets everything pass gets V with its first word, at last. */
	amdvi_device_entry(&amdvi, 8)[0] = 0;
	watch(8);
	route.domain_id = 11;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	snapshot(NULL);
	for (unsigned i = 0; i + 1 < snapshots; i++)
		CHECK_EQ(seen[i][0], 0);
	CHECK_EQ(seen[snapshots - 1][0], 0x6000000000005983);
	watched = NULL;
}

/* Control.Coherent, of our writing: a unit that has it snoops; before that, memory is what counts. */
static unsigned flushed;

static void on_flush(void *context, const void *memory, size_t bytes)
{
	(void)context;
	(void)memory;
	(void)bytes;
	flushed++;
}

HOST_TEST(entries_are_flushed_while_the_unit_does_not_snoop)
{
	struct iommu_route route;

	fake_start(EFR_PLAIN);
	fake_set(0x18, 8, 0);
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(amdvi.iommu.ops->prepare(&amdvi.iommu, fake_regime("host")), STATUS_OK);
	route = to(fake_regime("host"), 4, 9);
	flushed = 0;
	arch_host_flush_hook(on_flush, NULL);
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK(flushed > 0);
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_OK);
	flushed = 0;
	route.domain_id = 10;
	CHECK_EQ(set(fake_source(8), &route), STATUS_OK);
	CHECK_EQ(flushed, 0);
}

HOST_MAIN()
