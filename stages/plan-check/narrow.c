/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/narrow.h"

#include "common/base/err.h"

const struct pg_constraint **narrow_beyond(
	const struct schema *s, const struct pg_table *t, int32_t as_of, struct arena *a)
{
	struct sql_scope scope = {.schema = s, .table = t, .as_of = as_of};
	const struct pg_constraint **beyond = arena_array(a, t->ncolumns + 1u, sizeof(*beyond));
	struct sql_expr *x;
	struct err ignored;

	for (uint32_t i = 0; beyond != NULL && i < t->ncons; i++) {
		const struct pg_constraint *con = &t->cons[i];

		if (con->kind != PG_CON_CHECK ||
			sql_compile(&x, &scope, con->expr, a, &ignored) != SQL_UNSUPPORTED)
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
