/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * An AMD-Vi unit that is nothing but registers, a command buffer and an event log: what the driver's handshakes need
 * to be watched. Written from 48882 3.11, 2.4, 2.5 and 3.4, with numbers of its own: it shares no definition
 * with the driver.
 */
#ifndef TESTS_HOST_AMDVI_FAKE_H
#define TESTS_HOST_AMDVI_FAKE_H

#include "arch/host/host.h"
#include "base/pool.h"
#include "iommu/amd/amdvi.h"

#define FAKE_BASE	0xfd800000u
#define FAKE_BYTES	0x4000u
#define FAKE_LOG_MAX	2048u
#define FAKE_DONE_MAX	1024u
#define FAKE_PAGES	640u

/* Extended Feature. Plain: PREFETCH, INVALIDATE_IOMMU_ALL, 6 host levels, nothing more. */
#define EFR_PLAIN	0x0000000000000841ull
#define EFR_DIRTY	0x0012000000000841ull	/* ... HASup, HDSup */
/* ... GTSup, GIoSup, PPRSup, 5 guest levels, 3 GCR3 levels, PASIDs of 20 bits, 8 segments */
#define EFR_GUEST	0x001300d300009853ull
/* Capability header: secure device, IOMMU, EFRSup. */
#define CAP_PLAIN	0x0803000fu

struct fake_write {
	uint32_t offset;
	unsigned width;
	uint64_t value;
};

struct fake {
	uint8_t regs[FAKE_BYTES];
	bool silent;			/* run bits stay as they are */
	bool gone;			/* every read is all ones */
	bool stalls;			/* commands are not fetched */
	bool forgets_stores;		/* COMPLETION_WAIT stores nothing */
	bool runs_on;			/* EventLogRun stays when the log overflows */
	unsigned deaf_clears;		/* writes of 1 to status bits that do nothing, still to come */
	struct fake_write log[FAKE_LOG_MAX];
	unsigned log_count;
	uint64_t done[FAKE_DONE_MAX][2];	/* commands that were executed */
	unsigned done_count;
	unsigned command_count;			/* all of them */
};

static struct fake fake;
static struct amdvi amdvi;
static struct amdvi_description description;
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

static inline void fake_status(uint64_t clear, uint64_t set)
{
	fake_set(0x2020, 8, (fake_get(0x2020, 8) & ~clear) | set);
}

static inline uint64_t fake_read(void *context, uint64_t offset, unsigned width)
{
	(void)context;
	return fake.gone ? UINT64_MAX : fake_get((uint32_t)offset, width);
}

/* 2.5: the log is full when all slots but one are used; what comes then is lost. */
static inline void fake_event(uint64_t w0, uint64_t w1)
{
	uint64_t base = fake_get(0x10, 8), tail = fake_get(0x2018, 8), next;
	uint64_t *slot = (uint64_t *)(uintptr_t)((base & 0x000ffffffffff000) + tail);

	if (!(fake_get(0x2020, 8) & 8) || (fake_get(0x2020, 8) & 1))
		return;
	next = (tail + 16) % (16ull << (base >> 56 & 15));
	if (next == fake_get(0x2010, 8)) {
		fake_status(fake.runs_on ? 0 : 8, 1);
		return;
	}
	slot[0] = w0;
	slot[1] = w1;
	fake_set(0x2018, 8, next);
	fake_status(0, 2);
}

/* Opcodes 1 to 8 are legal here; 2.5.6: another halts, and the head stays. */
static inline void fake_fetch(void)
{
	uint64_t base = fake_get(0x08, 8);

	while ((fake_get(0x2020, 8) & 0x10) && !fake.stalls && fake_get(0x2000, 8) != fake_get(0x2008, 8)) {
		uint64_t head = fake_get(0x2000, 8), at = (base & 0x000ffffffffff000) + head;
		const uint64_t *c = (const uint64_t *)(uintptr_t)at;
		unsigned opcode = (unsigned)(c[0] >> 60);

		if (opcode == 0 || opcode > 8) {
			fake_status(0x10, 0);
			fake_event(0x5000000000000000, at);
			return;
		}
		fake.command_count++;
		if (fake.done_count < FAKE_DONE_MAX)
			memcpy(fake.done[fake.done_count++], c, 16);
		if (opcode == 1 && (c[0] & 1) && !fake.forgets_stores)
			*(uint64_t *)(uintptr_t)(c[0] & 0x000ffffffffffff8) = c[1];
		if (opcode == 1 && (c[0] & 2))
			fake_status(0, 4);
		fake_set(0x2000, 8, (head + 16) % (16ull << (base >> 56 & 15)));
	}
}

