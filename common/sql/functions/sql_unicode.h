/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_UNICODE_H
#define COMMON_SQL_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * sql_unicode: what a letter is, for lower(), upper(), initcap() and patterns that ignore case.
 *
 * As PostgreSQL's libc provider has it under C.UTF-8: one letter becomes one letter (upper('ß') is
 * 'ß'), and no language is special.  The tables are compiled in, in one version of Unicode, so that
 * a plan makes the same bytes on every host, with locale files or without.
 */

/** sql_letter_case(c, upper): the upper or lower case of code point ${c}, or ${c}. */
uint32_t sql_letter_case(uint32_t c, bool upper);

/** sql_letter_alnum(c): whether ${c} is a letter or a digit. */
bool sql_letter_alnum(uint32_t c);

#endif
