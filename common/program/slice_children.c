/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_children.h"
#include "common/program/reads.h"
#include "common/program/slice_int.h"
#include "common/relation/foreign.h"

/*
 * Aggregates: what of which rows they are made of.  A child's rows are made within the making
 * of its parent's, before there are any: what waits for the parent is made, and parts of it
 * are made of parts of others, up and down the tables.  What does not wait is read.
 */

/* ---- tables that wait --------------------------------------------------------------------- */

/* The table for whose sake all these slices are made. */
const struct pg_table *slice_root(const struct table_program *b, bool *aggregated)
{
	*aggregated = false;
	for (; b->up != NULL; b = b->up)
		*aggregated = *aggregated || b->is_child;
	return b->t->table;
}

/* Sets waits[i] if table i of the plan has no rows before those of the root are
 * there: it is the root, it picks parents from a table that waits, or it reads
 * one. Tables are in the order in which they are made, so that one pass is
 * enough. */
static bool *waiting(const struct plan *p, const struct pg_table *root, struct arena *a)
{
	bool *waits = arena_array(a, p->ntables + 1UL, sizeof(bool));

	for (uint32_t i = 0; waits != NULL && i < p->ntables; i++) {
		const struct plan_table *t = &p->tables[i];

		waits[i] = t->table == root;
		for (uint32_t f = 0; f < t->nfks; f++)
			if (how_picks(t->fks[f].how) && !t->fks[f].computed)
				waits[i] = waits[i] || waits[t->fks[f].parent];
		for (uint32_t k = 0; k < t->nreads; k++)
			waits[i] = waits[i] || waits[t->reads[k]];
	}
	return waits;
}

/* A table as it is while the root is being made: parents that wait are
 * recomputed. */
struct plan_table *slice_within(
	const struct plan *p, uint32_t i, const struct pg_table *root, struct arena *a)
{
	const struct plan_table *t = &p->tables[i];
	struct plan_table *x = arena_alloc(a, sizeof(*x));
	bool *waits = waiting(p, root, a);

	if (x == NULL || waits == NULL)
		return NULL;
	*x = *t;
	if ((x->fks = arena_array(a, t->nfks + 1UL, sizeof(x->fks[0]))) == NULL)
		return NULL;
	for (uint32_t f = 0; f < t->nfks; f++) {
		x->fks[f] = t->fks[f];
		if (how_picks(t->fks[f].how) && waits[t->fks[f].parent])
			x->fks[f].computed = true;
	}
	return x;
}

/* ---- parents -------------------------------------------------------------------------------- */

/* Whether the keys of a foreign key's parents are compared with others as they are read: a check
 * has them in order, or another foreign key, even one that leads back, shares columns with it. */
static bool is_compared(const struct table_program *b, uint32_t fk)
{
	for (uint32_t i = 0; i < b->ntwins; i++)
		if (b->twins[i].first == fk || b->twins[i].second == fk)
			return true;
	for (uint32_t f = 0; f < b->t->nfks; f++)
		if (how_follows(b->fks[f].how) && b->t->fks[f].base == fk)
			return true;
	return program_needs_values(b, fk);
}

int bound_on_demand(struct table_program *b, struct arena *a)
{
	struct plan_table *t = NULL;

	for (uint32_t f = 0; f < b->t->nfks; f++) {
		const struct plan_fk *fk = &b->t->fks[f];

		if (!how_picks(b->fks[f].how) || fk->computed ||
			b->plan->tables[fk->parent].on_demand == NULL || is_compared(b, f))
			continue;
		if (t == NULL) { /* the plan's own table stays as it is */
			struct plan_fk *fks = arena_array(a, b->t->nfks, sizeof(*fks));

			if ((t = arena_alloc(a, sizeof(*t))) == NULL || fks == NULL)
				return -1;
			memcpy(fks, b->t->fks, b->t->nfks * sizeof(*fks));
			*t = *b->t;
			t->fks = fks;
			b->t = t;
		}
		t->fks[f].computed = true;
	}
	return 0;
}

/* The program of a parent's whole table. Where it has been compiled already, it is
 * used if the table is as the plan has it; compiling it again would give the same program. */
