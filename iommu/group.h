/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Groups: the sources that hardware cannot keep apart, derived from the topology, never configured.
 *
 * Glossary:
 *	function	a PCI function; topology is a table of them, parents before their children
 *	parent		the bridge or port on whose secondary side a function sits
 *	alias		another requester id under which the requests of a function may reach the unit
 *	isolated	Access Control Services let no request pass sideways: what comes from below goes up
 *
 * Two functions are in one group if (clauses of PCI Express Base 5.0, and VT-d 5.10):
 *	1. both lie below a bridge to or of conventional PCI, or one is that bridge: the bus is shared and
 *	   requests carry the bridge's id (VT-d 3.12.1, 3.12.2);
 *	2. both lie below a root port that does not isolate, or one is that port (6.12.1.1): the port may turn
 *	   requests round;
 *	3. both lie below a switch of which any downstream port does not isolate, or one is of that switch
 *	   (6.12.1.1): what enters by that port reaches every other;
 *	4. both are functions of one multi-function device of which any function does not isolate (6.12.1.2):
 *	   functions may reach one another inside of the device;
 *	5. the requests of both carry one id, by what firmware says of them;
 * and whatever follows from those together. What isolates:
 *	- a downstream port with SV, RR, CR and UF implemented and on: a switch must implement all (7.7.8.2);
 *	- a root port with SV implemented and on, and RR, CR, UF on where implemented: without them it
 *	  forwards nothing between ports (7.7.8.2);
 *	- a function of a multi-function device with an ACS capability of which RR and CR are on where
 *	  implemented: without them it has no peer-to-peer paths (7.7.8.2);
 *	- any other function of PCI Express alone in its device. Conventional functions never implement ACS:
 *	  more than one in a device share it. A bridge to PCI never isolates.
 * Phantom functions and devices with wrong requester ids that firmware tells nothing of are not known here.
 */
#ifndef IOMMU_GROUP_H
#define IOMMU_GROUP_H

#include "base/status.h"
#include "base/types.h"
#include "iommu/iommu.h"

#define GROUP_FUNCTIONS_MAX	512u
#define GROUP_ALIASES_MAX	8u
#define GROUP_NO_PARENT		UINT16_MAX

#define GROUP_ACS_SV		BIT(0)	/* 7.7.8.2, 7.7.8.3: source validation */
#define GROUP_ACS_RR		BIT(2)	/* request redirect */
#define GROUP_ACS_CR		BIT(3)	/* completion redirect */
#define GROUP_ACS_UF		BIT(4)	/* upstream forwarding */

enum group_kind {
	GROUP_ENDPOINT,			/* legacy ones too */
	GROUP_RC_ENDPOINT,		/* integrated in the root complex, event collectors too */
	GROUP_ROOT_PORT,
	GROUP_UPSTREAM,			/* of a switch */
	GROUP_DOWNSTREAM,
	GROUP_PCIE_TO_PCI,		/* bridge */
	GROUP_PCI_TO_PCIE,		/* bridge */
	GROUP_PCI_BRIDGE,		/* conventional PCI on both sides */
	GROUP_PCI_DEVICE,		/* conventional PCI, no bridge */
};

struct group_function {
	struct iommu_source source;	/* pasid IOMMU_NO_PASID */
	uint16_t parent;		/* index in the table, smaller than its own; GROUP_NO_PARENT */
	enum group_kind kind;
	bool multi_function;		/* the device that it belongs to has others */
	uint8_t secondary_bus;		/* of bridges and ports */
	bool acs;			/* it has the ACS capability */
	uint16_t acs_capability, acs_control;
	bool has_alias;			/* firmware says that its requests carry another id (48882 5.2.2.1): */
	uint16_t alias;
};

struct group_aliases {
	/* The function's own first, none twice; last what the unit sees. */
	struct iommu_source source[GROUP_ALIASES_MAX];
	unsigned count;
};

struct context;

/* A platform's functions, their groups, and who owns which. */
struct group_map {
	struct group_function functions[GROUP_FUNCTIONS_MAX];
	unsigned function_count;
	uint16_t group_of[GROUP_FUNCTIONS_MAX];
	unsigned group_count;
	const struct context *owner[GROUP_FUNCTIONS_MAX];	/* per group; NULL: nobody */
	uint16_t joined[GROUP_FUNCTIONS_MAX];		/* per group: members that joined the owner */
};

/*
 * The group of every function: group_of[i] counts from 0 in the order of each group's first
 * function; *group_count groups. EXHAUSTED: more than GROUP_FUNCTIONS_MAX. BAD_ARGUMENT: a parent
 * that does not come before its child.
 */
enum status group_build(const struct group_function *functions, unsigned count, uint16_t *group_of,
			unsigned *group_count) MUST_CHECK;

/*
 * The ids under which requests of function `index` may arrive. EXHAUSTED: more than
 * GROUP_ALIASES_MAX.
 */
enum status group_aliases(const struct group_function *functions, unsigned index,
			  struct group_aliases *aliases) MUST_CHECK;

/* Add a function to an empty or growing map; build it when all are there. EXHAUSTED. */
enum status group_map_add(struct group_map *map, const struct group_function *function) MUST_CHECK;

/* Compute the groups of a map that nobody owns a part of. BUSY, and as group_build(). */
enum status group_map_build(struct group_map *map) MUST_CHECK;

/* Nobody owns anything any more: after contexts that could not be closed. */
void group_map_disown(struct group_map *map);

/*
 * The function that a source stands for: its own, or, for an id that a bridge puts in place of
 * those below it, the bridge. NOT_FOUND.
 */
enum status group_find(const struct group_map *map, struct iommu_source source, unsigned *index) MUST_CHECK;

#endif
