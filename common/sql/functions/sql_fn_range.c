/* SPDX-License-Identifier: MIT */
/*
 * Ranges: reading their text, their order, and their functions (rangetypes.c of
 * PostgreSQL).
 *
 * A range is two bounds, each infinite, inclusive or exclusive. Ranges of
 * integers and dates are brought to the canonical form [a,b), by the rules of
 * int4range_canonical() and its kin, so that equal sets of values are equal
 * ranges; an empty range is a value of its own.
 */
#include "common/sql/sql_int.h"

#include <string.h>
#include <strings.h>

#include "common/base/calendar.h"

/* Element types whose ranges have a canonical form. */
static bool discrete(unsigned cls)
{
	return cls == PG_INT4 || cls == PG_INT8 || cls == PG_DATE;
}

/* A register of one value. */
static bool new_bound(struct sql_eval *ev, enum sql_kind kind, struct sql_reg *r)
{
	struct sql_eval one = *ev;

	one.n = 1;
	memset(one.pool, 0, sizeof one.pool);
	if (!sql_reg_new(&one, kind, r)) {
		ev->nomem = true;
		return false;
	}
	r->mask = 0;
	return true;
}

/* A range with room for its bounds; NULL when out of memory. */
static struct sql_range *new_range(struct sql_eval *ev, unsigned elem)
{
	struct sql_range *r = sql_alloc(ev, sizeof *r);
	enum sql_kind kind = sql_kind_of(elem);

	if (r == NULL || !new_bound(ev, kind, &r->lo) || !new_bound(ev, kind, &r->hi))
		return NULL;
	r->elem = (uint8_t)elem;
	return r;
}

/*
 * The next value, to turn an inclusive upper bound into an exclusive one and an
 * exclusive lower bound into an inclusive one; false on overflow. Infinite
 * dates stay as they are.
 */
static bool one_up(unsigned cls, struct sql_reg *r)
{
	const int64_t max = cls == PG_INT4 ? INT32_MAX : cls == PG_DATE ? CAL_DATE_MAX : INT64_MAX;

	if (cls == PG_DATE && !cal_date_finite(r->v.i[0]))
		return true;
	if (r->v.i[0] == max)
		return false;
	r->v.i[0]++;
	return true;
}

/*
 * Checks the order of the bounds and brings the range to its canonical form;
 * false, with *why, when that fails. This is make_range(): a bound at infinity
 * is never inclusive.
 */
static bool settle(struct sql_range *r, const char **why)
{
	int o;

	*why = "range lower bound must be less than or equal to range upper bound";
	r->lo_inc &= !r->lo_inf;
	r->hi_inc &= !r->hi_inf;
	if (r->empty)
		return true;
	if (!r->lo_inf && !r->hi_inf) {
		o = sql_scalar_cmp(r->elem, &r->lo, 0, &r->hi, 0);
		if (o > 0)
			return false;
		if (o == 0 && !(r->lo_inc && r->hi_inc))
			r->empty = true;
	}
	if (r->empty || !discrete(r->elem))
		return true;
	*why = "integer or date out of range";
	if (!r->lo_inf && !r->lo_inc) {
		if (!one_up(r->elem, &r->lo))
			return false;
		r->lo_inc = true;
	}
	if (!r->hi_inf && r->hi_inc) {
		if (!one_up(r->elem, &r->hi))
			return false;
		r->hi_inc = r->elem == PG_DATE && !cal_date_finite(r->hi.v.i[0]);
	}
	if (!r->lo_inf && !r->hi_inf && !r->hi_inc &&
		sql_scalar_cmp(r->elem, &r->lo, 0, &r->hi, 0) >= 0)
		r->empty = true;
	return true;
}

/* ---- text -------------------------------------------------------------------------- */

/*
 * The text of one bound, up to the comma or closing bracket; quotes and
 * backslashes as range_parse_bound() reads them. Nothing at all is an infinite
 * bound.
 */
