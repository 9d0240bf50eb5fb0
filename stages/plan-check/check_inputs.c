/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/check.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_path.h"

/*
 * What derive rules read: other columns of the row, and through a foreign key a column of
 * the parent row.
 */

static const char *member(const struct rule *r, const char *key)
{
	return json_string_value(json_object_get(r->params, key));
}

static bool fk_has(const struct pg_constraint *con, uint32_t col)
{
	for (uint32_t i = 0; i < con->ncols; i++)
		if (con->cols[i] == col)
			return true;
	return false;
}

/* first foreign key of ${col} whose parent is the one named, NULL for any; or -1 */
static int fk_of(const struct pg_table *t, uint32_t col, const char *schema, const char *table)
{
	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *con = &t->cons[i];

		if (con->kind == PG_CON_FOREIGN && fk_has(con, col) &&
			(schema == NULL || strcmp(con->ref_schema, schema) == 0) &&
			(table == NULL || strcmp(con->ref_table, table) == 0))
			return (int)i;
	}
	return -1;
}

/* Whether the parent's column is of a type that the generator reads. */
static void check_family(struct check *c, struct rule *r, const struct gen_input *in)
{
	const struct pg_table *t = gen_input_table(r->t, in);
	const struct pg_column *col = r->parent_col;
	unsigned family = gen_family(pg_base_of(col->type, col->typmod));
	char types[GEN_FAMILY_NAMES];

	if (r->op->parent_families != 0 && (family & r->op->parent_families) == 0)
		RULE_ERROR(c, r, "incompatible_parent_column",
			issue_path(&c->is, "%s/parent_column", r->pp),
			issue_path(&c->is, "name a column of type %s",
				gen_family_names(r->op->parent_families, types)),
			"\"%s.%s.%s\" is of type %s", t->schema, t->name, col->name,
			col->formatted);
}

static void check_parent_column(struct check *c, struct rule *r)
{
	const char *name = member(r, "parent_column");
	const struct pg_constraint *con = &r->t->cons[r->fk];
	struct gen_input in;
	struct err why;

	if (con->ref == NULL) {
		RULE_ERROR(c, r, "unknown_parent_reference", r->pp,
			"introspect the parent's schema too",
			"the parent \"%s.%s\" is not in the introspected schema", con->ref_schema,
			con->ref_table);
		return;
	}
	r->parent = con->ref;
	if (name == NULL)
		return; /* reported as a missing parameter */
	if (gen_path_text(r->t, r->fk, name, &in, &why) == 0)
		r->parent_col = gen_input_column(r->t, &in);
	if (r->parent_col == NULL && strchr(name, '.') != NULL)
		RULE_ERROR(c, r, "unknown_parent_reference",
			issue_path(&c->is, "%s/parent_column", r->pp), NULL, "%s", why.msg);
	else if (r->parent_col == NULL)
		RULE_ERROR(c, r, "unknown_parent_reference",
			issue_path(&c->is, "%s/parent_column", r->pp), NULL,
			"there is no column \"%s\" in \"%s.%s\"", name, r->parent->schema,
			r->parent->name);
	else
		check_family(c, r, &in);
}

/* A generator that reads a parent, through the foreign key of its first input column. */
static void check_reader(struct check *c, struct rule *r)
{
	const char *first =
		json_string_value(json_array_get(json_object_get(r->params, "input_columns"), 0));
	const char *schema = member(r, "parent_schema"), *table = member(r, "parent_table");
	int col = first == NULL ? -1 : pg_column_named(r->t, first), fk;

	if (!r->sound)
		return;
	if (first == NULL) {
		RULE_ERROR(c, r, "parent_not_reachable",
			issue_path(&c->is, "%s/input_columns", r->pp),
			"name the foreign key column in input_columns",
			"%s does not say through which foreign key it reads", r->id);
		return;
	}
	fk = fk_of(r->t, (uint32_t)col, schema, table);
	if (fk == -1) {
		RULE_ERROR(c, r, "parent_not_reachable",
			issue_path(&c->is, "%s/input_columns/0", r->pp),
			"name a column of a foreign key to that table",
			"\"%s.%s.%s\" has no foreign key to %s%s%s", r->t->schema, r->t->name,
			first, schema != NULL ? schema : "", schema != NULL ? "." : "",
			table != NULL ? table : "any table");
		return;
	}
	r->fk = (uint32_t)fk;
	check_parent_column(c, r);
}

