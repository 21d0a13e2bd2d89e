/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * VT-d interrupt remapping: messages of a device through a table of the case's own (5.1, 6.4, 6.7, 9.9). The table's
 * entries lead to the line that the machine counts; the unit's own fault event is masked meanwhile. Remapping is
 * off again with the route. Remapping that firmware left on is left alone.
 */
#include <string.h>

#include "tests/raw/vtd_raw.h"

/* Interrupts know no mode of translation: the one that every unit has is enough. */
#define MESSAGES(needs_) .vendor = "vtd", .sweep = SWEEP_REGIMES, .risky = true, .faults = true, \
			 .needs = NEEDS_DMA_MESSAGE | NEEDS_FAULT_EVENT | NEEDS_SELF_CONTAINED | \
				  NEEDS_QUEUE | NEEDS_LEGACY | (needs_)

/* 5.1.2.2: bits of an address in the interrupt range */
#define RANGE		0xfee00000ull
#define REMAPPABLE	BIT64(4)
#define SHV		BIT64(3)

/* 9.9: word 0, then word 1 */
#define IRTE_P		BIT64(0)
#define IRTE_FPD	BIT64(1)
#define IRTE_AVAIL	GENMASK64(11, 8)
#define SVT(x)		((uint64_t)(x) << 18)
#define SQ(x)		((uint64_t)(x) << 16)

#define SIZE_LG2	8u		/* IRTA.S is one less */
#define ENTRIES		(1u << SIZE_LG2)
#define INDEX		5u		/* of what most cases send */

static uint64_t *table;
static uint64_t found;

static void put_back(struct bench *b)
{
	(void)raw_command(b, VTD_GCMD_IRE, false);
	(void)raw_command(b, VTD_GCMD_CFI, false);
	write64(&b->iommu->mmio, VTD_IRTA, found);
}

static void forget_entries(struct bench *b)
{
	submit(b, VTD_QI_IEC, 0, 0, 0);
	settle(b);
}

static void store(struct bench *b, unsigned index, uint64_t w0, uint64_t w1)
{
	uint64_t *entry = &table[2 * index];

	arch_store64(&entry[0], 0);
	arch_store64(&entry[1], w1);
	arch_store64(&entry[0], w0);
	require_ok(b, vtd_publish_words(raw_vtd(b), entry, 16), "publish an entry");
}

static void set_entry(struct bench *b, unsigned index, uint64_t w0, uint64_t w1)
{
	store(b, index, w0, w1);
	forget_entries(b);
}

/* Word 0 of an entry that leads to the line. */
static uint64_t to_the_line(struct bench *b)
{
	const struct arch_msi *msi = event_line(b);

	return IRTE_P | (msi->address & (BIT64(3) | BIT64(2))) |
	       (uint64_t)(msi->data >> 8 & 7) << 5 | (uint64_t)(msi->data & 0xff) << 16 |
	       (msi->address >> 12 & 0xff) << 40;
}

static void take_table(struct bench *b, uint64_t *memory, uint64_t flags)
{
	table = memory;
	memset(memory, 0, PAGE_SIZE);
	require_ok(b, vtd_publish_words(raw_vtd(b), memory, PAGE_SIZE), "publish the table");
	write64(&b->iommu->mmio, VTD_IRTA, pa_of(memory).v | (SIZE_LG2 - 1) | flags);
	expect(b, raw_command(b, VTD_GCMD_SIRTP, true), "GSTS.IRTPS does not follow GCMD.SIRTP");
	forget_entries(b);
}

static uint64_t *fresh_table(struct bench *b)
{
	return (uint64_t *)(void *)fresh_window(b);
}

static void need_remapping(struct bench *b)
{
	const struct mmio *mmio = &b->iommu->mmio;

	if (!(raw_vtd(b)->ecap & VTD_ECAP_IR))
		skip(b, "interrupt remapping (ECAP.IR)");
	if (read32(mmio, VTD_GSTS) & VTD_GSTS_IRES)
		skip(b, "a unit that firmware left without interrupt remapping");
	write32(mmio, VTD_FECTL, read32(mmio, VTD_FECTL) | VTD_FECTL_IM);
	found = read64(mmio, VTD_IRTA);
	b->undo = put_back;
}

