/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Address spaces: areas, refusals, limits, and listeners that are kept equal. */
#include "iommu/ioas.h"
#include "tests/host/pt_fixture.h"

static struct ioas ioas, other;
static struct ioas kept;		/* the ioas before a refusal */

static enum status map(uint64_t at, uint64_t oa, uint64_t bytes)
{
	return ioas_map(&ioas, iova(at), pa(oa), bytes, RW);
}

static uint64_t translate(const struct ioas *space, uint64_t at)
{
	pa_t found;

	return ioas_translate(space, iova(at), &found, NULL) ? UINT64_MAX : found.v;
}

static void check_unchanged(void)
{
	CHECK(memcmp(&kept, &ioas, sizeof(kept)) == 0);
}

HOST_TEST(areas_are_kept_in_order)
{
	unsigned prot = 0;
	pa_t found;

	ioas_init(&ioas);
	CHECK_EQ(map(0x5000, 0x15000, 0x1000), STATUS_OK);
	CHECK_EQ(map(0x1000, 0x11000, 0x2000), STATUS_OK);
	CHECK_EQ(ioas_map(&ioas, iova(0x3000), pa(0x99000), 0x2000, PT_READ), STATUS_OK);
	CHECK_EQ(ioas.area_count, 3);
	CHECK_EQ(ioas.areas[0].iova.v, 0x1000);
	CHECK_EQ(ioas.areas[1].iova.v, 0x3000);
	CHECK_EQ(ioas.areas[2].iova.v, 0x5000);
	CHECK_EQ(translate(&ioas, 0xfff), UINT64_MAX);
	CHECK_EQ(translate(&ioas, 0x1000), 0x11000);
	CHECK_EQ(translate(&ioas, 0x2fff), 0x12fff);
	CHECK_EQ(translate(&ioas, 0x4abc), 0x9aabc);
	CHECK_EQ(translate(&ioas, 0x5fff), 0x15fff);
	CHECK_EQ(translate(&ioas, 0x6000), UINT64_MAX);
	CHECK_EQ(ioas_translate(&ioas, iova(0x3000), &found, &prot), STATUS_OK);
	CHECK_EQ(prot, PT_READ);
}

HOST_TEST(refusals_of_map)
{
	ioas_init(&ioas);
	CHECK_EQ(map(0x10000, 0x10000, 0x4000), STATUS_OK);
	CHECK_EQ(ioas_reserve(&ioas, iova(0xfee00000), iova(0xfeefffff)), STATUS_OK);
	kept = ioas;
	CHECK_EQ(map(0x13000, 0, 0x1000), STATUS_OVERLAP);
	CHECK_EQ(map(0xf000, 0, 0x2000), STATUS_OVERLAP);
	CHECK_EQ(map(0, 0, 0x100000), STATUS_OVERLAP);
	CHECK_EQ(map(0x11000, 0, 0x1000), STATUS_OVERLAP);
	CHECK_EQ(map(0x20000, 0, 0), STATUS_BAD_RANGE);
	CHECK_EQ(map(0xfffffffffffff000, 0, 0x2000), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x20000, 0xfffffffffffff000, 0x2000), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x20001, 0, 0x1000), STATUS_UNALIGNED);
	CHECK_EQ(map(0x20000, 0x800, 0x1000), STATUS_UNALIGNED);
	CHECK_EQ(map(0x20000, 0, 0xfff), STATUS_UNALIGNED);
	CHECK_EQ(ioas_map(&ioas, iova(0x20000), pa(0), 0x1000, 0), STATUS_BAD_ARGUMENT);
	CHECK_EQ(ioas_map(&ioas, iova(0x20000), pa(0), 0x1000, 8), STATUS_BAD_ARGUMENT);
	CHECK_EQ(map(0xfee00000, 0, 0x1000), STATUS_RESERVED);
	CHECK_EQ(map(0xfedff000, 0, 0x2000), STATUS_RESERVED);
	CHECK_EQ(map(0xfeeff000, 0, 0x2000), STATUS_RESERVED);
	check_unchanged();
	CHECK_EQ(map(0xfedff000, 0, 0x1000), STATUS_OK);
	CHECK_EQ(map(0xfef00000, 0, 0x1000), STATUS_OK);
	CHECK_EQ(map(0xfffffffffffff000, 0, 0x1000), STATUS_OK);
	CHECK_EQ(translate(&ioas, UINT64_MAX), 0xfff);
	CHECK_EQ(map(0, 0, 0x1000), STATUS_OK);
}

