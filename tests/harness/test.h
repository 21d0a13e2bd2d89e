/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A test: a sentence, the rules it comes from, what it needs, and a body of arrange, act, expect.
 *
 *	TEST(dirty, read_leaves_pages_clean,
 *	     .claim = "A DMA read never sets a dirty flag.",
 *	     .rules = RULES(VTD_AD_10),
 *	     .needs = NEEDS_DIRTY | NEEDS_DMA_READ | NEEDS_DMA_WRITE)
 *	{
 *		struct span s = map_leaves(b, 2, PT_READ | PT_WRITE);
 *
 *		device_reads(b, leaf(&s, 0), 64);
 *		device_writes(b, leaf(&s, 1), 64);
 *
 *		expect_dirty(b, &s, "-D");
 *	}
 *
 * The record goes into a sorted section: this is the one place to touch. The harness sweeps the body over
 * unit x regime x leaf size x engine; a case is one such body with its variant. A rule that no catalogue
 * in tests/rules/ has does not compile.
 */
#ifndef TESTS_HARNESS_TEST_H
#define TESTS_HARNESS_TEST_H

#include "base/types.h"
#include "tests/rules/rules.h"

struct bench;

/* What a test needs; each missing one is a skip that says which. */
#define NEEDS_LIST(X) \
	X(DMA_READ,	 0, "an engine that reads memory and tells what it saw") \
	X(DMA_WRITE,	 1, "an engine that writes memory") \
	X(ACCESSED,	 2, "accessed flags set by hardware in this regime") \
	X(DIRTY,	 3, "dirty flags set by hardware in this regime") \
	X(BYPASS,	 4, "pass-through of a source (ECAP.PT)") \
	X(WRITE_ONLY,	 5, "write-only mappings in this table format") \
	X(TABLE_PROT,	 6, "permissions in table entries of this format") \
	X(QUEUE,	 7, "queued invalidation (ECAP.QI)") \
	X(RANGE,	 8, "page-selective invalidation in this regime") \
	X(FAULT_EVENT,	 9, "a fault interrupt that this machine can receive") \
	X(OTHER_ENGINE,	10, "a second engine behind the same unit") \
	X(OTHER_GROUP,	11, "a second engine in another group behind the same unit") \
	X(SAME_GROUP,	12, "a second engine in the same group") \
	X(FIRST_STAGE,	13, "a first-stage regime") \
	X(SECOND_STAGE,	14, "a second-stage regime") \
	X(SCALABLE,	15, "a scalable-mode regime") \
	X(LEGACY,	16, "a legacy-mode regime") \
	X(WIDE_ENGINE,	17, "an engine that issues addresses beyond the regime's width") \
	X(LEVELS,	18, "a regime with more than one level count") \
	X(PASID,	19, "a regime that routes requests with PASID (ECAP.PASID)") \
	X(DIRTY_SWITCH,	20, "dirty tracking that can be switched") \
	X(BRIDGE,	21, "a function behind a PCIe-to-PCI bridge") \
	X(SELF_CONTAINED, 22, "an engine that needs no memory of its own") \
	X(DMA_PASID,	23, "an engine that issues requests with PASID") \
	X(DMA_ATOMIC,	24, "an engine that issues AtomicOps") \
	X(DMA_ATS,	25, "an engine that asks for translations (ATS)") \
	X(OTHER_BUS,	26, "a second engine with the same device and function number on another bus") \
	X(DMA_STORM,	27, "an engine that transfers without end") \
	X(NESTED,	28, "a regime nested in another") \
	X(DMA_MESSAGE,	29, "an engine that sends any interrupt message") \
	X(DMA_PRI,	30, "an engine that asks for pages (PRI)")

enum {
#define X(name, bit, text) NEEDS_##name = 1 << (bit),
	NEEDS_LIST(X)
#undef X
};

/* How far the harness sweeps a body. Every test runs on every unit that its vendor mask admits. */
enum sweep {
	SWEEP_LEAVES,			/* unit x regime x leaf size x engine: the default */
	SWEEP_ENGINES,			/* unit x regime x engine, smallest leaf */
	SWEEP_REGIMES,			/* unit x regime, the best engine that serves the needs */
	SWEEP_UNITS,			/* unit: no engine, no regime is enabled */
	SWEEP_MACHINE,			/* once: firmware tables, memory map, topology */
};

struct testcase {
	const char *topic, *name;	/* the id is "topic.name" */
	const char *claim;		/* an English sentence; goes to the report verbatim */
	const enum rule *rules;		/* ends with RULE_NONE */
	uint32_t needs;
	enum sweep sweep;
	const char *vendor;		/* NULL: any; "vtd": units of that driver only */
	bool basic;			/* every engine shows it, slow ones too */
	bool premise;			/* others of its regime stand on it: it comes first, and where it fails they
					   are skipped */
	bool risky;			/* commit the journal before it: it may hang the machine */
	bool faults;			/* leaves fault records on purpose: the body accounts for each */
	void (*body)(struct bench *b);
};

#define RULES(...) ((const enum rule[]){ __VA_ARGS__, RULE_NONE })

/* A program that reads reports needs the texts of the suite, and nothing that a body stands on. */
#ifdef TEST_RECORDS_ONLY
#define TEST_BODY(name) NULL
#else
#define TEST_BODY(name) name
#endif

/* The records are pointers: sanitizers pad objects, and an array of pointers must have no gaps. */
#define TEST(topic_, name_, ...) \
	static void test_##topic_##_##name_(struct bench *b); \
	static const struct testcase testcase_##topic_##_##name_ = { \
		.topic = #topic_, .name = #name_, .body = TEST_BODY(test_##topic_##_##name_), \
		__VA_ARGS__ \
	}; \
	__attribute__((used, section(".data.testcase." #topic_ "." #name_))) \
	static const struct testcase *testcase_record_##topic_##_##name_ = \
		&testcase_##topic_##_##name_; \
	static void test_##topic_##_##name_(struct bench *b)

/* From the linker script: every record, sorted by topic and name. */
extern const struct testcase *testcase_begin[], *testcase_end[];

#endif
