/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Opening, enabling and closing an AMD-Vi unit, watched at its registers (48882 3.11, 2.3.1, 3.2, 3.4). */
#include "tests/host/check.h"
#include "tests/host/amdvi_fake.h"

static uint64_t word(const struct iommu_words *words, const char *name)
{
	for (unsigned i = 0; i < words->count; i++)
		if (strcmp(words->word[i].name, name) == 0)
			return words->word[i].value;
	return 0xdead;
}

static enum status open_unit(uint64_t efr)
{
	fake_start(efr);
	return fake_open();
}

static enum status enable(const char *name)
{
	return amdvi.iommu.ops->enable(&amdvi.iommu, fake_regime(name));
}

static enum status close_unit(void)
{
	return amdvi.iommu.ops->close(&amdvi.iommu);
}

HOST_TEST(open_reads_and_writes_nothing)
{
	CHECK_EQ(open_unit(EFR_GUEST), STATUS_OK);
	CHECK_EQ(fake.log_count, 0);
	CHECK_EQ(arch_host_stray_count(), 0);
	CHECK_EQ(arch_host_unmapped_count(), 0);
	CHECK_EQ(close_unit(), STATUS_OK);
	CHECK_EQ(fake.log_count, 0);
	CHECK_EQ(pool.next, 0);
}

HOST_TEST(identity_and_as_found_words_are_kept)
{
	fake_start(EFR_PLAIN);
	fake_set(0x1a0, 8, 0x800);
	fake_set(0x18, 8, 0x1405);
	fake_set(0x00, 8, 0x12345000001);
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(word(&amdvi.iommu.identity, "capability"), 0x0803000f);
	CHECK_EQ(word(&amdvi.iommu.identity, "EFR"), EFR_PLAIN);
	CHECK_EQ(word(&amdvi.iommu.identity, "EFR2"), 0x800);
	CHECK_EQ(word(&amdvi.iommu.identity, "IVHD EFR"), 0xdead);
	CHECK_EQ(word(&amdvi.iommu.as_found, "Control"), 0x1405);
	CHECK_EQ(word(&amdvi.iommu.as_found, "DevTabBase"), 0x12345000001);
	CHECK_EQ(word(&amdvi.iommu.as_found, "PPRBase"), 0xdead); /* no PPRSup */
	CHECK(amdvi.iommu.on_as_found);
	CHECK_STR(amdvi.iommu.name, "amdvi0");
}

/* The unit's own word is used; that firmware has another is known, and shown. */
HOST_TEST(copies_of_efr_that_differ_are_told)
{
	fake_start(EFR_PLAIN);
	description.is_copied = true;
	description.efr_copy = EFR_PLAIN;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK(!amdvi.is_contradicted);
	description.efr_copy = EFR_DIRTY;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK(amdvi.is_contradicted);
	CHECK_EQ(word(&amdvi.iommu.identity, "IVHD EFR"), EFR_DIRTY);
	CHECK(!fake_regime("host")->dirty);
	description.efr_copy = EFR_PLAIN;
	fake_set(0x1a0, 8, 8);
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK(!amdvi.is_contradicted);
	description.efr2_copy = 4;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK(amdvi.is_contradicted);
}

HOST_TEST(absent_and_unknown_units_are_refused)
{
	fake_start(EFR_PLAIN);
	fake.gone = true;
	CHECK_EQ(fake_open(), STATUS_GONE);
	fake_start(EFR_PLAIN);
	description.capability = 0x0802000f; /* another type of block */
	CHECK_EQ(fake_open(), STATUS_UNSUPPORTED);
	description.capability = 0x08030010; /* another capability */
	CHECK_EQ(fake_open(), STATUS_UNSUPPORTED);
	description.capability = CAP_PLAIN;
	description.snp = true;
	CHECK_EQ(fake_open(), STATUS_UNSUPPORTED);
	CHECK_EQ(open_unit(EFR_PLAIN | 0xc00), STATUS_UNSUPPORTED); /* HATS 11b, and no guest tables */
	fake_start(EFR_GUEST);
	CHECK_EQ(fake_open(), STATUS_OK);
	amdvi.gcr3_levels = 4;
	CHECK_EQ(amdvi.iommu.ops->open(&amdvi.iommu, &pool), STATUS_UNSUPPORTED);
}

