/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Journal chunks as UEFI variables: UEFI 2.10, 8.2 (variable services) and 8.1 (what a caller of
 * runtime services keeps to: interrupts off here, direction flag clear and stack aligned as the
 * calling convention has it).
 *
 * The variable store is a scarce thing that the machine needs to boot; some firmware does not come
 * up again when it is full. Half of what is free stays free.
 */
#include "boot/store.h"

#include "arch/arch.h"
#include "arch/start.h"
#include "boot/uefi.h"

#include <stdio.h>
#include <string.h>

#define JOURNAL_ATTRIBUTES	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
				 EFI_VARIABLE_RUNTIME_ACCESS)
#define UEFI_2_0		((2u << 16) | 0u)	/* the first revision with QueryVariableInfo() */
#define JOURNAL_NAME		"IovetJournal%04x"
#define NAME_PREFIX_CHARS	12u
#define NAME_DIGITS		4u
#define PROBE_NAME		"IovetProbe"
#define NAME_CHARS		24u
#define FOREIGN_NAME_CHARS	1024u
#define VARIABLES_MAX		8192u		/* a list longer than this goes round in a circle */
#define OVERHEAD_BYTES		STORE_CHUNK_OVERHEAD
#define SPARE_BYTES		8192u
#define CHUNK_BYTES_MAX		8192u
#define CHUNK_BYTES_UNKNOWN	1024u		/* when the firmware does not say */
#define BUDGET_UNKNOWN		(32u * 1024u)
#define BUDGET_WORTH		1024u		/* less is not worth another start ... */
#define CHUNKS_WORTH		8u		/* ... and so are fewer */

static EFI_GUID vendor = { 0x7c1f93a2, 0x5be0, 0x4d1e,
			   { 0x9a, 0x6b, 0x30, 0xd2, 0x84, 0x5f, 0xc7, 0x11 } };

static struct {
	size_t chunk_bytes;
	size_t budget;				/* bytes that may still be stored */
	bool kept_something;			/* since this start */
} store;

static uint8_t *loaded_bytes;			/* STORE_BYTES_MAX */

static void chunk_name(CHAR16 *name, unsigned index)
{
	char text[NAME_CHARS];

	snprintf(text, sizeof(text), JOURNAL_NAME, index);
	uefi_text(name, NAME_CHARS, text);
}

/* Does a variable of ours stick? Written, and deleted again. */
static bool probe(void)
{
	uint64_t word = UINT64_C(0x696f766574);
	CHAR16 name[NAME_CHARS];
	EFI_STATUS s;

	uefi_text(name, NAME_CHARS, PROBE_NAME);
	s = uefi.runtime->SetVariable(name, &vendor, JOURNAL_ATTRIBUTES, sizeof(word), &word);
	if (EFI_ERROR(s)) {
		boot_note("variables cannot be written (%lx): nothing survives a reset",
			  (unsigned long)s);
		return false;
	}
	return !EFI_ERROR(uefi.runtime->SetVariable(name, &vendor, JOURNAL_ATTRIBUTES, 0, NULL));
}

void store_open(bool proven)
{
	UINT64 total, remaining, largest;
	EFI_STATUS s = EFI_UNSUPPORTED;

	if (!proven && !probe())
		return;
	store.chunk_bytes = CHUNK_BYTES_UNKNOWN;
	store.budget = BUDGET_UNKNOWN;
	if (uefi.runtime->Hdr.Revision >= UEFI_2_0)
		s = uefi.runtime->QueryVariableInfo(JOURNAL_ATTRIBUTES, &total, &remaining,
						    &largest);
	if (EFI_ERROR(s)) {
		boot_note("the firmware does not say how much it can store; %u bytes are assumed",
			  BUDGET_UNKNOWN);
		return;
	}
	if (largest <= OVERHEAD_BYTES + CHUNK_BYTES_UNKNOWN / 4) {
		boot_note("the firmware stores no variable of more than %lu bytes",
			  (unsigned long)largest);
		store.chunk_bytes = 0;
		return;
	}
	store.chunk_bytes = MIN(largest - OVERHEAD_BYTES, CHUNK_BYTES_MAX);
	store.budget = MIN(remaining / 2, remaining - MIN(remaining, SPARE_BYTES));
}

bool store_is_full(unsigned chunks)
{
	return store.chunk_bytes &&
	       (store.budget < BUDGET_WORTH || chunks + CHUNKS_WORTH > STORE_CHUNKS_MAX);
}

size_t store_chunk_bytes(void)
{
	return store.chunk_bytes;
}

const void *store_load(size_t *bytes, unsigned *chunks)
{
	CHAR16 name[NAME_CHARS];

	*bytes = 0;
	*chunks = 0;
	if (!loaded_bytes)
		loaded_bytes = uefi_pages(STORE_BYTES_MAX / PAGE_SIZE, 0);
	if (!loaded_bytes)
		return NULL;
	for (; *chunks < STORE_CHUNKS_MAX; (*chunks)++) {
		UINTN size = STORE_BYTES_MAX - *bytes;
		EFI_STATUS s;

		chunk_name(name, *chunks);
		s = uefi.runtime->GetVariable(name, &vendor, NULL, &size, loaded_bytes + *bytes);
		if (s == EFI_NOT_FOUND)
			break;
		if (EFI_ERROR(s)) {
			boot_note("chunk %u of the earlier journal cannot be read (%lx)", *chunks,
				  (unsigned long)s);
			break;
		}
		*bytes += size;
	}
	return *chunks ? loaded_bytes : NULL;
}

