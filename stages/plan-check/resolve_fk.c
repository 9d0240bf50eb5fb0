/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>

#include "common/foreign.h"

/*
 * How each foreign key of a table picks its parents.
 */

static bool has(const uint32_t *cols, uint32_t n, uint32_t col)
{
	for (uint32_t i = 0; i < n; i++)
		if (cols[i] == col)
			return true;
	return false;
}

/* how many columns of ${a} are in ${b} */
static uint32_t common_columns(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < na; i++)
		n += has(b, nb, a[i]);
	return n;
}

static struct rule *rule_of(const struct resolver *r, const struct pg_table *t, uint32_t col)
{
	const struct wish *w = &r->c->wish[t->index];

	return w->by_col == NULL ? NULL : w->by_col[col];
}

static bool all_nullable(const struct pg_table *t, const struct pg_constraint *con)
{
	const struct pg_constraint *pk = pg_primary(t);

	for (uint32_t i = 0; i < con->ncols; i++)
		if (pg_column_not_null(&t->columns[con->cols[i]]) ||
			(pk != NULL && has(pk->cols, pk->ncols, con->cols[i])))
			return false;
	return true;
}

/* ---- what rules and the strategy say ------------------------------------ */

static void off_by_rule(struct resolver *r, const struct pg_table *t,
	const struct pg_constraint *con, struct edge *e, const struct rule *rule)
{
	e->mode = PLAN_FK_OFF;
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

		if (rule == NULL)
			continue;
		if (strcmp(rule->id, "derive.fk") != 0)
			other = rule;
		else if (rule->fk == at)
			e->rule = rule;
	}
	if (e->rule != NULL)
		e->mode = PLAN_FK_ROUND_ROBIN;
	else if (r->c->wish[t->index].fk_disabled)
		e->mode = PLAN_FK_OFF;
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
	e->mode = PLAN_FK_NULL;
}

/* A key that leads back to its table does not wait for its parent's rows: their keys are made
 * from their numbers.  That they can be is for feasible() to find. */
static void cycle(const struct pg_table *t, struct edge *e)
{
	e->computed = true;
	if (t->cons[e->con].ref == t)
		e->mode = PLAN_FK_FOREST;
}

/* ---- keys that share columns -------------------------------------------- */

static bool same_key(const struct pg_constraint *a, const struct pg_constraint *b)
{
	if (a->ref != b->ref || a->ncols != b->ncols)
		return false;
	for (uint32_t i = 0; i < a->ncols; i++) {
		uint32_t k = 0;

		while (k < b->ncols && b->cols[k] != a->cols[i])
			k++;
		if (k == b->ncols || a->ref_cols[i] != b->ref_cols[k])
			return false;
	}
	return true;
}

/* Whether edge ${i} may pick among the parents that agree with those of edge ${base}: all it
 * shares with others it shares with that one, which chooses by itself. */
static bool can_follow(const struct pg_table *t, const struct node *n, uint32_t i, uint32_t base)
{
	const struct pg_constraint *con = &t->cons[n->edges[i].con];
	const struct pg_constraint *first = &t->cons[n->edges[base].con];

	if (n->edges[base].mode == PLAN_FK_AMONG || n->edges[i].rel != NULL ||
		n->edges[i].mode != PLAN_FK_UNIFORM || n->edges[i].computed ||
		n->edges[base].computed)
		return false;
	for (uint32_t k = 0; k < i; k++) {
		const struct pg_constraint *other = &t->cons[n->edges[k].con];

		for (uint32_t c = 0; plan_fk_picks(n->edges[k].mode) && c < con->ncols; c++)
			if (has(other->cols, other->ncols, con->cols[c]) &&
				!has(first->cols, first->ncols, con->cols[c]))
				return false;
	}
	return true;
}

