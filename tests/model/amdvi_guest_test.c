/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The modelled unit with guest tables, alone and through host tables, and what devices with TLBs of their own ask. */
#include "tests/model/amdvi_rig.h"

#define GVA	UINT64_C(0x40201000)	/* indices 0, 1, 1, 1 */

/* V, TV, GV, GIoV, GCR3 root at 20000h: bits 30:15 are 4. Mode and host root are the caller's. */
static void guest_entry(uint64_t w0, uint64_t w1)
{
	amdvi_entry(RIGHTS | 0x0080000000000003 | w0, 0x0000000000040007 | w1 | UINT64_C(4) << 16,
		    0, 0);
}

/* PASID 5; four levels from 21000h, `leaf` at 24008h */
static void guest_tables(uint64_t leaf)
{
	put(0x20028, 0x21001);
	put(0x21000, 0x22007);
	put(0x22008, 0x23007);
	put(0x23008, 0x24007);
	put(0x24008, leaf);
}

static uint64_t guest_access(enum silicon_access access, uint32_t pasid, uint64_t address)
{
	struct silicon_answer answer = access_as(access, 0x28, pasid, address, 8);

	return answer.allowed ? answer.address : REFUSED;
}

static void guest_unit(const struct amdvi_config *config, uint64_t leaf)
{
	amdvi_bench(config);
	guest_tables(leaf);
	guest_entry(0, 0);
	amdvi_enable(0x10000);		/* GTEn */
}

HOST_TEST(guest_is_translated)
{
	guest_unit(&amdvi_config_milan, 0x30007);
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA + 8), 0x30008);
	CHECK_EQ(get(0x24008), 0x30027);
	CHECK_EQ(get(0x21000), 0x22027);
	CHECK_EQ(guest_access(SILICON_WRITE, 5, GVA), 0x30000);
	CHECK_EQ(get(0x24008), 0x30067);
	CHECK_EQ(reads(0x5000), 0x5000);	/* without PASID: GPA, and Mode is 0 */
	put(0x23010, 0x400083);			/* 2 MiB, supervisor */
	CHECK_EQ(guest_access(SILICON_READ, 5, 0x40400000), REFUSED);
	CHECK_EQ(event(), 0x2055000500000028);	/* PE, PR, US, GN */
	put(0x23010, 0x400087);
	CHECK_EQ(guest_access(SILICON_READ, 5, 0x40412340), 0x412340);
}

HOST_TEST(faults_of_a_guest)
{
	uint64_t address;

	guest_unit(&amdvi_config_milan, 0x30005);
	CHECK_EQ(guest_access(SILICON_WRITE, 5, GVA), REFUSED);
	CHECK_EQ(take_event(&address), 0x2075000500000028);
	CHECK_EQ(address, GVA);
	CHECK_EQ(get(0x24008), 0x30005);
	CHECK_EQ(guest_access(SILICON_READ, 6, GVA), REFUSED);		/* V = 0 in its pointer */
	CHECK_EQ(event(), 0x2005000600000028);
	put(0x20038, 0x21021);						/* a reserved bit */
	CHECK_EQ(guest_access(SILICON_READ, 7, GVA), REFUSED);
	CHECK_EQ(event(), 0x2095000700000028);
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA | UINT64_C(1) << 47), REFUSED);
	CHECK_EQ(event(), 0x2015000500000028);
	CHECK_EQ(guest_access(SILICON_READ, 0x10005, GVA), REFUSED);	/* beyond PASmax, 16 bits */
	CHECK_EQ(event(), 0x2015000500010028);
	put(0x21000, 0x22087);						/* PS in level 4 */
	amdvi_command(0x8000000000000000, 0);
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA), REFUSED);
	CHECK_EQ(event(), 0x2095000500000028);
}

HOST_TEST(pasid_without_guest_translation)
{
	guest_unit(&amdvi_config_milan, 0x30007);
	set64(0x18, 0x1405);
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA), REFUSED);
	CHECK_EQ(event(), 0x8803000500000028);		/* type 100b, US, GN */
}

HOST_TEST(request_without_pasid_as_pasid_0)
{
	guest_unit(&amdvi_config_milan, 0x30007);
	put(0x20000, 0x21001);
	guest_entry(UINT64_C(1) << 54, 0);		/* GIoV */
	CHECK_EQ(reads(GVA), 0x30000);
}

HOST_TEST(pointers_of_two_levels)
{
	guest_unit(&amdvi_config_milan, 0x30007);
	guest_entry(UINT64_C(1) << 56, 0);
	put(0x20010, 0x25001);				/* PASIDs 400h to 5FFh */
	put(0x25018, 0x21001);
	CHECK_EQ(guest_access(SILICON_READ, 0x403, GVA), 0x30000);
	guest_entry(UINT64_C(2) << 56, 0);		/* three levels are beyond GLXSup */
	invalidate_entry();
	CHECK_EQ(guest_access(SILICON_READ, 0x403, GVA), REFUSED);
	CHECK_EQ(event(), 0x1001040300000028);
}

