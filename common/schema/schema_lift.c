/* SPDX-License-Identifier: MIT */
/*
 * Constraints that single partitions have for themselves become constraints of the table that rows
 * go through, because that is the table for which rows are made.
 *
 * Rows that keep a key, a foreign key or NOT NULL in the whole table keep it in each partition, so
 * these are taken over as they are.  A CHECK may contradict that of another partition.  Unless all
 * partitions have it, it is asked of the rows of its own: "NOT (what the partition takes) OR
 * check". A partition's primary key becomes a unique key over columns that are NOT NULL.
 */
#include "common/schema/schema_lift.h"

#include <string.h>

#include "common/base/err.h"

/* The columns of ${t} that have the names of those of a partition; false if one has not. */
static bool map_columns(const struct pg_table *t, const struct pg_table *p, const uint32_t *from,
	uint32_t n, uint32_t *to)
{
	for (uint32_t i = 0; i < n; i++) {
		int at = from[i] == UINT32_MAX ? -1 : pg_column_named(t, p->columns[from[i]].name);

		if (from[i] != UINT32_MAX && at < 0)
			return false;
		to[i] = at < 0 ? UINT32_MAX : (uint32_t)at;
	}
	return true;
}

static bool same_strings(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Whether the two refer to the same columns of the same table. */
static bool same_parent(const struct pg_constraint *a, const struct pg_constraint *b)
{
	if (strcmp(a->ref_schema, b->ref_schema) != 0 || strcmp(a->ref_table, b->ref_table) != 0)
		return false;
	for (uint32_t i = 0; i < a->ncols; i++)
		if (strcmp(a->ref_names[i], b->ref_names[i]) != 0)
			return false;
	return true;
}

/* Whether ${k}, whose columns are those of the table, says nothing that the table does not. */
static bool is_known(const struct pg_table *t, const struct pg_constraint *k)
{
	bool key = k->kind == PG_CON_PRIMARY || k->kind == PG_CON_UNIQUE;

	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *c = &t->cons[i];
		bool has_key = c->kind == PG_CON_PRIMARY || c->kind == PG_CON_UNIQUE;
		uint32_t common = pg_common_columns(c->cols, c->ncols, k->cols, k->ncols);

		if (key && has_key && common == c->ncols)
			return true;
		if (k->kind == PG_CON_FOREIGN && c->kind == k->kind && c->ncols == k->ncols &&
			memcmp(c->cols, k->cols, k->ncols * sizeof(*k->cols)) == 0 &&
			same_parent(c, k))
			return true;
		if (k->kind == c->kind && !key && k->kind != PG_CON_FOREIGN &&
			same_strings(c->expr, k->expr) &&
			(k->kind == PG_CON_CHECK || same_strings(c->definition, k->definition)))
			return true;
	}
	return false;
}

/* Whether every partition without partitions of its own has the check ${expr}. */
static bool all_have(const struct schema *s, const struct pg_table *t, const char *expr)
{
	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *p = &s->tables[i];
		bool has = false;

		if (p->parent != t || p->partition_bound == NULL)
			continue;
		for (uint32_t k = 0; k < p->ncons && !has; k++)
			has = p->cons[k].kind == PG_CON_CHECK &&
			      same_strings(p->cons[k].expr, expr);
		if (!has)
			return false;
	}
	return true;
}

static int add_constraint(struct pg_table *t, const struct pg_constraint *k, struct arena *a)
{
	struct pg_constraint *cons = arena_array(a, t->ncons + 1UL, sizeof(*cons));

	if (cons == NULL)
		return -1;
	if (t->ncons > 0)
		memcpy(cons, t->cons, t->ncons * sizeof(*cons));
	cons[t->ncons++] = *k;
	t->cons = cons;
	return 0;
}

/* The check as one of the whole table's rows. */
static int widen_check(struct pg_constraint *k, const char *takes, struct arena *a)
{
	if (takes == NULL)
		return 0;
	k->expr = arena_printf(a, "((NOT (%s)) OR (%s))", takes, k->expr);
	k->definition = k->expr != NULL ? arena_printf(a, "CHECK %s", k->expr) : NULL;
	return k->definition != NULL ? 0 : -1;
}

static int lift_constraint(struct pg_table *t, const struct pg_table *p,
	const struct pg_constraint *c, const char *takes, struct arena *a)
{
	struct pg_constraint k = *c;

	k.cols = arena_array(a, c->ncols + 1UL, sizeof(*k.cols));
	if (k.cols == NULL)
		return -1;
	if (!map_columns(t, p, c->cols, c->ncols, k.cols) || is_known(t, &k))
		return 0;
	if (k.kind == PG_CON_CHECK && widen_check(&k, takes, a) == -1)
		return -1;
	if (k.kind == PG_CON_CHECK && is_known(t, &k))
		return 0;
	if (k.kind == PG_CON_PRIMARY)
		k.kind = PG_CON_UNIQUE;
	return add_constraint(t, &k, a);
}

/* A unique index that no constraint has. */
static int lift_index(
	struct pg_table *t, const struct pg_table *p, const struct pg_index *x, struct arena *a)
{
	struct pg_index *all = arena_array(a, t->nindexes + 1UL, sizeof(*all));
	struct pg_index k = *x;

	k.cols = arena_array(a, x->ncols + 1UL, sizeof(*k.cols));
	if (all == NULL || k.cols == NULL)
		return -1;
	if (!map_columns(t, p, x->cols, x->ncols, k.cols))
		return 0;
	for (uint32_t i = 0; i < t->nindexes; i++) {
		const struct pg_index *has = &t->indexes[i];
		bool same = has->unique && has->ncols == k.ncols &&
			    same_strings(has->predicate, k.predicate) &&
			    memcmp(has->cols, k.cols, k.ncols * sizeof(*k.cols)) == 0;

		for (uint32_t c = 0; same && c < k.ncols; c++)
			same = same_strings(has->exprs[c], k.exprs[c]);
		if (same)
			return 0;
	}
	if (t->nindexes > 0)
		memcpy(all, t->indexes, t->nindexes * sizeof(*all));
	all[t->nindexes++] = k;
	t->indexes = all;
	return 0;
}

int schema_lift(const struct schema *s, struct pg_table *t, const struct pg_table *p,
	const char *takes, struct arena *a, struct err *e)
{
	for (uint32_t i = 0; i < p->ncolumns; i++) {
		int at = pg_column_named(t, p->columns[i].name);

		if (at >= 0 && p->columns[i].not_null)
			t->columns[at].not_null = true;
	}
	for (uint32_t i = 0; i < p->ncons; i++) {
		const struct pg_constraint *c = &p->cons[i];
		bool everywhere = c->kind == PG_CON_CHECK && all_have(s, t, c->expr);

		if (lift_constraint(t, p, c, everywhere ? NULL : takes, a) == -1)
			return err_nomem(e);
	}
	for (uint32_t i = 0; i < p->nindexes; i++)
		if (p->indexes[i].unique && p->indexes[i].valid && !p->indexes[i].of_constraint &&
			lift_index(t, p, &p->indexes[i], a) == -1)
			return err_nomem(e);
	return 0;
}
