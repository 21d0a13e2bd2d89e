/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The matrix rule x place: a case credits and accuses the rules of its own regime, and no other. */
#include "tests/host/report_sample.h"

#include "tests/host/check.h"
#include "tests/host/wellformed.h"

/* As in the suite: one claim, with the rule for each kind of table that it may meet. */
static const struct testcase lands = {
	.topic = "translate", .name = "write_lands",
	.claim = "A DMA write to a mapped IOVA lands at the mapped address and nowhere else.",
	.rules = RULES(VTD_SS_01, VTD_FS_03, VTD_FLT_01),
};
static const struct testcase marks = {
	.topic = "dirty", .name = "set_by_write",
	.claim = "A completed write has set the dirty flag of the leaf that it used.",
	.rules = RULES(VTD_AD_05, VTD_AD_09),
};
static const struct testcase *const tests[] = { &marks, &lands };
static const struct report_texts texts = { tests, 2, SAMPLE_BUILD, SAMPLE_SUITE };

enum { MARKS, LANDS };
enum { LEGACY, SECOND, FIRST, UNNAMED };

static void open_run(uint32_t planned)
{
	static const char *const names[] = { "legacy", "second", "first" };

	journal_init(&sample, NULL, 0);
	journal_start(&sample, &(struct journal_start){ SAMPLE_BUILD, 42 }, "0.1");
	for (uint8_t unit = 0; unit < 2; unit++) {
		journal_name(&sample, JOURNAL_UNIT, unit, JOURNAL_ANY, unit ? "vtd1" : "vtd0");
		for (uint8_t i = 0; i < ARRAY_COUNT(names); i++)
			journal_name(&sample, JOURNAL_REGIME, i, unit, names[i]);
	}
	journal_plan(&sample, planned);
}

static void add_case(uint32_t number, uint16_t test, uint8_t unit, uint8_t regime, enum verdict verdict)
{
	journal_begin(&sample, &(struct journal_case){ .number = number,
						       .test = test,
						       .unit = unit,
						       .regime = regime,
						       .engine = JOURNAL_ANY });
	if (verdict != VERDICT_PASS)
		journal_text(&sample, JOURNAL_REASON, "why");
	sample_end(number, verdict, 1000);
}

static void read_run(void)
{
	report_read(&sample_model, sample.bytes, sample.used, &texts);
}

static const char *status(enum rule rule, unsigned place)
{
	return report_status_name(report_rule_status(&sample_model, rule, place));
}

static const char *reason(enum rule rule, unsigned place)
{
	static char text[256];

	report_rule_reason(&sample_model, rule, place, text, sizeof(text));
	return text;
}

HOST_TEST(a_pass_in_legacy_mode_credits_no_first_stage)
{
	open_run(1);
	add_case(1, LANDS, 0, LEGACY, VERDICT_PASS);
	read_run();
	CHECK_STR(status(VTD_SS_01, 0), "pass");
	CHECK_STR(status(VTD_FLT_01, 0), "pass");
	CHECK_STR(status(VTD_FS_03, 0), "not-tested");
	CHECK_STR(reason(VTD_FS_03, 0),
		  "the cases of its tests here are of other regimes than first, nested");
	CHECK_EQ(report_rule_case(&sample_model, VTD_FS_03, 0), 0);
	CHECK_EQ(report_rule_case(&sample_model, VTD_SS_01, 0), 1);
}

HOST_TEST(a_fail_in_the_first_stage_accuses_no_second)
{
	open_run(3);
	add_case(1, LANDS, 0, SECOND, VERDICT_PASS);
	add_case(2, LANDS, 0, FIRST, VERDICT_FAIL);
	add_case(3, LANDS, 1, FIRST, VERDICT_FAIL);
	read_run();
	CHECK_STR(status(VTD_SS_01, 0), "pass");
	CHECK_STR(status(VTD_FS_03, 0), "fail");
	CHECK_STR(status(VTD_FLT_01, 0), "fail");
	CHECK_EQ(report_rule_case(&sample_model, VTD_FLT_01, 0), 2);
	CHECK_STR(reason(VTD_FS_03, 0), "why");
	CHECK_STR(status(VTD_SS_01, 1), "not-tested");
	CHECK_EQ(sample_model.met[VTD_FLT_01][0][VERDICT_PASS], 1);
	CHECK_EQ(sample_model.met[VTD_FLT_01][0][VERDICT_FAIL], 1);
	CHECK_EQ(sample_model.met[VTD_FS_03][0][VERDICT_PASS], 0);
}