/* Remapping is on, compatibility format is blocked, and entry INDEX leads to the line. */
static void turn_on(struct bench *b)
{
	need_remapping(b);
	if (raw_vtd(b)->ecap & VTD_ECAP_EIMER)
		skip(b, "a unit that remaps without extended mode (ECAP.EIMER is set)");
	take_table(b, fresh_table(b), 0);
	set_entry(b, INDEX, to_the_line(b), 0);
	expect(b, raw_command(b, VTD_GCMD_CFI, false) && raw_command(b, VTD_GCMD_IRE, true),
	       "GSTS.IRES does not follow GCMD.IRE");
}

/* The address of a message whose handle is this. */
static uint64_t to_handle(unsigned handle, uint64_t flags)
{
	return RANGE | REMAPPABLE | flags | (uint64_t)(handle & 0x7fff) << 5 |
	       (uint64_t)(handle >> 15) << 2;
}

/* How many interrupts a message of this engine becomes. */
static uint32_t interrupts_of(struct bench *b, struct platform_engine *e, uint64_t address, uint32_t word)
{
	struct dma_op op = { .direction = DMA_MESSAGE, .iova = iova(address), .operand = word };
	uint32_t before = fault_events(b);

	(void)!dma_run(&e->dma, &op, deadline_in_us(e->dma.limits.timeout_us));
	return wait_for_fault_events(b, before + 1) - before;
}

static void expect_interrupt(struct bench *b, uint64_t address, uint32_t word)
{
	expect_equal(b, "interrupts of the message", interrupts_of(b, b->engine, address, word), 1);
	expect_no_fault(b);
}

static void expect_recorded(struct bench *b, uint16_t rid, unsigned reason, unsigned index)
{
	struct iommu_fault fault;

	expect(b, take_fault(b, &fault), "no fault was recorded; expected reason %02Xh", reason);
	expect_equal(b, "source of the fault", fault.source.rid, rid);
	expect_reason_of(b, &fault, reason);
	if (reason != 0x20 && reason != 0x25 && reason < 0x29)
		expect_equal(b, "index of the record", fault.raw[0], (uint64_t)index << 48);
	expect_no_fault(b);
}

static void expect_blocked(struct bench *b, uint64_t address, uint32_t word, unsigned reason, unsigned index)
{
	expect_equal(b, "interrupts of the message", interrupts_of(b, b->engine, address, word), 0);
	expect_recorded(b, b->source.rid, reason, index);
}

TEST(vtd_interrupt, message_is_remapped, MESSAGES(0),
     .claim = "A message in remappable format becomes the interrupt of its entry, whatever its data.",
     .rules = RULES(VTD_IR_01, VTD_IR_08, VTD_IR_09, VTD_IR_15, VTD_IR_16))
{
	turn_on(b);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
	expect_interrupt(b, to_handle(INDEX, 0), 0xffffffff);
	set_entry(b, INDEX, to_the_line(b) | IRTE_AVAIL, 0);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
}

TEST(vtd_interrupt, subhandle_is_added, MESSAGES(0),
     .claim = "With SHV the subhandle is added to the handle, and the upper half of the data is reserved (20h).",
     .rules = RULES(VTD_IR_08, VTD_IR_09, VTD_IR_24))
{
	turn_on(b);
	expect_interrupt(b, to_handle(INDEX - 3, SHV), 3);
	expect_interrupt(b, to_handle(0, SHV), INDEX);
	for (unsigned bit = 16; bit < 32; bit += 5)
		expect_blocked(b, to_handle(INDEX - 3, SHV), BIT(bit) | 3, 0x20, 0);
}

TEST(vtd_interrupt, index_beyond_the_table, MESSAGES(0),
     .claim = "An index beyond the table is refused with reason 21h, and recorded with all of its bits.",
     .rules = RULES(VTD_IR_10, VTD_IR_09, VTD_IR_23, VTD_IR_24))
{
	turn_on(b);
	for (unsigned index = ENTRIES; index < BIT(16); index <<= 1) {
		note(b, "index %u", index);
		expect_blocked(b, to_handle(index | INDEX, 0), 0, 0x21, index | INDEX);
	}
}

TEST(vtd_interrupt, entry_not_present, MESSAGES(0),
     .claim = "An entry that is not present refuses with reason 22h, and with FPD in silence.",
     .rules = RULES(VTD_IR_11, VTD_IR_23, VTD_IR_24))
{
	turn_on(b);
	set_entry(b, INDEX, to_the_line(b) & ~IRTE_P, 0);
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x22, INDEX);
	set_entry(b, INDEX, IRTE_FPD, 0);
	expect_equal(b, "interrupts", interrupts_of(b, b->engine, to_handle(INDEX, 0), 0), 0);
	expect_no_fault(b);
}

