/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* arch.h on the build machine: register accesses go to regions, interrupts are counted, memory is memory. */
#include "arch/host/host.h"

#include <string.h>
#include <sys/mman.h>

#include "arch/port.h"

struct region {
	uintptr_t base;
	size_t size;
	bool port;
	const struct arch_host_ops *ops;
	void *context;
};

struct range {
	uintptr_t base;
	size_t size;
};

static struct region regions[ARCH_HOST_REGIONS];
static unsigned region_count;
static struct range mapped[ARCH_HOST_MAPPED];
static unsigned mapped_count;
static unsigned stray_count, unmapped_count, fail_map_in;
static uint32_t msi_counts[ARCH_HOST_MSI_LINES];
static unsigned msi_lines;

static struct {
	void (*call)(void *context, const void *memory, size_t bytes);
	void *context;
} flush_hook;
static struct {
	void (*call)(void *context);
	void *context;
} barrier_hook;

static bool guest;

void arch_host_guest(bool is_guest)
{
	guest = is_guest;
}

bool arch_is_guest(void)
{
	return guest;
}

void arch_host_reset(void)
{
	region_count = mapped_count = msi_lines = 0;
	stray_count = unmapped_count = fail_map_in = 0;
	guest = false;
	memset(msi_counts, 0, sizeof(msi_counts));
	arch_host_flush_hook(NULL, NULL);
	arch_host_barrier_hook(NULL, NULL);
	arch_host_pause_hook(NULL, NULL);
}

/* ---- Regions ---- */

static bool overlaps(const struct region *a, const struct region *b)
{
	return a->port == b->port && (a->base - b->base < b->size || b->base - a->base < a->size);
}

static enum status add_region(const struct region *added)
{
	if (!added->size || added->base + (added->size - 1) < added->base)
		return STATUS_BAD_RANGE;
	for (unsigned i = 0; i < region_count; i++)
		if (overlaps(added, &regions[i]))
			return STATUS_OVERLAP;
	if (region_count == ARCH_HOST_REGIONS)
		return STATUS_EXHAUSTED;
	regions[region_count++] = *added;
	return STATUS_OK;
}

enum status arch_host_region(uintptr_t base, size_t size, const struct arch_host_ops *ops,
			     void *context)
{
	return add_region(&(struct region){ base, size, false, ops, context });
}

enum status arch_host_ports(uint16_t first, size_t count, const struct arch_host_ops *ops,
			    void *context)
{
	if (count > 0x10000u - first)
		return STATUS_BAD_RANGE;
	return add_region(&(struct region){ first, count, true, ops, context });
}

static const struct region *find_region(uintptr_t address, unsigned width, bool port)
{
	for (unsigned i = 0; i < region_count; i++) {
		const struct region *r = &regions[i];

		if (r->port == port && address - r->base < r->size &&
		    r->size - (address - r->base) >= width)
			return r;
	}
	return NULL;
}

unsigned arch_host_stray_count(void)
{
	return stray_count;
}

unsigned arch_host_unmapped_count(void)
{
	return unmapped_count;
}

bool arch_host_is_mapped(uintptr_t address)
{
	for (unsigned i = 0; i < mapped_count; i++)
		if (address - mapped[i].base < mapped[i].size)
			return true;
	return false;
}

void arch_host_fail_map_in(unsigned n)
{
	fail_map_in = n;
}

enum status arch_map_device(uintptr_t base, size_t size)
{
	if (!size || base + (size - 1) < base)
		return STATUS_BAD_RANGE;
	if (fail_map_in && --fail_map_in == 0)
		return STATUS_EXHAUSTED;
	if (arch_host_is_mapped(base) && arch_host_is_mapped(base + size - 1))
		return STATUS_OK;
	if (mapped_count == ARCH_HOST_MAPPED)
		return STATUS_EXHAUSTED;
	mapped[mapped_count++] = (struct range){ base, size };
	return STATUS_OK;
}

static uint64_t ones(unsigned width)
{
	return UINT64_MAX >> (64 - 8 * width);
}

static const struct region *access_region(uintptr_t address, unsigned width, bool port)
{
	const struct region *r = find_region(address, width, port);

	arch_host_advance_ns(ARCH_HOST_NS_PER_ACCESS);
	if (!r)
		stray_count++;
	else if (!port && !arch_host_is_mapped(address))
		unmapped_count++;
	return r;
}

