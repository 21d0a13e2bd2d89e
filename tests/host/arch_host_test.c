/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The build machine as a machine: regions, clock, guarded calls, interrupts, memory. */
#include <signal.h>

#include "arch/host/host.h"
#include "arch/port.h"
#include "tests/host/check.h"

static uint64_t last_offset, last_value;
static unsigned last_width;

static uint64_t echo_read(void *context, uint64_t offset, unsigned width)
{
	last_offset = offset;
	last_width = width;
	return *(uint64_t *)context;
}

static void echo_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	(void)context;
	last_offset = offset;
	last_width = width;
	last_value = value;
}

static const struct arch_host_ops echo = { echo_read, echo_write };

HOST_TEST(accesses_reach_their_region)
{
	uint64_t word = 0x1122334455667788, port = 0xab;

	arch_host_reset();
	CHECK_EQ(arch_host_region(0x1000, 0x100, &echo, &word), STATUS_OK);
	CHECK_EQ(arch_host_ports(0x3f8, 8, &echo, &port), STATUS_OK);
	CHECK_EQ(arch_read8(0x1001), 0x88);
	CHECK_EQ(arch_read16(0x1002), 0x7788);
	CHECK_EQ(arch_read32(0x1004), 0x55667788);
	CHECK_EQ(arch_read64(0x10f8), 0x1122334455667788);
	CHECK_EQ(last_offset, 0xf8);
	CHECK_EQ(last_width, 8);
	arch_write16(0x1010, 0xbeef);
	CHECK_EQ(last_value, 0xbeef);
	CHECK_EQ(last_width, 2);
	CHECK_EQ(arch_port_read8(0x3f9), 0xab);
	CHECK_EQ(last_offset, 1);
	CHECK_EQ(arch_host_stray_count(), 0);
}

HOST_TEST(stray_accesses_are_all_ones)
{
	uint64_t word = 0;

	arch_host_reset();
	CHECK_EQ(arch_host_region(0x1000, 0x100, &echo, &word), STATUS_OK);
	CHECK_EQ(arch_read32(0xffc), 0xffffffff);
	CHECK_EQ(arch_read32(0x1100), 0xffffffff);
	CHECK_EQ(arch_read64(0x10fc), UINT64_MAX); /* half of it is outside */
	arch_write8(0x0fff, 1);
	CHECK_EQ(arch_port_read32(0x1000), 0xffffffff); /* a port is not an address */
	CHECK_EQ(arch_host_stray_count(), 5);
}

HOST_TEST(regions_do_not_overlap)
{
	uint64_t word = 0;

	arch_host_reset();
	CHECK_EQ(arch_host_region(0x1000, 0x100, &echo, &word), STATUS_OK);
	CHECK_EQ(arch_host_region(0x10ff, 0x100, &echo, &word), STATUS_OVERLAP);
	CHECK_EQ(arch_host_region(0x0f01, 0x100, &echo, &word), STATUS_OVERLAP);
	CHECK_EQ(arch_host_region(0x0f00, 0x1000, &echo, &word), STATUS_OVERLAP);
	CHECK_EQ(arch_host_ports(0x1000, 8, &echo, &word), STATUS_OK);
	CHECK_EQ(arch_host_region(0x2000, 0, &echo, &word), STATUS_BAD_RANGE);
	CHECK_EQ(arch_host_region(UINTPTR_MAX, 2, &echo, &word), STATUS_BAD_RANGE);
	CHECK_EQ(arch_host_ports(0xfff8, 9, &echo, &word), STATUS_BAD_RANGE);
	for (unsigned i = 2; i < ARCH_HOST_REGIONS; i++)
		CHECK_EQ(arch_host_region(0x10000 * i, 1, &echo, &word), STATUS_OK);
	CHECK_EQ(arch_host_region(0x9000, 1, &echo, &word), STATUS_EXHAUSTED);
}

HOST_TEST(unmapped_registers_are_noticed)
{
	uint64_t word = 0;

	arch_host_reset();
	CHECK_EQ(arch_host_region(0x1000, 0x2000, &echo, &word), STATUS_OK);
	CHECK_EQ(arch_map_device(0x1000, 0x1000), STATUS_OK);
	(void)arch_read32(0x1ffc);
	CHECK_EQ(arch_host_unmapped_count(), 0);
	(void)arch_read32(0x2000);
	CHECK_EQ(arch_host_unmapped_count(), 1);
	arch_host_fail_map_in(1);
	CHECK_EQ(arch_map_device(0x2000, 0x1000), STATUS_EXHAUSTED);
	CHECK_EQ(arch_map_device(0x2000, 0), STATUS_BAD_RANGE);
	for (unsigned i = 1; i < ARCH_HOST_MAPPED; i++)
		CHECK_EQ(arch_map_device(0x10000 * i, 0x1000), STATUS_OK);
	CHECK_EQ(arch_map_device(0x3000, 0x1000), STATUS_EXHAUSTED);
}

