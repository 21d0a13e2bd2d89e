/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A modelled AMD-Vi unit as a whole: its configurations, its life, and what it offers (model/silicon.h). */
#include <stdlib.h>
#include <string.h>

#include "model/amdvi_unit.h"

#define REGISTER_BYTES	0x4000u		/* without performance counters (Capability Offset 04h) */

#define FIELD(value, low)	((uint64_t)(value) << (low))

/* As a Milan server reports, without what is not modelled: counters, SNP, virtual APICs, second logs. */
const struct amdvi_config amdvi_config_milan = {
	.name = "milan",
	.efr = EFR_HD | EFR_HA | EFR_GIO | EFR_EPH | EFR_MSICAPMMIO | EFR_BLKSTOPMRK | EFR_US |
	       FIELD(15, 32) | FIELD(1, 14) | FIELD(2, 10) | EFR_HE | EFR_IA | EFR_GT | EFR_NX | EFR_PPR,
	.iotlb = true, .address_bits = 48,
	.devices = 8, .host_pages = 64, .guest_pages = 64, .host_directories = 16, .guest_directories = 16,
};

const struct amdvi_config amdvi_config_rome = {
	.name = "rome",
	.efr = EFR_GIO | EFR_EPH | EFR_MSICAPMMIO | EFR_BLKSTOPMRK | EFR_US |
	       FIELD(15, 32) | FIELD(1, 14) | FIELD(2, 10) | EFR_HE | EFR_IA | EFR_GT | EFR_NX | EFR_PPR,
	.iotlb = true, .address_bits = 48,
	.devices = 8, .host_pages = 64, .guest_pages = 64, .host_directories = 16, .guest_directories = 16,
	.fractured = true,
};

const struct amdvi_config amdvi_config_narrow = {
	.name = "narrow", .efr = EFR_HA | EFR_IA, .address_bits = 40,
	.devices = 2, .host_pages = 16, .host_directories = 8,
};

const struct amdvi_config amdvi_config_wide = {
	.name = "wide",
	.efr = EFR_V2HADIS | EFR_INVIOTLBTYPE | EFR_V2HDDIS | EFR_HD | EFR_HA | EFR_GIO | EFR_EPH | EFR_MSICAPMMIO |
	       EFR_BLKSTOPMRK | EFR_US | FIELD(3, 38) | FIELD(19, 32) | FIELD(2, 14) | FIELD(1, 12) | FIELD(2, 10) |
	       EFR_HE | EFR_IA | EFR_GT | EFR_NX | EFR_PPR | EFR_PREF,
	.efr2 = EFR2_HTRANGEIGNORE,
	.iotlb = true, .address_bits = 52,
	.devices = 16, .host_pages = 256, .guest_pages = 128, .host_directories = 64, .guest_directories = 64,
};

const struct amdvi_config *const amdvi_configs[AMDVI_CONFIGS] = {
	&amdvi_config_milan, &amdvi_config_rome, &amdvi_config_narrow, &amdvi_config_wide,
};

static uint64_t read(struct silicon *silicon, uint32_t offset, unsigned width)
{
	struct amdvi *amdvi = to_amdvi(silicon);
	uint64_t value;

	if (offset >= REGISTER_BYTES || offset & (width - 1))
		return ~UINT64_C(0);
	value = amdvi_read32(amdvi, offset);
	if (width == 8)
		value |= (uint64_t)amdvi_read32(amdvi, offset + 4) << 32;
	return value;
}

static void write(struct silicon *silicon, uint32_t offset, unsigned width, uint64_t value)
{
	struct amdvi *amdvi = to_amdvi(silicon);

	if (offset >= REGISTER_BYTES || offset & (width - 1))
		return;
	amdvi_write32(amdvi, offset, (uint32_t)value);
	if (width == 8)
		amdvi_write32(amdvi, offset + 4, (uint32_t)(value >> 32));
}

static bool step(struct silicon *silicon)
{
	return amdvi_commands_step(to_amdvi(silicon));
}

static void reset(struct silicon *silicon)
{
	struct amdvi *amdvi = to_amdvi(silicon);
	struct silicon kept = amdvi->silicon;
	struct amdvi_config config = amdvi->config;

	memset(amdvi, 0, sizeof *amdvi);
	amdvi->silicon = kept;
	amdvi->config = config;
	amdvi->control = CONTROL_COHERENT;
	if (amdvi_has(amdvi, EFR_BLKSTOPMRK))
		amdvi->control |= CONTROL_BLKSTOPMRKEN;
	amdvi->commands.base = amdvi->events.base = UINT64_C(8) << 56;
	if (amdvi_has(amdvi, EFR_PPR))
		amdvi->requests.base = UINT64_C(8) << 56;
	if (defective(amdvi, ENABLED_AT_RESET))
		amdvi->control |= CONTROL_IOMMUEN;
	if (defective(amdvi, COHERENT_CLEAR_AT_RESET))
		amdvi->control &= ~CONTROL_COHERENT;
	if (defective(amdvi, STATUS_SET_AT_RESET))
		amdvi->status = STATUS_EVENTLOGINT;
	if (defective(amdvi, TABLE_BASE_AT_RESET))
		amdvi->table[0] = 0x100000;
	amdvi_pci_reset(amdvi);
}

static const struct silicon_ops ops = {
	.read = read, .write = write, .request = amdvi_request, .step = step, .reset = reset,
};

static bool consistent(const struct amdvi_config *c)
{
	return c->devices <= AMDVI_DEVICES_MAX && c->host_pages <= AMDVI_PAGES_MAX &&
	       c->guest_pages <= AMDVI_PAGES_MAX && c->host_directories <= AMDVI_DIRECTORIES_MAX &&
	       c->guest_directories <= AMDVI_DIRECTORIES_MAX &&
	       (c->address_bits == 40 || c->address_bits == 48 || c->address_bits == 52) &&
	       EFR_HATS(c->efr) <= 2 && EFR_GATS(c->efr) <= 1 && EFR_GLX(c->efr) <= 2 &&
	       EFR_PASMAX(c->efr) <= 19 && (!(c->efr & EFR_HD) || c->efr & EFR_HA);
}

struct silicon *amdvi_create(const struct amdvi_config *config, const struct silicon_memory *memory)
{
	struct amdvi *amdvi;

	if (!consistent(config))
		return NULL;
	amdvi = calloc(1, sizeof *amdvi);
	if (!amdvi)
		return NULL;
	amdvi->config = *config;
	amdvi->silicon = (struct silicon){
		.ops = &ops,
		.name = config->name,
		.register_bytes = REGISTER_BYTES,
		.memory = memory,
	};
	reset(&amdvi->silicon);
	return &amdvi->silicon;
}

void amdvi_destroy(struct silicon *silicon)
{
	free(silicon);
}

static const struct silicon_defect defects[] = {
	{ "none", "The unit obeys.", "", "" },
#define X(NAME, name, sentence, clause, source)	{ name, sentence, clause, source },
#include "model/amdvi_defects.def"
#undef X
};

unsigned amdvi_defect_count(void)
{
	return AMDVI_DEFECTS - 1;
}

const struct silicon_defect *amdvi_defect(unsigned number)
{
	return number && number < AMDVI_DEFECTS ? &defects[number] : NULL;
}

unsigned amdvi_defect_by_name(const char *name)
{
	for (unsigned i = 1; i < AMDVI_DEFECTS; i++)
		if (!strcmp(defects[i].name, name))
			return i;
	return 0;
}
