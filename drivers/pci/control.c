/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is switched on functions: command register, ACS, reset, PASID, ATS, PRI, message-signalled interrupts. */
#include "drivers/pci/internal.h"

/* PCI Express Base 5.0, 6.6.2: how long a function may take, and how long it is left alone. */
#define PENDING_US     100000u
#define RESET_QUIET_US 100000u

static void set_command(struct pci_function *f, uint32_t bit, bool on)
{
	uint16_t command = pci_read16(f, PCI_COMMAND);

	if (command == UINT16_MAX)
		return;
	pci_write16(f, PCI_COMMAND, (uint16_t)(on ? command | bit : command & ~bit));
}

void pci_bus_master(struct pci_function *f, bool on)
{
	set_command(f, PCI_COMMAND_MASTER, on);
}

void pci_memory_decode(struct pci_function *f, bool on)
{
	set_command(f, PCI_COMMAND_MEMORY, on);
}

void pci_interrupt_pin(struct pci_function *f, bool on)
{
	set_command(f, PCI_COMMAND_INTX_DISABLE, !on);
}

unsigned pci_quiet(struct pci *pci)
{
	unsigned on = 0;

	for (unsigned i = 0; i < pci->function_count; i++) {
		struct pci_function *f = &pci->functions[i];
		uint16_t command = pci_read16(f, PCI_COMMAND);

		if (f->bridge || f->class_code >> 16 == PCI_CLASS_DISPLAY)
			continue;
		if (command == UINT16_MAX || !(command & PCI_COMMAND_MASTER))
			continue;
		pci_bus_master(f, false);
		on++;
	}
	return on;
}

void pci_restore(struct pci *pci)
{
	for (unsigned i = 0; i < pci->function_count; i++) {
		struct pci_function *f = &pci->functions[i];
		uint16_t command = pci_read16(f, PCI_COMMAND);

		if (command != UINT16_MAX && command != f->command_as_found)
			pci_write16(f, PCI_COMMAND, f->command_as_found);
	}
}

enum status pci_map_bar(struct pci_function *f, unsigned bar, struct mmio *mmio)
{
	enum status status;

	if (bar >= PCI_BARS || f->bars[bar].io || !f->bars[bar].bytes || !f->bars[bar].base)
		return STATUS_NOT_FOUND;
	status = arch_map_device((uintptr_t)f->bars[bar].base, (size_t)f->bars[bar].bytes);
	if (status != STATUS_OK)
		return status;
	*mmio = (struct mmio){ (uintptr_t)f->bars[bar].base, (size_t)f->bars[bar].bytes };
	pci_memory_decode(f, true);
	return STATUS_OK;
}

enum status pci_acs_control(struct pci_function *f, uint16_t control)
{
	if (!f->cap_acs || control & ~(f->acs_capability & PCI_ACS_BITS))
		return STATUS_UNSUPPORTED;
	pci_write16(f, f->cap_acs + PCI_ACS_CONTROL, control);
	f->acs_control = pci_read16(f, f->cap_acs + PCI_ACS_CONTROL);
	return (f->acs_control & PCI_ACS_BITS) == control ? STATUS_OK : STATUS_DEVICE_ERROR;
}

/* ---- Function level reset ---- */

static struct deadline earlier(struct deadline a, uint64_t us)
{
	struct deadline b = deadline_in_us(us);

	return a.end_ns < b.end_ns ? a : b;
}

static bool is_pending(const struct pci_function *f)
{
	return pci_read16(f, f->cap_express + PCI_EXP_DEVSTA) & PCI_EXP_DEVSTA_PENDING;
}

/* 2.3.1: after a reset a function may answer that it is not ready, or not at all. */
static bool is_back(const struct pci_function *f)
{
	uint16_t vendor = pci_read16(f, PCI_VENDOR);

	return vendor == f->vendor;
}

enum status pci_reset_function(struct pci_function *f, struct deadline deadline)
{
	uint32_t bars[PCI_BARS];
	uint16_t command, control;
	struct deadline quiet;

