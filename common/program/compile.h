/* SPDX-License-Identifier: MIT */
#ifndef COMMON_COMPILE_H
#define COMMON_COMPILE_H

#include "common/base/err.h"
#include "common/program/program.h"

/*
 * Inside bind.  The steps, in order: columns, checks, what they say before transforms, generators,
 * choices, orders, keys, inputs and dependencies, transforms, proofs.  Each reports what it finds
 * and goes on, so that all problems of a table are seen at once.
 */

struct bind_compiled {
	const struct pg_constraint *con;
	struct sql_expr *expr;
};

/* A set of columns that must be distinct. */
struct bind_set {
	const char *name, *definition;
	uint32_t *cols, ncols;
	bool nulls_equal; /* NULLS NOT DISTINCT */
	enum plan_policy policy;
	bool partial;		/* only of the rows where ... */
	struct sql_expr *where; /* ... this is TRUE; NULL: it is not understood */
	int null_of;		/* that is, where this column is NULL and NULLs are alike; or -1 */
	const char *why; /* an expression that is not understood is left out of cols; or NULL */
};

/* An exclusion constraint: of the rows where its set's columns are alike, no two ranges meet. */
struct bind_span {
	struct bind_set of;
	uint32_t from, to; /* columns of the range's ends; the same: it is one column */
	bool closed;	   /* it holds its last value */
	const char *why;   /* it is not understood; or NULL */
	const char *order; /* of two columns: the check that the range can be made */
	bool merged;	   /* one before it keeps it */
	bool refused;	   /* it has been reported */
};

/* What can take a digit of a key: a column that draws, or a foreign key. */
struct bind_unit {
	bool is_fk;
	uint32_t at; /* column, or index in table->fks */
	uint64_t space;
};

struct bind_units {
	struct bind_unit *v;
	uint32_t n;
};

/* Rows that key ${key} has no room for: ${not} holds in them. */
struct bind_denial {
	struct sql_expr * not ;
	uint32_t key;
};

#define KEY_SPACE_MAX (UINT64_C(1) << 62)

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
	unsigned *fold;		  /* column: a key does not tell these apart, SQL_FOLD_ */
	struct bind_set *sets;
	uint32_t nsets;
	struct bind_span *spans;
	uint32_t nspans;
	struct bind_denial *denials; /* [nsets + nspans] */
	uint32_t ndenials;
	bool *denied; /* column: of a denial */
	/* column: what checks say of the values that its transforms leave; NULL: it has none.
	 * narrow.dom then says what it asks of those that they get. */
	struct sql_domain **written;
	struct bind_equation *equations; /* columns that are computed: compile_equation.h */
	uint32_t nequations;
	struct bind_candidates *candidates; /* by check that has some */
	uint32_t ncandidates;
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

int bind_checks(struct binder *k);    /* compile and narrow */
int bind_equations(struct binder *k); /* columns that checks say the value of */
int bind_written(struct binder *k);   /* what checks say before transforms */
int bind_written_ways(struct binder *k);
int bind_settle_equations(struct binder *k); /* when generators are prepared */
int bind_choices(struct binder *k);	     /* ways to meet checks */
int bind_orders(struct binder *k);	     /* limits between columns, bounds propagated */
int bind_keys(struct binder *k);	     /* uniqueness */
int bind_inputs(struct binder *k);	     /* gathers, and the order columns are made in */
int bind_xforms(struct binder *k);	     /* transforms */
int bind_pools(struct binder *k);	     /* columns drawn together */
int bind_verify(struct binder *k);	     /* checks over columns that are not drawn again */
int bind_proofs(struct binder *k);	     /* which checks are left to verify, what they tie */

/** bind_partials(k): which columns of a key may be NULL without the others. */
int bind_partials(struct binder *k);

/** bind_tie_pools(k): what is drawn together is drawn again together. */
void bind_tie_pools(struct binder *k);

/** bind_proven(k, i): whether compiled check ${i} holds for all that can be drawn. */
bool bind_proven(const struct binder *k, uint32_t i);

/** bind_choice_weights(k): how likely each way is, when all NULL rates are known. */
void bind_choice_weights(struct binder *k);

/** bind_sets(k): what must be distinct; fill k->alone, k->member, k->not_null and k->fold. */
int bind_sets(struct binder *k);

