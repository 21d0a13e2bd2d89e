/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * PCI: the functions behind every ECAM segment, what they are, and how they hang together.
 *
 * Glossary: a function is named by segment and requester id (rid: bus 15:8, device 7:3, function 2:0);
 * its parent is the bridge or port whose secondary bus it sits on. Configuration space is reached
 * through ECAM alone (PCI Express Base 5.0, 7.2.2). Scanning writes nothing but BAR sizes, which it
 * puts back.
 */
#ifndef DRIVERS_PCI_PCI_H
#define DRIVERS_PCI_PCI_H

#include "arch/arch.h"
#include "base/status.h"
#include "base/types.h"

#define PCI_SEGMENTS_MAX	16u
#define PCI_FUNCTIONS_MAX	512u
#define PCI_BARS		6u
#define PCI_NO_PARENT		UINT16_MAX

struct pci_segment {
	uintptr_t ecam;			/* of bus 0, as MCFG gives it */
	uint16_t number;
	uint8_t first_bus, last_bus;
};

enum pci_port {				/* PCI Express capability, Device/Port Type; 7.5.3.2 */
	PCI_PORT_ENDPOINT = 0,
	PCI_PORT_LEGACY_ENDPOINT = 1,
	PCI_PORT_ROOT_PORT = 4,
	PCI_PORT_UPSTREAM = 5,
	PCI_PORT_DOWNSTREAM = 6,
	PCI_PORT_PCIE_TO_PCI = 7,
	PCI_PORT_PCI_TO_PCIE = 8,
	PCI_PORT_RC_ENDPOINT = 9,
	PCI_PORT_RC_EVENT_COLLECTOR = 10,
	PCI_PORT_NONE = 0xff,		/* no PCI Express capability: conventional PCI */
};

struct pci_bar {
	uint64_t base;
	uint64_t bytes;			/* 0: not implemented, or the upper half of the one before */
	bool io, is_64, prefetchable;
};

struct pci_function {
	const struct pci_segment *segment;
	uint16_t rid;
	uint16_t parent;		/* index in struct pci, or PCI_NO_PARENT */
	uint16_t vendor, device;
	uint32_t class_code;		/* class 23:16, subclass 15:8, interface 7:0 */
	uint8_t revision;
	bool multi_function;		/* of the device that it belongs to */
	bool bridge;			/* header type 1 */
	uint8_t secondary_bus, subordinate_bus;	/* of a bridge */
	enum pci_port port;
	struct pci_bar bars[PCI_BARS];
	/* Offsets of capabilities; 0: absent. */
	uint16_t cap_express, cap_msi, cap_msix, cap_power;
	uint16_t cap_acs, cap_ats, cap_pasid, cap_pri, cap_ari;
	uint16_t acs_capability, acs_control;
	bool flr;			/* function level reset */
	uint16_t command_as_found;
};

struct pci {
	struct pci_segment segments[PCI_SEGMENTS_MAX];
	unsigned segment_count;
	struct pci_function functions[PCI_FUNCTIONS_MAX];
	unsigned function_count;
	unsigned dropped;		/* functions that did not fit */
};

/* Add a segment; its ECAM becomes reachable bus by bus. EXHAUSTED, BAD_RANGE. */
enum status pci_add_segment(struct pci *pci, uintptr_t ecam, uint16_t number, uint8_t first_bus,
			    uint8_t last_bus) MUST_CHECK;

/* Find every function of every segment. Parents come before their children. */
enum status pci_scan(struct pci *pci) MUST_CHECK;

struct pci_function *pci_find(struct pci *pci, uint16_t segment, uint16_t rid);
struct pci_function *pci_parent(struct pci *pci, const struct pci_function *function);

uint8_t pci_read8(const struct pci_function *function, unsigned offset);
uint16_t pci_read16(const struct pci_function *function, unsigned offset);
uint32_t pci_read32(const struct pci_function *function, unsigned offset);
void pci_write16(const struct pci_function *function, unsigned offset, uint16_t value);
void pci_write32(const struct pci_function *function, unsigned offset, uint32_t value);

/* Bus mastering and memory decoding of one function; the value before is kept in command_as_found. */
void pci_bus_master(struct pci_function *function, bool on);
void pci_memory_decode(struct pci_function *function, bool on);

/* Turn bus mastering off on every endpoint; bridges keep it. Returns how many were on. */
unsigned pci_quiet(struct pci *pci);
/* The command registers as the scan found them. */
void pci_restore(struct pci *pci);

/* Memory BAR `bar` of a function as registers that can be read. NOT_FOUND, EXHAUSTED. */
enum status pci_map_bar(struct pci_function *function, unsigned bar, struct mmio *mmio) MUST_CHECK;

/* Write the ACS control of a port; UNSUPPORTED without the capability or for a bit that it lacks. */
enum status pci_acs_control(struct pci_function *function, uint16_t control) MUST_CHECK;

/* Function level reset and the wait that it needs. UNSUPPORTED, TIMEOUT. */
enum status pci_reset_function(struct pci_function *function, struct deadline deadline) MUST_CHECK;

/* Program MSI (or the first MSI-X vector) with an interrupt line. UNSUPPORTED. */
enum status pci_enable_msi(struct pci_function *function, const struct arch_msi *msi) MUST_CHECK;
void pci_disable_msi(struct pci_function *function);

#endif