	if (!f->flr)
		return STATUS_UNSUPPORTED;
	pci_bus_master(f, false);
	if (!wait_until(!is_pending(f), earlier(deadline, PENDING_US)))
		return STATUS_TIMEOUT;
	command = pci_read16(f, PCI_COMMAND);
	control = pci_read16(f, f->cap_express + PCI_EXP_DEVCTL);
	for (unsigned n = 0; n < PCI_BARS; n++)
		bars[n] = pci_read32(f, PCI_BAR(n));
	pci_write16(f, f->cap_express + PCI_EXP_DEVCTL, (uint16_t)(control | PCI_EXP_DEVCTL_FLR));
	quiet = deadline_in_us(RESET_QUIET_US);
	while (!deadline_passed(quiet))
		arch_pause();
	if (!wait_until(is_back(f), deadline))
		return STATUS_TIMEOUT;
	for (unsigned n = 0; n < PCI_BARS; n++)
		pci_write32(f, PCI_BAR(n), bars[n]);
	pci_write16(f, f->cap_express + PCI_EXP_DEVCTL, control);
	pci_write16(f, PCI_COMMAND, command);
	return STATUS_OK;
}

/* ---- PASID, ATS and PRI ---- */

unsigned pci_pasid_bits(const struct pci_function *f)
{
	if (!f->cap_pasid)
		return 0;
	return FIELD_GET(PCI_PASID_CAPABILITY_WIDTH,
			 pci_read16(f, f->cap_pasid + PCI_PASID_CAPABILITY));
}

void pci_enable_pasid(struct pci_function *f, bool on)
{
	uint32_t modes;

	if (!f->cap_pasid)
		return;
	modes = pci_read16(f, f->cap_pasid + PCI_PASID_CAPABILITY) & PCI_PASID_CAPABILITY_MODES;
	pci_write16(f, f->cap_pasid + PCI_PASID_CONTROL,
		    (uint16_t)(on ? PCI_PASID_CONTROL_ENABLE | modes : 0));
}

void pci_enable_ats(struct pci_function *f, bool on)
{
	if (f->cap_ats)
		pci_write16(f, f->cap_ats + PCI_ATS_CONTROL,
			    (uint16_t)(on ? PCI_ATS_CONTROL_ENABLE : 0));
}

void pci_enable_pri(struct pci_function *f, bool on)
{
	if (!f->cap_pri)
		return;
	pci_write16(f, f->cap_pri + PCI_PRI_CONTROL, 0); /* the allocation changes while it is off */
	pci_write32(f, f->cap_pri + PCI_PRI_ALLOCATION,
		    on ? pci_read32(f, f->cap_pri + PCI_PRI_CAPACITY) : 0);
	if (on)
		pci_write16(f, f->cap_pri + PCI_PRI_CONTROL, PCI_PRI_CONTROL_ENABLE);
}

/* ---- Interrupts by message ---- */

static void enable_msi(const struct pci_function *f, const struct arch_msi *msi)
{
	unsigned at = f->cap_msi;
	uint16_t control = pci_read16(f, at + PCI_MSI_CONTROL);
	unsigned upper = control & PCI_MSI_CONTROL_64 ? 4 : 0;

	control = control & PCI_MSI_CONTROL_OFF;
	pci_write16(f, at + PCI_MSI_CONTROL, control);
	pci_write32(f, at + PCI_MSI_ADDRESS, (uint32_t)msi->address);
	if (upper)
		pci_write32(f, at + PCI_MSI_ADDRESS_UPPER, (uint32_t)(msi->address >> 32));
	pci_write16(f, at + PCI_MSI_DATA + upper, (uint16_t)msi->data);
	if (control & PCI_MSI_CONTROL_MASKS)
		pci_write32(f, at + PCI_MSI_MASK + upper, 0);
	pci_write16(f, at + PCI_MSI_CONTROL, control | PCI_MSI_CONTROL_ENABLE);
}

