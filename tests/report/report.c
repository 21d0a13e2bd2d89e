/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/report/report.h"

static const struct {
	const char *name;
	void (*write)(const struct report_model *model, struct out *out);
} formats[REPORT_FORMATS] = {
	[REPORT_JSON] = { "report.json", report_json },
	[REPORT_JUNIT] = { "report.xml", report_junit },
	[REPORT_TAP] = { "report.tap", report_tap },
	[REPORT_HTML] = { "report.html", report_html },
};

const char *report_file_name(enum report_format format)
{
	return formats[format].name;
}

enum status report_write(const struct report_model *model, enum report_format format,
			 struct out *out)
{
	formats[format].write(model, out);
	return out_close(out);
}
