/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_PATH_H
#define COMMON_GEN_PATH_H

#include "common/generators/gen.h"

/*
 * gen_path: names of a parent's columns, of its parent's, and so on:
 * contato_id.empresa_id.data_criacao.  A step is a column of a foreign key; where several keys
 * have it, the one of that column alone, else the first whose parent has the next name.
 */

struct err;

/** gen_path_names(t, part, n, in, e): the column that part[0].part[1]... of table ${t} means,
 *  n >= 2; ERR_NO: it means none, and why. */
int gen_path_names(const struct pg_table *t, const char *const *part, uint32_t n,
	struct gen_input *in, struct err *e);

/**
 * gen_path_text(t, fk, name, in, e):
 * The column that ${name} is in the parent of constraint ${fk}: a column of it whatever its
 * name has in it, else a path with dots.
 */
int gen_path_text(const struct pg_table *t, uint32_t fk, const char *name, struct gen_input *in,
	struct err *e);

/** gen_path_fk(t, column): the constraint that is the foreign key a column means, or -1. */
int gen_path_fk(const struct pg_table *t, const char *column);

/** gen_input_column(t, in): the column that an input of a generator for table ${t} reads: of
 *  GEN_ROW or GEN_PARENT. */
const struct pg_column *gen_input_column(const struct pg_table *t, const struct gen_input *in);

/** gen_input_table(t, in): the table it is in. */
const struct pg_table *gen_input_table(const struct pg_table *t, const struct gen_input *in);

bool gen_input_same(const struct gen_input *a, const struct gen_input *b);

#endif
