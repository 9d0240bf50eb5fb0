/* SPDX-License-Identifier: MIT */
#include "common/sql_narrow.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/calendar.h"
#include "common/err.h"

/*
 * Narrowing walks a condition that must not be FALSE and takes from it what can be
 * said column by column.  take() returns whether that says all: then the check need not
 * be verified.  What it does not understand it leaves alone.
 */

struct work {
	const struct sql_scope *scope;
	struct sql_dom *dom; /* by column */
	struct sql_narrow *out;
	struct arena *a;
	uint32_t check; /* being read; UINT32_MAX: of a domain */
	bool nomem;
};

enum { ALL_ORDERS = SQL_LT | SQL_EQ | SQL_GT };

static bool is_call(const struct sql_node *x, const char *name)
{
	return (x->op == SQL_CALL) && strcmp(x->fn->name, name) == 0;
}

static bool is_comparison(const struct sql_fn *f)
{
	static const char *const names[] = {"=", "<>", "<", "<=", ">", ">="};

	for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
		if (strcmp(f->name, names[k]) == 0)
			return true;
	return false;
}

static int mirror(int mask)
{
	return (mask & SQL_EQ) | ((mask & SQL_LT) ? SQL_GT : 0) | ((mask & SQL_GT) ? SQL_LT : 0);
}

static bool usable_const(const struct sql_node *x)
{
	return x->op == SQL_CONST && !sql_null(&x->cval, 0);
}

/* The check being read says something of the column. */
static struct sql_dom *dom_of(struct work *w, uint32_t col)
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

/* Casts that keep values and their order, taken off: the column below, or NULL. */
static const struct sql_node *bare_column(const struct sql_node *x)
{
	while (is_call(x, "cast")) {
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
	return x->op == SQL_COL ? x : NULL;
}

/* ---- constants in a column's units ------------------------------------------------------- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool num_point(const struct sql_num *n, int32_t scale, struct sql_point *p)
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
static bool point_of(const struct sql_dom *m, const struct sql_node *c, const struct sql_node *k,
	struct sql_point *p)
{
	const unsigned col = c->type.cls, cls = k->type.cls;

	*p = (struct sql_point){.now = k->now, .exact = true};
	if (!vec_is_ordinal(m->vt))
		return false;
	if (sql_kind_of(cls) == SQL_K_NUM)
		return num_point(&k->cval.v.n[0], m->vt == VT_DEC ? m->scale : 0, p);
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
		p->floor = floor_div(p->floor, CAL_DAY);
	} else if (cls == PG_DATE && col != PG_DATE) {
		p->floor = sql_date_to_ts(p->floor);
	} else if (m->vt == VT_DEC) {
		return false;
	}
	return true;
}

static const char *text_const(struct work *w, const struct sql_node *k, bool unpad)
{
	struct vtext t = k->cval.v.t[0];
	char *s;

	while (unpad && t.n > 0 && t.p[t.n - 1] == ' ')
		t.n--;
	s = arena_strndup(w->a, t.n > 0 ? t.p : "", t.n);
	w->nomem |= s == NULL;
	return s != NULL ? s : "";
}

/* ---- one column against a constant --------------------------------------------------------- */

static bool text_cmp(struct work *w, const struct sql_node *c, const struct sql_node *k, int mask)
{
	const char *t = text_const(w, k, c->type.cls == PG_BPCHAR);

	if (mask == SQL_EQ)
		w->nomem |= !sql_dom_texts(dom_of(w, c->col), &t, 1, w->a);
	else if (mask == (SQL_LT | SQL_GT))
		w->nomem |= !sql_dom_not_text(dom_of(w, c->col), t, w->a);
	else
		return false;
	return true;
}

static bool column_cmp(struct work *w, const struct sql_node *c, const struct sql_node *k, int mask)
{
	struct sql_dom *m = dom_of(w, c->col);
	struct sql_point p;

	if (m->vt == VT_TEXT && sql_kind_of(k->type.cls) == SQL_K_STR)
		return text_cmp(w, c, k, mask);
	if (m->vt == VT_F64 && sql_kind_of(k->type.cls) == SQL_K_F64)
		return sql_dom_float(m, mask, k->cval.v.f[0]);
	if (!point_of(m, c, k, &p))
		return false;
	w->nomem |= !sql_dom_bound(m, mask, p, w->a);
	return true;
}

static bool is_length(const struct sql_node *x)
{
	return is_call(x, "length") || is_call(x, "char_length") || is_call(x, "character_length");
}

static bool is_trim(const struct sql_node *x)
{
	return is_call(x, "btrim") || is_call(x, "ltrim") || is_call(x, "rtrim");
}

/* length(c), octet_length(c) or length(btrim(c)) against a number. */
static bool length_cmp(struct work *w, const struct sql_node *f, int64_t k, int mask)
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
	c = bare_column(arg);
	if (c == NULL || w->dom[c->col].vt != VT_TEXT)
		return false;
	m = dom_of(w, c->col);
	if (is_call(f, "octet_length")) {
		if (mask & SQL_LT) /* characters are never more than bytes */
			sql_dom_length(m, mask, k);
		else if (k > 0)
			sql_dom_length(m, SQL_GT | SQL_EQ, (k + (mask == SQL_GT) + 3) / 4);
		return false;
	}
	return sql_dom_length(m, mask, k) && whole && c->type.cls != PG_BPCHAR;
}

