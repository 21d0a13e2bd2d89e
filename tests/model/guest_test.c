/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The server's guest memory: what is reached, in words that are whole, with a CPU at work beside it. */
#define _GNU_SOURCE
#include "model/server/guest.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/host/check.h"

#define BASE	UINT64_C(0x100000)
#define BYTES	0x3000u

static struct guest guest;
static uint8_t *cpu;			/* the same memory, as the guest's CPU has it */
static bool enough;			/* the CPU may stop */

static int map(uint64_t address, uint64_t bytes, uint64_t offset, int fd)
{
	struct vfio_user_dma_map m = {
		.argsz = sizeof(m),
		.flags = VFIO_USER_MAP_READ | VFIO_USER_MAP_WRITE,
		.offset = offset,
		.address = address,
		.size = bytes,
	};

	return guest_map(&guest, &m, fd);
}

/* Two ranges that touch, of one file; a third without one. */
static void bench(void)
{
	int fd = memfd_create("guest", 0);

	guest_unmap_all(&guest);
	CHECK(fd >= 0 && ftruncate(fd, BYTES) == 0);
	cpu = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(cpu != MAP_FAILED);
	CHECK_EQ(map(BASE, 0x1000, 0, fd), 0);
	CHECK_EQ(map(BASE + 0x1000, 0x2000, 0x1000, fd), 0);
	CHECK_EQ(map(BASE + 0x3000, 0x1000, 0, -1), 0);
	close(fd);
}

HOST_TEST(nothing_crosses_the_end_of_a_range)
{
	uint8_t bytes[32] = { 0 };
	uint64_t seen;

	bench();
	CHECK(guest_read(&guest, BASE + 0xff8, bytes, 8));
	CHECK(!guest_read(&guest, BASE + 0xff8, bytes, 9));
	CHECK(!guest_write(&guest, BASE + 0xfff, bytes, 2));
	CHECK(!guest_write(&guest, BASE - 1, bytes, 2));
	CHECK(guest_write(&guest, BASE + BYTES - 32, bytes, 32));
	CHECK(!guest_write(&guest, BASE + BYTES - 31, bytes, 32));
	CHECK(!guest_read(&guest, BASE + BYTES, bytes, 1));
	CHECK(!guest_read(&guest, UINT64_MAX, bytes, 2));
	CHECK(!guest_read(&guest, BASE, bytes, SIZE_MAX));
	CHECK(!guest_swap(&guest, BASE + 0xffc, 0, 0, &seen));
	CHECK(!guest_swap(&guest, BASE + 4, 0, 0, &seen));
	CHECK(!guest_swap(&guest, BASE + BYTES, 0, 0, &seen));
}

HOST_TEST(bytes_arrive_where_they_should)
{
	uint8_t from[64], to[64];

	bench();
	for (unsigned i = 0; i < sizeof(from); i++)
		from[i] = (uint8_t)(i + 1);
	for (size_t bytes = 0; bytes <= 40; bytes++) {
		for (unsigned at = 0; at < 16; at++) {
			memset(cpu, 0, 128);
			memset(to, 0, sizeof(to));
			CHECK(guest_write(&guest, BASE + at, from + at % 5, bytes));
			CHECK(memcmp(cpu + at, from + at % 5, bytes) == 0);
			CHECK(cpu[at + bytes] == 0 && (at == 0 || cpu[at - 1] == 0));
			CHECK(guest_read(&guest, BASE + at, to + 3, bytes));
			CHECK(memcmp(to + 3, from + at % 5, bytes) == 0);
			CHECK(to[2] == 0 && to[3 + bytes] == 0);
		}
	}
}

HOST_TEST(swap_is_a_compare_and_swap)
{
	uint64_t word = 5, seen = 0;

	bench();
	memcpy(cpu + 64, &word, 8);
	CHECK(guest_swap(&guest, BASE + 64, 4, 9, &seen));
	CHECK_EQ(seen, 5);
	CHECK(guest_swap(&guest, BASE + 64, 5, 9, &seen));
	CHECK_EQ(seen, 5);
	memcpy(&word, cpu + 64, 8);
	CHECK_EQ(word, 9);
}

