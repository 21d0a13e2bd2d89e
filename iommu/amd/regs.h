/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * AMD-Vi registers and structures in memory: AMD I/O Virtualization Technology (IOMMU) Specification, 48882 rev.
 * 3.11, in the order of its chapters 3 and 2. Fields stand from the top bit down; bits that a comment calls
 * reserved are written as 0, and what they read as says nothing (3). Of a 128-bit command or record, word 0
 * is +00 and +04, word 1 is +08 and +12.
 */
#ifndef IOMMU_AMD_REGS_H
#define IOMMU_AMD_REGS_H

#include "base/types.h"

/* ==== 3.2: the capability block in configuration space, 32-bit words ================================== */

/* Capability offset 00h, header, read only */
/*				     31:29     reserved */
#define AMDVI_CAP_CapExt	     BIT(28)		/* offset 14h exists */
#define AMDVI_CAP_EFRSup	     BIT(27)		/* the Extended Feature registers exist */
#define AMDVI_CAP_NpCache	     BIT(26)		/* not-present entries are cached */
#define AMDVI_CAP_HtTunnel	     BIT(25)
#define AMDVI_CAP_IotlbSup	     BIT(24)		/* ATS */
#define AMDVI_CAP_CapRev	     GENMASK(23, 19)
#define AMDVI_CAP_CapType	     GENMASK(18, 16)
#define   AMDVI_CAP_CapType_IOMMU	3u
#define AMDVI_CAP_CapPtr	     GENMASK(15, 8)
#define AMDVI_CAP_CapId		     GENMASK(7, 0)
#define   AMDVI_CAP_CapId_SECURE	0x0fu

/* Capability offset 10h, Miscellaneous Information 0 */
#define AMDVI_MISC0_MsiNumPPR	     GENMASK(31, 27)
/*				     26:23     reserved */
#define AMDVI_MISC0_HtAtsResv	     BIT(22)
#define AMDVI_MISC0_VAsize	     GENMASK(21, 15)	/* bits of a GPA: 32, 40, 48, 64 */
#define AMDVI_MISC0_PAsize	     GENMASK(14, 8)	/* bits of an SPA: 40, 48, 52 */
#define AMDVI_MISC0_GVAsize	     GENMASK(7, 5)
#define   AMDVI_MISC0_GVAsize_48	2u
#define   AMDVI_MISC0_GVAsize_57	3u
#define AMDVI_MISC0_MsiNum	     GENMASK(4, 0)	/* of events and completions */

/* ==== 3.4: MMIO registers ============================================================================= */

#define AMDVI_MMIO_BYTES	     0x4000u	/* without the banks of performance counters */

/* 3.4.1 Device Table Base Address */
static const reg64_t AMDVI_DevTabBase = { 0x0000 };
/*				     63:52     reserved */
#define   AMDVI_DevTabBase_DevTabBase  GENMASK64(51, 12)
/*				     11:9      reserved */
#define   AMDVI_DevTabBase_Size	     GENMASK64(8, 0)	/* pages - 1 */

/* 3.4.1 Command Buffer Base Address; a write sets the head and tail pointers to 0 (2.4) */
static const reg64_t AMDVI_CmdBase = { 0x0008 };
/*				     63:60     reserved */
#define   AMDVI_CmdBase_ComLen	     GENMASK64(59, 56)	/* log2 of entries, 8 to 15; others reserved */
/*				     55:52     reserved */
#define   AMDVI_CmdBase_ComBase	     GENMASK64(51, 12)
/*				     11:0      reserved */

/* 3.4.1 Event Log Base Address; a write sets the head and tail pointers to 0 (2.5) */
static const reg64_t AMDVI_EventBase = { 0x0010 };
/*				     63:60     reserved */
#define   AMDVI_EventBase_EventLen   GENMASK64(59, 56)	/* as ComLen */
/*				     55:52     reserved */
#define   AMDVI_EventBase_EventBase  GENMASK64(51, 12)
/*				     11:0      reserved */

