/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What one function is: header, capabilities, BARs. PCI Express Base 5.0, 7.5 to 7.8. */
#include "drivers/pci/internal.h"

/* As many as fit without overlapping: a list that is longer has a loop. */
#define CAPABILITIES_MAX ((PCI_CONFIG_BYTES_CONVENTIONAL - PCI_CAPABILITY_FIRST) / 4)
#define EXTENDED_MAX     ((PCI_CONFIG_BYTES - PCI_EXTENDED_FIRST) / 4)

#define HEADER_BARS_BRIDGE 2u

static void keep_first(uint16_t *where, unsigned offset)
{
	if (!*where)
		*where = (uint16_t)offset;
}

static void read_list(struct pci_function *f)
{
	unsigned at = pci_read8(f, PCI_CAPABILITIES) & PCI_CAPABILITY_NEXT;

	if (!(pci_read16(f, PCI_STATUS) & PCI_STATUS_CAPABILITIES))
		return;
	for (unsigned n = 0; n < CAPABILITIES_MAX && at >= PCI_CAPABILITY_FIRST; n++) {
		uint16_t word = pci_read16(f, at);

		if (word == UINT16_MAX)
			return;
		switch (word & 0xff) {
		case PCI_CAP_POWER:
			keep_first(&f->cap_power, at);
			break;
		case PCI_CAP_MSI:
			keep_first(&f->cap_msi, at);
			break;
		case PCI_CAP_EXPRESS:
			keep_first(&f->cap_express, at);
			break;
		case PCI_CAP_MSIX:
			keep_first(&f->cap_msix, at);
			break;
		}
		at = (unsigned)word >> 8 & PCI_CAPABILITY_NEXT;
	}
}

/* 7.6: only functions with a PCI Express capability have extended ones. */
static void read_extended_list(struct pci_function *f)
{
	unsigned at = PCI_EXTENDED_FIRST;

	for (unsigned n = 0; n < EXTENDED_MAX && at >= PCI_EXTENDED_FIRST; n++) {
		uint32_t word = pci_read32(f, at);

		if (word == 0 || word == UINT32_MAX)
			return;
		switch (FIELD_GET(PCI_EXTENDED_ID, word)) {
		case PCI_EXT_ACS:
			keep_first(&f->cap_acs, at);
			break;
		case PCI_EXT_ARI:
			keep_first(&f->cap_ari, at);
			break;
		case PCI_EXT_ATS:
			keep_first(&f->cap_ats, at);
			break;
		case PCI_EXT_PRI:
			keep_first(&f->cap_pri, at);
			break;
		case PCI_EXT_PASID:
			keep_first(&f->cap_pasid, at);
			break;
		}
		at = (word & PCI_EXTENDED_NEXT) >> 20;
	}
}

void pci_read_capabilities(struct pci_function *f)
{
	read_list(f);
	f->port = PCI_PORT_NONE;
	if (!f->cap_express)
		return;
	f->port = (enum pci_port)FIELD_GET(
		PCI_EXP_CAPABILITIES_PORT,
		(uint32_t)pci_read16(f, f->cap_express + PCI_EXP_CAPABILITIES));
	f->flr = pci_read32(f, f->cap_express + PCI_EXP_DEVCAP) & PCI_EXP_DEVCAP_FLR;
	if (f->port == PCI_PORT_ROOT_PORT || f->port == PCI_PORT_DOWNSTREAM)
		f->ari_forwarding = pci_read16(f, f->cap_express + PCI_EXP_DEVCTL2) &
				    PCI_EXP_DEVCTL2_ARI;
	read_extended_list(f);
	if (f->cap_acs) {
		f->acs_capability = pci_read16(f, f->cap_acs + PCI_ACS_CAPABILITY);
		f->acs_control = pci_read16(f, f->cap_acs + PCI_ACS_CONTROL);
	}
}

