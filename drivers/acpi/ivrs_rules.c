/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The rules of 48882 revision 3.11, section 5.2, that need more than one entry of the IVRS, or another
 * table beside it; and what is asked of a table that was read.
 */
#include "drivers/acpi/ivrs_reader.h"
#include "drivers/acpi/madt.h"

#define IVHD_CAPABILITY	6u
#define IVHD_BASE	8u
#define IVHD_FEATURES	20u
#define IVMD_FLAGS	1u
#define IVMD_DEVICE_ID	4u
#define IVMD_BASE	16u
#define IVMD_BYTES	24u

/* PCI: capabilities stand behind the header, at multiples of four. */
#define CAPABILITY_LEAST	0x40u
#define CAPABILITY_MOST		0xfcu

#define REGISTERS_ALIGN	BIT64(14)
#define PA_BITS_MOST	52u

/* How closely an entry names a device; the special ones name a requester that no bus scan finds. */
enum closeness {
	NAMES_NOT,
	NAMES_ALL,
	NAMES_REQUESTER,
	NAMES_RANGE,
	NAMES_DEVICE,
	NAMES_ALIAS_RANGE,
	NAMES_ALIAS,
};

static enum closeness closeness(const struct ivrs_entry *entry, uint16_t device_id)
{
	if (device_id < entry->first || device_id > entry->last)
		return NAMES_NOT;
	switch (entry->type) {
	case IVRS_ALIAS_SELECT:
		return NAMES_ALIAS;
	case IVRS_ALIAS_RANGE:
		return NAMES_ALIAS_RANGE;
	case IVRS_SELECT:
	case IVRS_EXTENDED_SELECT:
		return NAMES_DEVICE;
	case IVRS_RANGE:
	case IVRS_EXTENDED_RANGE:
		return NAMES_RANGE;
	case IVRS_ALL:
		return NAMES_ALL;
	default:
		return NAMES_REQUESTER;
	}
}

/* Does an entry list functions of a bus, rather than all or a requester apart? */
static bool is_listing(const struct ivrs_entry *entry)
{
	return closeness(entry, entry->first) >= NAMES_RANGE;
}

static bool overlap(const struct ivrs_entry *a, const struct ivrs_entry *b)
{
	return is_listing(a) && is_listing(b) && a->first <= b->last && b->first <= a->last;
}

/* Of one unit: an alias cannot be among all devices either. */
static bool conflict(const struct ivrs_entry *a, const struct ivrs_entry *b)
{
	return overlap(a, b) || (a->alias && b->type == IVRS_ALL) ||
	       (b->alias && a->type == IVRS_ALL);
}

/* ---- One block. ---- */

static uint64_t address_bits(const struct ivrs *ivrs)
{
	return MIN(ivrs->pa_bits ? ivrs->pa_bits : PA_BITS_MOST, PA_BITS_MOST);
}

static bool beyond(const struct ivrs *ivrs, uint64_t last)
{
	return last >> address_bits(ivrs) != 0;
}

static bool same_unit(const struct ivrs_ivhd *a, const struct ivrs_ivhd *b)
{
	return a->segment == b->segment && a->device_id == b->device_id &&
	       a->capability == b->capability;
}

/* Capability offset 04h: where the registers of a unit can be. */
static void check_base(struct ivrs_reader *reader, struct ivrs_ivhd *ivhd)
{
	struct ivrs *ivrs = reader->ivrs;
	uint64_t size = BIT64(ivhd->size_lg2), base = ivhd->base.v;
	uint32_t at = ivhd->offset + IVHD_BASE;
	bool outside = beyond(ivrs, base | (size - 1)), repeated = false;

	if (base == 0)
		acpi_reader_find(&reader->table, ACPI_IVHD_BASE_ZERO, at, 0, 0);
	if (base % size != 0)
		acpi_reader_find(&reader->table, ACPI_IVHD_BASE_ALIGNMENT, at, base,
				 ALIGN_DOWN(base, size));
	if (outside)
		acpi_reader_find(&reader->table, ACPI_IVHD_BASE_BEYOND, at, base,
				 address_bits(ivrs));
	for (const struct ivrs_ivhd *before = ivrs->ivhd; !repeated && before < ivhd; before++)
		repeated = before->base.v == base && !same_unit(before, ivhd);
	if (repeated)
		acpi_reader_find(&reader->table, ACPI_IVHD_BASE_REPEATED, at, base, 0);
	ivhd->usable = base != 0 && base % REGISTERS_ALIGN == 0 && !outside && !repeated;
}

