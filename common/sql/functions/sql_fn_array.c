/* SPDX-License-Identifier: MIT */
/*
 * Arrays: reading their text, and the functions that look into them.
 *
 * The text is read by a recursive descent over the braces, as array_in() of
 * arrayfuncs.c reads it: optional bounds ([1:2]=), then one level of braces for
 * each dimension, at most 6 (MAXDIM). All subarrays of one dimension must have
 * the same number of elements. The elements, in row-major order, are a register
 * of their own; each is read by the input function of its type. Where versions
 * of PostgreSQL are more lenient than this (an empty subarray), the text is
 * refused.
 */
#include "common/sql/sql_int.h"

#include <string.h>
#include <strings.h>

#include "common/base/num.h"

/* ---- text ------------------------------------------------------------------------ */

/* The position in the text, and what is known of the array so far. */
struct scan {
	const char *p, *end;
	struct sql_eval *ev;
	struct sql_type el;
	struct sql_array *arr;
	uint32_t cap;
	int32_t seen[6]; /* elements met in the dimension that is open */
	uint8_t depth;
	bool known; /* the innermost depth is */
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip(struct scan *s)
{
	while (s->p < s->end && is_space(*s->p))
		s->p++;
}

/*
 * The text of one element without its quotes; false when it is malformed.
 * Blanks around an element without quotes do not count, unless they are
 * escaped.
 */
static bool element_text(struct scan *s, struct vtext *t, bool *quoted)
{
	char *to = sql_alloc(s->ev, (size_t)(s->end - s->p));
	size_t n = 0, keep = 0;

	*quoted = false;
	if (to == NULL)
		return false;
	if (s->p < s->end && *s->p == '"') {
		*quoted = true;
		for (s->p++; s->p < s->end && *s->p != '"'; s->p++) {
			if (*s->p == '\\' && ++s->p == s->end)
				return false;
			to[n++] = *s->p;
		}
		if (s->p == s->end)
			return false;
		s->p++;
		*t = (struct vtext){to, n};
		return true;
	}
	for (; s->p < s->end && strchr(",{}\"", *s->p) == NULL; s->p++) {
		bool escaped = *s->p == '\\';

		if (escaped && ++s->p == s->end)
			return false;
		to[n++] = *s->p;
		if (escaped || !is_space(*s->p))
			keep = n;
	}
	*t = (struct vtext){to, keep};
	return keep > 0;
}

/* Makes room for one more element, by doubling. */
static bool grow(struct scan *s)
{
	struct sql_array *arr = s->arr;
	struct sql_eval sub = *s->ev;
	struct sql_reg wider;

	if (arr->n < s->cap)
		return true;
	sub.n = s->cap * 2;
	memset(sub.pool, 0, sizeof sub.pool);
	if (!sql_reg_new(&sub, arr->e.kind, &wider)) {
		s->ev->nomem = true;
		return false;
	}
	for (uint32_t k = 0; k < arr->n; k++)
		sql_reg_copy(&wider, k, &arr->e, k);
	arr->e = wider;
	s->cap *= 2;
	return true;
}

/* The elements of an array are no arrays: more dimensions are more of its own. */
static bool element_in(struct scan *s, struct vtext t, const char **why)
{
	struct sql_reg *to = &s->arr->e;

	if (s->el.cls == PG_RANGE)
		return sql_range_in(s->ev, s->el, t, to, s->arr->n, why);
	return sql_scalar_input(s->ev, s->el, t, to, s->arr->n, why);
}

/*
 * Reads one element into the array. NULL without quotes, in any case, is a
 * NULL.
 */
static bool element(struct scan *s)
{
	struct sql_array *arr = s->arr;
	struct vtext t;
	const char *why;
	bool quoted;

	if (!element_text(s, &t, &quoted) || !grow(s))
		return false;
	if (!quoted && t.n == 4 && strncasecmp(t.p, "NULL", 4) == 0)
		arr->e.null[arr->n] = 1;
	else if (!element_in(s, t, &why))
		return false;
	arr->n++;
	return true;
}

/*
 * Reads what is between braces; the opening one has been read. The first
 * element that is found says how many dimensions there are, and all others must
 * be as deep.
 */
static bool level(struct scan *s, uint8_t depth)
{
	int32_t n = 0;

	if (depth >= 6)
		return false;
	for (;; s->p++) {
		skip(s);
		if (s->p == s->end)
			return false;
		if (*s->p == '{') {
			s->p++;
			if ((s->known && depth + 1 >= s->depth) || !level(s, depth + 1))
				return false;
		} else if (*s->p == '}' && n == 0 && depth == 0) {
			s->p++;
			return true;
		} else {
			if (s->known && depth + 1 != s->depth)
				return false;
			s->known = true;
			s->depth = (uint8_t)(depth + 1);
			if (!element(s))
				return false;
		}
		n++;
		skip(s);
		if (s->p == s->end || (*s->p != ',' && *s->p != '}'))
			return false;
		if (*s->p == '}')
			break;
	}
	s->p++;
	if (s->arr->dim[depth] != 0 && s->arr->dim[depth] != n)
		return false;
	s->arr->dim[depth] = n;
	return true;
}

/*
 * Reads the lower and upper bounds before the braces, as in [1:2][3:4]=;
 * returns the upper ones, which are checked against the number of elements
 * later.
 */
static bool bounds(struct scan *s, int32_t *upper, uint8_t *n)
{
	for (*n = 0; s->p < s->end && *s->p == '['; (*n)++) {
		const char *colon = memchr(s->p, ':', (size_t)(s->end - s->p));
		const char *close = memchr(s->p, ']', (size_t)(s->end - s->p));
		int64_t lo = 1, hi;

		if (*n >= 6 || close == NULL)
			return false;
		if (colon != NULL && colon < close &&
			!num_parse_i64(s->p + 1, (size_t)(colon - s->p - 1), &lo))
			return false;
		colon = colon != NULL && colon < close ? colon : s->p;
		if (!num_parse_i64(colon + 1, (size_t)(close - colon - 1), &hi) || lo < INT32_MIN ||
			hi > INT32_MAX || hi < lo)
			return false;
		s->arr->lower[*n] = (int32_t)lo;
		upper[*n] = (int32_t)hi;
		s->p = close + 1;
	}
	if (*n > 0 && (s->p == s->end || *s->p++ != '='))
		return false;
	return true;
}

/* The input function of an array, for element types that have one here. */
bool sql_array_in(struct sql_eval *ev, struct sql_type t, struct vtext text, struct sql_reg *out,
	uint32_t i, const char **why)
{
	struct sql_array *arr = sql_alloc(ev, sizeof *arr);
	struct scan s = {.p = text.p, .end = text.p + text.n, .ev = ev, .arr = arr, .cap = 8};
	struct sql_eval sub = *ev;
	int32_t upper[6];
	uint8_t nb = 0;

	*why = "malformed array literal";
	s.el = (struct sql_type){.cls = t.elem, .pg = t.elem == PG_ENUM ? t.pg : NULL};
	sub.n = s.cap;
	memset(sub.pool, 0, sizeof sub.pool);
	if (arr == NULL || !sql_reg_new(&sub, sql_kind_of(t.elem), &arr->e)) {
		ev->nomem = true;
		return false;
	}
	arr->elem = t.elem;
	for (int k = 0; k < 6; k++)
		arr->lower[k] = 1;
	skip(&s);
	if (!bounds(&s, upper, &nb) || s.p == s.end || *s.p++ != '{' || !level(&s, 0))
		return false;
	skip(&s);
	arr->ndim = arr->n > 0 ? s.depth : 0;
	for (uint8_t k = 0; k < nb; k++)
		if (nb != arr->ndim || (int64_t)upper[k] - arr->lower[k] + 1 != arr->dim[k])
			return false;
	out->v.p[i] = arr;
	return s.p == s.end;
}

/* ---- functions ---------------------------------------------------------------------- */

/*
 * array_length ('l'), array_lower ('[') and array_upper (']') of a dimension;
 * NULL if the array has no such dimension.
 */
static void array_extent(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_array *arr = SQL_P(0, i);
		int64_t d = SQL_I(1, i) - 1;

		if (d < 0 || d >= arr->ndim) {
			out->null[i] = 1;
			continue;
		}
		out->v.i[i] = x->fn->param == 'l'   ? arr->dim[d]
			      : x->fn->param == '[' ? arr->lower[d]
						    : (int64_t)arr->lower[d] + arr->dim[d] - 1;
	}
}