static bool bound_text(
	struct sql_eval *ev, const char **p, const char *end, struct vtext *t, bool *infinite)
{
	char *to = sql_alloc(ev, (size_t)(end - *p));
	bool in = false;
	size_t n = 0;

	*infinite = *p < end && strchr(",)]", **p) != NULL;
	if (to == NULL)
		return false;
	for (; *p < end && (in || strchr(",)]([", **p) == NULL); (*p)++) {
		if (**p == '\\' && *p + 1 < end)
			to[n++] = *++*p;
		else if (**p == '"' && in && *p + 1 < end && (*p)[1] == '"')
			to[n++] = *++*p;
		else if (**p == '"')
			in = !in;
		else
			to[n++] = **p;
	}
	*t = (struct vtext){to, n};
	return !in && *p < end;
}

/* The input function: "empty", or a bracket, two bounds and a bracket. */
bool sql_range_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	struct sql_type el = {.cls = t.elem};
	struct sql_range *r = new_range(ev, t.elem);
	const char *p = s.p, *end = s.p + s.n;
	struct vtext b;

	*why = "malformed range literal";
	if (r == NULL)
		return false;
	out->v.p[i] = r;
	while (p < end && *p == ' ')
		p++;
	while (end > p && end[-1] == ' ')
		end--;
	if (end - p == 5 && strncasecmp(p, "empty", 5) == 0) {
		r->empty = true;
		return true;
	}
	if (p == end || (*p != '[' && *p != '('))
		return false;
	r->lo_inc = *p++ == '[';
	if (!bound_text(ev, &p, end, &b, &r->lo_inf) || *p++ != ',' ||
		(!r->lo_inf && !sql_scalar_input(ev, el, b, &r->lo, 0, why)))
		return false;
	if (!bound_text(ev, &p, end, &b, &r->hi_inf) || (*p != ']' && *p != ')') ||
		(!r->hi_inf && !sql_scalar_input(ev, el, b, &r->hi, 0, why)))
		return false;
	r->hi_inc = *p++ == ']';
	return p == end && settle(r, why);
}

/* ---- order ---------------------------------------------------------------------------- */

/*
 * range_cmp_bounds(): the order of two bounds, each a lower or an upper one. At
 * the same value an exclusive upper bound comes before an inclusive one, and an
 * exclusive lower bound after.
 */
static int bound_cmp(
	const struct sql_range *l, bool l_lower, const struct sql_range *r, bool r_lower)
{
	bool li = l_lower ? l->lo_inf : l->hi_inf, ri = r_lower ? r->lo_inf : r->hi_inf;
	bool lc = l_lower ? l->lo_inc : l->hi_inc, rc = r_lower ? r->lo_inc : r->hi_inc;
	int o;

	if (li && ri)
		return l_lower == r_lower ? 0 : l_lower ? -1 : 1;
	if (li)
		return l_lower ? -1 : 1;
	if (ri)
		return r_lower ? 1 : -1;
	o = sql_scalar_cmp(l->elem, l_lower ? &l->lo : &l->hi, 0, r_lower ? &r->lo : &r->hi, 0);
	if (o != 0 || (lc && rc))
		return o;
	if (!lc && !rc)
		return l_lower == r_lower ? 0 : l_lower ? 1 : -1;
	if (!lc)
		return l_lower ? 1 : -1;
	return r_lower ? -1 : 1;
}

/* range_cmp(): empty first, then by lower bound, then by upper bound. */
int sql_range_cmp(const void *lp, const void *rp)
{
	const struct sql_range *l = lp, *r = rp;
	int o;

	if (l->empty || r->empty)
		return r->empty - l->empty;
	o = bound_cmp(l, true, r, true);
	return o != 0 ? o : bound_cmp(l, false, r, false);
}

/* Whether ${p} lies in ${w}; the empty range lies in every range. */
static bool contains(const struct sql_range *w, const struct sql_range *p)
{
	if (p->empty || w->empty)
		return p->empty;
	return bound_cmp(w, true, p, true) <= 0 && bound_cmp(w, false, p, false) >= 0;
}

