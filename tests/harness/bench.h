/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The bench: what a case is given, and the verbs that its body is written in.
 *
 * A bench has one unit in one regime, one engine, and a fresh context, ioas and hwpt to which the engine's
 * source is attached before the body runs. IOVAs never equal the addresses behind them, all memory is
 * poisoned, and pages around every window are guards. The bench is thrown away afterwards: no clean-up.
 *
 * Glossary:
 *	span	leaves of the case's size, next to each other in IOVA space
 *	window	the one page of a leaf that the CPU looks at: a whole leaf of 4 KiB, a page somewhere inside
 *		a larger one; what lies around it in memory is a guard
 *
 * device_* and require() speak of the rig: when they cannot do what they say, the case is broken or, where
 * the unit stood in the way, failed. expect_* speak of the hardware: not met, the case has failed. Either
 * ends the body. After every body the harness expects: no unexpected fault, no queue error, no guard
 * byte changed, no table word changed but in its A and D flags, engine idle; and blocks the source. Of a
 * body that has failed it expects what its failure cannot explain: guards, tables, the route.
 */
#ifndef TESTS_HARNESS_BENCH_H
#define TESTS_HARNESS_BENCH_H

#include "drivers/dma/dma.h"
#include "iommu/context.h"
#include "iommu/hwpt.h"
#include "iommu/ioas.h"
#include "iommu/iommu.h"
#include "tests/harness/platform.h"
#include "tests/harness/test.h"

#define SPAN_LEAVES_MAX		16u
#define BENCH_CHECK_TEXT	512u

struct span {
	iova_t iova;
	unsigned count;
	unsigned leaf_lg2;
	unsigned prot;
	pa_t oa[SPAN_LEAVES_MAX];		/* what each leaf maps */
	uint8_t *window[SPAN_LEAVES_MAX];
};

struct bench {
	void (*undo)(struct bench *b);		/* what a case did behind the driver's back; NULL: nothing */
	struct platform *platform;
	const struct testcase *test;
	struct iommu *iommu;			/* NULL: SWEEP_MACHINE */
	const struct iommu_regime *regime;	/* NULL: SWEEP_UNITS, SWEEP_MACHINE */
	unsigned leaf_lg2;
	struct platform_engine *engine;		/* NULL: no engine is needed */
	struct platform_engine *other;		/* NEEDS_OTHER_ENGINE and its kin; closed until opened */
	struct iommu_source source, other_source;
	struct context context;
	struct ioas ioas;
	struct hwpt hwpt;
	uint64_t random;			/* seeded per case: seed and id, never the order */
	unsigned checks;			/* expectations that were met */
};

/* ---- Arrange ---- */

/* `count` neighbouring leaves of the case's size at a random IOVA, each with a window of its own. */
struct span map_leaves(struct bench *b, unsigned count, unsigned prot);
/* The same at a given IOVA, or with a given leaf size. */
struct span map_leaves_at(struct bench *b, iova_t at, unsigned count, unsigned prot);
struct span map_leaves_of(struct bench *b, unsigned leaf_lg2, unsigned count, unsigned prot);
/* IOVA space for `count` leaves in which nothing is mapped, with windows that nothing maps. */
struct span unmapped_leaves(struct bench *b, unsigned count);
/* One leaf of a given size at a given IOVA. */
struct span map_leaf_of_at(struct bench *b, unsigned leaf_lg2, iova_t at, unsigned prot);
/* A page of the case's memory at the IOVA that equals its address: the one exception to the rule above. */
struct span map_identity(struct bench *b, unsigned prot);
/* A random IOVA, aligned to `leaves` leaves, with that much free space behind it. */
iova_t aligned_iova(struct bench *b, uint64_t leaves);
/* The level at which leaves of the case's size stand. */
unsigned leaf_level(const struct bench *b);
/* Two leaves: the window of the first is its last page, that of the second its first page. */
struct span map_edge(struct bench *b, unsigned prot);
/* One small leaf whose IOVA is the address of *decoy, a page that it does not map. */
struct span map_decoy(struct bench *b, unsigned prot, const uint8_t **decoy);
/* One leaf whose window lies above 4 GiB. Skips where the unit reaches no such memory. */
struct span map_high_leaf(struct bench *b, unsigned prot);
/* Another IOVA for what leaf i of `s` maps. */
struct span map_alias(struct bench *b, const struct span *s, unsigned i, unsigned prot);
/* A second ioas + hwpt on this unit, in the same regime; map into it with map_leaves_in. */
struct hwpt *second_hwpt(struct bench *b);
/* The same with a level count of the caller's (one of regime->level_counts). */
struct hwpt *second_hwpt_of(struct bench *b, unsigned level_count);
/* Does a table of so many levels reach the engines' own memory, and the second leaf? */
bool levels_reach(struct bench *b, unsigned level_count);
/* The same with tables above 4 GiB. Skips where the unit reaches no such memory. */
struct hwpt *second_hwpt_high(struct bench *b);
struct span map_leaves_in(struct bench *b, struct hwpt *hwpt, iova_t at, unsigned count, unsigned prot);

