/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_H
#define COMMON_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/keys.h"
#include "common/perm.h"
#include "common/plan.h"
#include "common/rundir.h"
#include "common/vec.h"

/*
 * foreign: the ForeignContext.  A child knows its parents only through their
 * mapped key snapshots: pick_fk chooses the parent of a row, lookup_parent
 * reads a parent's column.  No database is asked.
 *
 * The engine uses the batch form: a relationship turns row numbers of the child
 * into row numbers of the parent, and keys_gather() reads values at them.  A
 * composite FK is one choice of one parent row: its members never disagree.
 */

struct err;

/* ---- relationships: child row -> parent row, a pure function -------------------- */

struct relation {
	enum plan_fk_mode mode;
	uint64_t key;	  /* stream of (child table, constraint) */
	uint64_t rows;	  /* of the child */
	uint64_t parents; /* rows of the parent */
	double null_rate;
	struct perm perm; /* one to one */
};

/** relation_init(r, mode, key, rows, parents, null_rate) */
void relation_init(struct relation *r, enum plan_fk_mode mode, uint64_t key, uint64_t rows,
	uint64_t parents, double null_rate);

/**
 * relation_pick(r, row, n, parent, k):
 * parent[i] = row number of the parent of child row[i], UINT64_MAX for NULL.  Where the
 * relationship is enumerable and ${k} is not NULL, k[i] = position among its siblings.
 */
void relation_pick(
	const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k);

/** relation_children(r, parent, first, count): enumerable ones: rows [first, first + count). */
void relation_children(const struct relation *r, uint64_t parent, uint64_t *first, uint64_t *count);

/* ---- the contract, one value at a time ------------------------------------------ */

struct foreign;

/* One value, typed; texts live as long as the context. */
struct fvalue {
	enum vtype type;
	uint8_t scale;
	bool null;
	union {
		int64_t i;
		double f;
		struct uuid u;
		struct vtext t;
	} v;
};

/** foreign_open(fc, run, plan, child, a, e): the context of one child table: maps its parents. */
int foreign_open(struct foreign **fc, const struct rundir *run, const struct plan *plan,
	const struct plan_table *child, struct arena *a, struct err *e);
void foreign_close(struct foreign *fc);

/** foreign_seek(fc, row): the child row the next picks are for. */
void foreign_seek(struct foreign *fc, uint64_t row);

/** foreign_pick_fk(fc, schema, table, fk_column, out, e): the parent key for the current row:
 *  the value ${fk_column} of child ${schema}.${table} takes. */
int foreign_pick_fk(struct foreign *fc, const char *schema, const char *table,
	const char *fk_column, struct fvalue *out, struct err *e);

/**
 * foreign_lookup_parent(fc, schema, table, key, column, out, e):
 * The value of ${column} in the row of parent ${schema}.${table} whose single-column key is
 * ${key}: 1 found, 0 none, -1 error.  The first lookup in a parent builds an index in memory.
 */
int foreign_lookup_parent(struct foreign *fc, const char *schema, const char *table,
	const struct fvalue *key, const char *column, struct fvalue *out, struct err *e);

/* ---- batch form ------------------------------------------------------------------ */

/** foreign_relation(fc, fk): the relationship of child->fks[fk]. */
const struct relation *foreign_relation(const struct foreign *fc, uint32_t fk);

/** foreign_keys(fc, fk): the mapped snapshot of that FK's parent. */
const struct keys *foreign_keys(const struct foreign *fc, uint32_t fk);

#endif
