/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The inside of a modelled AMD-Vi unit: what its registers, caches, walks and logs share.
 *
 * Glossary, beside that of model/silicon.h:
 *	route		what the device table says of a request
 *	host		translation from GPA to SPA, by the tables of 2.2.3 ("nested" in commands and events)
 *	guest		translation from GVA to GPA, by the tables of 2.2.6
 *	level		of a table: 1 holds entries for 4 KiB pages
 *	page		what a TLB keeps; directory: what a page walk cache keeps, an entry that leads to a table
 *	verdict		how a walk ended: enum amdvi_verdict
 */
#ifndef MODEL_AMDVI_UNIT_H
#define MODEL_AMDVI_UNIT_H

#include "model/amdvi.h"

#define AMDVI_ONE(n)	(UINT64_C(1) << (n))

/* Bits `high` to `low` of a word, in place; and at the bottom. */
static inline uint64_t amdvi_mask(unsigned high, unsigned low)
{
	return high < low ? 0 : (~UINT64_C(0) >> (63 - high)) & (~UINT64_C(0) << low);
}

static inline uint64_t amdvi_bits(uint64_t word, unsigned high, unsigned low)
{
	return (word & amdvi_mask(high, low)) >> low;
}

/* MMIO Offset 0030h */
#define EFR_PREF		AMDVI_ONE(0)
#define EFR_PPR			AMDVI_ONE(1)
#define EFR_NX			AMDVI_ONE(3)
#define EFR_GT			AMDVI_ONE(4)
#define EFR_IA			AMDVI_ONE(6)
#define EFR_HE			AMDVI_ONE(8)
#define EFR_HATS(efr)		amdvi_bits(efr, 11, 10)
#define EFR_GATS(efr)		amdvi_bits(efr, 13, 12)
#define EFR_GLX(efr)		amdvi_bits(efr, 15, 14)
#define EFR_PASMAX(efr)		amdvi_bits(efr, 36, 32)
#define EFR_US			AMDVI_ONE(37)
#define EFR_SEGMENTS(efr)	amdvi_bits(efr, 39, 38)
#define EFR_BLKSTOPMRK		AMDVI_ONE(44)
#define EFR_MSICAPMMIO		AMDVI_ONE(46)
#define EFR_GIO			AMDVI_ONE(48)
#define EFR_HA			AMDVI_ONE(49)
#define EFR_EPH			AMDVI_ONE(50)
#define EFR_HD			AMDVI_ONE(52)
#define EFR_V2HDDIS		AMDVI_ONE(53)
#define EFR_INVIOTLBTYPE	AMDVI_ONE(54)
#define EFR_V2HADIS		AMDVI_ONE(61)
/* MMIO Offset 01A0h */
#define EFR2_HTRANGEIGNORE	AMDVI_ONE(11)

/* MMIO Offset 0018h */
#define CONTROL_IOMMUEN		AMDVI_ONE(0)
#define CONTROL_EVENTLOGEN	AMDVI_ONE(2)
#define CONTROL_EVENTINTEN	AMDVI_ONE(3)
#define CONTROL_COMWAITINTEN	AMDVI_ONE(4)
#define CONTROL_INVTIMEOUT(c)	amdvi_bits(c, 7, 5)
#define CONTROL_COHERENT	AMDVI_ONE(10)
#define CONTROL_CMDBUFEN	AMDVI_ONE(12)
#define CONTROL_PPRLOGEN	AMDVI_ONE(13)
#define CONTROL_PPRINTEN	AMDVI_ONE(14)
#define CONTROL_PPREN		AMDVI_ONE(15)
#define CONTROL_GTEN		AMDVI_ONE(16)
#define CONTROL_SEGMENTS(c)	amdvi_bits(c, 36, 34)
#define CONTROL_PRIVABRT(c)	amdvi_bits(c, 38, 37)
#define CONTROL_BLKSTOPMRKEN	AMDVI_ONE(41)
#define CONTROL_GDUPDATEDIS	AMDVI_ONE(48)
#define CONTROL_GAUPDATEDIS	AMDVI_ONE(54)

/* MMIO Offset 2020h */
#define STATUS_EVENTOVERFLOW	(1u << 0)
#define STATUS_EVENTLOGINT	(1u << 1)
#define STATUS_COMWAITINT	(1u << 2)
#define STATUS_EVENTLOGRUN	(1u << 3)
#define STATUS_CMDBUFRUN	(1u << 4)
#define STATUS_PPROVERFLOW	(1u << 5)
#define STATUS_PPRINT		(1u << 6)
#define STATUS_PPRLOGRUN	(1u << 7)