/* The IOVA of leaf i's window. */
iova_t leaf(const struct span *s, unsigned i);
/* IOVAs that exist for this case are below 2^this: the table's width and what its engines can issue. */
unsigned iova_bits(const struct bench *b);
/* How often a body repeats itself that would like to do so `most` times: seldom with a slow engine. */
unsigned rounds(const struct bench *b, unsigned most);
/* A number below `below` from the case's own generator. */
uint64_t random_below(struct bench *b, uint64_t below);

/* Attach the engine's source; each does the invalidations that the specification asks for. */
void attach(struct bench *b, struct hwpt *hwpt);
void detach(struct bench *b);			/* blocked */
void bypass(struct bench *b);
void attach_other(struct bench *b, struct hwpt *hwpt);	/* opens the other engine */
void attach_quiet(struct bench *b, struct hwpt *hwpt);	/* faults of the source are not recorded */
/* Detach, invalidate, and give the domain id of b->hwpt to a fresh empty table; attach that. */
struct hwpt *reuse_domain_id(struct bench *b);
/*
 * PASIDs. What follows use_pasid() carries that PASID, its fault records name it, and b->source, with what
 * depends on it, has it; IOMMU_NO_PASID: none, as before the body. Skips where the engine cannot.
 */
void use_pasid(struct bench *b, uint32_t pasid);
/* The same by requests that ask for the supervisor's rights, or to execute. */
enum { AS_SUPERVISOR = 1, TO_EXECUTE = 2 };
void use_pasid_as(struct bench *b, uint32_t pasid, unsigned mode);
/* PASIDs that unit and engine both have are below 2^this; one of those, neither 0 nor a power of two. */
unsigned pasid_bits(const struct bench *b);
uint32_t some_pasid(struct bench *b);
/* Another table, to stand beside b->hwpt in one address space set: its domain id where stage and table allow. */
struct hwpt *pasid_hwpt(struct bench *b);
/* Route requests with a PASID; flushed as the specification asks, or not at all. */
void attach_pasid(struct bench *b, uint32_t pasid, struct hwpt *hwpt);
void attach_pasid_unflushed(struct bench *b, uint32_t pasid, struct hwpt *hwpt);
void detach_pasid(struct bench *b, uint32_t pasid);
/* From here on the addresses that the engine uses are ones that device_translates() gave (ATS), or no more. */
void use_translated(struct bench *b, bool on);
/* What a second context answers when the other engine's source joins it. */
enum status join_other_context(struct bench *b);

/* ---- Change tables behind the unit's back; nothing is flushed. ---- */
void unmap_quietly(struct bench *b, const struct span *s, unsigned i);
void remap_quietly(struct bench *b, struct span *s, unsigned i, uint8_t *window);	/* leaf i -> another window */
void protect_quietly(struct bench *b, struct span *s, unsigned i, unsigned prot);
/* Change the permissions of the table entry at `level` above leaf i. */
void protect_level_quietly(struct bench *b, const struct span *s, unsigned i, unsigned level, unsigned prot);
/* Write the flags of leaf i. */
void mark_quietly(struct bench *b, struct span *s, unsigned i, bool accessed, bool dirty);
/* The word of `level` on the walk to `at`: only tests/raw/ writes through it, then calls published(). */
uint64_t *table_word(struct bench *b, iova_t at, unsigned level);
void published(struct bench *b, const uint64_t *words, size_t count);
uint8_t *fresh_window(struct bench *b);
/*
 * A fresh window that has the same place in another block as leaf i's window has in its own: a leaf that is
 * changed to lead there keeps the IOVA of its window. Skips where the memory has no such block.
 */
uint8_t *twin_window(struct bench *b, const struct span *s, unsigned i);

/* Write the route that blocks the source. */
void block_quietly(struct bench *b);

