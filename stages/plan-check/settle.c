/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/settle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/visible.h"
#include "stages/plan-check/clip.h"
#include "stages/plan-check/feasible.h"
#include "stages/plan-check/known.h"
#include "stages/plan-check/lenient.h"

/*
 * A plan that leaves out what cannot be filled is settled in rounds.  Each resolves the plan as far
 * as the exceptions found so far leave it, compiles its tables, and tries them; the first of the
 * three that meets an error ends the round.  The errors become exceptions: a default of rows goes
 * down, or a table is skipped.  So the next round sees what follows: children whose key must not
 * be NULL have lost their parent, checks read columns that are NULL now, and a child of few parents
 * holds few rows.
 *
 * The rounds end, because an exception is never taken back, and each round but the last adds one:
 * a table is skipped once, and its limit only falls.  They give the same plan each time, because
 * tables are visited in the order of the plan, and nothing but the plan, the schema and the keys
 * that exist goes into a round.
 *
 * An error of a table is not acted on while a table that it reads is given up in the same round: it
 * may be gone with the cause.
 */

struct rounds {
	struct check *c;
	const struct options *o;
	struct plan *p;
	struct dry_run_left *left;
	bool *sound; /* by rule, before the first round */
	struct issue_mark mark;
	const struct issue **why; /* by table of the schema: its first error of the round */
	bool *given_up;		  /* by table of the schema: in this round */
	bool resolved;		  /* the round came further than to resolve the plan */
};

/* ---- one round ----------------------------------------------------------------------------- */

static bool any_error(const struct rounds *s)
{
	return s->c->is.count[ISSUE_ERROR] > s->mark.count[ISSUE_ERROR];
}

/* Limits, of tables whose rows the round was begun with more of. */
static bool any_clipped(const struct rounds *s, const uint64_t *limits)
{
	for (uint32_t i = 0; i < s->c->schema->ntables; i++)
		if (s->c->except[i].limit != limits[i])
			return true;
	return false;
}

/* Resolve, compile, try; ${again}: fewer rows were found to fit on the way. */
static int play(struct rounds *s, bool *again, struct err *e)
{
	struct check *c = s->c;
	uint64_t *limits = arena_array(c->a, c->schema->ntables + 1UL, sizeof(*limits));
	struct feasible known;

	*again = s->resolved = false;
	issues_rewind(&c->is, s->mark);
	for (size_t i = 0; i < c->nrules; i++)
		c->rules[i].sound = s->sound[i];
	if (limits == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < c->schema->ntables; i++)
		limits[i] = c->except[i].limit;
	if (resolve(c, s->o, s->p, e) == -1)
		return -1;
	if (any_error(s))
		return 0;
	s->resolved = true;
	if (known_begin(c, s->p) == -1)
		return err_nomem(e);
	if (feasible(c, s->o->run, s->p, &known, e) == -1)
		return -1;
	*again = any_clipped(s, limits);
	if (any_error(s) || *again)
		return 0;
	resolve_finish(c, s->p);
	return dry_run(c, s->o->run, s->p, &known, s->left, e);
}

/* ---- what follows from it ------------------------------------------------------------------- */

/* Whether fewer rows may be all that it takes: codes that the dry run has for too few parents. */
static bool is_of_rows(const struct issue *why)
{
	static const char *const codes[] = {"key_space_too_small", "one_to_one_too_few_parents"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(why->code, codes[i]) == 0)
			return true;
	return false;
}

static uint64_t rows_of(const struct rounds *s, const struct pg_table *t)
{
	const struct plan_table *pt = plan_table(s->p, t->schema, t->name);

	return pt != NULL ? pt->rows : 0;
}

static void give_up(struct rounds *s, const struct issue *why)
{
	struct exception *x = &s->c->except[why->table->index];
	uint64_t rows = rows_of(s, why->table);

	s->given_up[why->table->index] = true;
	if (x->soft && rows > 1 && is_of_rows(why)) {
		clip_note(s->c, why, rows, rows / 2);
		return;
	}
	x->skipped = true;
	x->code = why->code;
	x->path = why->path;
	x->constraint = why->constraint;
	x->reason = why->message;
	x->hint = why->hint;
}

