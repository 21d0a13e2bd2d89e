/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The pieces of report.html that stand in files of their own. */
#ifndef TESTS_REPORT_HTML_H
#define TESTS_REPORT_HTML_H

#include "tests/report/report.h"

/* A coloured word: a verdict or a status. */
void html_tag(struct out *out, const char *word);
/* The same, leading to a case; 0: to none. */
void html_tag_of_case(struct out *out, const char *word, uint32_t number);
void html_section(struct out *out, const char *id, const char *title);
void html_case_name(const struct report_model *model, uint32_t number, const struct report_case *c,
		    struct out *out);
/* A bar of parts, each as long as its count and coloured as its word. */
void html_bar_begin(struct out *out);
void html_bar_part(struct out *out, const char *word, uint32_t count);
void html_bar_end(struct out *out);
/* The length of the web address that a text starts with, 0 without one. */
size_t html_address(const char *text);
/* A text whose web addresses can be followed. */
void html_linked(struct out *out, const char *text);
/* The value of a fact; false if there is none of this key. */
bool html_fact(const struct report_model *model, const char *key, char *value, size_t size);

void html_summary(const struct report_model *model, struct out *out);	/* what the run is worth */
void html_cases(const struct report_model *model, struct out *out);	/* what is not a pass */
void html_claims(const struct report_model *model, struct out *out);	/* every claim, and its verdicts */
void html_rules(const struct report_model *model, struct out *out);	/* matrix rule x place */
void html_untested(const struct report_model *model, struct out *out);	/* skips, rules without a claim */
void html_machine(const struct report_model *model, struct out *out);	/* identity, capabilities, notes */

#endif