/* Whether value ${i} of ${e} is in the range. */
static bool holds(const struct sql_range *r, const struct sql_reg *e, uint32_t i)
{
	int o;

	if (r->empty)
		return false;
	if (!r->lo_inf) {
		o = sql_scalar_cmp(r->elem, &r->lo, 0, e, i);
		if (o > 0 || (o == 0 && !r->lo_inc))
			return false;
	}
	if (!r->hi_inf) {
		o = sql_scalar_cmp(r->elem, &r->hi, 0, e, i);
		if (o < 0 || (o == 0 && !r->hi_inc))
			return false;
	}
	return true;
}

/* Whether they share a value: each begins before the other ends. */
static bool overlap(const struct sql_range *l, const struct sql_range *r)
{
	if (l->empty || r->empty)
		return false;
	return bound_cmp(l, true, r, false) <= 0 && bound_cmp(r, true, l, false) <= 0;
}

/* ---- functions --------------------------------------------------------------------- */

/* lower() and upper() (param 1); NULL where there is no bound. */
static void range_bound(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_range *r = SQL_P(0, i);

		if (r->empty || (x->fn->param ? r->hi_inf : r->lo_inf))
			out->null[i] = 1;
		else
			sql_reg_copy(out, i, x->fn->param ? &r->hi : &r->lo, 0);
	}
}

/*
 * isempty, lower_inf, upper_inf, lower_inc, upper_inc, in the order of param.
 */
static void range_is(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_range *r = SQL_P(0, i);
		const bool is[] = {r->empty, !r->empty && r->lo_inf, !r->empty && r->hi_inf,
			!r->empty && r->lo_inc, !r->empty && r->hi_inc};

		out->v.i[i] = is[x->fn->param];
	}
}

enum { CONTAINS, CONTAINED, OVERLAPS, BEFORE, AFTER, NOT_RIGHT, NOT_LEFT, ADJACENT };

/*
 * -|- in one direction: an upper bound and a lower one at the same value,
 * exactly one of which includes it.
 */
static bool touch(const struct sql_range *l, const struct sql_range *r)
{
	return !l->hi_inf && !r->lo_inf && l->hi_inc != r->lo_inc &&
	       sql_scalar_cmp(l->elem, &l->hi, 0, &r->lo, 0) == 0;
}

static void range_range(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_range *l = SQL_P(0, i), *r = SQL_P(1, i);
		bool some = !l->empty && !r->empty;

		switch (x->fn->param) {
		case CONTAINS:
			out->v.i[i] = contains(l, r);
			break;
		case CONTAINED:
			out->v.i[i] = contains(r, l);
			break;
		case OVERLAPS:
			out->v.i[i] = overlap(l, r);
			break;
		case BEFORE:
			out->v.i[i] = some && bound_cmp(l, false, r, true) < 0;
			break;
		case AFTER:
			out->v.i[i] = some && bound_cmp(r, false, l, true) < 0;
			break;
		case NOT_RIGHT:
			out->v.i[i] = some && bound_cmp(l, false, r, false) <= 0;
			break;
		case NOT_LEFT:
			out->v.i[i] = some && bound_cmp(l, true, r, true) >= 0;
			break;
		default:
			out->v.i[i] = some && (touch(l, r) || touch(r, l));
		}
	}
}

/*
 * The intersection: the later of the lower bounds and the earlier of the upper
 * ones.
 */
static void range_meet(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		const struct sql_range *l = SQL_P(0, i), *r = SQL_P(1, i);
		struct sql_range *m = sql_alloc(ev, sizeof *m);
		const struct sql_range *lo, *hi;

		if (m == NULL)
			return;
		out->v.p[i] = m;
		*m = *l;
		m->empty = !overlap(l, r);
		if (m->empty)
			continue;
		lo = bound_cmp(l, true, r, true) >= 0 ? l : r;
		hi = bound_cmp(l, false, r, false) <= 0 ? l : r;
		m->lo = lo->lo, m->lo_inf = lo->lo_inf, m->lo_inc = lo->lo_inc;
		m->hi = hi->hi, m->hi_inf = hi->hi_inf, m->hi_inc = hi->hi_inc;
	}
}

