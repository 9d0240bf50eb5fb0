/* SPDX-License-Identifier: MIT */
/*
 * Guesses that are no good are found by checking the plan with them. A rule that an error names is
 * dropped. A table that is skipped, or clipped, with the rules and not without them loses rules
 * too: those of the columns of the constraint in its way; else all of its own; else those of its
 * parents. Each round drops a rule at least, so the rounds end, and what is left is a plan that
 * fills what a plan without rules fills.
 */
#include "stages/plan-check/init_int.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/dry_run.h"
#include "stages/plan-check/resolve.h"
#include "stages/plan-check/settle.h"
#include "stages/plan-check/source.h"

/* What a check of the plan says of a table. */
struct verdict {
	bool skipped;
	uint64_t limit; /* of its rows; 0: as many as the plan says */
	const char *constraint, *code, *reason;
};

static const char rules_path[] = "/rules/";

static bool names_rule(const struct issue *x)
{
	return x->severity == ISSUE_ERROR &&
	       strncmp(x->path, rules_path, sizeof(rules_path) - 1) == 0;
}

/* The texts of an exception are in the arena of the check; the names of its constraints are wanted
 * longer. */
static int note(struct init *in, const struct check *c, struct verdict *v)
{
	for (uint32_t i = 0; i < in->s->ntables; i++) {
		const struct exception *x = &c->except[i];

		v[i] = (struct verdict){.skipped = x->skipped, .limit = x->limit};
		v[i].constraint = arena_strdup(in->a, x->constraint != NULL ? x->constraint : "");
		v[i].code = arena_strdup(in->a, x->code != NULL ? x->code : "");
		v[i].reason = arena_strdup(in->a, x->reason != NULL ? x->reason : "");
		if (v[i].constraint == NULL || v[i].code == NULL || v[i].reason == NULL)
			return -1;
	}
	return 0;
}

/* Checks the plan as it is; rules that an error names are dropped and counted. */
static int judge(struct init *in, const struct source *src, struct verdict *v, uint32_t *dropped,
	struct arena *a, struct err *e)
{
	struct options options = {.seed = in->o->seed, .null_rate = -1, .run = in->run};
	struct dry_run_left left;
	struct plan plan = {0};
	struct check c;

	if (check_open(&c, src->json, in->s, a) == -1)
		return err_nomem(e);
	check_document(&c);
	c.skips = true; /* also where the plan refuses: so each table tells what is in its way */
	c.stop_at_rules = true;
	if (settle(&c, &options, &plan, &left, e) == -1)
		return -1;
	if (issues_failed(&c.is) || note(in, &c, v) == -1)
		return err_nomem(e);
	for (size_t i = 0; i < c.is.n; i++)
		if (names_rule(&c.is.v[i]))
			*dropped += draft_drop(&in->d,
				strtoul(c.is.v[i].path + sizeof(rules_path) - 1, NULL, 10),
				c.is.v[i].message);
	return 0;
}

/* Rules for a type and an id add references to the tables, which are in the arena of the check: the
 * tables go back to what they were before it. */
static void forget_references(const struct init *in)
{
	for (uint32_t i = 0; i < in->s->ntables; i++) {
		struct pg_table *t = &in->s->tables[i];

		while (t->ncons > 0 && t->cons[t->ncons - 1].kind == PG_CON_REFERENCE)
			t->ncons--;
		t->cons = in->cons[i];
	}
}

static int try_plan(struct init *in, struct verdict *v, uint32_t *dropped, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct source src = {.text = BUF_INIT};
	int rc = -1;

	*dropped = 0;
	init_put(in, &text);
	if (!buf_ok(&text) || in->d.failed)
		err_nomem(e);
	else if (source_of(&src, &text, e) == 0)
		rc = judge(in, &src, v, dropped, &a, e);
	forget_references(in);
	source_close(&src);
	buf_free(&text);
	arena_free(&a);
	return rc;
}

/* ---- which rules are to blame -----------------------------------------------------------------
 */

/* Whether a list of names with ", " between them has the name, and not only as a part of another.
 */
static bool is_listed(const char *names, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = names; n > 0 && (p = strstr(p, name)) != NULL; p++)
		if ((p == names || (p - names >= 2 && memcmp(p - 2, ", ", 2) == 0)) &&
			(p[n] == '\0' || strncmp(p + n, ", ", 2) == 0))
			return true;
	return false;
}

