/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* AMD-Vi registers by name: the one table that identity, as-found state and evidence come from. */
#include "iommu/amd/amdvi.h"

#include <stdio.h>
#include <string.h>

/* clang-format off: tables of words */
#define FIELD(reg, field) \
	{ \
#field, AMDVI_##reg##_##field \
	}
#define FIELDS(reg, ...) static const struct amdvi_field reg##_fields[] = { __VA_ARGS__ }

FIELDS(DevTabBase, FIELD(DevTabBase, DevTabBase), FIELD(DevTabBase, Size));
FIELDS(CmdBase, FIELD(CmdBase, ComLen), FIELD(CmdBase, ComBase));
FIELDS(EventBase, FIELD(EventBase, EventLen), FIELD(EventBase, EventBase));
FIELDS(Control, FIELD(Control, SNPAVICEn), FIELD(Control, GstBufferTRPMode),
       FIELD(Control, IRTCacheDis), FIELD(Control, GCR3TRPMode), FIELD(Control, TMPMEn),
       FIELD(Control, GAPPIEn), FIELD(Control, GAUpdateDis), FIELD(Control, vIommuEn),
       FIELD(Control, vCmdEn), FIELD(Control, IntCapXTEn), FIELD(Control, XTEn),
       FIELD(Control, GDUpdateDis), FIELD(Control, HADUpdate), FIELD(Control, EPHEn),
       FIELD(Control, NumIntRemapMode), FIELD(Control, PprAutoRspAon),
       FIELD(Control, BlkStopMrkEn), FIELD(Control, MarcEn), FIELD(Control, PprAutoRspEn),
       FIELD(Control, PrivAbrtEn), FIELD(Control, DevTblSegEn), FIELD(Control, DualEventLogEn),
       FIELD(Control, DualPprLogEn), FIELD(Control, GAIntEn), FIELD(Control, GALogEn),
       FIELD(Control, GAMEn), FIELD(Control, SmiFLogEn), FIELD(Control, SlfWBdis),
       FIELD(Control, SmiFEn), FIELD(Control, CRW), FIELD(Control, GAEn), FIELD(Control, GTEn),
       FIELD(Control, PPREn), FIELD(Control, PprIntEn), FIELD(Control, PPRLogEn),
       FIELD(Control, CmdBufEn), FIELD(Control, Isoc), FIELD(Control, Coherent),
       FIELD(Control, ResPassPW), FIELD(Control, PassPW), FIELD(Control, InvTimeOut),
       FIELD(Control, ComWaitIntEn), FIELD(Control, EventIntEn), FIELD(Control, EventLogEn),
       FIELD(Control, HtTunEn), FIELD(Control, IommuEn));
FIELDS(ExclBase, FIELD(ExclBase, Base), FIELD(ExclBase, Allow), FIELD(ExclBase, ExEn));
FIELDS(ExclLimit, FIELD(ExclLimit, Limit));
FIELDS(EFR, FIELD(EFR, SNPSup), FIELD(EFR, ForcePhyDestSup), FIELD(EFR, V2HADDisSup),
       FIELD(EFR, VMGuardIOSup), FIELD(EFR, vIOMMUSup), FIELD(EFR, InvIotlbTypeSup),
       FIELD(EFR, V2HDDisSup), FIELD(EFR, HDSup), FIELD(EFR, AttrFWSup), FIELD(EFR, EPHSup),
       FIELD(EFR, HASup), FIELD(EFR, GIoSup), FIELD(EFR, SnoopAttrSup),
       FIELD(EFR, MsiCapMmioSup), FIELD(EFR, PerfOptSup), FIELD(EFR, BlkStopMrkSup),
       FIELD(EFR, MarcSup), FIELD(EFR, PPRAutoRspSup), FIELD(EFR, PprOvrflwEarlySup),
       FIELD(EFR, DevTblSegSup), FIELD(EFR, USSup), FIELD(EFR, PASmax), FIELD(EFR, SATSSup),
       FIELD(EFR, DualEventLogSup), FIELD(EFR, DualPprLogSup), FIELD(EFR, GAMSup),
       FIELD(EFR, SmiFRC), FIELD(EFR, SmiFSup), FIELD(EFR, GLXSup), FIELD(EFR, GATS),
       FIELD(EFR, HATS), FIELD(EFR, PCSup), FIELD(EFR, HESup), FIELD(EFR, GASup),
       FIELD(EFR, IASup), FIELD(EFR, GAPPISup), FIELD(EFR, GTSup), FIELD(EFR, NXSup),
       FIELD(EFR, XTSup), FIELD(EFR, PPRSup), FIELD(EFR, PreFSup));
FIELDS(PPRBase, FIELD(PPRBase, PPRLogLen), FIELD(PPRBase, PPRLogBase));
FIELDS(HwEventStatus, FIELD(HwEventStatus, HEO), FIELD(HwEventStatus, HEV));
FIELDS(MsiCapHeader, FIELD(MsiCapHeader, Msi64bitEn), FIELD(MsiCapHeader, MsiMultMessEn),
       FIELD(MsiCapHeader, MsiMultMessCap), FIELD(MsiCapHeader, MsiEn),
       FIELD(MsiCapHeader, MsiCapId));
FIELDS(EFR2, FIELD(EFR2, SmeTioSupDis), FIELD(EFR2, XteeSup), FIELD(EFR2, SnpPageMode0Sup),
       FIELD(EFR2, HpteRsvdBitsMode), FIELD(EFR2, HTRangeIgnore), FIELD(EFR2, NumIntRemapSup),
       FIELD(EFR2, SNPAVICSup), FIELD(EFR2, GAPPIDisSup), FIELD(EFR2, GCR3TRPModeSup),
       FIELD(EFR2, TMPMSup), FIELD(EFR2, SevSnpIoSup));
