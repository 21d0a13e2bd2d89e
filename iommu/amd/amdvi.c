/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One AMD-Vi unit: taking it over, turning it on, and giving it back (48882 3.11, 2.3.1, 2.4, 2.5.1, 3.4.1). */
#include "iommu/amd/amdvi.h"

#include <stdio.h>
#include <string.h>

#include "iommu/amd/internal.h"

/* What firmware set for the fabric, for itself, or for good. All the rest of Control is ours, and 0 but for it. */
#define KEPT (AMDVI_FABRIC | AMDVI_Control_InvTimeOut | AMDVI_Control_SmiFEn | AMDVI_Control_SlfWBdis | \
	      AMDVI_Control_SmiFLogEn | AMDVI_Control_BlkStopMrkEn)
#define RUNNING (AMDVI_Control_CmdBufEn | AMDVI_Control_EventLogEn | AMDVI_Control_IommuEn)
#define CLEARABLE (AMDVI_Status_PprOvrflwEarly | AMDVI_Status_PprOvrflwEarlyB | AMDVI_Status_EventOvrflwB | \
		   AMDVI_Status_PprOvrflwB | AMDVI_Status_GAInt | AMDVI_Status_GALOverflow | \
		   AMDVI_Status_PprInt | AMDVI_Status_PprOverflow | AMDVI_Status_ComWaitInt | \
		   AMDVI_Status_EventLogInt | AMDVI_Status_EventOverflow)

static bool is_ours(const struct amdvi *amdvi, const struct iommu_regime *regime)
{
	for (unsigned i = 0; i < amdvi->iommu.regime_count; i++)
		if (regime == &amdvi->iommu.regimes[i])
			return true;
	return false;
}

static enum status amdvi_prepare(struct iommu *iommu, const struct iommu_regime *regime)
{
	struct amdvi *amdvi = to_amdvi(iommu);

	if (!amdvi->pool || !is_ours(amdvi, regime))
		return STATUS_BAD_ARGUMENT;
	return amdvi_tables_begin(amdvi);
}

static enum status allocate(struct amdvi *amdvi)
{
	enum status status = amdvi_tables_begin(amdvi);

	if (!status)
		status = amdvi_queue_allocate(amdvi, amdvi->command_lg2 ? amdvi->command_lg2
									: AMDVI_RING_LG2_MIN);
	if (!status)
		status = amdvi_events_allocate(amdvi, amdvi->event_lg2 ? amdvi->event_lg2
								       : AMDVI_RING_LG2_MIN);
	return status;
}

/* A unit that does not come to the end of its commands is stopped as it is. */
static enum status take_over(struct amdvi *amdvi)
{
	enum status status;

	amdvi->taken = true;
	status = amdvi_drain_found(amdvi);
	if (status && status != STATUS_TIMEOUT)
		return status;
	return amdvi_stop_all(amdvi);
}

static void program_tables(struct amdvi *amdvi)
{
	const struct amdvi_tables *t = &amdvi->tables;

	for (unsigned i = 0; i < BIT(t->segment_lg2); i++)
		write64(&amdvi->iommu.mmio, amdvi_segment_register(i),
			pa_of(t->segment[i]).v |
				FIELD_PREP(AMDVI_DevTabBase_Size, (uint64_t)(t->pages[i] - 1)));
}

/* 2.3.1: the registers, then the three enables at once. What the unit may have cached goes first of all. */
static enum status turn_on(struct amdvi *amdvi)
{
	uint64_t settings = amdvi->description.fabric | AMDVI_Control_Coherent |
			    FIELD_PREP(AMDVI_Control_DevTblSegEn,
				       (uint64_t)amdvi->tables.segment_lg2) |
			    (amdvi->efr & AMDVI_EFR_GTSup ? AMDVI_Control_GTEn : 0);
	enum status status;

	program_tables(amdvi);
	amdvi_queue_program(amdvi);
	amdvi_events_program(amdvi);
	amdvi_exclude_nothing(amdvi);
	status = amdvi_clear_status(amdvi, CLEARABLE);
	if (status)
		return status;
	amdvi_control(amdvi, ~(uint64_t)KEPT, settings);
	amdvi_control(amdvi, 0, RUNNING);
	status = amdvi_wait_run(amdvi, AMDVI_Status_CmdBufRun, true);
	if (!status)
		status = amdvi_wait_run(amdvi, AMDVI_Status_EventLogRun, true);
	amdvi->commands.on = amdvi->events.on = !status;
	return status;
}

/*
 * Off or firmware's, to on with our tables. In between IommuEn is 0, and DMA passes as it is: 48882 has no way from one
 * device table to another that does not pass there, or let the unit mix the two.
 */
static enum status amdvi_enable(struct iommu *iommu, const struct iommu_regime *regime)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	enum status status;

	if (!amdvi->pool || !is_ours(amdvi, regime))
		return STATUS_BAD_ARGUMENT;
	iommu->enabled = NULL;
	status = allocate(amdvi);
	if (!status && !amdvi->commands.on) {
		status = take_over(amdvi);
		if (!status)
			status = turn_on(amdvi);
	}
	if (!status)
		status = amdvi_invalidate_everything(amdvi);
	if (!status)
		iommu->enabled = regime;
	return status;
}

