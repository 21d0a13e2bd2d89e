/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every format of a sabotaged run says first that it says nothing of the machine. */
#include "tests/host/check.h"
#include "tests/host/report_sample.h"

static void sabotaged_run(const char *fact)
{
	sample_open();
	journal_text(&sample, JOURNAL_FACT, fact);
	journal_plan(&sample, 1);
	sample_case(1, 0, VERDICT_FAIL, "not met", NULL);
	journal_done(&sample, 1);
}

HOST_TEST(a_sabotaged_run_accuses_nobody)
{
	sabotaged_run("sabotage=swap-entries: the first two leaves <of a span> are exchanged");
	CHECK(strstr(sample_report(REPORT_HTML),
		     "A sabotaged run says nothing about the machine. "
		     "swap-entries: the first two leaves &lt;of a span&gt;"));
	CHECK(!strstr(sample_report(REPORT_HTML), "is false on this machine"));
	CHECK(strstr(sample_report(REPORT_TAP),
		     "1..1\n# sabotaged run, which says nothing about the machine: "
		     "swap-entries"));
	CHECK(strstr(sample_report(REPORT_JUNIT), "name=\"sabotage\" value=\"swap-entries"));
	CHECK(strstr(sample_report(REPORT_JSON), "\"sabotage\""));
}

HOST_TEST(another_run_does)
{
	sabotaged_run("sabot=x");
	CHECK(strstr(sample_report(REPORT_HTML), "is false on this machine"));
	CHECK(!strstr(sample_report(REPORT_TAP), "# sabotaged"));
}

HOST_MAIN()
