/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ranges that firmware keeps for a function's DMA stay mapped, in every mode that a unit is enabled in. */
#include "tests/harness/platform_private.h"
#include "tests/harness/print.h"
#include "tests/host/check.h"
#include "tests/host/vtd_fake.h"

#define RESERVED	0x7c000000ull
#define RESERVED_BYTES	0x3000ull

static struct platform platform;

static void write_comment(const char *text, size_t count)
{
	printf("# %.*s", (int)count, text);
}

/* One unit; the function 00:14.0 has three pages. */
static void start(void)
{
	static uint8_t *kept;
	static struct handover handover;

	print_to(write_comment);
	handover.console_write = write_comment;
	fake_start(CAP_PLAIN, ECAP_FIRST);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	memset(&platform, 0, sizeof(platform));
	platform.handover = &handover;
	kept = kept ? kept : arch_host_arena(2048);
	pool_init(&platform.kept, kept, 2048);
	platform.units[platform.unit_count++] = &vtd.iommu;
	platform.reserved[platform.reserved_count++] = (struct platform_reserved){
		.iommu = &vtd.iommu,
		.source = fake_source(0xa0),
		.base = RESERVED,
		.last = RESERVED + RESERVED_BYTES - 1,
		.permissions = PT_READ | PT_WRITE,
	};
	platform_make_reserved(&platform);
}

/* Follow the tables of a route by the words of table 47 and 40: no code of the page tables is asked. */
static uint64_t output(const struct iommu_route *route, uint64_t at)
{
	const uint64_t *table = pa_ptr(route->root);

	for (unsigned level = route->level_count; level-- > 0;) {
		uint64_t word = table[at >> (12 + 9 * level) & 511];

		if (!(word & 1))
			return 0;
		if (level == 0 || word & BIT64(7))
			return (word & GENMASK64(51, 12)) | (at & (BIT64(12 + 9 * level) - 1));
		table = pa_ptr(pa(word & GENMASK64(51, 12)));
	}
	return 0;
}

static void check_regime(const char *name)
{
	struct iommu_route route;

	CHECK_EQ(platform_enable(&platform, 0, fake_regime(name)), STATUS_OK);
	CHECK(vtd.iommu.enabled == fake_regime(name));
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(0xa0), &route, NULL), STATUS_OK);
	CHECK_EQ(route.kind, IOMMU_TRANSLATE);
	CHECK_EQ(route.domain_id, platform_domain_ids(&vtd.iommu) + 1);
	CHECK_EQ(output(&route, RESERVED), RESERVED);
	CHECK_EQ(output(&route, RESERVED + 0x2abc), RESERVED + 0x2abc);
	CHECK_EQ(output(&route, RESERVED - 0x1000), 0);
	CHECK_EQ(output(&route, RESERVED + RESERVED_BYTES), 0);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(0xa8), &route, NULL), STATUS_OK);
	CHECK_EQ(route.kind, IOMMU_BLOCK);
}

HOST_TEST(reserved_ranges_are_mapped_in_each_regime)
{
	start();
	check_regime("first");
	check_regime("legacy");
	check_regime("first");
}

HOST_TEST(a_unit_without_a_table_for_them_is_not_enabled)
{
	start();
	platform.kept.page_count = platform.kept.next = 0;
	platform_make_reserved(&platform);
	CHECK_EQ(platform_enable(&platform, 0, fake_regime("first")), STATUS_UNSUPPORTED);
	CHECK(vtd.iommu.enabled == NULL);
}

HOST_TEST(cases_keep_out_of_their_domain)
{
	start();
	CHECK_EQ(vtd.iommu.caps.domain_id_bits, 16);
	CHECK_EQ(platform_domain_ids(&vtd.iommu), 0xfffe);
	vtd.iommu.caps.domain_id_bits = 4;
	CHECK_EQ(platform_domain_ids(&vtd.iommu), 14);
}

HOST_MAIN()
