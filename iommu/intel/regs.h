/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Intel VT-d registers and structures in memory: Virtualization Technology for Directed I/O,
 * architecture specification rev. 5.10 (D51397-018), in the order of the chapters named. Fields stand from the
 * top bit down; bits that a comment calls reserved read as 0 and are written as 0 unless it says
 * "preserved". Bits that older revisions used and 5.10 reserves are named as such.
 */
#ifndef IOMMU_INTEL_REGS_H
#define IOMMU_INTEL_REGS_H

#include "base/types.h"

/* ==== Chapter 11: registers =========================================================================== */

/* 11.4.1 Version, read only */
static const reg32_t VTD_VER = { 0x000 };
/*				 31:8	   reserved */
#define   VTD_VER_MAX		 GENMASK(7, 4)		/* major */
#define   VTD_VER_MIN		 GENMASK(3, 0)		/* minor */

/* 11.4.2 Capability, read only */
static const reg64_t VTD_CAP = { 0x008 };
#define   VTD_CAP_ESRTPS	 BIT64(63)		/* SRTP invalidates all DMA caches */
#define   VTD_CAP_ESIRTPS	 BIT64(62)		/* SIRTP invalidates all interrupt caches */
#define   VTD_CAP_ECMDS		 BIT64(61)		/* enhanced commands */
#define   VTD_CAP_FS5LP		 BIT64(60)		/* first stage: 5 levels */
#define   VTD_CAP_PI		 BIT64(59)		/* posted interrupts */
/*				 58:57	   reserved */
#define   VTD_CAP_FS1GP		 BIT64(56)		/* first stage: 1 GiB leaves */
#define   VTD_CAP_DRD		 BIT64(55)		/* read draining */
#define   VTD_CAP_DWD		 BIT64(54)		/* write draining */
#define   VTD_CAP_MAMV		 GENMASK64(53, 48)	/* largest AM of an IOTLB invalidation */
#define   VTD_CAP_NFR		 GENMASK64(47, 40)	/* fault records - 1 */
#define   VTD_CAP_PSI		 BIT64(39)		/* page-selective IOTLB invalidation */
/*				 38	   reserved */
#define   VTD_CAP_SSLPS		 GENMASK64(37, 34)	/* second stage: large leaves */
#define     VTD_CAP_SSLPS_2M	   BIT64(34)
#define     VTD_CAP_SSLPS_1G	   BIT64(35)
#define   VTD_CAP_FRO		 GENMASK64(33, 24)	/* fault records at FRO * 16 */
/*				 23	   deprecated, 0 */
#define   VTD_CAP_ZLR		 BIT64(22)		/* zero-length reads of write-only pages */
#define   VTD_CAP_MGAW		 GENMASK64(21, 16)	/* input address bits of the second stage - 1 */
/*				 15:13	   reserved */
#define   VTD_CAP_SAGAW		 GENMASK64(12, 8)	/* second stage: level counts */
#define     VTD_CAP_SAGAW_39	   BIT64(9)		/* 3 levels */
#define     VTD_CAP_SAGAW_48	   BIT64(10)		/* 4 levels */
#define     VTD_CAP_SAGAW_57	   BIT64(11)		/* 5 levels */
#define   VTD_CAP_CM		 BIT64(7)		/* caching mode */
#define   VTD_CAP_PHMR		 BIT64(6)		/* protected high memory */
#define   VTD_CAP_PLMR		 BIT64(5)		/* protected low memory */
#define   VTD_CAP_RWBF		 BIT64(4)		/* write buffers need a flush */
/*				 3	   reserved (AFL before 4.0) */
#define   VTD_CAP_ND		 GENMASK64(2, 0)	/* domain ids have 4 + 2 * ND bits; 7 reserved */

/* 11.4.3 Extended Capability, read only */
static const reg64_t VTD_ECAP = { 0x010 };
/*				 63	   reserved */
#define   VTD_ECAP_IRREQ	 BIT64(62)		/* MSIs blocked while remapping is off */
#define   VTD_ECAP_EIMER	 BIT64(61)		/* x2APIC interrupt mode only */
#define   VTD_ECAP_RDTS		 BIT64(60)		/* RDT configuration register */
#define   VTD_ECAP_HPT1GPS	 BIT64(59)		/* 1 GiB in host permission tables */
#define   VTD_ECAP_SMS		 BIT64(58)		/* stop markers */
#define   VTD_ECAP_SSIRWS	 BIT64(57)		/* second-stage IR and IW bits */
#define   VTD_ECAP_PTRS		 BIT64(56)		/* PASID in translated requests */
#define   VTD_ECAP_HPTS		 BIT64(55)		/* host permission tables */
/*				 54	   reserved */
#define   VTD_ECAP_RPRIVS	 BIT64(53)		/* RID_PRIV */
#define   VTD_ECAP_ADMS		 BIT64(52)		/* abort-dma mode */
#define   VTD_ECAP_PMS		 BIT64(51)		/* performance monitoring */
#define   VTD_ECAP_TDXCS	 BIT64(50)		/* TDX Connect */
#define   VTD_ECAP_RPS		 BIT64(49)		/* RID_PASID */
#define   VTD_ECAP_SMPWCS	 BIT64(48)		/* scalable page walks can be snooped */
#define   VTD_ECAP_FSTS		 BIT64(47)		/* first stage */
#define   VTD_ECAP_SSTS		 BIT64(46)		/* second stage in scalable mode */
#define   VTD_ECAP_SSADS	 BIT64(45)		/* second-stage accessed and dirty flags */
#define   VTD_ECAP_VCS		 BIT64(44)		/* virtual commands; emulations only */
#define   VTD_ECAP_SMTS		 BIT64(43)		/* scalable mode */
#define   VTD_ECAP_PDS		 BIT64(42)		/* page-request drain flag */
#define   VTD_ECAP_DIT		 BIT64(41)		/* Device-TLB invalidation throttling */
#define   VTD_ECAP_PASID	 BIT64(40)		/* requests with PASID */
#define   VTD_ECAP_PSS		 GENMASK64(39, 35)	/* PASID bits - 1 */
#define   VTD_ECAP_EAFS		 BIT64(34)		/* extended accessed flag */
#define   VTD_ECAP_NWFS		 BIT64(33)		/* No Write flag */
/*				 32	   reserved */
#define   VTD_ECAP_SRS		 BIT64(31)		/* supervisor requests */
#define   VTD_ECAP_ERS		 BIT64(30)		/* execute requests; 0 from 5.10 on */
#define   VTD_ECAP_PRS		 BIT64(29)		/* page requests */
/*				 28	   deprecated, 0 */
/*				 27	   reserved */
#define   VTD_ECAP_NEST		 BIT64(26)		/* nested translation */
#define   VTD_ECAP_MTS		 BIT64(25)		/* memory types */
/*				 24	   deprecated, 0 */
#define   VTD_ECAP_MHMV		 GENMASK64(23, 20)	/* largest IM of an interrupt invalidation */
/*				 19:18	   reserved */
#define   VTD_ECAP_IRO		 GENMASK64(17, 8)	/* IVA at IRO * 16, IOTLB at IRO * 16 + 8 */
#define   VTD_ECAP_SC		 BIT64(7)		/* snoop control */
#define   VTD_ECAP_PT		 BIT64(6)		/* pass-through */
/*				 5	   deprecated, 0 */
#define   VTD_ECAP_EIM		 BIT64(4)		/* 32-bit APIC ids */
#define   VTD_ECAP_IR		 BIT64(3)		/* interrupt remapping */
#define   VTD_ECAP_DT		 BIT64(2)		/* Device-TLBs */
#define   VTD_ECAP_QI		 BIT64(1)		/* queued invalidation */
#define   VTD_ECAP_C		 BIT64(0)		/* tables are snooped */