/* ---- The parent, in nested regimes (NEEDS_NESTED): its leaf for a page of memory ---- */
/* The page that the table entry of `level` on the walk to leaf i stands in. */
const void *table_page(struct bench *b, const struct span *s, unsigned i, unsigned level);
/* Other permissions (0: not present any more), another page, flags taken back; nothing is flushed. */
void parent_protect_quietly(struct bench *b, const void *memory, unsigned prot);
void parent_remap_quietly(struct bench *b, const void *memory, const void *page);
void parent_clear_quietly(struct bench *b, const void *memory);
/* All flags of the whole parent are set: no access needs one. */
void parent_mark_all_quietly(struct bench *b);
/* What the unit has cached by way of that leaf, under every table of the case. */
void flush_parent(struct bench *b, const void *memory);
/* The word itself: as table_word(). */
uint64_t *parent_word(struct bench *b, const void *memory);
/* Its flags, a picture: "AD", "A-", "--"; '?' either. Skips where the parent does not track. */
void expect_parent(struct bench *b, const void *memory, const char *picture);

/* ---- Invalidate; each returns when the unit says that it is done. ---- */
void flush_all(struct bench *b);
void flush_source(struct bench *b);
void flush_domain(struct bench *b);
void flush_pasid(struct bench *b);
void flush_range(struct bench *b, iova_t at, uint64_t bytes);
void flush_leaves(struct bench *b, const struct span *s);

/* ---- Act ---- */

/* The engine transfers `bytes` at `at`; the transfer must work. */
void device_writes(struct bench *b, iova_t at, uint32_t bytes);
void device_reads(struct bench *b, iova_t at, uint32_t bytes);
/* The engine tries; whether it worked is in the return value, and faults are left for expect_fault. */
bool device_tries_to_write(struct bench *b, iova_t at, uint32_t bytes);
bool device_tries_to_read(struct bench *b, iova_t at, uint32_t bytes);
/* The engine asks where `at` leads (ATS), for writing too or for reading alone; the unit must answer. */
struct dma_answer device_translates(struct bench *b, iova_t at);
struct dma_answer device_translates_to_read(struct bench *b, iova_t at);
/* False: it was refused an answer. */
bool device_tries_to_translate(struct bench *b, iova_t at);
/* What the engine was told to forget; skips where it does not tell. */
struct dma_invalidations device_forgot(struct bench *b);
/* The engine asks for the page of `at` (PRI); what became of it, the unit tells. Then the responses that it got. */
void device_asks_for_page(struct bench *b, iova_t at, struct dma_page_group group);
struct dma_responses device_responses(struct bench *b);
/* The same by the other engine. */
bool other_tries_to_write(struct bench *b, iova_t at, uint32_t bytes);
/*
 * The engine writes every leaf of `s` again and again, with other bytes each time, until storm_ends().
 * Meanwhile harvest() does what a migration does: it takes the dirty flags back, flushes, and then copies the
 * windows of the leaves that were dirty; how many these were. After a last harvest every window is as it was
 * copied last.
 */
void device_storms(struct bench *b, const struct span *s);
unsigned harvest(struct bench *b);
void storm_ends(struct bench *b);
void expect_harvested(struct bench *b);
/*
 * Staleness controls: write at `at`; did the data appear at `memory`? No verdict, faults are dropped, and
 * the memory is poison again afterwards.
 */
bool write_reaches(struct bench *b, iova_t at, uint8_t *memory);
/* A length that the engine can do, nearest to `bytes` from below, or its least. */
uint32_t write_bytes(const struct bench *b, uint32_t bytes);
uint32_t read_bytes(const struct bench *b, uint32_t bytes);

/* ---- Expect ---- */

/* Write (read) in leaf i and find the data there and nowhere else. */
void expect_write_lands(struct bench *b, const struct span *s, unsigned i);
void expect_read_sees(struct bench *b, const struct span *s, unsigned i);
void expect_other_write_lands(struct bench *b, const struct span *s, unsigned i);
/* A write of `bytes` at `at` lands at `memory`, wherever that is, and nowhere else in its page. */
void expect_write_lands_in(struct bench *b, iova_t at, uint8_t *memory, uint32_t bytes);
/* The write (read) at `at` does not reach memory, and one fault record says so exactly. */
void expect_write_refused(struct bench *b, iova_t at, enum iommu_refusal why);
void expect_read_refused(struct bench *b, iova_t at, enum iommu_refusal why);
/*
 * AtomicOps on the first word of leaf i's window: one of a kind changes it as it must, and the engine gets
 * the word that was there before. One at `at` is refused like a write.
 */
