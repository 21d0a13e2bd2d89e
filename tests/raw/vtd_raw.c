/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Planting malformed words, commands and descriptors, and the expectations that go with them. */
#include "tests/raw/vtd_raw.h"

bool follows_revision_3_1(const struct bench *b)
{
	const struct vtd *vtd = raw_vtd(b);

	return (vtd->cap & (VTD_CAP_ESRTPS | VTD_CAP_ESIRTPS | VTD_CAP_ECMDS)) ||
	       (vtd->ecap & (VTD_ECAP_RPS | VTD_ECAP_ADMS));
}

/* ---- Commands and descriptors ---- */

bool raw_command(struct bench *b, uint32_t bit, bool on)
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	uint32_t keep = read32(mmio, VTD_GSTS) & VTD_GSTS_KEEP & ~bit;

	write32(mmio, VTD_GCMD, keep | (on ? bit : 0));
	return wait_until(!(read32(mmio, VTD_GSTS) & bit) == !on, deadline);
}

void restart_translation(struct bench *b)
{
	bool off, set, on;

	if (raw_vtd(b)->keep_translation)
		skip(b, "a unit whose translation can be turned off");
	off = raw_command(b, VTD_GCMD_TE, false);
	set = raw_command(b, VTD_GCMD_SRTP, true);
	flush_all(b);
	on = raw_command(b, VTD_GCMD_TE, true);
	expect(b, off && on, "GSTS.TES does not follow GCMD.TE");
	expect(b, set, "GSTS.RTPS does not follow GCMD.SRTP");
}

void submit(struct bench *b, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3)
{
	uint64_t descriptor[4] = { w0, w1, w2, w3 };

	require_ok(b, vtd_queue_raw(raw_vtd(b), descriptor), "queue a descriptor");
}

uint64_t pfsid(const struct bench *b)
{
	if (!(raw_vtd(b)->ecap & VTD_ECAP_DIT))
		return 0;
	return FIELD_PREP(VTD_QI0_DTLB_PFSID_HI, (uint64_t)b->source.rid >> 4) |
	       FIELD_PREP(VTD_QI0_DTLB_PFSID_LO, (uint64_t)b->source.rid & 15);
}

void settle(struct bench *b)
{
	expect_done(b, b->iommu->ops->sync(b->iommu, deadline_in_us(VTD_COMMAND_US)),
		    "the end of what was queued");
}

/* ---- Words ---- */

static struct plant plants[PLANTS_MAX];
static unsigned plant_count;

/* The last planted is the first put back: the same word may stand there twice. */
void withdraw_all(struct bench *b)
{
	while (plant_count > 0) {
		const struct plant *p = &plants[--plant_count];

		arch_store64(p->word, p->before);
		(void)!vtd_publish_words(raw_vtd(b), p->word, sizeof(*p->word));
	}
}

static void put(struct bench *b, uint64_t *word, uint64_t value)
{
	arch_store64(word, value);
	expect_done(b, vtd_publish_words(raw_vtd(b), word, sizeof(*word)), "publish a word");
}

struct plant plant_quietly(struct bench *b, uint64_t *word, uint64_t value)
{
	struct plant planted = { word, *word };

	if (b->undo == NULL)
		plant_count = 0;
	b->undo = withdraw_all;
	require(b, plant_count < PLANTS_MAX, "%u words are planted already", PLANTS_MAX);
	plants[plant_count++] = planted;
	put(b, word, value);
	return planted;
}

void withdraw_quietly(struct bench *b, const struct plant *planted)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < plant_count; i++) {
		if (plants[i].word != planted->word)
			plants[kept++] = plants[i];
	}
	plant_count = kept;
	put(b, planted->word, planted->before);
}

struct plant plant(struct bench *b, uint64_t *word, uint64_t value)
{
	struct plant planted = plant_quietly(b, word, value);

	flush_all(b);
	return planted;
}

void withdraw(struct bench *b, const struct plant *planted)
{
	withdraw_quietly(b, planted);
	flush_all(b);
}

uint64_t *root_word(struct bench *b)
{
	uint64_t *word = vtd_root_entry(raw_vtd(b), b->source);

	require(b, word != NULL, "the source has no root entry");
	return word;
}

uint64_t *context_words(struct bench *b)
{
	uint64_t *words = vtd_context_entry(raw_vtd(b), b->source);

	require(b, words != NULL, "the source has no context entry");
	return words;
}

uint64_t *directory_word(struct bench *b)
{
	uint64_t *word = vtd_pasid_directory_entry(raw_vtd(b), b->source);

	require(b, word != NULL, "the source has no PASID directory entry");
	return word;
}

uint64_t *pasid_words(struct bench *b)
{
	uint64_t *words = vtd_pasid_entry(raw_vtd(b), b->source);

	require(b, words != NULL, "the source has no PASID entry");
	return words;
}

static bool touches(uint64_t page, uint64_t base, uint64_t bytes)
{
	return page < base + bytes && base < page + PAGE_SIZE;
}

