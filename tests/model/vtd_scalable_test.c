/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The modelled unit in scalable mode: PASID tables, both stages, nesting, accessed and dirty. */
#include "tests/model/rig.h"

#define RECORD	0x400	/* CAP.FRO is 40h */

/* Second stage of four levels at 10000h, first stage of four levels at 20000h. */
static void second(uint64_t leaf)
{
	put(0x10000, 0x11003);
	put(0x11000, 0x12003);
	put(0x12000, 0x13003);
	put(0x13000, leaf);
}

static void first(uint64_t leaf)
{
	put(0x20000, 0x21007);
	put(0x21000, 0x22007);
	put(0x22000, 0x23007);
	put(0x23000, leaf);
}

/* RID_PASID 5; PWSNP is bit 23 of w1, domain 9. */
static void server(uint64_t w0, uint64_t w2)
{
	bench(&vtd_config_server);
	scalable_context(0x3009, 5);
	pasid_entry(5, w0, 0x00800009, w2);
	queue_open(true);
	enable(0x1400);
}

#define SECOND		0x10089		/* AW 2, PGTT 2 */
#define SECOND_AD	0x10289		/* SSADE */
#define FIRST		0x00049		/* PGTT 1 */
#define NESTED		0x100c9
#define NESTED_AD	0x102c9

HOST_TEST(second_stage)
{
	server(SECOND, 0);
	second(0x14003);
	CHECK_EQ(writes(0x10), 0x14010);
	CHECK_EQ(get(0x13000), 0x14003);
	CHECK_EQ(get(0x12000), 0x13003);
	CHECK_EQ(reg32(0x34), 0);
}

HOST_TEST(second_stage_accessed_and_dirty)
{
	server(SECOND_AD, 0);
	second(0x14003);
	CHECK_EQ(reads(0x10), 0x14010);
	CHECK_EQ(get(0x10000), 0x11103);
	CHECK_EQ(get(0x11000), 0x12103);
	CHECK_EQ(get(0x12000), 0x13103);
	CHECK_EQ(get(0x13000), 0x14103);
	CHECK_EQ(writes(0x10), 0x14010);
	CHECK_EQ(get(0x13000), 0x14303);
	CHECK_EQ(get(0x12000), 0x13103);
	/* Taken back without invalidation, it stays away; after one, the next write sets it again. */
	put(0x13000, 0x14103);
	CHECK_EQ(writes(0x10), 0x14010);
	CHECK_EQ(get(0x13000), 0x14103);
	queue_put(0x00090072, 0x40);		/* IOTLB, page 0 of domain 9, IH */
	CHECK_EQ(writes(0x10), 0x14010);
	CHECK_EQ(get(0x13000), 0x14303);
}

HOST_TEST(denied_write_leaves_dirty_alone)
{
	server(SECOND_AD, 0);
	second(0x14001);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x85);
	CHECK_EQ(get(0x13000), 0x14101);
	put(0x13008, 0xfee00003);
	CHECK_EQ(writes(0x1000), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x10), 0x87);
	CHECK_EQ(get(0x13008) & 0x200, 0);
}

HOST_TEST(accumulated_permissions)
{
	server(SECOND, 0);
	second(0x14002);
	put(0x12000, 0x13001);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x79);
	put(0x12008, 0x13003);
	CHECK_EQ(reads(0x200000), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x10), 0x86);
	CHECK_EQ(access_as(SILICON_READ, 0x28, SILICON_NO_PASID, 0x200000, 0).allowed, true);
	CHECK_EQ(access_as(SILICON_ATOMIC, 0x28, SILICON_NO_PASID, 0x200000, 8).allowed, false);
	CHECK_EQ(reg64(RECORD + 0x28), 0xc000008610000028);	/* T1, T2; PP and AT are 0 */
}

HOST_TEST(unsnooped_walk_sets_no_flag)
{
	server(SECOND_AD, 0);
	pasid_entry(5, SECOND_AD, 9, 0);
	second(0x14003);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x7c);
	CHECK_EQ(get(0x10000), 0x11003);
	put(0x10000, 0x11103);
	put(0x11000, 0x12103);
	put(0x12000, 0x13103);
	put(0x13000, 0x14103);
	CHECK_EQ(reads(0), 0x14000);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x10), 0x7c);
}

