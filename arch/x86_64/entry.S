/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Entry points of all 256 vectors, the guarded call, and the move to our own stack.
 * The red zone is off (-mno-red-zone): interrupts run on the stack they interrupt.
 */
	.section .text
	.hidden	x86_trap
	.hidden	x86_interrupt_counts
	.hidden	x86_eoi_address

	.macro	PUSH_ALL
	push	%rax
	push	%rbx
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%rbp
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	.endm

/* One stub of 16 bytes per vector. Vectors 8, 10..14, 17, 21, 29 and 30 push an error code. */
	.global	x86_vector_stubs
	.hidden	x86_vector_stubs
	.balign	16
x86_vector_stubs:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	vector >= 32 || ((0x60227d00 >> (vector & 31)) & 1) == 0
	push	$0
	.endif
	push	$vector
	.if	vector < 32
	jmp	trap_common
	.else
	jmp	interrupt_common
	.endif
	.set	vector, vector + 1
	.endr

/* The frame is struct x86_frame. x86_trap() does not come back. */
trap_common:
	PUSH_ALL
	cld
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	x86_trap
	ud2

/* Count the vector and tell the local APIC, by register in memory or by MSR 80BH. An EOI without an
 * interrupt in service has no effect, so that a spurious vector may take the same way. */
interrupt_common:
	push	%rax
	push	%rcx
	push	%rdx
	mov	24(%rsp), %rax
	lea	x86_interrupt_counts(%rip), %rcx
	incl	(%rcx,%rax,4)
	mov	x86_eoi_address(%rip), %rcx
	test	%rcx, %rcx
	jz	1f
	movl	$0, (%rcx)
	jmp	2f
1:	mov	$0x80b, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
2:	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq

/*
 * bool x86_guard_call(struct x86_guard *guard, void (*body)(void *), void *argument)
 * What the calling convention preserves is kept in the guard, first member first.
 */
	.global	x86_guard_call
	.hidden	x86_guard_call
x86_guard_call:
	mov	%rsp, 0(%rdi)
	mov	%rbx, 8(%rdi)
	mov	%rbp, 16(%rdi)
	mov	%r12, 24(%rdi)
	mov	%r13, 32(%rdi)
	mov	%r14, 40(%rdi)
	mov	%r15, 48(%rdi)
	stmxcsr	56(%rdi)
	fnstcw	60(%rdi)
	pushfq
	pop	64(%rdi)
	mov	%rsi, %rax
	mov	%rdx, %rdi
	sub	$8, %rsp
	call	*%rax
	add	$8, %rsp
	mov	$1, %eax
	ret

/*
 * void x86_guard_return(struct x86_guard *guard): x86_guard_call() returns false. The way back is an
 * IRET, because the processor holds NMIs back until one after it has delivered an NMI (SDM 6.7.1).
 */
	.global	x86_guard_return
	.hidden	x86_guard_return
x86_guard_return:
	mov	0(%rdi), %rsp
	mov	8(%rdi), %rbx
	mov	16(%rdi), %rbp
	mov	24(%rdi), %r12
	mov	32(%rdi), %r13
	mov	40(%rdi), %r14
	mov	48(%rdi), %r15
	fninit
	fldcw	60(%rdi)
	ldmxcsr	56(%rdi)
	pop	%rcx
	mov	%rsp, %rdx
	mov	%ss, %eax
	push	%rax
	push	%rdx
	push	64(%rdi)
	mov	%cs, %eax
	push	%rax
	push	%rcx
	xor	%eax, %eax
	iretq

/* void x86_enter(void *stack_top, void (*run)(void)) */
	.global	x86_enter
	.hidden	x86_enter
x86_enter:
	mov	%rdi, %rsp
	xor	%ebp, %ebp
	push	%rbp
	push	%rbp
	call	*%rsi
	ud2

/* void x86_load_segments(uint64_t code, uint64_t data) */
	.global	x86_load_segments
	.hidden	x86_load_segments
x86_load_segments:
	mov	%esi, %ds
	mov	%esi, %es
	mov	%esi, %ss
	mov	%esi, %fs
	mov	%esi, %gs
	pop	%rax
	push	%rdi
	push	%rax
	lretq

	.section .note.GNU-stack, "", @progbits
