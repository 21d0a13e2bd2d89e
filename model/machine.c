/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The machine as a whole: who stands where, and which access and which request goes to whom. */
#include "model/machine.h"

#include <stdlib.h>
#include <string.h>

#include "model/machine_private.h"
#include "model/vtd.h"

#define BUS_DEVICE(bus, device)	((uint16_t)((bus) << 8 | (device) << 3))
#define CAP_RWBF		(UINT64_C(1) << 4)	/* VT-d 11.4.2 */

enum {
	HOST_BRIDGE, PORT_1, PORT_3, INTEGRATED_0, INTEGRATED_1, USB_HOST, PCI_BRIDGE, CONVENTIONAL, ENDPOINT,
};

struct machine {
	struct machine_host host;
	struct memory memory;
	struct silicon *units[MACHINE_UNITS];
	unsigned unit_count, address_bits;
	bool is_guest;
	struct function functions[MACHINE_FUNCTIONS];
	struct exerciser exercisers[MACHINE_EXERCISERS];
	struct silicon_devices devices;
	uint64_t rsdp;
};

/* Units of each configuration, in the order of DMAR. */
static const struct machine_config {
	const char *name;
	const struct vtd_config *units[MACHINE_UNITS];
	bool is_guest;
} configs[] = {
	{ "server", { &vtd_config_server }, false },
	{ "client", { &vtd_config_client }, false },
	{ "old", { &vtd_config_old }, false },
	{ "virtual", { &vtd_config_virtual }, true },
	{ "pair", { &vtd_config_client, &vtd_config_client }, false },
};

#define CONFIGS	(sizeof(configs) / sizeof(configs[0]))

static const struct silicon_defect firmware_defects[] = {
	{ "none", "Firmware obeys.", "", "" },
#define X(NAME, name, sentence, clause, source)	{ name, sentence, clause, source },
#include "model/firmware_defects.def"
#undef X
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

static void make_functions(struct machine *m)
{
	static const uint16_t rids[MACHINE_FUNCTIONS] = {
		[HOST_BRIDGE] = BUS_DEVICE(0, 0), [PORT_1] = BUS_DEVICE(0, 1), [PORT_3] = BUS_DEVICE(0, 2),
		[INTEGRATED_0] = BUS_DEVICE(0, 16), [INTEGRATED_1] = BUS_DEVICE(0, 16) | 1,
		[USB_HOST] = BUS_DEVICE(0, 20), [PCI_BRIDGE] = BUS_DEVICE(1, 0),
		[CONVENTIONAL] = BUS_DEVICE(2, 1), [ENDPOINT] = BUS_DEVICE(3, 0),
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
}

static const struct machine_config *find_config(const char *name)
{
	for (unsigned i = 0; i < CONFIGS; i++) {
		if (strcmp(configs[i].name, name) == 0)
			return &configs[i];
	}
	return NULL;
}

static enum firmware_defect firmware_defect_by_name(const char *name)
{
	for (unsigned i = FIRMWARE_OBEYS + 1; i < FIRMWARE_DEFECTS; i++) {
		if (strcmp(firmware_defects[i].name, name) == 0)
			return (enum firmware_defect)i;
	}
	return FIRMWARE_OBEYS;
}

static bool add_unit(struct machine *m, const struct vtd_config *config, unsigned defect)
{
	struct silicon *unit = vtd_create(config, &m->memory.interface);

	if (unit == NULL)
		return false;
	unit->defect = defect;
	unit->devices = &m->devices;
	unit->ops->reset(unit);		/* some defects are of the power-on state */
	m->units[m->unit_count++] = unit;
	return true;
}

static bool make(struct machine *m, const struct machine_config *config, const char *defect)
{
	unsigned of_units = defect != NULL ? vtd_defect_by_name(defect) : 0;
	struct firmware firmware = { .host_address_bits = config->units[0]->haw };

	if (defect != NULL && of_units == 0)
		firmware.defect = firmware_defect_by_name(defect);
	if (defect != NULL && of_units == 0 && firmware.defect == FIRMWARE_OBEYS)
		return false;
	if (!memory_open(&m->memory, &m->host, config->units[0]->cap & CAP_RWBF))
		return false;
	for (unsigned i = 0; i < MACHINE_UNITS && config->units[i] != NULL; i++) {
		if (!add_unit(m, config->units[i], of_units))
			return false;
	}
	m->devices = (struct silicon_devices){ .context = m, .invalidate = invalidate };
	make_functions(m);
	firmware.unit_count = m->unit_count;
	m->address_bits = firmware.host_address_bits;
	m->is_guest = config->is_guest;
	m->rsdp = tables_write(&m->memory, &firmware);
	return m->rsdp != 0;
}

struct machine *machine_create(const char *name, const char *defect, const struct machine_host *host)
{
	const struct machine_config *config = find_config(name);
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
	for (unsigned i = 0; i < m->unit_count; i++)
		vtd_destroy(m->units[i]);
	memory_close(&m->memory);
	free(m);
}

const char *machine_config_name(unsigned index)
{
	return index < CONFIGS ? configs[index].name : NULL;
}

/* Those of the units, then those of firmware. */
static const struct silicon_defect *defect_at(unsigned index)
{
	unsigned of_units = vtd_defect_count();

	if (index < of_units)
		return vtd_defect(index + 1);
	index -= of_units;
	return index < FIRMWARE_DEFECTS - 1 ? &firmware_defects[index + 1] : NULL;
}

const char *machine_defect_name(unsigned index)
{
	const struct silicon_defect *defect = defect_at(index);

	return defect != NULL ? defect->name : NULL;
}

const char *machine_defect_sentence(unsigned index)
{
	const struct silicon_defect *defect = defect_at(index);

	return defect != NULL ? defect->sentence : NULL;
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

	(void)m;
	if (index < 2)
		return regions[index];
	return (struct machine_region){ MACHINE_UNIT + (index - 2) * MACHINE_UNIT_BYTES,
					MACHINE_UNIT_BYTES };
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

/* Registers of a unit are accessed whole (11.1): NULL, anything else is not answered. */
static struct silicon *unit_at(struct machine *m, uint64_t address, unsigned width, uint32_t *offset)
{
	uint64_t index = (address - MACHINE_UNIT) / MACHINE_UNIT_BYTES;

	*offset = address % MACHINE_UNIT_BYTES;
	if (address < MACHINE_UNIT || index >= m->unit_count || (width != 4 && width != 8) ||
	    *offset % width != 0 || *offset + width > m->units[index]->register_bytes)
		return NULL;
	return m->units[index];
}

uint64_t machine_read(struct machine *m, uint64_t address, unsigned width)
{
	struct function *f = function_at(m, address);
	struct silicon *unit;
	uint64_t offset;
	uint32_t at;

	if (f != NULL && width <= 4 && address % width == 0)
		return function_read(f, address & 0xfff, width);
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
		function_write(f, address & 0xfff, width, value);
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