static uint64_t read_region(uintptr_t address, unsigned width, bool port)
{
	const struct region *r = access_region(address, width, port);

	return r ? r->ops->read(r->context, address - r->base, width) & ones(width) : ones(width);
}

static void write_region(uintptr_t address, unsigned width, bool port, uint64_t value)
{
	const struct region *r = access_region(address, width, port);

	if (r)
		r->ops->write(r->context, address - r->base, width, value);
}

uint8_t arch_read8(uintptr_t address)
{
	return (uint8_t)read_region(address, 1, false);
}

uint16_t arch_read16(uintptr_t address)
{
	return (uint16_t)read_region(address, 2, false);
}

uint32_t arch_read32(uintptr_t address)
{
	return (uint32_t)read_region(address, 4, false);
}

uint64_t arch_read64(uintptr_t address)
{
	return read_region(address, 8, false);
}

void arch_write8(uintptr_t address, uint8_t value)
{
	write_region(address, 1, false, value);
}

void arch_write16(uintptr_t address, uint16_t value)
{
	write_region(address, 2, false, value);
}

void arch_write32(uintptr_t address, uint32_t value)
{
	write_region(address, 4, false, value);
}

void arch_write64(uintptr_t address, uint64_t value)
{
	write_region(address, 8, false, value);
}

uint8_t arch_port_read8(uint16_t port)
{
	return (uint8_t)read_region(port, 1, true);
}

uint32_t arch_port_read32(uint16_t port)
{
	return (uint32_t)read_region(port, 4, true);
}

void arch_port_write8(uint16_t port, uint8_t value)
{
	write_region(port, 1, true, value);
}

void arch_port_write32(uint16_t port, uint32_t value)
{
	write_region(port, 4, true, value);
}

/* ---- Order and caches ---- */

void arch_host_flush_hook(void (*hook)(void *context, const void *memory, size_t bytes),
			  void *context)
{
	flush_hook.call = hook;
	flush_hook.context = context;
}

void arch_host_barrier_hook(void (*hook)(void *context), void *context)
{
	barrier_hook.call = hook;
	barrier_hook.context = context;
}

void arch_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (barrier_hook.call)
		barrier_hook.call(barrier_hook.context);
}

void arch_write_barrier(void)
{
	arch_barrier();
}

void arch_flush(const void *memory, size_t bytes)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (flush_hook.call)
		flush_hook.call(flush_hook.context, memory, bytes);
}

/* ---- Interrupts ---- */

static uint64_t msi_address(unsigned line)
{
	return 0xfee00000u | (uint64_t)line << 12;
}

enum status arch_msi_line(struct arch_msi *msi)
{
	unsigned line = msi_lines;

	if (line == ARCH_HOST_MSI_LINES)
		return STATUS_EXHAUSTED;
	msi_lines++;
	*msi = (struct arch_msi){ 0x40 + line, msi_address(line), 0x40 + line };
	return STATUS_OK;
}

bool arch_host_msi_write(uint64_t address, uint32_t value)
{
	for (unsigned line = 0; line < msi_lines; line++) {
		if (address != msi_address(line) || value != 0x40 + line)
			continue;
		__atomic_add_fetch(&msi_counts[line], 1, __ATOMIC_SEQ_CST);
		return true;
	}
	return false;
}

uint32_t arch_msi_count(const struct arch_msi *msi)
{
	unsigned line = msi->vector - 0x40;

	return line < msi_lines ? __atomic_load_n(&msi_counts[line], __ATOMIC_SEQ_CST) : 0;
}

/* ---- Memory and identity ---- */

void *arch_host_arena(size_t page_count)
{
	/* Below AddressSanitizer's shadow, above what a program or the kernel wants for itself. */
	const uintptr_t first = 0x10000000, last = 0x70000000, step = 0x01000000;

	for (uintptr_t at = first; at < last; at += step) {
		size_t bytes = page_count * PAGE_SIZE;
		void *got = mmap((void *)at, bytes, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

		if (got == (void *)at)
			return got;
		if (got != MAP_FAILED)
			munmap(got, bytes);
	}
	return NULL;
}

void arch_host_arena_free(void *arena, size_t page_count)
{
	if (arena)
		munmap(arena, page_count * PAGE_SIZE);
}

const char *arch_name(void)
{
	return "host";
}

const char *arch_cpu(void)
{
	return "the build machine";
}

unsigned arch_physical_address_bits(void)
{
	return 39;
}
