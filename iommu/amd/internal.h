/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the files of the AMD-Vi driver share among themselves. */
#ifndef IOMMU_AMD_INTERNAL_H
#define IOMMU_AMD_INTERNAL_H

#include "iommu/amd/amdvi.h"

/* What the unit did not do (iommu.h), and the status that says so. */
static inline enum status amdvi_unmet(struct amdvi *amdvi, enum status status, const char *demand,
				      const char *name, uint64_t seen)
{
	amdvi->iommu.unmet = (struct iommu_unmet){ demand, { name, seen } };
	return seen == UINT64_MAX ? STATUS_GONE : status;
}

/* amdvi_control.c: bits of Control; run bits of Status, waited for. TIMEOUT, GONE. */
void amdvi_control(struct amdvi *amdvi, uint64_t clear, uint64_t set);
enum status amdvi_wait_run(struct amdvi *amdvi, uint64_t run, bool on) MUST_CHECK;
enum status amdvi_clear_status(struct amdvi *amdvi, uint64_t bits) MUST_CHECK;
enum status amdvi_stop_all(struct amdvi *amdvi) MUST_CHECK;
enum status amdvi_set_interrupts(struct amdvi *amdvi, const struct arch_msi *msi) MUST_CHECK;
enum status amdvi_fault_interrupt(struct iommu *iommu, const struct arch_msi *msi);
bool amdvi_has_interrupt(const struct amdvi *amdvi);
void amdvi_restore_interrupt(struct amdvi *amdvi);

/* amdvi_open.c */
enum status amdvi_open(struct iommu *iommu, struct pool *pool);
reg64_t amdvi_segment_register(unsigned segment);

/* amdvi_dte.c: arithmetic on the words of a DTE. */
void amdvi_encode_blocked(uint64_t words[AMDVI_DTE_WORDS]);
void amdvi_encode_route(const struct iommu_route *route, uint64_t words[AMDVI_DTE_WORDS]);
void amdvi_encode_shared(const struct amdvi_shared *shared, uint64_t words[AMDVI_DTE_WORDS]);
struct amdvi_shared amdvi_decode_shared(const uint64_t words[AMDVI_DTE_WORDS]);
/* The route of requests without PASID, where it leads through no GCR3 table. MALFORMED. */
enum status amdvi_decode_route(const struct amdvi *amdvi, const uint64_t words[AMDVI_DTE_WORDS],
			       struct iommu_route *route) MUST_CHECK;
enum status amdvi_check_route(const struct amdvi *amdvi, struct iommu_source source,
			      const struct iommu_route *route) MUST_CHECK;
const struct iommu_regime *amdvi_regime(const struct amdvi *amdvi, const char *name);
bool amdvi_is_guest_route(const struct iommu_route *route);

/* amdvi_tables.c */
enum status amdvi_tables_begin(struct amdvi *amdvi) MUST_CHECK;
uint16_t amdvi_alias_of(const struct amdvi *amdvi, uint16_t rid);
void amdvi_write_entry(struct amdvi *amdvi, uint16_t device_id, const uint64_t words[AMDVI_DTE_WORDS]);
enum status amdvi_set_route(struct iommu *iommu, struct iommu_source source,
			    const struct iommu_route *route);
enum status amdvi_get_route(struct iommu *iommu, struct iommu_source source, struct iommu_route *route,
			    struct iommu_words *words);
enum status amdvi_set_dirty_tracking(struct iommu *iommu, struct iommu_source source, bool on);

/* amdvi_guests.c: devices with GCR3 tables. */
struct amdvi_guest *amdvi_guest_of(const struct amdvi *amdvi, uint16_t device_id);
enum status amdvi_guest_set(struct amdvi *amdvi, uint16_t device_id, uint32_t pasid,
			    const struct iommu_route *route) MUST_CHECK;
enum status amdvi_guest_get(const struct amdvi *amdvi, uint16_t device_id, uint32_t pasid,
			    struct iommu_route *route) MUST_CHECK;
/* Has the device a route in a caller's domain, of any PASID or of one? */
#define AMDVI_ANY_PASID	(UINT32_MAX - 1)
bool amdvi_guest_is_in(const struct amdvi *amdvi, const struct amdvi_guest *guest, uint16_t domain_id,
		       uint32_t pasid);

/* amdvi_queue.c */
enum status amdvi_queue_push(struct amdvi *amdvi, const struct amdvi_command *batch, unsigned count) MUST_CHECK;
enum status amdvi_sync(struct iommu *iommu, struct deadline deadline);
enum status amdvi_queue_allocate(struct amdvi *amdvi, unsigned lg2) MUST_CHECK;
void amdvi_queue_program(struct amdvi *amdvi);
enum status amdvi_drain_found(struct amdvi *amdvi);

/* amdvi_invalidate.c */
enum status amdvi_invalidate(struct iommu *iommu, const struct iommu_invalidation *what);
/* Whatever the unit has cached; waits. */
enum status amdvi_invalidate_everything(struct amdvi *amdvi) MUST_CHECK;

/* amdvi_events.c */
enum status amdvi_events_allocate(struct amdvi *amdvi, unsigned lg2) MUST_CHECK;
void amdvi_events_program(struct amdvi *amdvi);
enum status amdvi_next_fault(struct iommu *iommu, struct iommu_fault *fault);
bool amdvi_fault_overflow(struct iommu *iommu);

/* amdvi_reasons.c */
unsigned amdvi_reason(uint64_t word0);
unsigned amdvi_reasons(const struct iommu *iommu, const struct iommu_regime *regime,
		       enum iommu_refusal refusal, enum iommu_access access,
		       unsigned reasons[IOMMU_REASONS_MAX]);
const char *amdvi_reason_text(const struct iommu *iommu, unsigned reason);

#endif
