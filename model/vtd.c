/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A modelled VT-d unit as a whole: its configurations, its life, and what it offers (model/silicon.h). */
#include <stdlib.h>
#include <string.h>

#include "model/vtd_unit.h"

#define REGISTER_BYTES	4096

#define CAP_FIELD(value, low)	((uint64_t)(value) << (low))

/* As a Sapphire Rapids unit reports, with more fault records, ESRTPS, SSIRWS, RID_PRIV and abort-dma mode. */
const struct vtd_config vtd_config_server = {
	.name = "server", .version = 0x60,
	.cap = CAP_ESRTPS | CAP_ESIRTPS | CAP_FS5LP | CAP_FS1GP | CAP_DRD | CAP_DWD | CAP_FIELD(18, 48) |
	       CAP_FIELD(7, 40) | CAP_PSI | CAP_SSLPS_1G | CAP_SSLPS_2M | CAP_FIELD(0x40, 24) | CAP_ZLR |
	       CAP_FIELD(56, 16) | CAP_FIELD(0xc, 8) | CAP_PHMR | CAP_PLMR | 6,
	.ecap = ECAP_SSIRWS | ECAP_RPRIVS | ECAP_ADMS | ECAP_RPS | ECAP_SMPWCS | ECAP_FSTS | ECAP_SSTS | ECAP_SSADS |
		ECAP_SMTS | ECAP_PDS | ECAP_DIT | ECAP_PASID | CAP_FIELD(19, 35) | ECAP_EAFS | ECAP_NWFS |
		ECAP_SRS | ECAP_PRS | ECAP_NEST | CAP_FIELD(15, 20) | CAP_FIELD(0x50, 8) | ECAP_SC | ECAP_PT |
		ECAP_EIM | ECAP_IR | ECAP_DT | ECAP_QI | ECAP_C,
	.haw = 50, .contexts = 8, .pasids = 16, .translations = 64, .structures = 32,
};

const struct vtd_config vtd_config_client = {
	.name = "client", .version = 0x10,
	.cap = CAP_DRD | CAP_DWD | CAP_FIELD(9, 48) | CAP_PSI | CAP_SSLPS_2M | CAP_FIELD(0x40, 24) | CAP_ZLR |
	       CAP_FIELD(38, 16) | CAP_FIELD(0x6, 8) | CAP_PLMR | CAP_PHMR | 2,
	.ecap = CAP_FIELD(0x50, 8) | ECAP_SC | ECAP_PT | ECAP_QI,
	.haw = 39, .contexts = 4, .translations = 64, .structures = 16, .fractured = true, .compressing = true,
};

const struct vtd_config vtd_config_old = {
	.name = "old", .version = 0x10,
	.cap = CAP_DRD | CAP_DWD | CAP_FIELD(9, 48) | CAP_PSI | CAP_FIELD(0x20, 24) | CAP_FIELD(47, 16) |
	       CAP_FIELD(0x4, 8) | CAP_RWBF | 2,
	.ecap = CAP_FIELD(0x10, 8) | ECAP_C,
	.haw = 40, .contexts = 4, .translations = 16, .structures = 8,
};

const struct vtd_config vtd_config_virtual = {
	.name = "virtual", .version = 0x10,
	.cap = CAP_DRD | CAP_DWD | CAP_FIELD(18, 48) | CAP_FIELD(3, 40) | CAP_PSI | CAP_SSLPS_1G | CAP_SSLPS_2M |
	       CAP_FIELD(0x22, 24) | CAP_ZLR | CAP_FIELD(47, 16) | CAP_FIELD(0x4, 8) | CAP_CM | CAP_ECMDS | 6,
	.ecap = ECAP_SMPWCS | ECAP_FSTS | ECAP_SSTS | ECAP_SMTS | CAP_FIELD(0xf, 8) | ECAP_SC | ECAP_PT | ECAP_DT |
		ECAP_QI | ECAP_C,
	.haw = 46, .contexts = 16, .pasids = 16, .translations = 256, .structures = 64,
};

const struct vtd_config *const vtd_configs[VTD_CONFIGS] = {
	&vtd_config_server, &vtd_config_client, &vtd_config_old, &vtd_config_virtual,
};

/* Of CAP, ECAP and RTADDR */
static bool is_upper_half(uint32_t offset)
{
	return offset == 0x0c || offset == 0x14 || offset == 0x24;
}

