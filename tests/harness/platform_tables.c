/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Firmware's tables: read, checked, and told. */
#include <stdio.h>
#include <string.h>

#include "tests/harness/platform_private.h"
#include "tests/harness/print.h"

static uint64_t bytes_of_kind(const struct handover *h, enum memory_kind kind)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < h->region_count; i++)
		bytes += h->regions[i].kind == kind ? h->regions[i].bytes : 0;
	return bytes;
}

void platform_tell_machine(struct platform *p)
{
	const struct handover *h = p->handover;

	platform_fact(p, "machine=%s", h->board != NULL ? h->board : "");
	platform_fact(p, "firmware=%s, revision 0x%x",
		      h->firmware_vendor != NULL ? h->firmware_vendor : "",
		      (unsigned)h->firmware_revision);
	platform_fact(p, "cpu=%s", arch_cpu());
	platform_fact(p, "arch=%s", arch_name());
	platform_fact(p, "physical_address_bits=%u", arch_physical_address_bits());
	platform_fact(p, "clock=%s", arch_clock_source());
	platform_fact(p, "memory_free_mib=%llu",
		      (unsigned long long)(bytes_of_kind(h, MEMORY_FREE) >> 20));
	platform_fact(p, "arena=0x%llx, %zu pages", (unsigned long long)pa_of(h->arena).v,
		      h->arena_pages);
	if (h->high != NULL)
		platform_fact(p, "arena_above_4g=0x%llx, %zu pages",
			      (unsigned long long)pa_of(h->high).v, h->high_pages);
}

static void tell_words(struct platform *p, const char *unit, const char *set,
		       const struct iommu_words *words)
{
	for (unsigned i = 0; i < words->count && i < IOMMU_WORDS_MAX; i++)
		platform_fact(p, "%s.%s%s=0x%llx", unit, set, words->word[i].name,
			      (unsigned long long)words->word[i].value);
}

void platform_tell_unit(struct platform *p, const struct iommu *iommu)
{
	platform_fact(p, "%s=registers at 0x%llx, segment %u%s", iommu->name,
		      (unsigned long long)iommu->mmio.base, iommu->segment,
		      iommu->on_as_found ? ", translating when found" : "");
	tell_words(p, iommu->name, "", &iommu->identity);
	tell_words(p, iommu->name, "as_found.", &iommu->as_found);
}

void platform_tell_findings(struct platform *p, const struct acpi_findings *list, unsigned first)
{
	char text[320];

	for (unsigned i = first; i < list->count; i++) {
		const struct acpi_finding *f = &list->list[i];
		struct print_line line;

		snprintf(text, sizeof(text), "%s %.4s+0x%x: %s (0x%llx, expected 0x%llx)",
			 acpi_weight_name(f->weight), f->signature, (unsigned)f->offset, f->text,
			 (unsigned long long)f->got, (unsigned long long)f->expected);
		if (p->journal != NULL)
			journal_text(p->journal, JOURNAL_FINDING, text);
		print_begin(&line, "finding");
		print_text(&line, "text", text);
		print_end(&line);
	}
	if (list->dropped != 0)
		platform_note(p, "%u more findings in the firmware's tables", list->dropped);
}

static void tell_table(struct platform *p, const struct acpi_table *t)
{
	platform_fact(p, "acpi.%s=%s %s, revision %u, %u bytes, checksum 0x%02x%s", t->signature,
		      t->oem_id, t->oem_table_id, t->revision, (unsigned)t->length, t->checksum,
		      t->sum == 0 ? "" : ", wrong");
}

static void read_dmar(struct platform *p)
{
	const struct acpi_table *t = acpi_find(&p->acpi, "DMAR", 0);
	enum status status;

	if (t == NULL)
		return;
	status = dmar_parse(t->bytes, t->length, &p->dmar, &p->findings);
	p->has_dmar = true;
	if (status != STATUS_OK)
		platform_note(p, "DMAR: %s; what was understood is used", status_text(status));
	dmar_check_mcfg(&p->dmar, &p->mcfg, &p->findings);
	dmar_check_madt(&p->dmar, &p->madt, &p->findings);
	dmar_check_memory(&p->dmar, p->handover, &p->findings);
}

static void read_ivrs(struct platform *p)
{
	const struct acpi_table *t = acpi_find(&p->acpi, "IVRS", 0);
	enum status status;

	if (t == NULL)
		return;
	status = ivrs_parse(t->bytes, t->length, &p->ivrs, &p->findings);
	p->has_ivrs = true;
	if (status != STATUS_OK)
		platform_note(p, "IVRS: %s; what was understood is used", status_text(status));
	ivrs_check_madt(&p->ivrs, &p->madt, &p->findings);
	platform_fact(p,
		      "ivrs=revision %u, %u blocks of units, %u of memory, addresses of %u bits%s",
		      p->ivrs.revision, p->ivrs.ivhd_count, p->ivrs.ivmd_count, p->ivrs.pa_bits,
		      p->ivrs.dma_remap ? ", DMA remapping before boot" : "");
}

static void note_status(struct platform *p, const char *table, enum status status)
{
	if (status != STATUS_OK)
		platform_note(p, "%s: %s", table, status_text(status));
}

void platform_read_tables(struct platform *p)
{
	struct acpi_memory memory = acpi_memory_of(p->handover);
	enum status status = acpi_discover(&p->acpi, &memory, p->handover->rsdp);
	const struct acpi_table *t;

	p->findings.count = p->findings.dropped = 0;
	note_status(p, "ACPI", status);
	for (unsigned i = 0; i < p->acpi.table_count; i++)
		tell_table(p, &p->acpi.tables[i]);
	platform_tell_findings(p, &p->acpi.findings, 0);
	t = acpi_find(&p->acpi, "MCFG", 0);
	if (t == NULL)
		platform_note(p,
			      "there is no MCFG: PCI Express configuration space is out of reach");
	else
		note_status(p, "MCFG", mcfg_parse(t->bytes, t->length, &p->mcfg, &p->findings));
	t = acpi_find(&p->acpi, "APIC", 0);
	if (t != NULL)
		note_status(p, "MADT", madt_parse(t->bytes, t->length, &p->madt, &p->findings));
	read_dmar(p);
	read_ivrs(p);
	platform_tell_findings(p, &p->findings, 0);
}
