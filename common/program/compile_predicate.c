/* SPDX-License-Identifier: MIT */
/*
 * Predicates of partial indexes and exclusion constraints, and conditions that
 * stand for a CASE in an index's expression. UNIQUE (CASE WHEN active THEN email
 * END) is the same as UNIQUE (email) WHERE active, and is treated so.
 */
#include "common/program/compile.h"

#include "common/base/str.h"

/* Predicates: of partial indexes and exclusion constraints, and those that stand for a CASE. */

/* The column's name as a quoted identifier of SQL. */
const char *compile_quoted(const struct compiler *k, uint32_t c)
{
	const char *to = str_quoted(k->a, '"', compiler_column(k, c)->name);

	return to != NULL ? to : "";
}

/* A partial set may have a predicate and a condition from a CASE. Denying either
 * one is enough, so the first is kept. */
void compile_where(struct distinct_set *s, struct sql_expr *x)
{
	s->partial = true;
	s->where = s->where != NULL ? s->where : x;
}

/* Compiles a predicate. One that is not covered leaves the set partial without a
 * condition that could be denied. */
int compile_predicate(struct compiler *k, struct distinct_set *s, const char *text)
{
	struct err why = {.kind = ERR_NONE};
	struct sql_expr *x = NULL;

	if (sql_compile(&x, &k->scope, text, k->a, &why) == SQL_FAILED) {
		*k->e = why;
		return err_wrap(k->e, "index %s of %s.%s", s->name, compiler_table(k)->schema,
			compiler_table(k)->name);
	}
	compile_where(s, x);
	return 0;
}
