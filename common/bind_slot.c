/* SPDX-License-Identifier: MIT */
#include "common/bind_int.h"

#include "common/foreign.h"

/*
 * A partial key over a foreign key has room for so many rows of each parent: the first of its
 * children.  Which they are is known where the foreign key counts them; one that draws its
 * parents is made to count them for it (foreign_count.h), so that what the plan asks of the
 * numbers of children stays as it was.
 */

/* Drawn as the plan has it, by nothing else decided. */
static bool may_count(const struct binder *k, uint32_t f)
{
	const struct bound_fk *fk = &k->b->fks[f];
	enum plan_fk_mode m = fk->mode;

	if (k->b->t->append || fk->pair >= 0 || bind_parents_of(k, f) == 0)
		return false;
	return m == PLAN_FK_ZIPF || m == PLAN_FK_WEIGHTED || m == PLAN_FK_FOREST ||
	       m == PLAN_FK_GROVE;
}

/* A tree within the children of another parent: its rows are parents by more than that one. */
static int grove(const struct binder *k, const struct bind_set *s)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (k->b->fks[f].mode == PLAN_FK_GROVE && bind_names(k, s, f) && may_count(k, f))
			return (int)f;
	return -1;
}

int bind_slot_anchor(const struct binder *k, const struct bind_set *s, const struct bind_units *u)
{
	int f = grove(k, s);

	for (int planned = 1; planned >= 0 && f < 0; planned--)
		for (uint32_t i = 0; i < u->n && f < 0; i++)
			if (u->v[i].is_fk && bind_may_anchor(k, u->v[i].at) &&
				relation_enumerable(k->b->fks[u->v[i].at].mode) == planned)
				f = (int)u->v[i].at;
	for (uint32_t i = 0; i < u->n && f < 0; i++)
		if (u->v[i].is_fk && may_count(k, u->v[i].at))
			f = (int)u->v[i].at;
	return f;
}

void bind_count(struct binder *k, uint32_t f)
{
	if (!relation_enumerable(k->b->fks[f].mode))
		k->b->fks[f].counted = true;
}

/* ---- rings ------------------------------------------------------------------------------ */

/* Whether the set holds the column of the foreign key that refers to ${col}. */
static bool refers(const struct pg_constraint *fk, const struct bind_set *s, uint32_t col)
{
	for (uint32_t i = 0; i < fk->ncols; i++)
		for (uint32_t j = 0; j < s->ncols; j++)
			if (fk->ref_cols[i] == col && s->cols[j] == fk->cols[i])
				return true;
	return false;
}

static bool refers_to_key(const struct pg_constraint *fk, const struct bind_set *s)
{
	for (uint32_t i = 0; i < fk->ref->ncons; i++) {
		const struct pg_constraint *c = &fk->ref->cons[i];
		uint32_t in = 0;

		if (c->kind != PG_CON_PRIMARY && c->kind != PG_CON_UNIQUE)
			continue;
		while (in < c->ncols && refers(fk, s, c->cols[in]))
			in++;
		if (in == c->ncols)
			return true;
	}
	return false;
}

bool bind_ringed(const struct binder *k, const struct bind_set *s)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (k->b->fks[f].mode == PLAN_FK_RING &&
			(bind_names(k, s, f) ||
				refers_to_key(&bind_table(k)->cons[k->b->t->fks[f].con], s)))
			return true;
	return false;
}
