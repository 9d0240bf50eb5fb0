/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_PARTIAL_H
#define COMMON_FOREIGN_PARTIAL_H

#include <stdint.h>

#include "common/base/arena.h"
#include "common/plan/plan.h"

/*
 * partial: rows of a composite foreign key, MATCH SIMPLE, in which only some columns are NULL.
 * Such a row has no parent: nothing is read there.  The columns that are not NULL have the
 * values of one row that may be picked, the other; several rows may have the same one, whatever
 * the relationship says of children, for it has no child in them.
 *
 * Columns of a key are named by bits: 1 << i is cols[i] of its constraint.
 */

enum { PARTIAL_COLUMNS = 10 }; /* that may be NULL, of one key: 1,023 patterns */

struct partial {
	uint64_t key;	       /* stream */
	const uint32_t *masks; /* patterns of NULLs, any alike; all columns is none of them */
	uint32_t nmasks;       /* 0: all columns are NULL, or none */
	uint64_t below;	       /* of rows without a parent, those whose draw is below are partial */
};

/** partial_nullable(t, con): the columns of the key that may be NULL, as the table has them. */
uint32_t partial_nullable(const struct pg_table *t, const struct pg_constraint *con);

/** partial_all(con): all columns of the key. */
uint32_t partial_all(const struct pg_constraint *con);

/** partial_null_rate(t, con, i, fk): how often column ${i} of the key is NULL, where ${fk} makes
 *  all patterns alike. */
double partial_null_rate(const struct pg_table *t, const struct pg_constraint *con, uint32_t i,
	const struct plan_fk *fk);

/** partial_init(p, t, fk, a): what t->fks[fk] says, key left as it is; every pattern that the
 *  table's columns allow.  -1: out of memory. */
int partial_init(struct partial *p, const struct plan_table *t, uint32_t fk, struct arena *a);

/** partial_followed(t, fk): of a key that follows another, the columns of that
 *  one, its base, which it shares or is tied to. */
uint32_t partial_followed(const struct plan_table *t, uint32_t fk);

struct relation;

/**
 * relation_others(r, row, n, parent, other, nulls):
 * After relation_pick(), of a relation with patterns.  nulls[i]: which columns of child row[i]
 * are NULL; other[i]: the row of the parent that the rest have their values from, UINT64_MAX
 * where parent[i] is one, or where there is no rest.
 */
void relation_others(const struct relation *r, const uint64_t *row, uint32_t n,
	const uint64_t *parent, uint64_t *other, uint32_t *nulls);

/** relation_values(parent, other, nulls, n, columns, at): at[i]: the row of the parent that
 *  ${columns} have their values from in row i; UINT64_MAX: one of them is NULL. */
void relation_values(const uint64_t *parent, const uint64_t *other, const uint32_t *nulls,
	uint32_t n, uint32_t columns, uint64_t *at);

#endif
