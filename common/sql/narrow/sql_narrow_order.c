/* SPDX-License-Identifier: MIT */
/*
 * Orders between two columns. Whatever sums and differences of two columns and
 * of constants a comparison is made of, it can be written as pos - neg + k <op>
 * 0, where pos and neg are columns. If their values lie on one line (both dates
 * or timestamps, both of one numeric type), that is an order with a gap, which
 * the compiler of a table's program keeps by drawing one column within what the
 * other leaves.
 */
#include "common/base/calendar.h"
#include "common/base/divide.h"
#include "common/sql/narrow/sql_narrow.h"

/* A linear expression of at most one column on either side. */
struct linear {
	const struct sql_node *pos, *neg;
	int64_t k;
	bool usec;	 /* timestamps take part: everything is counted in microseconds */
	int32_t scale;	 /* numerics take part: of the vectors of their columns; -1 */
	bool arithmetic; /* something may overflow */
};

/* Adds a constant, or subtracts it; false on overflow. */
static bool add_const(struct linear *l, int64_t v, int sign)
{
	return !(sign > 0 ? __builtin_add_overflow(l->k, v, &l->k)
			  : __builtin_sub_overflow(l->k, v, &l->k));
}

/*
 * A constant in the units of the comparison. An interval with months has no
 * fixed length and is not taken.
 */
static bool linear_const(struct linear *l, const struct sql_node *x, int sign)
{
	const struct sql_ivl *iv;
	struct sql_point p;
	int64_t v;

	if (x->type.cls == PG_INTERVAL) {
		iv = &x->cval.v.iv[0];
		return l->usec && iv->months == 0 &&
		       !__builtin_mul_overflow((int64_t)iv->days, CAL_DAY, &v) &&
		       !__builtin_add_overflow(v, iv->us, &v) && add_const(l, v, sign);
	}
	if (sql_kind_of(x->type.cls) == SQL_K_NUM)
		return l->scale >= 0 && sql_num_point(&x->cval.v.n[0], l->scale, &p) && p.exact &&
		       add_const(l, p.floor, sign);
	if (sql_kind_of(x->type.cls) != SQL_K_INT || l->scale >= 0 ||
		(l->usec && (x->type.cls != PG_INT4 && x->type.cls != PG_INT2)))
		return false;
	v = x->cval.v.i[0];
	return !(l->usec && __builtin_mul_overflow(v, CAL_DAY, &v)) && add_const(l, v, sign);
}

/* Collects the terms of a sum; false when it is not linear. */
static bool linear_of(struct linear *l, const struct sql_node *x, int sign)
{
	const struct sql_node *c = sql_bare_column(x);
	enum sql_kind kind = sql_kind_of(x->type.cls);

	if (c != NULL) {
		const struct sql_node **to = sign > 0 ? &l->pos : &l->neg;

		if (*to != NULL)
			return false;
		*to = c;
		return true;
	}
	if (sql_is_value(x))
		return linear_const(l, x, sign);
	if ((sql_is_call(x, "+") || sql_is_call(x, "-")) && x->nargs == 2 &&
		(kind == SQL_K_INT || kind == SQL_K_NUM || x->type.cls == PG_INTERVAL)) {
		l->arithmetic = true;
		return linear_of(l, x->args[0], sign) &&
		       linear_of(l, x->args[1], sql_is_call(x, "+") ? sign : -sign);
	}
	return false;
}

/* The scale of the first numeric column in it, or -1. */
static int32_t scale_in(const struct sql_narrowing *w, const struct sql_node *x)
{
	if (x->op == SQL_COL)
		return w->dom[x->col].vt == VT_DEC ? w->dom[x->col].scale : -1;
	for (uint32_t k = 0; k < x->nargs; k++) {
		int32_t scale = scale_in(w, x->args[k]);

		if (scale >= 0)
			return scale;
	}
	return -1;
}

/* Whether a node of that class occurs. */
static bool mentions(const struct sql_node *x, unsigned cls)
{
	if (x->type.cls == cls)
		return true;
	for (uint32_t k = 0; k < x->nargs; k++)
		if (mentions(x->args[k], cls))
			return true;
	return false;
}

