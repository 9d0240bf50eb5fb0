/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/feasible.h"

#include <string.h>

#include "common/base/err.h"
#include "common/program/program.h"
#include "common/schema/keyset.h"
#include "stages/plan-check/append.h"
#include "stages/plan-check/assigned.h"
#include "stages/plan-check/children.h"
#include "stages/plan-check/clip.h"
#include "stages/plan-check/known.h"
#include "stages/plan-check/when.h"

static struct rule *rule_of(
	const struct check *c, const struct pg_table *t, const struct pg_column *col)
{
	const struct requested *w = &c->requested[t->index];

	if (col != NULL && w->by_col != NULL && w->by_col[col - t->columns] != NULL)
		return w->by_col[col - t->columns];
	return col != NULL ? when_rules(c, t, (uint32_t)(col - t->columns)) : NULL;
}

/* the way out of a problem that names none, and whether it is one of how many rows */
static const struct way_out {
	const char *code, *hint;
	bool count;
} ways_out[] = {
	{"key_space_too_small",
		"ask for fewer rows, or give the column a generator with more values", true},
	{"one_to_one_too_few_parents", "ask for fewer rows, or for more of the parent", true},
	{"zero_parents", "give the parent rows", true},
	{"check_unsatisfiable", "give the columns rules whose values the checks allow", false},
	{"check_unsupported",
		"give the columns rules whose values pass it, or a constraint_policy rule for the "
		"table's checks",
		false},
	{"generator_cannot", "give the column a rule with another generator", false},
	{"unsupported_unique", "give the columns rules whose values are distinct", false},
	{NULL, NULL, false},
};

static const struct way_out *way_out(const char *code)
{
	const struct way_out *w = ways_out;

	while (w->code != NULL && strcmp(w->code, code) != 0)
		w++;
	return w;
}

static const char *place(
	struct check *c, const char *code, const struct pg_table *t, const struct pg_column *col)
{
	const struct rule *r = rule_of(c, t, col);
	const char *target = c->requested[t->index].target;

	if (r != NULL)
		return r->path;
	if (target == NULL)
		return "/targets";
	return way_out(code)->count ? issue_path(&c->is, "%s/rows", target) : target;
}

/* whether a constraint has to do with a problem: it is named, or it is of the kind the code
 * speaks of and holds the column */
static bool concerns(const struct pg_constraint *con, const char *code, const struct pg_table *t,
	const struct pg_column *col, const char *message)
{
	bool check = strncmp(code, "check_", 6) == 0;
	const struct pg_key *of = keyset_of(t, con);
	bool key = of != NULL && key_is_unique(of);

	if (strstr(message, con->name) != NULL)
		return true;
	if (col == NULL || !way_out(code)->code || (check ? con->kind != PG_CON_CHECK : !key))
		return false;
	for (uint32_t i = 0; i < con->ncols; i++)
		if (&t->columns[con->cols[i]] == col)
			return true;
	return false;
}

/* " (NAME DEFINITION; ...)": the constraints that stand in the way */
static const char *constraints(struct check *c, const char *code, const struct pg_table *t,
	const struct pg_column *col, const char *message)
{
	const char *list = "";
	char shown[STR_SHOWN];

	for (uint32_t i = 0; i < t->ncons; i++)
		if (concerns(&t->cons[i], code, t, col, message))
			list = issue_path(&c->is, "%s%s%s %s", list, *list == '\0' ? " (" : "; ",
				t->cons[i].name, str_shown(shown, t->cons[i].definition));
	return *list == '\0' ? list : issue_path(&c->is, "%s)", list);
}

/* The names alone, of unique indexes too; NULL where there are none. */
static const char *names_of(struct check *c, const char *code, const struct pg_table *t,
	const struct pg_column *col, const char *message)
{
	const char *list = NULL;

	for (uint32_t i = 0; i < t->ncons; i++)
		if (concerns(&t->cons[i], code, t, col, message))
			list = issue_path(&c->is, "%s%s%s", list == NULL ? "" : list,
				list == NULL ? "" : ", ", t->cons[i].name);
	for (uint32_t i = 0; list == NULL && i < t->nkeys; i++)
		if (t->keys[i].kind == KEY_INDEX && strstr(message, t->keys[i].name) != NULL)
			list = t->keys[i].name;
	return list;
}