/* Table 42 */
enum amdvi_event_code {
	EVENT_ILLEGAL_DEV_TABLE_ENTRY = 1,
	EVENT_IO_PAGE_FAULT,
	EVENT_DEV_TAB_HARDWARE_ERROR,
	EVENT_PAGE_TAB_HARDWARE_ERROR,
	EVENT_ILLEGAL_COMMAND_ERROR,
	EVENT_COMMAND_HARDWARE_ERROR,
	EVENT_IOTLB_INV_TIMEOUT,
	EVENT_INVALID_DEVICE_REQUEST,
	EVENT_INVALID_PPR_REQUEST,
};

/* Table 58 */
enum { HARDWARE_MASTER_ABORT = 1, HARDWARE_TARGET_ABORT, HARDWARE_DATA_ERROR };

/* Table 64 */
enum {
	REQUEST_INTERRUPT_READ = 0,
	REQUEST_PRETRANSLATED = 1,
	REQUEST_PORT_IO = 2,
	REQUEST_MANAGEMENT_WRITE = 3,
	REQUEST_MANAGEMENT_READ = 4,		/* and a PASID that is not expected */
	REQUEST_INTERRUPT_BLOCKED = 5,
	REQUEST_INTERRUPT_RESERVED = 6,
	REQUEST_SPECIAL_WITHOUT_TV = 7,
	TRANSLATION_NOT_ALLOWED = 0,
	TRANSLATION_SPECIAL = 1,
	TRANSLATION_PASID = 2,
};

enum amdvi_verdict {
	WALK_DONE,
	WALK_NOT_PRESENT,		/* PR = 0 */
	WALK_DENIED,			/* PE */
	WALK_RESERVED,			/* RZ = 1 */
	WALK_LEVEL,			/* an invalid level, page size or address: RZ = 0 */
	WALK_HARDWARE,			/* a table could not be read: `failed` */
	WALK_CHANGED,			/* an entry changed under the walk: do it again */
};

/* 2.2.2.1 */
struct amdvi_route {
	uint64_t w[4];
	uint16_t source, domain;
	bool valid, translated;		/* V, TV */
	bool read, write;		/* IR, IW */
	bool accessed, dirty;		/* HAD */
	bool snooped;			/* SD = 0 */
	unsigned mode, guest_levels, gcr3_levels;
	uint64_t host_root, gcr3_root;
	bool guest;			/* the request is of a guest: it has a PASID, or GIoV gives it one */
	uint32_t pasid;
};

struct amdvi_leaf {			/* where a walk ended */
	uint64_t address, parent;	/* of the entry, and of the entry above it; 0: none above */
	uint64_t word;
	uint64_t gpa;			/* guest: of the entry, before the host's tables */
	bool read, write;		/* of all levels; a guest's entries always grant reading */
	bool user, execute;		/* guest */
	bool accessed, dirty;		/* as they stand in `word` */
	unsigned level, size_lg2;
	uint64_t output;		/* of the input address */
};

struct amdvi_page {
	bool valid, guest;
	uint16_t source;		/* of who made it: for silicon that looks at it */
	uint16_t domain;
	uint32_t pasid;
	bool host_read, host_write, guest_write, user, execute;
	bool accessed, dirty;		/* in every entry on the way that maps the page */
	uint64_t input, output;		/* multiples of the size */
	unsigned size_lg2;
};

struct amdvi_directory {
	bool valid, guest;
	uint16_t domain;
	uint32_t pasid;
	unsigned level;			/* of the table that it leads to */
	uint64_t tag;			/* input address above the reach of the table */
	bool read, write, user, execute;
	uint64_t table;			/* guest: a GPA */
};

struct amdvi_device {			/* a device table entry that is kept */
	bool valid;
	bool faulted;			/* SE: a page fault has been logged */
	uint16_t source;
	uint64_t w[4];
};

struct amdvi_ring {			/* command buffer, event log or PPR log */
	uint64_t base, head, tail;
};

#define AMDVI_DEFERRED_MAX	64
#define AMDVI_PCI_BYTES		(AMDVI_PCI_END - AMDVI_PCI)

