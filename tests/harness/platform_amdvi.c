/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The wiring of AMD-Vi: from the IVRS table (48882 3.11, 5.2) to units, from functions to the unit that serves them,
 * and what a unit's own PCI function says of it (3.2).
 */
#include <string.h>

#include "drivers/pci/pci_regs.h"
#include "iommu/amd/amdvi.h"
#include "tests/harness/platform_private.h"

/* 3.2, from the offset that IVHD names. */
#define CAPABILITY_BASE_LOW	0x04u
#define CAPABILITY_BASE_HIGH	0x08u
#define CAPABILITY_MISC0	0x10u

/* 5.2.2.1: what older blocks leave out. */
#define HOST_ADDRESS_BITS	48u

struct wired {
	struct amdvi amdvi;
	const struct ivrs_ivhd *ivhd;
	struct pci_function *function;		/* the unit's own; NULL: there is none */
	struct pci_msi_found msi;
	struct amdvi_alias aliases[AMDVI_ALIASES_MAX];
	unsigned alias_count;
	bool in_use;
};

static struct wired units[PLATFORM_UNITS_MAX];
static unsigned unit_count;

/* ---- The unit's own function ---- */

static uint32_t capability_word(const struct wired *w, unsigned offset)
{
	return pci_read32(w->function, w->ivhd->capability + offset);
}

/* Fill in what stands in configuration space. False: no capability of an IOMMU is there. */
static bool read_function(struct platform *p, struct wired *w, struct amdvi_description *d)
{
	struct ivrs_function f;

	w->function = pci_find(&p->pci, w->ivhd->segment, w->ivhd->device_id);
	f = (struct ivrs_function){ .present = w->function != NULL };
	if (f.present) {
		d->capability = f.header = capability_word(w, 0);
		f.base_low = capability_word(w, CAPABILITY_BASE_LOW);
		f.base_high = capability_word(w, CAPABILITY_BASE_HIGH);
		d->misc0 = capability_word(w, CAPABILITY_MISC0);
	}
	if (!ivrs_check_function(&p->ivrs, w->ivhd, &f, &p->findings))
		return false;
	/* Its messages are its own DMA: it stays as firmware had it. */
	if (w->function->command_as_found & PCI_COMMAND_MASTER)
		pci_bus_master(w->function, true);
	return true;
}

static enum status deliver(void *context, const struct arch_msi *msi)
{
	struct wired *w = context;

	if (msi != NULL)
		return pci_enable_msi(w->function, msi);
	pci_restore_msi(w->function, &w->msi);
	return STATUS_OK;
}

static const struct amdvi_msi_ops msi_ops = { .deliver = deliver };

static void describe_msi(struct wired *w, struct amdvi_description *d)
{
	if (w->function->cap_msi == 0)
		return;
	pci_save_msi(w->function, &w->msi);
	d->msi = &msi_ops;
	d->msi_context = w;
}

/* ---- The block ---- */

/* Functions whose requests carry another id, and ids that nobody has; 5.2.2.1. */
static void describe_aliases(struct platform *p, struct wired *w)
{
	for (unsigned i = 0; i < p->pci.function_count; i++) {
		const struct pci_function *f = &p->pci.functions[i];
		struct ivrs_device device;

		if (!ivrs_find(&p->ivrs, f->segment->number, f->rid, &device) ||
		    device.ivhd != w->ivhd || device.source == f->rid)
			continue;
		if (w->alias_count == AMDVI_ALIASES_MAX) {
			platform_note(p, "more than %u devices with aliases behind one unit",
				      AMDVI_ALIASES_MAX);
			return;
		}
		w->aliases[w->alias_count++] = (struct amdvi_alias){ f->rid, device.source };
	}
}

static uint16_t last_device_id(const struct platform *p, const struct ivrs_ivhd *ivhd)
{
	uint16_t last = 0;

	for (unsigned i = 0; i < ivhd->entries.count; i++) {
		const struct ivrs_entry *e = ivrs_entry(&p->ivrs, ivhd->entries, i);

		if (e->type == IVRS_ALL)
			return UINT16_MAX;
		last = MAX(last, e->last);
		if (e->alias || e->type == IVRS_SPECIAL || e->type == IVRS_ACPI_HID)
			last = MAX(last, e->source);
	}
	return last;
}

/* Table 92: what the fabric needs of Control. */
static uint64_t fabric_of(uint8_t flags)
{
	static const struct {
		uint8_t flag;
		uint64_t control;
	} bits[] = {
		{ IVRS_IVHD_HT_TUN_EN, AMDVI_Control_HtTunEn },
		{ IVRS_IVHD_PASS_PW, AMDVI_Control_PassPW },
		{ IVRS_IVHD_RES_PASS_PW, AMDVI_Control_ResPassPW },
		{ IVRS_IVHD_ISOC, AMDVI_Control_Isoc },
		{ IVRS_IVHD_COHERENT, AMDVI_Control_Coherent },
	};
	uint64_t control = 0;

	for (unsigned i = 0; i < ARRAY_COUNT(bits); i++)
		control |= flags & bits[i].flag ? bits[i].control : 0;
	return control;
}

