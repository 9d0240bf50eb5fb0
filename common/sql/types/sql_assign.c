/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/sql/sql_int.h"

/*
 * Values for columns: what INSERT does between an expression and the column it is for.
 */

/* ---- compiling -------------------------------------------------------------------------- */

/* varchar(n) and char(n) of an assignment are not cut: see fits(). */
static bool is_text(unsigned cls)
{
	return cls == PG_VARCHAR || cls == PG_BPCHAR;
}

static struct sql_node *as_column(
	struct sql_comp *c, struct sql_node *x, const void *ctx, enum sql_status *st)
{
	const struct pg_base *to = ctx;
	struct sql_type t = sql_type_from_pg(to->type);
	struct sql_type from = x->type;
	int32_t typmod = is_text(t.cls) ? -1 : to->typmod;

	if (x->literal || sql_type_eq(from, t) || from.cls == PG_ARRAY ||
		sql_cast_find(from.cls, t.cls, SQL_ASSIGNMENT) != NULL)
		return sql_coerce(c, x, t, typmod, SQL_ASSIGNMENT, st);
	return sql_fail(c, st, "it is of type %s, which a column of type %s does not take",
		sql_type_name(from), sql_type_name(t));
}

enum sql_status sql_compile_as(struct sql_expr **x, const struct sql_scope *scope, const char *text,
	struct pg_base to, struct arena *a, struct err *e)
{
	enum sql_status st = sql_compile_with(x, scope, text, as_column, &to, a, e);

	if (st != SQL_OK)
		return st;
	if (((*x)->to = arena_alloc(a, sizeof(to))) == NULL)
		return err_nomem(e);
	*(*x)->to = to;
	return SQL_OK;
}

/* ---- evaluating ---------------------------------------------------------------------------- */

/* The text a column of at most ${limit} characters keeps: blanks beyond it are dropped. */
static bool fits(struct vtext *t, size_t limit)
{
	size_t n;

	if (t->n <= limit || utf8_len(t->p, t->n) <= limit)
		return true;
	n = utf8_cut(t->p, t->n, limit);
	for (size_t i = n; i < t->n; i++)
		if (t->p[i] != ' ')
			return false;
	t->n = n;
	return true;
}

/* Whether the vector's decimals are enough: they are fewer than the column's only where the
 * column is numeric without a scale. */
static bool keeps(const struct sql_reg *r, uint32_t i, const struct vec *out)
{
	const struct sql_num *n = &r->v.n[i & r->mask];

	return n->kind == SQL_NUM_FINITE && sql_num_min_scale(n) <= out->scale;
}

static const char *assign(struct sql_eval *ev, const struct sql_expr *x, const struct sql_reg *r,
	uint32_t i, struct vec *out)
{
	int32_t limit = pg_char_limit(*x->to);

	if (out->type == VT_DEC && r->v.n[i & r->mask].kind != SQL_NUM_FINITE)
		return "NaN and infinities are not made";
	if (out->type == VT_DEC && !keeps(r, i, out))
		return "a column of type numeric is given 2 decimals: round the value";
	if (!sql_store(ev, x->root->type, r, i, out))
		return "the value has too many digits";
	if (is_text(x->to->type->cls) && limit >= 0 && !fits(&out->v.t[i], (size_t)limit))
		return "value too long for the column's type";
	return NULL;
}

static void fail(struct sql_fault *f, uint32_t row, const char *why)
{
	if (f->why != NULL)
		return;
	f->row = row;
	f->why = why != NULL ? why : "it cannot be computed";
}

int sql_assign(const struct sql_expr *x, const struct vec *const *cols, uint32_t n,
	const uint8_t *live, struct vec *out, struct sql_fault *fault, struct arena *tmp,
	struct err *e)
{
	struct sql_eval ev = {.cols = cols, .x = x, .n = n, .tmp = tmp};
	uint8_t *own = arena_alloc(tmp, 2 * (size_t)VEC_BLOCK);
	struct sql_reg r;
	const char *why;

	*fault = (struct sql_fault){0, NULL};
	if (own == NULL)
		return err_nomem(e);
	ev.err = own + VEC_BLOCK;
	if (live == NULL)
		memset(own, 1, n);
	if (!sql_eval(&ev, x->root, live != NULL ? live : own, &r))
		return err_nomem(e);
	out->n = n;
	for (uint32_t i = 0; i < n; i++) {
		bool skip = live != NULL && !live[i];

		if (out->has_null)
			out->null[i] = 0;
		why = NULL;
		if (!skip && ev.err[i])
			fail(fault, i, ev.why);
		else if (!skip && !sql_null(&r, i))
			why = assign(&ev, x, &r, i, out);
		if (why != NULL)
			fail(fault, i, why);
		if (skip || ev.err[i] || why != NULL || sql_null(&r, i))
			vec_set_null(out, i);
	}
	return ev.nomem ? err_nomem(e) : 0;
}
