/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The PCI functions as a topology of sources: groups, and the ids under which requests arrive. */
#include <string.h>

#include "tests/harness/platform_private.h"

static enum group_kind kind_of(const struct pci_function *f)
{
	switch (f->port) {
	case PCI_PORT_ROOT_PORT:
		return GROUP_ROOT_PORT;
	case PCI_PORT_UPSTREAM:
		return GROUP_UPSTREAM;
	case PCI_PORT_DOWNSTREAM:
		return GROUP_DOWNSTREAM;
	case PCI_PORT_PCIE_TO_PCI:
		return GROUP_PCIE_TO_PCI;
	case PCI_PORT_PCI_TO_PCIE:
		return GROUP_PCI_TO_PCIE;
	case PCI_PORT_RC_ENDPOINT:
	case PCI_PORT_RC_EVENT_COLLECTOR:
		return GROUP_RC_ENDPOINT;
	case PCI_PORT_NONE:
		return f->bridge ? GROUP_PCI_BRIDGE : GROUP_PCI_DEVICE;
	default:
		return GROUP_ENDPOINT;
	}
}

static unsigned index_of(const struct platform *p, const struct pci_function *f)
{
	return (unsigned)(f - p->pci.functions);
}

/* Functions stand in the map at the index that they have in struct pci. */
void platform_make_groups(struct platform *p)
{
	enum status status = STATUS_OK;

	for (unsigned i = 0; i < p->pci.function_count && status == STATUS_OK; i++) {
		const struct pci_function *f = &p->pci.functions[i];
		struct group_function g = {
			.source = { f->segment->number, f->rid, IOMMU_NO_PASID },
			.parent = f->parent == PCI_NO_PARENT ? GROUP_NO_PARENT : f->parent,
			.kind = kind_of(f),
			.multi_function = f->multi_function,
			.secondary_bus = f->secondary_bus,
			.acs = f->cap_acs != 0,
			.acs_capability = f->acs_capability,
			.acs_control = f->acs_control,
		};

		g.has_alias = platform_alias_of(p, f, &g.alias);

		status = group_map_add(&p->groups, &g);
	}
	if (status == STATUS_OK)
		status = group_map_build(&p->groups);
	if (status != STATUS_OK)
		platform_note(p, "groups: %s", status_text(status));
	platform_fact(p, "groups=%u", p->groups.group_count);
}

unsigned platform_group_of(struct platform *p, const struct pci_function *function)
{
	unsigned i = index_of(p, function);

	return i < p->groups.function_count ? p->groups.group_of[i] : UINT16_MAX;
}

void platform_aliases_of(struct platform *p, const struct pci_function *function,
			 struct group_aliases *aliases)
{
	unsigned i = index_of(p, function);
	enum status status = STATUS_NOT_FOUND;

	if (i < p->groups.function_count)
		status = group_aliases(p->groups.functions, i, aliases);
	if (status == STATUS_OK)
		return;
	platform_note(p, "function %04x: aliases: %s", function->rid, status_text(status));
	aliases->count = 1;
	aliases->source[0] = (struct iommu_source){ function->segment->number, function->rid,
						    IOMMU_NO_PASID };
}

struct iommu_source platform_source_of(struct platform *p, const struct pci_function *function)
{
	struct group_aliases aliases;

	platform_aliases_of(p, function, &aliases);
	return aliases.source[aliases.count - 1];
}