/* 11.4.4.1 Global Command, write only: what a read returns is undefined */
static const reg32_t VTD_GCMD = { 0x018 };
#define   VTD_GCMD_TE		 BIT(31)		/* translation on */
#define   VTD_GCMD_SRTP		 BIT(30)		/* one-shot: take RTADDR */
/*				 29:28	   reserved (SFL, EAFL before 4.0) */
#define   VTD_GCMD_WBF		 BIT(27)		/* one-shot: flush the write buffers */
#define   VTD_GCMD_QIE		 BIT(26)		/* invalidation queue on */
#define   VTD_GCMD_IRE		 BIT(25)		/* interrupt remapping on */
#define   VTD_GCMD_SIRTP	 BIT(24)		/* one-shot: take IRTA */
#define   VTD_GCMD_CFI		 BIT(23)		/* compatibility-format interrupts pass */
/*				 22:0	   reserved */

/* 11.4.4.2 Global Status, read only */
static const reg32_t VTD_GSTS = { 0x01c };
#define   VTD_GSTS_TES		 BIT(31)
#define   VTD_GSTS_RTPS		 BIT(30)		/* cleared by SRTP, set when that is done */
/*				 29:28	   reserved */
#define   VTD_GSTS_WBFS		 BIT(27)		/* set by WBF, cleared when that is done */
#define   VTD_GSTS_QIES		 BIT(26)
#define   VTD_GSTS_IRES		 BIT(25)
#define   VTD_GSTS_IRTPS	 BIT(24)		/* cleared by SIRTP, set when that is done */
#define   VTD_GSTS_CFIS		 BIT(23)
/*				 22:0	   reserved */
#define   VTD_GSTS_KEEP		 0x96ffffffu		/* 11.4.4.1: what a command repeats of GSTS */

/* 11.4.5 Root Table Address; taken by SRTP alone */
static const reg64_t VTD_RTADDR = { 0x020 };
#define   VTD_RTADDR_RTA	 GENMASK64(63, 12)
#define   VTD_RTADDR_TTM	 GENMASK64(11, 10)
#define     VTD_TTM_LEGACY	   0u
#define     VTD_TTM_SCALABLE	   1u
/*					   2	   reserved */
#define     VTD_TTM_ABORT	   3u
/*				 9:8	   reserved */
#define   VTD_RTADDR_SSIRWE	 BIT64(7)		/* reserved without SSIRWS */
/*				 6:0	   reserved */

/* 11.4.6.1 Context Command; legacy mode up to version 5 */
static const reg64_t VTD_CCMD = { 0x028 };
#define   VTD_CCMD_ICC		 BIT64(63)		/* set: start; cleared when done */
#define   VTD_CCMD_CIRG		 GENMASK64(62, 61)	/* requested granularity */
#define   VTD_CCMD_CAIG		 GENMASK64(60, 59)	/* actual granularity, read only; 0: error */
#define     VTD_CC_GLOBAL	   1u			/* also in context-cache descriptors */
#define     VTD_CC_DOMAIN	   2u
#define     VTD_CC_DEVICE	   3u
/*				 58:34	   reserved */
#define   VTD_CCMD_FM		 GENMASK64(33, 32)	/* function mask, write only */
#define   VTD_CCMD_SID		 GENMASK64(31, 16)	/* source id, write only */
#define   VTD_CCMD_DID		 GENMASK64(15, 0)