/* Neither in the memory map nor behind a BAR; a window that a bridge decodes may still be there. */
static bool is_absent(const struct bench *b, uint64_t page)
{
	const struct handover *h = b->platform->handover;
	const struct pci *pci = &b->platform->pci;

	for (unsigned i = 0; i < h->region_count; i++) {
		if (touches(page, h->regions[i].base.v, h->regions[i].bytes))
			return false;
	}
	for (unsigned i = 0; i < pci->function_count * PCI_BARS; i++) {
		const struct pci_bar *bar = &pci->functions[i / PCI_BARS].bars[i % PCI_BARS];

		if (!bar->io && touches(page, bar->base, bar->bytes))
			return false;
	}
	return true;
}

/* From the top of what the host can address, in steps of 1 GiB. */
pa_t absent_page(struct bench *b)
{
	uint64_t end = BIT64(raw_vtd(b)->haw);

	for (uint64_t i = 1; i <= 64 && i << 30 < end; i++) {
		if (is_absent(b, end - (i << 30)))
			return pa(end - (i << 30));
	}
	skip(b, "an address without memory and devices");
}

/* 11.4.7.6: a unit without PASID support records none. */
static uint32_t recorded_pasid(const struct bench *b)
{
	return raw_vtd(b)->ecap & VTD_ECAP_PASID ? b->source.pasid : IOMMU_NO_PASID;
}

static void expect_write_recorded_of(struct bench *b, iova_t at, const uint8_t *reasons)
{
	struct iommu_fault fault;
	const uint8_t *reason = reasons;

	expect(b, take_fault(b, &fault), "no fault was recorded; expected reason %02Xh", *reasons);
	expect_equal(b, "source of the fault", fault.source.rid, b->source.rid);
	expect_equal(b, "PASID of the fault", fault.source.pasid, recorded_pasid(b));
	expect_equal(b, "address of the fault", fault.address,
		     ALIGN_DOWN(at.v, (uint64_t)PAGE_SIZE));
	expect_equal(b, "access of the fault", fault.access, IOMMU_WRITE);
	while (*reason != 0 && *reason != fault.reason)
		reason++;
	expect_reason_of(b, &fault, *reason != 0 ? *reason : *reasons);
	expect_no_fault(b);
}

void expect_write_recorded(struct bench *b, iova_t at, unsigned reason, unsigned alternative)
{
	const uint8_t reasons[] = { (uint8_t)reason, (uint8_t)alternative, 0 };

	expect_write_recorded_of(b, at, reasons);
}

void expect_write_fault_of(struct bench *b, iova_t at, const uint8_t *reasons)
{
	bool accepted = device_tries_to_write(b, at, write_bytes(b, 64));

	expect(b, !accepted, "the write at 0x%llx was accepted", (unsigned long long)at.v);
	expect_write_recorded_of(b, at, reasons);
}

void expect_write_fault(struct bench *b, iova_t at, unsigned reason, unsigned alternative)
{
	const uint8_t reasons[] = { (uint8_t)reason, (uint8_t)alternative, 0 };

	expect_write_fault_of(b, at, reasons);
}

void expect_write_fault_unrecorded(struct bench *b, iova_t at)
{
	expect(b, !device_tries_to_write(b, at, write_bytes(b, 64)),
	       "the write at 0x%llx was accepted", (unsigned long long)at.v);
	expect_no_fault(b);
}

/* Is the write refused, and recorded as one of this source at this page? */
static bool write_faults(struct bench *b, iova_t at, unsigned reason)
{
	struct iommu_fault fault;

	if (device_tries_to_write(b, at, write_bytes(b, 64)) || !take_fault(b, &fault))
		return false;
	if (fault.source.rid != b->source.rid || fault.access != IOMMU_WRITE ||
	    fault.address != ALIGN_DOWN(at.v, (uint64_t)PAGE_SIZE))
		return false;
	expect_reason_of(b, &fault, reason);
	return true;
}

void expect_each_bit_faults(struct bench *b, uint64_t *word, uint64_t bits, iova_t at, unsigned reason)
{
	uint64_t before = *word, without = 0;

	bits &= ~before;	/* what the driver sets itself, it has its reasons for */
	for (unsigned bit = 0; bit < 64; bit++) {
		struct plant planted;

		if (!(bits & BIT64(bit)))
			continue;
		planted = plant(b, word, before | BIT64(bit));
		if (!write_faults(b, at, reason))
			without |= BIT64(bit);
		withdraw(b, &planted);
	}
	forget_faults(b);
	expect(b, !without, "no fault with reserved bits 0x%llx of 0x%llx in the word 0x%llx",
	       (unsigned long long)without, (unsigned long long)bits, (unsigned long long)before);
}

void expect_bits_ignored(struct bench *b, uint64_t *word, uint64_t bits, const struct span *s, unsigned i)
{
	struct plant planted = plant(b, word, *word | bits);

	expect_write_lands(b, s, i);
	/* What the unit itself changed in the word (flags) stays. */
	planted.before |= *word & ~bits;
	withdraw(b, &planted);
}
