/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What is asked of the firmware before it goes: configuration tables (UEFI 2.10, 4.6), graphics
 * output (12.9), drivers to let go of (7.3.13), memory, and the exit itself (7.4.6).
 */
#include "boot/platform.h"

#include "boot/smbios.h"
#include "boot/uefi.h"

#include <string.h>

#define ARENA_BYTES		(UINT64_C(256) << 20)
#define ARENA_BYTES_MIN		(UINT64_C(64) << 20)
#define TWIN_BYTES		(UINT64_C(64) << 20)	/* beyond what outlives a case, and room for windows */
#define HIGH_BYTES		(UINT64_C(4) << 20)
#define BELOW_4G		(UINT64_C(1) << 32)
#define MAP_SPARE_DESCRIPTORS	32u		/* the map grows while it is being asked for */
#define EXIT_ATTEMPTS		8u
#define HANDLES_MAX		1024u
#define BOARD_LINE_MAX		256u
#define VENDOR_MAX		64u

static uint8_t *map_buffer;
static UINTN map_buffer_bytes;

/* The ACPI root as a table, just far enough for the PM timer's port (ACPI 6.5, 5.2.8, 5.2.9): FADT
 * offset 76, PM_TMR_BLK. */
static uint32_t pm_timer_port(pa_t rsdp)
{
	const uint8_t *root = pa_ptr(rsdp), *table;
	uint64_t address = 0;
	uint32_t length, port;
	bool wide;

	if (!rsdp.v)
		return 0;
	wide = root[15] >= 2;
	memcpy(&address, root + (wide ? 24 : 16), wide ? 8 : 4);
	table = pa_ptr(pa(address));
	if (!table)
		return 0;
	memcpy(&length, table + 4, sizeof(length));
	for (uint32_t at = 36; at + (wide ? 8 : 4) <= length; at += wide ? 8 : 4) {
		const uint8_t *fadt;

		address = 0;
		memcpy(&address, table + at, wide ? 8 : 4);
		fadt = pa_ptr(pa(address));
		if (!fadt || memcmp(fadt, "FACP", 4))
			continue;
		memcpy(&length, fadt + 4, sizeof(length));
		memcpy(&port, fadt + 76, sizeof(port));
		return length >= 80 && port <= UINT16_MAX ? port : 0;
	}
	return 0;
}

static void find_tables(struct handover *h)
{
	EFI_GUID acpi20 = ACPI_20_TABLE_GUID, acpi10 = ACPI_TABLE_GUID;
	EFI_GUID smbios3 = SMBIOS3_TABLE_GUID, smbios2 = SMBIOS_TABLE_GUID;
	void *rsdp = uefi_table(&acpi20), *smbios = uefi_table(&smbios3);

	h->rsdp = pa_of(rsdp ? rsdp : uefi_table(&acpi10));
	h->smbios = pa_of(smbios ? smbios : uefi_table(&smbios2));
	if (!h->rsdp.v)
		boot_note("the firmware names no ACPI root");
}

static void find_framebuffer(struct framebuffer *f)
{
	EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop;
	const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *mode;

	if (EFI_ERROR(uefi.services->LocateProtocol(&guid, NULL, (void **)&gop)) || !gop->Mode ||
	    !gop->Mode->Info)
		return;
	mode = gop->Mode->Info;
	if (mode->PixelFormat != PixelRedGreenBlueReserved8BitPerColor &&
	    mode->PixelFormat != PixelBlueGreenRedReserved8BitPerColor)
		return;
	*f = (struct framebuffer){
		.base = pa(gop->Mode->FrameBufferBase),
		.width = mode->HorizontalResolution,
		.height = mode->VerticalResolution,
		.pixels_per_line = mode->PixelsPerScanLine,
		.bgr = mode->PixelFormat == PixelBlueGreenRedReserved8BitPerColor,
	};
}

void platform_gather(struct handover *h, struct arch_clock_hint *hint)
{
	static char board[BOARD_LINE_MAX], vendor[VENDOR_MAX];
	const CHAR16 *wide = uefi.system->FirmwareVendor;

	find_tables(h);
	find_framebuffer(&h->framebuffer);
	smbios_board_line(h->smbios.v ? pa_ptr(h->smbios) : NULL, board, sizeof(board));
	for (unsigned i = 0; wide && wide[i] && i + 1 < VENDOR_MAX; i++)
		vendor[i] = wide[i] >= 0x20 && wide[i] <= 0x7e ? (char)wide[i] : '?';
	h->board = board;
	h->firmware_vendor = vendor;
	h->firmware_revision = uefi.system->FirmwareRevision;
	hint->pm_timer_port = pm_timer_port(h->rsdp);
}

static void take_twin(struct handover *h)
{
	uint64_t arena = pa_of(h->arena).v, apart = BIT64(30);

	h->twin_pages = MIN(h->arena_pages, TWIN_BYTES / PAGE_SIZE);
	h->twin = uefi_pages_at(arena + apart, h->twin_pages);
	if (!h->twin && arena > apart)
		h->twin = uefi_pages_at(arena - apart, h->twin_pages);
	if (!h->twin)
		h->twin_pages = 0;
}

enum status platform_take_memory(struct handover *h)
{
	uint64_t bytes;
	void *machine = uefi_pages(ARCH_START_PAGES, 0);

