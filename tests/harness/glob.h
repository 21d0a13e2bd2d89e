/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Patterns over names: `*` stands for any run of characters, also an empty one, `?` for any one
 * character, everything else for itself. A pattern matches a whole name or not at all.
 */
#ifndef TESTS_HARNESS_GLOB_H
#define TESTS_HARNESS_GLOB_H

#include "base/types.h"

bool glob_matches(const char *pattern, const char *name);

#endif
