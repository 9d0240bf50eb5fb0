/* SPDX-License-Identifier: MIT */
/*
 * Composite foreign keys with MATCH SIMPLE accept a row as soon as one of its
 * columns is NULL. Such rows need not be NULL in every column. Here they get a
 * pattern of NULLs, and the remaining columns are read from some parent, so that
 * they look real. A pattern is a set of bits, one for each column of the key.
 */
#include "common/relation/foreign_partial.h"

#include "common/base/rng.h"
#include "common/relation/foreign.h"

/* The columns of a key that may be NULL: neither NOT NULL nor part of the
 * primary key. */
uint32_t partial_nullable(const struct pg_table *t, const struct pg_constraint *con)
{
	const struct pg_constraint *pk = pg_primary(t);
	uint32_t bits = 0;

	for (uint32_t i = 0; i < con->ncols; i++) {
		bool may = !pg_column_not_null(&t->columns[con->cols[i]]) &&
			   (pk == NULL || !pg_has_column(pk->cols, pk->ncols, con->cols[i]));

		bits |= (uint32_t)may << i;
	}
	return bits;
}

uint32_t partial_all(const struct pg_constraint *con)
{
	return con->ncols >= 32 ? UINT32_MAX : (UINT32_C(1) << con->ncols) - 1;
}

/* The share of rows in which column i of a foreign key is NULL. All patterns but
 * the one without NULLs are equally frequent, and the one with NULLs everywhere
 * is not among them. */
double partial_null_rate(const struct pg_table *t, const struct pg_constraint *con, uint32_t i,
	const struct plan_fk *fk)
{
	uint32_t bits = partial_nullable(t, con);
	double with = (double)(UINT64_C(1) << (__builtin_popcount(bits) - (bits != 0)));
	double of = bits == partial_all(con) ? 0.5 : with / (2 * with - 1);

	if (!(bits >> i & 1))
		return 0;
	return fk->null_rate * (1 - fk->partial_nulls * (1 - of));
}

/* Lists the patterns that may be drawn. Columns that belong to another foreign
 * key too are left out, since that key decides about them. The loop counts
 * through all subsets of a bit set (Knuth, TAOCP 4A, 7.1.3). */
int partial_init(struct partial *p, const struct plan_table *t, uint32_t fk, struct arena *a)
{
	const struct pg_constraint *con = &t->table->cons[t->fks[fk].con];
	uint32_t bits = partial_nullable(t->table, con), all = partial_all(con), mask = 0, *masks;

	p->nmasks = 0;
	p->below = rng_share(t->fks[fk].partial_nulls);
	if (p->below == 0)
		return 0;
	for (uint32_t i = 0; i < con->ncols; i++)
		if (t->columns[con->cols[i]].source != PLAN_FOREIGN ||
			t->columns[con->cols[i]].fk != fk)
			bits &= ~(UINT32_C(1) << i);
	if (__builtin_popcount(bits) > PARTIAL_COLUMNS)
		return 0;
	if ((masks = arena_array(a, UINT64_C(1) << PARTIAL_COLUMNS, sizeof(*masks))) == NULL)
		return -1;
	while ((mask = (mask - bits) & bits) != 0) /* every part of bits */
		if (mask != all)
			masks[p->nmasks++] = mask;
	p->masks = masks;
	return 0;
}

/* The columns of the base that a follower reads: shared ones and those that are
 * to be equal. */
uint32_t partial_followed(const struct plan_table *t, uint32_t fk)
{
	const struct plan_fk *f = &t->fks[fk];
	const struct pg_constraint *con = &t->table->cons[f->con];
	const struct pg_constraint *base = &t->table->cons[t->fks[f->base].con];
	uint32_t bits = 0;

	for (uint32_t i = 0; i < base->ncols; i++) {
		bool in = pg_has_column(con->cols, con->ncols, base->cols[i]);

		for (uint32_t s = 0; s < f->nsame; s++)
			in = in || f->same[s].column == base->cols[i];
		bits |= (uint32_t)in << i;
	}
	return bits;
}

/* A row that may be picked: of weighted ones by their weights, which leave out those of 0. */
static uint64_t any_parent(const struct relation *r, uint64_t draw, uint64_t more)
{
	uint64_t at = r->alias_table != NULL
			      ? alias_pick(r->alias_table, r->parents, r->total, draw, more)
			      : rng_below(draw, r->parents);

	return r->eligible != NULL ? r->eligible[at] : at;
}

/* For rows without a parent, which pattern they have and whose values their
 * other columns show. The draws come from streams of their own, so that rows
 * with a parent are the same with and without patterns. */
void relation_others(const struct relation *r, const uint64_t *row, uint32_t n,
	const uint64_t *parent, uint64_t *other, uint32_t *nulls)
{
	const struct partial *p = &r->partial;
	uint64_t which = rng_subkey(p->key, 1), whose = rng_subkey(p->key, 2);
	uint64_t more = rng_subkey(p->key, 3);

	for (uint32_t i = 0; i < n; i++) {
		other[i] = UINT64_MAX;
		nulls[i] = parent[i] == UINT64_MAX ? UINT32_MAX : 0;
		if (parent[i] != UINT64_MAX ||
			(p->below != UINT64_MAX && rng_at(p->key, row[i]) >= p->below))
			continue;
		nulls[i] = p->masks[rng_below(rng_at(which, row[i]), p->nmasks)];
		other[i] = any_parent(r, rng_at(whose, row[i]), rng_at(more, row[i]));
	}
}

/* Whose values a column shows: the row's parent, or for a pattern the other row
 * unless the column is NULL in it. */
void relation_values(const uint64_t *parent, const uint64_t *other, const uint32_t *nulls,
	uint32_t n, uint32_t columns, uint64_t *at)
{
	for (uint32_t i = 0; i < n; i++) {
		at[i] = parent[i];
		if (parent[i] == UINT64_MAX && (nulls[i] & columns) == 0)
			at[i] = other[i];
	}
}
