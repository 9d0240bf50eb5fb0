/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_HOW_H
#define TESTS_UNIT_HOW_H

#include <stdlib.h>
#include <string.h>

#include "common/plan/plan_how.h"

/* How rows choose parents, by its word: "balanced". */
static inline struct plan_how how(const char *word)
{
	struct plan_how h;

	if (!how_named(&h, word, strlen(word)))
		abort();
	return h;
}

#endif
