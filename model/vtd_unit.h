/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The inside of a modelled VT-d unit: what its registers, caches and walks share.
 *
 * Glossary:
 *	route		what root, context and PASID tables say of a request
 *	translation	what the paging structures say of an address; also what the IOTLB keeps
 *	level		1: the table of 4 KiB pages, 5: the table at the top of a five-level structure
 *	reason		fault reason of Table 30 (7.1.3); 0: no fault
 */
#ifndef MODEL_VTD_UNIT_H
#define MODEL_VTD_UNIT_H

#include "model/vtd.h"

#define VTD_ONE(n)	(UINT64_C(1) << (n))

/* Bits `high` to `low` of a word, at the bottom; and the mask of them, in place. */
static inline uint64_t vtd_mask(unsigned high, unsigned low)
{
	return high < low ? 0 : (~UINT64_C(0) >> (63 - high)) & (~UINT64_C(0) << low);
}

static inline uint64_t vtd_bits(uint64_t word, unsigned high, unsigned low)
{
	return (word & vtd_mask(high, low)) >> low;
}

/* 11.4.2 */
#define CAP_ND(cap)		vtd_bits(cap, 2, 0)
#define CAP_RWBF		VTD_ONE(4)
#define CAP_PLMR		VTD_ONE(5)
#define CAP_PHMR		VTD_ONE(6)
#define CAP_CM			VTD_ONE(7)
#define CAP_SAGAW(cap)		vtd_bits(cap, 12, 8)
#define CAP_MGAW(cap)		vtd_bits(cap, 21, 16)
#define CAP_ZLR			VTD_ONE(22)
#define CAP_FRO(cap)		vtd_bits(cap, 33, 24)
#define CAP_SSLPS_2M		VTD_ONE(34)
#define CAP_SSLPS_1G		VTD_ONE(35)
#define CAP_PSI			VTD_ONE(39)
#define CAP_NFR(cap)		vtd_bits(cap, 47, 40)
#define CAP_MAMV(cap)		vtd_bits(cap, 53, 48)
#define CAP_DWD			VTD_ONE(54)
#define CAP_DRD			VTD_ONE(55)
#define CAP_FS1GP		VTD_ONE(56)
#define CAP_FS5LP		VTD_ONE(60)
#define CAP_ECMDS		VTD_ONE(61)
#define CAP_ESIRTPS		VTD_ONE(62)
#define CAP_ESRTPS		VTD_ONE(63)
/* 11.4.3 */
#define ECAP_C			VTD_ONE(0)
#define ECAP_QI			VTD_ONE(1)
#define ECAP_DT			VTD_ONE(2)
#define ECAP_IR			VTD_ONE(3)
#define ECAP_EIM		VTD_ONE(4)
#define ECAP_PT			VTD_ONE(6)
#define ECAP_SC			VTD_ONE(7)
#define ECAP_IRO(ecap)		vtd_bits(ecap, 17, 8)
#define ECAP_MTS		VTD_ONE(25)
#define ECAP_NEST		VTD_ONE(26)
#define ECAP_PRS		VTD_ONE(29)
#define ECAP_ERS		VTD_ONE(30)
#define ECAP_SRS		VTD_ONE(31)
#define ECAP_NWFS		VTD_ONE(33)
#define ECAP_EAFS		VTD_ONE(34)
#define ECAP_PSS(ecap)		vtd_bits(ecap, 39, 35)
#define ECAP_PASID		VTD_ONE(40)
#define ECAP_DIT		VTD_ONE(41)
#define ECAP_PDS		VTD_ONE(42)
#define ECAP_SMTS		VTD_ONE(43)
#define ECAP_VCS		VTD_ONE(44)
#define ECAP_SSADS		VTD_ONE(45)
#define ECAP_SSTS		VTD_ONE(46)
#define ECAP_FSTS		VTD_ONE(47)
#define ECAP_SMPWCS		VTD_ONE(48)
#define ECAP_RPS		VTD_ONE(49)
#define ECAP_ADMS		VTD_ONE(52)
#define ECAP_RPRIVS		VTD_ONE(53)
#define ECAP_PTRS		VTD_ONE(56)
#define ECAP_SSIRWS		VTD_ONE(57)

/* 11.4.4: command and status share their positions. */
#define GCMD_TE			(1u << 31)
#define GCMD_SRTP		(1u << 30)
#define GCMD_WBF		(1u << 27)
#define GCMD_QIE		(1u << 26)
#define GCMD_IRE		(1u << 25)
#define GCMD_SIRTP		(1u << 24)
#define GCMD_CFI		(1u << 23)

