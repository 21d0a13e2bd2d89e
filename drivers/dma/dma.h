/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * DMA engines: devices that can be told to read or write at an IOVA.
 *
 * Glossary:
 *	op	one transfer: a direction, an IOVA and a length
 *	prefix	the PASID of an op's requests, and what PCI Express carries beside it (Base 5.0, 6.20)
 *	answer	what the device learnt from an op that asks: the old word of an atomic, a translation
 *	source	what an engine reads when it reads: bytes that the engine itself prepared with prepare(),
 *		so that it can tell afterwards that it saw those and no others
 *	pattern	what an engine writes when it writes: fill() computes the bytes that must land
 *	control	the pages that the engine itself must reach (queues, a bounce buffer), which the bench
 *		maps away from the test's
 *
 * An engine that executes its source obeys whatever the IOMMU lets it see, behind a stale translation
 * too. Where such an engine reads, leave nothing but what prepare() wrote, poison, or what engines
 * themselves wrote: none of these is a command that changes a medium or a setting. An engine whose own
 * data could be taken for one withdraws limits.read in open().
 *
 * An engine knows IOVAs only; it never holds a physical address and never includes iommu/. Its limits
 * are data, so that a test which needs more becomes a skip that names what is missing.
 */
#ifndef DRIVERS_DMA_DMA_H
#define DRIVERS_DMA_DMA_H

#include "arch/arch.h"
#include "base/status.h"
#include "base/types.h"
#include "drivers/pci/pci.h"

#define DMA_CONTROL_PAGES_MAX	8u

enum dma_direction {
	DMA_READ,			/* the device reads memory */
	DMA_WRITE,			/* the device writes memory */
	DMA_ATOMIC,			/* the device reads and writes a word of 8 bytes in one */
	DMA_TRANSLATE,			/* the device asks where an address leads (ATS); no data moves */
	DMA_PAGE_REQUEST,		/* the device asks for a page to be mapped (PRI); no data moves */
	DMA_MESSAGE,			/* the device writes a doubleword of the caller's: an interrupt */
};

enum dma_atomic {
	DMA_ADD,
	DMA_SWAP,
	DMA_COMPARE_SWAP,
};

struct dma_limits {
	bool read, write;
	bool verifies;			/* a read tells whether the prepared source was seen */
	bool patterned;			/* the bytes written depend on the IOVA */
	bool reports_errors;		/* a refused transfer ends in DMA_FAILED, not only in silence */
	bool reports_read_errors;	/* the same for reads alone: PCI Express writes are posted */
	bool moves_data_on_error;	/* ... and may move a part of the data first */
	bool executes_source;		/* what a read finds is a command that the device then obeys */
	bool atomic;			/* every kind of DMA_ATOMIC */
	bool translates;		/* ATS: DMA_TRANSLATE, and transfers at what it gave */
	bool requests_pages;		/* PRI: DMA_PAGE_REQUEST, and it tells of the responses */
	bool messages;			/* DMA_MESSAGE */
	bool zero_reads;		/* READs of 0 bytes, below read_min */
	bool storms;			/* endless READs and WRITEs, and stop() */
	bool tells_invalidations;	/* ATS: what the device was told to forget */
	unsigned pasid_bits;		/* PASIDs below 2^pasid_bits; 0: requests carry none */
	uint32_t read_min, read_max;	/* bytes */
	uint32_t write_min, write_max;
	uint32_t read_align, write_align;	/* of the IOVA, bytes, powers of two */
	uint32_t read_step, write_step;	/* lengths are multiples of this, powers of two */
	unsigned address_bits;		/* IOVAs below 2^address_bits */
	unsigned control_pages;		/* of control memory; not 0: every transfer touches it too */
	uint32_t typical_us;		/* of a transfer that works; more than 10 000: tests sweep less */
	uint32_t timeout_us;		/* after this a transfer has failed */
};

enum dma_state {
	DMA_IDLE,
	DMA_RUNNING,
	DMA_DONE,
	DMA_FAILED,			/* the device reported an error: `last_word` says what */
	DMA_DEAD,			/* the device answers with all ones, or needs reset() */
};

/* What a page request says beside its address and PASID. Neither read nor write: a stop marker. */
struct dma_page_group {
	uint16_t index;			/* of the page group, 9 bits */
	bool last;			/* in the group: a response is due */
	bool read, write;
};

/* All 0: requests without a PASID. */
struct dma_prefix {
	bool present;
	uint32_t pasid;
	bool privileged, execute;
};

struct dma_op {
	enum dma_direction direction;
	iova_t iova;
	uint32_t bytes;			/* ATOMIC: 8. TRANSLATE, PAGE_REQUEST, MESSAGE: of no meaning */
	struct dma_prefix prefix;
	bool translated;		/* READ, WRITE, ATOMIC: at an address that a TRANSLATE gave */
	bool no_write;			/* TRANSLATE: for reading alone */
	struct dma_page_group group;	/* PAGE_REQUEST */
	enum dma_atomic atomic;
	uint64_t operand, compare;	/* ATOMIC: what is added or stored; what COMPARE_SWAP compares with.
					   MESSAGE: `operand` is what is written, in 31:0 */
	bool endless;			/* READ, WRITE: `count` transfers, the next one `stride` bytes further, */
	uint32_t count;			/* and then again from the first, writing other bytes, until stop() */
	uint32_t stride;
};