/* position(s in c) against a number */
static bool position_cmp(struct work *w, const struct sql_node *f, int64_t k, int mask)
{
	const struct sql_node *c = bare_column(f->args[0]), *s = f->args[1];
	struct sql_dom *m;
	int64_t at = mask == SQL_GT			   ? k + 1
		     : mask == (SQL_GT | SQL_EQ)	   ? k
		     : mask == (SQL_LT | SQL_GT) && k == 0 ? 1
							   : 0;

	if (c == NULL || !usable_const(s) || at < 1 || at > 10000)
		return false;
	m = dom_of(w, c->col);
	if (m->vt != VT_TEXT || s->cval.v.t[0].n == 0 || m->d.contains != NULL)
		return false;
	m->d.contains = text_const(w, s, false);
	m->d.contains_at = (uint32_t)at;
	return c->type.cls != PG_BPCHAR;
}

static bool const_cmp(struct work *w, const struct sql_node *x, const struct sql_node *k, int mask)
{
	const struct sql_node *c = bare_column(x);

	if (!usable_const(k))
		return false;
	if (c != NULL)
		return column_cmp(w, c, k, mask);
	if (sql_kind_of(k->type.cls) == SQL_K_INT) {
		if (is_length(x) || is_call(x, "octet_length"))
			return length_cmp(w, x, k->cval.v.i[0], mask);
		if (is_call(x, "position") || is_call(x, "strpos"))
			return position_cmp(w, x, k->cval.v.i[0], mask);
	}
	/* btrim(c) <> '' */
	if (is_trim(x) && mask == (SQL_LT | SQL_GT) && k->cval.v.t[0].n == 0 &&
		(c = bare_column(x->args[0])) != NULL && w->dom[c->col].vt == VT_TEXT)
		sql_dom_length(dom_of(w, c->col), SQL_GT | SQL_EQ, 1);
	return false;
}

/* ---- columns against columns: pos - neg + k <mask> 0 ------------------------------------- */

struct linear {
	const struct sql_node *pos, *neg;
	int64_t k;
	bool arithmetic; /* something may overflow */
};

static bool add_const(struct linear *l, int64_t v, int sign)
{
	return !(sign > 0 ? __builtin_add_overflow(l->k, v, &l->k)
			  : __builtin_sub_overflow(l->k, v, &l->k));
}

