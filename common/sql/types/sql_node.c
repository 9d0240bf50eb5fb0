/* SPDX-License-Identifier: MIT */
/*
 * Nodes of the typed tree: making them, coercing them to other types, and
 * finding a common type. The rules are those of parse_coerce.c in PostgreSQL.
 *
 * Nodes live in the arena of the compilation. A literal stays untyped text
 * (SQL_UNKNOWN) until its place decides about its type; then its text goes
 * through that type's input function, once, at compile time.
 */
#include "common/sql/sql_comp.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"

/*
 * A node without a typmod. Texts get the default collation, and name the
 * collation C, which it has in the catalogue.
 */
struct sql_node *sql_node_new(
	struct sql_comp *c, enum sql_op op, struct sql_type type, uint32_t nargs)
{
	struct sql_node *x = arena_alloc(c->a, sizeof *x);

	if (x == NULL)
		return NULL;
	x->op = (uint8_t)op;
	x->type = type;
	x->typmod = -1;
	x->nargs = nargs;
	if (sql_class_category(type.cls) == 'S')
		x->coll = type.cls == PG_NAME ? SQL_COLL_C : SQL_COLL_DEFAULT;
	if (nargs > 0 && (x->args = arena_array(c->a, nargs, sizeof *x->args)) == NULL)
		return NULL;
	return x;
}

/* ---- constants ------------------------------------------------------------------------ */

/* A constant that is not NULL, with room for a value of any kind. */
struct sql_node *sql_const_new(struct sql_comp *c, struct sql_type t)
{
	struct sql_node *x = sql_node_new(c, SQL_CONST, t, 0);

	if (x == NULL)
		return NULL;
	x->cval.kind = sql_kind_of(t.cls);
	x->cval.null = arena_alloc(c->a, 1);
	x->cval.v.p = arena_alloc(c->a, sizeof(struct sql_num));
	return x->cval.null != NULL && x->cval.v.p != NULL ? x : NULL;
}

/* A literal whose type is not decided yet. */
struct sql_node *sql_const_text(struct sql_comp *c, const char *text, size_t n)
{
	struct sql_node *x = sql_const_new(c, sql_type_of(SQL_UNKNOWN));
	char *p = arena_strndup(c->a, text, n);

	if (x == NULL || p == NULL)
		return NULL;
	x->literal = true;
	x->cval.v.t[0] = (struct vtext){p, n};
	return x;
}

struct sql_node *sql_const_null(struct sql_comp *c, struct sql_type t)
{
	struct sql_node *x = sql_const_new(c, t);

	if (x != NULL) {
		x->cval.null[0] = 1;
		x->literal = t.cls == SQL_UNKNOWN;
	}
	return x;
}

struct sql_node *sql_const_int(struct sql_comp *c, unsigned cls, int64_t i)
{
	struct sql_node *x = sql_const_new(c, sql_type_of(cls));

	if (x != NULL)
		x->cval.v.i[0] = i;
	return x;
}

/* ---- coercion ---------------------------------------------------------------------- */

/* ---- common type ------------------------------------------------------------------------ */
