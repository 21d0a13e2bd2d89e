/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Evidence of a failure: the raw route, every table word on the walk, the fault records, the unit's status.
 * It is gathered after the fact and must not fail itself: no verb of the bench is used here.
 */
#include <stdio.h>
#include <string.h>

#include "tests/harness/bench_private.h"

const char *access_name(enum iommu_access access)
{
	static const char *const names[] = { [IOMMU_READ] = "read", [IOMMU_WRITE] = "write",
					     [IOMMU_ATOMIC] = "atomic access",
					     [IOMMU_PAGE_REQUEST] = "page request" };

	return (unsigned)access < ARRAY_COUNT(names) ? names[access] : "?";
}

const char *refusal_name(enum iommu_refusal refusal)
{
	static const char *const names[] = {
		[IOMMU_REFUSE_SOURCE] = "a blocked source",
		[IOMMU_REFUSE_NOT_PRESENT] = "an empty entry",
		[IOMMU_REFUSE_READ] = "no permission to read",
		[IOMMU_REFUSE_WRITE] = "no permission to write",
		[IOMMU_REFUSE_WIDTH] = "an address beyond the width",
		[IOMMU_REFUSE_RESERVED] = "a reserved bit",
	};

	return (unsigned)refusal < ARRAY_COUNT(names) ? names[refusal] : "?";
}

/* As many words to a line as it holds. */
static void note_words(struct bench *b, const char *title, const struct iommu_words *words)
{
	char line[CASE_LINE_MAX] = "";
	size_t used = 0;

	for (unsigned i = 0; i < words->count && i < IOMMU_WORDS_MAX; i++) {
		char word[64];
		int n = snprintf(word, sizeof(word), " %s=0x%llx", words->word[i].name,
				 (unsigned long long)words->word[i].value);

		if (used + (size_t)n + strlen(title) >= sizeof(line)) {
			note(b, "%s%s", title, line);
			used = 0;
		}
		memcpy(line + used, word, MIN((size_t)n, sizeof(word) - 1) + 1);
		used += MIN((size_t)n, sizeof(word) - 1);
	}
	if (used != 0)
		note(b, "%s%s", title, line);
}

static void note_route(struct bench *b)
{
	static const char *const kinds[] = { "block", "bypass", "translate" };
	static struct iommu_words words;
	struct iommu_route route = { .kind = IOMMU_BLOCK };
	enum status status;

	words.count = 0;
	status = b->iommu->ops->get_route(b->iommu, b->source, &route, &words);
	note(b, "route of %04x:%04x: %s, %s", b->source.segment, b->source.rid, status_name(status),
	     (unsigned)route.kind < 3 ? kinds[route.kind] : "?");
	note_words(b, "route:", &words);
}

/* Every word on the way, and where it ends. */
static struct pt_walk note_steps(struct bench *b, const char *whose, struct hwpt *hwpt, iova_t at)
{
	static const char *const kinds[] = { "empty", "table", "leaf", "invalid" };
	struct pt_walk walk = { .step_count = 0 };

	if (pt_walk(&hwpt->pt, at, &walk) != STATUS_OK)
		note(b, "%s0x%llx is beyond the table's width", whose, (unsigned long long)at.v);
	for (unsigned i = 0; i < walk.step_count; i++) {
		const struct pt_step *s = &walk.steps[i];

		note(b, "%swalk to 0x%llx: level %u at 0x%llx = 0x%016llx, %s%s%s%s%s", whose,
		     (unsigned long long)at.v, s->level, (unsigned long long)pa_of(s->word).v,
		     (unsigned long long)s->value, kinds[s->item.kind],
		     (s->item.prot & PT_READ) != 0 ? " R" : "",
		     (s->item.prot & PT_WRITE) != 0 ? " W" : "", s->item.accessed ? " A" : "",
		     s->item.dirty ? " D" : "");
	}
	return walk;
}

/* Nested: and the parent's way to the output, or to the entry at which the walk ends. */
static void note_walk(struct bench *b)
{
	const struct bench_own *own = own_of(b);
	struct hwpt *hwpt = own->attached != NULL ? own->attached : &b->hwpt;
	struct pt_walk walk;
	pa_t behind;

	if (own->table_count == 0)
		return;
	walk = note_steps(b, "", hwpt, own->last_at);
	if (hwpt->parent == NULL || walk.step_count == 0)
		return;
	behind = walk.found ? walk.oa : pa_of(walk.steps[walk.step_count - 1].word);
	(void)note_steps(b, "parent: ", hwpt->parent, iova(behind.v + guest_offset(b)));
}

void evidence_of_fault(struct bench *b, const struct iommu_fault *f)
{
	char raw[96] = "";
	size_t used = 0;

	for (unsigned i = 0; i < f->raw_count && i < ARRAY_COUNT(f->raw); i++)
		used += (size_t)snprintf(raw + used, sizeof(raw) - used, " %016llx",
					 (unsigned long long)f->raw[i]);
	note(b, "fault: %s of 0x%llx by %04x:%04x, reason %02Xh%s%s, raw%s", access_name(f->access),
	     (unsigned long long)f->address, f->source.segment, f->source.rid, f->reason,
	     b->iommu->ops->reason_text != NULL ? " " : "",
	     b->iommu->ops->reason_text != NULL ? b->iommu->ops->reason_text(b->iommu, f->reason)
						: "",
	     raw);
}

static void note_faults(struct bench *b)
{
	struct bench_own *own = own_of(b);
	struct iommu_fault fault;
	unsigned first = own->fault_count > BENCH_FAULTS_MAX ? own->fault_count - BENCH_FAULTS_MAX
							     : 0;

	for (unsigned i = first; i < own->fault_count; i++)
		evidence_of_fault(b, &own->faults[i % BENCH_FAULTS_MAX]);
	for (unsigned i = 0; i < BENCH_FAULTS_MAX; i++) {
		if (b->iommu->ops->next_fault(b->iommu, &fault) != STATUS_OK)
			break;
		if (own->stray_count++ == 0)
			own->stray = fault;
		note(b, "not looked at by the case:");
		evidence_of_fault(b, &fault);
	}
}

static void note_engine(struct bench *b)
{
	const struct platform_engine *e = b->engine;

	note(b, "engine %s: last transfer %s of %u bytes at 0x%llx, %s, last word 0x%08x",
	     e->dma.name, e->dma.op.direction == DMA_READ ? "read" : "write",
	     (unsigned)e->dma.op.bytes, (unsigned long long)e->dma.op.iova.v,
	     status_name(own_of(b)->last_status), (unsigned)e->dma.last_word);
}

void evidence_of_transfer(struct bench *b)
{
	if (b->engine == NULL)
		return;
	note_engine(b);
	note_route(b);
	note_walk(b);
}

void evidence_of_case(struct bench *b)
{
	static struct iommu_words words;

	if (b->iommu == NULL)
		return;
	evidence_of_transfer(b);
	note_faults(b);
	words.count = 0;
	if (b->iommu->ops->status_words != NULL)
		b->iommu->ops->status_words(b->iommu, &words);
	note_words(b, "status:", &words);
}
