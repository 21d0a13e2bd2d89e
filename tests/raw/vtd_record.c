/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d fault recording registers: which record takes a fault, what is lost, and how recording resumes (7.2.1,
 * 11.4.7.1, 11.4.7.6). The registers are read here as they are; the driver takes no record meanwhile.
 *
 * 7.2.1 lets a unit fold faults of a source that has a record already. Whether it does shows at the second
 * fault, since it holds for each record or for none.
 */
#include "tests/raw/vtd_raw.h"

#define RECORD	.vendor = "vtd", .sweep = SWEEP_REGIMES, .needs = NEEDS_DMA_WRITE, .faults = true
#define HOLES	8u

static unsigned record_count(const struct bench *b)
{
	return (unsigned)FIELD_GET(VTD_CAP_NFR, raw_vtd(b)->cap) + 1;
}

static reg64_t record_low(const struct bench *b, unsigned n)
{
	return (reg64_t){ (uint32_t)(FIELD_GET(VTD_CAP_FRO, raw_vtd(b)->cap) + n) * 16 };
}

static reg64_t record_high(const struct bench *b, unsigned n)
{
	return (reg64_t){ record_low(b, n).offset + 8 };
}

static uint64_t high_of(const struct bench *b, unsigned n)
{
	return read64(&b->iommu->mmio, record_high(b, n));
}

static bool is_set(const struct bench *b, unsigned n)
{
	return high_of(b, n) & VTD_FRCD_HI_F;
}

/* F is written 1 to clear. */
static void clear(struct bench *b, unsigned n)
{
	write64(&b->iommu->mmio, record_high(b, n), VTD_FRCD_HI_F);
}

static uint32_t fsts(const struct bench *b)
{
	return read32(&b->iommu->mmio, VTD_FSTS);
}

static unsigned named(const struct bench *b)
{
	return (unsigned)FIELD_GET(VTD_FSTS_FRI, fsts(b));
}

static bool overflowed(const struct bench *b)
{
	return fsts(b) & VTD_FSTS_PFO;
}

/* One refused write in hole i; what it leaves in the registers is there by the time this returns. */
static void provoke(struct bench *b, const struct span *holes, unsigned i)
{
	(void)device_tries_to_write(b, leaf(holes, i % HOLES), write_bytes(b, 64));
	flush_all(b);
}

/* Record n holds the fault of hole i. */
static void expect_recorded(struct bench *b, unsigned n, const struct span *holes, unsigned i)
{
	uint64_t page = ALIGN_DOWN(leaf(holes, i % HOLES).v, (uint64_t)PAGE_SIZE);

	expect(b, is_set(b, n), "record %u is empty", n);
	expect_equal(b, "SID of the record", FIELD_GET(VTD_FRCD_HI_SID, high_of(b, n)),
		     b->source.rid);
	expect_equal(b, "FI of the record",
		     read64(&b->iommu->mmio, record_low(b, n)) & VTD_FRCD_LO_FI, page);
}

__attribute__((noreturn)) static void folded(struct bench *b)
{
	forget_faults(b);
	unproven(b, "faults of one source are folded into its first record");
}

/* Faults in holes 0 and 1 have records of their own; the index of the first. */
static unsigned record_two(struct bench *b, const struct span *holes)
{
	unsigned first, next;

	if (record_count(b) == 1)
		skip(b, "more than one fault record (CAP.NFR)");
	provoke(b, holes, 0);
	first = named(b);
	next = (first + 1) % record_count(b);
	expect_recorded(b, first, holes, 0);
	provoke(b, holes, 1);
	expect(b, !overflowed(b), "FSTS.PFO is set while records are free");
	if (!is_set(b, next))
		folded(b);
	expect_recorded(b, next, holes, 1);
	return first;
}

/* As many faults as there are records; the index of the first. */
static unsigned fill(struct bench *b, const struct span *holes)
{
	unsigned count = record_count(b), first;

	if (count > 1) {
		first = record_two(b, holes);
	} else {
		provoke(b, holes, 0);
		first = 0;
	}
	for (unsigned i = 2; i < count; i++) {
		provoke(b, holes, i);
		expect_recorded(b, (first + i) % count, holes, i);
	}
	expect(b, !overflowed(b), "FSTS.PFO is set after as many faults as there are records");
	return first;
}

/* One fault more than there are records. */
static unsigned overflow(struct bench *b, const struct span *holes)
{
	unsigned first = fill(b, holes);

	provoke(b, holes, record_count(b));
	if (record_count(b) == 1 && !overflowed(b))
		folded(b);
	expect(b, overflowed(b), "FSTS.PFO is clear after a fault for which there was no record");
	return first;
}

TEST(vtd_record, first_is_named, RECORD,
     .claim = "FRI names the record that set PPF, and stays while further faults are recorded.",
     .rules = RULES(VTD_FLT_05))
{
	struct span holes = unmapped_leaves(b, HOLES);
	unsigned first = record_two(b, &holes);

	expect_equal(b, "FRI after a second fault", named(b), first);
	forget_faults(b);
}

TEST(vtd_record, records_are_taken_in_turn, RECORD,
     .claim = "Each fault goes to the record behind the one before, until all of them are taken.",
     .rules = RULES(VTD_FLT_03, VTD_FLT_11))
{
	struct span holes = unmapped_leaves(b, HOLES);
	unsigned first = fill(b, &holes);

	for (unsigned i = 0; i < record_count(b); i++)
		expect_recorded(b, (first + i) % record_count(b), &holes, i);
	forget_faults(b);
}

