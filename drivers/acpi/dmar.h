/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * DMAR: the VT-d remapping units of the machine and which devices stand behind which.
 * Intel Virtualization Technology for Directed I/O, revision 5.10, chapter 8.
 *
 * Glossary, in the specification's names:
 *	DRHD	a remapping unit: its register base, its segment, its devices
 *	RMRR	memory that firmware set aside for the DMA of named devices; it stays mapped
 *	ATSR	root ports below which ATS may be turned on
 *	RHSA	the NUMA node of a unit
 *	ANDD	a name for a device that is no PCI device
 *	SATC	integrated devices with a validated translation cache
 *	SIDP	integrated devices with properties that restrict how they may be routed
 *	scope	how these structures name a device: a first bus and a path of (device, function) pairs,
 *		each below the bridge that the pair before it names
 *
 * A scope is a path and not a requester id: to resolve it, read the secondary bus number of each
 * bridge on the path, as the pseudocode of 8.3.1 does. dmar_scope_is_source() tells the scopes that
 * need no such walk.
 *
 * Structures are kept in the order of the table. `offset` is where they stand in it, for findings.
 */
#ifndef DRIVERS_ACPI_DMAR_H
#define DRIVERS_ACPI_DMAR_H

#include "base/handover.h"
#include "base/status.h"
#include "drivers/acpi/acpi_findings.h"

/*
 * Limits: a unit per root complex and a few more. An eight-socket server has about 80 units, and
 * lists every root port and integrated device once.
 */
#define DMAR_DRHD_MAX	128u
#define DMAR_RMRR_MAX	64u
#define DMAR_ATSR_MAX	64u
#define DMAR_RHSA_MAX	128u
#define DMAR_ANDD_MAX	32u
#define DMAR_SATC_MAX	64u
#define DMAR_SIDP_MAX	64u
#define DMAR_SCOPES_MAX	1024u			/* of all structures together */
#define DMAR_PATH_MAX	16u			/* bridges in a row, and the device */
#define DMAR_NAME_MAX	63u			/* characters of an object name */

/* 8.2: types of structures. */
enum dmar_type {
	DMAR_DRHD,
	DMAR_RMRR,
	DMAR_ATSR,
	DMAR_RHSA,
	DMAR_ANDD,
	DMAR_SATC,
	DMAR_SIDP,
	DMAR_TYPES,				/* others are reserved, and skipped */
};

/* 8.3.1: types of scope entries. */
enum dmar_scope_type {
	DMAR_SCOPE_ENDPOINT = 1,
	DMAR_SCOPE_BRIDGE = 2,			/* the bridge and everything below it */
	DMAR_SCOPE_IOAPIC = 3,			/* enumeration id: the id of the MADT */
	DMAR_SCOPE_HPET = 4,			/* enumeration id: the number of the HPET table */
	DMAR_SCOPE_ACPI_DEVICE = 5,		/* enumeration id: the number of the ANDD */
};

/* 8.3.1: flags of a scope entry, inside a SIDP only. */
#define DMAR_SCOPE_NESTED_NOT_ALLOWED	BIT(0)	/* of requests without PASID; advice */
#define DMAR_SCOPE_PWSNP_NOT_ALLOWED	BIT(1)
#define DMAR_SCOPE_PGSNP_NOT_ALLOWED	BIT(2)	/* nor SNP in a second-stage leaf */
#define DMAR_SCOPE_ATC_HARDENED		BIT(3)
#define DMAR_SCOPE_ATC_REQUIRED		BIT(4)

struct dmar_scope {
	uint32_t offset;
	uint8_t type;				/* enum dmar_scope_type, or a number that is none */
	uint8_t flags;
	uint8_t enumeration_id;
	uint8_t start_bus;
	uint8_t path_count;			/* pairs in path[]; 0 in a malformed entry */
	bool path_cut;				/* the table has more pairs than DMAR_PATH_MAX */
	struct {
		uint8_t device, function;
	} path[DMAR_PATH_MAX];
};

/* The scope entries of a structure: scopes[first] to scopes[first + count - 1] of the table. */
struct dmar_scopes {
	uint16_t first, count;
};

struct dmar_drhd {
	uint32_t offset;
	uint16_t segment;
	bool include_pci_all;
	uint8_t size_lg2;			/* the register set has 2^size_lg2 bytes, 12 to 27 */
	pa_t base;
	bool usable;				/* base: not 0, 4 KiB aligned, inside the HAW, not repeated */
	struct dmar_scopes scopes;
};

