/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reports: what a journal says is in every format, and every format is whole whatever the journal says. */
#include "tests/host/report_sample.h"

#include "tests/host/check.h"
#include "tests/host/wellformed.h"

#define CHECK_HAS(text, part) \
	do { \
		host_checks++; \
		if (!strstr(text, part)) { \
			host_failures++; \
			printf("# %s:%d: the text lacks: %s\n", __FILE__, __LINE__, part); \
		} \
	} while (0)

static void every_verdict(void)
{
	sample_open();
	journal_plan(&sample, 9);
	sample_case(1, 0, VERDICT_PASS, NULL, NULL);
	sample_case(2, 1, VERDICT_FAIL, "dirty is <set>", "got \"D\", expected \"-\"");
	sample_case(3, 0, VERDICT_DISPUTED, "one source says so", NULL);
	sample_case(4, 0, VERDICT_SKIP, "needs PASID", NULL);
	sample_case(5, 0, VERDICT_SKIP, "needs PASID", NULL);
	sample_case(6, 0, VERDICT_KNOWN, "https://example.org/1#2", NULL);
	sample_case(7, 0, VERDICT_UNPROVEN, "no stale entry was seen", NULL);
	sample_case(8, 0, VERDICT_HANG, "the machine died", NULL);
	sample_case(9, 2, VERDICT_BROKEN, "the engine is gone", NULL);
	journal_done(&sample, 9);
}

/* Everything that must hold whatever bytes a journal has. */
static void check_whole(const void *bytes, size_t count)
{
	CHECK(json_is_whole(report_of(bytes, count, REPORT_JSON)));
	CHECK(markup_is_whole(report_of(bytes, count, REPORT_JUNIT), XML_PROLOGUE, false));
	CHECK(markup_is_whole(report_of(bytes, count, REPORT_HTML), HTML_PROLOGUE, true));
	CHECK(strncmp(report_of(bytes, count, REPORT_TAP), "TAP version 14\n1..", 18) == 0);
}

HOST_TEST(the_checkers_can_say_no)
{
	CHECK(json_is_whole("{\"a\": [1, \"x\\u0007\\n\", {}, [], true]}\n"));
	CHECK(!json_is_whole("{\"a\": [1, 2,]}") && !json_is_whole("[1 2]") &&
	      !json_is_whole("[1"));
	CHECK(!json_is_whole("{\"a\" 1}") && !json_is_whole("{a: 1}") && !json_is_whole("[01]"));
	CHECK(!json_is_whole("[\"\n\"]") && !json_is_whole("[\"\\x\"]") && !json_is_whole("[1}"));
	CHECK(!json_is_whole("[\"\xff\"]") && !json_is_whole("[] []") &&
	      !json_is_whole("{\"a\": 1,}"));
	CHECK(markup_is_whole("<a b=\"&lt;\">x<c/></a>", "", false));
	CHECK(!markup_is_whole("<a>", "", false) && !markup_is_whole("</a>", "", false));
	CHECK(!markup_is_whole("<a><b></a></b>", "", false) &&
	      !markup_is_whole("<a>&x</a>", "", false));
	CHECK(!markup_is_whole("<a b=\"<\"></a>", "", false) &&
	      !markup_is_whole("<a>\7</a>", "", false));
}