/* 3.4.16: the run bits follow what is written to the enables, with IommuEn; PPRLogEn needs PPREn. */
static inline void fake_control(uint64_t old, uint64_t value)
{
	bool on = value & 1;
	uint64_t run = 0;

	if (fake.silent)
		return;
	run |= on && (value & 0x1000) ? 0x10 : 0;
	run |= on && (value & 4) && ((old & 5) == 5 ? fake_get(0x2020, 8) & 8 : true) ? 8 : 0;
	run |= on && (value & 0xa000) == 0xa000 ? 0x80 : 0;
	if (!(old & 4) && (run & 8))
		fake_status(1, 0);
	fake_status(0x98, run);
	fake_fetch();
}

static inline void fake_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	uint64_t old = fake_get((uint32_t)offset, width);

	(void)context;
	if (fake.log_count < FAKE_LOG_MAX)
		fake.log[fake.log_count++] =
			(struct fake_write){ (uint32_t)offset, width, value };
	if (offset == 0x2020) {
		if (fake.deaf_clears && fake.deaf_clears--)
			return;
		fake_status(value & 0x68e67, 0);
		return;
	}
	fake_set((uint32_t)offset, width, value);
	if (offset == 0x18)
		fake_control(old, value);
	if (offset == 0x2008)
		fake_fetch();
	if (offset == 0x08 || offset == 0x10 || offset == 0x38) {
		uint32_t pointers = offset == 0x08 ? 0x2000 : offset == 0x10 ? 0x2010 : 0x2030;

		fake_set(pointers, 8, 0);
		fake_set(pointers + 8, 8, 0);
	}
}

/* A new unit at FAKE_BASE with these features, and a pool; not opened. `description` may be changed after this. */
static inline void fake_start(uint64_t efr)
{
	static const struct arch_host_ops ops = { fake_read, fake_write };

	arch_host_reset();
	memset(&fake, 0, sizeof(fake));
	fake_set(0x18, 8, 0x400);
	fake_set(0x30, 8, efr);
	fake_set(0x08, 8, 0x0800000000000000);
	fake_set(0x10, 8, 0x0800000000000000);
	if (!arena)
		arena = arch_host_arena(FAKE_PAGES);
	if (!arena || arch_host_region(FAKE_BASE, FAKE_BYTES, &ops, NULL) != STATUS_OK)
		abort();
	pool_init(&pool, arena, FAKE_PAGES);
	description = (struct amdvi_description){
		.base = FAKE_BASE,
		.last_device_id = 0x1ff,
		.host_address_bits = 48,
		.capability = CAP_PLAIN,
	};
	amdvi_init(&amdvi, &description);
}

static inline enum status fake_open(void)
{
	amdvi_init(&amdvi, &description);
	return amdvi.iommu.ops->open(&amdvi.iommu, &pool);
}

static inline const struct iommu_regime *fake_regime(const char *name)
{
	for (unsigned i = 0; i < amdvi.iommu.regime_count; i++)
		if (strcmp(amdvi.iommu.regimes[i].name, name) == 0)
			return &amdvi.iommu.regimes[i];
	return NULL;
}

/* Started, opened, and on. */
static inline const struct iommu_regime *fake_on(uint64_t efr, const char *name)
{
	const struct iommu_regime *regime;

	fake_start(efr);
	CHECK_EQ(fake_open(), STATUS_OK);
	regime = fake_regime(name);
	CHECK(regime != NULL);
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, regime), STATUS_OK);
	fake.done_count = fake.log_count = fake.command_count = 0;
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

static inline struct iommu_source fake_pasid(uint16_t rid, uint32_t pasid)
{
	return (struct iommu_source){ 0, rid, pasid };
}

#endif
