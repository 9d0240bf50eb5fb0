/* SPDX-License-Identifier: MIT */
/*
 * Values for columns: what INSERT does between an expression and the column
 * that it is for.
 *
 * PostgreSQL finds an assignment cast from the expression's type to the
 * column's (pg_cast, castcontext 'a' or 'i') and then applies the column's
 * length, precision or scale. Casts are added to the tree when the expression
 * is compiled. The limits of texts are checked at the end instead, because an
 * assignment refuses a text that is too long, where an explicit cast would cut
 * it (PostgreSQL's manual, 8.3).
 */
#include <string.h>

#include "common/base/err.h"
#include "common/sql/sql_comp.h"

/* ---- compiling -------------------------------------------------------------------------- */

/*
 * varchar(n) and char(n): their typmod is not applied as a cast, see
 * fits_text().
 */
static bool is_text(unsigned cls)
{
	return cls == PG_VARCHAR || cls == PG_BPCHAR;
}

/*
 * Arrays whose elements fits_array() checks against the length or scale of the
 * array's type.
 */
static bool has_fitting_elements(struct sql_type t)
{
	return t.cls == PG_ARRAY && (is_text(t.elem) || t.elem == PG_NUMERIC);
}

/*
 * Adds the casts of an assignment to ${x}. A type with a length or precision
 * for which there is no kernel (bit(n), for instance) is refused, and not taken
 * as if it had none.
 */
struct sql_node *sql_as_column(
	struct sql_comp *c, struct sql_node *x, struct pg_base to, enum sql_status *st)
{
	struct sql_type t = sql_type_from_pg(to.type);
	struct sql_type from = x->type;
	int32_t typmod = is_text(t.cls) ? -1 : to.typmod;

	if (!x->literal && !sql_type_eq(from, t) && from.cls != PG_ARRAY &&
		sql_cast_find(from.cls, t.cls, SQL_ASSIGNMENT) == NULL)
		return sql_fail(c, st, "it is of type %s, which a column of type %s does not take",
			sql_type_name(from), sql_type_name(t));
	if (x->literal && t.cls == PG_INTERVAL && typmod >= 0 && !sql_ivl_all_fields(typmod))
		return sql_refuse(c, st, "a literal for a column of some fields of interval");
	if (typmod >= 0 && x->typmod != typmod && sql_fit_find(t.cls) == NULL &&
		!has_fitting_elements(t))
		return sql_refuse(
			c, st, "the length or precision of a column of type %s", sql_type_name(t));
	return sql_coerce(c, x, t, typmod, SQL_ASSIGNMENT, st);
}

/*
 * sql_as_column() as the last step of a compilation; ctx is the column's type.
 */
static struct sql_node *as_column(
	struct sql_comp *c, struct sql_node *x, const void *ctx, enum sql_status *st)
{
	const struct pg_base *to = ctx;

	return sql_as_column(c, x, *to, st);
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

static const char too_long[] = "value too long for the column's type";

/*
 * Whether a text fits a column of ${limit} characters. Blanks beyond the limit
 * are dropped, and nothing else is: this is the SQL standard's rule for
 * assignments, which varchar() and bpchar() of varchar.c follow.
 */
static bool fits_text(struct vtext *t, size_t limit)
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

/*
 * Applies the typmod of an array, which is that of its elements; NULL, or why
 * one does not fit. Elements are rounded in place: the array was made by this
 * evaluation, and rounding it again would change nothing.
 */
static const char *fits_array(struct sql_array *a, struct pg_base to)
{
	struct pg_base element = pg_base_of(to.type->elem, to.typmod);
	int32_t limit = pg_char_limit(element);
	const char *why = NULL, *overflow = NULL;
	int precision, scale;

	pg_numeric_limits(element, &precision, &scale);
	for (uint32_t k = 0; why == NULL && k < a->n; k++) {
		if (sql_null(&a->e, k))
			continue;
		if (limit >= 0 && !fits_text(&a->e.v.t[k], (size_t)limit))
			why = too_long;
		if (precision >= 0 && !sql_num_fit(&a->e.v.n[k], precision, scale, &overflow))
			why = overflow;
	}
	return why;
}

/*
 * Whether the vector has all decimals of the value. It has fewer only where the
 * column is a numeric without a scale, which is made with two decimals.
 */
static bool keeps(const struct sql_reg *r, uint32_t i, const struct vec *out)
{
	const struct sql_num *n = &r->v.n[i & r->mask];

	return n->kind == SQL_NUM_FINITE &&
	       (n->scale <= out->scale || sql_num_min_scale(n) <= out->scale);
}

/*
 * A number for a wide numeric: with the decimals of numeric(p,s), and without zeros at the end in a
 * column without a scale, whose equal values are to be equal texts.
 */
static const char *assign_wide(
	struct sql_eval *ev, const struct sql_expr *x, const struct sql_num *n, struct vtext *to)
{
	char text[SQL_NUM_TEXT], *own;

