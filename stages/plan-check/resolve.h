/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_RESOLVE_H
#define PLAN_CHECK_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/plan/plan.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/sizes.h"

/*
 * resolve: from what the plan wishes to what will be done: which tables, of how many rows,
 * in which order; for every column its source; for every foreign key how parents are
 * picked; for every table what its snapshot holds.  The outcome depends on the plan, the
 * schema, the options, and the key snapshots of rows that exist, alone.
 */

struct options {
	struct sizes rows, shards;
	bool has_seed;
	uint64_t seed;
	double null_rate;  /* negative: as the plan says */
	const char *as_of; /* or NULL */
	const struct rundir *run;
	const char *const *skip; /* [nskip]: "schema.table=reason": --skip */
	size_t nskip;
	bool draw_unchecked; /* columns of checks that only the server can evaluate are drawn */
};

/* a foreign key of a table of the plan */
struct edge {
	uint32_t con;
	struct plan_how how;
	bool nullable;			/* every member may be NULL */
	const struct rule *rule;	/* its derive.fk, or NULL */
	const struct relationship *rel; /* its relationship, or NULL */
	bool shuffled;
	uint32_t base; /* how_agrees(how): in the table's edges */
	bool computed; /* leads back to the table: the parent's keys are made, not read */
	bool back;     /* it does, and others share its columns: it is not to choose for them */
};

/* what is known of a table of the schema while resolving, by table index */
struct node {
	struct keys *existing; /* keys of rows that the database has; NULL: none were taken */
	bool made;	       /* rows of it are made; false: children attach to those */
	bool in;	       /* of the plan */
	bool fixed;	       /* its rows are given */
	bool soft;	       /* they are a default, and may be fewer */
	uint64_t rows;
	struct edge *edges, *first; /* first: as rules and the table alone have them */
	uint32_t nedges;
	uint32_t level;
	uint32_t place;		 /* index in plan->tables, once ordered */
	uint32_t *reads, nreads; /* tables that must be there for its aggregates */
};

struct resolver {
	struct check *c;
	const struct options *o;
	struct plan *p;
	struct node *nodes;
	double null_rate;
};

/** resolve(c, o, p, e): fill ${p}; what cannot be done becomes an issue.  -1: out of memory
 *  or bad options. */
int resolve(struct check *c, const struct options *o, struct plan *p, struct err *e);

/**
 * resolve_existing(r, e): open the key snapshots that introspect --keys took: r->nodes.  Their
 * tables need no target and no rows, and may be no target: an issue.  -1: one that is damaged,
 * or of another schema.  resolve_existing_end(r): close them.
 */
int resolve_existing(struct resolver *r, struct err *e);
void resolve_existing_end(struct resolver *r);

/** resolve_existing_keys(r): that enough of the rows that exist have what foreign keys refer to. */
void resolve_existing_keys(struct resolver *r);

/** resolve_append(r, pt): a table that rows are added to.  resolve_next(r, t, col, step, start):
 *  of one of its columns: where a sequence goes on; false: nothing is known of it. */
void resolve_append(struct resolver *r, struct plan_table *pt);
bool resolve_next(const struct resolver *r, const struct pg_table *t, uint32_t col, int64_t step,
	int64_t *start);

/** resolve_last(c, k, col, greatest, last): the greatest, or the least, value of an ordinal column
 *  of a snapshot; false: it has none. */
bool resolve_last(struct check *c, const struct keys *k, int col, bool greatest, int64_t *last);

/** resolve_existing_table(r, pt): a table of the plan that only is referred to. */
void resolve_existing_table(struct resolver *r, struct plan_table *pt);

/** resolve_existing_column(r, pt, col, why): that its snapshot holds a column somebody reads. */
void resolve_existing_column(
	struct resolver *r, const struct plan_table *pt, uint32_t col, const char *why);

/** resolve_order(r): p->tables, parents first, empty but for their names. */
void resolve_order(struct resolver *r);

/** resolve_edges(r, t): r->nodes[t].edges, each with its mode as far as the table alone
 *  decides it. */
void resolve_edges(struct resolver *r, const struct pg_table *t);

/** resolve_left_out(r, t, con): whether the rows of ${t} have no parent by a foreign key, because
 *  the table it refers to is skipped, or is one that is never filled.
 *  resolve_nulls(r, t, n): such edges are NULL in every row, and with them those that have no other
 *  column to be NULL in; one that may not be NULL is an issue. */
bool resolve_left_out(const struct resolver *r, const struct pg_table *t, uint32_t con);
void resolve_nulls(struct resolver *r, const struct pg_table *t, struct node *n);

/** resolve_null_column(t, fks, n, fk, col): whether a foreign key that is NULL in every row is so
 * in this column of it. */
bool resolve_null_column(
	const struct pg_table *t, const struct plan_fk *fks, uint32_t n, uint32_t fk, uint32_t col);

/** resolve_reference(r, t, e): how rows refer to a parent by a type and an id. */
void resolve_reference(const struct resolver *r, const struct pg_table *t, struct edge *e);