/** bind_where(s, x): a predicate, or what stands for a CASE: either one that is not TRUE will do.
 */
void bind_where(struct bind_set *s, struct sql_expr *x);

/** bind_predicate(k, s, text): the set is of rows where ${text} is TRUE. */
int bind_predicate(struct binder *k, struct bind_set *s, const char *text);

/** bind_distinct(k, s): whether no two rows are alike in the set, by other keys' doing.
 *  bind_distinct_by(k, s, done, ndone): the same, of these keys. */
bool bind_distinct(const struct binder *k, const struct bind_set *s);
bool bind_distinct_by(const struct binder *k, const struct bind_set *s, const struct bind_set *done,
	uint32_t ndone);

/** bind_span_read(k, c): of key ${c}, whose elements are not all compared by =: one more of
 *  k->spans. */
struct pg_key;
int bind_span_read(struct binder *k, const struct pg_key *c);

/** bind_span_mate(k, c): the column that a range is made of together with ${c}; UINT32_MAX: none,
 *  or ${c} is the range. */
uint32_t bind_span_mate(const struct binder *k, uint32_t c);

/** bind_span_asked(s): whether it is understood, and to be kept. */
bool bind_span_asked(const struct bind_span *s);

/* Of a column's ranges, in the values of its generator: where they may lie, how long they are. */
struct bind_range {
	uint64_t first, parts; /* none: no range passes */
	uint64_t shortest, longest;
};

/** bind_range_room(k, c, r): what the checks that read column ${c}, of ranges, alone leave. */
int bind_range_room(struct binder *k, uint32_t c, struct bind_range *r);

/** bind_set_has(s, c): whether column ${c} is one of the set. */
static inline bool bind_set_has(const struct bind_set *s, uint32_t c)
{
	return pg_has_column(s->cols, s->ncols, c);
}

/** bind_set_holds(s, cols, n): whether all of these columns are. */
static inline bool bind_set_holds(const struct bind_set *s, const uint32_t *cols, uint32_t n)
{
	return pg_common_columns(cols, n, s->cols, s->ncols) == n;
}

/** bind_only_nulls(c): no transform changes its values. */
bool bind_only_nulls(const struct plan_column *c);

/** bind_quoted(k, c): the column's name as SQL reads it; "": no memory. */
const char *bind_quoted(const struct binder *k, uint32_t c);

/** bind_span_need(k, c): values that column ${c} should have for its ranges' sake; 0: it has none.
 */
uint64_t bind_span_need(const struct binder *k, uint32_t c);

/** bind_spans(k): plan them, before keys are. */
int bind_spans(struct binder *k);

/** bind_span_covers(k, s): whether an exclusion constraint makes the set distinct. */
bool bind_span_covers(const struct binder *k, const struct bind_set *s);

/** bind_take_key(k, name, anchor, need): a new key; its index. */
int bind_take_key(struct binder *k, const char *name, int anchor, uint64_t need);

/** bind_take_digit(k, key, u): a column or a foreign key is the next digit of ${key}. */
void bind_take_digit(struct binder *k, int key, const struct bind_unit *u);

/** bind_is_loose(k, f): whether nothing else decides the parents of FK ${f}: a digit, or an order.
 */
bool bind_is_loose(const struct binder *k, uint32_t f);

/** bind_take_column(k, key, c): column ${c}, of gen.space values, is the next digit of ${key}. */
void bind_take_column(struct binder *k, uint32_t key, uint32_t c);

/** bind_may_anchor(k, f): whether rows may know their place among the children of FK ${f}. */
bool bind_may_anchor(const struct binder *k, uint32_t f);

/** bind_most_children(k, f): of an FK that anchors a key, the most children of a parent. */
uint64_t bind_most_children(const struct binder *k, uint32_t f);

/** bind_lines(k): columns whose rule asks for their place among siblings. */
int bind_lines(struct binder *k);

/** bind_number_lines(k, key, c): the only digit of ${key}, an integer nobody asked anything of,
 *  is counted from 1, as far as its type and checks allow. */
void bind_number_lines(struct binder *k, uint32_t key, uint32_t c);

/** bind_counted(k, s): whether a column of the set is counted among siblings the set names. */
bool bind_counted(const struct binder *k, const struct bind_set *s);

