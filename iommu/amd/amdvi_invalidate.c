/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What an invalidation means in commands (48882 3.11, 2.4.2, 2.4.3, 2.4.8, 2.4.11). IOTLBs of devices are never used:
 * every DTE that this driver writes has I clear. Interrupts are not remapped.
 */
#include "iommu/amd/internal.h"

/* A device of the source, the caller's domain, and one for each guest record. */
#define BATCH_MAX (3u + AMDVI_GUESTS_MAX)
/* Bits 63:52 of an address are bit 51's, and units do not look at them: what is wider becomes everything. */
#define RANGE_LG2_MAX 51u
#define CHUNK 128u /* commands between two waits, where there is no INVALIDATE_IOMMU_ALL */

struct batch {
	struct amdvi_command c[BATCH_MAX];
	unsigned count;
};

static void add(struct batch *batch, struct amdvi_command command)
{
	batch->c[batch->count++] = command;
}

/* 2.4.3: everything of a DomainID, guest and host. */
static void add_domain(struct batch *batch, uint16_t domain_id)
{
	add(batch, amdvi_invalidate_pages(domain_id, 0, 0, AMDVI_WHOLE_LG2, AMDVI_PAGES1_PDE));
}

/* The smallest power of two, naturally aligned, that covers the range. */
static unsigned range_lg2(uint64_t iova, uint64_t bytes)
{
	uint64_t last = iova + (bytes - 1);
	unsigned lg2 = PAGE_LG2;

	while (lg2 < 64 && iova >> lg2 != last >> lg2)
		lg2++;
	return lg2;
}

/* 2.4.4: addresses whose upper half is all ones are undefined. */
static unsigned size_of(const struct iommu_invalidation *what)
{
	unsigned lg2;

	if (what->scope != IOMMU_SCOPE_RANGE)
		return AMDVI_WHOLE_LG2;
	lg2 = range_lg2(what->iova.v, what->bytes);
	return lg2 > RANGE_LG2_MAX || what->iova.v >> 32 == UINT32_MAX ? AMDVI_WHOLE_LG2 : lg2;
}

/*
 * 2.4.2: the entry, then what was translated with it, in the domain that the caller names and in the device's own.
 * 2.4.11.1 has the unit keep this order.
 */
static void build_source(const struct amdvi *amdvi, const struct iommu_invalidation *what,
			 struct batch *batch)
{
	uint16_t id = amdvi_alias_of(amdvi, what->source.rid);
	const struct amdvi_guest *guest = amdvi_guest_of(amdvi, id);

	add(batch, amdvi_invalidate_devtab_entry(id));
	if (what->domain_id)
		add_domain(batch, what->domain_id);
	if (guest)
		add_domain(batch, guest->shared.domain_id);
}

/* Host translations, of the domain and of every device with a route in it: with GN=0 guest ones go with them. */
static void build_host(const struct amdvi *amdvi, const struct iommu_invalidation *what, struct batch *batch)
{
	uint64_t flags = what->leaf_only && what->scope == IOMMU_SCOPE_RANGE ? 0 : AMDVI_PAGES1_PDE;
	unsigned lg2 = size_of(what);

	add(batch, amdvi_invalidate_pages(what->domain_id, 0, what->iova.v, lg2, flags));
	for (unsigned i = 0; i < amdvi->guest_count; i++) {
		const struct amdvi_guest *guest = &amdvi->guests[i];

		if (amdvi_guest_is_in(amdvi, guest, what->domain_id, AMDVI_ANY_PASID))
			add(batch, amdvi_invalidate_pages(guest->shared.domain_id, 0, what->iova.v,
							  lg2, flags));
	}
}

/* Guest translations of a PASID, of every device that has it in the domain. */
static void build_guest(const struct amdvi *amdvi, const struct iommu_invalidation *what, struct batch *batch)
{
	uint64_t flags = what->leaf_only && what->scope == IOMMU_SCOPE_RANGE ? 0 : AMDVI_PAGES1_PDE;
	uint32_t pasid = what->source.pasid == IOMMU_NO_PASID ? 0 : what->source.pasid;
	unsigned lg2 = size_of(what);

	for (unsigned i = 0; i < amdvi->guest_count; i++) {
		const struct amdvi_guest *guest = &amdvi->guests[i];

		if (amdvi_guest_is_in(amdvi, guest, what->domain_id, pasid))
			add(batch,
			    amdvi_invalidate_pages(guest->shared.domain_id, pasid, what->iova.v,
						   lg2, flags | AMDVI_PAGES1_GN));
	}
}

