/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The hand-over: everything that boot/ learned from the firmware and that the run needs after boot
 * services are gone. Plain C, no UEFI type: whoever starts the suite (the image, a host program with a
 * model behind it) fills one of these and calls iovet_run().
 */
#ifndef BASE_HANDOVER_H
#define BASE_HANDOVER_H

#include "base/status.h"
#include "base/types.h"

#define HANDOVER_REGIONS	512u		/* memory map entries kept after merging neighbours */

enum memory_kind {
	MEMORY_FREE,				/* RAM that nobody needs after boot services */
	MEMORY_IMAGE,				/* RAM that this program runs in and allocates from */
	MEMORY_FIRMWARE,			/* RAM that runtime services need */
	MEMORY_ACPI,				/* ACPI tables and NVS */
	MEMORY_RESERVED,			/* RAM or address space that nobody may touch */
	MEMORY_DEVICE,				/* memory-mapped I/O */
	MEMORY_UNUSABLE,			/* RAM known to be bad */
};

struct memory_region {
	pa_t base;
	uint64_t bytes;
	enum memory_kind kind;
};

struct framebuffer {
	pa_t base;				/* 0: there is none */
	uint32_t width, height, pixels_per_line;	/* 32 bits per pixel */
	bool bgr;				/* blue in the lowest byte; otherwise red */
};

struct handover {
	struct memory_region regions[HANDOVER_REGIONS];
	unsigned region_count;
	pa_t rsdp;				/* ACPI root; 0: there is none */
	pa_t smbios;				/* SMBIOS 3 or 2 entry point; 0: there is none */
	struct framebuffer framebuffer;
	const char *command_line;		/* the load options as text, "" without */
	const char *configuration;		/* the text of iovet.conf, "" without */
	size_t configuration_bytes;
	const char *firmware_vendor;
	uint32_t firmware_revision;
	const char *board;			/* SMBIOS board and firmware, one line */
	void *arena;				/* the run's memory, for the page pool; page-aligned */
	size_t arena_pages;
	void *twin;				/* memory 1 GiB above or below the arena's first pages, so that
						   both have the same place in a 1 GiB block; NULL: none */
	size_t twin_pages;
	void *high;				/* memory above 4 GiB; NULL: none */
	size_t high_pages;
	const char *const *notes;		/* what went wrong on the way here, for the report */
	unsigned note_count;

	/*
	 * The store that survives a reset: numbered chunks, each written once. EXHAUSTED when the store
	 * is full, UNSUPPORTED when there is none, DEVICE_ERROR when the firmware fails.
	 */
	enum status (*store_chunk)(unsigned index, const void *bytes, size_t count);
	size_t store_chunk_bytes;		/* the largest chunk; 0: there is no store */

	size_t store_bytes;			/* what all chunks together may take ... */
	size_t store_chunk_overhead;		/* ... each with so much more than its bytes */

	/* What an earlier run left in the store and did not finish; NULL without. New chunks are
	 * numbered from journal_chunks on. */
	const void *journal;
	size_t journal_bytes;
	unsigned journal_chunks;

	void (*console_write)(const char *text, size_t count);	/* serial and screen */

	/* A run that is split over processes: of its cases, each takes those whose number leaves the
	 * remainder `slice` by `slice_count`. 0: it is not split. */
	unsigned slice, slice_count;
};

#endif