HOST_TEST(large_leaves)
{
	server(SECOND_AD, 0);
	second(0x14003);
	put(0x11000, 0x83);			/* 1 GiB at 0 */
	CHECK_EQ(writes(0x3ffffff8), 0x3ffffff8);
	CHECK_EQ(get(0x11000), 0x383);
	put(0x11008, 0x200083);			/* 1 GiB with bit 21: reserved */
	CHECK_EQ(reads(0x40000000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x7a);
	put(0x10000, 0x11083);			/* PS of the fourth level */
	CHECK_EQ(reads(0x80000000), 0xffffffffffffffff);
}

HOST_TEST(first_stage)
{
	server(FIRST, 0x20000);
	first(0x14007);
	CHECK_EQ(reads(0x10), 0x14010);
	CHECK_EQ(get(0x20000), 0x21027);
	CHECK_EQ(get(0x22000), 0x23027);
	CHECK_EQ(get(0x23000), 0x14027);
	CHECK_EQ(writes(0x10), 0x14010);
	CHECK_EQ(get(0x23000), 0x14067);
	CHECK_EQ(reads(UINT64_C(1) << 47), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x80);
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x10), 0x71);
	put(0x23010, 0x14005);
	CHECK_EQ(writes(0x2000), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x20), 0x85);
	CHECK_EQ(get(0x23010), 0x14025);
	put(0x23018, 0x14003);
	CHECK_EQ(reads(0x3000), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x30), 0x81);
	put(0x22008, 0x2087);			/* 2 MiB with bit 13 */
	CHECK_EQ(reads(0x200000), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x40), 0x72);
}

HOST_TEST(extended_accessed)
{
	server(FIRST, 0x20080);
	first(0x14007);
	CHECK_EQ(reads(0x10), 0x14010);
	CHECK_EQ(get(0x20000), 0x21427);
	CHECK_EQ(get(0x23000), 0x14427);
}

HOST_TEST(five_levels)
{
	server(0x1008d, 0);		/* AW 3, PGTT 2 */
	put(0x10008, 0x11003);
	put(0x11000, 0x12003);
	put(0x12000, 0x13003);
	put(0x13000, 0x15003);
	put(0x15000, 0x16003);
	CHECK_EQ(reads(UINT64_C(1) << 48), 0x16000);
	CHECK_EQ(reads(UINT64_C(1) << 57), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x84);
}

/* Guest 0..1FFFFFh leads to itself by pages; the first stage stands at 20000h. */
static void nested(uint64_t w0)
{
	server(w0, 0x20000);
	second(0);
	for (unsigned i = 0; i < 64; i++)
		put(0x13000 + 8 * i, (uint64_t)i << 12 | 3);
	first(0x24007);
	put(0x13000 + 8 * 0x24, 0x14003);
}

HOST_TEST(nested_pages)
{
	nested(NESTED);
	CHECK_EQ(reads(0x10), 0x14010);
	CHECK_EQ(get(0x23000), 0x24027);
	CHECK_EQ(get(0x13000 + 8 * 0x24), 0x14003);
	put(0x23008, UINT64_C(1) << 45 | 7);	/* a guest address the host width allows; not 48 bits */
	CHECK_EQ(reads(0x1000), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x79);
	put(0x13000 + 8 * 0x23, 0x23001);
	queue_put(0x00090022, 0);
	CHECK_EQ(writes(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x10), 0x77);
	CHECK_EQ(get(0x23000), 0x24027);
	put(0x13000 + 8 * 0x20, 0x20002);
	queue_put(0x00090022, 0);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x20), 0x75);
}

HOST_TEST(nested_accessed_and_dirty)
{
	nested(NESTED_AD);
	CHECK_EQ(writes(0), 0x14000);
	CHECK_EQ(get(0x23000), 0x24067);
	CHECK_EQ(get(0x13000 + 8 * 0x24), 0x14303);
	CHECK_EQ(get(0x13000 + 8 * 0x23), 0x23303);
	CHECK_EQ(get(0x12000), 0x13103);
	/* A page-selective invalidation of the second stage takes every nested translation of the domain. */
	put(0x13000 + 8 * 0x24, 0x15303);
	CHECK_EQ(reads(0), 0x14000);
	queue_put(0x00090072, 0x24000);
	CHECK_EQ(reads(0), 0x15000);
}