HOST_TEST(a_skip_elsewhere_is_no_answer_either)
{
	open_run(2);
	add_case(1, MARKS, 0, LEGACY, VERDICT_SKIP);
	add_case(2, MARKS, 0, SECOND, VERDICT_SKIP);
	read_run();
	CHECK_STR(status(VTD_AD_05, 0), "not-tested");
	CHECK_STR(status(VTD_AD_09, 0), "skip");
	CHECK_STR(status(VTD_AD_05, 1), "not-tested");
	CHECK_STR(reason(VTD_AD_05, 1), "no case of its tests ended here");
}

/* A case without a regime walks no table; one in a regime without a name may have walked any. */
HOST_TEST(without_a_regime_no_table_is_credited)
{
	open_run(3);
	add_case(1, LANDS, 0, JOURNAL_ANY, VERDICT_PASS);
	add_case(2, LANDS, 0, UNNAMED, VERDICT_PASS);
	add_case(3, LANDS, JOURNAL_ANY, JOURNAL_ANY, VERDICT_PASS);
	read_run();
	CHECK_STR(status(VTD_SS_01, 0), "not-tested");
	CHECK_STR(status(VTD_FLT_01, 0), "not-tested");
	CHECK_STR(status(VTD_FLT_01, REPORT_MACHINE), "not-tested");
}

static const struct testcase table = {
	.topic = "vtd_asfound", .name = "dmar_order", .claim = "The structures stand in order.",
	.rules = RULES(VTD_ACPI_01, VTD_DISC_03), .sweep = SWEEP_MACHINE,
};
static const struct testcase width = {
	.topic = "vtd_capability", .name = "address_width", .claim = "The width is enough.",
	.rules = RULES(VTD_DISC_03), .sweep = SWEEP_UNITS,
};

HOST_TEST(what_only_the_machine_can_show_binds_no_unit)
{
	static const struct testcase *const both[] = { &table, &width };
	static const struct testcase *const other_way[] = { &width, &table };
	struct report_texts of_both = { both, 2, SAMPLE_BUILD, SAMPLE_SUITE };

	open_run(1);
	add_case(1, 0, JOURNAL_ANY, JOURNAL_ANY, VERDICT_PASS);
	for (unsigned i = 0; i < 2; i++) {
		report_read(&sample_model, sample.bytes, sample.used, &of_both);
		CHECK(!report_rule_binds(&sample_model, VTD_ACPI_01, 0));
		CHECK(report_rule_binds(&sample_model, VTD_ACPI_01, REPORT_MACHINE));
		CHECK(report_rule_binds(&sample_model, VTD_DISC_03, 0));
		CHECK(report_rule_binds(&sample_model, VTD_AD_10, 0));
		CHECK(!report_rule_binds(&sample_model, VTD_AD_10, REPORT_MACHINE));
		of_both.tests = other_way;
	}
}

HOST_TEST(a_unit_without_the_regime_says_so)
{
	journal_init(&sample, NULL, 0);
	journal_start(&sample, &(struct journal_start){ SAMPLE_BUILD, 42 }, "0.1");
	journal_name(&sample, JOURNAL_UNIT, 0, JOURNAL_ANY, "vtd0");
	journal_name(&sample, JOURNAL_REGIME, 0, 0, "legacy");
	journal_plan(&sample, 1);
	add_case(1, LANDS, 0, LEGACY, VERDICT_PASS);
	read_run();
	CHECK_STR(status(VTD_FS_03, 0), "not-tested");
	CHECK_STR(reason(VTD_FS_03, 0), "this unit has no regime of these: first, nested");
}

