/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Routes as words: the context entry of legacy mode (VT-d 5.10, 9.3) and the PASID entry of scalable
 * mode (9.6). Arithmetic alone; vtd_tables.c knows where the words stand.
 */
#include "iommu/intel/internal.h"

#include <string.h>

/* 9.3, 9.6: AW counts levels from 2. */
static uint64_t address_width(unsigned level_count)
{
	return level_count - 2;
}

/* 9.3: pass-through asks for the largest width that the unit has. */
static unsigned widest(const struct vtd *vtd)
{
	if (vtd->cap & VTD_CAP_SAGAW_57)
		return 5;
	return vtd->cap & VTD_CAP_SAGAW_48 ? 4 : 3;
}

static void encode_legacy(const struct vtd *vtd, const struct iommu_route *route, uint64_t *w)
{
	bool pass = route->kind == IOMMU_BYPASS;
	unsigned levels = pass ? widest(vtd) : route->level_count;

	w[0] = route->quiet ? VTD_CE0_FPD : 0;
	if (route->kind == IOMMU_BLOCK)
		return;
	w[0] |= VTD_CE0_P;
	w[0] |= FIELD_PREP(VTD_CE0_TT,
			   (uint64_t)(pass ? VTD_CE0_TT_PASS : VTD_CE0_TT_UNTRANSLATED));
	if (!pass)
		w[0] |= route->root.v & VTD_CE0_SSPTPTR;
	w[1] = FIELD_PREP(VTD_CE1_DID, (uint64_t)route->domain_id) |
	       FIELD_PREP(VTD_CE1_AW, address_width(levels));
}

static uint64_t second_stage(pa_t root, unsigned level_count, bool dirty_tracking)
{
	return FIELD_PREP(VTD_PE0_AW, address_width(level_count)) | (root.v & VTD_PE0_SSPTPTR) |
	       (dirty_tracking ? VTD_PE0_SSADE : 0);
}

static void encode_second(const struct iommu_route *route, uint64_t *w)
{
	w[0] |= FIELD_PREP(VTD_PE0_PGTT, (uint64_t)VTD_PE0_PGTT_SECOND) |
		second_stage(route->root, route->level_count, route->dirty_tracking);
}

static uint64_t first_stage(const struct iommu_route *route)
{
	return (route->root.v & VTD_PE2_FSPTPTR) |
	       FIELD_PREP(VTD_PE2_FSPM, (uint64_t)(route->level_count - 4));
}

/* FSPTPTR is an address that the second stage translates (3.8). */
static void encode_nested(const struct iommu_route *route, uint64_t *w)
{
	const struct iommu_parent *parent = &route->parent;

	w[0] |= FIELD_PREP(VTD_PE0_PGTT, (uint64_t)VTD_PE0_PGTT_NESTED) |
		second_stage(parent->root, parent->level_count, parent->dirty_tracking);
	w[2] = first_stage(route);
}

/* FSPM 0 is 4 levels, 1 is 5. WPE, SRE, EAFE stay 0: every request is a user's. AW is not the first stage's. */
static void encode_first(const struct vtd *vtd, const struct iommu_route *route, uint64_t *w)
{
	w[0] |= FIELD_PREP(VTD_PE0_PGTT, (uint64_t)VTD_PE0_PGTT_FIRST);
	if (vtd->fill_ignored)
		w[0] |= FIELD_PREP(VTD_PE0_AW, address_width(route->level_count));
	w[2] = first_stage(route);
}

/* P clear is all that it takes (9.6): a type and a width that the unit has are for units that look there. */
static uint64_t absent(const struct vtd *vtd)
{
	if (!vtd->fill_ignored)
		return 0;
	if (vtd->ecap & VTD_ECAP_FSTS)
		return FIELD_PREP(VTD_PE0_PGTT, (uint64_t)VTD_PE0_PGTT_FIRST);
	return FIELD_PREP(VTD_PE0_PGTT, (uint64_t)VTD_PE0_PGTT_SECOND) |
	       FIELD_PREP(VTD_PE0_AW, address_width(widest(vtd)));
}