/* 11.4.5: translation table mode of the root that SRTP took */
enum { TTM_LEGACY, TTM_SCALABLE, TTM_RESERVED, TTM_ABORT };

/* 11.4.7.1 */
#define FSTS_PFO		(1u << 0)
#define FSTS_PPF		(1u << 1)
#define FSTS_IQE		(1u << 4)
#define FSTS_ICE		(1u << 5)
#define FSTS_ITE		(1u << 6)

/* 11.4.9.9 */
enum { IQEI_NONE, IQEI_TAIL, IQEI_FETCH, IQEI_TYPE, IQEI_RESERVED, IQEI_WIDTH, IQEI_ALIGNMENT, IQEI_MODE };

/* 9.6: PASID granular translation type. In legacy mode SECOND or PASS. */
enum vtd_kind { VTD_FIRST = 1, VTD_SECOND, VTD_NESTED, VTD_PASS };

struct vtd_event {			/* 11.4.7.2 and its like: control, data, address */
	bool masked, pending;
	uint32_t data, address, upper;
};

struct vtd_record {			/* 11.4.7.6 */
	uint64_t low, high;
};

struct vtd_route {
	enum vtd_kind kind;
	bool legacy, ats, fpd;
	uint16_t did;
	uint32_t pasid;			/* of the request, or RID_PASID */
	bool privileged, sre, wpe, eafe, ssade, ssirwe, snooped;
	bool write;			/* of the request */
	unsigned ss_levels, fs_levels;
	uint64_t ss_root, fs_root;
};

struct vtd_translation {
	enum vtd_kind kind;
	bool legacy, fpd, privileged, sre, wpe;
	uint16_t did;
	uint32_t pasid;
	bool absent;			/* cached although not present: caching mode */
	bool fs_write, fs_user;		/* logical AND of R/W and U/S, first stage */
	bool ss_read, ss_write;		/* logical AND of R and W, second stage */
	bool dirty;			/* no flag is left to set by a write */
	uint64_t input, output;		/* of the page: multiples of its size */
	unsigned size_lg2;
};

struct vtd_context_entry {
	bool valid;
	uint16_t source, did;		/* the tag did: legacy mode alone */
	uint8_t reason;			/* cached although it faults: caching mode */
	bool fpd;
	uint64_t w[4];
};

struct vtd_pasid_entry {
	bool valid;
	uint16_t source, did;
	uint32_t pasid;
	uint8_t reason;
	bool fpd;			/* of the directory, or of the entry */
	uint64_t w[8];
};

struct vtd_iotlb_entry {
	bool valid;
	uint16_t source;
	bool with_pasid;		/* who allocated it */
	struct vtd_translation t;
};

struct vtd_structure {			/* 6.2.5: one entry that references a table */
	bool valid, first;		/* first stage or nested; else second stage */
	uint16_t did;
	uint32_t pasid;
	unsigned level;			/* of the entry */
	uint64_t tag;			/* input address above the entry's reach */
	bool read, write;		/* second stage R, W; first stage U/S, R/W */
	uint64_t table;			/* where the next table stands */
	uint64_t guest;			/* nested: its address before the second stage */
};

#define VTD_INTERRUPTS		16	/* of the interrupt entry cache */

struct vtd_interrupt_entry {		/* 6.4 */
	bool valid;
	unsigned index;
	uint64_t w[2];
};

#define VTD_DEFERRED_MAX	64

struct vtd {
	struct silicon silicon;		/* first: to_vtd() */
	struct vtd_config config;

	uint32_t status;		/* GSTS */
	uint64_t rtaddr, root;		/* as written; as taken by SRTP */
	uint64_t irta, irt;		/* as written; as taken by SIRTP */
	uint64_t ccmd, iva, iotlb;
	uint32_t fsts;			/* FRI, ITE, ICE, IQE, PFO; PPF is computed */
	struct vtd_event fault_event, wait_event, page_event;
	struct vtd_record record[VTD_RECORDS_MAX];
	unsigned record_next;
	uint32_t pmen, plm_base, plm_limit;
	uint64_t phm_base, phm_limit;
	uint64_t iqh, iqt, iqa, iqercd;
	uint32_t ics;
	uint64_t pqh, pqt, pqa;
	uint64_t ecrsp;			/* 11.4.14.3 */
	uint32_t prs;

