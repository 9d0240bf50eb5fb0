/* SPDX-License-Identifier: MIT */
/*
 * Columns of unique keys whose values may be alike, because they are derived from others or
 * transformed: e-mail addresses of names, slugs, texts that are cut.  No digit of a key makes
 * them distinct, so a number at the end of their texts does (program_suffix).
 *
 * It is the rank of the text among equal ones wherever that can be counted before the rows are
 * made: where the text, and all that it is made from, is a function of the row's number alone.  So
 * what is read of a parent, and what a failing check may have drawn again, leave only the number of
 * the row.  Of a table with more rows than are counted, what the text is made from takes its values
 * from the rows that are; a sequence, a digit of a key or an exact share cannot.
 */
#include "common/program/compile_equation.h"
#include "common/program/compile_written.h"

#include <string.h>

#include "common/base/num.h"
#include "common/generators/gen_suffix.h"
#include "common/generators/genreg.h"
#include "common/io/msgpack.h"
#include "common/program/reads.h"

/* ---- who may have one ---------------------------------------------------------------------- */

/* Whether a transform leaves one value of all, or few: a number would be all that is left of what
 * the plan asks for. */
static bool is_constant(const struct plan_transform *x)
{
	const struct transform_op *op = transformreg_find(x->id);

	return op != NULL && op->few != NULL && op->few(x->params);
}

bool compile_may_be_loose(const struct compiler *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct program_column *b = &k->b->columns[c];

	for (uint32_t i = 0; i < pc->ntransforms; i++)
		if (is_constant(&pc->transforms[i]))
			return false;
	return b->source == PLAN_GENERATOR && b->type == VT_TEXT;
}

/* The most characters of a text with its number, if a number after the first ${from} transforms is
 * to be within the column in the end; 0: nothing can be. */
static uint32_t limit_of(struct compiler *k, uint32_t c, uint32_t from)
{
	struct sql_domain d = {.max_len = UINT32_MAX};
	struct err ignored = {.kind = ERR_NONE};
	int32_t limit = gen_declared_limit(&k->b->columns[c].gc);

	if (compile_transformed(k, c) && k->written != NULL) {
		if (compile_written_domain(k, c, &d) &&
			compile_take_back(k, c, from, XFORM_ALL, &d, &ignored) != 0)
			return 0;
		return d.max_len;
	}
	if (k->narrow.dom != NULL)
		d.max_len = k->narrow.dom[c].max_len;
	return limit >= 0 && (uint32_t)limit < d.max_len ? (uint32_t)limit : d.max_len;
}

/* The characters that a number may take, with what stands before it and a letter of the text. */
static uint32_t least(const struct compiler *k)
{
	char digits[24];

	return (uint32_t)num_fmt_u64(digits, k->b->t->rows + k->b->t->after) + 3;
}

/* Whether the column's texts may get numbers; if not, why. */
static bool may_have(struct compiler *k, uint32_t c, const char **why)
{
	const struct program_column *b = &k->b->columns[c];

	*why = NULL;
	if (b->source != PLAN_GENERATOR || b->gen.op == NULL)
		return false;
	if (b->gen.op->derives && b->type != VT_TEXT)
		*why = "is derived, and no text, in which a number could tell equal ones apart";
	else if (!k->loose[c])
		return false;
	else if (k->narrow.dom != NULL && k->narrow.dom[c].texts != NULL)
		*why = "has a check that lists its values, which no number can be added to";
	else if (limit_of(k, c, 0) < least(k))
		*why = "has no room for a number that tells equal texts apart";
	return *why == NULL;
}

/* ---- keys ---------------------------------------------------------------------------------- */

bool compile_suffix_set(struct compiler *k, const struct distinct_set *s)
{
	const char *why;

	for (uint32_t i = 0; s->why == NULL && i < s->ncols; i++) {
		struct program_column *b = &k->b->columns[s->cols[i]];

		if (!may_have(k, s->cols[i], &why))
			continue;
		if ((b->suffix = arena_alloc(k->a, sizeof(*b->suffix))) == NULL)
			return false; /* the arena says so in the end */
		*b->suffix = (struct program_suffix){.equiv = k->equiv[s->cols[i]],
			.limit = limit_of(k, s->cols[i], 0),
			.key = compile_key_of(k, compiler_column(k, s->cols[i])->name, "suffix"),
			.first = k->b->t->after + 1};
		return true;
	}
	return false;
}

const char *compile_suffix_why(struct compiler *k, const struct distinct_set *s, uint32_t *c)
{
	const char *why;

	for (uint32_t i = 0; i < s->ncols; i++)
		if (!may_have(k, *c = s->cols[i], &why) && why != NULL)
			return why;
	return NULL;
}

int compile_suffix_after(struct compiler *k, uint32_t c, uint32_t after)
{
	struct program_suffix *s = k->b->columns[c].suffix;

	s->after = after;
	s->limit = limit_of(k, c, after);
	if (s->limit >= least(k))
		return 0;
	return compile_problem(k, "unsupported_unique", false, compiler_column(k, c),
		"leave the transforms out, or make the column longer",
		"the column is unique, and its type, checks and transforms leave no room for a "
		"number that tells equal texts apart");
}

