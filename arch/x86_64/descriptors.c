/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Segments, task state and interrupt gates: Intel SDM volume 3, 3.4.5 (segment descriptors), 6.14.1
 * (64-bit gates), 6.14.5 (interrupt stack table), 7.7 (64-bit task state).
 *
 * Every exception runs on a stack of its own kind, so that a stack overflow is an ordinary page
 * fault with an intact record; device interrupts run on the stack that they interrupt.
 */
#include "arch/x86_64/x86.h"

#define GATE_PRESENT_INTERRUPT	UINT64_C(0x8e00)	/* present, ring 0, interrupts off inside */
#define TSS_PRESENT_AVAILABLE	UINT64_C(0x89)

#define STUB_BYTES	16u

enum { IST_NONE, IST_TRAP, IST_DOUBLE_FAULT, IST_NMI, IST_MACHINE_CHECK };

struct __attribute__((packed)) table_pointer {
	uint16_t limit;
	uint64_t base;
};

struct __attribute__((packed)) task_state {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];			/* IST 1 is ist[0] */
	uint64_t reserved2;
	uint16_t reserved3, io_map;
};
_Static_assert(sizeof(struct task_state) == 104, "SDM figure 7-11");

extern const uint8_t x86_vector_stubs[] __attribute__((visibility("hidden")));
void x86_load_segments(uint64_t code, uint64_t data);

static struct task_state task;
static struct { uint64_t w[2]; } gates[X86_VECTORS];
static uint64_t segments[5] = {
	[X86_CODE_SELECTOR / 8] = UINT64_C(0x00af9a000000ffff),	/* 64-bit code */
	[X86_DATA_SELECTOR / 8] = UINT64_C(0x00cf92000000ffff),
};

static unsigned stack_of(unsigned vector)
{
	switch (vector) {
	case 2:
		return IST_NMI;
	case 8:
		return IST_DOUBLE_FAULT;
	case 18:
		return IST_MACHINE_CHECK;
	default:
		return vector < X86_EXCEPTIONS ? IST_TRAP : IST_NONE;
	}
}

static void fill_gates(void)
{
	for (unsigned v = 0; v < X86_VECTORS; v++) {
		uint64_t at = (uintptr_t)x86_vector_stubs + v * STUB_BYTES;

		gates[v].w[0] = (at & 0xffff) | (uint64_t)X86_CODE_SELECTOR << 16 |
				(uint64_t)stack_of(v) << 32 | GATE_PRESENT_INTERRUPT << 32 |
				(at & 0xffff0000) << 32;
		gates[v].w[1] = at >> 32;
	}
}

static void fill_task(void)
{
	uint64_t base = (uintptr_t)&task;

	task.ist[IST_TRAP - 1] = (uintptr_t)paging_stack(STACK_TRAP);
	task.ist[IST_DOUBLE_FAULT - 1] = (uintptr_t)paging_stack(STACK_DOUBLE_FAULT);
	task.ist[IST_NMI - 1] = (uintptr_t)paging_stack(STACK_NMI);
	task.ist[IST_MACHINE_CHECK - 1] = (uintptr_t)paging_stack(STACK_MACHINE_CHECK);
	task.io_map = sizeof(task);
	segments[X86_TSS_SELECTOR / 8] = (sizeof(task) - 1) | (base & 0xffffff) << 16 |
					 TSS_PRESENT_AVAILABLE << 40 | (base >> 24 & 0xff) << 56;
	segments[X86_TSS_SELECTOR / 8 + 1] = base >> 32;
}

void descriptors_load(void)
{
	struct table_pointer gdt = { sizeof(segments) - 1, (uintptr_t)segments };
	struct table_pointer idt = { sizeof(gates) - 1, (uintptr_t)gates };

	fill_gates();
	fill_task();
	__asm__ volatile("lgdt %0" : : "m"(gdt) : "memory");
	x86_load_segments(X86_CODE_SELECTOR, X86_DATA_SELECTOR);
	__asm__ volatile("ltr %w0" : : "r"(X86_TSS_SELECTOR) : "memory");
	__asm__ volatile("lidt %0" : : "m"(idt) : "memory");
}
