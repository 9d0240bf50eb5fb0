/* SPDX-License-Identifier: MIT */
/*
 * unicode: the tables of letters, held against utf8proc.
 * unicode TO: prints code point, upper case, lower case and 1 if it is a letter or a digit, of
 * every code point from U+0080 to ${TO}, tabs between.
 */
#include "common/sql/functions/sql_unicode.h"

#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "tests/unit/check.h"

enum { LAST = 0x10ffff, SHARP_S = 0xdf };

static void print_all(uint32_t to)
{
	for (uint32_t c = 0x80; c <= to; c++)
		if (c < 0xd800 || c > 0xdfff)
			printf("%u\t%u\t%u\t%d\n", c, sql_letter_case(c, true),
				sql_letter_case(c, false), sql_letter_alnum(c));
}

/*
 * utf8proc has cases from the same standard.  It makes one exception: U+1E9E for the upper case of
 * the sharp s, which has no upper case of one letter in the standard, nor in PostgreSQL.  A newer
 * version has letters that ours does not know; those that both know have the same case.
 */
static void against_utf8proc(void)
{
	bool same = strcmp(utf8proc_unicode_version(), "15.0.0") == 0;
	uint32_t changed = 0;

	for (uint32_t c = 0; c <= LAST; c++)
		for (int upper = 0; upper < 2; upper++) {
			uint32_t ours = sql_letter_case(c, upper != 0);
			uint32_t theirs = (uint32_t)(upper ? utf8proc_toupper((int32_t)c)
							   : utf8proc_tolower((int32_t)c));

			changed += ours != c;
			if (c != SHARP_S && ours != theirs && (same || ours != c)) {
				fprintf(stderr, "U+%04X: %X, not %X\n", c, theirs, ours);
				CHECK(false);
			}
		}
	CHECK(changed == 2883);
	CHECK(sql_letter_case(SHARP_S, true) == SHARP_S);
}

int main(int argc, char **argv)
{
	if (argc == 2) {
		print_all((uint32_t)strtoul(argv[1], NULL, 0));
		return 0;
	}
	against_utf8proc();
	CHECK(sql_letter_alnum('a') && sql_letter_alnum('9') && !sql_letter_alnum('_'));
	CHECK(sql_letter_alnum(0xe9) && sql_letter_alnum(0x4e00) && !sql_letter_alnum(0x20ac));
	return check_done();
}
