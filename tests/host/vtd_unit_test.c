/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Opening, enabling and closing a VT-d unit, watched at its registers (VT-d 5.10, 6.6, 11.4.2 .. 5, 11.4.8). */
#include "tests/host/check.h"
#include "tests/host/vtd_fake.h"

static enum status open_unit(uint64_t cap, uint64_t ecap)
{
	fake_start(cap, ecap);
	return vtd.iommu.ops->open(&vtd.iommu, &pool);
}

static enum status enable(const char *name)
{
	return vtd.iommu.ops->enable(&vtd.iommu, fake_regime(name));
}

static uint64_t word(const struct iommu_words *words, const char *name)
{
	for (unsigned i = 0; i < words->count; i++)
		if (strcmp(words->word[i].name, name) == 0)
			return words->word[i].value;
	return 0xdead;
}

HOST_TEST(open_reads_and_writes_nothing)
{
	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_LEGACY), STATUS_OK);
	CHECK_EQ(fake.log_count, 0);
	CHECK_EQ(arch_host_stray_count(), 0);
	CHECK_EQ(arch_host_unmapped_count(), 0);
	CHECK_EQ(vtd.iommu.ops->close(&vtd.iommu), STATUS_OK);
	CHECK_EQ(fake.log_count, 0);
	CHECK_EQ(pool.next, 0);
}

HOST_TEST(identity_and_as_found_words_are_kept)
{
	fake_start(CAP_PLAIN, ECAP_LEGACY);
	fake_set(0x20, 8, 0x12345400);
	fake_set(0x1c, 4, 0xc0000000);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(word(&vtd.iommu.identity, "VER"), 0x10);
	CHECK_EQ(word(&vtd.iommu.identity, "CAP"), CAP_PLAIN);
	CHECK_EQ(word(&vtd.iommu.identity, "ECAP"), ECAP_LEGACY);
	CHECK_EQ(word(&vtd.iommu.as_found, "RTADDR"), 0x12345400);
	CHECK_EQ(word(&vtd.iommu.as_found, "GSTS"), 0xc0000000);
	CHECK_EQ(word(&vtd.iommu.as_found, "PMEN"), 0xdead); /* neither PLMR nor PHMR */
	CHECK(vtd.iommu.on_as_found);
	CHECK_STR(vtd.iommu.name, "vtd0");
}

HOST_TEST(absent_and_insane_units_are_refused)
{
	fake_start(CAP_PLAIN, ECAP_LEGACY);
	fake.gone = true;
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_GONE);
	fake_start(CAP_PLAIN, ECAP_LEGACY);
	fake_set(0, 4, 0);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_UNSUPPORTED);
	CHECK_EQ(open_unit(CAP_PLAIN | 7, ECAP_LEGACY), STATUS_OK); /* ND 7 is reserved: the least */
	CHECK_EQ(vtd.iommu.caps.domain_id_bits, 4);
	CHECK_EQ(open_unit(0, 0), STATUS_UNSUPPORTED);
	CHECK_EQ(open_unit(CAP_PLAIN & ~0x1f00ull, ECAP_LEGACY), STATUS_UNSUPPORTED); /* no level */
	fake_start(CAP_PLAIN, 0xf40);
	fake_set(0, 4, 0x60); /* version 6 has no register-based invalidation, and no queue here */
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_UNSUPPORTED);
}

HOST_TEST(capabilities_are_read_from_cap_and_ecap)
{
	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_FIRST | 7ull << 35 | BIT64(40)), STATUS_OK);
	CHECK_EQ(vtd.iommu.caps.domain_id_bits, 16);
	CHECK_EQ(vtd.iommu.caps.pasid_bits, 8);
	CHECK_EQ(vtd.iommu.caps.fault_records, 1);
	CHECK_EQ(vtd.iommu.caps.range_lg2_max, 30);
	CHECK(vtd.iommu.caps.queued_invalidation && vtd.iommu.caps.range_invalidation);
	CHECK(!vtd.iommu.caps.caching_mode && !vtd.iommu.caps.write_buffer);
	CHECK_EQ(open_unit(CAP_PLAIN | 0x90 | 7ull << 40, ECAP_LEGACY), STATUS_OK);
	CHECK(vtd.iommu.caps.caching_mode && vtd.iommu.caps.write_buffer);
	CHECK_EQ(vtd.iommu.caps.fault_records, 8);
}

