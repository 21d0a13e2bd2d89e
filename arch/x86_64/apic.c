/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The local APIC and interrupts by message: Intel SDM volume 3, chapter 10 (10.4 local APIC, 10.11
 * message signalled interrupts, 10.12 x2APIC). The mode that the firmware chose is kept. The legacy
 * controllers and the I/O APIC are masked: firmware timers must not reach the vectors given to
 * devices.
 */
#include "arch/arch.h"
#include "arch/port.h"
#include "arch/start.h"
#include "arch/x86_64/x86.h"

#define APIC_BASE_X2		BIT64(10)
#define APIC_BASE_ENABLE	BIT64(11)
#define APIC_BASE_ADDRESS	GENMASK64(51, 12)
#define APIC_BYTES		0x1000u
#define X2APIC_MSR		0x800u

#define APIC_ID			0x020u
#define APIC_VERSION		0x030u
#define APIC_TASK_PRIORITY	0x080u
#define APIC_EOI		0x0b0u
#define APIC_SPURIOUS		0x0f0u
#define   APIC_SPURIOUS_ENABLE	BIT(8)
#define APIC_ERROR_STATUS	0x280u
#define APIC_LVT_MASKED		BIT(16)

#define MSI_ADDRESS		UINT64_C(0xfee00000)
#define MSI_ID			GENMASK64(19, 12)
#define MSI_ID_MAX		0xffu

#define IOAPIC_BASE		UINT64_C(0xfec00000)	/* of the first one, on every PC */
#define IOAPIC_SELECT		0x00u
#define IOAPIC_WINDOW		0x10u
#define   IOAPIC_VERSION	0x01u
#define   IOAPIC_REDIRECTION	0x10u
#define   IOAPIC_MASKED		BIT(16)

#define PIC_FIRST		0x20u
#define PIC_SECOND		0xa0u

/* entry.S counts here, and signals the end of an interrupt here or, with 0, by MSR. */
extern uint32_t x86_interrupt_counts[X86_VECTORS] __attribute__((visibility("hidden")));
extern uintptr_t x86_eoi_address __attribute__((visibility("hidden")));
uint32_t x86_interrupt_counts[X86_VECTORS];
uintptr_t x86_eoi_address;

static struct {
	uintptr_t base;				/* 0: x2APIC */
	bool ready;
	unsigned vector_next;
	uint32_t count_before[X86_VECTORS];	/* when the line was handed out */
} apic = { .vector_next = X86_VECTOR_MSI_FIRST };

static uint32_t apic_read(unsigned offset)
{
	return apic.base ? arch_read32(apic.base + offset)
			 : (uint32_t)x86_rdmsr(X2APIC_MSR + offset / 16);
}

static void apic_write(unsigned offset, uint32_t value)
{
	if (apic.base)
		arch_write32(apic.base + offset, value);
	else
		x86_wrmsr(X2APIC_MSR + offset / 16, value);
}

/* Remap the two 8259A to vectors that nobody uses, so that a spurious interrupt is recognised as one
 * (Intel 8259A data sheet, initialization command words), then mask all lines. */
static void mask_pic(void)
{
	static const struct { uint8_t vector, cascade; uint16_t port; } pics[] = {
		{ X86_VECTOR_PIC, 4, PIC_FIRST }, { X86_VECTOR_PIC + 8, 2, PIC_SECOND },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(pics); i++) {
		uint16_t command = pics[i].port, mask = (uint16_t)(pics[i].port + 1);

		arch_port_write8(command, 0x11);
		arch_port_write8(mask, pics[i].vector);
		arch_port_write8(mask, pics[i].cascade);
		arch_port_write8(mask, 0x01);
		arch_port_write8(mask, 0xff);
	}
}

static uint32_t ioapic_read(unsigned index)
{
	arch_write32(IOAPIC_BASE + IOAPIC_SELECT, index);
	return arch_read32(IOAPIC_BASE + IOAPIC_WINDOW);
}