struct dmar_rmrr {
	uint32_t offset;
	uint16_t segment;
	pa_t base;
	pa_t limit;				/* the last byte */
	bool usable;				/* limit is above base, and inside the HAW */
	struct dmar_scopes scopes;
};

struct dmar_atsr {
	uint32_t offset;
	uint16_t segment;
	bool all_ports;
	struct dmar_scopes scopes;
};

struct dmar_rhsa {
	uint32_t offset;
	pa_t base;				/* of the unit's registers */
	uint32_t proximity_domain;
};

struct dmar_andd {
	uint32_t offset;
	uint8_t number;
	char name[DMAR_NAME_MAX + 1];
};

struct dmar_satc {
	uint32_t offset;
	uint16_t segment;
	bool atc_required;
	struct dmar_scopes scopes;
};

struct dmar_sidp {
	uint32_t offset;
	uint16_t segment;
	struct dmar_scopes scopes;
};

struct dmar {
	uint8_t host_address_bits;		/* HAW: the field plus one, as the table says */
	bool interrupt_remapping;		/* INTR_REMAP */
	bool x2apic_opt_out;
	bool dma_control_opt_in;		/* DMA_CTRL_PLATFORM_OPT_IN_FLAG */
	struct dmar_drhd drhd[DMAR_DRHD_MAX];
	struct dmar_rmrr rmrr[DMAR_RMRR_MAX];
	struct dmar_atsr atsr[DMAR_ATSR_MAX];
	struct dmar_rhsa rhsa[DMAR_RHSA_MAX];
	struct dmar_andd andd[DMAR_ANDD_MAX];
	struct dmar_satc satc[DMAR_SATC_MAX];
	struct dmar_sidp sidp[DMAR_SIDP_MAX];	/* where there is one, SATC is to be ignored (8.9) */
	unsigned drhd_count, rmrr_count, atsr_count, rhsa_count, andd_count, satc_count, sidp_count;
	struct dmar_scope scopes[DMAR_SCOPES_MAX];
	unsigned scope_count;
	unsigned unknown_count;			/* structures of reserved types */
	bool complete;				/* all was understood: what is not here is not there */
};

/*
 * Read the `length` bytes of a DMAR table. What was understood stands in `dmar`, whatever the
 * status: OK, MALFORMED (some bytes were not understood), EXHAUSTED (a limit above is reached).
 * The rules of chapter 8 that need nothing but the table are checked: VTD-ACPI-01 to -04.
 */
enum status dmar_parse(const uint8_t *table, size_t length, struct dmar *dmar,
		       struct acpi_findings *findings) MUST_CHECK;

/* The `index`-th scope entry of a structure; `index` is below scopes.count. */
static inline const struct dmar_scope *dmar_scope(const struct dmar *dmar,
						  struct dmar_scopes scopes, unsigned index)
{
	return &dmar->scopes[scopes.first + index];
}

/*
 * True if the scope is a source id as it stands: start bus and the only pair of the path. True for
 * devices of the root complex, and for every HPET and ACPI device.
 */
static inline bool dmar_scope_is_source(const struct dmar_scope *scope)
{
	return scope->path_count == 1 && !scope->path_cut;
}

/* Bus, device and function of such a scope as a requester id. */
static inline uint16_t dmar_scope_source(const struct dmar_scope *scope)
{
	return (uint16_t)(scope->start_bus << 8 | (scope->path[0].device & 0x1f) << 3 |
			  (scope->path[0].function & 0x7));
}

/*
 * Rules between the DMAR and what else firmware says; a `dmar` that is not complete is not accused of
 * what it lacks. VTD-ACPI-02: every segment of the MCFG has a
 * unit. VTD-ACPI-04: no reserved region is free memory. VTD-ACPI-05: with interrupt remapping,
 * every I/O APIC of the MADT is in a scope.
 */
struct mcfg;
struct madt;
void dmar_check_mcfg(const struct dmar *dmar, const struct mcfg *mcfg,
		     struct acpi_findings *findings);
void dmar_check_madt(const struct dmar *dmar, const struct madt *madt,
		     struct acpi_findings *findings);
void dmar_check_memory(const struct dmar *dmar, const struct handover *handover,
		       struct acpi_findings *findings);

#endif
