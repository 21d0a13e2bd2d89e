/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* PASIDs: what the engine's requests carry, and the routes of those that do. */
#include "tests/harness/bench_private.h"

#define SOME_PASIDS	UINT64_C(1024)	/* the tables that a unit gets for its PASIDs stay with it */

static struct deadline soon(void)
{
	return deadline_in_us(BENCH_SYNC_US);
}

unsigned pasid_bits(const struct bench *b)
{
	return MIN(b->iommu->caps.pasid_bits, b->engine->dma.limits.pasid_bits);
}

uint32_t some_pasid(struct bench *b)
{
	uint32_t pasid;

	if (pasid_bits(b) < 2)
		skip(b, "PASIDs of two bits and more, of unit and engine");
	do
		pasid = (uint32_t)random_below(b, MIN(BIT64(pasid_bits(b)), SOME_PASIDS));
	while ((pasid & (pasid - 1)) == 0);
	return pasid;
}

void use_pasid_as(struct bench *b, uint32_t pasid, unsigned mode)
{
	unsigned bits = b->engine->dma.limits.pasid_bits;

	if (pasid != IOMMU_NO_PASID && (bits == 0 || pasid >> bits != 0))
		skip(b, "an engine that issues requests with PASID 0x%x", (unsigned)pasid);
	b->source.pasid = pasid;
	own_of(b)->prefix = (struct dma_prefix){ 0 };
	if (pasid != IOMMU_NO_PASID)
		own_of(b)->prefix = (struct dma_prefix){ .present = true,
							 .pasid = pasid,
							 .privileged = mode & AS_SUPERVISOR,
							 .execute = mode & TO_EXECUTE };
}

void use_pasid(struct bench *b, uint32_t pasid)
{
	use_pasid_as(b, pasid, 0);
}

/* First-stage tables of one guest share its domain id; second-stage tables are what a domain is. */
struct hwpt *pasid_hwpt(struct bench *b)
{
	bool first = b->regime->stage == IOMMU_STAGE_FIRST;

	return another_hwpt(b, b->hwpt.level_count, first ? b->hwpt.domain_id : next_domain_id(b));
}

static struct iommu_source with_pasid(const struct bench *b, uint32_t pasid)
{
	struct iommu_source source = function_of(b->engine);

	source.pasid = pasid;
	return source;
}

void attach_pasid_unflushed(struct bench *b, uint32_t pasid, struct hwpt *hwpt)
{
	require_ok(b,
		   context_attach(&b->context, with_pasid(b, pasid), hwpt, CONTEXT_NO_INVALIDATE,
				  soon()),
		   "attach of a PASID");
}

void attach_pasid(struct bench *b, uint32_t pasid, struct hwpt *hwpt)
{
	attach_pasid_unflushed(b, pasid, hwpt);
	flush_route(b, b->engine, hwpt->domain_id);
}

const struct hwpt *hwpt_of_pasid(const struct bench *b, uint32_t pasid)
{
	struct iommu_source source = function_of(b->engine);

	for (unsigned i = 0; i < b->context.attachment_count; i++) {
		const struct context_attachment *a = &b->context.attachments[i];

		if (a->source.rid == source.rid && a->source.pasid == pasid)
			return a->hwpt;
	}
	return NULL;
}

void detach_pasid(struct bench *b, uint32_t pasid)
{
	const struct hwpt *hwpt = hwpt_of_pasid(b, pasid);

	require(b, hwpt != NULL, "PASID 0x%x is not attached", (unsigned)pasid);
	require_ok(b,
		   context_detach(&b->context, with_pasid(b, pasid), CONTEXT_NO_INVALIDATE, soon()),
		   "detach of a PASID");
	flush_route(b, b->engine, hwpt->domain_id);
}