struct amdvi {
	struct silicon silicon;		/* first: to_amdvi() */
	struct amdvi_config config;
	uint8_t pci[AMDVI_PCI_BYTES];

	uint64_t table[8];		/* 0000h and 0100h to 0130h */
	struct amdvi_ring commands, events, requests;
	uint64_t control, exclusion_base, exclusion_limit;
	uint32_t status;
	uint64_t hardware[2];		/* 0040h, 0048h */
	uint32_t hardware_status;
	bool event_line, request_line;	/* an interrupt status bit is set and enabled */

	struct amdvi_device device[AMDVI_DEVICES_MAX];
	struct amdvi_page host_page[AMDVI_PAGES_MAX], guest_page[AMDVI_PAGES_MAX];
	struct amdvi_directory host_directory[AMDVI_DIRECTORIES_MAX];
	struct amdvi_directory guest_directory[AMDVI_DIRECTORIES_MAX];
	unsigned device_next, host_page_next, guest_page_next, host_directory_next, guest_directory_next;

	uint64_t failed;		/* SPA of the table access that failed */
	bool failed_guest;		/* it was for a guest's tables */

	/* What a defect needs to remember. */
	uint64_t deferred[AMDVI_DEFERRED_MAX][2];
	unsigned deferred_count;
	bool late_event;
	uint64_t late_event_address, late_event_words[2];
	bool late_flags;
	uint64_t late_flags_address, late_flags_word;
	unsigned requests_seen, waits_seen;
};

enum amdvi_defect_number {
	AMDVI_DEFECT_NONE,
#define X(NAME, name, sentence, clause, source)	AMDVI_DEFECT_##NAME,
#include "model/amdvi_defects.def"
#undef X
	AMDVI_DEFECTS
};

#define defective(amdvi, NAME)	((amdvi)->silicon.defect == AMDVI_DEFECT_##NAME)

static inline struct amdvi *to_amdvi(struct silicon *silicon)
{
	return (struct amdvi *)silicon;
}

static inline bool amdvi_has(const struct amdvi *amdvi, uint64_t efr_bits)
{
	return (amdvi->config.efr & efr_bits) == efr_bits;
}

static inline unsigned amdvi_host_levels(const struct amdvi *amdvi)
{
	return 4 + (unsigned)EFR_HATS(amdvi->config.efr);
}

static inline bool amdvi_is_write(enum silicon_access access)
{
	return access == SILICON_WRITE || access == SILICON_ATOMIC;
}

static inline unsigned amdvi_shift(unsigned level)
{
	return 3 + 9 * level;
}

/* amdvi_registers.c */
uint32_t amdvi_read32(struct amdvi *amdvi, uint32_t offset);
void amdvi_write32(struct amdvi *amdvi, uint32_t offset, uint32_t value);

/* amdvi_pci.c: the capability block and the MSI capability */
void amdvi_pci_reset(struct amdvi *amdvi);
uint32_t amdvi_pci_word(const struct amdvi *amdvi, unsigned offset);
void amdvi_pci_message(struct amdvi *amdvi);

/* amdvi_log.c: 2.5.1, 2.6, 2.8 and 3.4.16 */
uint64_t amdvi_ring_bytes(const struct amdvi_ring *ring);
void amdvi_ring_base(struct amdvi_ring *ring, uint64_t base);
void amdvi_status_set(struct amdvi *amdvi, uint32_t bits);
void amdvi_status_clear(struct amdvi *amdvi, uint32_t bits);
void amdvi_control_write(struct amdvi *amdvi, uint64_t value);
void amdvi_log_event(struct amdvi *amdvi, uint64_t low, uint64_t high);
void amdvi_log_late(struct amdvi *amdvi);
bool amdvi_log_request(struct amdvi *amdvi, const struct silicon_request *request);

/* amdvi_event.c: the records of 2.5 */
void amdvi_event_illegal(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt, bool reserved);
void amdvi_event_fault(struct amdvi *amdvi, const struct silicon_request *request, const struct amdvi_route *route,
		       enum amdvi_verdict verdict, bool denied);
void amdvi_event_outside(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt);
void amdvi_event_interrupt(struct amdvi *amdvi, const struct silicon_request *request,
			   const struct amdvi_route *route);
void amdvi_event_table(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt, uint64_t address);
void amdvi_event_page_table(struct amdvi *amdvi, const struct silicon_request *request,
			    const struct amdvi_route *route);