TEST(vtd_record, one_is_cleared_alone, RECORD,
     .claim = "Writing 1 to F of a record clears that one, and FSTS.PPF stays for the other.",
     .rules = RULES(VTD_FLT_18, VTD_FLT_04))
{
	struct span holes = unmapped_leaves(b, HOLES);
	unsigned first = record_two(b, &holes);

	clear(b, first);
	expect(b, !is_set(b, first), "F cannot be cleared");
	expect_recorded(b, (first + 1) % record_count(b), &holes, 1);
	expect(b, fsts(b) & VTD_FSTS_PPF, "FSTS.PPF is clear while a record is set");
	forget_faults(b);
}

TEST(vtd_record, overflow_keeps_the_records, RECORD,
     .claim = "A fault for which there is no record sets FSTS.PFO, and changes none.",
     .rules = RULES(VTD_FLT_07))
{
	struct span holes = unmapped_leaves(b, HOLES);
	unsigned first = overflow(b, &holes);

	for (unsigned i = 0; i < record_count(b); i++)
		expect_recorded(b, (first + i) % record_count(b), &holes, i);
	forget_faults(b);
}

TEST(vtd_record, overflow_stops_recording, RECORD,
     .claim = "While FSTS.PFO is set nothing is recorded, though a record is free.",
     .rules = RULES(VTD_FLT_06))
{
	struct span holes = unmapped_leaves(b, HOLES);
	unsigned first = overflow(b, &holes);

	clear(b, first);
	provoke(b, &holes, 0);
	expect(b, !is_set(b, first), "a fault was recorded while FSTS.PFO was set");
	forget_faults(b);
}

TEST(vtd_record, recording_resumes_in_turn, RECORD,
     .claim = "When records and FSTS.PFO are cleared, the next fault goes to the record whose turn it is.",
     .rules = RULES(VTD_FLT_09, VTD_FLT_03))
{
	struct span holes = unmapped_leaves(b, HOLES);
	unsigned first = overflow(b, &holes);

	forget_faults(b);
	expect(b, !overflowed(b), "FSTS.PFO cannot be cleared");
	provoke(b, &holes, 3);
	expect_equal(b, "FRI after the overflow", named(b), first);
	expect_recorded(b, first, &holes, 3);
	forget_faults(b);
}

TEST(vtd_record, turning_off_starts_over, RECORD, .risky = true,
     .claim = "After translation was off, the first fault goes to record 0.",
     .rules = RULES(VTD_FLT_03))
{
	struct span holes = unmapped_leaves(b, HOLES);
	unsigned next = 0;

	if (record_count(b) == 1)
		skip(b, "more than one fault record (CAP.NFR)");
	if (read32(&b->iommu->mmio, VTD_GSTS) & VTD_GSTS_IRES)
		skip(b, "a unit without interrupt remapping in force");
	/* Two faults in turn: whatever is next then, it was not 0 both times. */
	for (unsigned i = 0; i < 2 && next == 0; i++) {
		provoke(b, &holes, 0);
		next = (named(b) + 1) % record_count(b);
		forget_faults(b);
	}
	restart_translation(b);
	provoke(b, &holes, 1);
	expect_equal(b, "FRI after translation was off", named(b), 0);
	expect_recorded(b, 0, &holes, 1);
	forget_faults(b);
}

/* The widest table that the unit has (11.4.2, CAP.SAGAW and FS5LP; 3.6: a first stage has 48 bits). */
static unsigned widest_address(const struct bench *b)
{
	const struct vtd *vtd = raw_vtd(b);

	if (vtd->cap & (BIT64(11) | BIT64(60)))
		return 57;
	return (vtd->cap & BIT64(10)) || (vtd->ecap & VTD_ECAP_FSTS) ? 48 : 39;
}

TEST(vtd_record, address_is_cut_to_the_widest_table, RECORD,
     .claim = "Address bits of a record beyond the widest table that the unit has are zero.",
     .rules = RULES(VTD_FLT_12))
{
	unsigned width = widest_address(b);
	struct span holes = unmapped_leaves(b, 1);
	uint64_t page = ALIGN_DOWN(leaf(&holes, 0).v, (uint64_t)PAGE_SIZE);
	struct iommu_fault fault;

	if (!follows_revision_3_1(b))
		skip(b, "a unit that follows revision 3.1 or later");
	if (b->engine->dma.limits.address_bits < 64)
		skip(b, "an engine that issues addresses of 64 bits");
	expect(b, !device_tries_to_write(b, iova(page | GENMASK64(63, width)), write_bytes(b, 64)),
	       "a write beyond every table was accepted");
	expect(b, take_fault(b, &fault), "no fault was recorded");
	expect_equal(b, "FI", fault.raw[0] & VTD_FRCD_LO_FI, page);
}

TEST(vtd_record, reserved_fields_are_zero, RECORD,
     .claim = "What a record of a request without PASID has reserved is zero, and so is PP.",
     .rules = RULES(VTD_FLT_13, VTD_FLT_14))
{
	const struct vtd *vtd = raw_vtd(b);
	struct span holes = unmapped_leaves(b, 1);
	uint64_t reserved = GENMASK64(27, 16) | BIT64(31);	/* 91:80, PP */
	struct iommu_fault fault;

	if (!(vtd->ecap & VTD_ECAP_PASID))
		reserved |= GENMASK64(59, 40) | GENMASK64(30, 29);	/* PV, EXE, PRIV */
	reserved |= GENMASK64(61, 60);	/* AT: untranslated, or reserved without Device-TLBs */
	(void)device_tries_to_write(b, leaf(&holes, 0), write_bytes(b, 64));
	expect(b, take_fault(b, &fault), "no fault was recorded");
	expect_equal(b, "bits 11:0 of the record", fault.raw[0] & GENMASK64(11, 0), 0);
	expect_equal(b, "reserved bits of 127:64, and PP", fault.raw[1] & reserved, 0);
}