/* 11.4.6.3 IOTLB Invalidate, at ECAP.IRO * 16 + 8 */
#define   VTD_IOTLB_IVT		 BIT64(63)		/* set: start; cleared when done */
/*				 62	   reserved */
#define   VTD_IOTLB_IIRG	 GENMASK64(61, 60)	/* requested granularity */
#define     VTD_TLB_GLOBAL	   1u			/* also in IOTLB descriptors */
#define     VTD_TLB_DOMAIN	   2u
#define     VTD_TLB_PAGE	   3u
/*				 59	   reserved */
#define   VTD_IOTLB_IAIG	 GENMASK64(58, 57)	/* actual granularity, read only; 0: error */
/*				 56:50	   reserved */
#define   VTD_IOTLB_DR		 BIT64(49)		/* drain reads */
#define   VTD_IOTLB_DW		 BIT64(48)		/* drain writes */
#define   VTD_IOTLB_DID		 GENMASK64(47, 32)
/*				 31:0	   reserved, preserved */

/* 11.4.6.4 Invalidate Address, at ECAP.IRO * 16, write only */
#define   VTD_IVA_ADDR		 GENMASK64(63, 12)
/*				 11:7	   reserved */
#define   VTD_IVA_IH		 BIT64(6)		/* leaf entries alone changed */
#define   VTD_IVA_AM		 GENMASK64(5, 0)

/* 11.4.7.1 Fault Status */
static const reg32_t VTD_FSTS = { 0x034 };
/*				 31:16	   reserved */
#define   VTD_FSTS_FRI		 GENMASK(15, 8)		/* first record; valid while PPF is set */
/*				 7	   reserved (PRO before 4.0) */
#define   VTD_FSTS_ITE		 BIT(6)			/* write 1 to clear; reserved without DT */
#define   VTD_FSTS_ICE		 BIT(5)			/* write 1 to clear; reserved without DT */
#define   VTD_FSTS_IQE		 BIT(4)			/* write 1 to clear; reserved without QI */
/*				 3:2	   reserved (AFO, APF before 4.0) */
#define   VTD_FSTS_PPF		 BIT(1)			/* a record has F set; read only */
#define   VTD_FSTS_PFO		 BIT(0)			/* overflow; write 1 to clear */

/* 11.4.7.2 Fault Event Control */
static const reg32_t VTD_FECTL = { 0x038 };
#define   VTD_FECTL_IM		 BIT(31)		/* masked; set by reset */
#define   VTD_FECTL_IP		 BIT(30)		/* pending, read only */
/*				 29:0	   reserved, preserved */

/* 11.4.7.3 Fault Event Data */
static const reg32_t VTD_FEDATA = { 0x03c };
/*				 31:16	   reserved */
#define   VTD_FEDATA_IMD	 GENMASK(15, 0)

/* 11.4.7.4 Fault Event Address */
static const reg32_t VTD_FEADDR = { 0x040 };
#define   VTD_FEADDR_MA		 GENMASK(31, 2)
/*				 1:0	   reserved */

/* 11.4.7.5 Fault Event Upper Address */
static const reg32_t VTD_FEUADDR = { 0x044 };
#define   VTD_FEUADDR_MUA	 GENMASK(31, 0)		/* may be reserved without EIM */

/* 11.4.7.6 Fault Recording [n], 128 bits at CAP.FRO * 16 + 16 * n: high quadword, then low */
#define   VTD_FRCD_HI_F		 BIT64(127 - 64)	/* recorded; write 1 to clear; written last */
#define   VTD_FRCD_HI_T1	 BIT64(126 - 64)	/* T1 T2: 00 write, 01 page request, ... */
#define   VTD_FRCD_HI_AT	 GENMASK64(125 - 64, 124 - 64)	/* 0 untranslated, 1 request, 2 translated */
#define   VTD_FRCD_HI_PV	 GENMASK64(123 - 64, 104 - 64)	/* PASID, where PP is set */
#define   VTD_FRCD_HI_FR	 GENMASK64(103 - 64, 96 - 64)	/* reason */
#define   VTD_FRCD_HI_PP	 BIT64(95 - 64)		/* the request has a PASID */
#define   VTD_FRCD_HI_EXE	 BIT64(94 - 64)		/* execute requested */
#define   VTD_FRCD_HI_PRIV	 BIT64(93 - 64)		/* supervisor requested */
#define   VTD_FRCD_HI_T2	 BIT64(92 - 64)		/* ... 10 read, 11 AtomicOp */
/*				 91:80	   reserved */
#define   VTD_FRCD_HI_SID	 GENMASK64(79 - 64, 64 - 64)
#define   VTD_FRCD_LO_FI	 GENMASK64(63, 12)	/* page of the address; interrupts: index in 63:48 */
/*				 11:0	   reserved */

/* 11.4.8.1 Protected Memory Enable */
static const reg32_t VTD_PMEN = { 0x064 };
#define   VTD_PMEN_EPM		 BIT(31)
/*				 30:1	   reserved, preserved */
#define   VTD_PMEN_PRS		 BIT(0)			/* regions are in force, read only */

/* 11.4.8.2 .. 5 Protected memory: 31:N+1 (63:N+1) writable, N found by writing ones */
static const reg32_t VTD_PLMBASE = { 0x068 };
static const reg32_t VTD_PLMLIMIT = { 0x06c };
static const reg64_t VTD_PHMBASE = { 0x070 };
static const reg64_t VTD_PHMLIMIT = { 0x078 };

/* 11.4.9.1 Invalidation Queue Head, read only; 0 while the queue is off */
static const reg64_t VTD_IQH = { 0x080 };
/*				 63:19	   reserved */
#define   VTD_IQH_QH		 GENMASK64(18, 4)	/* byte offset; bit 4 is 0 with DW */
/*				 3:0	   reserved */

/* 11.4.9.2 Invalidation Queue Tail */
static const reg64_t VTD_IQT = { 0x088 };
/*				 63:19	   reserved */
#define   VTD_IQT_QT		 GENMASK64(18, 4)	/* byte offset; bit 4 is reserved with DW */
/*				 3:0	   reserved */

