/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One walk over the journal into the model. Nothing in a journal is trusted: every index is checked. */
#include "tests/report/report.h"

#include <stdio.h>
#include <string.h>

static void read_name(struct report_model *model, const struct journal_record *r)
{
	char name[REPORT_NAME_MAX];
	enum journal_kind kind;
	uint8_t index, parent;

	if (!journal_read_name(r, &kind, &index, &parent, name, sizeof(name)))
		return;
	if (kind == JOURNAL_UNIT && index < REPORT_UNITS_MAX)
		memcpy(model->units[index], name, sizeof(name));
	else if (kind == JOURNAL_ENGINE && index < REPORT_ENGINES_MAX)
		memcpy(model->engines[index], name, sizeof(name));
	else if (kind == JOURNAL_REGIME && parent < REPORT_UNITS_MAX && index < REPORT_REGIMES_MAX)
		memcpy(model->regimes[parent][index], name, sizeof(name));
}

static void read_begin(struct report_model *model, const struct journal_record *r, size_t after)
{
	struct journal_case c;

	model->latest = NULL;
	if (!journal_read_case(r, &c))
		return;
	if (c.number == 0 || c.number > REPORT_CASES_MAX) {
		model->unlisted++;
		return;
	}
	model->latest = &model->cases[c.number - 1];
	*model->latest = (struct report_case){
		.begun = true,
		.unit = c.unit,
		.regime = c.regime,
		.leaf_lg2 = c.leaf_lg2,
		.engine = c.engine,
		.test = c.test,
		.texts = (uint32_t)after,
	};
	model->last = MAX(model->last, c.number);
}

static void read_end(struct report_model *model, const struct journal_record *r)
{
	struct journal_end end;
	struct report_case *c;

	if (!journal_read_end(r, &end) || end.number == 0 || end.number > REPORT_CASES_MAX)
		return;
	c = &model->cases[end.number - 1];
	if (!c->begun)
		return;
	c->ended = true;
	c->verdict = end.verdict < VERDICT_COUNT ? end.verdict : VERDICT_BROKEN;
	c->us = end.us;
	c->checks = end.checks;
}

static void read_reason(struct report_model *model, const struct journal_record *r)
{
	struct journal_record source;

	if (model->latest && journal_read_reason(model->journal, model->bytes, r, &source))
		model->latest->reason = (uint32_t)(source.payload - model->journal) - 4;
}

/* Another build with the same tests in the same order: its numbers mean the same here. */
static void read_suite(struct report_model *model, const struct journal_record *r)
{
	char fact[REPORT_NAME_MAX], own[REPORT_NAME_MAX];

	journal_read_text(r, fact, sizeof(fact));
	snprintf(own, sizeof(own), "suite=%016llx", (unsigned long long)model->texts.suite);
	if (strcmp(fact, own) == 0)
		model->same_suite = true;
}

static void read_record(struct report_model *model, const struct journal_record *r, size_t after)
{
	uint32_t ended;

	model->finished = r->type == JOURNAL_DONE;
	switch (r->type) {
	case JOURNAL_FACT:
		read_suite(model, r);
		break;
	case JOURNAL_NAME:
		read_name(model, r);
		break;
	case JOURNAL_PLAN:
		journal_read_u32(r, &model->planned);
		break;
	case JOURNAL_BEGIN:
		read_begin(model, r, after);
		break;
	case JOURNAL_END:
		read_end(model, r);
		break;
	case JOURNAL_REASON:
	case JOURNAL_REASON_AGAIN:
		read_reason(model, r);
		break;
	case JOURNAL_DONE:
		journal_read_done(r, &ended, &model->dropped);
		break;
	default:
		break;
	}
}

/* A verdict is one of the rules that can be observed where it was made, and of no others. */
static void credit(struct report_model *model, const struct report_case *c)
{
	const struct testcase *test = report_test(model, c);
	const char *unit = report_case_unit(model, c), *regime = report_case_regime(model, c);
	unsigned place = report_place_of(c);

	for (unsigned k = 0; test && test->rules[k] != RULE_NONE; k++) {
		enum rule rule = test->rules[k];

		if (rule_speaks_of(rule, unit, regime))
			model->met[rule][place][c->verdict]++;
		else
			model->elsewhere[rule][place] = true;
	}
}

/* What the cases add up to, once all are known. */
static void add_up(struct report_model *model)
{
	for (uint32_t i = 0; i < model->last; i++) {
		struct report_case *c = &model->cases[i];
		if (!c->begun)
			continue;
		if (!c->ended)
			c->verdict = model->finished ? VERDICT_BROKEN : VERDICT_HANG;
		model->run++;
		model->counts[c->verdict]++;
		model->machine_cases |= report_place_of(c) == REPORT_MACHINE;
		credit(model, c);
	}
	model->not_run = model->planned > model->run ? model->planned - model->run : 0;
}

static void gather_claims(struct report_model *model)
{
	for (unsigned i = 0; model->same_suite && i < model->texts.test_count; i++) {
		const struct testcase *test = model->texts.tests[i];
		bool of_machine = test->sweep == SWEEP_MACHINE;

		for (unsigned k = 0; test->rules[k] != RULE_NONE; k++) {
			enum rule rule = test->rules[k];

			model->of_machine[rule] = of_machine && (model->of_machine[rule] ||
								 !model->claimed[rule]);
			model->claimed[rule] = true;
		}
	}
}

void report_read(struct report_model *model, const void *journal, size_t bytes,
		 const struct report_texts *texts)
{
	struct journal_reader reader;
	struct journal_record r;

	memset(model, 0, sizeof(*model));
	model->journal = journal;
	model->bytes = bytes;
	model->texts = *texts;
	journal_open(&reader, journal, bytes);
	if (!journal_read(&reader, &r) || r.type != JOURNAL_START ||
	    !journal_read_start(&r, &model->start, model->version, sizeof(model->version)))
		return;
	model->valid = true;
	model->same_build = model->same_suite = model->start.build == texts->build;
	while (journal_read(&reader, &r))
		read_record(model, &r, reader.offset);
	model->bytes = reader.offset;
	gather_claims(model);
	add_up(model);
}

bool report_is_complete(const struct report_model *model)
{
	return model->valid && model->finished && !model->not_run && !model->unlisted;
}
