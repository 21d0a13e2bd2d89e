/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Groups: the rules of group.h as unions of functions, in loops that the table's length bounds. */
#include "iommu/group.h"

#include <string.h>

#define DEVICE(rid)	((rid) >> 3)

static bool is_conventional_bridge(enum group_kind kind)
{
	return kind == GROUP_PCIE_TO_PCI || kind == GROUP_PCI_TO_PCIE || kind == GROUP_PCI_BRIDGE;
}

/* Every service of `wanted` is on. */
static bool is_on(const struct group_function *function, uint32_t wanted)
{
	return function->acs && (function->acs_control & wanted) == wanted;
}

/* A service that is not implemented cannot be turned on (7.7.8.3). */
static bool isolates(const struct group_function *function)
{
	uint32_t all = GROUP_ACS_SV | GROUP_ACS_RR | GROUP_ACS_CR | GROUP_ACS_UF;

	switch (function->kind) {
	case GROUP_DOWNSTREAM:
		return is_on(function, all);
	case GROUP_ROOT_PORT:
		return is_on(function, GROUP_ACS_SV | (function->acs_capability & all));
	case GROUP_ENDPOINT:
	case GROUP_RC_ENDPOINT:
	case GROUP_UPSTREAM:
		return !function->multi_function ||
		       is_on(function, function->acs_capability & (GROUP_ACS_RR | GROUP_ACS_CR));
	case GROUP_PCI_DEVICE:
		return !function->multi_function;
	case GROUP_PCIE_TO_PCI:
	case GROUP_PCI_TO_PCIE:
	case GROUP_PCI_BRIDGE:
		return false;
	}
	return false;
}

/*
 * A forest of which every tree is a group. The root is the smallest index, so that following links
 * ends; they are shortened on the way.
 */
static unsigned root_of(uint16_t *link, unsigned index)
{
	while (link[index] != index) {
		link[index] = link[link[index]];
		index = link[index];
	}
	return index;
}

static void unite(uint16_t *link, unsigned a, unsigned b)
{
	unsigned root_a = root_of(link, a), root_b = root_of(link, b);

	if (root_a < root_b)
		link[root_b] = (uint16_t)root_a;
	else
		link[root_a] = (uint16_t)root_b;
}

/* Is everything below this function one group with it? Rules 1 to 3. */
static bool is_open(const struct group_function *functions, unsigned count, unsigned index)
{
	const struct group_function *function = &functions[index];

	if (is_conventional_bridge(function->kind))
		return true;
	if (function->kind == GROUP_ROOT_PORT || function->kind == GROUP_DOWNSTREAM)
		return !isolates(function);
	if (function->kind != GROUP_UPSTREAM)
		return false;
	for (unsigned i = index + 1; i < count; i++)
		if (functions[i].parent == index && !isolates(&functions[i]))
			return true;
	return false;
}

/*
 * Bus and device number agree, or both are at the end of one link: there is one device, which
 * numbers its functions beyond 7 with bits of the device number (ARI, 6.13).
 */
static bool same_device(const struct group_function *functions, unsigned a, unsigned b)
{
	const struct iommu_source *first = &functions[a].source, *second = &functions[b].source;
	unsigned parent = functions[a].parent;

	if (first->segment != second->segment)
		return false;
	if (DEVICE(first->rid) == DEVICE(second->rid))
		return true;
	return parent == functions[b].parent && parent != GROUP_NO_PARENT &&
	       (functions[parent].kind == GROUP_ROOT_PORT ||
		functions[parent].kind == GROUP_DOWNSTREAM);
}

/* Rule 4. */
static void unite_devices(const struct group_function *functions, unsigned count, uint16_t *link)
{
	for (unsigned i = 0; i < count; i++) {
		if (isolates(&functions[i]))
			continue;
		for (unsigned k = 0; k < count; k++)
			if (k != i && same_device(functions, i, k))
				unite(link, i, k);
	}
}

static uint16_t seen_rid(const struct group_function *function)
{
	return function->has_alias ? function->alias : function->source.rid;
}

/* Rule 5. */
static void unite_aliases(const struct group_function *functions, unsigned count, uint16_t *link)
{
	for (unsigned i = 0; i < count; i++) {
		for (unsigned k = 0; functions[i].has_alias && k < count; k++)
			if (k != i && functions[k].source.segment == functions[i].source.segment &&
			    (seen_rid(&functions[k]) == functions[i].alias ||
			     functions[k].source.rid == functions[i].alias))
				unite(link, i, k);
	}
}