	if (!machine)
		return STATUS_EXHAUSTED;
	arch_prepare(machine);
	for (bytes = ARENA_BYTES; bytes >= ARENA_BYTES_MIN; bytes -= ARENA_BYTES_MIN) {
		h->arena = uefi_pages(bytes / PAGE_SIZE, BELOW_4G);
		if (!h->arena)
			h->arena = uefi_pages(bytes / PAGE_SIZE, 0);
		if (h->arena)
			break;
	}
	if (!h->arena)
		return STATUS_EXHAUSTED;
	if (bytes != ARENA_BYTES)
		boot_note("the run has %lu MiB of memory instead of %lu",
			  (unsigned long)(bytes >> 20), (unsigned long)(ARENA_BYTES >> 20));
	h->arena_pages = bytes / PAGE_SIZE;
	take_twin(h);
	return STATUS_OK;
}

void platform_take_high(struct handover *h)
{
	h->high_pages = HIGH_BYTES / PAGE_SIZE;
	for (unsigned i = h->region_count; i-- > 0 && !h->high;) {
		const struct memory_region *r = &h->regions[i];

		if (r->kind == MEMORY_FREE && r->base.v >= BELOW_4G && r->bytes >= HIGH_BYTES)
			h->high = uefi_pages_at(r->base.v + r->bytes - HIGH_BYTES, h->high_pages);
	}
	if (!h->high)
		h->high_pages = 0;
}

/*
 * Disks, network, multimedia and serial buses (PCI classes 1, 2, 4, 0CH). Bridges stay, because their
 * drivers carry everything below; display and communication stay, because a console may be there.
 */
static bool wants_quiet(EFI_PCI_IO_PROTOCOL *pci)
{
	uint8_t class;

	if (EFI_ERROR(pci->Pci.Read(pci, EfiPciIoWidthUint8, 0x0b, 1, &class)))
		return false;
	return class == 0x01 || class == 0x02 || class == 0x04 || class == 0x0c;
}

void platform_quiet(void)
{
	EFI_GUID guid = EFI_PCI_IO_PROTOCOL_GUID;
	static EFI_HANDLE handles[HANDLES_MAX];
	UINTN bytes = sizeof(handles);

	if (EFI_ERROR(uefi.services->LocateHandle(ByProtocol, &guid, NULL, &bytes, handles)))
		return;
	for (UINTN i = 0; i < bytes / sizeof(handles[0]); i++) {
		EFI_PCI_IO_PROTOCOL *pci;

		if (!EFI_ERROR(uefi.services->HandleProtocol(handles[i], &guid, (void **)&pci)) &&
		    wants_quiet(pci))
			uefi.services->DisconnectController(handles[i], NULL, NULL);
	}
}

/* Room for the map as it is now and for what grows; asked for first, because asking changes it. */
static enum status take_map_buffer(void)
{
	UINTN bytes = 0, key, stride = 0;
	UINT32 version;

	if (uefi.services->GetMemoryMap(&bytes, NULL, &key, &stride, &version) !=
	    EFI_BUFFER_TOO_SMALL)
		return STATUS_DEVICE_ERROR;
	map_buffer_bytes = ALIGN_UP(bytes + MAP_SPARE_DESCRIPTORS * stride, PAGE_SIZE);
	map_buffer = uefi_pages(map_buffer_bytes / PAGE_SIZE, 0);
	return map_buffer ? STATUS_OK : STATUS_EXHAUSTED;
}

static EFI_STATUS read_map(struct memory_map *map, UINTN *key)
{
	UINTN bytes = map_buffer_bytes, stride = 0;
	UINT32 version;
	EFI_STATUS s = uefi.services->GetMemoryMap(
		&bytes, (EFI_MEMORY_DESCRIPTOR *)(void *)map_buffer, key, &stride, &version);

	*map = (struct memory_map){ map_buffer, EFI_ERROR(s) ? 0 : bytes, stride };
	return s;
}

void platform_regions(struct handover *h, const struct memory_map *map)
{
	unsigned lost;

	h->region_count = memory_map_regions(map, h->regions, HANDOVER_REGIONS, &lost);
	if (lost)
		boot_note("%u regions of the memory map are lost", lost);
}

enum status platform_first_regions(struct handover *h)
{
	enum status s = take_map_buffer();
	struct memory_map map;
	UINTN key;

	if (s != STATUS_OK)
		return s;
	s = uefi_status(read_map(&map, &key));
	if (s == STATUS_OK)
		platform_regions(h, &map);
	return s;
}

/*
 * The first attempt may fail because a handler of the exit event changed the map. Then only
 * GetMemoryMap and ExitBootServices may be called again (UEFI 2.10, 7.4.6), and nothing else.
 */
enum status platform_exit(struct memory_map *map)
{
	enum status s = take_map_buffer();

	if (s != STATUS_OK)
		return s;
	for (unsigned i = 0; i < EXIT_ATTEMPTS; i++) {
		UINTN key;
		EFI_STATUS answer = read_map(map, &key);

		if (EFI_ERROR(answer))
			return uefi_status(answer);
		answer = uefi.services->ExitBootServices(uefi.image, key);
		if (!EFI_ERROR(answer)) {
			uefi.services = NULL;
			return STATUS_OK;
		}
		if (answer != EFI_INVALID_PARAMETER)
			return uefi_status(answer);
	}
	return STATUS_TIMEOUT;
}
