/* SPDX-License-Identifier: MIT */
/*
 * Columns that a check computes: total of CHECK (total = subtotal - discount + shipping). A rule
 * for such a column would leave nothing to compute, so no pass may write one.
 */
#include "stages/plan-check/draft_equation.h"

#include "common/base/err.h"
#include "common/sql/narrow/sql_solve.h"

enum { MOST = 32 };

/* Of an equation that names two columns alone, as a = b, the first is computed. */
static void mark(struct draft_table *dt, const struct sql_equation *q, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct draft_column *x = &dt->columns[q[i].col];
		bool again = false;
		uint32_t reads;

		for (uint32_t k = 0; k < i; k++)
			again = again || (q[k].part == q[i].part && q[k].cost == 0);
		(void)sql_columns(q[i].value, &reads);
		if (q[i].cost == 0 && !q[i].partly && !again && reads > 0 && !x->in_key)
			x->open = false;
	}
}

void draft_equations(struct draft *d, struct draft_table *dt)
{
	struct sql_scope scope = {.schema = d->s, .table = dt->t, .as_of = d->as_of};
	struct sql_equation *q = arena_array(d->a, MOST, sizeof(*q));
	struct err ignored;

	if (q == NULL)
		d->failed = true;
	for (uint32_t i = 0; q != NULL && i < dt->t->ncons; i++) {
		const struct pg_constraint *con = &dt->t->cons[i];
		struct sql_expr *x;

		if (con->kind != PG_CON_CHECK || con->ncols < 2 ||
			sql_compile(&x, &scope, con->expr, d->a, &ignored) != SQL_OK)
			continue;
		mark(dt, q, sql_equations(x, &scope, q, MOST, d->a));
	}
}