static uint64_t read(struct silicon *silicon, uint32_t offset, unsigned width)
{
	struct vtd *vtd = to_vtd(silicon);
	uint64_t value;

	if (offset >= REGISTER_BYTES || offset & (width - 1))
		return ~UINT64_C(0);
	value = vtd_read32(vtd, offset);
	if (defective(vtd, UPPER_HALF_READS_ZERO) && width == 4 && is_upper_half(offset))
		return 0;
	if (width == 8)
		value |= (uint64_t)vtd_read32(vtd, offset + 4) << 32;
	return value;
}

static void write(struct silicon *silicon, uint32_t offset, unsigned width, uint64_t value)
{
	struct vtd *vtd = to_vtd(silicon);

	if (offset >= REGISTER_BYTES || offset & (width - 1))
		return;
	if (width == 4 && is_upper_half(offset) && defective(vtd, UPPER_HALF_WRITE_LOST))
		return;
	vtd_write32(vtd, offset, (uint32_t)value);
	if (width == 8)
		vtd_write32(vtd, offset + 4, (uint32_t)(value >> 32));
}

static bool step(struct silicon *silicon)
{
	return vtd_queue_step(to_vtd(silicon));
}

static void reset(struct silicon *silicon)
{
	struct vtd *vtd = to_vtd(silicon);
	struct silicon kept = vtd->silicon;
	struct vtd_config config = vtd->config;

	memset(vtd, 0, sizeof *vtd);
	vtd->silicon = kept;
	vtd->config = config;
	vtd->fault_event.masked = !defective(vtd, EVENTS_UNMASKED_AT_RESET);
	vtd->wait_event.masked = vtd->fault_event.masked;
	vtd->page_event.masked = vtd->fault_event.masked;
	vtd->fault_event.pending = defective(vtd, EVENT_PENDING_AT_RESET);
	if (defective(vtd, TRANSLATION_ON_AT_RESET))
		vtd->status = GCMD_TE;
}

static const struct silicon_ops ops = {
	.read = read, .write = write, .request = vtd_request, .step = step, .reset = reset,
};

static bool consistent(const struct vtd_config *c)
{
	uint32_t records = (uint32_t)CAP_NFR(c->cap) + 1;

	return c->contexts <= VTD_CONTEXTS_MAX && c->pasids <= VTD_PASIDS_MAX &&
	       c->translations <= VTD_TRANSLATIONS_MAX && c->structures <= VTD_STRUCTURES_MAX &&
	       c->haw >= 32 && c->haw <= 52 && records <= VTD_RECORDS_MAX &&
	       CAP_FRO(c->cap) * 16 + records * 16 <= REGISTER_BYTES &&
	       ECAP_IRO(c->ecap) * 16 + 16 <= REGISTER_BYTES && CAP_MGAW(c->cap) + 1 >= c->haw &&
	       !(c->cap & CAP_RWBF && c->ecap & ECAP_SMTS);
}

struct silicon *vtd_create(const struct vtd_config *config, const struct silicon_memory *memory)
{
	struct vtd *vtd;

	if (!consistent(config))
		return NULL;
	vtd = calloc(1, sizeof *vtd);
	if (!vtd)
		return NULL;
	vtd->config = *config;
	vtd->silicon = (struct silicon){
		.ops = &ops,
		.name = config->name,
		.register_bytes = REGISTER_BYTES,
		.memory = memory,
	};
	reset(&vtd->silicon);
	return &vtd->silicon;
}

void vtd_destroy(struct silicon *silicon)
{
	free(silicon);
}

static const struct silicon_defect defects[] = {
	{ "none", "The unit obeys.", "", "" },
#define X(NAME, name, sentence, clause, source)	{ name, sentence, clause, source },
#include "model/vtd_defects.def"
#undef X
};

unsigned vtd_defect_count(void)
{
	return VTD_DEFECTS - 1;
}

const struct silicon_defect *vtd_defect(unsigned number)
{
	return number && number < VTD_DEFECTS ? &defects[number] : NULL;
}

unsigned vtd_defect_by_name(const char *name)
{
	for (unsigned i = 1; i < VTD_DEFECTS; i++)
		if (!strcmp(defects[i].name, name))
			return i;
	return 0;
}