/* ${usec}: timestamps take part: everything is counted in microseconds. */
static bool linear_of(struct linear *l, const struct sql_node *x, int sign, bool usec)
{
	const struct sql_node *c = bare_column(x);
	int64_t v;

	if (c != NULL) {
		const struct sql_node **to = sign > 0 ? &l->pos : &l->neg;

		if (*to != NULL)
			return false;
		*to = c;
		return true;
	}
	if (usable_const(x)) {
		if (x->type.cls == PG_INTERVAL) {
			const struct sql_ivl *iv = &x->cval.v.iv[0];

			return usec && iv->months == 0 &&
			       !__builtin_mul_overflow((int64_t)iv->days, CAL_DAY, &v) &&
			       !__builtin_add_overflow(v, iv->us, &v) && add_const(l, v, sign);
		}
		if (sql_kind_of(x->type.cls) != SQL_K_INT ||
			(usec && (x->type.cls != PG_INT4 && x->type.cls != PG_INT2)))
			return false;
		v = x->cval.v.i[0];
		return !(usec && __builtin_mul_overflow(v, CAL_DAY, &v)) && add_const(l, v, sign);
	}
	if ((is_call(x, "+") || is_call(x, "-")) && x->nargs == 2 &&
		(sql_kind_of(x->type.cls) == SQL_K_INT || x->type.cls == PG_INTERVAL)) {
		l->arithmetic = true;
		return linear_of(l, x->args[0], sign, usec) &&
		       linear_of(l, x->args[1], is_call(x, "+") ? sign : -sign, usec);
	}
	return false;
}

static bool mentions(const struct sql_node *x, unsigned cls)
{
	if (x->type.cls == cls)
		return true;
	for (uint32_t k = 0; k < x->nargs; k++)
		if (mentions(x->args[k], cls))
			return true;
	return false;
}

static void add_order(struct work *w, uint32_t left, uint32_t right, int64_t gap)
{
	struct sql_narrow *o = w->out;
	struct sql_order *to = arena_array(w->a, o->norders + 1UL, sizeof *to);

	if (to == NULL) {
		w->nomem = true;
		return;
	}
	if (o->norders > 0)
		memcpy(to, o->orders, o->norders * sizeof *to);
	to[o->norders++] = (struct sql_order){left, right, gap};
	o->orders = to;
	dom_of(w, left);
	dom_of(w, right);
}

