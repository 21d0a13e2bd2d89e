/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Fault records, overflow, the event's registers and table 30 (VT-d 5.10, 7.1.3, 7.2.1, 11.4.7). */
#include "tests/host/check.h"
#include "tests/host/vtd_fake.h"

#define CAP_8_RECORDS (CAP_PLAIN | 7ull << 40)

static enum status next_fault(struct iommu_fault *fault)
{
	return vtd.iommu.ops->next_fault(&vtd.iommu, fault);
}

HOST_TEST(a_record_is_decoded_and_cleared)
{
	struct iommu_fault f;

	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	CHECK_EQ(next_fault(&f), STATUS_NOT_FOUND);
	fake_record(0, 0x0000123456789000,
		    0xc000007100000312); /* F, T1: a read; 71h; source 03:02.2 */
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(f.source.rid, 0x0312);
	CHECK_EQ(f.source.segment, 0);
	CHECK_EQ(f.source.pasid, IOMMU_NO_PASID);
	CHECK_EQ(f.access, IOMMU_READ);
	CHECK_EQ(f.address, 0x0000123456789000);
	CHECK_EQ(f.reason, 0x71);
	CHECK_EQ(f.raw[0], 0x0000123456789000);
	CHECK_EQ(f.raw[1], 0xc000007100000312);
	CHECK_EQ(f.raw_count, 2);
	CHECK_EQ(fake_get(0x228, 8), 0x4000007100000312);
	CHECK_EQ(next_fault(&f), STATUS_NOT_FOUND);
}

HOST_TEST(pasid_and_kind_of_access)
{
	struct iommu_fault f;

	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	fake_record(0, 0x1000, 0x8abcde59800000ff); /* PV ABCDE, PP */
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(f.source.pasid, 0xabcde);
	CHECK_EQ(f.access, IOMMU_WRITE);
	CHECK_EQ(f.reason, 0x59);
	fake_record(0, 0x1000, 0x80000059100000ff); /* T2 alone */
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(f.access, IOMMU_PAGE_REQUEST);
	fake_record(0, 0x1000, 0xc0000059100000ff); /* T1 and T2 */
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(f.access, IOMMU_ATOMIC);
	fake_record(0, 0x1000, 0x8abcde59000000ff); /* PV without PP says nothing */
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(f.source.pasid, IOMMU_NO_PASID);
}

/* 7.2.1: the ring goes on where it was; FRI says where the first is. */
HOST_TEST(records_come_in_the_order_of_the_ring)
{
	struct iommu_fault f;

	fake_on(CAP_8_RECORDS, ECAP_LEGACY, "legacy");
	for (unsigned i = 0; i < 4; i++)
		fake_record((6 + i) % 8, 0x1000 * (i + 1), 0x8000000500000000);
	fake_set(0x34, 4, fake_get(0x34, 4) | 6 << 8);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(next_fault(&f), STATUS_OK);
		CHECK_EQ(f.address, 0x1000 * (i + 1));
	}
	CHECK_EQ(next_fault(&f), STATUS_NOT_FOUND);
	/* Two more, the unit's index having gone on; FRI is stale while PPF was clear in between. */
	fake_record(2, 0x8000, 0x8000000500000000);
	fake_record(3, 0x9000, 0x8000000500000000);
	fake_set(0x34, 4, (fake_get(0x34, 4) & 0xff) | 2 << 8);
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(f.address, 0x8000);
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(f.address, 0x9000);
	/* Turned off and on: the index is 0 again. */
	fake_record(0, 0xa000, 0x8000000500000000);
	fake_set(0x34, 4, fake_get(0x34, 4) & 0xff);
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(f.address, 0xa000);
}

/* The unit has come round to slots that were taken; FRI still points at them, for PPF was never clear. */
HOST_TEST(the_ring_is_followed_past_a_stale_fri)
{
	struct iommu_fault f;

	fake_on(CAP_8_RECORDS, ECAP_LEGACY, "legacy");
	for (unsigned i = 0; i < 3; i++)
		fake_record((6 + i) % 8, 0x1000 * (i + 1), 0x8000000500000000);
	fake_set(0x34, 4, fake_get(0x34, 4) | 6 << 8);
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(next_fault(&f), STATUS_OK);
	for (unsigned i = 3; i < 9; i++)
		fake_record((6 + i) % 8, 0x1000 * (i + 1), 0x8000000500000000);
	for (unsigned i = 2; i < 9; i++) {
		CHECK_EQ(next_fault(&f), STATUS_OK);
		CHECK_EQ(f.address, 0x1000 * (i + 1));
	}
}