static enum status build(const struct amdvi *amdvi, const struct iommu_invalidation *what,
			 struct batch *batch)
{
	const struct iommu_regime *regime = what->regime ? what->regime : amdvi->iommu.enabled;
	bool guest = regime && regime->stage == IOMMU_STAGE_FIRST;

	switch (what->scope) {
	case IOMMU_SCOPE_ALL:
		add(batch, amdvi_invalidate_iommu_all());
		return STATUS_OK;
	case IOMMU_SCOPE_SOURCE:
		if (what->source.segment != amdvi->iommu.segment)
			return STATUS_BAD_ARGUMENT;
		build_source(amdvi, what, batch);
		return STATUS_OK;
	case IOMMU_SCOPE_DOMAIN:
		build_host(amdvi, what, batch);
		return STATUS_OK;
	case IOMMU_SCOPE_PASID:
		if (!guest)
			return STATUS_UNSUPPORTED;
		build_guest(amdvi, what, batch);
		return STATUS_OK;
	case IOMMU_SCOPE_RANGE:
		if (!regime)
			return STATUS_BAD_ARGUMENT;
		if (!what->bytes || what->iova.v + (what->bytes - 1) < what->iova.v)
			return STATUS_BAD_RANGE;
		if (guest)
			build_guest(amdvi, what, batch);
		else
			build_host(amdvi, what, batch);
		return STATUS_OK;
	}
	return STATUS_BAD_ARGUMENT;
}

static enum status wait(struct amdvi *amdvi)
{
	return amdvi_sync(&amdvi->iommu, deadline_in_us(AMDVI_COMMAND_US));
}

/* One command for each of 2^16 numbers. */
static enum status each(struct amdvi *amdvi, struct amdvi_command (*make)(uint16_t))
{
	enum status status = STATUS_OK;

	for (unsigned n = 0; !status && n <= UINT16_MAX; n++) {
		struct amdvi_command command = make((uint16_t)n);

		status = amdvi_queue_push(amdvi, &command, 1);
		if (!status && n % CHUNK == CHUNK - 1)
			status = wait(amdvi);
	}
	return status;
}

static struct amdvi_command whole_domain(uint16_t domain_id)
{
	return amdvi_invalidate_pages(domain_id, 0, 0, AMDVI_WHOLE_LG2, AMDVI_PAGES1_PDE);
}

/* Without INVALIDATE_IOMMU_ALL (EFR.IASup): every DeviceID, entries and interrupts, and every DomainID. */
enum status amdvi_invalidate_everything(struct amdvi *amdvi)
{
	struct amdvi_command all = amdvi_invalidate_iommu_all();
	enum status status = wait(amdvi);

	if (!status && (amdvi->efr & AMDVI_EFR_IASup)) {
		status = amdvi_queue_push(amdvi, &all, 1);
		return status ? status : wait(amdvi);
	}
	if (!status)
		status = each(amdvi, amdvi_invalidate_devtab_entry);
	if (!status)
		status = each(amdvi, whole_domain);
	if (!status)
		status = each(amdvi, amdvi_invalidate_interrupt_table);
	return status;
}

/* ALL on a unit without that command takes some 200000 others, and is done on return. */
enum status amdvi_invalidate(struct iommu *iommu, const struct iommu_invalidation *what)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	struct batch batch = { .count = 0 };
	enum status status;

	if (!amdvi->taken)
		return STATUS_UNSUPPORTED;
	if (what->scope == IOMMU_SCOPE_ALL && !(amdvi->efr & AMDVI_EFR_IASup))
		return amdvi_invalidate_everything(amdvi);
	status = build(amdvi, what, &batch);
	return status || !batch.count ? status : amdvi_queue_push(amdvi, batch.c, batch.count);
}