/* 11.4.9.3 Invalidation Queue Address */
static const reg64_t VTD_IQA = { 0x090 };
#define   VTD_IQA_IQA		 GENMASK64(63, 12)
#define   VTD_IQA_DW		 BIT64(11)		/* 256-bit descriptors; needs SMTS or ADMS */
/*				 10:3	   reserved */
#define   VTD_IQA_QS		 GENMASK64(2, 0)	/* 2^QS pages */

/* 11.4.9.4 Invalidation Completion Status */
static const reg32_t VTD_ICS = { 0x09c };
/*				 31:1	   reserved */
#define   VTD_ICS_IWC		 BIT(0)			/* write 1 to clear */

/* 11.4.9.5 .. 8 Invalidation Event Control, Data, Address, Upper Address: fields as the fault event's */
static const reg32_t VTD_IECTL = { 0x0a0 };
#define   VTD_IECTL_IM		 BIT(31)
#define   VTD_IECTL_IP		 BIT(30)
/*				 29:0	   reserved, preserved */
static const reg32_t VTD_IEDATA = { 0x0a4 };
static const reg32_t VTD_IEADDR = { 0x0a8 };
static const reg32_t VTD_IEUADDR = { 0x0ac };

/* 11.4.9.9 Invalidation Queue Error Record, read only; each field valid with its bit of FSTS */
static const reg64_t VTD_IQERCD = { 0x0b0 };
#define   VTD_IQERCD_ICESID	 GENMASK64(63, 48)
#define   VTD_IQERCD_ITESID	 GENMASK64(47, 32)
/*				 31:4	   reserved */
#define   VTD_IQERCD_IQEI	 GENMASK64(3, 0)
#define     VTD_IQEI_NONE	   0u			/* not recorded */
#define     VTD_IQEI_TAIL	   1u			/* tail beyond the queue */
#define     VTD_IQEI_FETCH	   2u			/* the descriptor cannot be read */
#define     VTD_IQEI_TYPE	   3u			/* no such type in this mode */
#define     VTD_IQEI_RESERVED	   4u			/* a reserved field is set */
#define     VTD_IQEI_WIDTH	   5u			/* descriptor width does not fit the mode */
#define     VTD_IQEI_ALIGN	   6u			/* tail not aligned to 256 bits */
#define     VTD_IQEI_TTM	   7u			/* reserved mode in RTADDR */

/* 11.4.10 Interrupt Remapping Table Address; taken by SIRTP alone */
static const reg64_t VTD_IRTA = { 0x0b8 };
#define   VTD_IRTA_IRTA		 GENMASK64(63, 12)
#define   VTD_IRTA_EIME		 BIT64(11)		/* 32-bit APIC ids; reserved without EIM */
/*				 10:4	   reserved */
#define   VTD_IRTA_S		 GENMASK64(3, 0)	/* 2^(S + 1) entries */

/* 11.4.11.1, .2 Page Request Queue Head, Tail: byte offsets */
static const reg64_t VTD_PQH = { 0x0c0 };
static const reg64_t VTD_PQT = { 0x0c8 };
/*				 63:19	   reserved */
#define   VTD_PQT_PQT		 GENMASK64(18, 5)
/*				 4:0	   reserved */

/* 11.4.11.3 Page Request Queue Address */
static const reg64_t VTD_PQA = { 0x0d0 };
#define   VTD_PQA_PQA		 GENMASK64(63, 12)
/*				 11:3	   reserved */
#define   VTD_PQA_PQS		 GENMASK64(2, 0)	/* 2^(PQS + 7) entries */

/* 11.4.11.4 Page Request Status */
static const reg32_t VTD_PRS = { 0x0dc };
/*				 31:2	   reserved */
#define   VTD_PRS_PRO		 BIT(1)			/* overflow; write 1 to clear */
#define   VTD_PRS_PPR		 BIT(0)			/* pending; write 1 to clear */

/* 11.4.11.5 .. 8 Page Request Event Control, Data, Address, Upper Address */
static const reg32_t VTD_PECTL = { 0x0e0 };
#define   VTD_PECTL_IM		 BIT(31)
#define   VTD_PECTL_IP		 BIT(30)
/*				 29:0	   reserved, preserved */
static const reg32_t VTD_PEDATA = { 0x0e4 };
static const reg32_t VTD_PEADDR = { 0x0e8 };
static const reg32_t VTD_PEUADDR = { 0x0ec };

/* 11.4.12.1 MTRR Capability, read only */
static const reg64_t VTD_MTRRCAP = { 0x100 };
/*				 63:11	   reserved */
#define   VTD_MTRRCAP_WC	 BIT64(10)
/*				 9	   reserved */
#define   VTD_MTRRCAP_FIX	 BIT64(8)
#define   VTD_MTRRCAP_VCNT	 GENMASK64(7, 0)

/* 11.4.12.2 MTRR Default Type; the MTRRs themselves stand at 120h .. 21Fh as in the processor */
static const reg64_t VTD_MTRRDEF = { 0x108 };
/*				 63:12	   reserved */
#define   VTD_MTRRDEF_E		 BIT64(11)
#define   VTD_MTRRDEF_FE	 BIT64(10)
/*				 9:8	   reserved */
#define   VTD_MTRRDEF_TYPE	 GENMASK64(7, 0)

