/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_FAKER_CODE_H
#define COMMON_GEN_FAKER_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "common/generators/gen_kit.h"

/*
 * gen_faker_code: codes as functions from an index below their space to a text.  Each writes
 * at ${to} and returns where the text ends.
 */

/* How many there are. */
#define CODE_COUNTRIES	32
#define CODE_CARD_KINDS 6
#define CODE_ISBNS	(2 * UINT64_C(100000000))
#define CODE_CARDS	(UINT64_C(100000000) * CODE_CARD_KINDS)
#define CODE_BICS	(UINT64_C(26) * 26 * 26 * 26 * 26 * CODE_COUNTRIES)
#define CODE_ISINS	(UINT64_C(101559956668416) * CODE_COUNTRIES) /* 36^9 a country */

typedef char *code_put(const struct gen *g, uint64_t idx, char *to);

/* isbn: of 10 or 13 digits; marked: with hyphens between group, publisher, title and check digit.
 * card: 15 or 16 digits.  bic: 8 letters and digits.  isin: 12. */
code_put code_put_isbn, code_put_isbn_marked, code_put_isbn10, code_put_isbn10_marked;
code_put code_put_isbn13, code_put_isbn13_marked, code_put_card, code_put_bic, code_put_isin;

#endif
