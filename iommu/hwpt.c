/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Hardware page tables: areas in, table words out, made visible to one unit. */
#include "iommu/hwpt.h"

/*
 * Words were written. The barrier orders them before whatever tells the unit to look (a register, a
 * descriptor); a unit that does not snoop sees them when their cache lines are written back.
 */
static void publish(void *context, const void *words, size_t bytes)
{
	struct hwpt *hwpt = context;
	struct iommu *iommu = hwpt->iommu;
	enum status status = STATUS_OK;

	arch_write_barrier();
	if (!hwpt->regime->coherent)
		arch_flush(words, bytes);
	if (iommu->caps.write_buffer && iommu->ops->publish)
		status = iommu->ops->publish(iommu);
	if (!hwpt->published)
		hwpt->published = status;
}

/* Words will be read that a unit may have written behind the CPU's cache. */
static void refresh(void *context, const void *words, size_t bytes)
{
	const struct hwpt *hwpt = context;

	if (!hwpt->regime->coherent)
		arch_flush(words, bytes);
}

static enum status map_area(struct ioas_listener *listener, const struct ioas_area *area)
{
	struct hwpt *hwpt = container_of(listener, struct hwpt, listener);
	enum status status, undone;

	hwpt->published = STATUS_OK;
	status = pt_map(&hwpt->pt, area->iova, area->pa, area->bytes, area->prot, hwpt->leaf_sizes);
	if (status || !hwpt->published)
		return status;
	undone = pt_unmap(&hwpt->pt, area->iova, area->bytes);
	return undone ? undone : hwpt->published;
}

static enum status unmap_area(struct ioas_listener *listener, const struct ioas_area *area)
{
	struct hwpt *hwpt = container_of(listener, struct hwpt, listener);
	enum status status;

	hwpt->published = STATUS_OK;
	status = pt_unmap(&hwpt->pt, area->iova, area->bytes);
	return status ? status : hwpt->published;
}

static bool is_regime_of(const struct iommu *iommu, const struct iommu_regime *regime)
{
	for (unsigned i = 0; i < iommu->regime_count; i++)
		if (regime == &iommu->regimes[i])
			return true;
	return false;
}

static enum status check(const struct iommu *iommu, const struct iommu_regime *regime, unsigned level_count,
			 unsigned flags, uint16_t domain_id)
{
	unsigned both = HWPT_DIRTY_TRACKING | HWPT_PRESET_FLAGS;

	if (!is_regime_of(iommu, regime) || (flags & ~both) || flags == both)
		return STATUS_BAD_ARGUMENT;
	if (!domain_id || (unsigned)domain_id >> iommu->caps.domain_id_bits)
		return STATUS_BAD_ARGUMENT;
	if (level_count > 31 || !(regime->level_counts & BIT(level_count)))
		return STATUS_UNSUPPORTED;
	if ((flags & HWPT_DIRTY_TRACKING) && !regime->dirty)
		return STATUS_UNSUPPORTED;
	return STATUS_OK;
}

/* Leaves of which the table has a level; flags mean something if the unit writes them. */
static struct pt_config config_of(const struct iommu_regime *regime, unsigned level_count, unsigned flags,
				  uint64_t guest_offset)
{
	bool preset = flags & HWPT_PRESET_FLAGS;
	bool marks = regime->accessed && (regime->dirty_always || (flags & HWPT_DIRTY_TRACKING));

	return (struct pt_config){
		.format = regime->format,
		.level_count = level_count,
		.oa_bits = regime->oa_bits,
		.iova_bits = MIN(regime->iova_bits, pt_iova_bits(regime->format, level_count)),
		.leaf_sizes = regime->leaf_sizes & pt_sizes_within(regime->format, level_count),
		.tracks = marks && !preset,
		.preset = preset,
		.leaf_reserved = regime->leaf_reserved,
		.guest_offset = guest_offset,
	};
}

