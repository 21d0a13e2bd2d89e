/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The pieces of report.html that stand in files of their own. */
#ifndef TESTS_REPORT_HTML_H
#define TESTS_REPORT_HTML_H

#include "tests/report/report.h"

/* A coloured word: a verdict or a status. */
void html_tag(struct out *out, const char *word);
void html_section(struct out *out, const char *id, const char *title);
void html_case_name(const struct report_model *model, uint32_t number, const struct report_case *c,
		    struct out *out);

void html_rules(const struct report_model *model, struct out *out);	/* matrix rule x place */
void html_untested(const struct report_model *model, struct out *out);	/* skips, rules without a claim */
void html_machine(const struct report_model *model, struct out *out);	/* identity, capabilities, notes */

#endif