HOST_TEST(waits_end_without_real_time)
{
	uint64_t before = arch_now_ns();

	CHECK(!wait_until(false, deadline_in_us(3600000000u / 1000)));
	CHECK(arch_now_ns() - before >= 3600000000);
	CHECK(wait_until(true, deadline_in_us(0)));
	arch_host_advance_ns(5000000);
	CHECK(arch_now_ns() - before >= 3605000000);
}

static void count(void *context)
{
	++*(unsigned *)context;
}

static void count_flush(void *context, const void *memory, size_t bytes)
{
	(void)memory;
	*(unsigned *)context += (unsigned)bytes;
}

HOST_TEST(hooks_are_called)
{
	unsigned pauses = 0, barriers = 0, flushed = 0;

	arch_host_reset();
	arch_host_pause_hook(count, &pauses);
	arch_host_barrier_hook(count, &barriers);
	arch_host_flush_hook(count_flush, &flushed);
	arch_pause();
	arch_barrier();
	arch_write_barrier();
	arch_flush(&pauses, 64);
	CHECK_EQ(pauses, 1);
	CHECK_EQ(barriers, 2);
	CHECK_EQ(flushed, 64);
	arch_host_reset();
	arch_pause();
	CHECK_EQ(pauses, 1);
}

static unsigned reached;

static void returns(void *argument)
{
	(void)argument;
	reached |= 1;
}

static void abandons(void *argument)
{
	(void)argument;
	arch_abandon();
}

static void nests(void *argument)
{
	struct arch_trap inner;

	reached |= arch_guarded(abandons, NULL, &inner) ? 0 : 2;
	reached |= arch_guarded(returns, NULL, &inner) ? 4 : 0;
	abandons(argument);
	reached |= 8;
}

HOST_TEST(guarded_calls_nest)
{
	struct arch_trap trap = { .name = "before" };

	reached = 0;
	CHECK(arch_guarded(returns, NULL, &trap));
	CHECK_EQ(reached, 1);
	CHECK(!arch_guarded(nests, NULL, &trap));
	CHECK(trap.name == NULL);
	CHECK_EQ(reached, 7);
}

static void traps(void *argument)
{
	(void)argument;
	raise(SIGFPE);
}

HOST_TEST(signals_become_traps)
{
	struct arch_trap trap;

	arch_host_catch_signals(true);
	for (unsigned i = 0; i < 3; i++) {
		CHECK(!arch_guarded(traps, NULL, &trap));
		CHECK_STR(trap.name, "SIGFPE");
		CHECK_EQ(trap.vector, SIGFPE);
	}
	arch_host_catch_signals(false);
}

HOST_TEST(messages_are_counted_per_line)
{
	struct arch_msi a, b, none;

	arch_host_reset();
	CHECK_EQ(arch_msi_line(&a), STATUS_OK);
	CHECK_EQ(arch_msi_line(&b), STATUS_OK);
	CHECK(a.address != b.address || a.data != b.data);
	CHECK(arch_host_msi_write(a.address, a.data));
	CHECK(arch_host_msi_write(a.address, a.data));
	CHECK(!arch_host_msi_write(a.address, a.data + 9));
	CHECK(!arch_host_msi_write(0x1000, a.data));
	CHECK_EQ(arch_msi_count(&a), 2);
	CHECK_EQ(arch_msi_count(&b), 0);
	for (unsigned i = 2; i < ARCH_HOST_MSI_LINES; i++)
		CHECK_EQ(arch_msi_line(&none), STATUS_OK);
	CHECK_EQ(arch_msi_line(&none), STATUS_EXHAUSTED);
}

HOST_TEST(arenas_lie_low)
{
	uint8_t *a = arch_host_arena(16), *b = arch_host_arena(16);

	CHECK(a && b && a != b);
	CHECK((uintptr_t)a < 0x80000000 && (uintptr_t)b < 0x80000000);
	CHECK_EQ((uintptr_t)a % 4096, 0);
	CHECK_EQ(a[16 * 4096 - 1], 0);
	a[16 * 4096 - 1] = 1;
	arch_host_arena_free(a, 16);
	arch_host_arena_free(b, 16);
}

HOST_TEST(words_change_whole)
{
	uint64_t word = 0xf0;

	CHECK_EQ(arch_fetch_or64(&word, 0x0f), 0xf0);
	CHECK_EQ(arch_fetch_and64(&word, 0x3c), 0xff);
	CHECK_EQ(arch_load64(&word), 0x3c);
	CHECK(!arch_compare_swap64(&word, 0x3d, 1));
	CHECK(arch_compare_swap64(&word, 0x3c, 1));
	arch_store64(&word, 2);
	CHECK_EQ(word, 2);
}

HOST_MAIN()