/* 3.4.1 Control */
static const reg64_t AMDVI_Control = { 0x0018 };
#define   AMDVI_Control_SNPAVICEn    GENMASK64(63, 61)
#define   AMDVI_Control_GstBufferTRPMode BIT64(60)
#define   AMDVI_Control_IRTCacheDis  BIT64(59)
#define   AMDVI_Control_GCR3TRPMode  BIT64(58)		/* the GCR3 root is a GPA */
/*				     57	       reserved */
#define   AMDVI_Control_TMPMEn	     BIT64(56)
#define   AMDVI_Control_GAPPIEn	     BIT64(55)
#define   AMDVI_Control_GAUpdateDis  BIT64(54)		/* A of guest tables stays as it is */
#define   AMDVI_Control_vIommuEn     BIT64(53)
#define   AMDVI_Control_vCmdEn	     BIT64(52)
#define   AMDVI_Control_IntCapXTEn   BIT64(51)		/* reserved without XTSup */
#define   AMDVI_Control_XTEn	     BIT64(50)		/* reserved without XTSup */
/*				     49	       reserved */
#define   AMDVI_Control_GDUpdateDis  BIT64(48)		/* D of guest tables stays as it is */
#define   AMDVI_Control_HADUpdate    GENMASK64(47, 46)	/* no encodings in 3.11 */
#define   AMDVI_Control_EPHEn	     BIT64(45)		/* reserved without EPHSup */
#define   AMDVI_Control_NumIntRemapMode GENMASK64(44, 43)
#define   AMDVI_Control_PprAutoRspAon BIT64(42)		/* reserved without PPRAutoRspSup */
#define   AMDVI_Control_BlkStopMrkEn BIT64(41)		/* 1 at reset; reserved without BlkStopMrkSup */
#define   AMDVI_Control_MarcEn	     BIT64(40)		/* reserved without MarcSup */
#define   AMDVI_Control_PprAutoRspEn BIT64(39)		/* reserved without PPRAutoRspSup */
#define   AMDVI_Control_PrivAbrtEn   GENMASK64(38, 37)	/* reserved without USSup */
#define   AMDVI_Control_DevTblSegEn  GENMASK64(36, 34)	/* log2 of segments, 0 to 3; no more than DevTblSegSup */
#define   AMDVI_Control_DualEventLogEn GENMASK64(33, 32)
#define   AMDVI_Control_DualPprLogEn GENMASK64(31, 30)
#define   AMDVI_Control_GAIntEn	     BIT64(29)
#define   AMDVI_Control_GALogEn	     BIT64(28)
#define   AMDVI_Control_GAMEn	     GENMASK64(27, 25)
#define   AMDVI_Control_SmiFLogEn    BIT64(24)
#define   AMDVI_Control_SlfWBdis     BIT64(23)
#define   AMDVI_Control_SmiFEn	     BIT64(22)
#define   AMDVI_Control_CRW	     GENMASK64(21, 18)	/* write 0 */
#define   AMDVI_Control_GAEn	     BIT64(17)
#define   AMDVI_Control_GTEn	     BIT64(16)
#define   AMDVI_Control_PPREn	     BIT64(15)
#define   AMDVI_Control_PprIntEn     BIT64(14)
#define   AMDVI_Control_PPRLogEn     BIT64(13)
#define   AMDVI_Control_CmdBufEn     BIT64(12)
#define   AMDVI_Control_Isoc	     BIT64(11)
#define   AMDVI_Control_Coherent     BIT64(10)		/* reads of the device table are snooped; 1 at reset */
#define   AMDVI_Control_ResPassPW    BIT64(9)
#define   AMDVI_Control_PassPW	     BIT64(8)
#define   AMDVI_Control_InvTimeOut   GENMASK64(7, 5)	/* 0: none, 1 to 6: 10^(n-1) ms, 7 reserved */
#define   AMDVI_Control_ComWaitIntEn BIT64(4)
#define   AMDVI_Control_EventIntEn   BIT64(3)
#define   AMDVI_Control_EventLogEn   BIT64(2)
#define   AMDVI_Control_HtTunEn	     BIT64(1)
#define   AMDVI_Control_IommuEn	     BIT64(0)

/* 3.4.1 Exclusion Base; with SNP the Completion Store Base */
static const reg64_t AMDVI_ExclBase = { 0x0020 };
/*				     63:52     reserved */
#define   AMDVI_ExclBase_Base	     GENMASK64(51, 12)
/*				     11:2      reserved */
#define   AMDVI_ExclBase_Allow	     BIT64(1)		/* for every device; else by DTE.EX */
#define   AMDVI_ExclBase_ExEn	     BIT64(0)

/* 3.4.1 Exclusion Range Limit; with SNP the Completion Store Limit */
static const reg64_t AMDVI_ExclLimit = { 0x0028 };
/*				     63:52     reserved */
#define   AMDVI_ExclLimit_Limit	     GENMASK64(51, 12)	/* the last page of the range */
/*				     11:0      reserved */