static bool is_orphan(const struct issue *why)
{
	return why != NULL && strcmp(why->code, "fk_parent_skipped") == 0;
}

/* Whether a table of the plan reads one that is given up, directly or through others. */
static bool reads_given_up(const struct rounds *s, const bool *touched, uint32_t table)
{
	for (uint32_t k = 0; k < s->p->ntables; k++)
		if (k != table && touched[k] && plan_reads(s->p, &s->p->tables[table], k))
			return true;
	return false;
}

/* In the order of the plan, parents first. */
static int visit_plan(struct rounds *s, struct err *e)
{
	bool *touched = arena_array(s->c->a, s->p->ntables + 1UL, sizeof(*touched));

	if (touched == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < s->p->ntables; i++) {
		const struct issue *why = s->why[s->p->tables[i].table->index];

		touched[i] = reads_given_up(s, touched, i);
		if (why == NULL || touched[i])
			continue;
		give_up(s, why);
		touched[i] = true;
	}
	return 0;
}

/* ---- a person's mistakes -----------------------------------------------------------------------
 */

/* Whether a person wrote the rule, and not init. */
static bool is_written(const struct check *c, const char *path)
{
	const json_t *rules = json_object_get(c->plan, "rules");

	if (strncmp(path, "/rules/", strlen("/rules/")) != 0)
		return false;
	return json_object_get(json_array_get(rules, strtoul(path + strlen("/rules/"), NULL, 10)),
		       "guessed") == NULL;
}

/* Whether a written rule makes the column of which the dry run says that a row has no value. */
static bool is_value_of_written(struct check *c, const struct issue *x)
{
	if (strcmp(x->code, "value_impossible") != 0)
		return false;
	for (size_t i = 0; i < c->nrules; i++) {
		const struct rule *r = &c->rules[i];
		const char *name;

		if (r->t != x->table || !is_written(c, r->path))
			continue;
		name = issue_path(
			&c->is, "%s.%s.%s:", r->t->schema, r->t->name, r->t->columns[r->col].name);
		if (name != NULL && strncmp(x->message, name, strlen(name)) == 0)
			return true;
	}
	return false;
}

/* Whether the table refers to a skipped one, or one to it: a rule may have lost what it reads. */
static bool is_beside_skipped(const struct check *c, const struct pg_table *t)
{
	for (uint32_t i = 0; i < c->schema->ntables; i++) {
		const struct pg_table *u = &c->schema->tables[i];

		for (uint32_t k = 0; k < u->ncons; k++) {
			const struct pg_constraint *fk = &u->cons[k];

			if (fk->kind == PG_CON_FOREIGN && fk->ref != NULL &&
				((u == t && c->except[fk->ref->index].skipped) ||
					(fk->ref == t && c->except[u->index].skipped)))
				return true;
		}
	}
	return false;
}

/*
 * An error of a rule that a person wrote is a mistake to be told, and no property of the table: the
 * plan is refused.  Too few values for a default of rows are none, the rows are clipped.
 */
static bool is_mistake(const struct rounds *s, const struct issue *x)
{
	struct check *c = s->c;

	if (!is_written(c, x->path) && !is_value_of_written(c, x))
		return false;
	return !(is_of_rows(x) && c->except[x->table->index].soft && rows_of(s, x->table) > 1) &&
	       !is_beside_skipped(c, x->table);
}

/* The first error of each table; false: one concerns no table that is there to be given up. */
static bool sort_errors(struct rounds *s)
{
	const struct issues *is = &s->c->is;

	for (size_t i = s->mark.n; i < is->n; i++) {
		const struct issue *x = &is->v[i];

		if (x->severity != ISSUE_ERROR)
			continue;
		if (x->table == NULL || s->c->except[x->table->index].skipped)
			return false;
		if (s->c->stop_at_rules && strncmp(x->path, "/rules/", 7) == 0)
			return false;
		if (is_mistake(s, x))
			return false;
		if (s->why[x->table->index] == NULL ||
			(is_orphan(x) && !is_orphan(s->why[x->table->index])))
			s->why[x->table->index] = x;
	}
	return true;
}