/** bind_twins(k): foreign keys that checks tie, before keys are planned; those in order are not
 *  to be used by keys but as pairs. */
int bind_twins(struct binder *k);

/** bind_twin_of(k, f): the FK that ${f} may not have the parent of; -1: none. */
int bind_twin_of(const struct binder *k, uint32_t f);

/** bind_pairs(k, s, pairs): the twins in order that set ${s} holds, and how many pairs there are;
 *  NULL: none. */
struct bound_twins *bind_pairs(struct binder *k, const struct bind_set *s, uint64_t *pairs);

/** bind_settle_twins(k): who picks after whom, when keys are planned. */
int bind_settle_twins(struct binder *k);

/** bind_names(k, s, f): whether every column of FK ${f} is one of the set. */
bool bind_names(const struct binder *k, const struct bind_set *s, uint32_t f);

/** bind_tells(k, s, f): whether the set's columns tell the parents of FK f apart. */
bool bind_tells(const struct binder *k, const struct bind_set *s, uint32_t f);

/** bind_joint(k, s): a set that foreign keys which share columns make distinct together, if it is
 *  one: 1: planned, or a problem reported; 0: it is not; -1. */
int bind_joint(struct binder *k, const struct bind_set *s);

/** bind_parents_of(k, f): rows of the FK's parent, as planned. */
uint64_t bind_parents_of(const struct binder *k, uint32_t f);

/** bind_too_small ...: problems of a set, with the numbers; as bind_problem(). */
int bind_too_small(struct binder *k, const struct bind_set *s, const struct bind_units *u);
int bind_too_few_pairs(
	struct binder *k, const struct bind_set *s, const struct bound_twins *t, uint64_t pairs);
int bind_too_few_parents(struct binder *k, const struct bind_set *s, const struct pg_constraint *c,
	uint64_t parents);
int bind_zero_parents(struct binder *k, uint32_t f);

/** bind_pinned(k, where, pinned): columns that have one value, or none, where it is TRUE. */
int bind_pinned(struct binder *k, struct sql_expr *where, bool *pinned);

/** bind_deny(k, s, key): rows that ${key}, of the partial ${s}, has no room for are to be made so
 *  that its predicate is not TRUE: 1; 0: nothing of it can be denied; -1. */
int bind_deny(struct binder *k, const struct bind_set *s, uint32_t key);

/** bind_ringed(k, s): whether the set holds what no two rows refer to: all of the columns of a
 *  RING, or some that refer to a key of their own. */
bool bind_ringed(const struct binder *k, const struct bind_set *s);

/** bind_partial_anchor(k, s, u): the FK whose parents have room each for some rows of the partial
 *  ${s}, whose units are ${u}; -1: none.  bind_count_children(k, f): that FK counts its children.
 */
int bind_partial_anchor(
	const struct binder *k, const struct bind_set *s, const struct bind_units *u);
void bind_count_children(struct binder *k, uint32_t f);

/** bind_outside(k): the ways of such rows, when all keys are planned. */
int bind_outside(struct binder *k);

/* How a column takes part in a choice. */
enum bind_part { BIND_PART_NONE, BIND_PART_DRAWN, BIND_PART_NULLS, BIND_PART_FIXED };

/** bind_of_values(d, base): whether ${d} says something of values, beyond what ${base} says. */
bool bind_of_values(const struct sql_domain *d, const struct sql_domain *base);

/** bind_loose_fk(k, c): a member of a foreign key of one column whose NULLs nothing else decides.
 */
bool bind_loose_fk(const struct binder *k, uint32_t c);

/** bind_way(k, c, d, base, part, to, why): what domain ${d} leaves of column ${c}: 0; 1: its
 *  generator has no value for it; -1. */
int bind_way(struct binder *k, uint32_t c, const struct sql_domain *d,
	const struct sql_domain *base, enum bind_part part, struct bound_way *to, struct err *why);

/**
 * bind_folded(k, c, gc, params, g, e):
 * gen_prepare() of a column some key folds: distinct values of ${g} are distinct when what
 * k->fold[c] says is dropped.  ERR_NO where the generator cannot promise that.
 */
int bind_folded(const struct binder *k, uint32_t c, struct gen_column *gc,
	const msgpack_object *params, struct gen *g, struct err *e);

#endif
