/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d protected memory regions: what they block, where they end, and whom they spare (11.4.8). The registers
 * are put back as they were with the route.
 */
#include "tests/raw/vtd_raw.h"

#define RW (PT_READ | PT_WRITE)
#define REGIONS .vendor = "vtd", .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED, .risky = true

static struct {
	uint32_t low_base, low_limit;
	uint64_t high_base, high_limit;
} found;

static uint64_t low_size, high_size;	/* of the smallest region */

/* EPM, and whether PRS follows it. */
static bool enable(struct bench *b, bool on)
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	uint32_t keep = read32(mmio, VTD_PMEN) & ~VTD_PMEN_EPM;

	write32(mmio, VTD_PMEN, keep | (on ? VTD_PMEN_EPM : 0));
	return wait_until(!(read32(mmio, VTD_PMEN) & VTD_PMEN_PRS) == !on, deadline);
}

static void put_back(struct bench *b)
{
	const struct mmio *mmio = &b->iommu->mmio;

	(void)enable(b, false);
	if (raw_vtd(b)->cap & VTD_CAP_PLMR) {
		write32(mmio, VTD_PLMBASE, found.low_base);
		write32(mmio, VTD_PLMLIMIT, found.low_limit);
	}
	if (raw_vtd(b)->cap & VTD_CAP_PHMR) {
		write64(mmio, VTD_PHMBASE, found.high_base);
		write64(mmio, VTD_PHMLIMIT, found.high_limit);
	}
}

/* 2^(N + 1): what ones written to the base register read back, below the host address width. */
static uint64_t measure(struct bench *b, bool low)
{
	const struct mmio *mmio = &b->iommu->mmio;
	uint64_t bits;

	if (low)
		write32(mmio, VTD_PLMBASE, UINT32_MAX);
	else
		write64(mmio, VTD_PHMBASE, UINT64_MAX);
	bits = low ? read32(mmio, VTD_PLMBASE) : read64(mmio, VTD_PHMBASE) & ~beyond_haw(b, 63);
	expect(b, bits != 0, "no bit of the base register can be written");
	return bits & (~bits + 1);
}

/* The regions are the case's from here on. They change only while PRS is clear. */
static void take_regions(struct bench *b)
{
	const struct mmio *mmio = &b->iommu->mmio;

	if (!(raw_vtd(b)->cap & (VTD_CAP_PLMR | VTD_CAP_PHMR)))
		skip(b, "protected memory regions (CAP.PLMR, CAP.PHMR)");
	found.low_base = read32(mmio, VTD_PLMBASE);
	found.low_limit = read32(mmio, VTD_PLMLIMIT);
	found.high_base = read64(mmio, VTD_PHMBASE);
	found.high_limit = read64(mmio, VTD_PHMLIMIT);
	b->undo = put_back;
	low_size = raw_vtd(b)->cap & VTD_CAP_PLMR ? measure(b, true) : 0;
	high_size = raw_vtd(b)->cap & VTD_CAP_PHMR ? measure(b, false) : 0;
}

/* Can the low region reach this address? */
static bool is_low(uint64_t address)
{
	return address < BIT64(32) && low_size != 0;
}

/* The smallest region around an address: its base. */
static uint64_t region_of(struct bench *b, uint64_t address)
{
	if (!is_low(address) && high_size == 0)
		skip(b, "a protected region above 4 GiB (CAP.PHMR)");
	return ALIGN_DOWN(address, is_low(address) ? low_size : high_size);
}

/* One region from base to limit; the other has its limit below its base. */
static void protect(struct bench *b, uint64_t base, uint64_t limit)
{
	const struct mmio *mmio = &b->iommu->mmio;
	bool low = is_low(base);

	if (low_size != 0) {
		write32(mmio, VTD_PLMBASE, low ? (uint32_t)base : UINT32_MAX);
		write32(mmio, VTD_PLMLIMIT, low ? (uint32_t)limit : 0);
	}
	if (high_size != 0) {
		write64(mmio, VTD_PHMBASE, low ? BIT64(32) : base);
		write64(mmio, VTD_PHMLIMIT, low ? 0 : limit);
	}
	expect(b, enable(b, true), "PMEN.PRS does not follow PMEN.EPM");
}

static void protect_region_of(struct bench *b, const void *memory)
{
	uint64_t base = region_of(b, pa_of(memory).v);

	protect(b, base, base);
}

static void unprotect(struct bench *b)
{
	expect(b, enable(b, false), "PMEN.PRS does not follow PMEN.EPM");
}

