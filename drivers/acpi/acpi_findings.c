/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The bounded list of findings, filled from the one catalogue in acpi_findings.h. */
#include <string.h>

#include "drivers/acpi/acpi_findings.h"

static const struct {
	const char *name;
	enum acpi_weight weight;
	const char *rule;
	const char *text;
} catalogue[] = {
#define X(kind, weight, rule, sentence) { #kind, ACPI_WEIGHT_##weight, rule, rule ": " sentence },
	ACPI_FINDING_LIST(X)
#undef X
};

void acpi_finding_add(struct acpi_findings *findings, enum acpi_finding_kind kind,
		      const char *signature, uint32_t offset, uint64_t got, uint64_t expected)
{
	struct acpi_finding *finding;

	if (findings->count == ACPI_FINDINGS_MAX) {
		findings->dropped++;
		return;
	}
	finding = &findings->list[findings->count++];
	memcpy(finding->signature, signature, sizeof(finding->signature));
	finding->offset = offset;
	finding->kind = kind;
	finding->weight = catalogue[kind].weight;
	finding->rule = catalogue[kind].rule;
	finding->text = catalogue[kind].text;
	finding->got = got;
	finding->expected = expected;
}

enum acpi_weight acpi_finding_weight(enum acpi_finding_kind kind)
{
	return catalogue[kind].weight;
}

const char *acpi_finding_name(enum acpi_finding_kind kind)
{
	return (size_t)kind < ARRAY_COUNT(catalogue) ? catalogue[kind].name : "?";
}

const char *acpi_weight_name(enum acpi_weight weight)
{
	static const char *const names[] = { "broken", "defect", "note", "limit" };

	return (size_t)weight < ARRAY_COUNT(names) ? names[weight] : "?";
}