static bool add_differ(struct work *w, uint32_t left, uint32_t right)
{
	struct sql_narrow *o = w->out;
	struct sql_differ *to = arena_array(w->a, o->ndiffers + 1UL, sizeof *to);

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

/* gap is in microseconds; between two dates it is counted in days, upwards. */
static int64_t gap_of(const struct sql_dom *l, const struct sql_dom *r, int64_t gap, bool usec)
{
	if (!usec || l->vt != VT_DATE || r->vt != VT_DATE)
		return gap;
	return -floor_div(-gap, CAL_DAY);
}

static bool order_cmp(struct work *w, const struct sql_node *l, const struct sql_node *r, int mask)
{
	const bool usec = mentions(l, PG_TIMESTAMP) || mentions(r, PG_TIMESTAMP) ||
			  mentions(l, PG_TIMESTAMPTZ) || mentions(r, PG_TIMESTAMPTZ);
	struct linear s = {.k = 0};
	struct sql_dom *p, *n;

	if (!linear_of(&s, l, 1, usec) || !linear_of(&s, r, -1, usec) || s.pos == NULL ||
		s.neg == NULL || s.pos->col == s.neg->col)
		return false;
	p = &w->dom[s.pos->col];
	n = &w->dom[s.neg->col];
	if (mask == (SQL_LT | SQL_GT) && s.k == 0 && !s.arithmetic)
		return add_differ(w, s.pos->col, s.neg->col);
	if (!comparable(p, n) || mask == (SQL_LT | SQL_GT) || s.k > INT64_MAX / 2 ||
		s.k < -(INT64_MAX / 2) || (s.arithmetic && p->vt == VT_DEC))
		return false;
	if ((mask & SQL_LT) == 0)
		add_order(w, s.pos->col, s.neg->col, gap_of(p, n, -s.k + (mask == SQL_GT), usec));
	if ((mask & SQL_GT) == 0)
		add_order(w, s.neg->col, s.pos->col, gap_of(n, p, s.k + (mask == SQL_LT), usec));
	return !s.arithmetic;
}

static bool compare(struct work *w, const struct sql_node *l, const struct sql_node *r, int mask)
{
	const struct sql_node *p, *q;

	if (l->op == SQL_CONST)
		return const_cmp(w, r, l, mirror(mask));
	if (r->op == SQL_CONST && const_cmp(w, l, r, mask))
		return true;
	if (order_cmp(w, l, r, mask))
		return true;
	/* values without an order, as uuid and text, can still differ */
	p = bare_column(l);
	q = bare_column(r);
	if (mask == (SQL_LT | SQL_GT) && p != NULL && q != NULL && p->col != q->col &&
		!vec_is_ordinal(w->dom[p->col].vt))
		return add_differ(w, p->col, q->col);
	return false;
}

/* ---- sets ------------------------------------------------------------------------- */

/* c = ANY (constants), or with ${none} c <> ALL (constants) */
static bool member(
	struct work *w, const struct sql_node *c, struct sql_node *const *k, uint32_t n, bool none)
{
	struct sql_dom *m = dom_of(w, c->col);
	int64_t *v = arena_array(w->a, n + 1UL, sizeof *v);
	const char **t = arena_array(w->a, n + 1UL, sizeof *t);
	uint32_t got = 0;
	struct sql_point p;

	if (v == NULL || t == NULL) {
		w->nomem = true;
		return false;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (k[i]->op != SQL_CONST)
			return false;
		if (sql_null(&k[i]->cval, 0)) {
			if (none)
				continue;
			return true; /* = ANY with a NULL in it is never FALSE */
		}
		if (m->vt == VT_TEXT && sql_kind_of(k[i]->type.cls) == SQL_K_STR)
			t[got++] = text_const(w, k[i], c->type.cls == PG_BPCHAR);
		else if (!point_of(m, c, k[i], &p))
			return false;
		else if (p.exact)
			v[got++] = p.floor;
	}
	if (m->vt == VT_TEXT)
		for (uint32_t i = 0; none && i < got; i++)
			w->nomem |= !sql_dom_not_text(m, t[i], w->a);
	else
		for (uint32_t i = 0; none && i < got; i++)
			w->nomem |= !sql_dom_not(m, v[i], w->a);
	if (!none)
		w->nomem |= m->vt == VT_TEXT ? !sql_dom_texts(m, t, got, w->a)
					     : !sql_dom_set(m, v, got, w->a);
	return true;
}

static bool take_any(struct work *w, const struct sql_node *x, bool negated)
{
	const struct sql_node *c = bare_column(x->args[0]);
	int mask = negated ? ALL_ORDERS ^ x->fn->param : x->fn->param;
	bool all = (x->param != 0) != negated;

	if (c == NULL || !is_comparison(x->fn))
		return false;
	if (mask == SQL_EQ && !all)
		return member(w, c, x->args + 1, x->nargs - 1, false);
	if (mask == (SQL_LT | SQL_GT) && all)
		return member(w, c, x->args + 1, x->nargs - 1, true);
	return false;
}

/* ---- logic ------------------------------------------------------------------------ */

static bool take(struct work *w, const struct sql_node *x, bool negated);

/* Whether the condition cannot be FALSE when the column is NULL. */
static bool strict_in(const struct sql_node *x, uint32_t col)
{
	bool any = x->op == SQL_OR || x->op == SQL_CALL;

	switch (x->op) {
	case SQL_COL:
		return x->col == col;
	case SQL_ANY_OF:
	case SQL_ANY_ARRAY:
		return strict_in(x->args[0], col);
	case SQL_OR:
	case SQL_CALL:
	case SQL_AND:
		for (uint32_t k = 0; k < x->nargs; k++)
			if (strict_in(x->args[k], col) == any)
				return any;
		return !any;
	default:
		return false;
	}
}

static bool is_null_test(const struct sql_node *x, uint32_t *col)
{
	if (x->op != SQL_IS || x->param != SQL_IS_NULL || x->args[0]->op != SQL_COL)
		return false;
	*col = x->args[0]->col;
	return true;
}

/* OR: c IS NULL adds nothing to a condition that a NULL in c does not break. */
static bool take_or(struct work *w, const struct sql_node *x)
{
	const struct sql_node *rest = NULL;
	struct sql_node **in = arena_array(w->a, x->nargs + 1UL, sizeof *in);
	uint32_t col, nin = 0, on = UINT32_MAX;

	if (in == NULL) {
		w->nomem = true;
		return false;
	}
	for (uint32_t k = 0; k < x->nargs; k++) {
		if (is_null_test(x->args[k], &col))
			continue;
		if (rest != NULL)
			goto several;
		rest = x->args[k];
	}
	if (rest == NULL)
		return false;
	for (uint32_t k = 0; k < x->nargs; k++)
		if (is_null_test(x->args[k], &col) && !strict_in(rest, col))
			return false;
	return take(w, rest, false);
several:
	/* c = 1 OR c = 2 OR c IN (...) */
	for (uint32_t k = 0; k < x->nargs; k++) {
		const struct sql_node *e = x->args[k], *c;

		if (is_null_test(e, &col)) {
			if (on == UINT32_MAX)
				on = col;
			if (on != col)
				return false;
			continue;
		}
		if (e->op != SQL_CALL || strcmp(e->fn->name, "=") != 0 ||
			(c = bare_column(e->args[0])) == NULL || e->args[1]->op != SQL_CONST ||
			(on != UINT32_MAX && on != c->col))
			return false;
		on = c->col;
		rest = c;
		in[nin++] = e->args[1];
	}
	return member(w, rest, in, nin, false);
}

static bool take_is(struct work *w, const struct sql_node *x, bool negated)
{
	static const uint8_t opposite[] = {SQL_IS_NOT_NULL, SQL_IS_NULL, SQL_IS_NOT_TRUE,
		SQL_IS_TRUE, SQL_IS_NOT_FALSE, SQL_IS_FALSE};
	const enum sql_is is = (enum sql_is)(negated ? opposite[x->param] : x->param);
	const struct sql_node *arg = x->args[0];
	bool exact;

	switch (is) {
	case SQL_IS_NULL:
	case SQL_IS_NOT_NULL:
		if (arg->op != SQL_COL)
			return false;
		if (is == SQL_IS_NULL)
			dom_of(w, arg->col)->d.must_null = true;
		else
			dom_of(w, arg->col)->d.must_not_null = true;
		return true;
	case SQL_IS_NOT_FALSE:
		return take(w, arg, false);
	case SQL_IS_NOT_TRUE:
		return take(w, arg, true);
	default:
		break;
	}
	exact = take(w, arg, is == SQL_IS_FALSE);
	if (arg->op != SQL_COL)
		return false;
	dom_of(w, arg->col)->d.must_not_null = true;
	return exact;
}

static bool take_bool_column(struct work *w, const struct sql_node *x, bool negated)
{
	w->nomem |= !sql_dom_bound(dom_of(w, x->col), SQL_EQ,
		(struct sql_point){.floor = !negated, .exact = true}, w->a);
	return true;
}

static bool take_call(struct work *w, const struct sql_node *x, bool negated)
{
	const struct sql_node *c;

	if (strcmp(x->fn->name, "not") == 0)
		return take(w, x->args[0], !negated);
	if (is_comparison(x->fn) && x->nargs == 2)
		return compare(w, x->args[0], x->args[1],
			negated ? ALL_ORDERS ^ x->fn->param : x->fn->param);
	if (strcmp(x->fn->name, "~") == 0 && !negated && x->nargs == 2 &&
		usable_const(x->args[1]) && (c = bare_column(x->args[0])) != NULL &&
		w->dom[c->col].vt == VT_TEXT)
		w->nomem |=
			!sql_dom_pattern(dom_of(w, c->col), text_const(w, x->args[1], false), w->a);
	return false;
}

static bool take_all(struct work *w, const struct sql_node *x, bool negated)
{
	bool exact = true;

	for (uint32_t k = 0; k < x->nargs; k++)
		exact &= take(w, x->args[k], negated);
	return exact;
}

static bool take_const(struct work *w, const struct sql_node *x, bool negated)
{
	/* never satisfied: whatever columns there are have no row */
	if (usable_const(x) && (x->cval.v.i[0] != 0) == negated)
		for (uint32_t k = 0; k < w->scope->table->ncolumns; k++)
			dom_of(w, k)->contradiction = true;
	return true;
}

static bool take(struct work *w, const struct sql_node *x, bool negated)
{
	switch (x->op) {
	case SQL_CONST:
		return take_const(w, x, negated);
	case SQL_AND:
		return negated ? false : take_all(w, x, false);
	case SQL_OR:
		return negated ? take_all(w, x, true) : take_or(w, x);
	case SQL_IS:
		return take_is(w, x, negated);
	case SQL_COL:
		return take_bool_column(w, x, negated);
	case SQL_CALL:
		return take_call(w, x, negated);
	case SQL_ANY_OF:
		return take_any(w, x, negated);
	default:
		return false;
	}
}

/* ---- the contract ------------------------------------------------------------------- */

static void start(struct sql_dom *m, const struct pg_column *c)
{
	*m = (struct sql_dom){
		.base = pg_base_of(c->type, c->typmod), .not_null = pg_column_not_null(c)};
	m->vt = pg_vtype(m->base, &m->scale);
	m->d.max_len = UINT32_MAX;
}

/* Checks of the column's domain, VALUE being the column. */
static void domain_checks(struct work *w, uint32_t col)
{
	const struct pg_type *t = w->scope->table->columns[col].type;
	struct sql_scope scope = *w->scope;
	struct err ignored;
	struct sql_expr *x;

	w->check = UINT32_MAX;
	scope.table = NULL;
	scope.domain_column = col;
	for (; t != NULL && t->cls == PG_DOMAIN; t = t->elem)
		for (uint32_t k = 0; k < t->nchecks; k++) {
			scope.domain = t;
			if (sql_compile(&x, &scope, t->checks[k].expr, w->a, &ignored) != SQL_OK ||
				!take(w, x->root, false))
				w->dom[col].d.more = true;
		}
}

/* "crm.leads.score: no value is left by CHECK a, CHECK b" */
static enum sql_status empty(
	const struct work *w, uint32_t col, struct sql_expr *const *checks, struct err *e)
{
	const struct pg_table *t = w->scope->table;
	const struct sql_dom *m = &w->dom[col];
	char text[700];
	size_t n = 0;

	text[0] = '\0';
	for (uint32_t k = 0; k < m->nfrom && n < sizeof text - 1; k++) {
		int put = snprintf(text + n, sizeof text - n, "%sCHECK %s", k > 0 ? " and " : "",
			checks[m->from[k]]->text);

		n += put > 0 ? (size_t)put : 0;
	}
	err_set(e, ERR_NO, "%s.%s.%s: no value satisfies %s", t->schema, t->name,
		t->columns[col].name, m->nfrom > 0 ? text : "the checks of its domain");
	return SQL_FAILED;
}

static enum sql_status finish(
	struct work *w, struct sql_expr *const *checks, struct sql_narrow *out, struct err *e)
{
	for (uint32_t c = 0; c < w->scope->table->ncolumns; c++) {
		if (!sql_dom_finish(&w->dom[c]))
			return empty(w, c, checks, e);
		out->dom[c] = w->dom[c].d;
	}
	return SQL_OK;
}

enum sql_status sql_narrow(struct sql_narrow *out, const struct sql_scope *scope,
	struct sql_expr *const *checks, uint32_t n, struct arena *a, struct err *e)
{
	const uint32_t nc = scope->table->ncolumns;
	struct work w = {.scope = scope, .out = out, .a = a};

	*out = (struct sql_narrow){.dom = arena_array(a, nc + 1UL, sizeof *out->dom),
		.residual = arena_array(a, n + 1UL, sizeof *out->residual)};
	w.dom = arena_array(a, nc + 1UL, sizeof *w.dom);
	if (out->dom == NULL || out->residual == NULL || w.dom == NULL)
		return err_nomem(e);
	for (uint32_t c = 0; c < nc; c++)
		start(&w.dom[c], &scope->table->columns[c]);
	for (uint32_t c = 0; c < nc; c++)
		domain_checks(&w, c);
	for (uint32_t k = 0; k < n; k++) {
		w.check = k;
		if (!take(&w, checks[k]->root, false))
			out->residual[out->nresidual++] = k;
	}
	if (w.nomem)
		return err_nomem(e);
	return finish(&w, checks, out, e);
}
