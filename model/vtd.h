/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A VT-d remapping unit at register level, after "Intel Virtualization Technology for Directed I/O
 * Architecture Specification", revision 5.10 (order D51397-018). Clauses are of that revision.
 *
 * What a unit can do is configuration: its capability registers are given, and every behaviour that the
 * specification ties to a bit of them follows the bit. The configurations that stand here:
 *	vtd_config_server	scalable mode, all stages, nesting, dirty tracking, five levels
 *	vtd_config_client	legacy mode, 39 bits, walks that do not snoop (ECAP.C = 0)
 *	vtd_config_old		legacy mode, no queue, a write buffer that must be flushed (CAP.RWBF = 1)
 *	vtd_config_virtual	caching mode: what is not present is cached as well (CAP.CM = 1)
 *
 * What the machine around a unit must know:
 *	- A 4-byte write without PASID to FEEx_xxxxh is a message: the answer says what it has become, and it
 *	  is the machine that delivers it. Interrupts are remapped and not posted (CAP.PI = 0).
 *	- Descriptors of the queue are executed by step() alone, at most VTD_STEP_DESCRIPTORS of them a call.
 *	- A read of a table is not snooped where ECAP.C or PWSNP let the unit look past the CPU's caches. With
 *	  CAP.RWBF no read of a table is: the unit sees what was in memory at the last `drain` of the memory
 *	  (silicon.h), which it calls for GCMD.WBF and before each invalidation (6.8). A configuration with
 *	  RWBF has ECAP.C = 1, so that the two cannot be mixed up.
 *	- The memory's width is config.haw: what firmware reports as host address width must be the same.
 */
#ifndef MODEL_VTD_H
#define MODEL_VTD_H

#include "model/silicon.h"

#define VTD_STEP_DESCRIPTORS	64
#define VTD_CONTEXTS_MAX	32
#define VTD_PASIDS_MAX		32
#define VTD_TRANSLATIONS_MAX	256
#define VTD_STRUCTURES_MAX	128
#define VTD_RECORDS_MAX		32

struct vtd_config {
	const char *name;
	uint32_t version;		/* VER_REG */
	uint64_t cap, ecap;		/* CAP_REG, ECAP_REG */
	unsigned haw;			/* host address width in bits */
	/* Entries of each cache, at most the numbers above; 0: the unit has no such cache. */
	unsigned contexts, pasids, translations, structures;
	bool fractured;			/* large pages are cached in pieces of 4 KiB (6.5.3.2) */
	bool compressing;		/* one record per requester (7.2.1) */
};

extern const struct vtd_config vtd_config_server, vtd_config_client, vtd_config_old, vtd_config_virtual;
extern const struct vtd_config *const vtd_configs[];
#define VTD_CONFIGS	4u

/* A unit in its power-on state; NULL: no memory for it, or the configuration contradicts itself. */
struct silicon *vtd_create(const struct vtd_config *config, const struct silicon_memory *memory);
void vtd_destroy(struct silicon *silicon);

/* The catalogue: numbers 1 .. vtd_defect_count() are what silicon.defect may be. */
unsigned vtd_defect_count(void);
const struct silicon_defect *vtd_defect(unsigned number);	/* NULL: no such number */
unsigned vtd_defect_by_name(const char *name);		/* 0: no such name */

#endif
