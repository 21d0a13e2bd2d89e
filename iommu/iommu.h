/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The IOMMU driver's interface: unit, source, route, fault, invalidation.
 *
 * Glossary:
 *	unit	one IOMMU
 *	source	who issues a transaction: segment, requester id, and a PASID or none
 *	route	what a unit does with a source: block, bypass, or translate through a page table
 *	regime	one way in which a unit can translate: a stage, a table format and its geometry
 *	nested	a regime of which a second table, the parent, translates every address that the first holds
 *	scope	what an invalidation reaches
 *
 * Drivers never judge: they return a status and evidence, and verdicts are made in tests/. Nothing is
 * invalidated implicitly: a route or a table word that changed is seen by the unit after invalidate()
 * and sync(). Every wait ends at a deadline. A verb that is NULL is a feature that the unit lacks.
 */
#ifndef IOMMU_IOMMU_H
#define IOMMU_IOMMU_H

#include "arch/arch.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/types.h"
#include "iommu/pt/pt.h"

#define IOMMU_NO_PASID		UINT32_MAX
#define IOMMU_REGIMES_MAX	6u
#define IOMMU_RAW_MAX		24u
#define IOMMU_WORDS_MAX		32u
#define IOMMU_REASONS_MAX	4u

struct iommu_source {
	uint16_t segment;
	uint16_t rid;			/* bus 15:8, device 7:3, function 2:0 */
	uint32_t pasid;			/* IOMMU_NO_PASID: the request carries none */
};

enum iommu_stage {
	IOMMU_STAGE_FIRST,
	IOMMU_STAGE_SECOND,
};

struct iommu_regime {
	const char *name;		/* "legacy", "second", "first", "nested" */
	enum iommu_stage stage;
	unsigned mode;			/* the driver's own: units switch modes in enable() */
	const struct pt_format *format;
	uint32_t level_counts;		/* BIT(n): a table of n levels can be walked */
	uint64_t leaf_sizes;		/* BIT64(size_lg2) */
	uint64_t leaf_reserved;		/* bits of a leaf that this unit reserves beyond the format's own */
	unsigned iova_bits;		/* with the most levels; a lower level count has fewer */
	unsigned oa_bits;
	bool coherent;			/* walks see the CPU's caches */
	bool accessed, dirty;		/* hardware can set the flags in these tables */
	bool dirty_always;		/* ... and cannot be told not to */
	bool flags_may_fault;		/* walks are not snooped: an access that needs a flag set may be
					   refused instead (VT-d 3.10, 7.1.3 SFS.9) */
	bool bypass;			/* a source can be passed through untranslated */
	bool pasid;			/* the regime can route requests with PASID */
	const struct iommu_regime *parent;	/* nested: of the table behind this one; else NULL */
};

struct iommu_caps {
	unsigned domain_id_bits;
	unsigned pasid_bits;		/* 0: none */
	unsigned fault_records;		/* slots before an overflow; 0: none */
	bool fault_for_each_request;	/* a transfer of several requests leaves a record for each, not one */
	unsigned fault_address_bits;	/* a record has no more of the address; 0: it has all */
	bool fault_interrupt;
	bool queued_invalidation;
	bool range_invalidation;
	unsigned range_lg2_max;		/* largest naturally aligned range of one invalidation, log2 of bytes */
	bool caching_mode;		/* not-present entries may be cached */
	bool write_buffer;		/* table writes need a flush of their own */
};

/* A register or a table word with its name: evidence, identity. */
struct iommu_word {
	const char *name;
	uint64_t value;
};

struct iommu_words {
	struct iommu_word word[IOMMU_WORDS_MAX];
	unsigned count;
};

enum iommu_route_kind {
	IOMMU_BLOCK,
	IOMMU_BYPASS,
	IOMMU_TRANSLATE,
};

struct iommu_route {
	enum iommu_route_kind kind;
	const struct iommu_regime *regime;	/* TRANSLATE, BYPASS */
	pa_t root;				/* TRANSLATE */
	unsigned level_count;			/* TRANSLATE */
	uint16_t domain_id;			/* TRANSLATE, BYPASS; not 0 */
	bool dirty_tracking;			/* TRANSLATE */
	bool quiet;				/* faults of the source are not recorded */
	struct iommu_parent {			/* TRANSLATE in a nested regime; `root` is then its input */
		pa_t root;
		unsigned level_count;
		bool dirty_tracking;
	} parent;
};

enum iommu_access {
	IOMMU_READ,
	IOMMU_WRITE,
	IOMMU_ATOMIC,
	IOMMU_PAGE_REQUEST,
};

/* One fault record, decoded. */
struct iommu_fault {
	struct iommu_source source;
	enum iommu_access access;
	uint32_t also;				/* BIT(enum iommu_access): what the record may stand for, too */
	uint64_t address;			/* the page of the IOVA, as far as the unit records it */
	unsigned reason;			/* the specification's own number */
	uint64_t raw[4];
	unsigned raw_count;
};

/* Can the record be that of such an access? Units differ in what they tell of it. */
static inline bool iommu_fault_is(const struct iommu_fault *fault, enum iommu_access access)
{
	return fault->access == access || (fault->also & BIT((unsigned)access));
}

/* Why a unit refuses a transaction, in words that all vendors share. */
enum iommu_refusal {
	IOMMU_REFUSE_SOURCE,			/* the source's route is to block */
	IOMMU_REFUSE_NOT_PRESENT,		/* the walk met an empty entry */
	IOMMU_REFUSE_READ,			/* no permission to read along the walk */
	IOMMU_REFUSE_WRITE,			/* no permission to write along the walk */
	IOMMU_REFUSE_WIDTH,			/* the address is beyond the width */
	IOMMU_REFUSE_RESERVED,			/* a present entry has a bit set that must be zero */
};

