/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Who stands on the board, what its functions' registers are, and how requests go through the unit. */
#include "model/server/board.h"

#include <string.h>

#include "model/server/identity.h"

#define BAR0		0x10u		/* PCI Express Base 5.0, 7.5.1.2.1 */
#define   BAR_64	0x4u
#define UNIT_CLASS	0x080600u	/* base system peripheral, IOMMU */
#define UNIT_BYTES_MIN	4096u

/* ---- Requests ---- */

static struct silicon_answer request(void *context, const struct silicon_request *r)
{
	struct board_function *f = context;

	return f->board->unit->ops->request(f->board->unit, r);
}

static bool is_master(void *context)
{
	struct board_function *f = context;

	return function_is_master(&f->pci);
}

/* The function's own message is a write like any other. */
static void interrupt(void *context)
{
	struct board_function *f = context;
	struct silicon_request r = {
		.access = SILICON_WRITE, .source = f->pci.rid, .pasid = SILICON_NO_PASID, .bytes = 4,
	};
	struct silicon_answer answer;
	uint32_t data;

	if (!is_master(f) || !function_message(&f->pci, &r.address, &data))
		return;
	r.data = data;
	answer = request(f, &r);
	if (answer.allowed)
		f->board->memory.interrupt(f->board->memory.context, answer.address,
					   answer.message ? answer.data : data);
}

/* ---- Memory: the unit's function reaches it while it is a bus master ---- */

static const struct silicon_memory *outside(const struct board *b)
{
	return function_is_master(&b->functions[0].pci) ? b->outside : NULL;
}

static bool read_memory(void *context, uint64_t address, void *to, size_t bytes, bool snooped)
{
	const struct silicon_memory *m = outside(context);

	return m != NULL && m->read(m->context, address, to, bytes, snooped);
}

static bool write_memory(void *context, uint64_t address, const void *from, size_t bytes, bool snooped)
{
	const struct silicon_memory *m = outside(context);

	return m != NULL && m->write(m->context, address, from, bytes, snooped);
}

static bool swap_memory(void *context, uint64_t address, uint64_t expected, uint64_t desired,
			uint64_t *seen, bool snooped)
{
	const struct silicon_memory *m = outside(context);

	return m != NULL && m->swap(m->context, address, expected, desired, seen, snooped);
}

static void send_interrupt(void *context, uint64_t address, uint32_t data)
{
	const struct silicon_memory *m = outside(context);

	if (m != NULL)
		m->interrupt(m->context, address, data);
}

/* ATS invalidation requests: who is not there has nothing to do. */
static bool invalidate(void *context, uint16_t source, uint32_t pasid, uint64_t address, unsigned size_lg2)
{
	struct board *b = context;

	for (unsigned i = 1; i < b->function_count; i++) {
		if (b->functions[i].pci.rid == source)
			exerciser_invalidate(&b->functions[i].exerciser, pasid, address, size_lg2);
	}
	return true;
}

/* Page group responses: who is not there has nobody waiting. */
static void respond(void *context, uint16_t source, uint32_t pasid, unsigned group, unsigned code)
{
	struct board *b = context;

	for (unsigned i = 1; i < b->function_count; i++) {
		if (b->functions[i].pci.rid == source)
			exerciser_respond(&b->functions[i].exerciser, pasid, group, code);
	}
}

/* ---- Making ---- */

static void put_bar(struct board_function *f, unsigned bar, uint32_t low, uint64_t bytes)
{
	uint64_t writable = ~(bytes - 1);

	f->bar_bytes[bar] = bytes;
	memcpy(f->pci.config + BAR0 + 4 * bar, &low, 4);
	memcpy(f->pci.writable + BAR0 + 4 * bar, &writable, low & BAR_64 ? 8 : 4);
}

static uint64_t power_of_two(uint64_t bytes)
{
	uint64_t size = UNIT_BYTES_MIN;

	while (size < bytes)
		size *= 2;
	return size;
}

static void make_unit_function(struct board *b, struct board_function *f)
{
	memset(&f->pci, 0, sizeof(f->pci));
	function_init(&f->pci, 0, IDENTITY_VENDOR | IDENTITY_DEVICE << 16, UNIT_CLASS,
		      IDENTITY_VERSION >> 16);
	put_bar(f, 0, BAR_64, power_of_two(b->unit->register_bytes));
	put_bar(f, IDENTITY_BAR, 0, IDENTITY_BYTES);
}

static void make_exerciser_function(struct board *b, struct board_function *f, uint16_t rid)
{
	(void)b;
	memset(&f->pci, 0, sizeof(f->pci));
	function_init(&f->pci, rid, EXERCISER_VENDOR | EXERCISER_DEVICE << 16, EXERCISER_CLASS,
		      EXERCISER_REVISION);
	function_exerciser(&f->pci, &f->exerciser, 0, true);
	function_express(&f->pci, 9);	/* integrated endpoint of the root complex */
	f->bar_bytes[0] = EXERCISER_BAR_BYTES;
}

