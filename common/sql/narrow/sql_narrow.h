/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_NARROW_H
#define COMMON_SQL_NARROW_H

#include <string.h>

#include "common/sql/sql_int.h"

/*
 * sql_narrow: what narrowing collects of one column.  Each call tells one fact and
 * keeps the strongest; sql_dom_finish() makes a struct sql_domain of them.
 */

struct sql_dom {
	struct sql_domain d;
	struct pg_base base;
	enum vtype vt;
	uint8_t scale;
	bool not_null; /* by the column or its type */
	bool contradiction;
	uint32_t *from; /* checks that said something, for the message */
	uint32_t nfrom;
};

/* A constant in the units of an ordinal column: floor, and whether that is the value. */
struct sql_point {
	int64_t floor;
	bool exact;
	bool now;
};

/* A part of a json column, in one of the ways in which conditions look at it. */
struct sql_part {
	uint32_t col;
	const char **path;
	uint32_t npath;
	enum sql_facet facet;
	const struct pg_type *type;
};

/* One run of narrowing. */
struct sql_narrowing {
	const struct sql_scope *scope;
	struct sql_dom *dom; /* by column, and by part after those */
	struct sql_part *parts;
	uint32_t nparts;
	struct sql_narrow *out;
	struct arena *a;
	uint32_t check; /* being read; UINT32_MAX: of a domain */
	bool nomem;
};

/** sql_dom_of(w, col): the column's, noting that the check being read says something of it. */
struct sql_dom *sql_dom_of(struct sql_narrowing *w, uint32_t col);

/** sql_bare(x): what is below casts that keep values and their order, or NULL. */
const struct sql_node *sql_bare(const struct sql_node *x);

/** sql_bare_column(x): the column below casts that keep values and their order, or NULL. */
const struct sql_node *sql_bare_column(const struct sql_node *x);

/** sql_point_of(m, c, k, p): constant ${k}, compared with column ${c}, in the column's units. */
bool sql_point_of(const struct sql_dom *m, const struct sql_node *c, const struct sql_node *k,
	struct sql_point *p);

/** sql_text_const(w, k, unpad): the text of a constant, without trailing blanks if ${unpad}. */
const char *sql_text_const(struct sql_narrowing *w, const struct sql_node *k, bool unpad);

/** sql_narrow_compare(w, l, r, mask): take in l <mask> r; whether that says all of it. */
bool sql_narrow_compare(
	struct sql_narrowing *w, const struct sql_node *l, const struct sql_node *r, int mask);

/** sql_narrow_orders(w, l, r, mask): take in l <mask> r as an order between two columns; whether
 * that says all of it. */
bool sql_narrow_orders(
	struct sql_narrowing *w, const struct sql_node *l, const struct sql_node *r, int mask);

/** sql_narrow_order, sql_narrow_differ: left >= right + gap; left <> right: true. */
void sql_narrow_order(struct sql_narrowing *w, uint32_t left, uint32_t right, int64_t gap);
bool sql_narrow_differ(struct sql_narrowing *w, uint32_t left, uint32_t right);

/** sql_num_point(n, scale, p): a numeric in units of 10^-scale; false: it has none. */
bool sql_num_point(const struct sql_num *n, int32_t scale, struct sql_point *p);

/** sql_narrow_take(w, x, negated): take in that ${x} is not FALSE (${negated}: not TRUE); whether
 *  that says all of it. */
bool sql_narrow_take(struct sql_narrowing *w, const struct sql_node *x, bool negated);

/** sql_narrow_width(w): columns and parts. */
static inline uint32_t sql_narrow_width(const struct sql_narrowing *w)
{
	return w->scope->table->ncolumns + w->nparts;
}

/** sql_narrow_left(w, at, to): what is left of a column or a part, in memory of its own; false when
 *  that is nothing, or memory is out (w->nomem). */
bool sql_narrow_left(struct sql_narrowing *w, uint32_t at, struct sql_domain *to);

/** sql_narrow_cases(w, checks, n, e): the residual ones' alternatives, as w->out->choices. */
enum sql_status sql_narrow_cases(
	struct sql_narrowing *w, struct sql_expr *const *checks, uint32_t n, struct err *e);

/** sql_narrow_match(w, x): take in a call of LIKE, ~ and their kin on a column; always false. */
bool sql_narrow_match(struct sql_narrowing *w, const struct sql_node *x);

/** sql_narrow_text_part(w, f, k): take in left(c, 2) = k and its kin; always false. */
bool sql_narrow_text_part(struct sql_narrowing *w, const struct sql_node *f, const char *k);

/** sql_lowered_column(w, x): the text column c where ${x} is lower(c), or NULL. */
const struct sql_node *sql_lowered_column(struct sql_narrowing *w, const struct sql_node *x);

/** sql_narrow_fold(w, l, r): take in lower(c) = c; whether it is that. */
bool sql_narrow_fold(struct sql_narrowing *w, const struct sql_node *l, const struct sql_node *r);

static inline bool sql_is_call(const struct sql_node *x, const char *name)
{
	return x->op == SQL_CALL && strcmp(x->fn->name, name) == 0;
}

/** sql_dom_bound(m, mask, p): column <mask> constant. */
bool sql_dom_bound(struct sql_dom *m, int mask, struct sql_point p, struct arena *a);

/** sql_dom_float(m, mask, v): the same for VT_F64; false: says nothing. */
bool sql_dom_float(struct sql_dom *m, int mask, double v);

/** sql_dom_wide(m, mask, c, k): a wide numeric (pg_widen) <mask> constant; whether that says all of
 *  it.  sql_dom_wide_set(m, c, k, n, a): it is one of the ${n} constants; the same, or -1 when
 * memory is out. */
bool sql_dom_wide(struct sql_dom *m, int mask, const struct sql_node *c, const struct sql_node *k);
int sql_dom_wide_set(struct sql_dom *m, const struct sql_node *c, struct sql_node *const *k,
	uint32_t n, struct arena *a);

/** sql_dom_set(m, v, n, a): one of these; ${v} is sorted in place. */
bool sql_dom_set(struct sql_dom *m, int64_t *v, uint32_t n, struct arena *a);
bool sql_dom_texts(struct sql_dom *m, const char **v, uint32_t n, struct arena *a);

/** sql_dom_not, sql_dom_not_text: not this one. */
bool sql_dom_not(struct sql_dom *m, int64_t v, struct arena *a);
bool sql_dom_not_text(struct sql_dom *m, const char *v, struct arena *a);

/** sql_dom_length(m, mask, k): the number of characters <mask> k; false: not representable. */
bool sql_dom_length(struct sql_dom *m, int mask, int64_t k);

/** sql_dom_count(m, mask, k): the number of bytes, or elements, <mask> k. */
void sql_dom_count(struct sql_dom *m, int mask, int64_t k);

/** sql_dom_pattern(m, re, a) */
bool sql_dom_pattern(struct sql_dom *m, const char *re, struct arena *a);

/** sql_dom_wide_left(m): whether bounds and set leave a value of a wide numeric. */
bool sql_dom_wide_left(const struct sql_dom *m);

/** sql_dom_finish(m): intersect what was said; false: nothing is left. */
bool sql_dom_finish(struct sql_dom *m);

#endif