/* 3.4.1 Extended Feature, read only; reserved without EFRSup */
static const reg64_t AMDVI_EFR = { 0x0030 };
#define   AMDVI_EFR_SNPSup	     BIT64(63)
#define   AMDVI_EFR_ForcePhyDestSup  BIT64(62)
#define   AMDVI_EFR_V2HADDisSup	     BIT64(61)		/* Control.GAUpdateDis */
/*				     60:57     reserved */
#define   AMDVI_EFR_VMGuardIOSup     BIT64(56)
#define   AMDVI_EFR_vIOMMUSup	     BIT64(55)
#define   AMDVI_EFR_InvIotlbTypeSup  BIT64(54)
#define   AMDVI_EFR_V2HDDisSup	     BIT64(53)		/* Control.GDUpdateDis */
#define   AMDVI_EFR_HDSup	     BIT64(52)		/* D of host tables; implies HASup */
#define   AMDVI_EFR_AttrFWSup	     BIT64(51)
#define   AMDVI_EFR_EPHSup	     BIT64(50)
#define   AMDVI_EFR_HASup	     BIT64(49)		/* A of host tables */
#define   AMDVI_EFR_GIoSup	     BIT64(48)		/* DTE.GIoV */
#define   AMDVI_EFR_SnoopAttrSup     BIT64(47)
#define   AMDVI_EFR_MsiCapMmioSup    BIT64(46)
#define   AMDVI_EFR_PerfOptSup	     BIT64(45)
#define   AMDVI_EFR_BlkStopMrkSup    BIT64(44)
#define   AMDVI_EFR_MarcSup	     GENMASK64(43, 42)
#define   AMDVI_EFR_PPRAutoRspSup    BIT64(41)
#define   AMDVI_EFR_PprOvrflwEarlySup BIT64(40)
#define   AMDVI_EFR_DevTblSegSup     GENMASK64(39, 38)	/* log2 of segments */
#define   AMDVI_EFR_USSup	     BIT64(37)
#define   AMDVI_EFR_PASmax	     GENMASK64(36, 32)	/* PASID bits - 1, up to 13h; others reserved */
#define   AMDVI_EFR_SATSSup	     BIT64(31)
/*				     30	       reserved */
#define   AMDVI_EFR_DualEventLogSup  GENMASK64(29, 28)
/*				     27:26     reserved */
#define   AMDVI_EFR_DualPprLogSup    GENMASK64(25, 24)
#define   AMDVI_EFR_GAMSup	     GENMASK64(23, 21)
#define   AMDVI_EFR_SmiFRC	     GENMASK64(20, 18)
#define   AMDVI_EFR_SmiFSup	     GENMASK64(17, 16)
#define   AMDVI_EFR_GLXSup	     GENMASK64(15, 14)	/* levels of GCR3 tables - 1; 3 reserved */
#define   AMDVI_EFR_GATS	     GENMASK64(13, 12)	/* levels of guest tables - 4; 3 reserved */
#define   AMDVI_EFR_HATS	     GENMASK64(11, 10)	/* levels of host tables - 4; 3 reserved */
#define   AMDVI_EFR_PCSup	     BIT64(9)
#define   AMDVI_EFR_HESup	     BIT64(8)
#define   AMDVI_EFR_GASup	     BIT64(7)
#define   AMDVI_EFR_IASup	     BIT64(6)		/* INVALIDATE_IOMMU_ALL */
#define   AMDVI_EFR_GAPPISup	     BIT64(5)
#define   AMDVI_EFR_GTSup	     BIT64(4)
#define   AMDVI_EFR_NXSup	     BIT64(3)
#define   AMDVI_EFR_XTSup	     BIT64(2)
#define   AMDVI_EFR_PPRSup	     BIT64(1)
#define   AMDVI_EFR_PreFSup	     BIT64(0)		/* PREFETCH_IOMMU_PAGES */

/* 3.4.2 PPR Log Base Address; reserved without PPRSup */
static const reg64_t AMDVI_PPRBase = { 0x0038 };
/*				     63:60     reserved */
#define   AMDVI_PPRBase_PPRLogLen    GENMASK64(59, 56)	/* as ComLen */
/*				     55:52     reserved */
#define   AMDVI_PPRBase_PPRLogBase   GENMASK64(51, 12)
/*				     11:0      reserved */

/* 3.4.2 Hardware Event, the words of a record (2.5); reserved without HESup */
static const reg64_t AMDVI_HwEventUpper = { 0x0040 };	/* word 0 */
static const reg64_t AMDVI_HwEventLower = { 0x0048 };	/* word 1 */
static const reg64_t AMDVI_HwEventStatus = { 0x0050 };
/*				     63:2      reserved */
#define   AMDVI_HwEventStatus_HEO    BIT64(1)		/* RW1C */
#define   AMDVI_HwEventStatus_HEV    BIT64(0)		/* RW1C */

/* 3.4.6 Device Table Segment 1 to 7 Base Address; reserved without DevTblSegSup */
static const reg64_t AMDVI_DevTabSeg1Base = { 0x0100 };	/* segment n at 0100h + 8 * (n - 1) */
#define AMDVI_SEGMENTS_MAX	     8u
/*				     63:52     reserved */
#define   AMDVI_DevTabSegBase_DevTabBase GENMASK64(51, 12)
/*				     11:8      reserved (3.4.6 has bit 8 in neither field) */
#define   AMDVI_DevTabSegBase_Size   GENMASK64(7, 0)	/* pages - 1 */

