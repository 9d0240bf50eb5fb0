/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BIND_INT_H
#define COMMON_BIND_INT_H

#include "common/bind.h"
#include "common/err.h"

/*
 * Inside bind.  The steps, in order: columns, checks, generators, choices, orders, keys, inputs
 * and dependencies, transforms, proofs.  Each reports what it finds and goes on, so that
 * all problems of a table are seen at once.
 */

struct bind_compiled {
	const struct pg_constraint *con;
	struct sql_expr *expr;
};

struct binder {
	struct bound *b;
	const struct bind_report *report; /* NULL: stop at the first problem */
	struct arena *a;
	struct err *e;
	bool refused; /* a problem that is no warning was reported */
	struct sql_scope scope;
	struct bind_compiled *compiled;
	struct sql_expr **exprs; /* the same, as sql_narrow() takes them */
	uint32_t ncompiled;
	struct sql_narrow narrow; /* dom NULL: nothing is known */
	bool *order_kept;	  /* of narrow.orders: holds by construction */
	bool *alone;		  /* column: unique by itself */
	bool *member;		  /* column: of some unique key */
	bool *not_null;		  /* column: may not be NULL for a key's sake */
	uint64_t *need;		  /* column: distinct values that it alone must have */
};

static inline const struct pg_table *bind_table(const struct binder *k)
{
	return k->b->t->table;
}

static inline const struct pg_column *bind_column(const struct binder *k, uint32_t c)
{
	return &bind_table(k)->columns[c];
}

/** bind_problem(k, code, warning, column or NULL, hint or NULL, fmt, ...):
 *  0: noted, go on; -1: it ends here and k->e says why. */
int bind_problem(struct binder *k, const char *code, bool warning, const struct pg_column *c,
	const char *hint, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/** bind_key_of(k, column, purpose): stream key of a column. */
uint64_t bind_key_of(const struct binder *k, const char *name, const char *purpose);

/** bind_generator(k, c, unique, rows, g, e): prepare column ${c}'s generator. */
int bind_generator(const struct binder *k, uint32_t c, bool unique, uint64_t rows, struct gen *g,
	struct err *e);

/** bind_derives(b): whether the column is computed from others. */
static inline bool bind_derives(const struct bound_column *b)
{
	return (b->source == PLAN_GENERATOR || b->source == PLAN_COMPUTED) && b->gen.op != NULL &&
	       b->gen.op->derives;
}

/** bind_sibling(k, c, from, f): column ${c} reads the row's place among its siblings by t->fks[f]:
 *  that it has one is certain, or a problem. */
int bind_sibling(struct binder *k, uint32_t c, enum gen_from from, uint32_t f);

/** bind_draws(k, c): whether a base generator makes the column from an index. */
bool bind_draws(const struct binder *k, uint32_t c);

int bind_checks(struct binder *k);  /* compile and narrow */
int bind_choices(struct binder *k); /* ways to meet checks */
int bind_orders(struct binder *k);  /* limits between columns, bounds propagated */
int bind_keys(struct binder *k);    /* uniqueness */
int bind_inputs(struct binder *k);  /* gathers, and the order columns are made in */
int bind_xforms(struct binder *k);  /* transforms */
int bind_pools(struct binder *k);   /* columns drawn together */
int bind_proofs(struct binder *k);  /* which checks are left to verify, what they tie */

/** bind_tie_pools(k): what is drawn together is drawn again together. */
void bind_tie_pools(struct binder *k);

/** bind_proven(k, i): whether compiled check ${i} holds for all that can be drawn. */
bool bind_proven(const struct binder *k, uint32_t i);

/** bind_choice_weights(k): how likely each way is, when all NULL rates are known. */
void bind_choice_weights(struct binder *k);

/** bind_unique_columns(k): fill k->alone, k->member and k->not_null. */
int bind_unique_columns(struct binder *k);

/** bind_keeps_distinct(x): whether a transform leaves distinct values distinct. */
bool bind_keeps_distinct(const struct plan_xform *x);

#endif
