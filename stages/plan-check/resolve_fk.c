/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>

#include "common/relation/foreign.h"
#include "common/schema/keyset.h"
#include "stages/plan-check/own_child.h"

/*
 * How each foreign key of a table picks its parents.
 */

static struct rule *rule_of(const struct resolver *r, const struct pg_table *t, uint32_t col)
{
	const struct requested *w = &r->c->requested[t->index];

	return w->by_col == NULL ? NULL : w->by_col[col];
}

/* Whether rows can be without a parent by NULLs; a column that is one value in a whole tree is not
 * NULL at its root. */
static bool all_nullable(const struct pg_table *t, const struct pg_constraint *con)
{
	const struct pg_constraint *pk = pg_primary(t);

	for (uint32_t i = 0; i < con->ncols; i++)
		if (con->match == PG_MATCH_SIMPLE && resolve_of_tree(t, con, con->cols[i]))
			continue;
		else if (pg_column_not_null(&t->columns[con->cols[i]]) ||
			 (pk != NULL && pg_has_column(pk->cols, pk->ncols, con->cols[i])))
			return false;
	return true;
}

/* ---- what rules and the strategy say ------------------------------------ */

static void off_by_rule(struct resolver *r, const struct pg_table *t,
	const struct pg_constraint *con, struct edge *e, const struct rule *rule)
{
	const struct pg_constraint *back;
	const char *aggregate = "";
	uint32_t at;

	e->how = how_none(false);
	if (rule->mp != NULL)
		(void)gen_arg_string(rule->mp, "aggregate", r->c->a, &aggregate);
	if (rule->op != NULL && rule->op->aggregates && aggregate != NULL &&
		(strcmp(aggregate, "min") == 0 || strcmp(aggregate, "max") == 0) &&
		own_child(t, con, &at, &back) && con->cols[at] == rule->col)
		return; /* it is a child's: a min or max of the column that is referred to */
	if (rule->sound)
		issue_add(&r->c->is, ISSUE_WARNING, "fk_rule_may_break", rule->path,
			"use derive.fk, or remove the rule",
			"\"%s.%s.%s\" is in foreign key \"%s\": with a generator of its own its "
			"values may have no parent",
			t->schema, t->name, t->columns[rule->col].name, con->name);
}

static void rules_of_edge(struct resolver *r, const struct pg_table *t, uint32_t at, struct edge *e)
{
	const struct pg_constraint *con = &t->cons[at];
	struct rule *other = NULL;

	for (uint32_t i = 0; i < con->ncols; i++) {
		struct rule *rule = rule_of(r, t, con->cols[i]);

		if (rule == NULL || (rule->op != NULL && rule->op->of_tree &&
					    resolve_of_tree(t, con, con->cols[i])))
			continue;
		if (rule->op == NULL || !rule->op->fills_fk)
			other = rule;
		else if (rule->fk == at)
			e->rule = rule;
	}
	if (e->rule != NULL)
		e->how = how_by(PLAN_LAW_ROUND_ROBIN);
	else if (r->c->requested[t->index].fk_disabled)
		e->how = how_none(false);
	else if (other != NULL)
		off_by_rule(r, t, con, e, other);
	if (e->rule != NULL && other != NULL)
		RULE_ERROR(r->c, other, "fk_rule_conflict", other->path,
			"remove one of the two rules",
			"%s fills foreign key \"%s\" as a whole, this column included",
			e->rule->path, con->name);
	resolve_relationship(r, t, e);
}

/* ---- parents that cannot be picked from --------------------------------- */

static void no_parent(struct resolver *r, const struct pg_table *t, const struct pg_constraint *con,
	struct edge *e)
{
	const char *hint = "introspect the parent's schema too, or disable the table's foreign "
			   "keys by a foreign_key_strategy rule";

	issue_add(&r->c->is, e->nullable ? ISSUE_WARNING : ISSUE_ERROR, "fk_parent_outside",
		resolve_place(r, t), hint,
		"foreign key \"%s\" of \"%s.%s\" refers to \"%s.%s\", which was not introspected%s",
		con->name, t->schema, t->name, con->ref_schema, con->ref_table,
		e->nullable ? ": it will be NULL" : "");
	e->how = how_none(true);
}

/* A key that leads back to its table does not wait for its parent's rows: their keys are made
 * from their numbers.  That they can be is for feasible() to find. */
