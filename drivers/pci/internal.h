/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the files of drivers/pci/ share among themselves. */
#ifndef DRIVERS_PCI_INTERNAL_H
#define DRIVERS_PCI_INTERNAL_H

#include "drivers/pci/pci.h"
#include "drivers/pci/pci_regs.h"

/*
 * Fill in everything about the function that segment and rid name. False: it does not answer, or it
 * stopped answering on the way.
 */
bool pci_identify(struct pci_function *function) MUST_CHECK;

/* Walk both capability lists. Bounded, whatever the pointers say. */
void pci_read_capabilities(struct pci_function *function);

/* Sizes and addresses of the BARs; decoding is off meanwhile and everything is put back. */
void pci_read_bars(struct pci_function *function);

#endif