void amdvi_event_invalid(struct amdvi *amdvi, const struct silicon_request *request,
			 const struct amdvi_route *route, unsigned type);
void amdvi_event_page_request(struct amdvi *amdvi, const struct silicon_request *request);
void amdvi_event_response(struct amdvi *amdvi, const uint64_t words[2], uint64_t address);
void amdvi_event_command(struct amdvi *amdvi, enum amdvi_event_code code, uint16_t source, unsigned type,
			 uint64_t address);

/* amdvi_cache.c */
struct amdvi_device *amdvi_device_find(struct amdvi *amdvi, uint16_t source);
struct amdvi_device *amdvi_device_fill(struct amdvi *amdvi, uint16_t source, const uint64_t w[4]);
struct amdvi_page *amdvi_page_find(struct amdvi *amdvi, const struct amdvi_route *route, bool guest, uint64_t input);
void amdvi_page_fill(struct amdvi *amdvi, const struct amdvi_page *page, uint64_t input);
struct amdvi_directory *amdvi_directory_find(struct amdvi *amdvi, const struct amdvi_route *route, bool guest,
					     uint64_t input, unsigned levels);
void amdvi_directory_fill(struct amdvi *amdvi, const struct amdvi_directory *directory);
void amdvi_cache_flush(struct amdvi *amdvi);

/* amdvi_invalidate.c: what commands do to the caches; `size_lg2` 64: everything */
struct amdvi_range {
	uint64_t address;
	unsigned size_lg2;
};
struct amdvi_range amdvi_range_of(const struct amdvi *amdvi, uint64_t operand);
void amdvi_invalidate_device(struct amdvi *amdvi, uint16_t source);
void amdvi_invalidate_host(struct amdvi *amdvi, uint16_t domain, struct amdvi_range range, bool directories);
void amdvi_invalidate_guest(struct amdvi *amdvi, uint16_t domain, uint32_t pasid, struct amdvi_range range,
			    bool directories);
void amdvi_invalidate_address(struct amdvi *amdvi, struct amdvi_range range);

/* amdvi_commands.c */
bool amdvi_commands_step(struct amdvi *amdvi);
void amdvi_commands_tail(struct amdvi *amdvi, uint64_t tail);

/* amdvi_route.c: false: the request is refused, and what had to be reported was */
bool amdvi_route(struct amdvi *amdvi, const struct silicon_request *request, bool interrupt,
		 struct amdvi_route *route);

/* amdvi_host.c, amdvi_guest.c: a walk that is done has not yet marked the entry that maps the page */
bool amdvi_fetch(struct amdvi *amdvi, uint64_t address, void *to, size_t bytes, bool snooped);
enum amdvi_verdict amdvi_flags_set(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t address,
				   uint64_t *word, uint64_t flags);
void amdvi_flags_late(struct amdvi *amdvi);
enum amdvi_verdict amdvi_host_walk(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gpa,
				   struct amdvi_leaf *leaf);
enum amdvi_verdict amdvi_host_mark(struct amdvi *amdvi, const struct amdvi_route *route, struct amdvi_leaf *leaf,
				   bool write);
enum amdvi_verdict amdvi_guest_walk(struct amdvi *amdvi, const struct amdvi_route *route, uint64_t gva,
				    struct amdvi_leaf *leaf);
enum amdvi_verdict amdvi_guest_mark(struct amdvi *amdvi, const struct amdvi_route *route, struct amdvi_leaf *leaf,
				    bool write);

/* amdvi_translate.c */
bool amdvi_permits(const struct amdvi *amdvi, const struct silicon_request *request,
		   const struct amdvi_route *route, const struct amdvi_page *page);
enum amdvi_verdict amdvi_translate(struct amdvi *amdvi, const struct silicon_request *request,
				   const struct amdvi_route *route, struct amdvi_page *page);

/* amdvi_special.c: what Table 3 sets apart. True: `*answer` is the request's */
bool amdvi_interrupt_range(uint64_t address);
bool amdvi_special(struct amdvi *amdvi, const struct silicon_request *request, const struct amdvi_route *route,
		   struct silicon_answer *answer);
struct silicon_answer amdvi_interrupt(struct amdvi *amdvi, const struct silicon_request *request);

/* amdvi_request.c */
struct silicon_answer amdvi_request(struct silicon *silicon, const struct silicon_request *request);

#endif