HOST_TEST(five_levels)
{
	guest_unit(&amdvi_config_wide, 0x30007);
	put(ENTRY + 16, UINT64_C(1) << 54);
	put(0x26008, 0x21007);
	put(0x20028, 0x26001);
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA | UINT64_C(1) << 48), 0x30000);
}

/* Host tables: GPA 20000h to 3FFFFh one to one, but for the page at 30000h, which is at 50000h. */
static void nested_unit(void)
{
	guest_unit(&amdvi_config_milan, 0x30007);
	four_levels(0);
	for (unsigned i = 0x20; i < 0x40; i++)
		put(0x13000 + 8 * i, RIGHTS | 1 | i << 12);
	put(0x13000 + 8 * 0x30, RIGHTS | 0x50001);
	guest_entry(0x10980, 0);		/* four levels, HAD 11b */
}

HOST_TEST(guest_through_host)
{
	nested_unit();
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA), 0x50000);
	CHECK_EQ(get(0x13000 + 8 * 0x30), RIGHTS | 0x50021);
	CHECK_EQ(get(0x13000 + 8 * 0x24), RIGHTS | 0x24061);	/* the guest's table was written */
	CHECK_EQ(guest_access(SILICON_WRITE, 5, GVA), 0x50000);
	CHECK_EQ(get(0x13000 + 8 * 0x30), RIGHTS | 0x50061);
	CHECK_EQ(get(0x24008), 0x30067);
	put(0x13000 + 8 * 0x30, RIGHTS | 0x51001);
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA), 0x50000);
	amdvi_command(0x3000000700000005, 0x7ffffffffffff007);	/* of the guest, PASID 5 */
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA), 0x51000);
	put(0x13000 + 8 * 0x30, RIGHTS | 0x52001);
	amdvi_command(0x3000000700000000, 0x30000);		/* of the host: and every guest's */
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA), 0x52000);
}

HOST_TEST(rights_of_guest_and_host)
{
	nested_unit();
	put(0x13000 + 8 * 0x30, 0x2000000000050001);
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA), 0x50000);
	CHECK_EQ(guest_access(SILICON_WRITE, 5, GVA), REFUSED);
	CHECK_EQ(get(0x24008), 0x30027);
	/* What the guest grants later needs no invalidation (2.2.7.3). */
	put(0x24010, 0x31005);
	CHECK_EQ(guest_access(SILICON_READ, 5, GVA + 0x1000), 0x31000);
	CHECK_EQ(guest_access(SILICON_WRITE, 5, GVA + 0x1000), REFUSED);
	put(0x24010, 0x31027);
	CHECK_EQ(guest_access(SILICON_WRITE, 5, GVA + 0x1000), 0x31000);
}

HOST_TEST(translation_requests)
{
	struct silicon_answer answer;

	nested_unit();
	CHECK_EQ(guest_access(SILICON_TRANSLATE, 5, GVA), REFUSED);	/* I = 0 */
	CHECK_EQ(event(), 0x8103000500000028);
	guest_entry(0x10980, UINT64_C(1) << 32);
	invalidate_entry();
	answer = access_as(SILICON_TRANSLATE, 0x28, 5, GVA, 8);
	CHECK_EQ(answer.address, 0x50000);
	CHECK_EQ(answer.size_lg2, 12);
	CHECK_EQ(answer.readable && answer.writable, true);
	CHECK_EQ(get(0x13000 + 8 * 0x30), RIGHTS | 0x50061);		/* NW = 0 sets D */
	answer = access_as(SILICON_TRANSLATE, 0x28, SILICON_NO_PASID, 0x5000, 8);
	CHECK_EQ(answer.allowed && !answer.readable && !answer.writable, true);
	CHECK_EQ(event(), 0);						/* the answer says it */
}

HOST_TEST(page_requests)
{
	nested_unit();
	set64(0x38, 0x0800000000000000 | REQUESTS);
	CHECK_EQ(guest_access(SILICON_PAGE_REQUEST, 5, GVA), REFUSED);
	CHECK_EQ(event(), 0x9264020000050028 | UINT64_C(1) << 41);
	set64(0x18, 0x1b405);			/* PPREn, PPRLogEn, GTEn */
	guest_entry(0x10980 | UINT64_C(1) << 52, UINT64_C(1) << 32);
	invalidate_entry();
	CHECK_EQ(access_as(SILICON_PAGE_REQUEST, 0x28, 5, GVA, 0).allowed, true);
	CHECK_EQ(get(REQUESTS), 0x1164020000050028);
	CHECK_EQ(get(REQUESTS + 8), GVA);
	CHECK_EQ(reg64(0x2038), 0x10);
	CHECK_EQ(reg64(0x2020) & 0xe0, 0xc0);
}

HOST_MAIN()
