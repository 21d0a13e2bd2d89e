/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which sabotage is on. One choice per run, made before the first case. */
#include <string.h>

#include "tests/harness/sabotage.h"

static const struct {
	const char *name, *sentence;
} list[SABOTAGE_COUNT] = {
	[SABOTAGE_NONE] = { "", "" },
#define X(name, text, sentence) [SABOTAGE_##name] = { text, sentence },
	SABOTAGE_LIST(X)
#undef X
};

static enum sabotage chosen;

bool sabotage_choose(const char *name)
{
	chosen = SABOTAGE_NONE;
	for (unsigned i = 0; i < SABOTAGE_COUNT; i++) {
		if (strcmp(name, list[i].name) == 0) {
			chosen = (enum sabotage)i;
			return true;
		}
	}
	return false;
}

bool sabotaged(enum sabotage which)
{
	return chosen == which;
}

enum sabotage sabotage_chosen(void)
{
	return chosen;
}

const char *sabotage_name(enum sabotage which)
{
	return list[which].name;
}

const char *sabotage_sentence(enum sabotage which)
{
	return list[which].sentence;
}
