/* SPDX-License-Identifier: MIT */
#include "common/sql/narrow/sql_narrow.h"

#include <math.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/divide.h"
#include "common/base/num.h"

/* The two sides of a comparison: a column without the casts that keep its order, and a constant in
 * the units of the column's vector. */

/*
 * What is known of a column, noting that the check being read says something
 * about it.
 */
struct sql_dom *sql_dom_of(struct sql_narrowing *w, uint32_t col)
{
	struct sql_dom *m = &w->dom[col];
	uint32_t *from;

	if (w->check == UINT32_MAX || (m->nfrom > 0 && m->from[m->nfrom - 1] == w->check))
		return m;
	from = arena_array(w->a, m->nfrom + 1UL, sizeof *from);
	if (from == NULL) {
		w->nomem = true;
		return m;
	}
	if (m->nfrom > 0)
		memcpy(from, m->from, m->nfrom * sizeof *from);
	from[m->nfrom++] = w->check;
	m->from = from;
	return m;
}

/*
 * Casts that keep values and their order are taken off; NULL if another one is
 * in the way.
 */
const struct sql_node *sql_bare(const struct sql_node *x)
{
	while (sql_is_call(x, "cast")) {
		unsigned from = x->args[0]->type.cls, to = x->type.cls;
		bool kept = (sql_class_category(from) == 'S' && sql_class_category(to) == 'S') ||
			    ((from == PG_INT2 || from == PG_INT4) &&
				    (to == PG_INT4 || to == PG_INT8 || to == PG_NUMERIC ||
					    to == PG_FLOAT8)) ||
			    (from == PG_INT8 && to == PG_NUMERIC) ||
			    (from == PG_FLOAT4 && to == PG_FLOAT8) ||
			    (from == PG_DATE && (to == PG_TIMESTAMP || to == PG_TIMESTAMPTZ)) ||
			    (from == PG_TIMESTAMP && to == PG_TIMESTAMPTZ);

		if (!kept)
			return NULL;
		x = x->args[0];
	}
	return x;
}

const struct sql_node *sql_bare_column(const struct sql_node *x)
{
	const struct sql_node *c = sql_bare(x);

	return c != NULL && c->op == SQL_COL ? c : NULL;
}

bool sql_num_point(const struct sql_num *n, int32_t scale, struct sql_point *p)
{
	struct sql_num f;
	const char *why;

	if (n->kind != SQL_NUM_FINITE || !sql_num_round(&f, n, scale, SQL_ROUND_DOWN, &why) ||
		f.v > INT64_MAX || f.v < INT64_MIN)
		return false;
	p->floor = (int64_t)f.v;
	p->exact = sql_num_cmp(&f, n) == 0;
	return true;
}

/* The constant ${k}, compared with column ${c}, in the column's own units. */
bool sql_point_of(const struct sql_dom *m, const struct sql_node *c, const struct sql_node *k,
	struct sql_point *p)
{
	const unsigned col = c->type.cls, cls = k->type.cls;

	*p = (struct sql_point){.now = k->now, .exact = true};
	if (!vec_is_ordinal(m->vt))
		return false;
	if (sql_kind_of(cls) == SQL_K_NUM)
		return sql_num_point(&k->cval.v.n[0], m->vt == VT_DEC ? m->scale : 0, p);
	if (sql_kind_of(cls) == SQL_K_F64) {
		double d = k->cval.v.f[0];

		if (!(fabs(d) < 9e15) || m->vt == VT_DEC)
			return false;
		p->floor = (int64_t)floor(d);
		p->exact = floor(d) == d;
		return true;
	}
	if (sql_kind_of(cls) != SQL_K_INT)
		return false;
	p->floor = k->cval.v.i[0];
	if (col == PG_DATE && (cls == PG_TIMESTAMP || cls == PG_TIMESTAMPTZ)) {
		if (!cal_ts_finite(p->floor))
			return false;
		p->exact = p->floor % CAL_DAY == 0;
		p->floor = divide_down(p->floor, CAL_DAY);
	} else if (cls == PG_DATE && col != PG_DATE) {
		p->floor = sql_date_to_ts(p->floor);
	} else if (m->vt == VT_DEC) {
		return false;
	}
	return true;
}

const char *sql_text_const(struct sql_narrowing *w, const struct sql_node *k, bool unpad)
{
	struct vtext t = k->cval.v.t[0];
	char *s;

	while (unpad && t.n > 0 && t.p[t.n - 1] == ' ')
		t.n--;
	s = arena_strndup(w->a, t.n > 0 ? t.p : "", t.n);
	w->nomem |= s == NULL;
	return s != NULL ? s : "";
}
