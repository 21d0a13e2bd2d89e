/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The clock is the time-stamp counter. Its rate comes from what the machine has, best first: CPUID
 * leaf 15H (SDM volume 2, CPUID), the ACPI PM timer (ACPI 6.5, 4.8.3.3), channel 2 of the 8254,
 * the HPET (IA-PC HPET 1.0a, 2.3), and CPUID leaf 16H, which is only nominal.
 *
 * Until it is calibrated a tick counts as a nanosecond: deadlines are then too short by the factor
 * that the processor is faster than 1 GHz, never endless.
 */
#include "arch/port.h"
#include "arch/start.h"
#include "arch/x86_64/x86.h"

#include <stdio.h>

#define NS_PER_S		UINT64_C(1000000000)
#define FS_PER_S		UINT64_C(1000000000000000)
#define GIVE_UP_TICKS		UINT64_C(2000000000)	/* half a second of a 4 GHz processor */
#define RATE_MIN_HZ		UINT64_C(10000000)	/* a slower result is no result */

#define PM_TIMER_HZ		3579545u
#define PM_TIMER_MASK		0xffffffu		/* the bits that every machine has */

#define PIT_HZ			1193182u
#define PIT_CHANNEL2		0x42u
#define PIT_COMMAND		0x43u
#define   PIT_CHANNEL2_ONESHOT	0xb0u			/* channel 2, both bytes, mode 0 */
#define PIT_GATE		0x61u
#define   PIT_GATE_ENABLE	BIT(0)
#define   PIT_GATE_SPEAKER	BIT(1)
#define   PIT_GATE_OUTPUT	BIT(5)

#define HPET_BASE		UINT64_C(0xfed00000)
#define HPET_PERIOD_FS		0x004u
#define HPET_PERIOD_FS_MAX	100000000u
#define HPET_CONFIGURATION	0x010u
#define   HPET_RUN		BIT(0)
#define HPET_COUNTER		0x0f0u

#define INTERVAL_PER_S		100u			/* measure for 10 ms */
#define SAMPLE_TRIES		5u

static struct {
	uint64_t start;
	uint64_t ns_per_tick_q32;			/* fixed point, 32 fraction bits */
	char source[64];
} clock = { .ns_per_tick_q32 = BIT64(32), .source = "uncalibrated TSC" };

static uint64_t rate_from_cpuid15(const struct arch_clock_hint *hint)
{
	struct x86_cpuid r;

	(void)hint;
	if (x86_cpuid(0, 0).a < 0x15)
		return 0;
	r = x86_cpuid(0x15, 0);
	return r.a && r.b && r.c ? (uint64_t)r.c * r.b / r.a : 0;
}

static uint64_t rate_from_cpuid16(const struct arch_clock_hint *hint)
{
	(void)hint;
	return x86_cpuid(0, 0).a < 0x16 ? 0 : (x86_cpuid(0x16, 0).a & 0xffff) * UINT64_C(1000000);
}

/* A counter beside the TSC, read as one: of several tries the one that took the shortest, because a
 * hypervisor may stop the processor in between. */
struct sample {
	uint64_t tsc;
	uint32_t count;
};

static struct sample sample_of(uint32_t (*read)(uint64_t at), uint64_t at)
{
	struct sample best = { 0, 0 };
	uint64_t shortest = UINT64_MAX;

	for (unsigned i = 0; i < SAMPLE_TRIES; i++) {
		uint64_t begin = x86_rdtsc();
		uint32_t count = read(at);
		uint64_t took = x86_rdtsc() - begin;

		if (took < shortest) {
			shortest = took;
			best = (struct sample){ begin, count };
		}
	}
	return best;
}