/* 3.2: without EFRSup there are no registers 0030h and 01A0h, whatever stands there. */
HOST_TEST(a_unit_without_efr_has_four_host_levels)
{
	fake_start(EFR_GUEST);
	description.capability = 0x0003000f;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(amdvi.iommu.regime_count, 1);
	CHECK_EQ(fake_regime("host")->level_counts, 0x1e);
	CHECK_EQ(fake_regime("host")->iova_bits, 48);
	CHECK_EQ(word(&amdvi.iommu.identity, "EFR"), 0xdead);
	CHECK(amdvi.iommu.ops->set_dirty_tracking == NULL);
	CHECK(amdvi.iommu.ops->fault_interrupt == NULL);
}

HOST_TEST(host_regime_follows_efr)
{
	const struct iommu_regime *r;

	CHECK_EQ(open_unit(EFR_PLAIN), STATUS_OK);
	CHECK_EQ(amdvi.iommu.regime_count, 1);
	r = fake_regime("host");
	CHECK(r && r->stage == IOMMU_STAGE_SECOND && r->bypass && r->coherent && !r->pasid);
	CHECK(r && !r->accessed && !r->dirty);
	CHECK_EQ(r->level_counts, 0x7e);
	CHECK_EQ(r->iova_bits, 64);
	CHECK_EQ(r->oa_bits, 48);
	CHECK(!(r->leaf_sizes & BIT64(39)) && !(r->leaf_sizes & BIT64(48)));
	CHECK_EQ(r->leaf_sizes & 0xffffffffff, 0x7ffffff000); /* each from 4 KiB to 256 GiB */
	CHECK_EQ(amdvi.iommu.caps.domain_id_bits, 16);
	CHECK_EQ(amdvi.iommu.caps.pasid_bits, 0);
	CHECK_EQ(amdvi.iommu.caps.fault_records, 255);
	CHECK(!amdvi.iommu.caps.caching_mode);
	CHECK_EQ(open_unit((EFR_DIRTY & ~0xc00ull) | 0x400), STATUS_OK);
	r = fake_regime("host");
	CHECK(r->accessed && r->dirty && !r->dirty_always);
	CHECK_EQ(r->level_counts, 0x3e);
	CHECK_EQ(r->iova_bits, 57);
	/* VAsize 40, PAsize 40, NpCache. */
	fake_start(EFR_PLAIN);
	description.misc0 = 0x00142840;
	description.capability |= 0x04000000;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(fake_regime("host")->iova_bits, 40);
	CHECK_EQ(fake_regime("host")->oa_bits, 40);
	CHECK(amdvi.iommu.caps.caching_mode);
}

HOST_TEST(guest_regimes_follow_efr)
{
	const struct iommu_regime *r;

	CHECK_EQ(open_unit(EFR_GUEST), STATUS_OK);
	CHECK_EQ(amdvi.iommu.regime_count, 3);
	r = fake_regime("guest");
	CHECK(r && r->stage == IOMMU_STAGE_FIRST && r->pasid && r->dirty_always && r->accessed);
	CHECK_EQ(r->level_counts, 0x30);
	CHECK_EQ(r->iova_bits, 56);
	CHECK_EQ(r->leaf_sizes, 0x40201000);
	CHECK(r->parent == NULL);
	r = fake_regime("nested");
	CHECK(r && r->parent == fake_regime("host") && r->oa_bits == 52);
	CHECK_EQ(amdvi.iommu.caps.pasid_bits, 9);
	CHECK_EQ(amdvi.iommu.caps.domain_id_bits, 15);
	/* GVAsize 48; PASmax 7; upper GCR3 tables and nothing nested. */
	fake_start((EFR_GUEST & ~(0x1full << 32)) | 7ull << 32);
	description.misc0 = 0x00203040;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(fake_regime("guest")->level_counts, 0x10);
	CHECK_EQ(fake_regime("guest")->iova_bits, 47);
	CHECK_EQ(amdvi.iommu.caps.pasid_bits, 8);
	CHECK_EQ(open_unit(EFR_GUEST), STATUS_OK);
	amdvi.gcr3_levels = 3;
	CHECK_EQ(amdvi.iommu.ops->open(&amdvi.iommu, &pool), STATUS_OK);
	CHECK_EQ(amdvi.iommu.caps.pasid_bits, 20);
	CHECK(fake_regime("nested") == NULL);
	/* Requests without PASID cannot reach guest tables without GIoSup. */
	CHECK_EQ(open_unit(EFR_GUEST & ~BIT64(48)), STATUS_OK);
	CHECK_EQ(amdvi.iommu.regime_count, 1);
}

