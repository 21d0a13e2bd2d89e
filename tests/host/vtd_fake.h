/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A VT-d unit that is nothing but registers, a command port and an invalidation queue: what the driver's
 * handshakes need to be watched. Written from VT-d 5.10, 6.5.2 and 11.4, with numbers of its own: it
 * shares no definition with the driver.
 */
#ifndef TESTS_HOST_VTD_FAKE_H
#define TESTS_HOST_VTD_FAKE_H

#include "arch/host/host.h"
#include "base/pool.h"
#include "iommu/intel/vtd.h"

#define FAKE_BASE	0xfed90000u
#define FAKE_BYTES	0x1000u
#define FAKE_LOG_MAX	2048u
#define FAKE_PAGES	64u

/* Capabilities. All: version 1.0, 16-bit domain ids, records at 220h, IOTLB at F0h, MGAW 48. */
#define CAP_PLAIN	0x00d2008c222f0606ull	/* 3 and 4 levels, 2 MiB and 1 GiB, PSI, MAMV 18, one record */
#define ECAP_LEGACY	0x0000000000000f42ull	/* QI, PT */
#define ECAP_SECOND	0x0001680000000f43ull	/* ... C, SMTS, SSTS, SSADS, SMPWCS */
#define ECAP_FIRST	0x0000880000000f42ull	/* QI, PT, SMTS, FSTS: what QEMU 11.1 reports */

struct fake_write {
	uint32_t offset;
	unsigned width;
	uint64_t value;
};

struct fake {
	uint8_t regs[FAKE_BYTES];
	bool silent;			/* commands are taken and never done */
	bool gone;			/* every read is all ones */
	bool queue_stalls;		/* descriptors are not fetched */
	bool resumes_late;		/* clearing IQE does not start the fetch; the next IQT write does */
	bool off_wants_empty;		/* QIE is not cleared while IQH and IQT differ (6.5.2) */
	bool no_width;			/* no descriptor is taken, whatever it says */
	uint32_t deaf;			/* GCMD bits that are never done */
	struct fake_write log[FAKE_LOG_MAX];
	unsigned log_count;
	uint64_t done[256][4];		/* descriptors that were executed */
	unsigned done_count;
};

static struct fake fake;
static struct vtd vtd;
static struct pool pool;
static void *arena;

static inline uint64_t fake_get(uint32_t offset, unsigned width)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint64_t)fake.regs[offset + i] << (8 * i);
	return value;
}

