/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/relation/foreign.h"
#include "common/sql/sql.h"
#include "stages/plan-check/matches.h"

/*
 * Relationship rules: what they make of a foreign key, how many rows they give a child, and
 * whether the numbers can be met.
 */

static const struct relationship *rule_of(
	const struct resolver *r, const struct pg_table *t, uint32_t con)
{
	const struct requested *w = &r->c->requested[t->index];

	return w->by_con == NULL ? NULL : w->by_con[con];
}

void resolve_relationship(struct resolver *r, const struct pg_table *t, struct edge *e)
{
	static const enum plan_law laws[] = {
		[PICK_UNSAID] = PLAN_LAW_UNIFORM,
		[PICK_UNIFORM] = PLAN_LAW_UNIFORM,
		[PICK_ZIPF] = PLAN_LAW_ZIPF,
		[PICK_WEIGHTED] = PLAN_LAW_WEIGHTED,
		[PICK_ROUND_ROBIN] = PLAN_LAW_ROUND_ROBIN,
	};
	const struct relationship *rel = rule_of(r, t, e->con);

	if (rel == NULL)
		return;
	if (e->rule != NULL || how_off(e->how)) {
		issue_add(&r->c->is, ISSUE_ERROR, "fk_rule_conflict", rel->path,
			"remove one of the two rules", "foreign key \"%s\" is %s by another rule",
			t->cons[e->con].name, e->rule != NULL ? "filled" : "left alone");
		return;
	}
	e->rel = rel;
	e->how = how_by(rel->has_fan ? PLAN_LAW_FAN_OUT : laws[rel->pick]);
}

void resolve_rule_nulls(struct resolver *r, const struct pg_table *t, const struct edge *e)
{
	const struct pg_constraint *con = &t->cons[e->con], *pk = pg_primary(t);

	if (e->rel == NULL || !e->rel->sound || !(e->rel->null_rate > 0) || e->nullable ||
		resolve_partial_nulls(e) > 0 || !how_picks(e->how))
		return;
	for (uint32_t i = 0; i < con->ncols; i++) {
		const struct pg_column *col = &t->columns[con->cols[i]];
		bool in_key = false;

		for (uint32_t k = 0; pk != NULL && k < pk->ncols; k++)
			in_key = in_key || pk->cols[k] == con->cols[i];
		if (!pg_column_not_null(col) && !in_key)
			continue;
		issue_add(&r->c->is, ISSUE_ERROR, "null_rate_on_not_null",
			issue_path(&r->c->is, "%s/null_rate", e->rel->path), "remove null_rate",
			"\"%s.%s.%s\" is NOT NULL", t->schema, t->name, col->name);
		return;
	}
}

/* ---- order ---------------------------------------------------------------------- */

/* A row of the child is a part of its parent: in its key, or gone with it. */
static bool identifies(const struct pg_table *t, const struct pg_constraint *con)
{
	const struct pg_constraint *pk = pg_primary(t);
	bool in_key = pk != NULL && con->ncols > 0, not_null = con->ncols > 0;

	for (uint32_t i = 0; i < con->ncols; i++) {
		bool found = false;

		for (uint32_t k = 0; pk != NULL && k < pk->ncols; k++)
			found = found || pk->cols[k] == con->cols[i];
		in_key = in_key && found;
		not_null = not_null && pg_column_not_null(&t->columns[con->cols[i]]);
	}
	return in_key ||
	       (not_null && con->on_delete != NULL && strcmp(con->on_delete, "cascade") == 0);
}

void resolve_orders(const struct pg_table *t, struct node *n, const bool *completes)
{
	bool clustered = false;

	for (uint32_t i = 0; i < n->nedges; i++)
		clustered = clustered || how_one_to_one(n->edges[i].how) ||
			    how_enumerable(n->edges[i].how);
	for (uint32_t i = 0; i < n->nedges && !clustered; i++)
		if (how_free(n->edges[i].how) && n->edges[i].rel == NULL && !completes[i] &&
			identifies(t, &t->cons[n->edges[i].con])) {
			n->edges[i].how = how_ranking(n->edges[i].how);
			clustered = true;
		}
	clustered = false;
	for (uint32_t i = 0; i < n->nedges; i++) { /* who asked for it comes first */
		const struct relationship *rel = n->edges[i].rel;

		clustered = clustered || (rel != NULL && rel->order == ORDER_CLUSTERED);
	}
	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];

		if (!how_enumerable(e->how) || e->how.law == PLAN_LAW_ROUND_ROBIN)
			continue;
		if (e->rel != NULL && e->rel->order != ORDER_UNSAID) {
			e->shuffled = e->rel->order == ORDER_SHUFFLED;
		} else { /* two in the same order would go together */
			e->shuffled = clustered;
			clustered = true;
		}
	}
}

