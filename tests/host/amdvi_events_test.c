/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Event records made from 48882 3.11, tables 56 to 72, the log that they stand in, its interrupt, and page requests. */
#include "tests/host/check.h"
#include "tests/host/amdvi_fake.h"

static enum status next(struct iommu_fault *fault)
{
	return amdvi.iommu.ops->next_fault(&amdvi.iommu, fault);
}

static bool overflow(void)
{
	return amdvi.iommu.ops->fault_overflow(&amdvi.iommu);
}

/* ---- Decoding ---- */

static struct iommu_fault decoded(uint64_t w0, uint64_t w1)
{
	struct iommu_fault fault = { .reason = 0xdead };

	fake_event(w0, w1);
	CHECK_EQ(next(&fault), STATUS_OK);
	CHECK_EQ(fault.raw_count, 2);
	CHECK_EQ(fault.raw[0], w0);
	CHECK_EQ(fault.raw[1], w1);
	return fault;
}

/* DeviceID 15:0, PASID 19:16 there and 15:0 at 47:32 with GN (48), PR 52, RW 53, PE 54, RZ 55, TR 56. */
HOST_TEST(page_faults_say_why)
{
	struct iommu_fault f;

	fake_on(EFR_GUEST, "host");
	f = decoded(0x2000000700000108, 0x123456789abc); /* a read of what is not present, domain 7 */
	CHECK_EQ(f.source.segment, 0);
	CHECK_EQ(f.source.rid, 0x108);
	CHECK_EQ(f.source.pasid, IOMMU_NO_PASID);
	CHECK_EQ(f.access, IOMMU_READ);
	CHECK_EQ(f.address, 0x123456789000);
	CHECK_EQ(f.reason, 0x2000);
	f = decoded(0x2070000700000108, 0xfffffffffffff); /* a write without permission */
	CHECK_EQ(f.access, IOMMU_WRITE);
	CHECK_EQ(f.reason, 0x2050);
	CHECK_EQ(f.address, 0xffffffffff000);
	f = decoded(0x2090000700000108, 0); /* a reserved bit */
	CHECK_EQ(f.reason, 0x2090);
	f = decoded(0x2010000700000108, 0); /* a level */
	CHECK_EQ(f.reason, 0x2010);
	f = decoded(0x20e0000700000108, 0); /* without PR neither PE nor RZ mean anything */
	CHECK_EQ(f.reason, 0x2000);
	CHECK_EQ(f.access, IOMMU_WRITE);
	f = decoded(0x20570123000a0108, 0); /* PASID A0123h, of a user, not to execute */
	CHECK_EQ(f.source.pasid, 0xa0123);
	CHECK_EQ(f.reason, 0x2050);
	f = decoded(0x2051000000000108, 0); /* PASID 0 is none (2.2.9) */
	CHECK_EQ(f.source.pasid, IOMMU_NO_PASID);
	f = decoded(0x2118000700000108, 0); /* a translation request of an interrupt, RemapEn 1 */
	CHECK_EQ(f.reason, 0x2118);
}

/* RW without PR, of an interrupt, or where there is no RW: it may be anything. An AtomicOp is either. */
HOST_TEST(the_access_is_told_where_rw_has_a_meaning)
{
	static const struct {
		uint64_t w0;
		bool read, write;
	} records[] = {
		{ 0x2070000000000000, false, true }, { 0x2050000000000000, true, false },
		{ 0x2020000000000000, true, true },  { 0x2000000000000000, true, true },
		{ 0x2078000000000000, true, true },  { 0x1080000000000000, true, false },
		{ 0x10a0000000000000, false, true }, { 0x8800000000000000, true, true },
		{ 0x4220000000000000, false, true },
	};

	fake_on(EFR_GUEST, "host");
	for (unsigned i = 0; i < ARRAY_COUNT(records); i++) {
		struct iommu_fault f = decoded(records[i].w0, 0);

		CHECK_EQ(iommu_fault_is(&f, IOMMU_READ), records[i].read);
		CHECK_EQ(iommu_fault_is(&f, IOMMU_WRITE), records[i].write);
		CHECK(iommu_fault_is(&f, IOMMU_ATOMIC));
		CHECK(!iommu_fault_is(&f, IOMMU_PAGE_REQUEST));
	}
}

