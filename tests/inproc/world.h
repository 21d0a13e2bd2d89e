/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The world of a run in one process: a modelled machine (model/machine.h) behind arch/host, and the hand-over
 * that firmware would have made of it.
 */
#ifndef TESTS_INPROC_WORLD_H
#define TESTS_INPROC_WORLD_H

#include "base/handover.h"

#define WORLD_JOURNAL_MAX	(256u * 1024)

/* NULL: made. Else why not; nothing is left behind. */
const char *world_open(const char *config, const char *defect, struct handover *handover);
void world_close(void);

/* What the run has stored so far, in the order of its chunks. */
const uint8_t *world_journal(size_t *bytes);

#endif