TEST(vtd_interrupt, source_is_verified, MESSAGES(0),
     .claim = "An entry serves the source that SVT, SQ and SID name, and refuses another with reason 26h.",
     .rules = RULES(VTD_IR_12, VTD_IR_23, VTD_IR_24))
{
	static const struct { uint16_t other; unsigned sq; bool passes; } ids[] = {
		{ 0, 0, true },	 { 1, 0, false },  { 4, 0, false }, { 4, 1, true },  { 2, 1, false },
		{ 6, 2, true },	 { 1, 2, false },  { 7, 3, true },  { 8, 3, false }, { 0x100, 3, false },
	};
	uint64_t bus = b->source.rid >> 8;

	turn_on(b);
	for (unsigned i = 0; i < ARRAY_COUNT(ids); i++) {
		uint16_t sid = b->source.rid ^ ids[i].other;

		note(b, "SID %04x, SQ %u", sid, ids[i].sq);
		set_entry(b, INDEX, to_the_line(b), SVT(1) | SQ(ids[i].sq) | sid);
		if (ids[i].passes)
			expect_interrupt(b, to_handle(INDEX, 0), 0);
		else
			expect_blocked(b, to_handle(INDEX, 0), 0, 0x26, INDEX);
	}
	note(b, "buses");
	set_entry(b, INDEX, to_the_line(b), SVT(2) | bus << 8 | bus);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
	set_entry(b, INDEX, to_the_line(b), SVT(2) | (bus + 1) << 8 | 0xff);
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x26, INDEX);
}

static void expect_each_reserved(struct bench *b, unsigned word, uint64_t bits)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t w[2] = { to_the_line(b), 0 };

		if (!(bits & BIT64(bit)))
			continue;
		note(b, "bit %u", 64 * word + bit);
		w[word] |= BIT64(bit);
		set_entry(b, INDEX, w[0], w[1]);
		expect_blocked(b, to_handle(INDEX, 0), 0, 0x24, INDEX);
	}
}

TEST(vtd_interrupt, reserved_bits, MESSAGES(0),
     .claim = "Each reserved bit of a present entry refuses with reason 24h.",
     .rules = RULES(VTD_IR_13, VTD_IR_14, VTD_IR_24))
{
	uint64_t low = GENMASK64(14, 12) | GENMASK64(31, 24) | GENMASK64(39, 32) |
		       GENMASK64(63, 48);

	turn_on(b);
	if (!(raw_vtd(b)->cap & VTD_CAP_PI))
		low |= BIT64(15);
	expect_each_reserved(b, 0, low);
	expect_each_reserved(b, 1, GENMASK64(63, 20));
	note(b, "SVT 3");
	set_entry(b, INDEX, to_the_line(b), SVT(3));
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x24, INDEX);
}

TEST(vtd_interrupt, order_of_checks, MESSAGES(0),
     .claim = "Of several things that are wrong with a message, the one that is checked first is recorded.",
     .rules = RULES(VTD_IR_07))
{
	uint16_t wrong = b->source.rid ^ 1;

	turn_on(b);
	expect_blocked(b, to_handle(ENTRIES, SHV), BIT(20), 0x20, 0);
	set_entry(b, INDEX, BIT64(12), SVT(1) | wrong);
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x22, INDEX);
	set_entry(b, INDEX, IRTE_P | BIT64(12), SVT(1) | wrong);
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x26, INDEX);
}

TEST(vtd_interrupt, compatibility_format, MESSAGES(0),
     .claim = "Messages in compatibility format pass where remapping is off or CFI is set, and else give 25h.",
     .rules = RULES(VTD_IR_02, VTD_IR_05, VTD_IR_24, VTD_REG_04))
{
	const struct arch_msi *msi = event_line(b);

	need_remapping(b);
	if (raw_vtd(b)->ecap & VTD_ECAP_IRREQ)
		skip(b, "a unit that does without interrupt remapping (ECAP.IRREQ is set)");
	expect_interrupt(b, msi->address, msi->data);
	turn_on(b);
	expect_blocked(b, msi->address, msi->data, 0x25, 0);
	expect(b, raw_command(b, VTD_GCMD_CFI, true), "GSTS.CFIS does not follow GCMD.CFI");
	expect_interrupt(b, msi->address, msi->data);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
}

