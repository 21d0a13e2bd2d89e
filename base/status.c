/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Names and sentences of statuses, from the one list in status.h. */
#include "base/status.h"

#include "base/types.h"

static const struct {
	const char *name;
	const char *text;
} statuses[] = {
#define X(name, text) { #name, text },
	STATUS_LIST(X)
#undef X
};

const char *status_name(enum status s)
{
	return (size_t)s < ARRAY_COUNT(statuses) ? statuses[s].name : "?";
}

const char *status_text(enum status s)
{
	return (size_t)s < ARRAY_COUNT(statuses) ? statuses[s].text : "?";
}
