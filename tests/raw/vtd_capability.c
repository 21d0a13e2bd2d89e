/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* VT-d capability registers: what CAP and ECAP say must fit together (11.4.2, 11.4.3). */
#include "tests/raw/vtd_raw.h"

/* If `condition` is clear in ECAP, all of `dependants` are. */
static void expect_clear_without(struct bench *b, const char *names, uint64_t condition, uint64_t dependants)
{
	uint64_t ecap = raw_vtd(b)->ecap;

	expect(b, (ecap & condition) == condition || !(ecap & dependants), "ECAP is 0x%016llx: %s",
	       (unsigned long long)ecap, names);
}

TEST(vtd_capability, domain_ids,
     .claim = "CAP.ND names a domain id width that exists.",
     .rules = RULES(VTD_DISC_01), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect(b, FIELD_GET(VTD_CAP_ND, raw_vtd(b)->cap) != 7, "CAP.ND is 111b");
}

TEST(vtd_capability, large_leaves,
     .claim = "CAP.SSLPS offers a leaf size only together with all smaller ones.",
     .rules = RULES(VTD_DISC_02), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	uint64_t sizes = FIELD_GET(VTD_CAP_SSLPS, raw_vtd(b)->cap);

	expect(b, sizes == 0 || sizes == 1 || sizes == 3, "CAP.SSLPS is %llxh",
	       (unsigned long long)sizes);
}

TEST(vtd_capability, address_width,
     .claim = "CAP.MGAW covers the host address width that DMAR names.",
     .rules = RULES(VTD_DISC_03), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	uint64_t width = FIELD_GET(VTD_CAP_MGAW, raw_vtd(b)->cap) + 1;

	expect(b, width > 1 && width >= raw_vtd(b)->haw,
	       "CAP.MGAW + 1 is %llu, the host address width %u", (unsigned long long)width,
	       raw_vtd(b)->haw);
}

TEST(vtd_capability, table_widths,
     .claim = "CAP.SAGAW uses its defined bits only.",
     .rules = RULES(VTD_DISC_04), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	uint64_t sagaw = FIELD_GET(VTD_CAP_SAGAW, raw_vtd(b)->cap);

	expect(b, !(sagaw & ~0xeull), "CAP.SAGAW is %llxh", (unsigned long long)sagaw);
	expect(b, raw_vtd(b)->version < 6 || (raw_vtd(b)->ecap & VTD_ECAP_SSTS) || !sagaw,
	       "CAP.SAGAW is %llxh without second stage", (unsigned long long)sagaw);
}

TEST(vtd_capability, scalable_needs_no_write_buffer_flush,
     .claim = "A unit with scalable mode has no write buffers to flush.",
     .rules = RULES(VTD_DISC_05), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect(b, !(raw_vtd(b)->ecap & VTD_ECAP_SMTS) || !(raw_vtd(b)->cap & VTD_CAP_RWBF),
	       "ECAP.SMTS and CAP.RWBF are both set");
}

TEST(vtd_capability, first_stage_options,
     .claim = "CAP offers options of the first stage and of interrupts only where those exist.",
     .rules = RULES(VTD_DISC_06), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	uint64_t cap = raw_vtd(b)->cap, ecap = raw_vtd(b)->ecap;

	expect(b, (ecap & VTD_ECAP_FSTS) || !(cap & (VTD_CAP_FS1GP | VTD_CAP_FS5LP)),
	       "CAP.FS1GP or CAP.FS5LP without ECAP.FSTS");
	expect(b, (ecap & VTD_ECAP_IR) || !(cap & VTD_CAP_PI), "CAP.PI without ECAP.IR");
}

TEST(vtd_capability, draining,
     .claim = "A unit of version 2 or later drains reads and writes.",
     .rules = RULES(VTD_DISC_07), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	uint64_t both = VTD_CAP_DRD | VTD_CAP_DWD;

	if (raw_vtd(b)->version < 2)
		skip(b, "a unit of version 2 or later (VER.MAX is %u)", raw_vtd(b)->version);
	expect_equal(b, "CAP.DRD and CAP.DWD", raw_vtd(b)->cap & both, both);
}

