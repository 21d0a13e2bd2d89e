/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/harness/build.h"

/* The end of a text counts, so that "a" "bc" is not "ab" "c". */
static uint64_t add(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
	while (*text++);
	return hash;
}

uint64_t build_number(const char *build, const struct testcase *const *tests, unsigned count)
{
	uint64_t hash = add(0xcbf29ce484222325u, build);

	for (unsigned i = 0; i < count; i++)
		hash = add(add(hash, tests[i]->topic), tests[i]->name);
	return hash;
}
