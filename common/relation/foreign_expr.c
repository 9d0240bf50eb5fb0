/* SPDX-License-Identifier: MIT */
/*
 * Expressions of a plan over the columns of a parent, such as where and weights of
 * a foreign key. The text is compiled once against the parent's table. It is
 * evaluated over blocks of rows whose columns are read from the key snapshot, never
 * from the database.
 */
#include "common/relation/foreign_expr.h"

#include "common/base/err.h"

static const struct pg_constraint *constraint_of(const struct foreign_expr *x)
{
	return &x->fc->child->table->cons[x->fc->child->fks[x->fk].con];
}

/* Compiles the text and makes a vector for each column that it reads. A column
 * that is missing in the snapshot means that the plan is older than the
 * snapshot, or the other way round; plan-check writes both anew. */
int foreign_expr_open(struct foreign_expr *x, const struct foreign *fc, uint32_t fk,
	const char *text, const char *what, struct err *e)
{
	*x = (struct foreign_expr){.fc = fc, .fk = fk, .a = ARENA_INIT, .tmp = ARENA_INIT};

	const struct pg_table *t = constraint_of(x)->ref;
	const struct keys *k = fc->links[fk].keys;
	struct sql_scope scope = {.schema = fc->plan->schema, .table = t, .as_of = fc->plan->as_of};
	const uint32_t *cols;
	uint32_t n;

	if (sql_compile(&x->x, &scope, text, &x->a, e) != SQL_OK)
		return err_wrap(e, "%s of foreign key %s", what, constraint_of(x)->name);
	x->vecs = arena_array(&x->a, t->ncolumns + 1UL, sizeof(x->vecs[0]));
	x->cols = arena_array(&x->a, t->ncolumns + 1UL, sizeof(x->cols[0]));
	if (x->vecs == NULL || x->cols == NULL)
		return err_nomem(e);
	cols = sql_columns(x->x, &n);
	for (uint32_t i = 0; i < n; i++) {
		int col = keys_column(k, t->columns[cols[i]].name);
		uint8_t scale;

		if (col == -1)
			return err_set(e, ERR_INPUT,
				"the keys of %s.%s have no column %s: rerun plan-check", t->schema,
				t->name, t->columns[cols[i]].name);
		if (!vec_init(&x->vecs[cols[i]], keys_type(k, col, &scale), &x->a))
			return err_nomem(e);
		x->cols[cols[i]] = &x->vecs[cols[i]];
	}
	return 0;
}

void foreign_expr_close(struct foreign_expr *x)
{
	arena_free(&x->tmp);
	arena_free(&x->a);
}

/* Reads the columns of the given rows and evaluates. The result stays valid
 * until the next call, which reuses the memory. */
int foreign_expr_value(
	struct foreign_expr *x, const uint64_t *row, uint32_t n, struct vec *out, struct err *e)
{
	const struct pg_table *t = constraint_of(x)->ref;
	const struct keys *k = x->fc->links[x->fk].keys;
	uint32_t ncols;
	const uint32_t *cols = sql_columns(x->x, &ncols);

	for (uint32_t i = 0; i < ncols; i++)
		keys_gather(k, keys_column(k, t->columns[cols[i]].name), row, n, &x->vecs[cols[i]]);
	arena_reset(&x->tmp);
	return sql_value(x->x, x->cols, n, out, &x->tmp, e) == -1 ? -1 : 0;
}