enum iommu_scope {
	IOMMU_SCOPE_ALL,			/* every cached route and translation */
	IOMMU_SCOPE_SOURCE,			/* the route of one source */
	IOMMU_SCOPE_DOMAIN,			/* the translations of one domain id */
	IOMMU_SCOPE_PASID,			/* the translations of one PASID of one domain id */
	IOMMU_SCOPE_RANGE,			/* the translations of a range */
};

struct iommu_invalidation {
	enum iommu_scope scope;
	const struct iommu_regime *regime;	/* whose translations: DOMAIN, PASID, RANGE */
	struct iommu_source source;		/* SOURCE, PASID; RANGE: the PASID alone, on a first stage */
	uint16_t domain_id;			/* SOURCE (the old one), DOMAIN, PASID, RANGE */
	iova_t iova;				/* RANGE: widened to natural alignment if it has none */
	uint64_t bytes;				/* RANGE */
	bool leaf_only;				/* RANGE: no table entry changed */
};

/* What a unit did not do, told by the verb that answered TIMEOUT, QUEUE_ERROR or GONE: evidence. */
struct iommu_unmet {
	const char *demand;			/* of the specification, with its clause; NULL: none */
	struct iommu_word seen;			/* the last word that was read */
};

struct iommu;

struct iommu_ops {
	/*
	 * Read capabilities and the as-found state; write nothing. `pool` serves the unit until close().
	 * GONE: the registers read as all ones. UNSUPPORTED: a version that the driver does not know.
	 */
	enum status (*open)(struct iommu *iommu, struct pool *pool);

	/* Put back what open() found. TIMEOUT. */
	enum status (*close)(struct iommu *iommu);

	/*
	 * From here to the next enable(), routes are those of the mode of `regime`; where that is another mode
	 * than the one in force they start out as none, and the unit does not see them before enable().
	 */
	enum status (*prepare)(struct iommu *iommu, const struct iommu_regime *regime);

	/*
	 * Translate in the mode of `regime`, from another mode or from off: every source without a route is
	 * blocked. Routes set before are kept where the mode is the same, and forgotten otherwise.
	 */
	enum status (*enable)(struct iommu *iommu, const struct iommu_regime *regime);

	/*
	 * Write a source's route; the unit never sees a torn entry. UNSUPPORTED, BAD_ARGUMENT, EXHAUSTED. MALFORMED:
	 * the tables that lead to its entry were changed behind the driver.
	 */
	enum status (*set_route)(struct iommu *iommu, struct iommu_source source,
				 const struct iommu_route *route);

	/* Decode a source's route from memory; `words` are the raw entries on the way. */
	enum status (*get_route)(struct iommu *iommu, struct iommu_source source,
				 struct iommu_route *route, struct iommu_words *words);

	/* Queue an invalidation, return at once. UNSUPPORTED, EXHAUSTED (no room: sync first). */
	enum status (*invalidate)(struct iommu *iommu, const struct iommu_invalidation *what);

	/* All that was queued is complete and drained. TIMEOUT, QUEUE_ERROR. */
	enum status (*sync)(struct iommu *iommu, struct deadline deadline);

	/* Take the oldest fault record. NOT_FOUND: there is none. */
	enum status (*next_fault)(struct iommu *iommu, struct iommu_fault *fault);

	/* Faults were lost since the last call? Clears the condition. */
	bool (*fault_overflow)(struct iommu *iommu);

	/* The numbers that the specification allows for a refusal in a regime. */
	unsigned (*reasons)(const struct iommu *iommu, const struct iommu_regime *regime,
			    enum iommu_refusal refusal, enum iommu_access access,
			    unsigned reasons[IOMMU_REASONS_MAX]);
	const char *(*reason_text)(const struct iommu *iommu, unsigned reason);

	/* Deliver fault events to an interrupt line; NULL masks them. */
	enum status (*fault_interrupt)(struct iommu *iommu, const struct arch_msi *msi);

	/* Turn dirty tracking of a routed source on or off in the entry. NULL: cannot be switched. */
	enum status (*set_dirty_tracking)(struct iommu *iommu, struct iommu_source source, bool on);

	/* A table word was written: what the unit needs besides an invalidation (a write buffer flush). */
	enum status (*publish)(struct iommu *iommu);

	/* Status registers as they are now, by name. */
	void (*status_words)(struct iommu *iommu, struct iommu_words *words);
};

struct iommu {
	const struct iommu_ops *ops;
	char name[16];				/* "vtd0" */
	struct mmio mmio;
	uint16_t segment;
	struct iommu_caps caps;
	struct iommu_regime regimes[IOMMU_REGIMES_MAX];
	unsigned regime_count;
	const struct iommu_regime *enabled;	/* the regime of the last enable(), NULL while off */
	struct iommu_words identity;		/* raw identification registers */
	struct iommu_words as_found;		/* raw control and status registers before the first write */
	bool on_as_found;			/* firmware left it translating */
	struct iommu_unmet unmet;		/* the last one; older than the last verb that was done */
};

/* Queue an invalidation; where the unit has no room for it, after what is queued has been done. */
static inline enum status iommu_queue(struct iommu *iommu, const struct iommu_invalidation *what,
				      struct deadline deadline)
{
	enum status status = iommu->ops->invalidate(iommu, what);

	if (status != STATUS_EXHAUSTED)
		return status;
	status = iommu->ops->sync(iommu, deadline);
	return status ? status : iommu->ops->invalidate(iommu, what);
}

#endif
