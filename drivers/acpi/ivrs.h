/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * IVRS: the AMD-Vi units of the machine, which devices each serves, and memory that firmware needs.
 * AMD I/O Virtualization Technology (IOMMU) Specification, 48882, revision 3.11, section 5.2.
 *
 * Glossary, in the specification's names:
 *	DeviceID	bus 15:8, device 7:3, function 2:0; with a PCI segment it names a function
 *	IVHD	a block that describes a unit. Type 10h is for old software, 11h carries images of the
 *		unit's feature registers, 40h names ACPI devices too. Firmware describes a unit once for
 *		each kind of software that it expects: the newest block speaks for the unit
 *	entry	names devices of a unit: one, a range, all, an alias, a device that is in no bus scan
 *	alias	a device whose requests carry the DeviceID of another; the unit sees only that one
 *	IVMD	memory that must be mapped one to one, or must not be translated, for named devices
 *
 * Blocks are kept in the order of the table. `offset` is where they stand in it, for findings.
 */
#ifndef DRIVERS_ACPI_IVRS_H
#define DRIVERS_ACPI_IVRS_H

#include "base/status.h"
#include "base/types.h"
#include "drivers/acpi/acpi_findings.h"

/*
 * Limits: a two-socket server has 8 or 16 units, each described three times with about 30 entries.
 */
#define IVRS_IVHD_MAX		96u
#define IVRS_IVMD_MAX		96u
#define IVRS_ENTRIES_MAX	4096u		/* of all blocks together */
#define IVRS_NAMES_MAX		64u		/* ACPI devices */
#define IVRS_UID_MAX		63u		/* characters of a unique id */
#define IVRS_NO_IVHD		UINT16_MAX

enum ivrs_type {
	IVRS_IVHD_10H = 0x10,
	IVRS_IVHD_11H = 0x11,
	IVRS_IVMD_ALL = 0x20,
	IVRS_IVMD_DEVICE = 0x21,
	IVRS_IVMD_RANGE = 0x22,
	IVRS_IVHD_40H = 0x40,			/* others are skipped */
};

/* Tables 105, 107 and 110: types of entries. The end of a range is no entry of its own here. */
enum ivrs_entry_type {
	IVRS_ALL = 0x01,
	IVRS_SELECT = 0x02,
	IVRS_RANGE = 0x03,
	IVRS_RANGE_END = 0x04,
	IVRS_ALIAS_SELECT = 0x42,
	IVRS_ALIAS_RANGE = 0x43,
	IVRS_EXTENDED_SELECT = 0x46,
	IVRS_EXTENDED_RANGE = 0x47,
	IVRS_SPECIAL = 0x48,
	IVRS_ACPI_HID = 0xf0,
};

/* Table 106: what a device's table entry is to hold. */
#define IVRS_SETTING_LINT1_PASS	BIT(7)
#define IVRS_SETTING_LINT0_PASS	BIT(6)
#define IVRS_SETTING_SYS_MGT	GENMASK(5, 4)
#define IVRS_SETTING_ATC_PERMIT	BIT(3)
#define IVRS_SETTING_NMI_PASS	BIT(2)
#define IVRS_SETTING_EINT_PASS	BIT(1)
#define IVRS_SETTING_INIT_PASS	BIT(0)
/* Table 108: and more of it. */
#define IVRS_EXTENDED_ATS_DISABLED	BIT(31)
#define IVRS_EXTENDED_CXL_DEVICE	GENMASK(2, 0)

/* Table 109: varieties of special devices. */
#define IVRS_VARIETY_IOAPIC	1u		/* handle: the id of the MADT */
#define IVRS_VARIETY_HPET	2u		/* handle: the number of the HPET table */