/* 3.4.7 Device-specific features: revision 31:24, implementation's own 23:0 */
static const reg64_t AMDVI_DSFX = { 0x0138 };
static const reg64_t AMDVI_DSCX = { 0x0140 };
static const reg64_t AMDVI_DSSX = { 0x0148 };

/* 3.4.8 The MSI capability block; reserved without MsiCapMmioSup. All fields that are not named read only. */
static const reg32_t AMDVI_MsiCapHeader = { 0x0158 };
/*				     31:24     reserved */
#define   AMDVI_MsiCapHeader_Msi64bitEn BIT(23)		/* 1 */
#define   AMDVI_MsiCapHeader_MsiMultMessEn GENMASK(22, 20)
#define   AMDVI_MsiCapHeader_MsiMultMessCap GENMASK(19, 17)
#define   AMDVI_MsiCapHeader_MsiEn   BIT(16)
/*				     15:8      reserved */
#define   AMDVI_MsiCapHeader_MsiCapId GENMASK(7, 0)	/* 05h */
static const reg32_t AMDVI_MsiAddrLow = { 0x015c };
#define   AMDVI_MsiAddrLow_MsiAddr   GENMASK(31, 2)
/*				     1:0       reserved */
static const reg32_t AMDVI_MsiAddrHigh = { 0x0160 };
static const reg32_t AMDVI_MsiData = { 0x0164 };
/*				     31:16     reserved */
#define   AMDVI_MsiData_MsiData	     GENMASK(15, 0)

/* 3.4.10 XT General Interrupt Control, where Control.IntCapXTEn is set; reserved without XTSup */
static const reg64_t AMDVI_XTGeneral = { 0x0170 };

/* 3.4.13 Extended Feature 2, read only; reserved without EFRSup */
static const reg64_t AMDVI_EFR2 = { 0x01a0 };
/*				     63:17     reserved */
#define   AMDVI_EFR2_SmeTioSupDis    BIT64(16)
#define   AMDVI_EFR2_XteeSup	     GENMASK64(15, 14)
#define   AMDVI_EFR2_SnpPageMode0Sup BIT64(13)
#define   AMDVI_EFR2_HpteRsvdBitsMode BIT64(12)		/* reserved bits of host entries are ignored */
#define   AMDVI_EFR2_HTRangeIgnore   BIT64(11)		/* FD_0000_0000h and up are ordinary addresses */
/*				     10	       reserved */
#define   AMDVI_EFR2_NumIntRemapSup  GENMASK64(9, 8)
#define   AMDVI_EFR2_SNPAVICSup	     GENMASK64(7, 5)
#define   AMDVI_EFR2_GAPPIDisSup     BIT64(4)
#define   AMDVI_EFR2_GCR3TRPModeSup  BIT64(3)
#define   AMDVI_EFR2_TMPMSup	     BIT64(2)
#define   AMDVI_EFR2_SevSnpIoSup     BIT64(1)
/*				     0	       reserved; Control of 2.13 needs CXLMemAttrSup, without a place here */

/* 3.4.15, 3.4.17: offsets in bytes from the base of the ring */
static const reg64_t AMDVI_CmdHead = { 0x2000 };	/* written by software only while CmdBufRun is 0 */
static const reg64_t AMDVI_CmdTail = { 0x2008 };
static const reg64_t AMDVI_EventHead = { 0x2010 };
static const reg64_t AMDVI_EventTail = { 0x2018 };	/* written by software only while EventLogRun is 0 */
static const reg64_t AMDVI_PPRHead = { 0x2030 };
static const reg64_t AMDVI_PPRTail = { 0x2038 };	/* written by software only while PPRLogRun is 0 */
/*				     63:19     reserved */
#define   AMDVI_Pointer		     GENMASK64(18, 4)	/* of each of these */
/*				     3:0       reserved */

/* 3.4.16 Status */
static const reg64_t AMDVI_Status = { 0x2020 };
/*				     63:19     reserved */
#define   AMDVI_Status_PprOvrflwEarly BIT64(18)		/* RW1C */
#define   AMDVI_Status_PprOvrflwEarlyB BIT64(17)	/* RW1C */
#define   AMDVI_Status_EventLogActive BIT64(16)
#define   AMDVI_Status_EventOvrflwB  BIT64(15)		/* RW1C */
/*				     14:13     reserved */
#define   AMDVI_Status_PprLogActive  BIT64(12)
#define   AMDVI_Status_PprOvrflwB    BIT64(11)		/* RW1C */
#define   AMDVI_Status_GAInt	     BIT64(10)		/* RW1C */
#define   AMDVI_Status_GALOverflow   BIT64(9)		/* RW1C */
#define   AMDVI_Status_GALogRun	     BIT64(8)
#define   AMDVI_Status_PprLogRun     BIT64(7)
#define   AMDVI_Status_PprInt	     BIT64(6)		/* RW1C */
#define   AMDVI_Status_PprOverflow   BIT64(5)		/* RW1C */
#define   AMDVI_Status_CmdBufRun     BIT64(4)
#define   AMDVI_Status_EventLogRun   BIT64(3)
#define   AMDVI_Status_ComWaitInt    BIT64(2)		/* RW1C */
#define   AMDVI_Status_EventLogInt   BIT64(1)		/* RW1C */
#define   AMDVI_Status_EventOverflow BIT64(0)		/* RW1C */

