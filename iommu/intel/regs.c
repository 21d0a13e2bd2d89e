/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d registers by name: the one table that identity, as-found state and evidence come from. */
#include "iommu/intel/vtd.h"

#include <stdio.h>
#include <string.h>

/* clang-format off: tables of words */
#define FIELD(reg, field) \
	{ \
#field, VTD_##reg##_##field \
	}
#define FIELDS(reg, ...) static const struct vtd_field reg##_fields[] = { __VA_ARGS__ }

FIELDS(VER, FIELD(VER, MAX), FIELD(VER, MIN));
FIELDS(CAP, FIELD(CAP, ESRTPS), FIELD(CAP, ESIRTPS), FIELD(CAP, ECMDS), FIELD(CAP, FS5LP),
       FIELD(CAP, PI), FIELD(CAP, FS1GP), FIELD(CAP, DRD), FIELD(CAP, DWD), FIELD(CAP, MAMV),
       FIELD(CAP, NFR), FIELD(CAP, PSI), FIELD(CAP, SSLPS), FIELD(CAP, FRO), FIELD(CAP, ZLR),
       FIELD(CAP, MGAW), FIELD(CAP, SAGAW), FIELD(CAP, CM), FIELD(CAP, PHMR), FIELD(CAP, PLMR),
       FIELD(CAP, RWBF), FIELD(CAP, ND));
FIELDS(ECAP, FIELD(ECAP, IRREQ), FIELD(ECAP, EIMER), FIELD(ECAP, RDTS), FIELD(ECAP, HPT1GPS),
       FIELD(ECAP, SMS), FIELD(ECAP, SSIRWS), FIELD(ECAP, PTRS), FIELD(ECAP, HPTS),
       FIELD(ECAP, RPRIVS), FIELD(ECAP, ADMS), FIELD(ECAP, PMS), FIELD(ECAP, TDXCS),
       FIELD(ECAP, RPS), FIELD(ECAP, SMPWCS), FIELD(ECAP, FSTS), FIELD(ECAP, SSTS),
       FIELD(ECAP, SSADS), FIELD(ECAP, VCS), FIELD(ECAP, SMTS), FIELD(ECAP, PDS), FIELD(ECAP, DIT),
       FIELD(ECAP, PASID), FIELD(ECAP, PSS), FIELD(ECAP, EAFS), FIELD(ECAP, NWFS), FIELD(ECAP, SRS),
       FIELD(ECAP, ERS), FIELD(ECAP, PRS), FIELD(ECAP, NEST), FIELD(ECAP, MTS), FIELD(ECAP, MHMV),
       FIELD(ECAP, IRO), FIELD(ECAP, SC), FIELD(ECAP, PT), FIELD(ECAP, EIM), FIELD(ECAP, IR),
       FIELD(ECAP, DT), FIELD(ECAP, QI), FIELD(ECAP, C));
FIELDS(GSTS, FIELD(GSTS, TES), FIELD(GSTS, RTPS), FIELD(GSTS, WBFS), FIELD(GSTS, QIES),
       FIELD(GSTS, IRES), FIELD(GSTS, IRTPS), FIELD(GSTS, CFIS));
FIELDS(RTADDR, FIELD(RTADDR, RTA), FIELD(RTADDR, TTM), FIELD(RTADDR, SSIRWE));
FIELDS(CCMD, FIELD(CCMD, ICC), FIELD(CCMD, CIRG), FIELD(CCMD, CAIG), FIELD(CCMD, FM),
       FIELD(CCMD, SID), FIELD(CCMD, DID));
FIELDS(FSTS, FIELD(FSTS, FRI), FIELD(FSTS, ITE), FIELD(FSTS, ICE), FIELD(FSTS, IQE),
       FIELD(FSTS, PPF), FIELD(FSTS, PFO));