/* ---- rows that a relationship gives --------------------------------------------------- */

double resolve_null_rate(const struct resolver *r, const struct edge *e)
{
	double rate = r->null_rate;

	if (e->rule != NULL)
		rate = check_null_rate(e->rule);
	else if (e->rel != NULL && e->rel->null_rate >= 0)
		rate = e->rel->null_rate;
	else if (e->rel != NULL && e->rel->has_fan)
		rate = 0; /* the children are counted: no other row was asked for */
	return how_picks(e->how) && (e->nullable || resolve_partial_nulls(e) > 0) && rate > 0 ? rate
											      : 0;
}

void resolve_forest(
	const struct resolver *r, struct plan_fk *fk, const struct edge *e, uint64_t rows)
{
	const struct relationship *rel = e->rel;
	double share = fk->null_rate;

	fk->own_roots = !(share > 0);
	if (fk->own_roots)
		share = r->null_rate > 0 ? r->null_rate : 0.1;
	if (rel != NULL && rel->root_share > 0)
		share = rel->root_share;
	if (rel != NULL)
		fk->max_depth = rel->max_depth;
	if (how_agrees(e->how)) { /* of each part, whatever its size */
		fk->roots = rel != NULL ? rel->roots : 0;
		fk->root_share = share;
		fk->null_rate = 0;
		return;
	}
	if (rel != NULL && rel->roots > rows)
		issue_add(&r->c->is, ISSUE_ERROR, "relationship_conflict", rel->path,
			"ask for at most as many roots as the table has rows, or for more rows",
			"%llu roots are more than the table's %llu rows",
			(unsigned long long)rel->roots, (unsigned long long)rows);
	fk->roots =
		rel != NULL && rel->roots > 0 ? rel->roots : rows - relation_linked(rows, share);
	if (fk->roots == 0)
		fk->roots = 1;
	fk->null_rate = 0; /* it is the roots' */
}

/* how many rows have a parent when all have some number of children; with the NULLs more */
static uint64_t rows_with_nulls(uint64_t linked, double rate)
{
	uint64_t rows = linked;

	if (rate > 0 && rate < 1)
		rows = (uint64_t)((double)linked / (1 - rate));
	while (relation_linked(rows, rate) > linked)
		rows--;
	while (rate < 1 && relation_linked(rows, rate) < linked)
		rows++;
	return rows;
}

static bool rows_given(struct resolver *r, const struct pg_table *t, uint64_t *rows)
{
	const struct node *n = &r->nodes[t->index];

	for (uint32_t i = 0; i < n->nedges; i++) {
		const struct edge *e = &n->edges[i];
		const struct pg_table *ref = t->cons[e->con].ref;
		uint64_t num, den, parents;
		unsigned __int128 linked;

		if (e->rel == NULL || !e->rel->has_fan || ref == t ||
			r->nodes[ref->index].rows == 0 || !fan_mean(&e->rel->fan, &num, &den) ||
			!matches_known(r, ref, e->rel->where, r->nodes[ref->index].rows, &parents))
			continue;
		linked = (unsigned __int128)parents * num / den;
		if (linked == 0 || linked >> 62 != 0)
			continue;
		*rows = rows_with_nulls((uint64_t)linked, resolve_null_rate(r, e));
		return true;
	}
	return false;
}

bool resolve_awaits_rows(const struct resolver *r, const struct pg_table *t)
{
	const struct node *n = &r->nodes[t->index];

	for (uint32_t i = 0; i < n->nedges; i++) {
		const struct edge *e = &n->edges[i];
		const struct pg_table *ref = t->cons[e->con].ref;
		uint64_t num, den;

		if (e->rel != NULL && e->rel->has_fan && ref != t && r->nodes[ref->index].in &&
			!r->nodes[ref->index].fixed && fan_mean(&e->rel->fan, &num, &den))
			return true;
	}
	return false;
}