static void check_derive_fk(struct check *c, struct rule *r)
{
	int fk = fk_of(r->t, r->col, NULL, NULL);

	if (fk == -1)
		RULE_ERROR(c, r, "derive_fk_without_fk", r->path,
			"use another generator, or add the foreign key to the table",
			"\"%s.%s.%s\" is in no foreign key", r->t->schema, r->t->name,
			r->t->columns[r->col].name);
	else
		r->fk = (uint32_t)fk;
}

void check_rule_inputs(struct check *c, struct rule *r)
{
	if (r->op == NULL)
		return;
	if (r->op->fills_fk)
		check_derive_fk(c, r);
	else if (gen_param_named(r->op->params, "parent_column") != NULL)
		check_reader(c, r);
}

/* ---- cycles ------------------------------------------------------------- */

enum mark { UNSEEN, ON_PATH, DONE };

struct walk {
	struct check *c;
	const struct pg_table *t;
	struct rule **by_col;
	unsigned char *mark;
	uint32_t *path;
	uint32_t depth;
};

/* the rule of a column that is computed from others, or NULL */
static struct rule *derived(const struct walk *w, int col)
{
	struct rule *r = col < 0 ? NULL : w->by_col[col];

	return r != NULL && r->op != NULL && r->op->derives ? r : NULL;
}

static void report_cycle(struct walk *w, uint32_t from)
{
	uint32_t start = 0, first;
	const char *names = "";
	struct issues *is = &w->c->is;

	while (w->path[start] != from)
		start++;
	first = from;
	for (uint32_t i = start; i < w->depth; i++) {
		names = issue_path(is, "%s\"%s\" reads ", names, w->t->columns[w->path[i]].name);
		if (w->path[i] < first)
			first = w->path[i];
	}
	for (uint32_t i = start; i < w->depth; i++)
		w->by_col[w->path[i]]->sound = false;
	issue_add(is, ISSUE_ERROR, "derive_cycle", w->by_col[first]->path,
		"give one of them a generator that reads no column", "%s\"%s\" again", names,
		w->t->columns[from].name);
}

static void visit(struct walk *w, uint32_t col)
{
	const struct rule *r = derived(w, (int)col);
	json_t *list = json_object_get(r->params, "input_columns");

	w->mark[col] = ON_PATH;
	w->path[w->depth++] = col;
	for (size_t k = 0; k < json_array_size(list); k++) {
		const char *name = json_string_value(json_array_get(list, k));
		int next = name == NULL ? -1 : pg_column_named(w->t, name);

		if (derived(w, next) == NULL || w->mark[next] == DONE)
			continue;
		if (w->mark[next] == ON_PATH)
			report_cycle(w, (uint32_t)next);
		else
			visit(w, (uint32_t)next);
	}
	w->depth--;
	w->mark[col] = DONE;
}

void check_cycles(struct check *c)
{
	for (uint32_t i = 0; i < c->schema->ntables; i++) {
		const struct pg_table *t = &c->schema->tables[i];
		struct walk w = {.c = c, .t = t, .by_col = c->requested[i].by_col};

		if (w.by_col == NULL)
			continue;
		w.mark = arena_alloc(c->a, t->ncolumns);
		w.path = arena_array(c->a, t->ncolumns, sizeof(uint32_t));
		if (w.mark == NULL || w.path == NULL) {
			c->is.failed = true;
			return;
		}
		for (uint32_t col = 0; col < t->ncolumns; col++)
			if (derived(&w, (int)col) != NULL && w.mark[col] == UNSEEN)
				visit(&w, col);
	}
}
