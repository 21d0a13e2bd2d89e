/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A unit without a cache and an engine behind it, as small as they can be, so that the bench itself can be
 * tested: obedient, or with one defect that the bench has to notice.
 */
#ifndef TESTS_HOST_HARNESS_FAKE_H
#define TESTS_HOST_HARNESS_FAKE_H

#include <string.h>

#include "arch/host/host.h"
#include "tests/harness/case.h"
#include "tests/harness/platform_private.h"
#include "tests/host/check.h"

#define FAKE_ARENA_PAGES	12288u
#define FAKE_RID		0x28u
#define FAKE_REASON		0x42u

enum defect {
	OBEDIENT,
	LANDS_BESIDE,			/* writes 64 bytes further on */
	SPILLS,				/* writes one byte too many, into what follows */
	LOSES_DATA,			/* says done and writes nothing */
	LOSES_FAULTS,			/* refuses without a record */
	REFUSES_ALL,
	ACCEPTS_ALL,			/* never refuses: writes to memory that it makes up */
	WRONG_REASON,
	WRONG_SOURCE,
	WRONG_ADDRESS,
	WRONG_ACCESS,
	VAGUE_ACCESS,
	FAULTS_AND_WORKS,		/* leaves a record of an access that worked */
	FORGETS_DIRTY,
	MARKS_NEIGHBOUR,
	STRAY_TABLE_WRITE,		/* sets a bit that is no flag */
	SEES_WRONG_DATA,
	STAYS_BUSY,
	NEVER_SYNCS,
};

static enum defect defect;

static struct {
	struct iommu iommu;
	struct iommu_ops ops;
	struct iommu_route route;
	struct iommu_fault faults[64];
	unsigned first, count;
	uint8_t lost[PAGE_SIZE];
	bool saw;
	enum dma_state state;
} fake;

/* ---- The unit ---- */

static enum status fake_enable(struct iommu *iommu, const struct iommu_regime *regime)
{
	iommu->enabled = regime;
	return STATUS_OK;
}

static enum status fake_set_route(struct iommu *iommu, struct iommu_source source,
				  const struct iommu_route *route)
{
	(void)iommu;
	if (source.rid == FAKE_RID)
		fake.route = *route;
	return STATUS_OK;
}

static enum status fake_get_route(struct iommu *iommu, struct iommu_source source,
				  struct iommu_route *route, struct iommu_words *words)
{
	(void)iommu, (void)source;
	*route = fake.route;
	words->word[words->count++] = (struct iommu_word){ "root", fake.route.root.v };
	return STATUS_OK;
}

static enum status fake_invalidate(struct iommu *iommu, const struct iommu_invalidation *what)
{
	(void)iommu, (void)what;
	return STATUS_OK;
}

static enum status fake_sync(struct iommu *iommu, struct deadline deadline)
{
	(void)iommu, (void)deadline;
	return defect == NEVER_SYNCS ? STATUS_TIMEOUT : STATUS_OK;
}

static enum status fake_next_fault(struct iommu *iommu, struct iommu_fault *fault)
{
	(void)iommu;
	if (fake.first == fake.count)
		return STATUS_NOT_FOUND;
	*fault = fake.faults[fake.first++ % ARRAY_COUNT(fake.faults)];
	return STATUS_OK;
}

static unsigned fake_reasons(const struct iommu *iommu, const struct iommu_regime *regime,
			     enum iommu_refusal refusal, enum iommu_access access,
			     unsigned reasons[IOMMU_REASONS_MAX])
{
	(void)iommu, (void)regime, (void)access;
	reasons[0] = FAKE_REASON + (unsigned)refusal;
	return 1;
}

static void record(iova_t at, enum iommu_access access, enum iommu_refusal why)
{
	struct iommu_fault *f = &fake.faults[fake.count % ARRAY_COUNT(fake.faults)];

	if (defect == LOSES_FAULTS)
		return;
	*f = (struct iommu_fault){
		.source = { 0, defect == WRONG_SOURCE ? FAKE_RID + 1 : FAKE_RID, IOMMU_NO_PASID },
		.access = defect == WRONG_ACCESS || defect == VAGUE_ACCESS ? IOMMU_ATOMIC : access,
		.also = defect == VAGUE_ACCESS ? BIT((unsigned)access) : 0,
		.address = ALIGN_DOWN(at.v, (uint64_t)PAGE_SIZE) + (defect == WRONG_ADDRESS ? PAGE_SIZE : 0),
		.reason = FAKE_REASON + (unsigned)why + (defect == WRONG_REASON ? 16 : 0),
	};
	fake.count++;
}