HOST_TEST(json_says_what_the_journal_says)
{
	const char *json;

	every_verdict();
	json = sample_report(REPORT_JSON);
	CHECK(json_is_whole(json));
	CHECK_HAS(json, "{\n  \"schema\": 1, \"program\": \"iovet\", \"version\": \"0.1\", "
			"\"build\": \"0123456789abcdef\", \"seed\": \"42\",\n"
			"  \"complete\": true, \"finished\": true, \"same_build\": true, "
			"\"same_suite\": true, "
			"\"planned\": 9, \"run\": 9, \"not_run\": 0, \"unlisted\": 0, "
			"\"dropped\": 0,\n"
			"  \"counts\": {\"pass\": 1, \"fail\": 1, \"disputed\": 1, \"skip\": 2, "
			"\"known\": 1, \"unproven\": 1, \"hang\": 1, \"broken\": 1},\n"
			"  \"facts\": [\n    {\"key\": \"cpu\", \"value\": \"A & B\"},\n"
			"    {\"key\": \"vtd0.CAP\", \"value\": \"0x1\"}],\n"
			"  \"units\": [\n    {\"name\": \"vtd0\", \"regimes\": [\"first\"]}],\n"
			"  \"engines\": [\"edu0\"],\n  \"notes\": [],\n  \"findings\": [],\n"
			"  \"cases\": [\n");
	CHECK_HAS(json, "    {\"number\": 2, \"id\": \"markup.escapes\", \"topic\": \"markup\", "
			"\"claim\": \"A \\\"claim\\\" with <markup> & a \\\\.\", "
			"\"rules\": [\"VTD-AD-10\", \"VTD-AD-13\"], "
			"\"variant\": \"vtd0/first/2M/edu0\", \"unit\": \"vtd0\", "
			"\"regime\": \"first\", \"leaf\": \"2M\", \"engine\": \"edu0\", "
			"\"verdict\": \"fail\", \"us\": 2000, \"checks\": 3, "
			"\"reason\": \"dirty is <set>\", \"evidence\": [\n"
			"      \"got \\\"D\\\", expected \\\"-\\\"\"]},\n");
	CHECK_HAS(json, "\"variant\": \"\", \"unit\": null, \"regime\": null, \"leaf\": null, "
			"\"engine\": null, \"verdict\": \"broken\"");
	CHECK_HAS(json, "{\"id\": \"VTD-AD-10\", \"clause\": \"3.6.2, 3.7.2\", "
			"\"text\": \"a read must not set D\", \"strength\": \"must\", "
			"\"certainty\": \"read in the specification's text\", \"needs\": \"\", "
			"\"regimes\": [\"second\", \"first\", \"nested\"], "
			"\"claimed\": true, \"untested\": null, \"places\": "
			"[{\"place\": \"vtd0\", \"status\": \"fail\", \"case\": 2, "
			"\"cases\": {\"pass\": 1, \"fail\": 1, \"disputed\": 1, \"skip\": 2, "
			"\"known\": 1, \"unproven\": 1, \"hang\": 1}, "
			"\"reason\": \"dirty is <set>\"}]}");
	CHECK_HAS(json, "\"claimed\": false, \"untested\": \"an obligation on software\", "
			"\"places\": [{\"place\": \"vtd0\", \"status\": \"unclaimed\", "
			"\"reason\": \"an obligation on software\"}]}");
	CHECK_HAS(json,
		  "\"places\": [{\"place\": \"vtd0\", \"status\": \"not-tested\", "
		  "\"reason\": \"no case of its tests ended here\"}, {\"place\": \"machine\", "
		  "\"status\": \"broken\", \"case\": 9, \"cases\": {\"broken\": 1}, "
		  "\"reason\": \"the engine is gone\"}]}");
}

HOST_TEST(tap_is_exactly_this)
{
	every_verdict();
	CHECK_STR(sample_report(REPORT_TAP),
		  "TAP version 14\n1..9\n"
		  "ok 1 - dirty.read_leaves_pages_clean vtd0/first/2M/edu0\n"
		  "not ok 2 - markup.escapes vtd0/first/2M/edu0\n"
		  "  ---\n"
		  "    claim: \"A \\\"claim\\\" with <markup> & a \\\\.\"\n"
		  "    verdict: \"fail\"\n"
		  "    reason: \"dirty is <set>\"\n"
		  "    evidence:\n"
		  "      - \"got \\\"D\\\", expected \\\"-\\\"\"\n"
		  "  ...\n"
		  "not ok 3 - dirty.read_leaves_pages_clean vtd0/first/2M/edu0\n"
		  "  ---\n"
		  "    claim: \"A DMA read never sets a dirty flag.\"\n"
		  "    verdict: \"disputed\"\n"
		  "    reason: \"one source says so\"\n"
		  "  ...\n"
		  "ok 4 - dirty.read_leaves_pages_clean vtd0/first/2M/edu0 # SKIP needs PASID\n"
		  "ok 5 - dirty.read_leaves_pages_clean vtd0/first/2M/edu0 # SKIP needs PASID\n"
		  "not ok 6 - dirty.read_leaves_pages_clean vtd0/first/2M/edu0 "
		  "# TODO known: https://example.org/1\\#2\n"
		  "  ---\n"
		  "    claim: \"A DMA read never sets a dirty flag.\"\n"
		  "    verdict: \"known\"\n"
		  "    reason: \"https://example.org/1#2\"\n"
		  "  ...\n"
		  "ok 7 - dirty.read_leaves_pages_clean vtd0/first/2M/edu0 "
		  "# SKIP unproven: no stale entry was seen\n"
		  "not ok 8 - dirty.read_leaves_pages_clean vtd0/first/2M/edu0\n"
		  "  ---\n"
		  "    claim: \"A DMA read never sets a dirty flag.\"\n"
		  "    verdict: \"hang\"\n"
		  "    reason: \"the machine died\"\n"
		  "  ...\n"
		  "not ok 9 - table.is_sane\n"
		  "  ---\n"
		  "    claim: \"The firmware's table keeps its format.\"\n"
		  "    verdict: \"broken\"\n"
		  "    reason: \"the engine is gone\"\n"
		  "  ...\n");
}

