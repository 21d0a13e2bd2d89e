/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What an invalidation means in descriptors (VT-d 5.10, 6.5.2.1 .. 4, 6.5.3.3 table 28), and the same through
 * registers where there is no queue (6.5.1, 11.4.6).
 *
 * Device-TLBs are never used: every context entry that this driver writes has ATS off.
 */
#include "iommu/intel/internal.h"

#define BATCH_MAX 6u

struct batch {
	struct vtd_descriptor d[BATCH_MAX];
	unsigned count;
};

static struct vtd_descriptor *next(struct batch *batch)
{
	struct vtd_descriptor *d = &batch->d[batch->count++];

	*d = (struct vtd_descriptor){ { 0 } };
	return d;
}

static void context_cache(struct batch *batch, unsigned granularity, unsigned did, unsigned sid)
{
	next(batch)->w[0] = VTD_QI_CONTEXT | FIELD_PREP(VTD_QI0_CC_G, (uint64_t)granularity) |
			    FIELD_PREP(VTD_QI0_CC_DID, (uint64_t)did) |
			    FIELD_PREP(VTD_QI0_CC_SID, (uint64_t)sid);
}

static void pasid_cache(struct batch *batch, unsigned granularity, unsigned did)
{
	next(batch)->w[0] = VTD_QI_PASID | FIELD_PREP(VTD_QI0_PC_G, (uint64_t)granularity) |
			    FIELD_PREP(VTD_QI0_PC_DID, (uint64_t)did);
}

/* 6.5.4: with DR and DW, what was translated before is in memory when the next wait completes. */
static struct vtd_descriptor *iotlb(struct batch *batch, unsigned granularity, unsigned did)
{
	struct vtd_descriptor *d = next(batch);

	d->w[0] = VTD_QI_IOTLB | VTD_QI0_TLB_DR | VTD_QI0_TLB_DW |
		  FIELD_PREP(VTD_QI0_TLB_G, (uint64_t)granularity) |
		  FIELD_PREP(VTD_QI0_TLB_DID, (uint64_t)did);
	return d;
}

static struct vtd_descriptor *pasid_iotlb(struct batch *batch, unsigned granularity, unsigned did,
					  unsigned pasid)
{
	struct vtd_descriptor *d = next(batch);

	d->w[0] = VTD_QI_PIOTLB | FIELD_PREP(VTD_QI0_PTLB_G, (uint64_t)granularity) |
		  FIELD_PREP(VTD_QI0_PTLB_DID, (uint64_t)did) |
		  FIELD_PREP(VTD_QI0_PTLB_PASID, (uint64_t)pasid);
	return d;
}

static void build_all(const struct vtd *vtd, struct batch *batch)
{
	context_cache(batch, VTD_CC_GLOBAL, 0, 0);
	if (vtd->tables->ttm == VTD_TTM_SCALABLE)
		pasid_cache(batch, VTD_PC_GLOBAL, 0);
	iotlb(batch, VTD_TLB_GLOBAL, 0);
}

/*
 * Table 28, a context entry changes: the device's context, the PASID-cache and IOTLB of its domain. This
 * covers the narrower changes of a PASID entry. 6.2.2, 6.2.3: with CM what was not present is cached
 * under domain 0; order is by cache, since an IOTLB entry may be made from a stale PASID-cache (6.5.2.12).
 */
static void build_source(const struct vtd *vtd, const struct iommu_invalidation *what,
			 struct batch *batch)
{
	unsigned did = what->domain_id;
	bool also_0 = (vtd->cap & VTD_CAP_CM) && did;
	bool scalable = vtd->tables->ttm == VTD_TTM_SCALABLE;

	context_cache(batch, VTD_CC_DEVICE, did, what->source.rid);
	if (also_0 && !scalable)
		context_cache(batch, VTD_CC_DEVICE, 0, what->source.rid);
	if (scalable)
		pasid_cache(batch, VTD_PC_DOMAIN, did);
	if (also_0 && scalable)
		pasid_cache(batch, VTD_PC_DOMAIN, 0);
	iotlb(batch, VTD_TLB_DOMAIN, did);
	if (also_0)
		iotlb(batch, VTD_TLB_DOMAIN, 0);
}