HOST_TEST(a_known_defect_is_no_pass)
{
	open_run(2);
	add_case(1, LANDS, 0, FIRST, VERDICT_PASS);
	add_case(2, LANDS, 0, FIRST, VERDICT_KNOWN);
	read_run();
	CHECK_STR(status(VTD_FS_03, 0), "known");
	CHECK_EQ(report_rule_case(&sample_model, VTD_FS_03, 0), 2);
	CHECK_STR(reason(VTD_FS_03, 0), "why");
}

static const char *written(enum report_format format);

HOST_TEST(the_link_of_a_known_defect_is_told_once_behind_the_reason)
{
	const char *html;

	open_run(3);
	for (uint32_t n = 1; n <= 3; n++) {
		journal_begin(&sample, &(struct journal_case){ .number = n,
							       .test = LANDS,
							       .regime = FIRST,
							       .engine = JOURNAL_ANY });
		journal_text(&sample, JOURNAL_REASON,
			     n < 3 ? "https://example.org/a(1): it landed elsewhere"
				   : "https://example.org/a(2): see http://example.org/b.");
		sample_end(n, VERDICT_KNOWN, 1);
	}
	read_run();
	html = written(REPORT_HTML);
	CHECK(strstr(html,
		     "</small> it landed elsewhere<br><small><a href=\"https://example.org/a(1\">") ==
	      NULL);
	CHECK(strstr(html, "</small> it landed elsewhere<br><small><a href=\"https://example.org/a(1)\">"
			   "https://example.org/a(1)</a></small></p>\n</div>"));
	CHECK(strstr(html, "#2</small> it landed elsewhere</p>"));
	CHECK(strstr(html, "#3</small> see <a href=\"http://example.org/b\">http://example.org/b</a>.<br>"));
}

static const char *written(enum report_format format)
{
	struct out out;

	sample_used = 0;
	sample_text[0] = '\0';
	out_open(&out, sample_write, NULL);
	CHECK_EQ(report_write(&sample_model, format, &out), STATUS_OK);
	return sample_text;
}

HOST_TEST(the_formats_name_a_case_s_own_rules)
{
	const char *json, *html;

	open_run(3);
	add_case(1, LANDS, 0, LEGACY, VERDICT_FAIL);
	add_case(2, LANDS, 0, FIRST, VERDICT_PASS);
	add_case(3, MARKS, 0, LEGACY, VERDICT_FAIL);
	journal_done(&sample, 3);
	read_run();
	json = written(REPORT_JSON);
	CHECK(json_is_whole(json));
	CHECK(strstr(json,
		     "\"rules\": [\"VTD-SS-01\", \"VTD-FLT-01\"], \"variant\": \"vtd0/legacy\""));
	CHECK(strstr(json,
		     "\"rules\": [\"VTD-FS-03\", \"VTD-FLT-01\"], \"variant\": \"vtd0/first\""));
	CHECK(strstr(json, "\"rules\": [], \"variant\": \"vtd0/legacy\""));
	CHECK(strstr(json, "\"needs\": \"ECAP.FSTS\", \"regimes\": [\"first\", \"nested\"], "));
	CHECK(strstr(json,
		     "\"status\": \"fail\", \"case\": 1, \"cases\": {\"pass\": 1, \"fail\": 1}, "));
	html = written(REPORT_HTML);
	CHECK(markup_is_whole(html, HTML_PROLOGUE, true));
	CHECK(strstr(html, "No rule that this claim names can be observed in this regime."));
}

/* ---- Two catalogues ---- */

/* A claim about units of every vendor, as the suite has them: both have regimes named nested. */
static const struct testcase shared = {
	.topic = "translate", .name = "write_lands",
	.claim = "A DMA write to a mapped IOVA lands at the mapped address and nowhere else.",
	.rules = RULES(VTD_SS_01, VTD_FS_03, AMD_HPT_02, AMD_GT_16),
};
static const struct testcase *const of_both[] = { &shared };
static const struct report_texts both_texts = { of_both, 1, SAMPLE_BUILD, SAMPLE_SUITE };