static void mask_ioapic(void)
{
	uint32_t version;

	if (arch_map_device(IOAPIC_BASE, PAGE_SIZE) != STATUS_OK)
		return;
	version = ioapic_read(IOAPIC_VERSION);
	if (version == UINT32_MAX)
		return;
	for (unsigned i = 0; i <= (version >> 16 & 0xff); i++) {
		uint32_t low = ioapic_read(IOAPIC_REDIRECTION + 2 * i);

		arch_write32(IOAPIC_BASE + IOAPIC_SELECT, IOAPIC_REDIRECTION + 2 * i);
		arch_write32(IOAPIC_BASE + IOAPIC_WINDOW, low | IOAPIC_MASKED);
	}
}

/*
 * Timer, LINT0 and error are everywhere; performance and thermal where the version register counts
 * them (an x2APIC traps on a register that it lacks). LINT1 stays: it is how an NMI arrives.
 */
static void mask_local_sources(void)
{
	static const struct { uint16_t offset; uint8_t entry; } sources[] = {
		{ 0x320, 0 }, { 0x350, 0 }, { 0x370, 0 }, { 0x340, 4 }, { 0x330, 5 },
	};
	uint32_t last = apic_read(APIC_VERSION) >> 16 & 0xff;

	for (unsigned i = 0; i < ARRAY_COUNT(sources); i++)
		if (sources[i].entry <= last)
			apic_write(sources[i].offset,
				   apic_read(sources[i].offset) | APIC_LVT_MASKED);
}

void apic_start(void)
{
	uint64_t base = x86_rdmsr(X86_MSR_APIC_BASE);

	mask_pic();
	mask_ioapic();
	if (!(base & APIC_BASE_X2)) {
		apic.base = base & APIC_BASE_ADDRESS;
		if (arch_map_device(apic.base, APIC_BYTES) != STATUS_OK)
			return;
		if (!(base & APIC_BASE_ENABLE))
			x86_wrmsr(X86_MSR_APIC_BASE, base | APIC_BASE_ENABLE);
		x86_eoi_address = apic.base + APIC_EOI;
	}
	mask_local_sources();
	apic_write(APIC_TASK_PRIORITY, 0);
	apic_write(APIC_SPURIOUS, APIC_SPURIOUS_ENABLE | X86_VECTOR_SPURIOUS);
	apic_write(APIC_ERROR_STATUS, 0);
	apic.ready = true;
	__asm__ volatile("sti" : : : "memory");
}

enum status arch_msi_line(struct arch_msi *msi)
{
	uint32_t id;

	if (!apic.ready)
		return STATUS_UNSUPPORTED;
	id = apic.base ? apic_read(APIC_ID) >> 24 : apic_read(APIC_ID);
	if (id > MSI_ID_MAX)
		return STATUS_UNSUPPORTED;
	if (apic.vector_next > X86_VECTOR_MSI_LAST)
		return STATUS_EXHAUSTED;
	msi->vector = apic.vector_next++;
	msi->address = MSI_ADDRESS | FIELD_PREP(MSI_ID, (uint64_t)id);
	msi->data = msi->vector;		/* fixed delivery, edge */
	apic.count_before[msi->vector] = arch_msi_count(msi);
	return STATUS_OK;
}

uint32_t arch_msi_count(const struct arch_msi *msi)
{
	unsigned v = msi->vector % X86_VECTORS;

	return __atomic_load_n(&x86_interrupt_counts[v], __ATOMIC_SEQ_CST) - apic.count_before[v];
}

uint64_t arch_interrupts_off(void)
{
	uint64_t flags;

	__asm__ volatile("pushfq\n\tpop %0\n\tcli" : "=r"(flags) : : "memory");
	return flags;
}

void arch_interrupts_restore(uint64_t state)
{
	if (state & BIT64(9))
		__asm__ volatile("sti" : : : "memory");
}
