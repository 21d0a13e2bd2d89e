/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What an AMD-Vi unit is and can do, read without writing (48882 3.11, 3.2, 3.4.1, 3.4.13). */
#include "iommu/amd/internal.h"

#include <string.h>

#define GUEST_LEVELS_4 47u /* bits of the lower canonical half, which alone is used */
#define GUEST_LEVELS_5 56u
#define ENTRY_BITS     52u /* of an address in any table */
#define PASID_BITS_MAX 20u

static unsigned field(uint64_t mask, uint64_t word)
{
	return (unsigned)FIELD_GET(mask, word);
}

/* 3.4.6: segment 0 has the register of the whole table. */
reg64_t amdvi_segment_register(unsigned segment)
{
	return segment ? (reg64_t){ AMDVI_DevTabSeg1Base.offset + 8 * (segment - 1) }
		       : AMDVI_DevTabBase;
}

static void read_found(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	struct amdvi_found *found = &amdvi->found;
	unsigned segments = BIT(field(AMDVI_EFR_DevTblSegSup, amdvi->efr));

	memset(found, 0, sizeof(*found));
	found->control = read64(mmio, AMDVI_Control);
	for (unsigned i = 0; i < segments; i++)
		found->dev_tab[i] = read64(mmio, amdvi_segment_register(i));
	found->cmd_base = read64(mmio, AMDVI_CmdBase);
	found->cmd_head = read64(mmio, AMDVI_CmdHead);
	found->cmd_tail = read64(mmio, AMDVI_CmdTail);
	found->event_base = read64(mmio, AMDVI_EventBase);
	found->event_head = read64(mmio, AMDVI_EventHead);
	found->event_tail = read64(mmio, AMDVI_EventTail);
	found->excl_base = read64(mmio, AMDVI_ExclBase);
	found->excl_limit = read64(mmio, AMDVI_ExclLimit);
	if (amdvi->efr & AMDVI_EFR_PPRSup) {
		found->ppr_base = read64(mmio, AMDVI_PPRBase);
		found->ppr_head = read64(mmio, AMDVI_PPRHead);
		found->ppr_tail = read64(mmio, AMDVI_PPRTail);
	}
	if (amdvi->efr & AMDVI_EFR_MsiCapMmioSup) {
		found->msi_header = read32(mmio, AMDVI_MsiCapHeader);
		found->msi_low = read32(mmio, AMDVI_MsiAddrLow);
		found->msi_high = read32(mmio, AMDVI_MsiAddrHigh);
		found->msi_data = read32(mmio, AMDVI_MsiData);
	}
	amdvi->control = found->control;
	amdvi->iommu.on_as_found = found->control & AMDVI_Control_IommuEn;
}

/* PASIDs that the GCR3 tables of so many levels hold (table 11); above its bits hardware ignores a PASID. */
static unsigned pasid_bits(const struct amdvi *amdvi)
{
	unsigned unit = MIN(field(AMDVI_EFR_PASmax, amdvi->efr) + 1, PASID_BITS_MAX);

	return MIN(unit, AMDVI_GCR3_INDEX_BITS * amdvi->gcr3_levels);
}

/*
 * Guest tables serve requests without PASID where GIoV does (2.2.9); without it they are of no use to most devices,
 * and are not offered.
 */
static bool has_guest(const struct amdvi *amdvi)
{
	const uint64_t both = AMDVI_EFR_GTSup | AMDVI_EFR_GIoSup;

	return (amdvi->efr & both) == both && field(AMDVI_EFR_GATS, amdvi->efr) < 3 &&
	       field(AMDVI_EFR_GLXSup, amdvi->efr) < 3;
}

static void fill_caps(struct amdvi *amdvi)
{
	amdvi->iommu.caps = (struct iommu_caps){
		.domain_id_bits = has_guest(amdvi) ? AMDVI_CALLERS_DOMAIN_BITS : 16,
		.pasid_bits = has_guest(amdvi) ? pasid_bits(amdvi) : 0,
		.fault_records = BIT(amdvi->event_lg2 ? amdvi->event_lg2 : AMDVI_RING_LG2_MIN) - 1,
		.fault_for_each_request = true,
		.fault_interrupt = amdvi_has_interrupt(amdvi),
		.queued_invalidation = true,
		.range_invalidation = true,
		.range_lg2_max = 51, /* amdvi_invalidate.c */
		.caching_mode = amdvi->description.capability & AMDVI_CAP_NpCache,
	};
}

