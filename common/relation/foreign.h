/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_H
#define COMMON_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/perm.h"
#include "common/base/vec.h"
#include "common/io/rundir.h"
#include "common/keys/keys.h"
#include "common/plan/plan.h"
#include "common/relation/foreign_alias.h"
#include "common/relation/foreign_fan.h"
#include "common/relation/foreign_partial.h"

/*
 * foreign: how rows of a child choose rows of its parents, for blocks of rows.  A child knows its
 * parents only through their mapped key snapshots; no database is asked.
 *
 * A relationship turns row numbers of the child into row numbers of the parent, and keys_gather()
 * reads values at them.  A composite FK is one choice of one parent row: its members never
 * disagree.  What an engine makes of that for one row, context.h tells one value at a time.
 */

struct err;

/* ---- relationships: child row -> parent row, a pure function -------------------- */

struct relation {
	struct plan_how how;
	uint64_t key;		       /* stream of (child table, constraint) */
	uint64_t rows;		       /* of the child */
	uint64_t parents;	       /* rows of the parent, or of ... */
	uint32_t excluded;	       /* not counting so many of them, a twin's */
	const uint64_t *eligible;      /* ... those of them that may be picked; NULL: all */
	uint64_t null_key, null_below; /* NULL when rng_at(null_key, row) < null_below */
	struct partial partial;	       /* of rows without a parent */
	struct perm perm;	       /* one to one; paired; cover */
	bool shuffled, cover;
	struct perm shuffle; /* shuffled: row -> place among the clustered */
	/* even in proportion, or weighted and ranked: of cum[parents] parts of the rows parent
	 * p has those from cum[p] to cum[p + 1]; NULL: all have one */
	const uint64_t *cum;
	uint64_t most, least;		       /* with it: children of a parent */
	struct fan fan;			       /* fan-out, zipf */
	const struct alias_place *alias_table; /* weighted: [parents], out of ... */
	uint64_t total;
	uint64_t linked; /* fan-out: rows that are not NULL */
	/* A forest: the first rows are roots, the others have a parent before them: any, or, where
	 * the depth is bounded, one of the level above. */
	uint64_t roots, *level0; /* [nlevels + 1] */
	uint32_t nlevels;
	bool own_roots; /* a root is its own parent, not NULL ... */
	uint64_t least_roots;
	uint64_t turn;	  /* ... or that of the root so many places before it, in a ring of them */
	bool ranks_draws; /* how_ranks_draws(how), asked of every row: see foreign_rank.h */
	/* A forest within: the same among the children of each parent by this one, which is
	 * enumerable; roots of each, or if that is 0 a share of them.  A cycle within: a cycle of
	 * them. */
	const struct relation *within;
	uint64_t root_share; /* of 2^64 */
	uint32_t max_depth;
	/* Paired (a junction): parent = digit of the k-th element of a bijection that the
	 * parent chosen by ${paired_with} names; k is this row's position among its siblings there.
	 */
	const struct relation *paired_with;
	uint64_t pair_key, div;
};

/** relation_init(r, how, key, rows, parents, null_rate): one that picks needs parents > 0, and
 *  one to one rows <= parents. */
void relation_init(struct relation *r, struct plan_how how, uint64_t key, uint64_t rows,
	uint64_t parents, double null_rate);

/**
 * relation_shape(r, f, a, e):
 * After relation_init(): what ${f}, of the same foreign key, says beyond how: fan-out,
 * order, cover.  ERR_NO where no sharing of the rows among the parents is within the bounds;
 * a fan-out's NULL share is then exact, not drawn.  Tables, of bounded size, are made in ${a}.
 */
int relation_shape(struct relation *r, const struct plan_fk *f, struct arena *a, struct err *e);

/** relation_linked(rows, null_rate): how many of them a fan-out leaves to the parents. */
uint64_t relation_linked(uint64_t rows, double null_rate);

/** relation_pair(r, with, key, total, div): make ${r} paired with the enumerable ${with}:
 *  parent = nth(total, k) / div % parents; children beyond ${total} begin anew. */
void relation_pair(struct relation *r, const struct relation *with, uint64_t key, uint64_t total,
	uint64_t div);

/** relation_most(r), relation_least(r): the most and the fewest children that any parent has, of
 *  a listed one, before NULLs that are drawn. */
uint64_t relation_most(const struct relation *r);
uint64_t relation_least(const struct relation *r);

/**
 * relation_pick(r, row, n, parent, k):
 * parent[i] = row number of the parent of child row[i], UINT64_MAX for NULL.  Where the
 * relationship is enumerable and ${k} is not NULL, k[i] = position among its siblings,
 * and where the FK is NULL parent's place is still counted.
 */
void relation_pick(
	const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k);