/* Notes left >= right + gap, once. */
void sql_narrow_order(struct sql_narrowing *w, uint32_t left, uint32_t right, int64_t gap)
{
	struct sql_narrow *o = w->out;
	struct sql_order *to;

	for (uint32_t k = 0; k < o->norders; k++)
		if (o->orders[k].left == left && o->orders[k].right == right &&
			o->orders[k].gap == gap)
			return;
	to = arena_array(w->a, o->norders + 1UL, sizeof *to);
	if (to == NULL) {
		w->nomem = true;
		return;
	}
	if (o->norders > 0)
		memcpy(to, o->orders, o->norders * sizeof *to);
	to[o->norders++] = (struct sql_order){left, right, gap};
	o->orders = to;
	sql_dom_of(w, left);
	sql_dom_of(w, right);
}

/* Notes left <> right, once. */
bool sql_narrow_differ(struct sql_narrowing *w, uint32_t left, uint32_t right)
{
	struct sql_narrow *o = w->out;
	struct sql_differ *to;

	for (uint32_t k = 0; k < o->ndiffers; k++)
		if (o->differs[k].left == left && o->differs[k].right == right)
			return true;
	to = arena_array(w->a, o->ndiffers + 1UL, sizeof *to);
	if (to == NULL) {
		w->nomem = true;
		return false;
	}
	if (o->ndiffers > 0)
		memcpy(to, o->differs, o->ndiffers * sizeof *to);
	to[o->ndiffers++] = (struct sql_differ){left, right};
	o->differs = to;
	return true;
}

static bool is_moment(const struct sql_dom *m)
{
	return m->vt == VT_DATE || m->vt == VT_TS || m->vt == VT_TSTZ;
}

/* Columns whose values lie on one line. */
static bool comparable(const struct sql_dom *l, const struct sql_dom *r)
{
	if (is_moment(l) && is_moment(r))
		return true;
	return l->vt == r->vt && vec_is_ordinal(l->vt) &&
	       (l->vt != VT_DEC || l->scale == r->scale) &&
	       (l->vt != VT_ENUM || l->base.type == r->base.type);
}

/*
 * The gap is in microseconds; between two dates it is counted in days, rounded
 * up.
 */
static int64_t gap_of(const struct sql_dom *l, const struct sql_dom *r, int64_t gap, bool usec)
{
	if (!usec || l->vt != VT_DATE || r->vt != VT_DATE)
		return gap;
	return -divide_down(-gap, CAL_DAY);
}

/* A comparison of two columns, with constants added or subtracted. */
bool sql_narrow_orders(
	struct sql_narrowing *w, const struct sql_node *l, const struct sql_node *r, int mask)
{
	const bool usec = mentions(l, PG_TIMESTAMP) || mentions(r, PG_TIMESTAMP) ||
			  mentions(l, PG_TIMESTAMPTZ) || mentions(r, PG_TIMESTAMPTZ);
	struct linear s = {.usec = usec, .scale = scale_in(w, l)};
	struct sql_dom *p, *n;

	if (s.scale < 0)
		s.scale = scale_in(w, r);
	if (!linear_of(&s, l, 1) || !linear_of(&s, r, -1) || s.pos == NULL || s.neg == NULL ||
		s.pos->col == s.neg->col)
		return false;
	p = &w->dom[s.pos->col];
	n = &w->dom[s.neg->col];
	if (mask == (SQL_LT | SQL_GT) && s.k == 0 && !s.arithmetic)
		return sql_narrow_differ(w, s.pos->col, s.neg->col);
	if (!comparable(p, n) || mask == (SQL_LT | SQL_GT) || s.k > INT64_MAX / 2 ||
		s.k < -(INT64_MAX / 2))
		return false;
	if ((mask & SQL_LT) == 0)
		sql_narrow_order(
			w, s.pos->col, s.neg->col, gap_of(p, n, -s.k + (mask == SQL_GT), usec));
	if ((mask & SQL_GT) == 0)
		sql_narrow_order(
			w, s.neg->col, s.pos->col, gap_of(n, p, s.k + (mask == SQL_LT), usec));
	return !s.arithmetic;
}