/* 3.2, VAsize, PAsize: 0 where they are not known, or say nothing. */
static unsigned limited(unsigned bits, uint32_t mask, const struct amdvi *amdvi)
{
	unsigned limit = (unsigned)FIELD_GET(mask, amdvi->description.misc0);

	return limit ? MIN(bits, limit) : bits;
}

/*
 * 2.2.3. Leaves of the format's doubtful sizes are left out, 512 GiB among them, which units get wrong; so are those
 * beyond the width. Mode has a width for each level count (table 7).
 */
static struct iommu_regime host(const struct amdvi *amdvi)
{
	unsigned levels = field(AMDVI_EFR_HATS, amdvi->efr) + 4;
	unsigned oa_bits = limited(MIN(amdvi->description.host_address_bits, ENTRY_BITS),
				   AMDVI_MISC0_PAsize, amdvi);

	return (struct iommu_regime){
		.name = "host",
		.stage = IOMMU_STAGE_SECOND,
		.format = &pt_amd_host,
		.level_counts = GENMASK(levels, 1),
		.leaf_sizes = pt_amd_host.leaf_sizes & ~pt_amd_host.doubtful_sizes &
			      (BIT64(oa_bits) - 1),
		.iova_bits = limited(pt_iova_bits(&pt_amd_host, levels), AMDVI_MISC0_VAsize, amdvi),
		.oa_bits = oa_bits,
		.coherent = true,
		.accessed = amdvi->efr & AMDVI_EFR_HASup,
		.dirty = amdvi->efr & AMDVI_EFR_HDSup,
		.bypass = true,
	};
}

/* 2.2.6, 2.2.7.4: flags are always on. Their tables stand in system memory: Mode is 0 (2.2.7.1, third). */
static struct iommu_regime guest(const struct amdvi *amdvi)
{
	unsigned gva = (unsigned)FIELD_GET(AMDVI_MISC0_GVAsize, amdvi->description.misc0);
	bool five = field(AMDVI_EFR_GATS, amdvi->efr) >= 1 && gva != AMDVI_MISC0_GVAsize_48;

	return (struct iommu_regime){
		.name = "guest",
		.stage = IOMMU_STAGE_FIRST,
		.format = &pt_amd_guest,
		.level_counts = BIT(4) | (five ? BIT(5) : 0),
		.leaf_sizes = pt_amd_guest.leaf_sizes,
		.iova_bits = five ? GUEST_LEVELS_5 : GUEST_LEVELS_4,
		.oa_bits = limited(MIN(amdvi->description.host_address_bits, ENTRY_BITS),
				   AMDVI_MISC0_PAsize, amdvi),
		.coherent = true,
		.accessed = true,
		.dirty = true,
		.dirty_always = true,
		.bypass = true,
		.pasid = true,
	};
}

/*
 * 2.2.7.1, the fourth. Pointers of upper GCR3 tables are GPAs (table 28), which the caller's tables would have to lead
 * to the driver's: only tables of one level, which a DTE points to, are nested.
 */
static void fill_regimes(struct amdvi *amdvi)
{
	struct iommu *iommu = &amdvi->iommu;
	struct iommu_regime *parent = NULL;

	iommu->regime_count = 0;
	if (field(AMDVI_EFR_HATS, amdvi->efr) < 3) {
		parent = &iommu->regimes[iommu->regime_count++];
		*parent = host(amdvi);
	}
	if (!has_guest(amdvi))
		return;
	iommu->regimes[iommu->regime_count++] = guest(amdvi);
	if (parent && amdvi->gcr3_levels == 1) {
		struct iommu_regime *nested = &iommu->regimes[iommu->regime_count++];

		*nested = guest(amdvi);
		nested->name = "nested";
		nested->parent = parent;
		nested->oa_bits = MIN(parent->iova_bits, ENTRY_BITS);
	}
}

