/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The driver of one Intel VT-d unit: iommu/iommu.h, and the raw access that tests/raw needs.
 *
 * Glossary, beside iommu.h's:
 *	legacy		root entry -> context entry -> second-stage table (3.4.2)
 *	scalable	root entry -> context entry -> PASID directory -> PASID entry -> table (3.4.3)
 *	link		a word that leads from one of these structures to the next
 *	descriptor	one entry of the invalidation queue: 2 words, or 4 where IQA.DW is set
 *
 * Blocking. In legacy mode a blocked source has a context entry with P clear; in scalable mode it has
 * a context entry, a directory and a PASID entry with P clear. A source that was never routed ends
 * earlier: at its root or context entry. vtd_blocked_reason() says which reason that makes.
 *
 * A request without PASID is routed by the entry of PASID 0: RID_PASID stays 0, with RPS or without it.
 *
 * Changing a present entry: the unit may read entries larger than 16 bytes in pieces (9), so P is cleared
 * first, the other words follow from the last to the second, and the first word with P comes last. The
 * unit sees the old entry, none, or the new one; DMA that arrives between is refused. A caller whose
 * device is not idle blocks the source, invalidates and syncs before it sets the next route (6.2.3.1).
 */
#ifndef IOMMU_INTEL_VTD_H
#define IOMMU_INTEL_VTD_H

#include "iommu/intel/regs.h"
#include "iommu/iommu.h"

#define VTD_COMMAND_US		1000000u	/* 11.4.4.2 names no limit; a unit that needs more hangs */
#define VTD_TABLE_PAGES_MAX	1024u		/* root, context, directory and PASID table pages */
#define VTD_QUEUE_PAGES_LG2	0u		/* IQA.QS: 256 narrow or 128 wide descriptors */
#define VTD_PDTS		2u		/* a directory fills its page: 512 entries */
#define VTD_PASID_BITS_MAX	15u		/* what such a directory reaches */

/* What open() found and close() puts back. */
struct vtd_found {
	uint32_t gsts, pmen;
	uint32_t fectl, fedata, feaddr, feuaddr;
	uint32_t iectl, iedata, ieaddr, ieuaddr;
	uint64_t rtaddr, iqa;
};

struct vtd_tables {
	unsigned ttm;				/* VTD_TTM_LEGACY, VTD_TTM_SCALABLE */
	uint64_t *root;				/* NULL: none yet */
	unsigned page_count;
	uint64_t *pages[VTD_TABLE_PAGES_MAX];	/* the root first */
};

struct vtd_queue {
	bool on;
	uint64_t *ring;				/* NULL: not allocated yet */
	uint64_t *status;			/* where wait descriptors write */
	unsigned words;				/* of a descriptor: 2 or 4 */
	unsigned count;				/* slots */
	unsigned tail;				/* the slot that is written next */
	unsigned done;				/* slots before it are poisoned again */
	uint32_t sequence;			/* status data of the last wait */
};

struct vtd {
	struct iommu iommu;			/* first: to_vtd() */
	struct iommu_ops ops;			/* this unit's: what it lacks is NULL */
	struct pool *pool;
	unsigned haw;				/* host address width, from the platform */

	/* Set by the caller before enable(). */
	bool keep_translation;			/* clearing TE hangs this unit: swap root tables instead */
	bool wide_in_legacy;			/* 256-bit descriptors in legacy mode too */
	bool use_registers;			/* legacy: invalidate through registers although QI exists */
	bool fill_ignored;			/* the unit looks at what 9.6 ignores: AW of a first-stage entry,
						   PGTT and AW of one that is not present */

	uint64_t cap, ecap;
	unsigned version;			/* VER.MAX */
	reg64_t iva, iotlb;			/* 11.4.6.3, .4 where ECAP.IRO puts them */
	struct vtd_found found;
	bool taken;				/* registers were written: close() has work */
	struct vtd_tables sets[2];		/* while modes change, the old tables live on beside the new */
	struct vtd_tables *tables;		/* the set that routes are written to */
	unsigned free_count;
	uint64_t *free_pages[VTD_TABLE_PAGES_MAX];
	struct vtd_queue queue;
	unsigned fault_next;			/* the record after the last one taken; UINT_MAX: see FRI */
};

static inline struct vtd *to_vtd(const struct iommu *iommu)
{
	return (struct vtd *)(uintptr_t)iommu;
}