HOST_TEST(allowed_ranges_add_up)
{
	ioas_init(&ioas);
	CHECK_EQ(ioas_allow(&ioas, iova(0x10000), iova(0x1ffff)), STATUS_OK);
	CHECK_EQ(map(0xf000, 0, 0x1000), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x1f000, 0, 0x2000), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x1f000, 0, 0x1000), STATUS_OK);
	CHECK_EQ(ioas_allow(&ioas, iova(0x20000), iova(0x2ffff)), STATUS_OK);
	CHECK_EQ(ioas_allow(&ioas, iova(0x40000), iova(0x4ffff)), STATUS_OK);
	CHECK_EQ(map(0x2f000, 0, 0x2000), STATUS_BAD_RANGE);
	CHECK_EQ(map(0x2f000, 0, 0x12000), STATUS_BAD_RANGE);
	CHECK_EQ(ioas_unmap_all(&ioas), STATUS_OK);
	CHECK_EQ(map(0x1e000, 0, 0x4000), STATUS_OK);
}

HOST_TEST(ranges_cannot_take_areas_away)
{
	ioas_init(&ioas);
	CHECK_EQ(map(0x10000, 0, 0x2000), STATUS_OK);
	CHECK_EQ(ioas_reserve(&ioas, iova(0x11000), iova(0x11fff)), STATUS_BUSY);
	CHECK_EQ(ioas_reserve(&ioas, iova(0x12000), iova(0x12fff)), STATUS_OK);
	CHECK_EQ(ioas_allow(&ioas, iova(0x11000), iova(0xfffff)), STATUS_BUSY);
	CHECK_EQ(ioas.allowed_count, 0);
	CHECK_EQ(map(0x8000, 0, 0x1000), STATUS_OK);
	CHECK_EQ(ioas_reserve(&ioas, iova(0x5000), iova(0x4fff)), STATUS_BAD_RANGE);
	CHECK_EQ(ioas_reserve(&ioas, iova(0x5001), iova(0x5fff)), STATUS_UNALIGNED);
	CHECK_EQ(ioas_allow(&ioas, iova(0x5000), iova(0x6000)), STATUS_UNALIGNED);
}

HOST_TEST(limits_are_reached)
{
	uint64_t n;
	iova_t at;

	ioas_init(&ioas);
	for (n = 0; n < 512; n++)
		CHECK_EQ(map(n * 0x1000, 0, 0x1000), STATUS_OK);
	kept = ioas;
	CHECK_EQ(map(n * 0x1000, 0, 0x1000), STATUS_EXHAUSTED);
	CHECK_EQ(ioas_map_anywhere(&ioas, iova(0), pa(0), 0x1000, RW, &at), STATUS_EXHAUSTED);
	check_unchanged();
	CHECK_EQ(ioas_unmap(&ioas, iova(0x100000), 0x1000, NULL), STATUS_OK);
	CHECK_EQ(map(n * 0x1000, 0, 0x1000), STATUS_OK);
	CHECK_EQ(translate(&ioas, 0xff000), 0);
	CHECK_EQ(translate(&ioas, 0x100000), UINT64_MAX);
	CHECK_EQ(translate(&ioas, 0x101000), 0);

	ioas_init(&ioas);
	for (n = 0; n < 64; n++) {
		CHECK_EQ(ioas_reserve(&ioas, iova(n * 0x2000), iova(n * 0x2000 + 0xfff)),
			 STATUS_OK);
		CHECK_EQ(ioas_allow(&ioas, iova(n * 0x2000), iova(n * 0x2000 + 0x1fff)), STATUS_OK);
	}
	CHECK_EQ(ioas_reserve(&ioas, iova(0x900000), iova(0x900fff)), STATUS_EXHAUSTED);
	CHECK_EQ(ioas_allow(&ioas, iova(0x900000), iova(0x900fff)), STATUS_EXHAUSTED);
	CHECK_EQ(map(63 * 0x2000, 0, 0x1000), STATUS_RESERVED);
	CHECK_EQ(map(63 * 0x2000 + 0x1000, 0, 0x1000), STATUS_OK);
}

