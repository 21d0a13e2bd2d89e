/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Sabotage: the program breaks one of its own promises to the hardware, so that it can be seen that the
 * suite notices. Asked for by the configuration, done by the bench alone: no driver knows of it.
 */
#ifndef TESTS_HARNESS_SABOTAGE_H
#define TESTS_HARNESS_SABOTAGE_H

#include "base/types.h"

#define SABOTAGE_LIST(X) \
	X(SKIP_INVALIDATION, "skip-invalidation", \
	  "no translation is ever invalidated") \
	X(SKIP_SOURCE_INVALIDATION, "skip-source-invalidation", \
	  "no cached route is ever invalidated") \
	X(WRONG_DOMAIN_FLUSH, "wrong-domain-flush", \
	  "translations of another domain are invalidated") \
	X(FLUSH_SHORT_RANGE, "flush-short-range", \
	  "the invalidation of a range ends one page early, that of a page starts one page late") \
	X(FORGET_DIRTY_FLUSH, "forget-dirty-flush", \
	  "nothing is invalidated after flags were cleared") \
	X(CLEAR_TOO_MUCH, "clear-too-much", \
	  "clearing flags of a range also clears those of its neighbour") \
	X(MAP_IDENTITY, "map-identity", \
	  "leaves lead to the address that equals their IOVA") \
	X(SWAP_ENTRIES, "swap-entries", \
	  "the first two leaves of a span are exchanged") \
	X(DROP_WRITE_PERMISSION, "drop-write-permission", \
	  "writable leaves are mapped read-only") \
	X(ADD_WRITE_PERMISSION, "add-write-permission", \
	  "read-only leaves are mapped writable") \
	X(WRONG_LEAF_SIZE, "wrong-leaf-size", \
	  "a large leaf is mapped as its first small one") \
	X(STRAY_BIT, "stray-bit", \
	  "a table word is changed behind everybody's back after a case") \
	X(STALE_DETACH, "stale-detach", \
	  "a source that is detached keeps its route") \
	X(ATTACH_WRONG_SOURCE, "attach-wrong-source", \
	  "the route is written for the neighbouring function") \
	X(ATTACH_WRONG_ROOT, "attach-wrong-root", \
	  "a source is attached to an empty table") \
	X(IGNORE_FAULT, "ignore-fault", \
	  "every fault record is dropped unread") \
	X(WRITE_GUARD, "write-guard", \
	  "a byte beside a window is written")

enum sabotage {
	SABOTAGE_NONE,
#define X(name, text, sentence) SABOTAGE_##name,
	SABOTAGE_LIST(X)
#undef X
	SABOTAGE_COUNT,
};

/* Choose by name, "" for none. False: there is no such sabotage, and none is chosen. */
bool sabotage_choose(const char *name);

/* Is this the chosen one? */
bool sabotaged(enum sabotage which);

enum sabotage sabotage_chosen(void);
const char *sabotage_name(enum sabotage which);		/* "map-identity" */
const char *sabotage_sentence(enum sabotage which);

#endif
