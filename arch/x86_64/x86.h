/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What the files of this folder share: processor instructions that C has no words for, and the steps
 * of taking over the machine. Numbers are from the Intel SDM, volume 3 (version 083), and the AMD64
 * manual, volume 2 (revision 3.41), where both agree unless said otherwise.
 */
#ifndef ARCH_X86_64_X86_H
#define ARCH_X86_64_X86_H

#include "arch/arch.h"

#define X86_CR0_MP	BIT64(1)
#define X86_CR0_EM	BIT64(2)
#define X86_CR0_TS	BIT64(3)
#define X86_CR0_NE	BIT64(5)
#define X86_CR0_WP	BIT64(16)
#define X86_CR0_AM	BIT64(18)

#define X86_CR4_PAE	BIT64(5)
#define X86_CR4_MCE	BIT64(6)
#define X86_CR4_PGE	BIT64(7)
#define X86_CR4_OSFXSR	BIT64(9)
#define X86_CR4_OSXMMEXCPT BIT64(10)
#define X86_CR4_LA57	BIT64(12)
#define X86_CR4_PCIDE	BIT64(17)
#define X86_CR4_SMEP	BIT64(20)
#define X86_CR4_SMAP	BIT64(21)
#define X86_CR4_CET	BIT64(23)
#define X86_CR4_PKS	BIT64(24)

#define X86_MSR_APIC_BASE	0x1bu
#define X86_MSR_MCG_CAP		0x179u
#define X86_MSR_MCG_STATUS	0x17au
#define X86_MSR_PAT		0x277u
#define X86_MSR_MC0_STATUS	0x401u		/* a bank every four */
#define   X86_MC_STATUS_VALID	BIT64(63)
#define   X86_MC_STATUS_ADDRESS	BIT64(58)
#define X86_MSR_MC0_ADDRESS	0x402u
#define X86_MSR_EFER		0xc0000080u
#define   X86_EFER_NXE		BIT64(11)

#define X86_CODE_SELECTOR	0x08u
#define X86_DATA_SELECTOR	0x10u
#define X86_TSS_SELECTOR	0x18u

#define X86_VECTORS		256u
#define X86_EXCEPTIONS		32u
#define X86_VECTOR_PIC		0x20u		/* 16 lines of the legacy controller, masked */
#define X86_VECTOR_MSI_FIRST	0x30u
#define X86_VECTOR_MSI_LAST	0x6fu
#define X86_VECTOR_SPURIOUS	0xffu

struct x86_cpuid { uint32_t a, b, c, d; };

static inline struct x86_cpuid x86_cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct x86_cpuid r;

	__asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static inline uint64_t x86_rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return (uint64_t)high << 32 | low;
}

static inline void x86_wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

#define X86_CONTROL(n) \
static inline uint64_t x86_read_cr##n(void) \
{ \
	uint64_t v; \
	__asm__ volatile("mov %%cr" #n ", %0" : "=r"(v) : : "memory"); \
	return v; \
} \
static inline void x86_write_cr##n(uint64_t v) \
{ \
	__asm__ volatile("mov %0, %%cr" #n : : "r"(v) : "memory"); \
}
X86_CONTROL(0)
X86_CONTROL(2)
X86_CONTROL(3)
X86_CONTROL(4)
#undef X86_CONTROL

static inline uint64_t x86_rdtsc(void)
{
	uint32_t low, high;

	/* The fence keeps the read from moving before what is being timed (SDM, RDTSC). */
	__asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* Every register at a trap, in the order that entry.S stores it. */
struct x86_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error_code;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* paging.c */
void paging_load(void);
bool paging_readable(uintptr_t address);
bool paging_is_guard(uintptr_t address);
void *paging_stack(unsigned which);			/* the top, below which it grows */

enum { STACK_MAIN, STACK_TRAP, STACK_DOUBLE_FAULT, STACK_NMI, STACK_MACHINE_CHECK, STACK_COUNT };

/* descriptors.c */
void descriptors_load(void);

/* apic.c */
void apic_start(void);

/* clock.c */
struct arch_clock_hint;
void clock_calibrate(const struct arch_clock_hint *hint);

#endif