HOST_TEST(enable_sets_registers_and_then_the_enables_at_once)
{
	uint64_t control[8], value[4];

	CHECK_EQ(open_unit(EFR_GUEST), STATUS_OK);
	description.fabric = 0x102; /* HtTunEn, PassPW */
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(enable("guest"), STATUS_OK);
	CHECK_EQ(fake_written(0x18, control, 8), 4);
	CHECK_EQ(control[2], 0x0000000000010502); /* GTEn, Coherent, and the fabric's */
	CHECK_EQ(control[3], 0x0000000000011507); /* CmdBufEn, EventLogEn, IommuEn */
	CHECK_EQ(fake_written(0x00, value, 4), 1);
	CHECK_EQ(value[0] & 0xfff, 3); /* 512 DTEs: 4 pages */
	CHECK_EQ(fake_written(0x08, value, 4), 1);
	CHECK_EQ(value[0] >> 56, 8); /* 256 commands */
	CHECK_EQ(value[0] & 0xfff, 0);
	CHECK_EQ(fake_written(0x10, value, 4), 1);
	CHECK_EQ(value[0] >> 56, 8);
	CHECK_EQ(fake_written(0x20, value, 4), 1);
	CHECK_EQ(value[0], 0); /* no exclusion range */
	/* A wait, INVALIDATE_IOMMU_ALL, a wait. */
	CHECK_EQ(fake.done_count, 3);
	CHECK_EQ(fake.done[0][0] & 0xf000000000000007, 0x1000000000000005);
	CHECK_EQ(fake.done[1][0], 0x8000000000000000);
	CHECK_EQ(fake.done[1][1], 0);
	CHECK_EQ(fake.done[2][0] & 0xf000000000000007, 0x1000000000000005);
	CHECK(amdvi.iommu.enabled == fake_regime("guest"));
	/* Another regime keeps everything as it is. */
	fake.log_count = 0;
	CHECK_EQ(enable("host"), STATUS_OK);
	CHECK_EQ(fake_written(0x18, control, 8), 0);
	CHECK(amdvi.iommu.enabled == fake_regime("host"));
}

/* What firmware set for the fabric and for itself stays; its features, logs, interrupts and ranges do not. */
HOST_TEST(enable_keeps_what_is_the_fabrics)
{
	fake_start(EFR_PLAIN);
	fake_set(0x18, 8, 0xffffffffffc3ffff);
	fake_set(0x2020, 8, 0x18 | 0x80 | 0x100);
	fake_set(0x20, 8, 0x1000003);
	CHECK_EQ(fake_open(), STATUS_OK);
	fake.silent = true; /* run bits that stay: the unit is not let go */
	CHECK_EQ(enable("host"), STATUS_TIMEOUT);
	CHECK_STR(amdvi.iommu.unmet.demand,
		  "CmdBufRun is clear some time after Control.CmdBufEn (48882 2.4)");
	fake.silent = false;
	fake_status(0x198, 0);
	CHECK_EQ(enable("host"), STATUS_OK);
	CHECK_EQ(fake_get(0x18, 8), 0x0000020001c01fe7);
	CHECK_EQ(fake_get(0x20, 8), 0);
}