/* NULL for an empty array, as in PostgreSQL. */
static void array_ndims(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		const struct sql_array *arr = SQL_P(0, i);

		out->null[i] = arr->ndim == 0;
		out->v.i[i] = arr->ndim;
	}
}

/* The number of elements in all dimensions. */
static void array_cardinality(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.i[i] = ((const struct sql_array *)SQL_P(0, i))->n;
}

/*
 * The subscript of the first element that is not distinct from the value, so
 * that a NULL can be found; NULL when there is none. Arrays of several
 * dimensions are an error, as in array_position_common().
 */
static void array_position(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		const struct sql_array *arr = sql_null(&a[0], i) ? NULL : SQL_P(0, i);
		bool null = sql_null(&a[1], i);

		out->null[i] = 1;
		if (arr == NULL || arr->n == 0)
			continue;
		if (arr->ndim > 1) {
			sql_raise(ev, out, i,
				"searching for elements in multidimensional arrays is not "
				"supported");
			continue;
		}
		for (uint32_t k = 0; k < arr->n && out->null[i]; k++)
			if (sql_null(&arr->e, k) == null &&
				(null || sql_cmp(arr->elem, &arr->e, k, &a[1], i) == 0)) {
				out->null[i] = 0;
				out->v.i[i] = arr->lower[0] + (int64_t)k;
			}
	}
}