/** relation_place(r, row, parent, k): the same for one row of an enumerable or ranked one, before
 *  NULLs (those of a fan-out and of a forest, which have no place, are UINT64_MAX, 0). */
void relation_place(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k);

/** relation_share(r, rows, row, parent, k): the same of ${rows} rows, shared among the parents of
 *  ${r} evenly, or in proportion where it has cum, siblings together. */
void relation_share(
	const struct relation *r, uint64_t rows, uint64_t row, uint64_t *parent, uint64_t *k);

/** relation_count(r, parent), relation_child(r, parent, k): of a listed one: how many children a
 *  parent has, and the row of the k-th. */
uint64_t relation_count(const struct relation *r, uint64_t parent);
uint64_t relation_child(const struct relation *r, uint64_t parent, uint64_t k);

/** relation_place_of(r, parent): the place of a row of the parent's table among those that may be
 *  picked, by which relation_count() and relation_children() know it; UINT64_MAX: it is none. */
uint64_t relation_place_of(const struct relation *r, uint64_t parent);

/** relation_children(r, parent, k, n, row): the same for ${n} siblings from the k-th on. */
void relation_children(
	const struct relation *r, uint64_t parent, uint64_t k, uint32_t n, uint64_t *row);

/** relation_siblings(r, row, n, count): how many children the parent of each row has, of an
 *  enumerable one; 0 for rows of a fan-out without one. */
void relation_siblings(const struct relation *r, const uint64_t *row, uint32_t n, int64_t *count);

/* ---- the context of a table ------------------------------------------------------- */

struct foreign;

/** foreign_open(fc, run, plan, child, read, a, e): the context of one child table: maps the parents
 *  of the foreign keys with read[i]; NULL: of all.  A parent without rows is refused when a row
 *  needs one. */
int foreign_open(struct foreign **fc, const struct rundir *run, const struct plan *plan,
	const struct plan_table *child, const bool *read, struct arena *a, struct err *e);
void foreign_close(struct foreign *fc);

/** foreign_run(fc): the run it is of. */
const struct rundir *foreign_run(const struct foreign *fc);

/** foreign_sum_weights(fc, fk, e): of a weighted foreign key that is to be ranked: its relation's
 *  cum, 8 bytes a parent in a scratch file.  As foreign_open() refuses weights. */
int foreign_sum_weights(struct foreign *fc, uint32_t fk, struct err *e);

/* ---- batch form ------------------------------------------------------------------ */

/** foreign_relation(fc, fk): the relationship of child->fks[fk]; the engine pairs junctions. */
struct relation *foreign_relation(const struct foreign *fc, uint32_t fk);

/**
 * foreign_correlated(fc, fk, r, base, row, n, parent, k):
 * Parents of an FK that shares columns with another, its base: any that has the values which
 * base[i], the row's parent by that, has.  ${r} is its relation, as the attempt draws it.  Ranked
 * ones, k[i] being the place among siblings: they take their turn.
 */
void foreign_correlated(const struct foreign *fc, uint32_t fk, const struct relation *r,
	const uint64_t *base, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k);

/**
 * foreign_group(fc, fk, base, n, first, size):
 * The parents that an FK which shares columns with its base, base[i] being the row's parent by
 * that, may pick: ${size}[i] of them (0 where that is UINT64_MAX), from ${first}[i] on;
 * foreign_grouped(fc, fk, at): the row of the parent at that place.
 */
void foreign_group(const struct foreign *fc, uint32_t fk, const uint64_t *base, uint32_t n,
	uint64_t *first, uint64_t *size);
uint64_t foreign_grouped(const struct foreign *fc, uint32_t fk, uint64_t at);

/* A unique key that an FK, the base, and others, which follow it, make distinct together; without
 * followers: one that has room for so many children of a parent. */
struct foreign_joint {
	const char *name;	   /* of the key */
	const uint32_t *followers; /* in child->fks */
	uint32_t n;
	uint64_t times; /* ways that columns of the key add to each combination of parents */
};

enum { FOREIGN_WAYS_MAX_BITS = 62 };

/** foreign_ways(a, b): a * b, as far as it goes: 2^62 at most. */
uint64_t foreign_ways(uint64_t a, uint64_t b);

/**
 * foreign_join(fc, base, j, n, e):
 * Have the relation of the base, which lists its children, give no parent more of them than
 * there are ways to complete each of ${n} keys: one that is even shares the rows in
 * proportion to the ways.  ERR_NO, with the numbers, where that cannot be.  What is found is kept
 * for the next call with the same keys: they are the same for all shards.
 */
int foreign_join(struct foreign *fc, uint32_t base, const struct foreign_joint *j, uint32_t n,
	struct err *e);

/** foreign_keys(fc, fk): the mapped snapshot of that FK's parent; NULL when it has none to read. */
const struct keys *foreign_keys(const struct foreign *fc, uint32_t fk);

#endif
