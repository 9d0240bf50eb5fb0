/* SPDX-License-Identifier: MIT */
/*
 * What is distinct already, before a key is planned for it: by a sequence, by a key
 * that is planned, or by an exclusion constraint. Planning only what is left keeps
 * columns free for other keys, since each of them can be a digit of one key only.
 */
#include <string.h>

#include "common/program/compile.h"
#include "common/schema/keyset.h"

/* What is distinct already: by a sequence, a key that is planned, or an exclusion constraint. */

/* Whether the column's values are distinct by themselves: a sequence that does
 * not reach its end, a column that the server numbers, or a digit that is a
 * whole key. */
static bool counts(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];
	const struct pg_column *col = compiler_column(k, c);

	if (b->source == PLAN_SERVER_DEFAULT)
		return col->identity != PG_IDENTITY_NONE || col->sequence != NULL;
	if (b->source != PLAN_GENERATOR || b->gen.op == NULL)
		return false;
	if (b->suffix != NULL)
		return true;
	if (b->gen.op->derives)
		return k->alone[c] && b->gen.space >= k->need[c];
	if (k->loose[c])
		return false;
	if (b->gen.affine) {
		__int128 last = b->gen.lo + (__int128)b->gen.step * (k->b->t->rows - 1);

		return b->gen.step > 0 ? last <= b->gen.hi : b->gen.step < 0 && last >= b->gen.hi;
	}
	return b->pick == DRAW_DIGIT && b->div == 1 && k->b->keys[b->key].ranking_fk < 0 &&
	       !k->b->keys[b->key].partial && b->size >= k->b->keys[b->key].need;
}

/* Whether no two rows have a parent in common by a foreign key that the set names. */
static bool is_single(const struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		struct plan_how h = k->b->fks[f].how;

		if (how_picks(h) && compile_names(k, s, f) && !s->nulls_equal &&
			!(k->b->t->fks[f].partial_nulls > 0) && k->b->fks[f].completes < 0 &&
			k->b->t->rows <= compile_parents_of(k, f) &&
			(how_one_to_one(h) ||
				(how_enumerable(h) && compile_most_children(k, f) <= 1)))
			return true;
	}
	return false;
}

/* Whether a column of the set is later in each row than in the sibling before it, by a foreign key
 * that the set names.  Where the parent may not say when the first is, siblings may all have the
 * same. */
static bool is_in_order(const struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++) {
		const struct program_column *b = &k->b->columns[s->cols[i]];
		const struct pg_constraint *con = NULL;
		bool known = b->source == PLAN_GENERATOR && b->gen.op != NULL && b->gen.every > 0;

		for (uint32_t j = 0; known && j < b->gen.nin; j++) {
			const struct gen_input *in = &b->gen.in[j];

			if (in->from == GEN_NUMBER)
				con = &compiler_table(k)->cons[in->fk];
			else if (in->from == GEN_PARENT)
				known = in->nhops == 0 &&
					pg_column_not_null(&compiler_table(k)
								    ->cons[in->fk]
								    .ref->columns[in->column]);
		}
		if (known && con != NULL && !s->nulls_equal && con->ncols > 0 &&
			compile_set_holds(s, con->cols, con->ncols) &&
			compile_only_nulls(&k->b->t->columns[s->cols[i]]))
			return true;
	}
	return false;
}

/* Whether one of the sets before it, of the same rows, has no more columns than it. */
static bool is_implied(const struct compiler *k, const struct distinct_set *s,
	const struct distinct_set *done, uint32_t ndone)
{
	const struct pg_table *t = compiler_table(k);
	const struct pg_key *key = NULL, *other = NULL;

	for (uint32_t i = 0; i < t->nkeys; i++)
		if (strcmp(t->keys[i].name, s->name) == 0)
			key = &t->keys[i];
	for (uint32_t d = 0; key != NULL && d < ndone; d++)
		for (uint32_t i = 0; i < t->nkeys; i++) {
			other = &t->keys[i];
			if (done[d].policy != PLAN_IGNORE && other != key &&
				strcmp(other->name, done[d].name) == 0 &&
				key_implies(t, other, key))
				return true;
		}
	return false;
}

/* A set is distinct if a part of it is: by a set planned before, a column that
 * counts, ranks, cycles, or an exclusion constraint. A column that is always
 * NULL makes rows distinct, as NULLs are not equal in unique keys. */
bool compile_distinct_by(const struct compiler *k, const struct distinct_set *s,
	const struct distinct_set *done, uint32_t ndone)
{
	for (uint32_t i = 0; i < ndone; i++)
		if (done[i].policy != PLAN_IGNORE && !done[i].partial && done[i].ncols > 0 &&
			compile_set_holds(s, done[i].cols, done[i].ncols))
			return true;
	for (uint32_t i = 0; i < s->ncols; i++) {
		if (counts(k, s->cols[i]))
			return true;
		if (!s->nulls_equal && k->b->columns[s->cols[i]].source == PLAN_ALWAYS_NULL)
			return true;
	}
	if (k->search != NULL &&
		(is_single(k, s) || is_in_order(k, s) || is_implied(k, s, done, ndone)))
		return true;
	return compile_ranked(k, s) || compile_ringed(k, s) || interval_covers(k, s);
}

bool compile_distinct(const struct compiler *k, const struct distinct_set *s)
{
	return compile_distinct_by(k, s, k->sets, k->nsets);
}