/* 11.4.13.2 Performance Monitoring Capability, read only; the counters are not used here */
static const reg64_t VTD_PERFCAP = { 0x300 };
/*				 63:55	   reserved */
#define   VTD_PERFCAP_CS	 GENMASK64(54, 52)	/* counters are 2^(CS + 10) bytes apart */
#define   VTD_PERFCAP_PCCS	 BIT64(51)
#define   VTD_PERFCAP_IOS	 BIT64(50)
#define   VTD_PERFCAP_GFS	 BIT64(49)
#define   VTD_PERFCAP_CWE	 BIT64(48)
/*				 47:37	   reserved */
#define   VTD_PERFCAP_PTLFS	 BIT64(36)
#define   VTD_PERFCAP_ATFS	 BIT64(35)
#define   VTD_PERFCAP_PASIDFS	 BIT64(34)
#define   VTD_PERFCAP_DIDFS	 BIT64(33)
#define   VTD_PERFCAP_RIDFS	 BIT64(32)
/*				 31:29	   reserved */
#define   VTD_PERFCAP_EGCNT	 GENMASK64(28, 24)
/*				 23	   reserved */
#define   VTD_PERFCAP_CW	 GENMASK64(22, 16)
#define   VTD_PERFCAP_NCNTR	 GENMASK64(15, 0)

/* 11.4.14.1 .. .3 Enhanced Command, Extended Operand, Response; never issued here */
static const reg64_t VTD_ECMD = { 0x400 };
#define   VTD_ECMD_OA		 GENMASK64(63, 16)
/*				 15:8	   reserved */
#define   VTD_ECMD_CMD		 GENMASK64(7, 0)
static const reg64_t VTD_ECEO = { 0x408 };
static const reg64_t VTD_ECRSP = { 0x410 };
#define   VTD_ECRSP_RSLT	 GENMASK64(63, 16)
/*				 15:8	   reserved */
#define   VTD_ECRSP_SC		 GENMASK64(7, 1)
#define   VTD_ECRSP_IP		 BIT64(0)		/* GCMD must not be written while set */

/* 11.4.14.5 Enhanced Command Capability 3, read only (0 .. 2 are reserved) */
static const reg64_t VTD_ECCAP3 = { 0x448 };
/*				 63:54	   reserved */
#define   VTD_ECCAP3_F5_F0	 GENMASK64(53, 48)	/* commands F5h .. F0h */
/*				 47:0	   reserved */

/* 11.4.15 RDT Configuration */
static const reg64_t VTD_RDTC = { 0xdc0 };
/*				 63:37	   reserved */
#define   VTD_RDTC_CLOS		 GENMASK64(36, 32)
/*				 31:12	   reserved */
#define   VTD_RDTC_RMID		 GENMASK64(11, 0)

/* 11.4.16.4 Virtual Command Capability, read only; emulations */
static const reg64_t VTD_VCCAP = { 0xe30 };
/*				 63:3	   reserved */
#define   VTD_VCCAP_FPS		 BIT64(2)
#define   VTD_VCCAP_PAS		 BIT64(1)
#define   VTD_VCCAP_NS		 BIT64(0)

/* ==== Chapter 9: root, context and PASID structures =================================================== */
/* VTD_<entry><word>_<field>: word n holds bits 64n+63 .. 64n; positions are the word's own. */

/* 9.1 Root entry: 128 bits, 256 of them, index bus */
struct vtd_root_entry { uint64_t w[2]; };
_Static_assert(sizeof(struct vtd_root_entry) == 16, "9.1");
#define VTD_RE0_CTP		GENMASK64(63, 12)	/* context table; bits from HAW up reserved */
/*				11:1	  reserved */
#define VTD_RE0_P		BIT64(0)
/* word 1:			63:0	  reserved */

/* 9.2 Scalable-mode root entry: word 0 for functions 00h .. 7Fh of the bus, word 1 for 80h .. FFh */
#define VTD_SRE_CTP		GENMASK64(63, 12)	/* LCTP, UCTP; bits from HAW up reserved */
/*				11:1	  reserved */
#define VTD_SRE_P		BIT64(0)		/* LP, UP */

/* 9.3 Context entry: 128 bits, 256 of them, index devfn */
struct vtd_context_entry { uint64_t w[2]; };
_Static_assert(sizeof(struct vtd_context_entry) == 16, "9.3");
#define VTD_CE0_SSPTPTR		GENMASK64(63, 12)	/* bits from HAW up reserved */
/*				11:4	  reserved */
#define VTD_CE0_TT		GENMASK64(3, 2)
#define   VTD_CE0_TT_UNTRANSLATED 0u			/* translate; ATS blocked */
#define   VTD_CE0_TT_ATS	  1u			/* translate; reserved without DT */
#define   VTD_CE0_TT_PASS	  2u			/* pass through; reserved without PT */
#define VTD_CE0_FPD		BIT64(1)		/* evaluated even where P is clear */
#define VTD_CE0_P		BIT64(0)
/* word 1:			63:24	  reserved */
#define VTD_CE1_DID		GENMASK64(23, 8)	/* bits from the width of CAP.ND up reserved */
/*				7	  reserved */
/*				6:3	  ignored */
#define VTD_CE1_AW		GENMASK64(2, 0)		/* level count - 2: 1, 2, 3; others reserved */

/* 9.4 Scalable-mode context entry: 256 bits, 128 of them per table, index devfn & 7Fh */
struct vtd_scalable_context_entry { uint64_t w[4]; };
_Static_assert(sizeof(struct vtd_scalable_context_entry) == 32, "9.4");
#define VTD_SCE0_PASIDDIRPTR	GENMASK64(63, 12)	/* bits from HAW up reserved */
#define VTD_SCE0_PDTS		GENMASK64(11, 9)	/* directory of 2^(PDTS + 7) entries */
/*				8:7	  reserved */
#define VTD_SCE0_EPTR		BIT64(6)		/* reserved without PTRS */
#define VTD_SCE0_HPTE		BIT64(5)		/* reserved without HPTS */
#define VTD_SCE0_PRE		BIT64(4)		/* reserved without PRS */
#define VTD_SCE0_PASIDE		BIT64(3)		/* requests with PASID; reserved without PASID */
#define VTD_SCE0_DTE		BIT64(2)		/* reserved without DT */
#define VTD_SCE0_FPD		BIT64(1)		/* evaluated even where P is clear */
#define VTD_SCE0_P		BIT64(0)
/* word 1:			63:21	  reserved */
#define VTD_SCE1_RID_PRIV	BIT64(20)		/* reserved without RPRIVS */
#define VTD_SCE1_RID_PASID	GENMASK64(19, 0)	/* reserved without RPS */
/* words 2, 3:			63:0	  reserved */