TEST(vtd_interrupt, extended_mode_has_one_format, MESSAGES(0),
     .claim = "In extended mode messages in compatibility format give 25h, CFI or not, and others are remapped.",
     .rules = RULES(VTD_IR_06, VTD_IR_05))
{
	const struct arch_msi *msi = event_line(b);
	uint64_t entry = to_the_line(b), id = entry >> 40 & 0xff;

	need_remapping(b);
	if (!(raw_vtd(b)->ecap & VTD_ECAP_EIM))
		skip(b, "extended interrupt mode (ECAP.EIM)");
	take_table(b, fresh_table(b), VTD_IRTA_EIME);
	set_entry(b, INDEX, (entry & UINT32_MAX) | id << 32, 0);
	expect(b, raw_command(b, VTD_GCMD_IRE, true) && raw_command(b, VTD_GCMD_CFI, true),
	       "GSTS.IRES does not follow GCMD.IRE");
	expect_blocked(b, msi->address, msi->data, 0x25, 0);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
}

TEST(vtd_interrupt, required_remapping_blocks, MESSAGES(0),
     .claim = "A unit that requires interrupt remapping refuses messages with 2Bh while it is off.",
     .rules = RULES(VTD_IR_03))
{
	const struct arch_msi *msi = event_line(b);

	need_remapping(b);
	if (!(raw_vtd(b)->ecap & VTD_ECAP_IRREQ))
		skip(b, "a unit that requires interrupt remapping (ECAP.IRREQ)");
	expect_blocked(b, msi->address, msi->data, 0x2b, 0);
}

TEST(vtd_interrupt, required_extended_mode_blocks, MESSAGES(0),
     .claim = "A unit that requires extended interrupt mode refuses messages with 2Ah without it.",
     .rules = RULES(VTD_IR_04))
{
	need_remapping(b);
	if (!(raw_vtd(b)->ecap & VTD_ECAP_EIMER))
		skip(b, "a unit that requires extended interrupt mode (ECAP.EIMER)");
	take_table(b, fresh_table(b), 0);
	set_entry(b, INDEX, to_the_line(b), 0);
	expect(b, raw_command(b, VTD_GCMD_IRE, true), "GSTS.IRES does not follow GCMD.IRE");
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x2a, 0);
}

/* ---- The table pointer and the cache ---- */

TEST(vtd_interrupt, table_waits_for_the_command, MESSAGES(0),
     .claim = "A new interrupt table address takes effect with SIRTP and not before.",
     .rules = RULES(VTD_REG_11))
{
	uint64_t *empty = fresh_table(b);

	turn_on(b);
	memset(empty, 0, PAGE_SIZE);
	require_ok(b, vtd_publish_words(raw_vtd(b), empty, PAGE_SIZE), "publish the table");
	write64(&b->iommu->mmio, VTD_IRTA, pa_of(empty).v | (SIZE_LG2 - 1));
	forget_entries(b);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
	expect(b, raw_command(b, VTD_GCMD_SIRTP, true), "GSTS.IRTPS does not follow GCMD.SIRTP");
	forget_entries(b);
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x22, INDEX);
}

/* Entry INDEX is cached and then empty; does it still serve? */
static bool make_stale(struct bench *b)
{
	bool stale;

	set_entry(b, INDEX, to_the_line(b), 0);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
	store(b, INDEX, 0, 0);
	stale = interrupts_of(b, b->engine, to_handle(INDEX, 0), 0) != 0;
	forget_faults(b);
	return stale;
}

static void expect_forgotten(struct bench *b, bool stale)
{
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x22, INDEX);
	if (!stale)
		unproven(b, "no stale entry was seen before the invalidation");
}

TEST(vtd_interrupt, invalidation_of_an_index, MESSAGES(0),
     .claim = "An index-selective invalidation ends a stale entry, alone and in a block of 2^IM.",
     .rules = RULES(VTD_QI_21))
{
	uint64_t most = FIELD_GET(VTD_ECAP_MHMV, raw_vtd(b)->ecap);
	bool stale = true;

	turn_on(b);
	for (uint64_t mask = 0; mask <= MIN(most, 4u); mask++) {
		uint64_t first = INDEX & ~(BIT64(mask) - 1);

		note(b, "IM %llu", (unsigned long long)mask);
		stale &= make_stale(b);
		submit(b,
		       VTD_QI_IEC | VTD_QI0_IEC_G | FIELD_PREP(VTD_QI0_IEC_IM, mask) |
			       FIELD_PREP(VTD_QI0_IEC_IIDX, first),
		       0, 0, 0);
		settle(b);
		expect_forgotten(b, stale);
	}
}

