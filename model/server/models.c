/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The models that a board's unit can be. Another one is a `struct board_model` and its line at the end. */
#include <string.h>

#include "model/server/board.h"
#include "model/server/identity.h"
#include "model/stub.h"
#include "model/vtd.h"

/* ---- The unit of model/vtd.c ---- */

static const char *vtd_config_name(unsigned index)
{
	return index < VTD_CONFIGS ? vtd_configs[index]->name : NULL;
}

static const char *vtd_defect_name(unsigned index)
{
	return index < vtd_defect_count() ? vtd_defect(index + 1)->name : NULL;
}

static struct silicon *create_vtd(const char *name, const char *defect, const struct silicon_memory *memory,
				  unsigned *address_bits)
{
	unsigned number = defect != NULL ? vtd_defect_by_name(defect) : 0;
	const struct vtd_config *config = NULL;
	struct silicon *unit;

	for (unsigned i = 0; i < VTD_CONFIGS; i++) {
		if (strcmp(vtd_configs[i]->name, name) == 0)
			config = vtd_configs[i];
	}
	if (config == NULL || (defect != NULL && number == 0))
		return NULL;
	unit = vtd_create(config, memory);
	if (unit == NULL)
		return NULL;
	*address_bits = config->haw;
	unit->defect = number;
	unit->ops->reset(unit);		/* some defects are of the power-on state */
	return unit;
}

static const struct board_model vtd = {
	.name = "vtd",
	.kind = IDENTITY_KIND_VTD,
	.config = vtd_config_name,
	.defect = vtd_defect_name,
	.create = create_vtd,
	.destroy = vtd_destroy,
};

/* ---- The stub of model/stub.c ---- */

static const char *stub_config_name(unsigned index)
{
	return index == 0 ? "least" : NULL;
}

static const char *stub_defect_name(unsigned index)
{
	(void)index;
	return NULL;
}

static struct silicon *create_stub(const char *name, const char *defect,
				   const struct silicon_memory *memory, unsigned *address_bits)
{
	if (strcmp(name, "least") != 0 || defect != NULL)
		return NULL;
	*address_bits = STUB_ADDRESS_BITS;
	return stub_create(memory);
}

static const struct board_model stub = {
	.name = "stub",
	.kind = IDENTITY_KIND_VTD,
	.config = stub_config_name,
	.defect = stub_defect_name,
	.create = create_stub,
	.destroy = stub_destroy,
};

const struct board_model *const board_models[] = { &vtd, &stub, NULL };
