/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The translation caches: VT-d 5.10, clause 6.2; who may hit what is Table 17. They are full associative,
 * replace in turn, and keep what they have until it is replaced or invalidated.
 */
#include <string.h>

#include "model/vtd_unit.h"

/* 6.8: what is in the write buffers reaches memory. */
void vtd_cache_drain(struct vtd *vtd)
{
	const struct silicon_memory *memory = vtd->silicon.memory;

	if (memory->drain)
		memory->drain(memory->context);
}

/* Everything but the interrupt entry cache: SRTP with ESRTPS, TE = 0 with SMTS. */
void vtd_cache_flush(struct vtd *vtd)
{
	memset(vtd->context, 0, sizeof vtd->context);
	memset(vtd->pasid, 0, sizeof vtd->pasid);
	memset(vtd->translation, 0, sizeof vtd->translation);
	memset(vtd->structure, 0, sizeof vtd->structure);
}

static unsigned turn(unsigned *next, unsigned size)
{
	unsigned slot = *next < size ? *next : 0;

	*next = slot + 1;
	return slot;
}

/* Lookup by source-id. */
struct vtd_context_entry *vtd_context_find(struct vtd *vtd, uint16_t source)
{
	uint16_t compared = defective(vtd, CONTEXT_CACHE_BY_FUNCTION) ? 0xff : 0xffff;

	for (unsigned i = 0; i < vtd->config.contexts; i++) {
		struct vtd_context_entry *entry = &vtd->context[i];

		if (entry->valid && (entry->source & compared) == (source & compared))
			return entry;
	}
	return NULL;
}

void vtd_context_fill(struct vtd *vtd, const struct vtd_context_entry *entry)
{
	struct vtd_context_entry *slot;

	if (!vtd->config.contexts)
		return;
	slot = &vtd->context[turn(&vtd->context_next, vtd->config.contexts)];
	*slot = *entry;
	slot->valid = true;
}

/* Lookup by source-id and PASID. */
struct vtd_pasid_entry *vtd_pasid_find(struct vtd *vtd, uint16_t source, uint32_t pasid)
{
	for (unsigned i = 0; i < vtd->config.pasids; i++) {
		struct vtd_pasid_entry *entry = &vtd->pasid[i];

		if (entry->valid && entry->pasid == pasid &&
		    (entry->source == source || defective(vtd, PASID_CACHE_IGNORES_SOURCE)))
			return entry;
	}
	return NULL;
}

void vtd_pasid_fill(struct vtd *vtd, const struct vtd_pasid_entry *entry)
{
	struct vtd_pasid_entry *slot;

	if (!vtd->config.pasids)
		return;
	slot = &vtd->pasid[turn(&vtd->pasid_next, vtd->config.pasids)];
	*slot = *entry;
	slot->valid = true;
}

/* Lookup by source-id and address; with PASID also by PASID, and only what such a request allocated. */
struct vtd_iotlb_entry *vtd_iotlb_find(struct vtd *vtd, const struct silicon_request *request)
{
	bool with_pasid = request->pasid != SILICON_NO_PASID;
	bool any_pasid = defective(vtd, IOTLB_IGNORES_PASID);
	uint64_t compared = defective(vtd, IOTLB_TAG_32_BITS) ? 0xffffffff : ~UINT64_C(0);

	for (unsigned i = 0; i < vtd->config.translations; i++) {
		struct vtd_iotlb_entry *entry = &vtd->translation[i];
		uint64_t difference = (request->address ^ entry->t.input) & compared;

		if (!entry->valid || difference >> entry->t.size_lg2)
			continue;
		if (entry->source != request->source && !defective(vtd, IOTLB_IGNORES_SOURCE))
			continue;
		if (any_pasid || (entry->with_pasid == with_pasid &&
				  (!with_pasid || entry->t.pasid == request->pasid)))
			return entry;
	}
	return NULL;
}

/* A hit that is made anew replaces its entry: two for one page would be a matter of chance. */
void vtd_iotlb_fill(struct vtd *vtd, const struct silicon_request *request,
		    const struct vtd_translation *translation)
{
	struct vtd_iotlb_entry *slot;

	if (!vtd->config.translations)
		return;
	while ((slot = vtd_iotlb_find(vtd, request)) != NULL)
		slot->valid = false;
	slot = &vtd->translation[turn(&vtd->translation_next, vtd->config.translations)];
	slot->valid = true;
	slot->source = request->source;
	slot->with_pasid = request->pasid != SILICON_NO_PASID;
	slot->t = *translation;
	if (vtd->config.fractured && translation->size_lg2 > 12) {
		uint64_t offset = request->address & vtd_mask(translation->size_lg2 - 1, 12);

		slot->t.size_lg2 = 12;
		slot->t.input += offset;
		slot->t.output += offset;
	}
	if (defective(vtd, RID_ENTRY_TAGGED_PASID_0) && !slot->with_pasid)
		slot->t.pasid = 0;
}

/* Second stage: DID and address. First stage: PASID, DID and address. The deepest entry is used. */
struct vtd_structure *vtd_structure_find(struct vtd *vtd, bool first, const struct vtd_route *route,
					 uint64_t input, unsigned levels)
{
	struct vtd_structure *best = NULL;

	for (unsigned i = 0; i < vtd->config.structures; i++) {
		struct vtd_structure *entry = &vtd->structure[i];

		if (!entry->valid || entry->first != first || entry->level > levels)
			continue;
		if (entry->did != route->did && !defective(vtd, STRUCTURE_CACHE_IGNORES_DOMAIN))
			continue;
		if (first && entry->pasid != route->pasid &&
		    !defective(vtd, STRUCTURE_CACHE_IGNORES_PASID))
			continue;
		if (entry->tag != input >> (3 + 9 * entry->level))
			continue;
		if (!best || entry->level < best->level)
			best = entry;
	}
	return best;
}

void vtd_structure_fill(struct vtd *vtd, const struct vtd_structure *entry)
{
	struct vtd_structure *slot;

	if (!vtd->config.structures)
		return;
	slot = &vtd->structure[turn(&vtd->structure_next, vtd->config.structures)];
	*slot = *entry;
	slot->valid = true;
}
