/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_EXPR_H
#define COMMON_GEN_EXPR_H

#include "common/generators/gen.h"

/*
 * gen_expr: SQL over a row and its parents, for derive generators.
 *
 * Names are the table's columns; a qualified one whose qualifier is a column of a foreign
 * key is a column of the parent that key refers to (fatura_id.data_emissao), or leads on from
 * there to its parents (fatura_id.cotacao_id.codigo, see gen_path.h).  uniform(a, b),
 * choice(a, b, ...) and normal(mean, deviation) are draws of the cell, each call one of its
 * own.  sibling_number(fatura_id) is the row's place among the children of its parent, from 1,
 * sibling_count(fatura_id) how many they are.  What an expression reads is added to the generator's
 * inputs.
 */

struct err;
struct gen_expr;

extern const struct gen_op gen_expr_ops[];
extern const struct gen_op gen_default_ops[];

/** gen_computed: what a stored generated column is: its expression.  Not for plans to name. */
extern const struct gen_op gen_computed;

/** gen_expr_of(g): the expression that a generator computes, where it is one and reads nothing but
 *  columns of the row; else NULL. */
const struct sql_expr *gen_expr_of(const struct gen *g);

/**
 * gen_expr_value(g, c, text, a, e): compile ${text} as a value for the column; NULL with
 * ERR_NO: it is not SQL, not covered, or not of a type the column takes.
 */
struct gen_expr *gen_expr_value(struct gen *g, const struct gen_column *c, const char *text,
	struct arena *a, struct err *e);

/** gen_expr_condition(g, c, text, a, e): the same as a condition. */
struct gen_expr *gen_expr_condition(struct gen *g, const struct gen_column *c, const char *text,
	struct arena *a, struct err *e);

/** gen_expr_columns(x, in, row, n, key, h): what x reads, by column, for this block; ${in} are
 *  all inputs of the generator; draws are of the stream ${key}.  NULL: h->nomem. */
const struct vec *const *gen_expr_columns(const struct gen_expr *x, const struct vec *const *in,
	const uint64_t *row, uint32_t n, uint64_t key, struct gen_heap *h);

/** gen_expr_derive(x, in, row, n, key, out, h): the values; rows that have none, or a NULL where
 *  the column is NOT NULL, by gen_fail(). */
void gen_expr_derive(const struct gen_expr *x, const struct vec *const *in, const uint64_t *row,
	uint32_t n, uint64_t key, struct vec *out, struct gen_heap *h);

/** gen_expr_test(x, in, row, n, key, to, h): to[i] = whether the condition is true (not NULL) in
 *  row ${i}. */
void gen_expr_test(const struct gen_expr *x, const struct vec *const *in, const uint64_t *row,
	uint32_t n, uint64_t key, uint8_t *to, struct gen_heap *h);

/** gen_expr_max_bytes(c): of the longest text an expression makes for the column. */
uint32_t gen_expr_max_bytes(const struct gen_column *c);

#endif
