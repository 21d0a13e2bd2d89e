/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The world of a run in one process: a modelled machine (model/machine.h) behind arch/host, and the hand-over
 * that firmware would have made of it.
 */
#ifndef TESTS_INPROC_WORLD_H
#define TESTS_INPROC_WORLD_H

#include "base/handover.h"

#define WORLD_JOURNAL_MAX	(512u * 1024)

/* What a run has stored so far, in the order of its chunks. */
struct world_journal {
	size_t used;
	uint8_t bytes[WORLD_JOURNAL_MAX];
};

/* NULL: made. Else why not; nothing is left behind. The run stores into `journal`. */
const char *world_open(const char *config, const char *defect, struct world_journal *journal,
		       struct handover *handover);
void world_close(void);

#endif
