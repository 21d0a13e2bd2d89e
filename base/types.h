/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The words that every layer speaks: bit masks, registers, addresses.
 *
 * An address on the device's side (iova_t) and an address on the memory's side (pa_t) are different
 * types: mixing them does not compile. A register offset carries its width: giving a 64-bit register
 * to a 32-bit access does not compile either.
 *
 * Memory is identity-mapped wherever this program runs (the image's own page tables; a fixed low
 * mapping on the build machine), so a CPU pointer and a physical address hold the same number.
 * pa_of() and pa_ptr() are the only places that know.
 */
#ifndef BASE_TYPES_H
#define BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BIT(n)		((uint32_t)1 << (n))
#define BIT64(n)	((uint64_t)1 << (n))
#define GENMASK(h, l)	((uint32_t)(((uint64_t)2 << (h)) - ((uint64_t)1 << (l))))
#define GENMASK64(h, l)	(((UINT64_MAX) >> (63 - (h))) & ((UINT64_MAX) << (l)))

/* A field is a mask; its position is the mask's lowest bit. */
#define FIELD_LSB(mask)		((mask) & (~(mask) + 1))
#define FIELD_GET(mask, word)	(((word) & (mask)) / FIELD_LSB(mask))
#define FIELD_PREP(mask, value)	(((value) * FIELD_LSB(mask)) & (mask))

#define ARRAY_COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))

#define ALIGN_DOWN(x, a)	((x) & ~((a) - 1))
#define ALIGN_UP(x, a)		ALIGN_DOWN((x) + (a) - 1, a)

#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

#define MUST_CHECK	__attribute__((warn_unused_result))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

#define PAGE_LG2	12u
#define PAGE_SIZE	((size_t)1 << PAGE_LG2)

/* Register offsets from a unit's base, by the width of the only access that is allowed. */
typedef struct { uint32_t offset; } reg32_t;
typedef struct { uint32_t offset; } reg64_t;

/* An address that a device issues. */
typedef struct { uint64_t v; } iova_t;
/* An address in system memory, as the memory controller sees it. */
typedef struct { uint64_t v; } pa_t;

static inline iova_t iova(uint64_t v) { return (iova_t){ v }; }
static inline iova_t iova_add(iova_t a, uint64_t bytes) { return (iova_t){ a.v + bytes }; }
static inline pa_t pa(uint64_t v) { return (pa_t){ v }; }
static inline pa_t pa_add(pa_t a, uint64_t bytes) { return (pa_t){ a.v + bytes }; }
static inline pa_t pa_of(const volatile void *p) { return (pa_t){ (uint64_t)(uintptr_t)p }; }
static inline void *pa_ptr(pa_t a) { return (void *)(uintptr_t)a.v; }

#endif