bool resolve_given_rows(struct resolver *r)
{
	bool more = false;

	for (uint32_t i = 0; i < r->c->schema->ntables; i++) {
		struct node *n = &r->nodes[i];
		uint64_t rows;

		if (!n->in || n->fixed || r->c->requested[i].target == NULL ||
			!rows_given(r, &r->c->schema->tables[i], &rows))
			continue;
		n->rows = rows;
		n->fixed = more = true;
	}
	return more;
}

void resolve_missing_rows(struct resolver *r)
{
	for (uint32_t i = 0; i < r->c->schema->ntables; i++)
		if (r->nodes[i].in && !r->nodes[i].fixed && r->c->requested[i].target != NULL)
			issue_add(&r->c->is, ISSUE_ERROR, "rows_missing", r->c->requested[i].target,
				"say rows, or give a relationship of it a number of "
				"children_per_parent "
				"(exact, or min and max)",
				"nothing says how many rows \"%s.%s\" is to have",
				r->c->schema->tables[i].schema, r->c->schema->tables[i].name);
}

uint64_t resolve_parents_needed(const struct resolver *r, const struct edge *e, uint64_t rows)
{
	uint64_t num, den;
	unsigned __int128 n;

	if (e->rel == NULL || !e->rel->has_fan || !fan_mean(&e->rel->fan, &num, &den) || num == 0)
		return rows;
	n = ((unsigned __int128)relation_linked(rows, resolve_null_rate(r, e)) * den + num - 1) /
	    num;
	return n == 0 ? 1 : n > rows ? rows : (uint64_t)n;
}

/* ---- numbers ------------------------------------------------------------------------------ */

static void cannot_share(struct resolver *r, const struct plan_table *t, const struct plan_fk *fk,
	const struct relationship *rel, uint64_t linked, unsigned long long parents)
{
	const struct pg_constraint *con = &t->table->cons[fk->con];
	const struct plan_fan *f = &rel->fan;
	unsigned __int128 most = (unsigned __int128)f->max * parents;
	const char *to = f->max == UINT64_MAX || most >> 63 != 0
				 ? "or more"
				 : issue_path(&r->c->is, "to %s", num_people((uint64_t)most).s);

	issue_add(&r->c->is, ISSUE_ERROR, "fan_out_impossible", rel->path,
		"change the rows of one of the two tables, or the bounds",
		"\"%s.%s\": %s rows%s cannot be shared among %s rows of \"%s.%s\"%s%s with %s to "
		"%s children each by \"%s\": %s %s can",
		t->table->schema, t->table->name, num_people(linked).s,
		linked < t->rows ? " with a parent" : "", num_people(parents).s, con->ref_schema,
		con->ref_table, rel->where != NULL ? " where " : "",
		rel->where != NULL ? rel->where : "", num_people(f->min).s,
		f->max == UINT64_MAX ? "any number of"
				     : issue_path(&r->c->is, "%s", num_people(f->max).s),
		con->name, num_people(f->min * parents).s, to);
}

