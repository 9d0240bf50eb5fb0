/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/narrow.h"

#include "common/base/err.h"

/* Whether only the server can evaluate a check. */
static bool is_beyond(const struct sql_scope *scope, const char *expr, struct arena *a)
{
	struct sql_expr *x;
	struct err ignored;

	return sql_compile(&x, scope, expr, a, &ignored) == SQL_UNSUPPORTED;
}

/* The checks of a column's domain, each as one of the table over that column. */
static bool domain_beyond(
	struct sql_scope scope, uint32_t c, const struct pg_constraint **to, struct arena *a)
{
	const struct pg_type *t = scope.table->columns[c].type;

	scope.table = NULL;
	for (; t != NULL && t->cls == PG_DOMAIN; t = t->elem)
		for (uint32_t k = 0; k < t->nchecks; k++) {
			struct pg_constraint *con;

			scope.domain = t;
			if (!is_beyond(&scope, t->checks[k].expr, a))
				continue;
			con = arena_alloc(a, sizeof(*con));
			if (con == NULL ||
				(con->cols = arena_array(a, 1, sizeof(*con->cols))) == NULL)
				return false;
			con->kind = PG_CON_CHECK;
			con->name = t->checks[k].name;
			con->expr = con->definition = t->checks[k].expr;
			con->cols[0] = c;
			con->ncols = 1;
			*to = con;
		}
	return true;
}

const struct pg_constraint **narrow_beyond(
	const struct schema *s, const struct pg_table *t, int32_t as_of, struct arena *a)
{
	struct sql_scope scope = {.schema = s, .table = t, .as_of = as_of};
	const struct pg_constraint **beyond = arena_array(a, t->ncolumns + 1u, sizeof(*beyond));

	for (uint32_t c = 0; beyond != NULL && c < t->ncolumns; c++)
		if (!domain_beyond(scope, c, &beyond[c], a))
			return NULL;
	for (uint32_t i = 0; beyond != NULL && i < t->ncons; i++) {
		const struct pg_constraint *con = &t->cons[i];

		if (con->kind != PG_CON_CHECK || !is_beyond(&scope, con->expr, a))
			continue;
		for (uint32_t c = 0; c < con->ncols; c++)
			beyond[con->cols[c]] = con;
	}
	return beyond;
}

const struct sql_domain *narrow_table(
	const struct schema *s, const struct pg_table *t, int32_t as_of, struct arena *a)
{
	struct sql_scope scope = {.schema = s, .table = t, .as_of = as_of};
	struct sql_expr **checks = arena_array(a, t->ncons + 1u, sizeof(*checks));
	struct sql_narrow out;
	struct err ignored;
	uint32_t n = 0;

	if (checks == NULL)
		return NULL;
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_CHECK &&
			sql_compile(&checks[n], &scope, t->cons[i].expr, a, &ignored) == SQL_OK)
			n++;
	return sql_narrow(&out, &scope, checks, n, a, &ignored) == SQL_OK ? out.dom : NULL;
}

/* ---- asked once ---------------------------------------------------------------------------- */

struct narrowed *narrow_room(const struct schema *s, struct arena *a)
{
	return arena_array(a, s->ntables + 1UL, sizeof(struct narrowed));
}

/* A table's, forgotten where "today" is another day than it was. */
static struct narrowed *entry(struct narrowed *to, const struct pg_table *t, int32_t as_of)
{
	struct narrowed *n = &to[t->index];

	if (n->as_of != as_of)
		*n = (struct narrowed){.as_of = as_of};
	return n;
}

const struct sql_domain *narrow_of(struct narrowed *to, const struct schema *s,
	const struct pg_table *t, int32_t as_of, struct arena *a)
{
	struct narrowed *n = entry(to, t, as_of);

	if (!n->asked)
		n->dom = narrow_table(s, t, as_of, a);
	n->asked = true;
	return n->dom;
}

const struct pg_constraint **narrow_beyond_of(struct narrowed *to, const struct schema *s,
	const struct pg_table *t, int32_t as_of, struct arena *a)
{
	struct narrowed *n = entry(to, t, as_of);

	if (!n->asked_beyond)
		n->beyond = narrow_beyond(s, t, as_of, a);
	n->asked_beyond = true;
	return n->beyond;
}