/* 9.5 PASID directory entry: 64 bits, index PASID 19:6 */
#define VTD_PDE0_SMPTBLPTR	GENMASK64(63, 12)	/* bits from HAW up reserved */
/*				11:2	  reserved */
#define VTD_PDE0_FPD		BIT64(1)		/* evaluated even where P is clear */
#define VTD_PDE0_P		BIT64(0)

/* 9.6 PASID table entry: 512 bits, 64 of them, index PASID 5:0 */
struct vtd_pasid_entry { uint64_t w[8]; };
_Static_assert(sizeof(struct vtd_pasid_entry) == 64, "9.6");
#define VTD_PE0_SSPTPTR		GENMASK64(63, 12)	/* bits from HAW up reserved */
/*				11:10	  reserved */
#define VTD_PE0_SSADE		BIT64(9)		/* second-stage A and D; reserved without SSADS */
#define VTD_PE0_PGTT		GENMASK64(8, 6)
#define   VTD_PE0_PGTT_FIRST	  1u
#define   VTD_PE0_PGTT_SECOND	  2u
#define   VTD_PE0_PGTT_NESTED	  3u
#define   VTD_PE0_PGTT_PASS	  4u
/*				5	  reserved */
#define VTD_PE0_AW		GENMASK64(4, 2)		/* as in 9.3; reserved without SSTS */
#define VTD_PE0_FPD		BIT64(1)		/* evaluated even where P is clear */
#define VTD_PE0_P		BIT64(0)
/* word 1: */
#define VTD_PE1_PAT		GENMASK64(63, 32)	/* reserved without MTS */
/*				31:27	  reserved */
#define VTD_PE1_EMTE		BIT64(26)		/* reserved without MTS */
#define VTD_PE1_CD		BIT64(25)		/* reserved without MTS */
#define VTD_PE1_PGSNP		BIT64(24)		/* snoop the final page; reserved without SC */
#define VTD_PE1_PWSNP		BIT64(23)		/* snoop the walk; reserved without SMPWCS */
/*				22:16	  reserved */
#define VTD_PE1_DID		GENMASK64(15, 0)	/* bits from the width of CAP.ND up reserved */
/* word 2: */
#define VTD_PE2_FSPTPTR		GENMASK64(63, 12)	/* bits from HAW up reserved */
/*				11:8	  reserved */
#define VTD_PE2_EAFE		BIT64(7)		/* reserved without EAFS */
/*				6:5	  ignored (NXE, SMEP before 4.0) */
#define VTD_PE2_WPE		BIT64(4)
#define VTD_PE2_FSPM		GENMASK64(3, 2)		/* 0: 4 levels, 1: 5 levels; others reserved */
/*				1	  reserved */
#define VTD_PE2_SRE		BIT64(0)		/* reserved without SRS */
/* word 3:			63:0	  reserved */
/* word 4: */
#define VTD_PE4_HPTPTR		GENMASK64(63, 12)
/*				11:3	  reserved */
#define VTD_PE4_HPTPFD		BIT64(2)
#define VTD_PE4_HPTSZ		GENMASK64(1, 0)
/* word 5:			63:16	  reserved */
#define VTD_PE5_HPTDID		GENMASK64(15, 0)
/* words 6, 7:			63:0	  reserved */

/* ==== 6.5.2: invalidation descriptors ================================================================= */
/* 128 bits with IQA.DW clear; 256 with it, of which 6.5.2.1 .. .3, .5, .8, .9 leave words 2, 3 at 0. */

struct vtd_descriptor { uint64_t w[4]; };
_Static_assert(sizeof(struct vtd_descriptor) == 32, "6.5.2");
#define VTD_QI0_TYPE_HI		GENMASK64(11, 9)	/* type 6:4, 0 in every type of 5.10 */
#define VTD_QI0_TYPE		GENMASK64(3, 0)		/* type 3:0 */
#define   VTD_QI_CONTEXT	  0x1u
#define   VTD_QI_IOTLB		  0x2u
#define   VTD_QI_DEVTLB		  0x3u
#define   VTD_QI_IEC		  0x4u
#define   VTD_QI_WAIT		  0x5u
#define   VTD_QI_PIOTLB		  0x6u			/* 256 bits, scalable mode, from here on */
#define   VTD_QI_PASID		  0x7u
#define   VTD_QI_PDEVTLB	  0x8u
#define   VTD_QI_PGRSP		  0x9u
#define   VTD_QI_HPT		  0xau

/* 6.5.2.1 Context-cache: granularity VTD_CC_* */
#define VTD_QI0_CC_FM		GENMASK64(49, 48)
#define VTD_QI0_CC_SID		GENMASK64(47, 32)
#define VTD_QI0_CC_DID		GENMASK64(31, 16)
#define VTD_QI0_CC_G		GENMASK64(5, 4)

/* 6.5.2.2 PASID-cache */
#define VTD_QI0_PC_PASID	GENMASK64(51, 32)
#define VTD_QI0_PC_DID		GENMASK64(31, 16)
#define VTD_QI0_PC_G		GENMASK64(5, 4)
#define   VTD_PC_DOMAIN		  0u
#define   VTD_PC_PASID		  1u
/*					  2	  reserved */
#define   VTD_PC_GLOBAL		  3u