/* The word of the leaf, NULL where the access is refused. */
static uint64_t *fake_walk(iova_t at, unsigned prot, enum iommu_refusal *why, struct pt_item *item)
{
	const struct iommu_route *r = &fake.route;
	struct pt_config config = { .format = &pt_vtd_second, .level_count = r->level_count, .oa_bits = 46,
				    .iova_bits = 48, .tracks = r->dirty_tracking,
				    .leaf_sizes = r->kind == IOMMU_TRANSLATE ? r->regime->leaf_sizes : 0 };
	uint64_t *table = pa_ptr(r->root);

	*why = IOMMU_REFUSE_SOURCE;
	if (r->kind != IOMMU_TRANSLATE)
		return NULL;
	for (unsigned level = r->level_count; level-- > 0;) {
		uint64_t *word = &table[at.v >> (12 + 9 * level) & 511];

		*item = pt_vtd_second.decode(&config, level, *word);
		*why = prot == PT_WRITE ? IOMMU_REFUSE_WRITE : IOMMU_REFUSE_READ;
		if (item->kind == PT_EMPTY)
			*why = IOMMU_REFUSE_NOT_PRESENT;
		if (item->kind == PT_EMPTY || (item->prot & prot) == 0)
			return NULL;
		if (r->dirty_tracking)
			*word = pt_vtd_second.used(&config, level, *word,
						   defect == FORGETS_DIRTY ? PT_READ : prot);
		if (item->kind == PT_LEAF) {
			if (defect == MARKS_NEIGHBOUR && word[1] != 0)
				word[1] = pt_vtd_second.used(&config, level, word[1], PT_WRITE);
			if (defect == STRAY_TABLE_WRITE)
				table[511] |= BIT64(60);
			return word;
		}
		table = pa_ptr(pa(item->address));
	}
	return NULL;
}

static const struct iommu_ops fake_iommu_ops = {
	.enable = fake_enable,
	.set_route = fake_set_route,
	.get_route = fake_get_route,
	.invalidate = fake_invalidate,
	.sync = fake_sync,
	.next_fault = fake_next_fault,
	.reasons = fake_reasons,
};

/* ---- The engine ---- */

static enum status fake_open(struct dma_engine *e, const struct dma_control *control, struct deadline d)
{
	(void)e, (void)control, (void)d;
	fake.state = DMA_IDLE;
	return STATUS_OK;
}

static enum status fake_close(struct dma_engine *e, struct deadline d)
{
	(void)e, (void)d;
	return STATUS_OK;
}

static enum dma_state fake_state(struct dma_engine *e)
{
	enum dma_state state = fake.state;

	(void)e;
	if (defect == STAYS_BUSY && state == DMA_DONE)
		fake.state = DMA_RUNNING;
	return state;
}

static bool fake_fill(struct dma_engine *e, const struct dma_op *op, uint8_t *memory)
{
	(void)e;
	for (uint32_t i = 0; i < op->bytes; i++)
		memory[i] = (uint8_t)((op->iova.v + i) * 7 + 1) | 0x80;
	return true;
}

static void fake_prepare(struct dma_engine *e, const struct dma_op *op, uint8_t *memory)
{
	(void)fake_fill(e, op, memory);
}

static bool fake_saw(struct dma_engine *e)
{
	(void)e;
	return fake.saw && defect != SEES_WRONG_DATA;
}

static uint8_t *fake_arena;

static bool is_memory(const uint8_t *memory)
{
	return memory == fake.lost ||
	       (memory >= fake_arena && memory < fake_arena + FAKE_ARENA_PAGES * PAGE_SIZE);
}

static void transfer(struct dma_engine *e, const struct dma_op *op, uint8_t *memory)
{
	uint8_t bytes[PAGE_SIZE];

	if (!is_memory(memory)) {		/* nobody is there: what is written is lost */
		fake.saw = false;
		return;
	}
	(void)fake_fill(e, op, bytes);
	if (op->direction == DMA_READ) {
		fake.saw = memcmp(memory, bytes, op->bytes) == 0;
		return;
	}
	if (defect == LOSES_DATA)
		return;
	if (defect == LANDS_BESIDE)
		memory += 64;
	memcpy(memory, bytes, op->bytes);
	if (defect == SPILLS)
		memory[op->bytes] ^= 0xff;
}

static enum status fake_start(struct dma_engine *e, const struct dma_op *op)
{
	unsigned prot = op->direction == DMA_WRITE ? PT_WRITE : PT_READ;
	enum iommu_access access = op->direction == DMA_WRITE ? IOMMU_WRITE : IOMMU_READ;
	enum iommu_refusal why = IOMMU_REFUSE_NOT_PRESENT;
	struct pt_item item;
	uint64_t *word = defect == REFUSES_ALL ? NULL : fake_walk(op->iova, prot, &why, &item);

