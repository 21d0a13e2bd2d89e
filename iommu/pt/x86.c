/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Page tables of x86-64 processors: making, reading and changing words (x86.h).
 */
#include "iommu/pt/x86.h"

static uint64_t permissions(unsigned prot)
{
	return (prot & PT_READ ? X86_PT_US : 0) | (prot & PT_WRITE ? X86_PT_RW : 0);
}

uint64_t x86_leaf(const struct pt_config *config, unsigned size_lg2, pa_t oa, unsigned prot)
{
	return (oa.v & x86_address(size_lg2)) | X86_PT_P | permissions(prot) |
	       (size_lg2 > PAGE_LG2 ? X86_PT_PS : 0) | (config->preset ? X86_PT_A | X86_PT_D : 0);
}

uint64_t x86_table(const struct pt_config *config, unsigned level, pa_t address, unsigned prot)
{
	(void)level;
	return (address.v & x86_address(PAGE_LG2)) | X86_PT_P | permissions(prot) |
	       (config->preset ? X86_PT_A : 0);
}

struct pt_item x86_decode(const struct pt_config *config, unsigned level, uint64_t word)
{
	bool is_leaf = x86_is_leaf(level, word);
	enum pt_kind kind = is_leaf ? PT_LEAF : PT_TABLE;

	if (!(word & X86_PT_P))
		return (struct pt_item){ .kind = PT_EMPTY };
	if (word & config->format->must_be_zero(config, level, kind))
		return (struct pt_item){ .kind = PT_INVALID };
	return (struct pt_item){
		.kind = kind,
		.address = word & x86_address(is_leaf ? x86_level_lg2(level) : PAGE_LG2),
		.next_level = is_leaf ? 0 : level - 1,
		.size_lg2 = is_leaf ? x86_level_lg2(level) : 0,
		.prot = word & X86_PT_US ? PT_READ | (word & X86_PT_RW ? PT_WRITE : 0) : 0,
		.accessed = config->tracks && (word & X86_PT_A),
		.dirty = config->tracks && is_leaf && (word & X86_PT_D),
	};
}

uint64_t x86_clean(uint64_t word)
{
	return word & ~X86_PT_D;
}

uint64_t x86_unaccess(uint64_t word)
{
	return word & ~X86_PT_A;
}

/* Without PT_READ nothing is left: a user's write needs U/S as well. */
uint64_t x86_protect(uint64_t word, unsigned prot)
{
	return (word & ~(X86_PT_RW | X86_PT_US)) | permissions(prot);
}

uint64_t x86_used(const struct pt_config *config, unsigned level, uint64_t word, unsigned prot)
{
	struct pt_item item = x86_decode(config, level, word);

	if (!config->tracks || (item.kind != PT_LEAF && item.kind != PT_TABLE))
		return word;
	return word | X86_PT_A |
	       (item.kind == PT_LEAF && (prot & item.prot & PT_WRITE) ? X86_PT_D : 0);
}

void x86_leaf_run(const struct pt_config *config, unsigned size_lg2, uint64_t *items, size_t count, pa_t oa,
		  unsigned prot)
{
	uint64_t word = x86_leaf(config, size_lg2, oa, prot);

	for (size_t i = 0; i < count; i++, word += BIT64(size_lg2))
		atomic_store64(&items[i], word);
}
