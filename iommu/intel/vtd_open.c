/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a VT-d unit is and can do, read without writing (VT-d 5.10, 11.4.1 .. 3). */
#include "iommu/intel/internal.h"

#include <limits.h>

/* 3.6: 48 and 57 bits, of which the lower canonical half is used. */
#define FIRST_STAGE_LEVELS_4 47u
#define FIRST_STAGE_LEVELS_5 56u
#define REGISTERS_MIN        0x100u /* the registers at fixed offsets that every unit has */

static unsigned field(uint64_t mask, uint64_t word)
{
	return (unsigned)FIELD_GET(mask, word);
}

static uint32_t record_offset(const struct vtd *vtd)
{
	return field(VTD_CAP_FRO, vtd->cap) * 16;
}

/* 11.4.7.6: the bits of FI from here on read as 0. Without a first stage the widest table is SAGAW's. */
static unsigned largest_agaw(const struct vtd *vtd)
{
	if (vtd->cap & (VTD_CAP_SAGAW_57 | VTD_CAP_FS5LP))
		return 57;
	return vtd->cap & VTD_CAP_SAGAW_48 || vtd->ecap & VTD_ECAP_FSTS ? 48 : 39;
}

/* 11.4, note 1: IOTLB registers and fault records may lie behind the first page. */
static enum status map_all(struct vtd *vtd)
{
	struct mmio *mmio = &vtd->iommu.mmio;
	uint32_t iva = field(VTD_ECAP_IRO, vtd->ecap) * 16;
	size_t records_end = record_offset(vtd) + vtd->iommu.caps.fault_records * 16;
	size_t end = MAX(records_end, (size_t)iva + 16);

	vtd->iva = (reg64_t){ iva };
	vtd->iotlb = (reg64_t){ iva + 8 };
	if (end <= mmio->size)
		return STATUS_OK;
	mmio->size = ALIGN_UP(end, PAGE_SIZE);
	return arch_map_device(mmio->base, mmio->size);
}

/* A version that exists, registers that lie behind the fixed ones, and a way to invalidate. */
static bool is_sane(const struct vtd *vtd)
{
	if (vtd->version == 0)
		return false;
	if (record_offset(vtd) < 0xf0 || field(VTD_ECAP_IRO, vtd->ecap) * 16 < 0xf0)
		return false;
	return (vtd->ecap & VTD_ECAP_QI) || vtd->version <= 5;
}

static void read_found(struct vtd *vtd)
{
	const struct mmio *mmio = &vtd->iommu.mmio;
	struct vtd_found *found = &vtd->found;

	found->gsts = read32(mmio, VTD_GSTS);
	found->rtaddr = read64(mmio, VTD_RTADDR);
	found->fectl = read32(mmio, VTD_FECTL);
	found->fedata = read32(mmio, VTD_FEDATA);
	found->feaddr = read32(mmio, VTD_FEADDR);
	found->feuaddr = read32(mmio, VTD_FEUADDR);
	if (vtd->cap & (VTD_CAP_PLMR | VTD_CAP_PHMR))
		found->pmen = read32(mmio, VTD_PMEN);
	if (vtd->ecap & VTD_ECAP_QI) {
		found->iqa = read64(mmio, VTD_IQA);
		found->iectl = read32(mmio, VTD_IECTL);
		found->iedata = read32(mmio, VTD_IEDATA);
		found->ieaddr = read32(mmio, VTD_IEADDR);
		found->ieuaddr = read32(mmio, VTD_IEUADDR);
	}
	vtd->iommu.on_as_found = found->gsts & VTD_GSTS_TES;
}

/* 11.4.2 ND: 111b is reserved, and counts as the least that a unit can have. */
static unsigned domain_id_bits(const struct vtd *vtd)
{
	unsigned nd = field(VTD_CAP_ND, vtd->cap);

	return nd < 7 ? 4 + 2 * nd : 4;
}

