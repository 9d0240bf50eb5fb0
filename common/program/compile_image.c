/* SPDX-License-Identifier: MIT */
/*
 * Elements of unique keys that are expressions, and generated columns in unique keys: rows must
 * differ in what is computed from a column, its image, not only in the column.
 *
 * compile_set.c understands some of them by name (lower, trims, coalesce).  For any other one that
 * reads a single column, images are counted: values of the column's generator are made, the
 * expression is evaluated over them as PostgreSQL would, and values whose image none before them
 * has are kept, as many as the key needs.  The column then draws from those, so that everything
 * else about keys (digits, ranks among siblings, predicates) stays what it is, and distinct indexes
 * still give distinct values.  Up to IMAGES_MOST values are kept, 16 bytes each while they are
 * found.
 *
 * A generator with few values is asked for all of them.  Of one with many a value is taken at
 * random from each of so many equal parts of its range (stratified sampling), so that functions
 * that round, as date_trunc(), and functions that wrap around, as %, find their images early.  If a
 * default range has too few images a larger one is tried.
 *
 * An expression of several columns, such as first || ' ' || last, is met by one that can be read
 * off its end or its beginning: sql_tells_letters().  So is one of a single column, for more rows
 * than images are counted for.
 */
#include "common/program/compile.h"

#include <string.h>

#include "common/generators/genreg.h"
#include "common/schema/keyset.h"

enum { LETTERS = 12 }; /* 36^12 texts are more than 2^61 */

/* ---- candidates ------------------------------------------------------------------------ */

/* Whether the column is drawn from a generator, and no transform changes its values. */
static bool is_drawn(const struct compiler *k, uint32_t c)
{
	return k->b->columns[c].source == PLAN_GENERATOR &&
	       compile_only_nulls(&k->b->t->columns[c]);
}

/* The length of the texts that a column is to have where an expression is read off; 0: it is no
 * text without a rule. */
static uint32_t letters_of(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];
	int32_t limit = pg_char_limit(b->gc.base);
	const struct gen_op *op;

	if (!is_drawn(k, c) || b->type != VT_TEXT || b->gc.by_rule)
		return 0;
	op = genreg_find(k->b->t->columns[c].gen);
	if (op == NULL || !op->filler)
		return 0;
	return limit >= 0 && limit < LETTERS ? (uint32_t)limit : LETTERS;
}

/* Whether every column of the set but c is from a parent, so that the expression is needed. */
static bool is_needed(const struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		if (k->b->columns[s->cols[i]].source == PLAN_GENERATOR)
			return false;
	return true;
}

/* Notes that the expression, which is no member of the set, may be met by one of its columns.
 * The column is known to be a key's before generators, orders and branches are made. */
int compile_note_image(struct compiler *k, struct distinct_set *s, struct sql_expr *x)
{
	uint32_t n, got = 0;
	const uint32_t *cols = sql_columns(x, &n);
	struct key_image *to;

	if (k->b->t->append)
		return 0; /* nobody tells which images the database has */
	to = arena_array(k->a, s->nimages + n + 1UL, sizeof(*to));
	if (to == NULL)
		return err_nomem(k->e);
	if (s->nimages > 0)
		memcpy(to, s->images, s->nimages * sizeof(*to));
	got = s->nimages;
	if (n == 1 && is_drawn(k, cols[0]) && plan_need(k->b->t, s->name) <= IMAGES_MOST)
		to[got++] =
			(struct key_image){.col = cols[0], .x = x, .null_counts = s->nulls_equal};
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len = letters_of(k, cols[i]);

		if (len > 0 && sql_tells_letters(x, cols[i], len))
			to[got++] = (struct key_image){.col = cols[i], .x = x, .letters = len};
	}
	for (uint32_t i = s->nimages; i < got && is_needed(k, s); i++)
		k->member[to[i].col] = true;
	s->images = to;
	s->nimages = got;
	return 0;
}

/* Whether the expression of a NULL is a value, which rows that are NULL would share. */
static bool counts_nulls(const struct compiler *k, const struct key_image *m)
{
	const struct vec **cols =
		arena_array(k->a, compiler_table(k)->ncolumns + 1UL, sizeof(*cols));
	struct arena tmp = ARENA_INIT;
	struct err why = {.kind = ERR_NONE};
	struct vec v, out = {0};
	bool counts = true;

	if (cols != NULL && vec_init(&v, k->b->columns[m->col].type, k->a)) {
		v.scale = k->b->columns[m->col].scale;
		v.n = 1;
		vec_set_null(&v, 0);
		cols[m->col] = &v;
		counts = sql_value(m->x, cols, 1, &out, &tmp, &why) != 0 || !vec_is_null(&out, 0);
	}
	arena_free(&tmp);
	return counts;
}

/* Whether the column has a generator for what the newest of the images asks. */
static bool is_possible(struct compiler *k, uint32_t c)
{
	const struct gen_column was = k->b->columns[c].gc;
	struct err why = {.kind = ERR_NONE};
	struct gen g;
	bool may = compile_generator(k, c, false, k->b->t->rows, &g, &why) == 0;

	k->b->columns[c].gc = was;
	return may;
}

/* Has the set hold the next of the columns that its expressions can be met by.  False: there is
 * none. */
bool compile_take_image(struct compiler *k, struct distinct_set *s)
{
	while (s->nimages > 0) {
		struct key_image m = *s->images++;
		uint32_t *cols = arena_array(k->a, s->ncols + 2UL, sizeof(*cols));

		s->nimages--;
		if (!compile_is_untouched(k, m.col) || cols == NULL || k->nimages == IMAGES)
			continue;
		k->images[k->nimages++] = m;
		if (key_equality_of(compiler_column(k, m.col)) == KEY_CASE)
			k->equiv[m.col] |= SQL_EQUIV_CASE;
		if (!is_possible(k, m.col)) {
			k->nimages--;
			continue;
		}
		if (s->ncols > 0)
			memcpy(cols, s->cols, s->ncols * sizeof(*cols));
		if (!compile_set_has(s, m.col))
			cols[s->ncols++] = m.col;
		s->cols = cols;
		s->why = NULL; /* the column stands for it */
		k->member[m.col] = true;
		if (m.letters == 0 && (m.null_counts || counts_nulls(k, &m)))
			k->image_not_null[m.col] = true;
		return true;
	}
	return false;
}