/*
 * A unit whose registers are the `bytes` at `base`. `index` names it ("vtd0"); `segment` is the PCI
 * segment of its sources; `haw` is the host address width of the DMAR table. Touches nothing.
 */
void vtd_init(struct vtd *vtd, uintptr_t base, size_t bytes, unsigned index, uint16_t segment,
	      unsigned haw);

/* ---- Registers by name (regs.c) ---- */

struct vtd_field {
	const char *name;
	uint64_t mask;
};

struct vtd_register {
	const char *name;
	const reg32_t *r32;			/* one of the two */
	const reg64_t *r64;
	unsigned roles;				/* VTD_ROLE_* */
	uint64_t needs_cap, needs_ecap;		/* where none of these is set, the register is reserved */
	const struct vtd_field *fields;		/* from the top bit down */
	unsigned field_count;
};

enum {
	VTD_ROLE_IDENTITY = 1,			/* who the unit is */
	VTD_ROLE_FOUND = 2,			/* recorded before the first write */
	VTD_ROLE_STATUS = 4,			/* evidence after a failure */
};

extern const struct vtd_register vtd_registers[];
extern const unsigned vtd_register_count;

/* NOT_FOUND: no such name. UNSUPPORTED: the unit lacks it. */
enum status vtd_read_register(const struct vtd *vtd, const char *name, uint64_t *value) MUST_CHECK;
/* The fields of a value as "TES=1 QIES=0"; the length that the whole text has. */
size_t vtd_register_text(const struct vtd_register *reg, uint64_t value, char *text, size_t bytes);
/* Append the registers of a role. */
void vtd_register_words(const struct vtd *vtd, unsigned role, struct iommu_words *words);

/* ---- Raw access, for tests that plant malformed entries ---- */

/* The entries on a source's way; NULL where nothing leads there (yet). Word counts as in regs.h. */
uint64_t *vtd_root_entry(const struct vtd *vtd, struct iommu_source source);	/* the word that is used */
uint64_t *vtd_context_entry(const struct vtd *vtd, struct iommu_source source);
uint64_t *vtd_pasid_directory_entry(const struct vtd *vtd, struct iommu_source source);
uint64_t *vtd_pasid_entry(const struct vtd *vtd, struct iommu_source source);

/* Words of a table were written behind the driver's back: show them to the unit. TIMEOUT. */
enum status vtd_publish_words(struct vtd *vtd, const void *words, size_t bytes) MUST_CHECK;

/* The reason that the unit must give for a request of a source whose entries are not present. */
unsigned vtd_blocked_reason(const struct vtd *vtd, struct iommu_source source);

/* Is a fault of this reason silent where FPD was met on the way (7.1.1)? */
bool vtd_reason_is_qualified(unsigned reason);

/* Queue a descriptor as it is. EXHAUSTED. UNSUPPORTED: the queue is off. */
enum status vtd_queue_raw(struct vtd *vtd, const uint64_t descriptor[4]) MUST_CHECK;

/* Turn the queue off, as 6.5.2 asks; until it is started again, legacy mode invalidates through registers. */
enum status vtd_queue_stop(struct vtd *vtd) MUST_CHECK;			/* TIMEOUT */
enum status vtd_queue_start(struct vtd *vtd, bool wide) MUST_CHECK;	/* empty; TIMEOUT, EXHAUSTED */

/*
 * Turn the queue off and, empty, on again, with 256-bit descriptors or with 128-bit ones whether the mode has
 * them or not. TIMEOUT. UNSUPPORTED: the queue is off.
 */
enum status vtd_queue_restart(struct vtd *vtd, bool wide) MUST_CHECK;

/* Deliver invalidation completion events (6.5.2.10) to an interrupt line; NULL masks them. UNSUPPORTED. */
enum status vtd_completion_interrupt(struct vtd *vtd, const struct arch_msi *msi) MUST_CHECK;

/* Write IQT itself; the driver's own idea of the tail stays. vtd_queue_recover() puts it back. */
void vtd_queue_tail_raw(struct vtd *vtd, uint64_t value);

/*
 * After QUEUE_ERROR: the descriptor at the head becomes a harmless wait, the errors are cleared and the
 * queue runs empty; where it does not, it is set up again. Invalidations queued before the call may be
 * lost: repeat them, or invalidate all. TIMEOUT.
 */
enum status vtd_queue_recover(struct vtd *vtd) MUST_CHECK;

#endif
