/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_comp.h"

#include <stdio.h>
#include <string.h>

/*
 * Coercion: a node as a value of another type, by PostgreSQL's casts, in one of its three contexts
 * (implicit, assignment, explicit), and the common type of several nodes.
 */

/*
 * Whether there is an implicit cast: can_coerce_type(). An unknown literal can
 * become anything.
 */
bool sql_can_coerce(struct sql_type from, struct sql_type to)
{
	switch (to.cls) {
	case SQL_ANY:
		return true;
	case SQL_ANYELEM:
		return from.cls != SQL_UNKNOWN;
	case SQL_ANYENUM:
		return from.cls == PG_ENUM || from.cls == SQL_UNKNOWN;
	case SQL_ANYARRAY:
		return from.cls == PG_ARRAY || from.cls == SQL_UNKNOWN;
	case SQL_ANYRANGE:
		return from.cls == PG_RANGE || from.cls == SQL_UNKNOWN;
	default:
		break;
	}
	if (from.cls == SQL_UNKNOWN || sql_type_eq(from, to))
		return true;
	if (from.cls == PG_ARRAY && to.cls == PG_ARRAY) {
		const struct sql_cast *k = sql_cast_find(from.elem, to.elem, SQL_IMPLICIT);

		return k != NULL;
	}
	return sql_cast_find(from.cls, to.cls, SQL_IMPLICIT) != NULL;
}

/*
 * The literal, read by the input function of type ${t} now. The reasons that
 * mean "not covered here" make it unsupported; any other is an error of the
 * text.
 */
static struct sql_node *literal_as(
	struct sql_comp *c, struct sql_node *x, struct sql_type t, enum sql_status *st)
{
	struct sql_node *k = sql_const_new(c, t);
	uint8_t failed = 0;
	struct sql_eval ev = {.n = 1, .tmp = c->a, .err = &failed};
	const char *why = "invalid literal";

	if (k == NULL)
		return sql_oom(c, st);
	k->cval.null[0] = x->cval.null[0];
	if (k->cval.null[0])
		return k;
	if (sql_input(&ev, t, x->cval.v.t[0], &k->cval, 0, &why))
		return k;
	if (ev.nomem)
		return sql_oom(c, st);
	if (strstr(why, "unsupported") != NULL || strcmp(why, "no input function") == 0 ||
		strstr(why, "38 digits") != NULL)
		return sql_refuse(c, st, "the literal '%.60s' of type %s", x->cval.v.t[0].p,
			sql_type_name(t));
	return sql_fail(c, st, "'%.60s' for type %s: %s", x->cval.v.t[0].p, sql_type_name(t), why);
}

/* Applies the typmod, if the type has one that is not already applied. */
static struct sql_node *fitted(
	struct sql_comp *c, struct sql_node *x, int32_t typmod, enum sql_status *st)
{
	const struct sql_fn *fit = sql_fit_find(x->type.cls);
	struct sql_node *k;

	if (typmod < 0 || fit == NULL || x->typmod == typmod)
		return x;
	k = sql_node_new(c, SQL_CALL, x->type, 1);
	if (k == NULL)
		return sql_oom(c, st);
	k->fn = fit;
	k->typmod = typmod;
	k->args[0] = x;
	k->coll = x->coll;
	return sql_fold(c, k);
}

/*
 * A new node with the value of ${x} and type ${t}, whose representation is the
 * same: PostgreSQL's RelabelType.
 */
struct sql_node *sql_relabelled(struct sql_comp *c, struct sql_node *x, struct sql_type t)
{
	static const struct sql_fn fn = {"cast", {0}, 1, PG_ARRAY, 0, 0, sql_same_bits, NULL};
	struct sql_node *y = arena_alloc(c->a, sizeof *y);

	if (y == NULL)
		return NULL;
	if ((x->op == SQL_COL || x->op == SQL_CONST) && sql_type_eq(x->type, t)) {
		*y = *x;
		return y;
	}
	y = sql_node_new(c, SQL_CALL, t, 1);
	if (y == NULL)
		return NULL;
	y->fn = &fn;
	y->args[0] = x;
	y->now = x->now;
	y->fails = x->fails;
	y->typmod = x->typmod;
	return y;
}

/*
 * An array value as an array of another type, which is possible where elements
 * need no work (varchar[] as text[]).
 */
static struct sql_node *relabel(struct sql_comp *c, struct sql_node *x, struct sql_type t,
	enum sql_context context, enum sql_status *st)
{
	const struct sql_cast *k = sql_cast_find(x->type.elem, t.elem, context);
	struct sql_node *y;

	if (k == NULL || k->run != NULL)
		return sql_refuse(
			c, st, "a cast of %s to %s", sql_type_name(x->type), sql_type_name(t));
	y = sql_relabelled(c, x, t);
	return y != NULL ? y : sql_oom(c, st);
}

/*
 * A cast of an array: of ARRAY[...] by casting its elements, of a constant or a
 * value only where elements have the same representation.
 */
