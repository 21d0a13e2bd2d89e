/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which serial line the firmware's console is on. */
#ifndef BOOT_SERIAL_LINE_H
#define BOOT_SERIAL_LINE_H

#include "base/handover.h"

/*
 * Move the console to the line that ACPI's SPCR names, if it names one and it is another than COM1.
 * After arch_prepare(), and still under the firmware's page tables, which reach every device: ours learn
 * of the line here.
 */
void find_serial_line(const struct handover *h);

#endif