HOST_TEST(every_event_is_decoded)
{
	static const struct {
		uint64_t w0, w1;
		unsigned reason;
		uint16_t rid;
		uint32_t pasid;
		enum iommu_access access;
		uint64_t address;
	} events[] = {
		/* ILLEGAL_DEV_TABLE_ENTRY: RZ, of a write; PR and PE are no fields of it. */
		{ 0x10f1000300021234, 0x5678, 0x1080, 0x1234, 0x20003, IOMMU_WRITE, 0x5000 },
		/* DEV_TAB_HARDWARE_ERROR, target abort; the address is what the unit could not read. */
		{ 0x3400000000001234, 0x12340, 0x3400, 0x1234, IOMMU_NO_PASID, IOMMU_READ,
		  0x12340 },
		/* PAGE_TAB_HARDWARE_ERROR, data error, of a translation request. */
		{ 0x4700000500001234, 0x12348, 0x4700, 0x1234, IOMMU_NO_PASID, IOMMU_READ,
		  0x12348 },
		/* ILLEGAL_COMMAND_ERROR, COMMAND_HARDWARE_ERROR (master abort): no device. */
		{ 0x5000000000000000, 0x7770, 0x5000, 0, IOMMU_NO_PASID, IOMMU_READ, 0x7770 },
		{ 0x6200000000000000, 0x7770, 0x6200, 0, IOMMU_NO_PASID, IOMMU_READ, 0x7770 },
		/* IOTLB_INV_TIMEOUT: the command's address. */
		{ 0x7000000000001234, 0x7770, 0x7000, 0x1234, IOMMU_NO_PASID, IOMMU_READ, 0x7770 },
		/* INVALID_DEVICE_REQUEST 100b: a PASID that is not active. */
		{ 0x8803000900011234, 0x9999, 0x8800, 0x1234, 0x10009, IOMMU_READ, 0x9000 },
		/* INVALID_PPR_REQUEST: PASID 15:0 at 31:16, 19:16 at 45:42, GN at 57. */
		{ 0x9200280500061234, 0xa000, 0x9000, 0x1234, 0xa0006, IOMMU_PAGE_REQUEST, 0xa000 },
		{ 0xa000000000000000, 0x55, 0xa000, 0, IOMMU_NO_PASID, IOMMU_READ, 0 },
		{ 0xb001000300000000, 0, 0xb001, 0, IOMMU_NO_PASID, IOMMU_READ, 0 },
		{ 0xc400000000030007, 0x5009, 0xc400, 0, IOMMU_NO_PASID, IOMMU_READ, 0x5009 },
		{ 0xd020000000201234, 0x8888, 0xd000, 0x1234, IOMMU_NO_PASID, IOMMU_WRITE, 0x8000 },
		{ 0xe200000000001234, 0x8888, 0xe200, 0x1234, IOMMU_NO_PASID, IOMMU_READ, 0x8888 },
		{ 0xffff000000001234, 0x8888, 0xf000, 0, IOMMU_NO_PASID, IOMMU_WRITE, 0 },
	};

	fake_on(EFR_GUEST, "host");
	for (unsigned i = 0; i < ARRAY_COUNT(events); i++) {
		struct iommu_fault f = decoded(events[i].w0, events[i].w1);

		CHECK_EQ(f.reason, events[i].reason);
		CHECK_EQ(f.source.rid, events[i].rid);
		CHECK_EQ(f.source.pasid, events[i].pasid);
		CHECK_EQ(f.access, events[i].access);
		CHECK_EQ(f.address, events[i].address);
	}
}

HOST_TEST(reasons_are_what_the_tables_allow)
{
	const struct iommu_regime *r = fake_on(EFR_GUEST, "guest");
	unsigned reasons[IOMMU_REASONS_MAX];

#define REASONS(why) amdvi.iommu.ops->reasons(&amdvi.iommu, r, why, IOMMU_WRITE, reasons)
	CHECK_EQ(REASONS(IOMMU_REFUSE_NOT_PRESENT), 1);
	CHECK_EQ(reasons[0], 0x2000);
	CHECK_EQ(REASONS(IOMMU_REFUSE_READ), 1);
	CHECK_EQ(reasons[0], 0x2050);
	CHECK_EQ(REASONS(IOMMU_REFUSE_WRITE), 1);
	CHECK_EQ(reasons[0], 0x2050);
	CHECK_EQ(REASONS(IOMMU_REFUSE_RESERVED), 1);
	CHECK_EQ(reasons[0], 0x2090);
	CHECK_EQ(REASONS(IOMMU_REFUSE_SOURCE), 3);
	CHECK_EQ(REASONS(IOMMU_REFUSE_WIDTH), 4);
	CHECK_EQ(amdvi.iommu.ops->reasons(&amdvi.iommu, r, IOMMU_REFUSE_READ, IOMMU_PAGE_REQUEST,
					  reasons),
		 0);
}