/* Tables 94, 98 and 102. */
static void check_features(struct ivrs_reader *reader, const struct ivrs_ivhd *ivhd)
{
	uint32_t features = ivhd->features, at = ivhd->offset + IVHD_FEATURES;

	if (ivhd->has_efr) {
		if (features & IVRS_ATTRIBUTE_HAT_DIS)
			acpi_reader_find(&reader->table, ACPI_IVHD_HAT_DIS, at, features, 0);
		return;
	}
	if ((features & IVRS_FEATURE_GATS) && !(features & IVRS_FEATURE_GT_SUP))
		acpi_reader_find(&reader->table, ACPI_IVHD_FEATURES, at, features,
				 features & ~IVRS_FEATURE_GATS);
	else if ((features & IVRS_FEATURE_MSI_NUM_PPR) && !(ivhd->flags & IVRS_IVHD_PPR_SUP))
		acpi_reader_find(&reader->table, ACPI_IVHD_FEATURES, at, features,
				 features & ~IVRS_FEATURE_MSI_NUM_PPR);
}

/* The newest block of a unit speaks for it, and of two that are as new the first. */
static void check_unit(struct ivrs_reader *reader, struct ivrs_ivhd *ivhd)
{
	struct ivrs *ivrs = reader->ivrs;

	for (struct ivrs_ivhd *before = ivrs->ivhd; before < ivhd; before++) {
		if (!same_unit(before, ivhd))
			continue;
		if (before->type == ivhd->type)
			acpi_reader_find(&reader->table, ACPI_IVHD_REPEATED, ivhd->offset,
					 ivhd->type, before->offset);
		if (before->base.v != ivhd->base.v)
			acpi_reader_find(&reader->table, ACPI_IVHD_DISAGREES,
					 ivhd->offset + IVHD_BASE, ivhd->base.v, before->base.v);
		else if (before->has_efr && ivhd->has_efr && before->efr != ivhd->efr)
			acpi_reader_find(&reader->table, ACPI_IVHD_DISAGREES, ivhd->offset,
					 ivhd->efr, before->efr);
		if (before->type < ivhd->type)
			before->superseded = true;
		else
			ivhd->superseded = true;
	}
}

/* ---- Entries. ---- */

static bool is_listed(const struct ivrs *ivrs, const struct ivrs_ivhd *ivhd, uint16_t device_id)
{
	for (unsigned i = 0; i < ivhd->entries.count; i++) {
		const struct ivrs_entry *entry = ivrs_entry(ivrs, ivhd->entries, i);

		if (!entry->alias && closeness(entry, device_id) != NAMES_NOT &&
		    (entry->type == IVRS_ALL || is_listing(entry)))
			return true;
	}
	return false;
}

