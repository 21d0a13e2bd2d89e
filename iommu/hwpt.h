/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Hardware page tables: an ioas compiled into one table format, for one regime of one unit.
 *
 * A hwpt listens to its ioas: areas that exist when it is made are mapped then, later ones when
 * they come. Whether dirty tracking is wanted is said when it is made, and a regime that cannot
 * enforce it is refused (design: "at allocation"); so every source that is attached later has it.
 *
 * Nested, the words of a hwpt hold addresses that its parent translates: the parent maps the memory that
 * the tables and their leaves lie in at an offset, and units walk it for each of them. What is
 * flushed of a parent is flushed of its children.
 *
 * Nothing is invalidated when areas come or go: the caller calls hwpt_flush(). What the unit needs
 * to see words in memory at all is done here: a barrier, the CPU's cache lines where walks are not
 * snooped, the unit's write buffer.
 */
#ifndef IOMMU_HWPT_H
#define IOMMU_HWPT_H

#include "iommu/ioas.h"
#include "iommu/iommu.h"
#include "iommu/pt/pt.h"

#define HWPT_USERS_MAX	16u		/* sources that a hwpt is attached to */
#define HWPT_CHILDREN_MAX 16u		/* hwpts nested in one */

enum {
	HWPT_DIRTY_TRACKING = 1,	/* the unit marks accessed and dirty entries, or the hwpt is refused */
	HWPT_PRESET_FLAGS = 2,		/* entries are made with A and D set, and never harvested: for regimes
					   whose walks may be refused when a flag must be set */
};

struct hwpt {
	struct ioas *ioas;
	struct iommu *iommu;
	const struct iommu_regime *regime;
	unsigned level_count;
	uint16_t domain_id;
	bool dirty_tracking;
	uint64_t leaf_sizes;		/* for areas that come; a caller may narrow it for a while */
	struct ioas_listener listener;
	struct iommu_source users[HWPT_USERS_MAX];
	unsigned user_count;
	enum status published;		/* the first failure of the unit's publish() */
	struct hwpt *parent;		/* NULL: not nested */
	struct hwpt *children[HWPT_CHILDREN_MAX];
	unsigned child_count;
	struct pt pt;
};

/*
 * Make a page table of `ioas` for `regime`, one of iommu->regimes, with level_count levels; tables
 * come from `pool`. UNSUPPORTED: the regime has no such level count, or cannot track. BAD_ARGUMENT:
 * flags that exclude each other or do not exist, a foreign regime, a domain id that is 0 or does
 * not fit. EXHAUSTED. What mapping an area of the ioas is refused with. `hwpt` must not move
 * afterwards.
 */
enum status hwpt_init(struct hwpt *hwpt, struct ioas *ioas, struct iommu *iommu,
		      const struct iommu_regime *regime, unsigned level_count, unsigned flags,
		      uint16_t domain_id, struct pool *pool) MUST_CHECK;

/*
 * The same in a nested regime, under `parent`, whose ioas maps all of the pool and all that `ioas` will map
 * at its physical address plus `guest_offset`. BAD_ARGUMENT: also a parent of another unit or regime than
 * regime->parent. NOT_FOUND: the parent does not map the tables there. EXHAUSTED: also too many children.
 */
enum status hwpt_init_nested(struct hwpt *hwpt, struct ioas *ioas, struct hwpt *parent, uint64_t guest_offset,
			     const struct iommu_regime *regime, unsigned level_count, unsigned flags,
			     uint16_t domain_id, struct pool *pool) MUST_CHECK;

/*
 * The ioas forgets it, and so does its parent. The tables stay until the pool takes them back. BUSY: a source
 * is attached, or a child is nested in it.
 */
enum status hwpt_close(struct hwpt *hwpt) MUST_CHECK;

/* What a unit is told about a source that this hwpt is attached to. */
struct iommu_route hwpt_route(const struct hwpt *hwpt);

/* Remember, or forget, who uses the tables: flushes reach each PASID. EXHAUSTED. */
enum status hwpt_add_user(struct hwpt *hwpt, struct iommu_source source) MUST_CHECK;
void hwpt_drop_user(struct hwpt *hwpt, struct iommu_source source);

/*
 * Invalidate what the unit has cached of a range, for every user, and wait. `leaf_only`: no table
 * entry changed (flags, permissions of leaves, leaves that went). TIMEOUT, QUEUE_ERROR, EXHAUSTED.
 */
enum status hwpt_flush(struct hwpt *hwpt, iova_t iova, uint64_t bytes, bool leaf_only,
		       struct deadline deadline) MUST_CHECK;

/*
 * Report the dirty (accessed) leaves of a range into `bitmap` (pt_read_and_clear_dirty() says how
 * and refuses what), take the state back unless PT_KEEP, and flush once if a word changed: a write
 * of a device after the return marks again. If the flush fails the bitmap is filled all the same.
 */
enum status hwpt_read_and_clear_dirty(struct hwpt *hwpt, iova_t iova, uint64_t bytes, unsigned flags,
				      const struct pt_bitmap *bitmap, struct deadline deadline) MUST_CHECK;
enum status hwpt_read_and_clear_accessed(struct hwpt *hwpt, iova_t iova, uint64_t bytes, unsigned flags,
					 const struct pt_bitmap *bitmap,
					 struct deadline deadline) MUST_CHECK;

/* The same without the flush, which is then the caller's if *changed is not 0. */
enum status hwpt_read_and_clear_dirty_noflush(struct hwpt *hwpt, iova_t iova, uint64_t bytes,
					      unsigned flags, const struct pt_bitmap *bitmap,
					      size_t *changed) MUST_CHECK;
enum status hwpt_read_and_clear_accessed_noflush(struct hwpt *hwpt, iova_t iova, uint64_t bytes,
						 unsigned flags, const struct pt_bitmap *bitmap,
						 size_t *changed) MUST_CHECK;

#endif
