# SPDX-License-Identifier: BSD-2-Clause-Patent
#
# iovet: `make run` boots the suite in QEMU, `make test` runs every check there is, `make help` lists the
# rest. What is more than a line or two stands in tools/; everything that is made stands in build/, what
# a run leaves behind in out/.

# ---- What a caller may set -------------------------------------------------------------------------
# On make's command line alone: shells export ARCH for the build of a kernel, with names of its own.
ifeq ($(origin ARCH),environment)
$(if $(filter-out x86_64,$(ARCH)),$(info ARCH=$(ARCH) of the environment is not heeded; make ARCH=... is))
endif
ARCH     := x86_64
RIG      ?= vtd-first# the machine to boot: tools/rigs/RIG.toml
TESTS    ?=# only the cases that match, 'dirty.*'
SEED     ?=# order and addresses of the run; the report says which seed it had
DEFECT   ?=# on a rig of virtual silicon: the defect that it has
SILICON  ?=# ... and another configuration of it
SABOTAGE ?=# the promise that the program breaks, to see that the suite notices
QEMU     ?=# another qemu-system-x86_64 than the one that set-up finds
CC       := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
OPT      ?= -O2
WERROR   ?= $(CI)# not empty: warnings are errors
V        ?=# 1: show the commands
FUZZ_SECONDS ?= 300