/* 3.10: walks are snooped where both SMPWCS and PWSNP are set. */
static void encode_scalable(const struct vtd *vtd, const struct iommu_route *route, uint64_t *w)
{
	w[0] = route->quiet ? VTD_PE0_FPD : 0;
	if (route->kind == IOMMU_BLOCK) {
		w[0] |= absent(vtd);
		return;
	}
	w[0] |= VTD_PE0_P;
	w[1] = FIELD_PREP(VTD_PE1_DID, (uint64_t)route->domain_id);
	if (vtd->ecap & VTD_ECAP_SMPWCS)
		w[1] |= VTD_PE1_PWSNP;
	if (route->kind == IOMMU_BYPASS)
		w[0] |= FIELD_PREP(VTD_PE0_PGTT, (uint64_t)VTD_PE0_PGTT_PASS);
	else if (route->regime->stage == IOMMU_STAGE_SECOND)
		encode_second(route, w);
	else if (route->regime->parent)
		encode_nested(route, w);
	else
		encode_first(vtd, route, w);
}

unsigned vtd_encode_route(const struct vtd *vtd, const struct iommu_route *route,
			  uint64_t words[VTD_ENTRY_WORDS_MAX])
{
	memset(words, 0, VTD_ENTRY_WORDS_MAX * sizeof(words[0]));
	if (vtd->tables->ttm == VTD_TTM_LEGACY) {
		encode_legacy(vtd, route, words);
		return ARRAY_COUNT(((struct vtd_context_entry *)0)->w);
	}
	encode_scalable(vtd, route, words);
	return ARRAY_COUNT(((struct vtd_pasid_entry *)0)->w);
}

static const struct iommu_regime *find_regime(const struct vtd *vtd, unsigned ttm,
					      enum iommu_stage stage, bool nested)
{
	for (unsigned i = 0; i < vtd->iommu.regime_count; i++) {
		const struct iommu_regime *regime = &vtd->iommu.regimes[i];

		if (regime->mode == ttm && regime->stage == stage && !!regime->parent == nested)
			return regime;
	}
	return NULL;
}

static enum status decode_legacy(const struct vtd *vtd, const uint64_t *w,
				 struct iommu_route *route)
{
	route->quiet = w[0] & VTD_CE0_FPD;
	if (!(w[0] & VTD_CE0_P))
		return STATUS_OK;
	route->regime = find_regime(vtd, VTD_TTM_LEGACY, IOMMU_STAGE_SECOND, false);
	route->domain_id = (uint16_t)FIELD_GET(VTD_CE1_DID, w[1]);
	switch (FIELD_GET(VTD_CE0_TT, w[0])) {
	case VTD_CE0_TT_PASS:
		route->kind = IOMMU_BYPASS;
		return STATUS_OK;
	case VTD_CE0_TT_UNTRANSLATED:
	case VTD_CE0_TT_ATS:
		route->kind = IOMMU_TRANSLATE;
		route->root = pa(w[0] & VTD_CE0_SSPTPTR);
		route->level_count = (unsigned)FIELD_GET(VTD_CE1_AW, w[1]) + 2;
		return STATUS_OK;
	default:
		return STATUS_MALFORMED;
	}
}

static void decode_first(const uint64_t *w, struct iommu_route *route)
{
	route->root = pa(w[2] & VTD_PE2_FSPTPTR);
	route->level_count = (unsigned)FIELD_GET(VTD_PE2_FSPM, w[2]) + 4;
	route->dirty_tracking = true;
}

static enum status decode_scalable(const struct vtd *vtd, const uint64_t *w,
				   struct iommu_route *route)
{
	enum iommu_stage stage = IOMMU_STAGE_FIRST;
	pa_t second = pa(w[0] & VTD_PE0_SSPTPTR);
	unsigned second_levels = (unsigned)FIELD_GET(VTD_PE0_AW, w[0]) + 2;
	bool tracking = w[0] & VTD_PE0_SSADE, nested = false;

