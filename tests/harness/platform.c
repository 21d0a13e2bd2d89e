/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Looking at the machine, silencing it, and putting back what was changed. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "drivers/pci/pci_regs.h"
#include "tests/harness/platform_private.h"
#include "tests/harness/print.h"

/* Pages kept for what outlives a case: units' own tables, engines' control memory. */
#define KEPT_PAGES_MAX	8192u
#define KEPT_SHARE	8u			/* of the arena: one in so many */
#define SIDE_SHARE	16u			/* tables, and objects, of cases */

static const struct platform_vendor *const vendors[] = { &platform_vtd, &platform_amdvi };

/* ---- What is told ---- */

void platform_note(struct platform *platform, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	print_note(text);
	if (platform->journal != NULL)
		journal_text(platform->journal, JOURNAL_NOTE, text);
}

void platform_fact(struct platform *platform, const char *format, ...)
{
	char text[256];
	va_list arguments;

	if (platform->journal == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	journal_text(platform->journal, JOURNAL_FACT, text);
}

void platform_bdf(char text[PLATFORM_BDF_MAX], uint16_t segment, uint16_t rid)
{
	snprintf(text, PLATFORM_BDF_MAX, "%04x:%02x:%02x.%u", segment, rid >> 8, rid >> 3 & 0x1f,
		 rid & 7u);
}

/* ---- Memory ---- */

void platform_open_memory(struct platform *p)
{
	const struct handover *h = p->handover;
	size_t kept = MIN(h->arena_pages / KEPT_SHARE, (size_t)KEPT_PAGES_MAX);
	size_t side = h->arena_pages / SIDE_SHARE, windows = h->arena_pages - kept - 2 * side;
	size_t high = h->high_pages / 2;
	uint8_t *at = h->arena;

	pool_init(&p->kept, at, kept);
	pool_init(&p->windows, at += kept * PAGE_SIZE, windows);
	pool_init(&p->tables, at += windows * PAGE_SIZE, side);
	pool_init(&p->objects, at += side * PAGE_SIZE, side);
	if (h->high == NULL)
		return;
	pool_init(&p->high_windows, h->high, high);
	pool_init(&p->high_tables, (uint8_t *)h->high + high * PAGE_SIZE, high);
}

uint8_t *platform_twin(const struct platform *p, const uint8_t *page)
{
	const struct handover *h = p->handover;
	uintptr_t arena = (uintptr_t)h->arena, twin = (uintptr_t)h->twin, at = (uintptr_t)page;
	bool in_twin = at >= twin && at < twin + h->twin_pages * PAGE_SIZE;
	size_t offset = at - (in_twin ? twin : arena);

	/* The guards of a page lie beside it. */
	if (h->twin == NULL || offset < PAGE_SIZE || offset / PAGE_SIZE + 2 > h->twin_pages)
		return NULL;
	return (uint8_t *)(in_twin ? h->arena : h->twin) + offset;
}

/* ---- PCI ---- */

static void add_segments(struct platform *p)
{
	for (unsigned i = 0; i < p->mcfg.count; i++) {
		const struct mcfg_allocation *a = &p->mcfg.allocations[i];
		enum status status = pci_add_segment(&p->pci, a->base.v, a->segment, a->start_bus,
						     a->end_bus);

		if (status != STATUS_OK)
			platform_note(p, "PCI segment %u, buses %u to %u: %s", a->segment,
				      a->start_bus, a->end_bus, status_text(status));
	}
}

static void open_pci(struct platform *p)
{
	enum status status;

	add_segments(p);
	status = pci_scan(&p->pci);
	if (status == STATUS_OK)
		status = pci_search_roots(&p->pci);	/* machines with several host bridges */
	if (status != STATUS_OK)
		platform_note(p, "PCI: %s; %u functions did not fit", status_text(status),
			      p->pci.dropped);
	p->masters_found = pci_quiet(&p->pci);
	platform_fact(p, "pci.functions=%u", p->pci.function_count);
	platform_fact(p, "pci.masters_as_found=%u", p->masters_found);
}

/* ---- Units ---- */

void platform_add_unit(struct platform *p, struct iommu *iommu)
{
	enum status status;

	if (p->unit_count == PLATFORM_UNITS_MAX) {
		platform_note(p, "%s is one unit more than the %u that a run can hold", iommu->name,
			      PLATFORM_UNITS_MAX);
		return;
	}
	status = iommu->ops->open(iommu, &p->kept);
	if (status != STATUS_OK) {
		platform_note(p, "%s at 0x%llx cannot be used: %s", iommu->name,
			      (unsigned long long)iommu->mmio.base, status_text(status));
		return;
	}
	p->units[p->unit_count++] = iommu;
	platform_tell_unit(p, iommu);
}

static struct iommu *unit_of(struct platform *p, const struct pci_function *function)
{
	for (unsigned i = 0; i < ARRAY_COUNT(vendors); i++) {
		struct iommu *iommu = vendors[i]->unit_of(p, function);

		if (iommu != NULL)
			return iommu;
	}
	return NULL;
}

bool platform_alias_of(const struct platform *p, const struct pci_function *function, uint16_t *alias)
{
	for (unsigned i = 0; i < ARRAY_COUNT(vendors); i++) {
		if (vendors[i]->alias_of != NULL && vendors[i]->alias_of(p, function, alias))
			return true;
	}
	return false;
}

void platform_add_reserved(struct platform *p, struct pci_function *function, uint64_t base, uint64_t last,
			   unsigned permissions)
{
	if (p->reserved_count == PLATFORM_RESERVED_MAX) {
		platform_note(p, "more than %u reserved ranges of devices", PLATFORM_RESERVED_MAX);
		return;
	}
	p->reserved[p->reserved_count++] = (struct platform_reserved){
		.iommu = unit_of(p, function),
		.function = function,
		.source = platform_source_of(p, function),
		.base = base,
		.last = last,
		.permissions = permissions,
		.was_master = function->command_as_found & PCI_COMMAND_MASTER,
	};
}

bool platform_is_reserved(const struct platform *p, struct iommu_source source, uint64_t at, uint64_t last)
{
	for (unsigned i = 0; i < p->reserved_count; i++) {
		const struct platform_reserved *r = &p->reserved[i];

		if (r->source.segment == source.segment && r->source.rid == source.rid &&
		    at <= r->last && r->base <= last)
			return true;
	}
	return false;
}

enum status platform_recover(struct platform *p, struct iommu *iommu)
{
	(void)p;
	for (unsigned i = 0; i < ARRAY_COUNT(vendors); i++) {
		enum status status = vendors[i]->recover(iommu);

		if (status != STATUS_NOT_FOUND)
			return status;
	}
	return STATUS_NOT_FOUND;
}

/* ---- Engines ---- */

static unsigned count_of_driver(const struct platform *p, const struct dma_driver *driver)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->engine_count; i++)
		n += p->engines[i].dma.driver == driver;
	return n;
}

