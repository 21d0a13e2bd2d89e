/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the files of the VT-d driver share among themselves. */
#ifndef IOMMU_INTEL_INTERNAL_H
#define IOMMU_INTEL_INTERNAL_H

#include "iommu/intel/vtd.h"

/* What the unit did not do (iommu.h), and the status that says so. */
static inline enum status vtd_unmet(struct vtd *vtd, enum status status, const char *demand,
				    const char *name, uint64_t seen)
{
	vtd->iommu.unmet = (struct iommu_unmet){ demand, { name, seen } };
	return status;
}

/* vtd.c: one global command and its completion (11.4.4.1). TIMEOUT, GONE. */
enum status vtd_command(struct vtd *vtd, uint32_t bit, bool on) MUST_CHECK;
enum status vtd_publish(struct iommu *iommu);

/* vtd_open.c */
enum status vtd_open(struct iommu *iommu, struct pool *pool);

/* vtd_tables.c: an empty root in the spare set, which becomes the one in use; give a set's pages back. */
enum status vtd_tables_begin(struct vtd *vtd, unsigned ttm) MUST_CHECK;
void vtd_tables_drop(struct vtd *vtd, struct vtd_tables *tables);
enum status vtd_set_route(struct iommu *iommu, struct iommu_source source,
			  const struct iommu_route *route);
enum status vtd_get_route(struct iommu *iommu, struct iommu_source source,
			  struct iommu_route *route, struct iommu_words *words);
enum status vtd_set_dirty_tracking(struct iommu *iommu, struct iommu_source source, bool on);

/* vtd_entries.c: pure arithmetic on the words of a route's entry. */
#define VTD_ENTRY_WORDS_MAX	8u
unsigned vtd_encode_route(const struct vtd *vtd, const struct iommu_route *route,
			  uint64_t words[VTD_ENTRY_WORDS_MAX]);
enum status vtd_decode_route(const struct vtd *vtd, const uint64_t *words,
			     struct iommu_route *route) MUST_CHECK;
enum status vtd_check_route(const struct vtd *vtd, struct iommu_source source,
			    const struct iommu_route *route) MUST_CHECK;

/* vtd_queue.c */
enum status vtd_queue_take_over(struct vtd *vtd) MUST_CHECK;	/* end the queue that firmware left */
enum status vtd_queue_push(struct vtd *vtd, const struct vtd_descriptor *batch, unsigned count) MUST_CHECK;
enum status vtd_sync(struct iommu *iommu, struct deadline deadline);

/* vtd_invalidate.c */
enum status vtd_invalidate(struct iommu *iommu, const struct iommu_invalidation *what);

/* vtd_faults.c */
enum status vtd_next_fault(struct iommu *iommu, struct iommu_fault *fault);
bool vtd_fault_overflow(struct iommu *iommu);
unsigned vtd_reasons(const struct iommu *iommu, const struct iommu_regime *regime,
		     enum iommu_refusal refusal, enum iommu_access access,
		     unsigned reasons[IOMMU_REASONS_MAX]);
const char *vtd_reason_text(const struct iommu *iommu, unsigned reason);
enum status vtd_fault_interrupt(struct iommu *iommu, const struct arch_msi *msi);

#endif