/* 3.2: what a capability block of this layout says of itself. */
static bool is_known(const struct amdvi_description *d)
{
	return FIELD_GET(AMDVI_CAP_CapId, d->capability) == AMDVI_CAP_CapId_SECURE &&
	       FIELD_GET(AMDVI_CAP_CapType, d->capability) == AMDVI_CAP_CapType_IOMMU && !d->snp;
}

static enum status read_identity(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	const struct amdvi_description *d = &amdvi->description;

	if (!is_known(d))
		return STATUS_UNSUPPORTED;
	if (arch_map_device(mmio->base, mmio->size) != STATUS_OK)
		return STATUS_EXHAUSTED;
	amdvi->efr = amdvi->efr2 = 0;
	if (d->capability & AMDVI_CAP_EFRSup) {
		amdvi->efr = read64(mmio, AMDVI_EFR);
		amdvi->efr2 = read64(mmio, AMDVI_EFR2);
	}
	if (read64(mmio, AMDVI_Control) == UINT64_MAX || amdvi->efr == UINT64_MAX)
		return STATUS_GONE;
	/* A copy of EFR2 is new in 3.x: older firmware has 0 there. */
	amdvi->is_contradicted = d->is_copied && (d->efr_copy != amdvi->efr ||
						  (d->efr2_copy && d->efr2_copy != amdvi->efr2));
	if (amdvi->gcr3_levels > AMDVI_GCR3_LEVELS_MAX ||
	    (amdvi->gcr3_levels > 1 &&
	     amdvi->gcr3_levels > field(AMDVI_EFR_GLXSup, amdvi->efr) + 1))
		return STATUS_UNSUPPORTED;
	if (!amdvi->gcr3_levels)
		amdvi->gcr3_levels = 1;
	return STATUS_OK;
}

static void identify(struct amdvi *amdvi)
{
	const struct amdvi_description *d = &amdvi->description;
	struct iommu_words *words = &amdvi->iommu.identity;
	const struct iommu_word described[] = {
		{ "capability", d->capability },
		{ "misc0", d->misc0 },
		{ "IVHD EFR", d->efr_copy },
		{ "IVHD EFR2", d->efr2_copy },
	};

	words->count = amdvi->iommu.as_found.count = 0;
	for (unsigned i = 0; i < ARRAY_COUNT(described) - (d->is_copied ? 0 : 2); i++)
		words->word[words->count++] = described[i];
	amdvi_register_words(amdvi, AMDVI_ROLE_IDENTITY, words);
	amdvi_register_words(amdvi, AMDVI_ROLE_FOUND, &amdvi->iommu.as_found);
}

/* What an earlier open() left belongs to the pool that it was given. */
static void forget(struct amdvi *amdvi)
{
	memset(&amdvi->tables, 0, sizeof(amdvi->tables));
	amdvi->commands = amdvi->events = amdvi->requests = (struct amdvi_ring){ .on = false };
	amdvi->status = NULL;
	amdvi->guest_count = amdvi->gcr3_page_count = amdvi->special_count = 0;
	amdvi->event_interrupt = amdvi->completion_interrupt = false;
	amdvi->taken = false;
	amdvi->iommu.enabled = NULL;
}

enum status amdvi_open(struct iommu *iommu, struct pool *pool)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	enum status status = read_identity(amdvi);

	if (status)
		return status;
	forget(amdvi);
	fill_caps(amdvi);
	fill_regimes(amdvi);
	if (!iommu->regime_count)
		return STATUS_UNSUPPORTED;
	amdvi->ops.set_dirty_tracking = amdvi->efr & AMDVI_EFR_HDSup ? amdvi_set_dirty_tracking
								     : NULL;
	amdvi->ops.fault_interrupt = amdvi_has_interrupt(amdvi) ? amdvi_fault_interrupt : NULL;
	identify(amdvi);
	read_found(amdvi);
	amdvi->pool = pool;
	return STATUS_OK;
}
