/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One VT-d unit: taking it over, turning it on, and giving it back (VT-d 5.10, 6.5.2, 6.6, 11.4.4, 11.4.8). */
#include "iommu/intel/vtd.h"

#include <stdio.h>
#include <string.h>

#include "iommu/intel/internal.h"

static bool command_done(uint32_t status, uint32_t bit, bool on)
{
	if (bit == VTD_GCMD_WBF)
		return !(status & VTD_GSTS_WBFS);
	return !!(status & bit) == on;
}

static const char *demand_of(uint32_t bit)
{
	switch (bit) {
	case VTD_GCMD_TE:
		return "GSTS.TES follows GCMD.TE (VT-d 11.4.4.2)";
	case VTD_GCMD_SRTP:
		return "GSTS.RTPS is set when GCMD.SRTP is done (VT-d 11.4.4.2)";
	case VTD_GCMD_QIE:
		return "GSTS.QIES follows GCMD.QIE (VT-d 11.4.4.2)";
	default:
		return "GSTS.WBFS is clear when GCMD.WBF is done (VT-d 11.4.4.2)";
	}
}

/* 11.4.4.1: one field at a time; what is on is repeated, one-shot bits are not. */
enum status vtd_command(struct vtd *vtd, uint32_t bit, bool on)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	uint32_t status = read32(mmio, VTD_GSTS);

	if (status == UINT32_MAX)
		return vtd_unmet(vtd, STATUS_GONE, demand_of(bit), "GSTS", status);
	arch_barrier();
	write32(mmio, VTD_GCMD, (status & VTD_GSTS_KEEP & ~bit) | (on ? bit : 0));
	if (!wait_until(command_done(status = read32(mmio, VTD_GSTS), bit, on), deadline))
		return vtd_unmet(vtd, STATUS_TIMEOUT, demand_of(bit), "GSTS", status);
	if (status == UINT32_MAX)
		return vtd_unmet(vtd, STATUS_GONE, demand_of(bit), "GSTS", status);
	return STATUS_OK;
}

/* 6.8: units with RWBF keep table writes in a buffer until an invalidation or this command. */
enum status vtd_publish(struct iommu *iommu)
{
	struct vtd *vtd = to_vtd(iommu);

	arch_write_barrier();
	if (!(vtd->cap & VTD_CAP_RWBF) || !vtd->taken)
		return STATUS_OK;
	return vtd_command(vtd, VTD_GCMD_WBF, true);
}

enum status vtd_publish_words(struct vtd *vtd, const void *words, size_t bytes)
{
	arch_write_barrier();
	if (!(vtd->ecap & VTD_ECAP_C))
		arch_flush(words, bytes);
	return vtd_publish(&vtd->iommu);
}

/* Events that firmware asked for would now hit vectors that mean something else. */
static void mask_events(struct vtd *vtd)
{
	const struct mmio *mmio = &vtd->iommu.mmio;

	write32(mmio, VTD_FECTL, vtd->found.fectl | VTD_FECTL_IM);
	if (vtd->ecap & VTD_ECAP_QI)
		write32(mmio, VTD_IECTL, vtd->found.iectl | VTD_IECTL_IM);
}

/* 11.4.8.1: PRS follows EPM. Protected regions block DMA whatever the tables say from version 2 on. */
static enum status protect_memory(struct vtd *vtd, bool on)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	uint32_t pmen;

	if (!(vtd->cap & (VTD_CAP_PLMR | VTD_CAP_PHMR)))
		return STATUS_OK;
	pmen = read32(mmio, VTD_PMEN);
	if (!!(pmen & VTD_PMEN_EPM) == on)
		return STATUS_OK;
	write32(mmio, VTD_PMEN, (pmen & ~VTD_PMEN_EPM) | (on ? VTD_PMEN_EPM : 0));
	if (wait_until(!!((pmen = read32(mmio, VTD_PMEN)) & VTD_PMEN_PRS) == on, deadline))
		return STATUS_OK;
	return vtd_unmet(vtd, STATUS_TIMEOUT, "PMEN.PRS follows PMEN.EPM (VT-d 11.4.8.1)", "PMEN",
			 pmen);
}

static bool translating(const struct vtd *vtd)
{
	return read32(&vtd->iommu.mmio, VTD_GSTS) & VTD_GSTS_TES;
}

static uint64_t our_rtaddr(const struct vtd_tables *t)
{
	return pa_of(t->root).v | FIELD_PREP(VTD_RTADDR_TTM, (uint64_t)t->ttm);
}

/*
 * Make it allowed to set our root table. A unit that cannot be turned off changes its root while it
 * translates; its mode only with ESRTPS (6.6).
 */
static enum status prepare_switch(struct vtd *vtd)
{
	uint64_t rtaddr = read64(&vtd->iommu.mmio, VTD_RTADDR);