static int whole_table(struct table_program **whole, const struct table_program *b,
	const struct plan_table *t, bool as_planned, struct arena *a, struct err *e)
{
	const struct table_program *known = t->on_demand != NULL ? t->on_demand : t->program;

	if (known == NULL || !as_planned) {
		if (program_compile(whole, b->plan, t, b->schema, NULL, a, e) == -1)
			return -1;
	} else if ((*whole = arena_alloc(a, sizeof(**whole))) != NULL) {
		**whole = *known;
		(*whole)->plan = b->plan;
		(*whole)->t = t;
	}
	return *whole == NULL || bound_on_demand(*whole, a) == -1 ? err_nomem(e) : 0;
}

/* Whether rows of table i of the plan, whose keys are made within the making of the root, have a
 * parent that waits for the root: a subtype of the root's rows to which these lead back. */
static bool waits_for(
	const struct plan *p, uint32_t i, const struct pg_table *root, struct arena *a)
{
	const struct plan_table *t = &p->tables[i];
	bool *waits = t->table != root ? waiting(p, root, a) : NULL;

	for (uint32_t f = 0; waits != NULL && f < t->nfks; f++)
		if (how_picks(t->fks[f].how) && !t->fks[f].computed && waits[t->fks[f].parent])
			return true;
	return false;
}