/* The number of a chunk from its variable's name; STORE_CHUNKS_MAX for another name. */
static unsigned chunk_index(const CHAR16 *name)
{
	CHAR16 expected[NAME_CHARS];
	unsigned index = 0;
	size_t i;

	chunk_name(expected, 0);
	for (i = 0; i < NAME_PREFIX_CHARS; i++)
		if (name[i] != expected[i])
			return STORE_CHUNKS_MAX;
	for (; i < NAME_PREFIX_CHARS + NAME_DIGITS; i++) {
		if (name[i] >= '0' && name[i] <= '9')
			index = index * 16 + (unsigned)(name[i] - '0');
		else if (name[i] >= 'a' && name[i] <= 'f')
			index = index * 16 + (unsigned)(name[i] - 'a') + 10;
		else
			return STORE_CHUNKS_MAX;
	}
	return name[i] ? STORE_CHUNKS_MAX : MIN(index, STORE_CHUNKS_MAX);
}

/* Which chunks exist, by walking all variables: a hole must not hide what lies beyond it. */
static void find_chunks(bool *exists)
{
	static CHAR16 name[FOREIGN_NAME_CHARS];
	EFI_GUID owner;

	name[0] = 0;
	for (unsigned i = 0; i < VARIABLES_MAX; i++) {
		UINTN bytes = sizeof(name);
		EFI_STATUS s = uefi.runtime->GetNextVariableName(&bytes, name, &owner);

		if (s == EFI_NOT_FOUND)
			return;
		if (EFI_ERROR(s)) {
			boot_note("the variables cannot be listed (%lx)", (unsigned long)s);
			return;
		}
		if (!memcmp(&owner, &vendor, sizeof(owner)) && chunk_index(name) < STORE_CHUNKS_MAX)
			exists[chunk_index(name)] = true;
	}
}

/*
 * From the first to the last: should the power fail in between, the next start finds no journal at all and
 * deletes the rest. A journal cut short would look like a run that died, and blame a case for it.
 */
void store_clear(void)
{
	static bool exists[STORE_CHUNKS_MAX];
	CHAR16 name[NAME_CHARS];

	memset(exists, 0, sizeof(exists));
	find_chunks(exists);
	for (unsigned i = 0; i < STORE_CHUNKS_MAX; i++) {
		EFI_STATUS s;

		if (!exists[i])
			continue;
		chunk_name(name, i);
		s = uefi.runtime->SetVariable(name, &vendor, JOURNAL_ATTRIBUTES, 0, NULL);
		if (EFI_ERROR(s))
			boot_note("chunk %u of the earlier journal cannot be deleted (%lx)", i,
				  (unsigned long)s);
	}
}

struct set_call {
	CHAR16 name[NAME_CHARS];
	const void *bytes;
	size_t count;
	EFI_STATUS answer;
};

static void set_variable(void *argument)
{
	struct set_call *call = argument;

	call->answer = uefi.runtime->SetVariable(call->name, &vendor, JOURNAL_ATTRIBUTES,
						 call->count, (void *)(uintptr_t)call->bytes);
}

static void measure(void *argument)
{
	uint64_t *remaining = argument;
	UINT64 total, largest;

	if (EFI_ERROR(uefi.runtime->QueryVariableInfo(JOURNAL_ATTRIBUTES, &total, remaining,
						      &largest)))
		*remaining = UINT64_MAX;
}

/*
 * EDK II counts the room of deleted variables as free before the exit, when it could gather it, and as
 * taken after it, when it no longer can.
 */
size_t store_bytes(void)
{
	uint64_t remaining = UINT64_MAX;
	struct arch_trap trap;
	uint64_t interrupts;

	if (!store.chunk_bytes)
		return 0;
	if (uefi.runtime->Hdr.Revision >= UEFI_2_0) {
		interrupts = arch_interrupts_off();
		if (!arch_guarded(measure, &remaining, &trap))
			store.chunk_bytes = 0;
		arch_interrupts_restore(interrupts);
	}
	if (remaining != UINT64_MAX)
		remaining -= MIN(remaining, SPARE_BYTES);
	store.budget = MIN(store.budget, remaining);
	return store.chunk_bytes ? store.budget : 0;
}

bool store_kept_something(void)
{
	return store.kept_something;
}

enum status store_chunk(unsigned index, const void *bytes, size_t count)
{
	struct set_call call = { .bytes = bytes, .count = count };
	struct arch_trap trap;
	uint64_t interrupts;
	bool returned;

	if (!store.chunk_bytes)
		return STATUS_UNSUPPORTED;
	if (!count || count > store.chunk_bytes)
		return STATUS_BAD_RANGE;
	if (index >= STORE_CHUNKS_MAX || count + OVERHEAD_BYTES > store.budget)
		return STATUS_EXHAUSTED;
	chunk_name(call.name, index);
	interrupts = arch_interrupts_off();
	returned = arch_guarded(set_variable, &call, &trap);
	arch_interrupts_restore(interrupts);
	if (!returned) {
		store.chunk_bytes = 0;		/* a firmware that crashes is not asked twice */
		return STATUS_DEVICE_ERROR;
	}
	if (!EFI_ERROR(call.answer)) {
		store.budget -= count + OVERHEAD_BYTES;
		store.kept_something = true;
	}
	return uefi_status(call.answer);
}