HOST_TEST(reasons_have_texts)
{
	const char *(*text)(const struct iommu *, unsigned);

	fake_on(EFR_PLAIN, "host");
	text = amdvi.iommu.ops->reason_text;
	CHECK_STR(text(&amdvi.iommu, 0x2000), "IO_PAGE_FAULT: an entry is not present");
	CHECK_STR(text(&amdvi.iommu, 0x2050), "IO_PAGE_FAULT: no permission along the walk");
	CHECK_STR(text(&amdvi.iommu, 0x2090), "IO_PAGE_FAULT: a reserved bit is set in an entry");
	CHECK_STR(text(&amdvi.iommu, 0x2018), "IO_PAGE_FAULT: an interrupt is refused");
	CHECK_STR(text(&amdvi.iommu, 0x5000),
		  "ILLEGAL_COMMAND_ERROR: a command is none, or has a reserved bit set");
	CHECK_STR(text(&amdvi.iommu, 0x10000), "no reason of 48882 3.11");
}

/* ---- The log ---- */

HOST_TEST(the_log_wraps_and_slots_are_cleared)
{
	struct iommu_fault f;

	fake_on(EFR_PLAIN, "host");
	CHECK_EQ(next(&f), STATUS_NOT_FOUND);
	for (unsigned i = 0; i < 600; i++) {
		f = decoded(0x2000000000000000 | i, 0);
		CHECK_EQ(f.source.rid, i);
		CHECK_EQ(fake_get(0x2010, 8), fake_get(0x2018, 8));
		CHECK_EQ(next(&f), STATUS_NOT_FOUND);
	}
	for (unsigned i = 0; i < 512; i++)
		CHECK_EQ(amdvi.events.slots[i], 0);
}

/* 2.5.1: what was logged is kept, what came later is lost, and then records come again. */
static void overflow_and_restart(bool runs_on)
{
	uint64_t control[4];
	struct iommu_fault f;
	unsigned taken = 0;

	fake_on(EFR_PLAIN, "host");
	fake.runs_on = runs_on;
	for (unsigned i = 0; i < 300; i++)
		fake_event(0x2000000000000000 | i, 0);
	CHECK_EQ(fake_get(0x2020, 8) & 1, 1);
	while (next(&f) == STATUS_OK)
		CHECK_EQ(f.source.rid, taken++);
	CHECK_EQ(taken, 255);
	fake_event(0x2000000000000777, 0);
	CHECK_EQ(next(&f), STATUS_NOT_FOUND);
	fake.log_count = 0;
	CHECK(overflow());
	CHECK_EQ(fake_written(0x18, control, 4), 2);
	CHECK_EQ(control[0] & 4, 0);
	CHECK_EQ(control[1] & 4, 4);
	CHECK_EQ(fake_get(0x2020, 8) & 9, 8);
	/* W1C comes between the two, whatever the enable clears by itself. */
	CHECK_EQ(fake_written(0x2020, control, 4), 1);
	CHECK_EQ(control[0], 1);
	CHECK(!overflow());
	f = decoded(0x2000000000000888, 0);
	CHECK_EQ(f.source.rid, 0x888);
}

HOST_TEST(a_log_that_overflowed_is_restarted)
{
	overflow_and_restart(false);
	overflow_and_restart(true);
}

HOST_TEST(records_before_the_restart_are_kept)
{
	struct iommu_fault f;
	unsigned taken = 0;

	fake_on(EFR_PLAIN, "host");
	for (unsigned i = 0; i < 300; i++)
		fake_event(0x2000000000000000 | i, 0);
	CHECK_EQ(next(&f), STATUS_OK);
	CHECK(overflow());
	fake_event(0x2000000000000999, 0);
	while (next(&f) == STATUS_OK)
		taken++;
	CHECK_EQ(taken, 255);
	CHECK_EQ(f.source.rid, 0x999);
}

HOST_TEST(a_log_that_cannot_be_restarted_is_off)
{
	struct iommu_fault f;

	fake_on(EFR_PLAIN, "host");
	fake_status(0, 1);
	fake.silent = true;
	CHECK(overflow());
	CHECK_STR(amdvi.iommu.unmet.demand,
		  "EventLogRun is clear some time after Control.EventLogEn (48882 2.5.1)");
	CHECK_EQ(next(&f), STATUS_NOT_FOUND);
	CHECK(!overflow());
}

/* Errata 732, 733: the tail is ahead of the record. */
static uint64_t *late_slot;
static unsigned late_pauses;

