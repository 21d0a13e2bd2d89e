/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * PCI: the functions behind every ECAM segment, what they are, and how they hang together.
 *
 * Glossary: a function is named by segment and requester id (rid: bus 15:8, device 7:3, function 2:0);
 * its parent is the bridge or port whose secondary bus it sits on. Configuration space is reached
 * through ECAM alone (PCI Express Base 5.0, 7.2.2). Bus numbers stay as firmware left them. Scanning
 * writes nothing but BARs, to learn their sizes with decoding off; it puts both back.
 *
 * A root bus is one that no bridge leads to. The first bus of a segment is one; a machine with several
 * host bridges has more, and nothing in configuration space says where: pci_add_root() takes them from
 * who knows (a DMAR device scope names a start bus), pci_search_roots() looks.
 */
#ifndef DRIVERS_PCI_PCI_H
#define DRIVERS_PCI_PCI_H

#include "arch/arch.h"
#include "base/status.h"
#include "base/types.h"

#define PCI_SEGMENTS_MAX	16u
#define PCI_FUNCTIONS_MAX	512u
#define PCI_ROOTS_MAX		64u
#define PCI_BUSES		256u		/* of one segment */
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
	bool ari_forwarding;		/* of a port: what is below may have 256 functions */
	bool flr;			/* function level reset */
	uint16_t command_as_found;
};

/* A bus that is known and not scanned yet. */
struct pci_bus {
	uint8_t segment;		/* index */
	uint8_t number;
	uint16_t parent;		/* index of the bridge, or PCI_NO_PARENT */
};

struct pci {
	struct pci_segment segments[PCI_SEGMENTS_MAX];
	unsigned segment_count;
	struct pci_function functions[PCI_FUNCTIONS_MAX];
	unsigned function_count;
	unsigned dropped;		/* functions that did not fit */
	unsigned bad_bridges;		/* bridges whose bus numbers make no sense; not followed */
	unsigned vanished;		/* functions that answered first and then no more; left out */
	uint8_t bus_known[PCI_SEGMENTS_MAX][PCI_BUSES / 8];
	struct pci_bus roots[PCI_ROOTS_MAX];
	unsigned root_count;
	struct pci_bus work[PCI_BUSES];	/* per pass over one segment: a bus is in it once */
};

/*
 * Add a segment; `ecam` is that of bus 0 (PCI Firmware 3.3, 4.1.2), and becomes reachable bus by bus.
 * EXHAUSTED, BAD_RANGE, UNALIGNED, OVERLAP (its buses are known already).
 */
enum status pci_add_segment(struct pci *pci, uintptr_t ecam, uint16_t number, uint8_t first_bus,
			    uint8_t last_bus) MUST_CHECK;

/* Name a further root bus before pci_scan(). NOT_FOUND: no segment has that bus. EXHAUSTED. */
enum status pci_add_root(struct pci *pci, uint16_t segment, uint8_t bus) MUST_CHECK;

/*
 * Find every function below every root bus. Parents come before their children. EXHAUSTED: functions
 * did not fit (`dropped`) or the ECAM of a bus could not be mapped; what was found stands.
 */
enum status pci_scan(struct pci *pci) MUST_CHECK;

/*
 * After pci_scan(): look at every bus that no bridge claims and scan those that answer as root buses. It
 * maps the ECAM of each bus that it looks at. Statuses as pci_scan().
 */
enum status pci_search_roots(struct pci *pci) MUST_CHECK;

struct pci_function *pci_find(struct pci *pci, uint16_t segment, uint16_t rid);
struct pci_function *pci_parent(struct pci *pci, const struct pci_function *function);

/* Beyond the 4096 bytes of a function reads answer all ones, and writes are lost. */
uint8_t pci_read8(const struct pci_function *function, unsigned offset);
uint16_t pci_read16(const struct pci_function *function, unsigned offset);
uint32_t pci_read32(const struct pci_function *function, unsigned offset);
void pci_write8(const struct pci_function *function, unsigned offset, uint8_t value);
void pci_write16(const struct pci_function *function, unsigned offset, uint16_t value);
void pci_write32(const struct pci_function *function, unsigned offset, uint32_t value);

/* Does the function still answer? A removed or dead one reads as all ones. */
bool pci_answers(const struct pci_function *function);

/* Bus mastering, memory decoding and the interrupt pin of one function; command_as_found stays. */
void pci_bus_master(struct pci_function *function, bool on);
void pci_memory_decode(struct pci_function *function, bool on);
void pci_interrupt_pin(struct pci_function *function, bool on);

/*
 * Turn bus mastering off on every endpoint. Bridges keep it, for what is below them; display
 * controllers keep it, because an integrated one fetches the console's picture by DMA. Returns how
 * many were on.
 */
unsigned pci_quiet(struct pci *pci);
/* The command registers as the scan found them. */
void pci_restore(struct pci *pci);

/*
 * Memory BAR `bar` of a function as registers that can be read; memory decoding is on afterwards.
 * NOT_FOUND: there is no such BAR, or firmware gave it no address. EXHAUSTED.
 */
enum status pci_map_bar(struct pci_function *function, unsigned bar, struct mmio *mmio) MUST_CHECK;

/*
 * Write the ACS control of a port. UNSUPPORTED: no capability, or a bit that it lacks. DEVICE_ERROR:
 * the register does not hold what was written.
 */
enum status pci_acs_control(struct pci_function *function, uint16_t control) MUST_CHECK;

/*
 * Function level reset (6.6.2) and the wait that it needs; BARs and command register are put back, bus
 * mastering is off. UNSUPPORTED, TIMEOUT (transactions stay pending, or it does not come back).
 */
enum status pci_reset_function(struct pci_function *function, struct deadline deadline) MUST_CHECK;

/* PASIDs that the function can issue are below 2^this; 0: it issues none. */
unsigned pci_pasid_bits(const struct pci_function *function);
/*
 * Let the function issue requests with PASID, with every mode that it has, and ATS requests. PASID may not
 * change while ATS is on (7.8.9.3). Page requests (PRI) come beside ATS, as many at a time as the function can
 * have outstanding. Where the function has no such capability nothing happens.
 */
void pci_enable_pasid(struct pci_function *function, bool on);
void pci_enable_ats(struct pci_function *function, bool on);
void pci_enable_pri(struct pci_function *function, bool on);

/* Program MSI (or the first MSI-X vector) with an interrupt line. UNSUPPORTED, EXHAUSTED, NOT_FOUND. */
enum status pci_enable_msi(struct pci_function *function, const struct arch_msi *msi) MUST_CHECK;
void pci_disable_msi(struct pci_function *function);

/* The MSI capability, which there is, as it stands, and back. */
struct pci_msi_found {
	uint16_t control, data;
	uint32_t address, address_upper;
};

void pci_save_msi(const struct pci_function *function, struct pci_msi_found *found);
void pci_restore_msi(const struct pci_function *function, const struct pci_msi_found *found);

#endif