TEST(vtd_interrupt, global_invalidation, MESSAGES(0),
     .claim = "A global interrupt entry invalidation ends a stale entry.",
     .rules = RULES(VTD_QI_21))
{
	bool stale;

	turn_on(b);
	stale = make_stale(b);
	forget_entries(b);
	expect_forgotten(b, stale);
}

TEST(vtd_interrupt, table_pointer_invalidates, MESSAGES(0),
     .claim = "With CAP.ESIRTPS, setting the interrupt table pointer ends stale entries by itself.",
     .rules = RULES(VTD_IR_19))
{
	bool stale;

	if (!(raw_vtd(b)->cap & VTD_CAP_ESIRTPS))
		skip(b, "an interrupt table pointer that invalidates (CAP.ESIRTPS)");
	turn_on(b);
	stale = make_stale(b);
	expect(b, raw_command(b, VTD_GCMD_SIRTP, true), "GSTS.IRTPS does not follow GCMD.SIRTP");
	expect_forgotten(b, stale);
}

TEST(vtd_interrupt, faulting_entries_are_not_kept, MESSAGES(0),
     .claim = "An entry that refused is used without an invalidation once it is put right.",
     .rules = RULES(VTD_IR_21))
{
	turn_on(b);
	if (b->iommu->caps.caching_mode)
		skip(b, "a unit that keeps nothing that faults (CAP.CM is set)");
	set_entry(b, INDEX, 0, 0);
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x22, INDEX);
	store(b, INDEX, to_the_line(b) | BIT64(12), 0);
	expect_blocked(b, to_handle(INDEX, 0), 0, 0x24, INDEX);
	store(b, INDEX, to_the_line(b), 0);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
}

TEST(vtd_interrupt, cached_entries_verify_the_source, MESSAGES(NEEDS_OTHER_GROUP),
     .claim = "An entry that one source has brought into the cache refuses another with reason 26h.",
     .rules = RULES(VTD_IR_20, VTD_IR_12))
{
	turn_on(b);
	attach_other(b, &b->hwpt);
	if (!b->other->dma.limits.messages)
		skip(b, "a second engine that sends messages");
	set_entry(b, INDEX, to_the_line(b), SVT(1) | b->source.rid);
	expect_interrupt(b, to_handle(INDEX, 0), 0);
	expect_equal(b, "interrupts of the other engine's message",
		     interrupts_of(b, b->other, to_handle(INDEX, 0), 0), 0);
	expect_recorded(b, b->other_source.rid, 0x26, INDEX);
}

TEST(vtd_interrupt, own_fault_event_is_not_remapped, MESSAGES(NEEDS_DMA_WRITE),
     .claim = "The unit's own fault event is sent as it is programmed, though messages of its format are blocked.",
     .rules = RULES(VTD_FEV_06))
{
	const struct mmio *mmio = &b->iommu->mmio;
	const struct arch_msi *msi = event_line(b);
	struct span hole = unmapped_leaves(b, 1);
	uint32_t before, after;

	turn_on(b);
	expect_blocked(b, msi->address, msi->data, 0x25, 0);
	write32(mmio, VTD_FECTL, read32(mmio, VTD_FECTL) & ~VTD_FECTL_IM);
	before = fault_events(b);
	(void)device_tries_to_write(b, leaf(&hole, 0), write_bytes(b, 64));
	after = wait_for_fault_events(b, before + 1);
	forget_faults(b);
	expect_equal(b, "fault events", after - before, 1);
}

TEST(vtd_interrupt, own_completion_event_is_not_remapped, MESSAGES(0),
     .claim = "The unit's own completion event is sent as it is programmed, though messages of its format are blocked.",
     .rules = RULES(VTD_WAIT_11))
{
	const struct arch_msi *msi = event_line(b);
	uint32_t before, after;

	turn_on(b);
	expect_blocked(b, msi->address, msi->data, 0x25, 0);
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
	expect_done(b, vtd_completion_interrupt(raw_vtd(b), msi), "a line of completion events");
	before = fault_events(b);
	submit(b, VTD_QI_WAIT | BIT64(4), 0, 0, 0);
	after = wait_for_fault_events(b, before + 1);
	write32(&b->iommu->mmio, VTD_ICS, VTD_ICS_IWC);
	expect_done(b, vtd_completion_interrupt(raw_vtd(b), NULL), "no line of completion events");
	expect_equal(b, "completion events", after - before, 1);
}
