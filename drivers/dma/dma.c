/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What all engines share: finding the driver, the limits, one blocking transfer. */
#include "drivers/dma/engines.h"

#include <string.h>

const struct dma_driver *const dma_drivers[] = {
	&dma_testdev,
	&dma_edu,
	&dma_nvme,
	&dma_exerciser,
};
const unsigned dma_driver_count = ARRAY_COUNT(dma_drivers);

static void name_engine(struct dma_engine *engine, unsigned index)
{
	size_t length = strlen(engine->driver->name), digits = 1;

	for (unsigned rest = index / 10; rest; rest /= 10)
		digits++;
	length = MIN(length, sizeof(engine->name) - 1 - digits);
	memcpy(engine->name, engine->driver->name, length);
	for (size_t at = length + digits; at > length; index /= 10)
		engine->name[--at] = (char)('0' + index % 10);
	engine->name[length + digits] = 0;
}

/* What the driver can, narrowed by what the function says without being opened. */
static struct dma_limits limits_of(const struct dma_driver *driver, const struct pci_function *function)
{
	struct dma_limits limits = driver->limits;

	if (!function->cap_pasid)
		limits.pasid_bits = 0;
	if (!function->cap_ats)
		limits.translates = limits.tells_invalidations = false;
	if (!function->cap_ats || !function->cap_pri)
		limits.requests_pages = false;
	return limits;
}

enum status dma_probe(struct dma_engine *engine, struct pci_function *function, unsigned index)
{
	for (unsigned i = 0; i < dma_driver_count; i++) {
		if (!dma_drivers[i]->ops->match(function))
			continue;
		*engine = (struct dma_engine){ .driver = dma_drivers[i],
					       .function = function,
					       .limits = limits_of(dma_drivers[i], function) };
		name_engine(engine, index);
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

bool dma_reaches(const struct dma_engine *engine, iova_t start, uint64_t bytes)
{
	uint64_t last = start.v + (bytes - 1);

	if (!bytes || last < start.v)
		return false;
	return engine->limits.address_bits >= 64 || last < BIT64(engine->limits.address_bits);
}

static bool prefix_fits(const struct dma_limits *l, const struct dma_prefix *prefix)
{
	if (!prefix->present)
		return !prefix->privileged && !prefix->execute;
	return l->pasid_bits != 0 && !(prefix->pasid >> l->pasid_bits);
}

static bool moves_fit(const struct dma_limits *l, const struct dma_op *op)
{
	bool read = op->direction == DMA_READ;
	uint32_t min = read ? l->read_min : l->write_min, max = read ? l->read_max : l->write_max;
	uint32_t align = read ? l->read_align : l->write_align;
	uint32_t step = read ? l->read_step : l->write_step;

	if (!(read ? l->read : l->write))
		return false;
	if (read && op->bytes == 0)
		return l->zero_reads;
	return op->bytes >= min && op->bytes <= max && !(op->bytes & (step - 1)) &&
	       !(op->iova.v & (align - 1));
}

/* Every transfer of a storm; the length of one is looked at beside this. */
static bool storm_fits(const struct dma_engine *engine, const struct dma_op *op)
{
	uint64_t last = (uint64_t)(op->count - 1) * op->stride;

	return engine->limits.storms && op->count != 0 &&
	       (op->direction == DMA_READ || op->direction == DMA_WRITE) &&
	       dma_reaches(engine, op->iova, last + op->bytes);
}

bool dma_fits(const struct dma_engine *engine, const struct dma_op *op)
{
	const struct dma_limits *l = &engine->limits;

	if (!prefix_fits(l, &op->prefix) || (op->translated && !l->translates))
		return false;
	if (op->endless && !storm_fits(engine, op))
		return false;
	switch (op->direction) {
	case DMA_READ:
	case DMA_WRITE:
		return moves_fit(l, op) && dma_reaches(engine, op->iova, MAX(op->bytes, 1u));
	case DMA_ATOMIC:
		return l->atomic && op->bytes == 8 && !(op->iova.v & 7) &&
		       dma_reaches(engine, op->iova, 8);
	case DMA_TRANSLATE:
		return l->translates && !op->translated && dma_reaches(engine, op->iova, 1);
	case DMA_PAGE_REQUEST:
		return l->requests_pages && !op->translated && op->group.index < 512 &&
		       dma_reaches(engine, op->iova, 1);
	case DMA_MESSAGE:
		return l->messages && !op->translated && !(op->iova.v & 3) &&
		       dma_reaches(engine, op->iova, 4);
	}
	return false;
}

bool dma_control_fits(const struct dma_engine *engine, const struct dma_control *control)
{
	return control->cpu && control->bytes >= engine->limits.control_pages * PAGE_SIZE &&
	       !(control->iova.v & (PAGE_SIZE - 1)) &&
	       dma_reaches(engine, control->iova, control->bytes);
}

static enum status status_of(const struct dma_engine *engine, enum dma_state state)
{
	if (state == DMA_DONE)
		return STATUS_OK;
	if (state == DMA_DEAD || !pci_answers(engine->function))
		return STATUS_GONE;
	return state == DMA_RUNNING ? STATUS_TIMEOUT : STATUS_DEVICE_ERROR;
}

enum status dma_run(struct dma_engine *engine, const struct dma_op *op, struct deadline deadline)
{
	const struct dma_ops *ops = engine->driver->ops;
	struct deadline own;
	enum dma_state state;
	enum status status = engine->timed_out ? ops->reset(engine, deadline) : STATUS_OK;

	if (status != STATUS_OK)
		return status;
	engine->timed_out = false;
	status = ops->start(engine, op);
	if (status != STATUS_OK)
		return status;
	own = deadline_in_us(engine->limits.timeout_us);
	if (own.end_ns < deadline.end_ns)
		deadline = own;
	wait_until((state = ops->state(engine)) != DMA_RUNNING, deadline);
	engine->timed_out = state == DMA_RUNNING;
	return status_of(engine, state);
}

uint64_t dma_mix(uint64_t x)
{
	x ^= x >> 31;
	x *= 0x9e3779b97f4a7c15;
	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9;
	return x ^ x >> 32;
}
