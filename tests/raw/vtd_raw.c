/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Planting malformed words, and the expectations that go with it. */
#include "tests/raw/vtd_raw.h"

struct plant plant(struct bench *b, uint64_t *word, uint64_t value)
{
	struct plant planted = { word, *word };

	arch_store64(word, value);
	require_ok(b, vtd_publish_words(raw_vtd(b), word, sizeof(*word)), "publish a word");
	flush_all(b);
	return planted;
}

void withdraw(struct bench *b, const struct plant *planted)
{
	(void)plant(b, planted->word, planted->before);
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

void expect_write_fault(struct bench *b, iova_t at, unsigned reason, unsigned alternative)
{
	struct iommu_fault fault;
	uint32_t bytes = write_bytes(b, 64);
	bool accepted = device_tries_to_write(b, at, bytes);

	expect(b, !accepted, "the write at 0x%llx was accepted", (unsigned long long)at.v);
	expect(b, take_fault(b, &fault), "no fault was recorded; expected reason %02Xh", reason);
	expect_equal(b, "source of the fault", fault.source.rid, b->source.rid);
	expect_equal(b, "address of the fault", fault.address, ALIGN_DOWN(at.v, (uint64_t)PAGE_SIZE));
	expect_equal(b, "access of the fault", fault.access, IOMMU_WRITE);
	if (!alternative || fault.reason != alternative)
		expect_equal(b, "reason of the fault", fault.reason, reason);
	expect_no_fault(b);
}

void expect_write_fault_unrecorded(struct bench *b, iova_t at)
{
	expect(b, !device_tries_to_write(b, at, write_bytes(b, 64)), "the write at 0x%llx was accepted",
	       (unsigned long long)at.v);
	expect_no_fault(b);
}

void expect_each_bit_faults(struct bench *b, uint64_t *word, uint64_t bits, iova_t at, unsigned reason)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		struct plant planted;

		if (!(bits & BIT64(bit)))
			continue;
		note(b, "bit %u of the word 0x%016llx", bit, (unsigned long long)*word);
		planted = plant(b, word, *word ^ BIT64(bit));
		expect_write_fault(b, at, reason, 0);
		withdraw(b, &planted);
	}
}

void expect_bits_ignored(struct bench *b, uint64_t *word, uint64_t bits, const struct span *s, unsigned i)
{
	struct plant planted = plant(b, word, *word | bits);

	expect_write_lands(b, s, i);
	/* What the unit itself changed in the word (flags) stays. */
	planted.before |= *word & ~bits;
	withdraw(b, &planted);
}