static bool has_constraint(const struct pg_table *t, const char *names, uint32_t column)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (is_listed(names, t->cons[i].name) &&
			pg_has_column(t->cons[i].cols, t->cons[i].ncols, column))
			return true;
	for (uint32_t i = 0; i < t->nindexes; i++)
		if (is_listed(names, t->indexes[i].name) &&
			pg_has_column(t->indexes[i].cols, t->indexes[i].ncols, column))
			return true;
	return false;
}

/* Drops rules of the table; ${names}: of columns of these constraints alone. */
static uint32_t drop_of_table(
	struct init *in, const struct pg_table *t, const char *names, const char *why)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < in->d.nrules; i++) {
		struct draft_rule *r = &in->d.rules[i];

		if (r->dropped || r->t != t)
			continue;
		if (names != NULL &&
			(r->column == UINT32_MAX ? r->con == NULL || !is_listed(names, r->con->name)
						 : !has_constraint(t, names, r->column)))
			continue;
		n += draft_drop(&in->d, r->number, why);
	}
	return n;
}

static uint32_t blame(struct init *in, const struct pg_table *t, const struct verdict *v)
{
	uint32_t n = *v->constraint != '\0' ? drop_of_table(in, t, v->constraint, v->reason) : 0;

	if (n == 0 && in->d.tables[t->index].rows > 0) {
		in->d.tables[t->index].rows = 0; /* the number was a guess as well */
		n = 1;
	}
	n = n > 0 ? n : drop_of_table(in, t, NULL, v->reason);
	for (uint32_t i = 0; n == 0 && i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_FOREIGN && t->cons[i].ref != NULL)
			n += drop_of_table(in, t->cons[i].ref, NULL, v->reason);
	return n;
}

/* Whether the plan fills less of the table than one without rules; the guessed number of rows is no
 * loss. */
static bool is_worse(const struct init *in, uint32_t table, const struct verdict *now,
	const struct verdict *bare)
{
	if (now->skipped)
		return !bare->skipped && strcmp(now->code, "fk_parent_skipped") != 0;
	return now->limit > 0 && !bare->skipped && in->d.tables[table].rows == 0 &&
	       (bare->limit == 0 || now->limit < bare->limit);
}

/* A rule that reads other columns may have been refused because of one of their rules, which is
 * gone as well: it gets another chance, once, with those of its group. */
static uint32_t retry(struct init *in)
{
	static const char derives[] = "derive.";
	uint32_t n = 0;

	for (uint32_t i = 0; i < in->d.nrules; i++) {
		struct draft_rule *r = &in->d.rules[i];

		if (!r->dropped || r->retried || r->generator == NULL ||
			strncmp(r->generator, derives, sizeof(derives) - 1) != 0)
			continue;
		for (uint32_t k = 0; k < in->d.nrules; k++) {
			struct draft_rule *of = &in->d.rules[k];

			if (k != i && (r->group == 0 || of->group != r->group))
				continue;
			of->dropped = false;
			of->retried = true;
			n++;
		}
	}
	return n;
}

int init_weed(struct init *in, struct err *e)
{
	uint32_t n = in->s->ntables, rules = in->d.nrules, dropped;
	struct verdict *bare = arena_array(in->a, n + 1UL, sizeof(*bare));
	struct verdict *now = arena_array(in->a, n + 1UL, sizeof(*now));

	in->cons = arena_array(in->a, n + 1UL, sizeof(*in->cons));
	if (bare == NULL || now == NULL || in->cons == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++)
		in->cons[i] = in->s->tables[i].cons;
	if (rules == 0)
		return 0;
	in->d.nrules = 0;
	if (try_plan(in, bare, &dropped, e) == -1)
		return -1;
	in->d.nrules = rules;
	do {
		if (try_plan(in, now, &dropped, e) == -1)
			return -1;
		for (uint32_t i = 0; dropped == 0 && i < n; i++)
			if (is_worse(in, i, &now[i], &bare[i]))
				dropped += blame(in, &in->s->tables[i], &now[i]);
		if (dropped == 0)
			dropped = retry(in);
	} while (dropped > 0);
	return 0;
}