/* Registers that nothing reads while IommuEn and the rings are off; bases before pointers, which they reset. */
static void restore_tables(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	const struct amdvi_found *found = &amdvi->found;

	for (unsigned i = 0; i < BIT(FIELD_GET(AMDVI_EFR_DevTblSegSup, amdvi->efr)); i++)
		write64(mmio, amdvi_segment_register(i), found->dev_tab[i]);
	write64(mmio, AMDVI_EventBase, found->event_base);
	write64(mmio, AMDVI_EventHead, found->event_head);
	write64(mmio, AMDVI_EventTail, found->event_tail);
	if (amdvi->efr & AMDVI_EFR_PPRSup) {
		write64(mmio, AMDVI_PPRBase, found->ppr_base);
		write64(mmio, AMDVI_PPRHead, found->ppr_head);
		write64(mmio, AMDVI_PPRTail, found->ppr_tail);
	}
	write64(mmio, AMDVI_ExclLimit, found->excl_limit);
	write64(mmio, AMDVI_ExclBase, found->excl_base);
}

/* What is cached of ours goes while our commands run against the tables that were found. */
static enum status forget_ours(struct amdvi *amdvi)
{
	static const uint64_t others = AMDVI_Control_EventLogEn | AMDVI_Control_EventIntEn |
				       AMDVI_Control_ComWaitIntEn | AMDVI_Control_PPRLogEn |
				       AMDVI_Control_PPREn | AMDVI_Control_PprIntEn |
				       AMDVI_Control_GALogEn | AMDVI_Control_GAIntEn;
	enum status status;

	amdvi_queue_program(amdvi);
	amdvi_control(amdvi, UINT64_MAX, (amdvi->found.control & ~others) | AMDVI_Control_CmdBufEn);
	status = amdvi_wait_run(amdvi, AMDVI_Status_CmdBufRun, true);
	if (status)
		return status;
	amdvi->commands.on = true;
	status = amdvi_invalidate_everything(amdvi);
	return status ? status : amdvi_queue_stop(amdvi);
}

static void restore_commands(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;

	write64(mmio, AMDVI_CmdBase, amdvi->found.cmd_base);
	write64(mmio, AMDVI_CmdHead, amdvi->found.cmd_head);
	write64(mmio, AMDVI_CmdTail, amdvi->found.cmd_tail);
}

/* Back to what open() found, Control last. Commands that firmware left and the unit executed since are not again. */
static enum status amdvi_close(struct iommu *iommu)
{
	struct amdvi *amdvi = to_amdvi(iommu);
	enum status status;

	amdvi->pool = NULL;
	iommu->enabled = NULL;
	if (!amdvi->taken)
		return STATUS_OK;
	status = amdvi_stop_all(amdvi);
	if (status)
		return status;
	restore_tables(amdvi);
	if (iommu->on_as_found)
		status = forget_ours(amdvi);
	if (status)
		return status;
	restore_commands(amdvi);
	if (amdvi->event_interrupt || amdvi->completion_interrupt)
		amdvi_restore_interrupt(amdvi);
	arch_barrier();
	amdvi->control = amdvi->found.control;
	write64(&iommu->mmio, AMDVI_Control, amdvi->found.control);
	amdvi->taken = false;
	return STATUS_OK;
}

/* 2.2.2: a table word needs no more than to be in memory before the command that follows. */
static enum status amdvi_publish(struct iommu *iommu)
{
	(void)iommu;
	arch_write_barrier();
	return STATUS_OK;
}

static void amdvi_status_words(struct iommu *iommu, struct iommu_words *words)
{
	amdvi_register_words(to_amdvi(iommu), AMDVI_ROLE_STATUS, words);
}

static const struct iommu_ops amdvi_ops = {
	.open = amdvi_open,
	.close = amdvi_close,
	.prepare = amdvi_prepare,
	.enable = amdvi_enable,
	.set_route = amdvi_set_route,
	.get_route = amdvi_get_route,
	.invalidate = amdvi_invalidate,
	.sync = amdvi_sync,
	.next_fault = amdvi_next_fault,
	.fault_overflow = amdvi_fault_overflow,
	.reasons = amdvi_reasons,
	.reason_text = amdvi_reason_text,
	.fault_interrupt = amdvi_fault_interrupt,
	.set_dirty_tracking = amdvi_set_dirty_tracking,
	.publish = amdvi_publish,
	.status_words = amdvi_status_words,
};

void amdvi_init(struct amdvi *amdvi, const struct amdvi_description *description)
{
	memset(amdvi, 0, sizeof(*amdvi));
	amdvi->ops = amdvi_ops;
	amdvi->iommu.ops = &amdvi->ops;
	amdvi->description = *description;
	amdvi->iommu.mmio = (struct mmio){ description->base, AMDVI_MMIO_BYTES };
	amdvi->iommu.segment = description->segment;
	snprintf(amdvi->iommu.name, sizeof(amdvi->iommu.name), "amdvi%u",
		 description->index % 1000u);
}
