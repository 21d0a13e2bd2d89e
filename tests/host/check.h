/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Host tests: a test is a function, a check is an expression, a file is a program.
 *
 *	HOST_TEST(map_refuses_overlap)
 *	{
 *		CHECK_EQ(ioas_map(...), STATUS_OVERLAP);
 *	}
 *
 *	HOST_MAIN()
 *
 * Each test prints one TAP line; a failed check prints both sides and where it stands. A test that
 * checks nothing fails. The program's exit status is 1 if any test failed.
 */
#ifndef TESTS_HOST_CHECK_H
#define TESTS_HOST_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_TESTS_MAX	256

struct host_test {
	const char *name;
	void (*body)(void);
};

static struct host_test host_tests[HOST_TESTS_MAX];
static unsigned host_test_count;
static unsigned host_checks, host_failures;

static void host_register(const char *name, void (*body)(void))
{
	if (host_test_count == HOST_TESTS_MAX)
		abort();
	host_tests[host_test_count++] = (struct host_test){ name, body };
}

#define HOST_TEST(name) \
	static void host_test_##name(void); \
	__attribute__((constructor)) static void host_register_##name(void) \
	{ \
		host_register(#name, host_test_##name); \
	} \
	static void host_test_##name(void)

#define CHECK(condition) do { \
	host_checks++; \
	if (!(condition)) { \
		host_failures++; \
		printf("# %s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
	} \
} while (0)

#define CHECK_EQ(got, expected) do { \
	uint64_t got_ = (uint64_t)(got), expected_ = (uint64_t)(expected); \
	host_checks++; \
	if (got_ != expected_) { \
		host_failures++; \
		printf("# %s:%d: %s is 0x%llx, expected 0x%llx\n", __FILE__, __LINE__, #got, \
		       (unsigned long long)got_, (unsigned long long)expected_); \
	} \
} while (0)

#define CHECK_STR(got, expected) do { \
	const char *got_ = (got), *expected_ = (expected); \
	host_checks++; \
	if (strcmp(got_, expected_) != 0) { \
		host_failures++; \
		printf("# %s:%d: %s is \"%s\", expected \"%s\"\n", __FILE__, __LINE__, #got, \
		       got_, expected_); \
	} \
} while (0)

static int host_run(void)
{
	unsigned failed = 0;

	printf("1..%u\n", host_test_count);
	for (unsigned i = 0; i < host_test_count; i++) {
		unsigned failures = host_failures, checks = host_checks;

		host_tests[i].body();
		if (host_checks == checks) {
			printf("# %s checks nothing\n", host_tests[i].name);
			host_failures++;
		}
		failed += host_failures != failures;
		printf("%sok %u %s\n", host_failures != failures ? "not " : "", i + 1,
		       host_tests[i].name);
	}
	return failed != 0;
}

#define HOST_MAIN() \
	int main(void) \
	{ \
		setvbuf(stdout, NULL, _IOLBF, 0); \
		return host_run(); \
	}

#endif
