/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Configuration space, as far as this program uses it: PCI Express Base 5.0, chapter 7, in its order.
 * Registers are offsets from the start of a function's space; those of a capability, from its start.
 */
#ifndef DRIVERS_PCI_PCI_REGS_H
#define DRIVERS_PCI_PCI_REGS_H

#include "base/types.h"

/* 7.2.2 Enhanced configuration access: 4 KiB a function, 1 MiB a bus. */
#define PCI_ECAM_FUNCTION_LG2		12u
#define PCI_ECAM_BUS_LG2		20u
#define PCI_CONFIG_BYTES		4096u
#define PCI_CONFIG_BYTES_CONVENTIONAL	256u

/* 7.5.1.1 Common to both header types */
#define PCI_VENDOR			0x00u	/* 16 */
#define   PCI_VENDOR_NONE		0xffffu	/* no function answers */
#define   PCI_VENDOR_RETRY		0x0001u	/* 2.3.2: not ready yet */
#define PCI_DEVICE			0x02u	/* 16 */
#define PCI_COMMAND			0x04u	/* 16 */
#define   PCI_COMMAND_INTX_DISABLE	BIT(10)
#define   PCI_COMMAND_MASTER		BIT(2)
#define   PCI_COMMAND_MEMORY		BIT(1)
#define   PCI_COMMAND_IO		BIT(0)
#define PCI_STATUS			0x06u	/* 16 */
#define   PCI_STATUS_CAPABILITIES	BIT(4)
#define PCI_CLASS_REVISION		0x08u	/* 32: class code 31:8, revision 7:0 */
#define PCI_HEADER_TYPE			0x0eu	/* 8 */
#define   PCI_HEADER_MULTI_FUNCTION	BIT(7)
#define   PCI_HEADER_LAYOUT		GENMASK(6, 0)
#define     PCI_HEADER_LAYOUT_NORMAL	0u
#define     PCI_HEADER_LAYOUT_BRIDGE	1u
#define PCI_CAPABILITIES		0x34u	/* 8 */

/* 7.5.1.2.1 Base addresses; six in a type 0 header, two in a type 1 header */
#define PCI_BAR(n)			(0x10u + 4u * (n))	/* 32 */
#define   PCI_BAR_IO			BIT(0)
#define   PCI_BAR_IO_ADDRESS		GENMASK(31, 2)
#define   PCI_BAR_PREFETCHABLE		BIT(3)
#define   PCI_BAR_TYPE			GENMASK(2, 1)
#define     PCI_BAR_TYPE_64		2u
#define   PCI_BAR_ADDRESS		GENMASK(31, 4)

/* 7.5.1.3 Type 1 header */
#define PCI_PRIMARY_BUS			0x18u	/* 8 */
#define PCI_SECONDARY_BUS		0x19u	/* 8 */
#define PCI_SUBORDINATE_BUS		0x1au	/* 8 */

/* 7.5 Capabilities: id 7:0, next 15:8 (its two lowest bits are reserved) */
#define PCI_CAPABILITY_NEXT		GENMASK(7, 2)
#define PCI_CAPABILITY_FIRST		0x40u
#define PCI_CAP_POWER			0x01u
#define PCI_CAP_MSI			0x05u
#define PCI_CAP_EXPRESS			0x10u
#define PCI_CAP_MSIX			0x11u

/* 7.5.3 PCI Express */
#define PCI_EXP_CAPABILITIES		0x02u	/* 16 */
#define   PCI_EXP_CAPABILITIES_PORT	GENMASK(7, 4)
#define PCI_EXP_DEVCAP			0x04u	/* 32 */
#define   PCI_EXP_DEVCAP_FLR		BIT(28)
#define PCI_EXP_DEVCTL			0x08u	/* 16 */
#define   PCI_EXP_DEVCTL_FLR		BIT(15)
#define PCI_EXP_DEVSTA			0x0au	/* 16 */
#define   PCI_EXP_DEVSTA_PENDING	BIT(5)
#define PCI_EXP_DEVCTL2			0x28u	/* 16 */
#define   PCI_EXP_DEVCTL2_ARI		BIT(5)