static void fill_caps(struct vtd *vtd)
{
	unsigned pss = field(VTD_ECAP_PSS, vtd->ecap) + 1;
	bool psi = vtd->cap & VTD_CAP_PSI;

	vtd->iommu.caps = (struct iommu_caps){
		.domain_id_bits = domain_id_bits(vtd),
		.pasid_bits = vtd->ecap & VTD_ECAP_PASID ? MIN(pss, VTD_PASID_BITS_MAX) : 0,
		.fault_records = field(VTD_CAP_NFR, vtd->cap) + 1,
		.fault_address_bits = largest_agaw(vtd),
		.fault_interrupt = true,
		.queued_invalidation = vtd->ecap & VTD_ECAP_QI,
		.range_invalidation = psi || (vtd->ecap & VTD_ECAP_FSTS),
		.caching_mode = vtd->cap & VTD_CAP_CM,
		.write_buffer = vtd->cap & VTD_CAP_RWBF,
	};
	/* 11.4.2 MAMV: without PSI, first stages still take every mask. */
	if (psi)
		vtd->iommu.caps.range_lg2_max = PAGE_LG2 + field(VTD_CAP_MAMV, vtd->cap);
	else if (vtd->ecap & VTD_ECAP_FSTS)
		vtd->iommu.caps.range_lg2_max = FIRST_STAGE_LEVELS_4;
}

static struct iommu_regime *add_regime(struct vtd *vtd)
{
	return &vtd->iommu.regimes[vtd->iommu.regime_count++];
}

/* Second stage: level counts from SAGAW, width the smaller of AGAW and MGAW (11.4.2). */
static struct iommu_regime second_stage(const struct vtd *vtd)
{
	unsigned mgaw = field(VTD_CAP_MGAW, vtd->cap) + 1;
	struct iommu_regime regime = {
		.stage = IOMMU_STAGE_SECOND,
		.format = &pt_vtd_second,
		.leaf_sizes = BIT64(12),
		.leaf_reserved = vtd->ecap & VTD_ECAP_SC ? 0 : BIT64(11), /* 3.7: SNP */
		.oa_bits = vtd->haw,
		.bypass = vtd->ecap & VTD_ECAP_PT,
	};
	unsigned agaw = 0;

	if (vtd->cap & VTD_CAP_SAGAW_39) {
		regime.level_counts |= BIT(3);
		agaw = 39;
	}
	if (vtd->cap & VTD_CAP_SAGAW_48) {
		regime.level_counts |= BIT(4);
		agaw = 48;
	}
	if (vtd->cap & VTD_CAP_SAGAW_57) {
		regime.level_counts |= BIT(5);
		agaw = 57;
	}
	if (vtd->cap & VTD_CAP_SSLPS_2M)
		regime.leaf_sizes |= BIT64(21);
	if (vtd->cap & VTD_CAP_SSLPS_1G)
		regime.leaf_sizes |= BIT64(30);
	regime.iova_bits = MIN(agaw, mgaw);
	return regime;
}

/*
 * First stage. 3.6.2: flags are always on. With a walk that is not snooped a flag that must be set is
 * refused (3.10, SFS.9), unless the unit sets it all the same; flags_may_fault says that this may be.
 */
static struct iommu_regime first_stage(const struct vtd *vtd)
{
	unsigned mgaw = field(VTD_CAP_MGAW, vtd->cap) + 1;
	bool five = vtd->cap & VTD_CAP_FS5LP;

	return (struct iommu_regime){
		.name = "first",
		.stage = IOMMU_STAGE_FIRST,
		.mode = VTD_TTM_SCALABLE,
		.format = &pt_vtd_first,
		.level_counts = BIT(4) | (five ? BIT(5) : 0),
		.leaf_sizes = BIT64(12) | BIT64(21) | (vtd->cap & VTD_CAP_FS1GP ? BIT64(30) : 0),
		.iova_bits = MIN(five ? FIRST_STAGE_LEVELS_5 : FIRST_STAGE_LEVELS_4, mgaw),
		.oa_bits = vtd->haw,
		.coherent = vtd->ecap & VTD_ECAP_SMPWCS,
		.accessed = true,
		.dirty = true,
		.dirty_always = true,
		.flags_may_fault = !(vtd->ecap & VTD_ECAP_SMPWCS),
		.bypass = vtd->ecap & VTD_ECAP_PT,
		.pasid = vtd->ecap & VTD_ECAP_PASID,
	};
}

/*
 * A first stage whose addresses, those of its tables too, are inputs of the second (3.8). 11.4.3: NEST implies
 * both stages. Bits of ADDR from HAW up are reserved (9.7); below it, but beyond min(MGAW, AW), an address is
 * well-formed and refused (7.1.3, 74h): what the second stage takes is not oa_bits.
 */
