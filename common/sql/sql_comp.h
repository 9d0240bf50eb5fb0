/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_COMP_H
#define COMMON_SQL_COMP_H

#include <pg_query/pg_query.pb-c.h>

#include "common/sql/sql_int.h"

/*
 * sql_comp: what makes a typed tree of a text: parsing, building nodes, resolving calls, coercion
 * and constants.  Like sql_int, it is of the sql module alone.
 */

enum {
	SQL_MAX_TEXT = 32 * 1024,
	SQL_MAX_DEPTH = 400,
	SQL_MAX_INLINE = 16,
	SQL_MAX_CALLS = 2000,
	SQL_MAX_NODES = 100000
};

struct sql_param { /* of a function being inlined */
	const char *name;
	struct sql_node *value;
};

struct sql_comp {
	struct sql_node *(*build)(struct sql_comp *c, const PgQuery__Node *n,
		enum sql_status *st); /* sql_build_node */
	const struct sql_scope *scope;
	struct arena *a;   /* of the result */
	struct arena *tmp; /* of the parse trees */
	struct err *e;
	uint32_t depth, inlined;
	uint32_t *calls; /* of functions inlined in the whole expression */
	/* a function in it whose answer differs between versions of PostgreSQL; NULL: none yet */
	const char **differs;
	const struct sql_param *params;
	uint32_t nparams;
};

/* What becomes of the root before the columns it reads are listed. */
typedef struct sql_node *sql_finish(
	struct sql_comp *c, struct sql_node *x, const void *ctx, enum sql_status *st);

/** sql_compile_with(x, scope, text, finish, ctx, a, e): sql_compile() with an end of its own. */
enum sql_status sql_compile_with(struct sql_expr **x, const struct sql_scope *scope,
	const char *text, sql_finish *finish, const void *ctx, struct arena *a, struct err *e);

/** sql_as_column(c, x, to, st): ${x} as a column of type ${to} takes it from an INSERT.  Lengths of
 *  texts are left to sql_assign(), which does not cut.  NULL: no assignment; *st says why. */
struct sql_node *sql_as_column(
	struct sql_comp *c, struct sql_node *x, struct pg_base to, enum sql_status *st);

/** sql_build_draw(c, n, st): uniform(), choice() or normal() of a plan's expression; NULL with
 *  *st SQL_OK: another function. */
struct sql_node *sql_build_draw(
	struct sql_comp *c, const PgQuery__FuncCall *f, enum sql_status *st);

/** sql_parse(c, text, root): the tree of one expression, in c->tmp or in the memo of the schema;
 *  c->e says why there is none. */
enum sql_status sql_parse(const struct sql_comp *c, const char *text, const PgQuery__Node **root);

/** sql_build_node(c, n): the typed node of a tree.  NULL: *st says why, c->e what.  Builders of
 *  nodes have their arguments built by sql_build(), which comes back to it through c->build. */
struct sql_node *sql_build_node(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st);

static inline struct sql_node *sql_build(
	struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	return c->build(c, n, st);
}

/** sql_fail, sql_refuse: set the error and *st; always NULL. */
void *sql_fail(struct sql_comp *c, enum sql_status *st, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void *sql_refuse(struct sql_comp *c, enum sql_status *st, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void *sql_oom(struct sql_comp *c, enum sql_status *st);

/** sql_node_new(c, op, type, nargs): args to be filled by the caller; NULL when out of memory. */
struct sql_node *sql_node_new(
	struct sql_comp *c, enum sql_op op, struct sql_type type, uint32_t nargs);

/** sql_call(c, name, args, n, st): an operator or function call, resolved by PostgreSQL's rules;
 *  ${args} may be changed. */
struct sql_node *sql_call(struct sql_comp *c, const char *name, struct sql_node **args, uint32_t n,
	enum sql_status *st);

/** sql_coerce(c, x, t, typmod, context, st): ${x} as a value of type ${t}. */
struct sql_node *sql_coerce(struct sql_comp *c, struct sql_node *x, struct sql_type t,
	int32_t typmod, enum sql_context context, enum sql_status *st);

/** sql_relabelled(c, x, t): a node of type ${t} with the value of ${x}, whose bits are the same;
 *  NULL when out of memory. */
struct sql_node *sql_relabelled(struct sql_comp *c, struct sql_node *x, struct sql_type t);

/** sql_same_bits: the kernel of a cast that changes nothing. */
sql_kernel sql_same_bits;

/** sql_collate(x): the collation a call works with: an explicit one of its arguments', else the
 *  columns' if they agree. */
void sql_collate(struct sql_node *x);

/** sql_ordered(c, x, st): whether the order of x's arguments is one we know; false: refused. */
bool sql_ordered(struct sql_comp *c, struct sql_node *x, enum sql_status *st);

/** sql_can_coerce(from, to): implicitly. */
bool sql_can_coerce(struct sql_type from, struct sql_type to);

/** sql_common_type(c, x, n, what, t, st): of CASE, COALESCE, ARRAY ...: select_common_type. */
bool sql_common_type(struct sql_comp *c, struct sql_node *const *x, uint32_t n, const char *what,
	struct sql_type *t, enum sql_status *st);

/** sql_fold(c, x): the node, or the constant it always is.  PostgreSQL computes constants before
 *  any row is seen, also in a branch no row takes: where that fails, x->fails, and at the root
 *  every row does. */
struct sql_node *sql_fold(struct sql_comp *c, struct sql_node *x);

/** sql_settle(c, x): ${x} is new: mark it unscaled, or set c->differs, where an argument of it is
 *  a numeric whose scale differs between versions of PostgreSQL. */
void sql_settle(struct sql_comp *c, struct sql_node *x);

/** sql_before(c, major): the catalogue was read from a server older than ${major}; false where
 *  its version is not known. */
bool sql_before(const struct sql_comp *c, int major);

/** sql_some_fails(x): some argument of it fails. */
bool sql_some_fails(const struct sql_node *x);

/** sql_failing(c, x): a node that fails every row. */
struct sql_node *sql_failing(struct sql_comp *c, struct sql_node *x);

/** sql_const_text(c, text): an untyped literal. */
struct sql_node *sql_const_text(struct sql_comp *c, const char *text, size_t n);
struct sql_node *sql_const_null(struct sql_comp *c, struct sql_type t);
/** sql_const_new(c, t): with room for its one value, to be filled in; null[0] is 0. */
struct sql_node *sql_const_new(struct sql_comp *c, struct sql_type t);
struct sql_node *sql_const_int(struct sql_comp *c, unsigned cls, int64_t i);

/** sql_type_lookup(c, tn, t, typmod, st): the type a TypeName means. */
bool sql_type_lookup(struct sql_comp *c, const PgQuery__TypeName *tn, struct sql_type *t,
	int32_t *typmod, enum sql_status *st);

/** sql_type_from_pg(b): of a catalogue type without domains. */
struct sql_type sql_type_from_pg(const struct pg_type *pg);

/** sql_inline(c, name, args, n, st): a call of a SQL function of the schema as the expression it
 *  is; NULL with *st SQL_OK when there is none of that name. */
struct sql_node *sql_inline(struct sql_comp *c, const char *schema, const char *name,
	struct sql_node **args, uint32_t n, enum sql_status *st);

/** sql_now(scope): the frozen clock, microseconds since 2000-01-01 UTC: midnight of as_of. */
int64_t sql_now(const struct sql_scope *scope);

#endif
