/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Guest memory: the ranges that a client gave, each with the file that holds it, mapped here.
 *
 * A range that came without a file is known and not reached: a request for it would have to wait for an
 * answer of the client, whose processor may be waiting for one of ours. Firmware's flash is such a range.
 * A file that becomes shorter than what was mapped of it reads as zeros from there on, and takes what is
 * written.
 */
#ifndef MODEL_SERVER_GUEST_H
#define MODEL_SERVER_GUEST_H

#include "model/server/vfio_user.h"
#include "model/silicon.h"

#define GUEST_RANGES_MAX	64u
#define GUEST_PAGE		4096u

struct guest_range {
	uint64_t address, bytes;
	uint8_t *here;			/* NULL: it came without a file */
	bool readable, writable;
};

struct guest {
	struct guest_range ranges[GUEST_RANGES_MAX];
	unsigned count;
};

/* 0 or an errno: EINVAL, EEXIST (overlap), ENOSPC (too many), or why the file cannot be mapped. */
int guest_map(struct guest *guest, const struct vfio_user_dma_map *map, int fd);
/* 0 or an errno: ENOENT, unless it is exactly what was mapped once. Nothing refers to the range afterwards. */
int guest_unmap(struct guest *guest, uint64_t address, uint64_t bytes);
void guest_unmap_all(struct guest *guest);

/* silicon.h: one access each. All of it is snooped: it is the memory that the guest's CPUs have. */
bool guest_read(const struct guest *guest, uint64_t address, void *to, size_t bytes);
bool guest_write(const struct guest *guest, uint64_t address, const void *from, size_t bytes);
bool guest_swap(const struct guest *guest, uint64_t address, uint64_t expected, uint64_t desired,
		uint64_t *seen);

/* Survive files that shrink; once, before the first range. */
void guest_guard(void);

#endif
