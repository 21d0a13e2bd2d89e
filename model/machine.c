/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The machine as a whole: who stands where, and which access and which request goes to whom. */
#include "model/machine.h"

#include <stdlib.h>
#include <string.h>

#include "model/machine_private.h"
#include "model/vtd.h"

#define BUS_DEVICE(bus, device)	((uint16_t)((bus) << 8 | (device) << 3))
#define CAP_RWBF		(UINT64_C(1) << 4)	/* VT-d 11.4.2 */

enum { HOST_BRIDGE, ROOT_PORT, INTEGRATED_0, INTEGRATED_1, PCI_BRIDGE, BEHIND_1, BEHIND_2 };

struct machine {
	struct machine_host host;
	struct memory memory;
	struct silicon *unit;
	struct function functions[MACHINE_FUNCTIONS];
	struct exerciser exercisers[MACHINE_EXERCISERS];
	uint64_t rsdp;
};

/* ---- Requests of the exercisers ---- */

/* One unit serves every requester id. */
static struct silicon_answer request(void *context, const struct silicon_request *r)
{
	struct function *f = context;

	return f->machine->unit->ops->request(f->machine->unit, r);
}

static bool is_master(void *context)
{
	return function_is_master(context);
}

/* A function's own interrupt is a write like any other. */
static void interrupt(void *context)
{
	struct function *f = context;
	struct silicon_memory *memory = &f->machine->memory.interface;
	struct silicon_request r = {
		.access = SILICON_WRITE, .source = f->exerciser->port.requester, .pasid = SILICON_NO_PASID,
		.bytes = 4,
	};
	struct silicon_answer answer;
	uint32_t data;

	if (!function_is_master(f) || !function_message(f, &r.address, &data))
		return;
	answer = request(context, &r);
	if (answer.allowed)
		memory->interrupt(memory->context, answer.address, data);
}

/* ---- Making ---- */

static void add_exerciser(struct machine *m, unsigned function, unsigned index, uint16_t requester)
{
	struct function *f = &m->functions[function];
	bool has_pasid = function == INTEGRATED_0 || function == INTEGRATED_1;
	struct exerciser_port port = {
		.context = f,
		.request = request,
		.is_master = is_master,
		.interrupt = interrupt,
		.memory = &m->memory.interface,
		.requester = requester,
		.source_first = has_pasid ? 0 : requester,
		.source_last = has_pasid ? UINT16_MAX : requester,
		.has_pasid = has_pasid,
	};

	exerciser_init(&m->exercisers[index], &port);
	function_init(f, f->rid, EXERCISER_VENDOR | EXERCISER_DEVICE << 16, EXERCISER_CLASS,
		      EXERCISER_REVISION);
	function_exerciser(f, &m->exercisers[index], MACHINE_BARS + index * EXERCISER_BAR_BYTES,
			   has_pasid);
	if (!has_pasid)
		return;
	function_multi(f);
	function_express(f, 9);		/* integrated endpoint of the root complex */
}

static void make_functions(struct machine *m)
{
	static const uint16_t rids[MACHINE_FUNCTIONS] = {
		[HOST_BRIDGE] = BUS_DEVICE(0, 0), [ROOT_PORT] = BUS_DEVICE(0, 1),
		[INTEGRATED_0] = BUS_DEVICE(0, 4), [INTEGRATED_1] = BUS_DEVICE(0, 4) | 1,
		[PCI_BRIDGE] = BUS_DEVICE(1, 0), [BEHIND_1] = BUS_DEVICE(2, 1), [BEHIND_2] = BUS_DEVICE(2, 2),
	};
	struct function *f = m->functions;

	for (unsigned i = 0; i < MACHINE_FUNCTIONS; i++) {
		f[i].rid = rids[i];
		f[i].machine = m;
	}
	function_init(&f[HOST_BRIDGE], rids[HOST_BRIDGE], EXERCISER_VENDOR | 0x10ed0000u, 0x060000,
		      1);
	function_init(&f[ROOT_PORT], rids[ROOT_PORT], EXERCISER_VENDOR | 0x10ec0000u, 0x060400, 1);
	function_bridge(&f[ROOT_PORT], 1, 2);
	function_express(&f[ROOT_PORT], 4);
	function_acs(&f[ROOT_PORT]);
	function_init(&f[PCI_BRIDGE], rids[PCI_BRIDGE], EXERCISER_VENDOR | 0x10eb0000u, 0x060400,
		      1);
	function_bridge(&f[PCI_BRIDGE], 2, 2);
	function_express(&f[PCI_BRIDGE], 7);
	add_exerciser(m, INTEGRATED_0, 0, rids[INTEGRATED_0]);
	add_exerciser(m, INTEGRATED_1, 1, rids[INTEGRATED_1]);
	add_exerciser(m, BEHIND_1, 2, BUS_DEVICE(2, 0));	/* the bridge's id for its secondary bus */
	add_exerciser(m, BEHIND_2, 3, BUS_DEVICE(2, 0));
}

static const struct vtd_config *find_config(const char *name)
{
	for (unsigned i = 0; i < VTD_CONFIGS; i++) {
		if (strcmp(vtd_configs[i]->name, name) == 0)
			return vtd_configs[i];
	}
	return NULL;
}

