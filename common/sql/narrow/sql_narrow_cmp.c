/* SPDX-License-Identifier: MIT */
/*
 * Comparisons: a column with a constant, its length or the position of
 * something in it with a number, a column with a column.
 *
 * A constant is first converted to the column's own units (a numeric to an
 * integer of the column's scale, a date to days). A constant that lies between
 * two such units is kept as the lower one and the fact that it is not exact,
 * from which each operator's bound follows. Functions around the column are
 * recognised by name: length(), abs(), greatest(), extract(dow ...),
 * remainders, date_trunc() and round().
 */
#include "common/sql/narrow/sql_narrow.h"

#include <math.h>

#include "common/base/calendar.h"
#include "common/base/num.h"

/* The comparison with its sides exchanged. */
static int mirror(int mask)
{
	return (mask & SQL_EQ) | ((mask & SQL_LT) ? SQL_GT : 0) | ((mask & SQL_GT) ? SQL_LT : 0);
}

/* ---- constants in a column's units ------------------------------------------------------- */

/* ---- one column against a constant --------------------------------------------------------- */

/*
 * A text with a constant: only equality and inequality say something that can
 * be used in drawing.
 */
static bool text_cmp(
	struct sql_narrowing *w, const struct sql_node *c, const struct sql_node *k, int mask)
{
	const char *t = sql_text_const(w, k, c->type.cls == PG_BPCHAR);

	if (mask == SQL_EQ)
		w->nomem |= !sql_dom_texts(sql_dom_of(w, c->col), &t, 1, w->a);
	else if (mask == (SQL_LT | SQL_GT))
		w->nomem |= !sql_dom_not_text(sql_dom_of(w, c->col), t, w->a);
	else
		return false;
	return true;
}

/* A column with a constant. */
static bool column_cmp(
	struct sql_narrowing *w, const struct sql_node *c, const struct sql_node *k, int mask)
{
	struct sql_dom *m = sql_dom_of(w, c->col);
	struct sql_point p;

	if (m->vt == VT_TEXT && sql_kind_of(k->type.cls) == SQL_K_STR)
		return text_cmp(w, c, k, mask);
	if (m->vt == VT_F64 && sql_kind_of(k->type.cls) == SQL_K_F64)
		return sql_dom_float(m, mask, k->cval.v.f[0]);
	if (m->base.type->wide)
		return sql_dom_wide(m, mask, c, k);
	if (!sql_point_of(m, c, k, &p))
		return false;
	w->nomem |= !sql_dom_bound(m, mask, p, w->a);
	return true;
}

static bool is_length(const struct sql_node *x)
{
	return sql_is_call(x, "length") || sql_is_call(x, "char_length") ||
	       sql_is_call(x, "character_length");
}

static bool is_trim(const struct sql_node *x)
{
	return sql_is_call(x, "btrim") || sql_is_call(x, "ltrim") || sql_is_call(x, "rtrim");
}

/* length(c), octet_length(c) or length(btrim(c)) with a number. */
static bool length_cmp(struct sql_narrowing *w, const struct sql_node *f, int64_t k, int mask)
{
	const struct sql_node *arg = f->args[0], *c;
	bool whole = is_length(f);
	struct sql_dom *m;

	if (is_trim(arg)) {
		whole = false;
		arg = arg->args[0];
		if (mask & SQL_LT) /* at most so many after trimming: nothing before */
			return false;
	}
	c = sql_bare_column(arg);
	if (c == NULL || w->dom[c->col].vt != VT_TEXT)
		return false;
	m = sql_dom_of(w, c->col);
	if (sql_is_call(f, "octet_length")) {
		if (mask & SQL_LT) /* characters are never more than bytes */
			sql_dom_length(m, mask, k);
		else if (k > 0)
			sql_dom_length(m, SQL_GT | SQL_EQ, (k + (mask == SQL_GT) + 3) / 4);
		return false;
	}
	return sql_dom_length(m, mask, k) && whole && c->type.cls != PG_BPCHAR;
}

/* cardinality(array), array_length(array, 1), length(bytes) against a number */
static void count_cmp(struct sql_narrowing *w, const struct sql_node *f, int64_t k, int mask)
{
	const struct sql_node *c = f->op == SQL_CALL ? sql_bare_column(f->args[0]) : NULL;
	enum vtype vt = c != NULL ? w->dom[c->col].vt : VT_COUNT;

	if (vt == VT_BYTES && (sql_is_call(f, "length") || sql_is_call(f, "octet_length")))
		sql_dom_count(sql_dom_of(w, c->col), mask, k);
	else if (vt == VT_RAW &&
		 (sql_is_call(f, "cardinality") ||
			 (sql_is_call(f, "array_length") && sql_is_value(f->args[1]) &&
				 f->args[1]->cval.v.i[0] == 1)))
		sql_dom_count(sql_dom_of(w, c->col), mask, k);
}