/* ==== 2.2.2.1, table 7: device table entry, 256 bits, index DeviceID =================================== */

struct amdvi_dte { uint64_t w[4]; };
_Static_assert(sizeof(struct amdvi_dte) == 32, "2.2.2");
#define AMDVI_DTE_WORDS		4u
/* word 0 */
/*				     63	       reserved */
#define AMDVI_DTE0_IW		     BIT64(62)
#define AMDVI_DTE0_IR		     BIT64(61)
#define AMDVI_DTE0_GCR3_14_12	     GENMASK64(60, 58)	/* 0 without GTSup, as the next two */
#define AMDVI_DTE0_GLX		     GENMASK64(57, 56)	/* levels of the GCR3 table - 1; 3 reserved */
#define AMDVI_DTE0_GV		     BIT64(55)
#define AMDVI_DTE0_GIoV		     BIT64(54)		/* 0 without GIoSup */
#define AMDVI_DTE0_GPRP		     BIT64(53)		/* 0 without EPHSup */
#define AMDVI_DTE0_PPR		     BIT64(52)		/* 0 without EPHSup */
#define AMDVI_DTE0_HostRoot	     GENMASK64(51, 12)	/* ignored where Mode is 0 or 7 */
#define AMDVI_DTE0_Mode		     GENMASK64(11, 9)	/* 0: SPA = GPA; 1 to 6 levels; 7 reserved */
#define AMDVI_DTE0_HAD		     GENMASK64(8, 7)	/* 0 without HASup */
#define   AMDVI_DTE_HAD_NONE		0u
#define   AMDVI_DTE_HAD_A		1u
/*						2      reserved */
#define   AMDVI_DTE_HAD_AD		3u		/* reserved without HDSup */
#define AMDVI_DTE0_CXLMemAttr	     GENMASK64(6, 4)	/* 0 without I */
/*				     3:2       reserved */
#define AMDVI_DTE0_TV		     BIT64(1)
#define AMDVI_DTE0_V		     BIT64(0)		/* 0: bits 127:1 are not looked at, addresses pass */
/* word 1 */
#define AMDVI_DTE1_GCR3_51_31	     GENMASK64(63, 43)
#define AMDVI_DTE1_SATS		     BIT64(42)		/* reserved without I or SATSSup */
#define AMDVI_DTE1_SysMgt	     GENMASK64(41, 40)
#define AMDVI_DTE1_EX		     BIT64(39)		/* the exclusion range holds */
#define AMDVI_DTE1_SD		     BIT64(38)		/* walks are not snooped */
#define AMDVI_DTE1_Cache	     BIT64(37)
#define AMDVI_DTE1_IoCtl	     GENMASK64(36, 35)	/* 3 reserved */
#define AMDVI_DTE1_SA		     BIT64(34)		/* no IO_PAGE_FAULT of memory requests is logged */
#define AMDVI_DTE1_SE		     BIT64(33)		/* one is, until the entry leaves the cache */
#define AMDVI_DTE1_I		     BIT64(32)		/* ATS; undefined without IotlbSup */
#define AMDVI_DTE1_GCR3_30_15	     GENMASK64(31, 16)
#define AMDVI_DTE1_DomainID	     GENMASK64(15, 0)
/* word 2 */
#define AMDVI_DTE2_Lint1Pass	     BIT64(63)
#define AMDVI_DTE2_Lint0Pass	     BIT64(62)
#define AMDVI_DTE2_IntCtl	     GENMASK64(61, 60)	/* 3 reserved */
#define AMDVI_DTE2_HPTMode	     BIT64(59)		/* reserved without SATSSup */
#define AMDVI_DTE2_NMIPass	     BIT64(58)
#define AMDVI_DTE2_EIntPass	     BIT64(57)
#define AMDVI_DTE2_InitPass	     BIT64(56)
#define AMDVI_DTE2_GuestPagingMode   GENMASK64(55, 54)	/* levels of guest tables - 4: 0, 1; ignored without GV */
/*				     53:52     reserved */
#define AMDVI_DTE2_IntTabRoot	     GENMASK64(51, 6)
#define AMDVI_DTE2_IG		     BIT64(5)
#define AMDVI_DTE2_IntTabLen	     GENMASK64(4, 1)	/* log2 of entries, to 11; others reserved */
#define AMDVI_DTE2_IV		     BIT64(0)		/* 0: interrupts pass as they are */
/* word 3 */
#define AMDVI_DTE3_SnoopAttribute    GENMASK64(63, 56)	/* 0 without AttrV */
#define AMDVI_DTE3_Mode0FC	     BIT64(55)		/* 0 without AttrV */
#define AMDVI_DTE3_AttrV	     BIT64(54)		/* 0 without AttrFWSup */
/*				     53	       reserved; not checked with SNPSup */
/*				     52:48     reserved */
#define AMDVI_DTE3_GuestID	     GENMASK64(47, 32)	/* 0 without vImuEn */
#define AMDVI_DTE3_GDeviceID	     GENMASK64(31, 16)	/* 0 without vImuEn */
#define AMDVI_DTE3_vImuEn	     BIT64(15)
/*				     14:0      reserved */