/* 5.2.2.1: each device is in one entry of its unit, and what aliases are for is in another. */
static void check_entries(struct ivrs_reader *reader, const struct ivrs_ivhd *ivhd)
{
	struct ivrs *ivrs = reader->ivrs;

	if (ivrs->complete && ivhd->entries.count == 0)
		acpi_reader_find(&reader->table, ACPI_IVHD_EMPTY, ivhd->offset, 0, 1);
	for (unsigned i = 0; i < ivhd->entries.count; i++) {
		const struct ivrs_entry *entry = ivrs_entry(ivrs, ivhd->entries, i);

		for (unsigned j = 0; j < i; j++) {
			const struct ivrs_entry *before = ivrs_entry(ivrs, ivhd->entries, j);

			if (conflict(before, entry)) {
				acpi_reader_find(&reader->table, ACPI_IVHD_OVERLAP, entry->offset,
						 MAX(before->first, entry->first), before->offset);
				break;
			}
		}
		if (ivrs->complete && entry->alias && !is_listed(ivrs, ivhd, entry->source))
			acpi_reader_find(&reader->table, ACPI_IVHD_ALIAS, entry->offset,
					 entry->source, 0);
	}
}

/* The first entry of another unit that names a device of this entry too. */
static const struct ivrs_entry *shared_with(const struct ivrs *ivrs, const struct ivrs_ivhd *other,
					    const struct ivrs_entry *entry)
{
	for (unsigned i = 0; i < other->entries.count; i++) {
		const struct ivrs_entry *theirs = ivrs_entry(ivrs, other->entries, i);

		if (overlap(theirs, entry))
			return theirs;
	}
	return NULL;
}

/* Two units, of one segment, of which each says that it serves the same device: told once for both. */
static void check_shared(struct ivrs_reader *reader, const struct ivrs_ivhd *other,
			 const struct ivrs_ivhd *ivhd)
{
	struct ivrs *ivrs = reader->ivrs;

	if (other->superseded || other->segment != ivhd->segment)
		return;
	for (unsigned i = 0; i < ivhd->entries.count; i++) {
		const struct ivrs_entry *entry = ivrs_entry(ivrs, ivhd->entries, i);
		const struct ivrs_entry *theirs = shared_with(ivrs, other, entry);

		if (theirs) {
			acpi_reader_find(&reader->table, ACPI_IVHD_SHARED, entry->offset,
					 MAX(theirs->first, entry->first), theirs->offset);
			return;
		}
	}
}

/* An I/O APIC or an HPET has one entry. */
static void check_special(struct ivrs_reader *reader, const struct ivrs_ivhd *ivhd)
{
	struct ivrs *ivrs = reader->ivrs;

	for (unsigned i = 0; i < ivhd->entries.count; i++) {
		const struct ivrs_entry *entry = ivrs_entry(ivrs, ivhd->entries, i), *first;

		if (entry->type != IVRS_SPECIAL)
			continue;
		first = ivrs_find_special(ivrs, entry->variety, entry->handle);
		if (first && first != entry)
			acpi_reader_find(&reader->table, ACPI_IVHD_SPECIAL_REPEATED, entry->offset,
					 entry->handle, first->offset);
	}
}

/* ---- Memory. ---- */

static void check_memory(struct ivrs_reader *reader, struct ivrs_ivmd *ivmd)
{
	uint64_t base = ivmd->base.v, last = base + ivmd->bytes - 1;
	uint32_t at = ivmd->offset;

	if (ivmd->ivhd == IVRS_NO_IVHD)
		acpi_reader_find(&reader->table, ACPI_IVMD_ORPHAN, at, 0, 0);
	if (ivmd->first > ivmd->last) {
		acpi_reader_find(&reader->table, ACPI_IVMD_ORDER, at + IVMD_DEVICE_ID, ivmd->first,
				 ivmd->last);
		ivmd->usable = false;
	}
	if (ivmd->bytes == 0) {
		acpi_reader_find(&reader->table, ACPI_IVMD_EMPTY, at + IVMD_BYTES, 0, PAGE_SIZE);
		ivmd->usable = false;
	} else if (last < base || beyond(reader->ivrs, last)) {
		acpi_reader_find(&reader->table, ACPI_IVMD_BEYOND, at + IVMD_BASE, last,
				 address_bits(reader->ivrs));
		ivmd->usable = false;
	}
	if (ivmd->unity && !ivmd->exclusion && !ivmd->readable && !ivmd->writable)
		acpi_reader_find(&reader->table, ACPI_IVMD_UNITY, at + IVMD_FLAGS, 1, 0);
}

