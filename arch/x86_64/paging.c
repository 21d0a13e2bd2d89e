/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The processor's own page tables: an identity mapping made of the largest pages that fit, and the
 * stacks with their guard pages. Intel SDM volume 3, 4.5 (4-level and 5-level paging).
 *
 * A level is counted from the leaves: level 0 maps 4 KiB pages, 1 maps 2 MiB, 2 maps 1 GiB. Only
 * the low half of the address space is used, and of a fifth level (the firmware may have switched
 * it on; it cannot be switched off in 64-bit mode) only the first entry.
 */
#include "arch/start.h"
#include "arch/x86_64/x86.h"

#include <string.h>

#define PTE_PRESENT	BIT64(0)
#define PTE_WRITE	BIT64(1)
#define PTE_WT		BIT64(3)
#define PTE_UC		BIT64(4)
#define PTE_LARGE	BIT64(7)		/* at level 1 and above: a leaf, not a table */
#define PTE_NX		BIT64(63)
#define PTE_ADDRESS	GENMASK64(51, 12)

/*
 * The page attribute table: as after a reset, except that entry 1 (PTE_WT) is write-combining.
 * Entry 3 (PTE_WT and PTE_UC) is uncached.
 */
#define PAT_VALUE	UINT64_C(0x0007040600070106)

#define TOP_LEVEL	3u
#define ADDRESS_END	BIT64(47)
#define ENTRIES		512u
#define GUARD_PAGES	4u			/* more than the largest stack frame we allow */

static const unsigned stack_pages[STACK_COUNT] = {
	[STACK_MAIN] = 96,
	[STACK_TRAP] = 16,
	[STACK_DOUBLE_FAULT] = 8,
	[STACK_NMI] = 8,
	[STACK_MACHINE_CHECK] = 8,
};

static struct {
	uint8_t *memory;
	unsigned page_next;
	uint64_t *root;				/* level 3 */
	uint8_t *stack_top[STACK_COUNT];
	uint8_t *guard[STACK_COUNT];
	unsigned leaf_level_max;
	uint64_t nx;				/* 0 on a processor without it */
	bool loaded;
} paging;

static uint64_t level_bytes(unsigned level)
{
	return (uint64_t)PAGE_SIZE << (9 * level);
}

static uint64_t *entry_of(uint64_t *table, uint64_t address, unsigned level)
{
	return &table[(address >> (PAGE_LG2 + 9 * level)) % ENTRIES];
}

static uint64_t *table_of(uint64_t entry)
{
	return pa_ptr(pa(entry & PTE_ADDRESS));
}

static bool is_leaf(uint64_t entry, unsigned level)
{
	return (entry & PTE_PRESENT) && (level == 0 || (entry & PTE_LARGE));
}

static void flush_tlb(void)
{
	/* CR3 does not drop global entries; none is global here. */
	if (paging.loaded)
		x86_write_cr3(x86_read_cr3());
}

static void *new_page(void)
{
	if (paging.page_next == ARCH_START_PAGES)
		return NULL;
	return memset(paging.memory + PAGE_SIZE * paging.page_next++, 0, PAGE_SIZE);
}

static void take_stacks(void)
{
	for (unsigned i = 0; i < STACK_COUNT; i++) {
		paging.guard[i] = paging.memory + PAGE_SIZE * paging.page_next;
		paging.page_next += GUARD_PAGES + stack_pages[i];
		paging.stack_top[i] = paging.memory + PAGE_SIZE * paging.page_next;
	}
}

void arch_prepare(void *memory)
{
	bool extended = x86_cpuid(0x80000000u, 0).a >= 0x80000001u;
	uint32_t features = extended ? x86_cpuid(0x80000001u, 0).d : 0;

	memset(&paging, 0, sizeof(paging));
	paging.memory = memory;
	paging.leaf_level_max = features & BIT(26) ? 2 : 1;	/* 1-GByte pages */
	paging.nx = features & BIT(20) ? PTE_NX : 0;
	take_stacks();
	paging.root = new_page();
}

/* Replace a leaf by a table of leaves one level down that maps the same. */
static bool split(uint64_t *entry, unsigned level)
{
	uint64_t *table = new_page();
	uint64_t leaf = level == 1 ? *entry & ~PTE_LARGE : *entry;

	if (!table)
		return false;
	for (unsigned i = 0; i < ENTRIES; i++)
		table[i] = leaf + i * level_bytes(level - 1);
	*entry = pa_of(table).v | PTE_WRITE | PTE_PRESENT;
	return true;
}

/*
 * The entry for `address` at the highest level where a leaf may stand for what starts there and is
 * `bytes` long; missing tables are made. NULL: none left.
 */
static uint64_t *leaf_place(uint64_t address, uint64_t bytes, unsigned *level)
{
	uint64_t *table = paging.root;

	for (*level = TOP_LEVEL;; (*level)--) {
		uint64_t *entry = entry_of(table, address, *level);
		uint64_t size = level_bytes(*level);
		bool fits = *level <= paging.leaf_level_max && address % size == 0 && bytes >= size;
		bool occupied = *level && (*entry & PTE_PRESENT) && !(*entry & PTE_LARGE);

		if (*level == 0 || (fits && !occupied))
			return entry;
		if (is_leaf(*entry, *level)) {
			if (!split(entry, *level))
				return NULL;
		} else if (!occupied) {
			uint64_t *fresh = new_page();

			if (!fresh)
				return NULL;
			*entry = pa_of(fresh).v | PTE_WRITE | PTE_PRESENT;
		}
		table = table_of(*entry);
	}
}

