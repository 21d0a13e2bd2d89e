/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Capability registers that contradict themselves (VT-d 5.10, 11.4.2 and 11.4.3): what a defect makes software
 * read. The unit does as its configuration says all the same.
 */
#include "model/vtd_unit.h"

static const struct {
	enum vtd_defect_number defect;
	uint64_t cap_set, cap_clear, ecap_set, ecap_clear;
} lies[] = {
	{ VTD_DEFECT_CAP_ND_RESERVED, .cap_set = 7 },
	{ VTD_DEFECT_CAP_1G_WITHOUT_2M, .cap_set = CAP_SSLPS_1G, .cap_clear = CAP_SSLPS_2M },
	{ VTD_DEFECT_CAP_MGAW_BELOW_HOST, .cap_set = 31 << 16, .cap_clear = 32 << 16 },
	{ VTD_DEFECT_CAP_SAGAW_RESERVED, .cap_set = VTD_ONE(8) },
	{ VTD_DEFECT_CAP_RWBF_IN_SCALABLE, .cap_set = CAP_RWBF },
	{ VTD_DEFECT_CAP_FS1GP_WITHOUT_FIRST, .cap_set = CAP_FS1GP },
	{ VTD_DEFECT_CAP_READS_NOT_DRAINED, .cap_clear = CAP_DRD },
	{ VTD_DEFECT_CAP_CACHING_MODE, .cap_set = CAP_CM },
	{ VTD_DEFECT_CAP_RECORDS_OVERLAP, .cap_set = UINT64_C(0x1f) << 40 },
	{ VTD_DEFECT_CAP_RESERVED_SET, .cap_set = VTD_ONE(57) },
	{ VTD_DEFECT_ECAP_IR_WITHOUT_QUEUE, .ecap_set = ECAP_IR },
	{ VTD_DEFECT_ECAP_PASID_WITHOUT_SCALABLE, .ecap_set = ECAP_PASID },
	{ VTD_DEFECT_ECAP_NEST_WITHOUT_STAGES, .ecap_set = ECAP_NEST, .ecap_clear = ECAP_FSTS },
	{ VTD_DEFECT_ECAP_FLAGS_NOT_SNOOPED, .ecap_set = ECAP_SSADS, .ecap_clear = ECAP_SMPWCS },
	{ VTD_DEFECT_ECAP_DIT_WITHOUT_DT, .ecap_set = ECAP_DIT },
	{ VTD_DEFECT_ECAP_EIM_WITHOUT_IR, .ecap_set = ECAP_EIM },
	{ VTD_DEFECT_ECAP_VIRTUAL_COMMANDS, .ecap_set = ECAP_VCS },
	{ VTD_DEFECT_ECAP_DEPRECATED_SET, .ecap_set = VTD_ONE(24) },
	{ VTD_DEFECT_ECAP_EXTENDED_REQUIRED, .ecap_set = VTD_ONE(61) },
	{ VTD_DEFECT_ECAP_REMAPPING_REQUIRED, .ecap_set = VTD_ONE(62) },
};

uint64_t vtd_cap_told(const struct vtd *vtd)
{
	uint64_t cap = vtd->config.cap;

	for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++)
		if (vtd->silicon.defect == lies[i].defect)
			cap = (cap & ~lies[i].cap_clear) | lies[i].cap_set;
	return cap;
}

uint64_t vtd_ecap_told(const struct vtd *vtd)
{
	uint64_t ecap = vtd->config.ecap;

	for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++)
		if (vtd->silicon.defect == lies[i].defect)
			ecap = (ecap & ~lies[i].ecap_clear) | lies[i].ecap_set;
	return ecap;
}