static enum status make(struct hwpt *hwpt, struct ioas *ioas, struct iommu *iommu,
			const struct iommu_regime *regime, unsigned level_count, unsigned flags,
			uint16_t domain_id, uint64_t guest_offset, struct pool *pool)
{
	enum status status = check(iommu, regime, level_count, flags, domain_id);
	struct pt_memory memory = { pool, publish, refresh, hwpt };
	size_t mark = pool_mark(pool);
	struct pt_config config;

	if (status)
		return status;
	config = config_of(regime, level_count, flags, guest_offset);
	hwpt->ioas = ioas;
	hwpt->iommu = iommu;
	hwpt->regime = regime;
	hwpt->level_count = level_count;
	hwpt->domain_id = domain_id;
	hwpt->dirty_tracking = flags & HWPT_DIRTY_TRACKING;
	hwpt->leaf_sizes = config.leaf_sizes;
	hwpt->listener = (struct ioas_listener){ map_area, unmap_area };
	hwpt->user_count = 0;
	hwpt->parent = NULL;
	hwpt->child_count = 0;
	hwpt->published = STATUS_OK;
	status = pt_init(&hwpt->pt, &config, &memory);
	if (!status)
		status = hwpt->published;
	if (!status)
		status = ioas_listen(ioas, &hwpt->listener);
	/* No unit was told of these tables yet. */
	if (status)
		pool_release(pool, mark);
	return status;
}

enum status hwpt_init(struct hwpt *hwpt, struct ioas *ioas, struct iommu *iommu,
		      const struct iommu_regime *regime, unsigned level_count, unsigned flags,
		      uint16_t domain_id, struct pool *pool)
{
	if (regime->parent)
		return STATUS_BAD_ARGUMENT;
	return make(hwpt, ioas, iommu, regime, level_count, flags, domain_id, 0, pool);
}

/* Does the parent lead to the tables where their words will say that they are? */
static bool maps_tables(const struct hwpt *parent, uint64_t guest_offset, const struct pool *pool)
{
	uint64_t first = pa_of(pool->base).v, last = first + (pool->page_count - 1) * PAGE_SIZE;
	pa_t oa;

	return ioas_translate(parent->ioas, iova(first + guest_offset), &oa, NULL) == STATUS_OK &&
	       oa.v == first &&
	       ioas_translate(parent->ioas, iova(last + guest_offset), &oa, NULL) == STATUS_OK &&
	       oa.v == last;
}

enum status hwpt_init_nested(struct hwpt *hwpt, struct ioas *ioas, struct hwpt *parent, uint64_t guest_offset,
			     const struct iommu_regime *regime, unsigned level_count, unsigned flags,
			     uint16_t domain_id, struct pool *pool)
{
	enum status status;

	if (!regime->parent || regime->parent != parent->regime)
		return STATUS_BAD_ARGUMENT;
	if (parent->child_count == HWPT_CHILDREN_MAX)
		return STATUS_EXHAUSTED;
	if (!maps_tables(parent, guest_offset, pool))
		return STATUS_NOT_FOUND;
	status = make(hwpt, ioas, parent->iommu, regime, level_count, flags, domain_id,
		      guest_offset, pool);
	if (status)
		return status;
	hwpt->parent = parent;
	parent->children[parent->child_count++] = hwpt;
	return STATUS_OK;
}

static void leave_parent(struct hwpt *hwpt)
{
	struct hwpt *parent = hwpt->parent;

	for (unsigned i = 0; i < parent->child_count; i++) {
		if (parent->children[i] == hwpt) {
			parent->children[i] = parent->children[--parent->child_count];
			break;
		}
	}
	hwpt->parent = NULL;
}

enum status hwpt_close(struct hwpt *hwpt)
{
	if (hwpt->user_count || hwpt->child_count)
		return STATUS_BUSY;
	ioas_unlisten(hwpt->ioas, &hwpt->listener);
	if (hwpt->parent)
		leave_parent(hwpt);
	return STATUS_OK;
}

struct iommu_route hwpt_route(const struct hwpt *hwpt)
{
	struct iommu_route route = {
		.kind = IOMMU_TRANSLATE,
		.regime = hwpt->regime,
		.root = pa(pa_of(hwpt->pt.root).v + hwpt->pt.config.guest_offset),
		.level_count = hwpt->level_count,
		.domain_id = hwpt->domain_id,
		.dirty_tracking = hwpt->dirty_tracking,
	};

	if (hwpt->parent)
		route.parent = (struct iommu_parent){
			.root = pa_of(hwpt->parent->pt.root),
			.level_count = hwpt->parent->level_count,
			.dirty_tracking = hwpt->parent->dirty_tracking,
		};
	return route;
}

enum status hwpt_add_user(struct hwpt *hwpt, struct iommu_source source)
{
	if (hwpt->user_count == HWPT_USERS_MAX)
		return STATUS_EXHAUSTED;
	hwpt->users[hwpt->user_count++] = source;
	return STATUS_OK;
}

