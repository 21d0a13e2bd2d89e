/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Control and Status of an AMD-Vi unit: bits that are set and waited for, status that is cleared, the exclusion range
 * and the interrupt (48882 3.11, 3.4.1, 3.4.8, 3.4.16).
 */
#include "iommu/amd/internal.h"

/* CRW is written as 0, and no other bit that is not ours either: Control is what was written last. */
void amdvi_control(struct amdvi *amdvi, uint64_t clear, uint64_t set)
{
	amdvi->control = (amdvi->control & ~(clear | AMDVI_Control_CRW)) | set;
	arch_barrier();
	write64(&amdvi->iommu.mmio, AMDVI_Control, amdvi->control);
}

static const char *demand_of(uint64_t run, bool on)
{
	switch (run) {
	case AMDVI_Status_CmdBufRun:
		return on ? "CmdBufRun is set by Control.CmdBufEn (48882 3.4.16)"
			  : "CmdBufRun is clear some time after Control.CmdBufEn (48882 2.4)";
	case AMDVI_Status_EventLogRun:
		return on ? "EventLogRun is set by Control.EventLogEn (48882 3.4.16)"
			  : "EventLogRun is clear some time after Control.EventLogEn (48882 2.5.1)";
	case AMDVI_Status_PprLogRun:
		return on ? "PPRLogRun is set by Control.PPRLogEn (48882 3.4.16)"
			  : "PPRLogRun is clear some time after Control.PPRLogEn (48882 2.6.2)";
	default:
		return "a run bit follows its enable (48882 3.4.16)";
	}
}

enum status amdvi_wait_run(struct amdvi *amdvi, uint64_t run, bool on)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	uint64_t status = 0;

	if (wait_until((status = read64(mmio, AMDVI_Status)) == UINT64_MAX ||
			       !!(status & run) == on,
		       deadline_in_us(AMDVI_COMMAND_US)) &&
	    status != UINT64_MAX)
		return STATUS_OK;
	return amdvi_unmet(amdvi, STATUS_TIMEOUT, demand_of(run, on), "Status", status);
}

/*
 * Write 1 to clear, until the bits are clear: a write that meets the unit setting the bit leaves it set, and no
 * further interrupt comes (erratum 1312); some parts need the write repeated (erratum 787).
 */
enum status amdvi_clear_status(struct amdvi *amdvi, uint64_t bits)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	struct deadline deadline = deadline_in_us(AMDVI_COMMAND_US);
	uint64_t status;

	while ((status = read64(mmio, AMDVI_Status)) & bits) {
		if (status == UINT64_MAX || deadline_passed(deadline))
			return amdvi_unmet(amdvi, STATUS_TIMEOUT,
					   "a status bit is cleared by writing 1 (48882 3.4.16)",
					   "Status", status);
		write64(mmio, AMDVI_Status, status & bits);
	}
	return STATUS_OK;
}

/*
 * Whoever's unit it is: no interrupt any more, no command and no record, and then no translation. 3.4.16 has run bits
 * say when the rings are let go.
 */
enum status amdvi_stop_all(struct amdvi *amdvi)
{
	static const uint64_t rings = AMDVI_Control_CmdBufEn | AMDVI_Control_EventLogEn |
				      AMDVI_Control_PPRLogEn | AMDVI_Control_PPREn |
				      AMDVI_Control_GALogEn;
	static const uint64_t interrupts = AMDVI_Control_EventIntEn | AMDVI_Control_ComWaitIntEn |
					   AMDVI_Control_PprIntEn | AMDVI_Control_GAIntEn;
	static const uint64_t runs[] = { AMDVI_Status_CmdBufRun, AMDVI_Status_EventLogRun,
					 AMDVI_Status_PprLogRun, AMDVI_Status_GALogRun };
	enum status status = STATUS_OK;

	amdvi_control(amdvi, rings | interrupts, 0);
	for (unsigned i = 0; !status && i < ARRAY_COUNT(runs); i++)
		status = amdvi_wait_run(amdvi, runs[i], false);
	if (status)
		return status;
	amdvi->commands.on = amdvi->events.on = amdvi->requests.on = false;
	amdvi_control(amdvi, AMDVI_Control_IommuEn, 0);
	return STATUS_OK;
}

/* ---- The exclusion range ---- */

