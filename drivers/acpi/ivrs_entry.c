/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Device entries of an IVHD block, 48882 revision 3.11, 5.2.2.1, tables 103 to 110. */
#include <string.h>

#include "drivers/acpi/ivrs_reader.h"

#define ENTRY_TYPE		0u
#define ENTRY_DEVICE_ID		1u
#define ENTRY_SETTINGS		3u
#define ENTRY_BYTES		4u
/* The uppermost bits of the type tell the length. */
#define ENTRY_TYPE_LONG		BIT(6)
#define ENTRY_TYPE_VARIABLE	BIT(7)
#define ENTRY_LONG_BYTES	8u

#define ALIAS_ZERO		4u
#define ALIAS_SOURCE		5u
#define ALIAS_ZERO_TOO		7u
#define EXTENDED_SETTINGS	4u
#define EXTENDED_ZERO		GENMASK(30, 3)
#define SPECIAL_ZERO		1u
#define SPECIAL_HANDLE		4u
#define SPECIAL_SOURCE		5u
#define SPECIAL_VARIETY		7u

#define HID_HID			4u
#define HID_CID			12u
#define HID_UID_FORMAT		20u
#define   HID_UID_FORMAT_NONE		0u
#define   HID_UID_FORMAT_INTEGER	1u
#define   HID_UID_FORMAT_STRING		2u
#define HID_UID_LENGTH		21u
#define HID_UID			22u

/* The block that is being read. */
struct walk {
	struct ivrs_reader *reader;
	struct ivrs_ivhd *ivhd;
	uint32_t at, end;
	bool variable_seen;
};

static const uint8_t *bytes_of(const struct walk *walk)
{
	return walk->reader->table.bytes + walk->at;
}

static void find(struct walk *walk, enum acpi_finding_kind kind, uint32_t offset, uint64_t got,
		 uint64_t expected)
{
	acpi_reader_find(&walk->reader->table, kind, walk->at + offset, got, expected);
}

/*
 * The length of the entry at walk->at; 0, with a finding, when the block cannot be read on from it:
 * nobody knows the length of other types from 80h up.
 */
static uint32_t entry_length(struct walk *walk)
{
	const uint8_t *entry = bytes_of(walk);
	uint32_t room = walk->end - walk->at;
	uint8_t type = entry[ENTRY_TYPE];
	uint32_t bytes = type & ENTRY_TYPE_LONG ? ENTRY_LONG_BYTES : ENTRY_BYTES;

	if (type == IVRS_ACPI_HID) {
		bytes = HID_UID;
		if (room >= bytes)
			bytes += entry[HID_UID_LENGTH];
	} else if (type & ENTRY_TYPE_VARIABLE) {
		find(walk, ACPI_IVHD_ENTRY_VARIABLE, 0, type, IVRS_ACPI_HID);
		return 0;
	}
	if (bytes > room) {
		find(walk, ACPI_IVHD_ENTRY_OVERRUNS, 0, bytes, room);
		return 0;
	}
	return bytes;
}

/* Keep an entry; NULL, with a finding, if there is no room. */
static struct ivrs_entry *add(struct walk *walk)
{
	struct ivrs *ivrs = walk->reader->ivrs;
	const uint8_t *entry = bytes_of(walk);
	uint16_t device_id = acpi_get16(entry + ENTRY_DEVICE_ID);

	if (ivrs->entry_count == IVRS_ENTRIES_MAX) {
		find(walk, ACPI_IVHD_ENTRY_LIMIT, 0, 0, IVRS_ENTRIES_MAX);
		return NULL;
	}
	walk->ivhd->entries.count++;
	ivrs->entries[ivrs->entry_count] = (struct ivrs_entry){
		.offset = walk->at,
		.type = entry[ENTRY_TYPE],
		.settings = entry[ENTRY_SETTINGS],
		.first = device_id,
		.last = device_id,
	};
	return &ivrs->entries[ivrs->entry_count++];
}

static void read_all(struct walk *walk)
{
	struct ivrs_entry *entry = add(walk);

	if (entry) {
		entry->first = 0;
		entry->last = UINT16_MAX;
	}
}

static void read_select(struct walk *walk)
{
	(void)add(walk);
}

static void read_alias(struct walk *walk)
{
	struct ivrs_entry *entry = add(walk);

	ivrs_check_zero(walk->reader, walk->at + ALIAS_ZERO, 1);
	ivrs_check_zero(walk->reader, walk->at + ALIAS_ZERO_TOO, 1);
	if (entry) {
		entry->alias = true;
		entry->source = acpi_get16(bytes_of(walk) + ALIAS_SOURCE);
	}
}

