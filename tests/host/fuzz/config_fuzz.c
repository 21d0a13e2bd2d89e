/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Any bytes are a configuration: the parser stays inside its limits and its texts are terminated. */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void insist(bool kept)
{
	if (!kept)
		abort();
}

static void inspect(const struct config *c, const struct config_messages *m)
{
	insist(c->repeat >= 1 && c->repeat <= CONFIG_REPEAT_MAX);
	insist(c->evidence <= CONFIG_EVIDENCE_MAX);
	insist(c->deadline_ms >= CONFIG_DEADLINE_MS_MIN &&
	       c->deadline_ms <= CONFIG_DEADLINE_MS_MAX);
	insist(c->known_count <= CONFIG_KNOWN_MAX && m->count <= CONFIG_MESSAGES_MAX);
	insist(strlen(c->sabotage) < CONFIG_SABOTAGE_MAX);
	for (unsigned i = 0; i < c->known_count; i++)
		insist(c->known[i].test[0] != '\0' && c->known[i].link[0] != '\0');
	for (unsigned i = 0; i < m->count; i++) {
		insist(strlen(m->text[i]) < CONFIG_MESSAGE_MAX);
		for (const char *p = m->text[i]; *p != '\0'; p++)
			insist(*p >= ' ' && *p < 0x7f);
	}
	(void)config_matches(&c->tests, "translate.write_lands", true);
	(void)config_find_known(c, "dirty.x", "vtd0/first/4K/testdev0", "why");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	static struct config config;
	static struct config_messages messages;

	config_defaults(&config, &messages);
	config_read_file(&config, (const char *)bytes, count, &messages);
	inspect(&config, &messages);
	config_read_options(&config, (const char *)bytes, count, &messages);
	inspect(&config, &messages);
	return 0;
}
