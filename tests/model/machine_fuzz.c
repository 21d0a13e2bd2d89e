/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A stream of what software and devices may do to the modelled machine (model/machine.h): registers of units,
 * words of tables, descriptors, commands of exercisers, configuration space, in any order. The machine never
 * leaves the memory that it was given, and what it does between two accesses of the CPU has an end.
 *
 * The first byte chooses the configuration, two more the defect; operations follow (stream.h).
 */
#include <stdlib.h>

#include "model/machine.h"
#include "model/vtd.h"
#include "tests/model/stream.h"

#define HIGH_PAGES	4u
#define HIGH_BASE	UINT64_C(0x100000000)

#define FUNCTIONS_MAX	16u
#define UNITS_MAX	8u
#define FIRST_UNIT	2u		/* of the machine's regions; configuration space is the first */
#define LAST_STEPS	8u

/*
 * What one call may do, from the model's own limits. A request: a route of 8 reads; walks that begin again 64 times
 * while entries change under them, of 5 levels, each found through 5 others, each entry read once and changed
 * twice; an atomic tries 64 times. An interrupt is a request, too.
 */
#define REQUEST_ACCESSES	(8 + 64 * (6 * 6 * 3) + 2 * 64)
#define CALL_ACCESSES		(UNITS_MAX * VTD_STEP_DESCRIPTORS * (4 + 64) + \
				 FUNCTIONS_MAX * EXERCISER_CHANNELS * EXERCISER_STEP_REQUESTS * 2 * REQUEST_ACCESSES)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Of its own for each range: what is touched beyond is seen by the sanitizer. */
static _Alignas(PAGE) uint8_t high_memory[HIGH_PAGES * PAGE];
static struct machine_host host;
static struct machine *machine;
static uint64_t functions[FUNCTIONS_MAX], bars[FUNCTIONS_MAX];	/* of the exercisers */
static unsigned function_count;
static uint64_t accesses;	/* of the machine to memory, in this call */

/* ---- What the machine is given ---- */

static void accessed(void *context, uint64_t address, size_t bytes)
{
	bool inside = false;

	(void)context;
	for (unsigned i = 0; i < host.ram_count; i++)
		inside |= address >= host.ram[i].base && bytes <= host.ram[i].bytes &&
			  address - host.ram[i].base <= host.ram[i].bytes - bytes;
	if (!inside || ++accesses > CALL_ACCESSES)
		abort();
}

static void interrupt(void *context, uint64_t address, uint32_t data)
{
	(void)context, (void)address, (void)data;
}

static void add_ram(uint64_t base, size_t bytes, uint8_t *cpu)
{
	memset(cpu, 0, bytes);
	host.ram[host.ram_count++] = (struct machine_ram){ base, bytes, cpu };
}

static unsigned count_configs(void)
{
	unsigned count = 0;

	while (machine_config_name(count) != NULL)
		count++;
	return count;
}

static unsigned count_defects(const char *config)
{
	unsigned count = 0;

	while (machine_defect_name(config, count) != NULL)
		count++;
	return count;
}

static uint64_t read_at(uint64_t address, unsigned width)
{
	accesses = 0;
	return machine_read(machine, address, width);
}

static void write_at(uint64_t address, unsigned width, uint64_t value)
{
	accesses = 0;
	machine_write(machine, address, width, value);
}

static void find_exercisers(void)
{
	struct machine_region space = machine_region(machine, 0);

	function_count = 0;
	for (uint64_t f = space.base;
	     f < space.base + space.bytes && function_count < FUNCTIONS_MAX; f += PAGE) {
		uint32_t ids = (uint32_t)read_at(f, 4);

		if (f % (8 * PAGE) == 0 && ids == UINT32_MAX)
			f += 7 * PAGE;	/* no device */
		if (ids != (EXERCISER_VENDOR | EXERCISER_DEVICE << 16))
			continue;
		functions[function_count] = f;
		bars[function_count++] = (read_at(f + 0x10, 4) & ~UINT64_C(15)) |
					 read_at(f + 0x14, 4) << 32;
		write_at(f + 4, 2, 0x6);	/* decodes, and is a bus master */
	}
	if (function_count == 0)
		abort();
}