HOST_TEST(regimes_follow_the_capabilities)
{
	const struct iommu_regime *r;

	CHECK_EQ(open_unit(0x81d2008c222f0606, 0x0000880000000f42), STATUS_OK);
	CHECK_EQ(vtd.iommu.regime_count, 2);
	r = fake_regime("first");
	CHECK(r && r->stage == IOMMU_STAGE_FIRST && r->bypass && !r->coherent && !r->pasid);
	CHECK(r && r->accessed && r->dirty && r->dirty_always && r->flags_may_fault);
	CHECK_EQ(r ? r->level_counts : 0, 0x10);
	CHECK_EQ(r ? r->leaf_sizes : 0, 0x40201000);
	CHECK_EQ(r ? r->iova_bits : 0, 47);
	CHECK_EQ(r ? r->oa_bits : 0, 39);
	r = fake_regime("legacy");
	CHECK(r && r->stage == IOMMU_STAGE_SECOND && !r->dirty && !r->pasid && !r->coherent);
	CHECK_EQ(r ? r->level_counts : 0, 0x18);
	CHECK_EQ(r ? r->iova_bits : 0, 48);
	CHECK(vtd.iommu.ops->set_dirty_tracking == NULL);
	CHECK_EQ(r ? r->leaf_reserved : 0, 0x800);
	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_LEGACY | 0x80), STATUS_OK);
	CHECK_EQ(fake_regime("legacy")->leaf_reserved, 0);

	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_SECOND), STATUS_OK);
	r = fake_regime("second");
	CHECK(r && r->dirty && !r->dirty_always && r->coherent && !r->flags_may_fault);
	CHECK(fake_regime("first") == NULL);
	CHECK(vtd.iommu.ops->set_dirty_tracking != NULL);

	/* 5 levels in both stages, MGAW 52: the first stage is cut by it, too. */
	CHECK_EQ(open_unit((CAP_PLAIN & ~0x3f0000ull) | 51ull << 16 | 0x800 | BIT64(60),
			   ECAP_FIRST | BIT64(46)),
		 STATUS_OK);
	CHECK_EQ(fake_regime("first")->level_counts, 0x30);
	CHECK_EQ(fake_regime("first")->iova_bits, 52);
	CHECK_EQ(fake_regime("second")->level_counts, 0x38);
	CHECK_EQ(fake_regime("second")->iova_bits, 52);
}

/* 11.4.3: NEST, and both stages; 9.7: what a first-stage entry reserves begins at HAW, whatever MGAW is. */
HOST_TEST(nesting_is_a_regime_where_the_unit_has_it)
{
	uint64_t mgaw_37 = (CAP_PLAIN & ~0x3f0000ull) | 36ull << 16;
	uint64_t both = ECAP_SECOND | BIT64(47), nest = BIT64(26);
	const struct iommu_regime *r, *first;

	CHECK_EQ(open_unit(CAP_PLAIN, both), STATUS_OK);
	CHECK(fake_regime("nested") == NULL);
	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_SECOND | nest), STATUS_OK);
	CHECK(fake_regime("nested") == NULL);
	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_FIRST | nest), STATUS_OK);
	CHECK(fake_regime("nested") == NULL);
	CHECK_EQ(open_unit(mgaw_37, both | nest), STATUS_OK);
	r = fake_regime("nested");
	first = fake_regime("first");
	CHECK_EQ(vtd.iommu.regime_count, 4);
	CHECK(r && r->parent == fake_regime("second") && !first->parent);
	CHECK(r && r->stage == IOMMU_STAGE_FIRST && r->format == first->format &&
	      r->mode == first->mode);
	CHECK(r && r->dirty && r->dirty_always && r->coherent && !r->flags_may_fault);
	CHECK_EQ(r ? r->oa_bits : 0, 39);
	CHECK_EQ(r ? r->parent->iova_bits : 0, 37);
}