	if (!translating(vtd) || rtaddr == our_rtaddr(vtd->tables))
		return STATUS_OK;
	if (!vtd->keep_translation)
		return vtd_command(vtd, VTD_GCMD_TE, false);
	if (FIELD_GET(VTD_RTADDR_TTM, rtaddr) != vtd->tables->ttm && !(vtd->cap & VTD_CAP_ESRTPS))
		return STATUS_UNSUPPORTED;
	return STATUS_OK;
}

/* The queue of this mode. 6.5.2: 256-bit descriptors before the root table of scalable mode is set. */
static enum status prepare_queue(struct vtd *vtd, unsigned ttm)
{
	bool wide = ttm == VTD_TTM_SCALABLE || vtd->wide_in_legacy;
	enum status s;

	if (vtd->queue.on && vtd->queue.words == (wide ? 4 : 2) && !vtd->use_registers)
		return STATUS_OK;
	s = vtd->queue.on ? vtd_queue_stop(vtd) : vtd_queue_take_over(vtd);
	if (s != STATUS_OK || vtd->use_registers || !(vtd->ecap & VTD_ECAP_QI))
		return s;
	return vtd_queue_start(vtd, wide);
}

/* 6.6: after SRTP, the context-cache, the PASID-cache and the IOTLB, in this order; with ESRTPS the
   unit did so itself and this does it again. */
static enum status invalidate_all(struct vtd *vtd)
{
	static const struct iommu_invalidation all = { .scope = IOMMU_SCOPE_ALL };
	enum status s = iommu_queue(&vtd->iommu, &all, deadline_in_us(VTD_COMMAND_US));

	return s == STATUS_OK ? vtd_sync(&vtd->iommu, deadline_in_us(VTD_COMMAND_US)) : s;
}

static enum status set_root(struct vtd *vtd, uint64_t rtaddr)
{
	write64(&vtd->iommu.mmio, VTD_RTADDR, rtaddr);
	return vtd_command(vtd, VTD_GCMD_SRTP, true);
}

static bool can_enable(const struct vtd *vtd, const struct iommu_regime *regime)
{
	bool known = false;

	for (unsigned i = 0; i < vtd->iommu.regime_count; i++)
		known = known || regime == &vtd->iommu.regimes[i];
	if (!known)
		return false;
	if (vtd->wide_in_legacy && !(vtd->ecap & (VTD_ECAP_SMTS | VTD_ECAP_ADMS)))
		return false;
	return !vtd->use_registers || (regime->mode == VTD_TTM_LEGACY && vtd->version <= 5);
}

/* The tables that routes were set in before, if they are of this mode; otherwise new ones. */
static enum status prepare_tables(struct vtd *vtd, unsigned ttm)
{
	if (vtd->tables->root && vtd->tables->ttm == ttm)
		return STATUS_OK;
	return vtd_tables_begin(vtd, ttm);
}

static enum status vtd_prepare(struct iommu *iommu, const struct iommu_regime *regime)
{
	struct vtd *vtd = to_vtd(iommu);

	if (!vtd->pool || !can_enable(vtd, regime))
		return STATUS_BAD_ARGUMENT;
	return prepare_tables(vtd, regime->mode);
}

static enum status turn_on(struct vtd *vtd)
{
	enum status s = set_root(vtd, our_rtaddr(vtd->tables));

	if (s == STATUS_OK)
		s = invalidate_all(vtd);
	if (s == STATUS_OK && !translating(vtd))
		s = vtd_command(vtd, VTD_GCMD_TE, true);
	if (s == STATUS_OK)
		s = protect_memory(vtd, false);
	return s;
}

/*
 * Off or another's, in whatever mode, to on with our tables. Order: events masked; translation off where
 * that is allowed; the queue; the root table (6.6); the caches; translation on (11.4.4.1: SRTP before
 * TE); protected memory off last, so that no moment is without protection. Interrupt remapping stays as
 * it was found. 6.6 also asks that a root table set while TES=1 translates as the one before: on a unit
 * with keep_translation the caller has quieted the devices instead.
 */
static enum status vtd_enable(struct iommu *iommu, const struct iommu_regime *regime)
{
	struct vtd *vtd = to_vtd(iommu);
	enum status s;

	if (!vtd->pool || !can_enable(vtd, regime))
		return STATUS_BAD_ARGUMENT;
	s = prepare_tables(vtd, regime->mode);
	if (s != STATUS_OK)
		return s;
	if (!vtd->taken)
		mask_events(vtd);
	vtd->taken = true;
	iommu->enabled = NULL;
	s = prepare_switch(vtd);
	if (s == STATUS_OK)
		s = prepare_queue(vtd, regime->mode);
	if (s == STATUS_OK)
		s = turn_on(vtd);
	if (s != STATUS_OK)
		return s;
	vtd_tables_drop(vtd, &vtd->sets[vtd->tables == &vtd->sets[0]]);
	iommu->enabled = regime;
	return STATUS_OK;
}