FIELDS(FECTL, FIELD(FECTL, IM), FIELD(FECTL, IP));
FIELDS(FEDATA, FIELD(FEDATA, IMD));
FIELDS(FEADDR, FIELD(FEADDR, MA));
FIELDS(FEUADDR, FIELD(FEUADDR, MUA));
FIELDS(PMEN, FIELD(PMEN, EPM), FIELD(PMEN, PRS));
FIELDS(IQH, FIELD(IQH, QH));
FIELDS(IQT, FIELD(IQT, QT));
FIELDS(IQA, FIELD(IQA, IQA), FIELD(IQA, DW), FIELD(IQA, QS));
FIELDS(ICS, FIELD(ICS, IWC));
FIELDS(IECTL, FIELD(IECTL, IM), FIELD(IECTL, IP));
FIELDS(IQERCD, FIELD(IQERCD, ICESID), FIELD(IQERCD, ITESID), FIELD(IQERCD, IQEI));
FIELDS(IRTA, FIELD(IRTA, IRTA), FIELD(IRTA, EIME), FIELD(IRTA, S));
FIELDS(PQA, FIELD(PQA, PQA), FIELD(PQA, PQS));
FIELDS(PRS, FIELD(PRS, PRO), FIELD(PRS, PPR));
FIELDS(PECTL, FIELD(PECTL, IM), FIELD(PECTL, IP));
FIELDS(MTRRCAP, FIELD(MTRRCAP, WC), FIELD(MTRRCAP, FIX), FIELD(MTRRCAP, VCNT));
FIELDS(PERFCAP, FIELD(PERFCAP, CS), FIELD(PERFCAP, PCCS), FIELD(PERFCAP, IOS), FIELD(PERFCAP, GFS),
       FIELD(PERFCAP, CWE), FIELD(PERFCAP, PTLFS), FIELD(PERFCAP, ATFS), FIELD(PERFCAP, PASIDFS),
       FIELD(PERFCAP, DIDFS), FIELD(PERFCAP, RIDFS), FIELD(PERFCAP, EGCNT), FIELD(PERFCAP, CW),
       FIELD(PERFCAP, NCNTR));
FIELDS(ECCAP3, FIELD(ECCAP3, F5_F0));
FIELDS(RDTC, FIELD(RDTC, CLOS), FIELD(RDTC, RMID));
FIELDS(VCCAP, FIELD(VCCAP, FPS), FIELD(VCCAP, PAS), FIELD(VCCAP, NS));

#define ID     VTD_ROLE_IDENTITY
#define FOUND  VTD_ROLE_FOUND
#define STATUS VTD_ROLE_STATUS

#define R32(reg, roles, cap, ecap) \
	{ \
#reg, &VTD_##reg, NULL, roles, cap, ecap, reg##_fields, ARRAY_COUNT(reg##_fields) \
	}
#define R64(reg, roles, cap, ecap) \
	{ \
#reg, NULL, &VTD_##reg, roles, cap, ecap, reg##_fields, ARRAY_COUNT(reg##_fields) \
	}
/* The whole register is one value. */
#define V32(reg, roles, cap, ecap) \
	{ \
#reg, &VTD_##reg, NULL, roles, cap, ecap, NULL, 0 \
	}
#define V64(reg, roles, cap, ecap) \
	{ \
#reg, NULL, &VTD_##reg, roles, cap, ecap, NULL, 0 \
	}