static void cycle(const struct pg_table *t, struct edge *e)
{
	e->computed = true;
	if (t->cons[e->con].ref == t)
		e->how = how_by(PLAN_LAW_FOREST);
}

/* ---- keys whose parent has something of another's parent ------------------- */

/* The foreign key that fills all columns that edge ${i} is tied to, or -1. */
static int base_of(const struct pg_table *t, const struct node *n, uint32_t i)
{
	const struct relationship *rel = n->edges[i].rel;

	for (uint32_t k = 0; k < n->nedges; k++) {
		const struct edge *e = &n->edges[k];
		const struct pg_constraint *con = &t->cons[e->con];
		uint32_t in = 0;

		for (uint32_t s = 0; s < rel->nsame; s++)
			in += pg_has_column(con->cols, con->ncols, rel->same[s].column);
		if (k != i && in == rel->nsame && how_picks(e->how) && !how_follows(e->how) &&
			(e->rel == NULL || e->rel->nsame == 0))
			return (int)k;
	}
	return -1;
}

static void ties(struct resolver *r, const struct pg_table *t, struct node *n)
{
	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];
		int base;

		if (e->rel == NULL || e->rel->nsame == 0 || !how_picks(e->how))
			continue;
		if ((base = base_of(t, n, i)) != -1) {
			e->how = how_agreeing(how_by(PLAN_LAW_UNIFORM));
			e->base = (uint32_t)base;
			continue;
		}
		issue_add(&r->c->is, ISSUE_ERROR, "invalid_relationship",
			issue_path(&r->c->is, "%s/same", e->rel->path),
			"name columns that one other foreign key of the table fills; or pick the "
			"parent first and copy its column with derive.parent_value",
			"no other foreign key of \"%s.%s\" that chooses by itself fills \"%s\"%s",
			t->schema, t->name, t->columns[e->rel->same[0].column].name,
			e->rel->nsame > 1 ? " and the others" : "");
	}
}

/* ---- uniqueness --------------------------------------------------------- */

/* Of a unique foreign key to the table itself every row has one child: rings, no roots. */
static void no_tree(struct resolver *r, const struct pg_table *t, const struct edge *e)
{
	if (how_forest(e->how) && e->rel != NULL && (e->rel->has_roots || e->rel->max_depth > 0))
		issue_add(&r->c->is, ISSUE_ERROR, "relationship_conflict", e->rel->path,
			"leave roots and max_depth out; null_rate says how many rows have none",
			"foreign key \"%s\" of \"%s.%s\" is unique: its rows make rings, not "
			"trees",
			t->cons[e->con].name, t->schema, t->name);
}

static void one_to_one(struct resolver *r, const struct pg_table *t, struct edge *e)
{
	struct resolve_key k;

	if (how_follows(e->how)) /* distinct with the one it follows, or not at all */
		return;
	for (uint32_t at = 0; resolve_next_key(t, &at, &k);) {
		if (!resolve_inside(k, &t->cons[e->con]))
			continue;
		no_tree(r, t, e);
		e->how = how_grows(e->how) ? how_agreeing(how_by(PLAN_LAW_CYCLE))
					   : how_by(PLAN_LAW_ONE_TO_ONE);
	}
}

/* Whether a partial unique index is over the foreign key alone: it has its children counted. */
static bool has_first_child(const struct pg_table *t, const struct pg_constraint *con)
{
	for (uint32_t i = 0; i < t->nkeys; i++) {
		const struct pg_key *k = &t->keys[i];

		if (k->kind == KEY_INDEX && k->where != NULL && k->nparts == con->ncols &&
			pg_common_columns(k->cols, k->nparts, con->cols, con->ncols) == k->nparts)
			return true;
	}
	return false;
}

/* Of two that choose by themselves, and neither is settled: one that is to count anyway. */
static bool counts_rather(
	const struct pg_table *t, const struct edge *first, const struct edge *e, bool completes)
{
	return how_free(first->how) && how_free(e->how) && !completes &&
	       has_first_child(t, &t->cons[e->con]) && !has_first_child(t, &t->cons[first->con]);
}

/* The first foreign key within a composite key enumerates its children, so that the others
 * can complete it; none is needed where one is enumerable or unique already.  A derive.fk
 * that comes second becomes an ordinary pick: two round robins would repeat pairs. */