static void problem(void *ctx, const char *code, bool warning, const struct pg_table *t,
	const struct pg_column *col, const char *message, const char *hint)
{
	struct check *c = ctx;
	struct issue *i = issue_add(&c->is, warning ? ISSUE_WARNING : ISSUE_ERROR,
		issue_path(&c->is, "%s", code), place(c, code, t, col),
		hint != NULL ? issue_path(&c->is, "%s", hint) : way_out(code)->hint,
		"\"%s.%s%s%s\": %s%s", t->schema, t->name, col != NULL ? "." : "",
		col != NULL ? col->name : "", message, constraints(c, code, t, col, message));

	i->table = t;
	i->constraint = names_of(c, code, t, col, message);
}

static bool sound(const struct check *c, const struct pg_table *t)
{
	const struct requested *w = &c->requested[t->index];

	for (uint32_t i = 0; w->by_col != NULL && i < t->ncolumns; i++)
		if (w->by_col[i] != NULL && !w->by_col[i]->sound)
			return false;
	for (uint32_t i = 0; i < t->ncolumns; i++)
		for (const struct rule *r = when_rules(c, t, i); r != NULL; r = r->next)
			if (!r->sound)
				return false;
	return true;
}

/* whether a part reads a table that is made no earlier than ${b}; of one that is recomputed,
 * whether what is read of it does, as the keys of a subtype are those of its table's rows */
static bool hangs_on(const struct table_program *b, const struct table_program *part,
	struct arena *a, struct err *why)
{
	for (uint32_t f = 0; f < part->t->nfks; f++) {
		const struct plan_table *t;

		if (!how_picks(part->fks[f].how))
			continue;
		t = &b->plan->tables[part->t->fks[f].parent];
		if (t->level < b->t->level)
			continue;
		if (part->t->fks[f].computed && !program_needs_values(part, f)) {
			struct table_program *more;

			if (slice_of_parent(&more, part, f, a, why) == -1)
				return true;
			if (more == NULL || !hangs_on(b, more, a, why))
				continue;
			return true;
		}
		err_set(why, ERR_NO,
			"the keys of %s.%s hang on those of %s.%s, which are made no earlier",
			part->t->table->schema, part->t->table->name, t->table->schema,
			t->table->name);
		return true;
	}
	return false;
}

/* that keys which are not read can be made from row numbers alone */
static int computable(struct check *c, struct table_program *const *bound,
	const struct table_program *b, uint32_t fk, struct err *e)
{
	const struct pg_constraint *con = &b->t->table->cons[b->t->fks[fk].con];
	struct err why = {.kind = ERR_NONE};
	struct table_program *part;

	if (bound[b->t->fks[fk].parent] == NULL)
		return 0;
	if (program_needs_values(b, fk)) {
		if (children_before(c, b, fk, &why) == 0)
			return 0;
	} else if (slice_of_parent(&part, b, fk, c->a, &why) == 0 &&
		   (part == NULL || !hangs_on(b, part, c->a, &why)) &&
		   slice_of_ancestors(&part, b, fk, c->a, &why) == 0 &&
		   (part == NULL || !hangs_on(b, part, c->a, &why))) {
		return 0;
	}
	if (why.kind != ERR_NO) {
		*e = why;
		return -1;
	}
	issue_add(&c->is, ISSUE_ERROR, "fk_cycle", place(c, "fk_cycle", b->t->table, NULL),
		"give those columns rules whose values no check refuses, or disable the table's "
		"foreign keys by a foreign_key_strategy rule",
		"foreign key \"%s\" of \"%s.%s\" leads back to %s, and %s", con->name,
		b->t->table->schema, b->t->table->name,
		con->ref == b->t->table ? "itself" : con->ref->name, why.msg);
	return 0;
}

/* ---- table by table ---------------------------------------------------------------------- */

/* All tables of the plan, and how far they have come. */
struct judged {
	struct check *c;
	const struct rundir *run;
	struct plan *p;
	struct table_program **bound; /* by table; NULL: left out, or it has a problem */
	struct compile_report report;
};

