/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The table of the rules, and what is asked about one. */
#include "tests/rules/rules.h"

#include <stdio.h>
#include <string.h>

const struct rule_catalogue rule_catalogues[RULE_CATALOGUES] = {
	{ "VTD-", "Intel Virtualization Technology for Directed I/O", "5.10", "vtd", IN_VTD },
	{ "AMD-", "AMD I/O Virtualization Technology (IOMMU), 48882", "3.11", "amdvi", IN_AMD },
};

static const struct rule_record records[RULE_COUNT] = {
#define RULE(name, id_, clause_, regimes_, strength_, needs_, certainty_, text_, untested_) \
	[name] = { .id = id_, \
		   .clause = clause_, \
		   .needs = needs_, \
		   .text = text_, \
		   .untested = untested_, \
		   .regimes = (regimes_) & RULE_UNITS, \
		   .strength = RULE_##strength_, \
		   .certainty = RULE_##certainty_ },
#include "tests/rules/all.def"
#undef RULE
};

const struct rule_record *rule_record(enum rule rule)
{
	unsigned n = (unsigned)rule;

	return n > RULE_NONE && n < RULE_COUNT ? &records[n] : NULL;
}

const char *rule_id(enum rule rule)
{
	const struct rule_record *record = rule_record(rule);

	return record ? record->id : "?";
}

const char *rule_strength_text(enum rule_strength strength)
{
	static const char *const texts[] = {
#define X(name, text) [RULE_##name] = text,
		RULE_STRENGTH_LIST(X)
#undef X
	};
	unsigned n = (unsigned)strength;

	return n < ARRAY_COUNT(texts) ? texts[n] : "?";
}

const char *rule_certainty_text(enum rule_certainty certainty)
{
	static const char *const texts[] = {
#define X(name, text) [RULE_##name] = text,
		RULE_CERTAINTY_LIST(X)
#undef X
	};
	unsigned n = (unsigned)certainty;

	return n < ARRAY_COUNT(texts) ? texts[n] : "?";
}

bool rule_is_firm(enum rule rule)
{
	const struct rule_record *record = rule_record(rule);

	return record && (record->certainty == RULE_READ || record->certainty == RULE_TWO);
}

const struct rule_catalogue *rule_catalogue(enum rule rule)
{
	const struct rule_record *record = rule_record(rule);

	for (unsigned i = 0; record && i < RULE_CATALOGUES; i++) {
		const char *prefix = rule_catalogues[i].prefix;

		if (strncmp(record->id, prefix, strlen(prefix)) == 0)
			return &rule_catalogues[i];
	}
	return NULL;
}

bool rule_binds(enum rule rule, const char *unit_name)
{
	const struct rule_catalogue *catalogue = rule_catalogue(rule);

	return catalogue && strncmp(unit_name, catalogue->vendor, strlen(catalogue->vendor)) == 0;
}

static const char *const regimes[RULE_REGIMES] = {
#define X(name, text) [IN_BIT_##name] = text,
	RULE_REGIME_LIST(X)
#undef X
};

bool rule_applies(enum rule rule, const char *regime_name)
{
	const struct rule_record *record = rule_record(rule);

	if (!record || record->untested)
		return false;
	if (!regime_name || !*regime_name)
		return record->regimes & IN_NONE;
	for (unsigned i = 0; i < IN_BIT_NONE; i++)
		if (strcmp(regime_name, regimes[i]) == 0)
			return record->regimes & BIT(i);
	return record->regimes == rule_catalogue(rule)->regimes;
}

bool rule_speaks_of(enum rule rule, const char *unit_name, const char *regime_name)
{
	return rule_applies(rule, regime_name) && (!*unit_name || rule_binds(rule, unit_name));
}

const char *rule_regime_name(unsigned bit)
{
	return bit < RULE_REGIMES ? regimes[bit] : "?";
}

void rule_regimes(enum rule rule, char *text, size_t size)
{
	const struct rule_record *record = rule_record(rule);
	size_t used = 0;

	snprintf(text, size, "%s", "");
	for (unsigned i = 0; record && i < RULE_REGIMES; i++) {
		int n;

		if (!(record->regimes & BIT(i)) || used >= size)
			continue;
		n = snprintf(text + used, size - used, "%s%s", used ? ", " : "", regimes[i]);
		used += n > 0 ? (size_t)n : 0;
	}
}
