/* SPDX-License-Identifier: MIT */
/*
 * Messages for keys that cannot be: what is asked, what there is, in numbers, and
 * what can be done about it. plan-check shows them; a generator stops with the
 * first.
 */
#include "common/program/compile.h"

#include <stdio.h>

#include "common/base/num.h"
#include "common/relation/foreign.h"

/* Keys that cannot be: what is asked, what there is, in numbers, and a branch out. */

/* The columns of a set, with commas. */
static const char *columns_text(const struct compiler *k, const struct distinct_set *s)
{
	const char *to = "";

	for (uint32_t i = 0; i < s->ncols && to != NULL; i++)
		to = arena_printf(k->a, "%s%s%s", to, i > 0 ? ", " : "",
			compiler_column(k, s->cols[i])->name);
	return to == NULL ? "" : to;
}

/* The room of the units as a product for people, such as "4,000 x 10", and how
 * many that is. */
static const char *product(
	const struct compiler *k, const struct key_units *u, int but, uint64_t *allowed)
{
	const char *to = "";

	*allowed = 1;
	for (uint32_t i = 0; i < u->n && to != NULL; i++) {
		if ((int)i == but || (u->v[i].space == 1 && u->n > 1))
			continue;
		to = arena_printf(
			k->a, "%s%s%s", to, *to != '\0' ? " x " : "", num_people(u->v[i].space).s);
		if (__builtin_mul_overflow(*allowed, u->v[i].space, allowed))
			*allowed = UINT64_MAX;
	}
	return to == NULL ? "" : to;
}

/* The foreign key whose parents have more children than the other units have
 * values, or -1. */
static int crowded(struct compiler *k, const struct key_units *u, uint64_t *most)
{
	uint64_t allowed;

	for (uint32_t i = 0; i < u->n; i++) {
		if (!u->v[i].is_fk || !how_enumerable(k->b->fks[u->v[i].at].how))
			continue;
		(void)product(k, u, (int)i, &allowed);
		if ((*most = compile_most_children(k, u->v[i].at)) > allowed)
			return (int)i;
	}
	return -1;
}

/* What a message adds for a partial index. */
static const char *where(const struct distinct_set *s)
{
	return s->partial ? ", of a partial index whose predicate no column can be kept from" : "";
}

/* Says the first of three reasons that applies: too few values in all, too many
 * children of one parent, or columns that nothing can make distinct. The numbers
 * are in the message, so that the reader sees what to change and by how much. */
int compile_too_small(struct compiler *k, const struct distinct_set *s, const struct key_units *u)
{
	const char *names = columns_text(k, s), *of, *why;
	uint32_t c;
	uint64_t rows = plan_need(k->b->t, s->name), allowed, most;
	bool warning = s->policy != PLAN_ENFORCE;
	int at;

	if (s->why != NULL && rows > 1)
		return compile_problem(k, "unsupported_unique", warning, NULL,
			"set the policy of unique to ignore, or drop the index while loading",
			"unique index %s: expression %s is not made distinct", s->name, s->why);
	if (s->ncols == 0)
		return compile_problem(k, "key_space_too_small", warning, NULL, "ask for one row",
			"%s: its expression is a constant: %s rows need as many values, 1 allow "
			"1%s",
			s->name, num_people(rows).s, where(s));
	of = product(k, u, -1, &allowed);
	if (u->n > 0 && allowed < rows)
		return compile_problem(k, "key_space_too_small", warning, NULL,
			"ask for fewer rows, more parents, or a generator with more values",
			"%s: %s rows need %s distinct (%s), %s allow %s%s", s->name,
			num_people(rows).s, num_people(rows).s, names, of, num_people(allowed).s,
			where(s));
	if (rows <= 1)
		return 0; /* a single row is distinct from no other */
	if (u->n > 1 && (at = crowded(k, u, &most)) >= 0) {
		of = product(k, u, at, &allowed);
		return compile_problem(k, "key_space_too_small", warning, NULL,
			"let parents have fewer children, or ask for a generator with more values",
			"%s: a parent by %s has up to %s children, which need as many distinct "
			"(%s): "
			"the other columns allow %s%s",
			s->name, compiler_table(k)->cons[k->b->t->fks[u->v[at].at].con].name,
			num_people(most).s, names, num_people(allowed).s, where(s));
	}
	if ((why = compile_suffix_why(k, s, &c)) != NULL)
		return compile_problem(k, "unsupported_unique", warning, NULL,
			"remove the rule of the column, or set the policy of unique to ignore",
			"%s on (%s): column %s %s", s->name, names, compiler_column(k, c)->name,
			why);
	return compile_problem(k, "unsupported_unique", warning, NULL,
		"remove the rules of its columns, or set the policy of unique to ignore",
		"%s on (%s): its columns cannot be made distinct by construction: a derived "
		"column, "
		"or one that another key decides",
		s->name, names);
}

int compile_too_few_pairs(struct compiler *k, const struct distinct_set *s,
	const struct program_twins *t, uint64_t pairs)
{
	uint64_t rows = k->b->t->rows;

	return compile_problem(k, "key_space_too_small", s->policy != PLAN_ENFORCE, NULL,
		"ask for fewer rows or more parents",
		"%s: %s rows need %s distinct (%s), %s parents in order make %s pairs", s->name,
		num_people(rows).s, num_people(rows).s, columns_text(k, s),
		num_people(compile_parents_of(k, t->first)).s, num_people(pairs).s);
}

int compile_too_few_parents(struct compiler *k, const struct distinct_set *s,
	const struct pg_constraint *c, uint64_t parents)
{
	uint64_t rows = k->b->t->rows;

	return compile_problem(k, "one_to_one_too_few_parents", s->policy != PLAN_ENFORCE, NULL,
		"ask for more parents or fewer rows",
		"%s: %s rows need %s different rows of %s.%s, which has %s", s->name,
		num_people(rows).s, num_people(rows).s, c->ref_schema, c->ref_table,
		num_people(parents).s);
}

int compile_zero_parents(struct compiler *k, uint32_t f)
{
	const struct pg_constraint *c = &compiler_table(k)->cons[k->b->t->fks[f].con];
	uint32_t p = k->b->t->fks[f].parent;

	if (p < k->b->plan->ntables && k->b->plan->tables[p].existing)
		return compile_problem(k, "zero_parents", false, NULL,
			"fill it first, or make it a target and introspect without its keys",
			"foreign key %s: %s.%s has no rows in the database", c->name, c->ref_schema,
			c->ref_table);
	return compile_problem(k, "zero_parents", false, NULL, "give the parent rows",
		"foreign key %s: %s.%s has no rows to refer to", c->name, c->ref_schema,
		c->ref_table);
}
