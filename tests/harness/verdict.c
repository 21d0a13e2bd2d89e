/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "tests/harness/verdict.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICT_COUNT] = {
#define X(name, text) [VERDICT_##name] = text,
		VERDICT_LIST(X)
#undef X
	};
	unsigned n = (unsigned)verdict;

	return n < VERDICT_COUNT ? names[n] : "?";
}