HOST_TEST(unmap_takes_whole_areas)
{
	uint64_t sum = 0;

	ioas_init(&ioas);
	CHECK_EQ(map(0x1000, 0, 0x2000), STATUS_OK);
	CHECK_EQ(map(0x5000, 0, 0x3000), STATUS_OK);
	CHECK_EQ(map(0x9000, 0, 0x1000), STATUS_OK);
	kept = ioas;
	CHECK_EQ(ioas_unmap(&ioas, iova(0x3000), 0x2000, NULL), STATUS_NOT_FOUND);
	CHECK_EQ(ioas_unmap(&ioas, iova(0x2000), 0x1000, NULL), STATUS_NOT_FOUND);
	CHECK_EQ(ioas_unmap(&ioas, iova(0x1000), 0x1000, NULL), STATUS_NOT_FOUND);
	CHECK_EQ(ioas_unmap(&ioas, iova(0x1000), 0x5000, NULL), STATUS_NOT_FOUND);
	CHECK_EQ(ioas_unmap(&ioas, iova(0x2000), 0x6000, NULL), STATUS_NOT_FOUND);
	CHECK_EQ(ioas_unmap(&ioas, iova(0x1800), 0x1000, NULL), STATUS_UNALIGNED);
	CHECK_EQ(ioas_unmap(&ioas, iova(0x1000), 0, NULL), STATUS_BAD_RANGE);
	CHECK_EQ(ioas_unmap(&ioas, iova(0x2000), 0xfffffffffffff000, NULL), STATUS_BAD_RANGE);
	check_unchanged();
	CHECK_EQ(ioas_unmap(&ioas, iova(0), 0x8000, &sum), STATUS_OK);
	CHECK_EQ(sum, 0x5000);
	CHECK_EQ(ioas.area_count, 1);
	CHECK_EQ(translate(&ioas, 0x9000), 0);
	CHECK_EQ(ioas_unmap_all(&ioas), STATUS_OK);
	CHECK_EQ(ioas.area_count, 0);
	CHECK_EQ(ioas_unmap_all(&ioas), STATUS_OK);
}

static uint64_t anywhere(uint64_t from, uint64_t bytes)
{
	iova_t at = { UINT64_MAX };

	return ioas_map_anywhere(&ioas, iova(from), pa(0), bytes, RW, &at) ? UINT64_MAX : at.v;
}

HOST_TEST(anywhere_is_aligned_to_the_length)
{
	ioas_init(&ioas);
	CHECK_EQ(map(0, 0, 0x1000), STATUS_OK);
	CHECK_EQ(anywhere(0, 0x1000), 0x1000);
	CHECK_EQ(anywhere(0, 0x4000), 0x4000);
	CHECK_EQ(anywhere(0, 0x6000), 0x8000);		/* 0x2000 divides 0x6000; at 0x2000 it hits 0x4000 */
	CHECK_EQ(anywhere(0, 0x2000), 0x2000);
	CHECK_EQ(anywhere(0, 0x200000), 0x200000);
	CHECK_EQ(anywhere(0x201000, 0x1000), 0x400000);
	CHECK_EQ(anywhere(0x10001, 0x1000), 0x11000);
}

HOST_TEST(anywhere_passes_reserved_and_keeps_allowed)
{
	iova_t at;

	ioas_init(&ioas);
	CHECK_EQ(ioas_allow(&ioas, iova(0x8000000), iova(0x8001fff)), STATUS_OK);
	CHECK_EQ(ioas_allow(&ioas, iova(0x4000), iova(0xbfff)), STATUS_OK);
	CHECK_EQ(ioas_reserve(&ioas, iova(0x4000), iova(0x5fff)), STATUS_OK);
	CHECK_EQ(ioas_reserve(&ioas, iova(0x5000), iova(0x8fff)), STATUS_OK);
	CHECK_EQ(anywhere(0, 0x1000), 0x9000);
	CHECK_EQ(anywhere(0, 0x2000), 0xa000);
	CHECK_EQ(anywhere(0, 0x1000), 0x8000000);
	CHECK_EQ(anywhere(0, 0x1000), 0x8001000);
	kept = ioas;
	CHECK_EQ(anywhere(0, 0x1000), UINT64_MAX);
	CHECK_EQ(anywhere(0x9000000, 0x1000), UINT64_MAX);
	CHECK_EQ(anywhere(0, 1ull << 63), UINT64_MAX);
	ioas.allowed_count = 0;
	CHECK_EQ(ioas_map_anywhere(&ioas, iova(0xfffffffffffff000), pa(0), 0x2000, RW, &at),
		 STATUS_EXHAUSTED);
	CHECK_EQ(ioas_map_anywhere(&ioas, iova(0xffffffffffffe000), pa(0), 0x6000, RW, &at),
		 STATUS_EXHAUSTED);
	ioas = kept;
	CHECK_EQ(ioas_map_anywhere(&ioas, iova(0), pa(0), 0, RW, &at), STATUS_BAD_RANGE);
	CHECK_EQ(ioas_map_anywhere(&ioas, iova(0), pa(0), 0x800, RW, &at), STATUS_UNALIGNED);
	CHECK_EQ(ioas_map_anywhere(&ioas, iova(0), pa(0), 0x1000, 0, &at), STATUS_BAD_ARGUMENT);
	check_unchanged();
	ioas_init(&ioas);
	CHECK_EQ(map(0, 0, 0xfffffffffffff000), STATUS_OK);
	CHECK_EQ(anywhere(0, 0x1000), 0xfffffffffffff000);
	CHECK_EQ(anywhere(0, 0x1000), UINT64_MAX);
	ioas_init(&ioas);
	CHECK_EQ(ioas_reserve(&ioas, iova(0x1000), iova(UINT64_MAX)), STATUS_OK);
	CHECK_EQ(anywhere(0, 0x1000), 0);
	CHECK_EQ(anywhere(0, 0x1000), UINT64_MAX);
}