static enum status enable_msix(struct pci_function *f, const struct arch_msi *msi)
{
	uint16_t control = pci_read16(f, f->cap_msix + PCI_MSIX_CONTROL);
	uint32_t table = pci_read32(f, f->cap_msix + PCI_MSIX_TABLE);
	uint64_t offset = table & PCI_MSIX_TABLE_OFFSET;
	struct mmio bar;
	enum status status = pci_map_bar(f, FIELD_GET(PCI_MSIX_TABLE_BAR, table), &bar);
	uintptr_t entry;

	if (status != STATUS_OK)
		return status;
	if (offset + PCI_MSIX_ENTRY_BYTES > bar.size)
		return STATUS_NOT_FOUND;
	entry = bar.base + (uintptr_t)offset;
	/* The whole function is masked until entry 0 is whole. */
	control |= PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK;
	pci_write16(f, f->cap_msix + PCI_MSIX_CONTROL, control);
	arch_write32(entry + PCI_MSIX_ENTRY_CONTROL, PCI_MSIX_ENTRY_MASKED);
	arch_write32(entry + PCI_MSIX_ENTRY_ADDRESS, (uint32_t)msi->address);
	arch_write32(entry + PCI_MSIX_ENTRY_ADDRESS_UPPER, (uint32_t)(msi->address >> 32));
	arch_write32(entry + PCI_MSIX_ENTRY_DATA, msi->data);
	arch_write32(entry + PCI_MSIX_ENTRY_CONTROL, 0);
	control &= (uint16_t)~PCI_MSIX_CONTROL_MASK;
	pci_write16(f, f->cap_msix + PCI_MSIX_CONTROL, control);
	return STATUS_OK;
}

enum status pci_enable_msi(struct pci_function *f, const struct arch_msi *msi)
{
	bool wide = msi->address >> 32;

	if (f->cap_msi &&
	    (!wide || pci_read16(f, f->cap_msi + PCI_MSI_CONTROL) & PCI_MSI_CONTROL_64)) {
		enable_msi(f, msi);
		return STATUS_OK;
	}
	return f->cap_msix ? enable_msix(f, msi) : STATUS_UNSUPPORTED;
}

void pci_disable_msi(struct pci_function *f)
{
	uint16_t control;

	if (f->cap_msi) {
		control = pci_read16(f, f->cap_msi + PCI_MSI_CONTROL);
		pci_write16(f, f->cap_msi + PCI_MSI_CONTROL,
			    control & (uint16_t)~PCI_MSI_CONTROL_ENABLE);
	}
	if (f->cap_msix) {
		control = pci_read16(f, f->cap_msix + PCI_MSIX_CONTROL);
		pci_write16(f, f->cap_msix + PCI_MSIX_CONTROL,
			    control & (uint16_t)~PCI_MSIX_CONTROL_ENABLE);
	}
}

void pci_save_msi(const struct pci_function *f, struct pci_msi_found *found)
{
	unsigned at = f->cap_msi, upper;

	found->control = pci_read16(f, at + PCI_MSI_CONTROL);
	upper = found->control & PCI_MSI_CONTROL_64 ? 4 : 0;
	found->address = pci_read32(f, at + PCI_MSI_ADDRESS);
	found->address_upper = upper ? pci_read32(f, at + PCI_MSI_ADDRESS_UPPER) : 0;
	found->data = pci_read16(f, at + PCI_MSI_DATA + upper);
}

/* Disabled while address and data change. */
void pci_restore_msi(const struct pci_function *f, const struct pci_msi_found *found)
{
	unsigned at = f->cap_msi, upper = found->control & PCI_MSI_CONTROL_64 ? 4 : 0;

	pci_write16(f, at + PCI_MSI_CONTROL, found->control & PCI_MSI_CONTROL_OFF);
	pci_write32(f, at + PCI_MSI_ADDRESS, found->address);
	if (upper)
		pci_write32(f, at + PCI_MSI_ADDRESS_UPPER, found->address_upper);
	pci_write16(f, at + PCI_MSI_DATA + upper, found->data);
	pci_write16(f, at + PCI_MSI_CONTROL, found->control);
}