enum status amdvi_exclude(struct amdvi *amdvi, uint64_t base, uint64_t last, bool all)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;

	if (!amdvi->taken)
		return STATUS_UNSUPPORTED;
	if ((base & (PAGE_SIZE - 1)) || ((last + 1) & (PAGE_SIZE - 1)))
		return STATUS_UNALIGNED;
	if (last < base || last & ~(AMDVI_ExclLimit_Limit | (PAGE_SIZE - 1)))
		return STATUS_BAD_RANGE;
	amdvi_exclude_nothing(amdvi);
	write64(mmio, AMDVI_ExclLimit, last & AMDVI_ExclLimit_Limit);
	write64(mmio, AMDVI_ExclBase,
		base | (all ? AMDVI_ExclBase_Allow : 0) | AMDVI_ExclBase_ExEn);
	return STATUS_OK;
}

void amdvi_exclude_nothing(struct amdvi *amdvi)
{
	if (amdvi->taken)
		write64(&amdvi->iommu.mmio, AMDVI_ExclBase, 0);
}

/* ---- The interrupt of events and completions ---- */

bool amdvi_has_interrupt(const struct amdvi *amdvi)
{
	return amdvi->description.msi || (amdvi->efr & AMDVI_EFR_MsiCapMmioSup);
}

/* 3.4.8: disabled while address and data change. */
static void deliver_by_mmio(struct amdvi *amdvi, const struct arch_msi *msi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	uint32_t header = read32(mmio, AMDVI_MsiCapHeader) &
			  ~(AMDVI_MsiCapHeader_MsiEn | AMDVI_MsiCapHeader_MsiMultMessEn);

	write32(mmio, AMDVI_MsiCapHeader, header);
	write32(mmio, AMDVI_MsiAddrLow, (uint32_t)msi->address & AMDVI_MsiAddrLow_MsiAddr);
	write32(mmio, AMDVI_MsiAddrHigh, (uint32_t)(msi->address >> 32));
	write32(mmio, AMDVI_MsiData, msi->data & AMDVI_MsiData_MsiData);
	write32(mmio, AMDVI_MsiCapHeader, header | AMDVI_MsiCapHeader_MsiEn);
}

static enum status deliver(struct amdvi *amdvi, const struct arch_msi *msi)
{
	const struct amdvi_description *d = &amdvi->description;

	if (d->msi)
		return d->msi->deliver(d->msi_context, msi);
	deliver_by_mmio(amdvi, msi);
	return STATUS_OK;
}

void amdvi_restore_interrupt(struct amdvi *amdvi)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;
	enum status status = STATUS_OK;

	if (amdvi->description.msi) {
		status = amdvi->description.msi->deliver(amdvi->description.msi_context, NULL);
	} else if (amdvi->efr & AMDVI_EFR_MsiCapMmioSup) {
		write32(mmio, AMDVI_MsiCapHeader,
			amdvi->found.msi_header & ~AMDVI_MsiCapHeader_MsiEn);
		write32(mmio, AMDVI_MsiAddrLow, amdvi->found.msi_low);
		write32(mmio, AMDVI_MsiAddrHigh, amdvi->found.msi_high);
		write32(mmio, AMDVI_MsiData, amdvi->found.msi_data);
		write32(mmio, AMDVI_MsiCapHeader, amdvi->found.msi_header);
	}
	(void)status;	/* configuration space does not refuse what it held */
}

/*
 * Off while address and data change. 3.4.16: an interrupt is signalled when a status bit becomes set while no
 * other is, so that both are cleared before.
 */
enum status amdvi_set_interrupts(struct amdvi *amdvi, const struct arch_msi *msi)
{
	uint64_t enables = (amdvi->event_interrupt ? AMDVI_Control_EventIntEn : 0) |
			   (amdvi->completion_interrupt ? AMDVI_Control_ComWaitIntEn : 0);
	enum status status;

	amdvi_control(amdvi, AMDVI_Control_EventIntEn | AMDVI_Control_ComWaitIntEn, 0);
	if (!enables)
		return STATUS_OK;
	status = amdvi_clear_status(amdvi, AMDVI_Status_EventLogInt | AMDVI_Status_ComWaitInt);
	if (!status && msi)
		status = deliver(amdvi, msi);
	if (!status)
		amdvi_control(amdvi, 0, enables);
	return status;
}

enum status amdvi_fault_interrupt(struct iommu *iommu, const struct arch_msi *msi)
{
	struct amdvi *amdvi = to_amdvi(iommu);

	if (!amdvi->taken || !amdvi_has_interrupt(amdvi))
		return STATUS_UNSUPPORTED;
	amdvi->event_interrupt = msi != NULL;
	return amdvi_set_interrupts(amdvi, msi);
}

enum status amdvi_completion_interrupt(struct amdvi *amdvi, const struct arch_msi *msi)
{
	if (!amdvi->taken || !amdvi_has_interrupt(amdvi))
		return STATUS_UNSUPPORTED;
	amdvi->completion_interrupt = msi != NULL;
	return amdvi_set_interrupts(amdvi, msi);
}