struct ivrs_entry {
	uint32_t offset;
	uint8_t type;			/* enum ivrs_entry_type */
	uint8_t settings;
	uint16_t first, last;		/* DeviceIDs, inclusive; all of them with IVRS_ALL */
	bool alias;			/* requests carry `source`, not their own id */
	uint16_t source;		/* of an alias; the only id of the last two types */
	uint32_t extended;
	uint8_t handle, variety;	/* IVRS_SPECIAL */
	uint8_t name;			/* IVRS_ACPI_HID: names[name] */
};

/* Table 110: the name of an ACPI device. Numbers where the text is empty. */
struct ivrs_name {
	char hid[9], cid[9], uid[IVRS_UID_MAX + 1];
	uint64_t hid_number, cid_number, uid_number;
	bool has_uid;
};

/* The entries of a block: entries[first] to entries[first + count - 1] of the table. */
struct ivrs_entries {
	uint16_t first, count;
};

/* Tables 92, 97 and 101: flags of an IVHD. */
#define IVRS_IVHD_PPR_SUP	BIT(7)		/* 10h only */
#define IVRS_IVHD_PREF_SUP	BIT(6)		/* 10h only */
#define IVRS_IVHD_COHERENT	BIT(5)
#define IVRS_IVHD_IOTLB_SUP	BIT(4)
#define IVRS_IVHD_ISOC		BIT(3)
#define IVRS_IVHD_RES_PASS_PW	BIT(2)
#define IVRS_IVHD_PASS_PW	BIT(1)
#define IVRS_IVHD_HT_TUN_EN	BIT(0)
/* Table 93: info. */
#define IVRS_INFO_UNIT_ID	GENMASK(12, 8)
#define IVRS_INFO_MSI_NUM	GENMASK(4, 0)
/* Table 94: features, of a 10h. */
#define IVRS_FEATURE_HATS	GENMASK(31, 30)
#define IVRS_FEATURE_GATS	GENMASK(29, 28)
#define IVRS_FEATURE_MSI_NUM_PPR GENMASK(27, 23)
#define IVRS_FEATURE_PN_BANKS	GENMASK(22, 17)
#define IVRS_FEATURE_PN_COUNTERS GENMASK(16, 13)
#define IVRS_FEATURE_PAS_MAX	GENMASK(12, 8)
#define IVRS_FEATURE_HE_SUP	BIT(7)
#define IVRS_FEATURE_GA_SUP	BIT(6)
#define IVRS_FEATURE_IA_SUP	BIT(5)
#define IVRS_FEATURE_GLX_SUP	GENMASK(4, 3)
#define IVRS_FEATURE_GT_SUP	BIT(2)
#define IVRS_FEATURE_NX_SUP	BIT(1)
#define IVRS_FEATURE_XT_SUP	BIT(0)
/* Tables 98 and 102: attributes, of the others; message and counters stand as in a 10h. */
#define IVRS_ATTRIBUTE_HAT_DIS	BIT(0)

struct ivrs_ivhd {
	uint32_t offset;
	uint8_t type;			/* 10h, 11h or 40h */
	uint8_t flags;
	uint16_t segment;
	uint16_t device_id;		/* of the unit itself */
	uint16_t capability;		/* offset of its capability block */
	pa_t base;
	uint8_t size_lg2;		/* the registers have 2^size_lg2 bytes, 14 or 19 */
	uint16_t info;
	uint32_t features;		/* 10h: features; others: attributes */
	bool has_efr;			/* 11h and 40h */
	uint64_t efr, efr2;		/* images of MMIO 0030h and 01A0h */
	struct ivrs_entries entries;
	bool usable;			/* base: not 0, 16 KiB aligned, within the width, unique */
	bool superseded;		/* another block speaks for the same unit */
};

struct ivrs_ivmd {
	uint32_t offset;
	uint8_t type;			/* 20h, 21h or 22h */
	uint16_t segment;		/* not of 20h, which is for every device */
	uint16_t first, last;		/* DeviceIDs, inclusive */
	uint16_t ivhd;			/* the block before it; IVRS_NO_IVHD: none */
	pa_t base;
	uint64_t bytes;			/* as the table says; what is meant is whole pages */
	bool exclusion;			/* not translated; the next three are without meaning */
	bool readable, writable;	/* neither: to be mapped nowhere */
	bool unity;
	bool usable;			/* has bytes, within the address width, for some device */
};