/* NULL in a column of its own leaves the others to the base. */
static bool own_nullable(const struct pg_table *t, const struct node *n, uint32_t i)
{
	const struct pg_constraint *con = &t->cons[n->edges[i].con];
	const struct pg_constraint *base = &t->cons[n->edges[n->edges[i].base].con];
	const struct pg_constraint *pk = pg_primary(t);
	bool any = false;

	for (uint32_t c = 0; c < con->ncols; c++) {
		if (has(base->cols, base->ncols, con->cols[c]))
			continue;
		if (pg_column_not_null(&t->columns[con->cols[c]]) ||
			(pk != NULL && has(pk->cols, pk->ncols, con->cols[c])))
			return false;
		any = true;
	}
	return any && con->match == PG_MATCH_SIMPLE;
}

/* Whether edge ${i}, of the table to itself, may make a forest among the children of each parent
 * of edge ${base}: those are known one by one, and all it shares with others is in there. */
static bool can_grow_within(
	const struct pg_table *t, const struct node *n, uint32_t i, uint32_t base)
{
	const struct pg_constraint *con = &t->cons[n->edges[i].con];
	const struct edge *b = &n->edges[base];

	if (con->ref != t || n->edges[i].mode != PLAN_FK_FOREST || b->computed ||
		!(relation_enumerable(b->mode) || (b->mode == PLAN_FK_UNIFORM && b->rel == NULL)))
		return false;
	for (uint32_t c = 0; c < con->ncols; c++) {
		const struct pg_constraint *first = &t->cons[b->con];
		/* the parent's value of the column is the row's own */
		bool common = has(first->cols, first->ncols, con->cols[c]);

		if (common && (con->ref_cols[c] != con->cols[c] ||
				      !pg_column_not_null(&t->columns[con->cols[c]])))
			return false;
		for (uint32_t k = 0; k < i && !common; k++)
			if (plan_fk_picks(n->edges[k].mode) &&
				has(t->cons[n->edges[k].con].cols, t->cons[n->edges[k].con].ncols,
					con->cols[c]))
				return false;
	}
	return true;
}

/* Keys to the table itself that share columns come last: others fill what they share. */
static void last_to_itself(const struct pg_table *t, struct node *n)
{
	uint32_t left = n->nedges;

	for (uint32_t i = 0; left > 0; left--) {
		const struct edge e = n->edges[i];
		const struct pg_constraint *con = &t->cons[e.con];
		bool shares = false;

		for (uint32_t k = 0; con->ref == t && k < n->nedges; k++) {
			const struct pg_constraint *o = &t->cons[n->edges[k].con];

			shares = shares ||
				 (o->ref != t && plan_fk_picks(n->edges[k].mode) &&
					 common_columns(o->cols, o->ncols, con->cols, con->ncols));
		}
		if (!shares) {
			i++;
			continue;
		}
		memmove(&n->edges[i], &n->edges[i + 1], (n->nedges - i - 1) * sizeof(e));
		n->edges[n->nedges - 1] = e;
	}
}

static void overlaps(struct resolver *r, const struct pg_table *t, struct node *n)
{
	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];
		const struct pg_constraint *b = &t->cons[e->con];

		for (uint32_t k = 0; k < i && plan_fk_picks(e->mode); k++) {
			const struct pg_constraint *a = &t->cons[n->edges[k].con];

			if (!plan_fk_picks(n->edges[k].mode) || e->mode == PLAN_FK_AMONG ||
				e->mode == PLAN_FK_GROVE ||
				common_columns(a->cols, a->ncols, b->cols, b->ncols) == 0)
				continue;
			if (same_key(a, b)) {
				e->mode = PLAN_FK_OFF; /* twice: one pick is both */
			} else if (can_follow(t, n, i, k)) {
				e->mode = PLAN_FK_AMONG;
				e->base = k;
				e->nullable = own_nullable(t, n, i);
			} else if (can_grow_within(t, n, i, k)) {
				e->mode = PLAN_FK_GROVE;
				e->base = k;
				e->nullable = own_nullable(t, n, i);
				if (n->edges[k].mode == PLAN_FK_UNIFORM)
					n->edges[k].mode = PLAN_FK_BALANCED;
			} else {
				e->mode = PLAN_FK_OFF;
				issue_add(&r->c->is, ISSUE_ERROR, "fk_overlap", resolve_place(r, t),
					"give the columns rules, or disable the table's foreign "
					"keys "
					"by a foreign_key_strategy rule",
					"foreign keys \"%s\" and \"%s\" of \"%s.%s\" share "
					"columns in a way that this version cannot fill",
					a->name, b->name, t->schema, t->name);
			}
		}
	}
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
			in += has(con->cols, con->ncols, rel->same[s].column);
		if (k != i && in == rel->nsame && plan_fk_picks(e->mode) &&
			e->mode != PLAN_FK_AMONG && (e->rel == NULL || e->rel->nsame == 0))
			return (int)k;
	}
	return -1;
}

