/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * From the firmware's entry to the run and back: reports of an earlier run first, then everything the
 * run needs is collected, the firmware is left, the run runs, and the machine is reset, so that the
 * next start finds the journal.
 */
#include "arch/start.h"
#include "boot/platform.h"
#include "boot/serial_line.h"
#include "boot/store.h"
#include "boot/uefi.h"
#include "boot/volume.h"
#include "drivers/console/console.h"
#include "tests/harness/run.h"
#include "tests/report/sink.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX		512u
#define STARTS_IN_VAIN		2u

extern char ImageBase[] __attribute__((visibility("hidden")));

static struct handover handover;
static struct arch_clock_hint clock_hint;
static bool starts_are_counted;

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

static void PRINTF(1, 2) say(const char *format, ...)
{
	char line[LINE_MAX];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (n > 0)
		console_write(line, MIN((size_t)n, sizeof(line) - 1));
}

/* ---- The end of every way. ------------------------------------------------------------------- */

static void ask_firmware_to_reset(void *how)
{
	uefi.runtime->ResetSystem(*(EFI_RESET_TYPE *)how, EFI_SUCCESS, 0, NULL);
}

__attribute__((noreturn)) static void reset(EFI_RESET_TYPE how)
{
	struct arch_trap trap;

	console_flush();
	(void)arch_interrupts_off();
	(void)!arch_guarded(ask_firmware_to_reset, &how, &trap);
	if (how != EfiResetShutdown)
		arch_reset();
	say("iovet: the firmware does not switch the machine off; it may be switched off by hand.\n");
	for (;;)
		arch_pause();
}

/*
 * The next start writes the reports or goes on with the run. Every such reset has used up a part of
 * the store, so that there is an end to them; a start that stored nothing would only be repeated, unless there is
 * a journal of earlier ones: trust_store() has counted it, and in the end its reports are made.
 */
__attribute__((noreturn)) static void start_again(void)
{
	if (store_kept_something() || (handover.journal && starts_are_counted))
		reset(EfiResetCold);
	say("iovet event=boot phase=end reason=\"nothing could be stored: no reports but these lines\"\n");
	reset(EfiResetShutdown);
}

__attribute__((noreturn)) static void stay(void)
{
	say("iovet: done; the machine may be switched off.\n");
	for (;;)
		uefi.services->Stall(1000000);
}

/* Too little is there to run at all: say why, and leave the machine to its user. */
__attribute__((noreturn)) static void give_up(const char *why, enum status s)
{
	say("iovet event=broken reason=\"%s: %s\"\n", why, status_text(s));
	reset(EfiResetShutdown);
}

static void print_trap(const struct arch_trap *t)
{
	say("iovet event=trap name=\"%s\" pc=0x%lx sp=0x%lx error=0x%lx address=0x%lx\n", t->name,
	    (unsigned long)t->pc, (unsigned long)t->sp, (unsigned long)t->error_code,
	    (unsigned long)t->address);
	for (unsigned i = 0; i < t->register_count; i++)
		say("%8s %016lx%s", t->registers[i].name, (unsigned long)t->registers[i].value,
		    i % 4 == 3 ? "\n" : "");
	for (unsigned i = 0; i < t->stack_count; i++)
		say("%s%016lx%s", i % 4 ? " " : "   stack ", (unsigned long)t->stack[i],
		    i % 4 == 3 ? "\n" : "");
	say("\niovet: the image lies at 0x%lx\n", (unsigned long)(uintptr_t)ImageBase);
}

static void last_words(const struct arch_trap *trap)
{
	print_trap(trap);
	start_again();
}

/* ---- After the firmware. ----------------------------------------------------------------------- */

static void run(void *argument)
{
	(void)argument;
	(void)!iovet_run(&handover);
}

static void salvage(void *argument)
{
	(void)argument;
	iovet_salvage();
}

static void on_bare_metal(void)
{
	struct arch_trap trap, again;

	handover.store_bytes = store_bytes();
	handover.store_chunk_bytes = store_chunk_bytes();
	handover.store_chunk_overhead = STORE_CHUNK_OVERHEAD;
	handover.notes = boot_notes(&handover.note_count);
	say("iovet event=boot phase=bare clock=\"%s\" regions=%u store_bytes=%lu\n",
	    arch_clock_source(), handover.region_count, (unsigned long)handover.store_bytes);
	if (!arch_guarded(run, NULL, &trap)) {
		if (trap.name)
			print_trap(&trap);
		if (!arch_guarded(salvage, NULL, &again))
			say("iovet: what the journal had not stored yet is lost\n");
	}
	start_again();
}

