/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a journal says of a run in one process: notes, findings and cases that are no pass, and the counts. */
#ifndef TESTS_INPROC_TOLD_H
#define TESTS_INPROC_TOLD_H

#include "base/types.h"

/* Statuses of the runner (tools/runner/outcome.py). */
enum { EXIT_OK, EXIT_FAILED, EXIT_BROKEN, EXIT_NO_WORLD, EXIT_NOTHING };

/* Print each line as its record comes. */
void told_read(const uint8_t *bytes, size_t count);
/* What all of it comes to. */
int told_status(void);
void told_summary(const char *config, const char *defect);

#endif