HOST_TEST(copies)
{
	ioas_init(&ioas);
	ioas_init(&other);
	CHECK_EQ(ioas_map(&other, iova(0x10000), pa(0x80000), 0x4000, PT_READ), STATUS_OK);
	CHECK_EQ(ioas_map(&other, iova(0x14000), pa(0x90000), 0x1000, RW), STATUS_OK);
	kept = ioas;
	CHECK_EQ(ioas_copy(&ioas, iova(0), &other, iova(0x10000), 0x5000, PT_READ),
		 STATUS_NOT_FOUND);
	CHECK_EQ(ioas_copy(&ioas, iova(0), &other, iova(0xf000), 0x2000, PT_READ),
		 STATUS_NOT_FOUND);
	CHECK_EQ(ioas_copy(&ioas, iova(0), &other, iova(0x15000), 0x1000, PT_READ),
		 STATUS_NOT_FOUND);
	CHECK_EQ(ioas_copy(&ioas, iova(0), &other, iova(0x10000), 0x1000, RW), STATUS_BAD_ARGUMENT);
	CHECK_EQ(ioas_copy(&ioas, iova(0), &other, iova(0x10000), 0x1000, 0), STATUS_BAD_ARGUMENT);
	CHECK_EQ(ioas_copy(&ioas, iova(0), &other, iova(0x10000), 0, PT_READ), STATUS_BAD_RANGE);
	CHECK_EQ(ioas_copy(&ioas, iova(0), &other, iova(0x10100), 0x1000, PT_READ),
		 STATUS_UNALIGNED);
	check_unchanged();
	CHECK_EQ(ioas_copy(&ioas, iova(0x700000), &other, iova(0x11000), 0x2000, PT_READ),
		 STATUS_OK);
	CHECK_EQ(translate(&ioas, 0x701234), 0x82234);
	CHECK_EQ(translate(&ioas, 0x702000), UINT64_MAX);
	CHECK_EQ(ioas_copy(&ioas, iova(0x701000), &other, iova(0x14000), 0x1000, RW),
		 STATUS_OVERLAP);
	CHECK_EQ(ioas_copy(&other, iova(0x100000), &other, iova(0x14000), 0x1000, RW), STATUS_OK);
	CHECK_EQ(translate(&other, 0x100000), 0x90000);
}

/* ---- Listeners that count what they hold, and refuse when told to. ---- */

struct ear {
	struct ioas_listener listener;
	uint64_t bytes;
	unsigned refuse_in;		/* the n-th map from here is refused */
	bool deaf;			/* unmap is refused */
};

static struct ear ears[9];

static enum status hear_map(struct ioas_listener *listener, const struct ioas_area *area)
{
	struct ear *ear = container_of(listener, struct ear, listener);

	if (ear->refuse_in && --ear->refuse_in == 0)
		return STATUS_UNSUPPORTED;
	ear->bytes += area->bytes;
	return STATUS_OK;
}

static enum status hear_unmap(struct ioas_listener *listener, const struct ioas_area *area)
{
	struct ear *ear = container_of(listener, struct ear, listener);

	ear->bytes -= area->bytes;
	return ear->deaf ? STATUS_NOT_FOUND : STATUS_OK;
}

static void fresh_ears(void)
{
	ioas_init(&ioas);
	for (unsigned i = 0; i < ARRAY_COUNT(ears); i++)
		ears[i] = (struct ear){ .listener = { hear_map, hear_unmap } };
}