	struct vtd_context_entry context[VTD_CONTEXTS_MAX];
	struct vtd_pasid_entry pasid[VTD_PASIDS_MAX];
	struct vtd_iotlb_entry translation[VTD_TRANSLATIONS_MAX];
	struct vtd_structure structure[VTD_STRUCTURES_MAX];
	struct vtd_interrupt_entry interrupt[VTD_INTERRUPTS];
	unsigned context_next, pasid_next, translation_next, structure_next, interrupt_next;

	/* What a defect needs to remember. */
	uint64_t deferred[VTD_DEFERRED_MAX][4];
	unsigned deferred_count;
	uint64_t late_record;		/* low word of the record that is written late */
	unsigned late_index;
	bool late;
	bool late_flags;
	uint64_t late_flags_address, late_flags_word;
	unsigned requests, accesses;
};

enum vtd_defect_number {
	VTD_DEFECT_NONE,
#define X(NAME, name, sentence, clause, source)	VTD_DEFECT_##NAME,
#include "model/vtd_defects.def"
#undef X
	VTD_DEFECTS
};

#define defective(vtd, NAME)	((vtd)->silicon.defect == VTD_DEFECT_##NAME)

static inline struct vtd *to_vtd(struct silicon *silicon)
{
	return (struct vtd *)silicon;
}

static inline unsigned vtd_ttm(const struct vtd *vtd)
{
	return (unsigned)vtd_bits(vtd->root, defective(vtd, MODE_OF_ONE_BIT) ? 10 : 11, 10);
}

static inline bool vtd_has(const struct vtd *vtd, uint64_t ecap_bits)
{
	return (vtd->config.ecap & ecap_bits) == ecap_bits;
}

static inline bool vtd_cap(const struct vtd *vtd, uint64_t cap_bits)
{
	return (vtd->config.cap & cap_bits) == cap_bits;
}

static inline unsigned vtd_major(const struct vtd *vtd)
{
	return vtd->config.version >> 4 & 15;
}

/* FEEx_xxxxh (3.15) */
static inline bool vtd_interrupt_range(uint64_t address)
{
	return address >> 20 == 0xfee;
}

static inline bool vtd_is_write(enum silicon_access access)
{
	return access == SILICON_WRITE || access == SILICON_ATOMIC;
}

/* vtd_registers.c */
uint32_t vtd_read32(struct vtd *vtd, uint32_t offset);
void vtd_write32(struct vtd *vtd, uint32_t offset, uint32_t value);
void vtd_commands_write(struct vtd *vtd, uint32_t offset, uint32_t value);

/* vtd_lies.c: what reads of CAP and ECAP say */
uint64_t vtd_cap_told(const struct vtd *vtd);
uint64_t vtd_ecap_told(const struct vtd *vtd);

/* vtd_event.c: the state machine of 7.3, 6.5.2.10 and 7.5 */
uint32_t vtd_event_read(const struct vtd_event *event, uint32_t offset);
void vtd_event_write(struct vtd *vtd, struct vtd_event *event, uint32_t offset, uint32_t value);
void vtd_event_raise(struct vtd *vtd, struct vtd_event *event, bool unserviced);
void vtd_event_serviced(struct vtd *vtd, struct vtd_event *event);

/* vtd_fault.c */
uint32_t vtd_fault_status(const struct vtd *vtd);
void vtd_fault_status_write(struct vtd *vtd, uint32_t value);
void vtd_fault_set(struct vtd *vtd, uint32_t condition);
void vtd_fault_record(struct vtd *vtd, const struct silicon_request *request, unsigned reason, bool fpd);
void vtd_fault_late(struct vtd *vtd);
uint32_t vtd_record_read(const struct vtd *vtd, uint32_t offset);
void vtd_record_write(struct vtd *vtd, uint32_t offset, uint32_t value);
bool vtd_fault_is_recoverable(unsigned reason);

/* vtd_cache.c */
void vtd_cache_drain(struct vtd *vtd);
void vtd_cache_flush(struct vtd *vtd);
struct vtd_context_entry *vtd_context_find(struct vtd *vtd, uint16_t source);
void vtd_context_fill(struct vtd *vtd, const struct vtd_context_entry *entry);
struct vtd_pasid_entry *vtd_pasid_find(struct vtd *vtd, uint16_t source, uint32_t pasid);
void vtd_pasid_fill(struct vtd *vtd, const struct vtd_pasid_entry *entry);
struct vtd_iotlb_entry *vtd_iotlb_find(struct vtd *vtd, const struct silicon_request *request);
void vtd_iotlb_fill(struct vtd *vtd, const struct silicon_request *request,
		    const struct vtd_translation *translation);
