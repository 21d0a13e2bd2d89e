/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Where memory lies, how accesses of arch/host reach the model, and what is said of the machine. */
#include "tests/inproc/world.h"

#include <string.h>
#include <sys/mman.h>

#include "arch/host/host.h"
#include "model/machine.h"

/*
 * Below the shadow of AddressSanitizer, which begins at 7FFF8000h. The arena lies across a boundary of 1 GiB, and
 * the twin 1 GiB above it, as boot/ tries to have them. Addresses are those of the build machine: the first
 * memory above 4 GiB begins behind the shadow, at 1000_7FFF_8000h, which takes a host address width of 45 bits.
 */
#define RAM_BASE	UINT64_C(0x3c000000)
#define RAM_BYTES	((size_t)0x0c000000)
#define TWIN_OFFSET	UINT64_C(0x40000000)
#define TWIN_BYTES	((size_t)0x03000000)
#define HIGH_BASE	UINT64_C(0x100080000000)
#define HIGH_BYTES	((size_t)0x00400000)
#define HIGH_BITS	45u
#define REGIONS_MAX	8u
#define CHUNK_BYTES	4096u
#define IDLE_NS		UINT64_C(1000)
#define IDLE_NS_MAX	UINT64_C(1000000)

static struct machine *machine;
static struct machine_host host;
static uint64_t bases[REGIONS_MAX];
static struct world_journal *journal;
static uint64_t idle_ns = IDLE_NS;	/* the next jump in time */

/* ---- The CPU's side ---- */

static uint64_t read_region(void *context, uint64_t offset, unsigned width)
{
	return machine_read(machine, *(const uint64_t *)context + offset, width);
}

static void write_region(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	machine_write(machine, *(const uint64_t *)context + offset, width, value);
}

static const struct arch_host_ops region_ops = { read_region, write_region };

/* While nothing is under way nothing will happen by itself: a wait for what never comes is over soon. */
static void step(void *context)
{
	(void)context;
	if (machine_step(machine))
		idle_ns = IDLE_NS;
	else
		idle_ns = MIN(idle_ns * 2, IDLE_NS_MAX);
	if (idle_ns != IDLE_NS)
		arch_host_advance_ns(idle_ns);
}

static void flushed(void *context, const void *memory, size_t bytes)
{
	(void)context;
	machine_flushed(machine, pa_of(memory).v, bytes);
}

static void interrupt(void *context, uint64_t address, uint32_t data)
{
	(void)context;
	(void)arch_host_msi_write(address, data);
}

static enum status store_chunk(unsigned index, const void *bytes, size_t count)
{
	(void)index;			/* they come in order, and once each */
	if (count > sizeof(journal->bytes) - journal->used)
		return STATUS_EXHAUSTED;
	memcpy(journal->bytes + journal->used, bytes, count);
	journal->used += count;
	return STATUS_OK;
}

/* ---- Memory ---- */

static bool take_ram(uint64_t base, size_t bytes)
{
	void *got = mmap(pa_ptr(pa(base)), bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);

	if (got != pa_ptr(pa(base))) {
		if (got != MAP_FAILED)
			munmap(got, bytes);
		return false;
	}
	host.ram[host.ram_count++] = (struct machine_ram){ base, bytes, got };
	return true;
}

static void drop_ram(void)
{
	for (unsigned i = 0; i < host.ram_count; i++)
		munmap(host.ram[i].cpu, host.ram[i].bytes);
	host.ram_count = 0;
}

/* ---- The hand-over ---- */

static void add_region(struct handover *h, uint64_t base, uint64_t bytes, enum memory_kind kind)
{
	h->regions[h->region_count++] = (struct memory_region){ pa(base), bytes, kind };
}

static void hand_over(struct handover *h)
{
	uint64_t kept = MACHINE_TABLE_BYTES + MACHINE_RESERVED_BYTES, arena = RAM_BASE + kept;

	h->rsdp = pa(machine_rsdp(machine));
	h->board = "virtual silicon";
	h->firmware_vendor = "iovet";
	h->arena = pa_ptr(pa(arena));
	h->arena_pages = (RAM_BYTES - kept) / PAGE_SIZE;
	h->twin = pa_ptr(pa(arena + TWIN_OFFSET));
	h->twin_pages = (TWIN_BYTES - kept) / PAGE_SIZE;
	h->high = NULL;
	if (machine_address_bits(machine) >= HIGH_BITS) {
		h->high = pa_ptr(pa(HIGH_BASE));
		h->high_pages = HIGH_BYTES / PAGE_SIZE;
		add_region(h, HIGH_BASE, HIGH_BYTES, MEMORY_IMAGE);
	}
	h->store_chunk = store_chunk;
	h->store_chunk_bytes = CHUNK_BYTES;
	add_region(h, RAM_BASE, MACHINE_TABLE_BYTES, MEMORY_ACPI);
	add_region(h, RAM_BASE + MACHINE_TABLE_BYTES, MACHINE_RESERVED_BYTES, MEMORY_RESERVED);
	add_region(h, arena, RAM_BYTES - kept, MEMORY_IMAGE);
	add_region(h, RAM_BASE + TWIN_OFFSET, TWIN_BYTES, MEMORY_IMAGE);
}

static const char *route_regions(void)
{
	unsigned count = machine_region_count(machine);

	for (unsigned i = 0; i < count && i < REGIONS_MAX; i++) {
		struct machine_region r = machine_region(machine, i);

		bases[i] = r.base;
		if (arch_host_region((uintptr_t)r.base, r.bytes, &region_ops, &bases[i]) !=
		    STATUS_OK)
			return "the machine's regions overlap";
	}
	return count > REGIONS_MAX ? "the machine has too many regions" : NULL;
}

const char *world_open(const char *config, const char *defect, struct world_journal *into,
		       struct handover *handover)
{
	const char *complaint;

	arch_host_reset();
	journal = into;
	journal->used = 0;
	host = (struct machine_host){ .interrupt = interrupt };
	if (!take_ram(RAM_BASE, RAM_BYTES) || !take_ram(RAM_BASE + TWIN_OFFSET, TWIN_BYTES) ||
	    !take_ram(HIGH_BASE, HIGH_BYTES)) {
		drop_ram();
		return "the memory of the machine is taken; is the address layout fixed (setarch -R)?";
	}
	machine = machine_create(config, defect, &host);
	if (machine == NULL) {
		drop_ram();
		return "there is no such configuration or defect";
	}
	complaint = route_regions();
	if (complaint != NULL) {
		world_close();
		return complaint;
	}
	arch_host_pause_hook(step, NULL);
	arch_host_flush_hook(flushed, NULL);
	arch_host_guest(machine_is_guest(machine));
	hand_over(handover);
	return NULL;
}

void world_close(void)
{
	arch_host_reset();
	machine_destroy(machine);
	machine = NULL;
	drop_ram();
}