void ivrs_check_rules(struct ivrs_reader *reader)
{
	struct ivrs *ivrs = reader->ivrs;

	if (ivrs->complete && ivrs->ivhd_count == 0)
		acpi_reader_find(&reader->table, ACPI_IVHD_NONE, 0, 0, 1);
	for (unsigned i = 0; i < ivrs->ivhd_count; i++) {
		struct ivrs_ivhd *ivhd = &ivrs->ivhd[i];

		if (ivhd->capability < CAPABILITY_LEAST || ivhd->capability > CAPABILITY_MOST ||
		    ivhd->capability % 4 != 0)
			acpi_reader_find(&reader->table, ACPI_IVHD_CAPABILITY,
					 ivhd->offset + IVHD_CAPABILITY, ivhd->capability,
					 CAPABILITY_LEAST);
		check_base(reader, ivhd);
		check_features(reader, ivhd);
		check_unit(reader, ivhd);
		check_entries(reader, ivhd);
	}
	for (unsigned i = 0; i < ivrs->ivhd_count; i++) {
		if (ivrs->ivhd[i].superseded)
			continue;
		for (unsigned j = 0; j < i; j++)
			check_shared(reader, &ivrs->ivhd[j], &ivrs->ivhd[i]);
		check_special(reader, &ivrs->ivhd[i]);
	}
	for (unsigned i = 0; i < ivrs->ivmd_count; i++)
		check_memory(reader, &ivrs->ivmd[i]);
}

/* ---- A table that was read. ---- */

bool ivrs_find(const struct ivrs *ivrs, uint16_t segment, uint16_t device_id, struct ivrs_device *device)
{
	enum closeness best = NAMES_NOT;

	for (unsigned i = 0; i < ivrs->ivhd_count; i++) {
		const struct ivrs_ivhd *ivhd = &ivrs->ivhd[i];

		for (unsigned j = 0;
		     !ivhd->superseded && ivhd->segment == segment && j < ivhd->entries.count;
		     j++) {
			const struct ivrs_entry *entry = ivrs_entry(ivrs, ivhd->entries, j);
			enum closeness found = closeness(entry, device_id);

			if (found <= best)
				continue;
			best = found;
			*device = (struct ivrs_device){
				ivhd,
				entry,
				entry->alias ? entry->source : device_id,
			};
		}
	}
	return best != NAMES_NOT;
}

const struct ivrs_entry *ivrs_find_special(const struct ivrs *ivrs, uint8_t variety, uint8_t handle)
{
	for (unsigned i = 0; i < ivrs->ivhd_count; i++) {
		const struct ivrs_ivhd *ivhd = &ivrs->ivhd[i];

		for (unsigned j = 0; !ivhd->superseded && j < ivhd->entries.count; j++) {
			const struct ivrs_entry *entry = ivrs_entry(ivrs, ivhd->entries, j);

			if (entry->type == IVRS_SPECIAL && entry->variety == variety &&
			    entry->handle == handle)
				return entry;
		}
	}
	return NULL;
}

bool ivrs_ivmd_is_for(const struct ivrs_ivmd *ivmd, uint16_t segment, uint16_t device_id)
{
	return ivmd->type == IVRS_IVMD_ALL ||
	       (ivmd->segment == segment && ivmd->first <= device_id && device_id <= ivmd->last);
}

void ivrs_check_madt(const struct ivrs *ivrs, const struct madt *madt, struct acpi_findings *findings)
{
	for (unsigned i = 0; ivrs->complete && i < madt->ioapic_count; i++) {
		if (!ivrs_find_special(ivrs, IVRS_VARIETY_IOAPIC, madt->ioapics[i].id))
			acpi_finding_add(findings, ACPI_IVHD_NO_IOAPIC, "IVRS", 0,
					 madt->ioapics[i].id, 0);
	}
}
