/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The suite in several processes at a time. Each makes a world of its own and runs a slice of the cases, every
 * n-th; what they store is put together into the journal that one process would have stored. No case
 * depends on another, so that the verdicts are the same however many there are.
 */
#ifndef TESTS_INPROC_SLICES_H
#define TESTS_INPROC_SLICES_H

#include "tests/inproc/world.h"

#define SLICES_MAX	64u

/*
 * NULL, or why there is no world. A process that dies is told of in a line that names its case, and the journal
 * then does not come to its end.
 */
const char *slices_run(const char *config, const char *defect, const char *command_line, unsigned count,
		       struct world_journal *journal);

#endif
