/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Routes as words of a DTE (48882 3.11, 2.2.2.1, tables 7, 8 and 24). Arithmetic alone; amdvi_tables.c knows
 * where the words stand, amdvi_guests.c what is behind a GCR3 table.
 */
#include "iommu/amd/internal.h"

#include <string.h>

#define GUEST_LEVELS_4 4u /* GuestPagingMode 0 */
#define GUEST_ROOT_BITS 52u /* of GCR3 entries and guest tables */
#define VALID (AMDVI_DTE0_V | AMDVI_DTE0_TV)
#define ALLOWED (VALID | AMDVI_DTE0_IR | AMDVI_DTE0_IW)

void amdvi_encode_blocked(uint64_t words[AMDVI_DTE_WORDS])
{
	memset(words, 0, AMDVI_DTE_WORDS * sizeof(words[0]));
	words[0] = VALID;
}

static uint64_t host_tables(pa_t root, unsigned level_count, bool dirty_tracking)
{
	uint64_t had = dirty_tracking ? AMDVI_DTE_HAD_AD : AMDVI_DTE_HAD_NONE;

	return (root.v & AMDVI_DTE0_HostRoot) | FIELD_PREP(AMDVI_DTE0_Mode, (uint64_t)level_count) |
	       FIELD_PREP(AMDVI_DTE0_HAD, had);
}

/* Not of a route through guest tables: those are amdvi_encode_shared()'s. */
void amdvi_encode_route(const struct iommu_route *route, uint64_t words[AMDVI_DTE_WORDS])
{
	amdvi_encode_blocked(words);
	if (route->quiet)
		words[1] = AMDVI_DTE1_SA;
	if (route->kind == IOMMU_BLOCK)
		return;
	words[0] = ALLOWED;
	words[1] |= FIELD_PREP(AMDVI_DTE1_DomainID, (uint64_t)route->domain_id);
	if (route->kind == IOMMU_TRANSLATE)
		words[0] |= host_tables(route->root, route->level_count, route->dirty_tracking);
}

/* 2.2.6.3: the root of the GCR3 table is an SPA; Control.GCR3TRPMode is 0. */
void amdvi_encode_shared(const struct amdvi_shared *shared, uint64_t words[AMDVI_DTE_WORDS])
{
	const struct iommu_parent *parent = &shared->parent;
	uint64_t gcr3 = pa_of(shared->gcr3).v;

	amdvi_encode_blocked(words);
	words[0] = ALLOWED | AMDVI_DTE0_GV | (shared->untagged ? AMDVI_DTE0_GIoV : 0) |
		   FIELD_PREP(AMDVI_DTE0_GLX, (uint64_t)(shared->gcr3_levels - 1)) |
		   FIELD_PREP(AMDVI_DTE0_GCR3_14_12, gcr3 >> 12);
	if (parent->root.v)
		words[0] |= host_tables(parent->root, parent->level_count, parent->dirty_tracking);
	words[1] = FIELD_PREP(AMDVI_DTE1_GCR3_51_31, gcr3 >> 31) |
		   FIELD_PREP(AMDVI_DTE1_GCR3_30_15, gcr3 >> 15) |
		   (shared->quiet ? AMDVI_DTE1_SA : 0) | shared->domain_id;
	words[2] = FIELD_PREP(AMDVI_DTE2_GuestPagingMode,
			      (uint64_t)(shared->guest_levels - GUEST_LEVELS_4));
}

struct amdvi_shared amdvi_decode_shared(const uint64_t words[AMDVI_DTE_WORDS])
{
	uint64_t gcr3 = FIELD_GET(AMDVI_DTE0_GCR3_14_12, words[0]) << 12 |
			FIELD_GET(AMDVI_DTE1_GCR3_30_15, words[1]) << 15 |
			FIELD_GET(AMDVI_DTE1_GCR3_51_31, words[1]) << 31;
	struct amdvi_shared shared = {
		.gcr3 = pa_ptr(pa(gcr3)),
		.gcr3_levels = (unsigned)FIELD_GET(AMDVI_DTE0_GLX, words[0]) + 1,
		.domain_id = (uint16_t)FIELD_GET(AMDVI_DTE1_DomainID, words[1]),
		.guest_levels = (unsigned)FIELD_GET(AMDVI_DTE2_GuestPagingMode, words[2]) + GUEST_LEVELS_4,
		.untagged = words[0] & AMDVI_DTE0_GIoV,
		.quiet = words[1] & AMDVI_DTE1_SA,
	};

	if (words[0] & AMDVI_DTE0_Mode)
		shared.parent = (struct iommu_parent){
			.root = pa(words[0] & AMDVI_DTE0_HostRoot),
			.level_count = (unsigned)FIELD_GET(AMDVI_DTE0_Mode, words[0]),
			.dirty_tracking = FIELD_GET(AMDVI_DTE0_HAD, words[0]) == AMDVI_DTE_HAD_AD,
		};
	return shared;
}

const struct iommu_regime *amdvi_regime(const struct amdvi *amdvi, const char *name)
{
	for (unsigned i = 0; i < amdvi->iommu.regime_count; i++)
		if (strcmp(amdvi->iommu.regimes[i].name, name) == 0)
			return &amdvi->iommu.regimes[i];
	return NULL;
}

