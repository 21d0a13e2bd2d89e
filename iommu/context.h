/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Contexts: who owns which sources, and through which tables they are translated.
 *
 * Glossary:
 *	join	a source comes under a context; its whole group is bound with it, without a handle
 *	attach	a source that joined is routed through a hwpt, under every id that it may appear as
 *
 * What hardware cannot isolate has one owner: while a source of a group belongs to a context, a
 * second context is refused every source of that group. Sources of the group that did not join get
 * no route: they stay blocked, as enabling the unit left them (but an alias of one that is attached
 * is routed with it).
 *
 * A refusal changes nothing. TIMEOUT and QUEUE_ERROR from the invalidations are no refusals: the
 * routes in memory are as asked, and the unit may not know.
 */
#ifndef IOMMU_CONTEXT_H
#define IOMMU_CONTEXT_H

#include "iommu/group.h"
#include "iommu/hwpt.h"
#include "iommu/iommu.h"

#define CONTEXT_MEMBERS_MAX	16u
#define CONTEXT_ATTACHMENTS_MAX	32u

enum {
	CONTEXT_NO_INVALIDATE = 1,	/* write the routes; the caller invalidates, or forgets to */
	CONTEXT_QUIET = 2,		/* faults of the source are not recorded */
};

struct context_member {
	struct iommu *iommu;		/* the unit that serves it */
	struct iommu_source source;	/* without PASID */
	unsigned function;		/* index in groups->functions */
};

struct context_attachment {
	struct iommu *iommu;
	struct iommu_source source;	/* with its PASID, if it has one */
	unsigned function;
	struct group_aliases aliases;
	struct hwpt *hwpt;
	bool quiet;
};

struct context {
	struct group_map *groups;
	struct context_member members[CONTEXT_MEMBERS_MAX];
	unsigned member_count;
	struct context_attachment attachments[CONTEXT_ATTACHMENTS_MAX];
	unsigned attachment_count;
};

/* An owner of nothing. `groups` is built, and outlives the context. */
void context_init(struct context *context, struct group_map *groups);

/*
 * `source`, which `iommu` serves, comes under the context. BAD_ARGUMENT: a PASID, or a segment that
 * the unit does not serve. NOT_FOUND: no such function. GROUP_CONFLICT: the group belongs to
 * another context. BUSY: it joined already. EXHAUSTED.
 */
enum status context_join(struct context *context, struct iommu *iommu, struct iommu_source source) MUST_CHECK;

/* The last member to leave frees the group. NOT_FOUND. BUSY: it is attached. */
enum status context_leave(struct context *context, struct iommu_source source) MUST_CHECK;

/*
 * Route `source` through `hwpt`, under all its aliases; then invalidate, and wait, unless told not
 * to. NOT_FOUND: it did not join. BAD_ARGUMENT: a hwpt of another unit, unknown flags. UNSUPPORTED:
 * a PASID in a regime without, or tracking that the regime cannot enforce. BUSY: it is attached, or
 * an alias is routed through another hwpt. EXHAUSTED. What the unit refuses the route with.
 */
enum status context_attach(struct context *context, struct iommu_source source, struct hwpt *hwpt,
			   unsigned flags, struct deadline deadline) MUST_CHECK;

/*
 * The same for a source that is attached: the unit goes from one route to the next without a gap.
 */
enum status context_replace(struct context *context, struct iommu_source source, struct hwpt *hwpt,
			    unsigned flags, struct deadline deadline) MUST_CHECK;

/*
 * Block `source`, and those of its aliases that no other attachment needs. NOT_FOUND, BAD_ARGUMENT.
 */
enum status context_detach(struct context *context, struct iommu_source source, unsigned flags,
			   struct deadline deadline) MUST_CHECK;

/*
 * Detach and leave everything, whatever goes wrong on the way; the first failure is the answer. A
 * source that the unit would not block stays bound, so that nobody else gets it.
 */
enum status context_close(struct context *context, struct deadline deadline) MUST_CHECK;

#endif