/* position(s in c) with a number. */
static bool position_cmp(struct sql_narrowing *w, const struct sql_node *f, int64_t k, int mask)
{
	const struct sql_node *c = sql_bare_column(f->args[0]), *s = f->args[1];
	struct sql_dom *m;
	int64_t at = mask == SQL_GT			   ? k + 1
		     : mask == (SQL_GT | SQL_EQ)	   ? k
		     : mask == (SQL_LT | SQL_GT) && k == 0 ? 1
							   : 0;

	if (c == NULL || !sql_is_value(s) || at < 1 || at > 10000)
		return false;
	m = sql_dom_of(w, c->col);
	if (m->vt != VT_TEXT || s->cval.v.t[0].n == 0 || m->d.contains != NULL)
		return false;
	m->d.contains = sql_text_const(w, s, false);
	m->d.contains_at = (uint32_t)at;
	return c->type.cls != PG_BPCHAR;
}

static bool const_cmp(
	struct sql_narrowing *w, const struct sql_node *x, const struct sql_node *k, int mask);

/*
 * greatest(a, b) < k means that each is; least(a, b) > k likewise. Constants
 * among them say nothing.
 */
static void minmax_cmp(
	struct sql_narrowing *w, const struct sql_node *x, const struct sql_node *k, int mask)
{
	if (mask != (x->param > 0 ? SQL_LT : SQL_GT) &&
		mask != (SQL_EQ | (x->param > 0 ? SQL_LT : SQL_GT)))
		return;
	for (uint32_t i = 0; i < x->nargs; i++)
		if (x->args[i]->op != SQL_CONST)
			(void)const_cmp(w, x->args[i], k, mask);
}

/* abs(c) < k */
static bool abs_cmp(
	struct sql_narrowing *w, const struct sql_node *x, const struct sql_node *k, int mask)
{
	const struct sql_node *c = sql_is_call(x, "abs") ? sql_bare_column(x->args[0]) : NULL;
	struct sql_point p;
	struct sql_dom *m;

	if (c == NULL || (mask != SQL_LT && mask != (SQL_LT | SQL_EQ)) ||
		!sql_point_of(&w->dom[c->col], c, k, &p) || !p.exact || p.floor == INT64_MIN)
		return false;
	m = sql_dom_of(w, c->col);
	w->nomem |= !sql_dom_bound(m, mask, p, w->a);
	p.floor = -p.floor;
	w->nomem |= !sql_dom_bound(m, mirror(mask), p, w->a);
	return false; /* of the least value it fails */
}

/* Every ${step}-th value, with remainder ${rem}. */
static bool set_step(struct sql_dom *m, int64_t step, int64_t rem)
{
	if (m->d.step != 0 || step <= 1 || !vec_is_ordinal(m->vt))
		return false;
	m->d.step = step;
	m->d.rem = rem;
	return false;
}

/*
 * c % k = r, and extract(dow or isodow from date) = r, which is a remainder
 * modulo 7. A remainder other than 0 has the sign of the value.
 */
static bool step_cmp(
	struct sql_narrowing *w, const struct sql_node *x, const struct sql_node *k, int mask)
{
	enum { WEEK = 7, SATURDAY = 6 /* 2000-01-01 */ };
	const struct sql_node *c;
	int64_t step, rem;

	if (mask != SQL_EQ || x->op != SQL_CALL || x->nargs != 2)
		return false;
	if ((sql_is_call(x, "%") || sql_is_call(x, "mod")) && sql_is_value(x->args[1]) &&
		(c = sql_bare_column(x->args[0])) != NULL && w->dom[c->col].vt == VT_INT &&
		sql_kind_of(x->args[1]->type.cls) == SQL_K_INT &&
		sql_kind_of(k->type.cls) == SQL_K_INT) {
		step = x->args[1]->cval.v.i[0];
		rem = k->cval.v.i[0];
		/* other than 0 the remainder has the sign of the value */
		if (rem < 0 || rem >= step)
			return false;
		if (rem > 0)
			(void)sql_dom_bound(sql_dom_of(w, c->col), SQL_GT | SQL_EQ,
				(struct sql_point){.floor = 0, .exact = true}, w->a);
		return set_step(sql_dom_of(w, c->col), step, rem);
	}
	if (sql_is_call(x, "extract") && sql_is_value(x->args[0]) && k->type.cls == PG_NUMERIC &&
		x->args[1]->op == SQL_COL && w->dom[x->args[1]->col].vt == VT_DATE) {
		const char *unit = sql_text_const(w, x->args[0], false);
		struct sql_dom *m = sql_dom_of(w, x->args[1]->col);
		struct sql_point day;

		if ((strcmp(unit, "dow") != 0 && strcmp(unit, "isodow") != 0) ||
			!sql_num_point(&k->cval.v.n[0], 0, &day) || !day.exact || day.floor < 0 ||
			day.floor > WEEK)
			return false;
		return set_step(m, WEEK, (day.floor - SATURDAY + WEEK) % WEEK);
	}
	return false;
}

