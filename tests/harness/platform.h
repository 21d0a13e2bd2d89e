/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The platform: what this machine has of firmware tables, PCI functions, units and engines, and which
 * unit stands before which function.
 *
 * Glossary:
 *	engine		a function that can be made to do DMA, with the unit that serves it, the source that
 *			the unit sees, and the group that it cannot be told apart from
 *	reserved	memory that firmware keeps for the DMA of a named function: it stays mapped
 *
 * platform_open() finds all of it and silences the machine: bus mastering is off for every endpoint.
 * platform_close() puts back what was changed. A vendor's wiring, from its firmware table to units, is one
 * file and one line in platform.c.
 */
#ifndef TESTS_HARNESS_PLATFORM_H
#define TESTS_HARNESS_PLATFORM_H

#include "base/handover.h"
#include "base/pool.h"
#include "drivers/acpi/acpi.h"
#include "drivers/acpi/dmar.h"
#include "drivers/acpi/ivrs.h"
#include "drivers/acpi/madt.h"
#include "drivers/acpi/mcfg.h"
#include "drivers/dma/dma.h"
#include "drivers/pci/pci.h"
#include "drivers/prototype/prototype.h"
#include "iommu/group.h"
#include "iommu/iommu.h"
#include "tests/harness/config.h"
#include "tests/harness/journal.h"

#define PLATFORM_UNITS_MAX	32u
#define PLATFORM_ENGINES_MAX	24u
#define PLATFORM_RESERVED_MAX	64u
#define PLATFORM_PROTOTYPES_MAX	4u

struct platform_engine {
	struct dma_engine dma;
	struct iommu *iommu;			/* the unit that serves it */
	struct iommu_source source;		/* as the unit sees it: behind a bridge, the bridge's */
	struct group_aliases aliases;		/* every id under which its requests may arrive */
	unsigned group;				/* equal numbers: hardware cannot isolate them */
	bool aliased;				/* source is not the function's own requester id */
	bool is_open;
	uint8_t *control;			/* dma.limits.control_pages, between guard pages */
};

struct platform_reserved {
	struct iommu *iommu;			/* the unit that serves the function; NULL: none */
	struct pci_function *function;
	struct iommu_source source;
	uint64_t base, last;
	unsigned permissions;			/* PT_READ, PT_WRITE; 0: nothing is mapped there */
	bool was_master;			/* firmware left its bus mastering on */
};

struct platform {
	const struct handover *handover;
	const struct config *config;
	struct journal *journal;
	/*
	 * For cases, given back after each. A unit that keeps what it should forget still leads to where
	 * cases before this one had their windows and tables, so that these never lie where other things do.
	 */
	struct pool windows, tables, objects;
	struct pool high_windows, high_tables;	/* above 4 GiB; empty where there is none */
	struct pool kept;			/* for what outlives a case */
	struct acpi acpi;
	struct mcfg mcfg;
	struct madt madt;
	struct dmar dmar;
	bool has_dmar;
	struct ivrs ivrs;
	bool has_ivrs;
	struct acpi_findings findings;		/* in MCFG, MADT, DMAR and IVRS; those of discovery are acpi's */
	struct pci pci;
	struct prototype prototypes[PLATFORM_PROTOTYPES_MAX];
	unsigned prototype_count;
	struct group_map groups;
	struct iommu *units[PLATFORM_UNITS_MAX];
	unsigned unit_count;
	struct platform_engine engines[PLATFORM_ENGINES_MAX];
	unsigned engine_count;
	struct platform_reserved reserved[PLATFORM_RESERVED_MAX];
	unsigned reserved_count;
	unsigned masters_found;			/* endpoints that firmware left with bus mastering on */
};

/* Fill `platform`; what goes wrong is a note or a finding in the journal, and the rest goes on. */
void platform_open(struct platform *platform, const struct handover *handover,
		   const struct config *config, struct journal *journal);

/* Units, bus mastering and registers as they were found. What cannot be put back is a note. */
void platform_close(struct platform *platform);

/* Bring a unit back that no longer completes invalidations. */
enum status platform_recover(struct platform *platform, struct iommu *iommu) MUST_CHECK;

/* The page that has the same place in another 1 GiB block as `page` of the pool has; NULL: there is none. */
uint8_t *platform_twin(const struct platform *platform, const uint8_t *page);

/* A note to console and journal; a fact to the journal. printf-like. */
void platform_note(struct platform *platform, const char *format, ...) PRINTF(2, 3);
void platform_fact(struct platform *platform, const char *format, ...) PRINTF(2, 3);

/* Is [at, last] free of what `source` has to keep mapped? */
bool platform_is_reserved(const struct platform *platform, struct iommu_source source, uint64_t at,
			  uint64_t last);

/* "0000:00:05.0" */
#define PLATFORM_BDF_MAX	16u
void platform_bdf(char text[PLATFORM_BDF_MAX], uint16_t segment, uint16_t rid);

/*
 * A vendor's wiring. find() adds units with platform_add_unit(); unit_of() answers which unit serves a
 * function, NULL for none of this vendor's; alias_of() answers whether the firmware says that the function's
 * requests carry another id, NULL: this vendor's firmware never does; reserve() adds the function's reserved
 * ranges; recover() brings a unit of this vendor's back that no longer completes invalidations, NOT_FOUND for
 * any other unit.
 */
struct platform_vendor {
	const char *name;
	void (*find)(struct platform *platform);
	struct iommu *(*unit_of)(struct platform *platform, const struct pci_function *function);
	bool (*alias_of)(const struct platform *platform, const struct pci_function *function, uint16_t *alias);
	void (*reserve)(struct platform *platform);
	enum status (*recover)(struct iommu *iommu);
};

extern const struct platform_vendor platform_vtd, platform_amdvi;

/* Open a unit and take it in; a unit that cannot be opened is noted and left alone. */
void platform_add_unit(struct platform *platform, struct iommu *iommu);
void platform_add_reserved(struct platform *platform, struct pci_function *function, uint64_t base,
			   uint64_t last, unsigned permissions);

/* Enable a regime of units[unit], with routes that keep reserved ranges mapped. As ops->enable(). */
enum status platform_enable(struct platform *platform, unsigned unit, const struct iommu_regime *regime) MUST_CHECK;

/* Domain ids from 1 to this are for cases; the one above serves reserved ranges. */
uint16_t platform_domain_ids(const struct iommu *iommu);

/* The source that the unit sees for a function: behind a bridge to conventional PCI, the bridge's. */
struct iommu_source platform_source_of(struct platform *platform, const struct pci_function *function);

#endif