struct dma_answer {
	uint64_t value;			/* ATOMIC: what memory held before. TRANSLATE: the address */
	bool readable, writable;	/* TRANSLATE: neither is an answer, too */
	unsigned size_lg2;		/* TRANSLATE: the translation holds for 2^size_lg2 bytes */
};

/* Control memory: the same pages, seen by the CPU and by the engine. */
struct dma_control {
	void *cpu;
	iova_t iova;
	size_t bytes;
};

/* ATS invalidation requests that the device has answered, and the last of them. */
struct dma_invalidations {
	uint32_t count;			/* since open(); wraps */
	iova_t iova;
	unsigned size_lg2;		/* 2^size_lg2 bytes; 64: everything */
	bool with_pasid;
	uint32_t pasid;
};

/* PRI page group responses that the device has got, and the last of them. */
struct dma_responses {
	uint32_t count;			/* since open(); wraps */
	unsigned group, code;
	bool with_pasid;
	uint32_t pasid;
};

struct dma_engine;

struct dma_ops {
	/* Is this function such an engine? Reads configuration space only. */
	bool (*match)(const struct pci_function *function);

	/*
	 * Bring the device up with its control memory, which must be mapped; bus mastering is on
	 * afterwards, and the limits are those of the device. GONE, TIMEOUT, UNSUPPORTED, NOT_FOUND,
	 * EXHAUSTED, BAD_ARGUMENT (control memory too small or too high), DEVICE_ERROR; then it is closed.
	 */
	enum status (*open)(struct dma_engine *engine, const struct dma_control *control,
			    struct deadline deadline);

	/*
	 * Quiet: no transfer in flight, bus mastering off, registers as they were before open(), but for
	 * a device that firmware left running: it stays stopped. TIMEOUT, GONE: bus mastering is off.
	 */
	enum status (*close)(struct dma_engine *engine, struct deadline deadline);

	/* Begin; return at once. BUSY, BAD_ARGUMENT (beyond the limits). After a failure it begins afresh. */
	enum status (*start)(struct dma_engine *engine, const struct dma_op *op);
	enum dma_state (*state)(struct dma_engine *engine);

	/*
	 * Bring an endless op to its end: all that it has issued has arrived. Its state says whether anything was
	 * refused, at which it ended by itself. TIMEOUT, GONE. NULL: the limits have no storms.
	 */
	enum status (*stop)(struct dma_engine *engine, struct deadline deadline);

	/* From any state back to open; what was in flight is gone. TIMEOUT, GONE. */
	enum status (*reset)(struct dma_engine *engine, struct deadline deadline);

	/*
	 * Write into `memory` what a read of op->bytes at op->iova expects to see: other bytes in every
	 * call, so that what an earlier read left in the device is not taken for it.
	 */
	void (*prepare)(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory);

	/* After a read that was done: did the engine see what prepare() wrote? */
	bool (*saw)(struct dma_engine *engine);

	/*
	 * The bytes that a write of op->bytes at op->iova leaves. False if only the device knows them:
	 * then all that can be said is that the poison is gone.
	 */
	bool (*fill)(struct dma_engine *engine, const struct dma_op *op, uint8_t *memory);

	/* After an ATOMIC or a TRANSLATE that was done. NULL: the limits have neither. */
	void (*answer)(struct dma_engine *engine, struct dma_answer *answer);

	/* NULL: the limits do not have it. */
	void (*invalidations)(struct dma_engine *engine, struct dma_invalidations *invalidations);
	void (*responses)(struct dma_engine *engine, struct dma_responses *responses);
};

struct dma_driver {
	const char *name;		/* "testdev" */
	const struct dma_ops *ops;
	struct dma_limits limits;
};

struct dma_engine {
	const struct dma_driver *driver;
	char name[16];			/* "testdev0" */
	struct pci_function *function;
	struct dma_limits limits;	/* the driver's, narrowed by what the device says */
	struct dma_control control;
	struct mmio mmio;
	struct dma_op op;		/* the last one started */
	uint32_t last_word;		/* the last status word seen: evidence */
	bool timed_out;			/* dma_run() gave up on the last transfer: it may still be going on */
	uint64_t private_words[32];	/* the driver's own state */
};

/* Every driver of this build. */
extern const struct dma_driver *const dma_drivers[];
extern const unsigned dma_driver_count;

/*
 * Find the driver of a function and fill `engine`; NOT_FOUND if it is no engine. What needs a capability
 * that the function lacks (PASID, ATS) is not among the limits.
 */
enum status dma_probe(struct dma_engine *engine, struct pci_function *function, unsigned index) MUST_CHECK;

/* Does the op keep the engine's limits? */
bool dma_fits(const struct dma_engine *engine, const struct dma_op *op);

/*
 * start() and wait for an end, up to `deadline` or limits.timeout_us. OK: done. DEVICE_ERROR: the device
 * says that it was refused. TIMEOUT: it may still be going on; the next dma_run() begins with a reset().
 * GONE. BUSY, BAD_ARGUMENT: it was not started. `last_word` holds the last status word seen.
 */
enum status dma_run(struct dma_engine *engine, const struct dma_op *op, struct deadline deadline) MUST_CHECK;

#endif
