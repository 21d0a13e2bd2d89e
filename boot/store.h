/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The store that survives a reset: the chunks of the journal, one UEFI variable each, named by their
 * number. What is in them is not this folder's business.
 */
#ifndef BOOT_STORE_H
#define BOOT_STORE_H

#include "base/status.h"
#include "base/types.h"

#define STORE_CHUNKS_MAX	512u
#define STORE_BYTES_MAX		(256u * 1024u)	/* of what an earlier run may have left */

/*
 * Find out what the firmware can store; notes say what it cannot. `proven`: an earlier run's chunks are
 * there, so that no variable need be written to see whether one can. Before boot services end.
 */
void store_open(bool proven);
/* So little is left beside `chunks` that a run which goes on could store hardly a verdict. After store_open(). */
bool store_is_full(unsigned chunks);
size_t store_chunk_bytes(void);			/* 0: nothing can be stored */

/*
 * How much all chunks together may take from here on, each with STORE_CHUNK_OVERHEAD more than its bytes.
 * After boot services have ended.
 */
#define STORE_CHUNK_OVERHEAD	128u		/* a variable's header and name, in any firmware */
size_t store_bytes(void);

/* The earlier run's chunks in order, in one piece; NULL: there is none. *chunks counts them. */
const void *store_load(size_t *bytes, unsigned *chunks);
/* Delete them all, also such as store_load() did not find because one before them is missing. */
void store_clear(void);

/* struct handover's store_chunk: also after boot services have ended. */
enum status store_chunk(unsigned index, const void *bytes, size_t count) MUST_CHECK;

/* Has a chunk been stored since this start? Without one, another start would be like this one. */
bool store_kept_something(void);

#endif
