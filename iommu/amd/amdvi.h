/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The driver of one AMD-Vi unit: iommu/iommu.h, and the raw access that tests/raw needs.
 *
 * Glossary, beside iommu.h's:
 *	DeviceID	what the unit knows a source by: its requester id, or the alias that IVRS gives it
 *	DTE		device table entry: 32 bytes, four words, one for each DeviceID (2.2.2)
 *	host		tables of 1 to 6 levels that a DTE points to ("v1", 2.2.3)
 *	guest		a processor's tables that a GCR3 table points to, by PASID ("v2", 2.2.6)
 *	GCR3 table	one of each device that has guest tables; its entry 0 serves requests without PASID (GIoV)
 *	guest record	what the driver keeps for such a device: the GCR3 table, and a DomainID of its own
 *
 * One mode. Blocked, passed, host and guest sources live beside one another in one device table: every regime
 * has mode 0, and enable() of another regime keeps all routes.
 *
 * Blocking. A DTE with V=0 lets everything pass, so that every entry of the table has V=1 from the start. A
 * blocked source has TV=1, Mode=0, IR=IW=0 (table 7, Mode): its requests are denied for want of permission.
 * Interrupts pass as they are: IV is 0.
 *
 * Changing a DTE. The four words are not written at once. The first becomes that of a blocked source, which
 * gives no meaning to the others but DomainID and what suppresses events; then the others are written, and
 * the first at last. The unit sees the old entry, a blocked one, or the new one. What it has cached goes
 * with the invalidation that the caller asks for, of the source: INVALIDATE_DEVTAB_ENTRY, and the pages
 * of the old domain, which the former leaves cached (2.4.2).
 *
 * DomainIDs. A DTE has one, whatever PASIDs its device uses, and devices whose tables differ must differ in it
 * (table 7). So a device with a guest record has a DomainID above those of callers, and an invalidation
 * in a caller's domain reaches the DomainIDs of the devices that have a route in it.
 */
#ifndef IOMMU_AMD_AMDVI_H
#define IOMMU_AMD_AMDVI_H

#include "iommu/amd/regs.h"
#include "iommu/iommu.h"

#define AMDVI_COMMAND_US	1000000u	/* 48882 names no limit; a unit that needs more hangs */
#define AMDVI_EVENT_WRITE_US	1000u		/* a record after its tail (errata 732, 733) */
#define AMDVI_STOP_HINT_US	1000u		/* a log that overflowed may stop by itself, or not (2.5.1) */
#define AMDVI_RING_LG2_MIN	8u		/* entries of a command buffer or a log: 4 KiB, */
#define AMDVI_RING_LG2_MAX	15u		/* and 512 KiB */
#define AMDVI_GUESTS_MAX	64u		/* devices with guest tables */
#define AMDVI_GCR3_LEVELS_MAX	3u
#define AMDVI_GCR3_PAGES_MAX	256u		/* of all devices */
#define AMDVI_SPECIALS_MAX	64u
#define AMDVI_ALIASES_MAX	256u
#define AMDVI_CALLERS_DOMAIN_BITS 15u		/* where there are guest records, theirs are above */

/* Requests of the function `rid` may carry `alias` (IVRS). */
struct amdvi_alias {
	uint16_t rid, alias;
};

/* The MSI capability of the unit's function, which stands in configuration space. */
struct amdvi_msi_ops {
	/* Deliver the unit's interrupt (MsiNum) to a line; NULL: put back what was found. */
	enum status (*deliver)(void *context, const struct arch_msi *msi);
};

/* What others than its registers say of a unit. */
struct amdvi_description {
	uintptr_t base;
	unsigned index;			/* names it: "amdvi0" */
	uint16_t segment;
	uint16_t last_device_id;	/* the device table ends with its page; DeviceIDs beyond are refused */
	unsigned host_address_bits;
	uint32_t capability;		/* capability offset 00h, header */
	uint32_t misc0;			/* capability offset 10h; 0: not known */
	bool is_copied;			/* IVRS has copies of EFR and EFR2: */
	uint64_t efr_copy, efr2_copy;
	uint64_t fabric;		/* AMDVI_FABRIC bits of Control that IVRS asks for */
	bool snp;			/* secure nested paging is on: the unit belongs to others */
	const struct amdvi_alias *aliases;
	unsigned alias_count;
	const struct amdvi_msi_ops *msi;	/* NULL: none; then by MMIO where the unit can */
	void *msi_context;
};

#define AMDVI_FABRIC	(AMDVI_Control_HtTunEn | AMDVI_Control_PassPW | AMDVI_Control_ResPassPW | \
			 AMDVI_Control_Isoc | AMDVI_Control_Coherent)

/* What open() found and close() puts back. */
struct amdvi_found {
	uint64_t control;
	uint64_t dev_tab[AMDVI_SEGMENTS_MAX];
	uint64_t cmd_base, cmd_head, cmd_tail;
	uint64_t event_base, event_head, event_tail;
	uint64_t ppr_base, ppr_head, ppr_tail;
	uint64_t excl_base, excl_limit;
	uint32_t msi_header, msi_low, msi_high, msi_data;
};

