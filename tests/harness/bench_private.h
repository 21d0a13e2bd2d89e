/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the bench keeps for itself: windows, tables with a copy of every word, taken IOVAs, faults seen.
 *
 * A body ends early through fail(), skip() and their kin: they put the verdict into the result and
 * leave by arch_abandon(). Everything here is static or comes from the pool and is gone after the case.
 */
#ifndef TESTS_HARNESS_BENCH_PRIVATE_H
#define TESTS_HARNESS_BENCH_PRIVATE_H

#include "tests/harness/bench.h"
#include "tests/harness/case.h"

#define BENCH_WINDOWS_MAX	128u
#define BENCH_TABLES_MAX	12u
#define BENCH_AREAS_MAX		256u
#define BENCH_FAULTS_MAX	8u		/* kept for evidence */
#define BENCH_IOVA_TRIES	256u		/* random addresses until one is free */

#define BENCH_OPEN_US		2000000u	/* an engine that is not up by then is broken */
#define BENCH_SYNC_US		1000000u	/* an invalidation that takes longer has hung */
#define BENCH_FAULT_US		100000u		/* a record that is not there by then is missing */
#define BENCH_SETTLE_US		2000u		/* posted writes and flag updates have arrived */

/* One page that a device may reach, with a guard page on each side of it. */
struct bench_window {
	uint8_t *page;
	uint8_t *guards;			/* first page of `guard_count`, `page` among them */
	unsigned guard_count;
	bool lent;				/* fresh_window(): the body itself looks after it */
};

/* A page table and what each of its words has to hold, but for the flags that hardware sets. */
struct bench_table {
	struct hwpt *hwpt;
	uint64_t *copy[PT_PAGES_MAX];
	unsigned copy_count;
};

struct bench_area {
	uint64_t base, last;
};

/* A storm's leaves, and what was copied of each window. */
struct bench_storm {
	struct span span;
	uint8_t *copies;
};

struct bench_own {
	struct bench bench;
	struct case_result *result;
	const struct config *config;
	char id[PLAN_ID_MAX], variant[PLAN_VARIANT_MAX];
	struct bench_window windows[BENCH_WINDOWS_MAX];
	unsigned window_count;
	bool windows_loose;			/* a window may hold data */
	struct bench_table *tables[BENCH_TABLES_MAX];
	unsigned table_count;
	struct bench_area areas[BENCH_AREAS_MAX];
	unsigned area_count;
	uint64_t slot_base, slot_last;		/* IOVAs kept for the engines' own memory */
	iova_t control_iova, other_control_iova;
	uint32_t domain_id;			/* handed out last */
	struct hwpt *parent;			/* of all tables of a nested case; NULL: not made yet */
	uint64_t guest_offset;			/* at which it maps memory */
	bool flags_written;			/* by the body: what stands in one stage need not in the other */
	struct hwpt *attached, *other_attached;	/* NULL: no table */
	struct dma_prefix prefix;		/* what requests of the case's engine carry */
	bool translated;			/* ... and their addresses are translated */
	struct bench_storm storm;
	uint64_t deadline_ns;			/* of the case; what engines take is added */
	iova_t last_at;				/* of the last transfer: evidence walks there */
	enum status last_status;
	struct iommu_fault faults[BENCH_FAULTS_MAX];
	unsigned fault_count;			/* seen in this case; the last ones are kept */
	unsigned stray_count;			/* of them, records that no expectation had asked for */
	struct iommu_fault stray;		/* the first of those */
	const struct arch_msi *msi;		/* NULL: the case wants no fault events */
	bool is_taken;				/* something was asked of the unit: it has to be put back */
	bool is_enabled;			/* ... and it is in the case's regime */
	bool has_begun;				/* the body */
};

static inline struct bench_own *own_of(const struct bench *b)
{
	return (struct bench_own *)(uintptr_t)b;
}

/* ---- Ends (bench_ends.c) ---- */
__attribute__((noreturn)) void bench_end(struct bench *b, enum verdict verdict);
void bench_reason(struct bench *b, const char *format, ...) PRINTF(2, 3);
/* An expectation was not met: verdict fail, with evidence. */
__attribute__((noreturn)) void fail(struct bench *b, const char *format, ...) PRINTF(2, 3);
/* A finding beside the one that the case has failed by; the first of them counts. */
void also(struct bench *b, const char *format, ...) PRINTF(2, 3);
/* The rig or the program failed. */
__attribute__((noreturn)) void broken(struct bench *b, const char *format, ...) PRINTF(2, 3);
/* The same without evidence: what there is to tell was told before. */
__attribute__((noreturn)) void given_up(struct bench *b, const char *format, ...) PRINTF(2, 3);
void met(struct bench *b);
void check_deadline(struct bench *b);

/* ---- Evidence (bench_evidence.c) ---- */
void evidence_of_case(struct bench *b);
/* The part of it that reads no fault record. */
void evidence_of_transfer(struct bench *b);
void evidence_of_fault(struct bench *b, const struct iommu_fault *fault);
const char *access_name(enum iommu_access access);
const char *refusal_name(enum iommu_refusal refusal);

/* ---- Windows (bench_windows.c) ---- */
/* A fresh window; `apart_lg2`: in a block of that size of its own, as far as there is memory. */
uint8_t *window_new(struct bench *b, unsigned apart_lg2);
/* A fresh window above 4 GiB. */
uint8_t *window_high(struct bench *b);
/* A pool above 4 GiB, if the unit reaches it; otherwise the case is a skip. */
struct pool *high_pool(struct bench *b, struct pool *pool);
/* Two windows: the last page of a block, and the first page of a block. False: no such memory. */
bool window_edges(struct bench *b, unsigned leaf_lg2, uint8_t *windows[2]);
bool window_owns(const struct bench *b, const uint8_t *memory);
/* All windows are poison again. */
void windows_settle(struct bench *b);
/*
 * All of every window is poison, and all guards; `memory`, `bytes` long, is left out. Otherwise the text
 * says where: NULL means that all is well.
 */
