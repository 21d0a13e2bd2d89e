/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The board's and the firmware's names, from the SMBIOS tables. No UEFI header: the host tests it. */
#ifndef BOOT_SMBIOS_H
#define BOOT_SMBIOS_H

#include "base/types.h"

/*
 * Write one line, "Manufacturer Product, board Manufacturer Product, firmware Vendor Version Date",
 * as much of it as the tables say and `limit` holds with its NUL. `entry_point` is an SMBIOS 3 or 2
 * entry point (DSP0134 3.7, 5.2) or NULL. The tables are believed no further than their lengths.
 */
void smbios_board_line(const void *entry_point, char *line, size_t limit);

#endif
