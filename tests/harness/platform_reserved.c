/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Reserved ranges: memory that firmware keeps for the DMA of a function (VT-d RMRR, 8.4; AMD-Vi IVMD, 48882
 * 5.2.2.2). Such a function goes on working while its unit translates: its source gets a route to a table that
 * maps the ranges to themselves, before the unit is enabled, and keeps its bus mastering. It never serves as
 * an engine.
 *
 * One table per unit and regime holds the ranges of all its functions: what is in them is the
 * firmware's own.
 */
#include "iommu/hwpt.h"
#include "iommu/ioas.h"
#include "tests/harness/platform_private.h"

struct home {
	struct ioas ioas;
	struct hwpt *hwpts[IOMMU_REGIMES_MAX];	/* by regime; NULL: could not be made */
	bool is_used;
};

static struct home homes[PLATFORM_UNITS_MAX];

uint16_t platform_domain_ids(const struct iommu *iommu)
{
	return (uint16_t)(BIT(MIN(iommu->caps.domain_id_bits, 16u)) - 2);
}

static bool is_of(const struct platform *p, const struct platform_reserved *r, unsigned unit)
{
	return r->iommu == p->units[unit];
}

static void map(struct platform *p, unsigned unit, const struct platform_reserved *r)
{
	uint64_t base = ALIGN_DOWN(r->base, (uint64_t)PAGE_SIZE);
	uint64_t end = ALIGN_UP(r->last + 1, (uint64_t)PAGE_SIZE);
	enum status status;

	if (r->permissions == 0)
		return;
	status = ioas_map(&homes[unit].ioas, iova(base), pa(base), end - base, r->permissions);

	/* Functions that share a range name it each. */
	if (status != STATUS_OK && status != STATUS_OVERLAP)
		platform_note(p, "the reserved range at 0x%llx cannot be mapped: %s",
			      (unsigned long long)r->base, status_text(status));
}

static struct hwpt *compile(struct platform *p, unsigned unit, const struct iommu_regime *regime)
{
	struct hwpt *hwpt = pool_zeroed(&p->kept, ALIGN_UP(sizeof(*hwpt), PAGE_SIZE) / PAGE_SIZE,
					PAGE_LG2);
	/* Tables of these ranges are not nested: a parent stands for itself. */
	const struct iommu_regime *own = regime->parent != NULL ? regime->parent : regime;
	unsigned levels = 0;
	enum status status = STATUS_EXHAUSTED;

	for (unsigned n = 1; n <= PT_LEVELS_MAX; n++)
		levels = own->level_counts & BIT(n) ? n : levels;
	if (hwpt != NULL)
		status = hwpt_init(hwpt, &homes[unit].ioas, p->units[unit], own, levels,
				   own->flags_may_fault ? HWPT_PRESET_FLAGS : 0,
				   (uint16_t)(platform_domain_ids(p->units[unit]) + 1), &p->kept);
	if (status == STATUS_OK)
		return hwpt;
	platform_note(p, "%s has no table for reserved ranges in the regime %s: %s",
		      p->units[unit]->name, regime->name, status_text(status));
	return NULL;
}

void platform_make_reserved(struct platform *p)
{
	for (unsigned unit = 0; unit < p->unit_count; unit++) {
		struct home *home = &homes[unit];
		const struct iommu *iommu = p->units[unit];

		home->is_used = false;
		ioas_init(&home->ioas);
		for (unsigned i = 0; i < p->reserved_count; i++) {
			if (!is_of(p, &p->reserved[i], unit))
				continue;
			home->is_used = true;
			map(p, unit, &p->reserved[i]);
		}
		for (unsigned r = 0; r < iommu->regime_count; r++)
			home->hwpts[r] = home->is_used ? compile(p, unit, &iommu->regimes[r])
						       : NULL;
	}
}

enum status platform_enable(struct platform *p, unsigned unit, const struct iommu_regime *regime)
{
	struct iommu *iommu = p->units[unit];
	const struct hwpt *hwpt = homes[unit].hwpts[regime - iommu->regimes];
	enum status status = STATUS_OK;

	if (homes[unit].is_used && hwpt == NULL)
		return STATUS_UNSUPPORTED;
	if (hwpt != NULL)
		status = iommu->ops->prepare(iommu, regime);
	for (unsigned i = 0; i < p->reserved_count && hwpt != NULL && status == STATUS_OK; i++) {
		struct iommu_route route = hwpt_route(hwpt);

		if (is_of(p, &p->reserved[i], unit))
			status = iommu->ops->set_route(iommu, p->reserved[i].source, &route);
	}
	if (status == STATUS_OK)
		status = iommu->ops->enable(iommu, regime);
	for (unsigned i = 0; i < p->reserved_count && status == STATUS_OK; i++) {
		if (is_of(p, &p->reserved[i], unit) && p->reserved[i].was_master)
			pci_bus_master(p->reserved[i].function, true);
	}
	return status;
}
