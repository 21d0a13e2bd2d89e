/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Units that are PCI functions of their own: found by what they are, since no table tells of them. */
#include "drivers/prototype/prototype.h"
#include "tests/harness/platform_private.h"

static void add(struct platform *p, struct pci_function *f)
{
	struct prototype *new = &p->prototypes[p->prototype_count];
	char bdf[PLATFORM_BDF_MAX];
	enum status status;

	platform_bdf(bdf, f->segment->number, f->rid);
	if (p->prototype_count == PLATFORM_PROTOTYPES_MAX) {
		platform_note(
			p, "the prototype unit at %s is one more than the %u that a run can hold",
			bdf, PLATFORM_PROTOTYPES_MAX);
		return;
	}
	status = prototype_open(new, f);
	if (status != STATUS_OK) {
		platform_note(p, "the prototype unit at %s cannot be used: %s", bdf,
			      status_text(status));
		return;
	}
	p->prototype_count++;
	platform_fact(p, "prototype=%s, kind %u, registers at 0x%llx, %u ranges of sources", bdf,
		      new->kind, (unsigned long long)new->registers.base, new->range_count);
	for (unsigned i = 0; i < new->range_count; i++)
		platform_fact(p, "prototype.sources=%04x to %04x", new->ranges[i].first,
			      new->ranges[i].last);
	if (new->kind != PROTOTYPE_VTD)
		platform_note(p,
			      "the prototype unit at %s is of kind %u, which no driver here knows",
			      bdf, new->kind);
}

void platform_find_prototypes(struct platform *p)
{
	for (unsigned i = 0; i < p->pci.function_count; i++) {
		if (prototype_match(&p->pci.functions[i]))
			add(p, &p->pci.functions[i]);
	}
}
