/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A PCI function's configuration space: what bridges, exercisers and units have in common. A function is made by
 * function_init() and whatever of the others it needs.
 */
#ifndef MODEL_FUNCTION_H
#define MODEL_FUNCTION_H

#include "model/exerciser.h"

struct machine;

struct function {
	uint16_t rid;
	uint8_t config[4096], writable[4096];
	uint16_t msi, express;		/* capabilities; 0: none */
	struct exerciser *exerciser;
	struct machine *machine;
	struct silicon *unit;		/* that stands before it */
};

void function_init(struct function *function, uint16_t rid, uint32_t ids, uint32_t class_code, uint8_t revision);
void function_multi(struct function *function);
void function_bridge(struct function *function, uint8_t secondary, uint8_t subordinate);
void function_express(struct function *function, unsigned port);
void function_acs(struct function *function);
/* The list of capabilities begins at `first`; another answers for what stands there. */
void function_list(struct function *function, uint8_t first);
void function_exerciser(struct function *function, struct exerciser *exerciser, uint64_t bar, bool with_pasid);

uint64_t function_read(const struct function *function, unsigned offset, unsigned width);
void function_write(struct function *function, unsigned offset, unsigned width, uint64_t value);
bool function_is_master(const struct function *function);
/* Does BAR 0 decode the address, and at which offset? */
bool function_decodes(const struct function *function, uint64_t address, unsigned width, uint64_t *offset);
/* The message that software gave the function; false: MSI is off. */
bool function_message(const struct function *function, uint64_t *address, uint32_t *data);

#endif
