/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/program/compile.h"

/*
 * Foreign keys that may be NULL in some of their columns only: of the patterns of NULLs, those
 * that checks and keys allow, so that a row need not be drawn again for them.
 */

/* Whether what holds of a column lets it be NULL, or not NULL. */
static bool fits(const struct sql_domain *d, bool null)
{
	return null ? !d->must_not_null : !d->must_null;
}

/* Whether some branch accepts these NULLs in columns that are made before it is
 * drawn. */
static bool open_to(
	const struct program_disjunction *x, const struct pg_constraint *con, uint32_t nulls)
{
	for (uint32_t w = 0; w < x->nfree; w++) {
		bool all = true;

		for (uint32_t f = 0; f < x->nfixed; f++)
			for (uint32_t i = 0; i < con->ncols; i++)
				if (con->cols[i] == x->fixed[f])
					all = all && fits(&x->dom[w][f], nulls >> i & 1);
		if (all)
			return true;
	}
	return false;
}

/* What does not let the key be NULL in just these columns, as a text for a
 * message, or NULL if nothing does. Unique keys are asked first, then what holds
 * in every row, then the branches of each check. */
static const char *obstacle(
	const struct compiler *k, const struct pg_constraint *con, uint32_t nulls)
{
	for (uint32_t i = 0; i < con->ncols; i++) {
		uint32_t c = con->cols[i];
		bool null = nulls >> i & 1;

		if (null && k->not_null[c])
			return "a unique key does not let it";
		if (k->narrow.dom != NULL && !fits(&k->narrow.dom[c], null))
			return "its checks do not let it";
	}
	/* the first choices are those of checks, as they were found */
	for (uint32_t i = 0; k->narrow.dom != NULL && i < k->narrow.ndisjunctions; i++)
		if (!open_to(&k->b->disjunctions[i], con, nulls)) {
			const struct pg_constraint *check =
				k->compiled[k->narrow.disjunctions[i].check].con;
			char shown[STR_SHOWN];
			const char *why = arena_printf(k->a, "check %s, %s, does not let it",
				check->name, str_shown(shown, check->definition));

			return why != NULL ? why : "a check does not let it";
		}
	return NULL;
}

static int refuse(struct compiler *k, const struct pg_constraint *con, const char *what,
	const char *why, const char *hint)
{
	return compile_problem(k, "check_unsatisfiable", false, compiler_column(k, con->cols[0]),
		hint, "foreign key %s is to be %s: %s", con->name, what, why);
}

/* A unique key that the foreign key completes with its followers, and which
 * NULLs would let occur twice; NULL if there is none. */
static const char *joint(const struct compiler *k, uint32_t f)
{
	for (uint32_t i = 0; i < k->b->nkeys; i++) {
		const struct program_key *key = &k->b->keys[i];
		uint32_t s = 0;

		while (s < k->nsets && strcmp(k->sets[s].name, key->name) != 0)
			s++;
		if (key->joint && key->ranking_fk == (int)f && s < k->nsets &&
			!compile_names(k, &k->sets[s], f))
			return arena_printf(k->a,
				"%s, unique by its parents, has not all its columns", key->name);
	}
	return NULL;
}

/* Keeps the patterns that are allowed, and reports if those that the plan asks
 * for are not. */
static int patterns(struct compiler *k, uint32_t f)
{
	const struct plan_fk *fk = &k->b->t->fks[f];
	const struct pg_constraint *con = &compiler_table(k)->cons[fk->con];
	struct partial *p = &k->b->fks[f].partial;
	const char *why, *first = "no column of it may be NULL without the others";
	uint32_t *left, n = 0;

	if (partial_init(p, k->b->t, f, k->a) == -1 ||
		(left = arena_array(k->a, p->nmasks + 1UL, sizeof(*left))) == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < p->nmasks; i++) {
		if ((why = obstacle(k, con, p->masks[i])) == NULL)
			left[n++] = p->masks[i];
		else if (i == 0)
			first = why;
	}
	p->masks = left;
	p->nmasks = n;
	if ((why = joint(k, f)) != NULL)
		return refuse(k, con, "NULL in some columns only", why, "leave partial_nulls out");
	if (n == 0)
		return refuse(k, con, "NULL in some columns only", first,
			"leave partial_nulls out, or drop the constraint");
	if (fk->partial_nulls < 1 && (why = obstacle(k, con, partial_all(con))) != NULL)
		return refuse(k, con, "NULL in all columns", why, "set partial_nulls to 1");
	if (fk->null_rate < 1 && (why = obstacle(k, con, 0)) != NULL)
		return refuse(k, con, "NULL in no column", why, "set null_rate to 1");
	return 0;
}

int compile_partials(struct compiler *k)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (k->b->t->fks[f].partial_nulls > 0 && how_picks(k->b->fks[f].how) &&
			patterns(k, f) == -1)
			return -1;
	return 0;
}