/* 6.5.2.3 IOTLB: granularity VTD_TLB_* */
#define VTD_QI0_TLB_DID		GENMASK64(31, 16)
#define VTD_QI0_TLB_DR		BIT64(7)		/* drain reads; ignored where always done */
#define VTD_QI0_TLB_DW		BIT64(6)		/* drain writes; the same */
#define VTD_QI0_TLB_G		GENMASK64(5, 4)
#define VTD_QI1_TLB_ADDR	GENMASK64(63, 12)
#define VTD_QI1_TLB_IH		BIT64(6)		/* leaf entries alone changed */
#define VTD_QI1_TLB_AM		GENMASK64(5, 0)		/* 2^AM pages */

/* 6.5.2.4 PASID-based IOTLB: word 1 as 6.5.2.3 */
#define VTD_QI0_PTLB_PASID	GENMASK64(51, 32)
#define VTD_QI0_PTLB_DID	GENMASK64(31, 16)
#define VTD_QI0_PTLB_G		GENMASK64(5, 4)
#define   VTD_PTLB_PASID	  2u
#define   VTD_PTLB_PAGE		  3u

/* 6.5.2.5 Device-TLB */
#define VTD_QI0_DTLB_PFSID_HI	GENMASK64(63, 52)	/* reserved without DIT */
#define VTD_QI0_DTLB_SID	GENMASK64(47, 32)
#define VTD_QI0_DTLB_MIP	GENMASK64(20, 16)
#define VTD_QI0_DTLB_PFSID_LO	GENMASK64(15, 12)	/* reserved without DIT */
#define VTD_QI1_DTLB_ADDR	GENMASK64(63, 12)
#define VTD_QI1_DTLB_S		BIT64(0)

/* 6.5.2.6 PASID-based Device-TLB */
#define VTD_QI0_PDTLB_PFSID_HI	GENMASK64(63, 52)
#define VTD_QI0_PDTLB_PASID	GENMASK64(51, 32)
#define VTD_QI0_PDTLB_SID	GENMASK64(31, 16)
#define VTD_QI0_PDTLB_PFSID_LO	GENMASK64(15, 12)
#define VTD_QI0_PDTLB_MIP	GENMASK64(8, 4)
#define VTD_QI1_PDTLB_ADDR	GENMASK64(63, 12)
#define VTD_QI1_PDTLB_S		BIT64(11)
#define VTD_QI1_PDTLB_GI	BIT64(0)

/* 6.5.2.7 HPT cache */
#define VTD_QI0_HPT_DID		GENMASK64(31, 16)
#define VTD_QI0_HPT_G		GENMASK64(5, 4)
#define VTD_QI1_HPT_ADDR	GENMASK64(63, 12)
#define VTD_QI1_HPT_IH		GENMASK64(7, 6)
#define VTD_QI1_HPT_AM		GENMASK64(5, 0)

/* 6.5.2.8 Interrupt entry cache */
#define VTD_QI0_IEC_IIDX	GENMASK64(47, 32)
#define VTD_QI0_IEC_IM		GENMASK64(31, 27)
#define VTD_QI0_IEC_G		BIT64(4)		/* 0: all, 1: 2^IM from IIDX */

/* 6.5.2.9 Wait */
#define VTD_QI0_WAIT_DATA	GENMASK64(63, 32)
#define VTD_QI0_WAIT_PD		BIT64(7)		/* reserved without PDS */
#define VTD_QI0_WAIT_FN		BIT64(6)		/* fence */
#define VTD_QI0_WAIT_SW		BIT64(5)		/* write DATA to ADDR */
#define VTD_QI0_WAIT_IF		BIT64(4)		/* set ICS.IWC */
#define VTD_QI1_WAIT_ADDR	GENMASK64(63, 2)	/* bits from HAW up ignored; 1:0 reserved */

/* 7.6.1 Page group response */
#define VTD_QI0_PGRSP_PASID	GENMASK64(51, 32)
#define VTD_QI0_PGRSP_RID	GENMASK64(31, 16)
#define VTD_QI0_PGRSP_RC	GENMASK64(15, 12)
#define VTD_QI0_PGRSP_PP	BIT64(4)
#define VTD_QI1_PGRSP_PRGI	GENMASK64(11, 3)