static struct sql_node *array_as(struct sql_comp *c, struct sql_node *x, struct sql_type t,
	enum sql_context context, enum sql_status *st)
{
	struct sql_type el = {.cls = t.elem, .pg = t.elem == PG_ENUM ? t.pg : NULL};

	if (x->op == SQL_CONST && !sql_null(&x->cval, 0) &&
		sql_kind_of(x->type.elem) == sql_kind_of(t.elem)) {
		const struct sql_cast *k = sql_cast_find(x->type.elem, t.elem, context);

		if (k == NULL || k->run != NULL)
			return sql_refuse(c, st, "a cast of %s to %s", sql_type_name(x->type),
				sql_type_name(t));
		struct sql_node *y = sql_const_null(c, t);
		struct sql_array *arr = arena_alloc(c->a, sizeof *arr);

		if (y == NULL || arr == NULL)
			return sql_oom(c, st);
		*arr = *(const struct sql_array *)x->cval.v.p[0];
		arr->elem = t.elem;
		y->cval.null[0] = 0;
		y->cval.v.p[0] = arr;
		return y;
	}
	if (x->op != SQL_ARRAY && x->op != SQL_CONST)
		return relabel(c, x, t, context, st);
	if (x->op != SQL_ARRAY)
		return sql_refuse(
			c, st, "a cast of %s to %s", sql_type_name(x->type), sql_type_name(t));
	for (uint32_t k = 0; k < x->nargs; k++)
		if ((x->args[k] = sql_coerce(c, x->args[k], el, -1, context, st)) == NULL)
			return NULL;
	x->type = t;
	x->fails = sql_some_fails(x);
	return x;
}

/* Types whose values are pointers to elements. */
static bool nested(unsigned cls)
{
	return cls == PG_ARRAY || cls == PG_RANGE;
}

/*
 * Coerces ${x} to type ${t} and typmod. A polymorphic target leaves it as it
 * is. Fails when there is no cast for that context.
 */
struct sql_node *sql_coerce(struct sql_comp *c, struct sql_node *x, struct sql_type t,
	int32_t typmod, enum sql_context context, enum sql_status *st)
{
	const struct sql_cast *k;
	struct sql_fn *fn;
	struct sql_node *y;

	if (x->literal && x->type.cls == SQL_UNKNOWN) {
		y = literal_as(c, x, t, st);
		return y == NULL ? NULL : fitted(c, y, typmod, st);
	}
	if (t.cls >= SQL_ANYENUM)
		return x;
	if (sql_type_eq(x->type, t))
		return fitted(c, x, typmod, st);
	if (x->type.cls == PG_ARRAY && t.cls == PG_ARRAY)
		return array_as(c, x, t, context, st);
	k = sql_cast_find(x->type.cls, t.cls, context);
	if (k == NULL || (k->run != NULL && nested(x->type.cls) && !sql_printable(x->type.elem)))
		return sql_refuse(
			c, st, "a cast of %s to %s", sql_type_name(x->type), sql_type_name(t));
	y = sql_node_new(c, SQL_CALL, t, 1);
	fn = arena_alloc(c->a, sizeof *fn);
	if (y == NULL || fn == NULL)
		return sql_oom(c, st);
	*fn = (struct sql_fn){.name = "cast",
		.arg = {x->type.cls},
		.nargs = 1,
		.result = t.cls,
		.run = k->run != NULL ? k->run : sql_same_bits};
	y->fn = fn;
	y->args[0] = x;
	if (y->coll != SQL_COLL_NONE && x->coll != SQL_COLL_NONE) {
		y->coll = x->coll;
		y->coll_explicit = x->coll_explicit;
	}
	y = sql_fold(c, y);
	return fitted(c, y, typmod, st);
}

/*
 * The type that a CASE, an array or an IN list has: select_common_type(). The
 * first known type, replaced by a later one of the same category to which it
 * can be implicitly coerced and not the other way round; text if all are
 * unknown.
 */
bool sql_common_type(struct sql_comp *c, struct sql_node *const *x, uint32_t n, const char *what,
	struct sql_type *t, enum sql_status *st)
{
	struct sql_type best = sql_type_of(SQL_UNKNOWN);

	for (uint32_t k = 0; k < n; k++) {
		struct sql_type u = x[k]->type;

		if (u.cls == SQL_UNKNOWN || sql_type_eq(u, best))
			continue;
		if (best.cls == SQL_UNKNOWN) {
			best = u;
		} else if (sql_class_category(best.cls) != sql_class_category(u.cls)) {
			sql_fail(c, st, "%s of types %s and %s cannot be matched", what,
				sql_type_name(best), sql_type_name(u));
			return false;
		} else if (!sql_class_preferred(best.cls) && sql_can_coerce(best, u) &&
			   !sql_can_coerce(u, best)) {
			best = u;
		}
	}
	*t = best.cls == SQL_UNKNOWN ? sql_type_of(PG_TEXT) : best;
	return true;
}
