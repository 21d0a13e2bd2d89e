/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The least that can stand in a model's place (docs/prototype.md): a VT-d unit whose registers answer, that lets
 * everything pass while translation is off and refuses everything while it is on. It walks no table and
 * records no fault, so the suite finds it, drives it, and fails what goes beyond.
 */
#ifndef MODEL_STUB_H
#define MODEL_STUB_H

#include "model/silicon.h"

#define STUB_ADDRESS_BITS	39u

struct silicon *stub_create(const struct silicon_memory *memory);
void stub_destroy(struct silicon *silicon);

#endif
