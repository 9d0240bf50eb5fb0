/* SPDX-License-Identifier: MIT */
/*
 * The range of an exclusion constraint: a column of a range type, or two
 * columns that a constructor such as tsrange(a, b) makes a range of. Rows meet
 * such a constraint when each is given an interval of its own, and for that the
 * columns have to be known in which the ends are stored.
 */
#include "common/sql/sql.h"

#include <string.h>

#include "common/sql/narrow/sql_narrow.h"

/* A column, or coalesce(column, constant): where it is not NULL. */
static const struct sql_node *end_of(const struct sql_node *x)
{
	x = sql_bare(x);
	if (x != NULL && x->op == SQL_COALESCE && x->nargs == 2 && sql_is_value(x->args[1]))
		x = x->args[0];
	return x != NULL ? sql_bare_column(x) : NULL;
}

/*
 * A column of a range type, or a constructor like tsrange(a, b, '[]') of two
 * columns.
 */
bool sql_span_of(const struct sql_expr *x, struct sql_span *s)
{
	static const char suffix[] = "range";
	const struct sql_node *n = x->root, *from, *to;
	size_t len;

	if (n->op == SQL_COL && n->type.cls == PG_RANGE) {
		*s = (struct sql_span){n->col, n->col, false};
		return true;
	}
	if (n->op != SQL_CALL_NULLS || n->nargs < 2 || n->type.cls != PG_RANGE)
		return false;
	len = strlen(n->fn->name);
	if (len < strlen(suffix) || strcmp(n->fn->name + len - strlen(suffix), suffix) != 0)
		return false;
	from = end_of(n->args[0]);
	to = end_of(n->args[1]);
	if (from == NULL || to == NULL || from->col == to->col)
		return false;
	*s = (struct sql_span){from->col, to->col, false};
	if (n->nargs == 3) {
		const struct sql_node *b = n->args[2];

		if (!sql_is_value(b) || sql_kind_of(b->type.cls) != SQL_K_STR ||
			b->cval.v.t[0].n != 2)
			return false;
		s->closed = memcmp(b->cval.v.t[0].p, "[]", 2) == 0;
	}
	return true;
}
