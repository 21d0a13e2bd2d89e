/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Accesses of one exact width to device registers and ports, barriers and cache lines. The accesses are
 * assembly because a compiler may split or fuse plain volatile ones.
 */
#include "arch/arch.h"
#include "arch/port.h"
#include "arch/x86_64/x86.h"

#define READ(bits, suffix, constraint) \
uint##bits##_t arch_read##bits(uintptr_t address) \
{ \
	uint##bits##_t v; \
	__asm__ volatile("mov" suffix " %1, %0" : constraint(v) \
			 : "m"(*(const volatile uint##bits##_t *)address) : "memory"); \
	return v; \
}
READ(8, "b", "=q")
READ(16, "w", "=r")
READ(32, "l", "=r")
READ(64, "q", "=r")
#undef READ

#define WRITE(bits, suffix, constraint) \
void arch_write##bits(uintptr_t address, uint##bits##_t value) \
{ \
	__asm__ volatile("mov" suffix " %1, %0" \
			 : "=m"(*(volatile uint##bits##_t *)address) : constraint(value) : "memory"); \
}
WRITE(8, "b", "q")
WRITE(16, "w", "r")
WRITE(32, "l", "r")
WRITE(64, "q", "r")
#undef WRITE

uint8_t arch_port_read8(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

uint32_t arch_port_read32(uint16_t port)
{
	uint32_t v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

void arch_port_write8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

void arch_port_write32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

void arch_barrier(void)
{
	__asm__ volatile("mfence" : : : "memory");
}

void arch_write_barrier(void)
{
	__asm__ volatile("sfence" : : : "memory");
}

/* CPUID.01H:EBX[15:8] is the line in units of 8 bytes. */
static size_t line_bytes(void)
{
	static size_t bytes;

	if (!bytes)
		bytes = ((x86_cpuid(1, 0).b >> 8) & 0xff) * 8;
	return bytes ? bytes : 64;
}

void arch_flush(const void *memory, size_t bytes)
{
	size_t line = line_bytes();
	uintptr_t at = ALIGN_DOWN((uintptr_t)memory, line);
	uintptr_t end = (uintptr_t)memory + bytes;

	/* Stores before must be in the cache before the line is written back; CLFLUSH is ordered
	 * with them on Intel and, with a fence, on AMD. */
	arch_barrier();
	for (; at < end; at += line)
		__asm__ volatile("clflush %0" : "+m"(*(volatile char *)at));
	arch_barrier();
}

void arch_pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}