static unsigned pasid_of(const struct iommu_invalidation *what)
{
	return what->source.pasid == IOMMU_NO_PASID ? 0 : what->source.pasid & 0xfffff;
}

/* The smallest power of two of pages, naturally aligned, that covers the range; 64: all there is. */
static unsigned range_lg2(uint64_t iova, uint64_t bytes)
{
	uint64_t last = iova + (bytes - 1);
	unsigned lg2 = PAGE_LG2;

	while (lg2 < 64 && iova >> lg2 != last >> lg2)
		lg2++;
	return lg2;
}

static void set_range(struct vtd_descriptor *d, const struct iommu_invalidation *what, unsigned lg2)
{
	d->w[1] = (what->iova.v & VTD_QI1_TLB_ADDR & ~(BIT64(lg2) - 1)) |
		  (what->leaf_only ? VTD_QI1_TLB_IH : 0) |
		  FIELD_PREP(VTD_QI1_TLB_AM, (uint64_t)(lg2 - PAGE_LG2));
}

/*
 * 11.4.2: second-stage masks go up to MAMV and exist only with PSI; first-stage masks go up without limit, but
 * emulations stop there at MAMV, too, and a wider invalidation than was asked for is always right (6.5.2).
 */
static void build_range(const struct vtd *vtd, const struct iommu_regime *regime,
			const struct iommu_invalidation *what, struct batch *batch)
{
	unsigned lg2 = range_lg2(what->iova.v, what->bytes);
	bool fits = lg2 < regime->iova_bits && lg2 <= vtd->iommu.caps.range_lg2_max;

	if (regime->stage == IOMMU_STAGE_FIRST && fits)
		set_range(pasid_iotlb(batch, VTD_PTLB_PAGE, what->domain_id, pasid_of(what)), what,
			  lg2);
	else if (regime->stage == IOMMU_STAGE_FIRST)
		pasid_iotlb(batch, VTD_PTLB_PASID, what->domain_id, pasid_of(what));
	else if ((vtd->cap & VTD_CAP_PSI) && fits)
		set_range(iotlb(batch, VTD_TLB_PAGE, what->domain_id), what, lg2);
	else
		iotlb(batch, VTD_TLB_DOMAIN, what->domain_id);
}

/* Table 24: a PASID-selective invalidation leaves second-stage structures cached; the domain's does not. */
static void build_pasid(const struct iommu_regime *regime, const struct iommu_invalidation *what,
			struct batch *batch)
{
	if (regime->stage == IOMMU_STAGE_FIRST)
		pasid_iotlb(batch, VTD_PTLB_PASID, what->domain_id, pasid_of(what));
	else
		iotlb(batch, VTD_TLB_DOMAIN, what->domain_id);
}

static enum status build(const struct vtd *vtd, const struct iommu_invalidation *what,
			 struct batch *batch)
{
	const struct iommu_regime *regime = what->regime ? what->regime : vtd->iommu.enabled;

	switch (what->scope) {
	case IOMMU_SCOPE_ALL:
		build_all(vtd, batch);
		return STATUS_OK;
	case IOMMU_SCOPE_SOURCE:
		if (what->source.segment != vtd->iommu.segment)
			return STATUS_BAD_ARGUMENT;
		build_source(vtd, what, batch);
		return STATUS_OK;
	case IOMMU_SCOPE_DOMAIN:
		iotlb(batch, VTD_TLB_DOMAIN, what->domain_id);
		return STATUS_OK;
	case IOMMU_SCOPE_PASID:
		if (!regime || regime->mode != vtd->tables->ttm)
			return STATUS_BAD_ARGUMENT;
		if (regime->mode == VTD_TTM_LEGACY)
			return STATUS_UNSUPPORTED;
		build_pasid(regime, what, batch);
		return STATUS_OK;
	case IOMMU_SCOPE_RANGE:
		if (!regime || regime->mode != vtd->tables->ttm)
			return STATUS_BAD_ARGUMENT;
		if (!what->bytes || what->iova.v + (what->bytes - 1) < what->iova.v)
			return STATUS_BAD_RANGE;
		build_range(vtd, regime, what, batch);
		return STATUS_OK;
	}
	return STATUS_BAD_ARGUMENT;
}