/* 7.6.1 Extended capabilities: id 15:0, version 19:16, next 31:20 (two lowest bits reserved) */
#define PCI_EXTENDED_FIRST		0x100u
#define PCI_EXTENDED_ID			GENMASK(15, 0)
#define PCI_EXTENDED_NEXT		GENMASK(31, 22)
#define PCI_EXT_ACS			0x000du
#define PCI_EXT_ARI			0x000eu
#define PCI_EXT_ATS			0x000fu
#define PCI_EXT_PRI			0x0013u
#define PCI_EXT_PASID			0x001bu

/* 7.7.1 MSI */
#define PCI_MSI_CONTROL			0x02u	/* 16 */
#define   PCI_MSI_CONTROL_MASKS		BIT(8)
#define   PCI_MSI_CONTROL_64		BIT(7)
#define   PCI_MSI_CONTROL_ENABLED	GENMASK(6, 4)
#define   PCI_MSI_CONTROL_ENABLE	BIT(0)
#define   PCI_MSI_CONTROL_OFF		0xff8eu	/* all but the two that are enabled */
#define PCI_MSI_ADDRESS			0x04u	/* 32 */
#define PCI_MSI_ADDRESS_UPPER		0x08u	/* 32, with CONTROL_64 */
#define PCI_MSI_DATA			0x08u	/* 16; 4 higher with CONTROL_64 */
#define PCI_MSI_MASK			0x0cu	/* 32; 4 higher with CONTROL_64 */

/* 7.7.2 MSI-X */
#define PCI_MSIX_CONTROL		0x02u	/* 16 */
#define   PCI_MSIX_CONTROL_ENABLE	BIT(15)
#define   PCI_MSIX_CONTROL_MASK		BIT(14)
#define PCI_MSIX_TABLE			0x04u	/* 32 */
#define   PCI_MSIX_TABLE_OFFSET		GENMASK(31, 3)
#define   PCI_MSIX_TABLE_BAR		GENMASK(2, 0)
#define PCI_MSIX_ENTRY_ADDRESS		0x00u
#define PCI_MSIX_ENTRY_ADDRESS_UPPER	0x04u
#define PCI_MSIX_ENTRY_DATA		0x08u
#define PCI_MSIX_ENTRY_CONTROL		0x0cu
#define   PCI_MSIX_ENTRY_MASKED		BIT(0)
#define PCI_MSIX_ENTRY_BYTES		16u

/* 7.7.8 ACS */
#define PCI_ACS_CAPABILITY		0x04u	/* 16 */
#define PCI_ACS_CONTROL			0x06u	/* 16 */
#define   PCI_ACS_BITS			GENMASK(6, 0)

/* 7.8.8 ARI */
#define PCI_ARI_CAPABILITY		0x04u	/* 16 */
#define   PCI_ARI_NEXT_FUNCTION		GENMASK(15, 8)

/* 7.8.9 PASID */
#define PCI_PASID_CAPABILITY		0x04u	/* 16 */
#define   PCI_PASID_CAPABILITY_WIDTH	GENMASK(12, 8)
#define   PCI_PASID_CAPABILITY_MODES	GENMASK(2, 1)	/* privileged, execute */
#define PCI_PASID_CONTROL		0x06u	/* 16 */
#define   PCI_PASID_CONTROL_ENABLE	BIT(0)		/* 2:1 enable the modes */

/* 10.5.1 ATS */
#define PCI_PRI_CONTROL			0x04u	/* 16 */
#define   PCI_PRI_CONTROL_ENABLE	BIT(0)
#define PCI_PRI_CAPACITY		0x08u	/* 32: page requests that the function can have outstanding */
#define PCI_PRI_ALLOCATION		0x0cu	/* 32: those that it may have; changes while it is off */

#define PCI_ATS_CONTROL			0x06u	/* 16 */
#define   PCI_ATS_CONTROL_ENABLE	BIT(15)		/* 4:0 smallest translation, 0: a page */

/* Class codes, 23:8: PCI Code and ID Assignment 1.11 */
#define PCI_CLASS_DISPLAY		0x03u	/* 23:16 alone */
#define PCI_CLASS_HOST_BRIDGE		0x0600u

#endif
