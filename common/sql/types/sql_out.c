/* SPDX-License-Identifier: MIT */
/*
 * The text of arrays and ranges, quoted as array_out() of arrayfuncs.c and
 * range_out() of rangetypes.c quote it. Elements are printed by their own
 * output function.
 */
#include "common/sql/sql_int.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A text that grows, in the block's memory. */
struct text {
	struct sql_eval *ev;
	char *p;
	size_t n, cap;
};

/*
 * Appends bytes; once memory is out, nothing happens and the caller finds
 * ev->nomem.
 */
static void put(struct text *t, const char *p, size_t n)
{
	if (t->ev->nomem)
		return;
	if (n > t->cap - t->n) {
		size_t cap = 2 * (t->n + n) + 64;
		char *wider = sql_alloc(t->ev, cap);

		if (wider == NULL)
			return;
		if (t->n > 0)
			memcpy(wider, t->p, t->n);
		t->p = wider;
		t->cap = cap;
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

/* The finished text. */
static struct vtext done(const struct text *t)
{
	return t->ev->nomem || t->n == 0 ? (struct vtext){"", 0} : (struct vtext){t->p, t->n};
}

/* Whether any byte of ${s} is in ${set}. */
static bool has_any(struct vtext s, const char *set)
{
	for (size_t k = 0; k < s.n; k++)
		if (s.p[k] != '\0' && strchr(set, s.p[k]) != NULL)
			return true;
	return false;
}

/*
 * Appends ${s} in double quotes. A quote or backslash is preceded by ${escape},
 * or doubled where that is NUL: arrays escape with a backslash, ranges by
 * doubling.
 */
static void put_quoted(struct text *t, struct vtext s, char escape)
{
	put(t, "\"", 1);
	for (size_t k = 0; k < s.n; k++) {
		if (s.p[k] == '"' || s.p[k] == '\\')
			put(t, escape != '\0' ? &escape : &s.p[k], 1);
		put(t, &s.p[k], 1);
	}
	put(t, "\"", 1);
}

/*
 * An element is quoted if it is empty, looks like NULL, or has characters that
 * the syntax of arrays uses.
 */
static void put_element(struct text *t, const struct sql_array *arr, struct sql_type el, uint32_t k)
{
	struct vtext s;

	if (sql_null(&arr->e, k)) {
		put(t, "NULL", 4);
		return;
	}
	s = el.cls == PG_RANGE ? sql_range_out(t->ev, el, &arr->e, k)
			       : sql_scalar_output(t->ev, el, &arr->e, k);
	if (s.n == 0 || has_any(s, "\"\\{}, \t\n\v\f\r") ||
		(s.n == 4 && strncasecmp(s.p, "NULL", 4) == 0))
		put_quoted(t, s, '\\');
	else
		put(t, s.p, s.n);
}

/*
 * The braces that open or close where element ${k} is the first or last of its
 * subarrays.
 */
static void put_braces(struct text *t, const struct sql_array *arr, uint32_t k, char brace)
{
	uint64_t size = 1;

	for (int d = arr->ndim; d-- > 0;) {
		size *= (uint64_t)arr->dim[d];
		if (k % size == 0)
			put(t, &brace, 1);
	}
}

/* Bounds are printed only if a lower bound is not 1. */
struct vtext sql_array_out(
	struct sql_eval *ev, struct sql_type ty, const struct sql_reg *r, uint32_t i)
{
	const struct sql_array *arr = r->v.p[i & r->mask];
	const struct sql_type el = {.cls = arr->elem, .pg = arr->elem == PG_ENUM ? ty.pg : NULL};
	struct text t = {.ev = ev};
	bool shifted = false;
	char b[32];

	if (arr->n == 0)
		return (struct vtext){"{}", 2};
	for (int d = 0; d < arr->ndim; d++)
		shifted |= arr->lower[d] != 1;
	for (int d = 0; shifted && d < arr->ndim; d++)
		put(&t, b,
			(size_t)snprintf(b, sizeof b, "[%d:%d]", arr->lower[d],
				arr->lower[d] + arr->dim[d] - 1));
	if (shifted)
		put(&t, "=", 1);
	for (uint32_t k = 0; k < arr->n; k++) {
		if (k > 0)
			put(&t, ",", 1);
		put_braces(&t, arr, k, '{');
		put_element(&t, arr, el, k);
		put_braces(&t, arr, k + 1, '}');
	}
	return done(&t);
}

/*
 * A bound of a range is quoted by the same rule, with the characters of its
 * syntax.
 */
static void put_bound(struct text *t, unsigned elem, const struct sql_reg *bound)
{
	struct vtext s = sql_scalar_output(t->ev, sql_type_of(elem), bound, 0);

	if (s.n == 0 || has_any(s, "\"\\()[], \t\n\v\f\r"))
		put_quoted(t, s, '\0');
	else
		put(t, s.p, s.n);
}

struct vtext sql_range_out(
	struct sql_eval *ev, struct sql_type ty, const struct sql_reg *r, uint32_t i)
{
	const struct sql_range *v = r->v.p[i & r->mask];
	struct text t = {.ev = ev};

	(void)ty;
	if (v->empty)
		return (struct vtext){"empty", 5};
	put(&t, v->lo_inc ? "[" : "(", 1);
	if (!v->lo_inf)
		put_bound(&t, v->elem, &v->lo);
	put(&t, ",", 1);
	if (!v->hi_inf)
		put_bound(&t, v->elem, &v->hi);
	put(&t, v->hi_inc ? "]" : ")", 1);
	return done(&t);
}
