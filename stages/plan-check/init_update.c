/* SPDX-License-Identifier: MIT */
/*
 * A plan of a schema that has changed since. Everything that somebody may have written is kept:
 * rules and targets of tables and columns that are still there, and all other members. Guesses are
 * added for what is new, and made anew for columns of another type. What was known and has no rule
 * had none on purpose.
 */
#include "stages/plan-check/init_int.h"

#include <stdarg.h>
#include <string.h>

#include "common/base/err.h"
#include "common/stage/stage.h"
#include "stages/plan-check/drift.h"
#include "stages/plan-check/issue.h"
#include "stages/plan-check/shape.h"
#include "stages/plan-check/source.h"

/* One line of what has become of the plan: it is the result of the call, on stdout, unless the
 * table of the guesses is. */
static void __attribute__((format(printf, 2, 3))) tell(const struct init *in, const char *fmt, ...)
{
	char *line;
	va_list ap;

	va_start(ap, fmt);
	line = arena_vprintf(in->a, fmt, ap);
	va_end(ap);
	if (line == NULL)
		return; /* the arena says so */
	if (in->o->explain)
		stage_note("%s", line);
	else
		stage_say("%s", line);
}

static const struct pg_table *table_of(const struct init *in, json_t *o)
{
	const char *schema = json_string_value(json_object_get(o, "schema"));
	const char *table = json_string_value(json_object_get(o, "table"));

	return schema != NULL && table != NULL ? schema_table(in->s, schema, table) : NULL;
}

/* Whether all columns that a rule names in a member are there; a rule that names none, too. */
static bool has_columns(const struct pg_table *t, json_t *rule)
{
	static const char *const members[] = {"column", "type_column", "id_column"};
	json_t *list = json_object_get(rule, "columns"), *name;
	size_t k;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *column = json_string_value(json_object_get(rule, members[i]));

		if (column != NULL && pg_column_named(t, column) == -1)
			return false;
	}
	json_array_foreach(list, k, name)
	{
		if (json_is_string(name) && pg_column_named(t, json_string_value(name)) == -1)
			return false;
	}
	return true;
}

/* A guess at a column that has another type now is made anew. */
static bool is_stale(const struct init *in, const struct pg_table *t, json_t *rule)
{
	const char *column = json_string_value(json_object_get(rule, "column"));
	const struct drift *d =
		column != NULL ? drift_of(in->old.drift, in->old.ndrift, t, column) : NULL;

	return d != NULL && d->kind == DRIFT_CHANGED &&
	       json_is_object(json_object_get(rule, "guessed"));
}

static int keep(struct init *in, struct err *e)
{
	json_t *o;
	size_t k, gone = 0;

	in->old.targets = json_array();
	in->old.rules = json_array();
	json_array_foreach(json_object_get(in->old.plan, "targets"), k, o)
	{
		const struct pg_table *t = table_of(in, o);

		if (t == NULL)
			continue;
		in->old.has[t->index] = in->chosen[t->index] = true;
		json_array_append(in->old.targets, o);
	}
	json_array_foreach(json_object_get(in->old.plan, "rules"), k, o)
	{
		const struct pg_table *t = table_of(in, o);

		if (t != NULL && has_columns(t, o) && !is_stale(in, t, o))
			json_array_append(in->old.rules, o);
		else
			gone++;
	}
	if (in->old.targets == NULL || in->old.rules == NULL)
		return err_nomem(e);
	tell(in, "%zu rules kept, %zu left out", json_array_size(in->old.rules), gone);
	return 0;
}

int init_update(struct init *in, const struct source *src, struct err *e)
{
	struct issues is = {.a = in->a};
	json_t *columns;

	if (!shape_check(src->json, &is))
		return err_set(e, issues_failed(&is) ? ERR_TEMP : ERR_INPUT, "--update: %s",
			is.n > 0 ? is.v[0].message : "the plan cannot be read");
	in->old.plan = src->json;
	in->old.seed = src->seed;
	in->old.has = arena_array(in->a, in->s->ntables + 1UL, sizeof(*in->old.has));
	columns = json_object_get(json_object_get(src->json, "schema_ref"), "columns");
	in->old.ndrift = drift_find(in->s, columns, &in->old.drift, in->a);
	if (in->old.has == NULL || in->old.ndrift == -1)
		return err_nomem(e);
	in->old.knows = json_is_object(columns);
	for (uint32_t i = 0; i < in->s->ntables; i++)
		in->chosen[i] =
			in->chosen[i] && in->old.knows &&
			drift_of(in->old.drift, in->old.ndrift, &in->s->tables[i], NULL) != NULL;
	if (!in->old.knows)
		tell(in, "the plan does not say which columns it was made for "
			 "(schema_ref.columns): only "
			 "tables are kept or left out, nothing is guessed anew");
	else if (in->old.ndrift > 0)
		tell(in, "%s", drift_text(in->old.drift, in->old.ndrift, in->a));
	return keep(in, e);
}

/* Whether the rule is for something that is new. */
static bool is_fresh(const struct init *in, const struct draft_rule *r)
{
	const struct pg_table *t = r->t;
	const struct drift *d = NULL;

	if (r->column != UINT32_MAX)
		d = drift_of(in->old.drift, in->old.ndrift, t, t->columns[r->column].name);
	else if (r->con == NULL)
		d = drift_of(in->old.drift, in->old.ndrift, t, NULL);
	for (uint32_t k = 0; d == NULL && r->con != NULL && k < r->con->ncols; k++)
		d = drift_of(in->old.drift, in->old.ndrift, t, t->columns[r->con->cols[k]].name);
	return d != NULL && d->kind != DRIFT_GONE;
}

/* Whether somebody has a rule for the column already, and not only a guess that is left out. */
static bool has_rule(const struct init *in, const struct draft_rule *r)
{
	json_t *o;
	size_t k;

	if (r->column == UINT32_MAX)
		return false;
	json_array_foreach(in->old.rules, k, o)
	{
		const char *column = json_string_value(json_object_get(o, "column"));

		if (column != NULL && table_of(in, o) == r->t &&
			strcmp(column, r->t->columns[r->column].name) == 0)
			return true;
	}
	return false;
}

int init_fresh(struct init *in, struct err *e)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < in->d.nrules; i++) {
		struct draft_rule *r = &in->d.rules[i];

		if (is_fresh(in, r) && !has_rule(in, r)) {
			n++;
			continue;
		}
		r->dropped = r->retried = true;
	}
	tell(in, "%u rules guessed for what is new", n);
	return in->d.failed ? err_nomem(e) : 0;
}