static void check_numbers(struct resolver *r, const struct plan_table *t, const struct plan_fk *fk,
	const struct relationship *rel)
{
	uint64_t parents = r->p->tables[fk->parent].rows;
	uint64_t linked = relation_linked(t->rows, fk->null_rate);
	const struct pg_constraint *con = &t->table->cons[fk->con];
	bool known = matches_known(r, con->ref, rel->where, parents, &parents); /* else fewer */

	if (rel->has_fan && ((unsigned __int128)rel->fan.max * parents < linked ||
				    (known && (unsigned __int128)rel->fan.min * parents > linked)))
		cannot_share(r, t, fk, rel, linked, parents);
	else if (how_one_to_one(fk->how) && rel->where != NULL && t->rows > parents)
		issue_add(&r->c->is, ISSUE_ERROR, "one_to_one_too_few_parents", rel->path,
			"ask for fewer rows, or for more of the parent",
			"\"%s.%s\": %s rows need as many rows of \"%s.%s\" where %s, which are %s",
			t->table->schema, t->table->name, num_people(t->rows).s, con->ref_schema,
			con->ref_table, rel->where, num_people(parents).s);
	else if (rel->cover && known && t->rows < parents)
		issue_add(&r->c->is, ISSUE_ERROR, "fan_out_impossible", rel->path,
			"ask for more rows, or for fewer of the parent",
			"\"%s.%s\": %s rows cannot cover %s rows of \"%s.%s\" by \"%s\"",
			t->table->schema, t->table->name, num_people(t->rows).s,
			num_people(parents).s, con->ref_schema, con->ref_table, con->name);
	if (how_one_to_one(fk->how) &&
		((rel->has_fan && rel->fan.min > 1) || rel->pick > PICK_UNIFORM))
		issue_add(&r->c->is, ISSUE_ERROR, "relationship_conflict", rel->path,
			"let each parent have at most one child",
			"foreign key \"%s\" of \"%s.%s\" is unique: no parent can have two "
			"children",
			con->name, t->table->schema, t->table->name);
	if (how_one_to_one(fk->how) && fk->cover && fk->null_rate > 0)
		issue_add(&r->c->is, ISSUE_ERROR, "relationship_conflict", rel->path,
			"leave null_rate out",
			"foreign key \"%s\" of \"%s.%s\" is unique and every parent has a child: "
			"which rows are NULL would be which parents have none",
			con->name, t->table->schema, t->table->name);
}

/* An expression of a rule over the parent's columns, which its keys will hold. */
struct over_parent {
	const char *text, *member, *code;
	bool (*fits)(const char *type);
	const char *but; /* what is said of a type that does not */
};

static bool is_condition(const char *type)
{
	return strcmp(type, "boolean") == 0;
}

static bool is_weight(const char *type)
{
	return strcmp(type, "smallint") == 0 || strcmp(type, "integer") == 0 ||
	       strcmp(type, "bigint") == 0 || strncmp(type, "numeric", 7) == 0;
}

static void over_parent(struct resolver *r, const struct plan_table *child,
	const struct plan_fk *fk, const struct over_parent *o, resolve_keeper *keep)
{
	const struct relationship *rel = rule_of(r, child->table, fk->con);
	struct plan_table *parent = &r->p->tables[fk->parent];
	const char *path = issue_path(&r->c->is, "%s/%s", rel->path, o->member);
	struct sql_scope scope = {
		.schema = r->c->schema, .table = parent->table, .as_of = r->p->as_of};
	struct err why = {.kind = ERR_NONE};
	const uint32_t *cols;
	struct sql_expr *x;
	uint32_t n;

	if (fk->computed)
		issue_add(&r->c->is, ISSUE_ERROR, "invalid_relationship", path, NULL,
			"the foreign key leads back to its table: its parents are not known yet");
	else if (sql_compile(&x, &scope, o->text, r->c->a, &why) != SQL_OK)
		issue_add(&r->c->is, ISSUE_ERROR, o->code, path, NULL, "%s", why.msg);
	else if (!o->fits(sql_result_name(x)))
		issue_add(&r->c->is, ISSUE_ERROR, o->code, path, NULL,
			"it is no %s: its type is %s", o->but, sql_result_name(x));
	else
		for (cols = sql_columns(x, &n); n > 0; n--, cols++)
			keep(r, parent, *cols, rel->path);
}

void resolve_over_parent(struct resolver *r, const struct plan_table *child,
	const struct plan_fk *fk, resolve_keeper *keep)
{
	struct over_parent where = {
		fk->where, "where", "where_unsupported", is_condition, "condition"};
	struct over_parent by = {
		fk->by, "pick/weighted/by", "weight_unsupported", is_weight, "integer or numeric"};

	if (fk->where != NULL)
		over_parent(r, child, fk, &where, keep);
	if (fk->by != NULL)
		over_parent(r, child, fk, &by, keep);
}

void resolve_numbers(struct resolver *r)
{
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		const struct plan_table *t = &r->p->tables[i];

		r->c->is.about = t->table;
		for (uint32_t k = 0; k < t->nfks; k++) {
			const struct relationship *rel = rule_of(r, t->table, t->fks[k].con);

			if (rel != NULL && rel->sound && how_picks(t->fks[k].how))
				check_numbers(r, t, &t->fks[k], rel);
		}
	}
	r->c->is.about = NULL;
}