HOST_TEST(pasids)
{
	server(SECOND, 0);
	second(0x14003);
	first(0x15007);
	pasid_entry(7, FIRST, 0x0080000a, 0x20000);
	CHECK_EQ(reads(0), 0x14000);
	CHECK_EQ(access_as(SILICON_READ, 0x28, 7, 0, 8).address, 0x15000);
	CHECK_EQ(access_as(SILICON_READ, 0x28, 5, 0, 8).allowed, false);
	CHECK_EQ(reg64(RECORD + 8), 0xc000054880000028);	/* PASID 5, 48h, PP */
	CHECK_EQ(fault_reason(RECORD), 0x48);
	CHECK_EQ(access_as(SILICON_READ, 0x28, 8, 0, 8).allowed, false);
	CHECK_EQ(fault_reason(RECORD + 0x10), 0x59);
	CHECK_EQ(access_as(SILICON_READ, 0x28, 0x40, 0, 8).allowed, false);
	CHECK_EQ(fault_reason(RECORD + 0x20), 0x51);
	CHECK_EQ(access_as(SILICON_READ, 0x28, 0x2000, 0, 8).allowed, false);
	CHECK_EQ(fault_reason(RECORD + 0x30), 0x46);
	put(0x23000, 0x16007);
	queue_put(0x000500090026, 0);		/* PASID 5 of domain 9 */
	CHECK_EQ(access_as(SILICON_READ, 0x28, 7, 0, 8).address, 0x15000);
	queue_put(0x0007000a0036, 0);		/* PASID 7 of domain 10, page 0 */
	CHECK_EQ(access_as(SILICON_READ, 0x28, 7, 0, 8).address, 0x16000);
}

HOST_TEST(faults_of_scalable_tables)
{
	server(SECOND, 0);
	second(0x14003);
	put(0x1000, 0x2000);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x39);
	put(0x1000, 0x2801);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x10), 0x3a);
	put(0x1000, 0x2001);
	put(0x2500, 0x3089);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x20), 0x42);
	put(0x2500, 0x3009);
	put(0x3000, 0x4005);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x30), 0x52);
	put(0x3000, 0x4001);
	pasid_entry(5, 0x10149, 0x00800009, 0);	/* PGTT 5 */
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x40), 0x5b);
	pasid_entry(5, SECOND | 0x20, 0x00800009, 0);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD + 0x50), 0x5a);
	pasid_entry(5, SECOND, 0x00800009, 0);
	CHECK_EQ(reads(0), 0x14000);
}

HOST_TEST(pass_through)
{
	server(0x109, 0);
	CHECK_EQ(writes(0x123450), 0x123450);
	CHECK_EQ(reads(UINT64_C(1) << 50), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x83);
}

HOST_TEST(abort_and_reserved_modes)
{
	server(SECOND, 0);
	second(0x14003);
	CHECK_EQ(reads(0), 0x14000);
	set64(0x20, 0x1c00);
	CHECK_EQ(reads(0), 0x14000);
	enable(0x1c00);
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x33);
	enable(0x1800);				/* by way of TE = 0: the next record is the first again */
	CHECK_EQ(reads(0), REFUSED);
	CHECK_EQ(fault_reason(RECORD), 0x30);
}

HOST_TEST(disabling_translation_empties_the_caches)
{
	server(SECOND, 0);
	second(0x14003);
	CHECK_EQ(reads(0), 0x14000);
	put(0x13000, 0x15003);
	set32(0x18, 0x04000000);
	CHECK_EQ(reads(0), 0);
	set32(0x18, 0x84000000);
	CHECK_EQ(reads(0), 0x15000);
}

HOST_TEST(translation_requests)
{
	struct silicon_request request = { .access = SILICON_TRANSLATE,
					   .source = 0x28,
					   .pasid = SILICON_NO_PASID };
	struct silicon_answer answer;

	server(SECOND_AD, 0);
	second(0x14003);
	CHECK_EQ(unit->ops->request(unit, &request).allowed, false);
	CHECK_EQ(fault_reason(RECORD), 0x44);
	put(0x2500, 0x300d);			/* DTE */
	queue_put(0x11, 0);
	request.no_write = true;
	answer = unit->ops->request(unit, &request);
	CHECK_EQ(answer.allowed && answer.readable && !answer.writable, true);
	CHECK_EQ(answer.address, 0x14000);
	CHECK_EQ(get(0x13000), 0x14103);
	request.no_write = false;
	answer = unit->ops->request(unit, &request);
	CHECK_EQ(answer.readable && answer.writable, true);
	CHECK_EQ(get(0x13000), 0x14303);
	request.address = 0x1000;
	answer = unit->ops->request(unit, &request);
	CHECK_EQ(answer.allowed && !answer.readable && !answer.writable, true);
	CHECK_EQ(reg32(0x34), 0);
}

HOST_MAIN()
