/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Contexts on a small machine: an endpoint of its own (0x08), one device of two functions that
 * share a group (0x10, 0x11), and two devices behind a bridge to PCI (0x0208, 0x0210) that appear
 * as 0x0200 too.
 */
#include "iommu/context.h"

#include "tests/host/fake_iommu.h"

static struct group_map map;
static struct context context, other;
static struct ioas ioas;
static struct hwpt hwpt, twin;
static const struct deadline never = { UINT64_MAX };

static void add(enum group_kind kind, unsigned rid, unsigned parent, bool multi_function)
{
	CHECK_EQ(group_map_add(&map,
			       &(struct group_function){
				       .source = { .rid = (uint16_t)rid, .pasid = IOMMU_NO_PASID },
				       .parent = (uint16_t)parent,
				       .kind = kind,
				       .multi_function = multi_function,
				       .secondary_bus = 2,
			       }),
		 STATUS_OK);
}

static void make(struct hwpt *table, unsigned regime, uint16_t domain_id)
{
	CHECK_EQ(hwpt_init(table, &ioas, &fake.iommu, &fake.iommu.regimes[regime], 4, 0, domain_id,
			   &pool),
		 STATUS_OK);
}

static void fresh(void)
{
	memset(&map, 0, sizeof(map));
	add(GROUP_RC_ENDPOINT, 0x08, GROUP_NO_PARENT, false);
	add(GROUP_RC_ENDPOINT, 0x10, GROUP_NO_PARENT, true);
	add(GROUP_RC_ENDPOINT, 0x11, GROUP_NO_PARENT, true);
	add(GROUP_PCIE_TO_PCI, 0x20, GROUP_NO_PARENT, false);
	add(GROUP_PCI_DEVICE, 0x0208, 3, false);
	add(GROUP_PCI_DEVICE, 0x0210, 3, false);
	CHECK_EQ(group_map_build(&map), STATUS_OK);
	pool_fresh();
	fake_fresh();
	fake.iommu.caps.pasid_bits = 8;
	ioas_init(&ioas);
	make(&hwpt, FAKE_SECOND, 5);
	make(&twin, FAKE_FIRST, 6);
	context_init(&context, &map);
	context_init(&other, &map);
	fake.call_count = 0;
}

static struct iommu_source source(unsigned rid)
{
	return (struct iommu_source){ .rid = (uint16_t)rid, .pasid = IOMMU_NO_PASID };
}

static enum status join(struct context *owner, unsigned rid)
{
	return context_join(owner, &fake.iommu, source(rid));
}

static enum status attach(unsigned rid, struct hwpt *table)
{
	return context_attach(&context, source(rid), table, 0, never);
}

static void check_route(unsigned call, unsigned rid, enum iommu_route_kind kind, unsigned domain_id)
{
	CHECK(call < fake.call_count);
	CHECK_EQ(fake.calls[call].verb, FAKE_ROUTE);
	CHECK_EQ(fake.calls[call].source.rid, rid);
	CHECK_EQ(fake.calls[call].route.kind, kind);
	CHECK_EQ(fake.calls[call].route.domain_id, domain_id);
}

static void check_invalidation(unsigned call, enum iommu_scope scope, unsigned rid, unsigned domain_id)
{
	CHECK(call < fake.call_count);
	CHECK_EQ(fake.calls[call].verb, FAKE_INVALIDATE);
	CHECK_EQ(fake.calls[call].what.scope, scope);
	if (scope == IOMMU_SCOPE_SOURCE)
		CHECK_EQ(fake.calls[call].what.source.rid, rid);
	CHECK_EQ(fake.calls[call].what.domain_id, domain_id);
}

/* ---- Who owns what. ---- */

HOST_TEST(a_group_has_one_owner)
{
	fresh();
	CHECK_EQ(join(&context, 0x10), STATUS_OK);
	CHECK_EQ(join(&other, 0x10), STATUS_GROUP_CONFLICT);
	CHECK_EQ(join(&other, 0x11), STATUS_GROUP_CONFLICT);
	CHECK_EQ(join(&other, 0x08), STATUS_OK);
	CHECK_EQ(join(&context, 0x08), STATUS_GROUP_CONFLICT);
	CHECK_EQ(join(&context, 0x11), STATUS_OK);
	CHECK_EQ(context_leave(&context, source(0x10)), STATUS_OK);
	CHECK_EQ(join(&other, 0x10), STATUS_GROUP_CONFLICT);
	CHECK_EQ(context_leave(&context, source(0x11)), STATUS_OK);
	CHECK_EQ(join(&other, 0x10), STATUS_OK);
	CHECK_EQ(join(&context, 0x11), STATUS_GROUP_CONFLICT);
	CHECK_EQ(fake.call_count, 0);
}

