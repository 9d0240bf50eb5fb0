/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/lenient.h"

#include <string.h>

#include "common/base/err.h"

/* The rules that stay, and why the others do not. */
struct lenient {
	struct check *c;
	struct issue_mark mark;
	bool *sound;		  /* by rule, before the first round */
	const struct issue **why; /* by rule: the error that it was dropped for */
};

bool lenient_plan(const struct check *c)
{
	json_t *options = json_object_get(c->plan, "options");

	return c->tolerant && json_is_false(json_object_get(options, "strict"));
}

/* Errors that mean: no value of the rule passes the column's checks. */
static bool is_of_checks(const struct issue *x)
{
	static const char *const codes[] = {"check_unsatisfiable", "invalid_transform_params"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(x->code, codes[i]) == 0)
			return true;
	return false;
}

/* The rule that the error stands at, as it is used; its number, or c->nrules. */
static size_t rule_at(const struct check *c, const struct issue *x)
{
	for (size_t i = 0; i < c->nrules; i++) {
		const struct rule *r = &c->rules[i];
		struct rule **by_col = r->t == NULL ? NULL : c->requested[r->t->index].by_col;

		if (by_col != NULL && by_col[r->col] == r && strcmp(r->path, x->path) == 0)
			return i;
	}
	return c->nrules;
}

/* Drops the rules that errors of this round stand at. */
static int drop(struct lenient *l, bool *any, struct err *e)
{
	struct check *c = l->c;

	for (size_t i = l->mark.n; i < c->is.n; i++) {
		const struct issue *x = &c->is.v[i];
		size_t at =
			x->severity == ISSUE_ERROR && is_of_checks(x) ? rule_at(c, x) : c->nrules;
		struct issue *kept;

		if (at == c->nrules)
			continue;
		if ((kept = arena_alloc(c->a, sizeof(*kept))) == NULL)
			return err_nomem(e);
		*kept = *x;
		l->why[at] = kept;
		c->requested[c->rules[at].t->index].by_col[c->rules[at].col] = NULL;
		*any = true;
	}
	return 0;
}

static int play(struct lenient *l, const struct options *o, struct plan *p,
	struct dry_run_left *left, struct err *e)
{
	struct check *c = l->c;

	issues_rewind(&c->is, l->mark);
	for (size_t i = 0; i < c->nrules; i++)
		c->rules[i].sound = l->sound[i];
	if (resolve(c, o, p, e) == -1)
		return -1;
	return try_tables(c, o->run, p, left, e);
}

static void say_dropped(const struct lenient *l)
{
	struct check *c = l->c;

	for (size_t i = 0; i < c->nrules; i++) {
		const struct rule *r = &c->rules[i];

		if (l->why[i] != NULL)
			issue_add(&c->is, ISSUE_WARNING, "rule_dropped", r->path,
				"give the column another generator, or remove the rule",
				"the rule is dropped, because its values do not pass the "
				"column's checks: %s",
				l->why[i]->message);
	}
}

int lenient_settle(struct check *c, const struct options *o, struct plan *p,
	struct dry_run_left *left, struct err *e)
{
	struct lenient l = {c, issues_mark(&c->is),
		arena_array(c->a, c->nrules + 1UL, sizeof(bool)),
		arena_array(c->a, c->nrules + 1UL, sizeof(struct issue *))};
	bool again;

	if (l.sound == NULL || l.why == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < c->nrules; i++)
		l.sound[i] = c->rules[i].sound;
	do {
		again = false;
		if (play(&l, o, p, left, e) == -1 || drop(&l, &again, e) == -1)
			return -1;
	} while (again);
	say_dropped(&l);
	return issues_failed(&c->is) ? err_nomem(e) : 0;
}