const struct vtd_register vtd_registers[] = {
	R32(VER, ID, 0, 0),
	R64(CAP, ID, 0, 0),
	R64(ECAP, ID, 0, 0),
	R32(GSTS, FOUND | STATUS, 0, 0),
	R64(RTADDR, FOUND | STATUS, 0, 0),
	R64(CCMD, 0, 0, 0),
	R32(FSTS, FOUND | STATUS, 0, 0),
	R32(FECTL, FOUND | STATUS, 0, 0),
	R32(FEDATA, FOUND, 0, 0),
	R32(FEADDR, FOUND, 0, 0),
	R32(FEUADDR, FOUND, 0, 0),
	R32(PMEN, FOUND | STATUS, VTD_CAP_PLMR | VTD_CAP_PHMR, 0),
	V32(PLMBASE, FOUND, VTD_CAP_PLMR, 0),
	V32(PLMLIMIT, FOUND, VTD_CAP_PLMR, 0),
	V64(PHMBASE, FOUND, VTD_CAP_PHMR, 0),
	V64(PHMLIMIT, FOUND, VTD_CAP_PHMR, 0),
	R64(IQH, FOUND | STATUS, 0, VTD_ECAP_QI),
	R64(IQT, FOUND | STATUS, 0, VTD_ECAP_QI),
	R64(IQA, FOUND | STATUS, 0, VTD_ECAP_QI),
	R32(ICS, FOUND | STATUS, 0, VTD_ECAP_QI),
	R32(IECTL, FOUND | STATUS, 0, VTD_ECAP_QI),
	V32(IEDATA, 0, 0, VTD_ECAP_QI),
	V32(IEADDR, 0, 0, VTD_ECAP_QI),
	V32(IEUADDR, 0, 0, VTD_ECAP_QI),
	R64(IQERCD, FOUND | STATUS, 0, VTD_ECAP_QI),
	R64(IRTA, FOUND, 0, VTD_ECAP_IR),
	V64(PQH, 0, 0, VTD_ECAP_PRS),
	V64(PQT, 0, 0, VTD_ECAP_PRS),
	R64(PQA, FOUND, 0, VTD_ECAP_PRS),
	R32(PRS, FOUND | STATUS, 0, VTD_ECAP_PRS),
	R32(PECTL, FOUND, 0, VTD_ECAP_PRS),
	V32(PEDATA, 0, 0, VTD_ECAP_PRS),
	V32(PEADDR, 0, 0, VTD_ECAP_PRS),
	V32(PEUADDR, 0, 0, VTD_ECAP_PRS),
	R64(MTRRCAP, ID, 0, VTD_ECAP_MTS),
	V64(MTRRDEF, 0, 0, VTD_ECAP_MTS),
	R64(PERFCAP, ID, 0, VTD_ECAP_PMS),
	V64(ECRSP, STATUS, VTD_CAP_ECMDS, 0),
	R64(ECCAP3, ID, VTD_CAP_ECMDS, 0),
	R64(RDTC, 0, 0, VTD_ECAP_RDTS),
	R64(VCCAP, ID, 0, VTD_ECAP_VCS),
};
/* clang-format on */
const unsigned vtd_register_count = ARRAY_COUNT(vtd_registers);

static bool exists(const struct vtd *vtd, const struct vtd_register *reg)
{
	uint32_t end = reg->r32 ? reg->r32->offset + 4 : reg->r64->offset + 8;

	if (end > vtd->iommu.mmio.size)
		return false;
	if (!reg->needs_cap && !reg->needs_ecap)
		return true;
	return (vtd->cap & reg->needs_cap) || (vtd->ecap & reg->needs_ecap);
}

static uint64_t value_of(const struct vtd *vtd, const struct vtd_register *reg)
{
	const struct mmio *mmio = &vtd->iommu.mmio;

	return reg->r32 ? read32(mmio, *reg->r32) : read64(mmio, *reg->r64);
}

enum status vtd_read_register(const struct vtd *vtd, const char *name, uint64_t *value)
{
	for (unsigned i = 0; i < vtd_register_count; i++) {
		if (strcmp(vtd_registers[i].name, name) != 0)
			continue;
		if (!exists(vtd, &vtd_registers[i]))
			return STATUS_UNSUPPORTED;
		*value = value_of(vtd, &vtd_registers[i]);
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

size_t vtd_register_text(const struct vtd_register *reg, uint64_t value, char *text, size_t bytes)
{
	size_t length = 0;

	if (bytes)
		text[0] = '\0';
	for (unsigned i = 0; i < reg->field_count; i++) {
		const struct vtd_field *field = &reg->fields[i];
		size_t room = length < bytes ? bytes - length : 0;
		int n = snprintf(room ? text + length : NULL, room, "%s%s=%llx", i ? " " : "",
				 field->name, (unsigned long long)FIELD_GET(field->mask, value));

		length += n > 0 ? (size_t)n : 0;
	}
	return length;
}

void vtd_register_words(const struct vtd *vtd, unsigned role, struct iommu_words *words)
{
	for (unsigned i = 0; i < vtd_register_count; i++) {
		const struct vtd_register *reg = &vtd_registers[i];

		if (!(reg->roles & role) || !exists(vtd, reg) || words->count == IOMMU_WORDS_MAX)
			continue;
		words->word[words->count++] = (struct iommu_word){ reg->name, value_of(vtd, reg) };
	}
}