HOST_TEST(devices_behind_a_bridge_have_one_owner)
{
	fresh();
	CHECK_EQ(join(&context, 0x0208), STATUS_OK);
	CHECK_EQ(join(&other, 0x0210), STATUS_GROUP_CONFLICT);
	CHECK_EQ(join(&other, 0x20), STATUS_GROUP_CONFLICT);
	CHECK_EQ(join(&other, 0x0200), STATUS_GROUP_CONFLICT);
}

HOST_TEST(refusals_of_membership)
{
	struct iommu_source with_pasid = source(0x08), elsewhere = source(0x08);
	struct context kept;

	fresh();
	CHECK_EQ(join(&context, 0x08), STATUS_OK);
	kept = context;
	with_pasid.pasid = 3;
	elsewhere.segment = 1;
	CHECK_EQ(join(&context, 0x08), STATUS_BUSY);
	CHECK_EQ(join(&context, 0x99), STATUS_NOT_FOUND);
	CHECK_EQ(context_join(&context, &fake.iommu, with_pasid), STATUS_BAD_ARGUMENT);
	CHECK_EQ(context_join(&context, &fake.iommu, elsewhere), STATUS_BAD_ARGUMENT);
	CHECK_EQ(context_leave(&context, source(0x10)), STATUS_NOT_FOUND);
	CHECK_EQ(context_leave(&context, with_pasid), STATUS_NOT_FOUND);
	CHECK_EQ(context_leave(&other, source(0x08)), STATUS_NOT_FOUND);
	CHECK(memcmp(&kept, &context, sizeof(kept)) == 0);
	CHECK_EQ(map.joined[0], 1);
}

HOST_TEST(the_member_limit_is_reached)
{
	unsigned first;

	fresh();
	first = map.function_count;
	for (unsigned i = 0; i < 17; i++)
		add(GROUP_RC_ENDPOINT, 0x80 + i * 8, GROUP_NO_PARENT, false);
	CHECK_EQ(group_map_build(&map), STATUS_OK);
	for (unsigned i = 0; i < 16; i++)
		CHECK_EQ(join(&context, 0x80 + i * 8), STATUS_OK);
	CHECK_EQ(join(&context, 0x80 + 16 * 8), STATUS_EXHAUSTED);
	CHECK_EQ(map.owner[map.group_of[first + 16]] == NULL, true);
	CHECK_EQ(group_map_build(&map), STATUS_BUSY);
	group_map_disown(&map);
	CHECK_EQ(join(&other, 0x80), STATUS_OK);
	CHECK_EQ(map.joined[map.group_of[first]], 1);
}

/* ---- Routes. ---- */

HOST_TEST(attach_routes_and_invalidates)
{
	fresh();
	CHECK_EQ(join(&context, 0x10), STATUS_OK);
	CHECK_EQ(attach(0x10, &hwpt), STATUS_OK);
	CHECK_EQ(fake.call_count, 3);		/* 0x11 did not join: it stays as it is */
	check_route(0, 0x10, IOMMU_TRANSLATE, 5);
	CHECK_EQ(fake.calls[0].route.root.v, 0x20000000);
	CHECK_EQ(fake.calls[0].route.quiet, false);
	check_invalidation(1, IOMMU_SCOPE_SOURCE, 0x10, 0);
	CHECK_EQ(fake.calls[2].verb, FAKE_SYNC);
	CHECK_EQ(hwpt.user_count, 1);
}