/* ==== 2.2.6.3, tables 26 and 28: GCR3 table entry, 64 bits, 512 of them ================================ */

/*				     63:52     reserved */
#define AMDVI_GCR3_Pointer	     GENMASK64(51, 12)	/* a GPA: of a guest table, or of a GCR3 table */
/*				     11:5      reserved */
/*				     4:3       ignored */
/*				     2:1       reserved */
#define AMDVI_GCR3_V		     BIT64(0)		/* 0: the rest is not looked at */
#define AMDVI_GCR3_INDEX_BITS	     9u			/* levels are indexed by PASID 8:0, 17:9, 19:18 */

/* ==== 2.4: commands, 128 bits ========================================================================= */

struct amdvi_command { uint64_t w[2]; };
_Static_assert(sizeof(struct amdvi_command) == 16, "2.4");
#define AMDVI_CMD0_OPCODE	     GENMASK64(63, 60)
#define   AMDVI_COMPLETION_WAIT		0x1u
#define   AMDVI_INVALIDATE_DEVTAB_ENTRY	0x2u
#define   AMDVI_INVALIDATE_IOMMU_PAGES	0x3u
#define   AMDVI_INVALIDATE_IOTLB_PAGES	0x4u		/* reserved without IotlbSup */
#define   AMDVI_INVALIDATE_INTERRUPT_TABLE 0x5u
#define   AMDVI_PREFETCH_IOMMU_PAGES	0x6u		/* reserved without PreFSup */
#define   AMDVI_COMPLETE_PPR_REQUEST	0x7u		/* reserved without PPRSup */
#define   AMDVI_INVALIDATE_IOMMU_ALL	0x8u		/* reserved without IASup */
#define   AMDVI_INSERT_GUEST_EVENT	0x9u		/* these two with a vIOMMU alone */
#define   AMDVI_RESET_VMMIO		0xau

/* 2.4.1, table 34: COMPLETION_WAIT */
/*				     59:52     reserved */
#define AMDVI_CW0_StoreAddress	     GENMASK64(51, 3)
#define AMDVI_CW0_f		     BIT64(2)		/* what follows waits */
#define AMDVI_CW0_i		     BIT64(1)		/* set Status.ComWaitInt */
#define AMDVI_CW0_s		     BIT64(0)		/* store word 1 at the address */

/* 2.4.2, 2.4.5, tables 35 and 38: INVALIDATE_DEVTAB_ENTRY, INVALIDATE_INTERRUPT_TABLE; word 1 reserved */
/*				     59:16     reserved */
#define AMDVI_INV0_DeviceID	     GENMASK64(15, 0)

/* 2.4.3, table 36: INVALIDATE_IOMMU_PAGES */
/*				     59:48     reserved */
#define AMDVI_PAGES0_DomainID	     GENMASK64(47, 32)
/*				     31:20     reserved */
#define AMDVI_PAGES0_PASID	     GENMASK64(19, 0)	/* ignored without GN */
#define AMDVI_PAGES1_Address	     GENMASK64(63, 12)
/*				     11:3      reserved */
#define AMDVI_PAGES1_GN		     BIT64(2)		/* the address is a GVA of the PASID */
#define AMDVI_PAGES1_PDE	     BIT64(1)		/* directory entries too */
#define AMDVI_PAGES1_S		     BIT64(0)		/* 2^(n+1) bytes; n: the lowest 0 of the address from 12 up */
#define AMDVI_ADDRESS_ALL	     UINT64_C(0x7ffffffffffff000)	/* with S: there is no other address */

/* 2.4.4, table 37: INVALIDATE_IOTLB_PAGES */
#define AMDVI_IOTLB0_PASID_19_16     GENMASK64(59, 56)
#define AMDVI_IOTLB0_PASID_7_0	     GENMASK64(55, 48)
#define AMDVI_IOTLB0_QueueID	     GENMASK64(47, 32)
#define AMDVI_IOTLB0_Maxpend	     GENMASK64(31, 24)
#define AMDVI_IOTLB0_PASID_15_8	     GENMASK64(23, 16)
#define AMDVI_IOTLB0_DeviceID	     GENMASK64(15, 0)
#define AMDVI_IOTLB1_Address	     GENMASK64(63, 12)
/*				     11:6      reserved */
#define AMDVI_IOTLB1_Type	     GENMASK64(5, 4)	/* 0 without InvIotlbTypeSup; 3 reserved */
/*				     3	       reserved */
#define AMDVI_IOTLB1_GN		     BIT64(2)
/*				     1	       reserved */
#define AMDVI_IOTLB1_S		     BIT64(0)