HOST_TEST(junit_is_exactly_this)
{
	sample_open();
	journal_plan(&sample, 4);
	sample_case(1, 0, VERDICT_PASS, NULL, NULL);
	sample_case(2, 1, VERDICT_FAIL, "dirty is <set>", "got \"D\" & more");
	sample_case(3, 2, VERDICT_SKIP, "no 'table'", NULL);
	journal_done(&sample, 3);
	CHECK_STR(
		sample_report(REPORT_JUNIT),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		"  <testsuite name=\"iovet\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\" "
		"time=\"0.006000\">\n"
		"    <properties>\n"
		"      <property name=\"version\" value=\"0.1\"/>\n"
		"      <property name=\"cpu\" value=\"A &amp; B\"/>\n"
		"      <property name=\"vtd0.CAP\" value=\"0x1\"/>\n"
		"    </properties>\n"
		"    <testcase classname=\"dirty.read_leaves_pages_clean\" "
		"name=\"vtd0/first/2M/edu0\" time=\"0.001000\"></testcase>\n"
		"    <testcase classname=\"markup.escapes\" name=\"vtd0/first/2M/edu0\" "
		"time=\"0.002000\">\n"
		"      <failure message=\"fail: dirty is &lt;set&gt;\" type=\"fail\">"
		"A &quot;claim&quot; with &lt;markup&gt; &amp; a \\.\n"
		"got &quot;D&quot; &amp; more\n"
		"</failure>\n"
		"    </testcase>\n"
		"    <testcase classname=\"table.is_sane\" name=\"machine\" time=\"0.003000\">\n"
		"      <skipped message=\"skip: no &#39;table&#39;\">"
		"The firmware&#39;s table keeps its format.\n"
		"</skipped>\n"
		"    </testcase>\n"
		"    <testcase classname=\"iovet.run\" name=\"complete\">\n"
		"      <error message=\"the run is not complete: 1 of 4 cases did not run\" "
		"type=\"broken\"/>\n"
		"    </testcase>\n"
		"  </testsuite>\n</testsuites>\n");
}

