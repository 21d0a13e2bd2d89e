/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The NVM Express controller, as far as the admin queue needs it: NVM Express Base Specification 2.0c,
 * sections 3.1.3, 3.3.3 and 5; nothing here differs in 1.4. Sections are those of 2.0c.
 */
#ifndef DRIVERS_DMA_NVME_REGS_H
#define DRIVERS_DMA_NVME_REGS_H

#include "base/types.h"

/* 3.1.3.1 Controller capabilities, read only */
static const reg64_t NVME_CAP = { 0x00 };
#define   NVME_CAP_MPSMAX	GENMASK64(55, 52)	/* largest page, 2^(12 + MPSMAX) bytes */
#define   NVME_CAP_MPSMIN	GENMASK64(51, 48)	/* smallest page, likewise */
#define   NVME_CAP_CSS		GENMASK64(44, 37)	/* command sets */
#define     NVME_CAP_CSS_NVM	BIT(0)
#define     NVME_CAP_CSS_IO	BIT(6)
#define     NVME_CAP_CSS_ADMIN	BIT(7)
#define   NVME_CAP_DSTRD	GENMASK64(35, 32)	/* doorbells are 2^(2 + DSTRD) bytes apart */
#define   NVME_CAP_TO		GENMASK64(31, 24)	/* the longest change of CSTS.RDY, 500 ms */
#define   NVME_CAP_MQES		GENMASK64(15, 0)	/* entries of an I/O queue, less one */

/* 3.1.3.3, 3.1.3.4 Interrupt mask set and clear: not used, the interrupt pin is disabled */

/* 3.1.3.5 Controller configuration */
static const reg32_t NVME_CC = { 0x14 };
#define   NVME_CC_IOCQES	GENMASK(23, 20)		/* log2 of the bytes of a completion */
#define   NVME_CC_IOSQES	GENMASK(19, 16)		/* log2 of the bytes of a command */
#define   NVME_CC_SHN		GENMASK(15, 14)		/* shutdown notification */
#define     NVME_CC_SHN_NORMAL	1u
#define   NVME_CC_AMS		GENMASK(13, 11)		/* 0: round robin */
#define   NVME_CC_MPS		GENMASK(10, 7)		/* 2^(12 + MPS) bytes */
#define   NVME_CC_CSS		GENMASK(6, 4)		/* command set */
#define     NVME_CC_CSS_NVM	0u
#define     NVME_CC_CSS_IO	6u
#define     NVME_CC_CSS_ADMIN	7u
#define   NVME_CC_EN		BIT(0)

/* 3.1.3.6 Controller status, read only */
static const reg32_t NVME_CSTS = { 0x1c };
#define   NVME_CSTS_PP		BIT(5)			/* processing paused */
#define   NVME_CSTS_NSSRO	BIT(4)			/* a subsystem reset happened */
#define   NVME_CSTS_SHST	GENMASK(3, 2)		/* shutdown status */
#define     NVME_CSTS_SHST_DONE	2u
#define   NVME_CSTS_CFS		BIT(1)			/* fatal: nothing but a reset helps */
#define   NVME_CSTS_RDY		BIT(0)

/* 3.1.3.8 Admin queue attributes: entries less one; at least two entries */
static const reg32_t NVME_AQA = { 0x24 };
#define   NVME_AQA_ACQS		GENMASK(27, 16)
#define   NVME_AQA_ASQS		GENMASK(11, 0)

/* 3.1.3.9, 3.1.3.10 Admin submission and completion queue base addresses: page-aligned */
static const reg64_t NVME_ASQ = { 0x28 };
static const reg64_t NVME_ACQ = { 0x30 };

/* 3.1.3 (NVMe over PCIe 1.0c, 3.1.2) Doorbells */
#define NVME_DOORBELLS		0x1000u
#define NVME_DOORBELL_BYTES	4u			/* times 2^DSTRD: from one to the next */

/* 3.3.3.1 A command: sixteen dwords */
#define NVME_COMMAND_BYTES	64u
#define NVME_COMMAND_CID	GENMASK(31, 16)		/* dword 0 */
#define NVME_COMMAND_PSDT	GENMASK(15, 14)		/*   0: PRPs */
#define NVME_COMMAND_FUSE	GENMASK(9, 8)
#define NVME_COMMAND_OPC	GENMASK(7, 0)
#define NVME_COMMAND_NSID	1u			/* dword */
#define NVME_COMMAND_PRP1	6u			/* dwords 6, 7: multiple of 4 */
#define NVME_COMMAND_PRP2	8u			/* dwords 8, 9: what PRP1's page has no room for */
#define NVME_COMMAND_CDW10	10u			/* dword */

/* 3.3.3.2 A completion: four dwords; the last two in one word of 64 bits */
#define NVME_COMPLETION_BYTES	16u
#define NVME_COMPLETION_STATUS	GENMASK64(63, 49)
#define   NVME_STATUS_DNR	BIT(14)			/* do not retry */
#define   NVME_STATUS_MORE	BIT(13)
#define   NVME_STATUS_CRD	GENMASK(12, 11)
#define   NVME_STATUS_CODE	GENMASK(10, 0)		/* type 10:8, code 7:0; 0: success */
#define NVME_COMPLETION_PHASE	BIT64(48)
#define NVME_COMPLETION_CID	GENMASK64(47, 32)
#define NVME_COMPLETION_SQID	GENMASK64(31, 16)
#define NVME_COMPLETION_SQHD	GENMASK64(15, 0)

/* 5 Admin commands: the ones that are issued */
#define NVME_GET_LOG_PAGE	0x02u			/* 5.16 */
#define   NVME_GET_LOG_NUMDL	GENMASK(31, 16)		/* CDW10: dwords less one */
#define   NVME_GET_LOG_LID	GENMASK(7, 0)
#define     NVME_LOG_FIRMWARE	0x03u			/* 5.16.1.4: firmware slots, 512 bytes */
#define NVME_IDENTIFY		0x06u			/* 5.17 */
#define   NVME_IDENTIFY_CNS	GENMASK(7, 0)		/* CDW10 */
#define     NVME_CNS_CONTROLLER	0x01u			/* 5.17.2.1: 4096 bytes */
#define NVME_NSID_ALL		0xffffffffu

/*
 * 5, figure 138, and what later revisions add: the ones that change a medium, a setting, firmware or
 * who may do what. C0h and above are the vendor's own.
 */
#define NVME_CHANGING_COMMANDS { \
	0x09,	/* Set Features */ \
	0x0d,	/* Namespace Management */ \
	0x10,	/* Firmware Commit */ \
	0x11,	/* Firmware Image Download */ \
	0x14,	/* Device Self-test */ \
	0x15,	/* Namespace Attachment */ \
	0x19,	/* Directive Send */ \
	0x1c,	/* Virtualization Management */ \
	0x1d,	/* NVMe-MI Send */ \
	0x20,	/* Capacity Management */ \
	0x24,	/* Lockdown */ \
	0x3d,	/* Controller Data Queue */ \
	0x41,	/* Migration Send */ \
	0x45,	/* Track Send */ \
	0x7c,	/* Doorbell Buffer Config */ \
	0x7f,	/* Fabrics */ \
	0x80,	/* Format NVM */ \
	0x81,	/* Security Send */ \
	0x84,	/* Sanitize */ \
}
#define NVME_VENDOR_COMMANDS	0xc0u

#endif