static void read_extended(struct walk *walk)
{
	struct ivrs_entry *entry = add(walk);
	uint32_t extended = acpi_get32(bytes_of(walk) + EXTENDED_SETTINGS);

	if (extended & EXTENDED_ZERO)
		find(walk, ACPI_IVRS_RESERVED, EXTENDED_SETTINGS, extended,
		     extended & ~EXTENDED_ZERO);
	if (entry)
		entry->extended = extended;
}

static void read_special(struct walk *walk)
{
	struct ivrs_entry *entry = add(walk);
	const uint8_t *bytes = bytes_of(walk);

	ivrs_check_zero(walk->reader, walk->at + SPECIAL_ZERO, 2);
	if (bytes[SPECIAL_VARIETY] != IVRS_VARIETY_IOAPIC &&
	    bytes[SPECIAL_VARIETY] != IVRS_VARIETY_HPET)
		find(walk, ACPI_IVHD_VARIETY, SPECIAL_VARIETY, bytes[SPECIAL_VARIETY], 0);
	if (entry) {
		entry->source = acpi_get16(bytes + SPECIAL_SOURCE);
		entry->first = entry->last = entry->source;
		entry->handle = bytes[SPECIAL_HANDLE];
		entry->variety = bytes[SPECIAL_VARIETY];
	}
}

/*
 * A hardware or compatible id: a number in the lower half, or 7 or 8 characters. False: neither; an
 * absent one is a number, 0.
 */
static bool read_id(const uint8_t *bytes, char *text, uint64_t *number)
{
	unsigned count = 0;

	if (acpi_get32(bytes + 4) == 0) {
		*number = acpi_get32(bytes);
		return true;
	}
	while (count < 8 && bytes[count] > 0x20 && bytes[count] < 0x7f)
		count++;
	acpi_get_text(text, bytes, count);
	return count == 8 || (count == 7 && bytes[7] == 0);
}

static void read_uid(struct walk *walk, struct ivrs_name *name)
{
	const uint8_t *bytes = bytes_of(walk);
	uint8_t format = bytes[HID_UID_FORMAT], length = bytes[HID_UID_LENGTH];
	bool fits = format == HID_UID_FORMAT_INTEGER ? length >= 1 && length <= 8
		    : format == HID_UID_FORMAT_STRING
			    ? length >= 1
			    : format == HID_UID_FORMAT_NONE && length == 0;

	if (!fits)
		find(walk, ACPI_IVHD_UID, HID_UID_FORMAT, (uint64_t)format << 8 | length, 0);
	if (walk->reader->ivrs->dma_remap && format != HID_UID_FORMAT_STRING)
		find(walk, ACPI_IVHD_UID_REMAP, HID_UID_FORMAT, format, HID_UID_FORMAT_STRING);
	if (!fits || format == HID_UID_FORMAT_NONE)
		return;
	name->has_uid = true;
	if (format == HID_UID_FORMAT_INTEGER) {
		for (unsigned i = 0; i < length; i++)
			name->uid_number |= (uint64_t)bytes[HID_UID + i] << 8 * i;
		return;
	}
	if (length > IVRS_UID_MAX)
		find(walk, ACPI_IVHD_UID_LIMIT, HID_UID, length, IVRS_UID_MAX);
	acpi_get_text(name->uid, bytes + HID_UID, MIN((uint32_t)length, IVRS_UID_MAX));
}

/* Table 110. A hardware id is required, a compatible one may be absent. */
static void read_acpi_hid(struct walk *walk)
{
	struct ivrs *ivrs = walk->reader->ivrs;
	struct ivrs_name *name = &ivrs->names[ivrs->name_count];
	const uint8_t *bytes = bytes_of(walk);
	struct ivrs_entry *entry;

	if (walk->ivhd->type != IVRS_IVHD_40H)
		find(walk, ACPI_IVHD_ENTRY_MISPLACED, 0, walk->ivhd->type, IVRS_IVHD_40H);
	if (ivrs->name_count == IVRS_NAMES_MAX) {
		find(walk, ACPI_IVHD_ENTRY_LIMIT, 0, 0, IVRS_NAMES_MAX);
		return;
	}
	entry = add(walk);
	if (!entry)
		return;
	entry->source = entry->first;
	entry->name = (uint8_t)ivrs->name_count++;
	if (!read_id(bytes + HID_HID, name->hid, &name->hid_number) ||
	    (!name->hid[0] && !name->hid_number))
		find(walk, ACPI_IVHD_HID, HID_HID, acpi_get64(bytes + HID_HID), 0);
	if (!read_id(bytes + HID_CID, name->cid, &name->cid_number))
		find(walk, ACPI_IVHD_HID, HID_CID, acpi_get64(bytes + HID_CID), 0);
	read_uid(walk, name);
}

