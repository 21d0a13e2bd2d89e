/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Pages with the same place in another 1 GiB block: only where both neighbours are ours too. */
#include "tests/harness/platform.h"
#include "tests/host/check.h"

#define PAGES	8u

static uint8_t arena[16 * PAGE_SIZE], twin[PAGES * PAGE_SIZE];
static struct handover handover = { .arena = arena, .arena_pages = 16, .twin = twin, .twin_pages = PAGES };
static struct platform platform = { .handover = &handover };

HOST_TEST(a_twin_has_the_same_place)
{
	for (size_t i = 1; i + 1 < PAGES; i++)
		CHECK(platform_twin(&platform, arena + i * PAGE_SIZE) == twin + i * PAGE_SIZE);
}

HOST_TEST(the_twin_of_a_twin_is_the_page)
{
	for (size_t i = 1; i + 1 < PAGES; i++)
		CHECK(platform_twin(&platform, twin + i * PAGE_SIZE) == arena + i * PAGE_SIZE);
	CHECK(platform_twin(&platform, twin) == NULL);
}

HOST_TEST(a_page_without_room_for_guards_has_none)
{
	CHECK(platform_twin(&platform, arena) == NULL);
	CHECK(platform_twin(&platform, arena + (PAGES - 1) * PAGE_SIZE) == NULL);
	CHECK(platform_twin(&platform, arena + PAGES * PAGE_SIZE) == NULL);
	CHECK(platform_twin(&platform, arena + 15 * PAGE_SIZE) == NULL);
}

HOST_TEST(without_such_memory_there_is_none)
{
	handover.twin = NULL;
	CHECK(platform_twin(&platform, arena + 2 * PAGE_SIZE) == NULL);
	handover.twin = twin;
	CHECK(platform_twin(&platform, arena + 2 * PAGE_SIZE) != NULL);
}

HOST_MAIN()
