/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The journal: the one result of a run, from which every report is derived.
 *
 * A journal is a sequence of records, each with a length, a type and a checksum, so that a journal which
 * was cut off at any byte is read up to its last whole record. Texts of claims and rules are not in it:
 * they live in the image. It grows in memory and is committed to the store in chunks, each written once.
 *
 * Layout, little-endian: u16 payload bytes, u8 type, u8 JOURNAL_FORMAT, payload, u32 CRC-32 (IEEE 802.3) of all before.
 *
 * Budget: a case that says nothing but its verdict takes 5 to 8 bytes, in a record with those that ended before and
 * after it: about 18 KiB for 3000 cases. One that is stored before it begins takes about 35, and a chunk of its own;
 * one with texts about 30 and the texts, and a reason that stands in the journal already 1 to 3.
 */
#ifndef TESTS_HARNESS_JOURNAL_H
#define TESTS_HARNESS_JOURNAL_H

#include "base/status.h"
#include "base/types.h"
#include "tests/harness/verdict.h"

#define JOURNAL_FORMAT		2u		/* a journal of another one has no whole record here */
#define JOURNAL_BYTES_MAX	(192u * 1024)
#define JOURNAL_TEXT_MAX	1024u		/* of one text; longer ones are cut, and end in "..." */
#define JOURNAL_CASE_TEXT_MAX	6144u		/* of all evidence of one case together ... */
#define JOURNAL_CASE_TEXT_MIN	256u		/* ... which shrinks to this while room becomes scarce */
#define JOURNAL_CHUNK_MIN	64u		/* a store of smaller chunks is not used */

enum journal_type {
	JOURNAL_START = 1,	/* first of all: struct journal_start, then the version text */
	JOURNAL_FACT,		/* text "key=value": identity of the machine, of a table, of a unit */
	JOURNAL_NOTE,		/* text: something went wrong on the way, and what the run did about it */
	JOURNAL_FINDING,	/* text: a firmware table breaks its format */
	JOURNAL_NAME,		/* u8 kind (enum journal_kind), u8 index, u8 parent, text: a name for variants */
	JOURNAL_PLAN,		/* u32 number of cases */
	JOURNAL_BEGIN,		/* struct journal_case: it has texts, or was stored while it ran */
	JOURNAL_END,		/* struct journal_end; made by journal_read() from JOURNAL_CASES */
	JOURNAL_REASON,		/* text: why the case that began last is not a pass */
	JOURNAL_EVIDENCE,	/* text: a line of evidence of the case that began last */
	JOURNAL_DONE,		/* last of all: u32 number of cases that ended, u32 records dropped */
	JOURNAL_REASON_AGAIN,	/* u32 offset of the JOURNAL_REASON with the same text; made as JOURNAL_END is */
	JOURNAL_CASES,		/* cases that ended one after another: journal_pack.c */
};

enum journal_kind { JOURNAL_UNIT, JOURNAL_REGIME, JOURNAL_ENGINE };	/* a regime's parent is its unit */

struct journal_start {
	uint64_t build;			/* of the image: names in a journal are numbers of that build */
	uint64_t seed;
};

#define JOURNAL_ANY	0xff		/* no unit, regime or engine; leaf 0: none */

struct journal_case {
	uint32_t number;		/* from 1 */
	uint16_t test;			/* index into the sorted test records */
	uint8_t unit, regime, leaf_lg2, engine;
};

struct journal_end {
	uint32_t number;
	uint32_t us;
	uint32_t checks;
	uint8_t verdict;		/* enum verdict */
};

/* One case of a JOURNAL_CASES record. */
struct journal_packed {
	struct journal_case c;
	struct journal_end end;
	uint32_t reason;		/* offset of the JOURNAL_REASON with its reason; 0: none of its own */
	uint32_t last_reason;		/* that of the last case in the record that has one */
	bool begun;			/* a JOURNAL_BEGIN has told all of `c` */
};

/*
 * ---- Writing ----
 *
 * Nothing that was stored is ever overwritten: the record of cases at the end of the memory grows until it is
 * committed. What does not fit is dropped and counted; texts are dropped first, so that every planned case still
 * begins and ends in the journal, and evidence of known defects before other evidence.
 */
struct journal {
	uint8_t bytes[JOURNAL_BYTES_MAX];
	size_t used, committed;
	unsigned chunk_count;
	uint32_t dropped;		/* records that did not fit */
	uint32_t planned, begun;
	bool open;			/* a case began and did not end ... */
	bool written;			/* ... and this is in `bytes` ... */
	size_t open_at;			/* ... there */
	struct journal_case current;
	uint32_t reason;		/* of that case, as in struct journal_packed */
	struct journal_packed packed;	/* the last case of the last record ... */
	size_t pack_bytes;		/* ... which has that payload; 0: it cannot grow */
	uint32_t pack_count;		/* cases in all such records, ... */
	size_t packed_bytes;		/* ... and what they take */
	uint32_t own_chunks;		/* see journal_expect_chunks() */
	uint32_t failures;		/* cases with evidence of anything but known defects */
	size_t known_left;		/* what evidence of known defects may still take */
	size_t case_text_bytes;		/* evidence of the case that began last ... */
	size_t case_text_limit;		/* ... and how much of it there may be */
	size_t store_left;		/* what the store still takes; SIZE_MAX: nobody has said */
	size_t chunk_overhead;		/* of that, what each chunk takes on top of its bytes */
	enum status store_status;	/* of the last commit: OK, or why the store is given up */
	enum status (*store_chunk)(unsigned index, const void *bytes, size_t count);
	size_t chunk_bytes;
};

