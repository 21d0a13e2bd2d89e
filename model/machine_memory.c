/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Memory with what stands between it and the CPU.
 *
 * The bytes of `cpu` are what the CPU and a snooped request see. The bytes of `behind` are what is seen past
 * the caches: they follow `cpu` line by line as the CPU flushes, and whole where a device writes. That no
 * line is ever written back by itself is allowed to hardware, and the worst for software.
 *
 * With write buffers `behind` follows page by page: a page is taken when the unit first looks, since what the
 * CPU wrote long ago has arrived, and again at each drain.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "model/machine_private.h"

#define PAGE	4096u
#define LINE	64u

typedef long long word128 __attribute__((vector_size(16)));

static struct memory_range *range_of(struct memory *m, uint64_t address, size_t bytes)
{
	for (unsigned i = 0; i < m->range_count; i++) {
		struct memory_range *r = &m->ranges[i];

		if (address - r->ram.base < r->ram.bytes &&
		    r->ram.bytes - (address - r->ram.base) >= bytes)
			return r;
	}
	return NULL;
}

static void tell(const struct memory *m, uint64_t address, size_t bytes)
{
	if (m->host->accessed != NULL)
		m->host->accessed(m->host->context, address, bytes);
}

/* The bytes that the access is about: before the caches, or behind them. */
static uint8_t *side(struct memory *m, struct memory_range *r, uint64_t offset, size_t bytes, bool snooped)
{
	if (snooped)
		return r->ram.cpu + offset;
	for (uint64_t page = offset / PAGE; m->buffered && page <= (offset + bytes - 1) / PAGE;
	     page++) {
		if (r->seen[page])
			continue;
		memcpy(r->behind + page * PAGE, r->ram.cpu + page * PAGE, PAGE);
		r->seen[page] = 1;
		r->pages[r->page_count++] = (uint32_t)page;
	}
	return r->behind + offset;
}

/* Aligned 8 and 16 bytes are one access; of 16, that is what x86 does of SSE loads in practice. */
static void copy(void *to, const void *from, size_t bytes)
{
	uintptr_t where = (uintptr_t)to | (uintptr_t)from;

	if (bytes == 8 && where % 8 == 0)
		__atomic_store_n((uint64_t *)to,
				 __atomic_load_n((const uint64_t *)from, __ATOMIC_SEQ_CST),
				 __ATOMIC_SEQ_CST);
	else if (bytes == 16 && where % 16 == 0)
		*(volatile word128 *)to = *(const volatile word128 *)from;
	else
		memcpy(to, from, bytes);
}

static bool read(void *context, uint64_t address, void *to, size_t bytes, bool snooped)
{
	struct memory *m = context;
	struct memory_range *r = range_of(m, address, bytes);

	if (r == NULL || bytes == 0)
		return r != NULL;
	tell(m, address, bytes);
	copy(to, side(m, r, address - r->ram.base, bytes, snooped), bytes);
	return true;
}

static bool write(void *context, uint64_t address, const void *from, size_t bytes, bool snooped)
{
	struct memory *m = context;
	struct memory_range *r = range_of(m, address, bytes);
	uint64_t offset;

	(void)snooped;			/* it arrives on both sides: no line of the CPU hides it */
	if (r == NULL || bytes == 0)
		return r != NULL;
	tell(m, address, bytes);
	offset = address - r->ram.base;
	copy(r->ram.cpu + offset, from, bytes);
	/* A page that the unit never looked at is taken as it is when it does. */
	if (!m->buffered || (r->seen[offset / PAGE] && r->seen[(offset + bytes - 1) / PAGE]))
		copy(r->behind + offset, from, bytes);
	return true;
}

static bool swap(void *context, uint64_t address, uint64_t expected, uint64_t desired, uint64_t *seen,
		 bool snooped)
{
	struct memory *m = context;
	struct memory_range *r = range_of(m, address, 8);
	uint64_t offset, other;

	if (r == NULL || address % 8 != 0)
		return false;
	tell(m, address, 8);
	offset = address - r->ram.base;
	*seen = other = expected;
	if (!__atomic_compare_exchange_n((uint64_t *)(void *)side(m, r, offset, 8, snooped), seen,
					 desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return true;
	/* The other side has it too, unless the CPU has put something else there meanwhile. */
	(void)!__atomic_compare_exchange_n((uint64_t *)(void *)side(m, r, offset, 8, !snooped),
					   &other, desired, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
	return true;
}

static void interrupt(void *context, uint64_t address, uint32_t data)
{
	struct memory *m = context;

	if (m->host->interrupt != NULL)
		m->host->interrupt(m->host->context, address, data);
}

static void drain(void *context)
{
	struct memory *m = context;

	for (unsigned i = 0; m->buffered && i < m->range_count; i++) {
		struct memory_range *r = &m->ranges[i];

		for (size_t n = 0; n < r->page_count; n++) {
			size_t at = (size_t)r->pages[n] * PAGE;

			memcpy(r->behind + at, r->ram.cpu + at, PAGE);
		}
	}
}

void memory_flushed(struct memory *m, uint64_t address, size_t bytes)
{
	uint64_t first = address & ~(uint64_t)(LINE - 1);
	size_t whole = (size_t)(((address + bytes + LINE - 1) & ~(uint64_t)(LINE - 1)) - first);
	struct memory_range *r = range_of(m, first, whole);

	if (r != NULL && !m->buffered)
		memcpy(r->behind + (first - r->ram.base), r->ram.cpu + (first - r->ram.base),
		       whole);
}

bool memory_place(struct memory *m, uint64_t address, const void *from, size_t bytes)
{
	return write(m, address, from, bytes, true);
}

/* ---- Life ---- */

/* Pages come into being when they are touched: a range may be much larger than what is used of it. */
static uint8_t *map(size_t bytes)
{
	void *got = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return got != MAP_FAILED ? got : NULL;
}

bool memory_open(struct memory *m, const struct machine_host *host, bool buffered)
{
	*m = (struct memory){
		.interface = { m, read, write, swap, interrupt, drain },
		.buffered = buffered,
		.host = host,
	};
	for (unsigned i = 0; i < host->ram_count && i < MACHINE_RAM_RANGES; i++) {
		struct memory_range *r = &m->ranges[m->range_count++];

		r->ram = host->ram[i];
		r->behind = map(r->ram.bytes);
		r->seen = calloc(r->ram.bytes / PAGE, 1);
		r->pages = calloc(r->ram.bytes / PAGE, sizeof(*r->pages));
		if (r->behind == NULL || r->seen == NULL || r->pages == NULL)
			return false;
	}
	return true;
}

void memory_close(struct memory *m)
{
	for (unsigned i = 0; i < m->range_count; i++) {
		if (m->ranges[i].behind != NULL)
			munmap(m->ranges[i].behind, m->ranges[i].ram.bytes);
		free(m->ranges[i].seen);
		free(m->ranges[i].pages);
	}
	m->range_count = 0;
}