static void add_exerciser(struct board *b, uint16_t rid)
{
	struct board_function *f = &b->functions[b->function_count++];
	struct exerciser_port port = {
		.context = f,
		.request = request,
		.is_master = is_master,
		.interrupt = interrupt,
		.memory = &b->memory,
		.requester = rid,
		.source_first = 0,
		.source_last = UINT16_MAX,
		.has_pasid = true,
	};

	f->board = b;
	make_exerciser_function(b, f, rid);
	exerciser_init(&f->exerciser, &port);
}

bool board_open(struct board *b, const struct board_plan *plan, const struct silicon_memory *memory)
{
	memset(b, 0, sizeof(*b));
	b->outside = memory;
	b->model = plan->model;
	b->memory = (struct silicon_memory){
		.context = b,
		.read = read_memory,
		.write = write_memory,
		.swap = swap_memory,
		.interrupt = send_interrupt,
	};
	b->unit = plan->model->create(plan->config, plan->defect, &b->memory, &b->address_bits);
	if (b->unit == NULL)
		return false;
	b->devices = (struct silicon_devices){ .context = b,
					       .invalidate = invalidate,
					       .page_response = respond };
	b->unit->devices = &b->devices;
	b->functions[0].board = b;
	b->function_count = 1;
	make_unit_function(b, &b->functions[0]);
	for (unsigned i = 0; i < plan->exerciser_count && i < BOARD_EXERCISERS_MAX; i++)
		add_exerciser(b, plan->exerciser_rids[i]);
	return true;
}

void board_close(struct board *b)
{
	if (b->unit != NULL)
		b->model->destroy(b->unit);
	b->unit = NULL;
}

void board_reset(struct board_function *f)
{
	struct board *b = f->board;

	if (f == &b->functions[0]) {
		make_unit_function(b, f);
		b->unit->ops->reset(b->unit);
	} else {
		make_exerciser_function(b, f, f->pci.rid);
		exerciser_reset(&f->exerciser);
	}
}

bool board_step(struct board *b)
{
	bool worked = b->unit->ops->step(b->unit);

	for (unsigned i = 1; i < b->function_count; i++)
		worked |= exerciser_step(&b->functions[i].exerciser);
	return worked;
}

/* ---- Registers ---- */

/* What nothing answers reads as all ones. */
static uint64_t read_word(struct board_function *f, unsigned bar, uint64_t offset, unsigned width)
{
	struct board *b = f->board;

	if (f != &b->functions[0])
		return exerciser_read(&f->exerciser, offset, width);
	if (bar == IDENTITY_BAR)
		return identity_read(b, offset, width);
	if (width < 4 || offset >= b->unit->register_bytes)
		return UINT64_MAX;
	return b->unit->ops->read(b->unit, (uint32_t)offset, width);
}

static void write_word(struct board_function *f, unsigned bar, uint64_t offset, unsigned width, uint64_t value)
{
	struct board *b = f->board;

	if (f != &b->functions[0])
		exerciser_write(&f->exerciser, offset, width, value);
	else if (bar == 0 && width >= 4 && offset < b->unit->register_bytes)
		b->unit->ops->write(b->unit, (uint32_t)offset, width, value);
}

static unsigned width_at(uint64_t offset, size_t bytes, unsigned widest)
{
	unsigned width = widest;

	while (width > 1 && (width > bytes || offset % width != 0))
		width /= 2;
	return width;
}

void board_read_config(struct board_function *f, uint64_t offset, uint8_t *to, size_t bytes)
{
	while (bytes > 0) {
		unsigned width = width_at(offset, bytes, 4);
		uint64_t value = function_read(&f->pci, (unsigned)offset, width);

		memcpy(to, &value, width);
		offset += width;
		to += width;
		bytes -= width;
	}
}

void board_write_config(struct board_function *f, uint64_t offset, const uint8_t *from, size_t bytes)
{
	while (bytes > 0) {
		unsigned width = width_at(offset, bytes, 4);
		uint64_t value = 0;

		memcpy(&value, from, width);
		function_write(&f->pci, (unsigned)offset, width, value);
		offset += width;
		from += width;
		bytes -= width;
	}
}

void board_read_bar(struct board_function *f, unsigned bar, uint64_t offset, uint8_t *to, size_t bytes)
{
	while (bytes > 0) {
		unsigned width = width_at(offset, bytes, 8);
		uint64_t value = read_word(f, bar, offset, width);

		memcpy(to, &value, width);
		offset += width;
		to += width;
		bytes -= width;
	}
}

void board_write_bar(struct board_function *f, unsigned bar, uint64_t offset, const uint8_t *from,
		     size_t bytes)
{
	while (bytes > 0) {
		unsigned width = width_at(offset, bytes, 8);
		uint64_t value = 0;

		memcpy(&value, from, width);
		write_word(f, bar, offset, width, value);
		offset += width;
		from += width;
		bytes -= width;
	}
}
