/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The machines that there are, and what each of them can be wrong about. */
#include <string.h>

#include "model/amdvi.h"
#include "model/machine_private.h"
#include "model/vtd.h"

/* The first LISTED are told of; the others can be made by name, for those who know their unit already. */
#define LISTED	5u

static const struct machine_config configs[] = {
	{ .name = "server", .vtd = { &vtd_config_server } },
	{ .name = "client", .vtd = { &vtd_config_client } },
	{ .name = "old", .vtd = { &vtd_config_old } },
	{ .name = "virtual", .vtd = { &vtd_config_virtual }, .is_guest = true },
	{ .name = "pair", .vtd = { &vtd_config_client, &vtd_config_client } },
	{ .name = "milan", .amdvi = &amdvi_config_milan, .blocks = FIRMWARE_BLOCK_11H | FIRMWARE_BLOCK_40H },
	{ .name = "rome", .amdvi = &amdvi_config_rome, .blocks = FIRMWARE_BLOCK_11H },
	{ .name = "narrow", .amdvi = &amdvi_config_narrow },
	{ .name = "wide", .amdvi = &amdvi_config_wide, .blocks = FIRMWARE_BLOCK_11H | FIRMWARE_BLOCK_40H },
};

#define CONFIGS	(sizeof(configs) / sizeof(configs[0]))

static const struct silicon_defect firmware_defects[] = {
	{ "none", "Firmware obeys.", "", "" },
#define X(NAME, name, sentence, clause, source)	{ name, sentence, clause, source },
#include "model/firmware_defects.def"
#undef X
};

/* Defects of firmware are of what DMAR says, or of all tables. */
static unsigned firmware_defect_count(const struct machine_config *config)
{
	return config != NULL && config->amdvi != NULL ? FIRMWARE_OF_ALL_TABLES
						       : FIRMWARE_DEFECTS - 1;
}

/* Those of the units, then those of firmware; `config` NULL: of every machine. NULL: no more */
static const struct silicon_defect *defect_at(const struct machine_config *config, unsigned index)
{
	unsigned of_vtd = config == NULL || config->amdvi == NULL ? vtd_defect_count() : 0;
	bool amdvi = config == NULL ? LISTED == CONFIGS : config->amdvi != NULL;
	unsigned of_amdvi = amdvi ? amdvi_defect_count() : 0;

	if (index < of_vtd)
		return vtd_defect(index + 1);
	index -= of_vtd;
	if (index < of_amdvi)
		return amdvi_defect(index + 1);
	index -= of_amdvi;
	return index < firmware_defect_count(config) ? &firmware_defects[index + 1] : NULL;
}

const struct machine_config *machine_config_by_name(const char *name)
{
	for (unsigned i = 0; i < CONFIGS; i++) {
		if (strcmp(configs[i].name, name) == 0)
			return &configs[i];
	}
	return NULL;
}

bool machine_defect_by_name(const struct machine_config *config, const char *name, struct machine_defect *defect)
{
	*defect = (struct machine_defect){ .of_units = 0 };
	if (name == NULL)
		return true;
	defect->of_units = config->amdvi != NULL ? amdvi_defect_by_name(name)
						 : vtd_defect_by_name(name);
	if (defect->of_units != 0)
		return true;
	for (unsigned i = FIRMWARE_OBEYS + 1; i <= firmware_defect_count(config); i++) {
		if (strcmp(firmware_defects[i].name, name) == 0)
			defect->of_firmware = (enum firmware_defect)i;
	}
	return defect->of_firmware != FIRMWARE_OBEYS;
}

const char *machine_config_name(unsigned index)
{
	return index < LISTED ? configs[index].name : NULL;
}

/* Of a configuration that does not exist there is none. */
static const struct silicon_defect *defect_of(const char *name, unsigned index)
{
	const struct machine_config *config = name != NULL ? machine_config_by_name(name) : NULL;

	return name == NULL || config != NULL ? defect_at(config, index) : NULL;
}

const char *machine_defect_name(const char *config, unsigned index)
{
	const struct silicon_defect *defect = defect_of(config, index);

	return defect != NULL ? defect->name : NULL;
}

const char *machine_defect_sentence(const char *config, unsigned index)
{
	const struct silicon_defect *defect = defect_of(config, index);

	return defect != NULL ? defect->sentence : NULL;
}
