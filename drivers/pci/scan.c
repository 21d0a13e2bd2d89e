/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Which functions there are. Buses stand in a work list: the roots first, then each bus that a bridge
 * names, in the order of discovery. A bus enters the list once in the life of struct pci, so bridges
 * that point at each other, at themselves or at a bus that another bridge owns end nothing but
 * themselves.
 */
#include "drivers/pci/internal.h"

#define DEVICES_PER_BUS      32u
#define FUNCTIONS_PER_DEVICE 8u
#define FUNCTIONS_PER_ARI    256u

static bool is_known(const struct pci *pci, unsigned segment, unsigned bus)
{
	return pci->bus_known[segment][bus / 8] & BIT(bus % 8);
}

static bool has_bus(const struct pci_segment *segment, unsigned bus)
{
	return bus >= segment->first_bus && bus <= segment->last_bus;
}

enum status pci_add_segment(struct pci *pci, uintptr_t ecam, uint16_t number, uint8_t first_bus,
			    uint8_t last_bus)
{
	uintptr_t bytes = (uintptr_t)(last_bus + 1u) << PCI_ECAM_BUS_LG2;

	if (first_bus > last_bus || !ecam || ecam + (bytes - 1) < ecam)
		return STATUS_BAD_RANGE;
	if (ecam & (BIT(PCI_ECAM_BUS_LG2) - 1))
		return STATUS_UNALIGNED;
	for (unsigned i = 0; i < pci->segment_count; i++) {
		const struct pci_segment *s = &pci->segments[i];

		if (s->number == number && first_bus <= s->last_bus && last_bus >= s->first_bus)
			return STATUS_OVERLAP;
	}
	if (pci->segment_count == PCI_SEGMENTS_MAX)
		return STATUS_EXHAUSTED;
	pci->segments[pci->segment_count++] = (struct pci_segment){ ecam, number, first_bus,
								    last_bus };
	return STATUS_OK;
}