HOST_TEST(enable_sets_queue_root_and_translation_in_order)
{
	uint64_t gcmd[8], rtaddr[2], iqa[2];

	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_FIRST), STATUS_OK);
	CHECK_EQ(enable("first"), STATUS_OK);
	CHECK_EQ(fake_written(0x18, gcmd, 8), 3);
	CHECK_EQ(gcmd[0], 0x04000000); /* QIE */
	CHECK_EQ(gcmd[1], 0x44000000); /* SRTP, QIE repeated */
	CHECK_EQ(gcmd[2], 0x84000000); /* TE, QIE repeated, SRTP not */
	CHECK_EQ(fake_written(0x90, iqa, 2), 1);
	CHECK_EQ(iqa[0] & 0xfff, 0x800); /* DW, one page */
	CHECK_EQ(fake_written(0x20, rtaddr, 2), 1);
	CHECK_EQ(rtaddr[0] & 0xfff, 0x400); /* TTM 01b */
	/* Context-cache, PASID-cache, IOTLB, all global, then a wait. */
	CHECK_EQ(fake.done_count, 4);
	CHECK_EQ(fake.done[0][0], 0x11);
	CHECK_EQ(fake.done[1][0], 0x37);
	CHECK_EQ(fake.done[2][0], 0xd2);
	CHECK_EQ(fake.done[3][0] & 0xff, 0x25);
	CHECK(vtd.iommu.enabled == fake_regime("first"));
}

HOST_TEST(legacy_mode_uses_narrow_descriptors_unless_told)
{
	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_FIRST), STATUS_OK);
	CHECK_EQ(enable("legacy"), STATUS_OK);
	CHECK_EQ(fake_get(0x90, 8) & 0xfff, 0);
	CHECK_EQ(fake_get(0x20, 8) & 0xfff, 0);
	CHECK_EQ(fake.done_count, 3); /* no PASID-cache */
	vtd.wide_in_legacy = true;
	CHECK_EQ(enable("legacy"), STATUS_OK);
	CHECK_EQ(fake_get(0x90, 8) & 0xfff, 0x800);
	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_LEGACY), STATUS_OK);
	vtd.wide_in_legacy = true;
	CHECK_EQ(enable("legacy"), STATUS_BAD_ARGUMENT);
	CHECK_EQ(fake.log_count, 0);
}

HOST_TEST(modes_are_switched_with_translation_off)
{
	uint64_t gcmd[8];

	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	CHECK_EQ(enable("legacy"), STATUS_OK);
	CHECK_EQ(fake_written(0x18, gcmd, 8), 5);
	CHECK_EQ(gcmd[0], 0x04000000); /* TE off */
	CHECK_EQ(gcmd[1], 0x00000000); /* QIE off: the width changes */
	CHECK_EQ(gcmd[2], 0x04000000);
	CHECK_EQ(gcmd[3], 0x44000000);
	CHECK_EQ(gcmd[4], 0x84000000);
	CHECK_EQ(fake_get(0x20, 8) & 0xfff, 0);
	CHECK_EQ(fake_get(0x90, 8) & 0xfff, 0);
}

HOST_TEST(routes_survive_in_one_mode_and_are_forgotten_in_another)
{
	const struct iommu_regime *first = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	struct iommu_route route = { .kind = IOMMU_TRANSLATE, .regime = first, .root = pa(0x12345000),
				     .level_count = 4, .domain_id = 7, .dirty_tracking = true };
	struct iommu_route got;
	uint64_t *root = vtd.tables->root;

	CHECK_EQ(vtd.iommu.ops->set_route(&vtd.iommu, fake_source(8), &route), STATUS_OK);
	CHECK_EQ(enable("first"), STATUS_OK);
	CHECK(vtd.tables->root == root);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL), STATUS_OK);
	CHECK_EQ(got.kind, IOMMU_TRANSLATE);
	CHECK_EQ(enable("legacy"), STATUS_OK);
	CHECK(vtd.tables->root != root);
	CHECK_EQ(vtd.sets[0].page_count + vtd.sets[1].page_count, 1);
	CHECK_EQ(vtd.free_count, 4);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL), STATUS_OK);
	CHECK_EQ(got.kind, IOMMU_BLOCK);
	/* Back again: the pages that were given back come again, and they are empty. */
	CHECK_EQ(enable("first"), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL), STATUS_OK);
	CHECK_EQ(got.kind, IOMMU_BLOCK);
	for (unsigned i = 0; i < 512; i++)
		CHECK_EQ(vtd.tables->root[i], 0);
}