/* Interrupts and rings first, IommuEn after their run bits are clear. */
HOST_TEST(take_over_stops_firmwares_rings_and_close_gives_them_back)
{
	static const uint32_t restored[] = { 0x00, 0x08, 0x10, 0x18, 0x20, 0x28, 0x38, 0x2000,
					     0x2008, 0x2010, 0x2018, 0x2030, 0x2038 };
	uint64_t before[ARRAY_COUNT(restored)], control[16];
	uint64_t *theirs;

	fake_start(EFR_GUEST);
	theirs = pool_zeroed(&pool, 2, PAGE_LG2);
	fake_set(0x00, 8, 0x00000000abcd0001);
	fake_set(0x08, 8, 0x0800000000000000 | pa_of(theirs).v);
	fake_set(0x10, 8, 0x0900000000000000 | pa_of(theirs + 512).v);
	fake_set(0x20, 8, 0x7000003);
	fake_set(0x28, 8, 0x7001000);
	fake_set(0x38, 8, 0x0800000000003000);
	fake_set(0x18, 8, 0x000002000000141d); /* BlkStopMrkEn, Coherent, all of events, commands, IommuEn */
	fake_set(0x2000, 8, 0x40);
	fake_set(0x2008, 8, 0x40);
	fake_set(0x2010, 8, 0x20);
	fake_set(0x2018, 8, 0x30);
	fake_set(0x2038, 8, 0x50);
	fake_set(0x2020, 8, 0x1b);
	for (unsigned i = 0; i < ARRAY_COUNT(restored); i++)
		before[i] = fake_get(restored[i], 8);
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK(amdvi.iommu.on_as_found);
	CHECK_EQ(enable("host"), STATUS_OK);
	CHECK(fake_written(0x18, control, 16) >= 2);
	CHECK_EQ(control[0], 0x0000020000000401); /* no ring, no interrupt, and still on */
	CHECK_EQ(control[1], 0x0000020000000400);
	CHECK_EQ(fake_get(0x2020, 8) & 7, 0); /* what was left of status bits */
	fake.done_count = fake.log_count = 0;
	CHECK_EQ(close_unit(), STATUS_OK);
	for (unsigned i = 0; i < ARRAY_COUNT(restored); i++)
		CHECK_EQ(fake_get(restored[i], 8), before[i]);
	/* What was cached of ours is invalidated against their table. */
	CHECK_EQ(fake.done_count, 3);
	CHECK_EQ(fake.done[1][0], 0x8000000000000000);
	CHECK_EQ(fake.log[fake.log_count - 1].offset, 0x18);
	CHECK_EQ(amdvi.iommu.enabled == NULL, true);
}

HOST_TEST(firmwares_commands_are_waited_for)
{
	uint64_t *theirs;

	fake_start(EFR_PLAIN);
	theirs = pool_zeroed(&pool, 1, PAGE_LG2);
	fake_set(0x08, 8, 0x0800000000000000 | pa_of(theirs).v);
	fake_set(0x18, 8, 0x1401);
	fake_set(0x2020, 8, 0x10);
	fake_set(0x2008, 8, 0x20);
	fake.stalls = true;
	CHECK_EQ(fake_open(), STATUS_OK);
	CHECK_EQ(enable("host"), STATUS_TIMEOUT); /* theirs is given up, but ours stalls too */
	CHECK_STR(amdvi.iommu.unmet.demand, "COMPLETION_WAIT stores its data (48882 2.4.1)");
	fake.stalls = false;
	CHECK_EQ(enable("host"), STATUS_OK);
}

/* IASup 0: each DeviceID, DomainID and interrupt table, in batches that fit. */
HOST_TEST(without_invalidate_all_everything_is_named)
{
	CHECK_EQ(open_unit(EFR_PLAIN & ~0x40ull), STATUS_OK);
	CHECK_EQ(enable("host"), STATUS_OK);
	CHECK(fake.command_count > 3 * 65536);
	CHECK_EQ(fake.done[1][0], 0x2000000000000000);
	CHECK_EQ(fake.done[2][0], 0x2000000000000001);
	fake.command_count = 0;
	CHECK_EQ(amdvi.iommu.ops->invalidate(
			 &amdvi.iommu, &(struct iommu_invalidation){ .scope = IOMMU_SCOPE_ALL }),
		 STATUS_OK);
	CHECK(fake.command_count > 3 * 65536);
}

HOST_TEST(a_dead_unit_is_told_from_a_slow_one)
{
	CHECK_EQ(open_unit(EFR_PLAIN), STATUS_OK);
	fake.gone = true;
	CHECK_EQ(enable("host"), STATUS_GONE);
	CHECK_EQ(close_unit(), STATUS_GONE);
	CHECK_EQ(open_unit(EFR_PLAIN), STATUS_OK);
	fake.silent = true;
	CHECK_EQ(enable("host"), STATUS_TIMEOUT);
	CHECK_STR(amdvi.iommu.unmet.demand, "CmdBufRun is set by Control.CmdBufEn (48882 3.4.16)");
	CHECK_EQ(amdvi.iommu.unmet.seen.value, 0);
	CHECK_STR(amdvi.iommu.unmet.seen.name, "Status");
}

