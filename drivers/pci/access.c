/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One access to the configuration space of one function. PCI Express Base 5.0, 7.2.2. */
#include "drivers/pci/internal.h"

static uintptr_t address_of(const struct pci_function *function, unsigned offset)
{
	return function->segment->ecam + ((uintptr_t)function->rid << PCI_ECAM_FUNCTION_LG2) +
	       offset;
}

uint8_t pci_read8(const struct pci_function *function, unsigned offset)
{
	return offset < PCI_CONFIG_BYTES ? arch_read8(address_of(function, offset)) : UINT8_MAX;
}

uint16_t pci_read16(const struct pci_function *function, unsigned offset)
{
	return offset < PCI_CONFIG_BYTES ? arch_read16(address_of(function, offset)) : UINT16_MAX;
}

uint32_t pci_read32(const struct pci_function *function, unsigned offset)
{
	return offset < PCI_CONFIG_BYTES ? arch_read32(address_of(function, offset)) : UINT32_MAX;
}

void pci_write8(const struct pci_function *function, unsigned offset, uint8_t value)
{
	if (offset < PCI_CONFIG_BYTES)
		arch_write8(address_of(function, offset), value);
}

void pci_write16(const struct pci_function *function, unsigned offset, uint16_t value)
{
	if (offset < PCI_CONFIG_BYTES)
		arch_write16(address_of(function, offset), value);
}

void pci_write32(const struct pci_function *function, unsigned offset, uint32_t value)
{
	if (offset < PCI_CONFIG_BYTES)
		arch_write32(address_of(function, offset), value);
}

bool pci_answers(const struct pci_function *function)
{
	return pci_read16(function, PCI_VENDOR) != PCI_VENDOR_NONE;
}