/* Where the plan could not be resolved, children without a parent come first: the other errors of
 * the round may follow from it. */
static void visit_schema(struct rounds *s)
{
	bool orphans = false;

	for (uint32_t i = 0; i < s->c->schema->ntables; i++)
		orphans = orphans || is_orphan(s->why[i]);
	for (uint32_t i = 0; i < s->c->schema->ntables; i++)
		if (s->why[i] != NULL && (!orphans || is_orphan(s->why[i])))
			give_up(s, s->why[i]);
}

/* Turns the errors of a round into exceptions; ${again}: there are more than before. */
static int follow(struct rounds *s, bool *again, struct err *e)
{
	uint32_t n = s->c->schema->ntables;
	bool any = false;

	memset(s->why, 0, n * sizeof(struct issue *));
	memset(s->given_up, 0, n * sizeof(*s->given_up));
	if (!sort_errors(s)) {
		*again = false;
		return 0;
	}
	if (s->resolved && visit_plan(s, e) == -1)
		return -1;
	if (!s->resolved)
		visit_schema(s);
	for (uint32_t i = 0; i < n; i++)
		any = any || s->given_up[i];
	*again = *again || any;
	return 0;
}

/* ---- what is said of them ------------------------------------------------------------------- */

static void say_skipped(struct check *c, const char *path, const struct plan_exception *x)
{
	issue_add(&c->is, ISSUE_WARNING, "table_skipped", path, x->hint, "\"%s.%s\" is skipped: %s",
		x->table->schema, x->table->name, x->reason);
}

static void say_clipped(struct check *c, const char *path, const struct plan_exception *x)
{
	issue_add(&c->is, ISSUE_WARNING, "rows_clipped", path, x->hint,
		"\"%s.%s\" gets %s row%s instead of %s: %s", x->table->schema, x->table->name,
		num_people(x->rows).s, x->rows == 1 ? "" : "s", num_people(x->asked).s, x->reason);
}

/* Hints that begin with asking for fewer rows are followed already: what is left gives more. */
static const char *hint_for_more(struct check *c, const char *hint)
{
	static const char fewer[] = "ask for fewer rows";
	size_t n = sizeof(fewer) - 1;

	if (hint == NULL || strncmp(hint, fewer, n) != 0)
		return hint;
	n += strspn(hint + n, ",");
	n += strncmp(hint + n, " or", 3) == 0 ? 3 : 0;
	n += strspn(hint + n, " ");
	return hint[n] != '\0' ? issue_path(&c->is, "for more rows: %s", hint + n) : NULL;
}

/* A message that begins with the table's name, without it: what is said of the exception has it. */
static const char *without_name(struct check *c, const char *reason, const struct pg_table *t)
{
	const char *name = issue_path(&c->is, "\"%s.%s\": ", t->schema, t->name);
	size_t n = strlen(name);

	return strncmp(reason, name, n) == 0 ? reason + n : reason;
}

static void note(struct check *c, struct plan *p, const struct pg_table *t)
{
	const struct exception *x = &c->except[t->index];
	struct plan_exception *to = &p->exceptions[p->nexceptions++];

	*to = (struct plan_exception){.table = t,
		.skipped = x->skipped,
		.asked = x->asked,
		.rows = x->limit,
		.code = x->code,
		.constraint = x->constraint,
		.reason = without_name(c, x->reason, t),
		.hint = x->skipped ? x->hint : hint_for_more(c, x->hint)};
	if (x->skipped)
		say_skipped(c, x->path, to);
	else
		say_clipped(c, x->path, to);
}