static void balance_key(
	const struct pg_table *t, struct node *n, struct resolve_key k, bool *completes)
{
	struct edge *first = NULL;

	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];
		const struct pg_constraint *con = &t->cons[e->con];

		if (!how_picks(e->how) || how_rankable(e->how) || how_agrees(e->how) ||
			con->ncols == 0 ||
			pg_common_columns(con->cols, con->ncols, k.cols, k.n) < con->ncols)
			continue;
		if (how_one_to_one(e->how))
			return;
		if ((first == NULL && (!how_free(e->how) || !completes[i])) ||
			(how_exact(e->how) && !how_exact(first->how)) ||
			(first != NULL && counts_rather(t, first, e, completes[i])))
			first = e;
	}
	if (first == NULL)
		return;
	if (how_free(first->how))
		first->how = how_ranking(first->how);
	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];
		const struct pg_constraint *con = &t->cons[e->con];

		if (e == first || !how_picks(e->how) || con->ncols == 0 ||
			pg_common_columns(con->cols, con->ncols, k.cols, k.n) < con->ncols)
			continue;
		completes[i] = true;
		if (e->how.law == PLAN_LAW_ROUND_ROBIN)
			e->how = how_by(PLAN_LAW_UNIFORM);
	}
}

static void unique_modes(struct resolver *r, const struct pg_table *t, struct node *n)
{
	bool *completes = arena_array(r->c->a, n->nedges + 1u, sizeof(*completes));
	struct resolve_key k;

	if (completes == NULL) {
		r->c->is.failed = true;
		return;
	}
	for (uint32_t i = 0; i < n->nedges; i++)
		if (how_picks(n->edges[i].how))
			one_to_one(r, t, &n->edges[i]);
	for (uint32_t at = 0; resolve_next_key(t, &at, &k);)
		balance_key(t, n, k, completes);
	resolve_orders(t, n, completes);
}

/* How those of a table go together. */
static void settle(struct resolver *r, const struct pg_table *t)
{
	struct node *n = &r->nodes[t->index];

	memcpy(n->edges, n->first, n->nedges * sizeof(*n->edges));
	resolve_overlaps(r, t, n);
	ties(r, t, n);
	unique_modes(r, t, n);
}

void resolve_edges(struct resolver *r, const struct pg_table *t)
{
	struct node *n = &r->nodes[t->index];

	n->edges = arena_array(r->c->a, t->ncons + 1u, sizeof(*n->edges));
	if (n->edges == NULL) {
		r->c->is.failed = true;
		return;
	}
	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *con = &t->cons[i];
		struct edge *e = &n->edges[n->nedges];

		if (con->kind != PG_CON_FOREIGN && con->kind != PG_CON_REFERENCE)
			continue;
		n->nedges++;
		*e = (struct edge){.con = i,
			.how = how_by(PLAN_LAW_UNIFORM),
			.nullable = all_nullable(t, con)};
		if (con->kind == PG_CON_REFERENCE) {
			resolve_reference(r, t, e);
			continue;
		}
		rules_of_edge(r, t, i, e);
		if (!how_picks(e->how))
			continue;
		if (con->ref == NULL)
			no_parent(r, t, con, e);
		else if (resolve_left_out(r, t, i))
			e->how = how_none(true); /* resolve_nulls() says so */
		else if (con->ref == t)
			cycle(t, e);
		else if (e->rule == NULL)
			resolve_eligible(r, t, e);
	}
	resolve_nulls(r, t, n);
	n->first = arena_array(r->c->a, n->nedges + 1u, sizeof(*n->first));
	if (n->first == NULL) {
		r->c->is.failed = true;
		return;
	}
	memcpy(n->first, n->edges, n->nedges * sizeof(*n->first));
	settle(r, t);
	for (uint32_t i = 0; i < n->nedges; i++)
		resolve_rule_nulls(r, t, &n->edges[i]);
}

/* ---- cycles of several tables ------------------------------------------- */

/* whether the rows of ${from} need those of ${to}, directly or through others */
static bool needs(const struct resolver *r, const struct pg_table *from, const struct pg_table *to,
	bool *seen)
{
	const struct node *n = &r->nodes[from->index];

	if (from == to)
		return true;
	if (seen[from->index])
		return false;
	seen[from->index] = true;
	for (uint32_t i = 0; i < n->nedges; i++)
		if (how_picks(n->edges[i].how) && !n->edges[i].computed &&
			needs(r, from->cons[n->edges[i].con].ref, to, seen))
			return true;
	for (uint32_t i = 0; i < n->nreads; i++)
		if (needs(r, &r->c->schema->tables[n->reads[i]], to, seen))
			return true;
	return false;
}

