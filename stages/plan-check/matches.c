/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/matches.h"

#include "common/base/err.h"
#include "common/sql/sql.h"

/* The column's generator, if it is the same for all rows and nothing comes after it. */
static bool prepare(struct resolver *r, const struct pg_table *t, uint32_t col, uint64_t rows,
	struct gen_column *c, struct gen *g)
{
	const struct requested *w = &r->c->requested[t->index];
	const struct rule *rule = w->by_col == NULL ? NULL : w->by_col[col];
	struct err why = {.kind = ERR_NONE};

	if (rule == NULL || !rule->sound || rule->op == NULL || rule->op->tally == NULL ||
		json_array_size(rule->transforms) > 0 || (w->when != NULL && w->when[col] != NULL))
		return false;
	*c = (struct gen_column){.schema = r->c->schema,
		.table = t,
		.column = &t->columns[col],
		.base = pg_base_of(t->columns[col].type, t->columns[col].typmod),
		.rows = rows,
		.locale = r->c->locale,
		.data = r->c->locales,
		.as_of = r->p->as_of,
		.by_rule = true};
	c->type = pg_vtype(c->base, &c->scale);
	return gen_prepare(g, rule->op, c, rule->mp, r->c->a, &why) == 0;
}

static bool count(struct resolver *r, const struct pg_table *t, const struct sql_expr *x,
	uint32_t col, const struct gen *g, uint64_t *n)
{
	const struct vec **cols = arena_array(r->c->a, t->ncolumns + 1UL, sizeof(*cols));
	struct err why = {.kind = ERR_NONE};
	struct vec v, out;
	uint64_t rows[VEC_BLOCK];

	if (cols == NULL || !vec_init(&v, g->col->type, r->c->a)) {
		r->c->is.failed = true;
		return false;
	}
	v.scale = g->col->scale;
	for (v.n = 0; v.n < VEC_BLOCK && g->op->tally(g, v.n, &v, v.n, &rows[v.n]);)
		v.n++;
	cols[col] = &v;
	if (v.n == VEC_BLOCK || sql_value(x, cols, v.n, &out, r->c->a, &why) != 0 ||
		out.type != VT_BOOL)
		return false; /* more than are looked at, or one that fails: the rows will tell */
	*n = 0;
	for (uint32_t i = 0; i < v.n; i++)
		*n += !vec_is_null(&out, i) && out.v.i[i] != 0 ? rows[i] : 0;
	return true;
}

bool matches_known(struct resolver *r, const struct pg_table *ref, const char *where, uint64_t rows,
	uint64_t *n)
{
	struct sql_scope scope = {.schema = r->c->schema, .table = ref, .as_of = r->p->as_of};
	struct err why = {.kind = ERR_NONE};
	const uint32_t *cols;
	struct gen_column c;
	struct sql_expr *x;
	uint32_t ncols;
	struct gen g;

	*n = rows;
	if (where == NULL)
		return true;
	if (r->nodes[ref->index].existing != NULL && r->c->requested[ref->index].target == NULL)
		return false; /* its rows are what they are */
	if (sql_compile(&x, &scope, where, r->c->a, &why) != SQL_OK)
		return false;
	cols = sql_columns(x, &ncols);
	return ncols == 1 && prepare(r, ref, cols[0], rows, &c, &g) &&
	       count(r, ref, x, cols[0], &g, n);
}