void expect_atomic_lands(struct bench *b, const struct span *s, unsigned i, enum dma_atomic kind);
void expect_atomic_refused(struct bench *b, iova_t at, enum iommu_refusal why);
/* The next fault record is exactly this one. */
void expect_fault(struct bench *b, struct iommu_source source, enum iommu_access access, iova_t at,
		  enum iommu_refusal why);
void expect_reason(struct bench *b, iova_t at, enum iommu_access access, unsigned reason);
/*
 * The reason of a record that was taken. The one expectation that does not end the body where it is not met:
 * the case fails when it is over, so that all else that it expects is seen as well. The same holds for
 * the reasons of the four above.
 */
void expect_reason_of(struct bench *b, const struct iommu_fault *fault, unsigned reason);
void expect_no_fault(struct bench *b);
/* After expect_fault() of a transfer of `bytes`: no more than its other requests left, where each leaves a record. */
void expect_no_other_fault(struct bench *b, struct iommu_source source, enum iommu_access access, iova_t at,
			   uint32_t bytes, enum iommu_refusal why);
/* The next fault record, once all that was in flight is drained; false if there is none. */
bool take_fault(struct bench *b, struct iommu_fault *fault);
void forget_faults(struct bench *b);		/* drop what is recorded: staleness controls */
/* Were faults lost since the last call? */
bool fault_overflowed(struct bench *b);
/* The interrupt line of a case with NEEDS_FAULT_EVENT, to which the unit sends its fault events. */
const struct arch_msi *event_line(struct bench *b);
/* Interrupts that it has received so far; the same, once it has reached `count` or a short time has passed. */
uint32_t fault_events(struct bench *b);
uint32_t wait_for_fault_events(struct bench *b, uint32_t count);
bool memory_is_poison(const uint8_t *memory, size_t bytes);
/* Does the case's ioas map anything at this IOVA? (the engine's control memory included) */
bool is_mapped(const struct bench *b, iova_t at);

/*
 * Flags of the leaves, a picture of them: 'A' or 'D' set, '-' clear, '?' either. In a nested regime the parent has
 * to have those that are set, too, as long as the body itself has written none.
 */
void expect_accessed(struct bench *b, const struct span *s, const char *picture);
void expect_dirty(struct bench *b, const struct span *s, const char *picture);
void expect_dirty_in(struct bench *b, struct hwpt *hwpt, const struct span *s, const char *picture);
/* No table word of b->hwpt differs from what was written, flags included. */
void expect_table_unchanged(struct bench *b);
/* Every table entry on the walk to leaf i has its accessed flag set. */
void expect_accessed_path(struct bench *b, const struct span *s, unsigned i);
/* Take flags back, through the hwpt; flushed as the specification asks, or not at all. */
void clear_dirty(struct bench *b, const struct span *s);
void clear_accessed(struct bench *b, const struct span *s);
void clear_dirty_unflushed(struct bench *b, const struct span *s);

/* Plain expectations with a sentence that says what was expected; printf-like evidence. */
void expect(struct bench *b, bool met, const char *format, ...) PRINTF(3, 4);
void expect_equal(struct bench *b, const char *what, uint64_t got, uint64_t expected);
/* Nothing in a firmware table breaks this rule, by its id or clause; NULL: any. Oddities do not count. */
void expect_no_finding(struct bench *b, const struct acpi_findings *list, const char *rule);
/* The rig's own conditions. */
void require(struct bench *b, bool met, const char *format, ...) PRINTF(3, 4);
void require_ok(struct bench *b, enum status status, const char *what);
/*
 * A verb of the unit's driver is done. TIMEOUT and GONE are the unit's: the case hangs; QUEUE_ERROR is too: it
 * fails. Any other status is the program's own, as in require_ok().
 */
void expect_done(struct bench *b, enum status status, const char *what);

/* ---- Other ends of a case ---- */
__attribute__((noreturn)) void skip(struct bench *b, const char *format, ...) PRINTF(2, 3);
__attribute__((noreturn)) void unproven(struct bench *b, const char *format, ...) PRINTF(2, 3);
/* A line of evidence that goes to the report if the case does not pass. */
void note(struct bench *b, const char *format, ...) PRINTF(2, 3);

#endif