/* What is read of a key's parents that climbs, or that does not. */
static int slice_of(struct table_program **out, const struct table_program *b, uint32_t fk,
	bool climbs, struct arena *a, struct err *e)
{
	uint32_t at = b->t->fks[fk].parent, *cols;
	struct slice_request request = {.fk = -1, .ancestors = climbs, .climb = fk};
	const struct plan_table *t = &b->plan->tables[at];
	const struct pg_table *root;
	struct table_program *whole;
	bool aggregated, within;

	*out = NULL;
	if ((cols = arena_array(a, b->ngathers + 1UL, sizeof(*cols))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < b->ngathers; i++)
		if (b->gathers[i].fk == fk && b->gathers[i].from == GEN_PARENT &&
			b->gathers[i].climbs == climbs)
			cols[request.ncols++] = b->gathers[i].column;
	request.cols = cols;
	if (request.ncols == 0)
		return 0;
	root = slice_root(b, &aggregated);
	within = aggregated || waits_for(b->plan, at, root, a);
	if (within && (t = slice_within(b->plan, at, root, a)) == NULL)
		return err_nomem(e);
	if (whole_table(&whole, b, t, !within, a, e) == -1)
		return -1;
	whole->up = b;
	whole->via = fk;
	return program_slice(out, whole, &request, a, e);
}

int slice_of_parent(struct table_program **out, const struct table_program *b, uint32_t fk,
	struct arena *a, struct err *e)
{
	return slice_of(out, b, fk, false, a, e);
}

int slice_of_ancestors(struct table_program **out, const struct table_program *b, uint32_t fk,
	struct arena *a, struct err *e)
{
	return slice_of(out, b, fk, true, a, e);
}

/* ---- children ------------------------------------------------------------------------------- */

/* Whether a member of the key may turn out to be NULL after its parent was
 * picked. */
static bool may_be_null(const struct table_program *b, uint32_t fk, uint32_t c)
{
	const struct program_column *x = &b->columns[c];

	return (!how_exact(b->fks[fk].how) && b->fks[fk].null_rate > 0) || x->disjunction >= 0 ||
	       x->null_of != NULL || (x->ntransforms > 0 && x->null_below > 0);
}

/* The columns of the key, if some row may turn out to be nobody's child. */
static int find_members(struct program_children *x, const struct table_program *b,
	const struct pg_constraint *con, struct arena *a)
{
	bool any = false;

	for (uint32_t i = 0; i < con->ncols; i++)
		any = any || may_be_null(b, x->fk, con->cols[i]);
	x->members = arena_array(a, con->ncols + 1UL, sizeof(x->members[0]));
	if (x->members == NULL)
		return -1;
	memcpy(x->members, con->cols, con->ncols * sizeof(x->members[0]));
	x->nmembers = any ? con->ncols : 0;
	return 0;
}

/* Names the relationships that list a parent's children. */
static int no_list(const struct table_program *b, const struct pg_constraint *con, const char *why,
	struct err *e)
{
	return err_set(e, ERR_NO,
		"foreign key %s of %s.%s %s: give it a relationship rule with "
		"children_per_parent, or pick round_robin",
		con->name, b->t->table->schema, b->t->table->name, why);
}

/* The foreign key must be one that says which rows are a parent's children. */
static int find_fk(struct program_children *x, const struct table_program *b,
	const struct gen_children *g, struct err *e)
{
	const struct pg_constraint *con = &b->t->table->cons[g->con];
	const struct program_fk *fk;

	for (x->fk = 0; x->fk < b->t->nfks && b->t->fks[x->fk].con != g->con;)
		x->fk++;
	fk = &b->fks[x->fk];
	if (x->fk == b->t->nfks || !how_picks(fk->how))
		return err_set(e, ERR_NO, "foreign key %s of %s.%s picks no parents", con->name,
			b->t->table->schema, b->t->table->name);
	if (fk->completes >= 0 || !how_lists(fk->how))
		return no_list(b, con, "does not list the children of a parent", e);
	return 0;
}

/* What the expression reads must be of the type it was compiled for. */
static int check_types(
	const struct table_program *b, const struct slice_request *request, struct err *e)
{
	for (uint32_t i = 0; i < request->ncols; i++) {
		const struct program_column *c = &b->columns[request->cols[i]];

		if (c->made && c->out_type != c->type && c->type != VT_RAW)
			return err_set(e, ERR_NO,
				"%s.%s.%s is text after its transforms, and cannot be folded",
				b->t->table->schema, b->t->table->name, c->gc.column->name);
	}
	return 0;
}

/* The columns of the aggregate's expression, and those of the key where it may
 * be NULL. */
static int request_for(struct slice_request *request, const struct program_children *x,
	const struct gen_children *g, struct arena *a)
{
	uint32_t n = 0, *all;
	const uint32_t *cols = g->x != NULL ? sql_columns(g->x, &n) : NULL;

	if ((all = arena_array(a, n + x->nmembers + 1UL, sizeof(*all))) == NULL)
		return -1;
	if (n > 0)
		memcpy(all, cols, n * sizeof(*all));
	memcpy(all + n, x->members, x->nmembers * sizeof(*all));
	*request = (struct slice_request){.cols = all, .ncols = n + x->nmembers, .fk = (int)x->fk};
	return 0;
}

int slice_of_children(struct program_children *out, const struct table_program *b, uint32_t column,
	struct arena *a, struct err *e)
{
	const struct gen_children *g = gen_children_of(&b->columns[column].gen);
	const struct plan_table *t = NULL;
	struct slice_request request;
	struct table_program *whole;
	uint32_t at = 0;
	bool aggregated;

	while (at < b->plan->ntables && b->plan->tables[at].table != g->child)
		at++;
	if (at < b->plan->ntables && b->plan->tables[at].existing)
		return err_set(e, ERR_NO, "the rows of %s.%s are in the database: none are made",
			g->child->schema, g->child->name);
	if (at == b->plan->ntables)
		return err_set(e, ERR_NO, "%s.%s is not in the plan: make it a target",
			g->child->schema, g->child->name);
	if ((t = slice_within(b->plan, at, slice_root(b, &aggregated), a)) == NULL)
		return err_nomem(e);
	if (program_compile(&whole, b->plan, t, b->schema, NULL, a, e) == -1)
		return -1;
	if (bound_on_demand(whole, a) == -1)
		return err_nomem(e);
	whole->up = b;
	whole->is_child = true;
	whole->via = column;
	if (find_fk(out, whole, g, e) == -1)
		return -1;
	if (find_members(out, whole, &g->child->cons[g->con], a) == -1 ||
		request_for(&request, out, g, a) == -1)
		return err_nomem(e);
	return check_types(whole, &request, e) == -1
		       ? -1
		       : program_slice(&out->slice, whole, &request, a, e);
}