/* 2.4.6, table 39: PREFETCH_IOMMU_PAGES */
/*				     59:52     reserved */
#define AMDVI_PREFETCH0_PASID	     GENMASK64(51, 32)
#define AMDVI_PREFETCH0_PFCount	     GENMASK64(31, 24)	/* 0 is 1 */
/*				     23:16     reserved */
#define AMDVI_PREFETCH0_DeviceID     GENMASK64(15, 0)
#define AMDVI_PREFETCH1_Address	     GENMASK64(63, 12)
/*				     11:5      reserved */
#define AMDVI_PREFETCH1_Inval	     BIT64(4)
/*				     3	       reserved */
#define AMDVI_PREFETCH1_GN	     BIT64(2)		/* 0: a GVA cannot be prefetched */
/*				     1	       reserved */
#define AMDVI_PREFETCH1_S	     BIT64(0)

/* 2.4.7, table 40: COMPLETE_PPR_REQUEST */
/*				     59:52     reserved */
#define AMDVI_PPRC0_PASID	     GENMASK64(51, 32)
/*				     31:16     reserved */
#define AMDVI_PPRC0_DeviceID	     GENMASK64(15, 0)
/*				     63:48     reserved */
#define AMDVI_PPRC1_ResponseCode     GENMASK64(47, 44)	/* of the CompletionTag */
/*				     43:41     0 */
#define AMDVI_PPRC1_GroupIndex	     GENMASK64(40, 32)	/* of the CompletionTag */
/*				     31:3      reserved */
#define AMDVI_PPRC1_GN		     BIT64(2)
/*				     1:0       reserved */

/* ==== 2.5: event log records, 128 bits ================================================================ */

struct amdvi_event { uint64_t w[2]; };
_Static_assert(sizeof(struct amdvi_event) == 16, "2.5");
#define AMDVI_EVENT0_EventCode	     GENMASK64(63, 60)
/*
 * 59:48 of word 0 are flags, each event's own. Those of table 57, IO_PAGE_FAULT; other events have a subset in the
 * same places, and a Type (table 58; table 64, with one bit more) above TR.
 */
#define AMDVI_EVENT0_Type	     GENMASK64(58, 57)	/* DEV_TAB_, PAGE_TAB_, COMMAND_HARDWARE_ERROR */
#define AMDVI_EVENT0_RequestType     GENMASK64(59, 57)	/* INVALID_DEVICE_REQUEST */
#define AMDVI_EVENT0_TR		     BIT64(56)		/* a translation request */
#define AMDVI_EVENT0_RZ		     BIT64(55)		/* a reserved bit; else a level. With PR */
#define AMDVI_EVENT0_PE		     BIT64(54)		/* no permission. With PR */
#define AMDVI_EVENT0_RW		     BIT64(53)		/* a write. With PR, without TR and I */
#define AMDVI_EVENT0_PR		     BIT64(52)		/* present; of an interrupt: RemapEn */
#define AMDVI_EVENT0_I		     BIT64(51)		/* an interrupt */
#define AMDVI_EVENT0_US		     BIT64(50)		/* a user's; 49 in INVALID_DEVICE_REQUEST */
#define AMDVI_EVENT0_NX		     BIT64(49)
#define AMDVI_EVENT0_GN		     BIT64(48)		/* with a PASID */
#define AMDVI_EVENT0_D_P	     GENMASK64(47, 32)	/* PASID 15:0 with GN, DomainID without */
/*				     31:27     the vIOMMU's, 0 without one; 28 reserved */
/*				     26:20     reserved */
#define AMDVI_EVENT0_PASID_19_16     GENMASK64(19, 16)	/* with GN; 0 without */
#define AMDVI_EVENT0_DeviceID	     GENMASK64(15, 0)
/* Table 67: INVALID_PPR_REQUEST */
#define AMDVI_EVENT0_PPR_GN	     BIT64(57)
#define AMDVI_EVENT0_PPR_US	     BIT64(54)
#define AMDVI_EVENT0_PPR_WP	     BIT64(53)
#define AMDVI_EVENT0_PPR_RP	     BIT64(50)
#define AMDVI_EVENT0_PPR_NX	     BIT64(49)
#define AMDVI_EVENT0_PPR_RX	     BIT64(48)		/* of a COMPLETE_PPR_REQUEST */
#define AMDVI_EVENT0_PPR_PASID_19_16 GENMASK64(45, 42)
#define AMDVI_EVENT0_PPR_PPRtag	     GENMASK64(41, 32)
#define AMDVI_EVENT0_PPR_PASID_15_0  GENMASK64(31, 16)

