/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_ROLE_BOOK_H
#define PLAN_CHECK_ROLE_BOOK_H

#include "stages/plan-check/role.h"

/* One name of one role. */
struct entry {
	const struct role *role;
	const char *given, *words; /* as the data have it, and as role_words() makes it */
	uint16_t n;
	bool whole;
	bool english;
};

struct role_book {
	struct entry *v;
	uint32_t n;
	const char **words; /* of all names, in order, each once: what a name run together has */
	uint32_t nwords;
};

/** role_count_words(words, n): how many words there are in "_unit_price_", of ${n} bytes. */
int role_count_words(const char *words, size_t n);

/** role_book_words(b, name, words): the name of a column or table as role_words() has it, those
 * words apart that were run together. */
void role_book_words(const struct role_book *b, const char *name, char words[ROLE_WORDS]);

#endif
