/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which image a journal belongs to: its case records name tests by their place in that image's records. */
#ifndef TESTS_HARNESS_BUILD_H
#define TESTS_HARNESS_BUILD_H

#include "tests/harness/test.h"

/* A number made of the build's text and of all ids in their order: FNV-1a, 64 bits. */
uint64_t build_number(const char *build, const struct testcase *const *tests, unsigned count);

#endif
