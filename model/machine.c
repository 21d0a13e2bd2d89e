/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The machine as a whole: who stands where, and which access and which request goes to whom. */
#include "model/machine.h"

#include <stdlib.h>
#include <string.h>

#include "model/amdvi.h"
#include "model/machine_private.h"
#include "model/vtd.h"

#define BUS_DEVICE(bus, device)	((uint16_t)((bus) << 8 | (device) << 3))
#define CAP_RWBF		(UINT64_C(1) << 4)	/* VT-d 11.4.2 */

enum {
	HOST_BRIDGE, PORT_1, PORT_3, INTEGRATED_0, INTEGRATED_1, USB_HOST, PCI_BRIDGE, CONVENTIONAL, ENDPOINT,
	UNIT,				/* of AMD-Vi: others are no function */
};

struct machine {
	struct machine_host host;
	struct memory memory;
	struct silicon *units[MACHINE_UNITS];
	struct silicon *amdvi;		/* the unit that is a function, or NULL */
	unsigned unit_count, address_bits;
	bool is_guest;
	struct function functions[MACHINE_FUNCTIONS];
	struct exerciser exercisers[MACHINE_EXERCISERS];
	struct silicon_devices devices;
	uint64_t rsdp;
};

/* ---- Requests of the exercisers ---- */

static struct silicon_answer request(void *context, const struct silicon_request *r)
{
	struct function *f = context;

	return f->unit->ops->request(f->unit, r);
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
	r.data = data;
	answer = request(context, &r);
	if (answer.allowed)
		memory->interrupt(memory->context, answer.address,
				  answer.message ? answer.data : data);
}

/* ATS invalidation requests: who is not there, or keeps no translations, has nothing to do. */
static bool invalidate(void *context, uint16_t source, uint32_t pasid, uint64_t address, unsigned size_lg2)
{
	struct machine *m = context;

	for (unsigned i = 0; i < MACHINE_EXERCISERS; i++) {
		struct exerciser *e = &m->exercisers[i];

		if (e->port.has_pasid && e->port.requester == source)
			exerciser_invalidate(e, pasid, address, size_lg2);
	}
	return true;
}

