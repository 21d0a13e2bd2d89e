/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* I/O ports, for the few devices that have no registers in memory. A machine without ports answers
 * all ones and ignores writes. */
#ifndef ARCH_PORT_H
#define ARCH_PORT_H

#include <stdint.h>

uint8_t arch_port_read8(uint16_t port);
uint32_t arch_port_read32(uint16_t port);
void arch_port_write8(uint16_t port, uint8_t value);
void arch_port_write32(uint16_t port, uint32_t value);

#endif