static int compile_anew(struct judged *j, uint32_t i, struct err *e)
{
	struct plan_table *t = &j->p->tables[i];
	struct issue_mark mark = issues_mark(&j->c->is);
	bool fewer = false;

	if (program_compile(&j->bound[i], j->p, t, j->c->schema, &j->report, j->c->a, e) == -1)
		return -1;
	if (j->c->is.n == mark.n && j->bound[i] != NULL)
		known_put(j->c, t, j->bound[i]);
	if (j->c->is.count[ISSUE_ERROR] > mark.count[ISSUE_ERROR] &&
		clip(j->c, j->p, i, mark, &fewer, e) == -1)
		return -1;
	if (!fewer)
		return 0;
	known_end(j->c);
	return program_compile(&j->bound[i], j->p, t, j->c->schema, &j->report, j->c->a, e);
}

static int compile(struct judged *j, uint32_t i, struct err *e)
{
	struct plan_table *t = &j->p->tables[i];

	if (t->existing || !sound(j->c, t->table))
		return 0;
	if (known_take(j->c, j->p, t, &j->bound[i]) == -1)
		return err_nomem(e);
	if (j->bound[i] == NULL && compile_anew(j, i, e) == -1)
		return -1;
	t->program = t->append ? NULL : j->bound[i];
	return 0;
}

/* What keeps unique columns distinct that are derived or transformed, for those who read the
 * plan. */
static int said(struct judged *j, uint32_t i, struct err *e)
{
	struct plan_table *t = &j->p->tables[i];

	(void)e;
	for (uint32_t c = 0; j->bound[i] != NULL && c < t->table->ncolumns; c++) {
		const struct program_column *b = &j->bound[i]->columns[c];

		if (b->suffix != NULL) {
			t->columns[c].unique_by = b->suffix->by_rank ? "rank" : "row_number";
			t->columns[c].unique_why = b->suffix->why;
		} else if (b->told && b->source == PLAN_GENERATOR) {
			t->columns[c].unique_by = "proof";
		}
	}
	return 0;
}

static int append(struct judged *j, uint32_t i, struct err *e)
{
	struct plan_table *t = &j->p->tables[i];

	return t->append && j->bound[i] != NULL ? append_keys(j->c, j->run, t, j->bound[i], e) : 0;
}

static int aggregates(struct judged *j, uint32_t i, struct err *e)
{
	return j->bound[i] != NULL ? children_feasible(j->c, j->bound[i], &j->report, e) : 0;
}

static int assigned(struct judged *j, uint32_t i, struct err *e)
{
	(void)e;
	if (j->bound[i] != NULL)
		assigned_feasible(j->bound, j->bound[i], &j->report);
	return 0;
}

static int cycles(struct judged *j, uint32_t i, struct err *e)
{
	for (uint32_t k = 0; j->bound[i] != NULL && k < j->p->tables[i].nfks; k++)
		if (j->p->tables[i].fks[k].computed &&
			computable(j->c, j->bound, j->bound[i], k, e) == -1)
			return -1;
	return 0;
}

int feasible(struct check *c, const struct rundir *run, struct plan *p, struct feasible *out,
	struct err *e)
{
	static int (*const steps[])(struct judged *, uint32_t, struct err *) = {
		compile, said, append, aggregates, assigned, cycles};
	struct judged j = {c, run, p, arena_array(c->a, p->ntables + 1UL, sizeof(j.bound[0])),
		{.problem = problem, .ctx = c}};

	out->programs = j.bound;
	out->refused = arena_array(c->a, p->ntables + 1UL, sizeof(bool));
	if (j.bound == NULL || out->refused == NULL)
		return err_nomem(e);
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++)
		for (uint32_t i = 0; i < p->ntables; i++) {
			size_t before = c->is.count[ISSUE_ERROR];

			c->is.about = p->tables[i].table;
			if (steps[s](&j, i, e) == -1)
				return -1;
			out->refused[i] = out->refused[i] || c->is.count[ISSUE_ERROR] > before ||
					  (j.bound[i] == NULL && !p->tables[i].existing);
		}
	c->is.about = NULL;
	return 0;
}