ARCHES := $(filter $(basename $(notdir $(wildcard linker/*.lds))),$(notdir $(wildcard arch/*)))
ifneq ($(filter-out 1,$(words $(ARCH)))$(filter-out $(ARCHES),$(ARCH)),)
$(error ARCH=$(ARCH): there is no such machine; there are: $(ARCHES))
endif

MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.DELETE_ON_ERROR:
.SECONDARY:
Q   := $(if $(filter 1,$(V)),,@)
say  = $(if $(filter 1,$(V)),@:,@printf '  %-7s %s\n' $1 '$(subst $(BUILD)/,,$@)')
jobs = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# ---- The image: all .c and .S files of these folders -----------------------------------------------
BUILD   := build/$(ARCH)
FOLDERS := base arch/$(ARCH) boot drivers/* iommu iommu/* tests tests/rules tests/harness tests/report tests/raw
SOURCES := $(wildcard $(FOLDERS:=/*.c) $(FOLDERS:=/*.S))
OBJECTS  = $(SOURCES:%=$(BUILD)/%.o)
NEWLIB  := build/newlib-$(ARCH)

WARNINGS := -Wall -Wextra -Wshadow -Wundef -Wvla -Wstrict-prototypes -Wmissing-prototypes \
	-Wconversion -Wno-sign-conversion $(if $(WERROR),-Werror)
COMMON   := -std=gnu11 -I. -g -ffile-prefix-map=$(CURDIR)=. $(WARNINGS) -MMD -MP
# The compiler's own headers and newlib's, nothing of the build machine's C library.
INCLUDES  = -nostdinc -isystem $(shell $(CC) -print-file-name=include) -isystem $(NEWLIB)/include
CFLAGS    = $(COMMON) $(OPT) $(INCLUDES) -ffreestanding -fpie -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-common -Wframe-larger-than=4096 $(CFLAGS_$(ARCH))
CFLAGS_x86_64 := -m64 -mno-red-zone
# Only boot/ knows UEFI, whose characters have two bytes (in GNU-EFI 3.0.18 CHAR16 is a wchar_t).
$(BUILD)/boot/%: CFLAGS += -fshort-wchar -isystem /usr/include/efi -isystem /usr/include/efi/$(ARCH)

EFI_LIB  := $(firstword $(wildcard /usr/lib/$(ARCH)-linux-gnu/libgnuefi.a /usr/lib/libgnuefi.a))
EFI_CRT0  = $(dir $(EFI_LIB))crt0-efi-$(ARCH).o
# The entry code of GNU-EFI before 3.0.16 calls efi_main, that of later ones _entry.
LINK      = --defsym=_entry=efi_main -nostdlib -pie --no-dynamic-linker -z noexecstack --no-undefined --build-id=none \
	--fatal-warnings -T linker/$(ARCH).lds
# Every section that the linker script makes; what is not named here is not in the image.
SECTIONS := .text .rodata .data .dynamic .dynsym .rel .rela .reloc

all: efi

$(BUILD)/%.c.o: %.c Makefile $(NEWLIB)/lib/libc.a
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(BUILD)/%.S.o: %.S Makefile
	$(call say,AS)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(NEWLIB)/lib/libc.a:
	$(Q)tools/build-newlib $(ARCH) $(CFLAGS_$(ARCH)) -fpie -ffreestanding

$(BUILD)/iovet.elf: $(OBJECTS) linker/$(ARCH).lds
	$(call say,LD)
	$(Q)ld $(LINK) $(EFI_CRT0) $(OBJECTS) $(EFI_LIB) $(NEWLIB)/lib/libc.a \
		$(shell $(CC) -print-libgcc-file-name) -o $@

$(BUILD)/iovet.efi: $(BUILD)/iovet.elf tools/pe.py
	$(call say,EFI)
	$(Q)objcopy $(SECTIONS:%=-j %) --target=efi-app-$(ARCH) --subsystem=10 $< $@
	$(Q)tools/pe.py finish $@
	$(Q)tools/pe.py check $@

# A disk that can be written to a USB stick: GPT, one EFI system partition, the image, a configuration.
$(BUILD)/iovet.img: $(BUILD)/iovet.efi tools/iovet.conf tools/make-disk
	$(call say,DISK)
	$(Q)tools/make-disk $@ $< BOOTX64.EFI tools/iovet.conf

# The one file that knows which version this is; it changes only when the answer does.
VERSION_H := build/version.h
$(VERSION_H): FORCE
	$(Q)tools/make-version $@
$(BUILD)/base/version.c.o: $(VERSION_H)
-include $(OBJECTS:.o=.d)

objects: $(OBJECTS)
efi: $(BUILD)/iovet.efi
image: $(BUILD)/iovet.img
	@echo 'The disk image is $<; on a stick (this destroys what is on it):'
	@echo '  dd if=$< of=/dev/YOUR_STICK bs=1M conv=fsync'

# ---- The same code for the build machine, under the sanitizers: host tests and fuzz targets ----------
HOST         := build/host
HOST_CC      ?= clang
HOST_FOLDERS := base arch/host drivers/* iommu iommu/* tests/rules tests/harness tests/report
HOST_SOURCES := $(wildcard $(HOST_FOLDERS:=/*.c))
HOST_CFLAGS   = $(COMMON) -O1 -fno-omit-frame-pointer \
	-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
HOST_TESTS   := $(patsubst %.c,$(HOST)/%,$(wildcard tests/host/*_test.c tests/model/*_test.c))
HOST_FUZZERS := $(patsubst %.c,$(HOST)/%,$(wildcard tests/host/fuzz/*_fuzz.c tests/model/*_fuzz.c))

$(HOST)/%.c.o: %.c Makefile
	$(call say,HOSTCC)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -c $< -o $@

$(HOST)/base/version.c.o: $(VERSION_H)

$(HOST)/libiovet.a: $(HOST_SOURCES:%=$(HOST)/%.o)
	$(call say,AR)
	$(Q)rm -f $@ && ar rcs $@ $^

$(HOST)/tests/host/%_test: $(HOST)/tests/host/%_test.c.o $(HOST)/libiovet.a
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $^ -o $@

$(HOST)/tests/host/fuzz/%_fuzz: $(HOST)/tests/host/fuzz/%_fuzz.c.o $(HOST)/libiovet.a
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -fsanitize=fuzzer $^ -o $@

# The records of the suite without its bodies: what reports need, and what is asked of every claim.
RECORDS        := $(wildcard tests/*.c tests/raw/*.c)
RECORD_OBJECTS := $(RECORDS:%=$(HOST)/records/%.o)
LINK_RECORDS   := -Wl,--gc-sections -Wl,-T,linker/records.lds
$(HOST)/records/%.c.o: %.c Makefile
	$(call say,HOSTCC)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) $(COMMON) -Wno-unused-function -DTEST_RECORDS_ONLY -O2 -ffunction-sections -c $< -o $@

$(HOST)/tests/host/claims_test: $(HOST)/tests/host/claims_test.c.o $(RECORD_OBJECTS) $(HOST)/libiovet.a \
		linker/records.lds
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(LINK_RECORDS) $(filter-out %.lds,$^) -o $@

# Makes the reports of a journal again; no part of the image, and without the sanitizers.
REPORT_SOURCES := tools/iovet-report.c $(filter-out %_boot.c,$(wildcard tests/report/*.c tests/rules/*.c)) \
	$(addprefix tests/harness/,build.c journal_pack.c journal_read.c verdict.c) base/version.c
report-tool: build/iovet-report
build/iovet-report: $(REPORT_SOURCES) $(RECORD_OBJECTS) linker/records.lds $(VERSION_H)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(filter-out -MMD -MP,$(COMMON)) -O2 $(REPORT_SOURCES) $(RECORD_OBJECTS) $(LINK_RECORDS) -o $@

# The whole suite in one process, against virtual silicon (tests/inproc/). The model was written apart from what
# it judges: their names may be the same, so only those of the machine and the exerciser leave it.
MODEL_OBJECTS  := $(patsubst %,$(HOST)/%.o,$(wildcard model/*.c))
INPROC_OBJECTS := $(patsubst %,$(HOST)/%.o,$(wildcard tests/inproc/*.c tests/*.c tests/raw/*.c))
$(INPROC_OBJECTS): HOST_CFLAGS += -fsanitize-ignorelist=tests/inproc/records.ignore
$(HOST)/model.o: $(MODEL_OBJECTS)
	$(call say,HOSTLD)
	$(Q)ld -r $^ -o $@.all && objcopy -w --keep-global-symbol='machine_*' --keep-global-symbol='exerciser_*' $@.all $@

# The units alone, against words of their specification
UNIT_OBJECTS := $(patsubst %,$(HOST)/%.o,$(wildcard model/vtd*.c model/amdvi*.c))
$(HOST)/tests/model/%_test: $(HOST)/tests/model/%_test.c.o $(UNIT_OBJECTS)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $^ -o $@

$(HOST)/tests/model/guest_test: $(HOST)/model/server/guest.c.o

$(HOST)/tests/model/%_fuzz: $(HOST)/tests/model/%_fuzz.c.o $(MODEL_OBJECTS)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -fsanitize=fuzzer $^ -o $@

$(HOST)/iovet-inproc: $(INPROC_OBJECTS) $(HOST)/model.o $(HOST)/libiovet.a linker/records.lds
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -Wl,-T,linker/records.lds $(filter-out %.lds,$^) -o $@

$(HOST)/tests/host/exerciser%test: $(HOST)/tests/host/exerciser%test.c.o $(HOST)/libiovet.a $(HOST)/model/exerciser.c.o \
		$(HOST)/model/exerciser_requests.c.o
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $^ -o $@

inproc: $(HOST)/iovet-inproc

# Virtual silicon as PCI functions of a virtual machine (docs/prototype.md); with the sanitizers for its tests, without for rigs.
SERVER_SOURCES := $(wildcard model/server/*.c model/vtd*.c model/stub.c model/exerciser*.c) model/function.c
$(HOST)/iovet-silicon: $(SERVER_SOURCES:%=$(HOST)/%.o)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $^ -o $@

silicon: build/iovet-silicon
build/iovet-silicon: $(SERVER_SOURCES) $(wildcard model/*.h model/*.def model/server/*.h)
	$(call say,CC)
	$(Q)$(CC) $(filter-out -MMD -MP,$(COMMON)) -O2 $(SERVER_SOURCES) -o $@
# What a rig needs beside the image
RIG_NEEDS = $(if $(findstring [silicon],$(file <tools/rigs/$(RIG).toml)),build/iovet-silicon)

# The suite against every defect that the model can have; without the sanitizers, since it is run hundreds of times.
faults:
	$(Q)$(MAKE) $(jobs) --no-print-directory HOST=build/fast 'HOST_CFLAGS=$$(COMMON) -O2' build/fast/iovet-inproc
	@tools/faults build/fast/iovet-inproc

# Which lines of the model and of the driver the suite and the model's own tests execute.
coverage:
	$(Q)$(MAKE) $(jobs) --no-print-directory HOST=build/coverage HOST_CC=gcc \
		'HOST_CFLAGS=$$(COMMON) -O1 --coverage -fprofile-abs-path' coverage-programs
	@tools/coverage build/coverage
coverage-programs: $(HOST)/iovet-inproc $(filter $(HOST)/tests/model/%,$(HOST_TESTS))
host: $(HOST_TESTS) $(HOST)/iovet-silicon
fuzzers: $(HOST_FUZZERS)
-include $(SERVER_SOURCES:%=$(HOST)/%.d) $(RECORD_OBJECTS:.o=.d) $(MODEL_OBJECTS:.o=.d) $(INPROC_OBJECTS:.o=.d) $(HOST_SOURCES:%=$(HOST)/%.d) $(HOST_TESTS:=.c.d) $(HOST_FUZZERS:=.c.d)

# ---- What people call --------------------------------------------------------------------------------
help:
	@tools/help

setup:
	@tools/setup test

# The status of a run says more than make's own, which is 2 for every failure: $(exit-with) ends make with
# it. That function is an extension that make loads; without a compiler, before the first set-up, there
# is none, and make answers 2. The last line that a run prints names its status in any case.
define end-with-status
@$(if $(findstring n,$(firstword -$(MAKEFLAGS))),,$(exit-with $(shell cat build/status)))
@exit $(shell cat build/status)
endef
-load build/make-exit.so(make_exit_setup)
build/make-exit.so: tools/make-exit.c
	$(Q)mkdir -p build && gcc -shared -fPIC -O2 -o $@ $< 2>/dev/null || true

run: run-keep-status
	$(end-with-status)

run-keep-status:
	@mkdir -p build; \
	if ! tools/setup run; then status=3; \
	elif ! $(MAKE) $(jobs) --no-print-directory $(BUILD)/iovet.img $(RIG_NEEDS); then \
		status=2; echo 'exit status 2: the image, or what the rig needs beside it, cannot be built'; \
	else tools/run "$$RIG"; status=$$?; fi; \
	echo $$status >build/status

# Everything: set-up, host tests, checks, both compilers, rigs, sabotage, short fuzz runs.
test:
	@tools/setup test && tools/test all

# The part that needs no QEMU.
check:
	@tools/setup test && tools/test host

# QEMU's VT-d beside the modelled one, test by test.
compare: compare-keep-status
	$(end-with-status)

compare-keep-status:
	@mkdir -p build; \
	if ! tools/setup test; then status=3; \
	elif ! $(MAKE) $(jobs) --no-print-directory $(BUILD)/iovet.img inproc report-tool; then status=2; \
	else tools/compare --boot; status=$$?; fi; \
	echo $$status >build/status

sabotage:
	@tools/setup test && tools/test sabotage

fuzz:
	@tools/setup test && FUZZ_SECONDS=$(FUZZ_SECONDS) tools/test fuzz

format:
	@tools/format

rigs:
	@tools/run --list

clean:
	rm -rf build/$(ARCH) build/host build/fast build/coverage build/check build/version.h build/status build/iovet-silicon build/iovet-report out

# Also what set-up fetched and built: QEMU and newlib.
distclean:
	rm -rf build out

export ARCH RIG TESTS SEED SABOTAGE DEFECT SILICON QEMU V WERROR
.PHONY: all objects efi image host inproc silicon faults coverage coverage-programs fuzzers report-tool help setup run run-keep-status test check compare compare-keep-status sabotage fuzz format \
	rigs clean distclean FORCE