	e->op = *op;
	fake.state = DMA_DONE;
	if (word != NULL) {
		transfer(e, op, (uint8_t *)pa_ptr(pa(item.address)) +
			 (op->iova.v & (BIT64(item.size_lg2) - 1)));
		if (defect == FAULTS_AND_WORKS)
			record(op->iova, access, IOMMU_REFUSE_WRITE);
	} else if (defect == ACCEPTS_ALL) {
		transfer(e, op, fake.lost);
	} else {
		record(op->iova, access, why);
		fake.state = DMA_FAILED;
	}
	return STATUS_OK;
}

static const struct dma_ops fake_dma_ops = {
	.open = fake_open, .close = fake_close, .start = fake_start, .state = fake_state,
	.reset = fake_close, .prepare = fake_prepare, .saw = fake_saw, .fill = fake_fill,
};

static const struct dma_driver fake_driver = { .name = "fake", .ops = &fake_dma_ops };

/* ---- The platform ---- */

static struct handover fake_handover;
static struct config config;
static struct platform platform;
static struct plan plan;
static struct case_result result;

/* Configuration space in which every function answers. */
#define FAKE_ECAM	0xe0000000u

static uint64_t fake_config_read(void *context, uint64_t offset, unsigned width)
{
	(void)context, (void)offset, (void)width;
	return 0x1234;
}

static void fake_config_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context, (void)offset, (void)width, (void)value;
}

static const struct arch_host_ops fake_config = { fake_config_read, fake_config_write };
static const struct pci_segment fake_segment = { .ecam = FAKE_ECAM, .last_bus = 1 };

static void fake_engine(unsigned index, uint16_t rid, uint32_t typical_us)
{
	struct platform_engine *e = &platform.engines[index];
	static struct pci_function function = { .segment = &fake_segment, .rid = FAKE_RID };
	struct group_function g = { .source = { 0, rid, IOMMU_NO_PASID }, .parent = GROUP_NO_PARENT,
				    .kind = GROUP_RC_ENDPOINT };

	*e = (struct platform_engine){ .iommu = &fake.iommu, .source = g.source, .group = index };
	e->dma = (struct dma_engine){ .driver = &fake_driver, .function = &function };
	e->dma.limits = (struct dma_limits){
		.read = true, .write = true, .verifies = true, .reports_errors = true, .patterned = true,
		.reports_read_errors = true, .read_min = 1, .write_min = 1, .read_max = 4096,
		.write_max = 4096, .read_align = 1, .write_align = 1, .read_step = 1, .write_step = 1,
		.address_bits = 64, .typical_us = typical_us, .timeout_us = 1000,
	};
	snprintf(e->dma.name, sizeof(e->dma.name), "fake%u", index);
	e->aliases.count = 1;
	e->aliases.source[0] = g.source;
	if (group_map_add(&platform.groups, &g) != STATUS_OK)
		abort();
}

static void fake_regime(const char *name, uint64_t leaf_sizes, bool dirty)
{
	fake.iommu.regimes[fake.iommu.regime_count++] = (struct iommu_regime){
		.name = name, .stage = IOMMU_STAGE_SECOND, .format = &pt_vtd_second,
		.level_counts = BIT(3) | BIT(4), .leaf_sizes = leaf_sizes, .iova_bits = 48, .oa_bits = 46,
		.coherent = true, .accessed = dirty, .dirty = dirty,
	};
}

static void fake_platform(enum defect with)
{
	struct config_messages messages;

	if (fake_arena == NULL) {
		fake_arena = arch_host_arena(FAKE_ARENA_PAGES);
		if (fake_arena == NULL || arch_host_region(FAKE_ECAM, 1u << 20, &fake_config, NULL) != STATUS_OK)
			abort();
	}
	defect = with;
	memset(&fake, 0, sizeof(fake));
	memset(&platform, 0, sizeof(platform));
	config_defaults(&config, &messages);
	config.seed = 1;
	result.evidence_limit = config.evidence;
	fake.ops = fake_iommu_ops;
	fake.iommu = (struct iommu){ .ops = &fake.ops, .name = "vtd0" };
	fake.iommu.caps = (struct iommu_caps){ .domain_id_bits = 16, .range_invalidation = true,
					       .range_lg2_max = 30 };
	fake_regime("legacy", BIT64(12) | BIT64(21), true);
	fake_handover.arena = fake_arena;
	fake_handover.arena_pages = FAKE_ARENA_PAGES;
	platform.handover = &fake_handover;
	platform.config = &config;
	platform.units[0] = &fake.iommu;
	platform.unit_count = 1;
	fake_engine(0, FAKE_RID, 50);
	platform.engine_count = 1;
	if (group_map_build(&platform.groups) != STATUS_OK)
		abort();
	platform_open_memory(&platform);
	case_forget();
}

#endif