HOST_TEST(routes_of_another_mode_are_prepared_unseen)
{
	const struct iommu_regime *first = fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	const struct iommu_regime *legacy = fake_regime("legacy");
	struct iommu_route route = { .kind = IOMMU_TRANSLATE, .regime = legacy, .root = pa(0x12345000),
				     .level_count = 4, .domain_id = 7 };
	struct iommu_route got;
	unsigned writes = fake.log_count;
	uint64_t rtaddr = fake_get(0x20, 8);

	CHECK_EQ(vtd.iommu.ops->prepare(&vtd.iommu, legacy), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->set_route(&vtd.iommu, fake_source(8), &route), STATUS_OK);
	CHECK_EQ(fake.log_count, writes);
	CHECK_EQ(fake_get(0x20, 8), rtaddr);
	CHECK(vtd.iommu.enabled == first);
	CHECK_EQ(enable("legacy"), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL), STATUS_OK);
	CHECK_EQ(got.kind, IOMMU_TRANSLATE);
	CHECK_EQ(fake_get(0x20, 8), (uintptr_t)vtd.tables->root);
	CHECK_EQ(vtd.sets[0].page_count + vtd.sets[1].page_count, 2); /* the root, one context table */
	/* In the mode in force there is nothing to prepare. */
	CHECK_EQ(vtd.iommu.ops->prepare(&vtd.iommu, legacy), STATUS_OK);
	CHECK_EQ(vtd.iommu.ops->get_route(&vtd.iommu, fake_source(8), &got, NULL), STATUS_OK);
	CHECK_EQ(got.kind, IOMMU_TRANSLATE);
	CHECK_EQ(vtd.iommu.ops->prepare(&vtd.iommu, NULL), STATUS_BAD_ARGUMENT);
}

HOST_TEST(mode_switches_without_end_take_no_more_memory)
{
	size_t taken;

	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	CHECK_EQ(enable("legacy"), STATUS_OK);
	taken = pool.next;
	for (unsigned i = 0; i < 200; i++)
		CHECK_EQ(enable(i % 2 ? "legacy" : "first"), STATUS_OK);
	CHECK_EQ(pool.next, taken);
}

/* Firmware left everything on: legacy tables, a queue, interrupt remapping, protected memory, an event. */

static void firmware_left_on(uint64_t cap, uint64_t ecap)
{
	uint64_t *queue;

	fake_start(cap, ecap);
	queue = pool_zeroed(&pool, 1, 12);
	fake_set(0x1c, 4, 0xc7000000); /* TES RTPS QIES IRES IRTPS */
	fake_set(0x20, 8, 0x07654000);
	fake_set(0x90, 8, (uintptr_t)queue);
	fake_set(0x80, 8, 0x30);
	fake_set(0x88, 8, 0x30);
	fake_set(0x38, 4, 0x00000000); /* not masked */
	fake_set(0x3c, 4, 0x41);
	fake_set(0x40, 4, 0xfee00000);
	fake_set(0x64, 4, 0x80000001);
}

