/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include "common/relation/foreign.h"
#include "common/schema/keyset.h"

/*
 * A partial key over a foreign key has room for so many rows of each parent: the first of its
 * children.  Which they are is known where the foreign key counts them; one that draws its
 * parents is made to count them for it (foreign_rank.h), so that what the plan asks of the
 * numbers of children stays as it was.
 *
 * Some are not: one that another key decides already (the second of a junction, where the first
 * counts), one that a check has in order with another, one that follows a key of whose parents
 * several have the values it follows by, and all of a table that is appended to.  Of those a single
 * row of the table may meet the predicate, of the last none.
 */

/* Whether the set holds the column of the foreign key that refers to col. */
static bool refers(const struct pg_constraint *fk, const struct distinct_set *s, uint32_t col)
{
	for (uint32_t i = 0; i < fk->ncols; i++)
		for (uint32_t j = 0; j < s->ncols; j++)
			if (fk->ref_cols[i] == col && s->cols[j] == fk->cols[i])
				return true;
	return false;
}

/* Whether the set's columns of the foreign key refer to a whole key of the
 * parent, and so tell its rows apart. */
static bool refers_to_key(const struct pg_constraint *fk, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < fk->ref->nkeys; i++) {
		const struct pg_key *key = &fk->ref->keys[i];
		uint32_t in = 0;

		while (in < key->nparts && refers(fk, s, key->cols[in]))
			in++;
		if (in == key->nparts && key_is_plain(key))
			return true;
	}
	return false;
}

/* Whether a row's rank by the foreign key is known, or can be made known. */
static bool counts(const struct compiler *k, uint32_t f)
{
	struct plan_how m = k->b->fks[f].how;

	if (k->b->t->append || k->b->fks[f].completes >= 0 || compile_parents_of(k, f) == 0)
		return false;
	return compile_may_rank(k, f) || how_rankable(m);
}

/* Whether f follows one that counts, no two of whose parents have the same
 * values for it. */
static bool takes_turns(const struct compiler *k, uint32_t f)
{
	const struct plan_fk *fk = &k->b->t->fks[f];
	const struct pg_constraint *c = &compiler_table(k)->cons[fk->con], *b;
	struct distinct_set shared = {.ncols = 0};

	if (!how_follows(k->b->fks[f].how) || !counts(k, fk->base) || k->b->fks[f].completes >= 0)
		return false;
	b = &compiler_table(k)->cons[k->b->t->fks[fk->base].con];
	shared.cols = arena_array(k->a, (size_t)c->ncols + fk->nsame + 1, sizeof(shared.cols[0]));
	for (uint32_t i = 0; shared.cols != NULL && i < c->ncols; i++)
		shared.cols[shared.ncols++] = c->cols[i];
	for (uint32_t i = 0; shared.cols != NULL && i < fk->nsame; i++)
		shared.cols[shared.ncols++] = fk->same[i].column;
	return refers_to_key(b, &shared);
}

/* Whether ranks by f are ranks among fewer rows than those by its base. */
static bool is_finer(const struct compiler *k, const struct distinct_set *s, uint32_t f)
{
	return compile_names(k, s, f) &&
	       ((how_agrees(k->b->fks[f].how) && how_forest(k->b->fks[f].how) && counts(k, f)) ||
		       takes_turns(k, f));
}

/* The foreign key whose children a partial key counts, or -1 for the whole
 * table. One that already knows ranks comes before one that must be made to; one
 * that names a finer group comes before its base, since it leaves room for more
 * rows. */
int compile_partial_ranking_fk(
	const struct compiler *k, const struct distinct_set *s, const struct key_units *u)
{
	int f = -1;

	for (int planned = 1; planned >= 0 && f < 0; planned--)
		for (uint32_t i = 0; i < u->n && f < 0; i++)
			if (u->v[i].is_fk && compile_may_rank(k, u->v[i].at) &&
				how_enumerable(k->b->fks[u->v[i].at].how) == planned)
				f = (int)u->v[i].at;
	for (uint32_t i = 0; i < k->b->t->nfks; i++)
		if ((f < 0 || (int)k->b->t->fks[i].base == f) && is_finer(k, s, i))
			return (int)i;
	for (uint32_t i = 0; i < u->n && f < 0; i++)
		if (u->v[i].is_fk && counts(k, u->v[i].at))
			f = (int)u->v[i].at;
	return f;
}

/* Has the foreign key know ranks, and the one that it follows too. */
void compile_count_children(struct compiler *k, uint32_t f)
{
	struct program_fk *fk = &k->b->fks[f];

	fk->how.ranked = true;
	if (how_follows(fk->how))
		compile_count_children(k, k->b->t->fks[f].base);
}

/* ---- rings ------------------------------------------------------------------------------ */

/* Whether the set is distinct because its foreign key goes round in cycles: each
 * row is then referred to once. */
bool compile_ringed(const struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (how_cycles(k->b->fks[f].how) &&
			(compile_names(k, s, f) ||
				refers_to_key(&compiler_table(k)->cons[k->b->t->fks[f].con], s)))
			return true;
	return false;
}
