/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Guarded calls, and what happens when the processor raises an exception. Intel SDM volume 3, table
 * 6-1 (exceptions) and 6.15 (which of them leave the program restartable: not asked here, because
 * the interrupted code is never returned to; a double fault or machine check may be reported with a
 * pc that is not the culprit's).
 */
#include "arch/start.h"
#include "arch/x86_64/x86.h"

#define FAULT_PAGE	14u
#define FAULT_DOUBLE	8u
#define FAULT_MACHINE_CHECK 18u

/* entry.S knows this layout. */
struct x86_guard {
	uint64_t rsp, rbx, rbp, r12, r13, r14, r15;
	uint32_t mxcsr;
	uint16_t fpu_control, unused;
	uint64_t rflags;
	struct x86_guard *outer;
	struct arch_trap *trap;
};
_Static_assert(offsetof(struct x86_guard, mxcsr) == 56, "entry.S");
_Static_assert(offsetof(struct x86_guard, fpu_control) == 60, "entry.S");
_Static_assert(offsetof(struct x86_guard, rflags) == 64, "entry.S");

bool x86_guard_call(struct x86_guard *guard, void (*body)(void *), void *argument);
__attribute__((noreturn)) void x86_guard_return(struct x86_guard *guard);
__attribute__((noreturn)) void x86_trap(const struct x86_frame *frame);

static struct x86_guard *innermost;
static void (*last_words)(const struct arch_trap *trap);
static struct arch_trap trap_record;
static bool trap_in_progress;

static const char *const exception_names[X86_EXCEPTIONS] = {
	[0] = "divide error (#DE)", [1] = "debug (#DB)", [2] = "non-maskable interrupt (NMI)",
	[3] = "breakpoint (#BP)", [4] = "overflow (#OF)", [5] = "bound range (#BR)",
	[6] = "invalid opcode (#UD)", [7] = "no coprocessor (#NM)", [8] = "double fault (#DF)",
	[10] = "invalid task state (#TS)", [11] = "segment not present (#NP)",
	[12] = "stack segment fault (#SS)", [13] = "general protection (#GP)",
	[14] = "page fault (#PF)", [16] = "x87 error (#MF)", [17] = "alignment check (#AC)",
	[18] = "machine check (#MC)", [19] = "SIMD error (#XM)",
	[20] = "virtualization exception (#VE)", [21] = "control protection (#CP)",
	[28] = "hypervisor injection (#HV)", [29] = "VMM communication (#VC)",
	[30] = "security (#SX)",
};

static const char *name_of(const struct x86_frame *f, uint64_t fault_address)
{
	const char *name = f->vector < X86_EXCEPTIONS ? exception_names[f->vector] : NULL;
	bool faulted = f->vector == FAULT_PAGE || f->vector == FAULT_DOUBLE;

	if (faulted && paging_is_guard(fault_address))
		return f->vector == FAULT_PAGE ? "stack overflow (#PF)" : "stack overflow (#DF)";
	return name ? name : "reserved exception";
}

static void copy_registers(struct arch_trap *t, const struct x86_frame *f)
{
	const struct { const char *name; uint64_t value; } all[ARCH_TRAP_REGISTERS] = {
		{ "rax", f->rax }, { "rbx", f->rbx }, { "rcx", f->rcx }, { "rdx", f->rdx },
		{ "rsi", f->rsi }, { "rdi", f->rdi }, { "rbp", f->rbp }, { "r8", f->r8 },
		{ "r9", f->r9 }, { "r10", f->r10 }, { "r11", f->r11 }, { "r12", f->r12 },
		{ "r13", f->r13 }, { "r14", f->r14 }, { "r15", f->r15 }, { "rflags", f->rflags },
		{ "cs", f->cs }, { "cr0", x86_read_cr0() }, { "cr3", x86_read_cr3() },
		{ "cr4", x86_read_cr4() },
	};

	t->register_count = ARCH_TRAP_REGISTERS;
	for (unsigned i = 0; i < ARCH_TRAP_REGISTERS; i++) {
		t->registers[i].name = all[i].name;
		t->registers[i].value = all[i].value;
	}
}

static void copy_stack(struct arch_trap *t)
{
	uint64_t at = ALIGN_DOWN(t->sp, sizeof(uint64_t));

	for (t->stack_count = 0; t->stack_count < ARRAY_COUNT(t->stack); t->stack_count++) {
		if (!paging_readable(at))
			return;
		t->stack[t->stack_count] = *(const uint64_t *)(uintptr_t)at;
		at += sizeof(uint64_t);
	}
}

/*
 * Status and address of the first bank with a valid error (SDM 15.3.2), as error code and address.
 * The banks are emptied, and MCIP, with which a second machine check would stop the processor.
 */
static void machine_check_read(uint64_t *status, uint64_t *address)
{
	unsigned banks = (unsigned)(x86_rdmsr(X86_MSR_MCG_CAP) & 0xff);

	*status = 0;
	*address = 0;
	for (unsigned i = 0; i < banks; i++) {
		uint64_t s = x86_rdmsr(X86_MSR_MC0_STATUS + 4 * i);

		if (!(s & X86_MC_STATUS_VALID))
			continue;
		if (!*status) {
			*status = s;
			if (s & X86_MC_STATUS_ADDRESS)
				*address = x86_rdmsr(X86_MSR_MC0_ADDRESS + 4 * i);
		}
		x86_wrmsr(X86_MSR_MC0_STATUS + 4 * i, 0);
	}
	x86_wrmsr(X86_MSR_MCG_STATUS, 0);
}

static bool has_address(const struct x86_frame *f)
{
	return f->vector == FAULT_PAGE || f->vector == FAULT_DOUBLE ||
	       f->vector == FAULT_MACHINE_CHECK;
}

static void record(struct arch_trap *t, const struct x86_frame *f)
{
	uint64_t fault_address = x86_read_cr2();

	uint64_t error_code = f->error_code;

	if (f->vector == FAULT_MACHINE_CHECK)
		machine_check_read(&error_code, &fault_address);
	*t = (struct arch_trap){
		.name = name_of(f, fault_address),
		.vector = (unsigned)f->vector,
		.error_code = error_code,
		.pc = f->rip,
		.sp = f->rsp,
		.address = has_address(f) ? fault_address : 0,
	};
	copy_registers(t, f);
	copy_stack(t);
}

void x86_trap(const struct x86_frame *frame)
{
	struct x86_guard *guard = innermost;

	/* A trap while one is being recorded, or in the last words: nothing here can be trusted. */
	if (trap_in_progress)
		arch_reset();
	trap_in_progress = true;
	record(&trap_record, frame);
	if (!guard) {
		if (last_words)
			last_words(&trap_record);
		arch_reset();
	}
	*guard->trap = trap_record;
	trap_in_progress = false;
	x86_guard_return(guard);
}

bool arch_guarded(void (*body)(void *argument), void *argument, struct arch_trap *trap)
{
	struct x86_guard guard = { .outer = innermost, .trap = trap };
	bool returned;

	trap->name = NULL;
	innermost = &guard;
	returned = x86_guard_call(&guard, body, argument);
	innermost = guard.outer;
	return returned;
}

void arch_abandon(void)
{
	if (!innermost)
		arch_reset();
	innermost->trap->name = NULL;
	x86_guard_return(innermost);
}

void arch_on_last_trap(void (*words)(const struct arch_trap *trap))
{
	last_words = words;
}