/*
 * Whether an element of ${arr} equals element ${k} of ${e}; a NULL equals
 * nothing.
 */
static bool has(const struct sql_array *arr, const struct sql_reg *e, uint32_t k)
{
	for (uint32_t j = 0; j < arr->n; j++)
		if (!sql_null(&arr->e, j) && sql_cmp(arr->elem, &arr->e, j, e, k) == 0)
			return true;
	return false;
}

/*
 * @> and <@ (param: which argument is the whole), and && (param -1). Duplicates
 * and dimensions do not count, and a NULL is contained in nothing
 * (array_contain_compare()).
 */
static void array_contains(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int whole = x->fn->param < 0 ? 0 : x->fn->param;

	SQL_EACH(i)
	{
		const struct sql_array *w = SQL_P(whole, i), *p = SQL_P(1 - whole, i);
		bool all = true, any = false;

		for (uint32_t k = 0; k < p->n; k++) {
			bool in = !sql_null(&p->e, k) && has(w, &p->e, k);

			all &= in;
			any |= in;
		}
		out->v.i[i] = x->fn->param < 0 ? any : all;
	}
}

/* a[k]: NULL where there is no such element. */
static void array_at(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		const struct sql_array *arr = SQL_P(0, i);
		int64_t k = SQL_I(1, i) - arr->lower[0];

		if (arr->ndim != 1 || k < 0 || k >= arr->n)
			out->null[i] = 1;
		else
			sql_reg_copy(out, i, &arr->e, (uint32_t)k);
	}
}

#define ARR SQL_ANYARRAY
#define I4  PG_INT4

static const struct sql_fn rows[] = {
	{"array_length", {ARR, I4}, 2, I4, 0, 'l', array_extent, NULL},
	{"array_lower", {ARR, I4}, 2, I4, 0, '[', array_extent, NULL},
	{"array_upper", {ARR, I4}, 2, I4, 0, ']', array_extent, NULL},
	{"array_ndims", {ARR}, 1, I4, 0, 0, array_ndims, NULL},
	{"cardinality", {ARR}, 1, I4, 0, 0, array_cardinality, NULL},
	{"array_position", {ARR, SQL_ANYELEM}, 2, I4, SQL_F_NULLS, 0, array_position, NULL},
	{"@>", {ARR, ARR}, 2, PG_BOOL, 0, 0, array_contains, NULL},
	{"<@", {ARR, ARR}, 2, PG_BOOL, 0, 1, array_contains, NULL},
	{"&&", {ARR, ARR}, 2, PG_BOOL, 0, -1, array_contains, NULL},
	{"[]", {ARR, I4}, 2, SQL_ANYELEM, SQL_F_LAZY, 0, array_at, NULL},
};

const struct sql_fn_table sql_fns_array = {rows, sizeof rows / sizeof rows[0]};