/* ---- by rank, or by row -------------------------------------------------------------------- */

/* What a column's texts are made from, and why they cannot be counted. */
struct origin {
	struct compiler *k;
	uint32_t column;
	bool *of; /* by column */
	const char *why;
};

/* Whether a check that may fail reads the column, beside others or not. */
static bool is_checked(const struct compiler *k, uint32_t c)
{
	const struct pg_type *t = compiler_column(k, c)->type;

	if (pg_domain_checks(t) > 0)
		return true;
	for (uint32_t i = 0; i < k->ncompiled; i++) {
		uint32_t n;
		const uint32_t *cols = sql_columns(k->compiled[i].expr, &n);

		if (pg_has_column(cols, n, c) && !compile_proven(k, i))
			return true;
	}
	return compile_equation_of(k, c) != NULL;
}

/* Why a column cannot be counted on, or NULL. */
static const char *why_not_column(struct origin *o, uint32_t c)
{
	const struct program_column *b = &o->k->b->columns[c];
	bool many = o->k->b->t->rows > SUFFIX_SAMPLES;

	if (b->source == PLAN_FOREIGN)
		return "its text is made from a parent's value";
	if (!b->made)
		return "its text is made from a column that the server fills";
	if (b->gen.op != NULL && b->gen.op->aggregates)
		return "its text is made from an aggregate";
	if (c != o->column && is_checked(o->k, c))
		return "its text is made from a column that a check may have drawn again";
	if (!many || b->source == PLAN_ALWAYS_NULL)
		return NULL;
	if (b->pick != DRAW_RANDOM || b->gen.affine || b->disjunction >= 0 ||
		(b->gen.op != NULL && b->gen.op->tally != NULL) ||
		(c != o->column && b->suffix != NULL))
		return "its text is made from a column that each row has its own value of, and "
		       "the table has more rows than are counted";
	return NULL;
}

static int enter(void *ctx, struct thing t, struct thing reader)
{
	struct origin *o = ctx;
	const char *why = NULL;

	(void)reader;
	if (t.kind == THING_COLUMN)
		why = why_not_column(o, t.at);
	else if (t.kind == THING_PARENT || t.kind == THING_VALUE)
		why = "its text is made from a parent's value";
	else if (t.kind == THING_BRANCH)
		why = "its text is made from a column that a check may have drawn again";
	o->why = o->why != NULL ? o->why : why;
	return o->why != NULL;
}

/* Notes a column that the texts are made from. */
static int note(void *ctx, struct thing t)
{
	struct origin *o = ctx;

	if (t.kind == THING_COLUMN)
		o->of[t.at] = true;
	return 0;
}

static int walk(struct origin *o, struct program_walk w)
{
	const struct thing column = {THING_COLUMN, o->column};

	w.b = o->k->b;
	w.follow = READ_ALL & ~READ_AFTER;
	w.ctx = o;
	if (program_walk_init(&w, o->k->a) == -1)
		return err_nomem(o->k->e);
	return program_walk_from(&w, column, column);
}

/* Whether a check that may fail reads the column beside one that its text is made from, or beside
 * one that others are counted by. */
static bool is_checked_with(const struct origin *o)
{
	const struct compiler *k = o->k;

	for (uint32_t i = 0; i < k->ncompiled; i++) {
		uint32_t n;
		const uint32_t *cols = sql_columns(k->compiled[i].expr, &n);

		if (!pg_has_column(cols, n, o->column) || compile_proven(k, i))
			continue;
		for (uint32_t j = 0; j < n; j++)
			if (cols[j] != o->column && (o->of[cols[j]] || k->counted[cols[j]]))
				return true;
	}
	return false;
}

/* By rank, unless something is in the way.  What is counted is then what no check has drawn
 * again. */
static int decide(struct compiler *k, uint32_t c)
{
	struct program_suffix *s = k->b->columns[c].suffix;
	struct origin o = {.k = k, .column = c};
	uint32_t n = compiler_table(k)->ncolumns;

	if ((o.of = arena_array(k->a, n + 1UL, sizeof(bool))) == NULL)
		return err_nomem(k->e);
	if (k->b->t->append)
		o.why = "nobody tells which texts the database has";
	else if (walk(&o, (struct program_walk){.enter = enter, .leave = note}) == -1)
		return -1;
	if (o.why == NULL && is_checked_with(&o))
		o.why = "a check reads it beside a column that its text is made from";
	s->why = o.why;
	s->by_rank = o.why == NULL;
	for (uint32_t i = 0; s->by_rank && i < n; i++) {
		k->counted[i] = k->counted[i] || o.of[i];
		k->b->columns[i].sampled =
			k->b->columns[i].sampled || (o.of[i] && k->b->t->rows > SUFFIX_SAMPLES);
	}
	return 0;
}

/* Checks that read a column with a number alone do not have it drawn again: the ranks of other rows
 * would change. */
int compile_suffixes(struct compiler *k)
{
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++)
		if (k->b->columns[c].suffix != NULL && !k->refused && decide(k, c) == -1)
			return -1;
	return 0;
}