enum status pci_add_root(struct pci *pci, uint16_t segment, uint8_t bus)
{
	for (unsigned i = 0; i < pci->segment_count; i++) {
		const struct pci_segment *s = &pci->segments[i];

		if (s->number != segment || !has_bus(s, bus))
			continue;
		for (unsigned r = 0; r < pci->root_count; r++)
			if (pci->roots[r].segment == i && pci->roots[r].number == bus)
				return STATUS_OK;
		if (pci->root_count == PCI_ROOTS_MAX)
			return STATUS_EXHAUSTED;
		pci->roots[pci->root_count++] = (struct pci_bus){ (uint8_t)i, bus, PCI_NO_PARENT };
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

/* One pass over one segment: pci->work up to `count`. */
struct pass {
	struct pci *pci;
	unsigned segment;
	unsigned count;
	enum status status;
};

static bool enter(struct pass *pass, unsigned bus, uint16_t parent)
{
	struct pci *pci = pass->pci;

	if (!has_bus(&pci->segments[pass->segment], bus) || is_known(pci, pass->segment, bus))
		return false;
	pci->bus_known[pass->segment][bus / 8] |= (uint8_t)BIT(bus % 8);
	pci->work[pass->count++] = (struct pci_bus){ (uint8_t)pass->segment, (uint8_t)bus, parent };
	return true;
}

/* A secondary bus of 0 is how reset leaves a bridge that firmware gave nothing: not an error. */
static void follow(struct pass *pass, const struct pci_function *bridge, uint16_t index)
{
	if (!bridge->secondary_bus && !bridge->subordinate_bus)
		return;
	if (bridge->subordinate_bus < bridge->secondary_bus ||
	    !enter(pass, bridge->secondary_bus, index))
		pass->pci->bad_bridges++;
}

/* NULL: there is none, or no room for it. */
static struct pci_function *add_function(struct pass *pass, const struct pci_bus *bus, uint16_t rid)
{
	struct pci *pci = pass->pci;
	struct pci_function found = { .segment = &pci->segments[pass->segment],
				      .rid = rid,
				      .parent = bus->parent };
	uint16_t vendor = pci_read16(&found, PCI_VENDOR);

	if (vendor == PCI_VENDOR_NONE || vendor == PCI_VENDOR_RETRY || vendor == 0)
		return NULL;
	if (pci->function_count == PCI_FUNCTIONS_MAX) {
		pci->dropped++;
		pass->status = STATUS_EXHAUSTED;
		return NULL;
	}
	if (!pci_identify(&found)) {
		pci->vanished++;
		return NULL;
	}
	pci->functions[pci->function_count] = found;
	if (found.bridge)
		follow(pass, &found, (uint16_t)pci->function_count);
	return &pci->functions[pci->function_count++];
}

/* 6.13: the functions of an ARI device form a list of ascending numbers, 0 at its end. */
static void scan_ari(struct pass *pass, const struct pci_bus *bus, struct pci_function *function)
{
	for (unsigned number = 0; function && function->cap_ari && number < FUNCTIONS_PER_ARI;) {
		unsigned next =
			FIELD_GET(PCI_ARI_NEXT_FUNCTION,
				  pci_read16(function, function->cap_ari + PCI_ARI_CAPABILITY));

		if (next <= number)
			return;
		function->multi_function = true;
		number = next;
		function = add_function(pass, bus, (uint16_t)(bus->number << 8 | number));
		if (function)
			function->multi_function = true;
	}
}

static void scan_device(struct pass *pass, const struct pci_bus *bus, unsigned device)
{
	const struct pci *pci = pass->pci;
	uint16_t rid = (uint16_t)(bus->number << 8 | device << 3);
	struct pci_function *first = add_function(pass, bus, rid);
	bool multi_function;

	if (!first)
		return;
	if (device == 0 && first->cap_ari && bus->parent != PCI_NO_PARENT &&
	    pci->functions[bus->parent].ari_forwarding) {
		scan_ari(pass, bus, first);
		return;
	}
	multi_function = pci_read8(first, PCI_HEADER_TYPE) & PCI_HEADER_MULTI_FUNCTION;
	first->multi_function = multi_function;
	for (unsigned n = 1; multi_function && n < FUNCTIONS_PER_DEVICE; n++) {
		struct pci_function *other = add_function(pass, bus, (uint16_t)(rid | n));

		if (other)
			other->multi_function = true;
	}
}

static enum status map_bus(const struct pci_segment *segment, unsigned bus)
{
	return arch_map_device(segment->ecam + ((uintptr_t)bus << PCI_ECAM_BUS_LG2),
			       (size_t)1 << PCI_ECAM_BUS_LG2);
}

static void scan_entered(struct pass *pass)
{
	for (unsigned done = 0; done < pass->count; done++) {
		struct pci_bus bus = pass->pci->work[done];

		if (map_bus(&pass->pci->segments[pass->segment], bus.number) != STATUS_OK) {
			pass->status = STATUS_EXHAUSTED;
			continue;
		}
		for (unsigned device = 0; device < DEVICES_PER_BUS; device++)
			scan_device(pass, &bus, device);
	}
	pass->count = 0;
}

enum status pci_scan(struct pci *pci)
{
	enum status status = STATUS_OK;

	for (unsigned i = 0; i < pci->segment_count; i++) {
		struct pass pass = { .pci = pci, .segment = i };

		enter(&pass, pci->segments[i].first_bus, PCI_NO_PARENT);
		scan_entered(&pass);
		/* Not together: a bus that somebody called a root may turn out to have a bridge. */
		for (unsigned r = 0; r < pci->root_count; r++) {
			if (pci->roots[r].segment == i)
				enter(&pass, pci->roots[r].number, PCI_NO_PARENT);
			scan_entered(&pass);
		}
		if (pass.status != STATUS_OK)
			status = pass.status;
	}
	return status;
}

static bool bus_answers(const struct pci_segment *segment, unsigned bus)
{
	for (unsigned device = 0; device < DEVICES_PER_BUS; device++) {
		struct pci_function f = { .segment = segment,
					  .rid = (uint16_t)(bus << 8 | device << 3) };

		if (pci_answers(&f))
			return true;
	}
	return false;
}

/* A bus within a bridge's range that the scan did not reach is not a root bus. */
static bool is_claimed(const struct pci *pci, const struct pci_segment *segment, unsigned bus)
{
	for (unsigned i = 0; i < pci->function_count; i++) {
		const struct pci_function *f = &pci->functions[i];

		if (f->bridge && f->segment == segment && bus >= f->secondary_bus &&
		    bus <= f->subordinate_bus)
			return true;
	}
	return false;
}

enum status pci_search_roots(struct pci *pci)
{
	enum status status = STATUS_OK;

	for (unsigned i = 0; i < pci->segment_count; i++) {
		struct pass pass = { .pci = pci, .segment = i };
		const struct pci_segment *s = &pci->segments[i];

		for (unsigned bus = s->first_bus; bus <= s->last_bus; bus++) {
			if (is_known(pci, i, bus) || is_claimed(pci, s, bus))
				continue;
			if (map_bus(s, bus) != STATUS_OK)
				pass.status = STATUS_EXHAUSTED;
			else if (bus_answers(s, bus))
				enter(&pass, bus, PCI_NO_PARENT);
			scan_entered(&pass);
		}
		if (pass.status != STATUS_OK)
			status = pass.status;
	}
	return status;
}

struct pci_function *pci_find(struct pci *pci, uint16_t segment, uint16_t rid)
{
	for (unsigned i = 0; i < pci->function_count; i++)
		if (pci->functions[i].segment->number == segment && pci->functions[i].rid == rid)
			return &pci->functions[i];
	return NULL;
}

struct pci_function *pci_parent(struct pci *pci, const struct pci_function *function)
{
	return function->parent < pci->function_count ? &pci->functions[function->parent] : NULL;
}
