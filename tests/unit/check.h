/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A unit test is a program: CHECK what must hold, then return check_done().
 * A failed check says where, and the program goes on and exits 1.
 */
static int check_failed, check_count;

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		check_count++;                                                                     \
		if (!(cond)) {                                                                     \
			check_failed++;                                                            \
			fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #cond);         \
		}                                                                                  \
	} while (0)

#define CHECK_STR(a, b)                                                                            \
	do {                                                                                       \
		const char *check_a = (a), *check_b = (b);                                         \
		check_count++;                                                                     \
		if (check_a == NULL || check_b == NULL || strcmp(check_a, check_b) != 0) {         \
			check_failed++;                                                            \
			fprintf(stderr, "%s:%d: \"%s\" is not \"%s\"\n", __FILE__, __LINE__,       \
				check_a ? check_a : "(null)", check_b ? check_b : "(null)");       \
		}                                                                                  \
	} while (0)

static inline int check_done(void)
{
	printf("%d checks, %d failed\n", check_count, check_failed);
	return check_failed == 0 && check_count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
