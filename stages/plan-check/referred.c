/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/referred.h"

#include "common/base/str.h"
#include "common/generators/genreg.h"

void referred_columns(const struct schema *s, const struct pg_table *t, bool *is)
{
	for (uint32_t i = 0; i < s->ntables; i++)
		for (uint32_t k = 0; k < s->tables[i].ncons; k++) {
			const struct pg_constraint *con = &s->tables[i].cons[k];

			for (uint32_t c = 0; con->kind == PG_CON_FOREIGN && con->ref == t &&
					     con->ref_cols != NULL && c < con->ncols;
				c++)
				is[con->ref_cols[c]] = true;
		}
}

/* Whether a constraint of the kind reads the column. */
static bool is_read_by(const struct pg_table *t, enum pg_con_kind kind, uint32_t col)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == kind &&
			pg_has_column(t->cons[i].cols, t->cons[i].ncols, col))
			return true;
	return false;
}

/* Whether some row may be NULL in the column.  Without a rule that says so, only a foreign key of
 * the column's own or a check makes it NULL: see resolve_col.c. */
static bool lacks_values(const struct resolver *r, const struct pg_table *t, uint32_t col)
{
	const struct requested *asked = &r->c->requested[t->index];
	const struct rule *rule = asked->by_col != NULL ? asked->by_col[col] : NULL;
	const struct pg_constraint *pk = pg_primary(t);

	if (pg_column_not_null(&t->columns[col]) ||
		(pk != NULL && pg_has_column(pk->cols, pk->ncols, col)))
		return false;
	if (asked->when != NULL && asked->when[col] != NULL)
		return true;
	return (rule != NULL &&
		       (check_null_rate(rule) > 0 || (rule->op != NULL && rule->op->derives))) ||
	       is_read_by(t, PG_CON_FOREIGN, col) || is_read_by(t, PG_CON_CHECK, col);
}

const char *referred_where(
	const struct resolver *r, const struct pg_constraint *con, const char *where)
{
	struct buf b = BUF_INIT;
	char *text = NULL;

	for (uint32_t i = 0; con->ref != NULL && con->ref_cols != NULL && i < con->ncols; i++) {
		if (!lacks_values(r, con->ref, con->ref_cols[i]))
			continue;
		if (b.n == 0 && where != NULL)
			buf_addf(&b, "(%s)", where);
		buf_adds(&b, b.n > 0 ? " AND " : "");
		buf_quoted(&b, '"', con->ref->columns[con->ref_cols[i]].name);
		buf_adds(&b, " IS NOT NULL");
	}
	if (b.n > 0)
		text = arena_printf(r->c->a, "%.*s", (int)b.n, b.p);
	buf_free(&b);
	return text != NULL ? text : where;
}