/* Fill [base, base + bytes) with leaves that carry `bits`, or with nothing when `bits` is 0. */
static enum status fill(uint64_t base, uint64_t bytes, uint64_t bits)
{
	uint64_t end;

	if (!bytes || base > ADDRESS_END || bytes > ADDRESS_END - base)
		return STATUS_BAD_RANGE;
	end = ALIGN_UP(base + bytes, (uint64_t)PAGE_SIZE);
	for (uint64_t at = ALIGN_DOWN(base, (uint64_t)PAGE_SIZE); at < end;) {
		unsigned level;
		uint64_t *entry = leaf_place(at, end - at, &level);

		if (!entry) {
			flush_tlb();
			return STATUS_EXHAUSTED;
		}
		*entry = bits ? at | bits | (level ? PTE_LARGE : 0) : 0;
		at += level_bytes(level);
	}
	flush_tlb();
	return STATUS_OK;
}

enum status arch_map(pa_t base, uint64_t bytes, unsigned access)
{
	uint64_t bits = PTE_PRESENT;

	if (access & ARCH_MAP_WRITE)
		bits |= PTE_WRITE;
	if (!(access & ARCH_MAP_EXECUTE))
		bits |= paging.nx;
	if (access & ARCH_MAP_DEVICE)
		bits |= PTE_WT | PTE_UC;
	else if (access & ARCH_MAP_COMBINE)
		bits |= PTE_WT;
	return fill(base.v, bytes, bits);
}

enum status arch_unmap(pa_t base, uint64_t bytes)
{
	return fill(base.v, bytes, 0);
}

/* The entry that maps `address`, 0 for none; *span is how far it reaches from its own start. */
static uint64_t lookup(uint64_t address, uint64_t *span)
{
	uint64_t *table = paging.root;

	*span = PAGE_SIZE;
	if (address >= ADDRESS_END || !table)
		return 0;
	for (unsigned level = TOP_LEVEL;; level--) {
		uint64_t entry = *entry_of(table, address, level);

		*span = level_bytes(level);
		if (!(entry & PTE_PRESENT) || is_leaf(entry, level))
			return entry;
		table = table_of(entry);
	}
}

enum status arch_map_device(uintptr_t base, size_t size)
{
	uint64_t span;

	if (!size || base > ADDRESS_END || size > ADDRESS_END - base)
		return STATUS_BAD_RANGE;
	/* Memory that is in use as such must not get a second, uncached face. */
	for (uint64_t at = base; at < base + size; at = ALIGN_DOWN(at, span) + span) {
		uint64_t entry = lookup(at, &span);

		if ((entry & PTE_PRESENT) && (entry & PTE_WRITE) && !(entry & PTE_WT))
			return STATUS_BAD_RANGE;
	}
	return arch_map(pa(base), size, ARCH_MAP_WRITE | ARCH_MAP_DEVICE);
}

bool paging_readable(uintptr_t address)
{
	uint64_t span;

	return lookup(address, &span) & PTE_PRESENT;
}

bool paging_is_guard(uintptr_t address)
{
	for (unsigned i = 0; i < STACK_COUNT; i++)
		if (address - (uintptr_t)paging.guard[i] < GUARD_PAGES * PAGE_SIZE)
			return true;
	return false;
}

void *paging_stack(unsigned which)
{
	return paging.stack_top[which];
}

/*
 * What our own tables need to be reachable under themselves: the memory they and the stacks are in.
 * Then the control registers, in the order that keeps every step legal: NX before a table uses it
 * (SDM 4.1.4), CET off before write protection may change (SDM 2.5, CR4.CET), the new root last.
 */
void paging_load(void)
{
	uint64_t root = pa_of(paging.root).v;
	uint64_t cr4 = x86_read_cr4();

	for (unsigned i = 0; i < STACK_COUNT; i++)
		if (arch_unmap(pa_of(paging.guard[i]), GUARD_PAGES * PAGE_SIZE) != STATUS_OK)
			arch_reset();
	if (cr4 & X86_CR4_LA57) {
		uint64_t *top = new_page();

		if (!top)
			arch_reset();
		top[0] = root | PTE_WRITE | PTE_PRESENT;
		root = pa_of(top).v;
	}
	cr4 &= ~(X86_CR4_CET | X86_CR4_PKS | X86_CR4_SMAP | X86_CR4_SMEP);
	x86_write_cr4(cr4);
	x86_write_cr0((x86_read_cr0() | X86_CR0_WP | X86_CR0_NE | X86_CR0_MP) &
		      ~(X86_CR0_EM | X86_CR0_TS | X86_CR0_AM));
	if (paging.nx)
		x86_wrmsr(X86_MSR_EFER, x86_rdmsr(X86_MSR_EFER) | X86_EFER_NXE);
	x86_wrmsr(X86_MSR_PAT, PAT_VALUE);
	x86_write_cr3(root);
	/* Clearing PGE drops global entries of the firmware's; PCIDE may only fall in 64-bit mode. */
	x86_write_cr4((cr4 & ~(X86_CR4_PGE | X86_CR4_PCIDE)) | X86_CR4_PAE | X86_CR4_MCE |
		      X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT);
	paging.loaded = true;
}
