/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>

#include "stages/plan-check/lookups.h"

/*
 * What a table's snapshot holds: the columns that children refer to and look up, and what it
 * carries of its own parents for children that look further up.
 */

/* false: it is there already, or there is no memory */
static bool keep_at(struct resolver *r, struct plan_table *pt, uint32_t at)
{
	uint32_t *more, i = 0;

	while (i < pt->nkept && pt->kept[i] < at)
		i++;
	if (i < pt->nkept && pt->kept[i] == at)
		return false;
	if ((more = arena_array(r->c->a, pt->nkept + 1UL, sizeof(*more))) == NULL) {
		r->c->is.failed = true;
		return false;
	}
	for (uint32_t k = 0; k < pt->nkept; k++)
		more[k + (k >= i)] = pt->kept[k];
	more[i] = at;
	pt->kept = more;
	pt->nkept++;
	return true;
}

/* ---- snapshots ---------------------------------------------------------- */

static void keep(struct resolver *r, struct plan_table *pt, uint32_t col, const char *why)
{
	enum plan_source source;

	if (!keep_at(r, pt, col) || col >= pt->table->ncolumns)
		return;
	if (pt->existing)
		resolve_existing_column(r, pt, col, why);
	source = pt->columns[col].source;
	if (source == PLAN_GENERATED && lookups_computable(r, pt, col))
		return;
	if (source == PLAN_GENERATED || source == PLAN_SERVER_DEFAULT)
		issue_add(&r->c->is, ISSUE_ERROR, "parent_column_not_generated",
			resolve_place(r, pt->table), NULL,
			"%s reads \"%s.%s.%s\", whose values only the server knows", why,
			pt->table->schema, pt->table->name, pt->table->columns[col].name);
}

/* whether its parent's snapshot is read: not where keys are computed */
static bool is_read(const struct plan_fk *fk)
{
	return how_picks(fk->how) && !fk->computed;
}

static void keep_for(struct resolver *r, const struct plan_table *child)
{
	for (uint32_t k = 0; k < child->nfks; k++) {
		const struct pg_constraint *con = &child->table->cons[child->fks[k].con];
		const char *why = issue_path(&r->c->is, "foreign key \"%s\" of \"%s.%s\"",
			con->name, child->table->schema, child->table->name);

		if (how_picks(child->fks[k].how))
			resolve_over_parent(r, child, &child->fks[k], keep);
		for (uint32_t i = 0; is_read(&child->fks[k]) && i < child->fks[k].nsame; i++)
			keep(r, &r->p->tables[child->fks[k].parent], child->fks[k].same[i].parent,
				why);
		for (uint32_t i = 0; is_read(&child->fks[k]) && i < con->ncols; i++)
			keep(r, &r->p->tables[child->fks[k].parent], con->ref_cols[i], why);
	}
}

/* a rule that looks up where no parent is picked */
static void check_lookup(struct resolver *r, const struct plan_table *child, struct rule *rule)
{
	uint32_t k = plan_fk_at(child, rule->fk);

	if (k == UINT32_MAX || child->fks[k].computed || how_picks(child->fks[k].how))
		return;
	RULE_ERROR(r->c, rule, "parent_not_reachable",
		issue_path(&r->c->is, "%s/input_columns/0", rule->pp),
		"let the foreign key be filled from its parent",
		"foreign key \"%s\" is not filled from its parent, so there is no parent row to "
		"read",
		child->table->cons[rule->fk].name);
}

/* ---- what is read further up ------------------------------------------------------------- */

/* A name that no column and nothing else it carries has. */
static const char *carry_name(
	struct resolver *r, const struct plan_table *pt, uint32_t fk, uint32_t column)
{
	const struct plan_table *parent = &r->p->tables[pt->fks[fk].parent];
	const char *name = issue_path(&r->c->is, "%s.%s", pt->table->cons[pt->fks[fk].con].name,
		plan_kept_name(parent, column));
	uint32_t i = 0, all = pt->table->ncolumns + pt->ninherited;

