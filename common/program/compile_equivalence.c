/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "common/generators/gen_suffix.h"

/*
 * Columns of keys that do not tell some values apart: lower(c), btrim(c), citext.  What their
 * generators make must differ in more than that:
 *
 *	some always do (enum gen_distinct);
 *	of a short list every value is held against every other;
 *	else the values are asked for in one case, and without blanks.
 */

enum { FEW = 4096 };

/* ---- short lists ------------------------------------------------------------------------- */

/* Compares texts by their bytes, for sorting. */
static int by_text(const void *a, const void *b)
{
	return vtext_compare(a, b);
}

/* A text as the key compares it, or with less in it. False means that memory is
 * short. */
static bool fold(struct vtext *t, unsigned how, struct arena *a)
{
	char *to = arena_alloc(a, t->n + 1);
	size_t n = 0;

	if (to == NULL)
		return false;
	while (how & SQL_EQUIV_BLANKS && t->n > 0 && t->p[0] == ' ')
		t->p++, t->n--;
	while (how & SQL_EQUIV_BLANKS && t->n > 0 && t->p[t->n - 1] == ' ')
		t->n--;
	if (!(how & SQL_EQUIV_CASE))
		memcpy(to, t->p, n = t->n);
	for (size_t i = 0; how & SQL_EQUIV_CASE && i < t->n; n++) {
		i += gen_alike(t->p + i, t->n - i, &to[n]);
	}
	*t = (struct vtext){to, n};
	return true;
}

/* Whether all values of a short list differ as the key compares them. All of
 * them are made, folded and sorted, and neighbours are compared. Returns 1, 0,
 * or -1 for an error. */
static int list_apart(const struct gen *g, unsigned how, struct arena *a, struct err *e)
{
	struct vtext *all = arena_array(a, g->space + 1, sizeof(*all));
	struct gen_heap h = GEN_HEAP_INIT;
	struct vec v = {0};
	uint64_t idx[VEC_BLOCK];
	bool ok = all != NULL && vec_init(&v, VT_TEXT, a) &&
		  gen_heap_reserve(&h, (size_t)g->max_bytes * VEC_BLOCK + 1);

	for (uint64_t at = 0; ok && at < g->space; at += v.n) {
		v.n = g->space - at < VEC_BLOCK ? (uint32_t)(g->space - at) : VEC_BLOCK;
		v.has_null = false;
		gen_heap_reset(&h);
		for (uint32_t i = 0; i < v.n; i++)
			idx[i] = at + i;
		g->op->value(g, idx, v.n, &v, &h);
		for (uint32_t i = 0; i < v.n && ok; i++)
			ok = fold(&v.v.t[i], how, a), all[at + i] = v.v.t[i];
	}
	gen_heap_free(&h);
	if (!ok)
		return err_nomem(e);
	qsort(all, g->space, sizeof(*all), by_text);
	for (uint64_t i = 1; i < g->space; i++)
		if (by_text(&all[i - 1], &all[i]) == 0)
			return 0;
	return 1;
}

/* ---- one case ------------------------------------------------------------------------------ */

/* The narrowing of the column, with letters of one case only. */
static struct sql_domain *one_case(const struct compiler *k, uint32_t c)
{
	struct sql_domain *d = arena_alloc(k->a, sizeof(*d));

	if (d == NULL)
		return NULL;
	if (k->narrow.dom != NULL)
		*d = k->narrow.dom[c];
	else
		d->max_len = UINT32_MAX;
	if (!d->no_lower)
		d->no_upper = true;
	return d;
}

/* Whether a parameter has a blank, which could come to stand at the end of a
 * value. */
static bool blanks_in(const msgpack_object *params)
{
	if (params == NULL || params->type != MSGPACK_OBJECT_MAP)
		return false;
	for (uint32_t i = 0; i < params->via.map.size; i++) {
		const msgpack_object *o = &params->via.map.ptr[i].val;

		if (o->type == MSGPACK_OBJECT_STR &&
			memchr(o->via.str.ptr, ' ', o->via.str.size) != NULL)
			return true;
	}
	return false;
}

/* Tries the three ways above in turn. A generator that always makes different
 * letters is taken as it is; a short list is compared value by value; otherwise
 * values are asked for in letters of one case. A generator for which none of
 * this works is refused, since a duplicate would only show when PostgreSQL
 * builds the index. */
int compile_equivalent(const struct compiler *k, uint32_t c, struct gen_column *gc,
	const msgpack_object *params, struct gen *g, struct err *e)
{
	const struct gen_op *op = g->op;
	unsigned how = k->equiv[c];
	int rc;

	if (gen_prepare(g, op, gc, params, k->a, e) == -1)
		return -1;
	if (op->distinct == GEN_DISTINCT_LETTERS || g->affine || g->ordinal)
		return 0;
	if (!op->derives && gc->type == VT_TEXT && g->space <= FEW) {
		if ((rc = list_apart(g, how, k->a, e)) != 0)
			return rc == 1 ? 0 : -1;
	}
	if (!(how & SQL_EQUIV_BLANKS && blanks_in(params)) && !op->derives) {
		if ((gc->dom = one_case(k, c)) == NULL)
			return err_nomem(e);
		if (!(how & SQL_EQUIV_CASE))
			return gen_prepare(g, op, gc, params, k->a, e);
		return gen_prepare(g, op, gc, params, k->a, e) == 0
			       ? 0
			       : err_wrap(e, "in letters of one case, as a unique index asks");
	}
	return err_set(e, ERR_NO,
		"%s cannot promise values that differ in more than %s, which a unique index does "
		"not "
		"tell apart",
		op->id,
		how == SQL_EQUIV_CASE	  ? "upper and lower case"
		: how == SQL_EQUIV_BLANKS ? "blanks at the ends"
					  : "case and blanks at the ends");
}