void hwpt_drop_user(struct hwpt *hwpt, struct iommu_source source)
{
	for (unsigned i = 0; i < hwpt->user_count; i++) {
		const struct iommu_source *user = &hwpt->users[i];

		if (user->segment == source.segment && user->rid == source.rid &&
		    user->pasid == source.pasid) {
			hwpt->users[i] = hwpt->users[--hwpt->user_count];
			return;
		}
	}
}

/* Does a user before index `i` have the same PASID? Then its flush is that user's too. */
static bool is_repeated(const struct hwpt *hwpt, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (hwpt->users[k].pasid == hwpt->users[i].pasid)
			return true;
	return false;
}

enum status hwpt_flush(struct hwpt *hwpt, iova_t iova, uint64_t bytes, bool leaf_only,
		       struct deadline deadline)
{
	struct iommu_invalidation what = {
		.scope = hwpt->iommu->caps.range_invalidation ? IOMMU_SCOPE_RANGE : IOMMU_SCOPE_DOMAIN,
		.regime = hwpt->regime,
		.source = { .segment = hwpt->iommu->segment, .pasid = IOMMU_NO_PASID },
		.domain_id = hwpt->domain_id,
		.iova = iova,
		.bytes = bytes,
		.leaf_only = leaf_only,
	};
	bool each = what.scope == IOMMU_SCOPE_RANGE && hwpt->regime->stage == IOMMU_STAGE_FIRST;
	enum status status = STATUS_OK;

	/*
	 * A second stage is cached by domain id alone, a first stage by domain id and PASID (VT-d 6.2.1); a
	 * parent is cached under the ids of its children, whose translations by input address are then all
	 * dropped (6.5.2.3).
	 */
	if (!each || !hwpt->user_count)
		status = iommu_queue(hwpt->iommu, &what, deadline);
	for (unsigned i = 0; !status && i < hwpt->child_count; i++) {
		what.domain_id = hwpt->children[i]->domain_id;
		status = iommu_queue(hwpt->iommu, &what, deadline);
	}
	for (unsigned i = 0; each && !status && i < hwpt->user_count; i++) {
		what.source = hwpt->users[i];
		if (!is_repeated(hwpt, i))
			status = iommu_queue(hwpt->iommu, &what, deadline);
	}
	return status ? status : hwpt->iommu->ops->sync(hwpt->iommu, deadline);
}

/* The flush of a harvest: flags of leaves changed, nothing else. */
static enum status flush_changed(struct hwpt *hwpt, iova_t iova, uint64_t bytes, size_t changed,
				 struct deadline deadline)
{
	return changed ? hwpt_flush(hwpt, iova, bytes, true, deadline) : STATUS_OK;
}

/*
 * The status of a harvest: a unit that did not take the words is not a refusal, but it is not done.
 */
static enum status harvested(const struct hwpt *hwpt, enum status status)
{
	return status ? status : hwpt->published;
}

enum status hwpt_read_and_clear_dirty_noflush(struct hwpt *hwpt, iova_t iova, uint64_t bytes,
					      unsigned flags, const struct pt_bitmap *bitmap,
					      size_t *changed)
{
	hwpt->published = STATUS_OK;
	return harvested(hwpt,
			 pt_read_and_clear_dirty(&hwpt->pt, iova, bytes, flags, bitmap, changed));
}

enum status hwpt_read_and_clear_accessed_noflush(struct hwpt *hwpt, iova_t iova, uint64_t bytes,
						 unsigned flags, const struct pt_bitmap *bitmap,
						 size_t *changed)
{
	hwpt->published = STATUS_OK;
	return harvested(hwpt, pt_read_and_clear_accessed(&hwpt->pt, iova, bytes, flags, bitmap,
							  changed));
}

enum status hwpt_read_and_clear_dirty(struct hwpt *hwpt, iova_t iova, uint64_t bytes, unsigned flags,
				      const struct pt_bitmap *bitmap, struct deadline deadline)
{
	size_t changed = 0;
	enum status status = hwpt_read_and_clear_dirty_noflush(hwpt, iova, bytes, flags, bitmap,
							       &changed);

	return status ? status : flush_changed(hwpt, iova, bytes, changed, deadline);
}

enum status hwpt_read_and_clear_accessed(struct hwpt *hwpt, iova_t iova, uint64_t bytes, unsigned flags,
					 const struct pt_bitmap *bitmap, struct deadline deadline)
{
	size_t changed = 0;
	enum status status = hwpt_read_and_clear_accessed_noflush(hwpt, iova, bytes, flags, bitmap,
								  &changed);

	return status ? status : flush_changed(hwpt, iova, bytes, changed, deadline);
}