/* How fast the TSC runs beside a counter of `hz` whose bits `mask` count; 0: the counter stands. */
static uint64_t rate_beside(uint32_t (*read)(uint64_t at), uint64_t at, uint32_t mask, uint64_t hz)
{
	struct sample first = sample_of(read, at), last;
	uint32_t passed;

	do {
		last = sample_of(read, at);
		passed = (last.count - first.count) & mask;
		if (last.tsc - first.tsc > GIVE_UP_TICKS)
			return 0;
	} while (passed < hz / INTERVAL_PER_S);
	return (last.tsc - first.tsc) * hz / passed;
}

static uint32_t read_port(uint64_t at)
{
	return arch_port_read32((uint16_t)at);
}

static uint32_t read_memory(uint64_t at)
{
	return arch_read32(at);
}

static uint64_t rate_from_pm_timer(const struct arch_clock_hint *hint)
{
	if (!hint->pm_timer_port)
		return 0;
	return rate_beside(read_port, hint->pm_timer_port, PM_TIMER_MASK, PM_TIMER_HZ);
}

static uint64_t rate_from_pit(const struct arch_clock_hint *hint)
{
	unsigned count = PIT_HZ / INTERVAL_PER_S;
	uint8_t gate = arch_port_read8(PIT_GATE);
	uint64_t begin, now;

	(void)hint;
	arch_port_write8(PIT_GATE, (uint8_t)((gate & ~PIT_GATE_SPEAKER) | PIT_GATE_ENABLE));
	arch_port_write8(PIT_COMMAND, PIT_CHANNEL2_ONESHOT);
	arch_port_write8(PIT_CHANNEL2, (uint8_t)count);
	arch_port_write8(PIT_CHANNEL2, (uint8_t)(count >> 8));
	begin = x86_rdtsc();
	do {
		now = x86_rdtsc();
		if (now - begin > GIVE_UP_TICKS)
			break;
	} while (!(arch_port_read8(PIT_GATE) & PIT_GATE_OUTPUT));
	arch_port_write8(PIT_GATE, gate);
	return now - begin > GIVE_UP_TICKS ? 0 : (now - begin) * INTERVAL_PER_S;
}

static uint64_t rate_from_hpet(const struct arch_clock_hint *hint)
{
	uint32_t period;

	(void)hint;
	if (arch_map_device(HPET_BASE, PAGE_SIZE) != STATUS_OK)
		return 0;
	period = arch_read32(HPET_BASE + HPET_PERIOD_FS);
	if (!period || period > HPET_PERIOD_FS_MAX)
		return 0;
	arch_write32(HPET_BASE + HPET_CONFIGURATION,
		     arch_read32(HPET_BASE + HPET_CONFIGURATION) | HPET_RUN);
	return rate_beside(read_memory, HPET_BASE + HPET_COUNTER, UINT32_MAX, FS_PER_S / period);
}

void clock_calibrate(const struct arch_clock_hint *hint)
{
	static const struct {
		uint64_t (*rate)(const struct arch_clock_hint *hint);
		const char *name;
	} sources[] = {
		{ rate_from_cpuid15, "CPUID 15H" },
		{ rate_from_pm_timer, "the ACPI PM timer" },
		{ rate_from_pit, "the 8254" },
		{ rate_from_hpet, "the HPET" },
		{ rate_from_cpuid16, "CPUID 16H (nominal)" },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(sources); i++) {
		uint64_t hz = sources[i].rate(hint);

		if (hz < RATE_MIN_HZ)
			continue;
		clock.ns_per_tick_q32 = (NS_PER_S << 32) / hz;
		clock.start = x86_rdtsc();
		snprintf(clock.source, sizeof(clock.source), "TSC at %lu kHz from %s",
			 (unsigned long)(hz / 1000), sources[i].name);
		return;
	}
}

uint64_t arch_now_ns(void)
{
	unsigned __int128 product = x86_rdtsc() - clock.start;

	product *= clock.ns_per_tick_q32;
	return (uint64_t)(product >> 32);
}

const char *arch_clock_source(void)
{
	return clock.source;
}