static void add(struct platform *p, const struct ivrs_ivhd *ivhd)
{
	struct wired *w = &units[unit_count];
	unsigned before = p->unit_count;
	struct amdvi_description d = {
		.base = ivhd->base.v,
		.index = unit_count,
		.segment = ivhd->segment,
		.last_device_id = last_device_id(p, ivhd),
		.host_address_bits = p->ivrs.pa_bits ? p->ivrs.pa_bits : HOST_ADDRESS_BITS,
		.is_copied = ivhd->has_efr,
		.efr_copy = ivhd->efr,
		.efr2_copy = ivhd->efr2,
		.fabric = fabric_of(ivhd->flags),
		.aliases = w->aliases,
	};

	memset(w, 0, sizeof(*w));
	w->ivhd = ivhd;
	if (!read_function(p, w, &d)) {
		platform_note(
			p,
			"the AMD-Vi unit at 0x%llx is not used: its function %04x is none of an IOMMU",
			(unsigned long long)ivhd->base.v, ivhd->device_id);
		return;
	}
	describe_msi(w, &d);
	describe_aliases(p, w);
	d.alias_count = w->alias_count;
	amdvi_init(&w->amdvi, &d);
	platform_add_unit(p, &w->amdvi.iommu);
	w->in_use = p->unit_count != before;
	if (w->in_use)
		ivrs_check_images(ivhd, w->amdvi.efr, w->amdvi.efr2, &p->findings);
	unit_count++;
}

static void find(struct platform *p)
{
	unsigned told = p->findings.count;

	unit_count = 0;
	for (unsigned i = 0; p->has_ivrs && i < p->ivrs.ivhd_count; i++) {
		const struct ivrs_ivhd *ivhd = &p->ivrs.ivhd[i];

		if (ivhd->superseded)
			continue;
		if (!ivhd->usable || unit_count == PLATFORM_UNITS_MAX)
			platform_note(p, "the AMD-Vi unit at 0x%llx is not used: %s",
				      (unsigned long long)ivhd->base.v,
				      ivhd->usable ? "there are too many"
						   : "its description is malformed");
		else
			add(p, ivhd);
	}
	platform_tell_findings(p, &p->findings, told);
}

/* ---- Functions ---- */

static struct iommu *unit_of(struct platform *p, const struct pci_function *function)
{
	struct ivrs_device device;

	if (!p->has_ivrs || !ivrs_find(&p->ivrs, function->segment->number, function->rid, &device))
		return NULL;
	for (unsigned i = 0; i < unit_count; i++) {
		if (units[i].ivhd == device.ivhd)
			return units[i].in_use ? &units[i].amdvi.iommu : NULL;
	}
	return NULL;
}

static bool alias_of(const struct platform *p, const struct pci_function *function, uint16_t *alias)
{
	struct ivrs_device device;

	if (!p->has_ivrs ||
	    !ivrs_find(&p->ivrs, function->segment->number, function->rid, &device) ||
	    device.source == function->rid)
		return false;
	*alias = device.source;
	return true;
}

/*
 * 5.2.2.2. Memory that is not translated is mapped one to one, which is the same to its device. A block for every
 * device means those whose DMA firmware had running.
 */
static void reserve_for(struct platform *p, const struct ivrs_ivmd *m)
{
	unsigned permissions = m->exclusion ? PT_READ | PT_WRITE
					    : (m->readable ? (unsigned)PT_READ : 0) |
						      (m->writable ? (unsigned)PT_WRITE : 0);

	for (unsigned i = 0; i < p->pci.function_count; i++) {
		struct pci_function *f = &p->pci.functions[i];

		if (f->bridge || !ivrs_ivmd_is_for(m, f->segment->number, f->rid) ||
		    (m->type == IVRS_IVMD_ALL && !(f->command_as_found & PCI_COMMAND_MASTER)))
			continue;
		platform_add_reserved(p, f, m->base.v, m->base.v + m->bytes - 1, permissions);
	}
}

static void reserve(struct platform *p)
{
	for (unsigned i = 0; p->has_ivrs && i < p->ivrs.ivmd_count; i++) {
		if (p->ivrs.ivmd[i].usable)
			reserve_for(p, &p->ivrs.ivmd[i]);
	}
}

static enum status recover(struct iommu *iommu)
{
	for (unsigned i = 0; i < unit_count; i++) {
		if (iommu == &units[i].amdvi.iommu)
			return amdvi_queue_recover(&units[i].amdvi);
	}
	return STATUS_NOT_FOUND;
}

const struct platform_vendor platform_amdvi = {
	.name = "amdvi",
	.find = find,
	.unit_of = unit_of,
	.alias_of = alias_of,
	.reserve = reserve,
	.recover = recover,
};