static void ties(struct resolver *r, const struct pg_table *t, struct node *n)
{
	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];
		int base;

		if (e->rel == NULL || e->rel->nsame == 0 || !plan_fk_picks(e->mode))
			continue;
		if ((base = base_of(t, n, i)) != -1) {
			e->mode = PLAN_FK_AMONG;
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

struct key {
	const uint32_t *cols;
	uint32_t n;
};

/* next unique key of a table: constraints, then unique indexes over plain columns */
static bool next_key(const struct pg_table *t, uint32_t *at, struct key *k)
{
	for (; *at < t->ncons; ++*at) {
		const struct pg_constraint *con = &t->cons[*at];

		if (con->kind == PG_CON_PRIMARY || con->kind == PG_CON_UNIQUE) {
			*k = (struct key){con->cols, con->ncols};
			++*at;
			return true;
		}
	}
	for (; *at - t->ncons < t->nindexes; ++*at) {
		const struct pg_index *x = &t->indexes[*at - t->ncons];

		if (!x->unique || x->of_constraint || x->predicate != NULL ||
			has(x->cols, x->ncols, UINT32_MAX))
			continue;
		*k = (struct key){x->cols, x->ncols};
		++*at;
		return true;
	}
	return false;
}

static bool inside(struct key k, const struct pg_constraint *con)
{
	return common_columns(k.cols, k.n, con->cols, con->ncols) == k.n;
}

static void one_to_one(struct resolver *r, const struct pg_table *t, struct edge *e)
{
	bool tied = e->mode == PLAN_FK_AMONG && e->rel != NULL;
	struct key k;

	for (uint32_t at = 0; (e->mode != PLAN_FK_AMONG || tied) && next_key(t, &at, &k);) {
		if (!inside(k, &t->cons[e->con]))
			continue;
		if (e->mode == PLAN_FK_GROVE)
			issue_add(&r->c->is, ISSUE_ERROR, "fk_overlap", resolve_place(r, t),
				"disable the table's foreign keys by a foreign_key_strategy rule",
				"foreign key \"%s\" of \"%s.%s\" is unique, leads to the table "
				"itself and shares columns with another: this version cannot fill "
				"it",
				t->cons[e->con].name, t->schema, t->name);
		if (tied)
			issue_add(&r->c->is, ISSUE_ERROR, "relationship_conflict", e->rel->path,
				"pick the parent first and copy its column with "
				"derive.parent_value",
				"foreign key \"%s\" of \"%s.%s\" is unique: rows that pick among "
				"the parents with the same values would meet",
				t->cons[e->con].name, t->schema, t->name);
		e->mode = PLAN_FK_ONE_TO_ONE;
		tied = false;
	}
}

/* The first foreign key within a composite key enumerates its children, so that the others
 * can complete it; none is needed where one is enumerable or unique already.  A derive.fk
 * that comes second becomes an ordinary pick: two round robins would repeat pairs. */
static void balance_key(const struct pg_table *t, struct node *n, struct key k, bool *completes)
{
	struct edge *first = NULL;

	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];
		const struct pg_constraint *con = &t->cons[e->con];

		if (!plan_fk_picks(e->mode) || e->mode == PLAN_FK_ZIPF ||
			e->mode == PLAN_FK_WEIGHTED || e->mode == PLAN_FK_FOREST ||
			e->mode == PLAN_FK_GROVE || e->mode == PLAN_FK_AMONG ||
			common_columns(con->cols, con->ncols, k.cols, k.n) < con->ncols)
			continue;
		if (e->mode == PLAN_FK_ONE_TO_ONE)
			return;
		if ((first == NULL && (e->mode != PLAN_FK_UNIFORM || !completes[i])) ||
			(e->mode == PLAN_FK_FANOUT && first->mode != PLAN_FK_FANOUT))
			first = e;
	}
	if (first == NULL)
		return;
	if (first->mode == PLAN_FK_UNIFORM)
		first->mode = PLAN_FK_BALANCED;
	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];
		const struct pg_constraint *con = &t->cons[e->con];

		if (e == first || !plan_fk_picks(e->mode) ||
			common_columns(con->cols, con->ncols, k.cols, k.n) < con->ncols)
			continue;
		completes[i] = true;
		if (e->mode == PLAN_FK_ROUND_ROBIN)
			e->mode = PLAN_FK_UNIFORM;
	}
}