/* A source that is passed has no tables to tell a regime by: it is the first. */
enum status amdvi_decode_route(const struct amdvi *amdvi, const uint64_t words[AMDVI_DTE_WORDS],
			       struct iommu_route *route)
{
	unsigned mode = (unsigned)FIELD_GET(AMDVI_DTE0_Mode, words[0]);
	bool allowed = words[0] & (AMDVI_DTE0_IR | AMDVI_DTE0_IW);

	*route = (struct iommu_route){ .kind = IOMMU_BLOCK };
	if (!(words[0] & AMDVI_DTE0_V)) {
		*route = (struct iommu_route){ .kind = IOMMU_BYPASS, .regime = amdvi->iommu.regimes };
		return STATUS_OK;
	}
	route->quiet = words[1] & AMDVI_DTE1_SA;
	if (!(words[0] & AMDVI_DTE0_TV) || !allowed)
		return STATUS_OK;
	route->domain_id = (uint16_t)FIELD_GET(AMDVI_DTE1_DomainID, words[1]);
	route->kind = mode ? IOMMU_TRANSLATE : IOMMU_BYPASS;
	route->regime = amdvi->iommu.regimes;
	if (!mode)
		return STATUS_OK;
	route->regime = amdvi_regime(amdvi, "host");
	route->root = pa(words[0] & AMDVI_DTE0_HostRoot);
	route->level_count = mode;
	route->dirty_tracking = FIELD_GET(AMDVI_DTE0_HAD, words[0]) == AMDVI_DTE_HAD_AD;
	return mode > PT_LEVELS_MAX ? STATUS_MALFORMED : STATUS_OK;
}

bool amdvi_is_guest_route(const struct iommu_route *route)
{
	return route->kind == IOMMU_TRANSLATE && route->regime->stage == IOMMU_STAGE_FIRST;
}

/* The root of a table, at an address of so many bits, and the levels above it. */
static enum status check_root(const struct iommu_regime *regime, pa_t root, unsigned level_count,
			      bool dirty_tracking, unsigned bits)
{
	if (level_count > 31 || !(regime->level_counts & BIT(level_count)))
		return STATUS_UNSUPPORTED;
	if (root.v & (PAGE_SIZE - 1))
		return STATUS_UNALIGNED;
	if (root.v == 0 || (bits < 64 && root.v >> bits))
		return STATUS_BAD_RANGE;
	return dirty_tracking && !regime->dirty ? STATUS_UNSUPPORTED : STATUS_OK;
}

static enum status check_target(const struct amdvi *amdvi, const struct iommu_route *route)
{
	const struct iommu_parent *parent = &route->parent;
	const struct iommu_regime *regime = route->regime;
	unsigned host_bits = MIN(amdvi->description.host_address_bits, GUEST_ROOT_BITS);
	enum status status;

	if (route->domain_id == 0 || route->domain_id >> amdvi->iommu.caps.domain_id_bits)
		return STATUS_BAD_ARGUMENT;
	if (route->kind == IOMMU_BYPASS)
		return regime->bypass ? STATUS_OK : STATUS_UNSUPPORTED;
	if (!regime->parent)
		return check_root(regime, route->root, route->level_count, route->dirty_tracking,
				  host_bits);
	status = check_root(regime, route->root, route->level_count, route->dirty_tracking,
			    MIN(regime->oa_bits, GUEST_ROOT_BITS));
	if (status)
		return status;
	return check_root(regime->parent, parent->root, parent->level_count, parent->dirty_tracking,
			  host_bits);
}

/*
 * PASID 0 is that of requests without one (GIoV); SA is the whole device's, so that no PASID is quiet by itself;
 * and requests with PASID are translated or refused, but never passed.
 */
static enum status check_pasid(const struct amdvi *amdvi, uint32_t pasid, const struct iommu_route *route)
{
	unsigned bits = amdvi->iommu.caps.pasid_bits;

	if (bits == 0 || (route->regime && !route->regime->pasid))
		return STATUS_UNSUPPORTED;
	if (route->quiet || route->kind == IOMMU_BYPASS)
		return STATUS_UNSUPPORTED;
	return pasid == 0 || pasid >> bits ? STATUS_BAD_ARGUMENT : STATUS_OK;
}

enum status amdvi_check_route(const struct amdvi *amdvi, struct iommu_source source,
			      const struct iommu_route *route)
{
	bool known = route->regime == NULL && route->kind == IOMMU_BLOCK;
	enum status status = STATUS_OK;

	for (unsigned i = 0; i < amdvi->iommu.regime_count; i++)
		known = known || route->regime == &amdvi->iommu.regimes[i];
	if (!known || source.segment != amdvi->iommu.segment)
		return STATUS_BAD_ARGUMENT;
	if (source.pasid != IOMMU_NO_PASID)
		status = check_pasid(amdvi, source.pasid, route);
	if (status || route->kind == IOMMU_BLOCK)
		return status;
	return check_target(amdvi, route);
}
