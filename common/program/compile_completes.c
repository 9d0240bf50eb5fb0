/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include "common/relation/foreign.h"
#include "common/schema/keyset.h"

/*
 * Unique keys that foreign keys which share columns make distinct together: (tenant_id, user_id,
 * role_id).  How many ways there are to complete a parent's children is for the parents' values
 * to tell: foreign_join() asks them.
 */

enum { COLUMNS = 32 }; /* of a key of PostgreSQL's */

/* Whether rows with equal values in the set have one parent by the foreign key. */
bool compile_tells(const struct compiler *k, const struct distinct_set *s, uint32_t f)
{
	const struct pg_constraint *con = &compiler_table(k)->cons[k->b->t->fks[f].con];
	uint32_t cols[COLUMNS], n = 0;

	for (uint32_t i = 0; con->ref_cols != NULL && i < con->ncols && n < COLUMNS; i++)
		if (pg_has_column(s->cols, s->ncols, con->cols[i]))
			cols[n++] = con->ref_cols[i];
	return compile_names(k, s, f) || (n > 0 && keyset_tells_apart(con->ref, cols, n));
}

/* Whether foreign key f has a column that the other has not. If not, it has no
 * choice left once the other has chosen. */
static bool has_own(const struct compiler *k, uint32_t f, uint32_t of)
{
	const struct pg_constraint *con = &compiler_table(k)->cons[k->b->t->fks[f].con];
	const struct pg_constraint *first = &compiler_table(k)->cons[k->b->t->fks[of].con];

	for (uint32_t i = 0; i < con->ncols; i++)
		if (!pg_has_column(first->cols, first->ncols, con->cols[i]))
			return true;
	return false;
}

/* Whether f follows the base and takes part in the key. */
static bool is_follower(
	const struct compiler *k, const struct distinct_set *s, uint32_t f, uint32_t base)
{
	return how_follows(k->b->fks[f].how) && k->b->t->fks[f].base == base &&
	       k->b->fks[f].completes < 0 && !k->b->t->fks[f].optional && has_own(k, f, base) &&
	       compile_tells(k, s, f);
}

/* Whether column ${c} of the row is one that FK f is tied to. */
static bool tied_to(const struct compiler *k, uint32_t f, uint32_t c)
{
	const struct plan_fk *fk = &k->b->t->fks[f];
	const struct pg_constraint *con = &compiler_table(k)->cons[fk->con];
	bool any = pg_has_column(con->cols, con->ncols, c);

	for (uint32_t i = 0; i < fk->nsame; i++)
		any = any || fk->same[i].column == c;
	return any;
}

/* Whether the followers' parents say who the base's parent is, by the columns
 * they have in common. */
static bool implied(const struct compiler *k, const struct distinct_set *s, uint32_t base)
{
	const struct pg_constraint *con = &compiler_table(k)->cons[k->b->t->fks[base].con];

	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		uint32_t cols[COLUMNS], n = 0;

		for (uint32_t i = 0; is_follower(k, s, f, base) && i < con->ncols && n < COLUMNS;
			i++)
			if (tied_to(k, f, con->cols[i]))
				cols[n++] = con->ref_cols[i];
		if (n > 0 && keyset_tells_apart(con->ref, cols, n))
			return true;
	}
	return false;
}

/* The base, its followers and the columns that draw. Without followers it is no
 * joint key, and the result is 0. A base whose parent a follower determines
 * counts as one branch. */
static uint32_t units_of(
	const struct compiler *k, const struct distinct_set *s, uint32_t base, struct key_units *u)
{
	uint32_t followers = 0;

	u->v[0] = (struct key_unit){
		true, base, compile_tells(k, s, base) ? compile_parents_of(k, base) : 1};
	u->n = 1;
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (is_follower(k, s, f, base)) {
			u->v[u->n++] = (struct key_unit){true, f, compile_parents_of(k, f)};
			if (!has_own(k, base, f))
				u->v[0].space = 1; /* which of it, a follower says too */
			followers++;
		}
	for (uint32_t i = 0; i < s->ncols; i++)
		if (compile_draws(k, s->cols[i]) && k->b->columns[s->cols[i]].pick == DRAW_RANDOM &&
			!k->complemented[s->cols[i]])
			u->v[u->n++] = (struct key_unit){
				false, s->cols[i], k->b->columns[s->cols[i]].gen.space};
	return followers;
}

/* Makes the joint key: columns get digits, followers are chosen by what is left. */
static void take(struct compiler *k, const struct distinct_set *s, const struct key_units *u)
{
	uint32_t base = u->v[0].at;
	int at = compile_take_key(k, s->name, (int)base, plan_need(k->b->t, s->name));

	k->b->keys[at].joint = true;
	for (uint32_t i = 1; i < u->n; i++)
		if (u->v[i].is_fk)
			k->b->fks[u->v[i].at].completes = at;
		else
			compile_take_column(k, (uint32_t)at, u->v[i].at);
	k->b->keys[at].times = k->b->keys[at].size;
}

/* Tries every foreign key as the base, in the order of the table's constraints.
 * The ways that the plan's numbers of rows allow are an upper bound; how many
 * there really are is known when the parents are, and the engine checks it then.
 * Returns 1 if the key is planned or reported. */
int compile_completes(struct compiler *k, const struct distinct_set *s)
{
	uint64_t need = plan_need(k->b->t, s->name);
	struct key_units u;

	u.v = arena_array(k->a, s->ncols + k->b->t->nfks + 1UL, sizeof(u.v[0]));
	if (u.v == NULL)
		return err_nomem(k->e);
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		uint64_t branches = 1;

		if (!compile_may_rank(k, f) || (!compile_tells(k, s, f) && !implied(k, s, f)) ||
			units_of(k, s, f, &u) == 0)
			continue;
		for (uint32_t i = 0; i < u.n; i++)
			branches = foreign_ways(branches, u.v[i].space);
		if (branches < need)
			return compile_too_small(k, s, &u) == -1 ? -1 : 1;
		take(k, s, &u);
		return 1;
	}
	return 0;
}