static void unique_modes(struct resolver *r, const struct pg_table *t, struct node *n)
{
	bool *completes = arena_array(r->c->a, n->nedges + 1u, sizeof(*completes));
	struct key k;

	if (completes == NULL) {
		r->c->is.failed = true;
		return;
	}
	for (uint32_t i = 0; i < n->nedges; i++)
		if (plan_fk_picks(n->edges[i].mode))
			one_to_one(r, t, &n->edges[i]);
	for (uint32_t at = 0; next_key(t, &at, &k);)
		balance_key(t, n, k, completes);
	resolve_orders(t, n, completes);
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

		if (con->kind != PG_CON_FOREIGN)
			continue;
		n->nedges++;
		*e = (struct edge){.con = i, .nullable = all_nullable(t, con)};
		rules_of_edge(r, t, i, e);
		if (!plan_fk_picks(e->mode))
			continue;
		if (con->ref == NULL)
			no_parent(r, t, con, e);
		else if (con->ref == t)
			cycle(t, e);
	}
	last_to_itself(t, n);
	overlaps(r, t, n);
	ties(r, t, n);
	unique_modes(r, t, n);
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
		if (plan_fk_picks(n->edges[i].mode) && !n->edges[i].computed &&
			needs(r, from->cons[n->edges[i].con].ref, to, seen))
			return true;
	for (uint32_t i = 0; i < n->nreads; i++)
		if (needs(r, &r->c->schema->tables[n->reads[i]], to, seen))
			return true;
	return false;
}

static void cut_table(struct resolver *r, const struct pg_table *t, bool nullable, bool *seen)
{
	const struct node *n = &r->nodes[t->index];

	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];

		if (!plan_fk_picks(e->mode) || e->computed || e->nullable != nullable)
			continue;
		memset(seen, 0, r->c->schema->ntables);
		if (needs(r, t->cons[e->con].ref, t, seen))
			cycle(t, e);
	}
}

/* Who follows another looks values up in snapshots: none is there of what leads back. */
static void cut_followers(struct resolver *r, const struct pg_table *t)
{
	const struct node *n = &r->nodes[t->index];

	for (uint32_t i = 0; i < n->nedges; i++) {
		const struct edge *e = &n->edges[i];

		bool grown = e->mode == PLAN_FK_GROVE;

		if ((grown && !relation_enumerable(n->edges[e->base].mode)) ||
			((grown || e->mode == PLAN_FK_AMONG) && n->edges[e->base].computed) ||
			(e->mode == PLAN_FK_AMONG && e->computed))
			issue_add(&r->c->is, ISSUE_ERROR, "fk_overlap", resolve_place(r, t),
				"disable the table's foreign keys by a foreign_key_strategy rule",
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
		if (r->nodes[i].in)
			cut_followers(r, &s->tables[i]);
}
