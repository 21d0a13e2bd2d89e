/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The catalogue of rules: ids match their enumerators, no row is empty, no id stands twice. */
#include "tests/rules/rules.h"

#include "tests/host/check.h"

static const char *const enumerators[RULE_COUNT] = {
#define RULE(name, id, clause, regimes, strength, needs, certainty, text, untested) [name] = #name,
#include "tests/rules/all.def"
#undef RULE
};

HOST_TEST(an_id_is_its_enumerator_with_dashes)
{
	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++) {
		char id[32] = "";

		strncpy(id, enumerators[n], sizeof(id) - 1);
		for (char *c = id; *c; c++)
			if (*c == '_')
				*c = '-';
		CHECK_STR(rule_id((enum rule)n), id);
	}
}

HOST_TEST(no_id_and_no_text_stands_twice)
{
	for (unsigned a = RULE_NONE + 1; a < RULE_COUNT; a++)
		for (unsigned b = a + 1; b < RULE_COUNT; b++) {
			CHECK(strcmp(rule_id((enum rule)a), rule_id((enum rule)b)) != 0);
			CHECK(strcmp(rule_record((enum rule)a)->text,
				     rule_record((enum rule)b)->text) != 0);
		}
}

/* Printable ASCII, no space at the ends or in pairs. */
static bool is_tidy(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~' || (text[i] == ' ' && text[i + 1] == ' '))
			return false;
	return length == 0 || (text[0] != ' ' && text[length - 1] != ' ');
}

HOST_TEST(every_row_is_filled_and_tidy)
{
	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++) {
		const struct rule_record *r = rule_record((enum rule)n);

		CHECK(r->clause[0] && r->text[0]);
		CHECK(is_tidy(r->clause) && is_tidy(r->text) && is_tidy(r->needs));
		CHECK(!r->untested || (r->untested[0] && is_tidy(r->untested)));
		CHECK(strcmp(rule_strength_text(r->strength), "?") != 0);
		CHECK(strcmp(rule_certainty_text(r->certainty), "?") != 0);
		CHECK(rule_catalogue((enum rule)n) != NULL);
		CHECK(r->regimes != 0 &&
		      (r->regimes & ~rule_catalogue((enum rule)n)->regimes) == 0);
	}
}

/* What conforms either way, and what nobody can rely on, is never claimed. */
HOST_TEST(rules_without_a_verdict_say_why)
{
	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++) {
		const struct rule_record *r = rule_record((enum rule)n);

		if (r->strength == RULE_MAY || r->strength == RULE_UNDEFINED ||
		    r->strength == RULE_UNCLEAR)
			CHECK(r->untested != NULL);
	}
	CHECK_STR(rule_record(VTD_AD_12)->untested, "either behaviour conforms");
	CHECK_STR(rule_record(VTD_REG_03)->untested, "an obligation on software");
	CHECK_STR(rule_record(VTD_REG_07)->untested, "the specification leaves it undefined");
	CHECK(rule_record(VTD_AD_10)->untested == NULL);
}

HOST_TEST(a_row_is_read_as_it_stands)
{
	const struct rule_record *r = rule_record(VTD_AD_08);

	CHECK_STR(r->id, "VTD-AD-08");
	CHECK_STR(r->clause, "3.7.2");
	CHECK_STR(r->needs, "ECAP.SSADS");
	CHECK_STR(r->text, "SSADE=1: A (bit 8) set atomically in every used second-stage entry");
	CHECK_STR(rule_strength_text(r->strength), "must");
	CHECK_STR(rule_certainty_text(r->certainty), "read in the specification's text");
	CHECK_EQ(RULE_COUNT, 434 + 317 + 1);

	r = rule_record(AMD_AD_08);
	CHECK_STR(r->id, "AMD-AD-08");
	CHECK_STR(r->clause, "2.2.3.2, Figure 10");
	CHECK_STR(r->needs, "EFR.HDSup");
	CHECK_EQ(r->regimes, IN_HOST);
}

HOST_TEST(only_a_firm_rule_accuses)
{
	CHECK(rule_is_firm(VTD_AD_10));
	CHECK(!rule_is_firm(VTD_ATS_02));
	CHECK(!rule_is_firm(RULE_NONE) && !rule_is_firm(RULE_COUNT));
}

HOST_TEST(a_number_that_is_no_rule_has_no_record)
{
	CHECK(rule_record(RULE_NONE) == NULL && rule_record(RULE_COUNT) == NULL);
	CHECK_STR(rule_id(RULE_NONE), "?");
	CHECK(rule_catalogue(RULE_COUNT) == NULL);
}

HOST_TEST(a_rule_binds_the_units_of_its_vendor)
{
	CHECK_STR(rule_catalogue(VTD_AD_10)->revision, "5.10");
	CHECK(rule_binds(VTD_AD_10, "vtd0") && rule_binds(VTD_AD_10, "vtd12"));
	CHECK(!rule_binds(VTD_AD_10, "amdvi0") && !rule_binds(VTD_AD_10, ""));
	CHECK_STR(rule_catalogue(AMD_AD_10)->revision, "3.11");
	CHECK(rule_binds(AMD_AD_10, "amdvi0") && !rule_binds(AMD_AD_10, "vtd0"));
}