static const struct {
	uint8_t type;
	bool range;				/* an IVRS_RANGE_END follows */
	void (*read)(struct walk *walk);
} kinds[] = {
	{ IVRS_ALL, false, read_all },
	{ IVRS_SELECT, false, read_select },
	{ IVRS_RANGE, true, read_select },
	{ IVRS_ALIAS_SELECT, false, read_alias },
	{ IVRS_ALIAS_RANGE, true, read_alias },
	{ IVRS_EXTENDED_SELECT, false, read_extended },
	{ IVRS_EXTENDED_RANGE, true, read_extended },
	{ IVRS_SPECIAL, false, read_special },
	{ IVRS_ACPI_HID, false, read_acpi_hid },
};

/*
 * A range, whose end is the entry that follows it. True if there is one: the walk then stands at it,
 * and the range was kept or refused.
 */
static bool read_range(struct walk *walk, uint32_t bytes, void (*read)(struct walk *walk))
{
	struct ivrs *ivrs = walk->reader->ivrs;
	unsigned before = ivrs->entry_count;
	uint16_t first = acpi_get16(bytes_of(walk) + ENTRY_DEVICE_ID), last;
	const uint8_t *end = bytes_of(walk) + bytes;

	if (walk->end - walk->at - bytes < ENTRY_BYTES || end[ENTRY_TYPE] != IVRS_RANGE_END) {
		find(walk, ACPI_IVHD_RANGE_OPEN, 0, first, 0);
		return false;
	}
	last = acpi_get16(end + ENTRY_DEVICE_ID);
	if (last >= first) {
		read(walk);
		if (ivrs->entry_count > before)
			ivrs->entries[before].last = last;
	} else {
		find(walk, ACPI_IVHD_RANGE_ORDER, bytes + ENTRY_DEVICE_ID, last, first);
	}
	walk->at += bytes;
	ivrs_check_zero(walk->reader, walk->at + ENTRY_SETTINGS, 1);
	return true;
}

/* The entry at walk->at, and the end of its range; how many bytes to go on. */
static uint32_t read_entry(struct walk *walk, uint32_t bytes)
{
	uint8_t type = bytes_of(walk)[ENTRY_TYPE];

	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		if (kinds[i].type != type)
			continue;
		if (kinds[i].range)
			return read_range(walk, bytes, kinds[i].read) ? ENTRY_BYTES : bytes;
		kinds[i].read(walk);
		return bytes;
	}
	/* Padding, of either length: ACPI's own compiler has it, table 105 says reserved and zero. */
	if (type == 0 || type == ENTRY_TYPE_LONG)
		ivrs_check_zero(walk->reader, walk->at + 1, bytes - 1);
	else if (type == IVRS_RANGE_END)
		find(walk, ACPI_IVHD_RANGE_STRAY, 0, acpi_get16(bytes_of(walk) + ENTRY_DEVICE_ID),
		     0);
	else
		find(walk, ACPI_IVHD_ENTRY_UNKNOWN, 0, type, 0);
	return bytes;
}

void ivrs_read_entries(struct ivrs_reader *reader, struct ivrs_ivhd *ivhd, uint32_t at, uint32_t end)
{
	struct walk walk = { .reader = reader, .ivhd = ivhd, .at = at, .end = end };
	uint32_t bytes;

	ivhd->entries.first = (uint16_t)reader->ivrs->entry_count;
	while (walk.at < end) {
		bool variable = bytes_of(&walk)[ENTRY_TYPE] & ENTRY_TYPE_VARIABLE;

		bytes = entry_length(&walk);
		if (bytes == 0)
			return;
		if (walk.variable_seen && !variable)
			find(&walk, ACPI_IVHD_ENTRY_ORDER, 0, bytes_of(&walk)[ENTRY_TYPE],
			     IVRS_ACPI_HID);
		walk.variable_seen |= variable;
		walk.at += read_entry(&walk, bytes);
	}
}