struct ivrs {
	uint8_t revision;
	bool efr_reported;		/* IVinfo.EFRSup */
	bool dma_remap;			/* firmware translates DMA before it hands over */
	bool ht_ats_reserved;
	uint8_t pa_bits, va_bits;	/* as the table says; the second is a guest's, too */
	uint8_t gva_bits;		/* 48 or 57; 0: what the table says means nothing */
	struct ivrs_ivhd ivhd[IVRS_IVHD_MAX];
	struct ivrs_ivmd ivmd[IVRS_IVMD_MAX];
	struct ivrs_entry entries[IVRS_ENTRIES_MAX];
	struct ivrs_name names[IVRS_NAMES_MAX];
	unsigned ivhd_count, ivmd_count, entry_count, name_count;
	unsigned unknown_count;		/* blocks of other types */
	bool complete;			/* all was understood: what is not here is not there */
};

/*
 * Read the `length` bytes of an IVRS table. What was understood stands in `ivrs`, whatever the
 * status: OK, MALFORMED (some bytes were not understood), EXHAUSTED (a limit above is reached).
 * The rules of section 5.2 that need nothing but the table are checked.
 */
enum status ivrs_parse(const uint8_t *table, size_t length, struct ivrs *ivrs,
		       struct acpi_findings *findings) MUST_CHECK;

/* The `index`-th entry of a block; `index` is below entries.count. */
static inline const struct ivrs_entry *ivrs_entry(const struct ivrs *ivrs,
						  struct ivrs_entries entries, unsigned index)
{
	return &ivrs->entries[entries.first + index];
}

/* What the table says of a DeviceID. */
struct ivrs_device {
	const struct ivrs_ivhd *ivhd;	/* the unit that serves it: it speaks for the unit */
	const struct ivrs_entry *entry;	/* the entry that names it most closely */
	uint16_t source;		/* the DeviceID that its requests carry */
};

/*
 * The unit that serves a device, or the requests of a special or an ACPI device; false: the table
 * names none. An alias counts more than an entry for the device alone, that more than a range, and a
 * range more than IVRS_ALL; of entries that say as much the first counts.
 */
bool ivrs_find(const struct ivrs *ivrs, uint16_t segment, uint16_t device_id, struct ivrs_device *device);

/* The entry of an I/O APIC or an HPET, NULL: there is none. */
const struct ivrs_entry *ivrs_find_special(const struct ivrs *ivrs, uint8_t variety, uint8_t handle);

/* Is the memory for this device? */
bool ivrs_ivmd_is_for(const struct ivrs_ivmd *ivmd, uint16_t segment, uint16_t device_id);

/*
 * 5.2.2.1: every I/O APIC of the MADT is in an entry. An `ivrs` that is not complete is not accused of
 * what it lacks.
 */
struct madt;
void ivrs_check_madt(const struct ivrs *ivrs, const struct madt *madt, struct acpi_findings *findings);

/* What stands at a unit's DeviceID in configuration space. */
struct ivrs_function {
	bool present;			/* a function is there */
	uint32_t header;		/* where the block has the capability: its offsets 00h, */
	uint32_t base_low, base_high;	/* 04h, 08h */
};

/* 3.2: the capability is an IOMMU's, and agrees with the block. False: it is none, or there is no function. */
bool ivrs_check_function(const struct ivrs *ivrs, const struct ivrs_ivhd *ivhd,
			 const struct ivrs_function *function, struct acpi_findings *findings) MUST_CHECK;

/* Tables 96, 100: the images in the block are what MMIO 0030h and 01A0h hold. */
void ivrs_check_images(const struct ivrs_ivhd *ivhd, uint64_t efr, uint64_t efr2,
		       struct acpi_findings *findings);

#endif
