/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The enhanced command interface of VT-d: a command that is none (11.4.14). */
#include "tests/raw/vtd_raw.h"

#define UNDEFINED_COMMAND	0xffull
#define STATUS_UNDEFINED	1u

TEST(vtd_command, undefined_command_is_refused, .vendor = "vtd", .sweep = SWEEP_REGIMES, .risky = true,
     .claim = "An enhanced command that does not exist ends at once, with a status that says so.",
     .rules = RULES(VTD_MISC_01))
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);

	if (!(raw_vtd(b)->cap & VTD_CAP_ECMDS))
		skip(b, "enhanced commands (CAP.ECMDS)");
	require(b, !(read64(mmio, VTD_ECRSP) & VTD_ECRSP_IP), "an enhanced command is running");
	write64(mmio, VTD_ECMD, UNDEFINED_COMMAND);
	expect(b, wait_until(!(read64(mmio, VTD_ECRSP) & VTD_ECRSP_IP), deadline),
	       "ECRSP.IP stays set");
	expect_equal(b, "ECRSP.SC", FIELD_GET(VTD_ECRSP_SC, read64(mmio, VTD_ECRSP)),
		     STATUS_UNDEFINED);
}