HOST_TEST(overflow_is_told_once)
{
	struct iommu_fault f;

	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK(!vtd.iommu.ops->fault_overflow(&vtd.iommu));
	fake_record(0, 0x1000, 0x8000000500000008);
	fake_set(0x34, 4,
		 fake_get(0x34, 4) | 0x11); /* PFO, and an IQE that is none of its business */
	CHECK(vtd.iommu.ops->fault_overflow(&vtd.iommu));
	CHECK_EQ(fake_get(0x34, 4), 0x12);
	CHECK(!vtd.iommu.ops->fault_overflow(&vtd.iommu));
	CHECK_EQ(next_fault(&f), STATUS_OK);
	CHECK_EQ(fake_get(0x34, 4), 0x10);
}

HOST_TEST(a_unit_that_is_gone_has_no_faults)
{
	struct iommu_fault f;

	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	fake.gone = true;
	CHECK_EQ(next_fault(&f), STATUS_GONE);
	CHECK(!vtd.iommu.ops->fault_overflow(&vtd.iommu));
}

/* 11.4.7.2 .. 5: masked first, unmasked last. */
HOST_TEST(the_event_is_programmed_while_masked)
{
	struct arch_msi msi = { 0x41, 0x1fee03000, 0x41 };

	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK_EQ(vtd.iommu.ops->fault_interrupt(&vtd.iommu, &msi), STATUS_OK);
	CHECK_EQ(fake.log_count, 5);
	CHECK_EQ(fake.log[0].offset, 0x38);
	CHECK_EQ(fake.log[0].value, 0x80000000);
	CHECK_EQ(fake.log[4].offset, 0x38);
	CHECK_EQ(fake.log[4].value, 0);
	CHECK_EQ(fake_get(0x3c, 4), 0x41);
	CHECK_EQ(fake_get(0x40, 4), 0xfee03000);
	CHECK_EQ(fake_get(0x44, 4), 1);
	CHECK_EQ(vtd.iommu.ops->fault_interrupt(&vtd.iommu, NULL), STATUS_OK);
	CHECK_EQ(fake_get(0x38, 4), 0x80000000);
}

/* IECTL, IEDATA, IEADDR, IEUADDR, and what firmware had there. */
HOST_TEST(completion_interrupt_is_programmed_while_masked)
{
	struct arch_msi msi = { 0x42, 0x2fee04000, 0x42 };

	fake_start(CAP_PLAIN, ECAP_LEGACY);
	fake_set(0xa4, 4, 0x1234);
	fake_set(0xa8, 4, 0xfee00000);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(vtd_completion_interrupt(&vtd, &msi), STATUS_UNSUPPORTED);
	CHECK_EQ(vtd.iommu.ops->enable(&vtd.iommu, fake_regime("legacy")), STATUS_OK);
	fake.log_count = 0;
	CHECK_EQ(vtd_completion_interrupt(&vtd, &msi), STATUS_OK);
	CHECK_EQ(fake.log_count, 5);
	CHECK_EQ(fake.log[0].offset, 0xa0);
	CHECK_EQ(fake.log[0].value, 0x80000000);
	CHECK_EQ(fake.log[4].offset, 0xa0);
	CHECK_EQ(fake.log[4].value, 0);
	CHECK_EQ(fake_get(0xa4, 4), 0x42);
	CHECK_EQ(fake_get(0xa8, 4), 0xfee04000);
	CHECK_EQ(fake_get(0xac, 4), 2);
	CHECK_EQ(vtd_completion_interrupt(&vtd, NULL), STATUS_OK);
	CHECK_EQ(fake_get(0xa0, 4), 0x80000000);
	CHECK_EQ(vtd.iommu.ops->close(&vtd.iommu), STATUS_OK);
	CHECK_EQ(fake_get(0xa4, 4), 0x1234);
	CHECK_EQ(fake_get(0xa8, 4), 0xfee00000);
	CHECK_EQ(fake_get(0xac, 4), 0);
}