/* One case for each unit: it passes in the regime of that name. */
static void run_units(const char *const units[], const char *const regimes[], uint8_t count)
{
	journal_init(&sample, NULL, 0);
	journal_start(&sample, &(struct journal_start){ SAMPLE_BUILD, 42 }, "0.1");
	for (uint8_t unit = 0; unit < count; unit++) {
		journal_name(&sample, JOURNAL_UNIT, unit, JOURNAL_ANY, units[unit]);
		journal_name(&sample, JOURNAL_REGIME, 0, unit, regimes[unit]);
	}
	journal_plan(&sample, count);
	for (uint8_t unit = 0; unit < count; unit++)
		add_case(unit + 1u, 0, unit, 0, VERDICT_PASS);
	journal_done(&sample, count);
	report_read(&sample_model, sample.bytes, sample.used, &both_texts);
}

HOST_TEST(a_pass_in_a_regime_that_both_vendors_have_credits_one)
{
	static const char *const units[] = { "vtd0", "amdvi0" }, *const regimes[] = { "nested",
										    "nested" };

	run_units(units, regimes, 2);
	CHECK_STR(status(VTD_FS_03, 0), "pass");
	CHECK_STR(status(AMD_GT_16, 1), "pass");
	CHECK(report_rule_binds(&sample_model, VTD_FS_03, 0));
	CHECK(!report_rule_binds(&sample_model, VTD_FS_03, 1));
	CHECK(!report_rule_binds(&sample_model, AMD_GT_16, 0));
	CHECK(report_rule_binds(&sample_model, AMD_GT_16, 1));
	CHECK_EQ(sample_model.met[AMD_GT_16][0][VERDICT_PASS], 0);
	CHECK_EQ(sample_model.met[VTD_FS_03][1][VERDICT_PASS], 0);
	CHECK_STR(status(AMD_HPT_02, 1), "not-tested");
	CHECK_STR(reason(AMD_HPT_02, 1), "this unit has no regime of these: host");
}

HOST_TEST(a_report_tells_nothing_of_units_that_are_not_there)
{
	static const char *const units[] = { "vtd0" }, *const regimes[] = { "nested" };
	const char *json, *html;

	run_units(units, regimes, 1);
	json = written(REPORT_JSON);
	CHECK(json_is_whole(json));
	CHECK(strstr(json, "\"VTD-FS-03\"") && strstr(json, "\"vendor\": \"vtd\""));
	CHECK(strstr(json, "AMD") == NULL && strstr(json, "\"amdvi\"") == NULL);
	html = written(REPORT_HTML);
	CHECK(markup_is_whole(html, HTML_PROLOGUE, true));
	CHECK(strstr(html, "VTD-FS-03") && strstr(html, "AMD") == NULL);
}

HOST_TEST(a_report_of_the_other_vendor_s_units_has_its_own_catalogue)
{
	static const char *const units[] = { "amdvi0" }, *const regimes[] = { "host" };
	const char *json, *html;

	run_units(units, regimes, 1);
	json = written(REPORT_JSON);
	CHECK(json_is_whole(json));
	CHECK(strstr(json, "\"rules\": [\"AMD-HPT-02\"], \"variant\": \"amdvi0/host\""));
	CHECK(strstr(json, "\"prefix\": \"AMD-\"") && strstr(json, "VTD") == NULL);
	CHECK(strstr(json, "\"regimes\": [\"host\"], "));
	html = written(REPORT_HTML);
	CHECK(markup_is_whole(html, HTML_PROLOGUE, true));
	CHECK(strstr(html, "48882, revision 3.11") && strstr(html, "AMD-HPT-02"));
	CHECK(strstr(html, "VTD-") == NULL);
}

HOST_TEST(a_report_of_no_unit_has_every_catalogue)
{
	const char *json;

	run_units(NULL, NULL, 0);
	json = written(REPORT_JSON);
	CHECK(strstr(json, "\"VTD-FS-03\"") && strstr(json, "\"AMD-HPT-02\""));
}

HOST_MAIN()