/* The skipped tables, then the clipped ones, in the order of the schema, which is that of names. */
static int note_exceptions(struct check *c, struct plan *p, struct err *e)
{
	const struct schema *s = c->schema;

	p->skips = true;
	p->exceptions = arena_array(c->a, s->ntables + 1UL, sizeof(*p->exceptions));
	if (p->exceptions == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < s->ntables; i++)
		if (c->except[i].skipped)
			note(c, p, &s->tables[i]);
	for (uint32_t i = 0; i < s->ntables; i++)
		if (c->except[i].limit > 0 && !c->except[i].skipped &&
			plan_table(p, s->tables[i].schema, s->tables[i].name) != NULL)
			note(c, p, &s->tables[i]);
	return 0;
}

static int open_rounds(struct rounds *s, struct err *e)
{
	struct check *c = s->c;

	s->sound = arena_array(c->a, c->nrules + 1UL, sizeof(*s->sound));
	s->why = arena_array(c->a, c->schema->ntables + 1UL, sizeof(struct issue *));
	s->given_up = arena_array(c->a, c->schema->ntables + 1UL, sizeof(*s->given_up));
	if (s->sound == NULL || s->why == NULL || s->given_up == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < c->nrules; i++)
		s->sound[i] = c->rules[i].sound;
	s->mark = issues_mark(&c->is);
	return 0;
}

/* Whether the text is the name, or the name and "=reason". */
static bool begins(const char *text, const char *name, const char **reason)
{
	size_t n = strlen(name);

	if (strncmp(text, name, n) != 0 || (text[n] != '=' && text[n] != '\0'))
		return false;
	*reason = text[n] == '=' ? text + n + 1 : "it was asked for (--skip)";
	return true;
}

/* The table that "schema.table" or "schema.table=reason" names, and the reason.  A name may be as a
 * message of load has shown it. */
static const struct pg_table *named(const struct schema *s, const char *text, const char **reason)
{
	enum { NAME = 64 }; /* PostgreSQL's NAMEDATALEN */
	char name[2 * NAME], shown[VISIBLE_GROWS * sizeof(name)];

	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *t = &s->tables[i];

		(void)snprintf(name, sizeof(name), "%s.%s", t->schema, t->name);
		if (begins(text, name, reason) ||
			begins(text, visible_line(shown, sizeof(shown), name), reason))
			return t;
	}
	return NULL;
}

/* Tables that somebody knows to be impossible: the database has refused their rows, for one. */
static int skip_asked(struct rounds *s, struct err *e)
{
	for (size_t i = 0; i < s->o->nskip; i++) {
		const char *reason;
		const struct pg_table *t = named(s->c->schema, s->o->skip[i], &reason);
		struct exception *x;

		if (t == NULL)
			return err_set(e, ERR_INPUT, "--skip %s: the schema has no such table",
				s->o->skip[i]);
		x = &s->c->except[t->index];
		x->skipped = true;
		x->code = "skip_asked";
		x->path = s->c->requested[t->index].target;
		x->reason = reason;
		x->hint = "give its columns rules whose values the database takes";
	}
	return 0;
}

int settle(struct check *c, const struct options *o, struct plan *p, struct dry_run_left *left,
	struct err *e)
{
	struct rounds s = {.c = c, .o = o, .p = p, .left = left};
	bool again = true;

	*left = (struct dry_run_left){0};
	if (o->nskip > 0 && !c->skips)
		return err_set(e, ERR_INPUT,
			"--skip is for plans whose options have \"on_impossible\": \"skip\"");
	if (lenient_plan(c) && c->is.count[ISSUE_ERROR] == 0)
		return lenient_settle(c, o, p, left, e);
	if (!c->skips || c->is.count[ISSUE_ERROR] > 0) {
		if (resolve(c, o, p, e) == -1)
			return -1;
		return try_tables(c, o->run, p, left, e);
	}
	if (open_rounds(&s, e) == -1 || skip_asked(&s, e) == -1)
		return -1;
	while (again)
		if (play(&s, &again, e) == -1 || follow(&s, &again, e) == -1)
			return -1;
	if (issues_failed(&c->is))
		return err_nomem(e);
	return any_error(&s) ? 0 : note_exceptions(c, p, e);
}