HOST_TEST(all_listeners_or_none)
{
	fresh_ears();
	CHECK_EQ(map(0x1000, 0, 0x1000), STATUS_OK);
	for (unsigned i = 0; i < 3; i++)
		CHECK_EQ(ioas_listen(&ioas, &ears[i].listener), STATUS_OK);
	CHECK_EQ(map(0x4000, 0, 0x2000), STATUS_OK);
	kept = ioas;
	ears[2].refuse_in = 1;
	CHECK_EQ(map(0x8000, 0, 0x4000), STATUS_UNSUPPORTED);
	check_unchanged();
	for (unsigned i = 0; i < 3; i++)
		CHECK_EQ(ears[i].bytes, 0x3000);
	ears[3].refuse_in = 2;
	CHECK_EQ(ioas_listen(&ioas, &ears[3].listener), STATUS_UNSUPPORTED);
	CHECK_EQ(ears[3].bytes, 0);
	CHECK_EQ(ioas_listen(&ioas, &ears[1].listener), STATUS_BUSY);
	check_unchanged();
	ioas_unlisten(&ioas, &ears[0].listener);
	CHECK_EQ(ioas_unmap_all(&ioas), STATUS_OK);
	CHECK_EQ(ears[0].bytes, 0x3000);
	CHECK_EQ(ears[1].bytes, 0);
	CHECK_EQ(ears[2].bytes, 0);
}

HOST_TEST(a_listener_that_lost_an_area_is_told_of_the_rest)
{
	fresh_ears();
	CHECK_EQ(ioas_listen(&ioas, &ears[0].listener), STATUS_OK);
	CHECK_EQ(ioas_listen(&ioas, &ears[1].listener), STATUS_OK);
	CHECK_EQ(map(0x1000, 0, 0x1000), STATUS_OK);
	CHECK_EQ(map(0x4000, 0, 0x1000), STATUS_OK);
	ears[0].deaf = true;
	CHECK_EQ(ioas_unmap_all(&ioas), STATUS_NOT_FOUND);
	CHECK_EQ(ioas.area_count, 0);
	CHECK_EQ(ears[0].bytes, 0);
	CHECK_EQ(ears[1].bytes, 0);
}

HOST_TEST(the_listener_limit_is_reached)
{
	fresh_ears();
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(ioas_listen(&ioas, &ears[i].listener), STATUS_OK);
	CHECK_EQ(ioas_listen(&ioas, &ears[8].listener), STATUS_EXHAUSTED);
	ioas_unlisten(&ioas, &ears[8].listener);
	CHECK_EQ(ioas.listener_count, 8);
	ioas_unlisten(&ioas, &ears[2].listener);
	CHECK_EQ(ioas_listen(&ioas, &ears[8].listener), STATUS_OK);
}

/* Random maps, unmaps and questions against an array of pages. */
HOST_TEST(random_areas)
{
	static uint64_t model[512];
	static unsigned area_of[512];
	uint64_t state = 0xa4093822299f31d0;
	unsigned next_area = 1;

	ioas_init(&ioas);
	memset(area_of, 0, sizeof(area_of));
	for (unsigned n = 0; n < 1000; n++) {
		unsigned at = (unsigned)random_below(&state, 512);
		unsigned count = 1 + (unsigned)random_below(&state, MIN(24, 512 - at)), used = 0;
		uint64_t oa = random_below(&state, 1u << 20) << 12;
		bool cut = false;

		for (unsigned i = at; i < at + count; i++)
			used += area_of[i] != 0;
		if (random_below(&state, 2)) {
			CHECK_EQ(map(at * PAGE_SIZE, oa, count * PAGE_SIZE),
				 used ? STATUS_OVERLAP : STATUS_OK);
			for (unsigned i = 0; !used && i < count; i++) {
				model[at + i] = oa + i * PAGE_SIZE;
				area_of[at + i] = next_area;
			}
			next_area++;
		} else {
			cut = (at && area_of[at] && area_of[at - 1] == area_of[at]) ||
			      (at + count < 512 && area_of[at + count] &&
			       area_of[at + count] == area_of[at + count - 1]);
			CHECK_EQ(ioas_unmap(&ioas, iova(at * PAGE_SIZE), count * PAGE_SIZE, NULL),
				 used && !cut ? STATUS_OK : STATUS_NOT_FOUND);
			for (unsigned i = at; used && !cut && i < at + count; i++)
				area_of[i] = 0;
		}
		for (unsigned i = 0; i < 512; i++)
			if (translate(&ioas, i * PAGE_SIZE + 5) !=
			    (area_of[i] ? model[i] + 5 : UINT64_MAX))
				CHECK_EQ(i, UINT64_MAX);
	}
}

HOST_MAIN()
