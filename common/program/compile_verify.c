/* SPDX-License-Identifier: MIT */
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/program/compile_samples.h"

/*
 * Checks over columns that are not drawn again: unique ones, sequences, and what is computed from
 * them.  One row in a million that fails ends the generator there, long after the first block of
 * the table, which plan-check makes, has passed; so all samples have to.  Columns that other
 * columns or choices bound, that combinations are made for, or that may be NULL, are not drawn as
 * samples are: of their checks nothing is said here.
 */

enum { BLOCKS = 4, ALL = BLOCKS * VEC_BLOCK };

/* Whether the column is drawn as its samples are, without limits, branches, sets
 * or NULLs. again is set if the column, or one that it is derived from, can be
 * drawn again; a check with such a column is not judged here, since another
 * attempt may pass. */
static bool as_sampled(const struct compiler *k, uint32_t c, bool *again)
{
	const struct program_column *b = &k->b->columns[c];

	if (b->pool != NULL || b->nlimits > 0 || b->disjunction >= 0 || b->interval != NULL ||
		b->ntransforms > 0 || b->null_below > 0 || k->b->t->columns[c].null_rate > 0)
		return false;
	for (uint32_t i = 0; compile_derives(b) && i < b->gen.nin; i++)
		if (b->gen.in[i].from != GEN_ROW || !as_sampled(k, b->gen.in[i].column, again))
			return false;
	*again = *again || (!compile_derives(b) && !b->gen.affine && b->pick == DRAW_RANDOM);
	return true;
}

/* Whether the check is to be judged: that is so of all its columns, none is drawn again, and all
 * have samples.  1, 0, or -1 if memory is out. */
static int is_judged(struct compile_samples *s, const struct program_check *check)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(check->expr, &n);
	bool again = false;

	if (check->column >= 0 || check->policy != PLAN_ENFORCE)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (!as_sampled(s->k, cols[i], &again))
			return 0;
	return again ? 0 : compile_samples_has(s, check->expr);
}

/* The column to name in a message: one with a rule, since a rule can be changed. */
static const struct pg_column *column_of(
	const struct compiler *k, const struct program_check *check)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(check->expr, &n);

	for (uint32_t i = 0; i < n; i++)
		if (k->b->columns[cols[i]].gc.by_rule)
			return compiler_column(k, cols[i]);
	return compiler_column(k, cols[0]);
}

/* Reports how many samples pass, so that the reader sees how far the rules are
 * off. */
static int refuse(struct compiler *k, const struct program_check *check, uint64_t passed)
{
	char shown[STR_SHOWN];
	uint32_t n;
	const uint32_t *cols = sql_columns(check->expr, &n);
	const char *wide = compile_wide_hint(k, cols, n, check->definition);

	return compile_problem(k, "check_unsatisfiable", false, column_of(k, check),
		wide != NULL ? wide
			     : "give the check's columns rules whose values it allows, or set the "
			       "policy of checks to warn",
		"%s of %s rows drawn as the plan says pass check %s, %s, and its columns, unique "
		"or "
		"counted on, are not drawn again",
		passed == 0 ? "none" : num_people(passed).s, num_people(ALL).s, check->name,
		str_shown(shown, check->definition));
}

/* How many of all samples pass the check. */
static int count_passed(
	struct compile_samples *s, const struct program_check *check, uint64_t *passed)
{
	struct arena tmp = ARENA_INIT;
	uint8_t pass[VEC_BLOCK];
	int rc = 0;

	*passed = 0;
	for (uint64_t block = 0; rc >= 0 && block < BLOCKS; block++) {
		compile_samples_begin(s, rng_subkey(s->k->b->plan->seed, 11 + block));
		rc = compile_samples_has(s, check->expr);
		if (rc == 1)
			rc = sql_check(check->expr, s->at, VEC_BLOCK, pass, &tmp, s->k->e);
		for (uint32_t i = 0; rc >= 0 && i < VEC_BLOCK; i++)
			*passed += pass[i];
		arena_reset(&tmp);
	}
	arena_free(&tmp);
	return rc < 0 ? -1 : 0;
}

/* Judges only checks of which nothing can be drawn again. */
int compile_verify(struct compiler *k)
{
	const struct table_program *b = k->b;
	struct compile_samples s;
	int rc;

	if (k->refused || b->nchecks == 0 || b->t->rows == 0 || b->t->existing)
		return 0;
	rc = compile_samples_open(&s, k);
	if (rc == 0)
		compile_samples_begin(&s, b->plan->seed);
	for (uint32_t i = 0; rc == 0 && i < b->nchecks; i++) {
		uint64_t passed;

		if ((rc = is_judged(&s, &b->checks[i])) == 1)
			rc = count_passed(&s, &b->checks[i], &passed);
		else
			continue;
		if (rc == 0 && passed < ALL)
			rc = refuse(k, &b->checks[i], passed);
	}
	compile_samples_close(&s);
	return rc;
}