static void check_reasons(const char *regime, enum iommu_refusal refusal, enum iommu_access access,
			  unsigned count, unsigned first, unsigned second)
{
	unsigned got[IOMMU_REASONS_MAX] = { 0 };

	CHECK_EQ(vtd.iommu.ops->reasons(&vtd.iommu, fake_regime(regime), refusal, access, got),
		 count);
	CHECK_EQ(got[0], first);
	CHECK_EQ(got[1], second);
}

HOST_TEST(reasons_of_table_30)
{
	fake_on(CAP_PLAIN, ECAP_SECOND | BIT64(47), "first");
	check_reasons("legacy", IOMMU_REFUSE_SOURCE, IOMMU_READ, 2, 0x02, 0x01);
	check_reasons("legacy", IOMMU_REFUSE_NOT_PRESENT, IOMMU_READ, 1, 0x06, 0);
	check_reasons("legacy", IOMMU_REFUSE_NOT_PRESENT, IOMMU_WRITE, 1, 0x05, 0);
	check_reasons("legacy", IOMMU_REFUSE_NOT_PRESENT, IOMMU_ATOMIC, 2, 0x05, 0x06);
	check_reasons("legacy", IOMMU_REFUSE_READ, IOMMU_READ, 1, 0x06, 0);
	check_reasons("legacy", IOMMU_REFUSE_WRITE, IOMMU_WRITE, 1, 0x05, 0);
	check_reasons("legacy", IOMMU_REFUSE_WIDTH, IOMMU_READ, 1, 0x04, 0);
	check_reasons("legacy", IOMMU_REFUSE_RESERVED, IOMMU_READ, 1, 0x0c, 0);
	check_reasons("first", IOMMU_REFUSE_SOURCE, IOMMU_READ, 4, 0x59, 0x41);
	check_reasons("first", IOMMU_REFUSE_NOT_PRESENT, IOMMU_WRITE, 1, 0x71, 0);
	check_reasons("first", IOMMU_REFUSE_READ, IOMMU_READ, 1, 0x81, 0);
	check_reasons("first", IOMMU_REFUSE_WRITE, IOMMU_WRITE, 1, 0x85, 0);
	check_reasons("first", IOMMU_REFUSE_WIDTH, IOMMU_READ, 1, 0x80, 0);
	check_reasons("first", IOMMU_REFUSE_RESERVED, IOMMU_READ, 1, 0x72, 0);
	check_reasons("second", IOMMU_REFUSE_SOURCE, IOMMU_READ, 4, 0x59, 0x41);
	check_reasons("second", IOMMU_REFUSE_NOT_PRESENT, IOMMU_WRITE, 1, 0x79, 0);
	check_reasons("second", IOMMU_REFUSE_READ, IOMMU_READ, 1, 0x86, 0);
	check_reasons("second", IOMMU_REFUSE_WRITE, IOMMU_WRITE, 1, 0x85, 0);
	check_reasons("second", IOMMU_REFUSE_WIDTH, IOMMU_READ, 1, 0x84, 0);
	check_reasons("second", IOMMU_REFUSE_RESERVED, IOMMU_READ, 1, 0x7a, 0);
	check_reasons("second", IOMMU_REFUSE_RESERVED, IOMMU_PAGE_REQUEST, 0, 0, 0);
}

HOST_TEST(reasons_have_texts_and_qualifiers)
{
	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK_STR(vtd.iommu.ops->reason_text(&vtd.iommu, 0x71),
		  "SFS.2: a first-stage entry is not present");
	CHECK_STR(vtd.iommu.ops->reason_text(&vtd.iommu, 0x7e), "no reason of VT-d 5.10");
	CHECK(!vtd_reason_is_qualified(0x01));
	CHECK(vtd_reason_is_qualified(0x02));
	CHECK(!vtd_reason_is_qualified(0x39));
	CHECK(vtd_reason_is_qualified(0x41));
	CHECK(!vtd_reason_is_qualified(0x50));
	CHECK(!vtd_reason_is_qualified(0x58));
	CHECK(vtd_reason_is_qualified(0x59));
}

HOST_MAIN()
