/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Mapping, and accesses that are whole words wherever they can be. The guest's CPUs run meanwhile: every word
 * here is one that they may be changing.
 */
#include "model/server/guest.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

typedef long long word128 __attribute__((vector_size(16)));

/* ---- Ranges ---- */

static bool overlaps(const struct guest_range *r, uint64_t address, uint64_t bytes)
{
	return address <= r->address + (r->bytes - 1) && r->address <= address + (bytes - 1);
}

/* A file of which these bytes can be mapped: all of them are there. 0 or an errno. */
static int check_file(int fd, uint64_t offset, uint64_t bytes)
{
	struct stat file;

	if (fstat(fd, &file) != 0)
		return errno;
	if (!S_ISREG(file.st_mode) || offset % GUEST_PAGE != 0 || offset > (uint64_t)file.st_size ||
	    bytes > (uint64_t)file.st_size - offset)
		return EINVAL;
	return 0;
}

int guest_map(struct guest *g, const struct vfio_user_dma_map *m, int fd)
{
	struct guest_range r = {
		.address = m->address,
		.bytes = m->size,
		.readable = m->flags & VFIO_USER_MAP_READ,
		.writable = m->flags & VFIO_USER_MAP_WRITE,
	};
	int error, access = (r.readable ? PROT_READ : 0) | (r.writable ? PROT_WRITE : 0);

	if (m->flags & ~(VFIO_USER_MAP_READ | VFIO_USER_MAP_WRITE) || access == 0 || m->size == 0 ||
	    m->size > SIZE_MAX || (m->address | m->size) % GUEST_PAGE != 0 ||
	    m->address + (m->size - 1) < m->address)
		return EINVAL;
	for (unsigned i = 0; i < g->count; i++) {
		if (overlaps(&g->ranges[i], m->address, m->size))
			return EEXIST;
	}
	if (g->count == GUEST_RANGES_MAX)
		return ENOSPC;
	if (fd >= 0) {
		error = check_file(fd, m->offset, m->size);
		if (error)
			return error;
		r.here = mmap(NULL, (size_t)m->size, access, MAP_SHARED | MAP_NORESERVE, fd,
			      (off_t)m->offset);
		if (r.here == MAP_FAILED)
			return errno;
	}
	g->ranges[g->count++] = r;
	return 0;
}

static void forget(struct guest *g, unsigned index)
{
	if (g->ranges[index].here != NULL)
		munmap(g->ranges[index].here, (size_t)g->ranges[index].bytes);
	g->ranges[index] = g->ranges[--g->count];
}

int guest_unmap(struct guest *g, uint64_t address, uint64_t bytes)
{
	for (unsigned i = 0; i < g->count; i++) {
		if (g->ranges[i].address != address || g->ranges[i].bytes != bytes)
			continue;
		forget(g, i);
		return 0;
	}
	return ENOENT;
}

void guest_unmap_all(struct guest *g)
{
	while (g->count > 0)
		forget(g, g->count - 1);
}

/* ---- Accesses ---- */

static uint8_t *reach(const struct guest *g, uint64_t address, size_t bytes, bool to_write)
{
	for (unsigned i = 0; i < g->count; i++) {
		const struct guest_range *r = &g->ranges[i];
		uint64_t offset = address - r->address;

		if (offset >= r->bytes || r->bytes - offset < bytes)
			continue;
		return r->here != NULL && (to_write ? r->writable : r->readable) ? r->here + offset
										 : NULL;
	}
	return NULL;
}

static bool aligned(const void *a, const void *b, size_t to)
{
	return ((uintptr_t)a | (uintptr_t)b) % to == 0;
}

/* The largest word at both places, up to 8 bytes. */
static size_t word_at(const void *to, const void *from, size_t bytes)
{
	if (bytes >= 8 && aligned(to, from, 8))
		return 8;
	return bytes >= 4 && aligned(to, from, 4) ? 4 : 1;
}

static void copy_word(uint8_t *to, const uint8_t *from, size_t bytes)
{
	switch (bytes) {
	case 8:
		__atomic_store_n((uint64_t *)(void *)to,
				 __atomic_load_n((const uint64_t *)(const void *)from,
						 __ATOMIC_ACQUIRE),
				 __ATOMIC_RELEASE);
		break;
	case 4:
		__atomic_store_n((uint32_t *)(void *)to,
				 __atomic_load_n((const uint32_t *)(const void *)from,
						 __ATOMIC_ACQUIRE),
				 __ATOMIC_RELEASE);
		break;
	default:
		__atomic_store_n(to, __atomic_load_n(from, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
		break;
	}
}

/* Aligned words are copied whole, 16 bytes as x86 does in practice with one SSE access. */
static void copy(uint8_t *to, const uint8_t *from, size_t bytes)
{
	if (bytes == 16 && aligned(to, from, 16)) {
		*(volatile word128 *)(void *)to = *(const volatile word128 *)(const void *)from;
		return;
	}
	while (bytes > 0) {
		size_t step = word_at(to, from, bytes);

		copy_word(to, from, step);
		to += step;
		from += step;
		bytes -= step;
	}
}

bool guest_read(const struct guest *g, uint64_t address, void *to, size_t bytes)
{
	const uint8_t *from = reach(g, address, bytes, false);

	if (from != NULL)
		copy(to, from, bytes);
	return from != NULL;
}

bool guest_write(const struct guest *g, uint64_t address, const void *from, size_t bytes)
{
	uint8_t *to = reach(g, address, bytes, true);

	if (to != NULL)
		copy(to, from, bytes);
	return to != NULL;
}

bool guest_swap(const struct guest *g, uint64_t address, uint64_t expected, uint64_t desired,
		uint64_t *seen)
{
	uint8_t *at = reach(g, address, 8, true);

	if (at == NULL || (uintptr_t)at % 8 != 0)
		return false;
	*seen = expected;
	(void)!__atomic_compare_exchange_n((uint64_t *)(void *)at, seen, desired, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return true;
}

/* ---- Files that shrink ---- */

/*
 * The page of a file that is no longer there becomes one of our own, so that the access ends. Nothing but
 * guest memory is mapped from a file that others can change.
 */
static void replace_page(int number, siginfo_t *cause, void *context)
{
	uintptr_t page = (uintptr_t)cause->si_addr & ~(uintptr_t)(GUEST_PAGE - 1);

	(void)context;
	if (cause->si_code != BUS_ADRERR ||
	    mmap((void *)page, GUEST_PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		signal(number, SIG_DFL);	/* the access is tried again, and ends the program */
}

void guest_guard(void)
{
	struct sigaction action = { .sa_sigaction = replace_page, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}