const char *windows_disturbed(const struct bench *b, const uint8_t *memory, size_t bytes);
/* The same for guards alone: what lies in the windows is the body's business. */
const char *guards_disturbed(const struct bench *b);
/* A page of fresh_window() becomes a window like any other. */
void window_take_back(struct bench *b, const uint8_t *page);
void poison(uint8_t *memory, size_t bytes);

/* ---- Tables (bench_tables.c, bench_arrange.c) ---- */
void tables_start(struct bench *b);
struct bench_table *table_of(struct bench *b, const struct hwpt *hwpt);
/* The words are about to change, and have changed: what else changed meanwhile is a failure. */
void tables_check(struct bench *b);
void table_changed(struct bench *b, struct hwpt *hwpt, bool with_flags);
/* The level of table page `index`, counted as pt->pages is. */
unsigned table_level(const struct pt *pt, unsigned index);
/* NULL: every word is as it was written; otherwise says which is not. `flags`: these included. */
const char *table_disturbed(struct bench *b, const struct bench_table *table, bool flags);
/* Tell the unit what it needs to know of written words, beside an invalidation. */
void table_publish(struct bench *b);
void leaf_map(struct bench *b, struct hwpt *hwpt, iova_t at, pa_t oa, unsigned leaf_lg2, unsigned prot);
void area_take(struct bench *b, uint64_t base, uint64_t last);
bool area_is_free(const struct bench *b, uint64_t base, uint64_t last);
iova_t area_random(struct bench *b, uint64_t bytes, unsigned align_lg2);
/* An empty table with the engines' own memory in it. */
struct hwpt *another_hwpt(struct bench *b, unsigned level_count, uint16_t domain_id);
uint16_t next_domain_id(struct bench *b);
unsigned most_levels(const struct iommu_regime *regime);
/* Memory for an object of the case; zeroed. */
void *new_object(struct bench *b, size_t bytes);
/* The bench looks after the words of this table. */
void register_table(struct bench *b, struct hwpt *hwpt);

/* ---- Nested regimes (bench_nested.c) ---- */
struct hwpt *parent_hwpt(struct bench *b);
uint64_t guest_offset(const struct bench *b);
/* Must an access that has marked the case's tables have marked their parent, too? */
bool parent_marks(const struct bench *b);
/* Is it so: the parent's leaf for this page, or every entry on the way to it? */
bool parent_is_dirty(struct bench *b, const void *memory);
bool parent_is_accessed(struct bench *b, const void *memory);

/* The leaf, or what else the walk to `at` ends in. */
struct pt_step walk_end(struct bench *b, struct hwpt *hwpt, iova_t at);

/* ---- Routes and invalidation (bench_route.c, bench_flush.c) ---- */
void flush(struct bench *b, const struct iommu_invalidation *what);
void flush_done(struct bench *b);
/* The context takes the engine's source in. */
void bench_context(struct bench *b);
enum status bench_join(struct bench *b, struct context *context, struct platform_engine *e);
struct iommu_source function_of(const struct platform_engine *e);
/* Where requests of the case's engine with a PASID are led; NULL: nowhere. */
const struct hwpt *hwpt_of_pasid(const struct bench *b, uint32_t pasid);
/* What is cached of a source's route, under every id of it, and of the domain that it led to. */
void flush_route(struct bench *b, const struct platform_engine *e, uint16_t domain_id);
/* Back to blocked, honestly: no sabotage, and every cache empty. */
enum status route_end(struct bench *b) MUST_CHECK;

/* ---- Engines (bench_act.c) ---- */
/* Opened, or the case ends. An engine that failed to open twice in a row is not tried again. */
void engines_forget(void);
void engine_open(struct bench *b, struct platform_engine *e, iova_t control_iova);
/* False: the engine could not be brought to rest. */
bool engine_close(struct bench *b, struct platform_engine *e);
/* A transfer by `e`; the case's own engine carries what use_pasid() and use_translated() said. */
enum status engine_runs(struct bench *b, struct platform_engine *e, enum dma_direction direction,
			iova_t at, uint32_t bytes);
/* Any op of the case's own engine, likewise. */
enum status engine_does(struct bench *b, struct dma_op op);
uint32_t engine_write_bytes(const struct platform_engine *e, uint32_t bytes);
bool engine_is_busy(struct platform_engine *e);

/* Take the dirty flags of a span back, into `bits`, one a leaf; flushed as the specification asks. */
void dirty_take(struct bench *b, const struct span *s, uint8_t *bits);

/* ---- Faults (bench_faults.c) ---- */
/* An op that the unit has to refuse: nothing changes, the engine learns it if it can, and it is recorded. */
void expect_refused(struct bench *b, const struct dma_op *op, enum iommu_refusal why);
/* The next record; waits for it. False: there is none. */
bool fault_next(struct bench *b, struct iommu_fault *fault, uint64_t wait_us);
/* Take all records; how many there were. */
unsigned faults_drain(struct bench *b);

/* ---- After every body (bench_after.c) ---- */
void after_body(struct bench *b);
/* The same for a body that has failed: what its failure cannot have left is told beside it. */
void after_failure(struct bench *b);

#endif