static void open_machine(void)
{
	const char *config = machine_config_name((unsigned)take(1) % count_configs());
	unsigned defect = (unsigned)take(2) % (count_defects(config) + 1);

	host = (struct machine_host){ .interrupt = interrupt, .accessed = accessed };
	add_ram(BASE, sizeof(low_memory), low_memory);
	add_ram(HIGH_BASE, sizeof(high_memory), high_memory);
	accesses = 0;
	machine = machine_create(
		config, defect != 0 ? machine_defect_name(config, defect - 1) : NULL, &host);
	if (machine == NULL || machine_region_count(machine) <= FIRST_UNIT)
		abort();
	find_exercisers();
}

static void flush_all(void)
{
	machine_flushed(machine, BASE, PAGES * (size_t)PAGE);
}

static uint64_t unit_register(unsigned unit, uint32_t offset)
{
	unsigned units = machine_region_count(machine) - FIRST_UNIT;

	return machine_region(machine, FIRST_UNIT + unit % units).base + offset;
}

static uint64_t get_register(unsigned unit, uint32_t offset, unsigned width)
{
	return read_at(unit_register(unit, offset), width);
}

static void set_register(unsigned unit, uint32_t offset, unsigned width, uint64_t value)
{
	write_at(unit_register(unit, offset), width, value);
}

/* ---- Operations ---- */

static void read_registers(void)
{
	unsigned width = 1u << take(1) % 4;
	uint64_t offset = take(2);

	(void)read_at(unit_register(0, (uint32_t)offset & 0xfff), width);
	(void)read_at(bars[offset % function_count] + (offset & 0x3fff), width);
}

static void flush(void)
{
	uint64_t where = BASE + take(2) * 16;

	machine_flushed(machine, where, take(2));
}

/* Operands: function and channel, command, flags, source, PASID, length, count, address. */
static void start(void)
{
	uint64_t choice = take(1), command = take(1), flags = take(2), source = take(2),
		 pasid = take(1);
	uint64_t bar = bars[choice % function_count] +
		       (1 + choice / 64 % EXERCISER_CHANNELS) * PAGE;
	uint64_t length = take(2) & (flags & 0x4000 ? 0xffff : 0xff), count = take(1),
		 address = take(command & 16 ? 8 : 4);

	write_at(bar + 0x08, 4, source & 0x8000 ? source | 0x10000 : 0);
	write_at(bar + 0x0c, 4,
		 pasid & 0x80 ? 0x80000000 | (pasid & 0x60) << 24 | (pasid & 0x1f) : 0);
	write_at(bar + 0x10, 8, address);
	write_at(bar + 0x18, 4, length);
	write_at(bar + 0x1c, 4, flags);
	write_at(bar + 0x20, 8, flags & 0x8000 ? PAGE : 8);
	write_at(bar + 0x28, 4, count);
	write_at(bar + 0x00, 4, command);
}

static void bar_write(void)
{
	uint64_t choice = take(1), offset = take(2) & 0x3fff;
	unsigned width = choice & 128 ? 8 : 4;

	write_at(bars[choice % function_count] + (offset & ~(uint64_t)(width - 1)), width,
		 take(width));
}

static void config_access(void)
{
	uint64_t choice = take(1), offset = take(2) & 0xfff;
	unsigned width = 1u << (choice >> 4) % 3;

	if (choice & 128)
		write_at(functions[choice % function_count] + (offset & ~(uint64_t)(width - 1)),
			 width, take(width));
	else
		(void)read_at(functions[choice % function_count] + offset, width);
}

static void anywhere(void)
{
	struct machine_region r = machine_region(machine,
						 (unsigned)take(1) % machine_region_count(machine));
	uint64_t address = r.base + take(3) % (r.bytes + 16) - 8;
	unsigned choice = (unsigned)take(1), width = 1u << choice % 4;

	if (choice & 128)
		write_at(address, width, take(width));
	else
		(void)read_at(address, width);
}

static void step(unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		accesses = 0;
		if (!machine_step(machine))
			return;
	}
}

static void (*const operations[16])(void) = {
	arrange, start, put_descriptor, unit_write, put_entry, global_command, put_word, flush, flush_all,
	bar_write, config_access, anywhere, read_registers, start, put_descriptor, unit_write,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input = (struct input){ bytes, size };
	open_machine();
	while (input.left != 0) {
		unsigned operation = (unsigned)take(1);

		operations[operation % 16]();
		step(operation >> 4);
	}
	step(LAST_STEPS);
	machine_destroy(machine);
	return 0;
}