static void range_elem(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int r = x->fn->param == CONTAINS ? 0 : 1;

	SQL_EACH(i) out->v.i[i] = holds(SQL_P(r, i), &a[1 - r], i);
}

/*
 * int4range(a, b, '[]') and its kin; a NULL bound is infinite, and the bounds
 * are '[)' when not given.
 */
static void range_make(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why;

	SQL_EACH(i)
	{
		struct sql_range *r = new_range(ev, x->fn->arg[0]);
		struct vtext b = {"[)", 2};

		if (r == NULL)
			return;
		out->v.p[i] = r;
		if (x->nargs > 2 && !sql_null(&a[2], i))
			b = SQL_T(2, i);
		if (b.n != 2 || strchr("[(", b.p[0]) == NULL || strchr("])", b.p[1]) == NULL ||
			(x->nargs > 2 && sql_null(&a[2], i))) {
			sql_raise(ev, out, i, "invalid range bound flags");
			continue;
		}
		r->lo_inf = sql_null(&a[0], i);
		r->hi_inf = sql_null(&a[1], i);
		sql_reg_copy(&r->lo, 0, &a[0], i);
		sql_reg_copy(&r->hi, 0, &a[1], i);
		r->lo_inc = b.p[0] == '[';
		r->hi_inc = b.p[1] == ']';
		if (!settle(r, &why))
			sql_raise(ev, out, i, why);
	}
}

/* The type of the made range follows from its elements. */
static struct sql_node *prepare_make(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	(void)c, (void)st;
	x->type = (struct sql_type){.cls = PG_RANGE, .elem = x->fn->arg[0]};
	return x;
}

#define R SQL_ANYRANGE
#define E SQL_ANYELEM
#define B PG_BOOL
#define OP(op, p)                                                                                  \
	{                                                                                          \
		op, {R, R}, 2, B, 0, p, range_range, NULL                                          \
	}
#define MAKE(name, el)                                                                             \
	{name, {el, el}, 2, PG_RANGE, SQL_F_NULLS, 0, range_make, prepare_make},                   \
	{                                                                                          \
		name, {el, el, PG_TEXT}, 3, PG_RANGE, SQL_F_NULLS, 0, range_make, prepare_make     \
	}

static const struct sql_fn rows[] = {
	{"lower", {R}, 1, E, 0, 0, range_bound, NULL},
	{"upper", {R}, 1, E, 0, 1, range_bound, NULL},
	{"isempty", {R}, 1, B, 0, 0, range_is, NULL},
	{"lower_inf", {R}, 1, B, 0, 1, range_is, NULL},
	{"upper_inf", {R}, 1, B, 0, 2, range_is, NULL},
	{"lower_inc", {R}, 1, B, 0, 3, range_is, NULL},
	{"upper_inc", {R}, 1, B, 0, 4, range_is, NULL},
	OP("@>", CONTAINS),
	OP("<@", CONTAINED),
	OP("&&", OVERLAPS),
	OP("<<", BEFORE),
	OP(">>", AFTER),
	OP("&<", NOT_RIGHT),
	OP("&>", NOT_LEFT),
	OP("-|-", ADJACENT),
	{"*", {R, R}, 2, R, 0, 0, range_meet, NULL},
	{"@>", {R, E}, 2, B, 0, CONTAINS, range_elem, NULL},
	{"<@", {E, R}, 2, B, 0, CONTAINED, range_elem, NULL},
	MAKE("int4range", PG_INT4),
	MAKE("int8range", PG_INT8),
	MAKE("numrange", PG_NUMERIC),
	MAKE("daterange", PG_DATE),
	MAKE("tsrange", PG_TIMESTAMP),
	MAKE("tstzrange", PG_TIMESTAMPTZ),
};

const struct sql_fn_table sql_fns_range = {rows, sizeof rows / sizeof rows[0]};
