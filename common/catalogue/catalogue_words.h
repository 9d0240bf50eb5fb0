/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CATALOGUE_WORDS_H
#define COMMON_CATALOGUE_WORDS_H

#include "common/generators/gen.h"

/*
 * catalogue_words: what a row of the table says, in words.  Each function writes into ${to}, of
 * CATALOGUE_WORDS bytes, and returns it.
 */

enum { CATALOGUE_WORDS = 512, CATALOGUE_LOCALES = 8 };

/** catalogue_range(p, to): "from 0 to 1", "upper, lower or title"; "" where anything goes. */
const char *catalogue_range(const struct gen_param *p, char *to);

/** catalogue_columns(op, to): "integer or numeric, made as integer": columns it may fill. */
const char *catalogue_columns(const struct gen_op *op, char *to);

/** catalogue_reads(op, to): "columns of the row, the parent row". */
const char *catalogue_reads(const struct gen_op *op, char *to);

/** catalogue_locale(op, to): "always pt_BR", or "the rule's or the plan's: en_US or pt_BR". */
const char *catalogue_locale(const struct gen_op *op, char *to);

#endif