static struct iommu_regime nested(const struct vtd *vtd, const struct iommu_regime *second)
{
	struct iommu_regime regime = first_stage(vtd);

	regime.name = "nested";
	regime.parent = second;
	return regime;
}

/* SSTS speaks of scalable mode alone; legacy mode has second-stage tables wherever SAGAW names a width. */
static void fill_regimes(struct vtd *vtd)
{
	struct iommu_regime second = second_stage(vtd), *parent = NULL;
	uint64_t scalable = vtd->ecap & VTD_ECAP_SMTS;

	if (second.level_counts) {
		struct iommu_regime *regime = add_regime(vtd);

		*regime = second;
		regime->name = "legacy";
		regime->mode = VTD_TTM_LEGACY;
		regime->coherent = vtd->ecap & VTD_ECAP_C;
	}
	if (scalable && (vtd->ecap & VTD_ECAP_SSTS) && second.level_counts) {
		struct iommu_regime *regime = add_regime(vtd);

		*regime = second;
		regime->name = "second";
		regime->mode = VTD_TTM_SCALABLE;
		regime->coherent = vtd->ecap & VTD_ECAP_SMPWCS;
		regime->accessed = vtd->ecap & VTD_ECAP_SSADS;
		regime->dirty = vtd->ecap & VTD_ECAP_SSADS;
		regime->pasid = vtd->ecap & VTD_ECAP_PASID;
		parent = regime;
	}
	if (scalable && (vtd->ecap & VTD_ECAP_FSTS))
		*add_regime(vtd) = first_stage(vtd);
	if (parent && (vtd->ecap & VTD_ECAP_FSTS) && (vtd->ecap & VTD_ECAP_NEST))
		*add_regime(vtd) = nested(vtd, parent);
}

static enum status read_identity(struct vtd *vtd)
{
	struct mmio *mmio = &vtd->iommu.mmio;
	uint32_t ver;

	if (mmio->size < REGISTERS_MIN)
		mmio->size = PAGE_SIZE;
	if (arch_map_device(mmio->base, mmio->size) != STATUS_OK)
		return STATUS_EXHAUSTED;
	ver = read32(mmio, VTD_VER);
	vtd->cap = read64(mmio, VTD_CAP);
	vtd->ecap = read64(mmio, VTD_ECAP);
	if (ver == UINT32_MAX || vtd->cap == UINT64_MAX || vtd->ecap == UINT64_MAX)
		return STATUS_GONE;
	vtd->version = field(VTD_VER_MAX, ver);
	return is_sane(vtd) ? STATUS_OK : STATUS_UNSUPPORTED;
}

/* What an earlier open() left belongs to the pool that it was given. */
static void forget(struct vtd *vtd)
{
	vtd->tables = &vtd->sets[0];
	for (unsigned i = 0; i < ARRAY_COUNT(vtd->sets); i++) {
		vtd->sets[i].root = NULL;
		vtd->sets[i].page_count = 0;
	}
	vtd->free_count = 0;
	vtd->queue = (struct vtd_queue){ .on = false };
	vtd->fault_next = UINT_MAX;
	vtd->taken = false;
	vtd->ops.set_dirty_tracking = vtd_set_dirty_tracking;
	vtd->iommu.regime_count = 0;
	vtd->iommu.identity.count = vtd->iommu.as_found.count = 0;
}

enum status vtd_open(struct iommu *iommu, struct pool *pool)
{
	struct vtd *vtd = to_vtd(iommu);
	enum status s = read_identity(vtd);

	if (s != STATUS_OK)
		return s;
	fill_caps(vtd);
	s = map_all(vtd);
	if (s != STATUS_OK)
		return s;
	forget(vtd);
	fill_regimes(vtd);
	if (!iommu->regime_count)
		return STATUS_UNSUPPORTED;
	if (!(vtd->ecap & VTD_ECAP_SSADS))
		vtd->ops.set_dirty_tracking = NULL;
	vtd_register_words(vtd, VTD_ROLE_IDENTITY, &iommu->identity);
	vtd_register_words(vtd, VTD_ROLE_FOUND, &iommu->as_found);
	read_found(vtd);
	vtd->pool = pool;
	return STATUS_OK;
}
