/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A unit in one page: a place to begin. Clauses are of VT-d 5.10. */
#include "model/stub.h"

#include <stdlib.h>
#include <string.h>

#define REGISTER_BYTES	4096u
#define VER		0x00u
#define CAP		0x08u
#define ECAP		0x10u
#define GCMD		0x18u
#define GSTS		0x1cu
#define   GSTS_TES	(1u << 31)
#define   GSTS_RTPS	(1u << 30)
#define CCMD		0x28u
#define   ICC		(1u << 31)	/* of the upper half, like those below */
#define   CIRG		(3u << 29)	/* what is to be invalidated ... */
#define   CAIG		(3u << 27)	/* ... and what was */
#define FECTL		0x38u
#define   FECTL_IM	(1u << 31)
#define IOTLB		0x108u		/* ECAP.IRO is 10h: 100h is the first of the two */
#define   IVT		(1u << 31)
#define   IIRG		(3u << 28)
#define   IAIG		(3u << 25)

struct stub {
	struct silicon silicon;
	uint32_t words[REGISTER_BYTES / 4];
};

static struct stub *to_stub(struct silicon *silicon)
{
	return (struct stub *)(void *)silicon;
}

/* 11.4.4.1: what is switched on here takes effect at once. */
static void command(struct stub *s, uint32_t value)
{
	uint32_t status = s->words[GSTS / 4] & GSTS_RTPS;

	s->words[GSTS / 4] = status | (value & (GSTS_TES | GSTS_RTPS));
}

static void write32(struct stub *s, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case VER:
	case CAP:
	case CAP + 4:
	case ECAP:
	case ECAP + 4:
	case GSTS:
		break;			/* read only */
	case GCMD:
		command(s, value);
		break;
	case CCMD + 4:			/* no cache: every invalidation is complete, as it was asked for */
		s->words[offset / 4] = (value & ~(ICC | CAIG)) | (value & CIRG) >> 2;
		break;
	case IOTLB + 4:
		s->words[offset / 4] = (value & ~(IVT | IAIG)) | (value & IIRG) >> 3;
		break;
	default:
		s->words[offset / 4] = value;
		break;
	}
}

static uint64_t read(struct silicon *silicon, uint32_t offset, unsigned width)
{
	struct stub *s = to_stub(silicon);
	uint64_t value = s->words[offset / 4];

	return width == 8 ? value | (uint64_t)s->words[offset / 4 + 1] << 32 : value;
}

static void write(struct silicon *silicon, uint32_t offset, unsigned width, uint64_t value)
{
	write32(to_stub(silicon), offset, (uint32_t)value);
	if (width == 8)
		write32(to_stub(silicon), offset + 4, (uint32_t)(value >> 32));
}

static struct silicon_answer request(struct silicon *silicon, const struct silicon_request *r)
{
	bool passes = !(to_stub(silicon)->words[GSTS / 4] & GSTS_TES) && !r->translated &&
		      r->pasid == SILICON_NO_PASID && r->access <= SILICON_ATOMIC;

	return (struct silicon_answer){ .allowed = passes, .address = r->address };
}

static bool step(struct silicon *silicon)
{
	(void)silicon;
	return false;
}

/* 39 bits, three levels of 4 KiB pages, 16 domains, one fault record at 200h, no queue. */
static void reset(struct silicon *silicon)
{
	struct stub *s = to_stub(silicon);

	memset(s->words, 0, sizeof(s->words));
	s->words[VER / 4] = 0x10;
	s->words[CAP / 4] = 0x20u << 24 | 38u << 16 | 1u << 9;
	s->words[ECAP / 4] = 0x10u << 8 | 1;
	s->words[FECTL / 4] = FECTL_IM;
}

struct silicon *stub_create(const struct silicon_memory *memory)
{
	static const struct silicon_ops ops = { read, write, request, step, reset };
	struct stub *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->silicon = (struct silicon){
		.ops = &ops,
		.name = "stub",
		.register_bytes = REGISTER_BYTES,
		.memory = memory,
	};
	reset(&s->silicon);
	return &s->silicon;
}

void stub_destroy(struct silicon *silicon)
{
	free(to_stub(silicon));
}
