/* SPDX-License-Identifier: MIT */
#include "common/program/slice_int.h"

#include "common/base/err.h"

/*
 * Parents that are chosen by their values, and are made no earlier than the rows that choose: the
 * invoices whose total is being made of items that have their tenant in common with a product.
 * What is asked of those parents is made first, for all of them.
 */

/* The columns that an expression over the parent reads. */
static int want_expr(const struct table_program *b, const struct pg_table *parent, const char *text,
	bool *wanted, struct arena *a, struct err *e)
{
	struct sql_scope scope = {.schema = b->schema, .table = parent, .as_of = b->plan->as_of};
	const uint32_t *cols;
	struct sql_expr *x;
	uint32_t n;

	if (text == NULL)
		return 0;
	if (sql_compile(&x, &scope, text, a, e) != SQL_OK)
		return -1;
	cols = sql_columns(x, &n);
	for (uint32_t i = 0; i < n; i++)
		wanted[cols[i]] = true;
	return 0;
}

int program_needed_values(
	const struct table_program *b, uint32_t fk, bool *wanted, struct arena *a, struct err *e)
{
	const struct plan_fk *f = &b->t->fks[fk];
	const struct pg_constraint *con = &b->t->table->cons[f->con];
	const struct pg_table *parent = b->plan->tables[f->parent].table;

	for (uint32_t i = 0; i < con->ncols; i++)
		wanted[con->ref_cols[i]] = true;
	for (uint32_t i = 0; i < f->nsame; i++)
		wanted[f->same[i].parent] = true;
	for (uint32_t i = 0; i < b->ngathers; i++)
		if (b->gathers[i].fk == fk && b->gathers[i].from == GEN_PARENT)
			wanted[b->gathers[i].column] = true;
	return want_expr(b, parent, f->where, wanted, a, e) == -1
		       ? -1
		       : want_expr(b, parent, f->by, wanted, a, e);
}

/* For all foreign keys that are to read the same scratch snapshot. */
static int want_all(const struct table_program *b, uint32_t parent, bool *wanted, struct arena *a,
	struct err *e)
{
	for (uint32_t f = 0; f < b->t->nfks; f++)
		if (b->t->fks[f].parent == parent && b->t->fks[f].computed &&
			program_needs_values(b, f) &&
			program_needed_values(b, f, wanted, a, e) == -1)
			return -1;
	return 0;
}

/* Table ${at} of the plan, made within the making of the table that ${b} is, or is a slice for. */
static struct plan_table *parent_of(const struct table_program *b, uint32_t at, struct arena *a)
{
	bool aggregated;

	return slice_within(b->plan, at, slice_root(b, &aggregated), a);
}

/* Compiles the parent's table and slices it to what is asked of all its rows, by
 * all foreign keys that read the same file. The slice's table keeps just these
 * columns, in one shard. */
int slice_written_before(struct table_program **out, const struct table_program *b, uint32_t fk,
	struct arena *a, struct err *e)
{
	uint32_t at = b->t->fks[fk].parent, places;
	struct slice_request request = {.fk = -1};
	struct plan_table *t;
	struct table_program *whole;
	uint32_t *keep;
	bool *wanted;

	if ((t = parent_of(b, at, a)) == NULL)
		return err_nomem(e);
	places = t->table->ncolumns + t->ninherited;
	wanted = arena_array(a, places + 1UL, sizeof(*wanted));
	keep = arena_array(a, places + 1UL, sizeof(*keep));
	if (wanted == NULL || keep == NULL)
		return err_nomem(e);
	if (want_all(b, at, wanted, a, e) == -1)
		return -1;
	for (uint32_t i = 0; i < places; i++)
		if (wanted[i])
			keep[request.ncols++] = i;
	request.cols = keep;
	if (program_compile(&whole, b->plan, t, b->schema, NULL, a, e) == -1)
		return -1;
	if (bound_on_demand(whole, a) == -1)
		return err_nomem(e);
	*t = *whole->t; /* what it keeps is set below */
	whole->t = t;
	whole->up = b;
	whole->via = fk;
	if (program_slice(out, whole, &request, a, e) == -1)
		return -1;
	t->kept = keep;
	t->nkept = request.ncols;
	t->shards = 1;
	return 0;
}

/* All columns of the parent that are made here, for lookups by any of them. */
int slice_whole_parent(struct table_program **out, const struct table_program *b, uint32_t fk,
	struct arena *a, struct err *e)
{
	struct plan_table *t = parent_of(b, b->t->fks[fk].parent, a);
	uint32_t *keep;

	if (t == NULL || (keep = arena_array(a, t->table->ncolumns + 1UL, sizeof(*keep))) == NULL)
		return err_nomem(e);
	if (program_compile(out, b->plan, t, b->schema, NULL, a, e) == -1)
		return -1;
	t->kept = keep;
	t->nkept = 0;
	for (uint32_t c = 0; c < t->table->ncolumns; c++)
		if ((*out)->columns[c].made)
			keep[t->nkept++] = c;
	t->shards = 1;
	return 0;
}
