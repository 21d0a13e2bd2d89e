/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Prototype units: IOMMUs that are a PCI function of their own, as models, simulations and FPGAs are
 * (docs/prototype.md, version 1.x). No firmware table tells of them; the function does.
 */
#ifndef DRIVERS_PROTOTYPE_PROTOTYPE_H
#define DRIVERS_PROTOTYPE_PROTOTYPE_H

#include "arch/arch.h"
#include "base/status.h"
#include "base/types.h"
#include "drivers/pci/pci.h"

#define PROTOTYPE_RANGES_MAX	16u

enum prototype_kind {
	PROTOTYPE_VTD = 1,
	PROTOTYPE_AMDVI = 2,
	PROTOTYPE_SMMUV3 = 3,
};

/* Requester ids of the function's segment, both ends included. */
struct prototype_range {
	uint16_t first, last;
};

struct prototype {
	struct pci_function *function;
	uint32_t kind;			/* enum prototype_kind, or one that is not known here */
	unsigned address_bits;		/* of what the unit can address */
	struct mmio registers;		/* as the unit's specification numbers them */
	struct prototype_range ranges[PROTOTYPE_RANGES_MAX];
	unsigned range_count;		/* 0: it serves the other functions of its device */
};

/* Has the function the identity of a prototype unit? Reads configuration space only. */
bool prototype_match(const struct pci_function *function);

/*
 * Read the identity of a function that matches; memory decoding and bus mastering are on afterwards.
 * NOT_FOUND, EXHAUSTED: a BAR cannot be reached. UNSUPPORTED: no signature, or another major version.
 * BAD_RANGE: what it says of its registers or sources cannot be.
 */
enum status prototype_open(struct prototype *prototype, struct pci_function *function) MUST_CHECK;

/* Does the unit serve the function? */
bool prototype_serves(const struct prototype *prototype, const struct pci_function *function);

#endif
