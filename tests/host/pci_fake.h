/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A configuration space made of bytes, behind ECAM: functions, bridges, capabilities, BARs. */
#ifndef TESTS_HOST_PCI_FAKE_H
#define TESTS_HOST_PCI_FAKE_H

#include <stdlib.h>
#include <string.h>

#include "arch/host/host.h"
#include "drivers/pci/pci.h"
#include "tests/host/check.h"

#define ECAM  ((uintptr_t)0xe0000000)
#define BUSES 256u
#define FAKES 600u
#define NEVER UINT32_MAX

/* One function: its bytes, which bits can be written, and after how many reads it falls silent. */
struct fake {
	uint16_t rid;
	uint8_t config[4096], writable[4096];
	uint32_t reads_left;
};

static struct fake *fakes[FAKES];
static unsigned fake_count;
static unsigned sized_while_decoding; /* BAR writes while the command register decodes */
static unsigned silent_writes;        /* writes to functions that have fallen silent */
static bool stays_away;               /* a function that is reset does not come back */
static struct pci pci;

static uint32_t get(const struct fake *f, unsigned offset, unsigned width)
{
	uint32_t value = 0;

	memcpy(&value, f->config + offset, width);
	return value;
}

static void put(struct fake *f, unsigned offset, unsigned width, uint32_t value)
{
	memcpy(f->config + offset, &value, width);
}

static void allow(struct fake *f, unsigned offset, unsigned width, uint32_t mask)
{
	memcpy(f->writable + offset, &mask, width);
}

static struct fake *fake_at(uint64_t offset)
{
	for (unsigned i = 0; i < fake_count; i++)
		if (fakes[i]->rid == offset >> 12)
			return fakes[i];
	return NULL;
}

static uint64_t ecam_read(void *context, uint64_t offset, unsigned width)
{
	struct fake *f = fake_at(offset);

	(void)context;
	if (!f || f->reads_left == 0)
		return UINT64_MAX;
	if (f->reads_left != NEVER)
		f->reads_left--;
	return get(f, offset & 0xfff, width);
}

static void ecam_write(void *context, uint64_t offset, unsigned width, uint64_t value)
{
	struct fake *f = fake_at(offset);
	unsigned at = offset & 0xfff;
	uint32_t mask = 0, old;

	(void)context;
	silent_writes += f && f->reads_left == 0;
	if (!f || f->reads_left == 0)
		return;
	memcpy(&mask, f->writable + at, width);
	old = get(f, at, width);
	sized_while_decoding += at >= 0x10 && at < 0x28 && get(f, 4, 2) & 3;
	put(f, at, width, (old & ~mask) | ((uint32_t)value & mask));
	/* The fakes have their PCI Express capability at 0x80: bit 15 of Device Control is a reset. */
	if (at == 0x88 && value & 0x8000 && (get(f, 0x84, 4) & 0x10000000)) {
		put(f, 0x04, 2, 0);
		put(f, 0x10, 4, get(f, 0x10, 4) & 0xf);
		put(f, 0x88, 2, 0);
		f->reads_left = stays_away ? 0 : NEVER;
	}
}

static const struct arch_host_ops ecam_ops = { ecam_read, ecam_write };

static void begin(void)
{
	arch_host_reset();
	for (unsigned i = 0; i < fake_count; i++)
		free(fakes[i]);
	fake_count = sized_while_decoding = silent_writes = 0;
	stays_away = false;
	memset(&pci, 0, sizeof(pci));
	CHECK_EQ(arch_host_region(ECAM, (size_t)BUSES << 20, &ecam_ops, NULL), STATUS_OK);
	CHECK_EQ(pci_add_segment(&pci, ECAM, 0, 0, 255), STATUS_OK);
}

static struct fake *function(unsigned bus, unsigned device, unsigned number)
{
	struct fake *f = calloc(1, sizeof(*f));

	if (!f || fake_count == FAKES)
		abort();
	fakes[fake_count++] = f;
	f->rid = (uint16_t)(bus << 8 | device << 3 | number);
	f->reads_left = NEVER;
	put(f, 0x00, 4, 0x00011b36); /* vendor 1b36, device 0001 */
	put(f, 0x08, 4, 0xff000007); /* class ff0000, revision 7 */
	put(f, 0x04, 2, 0x0007);     /* I/O, memory and master are on */
	allow(f, 0x04, 2, 0x0407);
	return f;
}

static inline struct fake *bridge(unsigned bus, unsigned device, unsigned secondary, unsigned subordinate)
{
	struct fake *f = function(bus, device, 0);

	put(f, 0x08, 4, 0x06040000);
	put(f, 0x0e, 1, 0x01);
	put(f, 0x18, 1, bus);
	put(f, 0x19, 1, secondary);
	put(f, 0x1a, 1, subordinate);
	return f;
}

/* A PCI Express capability at 0x80 and the start of the extended list. */
static inline void express(struct fake *f, unsigned port)
{
	put(f, 0x06, 2, 0x0010);
	put(f, 0x34, 1, 0x80);
	put(f, 0x80, 4, 0x00020010 | port << 20);
	allow(f, 0x88, 2, 0x7fff);
	allow(f, 0xa8, 2, 0x0020);
}

/* A BAR holds `value`; the bits of `mask` can be written. */
static void bar(struct fake *f, unsigned n, uint32_t value, uint32_t mask)
{
	put(f, 0x10 + 4 * n, 4, value);
	allow(f, 0x10 + 4 * n, 4, mask);
}

#endif
