/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The board: one unit of virtual silicon and the exercisers behind it, each a PCI function as docs/prototype.md
 * and docs/exerciser.md describe them. It knows of no protocol; guest memory and interrupts are given to it.
 */
#ifndef MODEL_SERVER_BOARD_H
#define MODEL_SERVER_BOARD_H

#include "model/exerciser.h"
#include "model/function.h"

#define BOARD_EXERCISERS_MAX	8u
#define BOARD_FUNCTIONS_MAX	(1u + BOARD_EXERCISERS_MAX)
#define BOARD_BARS		6u

struct board;

/* What stands behind a kind of unit: a line of models.c. */
struct board_model {
	const char *name;
	uint32_t kind;			/* docs/prototype.md, KIND */
	/* NULL after the last. */
	const char *(*config)(unsigned index);
	const char *(*defect)(unsigned index);
	/* NULL: there is no such configuration or defect, or no memory. `defect` NULL: none. */
	struct silicon *(*create)(const char *config, const char *defect,
				  const struct silicon_memory *memory, unsigned *address_bits);
	void (*destroy)(struct silicon *silicon);
};

extern const struct board_model *const board_models[];	/* NULL after the last */

/* One PCI function. Function 0 of a board is its unit. */
struct board_function {
	struct board *board;
	struct function pci;		/* its configuration space */
	struct exerciser exerciser;	/* of every function but the unit's */
	uint64_t bar_bytes[BOARD_BARS];	/* 0: no such BAR */
};

/* What a board is built of. */
struct board_plan {
	const struct board_model *model;
	const char *config, *defect;
	uint16_t exerciser_rids[BOARD_EXERCISERS_MAX];	/* requester ids, where the machine puts them */
	unsigned exerciser_count;
};

struct board {
	struct silicon *unit;
	const struct board_model *model;
	struct silicon_memory memory;	/* as the unit's function reaches it: only as a bus master */
	const struct silicon_memory *outside;
	struct silicon_devices devices;
	unsigned address_bits;
	struct board_function functions[BOARD_FUNCTIONS_MAX];
	unsigned function_count;
};

/* False: the plan names what there is not. `memory` outlives the board. */
bool board_open(struct board *board, const struct board_plan *plan, const struct silicon_memory *memory);
void board_close(struct board *board);

/* Accesses of any length; each is made of the largest aligned words that fit. */
void board_read_config(struct board_function *function, uint64_t offset, uint8_t *to, size_t bytes);
void board_write_config(struct board_function *function, uint64_t offset, const uint8_t *from, size_t bytes);
void board_read_bar(struct board_function *function, unsigned bar, uint64_t offset, uint8_t *to, size_t bytes);
void board_write_bar(struct board_function *function, unsigned bar, uint64_t offset, const uint8_t *from,
		     size_t bytes);

/* Power-on state of the function, and of what it stands for. */
void board_reset(struct board_function *function);

/* Unit and exercisers go on; false: there is nothing to do. */
bool board_step(struct board *board);

#endif