/* The bits of a BAR that can be written, and in *value what was in it. */
static uint32_t writable_bits(const struct pci_function *f, unsigned bar, uint32_t *value)
{
	uint32_t mask;

	*value = pci_read32(f, PCI_BAR(bar));
	pci_write32(f, PCI_BAR(bar), UINT32_MAX);
	mask = pci_read32(f, PCI_BAR(bar));
	pci_write32(f, PCI_BAR(bar), *value);
	return mask;
}

/* 7.5.1.2.1. Returns how many registers the BAR takes. */
static unsigned read_bar(struct pci_function *f, unsigned n, unsigned count)
{
	struct pci_bar *bar = &f->bars[n];
	uint32_t low, high = 0, mask = writable_bits(f, n, &low);
	uint64_t sizes;

	if (mask & PCI_BAR_IO) {
		bar->io = true;
		bar->base = low & PCI_BAR_IO_ADDRESS;
		/* The upper 16 bits may be hardwired to zero. */
		bar->bytes = FIELD_LSB(mask & PCI_BAR_IO_ADDRESS);
		return 1;
	}
	sizes = mask & PCI_BAR_ADDRESS;
	bar->is_64 = FIELD_GET(PCI_BAR_TYPE, mask) == PCI_BAR_TYPE_64;
	bar->prefetchable = mask & PCI_BAR_PREFETCHABLE;
	if (bar->is_64) {
		uint32_t high_mask;

		if (n + 1 == count) {
			*bar = (struct pci_bar){ 0 };
			return 1;
		}
		/* Here all ones are a size: less than 4 GiB. */
		high = pci_read32(f, PCI_BAR(n + 1));
		pci_write32(f, PCI_BAR(n + 1), UINT32_MAX);
		high_mask = pci_read32(f, PCI_BAR(n + 1));
		pci_write32(f, PCI_BAR(n + 1), high);
		sizes |= (uint64_t)high_mask << 32;
	}
	bar->base = (uint64_t)high << 32 | (low & PCI_BAR_ADDRESS);
	bar->bytes = FIELD_LSB(sizes);
	return bar->is_64 ? 2 : 1;
}

void pci_read_bars(struct pci_function *f)
{
	unsigned count = f->bridge ? HEADER_BARS_BRIDGE : PCI_BARS;
	uint16_t decode = PCI_COMMAND_MEMORY | PCI_COMMAND_IO;

	/*
	 * A host bridge's decoding stays on: on some machines it leads the CPU to memory. No engine is
	 * one.
	 */
	if (f->class_code >> 8 == PCI_CLASS_HOST_BRIDGE)
		return;
	pci_write16(f, PCI_COMMAND, (uint16_t)(f->command_as_found & ~decode));
	for (unsigned n = 0; n < count;)
		n += read_bar(f, n, count);
	pci_write16(f, PCI_COMMAND, f->command_as_found);
}

bool pci_identify(struct pci_function *f)
{
	uint8_t layout = pci_read8(f, PCI_HEADER_TYPE) & PCI_HEADER_LAYOUT;
	uint32_t class_revision = pci_read32(f, PCI_CLASS_REVISION);

	f->vendor = pci_read16(f, PCI_VENDOR);
	f->device = pci_read16(f, PCI_DEVICE);
	f->class_code = class_revision >> 8;
	f->revision = class_revision & 0xff;
	f->command_as_found = pci_read16(f, PCI_COMMAND);
	f->bridge = layout == PCI_HEADER_LAYOUT_BRIDGE;
	if (f->bridge) {
		f->secondary_bus = pci_read8(f, PCI_SECONDARY_BUS);
		f->subordinate_bus = pci_read8(f, PCI_SUBORDINATE_BUS);
	}
	/* All ones so far are not written back by the sizing of BARs. */
	if (f->command_as_found == UINT16_MAX || !pci_answers(f))
		return false;
	pci_read_capabilities(f);
	if (f->bridge || layout == PCI_HEADER_LAYOUT_NORMAL)
		pci_read_bars(f);
	return f->vendor != PCI_VENDOR_NONE && pci_answers(f);
}
