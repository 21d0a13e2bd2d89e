/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The whole run, from the hand-over to the last case. */
#ifndef TESTS_HARNESS_RUN_H
#define TESTS_HARNESS_RUN_H

#include "base/handover.h"

/* Returns when every case has ended and the journal is committed; the machine is then to be reset. */
int iovet_run(const struct handover *h);

/* When a trap has ended iovet_run() itself: commit what of the journal is not yet in the store. */
void iovet_salvage(void);

#endif