/* Page group responses: who is not there has nobody waiting. */
static void respond(void *context, uint16_t source, uint32_t pasid, unsigned group, unsigned code)
{
	struct machine *m = context;

	for (unsigned i = 0; i < MACHINE_EXERCISERS; i++) {
		struct exerciser *e = &m->exercisers[i];

		if (e->port.has_pasid && e->port.requester == source)
			exerciser_respond(e, pasid, group, code);
	}
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

static void make_bridge(struct function *f, uint32_t ids, uint8_t secondary, uint8_t subordinate, unsigned port)
{
	function_init(f, f->rid, ids, 0x060400, 1);
	function_bridge(f, secondary, subordinate);
	function_express(f, port);
}

/* 48882 3.11, 3.1: class 0806, no BARs; the unit answers for its capabilities. */
static void make_unit_function(struct machine *m)
{
	function_multi(&m->functions[HOST_BRIDGE]);
	function_init(&m->functions[UNIT], MACHINE_UNIT_FUNCTION, EXERCISER_VENDOR | 0x10e90000u,
		      0x080600, 1);
	function_multi(&m->functions[UNIT]);
	function_list(&m->functions[UNIT], AMDVI_PCI);
}

static void make_functions(struct machine *m)
{
	static const uint16_t rids[MACHINE_FUNCTIONS] = {
		[HOST_BRIDGE] = BUS_DEVICE(0, 0), [PORT_1] = BUS_DEVICE(0, 1), [PORT_3] = BUS_DEVICE(0, 2),
		[INTEGRATED_0] = BUS_DEVICE(0, 16), [INTEGRATED_1] = BUS_DEVICE(0, 16) | 1,
		[USB_HOST] = BUS_DEVICE(0, 20), [PCI_BRIDGE] = BUS_DEVICE(1, 0),
		[CONVENTIONAL] = BUS_DEVICE(2, 1), [ENDPOINT] = BUS_DEVICE(3, 0),
		[UNIT] = MACHINE_UNIT_FUNCTION,
	};
	struct function *f = m->functions;

	for (unsigned i = 0; i < MACHINE_FUNCTIONS; i++) {
		bool below_02 = i == PORT_3 || i == ENDPOINT;

		f[i].rid = rids[i];
		f[i].machine = m;
		f[i].unit = m->units[below_02 ? 0 : m->unit_count - 1];
	}
	function_init(&f[HOST_BRIDGE], rids[HOST_BRIDGE], EXERCISER_VENDOR | 0x10ed0000u, 0x060000,
		      1);
	function_init(&f[USB_HOST], rids[USB_HOST], EXERCISER_VENDOR | 0x10ea0000u, 0x0c0310, 1);
	make_bridge(&f[PORT_1], EXERCISER_VENDOR | 0x10ec0000u, 1, 2, 4);
	function_acs(&f[PORT_1]);
	make_bridge(&f[PORT_3], EXERCISER_VENDOR | 0x10ec0000u, 3, 3, 4);
	function_acs(&f[PORT_3]);
	make_bridge(&f[PCI_BRIDGE], EXERCISER_VENDOR | 0x10eb0000u, 2, 2, 7);
	add_exerciser(m, INTEGRATED_0, 0, rids[INTEGRATED_0]);
	add_exerciser(m, INTEGRATED_1, 1, rids[INTEGRATED_1]);
	add_exerciser(m, CONVENTIONAL, 2, BUS_DEVICE(2, 0));	/* the bridge's id for its secondary bus */
	add_exerciser(m, ENDPOINT, 3, rids[ENDPOINT]);
	function_express(&f[ENDPOINT], 0);
	if (m->amdvi != NULL)
		make_unit_function(m);
}

static bool add_unit(struct machine *m, struct silicon *unit, unsigned defect)
{
	if (unit == NULL)
		return false;
	unit->defect = defect;
	unit->devices = &m->devices;
	unit->ops->reset(unit);		/* some defects are of the power-on state */
	m->units[m->unit_count++] = unit;
	return true;
}

static bool add_units(struct machine *m, const struct machine_config *config, unsigned defect)
{
	const struct silicon_memory *memory = &m->memory.interface;

	if (config->amdvi != NULL)
		return add_unit(m, amdvi_create(config->amdvi, memory), defect);
	for (unsigned i = 0; i < MACHINE_UNITS && config->vtd[i] != NULL; i++) {
		if (!add_unit(m, vtd_create(config->vtd[i], memory), defect))
			return false;
	}
	return true;
}

static unsigned address_bits(const struct machine_config *config)
{
	return config->amdvi != NULL ? config->amdvi->address_bits : config->vtd[0]->haw;
}

static bool make(struct machine *m, const struct machine_config *config, const char *name)
{
	bool buffered = config->amdvi == NULL && config->vtd[0]->cap & CAP_RWBF;
	struct machine_defect defect;
	struct firmware firmware = {
		.host_address_bits = address_bits(config), .amdvi_config = config->amdvi, .blocks = config->blocks,
	};

	if (!machine_defect_by_name(config, name, &defect))
		return false;
	if (!memory_open(&m->memory, &m->host, buffered) || !add_units(m, config, defect.of_units))
		return false;
	m->devices = (struct silicon_devices){ .context = m,
					       .invalidate = invalidate,
					       .page_response = respond };
	if (config->amdvi != NULL) {
		m->amdvi = m->units[0];
		firmware.amdvi = m->amdvi;
		amdvi_pci_place(m->units[0], MACHINE_UNIT);
	}
	m->is_guest = config->is_guest;
	make_functions(m);
	firmware.unit_count = m->unit_count;
	firmware.defect = defect.of_firmware;
	m->address_bits = firmware.host_address_bits;
	m->rsdp = tables_write(&m->memory, &firmware);
	return m->rsdp != 0;
}

struct machine *machine_create(const char *name, const char *defect, const struct machine_host *host)
{
	const struct machine_config *config = machine_config_by_name(name);
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
	for (unsigned i = 0; i < m->unit_count; i++) {
		if (m->amdvi != NULL)
			amdvi_destroy(m->units[i]);
		else
			vtd_destroy(m->units[i]);
	}
	memory_close(&m->memory);
	free(m);
}

/* ---- The CPU's accesses ---- */

unsigned machine_region_count(const struct machine *m)
{
	return 2 + m->unit_count;
}

struct machine_region machine_region(const struct machine *m, unsigned index)
{
	const struct machine_region regions[] = {
		{ MACHINE_ECAM, MACHINE_BUSES << 20 },
		{ MACHINE_BARS, MACHINE_BARS_BYTES },
	};

	size_t bytes = m->units[0]->register_bytes;

	if (index < 2)
		return regions[index];
	return (struct machine_region){ MACHINE_UNIT + (index - 2) * bytes, bytes };
}

uint64_t machine_rsdp(const struct machine *m)
{
	return m->rsdp;
}

bool machine_is_guest(const struct machine *m)
{
	return m->is_guest;
}

unsigned machine_address_bits(const struct machine *m)
{
	return m->address_bits;
}

static struct function *function_at(struct machine *m, uint64_t address)
{
	uint64_t offset = address - MACHINE_ECAM;

	for (unsigned i = 0; i < MACHINE_FUNCTIONS && offset < MACHINE_BUSES << 20; i++) {
		if (m->functions[i].rid == offset >> 12 && (i != UNIT || m->amdvi != NULL))
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

/* Registers of a unit are accessed whole (11.1): NULL, anything else is not answered. */
static struct silicon *unit_at(struct machine *m, uint64_t address, unsigned width, uint32_t *offset)
{
	size_t bytes = m->units[0]->register_bytes;
	uint64_t index = (address - MACHINE_UNIT) / bytes;

	*offset = (uint32_t)((address - MACHINE_UNIT) % bytes);
	if (address < MACHINE_UNIT || index >= m->unit_count || (width != 4 && width != 8) ||
	    *offset % width != 0 || *offset + width > bytes)
		return NULL;
	return m->units[index];
}

/* Of the unit that is a function, some bytes of configuration space are its own. */
static bool is_capability(const struct machine *m, const struct function *f, unsigned offset)
{
	return f == &m->functions[UNIT] && offset >= AMDVI_PCI && offset < AMDVI_PCI_END;
}

static uint64_t config_read(const struct machine *m, const struct function *f, unsigned offset, unsigned width)
{
	return is_capability(m, f, offset) ? amdvi_pci_read(m->amdvi, offset, width)
					   : function_read(f, offset, width);
}

static void config_write(struct machine *m, struct function *f, unsigned offset, unsigned width, uint64_t value)
{
	if (is_capability(m, f, offset))
		amdvi_pci_write(m->amdvi, offset, width, (uint32_t)value);
	else
		function_write(f, offset, width, value);
}

uint64_t machine_read(struct machine *m, uint64_t address, unsigned width)
{
	struct function *f = function_at(m, address);
	struct silicon *unit;
	uint64_t offset;
	uint32_t at;

	if (f != NULL && width <= 4 && address % width == 0)
		return config_read(m, f, address & 0xfff, width);
	unit = unit_at(m, address, width, &at);
	if (unit != NULL)
		return unit->ops->read(unit, at, width);
	f = decoder_of(m, address, width, &offset);
	return f != NULL ? exerciser_read(f->exerciser, offset, width) : UINT64_MAX;
}

void machine_write(struct machine *m, uint64_t address, unsigned width, uint64_t value)
{
	struct function *f = function_at(m, address);
	struct silicon *unit;
	uint64_t offset;
	uint32_t at;

	if (f != NULL && width <= 4 && address % width == 0) {
		config_write(m, f, address & 0xfff, width, value);
		return;
	}
	unit = unit_at(m, address, width, &at);
	if (unit != NULL) {
		unit->ops->write(unit, at, width, value);
		return;
	}
	f = decoder_of(m, address, width, &offset);
	if (f != NULL)
		exerciser_write(f->exerciser, offset, width, value);
}

bool machine_step(struct machine *m)
{
	bool worked = false;

	for (unsigned i = 0; i < m->unit_count; i++)
		worked |= m->units[i]->ops->step(m->units[i]);
	for (unsigned i = 0; i < MACHINE_EXERCISERS; i++)
		worked |= exerciser_step(&m->exercisers[i]);
	return worked;
}

void machine_flushed(struct machine *m, uint64_t address, size_t bytes)
{
	memory_flushed(&m->memory, address, bytes);
}