HOST_TEST(bad_regimes_and_empty_pools_are_refused)
{
	struct iommu_regime stranger = { .name = "host" };

	CHECK_EQ(open_unit(EFR_PLAIN), STATUS_OK);
	CHECK_EQ(amdvi.iommu.ops->enable(&amdvi.iommu, &stranger), STATUS_BAD_ARGUMENT);
	CHECK_EQ(amdvi.iommu.ops->prepare(&amdvi.iommu, &stranger), STATUS_BAD_ARGUMENT);
	for (unsigned n = 1; n <= 4; n++) { /* device table, commands, status, events */
		pool_fail_in(&pool, n);
		CHECK_EQ(enable("host"), STATUS_EXHAUSTED);
		pool_fail_in(&pool, 0);
		CHECK_EQ(open_unit(EFR_PLAIN), STATUS_OK);
	}
	CHECK_EQ(fake.log_count, 0);
	CHECK_EQ(enable("host"), STATUS_OK);
	CHECK_EQ(close_unit(), STATUS_OK);
	CHECK_EQ(enable("host"), STATUS_BAD_ARGUMENT); /* closed */
}

HOST_TEST(the_exclusion_range_is_off_until_it_is_asked_for)
{
	CHECK_EQ(open_unit(EFR_PLAIN), STATUS_OK);
	CHECK_EQ(amdvi_exclude(&amdvi, 0x1000, 0x2fff, false), STATUS_UNSUPPORTED);
	fake_on(EFR_PLAIN, "host");
	CHECK_EQ(amdvi_exclude(&amdvi, 0x12345000, 0x12346fff, false), STATUS_OK);
	CHECK_EQ(fake_get(0x28, 8), 0x12346000);
	CHECK_EQ(fake_get(0x20, 8), 0x12345001);
	CHECK_EQ(amdvi_exclude(&amdvi, 0, 0xfff, true), STATUS_OK);
	CHECK_EQ(fake_get(0x20, 8), 3);
	CHECK_EQ(fake_get(0x28, 8), 0);
	amdvi_exclude_nothing(&amdvi);
	CHECK_EQ(fake_get(0x20, 8), 0);
	CHECK_EQ(amdvi_exclude(&amdvi, 0x800, 0xfff, false), STATUS_UNALIGNED);
	CHECK_EQ(amdvi_exclude(&amdvi, 0x1000, 0x1ffe, false), STATUS_UNALIGNED);
	CHECK_EQ(amdvi_exclude(&amdvi, 0x2000, 0x1fff, false), STATUS_BAD_RANGE);
	CHECK_EQ(amdvi_exclude(&amdvi, 0x1000, 0x10000000000fff, false), STATUS_BAD_RANGE);
}

HOST_TEST(registers_have_names_and_fields)
{
	uint64_t value;
	char text[512];

	fake_on(EFR_PLAIN, "host");
	CHECK_EQ(amdvi_read_register(&amdvi, "EFR", &value), STATUS_OK);
	CHECK_EQ(value, EFR_PLAIN);
	CHECK_EQ(amdvi_read_register(&amdvi, "PPRBase", &value), STATUS_UNSUPPORTED);
	CHECK_EQ(amdvi_read_register(&amdvi, "GSTS", &value), STATUS_NOT_FOUND);
	for (unsigned i = 0; i < amdvi_register_count; i++) {
		const struct amdvi_register *r = &amdvi_registers[i];
		uint64_t seen = 0;

		for (unsigned k = 0; k < r->field_count; k++) {
			CHECK_EQ(seen & r->fields[k].mask, 0);
			CHECK(k == 0 || r->fields[k].mask < r->fields[k - 1].mask);
			seen |= r->fields[k].mask;
		}
		if (strcmp(r->name, "Status") != 0)
			continue;
		CHECK_EQ(seen, 0x79fff);
		CHECK(amdvi_register_text(r, 0x11, text, sizeof(text)) < sizeof(text));
		CHECK(strstr(text, "CmdBufRun=1 EventLogRun=0") != NULL);
	}
}

HOST_MAIN()