HOST_TEST(attach_can_leave_the_invalidation_out)
{
	fresh();
	CHECK_EQ(join(&context, 0x10), STATUS_OK);
	CHECK_EQ(context_attach(&context, source(0x10), &hwpt,
				CONTEXT_NO_INVALIDATE | CONTEXT_QUIET, never),
		 STATUS_OK);
	CHECK_EQ(fake.call_count, 1);
	CHECK_EQ(fake.calls[0].route.quiet, true);
	CHECK_EQ(context_detach(&context, source(0x10), CONTEXT_NO_INVALIDATE, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 2);
	check_route(1, 0x10, IOMMU_BLOCK, 0);
	CHECK_EQ(fake.calls[1].route.quiet, false);
}

HOST_TEST(detach_blocks_and_invalidates_what_was)
{
	fresh();
	CHECK_EQ(join(&context, 0x10), STATUS_OK);
	CHECK_EQ(attach(0x10, &hwpt), STATUS_OK);
	fake.call_count = 0;
	CHECK_EQ(context_leave(&context, source(0x10)), STATUS_BUSY);
	CHECK_EQ(context_detach(&context, source(0x10), CONTEXT_QUIET, never), STATUS_BAD_ARGUMENT);
	CHECK_EQ(context_detach(&context, source(0x11), 0, never), STATUS_NOT_FOUND);
	CHECK_EQ(fake.call_count, 0);
	CHECK_EQ(context_detach(&context, source(0x10), 0, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 4);
	check_route(0, 0x10, IOMMU_BLOCK, 0);
	check_invalidation(1, IOMMU_SCOPE_SOURCE, 0x10, 5);
	check_invalidation(2, IOMMU_SCOPE_DOMAIN, 0, 5);
	CHECK_EQ(fake.calls[2].what.regime == hwpt.regime, true);
	CHECK_EQ(fake.calls[3].verb, FAKE_SYNC);
	CHECK_EQ(hwpt.user_count, 0);
	CHECK_EQ(context_detach(&context, source(0x10), 0, never), STATUS_NOT_FOUND);
	CHECK_EQ(context_leave(&context, source(0x10)), STATUS_OK);
}

HOST_TEST(replace_goes_from_one_table_to_the_next)
{
	fresh();
	CHECK_EQ(join(&context, 0x10), STATUS_OK);
	CHECK_EQ(context_replace(&context, source(0x10), &twin, 0, never), STATUS_NOT_FOUND);
	CHECK_EQ(attach(0x10, &hwpt), STATUS_OK);
	CHECK_EQ(attach(0x10, &twin), STATUS_BUSY);
	fake.call_count = 0;
	CHECK_EQ(context_replace(&context, source(0x10), &twin, 0, never), STATUS_OK);
	CHECK_EQ(fake.call_count, 4);
	check_route(0, 0x10, IOMMU_TRANSLATE, 6);
	check_invalidation(1, IOMMU_SCOPE_SOURCE, 0x10, 5);
	check_invalidation(2, IOMMU_SCOPE_DOMAIN, 0, 5);
	CHECK_EQ(hwpt.user_count, 0);
	CHECK_EQ(twin.user_count, 1);
	fake.call_count = 0;
	CHECK_EQ(context_detach(&context, source(0x10), 0, never), STATUS_OK);
	check_invalidation(1, IOMMU_SCOPE_SOURCE, 0x10, 6);
}

HOST_TEST(aliases_are_routed_with_their_source)
{
	fresh();
	CHECK_EQ(join(&context, 0x0208), STATUS_OK);
	CHECK_EQ(join(&context, 0x0210), STATUS_OK);
	CHECK_EQ(attach(0x0208, &hwpt), STATUS_OK);
	CHECK_EQ(fake.call_count, 5);
	check_route(0, 0x0208, IOMMU_TRANSLATE, 5);
	check_route(1, 0x0200, IOMMU_TRANSLATE, 5);
	check_invalidation(2, IOMMU_SCOPE_SOURCE, 0x0208, 0);
	check_invalidation(3, IOMMU_SCOPE_SOURCE, 0x0200, 0);
	CHECK_EQ(attach(0x0210, &twin), STATUS_BUSY);
	CHECK_EQ(twin.user_count, 0);
	fake.call_count = 0;
	CHECK_EQ(attach(0x0210, &hwpt), STATUS_OK);
	CHECK_EQ(fake.call_count, 3);
	check_route(0, 0x0210, IOMMU_TRANSLATE, 5);
	CHECK_EQ(context_replace(&context, source(0x0210), &twin, 0, never), STATUS_BUSY);
	fake.call_count = 0;
	CHECK_EQ(context_detach(&context, source(0x0208), 0, never), STATUS_OK);
	check_route(0, 0x0208, IOMMU_BLOCK, 0);
	CHECK_EQ(fake_count(FAKE_ROUTE), 1);	/* 0x0210 still comes as 0x0200 */
	fake.call_count = 0;
	CHECK_EQ(context_detach(&context, source(0x0210), 0, never), STATUS_OK);
	check_route(0, 0x0210, IOMMU_BLOCK, 0);
	check_route(1, 0x0200, IOMMU_BLOCK, 0);
}

HOST_TEST(an_id_that_a_bridge_gives_is_a_source_too)
{
	fresh();
	CHECK_EQ(join(&context, 0x0200), STATUS_OK);
	CHECK_EQ(attach(0x0200, &hwpt), STATUS_OK);
	CHECK_EQ(fake_count(FAKE_ROUTE), 1);
	check_route(0, 0x0200, IOMMU_TRANSLATE, 5);
}

HOST_TEST(pasids_have_routes_of_their_own)
{
	struct iommu_source with_pasid = { .rid = 0x08, .pasid = 7 };

	fresh();
	CHECK_EQ(join(&context, 0x08), STATUS_OK);
	CHECK_EQ(context_attach(&context, with_pasid, &twin, 0, never), STATUS_OK);
	CHECK_EQ(fake.calls[0].source.pasid, 7);
	CHECK_EQ(fake.calls[1].what.source.pasid, 7);
	CHECK_EQ(attach(0x08, &hwpt), STATUS_OK);
	CHECK_EQ(context_leave(&context, source(0x08)), STATUS_BUSY);
	CHECK_EQ(context_detach(&context, source(0x08), 0, never), STATUS_OK);
	CHECK_EQ(context_leave(&context, source(0x08)), STATUS_BUSY);
	CHECK_EQ(twin.users[0].pasid, 7);
	CHECK_EQ(context_detach(&context, with_pasid, 0, never), STATUS_OK);
	with_pasid.pasid = 256;
	CHECK_EQ(context_attach(&context, with_pasid, &twin, 0, never), STATUS_UNSUPPORTED);
	with_pasid.pasid = 255;
	CHECK_EQ(context_attach(&context, with_pasid, &twin, 0, never), STATUS_OK);
	fake.iommu.regimes[FAKE_SECOND].pasid = false;
	with_pasid.pasid = 9;
	CHECK_EQ(context_attach(&context, with_pasid, &hwpt, 0, never), STATUS_UNSUPPORTED);
}

/* ---- Refusals and failures. ---- */

HOST_TEST(refusals_of_attach)
{
	static struct iommu foreign;
	struct hwpt *table = &hwpt;

	fresh();
	CHECK_EQ(attach(0x08, table), STATUS_NOT_FOUND);
	CHECK_EQ(join(&context, 0x08), STATUS_OK);
	CHECK_EQ(context_attach(&context, source(0x08), table, 4, never), STATUS_BAD_ARGUMENT);
	table->iommu = &foreign;
	CHECK_EQ(attach(0x08, table), STATUS_BAD_ARGUMENT);
	table->iommu = &fake.iommu;
	table->dirty_tracking = true;
	fake.iommu.regimes[FAKE_SECOND].dirty = false;
	CHECK_EQ(attach(0x08, table), STATUS_UNSUPPORTED);
	table->dirty_tracking = false;
	for (unsigned i = 0; i < 16; i++)
		CHECK_EQ(hwpt_add_user(table, source(0x1000 + i)), STATUS_OK);
	CHECK_EQ(attach(0x08, table), STATUS_EXHAUSTED);
	CHECK_EQ(fake.call_count, 0);
	CHECK_EQ(context.attachment_count, 0);
	hwpt_drop_user(table, source(0x1000));
	CHECK_EQ(attach(0x08, table), STATUS_OK);
}

HOST_TEST(a_route_that_the_unit_refuses_is_taken_back)
{
	fresh();
	CHECK_EQ(join(&context, 0x0208), STATUS_OK);
	fake_fail(FAKE_ROUTE, 2, STATUS_EXHAUSTED);
	CHECK_EQ(attach(0x0208, &hwpt), STATUS_EXHAUSTED);
	CHECK_EQ(fake.call_count, 3);
	check_route(2, 0x0208, IOMMU_BLOCK, 0);
	CHECK_EQ(hwpt.user_count, 0);
	CHECK_EQ(context.attachment_count, 0);
	fake_fail(FAKE_ROUTE, 1, STATUS_EXHAUSTED);
	CHECK_EQ(attach(0x0208, &hwpt), STATUS_EXHAUSTED);
	CHECK_EQ(fake.call_count, 4);
	CHECK_EQ(context_attach(&context, source(0x0208), &hwpt, CONTEXT_QUIET, never), STATUS_OK);
	fake.call_count = 0;
	fake_fail(FAKE_ROUTE, 2, STATUS_EXHAUSTED);
	CHECK_EQ(context_replace(&context, source(0x0208), &twin, 0, never), STATUS_EXHAUSTED);
	CHECK_EQ(fake.call_count, 3);
	check_route(2, 0x0208, IOMMU_TRANSLATE, 5);
	CHECK_EQ(fake.calls[2].route.quiet, true);
	CHECK_EQ(twin.user_count, 0);
	CHECK_EQ(hwpt.user_count, 1);
	fake_fail(FAKE_ROUTE, 1, STATUS_TIMEOUT);
	CHECK_EQ(context_detach(&context, source(0x0208), 0, never), STATUS_TIMEOUT);
	CHECK_EQ(context.attachment_count, 1);
}

HOST_TEST(an_invalidation_that_fails_is_told)
{
	fresh();
	CHECK_EQ(join(&context, 0x08), STATUS_OK);
	fake_fail(FAKE_SYNC, 1, STATUS_TIMEOUT);
	CHECK_EQ(attach(0x08, &hwpt), STATUS_TIMEOUT);
	CHECK_EQ(context.attachment_count, 1);
	fake.call_count = 0;
	fake_fail(FAKE_INVALIDATE, 1, STATUS_EXHAUSTED);
	CHECK_EQ(context_replace(&context, source(0x08), &twin, 0, never), STATUS_OK);
	CHECK_EQ(fake_count(FAKE_INVALIDATE), 3);
	CHECK_EQ(fake_count(FAKE_SYNC), 2);
	fake_fail(FAKE_INVALIDATE, 2, STATUS_QUEUE_ERROR);
	CHECK_EQ(context_detach(&context, source(0x08), 0, never), STATUS_QUEUE_ERROR);
	CHECK_EQ(context.attachment_count, 0);
}

HOST_TEST(the_attachment_limit_is_reached)
{
	static struct hwpt third;
	struct iommu_source with_pasid = { .rid = 0x08 };

	fresh();
	make(&third, FAKE_FIRST, 7);
	CHECK_EQ(join(&context, 0x08), STATUS_OK);
	for (unsigned i = 0; i < 32; i++) {
		with_pasid.pasid = i;
		CHECK_EQ(context_attach(&context, with_pasid, i < 16 ? &hwpt : &twin, 0, never),
			 STATUS_OK);
	}
	with_pasid.pasid = 32;
	fake.call_count = 0;
	CHECK_EQ(context_attach(&context, with_pasid, &third, 0, never), STATUS_EXHAUSTED);
	CHECK_EQ(fake.call_count, 0);
	CHECK_EQ(third.user_count, 0);
}

HOST_TEST(close_gives_everything_back)
{
	fresh();
	CHECK_EQ(join(&context, 0x08), STATUS_OK);
	CHECK_EQ(join(&context, 0x10), STATUS_OK);
	CHECK_EQ(join(&context, 0x11), STATUS_OK);
	CHECK_EQ(attach(0x08, &hwpt), STATUS_OK);
	CHECK_EQ(attach(0x11, &twin), STATUS_OK);
	CHECK_EQ(context_close(&context, never), STATUS_OK);
	CHECK_EQ(context.member_count, 0);
	CHECK_EQ(hwpt.user_count + twin.user_count, 0);
	CHECK_EQ(join(&other, 0x08), STATUS_OK);
	CHECK_EQ(join(&other, 0x11), STATUS_OK);
}

HOST_TEST(a_source_that_cannot_be_blocked_stays_bound)
{
	fresh();
	CHECK_EQ(join(&context, 0x08), STATUS_OK);
	CHECK_EQ(join(&context, 0x10), STATUS_OK);
	CHECK_EQ(attach(0x08, &hwpt), STATUS_OK);
	CHECK_EQ(attach(0x10, &hwpt), STATUS_OK);
	fake_fail(FAKE_ROUTE, 1, STATUS_GONE);
	CHECK_EQ(context_close(&context, never), STATUS_GONE);
	CHECK_EQ(join(&other, 0x08), STATUS_OK);
	CHECK_EQ(join(&other, 0x10), STATUS_GROUP_CONFLICT);
}

HOST_MAIN()
