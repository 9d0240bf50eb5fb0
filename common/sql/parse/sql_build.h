/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_BUILD_H
#define COMMON_SQL_BUILD_H

#include "common/sql/sql_comp.h"

/*
 * sql_build: what the builders of typed nodes share.  All return NULL after an error
 * was set and *st said which kind.
 */

typedef struct sql_node *sql_builder(
	struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st);

/* of sql_build_leaf.c */
sql_builder sql_build_column, sql_build_param, sql_build_const, sql_build_clock;

/** sql_table_column(c, k, st): a node that reads column ${k} of the scope's table. */
struct sql_node *sql_table_column(struct sql_comp *c, uint32_t k, enum sql_status *st);

/** sql_whole_row(c, n): whether ${n} names the scope's whole row: t.* or t, unless a column is
 *  called that. */
bool sql_whole_row(const struct sql_comp *c, const PgQuery__Node *n);

/* of sql_build_op.c and sql_build_fn.c */
sql_builder sql_build_expr, sql_build_func, sql_build_case, sql_build_coalesce, sql_build_minmax;

/** sql_reads_columns(x): whether any column is read below the node; sql_all_constants(el, n):
 * whether all are constants. */
bool sql_reads_columns(const struct sql_node *x);
bool sql_all_constants(struct sql_node *const *el, uint32_t n);

/** sql_citext_op(c, e, folds): of an operator of citext, what it is over text, where both sides are
 *  to be folded before if *folds; NULL: it is none.  sql_lowered(c, x, st): lower(x). */
const char *sql_citext_op(const struct sql_comp *c, const PgQuery__AExpr *e, bool *folds);
struct sql_node *sql_lowered(struct sql_comp *c, struct sql_node *x, enum sql_status *st);

/** sql_str_of(n): the text of a String node, or NULL. */
const char *sql_str_of(const PgQuery__Node *n);

/** sql_checked(c, x, st): ${x}, or out of memory. */
struct sql_node *sql_checked(struct sql_comp *c, struct sql_node *x, enum sql_status *st);

/** sql_build_all(c, from, n, st): the nodes, in a new array. */
struct sql_node **sql_build_all(
	struct sql_comp *c, PgQuery__Node *const *from, size_t n, enum sql_status *st);

/* These accept a NULL node and hand it on. */
struct sql_node *sql_as_bool(struct sql_comp *c, struct sql_node *x, enum sql_status *st);
struct sql_node *sql_negate(struct sql_comp *c, struct sql_node *x, enum sql_status *st);
struct sql_node *sql_test(
	struct sql_comp *c, struct sql_node *x, enum sql_is is, enum sql_status *st);

/**
 * sql_comparison(c, name, op, l, r, st):
 * A node of kind ${op} over l and r, coerced for and carrying the kernel of operator ${name}.
 */
struct sql_node *sql_comparison(struct sql_comp *c, const char *name, enum sql_op op,
	struct sql_node *l, struct sql_node *r, enum sql_status *st);

#endif