TEST(vtd_protected, translated_writes_are_blocked, REGIONS, .sweep = SWEEP_ENGINES,
     .claim = "A translated write to a protected region is blocked, and no fault is recorded.",
     .rules = RULES(VTD_PMR_01, VTD_PMR_02, VTD_FLT_17))
{
	struct span s = map_leaves(b, 1, RW);

	if (raw_vtd(b)->version < 2)
		skip(b, "a unit of version 2 or later (VER.MAX is %u)", raw_vtd(b)->version);
	take_regions(b);
	expect_write_lands(b, &s, 0);
	protect_region_of(b, s.window[0]);
	expect_write_fault_unrecorded(b, leaf(&s, 0));
	expect(b, memory_is_poison(s.window[0], PAGE_SIZE), "the write changed memory");
	unprotect(b);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_protected, passed_through_writes_are_blocked, .vendor = "vtd", .sweep = SWEEP_ENGINES, .risky = true,
     .needs = NEEDS_DMA_WRITE | NEEDS_SELF_CONTAINED | NEEDS_BYPASS,
     .claim = "A write that is passed through to a protected region is blocked, and no fault is recorded.",
     .rules = RULES(VTD_PMR_01, VTD_PMR_02, VTD_FLT_17))
{
	uint8_t *window = fresh_window(b);
	iova_t at = iova(pa_of(window).v);

	take_regions(b);
	bypass(b);
	expect_write_lands_in(b, at, window, write_bytes(b, 64));
	protect_region_of(b, window);
	expect_write_fault_unrecorded(b, at);
	expect(b, memory_is_poison(window, PAGE_SIZE), "the write changed memory");
	unprotect(b);
	expect_write_lands_in(b, at, window, write_bytes(b, 64));
}

/* Leaves as large as the smallest region, on a unit that blocks translated requests. */
static void need_regions_of_a_leaf(struct bench *b)
{
	if (raw_vtd(b)->version < 2)
		skip(b, "a unit of version 2 or later (VER.MAX is %u)", raw_vtd(b)->version);
	take_regions(b);
	if (BIT64(b->leaf_lg2) < MAX(low_size, high_size))
		skip(b, "leaves as large as the smallest protected region");
}

TEST(vtd_protected, region_reaches_both_ends, REGIONS,
     .claim = "A region whose base equals its limit protects its first and its last page, and none beyond.",
     .rules = RULES(VTD_PMR_03))
{
	struct span edge = map_edge(b, RW);
	struct span outside = map_leaves(b, 1, RW);
	uint64_t elsewhere;

	need_regions_of_a_leaf(b);
	elsewhere = region_of(b, pa_of(outside.window[0]).v);
	for (unsigned i = 0; i < edge.count; i++) {
		uint64_t base = region_of(b, pa_of(edge.window[i]).v);

		note(b, "region at 0x%llx", (unsigned long long)base);
		protect(b, base, base);
		expect_write_fault_unrecorded(b, leaf(&edge, i));
		if (base != elsewhere)
			expect_write_lands(b, &outside, 0);
		unprotect(b);
	}
}

TEST(vtd_protected, limit_below_base_protects_nothing, REGIONS, .sweep = SWEEP_ENGINES,
     .claim = "A region whose limit is below its base protects nothing.",
     .rules = RULES(VTD_PMR_03))
{
	struct span s = map_leaves(b, 1, RW);
	uint64_t limit;

	take_regions(b);
	limit = region_of(b, pa_of(s.window[0]).v);
	protect(b, limit + (is_low(limit) ? low_size : high_size), limit);
	expect_write_lands(b, &s, 0);
}

TEST(vtd_protected, walks_are_exempt, REGIONS,
     .claim = "The unit's own walks reach tables in a protected region.",
     .rules = RULES(VTD_PMR_05))
{
	struct span s = map_leaves(b, 3, RW);
	uint64_t base = pa_of(table_word(b, leaf(&s, 0), leaf_level(b))).v;
	unsigned i = 0;

	need_regions_of_a_leaf(b);
	base = region_of(b, base);
	while (i < s.count && region_of(b, pa_of(s.window[i]).v) == base)
		i++;
	if (i == s.count)
		skip(b, "memory of the case and its tables in two protected regions");
	protect(b, base, base);
	flush_all(b);
	expect_write_lands(b, &s, i);
}

TEST(vtd_protected, enable_is_read_only_without_regions, .vendor = "vtd", .sweep = SWEEP_REGIMES,
     .claim = "On a unit without protected regions PMEN cannot be written.",
     .rules = RULES(VTD_PMR_07))
{
	const struct mmio *mmio = &b->iommu->mmio;
	uint32_t before, after;

	if (raw_vtd(b)->cap & (VTD_CAP_PLMR | VTD_CAP_PHMR))
		skip(b, "a unit without protected memory regions (CAP.PLMR or CAP.PHMR is set)");
	before = read32(mmio, VTD_PMEN);
	write32(mmio, VTD_PMEN, before ^ VTD_PMEN_EPM);
	after = read32(mmio, VTD_PMEN);
	write32(mmio, VTD_PMEN, before);
	expect_equal(b, "PMEN", after, before);
}