/* ---- Beside a CPU ---- */

/* How often the other side is to be seen at work, and how often it is looked for: there may be one processor. */
#define MEETINGS	20000u
#define LOOKS_MAX	20000000u

static bool is_enough(void)
{
	return __atomic_load_n(&enough, __ATOMIC_RELAXED);
}

static void *count_as_the_cpu(void *context)
{
	uint64_t *word = context;
	uintptr_t count = 0;

	for (; !is_enough(); count++)
		__atomic_fetch_add(word, UINT64_C(1) << 32, __ATOMIC_SEQ_CST);
	return (void *)count;
}

static void *flip_as_the_cpu(void *context)
{
	uint64_t *word = context;

	for (unsigned i = 0; !is_enough(); i++)
		__atomic_store_n(word, i % 2 ? UINT64_MAX : 0, __ATOMIC_SEQ_CST);
	return NULL;
}

static pthread_t start_cpu(void *(*work)(void *), uint64_t *word)
{
	pthread_t thread;

	__atomic_store_n(&enough, false, __ATOMIC_RELAXED);
	CHECK(pthread_create(&thread, NULL, work, word) == 0);
	return thread;
}

static uint32_t stop_cpu(pthread_t thread)
{
	void *result;

	__atomic_store_n(&enough, true, __ATOMIC_RELAXED);
	pthread_join(thread, &result);
	return (uint32_t)(uintptr_t)result;
}

HOST_TEST(no_update_of_the_cpu_is_lost)
{
	uint32_t ours = 0, theirs, meetings = 0;
	uint64_t *word, seen = 0;
	pthread_t thread;

	bench();
	word = (uint64_t *)(void *)(cpu + 128);
	thread = start_cpu(count_as_the_cpu, word);
	for (unsigned i = 0; i < LOOKS_MAX && meetings < MEETINGS; i++) {
		uint64_t expected = seen;

		CHECK(guest_swap(&guest, BASE + 128, expected, expected + 1, &seen));
		ours += seen == expected;
		meetings += seen >> 32 != expected >> 32;
		seen += seen == expected;
	}
	theirs = stop_cpu(thread);
	CHECK_EQ(*word, (uint64_t)theirs << 32 | ours);
	CHECK(meetings != 0);
}

HOST_TEST(words_are_never_torn)
{
	unsigned torn = 0, meetings = 0;
	uint64_t seen[3] = { 0 };
	pthread_t thread;

	bench();
	thread = start_cpu(flip_as_the_cpu, (uint64_t *)(void *)(cpu + 136));
	for (unsigned i = 0; i < LOOKS_MAX && meetings < MEETINGS; i++) {
		uint64_t before = seen[1];
		uint32_t half = 0;

		CHECK(guest_read(&guest, BASE + 128, seen, sizeof(seen)));
		CHECK(guest_read(&guest, BASE + 140, &half, sizeof(half)));
		torn += seen[1] != 0 && seen[1] != UINT64_MAX;
		torn += half != 0 && half != UINT32_MAX;
		meetings += seen[1] != before;
	}
	(void)stop_cpu(thread);
	CHECK_EQ(torn, 0);
	CHECK(meetings != 0);
}

HOST_TEST(nothing_is_reached_after_an_unmap)
{
	uint8_t byte = 0;

	bench();
	CHECK_EQ(guest_unmap(&guest, BASE, 0x1000), 0);
	CHECK(!guest_read(&guest, BASE, &byte, 1));
	CHECK(guest_read(&guest, BASE + 0x1000, &byte, 1));
	guest_unmap_all(&guest);
	CHECK(!guest_read(&guest, BASE + 0x1000, &byte, 1));
	CHECK_EQ(guest.count, 0);
}

HOST_MAIN()
