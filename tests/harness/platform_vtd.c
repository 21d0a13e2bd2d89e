/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The wiring of VT-d: from the DMAR table (VT-d 5.10, 8) and from prototype units to units, and from
 * functions to the unit that serves them.
 */
#include <string.h>

#include "iommu/intel/vtd.h"
#include "tests/harness/platform_private.h"

/* One of these is over 64 KiB: the units' own tables of pages. */
static struct vtd units[PLATFORM_UNITS_MAX];
static const struct dmar_drhd *drhd_of[PLATFORM_UNITS_MAX];		/* one of the two, */
static const struct prototype *prototype_of[PLATFORM_UNITS_MAX];	/* the other is NULL */
static bool in_use[PLATFORM_UNITS_MAX];
static unsigned unit_count;

/* The unit that was just initialised. */
static void add(struct platform *p, const struct dmar_drhd *drhd, const struct prototype *prototype)
{
	unsigned before = p->unit_count;

	platform_add_unit(p, &units[unit_count].iommu);
	in_use[unit_count] = p->unit_count != before;
	drhd_of[unit_count] = drhd;
	prototype_of[unit_count++] = prototype;
}

static void find_prototypes(struct platform *p)
{
	for (unsigned i = 0; i < p->prototype_count; i++) {
		const struct prototype *t = &p->prototypes[i];

		if (t->kind != PROTOTYPE_VTD)
			continue;
		if (unit_count == PLATFORM_UNITS_MAX) {
			platform_note(
				p, "the prototype unit at 0x%llx is not used: there are too many",
				(unsigned long long)t->registers.base);
			continue;
		}
		vtd_init(&units[unit_count], t->registers.base, t->registers.size, unit_count,
			 t->function->segment->number, t->address_bits);
		add(p, NULL, t);
	}
}

/*
 * The intel-iommu of QEMU, up to 11.1, looks at fields of PASID entries that VT-d 9.6 has it ignore: a first-stage
 * entry with AW 0 has no canonical address above 2^30, and an entry that is not present is refused for its type
 * before P is looked at. QEMU signs its tables; its unit cannot be told by its registers.
 */
static bool looks_at_ignored_fields(const struct platform *p)
{
	const struct acpi_table *dmar = acpi_find(&p->acpi, "DMAR", 0);

	return dmar != NULL && strncmp(dmar->creator_id, "BXPC", 4) == 0;
}

static void fill_ignored_fields(struct platform *p, struct vtd *vtd)
{
	if (!(vtd->ecap & VTD_ECAP_SMTS) || !looks_at_ignored_fields(p))
		return;
	vtd->fill_ignored = true;
	platform_note(p,
		      "%s is QEMU's: fields of its PASID entries that VT-d 9.6 ignores are filled",
		      vtd->iommu.name);
}

static void find(struct platform *p)
{
	unit_count = 0;
	for (unsigned i = 0; p->has_dmar && i < p->dmar.drhd_count; i++) {
		const struct dmar_drhd *d = &p->dmar.drhd[i];

		if (!d->usable || unit_count == PLATFORM_UNITS_MAX) {
			platform_note(p, "the unit at 0x%llx is not used: %s",
				      (unsigned long long)d->base.v,
				      d->usable ? "there are too many"
						: "its description is malformed");
			continue;
		}
		vtd_init(&units[unit_count], d->base.v, BIT64(d->size_lg2), unit_count, d->segment,
			 p->dmar.host_address_bits);
		add(p, d, NULL);
		if (in_use[unit_count - 1])
			fill_ignored_fields(p, &units[unit_count - 1]);
	}
	find_prototypes(p);
}

/*
 * The function that a scope names: from the start bus down, each pair names a device on the secondary bus
 * of the bridge before it (8.3.1). NULL: there is no such function.
 */
static struct pci_function *resolve(struct platform *p, uint16_t segment, const struct dmar_scope *scope)
{
	uint8_t bus = scope->start_bus;
	struct pci_function *f = NULL;

	for (unsigned i = 0; i < scope->path_count && !scope->path_cut; i++) {
		if (f != NULL && !f->bridge)
			return NULL;
		if (f != NULL)
			bus = f->secondary_bus;
		f = pci_find(&p->pci, segment,
			     (uint16_t)(bus << 8 | (scope->path[i].device & 0x1f) << 3 |
					(scope->path[i].function & 7)));
		if (f == NULL)
			return NULL;
	}
	return f;
}

