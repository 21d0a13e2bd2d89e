/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * An AMD-Vi unit at register level, after "AMD I/O Virtualization Technology (IOMMU) Specification", 48882, revision
 * 3.11. Clauses are of that revision.
 *
 * What a unit can do is configuration: its feature registers are given, and every behaviour that the specification
 * ties to a bit of them follows the bit. The configurations that stand here:
 *	amdvi_config_milan	accessed and dirty flags in host tables, guest tables of four levels, ATS
 *	amdvi_config_rome	the same without the flags, and large pages cached in pieces
 *	amdvi_config_narrow	host tables of four levels, accessed flags alone, no guest tables
 *	amdvi_config_wide	everything that is modelled, five guest levels, a device table of eight segments
 *
 * What the machine around a unit must know:
 *	- The unit is a PCI function without BARs. Its capability block and its MSI capability are bytes AMDVI_PCI to
 *	  AMDVI_PCI_END - 1 of configuration space; amdvi_pci_read() and amdvi_pci_write() answer for them.
 *	- A 4-byte write without PASID to FEEx_xxxxh is an interrupt. It is allowed with its address unchanged, or
 *	  refused; the machine delivers it. Interrupt tables are not modelled: a device table entry that asks for
 *	  remapping (IntCtl = 10b) finds no entry that is enabled.
 *	- Commands are executed by step() alone, at most AMDVI_STEP_COMMANDS of them a call.
 *	- Device table reads are not snooped while Control[Coherent] is 0, page table walks not where DTE[SD] is 1.
 */
#ifndef MODEL_AMDVI_H
#define MODEL_AMDVI_H

#include "model/silicon.h"

#define AMDVI_STEP_COMMANDS	64
#define AMDVI_DEVICES_MAX	32
#define AMDVI_PAGES_MAX		256
#define AMDVI_DIRECTORIES_MAX	128

#define AMDVI_PCI		0x40u	/* the capability block, and where the list begins */
#define AMDVI_PCI_END		0x74u

struct amdvi_config {
	const char *name;
	uint64_t efr, efr2;		/* 0030h, 01A0h */
	bool iotlb;			/* Capability Offset 00h[IotlbSup] */
	unsigned address_bits;		/* PAsize: 40, 48 or 52 */
	/* Entries of each cache, at most the numbers above; 0: the unit has no such cache. */
	unsigned devices, host_pages, guest_pages, host_directories, guest_directories;
	bool fractured;			/* large pages are cached in pieces of 4 KiB (2.2.3) */
};

extern const struct amdvi_config amdvi_config_milan, amdvi_config_rome, amdvi_config_narrow, amdvi_config_wide;
extern const struct amdvi_config *const amdvi_configs[];
#define AMDVI_CONFIGS	4u

/* A unit in its power-on state; NULL: no memory for it, or the configuration contradicts itself. */
struct silicon *amdvi_create(const struct amdvi_config *config, const struct silicon_memory *memory);
void amdvi_destroy(struct silicon *silicon);

/*
 * Configuration space of the function: `offset` from AMDVI_PCI on, aligned to `width`, which is 1, 2 or 4. What
 * firmware does is done by amdvi_pci_place(): it gives the registers their address, and locks it.
 */
uint32_t amdvi_pci_read(const struct silicon *silicon, unsigned offset, unsigned width);
void amdvi_pci_write(struct silicon *silicon, unsigned offset, unsigned width, uint32_t value);
void amdvi_pci_place(struct silicon *silicon, uint64_t registers);
/* What stands in each block that describes the unit (5.2.2): EFR and EFR2 as software reads them. */
uint64_t amdvi_efr_told(const struct silicon *silicon);
uint64_t amdvi_efr2_told(const struct silicon *silicon);

/* The catalogue: numbers 1 .. amdvi_defect_count() are what silicon.defect may be. */
unsigned amdvi_defect_count(void);
const struct silicon_defect *amdvi_defect(unsigned number);	/* NULL: no such number */
unsigned amdvi_defect_by_name(const char *name);		/* 0: no such name */

#endif