HOST_TEST(a_unit_left_on_is_taken_over)
{
	uint64_t gcmd[8];

	firmware_left_on(CAP_PLAIN | 0x60, ECAP_LEGACY | 8);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK(vtd.iommu.on_as_found);
	CHECK_EQ(fake.log_count, 0);
	CHECK_EQ(enable("legacy"), STATUS_OK);
	CHECK_EQ(fake_written(0x18, gcmd, 8), 5);
	CHECK_EQ(gcmd[0], 0x06000000); /* TE off; QIE and IRE stay */
	CHECK_EQ(gcmd[1], 0x02000000); /* QIE off */
	CHECK_EQ(gcmd[2], 0x06000000);
	CHECK_EQ(gcmd[3], 0x46000000);
	CHECK_EQ(gcmd[4], 0x86000000);
	/* Their queue ended with a wait in their slot 3. */
	CHECK_EQ(fake.done[0][0] & 0xff, 0x25);
	CHECK_EQ(fake_get(0x64, 4), 0);                      /* protected memory off ... */
	CHECK_EQ(fake.log[fake.log_count - 1].offset, 0x64); /* ... last of all */
	CHECK_EQ(fake_get(0x38, 4), 0x80000000);             /* their event masked */
}

HOST_TEST(close_gives_back_what_was_found)
{
	firmware_left_on(CAP_PLAIN | 0x60, ECAP_LEGACY | 8);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(enable("legacy"), STATUS_OK);
	fake.log_count = 0;
	CHECK_EQ(vtd.iommu.ops->close(&vtd.iommu), STATUS_OK);
	CHECK_EQ(fake_get(0x1c, 4), 0xc7000000);
	CHECK_EQ(fake_get(0x20, 8), 0x07654000);
	CHECK_EQ(fake_get(0x90, 8), vtd.found.iqa);
	CHECK_EQ(fake_get(0x88, 8), fake_get(0x80, 8));
	CHECK_EQ(fake_get(0x38, 4), 0);
	CHECK_EQ(fake_get(0x3c, 4), 0x41);
	CHECK_EQ(fake_get(0x40, 4), 0xfee00000);
	CHECK_EQ(fake_get(0x64, 4), 0x80000001);
	CHECK_EQ(fake.log[0].offset, 0x64); /* protected before translation goes */
}

HOST_TEST(close_turns_off_what_was_off)
{
	fake_on(CAP_PLAIN, ECAP_FIRST, "first");
	CHECK_EQ(vtd.iommu.ops->close(&vtd.iommu), STATUS_OK);
	CHECK_EQ(fake_get(0x1c, 4), 0x40000000); /* RTPS alone: nothing clears it */
	CHECK_EQ(fake_get(0x20, 8), 0);
	CHECK_EQ(fake_get(0x90, 8), 0);
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(enable("first"), STATUS_OK);
}

HOST_TEST(translation_that_must_stay_on_is_never_off)
{
	uint64_t gcmd[16];
	unsigned count;

	firmware_left_on(CAP_PLAIN, ECAP_FIRST);
	vtd.keep_translation = true;
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(enable("first"), STATUS_UNSUPPORTED); /* a mode change needs ESRTPS (6.6) */
	CHECK_EQ(fake_get(0x20, 8), 0x07654000);
	CHECK_EQ(enable("legacy"), STATUS_OK);
	CHECK(fake_get(0x20, 8) != 0x07654000);
	CHECK_EQ(vtd.iommu.ops->close(&vtd.iommu), STATUS_OK);
	CHECK_EQ(fake_get(0x20, 8), 0x07654000);
	count = fake_written(0x18, gcmd, 16);
	CHECK(count > 3);
	for (unsigned i = 0; i < count; i++)
		CHECK(gcmd[i] & 0x80000000);

	firmware_left_on(CAP_PLAIN | BIT64(63), ECAP_FIRST);
	vtd.keep_translation = true;
	CHECK_EQ(vtd.iommu.ops->open(&vtd.iommu, &pool), STATUS_OK);
	CHECK_EQ(enable("first"), STATUS_OK);
	CHECK_EQ(fake_get(0x20, 8) & 0xfff, 0x400);
	CHECK_EQ(vtd.iommu.ops->close(&vtd.iommu), STATUS_OK);
	CHECK_EQ(fake_get(0x20, 8), 0x07654000);
	count = fake_written(0x18, gcmd, 16);
	for (unsigned i = 0; i < count; i++)
		CHECK(gcmd[i] & 0x80000000);
}