static unsigned size_lg2(size_t bytes)
{
	unsigned lg2 = 12;

	while (lg2 < 27 && (size_t)1 << lg2 < bytes)
		lg2++;
	return lg2;
}

static bool make(struct machine *m, const struct vtd_config *config, const char *defect)
{
	if (!memory_open(&m->memory, &m->host, config->cap & CAP_RWBF))
		return false;
	m->unit = vtd_create(config, &m->memory.interface);
	if (m->unit == NULL)
		return false;
	m->unit->defect = defect != NULL ? vtd_defect_by_name(defect) : 0;
	if (defect != NULL && m->unit->defect == 0)
		return false;
	m->unit->ops->reset(m->unit);	/* some defects are of the power-on state */
	make_functions(m);
	m->rsdp = tables_write(&m->memory, config->haw, size_lg2(m->unit->register_bytes));
	return m->rsdp != 0;
}

struct machine *machine_create(const char *name, const char *defect, const struct machine_host *host)
{
	const struct vtd_config *config = find_config(name);
	struct machine *m = config != NULL && host->ram_count != 0 ? calloc(1, sizeof(*m)) : NULL;

	if (m == NULL)
		return NULL;
	m->host = *host;
	if (make(m, config, defect))
		return m;
	machine_destroy(m);
	return NULL;
}

void machine_destroy(struct machine *m)
{
	if (m->unit != NULL)
		vtd_destroy(m->unit);
	memory_close(&m->memory);
	free(m);
}

const char *machine_config_name(unsigned index)
{
	return index < VTD_CONFIGS ? vtd_configs[index]->name : NULL;
}

const char *machine_defect_name(unsigned index)
{
	return index < vtd_defect_count() ? vtd_defect(index + 1)->name : NULL;
}

const char *machine_defect_sentence(unsigned index)
{
	return index < vtd_defect_count() ? vtd_defect(index + 1)->sentence : NULL;
}

/* ---- The CPU's accesses ---- */

unsigned machine_region_count(const struct machine *m)
{
	(void)m;
	return 3;
}

struct machine_region machine_region(const struct machine *m, unsigned index)
{
	const struct machine_region regions[] = {
		{ MACHINE_ECAM, MACHINE_BUSES << 20 },
		{ MACHINE_BARS, MACHINE_BARS_BYTES },
		{ MACHINE_UNIT, (size_t)1 << size_lg2(m->unit->register_bytes) },
	};

	return regions[index];
}

uint64_t machine_rsdp(const struct machine *m)
{
	return m->rsdp;
}

static struct function *function_at(struct machine *m, uint64_t address)
{
	uint64_t offset = address - MACHINE_ECAM;

	for (unsigned i = 0; i < MACHINE_FUNCTIONS && offset < MACHINE_BUSES << 20; i++) {
		if (m->functions[i].rid == offset >> 12)
			return &m->functions[i];
	}
	return NULL;
}

static struct function *decoder_of(struct machine *m, uint64_t address, unsigned width, uint64_t *offset)
{
	for (unsigned i = 0; i < MACHINE_FUNCTIONS; i++) {
		if (function_decodes(&m->functions[i], address, width, offset))
			return &m->functions[i];
	}
	return NULL;
}

/* Registers of the unit are accessed whole (11.1): anything else is not answered. */
static bool is_unit(const struct machine *m, uint64_t address, unsigned width)
{
	uint64_t offset = address - MACHINE_UNIT;

	return offset < m->unit->register_bytes && (width == 4 || width == 8) &&
	       offset % width == 0 && m->unit->register_bytes - offset >= width;
}

uint64_t machine_read(struct machine *m, uint64_t address, unsigned width)
{
	struct function *f = function_at(m, address);
	uint64_t offset;

	if (f != NULL && width <= 4 && address % width == 0)
		return function_read(f, address & 0xfff, width);
	if (is_unit(m, address, width))
		return m->unit->ops->read(m->unit, (uint32_t)(address - MACHINE_UNIT), width);
	f = decoder_of(m, address, width, &offset);
	return f != NULL ? exerciser_read(f->exerciser, offset, width) : UINT64_MAX;
}

void machine_write(struct machine *m, uint64_t address, unsigned width, uint64_t value)
{
	struct function *f = function_at(m, address);
	uint64_t offset;

	if (f != NULL && width <= 4 && address % width == 0) {
		function_write(f, address & 0xfff, width, value);
		return;
	}
	if (is_unit(m, address, width)) {
		m->unit->ops->write(m->unit, (uint32_t)(address - MACHINE_UNIT), width, value);
		return;
	}
	f = decoder_of(m, address, width, &offset);
	if (f != NULL)
		exerciser_write(f->exerciser, offset, width, value);
}

bool machine_step(struct machine *m)
{
	bool worked = m->unit->ops->step(m->unit);

	for (unsigned i = 0; i < MACHINE_EXERCISERS; i++)
		worked |= exerciser_step(&m->exercisers[i]);
	return worked;
}

void machine_flushed(struct machine *m, uint64_t address, size_t bytes)
{
	memory_flushed(&m->memory, address, bytes);
}