FIELDS(Status, FIELD(Status, PprOvrflwEarly), FIELD(Status, PprOvrflwEarlyB),
       FIELD(Status, EventLogActive), FIELD(Status, EventOvrflwB), FIELD(Status, PprLogActive),
       FIELD(Status, PprOvrflwB), FIELD(Status, GAInt), FIELD(Status, GALOverflow),
       FIELD(Status, GALogRun), FIELD(Status, PprLogRun), FIELD(Status, PprInt),
       FIELD(Status, PprOverflow), FIELD(Status, CmdBufRun), FIELD(Status, EventLogRun),
       FIELD(Status, ComWaitInt), FIELD(Status, EventLogInt), FIELD(Status, EventOverflow));

#define ID     AMDVI_ROLE_IDENTITY
#define FOUND  AMDVI_ROLE_FOUND
#define STATUS AMDVI_ROLE_STATUS
#define ANY    UINT64_MAX /* of EFR: where there is none, there are no such registers */

#define R32(reg, roles, efr) \
	{ \
#reg, &AMDVI_##reg, NULL, roles, efr, reg##_fields, ARRAY_COUNT(reg##_fields) \
	}
#define R64(reg, roles, efr) \
	{ \
#reg, NULL, &AMDVI_##reg, roles, efr, reg##_fields, ARRAY_COUNT(reg##_fields) \
	}
/* The whole register is one value. */
#define V32(reg, roles, efr) \
	{ \
#reg, &AMDVI_##reg, NULL, roles, efr, NULL, 0 \
	}
#define V64(reg, roles, efr) \
	{ \
#reg, NULL, &AMDVI_##reg, roles, efr, NULL, 0 \
	}

const struct amdvi_register amdvi_registers[] = {
	R64(DevTabBase, FOUND | STATUS, 0),
	R64(CmdBase, FOUND | STATUS, 0),
	R64(EventBase, FOUND | STATUS, 0),
	R64(Control, FOUND | STATUS, 0),
	R64(ExclBase, FOUND, 0),
	R64(ExclLimit, FOUND, 0),
	R64(EFR, ID, ANY),
	R64(PPRBase, FOUND, AMDVI_EFR_PPRSup),
	V64(HwEventUpper, STATUS, AMDVI_EFR_HESup),
	V64(HwEventLower, STATUS, AMDVI_EFR_HESup),
	R64(HwEventStatus, FOUND | STATUS, AMDVI_EFR_HESup),
	V64(DSFX, ID, ANY),
	V64(DSCX, 0, ANY),
	V64(DSSX, 0, ANY),
	R32(MsiCapHeader, FOUND, AMDVI_EFR_MsiCapMmioSup),
	V32(MsiAddrLow, FOUND, AMDVI_EFR_MsiCapMmioSup),
	V32(MsiAddrHigh, FOUND, AMDVI_EFR_MsiCapMmioSup),
	V32(MsiData, FOUND, AMDVI_EFR_MsiCapMmioSup),
	V64(XTGeneral, FOUND, AMDVI_EFR_XTSup),
	R64(EFR2, ID, ANY),
	V64(CmdHead, FOUND | STATUS, 0),
	V64(CmdTail, FOUND | STATUS, 0),
	V64(EventHead, FOUND | STATUS, 0),
	V64(EventTail, FOUND | STATUS, 0),
	R64(Status, FOUND | STATUS, 0),
	V64(PPRHead, FOUND | STATUS, AMDVI_EFR_PPRSup),
	V64(PPRTail, FOUND | STATUS, AMDVI_EFR_PPRSup),
};
/* clang-format on */
const unsigned amdvi_register_count = ARRAY_COUNT(amdvi_registers);

static bool exists(const struct amdvi *amdvi, const struct amdvi_register *reg)
{
	return !reg->needs_efr || (amdvi->efr & reg->needs_efr);
}

static uint64_t value_of(const struct amdvi *amdvi, const struct amdvi_register *reg)
{
	const struct mmio *mmio = &amdvi->iommu.mmio;

	return reg->r32 ? read32(mmio, *reg->r32) : read64(mmio, *reg->r64);
}

enum status amdvi_read_register(const struct amdvi *amdvi, const char *name, uint64_t *value)
{
	for (unsigned i = 0; i < amdvi_register_count; i++) {
		if (strcmp(amdvi_registers[i].name, name) != 0)
			continue;
		if (!exists(amdvi, &amdvi_registers[i]))
			return STATUS_UNSUPPORTED;
		*value = value_of(amdvi, &amdvi_registers[i]);
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

size_t amdvi_register_text(const struct amdvi_register *reg, uint64_t value, char *text, size_t bytes)
{
	size_t length = 0;

	if (bytes)
		text[0] = '\0';
	for (unsigned i = 0; i < reg->field_count; i++) {
		const struct amdvi_field *field = &reg->fields[i];
		size_t room = length < bytes ? bytes - length : 0;
		int n = snprintf(room ? text + length : NULL, room, "%s%s=%llx", i ? " " : "",
				 field->name, (unsigned long long)FIELD_GET(field->mask, value));

		length += n > 0 ? (size_t)n : 0;
	}
	return length;
}

void amdvi_register_words(const struct amdvi *amdvi, unsigned role, struct iommu_words *words)
{
	for (unsigned i = 0; i < amdvi_register_count; i++) {
		const struct amdvi_register *reg = &amdvi_registers[i];

		if (!(reg->roles & role) || !exists(amdvi, reg) || words->count == IOMMU_WORDS_MAX)
			continue;
		words->word[words->count++] = (struct iommu_word){ reg->name,
								   value_of(amdvi, reg) };
	}
}