/* ==== 7.1.3, table 30 and 5.1.4.1, table 15: fault reasons ============================================ */
/* X(number, qualified, condition, text); a qualified fault is silent where FPD was met on the way. */
#define VTD_REASONS(X) \
	X(0x01, 0, "LRT.2",	"the root entry is not present") \
	X(0x02, 1, "LCT.2",	"the context entry is not present") \
	X(0x03, 1, "LCT.4",	"the context entry asks for what the unit lacks, or its table is unreadable") \
	X(0x04, 1, "LGN.1",	"the address is beyond the width") \
	X(0x05, 1, "LGN.2",	"no permission to write") \
	X(0x06, 1, "LGN.3",	"no permission to read") \
	X(0x07, 1, "LSS.1",	"a second-stage table cannot be read") \
	X(0x08, 0, "LRT.1",	"the root entry cannot be read") \
	X(0x09, 0, "LCT.1",	"the context entry cannot be read") \
	X(0x0a, 0, "LRT.3",	"a reserved bit is set in the root entry") \
	X(0x0b, 1, "LCT.3",	"a reserved bit is set in the context entry") \
	X(0x0c, 1, "LSS.2",	"a reserved bit is set in a second-stage entry") \
	X(0x0d, 1, "LCT.5",	"the translation type forbids translation and translated requests") \
	X(0x0e, 1, "LGN.4",	"the output address is in the interrupt range") \
	X(0x20, 0, "IR",	"a reserved field is set in an interrupt request") \
	X(0x21, 0, "IR",	"the interrupt index is beyond the table") \
	X(0x22, 1, "IR",	"the interrupt entry is not present") \
	X(0x23, 0, "IR",	"the interrupt table cannot be read") \
	X(0x24, 1, "IR",	"a reserved field is set in an interrupt entry") \
	X(0x25, 0, "IR",	"a compatibility-format interrupt is blocked") \
	X(0x26, 1, "IR",	"the source of an interrupt is not the entry's") \
	X(0x27, 1, "IR",	"the posted interrupt descriptor cannot be accessed") \
	X(0x28, 1, "IR",	"a reserved field is set in a posted interrupt descriptor") \
	X(0x29, 0, "IR",	"a request to the interrupt range is no interrupt") \
	X(0x2a, 0, "IR",	"extended interrupt mode is required and off") \
	X(0x2b, 0, "IR",	"interrupt remapping is required and off") \
	X(0x30, 0, "RTA.1",	"the root table address holds an unsupported mode") \
	X(0x31, 0, "RTA.2",	"a request with PASID in legacy mode") \
	X(0x32, 0, "RTA.3",	"a page request in legacy mode") \
	X(0x33, 0, "RTA.4",	"all DMA is aborted in this mode") \
	X(0x34, 0, "RTA.5",	"an execute request") \
	X(0x38, 0, "SRT.1",	"the scalable root entry cannot be read") \
	X(0x39, 0, "SRT.2",	"the scalable root entry is not present") \
	X(0x3a, 0, "SRT.3",	"a reserved bit is set in the scalable root entry") \
	X(0x40, 0, "SCT.1",	"the scalable context entry cannot be read") \
	X(0x41, 1, "SCT.2",	"the scalable context entry is not present") \
	X(0x42, 1, "SCT.3",	"a reserved bit is set in the scalable context entry") \
	X(0x43, 1, "SCT.4",	"the scalable context entry contradicts itself") \
	X(0x44, 1, "SCT.5",	"a translation or translated request while Device-TLBs are off") \
	X(0x45, 1, "SCT.6",	"a request with PASID while PASIDs are off") \
	X(0x46, 1, "SCT.7",	"the PASID is beyond the directory") \
	X(0x47, 1, "SCT.8",	"a page request while page requests are off") \
	X(0x48, 1, "SCT.9",	"the PASID of the request is RID_PASID") \
	X(0x49, 1, "SCT.10",	"a translated request with PASID while these are off") \
	X(0x50, 0, "SPD.1",	"the PASID directory entry cannot be read") \
	X(0x51, 1, "SPD.2",	"the PASID directory entry is not present") \
	X(0x52, 1, "SPD.3",	"a reserved bit is set in the PASID directory entry") \
	X(0x58, 0, "SPT.1",	"the PASID table entry cannot be read") \
	X(0x59, 1, "SPT.2",	"the PASID table entry is not present") \
	X(0x5a, 1, "SPT.3",	"a reserved bit is set in the PASID table entry") \
	X(0x5b, 1, "SPT.4",	"the PASID table entry asks for what the unit lacks") \
	X(0x5c, 1, "SPT.5",	"an execute request that the unit does not support") \
	X(0x5d, 1, "SPT.6",	"a supervisor request while these are off") \
	X(0x60, 1, "SPT.9",	"a translated address beyond the permission table") \
	X(0x70, 1, "SFS.1",	"a first-stage table cannot be read") \
	X(0x71, 1, "SFS.2",	"a first-stage entry is not present") \
	X(0x72, 1, "SFS.3",	"a reserved bit is set in a first-stage entry") \
	X(0x73, 1, "SFS.4",	"the first-stage root table cannot be read") \
	X(0x74, 1, "SFS.5",	"nested: a first-stage address is beyond the second stage's width") \
	X(0x75, 1, "SFS.6",	"nested: the first-stage root table is not readable through the second stage") \
	X(0x76, 1, "SFS.7",	"nested: a first-stage table is not readable through the second stage") \
	X(0x77, 1, "SFS.8",	"nested: a first-stage flag cannot be written through the second stage") \
	X(0x78, 1, "SSS.1",	"a second-stage table cannot be read") \
	X(0x79, 1, "SSS.2",	"a second-stage entry is not present, or allows nothing") \
	X(0x7a, 1, "SSS.3",	"a reserved bit is set in a second-stage entry") \
	X(0x7b, 1, "SSS.4",	"the second-stage root table cannot be read") \
	X(0x7c, 1, "SSS.5",	"a second-stage flag must be set and the walk is not snooped") \
	X(0x7d, 1, "SSS.6",	"a second-stage flag could not be set") \
	X(0x80, 1, "SGN.1",	"the address is not canonical") \
	X(0x81, 1, "SGN.2",	"a user request to a supervisor page") \
	X(0x83, 1, "SGN.4",	"the address is beyond the host's width") \
	X(0x84, 1, "SGN.5",	"the address is beyond the second stage's width") \
	X(0x85, 1, "SGN.6",	"no permission to write") \
	X(0x86, 1, "SGN.7",	"no permission to read") \
	X(0x87, 1, "SGN.8",	"the output address is in the interrupt range") \
	X(0x89, 1, "SGN.10",	"the PASID is wider than the unit supports") \
	X(0x90, 1, "SFS.9",	"a first-stage flag must be set and the walk is not snooped") \
	X(0x91, 1, "SFS.10",	"a first-stage flag could not be set") \
	X(0xa0, 1, "HPT.1",	"a permission table cannot be read") \
	X(0xa1, 1, "HPT.2",	"a reserved bit is set in a permission table") \
	X(0xa2, 1, "HPT.3",	"the root permission table cannot be read") \
	X(0xa3, 1, "HPT.4",	"a zero-length read without permission") \
	X(0xa4, 1, "HPT.5",	"no permission to write in the permission table") \
	X(0xa5, 1, "HPT.6",	"no permission to read in the permission table")

#endif