	if (n->kind != SQL_NUM_FINITE)
		return "NaN and infinities are not made";
	to->n = sql_num_stored(text, n, x->to->typmod < 0);
	if ((own = sql_alloc(ev, to->n)) == NULL)
		return "out of memory";
	to->p = memcpy(own, text, to->n);
	return NULL;
}

/* Puts value ${i} into the vector; NULL, or why it does not fit. */
static const char *assign(struct sql_eval *ev, const struct sql_expr *x, const struct sql_reg *r,
	uint32_t i, struct vec *out)
{
	int32_t limit = pg_char_limit(*x->to);
	const char *why;

	if (x->to->type->wide)
		return assign_wide(ev, x, &r->v.n[i & r->mask], &out->v.t[i]);
	if (out->type == VT_DEC && r->v.n[i & r->mask].kind != SQL_NUM_FINITE)
		return "NaN and infinities are not made";
	if (out->type == VT_DEC && !keeps(r, i, out))
		return "a column of type numeric is given 2 decimals: round the value";
	if (x->to->type->cls == PG_ARRAY && x->to->typmod >= 0 &&
		(why = fits_array(r->v.p[i & r->mask], *x->to)) != NULL)
		return why;
	if (!sql_store(ev, x->root->type, r, i, out))
		return "the value has too many digits";
	if (is_text(x->to->type->cls) && limit >= 0 && !fits_text(&out->v.t[i], (size_t)limit))
		return too_long;
	return NULL;
}

/*
 * For a foreign key: whether the stored value still equals the key that it came
 * from. A varchar has to be as long as before, too, because "=" of texts would
 * not see a blank that was dropped from a char(n).
 */
static bool equals(const struct sql_expr *x, const struct sql_reg *r, const struct sql_reg *equal,
	uint32_t i, const struct vec *out)
{
	if (x->equal == NULL)
		return true;
	return !sql_null(equal, i) && equal->v.i[i & equal->mask] != 0 &&
	       (x->to->type->cls != PG_VARCHAR || out->v.t[i].n == r->v.t[i & r->mask].n);
}

/*
 * Records the first failure of the block. Of a value that moves between columns
 * the reason names both types.
 */
static void fail(const struct sql_expr *x, struct sql_fault *f, uint32_t row, const char *why,
	struct arena *tmp)
{
	const char *text = NULL;

	if (f->why != NULL)
		return;
	f->row = row;
	f->why = why != NULL ? why : "it cannot be computed";
	if (x->what != NULL)
		text = arena_printf(tmp, "%s: %s", x->what, f->why);
	if (text != NULL)
		f->why = text;
}

/*
 * Evaluates the expression, and that of equality where there is one, over the
 * rows that count.
 */
static bool evaluate(
	struct sql_eval *ev, const uint8_t *live, struct sql_reg *r, struct sql_reg *equal)
{
	*equal = (struct sql_reg){.kind = SQL_K_INT};
	return sql_eval(ev, ev->x->root, live, r) &&
	       (ev->x->equal == NULL || sql_eval(ev, ev->x->equal, live, equal));
}

/*
 * Each row has one of four fates: it is not looked at (not live), it failed
 * while it was computed, it does not fit, or it is stored. All but the last
 * become NULL, and the first failure is reported in ${fault}.
 */
int sql_assign(const struct sql_expr *x, const struct vec *const *cols, uint32_t n,
	const uint8_t *live, struct vec *out, struct sql_fault *fault, struct arena *tmp,
	struct err *e)
{
	struct sql_eval ev = {.cols = cols, .x = x, .n = n, .tmp = tmp};
	uint8_t *own = arena_alloc(tmp, 2 * (size_t)VEC_BLOCK);
	struct sql_reg r, equal;
	const char *why;

	*fault = (struct sql_fault){0, NULL};
	if (own == NULL)
		return err_nomem(e);
	ev.err = own + VEC_BLOCK;
	if (live == NULL)
		memset(own, 1, n);
	if (!evaluate(&ev, live != NULL ? live : own, &r, &equal))
		return err_nomem(e);
	out->n = n;
	for (uint32_t i = 0; i < n; i++) {
		bool skip = live != NULL && !live[i];

		if (out->has_null)
			out->null[i] = 0;
		why = NULL;
		if (!skip && ev.err[i])
			fail(x, fault, i, ev.why, tmp);
		else if (!skip && !sql_null(&r, i))
			why = assign(&ev, x, &r, i, out);
		if (!skip && !ev.err[i] && why == NULL && !sql_null(&r, i) &&
			!equals(x, &r, &equal, i, out))
			why = "it would not equal the key that it refers to";
		if (why != NULL)
			fail(x, fault, i, why, tmp);
		if (skip || ev.err[i] || why != NULL || sql_null(&r, i))
			vec_set_null(out, i);
	}
	return ev.nomem ? err_nomem(e) : 0;
}