struct vtd_structure *vtd_structure_find(struct vtd *vtd, bool first, const struct vtd_route *route,
					 uint64_t input, unsigned levels);
void vtd_structure_fill(struct vtd *vtd, const struct vtd_structure *entry);

/* vtd_invalidate.c: 6.5.2; did is masked to the width of CAP.ND here */
struct vtd_range {
	uint64_t address;
	unsigned mask;			/* AM */
	bool hint;			/* IH */
};
void vtd_invalidate_contexts(struct vtd *vtd, unsigned granularity, uint16_t did, uint16_t source,
			     unsigned function_mask);
void vtd_invalidate_pasids(struct vtd *vtd, unsigned granularity, uint16_t did, uint32_t pasid);
void vtd_invalidate_iotlb(struct vtd *vtd, unsigned granularity, uint16_t did, struct vtd_range range);
void vtd_invalidate_piotlb(struct vtd *vtd, unsigned granularity, uint16_t did, uint32_t pasid,
			   struct vtd_range range);

/* vtd_interrupt.c */
struct silicon_answer vtd_interrupt(struct vtd *vtd, const struct silicon_request *request);
void vtd_invalidate_interrupts(struct vtd *vtd, bool all, unsigned index, unsigned mask);
void vtd_interrupt_commands(struct vtd *vtd, uint32_t value);

/* vtd_queue.c */
bool vtd_queue_step(struct vtd *vtd);
void vtd_queue_tail(struct vtd *vtd, uint64_t tail);

/* vtd_route.c: reads an entry of a table that is no paging structure; 0, or the reason */
unsigned vtd_route(struct vtd *vtd, const struct silicon_request *request, struct vtd_route *route);
unsigned vtd_mode(const struct vtd *vtd, const struct silicon_request *request, bool privileged, bool sre);

/* vtd_walk.c */
bool vtd_fetch(struct vtd *vtd, uint64_t address, void *to, size_t bytes, bool snooped);
uint64_t vtd_guest_limit(const struct vtd *vtd, unsigned levels);
#define VTD_RESTART	0x100u		/* no reason: an entry changed under the walk, do it again */

struct vtd_leaf {			/* where a walk ended */
	uint64_t address, parent;	/* of the entry, and of the entry above it; 0: none above */
	uint64_t word;
	uint64_t guest;			/* nested first stage: of the entry, before the second stage */
	bool read, write, dirty;
	unsigned size_lg2, level;
	uint64_t output;		/* of the input address */
};

unsigned vtd_second_stage(struct vtd *vtd, const struct vtd_route *route, uint64_t input,
			  struct vtd_leaf *leaf);
unsigned vtd_first_stage(struct vtd *vtd, const struct vtd_route *route, uint64_t input,
			 struct vtd_leaf *leaf);
unsigned vtd_mark_first(struct vtd *vtd, const struct vtd_route *route, const struct vtd_leaf *leaf);
unsigned vtd_mark_second(struct vtd *vtd, const struct vtd_route *route, const struct vtd_leaf *leaf);
void vtd_flags_late(struct vtd *vtd);
unsigned vtd_flags_set(struct vtd *vtd, uint64_t address, uint64_t *word, uint64_t flags);

/* vtd_translate.c, vtd_request.c */
unsigned vtd_translate(struct vtd *vtd, const struct silicon_request *request,
		       const struct vtd_route *route, struct vtd_translation *translation);
bool vtd_no_write(const struct vtd *vtd, const struct silicon_request *request);
unsigned vtd_permission(const struct vtd *vtd, const struct silicon_request *request,
			const struct vtd_translation *translation);
bool vtd_protected(const struct vtd *vtd, uint64_t address, uint32_t bytes);
struct silicon_answer vtd_request(struct silicon *silicon, const struct silicon_request *request);
/* Table 32 */
#define VTD_SUCCESS		0u
#define VTD_INVALID_REQUEST	1u

void vtd_page_dropped(struct vtd *vtd, const struct silicon_request *request, unsigned code);
bool vtd_page_request(struct vtd *vtd, const struct silicon_request *request, const struct vtd_route *route);

#endif