	route->quiet = w[0] & VTD_PE0_FPD;
	if (!(w[0] & VTD_PE0_P))
		return STATUS_OK;
	route->kind = IOMMU_TRANSLATE;
	route->domain_id = (uint16_t)FIELD_GET(VTD_PE1_DID, w[1]);
	switch (FIELD_GET(VTD_PE0_PGTT, w[0])) {
	case VTD_PE0_PGTT_PASS:
		route->kind = IOMMU_BYPASS;
		route->regime = find_regime(vtd, VTD_TTM_SCALABLE, IOMMU_STAGE_SECOND, false);
		break;
	case VTD_PE0_PGTT_SECOND:
		stage = IOMMU_STAGE_SECOND;
		route->root = second;
		route->level_count = second_levels;
		route->dirty_tracking = tracking;
		break;
	case VTD_PE0_PGTT_NESTED:
		nested = true;
		route->parent = (struct iommu_parent){ second, second_levels, tracking };
		decode_first(w, route);
		break;
	case VTD_PE0_PGTT_FIRST:
		decode_first(w, route);
		break;
	default:
		return STATUS_MALFORMED;
	}
	if (!route->regime)
		route->regime = find_regime(vtd, VTD_TTM_SCALABLE, stage, nested);
	return STATUS_OK;
}

enum status vtd_decode_route(const struct vtd *vtd, const uint64_t *words,
			     struct iommu_route *route)
{
	*route = (struct iommu_route){ .kind = IOMMU_BLOCK };
	if (vtd->tables->ttm == VTD_TTM_LEGACY)
		return decode_legacy(vtd, words, route);
	return decode_scalable(vtd, words, route);
}

/* The root of a table that the unit reads as it is, and the levels above it. */
static enum status check_root(const struct vtd *vtd, const struct iommu_regime *regime, pa_t root,
			      unsigned level_count, bool dirty_tracking)
{
	if (level_count > 31 || !(regime->level_counts & BIT(level_count)))
		return STATUS_UNSUPPORTED;
	if (root.v & (PAGE_SIZE - 1))
		return STATUS_UNALIGNED;
	if (root.v == 0 || (vtd->haw < 64 && root.v >> vtd->haw))
		return STATUS_BAD_RANGE;
	return dirty_tracking && !regime->dirty ? STATUS_UNSUPPORTED : STATUS_OK;
}

/* SPT.4.4: a nested root beyond the second stage's width would be refused at every request. */
static enum status check_parent(const struct vtd *vtd, const struct iommu_route *route)
{
	const struct iommu_parent *parent = &route->parent;
	const struct iommu_regime *second = route->regime->parent;
	enum status status = check_root(vtd, second, parent->root, parent->level_count,
					parent->dirty_tracking);

	if (status)
		return status;
	return route->root.v >> MIN(pt_iova_bits(second->format, parent->level_count),
				    second->iova_bits)
		       ? STATUS_BAD_RANGE
		       : STATUS_OK;
}

static enum status check_target(const struct vtd *vtd, const struct iommu_route *route)
{
	const struct iommu_regime *regime = route->regime;
	enum status status;

	if (route->domain_id == 0 || route->domain_id >> vtd->iommu.caps.domain_id_bits)
		return STATUS_BAD_ARGUMENT;
	if (route->kind == IOMMU_BYPASS)
		return regime->bypass ? STATUS_OK : STATUS_UNSUPPORTED;
	status = check_root(vtd, regime, route->root, route->level_count, route->dirty_tracking);
	return status || !regime->parent ? status : check_parent(vtd, route);
}

/*
 * PASID 0 is RID_PASID: a request that carries it is refused (SCT.9). A route's regime is one of the
 * unit's; it may be NULL where the source is blocked.
 */
enum status vtd_check_route(const struct vtd *vtd, struct iommu_source source,
			    const struct iommu_route *route)
{
	const struct iommu_regime *regime = route->regime;
	bool known = regime == NULL && route->kind == IOMMU_BLOCK;

	for (unsigned i = 0; i < vtd->iommu.regime_count; i++)
		known = known || regime == &vtd->iommu.regimes[i];
	if (!known || source.segment != vtd->iommu.segment)
		return STATUS_BAD_ARGUMENT;
	if (source.pasid != IOMMU_NO_PASID) {
		if (vtd->iommu.caps.pasid_bits == 0 || (regime && !regime->pasid))
			return STATUS_UNSUPPORTED;
		if (source.pasid == 0 || source.pasid >> vtd->iommu.caps.pasid_bits)
			return STATUS_BAD_ARGUMENT;
	}
	if (vtd->tables->root && regime && regime->mode != vtd->tables->ttm)
		return STATUS_BAD_ARGUMENT;
	return route->kind == IOMMU_BLOCK ? STATUS_OK : check_target(vtd, route);
}
