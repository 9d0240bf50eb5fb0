/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "common/generators/genreg.h"
#include "common/schema/keyset.h"

/*
 * The sets of columns that must be distinct, of the table's keys (keyset.h), as the planning of
 * keys wants them:
 *
 *	an expression is its column, with what it does not tell apart (lower(c): cases);
 *	NULLS NOT DISTINCT of one column that may be NULL is two sets: the values are distinct,
 *	and of the rows where it is NULL the others are;
 *	an exclusion constraint that compares by = alone is a unique key.
 */

/* Smaller sets first, because a larger one may be distinct by a part of it;
 * partial ones last, since they can use what others have planned. Names make the
 * order the same everywhere. */
static int by_size(const void *a, const void *b)
{
	const struct distinct_set *x = a, *y = b;

	if (x->partial != y->partial)
		return x->partial ? 1 : -1;
	if (x->ncols != y->ncols)
		return x->ncols < y->ncols ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Adds a set of columns, without the places that are expressions. */
static struct distinct_set *add(
	struct compiler *k, struct distinct_set s, const uint32_t *cols, uint32_t n)
{
	struct distinct_set *to = &k->sets[k->nsets];

	*to = s;
	to->cols = arena_array(k->a, n + 1UL, sizeof(to->cols[0]));
	if (to->cols == NULL) {
		err_nomem(k->e);
		return NULL;
	}
	for (uint32_t i = 0; i < n; i++)
		if (cols[i] != UINT32_MAX)
			to->cols[to->ncols++] = cols[i];
	k->nsets++;
	return to;
}

/* ---- predicates and expressions --------------------------------------------------------- */

/* LEAST and GREATEST of two columns: the pair of them is unique, in either order. */
static void note_pair(struct distinct_set *s, const struct sql_expr *x)
{
	uint32_t pair[2];
	bool greatest;

	if (!sql_pair_of(x, &greatest, pair) ||
		(s->pair_has != 0 && memcmp(s->pair, pair, sizeof(pair)) != 0))
		return;
	memcpy(s->pair, pair, sizeof(pair));
	s->pair_has |= greatest ? 2 : 1;
}

/* An element that is an expression becomes its column, with what it does not
 * tell apart. If that cannot be said the set is refused later, with the
 * expression's text. */
static int expression(struct compiler *k, struct distinct_set *s, const char *text)
{
	struct err why = {.kind = ERR_NONE};
	struct sql_expr *x = NULL;
	struct sql_key key;

	switch (sql_compile(&x, &k->scope, text, k->a, &why)) {
	case SQL_OK:
		break;
	case SQL_UNSUPPORTED:
		s->why = text;
		return 0;
	case SQL_FAILED:
		*k->e = why;
		return err_wrap(k->e, "index %s of %s.%s", s->name, compiler_table(k)->schema,
			compiler_table(k)->name);
	}
	note_pair(s, x);
	if (!sql_key_of(x, &key, k->a) ||
		(key.equiv != 0 && k->b->columns[key.col].source != PLAN_GENERATOR)) {
		s->why = text;
		return compile_note_image(k, s, x);
	}
	if (key.col == UINT32_MAX)
		return 0;
	s->cols[s->ncols++] = key.col;
	k->equiv[key.col] |= s->policy != PLAN_IGNORE ? key.equiv : 0;
	if (key.null_as != NULL && s->policy != PLAN_IGNORE) {
		k->not_null[key.col] = true; /* a NULL would be the constant */
		s->coalesces = true;
	}
	if (key.only != NULL)
		compile_where(s, key.only);
	return 0;
}

/* ---- NULLS NOT DISTINCT ------------------------------------------------------------------ */

/* The one column of the set that may be NULL; UINT32_MAX if there is none, or if
 * there are several. With several the rows where one or the other is NULL would
 * need a set for each pattern, so there the columns are made NOT NULL instead. */
static uint32_t nullable(const struct compiler *k, const struct distinct_set *s)
{
	uint32_t got = UINT32_MAX;

	for (uint32_t i = 0; i < s->ncols; i++) {
		if (pg_column_not_null(compiler_column(k, s->cols[i])) ||
			k->b->columns[s->cols[i]].source == PLAN_GENERATED)
			continue;
		if (got != UINT32_MAX)
			return UINT32_MAX;
		got = s->cols[i];
	}
	return got;
}

/* The second set of NULLS NOT DISTINCT: where the column is NULL, the others are
 * distinct. */
static int one_null(struct compiler *k, struct distinct_set *s)
{
	uint32_t c = nullable(k, s), n = 0;
	struct distinct_set *rest;
	const char *is_null;

	if (c == UINT32_MAX || s->partial || s->why != NULL)
		return 0;
	if ((rest = add(k, *s, s->cols, s->ncols)) == NULL)
		return -1;
	for (uint32_t i = 0; i < s->ncols; i++)
		if (s->cols[i] != c)
			rest->cols[n++] = s->cols[i];
	rest->ncols = n;
	rest->nulls_equal = s->nulls_equal = false;
	rest->null_of = (int)c;
	is_null = arena_printf(k->a, "%s IS NULL", compile_quoted(k, c));
	return is_null != NULL ? compile_predicate(k, rest, is_null) : err_nomem(k->e);
}

/* ---- the sets -------------------------------------------------------------------------- */

/* The set that a key asks for, without its elements. */
static struct distinct_set set_of(const struct compiler *k, const struct pg_key *key)
{
	return (struct distinct_set){.name = key->name,
		.definition = key->definition,
		.null_of = -1,
		.nulls_equal = key->nulls_equal,
		.policy = k->b->t->policy[key->kind == KEY_PRIMARY ? PLAN_POLICY_PRIMARY_KEY
								   : PLAN_POLICY_UNIQUE]};
}

/* An exclusion constraint that compares by = alone is a set; others are spans. */
static int of_exclusion(struct compiler *k, const struct pg_key *key)
{
	const struct distinct_set what = set_of(k, key);
	struct distinct_set *s;

	/* of expressions nobody tells which values the database has */
	if (!key_by_equality(key) || (k->b->t->append && key->con->ncols < key->nparts))
		return interval_read(k, key);
	s = add(k, what, NULL, 0);
	if (s == NULL || (s->cols = arena_array(k->a, key->nparts, sizeof(s->cols[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < key->nparts; i++)
		if (expression(k, s, key->parts[i].text) == -1)
			return -1;
	return key->where != NULL ? compile_predicate(k, s, key->where) : 0;
}

/* A stored generated column of the set is what its expression makes of others. */
static int computed(struct compiler *k, struct distinct_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++) {
		const struct pg_column *c = compiler_column(k, s->cols[i]);
		struct err why = {.kind = ERR_NONE};
		struct sql_expr *x = NULL;
		const char *text;

		if (k->b->columns[s->cols[i]].source != PLAN_GENERATED || c->generated == NULL)
			continue;
		text = arena_printf(k->a, "(%s)::%s", c->generated, c->formatted);
		if (text == NULL)
			return err_nomem(k->e);
		if (sql_compile(&x, &k->scope, text, k->a, &why) == SQL_OK &&
			compile_note_image(k, s, x) == -1)
			return -1;
		if (why.kind == ERR_TEMP)
			return *k->e = why, -1;
	}
	return 0;
}

/* The set of one key or unique index. */
static int of_key(struct compiler *k, const struct pg_key *key)
{
	struct distinct_set *s;

	if (!key_is_unique(key) || !key_by_equality(key))
		return of_exclusion(k, key);
	s = add(k, set_of(k, key), key->cols, key->nparts);
	if (s == NULL || (key->where != NULL && compile_predicate(k, s, key->where) == -1))
		return -1;
	for (uint32_t i = 0; i < key->nparts; i++)
		if (key->cols[i] == UINT32_MAX && expression(k, s, key->parts[i].text) == -1)
			return -1;
	return computed(k, s);
}

/* Tells the columns that they are in a key, before their generators are
 * prepared. A column that is a whole key alone must be distinct by itself, and
 * its generator is asked for as many values as there are rows. */
static void tell(struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++) {
		uint32_t c = s->cols[i];

		k->member[c] = true;
		if (s->nulls_equal)
			k->not_null[c] = true;
		if (key_equality_of(compiler_column(k, c)) == KEY_CASE &&
			k->b->columns[c].source == PLAN_GENERATOR)
			k->equiv[c] |= SQL_EQUIV_CASE;
	}
	if (s->ncols == 1 && !s->partial && s->why == NULL &&
		k->b->columns[s->cols[0]].source == PLAN_GENERATOR) {
		uint64_t need = plan_need(k->b->t, s->name);

		k->alone[s->cols[0]] = true;
		if (need > k->need[s->cols[0]])
			k->need[s->cols[0]] = need;
	}
}

void compile_sort_sets(struct compiler *k)
{
	qsort(k->sets, k->nsets, sizeof(k->sets[0]), by_size);
}

/* Whether a column has the row's place among siblings, which is not to be drawn. */
static bool is_place(const char *id)
{
	const struct gen_op *op = genreg_find(id);

	return op != NULL && !op->derives && (op->reads & GR_SIBLINGS) != 0;
}

/* Makes all sets, sorts them, and tells the columns. */
int compile_sets(struct compiler *k)
{
	const struct pg_table *t = compiler_table(k);

	k->sets = arena_array(k->a, 2 * (size_t)t->nkeys + 1, sizeof(k->sets[0]));
	if (k->sets == NULL)
		return err_nomem(k->e);
	k->intervals = arena_array(k->a, t->nkeys + 1UL, sizeof(k->intervals[0]));
	if (k->intervals == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < t->nkeys; i++)
		if (of_key(k, &t->keys[i]) == -1)
			return -1;
	for (uint32_t i = 0, n = k->nsets; i < n; i++)
		if (k->sets[i].nulls_equal && one_null(k, &k->sets[i]) == -1)
			return -1;
	compile_sort_sets(k);
	for (uint32_t i = 0; i < k->nsets; i++)
		if (k->sets[i].policy != PLAN_IGNORE)
			tell(k, &k->sets[i]);
	for (uint32_t c = 0; c < t->ncolumns; c++)
		if (k->b->columns[c].source == PLAN_GENERATOR && is_place(k->b->t->columns[c].gen))
			k->member[c] = true;
	return 0;
}