static unsigned times_in(const char *text, const char *part)
{
	unsigned n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

HOST_TEST(html_says_it_for_people)
{
	const char *html;

	every_verdict();
	journal_text(&sample, JOURNAL_FACT, "vtd0.CAP=0x2");
	journal_text(&sample, JOURNAL_NOTE, "a <note>");
	html = sample_report(REPORT_HTML);
	CHECK(markup_is_whole(html, HTML_PROLOGUE, true));
	CHECK_HAS(html, "1 claim is false on this machine; 1 claim hung it.");
	CHECK_HAS(html,
		  "<p class=\"claim\">A &quot;claim&quot; with &lt;markup&gt; &amp; a \\.</p>");
	CHECK_HAS(html, "<summary class=\"small\">Evidence</summary><pre>got &quot;D&quot;, "
			"expected &quot;-&quot;</pre></details>");
	CHECK_HAS(
		html,
		"<td class=\"at\" title=\"dirty is &lt;set&gt;\">"
		"<a class=\"tag t-fail\" href=\"#case-2\">fail</a> <small class=\"dim\">8</small>");
	CHECK_HAS(html, "<div class=\"one\" id=\"case-2\">");
	/* A claim is told once for each verdict that it has; a link comes behind the reason. */
	CHECK_EQ(times_in(html, "<p class=\"claim\">A DMA read never"), 4);
	CHECK_HAS(html, "<a href=\"https://example.org/1#2\">https://example.org/1#2</a>");
	CHECK_HAS(html, "<span class=\"t-pass\">1 pass</span> ");
	CHECK_HAS(html, "needs PASID <span class=\"dim\">(2)</span>");
	CHECK_HAS(html, "an obligation on software <span class=\"dim\">(");
	CHECK_HAS(html, "<tr><td><code>CAP</code></td><td><code>0x1</code></td></tr>");
	CHECK_EQ(times_in(html, "<td><code>CAP</code></td>"), 1);
	CHECK_EQ(times_in(html, "vtd0.CAP"), 0);
	CHECK_EQ(times_in(html, "<details><summary>needs PASID "), 1);
	CHECK_HAS(html, "<tr><td>cpu</td><td>A &amp; B</td></tr>");
	CHECK_HAS(html, "<li>a &lt;note&gt;</li>");
	CHECK_HAS(html, "<td class=\"n\">9000 us</td><td><code>table.is_sane</code>");
	CHECK(strstr(html, "9000 us") < strstr(html, "8000 us"));
	CHECK(strstr(html, "8000 us") < strstr(html, "1000 us"));
	CHECK(!strstr(html, "<script") && !strstr(html, "src=") &&
	      !strstr(html, "http"
			    "://"));
}

HOST_TEST(an_open_case_hangs_and_missing_cases_did_not_run)
{
	const char *json;

	sample_open();
	journal_plan(&sample, 5);
	sample_case(1, 0, VERDICT_PASS, NULL, NULL);
	sample_begin(2, 0, 0);
	journal_commit(&sample);
	json = sample_report(REPORT_JSON);
	CHECK_HAS(json, "\"complete\": false, \"finished\": false");
	CHECK_HAS(json, "\"planned\": 5, \"run\": 2, \"not_run\": 3");
	CHECK_HAS(json, "\"verdict\": \"hang\", \"us\": 0, \"checks\": 0, "
			"\"reason\": \"the machine died in this case\"");
	CHECK_HAS(sample_report(REPORT_TAP),
		  "Bail out! The run is not complete: 3 cases did not run\n");
	CHECK_HAS(sample_report(REPORT_HTML), "3 of 5 planned cases did not run, and the journal "
					      "has no end.");
	journal_done(&sample, 1);
	CHECK_HAS(sample_report(REPORT_JSON),
		  "\"verdict\": \"broken\", \"us\": 0, \"checks\": 0, "
		  "\"reason\": \"the journal does not say how this case ended\"");
}

HOST_TEST(the_order_of_cases_changes_nothing)
{
	char *forward = NULL;

	for (unsigned backward = 0; backward < 2; backward++) {
		sample_open();
		journal_plan(&sample, 40);
		for (uint32_t i = 1; i <= 40; i++) {
			uint32_t n = backward ? 41 - i : i;

			sample_case(n, (uint16_t)(n % 3), (enum verdict)(n % VERDICT_COUNT), "why",
				    "a line");
		}
		journal_done(&sample, 40);
		if (!backward)
			forward = strdup(sample_report(REPORT_JSON));
	}
	CHECK_STR(sample_report(REPORT_JSON), forward);
	free(forward);
}

/* The status of VTD-AD-10 on the unit after these verdicts. */
static enum report_status status_of(const enum verdict *verdicts, unsigned count)
{
	sample_open();
	journal_plan(&sample, count);
	for (uint32_t i = 0; i < count; i++)
		sample_case(i + 1, 0, verdicts[i], "why", NULL);
	journal_done(&sample, count);
	report_read(&sample_model, sample.bytes, sample.used, &sample_texts);
	return report_rule_status(&sample_model, VTD_AD_10, 0);
}

HOST_TEST(one_fail_outweighs_passes_and_one_pass_outweighs_skips)
{
	static const enum verdict order[] = {
		VERDICT_FAIL, VERDICT_HANG,     VERDICT_DISPUTED, VERDICT_KNOWN,
		VERDICT_PASS, VERDICT_UNPROVEN, VERDICT_BROKEN,   VERDICT_SKIP,
	};
	static const char *const names[] = {
		"fail", "hang", "disputed", "known", "pass", "unproven", "broken", "skip",
	};

	for (unsigned i = 0; i < ARRAY_COUNT(order); i++) {
		CHECK_STR(
			report_status_name(status_of(order + i, (unsigned)ARRAY_COUNT(order) - i)),
			names[i]);
		CHECK_EQ(report_rule_case(&sample_model, VTD_AD_10, 0), 1);
	}
	CHECK_EQ(status_of(NULL, 0), REPORT_STATUS_NOT_TESTED);
	CHECK_EQ(report_rule_status(&sample_model, VTD_AD_18, 0), REPORT_STATUS_UNCLAIMED);
}

HOST_TEST(a_journal_of_another_build_has_no_claims_here)
{
	const char *json;

	journal_init(&sample, NULL, 0);
	journal_start(&sample, &(struct journal_start){ SAMPLE_BUILD + 1, 42 }, "0.1");
	journal_plan(&sample, 1);
	sample_case(1, 0, VERDICT_PASS, NULL, NULL);
	journal_done(&sample, 1);
	json = sample_report(REPORT_JSON);
	CHECK_HAS(json, "\"same_build\": false, \"same_suite\": false");
	CHECK_HAS(json, "\"id\": \"unknown.0\", \"topic\": \"unknown\", \"claim\": \"\"");
	CHECK(!strstr(json, "\"claimed\": true"));
	/* But one with the same tests does. */
	journal_text(&sample, JOURNAL_FACT, "suite=fedcba9876543211");
	CHECK_HAS(sample_report(REPORT_JSON), "\"same_suite\": false");
	journal_text(&sample, JOURNAL_FACT, "suite=fedcba9876543210");
	json = sample_report(REPORT_JSON);
	CHECK_HAS(json, "\"same_build\": false, \"same_suite\": true");
	CHECK_HAS(json, "\"id\": \"dirty.read_leaves_pages_clean\", \"topic\": \"dirty\"");
}

HOST_TEST(numbers_beyond_every_limit_do_no_harm)
{
	const char *json;

	sample_open();
	journal_plan(&sample, 4);
	journal_begin(&sample, &(struct journal_case){ 0, 0, 0, 0, 12, 0 });
	journal_begin(&sample, &(struct journal_case){ UINT32_MAX, 0, 0, 0, 12, 0 });
	journal_begin(&sample, &(struct journal_case){ 1, 999, 200, 201, 255, 202 });
	sample_end(1, VERDICT_COUNT, 1);
	sample_end(3, VERDICT_PASS, 1);
	sample_end(UINT32_MAX, VERDICT_PASS, 1);
	journal_name(&sample, JOURNAL_UNIT, 200, 0, "far");
	journal_name(&sample, JOURNAL_REGIME, 200, 0, "far");
	journal_name(&sample, JOURNAL_REGIME, 0, 200, "far");
	journal_name(&sample, JOURNAL_ENGINE, 200, 0, "far");
	journal_done(&sample, 1);
	json = sample_report(REPORT_JSON);
	CHECK_HAS(json, "\"run\": 1, \"not_run\": 3, \"unlisted\": 2");
	CHECK_HAS(json, "\"id\": \"unknown.999\"");
	CHECK_HAS(json, "\"variant\": \"unit200/regime201/engine202\", \"unit\": null");
	CHECK_HAS(json, "\"verdict\": \"broken\"");
	check_whole(sample.bytes, sample.used);
}

HOST_TEST(a_rule_is_judged_in_each_place_by_itself)
{
	const char *json;

	sample_open();
	journal_name(&sample, JOURNAL_UNIT, 1, JOURNAL_ANY, "vtd1");
	journal_name(&sample, JOURNAL_REGIME, 0, 1, "first");
	journal_plan(&sample, 4);
	sample_case(1, 2, VERDICT_SKIP, "no table", NULL);
	sample_case(2, 0, VERDICT_FAIL, "of the first unit", NULL);
	sample_begin(3, 0, 1);
	journal_text(&sample, JOURNAL_REASON, "of the second unit");
	sample_end(3, VERDICT_FAIL, 1);
	sample_case(4, 0, VERDICT_PASS, NULL, NULL);
	journal_done(&sample, 4);
	json = sample_report(REPORT_JSON);
	CHECK_HAS(json, "\"places\": [{\"place\": \"vtd0\", \"status\": \"fail\", \"case\": 2, "
			"\"cases\": {\"pass\": 1, \"fail\": 1}, "
			"\"reason\": \"of the first unit\"}, {\"place\": \"vtd1\", "
			"\"status\": \"fail\", \"case\": 3, \"cases\": {\"fail\": 1}, "
			"\"reason\": \"of the second unit\"}]}");
	CHECK_HAS(json, "{\"place\": \"machine\", \"status\": \"skip\", \"case\": 1, "
			"\"cases\": {\"skip\": 1}, \"reason\": \"no table\"}");
	/* An obligation on software that a test claims all the same is no more tested for it. */
	CHECK_HAS(strstr(json, "{\"id\": \"VTD-ACPI-07\""),
		  "\"claimed\": true, \"untested\": \"an obligation on software\", \"places\": "
		  "[{\"place\": \"vtd0\", \"status\": \"not-tested\", "
		  "\"reason\": \"an obligation on software\"}");
	CHECK(report_is_complete(&sample_model));
	journal_text(&sample, JOURNAL_NOTE, "behind the end");
	CHECK_HAS(sample_report(REPORT_JSON), "\"complete\": false, \"finished\": false");
}

HOST_TEST(a_reason_belongs_to_the_case_that_began_last)
{
	sample_open();
	journal_plan(&sample, 3);
	sample_case(1, 0, VERDICT_PASS, NULL, NULL);
	sample_begin(UINT32_MAX, 0, 0);
	journal_text(&sample, JOURNAL_REASON, "of a case that is not listed");
	journal_text(&sample, JOURNAL_EVIDENCE, "of a case that is not listed");
	sample_case(2, 0, VERDICT_FAIL, "its own", NULL);
	CHECK(!strstr(sample_report(REPORT_JSON), "not listed"));
	CHECK_HAS(sample_report(REPORT_JSON), "\"reason\": \"its own\"");
}

HOST_TEST(every_byte_can_stand_in_a_text)
{
	char text[256];

	sample_open();
	journal_plan(&sample, 1);
	for (unsigned i = 1; i < 256; i++)
		text[i - 1] = (char)i;
	text[255] = '\0';
	journal_text(&sample, JOURNAL_FACT, text);
	journal_text(&sample, JOURNAL_NOTE, text);
	journal_text(&sample, JOURNAL_FINDING, text);
	journal_name(&sample, JOURNAL_UNIT, 0, JOURNAL_ANY, "v\"<&\1\xff");
	sample_case(1, 1, VERDICT_FAIL, text, text);
	journal_done(&sample, 1);
	check_whole(sample.bytes, sample.used);
	CHECK_HAS(sample_report(REPORT_JSON), "\\u0007");
}

HOST_TEST(cut_off_at_every_byte_the_reports_are_whole)
{
	every_verdict();
	for (size_t cut = 0; cut <= sample.used; cut += cut % 3 + 1) {
		uint8_t *copy = malloc(cut ? cut : 1);

		memcpy(copy, sample.bytes, cut);
		check_whole(copy, cut);
		CHECK_EQ(report_is_complete(&sample_model), cut == sample.used);
		free(copy);
	}
}

HOST_TEST(a_write_that_fails_is_reported)
{
	struct out out;

	every_verdict();
	report_read(&sample_model, sample.bytes, sample.used, &sample_texts);
	sample_used = sizeof(sample_text) - 2000;
	out_open(&out, sample_write, NULL);
	CHECK_EQ(report_write(&sample_model, REPORT_JSON, &out), STATUS_EXHAUSTED);
}

static const char *escaped(void (*escape)(struct out *out, const char *text), const char *text)
{
	struct out out;

	sample_used = 0;
	sample_text[0] = '\0';
	out_open(&out, sample_write, NULL);
	escape(&out, text);
	CHECK_EQ(out_close(&out), STATUS_OK);
	return sample_text;
}

HOST_TEST(escapes_are_these)
{
	CHECK_STR(escaped(out_json, "a\"\\\n\x1f\x7f\xc3\xa9/"),
		  "a\\\"\\\\\\u000a\\u001f\\u007f\xc3\xa9/");
	CHECK_STR(escaped(out_markup, "<>&\"'\t\1\xc3\xa9"),
		  "&lt;&gt;&amp;&quot;&#39;\t\xef\xbf\xbd\xc3\xa9");
	CHECK_STR(escaped(out_markup, "\xef\xbf\xbf"), "\xef\xbf\xbd");
	CHECK_STR(escaped(out_tap, "a#b\\c\nd"), "a\\#b\\\\c d");
	/* Overlong, surrogate, cut off, beyond the last character, stray. */
	CHECK_STR(escaped(out_json, "\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_STR(escaped(out_json, "\xe0\x80\xaf"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_STR(escaped(out_json, "\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_STR(escaped(out_json, "\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_STR(escaped(out_json, "\xf4\x90\x80\x80"),
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_STR(escaped(out_json, "\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
}

HOST_TEST(leaves_have_names)
{
	static const struct {
		unsigned lg2;
		const char *name;
	} leaves[] = {
		{ 0, "" },    { 12, "4K" },   { 14, "16K" }, { 21, "2M" },
		{ 30, "1G" }, { 39, "512G" }, { 255, "" },
	};
	char name[REPORT_LEAF_MAX];

	for (unsigned i = 0; i < ARRAY_COUNT(leaves); i++) {
		report_leaf_name(leaves[i].lg2, name);
		CHECK_STR(name, leaves[i].name);
	}
}

HOST_MAIN()
