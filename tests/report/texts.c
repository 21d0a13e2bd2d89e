/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What this program knows of the suite that it was built with. */
#include "base/version.h"
#include "tests/harness/build.h"
#include "tests/report/report.h"

struct report_texts report_own_texts(void)
{
	unsigned count = (unsigned)(testcase_end - testcase_begin);

	return (struct report_texts){
		.tests = testcase_begin,
		.test_count = count,
		.build = build_number(iovet_build, testcase_begin, count),
		.suite = build_number("", testcase_begin, count),
	};
}