HOST_TEST(a_unit_that_never_answers_times_out)
{
	uint64_t start = arch_now_ns();

	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_LEGACY), STATUS_OK);
	fake.silent = true;
	CHECK_EQ(enable("legacy"), STATUS_TIMEOUT);
	CHECK(vtd.iommu.enabled == NULL);
	CHECK(arch_now_ns() - start < 3000000000u);
	fake.silent = false;
	CHECK_EQ(enable("legacy"), STATUS_OK);

	for (unsigned bit = 26; bit < 32; bit++) {
		if (bit != 26 && bit != 30 && bit != 31)
			continue;
		CHECK_EQ(open_unit(CAP_PLAIN, ECAP_LEGACY), STATUS_OK);
		fake.deaf = BIT(bit);
		CHECK_EQ(enable("legacy"), STATUS_TIMEOUT);
	}
}

HOST_TEST(a_unit_that_vanishes_is_gone)
{
	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	fake.gone = true;
	CHECK_EQ(enable("legacy"), STATUS_GONE);
	CHECK_EQ(vtd.iommu.ops->sync(&vtd.iommu, deadline_in_us(1000)), STATUS_GONE);
}

HOST_TEST(memory_runs_out_at_every_page)
{
	for (unsigned n = 1; n <= 3; n++) {
		CHECK_EQ(open_unit(CAP_PLAIN, ECAP_LEGACY), STATUS_OK);
		pool_fail_in(&pool, n);
		CHECK_EQ(enable("legacy"), STATUS_EXHAUSTED);
		CHECK_EQ(fake_get(0x1c, 4) & 0x80000000, 0);
		CHECK_EQ(enable("legacy"), STATUS_OK);
	}
}

HOST_TEST(write_buffers_are_flushed_where_asked)
{
	uint64_t gcmd[4];

	fake_on(CAP_PLAIN, ECAP_LEGACY, "legacy");
	CHECK_EQ(vtd.iommu.ops->publish(&vtd.iommu), STATUS_OK);
	CHECK_EQ(fake_written(0x18, gcmd, 4), 0);
	fake_on(CAP_PLAIN | 0x10, ECAP_LEGACY, "legacy");
	CHECK_EQ(vtd.iommu.ops->publish(&vtd.iommu), STATUS_OK);
	CHECK_EQ(fake_written(0x18, gcmd, 4), 1);
	CHECK_EQ(gcmd[0], 0x8c000000); /* WBF; TE and QIE repeated */
}

HOST_TEST(registers_have_names_and_fields)
{
	char text[160];
	uint64_t value;

	CHECK_EQ(open_unit(CAP_PLAIN, ECAP_LEGACY), STATUS_OK);
	CHECK_EQ(vtd_read_register(&vtd, "CAP", &value), STATUS_OK);
	CHECK_EQ(value, CAP_PLAIN);
	CHECK_EQ(vtd_read_register(&vtd, "PQA", &value), STATUS_UNSUPPORTED);
	CHECK_EQ(vtd_read_register(&vtd, "XYZ", &value), STATUS_NOT_FOUND);
	for (unsigned i = 0; i < vtd_register_count; i++)
		if (strcmp(vtd_registers[i].name, "GSTS") == 0)
			vtd_register_text(&vtd_registers[i], 0xc4000000, text, sizeof(text));
	CHECK_STR(text, "TES=1 RTPS=1 WBFS=0 QIES=1 IRES=0 IRTPS=0 CFIS=0");
}

/* 11.4: no two fields of a register overlap. */
HOST_TEST(fields_do_not_overlap)
{
	for (unsigned i = 0; i < vtd_register_count; i++) {
		const struct vtd_register *reg = &vtd_registers[i];
		uint64_t seen = 0, below = UINT64_MAX;

		for (unsigned f = 0; f < reg->field_count; f++) {
			CHECK(reg->fields[f].mask != 0);
			CHECK_EQ(seen & reg->fields[f].mask, 0);
			CHECK(reg->fields[f].mask < below); /* from the top bit down */
			seen |= reg->fields[f].mask;
			below = reg->fields[f].mask;
		}
		CHECK(!reg->r32 || seen <= UINT32_MAX);
		CHECK((reg->r32 == NULL) != (reg->r64 == NULL));
	}
}

HOST_MAIN()
