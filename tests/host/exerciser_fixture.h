/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A modelled exerciser and what it is connected to: memory at IOVA 100000h, beyond which requests are refused. */
#ifndef TESTS_HOST_EXERCISER_FIXTURE_H
#define TESTS_HOST_EXERCISER_FIXTURE_H

#include "model/exerciser.h"
#include "tests/host/check.h"

#define IOVA		0x100000u
#define BYTES		0x4000u

static struct exerciser device;
static _Alignas(8) uint8_t memory[BYTES];
static bool master;
static uint64_t refuse_at, message_address;
static uint32_t message_data;
static unsigned interrupts, requests;
static struct silicon_request last;

/* ---- What the device is connected to ---- */

static struct silicon_answer request(void *context, const struct silicon_request *r)
{
	bool inside = r->address - IOVA < BYTES && r->bytes <= BYTES - (r->address - IOVA);
	bool message = r->address >> 20 == 0xfee;

	(void)context;
	requests++;
	last = *r;
	return (struct silicon_answer){
		.allowed = (inside && r->address != refuse_at) || message,
		.address = message ? r->address : r->address - IOVA,
		.size_lg2 = 12,
		.readable = true,
		.writable = !r->no_write,
	};
}

static bool is_master(void *context)
{
	(void)context;
	return master;
}

static void interrupt(void *context)
{
	(void)context;
	interrupts++;
}

static bool memory_read(void *context, uint64_t address, void *to, size_t bytes, bool snooped)
{
	(void)context, (void)snooped;
	memcpy(to, memory + address, bytes);
	return true;
}

static bool memory_write(void *context, uint64_t address, const void *from, size_t bytes, bool snooped)
{
	(void)context, (void)snooped;
	memcpy(memory + address, from, bytes);
	return true;
}

static bool memory_swap(void *context, uint64_t address, uint64_t wanted, uint64_t desired, uint64_t *seen,
			bool snooped)
{
	(void)context, (void)snooped;
	memcpy(seen, memory + address, 8);
	if (*seen == wanted)
		memcpy(memory + address, &desired, 8);
	return true;
}

static void message(void *context, uint64_t address, uint32_t data)
{
	(void)context;
	message_address = address;
	message_data = data;
}

static const struct silicon_memory behind = {
	.read = memory_read, .write = memory_write, .swap = memory_swap, .interrupt = message,
};

static void begin(bool has_pasid)
{
	struct exerciser_port port = {
		.request = request, .is_master = is_master, .interrupt = interrupt, .memory = &behind,
		.requester = 0x0020, .source_first = 0x0010, .source_last = 0x00ff, .has_pasid = has_pasid,
	};

	memset(memory, 0x5a, sizeof(memory));
	master = true;
	refuse_at = UINT64_MAX;
	interrupts = requests = 0;
	exerciser_init(&device, &port);
}

#endif