/* The device table, or its segments (2.2.2.3). */
struct amdvi_tables {
	unsigned segment_lg2;		/* log2 of how many */
	uint64_t *segment[AMDVI_SEGMENTS_MAX];	/* [0] NULL: none yet */
	unsigned pages[AMDVI_SEGMENTS_MAX];
};

/* Fields of a DTE that outlive routes, as the driver was told them: what is planted in an entry does not. */
struct amdvi_special {
	uint16_t device_id;
	uint64_t word1;
};

struct amdvi_ring {
	bool on;
	uint64_t *slots;		/* NULL: not allocated yet; two words a slot */
	unsigned lg2;			/* of slots */
	unsigned head, tail;		/* the one of the two that is ours; of commands, `head` is what is known done */
};

/* What the DTE of a device with guest tables says for all its PASIDs. */
struct amdvi_shared {
	uint64_t *gcr3;
	unsigned gcr3_levels;
	uint16_t domain_id;
	unsigned guest_levels;		/* 4, 5 */
	bool untagged;			/* GIoV: requests without PASID are PASID 0's */
	bool quiet;
	struct iommu_parent parent;	/* root 0: none, a GPA is an SPA */
};

struct amdvi_guest {
	uint16_t device_id;
	unsigned route_count;		/* GCR3 entries that are valid */
	struct iommu_route own;		/* of requests without PASID */
	uint16_t own_domain;		/* its domain, and of one that is gone: what was cached of it goes later */
	struct amdvi_shared shared;
};

/* A page of a device's GCR3 table and, of the lowest level, the caller's domain for each entry. */
struct amdvi_gcr3_page {
	uint16_t device_id;
	uint64_t *entries, *domains;
};

struct amdvi {
	struct iommu iommu;		/* first: to_amdvi() */
	struct iommu_ops ops;		/* this unit's: what it lacks is NULL */
	struct amdvi_description description;
	struct pool *pool;

	/* Set by the caller before open(); 0: the driver chooses. */
	unsigned gcr3_levels;		/* 1; more for PASIDs of more than 9 bits, and then nothing is nested */
	/* Set by the caller before prepare(), enable() and the first route. */
	unsigned segment_lg2;		/* of the device table; up to EFR.DevTblSegSup */
	unsigned command_lg2, event_lg2;	/* of the slots of rings; 0: AMDVI_RING_LG2_MIN */

	uint64_t efr, efr2;
	bool is_contradicted;		/* IVRS has other EFRs than the unit; the unit's are used */
	struct amdvi_found found;
	bool taken;			/* registers were written: close() has work */
	uint64_t control;		/* as we wrote it last */
	struct amdvi_tables tables;
	unsigned special_count;
	struct amdvi_special specials[AMDVI_SPECIALS_MAX];
	struct amdvi_ring commands, events, requests;
	uint64_t *status;		/* where COMPLETION_WAIT stores */
	uint64_t sequence;		/* what the last one stores */
	bool event_interrupt, completion_interrupt;
	struct amdvi_guest guests[AMDVI_GUESTS_MAX];
	unsigned guest_count;
	unsigned gcr3_page_count;
	struct amdvi_gcr3_page gcr3_pages[AMDVI_GCR3_PAGES_MAX];
};

static inline struct amdvi *to_amdvi(const struct iommu *iommu)
{
	return (struct amdvi *)(uintptr_t)iommu;
}

/* A unit as described; the pointers of the description outlive it. Touches nothing. */
void amdvi_init(struct amdvi *amdvi, const struct amdvi_description *description);

/* ---- Registers by name (regs.c) ---- */

struct amdvi_field {
	const char *name;
	uint64_t mask;
};

struct amdvi_register {
	const char *name;
	const reg32_t *r32;		/* one of the two */
	const reg64_t *r64;
	unsigned roles;			/* AMDVI_ROLE_* */
	uint64_t needs_efr;		/* where none of these is set, the register is reserved; 0: it is not */
	const struct amdvi_field *fields;	/* from the top bit down; NULL: one value */
	unsigned field_count;
};

enum {
	AMDVI_ROLE_IDENTITY = 1,	/* who the unit is */
	AMDVI_ROLE_FOUND = 2,		/* recorded before the first write */
	AMDVI_ROLE_STATUS = 4,		/* evidence after a failure */
};

extern const struct amdvi_register amdvi_registers[];
extern const unsigned amdvi_register_count;

/* NOT_FOUND: no such name. UNSUPPORTED: the unit lacks it. */
enum status amdvi_read_register(const struct amdvi *amdvi, const char *name, uint64_t *value) MUST_CHECK;
/* The fields of a value as "IommuEn=1 GTEn=0"; the length that the whole text has. */
size_t amdvi_register_text(const struct amdvi_register *reg, uint64_t value, char *text, size_t bytes);
/* Append the registers of a role. */
void amdvi_register_words(const struct amdvi *amdvi, unsigned role, struct iommu_words *words);

/* ---- Commands (2.4): arithmetic alone ---- */

#define AMDVI_WHOLE_LG2	64u		/* size_lg2 of everything there is */