/* Does one of the scopes name the function, or a bridge above it? */
static bool scopes_hold(struct platform *p, uint16_t segment, struct dmar_scopes scopes,
			const struct pci_function *function)
{
	for (unsigned i = 0; i < scopes.count; i++) {
		const struct dmar_scope *scope = dmar_scope(&p->dmar, scopes, i);
		const struct pci_function *named, *f = function;

		if (scope->type != DMAR_SCOPE_ENDPOINT && scope->type != DMAR_SCOPE_BRIDGE)
			continue;
		named = resolve(p, segment, scope);
		/* A chain of bridges is no longer than there are buses. */
		for (unsigned depth = 0; named != NULL && f != NULL && depth < 256; depth++) {
			if (f == named)
				return true;
			f = scope->type == DMAR_SCOPE_BRIDGE ? pci_parent(&p->pci, f) : NULL;
		}
	}
	return false;
}

static struct iommu *unit_of(struct platform *p, const struct pci_function *function)
{
	uint16_t segment = function->segment->number;
	unsigned rest = UINT32_MAX;

	for (unsigned i = 0; i < unit_count; i++) {
		if (prototype_of[i] != NULL && prototype_serves(prototype_of[i], function))
			return in_use[i] ? &units[i].iommu : NULL;
	}
	for (unsigned i = 0; i < unit_count; i++) {
		if (drhd_of[i] == NULL || drhd_of[i]->segment != segment)
			continue;
		if (scopes_hold(p, segment, drhd_of[i]->scopes, function))
			return in_use[i] ? &units[i].iommu : NULL;
		if (drhd_of[i]->include_pci_all)
			rest = i;
	}
	return rest != UINT32_MAX && in_use[rest] ? &units[rest].iommu : NULL;
}

/*
 * Graphics whose unit hangs when translation is turned off: Linux leaves it on behind these device ids
 * (drivers/iommu/intel/iommu.c, quirk_iommu_igfx and iommu_skip_te_disable).
 */
static bool hangs_without_translation(const struct pci_function *f)
{
	static const uint8_t families[] = { 0x45, 0x46, 0x4c, 0x4e, 0x8a, 0x98, 0x9a, 0xa7, 0x7d };

	for (unsigned i = 0; i < ARRAY_COUNT(families); i++) {
		if (f->vendor == 0x8086 && f->class_code >> 16 == 0x03 &&
		    f->device >> 8 == families[i])
			return true;
	}
	return false;
}

static void keep_translations(struct platform *p)
{
	for (unsigned i = 0; i < p->pci.function_count; i++) {
		struct pci_function *f = &p->pci.functions[i];
		struct iommu *iommu = hangs_without_translation(f) ? unit_of(p, f) : NULL;

		if (iommu == NULL)
			continue;
		to_vtd(iommu)->keep_translation = true;
		platform_note(p, "%s stays on once it is on: it serves graphics %04x:%04x",
			      iommu->name, f->vendor, f->device);
	}
}

/* Reserved memory regions of each function (8.4). */
static void reserve(struct platform *p)
{
	keep_translations(p);
	for (unsigned i = 0; p->has_dmar && i < p->dmar.rmrr_count; i++) {
		const struct dmar_rmrr *r = &p->dmar.rmrr[i];

		for (unsigned k = 0; r->usable && k < r->scopes.count; k++) {
			struct pci_function *f = resolve(p, r->segment,
							 dmar_scope(&p->dmar, r->scopes, k));

			if (f != NULL)
				platform_add_reserved(p, f, r->base.v, r->limit.v,
						      PT_READ | PT_WRITE);
		}
	}
}

static enum status recover(struct iommu *iommu)
{
	for (unsigned i = 0; i < unit_count; i++) {
		if (iommu == &units[i].iommu)
			return vtd_queue_recover(&units[i]);
	}
	return STATUS_NOT_FOUND;
}

const struct platform_vendor platform_vtd = {
	.name = "vtd",
	.find = find,
	.unit_of = unit_of,
	.reserve = reserve,
	.recover = recover,
};