/** resolve_of_tree(t, con, col): whether ${con} is a key of the table to itself in which the column
 *  refers to itself, and no other foreign key has it: it is one value in the whole tree, as the
 *  tenant in (tenant, parent_id) to (tenant, id).  derive.root_value makes it. */
bool resolve_of_tree(const struct pg_table *t, const struct pg_constraint *con, uint32_t col);

/** resolve_overlaps(r, t, n): which of the edges of ${t} that share columns chooses, and which
 *  follow it. */
void resolve_overlaps(struct resolver *r, const struct pg_table *t, struct node *n);

/* A unique key. */
struct resolve_key {
	const uint32_t *cols;
	uint32_t n;
};

/** resolve_next_key(t, at, k): the next one of a table, ${at} being 0 at first: constraints, then
 *  unique indexes over plain columns.  resolve_inside(k, con): all its columns are of ${con}. */
bool resolve_next_key(const struct pg_table *t, uint32_t *at, struct resolve_key *k);
bool resolve_inside(struct resolve_key k, const struct pg_constraint *con);

/** resolve_eligible(r, t, e): which rows of the parent a foreign key that picks may pick, as the
 * "where" of its relationship.  Keys that share columns agree with one another instead. */
void resolve_eligible(struct resolver *r, const struct pg_table *t, struct edge *e);

/** resolve_relationship(r, t, e): the mode its rule asks for. */
void resolve_relationship(struct resolver *r, const struct pg_table *t, struct edge *e);

/** resolve_rule_nulls(r, t, e): that it may be NULL, if its rule asks for NULLs: a foreign key that
 *  shares columns may by those of its own. */
void resolve_rule_nulls(struct resolver *r, const struct pg_table *t, const struct edge *e);

/** resolve_orders(t, n, completes): which enumerable edge keeps siblings together; an edge that
 *  makes the row a part of its parent becomes one.  completes[i]: a key has plans for edge i. */
void resolve_orders(const struct pg_table *t, struct node *n, const bool *completes);

/** resolve_null_rate(r, e): the share of NULLs of an edge. */
double resolve_null_rate(const struct resolver *r, const struct edge *e);

/** resolve_partial_nulls(e): of these, the share of those in some columns only.
 *  resolve_partial_follows(t, e, base): whether it has these too where it follows ${base}, and is
 *  NULL in its own columns.
 *  resolve_partials(r, t): of the table's edges, whether those beside them allow that. */
double resolve_partial_nulls(const struct edge *e);
bool resolve_partial_follows(
	const struct pg_table *t, const struct edge *e, const struct pg_constraint *base);
void resolve_partials(struct resolver *r, const struct pg_table *t);

/** resolve_forest(r, fk, e, rows): roots and depth of a table's foreign key to itself. */
void resolve_forest(
	const struct resolver *r, struct plan_fk *fk, const struct edge *e, uint64_t rows);

/** resolve_awaits_rows(r, t): whether a relationship gives the table rows once its parents have
 * theirs, which they have not. */
bool resolve_awaits_rows(const struct resolver *r, const struct pg_table *t);

/** resolve_given_rows(r): targets without rows whose parents have theirs: true when one more
 *  is fixed.  resolve_missing_rows(r): those that are left are errors. */
bool resolve_given_rows(struct resolver *r);
void resolve_missing_rows(struct resolver *r);

/** resolve_parents_needed(r, e, rows): how many parents that many children ask for. */
uint64_t resolve_parents_needed(const struct resolver *r, const struct edge *e, uint64_t rows);

/** resolve_numbers(r): that rows and bounds of relationships agree. */
void resolve_numbers(struct resolver *r);

/** resolve_cut(r): cycles among the tables of the plan: keys that close one are computed,
 *  nullable ones first. */
void resolve_cut(struct resolver *r);

/** resolve_needs(r, from, to): whether the rows of ${from} wait for those of ${to}. */
bool resolve_needs(struct resolver *r, const struct pg_table *from, const struct pg_table *to);

/** resolve_columns(r, pt): sources, null shares and transforms of a table of the plan. */
void resolve_columns(struct resolver *r, struct plan_table *pt);

/** resolve_keep(r): what snapshots hold, and that looked-up parents are reachable. */
void resolve_keep(struct resolver *r);

/** resolve_over_parent(r, child, fk, keep): compile condition and weights of ${fk}, and call
 *  keep(r, parent, column, path) for what they read. */
typedef void resolve_keeper(
	struct resolver *r, struct plan_table *parent, uint32_t column, const char *path);
void resolve_over_parent(struct resolver *r, const struct plan_table *child,
	const struct plan_fk *fk, resolve_keeper *keep);

/** resolve_finish(c, p): when nothing of the plan changes any more: the tables' digests. */
void resolve_finish(struct check *c, struct plan *p);

/** resolve_digests(r): the digest of each table; parents come first. */
void resolve_digests(struct resolver *r);

/** resolve_place(r, t): pointer of the table's target, "/targets" for one that was added. */
const char *resolve_place(const struct resolver *r, const struct pg_table *t);

#endif