struct amdvi_command amdvi_completion_wait(uint64_t address, uint64_t value, uint64_t flags);	/* AMDVI_CW0_* */
struct amdvi_command amdvi_invalidate_devtab_entry(uint16_t device_id);
struct amdvi_command amdvi_invalidate_interrupt_table(uint16_t device_id);
struct amdvi_command amdvi_invalidate_iommu_all(void);
/* 2^size_lg2 bytes, naturally aligned, around the address; flags: AMDVI_PAGES1_PDE, _GN. */
struct amdvi_command amdvi_invalidate_pages(uint16_t domain_id, uint32_t pasid, uint64_t address,
					    unsigned size_lg2, uint64_t flags);
/* pasid IOMMU_NO_PASID: an address without one. */
struct amdvi_command amdvi_invalidate_iotlb(uint16_t device_id, uint16_t queue_id, uint8_t max_pending,
					    uint32_t pasid, uint64_t address, unsigned size_lg2);
struct amdvi_command amdvi_prefetch_pages(uint16_t device_id, uint64_t address, unsigned size_lg2,
					  uint8_t count, bool invalidate);
struct amdvi_command amdvi_complete_ppr(uint16_t device_id, uint32_t pasid, uint16_t group, uint8_t response);

/* ---- Raw access, for tests that plant malformed entries ---- */

/* The DTE of a DeviceID, four words; NULL: none, or no table yet. */
uint64_t *amdvi_device_entry(const struct amdvi *amdvi, uint16_t device_id);
/* The GCR3 entry of a PASID, IOMMU_NO_PASID: entry 0; NULL where nothing leads there (yet). */
uint64_t *amdvi_gcr3_entry(const struct amdvi *amdvi, struct iommu_source source);

/* Words of a table were written behind the driver's back: show them to the unit. */
void amdvi_publish_words(struct amdvi *amdvi, const void *words, size_t bytes);

/* Queue a command as it is. EXHAUSTED. UNSUPPORTED: the command buffer is off. */
enum status amdvi_queue_raw(struct amdvi *amdvi, struct amdvi_command command) MUST_CHECK;
/* Write CmdTail itself; the driver's own idea of the tail stays. */
void amdvi_queue_tail_raw(struct amdvi *amdvi, uint64_t value);

/* Halt command processing, and wait for it (3.4.16, CmdBufRun). TIMEOUT, GONE. */
enum status amdvi_queue_stop(struct amdvi *amdvi) MUST_CHECK;
/* Run an empty buffer of 2^lg2 slots; it is stopped. TIMEOUT, GONE, EXHAUSTED, BAD_ARGUMENT: not 8 to 15. */
enum status amdvi_queue_start(struct amdvi *amdvi, unsigned lg2) MUST_CHECK;
/*
 * After QUEUE_ERROR: the restart procedure of 2.4, with an empty buffer. Invalidations queued before may be lost:
 * repeat them, or invalidate all. TIMEOUT, GONE. UNSUPPORTED: the command buffer is off.
 */
enum status amdvi_queue_recover(struct amdvi *amdvi) MUST_CHECK;

/*
 * Deliver the interrupts of COMPLETION_WAIT, of which every sync() then asks for one, to the line, as events
 * are where fault_interrupt() asked: there is one line for both (MsiNum). NULL: no more. UNSUPPORTED.
 */
enum status amdvi_completion_interrupt(struct amdvi *amdvi, const struct arch_msi *msi) MUST_CHECK;

/*
 * The exclusion range [base, last], whole pages, for sources with EX, or for all; enable() turned off what firmware
 * had. UNALIGNED, BAD_RANGE, UNSUPPORTED: the unit is not taken. The caller invalidates.
 */
enum status amdvi_exclude(struct amdvi *amdvi, uint64_t base, uint64_t last, bool all) MUST_CHECK;
void amdvi_exclude_nothing(struct amdvi *amdvi);

/*
 * Fields of a source's DTE that no route has: SysMgt and EX. They stay when routes change. BAD_ARGUMENT: the
 * DeviceID is beyond the table. EXHAUSTED.
 */
enum status amdvi_set_special(struct amdvi *amdvi, struct iommu_source source, unsigned sys_mgt,
			      bool exclusion) MUST_CHECK;

/* ---- Peripheral page requests (2.6) ---- */

struct amdvi_page_request {
	struct iommu_source source;
	uint64_t address;
	bool read, write, user, execute;
	bool malformed;			/* RZ: it had a reserved bit set */
	bool last;			/* of its group */
	uint16_t group;
	uint64_t raw[2];
};

/* Log page requests. UNSUPPORTED (EFR.PPRSup, or the unit is not taken), EXHAUSTED, TIMEOUT, GONE. */
enum status amdvi_requests_start(struct amdvi *amdvi) MUST_CHECK;
enum status amdvi_requests_stop(struct amdvi *amdvi) MUST_CHECK;
/* Take the oldest. NOT_FOUND. MALFORMED: the log holds what is none; `raw` says what. */
enum status amdvi_next_request(struct amdvi *amdvi, struct amdvi_page_request *request) MUST_CHECK;

#endif
