/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Malformed VT-d structures: what the bodies under tests/raw/ share.
 *
 * Everything here goes behind the driver's back: a word is replaced, shown to the unit, and every cache
 * is emptied. The device is idle meanwhile. withdraw() puts the word back, so that the checks after the
 * case see the tables that the bench made; what a body that ended early has left planted is put back with
 * the route.
 */
#ifndef TESTS_RAW_VTD_RAW_H
#define TESTS_RAW_VTD_RAW_H

#include "iommu/intel/vtd.h"
#include "tests/harness/bench.h"

struct plant {
	uint64_t *word;
	uint64_t before;
};

static inline struct vtd *raw_vtd(const struct bench *b)
{
	return to_vtd(b->iommu);
}

/* Bits that must be zero in an address field, from the host address width up to bit 63 or `top`. */
static inline uint64_t beyond_haw(const struct bench *b, unsigned top)
{
	unsigned haw = raw_vtd(b)->haw;

	return haw > top ? 0 : GENMASK64(top, haw);
}

/*
 * Does the unit have what the specification has had since revision 3.1 or later? 3.1 brought RPS, the codes of
 * queue errors, the reason 29h, and the width of a record's address; 3.2 ESRTPS and ESIRTPS, 3.3 ADMS, 4.0 ECMDS.
 * A unit with none of them may be older.
 */
bool follows_revision_3_1(const struct bench *b);

/* One field of GCMD changes, the others stay (11.4.4.1); true when GSTS agrees in time. */
bool raw_command(struct bench *b, uint32_t bit, bool on);
/* Translation off, the root table set again as 11.4.4.1 asks, and on. Skips where it cannot be turned off. */
void restart_translation(struct bench *b);

/* Queue a descriptor as it is, of the words that 6.5.2.1 to .9 give. */
void submit(struct bench *b, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3);
/* 6.5.2.5, .6: PFSID is the function itself; bits 15:4 and 3:0 of it stand apart. 0 where it is reserved. */
uint64_t pfsid(const struct bench *b);
/* All that was queued is done. */
void settle(struct bench *b);

#define PLANTS_MAX	8u		/* of one case at a time */

/* Replace a word, and let the unit forget what it knew. */
struct plant plant(struct bench *b, uint64_t *word, uint64_t value);
void withdraw(struct bench *b, const struct plant *planted);
/* The same without an invalidation: what the unit keeps, it keeps. */
struct plant plant_quietly(struct bench *b, uint64_t *word, uint64_t value);
void withdraw_quietly(struct bench *b, const struct plant *planted);

/* What the end of the body does by itself; for bodies whose own `undo` is in its place. */
void withdraw_all(struct bench *b);

/* The entries of the case's source; the case is broken where there is none. */
uint64_t *root_word(struct bench *b);
uint64_t *context_words(struct bench *b);
uint64_t *directory_word(struct bench *b);
uint64_t *pasid_words(struct bench *b);

/* A page below the host's width in which neither memory nor a device is known; skips where there is none. */
pa_t absent_page(struct bench *b);

/* A write at `at` is refused, and recorded with `reason`, or with `alternative` (0: there is none). */
void expect_write_fault(struct bench *b, iova_t at, unsigned reason, unsigned alternative);
/* The same where the text leaves the choice of reason: one of `reasons`, with 0 after the last. */
void expect_write_fault_of(struct bench *b, iova_t at, const uint8_t *reasons);
/* The next fault record, and the only one: a write of the case's source at `at`. */
void expect_write_recorded(struct bench *b, iova_t at, unsigned reason, unsigned alternative);
/* A write at `at` is refused, and nothing is recorded. */
void expect_write_fault_unrecorded(struct bench *b, iova_t at);

/*
 * Each bit of `bits`, set alone in `word`, makes a write at `at` fault with `reason`. All of them are tried:
 * the evidence says which did not.
 */
void expect_each_bit_faults(struct bench *b, uint64_t *word, uint64_t bits, iova_t at, unsigned reason);
/* All of `bits` together, set in `word`, change nothing: a write still lands in leaf i. */
void expect_bits_ignored(struct bench *b, uint64_t *word, uint64_t bits, const struct span *s, unsigned i);

#endif