static void write_late(void *context)
{
	(void)context;
	if (late_slot && late_pauses-- == 0) {
		late_slot[1] = 0xabc000;
		late_slot[0] = 0x2050000000000222;
		late_slot = NULL;
	}
}

HOST_TEST(late_records_are_waited_for)
{
	struct iommu_fault f;

	fake_on(EFR_PLAIN, "host");
	late_slot = amdvi.events.slots;
	late_pauses = 20;
	arch_host_pause_hook(write_late, NULL);
	fake_set(0x2018, 8, 0x10);
	CHECK_EQ(next(&f), STATUS_OK);
	CHECK_EQ(f.reason, 0x2050);
	CHECK_EQ(f.source.rid, 0x222);
	CHECK_EQ(f.address, 0xabc000);
	/* One that never comes is told as what it is, and the log goes on. */
	fake_set(0x2018, 8, 0x20);
	CHECK_EQ(next(&f), STATUS_OK);
	CHECK_EQ(f.reason, 0);
	CHECK_STR(amdvi.iommu.ops->reason_text(&amdvi.iommu, f.reason),
		  "RESERVED: the tail passed a record that was never written (errata 732, 733)");
	CHECK_EQ(fake_get(0x2010, 8), 0x20);
	f = decoded(0x2000000000000333, 0);
	CHECK_EQ(f.source.rid, 0x333);
}

HOST_TEST(a_unit_that_was_given_back_has_no_records)
{
	struct iommu_fault f;

	fake_on(EFR_PLAIN, "host");
	fake_event(0x2000000000000001, 0);
	CHECK_EQ(amdvi.iommu.ops->close(&amdvi.iommu), STATUS_OK);
	fake_set(0x2018, 8, 0x20);
	CHECK_EQ(next(&f), STATUS_NOT_FOUND);
	CHECK_EQ(amdvi.iommu.ops->sync(&amdvi.iommu, deadline_in_us(1000)), STATUS_OK);
}

HOST_TEST(a_dead_unit_has_no_records)
{
	struct iommu_fault f;

	fake_on(EFR_PLAIN, "host");
	fake.gone = true;
	CHECK_EQ(next(&f), STATUS_GONE);
	CHECK(!overflow());
}

/* ---- Status and the interrupt ---- */

/* Erratum 1312: written until it is clear. Without that no further interrupt comes. */
HOST_TEST(a_status_bit_that_stays_is_cleared_again)
{
	struct iommu_fault f;

	fake_on(EFR_PLAIN, "host");
	fake_event(0x2000000000000001, 0);
	CHECK_EQ(next(&f), STATUS_OK);
	CHECK_EQ(fake_get(0x2020, 8) & 2, 2);
	fake.deaf_clears = 3;
	CHECK_EQ(next(&f), STATUS_NOT_FOUND);
	CHECK_EQ(fake_get(0x2020, 8) & 2, 0);
	CHECK_EQ(fake.deaf_clears, 0);
	fake_status(0, 2);
	fake.deaf_clears = UINT32_MAX;
	CHECK_EQ(next(&f), STATUS_NOT_FOUND); /* by the deadline */
	CHECK_STR(amdvi.iommu.unmet.demand, "a status bit is cleared by writing 1 (48882 3.4.16)");
}

static struct arch_msi delivered;
static unsigned deliveries;
static bool put_back;

static enum status deliver(void *context, const struct arch_msi *msi)
{
	CHECK_EQ((uintptr_t)context, 0x77);
	deliveries++;
	put_back = msi == NULL;
	if (msi)
		delivered = *msi;
	return STATUS_OK;
}

HOST_TEST(interrupts_go_through_the_functions_capability)
{
	static const struct amdvi_msi_ops ops = { deliver };
	struct arch_msi msi = { 0x40, 0xfee01000, 0x4040 };
	enum status (*interrupt)(struct iommu *, const struct arch_msi *);

	fake_start(EFR_PLAIN);
	description.msi = &ops;
	description.msi_context = (void *)0x77;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK(amdvi.iommu.caps.fault_interrupt);
	interrupt = amdvi.iommu.ops->fault_interrupt;
	CHECK_EQ(interrupt(&amdvi.iommu, &msi), STATUS_UNSUPPORTED); /* not taken yet */
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_OK);
	deliveries = 0;
	fake_status(0, 6);
	CHECK_EQ(interrupt(&amdvi.iommu, &msi), STATUS_OK);
	CHECK_EQ(deliveries, 1);
	CHECK_EQ(delivered.address, 0xfee01000);
	CHECK_EQ(fake_get(0x18, 8) & 0x18, 0x08); /* EventIntEn */
	CHECK_EQ(fake_get(0x2020, 8) & 6, 0);     /* set bits would keep it from coming */
	CHECK_EQ(amdvi_completion_interrupt(&amdvi, &msi), STATUS_OK);
	CHECK_EQ(fake_get(0x18, 8) & 0x18, 0x18);
	fake.done_count = 0;
	fake_status(0, 4);
	CHECK_EQ(amdvi.iommu.ops->sync(&amdvi.iommu, deadline_in_us(1000)), STATUS_OK);
	CHECK_EQ(fake.done[0][0] & 7, 7); /* s, i and f */
	CHECK_EQ(fake_get(0x2020, 8) & 4, 4);
	CHECK_EQ(interrupt(&amdvi.iommu, NULL), STATUS_OK);
	CHECK_EQ(fake_get(0x18, 8) & 0x18, 0x10);
	CHECK_EQ(amdvi.iommu.ops->close(&amdvi.iommu), STATUS_OK);
	CHECK(put_back);
}

