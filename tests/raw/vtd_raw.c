/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Planting malformed words, and the expectations that go with it. */
#include "tests/raw/vtd_raw.h"

bool raw_command(struct bench *b, uint32_t bit, bool on)
{
	const struct mmio *mmio = &b->iommu->mmio;
	struct deadline deadline = deadline_in_us(VTD_COMMAND_US);
	uint32_t keep = read32(mmio, VTD_GSTS) & VTD_GSTS_KEEP & ~bit;

	write32(mmio, VTD_GCMD, keep | (on ? bit : 0));
	return wait_until(!(read32(mmio, VTD_GSTS) & bit) == !on, deadline);
}

static struct plant plants[PLANTS_MAX];
static unsigned plant_count;

/* The last planted is the first put back: the same word may stand there twice. */
static void put_back(struct bench *b)
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
	flush_all(b);
}

struct plant plant(struct bench *b, uint64_t *word, uint64_t value)
{
	struct plant planted = { word, *word };

	if (b->undo == NULL)
		plant_count = 0;
	b->undo = put_back;
	require(b, plant_count < PLANTS_MAX, "%u words are planted already", PLANTS_MAX);
	plants[plant_count++] = planted;
	put(b, word, value);
	return planted;
}

void withdraw(struct bench *b, const struct plant *planted)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < plant_count; i++) {
		if (plants[i].word != planted->word)
			plants[kept++] = plants[i];
	}
	plant_count = kept;
	put(b, planted->word, planted->before);
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

void expect_write_recorded(struct bench *b, iova_t at, unsigned reason, unsigned alternative)
{
	struct iommu_fault fault;

	expect(b, take_fault(b, &fault), "no fault was recorded; expected reason %02Xh", reason);
	expect_equal(b, "source of the fault", fault.source.rid, b->source.rid);
	expect_equal(b, "address of the fault", fault.address,
		     ALIGN_DOWN(at.v, (uint64_t)PAGE_SIZE));
	expect_equal(b, "access of the fault", fault.access, IOMMU_WRITE);
	expect_reason_of(b, &fault,
			 alternative && fault.reason == alternative ? alternative : reason);
	expect_no_fault(b);
}

void expect_write_fault(struct bench *b, iova_t at, unsigned reason, unsigned alternative)
{
	bool accepted = device_tries_to_write(b, at, write_bytes(b, 64));

	expect(b, !accepted, "the write at 0x%llx was accepted", (unsigned long long)at.v);
	expect_write_recorded(b, at, reason, alternative);
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