/* 11.4.6.1: ICC is cleared when done; an actual granularity of 0 says that the request was not obeyed. */
static enum status context_by_register(struct vtd *vtd, uint64_t w0)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	uint64_t command = VTD_CCMD_ICC | FIELD_PREP(VTD_CCMD_CIRG, FIELD_GET(VTD_QI0_CC_G, w0)) |
			   FIELD_PREP(VTD_CCMD_SID, FIELD_GET(VTD_QI0_CC_SID, w0)) |
			   FIELD_PREP(VTD_CCMD_DID, FIELD_GET(VTD_QI0_CC_DID, w0));
	uint64_t answer;

	write64(mmio, VTD_CCMD, command);
	if (!wait_until(!((answer = read64(mmio, VTD_CCMD)) & VTD_CCMD_ICC), deadline))
		return vtd_unmet(vtd, answer == UINT64_MAX ? STATUS_GONE : STATUS_TIMEOUT,
				 "CCMD.ICC is clear when it is done (VT-d 11.4.6.1)", "CCMD",
				 answer);
	if (answer & VTD_CCMD_CAIG)
		return STATUS_OK;
	return vtd_unmet(vtd, STATUS_QUEUE_ERROR,
			 "CCMD.CAIG says what was invalidated (VT-d 11.4.6.1)", "CCMD", answer);
}

/* 11.4.6.3: the address first, then the command; 31:0 of the command register is preserved. */
static enum status iotlb_by_register(struct vtd *vtd, uint64_t w0, uint64_t w1)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	uint64_t command = VTD_IOTLB_IVT | VTD_IOTLB_DR | VTD_IOTLB_DW |
			   FIELD_PREP(VTD_IOTLB_IIRG, FIELD_GET(VTD_QI0_TLB_G, w0)) |
			   FIELD_PREP(VTD_IOTLB_DID, FIELD_GET(VTD_QI0_TLB_DID, w0));
	uint64_t answer;

	if (FIELD_GET(VTD_QI0_TLB_G, w0) == VTD_TLB_PAGE)
		write64(mmio, vtd->iva, w1);
	write64(mmio, vtd->iotlb, command | (read64(mmio, vtd->iotlb) & UINT32_MAX));
	if (!wait_until(!((answer = read64(mmio, vtd->iotlb)) & VTD_IOTLB_IVT), deadline))
		return vtd_unmet(vtd, answer == UINT64_MAX ? STATUS_GONE : STATUS_TIMEOUT,
				 "IOTLB.IVT is clear when it is done (VT-d 11.4.6.3)", "IOTLB",
				 answer);
	if (answer & VTD_IOTLB_IAIG)
		return STATUS_OK;
	return vtd_unmet(vtd, STATUS_QUEUE_ERROR,
			 "IOTLB.IAIG says what was invalidated (VT-d 11.4.6.3)", "IOTLB", answer);
}

/* One request at a time (6.9); the words of 6.5.2.1 and .3 say what each register wants. */
static enum status by_registers(struct vtd *vtd, const struct batch *batch)
{
	enum status s = STATUS_OK;

	if (vtd->tables->ttm != VTD_TTM_LEGACY || vtd->version > 5)
		return STATUS_UNSUPPORTED;
	arch_write_barrier();
	for (unsigned i = 0; s == STATUS_OK && i < batch->count; i++) {
		const uint64_t *w = batch->d[i].w;

		if (FIELD_GET(VTD_QI0_TYPE, w[0]) == VTD_QI_CONTEXT)
			s = context_by_register(vtd, w[0]);
		else
			s = iotlb_by_register(vtd, w[0], w[1]);
	}
	return s;
}

enum status vtd_invalidate(struct iommu *iommu, const struct iommu_invalidation *what)
{
	struct vtd *vtd = to_vtd(iommu);
	struct batch batch = { .count = 0 };
	enum status s;

	if (!vtd->taken)
		return STATUS_UNSUPPORTED;
	s = build(vtd, what, &batch);
	if (s != STATUS_OK)
		return s;
	return vtd->queue.on ? vtd_queue_push(vtd, batch.d, batch.count)
			     : by_registers(vtd, &batch);
}