static bool is_wanted(const struct platform *p, const struct platform_engine *e, const char *bdf)
{
	const struct config *c = p->config;
	const char *without_segment = strchr(bdf, ':') + 1;

	return config_matches(&c->engines, e->dma.name, true) &&
	       (config_matches(&c->devices, bdf, true) ||
		config_matches(&c->devices, without_segment, true));
}

/* Control pages with a guard on each side. */
static bool give_control(struct platform *p, struct platform_engine *e)
{
	uint8_t *pages;

	if (e->dma.limits.control_pages == 0)
		return true;
	pages = pool_pages(&p->kept, e->dma.limits.control_pages + 2, PAGE_LG2);
	if (pages == NULL)
		return false;
	e->control = pages + PAGE_SIZE;
	return true;
}

static bool has_reserved(const struct platform *p, const struct pci_function *f)
{
	for (unsigned i = 0; i < p->reserved_count; i++) {
		if (p->reserved[i].function == f)
			return true;
	}
	return false;
}

static void add_engine(struct platform *p, struct pci_function *f)
{
	struct platform_engine *e = &p->engines[p->engine_count];
	char bdf[PLATFORM_BDF_MAX];

	if (dma_probe(&e->dma, f, 0) != STATUS_OK)
		return;
	if (dma_probe(&e->dma, f, count_of_driver(p, e->dma.driver)) != STATUS_OK)
		return;
	platform_bdf(bdf, f->segment->number, f->rid);
	e->iommu = unit_of(p, f);
	if (!is_wanted(p, e, bdf))
		return;
	if (has_reserved(p, f)) {
		platform_note(p, "%s at %s is not used: firmware keeps memory for its DMA",
			      e->dma.name, bdf);
		return;
	}
	if (e->iommu == NULL || !give_control(p, e)) {
		platform_note(p, "%s at %s: %s", e->dma.name, bdf,
			      e->iommu == NULL ? "no unit serves it" : "no memory for it");
		return;
	}
	platform_aliases_of(p, f, &e->aliases);
	e->source = e->aliases.source[e->aliases.count - 1];
	e->aliased = e->source.rid != f->rid;
	e->group = platform_group_of(p, f);
	e->is_open = false;
	p->engine_count++;
	platform_fact(p, "%s=%s, %04x:%04x, source %04x, group %u, %s", e->dma.name, bdf, f->vendor,
		      f->device, e->source.rid, e->group, e->iommu->name);
}

static void open_engines(struct platform *p)
{
	for (unsigned i = 0; i < p->pci.function_count; i++) {
		if (p->engine_count == PLATFORM_ENGINES_MAX) {
			platform_note(p, "more than %u engines; the rest is not used",
				      PLATFORM_ENGINES_MAX);
			return;
		}
		add_engine(p, &p->pci.functions[i]);
	}
	if (p->engine_count == 0)
		platform_note(p, "no engine: nothing here can be told to do DMA");
}

/* ---- The whole ---- */

void platform_open(struct platform *p, const struct handover *handover, const struct config *config,
		   struct journal *journal)
{
	memset(p, 0, sizeof(*p));
	p->handover = handover;
	p->config = config;
	p->journal = journal;
	platform_open_memory(p);
	platform_tell_machine(p);
	platform_read_tables(p);
	open_pci(p);
	platform_find_prototypes(p);
	for (unsigned i = 0; i < ARRAY_COUNT(vendors); i++)
		vendors[i]->find(p);
	platform_make_groups(p);
	for (unsigned i = 0; i < ARRAY_COUNT(vendors); i++)
		vendors[i]->reserve(p);
	platform_make_reserved(p);
	open_engines(p);
}

void platform_close(struct platform *p)
{
	for (unsigned i = 0; i < p->engine_count; i++)
		pci_bus_master(p->engines[i].dma.function, false);
	for (unsigned i = p->unit_count; i-- > 0;) {
		enum status status = p->units[i]->ops->close(p->units[i]);

		if (status != STATUS_OK)
			platform_note(p, "%s was not put back as it was found: %s",
				      p->units[i]->name, status_text(status));
	}
	if (p->pci.function_count != 0)
		pci_restore(&p->pci);
}
