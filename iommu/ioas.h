/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * I/O address spaces: what the tables should say, free of any table format.
 *
 * Glossary:
 *	area	an IOVA range that translates to a range of physical memory, with permissions
 *	allowed	ranges outside of which no area may lie; without any, every IOVA is allowed
 *	reserved	ranges in which no area may lie (the interrupt window, memory that firmware claims)
 *	listener	who keeps something equal to the areas: a page table compiled from them (iommu/hwpt.h)
 *
 * An ioas is also the oracle: ioas_translate() says what a device must find. Every change is all or
 * nothing, over the areas and over all listeners. Addresses and lengths are whole pages of 4 KiB.
 */
#ifndef IOMMU_IOAS_H
#define IOMMU_IOAS_H

#include "base/status.h"
#include "base/types.h"
#include "iommu/pt/pt.h"

#define IOAS_AREAS_MAX		512u
#define IOAS_RANGES_MAX		64u
#define IOAS_LISTENERS_MAX	8u

struct ioas_area {
	iova_t iova;
	pa_t pa;
	uint64_t bytes;
	unsigned prot;			/* PT_READ | PT_WRITE */
};

struct ioas_range {
	uint64_t first, last;
};

struct ioas_listener {
	/* Take an area over; a refusal changes nothing. */
	enum status (*map)(struct ioas_listener *listener, const struct ioas_area *area);

	/* Drop an area that was taken over. */
	enum status (*unmap)(struct ioas_listener *listener, const struct ioas_area *area);
};

struct ioas {
	struct ioas_area areas[IOAS_AREAS_MAX];		/* by rising IOVA */
	unsigned area_count;
	struct ioas_range allowed[IOAS_RANGES_MAX];
	unsigned allowed_count;
	struct ioas_range reserved[IOAS_RANGES_MAX];
	unsigned reserved_count;
	struct ioas_listener *listeners[IOAS_LISTENERS_MAX];
	unsigned listener_count;
};

/* No area, everything allowed, nothing reserved. */
void ioas_init(struct ioas *ioas);

/*
 * Allow, or reserve, the IOVAs from `first` to `last`, both inclusive, whole pages. Allowed ranges
 * add up. UNALIGNED, BAD_RANGE, EXHAUSTED. BUSY: an area lies in the reserved range, or outside of
 * every allowed range.
 */
enum status ioas_allow(struct ioas *ioas, iova_t first, iova_t last) MUST_CHECK;
enum status ioas_reserve(struct ioas *ioas, iova_t first, iova_t last) MUST_CHECK;

/*
 * Map [iova, iova + bytes) to pa. BAD_ARGUMENT: no permission, or an unknown one. UNALIGNED.
 * BAD_RANGE: empty, wraps, or not allowed. RESERVED. OVERLAP: an area lies there. EXHAUSTED.
 * Whatever a listener refuses with.
 */
enum status ioas_map(struct ioas *ioas, iova_t iova, pa_t pa, uint64_t bytes, unsigned prot) MUST_CHECK;

/*
 * The same at the lowest free IOVA, not below `from`, that is aligned to the largest power of two
 * which divides `bytes`; it goes to *iova. EXHAUSTED: there is none.
 */
enum status ioas_map_anywhere(struct ioas *ioas, iova_t from, pa_t pa, uint64_t bytes, unsigned prot,
			      iova_t *iova) MUST_CHECK;

/*
 * Unmap every area in [iova, iova + bytes); holes between them are passed over; *unmapped, if not
 * NULL, becomes the sum of their lengths. NOT_FOUND: there is none, or one would be cut: nothing
 * changes. UNALIGNED, BAD_RANGE. What a listener refuses with: its table does not say what it was
 * told (someone wrote into it); the areas are gone all the same.
 */
enum status ioas_unmap(struct ioas *ioas, iova_t iova, uint64_t bytes, uint64_t *unmapped) MUST_CHECK;
enum status ioas_unmap_all(struct ioas *ioas) MUST_CHECK;

/*
 * Map a part, or the whole, of one area of `from` in `to` as well, with permissions that the area
 * has. NOT_FOUND: [from_iova, from_iova + bytes) is not within one area. BAD_ARGUMENT: `prot` is
 * more than the area has. Otherwise as ioas_map().
 */
enum status ioas_copy(struct ioas *to, iova_t to_iova, const struct ioas *from, iova_t from_iova,
		      uint64_t bytes, unsigned prot) MUST_CHECK;

/* Where a device must get to, and with which permissions; either pointer may be NULL. NOT_FOUND. */
enum status ioas_translate(const struct ioas *ioas, iova_t iova, pa_t *pa, unsigned *prot) MUST_CHECK;

/*
 * Tell a listener of every area, now and from now on. EXHAUSTED, BUSY (it listens already), or what
 * it refuses with: then it was told of the loss of all that it had taken over.
 */
enum status ioas_listen(struct ioas *ioas, struct ioas_listener *listener) MUST_CHECK;

/* Tell it nothing any more; it keeps what it has. */
void ioas_unlisten(struct ioas *ioas, const struct ioas_listener *listener);

#endif