/* Others that share its columns leave the choice to it. */
static bool is_base(const struct node *n, uint32_t i)
{
	for (uint32_t k = 0; k < n->nedges; k++)
		if (how_follows(n->edges[k].how) && n->edges[k].base == i)
			return true;
	return false;
}

/* Whether it may be NULL, or might as one that follows. */
static bool may_be_null(const struct pg_table *t, const struct node *n, uint32_t i)
{
	bool any = n->edges[i].nullable;

	for (uint32_t k = 0; k < n->nedges; k++)
		if (how_follows(n->edges[k].how) && n->edges[k].base == i)
			any = any || pg_own_nullable(t, &t->cons[n->edges[i].con],
					     &t->cons[n->edges[k].con]);
	return any;
}

/* One that leads back is to follow another, which chooses among parents that are there. */
static void let_others_choose(struct resolver *r, const struct pg_table *t, uint32_t con)
{
	struct node *n = &r->nodes[t->index];

	for (uint32_t i = 0; i < n->nedges; i++)
		n->first[i].back = n->first[i].back || n->first[i].con == con;
	for (uint32_t i = 0; i < n->nedges; i++) /* those that were cut before stay so */
		for (uint32_t k = 0; k < n->nedges; k++)
			if (n->edges[k].con == n->first[i].con)
				n->first[i].computed = n->edges[k].computed;
	settle(r, t);
}

static bool cut_one(struct resolver *r, const struct pg_table *t, bool nullable, bool *seen)
{
	struct node *n = &r->nodes[t->index];

	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];

		if (!how_picks(e->how) || e->computed || may_be_null(t, n, i) != nullable)
			continue;
		memset(seen, 0, r->c->schema->ntables);
		if (!needs(r, t->cons[e->con].ref, t, seen))
			continue;
		if (is_base(n, i) && !e->back)
			let_others_choose(r, t, e->con);
		else
			cycle(t, e);
		return true;
	}
	return false;
}

static void cut_table(struct resolver *r, const struct pg_table *t, bool nullable, bool *seen)
{
	while (!r->c->is.failed && cut_one(r, t, nullable, seen))
		;
}

/* A forest among the children of parents that are not known; or one that follows, and must, a
 * parent whose values hang on the row. */
static void cut_followers(struct resolver *r, const struct pg_table *t)
{
	const struct node *n = &r->nodes[t->index];

	for (uint32_t i = 0; i < n->nedges; i++) {
		const struct edge *e = &n->edges[i];

		bool grown = how_grows(e->how);

		if ((grown && !how_enumerable(n->edges[e->base].how)) ||
			(how_agrees(e->how) && n->edges[e->base].computed) ||
			(how_follows(e->how) && e->computed && !e->nullable))
			issue_add(&r->c->is, ISSUE_ERROR, "fk_overlap", resolve_place(r, t),
				"let its columns be NULL, or disable the table's foreign keys by a "
				"foreign_key_strategy rule",
				"foreign keys \"%s\" and \"%s\" of \"%s.%s\" go together, and "
				"one of them leads back to the table: this version cannot fill "
				"both",
				t->cons[n->edges[e->base].con].name, t->cons[e->con].name,
				t->schema, t->name);
	}
}

bool resolve_needs(struct resolver *r, const struct pg_table *from, const struct pg_table *to)
{
	bool *seen = arena_alloc(r->c->a, r->c->schema->ntables + 1u);

	if (seen == NULL)
		r->c->is.failed = true;
	return seen != NULL && needs(r, from, to, seen);
}

void resolve_cut(struct resolver *r)
{
	const struct schema *s = r->c->schema;
	bool *seen = arena_alloc(r->c->a, s->ntables + 1u);

	if (seen == NULL) {
		r->c->is.failed = true;
		return;
	}
	for (int nullable = 1; nullable >= 0; nullable--)
		for (uint32_t i = 0; i < s->ntables; i++)
			if (r->nodes[i].in)
				cut_table(r, &s->tables[i], nullable != 0, seen);
	for (uint32_t i = 0; i < s->ntables; i++)
		if (r->nodes[i].in) {
			r->c->is.about = &s->tables[i];
			cut_followers(r, &s->tables[i]);
			resolve_partials(r, &s->tables[i]);
		}
	r->c->is.about = NULL;
}