TEST(vtd_capability, caching_mode,
     .claim = "Hardware that no hypervisor makes does not cache not-present entries (CAP.CM is clear).",
     .rules = RULES(VTD_DISC_08), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	bool caches = raw_vtd(b)->cap & VTD_CAP_CM;

	if (caches && arch_is_guest())
		skip(b, "a machine whose processor does not say that it is a guest's");
	expect(b, !caches, "CAP.CM is set: this unit is an emulation");
}

TEST(vtd_capability, queue_options,
     .claim = "ECAP offers Device-TLBs, interrupt remapping and scalable mode only with a queue.",
     .rules = RULES(VTD_DISC_09), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect_clear_without(b, "DT, IR or SMTS without QI", VTD_ECAP_QI,
			     VTD_ECAP_DT | VTD_ECAP_IR | VTD_ECAP_SMTS);
}

TEST(vtd_capability, scalable_options,
     .claim = "ECAP offers options of scalable mode only with scalable mode.",
     .rules = RULES(VTD_DISC_09), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect_clear_without(b, "an option of scalable mode without SMTS", VTD_ECAP_SMTS,
			     VTD_ECAP_MTS | VTD_ECAP_NEST | VTD_ECAP_SRS | VTD_ECAP_PASID |
				     VTD_ECAP_PSS | VTD_ECAP_FSTS | VTD_ECAP_SMPWCS | VTD_ECAP_RPS |
				     VTD_ECAP_HPTS);
}

TEST(vtd_capability, nesting,
     .claim = "ECAP offers nesting only with both stages.",
     .rules = RULES(VTD_DISC_10), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect_clear_without(b, "NEST without SMTS, FSTS and SSTS",
			     VTD_ECAP_SMTS | VTD_ECAP_FSTS | VTD_ECAP_SSTS, VTD_ECAP_NEST);
}

TEST(vtd_capability, flags_need_snooped_walks,
     .claim = "ECAP offers second-stage flags and the extended accessed flag only with snooped walks.",
     .rules = RULES(VTD_DISC_11), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect_clear_without(b, "SSADS or EAFS without SMPWCS", VTD_ECAP_SMPWCS,
			     VTD_ECAP_SSADS | VTD_ECAP_EAFS);
	expect_clear_without(b, "EAFS without FSTS", VTD_ECAP_FSTS, VTD_ECAP_EAFS);
}

TEST(vtd_capability, device_tlb_options,
     .claim = "ECAP offers options of Device-TLBs only with Device-TLBs.",
     .rules = RULES(VTD_DISC_12), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect_clear_without(b, "an option of Device-TLBs without DT", VTD_ECAP_DT,
			     VTD_ECAP_PRS | VTD_ECAP_NWFS | VTD_ECAP_DIT | VTD_ECAP_PDS |
				     VTD_ECAP_PTRS | VTD_ECAP_HPTS);
	expect_clear_without(b, "PRS without SMTS", VTD_ECAP_SMTS, VTD_ECAP_PRS);
	expect_clear_without(b, "SMS without PRS", VTD_ECAP_PRS, VTD_ECAP_SMS);
}

TEST(vtd_capability, remaining_options,
     .claim = "ECAP offers options of supervisor requests, interrupts and commands only with those.",
     .rules = RULES(VTD_DISC_13), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect_clear_without(b, "RPRIVS without SRS", VTD_ECAP_SRS, VTD_ECAP_RPRIVS);
	expect_clear_without(b, "EIMER without EIM", VTD_ECAP_EIM, VTD_ECAP_EIMER);
	expect_clear_without(b, "EIM, IRREQ or MHMV without IR", VTD_ECAP_IR,
			     VTD_ECAP_EIM | VTD_ECAP_IRREQ | VTD_ECAP_MHMV);
	expect(b, (raw_vtd(b)->cap & VTD_CAP_ECMDS) || !(raw_vtd(b)->ecap & VTD_ECAP_PMS),
	       "ECAP.PMS without CAP.ECMDS");
}