/* Tables 42 to 72. X(code, name, flags that are its reason, what word 1 holds, who caused it, text). */
#define AMDVI_EVENTS(X) \
	X(0x0, RESERVED, 0, NOTHING, NOBODY, \
	  "the tail passed a record that was never written (errata 732, 733)") \
	X(0x1, ILLEGAL_DEV_TABLE_ENTRY, AMDVI_EVENT0_TR | AMDVI_EVENT0_RZ | AMDVI_EVENT0_I, INPUT, REQUEST, \
	  "a reserved bit or encoding in the device table entry") \
	X(0x2, IO_PAGE_FAULT, \
	  AMDVI_EVENT0_TR | AMDVI_EVENT0_RZ | AMDVI_EVENT0_PE | AMDVI_EVENT0_PR | AMDVI_EVENT0_I, INPUT, \
	  REQUEST, "the tables refuse the access") \
	X(0x3, DEV_TAB_HARDWARE_ERROR, AMDVI_EVENT0_Type | AMDVI_EVENT0_TR | AMDVI_EVENT0_I, MEMORY, DEVICE, \
	  "the device table cannot be accessed") \
	X(0x4, PAGE_TAB_HARDWARE_ERROR, AMDVI_EVENT0_Type | AMDVI_EVENT0_TR | AMDVI_EVENT0_I, MEMORY, DEVICE, \
	  "a page table cannot be accessed") \
	X(0x5, ILLEGAL_COMMAND_ERROR, 0, MEMORY, NOBODY, "a command is none, or has a reserved bit set") \
	X(0x6, COMMAND_HARDWARE_ERROR, AMDVI_EVENT0_Type, MEMORY, NOBODY, \
	  "the command buffer or a store address cannot be accessed") \
	X(0x7, IOTLB_INV_TIMEOUT, 0, MEMORY, DEVICE, "a device did not answer an invalidation") \
	X(0x8, INVALID_DEVICE_REQUEST, AMDVI_EVENT0_RequestType | AMDVI_EVENT0_TR, INPUT, REQUEST, \
	  "a request that the device is not allowed to make") \
	X(0x9, INVALID_PPR_REQUEST, AMDVI_EVENT0_PPR_RX, INPUT, PAGE_REQUEST, \
	  "a page request or its completion is invalid") \
	X(0xa, EVENT_COUNTER_ZERO, 0, NOTHING, NOBODY, "a counter became zero") \
	X(0xb, GUEST_EVENT_FAULT, AMDVI_EVENT0_GN, NOTHING, NOBODY, "a guest event has a reserved bit set") \
	X(0xc, VIOMMU_HARDWARE_ERROR, AMDVI_EVENT0_Type | AMDVI_EVENT0_I, MEMORY, NOBODY, \
	  "the unit's private memory cannot be accessed") \
	X(0xd, RMP_PAGE_FAULT, 0, INPUT, DEVICE, "the reverse map refuses the access") \
	X(0xe, RMP_HARDWARE_ERROR, AMDVI_EVENT0_Type, MEMORY, DEVICE, "the reverse map cannot be accessed") \
	X(0xf, RESERVED_F, 0, NOTHING, NOBODY, "no event of 48882 3.11")

/* ==== 2.6.3, table 75: PPR log entry, 128 bits ======================================================== */

struct amdvi_ppr { uint64_t w[2]; };
_Static_assert(sizeof(struct amdvi_ppr) == 16, "2.6.3");
#define AMDVI_PPR0_PPRCode	     GENMASK64(63, 60)
#define   AMDVI_PPR_PAGE_SERVICE_REQUEST 1u
/*				     59:57     reserved */
#define AMDVI_PPR0_GN		     BIT64(56)		/* the PASID is valid */
#define AMDVI_PPR0_RZ		     BIT64(55)		/* the request had a reserved bit set */
#define AMDVI_PPR0_US		     BIT64(54)		/* a user's */
#define AMDVI_PPR0_WP		     BIT64(53)		/* to write */
/*				     52:51     reserved */
#define AMDVI_PPR0_RP		     BIT64(50)		/* to read */
#define AMDVI_PPR0_NX		     BIT64(49)		/* not to execute */
/*				     48:46     reserved */
#define AMDVI_PPR0_PASID_19_16	     GENMASK64(45, 42)
#define AMDVI_PPR0_PPRtag	     GENMASK64(41, 32)	/* 9: the last of its group, 8:0: the group */
#define AMDVI_PPR0_PASID_15_0	     GENMASK64(31, 16)
#define AMDVI_PPR0_DeviceID	     GENMASK64(15, 0)
#define AMDVI_PPR1_Address	     GENMASK64(63, 12)
/*				     11:0      reserved */

#endif