static const struct {
	enum rule rule;
	const char *regimes;
	bool unheard_of;
} places[] = {
	{ VTD_LEG_15, "legacy", false },
	{ VTD_FS_03, "first, nested", false },
	{ VTD_FS_11, "first", false },
	{ VTD_SS_01, "legacy, second, nested", false },
	{ VTD_SS_08, "second, nested", false },
	{ VTD_SM_15, "second, first, nested", false },
	{ VTD_NEST_01, "nested", false },
	{ VTD_AD_01, "first, nested", false },
	{ VTD_AD_10, "second, first, nested", false },
	{ VTD_FLT_11, "legacy, second, first, nested", false },
	{ VTD_INV_37, "legacy, none", false },
	{ VTD_DISC_01, "legacy, second, first, nested, none", true },
	{ AMD_HPT_02, "host", false },
	{ AMD_GT_16, "guest, nested", false },
	{ AMD_GT_07, "nested", false },
	{ AMD_DTE_10, "host", false },
	{ AMD_AD_10, "host, guest, nested", false },
	{ AMD_CW_02, "host, guest, nested, none", true },
	{ RULE_NONE, "", false },
	{ RULE_COUNT, "", false },
};

HOST_TEST(a_rule_is_observed_in_its_own_regimes_alone)
{
	static const char *const names[] = {
		"legacy", "second", "first", "host", "guest", "nested"
	};

	for (unsigned i = 0; i < ARRAY_COUNT(places); i++) {
		bool without = strstr(places[i].regimes, "none") != NULL;
		char regimes[64];

		for (unsigned n = 0; n < ARRAY_COUNT(names); n++)
			CHECK(rule_applies(places[i].rule, names[n]) ==
			      (strstr(places[i].regimes, names[n]) != NULL));
		CHECK(rule_applies(places[i].rule, "") == without);
		CHECK(rule_applies(places[i].rule, NULL) == without);
		CHECK(rule_applies(places[i].rule, "none") == places[i].unheard_of);
		CHECK(rule_applies(places[i].rule, "firs") == places[i].unheard_of);
		rule_regimes(places[i].rule, regimes, sizeof(regimes));
		CHECK_STR(regimes, places[i].regimes);
	}
}

/* Both vendors have nested regimes: there the unit's name tells whose rules a case speaks of. */
HOST_TEST(a_case_speaks_of_the_rules_of_its_own_unit)
{
	CHECK(rule_applies(VTD_NEST_01, "nested") && rule_applies(AMD_GT_07, "nested"));
	CHECK(rule_speaks_of(VTD_NEST_01, "vtd0", "nested"));
	CHECK(!rule_speaks_of(VTD_NEST_01, "amdvi0", "nested"));
	CHECK(rule_speaks_of(AMD_GT_07, "amdvi0", "nested"));
	CHECK(!rule_speaks_of(AMD_GT_07, "vtd0", "nested"));
	CHECK(!rule_speaks_of(AMD_GT_07, "amdvi0", "host"));
	CHECK(!rule_speaks_of(AMD_CW_02, "vtd0", ""));
	CHECK(rule_speaks_of(AMD_DISC_01, "", "") && rule_speaks_of(VTD_ACPI_01, "", ""));
	CHECK(!rule_speaks_of(RULE_COUNT, "vtd0", "nested"));
}

/* A section of the catalogue is about one kind of table: a row that strays is a false pass in waiting. */
HOST_TEST(sections_keep_to_their_regimes)
{
	static const struct {
		const char *prefix;
		unsigned regimes;
	} sections[] = {
		{ "VTD-LEG-", IN_LEGACY },  { "VTD-SS-", IN_STAGE_2 }, { "VTD-FS-", IN_STAGE_1 },
		{ "VTD-NEST-", IN_NESTED }, { "VTD-AD-", IN_TABLES },  { "VTD-CACHE-", IN_TABLES },
		{ "AMD-HPT-", IN_TABLES },  { "AMD-SP-", IN_TABLES },  { "AMD-GT-", IN_TABLES },
		{ "AMD-AD-", IN_TABLES },   { "AMD-PERM-0", IN_ANY },  { "AMD-ATS-", IN_TABLES },
	};

	for (unsigned n = RULE_NONE + 1; n < RULE_COUNT; n++) {
		const struct rule_record *r = rule_record((enum rule)n);

		for (unsigned i = 0; i < ARRAY_COUNT(sections); i++)
			if (strncmp(r->id, sections[i].prefix, strlen(sections[i].prefix)) == 0)
				CHECK((r->regimes & ~sections[i].regimes) == 0);
		if (strncmp(r->needs, "scalable mode", 13) == 0 && n != VTD_SM_25 &&
		    n != VTD_ADDR_02)
			CHECK((r->regimes & IN_LEGACY) == 0);
	}
}

HOST_MAIN()