static inline void fake_set(uint32_t offset, unsigned width, uint64_t value)
{
	for (unsigned i = 0; i < width; i++)
		fake.regs[offset + i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t fake_read(void *context, uint64_t offset, unsigned width)
{
	(void)context;
	return fake.gone ? UINT64_MAX : fake_get((uint32_t)offset, width);
}

/* GCMD: levels 31, 26, 25, 23 follow; one-shots 30 and 24 set their status, 27 clears it at once. */
static inline void fake_command(uint32_t value)
{
	uint32_t old = (uint32_t)fake_get(0x1c, 4), levels = 0x86800000, status;

	if (fake.silent)
		return;
	levels &= ~fake.deaf;
	if (fake.off_wants_empty && fake_get(0x80, 8) != fake_get(0x88, 8))
		value |= old & 0x04000000;
	status = (old & ~levels) | (value & levels) | (value & 0x41000000 & ~fake.deaf);
	if (value & 0x40000000 & fake.deaf)
		status &= ~0x40000000u;
	if (!(status & 0x04000000))
		fake_set(0x80, 8, 0);
	fake_set(0x1c, 4, status);
}

static inline bool fake_valid(const uint64_t *d, bool wide)
{
	unsigned type = d[0] & 0xf;

	if (fake.no_width || (d[0] >> 9 & 7) || type == 0 || type > 7)
		return false;
	return type <= 5 || wide;
}

/* 6.5.2: from head to tail while there is no error. */
static inline void fake_fetch(void)
{
	uint64_t iqa = fake_get(0x90, 8);
	bool wide = iqa >> 11 & 1;
	uint32_t bytes = 4096u << (iqa & 7), step = wide ? 32 : 16;

	while ((fake_get(0x1c, 4) & 0x04000000) && !fake.queue_stalls &&
	       !(fake_get(0x34, 4) & 0x50) && fake_get(0x80, 8) != fake_get(0x88, 8)) {
		uint32_t head = (uint32_t)fake_get(0x80, 8);
		const uint64_t *d = (const uint64_t *)(uintptr_t)((iqa & ~0xfffull) + head);

		if (head >= bytes || fake_get(0x88, 8) >= bytes || !fake_valid(d, wide)) {
			fake_set(0x34, 4, fake_get(0x34, 4) | 0x10);
			fake_set(0xb0, 8, head >= bytes || fake_get(0x88, 8) >= bytes ? 1 : 3);
			return;
		}
		if (fake.done_count < 256)
			memcpy(fake.done[fake.done_count++], d, wide ? 32 : 16);
		if ((d[0] & 0xf) == 5 && (d[0] & 0x20))
			*(uint32_t *)(uintptr_t)d[1] = (uint32_t)(d[0] >> 32);
		fake_set(0x80, 8, (head + step) % bytes);
	}
}

/* 11.4.7.1, .6: write 1 to clear; PPF follows the F bits. */
static inline void fake_update_faults(void)
{
	unsigned records = (unsigned)(fake_get(0x08, 8) >> 40 & 0xff) + 1;
	uint64_t fsts = fake_get(0x34, 4) & ~2ull;

	for (unsigned i = 0; i < records; i++)
		if (fake_get(0x220 + 16 * i + 8, 8) >> 63)
			fsts |= 2;
	fake_set(0x34, 4, fsts);
}

static inline void fake_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	if (fake.log_count < FAKE_LOG_MAX)
		fake.log[fake.log_count++] =
			(struct fake_write){ (uint32_t)offset, width, value };
	if (offset == 0x18) {
		fake_command((uint32_t)value);
	} else if (offset == 0x34) {
		fake_set(0x34, 4, fake_get(0x34, 4) & ~(value & 0x71));
		if (!fake.resumes_late)
			fake_fetch();
	} else if (offset == 0x64) {
		if (!fake.silent)
			fake_set(0x64, 4, (value & 0x80000000) | value >> 31);
	} else if (offset == 0x28 || offset == 0xf8) {	/* ICC, IVT: done at once, as asked */
		uint64_t asked = offset == 0x28 ? value >> 61 & 3 : value >> 60 & 3;

		if (!fake.silent)
			value = (value & ~BIT64(63)) | asked << (offset == 0x28 ? 59 : 57);
		fake_set((uint32_t)offset, 8, value);
	} else if (offset >= 0x220 && offset % 16 == 12) {
		if (value >> 31)
			fake_set((uint32_t)offset, 4, fake_get((uint32_t)offset, 4) & 0x7fffffff);
		fake_update_faults();
	} else {
		fake_set((uint32_t)offset, width, value);
		if (offset == 0x88)
			fake_fetch();
	}
}

static inline void fake_record(unsigned n, uint64_t low, uint64_t high)
{
	fake_set(0x220 + 16 * n, 8, low);
	fake_set(0x220 + 16 * n + 8, 8, high);
	fake_update_faults();
}

/* A new unit with these capabilities at FAKE_BASE, and a pool; not opened. */
static inline void fake_start(uint64_t cap, uint64_t ecap)
{
	static const struct arch_host_ops ops = { fake_read, fake_write };

	arch_host_reset();
	memset(&fake, 0, sizeof(fake));
	fake_set(0x00, 4, 0x10);
	fake_set(0x08, 8, cap);
	fake_set(0x10, 8, ecap);
	fake_set(0x38, 4, 0x80000000);
	fake_set(0xa0, 4, 0x80000000);
	if (!arena)
		arena = arch_host_arena(FAKE_PAGES);
	if (!arena || arch_host_region(FAKE_BASE, FAKE_BYTES, &ops, NULL) != STATUS_OK)
		abort();
	pool_init(&pool, arena, FAKE_PAGES);
	vtd_init(&vtd, FAKE_BASE, FAKE_BYTES, 0, 0, 39);
}

static inline const struct iommu_regime *fake_regime(const char *name)
{
	for (unsigned i = 0; i < vtd.iommu.regime_count; i++)
		if (strcmp(vtd.iommu.regimes[i].name, name) == 0)
			return &vtd.iommu.regimes[i];
	return NULL;
}

/* Started, opened, and on in a regime. */
static inline const struct iommu_regime *fake_on(uint64_t cap, uint64_t ecap, const char *name)
{
	const struct iommu_regime *regime;

	fake_start(cap, ecap);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	regime = fake_regime(name);
	CHECK(regime != NULL);
	CHECK_EQ(vtd.iommu.ops->enable(&vtd.iommu, regime), STATUS_OK);
	fake.done_count = fake.log_count = 0;
	return regime;
}

/* The values written to a register since the log was cleared. */
static inline unsigned fake_written(uint32_t offset, uint64_t *values, unsigned max)
{
	unsigned count = 0;

	for (unsigned i = 0; i < fake.log_count && count < max; i++)
		if (fake.log[i].offset == offset)
			values[count++] = fake.log[i].value;
	return count;
}

static inline struct iommu_source fake_source(uint16_t rid)
{
	return (struct iommu_source){ 0, rid, IOMMU_NO_PASID };
}

#endif
