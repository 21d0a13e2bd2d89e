/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The pass over a run of items, for every format.
 *
 * Private to iommu/pt. It is inlined into each format with constant masks, so that looking at a clean
 * item costs a load and a test.
 */
#ifndef IOMMU_PT_SCAN_H
#define IOMMU_PT_SCAN_H

#include "base/atomic.h"
#include "iommu/pt/pt.h"

/* Where a format keeps what a pass looks at. */
struct scan_bits {
	uint64_t present;		/* present if any of these is set */
	uint64_t accessed, dirty;
	uint64_t wide;			/* a leaf with all of these is an item of a wide one; 0: none is */
};

/* What format->must_be_zero() forbids at a level. */
struct scan_zero {
	uint64_t leaf, table;
};

/* PT_LEAF, PT_TABLE or PT_INVALID: what a present word is. */
typedef enum pt_kind scan_kind(const struct scan_zero *zero, unsigned level, uint64_t word);

static inline __attribute__((always_inline))
void scan_item(const struct scan_bits bits, scan_kind *const kind_of, const struct scan_zero *zero,
	       unsigned level, uint64_t *item, size_t index, uint64_t flag, bool take,
	       struct pt_hits *hits)
{
	uint64_t word = atomic_load64(item), bit = BIT64(index % 64);
	enum pt_kind kind;

	if (!(word & bits.present))
		return;
	kind = kind_of(zero, level, word);
	if (kind == PT_INVALID) {
		hits->invalid = true;
	} else if (kind == PT_TABLE) {
		hits->tables[index / 64] |= bit;
	} else if ((word & flag) == flag) {
		hits->leaves[index / 64] |= bit;
		if (bits.wide && (word & bits.wide) == bits.wide)
			hits->wide = true;
		if (take) {
			atomic_and64(item, ~flag);
			hits->changed++;
		}
	}
}

/*
 * The pass. Hardware only ever sets A and D (VT-d 3.6.2 and 3.7.2, 48882 tables 17, 18 and 29), so
 * what was seen set is still set when the atomic operation clears it; a bit set between the two is
 * taken back with it and was reported.
 */
static inline __attribute__((always_inline))
void scan_run(const struct scan_bits bits, scan_kind *const kind_of, const struct scan_zero *zero,
	      unsigned level, uint64_t *items, size_t count, enum pt_wanted wanted, bool take,
	      struct pt_hits *hits)
{
	uint64_t flag = wanted == PT_WANT_DIRTY ? bits.dirty :
		wanted == PT_WANT_ACCESSED ? bits.accessed : 0;
	size_t i = 0;

	take = take && flag;
	*hits = (struct pt_hits){ 0 };
	while (i < count) {
		/* A cache line without the flag holds nothing that is wanted. */
		if (level == 0 && flag && count - i >= 8) {
			uint64_t any = 0;

			for (size_t k = 0; k < 8; k++)
				any |= atomic_load64(&items[i + k]);
			if (!(any & flag)) {
				i += 8;
				continue;
			}
		}
		for (size_t end = MIN(i + 8, count); i < end; i++)
			scan_item(bits, kind_of, zero, level, &items[i], i, flag, take, hits);
	}
}

#endif
