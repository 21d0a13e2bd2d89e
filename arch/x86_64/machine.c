/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Who the processor is, how it is taken over, and how the machine is reset without its firmware. */
#include "arch/port.h"
#include "arch/start.h"
#include "arch/x86_64/x86.h"

#include <string.h>

#define RESET_CONTROL		0xcf9u			/* in every PCI chipset since PIIX */
#define   RESET_CONTROL_COLD	0x02u
#define   RESET_CONTROL_GO	0x06u
#define KEYBOARD_COMMAND	0x64u
#define   KEYBOARD_PULSE_RESET	0xfeu

__attribute__((noreturn)) void x86_enter(void *stack_top, void (*run)(void));

const char *arch_name(void)
{
	return "x86_64";
}

/* CPUID leaves 8000'0002H to 8000'0004H, without the spaces that some parts begin with. */
const char *arch_cpu(void)
{
	static char brand[49];
	const char *begin = brand;

	if (x86_cpuid(0x80000000u, 0).a < 0x80000004u)
		return "unknown";
	for (unsigned i = 0; i < 3; i++) {
		struct x86_cpuid r = x86_cpuid(0x80000002u + i, 0);

		memcpy(brand + 16 * i, &r, sizeof(r));
	}
	while (*begin == ' ')
		begin++;
	return begin;
}

unsigned arch_physical_address_bits(void)
{
	if (x86_cpuid(0x80000000u, 0).a < 0x80000008u)
		return 36;
	return x86_cpuid(0x80000008u, 0).a & 0xff;
}

/* CPUID 1, ECX bit 31: reserved to hypervisors, 0 in every processor (Intel SDM 3 (CPUID), AMD APM 3 E.3.2). */
bool arch_is_guest(void)
{
	return x86_cpuid(1, 0).c >> 31;
}

void arch_take_over(const struct arch_clock_hint *hint, void (*run)(void))
{
	__asm__ volatile("cli" : : : "memory");
	paging_load();
	descriptors_load();
	clock_calibrate(hint);
	apic_start();
	x86_enter(paging_stack(STACK_MAIN), run);
}

/* The chipset's register, the keyboard controller, and a fault that cannot be delivered. */
void arch_reset(void)
{
	static const struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t base;
	} no_gates;

	__asm__ volatile("cli" : : : "memory");
	arch_port_write8(RESET_CONTROL, RESET_CONTROL_COLD);
	arch_port_write8(RESET_CONTROL, RESET_CONTROL_GO);
	for (unsigned i = 0; i < 100000; i++)
		arch_pause();
	arch_port_write8(KEYBOARD_COMMAND, KEYBOARD_PULSE_RESET);
	for (unsigned i = 0; i < 100000; i++)
		arch_pause();
	__asm__ volatile("lidt %0\n\tint3" : : "m"(no_gates) : "memory");
	for (;;)
		__asm__ volatile("hlt" : : : "memory");
}