/*
 * A column, or a function of a column, compared with a constant: tries all
 * forms that are known.
 */
static bool const_cmp(
	struct sql_narrowing *w, const struct sql_node *x, const struct sql_node *k, int mask)
{
	const struct sql_node *c = sql_bare_column(x);

	if (!sql_is_value(k))
		return false;
	if (c != NULL)
		return column_cmp(w, c, k, mask);
	if (sql_kind_of(k->type.cls) == SQL_K_INT) {
		count_cmp(w, x, k->cval.v.i[0], mask);
		if (is_length(x) || sql_is_call(x, "octet_length"))
			return length_cmp(w, x, k->cval.v.i[0], mask);
		if (sql_is_call(x, "position") || sql_is_call(x, "strpos"))
			return position_cmp(w, x, k->cval.v.i[0], mask);
	}
	if (mask == SQL_EQ && sql_kind_of(k->type.cls) == SQL_K_STR &&
		(c = sql_lowered_column(w, x)) != NULL) {
		(void)text_cmp(w, c, k, mask);
		return false; /* in capitals it would do, too */
	}
	if (mask == SQL_EQ && sql_kind_of(k->type.cls) == SQL_K_STR)
		return sql_narrow_text_part(w, x, sql_text_const(w, k, false));
	if (step_cmp(w, x, k, mask) || abs_cmp(w, x, k, mask))
		return true;
	if (x->op == SQL_MINMAX)
		minmax_cmp(w, x, k, mask);
	/* btrim(c) <> '' */
	if (is_trim(x) && mask == (SQL_LT | SQL_GT) && k->cval.v.t[0].n == 0 &&
		(c = sql_bare_column(x->args[0])) != NULL && w->dom[c->col].vt == VT_TEXT)
		sql_dom_length(sql_dom_of(w, c->col), SQL_GT | SQL_EQ, 1);
	return false;
}

/*
 * c = round(c, 2) or date_trunc('hour', c) = c: the column has only multiples
 * of a unit.
 */
static bool rounded(struct sql_narrowing *w, const struct sql_node *f, const struct sql_node *of)
{
	static const struct {
		const char *unit;
		int64_t usec;
	} units[] = {{"second", CAL_DAY / 86400}, {"minute", CAL_DAY / 1440},
		{"hour", CAL_DAY / 24}, {"day", CAL_DAY}};
	const struct sql_node *c = sql_bare_column(of), *d = NULL;
	const bool cut = sql_is_call(f, "round") || sql_is_call(f, "trunc");
	struct sql_dom *m;

	if (c == NULL || f->op != SQL_CALL || f->nargs != 2)
		return false;
	d = sql_bare_column(f->args[cut ? 0 : 1]);
	if (d == NULL || d->col != c->col)
		return false;
	m = sql_dom_of(w, c->col);
	if (cut && m->vt == VT_DEC && sql_is_value(f->args[1])) {
		int64_t scale = f->args[1]->cval.v.i[0];

		if (scale >= 0 && scale < m->scale)
			(void)set_step(m, num_pow10((unsigned)(m->scale - scale)), 0);
		return true;
	}
	if (!sql_is_call(f, "date_trunc") || (m->vt != VT_TS && m->vt != VT_TSTZ))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(sql_text_const(w, f->args[0], false), units[i].unit) == 0)
			(void)set_step(m, units[i].usec, 0);
	return true;
}

/* Tries each kind of comparison; false when it was not understood entirely. */
bool sql_narrow_compare(
	struct sql_narrowing *w, const struct sql_node *l, const struct sql_node *r, int mask)
{
	const struct sql_node *p, *q;

	if (l->op == SQL_CONST)
		return const_cmp(w, r, l, mirror(mask));
	if (r->op == SQL_CONST && const_cmp(w, l, r, mask))
		return true;
	if (sql_narrow_orders(w, l, r, mask))
		return true;
	if (mask == SQL_EQ && (sql_narrow_fold(w, l, r) || sql_narrow_fold(w, r, l)))
		return false;
	if (mask == SQL_EQ && (rounded(w, l, r) || rounded(w, r, l)))
		return false;
	/* values without an order, as uuid and text, can still differ */
	p = sql_bare_column(l);
	q = sql_bare_column(r);
	if (p == NULL || q == NULL || p->col == q->col || vec_is_ordinal(w->dom[p->col].vt))
		return false;
	if (mask == (SQL_LT | SQL_GT))
		return sql_narrow_differ(w, p->col, q->col);
	/* that one is before the other is of use to who can swap them */
	if (w->dom[p->col].vt == w->dom[q->col].vt && (mask & SQL_LT) == 0)
		sql_narrow_order(w, p->col, q->col, mask == SQL_GT);
	if (w->dom[p->col].vt == w->dom[q->col].vt && (mask & SQL_GT) == 0)
		sql_narrow_order(w, q->col, p->col, mask == SQL_LT);
	return false;
}
