/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The identity page of a prototype unit, docs/prototype.md, version 1.0. */
#ifndef MODEL_SERVER_IDENTITY_H
#define MODEL_SERVER_IDENTITY_H

#include <stdint.h>

#define IDENTITY_VENDOR		0x1234u
#define IDENTITY_DEVICE		0x10efu
#define IDENTITY_VERSION	0x00010000u
#define IDENTITY_BAR		2u
#define IDENTITY_BYTES		0x1000u

#define IDENTITY_KIND_VTD	1u

struct board;

/* Reads of 4 and 8 aligned bytes; anything else is 0. The page cannot be written. */
uint64_t identity_read(const struct board *board, uint64_t offset, unsigned width);

#endif