/*
 * A store that forgets, or takes no more, would make the run repeat itself for ever. That two starts in a row left
 * nothing is believed; one may have been interrupted by its user.
 */
static void trust_store(void)
{
	unsigned starts = volume_starts(handover.journal_chunks);

	if (!handover.journal && starts >= STARTS_IN_VAIN) {
		say("iovet event=boot phase=end reason=\"the firmware's variables do not survive a reset: "
		    "no reports but the lines of the run\"\n");
		(void)!volume_set_starts(0, 0);
		reset(EfiResetShutdown);
	}
	if (!store_chunk_bytes())
		return;
	starts_are_counted = volume_set_starts(starts + 1, handover.journal_chunks) == STATUS_OK;
	if (!starts_are_counted)
		boot_note("the volume cannot be written: reports will not be either");
}

static void leave_firmware(void)
{
	struct memory_map map;
	enum status s;

	platform_quiet();
	s = platform_exit(&map);
	if (s != STATUS_OK)
		give_up("the firmware does not let go of the machine", s);
	(void)arch_interrupts_off();
	platform_regions(&handover, &map);
	s = platform_map_memory(&handover, &map);
	if (s != STATUS_OK)
		give_up("the memory cannot be mapped", s);
	arch_on_last_trap(last_words);
	arch_take_over(&clock_hint, on_bare_metal);
}

/* ---- Before. ------------------------------------------------------------------------------------- */

static void finish_earlier_run(struct report_sink *sink)
{
	enum boot_next next;

	handover.journal = store_load(&handover.journal_bytes, &handover.journal_chunks);
	if (!handover.journal)
		return;
	say("iovet event=boot phase=reports journal_bytes=%lu\n",
	    (unsigned long)handover.journal_bytes);
	store_open(true);
	sink->is_last = store_is_full(handover.journal_chunks) ||
			volume_starts(handover.journal_chunks) >= STARTS_IN_VAIN;
	next = report_boot(handover.journal, handover.journal_bytes, sink);
	if (next == BOOT_NEXT_RUN)
		return;
	if (next == BOOT_NEXT_KEEP) {
		say("iovet event=boot phase=end reason=\"not every report could be written, %lu bytes are "
		    "free on the volume: the journal is kept, and the next start tries again\"\n",
		    (unsigned long)volume_free_bytes());
		reset(EfiResetShutdown);
	}
	(void)!volume_set_starts(0, 0);
	handover.journal = NULL;
	handover.journal_bytes = 0;
	handover.journal_chunks = 0;
	if (next == BOOT_NEXT_FRESH)
		return;
	store_clear();
	say("iovet event=boot phase=end next=%s\n", next == BOOT_NEXT_STAY     ? "stay"
						    : next == BOOT_NEXT_REBOOT ? "reboot"
									       : "poweroff");
	if (next == BOOT_NEXT_STAY)
		stay();
	reset(next == BOOT_NEXT_REBOOT ? EfiResetCold : EfiResetShutdown);
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
	struct report_sink sink = { .write_file = volume_write_report,
				    .console_write = console_write };
	enum status s;

	uefi = (struct uefi){ image, system, system->BootServices, system->RuntimeServices };
	uefi.services->SetWatchdogTimer(0, 0, 0, NULL);
	volume_open();
	handover.configuration = volume_configuration(&handover.configuration_bytes);
	handover.command_line = volume_command_line();
	handover.console_write = console_write;
	platform_gather(&handover, &clock_hint);
	console_screen(&handover.framebuffer);
	s = platform_take_memory(&handover);
	if (s == STATUS_OK)
		s = platform_first_regions(&handover);
	if (s != STATUS_OK)
		give_up("the machine has too little memory", s);
	platform_take_high(&handover);
	find_serial_line(&handover);
	say("iovet event=boot phase=firmware vendor=\"%s\" revision=0x%x\n",
	    handover.firmware_vendor, handover.firmware_revision);
	sink.memory = handover.arena;
	sink.memory_bytes = handover.arena_pages * PAGE_SIZE;
	sink.configuration = handover.configuration;
	sink.configuration_bytes = handover.configuration_bytes;
	sink.command_line = handover.command_line;
	finish_earlier_run(&sink);
	if (!handover.journal) {
		store_clear();
		store_open(false);
	}
	trust_store();
	handover.store_chunk = store_chunk;
	leave_firmware();
	return EFI_ABORTED;
}