static void restore_events(struct vtd *vtd)
{
	const struct mmio *mmio = &vtd->iommu.mmio;

	write32(mmio, VTD_FEDATA, vtd->found.fedata);
	write32(mmio, VTD_FEADDR, vtd->found.feaddr);
	write32(mmio, VTD_FEUADDR, vtd->found.feuaddr);
	write32(mmio, VTD_FECTL, vtd->found.fectl);
	if (!(vtd->ecap & VTD_ECAP_QI))
		return;
	write32(mmio, VTD_IEDATA, vtd->found.iedata);
	write32(mmio, VTD_IEADDR, vtd->found.ieaddr);
	write32(mmio, VTD_IEUADDR, vtd->found.ieuaddr);
	write32(mmio, VTD_IECTL, vtd->found.iectl);
}

/* The queue as found, except that it is empty and its head and tail stand at 0: IQH cannot be written. */
static enum status restore_queue(struct vtd *vtd)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	enum status s = vtd->queue.on ? vtd_queue_stop(vtd) : STATUS_OK;

	if (s != STATUS_OK || !(vtd->ecap & VTD_ECAP_QI))
		return s;
	write64(mmio, VTD_IQT, 0);
	write64(mmio, VTD_IQA, vtd->found.iqa);
	if (vtd->found.gsts & VTD_GSTS_QIES)
		return vtd_command(vtd, VTD_GCMD_QIE, true);
	return STATUS_OK;
}

/*
 * The root as found, and what was cached of ours gone. Turning translation off invalidates where SMTS is
 * set, SRTP where ESRTPS is (11.4.4.1, 6.6); units with neither know one mode, so our queue still fits it.
 */
static enum status restore_root(struct vtd *vtd)
{
	enum status s;

	if (!(vtd->found.gsts & VTD_GSTS_RTPS)) {
		write64(&vtd->iommu.mmio, VTD_RTADDR, vtd->found.rtaddr);
		return STATUS_OK;
	}
	s = set_root(vtd, vtd->found.rtaddr);
	if (s != STATUS_OK || (vtd->cap & VTD_CAP_ESRTPS))
		return s;
	if (FIELD_GET(VTD_RTADDR_TTM, vtd->found.rtaddr) != vtd->tables->ttm)
		return STATUS_OK;
	return invalidate_all(vtd);
}

/*
 * Back to what open() found: protected memory first, then translation, queue, events. A unit with
 * keep_translation that was found off stays on with our tables and answers UNSUPPORTED.
 */
static enum status vtd_close(struct iommu *iommu)
{
	struct vtd *vtd = to_vtd(iommu);
	bool was_on = vtd->found.gsts & VTD_GSTS_TES;
	bool stuck = vtd->keep_translation && !was_on && vtd->taken && translating(vtd);
	enum status s = STATUS_OK;

	vtd->pool = NULL;
	iommu->enabled = NULL;
	if (!vtd->taken)
		return STATUS_OK;
	if (vtd->found.pmen & VTD_PMEN_EPM)
		s = protect_memory(vtd, true);
	if (s == STATUS_OK && !vtd->keep_translation && translating(vtd))
		s = vtd_command(vtd, VTD_GCMD_TE, false);
	if (s == STATUS_OK && !stuck)
		s = restore_root(vtd);
	if (s == STATUS_OK)
		s = restore_queue(vtd);
	if (s == STATUS_OK && was_on && !translating(vtd))
		s = vtd_command(vtd, VTD_GCMD_TE, true);
	restore_events(vtd);
	if (s != STATUS_OK)
		return s;
	vtd->taken = false;
	return stuck ? STATUS_UNSUPPORTED : STATUS_OK;
}

static void vtd_status_words(struct iommu *iommu, struct iommu_words *words)
{
	vtd_register_words(to_vtd(iommu), VTD_ROLE_STATUS, words);
}

static const struct iommu_ops vtd_ops = {
	.open = vtd_open,
	.close = vtd_close,
	.prepare = vtd_prepare,
	.enable = vtd_enable,
	.set_route = vtd_set_route,
	.get_route = vtd_get_route,
	.invalidate = vtd_invalidate,
	.sync = vtd_sync,
	.next_fault = vtd_next_fault,
	.fault_overflow = vtd_fault_overflow,
	.reasons = vtd_reasons,
	.reason_text = vtd_reason_text,
	.fault_interrupt = vtd_fault_interrupt,
	.set_dirty_tracking = vtd_set_dirty_tracking,
	.publish = vtd_publish,
	.status_words = vtd_status_words,
};

void vtd_init(struct vtd *vtd, uintptr_t base, size_t bytes, unsigned index, uint16_t segment,
	      unsigned haw)
{
	memset(vtd, 0, sizeof(*vtd));
	vtd->ops = vtd_ops;
	vtd->iommu.ops = &vtd->ops;
	vtd->iommu.mmio = (struct mmio){ base, bytes };
	vtd->iommu.segment = segment;
	vtd->haw = haw;
	vtd->tables = &vtd->sets[0];
	snprintf(vtd->iommu.name, sizeof(vtd->iommu.name), "vtd%u", index % 1000u);
}