	while (i < all) {
		bool taken = strcmp(plan_kept_name(pt, i), name) == 0;

		name = taken ? issue_path(&r->c->is, "%s+", name) : name;
		i = taken ? 0 : i + 1;
	}
	return name;
}

static uint32_t carry(struct resolver *r, struct plan_table *pt, uint32_t fk, uint32_t column)
{
	struct plan_inherited *c = arena_array(r->c->a, pt->ninherited + 1UL, sizeof(*c));

	for (uint32_t i = 0; i < pt->ninherited; i++)
		if (pt->inherited[i].fk == fk && pt->inherited[i].column == column)
			return pt->table->ncolumns + i;
	if (c == NULL) {
		r->c->is.failed = true;
		return UINT32_MAX;
	}
	if (pt->ninherited > 0)
		memcpy(c, pt->inherited, pt->ninherited * sizeof(*c));
	c[pt->ninherited] = (struct plan_inherited){carry_name(r, pt, fk, column), fk, column};
	pt->inherited = c;
	return pt->table->ncolumns + pt->ninherited++;
}

/* Where in what ${pt} may keep the value stands that ${n} foreign keys lead to from there; each
 * table on the way carries it. */
static uint32_t carried(struct resolver *r, struct plan_table *pt, const uint32_t *hops, uint32_t n,
	uint32_t column, const char *why)
{
	uint32_t k, at;
	struct plan_table *parent;

	if (n == 0)
		return column;
	if (pt->existing) {
		issue_add(&r->c->is, ISSUE_ERROR, "parent_not_reachable",
			resolve_place(r, pt->table),
			"read a column of the table itself, or let its rows be made",
			"%s reads on through foreign key \"%s\" of \"%s.%s\", whose rows are in "
			"the "
			"database: of those only their own columns are known",
			why, pt->table->cons[hops[0]].name, pt->table->schema, pt->table->name);
		return UINT32_MAX;
	}
	k = plan_fk_at(pt, hops[0]);
	if (k == UINT32_MAX || !how_picks(pt->fks[k].how)) {
		issue_add(&r->c->is, ISSUE_ERROR, "parent_not_reachable",
			resolve_place(r, pt->table),
			"let the foreign key be filled from its parent",
			"%s reads on through foreign key \"%s\" of \"%s.%s\", which is not filled "
			"from its parent",
			why, pt->table->cons[hops[0]].name, pt->table->schema, pt->table->name);
		return UINT32_MAX;
	}
	parent = &r->p->tables[pt->fks[k].parent];
	at = carried(r, parent, hops + 1, n - 1, column, why);
	if (at == UINT32_MAX)
		return at;
	if (is_read(&pt->fks[k]))
		keep(r, parent, at, why);
	return carry(r, pt, k, at);
}

static void keep_input(struct resolver *r, const struct plan_table *child, uint32_t col,
	const struct gen_input *in)
{
	const struct pg_table *t = child->table;
	const char *why =
		issue_path(&r->c->is, "\"%s.%s.%s\"", t->schema, t->name, t->columns[col].name);
	uint32_t k = plan_fk_at(child, in->fk), at;
	struct plan_table *parent;

	if (k == UINT32_MAX || !how_picks(child->fks[k].how))
		return; /* reported when the table is bound */
	parent = &r->p->tables[child->fks[k].parent];
	at = carried(r, parent, in->hops, in->nhops, in->column, why);
	if (at != UINT32_MAX && is_read(&child->fks[k]))
		keep(r, parent, at, why);
}

void resolve_keep(struct resolver *r)
{
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		const struct plan_table *child = &r->p->tables[i];
		const struct requested *w = &r->c->requested[child->table->index];

		r->c->is.about = child->table;
		keep_for(r, child);
		for (uint32_t col = 0; w->by_col != NULL && col < child->table->ncolumns; col++)
			if (w->by_col[col] != NULL && w->by_col[col]->parent_col != NULL)
				check_lookup(r, child, w->by_col[col]);
		lookups_of(r, child, keep_input);
	}
	r->c->is.about = NULL;
}
