/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Virtual silicon: what a model of an IOMMU is given, and what it offers.
 *
 * model/ is a second reading of the specifications. It shares no header and no constant with what it
 * judges: registers and tables are defined here again, from the specification's text.
 *
 * Glossary:
 *	silicon		one modelled unit with its registers, caches and queues
 *	memory		the guest's: reached through struct silicon_memory alone, never by a pointer
 *	request		one transaction of a device, as it arrives at the unit
 *	defect		one way in which silicon is wrong on purpose, by name; 0: none
 */
#ifndef MODEL_SILICON_H
#define MODEL_SILICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SILICON_NO_PASID	UINT32_MAX

/*
 * Guest memory. Each call is one access of the memory system: `read` and `write` move up to a page and are
 * atomic for aligned 8 and 16 bytes; `swap` replaces an aligned 64-bit word if it holds `expected`, and
 * says in *seen what it held. False: there is no memory at that address, and nothing happened.
 * `snooped` is false where the specification lets the unit look past the CPU's caches: a host that models
 * them answers with what was written back.
 */
struct silicon_memory {
	void *context;
	bool (*read)(void *context, uint64_t address, void *to, size_t bytes, bool snooped);
	bool (*write)(void *context, uint64_t address, const void *from, size_t bytes, bool snooped);
	bool (*swap)(void *context, uint64_t address, uint64_t expected, uint64_t desired, uint64_t *seen,
		     bool snooped);
	/* A message signalled interrupt: a 32-bit write to the interrupt range. */
	void (*interrupt)(void *context, uint64_t address, uint32_t data);
	/* The write buffers between CPU and memory are emptied: reads that are not snooped see all. May be NULL. */
	void (*drain)(void *context);
};

/*
 * The devices behind the unit, where they keep translations of their own (ATS). Each may be NULL: then
 * there is no such device, and what is sent to it is done at once.
 */
struct silicon_devices {
	void *context;
	/* Drop translations of 2^size_lg2 bytes; 64: all. False: the device does not answer in time. */
	bool (*invalidate)(void *context, uint16_t source, uint32_t pasid, uint64_t address, unsigned size_lg2);
	void (*page_response)(void *context, uint16_t source, uint32_t pasid, unsigned group, unsigned code);
};

enum silicon_access {
	SILICON_READ,
	SILICON_WRITE,
	SILICON_ATOMIC,			/* read and write in one */
	SILICON_TRANSLATE,		/* ATS translation request; `bytes` is ignored */
	SILICON_PAGE_REQUEST,
};

struct silicon_request {
	enum silicon_access access;
	uint16_t source;		/* requester id */
	uint32_t pasid;			/* SILICON_NO_PASID: none */
	bool privileged, execute;	/* with a PASID */
	bool translated;		/* AT = 10b */
	bool no_write;			/* of a translation request */
	bool wants_read, wants_write;	/* of a page request, as the two that follow */
	bool last;			/* in its group: a response is due */
	unsigned group;			/* 9 bits */
	uint64_t address;
	uint32_t bytes;			/* does not cross 4 KiB; 0: a zero-length read */
	uint32_t data;			/* of a write of 4 bytes: it may be an interrupt */
};

/* What the unit answers: where the access may go, or that it is refused. */
struct silicon_answer {
	bool allowed;
	uint64_t address;		/* after translation */
	bool message;			/* the write is an interrupt: `data` at `address` is what arrives */
	uint32_t data;
	unsigned size_lg2;		/* of the translation, for TRANSLATE */
	bool readable, writable;	/* for TRANSLATE */
};

/* One entry of a model's catalogue. */
struct silicon_defect {
	const char *name, *sentence, *clause, *source;
};

struct silicon;

/* What every model offers. Registers are accessed whole: width is 4 or 8, offset is a multiple of it. */
struct silicon_ops {
	uint64_t (*read)(struct silicon *silicon, uint32_t offset, unsigned width);
	void (*write)(struct silicon *silicon, uint32_t offset, unsigned width, uint64_t value);
	/* Take a request through the unit; the caller moves the data if it is allowed. */
	struct silicon_answer (*request)(struct silicon *silicon, const struct silicon_request *request);
	/* Work that is pending (queues) is done; returns true if there was any. Called between accesses. */
	bool (*step)(struct silicon *silicon);
	/* Power-on state. */
	void (*reset)(struct silicon *silicon);
};

struct silicon {
	const struct silicon_ops *ops;
	const char *name;
	size_t register_bytes;
	const struct silicon_memory *memory;
	const struct silicon_devices *devices;	/* NULL: none keeps translations */
	unsigned defect;		/* of the model's own catalogue; 0: obedient */
};

#endif