HOST_TEST(interrupts_go_through_mmio_where_that_is_all)
{
	struct arch_msi msi = { 0x40, 0x1fee01004, 0x12344040 };
	uint64_t header[4];

	fake_start(EFR_PLAIN | BIT64(46));
	fake_set(0x158, 4, 0x00800005);
	fake_set(0x15c, 4, 0xfee0b000);
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime("host")), STATUS_OK);
	fake.log_count = 0;
	CHECK_EQ(amdvi.iommu.ops->fault_interrupt(&amdvi.iommu, &msi), STATUS_OK);
	CHECK_EQ(fake_written(0x158, header, 4), 2);
	CHECK_EQ(header[0], 0x00800005);
	CHECK_EQ(header[1], 0x00810005);
	CHECK_EQ(fake_get(0x15c, 4), 0xfee01004);
	CHECK_EQ(fake_get(0x160, 4), 1);
	CHECK_EQ(fake_get(0x164, 4), 0x4040);
	CHECK_EQ(amdvi.iommu.ops->close(&amdvi.iommu), STATUS_OK);
	CHECK_EQ(fake_get(0x158, 4), 0x00800005);
	CHECK_EQ(fake_get(0x15c, 4), 0xfee0b000);
}

/* ---- Page requests ---- */

HOST_TEST(page_requests_are_logged_while_they_are_asked_for)
{
	struct amdvi_page_request r;
	uint64_t *slot;

	fake_on(EFR_PLAIN, "host");
	CHECK_EQ(amdvi_requests_start(&amdvi), STATUS_UNSUPPORTED);
	fake_on(EFR_GUEST, "host");
	CHECK_EQ(amdvi_next_request(&amdvi, &r), STATUS_NOT_FOUND);
	CHECK_EQ(amdvi_requests_stop(&amdvi), STATUS_UNSUPPORTED);
	CHECK_EQ(amdvi_requests_start(&amdvi), STATUS_OK);
	CHECK_EQ(fake_get(0x18, 8) & 0xe000, 0xa000); /* PPREn, PPRLogEn */
	CHECK_EQ(fake_get(0x38, 8) >> 56, 8);
	CHECK_EQ(amdvi_next_request(&amdvi, &r), STATUS_NOT_FOUND);
	slot = amdvi.requests.slots;
	/* GN, US, WP, RP, NX; PASID A0006h; the last of group 5. */
	slot[0] = 0x1166280500061234 | BIT64(41);
	slot[1] = 0x123456789fff;
	fake_set(0x2038, 8, 0x10);
	CHECK_EQ(amdvi_next_request(&amdvi, &r), STATUS_OK);
	CHECK_EQ(r.source.rid, 0x1234);
	CHECK_EQ(r.source.pasid, 0xa0006);
	CHECK_EQ(r.address, 0x123456789000);
	CHECK(r.read && r.write && r.user && !r.execute && !r.malformed && r.last);
	CHECK_EQ(r.group, 5);
	CHECK_EQ(slot[0], 0);
	CHECK_EQ(fake_get(0x2030, 8), 0x10);
	slot[2] = 0x2000000000000000; /* no page request */
	fake_set(0x2038, 8, 0x20);
	CHECK_EQ(amdvi_next_request(&amdvi, &r), STATUS_MALFORMED);
	CHECK_EQ(r.raw[0], 0x2000000000000000);
	CHECK_EQ(amdvi_requests_stop(&amdvi), STATUS_OK);
	CHECK_EQ(fake_get(0x18, 8) & 0xe000, 0);
}

HOST_MAIN()