enum status group_build(const struct group_function *functions, unsigned count, uint16_t *group_of,
			unsigned *group_count)
{
	uint16_t link[GROUP_FUNCTIONS_MAX];
	bool open[GROUP_FUNCTIONS_MAX];
	unsigned groups = 0;

	if (count > GROUP_FUNCTIONS_MAX)
		return STATUS_EXHAUSTED;
	for (unsigned i = 0; i < count; i++)
		if (functions[i].parent != GROUP_NO_PARENT && functions[i].parent >= i)
			return STATUS_BAD_ARGUMENT;
	for (unsigned i = 0; i < count; i++) {
		link[i] = (uint16_t)i;
		open[i] = is_open(functions, count, i);
		/* Parents come before: each step goes to a smaller index. */
		for (unsigned at = functions[i].parent; at != GROUP_NO_PARENT;
		     at = functions[at].parent)
			if (open[at])
				unite(link, at, i);
	}
	unite_devices(functions, count, link);
	unite_aliases(functions, count, link);
	/* A root is the smallest index of its group: it has a number before another member asks. */
	for (unsigned i = 0; i < count; i++) {
		unsigned root = root_of(link, i);

		group_of[i] = root == i ? (uint16_t)groups++ : group_of[root];
	}
	*group_count = groups;
	return STATUS_OK;
}

static enum status add_alias(struct group_aliases *aliases, uint16_t segment, uint16_t rid)
{
	for (unsigned i = 0; i < aliases->count; i++)
		if (aliases->source[i].rid == rid)
			return STATUS_OK;
	if (aliases->count == GROUP_ALIASES_MAX)
		return STATUS_EXHAUSTED;
	aliases->source[aliases->count++] = (struct iommu_source){ segment, rid, IOMMU_NO_PASID };
	return STATUS_OK;
}

/* Firmware knows what the unit sees: it comes last, where the topology has it already too. */
static enum status add_last(struct group_aliases *aliases, uint16_t segment, uint16_t rid)
{
	unsigned last = aliases->count - 1;
	enum status status = add_alias(aliases, segment, rid);

	for (unsigned i = 1; !status && i < last; i++) {
		if (aliases->source[i].rid != rid)
			continue;
		aliases->source[i] = aliases->source[last];
		aliases->source[last].rid = rid;
	}
	return status;
}

/*
 * The id that a bridge gives to what it forwards. VT-d 3.12.1: one to PCI or PCI-X uses its
 * secondary bus, device 0, function 0 (or leaves the id as it was). 3.12.2: a conventional bridge
 * uses its own.
 */
static uint16_t forwarded_rid(const struct group_function *bridge)
{
	if (bridge->kind == GROUP_PCIE_TO_PCI)
		return (uint16_t)(bridge->secondary_bus << 8);
	return bridge->source.rid;
}

enum status group_aliases(const struct group_function *functions, unsigned index,
			  struct group_aliases *aliases)
{
	const struct iommu_source *own = &functions[index].source;
	enum status status;

	aliases->count = 0;
	status = add_alias(aliases, own->segment, own->rid);
	for (unsigned at = functions[index].parent; !status && at != GROUP_NO_PARENT;
	     at = functions[at].parent)
		if (is_conventional_bridge(functions[at].kind))
			status = add_alias(aliases, own->segment, forwarded_rid(&functions[at]));
	if (!status && functions[index].has_alias)
		status = add_last(aliases, own->segment, functions[index].alias);
	return status;
}

enum status group_map_add(struct group_map *map, const struct group_function *function)
{
	if (map->function_count == GROUP_FUNCTIONS_MAX)
		return STATUS_EXHAUSTED;
	map->functions[map->function_count++] = *function;
	return STATUS_OK;
}

enum status group_map_build(struct group_map *map)
{
	for (unsigned i = 0; i < GROUP_FUNCTIONS_MAX; i++)
		if (map->owner[i])
			return STATUS_BUSY;
	return group_build(map->functions, map->function_count, map->group_of, &map->group_count);
}

void group_map_disown(struct group_map *map)
{
	memset(map->owner, 0, sizeof(map->owner));
	memset(map->joined, 0, sizeof(map->joined));
}

enum status group_find(const struct group_map *map, struct iommu_source source, unsigned *index)
{
	for (unsigned i = 0; i < map->function_count; i++) {
		const struct iommu_source *own = &map->functions[i].source;

		if (own->segment == source.segment && own->rid == source.rid) {
			*index = i;
			return STATUS_OK;
		}
	}
	for (unsigned i = 0; i < map->function_count; i++) {
		const struct group_function *bridge = &map->functions[i];

		if (bridge->source.segment == source.segment && bridge->kind == GROUP_PCIE_TO_PCI &&
		    forwarded_rid(bridge) == source.rid) {
			*index = i;
			return STATUS_OK;
		}
	}
	for (unsigned i = 0; i < map->function_count; i++) {
		const struct group_function *f = &map->functions[i];

		if (f->has_alias && f->source.segment == source.segment && f->alias == source.rid) {
			*index = i;
			return STATUS_OK;
		}
	}
	return STATUS_NOT_FOUND;
}