TEST(vtd_capability, virtual_commands,
     .claim = "Hardware offers no virtual commands (ECAP.VCS is clear).",
     .rules = RULES(VTD_DISC_15), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	expect(b, !(raw_vtd(b)->ecap & VTD_ECAP_VCS), "ECAP.VCS is set: this unit is an emulation");
}

TEST(vtd_capability, register_layout,
     .claim = "Fault records and invalidation registers lie inside the register set, apart from all others.",
     .rules = RULES(VTD_DISC_16), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	const struct vtd *vtd = raw_vtd(b);
	uint64_t records = FIELD_GET(VTD_CAP_FRO, vtd->cap) * 16;
	uint64_t records_end = records + (FIELD_GET(VTD_CAP_NFR, vtd->cap) + 1) * 16;
	uint64_t iotlb = FIELD_GET(VTD_ECAP_IRO, vtd->ecap) * 16;

	note(b, "fault records at 0x%llx, end 0x%llx; IVA at 0x%llx; %zu bytes of registers",
	     (unsigned long long)records, (unsigned long long)records_end,
	     (unsigned long long)iotlb, vtd->iommu.mmio.size);
	expect(b, records_end <= vtd->iommu.mmio.size, "fault records end beyond the register set");
	expect(b, iotlb + 16 <= vtd->iommu.mmio.size, "IOTLB ends beyond the register set");
	expect(b, records >= 0xc0 && iotlb >= 0xc0, "they overlap the fixed registers");
	expect(b, records_end <= iotlb || iotlb + 16 <= records, "they overlap each other");
}

TEST(vtd_capability, reserved_bits,
     .claim = "Reserved bits of CAP, ECAP and VER read as zero.",
     .rules = RULES(VTD_DISC_20), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	const struct vtd *vtd = raw_vtd(b);

	/* Only what is reserved in every revision: other bits have had meanings. */
	expect_equal(b, "CAP 58:57, 38, 15:13",
		     vtd->cap & (GENMASK64(58, 57) | BIT64(38) | GENMASK64(15, 13)), 0);
	expect_equal(b, "ECAP 63, 54, 19:18",
		     vtd->ecap & (BIT64(63) | BIT64(54) | GENMASK64(19, 18)), 0);
	expect_equal(b, "VER 31:8", read32(&vtd->iommu.mmio, VTD_VER) & GENMASK(31, 8), 0);
}

TEST(vtd_capability, deprecated_bits,
     .claim = "Bits of ECAP that mean nothing any more read as zero.",
     .rules = RULES(VTD_DISC_14), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	uint64_t ecap = raw_vtd(b)->ecap;

	/* 5, 24 and 28 have had meanings in revisions before 3.1; ERS ends with version 8 (7.1.3, RTA.5). */
	if (!follows_revision_3_1(b))
		skip(b, "a unit that shows that it follows revision 3.1");
	expect_equal(b, "ECAP 28, 24, 5", ecap & (BIT64(28) | BIT64(24) | BIT64(5)), 0);
	expect(b, raw_vtd(b)->version < 8 || !(ecap & VTD_ECAP_ERS), "ECAP.ERS is set");
}

TEST(vtd_capability, firmware_knows_of_interrupts,
     .claim = "What a unit requires of interrupt remapping, the flags of DMAR allow.",
     .rules = RULES(VTD_ACPI_06), .vendor = "vtd", .sweep = SWEEP_UNITS)
{
	uint64_t ecap = raw_vtd(b)->ecap;

	if (!b->platform->has_dmar || !(ecap & (VTD_ECAP_IRREQ | VTD_ECAP_EIMER)))
		skip(b,
		     "a unit that requires interrupt remapping (ECAP.IRREQ, ECAP.EIMER), and a DMAR table");
	expect(b, !(ecap & VTD_ECAP_IRREQ) || b->platform->dmar.interrupt_remapping,
	       "ECAP.IRREQ is set, INTR_REMAP of DMAR is not");
	expect(b, !(ecap & VTD_ECAP_EIMER) || !b->platform->dmar.x2apic_opt_out,
	       "ECAP.EIMER is set, and X2APIC_OPT_OUT of DMAR");
}