void journal_init(struct journal *journal,
		  enum status (*store_chunk)(unsigned index, const void *bytes, size_t count),
		  size_t chunk_bytes);
/*
 * All chunks from here on may take `store_bytes` together, each `chunk_overhead` more than its bytes. Texts
 * then leave room in the store too, for every planned case and the end.
 */
void journal_limit_store(struct journal *journal, size_t store_bytes, size_t chunk_overhead);
/* Go on after an earlier journal: its whole records are taken over, and count as committed. */
void journal_adopt(struct journal *journal, const uint8_t *bytes, size_t count, unsigned chunk_count);

void journal_start(struct journal *journal, const struct journal_start *start, const char *version);
void journal_text(struct journal *journal, enum journal_type type, const char *text);
void journal_name(struct journal *journal, enum journal_kind kind, uint8_t index, uint8_t parent,
		  const char *name);
void journal_plan(struct journal *journal, uint32_t cases);
/*
 * So many cases to come ask to be stored before they begin. False: the store has no room for a chunk for each of them
 * beside all cases' verdicts, so that the less urgent ones had better do without.
 */
bool journal_expect_chunks(struct journal *journal, uint32_t cases);
void journal_begin(struct journal *journal, const struct journal_case *c);
/* As JOURNAL_EVIDENCE, of a case that shows a known defect. Half of the room for evidence is for other cases. */
void journal_known_evidence(struct journal *journal, const char *text);
void journal_end(struct journal *journal, const struct journal_end *end);
void journal_done(struct journal *journal, uint32_t ended);

/*
 * Write what is not yet in the store, whole records to a chunk, so that the store is a journal after every
 * chunk. The beginning of a case is not stored where its end will find no room, which is a failure, too. The
 * first failure is remembered in store_status, nothing more is written, and the run goes on.
 */
void journal_commit(struct journal *journal);
size_t journal_uncommitted(const struct journal *journal);

/* ---- Reading ---- */
struct journal_record {
	enum journal_type type;
	const uint8_t *payload;
	size_t bytes;
};

/* Step through; false at the end or at the first record that is not whole. *offset starts at 0. */
bool journal_next(const uint8_t *bytes, size_t count, size_t *offset, struct journal_record *record);

/*
 * The same with each JOURNAL_CASES taken apart: a JOURNAL_BEGIN (unless one stands before), a JOURNAL_REASON_AGAIN
 * where there is a reason, and a JOURNAL_END for each case in it.
 */
struct journal_reader {
	const uint8_t *bytes;
	size_t count, offset;		/* behind the records that were read */
	struct journal_record cases;	/* the record that is taken apart ... */
	size_t at;			/* ... up to here, ... */
	struct journal_packed packed;	/* ... where this case was ... */
	unsigned due;			/* ... of which these records are still to come */
	uint8_t payload[16];		/* of the record that came last, if it was made */
};
void journal_open(struct journal_reader *reader, const void *bytes, size_t count);
/* False at the end, as journal_next(). What *record points to is there until the next call. */
bool journal_read(struct journal_reader *reader, struct journal_record *record);

/* Decode a payload; false if it is too short for its type. Texts come out NUL-terminated, cut to `size`. */
bool journal_read_start(const struct journal_record *r, struct journal_start *start, char *version, size_t size);
bool journal_read_case(const struct journal_record *r, struct journal_case *c);
bool journal_read_end(const struct journal_record *r, struct journal_end *end);
bool journal_read_u32(const struct journal_record *r, uint32_t *value);
bool journal_read_done(const struct journal_record *r, uint32_t *ended, uint32_t *dropped);
bool journal_read_name(const struct journal_record *r, enum journal_kind *kind, uint8_t *index,
		       uint8_t *parent, char *name, size_t size);
void journal_read_text(const struct journal_record *r, char *text, size_t size);
/* The record that holds the reason: *r itself, or the one that it refers to. False if it is no reason. */
bool journal_read_reason(const uint8_t *bytes, size_t count, const struct journal_record *r,
			 struct journal_record *reason);

/* How far a run came. */
struct journal_state {
	bool valid;			/* it starts with a START record */
	bool finished;			/* it ends with a DONE record */
	struct journal_start start;
	uint32_t planned, begun, ended;
	struct journal_case open;	/* the case that began and did not end, if begun > ended */
};
void journal_inspect(const uint8_t *bytes, size_t count, struct journal_state *state);

#endif
